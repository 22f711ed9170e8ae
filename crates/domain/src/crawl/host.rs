//! What outlives a process about a host: its pace, and its robots.txt. Also who holds a site.

use super::trouble::ErrorKind;
use crate::SiteId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is remembered of a host, so that its pace holds for all sites on it, all workers, and across restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HostState {
    /// When a request to it was last sent or answered: the delay counts from here.
    pub last_at: Option<Timestamp>,
    /// What its robots.txt asks for, in milliseconds.
    pub crawl_delay_ms: u64,
    /// What each site on it asks for; the longest delay and the fewest connections count for all.
    pub sites: BTreeMap<SiteId, SitePace>,
    /// Requests under way.
    pub in_flight: Vec<InFlight>,
    /// The host asked for quiet until then (Retry-After, or our own wait after a 429 or 503).
    pub quiet_until: Option<Timestamp>,
    /// Failures in a row (5xx, 429, no answer).
    pub failures: u32,
    /// The breaker is open until then: no request but one trial afterwards.
    pub open_until: Option<Timestamp>,
}

/// What a site asks for on its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SitePace {
    /// Least time between two requests, in milliseconds.
    pub delay_ms: u64,
    /// Most connections at a time.
    pub connections: u32,
    /// When it last asked the host: a site that was taken away is forgotten after a day.
    pub asked_at: Timestamp,
}

/// A request under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// Which request of which worker.
    pub token: String,
    /// It is over by then, even if its worker was killed.
    pub until: Timestamp,
}

/// What came of the wish to have a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// It is the worker's until the time that it named.
    Taken,
    /// Another worker has it.
    Held {
        /// Who.
        by: String,
        /// Until when, unless it is renewed.
        until: Timestamp,
    },
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
