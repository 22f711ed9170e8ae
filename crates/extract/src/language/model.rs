//! What a word says of the language it is in: how frequent it is in each, and how usual its letters are.

use crate::lexicon::files::FrequencyFile;
use rustc_hash::FxHashMap;

/// At most so many languages; a row of the table is one byte for each.
pub(crate) const LANGUAGES: usize = 32;
/// Natural logarithms of likelihood, one for each language.
pub(crate) type Scores = [f32; LANGUAGES];

/// Not among a language's listed words.
const UNLISTED: u8 = u8::MAX;
/// The frequency that is supposed of a word that is not listed, in tenths of a power of ten: a tenth of the rarest listed.
const UNLISTED_TENTHS: f32 = 56.0;
/// A word of a language's own list of listings (`languages.toml`) is at least so frequent.
const LISTING_TENTHS: u8 = 38;
/// What one word can say at most against a language: loan words and names stand in every text.
const MOST: f32 = 7.0;
/// The same of a word that no language lists.
const UNLISTED_MOST: f32 = 4.0;
/// What the letters of a word that some language lists can say against another.
const LETTERS_MOST: f32 = 2.5;

/// Letters a to z, the edge of a word, and any other.
const SIGNS: usize = 28;

/// The frequencies and letters of all languages.
#[derive(Default)]
pub(crate) struct LanguageModel {
    /// By the index that a word carries; the first row is of words that no language lists.
    rows: Vec<[u8; LANGUAGES]>,
    /// For each two letters and the next one, how unusual it is in each language, in sixteenths.
    letters: Vec<[u8; LANGUAGES]>,
    /// Languages of which letters are known.
    lettered: Vec<bool>,
}

impl LanguageModel {
    /// Builds the model; `index_of` gives a word its row. `listings` are the folded words of `languages.toml`.
    pub(crate) fn new(
        codes: &[String],
        frequencies: &FrequencyFile,
        listings: &[(usize, String)],
        mut index_of: impl FnMut(&str, u32),
    ) -> Self {
        let mut model = Self { rows: vec![[UNLISTED; LANGUAGES]], ..Self::default() };
        model.lettered = vec![false; LANGUAGES];
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let mut counts = vec![[0u16; LANGUAGES]; SIGNS * SIGNS * SIGNS];
        let words = frequencies.iter().flat_map(|(code, lines)| {
            let language = codes.iter().position(|known| known == code);
            lines
                .iter()
                .filter_map(move |(tenths, line)| Some((language?, tenths.parse::<u8>().ok()?, line)))
                .flat_map(|(language, tenths, line)| line.split_whitespace().map(move |word| (language, tenths, word)))
        });
        let listed = listings.iter().map(|(language, word)| (*language, LISTING_TENTHS, word.as_str()));
        for (language, tenths, word) in words.chain(listed).filter(|(language, ..)| *language < LANGUAGES) {
            let row = *known.entry(word).or_insert_with(|| {
                model.rows.push([UNLISTED; LANGUAGES]);
                let row = (model.rows.len() - 1) as u32;
                index_of(word, row);
                row
            });
            let slot = &mut model.rows[row as usize][language];
            *slot = (*slot).min(tenths);
            if word.is_ascii() {
                model.lettered[language] = true;
                each_letter(word, |place| counts[place][language] = counts[place][language].saturating_add(1));
            }
        }
        // Languages of which only a short list is known have no letters of their own.
        for (index, code) in codes.iter().enumerate().take(LANGUAGES) {
            model.lettered[index] &= frequencies.contains_key(code);
        }
        model.letters = unusual(&counts);
        model
    }

    /// Adds what a word says: nothing for the likeliest language, less for the others. Whether a language lists it.
    pub(crate) fn add(&self, row: u32, word: &str, scores: &mut Scores) -> bool {
        let Some(frequencies) = self.rows.get(row as usize) else { return false };
        let listed = row > 0;
        let letters = if word.is_ascii() { self.letters_of(word) } else { [0.0; LANGUAGES] };
        let mut word_scores = [0.0f32; LANGUAGES];
        let most = if listed { LETTERS_MOST } else { UNLISTED_MOST };
        for (language, score) in word_scores.iter_mut().enumerate() {
            let tenths = match frequencies[language] {
                UNLISTED => {
                    *score = letters[language].max(-most);
                    UNLISTED_TENTHS
                }
                tenths => f32::from(tenths),
            };
            *score -= tenths * std::f32::consts::LN_10 / 10.0;
        }
        let best = word_scores.iter().copied().fold(f32::MIN, f32::max);
        for (sum, score) in scores.iter_mut().zip(word_scores) {
            *sum += (score - best).max(-MOST);
        }
        listed
    }

    /// How unusual a word's letters are in each language, against the one in which they are most usual.
    fn letters_of(&self, word: &str) -> Scores {
        let mut sums = [0u32; LANGUAGES];
        // Small sums are added many at a time; no word of so few letters fills them.
        const LETTERS: usize = 256;
        let mut few = [0u16; LANGUAGES];
        let mut count = 0;
        each_letter(word, |place| {
            if let Some(row) = self.letters.get(place) {
                for (sum, unusual) in few.iter_mut().zip(row) {
                    *sum += u16::from(*unusual);
                }
                count += 1;
                if count % LETTERS == 0 {
                    for (sum, few) in sums.iter_mut().zip(&mut few) {
                        *sum += u32::from(std::mem::take(few));
                    }
                }
            }
        });
        for (sum, few) in sums.iter_mut().zip(few) {
            *sum += u32::from(few);
        }
        let lettered = |language: usize| self.lettered.get(language).copied().unwrap_or(false);
        let best = (0..LANGUAGES).filter(|l| lettered(*l)).map(|l| sums[l]).min().unwrap_or(0);
        let mut scores = [-LETTERS_MOST; LANGUAGES];
        for (language, score) in scores.iter_mut().enumerate().filter(|(language, _)| lettered(*language)) {
            // The letters of a word depend on each other, so that their sum says too much.
            *score = -((sums[language] - best) as f32) / 16.0 * 0.6;
        }
        scores
    }
}

/// Calls `seen` with the place of each letter and the two before it, the edges included.
fn each_letter(word: &str, mut seen: impl FnMut(usize)) {
    let (mut first, mut second) = (0, 0);
    for byte in word.bytes().chain(std::iter::once(b' ')) {
        let sign = match byte {
            b' ' => 0,
            b'a'..=b'z' => usize::from(byte - b'a') + 1,
            _ => SIGNS - 1,
        };
        seen((first * SIGNS + second) * SIGNS + sign);
        (first, second) = (second, sign);
    }
}

/// From counts to how unusual each letter is behind the two before it.
fn unusual(counts: &[[u16; LANGUAGES]]) -> Vec<[u8; LANGUAGES]> {
    let mut letters = Vec::with_capacity(counts.len());
    for pair in counts.chunks(SIGNS) {
        let mut totals = [0u32; LANGUAGES];
        for row in pair {
            for (total, count) in totals.iter_mut().zip(row) {
                *total += u32::from(*count);
            }
        }
        for row in pair {
            let mut bytes = [0u8; LANGUAGES];
            for language in 0..LANGUAGES {
                // A third of a letter of each kind is supposed beside what was counted.
                let likely = (f32::from(row[language]) + 0.3) / (totals[language] as f32 + 0.3 * SIGNS as f32);
                bytes[language] = (-likely.ln() * 16.0).clamp(0.0, 255.0) as u8;
            }
            letters.push(bytes);
        }
    }
    letters
}
