//! Shares among people who were drawn with different probabilities.

use super::interval::wilson_at;
use super::{Estimate, normal_quantile};
use serde::Serialize;

/// One answer: whether it is the one asked for, and the probability with which its person was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// It is.
    pub yes: bool,
    /// Above 0, at most 1.
    pub probability: f64,
}

/// A weighted share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WeightedShare {
    /// Share with interval.
    pub share: Estimate,
    /// Answers.
    pub answers: u64,
    /// What they are worth as equally drawn ones.
    pub effective: f64,
    /// How many people of the frame they stand for (the Horvitz-Thompson total).
    pub stands_for: f64,
}

/// Each answer counts as the inverse of its probability (Horvitz and Thompson 1952; the ratio is Hájek's). The interval is
/// Wilson's with the number of answers that the weighted ones are worth, by the linearised variance (Korn and Graubard 1998
/// do the same with the exact interval); where all answers agree, by Kish's number.
pub fn share(answers: &[Answer], level: f64) -> Option<WeightedShare> {
    let valid: Vec<&Answer> =
        answers.iter().filter(|answer| answer.probability > 0.0 && answer.probability <= 1.0).collect();
    if valid.is_empty() {
        return None;
    }
    let weight = |answer: &Answer| 1.0 / answer.probability;
    let all: f64 = valid.iter().map(|answer| weight(answer)).sum();
    let yes: f64 = valid.iter().filter(|answer| answer.yes).map(|answer| weight(answer)).sum();
    let squares: f64 = valid.iter().map(|answer| weight(answer).powi(2)).sum();
    let share = yes / all;
    let variance =
        valid.iter().map(|answer| (weight(answer) * (f64::from(u8::from(answer.yes)) - share)).powi(2)).sum::<f64>()
            / (all * all);
    let kish = all * all / squares;
    let n = valid.len() as f64;
    // Never worth more than so many answers.
    let effective = if variance > 0.0 { (share * (1.0 - share) / variance).min(n) } else { kish.min(n) };
    Some(WeightedShare {
        share: wilson_at(share, effective.max(1e-9), level),
        answers: valid.len() as u64,
        effective,
        stands_for: all,
    })
}

/// The Horvitz-Thompson total of those who would answer yes, where each was drawn on its own.
pub fn total(answers: &[Answer], level: f64) -> Option<Estimate> {
    let valid = answers.iter().filter(|answer| answer.probability > 0.0 && answer.probability <= 1.0);
    let (mut value, mut variance, mut any) = (0.0, 0.0, false);
    for answer in valid {
        any = true;
        if answer.yes {
            value += 1.0 / answer.probability;
            variance += (1.0 - answer.probability) / answer.probability.powi(2);
        }
    }
    let half = normal_quantile(level) * variance.sqrt();
    any.then_some(Estimate { value, low: (value - half).max(0.0), high: value + half })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn equal_probabilities_give_wilson() {
        let answers: Vec<Answer> = (0..263).map(|n| Answer { yes: n < 81, probability: 0.1 }).collect();
        let found = share(&answers, 0.95).unwrap();
        let wilson = super::super::interval::wilson(81, 263, 0.95).unwrap();
        assert!((found.share.low - wilson.low).abs() < 1e-9 && (found.share.high - wilson.high).abs() < 1e-9);
        assert!((found.stands_for - 2630.0).abs() < 1e-6);
    }

    /// A population with a known share, drawn with unequal probabilities that hang together with the answer.
    #[test]
    fn weights_undo_the_draw_and_the_interval_covers() {
        let mut draw = rand_chacha::ChaCha8Rng::seed_from_u64(8);
        let (mut covered, mut plain, rounds) = (0, 0, 400);
        for _ in 0..rounds {
            let people: Vec<(bool, f64)> = (0..2000)
                .map(|n| if n % 5 == 0 { (draw.random_bool(0.5), 0.3) } else { (draw.random_bool(0.05), 0.05) })
                .collect();
            let truth = people.iter().filter(|person| person.0).count() as f64 / people.len() as f64;
            let drawn: Vec<Answer> = people
                .iter()
                .filter(|person| draw.random_bool(person.1))
                .map(|person| Answer { yes: person.0, probability: person.1 })
                .collect();
            let found = share(&drawn, 0.95).unwrap().share;
            covered += usize::from(found.low <= truth && truth <= found.high);
            let naive =
                super::super::interval::wilson(drawn.iter().filter(|a| a.yes).count() as u64, drawn.len() as u64, 0.95);
            let naive = naive.unwrap();
            plain += usize::from(naive.low <= truth && truth <= naive.high);
        }
        assert!(covered * 100 >= rounds * 92, "{covered} of {rounds}");
        assert!(plain * 100 < rounds * 20, "without weights {plain} of {rounds} would cover: the test shows nothing");
    }
}
