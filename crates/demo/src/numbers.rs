//! Made-up Danish telephone numbers and the ways people write them.

use crate::draw::Draw;
use crate::grammar::Tongue;
use std::collections::BTreeSet;

/// First digits of made-up numbers. Of those that the project keeps for them (34, 37, 67, 68 and 94), libphonenumber
/// takes no number that begins with 37, 3400 to 3409 or 9400 to 9409; readers that ask it would miss those.
const PREFIXES: [&str; 4] = ["34", "67", "68", "94"];

/// Gives out numbers, each once.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    taken: BTreeSet<String>,
}

impl Numbers {
    /// A new number in E.164, such as `+4534000050`.
    pub fn next(&mut self, draw: &mut Draw) -> String {
        loop {
            let national = format!("{}{:06}", draw.pick(&PREFIXES), draw.below(1_000_000));
            // Round numbers look like prices and years in a text; a subscriber's number seldom is.
            if national.ends_with("000") || ["0", "20"].iter().any(|start| national[2..].starts_with(start)) {
                continue;
            }
            let number = format!("+45{national}");
            if self.taken.insert(number.clone()) {
                return number;
            }
        }
    }
}

/// The eight digits of a Danish number in E.164.
pub(crate) fn national(e164: &str) -> &str {
    e164.strip_prefix("+45").unwrap_or(e164)
}

/// How one writer writes numbers in the open: a form from 0 to 7.
pub(crate) fn open(e164: &str, form: usize) -> String {
    let n = national(e164);
    match form % 8 {
        0 | 1 => format!("{} {} {} {}", &n[..2], &n[2..4], &n[4..6], &n[6..]),
        2 => n.to_owned(),
        3 => format!("+45 {} {} {} {}", &n[..2], &n[2..4], &n[4..6], &n[6..]),
        4 => format!("{} {}", &n[..4], &n[4..]),
        5 => format!("{}-{}-{}-{}", &n[..2], &n[2..4], &n[4..6], &n[6..]),
        6 => format!("0045 {n}"),
        _ => format!("{} {} {}", &n[..2], &n[2..5], &n[5..]),
    }
}

const DANISH_DIGITS: [&str; 10] = ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"];
const ENGLISH_DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const DANISH_TENS: [&str; 10] =
    ["", "ti", "tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"];
const DANISH_TEENS: [&str; 10] =
    ["ti", "elleve", "tolv", "tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten"];

/// A number that the writer hides: spelled, split by signs, with look-alike letters or with words between.
pub(crate) fn hidden(e164: &str, form: usize, tongue: Tongue) -> String {
    let digits: Vec<usize> = national(e164).bytes().map(|byte| usize::from(byte.saturating_sub(b'0')).min(9)).collect();
    let words = if tongue == Tongue::Danish { &DANISH_DIGITS } else { &ENGLISH_DIGITS };
    let pair = |at: usize| format!("{}{}", digits[at], digits[at + 1]);
    match form % 8 {
        0 => digits.iter().map(|digit| words[*digit]).collect::<Vec<_>>().join(" "),
        1 => digits.iter().map(|digit| words[*digit]).collect::<Vec<_>>().join("-"),
        2 => digits
            .iter()
            .enumerate()
            .map(|(at, digit)| if at % 2 == 0 { words[*digit].to_owned() } else { digit.to_string() })
            .collect::<Vec<_>>()
            .join(" "),
        3 => digits.iter().map(usize::to_string).collect::<Vec<_>>().join("*"),
        4 => {
            let letters: String = digits
                .iter()
                .map(|digit| match digit {
                    0 => 'O',
                    1 => 'l',
                    5 => 'S',
                    other => char::from(b'0' + *other as u8),
                })
                .collect();
            // A number without a digit that has a twin is split as well, otherwise nothing would be hidden.
            [&letters[..2], &letters[2..4], &letters[4..6], &letters[6..]].join("..")
        }
        5 if tongue == Tongue::Danish => {
            format!("{} og så {} og {} til sidst {}", pair(0), pair(2), pair(4), pair(6))
        }
        5 => format!("{} then {} and {} and last {}", pair(0), pair(2), pair(4), pair(6)),
        6 if tongue == Tongue::Danish => {
            (0..4).map(|at| danish_pair(digits[2 * at], digits[2 * at + 1])).collect::<Vec<_>>().join(" ")
        }
        _ => digits.iter().map(usize::to_string).collect::<Vec<_>>().join(" . "),
    }
}

/// Danish number words from 00 to 99, units before tens: 34 is `fireogtredive`.
fn danish_pair(tens: usize, units: usize) -> String {
    match (tens, units) {
        (0, units) => format!("nul {}", DANISH_DIGITS[units]),
        (1, units) => DANISH_TEENS[units].to_owned(),
        (tens, 0) => DANISH_TENS[tens].to_owned(),
        (tens, units) => format!("{}og{}", if units == 1 { "en" } else { DANISH_DIGITS[units] }, DANISH_TENS[tens]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_form_keeps_the_digits() {
        for form in 0..8 {
            let digits: String = open("+4534160257", form).chars().filter(char::is_ascii_digit).collect();
            assert!(digits.ends_with("34160257"), "form {form} gave {digits}");
        }
    }

    #[test]
    fn hidden_forms_read_back_by_hand() {
        let number = "+4534160257";
        assert_eq!(hidden(number, 0, Tongue::Danish), "tre fire en seks nul to fem syv");
        assert_eq!(hidden(number, 1, Tongue::English), "three-four-one-six-zero-two-five-seven");
        assert_eq!(hidden(number, 3, Tongue::Danish), "3*4*1*6*0*2*5*7");
        assert_eq!(hidden(number, 4, Tongue::Danish), "34..l6..O2..S7");
        assert_eq!(hidden(number, 6, Tongue::Danish), "fireogtredive seksten nul to syvoghalvtreds");
    }

    #[test]
    fn numbers_are_valid_for_libphonenumber_and_given_once() {
        let mut numbers = Numbers::default();
        let mut draw = Draw::of(5, "numbers", 0);
        let mut seen = BTreeSet::new();
        for _ in 0..2000 {
            let number = numbers.next(&mut draw);
            assert!(PREFIXES.contains(&&number[3..5]) && number.len() == 11, "{number}");
            assert!(seen.insert(number));
        }
        for number in seen.iter().take(300) {
            let parsed = rlibphonenumber::PHONE_NUMBER_UTIL.parse(number, None).unwrap();
            assert!(rlibphonenumber::PHONE_NUMBER_UTIL.is_valid_number(&parsed), "{number}");
        }
    }
}
