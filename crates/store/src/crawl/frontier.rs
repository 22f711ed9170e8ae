//! The frontier: entered once, leased to one connection, done, put back or given up. States: 0 open, 1 leased, 2 done,
//! 3 given up, 4 held back until the run is judged.

use super::gather::Asked;
use super::runs::{count_failure, keep_tally, lock_run};
use super::{Entry, EntryId, EntryKind, ErrorKind, NewEntry, Next, RunId, Validators, entry_kind};
use crate::ads::ensure_ad;
use crate::db::{Arg, MOST_ROWS, Row, Tx, args, places, rows_of_places};
use crate::keys::Purpose;
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{AdRef, SiteId};
use jiff::Timestamp;
use std::collections::HashMap;

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

/// The ad of an entry that is leased.
struct LeasedAd {
    ad: AdRef,
    validators: Option<Validators>,
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
        Ok(self.enter_all(tx, run, &[new], depth, at).await? == 1)
    }

    /// Enters some pages. Gives how many of them the run did not have.
    pub(super) async fn enter_all(
        &self,
        tx: &mut Tx,
        run: RunId,
        new: &[ForAd<'_>],
        depth: u32,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let keys = self.keys();
        let mut entered = 0;
        for some in new.chunks(MOST_ROWS) {
            let mut arguments = Vec::with_capacity(some.len() * 9);
            for ForAd { kind, url, ad_id, promise } in some {
                let (kind_bytes, ad_bytes) = (kind.number().to_le_bytes(), ad_id.unwrap_or(0).to_le_bytes());
                let hash = keys.hash(Purpose::Url, &[&kind_bytes, &ad_bytes, url.as_bytes()]);
                let sealed = keys.seal_text("frontier", &hash, "url", url)?;
                let promise =
                    promise.map(|text| keys.seal_text("frontier", &hash, "promise", beginning(text))).transpose()?;
                arguments.extend(args![
                    run.0,
                    kind.number(),
                    hash,
                    sealed,
                    *ad_id,
                    depth,
                    Retention::Page.as_str(),
                    Retention::Page.until(at),
                    promise
                ]);
            }
            let sql = format!(
                "INSERT INTO frontier (run_id, kind, entry_hash, url_sealed, ad_id, depth, attempts, not_before, state, \
                 retention, delete_after, promise_sealed) SELECT v.column1, v.column2, v.column3, v.column4, v.column5, \
                 v.column6, 0, 0, 0, v.column7, v.column8, v.column9 FROM (VALUES {}) AS v WHERE true \
                 ON CONFLICT (run_id, entry_hash) DO NOTHING",
                rows_of_places(some.len(), 9)
            );
            entered += u32::try_from(tx.run_of(sql, arguments).await?).unwrap_or(u32::MAX);
        }
        Ok(entered)
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
        let mut entries = self.entries(tx, run, &rows).await?;
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

    /// Entries from the columns of their lease.
    pub(super) async fn entries(&self, tx: &mut Tx, run: RunId, rows: &[Row]) -> Result<Vec<Entry>, StoreError> {
        let keys = self.keys();
        let ads = self.leased_ads(tx, rows).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let kind = entry_kind(row.int(1)?)?;
            let hash = row.blob(2)?;
            let url = keys.open_text("frontier", &hash, "url", &row.blob(3)?)?;
            let sealed = row.opt_blob(7)?;
            let promise = sealed.map(|sealed| keys.open_text("frontier", &hash, "promise", &sealed)).transpose()?;
            let (mut ad, mut validators) = (None, None);
            if let Some(ad_id) = row.opt_int(4)? {
                let known = ads.get(&ad_id).ok_or(StoreError::Corrupt { what: "a frontier entry's ad" })?;
                ad = Some(known.ad.clone());
                if kind == EntryKind::Detail {
                    validators = known.validators.clone();
                }
            }
            if kind == EntryKind::Listing {
                validators = self.listing_validators(tx, run, &url).await?;
            }
            let (depth, attempts) = (row.count(5)?, row.count(6)?);
            entries.push(Entry { id: EntryId(row.int(0)?), kind, url, ad, depth, attempts, validators, promise });
        }
        Ok(entries)
    }

    /// The ads of leased rows, by row of the ad.
    async fn leased_ads(&self, tx: &mut Tx, rows: &[Row]) -> Result<HashMap<i64, LeasedAd>, StoreError> {
        let keys = self.keys();
        let mut ids = Vec::with_capacity(rows.len());
        for row in rows {
            ids.extend(row.opt_int(4)?);
        }
        let mut ads = HashMap::with_capacity(ids.len());
        for some in ids.chunks(MOST_ROWS) {
            let sql = format!(
                "SELECT a.id, s.site, a.key_hash, a.site_ad_id_sealed, a.validators_sealed, a.current_version \
                 FROM ad a JOIN site s ON s.id = a.site_id WHERE a.id IN ({})",
                places(0, some.len())
            );
            for row in tx.all_of(sql, some.iter().copied().map(Arg::from).collect()).await? {
                let key = row.blob(2)?;
                let ad_id = keys.open_text("ad", &key, "site_ad_id", &row.blob(3)?)?;
                let ad = AdRef { site: SiteId(row.text(1)?), ad_id };
                // They belong to a content: without one they are of no use.
                let validators = match row.opt_blob(4)? {
                    Some(blob) if row.int(5)? > 0 => {
                        let kept: Validators = keys.open_json("ad", &key, "validators", &blob)?;
                        (kept != Validators::default()).then_some(kept)
                    }
                    _ => None,
                };
                ads.insert(row.int(0)?, LeasedAd { ad, validators });
            }
        }
        Ok(ads)
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
