//! The memory of the crawl: runs, frontier, pacing, robots.txt, leases. Types mirror what the crawl asks for; the
//! package `bavn` translates between them.

mod complete;
mod frontier;
mod hosts;
mod runs;

pub(crate) use runs::site_row;

use crate::StoreError;
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

impl EntryKind {
    pub(crate) fn number(self) -> i64 {
        match self {
            EntryKind::Listing => 0,
            EntryKind::Detail => 1,
            EntryKind::Image => 2,
        }
    }
    pub(crate) fn from_number(number: i64) -> Result<Self, StoreError> {
        [EntryKind::Listing, EntryKind::Detail, EntryKind::Image]
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or(StoreError::Corrupt { what: "a frontier entry's kind" })
    }
}

impl SiteWish {
    /// As stored: `go`, `pause`.
    pub fn as_str(self) -> &'static str {
        match self {
            SiteWish::Go => "go",
            SiteWish::Pause => "pause",
        }
    }
    pub(crate) fn parse(text: &str) -> Self {
        if text == "pause" { SiteWish::Pause } else { SiteWish::Go }
    }
}

impl RunTally {
    pub(crate) fn parse(json: &str) -> Result<Self, StoreError> {
        serde_json::from_str(json).map_err(|_| StoreError::Corrupt { what: "a run's tally" })
    }
    pub(crate) fn to_json(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|_| StoreError::Corrupt { what: "a run's tally" })
    }
}
