//! All sites, each in its own task at its own interval.

use crate::clock::{Clock, after};
use crate::crawl::{CrawlDeps, Looked, Visited, crawl_when_due};
use crate::error::{CrawlError, FrontierError};
use crate::interval::{LOOKS, interval};
use crate::plan::SitePlan;
use crate::ports::SiteWish;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often a site that cannot be crawled now (paused, held by another worker, store away) is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How often a site without a valid approval is looked at again.
const LOOK_AGAIN_CLOSED: Duration = Duration::from_secs(60 * 60);

/// Crawls each site at its interval until the word to stop or `until`, whichever comes first. A run that was cut off
/// is taken up at once; else the interval counts from the begin of the last run, also across restarts.
///
/// Registers a participant for each site and then steps aside: `deps.clock` is the caller's own.
pub async fn crawl_forever(plans: Vec<SitePlan>, deps: &CrawlDeps, until: Option<Timestamp>) {
    let mut tasks = JoinSet::new();
    // All are registered before the first one runs, so that a virtual clock does not leave without one.
    let with_clocks: Vec<_> = plans
        .into_iter()
        .map(|plan| {
            let clock = deps.clock.participant(&format!("site {}", plan.site));
            (plan, CrawlDeps { clock, ..deps.clone() })
        })
        .collect();
    for (plan, deps) in with_clocks {
        tasks.spawn(async move { keep_crawling(&plan, &deps, until).await });
    }
    let all = async { while tasks.join_next().await.is_some() {} };
    tokio::select! {
        () = all => {}
        () = deps.clock.sleep_until(Timestamp::MAX) => {}
    }
}

async fn keep_crawling(plan: &SitePlan, deps: &CrawlDeps, until: Option<Timestamp>) {
    let site = &plan.site;
    let mut at = deps.clock.now();
    loop {
        if until.is_some_and(|until| at >= until) || !sleep(&deps.clock, at, deps).await {
            return;
        }
        let now = deps.clock.now();
        at = match deps.frontier.site_wish(site).await {
            Ok(SiteWish::Pause | SiteWish::Stop) => after(now, LOOK_AGAIN),
            _ => match crawl_when_due(plan, deps).await {
                Ok(Looked::Later(at)) => at,
                Ok(Looked::Visited(Visited::Finished(summary))) => {
                    let interval = interval_of(plan, deps, summary.tally.listing_pages).await;
                    // A run that took longer than the interval is not caught up with.
                    after(summary.started_at, interval).max(deps.clock.now())
                }
                Ok(Looked::Visited(Visited::Stopped)) => return,
                Ok(Looked::Visited(Visited::Paused)) => after(deps.clock.now(), LOOK_AGAIN),
                Ok(Looked::Visited(Visited::Quiet(until))) => until,
                Err(error) => {
                    tracing::warn!(%site, %error, "the site was not crawled");
                    let wait = match error {
                        CrawlError::HeldByAnother { .. } | CrawlError::Frontier(FrontierError::Unavailable { .. }) => {
                            LOOK_AGAIN
                        }
                        _ => LOOK_AGAIN_CLOSED,
                    };
                    after(deps.clock.now(), wait)
                }
            },
        };
    }
}

/// By how fast the site changes, where the plan leaves room for it.
pub(crate) async fn interval_of(plan: &SitePlan, deps: &CrawlDeps, listing_pages: u64) -> Duration {
    if plan.least_interval >= plan.interval {
        return plan.interval;
    }
    match deps.frontier.past_looks(&plan.site, LOOKS).await {
        Ok(looks) => interval(plan, &looks, listing_pages),
        Err(error) => {
            tracing::warn!(site = %plan.site, %error, "the site's past runs cannot be read; its longest interval is taken");
            plan.interval
        }
    }
}

/// False where the word to stop came first.
async fn sleep(clock: &Arc<dyn Clock>, at: Timestamp, deps: &CrawlDeps) -> bool {
    tokio::select! {
        biased;
        () = deps.stop.stopped() => false,
        () = clock.sleep_until(at) => true,
    }
}
