//! The one gate for contact.

use crate::outcome::{AttemptFact, cool_down};
use crate::policy::{GatePolicy, Stratum, TeamView};
use crate::reach::{Desk, reach};
use crate::refusal::Refusal;
use domain::{AdvertiserId, Band, Bilingual, Contact, ContactKind, NetworkId, Queue, TeamId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// What a researcher decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewDecision {
    /// Offer outreach.
    OfferOutreach,
    /// Watch.
    Watch,
    /// No concern.
    NoConcern,
    /// Spam or scam.
    Spam,
    /// To another team or programme.
    Refer,
    /// The urgent route.
    Urgent,
}

impl ReviewDecision {
    /// As people read it.
    pub fn label(self) -> Bilingual {
        let (da, en) = match self {
            ReviewDecision::OfferOutreach => ("Tilbyd kontakt", "Offer outreach"),
            ReviewDecision::Watch => ("Hold øje", "Watch"),
            ReviewDecision::NoConcern => ("Ingen bekymring", "No concern"),
            ReviewDecision::Spam => ("Spam eller svindel", "Spam or scam"),
            ReviewDecision::Refer => ("Sendt videre", "Passed on"),
            ReviewDecision::Urgent => ("Hasteforløb", "Urgent route"),
        };
        Bilingual { da: da.to_owned(), en: en.to_owned() }
    }
}

/// Where the case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Review {
    /// Nobody has decided, or the decision was undone.
    #[default]
    Undecided,
    /// Decided.
    Decided {
        /// What.
        decision: ReviewDecision,
        /// When.
        at: Timestamp,
        /// Until when to watch.
        until: Option<Date>,
    },
}

/// Which registers were read. What was not read is not assumed to be empty: the gate stays shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checked {
    /// Objections.
    pub objections: bool,
    /// Attempts, its own and its network's.
    pub ledger: bool,
    /// Claims.
    pub claims: bool,
    /// The urgent route.
    pub urgent: bool,
    /// Decisions.
    pub reviews: bool,
    /// The register that programmes share; true where the programme shares none.
    pub common: bool,
}

impl Checked {
    /// All were read.
    pub fn all() -> Self {
        Self { objections: true, ledger: true, claims: true, urgent: true, reviews: true, common: true }
    }
}

/// What other programmes did, by the register that they share: when, and nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommonFact {
    /// Last approach through one of the advertiser's contacts.
    pub approached: Option<Timestamp>,
    /// Last approach in its network.
    pub network_approached: Option<Timestamp>,
    /// Until when somebody is about to approach it or its network.
    pub held_until: Option<Timestamp>,
}

/// A live or past claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFact {
    /// Whose team.
    pub team: TeamId,
    /// Whose.
    pub worker: String,
    /// Until when.
    pub until: Timestamp,
}

/// A contact of the advertiser. `C` is the contact itself or a row that stands for it while it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFact<C = Contact> {
    /// Which.
    pub contact: C,
    /// Phone, e-mail or handle.
    pub kind: ContactKind,
    /// Joins many else unrelated ads: never used.
    pub damped: bool,
    /// An objection covers it: never used.
    pub objected: bool,
    /// Last sighting of an ad of this advertiser that shows it.
    pub last_seen: Timestamp,
    /// Persona names in the ads that show it.
    pub personas: u32,
}

impl<C> ContactFact<C> {
    /// May be used at all.
    pub fn usable(&self) -> bool {
        !self.damped && !self.objected
    }
}

/// Everything that the gate must know of an advertiser at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct GateFacts<C = Contact> {
    /// Who.
    pub advertiser: AdvertiserId,
    /// Its network; one of one where it stands alone.
    pub network: NetworkId,
    /// Which registers were read.
    pub checked: Checked,
    /// From which stratum it comes.
    pub stratum: Stratum,
    /// What was decided.
    pub review: Review,
    /// New evidence came after the decision that could change it.
    pub reopened: bool,
    /// The higher of its own band and its network's.
    pub band: Band,
    /// Ordinary or spam.
    pub queue: Queue,
    /// A named person decided that an objection covers the advertiser as a whole.
    pub objection: bool,
    /// A named person decided that an objection stays with its contact: the rule says nothing more.
    pub objection_stays: bool,
    /// Its ads and their ties, where an objection covers one of its contacts. Where it is missing, one persona is all
    /// that the rule asks for.
    pub desk: Option<Desk<C>>,
    /// Somebody other than the person advertised may hold the phone.
    pub third_party_possible: bool,
    /// In the urgent route, itself or through its network or case.
    pub urgent_open: bool,
    /// What other programmes did.
    pub common: CommonFact,
    /// A claim, live or past.
    pub claim: Option<ClaimFact>,
    /// Attempts at it that were not undone, in any order.
    pub attempts: Vec<AttemptFact>,
    /// Attempts at others of its network that were not undone.
    pub network_attempts: Vec<AttemptFact>,
    /// Where it is now, municipality codes, most recently named first.
    pub municipalities: Vec<String>,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// Persona names in all its ads.
    pub personas: u32,
    /// Its contacts.
    pub contacts: Vec<ContactFact<C>>,
    /// A street address is known, so that a visit is possible.
    pub address_known: bool,
}

/// A clock that is fast by this much is borne; more is a broken fact.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(10);

/// May this team approach this advertiser now? Every reason against is listed. Pure, so that list, print, search and
/// API can all ask the same question.
pub fn gate<C: Ord + Clone>(
    facts: &GateFacts<C>,
    team: &TeamView,
    policy: &GatePolicy,
    now: Timestamp,
) -> Result<(), Vec<Refusal>> {
    let mut refusals = Vec::new();
    unread_registers(facts, now, &mut refusals);
    if facts.objection || objected_by_rule(facts, policy) {
        refusals.push(Refusal::Objection);
    }
    if facts.urgent_open {
        refusals.push(Refusal::Urgent);
    }
    if facts.queue == Queue::Spam {
        refusals.push(Refusal::SpamQueue);
    }
    if let Some(cool_down) = cool_down(&facts.attempts, policy, now) {
        refusals.push(Refusal::CoolDown(cool_down));
    }
    network_cool_down(facts, policy, now, &mut refusals);
    other_programmes(facts, policy, now, &mut refusals);
    if let Some(claim) = facts.claim.as_ref().filter(|claim| claim.until > now) {
        let mine = claim.team == team.id && team.worker.as_ref().is_none_or(|worker| *worker == claim.worker);
        if !mine {
            refusals.push(Refusal::Claimed { team: claim.team.clone(), until: claim.until });
        }
    }
    review(facts, policy, now, &mut refusals);
    if !facts.municipalities.iter().any(|code| team.municipalities.contains(code)) {
        refusals.push(Refusal::OutsideArea);
    }
    if now.duration_since(facts.last_seen) > SignedDuration::from_hours(24 * i64::from(policy.active_days)) {
        refusals.push(Refusal::Silent { last_seen: facts.last_seen });
    }
    if !facts.contacts.iter().any(ContactFact::usable) && !facts.address_known {
        refusals.push(Refusal::NoContact);
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// An objection against a contact stops that contact. Whether it closes the advertiser as a whole the rule says
/// ([`reach`]): else the operator of eight numbers could end the offers to eight persons.
fn objected_by_rule<C: Ord + Clone>(facts: &GateFacts<C>, policy: &GatePolicy) -> bool {
    let objected: BTreeSet<C> =
        facts.contacts.iter().filter(|contact| contact.objected).map(|contact| contact.contact.clone()).collect();
    if facts.objection_stays || objected.is_empty() {
        return false;
    }
    match &facts.desk {
        Some(desk) => reach(&objected, desk, facts.third_party_possible, policy.objection_strong_bits).whole,
        None => {
            let one = facts.personas == 1 || (facts.personas == 0 && facts.contacts.len() == 1);
            one && facts.contacts.iter().any(|contact| contact.objected && !contact.damped)
        }
    }
}

fn unread_registers<C>(facts: &GateFacts<C>, now: Timestamp, refusals: &mut Vec<Refusal>) {
    let checked = facts.checked;
    for (read, what) in [
        (checked.objections, "objections"),
        (checked.ledger, "ledger"),
        (checked.claims, "claims"),
        (checked.urgent, "urgent route"),
        (checked.reviews, "decisions"),
        (checked.common, "register of programmes"),
    ] {
        if !read {
            refusals.push(Refusal::CannotAnswer(what));
        }
    }
    if facts.advertiser.as_str().is_empty() || facts.network.as_str().is_empty() {
        refusals.push(Refusal::CannotAnswer("identity"));
    }
    if facts.last_seen.duration_since(now) > CLOCK_SLACK {
        refusals.push(Refusal::CannotAnswer("time"));
    }
}

/// One approach a network a day: local days count, so that an attempt of yesterday evening does not take this morning.
fn network_cool_down<C>(facts: &GateFacts<C>, policy: &GatePolicy, now: Timestamp, refusals: &mut Vec<Refusal>) {
    let Some(latest) = facts.network_attempts.iter().map(|attempt| attempt.at).max() else { return };
    let day = |at: Timestamp| at.to_zoned_datetime(policy.zone.clone()).date();
    let passed = (day(now) - day(latest)).get_days();
    if i64::from(passed) < i64::from(policy.network_days) {
        refusals.push(Refusal::NetworkCoolDown { approached: latest });
    }
}

/// A person whom another programme met is left alone for some days, and no network has two approaches a day. What came of
/// theirs the register does not say, so that one number of days is for all.
fn other_programmes<C>(facts: &GateFacts<C>, policy: &GatePolicy, now: Timestamp, refusals: &mut Vec<Refusal>) {
    let common = facts.common;
    if let Some(approached) = common.approached {
        let until = approached + SignedDuration::from_hours(24 * i64::from(policy.common_days));
        if now < until {
            refusals.push(Refusal::OtherProgramme { until });
        }
    }
    if let Some(approached) = common.network_approached {
        let day = |at: Timestamp| at.to_zoned_datetime(policy.zone.clone()).date();
        if i64::from((day(now) - day(approached)).get_days()) < i64::from(policy.network_days) {
            refusals.push(Refusal::OtherProgrammeNetwork { approached });
        }
    }
    if let Some(until) = common.held_until.filter(|until| *until > now) {
        refusals.push(Refusal::OtherProgrammeNow { until });
    }
}

fn review<C>(facts: &GateFacts<C>, policy: &GatePolicy, now: Timestamp, refusals: &mut Vec<Refusal>) {
    if facts.stratum == Stratum::Random {
        // The frame is whom the rules did not flag and nobody has sent elsewhere.
        let approved = policy.random.as_ref().is_some_and(|approval| approval.holds(now));
        let unflagged = facts.band < Band::Medium;
        let free = match facts.review {
            Review::Undecided => true,
            Review::Decided { decision, .. } => decision == ReviewDecision::NoConcern,
        };
        if !(approved && unflagged && free) {
            refusals.push(Refusal::NoRandomDraw);
        }
        return;
    }
    match facts.review {
        Review::Undecided if policy.admit_unread.admits(facts.band) => {}
        Review::Undecided => refusals.push(Refusal::NotRead),
        Review::Decided { at, .. } if at.duration_since(now) > CLOCK_SLACK => {
            refusals.push(Refusal::CannotAnswer("time"));
        }
        // New evidence on somebody who is to be offered help is a reason to go, not to wait.
        Review::Decided { decision: ReviewDecision::OfferOutreach, .. } => {}
        Review::Decided { decision: ReviewDecision::Watch, until, .. } => {
            refusals.push(Refusal::Watched { until });
            if facts.reopened {
                refusals.push(Refusal::Reopened);
            }
        }
        Review::Decided { decision, .. } => {
            refusals.push(Refusal::Decided(decision));
            if facts.reopened {
                refusals.push(Refusal::Reopened);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
