//! The pages over a real store. `access`: every address as every role. `accounts`: second factor, links, sessions, the brake. `auditing`: the log of looks. `research`: queue, case, decision.
//! `places`: the register, the plan of visits, forms, coverage.
//! `queue`: next case, lock, skip, views, shortcuts.
//! `incoming`: what one programme sends to another, and whom one met the other leaves alone.
//! `search`: search, contacts, files.
//! `second`: second readings, history. `findings`: figures, filters, downloads.
//! `what_if`: other values tried and adopted, indicators in the shadow.
//! `strange_forms`: forms that no page of ours would send.
//! `settings`: the configuration, retention and holds.
//! `network`: networks, pairs, judgements, shared numbers. `objections`: the public page and the office's. `outreach`: list, claim, attempt. `minor`: a possible minor met by a worker. `what_came`: what comes later: callers, late answers, follow-ups, two tabs. `worker`: the draw, hand-overs, copies, who is left out, cautions. `pages`: what the main pages look like, in both languages. `plain_language`: LIX of help texts.

#[path = "web/access.rs"]
mod access;
#[path = "web/accounts.rs"]
mod accounts;
#[path = "web/auditing.rs"]
mod auditing;
#[path = "web/support/browser.rs"]
mod browser;
#[path = "web/findings.rs"]
mod findings;
#[path = "web/incoming.rs"]
mod incoming;
#[path = "web/minor.rs"]
mod minor;
#[path = "web/network.rs"]
mod network;
#[path = "web/objections.rs"]
mod objections;
#[path = "web/outreach.rs"]
mod outreach;
#[path = "web/pages.rs"]
mod pages;
#[path = "web/places.rs"]
mod places;
#[path = "web/plain_language.rs"]
mod plain_language;
#[path = "web/queue.rs"]
mod queue;
#[path = "web/research.rs"]
mod research;
#[path = "web/search.rs"]
mod search;
#[path = "web/second.rs"]
mod second;
#[path = "web/settings.rs"]
mod settings;
#[path = "web/strange_forms.rs"]
mod strange_forms;
#[path = "web/support/mod.rs"]
mod support;
#[path = "web/what_came.rs"]
mod what_came;
#[path = "web/what_if.rs"]
mod what_if;
#[path = "web/worker.rs"]
mod worker;
