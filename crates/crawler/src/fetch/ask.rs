//! How the modules that need pages get at a request: through the one who paces it.

use super::client::{Answer, Request};
use super::error::FetchError;
use crate::error::{ErrorKind, FrontierError};
use async_trait::async_trait;
use jiff::Timestamp;
use std::time::Duration;
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

/// Makes paced requests.
#[async_trait]
pub trait Ask: Send + Sync {
    /// Waits for the host's turn, asks, and notes how it went. Follows no redirect and knows no robots rules.
    async fn ask(&self, request: &Request<'_>) -> Result<Answer, Trouble>;
    /// Waits between two tries.
    async fn pause(&self, wait: Duration) -> Result<(), Halt>;
    /// Takes over the Crawl-delay that an origin's robots.txt asks for.
    async fn set_robots_delay(&self, url: &Url, delay: Duration) -> Result<(), Halt>;
}

/// How long a store that does not answer is waited for before the visit ends.
const STORE_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Calls the store, and again with growing waits while it does not answer (full disk, database gone).
pub async fn patiently<T, F, Fut>(ask: &dyn Ask, call: F) -> Result<T, Halt>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, FrontierError>>,
{
    let mut waited = Duration::ZERO;
    let mut wait = Duration::from_secs(1);
    loop {
        match call().await {
            Ok(value) => return Ok(value),
            Err(FrontierError::Unavailable { doing, source }) if waited < STORE_PATIENCE => {
                tracing::warn!(doing, error = %source, "the store does not answer; waiting");
                ask.pause(wait).await?;
                waited += wait;
                wait = (wait * 2).min(Duration::from_secs(30));
            }
            Err(error) => return Err(Halt::Frontier(error)),
        }
    }
}
