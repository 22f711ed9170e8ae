use super::observe::Seen;
use super::*;

/// A small generator (SplitMix64).
struct Draw(u64);

impl Draw {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (crate::sketch::mix(self.0) >> 11) as f64 / (1u64 << 53) as f64
    }
    fn pair(&mut self, shares: &[Vec<f64>]) -> Observation {
        let mut seen = [Seen::Neither; COMPARISONS.len()];
        for (at, levels) in shares.iter().enumerate() {
            let mut left = self.unit();
            for (place, share) in levels.iter().enumerate() {
                if left >= 0.0 && left < *share {
                    seen[at] = Seen::Level(place as u8);
                }
                left -= share;
            }
            if self.unit() < 0.2 {
                seen[at] = Seen::Missing;
            }
        }
        Observation(seen)
    }
}

fn shares_of(parameters: &LinkParameters) -> em::Shares {
    em::Shares::start(parameters, &[])
}

/// Pairs as a world with these shares would show them: random ones, and all those of a few thousand of one desk and many
/// more of two that share something by which they are found.
struct Observed {
    random: Vec<Observation>,
    candidates: Vec<Observation>,
    /// The first so many candidates are one desk.
    one_desk: usize,
}

fn observed(truth: &em::Shares, seed: u64) -> Observed {
    let mut draw = Draw(seed);
    let random = (0..20_000).map(|_| draw.pair(&truth.u)).collect();
    let mut found = |many: usize, shares| -> Vec<Observation> {
        let pairs = (0..many).map(|_| draw.pair(shares));
        pairs.filter(|pair| observe::FINDING.into_iter().any(|at| pair.agrees(at))).collect()
    };
    let one = found(2500, &truth.m);
    let one_desk = one.len();
    Observed { random, candidates: [one, found(100_000, &truth.u)].concat(), one_desk }
}

/// A world unlike the shipped values.
fn other_world() -> LinkParameters {
    let mut parameters = LinkParameters::default();
    let mut set = |name: LevelName, m, u| {
        let most = name.by_hand().most;
        parameters.levels.insert(name, Level { m, u, most });
    };
    set(LevelName::Image, 0.75, 0.002);
    set(LevelName::NameSame, 0.3, 0.04);
    set(LevelName::NameOther, 0.6, 0.95);
    set(LevelName::PricesSame, 0.7, 0.1);
    set(LevelName::PricesOther, 0.1, 0.8);
    set(LevelName::TownSame, 0.4, 0.15);
    set(LevelName::SecondImage, 0.6, 0.05);
    parameters
}

#[test]
fn what_a_world_was_made_with_is_found_again() {
    let truth = shares_of(&other_world());
    for seed in 0..3 {
        let Observed { random, candidates, one_desk } = observed(&truth, seed);
        let found = of_observations(1000, &random, &candidates, &LinkParameters::default());
        assert_eq!(found.sessions.len(), 3);
        for session in &found.sessions {
            assert!(session.converged && session.rounds < 100, "{session:?}");
            let found_by = observe::place(session.found_by).unwrap().0;
            let share = candidates[..one_desk].iter().filter(|pair| pair.agrees(found_by)).count();
            let share = share as f64 / session.pairs as f64;
            assert!((session.share - share).abs() < 0.05, "{session:?} and not {share}");
        }
        for level in found.levels.iter().filter(|level| level.kept.is_none()) {
            let (at, place) = observe::place(level.name).unwrap();
            let (m, u) = (truth.m[at][place], truth.u[at][place]);
            assert!((level.after.m - m).abs() < 0.06, "seed {seed}: {level:?} and not {m}");
            assert!((level.after.u - u).abs() < 0.03, "seed {seed}: {level:?} and not {u}");
        }
        assert!(found.levels.iter().filter(|level| level.kept.is_none()).count() >= 12);
        let phone = &found.levels[LevelName::Phone as usize];
        assert_eq!((phone.kept, phone.after), (Some(Kept::ByHand), phone.before));
    }
}

#[test]
fn the_classes_do_not_change_places_even_where_the_file_has_them_the_wrong_way_round() {
    let truth = shares_of(&other_world());
    let Observed { random, candidates, .. } = observed(&truth, 7);
    let mut turned = LinkParameters::default();
    for level in turned.levels.values_mut() {
        (level.m, level.u) = (level.u, level.m);
    }
    let found = of_observations(1000, &random, &candidates, &turned);
    let image = &found.levels[LevelName::Image as usize];
    assert!(image.kept.is_none() && image.after.m > 0.6 && image.after.u < 0.01, "{image:?}");
    assert!(found.levels.iter().filter(|l| l.kept.is_none()).all(|l| {
        let by_hand = l.name.by_hand();
        (l.after.m > l.after.u) == (by_hand.m > by_hand.u)
    }));
}

#[test]
fn few_pairs_change_nothing_and_ceilings_stay() {
    let parameters = LinkParameters::default();
    let truth = shares_of(&other_world());
    let Observed { random, candidates, .. } = observed(&truth, 3);
    let found = of_observations(10, &random[..50], &candidates[..15], &parameters);
    assert!(found.sessions.is_empty());
    assert_eq!(found.apply(&parameters), parameters);
    let found = of_observations(10, &random, &candidates, &parameters).apply(&parameters);
    for (name, level) in &found.levels {
        assert_eq!(level.most, name.by_hand().most);
    }
    assert!(found.bits(LevelName::Image) <= 9.0);
}
