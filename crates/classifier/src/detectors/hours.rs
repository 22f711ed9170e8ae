//! Signs that rest on when an advertiser is active. That an ad is up says nothing of it: only what was posted or
//! changed counts as a mark.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::Indicator;
use crate::group::{GroupContext, ads_evidence, days_between};
use domain::Bilingual;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Marks over more than `hours` of a local day, on `days` days or more.
pub(super) fn long_hours(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (hours, days) = (indicator.parameters.number("hours"), indicator.parameters.count("days"));
    let mut by_day: BTreeMap<Date, BTreeSet<Timestamp>> = BTreeMap::new();
    for (day, at) in context.ads.iter().flat_map(|ad| ad.marks()) {
        by_day.entry(day).or_default().insert(at);
    }
    let with_marks = by_day.values().filter(|marks| marks.len() >= 2).count();
    if with_marks < days {
        return Outcome::Abstains(Bilingual {
            da: format!("Kun {with_marks} dage med flere opslag eller ændringer; der skal {days} til"),
            en: format!("Only {with_marks} days with several posts or changes; {days} are needed"),
        });
    }
    // Hours that passed, not hours on the clock: the days on which the clock is moved have 23 or 25.
    let long = by_day.values().filter(|marks| {
        let span = marks.first().zip(marks.last()).map_or(0.0, |(first, last)| days_between(*first, *last) * 24.0);
        span > hours
    });
    let count = long.count();
    if count < days {
        return Outcome::Silent;
    }
    Outcome::Fires(vec![ads_evidence(
        context.ads.iter().map(|ad| &ad.facts.ad),
        format!("Opslag eller ændringer over mere end {hours} timer af døgnet på {count} dage"),
        format!("Posts or changes over more than {hours} hours of the day on {count} days"),
    )])
}

/// No gap of more than `gap_days` between marks for `weeks`, with `least_marks` days of them at least.
pub(super) fn no_days_off(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let (weeks, gap, least) =
        (parameters.number("weeks"), parameters.number("gap_days"), parameters.count("least_marks"));
    let days: BTreeSet<Date> = context.ads.iter().flat_map(|ad| ad.marks()).map(|(day, _)| day).collect();
    if days.len() < least {
        return Outcome::Abstains(Bilingual {
            da: format!("Kun {} dage med opslag eller ændringer; der skal {least} til", days.len()),
            en: format!("Only {} days with posts or changes; {least} are needed", days.len()),
        });
    }
    let first = context.ads.iter().map(|ad| ad.first).min().unwrap_or(context.as_of);
    let seen = days_between(first, context.as_of);
    if seen < weeks * 7.0 {
        return Outcome::Abstains(Bilingual {
            da: format!("Set i {seen:.0} dage; der skal {:.0} til", weeks * 7.0),
            en: format!("Seen for {seen:.0} days; {:.0} are needed", weeks * 7.0),
        });
    }
    let between = |a: Date, b: Date| f64::from((b - a).get_days());
    let (mut start, mut last, mut best): (Option<Date>, Option<Date>, f64) = (None, None, 0.0);
    for day in days {
        if last.is_none_or(|last| between(last, day) > gap) {
            start = Some(day);
        }
        best = best.max(start.map_or(0.0, |start| between(start, day)));
        last = Some(day);
    }
    if best < weeks * 7.0 {
        return Outcome::Silent;
    }
    fires_or_silent(vec![ads_evidence(
        context.ads.iter().map(|ad| &ad.facts.ad),
        format!("Opslag eller ændringer i {best:.0} dage uden pause på mere end {gap} dage"),
        format!("Posts or changes for {best:.0} days without a pause of more than {gap} days"),
    )])
}
