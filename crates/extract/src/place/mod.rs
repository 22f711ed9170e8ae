//! Places in Denmark, down to the municipality.

mod find;
mod gazetteer;
mod names;
mod resolve;

pub(crate) use find::{Found, find};
pub(crate) use gazetteer::Gazetteer;
pub(crate) use resolve::resolve;
