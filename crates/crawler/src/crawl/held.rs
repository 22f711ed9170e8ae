//! What waits for the end of a run: pages that are not what the listing promised, and ads that no listing showed.

use super::ProgressEvent;
use super::hand::Hand;
use crate::error::ErrorKind;
use crate::fetch::{Halt, Trouble, patiently};
use crate::judge::{PAST_RUNS, not_as_listed};
use crate::ports::{Entry, EntryKind, Held, PageOutcome, Trail};
use crate::promise::{Promise, compare};
use jiff::Timestamp;

/// Holds an ad's page against what this run's listing showed of it. A page that differs, or that says that the ad is
/// gone which the listing shows, is held back until the run is judged.
pub(super) fn against_promise(entry: &Entry, outcome: PageOutcome) -> Result<PageOutcome, Box<Held>> {
    let Some(promise) = &entry.promise else { return Ok(outcome) };
    match outcome {
        PageOutcome::Detail { page, validators, content, images, issues, .. } => match compare(promise, &content) {
            Promise::Broken => {
                Err(Box::new(Held { gone: None, fetched_at: page.fetched_at, validators, page: Some(page) }))
            }
            kept => {
                let kept_promise = kept == Promise::Kept;
                Ok(PageOutcome::Detail { page, validators, content, kept_promise, images, issues })
            }
        },
        PageOutcome::Gone { why, fetched_at, page } => {
            Err(Box::new(Held { gone: Some(why), fetched_at, validators: Default::default(), page }))
        }
        other => Ok(other),
    }
}

impl Hand<'_> {
    /// Lets the pages that were held back have their effect, or none where too many of the run were not what the listing
    /// promised. True where there is more to fetch.
    pub(super) async fn settle(&self) -> Result<bool, Halt> {
        let (deps, plan, run) = (self.deps(), self.visit.plan, self.visit.run);
        // No request is made here: a page that turns out to be none leaves no second trail.
        self.trail.begin(EntryKind::Image);
        let tally = patiently(self, || deps.frontier.tally(run)).await?;
        if tally.broken_promises == 0 {
            return Ok(false);
        }
        let past = patiently(self, || deps.frontier.past_tallies(&plan.site, PAST_RUNS)).await?;
        let alarm = not_as_listed(&plan.expect, &tally, &past).is_some();
        let mut entered = false;
        while let Some((entry, held)) = patiently(self, || deps.frontier.next_held(run)).await? {
            let outcome = match alarm {
                true => Err(ErrorKind::NotAsListed),
                false => self.outcome_of_held(&entry, held).await?,
            };
            let (at, kind, site) = (self.clock.now(), entry.kind, plan.site.clone());
            match outcome {
                Ok(outcome) => {
                    // Its trail is in the archive since it was held back.
                    let trail = Trail::default();
                    let kept = || deps.frontier.complete(run, &entry, &outcome, &trail, at, false);
                    let (done, _) = patiently(self, kept).await?;
                    entered |= done.images_entered > 0;
                    deps.progress.event(ProgressEvent::PageDone { site, kind, bytes: 0, done });
                }
                Err(why) => {
                    patiently(self, || deps.frontier.give_up(run, &entry, why, at)).await?;
                    deps.progress.event(ProgressEvent::PageFailed { site, kind, why, given_up: true });
                }
            }
        }
        Ok(entered)
    }

    async fn outcome_of_held(&self, entry: &Entry, held: Held) -> Result<Result<PageOutcome, ErrorKind>, Halt> {
        let Held { gone, fetched_at, validators, page } = held;
        let read = match (gone, page) {
            (Some(why), page) => return Ok(Ok(PageOutcome::Gone { why, fetched_at, page })),
            (None, Some(page)) => self.outcome_of_page(entry, page, validators).await,
            (None, None) => return Ok(Err(ErrorKind::NoAd)),
        };
        match read {
            Ok(outcome) => Ok(Ok(outcome)),
            Err(Trouble::Page(error)) => Ok(Err(error.kind)),
            Err(Trouble::Visit(halt)) => Err(halt),
        }
    }

    /// Where the listing does not show all ads, those that it did not show are asked for by their own pages once they
    /// are due. True where there are some.
    pub(super) async fn enter_unlisted(&self) -> Result<bool, Halt> {
        let (deps, plan, run) = (self.deps(), self.visit.plan, self.visit.run);
        let tally = patiently(self, || deps.frontier.tally(run)).await?;
        if tally.listing_failures == 0 && !plan.lists_newest_only {
            return Ok(false);
        }
        let at = self.clock.now();
        let recheck_before = before(at, plan.recheck_after);
        let entered = patiently(self, || deps.frontier.enter_unlisted(run, recheck_before, at)).await?;
        Ok(entered > 0)
    }
}

/// `at` less a while, kept within what a timestamp can hold.
pub(super) fn before(at: Timestamp, wait: std::time::Duration) -> Timestamp {
    let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(at.as_millisecond().saturating_sub(wait_ms)).unwrap_or(Timestamp::MIN)
}
