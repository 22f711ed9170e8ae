//! The one path to a contact: facts from the store, the answer from `outreach`. The daily list, the page of the list
//! and the claim all ask here. Where the store cannot answer there is no list and no claim.

use crate::access::Who;
use crate::settings::Team;
use classifier::Catalogue;
use domain::{AdvertiserId, Band, Bilingual, Group, IndicatorId, ProgrammeId, Role, TeamId};
use jiff::Timestamp;
use jiff::civil::Date;
use outreach::advice::Situation;
use outreach::{
    AttemptFact, Candidate, Checked, ClaimFact, CommonFact, ContactFact, ContactList, CoolDownCause, Desk, DeskAd,
    DeskTie, GateFacts, GatePolicy, RandomApproval, RandomDraw, Refusal, Review, ReviewDecision, Stratum, TeamView,
    day_seed, days_list,
};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    AccountId, AttemptRow, CaseId, ContactRef, Decided, DecisionKind, DeskRows, Extent, GateRow, NewLine, NewList,
    ObjectionAt, ObjectionId, Spread, Store, StoreError,
};

/// A team as the gate sees it. With `worker` a colleague's claim refuses too.
pub fn team_view(team: &Team, worker: Option<AccountId>) -> TeamView {
    TeamView {
        id: team.id.clone(),
        municipalities: team.municipalities.iter().cloned().collect(),
        languages: team.languages.clone(),
        lines: team.lines as usize,
        worker: worker.map(worker_name),
        interpreter: team.interpreter.clone(),
    }
}

/// Everybody of a programme who could be on a list, whether the gate lets them or not. `as_of`: acts after it do not
/// count; claims and objections are those of `now`.
pub async fn candidates(
    store: &Store,
    catalogue: &Catalogue,
    programme: &ProgrammeId,
    as_of: Timestamp,
    now: Timestamp,
) -> Result<Vec<Candidate<ContactRef>>, StoreError> {
    let rows = store.gate_rows(programme, as_of, now).await?;
    Ok(rows.into_iter().map(|row| candidate(row, catalogue)).collect())
}

/// A team as one of its workers works: with the languages that she or he speaks, where the account names them.
pub(crate) fn worker_view(team: &Team, who: &Who) -> TeamView {
    let mut view = team_view(team, Some(who.id()));
    if !who.account.languages.is_empty() {
        view.languages = who.account.languages.clone();
    }
    view
}

/// A day's list with the draw that it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct DayList {
    /// The list.
    pub list: ContactList<ContactRef>,
    /// Whom the random stratum could have taken, and whom it took; empty without an approval that holds.
    pub draw: RandomDraw,
    /// Seed of that draw.
    pub seed: u64,
    /// The approval that it was made under.
    pub approval: Option<RandomApproval>,
}

/// A team's list for a day, made of what was known at `as_of`. Where the programme has the random stratum approved, its
/// share of the lines is drawn before, through the same gate.
pub async fn list_for(
    store: &Store,
    catalogue: &Catalogue,
    programme: &ProgrammeId,
    team: &TeamView,
    policy: &GatePolicy,
    date: Date,
    as_of: Timestamp,
) -> Result<DayList, StoreError> {
    let mut candidates = candidates(store, catalogue, programme, as_of, as_of).await?;
    let approval = policy.random.clone().filter(|approval| approval.holds(as_of));
    let seed = approval.as_ref().map_or(0, |approval| day_seed(approval.seed, &team.id, date));
    let draw = outreach::draw(&mut candidates, team, policy, as_of, seed);
    Ok(DayList { list: days_list(date, team, candidates, policy, as_of), draw, seed, approval })
}

/// The list as it is kept, with its frame: how many were asked about and how many were refused for which reason.
pub fn to_keep(made: &DayList, programme: &ProgrammeId, as_of: Timestamp, at: Timestamp) -> NewList {
    let (list, draw) = (&made.list, &made.draw);
    let mut refused = BTreeMap::<&str, u64>::new();
    for (_, reasons) in &list.excluded {
        for reason in reasons {
            *refused.entry(reason.as_str()).or_default() += 1;
        }
    }
    NewList {
        date: list.date,
        team: list.team.clone(),
        programme: programme.clone(),
        as_of,
        seed: made.seed,
        frame: serde_json::json!({
            "asked": list.lines.len() + list.excluded.len(),
            "excluded": list.excluded.len(),
            "refusals": refused,
            "random": made.approval.as_ref().map(|approval| serde_json::json!({
                "frame": draw.frame.iter().map(AdvertiserId::as_str).collect::<Vec<_>>(),
                "drawn": draw.drawn.iter().map(AdvertiserId::as_str).collect::<Vec<_>>(),
                "inclusion_probability": draw.inclusion_probability,
                "approved_by": approval.by, "approved_at": approval.at.to_string(),
                "until": approval.until.to_string(), "dpia": approval.dpia, "share": approval.share,
                "seed": approval.seed,
            })),
        }),
        lines: list
            .lines
            .iter()
            .map(|line| NewLine {
                advertiser: line.advertiser.clone(),
                network: line.network.clone(),
                case: line.case.clone().map(CaseId),
                random: line.stratum == Stratum::Random,
                inclusion_probability: line.inclusion_probability,
                contacts: line.contacts.clone(),
                language: line.language.clone(),
                municipality_code: line.municipality_code.clone(),
                last_seen: line.last_seen,
                reasons: line.reasons.clone(),
                cautions: line.cautions.clone(),
                channel: stored_channel(line.channel),
                band: line.band,
            })
            .collect(),
        at,
    }
}

/// The gate's answer about one advertiser.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Why not; empty where the team may approach.
    pub refusals: Vec<Refusal>,
    /// The same in words, each in its place; what came of another organisation's attempt is left out.
    pub why: Vec<Bilingual>,
    /// What to take care of, as of now.
    pub cautions: Vec<Bilingual>,
    /// The advised way, as of now.
    pub channel: outreach::Channel,
    /// Last sighting.
    pub last_seen: Option<Timestamp>,
    /// Somebody other than the person advertised may hold the phone.
    pub third_party_possible: bool,
    /// Local hours in which an ad was seen, as bits from midnight.
    pub hours: u32,
    /// Local hours in which somebody looked on those days, as bits.
    pub hours_looked: u32,
    /// The ways that are safe.
    pub safe_channels: BTreeSet<outreach::Channel>,
    /// Somebody has taken the advertiser: a colleague, or whoever asks.
    pub claimed: bool,
}

impl Answer {
    /// The team may approach.
    pub fn is_open(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// May this team approach this advertiser now? One whom the store does not know is refused.
pub async fn ask(
    store: &Store,
    catalogue: &Catalogue,
    advertiser: &AdvertiserId,
    random: bool,
    team: &TeamView,
    policy: &GatePolicy,
    now: Timestamp,
) -> Result<Answer, StoreError> {
    let row = store.gate_row(advertiser, now, now).await?;
    Ok(answer(row, catalogue, random, team, policy, now))
}

/// The same of everybody on a kept list, at one question to the store, in the list's order: the line, and the answer.
pub async fn ask_all(
    store: &Store,
    catalogue: &Catalogue,
    list: i64,
    team: &TeamView,
    policy: &GatePolicy,
    now: Timestamp,
) -> Result<Vec<(i64, Answer)>, StoreError> {
    let rows = store.gate_rows_of_list(list, now, now).await?;
    let mut rows: BTreeMap<AdvertiserId, GateRow> = rows.into_iter().map(|row| (row.advertiser.clone(), row)).collect();
    let order = store.list_order(list).await?;
    let one = |(line, advertiser, random): (i64, AdvertiserId, bool)| {
        (line, answer(rows.remove(&advertiser), catalogue, random, team, policy, now))
    };
    Ok(order.into_iter().map(one).collect())
}

fn answer(
    row: Option<GateRow>,
    catalogue: &Catalogue,
    random: bool,
    team: &TeamView,
    policy: &GatePolicy,
    now: Timestamp,
) -> Answer {
    let Some(row) = row else {
        return Answer {
            why: vec![Refusal::CannotAnswer("identity").explain()],
            refusals: vec![Refusal::CannotAnswer("identity")],
            cautions: Vec::new(),
            channel: outreach::Channel::None,
            last_seen: None,
            third_party_possible: true,
            hours: 0,
            hours_looked: 0,
            safe_channels: BTreeSet::new(),
            claimed: false,
        };
    };
    let (hours, hours_looked, claimed) = (row.hours, row.hours_looked, row.claim.is_some());
    let (last_seen, attempts) = (row.last_seen, row.attempts.clone());
    let mut candidate = candidate(row, catalogue);
    if random {
        candidate.facts.stratum = Stratum::Random;
    }
    let refusals = outreach::gate(&candidate.facts, team, policy, now).err().unwrap_or_default();
    let line = outreach::describe(&candidate, team);
    Answer {
        why: refusals.iter().map(|refusal| explain_for(refusal, &team.id, &attempts)).collect(),
        refusals,
        cautions: line.cautions,
        channel: line.channel,
        last_seen: Some(last_seen),
        third_party_possible: candidate.facts.third_party_possible,
        hours,
        hours_looked,
        safe_channels: line.safe_channels,
        claimed,
    }
}

/// A refusal in words for a team: what came of an attempt that is not its own stays with those who made it.
pub fn explain_for(refusal: &Refusal, team: &TeamId, attempts: &[AttemptRow]) -> Bilingual {
    let cool_down = match refusal {
        Refusal::CoolDown(cool_down) => cool_down,
        // A team's id is no word for people.
        Refusal::Claimed { team: by, .. } => return refusal.explain_claim(by == team),
        _ => return refusal.explain(),
    };
    let caused = |attempt: &&AttemptRow| match cool_down.cause {
        CoolDownCause::NoOutcomeYet => attempt.outcome.is_none(),
        CoolDownCause::After(after) => attempt.outcome.map(outcome) == Some(after),
        CoolDownCause::Unanswered => attempt.outcome == Some(store::Outcome::NoAnswer),
    };
    let own = |attempt: &AttemptRow| attempt.team == *team || attempt.cared_by() == team;
    if attempts.iter().filter(caused).any(own) { refusal.explain() } else { refusal.explain_to_others() }
}

/// Somebody who is not on the list, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The case, if there is one.
    pub case: Option<CaseId>,
    /// Where, in the team's area.
    pub municipality_code: String,
    /// Likely language; empty if unknown.
    pub language: String,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// In the urgent route: for those appointed alone.
    pub urgent: bool,
    /// The reasons with their words.
    pub reasons: Vec<(Refusal, Bilingual)>,
}

/// Whom a team might expect on its list and does not find there, as it stands now, last seen first: in its municipalities,
/// and flagged, decided or approached before. No contact is opened.
pub async fn left_out(
    store: &Store,
    catalogue: &Catalogue,
    programme: &ProgrammeId,
    team: &TeamView,
    policy: &GatePolicy,
    now: Timestamp,
) -> Result<Vec<LeftOut>, StoreError> {
    let rows = store.gate_rows(programme, now, now).await?;
    let mut expected: BTreeMap<AdvertiserId, (GateRow, String)> = BTreeMap::new();
    let mut candidates = Vec::with_capacity(rows.len());
    for row in rows {
        let known = row.decided.is_some() || !row.attempts.is_empty() || row.band.max(row.network_band) >= Band::Medium;
        let own = row.municipalities.iter().find(|code| team.municipalities.contains(*code)).cloned();
        if let (true, Some(code)) = (known, own) {
            expected.insert(row.advertiser.clone(), (row.clone(), code));
        }
        candidates.push(candidate(row, catalogue));
    }
    let date = now.to_zoned_datetime(policy.zone.clone()).date();
    let list = days_list(date, team, candidates, policy, now);
    let mut found: Vec<LeftOut> = list
        .excluded
        .into_iter()
        .filter_map(|(advertiser, refusals)| {
            let (row, municipality_code) = expected.remove(&advertiser)?;
            // Who was approached before and rests now: that no case was read would tell who was drawn at random.
            let unread =
                |refusal: &Refusal| matches!(refusal, Refusal::NotRead | Refusal::Decided(_) | Refusal::NoRandomDraw);
            let approached = !row.attempts.is_empty() && refusals.iter().any(|refusal| !unread(refusal));
            let refusals: Vec<Refusal> =
                refusals.into_iter().filter(|refusal| !approached || !unread(refusal)).collect();
            let told = |refusal: Refusal| {
                let words = explain_for(&refusal, &team.id, &row.attempts);
                (refusal, words)
            };
            Some(LeftOut {
                reasons: refusals.into_iter().map(told).collect(),
                case: row.case,
                municipality_code,
                language: row.languages.first().cloned().unwrap_or_default(),
                last_seen: row.last_seen,
                urgent: row.urgent,
            })
        })
        .collect();
    found.sort_by(|a, b| (b.last_seen, &a.case).cmp(&(a.last_seen, &b.case)));
    Ok(found)
}

/// The store's facts as the gate wants them. The row was read in one transaction over every register.
pub fn candidate(row: GateRow, catalogue: &Catalogue) -> Candidate<ContactRef> {
    let indicators: BTreeSet<IndicatorId> = row.indicators.iter().chain(&row.other_indicators).cloned().collect();
    let groups: BTreeSet<Group> = row
        .indicators
        .iter()
        .filter_map(|id| catalogue.get(id.as_str()))
        .filter(|indicator| indicator.role == Role::Score && indicator.points > 0.0)
        .map(|indicator| indicator.group)
        .collect();
    let contacts: Vec<ContactFact<ContactRef>> = row
        .contacts
        .iter()
        .map(|contact| ContactFact {
            contact: contact.contact,
            kind: contact.kind,
            damped: contact.damped,
            objected: contact.objected,
            last_seen: contact.last_seen,
            personas: contact.personas,
        })
        .collect();
    let third_party_possible = third_party_possible(&indicators, &contacts, &row.attempts);
    // Versions that were read before addresses were noted: where the rule on shared premises fired there is one.
    let address_known = row.address_known || indicators.iter().any(|id| id.as_str() == "shared_premises");
    // Who said no at the door is not visited again, whatever contact the objection is kept with, unless the person asked
    // later or a named person decided that it is about the contact alone.
    let at_the_door =
        (row.attempts.iter()).filter(|attempt| !attempt.undone).fold(false, |no, attempt| match attempt.outcome {
            Some(store::Outcome::Objection) if attempt.channel == store::Channel::Visit => true,
            _ => no && !attempt.person_asked,
        });
    let address_known = address_known && (!at_the_door || row.objection == Some(Extent::Contact));
    let facts = GateFacts {
        advertiser: row.advertiser,
        network: row.network,
        checked: Checked::all(),
        stratum: Stratum::Flagged,
        review: row.decided.as_ref().map_or(Review::Undecided, review),
        reopened: row.reopened,
        band: row.band.max(row.network_band),
        queue: row.queue,
        objection: row.objection == Some(Extent::Advertiser),
        objection_stays: row.objection == Some(Extent::Contact),
        desk: row.desk.map(desk),
        third_party_possible,
        urgent_open: row.urgent,
        common: CommonFact {
            approached: row.common.approached,
            network_approached: row.common.network_approached,
            held_until: row.common.held_until,
        },
        claim: row.claim.map(|claim| ClaimFact { team: claim.team, worker: worker_name(claim.by), until: claim.until }),
        attempts: row.attempts.iter().map(attempt).collect(),
        network_attempts: row.network_attempts.iter().map(attempt).collect(),
        municipalities: row.municipalities,
        last_seen: row.last_seen,
        personas: row.personas,
        contacts,
        address_known,
    };
    Candidate {
        facts,
        case: row.case.map(|case| case.0),
        inclusion_probability: 1.0,
        points: row.points,
        languages: row.languages,
        indicators,
        groups,
        network_size: row.network_size,
    }
}

/// Whether somebody other than the person advertised may hold a phone that may be used.
fn third_party_possible(
    indicators: &BTreeSet<IndicatorId>,
    contacts: &[ContactFact<ContactRef>],
    attempts: &[AttemptRow],
) -> bool {
    let situation = Situation {
        indicators: indicators.clone(),
        personas_on_contact: contacts.iter().filter(|contact| !contact.damped).map(|c| c.personas).max().unwrap_or(0),
        third_party_answered: attempts.iter().any(|attempt| attempt.outcome == Some(store::Outcome::ThirdParty)),
        ..Situation::default()
    };
    situation.third_party_possible()
}

/// The store's ads and ties of an advertiser as the rule on objections wants them.
fn desk(rows: DeskRows) -> Desk<ContactRef> {
    Desk {
        ads: (rows.ads.into_iter())
            .map(|(contacts, personas)| DeskAd {
                contacts: contacts.into_iter().collect(),
                personas: personas.into_iter().collect(),
            })
            .collect(),
        ties: rows.ties.into_iter().map(|(a, b, bits, judged)| DeskTie { a, b, bits, judged }).collect(),
        damped: rows.damped.into_iter().collect(),
    }
}

/// Lets objections reach as far as the rule says, and asks a named person where it does not decide: one objection when
/// it is made, all of them after an analysis, since contacts come and ties change. The gate asks the same rule each time;
/// what is kept here outlives the ads. Gives how many changed anything.
pub async fn spread_objections(
    store: &Store,
    catalogue: &Catalogue,
    only: Option<ObjectionId>,
    programmes: &[(ProgrammeId, f64)],
    now: Timestamp,
) -> Result<usize, StoreError> {
    // What the rule covers may stand in further ads: so often, at most, does it go on within one call.
    const ROUNDS: usize = 8;
    let mut changed = 0;
    for _ in 0..ROUNDS {
        let places = store.objections_at(only).await?;
        if places.is_empty() {
            break;
        }
        let mut moved = 0;
        for (programme, strong_bits) in programmes {
            let rows = store.gate_rows(programme, now, now).await?;
            let rows: BTreeMap<AdvertiserId, GateRow> =
                rows.into_iter().filter(|row| row.desk.is_some()).map(|row| (row.advertiser.clone(), row)).collect();
            for at in &places {
                let Some(row) = rows.get(&at.advertiser) else { continue };
                let spread = spread(at.clone(), &candidate(row.clone(), catalogue), *strong_bits);
                moved += usize::from(store.spread_objection(&spread, now).await?);
            }
        }
        changed += moved;
        if moved == 0 {
            break;
        }
    }
    Ok(changed)
}

/// How far an objection goes at an advertiser.
fn spread(at: ObjectionAt, candidate: &Candidate<ContactRef>, strong_bits: f64) -> Spread {
    let facts = &candidate.facts;
    let objected: BTreeSet<ContactRef> = facts.contacts.iter().filter(|c| c.objected).map(|c| c.contact).collect();
    let free = |contact: &&ContactFact<ContactRef>| !contact.damped;
    match (at.decided, &facts.desk) {
        (Some(Extent::Contact), _) | (None, None) => Spread { at, covers: Vec::new(), ask: Vec::new() },
        (Some(Extent::Advertiser), _) => {
            let covers = facts.contacts.iter().filter(free).map(|contact| contact.contact).collect();
            Spread { at, covers, ask: Vec::new() }
        }
        (None, Some(desk)) => {
            let reach = outreach::reach(&objected, desk, facts.third_party_possible, strong_bits);
            // Where nothing else leads to them there is nothing to decide.
            let asks = !reach.beyond.is_empty() || facts.address_known;
            let ask = reach.ask.iter().filter(|_| asks).map(|why| why.as_str().to_owned()).collect();
            Spread { at, covers: reach.covers.into_iter().collect(), ask }
        }
    }
}

fn worker_name(account: AccountId) -> String {
    account.0.to_string()
}

fn review(decided: &Decided) -> Review {
    let decision = match decided.kind {
        DecisionKind::OfferOutreach => ReviewDecision::OfferOutreach,
        DecisionKind::Watch => ReviewDecision::Watch,
        DecisionKind::NoConcern => ReviewDecision::NoConcern,
        DecisionKind::Spam => ReviewDecision::Spam,
        DecisionKind::Refer => ReviewDecision::Refer,
        DecisionKind::Urgent => ReviewDecision::Urgent,
    };
    Review::Decided { decision, at: decided.at, until: decided.until }
}

fn attempt(row: &AttemptRow) -> AttemptFact {
    AttemptFact {
        at: row.at,
        channel: channel(row.channel),
        outcome: row.outcome.map(outcome),
        contact_known: row.contact.is_some(),
        person_asked: row.person_asked,
        cautions: row.cautions.iter().map(|caution| worker_caution(*caution)).collect(),
    }
}

/// The same caution, in the words of `outreach`.
pub fn worker_caution(caution: store::WorkerCaution) -> outreach::WorkerCaution {
    match caution {
        store::WorkerCaution::Threat => outreach::WorkerCaution::Threat,
        store::WorkerCaution::Camera => outreach::WorkerCaution::Camera,
        store::WorkerCaution::NotAlone => outreach::WorkerCaution::NotAlone,
    }
}

/// The same way, in the words of `outreach`. Both list the same words; the match fails to compile if one gets another.
pub fn channel(channel: store::Channel) -> outreach::Channel {
    match channel {
        store::Channel::Sms => outreach::Channel::Sms,
        store::Channel::Call => outreach::Channel::Call,
        store::Channel::Visit => outreach::Channel::Visit,
        store::Channel::Mail => outreach::Channel::Mail,
        store::Channel::App => outreach::Channel::App,
        store::Channel::None => outreach::Channel::None,
    }
}

/// The same way, in the words of the store.
pub fn stored_channel(channel: outreach::Channel) -> store::Channel {
    match channel {
        outreach::Channel::Sms => store::Channel::Sms,
        outreach::Channel::Call => store::Channel::Call,
        outreach::Channel::Visit => store::Channel::Visit,
        outreach::Channel::Mail => store::Channel::Mail,
        outreach::Channel::App => store::Channel::App,
        outreach::Channel::None => store::Channel::None,
    }
}

/// The same outcome, in the words of `outreach`.
pub fn outcome(outcome: store::Outcome) -> outreach::Outcome {
    use outreach::Outcome as To;
    match outcome {
        store::Outcome::NoAnswer => To::NoAnswer,
        store::Outcome::WrongNumber => To::WrongNumber,
        store::Outcome::ThirdParty => To::ThirdParty,
        store::Outcome::Informed => To::Informed,
        store::Outcome::Declined => To::Declined,
        store::Outcome::WantsToTalk => To::WantsToTalk,
        store::Outcome::AcceptedOffer => To::AcceptedOffer,
        store::Outcome::NoNeed => To::NoNeed,
        store::Outcome::Referred => To::Referred,
        store::Outcome::Objection => To::Objection,
    }
}
