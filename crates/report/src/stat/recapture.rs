//! How many there are, from how often the same are met: between two lists (sites), and over days.
//!
//! What is assumed: nobody comes or goes while the lists are made, who is on two lists is known to be the same, everybody is
//! equally easy to meet on a list, and being on one list says nothing of being on the other. Where visibility differs or
//! lists go together, the estimate is too low; where the same are not known again, too high.

use super::{Estimate, above_seen, normal_quantile};

/// Two lists: `first` and `second` are their lengths, `both` those on both. Chapman's estimate (1951), with Sadinle's interval
/// on the transformed scale (2009), which keeps its level where few are met twice. `None` where the counts contradict
/// each other or nobody is on a list.
///
/// ```
/// let turtles = report::stat::recapture::chapman(10, 15, 5, 0.95).unwrap();
/// assert_eq!((turtles.value.round(), turtles.low.round(), turtles.high.round()), (28.0, 22.0, 65.0));
/// ```
pub fn chapman(first: u64, second: u64, both: u64, level: f64) -> Option<Estimate> {
    if both > first.min(second) || first == 0 || second == 0 {
        return None;
    }
    let (m, c, r) = (first as f64, second as f64, both as f64);
    let value = (m + 1.0) * (c + 1.0) / (r + 1.0) - 1.0;
    let (only_first, only_second, twice) = (m - r + 0.5, c - r + 0.5, r + 0.5);
    let spread = (1.0 / twice + 1.0 / only_first + 1.0 / only_second + twice / (only_first * only_second)).sqrt();
    let seen = m + c - r - 0.5;
    let end = |sign: f64| seen + only_first * only_second / twice * (sign * normal_quantile(level) * spread).exp();
    Some(Estimate { value, low: end(-1.0).max(m + c - r), high: end(1.0) })
}

/// Many occasions (days): `met[i]` is how many were met on exactly `i + 1` of them. Chao's lower bound (1987), which holds where
/// people differ in how easily they are met: at least so many there are. `None` where nobody was met.
pub fn chao(met: &[u64], occasions: u64, level: f64) -> Option<Estimate> {
    let seen: u64 = met.iter().sum();
    if seen == 0 || occasions == 0 {
        return None;
    }
    let f1 = met.first().copied().unwrap_or(0) as f64;
    let f2 = met.get(1).copied().unwrap_or(0) as f64;
    let t = occasions as f64;
    let finite = (t - 1.0) / t;
    let (unseen, variance) = if f2 > 0.0 {
        let r = f1 / f2;
        // Chao 1987, formula 8, with the factor of a finite number of occasions squared into it.
        (finite * f1 * r / 2.0, f2 * (finite * r * r / 2.0 + (finite * r).powi(2) * r + (finite * r * r).powi(2) / 4.0))
    } else {
        // Bias-corrected form for f2 = 0 (Chao 1987; variance as in Chao's SpadeR manual).
        let unseen = finite * f1 * (f1 - 1.0) / 2.0;
        let whole = seen as f64 + unseen;
        let variance = finite * f1 * (f1 - 1.0) / 2.0 + (finite * f1 * (2.0 * f1 - 1.0)).powi(2) / (4.0 * f1.max(1.0))
            - (finite * f1).powi(2) * f1 * f1 / (4.0 * whole.max(1.0));
        (unseen, variance.max(0.0))
    };
    Some(above_seen(seen as f64, unseen, variance, level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sadinle, "Transformed logit confidence intervals for small populations in single capture-recapture estimation",
    /// Communications in Statistics 38 (2009); worked example of ten and fifteen turtles, five of them twice: Chapman 28, 22 to 65.
    #[test]
    fn two_lists_as_published() {
        let found = chapman(10, 15, 5, 0.95).unwrap();
        assert!((found.value - 28.333).abs() < 1e-3, "{found:?}");
        assert!((found.low - 22.0).abs() < 1.0 && (found.high - 65.0).abs() < 1.0, "{found:?}");
        assert_eq!((chapman(3, 4, 5, 0.95), chapman(0, 4, 0, 0.95)), (None, None));
    }

    /// Edwards and Eberhardt's cottontail rabbits (Journal of Wildlife Management 31, 1967): 135 in the pen, 18 nights, 76 met,
    /// 43 of them once and 16 twice. Chao ("Estimating the population size for capture-recapture data with unequal
    /// catchability", Biometrics 43, 1987) gives 134 without the factor for finitely many nights.
    #[test]
    fn many_days_as_published() {
        let met = [43, 16, 8, 6, 0, 2, 1];
        let unbounded = chao(&met, 1_000_000, 0.95).unwrap();
        assert!((unbounded.value - 133.8).abs() < 0.1, "{unbounded:?}");
        let found = chao(&met, 18, 0.95).unwrap();
        assert!((found.value - 130.6).abs() < 0.1 && found.low < 135.0 && 135.0 < found.high, "{found:?}");
    }

    proptest! {
        #[test]
        fn there_are_never_fewer_than_were_seen(m in 1_u64..3000, c in 1_u64..3000, share in 0.0..1.0_f64, met in prop::collection::vec(0_u64..400, 1..9)) {
            let both = (m.min(c) as f64 * share) as u64;
            let found = chapman(m, c, both, 0.95).unwrap();
            prop_assert!(found.low >= (m + c - both) as f64 - 1e-6 && found.low <= found.high);
            if let Some(found) = chao(&met, 30, 0.95) {
                prop_assert!(found.low >= met.iter().sum::<u64>() as f64 - 1e-6);
                prop_assert!(found.low <= found.value + 1e-9 && found.value <= found.high + 1e-9);
            }
        }
    }
}
