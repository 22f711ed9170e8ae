//! What people do with the register. Each act is kept; the present state is derived.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A place, given once and never again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlaceId(pub String);

/// An act's number: acts count in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u64);

/// An act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// The local day.
    pub on: Date,
    /// Who.
    pub by: String,
    /// What.
    pub act: Act,
}

/// How a place became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// An address or contact in ads.
    Ads,
    /// A list that somebody had.
    List,
    /// A visit nearby.
    Visit,
}

/// What is known of where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// What the team calls it: a street, a sign; no person's name.
    pub name: String,
    /// Four digits.
    pub municipality_code: String,
    /// Latitude and longitude in degrees, where they are known.
    pub point: Option<(f64, f64)>,
}

/// What was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitResult {
    /// Somebody was spoken to.
    Met,
    /// It is open, and nobody could be spoken to.
    NotMet,
    /// Nobody was there.
    Empty,
}

/// A visit, in counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Whose.
    pub team: String,
    /// What was met.
    pub result: VisitResult,
    /// Offers made.
    pub offered: u32,
    /// Offers accepted.
    pub accepted: u32,
    /// Whether trafficking is suspected: a return visit is advised.
    pub suspicion: bool,
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A place is known from now on.
    Found {
        /// The new place.
        place: PlaceId,
        /// How.
        origin: Origin,
        /// Where.
        details: Details,
    },
    /// What was known of it was wrong.
    Corrected {
        /// Which.
        place: PlaceId,
        /// What is right.
        details: Details,
    },
    /// It is somewhere else from now on.
    Moved {
        /// Which.
        place: PlaceId,
        /// Where.
        details: Details,
    },
    /// Two entries are one place.
    Merged {
        /// The one that goes on.
        into: PlaceId,
        /// The one that is the same.
        from: PlaceId,
    },
    /// One entry is two places.
    Split {
        /// The one that goes on.
        from: PlaceId,
        /// The new one.
        into: PlaceId,
        /// Where the new one is.
        details: Details,
    },
    /// It is not there any more.
    Closed {
        /// Which.
        place: PlaceId,
    },
    /// It is there again.
    Reopened {
        /// Which.
        place: PlaceId,
    },
    /// It is a place of concern from now on, or still is.
    Concern {
        /// Which.
        place: PlaceId,
        /// What was seen: references to visits, ads, forms.
        evidence: Vec<String>,
        /// Why.
        reason: String,
        /// The day on which somebody looks at it again.
        review: Date,
    },
    /// It is no place of concern any more.
    ConcernEnded {
        /// Which.
        place: PlaceId,
        /// Why.
        reason: String,
    },
    /// Somebody was there.
    Visited {
        /// Which.
        place: PlaceId,
        /// What came of it.
        visit: Visit,
    },
    /// An earlier act is taken back.
    Undone {
        /// Which.
        act: EventId,
    },
}

impl Act {
    /// As a word: `found`, `concern_ended`, … – the same as in its written form.
    pub fn kind(&self) -> &'static str {
        match self {
            Act::Found { .. } => "found",
            Act::Corrected { .. } => "corrected",
            Act::Moved { .. } => "moved",
            Act::Merged { .. } => "merged",
            Act::Split { .. } => "split",
            Act::Closed { .. } => "closed",
            Act::Reopened { .. } => "reopened",
            Act::Concern { .. } => "concern",
            Act::ConcernEnded { .. } => "concern_ended",
            Act::Visited { .. } => "visited",
            Act::Undone { .. } => "undone",
        }
    }

    /// The place that goes on, and the other one that a merge or a split names; `None` for an undo, which names an act.
    pub fn places(&self) -> Option<(&PlaceId, Option<&PlaceId>)> {
        match self {
            Act::Merged { into, from } => Some((into, Some(from))),
            Act::Split { from, into, .. } => Some((from, Some(into))),
            Act::Found { place, .. }
            | Act::Corrected { place, .. }
            | Act::Moved { place, .. }
            | Act::Closed { place }
            | Act::Reopened { place }
            | Act::Concern { place, .. }
            | Act::ConcernEnded { place, .. }
            | Act::Visited { place, .. } => Some((place, None)),
            Act::Undone { .. } => None,
        }
    }
}
