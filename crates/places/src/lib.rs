//! Places that outreach teams visit (clinics, workplaces): *places*, never persons.
//!
//! [`Register`] is derived from [`Event`]s, which are human acts: merges, splits, moves and closings can each be undone by
//! another event. [`plan`] draws the visits of a team's next days so that every known place is visited within the
//! interval, places of concern first. [`coverage`] compares what was visited with what is known and with an estimate of
//! how many places there are.
//!
//! **Invariant**: no I/O, no clock, no randomness but a seed. Nothing sets or ends a status of concern but a person's act.

#![deny(missing_docs)]

mod coverage;
mod draw;
mod event;
mod plan;
mod region;
mod register;

pub use coverage::{Coverage, Estimate, coverage};
pub use event::{Act, Details, Event, EventId, Origin, PlaceId, Visit, VisitResult};
pub use plan::{Advice, Plan, PlanSettings, Planned, Why, advice, plan};
pub use region::{RegionChange, Regions};
pub use register::{Concern, Place, Problem, Refused, Register};

#[cfg(test)]
mod tests;
