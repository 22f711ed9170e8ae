//! Handles of messaging services: a name beside the service's name.

use crate::claim::{Claim, Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::name::is_strange;
use crate::phone::atoms::says_number;
use crate::tokens::{Kind, Tokens};
use domain::{Field, Handle};

/// The service of a handle beside which none is named.
const UNKNOWN: &str = "unknown";

pub(super) fn find(tokens: &Tokens<'_>, claims: &mut Claims, lexicon: &Lexicon, field: &Field) -> Vec<Handle> {
    let mut handles = Vec::new();
    let push =
        |handles: &mut Vec<Handle>, service: u8, name: String, (from, to): (usize, usize), claims: &mut Claims| {
            if let Some(service) = lexicon.services.get(usize::from(service)) {
                claims.take(from..to, Claim::Contact);
                handles.push(Handle { service: service.clone(), handle: name, span: span(tokens, field, from..to) });
            }
        };
    for at in 0..tokens.len() {
        if tokens[at].word.is(Flags::SERVICE)
            && claims.is_free(at)
            && let Some((name, from, to)) = behind_service(tokens, claims, lexicon, at)
        {
            push(&mut handles, tokens[at].word.service, name, (from, to), claims);
        }
    }
    let only = only_service(tokens);
    // "Kun Telegram! Brugernavn: anna_24": a word that says that a handle follows.
    for at in 0..tokens.len() {
        if is_label(tokens, at)
            && let Some((name, from, to)) = behind_label(tokens, claims, lexicon, at)
            && let Some(service) = service_near(tokens, at, to, only)
        {
            push(&mut handles, service, name, (from, to), claims);
        }
    }
    // "@anna24 på telegram", and "@anna24" where one service is named.
    for at in 0..tokens.len() {
        if tokens.is(at, '@')
            && claims.is_free(at)
            && (at == 0 || tokens[at].space_before || tokens[at - 1].kind == Kind::Symbol)
        {
            let Some((name, to)) = name_at(tokens, claims, at + 1) else { continue };
            match service_near(tokens, at, to, only) {
                Some(service) => push(&mut handles, service, name, (at, to), claims),
                // "@anna_24": of which service nobody says, and still a way to find the person again.
                None => {
                    claims.take(at..to, Claim::Contact);
                    if stands_alone(tokens, lexicon, at + 1, &name) {
                        let span = span(tokens, field, at..to);
                        handles.push(Handle { service: UNKNOWN.to_owned(), handle: name, span });
                    }
                }
            }
        }
    }
    // "anna_24 på snap".
    for at in 0..tokens.len() {
        if tokens[at].kind == Kind::Word
            && claims.is_free(at)
            && (at == 0 || tokens[at].space_before)
            && let Some((name, to)) = name_at(tokens, claims, at)
            && (is_telling(&name) || (to == at + 1 && unheard(tokens, lexicon, at) && follows_to(tokens, at)))
        {
            let bracket = tokens.is(to, '(') && tokens.is(to + 2, ')');
            let before = bracket || tokens.get(to).is_some_and(|t| t.word.is(Flags::BEFORE_SERVICE));
            let service = tokens.get(to + 1).filter(|t| before && t.word.is(Flags::SERVICE));
            if let Some(service) = service {
                push(&mut handles, service.word.service, name, (at, to), claims);
            }
        }
    }
    handles
}

/// "Brugernavn", "username": a handle follows.
fn is_label(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(
        tokens.text(at),
        "brugernavn"
            | "brugernavnet"
            | "username"
            | "kontonavn"
            | "kontonavnet"
            | "benutzername"
            | "anvaendarnamn"
            | "profilnavn"
            | "profilnavnet"
            | "nick"
            | "nickname"
            | "handle"
            | "kaldenavn"
    )
}

/// The handle behind such a word at `at`.
fn behind_label(tokens: &Tokens<'_>, claims: &Claims, lexicon: &Lexicon, at: usize) -> Option<(String, usize, usize)> {
    let mut next = at + 1;
    while tokens.is_any(next, &[':', '=', '-', '"', '@', '→', '>'])
        || (next < at + 4 && tokens.get(next).is_some_and(|_| matches!(tokens.text(next), "er" | "is" | "ist" | "aer")))
    {
        next += 1;
    }
    let (name, to) = name_at(tokens, claims, next).filter(|_| next > at + 1 || tokens[next].space_before)?;
    let fits = is_telling(&name) || (to == next + 1 && unheard(tokens, lexicon, next));
    (fits && claims.are_free(next..to)).then_some((name, next, to))
}

/// One word in small letters that no language knows.
fn unheard(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    let token = &tokens[at];
    token.kind == Kind::Word
        && token.normal.1 - token.normal.0 >= 5
        && !token.capital
        && !token.word.is(Flags::NAME.or(Flags::NAME_HOMONYM))
        && is_strange(tokens, lexicon, at)
}

/// "Skriv til annavest på telegram", "som annavest på snap": what stands before a handle.
fn follows_to(tokens: &Tokens<'_>, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|i| {
        tokens.is_any(i, &[':', '"', '>', '→'])
            || matches!(
                tokens.text(i),
                "til"
                    | "som"
                    | "er"
                    | "hedder"
                    | "under"
                    | "navnet"
                    | "to"
                    | "as"
                    | "is"
                    | "name"
                    | "heter"
                    | "till"
                    | "als"
            )
    })
}

/// Digits, dots or underscores inside: no ordinary word.
fn is_telling(name: &str) -> bool {
    name.chars().any(|c| c.is_ascii_digit() || c == '_' || c == '.')
}

/// Whether a handle that is no ordinary word stands at `at`, of letters and a dot, digits or an underscore.
fn telling_at(tokens: &Tokens<'_>, claims: &Claims, at: usize) -> bool {
    let first = tokens.get(at).is_some_and(|t| t.kind == Kind::Word && t.space_before && !t.line_before);
    first && name_at(tokens, claims, at).is_some_and(|(name, to)| is_telling(&name) && to > at + 1)
}

/// Whether a name right behind an @ is a handle although no service is named: no place, price, word or first name, which
/// people share who have nothing to do with each other ("@Odense", "@500kr", "@home", "@Anna").
fn stands_alone(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, name: &str) -> bool {
    let first = &tokens[at];
    let listed = first.word.is(Flags::NAME.or(Flags::NAME_HOMONYM)) || !is_strange(tokens, lexicon, at);
    !first.space_before && first.kind != Kind::Number && (is_telling(name) || !listed)
}

/// A handle behind the service's name at `at`.
fn behind_service(
    tokens: &Tokens<'_>,
    claims: &Claims,
    lexicon: &Lexicon,
    at: usize,
) -> Option<(String, usize, usize)> {
    let common = tokens[at].word.is(Flags::SERVICE_COMMON);
    let mut next = at + 1;
    let (mut marked, mut named, mut labelled, mut quoted) = (false, false, false, false);
    for _ in 0..4 {
        let token = tokens.get(next)?;
        if token.line_before && next > at + 1 && !marked {
            return None;
        }
        if token.kind == Kind::Symbol
            && (matches!(token.first, ':' | '=' | '-' | '–' | '/' | '(' | '.' | '>' | '→' | '|' | '"')
                // "line app, id mayny77"
                || token.first == ',' && tokens.get(next + 1).is_some_and(|t| t.word.is(Flags::BETWEEN))
                // "Snapchat, karla.odense"
                || token.first == ',' && !common && telling_at(tokens, claims, next + 1))
        {
            marked |= matches!(token.first, ':' | '=' | '>' | '→');
            quoted |= matches!(token.first, '(' | '"');
            next += 1;
        } else if token.kind == Kind::Word && token.word.is(Flags::BETWEEN) && !name_goes_on(tokens, next) {
            labelled |= matches!(tokens.text(next), "id" | "brugernavn" | "username" | "kontonavn" | "benutzername");
            named |= matches!(
                tokens.text(next),
                "er" | "is"
                    | "id"
                    | "navn"
                    | "name"
                    | "brugernavn"
                    | "username"
                    | "user"
                    | "hedder"
                    | "under"
                    | "namn"
                    | "benutzername"
                    | "som"
                    | "as"
                    | "kontonavn"
                    | "kaldes"
                    | "nick"
                    | "heter"
            );
            next += 1;
        } else {
            break;
        }
    }
    let sign = tokens.is(next, '@');
    let from = next;
    let (name, to) = name_at(tokens, claims, if sign { next + 1 } else { next })?;
    if !sign && says_number(tokens, lexicon, next, to) {
        return None;
    }
    let telling = is_telling(&name);
    let word = &tokens[if sign { next + 1 } else { next }];
    // An ordinary word behind the service's name is the sentence going on.
    let ordinary =
        word.word.is(Flags::STOPWORD.or(Flags::HINT).or(Flags::SERVICE).or(Flags::FILLER).or(Flags::PREPOSITION))
            || word.word.number.is_some();
    let fits = sign
        || (marked && !ordinary_only(tokens, next, to, ordinary))
        || (telling && (!common || name.contains('_')))
        || (named && telling)
        // "Snapchat (annavest)", "insta annavest."
        || (!common && to == next + 1 && unheard(tokens, lexicon, next) && ends(tokens, to) && (quoted || next == at + 1))
        || (labelled && !ordinary && ends(tokens, to))
        || (named && !common && !ordinary && ends(tokens, to));
    (fits && claims.are_free(from..to)).then_some((name, from, to))
}

fn ordinary_only(tokens: &Tokens<'_>, from: usize, to: usize, ordinary: bool) -> bool {
    let _ = tokens;
    to - from == 1 && ordinary
}

fn ends(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.get(at).is_none_or(|t| t.line_before || t.kind == Kind::Symbol)
}

fn name_goes_on(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|t| !t.space_before && (t.kind == Kind::Number || t.first == '_'))
}

/// A handle at `at`: letters, digits, dots, underscores and hyphens without a blank.
fn name_at(tokens: &Tokens<'_>, claims: &Claims, at: usize) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut i = at;
    while let Some(token) = tokens.get(i).filter(|t| claims.is_free(i) && (i == at || !t.space_before)) {
        let inner = token.kind == Kind::Symbol
            && matches!(token.first, '_' | '.' | '-')
            && tokens.get(i + 1).is_some_and(|t| !t.space_before && (t.kind != Kind::Symbol || t.first == '_'));
        let trailing = tokens.is(i, '_');
        if (token.kind == Kind::Symbol && !inner && !trailing) || name.len() > 40 {
            break;
        }
        name.push_str(tokens.text(i));
        i += 1;
    }
    let letters = name.chars().any(char::is_alphabetic);
    (name.len() >= 3 && name.len() <= 40 && letters && name.is_ascii()).then_some((name, i))
}

/// The service named nearest to a bare `@name`: behind it ("på snap"), before it, or the only one of the text.
fn service_near(tokens: &Tokens<'_>, from: usize, to: usize, only: Option<u8>) -> Option<u8> {
    let service = |i: usize| tokens.get(i).filter(|t| t.word.is(Flags::SERVICE)).map(|t| t.word.service);
    let behind = (to..tokens.len().min(to + 3)).find_map(service);
    behind.or_else(|| (from.saturating_sub(8)..from).rev().find_map(service)).or(only)
}

/// The service of a text that names just one.
fn only_service(tokens: &Tokens<'_>) -> Option<u8> {
    let mut named = tokens
        .iter()
        .filter(|t| t.word.is(Flags::SERVICE) && !t.word.is(Flags::SERVICE_COMMON))
        .map(|t| t.word.service);
    let first = named.next()?;
    named.all(|service| service == first).then_some(first)
}
