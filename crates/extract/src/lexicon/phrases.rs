//! Short phrases found forwards from their first word or backwards from their last.

use crate::tokens::{Kind, Tokens};
use rustc_hash::FxHashMap;

/// Phrases with a value each, indexed by one of their ends. Symbols between their words do not matter.
pub(crate) struct Phrases<V> {
    by_end: FxHashMap<String, Vec<(Vec<String>, V)>>,
}

impl<V> Default for Phrases<V> {
    fn default() -> Self {
        Self { by_end: FxHashMap::default() }
    }
}

impl<V: Clone> Phrases<V> {
    /// Adds the words of a phrase, to be found from its first word.
    pub(crate) fn add_forward(&mut self, mut words: Vec<String>, value: V) {
        if words.is_empty() {
            return;
        }
        let first = words.remove(0);
        self.insert(first, words, value);
    }

    /// Adds the words of a phrase, to be found from its last word.
    pub(crate) fn add_backward(&mut self, mut words: Vec<String>, value: V) {
        words.reverse();
        self.add_forward(words, value);
    }

    fn insert(&mut self, end: String, rest: Vec<String>, value: V) {
        let phrases = self.by_end.entry(end).or_default();
        phrases.push((rest, value));
        phrases.sort_by_key(|(rest, _)| std::cmp::Reverse(rest.len()));
    }

    /// The longest phrase that begins at token `at`: the index behind it, and its value.
    pub(crate) fn forward(&self, tokens: &Tokens<'_>, at: usize) -> Option<(usize, V)> {
        let phrases = self.by_end.get(tokens.text(at))?;
        phrases.iter().find_map(|(rest, value)| {
            let mut next = at;
            for word in rest {
                next = tokens.next_word(next)?;
                if tokens.text(next) != word {
                    return None;
                }
            }
            Some((next + 1, value.clone()))
        })
    }

    /// The longest phrase that ends at token `at`: the index of its first token, and its value.
    pub(crate) fn backward(&self, tokens: &Tokens<'_>, at: usize) -> Option<(usize, V)> {
        let phrases = self.by_end.get(tokens.text(at))?;
        phrases.iter().find_map(|(rest, value)| {
            let mut previous = at;
            for word in rest {
                previous = tokens.previous_word(previous)?;
                if tokens.text(previous) != word {
                    return None;
                }
            }
            Some((previous, value.clone()))
        })
    }
}

impl Tokens<'_> {
    /// The next word or number behind `at` on the same line, past at most two symbols.
    pub(crate) fn next_word(&self, at: usize) -> Option<usize> {
        (at + 1..(at + 4).min(self.len())).take_while(|&i| !self[i].line_before).find(|&i| self[i].kind != Kind::Symbol)
    }

    /// The word or number before `at` on the same line, past at most two symbols.
    pub(crate) fn previous_word(&self, at: usize) -> Option<usize> {
        let mut i = at;
        while i > 0 && at - i < 3 && !self[i].line_before {
            i -= 1;
            if self[i].kind != Kind::Symbol {
                return Some(i);
            }
        }
        None
    }
}
