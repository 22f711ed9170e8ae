//! Signs that rest on towns, distances and dates.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, Stay, ads_evidence, days_between};
use crate::reference::travel_per_day;
use domain::{AdRef, Bilingual};
use std::collections::{BTreeMap, BTreeSet};

/// A stay with the ad that says so.
type Seen<'a> = (Stay<'a>, &'a AdRef);

fn stays<'a>(ads: &[&AdSummary<'a>]) -> Vec<Seen<'a>> {
    let mut stays: Vec<Seen<'a>> =
        ads.iter().flat_map(|ad| ad.stays.iter().map(|stay| (stay.clone(), &ad.facts.ad))).collect();
    stays.sort_by(|a, b| (a.0.from, a.0.town, a.1).cmp(&(b.0.from, b.0.town, b.1)));
    stays
}

/// Towns of which no two lie nearer than `km`: suburbs of one city are one. Codes that no map knows are left out.
fn apart<'a>(context: &GroupContext<'_>, towns: impl IntoIterator<Item = &'a str>, km: f64) -> Vec<&'a str> {
    let geography = context.reference.geography();
    let mut kept: Vec<&str> = Vec::new();
    for town in towns.into_iter().filter(|town| geography.name(town).is_some()).collect::<BTreeSet<_>>() {
        if kept.iter().all(|other| geography.km(town, other).is_some_and(|distance| distance >= km)) {
            kept.push(town);
        }
    }
    kept
}

fn named(context: &GroupContext<'_>, towns: &[&str]) -> String {
    towns.iter().map(|town| context.town(town)).collect::<Vec<_>>().join(", ")
}

/// One contact in `towns` municipalities within `days`, or in `towns_same_day` on one day.
pub(super) fn multi_city(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let (window, km) = (parameters.number("days"), parameters.number("km"));
    let mut evidence = Vec::new();
    for ads in context.by_contact.values() {
        let ads: Vec<&AdSummary<'_>> = ads.iter().filter_map(|index| context.ads.get(*index)).collect();
        let stays = stays(&ads);
        for (index, (first, _)) in stays.iter().enumerate() {
            let within: Vec<&Seen<'_>> =
                stays.iter().skip(index).take_while(|(s, _)| days_between(first.from, s.from) <= window).collect();
            let at_once: Vec<&Seen<'_>> =
                stays.iter().filter(|(s, _)| s.from <= first.to && s.to >= first.to).collect();
            let enough = [(at_once, "towns_same_day"), (within, "towns")].into_iter().find_map(|(seen, least)| {
                let towns = apart(context, seen.iter().map(|(stay, _)| stay.town), km);
                (towns.len() >= parameters.count(least)).then_some((seen, towns))
            });
            let Some((seen, towns)) = enough else { continue };
            let (count, ads) = (towns.len(), seen.iter().map(|(_, ad)| *ad));
            let towns = named(context, &towns);
            evidence.push(ads_evidence(
                ads,
                format!("Samme kontaktpunkt i {count} kommuner inden for {window} dage: {towns}"),
                format!("The same contact in {count} municipalities within {window} days: {towns}"),
            ));
            break;
        }
    }
    fires_or_silent(evidence)
}

/// Kilometres a day above the percentile of contacts that begin in the same region.
pub(super) fn rapid_relocation(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let percentile = indicator.parameters.number("percentile");
    let mut evidence = Vec::new();
    let mut missing = None;
    for ads in context.by_contact.values() {
        let ads: Vec<&AdSummary<'_>> = ads.iter().filter_map(|index| context.ads.get(*index)).collect();
        let seen = stays(&ads);
        let towns: BTreeSet<&str> = seen.iter().map(|(stay, _)| stay.town).collect();
        if towns.len() < 2 {
            continue;
        }
        let geography = context.reference.geography();
        let region = seen.first().and_then(|(stay, _)| geography.region(stay.town));
        let (Some(region), Some(km)) = (region, travel_per_day(&ads, geography)) else { continue };
        match context.reference.travel(region, percentile) {
            Some((bound, n)) if km > bound && km >= indicator.parameters.number("least_km_day") => {
                evidence.push(ads_evidence(
                    ads.iter().map(|ad| &ad.facts.ad),
                    format!("{km:.0} km om dagen; {percentile} % af {n} i {region} rejser højst {bound:.0}"),
                    format!("{km:.0} km a day; {percentile} % of {n} in {region} travel {bound:.0} at most"),
                ));
            }
            Some(_) => {}
            None => missing = Some(region),
        }
    }
    match missing {
        Some(region) if evidence.is_empty() => Outcome::Abstains(Bilingual {
            da: format!("Færre end 30 annoncører på rejse i {region}"),
            en: format!("Fewer than 30 travelling advertisers in {region}"),
        }),
        _ => fires_or_silent(evidence),
    }
}

/// At least `contacts` numbers visit the same `towns` (or more) in the same order, each within `days` of the others.
pub(super) fn synchronised_circuit(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let (least, days) = (parameters.count("towns"), parameters.number("days"));
    let mut routes: Vec<(Vec<Seen<'_>>, BTreeSet<&AdRef>)> = Vec::new();
    for (_, ads) in context.phones() {
        let ads: Vec<&AdSummary<'_>> = ads.iter().filter_map(|index| context.ads.get(*index)).collect();
        let mut route = stays(&ads);
        route.dedup_by(|next, kept| next.0.town == kept.0.town);
        let moves = route.iter().map(|(stay, _)| stay.town).collect::<BTreeSet<_>>().len();
        if moves >= least {
            let ads = ads.iter().map(|ad| &ad.facts.ad).collect();
            // Two numbers of the same ads are one route.
            if routes.iter().all(|(_, other)| *other != ads) {
                routes.push((route, ads));
            }
        }
    }
    let mut evidence = Vec::new();
    for (index, (route, ads)) in routes.iter().enumerate() {
        let mut together: BTreeSet<&AdRef> = ads.clone();
        let (mut contacts, mut towns): (usize, Vec<&str>) = (1, Vec::new());
        for (other, other_ads) in routes.iter().skip(index + 1).filter(|(_, other)| other.is_disjoint(ads)) {
            let common = common_route(route, other, days);
            if common.iter().collect::<BTreeSet<_>>().len() >= least {
                contacts += 1;
                together.extend(other_ads);
                if common.len() > towns.len() {
                    towns = common;
                }
            }
        }
        if contacts >= parameters.count("contacts") {
            let route: String = towns.iter().map(|town| context.town(town)).collect::<Vec<_>>().join(" → ");
            evidence.push(ads_evidence(
                together,
                format!("{contacts} numre følges ad: {route}, højst {days} dage forskudt"),
                format!("{contacts} numbers follow each other: {route}, at most {days} days apart"),
            ));
        }
    }
    fires_or_silent(evidence)
}

/// The longest common run of towns in order whose arrivals lie at most `days` apart.
fn common_route<'a>(a: &[Seen<'a>], b: &[Seen<'a>], days: f64) -> Vec<&'a str> {
    let mut best: Vec<Vec<&str>> = vec![Vec::new(); b.len() + 1];
    for (stay, _) in a {
        let mut next = vec![Vec::new()];
        for (column, (other, _)) in b.iter().enumerate() {
            let meets = stay.town == other.town && days_between(stay.from, other.from).abs() <= days;
            let (above, left, diagonal) = (best.get(column + 1), next.get(column), best.get(column));
            let longest = if meets {
                let mut route = diagonal.cloned().unwrap_or_default();
                route.push(stay.town);
                route
            } else {
                let (above, left) = (above.cloned().unwrap_or_default(), left.cloned().unwrap_or_default());
                if above.len() >= left.len() { above } else { left }
            };
            next.push(longest);
        }
        best = next;
    }
    best.pop().unwrap_or_default()
}

/// One persona advertised at least `km` apart at once, for `days` in all. An ad left standing after a move lasts a day
/// or two; hence the days. Ads live for hours or days, so the days of a pair of towns are added up.
pub(super) fn simultaneous_locations(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (km, days) = (indicator.parameters.number("km"), indicator.parameters.number("days"));
    let geography = context.reference.geography();
    let mut evidence = Vec::new();
    for ads in context.personas().values() {
        let mut by_town: BTreeMap<&str, Vec<Seen<'_>>> = BTreeMap::new();
        for (stay, ad) in stays(ads) {
            by_town.entry(stay.town).or_default().push((stay, ad));
        }
        let towns: Vec<(&str, Vec<Seen<'_>>)> = by_town.into_iter().collect();
        let pairs =
            towns.iter().enumerate().flat_map(|(at, here)| towns.iter().skip(at + 1).map(move |there| (here, there)));
        let best = pairs
            .filter_map(|(here, there)| {
                let distance = geography.km(here.0, there.0).filter(|distance| *distance >= km)?;
                let (together, ads) = at_once(&here.1, &there.1);
                (together >= days).then_some((here.0, there.0, distance, together, ads))
            })
            .max_by(|a, b| a.3.total_cmp(&b.3));
        if let Some((here, there, distance, together, ads)) = best {
            let (here, there) = (context.town(here), context.town(there));
            evidence.push(ads_evidence(
                ads,
                format!("Samme person i {here} og {there} ({distance:.0} km) samtidig i {together:.0} dage"),
                format!("The same persona in {here} and {there} ({distance:.0} km) at once for {together:.0} days"),
            ));
        }
    }
    fires_or_silent(evidence)
}

/// Days for which stays of both lists hold at once, each moment once, and the ads that say so.
fn at_once<'a>(here: &[Seen<'a>], there: &[Seen<'a>]) -> (f64, BTreeSet<&'a AdRef>) {
    let (mut common, mut ads) = (Vec::new(), BTreeSet::new());
    for (a, ad) in here {
        for (b, other) in there {
            let (from, to) = (a.from.max(b.from), a.to.min(b.to));
            if from < to {
                common.push((from, to));
                ads.extend([*ad, *other]);
            }
        }
    }
    common.sort();
    let (mut days, mut until) = (0.0, None);
    for (from, to) in common {
        let from = until.map_or(from, |until| from.max(until));
        days += days_between(from, to).max(0.0);
        until = until.max(Some(to));
    }
    (days, ads)
}
