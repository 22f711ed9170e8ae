//! Screening instruments as data: questions with answer types, skip logic, languages and the interviewer's notes; which
//! answers are signs of what; a band that is explained answer by answer.
//!
//! A form comes from TOML ([`Instrument::from_toml`]) or from an XLSForm workbook ([`from_xlsx`]); both go through the
//! same checks and name the place of each fault. [`Interview`] walks it question by question, [`Filled`] says what a set
//! of answers shows and hides, [`judge`] what it is a sign of.
//!
//! **Invariant**: no I/O, no clock. Consent comes first where a form has it, and one can stop at any question; a refusal
//! leaves nothing behind. An expression looks back only, so every path ends. A version that was released never changes.

#![deny(missing_docs)]

mod check;
mod draft;
mod expr;
mod fault;
mod fill;
mod interview;
mod judge;
mod markdown;
mod model;
mod reach;
mod release;
mod text;
mod toml_form;
mod write;
mod xlsform;

pub use check::{Checked, Remark};
pub use expr::{Expr, FUNCTIONS, Formula, FormulaError, Function, Operator, Scope, Value};
pub use fault::{Fault, Place};
pub use fill::{Answers, Filled, Wrong};
pub use interview::{End, Interview, Record, Refused, Step};
pub use judge::{AnswerEffect, Judgement, ShownSign, judge};
pub use model::{
    BandRule, Choice, ChoiceList, Consent, Instrument, Kind, Licence, Means, Row, Sign, SignGroup, SignRole, Source,
    Status, is_name,
};
pub use reach::Unreached;
pub use release::{ChangedAfterRelease, Released, Releases};
pub use text::Text;
pub use xlsform::{ImportOptions, from_xlsx, to_xlsx};

#[cfg(test)]
mod tests;
