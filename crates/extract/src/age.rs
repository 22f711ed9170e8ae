//! Stated ages of the person advertised; not limits for the reader and not lengths of time.

use crate::claim::{Claim, Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::name::is_strange;
use crate::tokens::{Kind, Tokens};
use domain::{Age, Field};
use std::ops::RangeInclusive;

/// Ages outside are something else: a child's, a building's, a firm's.
const YEARS: RangeInclusive<u32> = 12..=79;

/// Finds the ages and claims their tokens.
pub(crate) fn find(
    tokens: &Tokens<'_>,
    claims: &mut Claims,
    lexicon: &Lexicon,
    field: &Field,
    is_age_field: bool,
) -> Vec<Age> {
    let mut ages = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let found = if claims.is_free(at) {
            decade(tokens, at)
                .or_else(|| spoken(tokens, lexicon, at))
                .or_else(|| numeric(tokens, lexicon, at, is_age_field, follows_age(tokens, claims, at)))
        } else {
            None
        };
        match found {
            Some((years, end)) if claims.are_free(at..end) => {
                claims.take(at..end, Claim::Age);
                ages.push(Age { years, span: span(tokens, field, at..end) });
                at = end;
            }
            _ => at += 1,
        }
    }
    ages
}

/// `i tyverne`, `in my twenties`, `20'erne`.
fn decade(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let token = &tokens[at];
    if token.kind == Kind::Number {
        let value = tokens.number(at).filter(|v| v % 10 == 0 && (20..=60).contains(v))?;
        let next = if tokens.is_any(at + 1, &['\'', '’', '-', '´', '.']) { at + 2 } else { at + 1 };
        let tail = tokens.get(next).filter(|t| !t.space_before && t.kind == Kind::Word)?;
        let _ = tail;
        let ending = tokens.text(next);
        let is_decade = matches!(ending, "erne" | "s" | "ernes" | "aarsaaldern" | "aarsaalderen" | "talet");
        let preceded = token.line_before || (at > 0 && tokens[at - 1].kind == Kind::Word);
        return (is_decade && preceded).then_some((value, next + 1));
    }
    if token.word.decade == 0 {
        return None;
    }
    if token.word.number.is_some() {
        // "Mitte zwanzig": elsewhere it is the number.
        let part = at.checked_sub(1).is_some_and(|i| matches!(tokens.text(i), "anfang" | "mitte" | "ende"));
        return part.then_some((u32::from(token.word.decade), at + 1));
    }
    // "the roaring twenties" is no age: a preposition or possessive stands before it.
    let before = at.checked_sub(1).map(|i| tokens.text(i))?;
    let fits = matches!(
        before,
        "i" | "in"
            | "her"
            | "my"
            | "af"
            | "early"
            | "late"
            | "mid"
            | "starten"
            | "slutningen"
            | "midten"
            | "midt"
            | "the"
            | "den"
            | "de"
            | "omkring"
            | "their"
            | "av"
            | "von"
            | "boerjan"
            | "mitten"
            | "slutet"
            | "his"
            | "mina"
            | "-"
            | "of"
            | "anfang"
            | "mitte"
            | "ende"
    );
    fits.then_some((u32::from(token.word.decade), at + 1))
}

/// `toogtyveårig`, `femundzwanzigjährige`: number and unit in one word.
fn spoken(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<(u32, usize)> {
    let token = &tokens[at];
    let text = tokens.text(at);
    let stem = (token.kind == Kind::Word && text.len() > 7)
        .then(|| {
            ["aarige", "aarig", "aaring", "aariga", "jaehrige", "jaehrig"]
                .iter()
                .find_map(|unit| text.strip_suffix(unit))
        })
        .flatten()?;
    let value = u32::from(lexicon.word(stem).number?);
    (YEARS.contains(&value) && !is_limit(tokens, lexicon, at) && !is_others(tokens, at)).then_some((value, at + 1))
}

/// A number of years and the index behind it, from digits or a number word (`fem og tyve`, `twenty-four`).
fn years(tokens: &Tokens<'_>, at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    match token.kind {
        Kind::Number if tokens.digits(at) <= 2 => tokens.number(at).map(|value| (value, at + 1)),
        Kind::Word => {
            let value = u32::from(token.word.number?);
            let next = |i: usize| tokens.get(i).and_then(|t| t.word.number.map(u32::from));
            if (1..=9).contains(&value)
                && tokens.get(at + 1).is_some_and(|t| t.word.is(Flags::JOINER))
                && let Some(tens) = next(at + 2).filter(|tens| tens % 10 == 0 && *tens >= 20)
            {
                return Some((tens + value, at + 3));
            }
            if value % 10 == 0 && value >= 20 {
                let unit_at = if tokens.is(at + 1, '-') { at + 2 } else { at + 1 };
                if let Some(unit) = next(unit_at).filter(|unit| (1..=9).contains(unit)) {
                    return Some((value + unit, unit_at + 1));
                }
            }
            Some((value, at + 1))
        }
        _ => None,
    }
}

/// "they are 19 and 21", "35/40": an age stands before, with a sign or "and" between.
fn follows_age(tokens: &Tokens<'_>, claims: &Claims, at: usize) -> bool {
    let joins = |i: usize| tokens.is_any(i, &['/', '&']) || tokens[i].word.is(Flags::JOINER);
    at >= 2
        && claims.at(at - 2) == Claim::Age
        && tokens[at - 2].kind == Kind::Number
        && joins(at - 1)
        && tokens.digits(at) == 2
}

fn numeric(
    tokens: &Tokens<'_>,
    lexicon: &Lexicon,
    at: usize,
    is_age_field: bool,
    follows_age: bool,
) -> Option<(u32, usize)> {
    let (value, mut end) = years(tokens, at)?;
    if !YEARS.contains(&value) || (at > 0 && (tokens.is(at - 1, '+') || decimal_before(tokens, at))) {
        return None;
    }
    let single_end = end;
    // The upper end of what "mellem 40 og 60 år" asks of the reader.
    if at >= 3 && tokens[at - 1].word.is(Flags::JOINER) && is_between(tokens, at - 2) && !of_somebody(tokens, at - 2) {
        return None;
    }
    // A range: "20-25 år", "20 til 25 år".
    let dash = tokens.is_any(end, &['-', '–'])
        || tokens.get(end).is_some_and(|_| matches!(tokens.text(end), "til" | "to" | "till" | "bis" | "eller"));
    let mut range = false;
    if let Some((_, behind)) =
        years(tokens, end + 1).filter(|(upper, _)| dash && *upper > value && YEARS.contains(upper))
    {
        end = behind;
        range = true;
    }
    // "20 og 23 år" are two ages; "mellem 20 og 30 år" is a range.
    let and = tokens.get(single_end).is_some_and(|t| t.word.is(Flags::JOINER));
    if let Some((_, behind)) = years(tokens, single_end + 1).filter(|(upper, _)| and && YEARS.contains(upper)) {
        let between = is_between(tokens, at);
        // "Mænd mellem 40 og 60 år": only where somebody is said to be of that age.
        let whole = at == 1 && unit(tokens, behind).is_none_or(|end| end == tokens.len());
        if between && !whole && !of_somebody(tokens, at) {
            return None;
        }
        if unit(tokens, behind).is_some() && !is_limit(tokens, lexicon, at) && !is_others(tokens, at) {
            if !between {
                return Some((value, single_end));
            }
            end = behind;
            range = true;
        }
    }
    if is_age_field {
        let unit = unit(tokens, end).unwrap_or(end);
        return Some((value, unit));
    }
    if is_others(tokens, at) {
        return None;
    }
    if let Some(behind) = unit(tokens, end) {
        return (!is_limit(tokens, lexicon, at) && !is_time(tokens, lexicon, behind)).then_some((value, behind));
    }
    if list_unit(tokens, single_end).is_some_and(|behind| !is_time(tokens, lexicon, behind))
        && !is_limit(tokens, lexicon, at)
    {
        return Some((value, single_end));
    }
    let end = if range { end } else { single_end };
    let measured = tokens.get(end).is_some_and(|t| {
        !t.line_before
            && (t.word.is(Flags::CURRENCY.or(Flags::UNIT).or(Flags::MEASURE))
                || (t.kind == Kind::Symbol && matches!(t.first, '%' | '€' | '+' | ':' | '$'))
                || t.kind == Kind::Number)
    });
    let decimals = tokens.is_any(end, &['.', ',', '/'])
        && tokens.get(end).is_some_and(|t| !t.space_before)
        && tokens.digits(end + 1) > 0
        && !tokens[end + 1].space_before;
    if first_of_labels(tokens, at, end) || beside_height(tokens, at, end) {
        return Some((value, single_end));
    }
    if measured || decimals {
        return None;
    }
    let told = labelled(tokens, lexicon, at, end)
        || beside_person(tokens, lexicon, at, end)
        || in_row(tokens, at, end)
        || before_person(tokens, at, end)
        || by_itself(tokens, at, end)
        || follows_age;
    told.then_some((value, end))
}

fn is_between(tokens: &Tokens<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |i| tokens.text(i));
    matches!(before, "mellem" | "between" | "mellan" | "zwischen" | "mellom")
}

/// "Piger mellem 20 og 30", not "mænd mellem 40 og 60" or "mellem 30 og 50": somebody is said to be of that age.
fn of_somebody(tokens: &Tokens<'_>, at: usize) -> bool {
    at.checked_sub(2).is_some_and(|i| {
        let several = matches!(
            tokens.text(i),
            "piger"
                | "pigerne"
                | "damer"
                | "kvinder"
                | "girls"
                | "ladies"
                | "women"
                | "tjejer"
                | "kvinnor"
                | "frauen"
                | "damen"
        );
        let one = tokens[i].word.is(Flags::I_AM.or(Flags::AGE_BEFORE).or(Flags::PERSON));
        several || (one && !tokens[i].word.is(Flags::LIMIT))
    })
}

/// "Alder/højde/vægt: 34/170/60": the first of the labels is for the first number.
fn first_of_labels(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    if !tokens.is_any(end, &['/', '-']) || at == 0 || !tokens.is_any(at - 1, &[':', '=']) {
        return false;
    }
    let mut i = at - 1;
    while i >= 3 && tokens[i - 1].kind == Kind::Word && tokens.is_any(i - 2, &['/', '-', ',']) {
        i -= 2;
    }
    i < at - 1 && tokens[i - 1].word.is(Flags::AGE_BEFORE)
}

fn decimal_before(tokens: &Tokens<'_>, at: usize) -> bool {
    at >= 2
        && tokens.is_any(at - 1, &['.', ',', ':'])
        && !tokens[at].space_before
        && tokens[at - 2].kind == Kind::Number
}

/// The index behind a unit of age at `at`: `år`, `-årig`, `years old`, `y.o.`, `år gammel`.
fn unit(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let at = if tokens.is_any(at, &['-', '–', '.'])
        && tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Word && !t.space_before)
    {
        at + 1
    } else {
        at
    };
    // "25 de ani"
    let at = if tokens.get(at).is_some_and(|t| t.kind == Kind::Word && tokens.text(at) == "de") { at + 1 } else { at };
    let token = tokens.get(at).filter(|token| !token.line_before)?;
    let old = tokens.get(at + 1).is_some_and(|_| tokens.text(at + 1) == "old");
    // "25 y", where no Spanish "and" goes on.
    let alone = tokens.get(at + 1).is_none_or(|t| t.line_before || t.kind == Kind::Symbol);
    let letter = tokens.text(at) == "y" && (!token.space_before || old || alone) && !tokens.is_any(at + 1, &['.', '/']);
    // "24 års dansk pige", not "24 års erfaring".
    if tokens.text(at) == "aars" && (at + 1..at + 3).any(|i| tokens.get(i).is_some_and(|t| t.word.is(Flags::PERSON))) {
        return Some(at + 1);
    }
    let text = |i: usize| tokens.get(i).map_or("", |_| tokens.text(i));
    if token.word.is(Flags::AGE_UNIT) && text(at + 1) == "of" && text(at + 2) == "age" {
        return Some(at + 3);
    }
    let mut end = if token.word.is(Flags::AGE_UNIT) || letter {
        at + 1
    } else if tokens.text(at) == "y"
        && tokens.is_any(at + 1, &['.', '/'])
        && tokens.get(at + 2).is_some_and(|_| tokens.text(at + 2) == "o")
    {
        at + 3
    } else {
        return None;
    };
    loop {
        let next = if tokens.is(end, '-') { end + 1 } else { end };
        let more = tokens.get(next).is_some_and(|t| t.kind == Kind::Word && !t.line_before && matches!(tokens.text(next), "old" | "gammel" | "gammal" | "alt" | "ung" | "young" | "gamle" | "gamla" | "unge" | "jung" | "of" if tokens.text(next) != "of"));
        if !more {
            return Some(end);
        }
        end = next + 1;
    }
}

/// "21, 23 og 26 år", "22/25 år": further ages up to a unit, and the index behind it.
fn list_unit(tokens: &Tokens<'_>, mut at: usize) -> Option<usize> {
    for _ in 0..5 {
        let joins = tokens.is_any(at, &[',', '/', '&']) || tokens.get(at).is_some_and(|t| t.word.is(Flags::JOINER));
        let (value, behind) = years(tokens, at + 1).filter(|_| joins && !tokens[at + 1].line_before)?;
        if !YEARS.contains(&value) {
            return None;
        }
        if let Some(end) = unit(tokens, behind) {
            return Some(end);
        }
        at = behind;
    }
    None
}

/// "min søn er 14 år", "børn på 12 og 15 år", "huset er 40 år": somebody or something else's age.
fn is_others(tokens: &Tokens<'_>, at: usize) -> bool {
    let mut words = 0;
    for i in (at.saturating_sub(16)..at).rev() {
        let token = &tokens[i];
        if token.line_before && i + 1 < at && words > 0 {
            return token.word.is(Flags::OTHERS);
        }
        if token.kind == Kind::Symbol && !matches!(token.first, ',' | '-' | ':' | '(') {
            return false;
        }
        if token.kind == Kind::Word {
            if token.word.is(Flags::OTHERS) {
                return true;
            }
            words += 1;
            if words > 4
                || matches!(tokens.text(i), "jeg" | "i" | "ich" | "jag" | "im" | "selv" | "myself") && words > 1
            {
                return false;
            }
        }
    }
    false
}

/// "over 18", "ikke under 18", "mindst 18", "for 3", "i 12".
fn is_limit(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    if open_upwards(tokens, at) {
        return true;
    }
    let Some(mut before) = tokens.previous_word(at) else { return false };
    // "ældre end de 30", "omkring de 18".
    if matches!(tokens.text(before), "de" | "the" | "ca" | "about" | "omkring" | "mere" | "cirka") {
        match tokens.previous_word(before) {
            Some(earlier) => before = earlier,
            None => return false,
        }
    }
    let short = matches!(tokens.text(before), "min" | "max" | "maks") && tokens.is(at - 1, '.');
    let open = !short && at - before > 1 && tokens.is_any(at - 1, &['.', ',', '(', '!', ':', '-', '–']);
    !open && tokens[before].word.is(Flags::LIMIT) && lexicon.limits.backward(tokens, before).is_some()
}

/// "18 years or older", "25 år og opefter", "30 år +".
fn open_upwards(tokens: &Tokens<'_>, at: usize) -> bool {
    let Some((_, end)) = years(tokens, at) else { return false };
    let end = unit(tokens, end).unwrap_or(end);
    let text = |i: usize| tokens.get(i).filter(|t| !t.line_before).map_or("", |_| tokens.text(i));
    match text(end) {
        "or" | "and" | "og" | "eller" | "och" | "und" | "oder" | "y" => matches!(
            text(end + 1),
            "older"
                | "over"
                | "above"
                | "up"
                | "upwards"
                | "opefter"
                | "derover"
                | "op"
                | "aeldre"
                | "opad"
                | "opover"
                | "uppaat"
                | "aelter"
                | "mere"
        ),
        "+" | "plus" => !tokens.is(end, '+') || tokens.digits(end + 1) == 0,
        _ => false,
    }
}

/// "10 års erfaring", "5 years ago", "20 år i branchen".
fn is_time(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    let Some(token) = tokens.get(at).filter(|token| token.kind == Kind::Word && !token.line_before) else {
        return false;
    };
    if matches!(tokens.text(at - 1), "old" | "gammel" | "gammal" | "alt" | "aarig" | "yo" | "aarige") {
        return false;
    }
    token.word.is(Flags::TIME_AFTER) && lexicon.times_after.forward(tokens, at).is_some()
}

/// "alder: 24", "jeg er 24", "Jeg er en 24".
fn labelled(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, end: usize) -> bool {
    let mut before = at;
    for _ in 0..2 {
        let Some(i) = before.checked_sub(1) else { return false };
        before = i;
        if !(tokens[i].kind == Kind::Symbol && matches!(tokens[i].first, ':' | '.' | '-' | '=' | '–' | '(')) {
            break;
        }
    }
    // "in the age of 28", "i en alder af 28".
    if matches!(tokens.text(before), "af" | "of" | "von" | "av" | "paa")
        && before.checked_sub(1).is_some_and(|label| tokens[label].word.is(Flags::AGE_BEFORE))
    {
        return true;
    }
    let token = &tokens[before];
    let verb = matches!(tokens.text(before), "er" | "is" | "aer" | "ist" | "es" | "este");
    if token.word.is(Flags::AGE_BEFORE) || (verb && before > 0 && tokens[before - 1].word.is(Flags::AGE_BEFORE)) {
        return true;
    }
    let ends = tokens.get(end).is_none_or(|t| {
        t.line_before
            || t.kind == Kind::Symbol
            || matches!(
                tokens.text(end),
                "og" | "and"
                    | "och"
                    | "und"
                    | "now"
                    | "last"
                    | "today"
                    | "en"
                    | "et"
                    | "this"
                    | "yesterday"
                    | "igaar"
                    | "sidste"
                    | "nu"
                    | "med"
                    | "with"
                    | "men"
                    | "but"
                    | "fra"
                    | "from"
                    | "i"
                    | "in"
                    | "y"
                    | "si"
            )
    });
    // "jeg hedder Maria, er 27": the subject stands earlier.
    let earlier = matches!(tokens.text(before), "er" | "am" | "bin" | "aer")
        && before > 0
        && tokens.is(before - 1, ',')
        && tokens[at].kind == Kind::Number;
    if before + 1 == at && earlier && ends {
        return true;
    }
    before + 1 == at && token.word.is(Flags::I_AM) && ends && lexicon.i_am.backward(tokens, before).is_some()
}

/// "25, 172 cm", "25/170/60": a height stands behind.
fn beside_height(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let height = tokens.number(end + 1).is_some_and(|value| (140..200).contains(&value));
    let measured = tokens.get(end + 2).is_some_and(|t| {
        tokens.text(end + 2) == "cm"
            || (matches!(t.first, '/' | ',' | '-') && (40..130).contains(&tokens.number(end + 3).unwrap_or(0)))
    });
    tokens.digits(at) == 2 && tokens.is_any(end, &[',', '/', '|', '-', '•']) && height && measured
}

/// "Tall, 25, friendly", "About me: 25, brown eyes", "25, tall and slim" where a text begins.
fn in_row(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
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
    let label = before > 0
        && tokens.is_any(before, &[':', '='])
        && matches!(
            tokens.text(before - 1),
            "me" | "mig" | "stats" | "profile" | "profil" | "data" | "facts" | "fakta" | "info" | "mich" | "person"
        );
    let ends = tokens.get(end).is_none_or(|t| t.line_before || matches!(t.first, ',' | '.' | '/' | '!' | '|'));
    (label && ends)
        || (comma && tokens.is(before, ',') && before > 0 && word(before - 1) && !tokens[before].line_before)
}

/// "31, kvinde", "(31) female", at the beginning of a phrase.
fn before_person(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let bracket = at > 0 && tokens.is(at - 1, '(') && tokens.is(end, ')');
    let opens = bracket || tokens[at].line_before || at == 0;
    let sign = tokens.is_any(end, &[',', ')', '/', '-', '|']);
    let person = tokens.get(end + 1).is_some_and(|t| sign && !t.line_before && t.word.is(Flags::PERSON));
    opens && person && tokens.digits(at) == 2 && tokens.number(at).is_some_and(|value| value >= 16)
}

/// "Just 26 and very sweet", "Kun 21.", "45 and fabulous": a number that is a phrase of its own, and of nothing counted.
fn by_itself(tokens: &Tokens<'_>, at: usize, end: usize) -> bool {
    let written = tokens.digits(at) == 2 && tokens.number(at).is_some_and(|value| (18..=69).contains(&value));
    if !written || open_upwards(tokens, at) {
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
    let leads = matches!(
        tokens.text(adverb),
        "just"
            | "only"
            | "still"
            | "almost"
            | "nearly"
            | "already"
            | "currently"
            | "being"
            | "kun"
            | "stadig"
            | "naesten"
            | "allerede"
            | "nur"
            | "erst"
            | "fortfarande"
            | "redan"
            | "begge"
            | "both"
    );
    let subject = matches!(text(end), "i" | "jeg" | "she" | "hun") && matches!(tokens.text(adverb), "at" | "som");
    let ends = tokens.get(end).is_none_or(|t| {
        t.line_before || (t.kind == Kind::Symbol && matches!(t.first, ',' | '!') && tokens.digits(end + 1) == 0)
    });
    opens(adverb) && ((leads && (and || ends)) || subject)
}

/// "Anna, 24", "Anna (24)", "Anna 24", "kvinde (24)", "en dame på 38" at the end of a phrase.
fn beside_person(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, end: usize) -> bool {
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
    let strange = || bracket || tokens.is(at - 1, ',') || (between && tokens.starts_sentence(person_at));
    let named = person.capital
        && (person.word.is(Flags::NAME.or(Flags::NAME_HOMONYM))
            || (person.kind == Kind::Word && strange() && is_strange(tokens, lexicon, person_at)));
    if tokens[at].line_before || !(named || person.word.is(Flags::PERSON)) {
        return false;
    }
    let units = Flags::UNIT.or(Flags::CURRENCY).or(Flags::MEASURE);
    bracket
        || tokens.get(end).is_none_or(|t| match t.kind {
            Kind::Symbol => matches!(t.first, ',' | '.' | '-' | '–' | '|' | '!' | '/' | '&' | ';' | '(' | '*'),
            Kind::Word => !t.word.is(units),
            Kind::Number => t.line_before,
        })
}
