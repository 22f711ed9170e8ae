//! The crawl's own words: what the crawler asks to be remembered and the store remembers. Both know only this crate.

pub mod entry;
pub mod host;
pub mod outcome;
pub mod politeness;
pub mod run;
pub mod state;
pub mod trouble;

pub use entry::{Entry, EntryId, EntryKind, NewEntry, Next, Run, RunId, Validators};
pub use host::{CachedRobots, HostState, InFlight, Lease, RobotsAnswer, SitePace};
pub use outcome::{Completed, GoneReason, Held, PageOutcome, Trail};
pub use politeness::Politeness;
pub use run::{Alarm, PastLook, RunEnd, RunSummary, RunTally, RunVerdict};
pub use state::{SitePhase, SiteState, SiteWish};
pub use trouble::ErrorKind;
