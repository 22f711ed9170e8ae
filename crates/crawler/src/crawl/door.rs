//! The way into a visit: approval, plan, the site's lease; and the way out.

use super::visit::{Visited, visit};
use super::{CrawlDeps, ProgressEvent, sentences};
use crate::address::AddressPolicy;
use crate::clock::after;
use crate::error::CrawlError;
use crate::fetch::{Halt, Outage, Patience, patiently};
use crate::plan::SitePlan;
use crate::ports::{Lease, SitePhase, SiteWish};
use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;

/// Visits a site: resumes its unfinished run or begins one, reads all that is due, and judges the run. Whatever
/// happens, what was read is kept. Where another worker has the site, waits as long as a dead one's lease can last: a
/// living one renews it.
#[tracing::instrument(name = "visit", skip_all, fields(site = %plan.site))]
pub async fn crawl_site(plan: &SitePlan, deps: &CrawlDeps) -> Result<Visited, CrawlError> {
    if !check(plan, deps).await? {
        return Ok(Visited::Paused);
    }
    let give_up_at = after(deps.clock.now(), deps.lease);
    loop {
        let (lease, until) = match take_lease(plan, deps).await {
            Ok(taken) => taken,
            Err(halt) => return outside(halt),
        };
        let Lease::Held { .. } = lease else { return visit_and_leave(plan, deps, until).await };
        let now = deps.clock.now();
        if now >= give_up_at || deps.stop.is_stopped() {
            return Err(CrawlError::HeldByAnother { site: plan.site.clone() });
        }
        tokio::select! {
            biased;
            () = deps.stop.stopped() => {}
            () = deps.clock.sleep_until(after(now, deps.lease / 12)) => {}
        }
    }
}

/// What came of a look at a site whose time may have come.
pub(crate) enum Looked {
    /// It was visited.
    Visited(Visited),
    /// It is to be looked at again then: another worker has it, or has read it meanwhile.
    Later(Timestamp),
}

/// Visits a site if nobody else has it and it is due. Both are decided while it is held, so that of several workers
/// only one reads it at each interval.
#[tracing::instrument(name = "visit", skip_all, fields(site = %plan.site))]
pub(crate) async fn crawl_when_due(plan: &SitePlan, deps: &CrawlDeps) -> Result<Looked, CrawlError> {
    if !check(plan, deps).await? {
        return Ok(Looked::Visited(Visited::Paused));
    }
    let leased_until = match take_lease(plan, deps).await {
        Ok((Lease::Taken, until)) => until,
        Ok((Lease::Held { until, .. }, _)) => return Ok(Looked::Later(after(until, Duration::from_millis(1)))),
        Err(halt) => return outside(halt).map(Looked::Visited),
    };
    let due = due_at(plan, deps).await;
    if due > deps.clock.now() {
        leave(plan, deps).await;
        return Ok(Looked::Later(due));
    }
    visit_and_leave(plan, deps, leased_until).await.map(Looked::Visited)
}

/// When a site is due. One that was being read or waited within a run when its worker ended, or was paused, has an
/// unfinished run, which goes on at once or when that wait ends; else the interval counts from the begin of the last
/// run, also across restarts. A run that took longer than the interval is not caught up with.
async fn due_at(plan: &SitePlan, deps: &CrawlDeps) -> Timestamp {
    let now = deps.clock.now();
    if let Ok(Some(state)) = deps.frontier.site_state(&plan.site).await
        && matches!(state.phase, SitePhase::Running | SitePhase::Waiting | SitePhase::Resting | SitePhase::Paused)
    {
        return state.until.map_or(now, |until| until.max(now));
    }
    match deps.frontier.last_run_started(&plan.site).await {
        Ok(Some(started_at)) => after(started_at, crate::schedule::interval_of(plan, deps, 0).await).max(now),
        _ => now,
    }
}

/// Approval, plan, and what an administrator wants. False where the site is not to be visited now.
async fn check(plan: &SitePlan, deps: &CrawlDeps) -> Result<bool, CrawlError> {
    let now = deps.clock.now();
    let refused = match &plan.approval {
        Some(approval) if approval.until <= now => {
            Some(CrawlError::ApprovalExpired { site: plan.site.clone(), until: approval.until })
        }
        Some(approval) if approval.from <= now => None,
        _ => Some(CrawlError::NotApproved { site: plan.site.clone() }),
    };
    if let Some(refused) = refused {
        let state = sentences::not_approved(&refused, now);
        deps.frontier.set_site_state(&plan.site, &state).await?;
        deps.progress.event(ProgressEvent::State { site: plan.site.clone(), state });
        return Err(refused);
    }
    let wrong = |what: String| Err(CrawlError::Plan { site: plan.site.clone(), what });
    let policy = AddressPolicy::allowing(plan.allow_private.iter().copied());
    if plan.start_urls.is_empty() {
        return wrong("it has no start page; add one under [listing] in its site.toml".to_owned());
    }
    for (number, start) in plan.start_urls.iter().enumerate() {
        if let Err(refusal) = policy.check(start) {
            return wrong(format!("start page {} is refused: {refusal}", number + 1));
        }
    }
    let wish = deps.frontier.site_wish(&plan.site).await?;
    if wish == SiteWish::Go {
        return Ok(true);
    }
    let state = if wish == SiteWish::Stop { sentences::ended_by_a_person(now) } else { sentences::paused(now) };
    deps.frontier.set_site_state(&plan.site, &state).await?;
    deps.progress.event(ProgressEvent::State { site: plan.site.clone(), state });
    Ok(false)
}

async fn take_lease(plan: &SitePlan, deps: &CrawlDeps) -> Result<(Lease, Timestamp), Halt> {
    let door = Door(deps);
    let take = || async {
        let now = deps.clock.now();
        let until = after(now, deps.lease);
        Ok((deps.frontier.lease_site(&plan.site, &deps.worker, until, now).await?, until))
    };
    patiently(&door, take).await
}

async fn visit_and_leave(plan: &SitePlan, deps: &CrawlDeps, leased_until: Timestamp) -> Result<Visited, CrawlError> {
    let visited = visit(plan, deps, leased_until).await;
    if !matches!(visited, Err(CrawlError::HeldByAnother { .. })) {
        leave(plan, deps).await;
    }
    visited
}

async fn leave(plan: &SitePlan, deps: &CrawlDeps) {
    // An unreleased lease runs out by itself.
    if let Err(error) = deps.frontier.release_site(&plan.site, &deps.worker).await {
        tracing::warn!(site = %plan.site, %error, "the site's lease could not be given back");
    }
}

/// One who waits for the store while no visit is under way.
pub(super) struct Door<'a>(pub(super) &'a CrawlDeps);

#[async_trait]
impl Patience for Door<'_> {
    async fn pause(&self, wait: Duration) -> Result<(), Halt> {
        let deps = self.0;
        tokio::select! {
            biased;
            () = deps.stop.stopped() => Err(Halt::Stopped),
            () = deps.clock.sleep_until(after(deps.clock.now(), wait)) => Ok(()),
        }
    }

    fn outage(&self) -> &Outage {
        &self.0.outage
    }
}

/// What a reason not to go on means while no visit is under way.
pub(super) fn outside(halt: Halt) -> Result<Visited, CrawlError> {
    match halt {
        Halt::Frontier(error) => Err(error.into()),
        _ => Ok(Visited::Stopped),
    }
}
