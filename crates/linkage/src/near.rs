//! Near-identical texts alone, without ads around them: for measuring, and for anybody who has only texts.

use crate::corpus::{Corpus, Places, Text};
use crate::forest::Forest;
use crate::halves::in_halves;
use crate::parameters::LinkParameters;
use crate::population::EDGE_BITS;
use crate::reference::{Counts, LinkReference};
use crate::sketch::{Mixed, mix};
use std::collections::HashSet;
use std::hash::BuildHasherDefault;

/// A bucket with more texts compares each with its next neighbours only, so that time stays linear.
const BUCKET: usize = 24;
const NEIGHBOURS: usize = 8;

const BANDS: usize = HASHES * BINS / ROWS;
/// Hashes of each phrase; each puts it into one of its bins, of which each keeps its least.
const HASHES: usize = 40;
const BINS: usize = 8;
const ROWS: usize = 2;
/// Odd numbers, one for each hash: times a number that is mixed already it is another order of all phrases.
const FACTORS: [u64; HASHES] = {
    let mut factors = [0; HASHES];
    let mut at = 0;
    while at < factors.len() {
        factors[at] = mix(at as u64 + 1) | 1;
        at += 1;
    }
    factors
};

/// Texts (in the form of [`domain::VersionFacts::skeleton`]) in sets that one text lies behind, edited or not. Each set is
/// sorted, and the sets are in the order of their least members; most are sets of one. Every text counts as somebody's
/// own when rarity is counted.
///
/// ```
/// let copy = "ny i byen kom forbi til en hyggelig snak og en kop kaffe hver dag ring <phone>";
/// let sets = linkage::near_texts(&[copy, "noget helt andet om vejret i dag", copy], &Default::default());
/// assert_eq!(sets, [vec![0, 2], vec![1]]);
/// ```
pub fn near_texts(texts: &[&str], parameters: &LinkParameters) -> Vec<Vec<u32>> {
    let mut corpus = Corpus::default();
    let number: Vec<u32> = texts.iter().map(|text| corpus.add(text)).collect();
    let mut copies = vec![0u32; corpus.texts.len()];
    number.iter().for_each(|text| copies[*text as usize] += 1);
    let reference = rarity(&corpus, &copies, parameters);
    let scale = corpus.scale(&reference, parameters);
    let of_text = |texts: &[Text]| -> Vec<(Vec<u8>, Vec<u32>)> {
        let each = texts.iter().map(|text| {
            let weights: Vec<u8> = text.shingles.iter().map(|one| doublings(reference.shingles.get(*one))).collect();
            let mut keys = Vec::with_capacity(BANDS);
            sketch(&text.shingles, &weights, |key| keys.push(key));
            (weights, keys)
        });
        each.collect()
    };
    let (mut keys, mut weights) = (Vec::new(), Vec::with_capacity(corpus.texts.len()));
    for (number, (of_phrases, own)) in (0u64..).zip(in_halves(&corpus.texts, |_| 1, of_text)) {
        keys.extend(own.into_iter().map(|key| u64::from(key) << 32 | number));
        weights.push(of_phrases);
    }
    keys.sort_unstable();
    let mut forest = Forest::new(corpus.texts.len());
    let mut refused: HashSet<u64, BuildHasherDefault<Mixed>> = HashSet::default();
    let mut places = Places::default();
    for bucket in keys.chunk_by(|a, b| a >> 32 == b >> 32).filter(|bucket| bucket.len() > 1) {
        let reach = if bucket.len() <= BUCKET { bucket.len() } else { NEIGHBOURS };
        for (at, a) in bucket.iter().enumerate() {
            for b in bucket[at + 1..].iter().take(reach) {
                let (a, b) = (&(*a as u32), &(*b as u32));
                // Texts that are together already need no second reason.
                if forest.find(*a) == forest.find(*b)
                    || !corpus.could_align(*a, *b, 44, &mut places)
                    || !could_agree(&corpus, &weights, *a, *b)
                {
                    continue;
                }
                // What was aligned once in vain is not aligned again.
                let pair = mix(u64::from(*a) << 32 | u64::from(*b));
                if refused.contains(&pair) {
                    continue;
                }
                let agreement = corpus.compare(*a, *b, &scale);
                if agreement.similarity >= parameters.template_similarity && agreement.bits >= EDGE_BITS {
                    forest.join(*a, *b);
                } else {
                    refused.insert(pair);
                }
            }
        }
    }
    let mut all = Forest::new(texts.len());
    let mut first = vec![u32::MAX; corpus.texts.len()];
    for (at, text) in (0u32..).zip(&number) {
        let root = forest.find(*text) as usize;
        match first[root] {
            u32::MAX => first[root] = at,
            other => _ = all.join(other, at),
        }
    }
    all.sets()
}

/// How often a phrase's weight is doubled: the rarer, the more.
fn doublings(owners: u32) -> u8 {
    match owners {
        0..=8 => 4,
        9..=16 => 3,
        17..=32 => 2,
        33..=64 => 1,
        _ => 0,
    }
}

/// MinHash in bands, weighted: the hash of a phrase of twice the weight is halved, so that it is twice as likely the
/// least. Bins make so many bands cheap: a phrase is hashed once for each row of bins and not once for each of them (one
/// permutation hashing: Li, Owen, Zhang 2012).
fn sketch(phrases: &[u64], weights: &[u8], mut key: impl FnMut(u32)) {
    let mut least = [u64::MAX; HASHES * BINS];
    for (phrase, weight) in phrases.iter().zip(weights) {
        for (factor, bins) in FACTORS.iter().zip(least.chunks_exact_mut(BINS)) {
            let hash = phrase.wrapping_mul(*factor);
            let bin = &mut bins[(hash >> 61) as usize];
            *bin = (*bin).min((hash << 3) >> weight);
        }
    }
    for (band, rows) in (0u64..).zip(least.chunks_exact(ROWS)) {
        if !rows.contains(&u64::MAX) {
            key((rows.iter().fold(band, |all, row| mix(all.rotate_left(7) ^ row)) >> 32) as u32);
        }
    }
}

/// A cheap look before the alignment: enough phrases in common, by weight?
fn could_agree(corpus: &Corpus, weights: &[Vec<u8>], a: u32, b: u32) -> bool {
    let (left, right) = (&corpus.texts[a as usize].shingles, &corpus.texts[b as usize].shingles);
    let (of_left, of_right) = (&weights[a as usize], &weights[b as usize]);
    let total = |all: &[u8]| all.iter().map(|weight| 1u32 << weight).sum::<u32>();
    let (mut x, mut y, mut both) = (0, 0, 0u32);
    while x < left.len() && y < right.len() {
        match left[x].cmp(&right[y]) {
            std::cmp::Ordering::Less => x += 1,
            std::cmp::Ordering::Greater => y += 1,
            std::cmp::Ordering::Equal => {
                both += 1 << of_left[x];
                (x, y) = (x + 1, y + 1);
            }
        }
    }
    20 * both >= total(of_left).min(total(of_right))
}

/// How many have each word and phrase, each text as one owner.
fn rarity(corpus: &Corpus, copies: &[u32], parameters: &LinkParameters) -> LinkReference {
    let owners = copies.iter().sum::<u32>() as usize;
    let mut of_word = vec![0u32; corpus.word_hashes.len()];
    let mut last_in = vec![u32::MAX; corpus.word_hashes.len()];
    let mut phrases: Vec<u64> = Vec::new();
    for ((number, text), copies) in (0u32..).zip(&corpus.texts).zip(copies) {
        for word in &text.words {
            if last_in[*word as usize] != number {
                last_in[*word as usize] = number;
                of_word[*word as usize] += copies;
            }
        }
        for _ in 0..*copies {
            phrases.extend(&text.shingles);
        }
    }
    phrases.sort_unstable();
    let shingles = phrases.chunk_by(|a, b| a == b).filter(|all| all.len() > 2).map(|all| (all[0], all.len() as u32));
    LinkReference {
        owners,
        shingles: shingles.collect::<Counts>(),
        words: corpus.word_hashes.iter().copied().zip(of_word).filter(|(_, owners)| *owners > 1).collect(),
        boilerplate: (owners as f64 * parameters.boilerplate_share).max(12.0) as u32,
        ..LinkReference::default()
    }
}
