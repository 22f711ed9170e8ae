//! From the sample to coefficients, their turned forms, and bits.

use super::luma::Sample;
use domain::PdqHash;
use std::f64::consts::PI;
use std::sync::LazyLock;

/// The coefficients of the 16 lowest frequencies each way, without the constant one.
pub(super) type Coefficients = [[f32; 16]; 16];

static MATRIX: LazyLock<[[f32; 64]; 16]> = LazyLock::new(|| {
    let scale = (2.0f64 / 64.0).sqrt();
    std::array::from_fn(|row| {
        std::array::from_fn(|column| (scale * (PI / 128.0 * (row + 1) as f64 * (2 * column + 1) as f64).cos()) as f32)
    })
});

/// The two-dimensional cosine transform, in single precision and the reference's order of sums.
pub(super) fn transform(sample: &Sample) -> Coefficients {
    let mut rows = [[0.0f32; 64]; 16];
    for (row, weights) in rows.iter_mut().zip(MATRIX.iter()) {
        for (values, weight) in sample.iter().zip(weights) {
            for (sum, value) in row.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
    }
    let mut coefficients = [[0.0f32; 16]; 16];
    for (values, row) in coefficients.iter_mut().zip(&rows) {
        for (sum, weights) in values.iter_mut().zip(MATRIX.iter()) {
            *sum = row.iter().zip(weights).fold(0.0, |sum, (value, weight)| sum + value * weight);
        }
    }
    coefficients
}

/// A way of turning or mirroring a picture.
#[derive(Debug, Clone, Copy)]
pub(super) enum Turn {
    None,
    By90,
    By180,
    By270,
    TopToBottom,
    LeftToRight,
    Diagonal,
    OtherDiagonal,
}

/// In the reference's order.
pub(super) const TURNS: [Turn; 8] = [
    Turn::None,
    Turn::By90,
    Turn::By180,
    Turn::By270,
    Turn::TopToBottom,
    Turn::LeftToRight,
    Turn::Diagonal,
    Turn::OtherDiagonal,
];

/// What the coefficients would be of the turned picture: a transposition and changes of sign.
pub(super) fn turned(coefficients: &Coefficients, turn: Turn) -> Coefficients {
    let mut out = [[0.0; 16]; 16];
    for (i, row) in coefficients.iter().enumerate() {
        for (j, value) in row.iter().enumerate() {
            let (odd_i, odd_j) = (i % 2 == 1, j % 2 == 1);
            let (transposed, keeps_sign) = match turn {
                Turn::None => (false, true),
                Turn::By90 => (true, odd_j),
                Turn::By180 => (false, odd_i == odd_j),
                Turn::By270 => (true, odd_i),
                Turn::TopToBottom => (false, odd_i),
                Turn::LeftToRight => (false, odd_j),
                Turn::Diagonal => (true, true),
                Turn::OtherDiagonal => (true, odd_i == odd_j),
            };
            let (to_i, to_j) = if transposed { (j, i) } else { (i, j) };
            out[to_i][to_j] = if keeps_sign { *value } else { -value };
        }
    }
    out
}

/// One bit for each coefficient above the (lower) median; the last coefficient is the first bit of the first byte.
pub(super) fn bits(coefficients: &Coefficients) -> PdqHash {
    let mut sorted: Vec<f32> = coefficients.iter().flatten().copied().collect();
    sorted.sort_by(f32::total_cmp);
    let median = sorted[127];
    let mut hash = [0u8; 32];
    for (at, value) in coefficients.iter().flatten().enumerate() {
        if *value > median {
            hash[31 - at / 8] |= 1 << (at % 8);
        }
    }
    PdqHash(hash)
}
