//! Agreement of two readers who read the same cases without knowing each other's answer.

use super::{Estimate, normal_quantile};
use serde::Serialize;

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

/// Cohen's kappa with the large-sample interval of Fleiss, Cohen and Everitt (1969). `pairs` are counts of (first reader's
/// answer, second reader's answer) in a square table.
pub fn kappa(table: &[Vec<u64>], level: f64) -> Option<Agreement> {
    let kinds = table.len();
    let n: u64 = table.iter().flatten().sum();
    if n == 0 || table.iter().any(|row| row.len() != kinds) {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions" (3rd ed., 2003), table 18.1: 100 cases, three
    /// kinds (75/1/4, 5/4/1, 0/0/10): kappa 0.68, standard error 0.087.
    #[test]
    fn kappa_as_published() {
        let table = vec![vec![75, 1, 4], vec![5, 4, 1], vec![0, 0, 10]];
        let found = kappa(&table, 0.95).unwrap();
        assert!((found.kappa.value - 0.68).abs() < 0.005, "{found:?}");
        assert!(((found.kappa.high - found.kappa.low) / 2.0 / 1.96 - 0.087).abs() < 0.002, "{found:?}");
        assert!((found.share - 0.89).abs() < 1e-9);
    }
}
