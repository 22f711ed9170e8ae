//! Shadow runs: whom an indicator that is tried beside the catalogue would move. Written beside each analysis and read by
//! its own page alone; bands, queues, points and exports know nothing of it.

use super::{band_from, band_number};
use crate::ads::BATCH;
use crate::db::{Arg, Row, args};
use crate::retention::Retention;
use crate::{CaseChange, CaseSubject, Look, Store, StoreError};
use domain::IndicatorId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Instant;

/// An indicator whose firing would differ, with its points now and then; `None` where it does not fire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Which.
    pub indicator: IndicatorId,
    /// Points now.
    pub now: Option<f64>,
    /// Points then.
    pub then: Option<f64>,
}

/// A subject on which a shadow fires, or whom it would move.
#[derive(Debug, Clone, PartialEq)]
pub struct ShadowRow {
    /// How it would stand.
    pub then: CaseSubject,
    /// How it stands.
    pub now: CaseSubject,
    /// What becomes of its case.
    pub change: Option<CaseChange>,
    /// The shadow's indicator fires on it.
    pub fires: bool,
    /// What differs.
    pub causes: Vec<Cause>,
}

/// Beside which analysis the rows of a shadow stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowState {
    /// Its version.
    pub version: String,
    /// Its indicator.
    pub indicator: String,
    /// Since when it runs.
    pub began_at: Timestamp,
    /// The analysis.
    pub analysis: i64,
    /// Its batch; -1 while the rows are being written.
    pub batch: i64,
    /// What was known by then counts.
    pub as_of: Timestamp,
}

/// How many cases a shadow would move, by what becomes of them, and on how many subjects it fires.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShadowCounts {
    /// By [`CaseChange::ALL`].
    pub changes: [u64; 5],
    /// Advertisers and networks on which it fires.
    pub fires: u64,
}

impl ShadowCounts {
    /// Of one kind.
    pub fn of(&self, change: CaseChange) -> u64 {
        CaseChange::ALL.iter().zip(self.changes).find(|(one, _)| **one == change).map_or(0, |(_, count)| count)
    }
}

/// How a shadow stands and what it would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShadowOverview {
    /// Beside which analysis.
    pub state: ShadowState,
    /// What it would do.
    pub counts: ShadowCounts,
    /// Whether its rows stand beside the current analysis.
    pub current: bool,
}

const COLUMNS: [&str; 2] = [
    "INSERT INTO shadow_subject (version, subject, fires, change, band_now, band_then, case_now, case_then, causes, \
     retention, delete_after) VALUES",
    "ON CONFLICT (version, subject) DO UPDATE SET fires = excluded.fires, change = excluded.change, \
     band_now = excluded.band_now, band_then = excluded.band_then, case_now = excluded.case_now, \
     case_then = excluded.case_then, causes = excluded.causes, delete_after = excluded.delete_after",
];

/// 0 no case, 1 ordinary, 2 spam; 4 more in the urgent route.
fn case_number(subject: &CaseSubject) -> i64 {
    let queue = if subject.spam { 2 } else { i64::from(subject.has_case()) };
    queue + if subject.urgent { 4 } else { 0 }
}

fn case_of(subject: &str, band: i64, number: i64) -> CaseSubject {
    CaseSubject { subject: subject.to_owned(), band: band_from(band), urgent: number & 4 != 0, spam: number & 2 != 0 }
}

fn state_of(row: &Row) -> Result<ShadowState, StoreError> {
    Ok(ShadowState {
        version: row.text(0)?,
        indicator: row.text(1)?,
        began_at: row.time(2)?,
        analysis: row.int(3)?,
        batch: row.int(4)?,
        as_of: row.time(5)?,
    })
}

fn values(version: &str, row: &ShadowRow, at: Timestamp) -> Result<Vec<Arg>, StoreError> {
    let causes = serde_json::to_string(&row.causes).map_err(|_| StoreError::Corrupt { what: "a shadow's row" })?;
    Ok(args![
        version,
        row.then.subject.as_str(),
        row.fires,
        row.change.map_or("", CaseChange::as_str),
        band_number(row.now.band),
        band_number(row.then.band),
        case_number(&row.now),
        case_number(&row.then),
        causes,
        Retention::Analysis.as_str(),
        Retention::Analysis.until(at)
    ])
}

impl Store {
    /// Every shadow that has rows, by indicator.
    pub async fn shadows(&self) -> Result<Vec<ShadowState>, StoreError> {
        let mut tx = self.read("looking at shadow runs").await?;
        let rows = tx
            .all(
                "SELECT version, indicator, began_at, analysis_id, batch, as_of FROM shadow ORDER BY indicator, version",
                args![],
            )
            .await?;
        rows.iter().map(state_of).collect()
    }

    /// Begins to write all rows of a shadow anew. Until [`Store::end_shadow`] its page says that it is under way.
    pub async fn begin_shadow(&self, version: &str, indicator: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write_soon("beginning a shadow run").await?;
        tx.run(
            "INSERT INTO shadow (version, indicator, began_at, analysis_id, batch, as_of) VALUES ($1, $2, $3, 0, -1, $3) \
             ON CONFLICT (version) DO UPDATE SET batch = -1",
            args![version, indicator, at],
        )
        .await?;
        tx.run("DELETE FROM shadow_subject WHERE version = $1", args![version]).await?;
        tx.commit().await
    }

    /// Writes rows of a shadow that was begun, in short transactions.
    pub async fn add_shadow(&self, version: &str, rows: &[ShadowRow], at: Timestamp) -> Result<(), StoreError> {
        let mut pieces = rows.chunks(100).peekable();
        while pieces.peek().is_some() {
            let mut tx = self.write_soon("writing a shadow run").await?;
            let started = Instant::now();
            for piece in pieces.by_ref() {
                let rows = piece.iter().map(|row| values(version, row, at)).collect::<Result<Vec<_>, _>>()?;
                tx.insert(COLUMNS[0], COLUMNS[1], &rows).await?;
                if started.elapsed() > BATCH {
                    break;
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// The rows of a shadow stand beside this analysis now.
    pub async fn end_shadow(
        &self,
        version: &str,
        (analysis, batch): (i64, i64),
        as_of: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("ending a shadow run").await?;
        tx.run(
            "UPDATE shadow SET analysis_id = $2, batch = $3, as_of = $4 WHERE version = $1",
            args![version, analysis, batch, as_of],
        )
        .await?;
        tx.commit().await
    }

    /// Puts a batch into the rows of a shadow: those of the subjects that went go, the new ones come. Refused where its
    /// rows do not stand beside the batch before.
    pub async fn put_shadow_batch(
        &self,
        version: &str,
        (analysis, batch): (i64, i64),
        gone: &BTreeSet<String>,
        rows: &[ShadowRow],
        (as_of, at): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        let mut tx = self.write("putting a batch into a shadow run").await?;
        let mine = tx
            .run(
                "UPDATE shadow SET batch = $3, as_of = $4 WHERE version = $1 AND analysis_id = $2 AND batch = $3 - 1",
                args![version, analysis, batch, as_of],
            )
            .await?;
        if mine == 0 {
            return Err(StoreError::Refused { why: "the shadow run stands beside another batch" });
        }
        let subjects = gone.iter().map(|subject| Arg::from(subject.as_str()));
        tx.run_in("DELETE FROM shadow_subject WHERE version = $1 AND subject IN", &[Arg::from(version)], subjects)
            .await?;
        let rows = rows.iter().map(|row| values(version, row, at)).collect::<Result<Vec<_>, _>>()?;
        for piece in rows.chunks(100) {
            tx.insert(COLUMNS[0], COLUMNS[1], piece).await?;
        }
        tx.commit().await
    }

    /// Forgets every shadow but these versions.
    pub async fn keep_shadows(&self, versions: &BTreeSet<String>) -> Result<(), StoreError> {
        for state in self.shadows().await?.into_iter().filter(|state| !versions.contains(&state.version)) {
            let mut tx = self.write_soon("forgetting a shadow run").await?;
            tx.run("DELETE FROM shadow WHERE version = $1", args![state.version]).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// How a shadow stands and what it would do; `None` where no analysis has met it yet.
    pub async fn shadow(&self, version: &str) -> Result<Option<ShadowOverview>, StoreError> {
        let mut tx = self.read("reading what a shadow run would do").await?;
        let state = tx
            .one(
                "SELECT version, indicator, began_at, analysis_id, batch, as_of FROM shadow WHERE version = $1",
                args![version],
            )
            .await?;
        let Some(state) = state.as_ref().map(state_of).transpose()? else { return Ok(None) };
        let standing = tx
            .one("SELECT a.id, a.batch FROM analysis a JOIN current_analysis c ON c.analysis_id = a.id", args![])
            .await?;
        let standing = standing.map(|row| Ok::<_, StoreError>((row.int(0)?, row.int(1)?))).transpose()?;
        let mut counts = ShadowCounts::default();
        let rows = tx
            .all(
                "SELECT change, fires, count(*) FROM shadow_subject WHERE version = $1 GROUP BY change, fires",
                args![version],
            )
            .await?;
        for row in &rows {
            let (change, fires, count) = (row.text(0)?, row.flag(1)?, row.int(2)?.unsigned_abs());
            for (one, sum) in CaseChange::ALL.iter().zip(&mut counts.changes) {
                *sum += if one.as_str() == change { count } else { 0 };
            }
            counts.fires += if fires { count } else { 0 };
        }
        let current = standing == Some((state.analysis, state.batch));
        Ok(Some(ShadowOverview { state, counts, current }))
    }

    /// Rows of a shadow: those whose case would change in this way, or (`None`) all on which it fires; by subject. Audited
    /// in the same transaction.
    pub async fn shadow_rows(
        &self,
        look: &Look,
        version: &str,
        change: Option<CaseChange>,
        (from, most): (u64, u32),
    ) -> Result<Vec<ShadowRow>, StoreError> {
        let mut tx = self.write("reading whom a shadow run would move").await?;
        look.write(&mut tx, self.keys()).await?;
        let rows = tx
            .all(
                "SELECT subject, fires, change, band_now, band_then, case_now, case_then, causes FROM shadow_subject \
                 WHERE version = $1 AND (change = $2 OR ($2 = '' AND fires = 1)) ORDER BY subject LIMIT $3 OFFSET $4",
                args![
                    version,
                    change.map_or("", CaseChange::as_str),
                    i64::from(most),
                    i64::try_from(from).unwrap_or(0)
                ],
            )
            .await?;
        tx.commit().await?;
        let read = |row: &Row| {
            let subject = row.text(0)?;
            Ok(ShadowRow {
                now: case_of(&subject, row.int(3)?, row.int(5)?),
                then: case_of(&subject, row.int(4)?, row.int(6)?),
                change: CaseChange::from_text(&row.text(2)?),
                fires: row.flag(1)?,
                causes: serde_json::from_str(&row.text(7)?)
                    .map_err(|_| StoreError::Corrupt { what: "a shadow's row" })?,
            })
        };
        rows.iter().map(read).collect()
    }
}
