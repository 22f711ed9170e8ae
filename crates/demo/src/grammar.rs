//! The phrase grammar: `{a|b}` is one of several, `[x]` a slot. A slot that is neither given nor a section stays as it
//! is, so that a writer's sentences are chosen once and filled anew for every ad.

use crate::draw::Draw;
use std::collections::BTreeMap;

/// The language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tongue {
    Danish,
    English,
}

impl Tongue {
    /// ISO 639-1.
    pub fn code(self) -> &'static str {
        match self {
            Tongue::Danish => "da",
            Tongue::English => "en",
        }
    }
}

/// Sections of sentences by name, for both languages.
#[derive(Debug)]
pub(crate) struct Phrases {
    danish: BTreeMap<&'static str, Vec<&'static str>>,
    english: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Phrases {
    pub fn read() -> Self {
        let sections = |files: [&'static str; 2]| {
            let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            let mut name = "";
            for line in files.into_iter().flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()) {
                if let Some(heading) = line.strip_prefix("## ") {
                    name = heading;
                } else if !line.starts_with('#') {
                    sections.entry(name).or_default().push(line);
                }
            }
            sections
        };
        Self {
            danish: sections([include_str!("../phrases/da.txt"), include_str!("../phrases/signs.da.txt")]),
            english: sections([include_str!("../phrases/en.txt"), include_str!("../phrases/signs.en.txt")]),
        }
    }

    pub fn section(&self, tongue: Tongue, name: &str) -> &[&'static str] {
        let sections = match tongue {
            Tongue::Danish => &self.danish,
            Tongue::English => &self.english,
        };
        sections.get(name).map_or(&[], Vec::as_slice)
    }

    /// One sentence from each of `names`, in their order; a template is used once as long as its section has others.
    pub fn sentences(&self, tongue: Tongue, names: &[&str], draw: &mut Draw) -> Vec<String> {
        let mut used: Vec<&str> = Vec::new();
        let mut sentences = Vec::new();
        for name in names {
            let section = self.section(tongue, name);
            let fresh: Vec<&str> = section.iter().copied().filter(|template| !used.contains(template)).collect();
            let open = if fresh.is_empty() { section } else { &fresh };
            if !open.is_empty() {
                let template = open[draw.below(open.len())];
                used.push(template);
                sentences.push(self.expand(template, tongue, draw));
            }
        }
        sentences
    }

    /// One sentence of a section, its choices made; empty for a section that does not exist.
    pub fn sentence(&self, tongue: Tongue, name: &str, draw: &mut Draw) -> String {
        let section = self.section(tongue, name);
        if section.is_empty() {
            return String::new();
        }
        let template = section[draw.below(section.len())];
        self.expand(template, tongue, draw)
    }

    /// Makes every choice in `template`, and fills slots that name a section, each time with another line of it.
    pub fn expand(&self, template: &str, tongue: Tongue, draw: &mut Draw) -> String {
        self.expand_without(template, tongue, draw, &mut Vec::new())
    }

    fn expand_without(&self, template: &str, tongue: Tongue, draw: &mut Draw, used: &mut Vec<String>) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '[']) {
            out.push_str(&rest[..at]);
            let open = rest.as_bytes()[at];
            let inner_and_rest = &rest[at + 1..];
            let Some(close) = closing(inner_and_rest, open) else {
                out.push_str(&rest[at..]);
                return out;
            };
            let inner = &inner_and_rest[..close];
            rest = &inner_and_rest[close + 1..];
            if open == b'{' {
                let choices = choices(inner);
                let choice = choices[draw.below(choices.len())];
                out.push_str(&self.expand_without(choice, tongue, draw, used));
            } else if self.section(tongue, inner).is_empty() {
                out.push('[');
                out.push_str(inner);
                out.push(']');
            } else {
                let mut value = self.sentence(tongue, inner, draw);
                for _ in 0..8 {
                    if !used.contains(&value) {
                        break;
                    }
                    value = self.sentence(tongue, inner, draw);
                }
                out.push_str(&value);
                used.push(value);
            }
        }
        out.push_str(rest);
        out
    }
}

/// Fills the slots that a writer's ad decides: name, age, town, number, prices.
pub(crate) fn fill(text: &str, values: &[(&str, String)]) -> String {
    values.iter().fold(text.to_owned(), |text, (slot, value)| text.replace(&format!("[{slot}]"), value))
}

fn closing(text: &str, open: u8) -> Option<usize> {
    let (open, close) = if open == b'{' { (b'{', b'}') } else { (b'[', b']') };
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
    }
    None
}

/// Splits at the bars that stand outside inner braces; at least one part.
fn choices(inner: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'|' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slots that an ad fills; every other `[x]` must name a section.
    const FILLED: [&str; 19] = [
        "navn", "navn2", "navn3", "alder", "by", "by2", "by3", "tlf", "tlf2", "priser", "adresse", "site", "email",
        "handle", "klinik", "link", "belob", "town", "number",
    ];

    #[test]
    fn every_template_is_closed_and_every_slot_known() {
        let phrases = Phrases::read();
        for tongue in [Tongue::Danish, Tongue::English] {
            let sections = if tongue == Tongue::Danish { &phrases.danish } else { &phrases.english };
            for (name, templates) in sections {
                for template in templates {
                    let mut draw = Draw::of(1, template, 0);
                    for _ in 0..40 {
                        let text = phrases.expand(template, tongue, &mut draw);
                        assert!(!text.contains(['{', '}', '|']), "{name}: {template} gave {text}");
                        assert!(!text.contains("  ") && text.trim() == text, "{name}: white space in {template}");
                        for slot in text.split('[').skip(1).filter_map(|part| part.split(']').next()) {
                            assert!(FILLED.contains(&slot), "{name}: nobody fills [{slot}] in {template}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_sections_and_enough_of_them() {
        let phrases = Phrases::read();
        let missing: Vec<_> = phrases.english.keys().filter(|name| !phrases.danish.contains_key(*name)).collect();
        assert_eq!(missing, Vec::<&&str>::new());
        for tongue in [Tongue::Danish, Tongue::English] {
            let lines: usize =
                ["title", "greeting", "about", "offer", "where", "booking", "hours", "limits", "closing"]
                    .iter()
                    .map(|name| phrases.section(tongue, name).len())
                    .sum();
            assert!(lines >= 90, "{tongue:?} has only {lines}");
        }
    }

    #[test]
    fn a_text_uses_a_template_once_and_a_sentence_a_value_once() {
        let phrases = Phrases::read();
        let mut draw = Draw::of(9, "once", 0);
        for _ in 0..50 {
            let days = phrases.expand("[dag] [dag] [dag]", Tongue::Danish, &mut draw);
            let different: std::collections::BTreeSet<&str> = days.split(' ').collect();
            assert_eq!(different.len(), 3, "{days}");
            let all = phrases.sentences(Tongue::English, &["limits"; 6], &mut draw);
            let openings: std::collections::BTreeSet<String> =
                all.iter().map(|text| text.chars().take(5).collect()).collect();
            assert!(openings.len() >= 5, "{all:?}");
        }
    }

    #[test]
    fn choices_nest_and_slots_stay_until_filled() {
        let phrases = Phrases::read();
        let mut draw = Draw::of(3, "nest", 0);
        let all: std::collections::BTreeSet<String> =
            (0..60).map(|_| phrases.expand("{a|{b|c} [navn]}", Tongue::Danish, &mut draw)).collect();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), ["a", "b [navn]", "c [navn]"]);
        assert_eq!(fill("[navn] [by] [x]", &[("navn", "Anna".into()), ("by", "Ribe".into())]), "Anna Ribe [x]");
    }
}
