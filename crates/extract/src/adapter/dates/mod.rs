//! When an ad was posted, as sites write it: ISO and RFC 2822, Danish, English, Swedish and German dates, and times
//! relative to the fetch. Times without an offset are Europe/Copenhagen.

mod absolute;
mod iso;
mod relative;
mod words;

use domain::NormalText;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::sync::LazyLock;

/// Which ways of writing a date a rule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Formats {
    iso: bool,
    absolute: bool,
    relative: bool,
    month_first: bool,
}

impl Default for Formats {
    fn default() -> Self {
        Formats { iso: true, absolute: true, relative: true, month_first: false }
    }
}

impl Formats {
    pub fn none() -> Self {
        Formats { iso: false, absolute: false, relative: false, month_first: false }
    }

    /// Allows one by its name in `site.toml`; `false` if there is none of that name.
    pub fn allow(&mut self, name: &str) -> bool {
        match name {
            "iso" => self.iso = true,
            "absolute" => self.absolute = true,
            "relative" => self.relative = true,
            "month_first" => (self.absolute, self.month_first) = (true, true),
            _ => return false,
        }
        true
    }

    pub fn or(self, other: Formats) -> Formats {
        Formats {
            iso: self.iso || other.iso,
            absolute: self.absolute || other.absolute,
            relative: self.relative || other.relative,
            month_first: self.month_first || other.month_first,
        }
    }
}

// The time zones are bundled with the program (jiff's `tzdb-bundle-always`), so this one is always found.
#[allow(clippy::expect_used)]
static ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Copenhagen").expect("the bundled time zones hold Europe/Copenhagen"));

/// Longest text that is looked at; a date is shorter.
const MAX_LETTERS: usize = 200;

/// The time that a text names, seen from `now`, the time of fetching.
pub(super) fn parse(text: &str, now: Timestamp, formats: Formats) -> Option<Timestamp> {
    let short: String = text.chars().take(MAX_LETTERS).collect();
    let folded = NormalText::fold(short.trim());
    let folded = folded.as_str();
    let iso = || formats.iso.then(|| iso::parse(folded)).flatten();
    let absolute = || formats.absolute.then(|| absolute::parse(folded, now, formats.month_first)).flatten();
    let relative = || formats.relative.then(|| relative::parse(folded, now)).flatten();
    iso().or_else(absolute).or_else(relative)
}

/// A local time as UTC. One that occurs twice is its first; one that does not occur is an hour later (RFC 5545's
/// way, jiff's 'compatible').
fn local(time: DateTime) -> Option<Timestamp> {
    ZONE.to_ambiguous_timestamp(time).compatible().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `now` is 3 November 2026, 15:30 in Copenhagen (a Tuesday), unless given.
    fn check_at(now: &str, text: &str, expected: &str) {
        let found = parse(text, now.parse().unwrap(), Formats::default());
        let expected = (!expected.is_empty()).then(|| expected.parse().unwrap());
        assert_eq!(found, expected, "{text}");
    }

    fn check(text: &str, expected: &str) {
        check_at("2026-11-03T14:30:00Z", text, expected);
    }

    #[test]
    fn dates_for_machines() {
        check("2026-11-03T14:05:00+01:00", "2026-11-03T13:05:00Z");
        check("2026-11-03T14:05:00.123Z", "2026-11-03T14:05:00Z");
        check("2026-11-03 14:05", "2026-11-03T13:05:00Z");
        check("2026-07-03 14:05:30", "2026-07-03T12:05:30Z");
        check("2026-11-03", "2026-11-02T23:00:00Z");
        check("20261103T140500Z", "2026-11-03T14:05:00Z");
        check("Tue, 03 Nov 2026 14:05:00 +0100", "2026-11-03T13:05:00Z");
        check("Tue, 03 Nov 2026 14:05:00 GMT", "2026-11-03T14:05:00Z");
        check("1793711100", "2026-11-03T13:05:00Z");
        check("1793711100000", "2026-11-03T13:05:00Z");
    }

    #[test]
    fn dates_for_people() {
        let expected = "2026-11-03T13:05:00Z";
        for text in [
            "3. november 2026 kl. 14.05",
            "03-11-2026 14:05",
            "3/11/26 14.05",
            "3.11.2026, 14:05 Uhr",
            "Nov 3, 2026 2:05 PM",
            "November 3rd, 2026 at 2:05pm",
            "3rd of November 2026, 14:05",
            "tirsdag den 3. nov. 2026 klokken 14:05",
            "3 november 2026 kl. 14:05",
            "Oprettet: 3/11-2026 14:05",
            "3. November 2026 um 14:05 Uhr",
            "14:05, 3. november",
            "3. nov 14:05",
            "3/11 14:05",
            "2026/11/03 14:05",
        ] {
            check(text, expected);
        }
        check("3. marts 2026", "2026-03-02T23:00:00Z");
        check("3. März 2026", "2026-03-02T23:00:00Z");
        check("3 mars 2026", "2026-03-02T23:00:00Z");
        check("24. december", "2025-12-23T23:00:00Z");
        check("12:15 AM, Nov 3, 2026", "2026-11-02T23:15:00Z");
        check("11/23/2026", "2026-11-22T23:00:00Z");
        for text in ["", "31. februar 2026", "45-11-2026", "Anna", "3. blomst 2026", "34 00 00 50", "99/99"] {
            check(text, "");
        }
        let month_first = Formats { month_first: true, ..Formats::default() };
        let now = "2026-11-30T14:30:00Z".parse().unwrap();
        assert_eq!(parse("11/03/2026", now, month_first), "2026-11-02T23:00:00Z".parse().ok());
        assert_eq!(parse("11/03/2026", now, Formats::default()), "2026-03-10T23:00:00Z".parse().ok());
    }

    #[test]
    fn times_relative_to_the_fetch() {
        for text in ["for 3 timer siden", "3 hours ago", "för 3 timmar sedan", "vor 3 Stunden", "3 t. siden", "3h ago"]
        {
            check(text, "2026-11-03T11:30:00Z");
        }
        for text in ["i går 14:05", "i går kl. 14.05", "yesterday at 2:05 pm", "igår 14:05", "gestern, 14:05 Uhr"] {
            check(text, "2026-11-02T13:05:00Z");
        }
        for text in ["idag 14:05", "i dag kl. 14:05", "today 14:05", "heute 14:05"] {
            check(text, "2026-11-03T13:05:00Z");
        }
        check("i forgårs 14:05", "2026-11-01T13:05:00Z");
        check("vorgestern 14:05", "2026-11-01T13:05:00Z");
        check("lige nu", "2026-11-03T14:30:00Z");
        check("just now", "2026-11-03T14:30:00Z");
        check("for et kvarter siden", "2026-11-03T14:15:00Z");
        check("en time siden", "2026-11-03T13:30:00Z");
        check("an hour ago", "2026-11-03T13:30:00Z");
        check("for 1 time og 20 minutter siden", "2026-11-03T13:10:00Z");
        check("2 days ago", "2026-11-01T14:30:00Z");
        check("for 2 uger siden", "2026-10-20T13:30:00Z");
        check("vor einem Monat", "2026-10-03T13:30:00Z");
        check("for et år siden", "2025-11-03T14:30:00Z");
        check("i mandags 14:05", "2026-11-02T13:05:00Z");
        check("mandag kl. 14:05", "2026-11-02T13:05:00Z");
        check("tirsdag 14:05", "2026-11-03T13:05:00Z");
        check("tirsdag 16:05", "2026-10-27T15:05:00Z");
        check("14:05", "2026-11-03T13:05:00Z");
        check("16:05", "2026-11-02T15:05:00Z");
        for text in ["for længe siden", "99999999999 timer siden", "om 3 timer", "in 3 hours", "3 timer"] {
            check(text, "");
        }
    }

    #[test]
    fn both_nights_on_which_the_clock_changes() {
        // 25 October 2026, 03:00 back to 02:00: half past two occurs twice, the first is summer time.
        check_at("2026-10-25T12:00:00Z", "25. oktober 2026 kl. 02.30", "2026-10-25T00:30:00Z");
        check_at("2026-10-25T12:00:00Z", "2026-10-25 01:59", "2026-10-24T23:59:00Z");
        check_at("2026-10-25T12:00:00Z", "2026-10-25 03:00", "2026-10-25T02:00:00Z");
        check_at("2026-10-25T02:30:00Z", "for 3 timer siden", "2026-10-24T23:30:00Z");
        check_at("2026-10-25T12:00:00Z", "i går 12:00", "2026-10-24T10:00:00Z");
        check_at("2026-10-25T12:00:00Z", "2 days ago", "2026-10-23T11:00:00Z");
        // 29 March 2026, 02:00 on to 03:00: half past two does not occur.
        check_at("2026-03-29T12:00:00Z", "29. marts 2026 kl. 02.30", "2026-03-29T01:30:00Z");
        check_at("2026-03-29T12:00:00Z", "29-03-2026 03:30", "2026-03-29T01:30:00Z");
        check_at("2026-03-29T12:00:00Z", "i går 12:00", "2026-03-28T11:00:00Z");
        check_at("2026-03-29T02:30:00Z", "for 3 timer siden", "2026-03-28T23:30:00Z");
    }

    #[test]
    fn only_allowed_formats_are_read() {
        let mut iso = Formats::none();
        assert!(iso.allow("iso") && !iso.allow("roman"));
        let now = "2026-11-03T14:30:00Z".parse().unwrap();
        assert!(parse("2026-11-03", now, iso).is_some());
        assert_eq!((parse("3. november 2026", now, iso), parse("i går", now, iso)), (None, None));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}", second in -62_000_000_000i64..62_000_000_000) {
            let now = Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH);
            parse(&text, now, Formats::default());
            parse(&format!("{text} 999999 dage siden 29. februar"), now, Formats::default());
        }
    }
}
