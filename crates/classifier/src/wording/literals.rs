//! The words that a pattern cannot do without, for the first pass over a text.

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::parse;

/// More alternatives than this, and one looks for another part of the pattern.
const MOST: usize = 64;

/// A set of literals of which every match holds at least one; `None` if there is none of two letters or more.
pub(crate) fn required(regex: &str) -> Option<Vec<String>> {
    let set = best(&parse(regex).ok()?)?;
    (shortest(&set) >= 2).then_some(set)
}

fn shortest(set: &[String]) -> usize {
    set.iter().map(String::len).min().unwrap_or(0)
}

/// Long literals are rare in texts; among equals fewer are better.
fn better(a: &[String], b: &[String]) -> bool {
    (shortest(a), std::cmp::Reverse(a.len())) > (shortest(b), std::cmp::Reverse(b.len()))
}

fn best(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![String::from_utf8(literal.0.to_vec()).ok()?]),
        HirKind::Capture(capture) => best(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => best(&repetition.sub),
        HirKind::Concat(parts) => {
            let joined = parts.windows(3).filter_map(around_an_apostrophe);
            parts
                .iter()
                .filter_map(best)
                .chain(joined)
                .reduce(|kept, next| if better(&next, &kept) { next } else { kept })
        }
        HirKind::Alternation(parts) => {
            let sets: Vec<Vec<String>> = parts.iter().map(best).collect::<Option<_>>()?;
            let mut all: Vec<String> = sets.into_iter().flatten().collect();
            all.sort();
            all.dedup();
            (all.len() <= MOST).then_some(all)
        }
        _ => None,
    }
}

/// `i'm` with any apostrophe or none: two letters that are one word.
fn around_an_apostrophe(parts: &[Hir]) -> Option<Vec<String>> {
    let [first, mark, last] = parts else { return None };
    let (HirKind::Literal(first), HirKind::Repetition(mark), HirKind::Literal(last)) =
        (first.kind(), mark.kind(), last.kind())
    else {
        return None;
    };
    let HirKind::Class(Class::Unicode(marks)) = mark.sub.kind() else { return None };
    let letters: Vec<char> = marks.iter().flat_map(|range| range.start()..=range.end()).take(MOST).collect();
    if mark.max != Some(1) || letters.len() >= MOST {
        return None;
    }
    let (first, last) = (std::str::from_utf8(&first.0).ok()?, std::str::from_utf8(&last.0).ok()?);
    let with = letters.iter().map(|letter| format!("{first}{letter}{last}"));
    Some(with.chain([format!("{first}{last}")]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_part_that_must_be_there_is_taken() {
        assert_eq!(required("hun er ankommet(?:ny)?"), Some(vec!["hun er ankommet".to_owned()]));
        assert_eq!(required("(?:dame|pige)r?"), Some(vec!["dame".to_owned(), "pige".to_owned()]));
        assert_eq!(required("[a-z]+x"), None);
        assert_eq!(required("i['’]?m"), Some(vec!["i'm".to_owned(), "i’m".to_owned(), "im".to_owned()]));
        assert!(required("(?:she is|i['’]?m)[^a-z]{1,4}1").is_some_and(|set| set.len() == 4));
    }
}
