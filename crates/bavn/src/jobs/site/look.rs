//! One polite look at a site that stores nothing: what `dry-run` and `new` share.

use crate::cli::Cli;
use crate::config::Config;
use crate::jobs::crawl;
use crate::key::{Need, database_url, open_store};
use crate::ports::{DryFrontier, DryLimits, StoreFrontier};
use crawler::ports::{ReadPage, RunSummary, RunTally};
use crawler::{CrawlDeps, Http, Pacer, SitePlan, Stop, Visited, WallClock, crawl_site};
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;
use store::{Engine, Store};

/// The frontier of a look and what it holds while it lasts.
pub struct Look {
    /// The memory.
    pub frontier: Arc<DryFrontier>,
    store: Option<Store>,
    _only_one: Option<File>,
}

/// How a look ended.
pub struct Looked {
    /// What was read and what failed.
    pub tally: RunTally,
    /// The run's summary, or what stopped it.
    pub end: Result<Box<RunSummary>, String>,
}

impl Look {
    /// Shares the paces with the installation's store where there is one, and keeps other crawls of it away meanwhile.
    pub async fn begin(cli: &Cli, limits: DryLimits) -> anyhow::Result<Look> {
        let url = database_url(cli);
        let file = url.strip_prefix("sqlite:").map(|path| std::path::PathBuf::from(path.trim_start_matches("//")));
        let store = match file {
            Some(file) if !file.exists() => None,
            _ => Some(open_store(cli, Need::Existing, crate::time::now()).await?),
        };
        let only_one = match &store {
            Some(store) => crawl::only_crawler(cli, store)?,
            None => None,
        };
        let kept = store.clone().map(StoreFrontier::new);
        Ok(Look { frontier: Arc::new(DryFrontier::new(kept, limits)), store, _only_one: only_one })
    }

    /// Reads the site by the plan.
    pub async fn read(self, config: &Config, plan: &SitePlan, reader: Arc<dyn ReadPage>) -> anyhow::Result<Looked> {
        let stop = Stop::default();
        crawl::stop_on_signal(stop.clone());
        let clock = WallClock;
        let worker = format!("look-{}", std::process::id());
        let now = crawler::Clock::reader(&clock);
        // Others may crawl beside it where there is a PostgreSQL; on SQLite the lock keeps them away.
        let pacer = match self.store.as_ref().map(Store::engine) {
            Some(Engine::Postgres) => Pacer::beside_others(self.frontier.clone(), now, &worker),
            _ => Pacer::new(self.frontier.clone(), now),
        };
        let deps = CrawlDeps {
            frontier: self.frontier.clone(),
            reader,
            pacer: Arc::new(pacer),
            clock: Arc::new(clock),
            http: Http::new(&crawl::contact_url(&config.settings))?,
            progress: Arc::new(()),
            stop,
            worker,
            lease: Duration::from_secs(u64::from(config.settings.crawl.lease_s)),
            outage: Arc::default(),
        };
        let end = match crawl_site(plan, &deps).await {
            Ok(Visited::Finished(summary)) => Ok(summary),
            Ok(Visited::Stopped) => Err("stopped".to_owned()),
            Ok(Visited::Paused) => Err("paused by an administrator".to_owned()),
            Ok(Visited::Quiet(until)) => Err(format!("the site asks for quiet until {until}; look again after that")),
            Err(error) => Err(error.to_string()),
        };
        if let Some(store) = self.store {
            store.close().await;
        }
        Ok(Looked { tally: self.frontier.tally_now(), end })
    }
}

/// Failures by kind, in a line.
pub fn failures(tally: &RunTally) -> String {
    let kinds: Vec<String> = tally.errors.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    kinds.join(", ")
}
