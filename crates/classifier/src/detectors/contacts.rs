//! Signs that rest on who shares a contact, a name or an address.

use super::Outcome;
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, ads_evidence, days_between, overlap_days};
use domain::{Contact, ContactKind, Evidence};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn fires_or_silent(evidence: Vec<Evidence>) -> Outcome {
    if evidence.is_empty() { Outcome::Silent } else { Outcome::Fires(evidence) }
}

/// Personas of some ads: distinct names that an ad puts first. Where no ad names anybody, ages three years apart.
fn personas(ads: &[&AdSummary<'_>]) -> usize {
    let names: BTreeSet<String> = ads.iter().filter_map(|ad| ad.persona).map(str::to_lowercase).collect();
    if !names.is_empty() {
        return names.len();
    }
    let mut ages: Vec<u32> = ads.iter().filter_map(|ad| ad.ages.first().copied()).collect();
    ages.sort_unstable();
    let (mut count, mut last) = (0, None);
    for age in ages {
        if last.is_none_or(|last| age >= last + 3) {
            (count, last) = (count + 1, Some(age));
        }
    }
    count
}

fn gather<'b, 'a>(context: &'b GroupContext<'a>, ads: &[usize]) -> Vec<&'b AdSummary<'a>> {
    ads.iter().filter_map(|index| context.ads.get(*index)).collect()
}

fn refs<'b>(ads: &'b [&AdSummary<'_>]) -> impl Iterator<Item = &'b domain::AdRef> {
    ads.iter().map(|ad| &ad.facts.ad)
}

pub(super) fn shared_contact(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let least = indicator.parameters.count("personas");
    let mut evidence = Vec::new();
    for ads in context.by_contact.values() {
        let ads = gather(context, ads);
        let count = personas(&ads);
        if count >= least {
            let n = ads.len();
            evidence.push(ads_evidence(
                refs(&ads),
                format!("Samme kontaktpunkt i {n} annoncer med {count} forskellige personer"),
                format!("The same contact in {n} ads with {count} different personas"),
            ));
        }
    }
    fires_or_silent(evidence)
}

/// One persona under several numbers. A person who changes number has two, hardly ever side by side for long.
pub(super) fn contact_rotation(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (least, overlap) = (indicator.parameters.count("contacts"), indicator.parameters.number("overlap_days"));
    let mut evidence = Vec::new();
    for ads in context.personas().values() {
        let phones: BTreeSet<&Contact> = ads.iter().flat_map(|ad| ad.phones()).collect();
        let side_by_side = ads.iter().enumerate().any(|(index, a)| {
            ads.iter().skip(index + 1).any(|b| {
                let (own, other) = (a.phones(), b.phones());
                !own.is_empty() && !other.is_empty() && own.is_disjoint(&other) && overlap_days(a, b) >= overlap
            })
        });
        if phones.len() >= least || (phones.len() >= 2 && side_by_side) {
            let count = phones.len();
            evidence.push(ads_evidence(
                refs(ads),
                format!("Samme person annonceret under {count} telefonnumre"),
                format!("The same persona advertised under {count} phone numbers"),
            ));
        }
    }
    fires_or_silent(evidence)
}

pub(super) fn persona_churn(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (least, window) = (indicator.parameters.count("new_personas"), indicator.parameters.number("days"));
    let mut evidence = Vec::new();
    for ads in context.by_contact.values() {
        let ads = gather(context, ads);
        let mut firsts: BTreeMap<String, &AdSummary<'_>> = BTreeMap::new();
        for ad in &ads {
            if let Some(name) = ad.persona {
                let first = firsts.entry(name.to_lowercase()).or_insert(ad);
                if (ad.first, &ad.facts.ad) < (first.first, &first.facts.ad) {
                    *first = ad;
                }
            }
        }
        let mut firsts: Vec<&AdSummary<'_>> = firsts.into_values().collect();
        firsts.sort_by(|a, b| (a.first, &a.facts.ad).cmp(&(b.first, &b.facts.ad)));
        // The personas that were there at the start are no churn.
        let Some(start) = firsts.first().map(|ad| ad.first) else { continue };
        let new: Vec<&AdSummary<'_>> = firsts.into_iter().filter(|ad| days_between(start, ad.first) >= 2.0).collect();
        let dense = new.iter().enumerate().find(|(index, last)| {
            index
                .checked_add(1)
                .and_then(|n| n.checked_sub(least))
                .and_then(|at| new.get(at))
                .is_some_and(|first| days_between(first.first, last.first) <= window)
        });
        if dense.is_some() {
            let count = new.len();
            evidence.push(ads_evidence(
                refs(&new),
                format!("{count} nye navne på samme kontaktpunkt, mindst {least} af dem inden for {window} dage"),
                format!("{count} new names on the same contact, at least {least} of them within {window} days"),
            ));
        }
    }
    fires_or_silent(evidence)
}

pub(super) fn shared_premises(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let least = indicator.parameters.count("personas");
    let mut by_address: BTreeMap<&str, Vec<&AdSummary<'_>>> = BTreeMap::new();
    for ad in &context.ads {
        let addresses: BTreeSet<&str> =
            ad.versions.iter().flat_map(|v| v.addresses.iter().map(String::as_str)).collect();
        for address in addresses {
            by_address.entry(address).or_default().push(ad);
        }
    }
    let evidence = by_address.values().filter(|ads| personas(ads) >= least).map(|ads| {
        let count = personas(ads);
        let (da, en) = (format!("{count} personer på samme adresse"), format!("{count} personas at the same address"));
        ads_evidence(refs(ads), da, en)
    });
    fires_or_silent(evidence.collect())
}

/// Fires when at least `criteria` of the four sizes are reached.
pub(super) fn network_size(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let all: Vec<&AdSummary<'_>> = context.ads.iter().collect();
    let towns: BTreeSet<&str> = all.iter().flat_map(|ad| ad.stays.iter().map(|stay| stay.town)).collect();
    let sites: BTreeSet<&str> = all.iter().map(|ad| ad.facts.ad.site.as_str()).collect();
    let contacts = context.by_contact.keys().filter(|contact| contact.kind == ContactKind::Phone).count();
    let sizes = [("persons", personas(&all)), ("contacts", contacts), ("towns", towns.len()), ("sites", sites.len())];
    let reached = sizes.iter().filter(|(key, size)| *size >= indicator.parameters.count(key)).count();
    if reached < indicator.parameters.count("criteria") {
        return Outcome::Silent;
    }
    let [(_, persons), (_, contacts), (_, towns), (_, sites)] = sizes;
    Outcome::Fires(vec![ads_evidence(
        refs(&all),
        format!("{persons} personer, {contacts} telefonnumre, {towns} kommuner, {sites} sider"),
        format!("{persons} personas, {contacts} phone numbers, {towns} municipalities, {sites} sites"),
    )])
}

pub(super) fn cross_site(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let sites: BTreeSet<&str> = context.ads.iter().map(|ad| ad.facts.ad.site.as_str()).collect();
    if sites.len() < indicator.parameters.count("sites") {
        return Outcome::Silent;
    }
    let count = sites.len();
    let ads: Vec<&AdSummary<'_>> = context.ads.iter().collect();
    let (da, en) = (format!("Annoncer på {count} sider"), format!("Ads on {count} sites"));
    Outcome::Fires(vec![ads_evidence(refs(&ads), da, en)])
}

pub(super) fn hub_number(context: &GroupContext<'_>, _: &Indicator) -> Outcome {
    let mut evidence = Vec::new();
    for damped in context.damped {
        let here: Vec<&domain::AdRef> = context
            .ads
            .iter()
            .filter(|ad| ad.versions.iter().any(|version| version.contacts.contains(&damped.contact)))
            .map(|ad| &ad.facts.ad)
            .collect();
        if !here.is_empty() {
            let n = damped.ads.len();
            evidence.push(ads_evidence(
                here,
                format!("Et kontaktpunkt i {n} annoncer binder ikke sammen: {}", damped.reason.da),
                format!("A contact in {n} ads ties nothing together: {}", damped.reason.en),
            ));
        }
    }
    fires_or_silent(evidence)
}

/// Numbers seen for less than `days` while the same persona goes on under another number. At least `numbers` of
/// them, since one number may be changed for many reasons.
pub(super) fn short_lived_number(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let (most_days, least) = (indicator.parameters.number("days"), indicator.parameters.count("numbers"));
    let Some(start) = context.ads.iter().map(|ad| ad.first).min() else { return Outcome::Silent };
    let seen = days_between(start, context.as_of);
    if seen < most_days * 2.0 {
        return Outcome::Abstains(domain::Bilingual {
            da: format!("Set i {seen:.0} dage; der skal mindst {} til", most_days * 2.0),
            en: format!("Seen for {seen:.0} days; at least {} are needed", most_days * 2.0),
        });
    }
    let mut short: Vec<&AdSummary<'_>> = Vec::new();
    let mut numbers = 0;
    for (phone, ads) in context.phones() {
        let ads = gather(context, ads);
        let versions = ads.iter().flat_map(|ad| ad.versions.iter().filter(|version| version.contacts.contains(phone)));
        let (first, last) = versions.fold((None, None), |(first, last): (Option<_>, Option<_>), version| {
            (
                Some(first.map_or(version.first_seen, |f| version.first_seen.min(f))),
                Some(last.map_or(version.last_seen, |l| version.last_seen.max(l))),
            )
        });
        let (Some(first), Some(last)) = (first, last) else { continue };
        let names: BTreeSet<&str> = ads.iter().filter_map(|ad| ad.persona).collect();
        let goes_on = context.ads.iter().any(|other| {
            other.persona.is_some_and(|name| names.contains(name))
                && other.versions.iter().any(|version| {
                    version.first_seen >= first
                        && version.last_seen > last
                        && !version.contacts.contains(phone)
                        && version.contacts.iter().any(|contact| contact.kind == ContactKind::Phone)
                })
        });
        if goes_on && days_between(first, last) < most_days && days_between(last, context.as_of) >= 2.0 {
            numbers += 1;
            short.extend(ads);
        }
    }
    if numbers < least {
        return Outcome::Silent;
    }
    Outcome::Fires(vec![ads_evidence(
        refs(&short),
        format!("{numbers} numre set i under {most_days} dage, mens personen annonceres videre under andre"),
        format!("{numbers} numbers seen for less than {most_days} days while the persona goes on under others"),
    )])
}

/// Different ages of one persona at one owner.
pub(super) fn age_conflict(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let least = indicator.parameters.number("years");
    let mut evidence = Vec::new();
    for ads in context.personas().values() {
        let ages: BTreeSet<u32> = ads.iter().filter(|ad| ad.ages.len() == 1).flat_map(|ad| ad.ages.clone()).collect();
        if let (Some(low), Some(high)) = (ages.first(), ages.last())
            && f64::from(high - low) >= least
        {
            evidence.push(ads_evidence(
                refs(ads),
                format!("Samme person angives at være {low} og {high} år"),
                format!("The same persona is said to be {low} and {high} years old"),
            ));
        }
    }
    fires_or_silent(evidence)
}
