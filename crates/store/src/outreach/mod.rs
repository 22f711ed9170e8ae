//! The gate's facts, the lists, the ledger of attempts, and objections.

/// Words that are kept and exported as they are written here.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),* }
        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$variant),*];
            /// As stored, imported and exported.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
            /// From its written form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == text)
            }
        }
    };
}

mod addresses;
mod called;
mod claims;
mod copies;
mod due;
mod follow_up;
mod gate;
mod gate_facts;
mod hand_over;
mod imports;
mod ledger;
mod lists;
mod objection_reach;
mod objections;
mod record;
mod trials;
mod urgent;

pub use called::CalledBack;
pub use copies::{CopyKind, CopyRow, NewCopy};
pub use follow_up::{
    AttemptDetails, AttemptNow, Consent, ConsentHow, DueRow, FollowUpEdit, ReferralRow, ReferralStatus, Told14,
};
pub use hand_over::{HandoverId, HandoverRow, HandoverState, NewHandover};
pub(crate) use ledger::attempts_at;
pub(crate) use lists::empty_line_body;
pub use objection_reach::{DeskRows, Extent, ObjectionAt, ObjectionQuestion, Spread};
pub use objections::{ObjectionChannel, ObjectionId, ObjectionRow, PutObjection};
pub use record::OutcomeEdit;
pub use trials::NewAssignment;
pub use urgent::{Told, UrgentNotice};

use crate::AccountId;
use crate::research::{CaseId, Decided};
use domain::{AdvertiserId, Band, Contact, ContactKind, IndicatorId, NetworkId, ProgrammeId, Queue, TeamId};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;

/// Row of a contact: what is passed about until a list line opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContactRef(pub i64);

/// Row of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptId(pub i64);

words!(
    /// How somebody is approached.
    Channel {
        /// Text message.
        Sms = "sms",
        /// Call.
        Call = "call",
        /// Visit.
        Visit = "visit",
        /// E-mail.
        Mail = "mail",
        /// Message in a messaging service.
        App = "app",
        /// No safe way.
        None = "none",
    }
);

words!(
    /// What came of an attempt.
    Outcome {
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// The number does not lead to the person advertised.
        WrongNumber = "wrong_number",
        /// A third party answered.
        ThirdParty = "third_party",
        /// Told of rights and help.
        Informed = "informed",
        /// Does not want contact.
        Declined = "declined",
        /// Wants to talk.
        WantsToTalk = "wants_to_talk",
        /// Accepted an offer.
        AcceptedOffer = "accepted_offer",
        /// Works independently and needs nothing.
        NoNeed = "no_need",
        /// Referred with consent.
        Referred = "referred",
        /// Does not want to be contacted or kept.
        Objection = "objection",
    }
);

words!(
    /// What a worker learned that colleagues must know for their own safety.
    WorkerCaution {
        /// Somebody threatened, or it felt unsafe.
        Threat = "threat",
        /// A camera watches.
        Camera = "camera",
        /// Nobody goes there alone.
        NotAlone = "not_alone",
    }
);

/// A contact of an advertiser, not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateContact {
    /// Its row.
    pub contact: ContactRef,
    /// Phone, e-mail or handle.
    pub kind: ContactKind,
    /// Joins many else unrelated ads: never a line's contact.
    pub damped: bool,
    /// An objection covers it.
    pub objected: bool,
    /// Last sighting of an ad of this advertiser that shows it.
    pub last_seen: Timestamp,
    /// Different persona names in this advertiser's ads that show it.
    pub personas: u32,
}

/// All that the gate must know of an advertiser.
#[derive(Debug, Clone, PartialEq)]
pub struct GateRow {
    /// Who.
    pub advertiser: AdvertiserId,
    /// The network it is in; one of one where it stands alone.
    pub network: NetworkId,
    /// Advertisers in that network.
    pub network_size: u32,
    /// The case about it or its network.
    pub case: Option<CaseId>,
    /// The decision in force as of the time asked.
    pub decided: Option<Decided>,
    /// New evidence came after it.
    pub reopened: bool,
    /// Its own band.
    pub band: Band,
    /// Its own points.
    pub points: f64,
    /// Band of its network's assessment, or its own where it stands alone.
    pub network_band: Band,
    /// In the urgent route, itself or through its network or case, and not closed.
    pub urgent: bool,
    /// Ordinary or spam.
    pub queue: Queue,
    /// A live claim.
    pub claim: Option<Claim>,
    /// Attempts at it that were not undone, oldest first.
    pub attempts: Vec<AttemptRow>,
    /// Attempts at others in its network that were not undone, oldest first.
    pub network_attempts: Vec<AttemptRow>,
    /// Municipalities, most recently named first.
    pub municipalities: Vec<String>,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Contacts, the most recently seen first.
    pub contacts: Vec<GateContact>,
    /// Languages, most frequent first.
    pub languages: Vec<String>,
    /// Persona names in all its ads, sorted.
    pub personas: u32,
    /// Indicators that scored, itself or through its network.
    pub indicators: Vec<IndicatorId>,
    /// Counter, context and control indicators that fired.
    pub other_indicators: Vec<IndicatorId>,
    /// Local hours in which it was seen, as bits.
    pub hours: u32,
    /// Local hours in which its sites were looked at on those days, as bits: only against these do the hours say anything.
    pub hours_looked: u32,
    /// One of its ads names a street address.
    pub address_known: bool,
    /// Its ads and ties, where an objection covers one of its contacts.
    pub desk: Option<DeskRows>,
    /// How far a named person lets an objection go here.
    pub objection: Option<Extent>,
    /// What other programmes did, by the register that they share with this one.
    pub common: crate::register::CommonFacts,
}

/// A live claim on an advertiser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose.
    pub by: AccountId,
    /// Name.
    pub name: String,
    /// Of which team.
    pub team: TeamId,
    /// Since when.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// What came of asking for a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimResult {
    /// It is the caller's (now, or already before).
    Yours(Claim),
    /// Another's.
    Taken(Claim),
    /// Another programme's, in the register that both share, until then.
    Elsewhere(Timestamp),
}

/// A list to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewList {
    /// For which day.
    pub date: Date,
    /// For which team.
    pub team: TeamId,
    /// Of which programme.
    pub programme: ProgrammeId,
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// Seed of the draw.
    pub seed: u64,
    /// How the list came about: the frame, exclusions by reason, versions; kept as given.
    pub frame: serde_json::Value,
    /// Its lines in order.
    pub lines: Vec<NewLine>,
    /// When it was made.
    pub at: Timestamp,
}

/// A line to keep. Holds no contact in clear.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLine {
    /// Who.
    pub advertiser: AdvertiserId,
    /// Its network.
    pub network: NetworkId,
    /// The case.
    pub case: Option<CaseId>,
    /// Drawn at random (the worker does not see it).
    pub random: bool,
    /// Probability of being on the list.
    pub inclusion_probability: f64,
    /// How to reach them, best first.
    pub contacts: Vec<ContactRef>,
    /// Likely language.
    pub language: String,
    /// Where.
    pub municipality_code: String,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// Why, in plain words, Danish and English.
    pub reasons: Vec<domain::Bilingual>,
    /// What to take care of.
    pub cautions: Vec<domain::Bilingual>,
    /// Advised way.
    pub channel: Channel,
    /// Band.
    pub band: Band,
}

/// A kept list without its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct ListHeader {
    /// Its row.
    pub id: i64,
    /// For which day.
    pub date: Date,
    /// For which team.
    pub team: TeamId,
    /// Of which programme.
    pub programme: ProgrammeId,
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// Number of lines.
    pub lines: u32,
}

/// A line as it is shown to the team, with contacts opened.
#[derive(Debug, Clone, PartialEq)]
pub struct ListLine {
    /// Its row; stands in URLs and forms.
    pub id: i64,
    /// From 1.
    pub rank: u32,
    /// What was kept.
    pub line: NewLine,
    /// The contacts with their rows, in the order of `line.contacts`; without those that an objection covers by now.
    pub contacts: Vec<(ContactRef, Contact)>,
    /// A live claim.
    pub claim: Option<Claim>,
    /// Attempts at the advertiser that were not undone, oldest first.
    pub attempts: Vec<AttemptRow>,
    /// Every ad of it is known to be gone by now.
    pub gone: bool,
    /// The urgent route was opened since: do not approach.
    pub urgent: bool,
    /// An objection covers one of its contacts by now: do not approach.
    pub objected: bool,
}

/// An attempt to record.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAttempt {
    /// Made by the page or the import; the same key again changes nothing.
    pub idempotency_key: String,
    /// At whom.
    pub advertiser: AdvertiserId,
    /// Which line of a list, if any.
    pub line: Option<i64>,
    /// Which contact was used.
    pub contact: Option<ContactRef>,
    /// Method, as named in the programme.
    pub method: String,
    /// How.
    pub channel: Channel,
    /// What came of it, if known.
    pub outcome: Option<Outcome>,
    /// Language used.
    pub language: Option<String>,
    /// Name and version of the prepared text.
    pub text_version: Option<String>,
    /// Minutes spent.
    pub minutes: Option<u32>,
    /// A note; sealed.
    pub note: String,
    /// When to follow up.
    pub follow_up: Option<Date>,
    /// Of which team.
    pub team: TeamId,
    /// When it was made.
    pub made_at: Timestamp,
    /// What else is recorded.
    pub details: AttemptDetails,
}

/// What came of recording an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutAttempt {
    /// Its row.
    pub id: AttemptId,
    /// False where the key was known: nothing was written.
    pub new: bool,
}

/// An attempt in the ledger. Notes are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// Its row.
    pub id: AttemptId,
    /// At whom, as recorded.
    pub advertiser: AdvertiserId,
    /// When it was made.
    pub at: Timestamp,
    /// Who: name of the account or of the register.
    pub by: String,
    /// Whose account, if any.
    pub by_account: Option<AccountId>,
    /// Of which team.
    pub team: TeamId,
    /// Method.
    pub method: String,
    /// How.
    pub channel: Channel,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// When to follow up.
    pub follow_up: Option<Date>,
    /// Undone.
    pub undone: bool,
    /// The person asked for contact.
    pub person_asked: bool,
    /// What colleagues must know for their own safety.
    pub cautions: BTreeSet<WorkerCaution>,
    /// The team that looks after it now, where it is another than the one that made it.
    pub care_team: Option<TeamId>,
    /// The worker who looks after it now, if one in particular does.
    pub care_account: Option<AccountId>,
    /// The contact used, if one is on record.
    pub contact: Option<ContactRef>,
    /// Version that a change must name.
    pub version: i64,
}

impl AttemptRow {
    /// The team that looks after it now.
    pub fn cared_by(&self) -> &TeamId {
        self.care_team.as_ref().unwrap_or(&self.team)
    }
}

/// What an imported row did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportResult {
    /// Recorded.
    New,
    /// Known already.
    Known,
    /// Its ad is not in the store.
    UnknownAd,
    /// The ad is in no analysis yet: run `bavn analyse` first.
    NotAnalysed,
    /// A later decision or an objection is in force; nothing was changed.
    Refused,
}
