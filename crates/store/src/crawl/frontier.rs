//! The frontier: entered once, leased to one connection, done, put back or given up. States: 0 open, 1 leased, 2 done,
//! 3 given up, 4 held back until the run is judged.

use super::gather::Asked;
use super::runs::{count_failure, keep_tally, lock_run};
use super::{Entry, EntryId, EntryKind, ErrorKind, NewEntry, Next, RunId, Validators, entry_kind};
use crate::ads::ensure_ad;
use crate::db::{Row, Tx, args};
use crate::keys::Purpose;
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{AdRef, SiteId};
use jiff::Timestamp;

const LEASE_SQLITE: &str = "UPDATE frontier SET state = 1 WHERE id IN (SELECT id FROM frontier WHERE run_id = $1 \
     AND state = 0 AND not_before <= $2 ORDER BY kind, id LIMIT $3) \
     RETURNING id, kind, entry_hash, url_sealed, ad_id, depth, attempts, promise_sealed";
const LEASE_POSTGRES: &str = "UPDATE frontier SET state = 1 WHERE id IN (SELECT id FROM frontier WHERE run_id = $1 \
     AND state = 0 AND not_before <= $2 ORDER BY kind, id LIMIT $3 FOR UPDATE SKIP LOCKED) \
     RETURNING id, kind, entry_hash, url_sealed, ad_id, depth, attempts, promise_sealed";

/// A page to enter for an ad whose row is known.
pub(super) struct ForAd<'a> {
    pub kind: EntryKind,
    pub url: &'a str,
    pub ad_id: Option<i64>,
    pub promise: Option<&'a str>,
}

/// Longest promise that is kept, in bytes; listings show a few lines.
const LONGEST_PROMISE: usize = 2_000;

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_PROMISE)]
}

impl Store {
    /// Enters a page. False where the run has it already.
    pub(super) async fn enter(
        &self,
        tx: &mut Tx,
        run: RunId,
        entry: &NewEntry,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let ad_id = match &entry.ad {
            Some(ad) => Some(ensure_ad(tx, self.keys(), ad, at).await?.id),
            None => None,
        };
        let new = ForAd { kind: entry.kind, url: &entry.url, ad_id, promise: None };
        self.enter_for(tx, run, new, entry.depth, at).await
    }

    /// As [`Store::enter`], for an ad whose row is known.
    pub(super) async fn enter_for(
        &self,
        tx: &mut Tx,
        run: RunId,
        new: ForAd<'_>,
        depth: u32,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let keys = self.keys();
        let ForAd { kind, url, ad_id, promise } = new;
        let (kind_bytes, ad_bytes) = (kind.number().to_le_bytes(), ad_id.unwrap_or(0).to_le_bytes());
        let hash = keys.hash(Purpose::Url, &[&kind_bytes, &ad_bytes, url.as_bytes()]);
        let sealed = keys.seal_text("frontier", &hash, "url", url)?;
        let promise = promise.map(|text| keys.seal_text("frontier", &hash, "promise", beginning(text))).transpose()?;
        let entered = tx
            .run(
                "INSERT INTO frontier (run_id, kind, entry_hash, url_sealed, ad_id, depth, attempts, not_before, state, \
                 retention, delete_after, promise_sealed) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7, $8, $9) \
                 ON CONFLICT (run_id, entry_hash) DO NOTHING",
                args![
                    run.0,
                    kind.number(),
                    hash,
                    sealed,
                    ad_id,
                    depth,
                    Retention::Page.as_str(),
                    Retention::Page.until(at),
                    promise
                ],
            )
            .await?;
        Ok(entered == 1)
    }

    /// Leases the next entry that is due: listings, then details, then images; among them in order of entry.
    pub async fn next_entry(&self, run: RunId, at: Timestamp) -> Result<Next, StoreError> {
        self.gathered(run, |answer| Asked::Lease(at, answer)).await
    }

    /// Leases for `wanted` callers at once; where there is less, the rest of them are told to wait.
    pub(super) async fn lease(
        &self,
        tx: &mut Tx,
        run: RunId,
        at: Timestamp,
        wanted: usize,
    ) -> Result<Vec<Next>, StoreError> {
        let lease = if tx.is_postgres() { LEASE_POSTGRES } else { LEASE_SQLITE };
        let rows = tx.all(lease, args![run.0, at, i64::try_from(wanted).unwrap_or(i64::MAX)]).await?;
        let mut entries = Vec::with_capacity(wanted);
        for row in &rows {
            entries.push(self.entry(tx, run, row).await?);
        }
        // An engine gives the rows in an order of its own.
        entries.sort_by_key(|entry| (entry.kind, entry.id));
        let mut next: Vec<Next> = entries.into_iter().map(|entry| Next::Entry(Box::new(entry))).collect();
        if next.len() < wanted {
            next.resize(wanted, self.nothing_due(tx, run, at).await?);
        }
        Ok(next)
    }

    /// Why there is no entry to lease.
    async fn nothing_due(&self, tx: &mut Tx, run: RunId, at: Timestamp) -> Result<Next, StoreError> {
        let rest = tx
            .all(
                "SELECT state, min(not_before) FROM frontier WHERE run_id = $1 AND state IN (0, 1) \
                 GROUP BY state ORDER BY state",
                args![run.0],
            )
            .await?;
        match rest.first() {
            None => Ok(Next::Drained),
            Some(row) if row.int(0)? == 1 => Ok(Next::InFlight),
            // An entry that became free in between is due at once.
            Some(row) => Ok(Next::Wait(row.time(1)?.max(at))),
        }
    }

    /// An entry from the columns of its lease.
    pub(super) async fn entry(&self, tx: &mut Tx, run: RunId, row: &Row) -> Result<Entry, StoreError> {
        let keys = self.keys();
        let kind = entry_kind(row.int(1)?)?;
        let hash = row.blob(2)?;
        let url = keys.open_text("frontier", &hash, "url", &row.blob(3)?)?;
        let sealed = row.opt_blob(7)?;
        let promise = sealed.map(|sealed| keys.open_text("frontier", &hash, "promise", &sealed)).transpose()?;
        let (mut ad, mut validators) = (None, None);
        if let Some(ad_id) = row.opt_int(4)? {
            let found = tx
                .one(
                    "SELECT s.site, a.key_hash, a.site_ad_id_sealed, a.validators_sealed, a.current_version \
                     FROM ad a JOIN site s ON s.id = a.site_id WHERE a.id = $1",
                    args![ad_id],
                )
                .await?
                .ok_or(StoreError::Corrupt { what: "a frontier entry's ad" })?;
            let key = found.blob(1)?;
            let ad_id = keys.open_text("ad", &key, "site_ad_id", &found.blob(2)?)?;
            ad = Some(AdRef { site: SiteId(found.text(0)?), ad_id });
            if let (EntryKind::Detail, Some(blob), true) = (kind, found.opt_blob(3)?, found.int(4)? > 0) {
                let kept: Validators = keys.open_json("ad", &key, "validators", &blob)?;
                validators = (kept != Validators::default()).then_some(kept);
            }
        }
        if kind == EntryKind::Listing {
            validators = self.listing_validators(tx, run, &url).await?;
        }
        let (depth, attempts) = (row.count(5)?, row.count(6)?);
        Ok(Entry { id: EntryId(row.int(0)?), kind, url, ad, depth, attempts, validators, promise })
    }

    /// Puts an entry back, not to be taken before `not_before`; counts the attempt and the error.
    pub async fn retry_later(
        &self,
        run: RunId,
        entry: EntryId,
        not_before: Timestamp,
        why: ErrorKind,
    ) -> Result<(), StoreError> {
        let mut tx = self.write_soon("putting an entry back").await?;
        let (_, mut tally) = lock_run(&mut tx, run).await?;
        let row = tx
            .one(
                "UPDATE frontier SET state = 0, not_before = $3, attempts = attempts + 1 \
                 WHERE id = $1 AND run_id = $2 AND state IN (0, 1) RETURNING kind",
                args![entry.0, run.0, not_before],
            )
            .await?;
        if let Some(row) = row {
            count_failure(&mut tally, entry_kind(row.int(0)?)?, why, false, 1);
            keep_tally(&mut tx, run, &tally).await?;
        }
        tx.commit().await
    }

    /// Frees what is leased in a run and in nobody's hands.
    pub async fn free_leased(&self, run: RunId) -> Result<(), StoreError> {
        let mut tx = self.write_soon("freeing entries").await?;
        tx.run("UPDATE frontier SET state = 0 WHERE run_id = $1 AND state = 1", args![run.0]).await?;
        tx.commit().await
    }

    /// Puts an entry back untouched.
    pub async fn put_back(&self, run: RunId, entry: EntryId) -> Result<(), StoreError> {
        let mut tx = self.write_soon("putting an entry back").await?;
        tx.run("UPDATE frontier SET state = 0 WHERE id = $1 AND run_id = $2 AND state = 1", args![entry.0, run.0])
            .await?;
        tx.commit().await
    }

    /// Marks an entry as failed for this run and counts the error. Its ad is neither sighted nor gone.
    pub async fn give_up(&self, run: RunId, entry: EntryId, why: ErrorKind, _at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("giving an entry up").await?;
        let (_, mut tally) = lock_run(&mut tx, run).await?;
        let row = tx
            .one(
                "UPDATE frontier SET state = 3 WHERE id = $1 AND run_id = $2 AND state IN (0, 1, 4) RETURNING kind",
                args![entry.0, run.0],
            )
            .await?;
        if let Some(row) = row {
            count_failure(&mut tally, entry_kind(row.int(0)?)?, why, true, 1);
            keep_tally(&mut tx, run, &tally).await?;
        }
        tx.commit().await
    }

    /// Gives up everything that is still open in a run.
    pub async fn give_up_rest(&self, run: RunId, why: ErrorKind, _at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("giving the rest of a run up").await?;
        let (_, mut tally) = lock_run(&mut tx, run).await?;
        let rows = tx
            .all(
                "SELECT kind, count(*) FROM frontier WHERE run_id = $1 AND state IN (0, 1) GROUP BY kind",
                args![run.0],
            )
            .await?;
        for row in &rows {
            let times = row.int(1)?.unsigned_abs();
            count_failure(&mut tally, entry_kind(row.int(0)?)?, why, true, times);
        }
        tx.run("UPDATE frontier SET state = 3 WHERE run_id = $1 AND state IN (0, 1)", args![run.0]).await?;
        keep_tally(&mut tx, run, &tally).await?;
        tx.commit().await
    }
}
