//! How much of a pattern a text holds: "`vores` is there, `damer` is not".

use super::pattern::{self, CompiledPattern};
use super::tokens::Layout;
use std::collections::BTreeMap;
use std::ops::Range;

/// Words found that are shorter than this in all say nothing: `i`, `er`, `we`.
const LEAST_LETTERS: usize = 4;
/// Alternatives shown of a part that is missing.
const SHOWN: usize = 3;

/// A pattern that is there in part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The first part that is there, in the folded text.
    pub found: Range<usize>,
    /// Parts there, and parts in all.
    pub there: usize,
    pub of: usize,
    letters: usize,
    /// What is missing: some ways to say it.
    pub missing: Vec<String>,
}

impl Part {
    /// The nearer the miss, the more.
    pub fn weight(&self) -> (usize, usize) {
        (self.there * 100 / self.of.max(1), self.letters)
    }
}

/// The best clause of `text` for the pattern; `None` where it holds less than half of it.
pub(crate) fn partly(pattern: &CompiledPattern, text: &str, layout: &Layout) -> Option<Part> {
    let needed = needed(&pattern.written);
    if needed.len() < 2 {
        return None;
    }
    let none = BTreeMap::new();
    let parts: Vec<CompiledPattern> = needed.iter().filter_map(|part| pattern::compile(part, &none).ok()).collect();
    if parts.len() != needed.len() {
        return None;
    }
    let found: Vec<Vec<Range<usize>>> = parts.iter().map(|part| part.find_all(text).collect()).collect();
    let in_clause = |clause: &Range<usize>| {
        let here: Vec<Option<&Range<usize>>> =
            found.iter().map(|all| all.iter().find(|r| clause.start <= r.start && r.end <= clause.end)).collect();
        let there: Vec<&Range<usize>> = here.iter().flatten().copied().collect();
        let letters = there.iter().map(|range| range.len()).sum();
        let missing = here.iter().zip(&needed).find(|(range, _)| range.is_none()).map(|(_, part)| ways(part));
        Some(Part {
            found: (*there.first()?).clone(),
            there: there.len(),
            of: needed.len(),
            letters,
            missing: missing.unwrap_or_default(),
        })
    };
    let best = layout.clauses.iter().filter_map(in_clause).max_by_key(Part::weight)?;
    (best.there * 2 >= best.of && best.there < best.of && best.letters >= LEAST_LETTERS).then_some(best)
}

/// The words of a pattern that must be there, in order.
fn needed(written: &str) -> Vec<String> {
    let (mut parts, mut depth, mut part) = (Vec::new(), 0_usize, String::new());
    for character in written.chars().chain([' ']) {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if character == ' ' && depth == 0 {
            let done = std::mem::take(&mut part);
            let gap = done.starts_with(['<', '~']) || done == "_" || done.is_empty();
            if !gap && !done.ends_with(")?") {
                parts.push(done);
            }
        } else {
            part.push(character);
        }
    }
    parts.into_iter().map(|part| without_optional(&part)).filter(|part| !part.is_empty()).collect()
}

/// `(sweet )?girls` as `girls`: what may be left out is not missing.
fn without_optional(part: &str) -> String {
    let mut kept = part.to_owned();
    while let Some(mark) = kept.find(")?") {
        let mut depth = 0_i32;
        let open = kept.get(..=mark).unwrap_or_default().char_indices().rev().find(|(_, c)| {
            depth += i32::from(*c == ')') - i32::from(*c == '(');
            depth == 0
        });
        let Some((open, _)) = open else { break };
        kept.replace_range(open..mark + 2, "");
    }
    kept.replace("()", "")
}

/// Some of the ways to say a part, for a reader.
fn ways(part: &str) -> Vec<String> {
    let plain = without_optional(part);
    let words = plain.split(['(', ')', '|']).map(|way| way.trim_matches(['*', '?', '_', ' ', '-']));
    words.filter(|way| way.chars().any(char::is_alphanumeric)).take(SHOWN).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::NormalText;

    fn miss(pattern: &str, text: &str) -> Option<(usize, usize, Vec<String>)> {
        let pattern = pattern::compile(pattern, &BTreeMap::new()).unwrap();
        let normal = NormalText::fold(text);
        let layout = Layout::of(&normal, text, |_| false);
        partly(&pattern, normal.as_str(), &layout).map(|part| (part.there, part.of, part.missing))
    }

    #[test]
    fn half_of_a_pattern_is_a_near_miss_and_less_is_none() {
        let pattern = "vores (nye )?(piger|damer)";
        assert_eq!(miss(pattern, "Vores sofa er ny"), Some((1, 2, vec!["piger".to_owned(), "damer".to_owned()])));
        assert_eq!(miss(pattern, "Her er stille"), None);
        assert_eq!(miss(pattern, "Vores. Damer"), Some((1, 2, vec!["vores".to_owned()])), "not in one clause");
        assert_eq!(miss("er (pige|dame)", "Her er jeg"), None, "two letters say nothing");
    }
}
