//! Signs that are computed from one ad's texts and fields.

use super::{Found, Missed, Seen, Why};
use crate::ad::{AdContext, is_place};
use crate::catalogue::Indicator;
use domain::{Field, Place};
use std::collections::BTreeSet;

/// Neither text nor fields state a price. The evidence is where a reader would look for one: the beginning.
pub(super) fn price_missing(context: &AdContext<'_>, _: &Indicator) -> Seen {
    if let Some(price) = context.ad.reading.prices.first() {
        let at = context.text_of(&price.span).map(|index| (index, price.span.start..price.span.end));
        let why = Why::Lacks(("der står en pris", "a price is given"));
        return Seen { found: Vec::new(), missed: vec![Missed { at, by: None, why }] };
    }
    let written = context.ad.texts.iter().enumerate().filter(|(_, text)| !matches!(text.field, Field::Named(_)));
    let first = written.into_iter().find(|(_, text)| text.original.split_whitespace().count() > 2);
    let found = first.map(|(index, text)| (index, 0..first_words(&text.original))).into_iter().collect();
    Seen::found_or(found, ("teksten er for kort", "the text is too short"))
}

fn first_words(text: &str) -> usize {
    let lead = text.len() - text.trim_start().len();
    let words = text.char_indices().filter(|(at, c)| *at > lead && c.is_whitespace()).nth(5);
    words.map_or(text.trim_end().len(), |(at, _)| at)
}

/// Labels that make a line of a single text a listing field.
const LABELS: [&str; 10] =
    ["sted:", "by:", "område:", "place:", "city:", "location:", "ort:", "stad:", "stadt:", "lokation:"];

/// The listing's place and the text's places are known and have none in common.
pub(super) fn location_conflict(context: &AdContext<'_>, _: &Indicator) -> Seen {
    let (mut listed, mut written): (Vec<&Place>, Vec<&Place>) = (Vec::new(), Vec::new());
    for place in &context.ad.reading.places {
        match &place.span.field {
            field if is_place(field) => listed.push(place),
            Field::Named(_) => {}
            _ if labelled(context, place) => listed.push(place),
            _ => written.push(place),
        }
    }
    let (fields, text) = (codes(&listed), codes(&written));
    if fields.is_empty() || text.is_empty() {
        return Seen::found_or(
            Vec::new(),
            ("der er ikke både et felt og en tekst med sted", "not both a field and a text name a place"),
        );
    }
    if !fields.is_disjoint(&text) {
        return Seen::found_or(Vec::new(), ("felt og tekst nævner samme sted", "field and text name the same place"));
    }
    let found = listed.iter().chain(&written).filter(|place| place.municipality_code.is_some());
    let found = found.filter_map(|place| Some((context.text_of(&place.span)?, place.span.start..place.span.end)));
    Seen::found_or(found.collect(), ("stedet er flertydigt", "the place is ambiguous"))
}

/// Every municipality that the places are or may be.
fn codes<'a>(places: &[&'a Place]) -> BTreeSet<&'a str> {
    let certain = places.iter().any(|place| place.municipality_code.is_some());
    let all = places.iter().flat_map(|place| place.municipality_code.iter().chain(&place.candidates));
    if certain { all.map(String::as_str).collect() } else { BTreeSet::new() }
}

fn labelled(context: &AdContext<'_>, place: &Place) -> bool {
    let text = context.text_of(&place.span).and_then(|index| context.ad.texts.get(index));
    let before = text.and_then(|text| text.original.get(..place.span.start)).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim().to_lowercase();
    LABELS.contains(&line.as_str())
}

/// At least `least_languages` languages, each with `least_confidence`.
pub(super) fn several_languages(context: &AdContext<'_>, indicator: &Indicator) -> Seen {
    let least = indicator.parameters.number("least_confidence");
    let languages: BTreeSet<&str> = context
        .ad
        .reading
        .languages
        .iter()
        .filter(|guess| guess.confidence >= least)
        .map(|guess| guess.code.as_str())
        .collect();
    let lacks = ("teksten står ikke på nok sprog", "the text does not stand in enough languages");
    if languages.len() < indicator.parameters.count("least_languages") {
        return Seen::found_or(Vec::new(), lacks);
    }
    let longest = context.ad.texts.iter().enumerate().max_by_key(|(index, t)| (t.original.len(), usize::MAX - index));
    let found = longest.map(|(index, text)| (index, 0..first_words(&text.original))).into_iter().collect();
    Seen::found_or(found, lacks)
}

/// A link that the ad gives as its own page.
pub(super) fn own_link(context: &AdContext<'_>, _: &Indicator) -> Seen {
    let written = context.ad.reading.urls.iter().filter(|url| !matches!(url.span.field, Field::Named(_)));
    let own = written.filter(|url| {
        let before = context
            .text_of(&url.span)
            .and_then(|index| context.ad.texts.get(index))
            .and_then(|text| text.original.get(..url.span.start))
            .unwrap_or_default()
            .to_lowercase();
        let line = before.rsplit(['\n', '.', '!']).next().unwrap_or_default();
        ["min ", "mit ", "egen ", "eget ", "my ", "own ", "meine", "eigene", "vores ", "hjemmeside", "website"]
            .iter()
            .any(|word| line.contains(word))
    });
    let found = own.filter_map(|url| Some((context.text_of(&url.span)?, url.span.start..url.span.end))).collect();
    Seen::found_or(found, ("intet link, som teksten kalder sit eget", "no link that the text calls its own"))
}

/// Two or more towns, each with a date or weekday close after it.
pub(super) fn tour_schedule(context: &AdContext<'_>, _: &Indicator) -> Seen {
    let mut found: Vec<(Found, &str)> = Vec::new();
    for place in &context.ad.reading.places {
        let Some(index) = context.text_of(&place.span) else { continue };
        let Some(text) = context.ad.texts.get(index).filter(|text| !matches!(text.field, Field::Named(_))) else {
            continue;
        };
        let after = text.original.get(place.span.end..).unwrap_or_default();
        if let Some(length) = date_at(after) {
            found.push(((index, place.span.start..place.span.end + length), place.place.as_str()));
        }
    }
    let towns: BTreeSet<&str> = found.iter().map(|(_, town)| *town).collect();
    let few = towns.len() < 2;
    let found = if few { Vec::new() } else { found.into_iter().map(|(found, _)| found).collect() };
    Seen::found_or(found, ("der er ikke to byer med hver sin dato", "there are not two towns with a date each"))
}

/// How far a date reaches that begins within a few letters: `3.-5.`, `3/5`, `den 3. maj`, `fra 3 til 5`.
fn date_at(after: &str) -> Option<usize> {
    let lead = after.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = (after.get(..lead)?, after.get(lead..)?);
    let bridge = ["", "den", "d.", "fra", "fra d.", "fra den", "from", "on", "from the", "am", "vom", "från"];
    if !bridge.contains(&before.trim_matches([' ', ':', ',', '(', '-', '\n']).to_lowercase().as_str()) || lead > 14 {
        return None;
    }
    let first = rest.find(|c: char| !c.is_ascii_digit())?;
    if first > 2 {
        return None;
    }
    let tail = rest.get(first..)?;
    let lower = tail.to_lowercase();
    let next = lower.trim_start_matches(['.', ' ']);
    let range = ["-", "–", "/", "til", "to", "bis"].iter().any(|sign| {
        next.strip_prefix(sign).is_some_and(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()))
    });
    let months = [
        "jan", "feb", "mar", "mär", "apr", "maj", "may", "mai", "jun", "jul", "aug", "sep", "okt", "oct", "nov", "dec",
        "dez",
    ];
    let month = months.iter().any(|month| next.starts_with(month));
    if !range && !month {
        return None;
    }
    let end = tail.find([',', ';', '\n']).unwrap_or(tail.len());
    let shown: usize = tail.get(..end)?.chars().take(16).map(char::len_utf8).sum();
    Some(lead + first + shown)
}

#[cfg(test)]
mod tests {
    use super::date_at;

    #[test]
    fn dates_follow_towns_and_postal_codes_do_not_count() {
        for date in [" 3.-5., Odense", " den 3. maj", ": 3/5", " fra 3. til 5. juni"] {
            assert!(date_at(date).is_some(), "{date}");
        }
        for other in [" 8000", " og 3 andre", " 12 000 kr", ""] {
            assert!(date_at(other).is_none(), "{other}");
        }
    }
}
