//! Which ads show the same picture, by PDQ hash.

use crate::forest::Forest;
use crate::index::Index;
use crate::parameters::LinkParameters;
use crate::reference::LinkReference;
use domain::{Image, PdqHash};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pictures of each ad, as numbers: one number is one picture, however it was compressed.
pub struct Pictures {
    /// By ad.
    pub of_ad: Vec<BTreeSet<u32>>,
    /// Owners of those that are common property by the reference.
    pub common: BTreeMap<u32, u32>,
}

const BANDS: usize = 16;

fn band(hash: &PdqHash, band: usize) -> u16 {
    u16::from_be_bytes([hash.0[2 * band], hash.0[2 * band + 1]])
}

/// Hashes that can be asked which of them are near.
///
/// By 16 bands of 16 bits: of 31 differing bits at least one band holds at most one, so asking each band for its value
/// and the 16 neighbours of one bit misses none up to that distance. Beyond it some would be missed.
#[derive(Default)]
struct NearIndex {
    hashes: Vec<PdqHash>,
    bands: [HashMap<u16, Vec<u32>>; BANDS],
}

impl NearIndex {
    fn add(&mut self, hash: PdqHash) {
        // A picture a number: there are far fewer than four thousand million.
        let number = self.hashes.len() as u32;
        for (at, buckets) in self.bands.iter_mut().enumerate() {
            buckets.entry(band(&hash, at)).or_default().push(number);
        }
        self.hashes.push(hash);
    }

    /// Numbers of those within `most` bits; one that agrees in several bands is named as often.
    fn near<'a>(&'a self, hash: &'a PdqHash, most: u32) -> impl Iterator<Item = u32> + 'a {
        let found = self.bands.iter().enumerate().flat_map(move |(at, buckets)| {
            let own = band(hash, at);
            let values = std::iter::once(own).chain((0..16).map(move |bit| own ^ (1 << bit)));
            values.filter_map(|value| buckets.get(&value)).flatten().copied()
        });
        found.filter(move |number| hash.distance(&self.hashes[*number as usize]) <= most)
    }
}

/// Finds the ads of each picture.
pub fn find(index: &Index, reference: &LinkReference, parameters: &LinkParameters) -> Pictures {
    let mut hashes: BTreeMap<PdqHash, Vec<u32>> = BTreeMap::new();
    for (ad, facts) in (0u32..).zip(&index.ads) {
        for image in facts.versions.iter().flat_map(|version| &version.images) {
            if let Some(hash) = usable(image, parameters) {
                hashes.entry(hash).or_default().push(ad);
            }
        }
    }
    let mut same = near(hashes.keys(), parameters);
    let mut common = BTreeMap::new();
    for (number, hash) in (0u32..).zip(hashes.keys()) {
        if let Some(owners) = reference.common_picture(hash, parameters) {
            let most: &mut u32 = common.entry(same.find(number)).or_default();
            *most = (*most).max(owners);
        }
    }
    let mut of_ad = vec![BTreeSet::new(); index.ads.len()];
    for (number, ads) in (0u32..).zip(hashes.values()) {
        let picture = same.find(number);
        for ad in ads {
            of_ad[*ad as usize].insert(picture);
        }
    }
    Pictures { of_ad, common }
}

/// The hash of a picture that is good enough to be compared.
pub fn usable(image: &Image, parameters: &LinkParameters) -> Option<PdqHash> {
    image.pdq.filter(|_| image.quality > parameters.image_quality)
}

/// Hashes as sets of near ones, by their place.
pub fn near<'h>(hashes: impl ExactSizeIterator<Item = &'h PdqHash>, parameters: &LinkParameters) -> Forest {
    let mut same = Forest::new(hashes.len());
    if hashes.len() < 2 {
        return same;
    }
    let mut known = NearIndex::default();
    for (number, hash) in (0u32..).zip(hashes) {
        for other in known.near(hash, parameters.image_distance) {
            same.join(number, other);
        }
        known.add(*hash);
    }
    same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/conformance/pdq/");
        std::fs::read_to_string(format!("{folder}{name}")).unwrap()
    }

    fn hash(hex: &str) -> PdqHash {
        PdqHash(std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()))
    }

    /// The value of a key in a line of JSON, as far as the next one of `ends`.
    fn after<'l>(line: &'l str, key: &str, ends: [char; 2]) -> &'l str {
        let rest = &line[line.find(&format!("\"{key}\"")).unwrap() + key.len() + 2..];
        rest.trim_start_matches([':', ' ', '"', '[']).split(ends).next().unwrap()
    }

    #[test]
    fn the_index_finds_exactly_what_was_planted_within_31_bits() {
        let mut index = NearIndex::default();
        data("hamming_haystack.txt").lines().for_each(|line| index.add(hash(line)));
        assert_eq!(index.hashes.len(), 1000);
        let (mut planted, mut farthest) = (0, 0);
        for line in data("hamming_queries.jsonl").lines() {
            let query = hash(after(line, "query", ['"', ',']));
            let expected: BTreeSet<u32> = line
                .match_indices("\"index\"")
                .map(|(at, _)| after(&line[at..], "index", [',', '}']).trim().parse().unwrap())
                .collect();
            assert_eq!(index.near(&query, 31).collect::<BTreeSet<u32>>(), expected, "{line}");
            planted += expected.len();
            farthest =
                expected.iter().map(|found| query.distance(&index.hashes[*found as usize])).fold(farthest, u32::max);
        }
        assert_eq!((planted, farthest), (50, 31));
    }
}
