//! What says that a number is no age of the person advertised: of the reader, of a firm, a limit, a time.

use super::{unit, years};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};

pub(super) fn is_between(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|i| lexicon.ages.between.contains(tokens.text(i)))
}

/// "Piger mellem 20 og 30", not "mænd mellem 40 og 60" or "mellem 30 og 50": somebody is said to be of that age.
pub(super) fn of_somebody(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    at.checked_sub(2).is_some_and(|i| {
        let several = lexicon.ages.several.contains(tokens.text(i));
        let one = tokens[i].word.is(Flags::I_AM.or(Flags::AGE_BEFORE).or(Flags::PERSON));
        several || (one && !tokens[i].word.is(Flags::LIMIT))
    })
}

pub(super) fn decimal_before(tokens: &Tokens<'_>, at: usize) -> bool {
    at >= 2
        && tokens.is_any(at - 1, &['.', ',', ':'])
        && !tokens[at].space_before
        && tokens[at - 2].kind == Kind::Number
}

/// "min søn er 14 år", "børn på 12 og 15 år", "huset er 40 år": somebody or something else's age.
pub(super) fn is_others(tokens: &Tokens<'_>, at: usize) -> bool {
    let mut words = 0;
    for i in (at.saturating_sub(16)..at).rev() {
        let token = &tokens[i];
        if token.line_before && i + 1 < at && words > 0 {
            return token.word.is(Flags::OTHERS);
        }
        if token.kind == Kind::Symbol && !matches!(token.first, ',' | '-' | ':' | '(') {
            return false;
        }
        if token.kind == Kind::Word {
            // "… alene i huset, Solveig, 52": whose age it is stands right before.
            if words == 0 && token.capital && token.word.is(Flags::NAME) && !token.word.is(Flags::OTHERS) {
                return false;
            }
            if token.word.is(Flags::OTHERS) {
                return true;
            }
            words += 1;
            if words > 4
                || matches!(tokens.text(i), "jeg" | "i" | "ich" | "jag" | "im" | "selv" | "myself") && words > 1
            {
                return false;
            }
        }
    }
    false
}

/// "over 18", "ikke under 18", "mindst 18", "for 3", "i 12".
pub(super) fn is_limit(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    if open_upwards(tokens, lexicon, at) {
        return true;
    }
    let Some(mut before) = tokens.previous_word(at) else { return false };
    // "ældre end de 30", "omkring de 18".
    if lexicon.ages.about.contains(tokens.text(before)) {
        match tokens.previous_word(before) {
            Some(earlier) => before = earlier,
            None => return false,
        }
    }
    let short = matches!(tokens.text(before), "min" | "max" | "maks") && tokens.is(at - 1, '.');
    let open = !short && at - before > 1 && tokens.is_any(at - 1, &['.', ',', '(', '!', ':', '-', '–']);
    // "Lige fyldt 19 år" tells the age that somebody has reached.
    !open
        && tokens[before].word.is(Flags::LIMIT)
        && lexicon.limits.backward(tokens, before).is_some()
        && lexicon.i_am.backward(tokens, before).is_none()
}

/// "18 years or older", "25 år og opefter", "30 år +".
pub(super) fn open_upwards(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    let Some((_, end)) = years(tokens, at) else { return false };
    let end = unit(tokens, end).unwrap_or(end);
    let text = |i: usize| tokens.get(i).filter(|t| !t.line_before).map_or("", |_| tokens.text(i));
    match text(end) {
        "+" | "plus" => !tokens.is(end, '+') || tokens.digits(end + 1) == 0,
        and => lexicon.ages.and.contains(and) && lexicon.ages.upwards.contains(text(end + 1)),
    }
}

/// "10 års erfaring", "5 years ago", "20 år i branchen".
pub(super) fn is_time(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    let Some(token) = tokens.get(at).filter(|token| token.kind == Kind::Word && !token.line_before) else {
        return false;
    };
    if matches!(tokens.text(at - 1), "old" | "gammel" | "gammal" | "alt" | "aarig" | "yo" | "aarige") {
        return false;
    }
    token.word.is(Flags::TIME_AFTER) && lexicon.times_after.forward(tokens, at).is_some()
}
