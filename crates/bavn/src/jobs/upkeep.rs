//! What `bavn run` does beside crawls, analyses and lists: it anchors the log each day and raises its alarms, deletes what
//! is due, keeps the list of what must stay forgotten, and makes backups.

use crate::cli::Cli;
use crate::config::Config;
use crate::jobs::alarms::{BACKUP_FAILED, DELETION_FAILED};
use crate::jobs::backup::{self as backup_job, MADE, VERIFIED};
use crate::jobs::{audit, retention};
use crate::live::Live;
use crate::{anchors, backup, forgotten};
use crawler::Stop;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
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
            let made = due_backup(whole, config, store, now).await;
            if let Err(error) = &made {
                tracing::error!("a backup could not be made or tried and is tried again: {error:#}");
            }
            keep_failure(store, BACKUP_FAILED, &made).await;
            let deleted = due_deletion(config, store, now).await;
            if let Err(error) = &deleted {
                tracing::error!("what is due could not be deleted and is tried again: {error:#}");
            }
            keep_failure(store, DELETION_FAILED, &deleted).await;
        }
    }
}

/// Notes that a job failed, and takes the note back once it went well: the alarms go by it. Where it was not due nothing is
/// known anew.
async fn keep_failure(store: &Store, name: &str, done: &anyhow::Result<bool>) {
    let why = match done {
        Err(_) => "failed",
        Ok(true) => "",
        Ok(false) => return,
    };
    let known = store.setting(name).await.ok().flatten().unwrap_or_default();
    if known != why
        && let Err(error) = store.put_setting(name, why).await
    {
        tracing::error!("whether a job failed could not be noted: {error}");
    }
}

/// Under which name the store keeps when the clock jumped, and by how many seconds.
pub const CLOCK_JUMPED: &str = "clock_jumped";
/// A clock that is set by less is set as time services do.
const LEAST_JUMP_S: i64 = 120;

/// By how many seconds the clock went otherwise than time did, where that is a jump.
fn jump(before: Timestamp, now: Timestamp, passed: Duration) -> Option<i64> {
    let passed = i64::try_from(passed.as_secs()).unwrap_or(i64::MAX);
    let seconds = (now.as_second() - before.as_second()).saturating_sub(passed);
    (seconds.abs() >= LEAST_JUMP_S).then_some(seconds)
}

/// A deletion waits for a day after the clock jumped: a clock that is a year ahead would take what is not due.
fn waits_for_the_clock(jumped: Option<Timestamp>, now: Timestamp) -> bool {
    jumped.is_some_and(|at| now.duration_since(at).as_hours().abs() < 24)
}

/// A deletion that waits for longer than this is one that has failed.
const MOST_DAYS_HELD: i64 = 3;

fn waits_too_long(deleted: Option<Timestamp>, now: Timestamp) -> bool {
    deleted.is_some_and(|at| now.duration_since(at).as_hours() > MOST_DAYS_HELD * 24)
}

/// Whether a time of day has come since `last` was done.
fn is_due(hour: &str, last: Option<Timestamp>, now: Timestamp) -> anyhow::Result<bool> {
    let strikes = crate::time::at_hour(crate::time::local_day(now), hour.parse()?)?;
    Ok(now >= strikes && last.is_none_or(|last| last < strikes))
}

/// A time that the store keeps under a name.
pub async fn kept_time(store: &Store, name: &str) -> anyhow::Result<Option<Timestamp>> {
    let kept = store.setting(name).await?;
    Ok(kept.and_then(|text| text.split(' ').next().and_then(|at| at.parse().ok())))
}

/// Whether it was due.
async fn due_deletion(config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<bool> {
    if !is_due(&config.settings.retention.hour, kept_time(store, DELETED).await?, now)? {
        return Ok(false);
    }
    if waits_for_the_clock(kept_time(store, CLOCK_JUMPED).await?, now) {
        // A machine that is suspended each night sees a jump each morning: a person must hear that nothing goes.
        anyhow::ensure!(
            !waits_too_long(kept_time(store, DELETED).await?, now),
            "nothing was deleted for more than {MOST_DAYS_HELD} days, because the clock jumped each day; keep the machine awake \
             or mend its clock, then run 'bavn retention run'"
        );
        return Ok(false);
    }
    let actor = Actor::System("job:retention".to_owned());
    match store.retention_run(&retention::clocks(config), &actor, now).await {
        Ok(done) => tracing::info!(rows = done.iter().map(|due| due.rows).sum::<u64>(), "what was due is deleted"),
        Err(StoreError::Refused { why }) => tracing::warn!("{why}"),
        Err(error) => return Err(error.into()),
    }
    if let Some(register) = store.register_store() {
        register.retention_run(&retention::clocks(config), &actor, now).await?;
    }
    store.put_setting(DELETED, &now.to_string()).await?;
    Ok(true)
}

/// Whether it was due. Where none are wanted, none can fail.
async fn due_backup(whole: &Whole, config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<bool> {
    let settings = &config.settings.backup;
    if settings.folder.is_empty() {
        return Ok(true);
    }
    if !is_due(&settings.hour, kept_time(store, MADE).await?, now)? {
        return Ok(false);
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
    Ok(true)
}

/// Goes on until it is told to stop. What fails is logged and tried again at the next turn.
pub async fn keep(upkeep: Upkeep, live: Arc<Live<Config>>, store: Store, stop: Stop) {
    let mut last = (Instant::now(), crate::time::now());
    loop {
        let next = (Instant::now(), crate::time::now());
        if let Some(seconds) = jump(last.1, next.1, next.0.duration_since(last.0)) {
            tracing::error!(seconds, "the clock jumped; nothing is deleted for a day");
            if let Err(error) = store.put_setting(CLOCK_JUMPED, &format!("{} {seconds}", next.1)).await {
                tracing::error!("that the clock jumped could not be noted: {error}");
            }
        }
        last = next;
        upkeep.once(&live.now(), &store, next.1).await;
        tokio::select! {
            () = stop.stopped() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    /// Walks the clock through `times` and gives those at which a daily job was done.
    fn done(hour: &str, times: impl IntoIterator<Item = Timestamp>) -> Vec<Timestamp> {
        let mut done: Vec<Timestamp> = Vec::new();
        for now in times {
            if is_due(hour, done.last().copied(), now).expect("an hour") {
                done.push(now);
            }
        }
        done
    }

    fn minutes(from: &str, count: i64) -> impl Iterator<Item = Timestamp> + use<> {
        let from = at(from);
        (0..count).map(move |minute| from + jiff::SignedDuration::from_mins(minute))
    }

    #[test]
    fn a_daily_job_is_done_once_a_day_through_both_nights_of_the_year() {
        for (from, days) in [("2026-03-27T12:00:00Z", 5), ("2026-10-23T12:00:00Z", 5)] {
            for hour in ["02:30", "00:00", "03:30"] {
                let done = done(hour, minutes(from, days * 1440));
                let mut local: Vec<_> = done.iter().skip(1).map(|at| crate::time::local_day(*at)).collect();
                local.dedup();
                assert_eq!(local.len(), usize::try_from(days).expect("few"), "{hour} from {from}: {done:?}");
                assert_eq!(done.len(), local.len() + 1, "{hour} from {from}: none twice");
            }
        }
    }

    #[test]
    fn a_clock_that_jumps_by_a_day_and_back_makes_nothing_twice() {
        let day = |n: i64, count: i64| minutes(&format!("2026-11-{:02}T12:00:00Z", 10 + n), count);
        let done =
            done("13:30", day(0, 120).chain(day(1, 120)).chain(day(0, 240)).chain(day(1, 240)).chain(day(2, 120)));
        let days: Vec<i8> = done.iter().map(|at| crate::time::local_day(*at).day()).collect();
        assert_eq!(days, [10, 11, 12]);
    }

    #[test]
    fn a_jump_is_what_no_time_service_does_and_holds_deletions_for_a_day() {
        let (before, tick) = (at("2026-11-10T12:00:00Z"), Duration::from_secs(20));
        let after = |seconds: i64| before + jiff::SignedDuration::from_secs(20 + seconds);
        assert_eq!(jump(before, after(0), tick), None);
        assert_eq!(jump(before, after(30), tick), None);
        assert_eq!(jump(before, after(86_400), tick), Some(86_400));
        assert_eq!(jump(before, after(-86_400), tick), Some(-86_400));
        assert!(waits_for_the_clock(Some(before), after(3_600)));
        assert!(waits_for_the_clock(Some(before), after(-3_600)), "also where the clock went back");
        assert!(!waits_for_the_clock(Some(before), after(90_000)) && !waits_for_the_clock(None, before));
        assert!(!waits_too_long(Some(before), after(3 * 86_400)) && waits_too_long(Some(before), after(4 * 86_400)));
    }
}
