//! How the modules that need pages get at a request: through the one who paces it.

use super::client::{Answer, Request};
use super::error::FetchError;
use crate::error::{ErrorKind, FrontierError};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// Why a visit does not go on.
#[derive(Debug)]
pub enum Halt {
    /// The process is told to stop.
    Stopped,
    /// An administrator has paused the site.
    Paused,
    /// An administrator has stopped the run.
    EndWanted,
    /// The approval ended in the middle of the run.
    ApprovalEnded,
    /// Another worker has taken the site.
    LeaseLost,
    /// The host wants no request before this time, which is too long to wait within a run.
    Quiet(Timestamp),
    /// The owner, or a guard, has shut the door.
    Shut(ErrorKind),
    /// The host has not answered for many requests in a row.
    Unreachable(ErrorKind),
    /// The store failed for good.
    Frontier(FrontierError),
    /// Another connection of the run has met one of these.
    Ending,
}

/// Why there is no page.
#[derive(Debug)]
pub enum Trouble {
    /// Because of the page.
    Page(FetchError),
    /// Because the visit does not go on.
    Visit(Halt),
}

impl From<FetchError> for Trouble {
    fn from(error: FetchError) -> Self {
        Trouble::Page(error)
    }
}

impl From<Halt> for Trouble {
    fn from(halt: Halt) -> Self {
        Trouble::Visit(halt)
    }
}

/// Waits, and says whether to go on.
#[async_trait]
pub trait Patience: Send + Sync {
    /// Waits between two tries.
    async fn pause(&self, wait: Duration) -> Result<(), Halt>;
    /// What is known of the store's absence.
    fn outage(&self) -> &Outage;
}

/// Makes paced requests.
#[async_trait]
pub trait Ask: Patience {
    /// Waits for the host's turn, asks, and notes how it went. Follows no redirect and knows no robots rules.
    async fn ask(&self, request: &Request<'_>) -> Result<Answer, Trouble>;
    /// Takes over the Crawl-delay that an origin's robots.txt asks for.
    async fn set_robots_delay(&self, url: &Url, delay: Duration) -> Result<(), Halt>;
}

/// Whether the store is away, for all tasks of a process: told once when it begins and once when it is over.
#[derive(Debug, Default)]
pub struct Outage {
    since: Mutex<Option<Instant>>,
}

impl Outage {
    fn began(&self, doing: &str, error: &dyn std::error::Error) {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_none() {
            *since = Some(Instant::now());
            tracing::warn!(doing, %error, "the store does not answer: bavn waits for it; what was fetched is kept until then");
        }
    }

    fn over(&self) {
        let since = self.since.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(since) = since {
            let seconds = since.elapsed().as_secs();
            tracing::warn!(seconds, "the store answers again: the crawl goes on where it was, nothing was lost");
        }
    }
}

/// How long a store that does not answer is waited for before the visit ends.
const STORE_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Calls the store, and again with growing waits while it does not answer (full disk, database gone).
pub async fn patiently<T, F, Fut>(who: &dyn Patience, call: F) -> Result<T, Halt>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, FrontierError>>,
{
    let mut waited = Duration::ZERO;
    let mut wait = Duration::from_secs(1);
    loop {
        match call().await {
            Ok(value) => {
                who.outage().over();
                return Ok(value);
            }
            Err(FrontierError::Unavailable { doing, source }) if waited < STORE_PATIENCE => {
                who.outage().began(doing, source.as_ref());
                who.pause(wait).await?;
                waited += wait;
                wait = (wait * 2).min(Duration::from_secs(30));
            }
            Err(error) => return Err(Halt::Frontier(error)),
        }
    }
}
