//! What the crawl needs from others: a [`Frontier`] that remembers, and a [`ReadPage`] that understands pages.
//!
//! The crawl keeps nothing of its own that must outlive a kill. Each method of [`Frontier`] that changes something is
//! one transaction; once it has returned, the change survives a power cut. The package `bavn` implements both ports.

use crate::error::{ErrorKind, FrontierError};
use crate::run::{RunSummary, RunTally, RunVerdict};
use async_trait::async_trait;
use domain::{AdContent, AdRef, Bilingual, DetailRead, Issue, ListingItem, ListingRead, Mark, Page, PdqHash, SiteId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A run: one visit of a site, from its start pages to the last page they led to. Counted by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub i64);

/// A row of the frontier. Counted by the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryId(pub i64);

/// A run that was begun or resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// It was begun earlier and cut off; its remaining entries are taken up again.
    pub resumed: bool,
    /// When it was first begun.
    pub started_at: Timestamp,
}

/// What kind of page an entry leads to. Their order is the order of fetching: coverage in time comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A listing page.
    Listing,
    /// An ad's own page.
    Detail,
    /// A picture of an ad, to be hashed and dropped.
    Image,
}

/// A page to fetch, not yet in the frontier. Within a run, (kind, ad, url) is entered once: a second one is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NewEntry {
    /// What it leads to.
    pub kind: EntryKind,
    /// Absolute address.
    pub url: String,
    /// The ad that it belongs to: always for details and images, never for listings.
    pub ad: Option<AdRef>,
    /// For listings the distance from the start page, which is 0: `max_listing_pages` and traps are judged by it.
    pub depth: u32,
}

/// An entry taken from the frontier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its row.
    pub id: EntryId,
    /// What it leads to.
    pub kind: EntryKind,
    /// Absolute address.
    pub url: String,
    /// The ad that it belongs to.
    pub ad: Option<AdRef>,
    /// Distance from the start page, for listings.
    pub depth: u32,
    /// How often it was put back by [`Frontier::retry_later`] in this run.
    pub attempts: u32,
    /// From the last whole answer for this ad's page: sent along, so that an unchanged page need not be sent again.
    /// `None` for listings, which are always read in full since they are the sightings, and where the content that
    /// belonged to the validators is no longer kept.
    pub validators: Option<Validators>,
}

/// What a server gives to recognise its answer by (RFC 9110, 8.8), byte for byte as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What comes next in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This one; it is leased to the caller until it is completed, put back or given up, or the run is resumed.
    Entry(Box<Entry>),
    /// Nothing before this time (entries that were put back).
    Wait(Timestamp),
    /// The rest is leased to other connections of this run.
    InFlight,
    /// Nothing is left: the run can be finished.
    Drained,
}

/// Why an ad is known to be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoneReason {
    /// Status 404.
    NotFound,
    /// Status 410.
    Gone,
    /// The page's mark says that the ad has ended.
    MarkedExpired,
    /// The page's mark says that the account is closed.
    MarkedSuspended,
    /// The ad's address now leads to a listing page.
    RedirectToListing,
}

/// What a fetched entry turned out to be.
#[derive(Debug, Clone)]
pub enum PageOutcome {
    /// A listing page.
    Listing {
        /// To be archived.
        page: Page,
        /// Each is a sighting of its ad at `page.fetched_at`. A detail entry is entered for each whose page was never
        /// read, whose excerpt is not the one kept when its page was last read, or that is due; an ad that had gone
        /// is up again. Order is that of the page.
        items: Vec<ListingItem>,
        /// Ads whose own page was last read (in full or as unchanged) before this time are due.
        recheck_before: Timestamp,
        /// Listing pages that it leads to, those of the site only.
        next: Vec<NewEntry>,
        /// The page's mark.
        mark: Option<Mark>,
        /// What was unexpected.
        issues: Vec<Issue>,
    },
    /// An ad's page. A sighting, and a new version where the content differs from the last one.
    Detail {
        /// To be archived.
        page: Page,
        /// To be kept with the ad for the next request.
        validators: Validators,
        /// What the ad says.
        content: Box<AdContent>,
        /// Image entries, where the plan fetches images. Those whose hash is known for this ad and source are dropped.
        images: Vec<NewEntry>,
        /// What was unexpected.
        issues: Vec<Issue>,
    },
    /// A picture: its hash goes to the picture of `entry.ad` with the source `entry.url`. Pixels were dropped.
    Image {
        /// Its hash.
        pdq: PdqHash,
        /// PDQ quality, 0 to 100.
        quality: u8,
        /// When it was fetched.
        fetched_at: Timestamp,
    },
    /// The server says that the ad's page is as it was (304): a sighting of the last version.
    Unchanged {
        /// When.
        fetched_at: Timestamp,
    },
    /// The ad is gone, by its own page. No sighting.
    Gone {
        /// How one knows.
        why: GoneReason,
        /// When.
        fetched_at: Timestamp,
        /// The page that said so, to be archived, where there is one.
        page: Option<Page>,
    },
}

/// What [`Frontier::complete`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completed {
    /// Ads seen on it that were never seen before.
    pub ads_new: u32,
    /// Ads sighted by it.
    pub ads_seen: u32,
    /// A version was written that differs from an earlier one of the same ad.
    pub changed: bool,
    /// Detail entries that were entered.
    pub details_entered: u32,
    /// Listing entries that were entered.
    pub listings_entered: u32,
    /// Image entries that were entered.
    pub images_entered: u32,
}

/// What must be remembered of a host, so that pacing holds across restarts and workers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// No request before this time.
    pub next_allowed: Timestamp,
    /// The delay in force in milliseconds: the greater of the plan's and robots.txt's Crawl-delay.
    pub delay_ms: u64,
    /// The host asked for quiet until then (Retry-After).
    pub quiet_until: Option<Timestamp>,
    /// Failures in a row (5xx, 429, no answer).
    pub failures: u32,
    /// The breaker is open until then: no request but one trial afterwards.
    pub open_until: Option<Timestamp>,
}

/// A robots.txt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedRobots {
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// What it says.
    pub answer: RobotsAnswer,
}

/// What the request for robots.txt gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum RobotsAnswer {
    /// Rules, at most 500 KiB of them.
    Rules {
        /// As they came, cut at a line end.
        body: Vec<u8>,
    },
    /// There is none (404, 410, other 4xx): everything may be fetched.
    None,
    /// The door is shut or nobody answers: nothing may be fetched.
    Closed {
        /// Why.
        why: ErrorKind,
    },
}

/// What a site is doing, and why: one sentence for the sites page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteState {
    /// What.
    pub phase: SitePhase,
    /// Why, with what to do where a person can do something.
    pub reason: Bilingual,
    /// Known end, for instance of a Retry-After.
    pub until: Option<Timestamp>,
}

/// What a site is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SitePhase {
    /// Waits for its next run.
    Idle,
    /// Being crawled.
    Running,
    /// Waits in the middle of a run: Retry-After, breaker, hours, network or store gone.
    Waiting,
    /// Its last run failed: a person should look.
    Failed,
    /// Not crawled: no approval, expired, refused by the site.
    Closed,
    /// Halted by an administrator.
    Paused,
}

/// What an administrator wants of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteWish {
    /// Crawl by schedule.
    #[default]
    Go,
    /// Halt: finish what is in flight, keep the run for later.
    Pause,
}

/// The memory of the crawl.
#[async_trait]
pub trait Frontier: Send + Sync {
    /// Begins a run with these listing pages, or resumes the site's unfinished one: its leased entries become free and
    /// `seeds` are ignored.
    async fn begin_run(&self, site: &SiteId, at: Timestamp, seeds: &[NewEntry]) -> Result<Run, FrontierError>;

    /// Leases the next entry that is due at `at`: listings, then details, then images; among them the order in which
    /// they were entered.
    async fn next_entry(&self, run: RunId, at: Timestamp) -> Result<Next, FrontierError>;

    /// Records what an entry gave and marks it done, all in one transaction: archived page, sightings, ad version, new
    /// entries, the run's tally. Done twice for one entry, the second changes nothing.
    async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: PageOutcome,
        at: Timestamp,
    ) -> Result<Completed, FrontierError>;

    /// Puts an entry back, not to be taken before `not_before`, and counts the attempt and the error.
    async fn retry_later(
        &self,
        run: RunId,
        entry: &Entry,
        not_before: Timestamp,
        why: ErrorKind,
    ) -> Result<(), FrontierError>;

    /// Puts an entry back untouched: the crawl was told to stop before it was asked for.
    async fn put_back(&self, run: RunId, entry: &Entry) -> Result<(), FrontierError>;

    /// Marks an entry as failed for this run and counts the error. Its ad is neither sighted nor gone.
    async fn give_up(&self, run: RunId, entry: &Entry, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError>;

    /// Gives up everything that is still open in a run, when the site has shut the door.
    async fn give_up_rest(&self, run: RunId, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError>;

    /// What the run has done so far, also before a restart.
    async fn tally(&self, run: RunId) -> Result<RunTally, FrontierError>;

    /// Ends a run. Where the verdict says so (`verdict.missing_are_gone`), ads of the site that were up and were not
    /// seen on a listing in this run count as gone from `at`. How many did stands in `missing_gone`.
    async fn finish_run(&self, run: RunId, verdict: &RunVerdict, at: Timestamp) -> Result<RunSummary, FrontierError>;

    /// The tally of the site's last runs that ended well, newest first: what a run is compared with.
    async fn past_tallies(&self, site: &SiteId, limit: u32) -> Result<Vec<RunTally>, FrontierError>;

    /// When the site's last run began, if there was one: the schedule goes on from there after a restart.
    async fn last_run_started(&self, site: &SiteId) -> Result<Option<Timestamp>, FrontierError>;

    /// The state of a host (`name:port`, the port left out where it is the scheme's own).
    async fn load_pacing(&self, host: &str) -> Result<Option<HostState>, FrontierError>;

    /// Keeps the state of a host.
    async fn save_pacing(&self, host: &str, state: &HostState) -> Result<(), FrontierError>;

    /// The kept robots.txt of an origin (`scheme://name:port`).
    async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, FrontierError>;

    /// Keeps a robots.txt.
    async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), FrontierError>;

    /// The site's state and since when it holds.
    async fn site_state(&self, site: &SiteId) -> Result<Option<(SiteState, Timestamp)>, FrontierError>;

    /// Sets the site's state. Where it is the same as before, its `since` stays.
    async fn set_site_state(&self, site: &SiteId, state: &SiteState, at: Timestamp) -> Result<(), FrontierError>;

    /// What the administrator wants of the site.
    async fn site_wish(&self, site: &SiteId) -> Result<SiteWish, FrontierError>;

    /// Takes or renews the site for a worker until a time. False where another worker holds it at `at`.
    async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, FrontierError>;

    /// Gives the site back; nothing happens where another worker holds it.
    async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), FrontierError>;
}

/// The understanding of pages. Pure; may take long on large pages, so that it is called on a blocking thread.
pub trait ReadPage: Send + Sync {
    /// Reads a listing page by the site's adapter.
    fn listing(&self, site: &SiteId, page: &Page) -> ListingRead;
    /// Reads an ad's page by the site's adapter.
    fn detail(&self, site: &SiteId, page: &Page) -> DetailRead;
    /// The PDQ hash and quality of a picture's bytes, or what is wrong with them.
    fn image(&self, bytes: &[u8]) -> Result<(PdqHash, u8), String>;
}
