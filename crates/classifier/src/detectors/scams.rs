//! Spam and scam: at least two different kinds of sign, so that the wording of one ad never decides.

use super::Outcome;
use super::contacts::{fires_or_silent, personas};
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, ads_evidence};
use domain::AdRef;
use std::collections::{BTreeMap, BTreeSet};

/// Signs: money in advance (the indicators named in `advance_payment`) in two ads, one link in `ads` ads, one text
/// in `ads` ads in `towns` municipalities or under two names in two, a damped contact.
pub(super) fn scam_signs(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let (least_ads, least_towns) = (parameters.count("ads"), parameters.count("towns"));
    let (mut ads, mut da, mut en): (BTreeSet<&AdRef>, Vec<String>, Vec<String>) = Default::default();
    let in_advance: Vec<&AdRef> = context
        .ads
        .iter()
        .filter(|ad| {
            let firings = ad.versions.iter().flat_map(|version| &version.firings);
            firings.into_iter().any(|f| parameters.words("advance_payment").iter().any(|id| id == f.indicator.as_str()))
        })
        .map(|ad| &ad.facts.ad)
        .collect();
    if in_advance.len() >= 2 {
        da.push(format!("betaling på forhånd i {} annoncer", in_advance.len()));
        en.push(format!("payment in advance in {} ads", in_advance.len()));
        ads.extend(in_advance);
    }
    let (mut by_url, mut by_text): (BTreeMap<&str, BTreeSet<usize>>, BTreeMap<&str, BTreeSet<usize>>) =
        Default::default();
    for (index, ad) in context.ads.iter().enumerate() {
        for version in &ad.versions {
            for url in &version.urls {
                by_url.entry(url).or_default().insert(index);
            }
            by_text.entry(&version.skeleton).or_default().insert(index);
        }
    }
    let refs = |indices: &BTreeSet<usize>| -> Vec<&AdRef> {
        indices.iter().filter_map(|index| context.ads.get(*index)).map(|ad| &ad.facts.ad).collect()
    };
    if let Some(linked) = by_url.values().filter(|linked| linked.len() >= least_ads).max_by_key(|linked| linked.len()) {
        da.push(format!("samme link i {} annoncer", linked.len()));
        en.push(format!("the same link in {} ads", linked.len()));
        ads.extend(refs(linked));
    }
    let stock = by_text.values().find_map(|same| {
        let ads: Vec<&AdSummary<'_>> = same.iter().filter_map(|index| context.ads.get(*index)).collect();
        let towns = ads.iter().filter_map(|ad| ad.town()).collect::<BTreeSet<&str>>().len();
        // One persona on tour keeps her text; two personas in two towns with one text are nobody's own.
        let stock = (ads.len() >= least_ads && towns >= least_towns) || (towns >= 2 && personas(&ads) >= 2);
        stock.then_some((same, towns))
    });
    if let Some((same, towns)) = stock {
        da.push(format!("samme standardtekst i {} annoncer i {towns} kommuner", same.len()));
        en.push(format!("the same stock text in {} ads in {towns} municipalities", same.len()));
        ads.extend(refs(same));
    }
    if !context.damped.is_empty() {
        da.push("et kontaktpunkt, der går igen i mange ellers uforbundne annoncer".to_owned());
        en.push("a contact that recurs in many otherwise unrelated ads".to_owned());
        ads.extend(context.ads.iter().map(|ad| &ad.facts.ad));
    }
    if da.len() < parameters.count("signs") {
        return Outcome::Silent;
    }
    fires_or_silent(vec![ads_evidence(ads, da.join("; "), en.join("; "))])
}
