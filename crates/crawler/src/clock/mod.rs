//! Time as the crawl sees it: the wall's, or a virtual one that a demo steps by events.

mod virtual_clock;

pub use virtual_clock::{Participant, VirtualClock};

use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// A clock. All times are whole milliseconds, as the store keeps them.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;
    /// Returns at `at`, or at once where that has passed.
    async fn sleep_until(&self, at: Timestamp);
    /// A clock for another task that runs beside the caller. On a virtual clock the task counts as running from now on
    /// until it sleeps or drops its clock, so register all tasks before the first of them starts. Names order those
    /// who wake at the same time.
    fn participant(&self, name: &str) -> Arc<dyn Clock>;
    /// The time as a function, without a hold on the clock.
    fn reader(&self) -> TimeReader;
}

/// Reads the time without a hold on the clock.
pub type TimeReader = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct WallClock;

#[async_trait]
impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    async fn sleep_until(&self, at: Timestamp) {
        // In slices, since the wall's clock can be set while the timer runs on.
        const SLICE: Duration = Duration::from_secs(60);
        while let Ok(rest) = Duration::try_from(at.duration_since(self.now())) {
            if rest.is_zero() {
                return;
            }
            tokio::time::sleep(rest.min(SLICE)).await;
        }
    }

    fn participant(&self, _name: &str) -> Arc<dyn Clock> {
        Arc::new(*self)
    }

    fn reader(&self) -> TimeReader {
        Arc::new(|| WallClock.now())
    }
}

/// `at` and a while, kept within what a timestamp can hold.
pub fn after(at: Timestamp, wait: Duration) -> Timestamp {
    let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(at.as_millisecond().saturating_add(wait_ms)).unwrap_or(Timestamp::MAX)
}
