//! The path itself: demo, run, crawl, analyse, list, read, import.

use clap::{Args, Subcommand};
use std::path::PathBuf;

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

impl ServeArgs {
    /// For one programme of several the addresses follow from its place among them.
    pub fn of(&self, cli: &super::Cli) -> ServeArgs {
        if cli.place.is_some() { ServeArgs { listen: None, monitor: None } } else { self.clone() }
    }
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

impl CrawlArgs {
    /// As [`ServeArgs::of`].
    pub fn of(&self, cli: &super::Cli) -> CrawlArgs {
        CrawlArgs { monitor: self.monitor.filter(|_| cli.place.is_none()), ..self.clone() }
    }
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
    /// Only show what the configuration files in this folder would make of today's data: which cases would come, go or move
    ///
    /// DIR is a configuration folder or a part of one, for example with indicators/rules.toml alone; what it lacks stays as it
    /// is. The result is what --all would give with it. Nothing changes.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["all", "from_archive"])]
    pub what_if: Option<PathBuf>,
    /// With --what-if: write these files into the configuration and record who, when and this reason
    #[arg(long, value_name = "REASON", requires = "what_if")]
    pub adopt: Option<String>,
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
