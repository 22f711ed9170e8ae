//! Types of questions as XLSForm writers write them.

use crate::model::Kind;

/// What bavn does not collect: where somebody is, pictures and voices, what a phone tells of its owner. And orders of
/// choices, for which no page exists.
const NOT_ASKED: &[&str] = &[
    "start",
    "end",
    "today",
    "deviceid",
    "phonenumber",
    "username",
    "email",
    "simserial",
    "subscriberid",
    "audit",
    "start-geopoint",
    "geopoint",
    "geotrace",
    "geoshape",
    "image",
    "photo",
    "audio",
    "background-audio",
    "video",
    "file",
    "barcode",
    "hidden",
    "rank",
    "background-geopoint",
];

/// The kind that `text` names.
pub fn kind(text: &str) -> Result<Kind, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let list = |at: usize| words.get(at).map(|word| (*word).to_owned());
    let kind = match lower.as_slice() {
        ["begin_group" | "begin-group"] | ["begin", "group"] => Kind::BeginGroup,
        ["end_group" | "end-group"] | ["end", "group"] => Kind::EndGroup,
        ["begin_repeat" | "begin-repeat" | "end_repeat" | "end-repeat"] | ["begin" | "end", "repeat"] => {
            return Err(
                "repeats are not supported: ask for the first, and count the rest in a question of its own".into()
            );
        }
        ["note"] => Kind::Note,
        ["calculate" | "calculation"] => Kind::Calculate,
        ["text" | "string"] => Kind::Text,
        ["integer" | "int"] => Kind::Integer,
        ["decimal"] => Kind::Decimal,
        ["range"] => Kind::Range,
        ["date"] => Kind::Date,
        ["time"] => Kind::Time,
        ["datetime"] => Kind::DateTime,
        ["acknowledge" | "trigger"] => Kind::Acknowledge,
        ["select_one" | "select1" | "select-one", _] => Kind::SelectOne(list(1).unwrap_or_default()),
        ["select_multiple" | "select-multiple", _] => Kind::SelectMultiple(list(1).unwrap_or_default()),
        ["select", "one", "from", _] | ["select", "one", _] => {
            Kind::SelectOne(list(words.len() - 1).unwrap_or_default())
        }
        ["select", "multiple", "from", _] | ["select", "multiple", _] => {
            Kind::SelectMultiple(list(words.len() - 1).unwrap_or_default())
        }
        ["select", "all", "that", "apply", "from", _] => Kind::SelectMultiple(list(5).unwrap_or_default()),
        [external, ..] if external.ends_with("_from_file") || external.contains("external") => {
            return Err(format!("'{text}' takes its choices from another file: put them on the sheet 'choices'"));
        }
        [first, ..] if NOT_ASKED.contains(first) => Kind::NotAsked(words.join(" ")),
        [] => return Err("a row needs a type".to_owned()),
        _ => {
            return Err(format!(
                "there is no type '{text}': text, integer, decimal, range, date, time, dateTime, acknowledge, select_one LIST, select_multiple LIST, note, calculate, begin_group, end_group"
            ));
        }
    };
    Ok(kind)
}

/// `2026-11-30`
pub fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse::<u32>().ok()
    };
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day) && parts.next().is_none()
}

/// `21:30` or `21:30:00`, with or without an offset after it.
pub fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let two = |at: usize, most: u32| {
        let part = text.get(at..at + 2).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
        part.and_then(|part| part.parse::<u32>().ok()).is_some_and(|value| value <= most)
    };
    two(0, 23) && bytes.get(2) == Some(&b':') && two(3, 59)
}

/// Start and end of a range's `parameters`; XLSForm's own defaults are 0 to 10 by 1.
pub fn range(parameters: &str) -> Result<(f64, f64, f64), String> {
    let (mut start, mut end, mut step) = (0.0, 10.0, 1.0);
    for part in parameters.split([' ', ',', ';']).filter(|part| !part.is_empty()) {
        let wrong = || format!("'{part}' of the parameters is none of start=, end= and step= with a number");
        let (key, value) = part.split_once('=').ok_or_else(wrong)?;
        let value: f64 = value.parse().map_err(|_| wrong())?;
        match key {
            "start" => start = value,
            "end" => end = value,
            "step" => step = value,
            _ => return Err(wrong()),
        }
    }
    if start < end && step > 0.0 { Ok((start, end, step)) } else { Err("a range goes up from start to end".to_owned()) }
}
