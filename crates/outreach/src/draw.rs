//! The random stratum: a seeded draw from those whom the rules did not flag (product rule 11).

use crate::gate::{GateFacts, gate};
use crate::list::Candidate;
use crate::policy::{GatePolicy, Stratum, TeamView};
use domain::{AdvertiserId, NetworkId, TeamId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What is kept of a draw, so that outcomes can be weighted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RandomDraw {
    /// Everybody who could have been drawn, sorted; one of each network.
    pub frame: Vec<AdvertiserId>,
    /// Who was drawn, sorted.
    pub drawn: Vec<AdvertiserId>,
    /// The same for each of the frame: drawn / frame; 0 for an empty frame.
    pub inclusion_probability: f64,
}

/// Draws a tenth of the list's lines at most, and marks who was drawn. Without an approval that holds nobody is. The
/// same seed, candidates and team give the same draw, in whatever order they come.
pub fn draw<C: Ord + Clone>(
    candidates: &mut [Candidate<C>],
    team: &TeamView,
    policy: &GatePolicy,
    now: Timestamp,
    seed: u64,
) -> RandomDraw {
    let Some(approval) = policy.random.as_ref().filter(|approval| approval.holds(now)) else {
        return RandomDraw::default();
    };
    let passes = |facts: &GateFacts<C>, stratum: Stratum| {
        gate(&GateFacts { stratum, ..facts.clone() }, team, policy, now).is_ok()
    };
    // A network that may have a line already is not drawn from as well: it has one line a day.
    let flagged: BTreeSet<&NetworkId> = candidates
        .iter()
        .filter(|candidate| passes(&candidate.facts, Stratum::Flagged))
        .map(|candidate| &candidate.facts.network)
        .collect();
    let mut of_network: BTreeMap<&NetworkId, &AdvertiserId> = BTreeMap::new();
    for candidate in candidates.iter() {
        let facts = &candidate.facts;
        if !flagged.contains(&facts.network) && passes(facts, Stratum::Random) {
            let known = of_network.entry(&facts.network).or_insert(&facts.advertiser);
            *known = (*known).min(&facts.advertiser);
        }
    }
    let mut frame: Vec<AdvertiserId> = of_network.into_values().cloned().collect();
    frame.sort();
    let places = ((team.lines as f64 * approval.share).floor() as usize).min(frame.len());
    let mut by_lot: Vec<(u64, &AdvertiserId)> = frame.iter().map(|id| (lot(seed, id), id)).collect();
    by_lot.sort();
    let drawn: BTreeSet<AdvertiserId> = by_lot.into_iter().take(places).map(|(_, id)| id.clone()).collect();
    let inclusion_probability = if frame.is_empty() { 0.0 } else { places as f64 / frame.len() as f64 };
    for candidate in candidates.iter_mut().filter(|candidate| drawn.contains(&candidate.facts.advertiser)) {
        candidate.facts.stratum = Stratum::Random;
        candidate.inclusion_probability = inclusion_probability;
    }
    RandomDraw { frame, drawn: drawn.into_iter().collect(), inclusion_probability }
}

/// The seed of one list: from the approval's, the team and the day, so that no day repeats the lots of another.
pub fn day_seed(seed: u64, team: &TeamId, date: Date) -> u64 {
    lot_of(seed, &format!("{team} {date}"))
}

/// A number for each member of the frame that nothing but the seed and the id decides.
pub(crate) fn lot(seed: u64, id: &AdvertiserId) -> u64 {
    lot_of(seed, id.as_str())
}

/// FNV-1a over the name, then the finaliser of SplitMix64 with the seed.
fn lot_of(seed: u64, name: &str) -> u64 {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut x = hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..2 {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Review;
    use crate::gate::tests::{now, open, team};
    use crate::list::days_list;
    use crate::list::tests::{candidate, policy};
    use domain::Band;

    fn unflagged(count: usize) -> Vec<Candidate<u32>> {
        let one = |n: usize| {
            let mut one = candidate(open(&format!("adv_{n:03}")));
            (one.facts.review, one.facts.band) = (Review::Undecided, Band::None);
            one
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn everybody_of_the_frame_is_drawn_equally_often() {
        let team = TeamView { lines: 20, ..team() };
        let mut times: BTreeMap<AdvertiserId, u32> = BTreeMap::new();
        for seed in 0..2000 {
            let draw = draw(&mut unflagged(20), &team, &policy(), now(), seed);
            assert_eq!((draw.drawn.len(), draw.frame.len(), draw.inclusion_probability), (2, 20, 0.1));
            draw.drawn.into_iter().for_each(|id| *times.entry(id).or_default() += 1);
        }
        // 200 expected with a standard deviation of 13.4.
        assert!(times.len() == 20 && times.values().all(|times| (140..=260).contains(times)), "{times:?}");
    }

    #[test]
    fn the_drawn_are_on_the_list_and_nobody_else_of_the_frame() {
        let team = TeamView { lines: 20, ..team() };
        let mut candidates = unflagged(30);
        candidates.extend((0..3).map(|n| candidate(open(&format!("flagged_{n}")))));
        candidates[0].facts.network = NetworkId::from("flagged_0");
        candidates[1].facts.objection = true;
        let drawn = draw(&mut candidates, &team, &policy(), now(), 7);
        assert_eq!((drawn.frame.len(), drawn.drawn.len()), (28, 2), "neither the flagged network nor the objection");
        let date = "2026-11-20".parse().unwrap();
        let list = days_list(date, &team, candidates.clone(), &policy(), now());
        let random = list.lines.iter().filter(|line| line.stratum == Stratum::Random);
        let random: BTreeSet<_> = random.map(|line| line.advertiser.clone()).collect();
        assert_eq!(random.into_iter().collect::<Vec<_>>(), drawn.drawn);
        assert_eq!(list.lines.len(), 5);
        let mut reversed: Vec<_> = unflagged(30);
        reversed.extend((0..3).map(|n| candidate(open(&format!("flagged_{n}")))));
        reversed[0].facts.network = NetworkId::from("flagged_0");
        reversed[1].facts.objection = true;
        reversed.reverse();
        assert_eq!(draw(&mut reversed, &team, &policy(), now(), 7), drawn);
    }

    #[test]
    fn another_day_or_team_is_another_draw_and_the_approval_ends() {
        let team = TeamView { lines: 20, ..team() };
        let (vest, oest) = (TeamId::from("vest"), TeamId::from("oest"));
        let day = |text: &str| text.parse::<Date>().unwrap();
        let of = |seed| draw(&mut unflagged(200), &team, &policy(), now(), seed).drawn;
        let first = day_seed(7, &vest, day("2026-11-20"));
        assert_eq!((of(first), first), (of(first), day_seed(7, &vest, day("2026-11-20"))));
        for other in [
            day_seed(7, &vest, day("2026-11-21")),
            day_seed(7, &oest, day("2026-11-20")),
            day_seed(8, &vest, day("2026-11-20")),
        ] {
            assert_ne!(of(other), of(first));
        }
        let mut over = policy();
        over.random.as_mut().unwrap().until = now();
        let mut candidates = unflagged(200);
        assert_eq!(draw(&mut candidates, &team, &over, now(), first), RandomDraw::default());
        candidates[0].facts.stratum = Stratum::Random;
        let list = days_list(day("2026-11-20"), &team, candidates, &over, now());
        assert!(list.lines.is_empty(), "nor does one who was drawn before pass the gate once the approval is over");
    }

    #[test]
    fn the_place_on_the_list_does_not_tell_who_was_drawn() {
        let team = TeamView { lines: 20, ..team() };
        let mut places = BTreeSet::new();
        for seed in 0..60 {
            let mut policy = policy();
            policy.random.as_mut().unwrap().seed = seed;
            let mut candidates = unflagged(30);
            candidates.extend((0..18).map(|n| candidate(open(&format!("flagged_{n:02}")))));
            let day = "2026-11-20".parse().unwrap();
            draw(&mut candidates, &team, &policy, now(), day_seed(seed, &team.id, day));
            let list = days_list(day, &team, candidates, &policy, now());
            let ranks: Vec<usize> = list.lines.iter().map(|line| line.rank).collect();
            assert_eq!(ranks, (1..=20).collect::<Vec<_>>());
            places.extend(list.lines.iter().filter(|line| line.stratum == Stratum::Random).map(|line| line.rank));
        }
        assert!(places.len() > 15, "{places:?}");
    }

    #[test]
    fn without_an_approval_nobody_is_drawn() {
        let mut candidates = unflagged(30);
        let none = draw(&mut candidates, &team(), &GatePolicy::default(), now(), 7);
        assert_eq!((none, candidates), (RandomDraw::default(), unflagged(30)));
    }
}
