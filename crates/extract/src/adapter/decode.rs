//! Undoing what a site does to all values of a kind, mostly to phone numbers. Each way is total: what cannot be
//! decoded gives `None`, and the rule raises an issue.

/// One way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decode {
    Reverse,
    Base64,
    Rot13,
    Entities,
    Percent,
    Hex,
}

impl Decode {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "reverse" => Decode::Reverse,
            "base64" => Decode::Base64,
            "rot13" => Decode::Rot13,
            "entities" => Decode::Entities,
            "percent" => Decode::Percent,
            "hex" => Decode::Hex,
            _ => return None,
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Decode::Reverse => "reverse",
            Decode::Base64 => "base64",
            Decode::Rot13 => "rot13",
            Decode::Entities => "entities",
            Decode::Percent => "percent",
            Decode::Hex => "hex",
        }
    }

    pub fn apply(self, text: &str) -> Option<String> {
        match self {
            Decode::Reverse => Some(text.chars().rev().collect()),
            Decode::Base64 => String::from_utf8(base64(text)?).ok(),
            Decode::Rot13 => Some(text.chars().map(rot13).collect()),
            // Markup in the value becomes text too, which is what a doubly escaped value means.
            Decode::Entities => {
                let html = scraper::Html::parse_fragment(text);
                Some(super::text::text_of_node(html.tree.root(), &super::text::NONE, false))
            }
            Decode::Percent => String::from_utf8(percent(text)?).ok(),
            Decode::Hex => String::from_utf8(hex(text)?).ok(),
        }
    }
}

fn rot13(letter: char) -> char {
    let turn = |base: u8| char::from(base + (letter as u8 - base + 13) % 26);
    match letter {
        'a'..='z' => turn(b'a'),
        'A'..='Z' => turn(b'A'),
        _ => letter,
    }
}

/// RFC 4648, both alphabets, padding optional, white space between allowed.
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::with_capacity(text.len()), 0u32, 0u32);
    for letter in text.bytes().filter(|byte| !byte.is_ascii_whitespace()).take_while(|byte| *byte != b'=') {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (held < 6).then_some(bytes)
}

fn percent(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => bytes.push(nibble(rest.next()?)? << 4 | nibble(rest.next()?)?),
            b'+' => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    Some(bytes)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(nibble).collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn nibble(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_undoes_what_a_site_did() {
        let table = [
            ("reverse", "05 00 00 43", Some("34 00 00 50")),
            ("base64", "MzQgMDAgMDAgNTA=", Some("34 00 00 50")),
            ("base64", "MzQgMDAgMDAgNTA", Some("34 00 00 50")),
            ("base64", "MzQ*", None),
            ("base64", "M", None),
            ("rot13", "Naan", Some("Anna")),
            ("entities", "&#51;4 00&nbsp;00 &amp; 50", Some("34 00 00 & 50")),
            ("percent", "34%2000+00%2050", Some("34 00 00 50")),
            ("percent", "34%2", None),
            ("hex", "33 34", Some("34")),
            ("hex", "333", None),
        ];
        for (way, given, expected) in table {
            let decode = Decode::named(way).unwrap();
            assert_eq!(decode.name(), way);
            assert_eq!(decode.apply(given).as_deref(), expected, "{way} of {given}");
        }
        assert_eq!(Decode::named("caesar"), None);
    }
}
