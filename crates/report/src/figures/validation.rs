//! What outcomes say of indicators: how much more often each fires among those who accepted an offer than among those who
//! answered and did not.

use crate::source::{Attempt, Source, is_accepted, is_answer};
use crate::stat::LEVEL;
use crate::stat::ratio::{LikelihoodRatios, TwoByTwo, likelihood_ratios};
use serde::Serialize;
use std::collections::BTreeMap;

/// Answers that each stratum must have before anything is said.
pub const ENOUGH: u64 = 30;

/// What the outcomes say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Validation {
    /// People approached, and of these answered, among the flagged.
    pub flagged: (u64, u64),
    /// The same among those drawn at random.
    pub random: (u64, u64),
    /// Indicators, where both strata have enough answers; else none.
    pub indicators: Vec<Tested>,
    /// Level of each interval: 95 % for all indicators together (Bonferroni).
    pub level: f64,
}

/// An indicator against outcomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tested {
    /// Its place in [`Source::indicators`].
    pub indicator: usize,
    /// Ratios; `None` where they would tell of a few people.
    pub ratios: Option<LikelihoodRatios>,
    /// What follows for its grade, for a person to decide.
    pub proposal: Proposal,
}

/// What follows for a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposal {
    /// The interval lies above 1: consider grade A.
    Raise,
    /// The interval lies below 1: consider a lower grade.
    Lower,
    /// The interval holds 1, or it is withheld: nothing follows.
    Keep,
}

pub(super) fn validation(source: &Source, least: u64) -> Validation {
    let mut by_person: BTreeMap<i64, Vec<&Attempt>> = BTreeMap::new();
    source.attempts.iter().for_each(|attempt| by_person.entry(attempt.person).or_default().push(attempt));
    let mut strata = [(0, 0); 2];
    let mut answers: Vec<(f64, bool, &[u16])> = Vec::new();
    for attempts in by_person.values() {
        let Some((first, random)) = attempts.first().and_then(|first| Some((first, first.random?))) else { continue };
        let stratum = &mut strata[usize::from(random)];
        stratum.0 += 1;
        let outcomes = || attempts.iter().filter_map(|attempt| attempt.outcome.as_deref());
        if !outcomes().any(is_answer) {
            continue;
        }
        stratum.1 += 1;
        let Some(advertiser) = first.advertiser.and_then(|at| source.advertisers.get(at as usize)) else { continue };
        let probability = first.probability.filter(|p| *p > 0.0 && *p <= 1.0).unwrap_or(1.0);
        answers.push((1.0 / probability, outcomes().any(is_accepted), &advertiser.indicators));
    }
    let [flagged, random] = strata;
    let mut found = Validation { flagged, random, indicators: Vec::new(), level: LEVEL };
    if flagged.1 < ENOUGH || random.1 < ENOUGH {
        return found;
    }
    let fired: Vec<usize> = (0..source.indicators.len())
        .filter(|at| answers.iter().any(|(_, _, indicators)| indicators.contains(&(*at as u16))))
        .collect();
    found.level = 1.0 - (1.0 - LEVEL) / fired.len().max(1) as f64;
    let weights: f64 = answers.iter().map(|answer| answer.0).sum();
    let squares: f64 = answers.iter().map(|answer| answer.0 * answer.0).sum();
    // Kish: what the weighted answers are worth for each unit of weight.
    let effective = if squares > 0.0 { weights / squares } else { 1.0 };
    for indicator in fired {
        let (mut counts, mut people) = (TwoByTwo::default(), [0_u64; 4]);
        for (weight, yes, indicators) in &answers {
            let at = match (indicators.contains(&(indicator as u16)), yes) {
                (true, true) => (&mut counts.fired_yes, 0),
                (true, false) => (&mut counts.fired_no, 1),
                (false, true) => (&mut counts.silent_yes, 2),
                (false, false) => (&mut counts.silent_no, 3),
            };
            *at.0 += weight;
            people[at.1] += 1;
        }
        let safe = people.iter().all(|count| *count == 0 || *count >= least);
        let ratios = if safe { likelihood_ratios(&counts, effective, found.level) } else { None };
        let proposal = match ratios {
            Some(ratios) if ratios.positive.low > 1.0 => Proposal::Raise,
            Some(ratios) if ratios.positive.high < 1.0 => Proposal::Lower,
            _ => Proposal::Keep,
        };
        found.indicators.push(Tested { indicator, ratios, proposal });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::tests::source;

    /// 200 answers in two strata: those drawn at random stand for ten each; the indicator fires for most who accept.
    fn answered(of: u32) -> Source {
        let mut source = source();
        source.attempts = (0..of)
            .map(|n| {
                let random = n % 2 == 0;
                Attempt {
                    advertiser: Some(n % 200),
                    person: i64::from(n),
                    team: String::new(),
                    method: "call".into(),
                    channel: "call".into(),
                    outcome: Some(if n < 20 || n % 16 == 1 { "accepted_offer" } else { "declined" }.into()),
                    minutes: None,
                    day: source.to,
                    random: Some(random),
                    probability: Some(if random { 0.1 } else { 1.0 }),
                }
            })
            .collect();
        source
    }

    #[test]
    fn an_indicator_that_fires_among_those_who_accept_is_proposed_and_few_answers_say_nothing() {
        // Fired and declined is empty: twenty of thirty-one who accepted, none of the others.
        let found = validation(&answered(200), 5);
        assert_eq!((found.flagged, found.random), ((100, 100), (100, 100)));
        assert_eq!(found.indicators.len(), 1);
        assert_eq!(found.indicators[0].proposal, Proposal::Raise, "{found:?}");
        assert!(found.indicators[0].ratios.unwrap().positive.low > 1.0);
        let few = validation(&answered(50), 5);
        assert_eq!((few.flagged.1, few.indicators.len()), (25, 0), "25 answers are not enough");
    }
}
