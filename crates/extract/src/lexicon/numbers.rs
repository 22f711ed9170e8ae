//! Number words and their compounds up to 99.

use super::Flags;
use super::files::{NumberLanguage, NumberOrder};
use domain::NormalText;

fn folded(text: &str) -> String {
    NormalText::fold(text).as_str().to_owned()
}

fn small_value(value: u16) -> u8 {
    value.min(99) as u8
}

/// Words without compounds, folded.
pub(crate) fn simple(language: &NumberLanguage) -> Vec<(String, u8)> {
    language.small.iter().chain(&language.tens).map(|(word, value)| (folded(word), small_value(*value))).collect()
}

/// All words up to 99, folded, with what they can be.
pub(crate) fn all(language: &NumberLanguage) -> Vec<(String, u8, Flags)> {
    let order = match language.order {
        NumberOrder::UnitFirst => Flags::UNIT_FIRST,
        NumberOrder::TensFirst => Flags::TENS_FIRST,
    };
    let mut words: Vec<(String, u8, Flags)> =
        language.small.iter().map(|(word, value)| (folded(word), small_value(*value), Flags::default())).collect();
    for (tens_word, tens) in &language.tens {
        words.push((folded(tens_word), small_value(*tens), order));
        for (unit_word, unit) in language.small.iter().filter(|(_, unit)| (1..=9).contains(*unit)) {
            let value = small_value(tens + unit);
            match language.order {
                NumberOrder::TensFirst => {
                    words.push((folded(&format!("{tens_word}{unit_word}")), value, Flags::default()));
                }
                NumberOrder::UnitFirst => {
                    for joiner in &language.joiners {
                        words.push((folded(&format!("{unit_word}{joiner}{tens_word}")), value, Flags::default()));
                    }
                }
            }
        }
    }
    words
}
