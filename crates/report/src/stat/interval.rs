//! Intervals for one proportion and for the difference of two.

use super::{Estimate, normal_quantile};
use statrs::function::beta::inv_beta_reg;

/// Wilson's score interval for `hits` of `of`. `None` where nothing was tried.
///
/// ```
/// let share = report::stat::interval::wilson(81, 263, 0.95).unwrap();
/// assert!((share.low - 0.2553).abs() < 5e-5 && (share.high - 0.3662).abs() < 5e-5);
/// ```
pub fn wilson(hits: u64, of: u64, level: f64) -> Option<Estimate> {
    (of > 0).then(|| wilson_at(hits as f64 / of as f64, of as f64, level))
}

/// Wilson's interval for a share that rests on `n` answers' worth of information (not whole where answers are weighted).
pub(crate) fn wilson_at(share: f64, n: f64, level: f64) -> Estimate {
    let z = normal_quantile(level);
    let z2 = z * z;
    let middle = share + z2 / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let end = |value: f64| (value / (1.0 + z2 / n)).clamp(0.0, 1.0);
    Estimate { value: share, low: end(middle - half), high: end(middle + half) }
}

/// Clopper and Pearson's exact interval.
pub fn exact(hits: u64, of: u64, level: f64) -> Option<Estimate> {
    if of == 0 || hits > of {
        return None;
    }
    let (x, n, tail) = (hits as f64, of as f64, (1.0 - level) / 2.0);
    let low = if hits == 0 { 0.0 } else { inv_beta_reg(x, n - x + 1.0, tail) };
    let high = if hits == of { 1.0 } else { inv_beta_reg(x + 1.0, n - x, 1.0 - tail) };
    Some(Estimate { value: x / n, low, high })
}

/// The one-sided upper bound of a share where none of `of` showed it: about 3/n (the rule of three), here exactly.
pub fn none_of(of: u64, level: f64) -> Option<f64> {
    (of > 0).then(|| 1.0 - (1.0 - level).powf(1.0 / of as f64))
}

/// The difference of two independent shares (first minus second), by Newcombe's method 10 (Wilson's limits combined).
pub fn difference(first: (u64, u64), second: (u64, u64), level: f64) -> Option<Estimate> {
    let (a, b) = (wilson(first.0, first.1, level)?, wilson(second.0, second.1, level)?);
    let value = a.value - b.value;
    let low = value - ((a.value - a.low).powi(2) + (b.high - b.value).powi(2)).sqrt();
    let high = value + ((a.high - a.value).powi(2) + (b.value - b.low).powi(2)).sqrt();
    Some(Estimate { value, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(found: Option<Estimate>, low: f64, high: f64) {
        let found = found.unwrap();
        assert!((found.low - low).abs() < 6e-5 && (found.high - high).abs() < 6e-5, "{found:?}, not {low} to {high}");
    }

    /// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I:
    /// methods 3 (score) and 5 (Clopper and Pearson).
    #[test]
    fn one_share_as_published() {
        for (hits, of, score, clopper) in [
            (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
            (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
            (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
            (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
        ] {
            check(wilson(hits, of, 0.95), score.0, score.1);
            check(exact(hits, of, 0.95), clopper.0, clopper.1);
        }
        assert_eq!((wilson(0, 0, 0.95), exact(0, 0, 0.95)), (None, None));
    }

    /// Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
    /// (1998), table II, contrast (a) 56/70 - 48/80 and (c) 6/7 - 2/7, method 10.
    #[test]
    fn a_difference_as_published() {
        check(difference((56, 70), (48, 80), 0.95), 0.0524, 0.3339);
        check(difference((6, 7), (2, 7), 0.95), 0.0582, 0.8062);
    }

    /// Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983): 0 of n, about 3/n.
    #[test]
    fn nothing_seen_leaves_three_in_n() {
        for n in [30, 100, 1000] {
            let bound = none_of(n, 0.95).unwrap();
            assert!((bound * n as f64 - 3.0).abs() < 0.15, "{n}: {bound}");
        }
    }

    proptest! {
        #[test]
        fn intervals_hold_their_estimate_and_narrow_with_more(hits in 0_u64..500, more in 0_u64..500) {
            let of = hits + more;
            prop_assume!(of > 0);
            for of_method in [wilson, exact] {
                let (few, many) = (of_method(hits, of, 0.95).unwrap(), of_method(hits * 4, of * 4, 0.95).unwrap());
                prop_assert!(0.0 <= few.low && few.low <= few.value + 1e-12 && few.value <= few.high + 1e-12 && few.high <= 1.0);
                prop_assert!(many.high - many.low < few.high - few.low);
            }
        }
    }
}
