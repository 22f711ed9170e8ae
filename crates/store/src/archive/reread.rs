//! What was kept of an ad, put right by its archived pages as the present adapter reads them (docs/adr, "archive"). Decisions
//! stand on ads, not on versions, and are not touched; readings are made anew by the next analysis.

mod absences;
mod timeline;

use super::CaptureRow;
use crate::ads::{ensure_ad, find_ad, note_sightings, version_place};
use crate::db::{Tx, args};
use crate::keys::Purpose;
use crate::retention::Retention;
use crate::times::{from_ms, local_day_and_hour, unpack_times};
use crate::{Actor, AdRow, Store, StoreError, chain};
use domain::crawl::GoneReason;
use domain::{AdContent, AdRef, SiteId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use timeline::{Known, Timeline, settle};

/// One archived page of an ad, read again.
#[derive(Debug, Clone)]
pub struct Reread {
    /// Its capture.
    pub row: CaptureRow,
    /// When it was fetched.
    pub at: Timestamp,
    /// The version that was read from it before.
    pub version: Option<u32>,
    /// What it says now.
    pub what: RereadAs,
}

/// What an archived page turned out to be.
#[derive(Debug, Clone)]
pub enum RereadAs {
    /// The ad.
    Content(Box<AdContent>),
    /// The server said that nothing had changed.
    Unchanged,
    /// The ad was gone.
    Gone(GoneReason),
}

/// A run after which ads that it did not list counted as gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeRun {
    /// Its begin.
    pub started_at: Timestamp,
    /// Its end.
    pub ended_at: Timestamp,
}

/// What reading again changed for an ad, or for many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RereadCounts {
    /// Ads of which something changed.
    pub ads_changed: u64,
    /// Ads never seen before.
    pub ads_new: u64,
    /// Versions whose content is new or was put right.
    pub versions_written: u64,
    /// Versions that turned out to be none: another one says the same.
    pub versions_dropped: u64,
    /// Sightings that were missed.
    pub sightings_new: u64,
}

impl std::ops::AddAssign for RereadCounts {
    fn add_assign(&mut self, other: Self) {
        self.ads_changed += other.ads_changed;
        self.ads_new += other.ads_new;
        self.versions_written += other.versions_written;
        self.versions_dropped += other.versions_dropped;
        self.sightings_new += other.sightings_new;
    }
}

impl Store {
    /// Notes ads that an archived listing page shows. Gives the ads for which that is news.
    pub async fn note_listed(
        &self,
        site: &SiteId,
        ad_ids: &[&str],
        at: Timestamp,
    ) -> Result<(Vec<AdRef>, RereadCounts), StoreError> {
        let (mut news, mut counts) = (Vec::new(), RereadCounts::default());
        let mut tx = self.write("noting what an archived listing shows").await?;
        for ad_id in ad_ids {
            let ad_ref = AdRef { site: site.clone(), ad_id: (*ad_id).to_owned() };
            let mut ad = ensure_ad(&mut tx, self.keys(), &ad_ref, at).await?;
            let day = local_day_and_hour(at).0;
            let today = tx.all("SELECT times FROM sighting WHERE ad_id = $1 AND day = $2", args![ad.id, day]).await?;
            let mut known = false;
            for row in &today {
                known |= unpack_times(&row.blob(0)?)?.binary_search(&at.as_millisecond()).is_ok();
            }
            if known {
                continue;
            }
            // Of the version that was up then; which one it was, its pages will say.
            let then = tx
                .one(
                    "SELECT version FROM sighting WHERE ad_id = $1 AND first_at <= $2 ORDER BY last_at DESC LIMIT 1",
                    args![ad.id, at],
                )
                .await?;
            let version = match then {
                Some(row) => row.int(0)?,
                None => ad.current_version.min(1),
            };
            note_sightings(&mut tx, &mut ad, version, &[at]).await?;
            counts.ads_new += u64::from(ad.new);
            counts.sightings_new += 1;
            news.push(ad_ref);
        }
        tx.commit().await?;
        Ok((news, counts))
    }

    /// The site's runs that began at `from` or later and after which missing ads counted as gone, in order.
    pub async fn whole_runs(&self, site: &SiteId, from: Timestamp) -> Result<Vec<WholeRun>, StoreError> {
        let mut tx = self.read("reading past runs").await?;
        let rows = tx
            .all(
                "SELECT r.started_at, r.ended_at, r.verdict FROM run r JOIN site s ON s.id = r.site_id \
                 WHERE s.site = $1 AND r.ended_at IS NOT NULL AND r.started_at >= $2 ORDER BY r.id",
                args![site.as_str(), from],
            )
            .await?;
        let mut runs = Vec::new();
        for row in &rows {
            let verdict = row.opt_text(2)?.unwrap_or_default();
            if serde_json::from_str::<crate::crawl::RunVerdict>(&verdict).is_ok_and(|verdict| verdict.missing_are_gone)
            {
                runs.push(WholeRun { started_at: row.time(0)?, ended_at: row.time(1)? });
            }
        }
        Ok(runs)
    }

    /// Puts an ad right by its archived pages, in time order. A sighting keeps its version unless an archived page was
    /// read as that version. The same again changes nothing.
    pub async fn reread_ad(&self, ad: &AdRef, pages: &[Reread], runs: &[WholeRun]) -> Result<RereadCounts, StoreError> {
        let mut counts = RereadCounts::default();
        let mut tx = self.write("putting an ad right by its archived pages").await?;
        let Some(found) = find_ad(&mut tx, self.keys(), ad).await? else { return Ok(counts) };
        // Held until the end: a crawl that writes this ad waits (PostgreSQL; SQLite has one writer anyway).
        tx.run("UPDATE ad SET versions = versions WHERE id = $1", args![found.id]).await?;
        let known = self.known(&mut tx, found.id).await?;
        let mut timeline = Timeline::default();
        for page in pages {
            let ms = page.at.as_millisecond();
            timeline.captured.extend(page.version.map(i64::from));
            match &page.what {
                RereadAs::Content(content) => {
                    let hash = self.keys().hash(Purpose::Content, &[&found.id.to_le_bytes(), &content.identity()]);
                    timeline.contents.push((ms, hash.to_vec()));
                    timeline.seen.push(ms);
                }
                RereadAs::Unchanged => timeline.seen.push(ms),
                RereadAs::Gone(_) => {}
            }
        }
        let wanted = settle(&known, &timeline);
        // A version whose contacts are gone is what was read of it, which nothing could read again under another number.
        if wanted.numbers != known.by_hash() {
            const GONE: &str = "SELECT 1 FROM ad_version WHERE ad_id = $1 AND contacts_gone_at IS NOT NULL LIMIT 1";
            if tx.one(GONE, args![found.id]).await?.is_some() {
                return Ok(counts);
            }
        }
        counts.sightings_new = wanted.sightings_new;
        let mut contents: BTreeMap<&[u8], &AdContent> = BTreeMap::new();
        let content_pages = pages.iter().filter_map(|page| match &page.what {
            RereadAs::Content(content) => Some(&**content),
            _ => None,
        });
        for ((_, hash), content) in timeline.contents.iter().zip(content_pages) {
            contents.entry(hash).or_insert(content);
        }
        let mut changed = false;
        if wanted.numbers != known.by_hash() || wanted.times != known.times {
            changed = true;
            self.rewrite_versions(&mut tx, found.id, &known, &wanted.numbers, &contents, &mut counts).await?;
            let versions = wanted.numbers.values().max().copied().unwrap_or(0);
            self.rewrite_sightings(&mut tx, ad, &wanted.times, versions).await?;
        }
        changed |= self.fill_in(&mut tx, found.id, &wanted.numbers, &contents, &mut counts).await?;
        for (page, hash) in
            pages.iter().filter(|page| matches!(page.what, RereadAs::Content(_))).zip(&timeline.contents)
        {
            let number = wanted.numbers.get(&hash.1).copied();
            if number != page.version.map(i64::from) {
                tx.run("UPDATE page_capture SET version = $2 WHERE id = $1", args![page.row.0, number]).await?;
            }
        }
        if let Some((last, _)) = timeline.contents.last() {
            tx.run(
                "UPDATE ad SET page_read_at = $2 WHERE id = $1 AND (page_read_at IS NULL OR page_read_at < $2)",
                args![found.id, *last],
            )
            .await?;
        }
        let times: BTreeSet<i64> = wanted.times.values().flatten().copied().collect();
        changed |= absences::put_right(&mut tx, found.id, &times, pages, runs).await?;
        counts.ads_changed = u64::from(changed);
        tx.commit().await?;
        Ok(counts)
    }

    async fn known(&self, tx: &mut Tx, ad_id: i64) -> Result<Known, StoreError> {
        let mut known = Known::default();
        for row in &tx.all("SELECT version, content_hash FROM ad_version WHERE ad_id = $1", args![ad_id]).await? {
            known.hashes.insert(row.int(0)?, row.blob(1)?);
        }
        for row in &tx.all("SELECT version, times FROM sighting WHERE ad_id = $1", args![ad_id]).await? {
            known.times.entry(row.int(0)?).or_default().extend(unpack_times(&row.blob(1)?)?);
        }
        Ok(known)
    }

    async fn rewrite_versions(
        &self,
        tx: &mut Tx,
        ad_id: i64,
        known: &Known,
        numbers: &BTreeMap<Vec<u8>, i64>,
        contents: &BTreeMap<&[u8], &AdContent>,
        counts: &mut RereadCounts,
    ) -> Result<(), StoreError> {
        let keys = self.keys();
        let mut write: Vec<(i64, &[u8], AdContent)> = Vec::new();
        for (hash, number) in numbers {
            let old = known.hashes.iter().find(|(_, known)| *known == hash).map(|(number, _)| *number);
            if old == Some(*number) {
                continue;
            }
            let content = match (contents.get(hash.as_slice()), old) {
                (Some(content), _) => (*content).clone(),
                (None, Some(old)) => self.content_of(tx, ad_id, old).await?,
                (None, None) => return Err(StoreError::Corrupt { what: "a version of an ad that is read again" }),
            };
            counts.versions_written += u64::from(old.is_none());
            write.push((*number, hash, content));
        }
        for (number, hash) in &known.hashes {
            if numbers.get(hash) != Some(number) {
                tx.run("DELETE FROM ad_version WHERE ad_id = $1 AND version = $2", args![ad_id, *number]).await?;
            }
        }
        counts.versions_dropped += known.hashes.len().saturating_sub(numbers.len()) as u64;
        for (number, hash, content) in write {
            let sealed = keys.seal_json("ad_version", &version_place(ad_id, number), "content", &content)?;
            tx.run(
                "INSERT INTO ad_version (ad_id, version, content_hash, content_sealed, retention, delete_after) \
                 SELECT $1, $2, $3, $4, $5, delete_after FROM ad WHERE id = $1",
                args![ad_id, number, hash, sealed, Retention::Ad.as_str()],
            )
            .await?;
        }
        Ok(())
    }

    async fn content_of(&self, tx: &mut Tx, ad_id: i64, number: i64) -> Result<AdContent, StoreError> {
        let row = tx
            .one("SELECT content_sealed FROM ad_version WHERE ad_id = $1 AND version = $2", args![ad_id, number])
            .await?
            .ok_or(StoreError::Corrupt { what: "an ad's version" })?;
        self.keys().open_json("ad_version", &version_place(ad_id, number), "content", &row.blob(0)?)
    }

    async fn rewrite_sightings(
        &self,
        tx: &mut Tx,
        ad: &AdRef,
        times: &BTreeMap<i64, BTreeSet<i64>>,
        versions: i64,
    ) -> Result<(), StoreError> {
        let mut state = find_ad(tx, self.keys(), ad).await?.ok_or(StoreError::NotFound { what: "ad" })?;
        tx.run("DELETE FROM sighting WHERE ad_id = $1", args![state.id]).await?;
        for (version, times) in times {
            let sorted = times.iter().map(|ms| from_ms(*ms)).collect::<Result<Vec<_>, _>>()?;
            note_sightings(tx, &mut state, *version, &sorted).await?;
        }
        let last = times.iter().filter_map(|(version, times)| times.last().map(|last| (*last, *version))).max();
        let first = times.values().filter_map(|times| times.first().copied()).min();
        if let (Some((last, current)), Some(first)) = (last, first) {
            tx.run(
                "UPDATE ad SET versions = $2, current_version = $3, first_seen = $4, last_seen = $5 WHERE id = $1",
                args![state.id, versions, current, first, last],
            )
            .await?;
        }
        Ok(())
    }

    /// What is not part of a version's identity and was missed: its address, and when it was posted.
    async fn fill_in(
        &self,
        tx: &mut Tx,
        ad_id: i64,
        numbers: &BTreeMap<Vec<u8>, i64>,
        contents: &BTreeMap<&[u8], &AdContent>,
        counts: &mut RereadCounts,
    ) -> Result<bool, StoreError> {
        let mut changed = false;
        for (hash, content) in contents {
            let Some(number) = numbers.get(*hash) else { continue };
            let mut kept = self.content_of(tx, ad_id, *number).await?;
            let posted = kept.posted_at.is_none() && content.posted_at.is_some();
            if !posted && (kept.url.is_some() || content.url.is_none()) {
                continue;
            }
            kept.posted_at = kept.posted_at.or(content.posted_at);
            kept.url = kept.url.or_else(|| content.url.clone());
            let sealed = self.keys().seal_json("ad_version", &version_place(ad_id, *number), "content", &kept)?;
            tx.run(
                "UPDATE ad_version SET content_sealed = $3, reader_version = NULL WHERE ad_id = $1 AND version = $2",
                args![ad_id, *number, sealed],
            )
            .await?;
            counts.versions_written += 1;
            changed = true;
        }
        Ok(changed)
    }

    /// Records that a site's archive was read again, and what that changed.
    pub async fn record_reread(
        &self,
        site: &SiteId,
        counts: &RereadCounts,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("recording that an archive was read again").await?;
        let body = serde_json::json!({
            "site": site.as_str(), "ads_changed": counts.ads_changed, "ads_new": counts.ads_new,
            "versions_written": counts.versions_written, "versions_dropped": counts.versions_dropped,
            "sightings_new": counts.sightings_new,
        });
        chain::event(&mut tx, self.keys(), "archive_reread", actor, body, at).await?;
        tx.commit().await
    }

    /// An ad's row.
    pub async fn ad_row(&self, ad: &AdRef) -> Result<Option<AdRow>, StoreError> {
        let mut tx = self.read("looking up an ad").await?;
        Ok(find_ad(&mut tx, self.keys(), ad).await?.map(|state| AdRow(state.id)))
    }
}
