//! How long until a site is looked at again: by how fast it changes.
//!
//! Ads come and go like events of a Poisson process with a rate of the site's own. A look only shows whether anything
//! changed since the look before, so that the rate is estimated from a history of changed and unchanged looks by the
//! method of J. Cho and H. Garcia-Molina, 'Estimating frequency of change', ACM Transactions on Internet Technology 3(3),
//! 2003: the maximum-likelihood rate for irregular looks (section 4.2), with half an unchanged look added, which takes
//! away most of the bias (section 4.1: `ln((n + 0.5) / (n - X + 0.5)) / I` for X changes in n looks at the interval I)
//! and keeps the rate finite where every look saw a change. docs/adr/0004-schedule.md says why.

use crate::plan::SitePlan;
use crate::ports::PastLook;
use std::time::Duration;

/// So many looks are asked for: about a day's, so that the schedule follows a site's week and not its single hours.
pub const LOOKS: u32 = 25;
/// Fewest intervals from which a rate is estimated.
const LEAST: usize = 2;

/// The time from the begin of one run to that of the next: such that every second look sees a change, not shorter than
/// the plan's least, not longer than its most, and long enough that walking the listing takes at most half of what the
/// approved rate allows; the other half is for the ads' own pages. `looks` are newest first.
pub fn interval(plan: &SitePlan, looks: &[PastLook], listing_pages: u64) -> Duration {
    let walk = plan.delay.saturating_mul(u32::try_from(listing_pages).unwrap_or(u32::MAX)).saturating_mul(2);
    let (least, most) = (plan.least_interval.max(walk).min(plan.interval), plan.interval);
    let Some(rate) = changes_per_s(looks) else { return most };
    let wanted_s = std::f64::consts::LN_2 / rate;
    if wanted_s >= most.as_secs_f64() { most } else { Duration::from_secs_f64(wanted_s).max(least) }
}

/// The rate of change, per second; `None` where too little is known. 0 where nothing ever changed.
fn changes_per_s(looks: &[PastLook]) -> Option<f64> {
    let mut intervals: Vec<(f64, bool)> = Vec::new();
    for pair in looks.windows(2) {
        // Two looks at the same moment say nothing.
        let passed_s = pair[0].at.duration_since(pair[1].at).as_secs_f64();
        if passed_s > 0.0 {
            intervals.push((passed_s, pair[0].changed));
        }
    }
    if intervals.len() < LEAST {
        return None;
    }
    let mean_s = intervals.iter().map(|(passed_s, _)| passed_s).sum::<f64>() / intervals.len() as f64;
    let unchanged_s: f64 = intervals.iter().filter(|(_, changed)| !changed).map(|(passed_s, _)| passed_s).sum();
    let unchanged_s = unchanged_s + 0.5 * mean_s;
    let changed: Vec<f64> = intervals.iter().filter(|(_, changed)| *changed).map(|(passed_s, _)| *passed_s).collect();
    if changed.is_empty() {
        return Some(0.0);
    }
    // Falls steadily with the rate, from above `unchanged_s` to 0: halving finds where it crosses.
    let expected = |rate: f64| changed.iter().map(|passed_s| passed_s / (rate * passed_s).exp_m1()).sum::<f64>();
    let (mut low, mut high) = (1e-9 / mean_s, 1e3 / mean_s);
    for _ in 0..100 {
        let middle = (low * high).sqrt();
        if expected(middle) > unchanged_s { low = middle } else { high = middle }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    /// Looks newest first, from intervals (in minutes) and whether the look at their end saw a change, oldest first.
    fn looks(intervals: &[(i64, bool)]) -> Vec<PastLook> {
        let start: Timestamp = "2026-10-01T06:00:00Z".parse().expect("a time");
        let mut all = vec![PastLook { at: start, changed: true }];
        for (minutes, changed) in intervals {
            let at = crate::clock::after(all[all.len() - 1].at, Duration::from_secs(*minutes as u64 * 60));
            all.push(PastLook { at, changed: *changed });
        }
        all.reverse();
        all
    }

    #[test]
    fn regular_looks_give_the_published_estimator() {
        for (n, changes) in [(10usize, 0usize), (10, 3), (10, 7), (10, 10), (24, 24)] {
            let history: Vec<(i64, bool)> = (0..n).map(|look| (60, look < changes)).collect();
            let found = changes_per_s(&looks(&history)).expect("a rate");
            let published = ((n as f64 + 0.5) / ((n - changes) as f64 + 0.5)).ln() / 3600.0;
            assert!((found - published).abs() < 1e-9, "{changes} of {n}: {found} against {published}");
        }
    }

    #[test]
    fn irregular_looks_give_the_true_rate() {
        // Twice an hour on average; looks after 10 to 120 minutes, changed with the chance that this rate gives.
        let (rate_per_min, mut seed, mut history) = (2.0 / 60.0, 12345u64, Vec::new());
        for look in 0..2000i64 {
            let minutes = 10 + (look * 37) % 110;
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let chance = (seed >> 11) as f64 / (1u64 << 53) as f64;
            history.push((minutes, chance < 1.0 - (-rate_per_min * minutes as f64).exp()));
        }
        let found_per_min = changes_per_s(&looks(&history)).expect("a rate") * 60.0;
        assert!((found_per_min / rate_per_min - 1.0).abs() < 0.08, "{found_per_min}");
    }

    #[test]
    fn the_interval_keeps_its_bounds_and_the_approved_rate() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let plan = |delay_s| SitePlan {
            site: "s1".into(),
            start_urls: Vec::new(),
            also_hosts: Vec::new(),
            delay: Duration::from_secs(delay_s),
            connections: 1,
            hours: Vec::new(),
            counts_pages: false,
            approval: None,
            allow_private: Vec::new(),
            fetch_images: false,
            max_listing_pages: 100,
            recheck_after: minutes(1440),
            interval: minutes(240),
            least_interval: minutes(20),
            lists_newest_only: false,
            expect: Default::default(),
            limits: Default::default(),
            retries: 0,
        };
        let always = looks(&[(60, true); 20]);
        let half: Vec<(i64, bool)> = (0..20).map(|look| (60, look % 2 == 0)).collect();
        assert_eq!(interval(&plan(1), &[], 10), minutes(240), "nothing is known");
        assert_eq!(interval(&plan(1), &looks(&[(60, false); 20]), 10), minutes(240), "nothing changes");
        assert_eq!(interval(&plan(1), &always, 10), minutes(20));
        assert_eq!(interval(&plan(90), &always, 10), minutes(30), "ten pages at 90 s, and as long again for the ads");
        assert_eq!(interval(&plan(1800), &always, 10), minutes(240), "the rate allows no more");
        let found = interval(&plan(1), &looks(&half), 10).as_secs_f64() / 3600.0;
        assert!((found - 1.03).abs() < 0.05, "every second look of an hour sees a change: {found} h");
    }

    #[test]
    fn nothing_known_and_nothing_changed() {
        assert_eq!(changes_per_s(&[]), None);
        assert_eq!(changes_per_s(&looks(&[(60, true)])), None);
        assert_eq!(changes_per_s(&looks(&[(60, false), (60, false)])), Some(0.0));
    }
}
