//! What leaves the house: figures with intervals, suppression, the research package, documents as blocks.
//!
//! **Invariants**: pure, and the same input gives the same bytes. A count of fewer than five people is never shown, nor one
//! from which such a count follows. Every number of a document is computed once and then shown as text, table and chart.
//! No contact, no text of an ad and no picture's hash has a place in any type of this crate.

pub mod document;
pub mod figures;
pub mod finding;
pub mod guard;
pub mod outline;
pub mod package;
pub mod source;
pub mod stat;
pub mod status;
