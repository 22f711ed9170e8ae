//! Who has what: a thing that many have ties nobody.

use crate::desk::{Desk, days_between};
use crate::forest::Forest;
use crate::index::Index;
use std::collections::{BTreeMap, BTreeSet};

/// Holders of one thing above which nobody asks when each of them showed it.
const COMMON_PROPERTY: usize = 64;

/// One set that shows a thing, from its first to its last sighting in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Showing {
    pub set: u32,
    pub first: i64,
    pub last: i64,
}

/// How many sets share a text cluster, picture, or link target: more than a few makes it common property.
#[derive(Debug, Default)]
pub struct SharedBy {
    pub text: BTreeMap<u32, usize>,
    pub template: BTreeMap<u32, usize>,
    pub picture: BTreeMap<u32, usize>,
    pub url: BTreeMap<u32, usize>,
    /// Who shows a text cluster (`false`) or picture (`true`), and when.
    pub shown: BTreeMap<(bool, u32), Vec<Showing>>,
}

impl SharedBy {
    /// How many of the sets have each thing.
    pub fn count(
        index: &Index,
        desks: &[Desk],
        sets: &mut Forest,
        text_cluster: &[u32],
        template_cluster: &[u32],
    ) -> Self {
        let mut holders: BTreeSet<(u8, u32, u32)> = BTreeSet::new();
        let mut shared = Self::default();
        for desk in desks {
            let set = sets.find(desk.ads[0]);
            for text in desk.texts.keys() {
                holders.insert((0, text_cluster[*text as usize], set));
                holders.insert((1, template_cluster[*text as usize], set));
            }
            holders.extend(desk.pictures.keys().map(|picture| (2, *picture, set)));
            holders.extend(desk.urls.keys().map(|url| (3, *url, set)));
            let shown = desk.texts.iter().map(|(text, ads)| ((false, text_cluster[*text as usize]), ads));
            for (thing, ads) in shown.chain(desk.pictures.iter().map(|(picture, ads)| ((true, *picture), ads))) {
                let first = ads.iter().map(|ad| index.details[*ad as usize].first).min().unwrap_or(i64::MAX);
                let last = ads.iter().map(|ad| index.details[*ad as usize].last).max().unwrap_or(i64::MIN);
                shared.shown.entry(thing).or_default().push(Showing { set, first, last });
            }
        }
        for (kind, thing, _) in holders {
            let map = match kind {
                0 => &mut shared.text,
                1 => &mut shared.template,
                2 => &mut shared.picture,
                _ => &mut shared.url,
            };
            *map.entry(thing).or_default() += 1;
        }
        shared
    }

    /// Whether somebody else shows the thing between `from` and `until`: then that one stops where another begins is
    /// what copies do too.
    pub fn others_between(&self, thing: (bool, u32), own: [u32; 2], from: i64, until: i64) -> bool {
        let shown = self.shown.get(&thing).map_or(&[][..], Vec::as_slice);
        if shown.len() > COMMON_PROPERTY {
            return true;
        }
        shown.iter().any(|one| !own.contains(&one.set) && days_between(from.max(one.first), until.min(one.last)) >= 1)
    }
}
