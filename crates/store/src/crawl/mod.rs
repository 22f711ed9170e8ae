//! The memory of the crawl: runs, frontier, pacing, robots.txt, leases. The types are those of
//! [`domain::crawl`].

mod complete;
mod frontier;
mod gather;
mod held;
mod hosts;
mod listings;
mod runs;
mod set_aside;
mod unlisted;

pub(crate) use gather::Gathers;
pub(crate) use hosts::set_state;
pub(crate) use runs::site_row;

pub use domain::crawl::*;

use crate::StoreError;

/// A kind as it is kept with an entry.
fn entry_kind(number: i64) -> Result<EntryKind, StoreError> {
    EntryKind::from_number(number).ok_or(StoreError::Corrupt { what: "a frontier entry's kind" })
}

pub(crate) fn tally_of(json: &str) -> Result<RunTally, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt { what: "a run's tally" })
}

fn tally_json(tally: &RunTally) -> Result<String, StoreError> {
    serde_json::to_string(tally).map_err(|_| StoreError::Corrupt { what: "a run's tally" })
}
