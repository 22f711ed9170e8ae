//! A page as it came, and what an adapter read in it.

use crate::ad::AdContent;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

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

/// What a request was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaptureKind {
    /// A listing page.
    Listing,
    /// An ad's own page.
    Detail,
    /// A host's robots.txt.
    Robots,
    /// Brought in from a web archive: what it is, the adapter says when it is read.
    Imported,
}

/// Why a body is not whole, in the words of WARC (ISO 28500, 5.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Truncated {
    /// It passed the limit.
    Length,
    /// It took too long.
    Time,
    /// The connection broke.
    Disconnect,
    /// It was not read, since the status said that it holds no page.
    Unspecified,
}

/// The heads of one request and its answer. Bytes are kept as Latin-1, so that each is there again when written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// Request line and headers as sent, with the empty line.
    pub request: String,
    /// Status line and headers as received, with the empty line.
    pub response: String,
    /// Who answered.
    pub remote: Option<IpAddr>,
    /// The protocol, where it was not HTTP/1.1: `h2`.
    pub protocol: Option<String>,
}

/// One request and its answer, to be archived.
#[derive(Debug, Clone)]
pub struct Capture {
    /// What it was made for.
    pub kind: CaptureKind,
    /// The answer; its body is empty where there was none (304) or it was not read.
    pub page: Page,
    /// The heads.
    pub exchange: Exchange,
    /// Why the body is not whole, if so.
    pub truncated: Option<Truncated>,
}

impl Truncated {
    /// As WARC writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Truncated::Length => "length",
            Truncated::Time => "time",
            Truncated::Disconnect => "disconnect",
            Truncated::Unspecified => "unspecified",
        }
    }

    /// From WARC's word; one that is not known is unspecified.
    pub fn parse(word: &str) -> Self {
        match word {
            "length" => Truncated::Length,
            "time" => Truncated::Time,
            "disconnect" => Truncated::Disconnect,
            _ => Truncated::Unspecified,
        }
    }
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
    /// The page broke off or was cut at a limit: ads may be missing.
    pub incomplete: bool,
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
