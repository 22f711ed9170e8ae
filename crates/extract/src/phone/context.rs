//! What the words around a number say it is.

use super::said;
use crate::lexicon::Flags;
use crate::tokens::{Kind, Tokens};

/// Whether the number in tokens `at..end` is an amount, a length of time, an age, a measure or a time of day.
pub(super) fn blocked(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let digits = tokens.digits(at);
    if digits >= 8 {
        let counted = ["gange", "visninger", "views", "times", "visits", "besoeg", "kr", "kroner"];
        return tokens
            .get(end)
            .is_some_and(|t| !t.line_before && counted.contains(&tokens.text(end)) && t.space_before)
            && (tokens.get(end + 1).is_none_or(|t| t.kind != Kind::Number));
    }
    let units =
        Flags::CURRENCY.or(Flags::UNIT).or(Flags::AGE_UNIT).or(Flags::MEASURE).or(Flags::HUNDRED).or(Flags::THOUSAND);
    if let Some(next) = tokens.get(end).filter(|next| !next.line_before) {
        if next.kind == Kind::Word && next.word.is(units) {
            // "34 00 00 50 kr 800": the currency belongs to what follows.
            let belongs_behind = next.word.is(Flags::CURRENCY) && amount_follows(tokens, end) && ends_phone(tokens, at);
            // A single letter (t, h, m) behind a blank is a unit too, but not inside a run of digits.
            let letter = next.normal.1 - next.normal.0 == 1 && tokens.digits(end + 1) > 0 && !next.space_before;
            if !belongs_behind && !letter {
                return true;
            }
        }
        if next.kind == Kind::Word && next.word.is(Flags::CLOCK) && matches!(tokens.text(end), "am" | "pm" | "uhr") {
            return true;
        }
        if tokens.is_any(end, &[',', ':', '.'])
            && !next.space_before
            && tokens.is_any(end + 1, &['-', '–'])
            && !tokens[end + 1].space_before
        {
            // 800,- but not 34.-00.
            return tokens.digits(end + 2) == 0 || tokens[end + 2].space_before;
        }
        if tokens.is_any(end, &['€', '$', '£', '%', '½']) && !said::separates(tokens, end) {
            return true;
        }
        let hyphen = tokens.is(end, '-') && !next.space_before;
        if hyphen
            && tokens
                .get(end + 1)
                .is_some_and(|t| t.kind == Kind::Word && !t.space_before && t.word.is(Flags::AGE_UNIT.or(Flags::UNIT)))
        {
            return true;
        }
    }
    let Some(before) = at.checked_sub(1) else { return false };
    if tokens[at].line_before {
        return false;
    }
    if tokens.is_any(before, &['€', '$', '£']) && !said::separates(tokens, before) {
        return true;
    }
    let word = if tokens.is(before, '.') { before.checked_sub(1) } else { Some(before) };
    word.is_some_and(|i| {
        let word = tokens[i].word;
        let amount_before = i.checked_sub(1).is_some_and(|number| tokens[number].kind == Kind::Number);
        (word.is(Flags::CURRENCY) && !amount_before && digits <= 6)
            || matches!(tokens.text(i), "kl" | "klokken" | "klockan")
    })
}

fn amount_follows(tokens: &Tokens<'_>, currency: usize) -> bool {
    let next = if tokens.is(currency + 1, '.') { currency + 2 } else { currency + 1 };
    (2..=5).contains(&tokens.digits(next)) && !tokens[next].line_before
}

/// Whether the number at `at` ends a row of numbers of eight digits.
fn ends_phone(tokens: &Tokens<'_>, at: usize) -> bool {
    let (mut digits, mut i) = (0, at + 1);
    while i > 0 && digits < 8 {
        i -= 1;
        match tokens[i].kind {
            Kind::Number => digits += tokens.digits(i),
            Kind::Symbol => {}
            Kind::Word => break,
        }
    }
    digits == 8
}

/// What stands around a number.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Around {
    /// A word says that it is a phone's.
    pub hint: bool,
    /// A word says that it is something else's.
    pub other: bool,
}

/// Looks at the words before and behind tokens `start..end`.
pub(super) fn around(tokens: &Tokens<'_>, start: usize, end: usize) -> Around {
    let mut around = Around::default();
    let (mut words, mut parted) = (0, false);
    for i in (0..start).rev() {
        let token = &tokens[i];
        if token.kind == Kind::Word {
            words += 1;
            let weak = token.word.is(Flags::MEASURE_BEFORE);
            let number_word = is_number_word(tokens, i);
            let hint = token.word.is(Flags::HINT.or(Flags::SERVICE));
            if !around.hint
                && !parted
                && ((token.word.is(Flags::NOT_PHONE) || (!hint && names_number(tokens.text(i)))) && words <= 3
                    || (weak && !hint && words <= 2))
            {
                around.other = true;
                break;
            }
            // "Order number", "CVR nr.": the word before says whose number it is.
            let owner =
                i.checked_sub(1).map(|before| if tokens.is(before, '.') { before.saturating_sub(1) } else { before });
            if number_word && !parted && owner.is_some_and(|owner| tokens[owner].word.is(Flags::NOT_PHONE)) {
                around.other = true;
                break;
            }
            if hint && !weak {
                around.hint = true;
                break;
            }
        }
        // What stands in another sentence, or has a number of its own, says nothing of this one.
        parted |= parts(tokens, i, start);
        if words >= 7 || start - i > 16 {
            break;
        }
    }
    if !around.hint {
        // "nr. 34000050" is a phone where nothing else is said.
        let nearest = (0..start).rev().take(3).find(|&i| tokens[i].kind == Kind::Word);
        around.hint = nearest.is_some_and(|i| tokens[i].word.is(Flags::HINT)) && !around.other;
    }
    let behind = (end..tokens.len().min(end + 5)).filter(|&i| tokens[i].kind == Kind::Word).take(3);
    for i in behind {
        around.hint |= tokens[i].word.is(Flags::HINT.or(Flags::SERVICE)) && !around.other;
    }
    around
}

/// `bestillingsnr`, `sagsnummer`: a number of its own kind.
fn names_number(word: &str) -> bool {
    let phone = ["tlf", "tele", "mobil", "kontakt", "what", "handy"].iter().any(|head| word.starts_with(head));
    !phone
        && word.len() > 6
        && ["nr", "nummer", "nummeret", "numret", "nummern"].iter().any(|tail| word.ends_with(tail))
}

/// Words that are said of any number.
fn is_number_word(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(tokens.text(at), "nr" | "nummer" | "nummeret" | "number" | "no" | "numret" | "num")
}

/// Whether the token at `at` parts what stands before it from the number that begins at `start`.
fn parts(tokens: &Tokens<'_>, at: usize, start: usize) -> bool {
    let next = tokens.get(at + 1);
    match tokens[at].kind {
        // The number in "str. 38. 34 00 00 50" is the size's.
        Kind::Number => {
            let joined = (at + 1..start)
                .all(|i| tokens[i].kind != Kind::Word && !matches!(tokens[i].first, '.' | ';' | '|' | '/'));
            !joined || next.is_some_and(|next| next.line_before)
        }
        Kind::Symbol => {
            let ends = matches!(tokens[at].first, '.' | '!' | '?')
                && next.is_some_and(|next| next.capital && next.space_before);
            let short = at > 0 && tokens[at - 1].word.is(Flags::NOT_PHONE.or(Flags::HINT));
            (ends && !short) || matches!(tokens[at].first, ';' | '|')
        }
        Kind::Word => tokens[at].line_before && at + 1 < start && tokens[at].word.is(Flags::HINT),
    }
}
