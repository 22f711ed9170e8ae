//! Ways to say digits that are more than a row of number words: several times the same one, how many digits come
//! next, letters with digits in them, and whatever is put between the pieces to hide them.

use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};

/// A digit said several times, and the index behind it: "to gange nul", "3 x 5", "fire nuller", "three fives",
/// "3 stk 4-taller", "dreimal die 5". Written in digits only, it counts inside a run.
pub(super) fn repeated(tokens: &Tokens<'_>, at: usize, in_run: bool) -> Option<(String, usize)> {
    let value = |i: usize| {
        let token = tokens.get(i).filter(|token| i == at || !token.line_before)?;
        token.word.number.map(u32::from).or_else(|| tokens.number(i).filter(|_| tokens.digits(i) == 1))
    };
    let is = |i: usize, flag: Flags| {
        tokens.get(i).is_some_and(|t| t.kind == Kind::Word && !t.line_before && t.word.is(flag))
    };
    let many = |digit: u32, times: u32, end: usize| Some((digit.to_string().repeat(times as usize), end));
    let article = |i: usize| if is(i, Flags::ARTICLE) { i + 1 } else { i };
    if tokens[at].kind == Kind::Word && tokens[at].word.is(Flags::MANY) {
        let digit_at = article(at + 1);
        let digit = value(digit_at).filter(|digit| *digit < 10)?;
        return many(digit, tokens[at].word.repeat.into(), digit_at + 1);
    }
    let times = value(at).filter(|times| (2..=6).contains(times))?;
    let next = tokens.get(at + 1).filter(|t| t.kind == Kind::Word && !t.line_before)?;
    // In "3x4x1" the x stands between all pieces alike.
    if next.word.is(Flags::TIMES) && (in_run || next.space_before) && !separates(tokens, at + 1) {
        let digit_at = article(at + 2);
        let digit = value(digit_at).filter(|digit| *digit < 10)?;
        // "2 x 30 min" is a price's, "3 x 4 cm" a measure's.
        let said = tokens[digit_at].word.number.is_some() || tokens[at].kind == Kind::Word;
        let decimals = tokens.is_any(digit_at + 1, &[',', '.']) && !tokens[digit_at + 1].space_before;
        let alone = !decimals || tokens.get(digit_at + 2).is_none_or(|t| t.space_before || t.kind != Kind::Number);
        return if said || (in_run && alone) { many(digit, times, digit_at + 1) } else { None };
    }
    // "3 stk 4-taller", "to 5'ere".
    let piece = if next.word.is(Flags::PIECES) { at + 2 } else { at + 1 };
    if let Some(digit) = tokens.number(piece).filter(|_| tokens.digits(piece) == 1) {
        let tail = if tokens.is_any(piece + 1, &['-', '\'', '’']) { piece + 2 } else { piece + 1 };
        let joined = tokens.get(tail).is_some_and(|t| !t.space_before);
        return if joined && is(tail, Flags::PIECE_ENDING) { many(digit, times, tail + 1) } else { None };
    }
    if next.word.is(Flags::PLURAL) { many(next.word.repeat.into(), times, at + 2) } else { None }
}

/// A number word with digits for letters (`thr33`, `f0ur`, `zer0`): its value, the index behind it, whether it is weak.
pub(super) fn leet(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<(u8, usize, bool)> {
    let joined = |i: usize| tokens.get(i).is_some_and(|t| i == at || !t.space_before) && tokens[i].kind != Kind::Symbol;
    if !joined(at + 1) || (at > 0 && !tokens[at].space_before && tokens[at - 1].kind != Kind::Symbol) {
        return None;
    }
    let (mut word, mut read) = (String::new(), None);
    for i in (at..tokens.len().min(at + 5)).take_while(|&i| joined(i)) {
        word.extend(tokens.text(i).chars().map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            other => other,
        }));
        if word.len() > 12 {
            break;
        }
        let known = lexicon.word(&word);
        if let Some(value) = known.number.filter(|_| i > at && word.len() > 2) {
            read = Some((value, i + 1, known.is(Flags::WEAK_NUMBER)));
        }
    }
    read
}

/// "de første fire cifre er", "de to sidste", "last four": how many digits come, which is none of them. The index behind.
pub(super) fn counted(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let is = |i: usize, flag: Flags| {
        tokens.get(i).is_some_and(|t| t.kind == Kind::Word && (i == at || !t.line_before) && t.word.is(flag))
    };
    let few = |value: u32| (2..=6).contains(&value);
    let counts = |i: usize| {
        tokens.get(i).is_some_and(|t| t.word.number.is_some_and(|value| few(value.into())))
            || (tokens.digits(i) == 1 && tokens.number(i).is_some_and(few))
    };
    let said = (is(at, Flags::ORDINAL) && counts(at + 1)) || (is(at + 1, Flags::ORDINAL) && counts(at));
    if !said || tokens.get(at + 1).is_some_and(|t| t.line_before) {
        return None;
    }
    let noun = is(at + 2, Flags::DIGIT_NOUN);
    let end = at + 2 + usize::from(noun);
    let says = is(end, Flags::SAYS);
    let number =
        tokens.digits(end) >= 2 || tokens.get(end).is_some_and(|t| t.word.number.is_some_and(|value| value > 9));
    (noun || says || number || tokens.is_any(end, &[':', '='])).then_some(end + usize::from(says))
}

/// How far the next sign of the same kind may stand.
const NEXT_SIGN: usize = 9;

/// A single letter with digits joined to both sides.
pub(super) fn touches(tokens: &Tokens<'_>, at: usize) -> bool {
    let number = |i: usize| tokens.get(i).is_some_and(|t| t.kind == Kind::Number);
    let joined = |i: usize| tokens.get(i).is_some_and(|t| !t.space_before);
    tokens.get(at).is_some_and(|t| t.kind == Kind::Word && t.normal.1 - t.normal.0 == 1)
        && joined(at)
        && joined(at + 1)
        && number(at + 1)
        && at.checked_sub(1).is_some_and(number)
}

/// A word or sign that stands between all pieces of a number alike: "37 hjerte 00 hjerte 00", "37x00x00", "37%00%00",
/// "37 (kys) 00 (kys) 00", "3 7 *smil* 0 0 *smil* 0 0"; or any letters between digits that they touch, "37a00b00".
pub(super) fn separates(tokens: &Tokens<'_>, at: usize) -> bool {
    let Some(sign) = tokens.get(at) else { return false };
    let other = Flags::UNIT.or(Flags::CURRENCY).or(Flags::MEASURE).or(Flags::AGE_UNIT);
    if sign.kind == Kind::Number
        || sign.word.number.is_some()
        || sign.word.is(other)
        || sign.normal.1 - sign.normal.0 > 12
    {
        return false;
    }
    let piece =
        |i: usize| (1..=4).contains(&tokens.digits(i)) || tokens.get(i).is_some_and(|t| t.word.number.is_some());
    // Marks around a word belong to it: "(kys)", "*smil*".
    let word = sign.kind == Kind::Word;
    let mark =
        |i: usize| word && tokens.get(i).is_some_and(|t| t.kind == Kind::Symbol && !matches!(t.first, '.' | ':'));
    let stands = |i: usize| {
        let before = i.checked_sub(1).map(|b| if mark(b) { b.saturating_sub(1) } else { b });
        let behind = if mark(i + 1) { i + 2 } else { i + 1 };
        before.is_some_and(piece) && piece(behind)
    };
    let letter = touches(tokens, at);
    let same = |i: usize| {
        tokens.get(i).is_some_and(|t| t.kind == sign.kind && t.first == sign.first)
            && tokens.text(i) == tokens.text(at)
            && stands(i)
            || (letter && touches(tokens, i))
    };
    let reach = if word { NEXT_SIGN } else { 2 };
    stands(at) && ((at.saturating_sub(reach)..at).rev().any(same) || (at + 1..=at + reach).any(same))
}
