//! Stated ages of the person advertised; not limits for the reader and not lengths of time.

mod beside;
mod others;

use crate::claim::{Claim, Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};
use beside::{
    before_person, beside_height, beside_person, between_signs, by_itself, closes_row, first_of_labels, in_row,
    labelled, own_phrase, own_sentence,
};
use domain::{Age, Field};
use others::{decimal_before, is_between, is_limit, is_others, is_time, of_somebody};
use std::ops::RangeInclusive;

/// Ages outside are something else: a child's, a building's, a firm's.
const YEARS: RangeInclusive<u32> = 12..=79;

/// Finds the ages and claims their tokens.
pub(crate) fn find(
    tokens: &Tokens<'_>,
    claims: &mut Claims,
    lexicon: &Lexicon,
    field: &Field,
    is_age_field: bool,
) -> Vec<Age> {
    let mut ages = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let found = if claims.is_free(at) {
            decade(tokens, lexicon, at)
                .or_else(|| spoken(tokens, lexicon, at))
                .or_else(|| numeric(tokens, lexicon, at, is_age_field, follows_age(tokens, claims, at)))
        } else {
            None
        };
        match found {
            Some((years, end)) if claims.are_free(at..end) => {
                claims.take(at..end, Claim::Age);
                ages.push(Age { years, span: span(tokens, field, at..end) });
                at = end;
            }
            _ => at += 1,
        }
    }
    ages
}

/// `i tyverne`, `in my twenties`, `20'erne`.
fn decade(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<(u32, usize)> {
    let token = &tokens[at];
    if token.kind == Kind::Number {
        let value = tokens.number(at).filter(|v| v % 10 == 0 && (20..=60).contains(v))?;
        let next = if tokens.is_any(at + 1, &['\'', '’', '-', '´', '.']) { at + 2 } else { at + 1 };
        tokens.get(next).filter(|t| !t.space_before && t.kind == Kind::Word)?;
        let is_decade = lexicon.ages.decade_endings.contains(tokens.text(next));
        let preceded = token.line_before || (at > 0 && tokens[at - 1].kind == Kind::Word);
        return (is_decade && preceded).then_some((value, next + 1));
    }
    if token.word.decade == 0 {
        return None;
    }
    if token.word.number.is_some() {
        // "Mitte zwanzig": elsewhere it is the number.
        let part = at.checked_sub(1).is_some_and(|i| lexicon.ages.decade_parts.contains(tokens.text(i)));
        return part.then_some((u32::from(token.word.decade), at + 1));
    }
    // "the roaring twenties" is no age: a preposition or possessive stands before it.
    let before = at.checked_sub(1).map(|i| tokens.text(i))?;
    lexicon.ages.before_decade.contains(before).then_some((u32::from(token.word.decade), at + 1))
}

/// `toogtyveårig`, `femundzwanzigjährige`: number and unit in one word.
fn spoken(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<(u32, usize)> {
    let token = &tokens[at];
    let text = tokens.text(at);
    let stem = (token.kind == Kind::Word && text.len() > 7)
        .then(|| lexicon.ages.spoken_units.iter().find_map(|unit| text.strip_suffix(unit.as_str())))
        .flatten()?;
    let value = u32::from(lexicon.word(stem).number?);
    (YEARS.contains(&value) && !is_limit(tokens, lexicon, at) && !is_others(tokens, at)).then_some((value, at + 1))
}

/// A number of years and the index behind it, from digits or a number word (`fem og tyve`, `twenty-four`).
fn years(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    match token.kind {
        Kind::Number if tokens.digits(at) <= 2 => tokens.number(at).map(|value| (value, at + 1)),
        Kind::Word => {
            let value = u32::from(token.word.number?);
            let next = |i: usize| tokens.get(i).and_then(|t| t.word.number.map(u32::from));
            if (1..=9).contains(&value)
                && tokens.get(at + 1).is_some_and(|t| t.word.is(Flags::JOINER))
                && let Some(tens) = next(at + 2).filter(|tens| tens % 10 == 0 && *tens >= 20)
            {
                return Some((tens + value, at + 3));
            }
            if value % 10 == 0 && value >= 20 {
                let unit_at = if tokens.is(at + 1, '-') { at + 2 } else { at + 1 };
                if let Some(unit) = next(unit_at).filter(|unit| (1..=9).contains(unit)) {
                    return Some((value + unit, unit_at + 1));
                }
            }
            Some((value, at + 1))
        }
        _ => None,
    }
}

/// "they are 19 and 21", "35/40": an age stands before, with a sign or "and" between.
fn follows_age(tokens: &Tokens<'_>, claims: &Claims, at: usize) -> bool {
    let joins = |i: usize| tokens.is_any(i, &['/', '&']) || tokens[i].word.is(Flags::JOINER);
    at >= 2
        && claims.at(at - 2) == Claim::Age
        && tokens[at - 2].kind == Kind::Number
        && joins(at - 1)
        && tokens.digits(at) == 2
}

fn numeric(
    tokens: &Tokens<'_>,
    lexicon: &Lexicon,
    at: usize,
    is_age_field: bool,
    follows_age: bool,
) -> Option<(u32, usize)> {
    let (value, mut end) = years(tokens, at)?;
    if !YEARS.contains(&value) || (at > 0 && (tokens.is(at - 1, '+') || decimal_before(tokens, at))) {
        return None;
    }
    let single_end = end;
    // The upper end of what "mellem 40 og 60 år" asks of the reader.
    if at >= 3
        && tokens[at - 1].word.is(Flags::JOINER)
        && is_between(tokens, lexicon, at - 2)
        && !of_somebody(tokens, lexicon, at - 2)
    {
        return None;
    }
    // A range: "20-25 år", "20 til 25 år".
    let dash = tokens.is_any(end, &['-', '–'])
        || tokens.get(end).is_some_and(|_| matches!(tokens.text(end), "til" | "to" | "till" | "bis" | "eller"));
    let mut range = false;
    if let Some((_, behind)) =
        years(tokens, end + 1).filter(|(upper, _)| dash && *upper > value && YEARS.contains(upper))
    {
        end = behind;
        range = true;
    }
    // "20 og 23 år" are two ages; "mellem 20 og 30 år" is a range.
    let and = tokens.get(single_end).is_some_and(|t| t.word.is(Flags::JOINER));
    if let Some((_, behind)) = years(tokens, single_end + 1).filter(|(upper, _)| and && YEARS.contains(upper)) {
        let between = is_between(tokens, lexicon, at);
        // "Mænd mellem 40 og 60 år": only where somebody is said to be of that age.
        let whole = at == 1 && unit(tokens, behind).is_none_or(|end| end == tokens.len());
        if between && !whole && !of_somebody(tokens, lexicon, at) {
            return None;
        }
        if unit(tokens, behind).is_some() && !is_limit(tokens, lexicon, at) && !is_others(tokens, at) {
            if !between {
                return Some((value, single_end));
            }
            end = behind;
            range = true;
        }
    }
    if is_age_field {
        let unit = unit(tokens, end).unwrap_or(end);
        return Some((value, unit));
    }
    if is_others(tokens, at) {
        return None;
    }
    if let Some(behind) = unit(tokens, end) {
        // "haft 16-årige elever", "min 12-årige datter": whose age it is stands behind.
        let whose = tokens.get(behind).filter(|t| !t.line_before && t.kind == Kind::Word);
        if whose.is_some_and(|t| t.word.is(Flags::OTHERS) && !t.word.is(Flags::PERSON)) {
            return None;
        }
        return (!is_limit(tokens, lexicon, at) && !is_time(tokens, lexicon, behind)).then_some((value, behind));
    }
    if list_unit(tokens, single_end).is_some_and(|behind| !is_time(tokens, lexicon, behind))
        && !is_limit(tokens, lexicon, at)
    {
        return Some((value, single_end));
    }
    let end = if range { end } else { single_end };
    let measured = tokens.get(end).is_some_and(|t| {
        !t.line_before
            && (t.word.is(Flags::CURRENCY.or(Flags::UNIT).or(Flags::MEASURE))
                || (t.kind == Kind::Symbol && matches!(t.first, '%' | '€' | '+' | ':' | '$'))
                // "Ploy, 38 600 kr": the price stands right behind.
                || (t.kind == Kind::Number
                    && !(tokens.digits(end) == 3
                        && t.space_before
                        && tokens.get(end + 1).is_some_and(|t| t.word.is(Flags::CURRENCY) || matches!(t.first, ',' | '/')))))
    });
    let decimals = tokens.is_any(end, &['.', ',', '/'])
        && tokens.get(end).is_some_and(|t| !t.space_before)
        && tokens.digits(end + 1) > 0
        && !tokens[end + 1].space_before;
    if first_of_labels(tokens, at, end) || beside_height(tokens, at, end) {
        return Some((value, single_end));
    }
    if measured || decimals {
        return None;
    }
    let told = labelled(tokens, lexicon, at, end)
        || beside_person(tokens, lexicon, at, end)
        || in_row(tokens, lexicon, at, end)
        || before_person(tokens, at, end)
        || by_itself(tokens, lexicon, at, end)
        || own_phrase(tokens, at, end)
        || own_sentence(tokens, at, end)
        || closes_row(tokens, at, end)
        || between_signs(tokens, at, end)
        || follows_age;
    told.then_some((value, end))
}

/// The index behind a unit of age at `at`: `år`, `-årig`, `years old`, `y.o.`, `år gammel`.
fn unit(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let at = if tokens.is_any(at, &['-', '–', '.'])
        && tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Word && !t.space_before)
    {
        at + 1
    } else {
        at
    };
    // "25 de ani"
    let at = if tokens.get(at).is_some_and(|t| t.kind == Kind::Word && tokens.text(at) == "de") { at + 1 } else { at };
    let token = tokens.get(at).filter(|token| !token.line_before)?;
    let old = tokens.get(at + 1).is_some_and(|_| tokens.text(at + 1) == "old");
    // "25 y", where no Spanish "and" goes on.
    let alone = tokens.get(at + 1).is_none_or(|t| t.line_before || t.kind == Kind::Symbol);
    let letter = tokens.text(at) == "y" && (!token.space_before || old || alone) && !tokens.is_any(at + 1, &['.', '/']);
    // "28 J."
    if tokens.text(at) == "j" && token.capital && tokens.is(at + 1, '.') {
        return Some(at + 2);
    }
    // "24 års dansk pige", not "24 års erfaring".
    if tokens.text(at) == "aars" && (at + 1..at + 3).any(|i| tokens.get(i).is_some_and(|t| t.word.is(Flags::PERSON))) {
        return Some(at + 1);
    }
    let text = |i: usize| tokens.get(i).map_or("", |_| tokens.text(i));
    if token.word.is(Flags::AGE_UNIT) && text(at + 1) == "of" && text(at + 2) == "age" {
        return Some(at + 3);
    }
    let mut end = if token.word.is(Flags::AGE_UNIT) || letter {
        at + 1
    } else if tokens.text(at) == "y"
        && tokens.is_any(at + 1, &['.', '/'])
        && tokens.get(at + 2).is_some_and(|_| tokens.text(at + 2) == "o")
    {
        at + 3
    } else {
        return None;
    };
    loop {
        let next = if tokens.is(end, '-') { end + 1 } else { end };
        let more = tokens.get(next).is_some_and(|t| t.kind == Kind::Word && !t.line_before && matches!(tokens.text(next), "old" | "gammel" | "gammal" | "alt" | "ung" | "young" | "gamle" | "gamla" | "unge" | "jung" | "of" if tokens.text(next) != "of"));
        if !more {
            return Some(end);
        }
        end = next + 1;
    }
}

/// "21, 23 og 26 år", "22/25 år": further ages up to a unit, and the index behind it.
fn list_unit(tokens: &Tokens<'_>, mut at: usize) -> Option<usize> {
    for _ in 0..5 {
        let joins = tokens.is_any(at, &[',', '/', '&']) || tokens.get(at).is_some_and(|t| t.word.is(Flags::JOINER));
        let (value, behind) = years(tokens, at + 1).filter(|_| joins && !tokens[at + 1].line_before)?;
        if !YEARS.contains(&value) {
            return None;
        }
        if let Some(end) = unit(tokens, behind) {
            return Some(end);
        }
        at = behind;
    }
    None
}
