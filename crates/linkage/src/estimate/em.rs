//! Expectation maximisation for one set of candidate pairs.

use super::observe::{COMPARISONS, Observation, Seen};
use super::{LevelName, LinkParameters, PRIOR_PAIRS};

const ROUNDS: usize = 200;
/// Change of a share below which the session has come to rest.
const AT_REST: f64 = 1e-4;
/// Random pairs that a present u counts as.
const PRIOR_RANDOM: f64 = 200.0;
/// Share of one desk that a session begins with, and the pairs that it counts as.
const BEGIN: f64 = 0.5;
const BEGIN_PAIRS: f64 = 2.0;

/// m and u of each level, by comparison and place.
#[derive(Debug, Clone)]
pub struct Shares {
    pub m: Vec<Vec<f64>>,
    pub u: Vec<Vec<f64>>,
}

/// Expected pairs of one class in which a comparison could be made, and those that show each level.
#[derive(Debug, Clone, Default)]
pub struct Count {
    pub comparable: f64,
    pub levels: [f64; 2],
}

impl Count {
    /// Share of a level, leaning on a value as if it had been seen in so many pairs.
    pub fn share(&self, place: usize, value: f64, pairs: f64) -> f64 {
        (self.levels[place] + value * pairs) / (self.comparable + pairs)
    }
    fn see(&mut self, seen: Seen, weight: f64) {
        match seen {
            Seen::Missing => {}
            Seen::Neither => self.comparable += weight,
            Seen::Level(place) => {
                self.comparable += weight;
                self.levels[usize::from(place)] += weight;
            }
        }
    }
}

/// Of both classes, by comparison.
#[derive(Debug, Clone)]
pub struct Counts {
    pub one_desk: Vec<Count>,
    pub two_desks: Vec<Count>,
}

impl Default for Counts {
    fn default() -> Self {
        let none = vec![Count::default(); COMPARISONS.len()];
        Self { one_desk: none.clone(), two_desks: none }
    }
}

impl Counts {
    pub fn add(&mut self, other: &Counts) {
        let add = |own: &mut [Count], theirs: &[Count]| {
            for (own, theirs) in own.iter_mut().zip(theirs) {
                own.comparable += theirs.comparable;
                own.levels.iter_mut().zip(theirs.levels).for_each(|(own, theirs)| *own += theirs);
            }
        };
        add(&mut self.one_desk, &other.one_desk);
        add(&mut self.two_desks, &other.two_desks);
    }
}

impl Shares {
    /// The present values, with u as random pairs show it. A present value on the wrong side of 0 bits gives way to the
    /// one by hand, so that a file that was estimated badly once does not stay so.
    pub fn start(parameters: &LinkParameters, random: &[Observation]) -> Self {
        let level = |name: LevelName| {
            let by_hand = name.by_hand();
            let now = parameters.levels.get(&name).copied().unwrap_or(by_hand);
            if (now.m > now.u) == (by_hand.m > by_hand.u) { now } else { by_hand }
        };
        let of = |value: &dyn Fn(LevelName) -> f64| -> Vec<Vec<f64>> {
            COMPARISONS.iter().map(|one| one.levels.iter().map(|name| value(*name)).collect()).collect()
        };
        let (m, mut u) = (of(&|name| level(name).m), of(&|name| level(name).u));
        for (at, comparison) in COMPARISONS.iter().enumerate().filter(|(_, comparison)| comparison.by_chance) {
            let mut count = Count::default();
            random.iter().for_each(|pair| count.see(pair.0[at], 1.0));
            for (place, u) in u[at].iter_mut().enumerate().take(comparison.levels.len()) {
                *u = count.share(place, *u, PRIOR_RANDOM);
            }
        }
        Self { m, u }
    }
}

/// What a session came to.
pub struct Outcome {
    pub counts: Counts,
    pub share: f64,
    pub rounds: usize,
    pub last_change: f64,
    pub converged: bool,
}

/// Runs it over pairs that one comparison found; that one says nothing here.
pub fn session(start: &Shares, pairs: &[&Observation], found_by: usize) -> Outcome {
    let mut shares = start.clone();
    let mut share = BEGIN;
    let (mut rounds, mut last_change) = (0, f64::INFINITY);
    let mut counts = Counts::default();
    while rounds < ROUNDS && last_change >= AT_REST {
        rounds += 1;
        counts = Counts::default();
        let mut one_desk = 0.0;
        for pair in pairs {
            let mut odds = (share / (1.0 - share)).ln();
            for (at, seen) in pair.0.iter().enumerate().filter(|(at, _)| *at != found_by) {
                odds += ratio(&shares, at, *seen).ln();
            }
            let belongs = 1.0 / (1.0 + (-odds).exp());
            one_desk += belongs;
            for (at, seen) in pair.0.iter().enumerate().filter(|(at, _)| *at != found_by) {
                counts.one_desk[at].see(*seen, belongs);
                counts.two_desks[at].see(*seen, 1.0 - belongs);
            }
        }
        last_change = 0.0;
        let mut moved = |old: &mut f64, new: f64| {
            last_change = last_change.max((*old - new).abs());
            *old = new;
        };
        moved(&mut share, (one_desk + BEGIN * BEGIN_PAIRS) / (pairs.len() as f64 + BEGIN_PAIRS));
        for (at, comparison) in COMPARISONS.iter().enumerate().filter(|(at, _)| *at != found_by) {
            for place in 0..comparison.levels.len() {
                moved(&mut shares.m[at][place], counts.one_desk[at].share(place, start.m[at][place], PRIOR_PAIRS));
                if !comparison.by_chance {
                    let u = counts.two_desks[at].share(place, start.u[at][place], PRIOR_PAIRS);
                    moved(&mut shares.u[at][place], u);
                }
            }
        }
    }
    Outcome { counts, share, rounds, last_change, converged: last_change < AT_REST }
}

/// How much likelier a comparison is seen so between ads of one desk.
fn ratio(shares: &Shares, at: usize, seen: Seen) -> f64 {
    let rest = |of: &[f64]| (1.0 - of.iter().sum::<f64>()).max(1e-6);
    match seen {
        Seen::Missing => 1.0,
        Seen::Neither => rest(&shares.m[at]) / rest(&shares.u[at]),
        Seen::Level(place) => {
            let place = usize::from(place);
            shares.m[at][place].max(1e-9) / shares.u[at][place].max(1e-9)
        }
    }
}
