//! The researcher's queue, cases, decisions and judgements. No type here has a contact value.

mod acts;
mod case;
mod day;
mod decisions;
mod imports;
mod indicator;
mod judgements;
mod network;
mod network_view;
mod notes;
mod queue;
mod second;
mod shared_numbers;
mod subjects;
mod views;

pub use acts::{Act, ActFilter, ActId, ActWhat};
pub(crate) use case::Of;
pub use day::{Opening, ReadingDay};
pub use decisions::DecideWith;
pub(crate) use decisions::decided_of;
pub use indicator::DecidedWith;
pub use network_view::{
    AdPage, ContactPoint, LineageRow, LineageStep, NetworkAd, NetworkAdvertiser, NetworkView, PairView, SubjectCase,
};
pub use notes::{Item, NoteKind, NoteRow};
pub use second::{SecondDone, SecondId, SecondRow, SecondShare, SecondView, TwiceRead};
pub use shared_numbers::{ContactJudgementRow, SharedNumber, SharedNumberView, SharedNumbersPage, Waiting};
pub use views::SavedView;

use crate::AccountId;
use crate::outreach::AttemptRow;
use domain::{
    AdRef, AdvertiserId, Assessment, Band, Bilingual, DaySighting, IndicatorId, JudgementKind, LinkKind, MaskedText,
    NetworkId, PlaceFact, Queue, VersionFacts,
};
use jiff::{Timestamp, civil::Date};

/// A case's id, given once: `case_` and hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub String);

/// Row of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DecisionId(pub i64);

/// Row of a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JudgementId(pub i64);

/// What a researcher decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DecisionKind {
    /// Offer outreach.
    OfferOutreach,
    /// Watch until a day.
    Watch,
    /// No concern.
    NoConcern,
    /// Spam or scam.
    Spam,
    /// To an outreach team or another programme.
    Refer,
    /// The urgent route.
    Urgent,
}

impl DecisionKind {
    /// All, in the order of the page.
    pub const ALL: [DecisionKind; 6] = [
        DecisionKind::OfferOutreach,
        DecisionKind::Watch,
        DecisionKind::NoConcern,
        DecisionKind::Spam,
        DecisionKind::Refer,
        DecisionKind::Urgent,
    ];
    /// As stored and imported: `offer_outreach`, `watch`, `no_concern`, `spam`, `refer`, `urgent`.
    pub fn as_str(self) -> &'static str {
        match self {
            DecisionKind::OfferOutreach => "offer_outreach",
            DecisionKind::Watch => "watch",
            DecisionKind::NoConcern => "no_concern",
            DecisionKind::Spam => "spam",
            DecisionKind::Refer => "refer",
            DecisionKind::Urgent => "urgent",
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CaseState {
    /// Never decided, or its decision was undone.
    Open,
    /// Decided.
    Decided,
    /// Decided, then new evidence came, or its watch has ended.
    Reopened,
}

impl CaseState {
    /// As stored: `open`, `decided`, `reopened`.
    pub fn as_str(self) -> &'static str {
        match self {
            CaseState::Open => "open",
            CaseState::Decided => "decided",
            CaseState::Reopened => "reopened",
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        [CaseState::Open, CaseState::Decided, CaseState::Reopened].into_iter().find(|state| state.as_str() == text)
    }
}

/// Which cases a page of the queue shows. Everything `None` or empty: all that wait (open or reopened).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// One programme's.
    pub programme: Option<domain::ProgrammeId>,
    /// Only this band.
    pub band: Option<Band>,
    /// Only this state; `None` for open and reopened.
    pub state: Option<CaseState>,
    /// Any of these municipalities; empty for all. A region is the list of its municipalities.
    pub municipalities: Vec<String>,
    /// With ads in this language.
    pub language: Option<String>,
    /// With this indicator fired.
    pub indicator: Option<IndicatorId>,
    /// True: only urgent ones (the urgent route); false: only others. Ordinary pages pass false.
    pub urgent: bool,
    /// Ordinary queue or spam.
    pub queue: Option<Queue>,
    /// Only cases of the spam queue that were drawn to be read.
    pub drawn: bool,
    /// Only these cases; `None` for all.
    pub only: Option<Vec<CaseId>>,
    /// Case ids to leave out.
    pub skip: Vec<CaseId>,
    /// Only cases with evidence that is new since their decision.
    pub new_evidence: bool,
    /// Opened at this time or later.
    pub opened_from: Option<Timestamp>,
    /// Opened before this time.
    pub opened_before: Option<Timestamp>,
    /// Opened, decided or with new evidence after this time.
    pub changed_after: Option<Timestamp>,
    /// With a decision in force made at this time or later, by this account or by anybody.
    pub decided: Option<(Timestamp, Option<AccountId>)>,
    /// Opened by this account at this time or later, in whatever state.
    pub looked: Option<(AccountId, Timestamp)>,
    /// What the account skipped at this time or later: only it, or all but it.
    pub skipped: Option<(Skipped, AccountId, Timestamp)>,
    /// Only cases that nobody else reads at this time.
    pub free_for: Option<(AccountId, Timestamp)>,
}

/// What to do with skipped cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// Show nothing else.
    Only,
    /// Leave them out.
    Without,
}

/// A case in the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// Which case.
    pub case: CaseId,
    /// Its advertiser, where it is about just one.
    pub advertiser: Option<AdvertiserId>,
    /// Its network, where it is about several advertisers.
    pub network: Option<NetworkId>,
    /// Where it stands.
    pub state: CaseState,
    /// Version that a decision must name.
    pub version: i64,
    /// Band of the current assessment.
    pub band: Band,
    /// Points of the current assessment.
    pub points: f64,
    /// In the urgent route and not closed.
    pub urgent: bool,
    /// Ordinary or spam.
    pub queue: Queue,
    /// Indicators that scored.
    pub indicators: Vec<IndicatorId>,
    /// Indicators that are new since the decision.
    pub new_evidence: Vec<IndicatorId>,
    /// Municipalities, most recent first.
    pub municipalities: Vec<String>,
    /// Languages, most frequent first.
    pub languages: Vec<String>,
    /// Number of ads.
    pub ads: u32,
    /// Number of advertisers.
    pub advertisers: u32,
    /// Contacts as keyed pseudonyms (`K-7F3A`).
    pub contacts: Vec<String>,
    /// When the case was opened.
    pub opened_at: Timestamp,
    /// When it last got new evidence.
    pub changed_at: Timestamp,
    /// First sighting of its ads.
    pub first_seen: Timestamp,
    /// Last sighting of its ads.
    pub last_seen: Timestamp,
    /// Who is reading it now.
    pub claimed: Option<ReviewClaim>,
    /// The decision in force.
    pub decided: Option<Decided>,
    /// Whose it is, where an account made it.
    pub decided_by: Option<AccountId>,
    /// It was drawn, and a second or third reader has not read the case yet.
    pub read_again: bool,
}

/// A page of the queue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueuePage {
    /// Its rows: highest band first, then points, then oldest change, then case id.
    pub rows: Vec<QueueRow>,
    /// How many there are in all.
    pub total: u64,
}

/// Who is reading a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewClaim {
    /// Who.
    pub by: AccountId,
    /// Name.
    pub name: String,
    /// Until when.
    pub until: Timestamp,
}

/// The decision in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub kind: DecisionKind,
    /// When.
    pub at: Timestamp,
    /// Until when to watch.
    pub until: Option<Date>,
}

/// A decision to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What.
    pub kind: DecisionKind,
    /// Reason from the configured list.
    pub reason_code: String,
    /// Reason in words; may be empty.
    pub text: String,
    /// What would change my mind; may be empty.
    pub change_mind: String,
    /// For `Watch`: until when. For the others `None`.
    pub until: Option<Date>,
    /// For `Refer`: to which team or programme.
    pub refer_to: Option<String>,
}

/// A decision in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// Its row.
    pub id: DecisionId,
    /// Of which case.
    pub case: CaseId,
    /// What was decided.
    pub decision: Decision,
    /// Who: name of the account, or the register that it was imported from.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Who undid it, and when.
    pub undone: Option<(String, Timestamp)>,
}

/// A judgement in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgementRow {
    /// Its row.
    pub id: JudgementId,
    /// The two ads.
    pub ads: (AdLabel, AdLabel),
    /// What was judged.
    pub kind: JudgementKind,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The current analysis says as it does.
    pub in_effect: bool,
    /// Who undid it, and when.
    pub undone: Option<(String, Timestamp)>,
}

/// An ad as a researcher's page names it, since the site's own id may be a phone number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AdLabel {
    /// The store's own number.
    pub number: i64,
    /// The site and the store's own number: `s1 · 381`.
    pub words: String,
}

impl AdLabel {
    pub(crate) fn of(site: String, number: i64) -> Self {
        Self { number, words: format!("{site} · {number}") }
    }
}

/// An ad on the case page.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseAd {
    /// Which ad. A researcher's page shows `label`.
    pub ad: AdRef,
    /// Its name on the page.
    pub label: AdLabel,
    /// Its advertiser.
    pub advertiser: AdvertiserId,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// Known to be gone since.
    pub gone_at: Option<Timestamp>,
    /// Versions in order: the masked texts (title, body, fields) and the facts without contacts, links and addresses;
    /// firings in masked offsets.
    pub versions: Vec<(VersionFacts, Vec<MaskedText>)>,
    /// Days on which it was seen.
    pub sightings: Vec<DaySighting>,
    /// Its contacts as pseudonyms.
    pub contacts: Vec<String>,
}

/// A link on the case page.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseLink {
    /// One ad.
    pub a: AdLabel,
    /// The other.
    pub b: AdLabel,
    /// Their advertisers.
    pub advertisers: (AdvertiserId, AdvertiserId),
    /// Why they are tied.
    pub kind: LinkKind,
    /// Weight of evidence.
    pub bits: f64,
    /// Holds the two together.
    pub joins: bool,
    /// What ties them.
    pub note: Bilingual,
    /// The other end is outside this case.
    pub outside: bool,
}

/// All that the case page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseView {
    /// As in the queue.
    pub row: QueueRow,
    /// The current assessment; `None` where links changed so that nothing of it is left.
    pub assessment: Option<Assessment>,
    /// Assessments of the advertisers in it, for a network.
    pub advertisers: Vec<Assessment>,
    /// Its ads, by first sighting.
    pub ads: Vec<CaseAd>,
    /// Links that touch its ads.
    pub links: Vec<CaseLink>,
    /// Places with the first and last time an ad named them.
    pub places: Vec<(PlaceFact, Timestamp, Timestamp)>,
    /// Contacts as pseudonyms, with the number of ads and whether damped.
    pub contacts: Vec<(String, u32, bool)>,
    /// Decisions, newest first.
    pub decisions: Vec<DecisionRow>,
    /// Attempts at its advertisers, newest first.
    pub attempts: Vec<AttemptRow>,
    /// Judgements on its ads, newest first.
    pub judgements: Vec<JudgementRow>,
    /// The case that this one was split from.
    pub split_from: Option<CaseId>,
    /// The analysis it is seen in.
    pub as_of: Option<Timestamp>,
}
