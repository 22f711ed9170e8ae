//! Help texts are easy to read: LIX (Björnsson 1968) of 35 or less, that is words a sentence plus the share of words of more
//! than six letters in per cent.

use std::collections::BTreeMap;
use std::path::Path;

/// Endings of the keys of texts that help: what a page is for, how a field is filled in, what to do about an error.
const HELP: [&str; 6] = ["-lead", "-help", "-note", "-how", "-do", "-what"];
/// The help texts of a file together.
const MOST: f64 = 35.0;
/// One text alone: a sentence or two swing far.
const MOST_OF_ONE: f64 = 55.0;
/// Shorter texts say too little for the measure.
const LEAST_WORDS: usize = 12;

fn messages(text: &str) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines() {
        match line.split_once('=') {
            Some((name, value)) if name.starts_with(|c: char| c.is_ascii_lowercase()) => {
                key = name.trim().to_owned();
                found.insert(key.clone(), value.trim().to_owned());
            }
            _ if line.starts_with(' ') => {
                if let Some(known) = found.get_mut(&key) {
                    known.push(' ');
                    known.push_str(line.trim());
                }
            }
            _ => {}
        }
    }
    found
}

/// Words and LIX; what stands for a value counts as a short word.
fn lix(text: &str) -> (usize, f64) {
    let mut plain = String::new();
    let mut depth = 0;
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                plain.push('x');
            }
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    let words: Vec<&str> = plain
        .split(|c: char| c.is_whitespace() || c == '/')
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let ends = |word: &str| word.ends_with(['.', '!', '?', ':', ';']);
    let sentences = plain.split_whitespace().filter(|word| ends(word)).count().max(1);
    let long = words.iter().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 6).count();
    let count = words.len();
    (count, count as f64 / sentences as f64 + 100.0 * long as f64 / count.max(1) as f64)
}

#[test]
fn help_texts_are_easy_to_read() {
    // 12 words, 2 sentences, 3 long words: 6 + 25.
    assert_eq!(lix("Her står der nogle ganske korte ord. Derefter kommer længere sætninger {$n}.").1, 31.0);
    let (mut seen, mut hard) = (0, Vec::new());
    for language in ["da", "en"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("texts").join(language);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let mut all = String::new();
            for (key, value) in messages(&text) {
                let (words, measure) = lix(&value);
                if !HELP.iter().any(|ending| key.ends_with(ending)) || words < LEAST_WORDS {
                    continue;
                }
                seen += 1;
                all.push_str(&value);
                all.push_str(if value.ends_with(['.', '!', '?', ':']) { " " } else { ". " });
                if measure > MOST_OF_ONE {
                    hard.push(format!("{language} {key}: {measure:.0}: {value}"));
                }
            }
            let (words, measure) = lix(&all);
            if words > 0 && measure > MOST {
                hard.push(format!("{}: {measure:.0} in all", path.display()));
            }
        }
    }
    assert!(seen > 60, "{seen} help texts are too few to show anything");
    assert!(hard.is_empty(), "harder than LIX {MOST}:\n{}", hard.join("\n"));
}
