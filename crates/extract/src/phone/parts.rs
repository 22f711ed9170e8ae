//! Numbers that are written in part: the second of "34 00 00 50 / 51", and one told in two of an ad's texts.

use super::{atoms, context, numbers};
use crate::claim::{Claim, Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};
use domain::{Field, Phone};

/// A second number may differ from the first by this much.
const NEAR: u32 = 12;

/// Behind the Danish number that ends before token `end`: the last digits of one or more near it.
pub(super) fn suffixes(tokens: &Tokens<'_>, claims: &mut Claims, field: &Field, e164: &str, end: usize) -> Vec<Phone> {
    let mut found: Vec<Phone> = Vec::new();
    let mut at = end;
    while let (Some(number), Some(first)) = (joined(tokens, at), e164.strip_prefix("+45")) {
        let digits = tokens.digits(number);
        let kept = 8_usize.checked_sub(digits).filter(|_| (2..=4).contains(&digits));
        let known = kept.and_then(|kept| Some((first.get(..kept)?, first.get(kept..)?.parse::<u32>().ok()?)));
        let Some(((kept, last), value)) = known.zip(tokens.number(number)) else { break };
        let near = (1..=NEAR).contains(&last.abs_diff(value));
        if !near || !claims.is_free(number) || context::blocked(tokens, number, number + 1) {
            break;
        }
        claims.take(number..number + 1, Claim::Phone);
        let e164 = format!("+45{kept}{}", tokens.text(number));
        found.push(Phone { e164, span: span(tokens, field, number..number + 1), obscured: false });
        at = number + 1;
    }
    found
}

/// The number behind "/", "el.", "eller" and the like at `at`.
fn joined(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let word = tokens.get(at).filter(|t| !t.line_before)?;
    let joins = match word.kind {
        Kind::Symbol => matches!(word.first, '/' | '&' | '|' | '+'),
        Kind::Word => matches!(tokens.text(at), "el" | "eller" | "or" | "oder" | "og" | "and" | "och" | "und" | "samt"),
        Kind::Number => false,
    };
    let behind = if tokens.is(at + 1, '.') || tokens.is(at + 1, '-') { at + 2 } else { at + 1 };
    tokens.get(behind).filter(|t| joins && t.kind == Kind::Number && !t.line_before).map(|_| behind)
}

/// A Danish number of which `first` (a title) tells the beginning and `second` (a body) the rest, each with a word that
/// says so. The mention is the longer half; the other is claimed.
pub(crate) fn across(
    (first, first_claims): (&Tokens<'_>, &mut Claims),
    (second, second_claims): (&Tokens<'_>, &mut Claims),
    lexicon: &Lexicon,
    fields: (&Field, &Field),
) -> Option<Phone> {
    let begins = |tokens: &Tokens<'_>, from: usize| {
        (from.saturating_sub(6)..from).any(|i| tokens[i].word.is(Flags::HINT.or(Flags::SERVICE)))
    };
    let rests = |tokens: &Tokens<'_>, from: usize| {
        (from.saturating_sub(6)..from).any(|i| {
            tokens[i].word.is(Flags::REST) || matches!(tokens.text(i), "sidste" | "last" | "sista" | "letzten" | "saa")
        }) || (from >= 2 && tokens.is(from - 1, '.') && tokens.is(from - 2, '.'))
    };
    let is_field = matches!(fields.0, Field::Named(name) if name == "phone");
    let (from, to, start) =
        pieces(first, first_claims, lexicon).into_iter().find(|(from, ..)| is_field || begins(first, *from))?;
    let rest = pieces(second, second_claims, lexicon);
    let (rest_from, rest_to, digits) = rest.into_iter().find(|(from, _, digits)| {
        start.len() + digits.len() >= 8 && start.len() + digits.len() <= 12 && rests(second, *from)
    })?;
    let valid = numbers::valid(&format!("{start}{digits}"), false, &[]).filter(|valid| !valid.needs_hint)?;
    first_claims.take(from..to, Claim::Phone);
    second_claims.take(rest_from..rest_to, Claim::Phone);
    let span = if start.len() > digits.len() {
        span(first, fields.0, from..to)
    } else {
        span(second, fields.1, rest_from..rest_to)
    };
    Some(Phone { e164: valid.e164, span, obscured: true })
}

/// Runs of two to seven digits: first token, the one behind the last, and the digits.
fn pieces(tokens: &Tokens<'_>, claims: &Claims, lexicon: &Lexicon) -> Vec<(usize, usize, String)> {
    let runs = atoms::runs(tokens, claims, lexicon, true, 2);
    let whole = runs.iter().filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        let digits: String = run.iter().map(|atom| atom.digits.as_str()).collect();
        let plain = run.iter().all(|atom| !atom.blocked) && !run.iter().all(|atom| atom.weak);
        (plain && (2..=7).contains(&digits.len())).then_some((first.tokens.0, last.tokens.1, digits))
    });
    whole.collect()
}
