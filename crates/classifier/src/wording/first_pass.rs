//! The first pass over a text: one look finds the words of all patterns, and with them the few patterns that could match.
//!
//! Each sentence is cut into words, and for every part that patterns need (`vores`; `piger` or `damer`) there is one bit
//! for each of them: where the part begins. A pattern is a candidate where its rarest part is, and the bits of its parts
//! follow each other as closely as they must.

use super::literals::{Literal, MOST_PARTS, Needs, apostrophe};
use super::trie::Trie;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

/// Which patterns could match.
#[derive(Debug, Clone)]
pub(crate) struct FirstPass {
    /// Words that begin where a word of the text does.
    words: Trie,
    /// Those that may begin inside of one.
    inside: Trie,
    /// By word: the parts that it can begin.
    uses: Vec<Box<[Use]>>,
    /// By part: the patterns of which it is the rarest, by number.
    rarest: Vec<Vec<u32>>,
    /// How many parts there are.
    parts: usize,
    patterns: Vec<Pattern>,
    steps: Vec<Step>,
    /// Patterns that can match anywhere.
    always: Vec<u32>,
}

/// A pattern, by number, and the part of the text in which it could match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub pattern: u32,
    pub within: Range<usize>,
    /// Where a match could begin, in order; `None` where that is not known.
    pub starts: Option<Vec<usize>>,
    /// No match begins behind this place.
    pub last: usize,
}

/// A part that a word can begin, and whether the word must stand alone on either side.
#[derive(Debug, Clone, Copy)]
struct Use {
    part: u32,
    begins: bool,
    ends: bool,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, Default)]
struct Kind {
    /// It is looked for in all of the text, not in each sentence.
    anywhere: bool,
    /// A match may begin with it.
    first: bool,
}

#[derive(Debug, Clone, Copy)]
struct Pattern {
    /// Its parts: a range of [`FirstPass::steps`].
    from: u32,
    to: u32,
    begins: bool,
    any_order: bool,
}

/// A part of a pattern, and how many words further than the one before it begins.
#[derive(Debug, Clone, Copy)]
struct Step {
    part: u32,
    least: u8,
    most: u8,
}

/// Words of one sentence.
type Words = u128;

/// What is noted of a part while a text is looked through.
#[derive(Debug, Clone, Copy, Default)]
struct Noted {
    /// The sentence, counted over all texts.
    sentence: u32,
    /// The last place where it begins: one more than its position in the list of all; 0 for none.
    start: u32,
    /// The words of the sentence in which it begins.
    words: Words,
}

/// What is kept from text to text, so that it is made and cleared once.
#[derive(Debug, Default)]
struct Scratch {
    noted: Vec<Noted>,
    sentence: u32,
    /// Where parts begin that a match may begin with: place, word, and the one before it of the same part.
    starts: Vec<(u32, u32, u32)>,
    /// The parts seen in the sentence, and those that are looked for in all of the text.
    seen: Vec<u32>,
    seen_anywhere: Vec<u32>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A sentence that is looked through.
#[derive(Debug, Clone)]
struct Sentence {
    within: Range<usize>,
    /// Where its words begin.
    words: Vec<usize>,
}

impl FirstPass {
    /// For patterns given by the parts that each needs; one without parts can always match. `crosses` says of each
    /// whether it names a sign that ends a sentence.
    pub fn of(needs: Vec<Needs>, crosses: &[bool]) -> Self {
        let mut known: FxHashMap<(bool, Vec<Literal>), u32> = FxHashMap::default();
        let (mut kinds, mut rarest): (Vec<Kind>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
        let (mut patterns, mut steps, mut always) = (Vec::with_capacity(needs.len()), Vec::new(), Vec::new());
        for (number, needs) in (0_u32..).zip(needs) {
            let anywhere = crosses.get(number as usize) == Some(&true);
            let from = steps.len() as u32;
            if needs.parts.is_empty() {
                always.push(number);
            }
            for (at, need) in needs.parts.into_iter().enumerate() {
                let mut literals = need.literals;
                literals.sort_unstable();
                literals.dedup();
                let part = *known.entry((anywhere, literals)).or_insert_with(|| {
                    kinds.push(Kind { anywhere, first: false });
                    rarest.push(Vec::new());
                    (kinds.len() - 1) as u32
                });
                if let Some(kind) = kinds.get_mut(part as usize) {
                    kind.first |= at == 0 && needs.begins && !needs.any_order;
                }
                if let Some(patterns) = rarest.get_mut(part as usize)
                    && at == needs.rarest
                {
                    patterns.push(number);
                }
                steps.push(Step { part, least: need.least, most: need.most });
            }
            let (to, begins) = (steps.len() as u32, needs.begins && !needs.any_order);
            patterns.push(Pattern { from, to, begins, any_order: needs.any_order });
        }
        let mut uses: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
        for ((_, literals), part) in &known {
            for literal in literals {
                let kind = kinds.get(*part as usize).copied().unwrap_or_default();
                let one = Use { part: *part, begins: literal.begins, ends: literal.ends, kind };
                uses.entry(&literal.text).or_default().push(one);
            }
        }
        // What the parts are numbered by does not matter, but it should be the same each time.
        uses.values_mut().for_each(|uses| uses.sort_unstable_by_key(|one| one.part));
        let words = Trie::of(uses.keys().copied().zip(0..));
        let inside = uses.iter().zip(0..).filter(|((_, uses), _)| uses.iter().any(|one| !one.begins));
        let inside = Trie::of(inside.map(|((word, _), number)| (*word, number)));
        let uses = uses.into_values().map(Vec::into_boxed_slice).collect();
        Self { words, inside, uses, rarest, parts: kinds.len(), patterns, steps, always }
    }

    /// The patterns with each sentence of `text` (folded) that holds every part of them, in order.
    pub fn candidates(&self, text: &str) -> Vec<Candidate> {
        SCRATCH.with_borrow_mut(|scratch| self.find(text, scratch))
    }

    fn find(&self, text: &str, scratch: &mut Scratch) -> Vec<Candidate> {
        let bytes = text.as_bytes();
        scratch.begin(self.parts);
        let ends = sentence_ends(text);
        let all = scratch.next_sentence();
        let whole = || Candidate { pattern: 0, within: 0..text.len(), starts: None, last: text.len() };
        let mut chosen: Vec<Candidate> =
            self.always.iter().map(|pattern| Candidate { pattern: *pattern, ..whole() }).collect();
        let mut sentence = Sentence { within: 0..0, words: Vec::new() };
        for end in ends.into_iter().chain([text.len()]) {
            sentence.within = sentence.within.end..end;
            let here = scratch.next_sentence();
            // Without an apostrophe in it, a word is over where letters and digits are.
            let joined = sentence.cut(bytes);
            let mut word = 0_usize;
            for at in sentence.within.clone() {
                while sentence.words.get(word).is_some_and(|begins| *begins <= at) {
                    word += 1;
                }
                let begins = !is_word(at.checked_sub(1).and_then(|at| bytes.get(at)));
                let trie = if begins { &self.words } else { &self.inside };
                trie.each(bytes, at, |number, to| {
                    let alone = !is_word(bytes.get(to));
                    for one in self.uses.get(number as usize).map_or(&[][..], |uses| uses) {
                        if (begins || !one.begins) && (alone || !one.ends) {
                            let sentence = if one.kind.anywhere { all } else { here };
                            scratch.note(one.part, one.kind, sentence, at, word);
                        }
                    }
                });
            }
            let mut seen = std::mem::take(&mut scratch.seen);
            for pattern in seen.iter().flat_map(|part| self.of_rarest(*part)) {
                chosen.extend(self.candidate(*pattern, &sentence, scratch, here, joined));
            }
            seen.clear();
            scratch.seen = seen;
        }
        let mut seen = std::mem::take(&mut scratch.seen_anywhere);
        for number in seen.iter().flat_map(|part| self.of_rarest(*part)) {
            let Some(pattern) = self.patterns.get(*number as usize) else { continue };
            if self.steps_of(pattern).iter().all(|step| scratch.there(step.part, all).is_some()) {
                let starts = self.steps_of(pattern).first().filter(|_| pattern.begins);
                let starts = starts.map(|step| scratch.starts_of(step.part, all, Words::MAX));
                chosen.push(Candidate { pattern: *number, starts, ..whole() });
            }
        }
        seen.clear();
        scratch.seen_anywhere = seen;
        chosen.sort_unstable_by_key(|one| (one.pattern, one.within.start));
        chosen
    }

    fn of_rarest(&self, part: u32) -> &[u32] {
        self.rarest.get(part as usize).map_or(&[], Vec::as_slice)
    }

    fn steps_of(&self, pattern: &Pattern) -> &[Step] {
        self.steps.get(pattern.from as usize..pattern.to as usize).unwrap_or_default()
    }

    /// The pattern in this sentence, where its parts follow each other.
    fn candidate(
        &self,
        number: u32,
        sentence: &Sentence,
        scratch: &Scratch,
        here: u32,
        joined: bool,
    ) -> Option<Candidate> {
        let pattern = self.patterns.get(number as usize)?;
        let steps = self.steps_of(pattern);
        let within = sentence.within.clone();
        let whole = Candidate { pattern: number, last: within.end, within, starts: None };
        let first = steps.first()?;
        if pattern.any_order || sentence.words.len() > Words::BITS as usize {
            steps.iter().all(|step| scratch.there(step.part, here).is_some()).then_some(())?;
            let starts = pattern.begins.then(|| scratch.starts_of(first.part, here, Words::MAX));
            return Some(Candidate { starts, ..whole });
        }
        // From the first part to the last, and back to where the first can begin.
        let least = |step: &Step| if joined { 0 } else { step.least };
        let mut reached = [0; MOST_PARTS];
        let mut before: Words = 0;
        for (at, (step, reached)) in steps.iter().zip(&mut reached).enumerate() {
            let there = scratch.there(step.part, here)?;
            let near = if at == 0 { Words::MAX } else { further(before << least(step), step.most - least(step)) };
            before = there & near;
            *reached = before;
            if before == 0 {
                return None;
            }
        }
        for (step, reached) in steps.iter().skip(1).zip(&reached).rev() {
            let back = before >> least(step);
            before = reached & earlier(back, step.most - least(step));
        }
        if pattern.begins {
            return Some(Candidate { starts: Some(scratch.starts_of(first.part, here, before)), ..whole });
        }
        // What stands before the first part can be so many words; the signs before them may belong to it too.
        let word = (before.trailing_zeros() as usize).checked_sub(usize::from(first.most) + 1);
        let start = word.and_then(|word| sentence.words.get(word)).copied().unwrap_or(sentence.within.start);
        let behind = Words::BITS as usize - before.leading_zeros() as usize;
        let last = sentence.words.get(behind).copied().unwrap_or(sentence.within.end);
        Some(Candidate { within: start..sentence.within.end, last, ..whole })
    }

    /// The patterns, by number, of which `text` (folded) holds at least half of the parts.
    pub fn nearly(&self, text: &str) -> Vec<u32> {
        let bytes = text.as_bytes();
        let mut there = vec![false; self.parts];
        for at in 0..bytes.len() {
            let begins = !is_word(at.checked_sub(1).and_then(|at| bytes.get(at)));
            let trie = if begins { &self.words } else { &self.inside };
            trie.each(bytes, at, |number, to| {
                let alone = !is_word(bytes.get(to));
                for one in self.uses.get(number as usize).map_or(&[][..], |uses| uses) {
                    if (begins || !one.begins)
                        && (alone || !one.ends)
                        && let Some(there) = there.get_mut(one.part as usize)
                    {
                        *there = true;
                    }
                }
            });
        }
        let near = |pattern: &Pattern| {
            let steps = self.steps_of(pattern);
            let seen = steps.iter().filter(|step| there.get(step.part as usize) == Some(&true)).count();
            seen > 0 && seen * 2 >= steps.len()
        };
        (0_u32..).zip(&self.patterns).filter(|(_, pattern)| near(pattern)).map(|(number, _)| number).collect()
    }
}

impl Scratch {
    fn begin(&mut self, parts: usize) {
        if self.noted.len() < parts {
            self.noted.resize(parts, Noted::default());
        }
        // Long before the numbers of sentences come round again, all of them are forgotten.
        if self.sentence > u32::MAX / 2 {
            self.noted.fill(Noted::default());
            self.sentence = 0;
        }
        self.starts.clear();
        self.seen.clear();
        self.seen_anywhere.clear();
    }

    fn next_sentence(&mut self) -> u32 {
        self.sentence += 1;
        self.sentence
    }

    /// The part begins at a place of the text; `word` is one more than the number of the word that it is in.
    fn note(&mut self, part: u32, kind: Kind, sentence: u32, at: usize, word: usize) {
        let Some(noted) = self.noted.get_mut(part as usize) else { return };
        if noted.sentence != sentence {
            *noted = Noted { sentence, ..Noted::default() };
            let seen = if kind.anywhere { &mut self.seen_anywhere } else { &mut self.seen };
            seen.push(part);
        }
        let word = word.saturating_sub(1).min(Words::BITS as usize - 1) as u32;
        noted.words |= 1 << word;
        if kind.first {
            self.starts.push((at as u32, word, noted.start));
            noted.start = self.starts.len() as u32;
        }
    }

    /// The words in which the part begins.
    fn there(&self, part: u32, sentence: u32) -> Option<Words> {
        self.noted.get(part as usize).filter(|noted| noted.sentence == sentence).map(|noted| noted.words)
    }

    /// The places where the part begins, in order, in one of these words.
    fn starts_of(&self, part: u32, sentence: u32, words: Words) -> Vec<usize> {
        let noted = self.noted.get(part as usize).filter(|noted| noted.sentence == sentence);
        let mut next = noted.map_or(0, |noted| noted.start);
        let mut places = Vec::new();
        while let Some((at, word, before)) = next.checked_sub(1).and_then(|at| self.starts.get(at as usize)) {
            if words >> word & 1 == 1 {
                places.push(*at as usize);
            }
            next = *before;
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

impl Sentence {
    /// Cuts it into words, for which an apostrophe is a letter. Whether one of them holds such a sign.
    fn cut(&mut self, bytes: &[u8]) -> bool {
        self.words.clear();
        let (mut at, mut joined) = (self.within.start, false);
        // Whether a sign stands between the last letter or digit and this place that parts words; whether any does.
        let (mut parted, mut sign) = (true, false);
        while at < self.within.end {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(byte) = rest.first() else { break };
            if byte.is_ascii_alphanumeric() {
                if parted {
                    self.words.push(at);
                }
                joined |= sign && !parted;
                (parted, sign) = (false, false);
                at += 1;
                continue;
            }
            sign = true;
            match apostrophe(rest) {
                0 => {
                    parted = true;
                    at += 1;
                }
                length => at += length,
            }
        }
        joined
    }
}

fn is_word(byte: Option<&u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Each of the words with up to so many behind it.
fn further(words: Words, most: u8) -> Words {
    spread(words, most, |words, by| words << by)
}

/// Each of the words with up to so many before it.
fn earlier(words: Words, most: u8) -> Words {
    spread(words, most, |words, by| words >> by)
}

fn spread(mut words: Words, most: u8, shift: fn(Words, u32) -> Words) -> Words {
    let (most, mut wide) = (u32::from(most).min(Words::BITS - 1), 1);
    while wide <= most {
        let by = wide.min(most + 1 - wide);
        words |= shift(words, by);
        wide += by;
    }
    words
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
