//! The tokens of a cleaned text: words, numbers and symbols, each with what the lexicon knows of it.

use crate::lexicon::{Lexicon, Word};
use crate::normal::{self, Clean};
use domain::NormalText;
use std::ops::Index;

/// What a token is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Letters.
    Word,
    /// Digits.
    Number,
    /// One other character.
    Symbol,
}

/// A word, a number or a symbol.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Its only character, for a symbol; else the first.
    pub(crate) first: char,
    /// In the cleaned characters.
    pub(crate) clean: (u32, u32),
    /// In the normal text.
    pub(crate) normal: (u32, u32),
    /// In the original.
    pub(crate) start: usize,
    /// In the original.
    pub(crate) end: usize,
    /// White space stands before it.
    pub(crate) space_before: bool,
    /// A line break stands before it.
    pub(crate) line_before: bool,
    /// Three or more blanks stand before it.
    pub(crate) wide_before: bool,
    /// Begins with a capital letter.
    pub(crate) capital: bool,
    /// Two or more letters, all capital.
    pub(crate) upper: bool,
    /// Written as something else.
    pub(crate) exotic: bool,
    /// What the lexicon knows.
    pub(crate) word: Word,
}

/// A text with its tokens.
pub(crate) struct Tokens<'a> {
    pub(crate) original: &'a str,
    pub(crate) normal: NormalText,
    pub(crate) chars: Vec<Clean>,
    list: Vec<Token>,
}

impl Index<usize> for Tokens<'_> {
    type Output = Token;
    fn index(&self, at: usize) -> &Token {
        &self.list[at]
    }
}

impl<'a> Tokens<'a> {
    /// Cleans, folds and splits a text.
    pub(crate) fn of(original: &'a str, lexicon: &Lexicon) -> Self {
        let chars = normal::cleaned(original);
        let (normal, offsets) = normal::folded(&chars);
        let mut list = Vec::with_capacity(chars.len() / 4);
        let (mut at, mut space, mut line, mut blanks) = (0, false, true, 0usize);
        while at < chars.len() {
            let first = chars[at].c;
            if first.is_whitespace() {
                space = true;
                line |= matches!(first, '\n' | '\r' | '\u{2028}');
                blanks += 1;
                at += 1;
                continue;
            }
            let kind = kind(first);
            let mut end = at + 1;
            while kind != Kind::Symbol && chars.get(end).is_some_and(|clean| self::kind(clean.c) == kind) {
                end += 1;
            }
            let letters = &chars[at..end];
            let (from, to) = (offsets[at], offsets[end]);
            let word = if kind == Kind::Symbol {
                Word::default()
            } else {
                lexicon.word(&normal.as_str()[from as usize..to as usize])
            };
            list.push(Token {
                kind,
                first,
                clean: (at as u32, end as u32),
                normal: (from, to),
                start: chars[at].start as usize,
                end: letters.iter().map(|clean| clean.end).max().unwrap_or(chars[at].end) as usize,
                space_before: space,
                line_before: line,
                wide_before: blanks > 2,
                capital: first.is_uppercase(),
                upper: letters.len() > 1 && letters.iter().all(|clean| clean.c.is_uppercase()),
                exotic: letters.iter().any(|clean| clean.exotic),
                word,
            });
            (space, line, blanks) = (false, false, 0);
            at = end;
        }
        Self { original, normal, chars, list }
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The token at `at`, if there is one.
    pub(crate) fn get(&self, at: usize) -> Option<&Token> {
        self.list.get(at)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Token> {
        self.list.iter()
    }

    /// The tokens that overlap `range` of the original: the first, and the one behind the last.
    pub(crate) fn of_original(&self, range: &std::ops::Range<usize>) -> (usize, usize) {
        let from = self.list.partition_point(|token| token.end <= range.start);
        let to = self.list.partition_point(|token| token.start < range.end);
        (from, to.max(from))
    }

    /// Its folded text.
    pub(crate) fn text(&self, at: usize) -> &str {
        let (from, to) = self.list[at].normal;
        &self.normal.as_str()[from as usize..to as usize]
    }

    /// Its cleaned text with its case.
    pub(crate) fn spelled(&self, at: usize) -> String {
        self.spelled_range(at, at + 1)
    }

    /// The cleaned text of tokens `from..to` with its case and single blanks.
    pub(crate) fn spelled_range(&self, from: usize, to: usize) -> String {
        let mut text = String::new();
        for token in &self.list[from..to] {
            if token.space_before && !text.is_empty() {
                text.push(' ');
            }
            text.extend(self.chars[token.clean.0 as usize..token.clean.1 as usize].iter().map(|clean| clean.c));
        }
        text
    }

    /// Whether the token at `at` is this symbol.
    pub(crate) fn is(&self, at: usize, symbol: char) -> bool {
        self.get(at).is_some_and(|token| token.kind == Kind::Symbol && token.first == symbol)
    }

    /// Whether a symbol at `at` is one of these.
    pub(crate) fn is_any(&self, at: usize, symbols: &[char]) -> bool {
        self.get(at).is_some_and(|token| token.kind == Kind::Symbol && symbols.contains(&token.first))
    }

    /// The digits of a number token as a value, if it is a number of nine digits or fewer.
    pub(crate) fn number(&self, at: usize) -> Option<u32> {
        let token = self.get(at)?;
        if token.kind != Kind::Number || token.normal.1 - token.normal.0 > 9 {
            return None;
        }
        self.text(at).parse().ok()
    }

    /// How many digits a number token has; 0 for others.
    pub(crate) fn digits(&self, at: usize) -> usize {
        self.get(at).filter(|token| token.kind == Kind::Number).map_or(0, |t| (t.normal.1 - t.normal.0) as usize)
    }

    /// Whether the token begins a sentence or line.
    pub(crate) fn starts_sentence(&self, at: usize) -> bool {
        let token = &self.list[at];
        if token.line_before || at == 0 {
            return true;
        }
        let before = &self.list[at - 1];
        before.kind == Kind::Symbol && !matches!(before.first, ',' | '-' | '/' | '\'' | '&' | '(' | '–' | '+' | '"')
    }
}

fn kind(c: char) -> Kind {
    if c.is_ascii_digit() {
        Kind::Number
    } else if c.is_alphabetic() || matches!(c, '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}') {
        Kind::Word
    } else {
        Kind::Symbol
    }
}
