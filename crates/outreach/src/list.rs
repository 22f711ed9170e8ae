//! A team's list for a day.

use crate::advice::Situation;
use crate::draw::{day_seed, lot};
use crate::gate::{ContactFact, GateFacts, Review, gate};
use crate::outcome::{Channel, Outcome};
use crate::policy::{GatePolicy, Stratum, TeamView};
use crate::refusal::Refusal;
use domain::{AdvertiserId, Band, Bilingual, Contact, ContactKind, Group, IndicatorId, NetworkId, TeamId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who could be on a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<C = Contact> {
    /// What the gate asks.
    pub facts: GateFacts<C>,
    /// The case, if there is one.
    pub case: Option<String>,
    /// Probability of being on the list, 0 to 1: 1 for the flagged, the draw's for the random stratum.
    pub inclusion_probability: f64,
    /// Points of the assessment that counts.
    pub points: f64,
    /// Languages, most frequent first.
    pub languages: Vec<String>,
    /// Indicators that fired, itself or through its network.
    pub indicators: BTreeSet<IndicatorId>,
    /// Groups that scored.
    pub groups: BTreeSet<Group>,
    /// Advertisers in its network.
    pub network_size: u32,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactLine<C = Contact> {
    /// From 1.
    pub rank: usize,
    /// Not shown to the worker.
    pub stratum: Stratum,
    /// 0 to 1.
    pub inclusion_probability: f64,
    /// The case, if there is one.
    pub case: Option<String>,
    /// Who.
    pub advertiser: AdvertiserId,
    /// Its network.
    pub network: NetworkId,
    /// Contacts that may be used, best first.
    pub contacts: Vec<C>,
    /// Likely language, ISO 639-1; empty if unknown.
    pub language: String,
    /// Where, in the team's area.
    pub municipality_code: String,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// Why.
    pub reasons: Vec<Bilingual>,
    /// What to take care of.
    pub cautions: Vec<Bilingual>,
    /// Advised way.
    pub channel: Channel,
    /// The ways that are safe.
    pub safe_channels: BTreeSet<Channel>,
    /// Band.
    pub band: Band,
}

/// The list, with everybody who is not on it and why.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactList<C = Contact> {
    /// For which day.
    pub date: Date,
    /// For which team.
    pub team: TeamId,
    /// In order.
    pub lines: Vec<ContactLine<C>>,
    /// By id, each with every reason.
    pub excluded: Vec<(AdvertiserId, Vec<Refusal>)>,
}

/// Makes a team's list. The order of candidates does not matter: decided before unread, higher bands and points
/// first, then the most recently seen, then by id.
pub fn days_list<C: Ord + Clone>(
    date: Date,
    team: &TeamView,
    candidates: Vec<Candidate<C>>,
    policy: &GatePolicy,
    now: Timestamp,
) -> ContactList<C> {
    let mut excluded: BTreeMap<AdvertiserId, Vec<Refusal>> = BTreeMap::new();
    let mut given: BTreeMap<AdvertiserId, usize> = BTreeMap::new();
    for candidate in &candidates {
        *given.entry(candidate.facts.advertiser.clone()).or_default() += 1;
    }
    let mut open = Vec::new();
    for candidate in candidates {
        let id = &candidate.facts.advertiser;
        // Two different answers about one advertiser: believing either could open what the other shuts.
        let refused = if given[id] > 1 {
            Err(vec![Refusal::CannotAnswer("identity")])
        } else {
            gate(&candidate.facts, team, policy, now)
        };
        match refused {
            Ok(()) => open.push(candidate),
            Err(refusals) => _ = excluded.insert(id.clone(), refusals),
        }
    }
    open.sort_by(|a, b| {
        order(a).partial_cmp(&order(b)).unwrap_or(std::cmp::Ordering::Equal).then_with(|| {
            (std::cmp::Reverse(a.facts.last_seen), &a.facts.advertiser)
                .cmp(&(std::cmp::Reverse(b.facts.last_seen), &b.facts.advertiser))
        })
    });

    let share = policy.random.as_ref().filter(|approval| approval.holds(now)).map_or(0.0, |approval| approval.share);
    let most_random = (team.lines as f64 * share).floor() as usize;
    let random_there = open.iter().filter(|candidate| candidate.facts.stratum == Stratum::Random).count();
    let places = [(Stratum::Flagged, team.lines - most_random.min(random_there)), (Stratum::Random, most_random)];
    let mut networks: BTreeSet<NetworkId> = BTreeSet::new();
    let mut taken: BTreeMap<Stratum, usize> = BTreeMap::new();
    let mut chosen: Vec<Candidate<C>> = Vec::new();
    let seed = day_seed(policy.random.as_ref().map_or(0, |approval| approval.seed), &team.id, date);
    for candidate in open {
        let facts = &candidate.facts;
        let used = taken.entry(facts.stratum).or_default();
        let free = places.iter().any(|(stratum, places)| *stratum == facts.stratum && *used < *places);
        let refusal = if networks.contains(&facts.network) {
            Some(Refusal::NetworkOnList)
        } else if !free {
            Some(Refusal::ListFull)
        } else {
            None
        };
        match refusal {
            Some(refusal) => _ = excluded.insert(facts.advertiser.clone(), vec![refusal]),
            None => {
                *used += 1;
                networks.insert(facts.network.clone());
                // Whoever was drawn stands at a place drawn too, so that the place does not tell.
                let places = chosen.len() as u64 + 1;
                let place = match facts.stratum {
                    Stratum::Flagged => chosen.len(),
                    Stratum::Random => usize::try_from(lot(seed, &facts.advertiser) % places).unwrap_or(0),
                };
                chosen.insert(place, candidate);
            }
        }
    }
    let lines = chosen.iter().zip(1..).map(|(candidate, rank)| line(candidate, team, rank)).collect();
    ContactList { date, team: team.id.clone(), lines, excluded: excluded.into_iter().collect() }
}

/// What comes first: least is best; the random stratum comes last, since its places among the others are drawn.
fn order<C>(candidate: &Candidate<C>) -> (bool, bool, std::cmp::Reverse<Band>, f64) {
    let unread = !matches!(candidate.facts.review, Review::Decided { .. });
    let points = if candidate.points.is_finite() { -candidate.points } else { 0.0 };
    let random = candidate.facts.stratum == Stratum::Random;
    (random, unread, std::cmp::Reverse(candidate.facts.band), points)
}

/// What is known of somebody for those who answer the phone: language, cautions, advised way. It opens nothing: whether
/// somebody may be approached the gate says.
pub fn describe<C: Clone>(candidate: &Candidate<C>, team: &TeamView) -> ContactLine<C> {
    line(candidate, team, 0)
}

fn line<C: Clone>(candidate: &Candidate<C>, team: &TeamView, rank: usize) -> ContactLine<C> {
    let facts = &candidate.facts;
    let mut contacts: Vec<&ContactFact<C>> = facts.contacts.iter().filter(|contact| contact.usable()).collect();
    // A phone that few share and that was seen last reaches the person most likely.
    contacts.sort_by_key(|contact| {
        (contact.kind != ContactKind::Phone, contact.personas, std::cmp::Reverse(contact.last_seen))
    });
    // Hers, not ours: whoever writes mostly Romanian and a little English is met in Romanian, with an interpreter.
    let language = candidate.languages.first().cloned().unwrap_or_default();
    let answered_by_other = facts.attempts.iter().any(|attempt| attempt.outcome == Some(Outcome::ThirdParty));
    let situation = Situation {
        indicators: candidate.indicators.clone(),
        // The random stratum is offered general information; what little fired is no reason given to anybody.
        groups: if facts.stratum == Stratum::Random { BTreeSet::new() } else { candidate.groups.clone() },
        contacts: contacts.iter().map(|contact| contact.kind).collect(),
        personas_on_contact: contacts.first().map_or(0, |contact| contact.personas),
        network_size: candidate.network_size,
        address_known: facts.address_known,
        language: language.clone(),
        team_languages: team.languages.clone(),
        third_party_answered: answered_by_other,
        worker_cautions: facts
            .attempts
            .iter()
            .chain(&facts.network_attempts)
            .flat_map(|a| a.cautions.clone())
            .collect(),
        interpreter: team.interpreter.clone(),
    };
    ContactLine {
        rank,
        stratum: facts.stratum,
        inclusion_probability: candidate.inclusion_probability,
        case: candidate.case.clone(),
        advertiser: facts.advertiser.clone(),
        network: facts.network.clone(),
        contacts: contacts.iter().map(|contact| contact.contact.clone()).collect(),
        language,
        municipality_code: facts
            .municipalities
            .iter()
            .find(|code| team.municipalities.contains(*code))
            .cloned()
            .unwrap_or_default(),
        last_seen: facts.last_seen,
        reasons: situation.reasons(),
        cautions: situation.cautions(),
        channel: situation.channel(),
        safe_channels: situation.safe_channels(),
        band: facts.band,
    }
}

#[cfg(test)]
pub(crate) mod tests;
