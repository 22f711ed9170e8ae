//! Letters that only some languages have, and scripts that tell the language.

use super::model::Scores;
use crate::tokens::Tokens;

/// What a letter says against the languages that do not have it, each kind once a word.
const AGAINST: f32 = 3.0;

/// Letters that folding makes alike, with the languages that have them.
const LETTERS: [(&str, &[&str]); 14] = [
    ("æÆ", &["da", "no"]),
    ("øØ", &["da", "no"]),
    ("åÅ", &["da", "no", "sv", "fi"]),
    ("äÄ", &["sv", "de", "fi", "sk", "et"]),
    ("öÖ", &["sv", "de", "fi", "hu", "tr", "et"]),
    ("üÜ", &["de", "hu", "tr", "et", "es"]),
    ("ß", &["de"]),
    ("ñÑ", &["es", "tl"]),
    ("ăĂțȚșȘţŢ", &["ro", "vi", "tr"]),
    ("łŁżŻśŚźŹęĘńŃąĄćĆ", &["pl", "lt", "hr"]),
    ("ãÃõÕ", &["pt", "vi", "et"]),
    ("őŐűŰ", &["hu"]),
    ("řŘěĚůŮ", &["cs"]),
    ("ơƠưƯạảấầẩậắặẹẻếềểệịọỏốồổộớờởợụủứừửựđĐ", &["vi", "hr"]),
];

/// The letters of a word, as what they say against languages without them.
pub(super) fn letters(tokens: &Tokens<'_>, at: usize, codes: &[String], scores: &mut Scores) {
    let token = &tokens[at];
    let mut seen = 0u32;
    for clean in &tokens.chars[token.clean.0 as usize..token.clean.1 as usize] {
        if clean.c.is_ascii() {
            continue;
        }
        let Some((index, (_, languages))) =
            LETTERS.iter().enumerate().find(|(_, (letters, _))| letters.contains(clean.c))
        else {
            continue;
        };
        if seen & (1 << index) != 0 {
            continue;
        }
        seen |= 1 << index;
        for (code, score) in codes.iter().zip(scores.iter_mut()) {
            if !languages.contains(&code.as_str()) {
                *score -= AGAINST;
            }
        }
    }
}

/// Languages that their script tells.
pub(super) fn script(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{e00}'..='\u{e7f}' => "th",
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => "el",
        '\u{590}'..='\u{5ff}' => "he",
        '\u{600}'..='\u{6ff}' => "ar",
        '\u{900}'..='\u{97f}' => "hi",
        '\u{10a0}'..='\u{10ff}' => "ka",
        '\u{530}'..='\u{58f}' => "hy",
        '\u{3040}'..='\u{30ff}' => "ja",
        '\u{4e00}'..='\u{9fff}' => "zh",
        '\u{ac00}'..='\u{d7af}' => "ko",
        _ => return None,
    })
}

/// Cyrillic letters, which Russian, Ukrainian, Bulgarian and others share.
pub(super) fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52f}')
}

/// A capital I inside a sentence is English.
pub(super) fn english(codes: &[String], scores: &mut Scores) {
    for (code, score) in codes.iter().zip(scores.iter_mut()) {
        if code != "en" {
            *score -= AGAINST;
        }
    }
}

/// What a Cyrillic word's letters say.
pub(super) fn cyrillic(word: &str, codes: &[String], scores: &mut Scores) {
    for (code, score) in codes.iter().zip(scores.iter_mut()) {
        let against = match code.as_str() {
            "ru" => word.contains(['і', 'ї', 'є', 'ґ']),
            "uk" => word.contains(['ы', 'э', 'ё', 'ъ']),
            "bg" => word.contains(['ы', 'э', 'ё', 'і', 'ї', 'є', 'ґ']),
            _ => true,
        };
        if against {
            *score -= AGAINST;
        }
    }
}
