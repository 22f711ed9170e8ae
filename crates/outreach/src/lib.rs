//! From assessments, decisions and the ledger to a team's day: who may be approached, how, and with what words.
//!
//! **Invariants**: pure. Whether somebody may be approached is answered in [`gate`] and nowhere else; what it cannot
//! answer it refuses. Nothing is sent; only an order is computed. No text of ours names trafficking.

pub mod advice;
mod draw;
mod error;
mod gate;
mod list;
pub mod outcome;
mod policy;
mod reach;
mod refusal;
mod shipped;
pub mod text;
mod trial;

pub use draw::{RandomDraw, day_seed, draw};
pub use error::OutreachError;
pub use gate::{Checked, ClaimFact, CommonFact, ContactFact, GateFacts, Review, ReviewDecision, gate};
pub use list::{Candidate, ContactLine, ContactList, days_list, describe};
pub use outcome::{AttemptFact, Channel, CoolDown, CoolDownCause, Outcome, WorkerCaution, cool_down};
pub use policy::{
    AdmitUnread, CoolDownDays, GatePolicy, MOST_COMMON_DAYS, RandomApproval, Settings, Stratum, TeamView,
};
pub use reach::{AskWhy, Desk, DeskAd, DeskTie, Reach, reach};
pub use refusal::Refusal;
pub use shipped::shipped;
pub use trial::{Trial, TrialMethod};
