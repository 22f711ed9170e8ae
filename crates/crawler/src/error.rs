//! What can go wrong, each with what was tried and what to do.

use domain::SiteId;
pub use domain::crawl::ErrorKind;

/// The memory of the crawl failed.
#[derive(Debug, thiserror::Error)]
pub enum FrontierError {
    /// It may be back in a moment: full disk, database away. The crawl waits and tries again.
    #[error("the store did not answer while {doing}: {source}; the crawl waits and tries again")]
    Unavailable {
        /// What was tried.
        doing: &'static str,
        /// The store's own error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It will not go away by itself.
    #[error("the store refused while {doing}: {source}; run `bavn doctor`")]
    Failed {
        /// What was tried.
        doing: &'static str,
        /// The store's own error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A crawl could not be made or went wrong as a whole. A run that merely found too little is no error: see
/// [`domain::crawl::RunVerdict`].
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    /// No approval.
    #[error(
        "site {site} has no recorded approval and was not crawled; record who approved it, when, on what legal basis and until when in its site.toml"
    )]
    NotApproved {
        /// Which site.
        site: SiteId,
    },
    /// The approval has ended.
    #[error("the approval of site {site} ended on {until} and the site was not crawled; renew it in its site.toml")]
    ApprovalExpired {
        /// Which site.
        site: SiteId,
        /// When it ended.
        until: jiff::Timestamp,
    },
    /// Another worker crawls it.
    #[error(
        "site {site} is being crawled by another worker; it is free again when that one ends or its lease runs out"
    )]
    HeldByAnother {
        /// Which site.
        site: SiteId,
    },
    /// The plan cannot work.
    #[error("site {site} cannot be crawled: {what}")]
    Plan {
        /// Which site.
        site: SiteId,
        /// What is wrong and what to do.
        what: String,
    },
    /// The store failed for good.
    #[error(transparent)]
    Frontier(#[from] FrontierError),
    /// The client could not be made.
    #[error("the HTTP client could not be started: {0}")]
    Client(String),
}
