//! Dates for people: a day, and a time of day somewhere beside it.

use super::{ZONE, iso, words};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

// Compiled from constants, so that `unwrap` cannot fail once a test ran them.
#[allow(clippy::unwrap_used)]
fn compile(pattern: &str) -> Regex {
    Regex::new(&format!("(?-u){pattern}")).unwrap()
}

static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:\b|t)"));
static DAY_MONTH: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\b(\d{1,2})(?:\.|st|nd|rd|th|:e)? ?(?:of |den )?([a-z]{3,10})\b\.?,?(?: (\d{4})\b)?"));
static MONTH_DAY: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\b([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?"));
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b"));
static DAY_SLASH_MONTH: LazyLock<Regex> = LazyLock::new(|| compile(r"\b(\d{1,2})/(\d{1,2})\b"));
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"\b(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)? ?(am|pm|a\.m\.|p\.m\.)?(?:\b|$| )(?: ?(z|utc|gmt|cet|cest|[+-]\d{2}:?\d{2}))?",
    )
});
static HOUR: LazyLock<Regex> =
    LazyLock::new(|| compile(r"\b(?:(\d{1,2}) ?(am|pm)|(?:kl|klokken|klockan|um)\.? ?(\d{1,2}))\b"));

/// A day with or without a time of day; a day without a year is its last one that is not after `now`.
pub(super) fn parse(folded: &str, now: Timestamp, month_first: bool) -> Option<Timestamp> {
    let today = now.to_zoned_datetime(ZONE.clone()).date();
    let (date, at) = date(folded, today, month_first)?;
    // The day is blanked, so that `3.11.26 14.05` has one time.
    let rest = format!("{} , {}", &folded[..at.start], &folded[at.end..]);
    let (time, zone) = time(&rest).unwrap_or((Time::midnight(), None));
    iso::at(date.to_datetime(time), zone.as_deref())
}

fn date(text: &str, today: Date, month_first: bool) -> Option<(Date, Range<usize>)> {
    let range = |found: &Captures<'_>| found.get(0).map_or(0..0, |all| all.range());
    let number = |found: &Captures<'_>, at: usize| found.get(at).and_then(|part| part.as_str().parse::<i16>().ok());
    if let Some(found) = YEAR_FIRST.captures(text) {
        let date = day(number(&found, 3)?, number(&found, 2)?, number(&found, 1), today)?;
        return Some((date, range(&found)));
    }
    for found in DAY_MONTH.captures_iter(text) {
        if let Some(month) = words::month(&found[2]) {
            return Some((day(number(&found, 1)?, i16::from(month), number(&found, 3), today)?, range(&found)));
        }
    }
    for found in MONTH_DAY.captures_iter(text) {
        if let Some(month) = words::month(&found[1]) {
            return Some((day(number(&found, 2)?, i16::from(month), number(&found, 3), today)?, range(&found)));
        }
    }
    let numbers = NUMBERS.captures(text).or_else(|| DAY_SLASH_MONTH.captures(text))?;
    let (first, second) = (number(&numbers, 1)?, number(&numbers, 2)?);
    // Where one order is impossible, the other is meant.
    let swapped = first <= 12 && (month_first || second > 12);
    let (day_number, month) = if swapped { (second, first) } else { (first, second) };
    let year = number(&numbers, 3).map(|year| if year < 100 { 2000 + year } else { year });
    Some((day(day_number, month, year, today)?, range(&numbers)))
}

fn day(day: i16, month: i16, year: Option<i16>, today: Date) -> Option<Date> {
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    // Five years reach the last 29 February but for the turns of most centuries.
    let latest = today.checked_add(1.day()).unwrap_or(today);
    (0..=4).filter_map(|back| Date::new(today.year() - back, month, day).ok()).find(|date| *date <= latest)
}

/// The first time of day in a text, and its zone if one stands behind it.
pub(super) fn time(text: &str) -> Option<(Time, Option<String>)> {
    for found in TIME.captures_iter(text) {
        let number = |at: usize| found.get(at).and_then(|part| part.as_str().parse::<i8>().ok());
        let afternoon = found.get(4).map(|part| part.as_str().starts_with('p'));
        let hour = number(1).and_then(|hour| on_24_hours(hour, afternoon));
        if let (Some(hour), Some(minute)) = (hour, number(2))
            && let Ok(time) = Time::new(hour, minute, number(3).unwrap_or(0).min(59), 0)
        {
            return Some((time, found.get(5).map(|zone| zone.as_str().to_owned())));
        }
    }
    let found = HOUR.captures(text)?;
    let hour = found.get(1).or(found.get(3))?.as_str().parse().ok()?;
    let hour = on_24_hours(hour, found.get(2).map(|part| part.as_str().starts_with('p')))?;
    Some((Time::new(hour, 0, 0, 0).ok()?, None))
}

fn on_24_hours(hour: i8, afternoon: Option<bool>) -> Option<i8> {
    match afternoon {
        None => (0..=23).contains(&hour).then_some(hour),
        Some(afternoon) => (1..=12).contains(&hour).then_some(hour % 12 + if afternoon { 12 } else { 0 }),
    }
}
