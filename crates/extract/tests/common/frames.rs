//! Texts whose truth is known by construction: hand-written frames with marked mentions, and slots filled by turns from
//! many ways of writing. How a frame is written stands in `tests/data/reading_frames/README.md`.

use super::written;
use std::fs;

/// A mention as it must be read: kind, value, and its words in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub kind: &'static str,
    pub value: String,
    pub at: String,
}

/// A text with everything that must be read in it.
pub struct Made {
    /// File and line of its frame.
    pub origin: String,
    pub text: String,
    pub wanted: Vec<Wanted>,
    /// The dominant language; `None` where the frame says `-`.
    pub language: Option<String>,
}

const KINDS: [(char, &str); 11] = [
    ('P', "phones plain"),
    ('H', "phones hidden"),
    ('M', "prices"),
    ('A', "ages"),
    ('N', "names"),
    ('L', "places"),
    ('E', "emails"),
    ('U', "urls"),
    ('D', "addresses"),
    ('T', "handles"),
    ('X', "numbers"),
];

/// Every frame, filled `rounds` times.
pub fn all(rounds: usize) -> Vec<Made> {
    let folder = super::root().join("tests/data/reading_frames");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the frames").map(|entry| entry.expect("entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let mut made = Vec::new();
    let mut turn = 0;
    for path in files {
        let file = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        for (number, line) in fs::read_to_string(&path).expect("frames").lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let slots = line.contains('<') && ["<P>", "<H>", "<N>", "<L>"].iter().any(|slot| line.contains(slot));
            for _ in 0..(if slots { rounds } else { 1 }) {
                made.push(fill(&format!("{file}:{}", number + 1), line, &mut turn));
            }
        }
    }
    made
}

fn fill(origin: &str, line: &str, turn: &mut usize) -> Made {
    let (language, frame) = line.split_once(": ").unwrap_or_else(|| panic!("{origin}: no language"));
    let mut filled = String::new();
    let mut rest = frame;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let slot = from.get(..3).unwrap_or_default();
        match written::marked(slot, *turn) {
            Some(marked) => {
                filled.push_str(&marked);
                *turn += 1;
                rest = &from[3..];
            }
            None => {
                filled.push('<');
                rest = &from[1..];
            }
        }
    }
    filled.push_str(rest);
    let filled = filled.replace("\\n", "\n");
    let mut made = Made {
        origin: origin.to_owned(),
        text: String::new(),
        wanted: Vec::new(),
        language: (language != "-").then(|| language.to_owned()),
    };
    let mut rest = filled.as_str();
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        made.text.push_str(before);
        let end = from.find('}').unwrap_or_else(|| panic!("{origin}: a brace is open"));
        let parts: Vec<&str> = from[1..end].split('|').collect();
        let (kind, words, value) = match parts[..] {
            [kind, words] => (kind, words, words),
            [kind, words, value] => (kind, words, value),
            _ => panic!("{origin}: {}", &from[..=end]),
        };
        // A bar inside the words is written as ¦.
        let words = words.replace('¦', "|");
        let kind = kind.chars().next().and_then(|c| KINDS.iter().find(|(known, _)| *known == c));
        let (letter, kind) = kind.unwrap_or_else(|| panic!("{origin}: kind of {}", &from[..=end]));
        made.wanted.push(Wanted { kind, value: normal_value(*letter, value), at: words.clone() });
        made.text.push_str(&words);
        rest = &from[end + 1..];
    }
    made.text.push_str(rest);
    made
}

fn normal_value(kind: char, value: &str) -> String {
    match kind {
        'P' | 'H' => {
            let digits: String = value.chars().filter(char::is_ascii_digit).collect();
            let digits =
                digits.strip_prefix("0045").or(digits.strip_prefix("45").filter(|d| d.len() == 8)).unwrap_or(&digits);
            if value.starts_with("=+") { value[1..].to_owned() } else { format!("+45{digits}") }
        }
        'M' => {
            let (money, minutes) = match value.split_once('/') {
                Some((money, minutes)) => (money, format!("Some({minutes})")),
                None => (value, "None".to_owned()),
            };
            let (amount, currency) = money.split_once(' ').unwrap_or((money, "DKK"));
            format!("{amount} {currency} {minutes}")
        }
        'D' => value.to_lowercase(),
        'E' => value.to_lowercase(),
        'U' if !value.contains("://") => format!("https://{}", value),
        _ => value.to_owned(),
    }
}
