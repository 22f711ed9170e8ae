//! One visit of a site, from the approval to the run's summary.

use super::blame::Blame;
use super::door::{Door, outside};
use super::hand::Hand;
use super::{CrawlDeps, ProgressEvent, sentences};
use crate::address::AddressPolicy;
use crate::clock::Clock;
use crate::error::{CrawlError, ErrorKind};
use crate::fetch::{Halt, Patience, SiteClient, patiently};
use crate::judge::{PAST_RUNS, judge};
use crate::pacing::host_key;
use crate::plan::SitePlan;
use crate::politeness::Manners;
use crate::ports::{EntryKind, NewEntry, RunId, SitePhase, SiteState};
use crate::robots::RobotsGate;
use crate::run::{RunEnd, RunSummary, RunVerdict};
use crate::stop::Stop;
use domain::ListingItem;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use url::Url;

/// How a visit ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Visited {
    /// The run is finished.
    Finished(Box<RunSummary>),
    /// The process was told to stop; the run goes on with the next visit.
    Stopped,
    /// An administrator has paused the site; the run goes on when it is resumed.
    Paused,
    /// The host wants quiet until then; the run goes on afterwards.
    Quiet(Timestamp),
}

/// Listing pages in a row without a new ad after which a site leads in circles.
const CIRCLES_AFTER: u32 = 10;

/// What the connections of a visit share.
pub(super) struct Visit<'a> {
    pub(super) plan: &'a SitePlan,
    pub(super) deps: &'a CrawlDeps,
    pub(super) run: RunId,
    pub(super) client: SiteClient,
    pub(super) gate: RobotsGate,
    pub(super) policy: AddressPolicy,
    /// One connection has met a reason to end: the others finish what they have.
    pub(super) ending: Stop,
    pub(super) leased_until_ms: AtomicI64,
    pub(super) wish_at_ms: AtomicI64,
    /// The site is shown as waiting for its host.
    pub(super) shows_wait: AtomicBool,
    /// Connections that take or have an entry.
    pub(super) busy: AtomicUsize,
    listings_read: AtomicU64,
    listings_seen: Mutex<HashSet<u64>>,
    ads_listed: Mutex<(HashSet<u64>, u32)>,
    shut_for_images: Mutex<HashMap<String, ErrorKind>>,
    manners: Mutex<Manners>,
    blame: Mutex<Blame>,
    /// Pages are read by as many threads as the machine has cores, however many connections there are: each thread
    /// keeps the memory that its pages needed.
    pub(super) reading: Semaphore,
}

impl Visit<'_> {
    /// Whether the plan allows one more listing page, and counts it.
    pub(super) fn listing_room(&self) -> bool {
        self.listings_read.fetch_add(1, Ordering::Relaxed) < u64::from(self.plan.max_listing_pages)
    }

    /// The figures of how the hosts were treated.
    pub(super) fn manners(&self) -> MutexGuard<'_, Manners> {
        self.manners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the hosts' bad pages.
    pub(super) fn blame(&self) -> MutexGuard<'_, Blame> {
        self.blame.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why no more pictures are asked of a URL's host in this visit, if so.
    pub(super) fn shut_for_images(&self, url: &str) -> Option<ErrorKind> {
        let host = host_key(&Url::parse(url).ok()?);
        self.shut_for_images.lock().unwrap_or_else(PoisonError::into_inner).get(&host).copied()
    }

    /// Asks no more pictures of a URL's host in this visit.
    pub(super) fn shut_images(&self, url: &str, why: ErrorKind) {
        if let Ok(url) = Url::parse(url) {
            let host = host_key(&url);
            self.shut_for_images.lock().unwrap_or_else(PoisonError::into_inner).entry(host).or_insert(why);
        }
    }

    /// Whether so many listing pages in a row showed no ad that was new to this visit that the site leads in circles
    /// (pages in a random order, calendars that show the same ads for each day). Sites with several start pages may
    /// list the same ads twice for good reason.
    pub(super) fn goes_in_circles(&self, items: &[ListingItem]) -> bool {
        let mut listed = self.ads_listed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut any_new = false;
        for item in items {
            let mut hasher = DefaultHasher::new();
            item.ad_id.hash(&mut hasher);
            any_new |= listed.0.insert(hasher.finish());
        }
        listed.1 = if any_new { 0 } else { listed.1 + 1 };
        self.plan.start_urls.len() == 1 && listed.1 >= CIRCLES_AFTER
    }

    /// Whether a listing page with these ads is the first of its kind in this visit.
    pub(super) fn remember_listing(&self, ads: u64) -> bool {
        self.listings_seen.lock().unwrap_or_else(PoisonError::into_inner).insert(ads)
    }
}

/// Resumes the site's unfinished run or begins one, reads all that is due, and judges the run.
pub(super) async fn visit(plan: &SitePlan, deps: &CrawlDeps, leased_until: Timestamp) -> Result<Visited, CrawlError> {
    let seeds: Vec<_> = plan
        .start_urls
        .iter()
        .map(|url| NewEntry { kind: EntryKind::Listing, url: url.clone(), ad: None, depth: 0 })
        .collect();
    let now = deps.clock.now();
    let running = sentences::running(now);
    let door = Door(deps);
    let begun = async {
        let run = patiently(&door, || deps.frontier.begin_run(&plan.site, now, &seeds, &running)).await?;
        let tally = patiently(&door, || deps.frontier.tally(run.id)).await?;
        Ok((run, tally))
    };
    let (run, tally) = match begun.await {
        Ok(begun) => begun,
        Err(halt) => return outside(halt),
    };
    let now = deps.clock.reader();
    let mut visit = Visit {
        plan,
        deps,
        run: run.id,
        client: SiteClient::new(&deps.http, plan, now.clone())?.lasting_at_most(deps.lease / 2),
        gate: RobotsGate::new(deps.frontier.clone(), now),
        policy: AddressPolicy::allowing(plan.allow_private.iter().copied()),
        ending: Stop::default(),
        leased_until_ms: AtomicI64::new(leased_until.as_millisecond()),
        wish_at_ms: AtomicI64::new(i64::MIN),
        shows_wait: AtomicBool::new(false),
        busy: AtomicUsize::new(0),
        listings_read: AtomicU64::new(tally.listing_pages),
        listings_seen: Mutex::default(),
        ads_listed: Mutex::default(),
        shut_for_images: Mutex::default(),
        manners: Mutex::default(),
        blame: Mutex::default(),
        reading: Semaphore::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)),
    };
    deps.progress.event(ProgressEvent::RunBegan { site: plan.site.clone(), resumed: run.resumed });
    deps.progress.event(ProgressEvent::State { site: plan.site.clone(), state: running });
    tracing::info!(run = run.id.0, resumed = run.resumed, "the run begins");

    let halt = work_to_the_end(&mut visit).await;
    let now = deps.clock.now();
    let ended_by = match halt {
        None => None,
        Some(Halt::Shut(why) | Halt::Unreachable(why)) => Some(why),
        Some(Halt::EndWanted) => Some(ErrorKind::StoppedByPerson),
        Some(Halt::Stopped | Halt::Ending) => {
            visit.set_state(sentences::stopped(now)).await;
            return Ok(Visited::Stopped);
        }
        Some(Halt::Paused) => {
            visit.set_state(sentences::paused(now)).await;
            return Ok(Visited::Paused);
        }
        Some(Halt::Quiet(until)) => {
            visit.set_state(sentences::quiet(now, until)).await;
            return Ok(Visited::Quiet(until));
        }
        Some(Halt::ApprovalEnded) => {
            let until = plan.approval.as_ref().map_or(now, |approval| approval.until);
            let refused = CrawlError::ApprovalExpired { site: plan.site.clone(), until };
            visit.set_state(sentences::not_approved(&refused, now)).await;
            return Err(refused);
        }
        Some(Halt::LeaseLost) => return Err(CrawlError::HeldByAnother { site: plan.site.clone() }),
        Some(Halt::Frontier(error)) => return Err(error.into()),
    };
    finish(&mut visit, ended_by).await
}

/// All that the listing leads to, then what only shows at its end.
async fn work_to_the_end(visit: &mut Visit<'_>) -> Option<Halt> {
    if let Some(halt) = work_with_all_hands(visit).await {
        return Some(halt);
    }
    visit.ending = Stop::default();
    let visit = &*visit;
    let hand = Hand::new(visit, visit.deps.clock.clone());
    let more = async { Ok(hand.settle().await? | hand.enter_unlisted().await?) };
    match more.await {
        Ok(true) => work_with_all_hands(visit).await,
        Ok(false) => None,
        Err(halt) => Some(halt),
    }
}

/// Lets all connections work. The first one is the caller's own, so that on a virtual clock nobody waits for another
/// but by sleeping. Returns the weightiest reason to end, if there was one.
async fn work_with_all_hands(visit: &Visit<'_>) -> Option<Halt> {
    let mut clocks: Vec<Arc<dyn Clock>> = vec![visit.deps.clock.clone()];
    for number in 1..visit.plan.connections.max(1) {
        clocks.push(visit.deps.clock.participant(&format!("site {} {number}", visit.plan.site)));
    }
    // Only a hand that was woken is looked at again: with many connections the others are not disturbed by each packet.
    let hands: FuturesUnordered<_> = clocks
        .into_iter()
        .map(|clock| async move {
            let ended = Hand::new(visit, clock).work().await;
            // Either nothing is left for the others, or they are not to go on. One who only waits is woken: on a virtual
            // clock time stands still while the caller's own participant does not sleep.
            visit.ending.stop();
            ended
        })
        .collect();
    let ends: Vec<_> = hands.collect().await;
    let reasons = ends.into_iter().filter_map(Result::err).filter(|halt| !matches!(halt, Halt::Ending));
    reasons.min_by_key(|halt| match halt {
        Halt::LeaseLost => 0,
        Halt::Frontier(_) => 1,
        Halt::ApprovalEnded => 2,
        Halt::Shut(_) => 3,
        Halt::Quiet(_) => 4,
        Halt::Unreachable(_) => 5,
        Halt::EndWanted => 6,
        Halt::Paused => 7,
        Halt::Stopped => 8,
        Halt::Ending => 9,
    })
}

/// Judges the run and ends it.
async fn finish(visit: &mut Visit<'_>, ended_by: Option<ErrorKind>) -> Result<Visited, CrawlError> {
    // The connections are done; their word to end does not concern what follows.
    visit.ending = Stop::default();
    let visit = &*visit;
    let (plan, deps) = (visit.plan, visit.deps);
    let hand = Hand::new(visit, deps.clock.clone());
    let ask: &dyn Patience = &hand;
    let ended = async {
        if let Some(why) = ended_by {
            let at = deps.clock.now();
            patiently(ask, || deps.frontier.give_up_rest(visit.run, why, at)).await?;
        }
        // What was held back before the visit was cut short.
        hand.settle().await?;
        let tally = patiently(ask, || deps.frontier.tally(visit.run)).await?;
        let past = patiently(ask, || deps.frontier.past_tallies(&plan.site, PAST_RUNS)).await?;
        let mut verdict = judge(&plan.expect, &tally, &past, ended_by);
        verdict.missing_are_gone &= !plan.lists_newest_only;
        verdict.politeness = visit.manners().figures();
        let at = deps.clock.now();
        let state = state_after(&verdict, ended_by, at);
        let summary = patiently(ask, || deps.frontier.finish_run(visit.run, &verdict, at, &state)).await?;
        Ok((summary, state))
    };
    let (summary, state) = match ended.await {
        Ok(ended) => ended,
        Err(Halt::Frontier(error)) => return Err(error.into()),
        Err(Halt::LeaseLost) => return Err(CrawlError::HeldByAnother { site: plan.site.clone() }),
        // All is read; the run is finished by the next visit.
        Err(_) => return Ok(Visited::Stopped),
    };
    let tally = &summary.tally;
    tracing::info!(
        run = summary.run.0,
        end = summary.verdict.end.as_str(),
        listed = tally.ads_listed,
        new = tally.ads_new,
        pages = tally.listing_pages + tally.details + tally.unchanged,
        requests = summary.verdict.politeness.requests,
        "the run has ended"
    );
    deps.progress.event(ProgressEvent::State { site: plan.site.clone(), state });
    deps.progress.event(ProgressEvent::RunEnded(Box::new(summary.clone())));
    Ok(Visited::Finished(Box::new(summary)))
}

/// What a site is doing once its run has ended.
fn state_after(verdict: &RunVerdict, ended_by: Option<ErrorKind>, since: Timestamp) -> SiteState {
    if ended_by == Some(ErrorKind::StoppedByPerson) {
        return sentences::ended_by_a_person(since);
    }
    let phase = match (verdict.end, ended_by) {
        (RunEnd::Failed, Some(why)) if sentences::shuts(why) => SitePhase::Closed,
        (RunEnd::Failed, _) => SitePhase::Failed,
        _ => SitePhase::Idle,
    };
    let reason = verdict.reasons.first().cloned().unwrap_or_else(sentences::waits_for_next_run);
    SiteState { phase, reason, since, until: None }
}
