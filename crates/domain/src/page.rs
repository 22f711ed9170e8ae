//! A page as it came, and what an adapter read in it.

use crate::ad::AdContent;
use jiff::Timestamp;

/// One answer from a site.
#[derive(Debug, Clone)]
pub struct Page {
    /// The address it came from, after redirects.
    pub url: String,
    /// HTTP status.
    pub status: u16,
    /// The `Content-Type` header as sent, empty if there was none. Says the charset, often wrongly.
    pub content_type: String,
    /// The body after decompression, in the site's charset.
    pub body: Vec<u8>,
    /// When the answer was complete.
    pub fetched_at: Timestamp,
}

/// Something in a page that the adapter did not expect. Broken input is no error: the rest is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The selector, field or step, for example `fields.price`.
    pub at: String,
    /// What was found instead, without any text of the page.
    pub what: String,
}

/// What a page says about itself, by the adapter's marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The ad has ended.
    Expired,
    /// The listing is empty on purpose.
    NoAds,
    /// The account is closed.
    Suspended,
    /// A challenge or log-in wall: the visit ends.
    Challenge,
}

/// One entry of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingItem {
    /// The site's own id.
    pub ad_id: String,
    /// The ad's page, absolute.
    pub url: String,
    /// What the listing shows of the ad, without times and counters; a change asks for the ad's page again.
    pub excerpt: String,
}

/// What a listing page holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingRead {
    /// Its ads, in order, each once.
    pub items: Vec<ListingItem>,
    /// Further listing pages, absolute.
    pub next: Vec<String>,
    /// The page's mark, if any.
    pub mark: Option<Mark>,
    /// What was unexpected.
    pub issues: Vec<Issue>,
}

/// What an ad's page holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DetailRead {
    /// The ad; `None` where the page holds none. Image sources are absolute URLs, not yet hashed.
    pub content: Option<AdContent>,
    /// The id that the page itself gives, where the adapter reads it there.
    pub ad_id: Option<String>,
    /// The page's mark, if any.
    pub mark: Option<Mark>,
    /// What was unexpected.
    pub issues: Vec<Issue>,
}
