//! What stands beside a number and says that it is the age of the person advertised.

use super::others::open_upwards;
use crate::lexicon::{Flags, Lexicon};
use crate::name::is_strange;
use crate::tokens::{Kind, Tokens};

/// "Alder/højde/vægt: 34/170/60": the first of the labels is for the first number.
pub(super) fn first_of_labels(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    if !tokens.is_any(end, &['/', '-']) || at == 0 || !tokens.is_any(at - 1, &[':', '=']) {
        return false;
    }
    let mut i = at - 1;
    while i >= 3 && tokens[i - 1].kind == Kind::Word && tokens.is_any(i - 2, &['/', '-', ',']) {
        i -= 2;
    }
    i < at - 1 && tokens[i - 1].word.is(Flags::AGE_BEFORE)
}

/// "alder: 24", "jeg er 24", "Jeg er en 24".
pub(super) fn labelled(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, end: usize) -> bool {
    let mut before = at;
    for _ in 0..2 {
        let Some(i) = before.checked_sub(1) else { return false };
        before = i;
        if !(tokens[i].kind == Kind::Symbol && matches!(tokens[i].first, ':' | '.' | '-' | '=' | '–' | '(' | '?')) {
            break;
        }
    }
    let words = &lexicon.ages;
    // "in the age of 28", "i en alder af 28".
    if words.of.contains(tokens.text(before))
        && before.checked_sub(1).is_some_and(|label| tokens[label].word.is(Flags::AGE_BEFORE))
    {
        return true;
    }
    let ends = tokens
        .get(end)
        .is_none_or(|t| t.line_before || t.kind == Kind::Symbol || words.after.contains(tokens.text(end)));
    // "jeg er heldigvis kun 36", "alder: ca. 50": adverbs say nothing of what the number is.
    let near = before;
    for _ in 0..3 {
        let dotted = tokens.is(before, '.') && before > 0 && words.adverbs.contains(tokens.text(before - 1));
        let adverb = tokens[before].kind == Kind::Word
            && !tokens[before].word.is(Flags::I_AM)
            && words.adverbs.contains(tokens.text(before));
        if !(dotted || adverb) || tokens[before].line_before {
            break;
        }
        let Some(earlier) = before.checked_sub(1) else { return false };
        before = earlier;
    }
    if before != near && tokens.is_any(before, &[':', '=']) && before > 0 {
        before -= 1;
    }
    let token = &tokens[before];
    let verb = words.verbs.contains(tokens.text(before));
    // "Kasia er 25 og nem": of whom it is said stands right before.
    let of_named = verb
        && before > 0
        && tokens[before - 1].capital
        && tokens[before - 1].word.is(Flags::NAME.or(Flags::NAME_HOMONYM))
        && tokens.number(at).or(tokens[at].word.number.map(u32::from)).is_some_and(|value| (14..=79).contains(&value));
    if of_named && ends && (before + 1 == at || before != near) {
        return true;
    }
    if token.word.is(Flags::AGE_BEFORE) || (verb && before > 0 && tokens[before - 1].word.is(Flags::AGE_BEFORE)) {
        return true;
    }
    // "jeg hedder Maria, er 27": the subject stands earlier.
    let earlier = verb
        && before > 0
        && tokens.is(before - 1, ',')
        && (tokens[at].kind == Kind::Number || tokens[at].word.number.is_some_and(|value| value >= 20));
    if before + 1 == at && earlier && ends {
        return true;
    }
    let next_to = before + 1 == at || (near + 1 == at && before != near);
    next_to && token.word.is(Flags::I_AM) && ends && lexicon.i_am.backward(tokens, before).is_some()
}

/// "25, 172 cm", "25/170/60": a height stands behind.
pub(super) fn beside_height(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let height = tokens.number(end + 1).is_some_and(|value| (140..200).contains(&value));
    let measured = tokens.get(end + 2).is_some_and(|t| {
        tokens.text(end + 2) == "cm"
            || (matches!(t.first, '/' | ',' | '-') && (40..130).contains(&tokens.number(end + 3).unwrap_or(0)))
    });
    tokens.digits(at) == 2 && tokens.is_any(end, &[',', '/', '|', '-', '•']) && height && measured
}

/// "Tall, 25, friendly", "About me: 25, brown eyes", "25, tall and slim" where a text begins.
pub(super) fn in_row(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, end: usize) -> bool {
    if tokens.digits(at) != 2 || !tokens.number(at).is_some_and(|value| (18..=69).contains(&value)) {
        return false;
    }
    let counted = Flags::UNIT.or(Flags::CURRENCY).or(Flags::MEASURE).or(Flags::CLOCK).or(Flags::JOINER);
    let word = |i: usize| {
        tokens.get(i).is_some_and(|t| t.kind == Kind::Word && !t.word.is(counted) && t.word.number.is_none())
    };
    let comma = tokens.is(end, ',') && word(end + 1);
    let Some(before) = at.checked_sub(1) else { return comma };
    if tokens[at].line_before {
        return comma;
    }
    let label =
        before > 0 && tokens.is_any(before, &[':', '=']) && lexicon.ages.labels.contains(tokens.text(before - 1));
    let ends = tokens.get(end).is_none_or(|t| t.line_before || matches!(t.first, ',' | '.' | '/' | '!' | '|'));
    (label && ends)
        || (comma && tokens.is(before, ',') && before > 0 && word(before - 1) && !tokens[before].line_before)
}

/// "31, kvinde", "(31) female", at the beginning of a phrase.
pub(super) fn before_person(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let bracket = at > 0 && tokens.is(at - 1, '(') && tokens.is(end, ')');
    let opens = bracket || tokens[at].line_before || at == 0;
    let sign = tokens.is_any(end, &[',', ')', '/', '-', '|']);
    let person = tokens.get(end + 1).is_some_and(|t| sign && !t.line_before && t.word.is(Flags::PERSON));
    opens && person && tokens.digits(at) == 2 && tokens.number(at).is_some_and(|value| value >= 16)
}

/// "Just 26 and very sweet", "Kun 21.", "45 and fabulous": a number that is a phrase of its own, and of nothing counted.
pub(super) fn by_itself(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, end: usize) -> bool {
    let written = tokens.digits(at) == 2 && tokens.number(at).is_some_and(|value| (18..=69).contains(&value));
    if !written || open_upwards(tokens, lexicon, at) {
        return false;
    }
    let text = |i: usize| tokens.get(i).filter(|t| !t.line_before).map_or("", |_| tokens.text(i));
    // An adjective behind "and": no number, no unit, no noun that would be counted.
    let and = matches!(text(end), "and" | "og" | "och" | "und")
        && tokens.get(end + 1).is_some_and(|t| {
            let counted = Flags::UNIT.or(Flags::CURRENCY).or(Flags::MEASURE).or(Flags::AGE_UNIT).or(Flags::FILLER);
            t.kind == Kind::Word && t.word.number.is_none() && !t.word.is(counted) && !t.line_before
        });
    let before = at.checked_sub(1);
    let opens = |i: usize| i == 0 || tokens[i].line_before || tokens.is_any(i - 1, &['.', '!', '(', '|', '•']);
    if at == 0 || tokens[at].line_before {
        return and;
    }
    let Some(adverb) = before.filter(|&i| tokens[i].kind == Kind::Word && !tokens[at].line_before) else {
        return false;
    };
    let leads = lexicon.ages.leads.contains(tokens.text(adverb));
    let subject = matches!(text(end), "i" | "jeg" | "she" | "hun") && matches!(tokens.text(adverb), "at" | "som");
    let ends = tokens.get(end).is_none_or(|t| {
        t.line_before || (t.kind == Kind::Symbol && matches!(t.first, ',' | '!') && tokens.digits(end + 1) == 0)
    });
    opens(adverb) && ((leads && (and || ends)) || subject)
}

/// "… be patient with me. 24 Elly", "39, 750 pr. time", "toogtyve!": a phrase of its own that closes a text or stands
/// between signs. Digits need a name or a price behind them, a word that is a number and nothing else does not.
pub(super) fn own_phrase(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let value = tokens.number(at).or(tokens[at].word.number.map(u32::from)).unwrap_or(0);
    if !(18..=75).contains(&value) {
        return false;
    }
    let opens = at > 0
        && !tokens[at].line_before
        && (tokens.is_any(at - 1, &['.', '!', '?', '-', '–', '/', '|', '•'])
            || matches!(tokens.text(at - 1), "nej" | "no"))
        && (tokens[at].space_before || at == 0)
        && !(at > 1 && tokens[at - 2].kind == Kind::Number);
    if tokens[at].kind == Kind::Word {
        let ends = tokens.get(end).is_none_or(|t| {
            t.line_before
                || (t.kind == Kind::Symbol
                    && t.space_before
                    && tokens.get(end + 1).is_none_or(|n| n.kind != Kind::Number && n.word.number.is_none()))
        });
        return opens && ends && tokens.text(at).len() >= 8;
    }
    let name = |i: usize| {
        tokens.get(i).is_some_and(|t| {
            t.capital && t.kind == Kind::Word && !t.upper && t.word.is(Flags::NAME.or(Flags::NAME_HOMONYM))
        })
    };
    let closes = |i: usize| (i..tokens.len()).all(|j| tokens[j].kind != Kind::Word || j - i < 6);
    let row = tokens.is(end, ',') && (name(end + 1) || tokens.digits(end + 1) == 3 && closes(end + 1));
    let last = (name(end) || tokens.get(end).is_none()) && closes(end);
    tokens.digits(at) == 2 && (opens || (at > 0 && tokens.is(at - 1, ':') && row)) && (row || (last && name(end)))
}

/// "Anna, 24", "Anna (24)", "Anna 24", "kvinde (24)", "en dame på 38" at the end of a phrase.
pub(super) fn beside_person(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, end: usize) -> bool {
    let said = at > 0 && matches!(tokens.text(at - 1), "paa" | "of") && tokens[at].word.number.is_some_and(|v| v >= 16);
    let written = tokens.digits(at) == 2 && tokens.number(at).is_some_and(|value| value >= 16);
    if !said && !written {
        return false;
    }
    let bracket = at > 0 && tokens.is(at - 1, '(') && tokens.is(end, ')');
    let between = bracket
        || (at > 0
            && (tokens.is_any(at - 1, &[',', '-', '–', '|', '/']) || matches!(tokens.text(at - 1), "paa" | "of")));
    let Some(mut person_at) = at.checked_sub(if between { 2 } else { 1 }) else { return false };
    // "Mia here, 26".
    if between && matches!(tokens.text(person_at), "here" | "her" | "haer") && person_at > 0 {
        person_at -= 1;
    }
    let person = &tokens[person_at];
    let ends = || tokens.get(end).is_none_or(|t| t.line_before || t.kind == Kind::Number);
    let strange = || bracket || tokens.is(at - 1, ',') || ((between || ends()) && tokens.starts_sentence(person_at));
    let named = person.capital
        && (person.word.is(Flags::NAME.or(Flags::NAME_HOMONYM))
            || (person.kind == Kind::Word && strange() && is_strange(tokens, lexicon, person_at)));
    if tokens[at].line_before || !(named || person.word.is(Flags::PERSON)) {
        return false;
    }
    let units = Flags::UNIT.or(Flags::CURRENCY).or(Flags::MEASURE);
    bracket
        || tokens.get(end).is_none_or(|t| match t.kind {
            Kind::Symbol => !matches!(t.first, '%' | '€' | '£' | '$' | '+' | ':' | '=' | '\'' | '"'),
            Kind::Word => !t.word.is(units),
            // "Regitze, 40 900 kr": the price stands right behind.
            Kind::Number => t.line_before || (tokens.digits(end) >= 3 && t.space_before),
        })
}

/// The value of an adult's age in two digits, or of number words for one.
fn adult(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let range = 18..=75;
    match tokens[at].kind {
        Kind::Number => tokens.digits(at) == 2 && tokens.number(at).is_some_and(|value| range.contains(&value)),
        Kind::Word => {
            let whole = end > at + 1 || tokens.text(at).len() >= 8 || !tokens[at].word.is(Flags::WEAK_NUMBER);
            whole && tokens[at].word.number.is_some_and(|value| range.contains(&u32::from(value)))
        }
        Kind::Symbol => false,
    }
}

/// Whether a phrase ends at `end`: the text, a line, or a sentence behind which no further figure of the same row stands.
fn phrase_ends(tokens: &Tokens<'_>, end: usize) -> bool {
    tokens.get(end).is_none_or(|t| {
        let stop = matches!(t.first, '.' | '!') && t.kind == Kind::Symbol;
        t.line_before || (stop && tokens.get(end + 1).is_none_or(|next| next.space_before || next.line_before))
    })
}

/// "… only me in the house. 44. Grenaa": a number that is a sentence.
pub(super) fn own_sentence(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let opens = at > 1
        && tokens.is_any(at - 1, &['.', '!'])
        && tokens[at].space_before
        && !tokens[at].line_before
        && tokens[at - 2].kind == Kind::Word
        && tokens.text(at - 2).len() > 2
        && !tokens[at - 2].word.is(Flags::HINT.or(Flags::CLOCK).or(Flags::MEASURE_BEFORE).or(Flags::NOT_PHONE));
    opens && phrase_ends(tokens, end) && tokens.get(end).is_some() && adult(tokens, at, end)
}

/// "Tall, dark hair, forty-two.", "Pauline, Aabenraa, 42, 1000 kr": the last of a row of phrases, or the last before the
/// price.
pub(super) fn closes_row(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    if at < 2 || !tokens.is_any(at - 1, &[',', '|', '•']) || !tokens[at].space_before || tokens[at].line_before {
        return false;
    }
    let before = &tokens[at - 2];
    let counted = Flags::UNIT
        .or(Flags::CURRENCY)
        .or(Flags::MEASURE)
        .or(Flags::MEASURE_BEFORE)
        .or(Flags::CLOCK)
        .or(Flags::HINT)
        .or(Flags::NOT_PHONE)
        .or(Flags::PRICE_WORD)
        .or(Flags::STREET_WORD);
    let word = before.kind == Kind::Word && before.word.number.is_none() && !before.word.is(counted);
    let price = tokens.is(end, ',') && (3..=4).contains(&tokens.digits(end + 1)) && tokens[end + 1].space_before;
    // A phrase behind it that begins with a name, a place or a word: "Birthe, otteoghalvtreds, ring …".
    let named = before.capital && before.word.is(Flags::NAME.or(Flags::NAME_HOMONYM));
    let goes_on = named && tokens.is(end, ',') && tokens.get(end + 1).is_some_and(|t| t.kind == Kind::Word);
    word && (price || goes_on || phrase_ends(tokens, end)) && adult(tokens, at, end)
}

/// "♥ Lucia ♥ 30 ♥": between two signs of one kind that stand between nothing but phrases.
pub(super) fn between_signs(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let sign = |i: usize| {
        tokens
            .get(i)
            .filter(|t| t.kind == Kind::Symbol && !t.first.is_ascii() && t.first.len_utf8() > 2)
            .map(|t| t.first)
    };
    let number = |i: Option<usize>| i.and_then(|i| tokens.get(i)).is_some_and(|t| t.kind == Kind::Number);
    at > 0
        && sign(at - 1).is_some()
        && sign(at - 1) == sign(end)
        && !number(at.checked_sub(2))
        && !number(Some(end + 1))
        && tokens[at].kind == Kind::Number
        && adult(tokens, at, end)
}
