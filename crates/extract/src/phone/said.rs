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
    let word = |i: usize| tokens.get(i).filter(|t| t.kind == Kind::Word && !t.line_before).map(|_| tokens.text(i));
    let many = |digit: u32, times: u32, end: usize| Some((digit.to_string().repeat(times as usize), end));
    let once = |text: &str| match text {
        "zweimal" | "tvaagaanger" => Some(2),
        "dreimal" => Some(3),
        "viermal" => Some(4),
        "fuenfmal" => Some(5),
        _ => None,
    };
    let article = |i: usize| if matches!(word(i), Some("die" | "the" | "med" | "of")) { i + 1 } else { i };
    if let Some(times) = (tokens[at].kind == Kind::Word).then(|| once(tokens.text(at))).flatten() {
        let digit_at = article(at + 1);
        return many(value(digit_at).filter(|digit| *digit < 10)?, times, digit_at + 1);
    }
    let times = value(at).filter(|times| (2..=6).contains(times))?;
    let next = word(at + 1)?;
    if matches!(next, "gange" | "times" | "x" | "gaanger" | "mal") && (in_run || tokens[at + 1].space_before) {
        let digit_at = article(at + 2);
        let digit = value(digit_at).filter(|digit| *digit < 10)?;
        // "2 x 30 min" is a price's, "3 x 4 cm" a measure's.
        let said = tokens[digit_at].word.number.is_some() || tokens[at].kind == Kind::Word;
        let decimals = tokens.is_any(digit_at + 1, &[',', '.']) && !tokens[digit_at + 1].space_before;
        let alone = !decimals || tokens.get(digit_at + 2).is_none_or(|t| t.space_before || t.kind != Kind::Number);
        return if said || (in_run && alone) { many(digit, times, digit_at + 1) } else { None };
    }
    // "3 stk 4-taller", "to 5'ere".
    let piece = if matches!(next, "stk" | "stykker" | "stycken" | "stueck" | "pcs") { at + 2 } else { at + 1 };
    if let Some(digit) = tokens.number(piece).filter(|_| tokens.digits(piece) == 1) {
        let tail = if tokens.is_any(piece + 1, &['-', '\'', '’']) { piece + 2 } else { piece + 1 };
        let joined = tokens.get(tail).is_some_and(|t| !t.space_before);
        let named = matches!(word(tail), Some("taller" | "tallere" | "ere" | "ern" | "er" | "s" | "or"));
        return if joined && named { many(digit, times, tail + 1) } else { None };
    }
    let digit = match next {
        "nuller" | "nullerne" | "zeros" | "zeroes" | "nollor" | "nullen" | "oh's" | "ohs" => 0,
        "ettaller" | "ettere" | "ones" | "ettor" | "einsen" => 1,
        "toere" | "totaller" | "twos" | "tvaaor" | "zweien" => 2,
        "treere" | "tretaller" | "threes" | "treor" | "dreien" => 3,
        "firere" | "firtaller" | "fours" | "fyror" | "vieren" => 4,
        "femmere" | "femtaller" | "fives" | "femmor" | "fuenfen" => 5,
        "seksere" | "sekstaller" | "sixes" | "sexor" | "sechsen" => 6,
        "syvere" | "syvtaller" | "sevens" | "sjuor" | "siebenen" => 7,
        "ottere" | "ottetaller" | "eights" | "aattor" | "achten" => 8,
        "niere" | "nitaller" | "nines" | "nior" | "neunen" => 9,
        _ => return None,
    };
    many(digit, times, at + 2)
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
    let text = |i: usize| tokens.get(i).filter(|t| i == at || !t.line_before).map_or("", |_| tokens.text(i));
    let ordinal = |i: usize| {
        matches!(
            text(i),
            "sidste"
                | "foerste"
                | "naeste"
                | "resterende"
                | "last"
                | "first"
                | "next"
                | "final"
                | "remaining"
                | "ersten"
                | "letzten"
                | "naechsten"
                | "foersta"
                | "sista"
                | "naesta"
        )
    };
    let few = |value: u32| (2..=6).contains(&value);
    let counts = |i: usize| {
        tokens.get(i).is_some_and(|t| t.word.number.is_some_and(|value| few(value.into())))
            || (tokens.digits(i) == 1 && tokens.number(i).is_some_and(few))
    };
    let said = (ordinal(at) && counts(at + 1)) || (counts(at) && ordinal(at + 1));
    if !said || tokens.get(at + 1).is_some_and(|t| t.line_before) {
        return None;
    }
    let mut end = at + 2;
    let noun = matches!(
        text(end),
        "cifre" | "tal" | "digits" | "numbers" | "ziffern" | "zahlen" | "siffror" | "siffrorna" | "ciffer"
    );
    end += usize::from(noun);
    let says = matches!(text(end), "er" | "is" | "are" | "aer" | "sind" | "ist");
    let number =
        tokens.digits(end) >= 2 || tokens.get(end).is_some_and(|t| t.word.number.is_some_and(|value| value > 9));
    (noun || says || number || tokens.is_any(end, &[':', '='])).then_some(end + usize::from(says))
}

/// A word or sign that stands between all pieces of a number alike: "37 hjerte 00 hjerte 00", "37x00x00", "37%00%00".
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
    let piece = |i: Option<usize>| {
        i.is_some_and(|i| (1..=4).contains(&tokens.digits(i)) || tokens.get(i).is_some_and(|t| t.word.number.is_some()))
    };
    let same = |i: Option<usize>| {
        i.and_then(|i| tokens.get(i)).is_some_and(|t| t.kind == sign.kind && t.first == sign.first)
            && i.is_some_and(|i| tokens.text(i) == tokens.text(at))
    };
    let (before, behind) = (at.checked_sub(2), Some(at + 2));
    piece(at.checked_sub(1))
        && piece(Some(at + 1))
        && ((same(before) && piece(at.checked_sub(3))) || (same(behind) && piece(Some(at + 3))))
}
