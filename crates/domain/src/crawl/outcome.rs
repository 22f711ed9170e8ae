//! What a fetched entry turned out to be.

use super::entry::{NewEntry, Validators};
use super::trouble::ErrorKind;
use crate::{AdContent, Capture, Exchange, Issue, ListingItem, Mark, Page, PdqHash};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// What was asked to get at an outcome, for the archive. Pictures leave no trail: no byte of theirs is kept.
#[derive(Debug, Clone, Default)]
pub struct Trail {
    /// Everything but the outcome's own page: robots.txt, redirects, answers without a page (304, 404).
    pub before: Vec<Capture>,
    /// The heads of the outcome's own page.
    pub own: Option<Exchange>,
}

/// What a fetched entry turned out to be.
#[derive(Debug, Clone)]
pub enum PageOutcome {
    /// A listing page.
    Listing {
        /// To be archived. With status 304 it is the page as it was kept, read again: it is in the archive already.
        page: Page,
        /// To be kept with the page's address for the next request.
        validators: Validators,
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
        /// Why ads may be missing from it or after it, so that the run's listing is not whole.
        incomplete: Option<ErrorKind>,
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
        /// The listing had promised something of the ad, and its page keeps it.
        kept_promise: bool,
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

/// An ad's page that is not what its listing promised. It is archived, and has no effect on its ad until the run is
/// judged: see [`super::run::Alarm::NotAsListed`].
#[derive(Debug, Clone)]
pub struct Held {
    /// The page says that the ad is gone, and how one knows; `None` where it shows something else than the listing.
    pub gone: Option<GoneReason>,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// To be kept with the ad for the next request.
    pub validators: Validators,
    /// The page, where there is one.
    pub page: Option<Page>,
}

/// What the record of a page did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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

impl GoneReason {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            GoneReason::NotFound => "not_found",
            GoneReason::Gone => "gone",
            GoneReason::MarkedExpired => "marked_expired",
            GoneReason::MarkedSuspended => "marked_suspended",
            GoneReason::RedirectToListing => "redirect_to_listing",
        }
    }
}
