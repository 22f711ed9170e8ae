//! The first pass over a text: one look finds the words of all patterns, and with them the few patterns that could match.

use super::literals::Literal;
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeMap;

/// Which patterns could match.
#[derive(Debug, Clone)]
pub(crate) struct FirstPass {
    words: AhoCorasick,
    /// By word: the patterns that need it, for which part, and whether it must stand alone on either side.
    uses: Vec<Vec<Use>>,
    /// By pattern: a bit for each part.
    parts: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Use {
    pattern: u32,
    part: u8,
    begins: bool,
    ends: bool,
}

impl FirstPass {
    /// For patterns given by the parts that each needs; one without parts can always match.
    pub fn of(patterns: &[Vec<Vec<Literal>>]) -> Result<Self, aho_corasick::BuildError> {
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
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(words.keys())?;
        Ok(Self { words: automaton, uses: words.into_values().collect(), parts })
    }

    /// The patterns, by number, of which `text` (folded) holds every part.
    pub fn candidates(&self, text: &str) -> Vec<u32> {
        self.chosen(text, |there, parts| there == parts)
    }

    /// The patterns, by number, of which `text` (folded) holds at least half of the parts.
    pub fn nearly(&self, text: &str) -> Vec<u32> {
        self.chosen(text, |there, parts| there != 0 && there.count_ones() * 2 >= parts.count_ones())
    }

    fn chosen(&self, text: &str, choose: fn(u8, u8) -> bool) -> Vec<u32> {
        let mut there = vec![0_u8; self.parts.len()];
        let bytes = text.as_bytes();
        let word = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        for found in self.words.find_overlapping_iter(text) {
            let (before, after) = (word(found.start().checked_sub(1)), word(Some(found.end())));
            for one in self.uses.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                if (!one.begins || !before)
                    && (!one.ends || !after)
                    && let Some(there) = there.get_mut(one.pattern as usize)
                {
                    *there |= one.part;
                }
            }
        }
        let chosen =
            (0_u32..).zip(there.iter().zip(&self.parts)).filter(|(_, (there, parts))| choose(**there, **parts));
        chosen.map(|(pattern, _)| pattern).collect()
    }
}
