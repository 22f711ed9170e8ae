//! What a draft gives.

use super::super::AdapterError;
use super::WantedKind;
use domain::Page;

/// What the person who asks for a draft says of the site.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftSettings {
    /// The folder's name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Addresses on private networks that it may be at.
    pub allow_private: Vec<String>,
    /// Least seconds between two requests.
    pub delay_s: f64,
}

/// A drafted adapter.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The `site.toml`.
    pub toml: String,
    /// What was found, rule by rule.
    pub found: Vec<Found>,
    /// Pages to be saved as samples: file name without ending, kind, page.
    pub samples: Vec<(String, WantedKind, Page)>,
    /// What a person should look at before using it.
    pub doubts: Vec<String>,
}

/// One rule of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `listing.item`, `detail.title`, `detail.fields.price`.
    pub at: String,
    /// As it stands in the file.
    pub rule: String,
    /// Why it was chosen.
    pub why: String,
    /// On how many of the pages it gives something.
    pub filled: usize,
    /// Of how many.
    pub pages: usize,
    /// Some of the values; they are the ads' own text.
    pub examples: Vec<String>,
}

/// Why there is no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// No page came.
    #[error("no page of the site could be had, so there is nothing to draft from")]
    NoPage,
    /// No entries.
    #[error(
        "the page shows no list of at least two entries that are written alike and lead to pages of their own; give the address of a listing page, a sitemap or a feed"
    )]
    NoListing,
    /// The entries' pages.
    #[error("the listing was found ({entries} entries, `{item}`), but none of the ads' pages could be had")]
    NoAd {
        /// Entries of the listing.
        entries: usize,
        /// Selector of an entry.
        item: String,
    },
    /// No title and no text.
    #[error(
        "the listing was found, but no element of the ads' pages differs from ad to ad as a title or text does; write [detail] by hand as config/sites/README.md shows"
    )]
    NoContent,
    /// A mistake of ours.
    #[error("the draft does not load as an adapter: {0}")]
    DoesNotLoad(#[from] AdapterError),
}
