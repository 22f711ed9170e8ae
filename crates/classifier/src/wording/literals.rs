//! The words that a pattern cannot do without, for the first pass over a text. A pattern is tried only where each of
//! its parts could stand: `vores damer` needs `vores` and `damer`, each as a word of its own.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

/// More ways to begin a part than this, and it says too little to be worth the room.
const MOST: usize = 300;
/// Parts that are looked for; more would say the same.
const MOST_PARTS: usize = 8;

/// One way to begin a part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Literal {
    pub text: String,
    /// No letter or digit stands before it.
    pub begins: bool,
    /// None stands behind it.
    pub ends: bool,
}

/// What every match of a pattern holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Needs {
    /// For each part the ways in which it can begin. Empty where no part begins with anything known.
    pub parts: Vec<Vec<Literal>>,
    /// Which of them every match begins with, where that is known.
    pub first: Option<usize>,
}

/// For each part of a pattern the ways in which it can begin: every match holds one of each.
pub(crate) fn required(hir: &Hir) -> Needs {
    let mut parts = Vec::new();
    flatten(hir, &mut parts);
    let first = parts.iter().position(|part| !matches!(part.kind(), HirKind::Look(_) | HirKind::Empty));
    let mut sets: Vec<(usize, Vec<Literal>)> = (0..parts.len()).filter_map(|at| Some((at, set(&parts, at)?))).collect();
    // Long words are rare, and among equals few say more than many.
    let shortest = |set: &Vec<Literal>| set.iter().map(|literal| literal.text.len()).min();
    sets.sort_by_key(|(_, set)| (std::cmp::Reverse(shortest(set)), set.len()));
    // The beginning of a word is little; it is looked for where there is nothing else.
    let most = sets.iter().take_while(|(_, set)| shortest(set) >= Some(2)).count().clamp(1, MOST_PARTS);
    sets.truncate(most);
    let first = first.and_then(|first| sets.iter().position(|(at, _)| *at == first));
    Needs { parts: sets.into_iter().map(|(_, set)| set).collect(), first }
}

fn flatten<'h>(hir: &'h Hir, parts: &mut Vec<&'h Hir>) {
    match hir.kind() {
        HirKind::Concat(inner) => inner.iter().for_each(|part| flatten(part, parts)),
        HirKind::Capture(capture) => flatten(&capture.sub, parts),
        _ => parts.push(hir),
    }
}

fn set(parts: &[&Hir], at: usize) -> Option<Vec<Literal>> {
    // `i['’]?m` is one word: what follows without a gap is read with it.
    let mut end = at + 1;
    while end < parts.len() && parts.get(end).is_some_and(|part| is_mark(part)) {
        end = (end + 2).min(parts.len());
    }
    let joined;
    let whole = match parts.get(at..end)? {
        [one] => *one,
        several => {
            joined = Hir::concat(several.iter().map(|part| (*part).clone()).collect());
            &joined
        }
    };
    if whole.properties().minimum_len().unwrap_or(0) == 0 {
        return None;
    }
    let mut extractor = Extractor::new();
    extractor.limit_class(8).limit_repeat(8).limit_literal_len(24).limit_total(MOST);
    let found = extractor.extract(whole);
    let begins = bounded(parts, (0..at).rev(), at);
    let ends = bounded(parts, end..parts.len(), end);
    let literals: Option<Vec<Literal>> = found
        .literals()?
        .iter()
        .map(|literal| {
            let text = String::from_utf8(literal.as_bytes().to_vec()).ok()?;
            Some(Literal { text, begins, ends: ends && literal.is_exact() })
        })
        .collect();
    literals.filter(|all| !all.is_empty() && all.iter().all(|l| !l.text.is_empty() && (l.begins || l.text.len() >= 2)))
}

/// An apostrophe that may be left out.
fn is_mark(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            repetition.min == 0 && repetition.max == Some(1) && only_marks(&repetition.sub)
        }
        _ => false,
    }
}

/// Neither letters nor digits, and nothing that could be left out.
fn only_marks(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            let inside = |byte: u8| class.iter().any(|range| range.start() <= byte && byte <= range.end());
            !(b'a'..=b'z').chain(b'0'..=b'9').any(inside)
        }
        HirKind::Class(Class::Unicode(class)) => {
            let inside = |letter: char| class.iter().any(|range| range.start() <= letter && letter <= range.end());
            !('a'..='z').chain('0'..='9').any(inside)
        }
        HirKind::Literal(literal) => !literal.0.iter().any(u8::is_ascii_alphanumeric),
        HirKind::Capture(capture) => only_marks(&capture.sub),
        HirKind::Alternation(ways) | HirKind::Concat(ways) => !ways.is_empty() && ways.iter().all(only_marks),
        _ => false,
    }
}

/// Whether, going `outward` from a part, nothing but what is neither letter nor digit can come first.
fn bounded(parts: &[&Hir], outward: impl Iterator<Item = usize>, from: usize) -> bool {
    for at in outward {
        let Some(part) = parts.get(at) else { return false };
        if always_apart(part) {
            return true;
        }
        // What may be left out counts only if it, too, keeps its distance.
        let optional = match part.kind() {
            HirKind::Repetition(repetition) if repetition.min == 0 => &repetition.sub,
            _ => return false,
        };
        let mut inner = Vec::new();
        flatten(optional, &mut inner);
        let nearest = if at < from { inner.last() } else { inner.first() };
        if !nearest.is_some_and(|part| always_apart(part)) {
            return false;
        }
    }
    false
}

/// A word boundary, or at least one character that is neither letter nor digit.
fn always_apart(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(_) => true,
        HirKind::Repetition(repetition) if repetition.min > 0 => only_marks(&repetition.sub),
        HirKind::Capture(capture) => always_apart(&capture.sub),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::pattern;
    use std::collections::BTreeMap;

    fn check(written: &str) -> Vec<Vec<String>> {
        let (_, hir) = pattern::compile_and_parse(written, &BTreeMap::new()).unwrap();
        let shown =
            |l: Literal| format!("{}{}{}", if l.begins { "|" } else { "" }, l.text, if l.ends { "|" } else { "" });
        required(&hir).parts.into_iter().map(|set| set.into_iter().map(shown).collect()).collect()
    }

    #[test]
    fn every_part_that_must_be_there_is_looked_for() {
        assert_eq!(check("vores (nye )?(piger|damer)"), [vec!["|vores|"], vec!["|piger|", "|damer|"]]);
        assert_eq!(check("hun er <3> her"), [vec!["|hun|"], vec!["|her|"], vec!["|er|"]]);
        assert_eq!(check("pige* her"), [vec!["|pige"], vec!["|her|"]], "an inflection has any ending");
        assert_eq!(check("(i'm|im) new").first(), Some(&vec!["|new|".to_owned()]));
        assert!(check("# _").is_empty());
    }

    #[test]
    fn what_a_match_begins_with_is_known_where_nothing_may_be_left_out_before_it() {
        let first = |written: &str| {
            let (_, hir) = pattern::compile_and_parse(written, &BTreeMap::new()).unwrap();
            let needs = required(&hir);
            needs.first.map(|at| needs.parts[at].iter().map(|l| l.text.clone()).collect::<Vec<_>>())
        };
        assert_eq!(first("(vores|our) <2> piger"), Some(vec!["vores".to_owned(), "our".to_owned()]));
        assert_eq!(first("(nye )?piger her"), None);
    }
}
