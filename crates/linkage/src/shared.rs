//! Who has what: a thing that many have ties nobody.

use crate::desk::{Desk, days_between};
use crate::forest::Forest;
use crate::image::Pictures;
use crate::index::Index;
use crate::text::Texts;
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

/// What is common property by the reference, with its owners there.
#[derive(Debug, Default)]
pub struct Common {
    pub texts: Vec<(u32, u32)>,
    pub pictures: BTreeMap<u32, u32>,
    pub urls: Vec<(u32, u32)>,
}

impl Common {
    /// Of these ads.
    pub fn of(index: &Index, texts: &Texts, pictures: &Pictures) -> Self {
        Self {
            texts: (0..texts.len() as u32).filter_map(|text| Some((text, texts.common(text)?))).collect(),
            pictures: pictures.common.clone(),
            urls: index.common_urls.clone(),
        }
    }
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
    /// Those that are common property by the reference.
    common: BTreeSet<(bool, u32)>,
}

impl SharedBy {
    /// How many of the sets have each thing.
    pub fn count(
        index: &Index,
        known: &Common,
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
        // The other owners of what is common are not here; the reference has counted them.
        let more = |map: &mut BTreeMap<u32, usize>, thing: u32, owners: u32| {
            let count = map.entry(thing).or_default();
            *count = (*count).max(owners as usize);
        };
        for (text, owners) in &known.texts {
            more(&mut shared.text, text_cluster[*text as usize], *owners);
            more(&mut shared.template, template_cluster[*text as usize], *owners);
            shared.common.insert((false, text_cluster[*text as usize]));
        }
        for (picture, owners) in &known.pictures {
            more(&mut shared.picture, *picture, *owners);
            shared.common.insert((true, *picture));
        }
        known.urls.iter().for_each(|(url, owners)| more(&mut shared.url, *url, *owners));
        shared
    }

    /// Whether somebody else shows the thing between `from` and `until`: then that one stops where another begins is
    /// what copies do too.
    pub fn others_between(&self, thing: (bool, u32), own: [u32; 2], from: i64, until: i64) -> bool {
        let shown = self.shown.get(&thing).map_or(&[][..], Vec::as_slice);
        if shown.len() > COMMON_PROPERTY || self.common.contains(&thing) {
            return true;
        }
        shown.iter().any(|one| !own.contains(&one.set) && days_between(from.max(one.first), until.min(one.last)) >= 1)
    }
}
