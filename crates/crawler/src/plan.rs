//! How a site is to be crawled: checked settings, made by `bavn` from the site's adapter.

use domain::SiteId;
use jiff::{Timestamp, civil::Time};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Who allowed the crawl of a site. Without one a site is not crawled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Who approved it.
    pub by: String,
    /// Since when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// On what legal basis.
    pub legal_basis: String,
}

/// The hours of the day in which a site may be asked, local time (Europe/Copenhagen). `from` after `to` runs over
/// midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// First moment.
    pub from: Time,
    /// First moment after.
    pub to: Time,
}

/// What a run must give. Below it the run fails, the last good data stay, and no ad counts as gone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expect {
    /// Least number of ads on the listing.
    pub ads_min: Option<u64>,
    /// Greatest number of ads on the listing.
    pub ads_max: Option<u64>,
    /// Least share (0 to 1) of the ads' pages that fill a field, by field.
    pub shares: BTreeMap<String, f64>,
    /// Least share (0 to 1) of the ads' pages that are what the listing promised of them.
    pub as_listed_min: f64,
}

/// Limits for one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchLimits {
    /// Most bytes of a page after decompression.
    pub page_bytes: usize,
    /// Most bytes of a listing page after decompression: sitemaps are large.
    pub listing_bytes: usize,
    /// Most bytes of a picture after decompression.
    pub image_bytes: usize,
    /// Longest time for one answer, connection included.
    pub total: Duration,
    /// Longest time for the connection.
    pub connect: Duration,
    /// Least bytes a second after decompression, once `grace` has passed.
    pub min_rate: u64,
    /// The head start that every answer has before it counts as too slow.
    pub grace: Duration,
    /// Most redirects.
    pub redirects: u32,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            page_bytes: 5 * 1024 * 1024,
            listing_bytes: 16 * 1024 * 1024,
            image_bytes: 10 * 1024 * 1024,
            total: Duration::from_secs(30),
            connect: Duration::from_secs(10),
            min_rate: 256,
            grace: Duration::from_secs(5),
            redirects: 5,
        }
    }
}

/// How a site is to be crawled.
#[derive(Debug, Clone, PartialEq)]
pub struct SitePlan {
    /// Which site.
    pub site: SiteId,
    /// Its first listing pages, absolute.
    pub start_urls: Vec<String>,
    /// Other hosts that belong to it, for instance for pictures: lower case, with port where it is not the scheme's own.
    pub also_hosts: Vec<String>,
    /// Least time between two requests to one host.
    pub delay: Duration,
    /// Most connections at a time; one unless the owner agreed to more.
    pub connections: u32,
    /// The hours in which it may be asked; empty for all.
    pub hours: Vec<Hours>,
    /// Who allowed it.
    pub approval: Option<Approval>,
    /// Private or special addresses that the adapter names, so that they may be asked (loopback for the demo).
    pub allow_private: Vec<IpAddr>,
    /// Whether pictures are fetched, hashed and dropped.
    pub fetch_images: bool,
    /// Most listing pages in a run, whatever the pagination says.
    pub max_listing_pages: u32,
    /// Listing pages are found by counting: one past the last is asked for, and that it is not found ends the listing.
    pub counts_pages: bool,
    /// An ad's own page is read again after this time, even if the listing shows no change.
    pub recheck_after: Duration,
    /// From the begin of one run to that of the next.
    pub interval: Duration,
    /// Where this is shorter, the time between two runs adapts to how fast the site changes, down to it: see
    /// [`crate::interval`]. `interval` is then the longest.
    pub least_interval: Duration,
    /// The listing shows the newest ads only (a feed): one that is missing from it is not gone.
    pub lists_newest_only: bool,
    /// What a run must give.
    pub expect: Expect,
    /// Limits for one answer.
    pub limits: FetchLimits,
    /// How often a failed page is tried again in a run.
    pub retries: u32,
}
