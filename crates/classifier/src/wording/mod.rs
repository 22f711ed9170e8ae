//! Patterns over folded text: one pass finds the words that patterns cannot do without, the patterns that could match
//! are tried, and guards ask whether the text really says it of its writer, now.

mod guards;
mod literals;
mod part;
mod pattern;
mod tokens;

pub(crate) use guards::{GUARDS, Guards, Stop};
pub(crate) use part::Part;
pub(crate) use tokens::Layout;

use crate::catalogue::{Indicator, NotWithin, RawGuards};
use aho_corasick::{AhoCorasick, MatchKind};
use domain::NormalText;
use pattern::CompiledPattern;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Matches shown for one indicator in one text; more would say the same.
const MOST_MATCHES: usize = 5;

#[derive(Debug, Clone)]
struct Compiled {
    indicator: usize,
    pattern: CompiledPattern,
    says_negation: bool,
}

/// All patterns of the catalogue, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    words: AhoCorasick,
    by_word: Vec<Vec<u32>>,
    patterns: Vec<Compiled>,
    silencers: Vec<(NotWithin, Vec<CompiledPattern>)>,
    off: Vec<BTreeSet<String>>,
    guards: Guards,
}

/// A folded text, cut into words when first somebody asks.
pub(crate) struct Folded<'a> {
    normal: &'a NormalText,
    original: &'a str,
    layout: OnceCell<Layout>,
}

impl<'a> Folded<'a> {
    /// The text and its original.
    pub fn of(normal: &'a NormalText, original: &'a str) -> Self {
        Self { normal, original, layout: OnceCell::new() }
    }

    /// The folded text.
    pub fn as_str(&self) -> &'a str {
        self.normal.as_str()
    }

    /// Its words, clauses and sentences.
    pub fn layout(&self, guards: &Guards) -> &Layout {
        self.layout.get_or_init(|| guards.layout(self.normal, self.original))
    }
}

/// A pattern that does not compile.
pub(crate) struct BadPattern {
    pub indicator: usize,
    pub key: String,
    pub message: String,
}

impl Matcher {
    /// Compiles the patterns of all indicators that run.
    pub fn build(
        indicators: &[Indicator],
        words: &BTreeMap<String, String>,
        raw: &RawGuards,
    ) -> Result<Self, Vec<BadPattern>> {
        let guards = Guards::of(raw);
        let (mut bad, mut patterns, mut silencers, mut off) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut by_literal: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (index, indicator) in indicators.iter().enumerate() {
            let mut silence = Vec::new();
            for (table, wording) in [("wording", &indicator.wording.fires), ("not", &indicator.wording.not)] {
                for (language, sources) in wording {
                    for source in sources {
                        let key = format!("{table}.{language}");
                        let mut fail = |message| bad.push(BadPattern { indicator: index, key: key.clone(), message });
                        let compiled = match pattern::compile(source, words) {
                            Ok(compiled) => compiled,
                            Err(message) => {
                                fail(format!("pattern `{source}`: {message}"));
                                continue;
                            }
                        };
                        if table == "not" {
                            silence.push(compiled);
                            continue;
                        }
                        let Some(literals) = literals::required(&compiled.source) else {
                            fail(format!("pattern `{source}` needs at least one word of three letters"));
                            continue;
                        };
                        if indicator.status.runs() {
                            let number = u32::try_from(patterns.len()).unwrap_or(u32::MAX);
                            for literal in literals {
                                by_literal.entry(literal).or_default().push(number);
                            }
                            let says_negation = guards.says_negation(&compiled.source);
                            patterns.push(Compiled { indicator: index, pattern: compiled, says_negation });
                        }
                    }
                }
            }
            silencers.push((indicator.wording.not_within, silence));
            off.push(indicator.wording.without_guards.iter().cloned().collect());
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        let words =
            AhoCorasick::builder().match_kind(MatchKind::Standard).build(by_literal.keys()).map_err(|error| {
                vec![BadPattern { indicator: 0, key: "wording".to_owned(), message: error.to_string() }]
            })?;
        Ok(Self { words, by_word: by_literal.into_values().collect(), patterns, silencers, off, guards })
    }

    /// What matches in `normal` by indicator (index into the catalogue): ranges of the folded text, in order.
    pub fn matches(&self, text: &Folded<'_>) -> BTreeMap<usize, Vec<Range<usize>>> {
        let mut matches: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        self.each_match(text, |indicator, found, stop| {
            if stop.is_none() {
                let ranges = matches.entry(indicator).or_default();
                if ranges.len() < MOST_MATCHES {
                    ranges.push(found);
                }
            }
        });
        for ranges in matches.values_mut() {
            ranges.sort_by_key(|range| (range.start, range.end));
            ranges.dedup_by(|next, kept| next.start < kept.end);
        }
        matches
    }

    /// What matched and was silenced, by indicator, with what silenced it.
    pub fn silenced_matches(&self, text: &Folded<'_>) -> BTreeMap<usize, Vec<(Range<usize>, Stop)>> {
        let mut silenced: BTreeMap<usize, Vec<(Range<usize>, Stop)>> = BTreeMap::new();
        self.each_match(text, |indicator, found, stop| {
            if let Some(stop) = stop {
                silenced.entry(indicator).or_default().push((found, stop));
            }
        });
        silenced
    }

    /// By indicator, the pattern of which the text holds most without matching it: at least half of its words, near
    /// each other.
    pub fn partly_there(&self, text: &Folded<'_>) -> BTreeMap<usize, Part> {
        let candidates = self.candidates(text.as_str());
        let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
        for (pattern, _) in self.patterns.iter().zip(&candidates).filter(|(_, candidate)| **candidate) {
            if let Some(part) = part::partly(&pattern.pattern, text.as_str(), text.layout(&self.guards))
                && parts.get(&pattern.indicator).is_none_or(|kept| part.weight() > kept.weight())
            {
                parts.insert(pattern.indicator, part);
            }
        }
        parts
    }

    /// By pattern: whether the text holds a word that it cannot do without.
    fn candidates(&self, text: &str) -> Vec<bool> {
        let mut candidates = vec![false; self.patterns.len()];
        for found in self.words.find_overlapping_iter(text) {
            for &pattern in self.by_word.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                if let Some(candidate) = candidates.get_mut(pattern as usize) {
                    *candidate = true;
                }
            }
        }
        candidates
    }

    /// Every match of every pattern, with what silences it.
    fn each_match(&self, text: &Folded<'_>, mut each: impl FnMut(usize, Range<usize>, Option<Stop>)) {
        let candidates = self.candidates(text.as_str());
        for (pattern, _) in self.patterns.iter().zip(&candidates).filter(|(_, candidate)| **candidate) {
            for found in pattern.pattern.find_all(text.as_str()) {
                let stop = self.stop(pattern.indicator, text, &found, pattern.says_negation);
                each(pattern.indicator, found, stop);
            }
        }
    }

    /// What silences the match at `found` (folded): one of the indicator's guards or `not` patterns.
    fn stop(&self, indicator: usize, text: &Folded<'_>, found: &Range<usize>, says_negation: bool) -> Option<Stop> {
        let off = self.off.get(indicator);
        self.guards
            .stop(text.layout(&self.guards), found, says_negation, |guard| off.is_none_or(|off| !off.contains(guard)))
            .or_else(|| self.silenced(indicator, text, found))
    }

    /// One of the indicator's `not` patterns that stands near.
    fn silenced(&self, indicator: usize, text: &Folded<'_>, found: &Range<usize>) -> Option<Stop> {
        let (within, regexes) = self.silencers.get(indicator)?;
        let layout = text.layout(&self.guards);
        let text = text.as_str();
        let near = match within {
            NotWithin::Clause => layout.clause_around(found),
            NotWithin::Sentence => layout.sentence_around(found),
            NotWithin::Text => 0..text.len(),
        };
        let by =
            regexes.iter().find_map(|regex| regex.find_all(text).find(|m| m.start < near.end && near.start < m.end))?;
        Some(Stop { guard: "not", by })
    }

    /// The guards, for detectors that look at mentions.
    pub fn guards(&self) -> &Guards {
        &self.guards
    }

    /// What silences the mention at `found` (folded), if anything.
    pub fn stops_mention(&self, indicator: usize, text: &Folded<'_>, found: &Range<usize>) -> Option<Stop> {
        self.stop(indicator, text, found, false)
    }

    /// Every pattern as the expression that runs, by indicator (index) and table: for measuring and for oracles.
    pub fn expressions(&self) -> impl Iterator<Item = (usize, &'static str, &str)> {
        let fires = self.patterns.iter().map(|pattern| (pattern.indicator, "wording", pattern.pattern.source.as_str()));
        let not = self.silencers.iter().enumerate();
        fires.chain(not.flat_map(|(index, (_, not))| not.iter().map(move |n| (index, "not", n.source.as_str()))))
    }
}
