//! Packages and reports: from the store to what `crates/report` counts, and from its bytes to files.

mod gather;
mod package;
mod status;

pub use gather::{Asked, gather};
pub use package::{Making, Outcome, PERIOD, made, verify};
pub use status::{KeptFigures, page, report};
