//! What `bavn run` does beside crawls, analyses and lists: it anchors the log each day and raises its alarms, deletes what
//! is due, keeps the list of what must stay forgotten, and makes backups.

use crate::cli::Cli;
use crate::config::Config;
use crate::jobs::backup::{self as backup_job, MADE, VERIFIED};
use crate::jobs::{audit, retention};
use crate::{anchors, backup, forgotten};
use crawler::Stop;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, Store, StoreError};

/// How often the schedule looks at the clock.
const TICK: Duration = Duration::from_secs(20);

/// What is kept in order.
pub struct Upkeep {
    anchors: PathBuf,
    /// What one process alone does; `None` in the others.
    whole: Option<Whole>,
}

struct Whole {
    cli: Cli,
    forgotten: PathBuf,
}

/// Under which name the store keeps the day of the last deletion.
const DELETED: &str = "retention_ran";

impl Upkeep {
    /// Everything: for `bavn run`.
    pub fn whole(cli: &Cli, config: &Config) -> Self {
        let whole = Whole { cli: cli.clone(), forgotten: forgotten::file_of(cli) };
        Self { whole: Some(whole), ..Self::watch_only(cli, config) }
    }

    /// Anchors and alarms alone: for `bavn serve`, of which there may be several.
    pub fn watch_only(cli: &Cli, config: &Config) -> Self {
        Self { anchors: anchors::file_of(cli, &config.settings), whole: None }
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
        if let Some(whole) = &self.whole {
            if let Err(error) = forgotten::keep(&whole.forgotten, store).await {
                tracing::error!("the list of what must stay forgotten could not be kept: {error:#}");
            }
            // The backup first, so that a deletion that was a mistake of the configuration can be undone from it.
            if let Err(error) = due_backup(whole, config, store, now).await {
                tracing::error!("a backup could not be made or tried and is tried again: {error:#}");
            }
            if let Err(error) = due_deletion(config, store, now).await {
                tracing::error!("what is due could not be deleted and is tried again: {error:#}");
            }
        }
    }
}

/// Whether a time of day has come since `last` was done.
fn is_due(hour: &str, last: Option<Timestamp>, now: Timestamp) -> anyhow::Result<bool> {
    let strikes = crate::time::at_hour(crate::time::local_day(now), hour.parse()?)?;
    Ok(now >= strikes && last.is_none_or(|last| last < strikes))
}

async fn kept_time(store: &Store, name: &str) -> anyhow::Result<Option<Timestamp>> {
    let kept = store.setting(name).await?;
    Ok(kept.and_then(|text| text.split(' ').next().and_then(|at| at.parse().ok())))
}

async fn due_deletion(config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<()> {
    if !is_due(&config.settings.retention.hour, kept_time(store, DELETED).await?, now)? {
        return Ok(());
    }
    let actor = Actor::System("job:retention".to_owned());
    match store.retention_run(&retention::clocks(config), &actor, now).await {
        Ok(done) => tracing::info!(rows = done.iter().map(|due| due.rows).sum::<u64>(), "what was due is deleted"),
        Err(StoreError::Refused { why }) => tracing::warn!("{why}"),
        Err(error) => return Err(error.into()),
    }
    store.put_setting(DELETED, &now.to_string()).await?;
    Ok(())
}

async fn due_backup(whole: &Whole, config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<()> {
    let settings = &config.settings.backup;
    if settings.folder.is_empty() || !is_due(&settings.hour, kept_time(store, MADE).await?, now)? {
        return Ok(());
    }
    let folder = PathBuf::from(&settings.folder);
    let lock = backup_job::lock(settings, &[], None)?;
    let file = folder.join(backup::name_at(now));
    let actor = Actor::System("job:backup".to_owned());
    let rows = backup_job::create(&whole.cli, store, &file, &lock, &actor, now).await?;
    tracing::info!(rows, "a backup is made");
    let all = backup::in_folder(&folder)?;
    for old in all.iter().rev().skip(settings.keep as usize) {
        std::fs::remove_file(old)?;
    }
    let tried = kept_time(store, VERIFIED).await?;
    let days = i64::from(settings.verify_days);
    if !settings.secret_file.is_empty()
        && tried.is_none_or(|tried| now.duration_since(tried).as_hours() >= 24 * days - 1)
    {
        let secret = backup_job::secret_of(settings, None)?;
        backup_job::try_restore(&whole.cli, store, &file, &secret, now).await?;
        tracing::info!("the backup was restored on trial and holds");
    }
    Ok(())
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
