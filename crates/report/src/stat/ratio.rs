//! Likelihood ratios: how much more often an indicator fires where the outcome is there than where it is not.

use super::{Estimate, normal_quantile};
use serde::Serialize;

/// Counts of an indicator against an outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct TwoByTwo {
    /// Fired, outcome there.
    pub fired_yes: f64,
    /// Fired, outcome not there.
    pub fired_no: f64,
    /// Did not fire, outcome there.
    pub silent_yes: f64,
    /// Did not fire, outcome not there.
    pub silent_no: f64,
}

/// The likelihood ratios of a sign that is there and of one that is not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LikelihoodRatios {
    /// Of a sign that fired.
    pub positive: Estimate,
    /// Of a sign that did not.
    pub negative: Estimate,
}

/// Both ratios with intervals on the scale of the logarithm (Simel, Samsa and Matchar 1991). Where a cell is empty, a half is
/// added to each. `effective` is the part of the answers that they are worth after weighting (1 without weights).
pub fn likelihood_ratios(counts: &TwoByTwo, effective: f64, level: f64) -> Option<LikelihoodRatios> {
    let mut cells =
        [counts.fired_yes, counts.fired_no, counts.silent_yes, counts.silent_no].map(|cell| cell * effective);
    if cells[0] + cells[2] <= 0.0 || cells[1] + cells[3] <= 0.0 {
        return None;
    }
    if cells.iter().any(|cell| *cell <= 0.0) {
        cells = cells.map(|cell| cell + 0.5);
    }
    let [a, b, c, d] = cells;
    let (yes, no, z) = (a + c, b + d, normal_quantile(level));
    let ratio = |top: f64, below: f64| {
        let value = (top / yes) / (below / no);
        let spread = (z * (1.0 / top - 1.0 / yes + 1.0 / below - 1.0 / no).max(0.0).sqrt()).exp();
        Estimate { value, low: value / spread, high: value * spread }
    };
    Some(LikelihoodRatios { positive: ratio(a, b), negative: ratio(c, d) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scott, Greenberg and Poole, "Cautionary tales in the clinical interpretation of studies of diagnostic tests", Internal
    /// Medicine Journal 38 (2008), as worked in R's epiR (`epi.tests`): LR+ 3.75 (3.32 to 4.24), LR- 0.13 (0.11 to 0.16).
    #[test]
    fn ratios_as_published() {
        let counts = TwoByTwo { fired_yes: 670.0, fired_no: 202.0, silent_yes: 74.0, silent_no: 640.0 };
        let found = likelihood_ratios(&counts, 1.0, 0.95).unwrap();
        let near = |value: f64, told: f64| assert!((value - told).abs() < 0.006, "{value}, not {told}");
        near(found.positive.value, 3.75);
        near(found.positive.low, 3.32);
        near(found.positive.high, 4.24);
        near(found.negative.value, 0.13);
        near(found.negative.low, 0.11);
        near(found.negative.high, 0.16);
    }

    #[test]
    fn an_empty_cell_gives_a_wide_interval_and_an_empty_column_none() {
        let counts = TwoByTwo { fired_yes: 5.0, fired_no: 0.0, silent_yes: 5.0, silent_no: 30.0 };
        let found = likelihood_ratios(&counts, 1.0, 0.95).unwrap();
        assert!(found.positive.value.is_finite() && found.positive.high > 10.0 * found.positive.low);
        assert_eq!(
            likelihood_ratios(&TwoByTwo { fired_yes: 3.0, silent_yes: 4.0, ..TwoByTwo::default() }, 1.0, 0.95),
            None
        );
    }
}
