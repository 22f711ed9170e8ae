//! A reader's day: which case is being read, what was skipped, and how long one has read. For the reader's own eyes;
//! nothing here is compared between people.

use super::CaseId;
use crate::db::{Tx, args};
use crate::retention::Retention;
use crate::times::local_day_and_hour;
use crate::{AccountId, Actor, Store, StoreError, chain};
use jiff::Timestamp;

/// Between two looks so far apart nobody is taken to have read on (10 minutes).
const READS_ON_MS: i64 = 600_000;

/// What an account has read today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadingDay {
    /// Time from look to look, without breaks.
    pub spent_ms: i64,
    /// Different cases.
    pub cases: u64,
    /// Since when without a rest; `None` before the first case of the day.
    pub reading_since: Option<Timestamp>,
    /// Different cases since then.
    pub cases_since: u64,
}

/// How a case is opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opening {
    /// Keep a case that waits until then; `None`: only look.
    pub until: Option<Timestamp>,
    /// A break of so many milliseconds counts as a rest.
    pub rest_ms: i64,
    /// The account is appointed for the urgent route.
    pub may_urgent: bool,
}

impl Store {
    /// An account opens a case. One that waits and that nobody else reads is kept for the account. An urgent case that
    /// the account may not see stays as it is.
    pub async fn begin_reading(
        &self,
        case: &CaseId,
        by: AccountId,
        at: Timestamp,
        opening: &Opening,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("opening a case").await?;
        let row = tx
            .one("SELECT state, claim_by, claim_until, urgent FROM case_file WHERE id = $1", args![&case.0])
            .await?
            .ok_or(StoreError::NotFound { what: "case" })?;
        if row.flag(3)? && !opening.may_urgent {
            return Ok(());
        }
        let (holder, held_until) = (row.opt_int(1)?, row.opt_time(2)?.filter(|until| *until > at));
        let is_free = held_until.is_none() || holder == Some(by.0);
        if let Some(until) = opening.until.filter(|_| is_free && row.text(0).is_ok_and(|state| state != "decided")) {
            // Renewed when half of the time is over, so that a page opened twice is one act.
            let half = (until.as_millisecond() - at.as_millisecond()) / 2;
            if held_until.is_none_or(|held| held.as_millisecond() - at.as_millisecond() < half) {
                self.put_claim(&mut tx, case, by, at, until).await?;
            }
        }
        saw(&mut tx, case, by, at).await?;
        spend(&mut tx, by, at, opening.rest_ms).await?;
        tx.commit().await
    }

    /// An account opens a second reading that it holds: its time counts as reading.
    pub async fn read_second(&self, by: AccountId, at: Timestamp, rest_ms: i64) -> Result<(), StoreError> {
        let mut tx = self.write("opening a second reading").await?;
        spend(&mut tx, by, at, rest_ms).await?;
        tx.commit().await
    }

    /// Leaves a case for another day; the account's claim on it ends.
    pub async fn skip_case(&self, case: &CaseId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("skipping a case").await?;
        tx.one("SELECT id FROM case_file WHERE id = $1", args![&case.0])
            .await?
            .ok_or(StoreError::NotFound { what: "case" })?;
        tx.run(
            "INSERT INTO case_skip (account_id, case_id, at, retention, delete_after) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (account_id, case_id) DO UPDATE SET at = excluded.at, delete_after = excluded.delete_after",
            args![by.0, &case.0, at, Retention::Case.as_str(), Retention::Case.until(at)],
        )
        .await?;
        tx.run(
            "UPDATE case_file SET claim_by = NULL, claim_until = NULL WHERE id = $1 AND claim_by = $2",
            args![&case.0, by.0],
        )
        .await?;
        let body = serde_json::json!({ "case": case.0 });
        chain::event(&mut tx, self.keys(), "review_skip", &Actor::Account(by), body, at).await?;
        tx.commit().await
    }

    /// Takes a skip back.
    pub async fn unskip_case(&self, case: &CaseId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("taking a skip back").await?;
        let gone = tx.run("DELETE FROM case_skip WHERE account_id = $1 AND case_id = $2", args![by.0, &case.0]).await?;
        if gone == 0 {
            return Err(StoreError::NotFound { what: "skipped case" });
        }
        let body = serde_json::json!({ "case": case.0 });
        chain::event(&mut tx, self.keys(), "undo_review_skip", &Actor::Account(by), body, at).await?;
        tx.commit().await
    }

    /// What an account has read on the local day of `at`, which begins at `day_began`.
    pub async fn reading_day(
        &self,
        by: AccountId,
        at: Timestamp,
        day_began: Timestamp,
    ) -> Result<ReadingDay, StoreError> {
        let mut tx = self.read("reading a reader's day").await?;
        let row = tx.one("SELECT day, spent_ms, rested_at FROM reading_day WHERE account_id = $1", args![by.0]).await?;
        let Some(row) = row else { return Ok(ReadingDay::default()) };
        if row.int(0)? != local_day_and_hour(at).0 {
            return Ok(ReadingDay::default());
        }
        let since = row.time(2)?;
        // A second reading is read as well; it leaves no look, which would tell the decision.
        const CASES: &str = "SELECT (SELECT count(*) FROM case_look WHERE account_id = $1 AND at >= $2) \
             + (SELECT count(*) FROM second_reading WHERE by_account = $1 AND read_at >= $2)";
        Ok(ReadingDay {
            spent_ms: row.int(1)?,
            cases: tx.id(CASES, args![by.0, day_began]).await?.unsigned_abs(),
            reading_since: Some(since),
            cases_since: tx.id(CASES, args![by.0, since]).await?.unsigned_abs(),
        })
    }
}

/// The account has seen the case with its decisions.
async fn saw(tx: &mut Tx, case: &CaseId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO case_look (account_id, case_id, at, retention, delete_after) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (account_id, case_id) DO UPDATE SET at = excluded.at, delete_after = excluded.delete_after",
        args![by.0, &case.0, at, Retention::Case.as_str(), Retention::Case.until(at)],
    )
    .await?;
    Ok(())
}

/// Adds the time since the last look, where it was no break.
pub(super) async fn spend(tx: &mut Tx, by: AccountId, at: Timestamp, rest_ms: i64) -> Result<(), StoreError> {
    let (day, now) = (local_day_and_hour(at).0, at.as_millisecond());
    let before =
        tx.one("SELECT day, spent_ms, last_at, rested_at FROM reading_day WHERE account_id = $1", args![by.0]).await?;
    let (mut spent, mut rested) = (0, now);
    if let Some(row) = before
        && row.int(0)? == day
    {
        let gap = now - row.int(2)?;
        spent = row.int(1)? + if (0..=READS_ON_MS).contains(&gap) { gap } else { 0 };
        rested = if gap >= rest_ms { now } else { row.int(3)? };
    }
    tx.run(
        "INSERT INTO reading_day (account_id, day, spent_ms, last_at, rested_at, retention, delete_after) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id) DO UPDATE SET day = excluded.day, \
         spent_ms = excluded.spent_ms, last_at = excluded.last_at, rested_at = excluded.rested_at, \
         delete_after = excluded.delete_after",
        args![by.0, day, spent, now, rested, Retention::Session.as_str(), Retention::Session.until(at)],
    )
    .await?;
    Ok(())
}
