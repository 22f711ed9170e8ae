//! One connection of a visit: it waits for its turn, asks, and notes how it went.

use super::visit::Visit;
use super::{CrawlDeps, ProgressEvent, sentences};
use crate::clock::{Clock, after};
use crate::fetch::{Answer, Ask, FetchError, Halt, Request, Trouble, patiently};
use crate::pacing::{BREAKER_AFTER, Host, Turn, WaitFor};
use crate::plan::Hours;
use crate::ports::{SiteState, SiteWish};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use url::Url;

/// The site's lease is taken for so long, and renewed when a third of it has passed. A killed worker's site is free
/// after it.
pub(super) const LEASE: Duration = Duration::from_secs(60);
/// The longest wait within a run; for a longer one the visit ends, and the run is resumed then.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// How often the administrator's wish is looked up.
const WISH_EVERY: Duration = Duration::from_secs(5);
/// While all of a host's connections are in use, or other connections hold the rest of the run.
pub(super) const POLL: Duration = Duration::from_millis(50);
/// Failures in a row after which a host counts as unreachable for this run.
const UNREACHABLE_AFTER: u32 = BREAKER_AFTER + 3;

pub(super) struct Hand<'a> {
    pub(super) visit: &'a Visit<'a>,
    pub(super) clock: Arc<dyn Clock>,
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
        let (now_ms, leased_ms) = (now.as_millisecond(), self.visit.leased_until_ms.load(Ordering::Relaxed));
        let lease_ms = i64::try_from(LEASE.as_millis()).unwrap_or(i64::MAX);
        if leased_ms - now_ms > lease_ms * 2 / 3 {
            return Ok(());
        }
        let until = after(now, LEASE);
        match self.deps().frontier.lease_site(&self.visit.plan.site, &self.deps().worker, until, now).await {
            Ok(true) => {
                self.visit.leased_until_ms.store(until.as_millisecond(), Ordering::Relaxed);
                Ok(())
            }
            Ok(false) => Err(Halt::LeaseLost),
            // It may be back in a moment; until then no request is made on a lease that has run out.
            Err(_) => Ok(()),
        }
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
                () = self.clock.sleep_until(at.min(after(now, LEASE / 3))) => {}
            }
        }
    }

    /// Waits with the site's state set to why; shown only where the wait is worth a look.
    async fn wait_openly(&self, at: Timestamp, state: SiteState) -> Result<(), Halt> {
        if at <= after(self.clock.now(), Duration::from_secs(5)) {
            return self.wait_until(at).await;
        }
        self.visit.set_state(state).await;
        let waited = self.wait_until(at).await;
        if waited.is_ok() {
            self.visit.set_state(sentences::running(self.clock.now())).await;
        }
        waited
    }

    /// Waits for the hours in which the site may be asked.
    pub(super) async fn wait_for_hours(&self) -> Result<(), Halt> {
        let now = self.clock.now();
        let opens: Vec<Option<Timestamp>> = self.visit.plan.hours.iter().map(|hours| opens_at(*hours, now)).collect();
        // Open where there are no hours or one of them lasts now; else the first that begins.
        let first = if opens.contains(&None) { None } else { opens.into_iter().flatten().min() };
        match first {
            None => Ok(()),
            Some(at) => self.wait_openly(at, sentences::outside_hours(now, at)).await,
        }
    }

    async fn host(&self, url: &Url) -> Result<Arc<Host>, Halt> {
        let (plan, pacer) = (self.visit.plan, &self.deps().pacer);
        patiently(self, || pacer.host(url, plan.delay, plan.connections)).await
    }

    async fn save(&self, host: &Host) -> Result<(), Halt> {
        let pacer = &self.deps().pacer;
        patiently(self, || pacer.save(host)).await
    }
}

#[async_trait]
impl Ask for Hand<'_> {
    async fn ask(&self, request: &Request<'_>) -> Result<Answer, Trouble> {
        let host = self.host(request.url).await?;
        // Kept before the host is asked for the first time, so that a killed process's next one knows of it.
        self.save(&host).await?;
        let permit = loop {
            self.check().await?;
            let now_ms = self.clock.now().as_millisecond();
            if self.visit.leased_until_ms.load(Ordering::Relaxed) <= now_ms {
                self.pause(Duration::from_secs(1)).await?;
                continue;
            }
            self.wait_for_hours().await?;
            match host.turn() {
                Turn::Now(permit) => break permit,
                Turn::Full => self.wait_until(after(self.clock.now(), POLL)).await?,
                Turn::Wait(until, WaitFor::Delay) => self.wait_until(until).await?,
                Turn::Wait(until, _) if until > after(self.clock.now(), LONGEST_WAIT) => {
                    return Err(Halt::Quiet(until).into());
                }
                Turn::Wait(until, WaitFor::Quiet) => {
                    self.wait_openly(until, sentences::quiet(self.clock.now(), until)).await?;
                }
                Turn::Wait(until, WaitFor::Breaker) => {
                    self.wait_openly(until, sentences::breaker(self.clock.now(), until)).await?;
                }
            }
        };
        self.visit.manners().asked(host.name(), host.state().delay_ms, self.clock.now());
        let asked = std::time::Instant::now();
        let answer = self.visit.client.get(request, &|| host.answered()).await;
        self.deps().progress.event(ProgressEvent::Asked {
            site: self.visit.plan.site.clone(),
            status: answer.as_ref().ok().map(|answer| answer.status),
            took: asked.elapsed(),
        });
        host.answered();
        drop(permit);
        let took_ms = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &answer {
            Ok(answer) => tracing::debug!(status = answer.status, took_ms, "answered"),
            Err(error) => tracing::debug!(why = %error.kind, took_ms, "no answer"),
        }
        if let Ok(answer) = &answer {
            self.visit.manners().answered(answer.status);
        }
        match &answer {
            Ok(answer) if matches!(answer.status, 429 | 500..=599) => {
                host.failed(&FetchError::of_status(answer.status, answer.retry_after));
            }
            Ok(_) => host.succeeded(),
            Err(error) if error.passes() => host.failed(error),
            Err(_) => {}
        }
        self.save(&host).await?;
        if host.state().failures >= UNREACHABLE_AFTER {
            let why = match &answer {
                Ok(answer) => FetchError::of_status(answer.status, None).kind,
                Err(error) => error.kind,
            };
            return Err(Halt::Unreachable(why).into());
        }
        answer.map_err(Trouble::Page)
    }

    async fn pause(&self, wait: Duration) -> Result<(), Halt> {
        self.wait_until(after(self.clock.now(), wait)).await
    }

    async fn set_robots_delay(&self, url: &Url, delay: Duration) -> Result<(), Halt> {
        let host = self.host(url).await?;
        host.set_robots_delay(delay);
        self.save(&host).await
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
