//! A frontier in memory that keeps the port's promises, and outlives 'processes' as a store does.

use async_trait::async_trait;
use crawler::FrontierError;
use crawler::ports::*;
use domain::{AdContent, AdRef, Capture, Exchange, Page, SiteId};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};
use tokio::sync::watch;

#[derive(Debug, Clone, PartialEq)]
enum Row {
    Open { not_before: Option<Timestamp> },
    Leased,
    Held,
    Done,
    Failed,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ad {
    pub excerpt: String,
    pub versions: Vec<AdContent>,
    pub sightings: Vec<Timestamp>,
    pub read_at: Option<Timestamp>,
    pub validators: Validators,
    pub gone: Option<Timestamp>,
    pub images: BTreeMap<String, u8>,
}

#[derive(Debug, Clone)]
struct RunRow {
    site: SiteId,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
    tally: RunTally,
    listed: HashSet<AdRef>,
    good: bool,
    missing_gone: u64,
}

#[derive(Default)]
pub struct State {
    runs: BTreeMap<RunId, RunRow>,
    entries: BTreeMap<EntryId, (RunId, NewEntry, u32, Row)>,
    /// What a listing of the run showed of the entry's ad.
    promises: HashMap<EntryId, String>,
    held: HashMap<EntryId, Held>,
    /// Listing pages that gave validators, by address.
    listings: HashMap<String, (Validators, Page)>,
    pub ads: BTreeMap<AdRef, Ad>,
    pub pacing: HashMap<String, (HostState, i64)>,
    robots: HashMap<String, CachedRobots>,
    pub states: HashMap<SiteId, SiteState>,
    /// Every state that a site went through.
    pub history: Vec<SiteState>,
    pub wishes: HashMap<SiteId, SiteWish>,
    leases: HashMap<SiteId, (String, Timestamp)>,
    pub pages_archived: usize,
    /// Everything archived beside pages.
    pub captures: Vec<Capture>,
    /// The heads of the archived pages, in order.
    pub own_heads: Vec<Exchange>,
}

#[derive(Default)]
pub struct Memory {
    state: Mutex<State>,
    /// So many calls fail as if the database were away.
    pub away: AtomicU32,
    calls: Calls,
}

/// Counts the calls.
struct Calls(watch::Sender<usize>);

impl Default for Calls {
    fn default() -> Self {
        Self(watch::channel(0).0)
    }
}

impl Memory {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("unpoisoned")
    }

    pub fn ad(&self, ad_id: &str) -> Ad {
        self.state().ads.get(&AdRef::new("s1", ad_id)).cloned().unwrap_or_default()
    }

    pub fn up(&self) -> Vec<String> {
        self.state().ads.iter().filter(|(_, ad)| ad.gone.is_none()).map(|(ad, _)| ad.ad_id.clone()).collect()
    }

    /// Returns when the frontier was called so often.
    pub async fn called(&self, times: usize) {
        let _ = self.calls.0.subscribe().wait_for(|count| *count >= times).await;
    }

    fn here(&self) -> Result<MutexGuard<'_, State>, FrontierError> {
        self.calls.0.send_modify(|count| *count += 1);
        let away = self.away.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        match away {
            Ok(_) => Err(FrontierError::Unavailable { doing: "testing", source: "database away".into() }),
            Err(_) => Ok(self.state()),
        }
    }
}

impl State {
    fn entry(&self, id: EntryId, new: NewEntry, attempts: u32) -> Entry {
        let NewEntry { kind, url, ad, depth } = new;
        let validators = match kind {
            EntryKind::Listing => self.listings.get(&url).map(|(validators, _)| validators.clone()),
            EntryKind::Detail => ad.as_ref().and_then(|ad| self.ads.get(ad)).map(|ad| ad.validators.clone()),
            EntryKind::Image => None,
        };
        let validators = validators.filter(|known| *known != Validators::default());
        let promise = self.promises.get(&id).cloned();
        Entry { id, kind, url, ad, depth, attempts, validators, promise }
    }

    fn enter(&mut self, run: RunId, new: &NewEntry) -> u32 {
        if self.entries.values().any(|(known_run, known, ..)| {
            *known_run == run && known.kind == new.kind && known.url == new.url && known.ad == new.ad
        }) {
            return 0;
        }
        let id = EntryId(self.entries.len() as i64 + 1);
        self.entries.insert(id, (run, new.clone(), 0, Row::Open { not_before: None }));
        1
    }

    fn set(&mut self, entry: &Entry, row: Row) {
        if let Some(known) = self.entries.get_mut(&entry.id) {
            known.3 = row;
        }
    }

    fn set_state(&mut self, site: &SiteId, new: &SiteState) {
        self.history.push(new.clone());
        if !self.states.get(site).is_some_and(|known| known.same_as(new)) {
            self.states.insert(site.clone(), new.clone());
        }
    }

    fn error(&mut self, run: RunId, kind: EntryKind, why: ErrorKind, given_up: bool) {
        if let Some(run) = self.runs.get_mut(&run) {
            run.tally.count_error(kind, why, given_up);
        }
    }
}

#[async_trait]
impl Frontier for Memory {
    async fn begin_run(
        &self,
        site: &SiteId,
        at: Timestamp,
        seeds: &[NewEntry],
        site_state: &SiteState,
    ) -> Result<Run, FrontierError> {
        let mut state = self.here()?;
        state.set_state(site, site_state);
        let open = state.runs.iter().find(|(_, run)| run.site == *site && run.ended_at.is_none());
        if let Some((id, started_at)) = open.map(|(id, run)| (*id, run.started_at)) {
            for (run, _, _, row) in state.entries.values_mut() {
                if *run == id && *row == Row::Leased {
                    *row = Row::Open { not_before: None };
                }
            }
            return Ok(Run { id, resumed: true, started_at });
        }
        let id = RunId(state.runs.len() as i64 + 1);
        let row = RunRow {
            site: site.clone(),
            started_at: at,
            ended_at: None,
            tally: RunTally::default(),
            listed: HashSet::new(),
            good: false,
            missing_gone: 0,
        };
        state.runs.insert(id, row);
        for seed in seeds {
            state.enter(id, seed);
        }
        Ok(Run { id, resumed: false, started_at: at })
    }

    async fn next_entry(&self, run: RunId, at: Timestamp) -> Result<Next, FrontierError> {
        let mut state = self.here()?;
        let mut open: Vec<_> = Vec::new();
        let (mut in_flight, mut wait) = (false, None::<Timestamp>);
        for (id, (known_run, new, _, row)) in &state.entries {
            match row {
                _ if *known_run != run => {}
                Row::Open { not_before: Some(due) } if *due > at => wait = Some(wait.map_or(*due, |w| w.min(*due))),
                Row::Open { .. } => open.push((new.kind, *id)),
                Row::Leased => in_flight = true,
                Row::Held | Row::Done | Row::Failed => {}
            }
        }
        let Some((_, id)) = open.into_iter().min() else {
            return Ok(match wait {
                Some(at) => Next::Wait(at),
                None if in_flight => Next::InFlight,
                None => Next::Drained,
            });
        };
        let row = state.entries.get_mut(&id).expect("just found");
        row.3 = Row::Leased;
        let (new, attempts) = (row.1.clone(), row.2);
        Ok(Next::Entry(Box::new(state.entry(id, new, attempts))))
    }

    async fn free_leased(&self, run: RunId) -> Result<(), FrontierError> {
        let mut state = self.here()?;
        for (known, _, _, row) in state.entries.values_mut() {
            if *known == run && *row == Row::Leased {
                *row = Row::Open { not_before: None };
            }
        }
        Ok(())
    }

    async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: &PageOutcome,
        trail: &Trail,
        _at: Timestamp,
        _and_lease: bool,
    ) -> Result<(Completed, Option<Box<Entry>>), FrontierError> {
        let mut guard = self.here()?;
        let state = &mut *guard;
        state.captures.extend(trail.before.iter().cloned());
        state.own_heads.extend(trail.own.clone());
        if state.entries.get(&entry.id).is_none_or(|(.., row)| *row == Row::Done) {
            return Ok((Completed::default(), None));
        }
        let mut done = Completed::default();
        let site = state.runs[&run].site.clone();
        match outcome {
            PageOutcome::Listing { page, validators, items, recheck_before, next, .. } => {
                state.pages_archived += 1;
                state.listings.insert(entry.url.clone(), (validators.clone(), page.clone()));
                for item in items {
                    let ad_ref = AdRef { site: site.clone(), ad_id: item.ad_id.clone() };
                    done.ads_new += u32::from(!state.ads.contains_key(&ad_ref));
                    let ad = state.ads.entry(ad_ref.clone()).or_default();
                    ad.gone = None;
                    ad.sightings.push(page.fetched_at);
                    let due = ad.read_at.is_none_or(|read_at| read_at < *recheck_before);
                    let changed = ad.excerpt != item.excerpt;
                    ad.excerpt = item.excerpt.clone();
                    if due || changed {
                        let (kind, url, depth) = (EntryKind::Detail, item.url.clone(), 0);
                        let new = NewEntry { kind, url, ad: Some(ad_ref.clone()), depth };
                        if state.enter(run, &new) == 1 {
                            done.details_entered += 1;
                            state.promises.insert(EntryId(state.entries.len() as i64), item.excerpt.clone());
                        }
                    }
                    let row = state.runs.get_mut(&run).expect("a run");
                    done.ads_seen += 1;
                    row.tally.ads_listed += u64::from(row.listed.insert(ad_ref));
                }
                for new in next {
                    done.listings_entered += state.enter(run, new);
                }
            }
            PageOutcome::Detail { page, validators, content, images, .. } => {
                state.pages_archived += 1;
                let ad = state.ads.get_mut(entry.ad.as_ref().expect("an ad")).expect("listed");
                ad.sightings.push(page.fetched_at);
                ad.read_at = Some(page.fetched_at);
                ad.validators = validators.clone();
                if ad.versions.last().map(AdContent::identity) != Some(content.identity()) {
                    done.changed = !ad.versions.is_empty();
                    ad.versions.push((**content).clone());
                }
                let known: HashSet<String> = ad.images.keys().cloned().collect();
                for new in images.iter().filter(|new| !known.contains(&new.url)) {
                    done.images_entered += state.enter(run, new);
                }
            }
            PageOutcome::Image { pdq, .. } => {
                let ad = state.ads.get_mut(entry.ad.as_ref().expect("an ad")).expect("listed");
                ad.images.insert(entry.url.clone(), pdq.0[0]);
            }
            PageOutcome::Unchanged { fetched_at } => {
                let ad = state.ads.get_mut(entry.ad.as_ref().expect("an ad")).expect("listed");
                ad.sightings.push(*fetched_at);
                ad.read_at = Some(*fetched_at);
            }
            PageOutcome::Gone { fetched_at, .. } => {
                let ad = state.ads.get_mut(entry.ad.as_ref().expect("an ad")).expect("listed");
                ad.gone = Some(*fetched_at);
            }
        }
        state.set(entry, Row::Done);
        state.runs.get_mut(&run).expect("a run").tally.count(outcome, &done);
        Ok((done, None))
    }

    async fn archive(&self, _run: RunId, _entry: &Entry, captures: &[Capture]) -> Result<(), FrontierError> {
        self.here()?.captures.extend(captures.iter().cloned());
        Ok(())
    }

    async fn hold(
        &self,
        run: RunId,
        entry: &Entry,
        held: &Held,
        trail: &Trail,
        _at: Timestamp,
    ) -> Result<(), FrontierError> {
        let mut state = self.here()?;
        state.captures.extend(trail.before.iter().cloned());
        state.own_heads.extend(trail.own.clone());
        state.set(entry, Row::Held);
        state.held.insert(entry.id, held.clone());
        let tally = &mut state.runs.get_mut(&run).expect("a run").tally;
        tally.promised += 1;
        tally.broken_promises += 1;
        Ok(())
    }

    async fn next_held(&self, run: RunId) -> Result<Option<(Entry, Held)>, FrontierError> {
        let state = self.here()?;
        let found = state.entries.iter().find(|(_, (known_run, _, _, row))| *known_run == run && *row == Row::Held);
        Ok(found.map(|(id, (_, new, attempts, _))| (state.entry(*id, new.clone(), *attempts), state.held[id].clone())))
    }

    async fn unchanged_listing(&self, _site: &SiteId, url: &str, at: Timestamp) -> Result<Option<Page>, FrontierError> {
        let page = self.here()?.listings.get(url).map(|(_, page)| page.clone());
        Ok(page.map(|page| Page { status: 304, fetched_at: at, ..page }))
    }

    async fn enter_unlisted(
        &self,
        run: RunId,
        recheck_before: Timestamp,
        _at: Timestamp,
    ) -> Result<u32, FrontierError> {
        let mut state = self.here()?;
        let (site, listed) = (state.runs[&run].site.clone(), state.runs[&run].listed.clone());
        let due = |(ad_ref, ad): (&AdRef, &Ad)| {
            let is_due = ad.gone.is_none() && ad.read_at.is_some_and(|read_at| read_at < recheck_before);
            let url = ad.versions.last().and_then(|content| content.url.clone());
            (is_due && ad_ref.site == site && !listed.contains(ad_ref)).then_some((ad_ref.clone(), url?))
        };
        let due: Vec<_> = state.ads.iter().filter_map(due).collect();
        let new = |(ad, url)| NewEntry { kind: EntryKind::Detail, url, ad: Some(ad), depth: 0 };
        Ok(due.into_iter().map(|due| state.enter(run, &new(due))).sum())
    }

    async fn past_looks(&self, site: &SiteId, limit: u32) -> Result<Vec<PastLook>, FrontierError> {
        let state = self.here()?;
        let ended = |run: &RunRow| run.tally.errors.contains_key(&ErrorKind::StoppedByPerson);
        let whole = |run: &&RunRow| run.site == *site && run.good && run.tally.listing_failures == 0 && !ended(run);
        let looks = state.runs.values().rev().filter(whole).map(|run| {
            let tally = &run.tally;
            let changed = run.missing_gone + tally.ads_new + tally.ads_changed + tally.ads_gone > 0;
            PastLook { at: run.started_at, changed }
        });
        Ok(looks.take(limit as usize).collect())
    }

    async fn retry_later(
        &self,
        run: RunId,
        entry: &Entry,
        not_before: Timestamp,
        why: ErrorKind,
    ) -> Result<(), FrontierError> {
        let mut state = self.here()?;
        state.set(entry, Row::Open { not_before: Some(not_before) });
        if let Some(row) = state.entries.get_mut(&entry.id) {
            row.2 += 1;
        }
        state.error(run, entry.kind, why, false);
        Ok(())
    }

    async fn put_back(&self, _run: RunId, entry: &Entry) -> Result<(), FrontierError> {
        self.here()?.set(entry, Row::Open { not_before: None });
        Ok(())
    }

    async fn give_up(&self, run: RunId, entry: &Entry, why: ErrorKind, _at: Timestamp) -> Result<(), FrontierError> {
        let mut state = self.here()?;
        state.set(entry, Row::Failed);
        state.error(run, entry.kind, why, true);
        Ok(())
    }

    async fn give_up_rest(&self, run: RunId, why: ErrorKind, _at: Timestamp) -> Result<(), FrontierError> {
        let mut state = self.here()?;
        let mut kinds = Vec::new();
        for (known_run, new, _, row) in state.entries.values_mut() {
            if *known_run == run && matches!(row, Row::Open { .. } | Row::Leased) {
                *row = Row::Failed;
                kinds.push(new.kind);
            }
        }
        for kind in kinds {
            state.error(run, kind, why, true);
        }
        Ok(())
    }

    async fn tally(&self, run: RunId) -> Result<RunTally, FrontierError> {
        Ok(self.here()?.runs[&run].tally.clone())
    }

    async fn finish_run(
        &self,
        run: RunId,
        verdict: &RunVerdict,
        at: Timestamp,
        site_state: &SiteState,
    ) -> Result<RunSummary, FrontierError> {
        let mut guard = self.here()?;
        let state = &mut *guard;
        let site = state.runs[&run].site.clone();
        state.set_state(&site, site_state);
        let row = state.runs.get_mut(&run).expect("a run");
        row.ended_at = Some(at);
        row.good = verdict.end != RunEnd::Failed;
        let mut missing_gone = 0;
        if verdict.missing_are_gone {
            for (ad_ref, ad) in &mut state.ads {
                if ad_ref.site == row.site && ad.gone.is_none() && !row.listed.contains(ad_ref) {
                    ad.gone = Some(at);
                    missing_gone += 1;
                }
            }
        }
        row.missing_gone = missing_gone;
        Ok(RunSummary {
            run,
            site: row.site.clone(),
            started_at: row.started_at,
            ended_at: at,
            tally: row.tally.clone(),
            missing_gone,
            verdict: verdict.clone(),
        })
    }

    async fn past_tallies(&self, site: &SiteId, limit: u32) -> Result<Vec<RunTally>, FrontierError> {
        let state = self.here()?;
        let past = state.runs.values().rev().filter(|run| run.site == *site && run.good && run.ended_at.is_some());
        Ok(past.take(limit as usize).map(|run| run.tally.clone()).collect())
    }

    async fn last_run_started(&self, site: &SiteId) -> Result<Option<Timestamp>, FrontierError> {
        let state = self.here()?;
        Ok(state.runs.values().rfind(|run| run.site == *site).map(|run| run.started_at))
    }

    async fn host_state(&self, host: &str) -> Result<Option<(HostState, i64)>, FrontierError> {
        Ok(self.here()?.pacing.get(host).cloned())
    }

    async fn swap_host_state(
        &self,
        host: &str,
        known: i64,
        pace: &HostState,
        site: Option<(&SiteId, &SiteState)>,
    ) -> Result<Option<i64>, FrontierError> {
        let mut state = self.here()?;
        if state.pacing.get(host).map_or(0, |(_, revision)| *revision) != known {
            return Ok(None);
        }
        state.pacing.insert(host.to_owned(), (pace.clone(), known + 1));
        if let Some((site, new)) = site {
            state.set_state(site, new);
        }
        Ok(Some(known + 1))
    }

    async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, FrontierError> {
        Ok(self.here()?.robots.get(origin).cloned())
    }

    async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), FrontierError> {
        self.here()?.robots.insert(origin.to_owned(), robots.clone());
        Ok(())
    }

    async fn site_state(&self, site: &SiteId) -> Result<Option<SiteState>, FrontierError> {
        Ok(self.here()?.states.get(site).cloned())
    }

    async fn set_site_state(&self, site: &SiteId, new: &SiteState) -> Result<(), FrontierError> {
        self.here()?.set_state(site, new);
        Ok(())
    }

    async fn site_wish(&self, site: &SiteId) -> Result<SiteWish, FrontierError> {
        Ok(self.here()?.wishes.get(site).copied().unwrap_or_default())
    }

    async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<Lease, FrontierError> {
        let mut state = self.here()?;
        if let Some((holder, until)) = state.leases.get(site).filter(|(holder, until)| holder != worker && *until > at)
        {
            return Ok(Lease::Held { by: holder.clone(), until: *until });
        }
        state.leases.insert(site.clone(), (worker.to_owned(), until));
        Ok(Lease::Taken)
    }

    async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), FrontierError> {
        let mut state = self.here()?;
        if state.leases.get(site).is_some_and(|(holder, _)| holder == worker) {
            state.leases.remove(site);
        }
        Ok(())
    }
}
