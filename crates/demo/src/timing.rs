//! When ads come up, change and vanish. Most live for hours to a few days.

use crate::draw::Draw;

/// Ads live from four hours to three weeks; half of them less than a day and a half.
pub(crate) fn lifetime_h(draw: &mut Draw) -> f64 {
    let (low, high) =
        [(4.0, 12.0), (12.0, 48.0), (48.0, 120.0), (120.0, 480.0)][draw.weighted(&[0.33, 0.37, 0.25, 0.05])];
    low + draw.unit() * (high - low)
}

/// Moves a moment (hours since a midnight) within its day to when people post: seldom at night, often in the evening.
pub(crate) fn posting_h(moment_h: f64, draw: &mut Draw) -> f64 {
    const BY_HOUR: [f64; 24] = [
        0.4, 0.3, 0.2, 0.1, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 4.0, 3.5, 3.0, 3.0, 3.5, 4.0, 4.0, 3.5, 3.0, 3.0, 2.5,
        1.5, 0.8,
    ];
    (moment_h / 24.0).floor() * 24.0 + draw.weighted(&BY_HOUR) as f64 + draw.unit()
}

/// Up to `count` moments for edits between two others, in order, two hours apart at least.
pub(crate) fn edits_h(from_h: f64, until_h: f64, count: usize, draw: &mut Draw) -> Vec<f64> {
    let mut moments: Vec<f64> = (0..count).map(|_| from_h + 2.0 + draw.unit() * (until_h - from_h - 4.0)).collect();
    moments.retain(|moment| *moment > from_h && *moment < until_h);
    moments.sort_by(f64::total_cmp);
    let mut kept: Vec<f64> = Vec::new();
    for moment in moments {
        if kept.last().is_none_or(|last| moment - last >= 2.0) {
            kept.push(moment);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_stay_inside_and_apart() {
        let mut draw = Draw::of(1, "edits", 0);
        for _ in 0..200 {
            let edits = edits_h(10.0, 30.0, 4, &mut draw);
            assert!(edits.iter().all(|at| (12.0..=28.0).contains(at)));
            assert!(edits.windows(2).all(|pair| pair[1] - pair[0] >= 2.0));
        }
        assert!(edits_h(0.0, 3.0, 4, &mut draw).iter().all(|at| *at < 3.0));
    }
}
