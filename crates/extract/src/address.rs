//! Street addresses: a street's name and a number.

use crate::claim::{Claim, Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};
use domain::{Address, Field};

/// Finds the street addresses and claims their tokens.
pub(crate) fn find(tokens: &Tokens<'_>, claims: &mut Claims, lexicon: &Lexicon, field: &Field) -> Vec<Address> {
    let mut addresses = Vec::new();
    for at in 1..tokens.len() {
        if !claims.is_free(at) || tokens[at].kind != Kind::Number || !(1..=3).contains(&tokens.digits(at)) {
            continue;
        }
        let Some(from) = street_before(tokens, lexicon, at).filter(|from| claims.are_free(*from..at + 1)) else {
            continue;
        };
        // A unit behind the number: "på vejen 10 min" is no address.
        let next = tokens.get(at + 1);
        // "København. 2.000 kr": the beginning of an amount.
        let grouped = tokens.is_any(at + 1, &['.', ','])
            && !tokens[at + 1].space_before
            && tokens.digits(at + 2) == 3
            && !tokens[at + 2].space_before;
        if grouped {
            continue;
        }
        let units = Flags::UNIT.or(Flags::CURRENCY).or(Flags::AGE_UNIT).or(Flags::MEASURE);
        let letter = next.is_some_and(|t| {
            t.kind == Kind::Word
                && t.normal.1 - t.normal.0 == 1
                && (!t.space_before || t.capital)
                && !t.line_before
                && !matches!(tokens.text(at + 1), "i")
        });
        if !letter
            && next.is_some_and(|t| {
                t.word.is(units) && !matches!(tokens.text(at + 1), "st" | "th" | "tv" | "sal" | "etage")
            })
        {
            continue;
        }
        let to = at + 1 + usize::from(letter);
        claims.take(from..to, Claim::Address);
        let text = text(tokens, from, at, to);
        addresses.push(Address { text, span: span(tokens, field, from..to) });
    }
    addresses
}

/// Lower case, one blank between the words, the letter joined to its number.
fn text(tokens: &Tokens<'_>, from: usize, number: usize, to: usize) -> String {
    let mut text = tokens.spelled_range(from, number + 1).to_lowercase();
    for letter in number + 1..to {
        text.push_str(&tokens.spelled(letter).to_lowercase());
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where the street's name before the number at `number` begins.
fn street_before(tokens: &Tokens<'_>, lexicon: &Lexicon, number: usize) -> Option<usize> {
    if tokens[number].line_before || !tokens[number].space_before {
        return None;
    }
    let mut last = number - 1;
    if tokens.is_any(last, &['.', ',']) {
        last = last.checked_sub(1)?;
    }
    let word = &tokens[last];
    if word.kind != Kind::Word {
        return None;
    }
    let text = tokens.text(last);
    if word.word.is(Flags::STREET_WORD) {
        // "Vester Allé 5", "H.C. Andersens Boulevard 10": capitalised words before it.
        let from = name_start(tokens, last);
        if from < last {
            return Some(from);
        }
        return None;
    }
    if word.word.is(Flags::STREET_ALONE) && word.capital {
        return Some(last);
    }
    let sure = lexicon
        .street_endings
        .iter()
        .find(|(ending, _)| text.len() >= ending.len() + 2 && text.ends_with(ending.as_str()))
        .map(|(_, sure)| *sure)?;
    if !(word.capital || sure) || tokens[last].word.is(Flags::STOPWORD) {
        return None;
    }
    Some(if word.capital { name_start(tokens, last) } else { last })
}

/// Words that belong to a street's name before its last one.
fn name_start(tokens: &Tokens<'_>, last: usize) -> usize {
    const PARTS: [&str; 24] = [
        "gammel", "gl", "ny", "nye", "store", "st", "lille", "ll", "noerre", "nr", "soender", "sdr", "oester",
        "vester", "sankt", "skt", "sct", "h", "c", "dronning", "kong", "kongens", "prins", "general",
    ];
    let mut from = last;
    while from > 0 && last - from < 5 && !tokens[from].line_before {
        let before = from - 1;
        let token = &tokens[before];
        if token.kind == Kind::Symbol {
            let dot = token.first == '.'
                && !token.space_before
                && before > 0
                && tokens[before - 1].capital
                && (PARTS.contains(&tokens.text(before - 1))
                    || tokens[before - 1].normal.1 - tokens[before - 1].normal.0 == 1);
            let hyphen = token.first == '-' && !token.space_before && !tokens[from].space_before;
            if dot {
                from = before - 1;
                continue;
            }
            if hyphen && before > 0 && tokens[before - 1].capital {
                from = before - 1;
                continue;
            }
            break;
        }
        let part = PARTS.contains(&tokens.text(before)) && token.capital;
        // "Anna Sofies Gade": capitalised, no sentence's first word unless it is a usual part.
        let named = token.kind == Kind::Word
            && token.capital
            && tokens[last].word.is(Flags::STREET_WORD)
            && !token.word.is(Flags::STOPWORD.or(Flags::PREPOSITION));
        if !(part || named) {
            break;
        }
        from = before;
    }
    from
}
