//! The first pass over a text: one look finds the words of all patterns, and with them the few patterns that could match.

use super::literals::Literal;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// Which patterns could match.
#[derive(Debug, Clone)]
pub(crate) struct FirstPass {
    words: AhoCorasick,
    /// By word: the patterns that need it, for which part, and whether it must stand alone on either side.
    uses: Vec<Vec<Use>>,
    /// By pattern: a bit for each part.
    parts: Vec<u8>,
    /// By pattern: whether a match may reach over the end of a sentence.
    crosses: Vec<bool>,
}

/// A pattern, by number, and the part of the text in which it could match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub pattern: u32,
    pub within: Range<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Use {
    pattern: u32,
    part: u8,
    begins: bool,
    ends: bool,
}

impl FirstPass {
    /// For patterns given by the parts that each needs; one without parts can always match. `crosses` says of each
    /// whether it names a sign that ends a sentence.
    pub fn of(patterns: &[Vec<Vec<Literal>>], crosses: Vec<bool>) -> Result<Self, aho_corasick::BuildError> {
        let mut words: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
        let mut parts = Vec::with_capacity(patterns.len());
        for (pattern, sets) in (0_u32..).zip(patterns) {
            let mut all = 0_u8;
            for (bit, set) in (0_u32..8).zip(sets) {
                let part = 1_u8 << bit;
                all |= part;
                for literal in set {
                    let (begins, ends) = (literal.begins, literal.ends);
                    words.entry(&literal.text).or_default().push(Use { pattern, part, begins, ends });
                }
            }
            parts.push(all);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.keys())?;
        Ok(Self { words: automaton, uses: words.into_values().collect(), parts, crosses })
    }

    /// The patterns with each sentence of `text` (folded) that holds every part of them, in order.
    pub fn candidates(&self, text: &str) -> Vec<Candidate> {
        let ends = sentence_ends(text);
        let start_of = |sentence: u32| sentence.checked_sub(1).and_then(|s| ends.get(s as usize)).map_or(0, |end| *end);
        let end_of = |sentence: u32| ends.get(sentence as usize).copied().unwrap_or(text.len());
        // By pattern: the sentence of which its parts are noted.
        let mut noted = vec![(u32::MAX, 0_u8); self.parts.len()];
        let whole = |pattern| Candidate { pattern, within: 0..text.len() };
        let mut chosen: Vec<Candidate> =
            (0_u32..).zip(&self.parts).filter(|(_, all)| **all == 0).map(|(pattern, _)| whole(pattern)).collect();
        let (mut sentence, mut end) = (0_u32, ends.first().copied().unwrap_or(usize::MAX));
        self.each(text, |one, at| {
            while at >= end {
                sentence += 1;
                end = ends.get(sentence as usize).copied().unwrap_or(usize::MAX);
            }
            let pattern = one.pattern as usize;
            let (Some(noted), Some(all)) = (noted.get_mut(pattern), self.parts.get(pattern)) else { return };
            let crosses = self.crosses.get(pattern) == Some(&true);
            let here = if crosses { 0 } else { sentence };
            if noted.0 != here {
                *noted = (here, 0);
            }
            if noted.1 != *all {
                noted.1 |= one.part;
                if noted.1 == *all {
                    let within = if crosses { 0..text.len() } else { start_of(here)..end_of(here) };
                    chosen.push(Candidate { pattern: one.pattern, within });
                }
            }
        });
        chosen.sort_unstable_by_key(|one| (one.pattern, one.within.start));
        chosen
    }

    /// The patterns, by number, of which `text` (folded) holds at least half of the parts.
    pub fn nearly(&self, text: &str) -> Vec<u32> {
        self.chosen(text, |there, parts| there != 0 && there.count_ones() * 2 >= parts.count_ones())
    }

    fn chosen(&self, text: &str, choose: fn(u8, u8) -> bool) -> Vec<u32> {
        let mut there = vec![0_u8; self.parts.len()];
        self.each(text, |one, _| {
            if let Some(there) = there.get_mut(one.pattern as usize) {
                *there |= one.part;
            }
        });
        let chosen =
            (0_u32..).zip(there.iter().zip(&self.parts)).filter(|(_, (there, parts))| choose(**there, **parts));
        chosen.map(|(pattern, _)| pattern).collect()
    }

    /// Every use of every word that stands in `text`, with where the word begins; in the order of the words' ends.
    fn each(&self, text: &str, mut each: impl FnMut(&Use, usize)) {
        let bytes = text.as_bytes();
        let word = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        for found in self.words.find_overlapping_iter(text) {
            let (before, after) = (word(found.start().checked_sub(1)), word(Some(found.end())));
            for one in self.uses.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                if (!one.begins || !before) && (!one.ends || !after) {
                    each(one, found.end() - 1);
                }
            }
        }
    }
}

/// Words whose full stop a pattern's `_` reads with them.
const SHORT: [&str; 8] = ["kr", "kl", "ca", "nr", "tlf", "min", "st", "d"];

/// Where no pattern reaches over: the signs that its separators leave out. A full stop behind a number or a short word
/// may belong to a word.
fn sentence_ends(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut ends = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let ends_here = match byte {
            b'!' | b'?' | b';' | b':' | b'|' | b'\n' => true,
            b'.' => {
                let before = bytes.get(..at).unwrap_or_default();
                let word = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
                let word = before.get(at - word..).unwrap_or_default();
                !word.last().is_some_and(u8::is_ascii_digit) && !SHORT.iter().any(|short| short.as_bytes() == word)
            }
            _ => false,
        };
        if ends_here {
            ends.push(at);
        }
    }
    ends
}
