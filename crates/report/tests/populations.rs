//! Made populations whose size is known, without the pipeline: does the interval cover it where the assumptions hold, and is
//! the error on the stated side where they do not? A few populations in each test run; `./measure populations` takes 200.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use report::stat::{Estimate, loglinear, recapture};
use std::collections::BTreeMap;

fn populations() -> u64 {
    std::env::var("BAVN_POPULATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

/// One made world: how many there are, and on which sites (bits) and on how many of 30 days each was met.
struct World {
    truth: f64,
    sites: Vec<u32>,
    days: Vec<usize>,
}

/// How visibility, ties between sites and linking go wrong.
#[derive(Clone, Copy, Default)]
struct Fault {
    /// A third is hardly ever advertised.
    unequal: bool,
    /// Whoever is on the first site is far more often on the second.
    together: bool,
    /// Whoever is on the first site is far less often on the second.
    apart: bool,
    /// Such a share of those on several sites is not recognised as one.
    missed: f64,
    /// Such a share is taken for somebody else.
    merged: f64,
}

fn world(seed: u64, sites: usize, fault: Fault) -> World {
    let mut draw = ChaCha8Rng::seed_from_u64(seed);
    let truth = 600;
    let mut world = World { truth: f64::from(truth), sites: Vec::new(), days: Vec::new() };
    for _ in 0..truth {
        let ease = if fault.unequal && draw.random_bool(0.34) { 0.25 } else { 1.0 };
        let mut on = 0_u32;
        for site in 0..sites {
            let mut chance = [0.45, 0.35, 0.3, 0.25][site % 4] * ease;
            if site == 1 && on & 1 == 1 {
                chance = if fault.together {
                    0.7
                } else if fault.apart {
                    0.12
                } else {
                    chance
                };
            }
            on |= u32::from(draw.random_bool(chance)) << site;
        }
        let days = (0..30).filter(|_| draw.random_bool(0.06 * ease)).count();
        if fault.missed > 0.0 && on.count_ones() > 1 && draw.random_bool(fault.missed) {
            // One of its sites is taken for an advertiser of its own.
            let first = 1 << on.trailing_zeros();
            world.sites.extend([first, on & !first]);
        } else if fault.merged > 0.0 && on != 0 && !world.sites.is_empty() && draw.random_bool(fault.merged) {
            let other = draw.random_range(0..world.sites.len());
            world.sites[other] |= on;
        } else if on != 0 {
            world.sites.push(on);
        }
        if days > 0 {
            world.days.push(days);
        }
    }
    world
}

fn by_sites(world: &World, sites: usize) -> Estimate {
    let mut seen: BTreeMap<u32, u64> = BTreeMap::new();
    world.sites.iter().for_each(|set| *seen.entry(*set).or_default() += 1);
    if sites == 2 {
        let on = |bits: u32| world.sites.iter().filter(|set| *set & bits == bits).count() as u64;
        return recapture::chapman(on(1), on(2), on(3), 0.95).expect("an estimate");
    }
    loglinear::choose(sites, &seen, 0.95).expect("an estimate").total
}

fn by_days(world: &World) -> Estimate {
    let mut met = vec![0; 30];
    world.days.iter().for_each(|days| met[days - 1] += 1);
    recapture::chao(&met, 30, 0.95).expect("an estimate")
}

fn share(name: &str, least: f64, test: impl Fn(u64) -> bool) {
    let of = populations();
    let right = (0..of).filter(|seed| test(*seed)).count() as u64;
    println!("{name}: {right} of {of}");
    assert!(right as f64 >= least * of as f64, "{name}: {right} of {of}");
}

#[test]
fn where_the_assumptions_hold_the_interval_covers_the_truth() {
    let covers = |found: Estimate, truth: f64| found.low <= truth && truth <= found.high;
    let fair = Fault::default();
    share("two sites (Chapman)", 0.9, |seed| {
        let world = world(seed, 2, fair);
        covers(by_sites(&world, 2), world.truth)
    });
    share("three sites (log-linear)", 0.9, |seed| {
        let world = world(seed, 3, fair);
        covers(by_sites(&world, 3), world.truth)
    });
    share("four sites (log-linear)", 0.9, |seed| {
        let world = world(seed, 4, fair);
        covers(by_sites(&world, 4), world.truth)
    });
    share("thirty days (Chao)", 0.9, |seed| {
        let world = world(seed, 2, fair);
        covers(by_days(&world), world.truth)
    });
}

#[test]
fn the_stated_direction_of_error_is_right() {
    let low = |fault: Fault| {
        move |seed: u64| {
            let world = world(seed, 2, fault);
            by_sites(&world, 2).value < world.truth
        }
    };
    let high = |fault: Fault| {
        move |seed: u64| {
            let world = world(seed, 2, fault);
            by_sites(&world, 2).value > world.truth
        }
    };
    let none = Fault::default();
    share("unequal visibility: too low", 0.9, low(Fault { unequal: true, ..none }));
    share("sites that go together: too low", 0.9, low(Fault { together: true, ..none }));
    share("sites that exclude each other: too high", 0.9, high(Fault { apart: true, ..none }));
    share("advertisers not recognised on a second site: too high", 0.9, high(Fault { missed: 0.3, ..none }));
    share("different advertisers taken for one: too low", 0.9, low(Fault { merged: 0.15, ..none }));
    share("unequal visibility over days: Chao's bound lies below", 0.9, |seed| {
        let world = world(seed, 2, Fault { unequal: true, ..none });
        by_days(&world).value < world.truth
    });
}
