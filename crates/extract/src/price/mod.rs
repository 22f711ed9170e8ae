//! Prices, with the length of time that they pay for.

mod pairs;

use crate::amount::{amount, length, shared_lengths};
use crate::claim::{Claim, Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};
use domain::{Field, Price};

/// Something of a price list, in order.
#[derive(Clone, Copy)]
enum Item {
    /// An amount, with its currency where it is written.
    Amount { value: u32, currency: Option<u8>, sure: bool, from: usize, to: usize },
    /// A length of time in minutes.
    Length { minutes: u32, from: usize, to: usize },
}

impl Item {
    fn range(&self) -> (usize, usize) {
        match self {
            Item::Amount { from, to, .. } | Item::Length { from, to, .. } => (*from, *to),
        }
    }
}

/// Finds the prices and claims their tokens. In the site's price field a bare number is a price.
pub(crate) fn find(
    tokens: &Tokens<'_>,
    claims: &mut Claims,
    lexicon: &Lexicon,
    field: &Field,
    is_price_field: bool,
) -> Vec<Price> {
    let usual = usual_currency(tokens, lexicon);
    let items = items(tokens, claims, lexicon, is_price_field, usual);
    let minutes = pairs::pair(tokens, &items);
    let mut prices = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Item::Amount { value, currency, sure, from, to } = *item else { continue };
        let length = minutes[index];
        let plausible = (50..=100_000).contains(&value);
        let bare = length.is_some() && plausible && value >= least_bare(usual) && value % 5 == 0;
        if !(sure || bare) || value == 0 || value > 1_000_000 {
            continue;
        }
        let code = |c: u8| lexicon.currencies.get(usize::from(c)).cloned();
        let currency = currency.and_then(code).unwrap_or_else(|| "DKK".to_owned());
        let currency = match usual {
            Some(Usual::Kroner(of)) if currency == "DKK" => of.to_owned(),
            Some(Usual::Only(only)) if is_bare(item) => code(only).unwrap_or(currency),
            _ => currency,
        };
        let minutes = length.map(|(minutes, _)| minutes);
        claims.take(from..to, Claim::Price);
        if let Some((_, length)) = length {
            let (from, to) = items[length].range();
            if claims.are_free(from..to) {
                claims.take(from..to, Claim::Price);
            }
        }
        prices.push(Price { amount: value, currency, minutes, span: span(tokens, field, from..to) });
    }
    prices
}

/// What a text says of the currency of all its prices.
#[derive(Clone, Copy)]
enum Usual {
    /// It names one currency only, and that is not the Danish one: bare numbers are in it.
    Only(u8),
    /// It names Swedish or Norwegian kroner and no Danish ones: every "kr" is theirs.
    Kroner(&'static str),
}

fn usual_currency(tokens: &Tokens<'_>, lexicon: &Lexicon) -> Option<Usual> {
    let (mut first, mut several, mut danish, mut other) = (None, false, false, None);
    for (at, token) in tokens.iter().enumerate() {
        let money =
            token.word.is(Flags::CURRENCY) || (token.kind == Kind::Symbol && matches!(token.first, '€' | '£' | '$'));
        if !money {
            continue;
        }
        // "Jeg rejser nok på tirsdag": Danish for "I think".
        if tokens.text(at) == "nok" && !token.upper && !behind_number(tokens, at) {
            continue;
        }
        let national = at.checked_sub(1).and_then(|before| national_currency(tokens, lexicon, before));
        let Some(code) = national.or_else(|| currency_at(tokens, lexicon, at)) else { continue };
        several |= first.is_some_and(|first| first != code);
        first.get_or_insert(code);
        match lexicon.currencies.get(usize::from(code)).map(String::as_str) {
            Some("DKK") => danish |= national.is_some() || matches!(tokens.text(at), "dkk" | "dkr" | "ddk"),
            // "nok" is also Danish for enough.
            Some("SEK") if national.is_some() || token.upper || behind_number(tokens, at) => other = Some("SEK"),
            Some("NOK") if national.is_some() || token.upper || behind_number(tokens, at) => other = Some("NOK"),
            _ => {}
        }
    }
    match (other, first) {
        (Some(other), _) if !danish => Some(Usual::Kroner(other)),
        (_, Some(only)) if !several && lexicon.currencies.get(usize::from(only)).is_some_and(|c| c != "DKK") => {
            Some(Usual::Only(only))
        }
        _ => None,
    }
}

/// The least bare number that may be a price.
fn least_bare(usual: Option<Usual>) -> u32 {
    if matches!(usual, Some(Usual::Only(_))) { 30 } else { 100 }
}

/// "700 kr for 1 time, 1300 kr for 2": a bare number behind "for" goes on in hours.
fn hours_again(tokens: &Tokens<'_>, items: &[Item], last_length: Option<u32>, at: usize) -> Option<Item> {
    let Some(Item::Amount { to, .. }) = items.last() else { return None };
    let token = tokens.get(at)?;
    let value = token.word.number.map(u32::from).or_else(|| tokens.number(at))?;
    let ends = tokens.get(at + 1).is_none_or(|t| t.line_before || t.kind == Kind::Symbol);
    let fits = last_length.is_some_and(|minutes| minutes % 60 == 0)
        && *to + 1 == at
        && matches!(tokens.text(*to), "for" | "foer" | "fuer")
        && (1..=6).contains(&value);
    (fits && ends).then(|| Item::Length { minutes: value * 60, from: at, to: at + 1 })
}

/// "700 kr for 30 and 1100 kr for 60", "1000 kr/30": a bare number behind an amount goes on in minutes.
fn minutes_again(tokens: &Tokens<'_>, items: &[Item], at: usize) -> Option<Item> {
    let Some(Item::Amount { to, sure, .. }) = items.last() else { return None };
    // "800 kr for 30 minutter, 1400 for 60": a bare amount where a price and its minutes stand before.
    let goes_on = minutes_said(items) && matches!(tokens.text(*to), "for" | "foer" | "fuer");
    if !(*sure || goes_on) {
        return None;
    }
    // "Thirty minutes 400 kr, 700 kr sixty."
    let said = tokens[at].word.number.map(u32::from).filter(|value| matches!(value, 15 | 30 | 45 | 60 | 90));
    let ends_here = |i: usize| tokens.get(i).is_none_or(|t| t.line_before || t.kind == Kind::Symbol);
    if let Some(value) = said.filter(|_| *to == at && minutes_said(items) && ends_here(at + 1)) {
        return Some(Item::Length { minutes: value, from: at, to: at + 1 });
    }
    let value = tokens.number(at).filter(|value| matches!(value, 15 | 20 | 25 | 30 | 40 | 45 | 60 | 75 | 90 | 120))?;
    let slash = tokens.is(*to, '/') && !tokens[at].space_before;
    let linked = *to + 1 == at && (slash || matches!(tokens.text(*to), "for" | "foer" | "fuer"));
    let ends = tokens.get(at + 1).is_none_or(|t| {
        t.line_before
            || (t.kind == Kind::Symbol
                && !matches!(t.first, '/' | '-' | '%' | '+')
                && (tokens.digits(at + 2) != 2 || (t.first == '.' && tokens[at + 2].space_before)))
            || matches!(tokens.text(at + 1), "og" | "and" | "och" | "und" | "eller" | "or")
    });
    (linked && ends).then(|| Item::Length { minutes: value, from: at, to: at + 1 })
}

/// Whether a length in minutes stands not far before.
fn minutes_said(items: &[Item]) -> bool {
    items.iter().rev().take(12).any(|item| matches!(item, Item::Length { minutes, .. } if minutes % 60 != 0))
}

fn behind_number(tokens: &Tokens<'_>, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| tokens[before].kind == Kind::Number)
}

fn is_bare(item: &Item) -> bool {
    matches!(item, Item::Amount { currency: None, .. })
}

/// All amounts and lengths of time, left to right.
fn items(
    tokens: &Tokens<'_>,
    claims: &Claims,
    lexicon: &Lexicon,
    is_price_field: bool,
    usual: Option<Usual>,
) -> Vec<Item> {
    let least = least_bare(usual);
    let mut items = Vec::new();
    // The minutes of the last length: a long list is not searched for it again and again.
    let mut last_length = None;
    let mut at = 0;
    while at < tokens.len() {
        if !claims.is_free(at) {
            at += 1;
            continue;
        }
        let shared = if tokens[at].kind == Kind::Number { shared_lengths(tokens, at) } else { Vec::new() };
        if let Some((_, _, end)) = shared.last().filter(|(_, _, end)| claims.are_free(at..*end)) {
            at = *end;
            last_length = shared.last().map(|(minutes, ..)| *minutes);
            items.extend(shared.iter().map(|(minutes, from, to)| Item::Length {
                minutes: *minutes,
                from: *from,
                to: *to,
            }));
            continue;
        }
        let item = priced(tokens, lexicon, at)
            .or_else(|| length(tokens, lexicon, at).map(|(minutes, to)| Item::Length { minutes, from: at, to }))
            .or_else(|| per_hour(tokens, at))
            .or_else(|| hours_again(tokens, &items, last_length, at))
            .or_else(|| minutes_again(tokens, &items, at))
            .or_else(|| bare(tokens, at, is_price_field, continues(tokens, &items, at), least));
        match item {
            Some(item) if claims.are_free(item.range().0..item.range().1) => {
                at = item.range().1.max(at + 1);
                if let Item::Length { minutes, .. } = item {
                    last_length = Some(minutes);
                }
                items.push(item);
            }
            _ => at += 1,
        }
    }
    items
}

/// "Priser: 500 / 800 / 1200": a sure amount stands right before, with a sign between.
fn continues(tokens: &Tokens<'_>, items: &[Item], at: usize) -> bool {
    let Some(Item::Amount { sure: true, to, .. }) = items.last() else { return false };
    let sign = |i: usize| {
        tokens.is_any(i, &['/', ',', '-', '–', '|', '&'])
            || matches!(tokens.text(i), "og" | "eller" | "til" | "and" | "or" | "to")
    };
    *to + 1 == at && sign(*to) && !tokens[at].line_before
}

/// `/t`, `pr. time`, `per hour`: a unit without a number.
fn per_hour(tokens: &Tokens<'_>, at: usize) -> Option<Item> {
    let minutes = u32::from(tokens[at].word.minutes);
    if minutes < 15 {
        return None;
    }
    // "time: 1500", a list's line.
    let labels = tokens.is_any(at + 1, &[':', '='])
        || (tokens.digits(at + 1) >= 3 && tokens[at].normal.1 - tokens[at].normal.0 > 2);
    if labels && (at == 0 || tokens[at].line_before || tokens[at - 1].kind == Kind::Symbol) {
        return Some(Item::Length { minutes, from: at, to: at + 1 });
    }
    if tokens[at].line_before {
        return None;
    }
    let mut before = at.checked_sub(1)?;
    if tokens.is(before, '.') {
        before = before.checked_sub(1)?;
    }
    // "1000 kr hr", "900 kr time.", "1500 hour": right behind an amount, and nothing that belongs to the next one.
    let money = tokens[before].word.is(Flags::CURRENCY)
        || tokens[before].kind == Kind::Symbol && matches!(tokens[before].first, '€' | '£' | '$')
        || tokens[before].kind == Kind::Number && (3..=4).contains(&tokens.digits(before));
    let ends = tokens.get(at + 1).is_none_or(|t| {
        t.line_before
            || (t.kind == Kind::Symbol && !matches!(t.first, ':' | '='))
            || (t.kind == Kind::Word && t.capital)
    });
    if money && ends && minutes == 60 {
        return Some(Item::Length { minutes, from: at, to: at + 1 });
    }
    let per = tokens.is(before, '/')
        || matches!(
            tokens.text(before),
            "pr" | "per"
                | "i"
                | "an"
                | "the"
                | "pro"
                | "a"
                | "en"
                | "om"
                | "la"
                | "pe"
                | "za"
                | "por"
                | "par"
                | "all"
                | "eine"
                | "et"
        );
    per.then_some(Item::Length { minutes, from: at, to: at + 1 })
}

/// An amount with a currency before or behind it.
fn priced(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<Item> {
    let token = tokens.get(at)?;
    if let Some(code) = currency_at(tokens, lexicon, at) {
        // kr. 800
        let mut next = at + 1;
        if tokens.is_any(next, &['.', ':']) {
            next += 1;
        }
        tokens.get(next).filter(|t| !t.line_before && t.kind == Kind::Number)?;
        let (value, to) = amount(tokens, next)?;
        return Some(Item::Amount { value, currency: Some(code), sure: true, from: at, to: sign(tokens, to) });
    }
    if token.kind == Kind::Symbol {
        return None;
    }
    let (value, to) = amount(tokens, at)?;
    let signed = sign(tokens, to);
    if signed > to {
        let code = currency_at(tokens, lexicon, signed);
        return Some(Item::Amount {
            value,
            currency: code,
            sure: true,
            from: at,
            to: signed + usize::from(code.is_some()),
        });
    }
    // "800 - 1500 kr": the currency stands behind the last of them.
    let mut code_at = to;
    let mut hops = 0;
    while hops < 4 && tokens.is_any(code_at, &['-', '–', '/'])
        || tokens.get(code_at).is_some_and(|_| {
            hops < 4 && matches!(tokens.text(code_at), "til" | "to" | "eller" | "or" | "og" | "and" | "till" | "bis")
        })
    {
        let Some((last, behind)) =
            tokens.get(code_at + 1).filter(|t| t.kind == Kind::Number).and_then(|_| amount(tokens, code_at + 1))
        else {
            break;
        };
        if last < 50 {
            break;
        }
        code_at = behind;
        hops += 1;
    }
    // "1000 svenske kroner"
    let national = national_currency(tokens, lexicon, code_at);
    let behind = if national.is_some() { code_at + 2 } else { code_at + 1 };
    let code = tokens
        .get(code_at)
        .filter(|t| !t.line_before)
        .and_then(|_| national.or_else(|| currency_at(tokens, lexicon, code_at)))?;
    if hops > 0 {
        return (value >= 50).then_some(Item::Amount { value, currency: Some(code), sure: true, from: at, to });
    }
    Some(Item::Amount { value, currency: Some(code), sure: true, from: at, to: with_full_stop(tokens, behind) })
}

/// "500 kr. for en time": the full stop of the abbreviation, where no sentence ends.
fn with_full_stop(tokens: &Tokens<'_>, behind: usize) -> usize {
    let joined = tokens.is(behind, '.') && !tokens[behind].space_before;
    let short = matches!(tokens.text(behind - 1), "kr" | "dkr" | "skr" | "nkr");
    let goes_on = tokens.get(behind + 1).is_some_and(|t| {
        !t.line_before
            && match t.kind {
                Kind::Word => !t.capital,
                Kind::Symbol => matches!(t.first, ',' | '/' | ';' | '½' | '¼' | '¾'),
                Kind::Number => false,
            }
    });
    if joined && short && goes_on { behind + 1 } else { behind }
}

/// "danske kroner", "Swedish kronor": whose kroner they are.
fn national_currency(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<u8> {
    let code = match tokens.get(at).map(|_| tokens.text(at))? {
        "danske" | "danish" | "danska" | "daenische" => "DKK",
        "svenske" | "swedish" | "svenska" | "schwedische" => "SEK",
        "norske" | "norwegian" | "norska" | "norwegische" => "NOK",
        _ => return None,
    };
    tokens.get(at + 1).filter(|t| t.word.is(Flags::CURRENCY) && !t.line_before)?;
    lexicon.currencies.iter().position(|known| known == code).map(|index| index.min(255) as u8)
}

/// `,-` or `:-` behind an amount.
fn sign(tokens: &Tokens<'_>, at: usize) -> usize {
    let joined = |i: usize| tokens.get(i).is_some_and(|token| !token.space_before);
    let behind_number = |i: usize| tokens.get(i).is_none_or(|t| t.space_before || t.kind != Kind::Number);
    // The sign may stand apart: "1200 ,-".
    if tokens.is_any(at, &[',', ':', '.', ';'])
        && (joined(at) || tokens.is(at, ','))
        && tokens.is_any(at + 1, &['-', '–', '—'])
        && joined(at + 1)
        && behind_number(at + 2)
    {
        return at + 2;
    }
    at
}

fn currency_at(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<u8> {
    let token = tokens.get(at)?;
    let code = |name: &str| lexicon.currencies.iter().position(|known| known == name).map(|index| index.min(255) as u8);
    match token.kind {
        Kind::Symbol => match token.first {
            '€' => code("EUR"),
            '$' => code("USD"),
            '£' => code("GBP"),
            _ => None,
        },
        Kind::Word if token.word.is(Flags::CURRENCY) => Some(token.word.currency),
        _ => None,
    }
}

/// A number without a currency: a price only beside a length of time or behind a word for price.
fn bare(tokens: &Tokens<'_>, at: usize, is_price_field: bool, continues: bool, least: u32) -> Option<Item> {
    if at > 0 && tokens.is(at - 1, '+') {
        return None;
    }
    let (value, to) = amount(tokens, at)?;
    // "femten hundrede for det hele", "15 hundrede": said as prices are, and of nothing that is counted.
    if tokens[to - 1].word.is(Flags::HUNDRED.or(Flags::THOUSAND)) && !is_price_field {
        let ends = tokens.get(to).is_none_or(|t| {
            t.line_before
                || (t.kind == Kind::Symbol && t.first != '-')
                || matches!(tokens.text(to), "for" | "i" | "pr" | "per" | "kontant" | "cash")
        });
        let sure = ends && (300..=30_000).contains(&value) && value != 1000;
        return sure.then_some(Item::Amount { value, currency: None, sure, from: at, to });
    }
    if tokens[at].kind != Kind::Number {
        return None;
    }
    if is_price_field {
        return Some(Item::Amount { value, currency: None, sure: value >= 20, from: at, to });
    }
    let next = tokens.get(to);
    let joined_word = next.is_some_and(|t| t.kind == Kind::Word && !t.space_before);
    let measured = next.is_some_and(|t| t.word.is(Flags::MEASURE.or(Flags::AGE_UNIT))) || tokens.is(to, '%');
    if (least..=50_000).contains(&value) && !measured && !joined_word {
        let thousands = to > at + 1 && tokens.text(to - 1) == "k";
        // "for 4.500"
        let grouped = to > at + 1 && tokens.digits(to - 1) == 3 && value % 50 == 0;
        let offered =
            at.checked_sub(1).is_some_and(|i| matches!(tokens.text(i), "for" | "kun" | "only" | "nur" | "bare"));
        let decimals = to > at + 2 && tokens.digits(to - 1) == 2 && tokens.text(to - 1) == "00";
        let cash = tokens
            .get(to)
            .is_some_and(|t| !t.line_before && matches!(tokens.text(to), "kontant" | "kontanter" | "cash"));
        // "Siden 2017", "4511": no amount of a list.
        if value % 5 != 0 && !(thousands || decimals || cash || after_price_word(tokens, at)) {
            return None;
        }
        let year = (1950..=2040).contains(&value)
            && at.checked_sub(1).is_some_and(|i| {
                matches!(
                    tokens.text(i),
                    "i" | "in" | "siden" | "since" | "fra" | "from" | "sedan" | "seit" | "aar" | "year" | "uddannet"
                )
            });
        if year {
            return None;
        }
        let sure = thousands
            || decimals
            || cash
            || (grouped && offered)
            || after_price_word(tokens, at)
            || (continues && value % 10 == 0);
        return Some(Item::Amount { value, currency: None, sure, from: at, to });
    }
    None
}

fn after_price_word(tokens: &Tokens<'_>, at: usize) -> bool {
    let mut i = at;
    for _ in 0..4 {
        let Some(before) = i.checked_sub(1) else { return false };
        i = before;
        let token = &tokens[i];
        if token.word.is(Flags::PRICE_WORD) {
            return true;
        }
        let passes = token.kind == Kind::Symbol && matches!(token.first, ':' | '-' | '.' | '=' | '–')
            || token.word.is(Flags::CONNECTOR);
        if !passes {
            return false;
        }
    }
    false
}
