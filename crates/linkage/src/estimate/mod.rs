//! What this installation's own ads say of m and u.
//!
//! Method. **u** comes from pairs drawn at random, which are nearly all pairs of two desks; those that linking holds to
//! be one network are left out. **m** comes from expectation maximisation over the candidate pairs, one session for each
//! way in which candidates are found ([`em`]): the comparison that found them says nothing within its session. Both lean
//! on the present values as if these had been seen in some pairs before, so that few pairs change little. Sources:
//! Fellegi and Sunter 1969, "A Theory for Record Linkage"; Winkler 1988, "Using the EM algorithm for weight computation
//! in the Fellegi-Sunter model of record linkage"; u from random pairs and sessions by blocking rule as in Splink.
//!
//! Guards. u is fixed during a session wherever random pairs can tell it, so that the two classes cannot change places;
//! a level that ends on the wrong side of 0 bits, or was seen in too few pairs, keeps its value and the report says so;
//! prior and ceilings are set by hand and never estimated.

mod em;
mod observe;

use crate::levels::{Level, LevelName};
use crate::parameters::LinkParameters;
use crate::reference::LinkReference;
use crate::{Run, desk::Desk};
use domain::{AdFacts, Judgement};
use serde::Serialize;
use std::collections::BTreeSet;

pub(crate) use observe::{COMPARISONS, Observation};

/// Pairs that are drawn at random.
const RANDOM_PAIRS: usize = 60_000;
/// Expected pairs of one desk below which a level keeps its value.
const LEAST_PAIRS: f64 = 10.0;
/// How many pairs the present value counts as.
const PRIOR_PAIRS: f64 = 20.0;

/// What an estimate found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// Sets of ads that contacts hold together.
    pub desks: usize,
    /// Pairs of them drawn at random.
    pub random_pairs: usize,
    /// Pairs of them that share something.
    pub candidate_pairs: usize,
    /// The sessions, in order.
    pub sessions: Vec<Session>,
    /// Every level.
    pub levels: Vec<LevelEstimate>,
}

/// One run of expectation maximisation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Session {
    /// The comparison by which its pairs were found: its first level.
    pub found_by: LevelName,
    /// Its pairs.
    pub pairs: usize,
    /// Share of them that it takes for pairs of one desk.
    pub share: f64,
    /// Rounds.
    pub rounds: usize,
    /// Largest change of any share in the last round.
    pub last_change: f64,
    /// Whether that was below the limit.
    pub converged: bool,
}

/// A level before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelEstimate {
    /// Which.
    pub name: LevelName,
    /// As it is configured.
    pub before: Level,
    /// As the ads say; the same where it is kept.
    pub after: Level,
    /// Pairs of one desk, as expected, in which it could have been seen.
    pub pairs: f64,
    /// Why it keeps its value.
    pub kept: Option<Kept>,
}

/// Why a level keeps its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Set by hand: pairs of desks cannot show it.
    ByHand,
    /// Too few pairs.
    TooFewPairs,
    /// The estimate speaks for where it should speak against, or the other way round.
    WrongSide,
    /// A session that it rests on did not come to rest.
    NotConverged,
}

impl Estimate {
    /// The parameters with these levels.
    pub fn apply(&self, parameters: &LinkParameters) -> LinkParameters {
        let mut after = parameters.clone();
        after.levels.extend(self.levels.iter().map(|level| (level.name, level.after)));
        after
    }
}

/// Estimates m and u from all these ads. Deterministic: the random pairs come from a fixed sequence.
pub fn estimate(ads: &[AdFacts], judgements: &[Judgement], parameters: &LinkParameters) -> Estimate {
    let mut run = Run::new(ads, judgements, &LinkReference::of(ads, parameters), parameters);
    let networks: Vec<u32> = {
        let firsts: Vec<u32> = run.desks.iter().map(|desk| desk.ads[0]).collect();
        firsts.into_iter().map(|ad| run.networks.find(ad)).collect()
    };
    let scales = run.scales(parameters);
    let look = |x: u32, y: u32| -> Observation {
        let (a, b): (&Desk, &Desk) = (&run.desks[x as usize], &run.desks[y as usize]);
        Observation::of(a, b, &scales.weigh(a, b, [networks[x as usize], networks[y as usize]]))
    };
    let random: Vec<Observation> = random_pairs(run.desks.len())
        .into_iter()
        .filter(|(x, y)| networks[*x as usize] != networks[*y as usize])
        .map(|(x, y)| look(x, y))
        .collect();
    let candidates: Vec<Observation> = run.pairs.iter().map(|(x, y)| look(*x, *y)).collect();
    of_observations(run.desks.len(), &random, &candidates, parameters)
}

/// The same from what was observed.
fn of_observations(
    desks: usize,
    random: &[Observation],
    candidates: &[Observation],
    parameters: &LinkParameters,
) -> Estimate {
    let start = em::Shares::start(parameters, random);
    let mut sessions = Vec::new();
    let mut sums = em::Counts::default();
    let mut restless: BTreeSet<usize> = BTreeSet::new();
    for found_by in observe::FINDING {
        let pairs: Vec<&Observation> = candidates.iter().filter(|pair| pair.agrees(found_by)).collect();
        if (pairs.len() as f64) < 2.0 * LEAST_PAIRS {
            continue;
        }
        let outcome = em::session(&start, &pairs, found_by);
        if outcome.converged {
            sums.add(&outcome.counts);
        } else {
            restless.extend((0..COMPARISONS.len()).filter(|at| *at != found_by));
        }
        sessions.push(Session {
            found_by: COMPARISONS[found_by].levels[0],
            pairs: pairs.len(),
            share: outcome.share,
            rounds: outcome.rounds,
            last_change: outcome.last_change,
            converged: outcome.converged,
        });
    }
    let levels = LevelName::ALL.map(|(name, by_hand)| {
        let before = parameters.levels.get(&name).copied().unwrap_or(by_hand);
        let Some((at, place)) = observe::place(name) else {
            return LevelEstimate { name, before, after: before, pairs: 0.0, kept: Some(Kept::ByHand) };
        };
        let pairs = sums.one_desk[at].comparable;
        let m = sums.one_desk[at].share(place, start.m[at][place], PRIOR_PAIRS);
        let u = match COMPARISONS[at].by_chance {
            true => start.u[at][place],
            false => sums.two_desks[at].share(place, start.u[at][place], PRIOR_PAIRS),
        };
        let after = Level { m: rounded(m), u: rounded(u), most: before.most };
        let kept = if pairs < LEAST_PAIRS {
            Some(if restless.contains(&at) { Kept::NotConverged } else { Kept::TooFewPairs })
        } else if (after.m > after.u) != (by_hand.m > by_hand.u) {
            Some(Kept::WrongSide)
        } else {
            None
        };
        LevelEstimate { name, before, after: if kept.is_some() { before } else { after }, pairs, kept }
    });
    Estimate {
        desks,
        random_pairs: random.len(),
        candidate_pairs: candidates.len(),
        sessions,
        levels: levels.into_iter().collect(),
    }
}

/// Three significant digits: more would only look exact.
fn rounded(share: f64) -> f64 {
    format!("{share:.2e}").parse().unwrap_or(share)
}

/// Pairs of `0..many`, each of two different numbers, from a fixed sequence (SplitMix64).
fn random_pairs(many: usize) -> Vec<(u32, u32)> {
    if many < 2 {
        return Vec::new();
    }
    let mut state: u64 = 1969;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (crate::sketch::mix(state) % many as u64) as u32
    };
    let all = many * (many - 1) / 2;
    (0..RANDOM_PAIRS.min(4 * all)).map(|_| (next(), next())).filter(|(x, y)| x != y).collect()
}

#[cfg(test)]
mod tests;
