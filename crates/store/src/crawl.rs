//! The memory of the crawl: runs, frontier, pacing, robots.txt, leases. Types mirror what the crawl asks for; the
//! package `bavn` translates between them.

use crate::{Store, StoreError};
use domain::{AdContent, AdRef, Bilingual, Issue, ListingItem, Mark, Page, PdqHash, SiteId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run: one visit of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub i64);

/// A row of the frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryId(pub i64);

/// A run that was begun or resumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// It was begun earlier and cut off.
    pub resumed: bool,
    /// When it was first begun.
    pub started_at: Timestamp,
}

/// What kind of page an entry leads to; their order is the order of fetching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// A listing page.
    Listing,
    /// An ad's own page.
    Detail,
    /// A picture of an ad.
    Image,
}

/// A page to fetch. Within a run, (kind, ad, url) is entered once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NewEntry {
    /// What it leads to.
    pub kind: EntryKind,
    /// Absolute address.
    pub url: String,
    /// The ad that it belongs to.
    pub ad: Option<AdRef>,
    /// For listings the distance from the start page.
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
    /// How often it was put back in this run.
    pub attempts: u32,
    /// From the last whole answer for this ad's page.
    pub validators: Option<Validators>,
}

/// What a server gives to recognise its answer by.
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
    /// This one; leased to the caller.
    Entry(Box<Entry>),
    /// Nothing before this time.
    Wait(Timestamp),
    /// The rest is leased to other connections of this run.
    InFlight,
    /// Nothing is left.
    Drained,
}

/// What a fetched entry turned out to be.
#[derive(Debug, Clone)]
pub enum PageOutcome {
    /// A listing page.
    Listing {
        /// To be archived.
        page: Page,
        /// Sightings at `page.fetched_at`.
        items: Vec<ListingItem>,
        /// Ads whose own page was last read before this time are due.
        recheck_before: Timestamp,
        /// Listing pages that it leads to.
        next: Vec<NewEntry>,
        /// The page's mark.
        mark: Option<Mark>,
        /// What was unexpected.
        issues: Vec<Issue>,
    },
    /// An ad's page.
    Detail {
        /// To be archived.
        page: Page,
        /// For the next request.
        validators: Validators,
        /// What the ad says.
        content: Box<AdContent>,
        /// Image entries; those whose hash is known for this ad and source are dropped.
        images: Vec<NewEntry>,
        /// What was unexpected.
        issues: Vec<Issue>,
    },
    /// A picture, hashed and dropped.
    Image {
        /// Its hash.
        pdq: PdqHash,
        /// PDQ quality, 0 to 100.
        quality: u8,
        /// When it was fetched.
        fetched_at: Timestamp,
    },
    /// The ad's page is as it was: a sighting of the last version.
    Unchanged {
        /// When.
        fetched_at: Timestamp,
    },
    /// The ad is gone, by its own page.
    Gone {
        /// How one knows: `not_found`, `gone`, `marked_expired`, `marked_suspended`, `redirect_to_listing`.
        why: String,
        /// When.
        fetched_at: Timestamp,
        /// The page that said so.
        page: Option<Page>,
    },
}

/// What [`Store::complete`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Completed {
    /// Ads never seen before.
    pub ads_new: u32,
    /// Ads sighted.
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

/// What must be remembered of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// No request before this time.
    pub next_allowed: Timestamp,
    /// The delay in force in milliseconds.
    pub delay_ms: u64,
    /// The host asked for quiet until then.
    pub quiet_until: Option<Timestamp>,
    /// Failures in a row.
    pub failures: u32,
    /// The breaker is open until then.
    pub open_until: Option<Timestamp>,
}

/// A robots.txt as it is kept. The answer is the crawler's own form, as JSON or whatever it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedRobots {
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// The answer, serialised by the caller.
    pub answer: Vec<u8>,
}

/// What a site is doing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteState {
    /// `idle`, `running`, `waiting`, `failed`, `closed` or `paused`.
    pub phase: String,
    /// Why, with what to do where a person can do something.
    pub reason: Bilingual,
    /// Known end.
    pub until: Option<Timestamp>,
}

/// What an administrator wants of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteWish {
    /// Crawl by schedule.
    #[default]
    Go,
    /// Halt.
    Pause,
}

/// What a run has done so far. JSON-compatible with the crawler's own tally.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTally {
    /// Listing pages read.
    pub listing_pages: u64,
    /// Different ads seen on listing pages in this run.
    pub ads_listed: u64,
    /// Ads never seen before.
    pub ads_new: u64,
    /// Ads with a new version other than their first.
    pub ads_changed: u64,
    /// Ads gone by their own page.
    pub ads_gone: u64,
    /// Ads' pages read in full.
    pub details: u64,
    /// Ads' pages answered with 'unchanged'.
    pub unchanged: u64,
    /// Pictures hashed.
    pub images: u64,
    /// Among `details`, those with this field filled, by field.
    pub filled: BTreeMap<String, u64>,
    /// Listing pages given up.
    pub listing_failures: u64,
    /// A listing page carried the mark 'no ads'.
    pub marked_empty: bool,
    /// Failures by kind, retried or given up.
    pub errors: BTreeMap<String, u64>,
}

/// How a run ended, as the crawl says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunVerdict {
    /// `good`, `partial` or `failed`.
    pub end: String,
    /// An ad that was not listed is gone.
    pub missing_are_gone: bool,
    /// Why, one sentence each.
    pub reasons: Vec<Bilingual>,
}

/// A finished run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    /// Which.
    pub run: RunId,
    /// Of which site.
    pub site: SiteId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// What it did.
    pub tally: RunTally,
    /// Ads that count as gone because the listing no longer has them.
    pub missing_gone: u64,
}

impl Store {
    /// Begins a run with these listing pages, or resumes the site's unfinished one: its leased entries become free and
    /// `seeds` are ignored. The site must be registered.
    pub async fn begin_run(&self, site: &SiteId, at: Timestamp, seeds: &[NewEntry]) -> Result<Run, StoreError> {
        todo!()
    }
    /// Leases the next entry that is due: listings, then details, then images; among them in order of entry.
    pub async fn next_entry(&self, run: RunId, at: Timestamp) -> Result<Next, StoreError> {
        todo!()
    }
    /// Records what an entry gave and marks it done, in one transaction. A second time changes nothing.
    pub async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: PageOutcome,
        at: Timestamp,
    ) -> Result<Completed, StoreError> {
        todo!()
    }
    /// Puts an entry back, not to be taken before `not_before`; counts the attempt and the error.
    pub async fn retry_later(
        &self,
        run: RunId,
        entry: EntryId,
        not_before: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// Puts an entry back untouched.
    pub async fn put_back(&self, run: RunId, entry: EntryId) -> Result<(), StoreError> {
        todo!()
    }
    /// Marks an entry as failed for this run and counts the error.
    pub async fn give_up(&self, run: RunId, entry: EntryId, why: &str, at: Timestamp) -> Result<(), StoreError> {
        todo!()
    }
    /// Gives up everything that is still open in a run.
    pub async fn give_up_rest(&self, run: RunId, why: &str, at: Timestamp) -> Result<(), StoreError> {
        todo!()
    }
    /// What the run has done so far.
    pub async fn tally(&self, run: RunId) -> Result<RunTally, StoreError> {
        todo!()
    }
    /// Ends a run. Ads not listed in it are gone where the verdict says so.
    pub async fn finish_run(&self, run: RunId, verdict: &RunVerdict, at: Timestamp) -> Result<RunSummary, StoreError> {
        todo!()
    }
    /// Tallies of the site's last good runs, newest first.
    pub async fn past_tallies(&self, site: &SiteId, limit: u32) -> Result<Vec<RunTally>, StoreError> {
        todo!()
    }
    /// When the site's last run began.
    pub async fn last_run_started(&self, site: &SiteId) -> Result<Option<Timestamp>, StoreError> {
        todo!()
    }
    /// The state of a host.
    pub async fn load_pacing(&self, host: &str) -> Result<Option<HostState>, StoreError> {
        todo!()
    }
    /// Keeps the state of a host.
    pub async fn save_pacing(&self, host: &str, state: &HostState) -> Result<(), StoreError> {
        todo!()
    }
    /// The kept robots.txt of an origin.
    pub async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, StoreError> {
        todo!()
    }
    /// Keeps a robots.txt.
    pub async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), StoreError> {
        todo!()
    }
    /// The site's state and since when it holds.
    pub async fn site_state(&self, site: &SiteId) -> Result<Option<(SiteState, Timestamp)>, StoreError> {
        todo!()
    }
    /// Sets the site's state; the same state keeps its `since`.
    pub async fn set_site_state(&self, site: &SiteId, state: &SiteState, at: Timestamp) -> Result<(), StoreError> {
        todo!()
    }
    /// What the administrator wants of the site.
    pub async fn site_wish(&self, site: &SiteId) -> Result<SiteWish, StoreError> {
        todo!()
    }
    /// Takes or renews the site for a worker until a time. False where another worker holds it at `at`.
    pub async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        todo!()
    }
    /// Gives the site back; nothing happens where another worker holds it.
    pub async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), StoreError> {
        todo!()
    }
}
