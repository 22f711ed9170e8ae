//! Dates, times and numbers as people write them. Times are kept in UTC and shown in Danish time.

use crate::Language;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use std::sync::LazyLock;

static COPENHAGEN: LazyLock<TimeZone> = LazyLock::new(|| {
    // The zone data are inside the program (jiff's feature tzdb-bundle-always), so the name is always known.
    TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC)
});

/// A time in Danish time.
pub fn local(at: Timestamp) -> ZonedDateTime {
    at.to_zoned_datetime(COPENHAGEN.clone())
}

/// The Danish day of a time.
pub fn day_of(at: Timestamp) -> Date {
    local(at).date()
}

/// The moment at which a Danish day begins.
pub fn day_begins(day: Date) -> Option<Timestamp> {
    COPENHAGEN.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().ok()
}

/// When the Danish day of a time began.
pub fn day_began(at: Timestamp) -> Timestamp {
    local(at).start_of_day().map_or(at, |midnight| midnight.timestamp())
}

/// `24. november 2026`, `24 November 2026`.
pub fn date(language: Language, day: Date) -> String {
    let month = language.t(&format!("month-{}", day.month()));
    match language {
        Language::Da => format!("{}. {month} {}", day.day(), day.year()),
        Language::En => format!("{} {month} {}", day.day(), day.year()),
    }
}

/// `24.11.2026`, `24 Nov 2026`: for tables. Readers of English differ in which number of 06/09/2026 is the month.
pub fn short_date(language: Language, day: Date) -> String {
    match language {
        Language::Da => format!("{:02}.{:02}.{}", day.day(), day.month(), day.year()),
        Language::En => {
            let month: String = language.t(&format!("month-{}", day.month())).chars().take(3).collect();
            format!("{} {month} {}", day.day(), day.year())
        }
    }
}

/// `24. november 2026 kl. 14.05`, `24 November 2026 at 14:05`.
pub fn time(language: Language, at: Timestamp) -> String {
    let at = local(at);
    let day = date(language, at.date());
    match language {
        Language::Da => format!("{day} kl. {:02}.{:02}", at.hour(), at.minute()),
        Language::En => format!("{day} at {:02}:{:02}", at.hour(), at.minute()),
    }
}

/// `24.11.2026 14.05`, `24 Nov 2026 14:05`: for tables.
pub fn short_time(language: Language, at: Timestamp) -> String {
    let at = local(at);
    let colon = if language == Language::Da { '.' } else { ':' };
    format!("{} {:02}{colon}{:02}", short_date(language, at.date()), at.hour(), at.minute())
}

/// `14.05`, `14:05`.
pub fn clock(language: Language, at: Timestamp) -> String {
    let at = local(at);
    let colon = if language == Language::Da { '.' } else { ':' };
    format!("{:02}{colon}{:02}", at.hour(), at.minute())
}

/// `i dag`, `i går`, else the date: how long ago a day is, seen from `today`.
pub fn day_near(language: Language, day: Date, today: Date) -> String {
    if day == today {
        language.t("today-word")
    } else if day.tomorrow().is_ok_and(|next| next == today) {
        language.t("yesterday-word")
    } else {
        date(language, day)
    }
}

/// A number with its sign and at most one decimal: `+9`, `−3,5`.
pub fn signed(language: Language, number: f64) -> String {
    let text = decimal(language, number);
    if number > 0.0 { format!("+{text}") } else { text }
}

/// `1.234`, `1,234`.
pub fn whole(language: Language, number: i64) -> String {
    let mark = if language == Language::Da { '.' } else { ',' };
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// `6,5`, `6.5`; whole numbers without a decimal.
pub fn decimal(language: Language, number: f64) -> String {
    let rounded = (number * 10.0).round() / 10.0;
    let text = if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") };
    let text = text.replace('-', "\u{2212}");
    if language == Language::Da { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_danish_on_both_sides_of_the_clock_change() {
        assert_eq!(time(Language::Da, at("2026-10-25T00:30:00Z")), "25. oktober 2026 kl. 02.30");
        assert_eq!(time(Language::Da, at("2026-10-25T01:30:00Z")), "25. oktober 2026 kl. 02.30");
        assert_eq!(time(Language::En, at("2026-07-01T12:05:00Z")), "1 July 2026 at 14:05");
        assert_eq!(day_of(at("2026-11-23T23:30:00Z")).to_string(), "2026-11-24");
        assert_eq!(day_began(at("2026-11-24T08:00:00Z")), at("2026-11-23T23:00:00Z"));
        assert_eq!(day_began(at("2026-07-01T22:30:00Z")), at("2026-07-01T22:00:00Z"));
        assert_eq!(short_time(Language::Da, at("2026-11-04T08:05:00Z")), "04.11.2026 09.05");
    }

    #[test]
    fn yesterday_and_today_have_words() {
        let today: Date = "2026-03-01".parse().unwrap();
        assert_eq!(day_near(Language::Da, today, today), "i dag");
        assert_eq!(day_near(Language::Da, "2026-02-28".parse().unwrap(), today), "i går");
        assert_eq!(day_near(Language::Da, "2026-02-27".parse().unwrap(), today), "27. februar 2026");
    }

    #[test]
    fn numbers_follow_the_language() {
        assert_eq!(whole(Language::Da, -1_234_567), "\u{2212}1.234.567");
        assert_eq!(whole(Language::En, 999), "999");
        assert_eq!(decimal(Language::Da, 6.5), "6,5");
        assert_eq!(decimal(Language::En, 6.0), "6");
        assert_eq!(decimal(Language::Da, -1.26), "\u{2212}1,3");
    }
}
