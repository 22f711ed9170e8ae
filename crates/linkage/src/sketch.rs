//! Numbers that stand for words, phrases and things. They depend on nothing but what they stand for, so that a key made
//! today meets one made last year.

use crate::reference::LinkReference;
use domain::{AdRef, Contact, VersionFacts};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Words of one phrase.
pub const SHINGLE: usize = 3;
/// Words beyond it are not compared: an ad of 600 words is a page.
pub const MOST_WORDS: usize = 400;
const BANDS: usize = 24;
const ROWS: usize = 2;

/// Maps keyed by numbers that are mixed already need no second hash.
#[derive(Default, Clone, Copy)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = mix(self.0 ^ u64::from(*byte)));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
    fn write_u32(&mut self, value: u32) {
        self.0 = mix(u64::from(value));
    }
}

/// By number.
pub type ByNumber<K, V> = HashMap<K, V, BuildHasherDefault<Mixed>>;

/// Spreads a number over all 64 bits.
pub const fn mix(mut x: u64) -> u64 {
    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014): fixed, so that results are the same everywhere.
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A word, name or code.
pub fn hash_word(word: &str) -> u64 {
    // FNV-1a.
    mix(word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)))
}

/// Several numbers in their order, as one; `kind` keeps what is of different kinds apart.
pub fn fold(kind: u64, parts: impl IntoIterator<Item = u64>) -> u64 {
    parts.into_iter().fold(kind, |all, part| mix(all.rotate_left(5) ^ part))
}

/// Triples of words; a text that is shorter is one phrase.
pub fn shingles(hashes: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let whole = (!hashes.is_empty() && hashes.len() < SHINGLE).then(|| fold(7, hashes.iter().copied()));
    let triples = hashes.windows(SHINGLE).map(|three| fold(11, three.iter().copied()));
    whole.into_iter().chain(triples)
}

/// A token that stands for something that was taken out.
pub fn is_slot(word: &str) -> bool {
    word.starts_with('<') && word.ends_with('>')
}

/// An ad.
pub fn ad_key(ad: &AdRef) -> u64 {
    fold(21, [hash_word(&ad.site.0), hash_word(&ad.ad_id)])
}

/// A contact.
pub fn contact_key(contact: &Contact) -> u64 {
    fold(22, [contact.kind as u64, hash_word(&contact.value)])
}

/// A link target.
pub fn url_key(url: &str) -> u64 {
    fold(23, [hash_word(url)])
}

/// A street address.
pub fn address_key(address: &str) -> u64 {
    fold(24, [hash_word(address)])
}

/// A persona: name and age.
pub fn persona_key(name: &str, age: u32) -> u64 {
    fold(25, [hash_word(name), u64::from(age)])
}

/// A whole text.
pub fn text_key(words: &[u64]) -> u64 {
    fold(26, words.iter().copied())
}

/// The keys by which texts that resemble each other meet. Each text is sketched twice where it has common phrases:
/// without them, so that boilerplate does not hide what is its own, and with them, so that a text that many copied is
/// known as one.
pub fn band_keys(shingles: &[u64], reference: &LinkReference) -> Vec<u32> {
    let mut keys = Vec::with_capacity(2 * BANDS);
    let (mut least, mut common) = (Least::default(), Vec::new());
    for shingle in shingles {
        if reference.is_boilerplate(*shingle) { common.push(*shingle) } else { least.add(*shingle) }
    }
    least.keys(0, &mut keys);
    if !common.is_empty() {
        common.into_iter().for_each(|shingle| least.add(shingle));
        least.keys(BANDS as u64, &mut keys);
    }
    keys
}

/// A string of symbols.
pub fn symbols_key(symbols: &str) -> u64 {
    fold(28, [hash_word(symbols)])
}

/// A band's key among the keys of all kinds.
pub fn of_band(key: u32) -> u64 {
    fold(27, [u64::from(key)])
}

/// Odd numbers, one for each hash: times a number that is mixed already it is another order of all phrases.
const FACTORS: [u64; BANDS * ROWS] = {
    let mut factors = [0; BANDS * ROWS];
    let mut at = 0;
    while at < factors.len() {
        factors[at] = mix(at as u64 + 1) | 1;
        at += 1;
    }
    factors
};

/// MinHash of a set of triples: under each order of all phrases the least of these.
struct Least([u64; BANDS * ROWS]);

impl Default for Least {
    fn default() -> Self {
        Self([u64::MAX; BANDS * ROWS])
    }
}

impl Least {
    fn add(&mut self, shingle: u64) {
        for (factor, slot) in FACTORS.iter().zip(&mut self.0) {
            *slot = (*slot).min(shingle.wrapping_mul(*factor));
        }
    }

    /// In bands; nothing has none.
    fn keys(&self, first_band: u64, keys: &mut Vec<u32>) {
        let bands = if self.0[0] == u64::MAX { 0 } else { BANDS };
        keys.extend((0..bands).map(|band| {
            let rows = &self.0[band * ROWS..(band + 1) * ROWS];
            let key = rows.iter().fold(first_band + band as u64, |all, row| mix(all.rotate_left(7) ^ row));
            // 32 bits: what meets by chance is told apart by alignment.
            (key >> 32) as u32
        }));
    }
}

/// Contacts of a version by which its ad joins, and whether each is only listed: more of one kind than `most` make the
/// ad a directory page.
pub fn contacts(version: &VersionFacts, most: usize) -> impl Iterator<Item = (&Contact, bool)> {
    version.contacts.iter().map(move |contact| {
        let of_kind = version.contacts.iter().filter(|other| other.kind == contact.kind).count();
        (contact, of_kind > most)
    })
}
