//! The compact index of keys: what a later ad is found by. Chunks are written once and read from end to end, which at a
//! million ads takes less time than asking a table of 25 million rows.

use crate::sketch::fold;
use domain::PdqHash;
use std::collections::HashSet;

/// The keys of one ad.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdKeys {
    pub(crate) keys: Vec<u32>,
    pub(crate) pictures: Vec<PdqHash>,
}

impl AdKeys {
    /// A number that stands for all of them: other keys, another number.
    pub fn digest(&self) -> i64 {
        let pictures = self.pictures.iter().flat_map(|hash| hash.0.chunks_exact(8));
        let pictures = pictures.map(|eight| eight.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte)));
        let all = fold(29, self.keys.iter().map(|key| u64::from(*key)).chain([u64::MAX]).chain(pictures));
        all.cast_signed()
    }
}

/// Ads with their keys as bytes: row (8), counts (2 and 2), keys (4 each), pictures (32 each); little-endian.
pub fn chunk<'k>(ads: impl IntoIterator<Item = (i64, &'k AdKeys)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (row, of) in ads {
        // An ad has a few texts of some fifty keys each; more than 65,535 would be no ad.
        let (keys, pictures) = (&of.keys[..of.keys.len().min(65_535)], &of.pictures[..of.pictures.len().min(65_535)]);
        bytes.extend(row.to_le_bytes());
        bytes.extend((keys.len() as u16).to_le_bytes());
        bytes.extend((pictures.len() as u16).to_le_bytes());
        keys.iter().for_each(|key| bytes.extend(key.to_le_bytes()));
        pictures.iter().for_each(|picture| bytes.extend(picture.0));
    }
    bytes
}

const BANDS: usize = 16;
const VALUES: usize = 1 << 16;

/// What a batch looks for, prepared so that each kept ad is asked once.
pub struct Probe {
    keys: HashSet<u32>,
    /// A first look: one bit for 24 bits of a key.
    sieve: Vec<u64>,
    pictures: Vec<PdqHash>,
    /// By band: where each value's pictures begin in `of_value`; the value itself and its 16 neighbours of one bit.
    starts: Vec<u32>,
    of_value: Vec<u32>,
    most: u32,
}

fn value(hash: &PdqHash, band: usize) -> usize {
    usize::from(u16::from_be_bytes([hash.0[2 * band], hash.0[2 * band + 1]]))
}

impl Probe {
    /// Looks for ads that share a key, or a picture up to a distance of `most` (31 at most, else some are missed).
    pub fn new<'k>(looked_for: impl IntoIterator<Item = &'k AdKeys>, most: u32) -> Self {
        let (mut keys, mut pictures) = (HashSet::new(), Vec::new());
        for one in looked_for {
            keys.extend(&one.keys);
            pictures.extend(&one.pictures);
        }
        pictures.sort_unstable();
        pictures.dedup();
        let mut sieve = vec![0u64; 1 << 18];
        for key in keys.iter().copied() {
            let key: u32 = key;
            sieve[(key >> 14) as usize] |= 1u64 << ((key >> 8) & 63);
        }
        let mut entries: Vec<(u32, u32)> = Vec::with_capacity(pictures.len() * BANDS * 17);
        for (number, hash) in (0u32..).zip(&pictures) {
            for band in 0..BANDS {
                let own = value(hash, band);
                let near = std::iter::once(own).chain((0..16).map(|bit| own ^ (1 << bit)));
                entries.extend(near.map(|value| ((band * VALUES + value) as u32, number)));
            }
        }
        entries.sort_unstable();
        let mut starts = vec![0u32; BANDS * VALUES + 1];
        entries.iter().for_each(|(at, _)| starts[*at as usize + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { keys, sieve, pictures, starts, of_value: entries.into_iter().map(|(_, number)| number).collect(), most }
    }

    /// Whether there is anything to look for.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.pictures.is_empty()
    }

    fn has_key(&self, key: u32) -> bool {
        self.sieve[(key >> 14) as usize] & (1u64 << ((key >> 8) & 63)) != 0 && self.keys.contains(&key)
    }

    fn has_picture(&self, hash: &PdqHash) -> bool {
        (0..BANDS).any(|band| {
            let at = band * VALUES + value(hash, band);
            let near = &self.of_value[self.starts[at] as usize..self.starts[at + 1] as usize];
            near.iter().any(|number| hash.distance(&self.pictures[*number as usize]) <= self.most)
        })
    }

    /// Rows in a chunk that share something; `None` where the bytes are no chunk.
    pub fn scan(&self, mut bytes: &[u8]) -> Option<Vec<i64>> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let (row, rest) = bytes.split_first_chunk::<8>()?;
            let (keys, rest) = rest.split_first_chunk::<2>()?;
            let (pictures, rest) = rest.split_first_chunk::<2>()?;
            let (keys, rest) = rest.split_at_checked(4 * usize::from(u16::from_le_bytes(*keys)))?;
            let (pictures, rest) = rest.split_at_checked(32 * usize::from(u16::from_le_bytes(*pictures)))?;
            let key = |four: &[u8]| four.try_into().is_ok_and(|four| self.has_key(u32::from_le_bytes(four)));
            let picture = |one: &[u8]| one.try_into().is_ok_and(|one| self.has_picture(&PdqHash(one)));
            if keys.chunks_exact(4).any(key) || (!self.pictures.is_empty() && pictures.chunks_exact(32).any(picture)) {
                found.push(i64::from_le_bytes(*row));
            }
            bytes = rest;
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_finds_what_shares_a_key_or_a_near_picture_and_nothing_else() {
        let picture = |byte: u8, flipped: usize| {
            let mut hash = [byte; 32];
            (0..flipped).for_each(|bit| hash[(bit * 8 + bit / 32) % 32] ^= 1 << (bit % 8));
            PdqHash(hash)
        };
        let ad = |keys: &[u32], pictures: &[PdqHash]| AdKeys { keys: keys.to_vec(), pictures: pictures.to_vec() };
        let kept = [
            (1, ad(&[7, 900_000_000], &[])),
            (2, ad(&[8], &[picture(0, 0)])),
            (3, ad(&[], &[picture(0xaa, 0)])),
            (4, ad(&[901_000_000], &[picture(0x55, 0)])),
        ];
        let bytes = chunk(kept.iter().map(|(row, keys)| (*row, keys)));
        let probe = |one: AdKeys| Probe::new([&one], 31).scan(&bytes).unwrap();
        assert_eq!(probe(ad(&[900_000_000], &[])), [1]);
        assert_eq!(probe(ad(&[7, 8], &[])), [1, 2]);
        assert_eq!(probe(ad(&[9], &[picture(0, 4)])), [2]);
        assert_eq!(probe(ad(&[], &[picture(0xaa, 6), picture(0x55, 1)])), [3, 4]);
        assert!(probe(ad(&[1], &[picture(0x0f, 0)])).is_empty());
        assert!(Probe::new([&ad(&[7], &[])], 31).scan(&bytes[..bytes.len() - 1]).is_none(), "a chunk that was cut");
    }
}
