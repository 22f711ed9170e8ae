//! Whether a field is filled more rarely than the site's own past lets one expect: the sign of a layout that changed
//! silently.
//!
//! **The rule.** For each field, `k` of this run's `m` pages that hold an ad fill it. The site's last good runs give its
//! usual share and how much the share moves from run to run (method-of-moments estimate of the intraclass correlation
//! for proportions with extraneous variance: J. C. Kleinman, JASA 68, 1973, 46-54). If nothing has changed, `k` is
//! beta-binomial with these. The alarm is raised where both hold:
//! 1. so few are less likely than [`ALPHA`] (one-sided, exact tail), and
//! 2. the share has fallen by a fifth of the usual one ([`LEAST_FALL`]): significance alone would report trifles of
//!    large sites.
//!
//! A run of few pages says little by itself: then the runs just before it are taken together with it, so that a change
//! on a third of the pages is seen within some runs, however small they are. False alarms and power are measured by the
//! simulation in the tests (`BAVN_SIMULATE=20` for a long one); the figures stand in docs/measurements.md.

/// Least probability of so few that is still believed. A site with eight fields that is crawled twelve times a day is
/// tested some 35,000 times a year; the simulation's normal life gave 10 false alarms in 240,000, or three in two years.
const ALPHA: f64 = 1e-4;
/// Least fall, as a part of the usual share.
const LEAST_FALL: f64 = 0.2;
/// Least pages of the past from which a share is known.
const PAST_FROM: u64 = 30;
/// A run with fewer pages is also looked at together with those before it.
const ENOUGH: u64 = 60;
/// Correlation within a run that is taken for granted: who advertises differs by hour and day. Half a percent is a standard
/// deviation of 3.5 points between runs at a share of 50 %.
const LEAST_CORRELATION: f64 = 0.005;
/// More than that is not believed, lest a past that jumps silences the alarm for good.
const MOST_CORRELATION: f64 = 0.02;

/// How many pages of a run fill a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Share {
    /// Those that do.
    pub filled: u64,
    /// All.
    pub pages: u64,
}

impl Share {
    fn plus(self, other: Share) -> Share {
        Share { filled: self.filled + other.filled, pages: self.pages + other.pages }
    }

    fn ratio(self) -> f64 {
        self.filled as f64 / self.pages.max(1) as f64
    }
}

/// A field that fell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fall {
    /// Share now, 0 to 1.
    pub now: f64,
    /// Share in the past.
    pub usual: f64,
}

/// Compares a run with those before it, newest first.
pub(super) fn fall(now: Share, past: &[Share]) -> Option<Fall> {
    let past: Vec<Share> = past.iter().copied().filter(|share| share.pages > 0).collect();
    let alone = test(now, &past);
    if alone.is_some() || now.pages == 0 || now.pages >= ENOUGH {
        return alone;
    }
    // At most half of the past goes over to the side that is tested.
    let mut recent = now;
    let mut taken = 0;
    while recent.pages < ENOUGH && taken < past.len() / 2 {
        recent = recent.plus(past[taken]);
        taken += 1;
    }
    test(recent, &past[taken..])
}

fn test(now: Share, past: &[Share]) -> Option<Fall> {
    let all = past.iter().fold(Share::default(), |sum, share| sum.plus(*share));
    if now.pages == 0 || all.pages < PAST_FROM {
        return None;
    }
    let found = Fall { now: now.ratio(), usual: all.ratio() };
    if found.now > found.usual * (1.0 - LEAST_FALL) || all.filled == 0 {
        return None;
    }
    // A half is added to each side, so that a share of one is not taken for certain (Jeffreys' prior).
    let usual = (all.filled as f64 + 0.5) / (all.pages as f64 + 1.0);
    let correlation = correlation(past).clamp(LEAST_CORRELATION, MOST_CORRELATION);
    // What the run itself may differ, and what is not known of the usual share.
    let weight = 1.0 / (correlation + 1.0 / (all.pages as f64 + 1.0));
    (tail(now.filled, now.pages, usual * weight, (1.0 - usual) * weight) < ALPHA).then_some(found)
}

/// The part of the variance that lies between runs; 0 where they differ less than by chance or are too few to say.
fn correlation(runs: &[Share]) -> f64 {
    let all = runs.iter().fold(Share::default(), |sum, share| sum.plus(*share));
    let (count, pages) = (runs.len() as f64, all.pages as f64);
    if runs.len() < 4 || pages <= count {
        return 0.0;
    }
    let mean = all.ratio();
    let squares: f64 = runs.iter().map(|run| (run.pages as f64).powi(2)).sum();
    let size = (pages - squares / pages) / (count - 1.0);
    let between: f64 =
        runs.iter().map(|run| run.pages as f64 * (run.ratio() - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let within: f64 =
        runs.iter().map(|run| run.pages as f64 * run.ratio() * (1.0 - run.ratio())).sum::<f64>() / (pages - count);
    let whole = between + (size - 1.0) * within;
    if whole <= 0.0 { 0.0 } else { ((between - within) / whole).max(0.0) }
}

/// P(X <= filled) for X beta-binomial of `pages`, `a`, `b`.
fn tail(filled: u64, pages: u64, a: f64, b: f64) -> f64 {
    let n = pages as f64;
    let mut term: f64 = (0..pages).map(|i| ((b + i as f64) / (a + b + i as f64)).ln()).sum();
    let mut sum = term;
    for j in 0..filled.min(pages) {
        let j = j as f64;
        term += ((n - j) * (a + j) / ((j + 1.0) * (b + n - j - 1.0))).ln();
        let (high, low) = if term > sum { (term, sum) } else { (sum, term) };
        sum = high + (low - high).exp().ln_1p();
    }
    sum.exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator of our own (SplitMix64, public domain): the simulation is the same on every machine.
    struct Draw(u64);

    impl Draw {
        fn unit(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
        }

        fn normal(&mut self) -> f64 {
            (-2.0 * self.unit().max(1e-300).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
        }

        fn share(&mut self, pages: u64, probability: f64) -> Share {
            Share { filled: (0..pages).filter(|_| self.unit() < probability).count() as u64, pages }
        }
    }

    fn logistic(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    /// A site's normal life: each run meets between 3 and 200 pages; the share wanders (a random walk of 0.03 a run in
    /// log-odds that is drawn back to its middle: about 0.1 in the long run), swings with the time of day (0.15), and
    /// each run's ads differ by chance beyond the binomial (0.12).
    struct Life {
        middle: f64,
        at: f64,
        run: u32,
        pages: u64,
    }

    impl Life {
        fn probability(&mut self, draw: &mut Draw) -> f64 {
            self.run += 1;
            self.at += 0.03 * draw.normal() - 0.05 * (self.at - self.middle);
            let day = 0.15 * (f64::from(self.run) * std::f64::consts::TAU / 12.0).sin();
            logistic(self.at + day + 0.12 * draw.normal())
        }

        fn next(&mut self, draw: &mut Draw) -> Share {
            let pages = (self.pages as f64 * (0.5 + draw.unit())).round().max(1.0) as u64;
            let probability = self.probability(draw);
            draw.share(pages, probability)
        }
    }

    const SHARES: [f64; 5] = [0.2, 0.5, 0.8, 0.95, 0.99];
    const SIZES: [u64; 4] = [7, 20, 60, 200];

    /// False alarms of `runs` runs for each share and size, and of how many.
    fn false_alarms(runs: u32) -> (u64, u64) {
        let mut draw = Draw(7);
        let (mut alarms, mut tested) = (0, 0);
        for share in SHARES {
            for pages in SIZES {
                let middle = (share / (1.0 - share)).ln();
                let mut life = Life { middle, at: middle, run: 0, pages };
                let mut past: Vec<Share> = Vec::new();
                for _ in 0..runs {
                    let now = life.next(&mut draw);
                    tested += 1;
                    if fall(now, &past).is_some() {
                        // The run failed: it is no past.
                        alarms += 1;
                    } else {
                        past.insert(0, now);
                        past.truncate(super::super::PAST_RUNS as usize);
                    }
                }
            }
        }
        (alarms, tested)
    }

    /// Of `worlds` sites, how many raise the alarm in the very run in which `lost` of the pages lose the field.
    fn seen(worlds: u32, share: f64, pages: u64, lost: f64) -> f64 {
        let mut draw = Draw(11);
        let middle = (share / (1.0 - share)).ln();
        let alarms = (0..worlds).filter(|_| {
            let mut life = Life { middle, at: middle, run: 0, pages };
            let past: Vec<Share> = (0..super::super::PAST_RUNS).map(|_| life.next(&mut draw)).collect();
            let probability = life.probability(&mut draw) * (1.0 - lost);
            let now = draw.share(pages, probability);
            fall(now, &past.into_iter().rev().collect::<Vec<_>>()).is_some()
        });
        alarms.count() as f64 / f64::from(worlds)
    }

    fn scale() -> u32 {
        std::env::var("BAVN_SIMULATE").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
    }

    #[test]
    fn normal_drift_raises_no_alarm() {
        let (alarms, tested) = false_alarms(600 * scale());
        println!("false alarms: {alarms} of {tested} tests of a field in a run");
        assert!(alarms as f64 <= tested as f64 * 1e-4, "{alarms} of {tested}");
    }

    #[test]
    fn a_field_lost_on_a_third_of_the_pages_is_seen_in_the_same_run() {
        println!("share pages: lost on a third, on half, on all");
        for share in SHARES {
            for pages in SIZES {
                let [third, half, all] = [1.0 / 3.0, 0.5, 1.0].map(|lost| seen(100 * scale(), share, pages, lost));
                println!("{share:.2} {pages:>4}: {third:.2} {half:.2} {all:.2}");
                if share >= 0.95 && pages >= 60 {
                    assert!(third >= 0.95, "{share} {pages}: {third}");
                }
                if share >= 0.8 && pages >= 200 {
                    assert!(third >= 0.95, "{share} {pages}: {third}");
                }
                if share >= 0.5 && pages >= 20 {
                    assert!(all >= 0.99, "{share} {pages}: {all}");
                }
            }
        }
    }

    #[test]
    fn small_runs_are_taken_together() {
        let usual = Share { filled: 6, pages: 6 };
        let third_lost = Share { filled: 4, pages: 6 };
        let mut past = vec![usual; 20];
        assert_eq!(fall(third_lost, &past), None, "six pages say nothing by themselves");
        let mut runs = 1;
        while fall(third_lost, &past).is_none() {
            past.insert(0, third_lost);
            past.truncate(20);
            runs += 1;
            assert!(runs < 10, "never seen");
        }
        assert!((2..=8).contains(&runs), "{runs}");
    }

    #[test]
    fn the_tail_is_that_of_the_beta_binomial() {
        // Uniform for a = b = 1; binomial for large a and b.
        assert!((tail(2, 9, 1.0, 1.0) - 0.3).abs() < 1e-12);
        assert!((tail(1, 3, 5e9, 5e9) - 0.5).abs() < 1e-6);
        assert!((tail(10, 10, 3.0, 2.0) - 1.0).abs() < 1e-9);
        assert!(tail(0, 10_000, 9_500.0, 500.0) < 1e-300 || tail(0, 10_000, 9_500.0, 500.0) == 0.0);
    }
}
