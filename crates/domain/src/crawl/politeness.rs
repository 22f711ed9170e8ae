//! How a visit treated the hosts it asked, by its own clock: what a site's owner would want to know.

use serde::{Deserialize, Serialize};

/// Figures of one visit. A run that was cut off and resumed has those of the visit that ended it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Politeness {
    /// Requests sent, robots.txt and redirects included.
    pub requests: u64,
    /// The longest delay in force towards a host in milliseconds: the plan's or robots.txt's, whichever is longer.
    pub delay_ms: u64,
    /// The shortest time from the begin of one request to the begin of the next to the same host, in milliseconds;
    /// `None` with fewer than two requests.
    pub shortest_gap_ms: Option<u64>,
    /// Answers that asked for quiet (429, 503).
    pub busy: u64,
}
