//! Whether a text really says something of its writer, now: negation, question, reported speech, another person
//! addressed, the past. All words come from `rules.toml`.

use super::tokens::{Layout, Token};
use crate::catalogue::RawGuards;
use domain::NormalText;
use std::collections::HashSet;
use std::ops::Range;

/// The names of the guards, as files write them in `without_guards`.
pub(crate) const GUARDS: [&str; 5] = ["negation", "question", "reported", "addressed", "past"];

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
    own: HashSet<String>,
    addressing: HashSet<String>,
    past: Vec<Vec<String>>,
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
            own: set(&raw.own),
            addressing: set(&raw.addressing),
            past: phrases(&raw.past),
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

    /// Whether one of the guards for which `on` is true silences the match at `found`.
    pub fn stop(&self, layout: &Layout, found: &Range<usize>, says_negation: bool, on: impl Fn(&str) -> bool) -> bool {
        let inside = layout.tokens_in(found);
        (on("negation") && self.negated(layout, &inside, says_negation))
            || (on("question") && self.asked(layout, &inside))
            || (on("reported") && self.reported(layout, &inside, found))
            || (on("addressed") && self.addressed(layout, &inside))
            || (on("past") && self.past(layout, &inside))
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

    fn negated(&self, layout: &Layout, inside: &Range<usize>, says_negation: bool) -> bool {
        let tokens = &layout.tokens;
        let Some(first) = tokens.get(inside.start) else { return false };
        for at in (inside.start.saturating_sub(self.words_before)..inside.start).rev() {
            let Some(token) = tokens.get(at) else { break };
            // "ryger ikke og bor her": a verb after the conjunction begins what is no longer negated.
            let new_clause = self.and.contains(&token.word)
                && tokens.get(at + 1).is_some_and(|next| self.verbs.contains(&next.word));
            if token.clause != first.clause || new_clause {
                break;
            }
            if self.negates(tokens, at, inside.start) {
                return true;
            }
        }
        if !says_negation && inside.clone().any(|at| self.negates(tokens, at, inside.end)) {
            return true;
        }
        // "Hun er ikke her": the word after the match.
        if tokens.get(inside.end).is_some_and(|next| next.clause == first.clause && self.follows.contains(&next.word))
            && self.negates(tokens, inside.end, usize::MAX)
        {
            return true;
        }
        let sentence = first.sentence;
        let after = |at: usize, word: &String| {
            tokens.get(at).is_some_and(|token| token.sentence == sentence && token.word == *word)
        };
        self.after.iter().any(|phrase| {
            (inside.end..inside.end + self.words_after)
                .any(|start| phrase.iter().enumerate().all(|(i, word)| after(start + i, word)))
        })
    }

    fn asked(&self, layout: &Layout, inside: &Range<usize>) -> bool {
        let Some(token) = layout.tokens.get(inside.start) else { return false };
        if !layout.asks.get(token.sentence).copied().unwrap_or(false) {
            return false;
        }
        let start = layout.tokens.partition_point(|other| other.sentence < token.sentence);
        let end = layout.tokens.partition_point(|other| other.sentence <= token.sentence);
        let opens = layout.tokens.get(start).is_some_and(|word| self.question.contains(&word.word));
        let in_last = layout.tokens.get(end.saturating_sub(1)).is_some_and(|last| last.clause == token.clause);
        opens || in_last
    }

    fn reported(&self, layout: &Layout, inside: &Range<usize>, found: &Range<usize>) -> bool {
        let Some(token) = layout.tokens.get(inside.start) else { return false };
        let quoted = layout.quotes.iter().any(|quote| quote.start <= found.start && found.end <= quote.end);
        let reports = |at: usize| {
            let own = |at: Option<usize>| {
                at.and_then(|at| layout.tokens.get(at)).is_some_and(|word| self.own.contains(&word.word))
            };
            layout
                .tokens
                .get(at)
                .is_some_and(|word| word.sentence == token.sentence && self.reporting.contains(&word.word))
                && !own(at.checked_sub(1))
                && !own(Some(at + 1))
        };
        let start = layout.tokens.partition_point(|other| other.sentence < token.sentence);
        let end = layout.tokens.partition_point(|other| other.sentence <= token.sentence);
        (start..inside.start).any(reports) || (quoted && (inside.end..end).any(reports))
    }

    fn addressed(&self, layout: &Layout, inside: &Range<usize>) -> bool {
        let Some(first) = layout.tokens.get(inside.start) else { return false };
        (inside.start.saturating_sub(self.addressing_before)..inside.start)
            .filter_map(|at| layout.tokens.get(at))
            .any(|token| token.clause == first.clause && self.addressing.contains(&token.word))
    }

    fn past(&self, layout: &Layout, inside: &Range<usize>) -> bool {
        let Some(first) = layout.tokens.get(inside.start) else { return false };
        let start = layout.tokens.partition_point(|token| token.clause < first.clause);
        let is = |at: usize, word: &String| {
            layout.tokens.get(at).is_some_and(|token| token.clause == first.clause && token.word == *word)
        };
        (start..inside.end)
            .any(|from| self.past.iter().any(|phrase| phrase.iter().enumerate().all(|(i, word)| is(from + i, word))))
    }
}
