//! Ads that are written together: what must be known of them is looked up for all at once, what changes is kept here
//! and written for all at once. A listing page of fifty ads is then a handful of statements, and so are some pages of
//! ads that share a transaction.

use super::rows::{AdState, by_day, came_back, ensure_ads, go, known_times, merge, put_days, version_place};
use crate::StoreError;
use crate::db::{Arg, MOST_ROWS, Tx, args, places, rows_of_places};
use crate::keys::{Keys, Purpose};
use crate::retention::Retention;
use crate::times::{from_ms, unpack_times};
use domain::{AdContent, AdRef, MaskedText};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// What is to be written of an ad.
pub(crate) struct Wanted<'a> {
    pub ad: &'a AdRef,
    /// When it is seen, sorted, with this content or, where there is none, the current one. At least one time, also
    /// where it is no sighting.
    pub seen: &'a [Timestamp],
    pub content: Option<&'a AdContent>,
}

/// A version that was looked for or made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct VersionState {
    pub number: i64,
    pub new: bool,
}

/// An ad's key.
pub(crate) type AdKey = [u8; 32];

struct Kept {
    ad: AdState,
    changed: bool,
    /// What its page was recognised by when it was read.
    validators: Option<Option<Vec<u8>>>,
}

#[derive(Default)]
struct Day {
    times: Vec<i64>,
    changed: bool,
}

/// The ads of one transaction. Nothing is written before [`Batch::write`] but new rows of ads.
pub(crate) struct Batch<'k> {
    keys: &'k Keys,
    ads: HashMap<AdKey, Kept>,
    versions: HashMap<(i64, [u8; 32]), i64>,
    /// Times by ad, version and day: all that were looked up or noted.
    days: HashMap<(i64, i64, i64), Day>,
    /// Versions made here: nothing else is known of them.
    made: HashSet<(i64, i64)>,
    /// Ads whose first version was made here: what was seen before its page was read belongs to it.
    first: Vec<i64>,
    /// Rows of the versions made here.
    contents: Vec<Vec<Arg>>,
}

fn no_ad() -> StoreError {
    StoreError::Corrupt { what: "an ad of a batch" }
}

impl<'k> Batch<'k> {
    /// Looks up all that is needed to write these; makes rows for new ads. Their sites must be registered.
    pub(crate) async fn look_up(tx: &mut Tx, keys: &'k Keys, wanted: &[Wanted<'_>]) -> Result<Self, StoreError> {
        let seen = |of: &Wanted<'_>| of.seen.first().copied().unwrap_or_default();
        let ads: Vec<(&AdRef, Timestamp)> = wanted.iter().map(|of| (of.ad, seen(of))).collect();
        let ads = match ads.is_empty() {
            true => HashMap::new(),
            false => ensure_ads(tx, keys, &ads).await?,
        };
        let kept = |ad| Kept { ad, changed: false, validators: None };
        let ads = ads.into_iter().map(|(key, ad)| (key, kept(ad))).collect();
        let (versions, days, made, first, contents) = Default::default();
        let mut batch = Self { keys, ads, versions, days, made, first, contents };
        batch.look_up_versions(tx, wanted).await?;
        batch.look_up_days(tx, wanted).await?;
        Ok(batch)
    }

    async fn look_up_versions(&mut self, tx: &mut Tx, wanted: &[Wanted<'_>]) -> Result<(), StoreError> {
        let mut asked: Vec<(i64, [u8; 32])> = Vec::new();
        for of in wanted {
            let ad = &self.kept(&self.keys.ad(of.ad))?.ad;
            if let Some(content) = of.content.filter(|_| ad.versions > 0) {
                asked.push((ad.id, self.content_hash(ad.id, content)));
            }
        }
        for some in asked.chunks(MOST_ROWS) {
            let sql = format!(
                "SELECT ad_id, content_hash, version FROM ad_version WHERE (ad_id, content_hash) IN (VALUES {})",
                rows_of_places(some.len(), 2)
            );
            let arguments = some.iter().flat_map(|(ad_id, hash)| args![*ad_id, hash]).collect();
            for row in tx.all_of(sql, arguments).await? {
                let hash = row.blob(1)?.try_into().map_err(|_| StoreError::Corrupt { what: "a version's hash" })?;
                self.versions.insert((row.int(0)?, hash), row.int(2)?);
            }
        }
        Ok(())
    }

    async fn look_up_days(&mut self, tx: &mut Tx, wanted: &[Wanted<'_>]) -> Result<(), StoreError> {
        let mut asked: Vec<(i64, i64, i64)> = Vec::new();
        for of in wanted {
            let ad = &self.kept(&self.keys.ad(of.ad))?.ad;
            // A content that is not known yet is seen for the first time, unless it becomes the first version.
            let version = match of.content {
                Some(content) if ad.versions > 0 => {
                    self.versions.get(&(ad.id, self.content_hash(ad.id, content))).copied()
                }
                _ => Some(ad.current_version),
            };
            let (ad_id, new) = (ad.id, ad.new);
            let places = by_day(of.seen).into_iter().filter_map(|(day, _)| Some((ad_id, version?, day)));
            match new {
                true => self.days.extend(places.map(|place| (place, Day::default()))),
                false => asked.extend(places),
            }
        }
        asked.sort_unstable();
        asked.dedup();
        for some in asked.chunks(MOST_ROWS) {
            let sql = format!(
                "SELECT ad_id, version, day, times FROM sighting WHERE (ad_id, version, day) IN (VALUES {})",
                rows_of_places(some.len(), 3)
            );
            let arguments = some.iter().flat_map(|(ad_id, version, day)| args![*ad_id, *version, *day]).collect();
            for key in some {
                self.days.entry(*key).or_default();
            }
            for row in tx.all_of(sql, arguments).await? {
                let day = self.days.entry((row.int(0)?, row.int(1)?, row.int(2)?)).or_default();
                day.times = unpack_times(&row.blob(3)?)?;
            }
        }
        Ok(())
    }

    fn content_hash(&self, ad_id: i64, content: &AdContent) -> [u8; 32] {
        self.keys.hash(Purpose::Content, &[&ad_id.to_le_bytes(), &content.identity()])
    }

    fn kept(&self, key: &AdKey) -> Result<&Kept, StoreError> {
        self.ads.get(key).ok_or_else(no_ad)
    }

    fn change(&mut self, key: &AdKey) -> Result<&mut Kept, StoreError> {
        self.ads.get_mut(key).ok_or_else(no_ad)
    }

    /// An ad as it stands.
    pub(crate) fn ad(&self, key: &AdKey) -> Result<&AdState, StoreError> {
        self.kept(key).map(|kept| &kept.ad)
    }

    /// An ad to be changed: it is written in any case.
    pub(crate) fn ad_to_change(&mut self, key: &AdKey) -> Result<&mut AdState, StoreError> {
        let kept = self.change(key)?;
        kept.changed = true;
        Ok(&mut kept.ad)
    }

    /// Whether the ad is one that was made here; the second time it is not new any more.
    pub(crate) fn take_new(&mut self, key: &AdKey) -> Result<bool, StoreError> {
        self.change(key).map(|kept| std::mem::take(&mut kept.ad.new))
    }

    /// The version with this content; made where there is none. What was seen before the first page was read belongs to
    /// the first version.
    pub(crate) fn version(
        &mut self,
        key: &AdKey,
        content: &AdContent,
        masked: &[MaskedText],
        seen: Timestamp,
    ) -> Result<VersionState, StoreError> {
        let (ad_id, versions) = self.kept(key).map(|kept| (kept.ad.id, kept.ad.versions))?;
        let hash = self.content_hash(ad_id, content);
        let found = self.versions.get(&(ad_id, hash)).copied();
        let number = match found {
            Some(number) => number,
            None => {
                let number = versions + 1;
                let sealed = self.keys.seal_json("ad_version", &version_place(ad_id, number), "content", content)?;
                let masked = match masked {
                    [] => None,
                    texts => {
                        Some(serde_json::to_string(texts).map_err(|_| StoreError::Corrupt { what: "masked texts" })?)
                    }
                };
                let (retention, until) = (Retention::Ad.as_str(), Retention::Ad.until(seen));
                self.contents.push(args![ad_id, number, hash, sealed, masked, retention, until]);
                self.versions.insert((ad_id, hash), number);
                self.made.insert((ad_id, number));
                if number == 1 {
                    self.becomes_first(ad_id);
                }
                number
            }
        };
        let kept = self.change(key)?;
        let ad = &mut kept.ad;
        if found.is_none() || number != ad.current_version {
            kept.changed = true;
            ad.versions = ad.versions.max(number);
            // The newest sighting says which content is the current one; an import may bring older ones later.
            if ad.current_version == 0 || seen.as_millisecond() >= ad.last_seen {
                ad.current_version = number;
            }
        }
        Ok(VersionState { number, new: found.is_none() })
    }

    /// What was noted of the ad before its page was read is the first version's.
    fn becomes_first(&mut self, ad_id: i64) {
        self.first.push(ad_id);
        let before: Vec<(i64, i64, i64)> =
            self.days.keys().filter(|(ad, version, _)| *ad == ad_id && *version == 0).copied().collect();
        for key in before {
            if let Some(day) = self.days.remove(&key) {
                self.days.insert((ad_id, 1, key.2), day);
            }
        }
    }

    /// Notes sightings (sorted) of a version (without one, of the current one) and moves the ad's first and last time.
    /// False where all were known.
    pub(crate) async fn sighted(
        &mut self,
        tx: &mut Tx,
        key: &AdKey,
        version: Option<i64>,
        sorted: &[Timestamp],
    ) -> Result<bool, StoreError> {
        let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return Ok(false) };
        let ad = &self.kept(key)?.ad;
        let (ad_id, version) = (ad.id, version.unwrap_or(ad.current_version));
        let mut news = false;
        for (day, own) in by_day(sorted) {
            let place = (ad_id, version, day);
            if !self.days.contains_key(&place) && !self.made.contains(&(ad_id, version)) {
                let times = known_times(tx, ad_id, version, day).await?;
                self.days.insert(place, Day { times, changed: false });
            }
            let known = self.days.entry(place).or_default();
            if merge(&mut known.times, own) {
                known.changed = true;
                news = true;
            }
        }
        let kept = self.change(key)?;
        let (moved, back) = kept.ad.seen(first.as_millisecond(), last.as_millisecond());
        kept.changed |= moved || back.is_some();
        if let Some(gone_at) = back {
            came_back(tx, ad_id, gone_at, last.as_millisecond()).await?;
        }
        Ok(news)
    }

    /// The ad's page was read then, and is recognised by that.
    pub(crate) fn page_read(
        &mut self,
        key: &AdKey,
        at: Timestamp,
        validators_sealed: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let kept = self.change(key)?;
        kept.ad.page_read_at = Some(at.as_millisecond());
        kept.changed = true;
        kept.validators = Some(validators_sealed);
        Ok(())
    }

    /// The ad is gone, unless it was seen since.
    pub(crate) async fn gone(
        &mut self,
        tx: &mut Tx,
        key: &AdKey,
        why: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        go(tx, &mut self.change(key)?.ad, why, at).await
    }

    /// Writes what has changed, with the next statement or the end of the transaction.
    pub(crate) async fn write(mut self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.insert_later(
            "INSERT INTO ad_version (ad_id, version, content_hash, content_sealed, masked, retention, delete_after) VALUES",
            "",
            self.contents,
        )
        .await?;
        for some in self.first.chunks(MOST_ROWS) {
            let sql =
                format!("UPDATE sighting SET version = 1 WHERE version = 0 AND ad_id IN ({})", places(0, some.len()));
            tx.later_of(sql, some.iter().copied().map(Arg::from).collect()).await?;
        }
        let mut days: Vec<(i64, i64, i64, &[i64])> = self
            .days
            .iter()
            .filter(|(_, day)| day.changed)
            .map(|((ad_id, version, number), day)| (*ad_id, *version, *number, day.times.as_slice()))
            .collect();
        days.sort_unstable();
        put_days(tx, &days).await?;
        let mut changed: Vec<Kept> = self.ads.drain().map(|(_, kept)| kept).filter(|kept| kept.changed).collect();
        changed.sort_unstable_by_key(|kept| kept.ad.id);
        put_ads(tx, &changed).await?;
        let read: Vec<(i64, Option<Vec<u8>>)> =
            changed.into_iter().filter_map(|kept| kept.validators.map(|of| (kept.ad.id, of))).collect();
        for some in read.chunks(MOST_ROWS) {
            let sql = format!(
                "UPDATE ad SET validators_sealed = v.column2 FROM (VALUES {}) AS v WHERE ad.id = v.column1",
                rows_of_places(some.len(), 2)
            );
            tx.later_of(sql, some.iter().flat_map(|(id, sealed)| args![*id, sealed.clone()]).collect()).await?;
        }
        Ok(())
    }
}

async fn put_ads(tx: &mut Tx, changed: &[Kept]) -> Result<(), StoreError> {
    for some in changed.chunks(MOST_ROWS) {
        let mut arguments = Vec::with_capacity(some.len() * 10);
        for Kept { ad, .. } in some {
            arguments.extend(args![
                ad.id,
                ad.first_seen,
                ad.last_seen,
                Retention::Ad.until(from_ms(ad.last_seen)?),
                ad.gone_at,
                ad.versions,
                ad.current_version,
                ad.excerpt_hash.clone(),
                ad.last_listed_run,
                ad.page_read_at
            ]);
        }
        let sql = format!(
            "UPDATE ad SET first_seen = v.column2, last_seen = v.column3, delete_after = v.column4, gone_at = v.column5, \
             versions = v.column6, current_version = v.column7, excerpt_hash = v.column8, last_listed_run = v.column9, \
             page_read_at = v.column10 FROM (VALUES {}) AS v WHERE ad.id = v.column1",
            rows_of_places(some.len(), 10)
        );
        tx.later_of(sql, arguments).await?;
    }
    Ok(())
}
