//! The command line. `bavn --help` and `bavn COMMAND --help` show it.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds people advertised over short-lived media who may be victims of trafficking, so that trained outreach workers
/// can offer them help. A person decides every step.
#[derive(Clone, Parser)]
#[command(name = "bavn", version, propagate_version = true, max_term_width = 110)]
pub struct Cli {
    /// Folder with bavn.toml, programmes, sites and indicators
    #[arg(long, global = true, default_value = "config", value_name = "DIR")]
    pub config: PathBuf,
    /// Folder that holds the embedded SQLite store
    #[arg(long, global = true, default_value = "data", value_name = "DIR")]
    pub data: PathBuf,
    /// Another store: sqlite:FILE or postgres://USER@HOST/NAME
    #[arg(long, global = true, env = "BAVN_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// File with the master key [env: BAVN_MASTER_KEY_FILE] [default: <data>.key, made with a new embedded store]
    #[arg(long, global = true, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// error, warn, info, debug or trace; also per crate, as in info,crawler=debug
    #[arg(long, global = true, default_value = "warn", env = "BAVN_LOG", value_name = "LEVEL")]
    pub log_level: String,
    /// How logs are written to standard error
    #[arg(long, global = true, default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// Format of the log.
#[derive(Clone, Copy, ValueEnum)]
pub enum LogFormat {
    /// One readable line an event.
    Text,
    /// One JSON object an event.
    Json,
}

/// The commands.
#[derive(Clone, Subcommand)]
pub enum Command {
    /// Show the whole path on synthetic sites: crawl, analyse, review, contact list
    Demo(DemoArgs),
    /// Write a commented configuration to start from
    Init,
    /// Run the whole system: scheduled crawls, analysis, lists at their hour, web pages
    Run(ServeArgs),
    /// Serve the web pages alone
    Serve(ServeArgs),
    /// Crawl the approved sites
    Crawl(CrawlArgs),
    /// Read new ads, link them, assess advertisers and networks, open cases
    Analyse(AnalyseArgs),
    /// Make the day's contact list of each team
    List(ListArgs),
    /// Adapters of listing sites
    #[command(subcommand)]
    Site(SiteCommand),
    /// The catalogue of indicators
    #[command(subcommand)]
    Indicators(IndicatorCommand),
    /// The weights by which ads are linked
    #[command(subcommand)]
    Linkage(LinkageCommand),
    /// Say why the analysis holds things to be as they are
    #[command(subcommand)]
    Explain(ExplainCommand),
    /// Read texts without a store: JSON Lines in, mentions and indicators out
    Read(ReadArgs),
    /// Bring in ads, decisions or contact attempts from JSON Lines
    #[command(subcommand)]
    Import(ImportCommand),
    /// Write what the store holds: JSON Lines for operators on the server, or a package for research
    #[command(subcommand)]
    Export(ExportCommand),
    /// Write the status report of a period as PDF (or as a page), Danish or English
    Report(ReportArgs),
    /// Archived pages as web archive files (WARC), both ways
    #[command(subcommand)]
    Archive(ArchiveCommand),
    /// Objections: people who want to be left alone
    #[command(subcommand)]
    Objection(ObjectionCommand),
    /// Accounts of people
    #[command(subcommand)]
    User(UserCommand),
    /// The log of looks and acts: is it whole, who looked at what
    #[command(subcommand)]
    Audit(AuditCommand),
    /// How long what is kept, what is due, what is held back
    #[command(subcommand)]
    Retention(RetentionCommand),
    /// A person's rights over what is known of her contact: find, export, erase, object
    #[command(subcommand)]
    Subject(SubjectCommand),
    /// Encrypted backups, trial restores, restores
    #[command(subcommand)]
    Backup(BackupCommand),
    /// The store as a whole
    #[command(subcommand)]
    Store(StoreCommand),
    /// Check that everything is in order, and say how to mend what is not
    Doctor,
}

/// `bavn demo`
#[derive(Clone, Args)]
pub struct DemoArgs {
    /// Do everything once without serving pages, then exit
    #[arg(long)]
    pub once: bool,
    /// Another seed makes another population
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Virtual days that the crawl lasts
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub days: u32,
    /// Advertisers in the population
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub advertisers: u32,
    /// Address and port of the pages
    #[arg(long, default_value = "127.0.0.1:8600", value_name = "ADDRESS")]
    pub listen: std::net::SocketAddr,
}

/// `bavn run` and `bavn serve`
#[derive(Clone, Args)]
pub struct ServeArgs {
    /// Address and port of the pages [default: serve.listen of bavn.toml]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<std::net::SocketAddr>,
    /// Address and port for monitors: /metrics, /healthz, /readyz [default: monitor.listen of bavn.toml]
    #[arg(long, value_name = "ADDRESS")]
    pub monitor: Option<std::net::SocketAddr>,
}

/// `bavn crawl`
#[derive(Clone, Args)]
pub struct CrawlArgs {
    /// Sites to crawl [default: every approved site]
    pub sites: Vec<String>,
    /// One run over each site, then exit
    #[arg(long)]
    pub once: bool,
    /// Stop at this time: a date or an RFC 3339 time
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// Address and port for monitors: /metrics, /healthz, /readyz [default: monitor.listen of bavn.toml]
    #[arg(long, value_name = "ADDRESS")]
    pub monitor: Option<std::net::SocketAddr>,
}

/// `bavn analyse`
#[derive(Clone, Args)]
pub struct AnalyseArgs {
    /// Read every ad again and make a new reference
    #[arg(long)]
    pub all: bool,
    /// With --all: only show which cases would come, go or change band; change nothing
    #[arg(long, requires = "all", conflicts_with = "from_archive")]
    pub preview: bool,
    /// Only what was known by then [default: now; for a store of imported ads its last sighting]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// First read the archived pages again with the present adapters, and put right what was missed
    #[arg(long)]
    pub from_archive: bool,
    /// With --from-archive: one site [default: every site with an adapter]
    #[arg(long, requires = "from_archive")]
    pub site: Option<String>,
}

/// `bavn archive`
#[derive(Clone, Subcommand)]
pub enum ArchiveCommand {
    /// Write archived pages to a WARC/1.1 file. It holds personal data in clear
    Export(ArchiveExportArgs),
    /// Read a WARC file through a site's adapter, as if each page had been fetched when it says
    Import(ArchiveImportArgs),
}

/// `bavn archive export`
#[derive(Clone, Args)]
pub struct ArchiveExportArgs {
    /// File to write, for example pages.warc.gz
    pub file: PathBuf,
    /// One site [default: every site]
    #[arg(long)]
    pub site: Option<String>,
    /// Pages fetched on this day or at this time, or later
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Pages fetched on this day or at this time, or earlier
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// Why: kept in the audit log
    #[arg(long)]
    pub purpose: String,
}

/// `bavn archive import`
#[derive(Clone, Args)]
pub struct ArchiveImportArgs {
    /// WARC/1.0 or 1.1, plain or gzip; - for standard input
    pub file: PathBuf,
    /// The site whose adapter reads the pages
    #[arg(long)]
    pub site: String,
}

/// `bavn list`
#[derive(Clone, Args)]
pub struct ListArgs {
    /// The list's day [default: today; for imported ads the first list hour after the last sighting]
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,
    /// One team [default: every team]
    #[arg(long)]
    pub team: Option<String>,
    /// Only what was known by then [default: the team's hour on the day]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Also say who is left out, with every reason
    #[arg(long, visible_alias = "why")]
    pub excluded: bool,
}

/// `bavn site`
#[derive(Clone, Subcommand)]
pub enum SiteCommand {
    /// Every site with its approval
    List,
    /// Read the saved pages and compare with what is expected; exit 1 where one differs
    Check {
        /// One site [default: every site]
        site: Option<String>,
    },
    /// What each site is doing, why and since when
    Status,
    /// Halt a site's crawl; its run is kept for later
    Pause {
        /// Which site
        site: String,
    },
    /// End a site's run with what was read, and begin no other
    Stop {
        /// Which site
        site: String,
    },
    /// Let a paused or stopped site be crawled again
    Resume {
        /// Which site
        site: String,
    },
    /// Read some pages live, store nothing, and show what each selector finds on how many pages
    ///
    /// Obeys robots.txt, the approval, the pace and the hours as a crawl does. Exit 1 where the site could not be read, shows no
    /// ads, or is below its own 'expect'.
    DryRun(DryRunArgs),
    /// Look at a site's listing and write an adapter to go on with
    ///
    /// Fetches about a dozen pages, politely, and writes site.toml, samples and expected files with the reason for each rule.
    /// The approval is left for a person to fill in; until then the site is not crawled.
    New(NewArgs),
    /// What the adapter would read otherwise in the archived pages, field by field
    Diff(DiffArgs),
    /// Take what the site's last run found as how the site is from now on (after an alarm that was looked into)
    Accept {
        /// The site
        site: String,
        /// Why: kept as an event
        #[arg(long, value_name = "TEXT")]
        because: String,
    },
}

/// `bavn site dry-run`
#[derive(Clone, Args)]
pub struct DryRunArgs {
    /// The site
    pub site: String,
    /// Listing pages that are read at most
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub listings: u32,
    /// Ads' pages that are read at most
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub ads: u32,
    /// Another folder with a site.toml, for one that is not yet in the configuration
    #[arg(long, value_name = "DIR")]
    pub adapter: Option<PathBuf>,
    /// Show contacts in clear
    #[arg(long)]
    pub show_contacts: bool,
}

/// `bavn site new`
#[derive(Clone, Args)]
pub struct NewArgs {
    /// Addresses at which the listing begins: a page, a sitemap or a feed
    #[arg(required = true, value_name = "URL")]
    pub urls: Vec<String>,
    /// Name of the folder under sites/ [default: from the address]
    #[arg(long)]
    pub id: Option<String>,
    /// What people call the site [default: its host]
    #[arg(long)]
    pub name: Option<String>,
    /// Least seconds between two requests, now and in the draft
    #[arg(long, default_value_t = 5.0, value_name = "SECONDS")]
    pub delay: f64,
    /// Show contacts in clear
    #[arg(long)]
    pub show_contacts: bool,
}

/// `bavn site diff`
#[derive(Clone, Args)]
pub struct DiffArgs {
    /// The site
    pub site: String,
    /// Folder with the changed site.toml; it is compared with the one in the configuration [default: the configured adapter,
    /// compared with what the store holds]
    #[arg(long, value_name = "DIR")]
    pub adapter: Option<PathBuf>,
    /// Differences that are shown for each field
    #[arg(long, default_value_t = 3)]
    pub examples: usize,
    /// Show contacts in clear
    #[arg(long)]
    pub show_contacts: bool,
}

/// `bavn indicators`
#[derive(Clone, Subcommand)]
pub enum IndicatorCommand {
    /// Every indicator in a line
    List,
    /// Run every example and counter-example; exit 1 where one fails
    Check,
    /// One indicator whole
    Show {
        /// Its id, for example third_person_voice
        id: String,
    },
    /// The catalogue as a page (docs/indicators.md)
    Docs,
    /// Every pattern as the regular expression that runs on folded text (JSON Lines), for other engines
    Patterns,
    /// Time the patterns over texts ({"text"} a line), for ./measure indicators
    #[command(hide = true)]
    Time {
        /// The texts
        file: PathBuf,
        /// How often each is read
        #[arg(long, default_value_t = 1)]
        rounds: u32,
    },
}

/// `bavn linkage`
#[derive(Clone, Subcommand)]
pub enum LinkageCommand {
    /// Estimate the weights from this store's own ads, and show what would change
    ///
    /// By expectation maximisation over pairs that share something, with pairs drawn at random for how often chance does it
    /// (docs/adr/0010). Prior, ceilings and thresholds are not estimated.
    Estimate(EstimateArgs),
    /// The parameters as an analysis used them
    Show {
        /// The version that an assessment or analysis names (sha256:…) [default: the configured one]
        #[arg(value_name = "VERSION")]
        of: Option<String>,
    },
}

/// `bavn linkage estimate`
#[derive(Clone, Args)]
pub struct EstimateArgs {
    /// Write the new values into linkage.toml; the next analysis uses them
    #[arg(long)]
    pub write: bool,
    /// Only what was known by then [default: now; for a store of imported ads its last sighting]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
}

/// `bavn explain`
#[derive(Clone, Subcommand)]
pub enum ExplainCommand {
    /// What speaks for one desk behind two ads, what against, what was missing, and what came of it
    Pair(PairArgs),
}

/// `bavn explain pair`
#[derive(Clone, Args)]
pub struct PairArgs {
    /// One ad, as SITE/AD
    pub a: String,
    /// The other
    pub b: String,
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
    /// Why: kept in the audit log
    #[arg(long, default_value = "operation")]
    pub purpose: String,
}

/// `bavn read`
#[derive(Clone, Args)]
pub struct ReadArgs {
    /// JSON Lines {"id","text","lang"?,"fields"?} [default: standard input]
    pub file: Option<PathBuf>,
    /// Stop at the first wrong line
    #[arg(long)]
    pub strict: bool,
    /// Say of each indicator that did not fire which condition was not met, and where
    #[arg(long)]
    pub explain: bool,
}

/// `bavn import`
#[derive(Clone, Subcommand)]
pub enum ImportCommand {
    /// Ads; a site without an adapter is registered as import-only
    Ads(ImportArgs),
    /// Decisions of an existing register
    Decisions(ImportArgs),
    /// Contact attempts of an existing register
    Attempts(ImportArgs),
}

/// A file to import.
#[derive(Clone, Args)]
pub struct ImportArgs {
    /// JSON Lines, or - for standard input
    pub file: PathBuf,
    /// Stop at the first wrong line
    #[arg(long)]
    pub strict: bool,
}

/// `bavn export`
#[derive(Clone, Subcommand)]
pub enum ExportCommand {
    /// Phones, prices, names, places … of each ad version
    Mentions(ExportArgs),
    /// Indicators that fired
    Indicators(ExportArgs),
    /// Ties between ads
    Links(ExportArgs),
    /// The advertiser and network of each ad
    Entities(ExportArgs),
    /// Band, points and evidence of each advertiser and network
    Assessments(ExportArgs),
    /// The lines of the newest contact lists
    ContactList(ExportArgs),
    /// The knowledge institution's package: pseudonymised for its recipient, documented, small counts withheld
    Research(ResearchArgs),
    /// One closed case as a document: evidence both ways, decisions, attempts, outcomes, versions, checksum
    Finding(FindingArgs),
    /// Prove a package against its checksums and, as long as the store has it, against its source
    Verify(VerifyArgs),
}

/// A form of `bavn export` in JSON Lines.
#[derive(Clone, Args)]
pub struct ExportArgs {
    /// Only what was known by then [default: now; for a store of imported ads its last sighting]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Why: kept in the audit log
    #[arg(long, default_value = "operation")]
    pub purpose: String,
}

/// `bavn export research`
#[derive(Clone, Args)]
pub struct ResearchArgs {
    /// First day of the period
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// Last day of the period
    #[arg(long, value_name = "DATE")]
    pub to: String,
    /// Who receives it, as named in recipients.toml [default: the only recipient configured]
    #[arg(long, value_name = "NAME")]
    pub recipient: Option<String>,
    /// New or empty folder for the package
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Programme [default: the only one]
    #[arg(long)]
    pub programme: Option<String>,
    /// Only what was known by then [default: the store's last change]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Why: kept in the audit log
    #[arg(long, default_value = "research")]
    pub purpose: String,
}

/// `bavn export finding`
#[derive(Clone, Args)]
pub struct FindingArgs {
    /// The case's id, as its page shows it
    pub case: String,
    /// File to write: FILE.pdf or FILE.html
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Language [default: serve.language of bavn.toml]
    #[arg(long)]
    pub lang: Option<ReportLanguage>,
    /// Why: kept in the audit log
    #[arg(long, default_value = "documentation")]
    pub purpose: String,
}

/// `bavn report`
#[derive(Clone, Args)]
pub struct ReportArgs {
    /// First day of the period
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// Last day of the period
    #[arg(long, value_name = "DATE")]
    pub to: String,
    /// File to write: FILE.pdf, or FILE.html
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Language [default: serve.language of bavn.toml]
    #[arg(long)]
    pub lang: Option<ReportLanguage>,
    /// Programme [default: the only one]
    #[arg(long)]
    pub programme: Option<String>,
    /// Only what was known by then [default: the store's last change]
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<String>,
    /// Why: kept in the audit log
    #[arg(long, default_value = "report")]
    pub purpose: String,
}

/// Languages of the report.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportLanguage {
    /// Danish.
    Da,
    /// English.
    En,
}

/// `bavn export verify`
#[derive(Clone, Args)]
pub struct VerifyArgs {
    /// Folder that 'bavn export research' wrote
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// `bavn objection`
#[derive(Clone, Subcommand)]
pub enum ObjectionCommand {
    /// Keep an objection: that contact is left alone from now on, whether or not it is known
    ///
    /// Of the contact only a keyed hash is kept. The objection reaches further contacts of the same advertiser by rule only where
    /// one persona uses them and the ties are strong; otherwise a named person decides ('bavn objection list --open').
    Add(ObjectionAddArgs),
    /// Objections, newest first, and what a named person is to decide. Contacts stand as pseudonyms
    List {
        /// Only what a named person is to decide
        #[arg(long)]
        open: bool,
        /// As JSON Lines
        #[arg(long)]
        json: bool,
        /// Why: kept in the audit log
        #[arg(long, default_value = "operation")]
        purpose: String,
    },
    /// Decide how far an objection goes at an advertiser
    Decide(ObjectionDecideArgs),
    /// Take such a decision back
    Undo {
        /// Number of the question, as 'bavn objection list' shows it
        question: i64,
    },
    /// Take an objection back, for the person who made it
    Withdraw {
        /// Number of the objection
        objection: i64,
        /// Who asked for it, and how: kept as an event
        #[arg(long, value_name = "TEXT")]
        because: String,
    },
}

/// `bavn objection add`
#[derive(Clone, Args)]
pub struct ObjectionAddArgs {
    /// A phone number, e-mail address or user name (telegram: name); - reads one a line from standard input, so that it stands
    /// in no shell history
    pub contact: String,
    /// Why: kept in the audit log
    #[arg(long, default_value = "operation")]
    pub purpose: String,
}

/// `bavn objection decide`
#[derive(Clone, Args)]
pub struct ObjectionDecideArgs {
    /// Number of the question, as 'bavn objection list --open' shows it
    pub question: i64,
    /// How far
    #[arg(long)]
    pub extent: ExtentArg,
    /// Why: kept as an event
    #[arg(long, value_name = "TEXT")]
    pub because: String,
}

/// How far an objection goes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExtentArg {
    /// No further than its own contact
    Contact,
    /// To every contact of the advertiser that is not damped, now and in later ads
    Advertiser,
}

/// `bavn audit`
#[derive(Clone, Subcommand)]
pub enum AuditCommand {
    /// Recompute both chains and compare them with the anchors outside the store; exit 1 where anything was changed,
    /// removed or cut
    Verify,
    /// Write an anchor now ('bavn run' and 'bavn serve' write one each day)
    Anchor,
    /// Who looked at what, when and why, newest first. The search is logged too
    List(AuditListArgs),
}

/// `bavn audit list`
#[derive(Clone, Args)]
pub struct AuditListArgs {
    /// From this day or time on
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,
    /// Until this day or time
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,
    /// A log-in, or part of the name of a user of the machine
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
    /// Kinds that begin so, for example sign_in, case, export
    #[arg(long)]
    pub kind: Option<String>,
    /// Words in purpose or subject
    #[arg(long)]
    pub words: Option<String>,
    /// Most rows
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
    /// As JSON Lines
    #[arg(long)]
    pub json: bool,
    /// Why: kept in the audit log
    #[arg(long, default_value = "supervision")]
    pub purpose: String,
}

/// `bavn retention`
#[derive(Clone, Subcommand)]
pub enum RetentionCommand {
    /// The clocks, by kind
    Show,
    /// What would be deleted now, counted; nothing is
    DryRun {
        /// As if it were this day or time
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Delete for good what is due ('bavn run' does so each day)
    Run,
    /// What goes in the next 14 days, by day and kind, and which cases
    Upcoming,
    /// Keep a case, an ad with its advertiser's other ads, or everything from being deleted for now
    Hold(HoldArgs),
    /// End a hold
    Release {
        /// Its number, as 'bavn retention holds' shows it
        hold: i64,
        /// Who says so
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// All holds, with who placed them and why
    Holds,
}

/// `bavn retention hold`
#[derive(Clone, Args)]
pub struct HoldArgs {
    /// A case's id, SITE/AD, or everything
    #[arg(value_name = "WHAT")]
    pub on: String,
    /// Why: a legal claim, a restriction that the person asked for
    #[arg(long, value_name = "TEXT")]
    pub because: String,
    /// Who says so
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// It ends by itself then
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
}

/// `bavn subject`
#[derive(Clone, Subcommand)]
pub enum SubjectCommand {
    /// What is known of a contact, in counts. The look-up is logged
    Find {
        /// A phone number, e-mail address or service:name
        contact: String,
        /// Why: kept in the audit log
        #[arg(long)]
        purpose: String,
    },
    /// Record that a named person has checked who asks, and whether an answer endangers somebody
    Check(SubjectCheckArgs),
    /// Write the answer to a person who asks what is known of her contact. Needs a check
    Export {
        /// A phone number, e-mail address or service:name
        contact: String,
        /// File for the answer (JSON)
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Also name further ads of the same advertisers; they may be other people's
        #[arg(long)]
        linked: bool,
        /// Why: kept in the audit log
        #[arg(long, default_value = "right of access")]
        purpose: String,
    },
    /// Erase the contact and the ads that show it, everywhere. Needs a check; an objection is kept
    Erase {
        /// A phone number, e-mail address or service:name
        contact: String,
        /// Why: kept in the audit log
        #[arg(long, default_value = "right to erasure")]
        purpose: String,
    },
    /// Keep an objection: the contact is left alone from now on
    Object {
        /// A phone number, e-mail address or service:name
        contact: String,
    },
}

/// `bavn subject check`
#[derive(Clone, Args)]
pub struct SubjectCheckArgs {
    /// A phone number, e-mail address or service:name
    pub contact: String,
    /// Log-in of the person who has checked
    #[arg(long, value_name = "LOGIN")]
    pub checked_by: String,
    /// How it was made sure who asks, and that the contact is theirs
    #[arg(long, value_name = "TEXT")]
    pub identity: String,
    /// Whether an answer or an erasure endangers somebody, and why not
    #[arg(long, value_name = "TEXT")]
    pub danger: String,
    /// Withhold it, under this exception, for example "databeskyttelsesloven § 22, stk. 2"
    #[arg(long, value_name = "EXCEPTION", requires = "because")]
    pub withhold: Option<String>,
    /// The exception's reason
    #[arg(long, value_name = "TEXT", requires = "withhold")]
    pub because: Option<String>,
}

/// `bavn backup`
#[derive(Clone, Subcommand)]
pub enum BackupCommand {
    /// Write an encrypted backup, as the store is at this moment, while everything runs
    Create {
        /// File to write [default: a new one in backup.folder of bavn.toml]
        file: Option<PathBuf>,
        /// age recipient (age1…) for whom it is encrypted; may be given several times
        #[arg(long, value_name = "RECIPIENT")]
        recipient: Vec<String>,
        /// File with a passphrase or an age identity
        #[arg(long, value_name = "FILE")]
        secret: Option<PathBuf>,
    },
    /// Restore a backup into a scratch file, look through all of it, and keep the date
    Verify {
        /// The backup [default: the newest in backup.folder]
        file: Option<PathBuf>,
        /// File with the passphrase or the age identity
        #[arg(long, value_name = "FILE")]
        secret: Option<PathBuf>,
    },
    /// Make the store anew from a backup. Objections and erasures made since are applied again; nobody comes back
    ///
    /// The store that is there is moved aside. On PostgreSQL the database must be empty.
    Restore {
        /// The backup
        file: PathBuf,
        /// File with the passphrase or the age identity
        #[arg(long, value_name = "FILE")]
        secret: Option<PathBuf>,
    },
}

/// `bavn store`
#[derive(Clone, Subcommand)]
pub enum StoreCommand {
    /// Copy a store into an empty one, for example from SQLite to PostgreSQL, and compare every row
    Copy {
        /// The store to copy: sqlite:FILE or postgres://USER@HOST/NAME
        from: String,
        /// An empty one
        to: String,
    },
}

/// `bavn user`
#[derive(Clone, Subcommand)]
pub enum UserCommand {
    /// Add an account; the password is asked for, or read from standard input
    Add(UserAddArgs),
    /// Add an account and print a one-time link with which its owner sets the password and the second factor
    Invite(UserAddArgs),
    /// Print a new one-time link for an account that has lost password, app or codes
    ///
    /// What was there before is good until the link is used.
    Link {
        /// The account's log-in
        login: String,
    },
    /// Every account
    List,
    /// Where an account is signed in
    Sessions {
        /// The account's log-in
        login: String,
        /// End them all
        #[arg(long)]
        end: bool,
    },
    /// Let a closed account sign in again
    Open {
        /// The account's log-in
        login: String,
    },
    /// Set a new password; all sessions end
    Password {
        /// The account's log-in
        login: String,
    },
    /// Close an account at once
    Close {
        /// The account's log-in
        login: String,
    },
}

/// `bavn user add`
#[derive(Clone, Args)]
pub struct UserAddArgs {
    /// Log-in
    pub login: String,
    /// Full name
    #[arg(long)]
    pub name: String,
    /// What the person may do
    #[arg(long)]
    pub role: RoleArg,
    /// Team, for outreach workers
    #[arg(long)]
    pub team: Option<String>,
    /// Programme [default: the only one]
    #[arg(long)]
    pub programme: Option<String>,
}

/// Roles of accounts.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Tunes the crawl, manages accounts
    Administrator,
    /// Reviews cases
    Researcher,
    /// Works a team's contact list
    #[value(alias = "outreach_worker")]
    OutreachWorker,
    /// Reads the audit log and its alarms, nothing else
    Auditor,
}
