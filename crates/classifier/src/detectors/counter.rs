//! Context that argues the other way. It stands beside the evidence and never takes away an offer of help.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::Indicator;
use crate::group::{GroupContext, ads_evidence, days_between};
use domain::Contact;
use std::collections::BTreeSet;

/// One number, within `km` of one town, for `days` or more.
pub(super) fn stable_contact(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (least, km) = (indicator.parameters.number("days"), indicator.parameters.number("km"));
    let mut evidence = Vec::new();
    for (phone, ads) in context.phones() {
        let ads: Vec<_> = ads.iter().filter_map(|index| context.ads.get(*index)).collect();
        let alone = ads.iter().all(|ad| ad.phones().iter().all(|other| *other == phone));
        let towns: BTreeSet<&str> = ads.iter().flat_map(|ad| ad.stays.iter().map(|stay| stay.town)).collect();
        let near = towns.first().is_some_and(|first| {
            towns.iter().all(|town| context.reference.geography().km(first, town).is_some_and(|d| d <= km))
        });
        let first = ads.iter().map(|ad| ad.first).min();
        let last = ads.iter().map(|ad| ad.last).max();
        let days = first.zip(last).map_or(0.0, |(first, last)| days_between(first, last));
        if alone && near && days >= least {
            evidence.push(ads_evidence(
                ads.iter().map(|ad| &ad.facts.ad),
                format!("Samme nummer og by i {days:.0} dage"),
                format!("The same number and town for {days:.0} days"),
            ));
        }
    }
    fires_or_silent(evidence)
}

/// One name and at most one number at a time, for `days` or more.
pub(super) fn single_persona(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let names: BTreeSet<&str> =
        context.ads.iter().flat_map(|ad| ad.versions.iter().flat_map(|v| v.names.iter().map(String::as_str))).collect();
    let ages: BTreeSet<u32> = context.ads.iter().flat_map(|ad| ad.ages.clone()).collect();
    let phones: BTreeSet<&Contact> = context.ads.iter().flat_map(|ad| ad.phones()).collect();
    let first = context.ads.iter().map(|ad| ad.first).min();
    let last = context.ads.iter().map(|ad| ad.last).max();
    let days = first.zip(last).map_or(0.0, |(first, last)| days_between(first, last));
    let same_age = ages.first().zip(ages.last()).is_none_or(|(low, high)| high - low <= 1);
    if names.len() != 1 || !same_age || phones.len() > 2 || days < indicator.parameters.number("days") {
        return Outcome::Silent;
    }
    fires_or_silent(vec![ads_evidence(
        context.ads.iter().map(|ad| &ad.facts.ad),
        format!("Samme navn og alder i alle annoncer i {days:.0} dage"),
        format!("The same name and age in all ads for {days:.0} days"),
    )])
}

/// First seen `days` ago or more.
pub(super) fn long_history(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let first = context.ads.iter().min_by(|a, b| (a.first, &a.facts.ad).cmp(&(b.first, &b.facts.ad)));
    let last = context.ads.iter().map(|ad| ad.last).max();
    let Some((first, last)) = first.zip(last) else { return Outcome::Silent };
    let days = days_between(first.first, last);
    if days < indicator.parameters.number("days") {
        return Outcome::Silent;
    }
    fires_or_silent(vec![ads_evidence(
        [&first.facts.ad],
        format!("Set gennem {days:.0} dage"),
        format!("Seen over {days:.0} days"),
    )])
}
