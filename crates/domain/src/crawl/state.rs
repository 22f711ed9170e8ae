//! What a site is doing, and what is wanted of it.

use crate::Bilingual;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a site is doing, and why: one sentence for the sites page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteState {
    /// What.
    pub phase: SitePhase,
    /// Why, with what to do where a person can do something.
    pub reason: Bilingual,
    /// Since when. A state that is set again as it was keeps the time at which it began.
    #[serde(skip)]
    pub since: Timestamp,
    /// Known end, for instance of a Retry-After.
    pub until: Option<Timestamp>,
}

/// What a site is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SitePhase {
    /// Waits for its next run.
    Idle,
    /// Being crawled.
    Running,
    /// Waits in the middle of a run by its timetable, or since bavn itself was stopped: no reason to look.
    Resting,
    /// Waits in the middle of a run: Retry-After, breaker, network or store gone.
    Waiting,
    /// Its last run failed: a person should look.
    Failed,
    /// Not crawled: no approval, expired, refused by the site.
    Closed,
    /// Halted by an administrator.
    Paused,
}

/// What an administrator wants of a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteWish {
    /// Crawl by schedule.
    #[default]
    Go,
    /// Halt: finish what is in flight, keep the run for later.
    Pause,
    /// End: finish what is in flight, end the run as partial with what was read, begin no other.
    Stop,
}

impl SitePhase {
    /// All of them.
    pub const ALL: [SitePhase; 7] = [
        SitePhase::Idle,
        SitePhase::Running,
        SitePhase::Resting,
        SitePhase::Waiting,
        SitePhase::Failed,
        SitePhase::Closed,
        SitePhase::Paused,
    ];

    /// As stored and as in the keys of texts.
    pub fn as_str(self) -> &'static str {
        match self {
            SitePhase::Idle => "idle",
            SitePhase::Running => "running",
            SitePhase::Resting => "resting",
            SitePhase::Waiting => "waiting",
            SitePhase::Failed => "failed",
            SitePhase::Closed => "closed",
            SitePhase::Paused => "paused",
        }
    }
}

impl fmt::Display for SitePhase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl SiteState {
    /// Whether nothing but the time at which it was set differs.
    pub fn same_as(&self, other: &SiteState) -> bool {
        self.phase == other.phase && self.reason == other.reason && self.until == other.until
    }
}

impl SiteWish {
    /// As stored: `go`, `pause`, `stop`.
    pub fn as_str(self) -> &'static str {
        match self {
            SiteWish::Go => "go",
            SiteWish::Pause => "pause",
            SiteWish::Stop => "stop",
        }
    }

    /// From what is stored; anything unknown means to go on.
    pub fn parse(text: &str) -> Self {
        match text {
            "pause" => SiteWish::Pause,
            "stop" => SiteWish::Stop,
            _ => SiteWish::Go,
        }
    }
}
