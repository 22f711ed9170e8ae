//! What leaves the store: `bavn export`, `report` and `archive`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

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
