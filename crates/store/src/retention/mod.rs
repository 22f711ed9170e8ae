//! What is kept how long, what is held back, and the deletion of what is due.
//!
//! A row's `delete_after` is written by the class's own clock (`classes`). The clocks of the configuration move that
//! time when the deletion runs (`rules`), so that a changed clock holds for what is kept already.

mod classes;
mod contacts;
mod forget;
mod hold;
mod rules;
mod run;

pub use classes::COMMON_DAYS;
pub(crate) use classes::Retention;
pub(crate) use forget::{Forget, erase_contacts, forget_ads};
pub use hold::{HoldOn, HoldRow, NewHold};
pub use rules::{Clocks, Kind};
pub use run::{Due, Upcoming};
