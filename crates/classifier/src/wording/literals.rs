//! The words that a pattern cannot do without, for the first pass over a text. A pattern is tried only where each of
//! its parts could stand: `vores damer` needs `vores` and `damer`, each as a word of its own.

use super::walk::{Bytes, Part, Parts};
use std::rc::Rc;
use std::sync::Arc;

/// More ways to begin a part than this, and it says too little to be worth the room.
const MOST: usize = 300;
/// Parts that are looked for; more would say the same.
pub(super) const MOST_PARTS: usize = 8;
/// Letters of a way to begin; more would say the same.
const MOST_LETTERS: usize = 24;
/// Bytes that a part may begin with where only their kind is known.
const MOST_BYTES: usize = 8;

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

/// With what a part can begin, each with whether that is all of it; `None` where that cannot be told.
pub(super) type Openings = Option<Rc<[(Vec<u8>, bool)]>>;

/// For each part of a pattern the ways in which it can begin: every match holds one of each.
pub(super) fn required(parts: &mut Parts, root: &Arc<Part>) -> Needs {
    let row: &[Arc<Part>] = match &**root {
        Part::Row(row) => row,
        _ => std::slice::from_ref(root),
    };
    let first = row.iter().position(|part| !matches!(**part, Part::Boundary));
    let mut sets: Vec<(usize, Vec<Literal>)> =
        (0..row.len()).filter_map(|at| Some((at, set(parts, row, at)?))).collect();
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
            let between = row.get(before..at).unwrap_or_default();
            // A sign is counted to the word before it.
            let word = literals.iter().all(|literal| literal.text.starts_with(is_letter));
            let parted = word && word_before && between.iter().any(|part| always_parts(part));
            (before, word_before) = (at, word);
            let most = between.iter().fold(0_u8, |most, part| most.saturating_add(words(part)));
            Need { literals, least: u8::from(parted), most }
        })
        .collect();
    Needs { parts, rarest, begins, any_order: false }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// Signs that stand inside of words.
const APOSTROPHES: [&[u8]; 4] = [b"'", b"`", "’".as_bytes(), "´".as_bytes()];

/// The length of the apostrophe with which `bytes` begin; 0 for none.
pub(super) fn apostrophe(bytes: &[u8]) -> usize {
    APOSTROPHES.iter().find(|sign| bytes.starts_with(sign)).map_or(0, |sign| sign.len())
}

/// How many words can begin in a match of this, or right behind it; [`u8::MAX`] for more than can be told.
fn words(part: &Part) -> u8 {
    let gap = |of: &Bytes| u8::from(of.each().any(|byte| !byte.is_ascii_alphanumeric() && !b"'`".contains(&byte)));
    match part {
        Part::Boundary | Part::Letters { .. } => 0,
        Part::Literal(literal) => {
            let (mut rest, mut signs) = (&literal[..], 0_u8);
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
        Part::One(of) => gap(of),
        // Signs in a row are one gap between two words; letters make none.
        Part::Run { of, .. } if !has_letter(of) => gap(of),
        Part::Run { of, most, .. } => gap(of).saturating_mul(u8::try_from(*most).unwrap_or(u8::MAX)),
        Part::Row(row) => row.iter().fold(0_u8, |all, part| all.saturating_add(words(part))),
        Part::Ways { ways, .. } => ways.iter().map(|way| words(way)).max().unwrap_or(0),
        Part::Again { part, most } => words(part).saturating_mul(u8::try_from(*most).unwrap_or(u8::MAX)),
        Part::Maybe(part) => words(part),
    }
}

fn has_letter(of: &Bytes) -> bool {
    (b'a'..=b'z').chain(b'0'..=b'9').any(|byte| of.has(byte))
}

/// At least one sign that is neither letter nor digit.
fn always_parts(part: &Part) -> bool {
    matches!(part, Part::Run { of, least, .. } if *least > 0 && !has_letter(of))
}

fn set(parts: &mut Parts, row: &[Arc<Part>], at: usize) -> Option<Vec<Literal>> {
    // `i['’]?m` is one word: what follows without a gap is read with it.
    let mut end = at + 1;
    while row.get(end).is_some_and(|part| is_mark(part)) {
        end = (end + 2).min(row.len());
    }
    let whole = row.get(at..end)?;
    let begins = bounded(row, (0..at).rev(), at);
    let ends = bounded(row, end..row.len(), end);
    let opened = of_row(parts, whole)?;
    let mut literals = Vec::with_capacity(opened.len());
    for (text, all) in opened {
        // Where it was cut off, what stands between two words is none of its own.
        let text = String::from_utf8(text).ok()?.trim_end_matches(' ').to_owned();
        if text.is_empty() || !(begins || text.len() >= 2) {
            return None;
        }
        literals.push(Literal { text, begins, ends: ends && all });
    }
    Some(literals).filter(|literals| !literals.is_empty())
}

/// With what a part can begin. A blank stands for what may stand between two words.
fn openings(parts: &mut Parts, part: &Arc<Part>) -> Openings {
    let key = Arc::as_ptr(part) as usize;
    if let Some(known) = parts.openings.get(&key) {
        return known.clone();
    }
    let openings: Option<Vec<(Vec<u8>, bool)>> = match &**part {
        Part::Boundary => Some(vec![(Vec::new(), true)]),
        Part::Literal(literal) => Some(vec![(literal.to_vec(), true)]),
        Part::One(of) => {
            Some(of.each().map(|byte| (vec![byte], true)).collect()).filter(|one: &Vec<_>| one.len() <= MOST_BYTES)
        }
        Part::Run { of, .. } if *of == super::parse::separator() => Some(vec![(b" ".to_vec(), true)]),
        Part::Run { least: 0, .. } | Part::Again { .. } => Some(vec![(Vec::new(), false)]),
        Part::Run { .. } | Part::Letters { .. } => None,
        Part::Maybe(inner) => openings(parts, inner).map(|inner| {
            let mut all = inner.to_vec();
            all.push((Vec::new(), true));
            all
        }),
        Part::Ways { ways, .. } => {
            let mut all = Some(Vec::new());
            for way in ways.iter() {
                let way = openings(parts, way);
                all = all.zip(way).map(|(mut all, way)| {
                    all.extend_from_slice(&way);
                    all
                });
            }
            all.map(|mut all: Vec<(Vec<u8>, bool)>| {
                all.sort_unstable();
                all.dedup();
                all
            })
        }
        Part::Row(row) => of_row(parts, row),
    };
    let openings: Openings = openings.filter(|all| all.len() <= MOST).map(Rc::from);
    parts.openings.insert(key, openings.clone());
    openings
}

/// The same of parts in a row.
fn of_row(parts: &mut Parts, row: &[Arc<Part>]) -> Option<Vec<(Vec<u8>, bool)>> {
    let mut all: Vec<(Vec<u8>, bool)> = vec![(Vec::new(), true)];
    for part in row {
        let goes_on = all.iter().filter(|(_, whole)| *whole).count();
        if goes_on == 0 {
            break;
        }
        let further = openings(parts, part).filter(|next| all.len() - goes_on + goes_on * next.len() <= MOST);
        // Behind a gap a sign could be a part of it.
        let clear =
            |text: &[u8], next: &[u8]| text.last() != Some(&b' ') || next.iter().take(1).all(u8::is_ascii_alphanumeric);
        let further = further
            .filter(|next| all.iter().all(|(text, whole)| !whole || next.iter().all(|(next, _)| clear(text, next))));
        let Some(next) = further else {
            all.iter_mut().for_each(|(_, whole)| *whole = false);
            break;
        };
        let mut longer = Vec::with_capacity(all.len() * next.len());
        for (text, whole) in all {
            if !whole {
                longer.push((text, false));
                continue;
            }
            for (behind, whole) in next.iter() {
                let mut text = text.clone();
                text.extend_from_slice(behind);
                let cut = text.len() > MOST_LETTERS;
                if cut {
                    let end = (1..=MOST_LETTERS).rev().find(|end| text.get(*end).is_some_and(|b| b & 0xc0 != 0x80));
                    text.truncate(end.unwrap_or(0));
                }
                longer.push((text, *whole && !cut));
            }
        }
        longer.sort_unstable();
        longer.dedup();
        all = longer;
    }
    Some(all)
}

/// An apostrophe that may be left out.
fn is_mark(part: &Part) -> bool {
    matches!(part, Part::Maybe(inner) if only_marks(inner))
}

/// Neither letters nor digits, and nothing that could be left out.
fn only_marks(part: &Part) -> bool {
    match part {
        Part::One(of) => !has_letter(of),
        Part::Literal(literal) => !literal.iter().any(u8::is_ascii_alphanumeric),
        Part::Ways { ways, .. } => !ways.is_empty() && ways.iter().all(|way| only_marks(way)),
        Part::Row(row) => !row.is_empty() && row.iter().all(|part| only_marks(part)),
        _ => false,
    }
}

/// Whether, going `outward` from a part, nothing but what is neither letter nor digit can come first.
fn bounded(row: &[Arc<Part>], outward: impl Iterator<Item = usize>, from: usize) -> bool {
    for at in outward {
        let Some(part) = row.get(at) else { return false };
        if always_apart(part) {
            return true;
        }
        // What may be left out counts only if it, too, keeps its distance.
        let (Part::Maybe(optional) | Part::Again { part: optional, .. }) = &**part else { return false };
        let nearest = match &**optional {
            Part::Row(inner) => {
                if at < from {
                    inner.last()
                } else {
                    inner.first()
                }
            }
            _ => Some(optional),
        };
        if !nearest.is_some_and(|part| always_apart(part)) {
            return false;
        }
    }
    false
}

/// A word boundary, or at least one character that is neither letter nor digit.
fn always_apart(part: &Part) -> bool {
    matches!(part, Part::Boundary) || always_parts(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::pattern;
    use std::collections::BTreeMap;

    fn check(written: &str) -> Vec<Vec<String>> {
        let (_, needs) = pattern::compile_and_parse(written, &BTreeMap::new(), &mut Default::default()).unwrap();
        let shown =
            |l: Literal| format!("{}{}{}", if l.begins { "|" } else { "" }, l.text, if l.ends { "|" } else { "" });
        needs.parts.into_iter().map(|need| need.literals.into_iter().map(shown).collect()).collect()
    }

    #[test]
    fn every_part_that_must_be_there_is_looked_for() {
        assert_eq!(check("vores (nye )?(piger|damer)"), [vec!["|vores|"], vec!["|damer|", "|piger|"]]);
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
            let (_, needs) = pattern::compile_and_parse(written, &BTreeMap::new(), &mut Default::default()).unwrap();
            needs.begins.then(|| needs.parts[0].literals.iter().map(|l| l.text.clone()).collect::<Vec<_>>())
        };
        assert_eq!(first("(vores|our) <2> piger"), Some(vec!["our".to_owned(), "vores".to_owned()]));
        assert_eq!(first("(nye )?piger her"), None);
    }

    #[test]
    fn how_far_apart_the_parts_may_begin_is_counted_in_words() {
        let far = |written: &str| {
            let (_, needs) = pattern::compile_and_parse(written, &BTreeMap::new(), &mut Default::default()).unwrap();
            needs.parts.iter().map(|need| (need.least, need.most)).collect::<Vec<_>>()
        };
        assert_eq!(far("hun er ny"), [(0, 0), (1, 1), (1, 1)]);
        // A number with its full stop counts as two.
        assert_eq!(far("vores <2> piger"), [(0, 0), (1, 5)]);
        assert_eq!(far("(nye )?piger her"), [(0, 1), (1, 1)]);
        assert_eq!(far("pige* don't (kom mere|gaa) her"), [(0, 0), (1, 1), (1, 1), (1, 2)]);
    }
}
