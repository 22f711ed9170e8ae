//! `bavn site`: adapters of listing sites.

use clap::{Args, Subcommand};
use std::path::PathBuf;

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
