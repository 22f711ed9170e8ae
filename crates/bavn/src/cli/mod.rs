//! The command line. `bavn --help` and `bavn COMMAND --help` show it.

mod export;
mod instruments;
mod people;
mod places;
mod rules;
mod site;
mod upkeep;
mod work;

pub use export::{
    ArchiveCommand, ArchiveExportArgs, ArchiveImportArgs, ExportArgs, ExportCommand, FindingArgs, ReportArgs,
    ReportLanguage, ResearchArgs, VerifyArgs,
};
pub use instruments::{InstrumentCommand, InstrumentImportArgs};
pub use people::{
    ExtentArg, ObjectionAddArgs, ObjectionCommand, ObjectionDecideArgs, RoleArg, SubjectCheckArgs, SubjectCommand,
    UserAddArgs, UserCommand,
};
pub use places::PlacesCommand;
pub use rules::{EstimateArgs, ExplainCommand, IndicatorCommand, LinkageCommand, PairArgs};
pub use site::{DiffArgs, DryRunArgs, NewArgs, SiteCommand};
pub use upkeep::{AuditCommand, AuditListArgs, BackupCommand, HoldArgs, KeyCommand, RetentionCommand, StoreCommand};
pub use work::{AnalyseArgs, CrawlArgs, DemoArgs, ImportArgs, ImportCommand, ListArgs, ReadArgs, ServeArgs};

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds people advertised over short-lived media who may be victims of trafficking, so that trained outreach workers
/// can offer them help. A person decides every step.
#[derive(Clone, Parser)]
#[command(name = "bavn", version, propagate_version = true, max_term_width = 110)]
pub struct Cli {
    /// Folder with bavn.toml, programmes, sites and indicators
    #[arg(long, global = true, default_value = "config", value_name = "DIR")]
    pub config: PathBuf,
    /// The programme, where several are configured; each has a data folder (or database) of its own. run, serve, crawl, analyse and list without it work for all
    #[arg(long, global = true, env = "BAVN_PROGRAMME", value_name = "ID")]
    pub programme: Option<String>,
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
    /// Set where a command works for all programmes in turn.
    #[arg(skip)]
    pub place: Option<crate::config::ProgrammePlace>,
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
    /// The programmes of this installation: what each approaches, its sites, teams and instruments
    Programmes,
    /// Screening instruments: forms of questions, and what answers are signs of
    #[command(subcommand)]
    Instrument(InstrumentCommand),
    /// Places that teams visit: the register, taken in from lists and built from ads
    #[command(subcommand)]
    Places(PlacesCommand),
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
    /// The master key
    #[command(subcommand)]
    Key(KeyCommand),
    /// The store as a whole
    #[command(subcommand)]
    Store(StoreCommand),
    /// Check that everything is in order, and say how to mend what is not
    Doctor,
}
