//! Times in the database: UTC milliseconds; local days and hours of Europe/Copenhagen; the observations of one day.

use crate::StoreError;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use std::sync::OnceLock;

/// The zone in which days and hours are counted. The database of zones is compiled in.
fn copenhagen() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC))
}

pub(crate) fn from_ms(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).map_err(|_| StoreError::Corrupt { what: "a time" })
}

/// The local day as `yyyymmdd`, and the local hour.
pub(crate) fn local_day_and_hour(at: Timestamp) -> (i64, u32) {
    let local = at.to_zoned_datetime(copenhagen().clone());
    let day = i64::from(local.year()) * 10_000 + i64::from(local.month()) * 100 + i64::from(local.day());
    (day, u32::from(local.hour().unsigned_abs()))
}

/// A local day from `yyyymmdd`.
pub(crate) fn day_from_number(number: i64) -> Result<Date, StoreError> {
    let parts = || {
        let year = i16::try_from(number / 10_000).ok()?;
        let month = i8::try_from(number / 100 % 100).ok()?;
        let day = i8::try_from(number % 100).ok()?;
        Date::new(year, month, day).ok()
    };
    parts().ok_or(StoreError::Corrupt { what: "a day" })
}

/// A day from `yyyy-mm-dd`.
pub(crate) fn day_from_text(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { what: "a day" })
}

/// Observations of one day as bytes: the first in full, then differences, as LEB128.
pub(crate) fn pack_times(sorted_ms: &[i64]) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::with_capacity(sorted_ms.len() * 4 + 4), 0_i64);
    for &ms in sorted_ms {
        // Times lie after 1970 and are sorted, so that differences are not negative.
        let mut rest = ms.wrapping_sub(before).unsigned_abs();
        before = ms;
        while rest >= 0x80 {
            bytes.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}

/// The way back from [`pack_times`].
pub(crate) fn unpack_times(bytes: &[u8]) -> Result<Vec<i64>, StoreError> {
    let corrupt = || StoreError::Corrupt { what: "the observations of a day" };
    let (mut times, mut before, mut value, mut shift) = (Vec::new(), 0_i64, 0_u64, 0_u32);
    for &byte in bytes {
        if shift > 56 {
            return Err(corrupt());
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            before = i64::try_from(value).ok().and_then(|step| before.checked_add(step)).ok_or_else(corrupt)?;
            times.push(before);
            (value, shift) = (0, 0);
        }
    }
    if shift == 0 { Ok(times) } else { Err(corrupt()) }
}

/// What a sighting row says of its observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DaySummary {
    pub first: i64,
    pub last: i64,
    pub count: u32,
    pub hours: u32,
    pub longest_gap_ms: i64,
}

/// Sums up observations (sorted, not empty).
pub(crate) fn sum_up(sorted_ms: &[i64]) -> Result<DaySummary, StoreError> {
    let (first, last) = match (sorted_ms.first(), sorted_ms.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => return Err(StoreError::Corrupt { what: "the observations of a day" }),
    };
    let mut hours = 0;
    for &ms in sorted_ms {
        hours |= 1 << local_day_and_hour(from_ms(ms)?).1;
    }
    let longest_gap_ms = sorted_ms.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
    let count = u32::try_from(sorted_ms.len()).unwrap_or(u32::MAX);
    Ok(DaySummary { first, last, count, hours, longest_gap_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn observations_survive_packing(mut times in proptest::collection::vec(0_i64..4_102_444_800_000, 0..40)) {
            times.sort_unstable();
            prop_assert_eq!(unpack_times(&pack_times(&times)).unwrap(), times);
        }
        #[test]
        fn broken_bytes_are_an_error_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = unpack_times(&bytes);
        }
    }

    #[test]
    fn days_and_hours_are_those_of_copenhagen_in_winter_and_summer() {
        let winter: Timestamp = "2026-01-31T23:30:00Z".parse().unwrap();
        assert_eq!(local_day_and_hour(winter), (20_260_201, 0));
        let summer: Timestamp = "2026-07-01T22:00:00Z".parse().unwrap();
        assert_eq!(local_day_and_hour(summer), (20_260_702, 0));
    }
}
