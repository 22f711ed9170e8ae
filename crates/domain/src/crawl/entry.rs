//! What the frontier holds: pages to fetch, each once in a run.

use crate::{AdRef, CaptureKind};
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
    /// How often it was put back by trouble in this run.
    pub attempts: u32,
    /// From the last whole answer for this page: sent along, so that an unchanged page need not be sent again. `None`
    /// where the content that belonged to them is no longer kept.
    pub validators: Option<Validators>,
    /// What a listing of this run showed of the ad when its page was entered; `None` for a page that no listing of
    /// this run led to.
    pub promise: Option<String>,
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

impl EntryKind {
    /// What its page is in the archive. Pictures never come there.
    pub fn capture(self) -> CaptureKind {
        match self {
            EntryKind::Listing => CaptureKind::Listing,
            EntryKind::Detail | EntryKind::Image => CaptureKind::Detail,
        }
    }

    /// As stored; the order is that of fetching.
    pub fn number(self) -> i64 {
        match self {
            EntryKind::Listing => 0,
            EntryKind::Detail => 1,
            EntryKind::Image => 2,
        }
    }

    /// From its number.
    pub fn from_number(number: i64) -> Option<Self> {
        [EntryKind::Listing, EntryKind::Detail, EntryKind::Image].into_iter().find(|kind| kind.number() == number)
    }
}
