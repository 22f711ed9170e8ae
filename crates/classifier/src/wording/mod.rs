//! Patterns over the words of a text: each word is looked up once, the patterns whose rarest word stands there and whose
//! other words stand anywhere are tried, and guards ask whether the text really says it of its writer, now.

mod expression;
mod grammar;
mod guards;
mod part;
mod program;
mod tokens;
mod vocabulary;

pub(crate) use guards::{GUARDS, Guards, Stop};
pub(crate) use part::Part;
pub(crate) use tokens::Layout;

use crate::catalogue::{Indicator, NotWithin, RawGuards};
use domain::NormalText;
use program::Program;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use vocabulary::{SetId, Vocabulary, Word};

/// Matches shown for one indicator in one text; more would say the same.
const MOST_MATCHES: usize = 5;

#[derive(Debug, Clone)]
struct Compiled {
    indicator: usize,
    /// It silences instead of firing.
    silences: bool,
    /// As written, folded, with words in the place of names.
    written: String,
    program: Program,
    says_negation: bool,
}

/// All patterns of the catalogue, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    vocabulary: Vocabulary,
    patterns: Vec<Compiled>,
    /// By word: the patterns of which it is one of the rarest words.
    tried_at: Vec<Vec<u32>>,
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
    looked_up: OnceCell<LookedUp>,
    /// By indicator: where something stands that silences it.
    silencing: RefCell<BTreeMap<usize, Vec<Range<usize>>>>,
}

/// The words of a text, and what could match in it.
struct LookedUp {
    words: Vec<Word>,
    /// Patterns by number, and the word at which each is to be tried; in order.
    candidates: Vec<(u32, u32)>,
    /// By set: whether one of its words is there.
    there: Vec<bool>,
}

impl<'a> Folded<'a> {
    /// The text and its original.
    pub fn of(normal: &'a NormalText, original: &'a str) -> Self {
        Self { normal, original, layout: OnceCell::new(), looked_up: OnceCell::new(), silencing: RefCell::default() }
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
        let (mut bad, mut patterns, mut vocabulary) = (Vec::new(), Vec::new(), Vocabulary::default());
        for (index, indicator) in indicators.iter().enumerate() {
            for (table, wording) in [("wording", &indicator.wording.fires), ("not", &indicator.wording.not)] {
                for (language, sources) in wording {
                    for source in sources {
                        let mut fail = |message: String| {
                            let message = format!("pattern `{source}`: {message}");
                            bad.push(BadPattern { indicator: index, key: format!("{table}.{language}"), message });
                        };
                        let parsed = match grammar::parse(source, words) {
                            Ok(parsed) => parsed,
                            Err(message) => {
                                fail(message);
                                continue;
                            }
                        };
                        let program = Program::of(&parsed.orders(), &mut vocabulary);
                        if program.needs.is_empty() {
                            fail("needs at least one word".to_owned());
                        } else if indicator.status.runs() {
                            let says_negation = guards.says_negation(&parsed.written);
                            let (silences, written) = (table == "not", parsed.written);
                            patterns.push(Compiled { indicator: index, silences, written, program, says_negation });
                        }
                    }
                }
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        vocabulary.finish();
        let tried_at = tried_at(&patterns, &vocabulary);
        let within = indicators.iter().map(|indicator| indicator.wording.not_within).collect();
        let off = indicators.iter().map(|i| i.wording.without_guards.iter().cloned().collect()).collect();
        Ok(Self { vocabulary, patterns, tried_at, within, off, guards })
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
        let looked_up = self.looked_up(text);
        let there = |set: &&SetId| looked_up.there.get(**set as usize) == Some(&true);
        let nearly = self.patterns.iter().filter(|pattern| {
            let needs = &pattern.program.needs;
            let found = needs.iter().filter(there).count();
            !pattern.silences && found > 0 && found * 2 >= needs.len()
        });
        for pattern in nearly {
            if let Some(part) = part::partly(&pattern.written, text.as_str(), text.layout(&self.guards))
                && parts.get(&pattern.indicator).is_none_or(|kept| part.weight() > kept.weight())
            {
                parts.insert(pattern.indicator, part);
            }
        }
        parts
    }

    /// The words of a text and the patterns that could match, found when first somebody asks.
    fn looked_up<'t>(&self, text: &'t Folded<'_>) -> &'t LookedUp {
        text.looked_up.get_or_init(|| {
            let words = self.vocabulary.read(text.as_str());
            let mut there = vec![false; self.vocabulary.sets()];
            let ids = |word: &Word| word.ids().iter().copied().chain(word.pair()).collect::<Vec<_>>();
            for set in words.iter().flat_map(ids).flat_map(|id| self.vocabulary.sets_of(id)) {
                if let Some(there) = there.get_mut(*set as usize) {
                    *there = true;
                }
            }
            let mut candidates = Vec::new();
            for (at, word) in (0_u32..).zip(&words) {
                for pattern in ids(word).into_iter().filter_map(|id| self.tried_at.get(id as usize)).flatten() {
                    let needs = self.patterns.get(*pattern as usize).map(|pattern| &pattern.program.needs);
                    if needs.is_some_and(|needs| needs.iter().all(|set| there.get(*set as usize) == Some(&true))) {
                        candidates.push((*pattern, at));
                    }
                }
            }
            candidates.sort_unstable();
            candidates.dedup();
            LookedUp { words, candidates, there }
        })
    }

    /// The matches of the patterns that `wanted` chooses, with the pattern, in order: ranges of the folded text.
    fn found(&self, text: &Folded<'_>, wanted: impl Fn(&Compiled) -> bool) -> Vec<(&Compiled, Range<usize>)> {
        let LookedUp { words, candidates, .. } = self.looked_up(text);
        let mut all = Vec::new();
        let mut rest = candidates.as_slice();
        while let Some((number, _)) = rest.first() {
            let (these, behind) = rest.split_at(rest.partition_point(|(other, _)| other == number));
            rest = behind;
            let Some(pattern) = self.patterns.get(*number as usize).filter(|pattern| wanted(pattern)) else { continue };
            // Each beginning is tried once, and matches do not overlap.
            let mut next = 0;
            for at in these.iter().map(|(_, at)| *at as usize) {
                for start in next.max((at + 1).saturating_sub(pattern.program.longest))..=at {
                    next = start + 1;
                    let begins = words.get(start).is_some_and(|word| pattern.program.may_begin(&self.vocabulary, word));
                    if begins && let Some(found) = pattern.program.at(&self.vocabulary, words, start) {
                        let first = words.get(found.start).map_or(0, |word| word.range.start);
                        let last = words.get(found.end - 1).map_or(first, |word| word.range.end);
                        all.push((pattern, first..last));
                        next = found.end;
                        break;
                    }
                }
            }
        }
        all
    }

    /// Every match of every pattern, with what silences it.
    fn each_match(&self, text: &Folded<'_>, mut each: impl FnMut(usize, Range<usize>, Option<Stop>)) {
        for (pattern, found) in self.found(text, |pattern| !pattern.silences) {
            let stop = self.stop(pattern.indicator, text, &found, pattern.says_negation);
            each(pattern.indicator, found, stop);
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
        let layout = text.layout(&self.guards);
        let near = match self.within.get(indicator)? {
            NotWithin::Clause => layout.clause_around(found),
            NotWithin::Sentence => layout.sentence_around(found),
            NotWithin::Text => 0..text.as_str().len(),
        };
        // Once a text and indicator: a text that says a thing often asks often.
        let mut silencing = text.silencing.borrow_mut();
        let ranges = silencing.entry(indicator).or_insert_with(|| {
            let own = self.found(text, |own| own.silences && own.indicator == indicator);
            own.into_iter().map(|(_, range)| range).collect()
        });
        let by = ranges.iter().find(|m| m.start < near.end && near.start < m.end)?.clone();
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

    /// The patterns that match `text` although they were left out of what is tried, or the other way about.
    #[cfg(test)]
    pub fn left_out(&self, normal: &NormalText) -> Vec<&str> {
        let text = Folded::of(normal, normal.as_str());
        let words = &self.looked_up(&text).words;
        let tried: BTreeSet<&str> = self.found(&text, |_| true).iter().map(|(p, _)| p.written.as_str()).collect();
        let matches = |p: &Compiled| (0..words.len()).any(|at| p.program.at(&self.vocabulary, words, at).is_some());
        let written = self.patterns.iter().map(|p| (p, p.written.as_str()));
        written.filter(|(p, written)| matches(p) != tried.contains(written)).map(|(_, written)| written).collect()
    }

    /// Every pattern as a regular expression, by indicator (index) and table: for measuring and for oracles.
    pub fn expressions(&self) -> impl Iterator<Item = (usize, &'static str, String)> {
        let table = |silences| if silences { "not" } else { "wording" };
        self.patterns.iter().map(move |p| (p.indicator, table(p.silences), expression::of(&p.written)))
    }
}

/// By word, the patterns that are tried where it stands: those of which it is in the set that says most.
fn tried_at(patterns: &[Compiled], vocabulary: &Vocabulary) -> Vec<Vec<u32>> {
    let mut words_of: Vec<Vec<u32>> = vec![Vec::new(); vocabulary.sets()];
    for word in 0..u32::try_from(vocabulary.len()).unwrap_or(u32::MAX) {
        for set in vocabulary.sets_of(word) {
            if let Some(words) = words_of.get_mut(*set as usize) {
                words.push(word);
            }
        }
    }
    let commonness: Vec<f64> =
        words_of.iter().map(|words| program::commonness(words.iter().filter_map(|id| vocabulary.name(*id)))).collect();
    let mut tried_at = vec![Vec::new(); vocabulary.len()];
    for (number, pattern) in (0_u32..).zip(patterns) {
        let common = |set: &&SetId| commonness.get(**set as usize).copied().unwrap_or(f64::MAX);
        let Some(rarest) = pattern.program.needs.iter().min_by(|one, other| common(one).total_cmp(&common(other)))
        else {
            continue;
        };
        for word in words_of.get(*rarest as usize).into_iter().flatten() {
            if let Some(tried) = tried_at.get_mut(*word as usize) {
                tried.push(number);
            }
        }
    }
    tried_at
}

/// The matches of one pattern, for what is asked rarely.
pub(crate) fn find_all(pattern: &str, text: &str) -> Vec<Range<usize>> {
    let Ok(parsed) = grammar::parse(pattern, &BTreeMap::new()) else { return Vec::new() };
    let mut vocabulary = Vocabulary::default();
    let program = Program::of(&parsed.orders(), &mut vocabulary);
    vocabulary.finish();
    let words = vocabulary.read(text);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < words.len() {
        match program.at(&vocabulary, &words, at) {
            Some(range) => {
                let first = words.get(range.start).map_or(0, |word| word.range.start);
                let last = words.get(range.end - 1).map_or(first, |word| word.range.end);
                found.push(first..last);
                at = range.end;
            }
            None => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str) -> bool {
        let women = "pige(r|rne)?|dame(r|rne)?";
        !find_all(&pattern.replace("{women}", &format!("({women})")), NormalText::fold(text).as_str()).is_empty()
    }

    #[test]
    fn words_inflect_and_keep_their_boundaries() {
        assert!(check("hun er ny", "HUN er  ny her"));
        assert!(!check("hun er ny", "hun er nyttig"));
        assert!(check("vores {women}", "Mød vores damer!"));
        assert!(!check("vores {women}", "vores damefrisør"));
        assert!(check("på ferie", "Paa ferie") && check("på ferie", "pa ferie"));
        assert!(check("100( )?% ægte", "100 % ægte") && check("100( )?% ægte", "100% ægte"));
        assert!(check("don't <2> drive", "dont ever drive") && !check("don't <2> drive", "don't, I drive"));
        assert!(!check("hun ny", "hun. Ny"), "a full stop stands between two sentences");
        let either = "(mangler|brug for) ~3~ penge";
        assert!(check(either, "jeg mangler lidt penge") && check(either, "penge er jeg meget brug for"));
        assert!(!check(either, "penge har jeg. Mangler du?") && !check(either, "mangler du noget, så penge"));
        assert!(!check("vi ~2~ betaler ~2~ rejse*", "vi betaler"));
        assert!(check("vi ~2~ betaler ~2~ rejse*", "rejsen betaler vi"));
    }
}
