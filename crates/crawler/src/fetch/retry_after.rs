//! `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date in one of three forms.

use jiff::Timestamp;
use jiff::fmt::strtime;
use std::time::Duration;

/// How long to be quiet. A date is taken against the server's own `Date` where it sends one, so that a server whose
/// clock is wrong is understood all the same.
pub fn retry_after(value: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit mean: longer than anyone waits.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let until = http_date(value)?;
    let from = date.and_then(http_date).unwrap_or(now);
    Some(Duration::try_from(until.duration_since(from)).unwrap_or(Duration::ZERO))
}

/// A date as HTTP writes it (RFC 9110, section 5.6.7), old forms included.
pub fn http_date(text: &str) -> Option<Timestamp> {
    const FORMS: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    FORMS.iter().find_map(|form| {
        let read = strtime::parse(form, text.trim()).ok()?.to_datetime().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(read).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_the_three_forms_of_a_date() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().expect("a time");
        let thirty = Some(Duration::from_secs(30));
        assert_eq!(retry_after("30", None, now), thirty);
        for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(retry_after(date, None, now), thirty, "{date}");
        }
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 10:00:30 GMT", Some("Sun, 06 Nov 1994 10:00:00 GMT"), now),
            thirty,
            "the server's clock is an hour ahead"
        );
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", None, now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", None, now), None);
        assert_eq!(retry_after("-5", None, now), None);
        assert!(retry_after("99999999999999999999", None, now).is_some_and(|wait| wait.as_secs() > 86_400));
    }
}
