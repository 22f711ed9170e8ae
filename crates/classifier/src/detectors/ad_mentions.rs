//! Signs that rest on mentions: ages, names, phones.

use super::Found;
use crate::ad::AdContext;
use crate::catalogue::Indicator;
use domain::{FieldText, Span};
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

/// Whether a guard or a `not` pattern of the indicator silences a mention.
fn stopped(context: &AdContext<'_>, indicator: &Indicator, index: usize, span: &Span) -> bool {
    let Some(text) = context.ad.texts.get(index) else { return true };
    let position = context.catalogue.indicators().binary_search_by(|other| other.id.cmp(&indicator.id));
    let layout = context.catalogue.matcher().guards().layout(&text.normal, &text.original);
    position.is_ok_and(|position| {
        let range = folded(text, span);
        context.catalogue.matcher().stops_mention(position, text.normal.as_str(), &layout, &range)
    })
}

/// A stated age from `least_years` to `most_years`, both included.
pub(super) fn stated_age(context: &AdContext<'_>, indicator: &Indicator) -> Vec<Found> {
    let years = indicator.parameters.number("least_years")..=indicator.parameters.number("most_years");
    let ages = context.ad.reading.ages.iter().filter(|age| years.contains(&f64::from(age.years)));
    ages.filter_map(|age| {
        let index = context.text_of(&age.span)?;
        (!stopped(context, indicator, index, &age.span)).then_some((index, age.span.start..age.span.end))
    })
    .collect()
}

/// Two different names with nothing between them but a conjunction, a comma or their ages.
pub(super) fn several_names(context: &AdContext<'_>, indicator: &Indicator) -> Vec<Found> {
    let mut found = Vec::new();
    for pair in context.ad.reading.names.windows(2) {
        let [a, b] = pair else { continue };
        let apart = a.span.field == b.span.field && a.name != b.name && a.span.end <= b.span.start;
        let Some(index) = apart.then(|| context.text_of(&a.span)).flatten() else { continue };
        let Some(between) = context.ad.texts.get(index).and_then(|t| t.original.get(a.span.end..b.span.start)) else {
            continue;
        };
        let whole = Span::new(a.span.field.clone(), a.span.start, b.span.end);
        if joins_names(between) && !stopped(context, indicator, index, &whole) {
            found.push((index, whole.start..whole.end));
        }
    }
    found
}

/// `og`, `and`, `&`, `,`, `/` or an age between two names. A mere space or hyphen makes one double name.
fn joins_names(between: &str) -> bool {
    let mut joined = false;
    for word in between.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '.')) {
        let bare = word.trim_matches([',', '&', '/', '+']);
        joined |= bare.len() < word.len();
        let lower = bare.to_lowercase();
        match lower.as_str() {
            "" => {}
            "og" | "and" | "och" | "und" | "samt" | "eller" | "or" | "oder" | "plus" | "y" | "e" => joined = true,
            "år" | "years" | "old" | "jahre" | "ar" | "yo" => {}
            number if number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()) => joined = true,
            _ => return false,
        }
    }
    joined
}

/// Two or more different phone numbers.
pub(super) fn several_phones(context: &AdContext<'_>, _: &Indicator) -> Vec<Found> {
    let phones = &context.ad.reading.phones;
    let Some(first) = phones.first() else { return Vec::new() };
    let mut seen = vec![first];
    for phone in phones {
        if seen.iter().all(|other| other.e164 != phone.e164) {
            seen.push(phone);
        }
    }
    if seen.len() < 2 {
        return Vec::new();
    }
    seen.into_iter().filter_map(|p| Some((context.text_of(&p.span)?, p.span.start..p.span.end))).collect()
}

/// A number that the writer hid.
pub(super) fn obscured_phone(context: &AdContext<'_>, _: &Indicator) -> Vec<Found> {
    let hidden = context.ad.reading.phones.iter().filter(|phone| phone.obscured);
    hidden.filter_map(|p| Some((context.text_of(&p.span)?, p.span.start..p.span.end))).collect()
}

/// A number that is not Danish.
pub(super) fn foreign_phone(context: &AdContext<'_>, _: &Indicator) -> Vec<Found> {
    let foreign = context.ad.reading.phones.iter().filter(|phone| !phone.e164.starts_with("+45"));
    foreign.filter_map(|p| Some((context.text_of(&p.span)?, p.span.start..p.span.end))).collect()
}

#[cfg(test)]
mod tests {
    use super::joins_names;

    #[test]
    fn a_double_name_is_one_person() {
        for between in [" og ", " & ", ", ", " (24) og ", " 24 år, ", "/", " and "] {
            assert!(joins_names(between), "{between}");
        }
        for between in [" ", "-", " er ny, ", ". Ring til "] {
            assert!(!joins_names(between), "{between}");
        }
    }
}
