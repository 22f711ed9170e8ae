//! `bavn audit`, `retention`, `backup` and `store`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

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
        /// The present master key, for a backup from before the key was changed: --key then names the old one
        #[arg(long, value_name = "FILE")]
        then_key: Option<PathBuf>,
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

/// `bavn key`
#[derive(Clone, Subcommand)]
pub enum KeyCommand {
    /// Change the master key: reseal every value, rewrite every keyed hash, end all sessions
    ///
    /// Stop every other bavn first. Ended at any moment, the command goes on where it was when it is given again; until it is
    /// done the old key is needed and nothing else can use the store. The new key then takes the old one's place; the old one is
    /// kept beside it for backups made under it.
    Rotate {
        /// File with the new key, made where it is not there [default: beside the key file, which it replaces at the end]
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
}
