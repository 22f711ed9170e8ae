//! The words of dates in Danish, English, Swedish and German, folded to ASCII (see `domain::NormalText`).

use jiff::civil::Weekday;

/// A length of time that relative dates count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Quarter,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// 1 to 12.
pub(super) fn month(word: &str) -> Option<i8> {
    Some(match word {
        "januar" | "january" | "januari" | "jan" => 1,
        "februar" | "february" | "februari" | "feb" => 2,
        "marts" | "march" | "mars" | "maerz" | "marz" | "mar" | "mrz" => 3,
        "april" | "apr" => 4,
        "maj" | "may" | "mai" => 5,
        "juni" | "june" | "jun" => 6,
        "juli" | "july" | "jul" => 7,
        "august" | "augusti" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "oktober" | "october" | "okt" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dezember" | "dec" | "dez" => 12,
        _ => return None,
    })
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "mandag" | "mandags" | "monday" | "maandag" | "maandags" | "montag" => Weekday::Monday,
        "tirsdag" | "tirsdags" | "tuesday" | "tisdag" | "tisdags" | "dienstag" => Weekday::Tuesday,
        "onsdag" | "onsdags" | "wednesday" | "mittwoch" => Weekday::Wednesday,
        "torsdag" | "torsdags" | "thursday" | "donnerstag" => Weekday::Thursday,
        "fredag" | "fredags" | "friday" | "freitag" => Weekday::Friday,
        "loerdag" | "loerdags" | "saturday" | "samstag" | "sonnabend" => Weekday::Saturday,
        "soendag" | "soendags" | "sunday" | "sonntag" => Weekday::Sunday,
        _ => return None,
    })
}

pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "s" | "sek" | "sec" | "secs" | "sekund" | "sekunder" | "second" | "seconds" | "sekunde" | "sekunden" => {
            Unit::Second
        }
        "m" | "min" | "mins" | "minut" | "minutter" | "minute" | "minutes" | "minuter" | "minuten" => Unit::Minute,
        "kvarter" | "kvart" => Unit::Quarter,
        "t" | "h" | "hr" | "hrs" | "time" | "timer" | "hour" | "hours" | "timme" | "timmar" | "tim" | "stunde"
        | "stunden" | "std" => Unit::Hour,
        "d" | "dag" | "dage" | "day" | "days" | "dagar" | "doegn" | "dygn" | "tag" | "tage" | "tagen" => Unit::Day,
        "w" | "u" | "uge" | "uger" | "week" | "weeks" | "vecka" | "veckor" | "woche" | "wochen" => Unit::Week,
        "md" | "mdr" | "maaned" | "maaneder" | "month" | "months" | "maanad" | "maanader" | "monat" | "monate"
        | "monaten" => Unit::Month,
        "y" | "aar" | "year" | "years" | "jahr" | "jahre" | "jahren" => Unit::Year,
        _ => return None,
    })
}

/// A number that is written as a word.
pub(super) fn number(word: &str) -> Option<i64> {
    Some(match word {
        "en" | "et" | "a" | "an" | "one" | "ett" | "ein" | "eine" | "einem" | "einer" => 1,
        "to" | "two" | "tvaa" | "zwei" => 2,
        "tre" | "three" | "drei" => 3,
        "fire" | "four" | "fyra" | "vier" => 4,
        "fem" | "five" | "fuenf" => 5,
        "seks" | "six" | "sex" | "sechs" => 6,
        "syv" | "seven" | "sju" | "sieben" => 7,
        "otte" | "eight" | "aatta" | "acht" => 8,
        "ni" | "nine" | "nio" | "neun" => 9,
        "ti" | "ten" | "tio" | "zehn" => 10,
        _ => return None,
    })
}

/// Words that make a length of time one in the past: `for … siden`, `… ago`, `för … sedan`, `vor …`.
pub(super) fn is_past(word: &str) -> bool {
    matches!(word, "siden" | "ago" | "sedan" | "sen" | "vor")
}

/// Days before today that a word names.
pub(super) fn days_ago(word: &str) -> Option<i64> {
    Some(match word {
        "idag" | "today" | "heute" => 0,
        "igaar" | "yesterday" | "gestern" => 1,
        "iforgaars" | "forgaars" | "foerrgaar" | "vorgestern" => 2,
        _ => return None,
    })
}
