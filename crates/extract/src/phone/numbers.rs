//! Which digits are a valid phone number.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// A number in E.164, and how sure its form alone is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Valid {
    pub e164: String,
    /// Written with a country code.
    pub international: bool,
    /// Digits of the country code and of what stands before it, `45`, `0045`: the separator behind them says nothing.
    pub prefix: usize,
    /// Only with a hint beside it.
    pub needs_hint: bool,
    /// Of a possible length for its country, though in no series that is in use.
    pub loose: bool,
}

/// Reads `digits`; with `plus`, a `+` stood before them. `regions` are tried for numbers with a leading zero.
///
/// Danish numbers are eight digits from 2 to 9 (Bekendtgørelse om den samlede danske nummerplan). The metadata of
/// libphonenumber is narrower, since it leaves out series that no operator has yet; it decides foreign numbers only.
pub(super) fn valid(digits: &str, plus: bool, regions: &[Region]) -> Option<Valid> {
    let danish = |rest: &str| rest.len() == 8 && matches!(rest.as_bytes().first(), Some(b'2'..=b'9'));
    let make = |e164: String, international: bool, prefix: usize, needs_hint: bool| {
        Some(Valid { e164, international, prefix, needs_hint, loose: false })
    };
    let abroad = |digits: &str, prefix: usize| {
        let (e164, loose) = foreign(digits).map(|e164| (e164, false)).or_else(|| Some((possible(digits)?, true)))?;
        Some(Valid { e164, international: true, prefix, needs_hint: false, loose })
    };
    if plus {
        if let Some(rest) = digits.strip_prefix("45") {
            // "+45 (0)" after the British manner.
            let rest = rest.strip_prefix('0').filter(|rest| danish(rest)).unwrap_or(rest);
            return if danish(rest) { make(format!("+45{rest}"), true, 2, false) } else { None };
        }
        return abroad(digits, 2);
    }
    if danish(digits) {
        return make(format!("+45{digits}"), false, 0, false);
    }
    if let Some(rest) = digits.strip_prefix("0045") {
        return if danish(rest) { make(format!("+45{rest}"), true, 4, false) } else { None };
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return abroad(rest, 4);
    }
    if let Some(rest) = digits.strip_prefix("45")
        && danish(rest)
    {
        return make(format!("+45{rest}"), true, 2, false);
    }
    if digits.starts_with('0') && (9..=12).contains(&digits.len()) {
        let e164 = regions.iter().find_map(|region| national(digits, *region))?;
        // "070-174 06 12": Swedish mobiles are written so, and nothing Danish begins with a nought.
        let swedish = digits.len() == 10 && digits.starts_with("07") && e164.starts_with("+46");
        return make(e164, false, 0, !swedish);
    }
    if let Some(country) = ["46", "47", "49", "44", "48", "40"].iter().find(|code| digits.starts_with(**code))
        && (10..=13).contains(&digits.len())
    {
        return foreign(digits).and_then(|e164| make(e164, true, country.len(), true));
    }
    None
}

fn foreign(digits: &str) -> Option<String> {
    if !(8..=16).contains(&digits.len()) {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?;
    PHONE_NUMBER_UTIL
        .is_valid_number(&number)
        .then(|| PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}

/// Behind a plus: a country's code and as many digits as its numbers have. Series are opened before the list knows them,
/// and some are kept for fiction.
fn possible(digits: &str) -> Option<String> {
    if !(10..=14).contains(&digits.len()) {
        return None;
    }
    let number = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?;
    PHONE_NUMBER_UTIL.is_possible_number(&number).then(|| format!("+{digits}"))
}

fn national(digits: &str, region: Region) -> Option<String> {
    let number = PHONE_NUMBER_UTIL.parse(digits, Some(region)).ok()?;
    PHONE_NUMBER_UTIL
        .is_valid_number(&number)
        .then(|| PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned())
}
