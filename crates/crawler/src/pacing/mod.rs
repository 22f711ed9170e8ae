//! Politeness towards hosts: one place in the process through which every request goes.

mod host;

pub use host::{BREAKER_AFTER, WaitFor};
pub(crate) use host::{doubled, spread_of};

use crate::clock::TimeReader;
use crate::error::FrontierError;
use crate::fetch::FetchError;
use crate::ports::{Frontier, HostState};
use host::Pace;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// The paces of all hosts. One for each process; what must outlive it is kept in the frontier.
pub struct Pacer {
    frontier: Arc<dyn Frontier>,
    now: TimeReader,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

/// One host's pace and connections.
pub struct Host {
    name: String,
    pace: Mutex<Pace>,
    connections: Arc<Semaphore>,
}

/// Whether a request may be sent now.
pub enum Turn {
    /// Yes; the connection is held while this lives.
    Now(OwnedSemaphorePermit),
    /// Not before this time.
    Wait(Timestamp, WaitFor),
    /// All of the host's connections are in use.
    Full,
}

/// A host's name for pacing: the port is left out where it is the scheme's own, so that http and https share a pace.
pub fn host_key(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name,
    }
}

impl Pacer {
    /// A pacer over this memory and time.
    pub fn new(frontier: Arc<dyn Frontier>, now: TimeReader) -> Self {
        Self { frontier, now, hosts: Mutex::default() }
    }

    /// The host of a URL, with what is remembered of it. The first to name a host sets its connections; a later one
    /// with a longer delay slows it down for all.
    pub async fn host(&self, url: &Url, delay: Duration, connections: u32) -> Result<Arc<Host>, FrontierError> {
        let key = host_key(url);
        if let Some(host) = locked(&self.hosts).get(&key) {
            locked(&host.pace).set_plan_delay(delay);
            return Ok(host.clone());
        }
        let saved = self.frontier.load_pacing(&key).await?;
        let pace = Pace::new(self.now.clone(), delay, saved);
        let connections = Arc::new(Semaphore::new(connections.max(1) as usize));
        let made = Arc::new(Host { name: key.clone(), pace: Mutex::new(pace), connections });
        let host = locked(&self.hosts).entry(key).or_insert(made).clone();
        Ok(host)
    }

    /// Keeps a host's state where it has changed. Called before the first request and after each change.
    pub async fn save(&self, host: &Host) -> Result<(), FrontierError> {
        let changed = {
            let mut pace = locked(&host.pace);
            std::mem::take(&mut pace.unsaved).then(|| pace.state())
        };
        match changed {
            Some(state) => match self.frontier.save_pacing(&host.name, &state).await {
                Ok(()) => Ok(()),
                Err(error) => {
                    locked(&host.pace).unsaved = true;
                    Err(error)
                }
            },
            None => Ok(()),
        }
    }
}

impl Host {
    /// Its name for pacing.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Takes the next request's place.
    pub fn turn(&self) -> Turn {
        let Ok(permit) = self.connections.clone().try_acquire_owned() else { return Turn::Full };
        match locked(&self.pace).take() {
            Ok(()) => Turn::Now(permit),
            Err((until, why)) => Turn::Wait(until, why),
        }
    }

    /// The host has begun to answer, or failed to.
    pub fn answered(&self) {
        locked(&self.pace).answered();
    }

    /// A whole answer came.
    pub fn succeeded(&self) {
        locked(&self.pace).succeeded();
    }

    /// A request failed in a way that speaks of the host.
    pub fn failed(&self, error: &FetchError) {
        let mut pace = locked(&self.pace);
        pace.answered();
        let state = pace.state();
        let when = state.next_allowed.as_millisecond().to_le_bytes();
        let spread = spread_of(&[self.name.as_bytes(), &state.failures.to_le_bytes(), &when]);
        pace.failed(error.kind, error.status, error.retry_after, spread);
    }

    /// Takes over robots.txt's Crawl-delay; zero where it has none.
    pub fn set_robots_delay(&self, delay: Duration) {
        locked(&self.pace).set_robots_delay(delay);
    }

    /// What is remembered of it.
    pub fn state(&self) -> HostState {
        locked(&self.pace).state()
    }

    /// Until when the host has asked for quiet or its breaker is open.
    pub fn quiet_until(&self) -> Option<Timestamp> {
        let state = self.state();
        state.quiet_until.max(state.open_until)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
