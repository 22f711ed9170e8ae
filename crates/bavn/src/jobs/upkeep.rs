//! What `bavn run` does beside crawls, analyses and lists: anchors the log each day and raises its alarms.

use crate::anchors;
use crate::cli::Cli;
use crate::config::Config;
use crate::jobs::audit;
use crawler::Stop;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Store;

/// How often the schedule looks at the clock.
const TICK: Duration = Duration::from_secs(20);

/// What is kept in order.
pub struct Upkeep {
    anchors: PathBuf,
}

impl Upkeep {
    /// Everything: for `bavn run`.
    pub fn whole(cli: &Cli, config: &Config) -> Self {
        Self { anchors: anchors::file_of(cli, &config.settings) }
    }

    /// Anchors and alarms alone: for `bavn serve`, of which there may be several.
    pub fn watch_only(cli: &Cli, config: &Config) -> Self {
        Self::whole(cli, config)
    }

    async fn once(&self, config: &Config, store: &Store, now: Timestamp) {
        match anchors::add_daily(&self.anchors, store, now).await {
            Ok(Some(anchor)) => tracing::info!(number = anchor.number, "the log is anchored for today"),
            Ok(None) => {}
            Err(error) => tracing::error!("the log could not be anchored and is tried again: {error:#}"),
        }
        match store.raise_look_alarms(&audit::limits(config), now).await {
            // Who it is stands on the auditor's page, not in the server's log.
            Ok(alarms) if !alarms.is_empty() => {
                tracing::warn!("{} limits of looks were passed: see the page 'Log'", alarms.len())
            }
            Ok(_) => {}
            Err(error) => tracing::error!("looks could not be counted and are tried again: {error}"),
        }
        if let Err(error) = store.delete_ended_sessions(now).await {
            tracing::error!("ended sessions could not be deleted and are tried again: {error}");
        }
    }
}

/// Goes on until it is told to stop. What fails is logged and tried again at the next turn.
pub async fn keep(upkeep: Upkeep, config: Arc<Config>, store: Store, stop: Stop) {
    loop {
        upkeep.once(&config, &store, crate::time::now()).await;
        tokio::select! {
            () = stop.stopped() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}
