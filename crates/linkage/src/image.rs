//! Which ads show the same picture, by PDQ hash.

use crate::forest::Forest;
use crate::index::Index;
use crate::parameters::LinkParameters;
use crate::reference::LinkReference;
use domain::{Image, PdqHash};
use std::collections::{BTreeMap, BTreeSet};

/// Pictures of each ad, as numbers: one number is one picture, however it was compressed.
pub struct Pictures {
    /// By ad.
    pub of_ad: Vec<BTreeSet<u32>>,
    /// Owners of those that are common property by the reference.
    pub common: BTreeMap<u32, u32>,
}

const BANDS: usize = 16;
/// Pictures up to which each is simply held against each.
const FEW: usize = 600;

fn band(hash: &PdqHash, band: usize) -> u16 {
    u16::from_be_bytes([hash.0[2 * band], hash.0[2 * band + 1]])
}

/// Names each two hashes that differ in at most `most` bits, some of them several times.
///
/// By 16 bands of 16 bits: of 31 differing bits at least one band holds at most one, so holding each band's value against
/// itself and its 16 neighbours of one bit misses none up to that distance. Beyond it some would be missed.
fn near_pairs(hashes: &[&PdqHash], most: u32, mut found: impl FnMut(u32, u32)) {
    if hashes.len() <= FEW {
        let meet = |a: &PdqHash, b: &PdqHash| (0..BANDS).any(|at| (band(a, at) ^ band(b, at)).count_ones() <= 1);
        for (number, hash) in (0u32..).zip(hashes) {
            for (other, before) in (0..number).zip(hashes) {
                if hash.distance(before) <= most && meet(hash, before) {
                    found(other, number);
                }
            }
        }
        return;
    }
    let mut starts = vec![0u32; usize::from(u16::MAX) + 2];
    for at in 0..BANDS {
        starts.fill(0);
        hashes.iter().for_each(|hash| starts[usize::from(band(hash, at)) + 1] += 1);
        (1..starts.len()).for_each(|value| starts[value] += starts[value - 1]);
        // Half of the hash lies beside its number: of two strangers it differs by 64 bits, so that hardly any is looked up.
        let mut placed = vec![(0u128, 0u32); hashes.len()];
        let mut next = starts.clone();
        for (number, hash) in (0u32..).zip(hashes) {
            let place = &mut next[usize::from(band(hash, at))];
            placed[*place as usize] = (half(hash, at), number);
            *place += 1;
        }
        let of_value = |value: usize| &placed[starts[value] as usize..starts[value + 1] as usize];
        let mut hold = |one: &(u128, u32), others: &[(u128, u32)]| {
            for other in others.iter().filter(|other| (other.0 ^ one.0).count_ones() <= most) {
                if hashes[one.1 as usize].distance(hashes[other.1 as usize]) <= most {
                    found(one.1, other.1);
                }
            }
        };
        for value in 0..=usize::from(u16::MAX) {
            let own = of_value(value);
            for (place, one) in own.iter().enumerate() {
                hold(one, &own[place + 1..]);
                // From the value without the bit to the one with it: each two values once.
                for bit in (0..16).filter(|bit| value & 1 << bit == 0) {
                    hold(one, of_value(value | 1 << bit));
                }
            }
        }
    }
}

/// The half of a hash in which a band does not lie.
fn half(hash: &PdqHash, band: usize) -> u128 {
    let (left, right) = hash.0.as_chunks().0.split_at(1);
    let half = if band < BANDS / 2 { right } else { left };
    half.first().map_or(0, |bytes| u128::from_ne_bytes(*bytes))
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
pub fn near<'h>(hashes: impl Iterator<Item = &'h PdqHash>, parameters: &LinkParameters) -> Forest {
    let hashes: Vec<&PdqHash> = hashes.collect();
    let mut same = Forest::new(hashes.len());
    near_pairs(&hashes, parameters.image_distance, |a, b| _ = same.join(a, b));
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

    fn pairs(hashes: &[PdqHash], most: u32) -> BTreeSet<(u32, u32)> {
        let mut found = BTreeSet::new();
        near_pairs(&hashes.iter().collect::<Vec<_>>(), most, |a, b| _ = found.insert((a.min(b), a.max(b))));
        found
    }

    #[test]
    fn exactly_what_was_planted_within_31_bits_is_found() {
        let mut hashes: Vec<PdqHash> = data("hamming_haystack.txt").lines().map(hash).collect();
        assert_eq!(hashes.len(), 1000);
        let (mut planted, mut farthest, mut expected) = (0, 0, BTreeSet::new());
        for line in data("hamming_queries.jsonl").lines() {
            let query = hash(after(line, "query", ['"', ',']));
            for (at, _) in line.match_indices("\"index\"") {
                let found: u32 = after(&line[at..], "index", [',', '}']).trim().parse().unwrap();
                expected.insert((found, hashes.len() as u32));
                farthest = farthest.max(query.distance(&hashes[found as usize]));
                planted += 1;
            }
            hashes.push(query);
        }
        let found = pairs(&hashes, 31);
        let of_queries: BTreeSet<(u32, u32)> = found.into_iter().filter(|(a, b)| *a < 1000 && *b >= 1000).collect();
        assert_eq!(of_queries, expected);
        assert_eq!((planted, farthest), (50, 31));
    }

    #[test]
    fn few_and_many_pictures_are_searched_alike() {
        let mut hashes: Vec<PdqHash> = data("hamming_haystack.txt").lines().take(300).map(hash).collect();
        for at in 0..FEW {
            let mut near = hashes[at];
            (0..at % 45).for_each(|bit| near.0[(at + 7 * bit) % 32] ^= 1 << (bit % 8));
            hashes.push(near);
        }
        for most in [31, 40] {
            let many = pairs(&hashes, most);
            // Two pieces at a time: all pairs, each piece being few.
            let mut few = BTreeSet::new();
            let pieces: Vec<(usize, &[PdqHash])> = hashes
                .chunks(FEW / 2)
                .scan(0, |from, piece| {
                    *from += piece.len();
                    Some((*from - piece.len(), piece))
                })
                .collect();
            for (left_from, left) in &pieces {
                for (right_from, right) in &pieces {
                    let place = |at: u32| match (at as usize).checked_sub(left.len()) {
                        Some(at) => (right_from + at) as u32,
                        None => *left_from as u32 + at,
                    };
                    if left_from < right_from {
                        let both = [*left, *right].concat();
                        few.extend(pairs(&both, most).into_iter().map(|(a, b)| (place(a), place(b))));
                    }
                }
            }
            assert_eq!(many, few, "up to {most} bits");
            assert!(many.len() > 300, "{}", many.len());
        }
    }
}
