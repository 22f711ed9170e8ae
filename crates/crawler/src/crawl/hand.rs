//! One connection of a visit: it waits for its turn, asks, and notes how it went.

use super::trail::Recorder;
use super::visit::Visit;
use super::{CrawlDeps, ProgressEvent, sentences};
use crate::clock::{Clock, after};
use crate::fetch::{Answer, Ask, FetchError, Halt, Outage, Patience, Request, Trouble, patiently};
use crate::pacing::{BREAKER_AFTER, Host, Ticket, Turn, WaitFor, Went, Wish};
use crate::plan::Hours;
use crate::ports::{HostState, Lease, SitePhase, SiteState, SiteWish};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use url::Url;

/// The longest wait within a run; for a longer one the visit ends, and the run is resumed then.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// A shorter wait is not shown.
const WORTH_A_LOOK: Duration = Duration::from_secs(5);
/// How often the administrator's wish is looked up.
const WISH_EVERY: Duration = Duration::from_secs(5);
/// While all of a host's connections are in use, or other connections hold the rest of the run.
pub(super) const POLL: Duration = Duration::from_millis(50);
/// Failures in a row after which a host counts as unreachable for this run.
const UNREACHABLE_AFTER: u32 = BREAKER_AFTER + 3;

pub(super) struct Hand<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) trail: Recorder,
}

impl<'a> Hand<'a> {
    pub(super) fn new(visit: &'a Visit<'a>, clock: Arc<dyn Clock>) -> Self {
        Self { visit, clock, trail: Recorder::default() }
    }
}

impl Hand<'_> {
    pub(super) fn deps(&self) -> &CrawlDeps {
        self.visit.deps
    }

    /// Whether to go on: the word to stop, the approval, the administrator's wish, the lease.
    pub(super) async fn check(&self) -> Result<(), Halt> {
        let now = self.clock.now();
        if self.deps().stop.is_stopped() {
            return Err(Halt::Stopped);
        }
        if self.visit.ending.is_stopped() {
            return Err(Halt::Ending);
        }
        if self.visit.plan.approval.as_ref().is_none_or(|approval| approval.until <= now) {
            return Err(Halt::ApprovalEnded);
        }
        let now_ms = now.as_millisecond();
        if now_ms >= self.visit.wish_at_ms.load(Ordering::Relaxed) {
            self.visit.wish_at_ms.store(after(now, WISH_EVERY).as_millisecond(), Ordering::Relaxed);
            // A store that does not answer has no wish; the work itself will wait for it.
            match self.deps().frontier.site_wish(&self.visit.plan.site).await {
                Ok(SiteWish::Pause) => return Err(Halt::Paused),
                Ok(SiteWish::Stop) => return Err(Halt::EndWanted),
                Ok(SiteWish::Go) | Err(_) => {}
            }
        }
        self.renew_lease(now).await
    }

    async fn renew_lease(&self, now: Timestamp) -> Result<(), Halt> {
        let lease = self.deps().lease;
        if self.is_leased(after(now, lease.mul_f64(2.0 / 3.0))) {
            return Ok(());
        }
        let until = after(now, lease);
        match self.deps().frontier.lease_site(&self.visit.plan.site, &self.deps().worker, until, now).await {
            Ok(Lease::Taken) => {
                self.visit.leased_until_ms.store(until.as_millisecond(), Ordering::Relaxed);
                Ok(())
            }
            Ok(Lease::Held { .. }) => Err(Halt::LeaseLost),
            // It may be back in a moment; until then no request is made on a lease that has run out.
            Err(_) => Ok(()),
        }
    }

    /// Whether the site is ours at a time.
    fn is_leased(&self, at: Timestamp) -> bool {
        self.visit.leased_until_ms.load(Ordering::Relaxed) > at.as_millisecond()
    }

    /// Waits, and looks up now and then whether to go on.
    pub(super) async fn wait_until(&self, at: Timestamp) -> Result<(), Halt> {
        loop {
            self.check().await?;
            let now = self.clock.now();
            if now >= at {
                return Ok(());
            }
            tokio::select! {
                biased;
                () = self.deps().stop.stopped() => {}
                () = self.visit.ending.stopped() => {}
                () = self.clock.sleep_until(at.min(after(now, self.deps().lease / 3))) => {}
            }
        }
    }

    /// Waits with the site's state set to why; shown only where the wait is worth a look.
    async fn wait_openly(&self, at: Timestamp, state: SiteState) -> Result<(), Halt> {
        if at > after(self.clock.now(), WORTH_A_LOOK) {
            self.visit.shows_wait.store(true, Ordering::Relaxed);
            self.visit.set_state(state).await;
        }
        self.wait_until(at).await
    }

    /// Waits for the hours in which the site may be asked.
    pub(super) async fn wait_for_hours(&self) -> Result<(), Halt> {
        let now = self.clock.now();
        let opens: Vec<Option<Timestamp>> = self.visit.plan.hours.iter().map(|hours| opens_at(*hours, now)).collect();
        // Open where there are no hours or one of them lasts now; else the first that begins.
        let first = if opens.contains(&None) { None } else { opens.into_iter().flatten().min() };
        match first {
            None => Ok(()),
            Some(at) => {
                self.visit.set_state(sentences::outside_hours(now, at)).await;
                self.wait_until(at).await?;
                self.visit.set_state(sentences::running(self.clock.now())).await;
                Ok(())
            }
        }
    }

    async fn host(&self, url: &Url) -> Result<Arc<Host>, Halt> {
        let pacer = &self.deps().pacer;
        patiently(self, || pacer.host(url)).await
    }

    /// Waits for the host's turn, which is reserved when this returns.
    async fn turn(&self, host: &Host) -> Result<Ticket, Halt> {
        let (pacer, plan, longest) = (&self.deps().pacer, self.visit.plan, self.visit.client.longest());
        let wish = Wish { site: &plan.site, delay: plan.delay, connections: plan.connections, longest };
        loop {
            self.check().await?;
            self.wait_for_hours().await?;
            // A request ends before the lease does, so that whoever has the site next is alone with it.
            if !self.is_leased(after(self.clock.now(), longest)) {
                self.pause(Duration::from_secs(1)).await?;
                continue;
            }
            match patiently(self, || pacer.turn(host, &wish)).await? {
                Turn::Now(ticket) if self.is_leased(after(self.clock.now(), longest)) => return Ok(ticket),
                // The store took its time over the reservation.
                Turn::Now(ticket) => self.done(host, &ticket, Went::Neither).await?,
                Turn::Full => self.wait_until(after(self.clock.now(), pacer.look_again())).await?,
                Turn::Wait(until, WaitFor::Delay) => self.wait_until(until).await?,
                Turn::Wait(until, _) if until > after(self.clock.now(), LONGEST_WAIT) => {
                    return Err(Halt::Quiet(until));
                }
                Turn::Wait(until, WaitFor::Quiet) => {
                    self.wait_openly(until, sentences::quiet(self.clock.now(), until)).await?;
                }
                Turn::Wait(until, WaitFor::Breaker) => {
                    self.wait_openly(until, sentences::breaker(self.clock.now(), until)).await?;
                }
            }
        }
    }

    /// Notes how a request went; what the site waits for because of it is kept together with it.
    async fn done(&self, host: &Host, ticket: &Ticket, went: Went<'_>) -> Result<(), Halt> {
        let (pacer, site, now) = (&self.deps().pacer, &self.visit.plan.site, self.clock.now());
        let shown = self.visit.shows_wait.load(Ordering::Relaxed);
        let told = |state: &HostState| {
            let waits = [(state.quiet_until, false), (state.open_until, true)];
            let (until, breaker) = waits.into_iter().max_by_key(|(until, _)| *until)?;
            match until.filter(|until| *until > after(now, WORTH_A_LOOK)) {
                Some(until) if breaker => Some(sentences::breaker(now, until)),
                Some(until) => Some(sentences::quiet(now, until)),
                // A wait is over when the host has answered well, not when the time for a trial has come.
                None => (shown && state.failures == 0).then(|| sentences::running(now)),
            }
        };
        patiently(self, || pacer.done(host, ticket, went, site, told)).await?;
        if let Some(state) = told(&host.state()) {
            self.visit.shows_wait.store(state.phase == SitePhase::Waiting, Ordering::Relaxed);
            self.deps().progress.event(ProgressEvent::State { site: site.clone(), state });
        }
        Ok(())
    }
}

#[async_trait]
impl Patience for Hand<'_> {
    async fn pause(&self, wait: Duration) -> Result<(), Halt> {
        self.wait_until(after(self.clock.now(), wait)).await
    }

    fn outage(&self) -> &Outage {
        &self.deps().outage
    }
}

#[async_trait]
impl Ask for Hand<'_> {
    async fn ask(&self, request: &Request<'_>) -> Result<Answer, Trouble> {
        let host = self.host(request.url).await?;
        let ticket = self.turn(&host).await?;
        self.visit.manners().asked(host.name(), host.delay_ms(), self.clock.now());
        let asked = std::time::Instant::now();
        let answer = self.visit.client.get(request, &|| host.answered(self.clock.now())).await;
        self.deps().progress.event(ProgressEvent::Asked {
            site: self.visit.plan.site.clone(),
            status: answer.as_ref().ok().map(|answer| answer.status),
            took: asked.elapsed(),
        });
        self.trail.asked(request, &answer, self.clock.now());
        let answer = answer.map_err(|none| none.error);
        let took_ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &answer {
            Ok(answer) => {
                tracing::debug!(status = answer.status, took_ms, "answered");
                self.visit.manners().answered(answer.status);
            }
            Err(error) => tracing::debug!(why = %error.kind, took_ms, "no answer"),
        }
        let refused = match &answer {
            Ok(answer) if matches!(answer.status, 429 | 500..=599) => {
                Some(FetchError::of_status(answer.status, answer.retry_after))
            }
            Ok(_) => None,
            Err(error) => Some(*error),
        };
        let went = match &refused {
            None => {
                self.visit.blame().answered(host.name());
                Went::Well
            }
            Some(error) if self.visit.blame().is_the_pages(host.name(), request.url.as_str(), error) => Went::Neither,
            Some(error) if error.passes() => Went::Badly(error),
            Some(_) => Went::Neither,
        };
        self.done(&host, &ticket, went).await?;
        if host.state().failures >= UNREACHABLE_AFTER {
            let why = match &answer {
                Ok(answer) => FetchError::of_status(answer.status, None).kind,
                Err(error) => error.kind,
            };
            return Err(Halt::Unreachable(why).into());
        }
        answer.map_err(Trouble::Page)
    }

    async fn set_robots_delay(&self, url: &Url, delay: Duration) -> Result<(), Halt> {
        let (host, pacer) = (self.host(url).await?, &self.deps().pacer);
        patiently(self, || pacer.set_crawl_delay(&host, delay)).await
    }
}

impl Visit<'_> {
    /// Sets the site's state and tells of it. Failing to is no reason to end a visit.
    pub(super) async fn set_state(&self, state: SiteState) {
        let site = &self.plan.site;
        if let Err(error) = self.deps.frontier.set_site_state(site, &state).await {
            tracing::warn!(%site, %error, "the site's state could not be kept");
        }
        self.deps.progress.event(ProgressEvent::State { site: site.clone(), state });
    }
}

/// When the hours begin next, `None` while they last. Local time; on the night of a change of clocks a moment that does
/// not exist counts as the one after.
fn opens_at(hours: Hours, now: Timestamp) -> Option<Timestamp> {
    let zone = jiff::tz::TimeZone::get("Europe/Copenhagen").unwrap_or(jiff::tz::TimeZone::UTC);
    let local = now.to_zoned_datetime(zone.clone());
    let time = local.time();
    let open = match hours.from.cmp(&hours.to) {
        std::cmp::Ordering::Less => hours.from <= time && time < hours.to,
        std::cmp::Ordering::Equal => true,
        std::cmp::Ordering::Greater => hours.from <= time || time < hours.to,
    };
    if open {
        return None;
    }
    let days = [local.date(), local.date().tomorrow().unwrap_or(local.date())];
    days.into_iter()
        .filter_map(|day| day.to_datetime(hours.from).to_zoned_datetime(zone.clone()).ok())
        .map(|begin| begin.timestamp())
        .find(|begin| *begin > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::time;

    #[test]
    fn hours_also_run_over_midnight_and_over_a_change_of_clocks() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let day = Hours { from: time(8, 0, 0, 0), to: time(22, 0, 0, 0) };
        assert_eq!(opens_at(day, at("2026-07-01T12:00:00Z")), None);
        assert_eq!(opens_at(day, at("2026-07-01T20:00:00Z")), Some(at("2026-07-02T06:00:00Z")));
        assert_eq!(opens_at(day, at("2026-07-01T05:00:00Z")), Some(at("2026-07-01T06:00:00Z")));
        let night = Hours { from: time(22, 0, 0, 0), to: time(6, 0, 0, 0) };
        assert_eq!(opens_at(night, at("2026-07-01T01:00:00Z")), None);
        assert_eq!(opens_at(night, at("2026-07-01T10:00:00Z")), Some(at("2026-07-01T20:00:00Z")));
        let gap = Hours { from: time(2, 30, 0, 0), to: time(6, 0, 0, 0) };
        assert_eq!(opens_at(gap, at("2026-03-29T00:30:00Z")), Some(at("2026-03-29T01:30:00Z")), "02:30 does not exist");
        let autumn = Hours { from: time(4, 0, 0, 0), to: time(6, 0, 0, 0) };
        assert_eq!(opens_at(autumn, at("2026-10-25T00:30:00Z")), Some(at("2026-10-25T03:00:00Z")));
    }
}
