//! The words that a pattern cannot do without, for the first pass over a text.

use regex_syntax::hir::{Hir, HirKind};
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
            parts.iter().filter_map(best).reduce(|kept, next| if better(&next, &kept) { next } else { kept })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_part_that_must_be_there_is_taken() {
        assert_eq!(required("hun er ankommet(?:ny)?"), Some(vec!["hun er ankommet".to_owned()]));
        assert_eq!(required("(?:dame|pige)r?"), Some(vec!["dame".to_owned(), "pige".to_owned()]));
        assert_eq!(required("[a-z]+x"), None);
    }
}
