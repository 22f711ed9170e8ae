//! How a place's name is written: folded words, base forms, spellings without Danish letters.

use crate::lexicon::Lexicon;
use domain::NormalText;

/// What the postal list adds to a name to tell it apart.
const ADDITIONS: [&str; 27] = [
    "sjaelland",
    "sj",
    "jyll",
    "j",
    "f",
    "m",
    "l",
    "fyn",
    "sydfyn",
    "vestj",
    "midtsj",
    "thy",
    "djurs",
    "st",
    "by",
    "aeroe",
    "stevns",
    "c",
    "n",
    "s",
    "v",
    "oe",
    "nv",
    "sv",
    "nø",
    "k",
    "oest",
];

/// Letters behind a town's name: its postal districts.
pub(super) const DIRECTIONS: [&str; 12] = ["c", "n", "s", "v", "oe", "nv", "sv", "noe", "soe", "k", "m", "oest"];

/// The folded words of a name.
pub(super) fn words(name: &str) -> Vec<String> {
    NormalText::fold(name)
        .as_str()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(String::from)
        .collect()
}

/// The name without what the postal list adds, if it adds something.
pub(super) fn base(words: &[String]) -> Option<Vec<String>> {
    let (last, rest) = words.split_last()?;
    (!rest.is_empty() && (ADDITIONS.contains(&last.as_str()) || matches!(last.as_str(), "noe" | "soe")))
        .then(|| rest.to_vec())
}

/// The name as it is written without Danish letters by dropping the marks (`Hjorring`), where that differs.
pub(super) fn without_marks(name: &str) -> Option<Vec<String>> {
    let dropped: String = name
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'ø' => 'o',
            'å' => 'a',
            'æ' => 'a',
            other => other,
        })
        .collect();
    let words = words(&dropped);
    // Short names become words of other languages.
    (dropped != name.to_lowercase() && dropped.len() >= 6).then_some(words)
}

/// All forms of `words` with the short forms of their first word (`Nr. Aaby` for `Nørre Aaby`).
pub(super) fn shortened(words: &[String], lexicon: &Lexicon) -> Vec<Vec<String>> {
    let Some((first, rest)) = words.split_first().filter(|(_, rest)| !rest.is_empty()) else { return Vec::new() };
    lexicon
        .short_words
        .iter()
        .filter(|(_, full)| full.contains(first))
        .map(|(short, _)| std::iter::once(short.clone()).chain(rest.iter().cloned()).collect())
        .collect()
}
