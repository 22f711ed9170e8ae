//! Which ads say the same, and how surprising that is.
//!
//! Candidates come from MinHash bands with a low threshold (half of the pairs at Jaccard 0.17, nine of ten at 0.3);
//! alignment decides. Phrases that many owners have carry little, so that a site's boilerplate ties nobody.

use crate::align::{align, runs};
use crate::index::Index;
use crate::parameters::LinkParameters;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

const SHINGLE: usize = 3;
/// A piece of a common run that counts as one observation: the words of one phrase are not independent.
const WINDOW: usize = 6;
/// Words beyond it are not compared: an ad of 600 words is a page.
const MOST_WORDS: usize = 400;
const BANDS: usize = 24;
const ROWS: usize = 2;
/// A bucket with more texts compares each with its next neighbours only, so that time stays linear.
const BUCKET: usize = 24;
const NEIGHBOURS: usize = 8;

/// One distinct text.
#[derive(Debug)]
pub struct Text {
    words: Vec<u32>,
    /// Hashes of its word triples, sorted, each once.
    shingles: Vec<u64>,
    /// The ads that have it in some version, sorted.
    pub ads: Vec<u32>,
    /// An ad and the place of a version of it that shows it.
    first_at: (u32, u32),
}

/// How two texts agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Aligned share by weight, 0 to 1.
    pub similarity: f64,
    /// Bits of the common phrases by rarity, without a ceiling.
    pub bits: f64,
}

/// All distinct texts in sorted order.
pub struct Texts {
    pub texts: Vec<Text>,
    /// Texts of each ad.
    pub of_ad: Vec<Vec<u32>>,
    /// Pairs that agree at least as a template, sorted.
    pub pairs: Vec<(u32, u32, Agreement)>,
    /// The same pairs by text, both ways.
    pub like: HashMap<u32, Vec<u32>>,
    word_weight: Vec<f32>,
    word_hashes: Vec<u64>,
    shingle_owners: HashMap<u64, u32>,
    owners: f64,
    short: usize,
    memo: RefCell<HashMap<(u32, u32), Agreement>>,
}

pub fn mix(mut x: u64) -> u64 {
    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014): fixed, so that results are the same everywhere.
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn hash_word(word: &str) -> u64 {
    // FNV-1a.
    mix(word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)))
}

fn shingles(hashes: &[u64]) -> impl Iterator<Item = u64> + '_ {
    let whole = (!hashes.is_empty() && hashes.len() < SHINGLE)
        .then(|| hashes.iter().fold(7, |all: u64, hash| mix(all.rotate_left(5) ^ hash)));
    let triples =
        hashes.windows(SHINGLE).map(|three| three.iter().fold(11, |all: u64, hash| mix(all.rotate_left(5) ^ hash)));
    whole.into_iter().chain(triples)
}

fn is_slot(word: &str) -> bool {
    word.starts_with('<') && word.ends_with('>')
}

impl Texts {
    /// Reads the skeletons, counts rarity by owner, and finds the pairs.
    pub fn new(index: &Index, parameters: &LinkParameters) -> Self {
        let mut by_text: BTreeMap<&str, ((u32, u32), Vec<u32>)> = BTreeMap::new();
        for (ad, facts) in (0u32..).zip(&index.ads) {
            for (at, version) in (0u32..).zip(&facts.versions).filter(|(_, v)| !v.skeleton.trim().is_empty()) {
                by_text.entry(version.skeleton.as_str()).or_insert(((ad, at), Vec::new())).1.push(ad);
            }
        }
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut word_hashes: Vec<u64> = Vec::new();
        let mut slots: Vec<bool> = Vec::new();
        let mut of_ad = vec![Vec::new(); index.ads.len()];
        let mut texts = Vec::with_capacity(by_text.len());
        for (number, (skeleton, (first_at, mut ads))) in (0u32..).zip(by_text) {
            ads.dedup();
            for ad in &ads {
                of_ad[*ad as usize].push(number);
            }
            let mut words = Vec::new();
            for word in skeleton.split_whitespace().take(MOST_WORDS) {
                let next = numbers.len() as u32;
                let number = *numbers.entry(word).or_insert_with(|| {
                    word_hashes.push(hash_word(word));
                    slots.push(is_slot(word));
                    next
                });
                words.push(number);
            }
            let hashes: Vec<u64> = words.iter().map(|word| word_hashes[*word as usize]).collect();
            let mut own: Vec<u64> = shingles(&hashes).collect();
            own.sort_unstable();
            own.dedup();
            texts.push(Text { words, shingles: own, ads, first_at });
        }
        let (shingle_owners, word_owners) = count_owners(index, &texts, numbers.len());
        let owners = index.owners.max(1) as f64;
        let word_weight = word_owners
            .iter()
            .zip(&slots)
            .map(|(with, slot)| {
                if *slot { 0.1 } else { 1.0 + (owners / f64::from((*with).max(1))).log2().clamp(0.0, 4.0) as f32 / 4.0 }
            })
            .collect();
        let mut this = Self {
            texts,
            of_ad,
            pairs: Vec::new(),
            like: HashMap::new(),
            word_weight,
            word_hashes,
            shingle_owners,
            owners,
            short: parameters.text_words,
            memo: RefCell::default(),
        };
        let common = (owners * parameters.boilerplate_share).max(12.0) as u32;
        this.pairs = this
            .candidates(common)
            .into_iter()
            .filter(|(a, b)| this.could_agree(*a, *b))
            .map(|(a, b)| (a, b, this.compare(a, b)))
            .filter(|(_, _, agreement)| agreement.similarity >= parameters.template_similarity)
            .collect();
        for (a, b, _) in &this.pairs {
            this.like.entry(*a).or_default().push(*b);
            this.like.entry(*b).or_default().push(*a);
        }
        this.memo.borrow_mut().extend(this.pairs.iter().map(|(a, b, agreement)| ((*a, *b), *agreement)));
        this
    }

    /// A text as it was given.
    pub fn skeleton<'i>(&self, index: &'i Index, text: u32) -> &'i str {
        let (ad, version) = self.texts[text as usize].first_at;
        &index.ads[ad as usize].versions[version as usize].skeleton
    }

    /// How two texts agree, whether or not the bands proposed them.
    pub fn agreement(&self, a: u32, b: u32) -> Agreement {
        let key = (a.min(b), a.max(b));
        if let Some(known) = self.memo.borrow().get(&key) {
            return *known;
        }
        let agreement = if self.could_agree(key.0, key.1) {
            self.compare(key.0, key.1)
        } else {
            Agreement { similarity: 0.0, bits: 0.0 }
        };
        self.memo.borrow_mut().insert(key, agreement);
        agreement
    }

    fn compare(&self, a: u32, b: u32) -> Agreement {
        let (left, right) = (&self.texts[a as usize], &self.texts[b as usize]);
        let weight = |word: u32| self.word_weight[word as usize];
        let matched = align(&left.words, &right.words, &weight);
        let total = |words: &[u32]| words.iter().map(|word| f64::from(weight(*word))).sum::<f64>();
        let common: f64 = matched.iter().map(|(at, _)| f64::from(weight(left.words[*at as usize]))).sum();
        let whole = total(&left.words) + total(&right.words);
        let similarity = if whole > 0.0 { 2.0 * common / whole } else { 0.0 };
        let mut bits = 0.0;
        let mut plain_words = 0;
        for run in runs(&matched) {
            plain_words += left.words[run.clone()].iter().filter(|word| weight(**word) >= 0.5).count();
            for window in left.words[run].chunks(WINDOW) {
                bits += self.surprise(window);
            }
        }
        if plain_words < self.short {
            bits = f64::min(bits, 2.0);
        }
        Agreement { similarity, bits }
    }

    /// Bits of one common piece: its rarest triple of words says how many owners could have had it.
    fn surprise(&self, words: &[u32]) -> f64 {
        if words.len() < SHINGLE {
            return 0.0;
        }
        let hashes: Vec<u64> = words.iter().map(|word| self.word_hashes[*word as usize]).collect();
        let with = shingles(&hashes).filter_map(|shingle| self.shingle_owners.get(&shingle)).min();
        with.map_or(0.0, |with| (self.owners / f64::from((*with).max(2))).log2().max(0.0))
    }

    /// Pairs that share a band. Each text is sketched twice where it has common phrases: without them, so that
    /// boilerplate does not hide what is its own, and with them, so that a text that many copied is known as one.
    fn candidates(&self, common: u32) -> Vec<(u32, u32)> {
        let mut bands: Vec<(u64, u32)> = Vec::with_capacity(self.texts.len() * BANDS);
        for (number, text) in (0u32..).zip(&self.texts) {
            let telling = |shingle: &u64| self.shingle_owners.get(shingle).is_none_or(|with| *with <= common);
            let own: Vec<u64> = text.shingles.iter().copied().filter(telling).collect();
            bands.extend(band_keys(0, &own).map(|key| (key, number)));
            if own.len() < text.shingles.len() {
                bands.extend(band_keys(BANDS as u64, &text.shingles).map(|key| (key, number)));
            }
        }
        bands.sort_unstable();
        let mut pairs = Vec::new();
        for bucket in bands.chunk_by(|a, b| a.0 == b.0) {
            let reach = if bucket.len() <= BUCKET { bucket.len() } else { NEIGHBOURS };
            for (at, (_, a)) in bucket.iter().enumerate() {
                pairs.extend(bucket[at + 1..].iter().take(reach).map(|(_, b)| (*a, *b)));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// A cheap look before the alignment: do they have enough triples in common at all?
    fn could_agree(&self, a: u32, b: u32) -> bool {
        let (left, right) = (&self.texts[a as usize].shingles, &self.texts[b as usize].shingles);
        let (mut x, mut y, mut both) = (0, 0, 0);
        while x < left.len() && y < right.len() {
            match left[x].cmp(&right[y]) {
                std::cmp::Ordering::Less => x += 1,
                std::cmp::Ordering::Greater => y += 1,
                std::cmp::Ordering::Equal => (x, y, both) = (x + 1, y + 1, both + 1),
            }
        }
        10 * both >= left.len().min(right.len())
    }
}

/// MinHash of a set of triples, in bands.
fn band_keys(first_band: u64, shingles: &[u64]) -> impl Iterator<Item = u64> {
    let mut least = [u64::MAX; BANDS * ROWS];
    for shingle in shingles {
        for (seed, slot) in (1u64..).zip(&mut least) {
            *slot = (*slot).min(mix(shingle ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        }
    }
    let bands = if shingles.is_empty() { 0 } else { BANDS };
    (0..bands).map(move |band| {
        let rows = &least[band * ROWS..(band + 1) * ROWS];
        rows.iter().fold(first_band + band as u64, |all, row| mix(all.rotate_left(7) ^ row))
    })
}

/// How many owners have each triple of words, and each word.
fn count_owners(index: &Index, texts: &[Text], words: usize) -> (HashMap<u64, u32>, Vec<u32>) {
    let mut of_shingle: Vec<(u64, u32)> = Vec::new();
    let mut of_word: Vec<(u32, u32)> = Vec::new();
    for text in texts {
        let mut owners: Vec<u32> = text.ads.iter().map(|ad| index.owner[*ad as usize]).collect();
        owners.sort_unstable();
        owners.dedup();
        for owner in owners {
            of_shingle.extend(text.shingles.iter().map(|shingle| (*shingle, owner)));
            of_word.extend(text.words.iter().map(|word| (*word, owner)));
        }
    }
    of_shingle.sort_unstable();
    of_shingle.dedup();
    of_word.sort_unstable();
    of_word.dedup();
    let shingle_owners = of_shingle.chunk_by(|a, b| a.0 == b.0).map(|all| (all[0].0, all.len() as u32)).collect();
    let mut word_owners = vec![0; words];
    for (word, _) in of_word {
        word_owners[word as usize] += 1;
    }
    (shingle_owners, word_owners)
}
