//! What outcomes and decisions say of indicators: how much more often each fires where the answer was yes than where it was no,
//! and how often the answer was yes where it had fired.
//!
//! Outcomes are those of people who were on a list, flagged or drawn at random, each weighted by the inverse of its inclusion
//! probability; yes is an accepted offer, no is every other answer. Decisions are those in force on people who have a case; yes
//! is a decision that something should follow (offer outreach, refer, urgent), no is 'no concern'. Each counts as the inverse
//! of the share of its band that was decided. Who decides has seen the signs, so decisions never raise a grade.

use super::outreach::safe;
use crate::source::{Attempt, Source, is_accepted, is_answer};
use crate::stat::ratio::{LikelihoodRatios, TwoByTwo, likelihood_ratios};
use crate::stat::weighted::{Answer, share};
use crate::stat::{Estimate, LEVEL};
use domain::Band;
use serde::Serialize;
use std::collections::BTreeMap;

/// Answers that each stratum must have before anything is said of likelihoods.
pub const ENOUGH: u64 = 30;
/// Grades of evidence, the strongest first, as in `classifier::Grade`.
const GRADES: [&str; 5] = ["A", "B+", "B", "C", "D"];

/// What outcomes and decisions say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Validation {
    /// Against outcomes of outreach.
    pub outcomes: Against,
    /// Against decisions of researchers.
    pub decisions: Against,
    /// What follows for grades, for a person to decide.
    pub proposals: Vec<Proposal>,
}

/// Indicators against one kind of answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Against {
    /// The strata: who was asked and who answered.
    pub strata: Vec<Stratum>,
    /// Every stratum has [`ENOUGH`] answers.
    pub enough: bool,
    /// Indicators that fired for somebody who answered.
    pub indicators: Vec<Tested>,
    /// Level of each ratio's interval: 95 % for all indicators together (Bonferroni).
    pub level: f64,
}

/// A stratum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stratum {
    /// `flagged`, `random`; or bands joined by `+`.
    pub name: String,
    /// Who was approached, or has a case.
    pub asked: u64,
    /// Who answered, or was decided.
    pub answered: u64,
}

/// An indicator against answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tested {
    /// Its place in [`Source::indicators`].
    pub indicator: usize,
    /// Answers where it had fired; `None` where they, or the others, are few.
    pub fired: Option<u64>,
    /// Weighted share of yes where it had fired (its precision), 95 %; `None` where it would tell of a few people.
    pub precision: Option<Estimate>,
    /// Ratios; `None` where there are not enough answers, or where they would tell of a few people.
    pub ratios: Option<LikelihoodRatios>,
}

/// A change of a grade that the figures speak for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// The indicator's place in [`Source::indicators`].
    pub indicator: usize,
    /// From which grade.
    pub from: String,
    /// To which.
    pub to: &'static str,
    /// `outcomes` or `decisions`.
    pub because: &'static str,
    /// The ratio of a sign that fired.
    pub ratio: Estimate,
    /// Answers that it rests on.
    pub answers: u64,
}

/// Somebody who answered.
struct Answered<'a> {
    probability: f64,
    yes: bool,
    indicators: &'a [u16],
}

pub(super) fn validation(source: &Source, least: u64) -> Validation {
    let outcomes = {
        let (strata, answers) = by_outcome(source);
        against(source, strata, &answers, least)
    };
    let decisions = {
        let (strata, answers) = by_decision(source);
        against(source, strata, &answers, least)
    };
    let proposals = proposals(source, &outcomes, &decisions);
    Validation { outcomes, decisions, proposals }
}

fn by_outcome(source: &Source) -> (Vec<Stratum>, Vec<Answered<'_>>) {
    let mut by_person: BTreeMap<i64, Vec<&Attempt>> = BTreeMap::new();
    source.attempts.iter().for_each(|attempt| by_person.entry(attempt.person).or_default().push(attempt));
    let mut strata = ["flagged", "random"].map(|name| Stratum { name: name.to_owned(), asked: 0, answered: 0 });
    let mut answers = Vec::new();
    for attempts in by_person.values() {
        let Some((first, random)) = attempts.first().and_then(|first| Some((first, first.random?))) else { continue };
        let Some(advertiser) = first.advertiser.and_then(|at| source.advertisers.get(at as usize)) else { continue };
        let stratum = &mut strata[usize::from(random)];
        stratum.asked += 1;
        let outcomes = || attempts.iter().filter_map(|attempt| attempt.outcome.as_deref());
        if !outcomes().any(is_answer) {
            continue;
        }
        stratum.answered += 1;
        answers.push(Answered {
            probability: first.probability.filter(|p| *p > 0.0 && *p <= 1.0).unwrap_or(1.0),
            yes: outcomes().any(is_accepted),
            indicators: &advertiser.indicators,
        });
    }
    (strata.into(), answers)
}

/// Whether a decision says that something should follow; `None` where it says neither.
fn concern(decision: &str) -> Option<bool> {
    match decision {
        "offer_outreach" | "refer" | "urgent" => Some(true),
        "no_concern" => Some(false),
        _ => None,
    }
}

/// Bands are the strata of decisions. One with fewer than enough is joined with the next lower one (Cochran 1977 calls them
/// collapsed strata): weights within the joined one are equal.
fn by_decision(source: &Source) -> (Vec<Stratum>, Vec<Answered<'_>>) {
    let mut strata: Vec<(Stratum, Vec<usize>)> = Vec::new();
    for band in [Band::High, Band::Medium, Band::Low] {
        let of: Vec<usize> = (0..source.advertisers.len()).filter(|at| source.advertisers[*at].band == band).collect();
        let decided = |at: &&usize| source.advertisers[**at].decision.as_deref().and_then(concern).is_some();
        let (asked, answered) = (of.len() as u64, of.iter().filter(decided).count() as u64);
        match strata.last_mut().filter(|(before, _)| before.answered < ENOUGH) {
            Some((stratum, members)) => {
                stratum.name = format!("{}+{}", stratum.name, band.as_str());
                stratum.asked += asked;
                stratum.answered += answered;
                members.extend(of);
            }
            None => {
                strata.push((Stratum { name: band.as_str().to_owned(), asked, answered }, of));
            }
        }
    }
    // The lowest has nothing below it: it joins the one above.
    if strata.len() > 1
        && strata.last().is_some_and(|(last, _)| last.answered < ENOUGH)
        && let (Some((last, members)), Some((above, of))) = (strata.pop(), strata.last_mut())
    {
        above.name = format!("{}+{}", above.name, last.name);
        above.asked += last.asked;
        above.answered += last.answered;
        of.extend(members);
    }
    let mut answers = Vec::new();
    for (stratum, members) in &strata {
        let probability = stratum.answered as f64 / stratum.asked.max(1) as f64;
        answers.extend(members.iter().filter_map(|at| {
            let advertiser = source.advertisers.get(*at)?;
            let yes = advertiser.decision.as_deref().and_then(concern)?;
            Some(Answered { probability, yes, indicators: &advertiser.indicators })
        }));
    }
    (strata.into_iter().map(|(stratum, _)| stratum).collect(), answers)
}

fn against(source: &Source, strata: Vec<Stratum>, answers: &[Answered<'_>], least: u64) -> Against {
    let enough = !strata.is_empty() && strata.iter().all(|stratum| stratum.answered >= ENOUGH);
    let fired: Vec<usize> = (0..source.indicators.len())
        .filter(|at| answers.iter().any(|answer| answer.indicators.contains(&(*at as u16))))
        .collect();
    // Signs of which too few tell anything are not tested, and so take nothing from the others.
    let people = |indicator: usize| {
        let mut people = [0_u64; 4];
        for answer in answers {
            let there = answer.indicators.contains(&(indicator as u16));
            people[usize::from(!there) * 2 + usize::from(!answer.yes)] += 1;
        }
        people
    };
    let known = |people: &[u64; 4]| {
        let [fired_yes, fired_no, silent_yes, silent_no] = *people;
        let both = fired_yes + silent_yes > 0 && fired_no + silent_no > 0;
        both && fired_yes + fired_no >= least && people.iter().all(|count| *count == 0 || *count >= least)
    };
    let tested = fired.iter().filter(|indicator| known(&people(**indicator))).count();
    let level = 1.0 - (1.0 - LEVEL) / tested.max(1) as f64;
    let weights: f64 = answers.iter().map(|answer| 1.0 / answer.probability).sum();
    let squares: f64 = answers.iter().map(|answer| answer.probability.powi(-2)).sum();
    // Kish: what the weighted answers are worth for each unit of weight.
    let effective = if squares > 0.0 { weights / squares } else { 1.0 };
    let test = |indicator: usize| {
        let mut counts = TwoByTwo::default();
        let mut where_fired = Vec::new();
        for answer in answers {
            let there = answer.indicators.contains(&(indicator as u16));
            if there {
                where_fired.push(Answer { yes: answer.yes, probability: answer.probability });
            }
            *match (there, answer.yes) {
                (true, true) => &mut counts.fired_yes,
                (true, false) => &mut counts.fired_no,
                (false, true) => &mut counts.silent_yes,
                (false, false) => &mut counts.silent_no,
            } += 1.0 / answer.probability;
        }
        let people = people(indicator);
        let (yes, of) = (people[0], people[0] + people[1]);
        // All answers stand in the strata: where it fired for nearly all, the few others would follow.
        let told = safe(of, answers.len() as u64, least);
        Tested {
            indicator,
            fired: told.then_some(of),
            precision: if told && safe(yes, of, least) {
                share(&where_fired, LEVEL).map(|found| found.share)
            } else {
                None
            },
            ratios: if enough && known(&people) { likelihood_ratios(&counts, effective, level) } else { None },
        }
    };
    Against { indicators: fired.into_iter().map(test).collect(), strata, enough, level }
}

/// The next weaker grade.
fn weaker(grade: &str) -> Option<&'static str> {
    let at = GRADES.iter().position(|known| *known == grade)?;
    GRADES.get(at + 1).copied()
}

/// For indicators that give points or take them. Outcomes that bear a sign out speak for grade A; outcomes or decisions that
/// contradict it speak for the next weaker grade. Of a counter-sign the contrary is true: it should be rarer where the answer
/// is yes.
fn proposals(source: &Source, outcomes: &Against, decisions: &Against) -> Vec<Proposal> {
    let mut found: BTreeMap<usize, Proposal> = BTreeMap::new();
    for (because, against) in [("decisions", decisions), ("outcomes", outcomes)] {
        for tested in &against.indicators {
            let (Some(indicator), Some(ratios)) = (source.indicators.get(tested.indicator), tested.ratios) else {
                continue;
            };
            let (mut above, mut below) = (ratios.positive.low > 1.0, ratios.positive.high < 1.0);
            match indicator.role.as_str() {
                "score" => {}
                "counter" => std::mem::swap(&mut above, &mut below),
                _ => continue,
            }
            let to = match (above, below) {
                (true, _) if because == "outcomes" => Some("A").filter(|to| *to != indicator.grade),
                (_, true) => weaker(&indicator.grade),
                _ => None,
            };
            match to {
                Some(to) => {
                    let proposal = Proposal {
                        indicator: tested.indicator,
                        from: indicator.grade.clone(),
                        to,
                        because,
                        ratio: ratios.positive,
                        answers: against.strata.iter().map(|stratum| stratum.answered).sum(),
                    };
                    found.insert(tested.indicator, proposal);
                }
                // What outcomes bear out, decisions do not take down.
                None if above => drop(found.remove(&tested.indicator)),
                None => {}
            }
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::tests::source;

    /// Answers in two strata: those drawn at random stand for ten each; the indicator fires for the first twenty people.
    fn answered(of: u32, accepts: impl Fn(u32) -> bool) -> Source {
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
                    outcome: Some(if accepts(n) { "accepted_offer" } else { "declined" }.into()),
                    minutes: None,
                    workers: 1,
                    day: source.to,
                    random: Some(random),
                    probability: Some(if random { 0.1 } else { 1.0 }),
                }
            })
            .collect();
        source
    }

    fn mostly(n: u32) -> bool {
        n < 20 || n % 16 == 1
    }

    #[test]
    fn an_indicator_that_fires_among_those_who_accept_is_proposed_and_few_answers_say_nothing() {
        // Fired and declined is empty: twenty of thirty-one who accepted, none of the others.
        let found = validation(&answered(200, mostly), 5);
        let counts: Vec<_> = found.outcomes.strata.iter().map(|s| (s.name.as_str(), s.asked, s.answered)).collect();
        assert_eq!(counts, [("flagged", 100, 100), ("random", 100, 100)]);
        assert_eq!(found.outcomes.indicators.len(), 1);
        assert_eq!((found.proposals[0].to, found.proposals[0].because), ("A", "outcomes"), "{found:?}");
        assert!(found.outcomes.indicators[0].ratios.unwrap().positive.low > 1.0);
        assert_eq!(found.outcomes.indicators[0].precision.unwrap().value, 1.0);
        let few = validation(&answered(50, mostly), 5);
        assert_eq!((few.outcomes.strata[0].answered, few.outcomes.enough), (25, false), "25 answers are not enough");
        assert!(few.outcomes.indicators[0].ratios.is_none() && few.proposals.is_empty());
        assert!(few.outcomes.indicators[0].precision.is_some(), "how often it was right can be told of the twenty");
    }

    #[test]
    fn a_sign_that_outcomes_contradict_is_proposed_weaker_and_a_counter_sign_the_other_way() {
        // Where it fires nobody accepts; of the others most do.
        let mut source = answered(200, |n| n >= 20 && n % 8 > 0);
        let found = validation(&source, 5);
        assert_eq!((found.proposals[0].from.as_str(), found.proposals[0].to), ("B", "C"));
        source.indicators[0].role = "counter".into();
        assert_eq!(validation(&source, 5).proposals[0].to, "A", "fewer accept where the counter-sign stands");
        source.indicators[0].role = "context".into();
        assert_eq!(validation(&source, 5).proposals, [], "what gives no points has no grade to earn");
        source.indicators[0].role = "score".into();
        source.indicators[0].grade = "D".into();
        assert_eq!(validation(&source, 5).proposals, [], "there is no weaker grade");
    }

    #[test]
    fn decisions_are_weighted_by_the_share_of_their_band_and_never_raise() {
        let mut source = source();
        for (at, advertiser) in source.advertisers.iter_mut().enumerate() {
            // Forty medium ones, all decided; 160 low ones, every second decided.
            advertiser.band = if at < 40 { Band::Medium } else { Band::Low };
            advertiser.indicators = if at < 80 { vec![0] } else { Vec::new() };
            let yes = at < 60;
            advertiser.decision =
                (at < 40 || at % 2 == 0).then(|| if yes { "offer_outreach" } else { "no_concern" }.into());
        }
        let found = validation(&source, 5);
        let counts: Vec<_> = found.decisions.strata.iter().map(|s| (s.name.as_str(), s.asked, s.answered)).collect();
        // Nobody is of band high: it is joined with medium.
        assert_eq!(counts, [("high+medium", 40, 40), ("low", 160, 80)]);
        let tested = &found.decisions.indicators[0];
        // Fired and decided: 40 medium and 10 low with concern, 10 low without, low ones worth two: 60 of 80.
        assert_eq!((tested.fired, tested.precision.unwrap().value), (Some(60), 0.75));
        assert!(tested.ratios.unwrap().positive.low > 1.0 && found.proposals.is_empty(), "{found:?}");
        source.advertisers.iter_mut().skip(100).for_each(|advertiser| advertiser.decision = None);
        source.advertisers.iter_mut().take(15).for_each(|advertiser| advertiser.decision = Some("watch".into()));
        let found = validation(&source, 5).decisions;
        assert_eq!(
            (found.strata.len(), found.strata[0].answered, found.enough),
            (1, 55, true),
            "watching is no answer; {found:?}"
        );
    }
}
