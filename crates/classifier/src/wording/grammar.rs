//! The small language of patterns.
//!
//! | written | means |
//! | --- | --- |
//! | `hun er ny` | these words, with white space, commas or hyphens between them |
//! | `pige*`, `*ede` | inflection: any further letters; any word with that ending |
//! | `(ny\|ung)`, `(meget )?ung` | one of these, maybe this |
//! | `{women}` | the words of that name in `rules.toml` |
//! | `_` | any one word |
//! | `<3>` | up to three words of the same clause |
//! | `A ~3~ B ~3~ C` | A, B and C in any order, with up to three words of the same clause between two of them |
//! | `#` | digits |
//! | `:` | a colon may stand here, which otherwise ends what belongs together |
//! | `,` | a comma must stand here; other signs are the space between words |
//!
//! Patterns are folded as texts are, so `på` and `paa` are one; letters and digits are words of their own even where
//! nothing stands between them (`24h`).

use domain::NormalText;
use std::collections::{BTreeMap, BTreeSet};

/// Ways to write one run of letters with its optional parts; more are no run of letters but a list.
const MOST_WAYS: usize = 3000;
/// A space that may be left out is tried both ways up to this many ways.
const FEW_WAYS: usize = 400;
/// Parts that stand in any order: each further one multiplies the orders.
const MOST_PARTS: usize = 4;

/// What stands at one place of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// One of these words; `pige*` is the beginning of a word, `*ede` its end, [`NUMBER`] any digits.
    Words(BTreeSet<String>),
    /// Any word.
    Any,
    /// Up to so many words of the same clause.
    Gap(u8),
    /// One of these, the first before the others.
    Either(Vec<Vec<Node>>),
    /// A colon may follow.
    Colon,
    /// A comma must follow.
    Comma,
}

/// Stands for any digits.
pub(crate) const NUMBER: &str = "#";

/// A pattern with words in the place of names, folded; and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Parsed {
    pub written: String,
    /// Parts that stand in any order, with the gap behind each but the last.
    pub parts: Vec<(Vec<Node>, u8)>,
}

impl Parsed {
    /// Every order of the parts.
    pub fn orders(&self) -> Vec<Vec<Node>> {
        let gaps: Vec<u8> = self.parts.iter().map(|(_, gap)| *gap).collect();
        let mut orders = Vec::new();
        permute(&mut (0..self.parts.len()).collect::<Vec<_>>(), 0, &mut |order| {
            let mut nodes = Vec::new();
            for (at, part) in order.iter().enumerate() {
                if at > 0 {
                    nodes.push(Node::Gap(gaps.get(at - 1).copied().unwrap_or(0)));
                }
                nodes.extend(self.parts.get(*part).map(|(nodes, _)| nodes.clone()).unwrap_or_default());
            }
            orders.push(nodes);
        });
        orders
    }
}

/// Every order of some things.
pub(crate) fn permute(order: &mut Vec<usize>, at: usize, each: &mut dyn FnMut(&[usize])) {
    if at >= order.len() {
        each(order);
        return;
    }
    for other in at..order.len() {
        order.swap(at, other);
        permute(order, at + 1, each);
        order.swap(at, other);
    }
}

/// Reads one pattern, or says what is wrong with it.
pub(crate) fn parse(source: &str, words: &BTreeMap<String, String>) -> Result<Parsed, String> {
    let expanded = expand(source, words, 0)?;
    let folded = NormalText::fold(expanded.trim());
    let written = folded.as_str().to_owned();
    let mut parts = Vec::new();
    let mut rest = written.as_str();
    while let Some((one, behind)) = rest.split_once(" ~") {
        let (gap, other) = behind.split_once("~ ").ok_or("`~3~` stands between two spaces")?;
        parts.push((part(one)?, words_of(gap, '~')?));
        rest = other;
    }
    parts.push((part(rest)?, 0));
    if parts.len() > MOST_PARTS {
        return Err(format!("at most {MOST_PARTS} parts stand in any order"));
    }
    Ok(Parsed { written, parts })
}

fn part(folded: &str) -> Result<Vec<Node>, String> {
    for (slip, instead) in [(" ?", "`(word )?`"), (")*", "`(a|b)` without the star"), ("<>", "a number in `<3>`")] {
        if folded.contains(slip) {
            return Err(format!("`{slip}` does not say what it seems to: write {instead}"));
        }
    }
    let mut characters = folded.chars().peekable();
    let ways = alternatives(&mut characters, 0)?;
    if characters.next().is_some() {
        return Err("`)` without `(`".to_owned());
    }
    let nodes = list(&ways)?;
    if least(&nodes) == 0 {
        return Err("it matches nothing at all".to_owned());
    }
    Ok(nodes)
}

fn words_of(gap: &str, sign: char) -> Result<u8, String> {
    let most: u8 = gap.parse().map_err(|_| format!("the gap `{sign}{gap}` must hold a number"))?;
    if most > 9 { Err("a gap jumps over nine words at most".to_owned()) } else { Ok(most) }
}

/// Names in braces, replaced by their words.
fn expand(source: &str, words: &BTreeMap<String, String>, depth: usize) -> Result<String, String> {
    if depth > 6 {
        return Err("words that name each other in a circle".to_owned());
    }
    let (mut text, mut rest) = (String::new(), source);
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        let close = from.find('}').ok_or("`{` without `}`")?;
        let (name, after) = (from.get(1..close).unwrap_or_default(), from.get(close + 1..).unwrap_or_default());
        let value = words.get(name).ok_or_else(|| format!("no words of the name `{name}` in rules.toml"))?;
        text.push_str(before);
        text.push('(');
        text.push_str(&expand(value, words, depth + 1)?);
        text.push(')');
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// A pattern sign by sign.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sign {
    Space,
    /// A letter, a digit, `%`, `&` or `+`.
    Letter(char),
    Star,
    Number,
    Any,
    Colon,
    Comma,
    Gap(u8),
    Group {
        ways: Vec<Vec<Sign>>,
        optional: bool,
    },
}

type Signs<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn alternatives(signs: &mut Signs<'_>, depth: usize) -> Result<Vec<Vec<Sign>>, String> {
    let mut ways = vec![Vec::new()];
    while let Some(&sign) = signs.peek() {
        if sign == ')' {
            if depth == 0 {
                return Err("`)` without `(`".to_owned());
            }
            return Ok(ways);
        }
        signs.next();
        let next = match sign {
            '|' => {
                ways.push(Vec::new());
                continue;
            }
            '(' => {
                let inner = alternatives(signs, depth + 1)?;
                signs.next().filter(|close| *close == ')').ok_or("`(` without `)`")?;
                let optional = signs.next_if_eq(&'?').is_some();
                Sign::Group { ways: inner, optional }
            }
            '?' => {
                let way = ways.last_mut().ok_or("`?` behind nothing")?;
                let last =
                    way.pop().filter(|last| matches!(last, Sign::Letter(_) | Sign::Space | Sign::Colon | Sign::Comma));
                let last = last.ok_or("`?` stands behind a letter or a `)`")?;
                Sign::Group { ways: vec![vec![last]], optional: true }
            }
            'a'..='z' | '0'..='9' | '%' | '&' | '+' => Sign::Letter(sign),
            '*' => Sign::Star,
            '#' => Sign::Number,
            '_' => Sign::Any,
            ':' => Sign::Colon,
            ',' => Sign::Comma,
            '<' => {
                let gap: String = signs.by_ref().take_while(|c| *c != '>').collect();
                Sign::Gap(words_of(&gap, '<')?)
            }
            '\'' | '’' => continue,
            ' ' | '-' | '/' | '.' | '!' | '"' => Sign::Space,
            other if other.is_alphabetic() => Sign::Letter(other),
            other => return Err(format!("`{other}` means nothing in a pattern")),
        };
        if let Some(way) = ways.last_mut() {
            way.push(next);
        }
    }
    if depth > 0 { Err("`(` without `)`".to_owned()) } else { Ok(ways) }
}

/// Alternatives as nodes: single words become one set.
fn list(ways: &[Vec<Sign>]) -> Result<Vec<Node>, String> {
    let mut words = BTreeSet::new();
    let mut either: Vec<Vec<Node>> = Vec::new();
    for way in ways {
        let nodes = sequence(way)?;
        match nodes.as_slice() {
            [Node::Words(one)] => words.extend(one.iter().cloned()),
            _ if either.contains(&nodes) => {}
            _ => either.push(nodes),
        }
    }
    Ok(joined(words, either))
}

fn joined(words: BTreeSet<String>, mut either: Vec<Vec<Node>>) -> Vec<Node> {
    if !words.is_empty() {
        // Longer ways first, nothing last.
        let at = either.iter().position(Vec::is_empty).unwrap_or(either.len());
        either.insert(at, vec![Node::Words(words)]);
    }
    match either.len() {
        0 => Vec::new(),
        1 => either.remove(0),
        _ => vec![Node::Either(either)],
    }
}

/// One way of signs as nodes. What stands between spaces is written out; groups that bring their own spaces stay.
fn sequence(signs: &[Sign]) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    let mut run: Vec<Sign> = Vec::new();
    let mut at = 0;
    while let Some(sign) = signs.get(at) {
        at += 1;
        match sign {
            Sign::Space => flush(&mut run, &mut nodes)?,
            Sign::Gap(most) => {
                flush(&mut run, &mut nodes)?;
                nodes.push(Node::Gap(*most));
            }
            Sign::Colon | Sign::Comma => {
                flush(&mut run, &mut nodes)?;
                nodes.push(if *sign == Sign::Colon { Node::Colon } else { Node::Comma });
            }
            Sign::Group { ways, optional } => {
                let alone = run.is_empty() && (clean(sign, true) || at_end(signs.get(at..).unwrap_or_default()));
                let behind = clean(sign, false) && at_end(signs.get(at..).unwrap_or_default());
                if only_space(sign) {
                    let rest: Vec<Sign> = signs
                        .get(at..)
                        .unwrap_or_default()
                        .iter()
                        .take_while(|s| !matches!(s, Sign::Space | Sign::Gap(_)))
                        .cloned()
                        .collect();
                    if count(&run).saturating_mul(count(&rest)) > FEW_WAYS {
                        flush(&mut run, &mut nodes)?;
                    } else {
                        run.push(sign.clone());
                    }
                } else if alone || behind {
                    flush(&mut run, &mut nodes)?;
                    let inner = list(ways)?;
                    match (optional, inner.as_slice()) {
                        (true, []) => {}
                        (true, _) => nodes.push(Node::Either(vec![inner, Vec::new()])),
                        (false, _) => nodes.extend(inner),
                    }
                } else {
                    run.push(sign.clone());
                }
            }
            other => run.push(other.clone()),
        }
    }
    flush(&mut run, &mut nodes)?;
    Ok(nodes)
}

/// Whether what follows begins with a space or is nothing.
fn at_end(rest: &[Sign]) -> bool {
    match rest.first() {
        None | Some(Sign::Space | Sign::Gap(_) | Sign::Colon | Sign::Comma) => true,
        Some(group @ Sign::Group { ways, optional }) => {
            clean(group, false)
                && (!optional && !ways.iter().any(Vec::is_empty) || at_end(rest.get(1..).unwrap_or_default()))
        }
        _ => false,
    }
}

/// Whether every way of a group that is not empty ends (or begins) with a space of its own.
fn clean(sign: &Sign, at_its_end: bool) -> bool {
    match sign {
        Sign::Space | Sign::Gap(_) | Sign::Colon | Sign::Comma => true,
        Sign::Group { ways, .. } => ways.iter().all(|way| clean_way(way, at_its_end)),
        _ => false,
    }
}

fn clean_way(way: &[Sign], at_its_end: bool) -> bool {
    let outermost = if at_its_end { way.split_last() } else { way.split_first() };
    let Some((sign, rest)) = outermost else { return true };
    clean(sign, at_its_end) && (!may_be_nothing(sign) || clean_way(rest, at_its_end))
}

fn may_be_nothing(sign: &Sign) -> bool {
    match sign {
        Sign::Group { ways, optional } => *optional || ways.iter().any(|way| way.iter().all(may_be_nothing)),
        _ => false,
    }
}

fn only_space(sign: &Sign) -> bool {
    match sign {
        Sign::Group { ways, optional: true } => {
            ways.iter().all(|way| !way.is_empty() && way.iter().all(|sign| matches!(sign, Sign::Space | Sign::Comma)))
        }
        _ => false,
    }
}

/// How many ways there are to write a run.
fn count(run: &[Sign]) -> usize {
    run.iter().fold(1_usize, |ways, sign| {
        ways.saturating_mul(match sign {
            Sign::Group { ways, optional } => {
                ways.iter().fold(usize::from(*optional), |sum, way| sum.saturating_add(count(way)))
            }
            _ => 1,
        })
    })
}

/// Writes out a run of letters with its optional parts.
fn flush(run: &mut Vec<Sign>, nodes: &mut Vec<Node>) -> Result<(), String> {
    let run = std::mem::take(run);
    match run.as_slice() {
        [] => return Ok(()),
        [Sign::Any] => {
            nodes.push(Node::Any);
            return Ok(());
        }
        _ => {}
    }
    if count(&run) > MOST_WAYS {
        return Err(format!("a word with more than {MOST_WAYS} ways to write it: put spaces between its parts"));
    }
    let mut texts = vec![String::new()];
    write_out(&run, &mut texts)?;
    let (mut words, mut either) = (BTreeSet::new(), Vec::new());
    for text in texts {
        let way = tokens(&text)?;
        match way.as_slice() {
            [Node::Words(one)] => words.extend(one.iter().cloned()),
            _ if either.contains(&way) => {}
            _ => either.push(way),
        }
    }
    nodes.extend(joined(words, either));
    Ok(())
}

fn write_out(run: &[Sign], texts: &mut Vec<String>) -> Result<(), String> {
    for sign in run {
        let one = match sign {
            Sign::Space => ' ',
            Sign::Letter(letter) => *letter,
            Sign::Star => '*',
            Sign::Number => '#',
            Sign::Colon => ':',
            Sign::Comma => ',',
            Sign::Any => '_',
            Sign::Gap(_) => return Err("a gap stands between two spaces".to_owned()),
            Sign::Group { ways, optional } => {
                let mut all = if *optional { texts.clone() } else { Vec::new() };
                for way in ways {
                    let mut some = texts.clone();
                    write_out(way, &mut some)?;
                    all.extend(some);
                }
                *texts = all;
                continue;
            }
        };
        texts.iter_mut().for_each(|text| text.push(one));
    }
    Ok(())
}

/// One written way as words.
fn tokens(text: &str) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    let mut word = String::new();
    let mut kind = 0;
    for sign in text.chars().chain([' ']) {
        let now = match sign {
            // `pige*`, and `*r` for any word with that ending; `#*` is a number with or without its ending.
            '*' if kind == 1 || kind == 0 => 1,
            '*' if kind == 3 => continue,
            '*' => return Err("`*` stands behind letters".to_owned()),
            '0'..='9' => 2,
            c if c.is_alphabetic() => 1,
            '#' => 3,
            '_' => 4,
            '%' | '&' | '+' => 5,
            ':' => 6,
            ',' => 7,
            _ => 0,
        };
        if (now != kind || now > 2) && kind != 0 {
            let done = std::mem::take(&mut word);
            nodes.push(match kind {
                4 => Node::Any,
                6 => Node::Colon,
                7 => Node::Comma,
                _ => Node::Words(BTreeSet::from([done])),
            });
        }
        kind = now;
        if now != 0 {
            word.push(sign);
        }
    }
    Ok(nodes)
}

/// Fewest words that match.
fn least(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Words(_) | Node::Any => 1,
            Node::Gap(_) | Node::Colon | Node::Comma => 0,
            Node::Either(ways) => ways.iter().map(|way| least(way)).min().unwrap_or(0),
        })
        .sum()
}

/// Most words that match.
pub(crate) fn most(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Words(_) | Node::Any => 1,
            Node::Gap(most) => usize::from(*most),
            Node::Colon | Node::Comma => 0,
            Node::Either(ways) => ways.iter().map(|way| most_of(way)).max().unwrap_or(0),
        })
        .sum()
}

fn most_of(nodes: &[Node]) -> usize {
    most(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_pattern_says_why() {
        let none = BTreeMap::new();
        for pattern in ["{women}", "a(b", "a [b]", "(a)?", "a <x> b", "a ~x~ b", "a ~2~ b ~2~ c ~2~ d ~2~ e", "a)"] {
            assert!(parse(pattern, &none).is_err(), "{pattern}");
        }
    }

    #[test]
    fn words_with_optional_parts_are_written_out_and_lists_stay() {
        let nodes = |text: &str| parse(text, &BTreeMap::new()).unwrap().parts.remove(0).0;
        let set = |words: &[&str]| Node::Words(words.iter().map(|w| (*w).to_owned()).collect());
        assert_eq!(nodes("pige(r|rne)?"), [set(&["pige", "piger", "pigerne"])]);
        assert_eq!(nodes("(ny |ung )?pige*"), [Node::Either(vec![vec![set(&["ny", "ung"])], vec![]]), set(&["pige*"])]);
        assert_eq!(nodes("24( )?h"), [set(&["24"]), set(&["h"])]);
        assert_eq!(nodes("i'm (a|b c)").len(), 2);
        assert_eq!(parse("a ~2~ b ~3~ c", &BTreeMap::new()).unwrap().orders().len(), 6);
    }
}
