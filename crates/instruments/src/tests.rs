//! The shipped forms, made-up forms of every kind, both ways of writing them.

mod forms;
mod properties;
mod shipped;
