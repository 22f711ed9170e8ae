//! Attempts and outcomes: by method and stratum, what the rules miss, and what it took.

use crate::source::{Attempt, Source, is_accepted, is_answer};
use crate::stat::interval::{difference, none_of, wilson};
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
    /// Methods against each other where the lot decided.
    pub compared: Vec<Compared>,
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
    /// What all attempts at these people took.
    pub used: Option<Used>,
}

/// Two methods between which the lot decided, as drawn: also those count whom nobody approached, or by another way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// Methods' codes.
    pub methods: [String; 2],
    /// People for whom each was drawn where both could have been; `None` where few.
    pub people: Option<[u64; 2]>,
    /// Share that answered, first minus second.
    pub answered: Option<Difference>,
    /// Share that accepted an offer, first minus second.
    pub accepted: Option<Difference>,
}

/// Two shares and their difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Each method's share.
    pub shares: [f64; 2],
    /// First minus second, with Newcombe's interval.
    pub difference: Estimate,
}

/// Time and money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Used {
    /// Hours of work noted.
    pub hours: f64,
    /// Kroner; `None` where the programme names no rates.
    pub cost_kr: Option<f64>,
    /// Hours and kroner for each attempt.
    pub per_attempt: Each,
    /// For each person who answered.
    pub per_answer: Each,
    /// For each person who accepted an offer.
    pub per_accepted: Each,
}

/// What one of something took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Each {
    /// Hours; `None` where the count must not show, or is none.
    pub hours: Option<f64>,
    /// Kroner; `None` also where the programme names no rates.
    pub cost_kr: Option<f64>,
}

impl Used {
    /// `counts` of attempts, people who answered and who accepted; `None` where a count must not show.
    fn of(hours: f64, cost_kr: Option<f64>, counts: [Option<u64>; 3]) -> Used {
        let [per_attempt, per_answer, per_accepted] = counts.map(|count| {
            let each = |sum: f64| count.filter(|count| *count > 0 && sum > 0.0).map(|count| sum / count as f64);
            Each { hours: each(hours), cost_kr: cost_kr.and_then(each) }
        });
        Used { hours, cost_kr, per_attempt, per_answer, per_accepted }
    }
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

/// What it took in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Resources {
    /// Attempts with minutes noted: the others' time is not in it.
    pub with_minutes: u64,
    /// Time and money.
    pub used: Used,
}

/// The counts by which a release shows how far outreach came, each within the one before. `None` where the count is small, or
/// where its difference to the last one shown is: five minus four is one person.
fn steps<const N: usize>(counts: [u64; N], least: u64) -> [Option<u64>; N] {
    let mut before: Option<u64> = None;
    counts.map(|count| {
        let few = |number: u64| (1..least).contains(&number);
        if few(count) || before.is_some_and(|before| few(before.abs_diff(count))) {
            return None;
        }
        before = Some(count);
        Some(count)
    })
}

impl Outreach {
    /// People approached, answered, informed, accepted, referred; `None` where a count must not show.
    pub fn steps(&self, least: u64) -> [Option<u64>; 5] {
        steps([self.people, self.answered, self.informed, self.accepted, self.referred], least)
    }
}

impl Missed {
    /// People drawn, approached, answered; `None` where a count must not show.
    pub fn steps(&self, least: u64) -> [Option<u64>; 3] {
        steps([self.drawn, self.approached, self.answered], least)
    }
}

/// A share of so few, or one that tells that one to four did, would name people.
pub(super) fn safe(hits: u64, of: u64, least: u64) -> bool {
    of >= least && (hits == 0 || hits >= least) && (hits == of || of - hits >= least)
}

/// Withholds more of counts whose sum is known until none of the withheld follows from it: one alone would, and so would few
/// that are small together.
fn cover(counts: &[u64], shown: &mut [bool], least: u64) {
    loop {
        let withheld = counts.iter().zip(shown.iter()).filter(|(_, shown)| !**shown).map(|(count, _)| *count);
        let withheld: Vec<u64> = withheld.collect();
        let covered = withheld.is_empty() || (withheld.len() > 1 && withheld.iter().any(|count| *count >= least));
        let smallest = (0..counts.len()).filter(|at| shown[*at]).min_by_key(|at| (counts[*at] < least, counts[*at]));
        match smallest {
            Some(at) if !covered => shown[at] = false,
            _ => return,
        }
    }
}

fn any(attempts: &[&Attempt], what: &dyn Fn(&str) -> bool) -> bool {
    attempts.iter().filter_map(|attempt| attempt.outcome.as_deref()).any(what)
}

pub(super) fn outreach(source: &Source, least: u64) -> Outreach {
    let mut by_person: BTreeMap<i64, Vec<&Attempt>> = BTreeMap::new();
    source.attempts.iter().for_each(|attempt| by_person.entry(attempt.person).or_default().push(attempt));
    let people_with =
        |what: &dyn Fn(&str) -> bool| by_person.values().filter(|attempts| any(attempts, what)).count() as u64;
    let people = by_person.len() as u64;
    let (answered, accepted) = (people_with(&is_answer), people_with(&is_accepted));
    let informed = people_with(&|outcome| is_answer(outcome) && !matches!(outcome, "declined" | "objection"));
    let referred = people_with(&|outcome| outcome == "referred");
    let shown = steps([people, answered, informed, accepted, referred], least);
    let attempts = source.attempts.len() as u64;
    Outreach {
        attempts,
        people,
        answered,
        informed,
        accepted,
        referred,
        methods: methods(source, &by_person, least),
        compared: compared(source, &by_person, least),
        missed: missed(source, &by_person, least),
        resources: Resources {
            with_minutes: source.attempts.iter().filter(|attempt| attempt.minutes.is_some()).count() as u64,
            used: used(source, source.attempts.iter(), [Some(attempts).filter(|n| *n >= least), shown[1], shown[3]]),
        },
    }
}

fn used<'a>(source: &Source, attempts: impl Iterator<Item = &'a Attempt>, counts: [Option<u64>; 3]) -> Used {
    let (mut hours, mut cost) = (0.0, 0.0);
    for attempt in attempts {
        hours += attempt.hours().unwrap_or(0.0);
        cost += source.rates.of(attempt);
    }
    Used::of(hours, source.rates.known().then_some(cost), counts)
}

fn methods(source: &Source, by_person: &BTreeMap<i64, Vec<&Attempt>>, least: u64) -> Vec<MethodFigures> {
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
    let counts = |of: &dyn Fn(&[&Attempt]) -> bool| -> Vec<u64> {
        methods.values().map(|people| people.iter().filter(|tried| of(tried.as_slice())).count() as u64).collect()
    };
    let people = counts(&|_| true);
    let mut shown: Vec<bool> = people.iter().map(|of| *of >= least).collect();
    cover(&people, &mut shown, least);
    // A share of people who must not show tells how many they are.
    let hits = |what: &dyn Fn(&str) -> bool| -> Vec<Option<u64>> {
        let hits = counts(&|tried| any(tried, what));
        let all = people.iter().zip(&hits).zip(&shown);
        let mut shown: Vec<bool> = all.map(|((of, hits), shown)| *shown && safe(*hits, *of, least)).collect();
        cover(&hits, &mut shown, least);
        hits.into_iter().zip(shown).map(|(hits, shown)| shown.then_some(hits)).collect()
    };
    let rows = methods.iter().zip(&people).zip(&shown).zip(hits(&is_answer).into_iter().zip(hits(&is_accepted)));
    rows.map(|(((((stratum, method), tried), of), shown), (answered, accepted))| {
        let share = |hits: Option<u64>| hits.and_then(|hits| wilson(hits, *of, LEVEL));
        let tried: Vec<&Attempt> = tried.iter().flat_map(|tried| tried.iter().copied()).collect();
        let counts = [Some(tried.len() as u64), answered, accepted];
        MethodFigures {
            method: (*method).to_owned(),
            stratum,
            people: shown.then_some(*of),
            answered: share(answered),
            accepted: share(accepted),
            used: shown.then(|| used(source, tried.iter().copied(), counts)),
        }
    })
    .collect()
}

/// Of each pair of methods those for whom either was drawn while both could have been: within them the lot alone decided, with
/// the same chance for each.
fn compared(source: &Source, by_person: &BTreeMap<i64, Vec<&Attempt>>, least: u64) -> Vec<Compared> {
    // The lot that fell first holds where two advertisers became one.
    let mut drawn: BTreeMap<i64, (&str, &[String])> = BTreeMap::new();
    for assignment in &source.assignments {
        drawn.entry(assignment.person).or_insert((assignment.method.as_str(), assignment.arms.as_slice()));
    }
    let arms: BTreeSet<&str> = drawn.values().flat_map(|(_, arms)| arms.iter()).map(String::as_str).collect();
    let arms: Vec<&str> = arms.into_iter().collect();
    let mut found = Vec::new();
    let mut shown = Shown { least, by_method: BTreeMap::new() };
    for (at, first) in arms.iter().enumerate() {
        for second in arms.iter().skip(at + 1) {
            // Each method's people, those who answered, those who accepted.
            let mut counts = [[0_u64; 3]; 2];
            for (person, (method, arms)) in &drawn {
                let both = [first, second].iter().all(|arm| arms.iter().any(|known| known == *arm));
                let Some(group) = [first, second].iter().position(|arm| *arm == method).filter(|_| both) else {
                    continue;
                };
                let tried = by_person.get(person).map(Vec::as_slice).unwrap_or_default();
                counts[group][0] += 1;
                counts[group][1] += u64::from(any(tried, &is_answer));
                counts[group][2] += u64::from(any(tried, &is_accepted));
            }
            let methods = [*first, *second];
            let people =
                counts.iter().all(|group| group[0] >= least) && shown.takes(0, methods, counts.map(|group| group[0]));
            let mut share = |of: usize| {
                let pair = counts.map(|group| (group[of], group[0]));
                // From a share of people whose number must not show it would follow.
                let takes = people
                    && pair.iter().all(|(hits, of)| safe(*hits, *of, least))
                    && shown.takes(2 * of, methods, pair.map(|(hits, _)| hits))
                    && shown.takes(2 * of + 1, methods, pair.map(|(hits, of)| of - hits));
                let shares = pair.map(|(hits, of)| hits as f64 / of as f64);
                takes.then(|| Some(Difference { shares, difference: difference(pair[0], pair[1], LEVEL)? })).flatten()
            };
            let (answered, accepted) = (share(1), share(2));
            found.push(Compared {
                methods: methods.map(str::to_owned),
                people: people.then(|| counts.map(|group| group[0])),
                answered,
                accepted,
            });
        }
    }
    found
}

/// What pairs of methods have shown so far. A method stands in several pairs, each with those for whom the other could have
/// been drawn too: two of its numbers that differ by a few tell how few those are for whom only one pair was possible.
struct Shown<'a> {
    least: u64,
    by_method: BTreeMap<(usize, &'a str), Vec<u64>>,
}

impl<'a> Shown<'a> {
    /// Whether two methods' numbers of a kind may stand beside those before, and if so notes them.
    fn takes(&mut self, kind: usize, methods: [&'a str; 2], numbers: [u64; 2]) -> bool {
        let may = methods.iter().zip(numbers).all(|(method, number)| {
            let before = self.by_method.get(&(kind, *method)).into_iter().flatten();
            before.copied().all(|before| !(1..self.least).contains(&before.abs_diff(number)))
        });
        if may {
            for (method, number) in methods.into_iter().zip(numbers) {
                self.by_method.entry((kind, method)).or_default().push(number);
            }
        }
        may
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
    let mut missed = Missed {
        drawn: drawn.len() as u64,
        approached: approached.len() as u64,
        answered,
        share: None,
        upper_bound: None,
    };
    if yes > 0 && safe(yes, answered, least) {
        missed.share = share(&answers, LEVEL).map(|found| found.share);
    }
    // From the bound follows of how many it is.
    if yes == 0 && missed.steps(least)[2].is_some() {
        missed.upper_bound = none_of(answered, LEVEL);
    }
    Some(missed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Assignment, Rates};

    /// Thirty people, one call of half an hour each; half of them accepted an offer.
    #[test]
    fn cost_is_time_by_the_teams_rate_and_what_an_attempt_costs_beside() {
        let mut source = crate::package::tests::source();
        assert_eq!(outreach(&source, 5).resources.used.cost_kr, None, "no rates, no cost");
        source.rates = Rates {
            hour_kr: 400.0,
            team_hour_kr: BTreeMap::from([("oest".to_owned(), 500.0)]),
            attempt_kr: BTreeMap::from([("call".to_owned(), 2.0)]),
        };
        source.attempts[0].workers = 2;
        let found = outreach(&source, 5).resources;
        assert_eq!((found.with_minutes, found.used.hours), (30, 15.5));
        assert_eq!(found.used.cost_kr, Some(15.5 * 500.0 + 60.0));
        assert_eq!(found.used.per_attempt.cost_kr, Some((15.5 * 500.0 + 60.0) / 30.0));
        assert_eq!(found.used.per_accepted.hours, Some(15.5 / 15.0));
        let method = &outreach(&source, 5).methods[0];
        assert_eq!(method.used.unwrap().per_answer.cost_kr, found.used.per_answer.cost_kr);
        // Where the count must not show, what each took would tell it.
        source.attempts.truncate(8);
        let few = outreach(&source, 5);
        assert_eq!(
            (few.steps(5)[3], few.resources.used.per_accepted, few.methods[0].used.unwrap().per_answer),
            (None, Each::default(), Each::default())
        );
    }

    #[test]
    fn methods_are_compared_as_drawn_and_only_where_both_could_have_been() {
        let mut source = crate::package::tests::source();
        let drawn = |person: u32, method: &str, arms: &[&str]| Assignment {
            person: i64::from(person),
            method: method.to_owned(),
            arms: arms.iter().map(|arm| (*arm).to_owned()).collect(),
        };
        // Persons 0 to 29 were called, the even ones accepted; 30 to 39 were drawn and never approached.
        source.assignments = (0..20).map(|n| drawn(n * 2, "call", &["call", "message"])).collect();
        source.assignments.extend((0..20).map(|n| drawn(n * 2 + 1, "message", &["call", "message", "visit"])));
        source.assignments.extend((50..60).map(|n| drawn(n, "visit", &["visit", "call"])));
        let found = outreach(&source, 5).compared;
        let names: Vec<String> = found.iter().map(|pair| pair.methods.join("-")).collect();
        assert_eq!(names, ["call-message", "call-visit", "message-visit"]);
        assert_eq!(found[0].people, Some([20, 20]), "as drawn, approached or not");
        let accepted = found[0].accepted.unwrap();
        assert_eq!(accepted.shares, [0.75, 0.0]);
        assert!(accepted.difference.low > 0.4 && accepted.difference.high < 0.95, "{accepted:?}");
        assert_eq!(found[1].people, None, "no call was drawn where a visit could have been");
        source.assignments.truncate(24);
        assert_eq!(outreach(&source, 5).compared[0].people, None, "four people are too few to show");
    }

    /// Sixty people of three methods, and two more for whom no visit could be drawn: 'call' against 'message' less 'call'
    /// against 'visit' would tell of the two.
    #[test]
    fn two_pairs_of_one_method_do_not_tell_of_the_few_between_them() {
        let mut source = crate::package::tests::source();
        let drawn = |person: i64, method: &str, arms: &[&str]| Assignment {
            person,
            method: method.to_owned(),
            arms: arms.iter().map(|arm| (*arm).to_owned()).collect(),
        };
        let methods = ["call", "message", "visit"];
        source.assignments = (0..60).map(|n| drawn(n, methods[n as usize % 3], &methods)).collect();
        let people = |source: &Source| -> Vec<Option<[u64; 2]>> {
            outreach(source, 5).compared.iter().map(|pair| pair.people).collect()
        };
        assert_eq!(people(&source), [Some([20, 20]); 3]);
        source.assignments.extend((60..62).map(|n| drawn(n, "call", &methods[..2])));
        assert_eq!(people(&source), [Some([22, 20]), None, Some([20, 20])]);
        let found = outreach(&source, 5).compared;
        assert!(found[1].answered.is_none() && found[1].accepted.is_none(), "{found:?}");
        source.assignments.extend((62..65).map(|n| drawn(n, "call", &methods[..2])));
        assert_eq!(people(&source), [Some([25, 20]), Some([20, 20]), Some([20, 20])], "five may show");
    }

    /// Thirty people in all, of whom three were written to: the calls would tell how many.
    #[test]
    fn a_method_of_a_few_does_not_follow_from_the_others() {
        let mut source = crate::package::tests::source();
        for attempt in &mut source.attempts {
            let method = match attempt.person {
                0..3 => "letter",
                3..13 => "message",
                _ => "call",
            };
            attempt.method = method.to_owned();
        }
        let shown: Vec<Option<u64>> = outreach(&source, 5).methods.iter().map(|method| method.people).collect();
        assert_eq!(shown, [Some(17), None, None], "call, letter, message");
    }

    #[test]
    fn steps_that_differ_by_a_few_are_not_both_shown() {
        let mut figures = outreach(&crate::package::tests::source(), 5);
        assert_eq!(figures.steps(5), [Some(30), Some(15), Some(15), Some(15), Some(0)]);
        (figures.informed, figures.accepted, figures.referred) = (14, 9, 5);
        assert_eq!(figures.steps(5), [Some(30), Some(15), None, Some(9), None]);
    }
}
