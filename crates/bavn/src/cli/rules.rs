//! `bavn indicators`, `linkage` and `explain`: what the analysis goes by.

use clap::{Args, Subcommand};
use std::path::PathBuf;

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
