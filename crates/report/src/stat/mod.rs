//! Estimates with intervals. Each is checked against a published example, named in its test.

pub mod agreement;
pub mod interval;
pub mod loglinear;
pub mod ratio;
pub mod recapture;
pub mod weighted;

use serde::Serialize;

/// Two-sided 95 %.
pub const LEVEL: f64 = 0.95;

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The standard normal's quantile that cuts off both tails at `level` (1.96 for 0.95).
pub fn normal_quantile(level: f64) -> f64 {
    // P(|Z| < z) = erf(z / √2).
    std::f64::consts::SQRT_2 * statrs::function::erf::erf_inv(level.clamp(0.0, 0.999_999))
}

/// An interval for a number of unseen that cannot be negative, from its estimate and variance: symmetric on the scale of
/// the logarithm (Burnham et al. 1987, as in Chao 1987).
pub(crate) fn above_seen(seen: f64, unseen: f64, variance: f64, level: f64) -> Estimate {
    if unseen <= 0.0 {
        return Estimate { value: seen, low: seen, high: seen };
    }
    let spread = (normal_quantile(level) * (variance / (unseen * unseen)).ln_1p().sqrt()).exp();
    Estimate { value: seen + unseen, low: seen + unseen / spread, high: seen + unseen * spread }
}
