//! The languages of an ad, the dominant one first.
//!
//! Each word says how likely it is in each language: by its frequency where it is listed, by its letters elsewhere. The
//! sum over the ad tells its language, the sum over a sentence the sentence's, where it says enough against the ad's.
//! Scripts tell for themselves. Only where most words are listed nowhere does the slow detector speak.

mod detector;
mod model;
mod signs;

pub(crate) use model::LanguageModel;

use crate::claim::{Claim, Claims};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Token, Tokens};
use domain::LanguageGuess;
use model::{LANGUAGES, Scores};

/// What is supposed before the first word, by natural logarithm: listings in Denmark are mostly Danish, then English.
const BEFORE: [(&str, f32); 5] = [("da", 2.5), ("en", 1.5), ("sv", 0.2), ("no", 0.0), ("de", 0.2)];
/// What is supposed of languages that are hardly found there.
const RARE: [(&str, f32); 6] = [("tl", -1.5), ("sq", -1.0), ("et", -1.0), ("vi", -1.5), ("bg", -1.0), ("uk", -0.3)];
/// A sentence must say so much against the ad's language to be in another.
const SENTENCE: f32 = 2.5;
/// The source's word counts where the text says little.
const GIVEN: f32 = 1.5;
/// Words for the detector to decide on.
const DETECTOR_WORDS: f32 = 4.0;

struct Segment {
    scores: Scores,
    words: f32,
}

/// What the texts of an ad say, gathered text by text.
#[derive(Default)]
pub(crate) struct Tally {
    segments: Vec<Segment>,
    /// By codes that their script tells.
    scripts: Vec<(&'static str, f32)>,
    /// Words that no language lists.
    unlisted: f32,
    unlisted_text: String,
    /// What units of time say, for texts that have no other words.
    units: Scores,
    has_units: bool,
    /// A Danish place or currency: all that a text without words may say.
    is_danish: bool,
}

impl Tally {
    /// Adds a text, sentence by sentence. Contacts, names, places and amounts say nothing about the language.
    pub(crate) fn add(&mut self, tokens: &Tokens<'_>, claims: &Claims, lexicon: &Lexicon) {
        let mut segment = Segment { scores: [0.0; LANGUAGES], words: 0.0 };
        for at in 0..tokens.len() {
            let token = &tokens[at];
            let ends = token.line_before || (at > 0 && tokens.is_any(at - 1, &['.', '!', '?', '|', '•', '/']));
            if ends && segment.words > 0.0 {
                self.segments.push(std::mem::replace(&mut segment, Segment { scores: [0.0; LANGUAGES], words: 0.0 }));
            }
            if token.kind != Kind::Word || matches!(claims.at(at), Claim::Contact | Claim::Phone) {
                continue;
            }
            if let Some(code) = signs::script(token.first) {
                // Such scripts have few blanks: about so many letters make a word.
                let size = (token.normal.1 - token.normal.0) as f32 / 12.0;
                match self.scripts.iter_mut().find(|(known, _)| *known == code) {
                    Some(entry) => entry.1 += size.max(1.0),
                    None => self.scripts.push((code, size.max(1.0))),
                }
                continue;
            }
            if self.says_nothing(tokens, at, lexicon) {
                continue;
            }
            self.word(tokens, at, lexicon, &mut segment);
        }
        if segment.words > 0.0 {
            self.segments.push(segment);
        }
    }

    fn says_nothing(&mut self, tokens: &Tokens<'_>, at: usize, lexicon: &Lexicon) -> bool {
        let token = &tokens[at];
        let word = token.word;
        let stop = word.is(Flags::STOPWORD);
        let number_before = at > 0 && (tokens[at - 1].kind == Kind::Number || tokens.is_any(at - 1, &['½', '¼', '¾']));
        let currency = lexicon.currencies.get(usize::from(word.currency)).filter(|_| word.is(Flags::CURRENCY));
        self.is_danish |= currency.is_some_and(|code| code == "DKK");
        // "30 min 800 kr" is written in every language of the region.
        if word.is(Flags::UNIT.or(Flags::CURRENCY)) && number_before {
            if word.is(Flags::UNIT) {
                lexicon.model.add(word.frequencies, tokens.text(at), &mut self.units);
                self.has_units = true;
            }
            return true;
        }
        if word.is(Flags::PLACE) && token.capital && !stop {
            self.is_danish = true;
            return true;
        }
        let name = word.is(Flags::NAME) && (token.capital || !stop);
        // Single letters are initials, districts, and what an apostrophe left.
        let letter = token.normal.1 - token.normal.0 < 2 && (!stop || (token.capital && is_district(tokens, at)));
        name || letter || (word.is(Flags::SERVICE) && !stop)
    }

    fn word(&mut self, tokens: &Tokens<'_>, at: usize, lexicon: &Lexicon, segment: &mut Segment) {
        let token: &Token = &tokens[at];
        let text = tokens.text(at);
        let listed = lexicon.model.add(token.word.frequencies, text, &mut segment.scores);
        if signs::is_cyrillic(token.first) {
            signs::cyrillic(text, &lexicon.languages, &mut segment.scores);
        } else {
            signs::letters(tokens, at, &lexicon.languages, &mut segment.scores);
        }
        if text == "i" && token.capital && !tokens.starts_sentence(at) {
            signs::english(&lexicon.languages, &mut segment.scores);
        }
        segment.words += 1.0;
        if !listed {
            self.unlisted += 1.0;
            self.unlisted_text.push_str(tokens.original.get(token.start..token.end).unwrap_or(""));
            self.unlisted_text.push(' ');
        }
    }

    /// The languages, dominant first. `given` is what the ad's source says.
    pub(crate) fn finish(self, lexicon: &Lexicon, given: Option<&str>) -> Vec<LanguageGuess> {
        let count = lexicon.languages.len().min(LANGUAGES);
        let index = |code: &str| lexicon.languages.iter().position(|known| known == code).filter(|i| *i < count);
        let mut total = [0.0f32; LANGUAGES];
        for (code, before) in BEFORE.iter().chain(&RARE) {
            if let Some(index) = index(code) {
                total[index] += before;
            }
        }
        if let Some(index) = given.and_then(index) {
            total[index] += GIVEN;
        }
        let before = total;
        for segment in &self.segments {
            for (sum, score) in total.iter_mut().zip(segment.scores) {
                // One sentence in another language does not outvote the rest.
                *sum += score.max(-25.0);
            }
        }
        let best = |scores: &Scores| (0..count).fold(0, |best, i| if scores[i] > scores[best] { i } else { best });
        let dominant = best(&total);
        let mut words = [0.0f32; LANGUAGES];
        for segment in &self.segments {
            let mut scores = segment.scores;
            for (score, before) in scores.iter_mut().zip(before) {
                *score += before * 0.5;
            }
            scores[dominant] += SENTENCE;
            words[best(&scores)] += segment.words;
        }
        words[dominant] += if self.segments.is_empty() { 0.0 } else { 0.01 };
        let mut guesses: Vec<(&str, f32)> =
            lexicon.languages.iter().map(String::as_str).zip(words).filter(|(_, words)| *words > 0.0).collect();
        guesses.extend(self.scripts.iter().copied());
        let all: f32 = guesses.iter().map(|(_, weight)| weight).sum();
        if self.unlisted > all * 0.6
            && self.unlisted >= DETECTOR_WORDS
            && let Some((code, _)) = detector::detect(&self.unlisted_text).filter(|(code, _)| index(code).is_none())
        {
            guesses.insert(0, (code, self.unlisted));
        }
        if guesses.is_empty() && (self.is_danish || self.has_units) {
            let mut scores = before;
            for (score, unit) in scores.iter_mut().zip(self.units) {
                *score += unit;
            }
            return vec![LanguageGuess { code: lexicon.languages[best(&scores)].clone(), confidence: 0.3 }];
        }
        let all: f32 = guesses.iter().map(|(_, weight)| weight).sum();
        guesses.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let share = |weight: f32| f64::from(weight) / f64::from(all.max(0.01));
        guesses
            .iter()
            .enumerate()
            .filter(|(rank, (_, weight))| *rank == 0 || (share(*weight) >= 0.15 && *weight >= 3.0))
            .map(|(_, (code, weight))| LanguageGuess {
                code: (*code).to_owned(),
                confidence: (share(*weight) * 100.0).round() / 100.0,
            })
            .take(4)
            .collect()
    }
}

/// "Odense C", "Kbh. K": a letter behind a place.
fn is_district(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.previous_word(at).is_some_and(|before| tokens[before].word.is(Flags::PLACE))
}
