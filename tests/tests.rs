//! The tests of the whole: the program from outside, over real sockets, on both databases, in a real browser.
//!
//! | module | holds |
//! | --- | --- |
//! | `adapters` | a layout that changes, `site dry-run` and `site diff` |
//! | `alarms` | alarms by mail and webhook, a configuration that changes under a running program |
//! | `architecture` | the arrows between the crates |
//! | `archive` | archives out and in: `warcio check`, pywb, files of warcio and wget, a mended adapter |
//! | `bad_input` | each kind of bad input has its clear message and exit code |
//! | `catalogue` | every example and counter-example of the catalogue, with the real reader |
//! | `coverage` | a crawl of the demo's sites against what is true: which ads were seen, how soon, how long |
//! | `deployment` | systemd's and hadolint's checks of deploy/, the evidence of docs/asvs.md |
//! | `drafts` | `bavn site new` for the demo's sites over HTTP: every ad is read |
//! | `exports` | `bavn demo --once` and each export: well formed, true to the population, the same bytes twice |
//! | `imports` | ads, decisions and attempts from JSON Lines, on both databases |
//! | `faults` | a disk that cannot be written, a damaged page: said clearly, nothing lost |
//! | `fuzz` | strange adapters, pages, dates, imports, archives: nothing panics; the corpus is kept |
//! | `instruments` | screening instruments: out to pyxform and back, forms of other hands, a released form that was changed |
//! | `hostile` | everything a server can do to a reader, in one crawl into the real store |
//! | `incremental` | any order and any batches of ads, judgements and names give the same bytes as one run |
//! | `memory` | the crawl's memory does not grow with the ads it knows |
//! | `kills` | SIGKILL during crawl and analysis: nothing lost, nothing doubled |
//! | `objections` | how far an objection reaches in real links; the public pages on their own listener |
//! | `reading_unseen` | texts not used for writing patterns: how well they are read |
//! | `monitor` | health, readiness and metrics of a crawl; promtool finds nothing wrong |
//! | `operation` | the log, deletion, a person's rights, backups that bring nobody back, the move between the engines |
//! | `outages` | the database goes away and comes back |
//! | `notices` | the urgent route's mails to a real SMTP server: told, escalated, answered |
//! | `planted` | ads planted by strangers move nobody without a person's judgement |
//! | `programmes` | several programmes: none changes anything of another |
//! | `politeness` | the pace of a host over processes, kills and hand-overs; stops |
//! | `classified` | a real listing engine (django-classified), crawled field by field |
//! | `what_if` | what if, shadow runs and adoption: what is shown is what comes, and nothing changes before |
//! | `day_of_a_worker` | an outreach worker's whole day on a phone, both languages, both databases |
//! | `visits_day` | a team's day in clinics on a phone, both languages, both databases |
//! | `sign_in` | TLS, nginx, two processes as one, an identity provider, restarts of the database, the change of the key |
//! | `research` | package and report of a demo, read by frictionless, duckdb, pandas, pycanon and pypdf |
//! | `random_draw` | the random stratum: approval, draw, export, end of the approval, on both databases |
//! | `a_day_of_each_role` | each role's day in Chromium, at desktop and phone size, with axe; first by its name, since it takes longest and what waits can run beside it |

mod a_day_of_each_role;
mod ad_site;
mod adapters;
mod alarms;
mod architecture;
mod archive;
mod bad_input;
mod catalogue;
mod classified;
mod coverage;
mod day_of_a_worker;
mod deployment;
mod drafts;
mod exports;
mod faults;
mod fuzz;
mod hostile;
mod imports;
mod incremental;
mod instruments;
mod kills;
mod memory;
mod monitor;
mod notices;
mod objections;
mod operation;
mod outages;
mod planted;
mod politeness;
mod programmes;
mod random_draw;
mod reading_unseen;
mod research;
mod sign_in;
mod site;
mod support;
mod visits_day;
mod what_if;
