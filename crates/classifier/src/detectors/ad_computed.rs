//! Signs that are computed from one ad's texts and fields.

use super::{Found, Missed, Seen, Why, is_weekday};
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
    // A label stands close before; a text of many places is not searched from its beginning for each of them.
    let before = before.get(before.floor_char_boundary(before.len().saturating_sub(80))..).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    // A label is short; a line of many places is not folded once for each of them.
    line.len() <= 16 && LABELS.contains(&line.to_lowercase().as_str())
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
    if let Some(found) = said_again(context) {
        return Seen::found_or(vec![found], lacks);
    }
    if languages.len() < indicator.parameters.count("least_languages") {
        return Seen::found_or(Vec::new(), lacks);
    }
    let longest = context.ad.texts.iter().enumerate().max_by_key(|(index, t)| (t.original.len(), usize::MAX - index));
    let found = longest.map(|(index, text)| (index, 0..first_words(&text.original))).into_iter().collect();
    Seen::found_or(found, lacks)
}

/// The same lines in other words: two paragraphs or lines with the same figures in the same order and hardly a word in
/// common, as a text and its translation have.
fn said_again(context: &AdContext<'_>) -> Option<Found> {
    const LEAST_WORDS: usize = 5;
    const MOST_LINES: usize = 40;
    for (index, text) in context.ad.texts.iter().enumerate() {
        if matches!(text.field, Field::Named(_)) || !text.original.contains('\n') {
            continue;
        }
        let lines: Vec<(&str, Vec<String>, BTreeSet<String>)> = text
            .original
            .split('\n')
            .filter(|line| line.split_whitespace().count() >= LEAST_WORDS)
            .take(MOST_LINES)
            .map(|line| {
                let figures = line.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
                let letters = |word: &&str| word.chars().count() > 2 && !word.chars().any(|c| c.is_ascii_digit());
                let words = line.split(|c: char| !c.is_alphanumeric()).filter(letters);
                (line, figures.map(str::to_owned).collect(), words.map(str::to_lowercase).collect())
            })
            .collect();
        for (at, (line, figures, words)) in lines.iter().enumerate() {
            // One figure is chance; a price and its minutes, or an age beside them, is not.
            if figures.len() < 2 || words.len() < LEAST_WORDS {
                continue;
            }
            let again = lines.iter().skip(at + 1).any(|(_, other_figures, other_words)| {
                let common = || words.intersection(other_words).count();
                figures == other_figures
                    && other_words.len() >= LEAST_WORDS
                    && common() * 10 < words.len().min(other_words.len()) * 4
            });
            if again {
                let start = (line.as_ptr() as usize).checked_sub(text.original.as_ptr() as usize)?;
                return Some((index, start..start + first_words(line)));
            }
        }
    }
    None
}

/// A link that the ad gives as its own page.
pub(super) fn own_link(context: &AdContext<'_>, _: &Indicator) -> Seen {
    let written = context.ad.reading.urls.iter().filter(|url| !matches!(url.span.field, Field::Named(_)));
    let own = written.filter(|url| {
        let before = context
            .text_of(&url.span)
            .and_then(|index| context.ad.texts.get(index))
            .and_then(|text| text.original.get(..url.span.start))
            .unwrap_or_default();
        let line = before.rsplit(['\n', '.', '!']).next().unwrap_or_default().to_lowercase();
        ["min ", "mit ", "egen ", "eget ", "my ", "own ", "meine", "eigene", "vores ", "hjemmeside", "website"]
            .iter()
            .any(|word| line.contains(word))
    });
    let found = own.filter_map(|url| Some((context.text_of(&url.span)?, url.span.start..url.span.end))).collect();
    Seen::found_or(found, ("intet link, som teksten kalder sit eget", "no link that the text calls its own"))
}

/// Two or more towns, each with a date close after it or a date, week or weekday close before it.
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
        } else if let Some(length) = text.original.get(..place.span.start).and_then(date_before) {
            found.push(((index, place.span.start - length..place.span.end), place.place.as_str()));
        }
    }
    let towns: BTreeSet<&str> = found.iter().map(|(_, town)| *town).collect();
    let few = towns.len() < 2;
    let found = if few { Vec::new() } else { found.into_iter().map(|(found, _)| found).collect() };
    Seen::found_or(found, ("der er ikke to byer med hver sin dato", "there are not two towns with a date each"))
}

/// How far a date reaches that begins within a few letters: `3.-5.`, `3/5`, `den 3. maj`, `fra 3 til 5`.
fn date_at(after: &str) -> Option<usize> {
    // A date is found close by or not at all: a text of many towns is not folded once for each of them.
    let after = after.get(..after.floor_char_boundary(160))?;
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

/// How far before a town a date, a week or a weekday begins that leads to it: `fre 12/9 Svendborg`, `ons: Nykøbing`,
/// `uge 14 står vi i Herning`, `12.-14. maj: Korsør`. Not a day that comes again (`hver tirsdag i Auning`).
fn date_before(before: &str) -> Option<usize> {
    const SHORT: [&str; 16] = [
        "man", "tir", "tirs", "ons", "tor", "tors", "fre", "lør", "søn", "mon", "tue", "wed", "thu", "fri", "sat",
        "sun",
    ];
    const AGAIN: [&str; 8] = ["hver", "hverdage", "alle", "every", "each", "varje", "jeden", "og"];
    let far = before.char_indices().rev().nth(80).map_or(0, |(at, _)| at);
    let line = before.get(far..)?.rsplit(['\n', ';', '!', '?', '(']).next()?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let bare = |word: &str| word.trim_matches([':', ',', '.', '-', '–', '(', '📍', '•', '*']).to_lowercase();
    let digits = |word: &str| word.chars().any(|c| c.is_ascii_digit());
    let date = |word: &str| {
        let plain = bare(word);
        let numbers: Vec<&str> = plain.split(['/', '-', '–', '.']).filter(|part| !part.is_empty()).collect();
        let days = numbers.iter().all(|n| n.parse::<u8>().is_ok_and(|n| (1..=31).contains(&n)));
        // "…" and "." hold no number at all.
        !numbers.is_empty() && days && (numbers.len() >= 2 || word.trim_end_matches([',', ':']).ends_with('.'))
    };
    let day = |word: &str| bare(word).split(['-', '–', '/']).all(|part| SHORT.contains(&part) || is_weekday(part));
    for back in 1..=words.len().min(5) {
        let at = words.len() - back;
        let word = words.get(at)?;
        let previous = at.checked_sub(1).and_then(|at| words.get(at)).map(|word| bare(word)).unwrap_or_default();
        let week = bare(word).parse::<u8>().is_ok_and(|n| (1..=53).contains(&n))
            && ["uge", "week", "vecka", "kw", "woche"].contains(&previous.as_str());
        if date(word) || day(word) || week {
            let begins = if week { at - 1 } else { at };
            let first = words.get(begins)?;
            let again =
                begins.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|w| AGAIN.contains(&bare(w).as_str()));
            // Where the word stands in the line: both are parts of one text.
            let offset = (first.as_ptr() as usize).checked_sub(before.as_ptr() as usize)?;
            return if again { None } else { before.len().checked_sub(offset) };
        }
        // Few words lead from the date to the town, and none that ends a phrase.
        if back > 4 || digits(word) || word.ends_with([',', '.']) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{date_at, date_before};

    #[test]
    fn dates_lead_to_towns_and_days_that_come_again_do_not_count() {
        for date in ["stop: fre 12/9 ", "ons: ", "Uge 14 står pigerne i ", "12.-14. maj: ", "fri\nman-tir: "] {
            assert!(date_before(date).is_some(), "{date}");
        }
        for other in ["hver tirsdag i ", "Jeg bor i ", "siden 2014 i ", "bus 12 til ", "her ... ", "hos mig . ", ""] {
            assert!(date_before(other).is_none(), "{other}");
        }
        assert_eq!(date_before("Og så uge 15 i "), Some("uge 15 i ".len()));
    }

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
