//! Signs that rest on prices.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, ads_evidence, apart, days_between, overlap_days};
use crate::reference::{hourly_price, price_list};
use domain::{AdRef, Bilingual};
use std::collections::{BTreeMap, BTreeSet};

/// An hourly price below the percentile of the region.
pub(super) fn price_low(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let percentile = indicator.parameters.number("percentile");
    let geography = context.reference.geography();
    let (mut evidence, mut missing, mut priced) = (Vec::new(), None, false);
    for ad in &context.ads {
        let (Some(price), Some(region)) = (hourly_price(ad), ad.town().and_then(|town| geography.region(town))) else {
            continue;
        };
        priced = true;
        match context.reference.hourly(region, percentile) {
            Some((bound, n)) if price < bound => evidence.push(ads_evidence(
                [&ad.facts.ad],
                format!("{price} kr. for en time; {percentile} % af {n} i {region} ligger under {bound}"),
                format!("DKK {price} for an hour; {percentile} % of {n} in {region} lie below {bound}"),
            )),
            Some(_) => {}
            None => missing = Some(region),
        }
    }
    let abstain = |da: String, en: String| Outcome::Abstains(Bilingual { da, en });
    match missing {
        _ if !evidence.is_empty() => Outcome::Fires(evidence),
        Some(region) => {
            abstain(format!("Færre end 30 timepriser i {region}"), format!("Fewer than 30 hourly prices in {region}"))
        }
        None if !priced => abstain("Ingen timepris med sted".to_owned(), "No hourly price with a place".to_owned()),
        None => Outcome::Silent,
    }
}

/// The same whole price list under several contacts that share none, where few others have it.
pub(super) fn price_identical(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let mut by_list: BTreeMap<String, Vec<&AdSummary<'_>>> = BTreeMap::new();
    for ad in &context.ads {
        if let Some(list) = price_list(ad).filter(|list| list.split(", ").count() >= parameters.count("prices")) {
            by_list.entry(list).or_default().push(ad);
        }
    }
    let (mut evidence, mut unsure) = (Vec::new(), false);
    for (list, ads) in by_list {
        let several = apart(&ads).len();
        if several < parameters.count("contacts") {
            continue;
        }
        // How rare it is among the others: a large network would make its own list common.
        let own: BTreeSet<_> = ads.iter().filter_map(|ad| ad.latest()?.contacts.first()).collect();
        match context.reference.price_list_share(&list, own.len()) {
            Some(share) if share * 100.0 <= parameters.number("most_share_percent") => {
                let (n, percent) = (several, share * 100.0);
                evidence.push(ads_evidence(
                    ads.iter().map(|ad| &ad.facts.ad),
                    format!("Samme prisliste under {n} kontaktpunkter; {percent:.1} % af de andre har den"),
                    format!("The same price list under {n} contacts; {percent:.1} % of the others have it"),
                ));
            }
            Some(_) => {}
            None => unsure = true,
        }
    }
    if unsure && evidence.is_empty() {
        return Outcome::Abstains(Bilingual {
            da: "For få annoncører til at sige, hvor sjælden prislisten er".to_owned(),
            en: "Too few advertisers to say how rare the price list is".to_owned(),
        });
    }
    fires_or_silent(evidence)
}

/// Prices in DKK of an ad's latest version by minutes; the least where it gives several.
fn by_minutes(ad: &AdSummary<'_>) -> BTreeMap<u32, u32> {
    let mut prices = BTreeMap::new();
    for (amount, currency, minutes) in ad.latest().map_or(&[][..], |version| &version.prices) {
        if let (Some(minutes), "DKK") = (minutes, currency.as_str()) {
            let least = prices.entry(*minutes).or_insert(*amount);
            *least = (*least).min(*amount);
        }
    }
    prices
}

/// One persona, the same time at prices `percent` apart, both ads up within `days` of each other.
pub(super) fn price_conflict(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (percent, days) = (indicator.parameters.number("percent"), indicator.parameters.number("days"));
    let mut evidence = Vec::new();
    for ads in context.personas().values() {
        let found = ads.iter().enumerate().find_map(|(index, a)| {
            let own = by_minutes(a);
            ads.iter().skip(index + 1).filter(|b| overlap_days(a, b) >= -days).find_map(|b| {
                let (minutes, here, there) = by_minutes(b).into_iter().find_map(|(minutes, there)| {
                    let here = *own.get(&minutes)?;
                    let apart = f64::from(here.abs_diff(there)) * 100.0 / f64::from(here.min(there).max(1));
                    (apart >= percent).then_some((minutes, here, there))
                })?;
                Some((*a, *b, minutes, here, there))
            })
        });
        if let Some((a, b, minutes, here, there)) = found {
            evidence.push(ads_evidence(
                [&a.facts.ad, &b.facts.ad],
                format!("Samme person: {here} og {there} kr. for {minutes} minutter"),
                format!("The same persona: DKK {here} and {there} for {minutes} minutes"),
            ));
        }
    }
    fires_or_silent(evidence)
}

/// The price for the same time falls by `percent` within `days` and does not rise between, over the versions of one ad.
pub(super) fn price_drop(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (percent, days) = (indicator.parameters.number("percent"), indicator.parameters.number("days"));
    let mut evidence: Vec<domain::Evidence> = Vec::new();
    for ad in &context.ads {
        let minutes: BTreeSet<u32> =
            ad.versions.iter().flat_map(|v| v.prices.iter().filter_map(|price| price.2)).collect();
        let fall = minutes.into_iter().find_map(|minutes| {
            let steps: Vec<(jiff::Timestamp, u32)> = ad
                .versions
                .iter()
                .filter_map(|v| {
                    let price = v.prices.iter().find(|p| p.2 == Some(minutes) && p.1 == "DKK")?;
                    Some((v.first_seen, price.0))
                })
                .collect();
            let (high, low) = steps.iter().enumerate().find_map(|(at, (from, high))| {
                let mut before = *high;
                let falling = steps.iter().skip(at + 1).take_while(|(when, price)| {
                    let falls = *price <= before && days_between(*from, *when) <= days;
                    before = *price;
                    falls
                });
                let low = falling.last()?.1;
                let fell = f64::from(high - low) * 100.0 / f64::from((*high).max(1));
                (fell >= percent).then_some((*high, low))
            })?;
            Some((minutes, high, low))
        });
        if let Some((minutes, high, low)) = fall {
            let ads: [&AdRef; 1] = [&ad.facts.ad];
            evidence.push(ads_evidence(
                ads,
                format!("Prisen for {minutes} minutter faldt fra {high} til {low} kr."),
                format!("The price for {minutes} minutes fell from DKK {high} to {low}"),
            ));
        }
    }
    fires_or_silent(evidence)
}
