//! The crawl's memory in the store. The two crates know only `domain`, so each has its own types for the same things;
//! here they are translated, field by field.

use async_trait::async_trait;
use crawler::error::{ErrorKind, FrontierError};
use crawler::ports::{
    CachedRobots, Completed, Entry, EntryId, EntryKind, Frontier, GoneReason, HostState, NewEntry, Next, PageOutcome,
    RobotsAnswer, Run, RunId, SitePhase, SiteState, SiteWish, Validators,
};
use crawler::run::{RunEnd, RunSummary, RunTally, RunVerdict};
use domain::SiteId;
use jiff::Timestamp;
use store::crawl as kept;
use store::{Store, StoreError};

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

/// A value that both sides write alike as JSON.
fn same<A: serde::Serialize, B: serde::de::DeserializeOwned>(
    what: &'static str,
    value: &A,
) -> Result<B, FrontierError> {
    let translated = serde_json::to_value(value).and_then(serde_json::from_value);
    translated.map_err(|error| FrontierError::Failed { doing: what, source: Box::new(error) })
}

fn kind_in(kind: EntryKind) -> kept::EntryKind {
    match kind {
        EntryKind::Listing => kept::EntryKind::Listing,
        EntryKind::Detail => kept::EntryKind::Detail,
        EntryKind::Image => kept::EntryKind::Image,
    }
}

fn kind_out(kind: kept::EntryKind) -> EntryKind {
    match kind {
        kept::EntryKind::Listing => EntryKind::Listing,
        kept::EntryKind::Detail => EntryKind::Detail,
        kept::EntryKind::Image => EntryKind::Image,
    }
}

fn new_entry(entry: &NewEntry) -> kept::NewEntry {
    kept::NewEntry { kind: kind_in(entry.kind), url: entry.url.clone(), ad: entry.ad.clone(), depth: entry.depth }
}

fn entry_in(entry: &Entry) -> kept::Entry {
    kept::Entry {
        id: kept::EntryId(entry.id.0),
        kind: kind_in(entry.kind),
        url: entry.url.clone(),
        ad: entry.ad.clone(),
        depth: entry.depth,
        attempts: entry.attempts,
        validators: entry.validators.clone().map(validators_in),
    }
}

fn entry_out(entry: kept::Entry) -> Entry {
    Entry {
        id: EntryId(entry.id.0),
        kind: kind_out(entry.kind),
        url: entry.url,
        ad: entry.ad,
        depth: entry.depth,
        attempts: entry.attempts,
        validators: entry.validators.map(|known| Validators { etag: known.etag, last_modified: known.last_modified }),
    }
}

fn validators_in(known: Validators) -> kept::Validators {
    kept::Validators { etag: known.etag, last_modified: known.last_modified }
}

fn gone_word(why: GoneReason) -> &'static str {
    match why {
        GoneReason::NotFound => "not_found",
        GoneReason::Gone => "gone",
        GoneReason::MarkedExpired => "marked_expired",
        GoneReason::MarkedSuspended => "marked_suspended",
        GoneReason::RedirectToListing => "redirect_to_listing",
    }
}

fn outcome_in(outcome: PageOutcome) -> kept::PageOutcome {
    match outcome {
        PageOutcome::Listing { page, items, recheck_before, next, mark, issues } => kept::PageOutcome::Listing {
            page,
            items,
            recheck_before,
            next: next.iter().map(new_entry).collect(),
            mark,
            issues,
        },
        PageOutcome::Detail { page, validators, content, images, issues } => kept::PageOutcome::Detail {
            page,
            validators: validators_in(validators),
            content,
            images: images.iter().map(new_entry).collect(),
            issues,
        },
        PageOutcome::Image { pdq, quality, fetched_at } => kept::PageOutcome::Image { pdq, quality, fetched_at },
        PageOutcome::Unchanged { fetched_at } => kept::PageOutcome::Unchanged { fetched_at },
        PageOutcome::Gone { why, fetched_at, page } => {
            kept::PageOutcome::Gone { why: gone_word(why).to_owned(), fetched_at, page }
        }
    }
}

fn phase_word(phase: SitePhase) -> &'static str {
    match phase {
        SitePhase::Idle => "idle",
        SitePhase::Running => "running",
        SitePhase::Waiting => "waiting",
        SitePhase::Failed => "failed",
        SitePhase::Closed => "closed",
        SitePhase::Paused => "paused",
    }
}

fn phase_of(word: &str) -> SitePhase {
    match word {
        "running" => SitePhase::Running,
        "waiting" => SitePhase::Waiting,
        "failed" => SitePhase::Failed,
        "closed" => SitePhase::Closed,
        "paused" => SitePhase::Paused,
        _ => SitePhase::Idle,
    }
}

#[async_trait]
impl Frontier for StoreFrontier {
    async fn begin_run(&self, site: &SiteId, at: Timestamp, seeds: &[NewEntry]) -> Result<Run, FrontierError> {
        let seeds: Vec<_> = seeds.iter().map(new_entry).collect();
        let run = self.store.begin_run(site, at, &seeds).await.map_err(failed("beginning a run"))?;
        Ok(Run { id: RunId(run.id.0), resumed: run.resumed, started_at: run.started_at })
    }

    async fn next_entry(&self, run: RunId, at: Timestamp) -> Result<Next, FrontierError> {
        let next = self.store.next_entry(kept::RunId(run.0), at).await.map_err(failed("taking the next page"))?;
        Ok(match next {
            kept::Next::Entry(entry) => Next::Entry(Box::new(entry_out(*entry))),
            kept::Next::Wait(until) => Next::Wait(until),
            kept::Next::InFlight => Next::InFlight,
            kept::Next::Drained => Next::Drained,
        })
    }

    async fn complete(
        &self,
        run: RunId,
        entry: &Entry,
        outcome: PageOutcome,
        at: Timestamp,
    ) -> Result<Completed, FrontierError> {
        let done = self
            .store
            .complete(kept::RunId(run.0), &entry_in(entry), outcome_in(outcome), at)
            .await
            .map_err(failed("keeping a page"))?;
        Ok(Completed {
            ads_new: done.ads_new,
            ads_seen: done.ads_seen,
            changed: done.changed,
            details_entered: done.details_entered,
            listings_entered: done.listings_entered,
            images_entered: done.images_entered,
        })
    }

    async fn retry_later(
        &self,
        run: RunId,
        entry: &Entry,
        not_before: Timestamp,
        why: ErrorKind,
    ) -> Result<(), FrontierError> {
        let (run, id) = (kept::RunId(run.0), kept::EntryId(entry.id.0));
        self.store.retry_later(run, id, not_before, why.as_str()).await.map_err(failed("putting a page back"))
    }

    async fn put_back(&self, run: RunId, entry: &Entry) -> Result<(), FrontierError> {
        let (run, id) = (kept::RunId(run.0), kept::EntryId(entry.id.0));
        self.store.put_back(run, id).await.map_err(failed("putting a page back"))
    }

    async fn give_up(&self, run: RunId, entry: &Entry, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError> {
        let (run, id) = (kept::RunId(run.0), kept::EntryId(entry.id.0));
        self.store.give_up(run, id, why.as_str(), at).await.map_err(failed("giving a page up"))
    }

    async fn give_up_rest(&self, run: RunId, why: ErrorKind, at: Timestamp) -> Result<(), FrontierError> {
        let run = kept::RunId(run.0);
        self.store.give_up_rest(run, why.as_str(), at).await.map_err(failed("giving the rest of a run up"))
    }

    async fn tally(&self, run: RunId) -> Result<RunTally, FrontierError> {
        let tally = self.store.tally(kept::RunId(run.0)).await.map_err(failed("reading a run"))?;
        same("reading a run", &tally)
    }

    async fn finish_run(&self, run: RunId, verdict: &RunVerdict, at: Timestamp) -> Result<RunSummary, FrontierError> {
        let end = match verdict.end {
            RunEnd::Good => "good",
            RunEnd::Partial => "partial",
            RunEnd::Failed => "failed",
        };
        let told = kept::RunVerdict {
            end: end.to_owned(),
            missing_are_gone: verdict.missing_are_gone,
            reasons: verdict.reasons.clone(),
        };
        let done = self.store.finish_run(kept::RunId(run.0), &told, at).await.map_err(failed("ending a run"))?;
        Ok(RunSummary {
            run,
            site: done.site,
            started_at: done.started_at,
            ended_at: done.ended_at,
            tally: same("ending a run", &done.tally)?,
            missing_gone: done.missing_gone,
            verdict: verdict.clone(),
        })
    }

    async fn past_tallies(&self, site: &SiteId, limit: u32) -> Result<Vec<RunTally>, FrontierError> {
        let tallies = self.store.past_tallies(site, limit).await.map_err(failed("reading past runs"))?;
        tallies.iter().map(|tally| same("reading past runs", tally)).collect()
    }

    async fn last_run_started(&self, site: &SiteId) -> Result<Option<Timestamp>, FrontierError> {
        self.store.last_run_started(site).await.map_err(failed("reading past runs"))
    }

    async fn load_pacing(&self, host: &str) -> Result<Option<HostState>, FrontierError> {
        let state = self.store.load_pacing(host).await.map_err(failed("reading a host's pace"))?;
        Ok(state.map(|state| HostState {
            next_allowed: state.next_allowed,
            delay_ms: state.delay_ms,
            quiet_until: state.quiet_until,
            failures: state.failures,
            open_until: state.open_until,
        }))
    }

    async fn save_pacing(&self, host: &str, state: &HostState) -> Result<(), FrontierError> {
        let state = kept::HostState {
            next_allowed: state.next_allowed,
            delay_ms: state.delay_ms,
            quiet_until: state.quiet_until,
            failures: state.failures,
            open_until: state.open_until,
        };
        self.store.save_pacing(host, &state).await.map_err(failed("keeping a host's pace"))
    }

    async fn cached_robots(&self, origin: &str) -> Result<Option<CachedRobots>, FrontierError> {
        let Some(robots) = self.store.cached_robots(origin).await.map_err(failed("reading robots.txt"))? else {
            return Ok(None);
        };
        // A kept answer that an older program wrote in another form is as good as none: it is asked for again.
        let answer: Option<RobotsAnswer> = serde_json::from_slice(&robots.answer).ok();
        Ok(answer.map(|answer| CachedRobots { fetched_at: robots.fetched_at, answer }))
    }

    async fn save_robots(&self, origin: &str, robots: &CachedRobots) -> Result<(), FrontierError> {
        let answer = serde_json::to_vec(&robots.answer)
            .map_err(|error| FrontierError::Failed { doing: "keeping robots.txt", source: Box::new(error) })?;
        let kept = kept::CachedRobots { fetched_at: robots.fetched_at, answer };
        self.store.save_robots(origin, &kept).await.map_err(failed("keeping robots.txt"))
    }

    async fn site_state(&self, site: &SiteId) -> Result<Option<(SiteState, Timestamp)>, FrontierError> {
        let state = self.store.site_state(site).await.map_err(failed("reading a site's state"))?;
        Ok(state.map(|(state, since)| {
            (SiteState { phase: phase_of(&state.phase), reason: state.reason, until: state.until }, since)
        }))
    }

    async fn set_site_state(&self, site: &SiteId, state: &SiteState, at: Timestamp) -> Result<(), FrontierError> {
        let state = kept::SiteState {
            phase: phase_word(state.phase).to_owned(),
            reason: state.reason.clone(),
            until: state.until,
        };
        let change =
            self.store.set_site_state(site, &state, at).await.map_err(failed("keeping a site's state"))?;
        // One line when it begins and one when it is over, also for those who watch the log alone.
        if let Some(phase) = change.ended {
            tracing::warn!(%site, %phase, "over");
        }
        if let Some(phase) = change.began {
            tracing::warn!(%site, %phase, reason = state.reason.en, "the site needs a look");
        }
        Ok(())
    }

    async fn site_wish(&self, site: &SiteId) -> Result<SiteWish, FrontierError> {
        Ok(match self.store.site_wish(site).await.map_err(failed("reading what is wanted of a site"))? {
            kept::SiteWish::Go => SiteWish::Go,
            kept::SiteWish::Pause => SiteWish::Pause,
        })
    }

    async fn lease_site(
        &self,
        site: &SiteId,
        worker: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, FrontierError> {
        self.store.lease_site(site, worker, until, at).await.map_err(failed("taking a site"))
    }

    async fn release_site(&self, site: &SiteId, worker: &str) -> Result<(), FrontierError> {
        self.store.release_site(site, worker).await.map_err(failed("giving a site back"))
    }
}
