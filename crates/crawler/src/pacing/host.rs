//! One host: when it may be asked next.

use crate::clock::{TimeReader, after};
use crate::error::ErrorKind;
use crate::ports::HostState;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use std::time::Duration;

/// Failures in a row after which the breaker opens.
pub const BREAKER_AFTER: u32 = 5;
const BREAKER_FIRST: Duration = Duration::from_secs(5 * 60);
const BREAKER_LONGEST: Duration = Duration::from_secs(60 * 60);
/// Quiet after a 429 or 503 that does not say how long, doubled with each in a row.
const QUIET_FIRST: Duration = Duration::from_secs(30);
const QUIET_LONGEST: Duration = Duration::from_secs(30 * 60);

/// Why a request waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitFor {
    /// The delay between requests.
    Delay,
    /// The host asked for quiet.
    Quiet,
    /// The breaker is open.
    Breaker,
}

/// Our time for governor, which knows only its own clocks.
#[derive(Clone)]
struct GovernorTime(TimeReader);

impl GovernorClock for GovernorTime {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        nanos((self.0)())
    }
}

fn nanos(at: Timestamp) -> Nanos {
    Nanos::new(u64::try_from(at.as_nanosecond()).unwrap_or_default())
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, GovernorTime, NoOpMiddleware<Nanos>>;

/// The pace of one host.
pub(super) struct Pace {
    now: TimeReader,
    state: HostState,
    plan_delay: Duration,
    robots_delay: Duration,
    limiter: Option<Limiter>,
    /// Differs from what the store holds in more than the next allowed time.
    pub(super) unsaved: bool,
}

impl Pace {
    /// The pace of a host with what the store remembers of it. Whoever comes to a host waits one delay first if it was
    /// ever asked before: another process, or this one before it was killed, may have asked it a moment ago.
    pub(super) fn new(now: TimeReader, delay: Duration, saved: Option<HostState>) -> Self {
        let at = now();
        let state = match saved {
            Some(mut saved) => {
                let delay = delay.max(Duration::from_millis(saved.delay_ms));
                saved.next_allowed = saved.next_allowed.max(after(at, spacing(delay)));
                saved
            }
            None => HostState { next_allowed: at, delay_ms: 0, quiet_until: None, failures: 0, open_until: None },
        };
        let robots_delay = Duration::from_millis(state.delay_ms);
        let mut pace = Self { now, state, plan_delay: delay, robots_delay, limiter: None, unsaved: true };
        pace.renew_limiter();
        pace
    }

    /// The delay in force.
    pub(super) fn delay(&self) -> Duration {
        self.plan_delay.max(self.robots_delay)
    }

    pub(super) fn state(&self) -> HostState {
        self.state.clone()
    }

    /// Takes over a site's own delay; the longest of all sites on a host counts.
    pub(super) fn set_plan_delay(&mut self, delay: Duration) {
        if delay > self.plan_delay {
            self.plan_delay = delay;
            self.renew_limiter();
        }
    }

    /// Takes over what robots.txt asks for.
    pub(super) fn set_robots_delay(&mut self, delay: Duration) {
        if delay != self.robots_delay {
            let (asked, now) = (delay.max(self.plan_delay), (self.now)());
            if asked > self.delay() {
                // The request for robots.txt itself counts.
                self.state.next_allowed = self.state.next_allowed.max(after(now, spacing(asked)));
            }
            self.robots_delay = delay;
            self.renew_limiter();
        }
    }

    fn renew_limiter(&mut self) {
        let delay = self.delay();
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.unsaved |= self.state.delay_ms != delay_ms;
        self.state.delay_ms = delay_ms;
        // No quota for a delay of zero: an unthrottled host of our own.
        self.limiter = Quota::with_period(delay)
            .map(|quota| RateLimiter::direct_with_clock(quota, GovernorTime(self.now.clone())));
    }

    /// Takes the next request's place, or says until when to wait.
    pub(super) fn take(&mut self) -> Result<(), (Timestamp, WaitFor)> {
        let now = (self.now)();
        let waits = [
            (self.state.open_until, WaitFor::Breaker),
            (self.state.quiet_until, WaitFor::Quiet),
            (Some(self.state.next_allowed), WaitFor::Delay),
        ];
        if let Some((Some(until), why)) =
            waits.into_iter().filter(|(until, _)| *until > Some(now)).max_by_key(|(until, _)| *until)
        {
            return Err((until, why));
        }
        if let Some(Err(not_until)) = self.limiter.as_ref().map(RateLimiter::check) {
            let wait = not_until.wait_time_from(nanos(now));
            // Rounded up to our milliseconds, so that the wait is never a moment too short.
            return Err((after(now, wait + Duration::from_micros(999)), WaitFor::Delay));
        }
        self.state.next_allowed = after(now, spacing(self.delay()));
        Ok(())
    }

    /// The host has begun to answer, or failed to: the delay counts from here, since from the host's side two requests
    /// may be closer together than they were sent.
    pub(super) fn answered(&mut self) {
        self.state.next_allowed = self.state.next_allowed.max(after((self.now)(), spacing(self.delay())));
    }

    /// A whole answer came.
    pub(super) fn succeeded(&mut self) {
        self.unsaved |= self.state.failures > 0 || self.state.quiet_until.is_some();
        self.state.failures = 0;
        self.state.open_until = None;
        self.state.quiet_until = None;
    }

    /// The host failed or asked for quiet. `spread` in 0 to 1 moves the wait by up to a quarter, so that many crawlers
    /// do not come back at one moment.
    pub(super) fn failed(&mut self, kind: ErrorKind, status: Option<u16>, asked: Option<Duration>, spread: f64) {
        let now = (self.now)();
        self.state.failures = self.state.failures.saturating_add(1);
        let failures = self.state.failures;
        let spread = |wait: Duration| wait.mul_f64(1.0 + 0.25 * spread.clamp(0.0, 1.0));
        let busy = matches!(kind, ErrorKind::Busy | ErrorKind::RobotsBusy) || status == Some(503);
        let quiet = match asked {
            Some(asked) => Some(asked),
            None if busy => Some(spread(doubled(QUIET_FIRST, failures - 1, QUIET_LONGEST))),
            None => None,
        };
        if let Some(quiet) = quiet {
            self.state.quiet_until = self.state.quiet_until.max(Some(after(now, quiet)));
        }
        if failures >= BREAKER_AFTER {
            let open = spread(doubled(BREAKER_FIRST, failures - BREAKER_AFTER, BREAKER_LONGEST));
            self.state.open_until = Some(after(now, open));
        }
        self.unsaved = true;
    }
}

/// From one request to the next: the delay, and a millisecond more, since times are rounded down to one and the host's
/// own clock is not.
fn spacing(delay: Duration) -> Duration {
    if delay.is_zero() { delay } else { delay + Duration::from_millis(1) }
}

/// `first` doubled `times` times, at most `longest`.
pub(crate) fn doubled(first: Duration, times: u32, longest: Duration) -> Duration {
    first.saturating_mul(1u32.checked_shl(times).unwrap_or(u32::MAX)).min(longest)
}

/// A number in 0 to 1 that looks random and is the same each time for the same parts.
pub(crate) fn spread_of(parts: &[&[u8]]) -> f64 {
    // FNV-1a: enough to spread waits, and no dice, so that a virtual run is the same each time.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.iter()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (hash >> 40) as f64 / (1u64 << 24) as f64
}
