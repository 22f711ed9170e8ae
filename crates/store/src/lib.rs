//! One store over two engines: SQLite for one machine, PostgreSQL for several. Every method works alike on both.
//!
//! **Invariant**: no ad text, address, number or site's own id lies in clear in any table; they are sealed and found
//! by keyed hashes. Every table but `ad` names an ad by an internal integer. A page that shows personal data to a
//! person is read in the transaction that writes its audit row: no row, no page. Human acts are chained events that
//! are never overwritten; current states are derived from them. No clock: times are arguments.

pub mod ads;
pub mod alarms;
pub mod analysis;
mod anchor;
pub mod archive;
pub mod audit;
mod chain;
mod config_versions;
pub mod crawl;
mod db;
pub mod doctor;
mod draw;
pub mod error;
pub mod events;
pub mod keys;
mod migrate;
pub mod notices;
pub mod outreach;
pub mod people;
pub mod places;
pub mod readings;
pub mod register;
pub mod release;
pub mod research;
mod retention;
mod rotation;
pub mod search;
mod settings;
pub mod sign_in;
pub mod sites;
pub mod store;
mod subject;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod times;
mod transfer;

pub use ads::{AdRow, AdSpan, NewAd, PutAds, VersionRow};
pub use alarms::{AlarmNotice, AlarmNow, AlarmRow};
pub use analysis::{
    AnalysisHeader, AnalysisRun, CaseChange, CaseSubject, Cause, Change, ClosureAd, EntityRow, NewAnalysis, NewBatch,
    NewClosure, PutAnalysis, RunFiguresRow, RunHead, ShadowCounts, ShadowOverview, ShadowRow, ShadowState, SpamShare,
    Standard, SubjectScore,
};
pub use anchor::{Anchor, AnchorKind, Head};
pub use archive::{ArchiveQuery, ArchiveReader, ArchivedPage, CaptureRow, Reread, RereadAs, RereadCounts, WholeRun};
pub use audit::{Actor, AuditEntry, AuditFilter, AuditPage, Look, LookAlarm, LookClass, LookLimits};
pub use config_versions::{ConfigHow, ConfigVersion, NewConfigVersion};
pub use doctor::{Doctor, TableCount};
pub use error::StoreError;
pub use events::{ChainCheck, EventRow};
pub use keys::MasterKey;
pub use notices::{Notice, NoticeChange};
pub use outreach::{
    AttemptDetails, AttemptId, AttemptNow, AttemptRow, CalledBack, Channel, Claim, ClaimResult, Consent, ConsentHow,
    ContactRef, CopyKind, CopyRow, DeskRows, DueRow, Extent, FollowUpEdit, GateContact, GateRow, HandoverId,
    HandoverRow, HandoverState, ImportResult, ListHeader, ListLine, NewAssignment, NewAttempt, NewCopy, NewHandover,
    NewLine, NewList, ObjectionAt, ObjectionChannel, ObjectionId, ObjectionQuestion, ObjectionRow, Outcome,
    OutcomeEdit, PutAttempt, PutObjection, ReferralRow, ReferralStatus, Spread, Told, Told14, UrgentNotice,
    WorkerCaution,
};
pub use people::{Account, AccountId, NewAccount, PersonRole, SessionOf, SessionRow};
pub use places::{
    FormId, FormRow, FormState, NewForm, NewPlaceAct, NewVisitPlan, PlaceActRow, VisitPlanRow, VisitTold,
};
pub use readings::{InPassing, KnownAd, ReadAdRow, ReadingRow, UnreadVersion};
pub use register::{CommonFacts, Incoming, IncomingState, NewReferral};
pub use release::{
    CountedAd, CountedAssignment, CountedAttempt, CountedDecision, CountedLine, CountedQuery, CountedRun, NewRelease,
    Pseudonyms, ReleaseRow, SourceCounts,
};
pub use research::{
    Act, ActFilter, ActId, ActWhat, AdLabel, AdPage, CaseAd, CaseId, CaseLink, CaseState, CaseView,
    ContactJudgementRow, ContactPoint, DecideWith, Decided, DecidedWith, Decision, DecisionId, DecisionKind,
    DecisionRow, Item, JudgementId, JudgementRow, LineageRow, LineageStep, NetworkAd, NetworkAdvertiser, NetworkView,
    NoteKind, NoteRow, Opening, PairView, QueueFilter, QueuePage, QueueRow, ReadingDay, ReviewClaim, SavedView,
    SecondDone, SecondId, SecondRow, SecondShare, SecondView, SharedNumber, SharedNumberView, SharedNumbersPage,
    Skipped, SubjectCase, TwiceRead, Waiting,
};
pub use retention::{COMMON_DAYS, Clocks, Due, HoldOn, HoldRow, Kind as RetentionKind, NewHold, Upcoming};
pub use rotation::Rotated;
pub use search::{ContactAd, ContactFound, SearchFacets, SearchGroup, SearchHit, SearchPage, SearchQuery};
pub use sign_in::{InvitationToken, SessionShown};
pub use sites::{RunRow, SiteOverview, SiteRegistration};
pub use store::{Engine, Options, Store};
pub use subject::{CHECK_DAYS, CheckAnswer, Erased, Forgotten, ForgottenKind, SubjectCheck, SubjectFound};
pub use transfer::{Dump, DumpHeader, Moved, Verified};

#[cfg(test)]
mod tests;
