//! Dates for machines: ISO 8601, seconds since 1970. (RFC 2822 is read with the dates for people.)

use super::local;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use regex::Regex;
use std::sync::LazyLock;

// Compiled from a constant, so that `unwrap` cannot fail once a test ran it.
#[allow(clippy::unwrap_used)]
static ISO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(\d{4})-?(\d{2})-?(\d{2})(?:[t ]+(\d{2}):?(\d{2})(?::?(\d{2}))?(?:[.,]\d+)?)? ?(z|utc|gmt|[+-]\d{2}:?(?:\d{2})?)?$",
    )
    .unwrap()
});

/// The whole text as one date.
pub(super) fn parse(folded: &str) -> Option<Timestamp> {
    // Ten digits are seconds and thirteen are milliseconds, from 2001 on.
    if folded.bytes().all(|byte| byte.is_ascii_digit()) {
        return match folded.len() {
            10 => Timestamp::from_second(folded.parse().ok()?).ok(),
            13 => Timestamp::from_second(folded.parse::<i64>().ok()? / 1000).ok(),
            _ => None,
        };
    }
    let parts = ISO.captures(folded)?;
    let number = |at: usize| parts.get(at).and_then(|part| part.as_str().parse::<i16>().ok());
    let small = |at: usize| number(at).and_then(|number| i8::try_from(number).ok());
    let date = Date::new(number(1)?, small(2)?, small(3)?).ok()?;
    let time = match small(4) {
        Some(hour) => Time::new(hour, small(5)?, small(6).unwrap_or(0).min(59), 0).ok()?,
        None => Time::midnight(),
    };
    at(date.to_datetime(time), parts.get(7).map(|zone| zone.as_str()))
}

/// A time in a zone as written, or local without one.
pub(super) fn at(time: DateTime, zone: Option<&str>) -> Option<Timestamp> {
    let Some(zone) = zone else { return local(time) };
    let seconds = match zone {
        "z" | "utc" | "gmt" => 0,
        "cet" => 3600,
        "cest" => 7200,
        _ => {
            let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
            let hours: i32 = digits.get(..2)?.parse().ok()?;
            let minutes: i32 = digits.get(2..4).map_or(Ok(0), str::parse).ok()?;
            let seconds = hours * 3600 + minutes * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        }
    };
    Offset::from_seconds(seconds).ok()?.to_timestamp(time).ok()
}
