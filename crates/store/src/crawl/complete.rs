//! What fetched entries gave, in one transaction that some of them share: archive, sightings, versions, new entries,
//! tally, entries done. What must be known for it is looked up for all of them at once ([`Batch`]).

use super::frontier::ForAd;
use super::gather::Asked;
use super::{Completed, Entry, EntryKind, PageOutcome, RunId, RunTally, Trail, Validators};
use crate::ads::{AdKey, Batch, Wanted, image_key, note_image};
use crate::archive::{CaptureOf, Keeping, Prepared};
use crate::db::{Arg, MOST_ROWS, Tx, args, places};
use crate::keys::Purpose;
use crate::{Store, StoreError};
use domain::{AdContent, AdRef, ListingItem, Mark, Page, SiteId};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};

/// What an entry gave, ready to be recorded.
pub(super) struct Record {
    pub entry: Entry,
    /// Without the bytes of its page, which are in `own`.
    pub outcome: PageOutcome,
    /// Its own page, for the archive.
    pub own: Option<Prepared>,
    /// What else was asked.
    pub before: Vec<Prepared>,
    pub at: Timestamp,
    /// Whoever brings it wants the next entry too.
    pub lease: bool,
}

impl Record {
    /// How long it holds the transaction, in pages.
    pub fn weight(&self) -> usize {
        match &self.outcome {
            PageOutcome::Listing { items, .. } => 1 + items.len() / 4,
            _ => 1,
        }
    }

    /// When its ad is seen, or would be.
    fn seen_at(&self) -> Timestamp {
        match &self.outcome {
            PageOutcome::Detail { page, .. } => page.fetched_at,
            PageOutcome::Unchanged { fetched_at } => *fetched_at,
            _ => self.at,
        }
    }
}

/// An entry that is being marked as done: the page of it that is in the archive already, since it was held back.
type Open = HashMap<i64, Option<i64>>;

/// What an entry is recorded into.
pub(super) struct Into<'a, 'k, 'r> {
    pub tx: &'a mut Tx,
    pub run: RunId,
    pub site_id: i64,
    pub tally: &'a mut RunTally,
    pub batch: &'a mut Batch<'k>,
    /// What goes to the archive, in its order.
    pub captures: &'a mut Vec<Keeping<'r>>,
}

impl Store {
    /// As [`Store::complete_with`], of a page without a trail.
    pub async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: &PageOutcome,
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
        outcome: &PageOutcome,
        trail: &Trail,
        at: Timestamp,
    ) -> Result<Completed, StoreError> {
        let record = self.record_of(entry, outcome, trail, (at, false))?;
        self.gathered(run, |answer| Asked::Record(Box::new(record), answer)).await.map(|(done, _)| done)
    }

    /// As [`Store::complete_with`], and leases the next entry that is due then, if there is one.
    pub async fn complete_and_lease(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: &PageOutcome,
        trail: &Trail,
        at: Timestamp,
    ) -> Result<(Completed, Option<Box<Entry>>), StoreError> {
        let record = self.record_of(entry, outcome, trail, (at, true))?;
        self.gathered(run, |answer| Asked::Record(Box::new(record), answer)).await
    }

    /// Makes what an entry gave ready to be recorded.
    fn record_of(
        &self,
        entry: &Entry,
        outcome: &PageOutcome,
        trail: &Trail,
        (at, lease): (Timestamp, bool),
    ) -> Result<Record, StoreError> {
        let (kind, own) = (entry.kind.capture(), trail.own.as_ref());
        let archived = match outcome {
            // Kept and read again: only the answer without a body is new, and stands in the trail.
            PageOutcome::Listing { page, .. } if page.status == 304 => None,
            PageOutcome::Listing { page, issues, .. } | PageOutcome::Detail { page, issues, .. } => {
                Some(self.prepare_page(kind, page, own, issues)?)
            }
            PageOutcome::Gone { page: Some(page), .. } => Some(self.prepare_page(kind, page, own, &[])?),
            _ => None,
        };
        let before = trail.before.iter().map(|capture| self.prepare(capture)).collect::<Result<Vec<_>, _>>()?;
        Ok(Record { entry: entry.clone(), outcome: without_body(outcome), own: archived, before, at, lease })
    }

    /// Records entries in a transaction, in their order.
    pub(super) async fn record_all(
        &self,
        tx: &mut Tx,
        (run, site_id): (RunId, i64),
        tally: &mut RunTally,
        records: &[Record],
    ) -> Result<Vec<Completed>, StoreError> {
        let mut open = mark_done(tx, run, records).await?;
        let shows_ads = |record: &Record| matches!(record.outcome, PageOutcome::Listing { .. });
        let site = match records.iter().any(shows_ads) {
            true => self.site_of(tx, site_id).await?,
            false => SiteId(String::new()),
        };
        let listed: Vec<Vec<AdRef>> = records
            .iter()
            .map(|record| match &record.outcome {
                PageOutcome::Listing { items, .. } => {
                    items.iter().map(|item| AdRef { site: site.clone(), ad_id: item.ad_id.clone() }).collect()
                }
                _ => Vec::new(),
            })
            .collect();
        let times: Vec<Timestamp> = records.iter().map(Record::seen_at).collect();
        let mut wanted = Vec::new();
        for ((record, listed), at) in records.iter().zip(&listed).zip(&times) {
            if !open.contains_key(&record.entry.id.0) {
                continue;
            }
            let content = match &record.outcome {
                PageOutcome::Detail { content, .. } => Some(&**content),
                _ => None,
            };
            let seen = std::slice::from_ref(at);
            wanted.extend(record.entry.ad.iter().map(|ad| Wanted { ad, seen, content }));
            if let PageOutcome::Listing { page, .. } = &record.outcome {
                let seen = std::slice::from_ref(&page.fetched_at);
                wanted.extend(listed.iter().map(|ad| Wanted { ad, seen, content: None }));
            }
        }
        let mut batch = Batch::look_up(tx, self.keys(), &wanted).await?;
        let (mut all_done, mut captures) = (Vec::with_capacity(records.len()), Vec::with_capacity(records.len()));
        let mut done_now = Vec::with_capacity(records.len());
        for (record, listed) in records.iter().zip(&listed) {
            // Done before, by an earlier transaction or in this one.
            let Some(held) = open.remove(&record.entry.id.0) else {
                all_done.push(Completed::default());
                continue;
            };
            let (batch, captures) = (&mut batch, &mut captures);
            let into = Into { tx: &mut *tx, run, site_id, tally: &mut *tally, batch, captures };
            all_done.push(self.record(into, record, listed, held).await?);
            done_now.push(record);
        }
        batch.write(tx).await?;
        Prepared::keep_all(tx, &captures).await?;
        for record in done_now {
            if let (PageOutcome::Listing { page, validators, .. }, Some(own)) = (&record.outcome, &record.own) {
                self.remember_listing(tx, site_id, &record.entry.url, page, own.address, validators).await?;
            }
        }
        Ok(all_done)
    }

    /// Records one entry.
    async fn record<'r>(
        &self,
        mut into: Into<'_, '_, 'r>,
        record: &'r Record,
        listed: &[AdRef],
        held: Option<i64>,
    ) -> Result<Completed, StoreError> {
        let Record { entry, outcome, own, before, at, lease: _ } = record;
        let key = entry.ad.as_ref().map(|ad| self.keys().ad(ad));
        let ad_id = key.map(|key| into.batch.ad(&key).map(|ad| ad.id)).transpose()?;
        let captured = CaptureOf { site_id: into.site_id, run: Some(into.run), ad_id };
        into.captures.extend(before.iter().map(|capture| (capture, captured, None)));
        let mut read_as = None;
        let mut done = Completed::default();
        let no_ad = || StoreError::Corrupt { what: "a frontier entry's ad" };
        match outcome {
            PageOutcome::Listing { page, items, recheck_before, next, mark, incomplete, .. } => {
                into.tally.listing_pages += 1;
                if let Some(why) = incomplete {
                    into.tally.count_error(EntryKind::Listing, *why, true);
                }
                into.tally.marked_empty |= *mark == Some(Mark::NoAds);
                let looked = Looked { at: page.fetched_at, recheck_before: *recheck_before };
                self.list_items(&mut into, items, listed, looked, &mut done).await?;
                for entry in next {
                    done.listings_entered += u32::from(self.enter(into.tx, into.run, entry, *at).await?);
                }
            }
            PageOutcome::Detail { page, validators, content, kept_promise, images, issues: _ } => {
                let key = key.ok_or_else(no_ad)?;
                into.tally.promised += u64::from(*kept_promise);
                let detail = ReadDetail { content, validators, at: page.fetched_at };
                read_as = Some(self.read_detail(&mut into, &key, detail, &mut done).await?);
                let sources: Vec<&str> = images.iter().map(|image| image.url.as_str()).collect();
                self.enter_images(&mut into, ad_id.ok_or_else(no_ad)?, &sources, *at, &mut done).await?;
            }
            PageOutcome::Image { pdq, quality, fetched_at } => {
                let ad_id = ad_id.ok_or_else(no_ad)?;
                note_image(into.tx, self.keys(), ad_id, &entry.url, *pdq, *quality, *fetched_at).await?;
                into.tally.images += 1;
            }
            PageOutcome::Unchanged { fetched_at } => {
                let key = key.ok_or_else(no_ad)?;
                into.batch.sighted(into.tx, &key, None, &[*fetched_at]).await?;
                into.batch.ad_to_change(&key)?.page_read_at = Some(fetched_at.as_millisecond());
                into.tally.unchanged += 1;
                done.ads_seen = 1;
            }
            PageOutcome::Gone { why, fetched_at, page: _ } => {
                let gone = into.batch.gone(into.tx, &key.ok_or_else(no_ad)?, why.as_str(), *fetched_at).await?;
                into.tally.ads_gone += u64::from(gone);
            }
        }
        match (held, own) {
            (Some(capture), _) => {
                into.tx.later("UPDATE page_capture SET version = $2 WHERE id = $1", args![capture, read_as]).await?;
            }
            (None, Some(own)) => into.captures.push((own, captured, read_as)),
            (None, None) => {}
        }
        Ok(done)
    }

    async fn site_of(&self, tx: &mut Tx, site_id: i64) -> Result<SiteId, StoreError> {
        let row = tx.one("SELECT site FROM site WHERE id = $1", args![site_id]).await?;
        Ok(SiteId(row.ok_or(StoreError::NotFound { what: "site" })?.text(0)?))
    }

    /// Notes the ads of a listing page and enters the pages of those that are to be read.
    async fn list_items(
        &self,
        into: &mut Into<'_, '_, '_>,
        items: &[ListingItem],
        ads: &[AdRef],
        looked: Looked,
        done: &mut Completed,
    ) -> Result<(), StoreError> {
        let keys = self.keys();
        let mut due = Vec::new();
        for (item, ad) in items.iter().zip(ads) {
            let key = keys.ad(ad);
            into.batch.sighted(into.tx, &key, None, &[looked.at]).await?;
            done.ads_seen += 1;
            if into.batch.take_new(&key)? {
                done.ads_new += 1;
                into.tally.ads_new += 1;
            }
            let ad = into.batch.ad(&key)?;
            let ad_id = ad.id;
            let excerpt = keys.hash(Purpose::Content, &[b"excerpt", &ad_id.to_le_bytes(), item.excerpt.as_bytes()]);
            let changed = ad.excerpt_hash.as_deref() != Some(&excerpt[..]);
            let first_time_in_run = ad.last_listed_run != Some(into.run.0);
            if first_time_in_run {
                into.tally.ads_listed += 1;
            }
            // A changed excerpt forgets when the page was read: should its page fail in this run, the next one asks again.
            let page_read_at = ad.page_read_at.filter(|_| !changed);
            if changed || first_time_in_run {
                let ad = into.batch.ad_to_change(&key)?;
                ad.last_listed_run = Some(into.run.0);
                ad.excerpt_hash = Some(excerpt.to_vec());
                ad.page_read_at = page_read_at;
            }
            if page_read_at.is_none_or(|read_at| read_at < looked.recheck_before.as_millisecond()) {
                let promise = Some(item.excerpt.as_str());
                due.push(ForAd { kind: EntryKind::Detail, url: &item.url, ad_id: Some(ad_id), promise });
            }
        }
        done.details_entered += self.enter_all(into.tx, into.run, &due, 0, looked.at).await?;
        Ok(())
    }

    async fn read_detail(
        &self,
        into: &mut Into<'_, '_, '_>,
        key: &AdKey,
        detail: ReadDetail<'_>,
        done: &mut Completed,
    ) -> Result<i64, StoreError> {
        let ReadDetail { content, validators, at } = detail;
        let version = into.batch.version(key, content, &[], at)?;
        into.batch.sighted(into.tx, key, Some(version.number), &[at]).await?;
        let kept = match validators {
            Validators { etag: None, last_modified: None } => None,
            some => Some(self.keys().seal_json("ad", key, "validators", some)?),
        };
        into.batch.page_read(key, at, kept)?;
        done.ads_seen = 1;
        done.changed = version.new && version.number > 1;
        into.tally.ads_changed += u64::from(done.changed);
        into.tally.details += 1;
        for field in content.filled() {
            // Most are there already: no name is made again.
            match into.tally.filled.get_mut(field) {
                Some(count) => *count += 1,
                None => drop(into.tally.filled.insert(field.to_owned(), 1)),
            }
        }
        Ok(version.number)
    }

    /// Enters the pictures of an ad whose hashes are not known.
    async fn enter_images(
        &self,
        into: &mut Into<'_, '_, '_>,
        ad_id: i64,
        sources: &[&str],
        at: Timestamp,
        done: &mut Completed,
    ) -> Result<(), StoreError> {
        let mut known = HashSet::new();
        for some in sources.chunks(MOST_ROWS) {
            let sql = format!(
                "SELECT source_hash FROM image_hash WHERE ad_id = $1 AND source_hash IN ({})",
                places(1, some.len())
            );
            let mut arguments = args![ad_id];
            arguments.extend(some.iter().map(|source| Arg::from(image_key(self.keys(), ad_id, source))));
            for row in into.tx.all_of(sql, arguments).await? {
                known.insert(row.blob(0)?);
            }
        }
        let unknown = |source: &&&str| !known.contains(&image_key(self.keys(), ad_id, source)[..]);
        let new: Vec<ForAd<'_>> = sources
            .iter()
            .filter(unknown)
            .map(|source| ForAd { kind: EntryKind::Image, url: source, ad_id: Some(ad_id), promise: None })
            .collect();
        done.images_entered += self.enter_all(into.tx, into.run, &new, 0, at).await?;
        Ok(())
    }
}

/// An outcome without the bytes of its page, which are prepared for the archive already.
fn without_body(outcome: &PageOutcome) -> PageOutcome {
    let head = |page: &Page| Page {
        url: page.url.clone(),
        status: page.status,
        content_type: page.content_type.clone(),
        body: Vec::new(),
        fetched_at: page.fetched_at,
    };
    match outcome {
        PageOutcome::Listing { page, validators, items, recheck_before, next, mark, incomplete, issues } => {
            PageOutcome::Listing {
                page: head(page),
                validators: validators.clone(),
                items: items.clone(),
                recheck_before: *recheck_before,
                next: next.clone(),
                mark: *mark,
                incomplete: *incomplete,
                issues: issues.clone(),
            }
        }
        PageOutcome::Detail { page, validators, content, kept_promise, images, issues } => PageOutcome::Detail {
            page: head(page),
            validators: validators.clone(),
            content: content.clone(),
            kept_promise: *kept_promise,
            images: images.clone(),
            issues: issues.clone(),
        },
        PageOutcome::Gone { why, fetched_at, page } => {
            PageOutcome::Gone { why: *why, fetched_at: *fetched_at, page: page.as_ref().map(head) }
        }
        PageOutcome::Image { .. } | PageOutcome::Unchanged { .. } => outcome.clone(),
    }
}

/// Marks entries as done. Gives those that were open.
async fn mark_done(tx: &mut Tx, run: RunId, records: &[Record]) -> Result<Open, StoreError> {
    let mut open = HashMap::with_capacity(records.len());
    for some in records.chunks(MOST_ROWS) {
        let sql = format!(
            "UPDATE frontier SET state = 2 WHERE run_id = $1 AND state IN (0, 1, 4) AND id IN ({}) \
             RETURNING id, capture_id",
            places(1, some.len())
        );
        let mut arguments = args![run.0];
        arguments.extend(some.iter().map(|record| Arg::from(record.entry.id.0)));
        for row in tx.all_of(sql, arguments).await? {
            open.insert(row.int(0)?, row.opt_int(1)?);
        }
    }
    Ok(open)
}

/// An ad's page as it was read.
struct ReadDetail<'a> {
    content: &'a AdContent,
    validators: &'a Validators,
    at: Timestamp,
}

/// When a listing page was looked at, and which ads are due.
#[derive(Clone, Copy)]
struct Looked {
    at: Timestamp,
    recheck_before: Timestamp,
}
