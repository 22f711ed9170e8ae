//! Ads, their versions and sightings.

mod batch;
mod rows;

pub(crate) use batch::{AdKey, Batch, Wanted};
use rows::go;
pub(crate) use rows::{ensure_ad, find_ad, image_key, note_days, note_image, note_sightings, version_place};

use crate::db::args;
use crate::{Store, StoreError};
use domain::{AdContent, AdRef, MaskedText, PdqHash, SiteId};
use jiff::Timestamp;
use std::time::{Duration, Instant};

/// Row of an ad: what other tables call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AdRow(pub i64);

/// Row of an ad version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionRow(pub i64);

/// When an ad was seen, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdSpan {
    /// The site's own id.
    pub ad_id: String,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// Since when it counts as gone.
    pub gone_at: Option<Timestamp>,
    /// Different contents that it was read with; 0 where its page was never read.
    pub versions: i64,
}

/// An ad as it comes from an import.
#[derive(Debug, Clone)]
pub struct NewAd {
    /// Which ad.
    pub ad: AdRef,
    /// What it says.
    pub content: AdContent,
    /// When it was seen with this content: one or more times, in any order.
    pub seen: Vec<Timestamp>,
    /// Its masked texts, if they were made already; else they come with the reading.
    pub masked: Vec<MaskedText>,
}

/// What a batch of ads changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutAds {
    /// Ads never seen before.
    pub ads_new: u64,
    /// New contents of known ads.
    pub versions_new: u64,
    /// Known contents with sightings that were not known.
    pub sighted: u64,
    /// Nothing new in them.
    pub unchanged: u64,
}

/// Longest time that a batch writer keeps the one writer of SQLite: a page's audit row waits behind it.
pub(crate) const BATCH: Duration = Duration::from_millis(15);
/// Ads that are put in together.
const AT_ONCE: usize = 16;

impl Store {
    /// Puts ads, their versions and sightings in. Sites must be registered. The same again changes nothing. Written in
    /// short transactions; each ad is whole.
    pub async fn put_ads(&self, ads: &[NewAd]) -> Result<PutAds, StoreError> {
        let mut done = PutAds::default();
        let mut rest = ads.chunks(AT_ONCE).peekable();
        while rest.peek().is_some() {
            let mut tx = self.write("putting ads in").await?;
            let started = Instant::now();
            for some in rest.by_ref() {
                self.put_some(&mut tx, some, &mut done).await?;
                if started.elapsed() > BATCH {
                    break;
                }
            }
            tx.commit().await?;
        }
        Ok(done)
    }

    async fn put_some(&self, tx: &mut crate::db::Tx, some: &[NewAd], done: &mut PutAds) -> Result<(), StoreError> {
        let keys = self.keys();
        let times: Vec<Vec<Timestamp>> = some
            .iter()
            .map(|new| {
                let mut seen = new.seen.clone();
                seen.sort_unstable();
                seen
            })
            .collect();
        if times.iter().any(Vec::is_empty) {
            return Err(StoreError::Refused { why: "an ad needs at least one time at which it was seen" });
        }
        let wanted: Vec<Wanted<'_>> = some
            .iter()
            .zip(&times)
            .map(|(new, seen)| Wanted { ad: &new.ad, seen, content: Some(&new.content) })
            .collect();
        let mut batch = Batch::look_up(tx, keys, &wanted).await?;
        for (new, seen) in some.iter().zip(&times) {
            let (Some(&first), Some(&last)) = (seen.first(), seen.last()) else { continue };
            let key = keys.ad(&new.ad);
            let version = batch.version(&key, &new.content, &new.masked, last)?;
            let id = batch.ad(&key)?.id;
            for image in &new.content.images {
                if let Some(pdq) = image.pdq {
                    note_image(tx, keys, id, &image.source, pdq, image.quality, first).await?;
                }
            }
            let sighted = batch.sighted(tx, &key, Some(version.number), seen).await?;
            match (batch.take_new(&key)?, version.new, sighted) {
                (true, ..) => done.ads_new += 1,
                (_, true, _) => done.versions_new += 1,
                (_, _, true) => done.sighted += 1,
                _ => done.unchanged += 1,
            }
        }
        batch.write(tx).await
    }

    /// Keeps the hash of a picture of an ad, in every version that shows the picture.
    pub async fn set_image_hash(
        &self,
        ad: &AdRef,
        source: &str,
        pdq: PdqHash,
        quality: u8,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("keeping a picture's hash").await?;
        let ad = find_ad(&mut tx, self.keys(), ad).await?.ok_or(StoreError::NotFound { what: "ad" })?;
        note_image(&mut tx, self.keys(), ad.id, source, pdq, quality, at).await?;
        tx.commit().await
    }

    /// The ad is gone from then on; a later sighting takes that back.
    pub async fn mark_gone(&self, ad: &AdRef, why: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("marking an ad as gone").await?;
        let mut ad = find_ad(&mut tx, self.keys(), ad).await?.ok_or(StoreError::NotFound { what: "ad" })?;
        go(&mut tx, &mut ad, why, at).await?;
        tx.commit().await
    }

    /// When each ad of a site was seen, in the order in which they were found. For measuring a crawl: it holds all of them
    /// at once.
    pub async fn ad_spans(&self, site: &SiteId) -> Result<Vec<AdSpan>, StoreError> {
        let mut tx = self.read("reading when ads were seen").await?;
        let rows = tx
            .all(
                "SELECT a.key_hash, a.site_ad_id_sealed, a.first_seen, a.last_seen, a.gone_at, a.versions FROM ad a \
                 JOIN site s ON s.id = a.site_id WHERE s.site = $1 ORDER BY a.id",
                args![site.as_str()],
            )
            .await?;
        let span = |row: &crate::db::Row| {
            Ok(AdSpan {
                ad_id: self.keys().open_text("ad", &row.blob(0)?, "site_ad_id", &row.blob(1)?)?,
                first_seen: row.time(2)?,
                last_seen: row.time(3)?,
                gone_at: row.opt_time(4)?,
                versions: row.int(5)?,
            })
        };
        rows.iter().map(span).collect()
    }

    /// Last sighting of all: the time as of which an import-only store is looked at.
    pub async fn last_sighting(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut tx = self.read("looking for the last sighting").await?;
        let row = tx.one("SELECT max(last_seen) FROM ad", args![]).await?;
        row.map(|row| row.opt_time(0)).transpose().map(Option::flatten)
    }
}
