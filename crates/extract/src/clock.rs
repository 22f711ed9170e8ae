//! Times of day and dates: found only so that nothing else takes them.

use crate::claim::{Claim, Claims};
use crate::lexicon::Flags;
use crate::tokens::{Kind, Tokens};

/// Claims every time of day and date.
pub(crate) fn claim(tokens: &Tokens<'_>, claims: &mut Claims) {
    let mut at = 0;
    while at < tokens.len() {
        let end = if tokens[at].kind == Kind::Number && claims.is_free(at) {
            date(tokens, at).or_else(|| time(tokens, at)).unwrap_or(at)
        } else {
            at
        };
        if end > at && claims.are_free(at..end) {
            claims.take(at..end, Claim::Clock);
            at = end;
        } else {
            at += 1;
        }
    }
}

fn joined(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.get(at).is_some_and(|token| !token.space_before)
}

/// `24.12.2026`, `24/12-2026`, `2026-12-24`, `24/12`, `24. december`.
fn date(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let first = tokens.number(at)?;
    let separator = |i: usize| tokens.is_any(i, &['.', '/', '-']) && joined(tokens, i) && joined(tokens, i + 1);
    let goes_on = |end: usize| separator(end) && tokens.digits(end + 1) > 0;
    let day = (1..=31).contains(&first) && tokens.digits(at) <= 2;
    if separator(at + 1) && separator(at + 3) {
        let (second, third) = (tokens.number(at + 2)?, tokens.number(at + 4)?);
        let year = |value: u32, digits: usize| digits == 4 && (1900..2100).contains(&value);
        let day_first = day && (1..=12).contains(&second) && year(third, tokens.digits(at + 4));
        let year_first = year(first, tokens.digits(at)) && (1..=12).contains(&second) && (1..=31).contains(&third);
        if (day_first || year_first) && !goes_on(at + 5) {
            return Some(at + 5);
        }
        return None;
    }
    // The last of "9/4/7/2".
    let goes_before = at >= 2 && separator(at - 1) && tokens.digits(at - 2) > 0;
    if day && !goes_before && tokens.is(at + 1, '/') && joined(tokens, at + 1) && joined(tokens, at + 2) {
        let second = tokens.number(at + 2)?;
        let fraction = tokens.get(at + 3).is_some_and(|next| next.word.is(Flags::UNIT));
        if (1..=12).contains(&second) && tokens.digits(at + 2) <= 2 && !goes_on(at + 3) && !fraction {
            return Some(at + 3);
        }
    }
    let word = if tokens.is(at + 1, '.') { at + 2 } else { at + 1 };
    let month = tokens.get(word)?;
    if day && month.word.is(Flags::CLOCK) && is_month(tokens.text(word)) {
        let year = tokens.number(word + 1).is_some_and(|year| (1900..2100).contains(&year));
        return Some(word + 1 + usize::from(year));
    }
    None
}

fn is_month(word: &str) -> bool {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];
    MONTHS.iter().any(|month| word.starts_with(month))
        || ["may", "oct", "maerz", "mai", "dez"].iter().any(|month| word.starts_with(month))
}

/// `10:00`, `10.00-18.00`, `kl. 10-22`, `kl 10 til 22`, `10am`.
fn time(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    // Further parts of something longer: 34:00:00:50.
    let inside = at >= 2 && tokens.is_any(at - 1, &[':', '.']) && joined(tokens, at - 1) && joined(tokens, at);
    if inside && tokens.digits(at - 2) > 0 {
        return None;
    }
    let after_clock = previous_is_clock(tokens, at);
    let first = clock_value(tokens, at)?;
    let mut end = first.0;
    let colon = first.1 == Some(':');
    let mut range = false;
    let dash = if tokens.is_any(end, &['-', '–', '—']) || tokens.get(end).is_some_and(|_| is_to(tokens, end)) {
        Some(end + 1)
    } else {
        None
    };
    if let Some(second) = dash.and_then(|start| clock_value(tokens, start)) {
        // Both ends are written alike, or the first is short ("10-18.00").
        let alike = second.1 == first.1 || (after_clock && first.1.is_none());
        if alike && (first.1.is_some() || after_clock) {
            end = second.0;
            range = true;
        }
    }
    if tokens.is_any(end, &['.', ':']) && joined(tokens, end) && tokens.digits(end + 1) > 0 && joined(tokens, end + 1) {
        return None;
    }
    let meridiem =
        tokens.get(end).is_some_and(|t| t.word.is(Flags::CLOCK) && ["am", "pm", "uhr"].contains(&tokens.text(end)));
    (after_clock || colon || range || meridiem).then_some(end)
}

fn is_to(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(tokens.text(at), "til" | "to" | "till" | "bis")
}

fn previous_is_clock(tokens: &Tokens<'_>, at: usize) -> bool {
    let before = match at.checked_sub(1) {
        Some(dot) if tokens.is_any(dot, &['.', ':']) => dot.checked_sub(1),
        before => before,
    };
    before.is_some_and(|i| ["kl", "klokken", "klockan", "clock"].contains(&tokens.text(i)))
}

/// An hour with or without minutes: the index behind it and the sign between them.
fn clock_value(tokens: &Tokens<'_>, at: usize) -> Option<(usize, Option<char>)> {
    let hour = tokens.number(at)?;
    if hour > 24 || tokens.digits(at) > 2 {
        return None;
    }
    if tokens.is_any(at + 1, &[':', '.'])
        && joined(tokens, at + 1)
        && joined(tokens, at + 2)
        && tokens.digits(at + 2) == 2
    {
        let minutes = tokens.number(at + 2)?;
        if minutes < 60 && minutes % 5 == 0 {
            return Some((at + 3, Some(tokens[at + 1].first)));
        }
    }
    Some((at + 1, None))
}
