//! What was known of every ad at a time: the input of linking and of the rules over several ads.

use super::{UnreadVersion, ad_ref, open_facts, put_hashes};
use crate::ads::AdRow;
use crate::db::{Arg, Row, Tx, args};
use crate::times::{day_from_number, from_ms, sum_up, unpack_times};
use crate::{Store, StoreError, VersionRow};
use domain::{AdContent, AdFacts, AdRef, DaySighting, VersionFacts};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

/// First and last sighting of a version.
pub(crate) type Seen = (i64, i64);

/// The sightings of one ad by a time.
#[derive(Default)]
pub(crate) struct Times {
    pub versions: BTreeMap<i64, Seen>,
    pub days: BTreeMap<i64, Vec<i64>>,
}

/// An ad as an analysis meets it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAd {
    /// Its row.
    pub row: AdRow,
    /// What is known of it.
    pub facts: AdFacts,
}

/// What reads versions in passing.
type ReadVersions<'a> = &'a (dyn Fn(&[UnreadVersion]) -> Vec<VersionFacts> + Send + Sync);

/// A reader beside the one whose readings are kept.
#[derive(Clone, Copy)]
pub struct InPassing<'a> {
    /// Its version: what it has read is taken as it is kept.
    pub reader_version: &'a str,
    /// Reads all others: one result for each, in their order.
    pub read: ReadVersions<'a>,
}

/// Ads whose facts are read at a time.
const PIECE: usize = 1_000;

impl Store {
    /// Every ad with read versions as it was known at `as_of` (`None`: all that is known), sorted by ad. Sightings,
    /// versions and absences after `as_of` are left out, so that a replay gives the same.
    pub async fn facts(&self, as_of: Option<Timestamp>) -> Result<Vec<AdFacts>, StoreError> {
        let until = as_of.map_or(i64::MAX, |at| at.as_millisecond());
        let mut tx = self.read("reading what is known of ads").await?;
        let rows = rows_by(&mut tx, until).await?;
        let mut facts = Vec::with_capacity(rows.len());
        for piece in rows.chunks(PIECE) {
            facts.extend(self.known_ads(&mut tx, piece, until, None).await?.into_iter().map(|known| known.facts));
        }
        facts.sort_by(|a, b| a.ad.cmp(&b.ad));
        Ok(facts)
    }

    /// The rows of all ads first seen by `as_of` that were ever read, in their order.
    pub async fn ad_rows_by(&self, as_of: Timestamp) -> Result<Vec<AdRow>, StoreError> {
        let mut tx = self.read("looking for the ads of an analysis").await?;
        rows_by(&mut tx, as_of.as_millisecond()).await
    }

    /// As [`Store::facts`], of some ads. One that was not read, or not seen by then, is left out.
    pub async fn facts_of(&self, rows: &[AdRow], as_of: Timestamp) -> Result<Vec<KnownAd>, StoreError> {
        self.facts_by(rows, as_of, None).await
    }

    /// As [`Store::facts_of`], as another reader would have it: versions that it has not read are read in passing, and
    /// nothing of that is kept.
    pub async fn facts_read_by(
        &self,
        rows: &[AdRow],
        as_of: Timestamp,
        reader: &InPassing<'_>,
    ) -> Result<Vec<KnownAd>, StoreError> {
        self.facts_by(rows, as_of, Some(reader)).await
    }

    async fn facts_by(
        &self,
        rows: &[AdRow],
        as_of: Timestamp,
        reader: Option<&InPassing<'_>>,
    ) -> Result<Vec<KnownAd>, StoreError> {
        let mut tx = self.read("reading what is known of some ads").await?;
        let mut known = Vec::with_capacity(rows.len());
        for piece in rows.chunks(PIECE) {
            known.extend(self.known_ads(&mut tx, piece, as_of.as_millisecond(), reader).await?);
        }
        known.sort_by(|a, b| a.facts.ad.cmp(&b.facts.ad));
        Ok(known)
    }

    async fn known_ads(
        &self,
        tx: &mut Tx,
        rows: &[AdRow],
        until: i64,
        reader: Option<&InPassing<'_>>,
    ) -> Result<Vec<KnownAd>, StoreError> {
        let ids = || rows.iter().map(|row| Arg::from(row.0));
        let until_only = args![until];
        let ads = tx
            .all_in(
                "SELECT a.id, s.site, a.key_hash, a.site_ad_id_sealed FROM ad a JOIN site s ON s.id = a.site_id \
                 WHERE a.first_seen <= $1 AND a.versions > 0 AND a.id IN",
                &until_only,
                ids(),
            )
            .await?;
        let sightings = tx
            .all_in(
                "SELECT ad_id, version, day, times FROM sighting WHERE first_at <= $1 AND ad_id IN",
                &until_only,
                ids(),
            )
            .await?;
        let absences = tx
            .all_in(
                "SELECT ad_id, gone_at FROM ad_absence WHERE gone_at <= $1 AND (back_at IS NULL OR back_at > $1) \
                 AND ad_id IN",
                &until_only,
                ids(),
            )
            .await?;
        const KEPT: &str = "SELECT v.ad_id, v.version, v.id, r.body_sealed FROM ad_version v JOIN reading r ON r.version_id = v.id WHERE";
        let readings = match reader {
            None => tx.all_in(&format!("{KEPT} v.ad_id IN"), &[], ids()).await?,
            Some(reader) => {
                let sql = format!("{KEPT} (v.reader_version = $1 OR v.contacts_gone_at IS NOT NULL) AND v.ad_id IN");
                tx.all_in(&sql, &[Arg::from(reader.reader_version)], ids()).await?
            }
        };
        let hashes =
            tx.all_in("SELECT ad_id, source_hash, pdq, quality FROM image_hash WHERE ad_id IN", &[], ids()).await?;
        let hashes = super::hashes(&hashes)?;

        let mut times = collect_times(&sightings, until)?;
        let gone: HashMap<i64, i64> =
            absences.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect::<Result<_, StoreError>>()?;
        let mut versions: HashMap<i64, Vec<VersionFacts>> = HashMap::with_capacity(ads.len());
        for row in &readings {
            let (ad_id, number) = (row.int(0)?, row.int(1)?);
            let Some(seen) = times.get(&ad_id).and_then(|times| times.versions.get(&number)) else { continue };
            let mut facts = open_facts(self.keys(), row.int(2)?, &row.blob(3)?)?;
            facts.version = row.count(1)?;
            (facts.first_seen, facts.last_seen) = (from_ms(seen.0)?, from_ms(seen.1)?);
            put_hashes(self.keys(), ad_id, &mut facts.images, &hashes);
            versions.entry(ad_id).or_default().push(facts);
        }

        if let Some(reader) = reader {
            for (ad_id, mut facts) in self.read_in_passing(tx, &ads, rows, &times, &hashes, reader).await? {
                put_hashes(self.keys(), ad_id, &mut facts.images, &hashes);
                versions.entry(ad_id).or_default().push(facts);
            }
        }

        let mut known = Vec::with_capacity(ads.len());
        for row in &ads {
            let id = row.int(0)?;
            let (Some(mut versions), Some(times)) = (versions.remove(&id), times.remove(&id)) else { continue };
            versions.sort_by_key(|version| version.version);
            let ad = ad_ref(self.keys(), row.text(1)?, &row.blob(2)?, &row.blob(3)?)?;
            known.push(KnownAd { row: AdRow(id), facts: one_ad(ad, versions, times, gone.get(&id).copied())? });
        }
        Ok(known)
    }
}

impl Store {
    /// The versions of these ads that a reader has not read, read by it.
    async fn read_in_passing(
        &self,
        tx: &mut Tx,
        ads: &[Row],
        rows: &[AdRow],
        times: &HashMap<i64, Times>,
        hashes: &super::Hashes,
        reader: &InPassing<'_>,
    ) -> Result<Vec<(i64, VersionFacts)>, StoreError> {
        let mut names: HashMap<i64, AdRef> = HashMap::with_capacity(ads.len());
        for row in ads {
            names.insert(row.int(0)?, ad_ref(self.keys(), row.text(1)?, &row.blob(2)?, &row.blob(3)?)?);
        }
        let unread = tx
            .all_in(
                "SELECT v.ad_id, v.version, v.id, v.content_sealed FROM ad_version v \
                 WHERE (v.reader_version IS NULL OR v.reader_version <> $1) AND v.contacts_gone_at IS NULL AND v.ad_id IN",
                &[Arg::from(reader.reader_version)],
                rows.iter().map(|row| Arg::from(row.0)),
            )
            .await?;
        let (mut ids, mut versions) = (Vec::new(), Vec::new());
        for row in &unread {
            let (ad_id, number) = (row.int(0)?, row.int(1)?);
            let Some(seen) = times.get(&ad_id).and_then(|times| times.versions.get(&number)) else { continue };
            let Some(ad) = names.get(&ad_id) else { continue };
            let place = crate::ads::version_place(ad_id, number);
            let mut content: AdContent = self.keys().open_json("ad_version", &place, "content", &row.blob(3)?)?;
            put_hashes(self.keys(), ad_id, &mut content.images, hashes);
            ids.push(ad_id);
            versions.push(UnreadVersion {
                row: VersionRow(row.int(2)?),
                ad: ad.clone(),
                version: row.count(1)?,
                first_seen: from_ms(seen.0)?,
                last_seen: from_ms(seen.1)?,
                content,
            });
        }
        if versions.is_empty() {
            return Ok(Vec::new());
        }
        Ok(ids.into_iter().zip((reader.read)(&versions)).collect())
    }
}

async fn rows_by(tx: &mut Tx, until: i64) -> Result<Vec<AdRow>, StoreError> {
    let rows = tx.all("SELECT id FROM ad WHERE first_seen <= $1 AND versions > 0 ORDER BY id", args![until]).await?;
    rows.iter().map(|row| Ok(AdRow(row.int(0)?))).collect()
}

/// The observations by `until` of each ad, from rows of `ad_id, version, day, times`.
pub(crate) fn collect_times(sightings: &[Row], until: i64) -> Result<HashMap<i64, Times>, StoreError> {
    let mut times: HashMap<i64, Times> = HashMap::new();
    for row in sightings {
        let mut seen = unpack_times(&row.blob(3)?)?;
        seen.retain(|ms| *ms <= until);
        let (Some(first), Some(last)) = (seen.first().copied(), seen.last().copied()) else { continue };
        let of_ad = times.entry(row.int(0)?).or_default();
        let version = of_ad.versions.entry(row.int(1)?).or_insert((first, last));
        *version = (version.0.min(first), version.1.max(last));
        of_ad.days.entry(row.int(2)?).or_default().extend(seen);
    }
    Ok(times)
}

/// An ad's facts from its versions and observations (not empty).
pub(crate) fn one_ad(
    ad: AdRef,
    versions: Vec<VersionFacts>,
    times: Times,
    gone: Option<i64>,
) -> Result<AdFacts, StoreError> {
    let (mut sightings, mut first_seen, mut last_seen) = (Vec::with_capacity(times.days.len()), i64::MAX, 0);
    for (day, mut seen) in times.days {
        seen.sort_unstable();
        seen.dedup();
        let sum = sum_up(&seen)?;
        (first_seen, last_seen) = (first_seen.min(sum.first), last_seen.max(sum.last));
        sightings.push(DaySighting {
            day: day_from_number(day)?,
            first: from_ms(sum.first)?,
            last: from_ms(sum.last)?,
            count: sum.count,
            hours: sum.hours,
        });
    }
    let gone_at = gone.filter(|gone_at| *gone_at >= last_seen).map(from_ms).transpose()?;
    Ok(AdFacts { ad, first_seen: from_ms(first_seen)?, last_seen: from_ms(last_seen)?, gone_at, versions, sightings })
}
