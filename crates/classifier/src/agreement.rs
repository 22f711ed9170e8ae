//! How far two readers agree beyond chance. Pure: the same readings and seed give the same figures.
//!
//! Sources: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
//! (1960) 37–46; K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), the coincidence matrix for
//! nominal data; B. Efron and R. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13, for the
//! percentile interval.

use std::collections::BTreeMap;

/// Resamples of an interval.
const RESAMPLES: usize = 2000;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// The figure.
    pub value: f64,
    /// Lower end; `None` where too few resamples have a figure.
    pub interval: Option<(f64, f64)>,
}

/// Cohen's kappa of two readers over the same cases: 1 is full agreement, 0 what chance gives. `None` without cases,
/// and where both use one and the same category throughout, so that chance explains everything.
///
/// ```
/// // Both yes 20, only the first 5, only the second 10, both no 15.
/// let pairs = [vec![("y", "y"); 20], vec![("y", "n"); 5], vec![("n", "y"); 10], vec![("n", "n"); 15]].concat();
/// assert!((classifier::agreement::cohens_kappa(&pairs).unwrap() - 0.4).abs() < 1e-9);
/// ```
pub fn cohens_kappa<C: Ord>(pairs: &[(C, C)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let mut totals: BTreeMap<&C, (f64, f64)> = BTreeMap::new();
    for (a, b) in pairs {
        totals.entry(a).or_default().0 += 1.0;
        totals.entry(b).or_default().1 += 1.0;
    }
    let observed = pairs.iter().filter(|(a, b)| a == b).count() as f64 / n;
    let expected: f64 = totals.values().map(|(a, b)| (a / n) * (b / n)).sum();
    beyond_chance(observed, expected)
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
pub fn with_interval<U: Clone>(units: &[U], seed: u64, figure: impl Fn(&[U]) -> Option<f64>) -> Option<Agreement> {
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
    Some(Agreement { value, interval })
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

    fn table(cells: &[&[usize]]) -> Vec<(usize, usize)> {
        let rows = cells.iter().enumerate();
        rows.flat_map(|(a, row)| row.iter().enumerate().flat_map(move |(b, n)| vec![(a, b); *n])).collect()
    }

    fn near(value: Option<f64>, expected: f64) {
        assert!((value.unwrap() - expected).abs() < 0.0005, "{value:?} is not {expected}");
    }

    #[test]
    fn kappa_of_a_published_table() {
        // Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions" (2003), table 18.1: 0.68.
        near(cohens_kappa(&table(&[&[75, 1, 4], &[5, 4, 1], &[0, 0, 10]])), 0.6765);
        assert_eq!(cohens_kappa::<u8>(&[]), None);
        assert_eq!(cohens_kappa(&[(1, 1); 5]), None, "one category leaves nothing to agree on beyond chance");
        near(cohens_kappa(&table(&[&[5, 0], &[0, 5]])), 1.0);
        near(cohens_kappa(&table(&[&[0, 5], &[5, 0]])), -1.0);
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
    fn intervals_repeat_hold_the_figure_and_narrow_with_more_cases() {
        // Two readers, 70 % alike: the large-sample standard error of kappa is about 0.1 here.
        let pairs = table(&[&[20, 5], &[10, 15]]);
        let of = |pairs: &[(usize, usize)], seed| with_interval(pairs, seed, cohens_kappa).unwrap();
        let once = of(&pairs, 1);
        assert_eq!(once, of(&pairs, 1));
        let (low, high) = once.interval.unwrap();
        assert!((0.08..0.22).contains(&low) && (0.58..0.70).contains(&high), "{once:?}");
        let many: Vec<_> = pairs.iter().copied().cycle().take(pairs.len() * 16).collect();
        let (few, more) = (high - low, of(&many, 1).interval.map(|(low, high)| high - low).unwrap());
        assert!((0.2..0.3).contains(&(more / few)), "sixteen times the cases, a quarter of the width: {few} {more}");
        assert!(with_interval(&[(1, 1), (1, 1), (1, 2)], 1, cohens_kappa).is_some_and(|a| a.interval.is_none()));
    }

    proptest! {
        #[test]
        fn figures_keep_within_their_bounds(pairs in proptest::collection::vec((0_u8..4, 0_u8..4), 0..60)) {
            let units: Vec<Vec<u8>> = pairs.iter().map(|(a, b)| vec![*a, *b]).collect();
            for value in [cohens_kappa(&pairs), krippendorffs_alpha(&units)].into_iter().flatten() {
                prop_assert!((-1.0 - 1e-9..=1.0 + 1e-9).contains(&value));
            }
        }
    }
}
