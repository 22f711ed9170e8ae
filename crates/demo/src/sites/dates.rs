//! Dates as Danish sites write them, in Danish time.

use jiff::{Timestamp, ZonedDateTime, civil::Date, tz::TimeZone};

fn local(at: Timestamp) -> ZonedDateTime {
    // The zone is bundled with jiff, so the fallback never acts.
    at.to_zoned_datetime(TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC))
}

/// `12-09-2026 14:05`
pub(super) fn numeric(at: Timestamp) -> String {
    local(at).strftime("%d-%m-%Y %H:%M").to_string()
}

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
];

/// `12. september 2026 kl. 14.05`
pub(super) fn written(at: Timestamp) -> String {
    let at = local(at);
    let month = MONTHS[usize::from(at.month().unsigned_abs() - 1) % 12];
    format!("{}. {month} {} kl. {:02}.{:02}", at.day(), at.year(), at.hour(), at.minute())
}

/// `for 12 minutter siden`, `for 3 timer siden`, `i går 14:05`, `i forgårs 14:05`, then `12. september 2026 kl. 14.05`.
pub(super) fn relative(at: Timestamp, now: Timestamp) -> String {
    let minutes = (now.as_second() - at.as_second()) / 60;
    let (then, today) = (local(at), local(now));
    let clock = format!("{:02}:{:02}", then.hour(), then.minute());
    let day: Date = then.date();
    match minutes {
        ..1 => "lige nu".to_owned(),
        1 => "for 1 minut siden".to_owned(),
        2..60 => format!("for {minutes} minutter siden"),
        _ if day == today.date() && minutes < 120 => "for 1 time siden".to_owned(),
        _ if day == today.date() => format!("for {} timer siden", minutes / 60),
        _ if today.date().yesterday().is_ok_and(|yesterday| yesterday == day) => format!("i går {clock}"),
        _ => written(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_danish_and_count_from_now() {
        let now: Timestamp = "2026-09-12T18:30:00+02:00".parse().unwrap();
        let ago = |minutes: i64| relative(now - jiff::SignedDuration::from_mins(minutes), now);
        assert_eq!(ago(0), "lige nu");
        assert_eq!(ago(1), "for 1 minut siden");
        assert_eq!(ago(59), "for 59 minutter siden");
        assert_eq!(ago(61), "for 1 time siden");
        assert_eq!(ago(185), "for 3 timer siden");
        assert_eq!(ago(24 * 60), "i går 18:30");
        assert_eq!(ago(72 * 60), "9. september 2026 kl. 18.30");
        assert_eq!(numeric(now), "12-09-2026 18:30");
    }
}
