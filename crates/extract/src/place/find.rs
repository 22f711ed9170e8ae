//! Finds places in a text: postal codes with their places, and names alone where they cannot mean something else.

use super::gazetteer::{Care, Gazetteer};
use super::names::DIRECTIONS;
use crate::claim::{Claim, Claims, span};
use crate::lexicon::Flags;
use crate::tokens::{Kind, Tokens};
use domain::{Field, Span};

/// A place in a text, not yet resolved against the others.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub name: String,
    /// One, or the several that it could be.
    pub codes: Vec<String>,
    pub postal_code: Option<String>,
    pub span: Span,
    /// A part of the country stands beside it.
    pub part: Option<String>,
}

/// Finds the places and claims their tokens. In the site's place field every name counts.
pub(crate) fn find(
    tokens: &Tokens<'_>,
    claims: &mut Claims,
    gazetteer: &Gazetteer,
    field: &Field,
    is_place_field: bool,
) -> Vec<Found> {
    let mut places = Vec::new();
    let shouting = mostly_capital(tokens);
    let mut at = 0;
    while at < tokens.len() {
        let found = if claims.is_free(at) {
            with_postal_code(tokens, gazetteer, at, is_place_field)
                .or_else(|| by_name(tokens, gazetteer, at, is_place_field, shouting))
        } else {
            None
        };
        match found {
            Some((name, codes, postal_code, end)) if claims.are_free(at..end) => {
                let part = part_behind(tokens, end);
                claims.take(at..end, Claim::Place);
                places.push(Found { name, codes, postal_code, span: span(tokens, field, at..end), part });
                at = end;
            }
            _ => at += 1,
        }
    }
    places
}

type Match = (String, Vec<String>, Option<String>, usize);

/// A text in which most words begin with a capital: there a capital says nothing.
fn mostly_capital(tokens: &Tokens<'_>) -> bool {
    let words = tokens.iter().filter(|t| t.kind == Kind::Word && t.normal.1 - t.normal.0 > 2);
    let (capital, all) = words.fold((0, 0), |(capital, all), t| (capital + usize::from(t.capital), all + 1));
    all >= 3 && capital * 10 > all * 7
}

/// The longest name that begins at `at`: its entry and the index behind it.
fn longest(tokens: &Tokens<'_>, gazetteer: &Gazetteer, at: usize) -> Option<(usize, usize)> {
    let token = tokens.get(at).filter(|t| t.kind == Kind::Word)?;
    if token.word.is(Flags::PLACE) {
        let found = gazetteer.beginning_with(tokens.text(at)).iter().find_map(|(rest, entry)| {
            let mut next = at;
            for word in rest {
                // A dot behind a short form, a hyphen, or nothing.
                let behind = if tokens.is_any(next + 1, &['.', '-']) { next + 2 } else { next + 1 };
                let token = tokens.get(behind).filter(|t| !t.line_before)?;
                let letter = word.len() <= 2;
                if tokens.text(behind) != word || (letter && !letter_fits(tokens, behind)) || token.kind == Kind::Symbol
                {
                    return None;
                }
                next = behind;
            }
            Some((*entry, next + 1))
        });
        if found.is_some() {
            return found;
        }
    }
    // Genitive and compounds: "Odenses", "Aarhusområdet".
    let text = tokens.text(at);
    let stem = ["somraadet", "omraadet", "egnen", "s"]
        .iter()
        .find_map(|tail| text.strip_suffix(tail))
        .filter(|stem| stem.len() >= 5)?;
    let (_, entry) = gazetteer.beginning_with(stem).iter().find(|(rest, _)| rest.is_empty())?;
    (gazetteer.entry(*entry).care == Care::None && token.capital).then_some((*entry, at + 1))
}

/// A letter behind a town's name is its district, not the next word: "Odense C", "kbh v.", not "Odense I dag".
fn letter_fits(tokens: &Tokens<'_>, at: usize) -> bool {
    let token = &tokens[at];
    let joined = tokens
        .get(at + 1)
        .is_some_and(|t| !t.space_before && (t.kind != Kind::Symbol || matches!(t.first, '\'' | '@')));
    !joined
        && (token.capital || tokens.get(at + 1).is_none_or(|t| t.line_before || t.kind == Kind::Symbol || !t.capital))
}

/// `8000 Aarhus C`, `DK-2100 Ø`, `2200 Kbh N`; the code alone only in the place field.
fn with_postal_code(tokens: &Tokens<'_>, gazetteer: &Gazetteer, at: usize, is_place_field: bool) -> Option<Match> {
    if tokens.digits(at) != 4 || (at > 0 && !tokens[at].space_before && tokens[at - 1].kind != Kind::Symbol) {
        return None;
    }
    let code = tokens.number(at)?;
    let postal = gazetteer.postal(code)?;
    let text = Some(format!("{code:04}"));
    let name_at = if tokens.is_any(at + 1, &[',', '-', '.']) { at + 2 } else { at + 1 };
    if tokens.get(name_at).is_some_and(|t| !t.line_before) {
        if let Some((entry, end)) = longest(tokens, gazetteer, name_at) {
            let entry = gazetteer.entry(entry);
            let shared: Vec<String> = entry.codes.iter().filter(|code| postal.codes.contains(code)).cloned().collect();
            let strange = entry.care == Care::Strong && !tokens[name_at].capital;
            if !shared.is_empty() && !strange {
                let codes = if shared.len() == 1 { shared } else { vec![postal.codes[0].clone()] };
                // The list's name says more than "Kbh"; a district named in the text says more than the list.
                return Some((postal.place.clone(), codes, text, end));
            }
        }
        let letter = tokens.get(name_at).filter(|t| t.kind == Kind::Word && t.capital);
        if letter.is_some_and(|_| DIRECTIONS.contains(&tokens.text(name_at))) {
            return Some((postal.place.clone(), vec![postal.codes[0].clone()], text, name_at + 1));
        }
    }
    is_place_field.then(|| (postal.place.clone(), vec![postal.codes[0].clone()], text, at + 1))
}

fn by_name(
    tokens: &Tokens<'_>,
    gazetteer: &Gazetteer,
    at: usize,
    is_place_field: bool,
    shouting: bool,
) -> Option<Match> {
    let joined = at > 0
        && !tokens[at].space_before
        && !tokens.is_any(
            at - 1,
            &[
                '/', '(', '-', ',', '&', '–', '.', ':', '"', '\'', '*', '+', '|', '>', '•', '!', '?', '[', ';', '“',
                '„', '\u{2019}', '#',
            ],
        );
    let joined = joined && tokens[at - 1].kind != Kind::Symbol;
    let (index, end) = longest(tokens, gazetteer, at)?;
    let entry = gazetteer.entry(index);
    let postal_code = entry.postal_code.clone();
    let found = Some((entry.name.clone(), entry.codes.clone(), postal_code, end));
    if is_place_field {
        return found;
    }
    if joined || follows_street_word(tokens, end) {
        return None;
    }
    let token = &tokens[at];
    let placed = preposition_before(tokens, at) || area_behind(tokens, end);
    let inside = token.capital && !tokens.starts_sentence(at) && !shouting;
    let listed = beside_other_place(tokens, gazetteer, at, end);
    let located = token.capital && near_other_place(tokens, gazetteer, end);
    let fits = match entry.care {
        Care::None => token.capital || !is_short(tokens, at, end) || placed,
        Care::Mild => {
            inside || (token.capital && (placed || listed || alone(tokens, at, end) || sentence(tokens, at, end)))
        }
        Care::Strong => {
            token.capital
                && (placed && (inside || !shouting) || (listed && inside) || (!shouting && sentence(tokens, at, end)))
        }
    };
    if fits || located { found } else { None }
}

/// A short form in lower case ("frb", "cph") is sure enough; two letters are not.
fn is_short(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    tokens[end - 1].normal.1 - tokens[at].normal.0 < 3
}

fn follows_street_word(tokens: &Tokens<'_>, end: usize) -> bool {
    tokens.get(end).is_some_and(|t| t.kind == Kind::Word && !t.line_before && t.word.is(Flags::NOT_AFTER))
}

/// "Skive by", "Vejen og omegn", "Hals kommune".
fn area_behind(tokens: &Tokens<'_>, end: usize) -> bool {
    let and =
        tokens.get(end).is_some_and(|t| matches!(tokens.text(end), "og" | "and" | "samt" | "med") && !t.line_before);
    let at = if and || (tokens.is(end, '-') && tokens.get(end + 1).is_some_and(|t| !t.space_before)) {
        end + 1
    } else {
        end
    };
    tokens.get(at).is_some_and(|t| !t.line_before && t.word.is(Flags::AREA_AFTER))
}

/// All of a line or field: "Struer".
fn alone(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    tokens[at].line_before
        && tokens.get(end).is_none_or(|next| next.line_before || matches!(next.first, ',' | '/' | '-' | '|'))
}

/// "… as well. 850 kr 45 min. Odder", "fre-søn: Varde / så hjem": a sentence or an item of its own.
fn sentence(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let opens = at > 0
        && tokens[at].space_before
        && (tokens.is_any(at - 1, &['.', '!', '?', ':', ')', '|']) || !tokens[at - 1].first.is_ascii());
    let closes = tokens
        .get(end)
        .is_none_or(|t| t.line_before || matches!(t.first, '.' | ',' | '/' | '|' | '!') || t.kind == Kind::Number);
    opens && closes && tokens[at - 1].kind == Kind::Symbol
}

fn preposition_before(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.previous_word(at).is_some_and(|i| at - i <= 2 && tokens[i].word.is(Flags::PREPOSITION))
}

/// Beside the name of a place that means nothing else, with a comma, slash or hyphen between.
fn beside_other_place(tokens: &Tokens<'_>, gazetteer: &Gazetteer, at: usize, end: usize) -> bool {
    let sure =
        |i: usize| longest(tokens, gazetteer, i).is_some_and(|(entry, _)| gazetteer.entry(entry).care != Care::Strong);
    let separator = |i: usize| {
        tokens.is_any(i, &[',', '/', '-', '–', '|', '&'])
            || tokens.get(i).is_some_and(|_| matches!(tokens.text(i), "og" | "and" | "samt" | "eller" | "or" | "och"))
    };
    let behind = separator(end) && sure(end + 1);
    let before = at >= 2 && separator(at - 1) && sure(at - 2);
    behind || before
}

/// "Ry ved Skanderborg".
fn near_other_place(tokens: &Tokens<'_>, gazetteer: &Gazetteer, end: usize) -> bool {
    tokens.get(end).is_some_and(|_| matches!(tokens.text(end), "ved" | "naer" | "near" | "bei" | "naera"))
        && longest(tokens, gazetteer, end + 1).is_some_and(|(entry, _)| gazetteer.entry(entry).care == Care::None)
}

/// "Nykøbing på Falster", "Viby, Sjælland": the part of the country behind a place.
fn part_behind(tokens: &Tokens<'_>, end: usize) -> Option<String> {
    (end..tokens.len().min(end + 3))
        .take_while(|&i| !tokens[i].line_before)
        .find(|&i| tokens[i].word.is(Flags::PART))
        .map(|i| tokens.text(i).to_owned())
}
