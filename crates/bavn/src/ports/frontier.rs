//! The crawl's memory in the store: its own words on both sides, its errors told as the crawl asks for.

use async_trait::async_trait;
use crawler::error::FrontierError;
use crawler::ports::Frontier;
use domain::crawl::{
    CachedRobots, Completed, Entry, ErrorKind, Held, HostState, Lease, NewEntry, Next, PageOutcome, PastLook, Run,
    RunId, RunSummary, RunTally, RunVerdict, SiteState, SiteWish, Trail,
};
use domain::{Capture, Page, SiteId};
use jiff::Timestamp;
use store::{NoticeChange, Store, StoreError};

/// The frontier in the store.
pub struct StoreFrontier {
    store: Store,
}

impl StoreFrontier {
    /// Over this store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

fn failed(doing: &'static str) -> impl FnOnce(StoreError) -> FrontierError {
    move |error| {
        let transient = error.is_transient();
        let source = Box::new(error);
        if transient { FrontierError::Unavailable { doing, source } } else { FrontierError::Failed { doing, source } }
    }
}

/// One line when a notice begins and one when it is over, also for those who watch the log alone.
fn tell(site: &SiteId, state: &SiteState, change: NoticeChange) {
    if let Some(phase) = change.ended {
        tracing::warn!(%site, %phase, "over");
    }
    if let Some(phase) = change.began {
        tracing::warn!(%site, %phase, reason = state.reason.en, "the site needs a look");
    }
}

#[async_trait]
impl Frontier for StoreFrontier {
    async fn begin_run(
        &self,
        site: &SiteId,
        at: Timestamp,
        seeds: &[NewEntry],
        state: &SiteState,
    ) -> Result<Run, FrontierError> {
        let begun = self.store.begin_run(site, at, seeds, state).await;
        let (run, change) = begun.map_err(failed("beginning a run"))?;
        tell(site, state, change);
        Ok(run)
    }

    async fn next_entry(&self, run: RunId, at: Timestamp) -> Result<Next, FrontierError> {
        self.store.next_entry(run, at).await.map_err(failed("taking the next page"))
    }

    async fn free_leased(&self, run: RunId) -> Result<(), FrontierError> {
        self.store.free_leased(run).await.map_err(failed("freeing pages"))
    }

    async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: &PageOutcome,
        trail: &Trail,
        at: Timestamp,
        and_lease: bool,
    ) -> Result<(Completed, Option<Box<Entry>>), FrontierError> {
        let kept = match and_lease {
            true => self.store.complete_and_lease(run, entry, outcome, trail, at).await,
            false => self.store.complete_with(run, entry, outcome, trail, at).await.map(|done| (done, None)),
        };
        kept.map_err(failed("keeping a page"))
    }

    async fn archive(&self, run: RunId, entry: &Entry, captures: &[Capture]) -> Result<(), FrontierError> {
        self.store.archive(run, entry.id, captures).await.map_err(failed("archiving answers without a page"))
    }

    async fn hold(
        &self,
        run: RunId,
        entry: &Entry,
        held: &Held,
        trail: &Trail,
        at: Timestamp,
    ) -> Result<(), FrontierError> {
        self.store.hold(run, entry, held, trail, at).await.map_err(failed("holding a page back"))
    }

    async fn next_held(&self, run: RunId) -> Result<Option<(Entry, Held)>, FrontierError> {
        self.store.next_held(run).await.map_err(failed("reading a page that is held back"))
    }

    async fn unchanged_listing(&self, site: &SiteId, url: &str, at: Timestamp) -> Result<Option<Page>, FrontierError> {
        self.store.unchanged_listing(site, url, at).await.map_err(failed("reading an archived listing page"))
    }

    async fn enter_unlisted(&self, run: RunId, recheck_before: Timestamp, at: Timestamp) -> Result<u32, FrontierError> {
        self.store.enter_unlisted(run, recheck_before, at).await.map_err(failed("entering ads that were not listed"))
    }

    async fn past_looks(&self, site: &SiteId, limit: u32) -> Result<Vec<PastLook>, FrontierError> {
        self.store.past_looks(site, limit).await.map_err(failed("reading past runs"))
    }

    async fn retry_later(
        &self,
        run: RunId,
        entry: &Entry,
        not_before: Timestamp,
        why: ErrorKind,
    ) -> Result<(), FrontierError> {
        self.store.retry_later(run, entry.id, not_before, why).await.map_err(failed("putting a page back"))
    }

    async fn put_back(&self, run: RunId, entry: &Entry) -> Result<(), FrontierError> {
        self.store.put_back(run, entry.id).await.map_err(failed("putting a page back"))
    }

    async fn give_up(&self, run: RunId, entry: &Entry, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError> {
        self.store.give_up(run, entry.id, why, at).await.map_err(failed("giving a page up"))
    }

    async fn give_up_rest(&self, run: RunId, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError> {
        self.store.give_up_rest(run, why, at).await.map_err(failed("giving the rest of a run up"))
    }

    async fn tally(&self, run: RunId) -> Result<RunTally, FrontierError> {
        self.store.tally(run).await.map_err(failed("reading a run"))
    }

    async fn finish_run(
        &self,
        run: RunId,
        verdict: &RunVerdict,
        at: Timestamp,
        state: &SiteState,
    ) -> Result<RunSummary, FrontierError> {
        let ended = self.store.finish_run(run, verdict, at, state).await;
        let (summary, change) = ended.map_err(failed("ending a run"))?;
        tell(&summary.site, state, change);
        Ok(summary)
    }

    async fn past_tallies(&self, site: &SiteId, limit: u32) -> Result<Vec<RunTally>, FrontierError> {
        self.store.past_tallies(site, limit).await.map_err(failed("reading past runs"))
    }

    async fn last_run_started(&self, site: &SiteId) -> Result<Option<Timestamp>, FrontierError> {
        self.store.last_run_started(site).await.map_err(failed("reading past runs"))
    }

    async fn host_state(&self, host: &str) -> Result<Option<(HostState, i64)>, FrontierError> {
        self.store.host_state(host).await.map_err(failed("reading a host's pace"))
    }

    async fn swap_host_state(
        &self,
        host: &str,
        known: i64,
        state: &HostState,
        site: Option<(&SiteId, &SiteState)>,
    ) -> Result<Option<i64>, FrontierError> {
        let kept = self.store.swap_host_state(host, known, state, site).await;
        let Some((revision, change)) = kept.map_err(failed("keeping a host's pace"))? else { return Ok(None) };
        if let Some((site, state)) = site {
            tell(site, state, change);
        }
        Ok(Some(revision))
    }

    async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, FrontierError> {
        self.store.cached_robots(origin).await.map_err(failed("reading robots.txt"))
    }

    async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), FrontierError> {
        self.store.save_robots(origin, robots).await.map_err(failed("keeping robots.txt"))
    }

    async fn site_state(&self, site: &SiteId) -> Result<Option<SiteState>, FrontierError> {
        self.store.site_state(site).await.map_err(failed("reading a site's state"))
    }

    async fn set_site_state(&self, site: &SiteId, state: &SiteState) -> Result<(), FrontierError> {
        let set = self.store.set_site_state(site, state).await;
        tell(site, state, set.map_err(failed("keeping a site's state"))?);
        Ok(())
    }

    async fn site_wish(&self, site: &SiteId) -> Result<SiteWish, FrontierError> {
        self.store.site_wish(site).await.map_err(failed("reading what is wanted of a site"))
    }

    async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Lease, FrontierError> {
        self.store.lease_site(site, worker, until, at).await.map_err(failed("taking a site"))
    }

    async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), FrontierError> {
        self.store.release_site(site, worker).await.map_err(failed("giving a site back"))
    }
}
