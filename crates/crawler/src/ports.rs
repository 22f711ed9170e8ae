//! What the crawl needs from others: a [`Frontier`] that remembers, and a [`ReadPage`] that understands pages.
//!
//! The crawl keeps nothing of its own that must outlive a kill. Each method of [`Frontier`] that changes something is
//! one transaction; once it has returned, the change survives a power cut. The package `bavn` implements both ports.

use crate::error::FrontierError;
use async_trait::async_trait;
pub use domain::crawl::*;
use domain::{Capture, DetailRead, ListingRead, Page, PdqHash, SiteId};
use jiff::Timestamp;

/// The memory of the crawl.
#[async_trait]
pub trait Frontier: Send + Sync {
    /// Begins a run with these listing pages, or resumes the site's unfinished one: its leased entries become free and
    /// `seeds` are ignored. The site's state is `state` from then on.
    async fn begin_run(
        &self,
        site: &SiteId,
        at: Timestamp,
        seeds: &[NewEntry],
        state: &SiteState,
    ) -> Result<Run, FrontierError>;

    /// Leases the next entry that is due at `at`: listings, then details, then images; among them the order in which
    /// they were entered.
    async fn next_entry(&self, run: RunId, at: Timestamp) -> Result<Next, FrontierError>;

    /// Frees what is leased in a run and in nobody's hands: a lease whose answer was lost with its connection.
    async fn free_leased(&self, run: RunId) -> Result<(), FrontierError>;

    /// Records what an entry gave and marks it done, all in one transaction: archived page and trail, sightings, ad version,
    /// new entries, the run's tally. Done twice for one entry, the second changes nothing. With `and_lease` the next entry is
    /// leased in the same transaction, where the frontier can do that; `None` says that it is to be asked for.
    async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: &PageOutcome,
        trail: &Trail,
        at: Timestamp,
        and_lease: bool,
    ) -> Result<(Completed, Option<Box<Entry>>), FrontierError>;

    /// Archives what was asked for an entry that gave nothing: redirects, refusals, cut bodies, pages that could not be
    /// understood. An adapter that is mended later reads them again.
    async fn archive(&self, run: RunId, entry: &Entry, captures: &[Capture]) -> Result<(), FrontierError>;

    /// Puts an entry back, not to be taken before `not_before`, and counts the attempt and the error.
    async fn retry_later(
        &self,
        run: RunId,
        entry: &Entry,
        not_before: Timestamp,
        why: ErrorKind,
    ) -> Result<(), FrontierError>;

    /// Puts an entry back untouched: the crawl was told to stop before it was asked for.
    async fn put_back(&self, run: RunId, entry: &Entry) -> Result<(), FrontierError>;

    /// Marks an entry as failed for this run and counts the error. Its ad is neither sighted nor gone.
    async fn give_up(&self, run: RunId, entry: &Entry, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError>;

    /// Gives up everything that is still open in a run, when the site has shut the door.
    async fn give_up_rest(&self, run: RunId, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError>;

    /// Holds an ad's page back: it is archived and counted as a promise that was not kept, and has no effect on its ad
    /// until the entry is completed or given up.
    async fn hold(
        &self,
        run: RunId,
        entry: &Entry,
        held: &Held,
        trail: &Trail,
        at: Timestamp,
    ) -> Result<(), FrontierError>;

    /// The next entry of a run that is held back, in order of entry.
    async fn next_held(&self, run: RunId) -> Result<Option<(Entry, Held)>, FrontierError>;

    /// A listing page as it was when its validators were given, now seen unchanged at `at` (status 304). `None` where it
    /// is no longer kept.
    async fn unchanged_listing(&self, site: &SiteId, url: &str, at: Timestamp) -> Result<Option<Page>, FrontierError>;

    /// Enters the pages of the site's ads that are up, were not listed in this run, and whose page was last read before
    /// `recheck_before`. How many were entered.
    async fn enter_unlisted(&self, run: RunId, recheck_before: Timestamp, at: Timestamp) -> Result<u32, FrontierError>;

    /// What the run has done so far, also before a restart.
    async fn tally(&self, run: RunId) -> Result<RunTally, FrontierError>;

    /// Ends a run. Where the verdict says so (`verdict.missing_are_gone`), ads of the site that were up and were not
    /// seen on a listing in this run count as gone from `at`. How many did stands in `missing_gone`. The site's state is
    /// `state` from then on.
    async fn finish_run(
        &self,
        run: RunId,
        verdict: &RunVerdict,
        at: Timestamp,
        state: &SiteState,
    ) -> Result<RunSummary, FrontierError>;

    /// The tally of the site's last runs that ended well, newest first: what a run is compared with.
    async fn past_tallies(&self, site: &SiteId, limit: u32) -> Result<Vec<RunTally>, FrontierError>;

    /// The site's last whole looks at its listing, newest first.
    async fn past_looks(&self, site: &SiteId, limit: u32) -> Result<Vec<PastLook>, FrontierError>;

    /// When the site's last run began, if there was one: the schedule goes on from there after a restart.
    async fn last_run_started(&self, site: &SiteId) -> Result<Option<Timestamp>, FrontierError>;

    /// The state of a host (`name:port`, the port left out where it is the scheme's own) and its revision.
    async fn host_state(&self, host: &str) -> Result<Option<(HostState, i64)>, FrontierError>;

    /// Keeps the state of a host where its revision is still `known` (0: it was never kept), and the state of a site
    /// that follows from it in the same transaction. The new revision, or `None` where another worker was faster and
    /// nothing was kept.
    async fn swap_host_state(
        &self,
        host: &str,
        known: i64,
        state: &HostState,
        site: Option<(&SiteId, &SiteState)>,
    ) -> Result<Option<i64>, FrontierError>;

    /// The kept robots.txt of an origin (`scheme://name:port`).
    async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, FrontierError>;

    /// Keeps a robots.txt.
    async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), FrontierError>;

    /// The site's state.
    async fn site_state(&self, site: &SiteId) -> Result<Option<SiteState>, FrontierError>;

    /// Sets the site's state. Where it is the same as before, its `since` stays.
    async fn set_site_state(&self, site: &SiteId, state: &SiteState) -> Result<(), FrontierError>;

    /// What the administrator wants of the site.
    async fn site_wish(&self, site: &SiteId) -> Result<SiteWish, FrontierError>;

    /// Takes or renews the site for a worker until a time, unless another worker holds it at `at`.
    async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Lease, FrontierError>;

    /// Gives the site back; nothing happens where another worker holds it.
    async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), FrontierError>;
}

/// The understanding of pages. Pure; may take long on large pages, so that it is called on a blocking thread.
pub trait ReadPage: Send + Sync {
    /// Reads a listing page by the site's adapter.
    fn listing(&self, site: &SiteId, page: &Page) -> ListingRead;
    /// Reads an ad's page by the site's adapter.
    fn detail(&self, site: &SiteId, page: &Page) -> DetailRead;
    /// The PDQ hash and quality of a picture's bytes, or what is wrong with them.
    fn image(&self, bytes: &[u8]) -> Result<(PdqHash, u8), String>;
}
