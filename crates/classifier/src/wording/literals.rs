//! The words that a pattern cannot do without, for the first pass over a text. A pattern is tried only where each of
//! its parts could stand: `vores damer` needs `vores` and `damer`, each as a word of its own.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};
use std::sync::LazyLock;

/// More ways to begin a part than this, and it says too little to be worth the room.
const MOST: usize = 300;
/// Parts that are looked for; more would say the same.
const MOST_PARTS: usize = 8;

/// One way to begin a part of a pattern. A blank in it stands for whatever may stand between two words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// Its parts in their order. Empty where no part begins with anything known.
    pub parts: Vec<Need>,
    /// Which of them is the rarest, as far as can be told.
    pub rarest: usize,
    /// Every match begins with the first of them.
    pub begins: bool,
    /// The parts may come in another order.
    pub any_order: bool,
}

/// One part that every match holds.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    /// The ways in which it can begin.
    pub literals: Vec<Literal>,
    /// Words from where the part before begins, or the match, to where this one begins: at least (0 or 1), at most.
    pub least: u8,
    pub most: u8,
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
    let rarest = sets.first().map_or(0, |(at, _)| *at);
    sets.sort_by_key(|(at, _)| *at);
    let begins = first.is_some() && first == sets.first().map(|(at, _)| *at);
    let rarest = sets.iter().position(|(at, _)| *at == rarest).unwrap_or(0);
    let (mut before, mut word_before) = (0, false);
    let parts = sets
        .into_iter()
        .map(|(at, literals)| {
            let between = parts.get(before..at).unwrap_or_default();
            // A sign is counted to the word before it.
            let word = literals.iter().all(|literal| literal.text.starts_with(|c: char| c.is_ascii_alphanumeric()));
            let parted = word && word_before && between.iter().any(|part| always_parts(part));
            (before, word_before) = (at, word);
            let most = between.iter().fold(0_u8, |most, part| most.saturating_add(words(part)));
            Need { literals, least: u8::from(parted), most }
        })
        .collect();
    Needs { parts, rarest, begins, any_order: false }
}

/// Signs that stand inside of words.
const APOSTROPHES: [&[u8]; 4] = [b"'", b"`", "’".as_bytes(), "´".as_bytes()];

/// The length of the apostrophe with which `bytes` begin; 0 for none.
pub(super) fn apostrophe(bytes: &[u8]) -> usize {
    APOSTROPHES.iter().find(|sign| bytes.starts_with(sign)).map_or(0, |sign| sign.len())
}

/// How many words can begin in a match of this, or right behind it; [`u8::MAX`] for more than can be told.
fn words(hir: &Hir) -> u8 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => {
            let (mut rest, mut signs) = (&literal.0[..], 0_u8);
            while let Some((byte, behind)) = rest.split_first() {
                match apostrophe(rest) {
                    0 => {
                        signs = signs.saturating_add(u8::from(!byte.is_ascii_alphanumeric()));
                        rest = behind;
                    }
                    length => rest = rest.get(length..).unwrap_or_default(),
                }
            }
            signs
        }
        HirKind::Class(_) => u8::from(has_gap(hir)),
        HirKind::Capture(capture) => words(&capture.sub),
        HirKind::Concat(parts) => parts.iter().fold(0_u8, |all, part| all.saturating_add(words(part))),
        HirKind::Alternation(ways) => ways.iter().map(words).max().unwrap_or(0),
        HirKind::Repetition(repetition) => {
            let once = words(&repetition.sub);
            // Signs in a row are one gap between two words.
            let most = if only_marks(&repetition.sub) { Some(1) } else { repetition.max };
            match (once, most) {
                (0, _) => 0,
                (once, Some(most)) => once.saturating_mul(u8::try_from(most).unwrap_or(u8::MAX)),
                (_, None) => u8::MAX,
            }
        }
    }
}

/// Whether a class holds a sign that parts two words.
fn has_gap(class: &Hir) -> bool {
    let gap = |byte: u8| !byte.is_ascii_alphanumeric() && byte != b'\'' && byte != b'`';
    match class.kind() {
        HirKind::Class(Class::Bytes(class)) => class.iter().any(|range| (range.start()..=range.end()).any(gap)),
        HirKind::Class(Class::Unicode(class)) => {
            let wide = |letter: char| !letter.is_ascii() || u8::try_from(letter).is_ok_and(gap);
            class.iter().any(|range| (range.start()..=range.end()).take(256).any(wide))
        }
        _ => true,
    }
}

/// At least one sign that is neither letter nor digit.
fn always_parts(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => repetition.min > 0 && only_marks(&repetition.sub),
        HirKind::Capture(capture) => always_parts(&capture.sub),
        _ => false,
    }
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
    let begins = bounded(parts, (0..at).rev(), at);
    let ends = bounded(parts, end..parts.len(), end);
    let literals = |hir: &Hir| -> Option<Vec<Literal>> {
        let mut extractor = Extractor::new();
        extractor.limit_class(8).limit_repeat(8).limit_literal_len(24).limit_total(MOST);
        let found = extractor.extract(hir);
        let literal = |literal: &regex_syntax::hir::literal::Literal| {
            let text = String::from_utf8(literal.as_bytes().to_vec()).ok()?;
            // Where it was cut off, what stands between two words is none of its own.
            let text = text.trim_end_matches(' ').to_owned();
            Some(Literal { text, begins, ends: ends && literal.is_exact() })
        };
        let literals: Option<Vec<Literal>> = found.literals()?.iter().map(literal).collect();
        literals
            .filter(|all| !all.is_empty() && all.iter().all(|l| !l.text.is_empty() && (l.begins || l.text.len() >= 2)))
    };
    // "i am" says more than "i"; behind a gap a sign could be a part of it.
    let sign = |text: &str| text.starts_with(' ') || text.split(' ').skip(1).any(|w| !w.starts_with(is_letter));
    let several = with_blanks(whole).and_then(|hir| literals(&hir));
    several.filter(|all| !all.iter().any(|literal| sign(&literal.text))).or_else(|| literals(whole))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// The same with one blank for what may stand between two words; `None` where nothing does.
fn with_blanks(hir: &Hir) -> Option<Hir> {
    let each = |hirs: &[Hir]| -> Option<Vec<Hir>> {
        let changed: Vec<Option<Hir>> = hirs.iter().map(with_blanks).collect();
        let any = changed.iter().any(Option::is_some);
        any.then(|| changed.into_iter().zip(hirs).map(|(new, old)| new.unwrap_or_else(|| old.clone())).collect())
    };
    match hir.kind() {
        HirKind::Repetition(_) if *hir == *SEPARATOR_HIR => Some(Hir::literal(*b" ")),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(with_blanks(&repetition.sub)?);
            Some(Hir::repetition(regex_syntax::hir::Repetition { sub, ..repetition.clone() }))
        }
        HirKind::Capture(capture) => with_blanks(&capture.sub),
        HirKind::Concat(hirs) => Some(Hir::concat(each(hirs)?)),
        HirKind::Alternation(hirs) => Some(Hir::alternation(each(hirs)?)),
        _ => None,
    }
}

/// What may stand between two words, as it is parsed.
static SEPARATOR_HIR: LazyLock<Hir> =
    LazyLock::new(|| super::pattern::parse(super::pattern::SEPARATOR).unwrap_or_else(|_| Hir::empty()));

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
        let (_, hir) = pattern::compile_and_parse(written, &BTreeMap::new(), &mut Default::default()).unwrap();
        let shown =
            |l: Literal| format!("{}{}{}", if l.begins { "|" } else { "" }, l.text, if l.ends { "|" } else { "" });
        required(&hir).parts.into_iter().map(|need| need.literals.into_iter().map(shown).collect()).collect()
    }

    #[test]
    fn every_part_that_must_be_there_is_looked_for() {
        assert_eq!(check("vores (nye )?(piger|damer)"), [vec!["|vores|"], vec!["|piger|", "|damer|"]]);
        assert_eq!(check("hun er <3> her"), [vec!["|hun|"], vec!["|er|"], vec!["|her|"]]);
        assert_eq!(check("pige* her"), [vec!["|pige"], vec!["|her|"]], "an inflection has any ending");
        assert!(check("(i'm|im) new").contains(&vec!["|new|".to_owned()]));
        assert!(check("# _").is_empty());
        let several = check("(i am|i'm|(just )?me) new");
        for said in ["|i am|", "|i'm|", "|im|", "|just me|", "|me|"] {
            assert!(several[0].iter().any(|way| way == said), "{said} in {several:?}");
        }
    }

    #[test]
    fn what_a_match_begins_with_is_known_where_nothing_may_be_left_out_before_it() {
        let first = |written: &str| {
            let (_, hir) = pattern::compile_and_parse(written, &BTreeMap::new(), &mut Default::default()).unwrap();
            let needs = required(&hir);
            needs.begins.then(|| needs.parts[0].literals.iter().map(|l| l.text.clone()).collect::<Vec<_>>())
        };
        assert_eq!(first("(vores|our) <2> piger"), Some(vec!["vores".to_owned(), "our".to_owned()]));
        assert_eq!(first("(nye )?piger her"), None);
    }

    #[test]
    fn how_far_apart_the_parts_may_begin_is_counted_in_words() {
        let far = |written: &str| {
            let (_, hir) = pattern::compile_and_parse(written, &BTreeMap::new(), &mut Default::default()).unwrap();
            required(&hir).parts.iter().map(|need| (need.least, need.most)).collect::<Vec<_>>()
        };
        assert_eq!(far("hun er ny"), [(0, 0), (1, 1), (1, 1)]);
        // A number with its full stop counts as two.
        assert_eq!(far("vores <2> piger"), [(0, 0), (1, 5)]);
        assert_eq!(far("(nye )?piger her"), [(0, 1), (1, 1)]);
        assert_eq!(far("pige* don't (kom mere|gaa) her"), [(0, 0), (1, 1), (1, 1), (1, 2)]);
    }
}
