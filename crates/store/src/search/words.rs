//! Words as the index holds them and as a search asks for them: cut, stemmed as Danish and folded to ASCII, so that
//! `piger`, `pigerne` and `Pigernes` are one word and both engines answer alike.

use domain::{MaskedText, NormalText};
use jiff::civil::Date;
use rust_stemmers::{Algorithm, Stemmer};
use std::sync::LazyLock;

/// Part of the reader's version: texts are read again, and so indexed again, when words are made otherwise.
pub const VERSION: &str = "words-1";

/// Words of a version that are indexed; an ad of 20,000 characters has fewer.
const MOST_WORDS: usize = 8_000;
/// Longest word in bytes; longer runs of letters are no words.
const LONGEST: usize = 64;
/// Terms of a search; further ones are left out.
const MOST_TERMS: usize = 12;

static DANISH: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::Danish));

/// A word with its place in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// Stemmed and folded.
    pub stem: String,
}

/// What a search asks for: one word, or several that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term(pub Vec<String>);

/// The words of a text. What stands in `[…]` marks of masking is no word of the ad.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (character.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                if let Some(stem) = text.get(from..at).and_then(stem) {
                    found.push(Word { start: from, end: at, stem });
                }
            }
            _ => {}
        }
    }
    found
}

fn stem(word: &str) -> Option<String> {
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    // Only letters and digits are left, so that nothing in a word can mean something to an engine.
    let folded: String =
        NormalText::fold(&DANISH.stem(&lower)).as_str().chars().filter(|c| c.is_alphanumeric()).collect();
    (!folded.is_empty()).then_some(folded)
}

/// The terms of what somebody typed: words, and phrases in quotation marks.
pub fn terms(typed: &str) -> Vec<Term> {
    let mut found = Vec::new();
    for (number, part) in typed.split(['"', '“', '”', '„', '»', '«']).enumerate() {
        let stems: Vec<String> = words(part).into_iter().map(|word| word.stem).collect();
        if number % 2 == 1 {
            found.extend((!stems.is_empty()).then_some(Term(stems)));
        } else {
            found.extend(stems.into_iter().map(|stem| Term(vec![stem])));
        }
    }
    found.truncate(MOST_TERMS);
    found
}

/// A row of the index: the words of the texts with their positions, and facets.
#[derive(Debug, Default)]
pub(super) struct Entry {
    words: Vec<(u16, String)>,
    facets: Vec<String>,
}

impl Entry {
    pub(super) fn of(texts: &[MaskedText]) -> Self {
        let (mut entry, mut position) = (Self::default(), 0_u16);
        for text in texts {
            for word in words(&text.text) {
                position = position.saturating_add(1);
                if text.runs.iter().any(|run| word.start >= run.masked.start && word.end <= run.masked.end) {
                    continue;
                }
                if entry.words.len() < MOST_WORDS {
                    entry.words.push((position, word.stem));
                }
            }
            // No phrase reaches from one text into the next.
            position = position.saturating_add(2);
        }
        entry
    }

    pub(super) fn facet(&mut self, facet: String) {
        if !self.facets.contains(&facet) {
            self.facets.push(facet);
        }
    }

    /// For FTS5: every position has a word, an empty place a `_`.
    pub(super) fn for_sqlite(&self) -> String {
        let (mut text, mut next) = (String::new(), 1);
        for (position, word) in &self.words {
            for _ in next..*position {
                text.push_str("_ ");
            }
            text.push_str(word);
            text.push(' ');
            next = position + 1;
        }
        text.push_str("_ _ ");
        text.push_str(&self.facets.join(" "));
        text
    }

    /// For PostgreSQL: the text form of a `tsvector`. A position has 14 bits.
    pub(super) fn for_postgres(&self) -> String {
        let words = self.words.iter().map(|(position, word)| format!("'{word}':{}", (*position).min(16_383)));
        words.chain(self.facets.iter().map(|facet| format!("'{facet}'"))).collect::<Vec<_>>().join(" ")
    }
}

/// What the index is asked: all of the terms, and of each list of facets one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub terms: Vec<Term>,
    pub facets: Vec<Vec<String>>,
}

impl Asked {
    pub(super) fn for_sqlite(&self) -> String {
        let terms = self.terms.iter().map(|Term(stems)| format!("\"{}\"", stems.join(" ")));
        let any = |facets: &Vec<String>| {
            let quoted: Vec<String> = facets.iter().map(|facet| format!("\"{facet}\"")).collect();
            format!("({})", quoted.join(" OR "))
        };
        terms.chain(self.facets.iter().map(any)).collect::<Vec<_>>().join(" AND ")
    }

    pub(super) fn for_postgres(&self) -> String {
        let quote = |word: &String| format!("'{word}'");
        let terms = self
            .terms
            .iter()
            .map(|Term(stems)| format!("({})", stems.iter().map(quote).collect::<Vec<_>>().join(" <-> ")));
        let any = |facets: &Vec<String>| format!("({})", facets.iter().map(quote).collect::<Vec<_>>().join(" | "));
        terms.chain(self.facets.iter().map(any)).collect::<Vec<_>>().join(" & ")
    }
}

/// Facets that a version's first day has: its day and its month.
pub(super) fn day_facets(day: Date) -> [String; 2] {
    [day_facet(day), month_facet(day)]
}

fn day_facet(day: Date) -> String {
    format!("_d{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn month_facet(day: Date) -> String {
    format!("_m{:04}{:02}", day.year(), day.month())
}

/// The days from `from` to `to`: whole months as months, the rest as days, so that a range of years is a few dozen words.
pub(super) fn range_facets(from: Date, to: Date) -> Vec<String> {
    let (mut facets, mut day) = (Vec::new(), from);
    // Nothing is kept for longer than some years; a range beyond that finds nothing more.
    while day <= to && facets.len() < 400 {
        let last = day.last_of_month();
        let step = if day.day() == 1 && last <= to {
            facets.push(month_facet(day));
            last.tomorrow()
        } else {
            facets.push(day_facet(day));
            day.tomorrow()
        };
        match step {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    facets
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Field;
    use proptest::prelude::*;

    fn stems(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.stem).collect()
    }

    #[test]
    fn forms_of_a_danish_word_are_one() {
        for (forms, other) in [
            ("pige piger pigerne Pigernes", "pigtråd"),
            ("lejlighed lejligheden lejligheder", "hus"),
            ("København københavns KØBENHAVN", "kobenhavner"),
        ] {
            let all = stems(forms);
            assert!(all.iter().all(|stem| *stem == all[0]), "{all:?}");
            assert!(!stems(other).contains(&all[0]), "{other}");
        }
        assert_eq!(stems("på AARHUS"), stems("paa århus"), "both ways of writing å");
        assert_eq!(stems("สวัสดี Привет"), ["สวัสดี", "привет"].map(str::to_owned).to_vec(), "other scripts are words too");
    }

    #[test]
    fn phrases_stand_in_quotation_marks() {
        let term = |words: &[&str]| Term(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(terms("ny \"hos os\" i"), [term(&["ny"]), term(&["hos", "os"]), term(&["i"])]);
        assert_eq!(terms("\"uden ende"), [term(&["uden", "end"])], "a mark that is not closed closes at the end");
        assert!(terms(" \"\" - ' ").is_empty());
    }

    #[test]
    fn masked_numbers_are_no_words_and_no_phrase_reaches_over_them() {
        let text = MaskedText::build(Field::Body, "ring 34000050 nu", &[(5..13, "[telefon]")]);
        let title = MaskedText::build(Field::Title, "ny", &[]);
        let entry = Entry::of(&[title, text]);
        assert_eq!(entry.for_sqlite().trim(), "ny _ _ ring _ nu _ _");
        assert_eq!(entry.for_postgres(), "'ny':1 'ring':4 'nu':6");
    }

    #[test]
    fn a_range_of_days_is_months_and_the_days_at_its_ends() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(
            range_facets(day("2026-01-30"), day("2026-03-02")),
            ["_d20260130", "_d20260131", "_m202602", "_d20260301", "_d20260302"]
        );
        assert!(range_facets(day("2026-02-02"), day("2026-02-01")).is_empty());
        assert_eq!(range_facets(day("2024-01-01"), day("2026-12-31")).len(), 36);
    }

    proptest! {
        #[test]
        fn nothing_typed_means_anything_to_an_engine(typed in ".{0,60}") {
            for Term(stems) in terms(&typed) {
                prop_assert!(!stems.is_empty() && stems.iter().all(|stem| !stem.is_empty() && stem.chars().all(char::is_alphanumeric)));
            }
        }
        #[test]
        fn words_lie_on_character_boundaries(text in ".{0,80}") {
            for word in words(&text) {
                prop_assert!(text.get(word.start..word.end).is_some());
            }
        }
    }
}
