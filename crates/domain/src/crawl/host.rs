//! What outlives a process about a host: its pace, and its robots.txt.

use super::trouble::ErrorKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What must be remembered of a host, so that pacing holds across restarts and workers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// No request before this time.
    pub next_allowed: Timestamp,
    /// The delay in force in milliseconds: the greater of the plan's and robots.txt's Crawl-delay.
    pub delay_ms: u64,
    /// The host asked for quiet until then (Retry-After).
    pub quiet_until: Option<Timestamp>,
    /// Failures in a row (5xx, 429, no answer).
    pub failures: u32,
    /// The breaker is open until then: no request but one trial afterwards.
    pub open_until: Option<Timestamp>,
}

/// A robots.txt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedRobots {
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// What it says.
    pub answer: RobotsAnswer,
}

/// What the request for robots.txt gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum RobotsAnswer {
    /// Rules, at most 500 KiB of them.
    Rules {
        /// As they came, cut at a line end.
        body: Vec<u8>,
    },
    /// There is none (404, 410, other 4xx): everything may be fetched.
    None,
    /// The door is shut or nobody answers: nothing may be fetched.
    Closed {
        /// Why.
        why: ErrorKind,
    },
}
