//! Pages on their way to a sample folder: numbers that could ring are replaced by ones that cannot.

use std::collections::BTreeMap;

/// Replaces every run of eight digits that could be a Danish number (with or without country code, spaces, dots or hyphens
/// between) by 34 00 00 00 and the following, each number by the same one everywhere. What a page encodes stays as it is.
pub fn without_numbers(body: &[u8], known: &mut BTreeMap<Vec<u8>, u32>) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let begins = body[at].is_ascii_digit() && (at == 0 || !is_word(body[at - 1]));
        let run = if begins { run(&body[at..]) } else { None };
        let Some((length, digits)) = run else {
            out.push(body[at]);
            at += 1;
            continue;
        };
        let national = if digits.len() > 8 { digits[digits.len() - 8..].to_vec() } else { digits.clone() };
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let number = *known.entry(national).or_insert(next) % 10_000;
        let mut made = digits[..digits.len() - 8].to_vec();
        made.extend(format!("3400{number:04}").bytes());
        let mut made = made.into_iter();
        out.extend(
            body[at..at + length]
                .iter()
                .map(|byte| if byte.is_ascii_digit() { made.next().unwrap_or(b'0') } else { *byte }),
        );
        at += length;
    }
    out
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A run of eight digits, or of ten or twelve that begin with 45 or 0045: its length in the text, and the digits.
fn run(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let (mut digits, mut length, mut at) = (Vec::new(), 0, 0);
    while at < text.len() && digits.len() < 13 {
        if text[at].is_ascii_digit() {
            digits.push(text[at]);
            length = at + 1;
        } else if !matches!(text[at], b' ' | b'.' | b'-') || at + 1 - length > 1 {
            break;
        }
        at += 1;
    }
    let followed = text.get(length).is_some_and(|byte| is_word(*byte));
    if is_date(&text[..length]) {
        return None;
    }
    let national = match digits.len() {
        8 => &digits[..],
        10 => digits.strip_prefix(b"45")?,
        12 => digits.strip_prefix(b"0045")?,
        _ => return None,
    };
    (!followed && matches!(national[0], b'2'..=b'9')).then(|| (length, digits.clone()))
}

/// `2026-11-03`, `03-11-2026`, `03.11.2026`: its digits would pass for a number.
fn is_date(text: &[u8]) -> bool {
    let parts: Vec<Option<u32>> = text
        .split(|byte| matches!(byte, b'-' | b'.'))
        .map(|part| std::str::from_utf8(part).ok().and_then(|part| part.parse().ok()))
        .collect();
    let [Some(first), Some(month), Some(last)] = parts[..] else { return false };
    let (year, day) = if first > 31 { (first, last) } else { (last, first) };
    (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_becomes_one_that_cannot_ring() {
        let mut known = BTreeMap::new();
        let page = "Ring 67 84 32 14 eller <a href='tel:+4567843214'>67843214</a>, ikke 6784-3215. Pris 1500, kl. 10.30, 2026-11-03, 03.11.2026, id=123456789.";
        let made = String::from_utf8(without_numbers(page.as_bytes(), &mut known)).unwrap();
        assert_eq!(
            made,
            "Ring 34 00 00 00 eller <a href='tel:+4534000000'>34000000</a>, ikke 3400-0001. Pris 1500, kl. 10.30, 2026-11-03, 03.11.2026, id=123456789."
        );
    }
}
