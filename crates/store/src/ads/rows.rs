//! The rows of an ad, written from imports and the crawl alike.

use crate::StoreError;
use crate::db::{Row, Tx, args};
use crate::keys::{Keys, Purpose};
use crate::retention::Retention;
use crate::times::{local_day_and_hour, pack_times, sum_up, unpack_times};
use domain::{AdContent, AdRef, MaskedText, PdqHash};
use jiff::Timestamp;

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

/// A version that was looked for or made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VersionState {
    pub number: i64,
    pub new: bool,
}

const FIND: &str = "SELECT id, first_seen, last_seen, gone_at, versions, current_version, excerpt_hash, last_listed_run, \
     page_read_at FROM ad WHERE key_hash = $1";

fn state(row: &Row, key: [u8; 32]) -> Result<AdState, StoreError> {
    Ok(AdState {
        id: row.int(0)?,
        key,
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

/// The ad's row, if it was ever seen.
pub(crate) async fn find_ad(tx: &mut Tx, keys: &Keys, ad: &AdRef) -> Result<Option<AdState>, StoreError> {
    let key = keys.ad(ad);
    tx.one(FIND, args![key]).await?.map(|row| state(&row, key)).transpose()
}

/// The ad's row; made where there is none. Its site must be registered.
pub(crate) async fn ensure_ad(tx: &mut Tx, keys: &Keys, ad: &AdRef, seen: Timestamp) -> Result<AdState, StoreError> {
    let key = keys.ad(ad);
    if let Some(row) = tx.one(FIND, args![key]).await? {
        return state(&row, key);
    }
    let name = keys.seal_text("ad", &key, "site_ad_id", &ad.ad_id)?;
    let made = tx
        .one(
            "INSERT INTO ad (site_id, key_hash, site_ad_id_sealed, first_seen, last_seen, versions, current_version, \
             retention, delete_after) SELECT id, $2, $3, $4, $4, 0, 0, $5, $6 FROM site WHERE site = $1 \
             ON CONFLICT (key_hash) DO NOTHING RETURNING id",
            args![ad.site.as_str(), key, name, seen, Retention::Ad.as_str(), Retention::Ad.until(seen)],
        )
        .await?;
    match made {
        Some(row) => {
            let seen = seen.as_millisecond();
            Ok(AdState {
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
            })
        }
        // Another worker made it in the meantime (PostgreSQL only), or the site is not registered.
        None => {
            crate::crawl::site_row(tx, &ad.site).await?;
            let row = tx.one(FIND, args![key]).await?.ok_or(StoreError::Corrupt { what: "an ad's row" })?;
            state(&row, key)
        }
    }
}

/// The version with this content; made where there is none. What was seen before the first page was read belongs to
/// the first version.
pub(crate) async fn note_version(
    tx: &mut Tx,
    keys: &Keys,
    ad: &mut AdState,
    content: &AdContent,
    masked: &[MaskedText],
    seen: Timestamp,
) -> Result<VersionState, StoreError> {
    let hash = keys.hash(Purpose::Content, &[&ad.id.to_le_bytes(), &content.identity()]);
    let found =
        tx.one("SELECT version FROM ad_version WHERE ad_id = $1 AND content_hash = $2", args![ad.id, hash]).await?;
    let number = match &found {
        Some(row) => row.int(0)?,
        None => {
            let number = ad.versions + 1;
            let sealed = keys.seal_json("ad_version", &version_place(ad.id, number), "content", content)?;
            let masked = match masked {
                [] => None,
                texts => Some(serde_json::to_string(texts).map_err(|_| StoreError::Corrupt { what: "masked texts" })?),
            };
            tx.later(
                "INSERT INTO ad_version (ad_id, version, content_hash, content_sealed, masked, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                args![ad.id, number, hash, sealed, masked, Retention::Ad.as_str(), Retention::Ad.until(seen)],
            )
            .await?;
            if number == 1 {
                tx.later("UPDATE sighting SET version = 1 WHERE ad_id = $1 AND version = 0", args![ad.id]).await?;
            }
            number
        }
    };
    let new = found.is_none();
    if new || number != ad.current_version {
        ad.versions = ad.versions.max(number);
        // The newest sighting says which content is the current one; an import may bring older ones later.
        if ad.current_version == 0 || seen.as_millisecond() >= ad.last_seen {
            ad.current_version = number;
        }
        tx.later(
            "UPDATE ad SET versions = $2, current_version = $3 WHERE id = $1",
            args![ad.id, ad.versions, ad.current_version],
        )
        .await?;
    }
    Ok(VersionState { number, new })
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
    let (first_ms, last_ms) = (first.as_millisecond(), last.as_millisecond());
    if first_ms < ad.first_seen || last_ms > ad.last_seen {
        ad.first_seen = ad.first_seen.min(first_ms);
        ad.last_seen = ad.last_seen.max(last_ms);
        tx.later(
            "UPDATE ad SET first_seen = $2, last_seen = $3, delete_after = $4 WHERE id = $1",
            args![ad.id, ad.first_seen, ad.last_seen, Retention::Ad.until(*last)],
        )
        .await?;
    }
    if let Some(gone_at) = ad.gone_at.filter(|gone_at| last_ms > *gone_at) {
        tx.later("UPDATE ad SET gone_at = NULL WHERE id = $1", args![ad.id]).await?;
        tx.later(
            "UPDATE ad_absence SET back_at = $3 WHERE ad_id = $1 AND gone_at = $2",
            args![ad.id, gone_at, last_ms],
        )
        .await?;
        ad.gone_at = None;
    }
    Ok(changed)
}

/// Notes the sighting rows alone.
pub(crate) async fn note_days(tx: &mut Tx, ad_id: i64, version: i64, sorted: &[Timestamp]) -> Result<bool, StoreError> {
    let mut changed = false;
    let mut at = 0;
    while at < sorted.len() {
        let day = local_day_and_hour(sorted[at]).0;
        let end =
            sorted[at..].iter().position(|time| local_day_and_hour(*time).0 != day).map_or(sorted.len(), |n| at + n);
        changed |= note_day(tx, ad_id, version, day, &sorted[at..end]).await?;
        at = end;
    }
    Ok(changed)
}

async fn note_day(tx: &mut Tx, ad_id: i64, version: i64, day: i64, sorted: &[Timestamp]) -> Result<bool, StoreError> {
    let known = tx
        .one("SELECT times FROM sighting WHERE ad_id = $1 AND version = $2 AND day = $3", args![ad_id, version, day])
        .await?;
    let mut times = match &known {
        Some(row) => unpack_times(&row.blob(0)?)?,
        None => Vec::new(),
    };
    let before = times.len();
    for time in sorted {
        let ms = time.as_millisecond();
        if let Err(place) = times.binary_search(&ms) {
            times.insert(place, ms);
        }
    }
    if times.len() == before {
        return Ok(false);
    }
    let sum = sum_up(&times)?;
    let last = crate::times::from_ms(sum.last)?;
    tx.later(
        "INSERT INTO sighting (ad_id, version, day, first_at, last_at, count, hours, longest_gap_ms, times, retention, \
         delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (ad_id, version, day) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at, \
         count = excluded.count, hours = excluded.hours, longest_gap_ms = excluded.longest_gap_ms, \
         times = excluded.times, delete_after = excluded.delete_after",
        args![
            ad_id,
            version,
            day,
            sum.first,
            sum.last,
            sum.count,
            sum.hours,
            sum.longest_gap_ms,
            pack_times(&times),
            Retention::Ad.as_str(),
            Retention::Ad.until(last)
        ],
    )
    .await?;
    Ok(true)
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
