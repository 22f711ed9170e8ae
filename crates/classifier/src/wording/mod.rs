//! Patterns over folded text: one pass finds the words that patterns cannot do without, the patterns that could match
//! are tried, and guards ask whether the text really says it of its writer, now.

mod first_pass;
mod guards;
mod literals;
mod parse;
mod part;
mod pattern;
mod tokens;
mod trie;
mod walk;

pub(crate) use guards::{GUARDS, Guards, Stop};
pub(crate) use part::Part;
pub(crate) use tokens::Layout;

use crate::catalogue::{Indicator, NotWithin, RawGuards};
use domain::NormalText;
use first_pass::{Candidate, FirstPass};
use pattern::{Besides, CompiledPattern};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Matches shown for one indicator in one text; more would say the same.
const MOST_MATCHES: usize = 5;

#[derive(Debug, Clone)]
struct Compiled {
    indicator: usize,
    /// It silences instead of firing.
    silences: bool,
    /// It silences only what it touches.
    touching: bool,
    pattern: CompiledPattern,
    says_negation: bool,
}

/// Places looked at for what a pattern wants said besides: a long text must not be read once for each of its words.
const MOST_LOOKED_AT: usize = 8;

/// All patterns of the catalogue, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    first_pass: FirstPass,
    patterns: Vec<Compiled>,
    /// The position of each indicator.
    ids: BTreeMap<String, usize>,
    /// By indicator.
    within: Vec<NotWithin>,
    /// By indicator: the guards that do not hold.
    off: Vec<BTreeSet<String>>,
    guards: Guards,
}

/// A folded text, cut into words when first somebody asks.
pub(crate) struct Folded<'a> {
    normal: &'a NormalText,
    original: &'a str,
    layout: OnceCell<Layout>,
    candidates: OnceCell<Vec<Candidate>>,
    /// By indicator: where something stands that silences it, and whether only what it touches.
    silencing: RefCell<BTreeMap<usize, Vec<(Range<usize>, bool)>>>,
}

impl<'a> Folded<'a> {
    /// The text and its original.
    pub fn of(normal: &'a NormalText, original: &'a str) -> Self {
        Self { normal, original, layout: OnceCell::new(), candidates: OnceCell::new(), silencing: RefCell::default() }
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

/// The matches of a pattern where it could match.
fn places(pattern: &Compiled, text: &str, candidate: &Candidate) -> Vec<Range<usize>> {
    match &candidate.starts {
        Some(starts) => pattern.pattern.find_at(text, &candidate.within, starts),
        None => pattern.pattern.find_within(text, candidate.within.clone(), candidate.last).collect(),
    }
}

/// A pattern that does not compile.
pub(crate) struct BadPattern {
    pub indicator: usize,
    pub key: String,
    pub message: String,
}

impl Matcher {
    /// Compiles the patterns of all indicators that run. `known` says whether there is an indicator of an id.
    pub fn build(
        indicators: &[Indicator],
        words: &BTreeMap<String, String>,
        raw: &RawGuards,
        known: impl Fn(&str) -> bool,
    ) -> Result<Self, Vec<BadPattern>> {
        let guards = Guards::of(raw);
        let (mut bad, mut patterns, mut parts) = (Vec::new(), Vec::new(), Vec::new());
        let mut shared = walk::Parts::default();
        let words = &pattern::expanded(words);
        for (index, indicator) in indicators.iter().enumerate() {
            for (table, wording) in [("wording", &indicator.wording.fires), ("not", &indicator.wording.not)] {
                for (language, sources) in wording {
                    for source in sources {
                        let mut fail = |message| {
                            bad.push(BadPattern { indicator: index, key: format!("{table}.{language}"), message });
                        };
                        let silences = table == "not";
                        let touching = source.strip_prefix("= ").filter(|_| silences);
                        let written = touching.unwrap_or(source.as_str());
                        let touching = touching.is_some();
                        let (pattern, needs) = match pattern::compile_and_parse(written, words, &mut shared) {
                            Ok(compiled) => compiled,
                            Err(message) => {
                                fail(format!("pattern `{source}`: {message}"));
                                continue;
                            }
                        };
                        if silences && pattern.besides.is_some() {
                            fail(format!("pattern `{source}`: `&&` stands only in patterns that fire"));
                            continue;
                        }
                        if let Some(Besides::Indicator(id)) = &pattern.besides
                            && !known(id)
                        {
                            fail(format!("pattern `{source}`: no indicator `{id}`, so it would never match"));
                            continue;
                        }
                        if needs.parts.is_empty() && !silences {
                            fail(format!("pattern `{source}` needs at least one word"));
                            continue;
                        }
                        if indicator.status.runs() {
                            let says_negation = guards.says_negation(&pattern.folded);
                            patterns.push(Compiled { indicator: index, silences, touching, pattern, says_negation });
                            parts.push(needs);
                        }
                    }
                }
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        // A pattern that names such a sign itself may reach over it.
        let crosses: Vec<bool> = patterns.iter().map(|p| p.pattern.written.contains(['.', ':', '!'])).collect();
        let first_pass = FirstPass::of(parts, &crosses);
        let within = indicators.iter().map(|indicator| indicator.wording.not_within).collect();
        let off = indicators.iter().map(|i| i.wording.without_guards.iter().cloned().collect()).collect();
        let ids = indicators.iter().enumerate().map(|(at, indicator)| (indicator.id.as_str().to_owned(), at)).collect();
        Ok(Self { first_pass, patterns, ids, within, off, guards })
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
        let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
        let nearly = self.first_pass.nearly(text.as_str());
        let nearly = nearly.iter().filter_map(|number| self.patterns.get(*number as usize));
        for pattern in nearly.filter(|pattern| !pattern.silences) {
            if let Some(part) = part::partly(&pattern.pattern, text.as_str(), text.layout(&self.guards))
                && parts.get(&pattern.indicator).is_none_or(|kept| part.weight() > kept.weight())
            {
                parts.insert(pattern.indicator, part);
            }
        }
        parts
    }

    /// The patterns that could match, in order, and where.
    fn candidates<'m>(&'m self, text: &'m Folded<'_>) -> impl Iterator<Item = (&'m Compiled, &'m Candidate)> {
        let candidates = text.candidates.get_or_init(|| self.first_pass.candidates(text.as_str()));
        candidates.iter().filter_map(|one| Some((self.patterns.get(one.pattern as usize)?, one)))
    }

    /// Every match of every pattern, with what silences it.
    fn each_match(&self, text: &Folded<'_>, mut each: impl FnMut(usize, Range<usize>, Option<Stop>)) {
        // Candidates come in order of pattern, and what one wants said besides is looked for once in a text.
        let mut besides: Option<(u32, bool)> = None;
        for (pattern, candidate) in self.candidates(text).filter(|(pattern, _)| !pattern.silences) {
            let all = places(pattern, text.as_str(), candidate);
            if all.is_empty() {
                continue;
            }
            let known = besides.filter(|(number, _)| *number == candidate.pattern).map(|(_, says)| says);
            let says = known.unwrap_or_else(|| self.says_besides(pattern, text));
            besides = Some((candidate.pattern, says));
            if !says {
                continue;
            }
            for found in all {
                let stop = self.stop(pattern.indicator, text, &found, pattern.says_negation);
                each(pattern.indicator, found, stop);
            }
        }
    }

    /// Whether a pattern of that indicator that wants nothing besides stands in the text, and nothing silences it.
    fn says(&self, indicator: usize, text: &Folded<'_>) -> bool {
        let own = |pattern: &Compiled| {
            pattern.indicator == indicator && !pattern.silences && pattern.pattern.besides.is_none()
        };
        self.candidates(text).filter(|(pattern, _)| own(pattern)).any(|(pattern, within)| {
            places(pattern, text.as_str(), within)
                .into_iter()
                .any(|found| self.stop(indicator, text, &found, pattern.says_negation).is_none())
        })
    }

    /// Whether the text says, for itself and now, what the pattern wants said besides.
    fn says_besides(&self, pattern: &Compiled, text: &Folded<'_>) -> bool {
        let besides = match &pattern.pattern.besides {
            None => return true,
            Some(Besides::Said(besides)) => besides,
            Some(Besides::Indicator(id)) => return self.ids.get(id).is_some_and(|other| self.says(*other, text)),
        };
        let says_negation = self.guards.says_negation(&besides.folded);
        let stops = |found: &Range<usize>| {
            self.guards.stop(text.layout(&self.guards), found, says_negation, |guard| guard != "addressed")
        };
        besides.find_all(text.as_str()).take(MOST_LOOKED_AT).any(|found| stops(&found).is_none())
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
        let layout = text.layout(&self.guards);
        let near = match self.within.get(indicator)? {
            NotWithin::Clause => layout.clause_around(found),
            NotWithin::Sentence => layout.sentence_around(found),
            NotWithin::Text => 0..text.as_str().len(),
        };
        // Once a text and indicator: a text that says a thing often asks often.
        let mut silencing = text.silencing.borrow_mut();
        let ranges = silencing.entry(indicator).or_insert_with(|| {
            let own = self.candidates(text).filter(|(own, _)| own.silences && own.indicator == indicator);
            own.flat_map(|(own, within)| places(own, text.as_str(), within).into_iter().map(|at| (at, own.touching)))
                .collect()
        });
        let reaches = |(at, touching): &&(Range<usize>, bool)| {
            let near = if *touching { found } else { &near };
            at.start < near.end && near.start < at.end
        };
        let by = ranges.iter().find(reaches)?.0.clone();
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

    /// The patterns that match `text` although the first pass left them out.
    #[cfg(test)]
    pub fn left_out(&self, normal: &NormalText) -> Vec<&str> {
        let chosen = self.first_pass.candidates(normal.as_str());
        let within = |number: usize| chosen.iter().filter(move |one| one.pattern as usize == number);
        let wrong = self.patterns.iter().enumerate().filter(|(number, p)| {
            let all: Vec<Range<usize>> = p.pattern.find_all(normal.as_str()).collect();
            all != within(*number).flat_map(|one| places(p, normal.as_str(), one)).collect::<Vec<_>>()
        });
        wrong.map(|(_, p)| p.pattern.written.as_str()).collect()
    }

    /// Every pattern as the expression that runs, by indicator (index) and table: for measuring and for oracles.
    pub fn expressions(&self) -> impl Iterator<Item = (usize, &'static str, String)> {
        let table = |silences| if silences { "not" } else { "wording" };
        self.patterns.iter().map(move |p| (p.indicator, table(p.silences), p.pattern.source()))
    }
}
