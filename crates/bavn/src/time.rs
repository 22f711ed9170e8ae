//! Local time at the edges: Europe/Copenhagen. Inside, every time is UTC.

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, tz::TimeZone};

/// Danish local time.
pub fn zone() -> TimeZone {
    // The time zone data are built in; UTC would only stand in if they were broken.
    TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC)
}

/// A local time as UTC. One that occurs twice is its first, one that does not occur is an hour later.
pub fn copenhagen(local: DateTime) -> Result<Timestamp, jiff::Error> {
    zone().to_ambiguous_timestamp(local).compatible()
}

/// The local day of a time.
pub fn local_day(at: Timestamp) -> Date {
    at.to_zoned_datetime(zone()).date()
}

/// The moment at which `hour` strikes on `day`.
pub fn at_hour(day: Date, hour: Time) -> Result<Timestamp, jiff::Error> {
    copenhagen(day.to_datetime(hour))
}

/// A time given on the command line: RFC 3339, or local, or a date (its end: what was known by then).
pub fn argument(name: &str, text: &str) -> anyhow::Result<Timestamp> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() == 10
    {
        let end = date.tomorrow().and_then(|next| copenhagen(next.at(0, 0, 0, 0)));
        return end
            .map(|end| end - jiff::SignedDuration::from_millis(1))
            .map_err(|_| anyhow::anyhow!("{name} '{text}' is too far away; give a day before 9999"));
    }
    crate::input::ad_line::time(text)
        .map_err(|_| anyhow::anyhow!("{name} '{text}' is no time such as 2026-10-01 or 2026-10-01T06:00:00+02:00"))
}

/// Wall time, cut to milliseconds as the store keeps it.
pub fn now() -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_know_both_nights_of_the_year() {
        let spring = copenhagen("2026-03-29T02:30:00".parse().expect("a time")).expect("shifted");
        assert_eq!(spring.to_string(), "2026-03-29T01:30:00Z", "02:30 does not occur: an hour later");
        let autumn = copenhagen("2026-10-25T02:30:00".parse().expect("a time")).expect("first");
        assert_eq!(autumn.to_string(), "2026-10-25T00:30:00Z", "02:30 occurs twice: the first");
    }

    #[test]
    fn a_date_on_the_command_line_is_its_end() {
        assert_eq!(argument("--as-of", "2026-10-01").expect("a date").to_string(), "2026-10-01T21:59:59.999Z");
        assert!(argument("--as-of", "soon").is_err());
    }
}
