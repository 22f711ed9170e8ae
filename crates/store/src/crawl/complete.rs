//! What a fetched entry gave, in one transaction that it may share: archive, sightings, version, new entries, tally, entry done.

use super::gather::Asked;
use super::{Completed, Entry, EntryKind, NewEntry, PageOutcome, RunId, RunTally, Validators};
use crate::ads::{AdState, ensure_ad, go, image_key, note_image, note_sightings, note_version};
use crate::db::{Tx, args};
use crate::keys::{Purpose, compress};
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{AdContent, AdRef, Issue, ListingItem, Mark, Page, SiteId};
use jiff::Timestamp;

/// What an entry gave, ready to be recorded.
pub(super) struct Record {
    pub entry: Entry,
    pub outcome: PageOutcome,
    pub archived: Option<Archived>,
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

/// A page made ready for the archive before the transaction begins.
#[derive(Clone)]
pub(super) struct Archived {
    address: [u8; 32],
    sealed: Vec<u8>,
    bytes: i64,
    url: Vec<u8>,
    status: u16,
    content_type: String,
    fetched_at: Timestamp,
    issues: String,
}

impl Store {
    /// Records what an entry gave and marks it done, in one transaction. A second time changes nothing.
    pub async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: PageOutcome,
        at: Timestamp,
    ) -> Result<Completed, StoreError> {
        let archived = match &outcome {
            PageOutcome::Listing { page, issues, .. } | PageOutcome::Detail { page, issues, .. } => {
                Some(self.prepare(page, issues)?)
            }
            PageOutcome::Gone { page: Some(page), .. } => Some(self.prepare(page, &[])?),
            _ => None,
        };
        self.gathered(run, |answer| {
            Asked::Record(Box::new(Record { entry: entry.clone(), outcome, archived, at }), answer)
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
        let Record { entry, outcome, archived, at } = record;
        let at = *at;
        let open = tx
            .run(
                "UPDATE frontier SET state = 2 WHERE id = $1 AND run_id = $2 AND state IN (0, 1)",
                args![entry.id.0, run.0],
            )
            .await?;
        if open == 0 {
            return Ok(Completed::default());
        }
        let mut ad = match &entry.ad {
            Some(ad) => Some(ensure_ad(tx, self.keys(), ad, at).await?),
            None => None,
        };
        if let Some(archived) = archived.clone() {
            self.archive(tx, run, site_id, ad.as_ref().map(|ad| ad.id), entry.kind, archived).await?;
        }
        let mut done = Completed::default();
        let no_ad = || StoreError::Corrupt { what: "a frontier entry's ad" };
        match outcome {
            PageOutcome::Listing { page, items, recheck_before, next, mark, issues: _ } => {
                let site = self.site_of(tx, site_id).await?;
                tally.listing_pages += 1;
                tally.marked_empty |= *mark == Some(Mark::NoAds);
                for item in items {
                    let seen = Listed { run, site: &site, item, at: page.fetched_at, recheck_before: *recheck_before };
                    self.list_item(tx, seen, tally, &mut done).await?;
                }
                for entry in next {
                    done.listings_entered += u32::from(self.enter(tx, run, entry, at).await?);
                }
            }
            PageOutcome::Detail { page, validators, content, images, issues: _ } => {
                let ad = ad.as_mut().ok_or_else(no_ad)?;
                self.read_detail(tx, ad, content, validators, page.fetched_at, tally, &mut done).await?;
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
            let entered = self.enter_for(tx, run, EntryKind::Detail, &item.url, Some(ad.id), 0, at).await?;
            done.details_entered += u32::from(entered);
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    async fn read_detail(
        &self,
        tx: &mut Tx,
        ad: &mut AdState,
        content: &AdContent,
        validators: &Validators,
        at: Timestamp,
        tally: &mut RunTally,
        done: &mut Completed,
    ) -> Result<(), StoreError> {
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
        Ok(())
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
                let entered = self.enter_for(tx, run, EntryKind::Image, &image.url, Some(ad.id), 0, at).await?;
                done.images_entered += u32::from(entered);
            }
        }
        Ok(())
    }

    fn prepare(&self, page: &Page, issues: &[Issue]) -> Result<Archived, StoreError> {
        let keys = self.keys();
        let address = keys.hash(Purpose::Content, &[b"page", &page.body]);
        let issues: Vec<[&str; 2]> = issues.iter().map(|issue| [issue.at.as_str(), issue.what.as_str()]).collect();
        Ok(Archived {
            sealed: keys.seal("page", &address, "body", &compress(&page.body)?)?,
            bytes: i64::try_from(page.body.len()).unwrap_or(i64::MAX),
            url: keys.seal_text("page_capture", &address, "url", &page.url)?,
            address,
            status: page.status,
            content_type: page.content_type.clone(),
            fetched_at: page.fetched_at,
            issues: serde_json::to_string(&issues).map_err(|_| StoreError::Corrupt { what: "a page's issues" })?,
        })
    }

    async fn archive(
        &self,
        tx: &mut Tx,
        run: RunId,
        site_id: i64,
        ad_id: Option<i64>,
        kind: EntryKind,
        page: Archived,
    ) -> Result<(), StoreError> {
        let (retention, until) = (Retention::Page.as_str(), Retention::Page.until(page.fetched_at));
        // The same body again keeps its row and lives as long as its last capture.
        let page_id = tx
            .id(
                "INSERT INTO page (address, body_sealed, bytes, retention, delete_after) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (address) DO UPDATE SET delete_after = excluded.delete_after RETURNING id",
                args![page.address, page.sealed, page.bytes, retention, until],
            )
            .await?;
        tx.later(
            "INSERT INTO page_capture (page_id, site_id, run_id, ad_id, kind, url_sealed, status, content_type, \
             fetched_at, issues, retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            args![
                page_id,
                site_id,
                run.0,
                ad_id,
                kind.number(),
                page.url,
                page.status,
                page.content_type,
                page.fetched_at,
                page.issues,
                retention,
                until
            ],
        )
        .await?;
        Ok(())
    }
}

/// An ad as a listing page shows it.
struct Listed<'a> {
    run: RunId,
    site: &'a SiteId,
    item: &'a ListingItem,
    at: Timestamp,
    recheck_before: Timestamp,
}
