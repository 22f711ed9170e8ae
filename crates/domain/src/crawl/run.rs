//! What a run did, and whether it can be trusted.

use super::entry::{EntryKind, RunId};
use super::outcome::{Completed, PageOutcome};
use super::politeness::Politeness;
use super::trouble::ErrorKind;
use crate::{Bilingual, Mark, SiteId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a run has done so far. The store keeps it with the run and counts in the transaction of each entry.
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
    /// Ads' pages answered with 'unchanged' (304).
    pub unchanged: u64,
    /// Pictures hashed.
    pub images: u64,
    /// Among `details`, those with this field filled, by field (`title`, `body`, `posted_at`, `images`, `phone`, `place`,
    /// `price`, …). The history of a site's runs is what later ones are compared with.
    pub filled: BTreeMap<String, u64>,
    /// Entries given up, listing pages only: one is enough to make the listing incomplete.
    pub listing_failures: u64,
    /// A listing page carried the mark 'no ads'.
    pub marked_empty: bool,
    /// Ads' pages of which the listing had promised something: those that kept it and those that did not.
    pub promised: u64,
    /// Among `promised`, those that did not keep it.
    pub broken_promises: u64,
    /// Failures by kind, retried or given up.
    pub errors: BTreeMap<ErrorKind, u64>,
}

impl RunTally {
    /// Counts one completed entry. Who keeps the tally with the run calls this in the entry's own transaction. `ads_listed` is theirs to count, since only they know which ads
    /// this run has listed before.
    pub fn count(&mut self, outcome: &PageOutcome, done: &Completed) {
        self.ads_new += u64::from(done.ads_new);
        self.ads_changed += u64::from(done.changed);
        match outcome {
            PageOutcome::Listing { mark, incomplete, .. } => {
                self.listing_pages += 1;
                if let Some(why) = incomplete {
                    self.count_error(EntryKind::Listing, *why, true);
                }
                self.marked_empty |= *mark == Some(Mark::NoAds);
            }
            PageOutcome::Detail { content, kept_promise, .. } => {
                self.details += 1;
                self.promised += u64::from(*kept_promise);
                for name in content.filled() {
                    *self.filled.entry(name.to_owned()).or_default() += 1;
                }
            }
            PageOutcome::Image { .. } => self.images += 1,
            PageOutcome::Unchanged { .. } => self.unchanged += 1,
            PageOutcome::Gone { .. } => self.ads_gone += 1,
        }
    }

    /// Counts a failure; `given_up` where the entry is not tried again in this run.
    pub fn count_error(&mut self, kind: EntryKind, why: ErrorKind, given_up: bool) {
        *self.errors.entry(why).or_default() += 1;
        self.listing_failures += u64::from(given_up && kind == EntryKind::Listing);
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunEnd {
    /// All was read.
    Good,
    /// Something is missing, but what was read is kept: single pages failed.
    Partial,
    /// Below the site's bounds, refused, or unreachable: an alarm.
    Failed,
}

impl RunEnd {
    /// As stored, and as written in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            RunEnd::Good => "good",
            RunEnd::Partial => "partial",
            RunEnd::Failed => "failed",
        }
    }
}

/// What the crawl says of a run when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunVerdict {
    /// How it ended.
    pub end: RunEnd,
    /// Every listing page was read, the run kept its bounds, and it listed ads or said that there are none: an ad that
    /// was not listed is gone.
    pub missing_are_gone: bool,
    /// The ads' pages are no longer what the adapter was written for: what this run read of known ads is set aside, and
    /// what was read before stays current.
    #[serde(default)]
    pub set_aside: bool,
    /// Why, one sentence each, with what to do. Empty for a good run.
    pub reasons: Vec<Bilingual>,
    /// The kinds of alarm that it raises: a failed run raises at least one.
    #[serde(default)]
    pub alarms: Vec<Alarm>,
    /// How the hosts were treated.
    #[serde(default)]
    pub politeness: Politeness,
}

/// Why a run failed, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// The site refused, shut the door, or could not be reached.
    Ended,
    /// The listing could not be read, showed nothing without saying that it is empty, or showed far less than before.
    Listing,
    /// The ads' pages are not what the listing promises: the site may show the named crawler something else.
    NotAsListed,
    /// Fewer or more ads than the site's `expect` allows.
    Bounds,
    /// The ads' pages are no longer what the adapter was written for.
    Layout,
}

impl Alarm {
    /// As stored, and as in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Alarm::Ended => "ended",
            Alarm::Listing => "listing",
            Alarm::NotAsListed => "not_as_listed",
            Alarm::Bounds => "bounds",
            Alarm::Layout => "layout",
        }
    }
}

/// A whole look at a site's listing, as far as the schedule needs to know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastLook {
    /// When it began.
    pub at: Timestamp,
    /// Ads had come, changed or gone since the look before.
    pub changed: bool,
}

/// A finished run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// How it ended.
    pub verdict: RunVerdict,
}
