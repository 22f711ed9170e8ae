//! Which pairs of desks are worth weighing: those that share a rare thing.

use crate::desk::Desk;
use crate::parameters::LinkParameters;
use crate::text::Texts;
use std::collections::{BTreeMap, BTreeSet};

/// Desks that share one thing, above which each is compared with its next neighbours only.
const ALL_PAIRS: usize = 24;
const NEIGHBOURS: usize = 3;

/// Pairs `(x, y)` of numbers of desks, `x < y`, sorted.
pub fn candidates(desks: &[Desk], texts: &Texts, parameters: &LinkParameters) -> Vec<(u32, u32)> {
    let mut pairs = BTreeSet::new();
    let mut holders: BTreeMap<(u8, u32), Vec<u32>> = BTreeMap::new();
    let mut of_text: Vec<Vec<u32>> = vec![Vec::new(); texts.len()];
    let mut arrivals: BTreeMap<(u32, u32, i64), Vec<u32>> = BTreeMap::new();
    for (number, desk) in (0u32..).zip(desks) {
        let things = desk.pictures.keys().map(|k| (0, *k)).chain(desk.urls.keys().map(|k| (1, *k)));
        let things = things.chain(desk.addresses.keys().map(|k| (2, *k))).chain(desk.texts.keys().map(|k| (3, *k)));
        for thing in things.chain(desk.symbols.keys().map(|k| (4, *k))) {
            holders.entry(thing).or_default().push(number);
        }
        for text in desk.texts.keys() {
            of_text[*text as usize].push(number);
        }
        if desk.moves.len() >= 2 {
            let days = (parameters.move_days + parameters.move_lag_days).max(1);
            for one in &desk.moves {
                // Two buckets each, so that moves on both sides of a border meet.
                for bucket in [one.day.div_euclid(days), one.day.div_euclid(days) + 1] {
                    let list = arrivals.entry((one.from, one.to, bucket)).or_default();
                    if list.last() != Some(&number) {
                        list.push(number);
                    }
                }
            }
        }
    }
    for list in holders.values() {
        within(list, &mut pairs);
    }
    let mut moved_together: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for list in arrivals.values() {
        let mut met = BTreeSet::new();
        within(list, &mut met);
        for pair in met {
            *moved_together.entry(pair).or_default() += 1;
        }
    }
    pairs.extend(moved_together.into_iter().filter(|(_, moves)| *moves >= 2).map(|(pair, _)| pair));
    for (a, b, _) in &texts.pairs {
        let (left, right) = (&of_text[*a as usize], &of_text[*b as usize]);
        if left.len() * right.len() <= ALL_PAIRS * ALL_PAIRS {
            for x in left {
                pairs.extend(right.iter().filter(|y| *y != x).map(|y| (*x.min(y), *x.max(y))));
            }
        } else {
            pairs.extend(left.iter().zip(right).filter(|(x, y)| x != y).map(|(x, y)| (*x.min(y), *x.max(y))));
        }
    }
    pairs.into_iter().collect()
}

fn within(list: &[u32], pairs: &mut BTreeSet<(u32, u32)>) {
    let reach = if list.len() <= ALL_PAIRS { list.len() } else { NEIGHBOURS };
    for (at, x) in list.iter().enumerate() {
        pairs.extend(list[at + 1..].iter().take(reach).map(|y| (*x.min(y), *x.max(y))));
    }
}
