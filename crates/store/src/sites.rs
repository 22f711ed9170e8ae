//! Registered sites and what an administrator sees of them.

use crate::chain;
use crate::crawl::{
    Politeness, RunEnd, RunId, RunTally, RunVerdict, SitePhase, SiteState, SiteWish, set_state, tally_of,
};
use crate::db::{Row, Tx, args};
use crate::{Actor, Store, StoreError};
use domain::{Bilingual, ProgrammeId, SiteId};
use jiff::Timestamp;

/// A site as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRegistration {
    /// Its folder's name.
    pub site: SiteId,
    /// The programme that it is watched for.
    pub programme: ProgrammeId,
    /// Name for people.
    pub name: String,
    /// Never crawled: its ads come from imports.
    pub import_only: bool,
}

/// A run in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Which run.
    pub run: RunId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it is under way or cut off.
    pub ended_at: Option<Timestamp>,
    /// What it did so far.
    pub tally: RunTally,
    /// Ads that count as gone because the listing no longer has them.
    pub missing_gone: u64,
    /// `good`, `partial` or `failed`, once ended.
    pub end: Option<String>,
    /// Why, once ended.
    pub reasons: Vec<Bilingual>,
    /// How the hosts were treated, once ended.
    pub politeness: Politeness,
}

/// What an administrator sees of a site. Holds nothing personal.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteOverview {
    /// The site.
    pub registration: SiteRegistration,
    /// What it is doing, why, and since when.
    pub state: Option<SiteState>,
    /// What an administrator wants of it.
    pub wish: SiteWish,
    /// Its last runs, newest first.
    pub runs: Vec<RunRow>,
    /// When its last good run ended.
    pub last_good: Option<Timestamp>,
    /// Ads ever seen.
    pub ads: u64,
    /// Ads that are up as far as one knows.
    pub ads_up: u64,
}

impl Store {
    /// Registers a site or renews its name, programme and kind. True where it is new.
    pub async fn register_site(&self, site: &SiteRegistration, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write("registering a site").await?;
        let new = tx
            .one(
                "INSERT INTO site (site, programme, name, import_only, registered_at, wish) \
                 VALUES ($1, $2, $3, $4, $5, 'go') ON CONFLICT (site) DO NOTHING RETURNING id",
                args![site.site.as_str(), site.programme.as_str(), &site.name, site.import_only, at],
            )
            .await?
            .is_some();
        if !new {
            tx.run(
                "UPDATE site SET programme = $2, name = $3, import_only = $4 WHERE site = $1",
                args![site.site.as_str(), site.programme.as_str(), &site.name, site.import_only],
            )
            .await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// All sites by name, each with at most `runs` of its last runs.
    pub async fn sites(&self, runs: u32) -> Result<Vec<SiteOverview>, StoreError> {
        let mut tx = self.read("reading the sites").await?;
        let mut sites = Vec::new();
        for row in tx
            .all(
                "SELECT id, site, programme, name, import_only, state, state_since, wish FROM site ORDER BY site",
                vec![],
            )
            .await?
        {
            let id = row.int(0)?;
            let registration = SiteRegistration {
                site: SiteId(row.text(1)?),
                programme: ProgrammeId(row.text(2)?),
                name: row.text(3)?,
                import_only: row.flag(4)?,
            };
            let state = state_of(row.opt_text(5)?, row.opt_time(6)?)?;
            let mut site = SiteOverview {
                registration,
                state,
                wish: SiteWish::parse(&row.text(7)?),
                runs: Vec::new(),
                last_good: None,
                ads: 0,
                ads_up: 0,
            };
            for run in tx
                .all(
                    "SELECT id, started_at, ended_at, tally, missing_gone, outcome, verdict FROM run \
                     WHERE site_id = $1 ORDER BY id DESC LIMIT $2",
                    args![id, runs],
                )
                .await?
            {
                site.runs.push(run_row(&run)?);
            }
            let good =
                tx.one("SELECT max(ended_at) FROM run WHERE site_id = $1 AND outcome = 'good'", args![id]).await?;
            site.last_good = good.map(|row| row.opt_time(0)).transpose()?.flatten();
            let counts =
                tx.one("SELECT count(*), count(*) - count(gone_at) FROM ad WHERE site_id = $1", args![id]).await?;
            if let Some(row) = counts {
                (site.ads, site.ads_up) = (row.int(0)?.unsigned_abs(), row.int(1)?.unsigned_abs());
            }
            sites.push(site);
        }
        Ok(sites)
    }

    /// Pause, stop or resume; recorded as an event. Where no worker holds the site, its state says so at once and a
    /// stop ends the run that was cut off; else the worker does both within seconds.
    pub async fn set_site_wish(
        &self,
        site: &SiteId,
        wish: SiteWish,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("changing what is wanted of a site").await?;
        let row = tx
            .one(
                "UPDATE site SET wish = $2 WHERE site = $1 RETURNING id, lease_until",
                args![site.as_str(), wish.as_str()],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "site" })?;
        let (id, held_until) = (row.int(0)?, row.opt_time(1)?);
        let body = serde_json::json!({ "site": site.as_str(), "wish": wish.as_str() });
        chain::event(&mut tx, self.keys(), "site_wish", actor, body, at).await?;
        if held_until.is_none_or(|until| until <= at) {
            if wish == SiteWish::Stop {
                end_open_run(&mut tx, id, at).await?;
            }
            set_state(&mut tx, site, &wished_state(wish, at)).await?;
        }
        tx.commit().await
    }
}

/// Ends the run that no worker works on: what was read is kept, no ad counts as gone.
async fn end_open_run(tx: &mut Tx, site_id: i64, at: Timestamp) -> Result<(), StoreError> {
    let verdict = RunVerdict {
        end: RunEnd::Partial,
        missing_are_gone: false,
        set_aside: false,
        reasons: vec![wished_state(SiteWish::Stop, at).reason],
        alarms: Vec::new(),
        politeness: Politeness::default(),
    };
    let json = serde_json::to_string(&verdict).map_err(|_| StoreError::Corrupt { what: "a verdict" })?;
    tx.run(
        "DELETE FROM frontier WHERE run_id IN (SELECT id FROM run WHERE site_id = $1 AND ended_at IS NULL)",
        args![site_id],
    )
    .await?;
    tx.run(
        "UPDATE run SET ended_at = $2, outcome = $3, verdict = $4 WHERE site_id = $1 AND ended_at IS NULL",
        args![site_id, at, verdict.end.as_str(), json],
    )
    .await?;
    Ok(())
}

fn wished_state(wish: SiteWish, since: Timestamp) -> SiteState {
    let (phase, da, en) = match wish {
        SiteWish::Go => (SitePhase::Idle, "Venter på næste gang", "Waits for the next run"),
        SiteWish::Pause => (SitePhase::Paused, "Sat på pause af en administrator", "Paused by an administrator"),
        SiteWish::Stop => (SitePhase::Paused, "Stoppet af en administrator", "Stopped by an administrator"),
    };
    SiteState { phase, reason: Bilingual { da: da.to_owned(), en: en.to_owned() }, since, until: None }
}

/// A state from its columns.
pub(crate) fn state_of(json: Option<String>, since: Option<Timestamp>) -> Result<Option<SiteState>, StoreError> {
    match (json, since) {
        (Some(json), Some(since)) => {
            let state: SiteState =
                serde_json::from_str(&json).map_err(|_| StoreError::Corrupt { what: "a site's state" })?;
            Ok(Some(SiteState { since, ..state }))
        }
        _ => Ok(None),
    }
}

/// A run from `id, started_at, ended_at, tally, missing_gone, outcome, verdict`.
fn run_row(row: &Row) -> Result<RunRow, StoreError> {
    let (reasons, politeness) = match row.opt_text(6)? {
        Some(json) => {
            let verdict: RunVerdict =
                serde_json::from_str(&json).map_err(|_| StoreError::Corrupt { what: "a run's verdict" })?;
            (verdict.reasons, verdict.politeness)
        }
        None => Default::default(),
    };
    Ok(RunRow {
        run: RunId(row.int(0)?),
        started_at: row.time(1)?,
        ended_at: row.opt_time(2)?,
        tally: tally_of(&row.text(3)?)?,
        missing_gone: row.int(4)?.unsigned_abs(),
        end: row.opt_text(5)?,
        reasons,
        politeness,
    })
}
