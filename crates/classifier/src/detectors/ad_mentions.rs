//! Signs that rest on mentions: ages, names, phones.

use super::{Found, Missed, Seen, Why, is_weekday};
use crate::ad::AdContext;
use crate::catalogue::Indicator;
use domain::{Field, FieldText, Name, Phone, Span};
use jiff::civil::Date;
use std::ops::Range;

/// The folded range of a mention, for the guards.
fn folded(text: &FieldText, span: &Span) -> Range<usize> {
    // The fold keeps order, so the first folded byte that came from the span or later begins it.
    let length = text.normal.as_str().len();
    let at = |offset: usize| {
        let (mut low, mut high) = (0, length);
        while low < high {
            let middle = low + (high - low) / 2;
            if text.normal.original(middle..middle + 1).start < offset { low = middle + 1 } else { high = middle }
        }
        low
    };
    let start = at(span.start);
    start..at(span.end).max(start)
}

/// The guard or `not` pattern of the indicator that silences a mention.
fn stopped(context: &AdContext<'_>, indicator: &Indicator, index: usize, span: &Span) -> Option<Missed> {
    let (text, folded_text) = (context.ad.texts.get(index)?, context.folded.get(index)?);
    let position = context.catalogue.indicators().binary_search_by(|other| other.id.cmp(&indicator.id)).ok()?;
    let stop = context.catalogue.matcher().stops_mention(position, folded_text, &folded(text, span))?;
    Some(Missed {
        at: Some((index, span.start..span.end)),
        by: Some((index, text.normal.original(stop.by))),
        why: Why::Stopped(stop.guard),
    })
}

/// A stated age from `least_years` to `most_years`, both included; or a year of birth (behind a word of `born`) that
/// makes such an age on the day on which the ad was seen.
pub(super) fn stated_age(context: &AdContext<'_>, indicator: &Indicator) -> Seen {
    let (least, most) = (indicator.parameters.number("least_years"), indicator.parameters.number("most_years"));
    let mut seen = Seen::default();
    let see = |years: f64, span: &Span, seen: &mut Seen| {
        let Some(index) = context.text_of(span) else { return };
        let at = (index, span.start..span.end);
        if !(least..=most).contains(&years) {
            seen.missed.push(Missed { at: Some(at), by: None, why: Why::Years { years, least, most } });
        } else if let Some(missed) = stopped(context, indicator, index, span) {
            seen.missed.push(missed);
        } else {
            seen.found.push(at);
        }
    };
    let ages = &context.ad.reading.ages;
    for age in ages {
        see(f64::from(age.years), &age.span, &mut seen);
    }
    for (span, born) in born(context, indicator) {
        let Some(years) = born.years_on(context.on) else { continue };
        // By the year alone a birthday may be still to come; a stated age decides, and without one the lower counts.
        let lower = born.day.is_none() && ages.is_empty() && f64::from(years) == most + 1.0 && least < 18.0;
        see(f64::from(years) - f64::from(u8::from(lower)), &span, &mut seen);
    }
    if seen.found.is_empty() && seen.missed.is_empty() {
        seen.missed.push(Missed { at: None, by: None, why: Why::Lacks(("der står ingen alder", "no age is stated")) });
    }
    seen
}

/// When somebody was born: a year, perhaps with month and day.
struct Born {
    year: i16,
    day: Option<(i8, i8)>,
}

impl Born {
    fn years_on(&self, on: Option<Date>) -> Option<i16> {
        let on = on?;
        let years = on.year() - self.year;
        let to_come = self.day.is_some_and(|day| day > (on.month(), on.day()));
        (0..120).contains(&years).then_some(years - i16::from(to_come))
    }
}

/// Words between `født` and the year: `født i`, `born in the year`, `født den 3. maj`.
const BORN_WORDS: usize = 4;

fn holds_a_year(text: &str) -> bool {
    text.as_bytes()
        .windows(4)
        .any(|four| (four.starts_with(b"19") || four.starts_with(b"20")) && four.iter().all(u8::is_ascii_digit))
}

/// Years of birth: four digits close behind a word of `born`.
fn born(context: &AdContext<'_>, indicator: &Indicator) -> Vec<(Span, Born)> {
    let words = indicator.parameters.words("born");
    let mut found = Vec::new();
    for (text, folded) in context.ad.texts.iter().zip(&context.folded) {
        // Cheap before the text is cut into words.
        if words.is_empty() || !holds_a_year(folded.as_str()) {
            continue;
        }
        let tokens = &folded.layout(context.catalogue.matcher().guards()).tokens;
        for (at, token) in tokens.iter().enumerate() {
            let Ok(year) = token.word.parse::<i16>() else { continue };
            let first = at.saturating_sub(BORN_WORDS);
            let said = (first..at).rev().find(|i| tokens.get(*i).is_some_and(|t| words.contains(&t.word)));
            if token.word.len() != 4 || !(1900..2100).contains(&year) {
                continue;
            }
            let Some(said) = said.and_then(|i| tokens.get(i)) else { continue };
            let number = |back: usize| at.checked_sub(back).and_then(|i| tokens.get(i)?.word.parse::<i8>().ok());
            let day =
                number(1).zip(number(2)).filter(|(month, day)| (1..=12).contains(month) && (1..=31).contains(day));
            let range = text.normal.original(said.range.start..token.range.end);
            found.push((Span::new(text.field.clone(), range.start, range.end), Born { year, day }));
        }
    }
    found
}

/// Two different names with nothing between them but a conjunction, a comma or their ages.
pub(super) fn several_names(context: &AdContext<'_>, indicator: &Indicator) -> Seen {
    let mut seen = Seen::default();
    for pair in context.ad.reading.names.windows(2) {
        let [a, b] = pair else { continue };
        let apart = a.span.field == b.span.field && a.name != b.name && a.span.end <= b.span.start;
        let Some(index) = apart.then(|| context.text_of(&a.span)).flatten() else { continue };
        let Some(between) = context.ad.texts.get(index).and_then(|t| t.original.get(a.span.end..b.span.start)) else {
            continue;
        };
        let whole = Span::new(a.span.field.clone(), a.span.start, b.span.end);
        let at = (index, whole.start..whole.end);
        if !(joins_names(between) || aged(context, a) && aged(context, b)) {
            let lacks = ("to navne, som ikke står sammen", "two names that do not stand together");
            seen.missed.push(Missed { at: Some(at), by: None, why: Why::Lacks(lacks) });
        } else if let Some(missed) = stopped(context, indicator, index, &whole) {
            seen.missed.push(missed);
        } else {
            seen.found.push(at);
        }
    }
    if seen.found.is_empty() && seen.missed.is_empty() {
        let one =
            context.ad.reading.names.first().and_then(|a| Some((context.text_of(&a.span)?, a.span.start..a.span.end)));
        let lacks = match one {
            Some(_) => ("kun ét navn", "one name only"),
            None => ("der står intet navn", "no name is given"),
        };
        seen.missed.push(Missed { at: one, by: None, why: Why::Lacks(lacks) });
    }
    seen
}

/// A name that does something ("Maria modtager i dag"), in a text of which nobody says "I".
pub(super) fn named_subject(context: &AdContext<'_>, indicator: &Indicator) -> Seen {
    let guards = context.catalogue.matcher().guards();
    let phrases = |key| indicator.parameters.words(key).iter().map(|line| line.split(' ').map(str::to_owned).collect());
    let (acts, own): (Vec<Vec<String>>, Vec<Vec<String>>) =
        (phrases("acts").collect(), phrases("first_person").collect());
    let all = &context.ad.reading.names;
    let names = || all.iter().enumerate().filter(|(_, name)| !matches!(name.span.field, Field::Named(_)));
    if names().next().is_none() {
        return Seen::found_or(Vec::new(), ("der står intet navn i teksten", "no name in the text"));
    }
    let says_i = context.folded.iter().any(|folded| {
        let layout = folded.layout(guards);
        (0..layout.tokens.len()).any(|at| own.iter().any(|phrase| layout.says(phrase, at, |_| true)))
    });
    if says_i {
        return Seen::found_or(Vec::new(), ("teksten siger jeg", "the text says I"));
    }
    let mut seen = Seen::default();
    for (at, name) in names() {
        let Some(index) = context.text_of(&name.span) else { continue };
        // "Lisa and Emma are waiting" is said of several, which is a sign of its own.
        let before = at.checked_sub(1).and_then(|at| all.get(at));
        if before.is_some_and(|before| joined(context, index, before, name)) {
            continue;
        }
        let (Some(text), Some(folded_text)) = (context.ad.texts.get(index), context.folded.get(index)) else {
            continue;
        };
        let layout = folded_text.layout(guards);
        let range = folded(text, &name.span);
        let next = layout.tokens_in(&range).end;
        let clause = next.checked_sub(1).and_then(|at| layout.tokens.get(at)).map(|token| token.clause);
        let word =
            |at: usize| layout.tokens.get(at).filter(|t| Some(t.clause) == clause).map_or("", |t| t.word.as_str());
        // "Mira is 25 and kind" tells her age as an act would.
        let aged = matches!(word(next), "er" | "is" | "aer" | "ist")
            && word(next + 1).len() == 2
            && word(next + 1).bytes().all(|b| b.is_ascii_digit());
        let said = acts.iter().find(|phrase| layout.says(phrase, next, |token| Some(token.clause) == clause));
        let Some(words) = said.map(Vec::len).or(aged.then_some(2)) else { continue };
        let Some(last) = layout.tokens.get(next + words - 1) else { continue };
        let end = text.normal.original(last.range.clone()).end;
        let whole = Span::new(name.span.field.clone(), name.span.start, end);
        match stopped(context, indicator, index, &whole) {
            Some(missed) => seen.missed.push(missed),
            None => seen.found.push((index, whole.start..whole.end)),
        }
    }
    if seen.found.is_empty() && seen.missed.is_empty() {
        let lacks = ("intet navn, som gør noget", "no name that does something");
        return Seen::found_or(Vec::new(), lacks);
    }
    seen
}

/// Whether an age stands right behind a name: each of two such names is a person's.
fn aged(context: &AdContext<'_>, name: &Name) -> bool {
    let near = |at: usize| (name.span.end..name.span.end + 8).contains(&at);
    context.ad.reading.ages.iter().any(|age| age.span.field == name.span.field && near(age.span.start))
}

/// Whether two names that follow each other stand in this text with nothing but a conjunction between them. Only
/// neighbours are asked: each name against all others took the square of a long row of names.
fn joined(context: &AdContext<'_>, text: usize, one: &Name, other: &Name) -> bool {
    let text = context.ad.texts.get(text).filter(|_| one.span.field == other.span.field);
    text.and_then(|text| text.original.get(one.span.end..other.span.start)).is_some_and(joins_names)
}

/// `og`, `and`, `&`, `,`, `/`, a day of the week or an age between two names. A mere space or hyphen makes one double name.
fn joins_names(between: &str) -> bool {
    let mut joined = false;
    for word in between.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '.')) {
        let bare = word.trim_matches([',', '&', '/', '+']);
        joined |= bare.len() < word.len();
        let lower = bare.to_lowercase();
        match lower.as_str() {
            "" => {}
            // "Mandag: Anna. Tirsdag: Maria."
            day if is_weekday(day.trim_end_matches(':')) => joined = true,
            "og" | "and" | "och" | "und" | "samt" | "eller" | "or" | "oder" | "plus" | "y" | "e" => joined = true,
            "år" | "years" | "old" | "jahre" | "ar" | "yo" => {}
            number if number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()) => joined = true,
            _ => return false,
        }
    }
    joined
}

/// Where phones stand.
fn places<'p>(context: &AdContext<'_>, phones: impl Iterator<Item = &'p Phone>) -> Vec<Found> {
    phones.filter_map(|p| Some((context.text_of(&p.span)?, p.span.start..p.span.end))).collect()
}

/// Two or more different phone numbers.
pub(super) fn several_phones(context: &AdContext<'_>, _: &Indicator) -> Seen {
    let mut seen: Vec<&Phone> = Vec::new();
    for phone in &context.ad.reading.phones {
        if seen.iter().all(|other| other.e164 != phone.e164) {
            seen.push(phone);
        }
    }
    match seen.len() {
        0 => Seen::found_or(Vec::new(), ("der står intet telefonnummer", "no phone number is given")),
        1 => Seen {
            found: Vec::new(),
            missed: vec![Missed {
                at: places(context, seen.into_iter()).pop(),
                by: None,
                why: Why::Lacks(("kun ét telefonnummer", "one phone number only")),
            }],
        },
        _ => Seen::found_or(places(context, seen.into_iter()), ("", "")),
    }
}

/// The phones for which `wanted` holds; where there are others only, `lacks` says so of the first.
fn some_phones(context: &AdContext<'_>, wanted: fn(&Phone) -> bool, lacks: (&'static str, &'static str)) -> Seen {
    let phones = &context.ad.reading.phones;
    let found = places(context, phones.iter().filter(|phone| wanted(phone)));
    if !found.is_empty() || phones.is_empty() {
        return Seen::found_or(found, ("der står intet telefonnummer", "no phone number is given"));
    }
    let at = places(context, phones.iter().take(1)).pop();
    Seen { found, missed: vec![Missed { at, by: None, why: Why::Lacks(lacks) }] }
}

/// A number that the writer hid.
pub(super) fn obscured_phone(context: &AdContext<'_>, _: &Indicator) -> Seen {
    let lacks = ("nummeret er skrevet ligefremt", "the number is written plainly");
    some_phones(context, |phone| phone.obscured, lacks)
}

/// A number that is not Danish.
pub(super) fn foreign_phone(context: &AdContext<'_>, _: &Indicator) -> Seen {
    some_phones(context, |phone| !phone.e164.starts_with("+45"), ("nummeret er dansk", "the number is Danish"))
}

#[cfg(test)]
mod tests {
    use super::joins_names;

    #[test]
    fn a_double_name_is_one_person() {
        for between in [" og ", " & ", ", ", " (24) og ", " 24 år, ", "/", " and ", ". Tirsdag: "] {
            assert!(joins_names(between), "{between}");
        }
        for between in [" ", "-", " er ny, ", ". Ring til "] {
            assert!(!joins_names(between), "{between}");
        }
    }
}
