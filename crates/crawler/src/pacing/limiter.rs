//! The process's own limiter of a host: what holds between its connections without asking the frontier. The reservation
//! in the frontier comes after it and holds between processes.

use crate::clock::{TimeReader, after};
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use std::time::Duration;

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

/// One request a delay. A new delay begins a new limiter.
#[derive(Default)]
pub(super) struct Limiter {
    delay: Duration,
    limiter: Option<RateLimiter<NotKeyed, InMemoryState, GovernorTime, NoOpMiddleware<Nanos>>>,
}

impl Limiter {
    /// Takes this process's next turn, or says until when to wait.
    pub(super) fn take(&mut self, delay: Duration, now: &TimeReader) -> Result<(), Timestamp> {
        if self.delay != delay {
            // No quota for a delay of zero: an unthrottled host of our own.
            self.limiter =
                Quota::with_period(delay).map(|quota| RateLimiter::direct_with_clock(quota, GovernorTime(now.clone())));
            self.delay = delay;
        }
        let Some(Err(not_until)) = self.limiter.as_ref().map(RateLimiter::check) else { return Ok(()) };
        let at = now();
        // Rounded up to our milliseconds, so that the wait is never a moment too short.
        Err(after(at, not_until.wait_time_from(nanos(at)) + Duration::from_micros(999)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    #[test]
    fn one_request_a_delay_and_a_new_delay_counts_at_once() {
        let ms = Arc::new(AtomicI64::new(1_000));
        let clock = ms.clone();
        let now: TimeReader =
            Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).expect("a time"));
        let mut limiter = Limiter::default();
        let second = Duration::from_secs(1);
        assert_eq!(limiter.take(second, &now), Ok(()));
        assert!(limiter.take(second, &now).is_err_and(|until| until.as_millisecond() >= 2_000));
        ms.store(2_001, Ordering::Relaxed);
        assert_eq!(limiter.take(second, &now), Ok(()));
        assert_eq!(limiter.take(Duration::ZERO, &now), Ok(()), "no delay, no limit");
        assert_eq!(limiter.take(Duration::ZERO, &now), Ok(()));
    }
}
