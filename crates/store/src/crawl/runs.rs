//! Runs: begun, resumed, tallied, finished.

use super::hosts::set_state;
use super::{
    EntryKind, ErrorKind, NewEntry, PastLook, Run, RunEnd, RunId, RunSummary, RunTally, RunVerdict, SiteState,
    tally_json, tally_of,
};
use crate::chain;
use crate::db::{Tx, args};
use crate::notices::NoticeChange;
use crate::settings::put_setting;
use crate::{Actor, Store, StoreError};
use domain::SiteId;
use jiff::Timestamp;

impl Store {
    /// Begins a run with these listing pages, or resumes the site's unfinished one: its leased entries become free and
    /// `seeds` are ignored. The site must be registered; its state is `state` from then on.
    pub async fn begin_run(
        &self,
        site: &SiteId,
        at: Timestamp,
        seeds: &[NewEntry],
        state: &SiteState,
    ) -> Result<(Run, NoticeChange), StoreError> {
        let mut tx = self.write("beginning a run").await?;
        let site_id = site_row(&mut tx, site).await?;
        let change = set_state(&mut tx, site, state).await?;
        let open = tx
            .one(
                "SELECT id, started_at FROM run WHERE site_id = $1 AND ended_at IS NULL ORDER BY id DESC LIMIT 1",
                args![site_id],
            )
            .await?;
        if let Some(row) = open {
            let (id, started_at) = (row.int(0)?, row.time(1)?);
            tx.run("UPDATE frontier SET state = 0 WHERE run_id = $1 AND state = 1", args![id]).await?;
            tx.commit().await?;
            return Ok((Run { id: RunId(id), resumed: true, started_at }, change));
        }
        let tally = tally_json(&RunTally::default())?;
        let id = tx
            .id(
                "INSERT INTO run (site_id, started_at, touched, tally, missing_gone) VALUES ($1, $2, 0, $3, 0) RETURNING id",
                args![site_id, at, tally],
            )
            .await?;
        for seed in seeds {
            self.enter(&mut tx, RunId(id), seed, at).await?;
        }
        tx.commit().await?;
        Ok((Run { id: RunId(id), resumed: false, started_at: at }, change))
    }

    /// What the run has done so far.
    pub async fn tally(&self, run: RunId) -> Result<RunTally, StoreError> {
        let mut tx = self.read("reading a run's tally").await?;
        let row = tx.one("SELECT tally FROM run WHERE id = $1", args![run.0]).await?;
        tally_of(&row.ok_or(StoreError::NotFound { what: "run" })?.text(0)?)
    }

    /// Ends a run. Ads of the site that were up and were not listed in it are gone where the verdict says so. The
    /// site's state is `state` from then on.
    pub async fn finish_run(
        &self,
        run: RunId,
        verdict: &RunVerdict,
        at: Timestamp,
        state: &SiteState,
    ) -> Result<(RunSummary, NoticeChange), StoreError> {
        let mut tx = self.write("finishing a run").await?;
        let (site_id, tally) = lock_run(&mut tx, run).await?;
        let row = tx
            .one(
                "SELECT s.site, r.started_at, r.ended_at, r.missing_gone FROM run r JOIN site s ON s.id = r.site_id \
                 WHERE r.id = $1",
                args![run.0],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "run" })?;
        let (site, started_at) = (SiteId(row.text(0)?), row.time(1)?);
        let mut missing_gone = row.int(3)?;
        let ended = row.opt_time(2)?;
        let mut change = NoticeChange::default();
        if ended.is_none() {
            if verdict.missing_are_gone {
                tx.run(
                    "INSERT INTO ad_absence (ad_id, gone_at, why) SELECT id, $3, 'missing' FROM ad WHERE site_id = $1 \
                     AND gone_at IS NULL AND (last_listed_run IS NULL OR last_listed_run <> $2) ON CONFLICT DO NOTHING",
                    args![site_id, run.0, at],
                )
                .await?;
                let gone = tx
                    .run(
                        "UPDATE ad SET gone_at = $3 WHERE site_id = $1 AND gone_at IS NULL \
                         AND (last_listed_run IS NULL OR last_listed_run <> $2)",
                        args![site_id, run.0, at],
                    )
                    .await?;
                missing_gone = i64::try_from(gone).unwrap_or(i64::MAX);
            }
            if verdict.end == RunEnd::Failed {
                super::set_aside::bring_back(&mut tx, site_id, started_at).await?;
            }
            if verdict.set_aside {
                super::set_aside::set_aside(&mut tx, site_id, started_at).await?;
            }
            let json = serde_json::to_string(verdict).map_err(|_| StoreError::Corrupt { what: "a verdict" })?;
            tx.run(
                "UPDATE run SET ended_at = $2, missing_gone = $3, outcome = $4, verdict = $5 WHERE id = $1",
                args![run.0, at, missing_gone, verdict.end.as_str(), json],
            )
            .await?;
            // What was fetched is in the archive; the addresses are of no more use.
            tx.run("DELETE FROM frontier WHERE run_id = $1", args![run.0]).await?;
            change = set_state(&mut tx, &site, state).await?;
        }
        tx.commit().await?;
        self.gathers().forget(run);
        let summary = RunSummary {
            run,
            site,
            started_at,
            ended_at: ended.unwrap_or(at),
            tally,
            missing_gone: missing_gone.unsigned_abs(),
            verdict: verdict.clone(),
        };
        Ok((summary, change))
    }

    /// Tallies of the site's last runs that did not fail, newest first: what a run is compared with. Once a failed run was
    /// accepted ([`Store::accept_run`]), the past begins with it.
    pub async fn past_tallies(&self, site: &SiteId, limit: u32) -> Result<Vec<RunTally>, StoreError> {
        let accepted = self.setting(&accepted_name(site)).await?;
        let accepted = accepted.and_then(|id| id.parse::<i64>().ok()).unwrap_or(0);
        let mut tx = self.read("reading past runs").await?;
        let rows = tx
            .all(
                "SELECT r.tally FROM run r JOIN site s ON s.id = r.site_id WHERE s.site = $1 \
                 AND ((r.outcome IN ('good', 'partial') AND r.id > $3) OR r.id = $3) ORDER BY r.id DESC LIMIT $2",
                args![site.as_str(), limit, accepted],
            )
            .await?;
        rows.iter().map(|row| tally_of(&row.text(0)?)).collect()
    }

    /// What the site's last run found is how the site is from now on: later runs are compared with it and not with what was
    /// before. Recorded as an event with the reason.
    pub async fn accept_run(
        &self,
        site: &SiteId,
        because: &str,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<RunId, StoreError> {
        let mut tx = self.write("accepting a run").await?;
        let site_id = site_row(&mut tx, site).await?;
        let row = tx
            .one(
                "SELECT id FROM run WHERE site_id = $1 AND ended_at IS NOT NULL ORDER BY id DESC LIMIT 1",
                args![site_id],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "finished run of the site" })?;
        let run = row.int(0)?;
        let body = serde_json::json!({ "site": site.as_str(), "run": run, "because": because });
        chain::event(&mut tx, self.keys(), "run_accepted", actor, body, at).await?;
        put_setting(&mut tx, &accepted_name(site), &run.to_string()).await?;
        tx.commit().await?;
        Ok(RunId(run))
    }

    /// The site's last whole looks at its listing, newest first; a run that was ended early is none.
    pub async fn past_looks(&self, site: &SiteId, limit: u32) -> Result<Vec<PastLook>, StoreError> {
        let mut tx = self.read("reading past runs").await?;
        let rows = tx
            .all(
                "SELECT r.started_at, r.tally, r.missing_gone FROM run r JOIN site s ON s.id = r.site_id \
                 WHERE s.site = $1 AND r.outcome IN ('good', 'partial') ORDER BY r.id DESC LIMIT $2",
                args![site.as_str(), limit],
            )
            .await?;
        let mut looks = Vec::new();
        for row in &rows {
            let tally = tally_of(&row.text(1)?)?;
            let changes = tally.ads_new + tally.ads_changed + tally.ads_gone + row.int(2)?.unsigned_abs();
            // One that a person ended may have left unread what would have shown a change.
            let ended = tally.errors.contains_key(&ErrorKind::StoppedByPerson);
            if tally.listing_pages > 0 && tally.listing_failures == 0 && !ended {
                looks.push(PastLook { at: row.time(0)?, changed: changes > 0 });
            }
        }
        Ok(looks)
    }

    /// When the site's last run began.
    pub async fn last_run_started(&self, site: &SiteId) -> Result<Option<Timestamp>, StoreError> {
        let mut tx = self.read("reading past runs").await?;
        let row = tx
            .one(
                "SELECT max(r.started_at) FROM run r JOIN site s ON s.id = r.site_id WHERE s.site = $1",
                args![site.as_str()],
            )
            .await?;
        row.map(|row| row.opt_time(0)).transpose().map(Option::flatten)
    }
}

fn accepted_name(site: &SiteId) -> String {
    format!("accepted_run:{}", site.as_str())
}

/// The row of a registered site.
pub(crate) async fn site_row(tx: &mut Tx, site: &SiteId) -> Result<i64, StoreError> {
    let row = tx.one("SELECT id FROM site WHERE site = $1", args![site.as_str()]).await?;
    row.ok_or(StoreError::NotFound { what: "site; register it first" })?.int(0)
}

/// Locks a run until the transaction ends and gives its site and tally: two entries of a run that are completed at
/// once are counted one after the other.
pub(super) async fn lock_run(tx: &mut Tx, run: RunId) -> Result<(i64, RunTally), StoreError> {
    let row = tx
        .one("UPDATE run SET touched = touched + 1 WHERE id = $1 RETURNING site_id, tally", args![run.0])
        .await?
        .ok_or(StoreError::NotFound { what: "run" })?;
    Ok((row.int(0)?, tally_of(&row.text(1)?)?))
}

pub(super) async fn keep_tally(tx: &mut Tx, run: RunId, tally: &RunTally) -> Result<(), StoreError> {
    tx.later("UPDATE run SET tally = $2 WHERE id = $1", args![run.0, tally_json(tally)?]).await?;
    Ok(())
}

/// Counts an error, and an incomplete listing where a listing page was given up.
pub(super) fn count_failure(tally: &mut RunTally, kind: EntryKind, why: ErrorKind, given_up: bool, times: u64) {
    *tally.errors.entry(why).or_default() += times;
    if given_up && kind == EntryKind::Listing {
        tally.listing_failures += times;
    }
}
