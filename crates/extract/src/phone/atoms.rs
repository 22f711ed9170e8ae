//! The pieces of which a phone number may be written: digits, number words, look-alike letters.

use super::said;
use crate::claim::Claims;
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};

/// What stands between two pieces.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Gap {
    /// Number of symbols.
    pub symbols: usize,
    /// The first symbol.
    pub symbol: Option<char>,
    /// All symbols are the same.
    pub mixed: bool,
    pub space: bool,
    pub line: bool,
    pub wide: bool,
    /// Words that may stand there.
    pub fillers: usize,
    /// One of them says that the rest of the number follows ("slutter på", "followed by").
    pub says_rest: bool,
    /// A word or sign stands there that belongs between all pieces alike, and nowhere else.
    pub own_sign: bool,
}

/// One piece: some digits.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    pub digits: String,
    /// First token, and the one behind the last.
    pub tokens: (usize, usize),
    /// Number words, look-alike letters, circled digits and the like.
    pub hidden: bool,
    /// A word that mostly means something else (`to`, `en`).
    pub weak: bool,
    /// `twenty five` read as 25.
    pub combined: bool,
    /// Part of a price, an age, a measure.
    pub blocked: bool,
    /// A plus stands before it.
    pub plus: bool,
    /// That plus is a word.
    pub plus_word: bool,
    /// What stands before it in the run.
    pub gap: Gap,
}

/// Pieces without anything between them that could not stand inside a number.
pub(crate) type Run = Vec<Atom>;

/// All runs of `least` digits or more. With `combine`, `twenty five` is 25; else 20 and 5.
pub(crate) fn runs(tokens: &Tokens<'_>, claims: &Claims, lexicon: &Lexicon, combine: bool, least: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut run: Run = Vec::new();
    let (mut gap, mut at) = (Gap::default(), 0);
    while at < tokens.len() {
        let token = &tokens[at];
        gap.space |= token.space_before;
        gap.line |= token.line_before;
        gap.wide |= token.wide_before;
        if let Some(end) = said::counted(tokens, at).filter(|end| claims.are_free(at..*end)) {
            gap.fillers += 1;
            gap.says_rest = true;
            at = end;
            continue;
        }
        let atom = if claims.is_free(at) { atom(tokens, lexicon, at, !run.is_empty(), combine) } else { None };
        if let Some(mut atom) = atom {
            at = atom.tokens.1;
            if atom.plus {
                close(&mut runs, &mut run, least);
            }
            atom.gap = std::mem::take(&mut gap);
            run.push(atom);
            continue;
        }
        let stays = claims.is_free(at)
            && match token.kind {
                Kind::Symbol => {
                    gap.mixed |= gap.symbol.is_some_and(|first| first != token.first);
                    gap.symbol.get_or_insert(token.first);
                    gap.symbols += 1;
                    let telling = matches!(token.first, '€' | '$' | '£' | '%' | '@' | '½' | '+');
                    gap.symbols <= 6 && (!telling || (!run.is_empty() && said::separates(tokens, at)))
                }
                Kind::Word => {
                    gap.fillers += 1;
                    gap.says_rest |= token.word.is(Flags::REST);
                    gap.fillers <= 5
                        && (token.word.is(Flags::FILLER) || {
                            gap.own_sign = !run.is_empty() && said::separates(tokens, at);
                            gap.own_sign
                        })
                }
                Kind::Number => false,
            };
        if !stays {
            close(&mut runs, &mut run, least);
            gap = Gap::default();
        }
        at += 1;
    }
    close(&mut runs, &mut run, least);
    runs
}

fn close(runs: &mut Vec<Run>, run: &mut Run, least: usize) {
    if run.iter().map(|atom| atom.digits.len()).sum::<usize>() >= least {
        runs.push(std::mem::take(run));
    } else {
        run.clear();
    }
}

/// The piece that begins at token `at`. Inside a run, letters that look like digits need not touch one.
pub(crate) fn atom(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, in_run: bool, combine: bool) -> Option<Atom> {
    let plus_word = at > 0 && !in_run && tokens.text(at - 1) == "plus";
    let plus = plus_word || (at > 0 && tokens.is(at - 1, '+') && !(in_run && said::separates(tokens, at - 1)));
    let make = |digits: String, end: usize, hidden: bool| Atom {
        digits,
        tokens: (at, end),
        hidden,
        weak: false,
        combined: false,
        blocked: super::context::blocked(tokens, at, end),
        plus,
        plus_word,
        gap: Gap::default(),
    };
    let token = &tokens[at];
    if let Some((digits, end)) = said::repeated(tokens, at, in_run) {
        return Some(make(digits, end, true));
    }
    if let Some((value, end, weak)) = said::leet(tokens, lexicon, at) {
        return Some(Atom { weak, ..make(value.to_string(), end, true) });
    }
    match token.kind {
        Kind::Symbol => None,
        Kind::Number if inside_word(tokens, lexicon, at) => None,
        Kind::Number => Some(make(tokens.text(at).to_owned(), at + 1, token.exotic)),
        Kind::Word => {
            if token.word.is(Flags::DOUBLE.or(Flags::TRIPLE)) {
                let times = if token.word.is(Flags::DOUBLE) { 2 } else { 3 };
                let digit_at = if tokens.is(at + 1, '-') { at + 2 } else { at + 1 };
                tokens.get(digit_at).filter(|next| !next.word.is(Flags::DOUBLE.or(Flags::TRIPLE)))?;
                let next = atom(tokens, lexicon, digit_at, true, combine);
                let next = next.filter(|next| next.digits.len() == 1)?;
                return Some(make(next.digits.repeat(times), next.tokens.1, true));
            }
            // "nine hundred three one two": 900 312.
            if let Some(value) = token.word.number.filter(|value| in_run && (1..=9).contains(value))
                && tokens.get(at + 1).is_some_and(|next| !next.line_before && next.word.is(Flags::HUNDRED))
            {
                return Some(Atom { blocked: false, ..make(format!("{value}00"), at + 2, true) });
            }
            if let Some(value) = token.word.number {
                let (value, end) = if combine { compound(tokens, at, value) } else { (value, at + 1) };
                let mut atom = make(value.to_string(), end, true);
                atom.combined = end > at + 1;
                atom.weak = token.word.is(Flags::WEAK_NUMBER) && end == at + 1;
                return Some(atom);
            }
            let number_at = |i: Option<usize>| i.and_then(|i| tokens.get(i)).is_some_and(|t| t.kind == Kind::Number);
            let beside = in_run || number_at(at.checked_sub(1)) || number_at(Some(at + 1));
            if let Some(digits) = written_together(tokens.text(at), lexicon, beside) {
                return Some(make(digits, at + 1, true));
            }
            lookalike(tokens, at, in_run).map(|digits| make(digits, at + 1, true))
        }
    }
}

/// `t3l`, `AB12`: a few digits joined to letters that are no digits themselves.
fn inside_word(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|_| !tokens[at].space_before && tokens.digits(at) < 4) else {
        return false;
    };
    if said::separates(tokens, before) {
        return false;
    }
    let word = &tokens[before];
    let letters = &tokens.chars[word.clean.0 as usize..word.clean.1 as usize];
    word.kind == Kind::Word
        && word.word.number.is_none()
        && !word.word.is(Flags::HINT.or(Flags::SERVICE).or(Flags::UNIT).or(Flags::CURRENCY))
        && (letters.iter().any(|letter| digit_for(letter.c, true).is_none())
            || (letters.len() > 3 && !between_digits(tokens, before)))
        && written_together(tokens.text(before), lexicon, true).is_none()
}

/// `37OOOO93`: letters with digits joined to both sides.
fn between_digits(tokens: &Tokens<'_>, at: usize) -> bool {
    let number_before = at.checked_sub(1).is_some_and(|before| tokens[before].kind == Kind::Number);
    number_before && !tokens[at].space_before
}

/// `fem og tyve` and `fem-og-tyve` are 25, `twenty-five` and `tjugo fem` are 25.
fn compound(tokens: &Tokens<'_>, at: usize, value: u8) -> (u8, usize) {
    let number = |i: usize| tokens.get(i).filter(|token| !token.line_before).and_then(|token| token.word.number);
    let behind = |i: usize| if tokens.is(i + 1, '-') && !tokens[i + 1].space_before { i + 2 } else { i + 1 };
    if (1..=9).contains(&value) {
        let joiner = behind(at);
        if tokens.get(joiner).is_some_and(|t| t.word.is(Flags::JOINER)) {
            let tens_at = behind(joiner);
            if let Some(tens) = number(tens_at).filter(|tens| tens % 10 == 0 && *tens >= 20)
                && tokens[tens_at].word.is(Flags::UNIT_FIRST)
            {
                return (tens + value, tens_at + 1);
            }
        }
    }
    if value.is_multiple_of(10) && value >= 20 && tokens[at].word.is(Flags::TENS_FIRST) {
        let next = behind(at);
        if let Some(unit) = number(next).filter(|unit| (1..=9).contains(unit)) {
            return (value + unit, next + 1);
        }
    }
    (value, at + 1)
}

/// Letters that look like digits, beside digits: `3O`, `l2`, `OO`.
fn lookalike(tokens: &Tokens<'_>, at: usize, in_run: bool) -> Option<String> {
    let token = &tokens[at];
    let letters = &tokens.chars[token.clean.0 as usize..token.clean.1 as usize];
    // "I'm", "l'heure": a word that goes on.
    let goes_on = tokens.is_any(at + 1, &['\'', '’', '´', '`']) && !tokens[at + 1].space_before;
    if letters.len() > 4 || goes_on {
        return None;
    }
    // "… 01 12. I come": a word of its own.
    let ordinary = |i: usize| {
        tokens.get(i).is_some_and(|t| {
            t.kind == Kind::Word && t.space_before && !t.upper && !t.capital && t.word.number.is_none()
        })
    };
    if letters.len() == 1 && token.space_before && ordinary(at + 1) && !all_lookalikes(tokens, at + 1) {
        return None;
    }
    // "68a50b02c17": a letter among others that look like no digit.
    let alone = |i: usize| said::touches(tokens, i) && digit_for(tokens[i].first, true).is_none();
    if said::touches(tokens, at) && (at.checked_sub(2).is_some_and(alone) || alone(at + 2)) {
        return None;
    }
    let number_at = |i: Option<usize>| i.and_then(|i| tokens.get(i)).is_some_and(|t| t.kind == Kind::Number);
    let joined_before = !token.space_before && number_at(at.checked_sub(1));
    let joined_after = number_at(Some(at + 1)) && !tokens[at + 1].space_before;
    let joined = joined_before || joined_after;
    // A unit joined to its number (30m, 800kr) is a unit.
    if joined_before && token.word.is(Flags::UNIT.or(Flags::CURRENCY)) && !joined_after {
        return None;
    }
    // "SZ Z7": more of the kind up to a digit.
    let ahead = (at + 1..tokens.len().min(at + 4)).find(|&i| tokens[i].kind != Kind::Word || tokens[i].line_before);
    let leads = token.upper && number_at(ahead) && (at + 1..ahead.unwrap_or(at)).all(|i| all_lookalikes(tokens, i));
    let near = leads
        || in_run
        || number_at(Some(at + 1))
        || (tokens.is_any(at + 1, &['-', '.', ' ']) && number_at(Some(at + 2)));
    let capitals = in_run && token.upper;
    let digits = letters.iter().map(|letter| digit_for(letter.c, joined || capitals)).collect::<Option<String>>();
    digits.filter(|_| joined || near)
}

fn all_lookalikes(tokens: &Tokens<'_>, at: usize) -> bool {
    let word = &tokens[at];
    tokens.chars[word.clean.0 as usize..word.clean.1 as usize].iter().all(|letter| digit_for(letter.c, true).is_some())
}

/// Whether tokens `from..to`, without a blank between them, say seven digits or more and nothing else.
pub(crate) fn says_number(tokens: &Tokens<'_>, lexicon: &Lexicon, from: usize, to: usize) -> bool {
    let mut digits = 0;
    for at in from..to {
        match tokens[at].kind {
            Kind::Number => digits += tokens.digits(at),
            Kind::Word if tokens[at].word.number.is_some() => digits += 1,
            Kind::Word if all_lookalikes(tokens, at) => digits += (tokens[at].normal.1 - tokens[at].normal.0) as usize,
            Kind::Word => match written_together(tokens.text(at), lexicon, true) {
                Some(written) => digits += written.len(),
                None => return false,
            },
            Kind::Symbol => {}
        }
    }
    digits >= 7
}

/// The digit that a letter looks like. Lower-case letters that are words of their own only count joined to a digit.
fn digit_for(letter: char, joined: bool) -> Option<char> {
    Some(match letter {
        'O' | 'Ø' | 'Q' | 'D' | 'Ö' => '0',
        'o' | 'ø' | 'ö' => '0',
        'I' | 'L' => '1',
        'l' => '1',
        'Z' => '2',
        'S' => '5',
        'B' => '8',
        // Cyrillic and Greek ones, and letters drawn like a digit.
        'О' | 'о' | 'Ο' | 'ο' | 'σ' | 'Θ' => '0',
        'І' | 'і' | 'Ι' | 'ι' | 'ӏ' | 'Ӏ' => '1',
        'З' | 'з' | 'Ʒ' | 'ʒ' | 'Э' => '3',
        'Ч' | 'ч' => '4',
        'Ѕ' | 'ѕ' => '5',
        'б' => '6',
        'В' | 'Β' | 'ȣ' => '8',
        'G' if joined => '6',
        'i' if joined => '1',
        'z' if joined => '2',
        'E' if joined => '3',
        'A' if joined => '4',
        's' if joined => '5',
        'b' if joined => '6',
        'T' if joined => '7',
        'g' | 'q' if joined => '9',
        _ => return None,
    })
}

/// Number words without anything between them: `nulnulfemtre`.
/// Short ones count beside a digit only.
pub(crate) fn written_together(word: &str, lexicon: &Lexicon, beside: bool) -> Option<String> {
    if word.len() < (if beside { 4 } else { 6 }) || word.len() > 60 {
        return None;
    }
    // From right to left: how the rest can be said, with the longest word first ("niotte" is ni and otte, not nio).
    let mut said: Vec<Option<(String, usize)>> = vec![None; word.len() + 1];
    said[word.len()] = Some((String::new(), 0));
    for at in (0..word.len()).rev() {
        said[at] = (2..=12.min(word.len() - at)).rev().find_map(|length| {
            let value = word.get(at..at + length).and_then(|part| lexicon.number_words.get(part))?;
            let (rest, words) = said[at + length].as_ref()?;
            Some((format!("{value}{rest}"), words + 1))
        });
    }
    said.swap_remove(0).filter(|(_, words)| *words >= 2).map(|(digits, _)| digits)
}
