//! One entry: from its address to what it turned out to be.

use super::ProgressEvent;
use super::hand::{Hand, POLL};
use super::held::against_promise;
use super::listing::read_listing;
use super::trail::is_picture;
use crate::clock::after;
use crate::error::ErrorKind;
use crate::fetch::{FetchError, Fetched, Halt, Trouble, Wanted, follow, patiently};
use crate::pacing::{doubled, spread_of};
use crate::ports::{Entry, EntryKind, GoneReason, NewEntry, Next, PageOutcome, ReadPage, Validators};
use domain::{Mark, Page};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use url::Url;

const ACCEPT_PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5";
const ACCEPT_IMAGE: &str = "image/webp,image/png,image/jpeg,*/*;q=0.5";
/// First wait before a page is tried again, doubled with each try.
const RETRY_FIRST: Duration = Duration::from_secs(5);
const RETRY_LONGEST: Duration = Duration::from_secs(10 * 60);
/// From this size on a page is always read on a blocking thread, so that others go on.
const LARGE: usize = 64 * 1024;
/// What is in flight has so long to finish after the word to stop.
const GRACE: Duration = Duration::from_secs(8);

impl Hand<'_> {
    /// Works on the run until nothing is left.
    pub(super) async fn work(&self) -> Result<(), Halt> {
        let (deps, run) = (self.deps(), self.visit.run);
        // Leased along with what came before it.
        let mut leased: Option<(Box<Entry>, Busy<'_>)> = None;
        loop {
            if let Err(halt) = self.may_go_on().await {
                // Another worker who has the site has freed it, and may have it in hand.
                if let Some((entry, _busy)) = leased
                    && !matches!(halt, Halt::LeaseLost)
                {
                    self.put_back(&entry).await;
                }
                return Err(halt);
            }
            let (next, busy) = match leased.take() {
                Some((entry, busy)) => (Next::Entry(entry), busy),
                None => {
                    let (busy, now) = (Busy::new(&self.visit.busy), self.clock.now());
                    (patiently(self, || deps.frontier.next_entry(run, now)).await?, busy)
                }
            };
            match next {
                Next::Drained => return Ok(()),
                // What is leased and in no hand: the store's answer to an earlier lease was lost with its connection.
                Next::InFlight if busy.alone() => patiently(self, || deps.frontier.free_leased(run)).await?,
                Next::InFlight => {
                    drop(busy);
                    self.wait_until(after(self.clock.now(), POLL)).await?;
                }
                Next::Wait(at) => {
                    drop(busy);
                    self.wait_until(at.max(after(self.clock.now(), POLL))).await?;
                }
                Next::Entry(entry) => leased = self.work_on(&entry).await?.map(|entry| (entry, busy)),
            }
        }
    }

    async fn may_go_on(&self) -> Result<(), Halt> {
        self.check().await?;
        self.wait_for_hours().await
    }

    /// An entry that cannot be put back is leased until the run is resumed: nothing is lost.
    async fn put_back(&self, entry: &Entry) {
        let (deps, run, site) = (self.deps(), self.visit.run, &self.visit.plan.site);
        if let Err(error) = deps.frontier.put_back(run, entry).await {
            tracing::warn!(%site, %error, "an entry could not be put back");
        }
    }

    #[tracing::instrument(level = "debug", name = "page", skip_all, fields(kind = ?entry.kind, entry = entry.id.0))]
    async fn work_on(&self, entry: &Entry) -> Result<Option<Box<Entry>>, Halt> {
        let (deps, run, site) = (self.deps(), self.visit.run, &self.visit.plan.site);
        let out_of_time = async {
            deps.stop.stopped().await;
            tokio::time::sleep(GRACE).await;
        };
        self.trail.begin(entry.kind);
        let read = tokio::select! {
            biased;
            read = self.read_entry(entry) => read,
            () = out_of_time => Err(Trouble::Visit(Halt::Stopped)),
        };
        match read {
            Ok((outcome, bytes)) => {
                let at = self.clock.now();
                let trail = self.trail.of(&outcome);
                let outcome = match against_promise(entry, outcome) {
                    Ok(outcome) => outcome,
                    Err(held) => {
                        patiently(self, || deps.frontier.hold(run, entry, &held, &trail, at)).await?;
                        return Ok(None);
                    }
                };
                let kept = || deps.frontier.complete(run, entry, &outcome, &trail, at, true);
                let (done, next) = patiently(self, kept).await?;
                let kind = entry.kind;
                deps.progress.event(ProgressEvent::PageDone { site: site.clone(), kind, bytes, done });
                Ok(next)
            }
            Err(Trouble::Page(error)) => self.failed(entry, &error).await.map(|()| None),
            // Pictures come last and may lie on a host of their own: when that one is down, the ads are read all the same.
            Err(Trouble::Visit(Halt::Unreachable(why))) if entry.kind == EntryKind::Image => {
                self.no_more_images(entry, why).await.map(|()| None)
            }
            Err(Trouble::Visit(Halt::Quiet(_))) if entry.kind == EntryKind::Image => {
                self.no_more_images(entry, ErrorKind::Busy).await.map(|()| None)
            }
            Err(Trouble::Visit(halt)) => {
                let captures = self.trail.take();
                if !captures.is_empty()
                    && let Err(error) = deps.frontier.archive(run, entry, &captures).await
                {
                    tracing::warn!(%site, %error, "answers without a page could not be archived");
                }
                self.put_back(entry).await;
                Err(halt)
            }
        }
    }

    async fn no_more_images(&self, entry: &Entry, why: ErrorKind) -> Result<(), Halt> {
        self.visit.shut_images(&entry.url, why);
        self.failed(entry, &FetchError { retry_after: None, status: None, kind: why }).await
    }

    async fn failed(&self, entry: &Entry, error: &FetchError) -> Result<(), Halt> {
        let (deps, plan, run) = (self.deps(), self.visit.plan, self.visit.run);
        let now = self.clock.now();
        let captures = self.trail.take();
        if !captures.is_empty() {
            patiently(self, || deps.frontier.archive(run, entry, &captures)).await?;
        }
        let images_shut = entry.kind == EntryKind::Image && self.visit.shut_for_images(&entry.url).is_some();
        // While the host as a whole is not to be had, that is not the page's fault; too many failures in a row end the run.
        let host_is_away = self.visit.shows_wait.load(Ordering::Relaxed);
        let given_up = images_shut || !(error.passes() && (host_is_away || entry.attempts < plan.retries));
        if given_up {
            patiently(self, || deps.frontier.give_up(run, entry, error.kind, now)).await?;
        } else {
            let spread = spread_of(&[&run.0.to_le_bytes(), &entry.id.0.to_le_bytes(), &entry.attempts.to_le_bytes()]);
            let wait = doubled(RETRY_FIRST, entry.attempts, RETRY_LONGEST).mul_f64(1.0 + 0.25 * spread);
            let not_before = after(now, wait);
            patiently(self, || deps.frontier.retry_later(run, entry, not_before, error.kind)).await?;
        }
        let (site, kind, why) = (plan.site.clone(), entry.kind, error.kind);
        deps.progress.event(ProgressEvent::PageFailed { site, kind, why, given_up });
        match (error.ends_visit(), entry.kind) {
            (false, _) => Ok(()),
            // A host that refuses pictures is asked for no more of them; it has not refused the pages.
            (true, EntryKind::Image) => {
                self.visit.shut_images(&entry.url, error.kind);
                Ok(())
            }
            (true, _) => Err(Halt::Shut(error.kind)),
        }
    }

    async fn read_entry(&self, entry: &Entry) -> Result<(PageOutcome, usize), Trouble> {
        let (plan, visit, deps) = (self.visit.plan, self.visit, self.deps());
        if entry.kind == EntryKind::Listing && !visit.listing_room() {
            return Err(FetchError::of(ErrorKind::TooManyPages).into());
        }
        let image = entry.kind == EntryKind::Image;
        if let Some(why) = visit.shut_for_images(&entry.url).filter(|_| image) {
            return Err(FetchError::of(why).into());
        }
        let wanted = Wanted {
            url: &entry.url,
            accept: if image { ACCEPT_IMAGE } else { ACCEPT_PAGE },
            validators: entry.validators.as_ref().filter(|_| !image),
            most_bytes: match entry.kind {
                EntryKind::Listing => plan.limits.listing_bytes,
                EntryKind::Detail => plan.limits.page_bytes,
                EntryKind::Image => plan.limits.image_bytes,
            },
        };
        let mut fetched = follow(self, &visit.gate, &visit.policy, plan, wanted).await?;
        if entry.kind == EntryKind::Listing && fetched.answer.status == 304 {
            let (site, at) = (&plan.site, self.clock.now());
            match patiently(self, || deps.frontier.unchanged_listing(site, &entry.url, at)).await? {
                Some(page) => {
                    let validators = entry.validators.clone().unwrap_or_default();
                    return Ok((read_listing(self, entry, page, validators).await?, 0));
                }
                // The archive has let go of it since the entry was taken.
                None => {
                    let wanted = Wanted { validators: None, ..wanted };
                    fetched = follow(self, &visit.gate, &visit.policy, plan, wanted).await?;
                }
            }
        }
        let bytes = fetched.answer.body.len();
        let outcome = match entry.kind {
            EntryKind::Listing => {
                if plan.counts_pages && entry.depth > 0 && matches!(fetched.answer.status, 404 | 410) {
                    return Ok((past_the_last(fetched, self.clock.now()), bytes));
                }
                let validators = fetched.answer.validators.clone();
                let page = self.page(fetched, Kind::Text)?;
                read_listing(self, entry, page, validators).await
            }
            EntryKind::Detail => self.read_detail(entry, fetched).await,
            EntryKind::Image => self.read_image(fetched).await,
        };
        Ok((outcome?, bytes))
    }

    async fn read_detail(&self, entry: &Entry, fetched: Fetched) -> Result<PageOutcome, Trouble> {
        let fetched_at = self.clock.now();
        let gone = |why, page| Ok(PageOutcome::Gone { why, fetched_at, page });
        match fetched.answer.status {
            304 => return Ok(PageOutcome::Unchanged { fetched_at }),
            404 => return gone(GoneReason::NotFound, None),
            410 => return gone(GoneReason::Gone, None),
            _ => {}
        }
        if fetched.redirected && self.is_listing(&fetched.url) {
            return gone(GoneReason::RedirectToListing, self.page(fetched, Kind::Text).ok());
        }
        let validators = fetched.answer.validators.clone();
        let page = self.page(fetched, Kind::Text)?;
        self.outcome_of_page(entry, page, validators).await
    }

    /// What an ad's page turns out to be.
    pub(super) async fn outcome_of_page(
        &self,
        entry: &Entry,
        page: Page,
        validators: Validators,
    ) -> Result<PageOutcome, Trouble> {
        let (plan, fetched_at) = (self.visit.plan, page.fetched_at);
        let gone = |why, page| Ok(PageOutcome::Gone { why, fetched_at, page });
        let site = plan.site.clone();
        let (page, read) = self.read(page, move |reader, page| reader.detail(&site, page)).await?;
        match read.mark {
            Some(Mark::Challenge) => return Err(self.not_it(page, ErrorKind::Challenge)),
            Some(Mark::Expired) => return gone(GoneReason::MarkedExpired, Some(page)),
            Some(Mark::Suspended) => return gone(GoneReason::MarkedSuspended, Some(page)),
            Some(Mark::NoAds) | None => {}
        }
        let Some(mut content) = read.content else { return Err(self.not_it(page, ErrorKind::NoAd)) };
        if let (Some(told), Some(ad)) = (&read.ad_id, &entry.ad)
            && *told != ad.ad_id
        {
            return Err(self.not_it(page, ErrorKind::WrongAd));
        }
        content.url.get_or_insert_with(|| page.url.clone());
        let sources = content.images.iter().filter(|_| plan.fetch_images);
        let images = sources
            .map(|image| NewEntry { kind: EntryKind::Image, url: image.source.clone(), ad: entry.ad.clone(), depth: 0 })
            .collect();
        let (content, issues) = (Box::new(content), read.issues);
        Ok(PageOutcome::Detail { page, validators, content, kept_promise: false, images, issues })
    }

    async fn read_image(&self, fetched: Fetched) -> Result<PageOutcome, Trouble> {
        let page = self.page(fetched, Kind::Image)?;
        let fetched_at = page.fetched_at;
        // Decoding is slow and its input hostile: always on a thread of its own.
        let reader = self.deps().reader.clone();
        let hashed = tokio::task::spawn_blocking(move || reader.image(&page.body)).await;
        match hashed {
            Ok(Ok((pdq, quality))) => Ok(PageOutcome::Image { pdq, quality, fetched_at }),
            Ok(Err(_)) | Err(_) => Err(FetchError::of(ErrorKind::BadImage).into()),
        }
    }

    /// A page that is not what was asked for. It is archived all the same: a mended adapter may understand it.
    pub(super) fn not_it(&self, page: Page, why: ErrorKind) -> Trouble {
        self.trail.keep_body(page.body);
        FetchError::of(why).into()
    }

    /// The answer as a page, if its status and type are what is wanted here.
    fn page(&self, fetched: Fetched, kind: Kind) -> Result<Page, FetchError> {
        let Fetched { url, answer, .. } = fetched;
        if !matches!(answer.status, 200..=299) {
            return Err(FetchError::of_status(answer.status, answer.retry_after));
        }
        let picture_as_text = matches!(kind, Kind::Text) && is_picture("", &answer.body);
        if picture_as_text || !kind.takes(&answer.content_type, &answer.body) {
            return Err(FetchError { status: Some(answer.status), ..FetchError::of(ErrorKind::WrongType) });
        }
        Ok(Page {
            url: url.into(),
            status: answer.status,
            content_type: answer.content_type,
            body: answer.body,
            fetched_at: self.clock.now(),
        })
    }

    /// Reads a page by the adapter; a large one, or one of several at once, on a blocking thread.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        page: Page,
        read: impl FnOnce(&dyn ReadPage, &Page) -> T + Send + 'static,
    ) -> Result<(Page, T), FetchError> {
        let reader: Arc<dyn ReadPage> = self.deps().reader.clone();
        // With several connections reading and fetching use all cores.
        if page.body.len() < LARGE && self.visit.plan.connections <= 1 {
            let value = read(reader.as_ref(), &page);
            return Ok((page, value));
        }
        // It is never closed: there is always a turn to wait for.
        let _turn = self.visit.reading.acquire().await;
        let reading = tokio::task::spawn_blocking(move || {
            let value = read(reader.as_ref(), &page);
            (page, value)
        });
        // It can only fail when the reader panicked: the page is none that can be read.
        reading.await.map_err(|_| FetchError::of(ErrorKind::NoAd))
    }

    /// Whether a URL is one of the start pages, or the front page.
    fn is_listing(&self, url: &Url) -> bool {
        url.path() == "/"
            || self
                .visit
                .plan
                .start_urls
                .iter()
                .filter_map(|start| Url::parse(start).ok())
                .any(|start| start.path() == url.path())
    }
}

/// Counts a hand that takes or has an entry for as long as it lives.
struct Busy<'a>(&'a AtomicUsize);

impl<'a> Busy<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }

    /// No other hand has an entry.
    fn alone(&self) -> bool {
        self.0.load(Ordering::SeqCst) == 1
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Image,
}

impl Kind {
    /// Whether a type is wanted. No type at all is: the reader looks at the bytes.
    fn takes(self, content_type: &str, body: &[u8]) -> bool {
        let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match self {
            _ if kind.is_empty() => true,
            Kind::Text => {
                kind.starts_with("text/")
                    || kind.ends_with("xml")
                    || kind.ends_with("json")
                    || kind == "application/html"
                    // A compressed sitemap.
                    || (matches!(kind.as_str(), "application/gzip" | "application/x-gzip" | "application/octet-stream")
                        && body.starts_with(&[0x1f, 0x8b]))
            }
            Kind::Image => kind.starts_with("image/") || kind == "application/octet-stream",
        }
    }
}

/// A page number past the last one: a listing page without ads, which leads nowhere.
fn past_the_last(fetched: Fetched, fetched_at: Timestamp) -> PageOutcome {
    let Fetched { url, answer, .. } = fetched;
    let page = Page {
        url: url.into(),
        status: answer.status,
        content_type: answer.content_type,
        body: answer.body,
        fetched_at,
    };
    let (items, next, issues) = (Vec::new(), Vec::new(), Vec::new());
    let (validators, recheck_before) = (Validators::default(), fetched_at);
    PageOutcome::Listing { page, validators, items, recheck_before, next, mark: None, incomplete: None, issues }
}
