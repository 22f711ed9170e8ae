//! The rows of an ad, written from imports and the crawl alike.

use crate::StoreError;
use crate::db::{Arg, MOST_ROWS, Row, Tx, args, places, rows_of_places};
use crate::keys::{Keys, Purpose};
use crate::retention::Retention;
use crate::times::{local_day_and_hour, pack_times, sum_up, unpack_times};
use domain::{AdRef, PdqHash};
use jiff::Timestamp;
use std::collections::HashMap;

/// An ad's row as it stands in this transaction.
#[derive(Debug, Clone)]
pub(crate) struct AdState {
    pub id: i64,
    pub key: [u8; 32],
    pub first_seen: i64,
    pub last_seen: i64,
    pub gone_at: Option<i64>,
    pub versions: i64,
    pub current_version: i64,
    pub excerpt_hash: Option<Vec<u8>>,
    pub last_listed_run: Option<i64>,
    pub page_read_at: Option<i64>,
    /// Made in this transaction.
    pub new: bool,
}

const STATE: &str = "SELECT id, first_seen, last_seen, gone_at, versions, current_version, excerpt_hash, last_listed_run, \
     page_read_at, key_hash FROM ad WHERE key_hash IN";

fn state(row: &Row) -> Result<AdState, StoreError> {
    Ok(AdState {
        id: row.int(0)?,
        key: key_of(&row.blob(9)?)?,
        first_seen: row.int(1)?,
        last_seen: row.int(2)?,
        gone_at: row.opt_int(3)?,
        versions: row.int(4)?,
        current_version: row.int(5)?,
        excerpt_hash: row.opt_blob(6)?,
        last_listed_run: row.opt_int(7)?,
        page_read_at: row.opt_int(8)?,
        new: false,
    })
}

fn key_of(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt { what: "an ad's key" })
}

/// The ad's row, if it was ever seen.
pub(crate) async fn find_ad(tx: &mut Tx, keys: &Keys, ad: &AdRef) -> Result<Option<AdState>, StoreError> {
    tx.all_of(format!("{STATE} ($1)"), args![keys.ad(ad)]).await?.first().map(state).transpose()
}

/// The rows of these ads that there are. They are the caller's until the transaction ends: what is read of them here is
/// written back later.
async fn held_rows(tx: &mut Tx, keys: &[[u8; 32]], found: &mut HashMap<[u8; 32], AdState>) -> Result<(), StoreError> {
    // Always in the same order, so that of two who want the same rows one waits. SQLite has one writer.
    let hold = if tx.is_postgres() { " ORDER BY id FOR NO KEY UPDATE" } else { "" };
    for some in keys.chunks(MOST_ROWS) {
        let sql = format!("{STATE} ({}){hold}", places(0, some.len()));
        for row in tx.all_of(sql, some.iter().map(Arg::from).collect()).await? {
            let ad = state(&row)?;
            found.insert(ad.key, ad);
        }
    }
    Ok(())
}

/// The rows of ads with the time at which each is seen; made where there is none. Their sites must be registered.
pub(crate) async fn ensure_ads(
    tx: &mut Tx,
    keys: &Keys,
    wanted: &[(&AdRef, Timestamp)],
) -> Result<HashMap<[u8; 32], AdState>, StoreError> {
    let (mut by_key, mut order) = (HashMap::with_capacity(wanted.len()), Vec::with_capacity(wanted.len()));
    for (ad, seen) in wanted {
        let key = keys.ad(ad);
        by_key.entry(key).or_insert_with(|| {
            order.push(key);
            (*ad, *seen)
        });
    }
    let mut found = HashMap::with_capacity(order.len());
    held_rows(tx, &order, &mut found).await?;
    let missing: Vec<[u8; 32]> = order.iter().filter(|key| !found.contains_key(*key)).copied().collect();
    for some in missing.chunks(MOST_ROWS) {
        let mut arguments = Vec::with_capacity(some.len() * 7);
        for (place, key) in (0_i64..).zip(some) {
            let (ad, seen) = by_key[key];
            let name = keys.seal_text("ad", key, "site_ad_id", &ad.ad_id)?;
            arguments.extend(args![
                ad.site.as_str(),
                key,
                name,
                seen,
                Retention::Ad.as_str(),
                Retention::Ad.until(seen),
                place
            ]);
        }
        // `WHERE true`: without it SQLite takes ON CONFLICT for a part of the join.
        let sql = format!(
            "INSERT INTO ad (site_id, key_hash, site_ad_id_sealed, first_seen, last_seen, versions, current_version, \
             retention, delete_after) SELECT s.id, v.column2, v.column3, v.column4, v.column4, 0, 0, v.column5, v.column6 \
             FROM (VALUES {}) AS v JOIN site s ON s.site = v.column1 WHERE true \
             ORDER BY v.column7 ON CONFLICT (key_hash) DO NOTHING RETURNING id, key_hash",
            rows_of_places(some.len(), 7)
        );
        for row in tx.all_of(sql, arguments).await? {
            let key = key_of(&row.blob(1)?)?;
            let seen = by_key.get(&key).map_or(0, |(_, seen)| seen.as_millisecond());
            let ad = AdState {
                id: row.int(0)?,
                key,
                first_seen: seen,
                last_seen: seen,
                gone_at: None,
                versions: 0,
                current_version: 0,
                excerpt_hash: None,
                last_listed_run: None,
                page_read_at: None,
                new: true,
            };
            found.insert(key, ad);
        }
    }
    // Others made them in the meantime (PostgreSQL only), or their site is not registered.
    let missing: Vec<[u8; 32]> = missing.into_iter().filter(|key| !found.contains_key(key)).collect();
    if !missing.is_empty() {
        for key in &missing {
            crate::crawl::site_row(tx, &by_key[key].0.site).await?;
        }
        held_rows(tx, &missing, &mut found).await?;
    }
    if found.len() < order.len() {
        return Err(StoreError::Corrupt { what: "an ad's row" });
    }
    Ok(found)
}

/// The row of one ad; made where there is none. Its site must be registered.
pub(crate) async fn ensure_ad(tx: &mut Tx, keys: &Keys, ad: &AdRef, seen: Timestamp) -> Result<AdState, StoreError> {
    let found = ensure_ads(tx, keys, &[(ad, seen)]).await?;
    found.into_values().next().ok_or(StoreError::Corrupt { what: "an ad's row" })
}

impl AdState {
    /// It was seen from `first` to `last` (milliseconds). Whether that moves its times, and since when it had counted as
    /// gone, if it did.
    pub(crate) fn seen(&mut self, first: i64, last: i64) -> (bool, Option<i64>) {
        let moved = first < self.first_seen || last > self.last_seen;
        self.first_seen = self.first_seen.min(first);
        self.last_seen = self.last_seen.max(last);
        let back = self.gone_at.filter(|gone_at| last > *gone_at);
        if back.is_some() {
            self.gone_at = None;
        }
        (moved, back)
    }
}

/// An ad that had counted as gone since then is back.
pub(super) async fn came_back(tx: &mut Tx, ad_id: i64, gone_at: i64, back_at: i64) -> Result<(), StoreError> {
    tx.later("UPDATE ad_absence SET back_at = $3 WHERE ad_id = $1 AND gone_at = $2", args![ad_id, gone_at, back_at])
        .await
}

/// Where a version's sealed content belongs.
pub(crate) fn version_place(ad_id: i64, version: i64) -> [u8; 16] {
    let mut place = [0; 16];
    place[..8].copy_from_slice(&ad_id.to_le_bytes());
    place[8..].copy_from_slice(&version.to_le_bytes());
    place
}

/// Notes sightings (sorted) of a version and moves the ad's first and last time. False where all were known.
pub(crate) async fn note_sightings(
    tx: &mut Tx,
    ad: &mut AdState,
    version: i64,
    sorted: &[Timestamp],
) -> Result<bool, StoreError> {
    let changed = note_days(tx, ad.id, version, sorted).await?;
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return Ok(false) };
    let (moved, back) = ad.seen(first.as_millisecond(), last.as_millisecond());
    if moved {
        tx.later(
            "UPDATE ad SET first_seen = $2, last_seen = $3, delete_after = $4 WHERE id = $1",
            args![ad.id, ad.first_seen, ad.last_seen, Retention::Ad.until(*last)],
        )
        .await?;
    }
    if let Some(gone_at) = back {
        tx.later("UPDATE ad SET gone_at = NULL WHERE id = $1", args![ad.id]).await?;
        came_back(tx, ad.id, gone_at, last.as_millisecond()).await?;
    }
    Ok(changed)
}

/// The parts of sorted times that lie on one local day each.
pub(super) fn by_day(sorted: &[Timestamp]) -> Vec<(i64, &[Timestamp])> {
    let mut days = Vec::new();
    let mut rest = sorted;
    while let Some(first) = rest.first() {
        let day = local_day_and_hour(*first).0;
        let end = rest.iter().position(|time| local_day_and_hour(*time).0 != day).unwrap_or(rest.len());
        let (own, others) = rest.split_at(end);
        days.push((day, own));
        rest = others;
    }
    days
}

/// Adds times to those of a day. False where all were known.
pub(super) fn merge(times: &mut Vec<i64>, sorted: &[Timestamp]) -> bool {
    let before = times.len();
    for time in sorted {
        let ms = time.as_millisecond();
        if let Err(place) = times.binary_search(&ms) {
            times.insert(place, ms);
        }
    }
    times.len() != before
}

/// Notes the sighting rows alone.
pub(crate) async fn note_days(tx: &mut Tx, ad_id: i64, version: i64, sorted: &[Timestamp]) -> Result<bool, StoreError> {
    let mut changed = false;
    for (day, own) in by_day(sorted) {
        changed |= note_day(tx, ad_id, version, day, own).await?;
    }
    Ok(changed)
}

async fn note_day(tx: &mut Tx, ad_id: i64, version: i64, day: i64, sorted: &[Timestamp]) -> Result<bool, StoreError> {
    let mut times = known_times(tx, ad_id, version, day).await?;
    if !merge(&mut times, sorted) {
        return Ok(false);
    }
    put_days(tx, &[(ad_id, version, day, &times)]).await?;
    Ok(true)
}

/// The times of a version on a day.
pub(super) async fn known_times(tx: &mut Tx, ad_id: i64, version: i64, day: i64) -> Result<Vec<i64>, StoreError> {
    let known = tx
        .one("SELECT times FROM sighting WHERE ad_id = $1 AND version = $2 AND day = $3", args![ad_id, version, day])
        .await?;
    known.map_or(Ok(Vec::new()), |row| unpack_times(&row.blob(0)?))
}

/// Writes sighting rows: ad, version, day and all times of it.
pub(super) async fn put_days(tx: &mut Tx, days: &[(i64, i64, i64, &[i64])]) -> Result<(), StoreError> {
    for some in days.chunks(MOST_ROWS) {
        let mut arguments = Vec::with_capacity(some.len() * 11);
        for (ad_id, version, day, times) in some {
            let sum = sum_up(times)?;
            arguments.extend(args![
                *ad_id,
                *version,
                *day,
                sum.first,
                sum.last,
                sum.count,
                sum.hours,
                sum.longest_gap_ms,
                pack_times(times),
                Retention::Ad.as_str(),
                Retention::Ad.until(crate::times::from_ms(sum.last)?)
            ]);
        }
        let sql = format!(
            "INSERT INTO sighting (ad_id, version, day, first_at, last_at, count, hours, longest_gap_ms, times, retention, \
             delete_after) VALUES {} ON CONFLICT (ad_id, version, day) DO UPDATE SET first_at = excluded.first_at, \
             last_at = excluded.last_at, count = excluded.count, hours = excluded.hours, \
             longest_gap_ms = excluded.longest_gap_ms, times = excluded.times, delete_after = excluded.delete_after",
            rows_of_places(some.len(), 11)
        );
        tx.later_of(sql, arguments).await?;
    }
    Ok(())
}

/// The ad is gone, unless it was seen since.
pub(crate) async fn go(tx: &mut Tx, ad: &mut AdState, why: &str, at: Timestamp) -> Result<bool, StoreError> {
    if ad.gone_at.is_some() || ad.last_seen > at.as_millisecond() {
        return Ok(false);
    }
    tx.later("UPDATE ad SET gone_at = $2 WHERE id = $1", args![ad.id, at]).await?;
    tx.later(
        "INSERT INTO ad_absence (ad_id, gone_at, why) VALUES ($1, $2, $3) ON CONFLICT (ad_id, gone_at) DO NOTHING",
        args![ad.id, at, why],
    )
    .await?;
    ad.gone_at = Some(at.as_millisecond());
    Ok(true)
}

/// Where a picture's hash is kept, by its source.
pub(crate) fn image_key(keys: &Keys, ad_id: i64, source: &str) -> [u8; 32] {
    keys.hash(Purpose::Url, &[b"image", &ad_id.to_le_bytes(), source.as_bytes()])
}

/// Keeps a picture's hash with the ad and the picture's source.
pub(crate) async fn note_image(
    tx: &mut Tx,
    keys: &Keys,
    ad_id: i64,
    source: &str,
    pdq: PdqHash,
    quality: u8,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO image_hash (ad_id, source_hash, pdq, quality, hashed_at, retention, delete_after) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (ad_id, source_hash) DO NOTHING",
        args![
            ad_id,
            image_key(keys, ad_id, source),
            pdq.0,
            quality,
            at,
            Retention::Ad.as_str(),
            Retention::Ad.until(at)
        ],
    )
    .await?;
    Ok(())
}
