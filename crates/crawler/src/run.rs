//! What a run did, and whether it can be trusted.

use crate::error::ErrorKind;
use crate::ports::RunId;
use domain::Bilingual;
use domain::SiteId;
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
    /// Among `details`, those with this field filled, by field (`title`, `body`, `phone`, `place`, `price`, …).
    pub filled: BTreeMap<String, u64>,
    /// Entries given up, listing pages only: one is enough to make the listing incomplete.
    pub listing_failures: u64,
    /// A listing page carried the mark 'no ads'.
    pub marked_empty: bool,
    /// Failures by kind, retried or given up.
    pub errors: BTreeMap<ErrorKind, u64>,
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

/// What the crawl says of a run when it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunVerdict {
    /// How it ended.
    pub end: RunEnd,
    /// Every listing page was read, the run kept its bounds, and it listed ads or said that there are none: an ad that
    /// was not listed is gone.
    pub missing_are_gone: bool,
    /// Why, one sentence each, with what to do. Empty for a good run.
    pub reasons: Vec<Bilingual>,
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
