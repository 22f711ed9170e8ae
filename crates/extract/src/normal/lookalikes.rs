//! Second step: letters of another script, and digits and signs, that stand for Latin letters inside a word.
//!
//! Guided by mixing: a Cyrillic or Greek letter is undone in a word that also has Latin letters, or where the whole
//! word could be Latin and the text is mostly Latin. A text in Russian or Greek stays as it is.

use super::Clean;

pub(super) fn undo(chars: &mut [Clean]) {
    let (mut latin, mut other, mut digits) = (0usize, 0usize, false);
    for clean in chars.iter() {
        match clean.c {
            c if is_latin(c) => latin += 1,
            c if looks_foreign(c) => other += 1,
            '0'..='9' | '$' | '!' => digits = true,
            _ => {}
        }
    }
    if other > 0 || digits {
        let mostly_latin = latin > other;
        let mut start = 0;
        while start < chars.len() {
            if !is_part(chars[start].c) {
                start += 1;
                continue;
            }
            let end = chars[start..].iter().position(|clean| !is_part(clean.c)).map_or(chars.len(), |n| start + n);
            word(&mut chars[start..end], mostly_latin);
            start = end;
        }
    }
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '$' | '!')
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}')
}

fn looks_foreign(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{52f}')
}

fn word(chars: &mut [Clean], mostly_latin: bool) {
    let latin = chars.iter().filter(|clean| is_latin(clean.c)).count();
    let foreign = chars.iter().filter(|clean| looks_foreign(clean.c)).count();
    if foreign > 0 {
        let all_known = chars.iter().all(|clean| !looks_foreign(clean.c) || twin(clean.c).is_some());
        if latin > 0 || (mostly_latin && all_known) {
            for clean in chars.iter_mut() {
                if let Some(plain) = twin(clean.c) {
                    clean.c = plain;
                    clean.exotic = true;
                }
            }
        }
    }
    letters_for_digits(chars);
}

/// `m4ssage`, `pr1s`: single digits inside a word of letters. A word with more digits is a number's business.
fn letters_for_digits(chars: &mut [Clean]) {
    let letters = chars.iter().filter(|clean| clean.c.is_alphabetic()).count();
    if letters < 3 || letters == chars.len() {
        return;
    }
    // Letters that are only look-alikes of digits make a number (3O0l5), not a word.
    let telling = chars
        .iter()
        .filter(|clean| clean.c.is_alphabetic() && !matches!(clean.c, 'O' | 'o' | 'I' | 'l' | 'i' | 'S' | 'B' | 'Z'))
        .count();
    if telling < 2 {
        return;
    }
    for i in 1..chars.len().saturating_sub(1) {
        if chars[i - 1].c.is_alphabetic() && chars[i + 1].c.is_alphabetic() {
            // "to7seks" is a number said half in words.
            if says_digits(&chars[..i], true) && says_digits(&chars[i + 1..], false) {
                continue;
            }
            let plain = match chars[i].c {
                '0' => 'o',
                '1' | '!' => 'i',
                '3' => 'e',
                '4' => 'a',
                '5' | '$' => 's',
                '7' => 't',
                _ => continue,
            };
            chars[i].c = plain;
            chars[i].exotic = true;
        }
    }
}

/// The Latin letter that a Cyrillic or Greek one looks like. Source: Unicode's confusables for these two blocks,
/// only the pairs that look alike in ordinary fonts.
fn twin(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'с' | 'ϲ' => 'c',
        'С' | 'Ϲ' => 'C',
        'ԁ' => 'd',
        'е' | 'ё' | 'ε' => 'e',
        'Е' | 'Ε' | 'Ё' => 'E',
        'Н' | 'Η' => 'H',
        'һ' => 'h',
        'і' | 'ї' | 'ι' => 'i',
        'І' | 'Ι' | 'Ї' => 'I',
        'ј' | 'ϳ' => 'j',
        'Ј' => 'J',
        'к' | 'κ' => 'k',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'п' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'О' | 'Ο' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'Ѕ' => 'S',
        'т' | 'τ' => 't',
        'Т' | 'Τ' => 'T',
        'υ' | 'ц' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'Х' | 'Χ' => 'X',
        'у' | 'γ' => 'y',
        'У' | 'Υ' => 'Y',
        'Ζ' => 'Z',
        'м' => 'm',
        'в' => 'b',
        'н' => 'h',
        _ => return None,
    })
}

/// Whether the letters next to a digit, up to the next digit, are words for digits one after the other.
fn says_digits(chars: &[Clean], backwards: bool) -> bool {
    const WORDS: [&str; 42] = [
        "nul", "en", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "zero", "oh", "one", "two",
        "three", "four", "five", "six", "seven", "eight", "nine", "noll", "ett", "två", "fyra", "sex", "sju", "åtta",
        "nio", "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "åtte", "ti",
    ];
    let letter = |clean: &&Clean| clean.c.is_alphabetic();
    let letters: Vec<char> = if backwards {
        let mut letters: Vec<char> = chars.iter().rev().take_while(letter).map(|clean| clean.c).collect();
        letters.reverse();
        letters
    } else {
        chars.iter().take_while(letter).map(|clean| clean.c).collect()
    };
    if letters.len() > 40 {
        return false;
    }
    let text: String = letters.iter().flat_map(|c| c.to_lowercase()).collect();
    let mut says = vec![false; text.len() + 1];
    says[text.len()] = true;
    for at in (0..text.len()).rev().filter(|at| text.is_char_boundary(*at)) {
        says[at] = WORDS.iter().any(|word| text[at..].starts_with(word) && says[at + word.len()]);
    }
    says[0]
}
