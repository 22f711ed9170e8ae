//! Agreement of readers who read the same cases without knowing each other's answer. Pure: the same readings and seed give
//! the same figures.
//!
//! Sources: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
//! (1960) 37–46; J. Fleiss, J. Cohen and B. Everitt, "Large sample standard errors of kappa and weighted kappa" (1969), for
//! its interval; K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), the coincidence matrix for nominal
//! data; B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13, for alpha's interval.

use super::{Estimate, normal_quantile};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Resamples of an interval.
const RESAMPLES: usize = 2000;

/// How far two readers agree.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Cases read by both.
    pub cases: u64,
    /// Share on which they agree.
    pub share: f64,
    /// Cohen's kappa: agreement beyond chance.
    pub kappa: Estimate,
}

/// A figure with its 95 % interval from resampled cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampled {
    /// The figure.
    pub value: f64,
    /// Both ends; `None` where too few resamples have a figure.
    pub interval: Option<(f64, f64)>,
}

/// Cohen's kappa of two readers over the same cases: 1 is full agreement, 0 what chance gives; with its large-sample
/// interval. `None` without cases, and where both use one and the same category throughout, so that chance explains all.
///
/// ```
/// // Both yes 20, only the first 5, only the second 10, both no 15.
/// let pairs = [vec![("y", "y"); 20], vec![("y", "n"); 5], vec![("n", "y"); 10], vec![("n", "n"); 15]].concat();
/// let found = report::stat::agreement::kappa(&pairs, report::stat::LEVEL).unwrap();
/// assert!((found.kappa.value - 0.4).abs() < 1e-9);
/// ```
pub fn kappa<C: Ord>(pairs: &[(C, C)], level: f64) -> Option<Agreement> {
    let categories: BTreeSet<&C> = pairs.iter().flat_map(|(a, b)| [a, b]).collect();
    let place: BTreeMap<&C, usize> = categories.into_iter().zip(0..).collect();
    let mut table = vec![vec![0_u64; place.len()]; place.len()];
    for (first, second) in pairs {
        table[place[first]][place[second]] += 1;
    }
    of_table(&table, level)
}

/// Of counts of (first reader's answer, second reader's answer) in a square table.
fn of_table(table: &[Vec<u64>], level: f64) -> Option<Agreement> {
    let kinds = table.len();
    let n: u64 = table.iter().flatten().sum();
    if n == 0 {
        return None;
    }
    let p = |i: usize, j: usize| table[i][j] as f64 / n as f64;
    let row = |i: usize| (0..kinds).map(|j| p(i, j)).sum::<f64>();
    let column = |j: usize| (0..kinds).map(|i| p(i, j)).sum::<f64>();
    let agreed: f64 = (0..kinds).map(|i| p(i, i)).sum();
    let chance: f64 = (0..kinds).map(|i| row(i) * column(i)).sum();
    if 1.0 - chance <= 1e-12 {
        return None;
    }
    let kappa = (agreed - chance) / (1.0 - chance);
    let diagonal: f64 = (0..kinds).map(|i| p(i, i) * (1.0 - (row(i) + column(i)) * (1.0 - kappa)).powi(2)).sum();
    let off: f64 = (0..kinds)
        .flat_map(|i| (0..kinds).map(move |j| (i, j)))
        .filter(|(i, j)| i != j)
        .map(|(i, j)| p(i, j) * (column(i) + row(j)).powi(2))
        .sum();
    let rest = kappa - chance * (1.0 - kappa);
    let variance = (diagonal + (1.0 - kappa).powi(2) * off - rest * rest) / ((1.0 - chance).powi(2) * n as f64);
    let half = normal_quantile(level) * variance.max(0.0).sqrt();
    let kappa = Estimate { value: kappa, low: (kappa - half).max(-1.0), high: (kappa + half).min(1.0) };
    Some(Agreement { cases: n, share: agreed, kappa })
}

/// Krippendorff's alpha for nominal data: `units` are cases with the categories that their readers gave, any number of
/// them. Cases with fewer than two are left out. `None` where nothing is left, or only one category is in use.
pub fn krippendorffs_alpha<C: Ord>(units: &[Vec<C>]) -> Option<f64> {
    // Within a unit of m values each ordered pair of values counts 1 / (m - 1).
    let (mut matching, mut totals): (f64, BTreeMap<&C, f64>) = (0.0, BTreeMap::new());
    for unit in units.iter().filter(|unit| unit.len() >= 2) {
        let mut counts: BTreeMap<&C, f64> = BTreeMap::new();
        for value in unit {
            *counts.entry(value).or_default() += 1.0;
        }
        let others = unit.len() as f64 - 1.0;
        matching += counts.values().map(|count| count * (count - 1.0) / others).sum::<f64>();
        for (value, count) in counts {
            *totals.entry(value).or_default() += count;
        }
    }
    let n: f64 = totals.values().sum();
    let expected: f64 = totals.values().map(|count| count * (count - 1.0)).sum::<f64>() / (n * (n - 1.0));
    beyond_chance(matching / n, expected)
}

fn beyond_chance(observed: f64, expected: f64) -> Option<f64> {
    let value = (observed - expected) / (1.0 - expected);
    // Nothing to divide by: no cases, or no room for disagreement.
    (value.is_finite() && 1.0 - expected > 1e-12).then_some(value)
}

/// A figure over cases with its 95 % percentile interval from resampled cases. The seed makes it repeatable.
pub fn with_interval<U: Clone>(units: &[U], seed: u64, figure: impl Fn(&[U]) -> Option<f64>) -> Option<Resampled> {
    let value = figure(units)?;
    let mut state = seed;
    let mut figures = Vec::with_capacity(RESAMPLES);
    let mut sample = Vec::with_capacity(units.len());
    for _ in 0..RESAMPLES {
        sample.clear();
        for _ in 0..units.len() {
            sample.extend(units.get(below(&mut state, units.len())).cloned());
        }
        figures.extend(figure(&sample));
    }
    figures.sort_by(f64::total_cmp);
    let at = |share: f64| figures.get(((figures.len() as f64 - 1.0) * share).round() as usize).copied();
    // Where many resamples have no figure (one category only), those that have one tell too little.
    let interval = if figures.len() * 10 >= RESAMPLES * 9 { at(0.025).zip(at(0.975)) } else { None };
    Some(Resampled { value, interval })
}

/// The next number below `limit` of a small generator (a Weyl sequence, mixed by multiplying and shifting).
fn below(state: &mut u64, limit: usize) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    // The upper half scaled down: no remainder, so no number is likelier than another by more than limit / 2^32.
    ((mixed >> 32).wrapping_mul(limit as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(cells: &[&[usize]]) -> Vec<(usize, usize)> {
        let rows = cells.iter().enumerate();
        rows.flat_map(|(a, row)| row.iter().enumerate().flat_map(move |(b, n)| vec![(a, b); *n])).collect()
    }

    fn near(value: Option<f64>, expected: f64) {
        assert!((value.unwrap() - expected).abs() < 0.0005, "{value:?} is not {expected}");
    }

    /// Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions" (3rd ed., 2003), table 18.1: 100 cases, three
    /// kinds (75/1/4, 5/4/1, 0/0/10): kappa 0.68, standard error 0.087.
    #[test]
    fn kappa_as_published() {
        let found = kappa(&pairs(&[&[75, 1, 4], &[5, 4, 1], &[0, 0, 10]]), 0.95).unwrap();
        near(Some(found.kappa.value), 0.6765);
        assert!(((found.kappa.high - found.kappa.low) / 2.0 / 1.96 - 0.087).abs() < 0.002, "{found:?}");
        assert!((found.share - 0.89).abs() < 1e-9);
        assert_eq!(found.cases, 100);
        let value = |pairs: &[(usize, usize)]| kappa(pairs, 0.95).map(|found| found.kappa.value);
        assert_eq!(kappa::<u8>(&[], 0.95), None);
        assert_eq!(value(&[(1, 1); 5]), None, "one category leaves nothing to agree on beyond chance");
        near(value(&pairs(&[&[5, 0], &[0, 5]])), 1.0);
        near(value(&pairs(&[&[0, 5], &[5, 0]])), -1.0);
    }

    /// Columns of a table of readers, `.` where one gave nothing.
    fn units(readers: &[&str]) -> Vec<Vec<char>> {
        let length = readers.iter().map(|reader| reader.len()).max().unwrap();
        let value = |reader: &&str, at: usize| reader.chars().nth(at).filter(|value| *value != '.');
        (0..length).map(|at| readers.iter().filter_map(|reader| value(reader, at)).collect()).collect()
    }

    #[test]
    fn alpha_of_krippendorff_s_own_examples() {
        // "Computing Krippendorff's Alpha-Reliability" (2011), sections A, B and C.
        near(krippendorffs_alpha(&units(&["0100000010", "1110010000"])), 0.095);
        near(krippendorffs_alpha(&units(&["aabbdcccedda", "babbbccceddd"])), 0.692);
        let four = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."];
        near(krippendorffs_alpha(&units(&four)), 0.743);
        assert_eq!(krippendorffs_alpha(&units(&["aaa", "aaa"])), None);
        assert_eq!(krippendorffs_alpha(&units(&["a..", ".b."])), None, "nobody read the same");
    }

    #[test]
    fn resampled_intervals_repeat_hold_the_figure_and_narrow_with_more_cases() {
        // Two readers, 70 % alike: alpha is near kappa, whose large-sample standard error is about 0.1 here.
        let units: Vec<Vec<usize>> = pairs(&[&[20, 5], &[10, 15]]).into_iter().map(|(a, b)| vec![a, b]).collect();
        let of = |units: &[Vec<usize>], seed| with_interval(units, seed, krippendorffs_alpha).unwrap();
        let once = of(&units, 1);
        assert_eq!(once, of(&units, 1));
        let (low, high) = once.interval.unwrap();
        assert!((0.05..0.22).contains(&low) && (0.58..0.72).contains(&high), "{once:?}");
        let many: Vec<_> = units.iter().cloned().cycle().take(units.len() * 16).collect();
        let (few, more) = (high - low, of(&many, 1).interval.map(|(low, high)| high - low).unwrap());
        assert!((0.2..0.3).contains(&(more / few)), "sixteen times the cases, a quarter of the width: {few} {more}");
        let little = [vec![1, 1], vec![1, 1], vec![1, 2]];
        assert!(with_interval(&little, 1, krippendorffs_alpha).is_some_and(|found| found.interval.is_none()));
    }

    proptest! {
        #[test]
        fn figures_keep_within_their_bounds(pairs in proptest::collection::vec((0_u8..4, 0_u8..4), 0..60)) {
            let units: Vec<Vec<u8>> = pairs.iter().map(|(a, b)| vec![*a, *b]).collect();
            let kappa = kappa(&pairs, 0.95).map(|found| found.kappa.value);
            for value in [kappa, krippendorffs_alpha(&units)].into_iter().flatten() {
                prop_assert!((-1.0 - 1e-9..=1.0 + 1e-9).contains(&value));
            }
        }
    }
}
