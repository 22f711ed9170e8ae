//! Patterns tried at a place by walking through their parts.
//!
//! A pattern is tried at few places, and mostly fails at its second word: there an automaton of all its words costs
//! more to keep and to clear than it saves. Here a part that many patterns have in common (`{women}`, a gap) is kept
//! once, nothing is built while texts are read, and what matches is what the expression matches: the first way that
//! reaches the end, in the order in which the ways are written. A text on which this takes too many steps is left to
//! the automaton ([`Walked::Far`]).

use super::literals::Openings;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Steps for one try; ordinary text needs some dozens.
const MOST_STEPS: u32 = 4_000;
/// From so many ways on, they are found by the byte with which they begin.
const MANY_WAYS: usize = 2;

/// Bytes, each in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// These.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut all = Self::default();
        bytes.iter().for_each(|byte| all.add(*byte));
        all
    }
    /// The letters of folded words.
    pub(super) fn letters() -> Self {
        let mut all = Self::default();
        (b'a'..=b'z').for_each(|byte| all.add(byte));
        all
    }
    /// All but letters, digits and these.
    pub(super) fn but(bytes: &[u8]) -> Self {
        let mut all = Self::default();
        let word = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        (0..=u8::MAX).filter(|byte| !word(byte) && !bytes.contains(byte)).for_each(|byte| all.add(byte));
        all
    }
    /// The bytes, in order.
    pub(super) fn each(&self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(|byte| self.has(*byte))
    }
    pub(super) fn has(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1)
    }
    fn add(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }
    pub(super) fn join(&mut self, other: &Bytes) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }
}

/// A part of a pattern.
#[derive(Debug)]
pub(super) enum Part {
    Boundary,
    Literal(Box<[u8]>),
    One(Bytes),
    /// Bytes of a kind, the more the better.
    Run {
        of: Bytes,
        least: u32,
        most: u32,
    },
    /// One or more of them, with one sign of several bytes among them.
    Letters {
        of: Bytes,
        sign: Box<[u8]>,
    },
    Row(Box<[Arc<Part>]>),
    Ways {
        ways: Box<[Arc<Part>]>,
        by_byte: Option<ByByte>,
    },
    /// As often as may be, also never; of something that is not nothing.
    Again {
        part: Arc<Part>,
        most: u32,
    },
    /// Once or not at all.
    Maybe(Arc<Part>),
}

/// Ways by the last five bits of the byte with which they may begin, each in the order in which they are written.
#[derive(Debug)]
pub(super) struct ByByte {
    from: [u16; 33],
    ways: Box<[u16]>,
}

impl ByByte {
    fn at(&self, byte: u8) -> &[u16] {
        let slot = usize::from(byte & 31);
        let place = |slot: usize| self.from.get(slot).map_or(0, |from| usize::from(*from));
        self.ways.get(place(slot)..place(slot + 1)).unwrap_or_default()
    }
}

/// What two parts must have in common to be one.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Boundary,
    Literal(Box<[u8]>),
    One(Bytes),
    Run(Bytes, u32, u32),
    Letters(Bytes, Box<[u8]>),
    Row(Vec<usize>),
    Ways(Vec<usize>),
    Again(usize, u32),
    Maybe(usize),
}

/// A part with the bytes with which it may begin; whether it may be nothing.
pub(super) type Made = (Arc<Part>, Bytes, bool);

/// The parts made so far, each kept once.
#[derive(Default)]
pub(super) struct Parts {
    known: FxHashMap<Key, Made>,
    /// What stood in brackets.
    groups: FxHashMap<String, Made>,
    pub(super) openings: FxHashMap<usize, Openings>,
}

impl Parts {
    /// An expression to walk through; `None` for one that matches nothing at all.
    pub(super) fn expression(&self, (root, first, empty): Made) -> Option<Expression> {
        let bounded = match &*root {
            Part::Row(parts) => parts.first().is_some_and(|part| matches!(**part, Part::Boundary)),
            _ => false,
        };
        (!empty).then_some(Expression { root, first, bounded })
    }

    /// What stood in these brackets before.
    pub(super) fn group(&self, inside: &str) -> Option<Made> {
        self.groups.get(inside).cloned()
    }

    pub(super) fn keep_group(&mut self, inside: &str, group: Made) -> Made {
        self.groups.insert(inside.to_owned(), group.clone());
        group
    }

    pub(super) fn boundary(&mut self) -> Made {
        self.keep(Key::Boundary, || (Part::Boundary, Bytes::default(), true))
    }

    pub(super) fn one(&mut self, of: Bytes) -> Made {
        self.keep(Key::One(of), || (Part::One(of), of, false))
    }

    pub(super) fn run(&mut self, of: Bytes, least: u32, most: u32) -> Made {
        self.keep(Key::Run(of, least, most), || (Part::Run { of, least, most }, of, least == 0))
    }

    /// One or more of these bytes, or of a sign that begins with none of them.
    pub(super) fn letters(&mut self, of: Bytes, sign: &[u8]) -> Made {
        self.keep(Key::Letters(of, sign.into()), || {
            let mut first = of;
            sign.first().into_iter().for_each(|byte| first.add(*byte));
            (Part::Letters { of, sign: sign.into() }, first, false)
        })
    }

    pub(super) fn literal(&mut self, literal: &[u8]) -> Made {
        self.keep(Key::Literal(literal.into()), || {
            let first = Bytes::of(literal.get(..1).unwrap_or_default());
            (Part::Literal(literal.into()), first, literal.is_empty())
        })
    }

    pub(super) fn maybe(&mut self, (part, first, _): Made) -> Made {
        self.keep(Key::Maybe(Arc::as_ptr(&part) as usize), || (Part::Maybe(part), first, true))
    }

    /// Up to so many times a part that is something.
    pub(super) fn again(&mut self, (part, first, _): Made, most: u32) -> Made {
        let key = Key::Again(Arc::as_ptr(&part) as usize, most);
        self.keep(key, || (Part::Again { part, most }, first, true))
    }

    pub(super) fn row(&mut self, made: Vec<Made>) -> Made {
        if let [only] = &made[..] {
            return only.clone();
        }
        let key = Key::Row(made.iter().map(|(part, ..)| Arc::as_ptr(part) as usize).collect());
        self.keep(key, || {
            let (mut first, mut empty, mut row) = (Bytes::default(), true, Vec::with_capacity(made.len()));
            for (part, begins, may_be_empty) in made {
                if empty {
                    first.join(&begins);
                }
                empty &= may_be_empty;
                match &*part {
                    Part::Row(inner) => row.extend(inner.iter().cloned()),
                    _ => row.push(part),
                }
            }
            (Part::Row(row.into()), first, empty)
        })
    }

    pub(super) fn ways(&mut self, made: Vec<Made>) -> Made {
        let key = Key::Ways(made.iter().map(|(part, ..)| Arc::as_ptr(part) as usize).collect());
        self.keep(key, || {
            let (mut first, mut empty) = (Bytes::default(), false);
            for (_, begins, may_be_empty) in &made {
                first.join(begins);
                empty |= may_be_empty;
            }
            let by_byte = (made.len() >= MANY_WAYS && !empty).then(|| by_byte(&made)).flatten();
            (Part::Ways { ways: made.into_iter().map(|(part, ..)| part).collect(), by_byte }, first, empty)
        })
    }

    fn keep(&mut self, key: Key, make: impl FnOnce() -> (Part, Bytes, bool)) -> Made {
        self.known
            .entry(key)
            .or_insert_with(|| {
                let (part, first, empty) = make();
                (Arc::new(part), first, empty)
            })
            .clone()
    }
}

fn by_byte(made: &[Made]) -> Option<ByByte> {
    let (mut from, mut ways) = ([0_u16; 33], Vec::new());
    for slot in 0..32_u8 {
        let begins = |first: &Bytes| (0..8_u8).any(|high| first.has(high << 5 | slot));
        for (way, (_, first, _)) in made.iter().enumerate() {
            if begins(first) {
                ways.push(u16::try_from(way).ok()?);
            }
        }
        *from.get_mut(usize::from(slot) + 1)? = u16::try_from(ways.len()).ok()?;
    }
    Some(ByByte { from, ways: ways.into() })
}

/// A whole pattern.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    root: Arc<Part>,
    first: Bytes,
    /// It begins where a word begins or ends.
    bounded: bool,
}

/// What came of trying an expression at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walked {
    /// It matches up to there.
    To(usize),
    /// It does not match.
    Not,
    /// The way was too far: ask the automaton.
    Far,
}

impl Expression {
    /// Whether a match could begin at `at`, by the byte there and the one before it.
    pub(super) fn may_begin(&self, text: &[u8], at: usize) -> bool {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let Some(byte) = text.get(at).copied().filter(|byte| self.first.has(*byte)) else { return false };
        let before = at.checked_sub(1).and_then(|at| text.get(at)).copied();
        !self.bounded || word(byte) != before.is_some_and(word)
    }

    /// Tries to match from `at` on, up to `end` at most; what is a whole word is seen in all of `text`.
    pub(super) fn walk(&self, text: &[u8], at: usize, end: usize) -> Walked {
        let mut walk = Walk { text, end, steps: MOST_STEPS };
        match walk.part(&self.root, at, &Next::End) {
            Some(to) => Walked::To(to),
            None if walk.steps == 0 => Walked::Far,
            None => Walked::Not,
        }
    }
}

/// What comes behind a part.
#[derive(Clone, Copy)]
enum Next<'n> {
    End,
    Row(&'n [Arc<Part>], &'n Next<'n>),
    /// The same part once more, so many times at most.
    Again {
        part: &'n Part,
        most: u32,
        next: &'n Next<'n>,
    },
}

struct Walk<'t> {
    text: &'t [u8],
    end: usize,
    steps: u32,
}

impl Walk<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied().filter(|_| at < self.end)
    }

    fn boundary(&self, at: usize) -> bool {
        let word = |at: Option<usize>| {
            at.and_then(|at| self.text.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        word(at.checked_sub(1)) != word(Some(at))
    }

    /// Where the part ends that can do with one look; the outer `None` for one that cannot.
    fn simple(&self, part: &Part, at: usize) -> Option<Option<usize>> {
        Some(match part {
            Part::Boundary => self.boundary(at).then_some(at),
            Part::Literal(literal) => {
                // Most end here, at the first letter.
                if literal.first() != self.text.get(at) {
                    return Some(None);
                }
                let behind = at + literal.len();
                let there = behind <= self.end && self.text.get(at..behind).is_some_and(|text| *text == **literal);
                there.then_some(behind)
            }
            Part::One(of) => self.byte(at).filter(|byte| of.has(*byte)).map(|_| at + 1),
            _ => return None,
        })
    }

    fn row(&mut self, mut parts: &[Arc<Part>], mut at: usize, next: &Next<'_>) -> Option<usize> {
        while let Some((part, rest)) = parts.split_first() {
            match self.simple(part, at) {
                Some(behind) => at = behind?,
                None if rest.is_empty() => return self.part(part, at, next),
                None => return self.part(part, at, &Next::Row(rest, next)),
            }
            parts = rest;
        }
        self.go_on(at, next)
    }

    fn go_on(&mut self, at: usize, next: &Next<'_>) -> Option<usize> {
        match *next {
            Next::End => Some(at),
            Next::Row(parts, next) => self.row(parts, at, next),
            Next::Again { part, most, next } => self.again(part, most, at, next),
        }
    }

    /// Once more where it may be, then what comes behind.
    fn again(&mut self, part: &Part, most: u32, at: usize, next: &Next<'_>) -> Option<usize> {
        if most > 0
            && let Some(end) = self.part(part, at, &Next::Again { part, most: most - 1, next })
        {
            return Some(end);
        }
        if self.steps > 0 { self.go_on(at, next) } else { None }
    }

    fn part(&mut self, part: &Part, at: usize, next: &Next<'_>) -> Option<usize> {
        self.steps = self.steps.checked_sub(1)?;
        match part {
            Part::Boundary | Part::Literal(_) | Part::One(_) => {
                let behind = self.simple(part, at).flatten()?;
                self.go_on(behind, next)
            }
            Part::Row(parts) => self.row(parts, at, next),
            Part::Ways { ways, by_byte: None } => ways.iter().find_map(|way| self.part(way, at, next)),
            Part::Ways { ways, by_byte: Some(by_byte) } => {
                let byte = self.byte(at)?;
                by_byte.at(byte).iter().find_map(|way| self.part(ways.get(usize::from(*way))?, at, next))
            }
            Part::Maybe(part) => match self.part(part, at, next) {
                None if self.steps > 0 => self.go_on(at, next),
                found => found,
            },
            Part::Again { part, most } => self.again(part, *most, at, next),
            Part::Run { of, least, most } => {
                let most = at.saturating_add(*most as usize).min(self.end);
                let mut behind = at;
                while behind < most && self.text.get(behind).is_some_and(|byte| of.has(*byte)) {
                    behind += 1;
                }
                let least = at + *least as usize;
                while behind >= least {
                    self.steps = self.steps.checked_sub(1)?;
                    if let Some(end) = self.go_on(behind, next) {
                        return Some(end);
                    }
                    behind = behind.checked_sub(1)?;
                }
                None
            }
            Part::Letters { of, sign } => {
                let mut behind = at;
                loop {
                    if self.byte(behind).is_some_and(|byte| of.has(byte)) {
                        behind += 1;
                    } else if behind + sign.len() <= self.end
                        && self.text.get(behind..).is_some_and(|text| text.starts_with(sign))
                    {
                        behind += sign.len();
                    } else {
                        break;
                    }
                }
                while behind > at {
                    self.steps = self.steps.checked_sub(1)?;
                    if let Some(end) = self.go_on(behind, next) {
                        return Some(end);
                    }
                    let last = behind.checked_sub(1)?;
                    // No byte of the sign is one of the others.
                    let one = self.text.get(last).is_some_and(|byte| of.has(*byte));
                    behind = if one { last } else { behind.checked_sub(sign.len())? };
                }
                None
            }
        }
    }
}
