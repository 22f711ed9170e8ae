//! Patterns over folded text: one pass finds the words that patterns cannot do without, the patterns that could match
//! are tried, and guards ask whether the text really says it of its writer, now.

mod guards;
mod literals;
mod pattern;
mod tokens;

pub(crate) use guards::{GUARDS, Guards};
pub(crate) use tokens::Layout;

use crate::catalogue::{Indicator, NotWithin, RawGuards};
use aho_corasick::{AhoCorasick, MatchKind};
use domain::NormalText;
use pattern::CompiledPattern;
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
    pub fn matches(&self, normal: &NormalText, original: &str) -> BTreeMap<usize, Vec<Range<usize>>> {
        let text = normal.as_str();
        let mut candidates = vec![false; self.patterns.len()];
        for found in self.words.find_overlapping_iter(text) {
            for &pattern in self.by_word.get(found.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                if let Some(candidate) = candidates.get_mut(pattern as usize) {
                    *candidate = true;
                }
            }
        }
        let mut layout: Option<Layout> = None;
        let mut matches: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for (pattern, _) in self.patterns.iter().zip(&candidates).filter(|(_, candidate)| **candidate) {
            for found in pattern.pattern.find_all(text) {
                let layout = layout.get_or_insert_with(|| self.guards.layout(normal, original));
                let off = self.off.get(pattern.indicator);
                let stopped = self
                    .guards
                    .stop(layout, &found, pattern.says_negation, |guard| off.is_none_or(|off| !off.contains(guard)));
                if !stopped && !self.silenced(pattern.indicator, text, layout, &found) {
                    let ranges = matches.entry(pattern.indicator).or_default();
                    if ranges.len() < MOST_MATCHES {
                        ranges.push(found);
                    }
                }
            }
        }
        for ranges in matches.values_mut() {
            ranges.sort_by_key(|range| (range.start, range.end));
            ranges.dedup_by(|next, kept| next.start < kept.end);
        }
        matches
    }

    /// Whether one of the indicator's `not` patterns stands near.
    fn silenced(&self, indicator: usize, text: &str, layout: &Layout, found: &Range<usize>) -> bool {
        let Some((within, regexes)) = self.silencers.get(indicator) else { return false };
        let near = match within {
            NotWithin::Clause => layout.clause_around(found),
            NotWithin::Sentence => layout.sentence_around(found),
            NotWithin::Text => 0..text.len(),
        };
        regexes.iter().any(|regex| regex.find_all(text).any(|m| m.start < near.end && near.start < m.end))
    }

    /// The guards, for detectors that look at mentions.
    pub fn guards(&self) -> &Guards {
        &self.guards
    }

    /// Whether a guard holds for the mention at `found` (folded), with `not` patterns of `indicator`.
    pub fn stops_mention(&self, indicator: usize, text: &str, layout: &Layout, found: &Range<usize>) -> bool {
        let off = self.off.get(indicator);
        self.guards.stop(layout, found, false, |guard| off.is_none_or(|off| !off.contains(guard)))
            || self.silenced(indicator, text, layout, found)
    }
}
