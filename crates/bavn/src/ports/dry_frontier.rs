//! A crawl's memory that keeps nothing of what it reads: for `bavn site dry-run` and `bavn site new`. Only what politeness
//! needs (the hosts' paces, robots.txt, the site's lease) is shared with the store, where there is one.

use super::StoreFrontier;
use async_trait::async_trait;
use crawler::error::{ErrorKind, FrontierError};
use crawler::ports::{
    CachedRobots, Completed, Entry, EntryId, EntryKind, Frontier, Held, HostState, Lease, NewEntry, Next, PageOutcome,
    PastLook, Run, RunId, RunSummary, RunTally, RunVerdict, SiteState, SiteWish, Trail,
};
use domain::{AdRef, Capture, Page, SiteId};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much is looked at.
#[derive(Debug, Clone, Copy)]
pub struct DryLimits {
    /// Listing pages that are read at most.
    pub listings: usize,
    /// Ads' pages that are read at most.
    pub ads: usize,
}

#[derive(Default)]
struct State {
    site: Option<SiteId>,
    started_at: Option<Timestamp>,
    /// Open entries; `not_before` where one was put back.
    open: BTreeMap<(EntryKind, i64), (NewEntry, u32, Option<Timestamp>)>,
    in_flight: usize,
    entered: HashSet<NewEntry>,
    listings: usize,
    ads: usize,
    listed: HashSet<AdRef>,
    tally: RunTally,
    pacing: HashMap<String, (HostState, i64)>,
    robots: HashMap<String, CachedRobots>,
}

/// The memory of one look.
pub struct DryFrontier {
    store: Option<StoreFrontier>,
    limits: DryLimits,
    state: Mutex<State>,
}

impl DryFrontier {
    /// Over the paces of this store, if there is one.
    pub fn new(store: Option<StoreFrontier>, limits: DryLimits) -> Self {
        Self { store, limits, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a page besides those that pages lead to.
    pub fn add(&self, entry: NewEntry) {
        self.state().enter(self.limits, entry);
    }

    /// What was read and what failed so far.
    pub fn tally_now(&self) -> RunTally {
        self.state().tally.clone()
    }
}

impl State {
    fn enter(&mut self, limits: DryLimits, entry: NewEntry) -> u32 {
        let room = match entry.kind {
            EntryKind::Listing => self.listings < limits.listings,
            EntryKind::Detail => self.ads < limits.ads,
            EntryKind::Image => false,
        };
        if !room || !self.entered.insert(entry.clone()) {
            return 0;
        }
        match entry.kind {
            EntryKind::Listing => self.listings += 1,
            _ => self.ads += 1,
        }
        let number = self.entered.len() as i64;
        self.open.insert((entry.kind, number), (entry, 0, None));
        1
    }
}

#[async_trait]
impl Frontier for DryFrontier {
    async fn begin_run(
        &self,
        site: &SiteId,
        at: Timestamp,
        seeds: &[NewEntry],
        _state: &SiteState,
    ) -> Result<Run, FrontierError> {
        let mut state = self.state();
        state.site = Some(site.clone());
        state.started_at = Some(at);
        for seed in seeds {
            state.enter(self.limits, seed.clone());
        }
        Ok(Run { id: RunId(1), resumed: false, started_at: at })
    }

    async fn next_entry(&self, _run: RunId, at: Timestamp) -> Result<Next, FrontierError> {
        let mut state = self.state();
        let due = state.open.iter().find(|(_, (.., not_before))| not_before.is_none_or(|time| time <= at));
        let Some(key) = due.map(|(key, _)| *key) else {
            let first = state.open.values().filter_map(|(.., not_before)| *not_before).min();
            return Ok(match first {
                Some(time) => Next::Wait(time),
                None if state.in_flight > 0 => Next::InFlight,
                None => Next::Drained,
            });
        };
        let Some((entry, attempts, _)) = state.open.remove(&key) else { return Ok(Next::Drained) };
        state.in_flight += 1;
        let NewEntry { kind, url, ad, depth } = entry;
        // Nothing is promised, so that no page is held back: a dry run shows each as it is.
        let (id, validators, promise) = (EntryId(key.1), None, None);
        Ok(Next::Entry(Box::new(Entry { id, kind, url, ad, depth, attempts, validators, promise })))
    }

    async fn free_leased(&self, _run: RunId) -> Result<(), FrontierError> {
        Ok(())
    }

    async fn archive(&self, _run: RunId, _entry: &Entry, _captures: &[Capture]) -> Result<(), FrontierError> {
        Ok(())
    }

    async fn complete(
        &self,
        _run: RunId,
        _entry: &Entry,
        outcome: &PageOutcome,
        _trail: &Trail,
        _at: Timestamp,
        _and_lease: bool,
    ) -> Result<(Completed, Option<Box<Entry>>), FrontierError> {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        let mut done = Completed::default();
        if let PageOutcome::Listing { items, next, .. } = outcome {
            let site = state.site.clone().unwrap_or_else(|| SiteId(String::new()));
            for item in items {
                let ad = AdRef { site: site.clone(), ad_id: item.ad_id.clone() };
                done.ads_seen += 1;
                if state.listed.insert(ad.clone()) {
                    state.tally.ads_listed += 1;
                    done.ads_new += 1;
                }
                let entry = NewEntry { kind: EntryKind::Detail, url: item.url.clone(), ad: Some(ad), depth: 0 };
                done.details_entered += state.enter(self.limits, entry);
            }
            for entry in next {
                done.listings_entered += state.enter(self.limits, entry.clone());
            }
        }
        state.tally.count(outcome, &done);
        Ok((done, None))
    }

    async fn hold(
        &self,
        _run: RunId,
        _entry: &Entry,
        _held: &Held,
        _trail: &Trail,
        _at: Timestamp,
    ) -> Result<(), FrontierError> {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        Ok(())
    }

    async fn next_held(&self, _run: RunId) -> Result<Option<(Entry, Held)>, FrontierError> {
        Ok(None)
    }

    async fn unchanged_listing(
        &self,
        _site: &SiteId,
        _url: &str,
        _at: Timestamp,
    ) -> Result<Option<Page>, FrontierError> {
        Ok(None)
    }

    async fn enter_unlisted(&self, _run: RunId, _before: Timestamp, _at: Timestamp) -> Result<u32, FrontierError> {
        Ok(0)
    }

    async fn past_looks(&self, _site: &SiteId, _limit: u32) -> Result<Vec<PastLook>, FrontierError> {
        Ok(Vec::new())
    }

    async fn retry_later(
        &self,
        _run: RunId,
        entry: &Entry,
        not_before: Timestamp,
        why: ErrorKind,
    ) -> Result<(), FrontierError> {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.tally.count_error(entry.kind, why, false);
        let (kind, url, ad, depth) = (entry.kind, entry.url.clone(), entry.ad.clone(), entry.depth);
        let again = (NewEntry { kind, url, ad, depth }, entry.attempts + 1, Some(not_before));
        state.open.insert((kind, entry.id.0), again);
        Ok(())
    }

    async fn put_back(&self, _run: RunId, entry: &Entry) -> Result<(), FrontierError> {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        let (kind, url, ad, depth) = (entry.kind, entry.url.clone(), entry.ad.clone(), entry.depth);
        state.open.insert((kind, entry.id.0), (NewEntry { kind, url, ad, depth }, entry.attempts, None));
        Ok(())
    }

    async fn give_up(&self, _run: RunId, entry: &Entry, why: ErrorKind, _at: Timestamp) -> Result<(), FrontierError> {
        let mut state = self.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        state.tally.count_error(entry.kind, why, true);
        Ok(())
    }

    async fn give_up_rest(&self, _run: RunId, why: ErrorKind, _at: Timestamp) -> Result<(), FrontierError> {
        let mut state = self.state();
        for ((kind, _), _) in std::mem::take(&mut state.open) {
            state.tally.count_error(kind, why, true);
        }
        Ok(())
    }

    async fn tally(&self, _run: RunId) -> Result<RunTally, FrontierError> {
        Ok(self.tally_now())
    }

    async fn finish_run(
        &self,
        run: RunId,
        verdict: &RunVerdict,
        at: Timestamp,
        _state: &SiteState,
    ) -> Result<RunSummary, FrontierError> {
        let state = self.state();
        Ok(RunSummary {
            run,
            site: state.site.clone().unwrap_or_else(|| SiteId(String::new())),
            started_at: state.started_at.unwrap_or(at),
            ended_at: at,
            tally: state.tally.clone(),
            missing_gone: 0,
            verdict: verdict.clone(),
        })
    }

    async fn past_tallies(&self, _site: &SiteId, _limit: u32) -> Result<Vec<RunTally>, FrontierError> {
        Ok(Vec::new())
    }

    async fn last_run_started(&self, _site: &SiteId) -> Result<Option<Timestamp>, FrontierError> {
        Ok(None)
    }

    async fn host_state(&self, host: &str) -> Result<Option<(HostState, i64)>, FrontierError> {
        match &self.store {
            Some(store) => store.host_state(host).await,
            None => Ok(self.state().pacing.get(host).cloned()),
        }
    }

    async fn swap_host_state(
        &self,
        host: &str,
        known: i64,
        pace: &HostState,
        site: Option<(&SiteId, &SiteState)>,
    ) -> Result<Option<i64>, FrontierError> {
        // The site's state stays what the last crawl made it.
        let _ = site;
        if let Some(store) = &self.store {
            return store.swap_host_state(host, known, pace, None).await;
        }
        let mut state = self.state();
        if state.pacing.get(host).map_or(0, |(_, revision)| *revision) != known {
            return Ok(None);
        }
        state.pacing.insert(host.to_owned(), (pace.clone(), known + 1));
        Ok(Some(known + 1))
    }

    async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, FrontierError> {
        match &self.store {
            Some(store) => store.cached_robots(origin).await,
            None => Ok(self.state().robots.get(origin).cloned()),
        }
    }

    async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), FrontierError> {
        match &self.store {
            Some(store) => store.save_robots(origin, robots).await,
            None => {
                self.state().robots.insert(origin.to_owned(), robots.clone());
                Ok(())
            }
        }
    }

    async fn site_state(&self, _site: &SiteId) -> Result<Option<SiteState>, FrontierError> {
        Ok(None)
    }

    async fn set_site_state(&self, _site: &SiteId, _state: &SiteState) -> Result<(), FrontierError> {
        Ok(())
    }

    async fn site_wish(&self, _site: &SiteId) -> Result<SiteWish, FrontierError> {
        Ok(SiteWish::Go)
    }

    async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Lease, FrontierError> {
        match &self.store {
            // A site that was never crawled is not registered: nobody else holds it.
            Some(store) => match store.lease_site(site, worker, until, at).await {
                Err(FrontierError::Failed { .. }) => Ok(Lease::Taken),
                other => other,
            },
            None => Ok(Lease::Taken),
        }
    }

    async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), FrontierError> {
        match &self.store {
            Some(store) => store.release_site(site, worker).await,
            None => Ok(()),
        }
    }
}
