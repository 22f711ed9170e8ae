//! Attempts and outcomes: by method and stratum, what the rules miss, and what it took.

use crate::source::{Attempt, Source, is_accepted, is_answer};
use crate::stat::interval::{none_of, wilson};
use crate::stat::weighted::{Answer, share};
use crate::stat::{Estimate, LEVEL};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What came of outreach.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outreach {
    /// Attempts.
    pub attempts: u64,
    /// People approached.
    pub people: u64,
    /// Of these, people who answered.
    pub answered: u64,
    /// Told of rights and help, or more.
    pub informed: u64,
    /// Accepted an offer or were referred with consent.
    pub accepted: u64,
    /// Referred with consent.
    pub referred: u64,
    /// By method and stratum (`flagged`, `random`, `other`).
    pub methods: Vec<MethodFigures>,
    /// What the random stratum says of those whom the rules do not flag.
    pub missed: Option<Missed>,
    /// Use of resources.
    pub resources: Resources,
}

/// One method in one stratum. Counts of people; small ones are `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MethodFigures {
    /// Method's code.
    pub method: String,
    /// `flagged`, `random` or `other` (from no list).
    pub stratum: &'static str,
    /// People first approached this way.
    pub people: Option<u64>,
    /// Share that answered.
    pub answered: Option<Estimate>,
    /// Share that accepted an offer, of all approached.
    pub accepted: Option<Estimate>,
}

/// What the rules miss.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Missed {
    /// People drawn at random.
    pub drawn: u64,
    /// Of these approached.
    pub approached: u64,
    /// Of these who answered.
    pub answered: u64,
    /// Share of those who accepted an offer among those who answered, each by the inverse of its probability.
    pub share: Option<Estimate>,
    /// Upper bound where nobody did (about three in n).
    pub upper_bound: Option<f64>,
}

/// What it took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Resources {
    /// Minutes noted.
    pub minutes: u64,
    /// Attempts with minutes noted.
    pub with_minutes: u64,
    /// Hours for each person who answered.
    pub hours_per_answer: Option<f64>,
    /// Hours for each accepted offer.
    pub hours_per_accepted: Option<f64>,
}

impl Outreach {
    /// People approached, answered, informed, accepted, referred: each within the one before. `None` where the count is small, or
    /// where its difference to the last one shown is: five minus four is one person.
    pub fn steps(&self, least: u64) -> [Option<u64>; 5] {
        let mut before: Option<u64> = None;
        [self.people, self.answered, self.informed, self.accepted, self.referred].map(|count| {
            let few = |number: u64| (1..least).contains(&number);
            if few(count) || before.is_some_and(|before| few(before.abs_diff(count))) {
                return None;
            }
            before = Some(count);
            Some(count)
        })
    }
}

pub(super) fn outreach(source: &Source, least: u64) -> Outreach {
    let mut by_person: BTreeMap<i64, Vec<&Attempt>> = BTreeMap::new();
    source.attempts.iter().for_each(|attempt| by_person.entry(attempt.person).or_default().push(attempt));
    let any = |attempts: &[&Attempt], what: &dyn Fn(&str) -> bool| {
        attempts.iter().filter_map(|attempt| attempt.outcome.as_deref()).any(what)
    };
    let people_with =
        |what: &dyn Fn(&str) -> bool| by_person.values().filter(|attempts| any(attempts, what)).count() as u64;
    let (answered, accepted) = (people_with(&is_answer), people_with(&is_accepted));
    let mut methods: BTreeMap<(&'static str, &str), Vec<&Vec<&Attempt>>> = BTreeMap::new();
    for attempts in by_person.values() {
        let Some(first) = attempts.first() else { continue };
        let stratum = match first.random {
            Some(true) => "random",
            Some(false) => "flagged",
            None => "other",
        };
        methods.entry((stratum, first.method.as_str())).or_default().push(attempts);
    }
    let methods = methods
        .iter()
        .map(|((stratum, method), people)| {
            let of = people.len() as u64;
            let with =
                |what: &dyn Fn(&str) -> bool| people.iter().filter(|attempts| any(attempts, what)).count() as u64;
            let enough = of >= least;
            // A share of so few, or one that tells that one to four did, would name people.
            let safe = |hits: u64| enough && (hits == 0 || hits >= least) && (hits == of || of - hits >= least);
            let share = |hits: u64| if safe(hits) { wilson(hits, of, LEVEL) } else { None };
            MethodFigures {
                method: (*method).to_owned(),
                stratum,
                people: enough.then_some(of),
                answered: share(with(&is_answer)),
                accepted: share(with(&is_accepted)),
            }
        })
        .collect();
    let minutes: u64 = source.attempts.iter().filter_map(|attempt| attempt.minutes).map(u64::from).sum();
    let hours = |of: u64| (minutes > 0 && of >= least).then(|| minutes as f64 / 60.0 / of as f64);
    Outreach {
        attempts: source.attempts.len() as u64,
        people: by_person.len() as u64,
        answered,
        informed: people_with(&|outcome| is_answer(outcome) && !matches!(outcome, "declined" | "objection")),
        accepted,
        referred: people_with(&|outcome| outcome == "referred"),
        methods,
        missed: missed(source, &by_person, least),
        resources: Resources {
            minutes,
            with_minutes: source.attempts.iter().filter(|attempt| attempt.minutes.is_some()).count() as u64,
            hours_per_answer: hours(answered),
            hours_per_accepted: hours(accepted),
        },
    }
}

fn missed(source: &Source, by_person: &BTreeMap<i64, Vec<&Attempt>>, least: u64) -> Option<Missed> {
    let drawn: BTreeMap<i64, f64> =
        source.lines.iter().filter(|line| line.random).map(|line| (line.person, line.probability)).collect();
    if drawn.is_empty() {
        return None;
    }
    let approached: BTreeSet<i64> = drawn.keys().copied().filter(|person| by_person.contains_key(person)).collect();
    let outcomes =
        |person: &i64| by_person.get(person).into_iter().flatten().filter_map(|attempt| attempt.outcome.as_deref());
    let answers: Vec<Answer> = approached
        .iter()
        .filter(|person| outcomes(person).any(is_answer))
        .map(|person| Answer {
            yes: outcomes(person).any(is_accepted),
            probability: drawn.get(person).copied().unwrap_or(1.0),
        })
        .collect();
    let yes = answers.iter().filter(|answer| answer.yes).count() as u64;
    let answered = answers.len() as u64;
    Some(Missed {
        drawn: drawn.len() as u64,
        approached: approached.len() as u64,
        answered,
        share: if yes >= least { share(&answers, LEVEL).map(|found| found.share) } else { None },
        upper_bound: if yes == 0 { none_of(answered, LEVEL) } else { None },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_differ_by_a_few_are_not_both_shown() {
        let mut figures = outreach(&crate::package::tests::source(), 5);
        assert_eq!(figures.steps(5), [Some(30), Some(15), Some(15), Some(15), Some(0)]);
        (figures.informed, figures.accepted, figures.referred) = (14, 9, 5);
        assert_eq!(figures.steps(5), [Some(30), Some(15), None, Some(9), None]);
    }
}
