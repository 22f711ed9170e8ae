//! The ads that contacts already hold together, seen as one: what pairs of them are compared by.

use crate::image::Pictures;
use crate::index::Index;
use crate::text::Texts;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
const MOST_MOVES: usize = 120;

/// One arrival in another town.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    pub from: u32,
    pub to: u32,
    /// Days since 1970.
    pub day: i64,
}

/// Ads of one set, with the ads by each thing that they share. Lists of ads are in time order.
#[derive(Debug, Default)]
pub struct Desk {
    pub ads: Vec<u32>,
    pub texts: BTreeMap<u32, Vec<u32>>,
    pub pictures: BTreeMap<u32, Vec<u32>>,
    pub urls: BTreeMap<u32, Vec<u32>>,
    pub addresses: BTreeMap<u32, Vec<u32>>,
    pub names: BTreeMap<u32, Vec<u32>>,
    /// Unusual strings of symbols.
    pub symbols: BTreeMap<u32, Vec<u32>>,
    pub ages: BTreeSet<u32>,
    /// Name and age in one ad.
    pub personas: BTreeSet<(u32, u32)>,
    pub towns: BTreeSet<u32>,
    pub prices: BTreeSet<u32>,
    pub languages: BTreeSet<u32>,
    pub has_contact: bool,
    pub first: i64,
    pub last: i64,
    pub moves: Vec<Move>,
}

impl Desk {
    /// Gathers a set of ads.
    pub fn new(set: &[u32], index: &Index, texts: &Texts, pictures: &Pictures) -> Self {
        let mut ads = set.to_vec();
        ads.sort_by_key(|ad| (index.details[*ad as usize].first, *ad));
        let mut desk = Desk { first: i64::MAX, last: i64::MIN, ..Desk::default() };
        let mut stations: Vec<(i64, u32)> = Vec::new();
        for ad in &ads {
            let details = &index.details[*ad as usize];
            let add = |map: &mut BTreeMap<u32, Vec<u32>>, key: u32| {
                let list = map.entry(key).or_default();
                if list.last() != Some(ad) {
                    list.push(*ad);
                }
            };
            texts.of_ad[*ad as usize].iter().for_each(|text| add(&mut desk.texts, *text));
            pictures.of_ad[*ad as usize].iter().for_each(|picture| add(&mut desk.pictures, *picture));
            details.urls.iter().for_each(|url| add(&mut desk.urls, *url));
            details.addresses.iter().for_each(|address| add(&mut desk.addresses, *address));
            details.names.iter().for_each(|name| add(&mut desk.names, *name));
            details.symbols.iter().for_each(|symbols| add(&mut desk.symbols, *symbols));
            desk.ages.extend(&details.ages);
            desk.personas.extend(&details.personas);
            desk.towns.extend(&details.towns);
            desk.prices.extend(&details.prices);
            desk.languages.extend(&details.languages);
            desk.has_contact |= !details.contacts.is_empty() || !details.listed.is_empty();
            desk.first = desk.first.min(details.first);
            desk.last = desk.last.max(details.last);
            stations.extend(&details.stations);
        }
        stations.sort_unstable();
        desk.moves = stations
            .windows(2)
            .filter(|two| two[0].1 != two[1].1)
            .map(|two| Move { from: two[0].1, to: two[1].1, day: two[1].0.div_euclid(DAY) })
            .collect();
        // The latest moves of a house that is in many towns at once say as much as all of them.
        desk.moves.drain(..desk.moves.len().saturating_sub(MOST_MOVES));
        desk.ads = ads;
        desk
    }

    /// Moves of two desks that are the same within `days` at one common lag of at most `most_lag` days, each used once;
    /// and the lag. Of equally good lags the smallest.
    pub fn common_moves(&self, other: &Desk, days: i64, most_lag: i64) -> (usize, i64) {
        let at_lag = |lag: i64| {
            let mut used = vec![false; other.moves.len()];
            let mut common = 0;
            for own in &self.moves {
                let near = other.moves.iter().enumerate().find(|(at, theirs)| {
                    !used[*at]
                        && theirs.from == own.from
                        && theirs.to == own.to
                        && (theirs.day - own.day - lag).abs() <= days
                });
                if let Some((at, _)) = near {
                    used[at] = true;
                    common += 1;
                }
            }
            common
        };
        let mut best = (at_lag(0), 0);
        for lag in (1..=most_lag).flat_map(|lag| [lag, -lag]) {
            let common = at_lag(lag);
            if common > best.0 {
                best = (common, lag);
            }
        }
        best
    }
}

/// Whole days from `earlier` to `later`, negative when they overlap.
pub fn days_between(earlier: i64, later: i64) -> i64 {
    (later - earlier).div_euclid(DAY)
}
