//! The first pass over a text: one look finds the words of all patterns, and with them the few patterns that could match.

use super::literals::Needs;
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
    /// By pattern: whether it is known with which words a match begins.
    begins_known: Vec<bool>,
    /// By pattern: whether a match may reach over the end of a sentence.
    crosses: Vec<bool>,
}

/// A pattern, by number, and the part of the text in which it could match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub pattern: u32,
    pub within: Range<usize>,
    /// Where a match could begin, in order; `None` where that is not known.
    pub starts: Option<Vec<usize>>,
}

#[derive(Debug, Clone, Copy)]
struct Use {
    pattern: u32,
    part: u8,
    begins: bool,
    ends: bool,
    /// Every match begins with a word of this part.
    first: bool,
}

/// What is noted of a pattern while a text is looked through.
#[derive(Clone, Copy)]
struct Noted {
    sentence: u32,
    /// The parts seen in that sentence.
    parts: u8,
    /// The last place where a match could begin: one more than its position in the list of all; 0 for none.
    start: u32,
    /// The candidate that it became, by number.
    candidate: u32,
}

const NOTHING: Noted = Noted { sentence: u32::MAX, parts: 0, start: 0, candidate: u32::MAX };

impl FirstPass {
    /// For patterns given by the parts that each needs; one without parts can always match. `crosses` says of each
    /// whether it names a sign that ends a sentence.
    pub fn of(patterns: &[Needs], crosses: Vec<bool>) -> Result<Self, aho_corasick::BuildError> {
        let mut words: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
        let mut parts = Vec::with_capacity(patterns.len());
        let mut begins_known = Vec::with_capacity(patterns.len());
        for (pattern, needs) in (0_u32..).zip(patterns) {
            let mut all = 0_u8;
            for (bit, set) in (0_u32..8).zip(&needs.parts) {
                let part = 1_u8 << bit;
                all |= part;
                let first = needs.first == Some(bit as usize);
                for literal in set {
                    let (begins, ends) = (literal.begins, literal.ends);
                    words.entry(&literal.text).or_default().push(Use { pattern, part, begins, ends, first });
                }
            }
            parts.push(all);
            begins_known.push(needs.first.is_some());
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.keys())?;
        Ok(Self { words: automaton, uses: words.into_values().collect(), parts, begins_known, crosses })
    }

    /// The patterns with each sentence of `text` (folded) that holds every part of them, in order.
    pub fn candidates(&self, text: &str) -> Vec<Candidate> {
        let ends = sentence_ends(text);
        let start_of = |sentence: u32| sentence.checked_sub(1).and_then(|s| ends.get(s as usize)).map_or(0, |end| *end);
        let end_of = |sentence: u32| ends.get(sentence as usize).copied().unwrap_or(text.len());
        // By pattern: what is noted of the sentence that was looked at last.
        let mut noted = vec![NOTHING; self.parts.len()];
        // Where matches could begin, each with the one before it of the same pattern and sentence.
        let mut starts: Vec<(u32, u32)> = Vec::new();
        let whole = |pattern| (Candidate { pattern, within: 0..text.len(), starts: None }, 0);
        let mut chosen: Vec<(Candidate, u32)> =
            (0_u32..).zip(&self.parts).filter(|(_, all)| **all == 0).map(|(pattern, _)| whole(pattern)).collect();
        let (mut sentence, mut end) = (0_u32, ends.first().copied().unwrap_or(usize::MAX));
        self.each(text, |one, found| {
            while found.end > end {
                sentence += 1;
                end = ends.get(sentence as usize).copied().unwrap_or(usize::MAX);
            }
            let pattern = one.pattern as usize;
            let (Some(noted), Some(all)) = (noted.get_mut(pattern), self.parts.get(pattern)) else { return };
            let crosses = self.crosses.get(pattern) == Some(&true);
            let here = if crosses { 0 } else { sentence };
            if noted.sentence != here {
                *noted = Noted { sentence: here, ..NOTHING };
            }
            if one.first {
                starts.push((found.start as u32, noted.start));
                noted.start = starts.len() as u32;
                if let Some((_, start)) = chosen.get_mut(noted.candidate as usize) {
                    *start = noted.start;
                }
            }
            if noted.parts != *all {
                noted.parts |= one.part;
                if noted.parts == *all {
                    let within = if crosses { 0..text.len() } else { start_of(here)..end_of(here) };
                    noted.candidate = chosen.len() as u32;
                    chosen.push((Candidate { pattern: one.pattern, within, starts: None }, noted.start));
                }
            }
        });
        let mut candidates: Vec<Candidate> = chosen
            .into_iter()
            .map(|(mut one, mut start)| {
                if self.begins_known.get(one.pattern as usize) == Some(&true) {
                    let mut places = Vec::new();
                    while let Some((place, before)) = start.checked_sub(1).and_then(|at| starts.get(at as usize)) {
                        places.push(*place as usize);
                        start = *before;
                    }
                    places.sort_unstable();
                    places.dedup();
                    one.starts = Some(places);
                }
                one
            })
            .collect();
        candidates.sort_unstable_by_key(|one| (one.pattern, one.within.start));
        candidates
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

    /// Every use of every word that stands in `text`, with where it stands; in the order of the words' ends.
    fn each(&self, text: &str, mut each: impl FnMut(&Use, Range<usize>)) {
        let bytes = text.as_bytes();
        let word = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        for found in self.words.find_overlapping_iter(text) {
            let (before, after) = (word(found.start().checked_sub(1)), word(Some(found.end())));
            for one in self.uses.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                if (!one.begins || !before) && (!one.ends || !after) {
                    each(one, found.range());
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
