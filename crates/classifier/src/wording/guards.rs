//! Whether a text really says something of its writer, now: negation, question, reported speech, another person
//! addressed, the past, a warning. All words come from `rules.toml`.

use super::tokens::{Layout, Token};
use crate::catalogue::RawGuards;
use domain::NormalText;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// The names of the guards, as files write them in `without_guards`.
pub(crate) const GUARDS: [&str; 6] = ["negation", "question", "reported", "addressed", "past", "warned"];

/// What silenced a match: the guard (or `not` for a pattern of the file) and the words that it rests on, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stop {
    pub guard: &'static str,
    pub by: Range<usize>,
}

/// The guards with their words.
#[derive(Debug, Clone)]
pub(crate) struct Guards {
    words_before: usize,
    words_after: usize,
    addressing_before: usize,
    negators: HashSet<String>,
    not_negators: Vec<Vec<String>>,
    after: Vec<Vec<String>>,
    follows: HashSet<String>,
    clause_words: HashSet<String>,
    and: HashSet<String>,
    verbs: HashSet<String>,
    question: HashSet<String>,
    reporting: HashSet<String>,
    hearing: HashSet<String>,
    own: HashSet<String>,
    addressing: HashSet<String>,
    relative: HashSet<String>,
    prepositions: HashSet<String>,
    past: Phrases,
    warned: Phrases,
}

fn fold(word: &str) -> String {
    NormalText::fold(word).as_str().to_owned()
}

fn set(words: &[String]) -> HashSet<String> {
    words.iter().map(|word| fold(word)).collect()
}

fn phrases(lines: &[String]) -> Vec<Vec<String>> {
    lines.iter().map(|line| fold(line).split(' ').map(str::to_owned).collect()).collect()
}

/// Phrases by their first word, since most words begin none.
#[derive(Debug, Clone)]
struct Phrases(HashMap<String, Vec<Vec<String>>>);

impl Phrases {
    fn of(lines: &[String]) -> Self {
        let mut by_first: HashMap<String, Vec<Vec<String>>> = HashMap::new();
        for phrase in phrases(lines) {
            by_first.entry(phrase.first().cloned().unwrap_or_default()).or_default().push(phrase);
        }
        Self(by_first)
    }

    /// How many words of a phrase stand from `at` on.
    fn at(&self, layout: &Layout, at: usize, within: impl Fn(&Token) -> bool) -> Option<usize> {
        let first = layout.tokens.get(at)?;
        let said = self.0.get(&first.word)?.iter().find(|phrase| layout.says(phrase, at, &within))?;
        Some(said.len())
    }
}

/// A sentence without an end must not make each match in it cost its whole length.
const FAR: usize = 120;

fn near(words: Range<usize>, inside: &Range<usize>) -> Range<usize> {
    words.start.max(inside.start.saturating_sub(FAR))..words.end.min(inside.end + FAR)
}

impl Guards {
    pub fn of(raw: &RawGuards) -> Self {
        Self {
            words_before: raw.negation_words_before,
            words_after: raw.negation_words_after,
            addressing_before: raw.addressing_words_before,
            negators: set(&raw.negators),
            not_negators: phrases(&raw.not_negators),
            after: phrases(&raw.negation_after),
            follows: set(&raw.negators_following),
            clause_words: set(&raw.clause_words),
            and: set(&raw.and),
            verbs: set(&raw.verbs_and_pronouns),
            question: set(&raw.question_words),
            reporting: set(&raw.reporting),
            hearing: set(&raw.hearing),
            own: set(&raw.own),
            addressing: set(&raw.addressing),
            relative: set(&raw.relative),
            prepositions: set(&raw.prepositions),
            past: Phrases::of(&raw.past),
            warned: Phrases::of(&raw.warned),
        }
    }

    /// Words, clauses and sentences of a text.
    pub fn layout(&self, normal: &NormalText, original: &str) -> Layout {
        Layout::of(normal, original, |word| self.clause_words.contains(word))
    }

    /// Whether a pattern names a negator itself (`taler ikke dansk`), so that one inside the match is meant.
    pub fn says_negation(&self, pattern: &str) -> bool {
        pattern.split(|c: char| !c.is_ascii_alphabetic()).any(|word| self.negators.contains(word))
    }

    /// Whether a word is a negator. `check` takes these out of counter-examples.
    pub fn is_negator(&self, word: &str) -> bool {
        self.negators.contains(word)
    }

    /// Whether a word introduces what somebody else said.
    pub fn is_reporting(&self, word: &str) -> bool {
        self.reporting.contains(word) || self.hearing.contains(word)
    }

    /// The first of the guards for which `on` is true that silences the match at `found`.
    pub fn stop(
        &self,
        layout: &Layout,
        found: &Range<usize>,
        says_negation: bool,
        on: impl Fn(&str) -> bool,
    ) -> Option<Stop> {
        let inside = layout.tokens_in(found);
        let by = |guard: &'static str, stopped: &dyn Fn() -> Option<Range<usize>>| {
            if on(guard) { stopped().map(|tokens| Stop { guard, by: layout.words(&tokens, found) }) } else { None }
        };
        by("negation", &|| self.negated(layout, &inside, says_negation))
            .or_else(|| by("question", &|| self.asked(layout, &inside)))
            .or_else(|| by("reported", &|| self.reported(layout, &inside, found)))
            .or_else(|| by("addressed", &|| self.addressed(layout, &inside)))
            .or_else(|| by("past", &|| self.past(layout, &inside)))
            .or_else(|| by("warned", &|| self.warned(layout, &inside)))
    }

    /// "Ikke kun" denies nothing, unless the match itself begins with its "kun".
    fn negates(&self, tokens: &[Token], at: usize, match_start: usize) -> bool {
        let is = |at: usize, word: &String| tokens.get(at).is_some_and(|token| token.word == *word);
        tokens.get(at).is_some_and(|token| self.negators.contains(&token.word))
            && !self.not_negators.iter().any(|phrase| {
                phrase.iter().enumerate().any(|(offset, word)| {
                    at >= offset
                        && at - offset + phrase.len() <= match_start.max(at + 1)
                        && is(at, word)
                        && phrase.iter().enumerate().all(|(i, word)| is(at - offset + i, word))
                })
            })
    }

    // Each guard returns the tokens that it rests on.

    fn negated(&self, layout: &Layout, inside: &Range<usize>, says_negation: bool) -> Option<Range<usize>> {
        let tokens = &layout.tokens;
        let first = tokens.get(inside.start)?;
        for at in (inside.start.saturating_sub(self.words_before)..inside.start).rev() {
            let Some(token) = tokens.get(at) else { break };
            // "ryger ikke og bor her": a verb after the conjunction begins what is no longer negated.
            let new_clause = self.and.contains(&token.word)
                && tokens.get(at + 1).is_some_and(|next| self.verbs.contains(&next.word));
            if token.clause != first.clause || new_clause {
                break;
            }
            if self.negates(tokens, at, inside.start) {
                return Some(at..at + 1);
            }
        }
        if !says_negation && let Some(at) = inside.clone().find(|at| self.negates(tokens, *at, inside.end)) {
            return Some(at..at + 1);
        }
        // "Hun er ikke her": the word after the match.
        if tokens.get(inside.end).is_some_and(|next| next.clause == first.clause && self.follows.contains(&next.word))
            && self.negates(tokens, inside.end, usize::MAX)
        {
            return Some(inside.end..inside.end + 1);
        }
        let sentence = first.sentence;
        (inside.end..inside.end + self.words_after).find_map(|start| {
            let said = self.after.iter().find(|phrase| layout.says(phrase, start, |t| t.sentence == sentence))?;
            Some(start..start + said.len())
        })
    }

    fn asked(&self, layout: &Layout, inside: &Range<usize>) -> Option<Range<usize>> {
        let token = layout.tokens.get(inside.start)?;
        if !layout.asks.get(token.sentence).copied().unwrap_or(false) {
            return None;
        }
        let sentence = layout.sentence(token.sentence);
        let opens = layout.tokens.get(sentence.start).is_some_and(|word| self.question.contains(&word.word));
        let last = sentence.end.saturating_sub(1);
        let in_last = layout.tokens.get(last).is_some_and(|last| last.clause == token.clause);
        (opens || in_last).then_some(if opens { sentence.start..sentence.start + 1 } else { last..last + 1 })
    }

    fn reported(&self, layout: &Layout, inside: &Range<usize>, found: &Range<usize>) -> Option<Range<usize>> {
        let token = layout.tokens.get(inside.start)?;
        let quoted = layout.quotes.iter().any(|quote| quote.start <= found.start && found.end <= quote.end);
        let reports = |at: &usize| {
            let own = |at: Option<usize>| {
                at.and_then(|at| layout.tokens.get(at)).is_some_and(|word| self.own.contains(&word.word))
            };
            layout.tokens.get(*at).is_some_and(|word| self.reporting.contains(&word.word))
                && !own(at.checked_sub(1))
                && !own(Some(at + 1))
        };
        let sentence = near(layout.sentence(token.sentence), inside);
        let hears = |at: &usize| layout.tokens.get(*at).is_some_and(|word| self.hearing.contains(&word.word));
        let before = (sentence.start..inside.start).find(|at| hears(at) || reports(at));
        let at = before.or_else(|| if quoted { (inside.end..sentence.end).find(reports) } else { None })?;
        Some(at..at + 1)
    }

    fn addressed(&self, layout: &Layout, inside: &Range<usize>) -> Option<Range<usize>> {
        let first = layout.tokens.get(inside.start)?;
        let addresses = |at: &usize, clause: usize| {
            let token = layout.tokens.get(*at);
            token.is_some_and(|token| token.clause == clause && self.addressing.contains(&token.word))
        };
        // "For you": the words are not about the reader.
        let governed = |at: usize| {
            let before = at.checked_sub(1).and_then(|at| layout.tokens.get(at));
            before.is_some_and(|word| self.prepositions.contains(&word.word))
        };
        let mut near = inside.start.saturating_sub(self.addressing_before)..inside.start;
        if let Some(at) = near.find(|at| addresses(at, first.clause) && !governed(*at)) {
            return Some(at..at + 1);
        }
        // "Kunder, der ikke taler dansk": a relative clause speaks of who stands before it.
        let opening = layout.tokens.partition_point(|token| token.clause < first.clause);
        let opens = layout.tokens.get(opening).filter(|word| self.relative.contains(&word.word))?;
        let spoken_of = opening.checked_sub(1).and_then(|at| layout.tokens.get(at))?;
        if spoken_of.sentence != opens.sentence {
            return None;
        }
        let at =
            (opening.saturating_sub(self.addressing_before)..opening).find(|at| addresses(at, spoken_of.clause))?;
        Some(at..at + 1)
    }

    fn past(&self, layout: &Layout, inside: &Range<usize>) -> Option<Range<usize>> {
        let first = layout.tokens.get(inside.start)?;
        let start = layout.tokens.partition_point(|token| token.clause < first.clause);
        near(start..inside.end, inside).find_map(|from| {
            let words = self.past.at(layout, from, |t| t.clause == first.clause)?;
            Some(from..from + words)
        })
    }

    /// A sentence that warns of something, or says what to do about it, says nothing of its writer.
    fn warned(&self, layout: &Layout, inside: &Range<usize>) -> Option<Range<usize>> {
        let token = layout.tokens.get(inside.start)?;
        near(layout.sentence(token.sentence), inside).find_map(|from| {
            let words = self.warned.at(layout, from, |t| t.sentence == token.sentence)?;
            let outside = from >= inside.end || from + words <= inside.start;
            outside.then_some(from..from + words)
        })
    }
}
