//! Distinct texts as numbers, and how two of them agree.

use crate::align::{align, runs};
use crate::parameters::LinkParameters;
use crate::reference::{Counts, LinkReference};
use crate::sketch::{ByNumber, MOST_WORDS, SHINGLE, hash_word, is_slot, shingles, text_key};

/// A piece of a common run that counts as one observation: the words of one phrase are not independent.
const WINDOW: usize = 6;

/// One distinct text.
#[derive(Debug)]
pub struct Text {
    pub words: Box<[u32]>,
    /// Hashes of its word triples, sorted, each once.
    pub shingles: Box<[u64]>,
    /// The whole text.
    pub key: u64,
}

/// How two texts agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Aligned share by weight, 0 to 1.
    pub similarity: f64,
    /// Bits of the common phrases by rarity, without a ceiling.
    pub bits: f64,
}

/// Texts in the order in which they came.
#[derive(Debug, Default)]
pub struct Corpus {
    pub texts: Vec<Text>,
    /// Words by number, as hashes.
    pub word_hashes: Vec<u64>,
    slots: Vec<bool>,
    numbers: ByNumber<u64, u32>,
    known: ByNumber<u64, u32>,
}

impl Corpus {
    /// The number of a text, which is new where nobody had it.
    pub fn add(&mut self, skeleton: &str) -> u32 {
        let mut words = Vec::new();
        for word in skeleton.split_whitespace().take(MOST_WORDS) {
            let (hash, next) = (hash_word(word), self.numbers.len() as u32);
            let number = *self.numbers.entry(hash).or_insert_with(|| {
                self.word_hashes.push(hash);
                self.slots.push(is_slot(word));
                next
            });
            words.push(number);
        }
        let hashes: Vec<u64> = words.iter().map(|word| self.word_hashes[*word as usize]).collect();
        let (key, next) = (text_key(&hashes), self.texts.len() as u32);
        let number = *self.known.entry(key).or_insert(next);
        if number == next {
            let mut own: Vec<u64> = shingles(&hashes).collect();
            own.sort_unstable();
            own.dedup();
            self.texts.push(Text { words: words.into(), shingles: own.into(), key });
        }
        number
    }

    /// The scale on which these texts are compared.
    pub fn scale(&self, reference: &LinkReference, parameters: &LinkParameters) -> Scale {
        let owners = reference.owners.max(1) as f64;
        let weight = |(hash, slot): (&u64, &bool)| {
            let with = f64::from(reference.words.get(*hash).max(1));
            if *slot { 0.1 } else { 1.0 + (owners / with).log2().clamp(0.0, 4.0) as f32 / 4.0 }
        };
        let word_weight = self.word_hashes.iter().zip(&self.slots).map(weight).collect();
        Scale {
            shingles: reference.shingles.clone(),
            owners: reference.owners.max(1) as f64,
            word_weight,
            short: parameters.text_words,
        }
    }

    /// Aligns two texts.
    pub fn compare(&self, a: u32, b: u32, scale: &Scale) -> Agreement {
        let (left, right) = (&self.texts[a as usize], &self.texts[b as usize]);
        let weight = |word: u32| scale.word_weight[word as usize];
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
                bits += self.surprise(window, scale);
            }
        }
        if plain_words < scale.short {
            bits = f64::min(bits, 2.0);
        }
        Agreement { similarity, bits }
    }

    /// Bits of one common piece: its rarest triple of words says how many owners could have had it.
    fn surprise(&self, words: &[u32], scale: &Scale) -> f64 {
        if words.len() < SHINGLE {
            return 0.0;
        }
        let hashes: Vec<u64> = words.iter().map(|word| self.word_hashes[*word as usize]).collect();
        let with = shingles(&hashes).map(|shingle| scale.shingles.get(shingle)).min();
        with.map_or(0.0, |with| (scale.owners / f64::from(with.max(2))).log2().max(0.0))
    }

    /// A cheap look before the alignment: do they have enough triples in common at all?
    pub fn could_agree(&self, a: u32, b: u32) -> bool {
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

    /// A second look: do they have so many of a hundred words in one order, without weights? In as many steps as one text
    /// has words: the longest common subsequence by bits (Hyyrö 2004). Alignment asks for 0.45 by weight; what is far below
    /// that is not aligned. Either way round it says the same.
    pub fn could_align(&self, a: u32, b: u32, percent: usize, places: &mut Places) -> bool {
        let length = |text: u32| self.texts[text as usize].words.len();
        let (a, b) = if length(a) <= MOST_BITS { (a, b) } else { (b, a) };
        if length(a) > MOST_BITS {
            return true;
        }
        if 200 * length(a).min(length(b)) < percent * (length(a) + length(b)) {
            return false;
        }
        places.lay_out(self, a);
        let mut open = u128::MAX;
        for word in &self.texts[b as usize].words {
            let here = open & places.of_word[*word as usize];
            open = open.wrapping_add(here) | (open - here);
        }
        let used = if length(a) == MOST_BITS { open } else { open | !0 << length(a) };
        let common = used.count_zeros() as usize;
        200 * common >= percent * (length(a) + length(b))
    }
}

/// Words of a text that one number holds a bit for.
const MOST_BITS: usize = 128;

/// Where each word stands in one text, a bit a place. It lies there for as long as that text is asked about, so that a text
/// and its many candidates cost it once.
#[derive(Debug, Default)]
pub struct Places {
    of_word: Vec<u128>,
    text: Option<u32>,
}

impl Places {
    fn lay_out(&mut self, corpus: &Corpus, text: u32) {
        if self.text == Some(text) && self.of_word.len() == corpus.word_hashes.len() {
            return;
        }
        self.of_word.resize(corpus.word_hashes.len(), 0);
        if let Some(before) = self.text.replace(text) {
            corpus.texts[before as usize].words.iter().for_each(|word| self.of_word[*word as usize] = 0);
        }
        for (at, word) in corpus.texts[text as usize].words.iter().enumerate() {
            self.of_word[*word as usize] |= 1 << at;
        }
    }
}

/// Of a hundred words in one order, below which two texts are not aligned: words that weigh more than others carry a pair
/// over the threshold from here on, and hardly ever from below.
pub const COULD_ALIGN: usize = 34;

/// Weights of words and rarity of phrases.
#[derive(Debug)]
pub struct Scale {
    shingles: Counts,
    owners: f64,
    word_weight: Vec<f32>,
    short: usize,
}
