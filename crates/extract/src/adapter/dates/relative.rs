//! Times counted from the fetch: `for 3 timer siden`, `i går 14:05`, `mandag kl. 9`, `14:05`.

use super::words::{self, Unit};
use super::{ZONE, absolute, local};
use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp, ToSpan, ZonedDateTime};
use regex::Regex;
use std::sync::LazyLock;

// Compiled from a constant, so that `unwrap` cannot fail once a test ran it.
#[allow(clippy::unwrap_used)]
static WORDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)\d+|[a-z]+").unwrap());
#[allow(clippy::unwrap_used)]
static ONLY_TIME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u)^(?:(?:kl|klokken)\.? )?\d{1,2}[:.]\d{2}(?: ?[ap]m)?$").unwrap());

/// Longest length of time that is believed, in any unit.
const MAX_NUMBER: i64 = 1000;

/// The time that a folded text names.
pub(super) fn parse(folded: &str, now: Timestamp) -> Option<Timestamp> {
    let here = now.to_zoned_datetime(ZONE.clone());
    let words: Vec<&str> = WORDS.find_iter(folded).map(|word| word.as_str()).collect();
    if let Some(days) = day_word(&words) {
        return on_day(here.date().checked_sub(days.days()).ok()?, folded);
    }
    if words.iter().any(|word| words::is_past(word)) {
        return ago(&words, &here);
    }
    let text = words.join(" ");
    if matches!(
        text.as_str(),
        "nu" | "lige nu"
            | "netop"
            | "netop nu"
            | "now"
            | "just now"
            | "nyss"
            | "just nu"
            | "gerade eben"
            | "soeben"
            | "jetzt"
    ) {
        return Some(now);
    }
    if let Some(weekday) = words.iter().find_map(|word| words::weekday(word)) {
        // The last such day whose time is not after the fetch.
        let today = here.date();
        let back = i64::from(weekday.until(today.weekday()));
        let found = on_day(today.checked_sub(back.days()).ok()?, folded)?;
        return if found <= now { Some(found) } else { on_day(today.checked_sub((back + 7).days()).ok()?, folded) };
    }
    if ONLY_TIME.is_match(folded) {
        let found = on_day(here.date(), folded)?;
        return if found <= now { Some(found) } else { on_day(here.date().yesterday().ok()?, folded) };
    }
    None
}

/// `i går` and `igår` alike.
fn day_word(words: &[&str]) -> Option<i64> {
    words.iter().enumerate().find_map(|(at, word)| {
        words::days_ago(word).or_else(|| match (at.checked_sub(1).map(|before| words[before]), *word) {
            (Some("i"), "dag") => Some(0),
            (Some("i"), "gaar") => Some(1),
            _ => None,
        })
    })
}

fn on_day(day: Date, folded: &str) -> Option<Timestamp> {
    let time = absolute::time(folded).map_or(Time::midnight(), |(time, _)| time);
    local(day.to_datetime(time))
}

/// The sum of all numbers with a unit: hours and less as they pass, days and more by the calendar.
fn ago(words: &[&str], here: &ZonedDateTime) -> Option<Timestamp> {
    let mut length = Span::new();
    let mut found = false;
    let mut number = None;
    for word in words {
        let given = word.parse::<i64>().ok().or_else(|| words::number(word));
        if let (Some(count), Some(unit)) = (number, words::unit(word)) {
            length = add(length, unit, count)?;
            (number, found) = (None, true);
        } else if given.is_some() {
            number = given.filter(|number| (0..=MAX_NUMBER).contains(number));
        }
    }
    found.then(|| here.checked_sub(length).ok().map(|time| time.timestamp())).flatten()
}

fn add(length: Span, unit: Unit, count: i64) -> Option<Span> {
    match unit {
        Unit::Second => length.try_seconds(length.get_seconds() + count),
        Unit::Minute => length.try_minutes(length.get_minutes() + count),
        Unit::Quarter => length.try_minutes(length.get_minutes() + 15 * count),
        Unit::Hour => length.try_hours(i64::from(length.get_hours()) + count),
        Unit::Day => length.try_days(i64::from(length.get_days()) + count),
        Unit::Week => length.try_weeks(i64::from(length.get_weeks()) + count),
        Unit::Month => length.try_months(i64::from(length.get_months()) + count),
        Unit::Year => length.try_years(i64::from(length.get_years()) + count),
    }
    .ok()
}
