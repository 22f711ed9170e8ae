//! What a fetched entry gave, in one transaction that it may share: archive, sightings, version, new entries, tally, entry done.

use super::frontier::ForAd;
use super::gather::Asked;
use super::{Completed, Entry, EntryKind, NewEntry, PageOutcome, RunId, RunTally, Trail, Validators};
use crate::ads::{AdState, ensure_ad, go, image_key, note_image, note_sightings, note_version};
use crate::archive::{CaptureOf, Prepared};
use crate::db::{Tx, args};
use crate::keys::Purpose;
use crate::{Store, StoreError};
use domain::{AdContent, AdRef, ListingItem, Mark, SiteId};
use jiff::Timestamp;

/// What an entry gave, ready to be recorded.
pub(super) struct Record {
    pub entry: Entry,
    pub outcome: PageOutcome,
    /// Its own page, for the archive.
    pub own: Option<Prepared>,
    /// What else was asked.
    pub before: Vec<Prepared>,
    pub at: Timestamp,
}

impl Record {
    /// How long it holds the transaction, in pages.
    pub fn weight(&self) -> usize {
        match &self.outcome {
            PageOutcome::Listing { items, .. } => 1 + items.len() / 2,
            _ => 1,
        }
    }
}

impl Store {
    /// As [`Store::complete_with`], of a page without a trail.
    pub async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: PageOutcome,
        at: Timestamp,
    ) -> Result<Completed, StoreError> {
        self.complete_with(run, entry, outcome, &Trail::default(), at).await
    }

    /// Records what an entry gave and what was asked on the way, and marks it done, in one transaction. A second time
    /// changes nothing.
    pub async fn complete_with(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: PageOutcome,
        trail: &Trail,
        at: Timestamp,
    ) -> Result<Completed, StoreError> {
        let (kind, own) = (entry.kind.capture(), trail.own.as_ref());
        let archived = match &outcome {
            // Kept and read again: only the answer without a body is new, and stands in the trail.
            PageOutcome::Listing { page, .. } if page.status == 304 => None,
            PageOutcome::Listing { page, issues, .. } | PageOutcome::Detail { page, issues, .. } => {
                Some(self.prepare_page(kind, page, own, issues)?)
            }
            PageOutcome::Gone { page: Some(page), .. } => Some(self.prepare_page(kind, page, own, &[])?),
            _ => None,
        };
        let before = trail.before.iter().map(|capture| self.prepare(capture)).collect::<Result<Vec<_>, _>>()?;
        self.gathered(run, |answer| {
            Asked::Record(Box::new(Record { entry: entry.clone(), outcome, own: archived, before, at }), answer)
        })
        .await
    }

    /// Records one entry in a transaction that may hold others.
    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        (run, site_id): (RunId, i64),
        tally: &mut RunTally,
        record: &Record,
    ) -> Result<Completed, StoreError> {
        let Record { entry, outcome, own, before, at } = record;
        let at = *at;
        let open = tx
            .one(
                "UPDATE frontier SET state = 2 WHERE id = $1 AND run_id = $2 AND state IN (0, 1, 4) \
                 RETURNING capture_id",
                args![entry.id.0, run.0],
            )
            .await?;
        let Some(open) = open else { return Ok(Completed::default()) };
        // Of a page that was held back: it is in the archive already.
        let held = open.opt_int(0)?;
        let mut ad = match &entry.ad {
            Some(ad) => Some(ensure_ad(tx, self.keys(), ad, at).await?),
            None => None,
        };
        let captured = CaptureOf { site_id, run: Some(run), ad_id: ad.as_ref().map(|ad| ad.id) };
        for capture in before {
            capture.keep(tx, captured, None).await?;
        }
        let mut read_as = None;
        let mut done = Completed::default();
        let no_ad = || StoreError::Corrupt { what: "a frontier entry's ad" };
        match outcome {
            PageOutcome::Listing { page, items, recheck_before, next, mark, incomplete, .. } => {
                let site = self.site_of(tx, site_id).await?;
                tally.listing_pages += 1;
                if let Some(why) = incomplete {
                    tally.count_error(EntryKind::Listing, *why, true);
                }
                tally.marked_empty |= *mark == Some(Mark::NoAds);
                for item in items {
                    let seen = Listed { run, site: &site, item, at: page.fetched_at, recheck_before: *recheck_before };
                    self.list_item(tx, seen, tally, &mut done).await?;
                }
                for entry in next {
                    done.listings_entered += u32::from(self.enter(tx, run, entry, at).await?);
                }
            }
            PageOutcome::Detail { page, validators, content, kept_promise, images, issues: _ } => {
                let ad = ad.as_mut().ok_or_else(no_ad)?;
                tally.promised += u64::from(*kept_promise);
                let detail = ReadDetail { content, validators, at: page.fetched_at };
                read_as = Some(self.read_detail(tx, ad, detail, tally, &mut done).await?);
                self.enter_images(tx, run, ad, images, at, &mut done).await?;
            }
            PageOutcome::Image { pdq, quality, fetched_at } => {
                let ad = ad.as_ref().ok_or_else(no_ad)?;
                note_image(tx, self.keys(), ad.id, &entry.url, *pdq, *quality, *fetched_at).await?;
                tally.images += 1;
            }
            PageOutcome::Unchanged { fetched_at } => {
                let ad = ad.as_mut().ok_or_else(no_ad)?;
                let version = ad.current_version;
                note_sightings(tx, ad, version, &[*fetched_at]).await?;
                tx.later("UPDATE ad SET page_read_at = $2 WHERE id = $1", args![ad.id, *fetched_at]).await?;
                tally.unchanged += 1;
                done.ads_seen = 1;
            }
            PageOutcome::Gone { why, fetched_at, page: _ } => {
                let ad = ad.as_mut().ok_or_else(no_ad)?;
                tally.ads_gone += u64::from(go(tx, ad, why.as_str(), *fetched_at).await?);
            }
        }
        match (held, own) {
            (Some(capture), _) => {
                tx.later("UPDATE page_capture SET version = $2 WHERE id = $1", args![capture, read_as]).await?;
            }
            (None, Some(own)) => own.keep(tx, captured, read_as).await?,
            (None, None) => {}
        }
        if let (PageOutcome::Listing { page, validators, .. }, Some(own)) = (outcome, own) {
            self.remember_listing(tx, site_id, &entry.url, page, own.address, validators).await?;
        }
        Ok(done)
    }

    async fn site_of(&self, tx: &mut Tx, site_id: i64) -> Result<SiteId, StoreError> {
        let row = tx.one("SELECT site FROM site WHERE id = $1", args![site_id]).await?;
        Ok(SiteId(row.ok_or(StoreError::NotFound { what: "site" })?.text(0)?))
    }

    async fn list_item(
        &self,
        tx: &mut Tx,
        listed: Listed<'_>,
        tally: &mut RunTally,
        done: &mut Completed,
    ) -> Result<(), StoreError> {
        let Listed { run, site, item, at, recheck_before } = listed;
        let ad_ref = AdRef { site: site.clone(), ad_id: item.ad_id.clone() };
        let mut ad = ensure_ad(tx, self.keys(), &ad_ref, at).await?;
        let version = ad.current_version;
        note_sightings(tx, &mut ad, version, &[at]).await?;
        done.ads_seen += 1;
        if ad.new {
            done.ads_new += 1;
            tally.ads_new += 1;
        }
        let excerpt = self.keys().hash(Purpose::Content, &[b"excerpt", &ad.id.to_le_bytes(), item.excerpt.as_bytes()]);
        let changed = ad.excerpt_hash.as_deref() != Some(&excerpt[..]);
        let first_time_in_run = ad.last_listed_run != Some(run.0);
        if first_time_in_run {
            tally.ads_listed += 1;
        }
        // A changed excerpt forgets when the page was read: should its page fail in this run, the next one asks again.
        let page_read_at = ad.page_read_at.filter(|_| !changed);
        if changed || first_time_in_run {
            tx.later(
                "UPDATE ad SET last_listed_run = $2, excerpt_hash = $3, page_read_at = $4 WHERE id = $1",
                args![ad.id, run.0, excerpt, page_read_at],
            )
            .await?;
        }
        if page_read_at.is_none_or(|read_at| read_at < recheck_before.as_millisecond()) {
            let promise = Some(item.excerpt.as_str());
            let new = ForAd { kind: EntryKind::Detail, url: &item.url, ad_id: Some(ad.id), promise };
            let entered = self.enter_for(tx, run, new, 0, at).await?;
            done.details_entered += u32::from(entered);
        }
        Ok(())
    }

    async fn read_detail(
        &self,
        tx: &mut Tx,
        ad: &mut AdState,
        detail: ReadDetail<'_>,
        tally: &mut RunTally,
        done: &mut Completed,
    ) -> Result<i64, StoreError> {
        let ReadDetail { content, validators, at } = detail;
        let version = note_version(tx, self.keys(), ad, content, &[], at).await?;
        note_sightings(tx, ad, version.number, &[at]).await?;
        let kept = match validators {
            Validators { etag: None, last_modified: None } => None,
            some => Some(self.keys().seal_json("ad", &ad.key, "validators", some)?),
        };
        tx.later("UPDATE ad SET page_read_at = $2, validators_sealed = $3 WHERE id = $1", args![ad.id, at, kept])
            .await?;
        done.ads_seen = 1;
        done.changed = version.new && version.number > 1;
        tally.ads_changed += u64::from(done.changed);
        tally.details += 1;
        for field in content.filled() {
            *tally.filled.entry(field.to_owned()).or_default() += 1;
        }
        Ok(version.number)
    }

    async fn enter_images(
        &self,
        tx: &mut Tx,
        run: RunId,
        ad: &AdState,
        images: &[NewEntry],
        at: Timestamp,
        done: &mut Completed,
    ) -> Result<(), StoreError> {
        for image in images {
            let known = tx
                .one(
                    "SELECT quality FROM image_hash WHERE ad_id = $1 AND source_hash = $2",
                    args![ad.id, image_key(self.keys(), ad.id, &image.url)],
                )
                .await?;
            if known.is_none() {
                let new = ForAd { kind: EntryKind::Image, url: &image.url, ad_id: Some(ad.id), promise: None };
                let entered = self.enter_for(tx, run, new, 0, at).await?;
                done.images_entered += u32::from(entered);
            }
        }
        Ok(())
    }
}

/// An ad's page as it was read.
struct ReadDetail<'a> {
    content: &'a AdContent,
    validators: &'a Validators,
    at: Timestamp,
}

/// An ad as a listing page shows it.
struct Listed<'a> {
    run: RunId,
    site: &'a SiteId,
    item: &'a ListingItem,
    at: Timestamp,
    recheck_before: Timestamp,
}
