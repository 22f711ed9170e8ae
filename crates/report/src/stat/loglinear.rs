//! Three lists or more: log-linear models of who is on which, which allow lists that go together (Fienberg 1972; Bishop,
//! Fienberg and Holland 1975, chapter 6). Models with any set of pairs are fitted; Akaike's criterion weighs them, so that the
//! interval also holds what the choice of a model leaves open (Buckland, Burnham and Augustin 1997).

use super::{Estimate, above_seen, normal_quantile};
use serde::Serialize;
use std::collections::BTreeMap;

/// Most lists that are taken: the number of models doubles with each pair.
pub const MOST_LISTS: usize = 6;
/// Up to so many lists every set of pairs is tried, beyond it pairs are added one by one.
const TRY_ALL: usize = 4;

/// A fitted model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fitted {
    /// Pairs of lists that go together in this model.
    pub pairs: Vec<(usize, usize)>,
    /// Akaike's criterion; the smallest is chosen.
    pub aic: f64,
    /// Deviance.
    pub deviance: f64,
    /// Degrees of freedom.
    pub freedom: usize,
    /// How many there are.
    pub total: Estimate,
    /// Logarithm of the number not met, and its variance.
    #[serde(skip)]
    unseen: (f64, f64),
}

/// What the models say together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chosen {
    /// The model with the smallest criterion.
    pub best: Fitted,
    /// How many models were fitted.
    pub models: usize,
    /// How many there are, over all models by their weights.
    pub total: Estimate,
}

/// Fits the models to `seen`: for each set of lists (bit `i` for list `i`) how many are on exactly these. `None` with fewer
/// than three or more than [`MOST_LISTS`] lists, where a list is empty, or where no model can be fitted.
pub fn choose(lists: usize, seen: &BTreeMap<u32, u64>, level: f64) -> Option<Chosen> {
    if !(3..=MOST_LISTS).contains(&lists)
        || !(0..lists).all(|list| seen.iter().any(|(set, n)| set >> list & 1 == 1 && *n > 0))
    {
        return None;
    }
    // Two lists that nobody shares say nothing of going together: such a pair would be estimated as minus infinity.
    let shared = |a: usize, b: usize| seen.iter().any(|(set, n)| set >> a & 1 == 1 && set >> b & 1 == 1 && *n > 0);
    let all: Vec<(usize, usize)> =
        (0..lists).flat_map(|a| (a + 1..lists).map(move |b| (a, b))).filter(|(a, b)| shared(*a, *b)).collect();
    let mut models: Vec<Fitted> = Vec::new();
    if lists <= TRY_ALL {
        for set in 0_u32..1 << all.len() {
            let pairs: Vec<(usize, usize)> =
                all.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, pair)| *pair).collect();
            models.extend(fit(lists, seen, &pairs, level));
        }
    } else {
        models.extend(fit(lists, seen, &[], level));
        let mut chosen: Vec<(usize, usize)> = Vec::new();
        loop {
            let mut step: Option<Fitted> = None;
            for pair in all.iter().filter(|pair| !chosen.contains(pair)) {
                let mut pairs = chosen.clone();
                pairs.push(*pair);
                pairs.sort_unstable();
                let Some(fitted) = fit(lists, seen, &pairs, level) else { continue };
                if step.as_ref().is_none_or(|step| fitted.aic < step.aic) {
                    step = Some(fitted.clone());
                }
                models.push(fitted);
            }
            let least = models.iter().map(|model| model.aic).fold(f64::INFINITY, f64::min);
            match step.filter(|step| step.aic <= least + 1e-9) {
                Some(step) => chosen = step.pairs,
                None => break,
            }
        }
    }
    average(models, seen.values().sum::<u64>() as f64, level)
}

/// The models by their weights, on the scale of the logarithm of the number not met.
fn average(models: Vec<Fitted>, met: f64, level: f64) -> Option<Chosen> {
    let best = models.iter().min_by(|a, b| a.aic.total_cmp(&b.aic))?.clone();
    let weights: Vec<f64> = models.iter().map(|model| (-(model.aic - best.aic) / 2.0).exp()).collect();
    let all: f64 = weights.iter().sum();
    let mean = models.iter().zip(&weights).map(|(model, weight)| model.unseen.0 * weight).sum::<f64>() / all;
    let off = |model: &Fitted| (model.unseen.1 + (model.unseen.0 - mean).powi(2)).sqrt();
    let error = models.iter().zip(&weights).map(|(model, weight)| off(model) * weight).sum::<f64>() / all;
    let at = |shift: f64| met + (mean + shift * normal_quantile(level) * error).exp();
    let total = Estimate { value: at(0.0), low: at(-1.0), high: at(1.0) };
    Some(Chosen { best, models: models.len(), total })
}

/// One model: a Poisson regression of the cells on the lists and the given pairs.
pub fn fit(lists: usize, seen: &BTreeMap<u32, u64>, pairs: &[(usize, usize)], level: f64) -> Option<Fitted> {
    let cells: Vec<(u32, f64)> =
        (1..1_u32 << lists).map(|set| (set, seen.get(&set).copied().unwrap_or(0) as f64)).collect();
    let width = 1 + lists + pairs.len();
    if width > cells.len() {
        return None;
    }
    let row = |set: u32| -> Vec<f64> {
        let on = |list: usize| f64::from(set >> list & 1);
        std::iter::once(1.0).chain((0..lists).map(on)).chain(pairs.iter().map(|(a, b)| on(*a) * on(*b))).collect()
    };
    let design: Vec<Vec<f64>> = cells.iter().map(|(set, _)| row(*set)).collect();
    let mut means: Vec<f64> = cells.iter().map(|(_, n)| n + 0.5).collect();
    let mut coefficients = vec![0.0; width];
    let mut deviance = f64::INFINITY;
    let mut inverse = Vec::new();
    for _ in 0..100 {
        // Weighted least squares on the working response (McCullagh and Nelder 1989, section 2.5).
        let (mut information, mut right) = (vec![vec![0.0; width]; width], vec![0.0; width]);
        for ((x, mean), (_, n)) in design.iter().zip(&means).zip(&cells) {
            let response = mean.ln() + (n - mean) / mean;
            for i in 0..width {
                right[i] += x[i] * mean * response;
                for j in 0..width {
                    information[i][j] += x[i] * x[j] * mean;
                }
            }
        }
        inverse = invert(information)?;
        coefficients = inverse.iter().map(|row| row.iter().zip(&right).map(|(a, b)| a * b).sum()).collect();
        for (mean, x) in means.iter_mut().zip(&design) {
            let log: f64 = x.iter().zip(&coefficients).map(|(x, c)| x * c).sum();
            *mean = log.clamp(-30.0, 30.0).exp();
        }
        let now: f64 = cells
            .iter()
            .zip(&means)
            .map(|((_, n), mean)| 2.0 * (if *n > 0.0 { n * (n / mean).ln() } else { 0.0 } - (n - mean)))
            .sum();
        let settled = (deviance - now).abs() < 1e-9 * (now.abs() + 0.1);
        deviance = now;
        if settled {
            break;
        }
    }
    let unseen = coefficients.first()?.exp();
    let spread = inverse.first()?.first().copied()?;
    if !unseen.is_finite() || !spread.is_finite() || !(0.0..=25.0).contains(&spread) {
        return None;
    }
    let met: f64 = cells.iter().map(|(_, n)| n).sum();
    let log_likelihood: f64 = cells
        .iter()
        .zip(&means)
        .map(|((_, n), mean)| n * mean.ln() - mean - statrs::function::gamma::ln_gamma(n + 1.0))
        .sum();
    Some(Fitted {
        pairs: pairs.to_vec(),
        aic: 2.0 * width as f64 - 2.0 * log_likelihood,
        deviance,
        freedom: cells.len() - width,
        // The variance of the expected number of unseen, and that of the number itself around it.
        total: above_seen(met, unseen, unseen * unseen * spread + unseen, level),
        unseen: (unseen.max(1e-9).ln(), spread + 1.0 / unseen.max(1e-9)),
    })
}

/// The inverse of a symmetric positive definite matrix, by Gauss and Jordan with row changes. `None` if there is none.
fn invert(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut inverse: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()))?;
        if matrix[pivot][column].abs() < 1e-12 {
            return None;
        }
        matrix.swap(column, pivot);
        inverse.swap(column, pivot);
        let by = matrix[column][column];
        for at in 0..n {
            matrix[column][at] /= by;
            inverse[column][at] /= by;
        }
        for row in (0..n).filter(|row| *row != column) {
            let times = matrix[row][column];
            if times != 0.0 {
                for at in 0..n {
                    matrix[row][at] -= times * matrix[column][at];
                    inverse[row][at] -= times * inverse[column][at];
                }
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hepatitis A in northern Taiwan 1995 (Chao, Tsay, Lin, Shau and Chao, "The applications of capture-recapture models to
    /// epidemiological data", Statistics in Medicine 20, 2001): lists P, Q, E, 271 met, 545 in truth. Independence gives 388
    /// (deviance 24.36 with 3 degrees of freedom); all three pairs give 1,313.
    fn hepatitis() -> BTreeMap<u32, u64> {
        BTreeMap::from([(0b111, 28), (0b011, 21), (0b101, 17), (0b110, 18), (0b001, 69), (0b010, 55), (0b100, 63)])
    }

    #[test]
    fn three_lists_as_published() {
        let independent = fit(3, &hepatitis(), &[], 0.95).unwrap();
        assert_eq!((independent.total.value.round(), independent.freedom), (388.0, 3));
        assert!((independent.deviance - 24.36).abs() < 0.01, "{independent:?}");
        let all = fit(3, &hepatitis(), &[(0, 1), (0, 2), (1, 2)], 0.95).unwrap();
        assert_eq!((all.total.value.round(), all.freedom), (1313.0, 0));
        assert!(all.deviance < 1e-6);
        let chosen = choose(3, &hepatitis(), 0.95).unwrap();
        assert_eq!(chosen.best.pairs.len(), 3, "the lists go together: {chosen:?}");
        assert!(chosen.models == 8 && chosen.total.low > 271.0, "{chosen:?}");
    }

    #[test]
    fn an_empty_list_or_two_lists_give_nothing() {
        assert_eq!(choose(2, &hepatitis(), 0.95), None);
        assert_eq!(choose(4, &hepatitis(), 0.95), None);
    }
}
