//! The names of the persons an ad speaks of.

use crate::claim::{Claims, span};
use crate::lexicon::{Flags, Lexicon};
use crate::tokens::{Kind, Tokens};
use domain::{Field, Name};

/// Finds the names. In the site's name field any capitalised word is a name.
pub(crate) fn find(
    tokens: &Tokens<'_>,
    claims: &Claims,
    lexicon: &Lexicon,
    field: &Field,
    is_name_field: bool,
) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut last_end = 0;
    let mut at = 0;
    while at < tokens.len() {
        let found = if tokens[at].kind == Kind::Word && claims.is_free(at) && at >= last_end {
            name_at(tokens, claims, lexicon, at, last_end, is_name_field)
        } else {
            None
        };
        match found {
            Some(end) => {
                names.push(Name { name: base(tokens, lexicon, at, end), span: span(tokens, field, at..end) });
                last_end = end;
                at = end;
            }
            None => at += 1,
        }
    }
    names
}

/// What the lexicon knows of a name at `at`, its genitive undone.
fn listed(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Flags {
    let known = Flags::NAME.or(Flags::NAME_HOMONYM);
    let word = tokens[at].word;
    if word.is(known) {
        return word.flags;
    }
    let text = tokens.text(at);
    match text.strip_suffix('s').filter(|stem| stem.len() >= 3 && !word.is(Flags::COMMON)) {
        Some(stem) => {
            let stem = lexicon.word(stem);
            if stem.is(Flags::NAME) { Flags::NAME } else { Flags::default() }
        }
        None => Flags::default(),
    }
}

/// The index behind a name that begins at `at`.
fn name_at(
    tokens: &Tokens<'_>,
    claims: &Claims,
    lexicon: &Lexicon,
    at: usize,
    last_end: usize,
    is_name_field: bool,
) -> Option<usize> {
    let token = &tokens[at];
    let flags = listed(tokens, lexicon, at);
    let introduced = introduction(tokens, lexicon, at);
    let joined_before = at > 0
        && !token.space_before
        && tokens.is_any(at - 1, &['@', '#', '_', '.', '/'])
        && !tokens[at - 1].space_before
        // "Anna/Bella" are two.
        && !(tokens.is(at - 1, '/') && last_end == at - 1);
    let joined_after =
        tokens.get(at + 1).is_some_and(|t| !t.space_before && (t.kind == Kind::Number || matches!(t.first, '@' | '_')));
    if joined_before || joined_after {
        return None;
    }
    let length = token.normal.1 - token.normal.0;
    let is_listed = flags.has(Flags::NAME.or(Flags::NAME_HOMONYM));
    if is_name_field {
        let fits = is_listed || (token.capital && !token.word.is(Flags::COMMON) && length >= 2 && last_end == 0);
        return fits.then(|| extend(tokens, claims, lexicon, at));
    }
    if introduced == Some(true) && length >= 2 {
        let taken = claims.is_free(at)
            && ((is_listed && (token.capital || !token.word.is(Flags::STOPWORD)))
                || (token.capital && !token.word.is(Flags::COMMON) && token.word.number.is_none()));
        if taken {
            return Some(extend(tokens, claims, lexicon, at));
        }
    }
    if !is_listed {
        let strange = token.capital && is_strange(tokens, lexicon, at) && !claims_nothing(tokens, at);
        let fits = strange
            && (age_behind(tokens, at)
                || (signs_off(tokens, claims, at) && may_sign(tokens, at))
                || presents(tokens, at)
                || behind_partner(tokens, at, last_end)
                || own_sentence(tokens, at)
                || (introduced == Some(false) && is_short(tokens, at)));
        return fits.then_some(at + 1);
    }
    if is_business(tokens, lexicon, at) {
        return None;
    }
    let context = introduced.is_some()
        || age_behind(tokens, at)
        || partner(tokens, lexicon, at, last_end)
        || origin_behind(tokens, at)
        || acts(tokens, at)
        || own_sentence(tokens, at)
        || (token.capital && extend(tokens, claims, lexicon, at) > at + 1)
        || signs_off(tokens, claims, at);
    if flags.has(Flags::NAME) {
        // In lower case only behind an introduction; capitals elsewhere are enough.
        let fits = token.capital && (!token.word.is(Flags::COMMON) || context)
            || (introduced.is_some() && !token.word.is(Flags::COMMON) && !has_marks(tokens, at))
            || lower_case_pair(tokens, at, last_end)
            || (!token.word.is(Flags::COMMON) && starts_with_age(tokens, at));
        return fits.then(|| extend(tokens, claims, lexicon, at));
    }
    let fits = token.capital
        && context
        && (!token.upper || introduced.is_some())
        && !(introduced == Some(false) && token.word.is(Flags::COMMON) && tokens.starts_sentence(at));
    fits.then(|| extend(tokens, claims, lexicon, at))
}

/// A second given name: `Anna Maria`, `Ann-Sofie`.
fn extend(tokens: &Tokens<'_>, claims: &Claims, lexicon: &Lexicon, at: usize) -> usize {
    let hyphen = tokens.is(at + 1, '-') && !tokens[at + 1].space_before;
    let next = if hyphen { at + 2 } else { at + 1 };
    let Some(token) = tokens.get(next) else { return at + 1 };
    let same_case = token.capital == tokens[at].capital;
    let close = if hyphen { !token.space_before } else { token.space_before && !token.line_before };
    let fits = token.kind == Kind::Word
        && close
        && same_case
        && token.capital
        && claims.is_free(next)
        && listed(tokens, lexicon, next).has(Flags::NAME);
    if fits { next + 1 } else { at + 1 }
}

/// `Some(true)` behind "jeg hedder", `Some(false)` behind "hej, jeg er" and the like.
fn introduction(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> Option<bool> {
    if tokens[at].line_before && at > 0 && !tokens.is_any(at - 1, &[':', ',']) {
        return None;
    }
    let mut before = at.checked_sub(1)?;
    while tokens[before].kind == Kind::Symbol
        && matches!(tokens[before].first, ':' | '"' | '\'' | '“' | '„' | '-' | ',' | '*')
        && before > 0
    {
        before -= 1;
    }
    // "Mvh. Mira"
    if tokens.is(before, '.')
        && before > 0
        && matches!(tokens.text(before - 1), "mvh" | "kh" | "vh" | "lg" | "mfg" | "med")
    {
        before -= 1;
    }
    let word = tokens[before].word;
    if !word.is(Flags::INTRO.or(Flags::WEAK_INTRO)) {
        return None;
    }
    lexicon.introductions.backward(tokens, before).map(|(_, strong)| strong)
}

/// "Anna 24 år", "May, 24".
fn age_behind(tokens: &Tokens<'_>, at: usize) -> bool {
    let next = if tokens.is_any(at + 1, &[',', '(', '-', '–', '|', '•', '/']) { at + 2 } else { at + 1 };
    // "Mercedes (brunette, 34)"
    let described =
        tokens.is(at + 1, '(') && tokens.get(at + 2).is_some_and(|t| t.kind == Kind::Word) && tokens.is(at + 3, ',');
    let next = if described { at + 4 } else { next };
    // "Rie, treoghalvtreds, massage"
    let said = tokens
        .get(next)
        .filter(|t| t.kind == Kind::Word && !t.line_before && next == at + 2)
        .is_some_and(|t| t.word.number.is_some_and(|value| (18..=75).contains(&value)) && tokens.text(next).len() >= 5);
    let stops =
        |i: usize| tokens.get(i).is_none_or(|t| t.line_before || t.kind == Kind::Symbol || t.word.is(Flags::AGE_UNIT));
    if said
        && tokens.is(at + 1, ',')
        && (stops(next + 1) || tokens.get(next + 1).is_some_and(|t| t.word.number.is_some()))
    {
        return true;
    }
    if tokens.get(next).is_none_or(|t| t.kind != Kind::Number || t.line_before) {
        return false;
    }
    let value = tokens.number(next).unwrap_or(0);
    let unit = tokens.get(next + 1).is_some_and(|t| t.word.is(Flags::AGE_UNIT));
    let bracket = (described || tokens.is(next - 1, '(')) && tokens.is(next + 1, ')');
    // "Mira - 25 - Aarhus", "Mira | 25".
    let row = tokens.starts_sentence(at)
        && next > at + 1
        && tokens.get(next + 1).is_none_or(|t| t.line_before || matches!(t.first, '-' | '–' | '|' | '/' | '•'));
    tokens.digits(next) == 2 && (16..70).contains(&value) && (unit || bracket || row || tokens.is(next - 1, ','))
}

/// "Mira here", "Mira er tilbage", at the beginning of a sentence or behind a greeting's comma.
fn presents(tokens: &Tokens<'_>, at: usize) -> bool {
    let opens = tokens.starts_sentence(at) || tokens.is(at - 1, ',');
    let here = tokens.get(at + 1).is_some_and(|t| {
        !t.line_before
            && matches!(tokens.text(at + 1), "here" | "her" | "haer" | "hier")
            && tokens.get(at + 2).is_none_or(|t| t.line_before || t.kind == Kind::Symbol)
    });
    opens && (here || acts(tokens, at))
}

/// "… i timen. Fie. Indgangen er": a name that is a sentence.
fn own_sentence(tokens: &Tokens<'_>, at: usize) -> bool {
    let ends = |i: usize| tokens.is_any(i, &['.', '!']) && !tokens[i].space_before;
    let next = tokens.get(at + 2);
    at > 0
        && (tokens[at].line_before || (tokens.is_any(at - 1, &['.', '!', '?']) && tokens[at].space_before))
        && ends(at + 1)
        && next.is_some_and(|t| t.space_before && (t.capital || t.kind == Kind::Number))
        && !tokens[at].upper
        && may_sign(tokens, at)
}

/// "Nok fra Thailand", "May from Bangkok".
fn origin_behind(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|_| matches!(tokens.text(at + 1), "fra" | "from" | "aus" | "fraan" | "din" | "de"))
        && tokens.get(at + 2).is_some_and(|t| t.capital && t.kind == Kind::Word && !t.line_before)
}

/// "Nana tilbyder", "May er tilbage": what a person does follows.
fn acts(tokens: &Tokens<'_>, at: usize) -> bool {
    let text = |i: usize| tokens.get(i).filter(|t| !t.line_before).map_or("", |_| tokens.text(i));
    if tokens[at].normal.1 - tokens[at].normal.0 < 3 {
        return false;
    }
    match text(at + 1) {
        "has" | "have" | "har" | "loves" | "likes" | "elsker" | "receives" | "lives" | "bor" | "svarer" | "answers"
        | "comes" | "tar" | "tager" | "talar" | "jobbar" | "tilbyder" | "byder" | "venter" | "glaeder" | "arbejder"
        | "taler" | "masserer" | "giver" | "modtager" | "offers" | "waits" | "welcomes" | "speaks" | "erbjuder"
        | "vagyok" | "soeger" | "kommer" => true,
        "er" | "is" | "aer" | "ist" => matches!(
            text(at + 2),
            "tilbage"
                | "ny"
                | "ledig"
                | "kun"
                | "back"
                | "new"
                | "available"
                | "klar"
                | "kommet"
                | "hjemme"
                | "tillbaka"
                | "zurueck"
                | "soed"
                | "sweet"
        ),
        _ => false,
    }
}

/// The last word of a text, alone on its line or behind a dash: "- Nok".
fn signs_off(tokens: &Tokens<'_>, claims: &Claims, at: usize) -> bool {
    let stands = |i: usize| tokens[i].kind == Kind::Symbol || !claims.is_free(i);
    // "… Pippa 1000 hour": the price, the number or the age may stand behind.
    let bare = |i: usize| {
        tokens[i].kind == Kind::Number || tokens[i].word.is(Flags::UNIT.or(Flags::CURRENCY).or(Flags::AGE_UNIT))
    };
    let last = (at + 1..tokens.len()).all(|i| stands(i) || bare(i));
    let greeted = at > 0
        && matches!(
            tokens.text(at - 1),
            "kisses" | "kys" | "kh" | "xx" | "xxx" | "xoxo" | "kram" | "knus" | "hilsen" | "love" | "mvh" | "kaerligst"
        );
    let parted = at > 0
        && (tokens[at].line_before
            || greeted
            || tokens.is_any(at - 1, &['.', '!', '?', ',', ')', ':'])
            || tokens[at - 1].kind == Kind::Symbol && !tokens[at - 1].first.is_ascii()
            || !claims.is_free(at - 1)
            || (matches!(tokens.text(at - 1), "din" | "your" | "deine" | "jeres") && tokens.starts_sentence(at - 1))
            || (tokens.is_any(at - 1, &['-', '–', '/', '~', '*'])
                && tokens[at - 1].space_before
                && tokens[at].space_before));
    last && parted && !tokens[at].upper
}

/// Not one of the words that texts end with.
fn may_sign(tokens: &Tokens<'_>, at: usize) -> bool {
    let text = tokens.text(at);
    let closing = [
        "velkommen",
        "welcome",
        "diskretion",
        "discretion",
        "kys",
        "kisses",
        "tak",
        "thanks",
        "hilsen",
        "booking",
        "kram",
        "vaelkommen",
        "willkommen",
        "garanteret",
        "guaranteed",
        "aftale",
        "parkering",
        "parking",
        "kontant",
        "cash",
        "mobilepay",
        "whatsapp",
        "telegram",
        "sms",
        "ring",
        "call",
        "skriv",
        "bestil",
        "nyhed",
        "tilbud",
        "forbi",
        "centrum",
        "center",
        "city",
        "danmark",
        "denmark",
        "nordjylland",
        "sjaelland",
        "fyn",
        "jylland",
        "bornholm",
        "aben",
        "aabent",
    ];
    (3..=10).contains(&text.len()) && !closing.contains(&text) && is_short(tokens, at)
}

/// A word that no language lists and that is no place: a name where a name is expected.
pub(crate) fn is_strange(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize) -> bool {
    let word = tokens[at].word;
    let text = tokens.text(at);
    let other = Flags::PLACE
        .or(Flags::STOPWORD)
        .or(Flags::SERVICE)
        .or(Flags::HINT)
        .or(Flags::PERSON)
        .or(Flags::UNIT)
        .or(Flags::CURRENCY)
        .or(Flags::BUSINESS_BEFORE)
        .or(Flags::BUSINESS_AFTER)
        .or(Flags::CLOCK)
        .or(Flags::PART)
        .or(Flags::MEASURE_BEFORE);
    let compound =
        lexicon.street_endings.iter().any(|(ending, _)| text.len() > ending.len() && text.ends_with(ending.as_str()))
            || [
                "massage",
                "klinik",
                "klinikken",
                "salon",
                "salonen",
                "pige",
                "pigen",
                "dame",
                "kvinde",
                "tilbud",
                "hed",
                "ing",
                "else",
                "ske",
                "sk",
            ]
            .iter()
            .any(|ending| text.ends_with(ending));
    word.frequencies == 0
        && word.number.is_none()
        && !word.is(other)
        && !compound
        && (3..=12).contains(&text.len())
        && text.is_ascii()
}

/// Letters with marks that a name in lower case hardly has: "miłą" is no Mila.
fn has_marks(tokens: &Tokens<'_>, at: usize) -> bool {
    let (from, to) = tokens[at].clean;
    tokens.chars[from as usize..to as usize]
        .iter()
        .any(|clean| !clean.c.is_ascii() && !"æøåäöüéèáíóúñç".contains(clean.c))
}

/// Joined to something else.
fn claims_nothing(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|t| {
        !t.space_before
            && matches!(t.first, '.' | '@' | '_' | '-' | '/')
            && tokens.get(at + 2).is_some_and(|n| !n.space_before && n.kind != Kind::Symbol)
    })
}

fn is_short(tokens: &Tokens<'_>, at: usize) -> bool {
    let text = tokens.text(at);
    text.len() <= 9
        && !["en", "et", "er", "ne", "ens"].iter().any(|ending| text.ends_with(ending))
        && tokens.get(at + 1).is_none_or(|t| !t.capital || t.line_before)
}

/// "maria 24 år" at the beginning of a text without capitals.
fn starts_with_age(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.starts_sentence(at) && age_behind(tokens, at)
}

/// A name on the other side of "og", "and", "&" or a comma.
fn partner(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, last_end: usize) -> bool {
    // "Ida 💕 Ada"
    let heart = |i: usize| {
        tokens[i].kind == Kind::Symbol
            && !tokens[i].first.is_ascii()
            && !matches!(tokens[i].first, '–' | '—' | '…' | '’')
    };
    let join = |i: usize| {
        heart(i)
            || matches!(tokens.text(i), "og" | "and" | "och" | "und" | "&" | "+" | "eller" | "or" | "y" | "si" | "i" if tokens.text(i) != "i")
    };
    let before = at >= 2 && last_end == at - 1 && (join(at - 1) || tokens.is(at - 1, ','));
    let behind = tokens.get(at + 1).is_some_and(|_| join(at + 1) || tokens.is(at + 1, ','))
        && tokens.get(at + 2).is_some_and(|t| {
            let known = listed(tokens, lexicon, at + 2);
            t.capital && (known.has(Flags::NAME) || (known.has(Flags::NAME_HOMONYM) && acts(tokens, at + 2)))
        });
    before || behind
}

/// "Lisa og Bea": a listed name stands before the conjunction, and no further word belongs to this one.
fn behind_partner(tokens: &Tokens<'_>, at: usize, last_end: usize) -> bool {
    at >= 2
        && last_end == at - 1
        && matches!(tokens.text(at - 1), "og" | "and" | "och" | "und" | "&")
        && is_short(tokens, at)
}

/// "anna og maria" in a text without capitals.
fn lower_case_pair(tokens: &Tokens<'_>, at: usize, last_end: usize) -> bool {
    at >= 2 && last_end > 0 && last_end == at - 1 && matches!(tokens.text(at - 1), "og" | "and" | "&" | "och")
}

/// "Salon Anna", "Sankt Anna Plads", "Victoria's Secret", "Hotel Maria".
fn is_business(tokens: &Tokens<'_>, _lexicon: &Lexicon, at: usize) -> bool {
    let before = at
        .checked_sub(1)
        .filter(|_| !tokens[at].line_before)
        // "Skt. Anna", not "giver massage. Hanne".
        .map(|dot| if tokens.is(dot, '.') && dot > 0 && tokens.text(dot - 1).len() <= 4 { dot - 1 } else { dot });
    if before
        .is_some_and(|i| tokens[i].word.is(Flags::BUSINESS_BEFORE) && (tokens[i].capital || tokens[at].space_before))
        && before != at.checked_sub(1).filter(|i| tokens.is(*i, ','))
    {
        return true;
    }
    let mut next = at + 1;
    if tokens.is_any(next, &['\'', '’', '´']) {
        next += 1;
    }
    if tokens.get(next).is_some_and(|t| tokens.text(next) == "s" && !t.space_before) {
        next += 1;
    }
    tokens.get(next).is_some_and(|t| {
        t.kind == Kind::Word && !t.line_before && t.word.is(Flags::BUSINESS_AFTER) && (t.capital || t.upper)
    })
}

/// The base form: genitive undone, capitals as in a name.
fn base(tokens: &Tokens<'_>, lexicon: &Lexicon, at: usize, end: usize) -> String {
    let mut spelled = tokens.spelled_range(at, end);
    let last = tokens.text(end - 1);
    let known = Flags::NAME.or(Flags::NAME_HOMONYM);
    if !tokens[end - 1].word.is(known)
        && let Some(stem) = last.strip_suffix('s')
        && lexicon.word(stem).is(known)
    {
        spelled.pop();
    }
    let mut result = String::with_capacity(spelled.len());
    let mut start = true;
    for c in spelled.chars() {
        if start {
            result.extend(c.to_uppercase());
        } else {
            result.extend(c.to_lowercase());
        }
        start = c == ' ' || c == '-';
    }
    result
}
