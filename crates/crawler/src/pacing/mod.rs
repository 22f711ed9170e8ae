//! Politeness towards hosts: one place through which every request goes. A host's state lies in the frontier and a turn
//! is reserved there before the request is sent, so that the pace holds for all sites on the host, for all workers, and
//! across restarts.

mod host;
mod limiter;

pub use host::{BREAKER_AFTER, WaitFor};
pub(crate) use host::{doubled, spread_of};

use crate::clock::{TimeReader, after};
use crate::error::FrontierError;
use crate::fetch::FetchError;
use crate::ports::Frontier;
use domain::SiteId;
use domain::crawl::{HostState, SiteState};
use host::{Asking, Refused};
use jiff::Timestamp;
use limiter::Limiter;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use url::Url;

/// Times are rounded down to milliseconds, and the host's own clock is not.
const MARGIN_MS: u64 = 1;
/// Among workers of several machines, whose clocks agree to some milliseconds.
const MARGIN_SHARED_MS: u64 = 25;
/// A request's place is kept for so long after its longest time.
const OVERTIME: Duration = Duration::from_secs(1);

/// The paces of all hosts. One for each process.
pub struct Pacer {
    frontier: Arc<dyn Frontier>,
    now: TimeReader,
    /// This worker's name where others crawl beside it.
    shared: Option<String>,
    hosts: Mutex<HashMap<String, Arc<Host>>>,
    tickets: AtomicU64,
}

/// One host's state as this process knows it.
pub struct Host {
    name: String,
    kept: Mutex<Kept>,
    limiter: Mutex<Limiter>,
    /// Held over a change in the frontier, never over a request or a sleep: changes of one process follow each other.
    changing: tokio::sync::Mutex<()>,
}

struct Kept {
    state: HostState,
    /// That of the frontier; 0 where it holds nothing yet.
    revision: i64,
}

/// What a site promises towards its hosts.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// Which site.
    pub site: &'a SiteId,
    /// Least time between two requests.
    pub delay: Duration,
    /// Most connections at a time.
    pub connections: u32,
    /// Longest time that a request takes.
    pub longest: Duration,
}

/// The right to one request.
pub struct Ticket(String);

/// Whether a request may be sent now.
pub enum Turn {
    /// Yes; its place is held until [`Pacer::done`].
    Now(Ticket),
    /// Not before this time.
    Wait(Timestamp, WaitFor),
    /// All of the host's connections are in use.
    Full,
}

/// How a request went, as far as it speaks of the host.
#[derive(Clone, Copy)]
pub enum Went<'a> {
    /// A whole answer came.
    Well,
    /// The host failed or asked for quiet.
    Badly(&'a FetchError),
    /// It says nothing, or was never sent.
    Neither,
}

/// Where a change of a host's state goes.
enum Goes {
    /// To the frontier.
    Kept,
    /// It need not outlive the process.
    Known,
    /// Nowhere.
    Dropped,
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
    /// For a process that is the only one to crawl into this frontier.
    pub fn new(frontier: Arc<dyn Frontier>, now: TimeReader) -> Self {
        Self { frontier, now, shared: None, hosts: Mutex::default(), tickets: AtomicU64::new(0) }
    }

    /// For one of several workers, by its name: what the others do is looked up before each turn.
    pub fn beside_others(frontier: Arc<dyn Frontier>, now: TimeReader, worker: &str) -> Self {
        Self { shared: Some(worker.to_owned()), ..Self::new(frontier, now) }
    }

    /// How long to wait before a host whose connections are all in use is looked at again.
    pub fn look_again(&self) -> Duration {
        Duration::from_millis(if self.shared.is_some() { 200 } else { 50 })
    }

    /// The host of a URL, with what is remembered of it.
    pub async fn host(&self, url: &Url) -> Result<Arc<Host>, FrontierError> {
        let name = host_key(url);
        if let Some(host) = locked(&self.hosts).get(&name) {
            return Ok(host.clone());
        }
        let (mut state, revision) = self.frontier.host_state(&name).await?.unwrap_or_default();
        if self.shared.is_none() {
            host::inherit(&mut state, (self.now)());
        }
        let kept = Mutex::new(Kept { state, revision });
        let made = Arc::new(Host {
            name: name.clone(),
            kept,
            limiter: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        });
        Ok(locked(&self.hosts).entry(name).or_insert(made).clone())
    }

    /// Takes the next request's place: it is reserved in the frontier when this returns.
    pub async fn turn(&self, host: &Host, wish: &Wish<'_>) -> Result<Turn, FrontierError> {
        let number = self.tickets.fetch_add(1, Ordering::Relaxed);
        let token = format!("{}/{number}", self.shared.as_deref().unwrap_or_default());
        let margin = Duration::from_millis(if self.shared.is_some() { MARGIN_SHARED_MS } else { MARGIN_MS });
        let paced = |state: &HostState| !wish.delay.is_zero() || !host::delay(state).is_zero();
        if self.shared.is_some() && paced(&host.state()) {
            let _changing = host.changing.lock().await;
            self.look_up(host).await?;
        }
        let asked = |state: &mut HostState| {
            let now = (self.now)();
            let (site, delay, connections) = (wish.site, wish.delay, wish.connections);
            let until = after(now, wish.longest + OVERTIME);
            host::take(state, &Asking { site, delay, connections, token: token.clone(), until, margin }, now)
        };
        // First what this process knows by itself: its own limiter is asked only where nothing else speaks against it.
        match asked(&mut host.state()) {
            Ok(()) => {
                let delay = wish.delay.max(host::delay(&host.state()));
                if let Err(until) = locked(&host.limiter).take(delay, &self.now) {
                    return Ok(Turn::Wait(until, WaitFor::Delay));
                }
            }
            Err(Refused::Wait(until, why)) => return Ok(Turn::Wait(until, why)),
            Err(Refused::Full) => return Ok(Turn::Full),
        }
        let take = |state: &mut HostState, revision| {
            match asked(state) {
                // A host without any delay is one's own: it is noted once.
                Ok(()) if paced(state) || revision == 0 => (Turn::Now(Ticket(token.clone())), Goes::Kept),
                Ok(()) => (Turn::Now(Ticket(token.clone())), Goes::Known),
                Err(Refused::Wait(until, why)) => (Turn::Wait(until, why), Goes::Dropped),
                Err(Refused::Full) => (Turn::Full, Goes::Dropped),
            }
        };
        self.change(host, take, |_| None).await
    }

    /// A request is over. `told` says what its site is doing from now on, if that changes: it is kept together with the
    /// host's new state.
    pub async fn done(
        &self,
        host: &Host,
        ticket: &Ticket,
        went: Went<'_>,
        site: &SiteId,
        told: impl Fn(&HostState) -> Option<SiteState> + Copy,
    ) -> Result<(), FrontierError> {
        let end = |state: &mut HostState, _| {
            let (now, before) = ((self.now)(), state.clone());
            host::done(state, &ticket.0, now);
            match went {
                Went::Well => host::succeeded(state),
                Went::Badly(error) => {
                    let when = now.as_millisecond().to_le_bytes();
                    let spread = spread_of(&[host.name.as_bytes(), &state.failures.to_le_bytes(), &when]);
                    host::failed(state, error.kind, error.status, error.retry_after, spread, now);
                }
                Went::Neither => {}
            }
            let trouble = |state: &HostState| (state.failures, state.quiet_until, state.open_until);
            let others_wait = self.shared.is_some() && !host::delay(state).is_zero();
            let news = trouble(state) != trouble(&before) || told(state).is_some();
            let goes = if others_wait || news { Goes::Kept } else { Goes::Known };
            ((), goes)
        };
        self.change(host, end, move |state| told(state).map(|state| (site, state))).await
    }

    /// Takes over robots.txt's Crawl-delay; zero where it has none.
    pub async fn set_crawl_delay(&self, host: &Host, delay: Duration) -> Result<(), FrontierError> {
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        let set = |state: &mut HostState, _| {
            let goes = if state.crawl_delay_ms == delay_ms { Goes::Dropped } else { Goes::Kept };
            state.crawl_delay_ms = delay_ms;
            ((), goes)
        };
        self.change(host, set, |_| None).await
    }

    /// Changes a host's state, again from the newest where another worker was faster.
    async fn change<'a, T>(
        &self,
        host: &Host,
        step: impl Fn(&mut HostState, i64) -> (T, Goes),
        told: impl Fn(&HostState) -> Option<(&'a SiteId, SiteState)>,
    ) -> Result<T, FrontierError> {
        let _changing = host.changing.lock().await;
        loop {
            let (mut state, revision) = {
                let kept = locked(&host.kept);
                (kept.state.clone(), kept.revision)
            };
            let (result, goes) = step(&mut state, revision);
            let revision = match goes {
                Goes::Dropped => return Ok(result),
                Goes::Known => Some(revision),
                Goes::Kept => {
                    let site = told(&state);
                    let site = site.as_ref().map(|(site, state)| (*site, state));
                    self.frontier.swap_host_state(&host.name, revision, &state, site).await?
                }
            };
            match revision {
                Some(revision) => {
                    let mut kept = locked(&host.kept);
                    // A head that came meanwhile on another connection counts.
                    state.last_at = state.last_at.max(kept.state.last_at);
                    *kept = Kept { state, revision };
                    return Ok(result);
                }
                None => self.look_up(host).await?,
            }
        }
    }

    async fn look_up(&self, host: &Host) -> Result<(), FrontierError> {
        if let Some((state, revision)) = self.frontier.host_state(&host.name).await? {
            let mut kept = locked(&host.kept);
            if kept.revision != revision {
                *kept = Kept { state, revision };
            }
        }
        Ok(())
    }
}

impl Host {
    /// Its name for pacing.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The delay in force in milliseconds.
    pub fn delay_ms(&self) -> u64 {
        u64::try_from(host::delay(&locked(&self.kept).state).as_millis()).unwrap_or(u64::MAX)
    }

    /// The host has begun to answer.
    pub fn answered(&self, now: Timestamp) {
        host::answered(&mut locked(&self.kept).state, now);
    }

    /// What is known of it.
    pub fn state(&self) -> HostState {
        locked(&self.kept).state.clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
