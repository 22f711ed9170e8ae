//! Amounts of money and lengths of time as they are written.

use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};

/// An amount without its currency: its value and the index behind it.
///
/// `1500`, `1.500`, `1 500`, `1,500`, `1.500,00`, `1500,-` (the sign is left), number words up to thousands.
pub(crate) fn amount(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    match token.kind {
        Kind::Number => digits(tokens, at),
        Kind::Word => words(tokens, at),
        Kind::Symbol => None,
    }
}

fn joined(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.get(at).is_some_and(|token| !token.space_before)
}

fn digits(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let mut value = tokens.number(at)?;
    if tokens.digits(at) > 6 || (tokens.digits(at) > 1 && tokens.text(at).starts_with('0')) {
        return None;
    }
    let mut end = at + 1;
    // "5oo": letters for noughts.
    let noughts = tokens.get(end).filter(|t| t.kind == Kind::Word && !t.space_before).map_or("", |_| tokens.text(end));
    if matches!(noughts, "oo" | "ooo") && tokens.digits(at) <= 2 {
        return Some((value * if noughts.len() == 2 { 100 } else { 1000 }, end + 1));
    }
    if tokens.digits(at) <= 3 {
        let signed = tokens.is_any(end, &['.', ',', '\'']) && joined(tokens, end) && joined(tokens, end + 1);
        let blank = tokens
            .get(end)
            .is_some_and(|t| t.kind == Kind::Number && t.space_before && !t.line_before && !t.wide_before);
        let group = if signed { end + 1 } else { end };
        // "Ploy, 38 600 kr": an age and a price; nobody asks for thirty-eight thousand.
        let blank = blank && !((18..70).contains(&value) && tokens.number(group).is_some_and(|rest| rest >= 300));
        if (signed || (blank && value < 100 && value > 0)) && tokens.digits(group) == 3 && value > 0 {
            value = value.checked_mul(1000)?.checked_add(tokens.number(group)?)?;
            end = group + 1;
        }
    }
    // "1,2k"
    if value < 100
        && tokens.is_any(end, &[',', '.'])
        && joined(tokens, end)
        && joined(tokens, end + 1)
        && tokens.digits(end + 1) == 1
        && joined(tokens, end + 2)
        && tokens.get(end + 2).is_some_and(|_| tokens.text(end + 2) == "k")
    {
        return Some((value * 1000 + tokens.number(end + 1)? * 100, end + 3));
    }
    if tokens.is_any(end, &[',', '.'])
        && joined(tokens, end)
        && joined(tokens, end + 1)
        && tokens.digits(end + 1) == 2
        && !(tokens.is_any(end + 2, &['.', ',', ':']) && joined(tokens, end + 2) && tokens.digits(end + 3) > 0)
        && (tokens.number(end + 1) == Some(0) || (tokens.is(end, ',') && value >= 20))
    {
        end += 2;
    }
    // "15 hundrede", "2 tusind".
    if let Some(scale) = tokens.get(end).filter(|t| !t.line_before && end == at + 1 && (1..100).contains(&value)) {
        let times = if scale.word.is(Flags::HUNDRED) { 100 } else { 1000 };
        if scale.word.is(Flags::HUNDRED.or(Flags::THOUSAND)) {
            return Some((value * times, end + 1));
        }
    }
    let thousands = tokens.get(end).is_some_and(|t| !t.space_before && tokens.text(end) == "k");
    if thousands && value < 100 {
        return Some((value * 1000, end + 1));
    }
    Some((value, end))
}

/// `otte hundrede`, `femten hundrede`, `tusind`, `et tusind fem hundrede`, `ottehundrede`.
fn words(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let (mut total, mut part, mut end, mut scaled) = (0u32, 0u32, at, false);
    while let Some(token) = tokens.get(end).filter(|t| end == at || !t.line_before) {
        if let Some(value) = token.word.number {
            part += u32::from(value);
        } else if matches!(tokens.text(end), "halvandet" | "halvanden") && end == at {
            let scale = tokens.get(at + 1).map(|t| t.word)?;
            let times = if scale.is(Flags::THOUSAND) {
                1000
            } else if scale.is(Flags::HUNDRED) {
                100
            } else {
                return None;
            };
            return Some((times * 3 / 2, at + 2));
        } else if token.word.is(Flags::HUNDRED) {
            part = part.max(1) * 100;
            scaled = true;
        } else if token.word.is(Flags::THOUSAND) {
            total += part.max(1) * 1000;
            part = 0;
            scaled = true;
        } else if token.word.is(Flags::JOINER)
            && end > at
            && tokens.get(end + 1).is_some_and(|t| t.word.number.is_some() || t.word.is(Flags::HUNDRED))
        {
            end += 1;
            continue;
        } else if let Some(value) = glued(tokens.text(end)) {
            part += value;
            scaled = true;
        } else {
            break;
        }
        end += 1;
        if end - at > 8 {
            return None;
        }
    }
    (scaled && end > at).then_some((total + part, end))
}

/// Amounts written as one word, the ones that listings use.
fn glued(word: &str) -> Option<u32> {
    let (head, scale) = ["hundrede", "hundred", "hundra", "hundert"]
        .iter()
        .find_map(|tail| word.strip_suffix(tail).map(|head| (head, 100)))
        .or_else(|| {
            ["tusinde", "tusind", "tusen", "tausend"]
                .iter()
                .find_map(|tail| word.strip_suffix(tail).map(|head| (head, 1000)))
        })?;
    let value = match head {
        "et" | "ett" | "ein" | "en" => 1,
        "to" | "tvaa" | "zwei" => 2,
        "tre" | "drei" => 3,
        "fire" | "fyra" | "vier" => 4,
        "fem" | "fuenf" => 5,
        "seks" | "sex" | "sechs" => 6,
        "syv" | "sju" | "sieben" => 7,
        "otte" | "aatta" | "acht" => 8,
        "ni" | "nio" | "neun" => 9,
        "elleve" => 11,
        "tolv" => 12,
        "tretten" => 13,
        "femten" => 15,
        _ => return None,
    };
    Some(value * scale)
}

/// A length of time at `at`: minutes and the index behind it. `30 min`, `½ time`, `1,5 timer`, `en halv time`, `2t`.
pub(crate) fn length(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    if token.kind == Kind::Number {
        return numeric_length(tokens, at);
    }
    if let Some(fraction) = fraction(token.first).filter(|_| token.kind == Kind::Symbol) {
        let (minutes, end) = unit(tokens, at + 1)?;
        return Some((minutes * fraction / 4, end));
    }
    if token.kind != Kind::Word {
        return None;
    }
    let phrase = token.word.is(Flags::LENGTH).then(|| lexicon.lengths.forward(tokens, at)).flatten();
    if let Some((end, minutes)) = phrase {
        return Some((u32::from(minutes), end));
    }
    let value = token.word.number.filter(|value| *value > 0)?;
    // "forty-five minutes"
    let next = if tokens.is(at + 1, '-') { at + 2 } else { at + 1 };
    if value % 10 == 0
        && (20..=50).contains(&value)
        && let Some(unit_value) = tokens.get(next).and_then(|t| t.word.number).filter(|v| (1..=9).contains(v))
        && let Some((minutes, end)) = unit(tokens, next + 1)
    {
        return Some((u32::from(value + unit_value) * minutes, end));
    }
    let (minutes, end) = unit(tokens, at + 1)?;
    Some((u32::from(value) * minutes, end))
}

/// "30/60/90 min": lengths that share their unit, each with its tokens; two or more, growing.
pub(crate) fn shared_lengths(tokens: &Tokens<'_>, at: usize) -> Vec<(u32, usize, usize)> {
    let mut values = Vec::new();
    let mut i = at;
    while let Some(value) = tokens.number(i).filter(|value| (5..=240).contains(value)) {
        if values.last().is_some_and(|(last, _, _)| value <= *last) {
            return Vec::new();
        }
        values.push((value, i, i + 1));
        let or = tokens
            .get(i + 1)
            .is_some_and(|_| matches!(tokens.text(i + 1), "or" | "eller" | "og" | "and" | "och" | "oder"));
        if !or && !tokens.is_any(i + 1, &['/', ',', '-', '–', '|', '+']) {
            break;
        }
        i += 2;
    }
    match unit(tokens, i + 1) {
        Some((1, end)) if values.len() >= 2 => {
            if let Some(last) = values.last_mut() {
                last.2 = end;
            }
            values
        }
        _ => Vec::new(),
    }
}

/// Quarters.
fn fraction(symbol: char) -> Option<u32> {
    match symbol {
        '¼' => Some(1),
        '½' => Some(2),
        '¾' => Some(3),
        _ => None,
    }
}

fn numeric_length(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let value = tokens.number(at).filter(|value| *value <= 600)?;
    // "1,5 time", "1½ time", "1/2 time", "1 1/2 time".
    if tokens.is_any(at + 1, &[',', '.'])
        && joined(tokens, at + 1)
        && joined(tokens, at + 2)
        && tokens.digits(at + 2) == 1
    {
        let tenth = tokens.number(at + 2)?;
        let (minutes, end) = unit(tokens, at + 3)?;
        return Some((value * minutes + tenth * minutes / 10, end));
    }
    if let Some(quarters) = tokens.get(at + 1).filter(|t| t.kind == Kind::Symbol).and_then(|t| fraction(t.first)) {
        let (minutes, end) = unit(tokens, at + 2)?;
        return Some((value * minutes + minutes * quarters / 4, end));
    }
    if tokens.is(at + 1, '/')
        && joined(tokens, at + 1)
        && joined(tokens, at + 2)
        && let Some(parts) =
            tokens.number(at + 2).filter(|parts| (1..=4).contains(parts) && value <= *parts && value > 0)
    {
        let (minutes, end) = unit(tokens, at + 3)?;
        return Some((minutes * value / parts, end));
    }
    if value == 0 {
        return None;
    }
    if tokens.is_any(at + 1, &['-', '–', '/']) && tokens.digits(at + 2) > 0 && tokens.digits(at + 2) <= 3 {
        return None;
    }
    let (minutes, end) = unit(tokens, at + 1)?;
    let total = value * minutes;
    (total <= 24 * 60).then_some((total, end))
}

/// A unit of time, with the dot of its short form.
fn unit(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let dash = tokens.is(at, '-') && joined(tokens, at);
    let at = if dash { at + 1 } else { at };
    // "30 de minute"
    let at = if tokens.get(at).is_some_and(|t| t.space_before && tokens.text(at) == "de") { at + 1 } else { at };
    let token = tokens.get(at).filter(|t| t.kind == Kind::Word && !t.line_before && t.word.is(Flags::UNIT))?;
    let dot = tokens.is(at + 1, '.')
        && joined(tokens, at + 1)
        && tokens.get(at + 2).is_some_and(|t| !t.capital && t.kind != Kind::Symbol);
    Some((u32::from(token.word.minutes), at + 1 + usize::from(dot)))
}
