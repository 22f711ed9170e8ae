//! Runs of digits and number words that could be a number, and `@names`, whether read as a mention or not.

use crate::claim::{Claim, Claims};
use crate::lexicon::{Flags, Lexicon};
use crate::phone::atoms::{self, Atom};
use crate::tokens::{Kind, Tokens};
use crate::{amount, clock};
use std::ops::Range;
use std::sync::LazyLock;

/// Masking does not depend on the configuration: an edited lexicon must not uncover a number. The number words are
/// those of the distribution's `numbers.toml`.
static NUMBERS: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::of_numbers(include_str!("../../../../config/lexicon/numbers.toml")));

/// From this many digits on, a run could be a number.
const DIGITS: usize = 6;
/// The same where words stand between its pieces: a whole number.
const DIGITS_APART: usize = 8;
/// Words that may stand between two pieces.
const WORDS_BETWEEN: usize = 3;

/// The runs of the original that could be a number. `masked` are masked already, `kept` stay as they are.
pub(super) fn runs(
    original: &str,
    masked: &[(Range<usize>, &'static str)],
    kept: &[Range<usize>],
) -> Vec<Range<usize>> {
    if original.bytes().filter(u8::is_ascii_digit).count() == 0 && original.len() < 12 {
        return Vec::new();
    }
    let lexicon = &*NUMBERS;
    let tokens = Tokens::of(original, lexicon);
    let mut claims = Claims::new(&tokens);
    for (ranges, claim) in
        [(masked.iter().map(|(run, _)| run).collect::<Vec<_>>(), Claim::Contact), (kept.iter().collect(), Claim::Price)]
    {
        for range in ranges {
            let (from, to) = tokens.of_original(range);
            // "$ 3400-0000" was read as a price, yet its digits go on.
            let goes_on = claim == Claim::Price && (digits_follow(&tokens, to) || digits_lead(&tokens, from));
            if !goes_on {
                claims.take(from..to, claim);
            }
        }
    }
    clock::claim(&tokens, &mut claims);
    lengths(&tokens, &mut claims, lexicon);
    let mut found = Vec::new();
    let mut run: Vec<Atom> = Vec::new();
    let (mut between, mut at) = (0, 0);
    while at < tokens.len() {
        if !claims.is_free(at) {
            close(&tokens, &mut run, &mut found);
            at += 1;
            continue;
        }
        if let Some(atom) = atoms::atom(&tokens, lexicon, at, !run.is_empty(), true) {
            // "en", "to": only beside another piece.
            if atom.weak && between > 0 {
                between += 1;
                at += 1;
                continue;
            }
            if between > WORDS_BETWEEN {
                close(&tokens, &mut run, &mut found);
            }
            between = 0;
            at = atom.tokens.1;
            run.push(atom);
            continue;
        }
        if tokens[at].kind == Kind::Word {
            between += 1;
        }
        at += 1;
    }
    close(&tokens, &mut run, &mut found);
    found
}

/// Four digits or more right behind, or behind a sign.
fn digits_follow(tokens: &Tokens<'_>, at: usize) -> bool {
    let sign = tokens.is_any(at, &['-', '.', '–']) && !tokens[at].space_before;
    let next = if sign { at + 1 } else { at };
    tokens.digits(next) >= 4 && (sign || !tokens[next].space_before)
}

/// Four digits or more right before, or before a sign: the second half of what [`digits_follow`] finds.
fn digits_lead(tokens: &Tokens<'_>, at: usize) -> bool {
    let joined = tokens.get(at).is_some_and(|t| !t.space_before && t.kind == Kind::Number);
    let before = at.checked_sub(1).filter(|_| joined && tokens.digits(at) >= 4);
    before.is_some_and(|sign| {
        let number = if tokens.is_any(sign, &['-', '.', '–']) { sign.checked_sub(1) } else { Some(sign) };
        number.is_some_and(|number| tokens.digits(number) >= 4 && !tokens[sign].space_before)
    })
}

fn close(tokens: &Tokens<'_>, run: &mut Vec<Atom>, found: &mut Vec<Range<usize>>) {
    while run.last().is_some_and(|atom| atom.weak) {
        run.pop();
    }
    let first = run.iter().position(|atom| !atom.weak).unwrap_or(0);
    let atoms = run.get(first..).unwrap_or_default();
    let apart = atoms.windows(2).any(|pair| {
        (pair[0].tokens.1..pair[1].tokens.0).any(|i| tokens[i].kind == Kind::Word && !tokens[i].word.is(Flags::JOINER))
    });
    let enough = if apart { DIGITS_APART } else { DIGITS };
    if atoms.iter().map(|atom| atom.digits.len()).sum::<usize>() >= enough
        && let (Some(from), Some(to)) = (atoms.first(), atoms.last())
    {
        found.push(tokens[from.tokens.0].start..tokens[to.tokens.1 - 1].end);
    }
    run.clear();
}

/// "30 min", "2 timer": readable lengths of time are no part of a number.
fn lengths(tokens: &Tokens<'_>, claims: &mut Claims, lexicon: &Lexicon) {
    for at in 0..tokens.len() {
        if tokens[at].kind == Kind::Number
            && claims.is_free(at)
            && let Some((_, end)) = amount::length(tokens, lexicon, at).filter(|(_, end)| claims.are_free(at..*end))
        {
            claims.take(at..end, Claim::Price);
        }
    }
}

/// `@name` anywhere, whichever service it belongs to.
pub(super) fn profiles(original: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in original.match_indices('@') {
        let before = original[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let rest = &original[at + 1..];
        let length: usize =
            rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).map(char::len_utf8).sum();
        if length >= 2 {
            found.push(at..at + 1 + length);
        }
    }
    found
}
