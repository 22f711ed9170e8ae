//! Which ads show the same picture, by PDQ hash.

use crate::forest::Forest;
use crate::index::Index;
use crate::parameters::LinkParameters;
use domain::PdqHash;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pictures of each ad, as numbers: one number is one picture, however it was compressed.
pub struct Pictures {
    /// By ad.
    pub of_ad: Vec<BTreeSet<u32>>,
}

const BANDS: usize = 16;

fn band(hash: &PdqHash, band: usize) -> u16 {
    u16::from_be_bytes([hash.0[2 * band], hash.0[2 * band + 1]])
}

/// Finds pairs by 16 bands of 16 bits: of 31 differing bits at least one band holds at most one, so asking each band
/// for its value and the 16 neighbours of one bit misses none. A greater distance than 31 would.
pub fn find(index: &Index, parameters: &LinkParameters) -> Pictures {
    let mut hashes: BTreeMap<PdqHash, Vec<u32>> = BTreeMap::new();
    for (ad, facts) in (0u32..).zip(&index.ads) {
        for image in facts.versions.iter().flat_map(|version| &version.images) {
            if let Some(hash) = image.pdq.filter(|_| image.quality > parameters.image_quality) {
                hashes.entry(hash).or_default().push(ad);
            }
        }
    }
    let all: Vec<&PdqHash> = hashes.keys().collect();
    let mut same = Forest::new(all.len());
    for at in 0..BANDS {
        let mut buckets: HashMap<u16, Vec<u32>> = HashMap::new();
        for (number, hash) in (0u32..).zip(&all) {
            let own = band(hash, at);
            for near in std::iter::once(own).chain((0..16).map(|bit| own ^ (1 << bit))) {
                for other in buckets.get(&near).into_iter().flatten() {
                    if hash.distance(all[*other as usize]) <= parameters.image_distance {
                        same.join(number, *other);
                    }
                }
            }
            buckets.entry(own).or_default().push(number);
        }
    }
    let mut of_ad = vec![BTreeSet::new(); index.ads.len()];
    for (number, ads) in (0u32..).zip(hashes.values()) {
        let picture = same.find(number);
        for ad in ads {
            of_ad[*ad as usize].insert(picture);
        }
    }
    Pictures { of_ad }
}
