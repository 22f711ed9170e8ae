//! Signs that rest on who shares a contact, a name or an address.

use super::Outcome;
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, Uses, ads_evidence, apart, days_between, several_within};
use domain::{ContactKind, Evidence};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn fires_or_silent(evidence: Vec<Evidence>) -> Outcome {
    if evidence.is_empty() { Outcome::Silent } else { Outcome::Fires(evidence) }
}

/// Personas of some ads: distinct names that an ad puts first, one for ads that give the same names. Where no ad names
/// anybody, ages three years apart.
pub(super) fn personas(ads: &[&AdSummary<'_>]) -> usize {
    let by_names: BTreeMap<BTreeSet<String>, &str> =
        ads.iter().filter_map(|ad| Some((ad.names(), ad.persona?))).collect();
    let names: BTreeSet<String> = by_names.values().map(|name| name.to_lowercase()).collect();
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

/// One persona, text or picture under several numbers. A person who changes number has two, hardly ever side by side
/// for long.
pub(super) fn contact_rotation(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let (least, within) = (parameters.count("contacts"), parameters.number("within_days"));
    let mut evidence: Vec<Evidence> = Vec::new();
    for ads in context.things(parameters.count("least_words")) {
        let with_phone: Vec<&AdSummary<'_>> = ads.iter().copied().filter(|ad| !ad.phones().is_empty()).collect();
        let numbers = apart(&with_phone);
        let rotates = several_within(&numbers, least, within)
            || (numbers.len() >= 2 && Uses::of(&with_phone).side_by_side(parameters.number("overlap_days")));
        if rotates {
            let numbers = numbers.len();
            let found = ads_evidence(
                refs(&with_phone),
                format!("Samme navn, tekst eller billede under {numbers} telefonnumre"),
                format!("The same name, text or picture under {numbers} phone numbers"),
            );
            if !evidence.contains(&found) {
                evidence.push(found);
            }
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
    // Of the kind that it has most of: one person's phone, e-mail and handle are no three contacts.
    let mut of_kind: BTreeMap<ContactKind, usize> = BTreeMap::new();
    for contact in context.by_contact.keys() {
        *of_kind.entry(contact.kind).or_default() += 1;
    }
    let contacts = of_kind.into_values().max().unwrap_or(0);
    let sizes = [("persons", personas(&all)), ("contacts", contacts), ("towns", towns.len()), ("sites", sites.len())];
    let reached = sizes.iter().filter(|(key, size)| *size >= indicator.parameters.count(key)).count();
    if reached < indicator.parameters.count("criteria") {
        return Outcome::Silent;
    }
    let [(_, persons), (_, contacts), (_, towns), (_, sites)] = sizes;
    Outcome::Fires(vec![ads_evidence(
        refs(&all),
        format!("{persons} personer, {contacts} kontaktpunkter, {towns} kommuner, {sites} sider"),
        format!("{persons} personas, {contacts} contacts, {towns} municipalities, {sites} sites"),
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

/// Numbers seen for less than `days` while the same persona, text or picture goes on under another number. At least
/// `numbers` of them, since one number may be changed for many reasons. Numbers that were there when looking began may
/// be old; those seen in the last two days may come back.
pub(super) fn short_lived_number(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let (most_days, least) = (parameters.number("days"), parameters.count("numbers"));
    let things = context.things(parameters.count("least_words"));
    let mut short: Vec<&AdSummary<'_>> = Vec::new();
    let mut numbers = 0;
    for (phone, ads) in context.phones() {
        let ads = gather(context, ads);
        let shows = |ad: &AdSummary<'_>| ad.versions.iter().any(|version| version.contacts.contains(phone));
        let versions = ads.iter().flat_map(|ad| ad.versions.iter().filter(|version| version.contacts.contains(phone)));
        let (mut first, mut last) = (None, None);
        for version in versions {
            first = Some(first.map_or(version.first_seen, |first: jiff::Timestamp| first.min(version.first_seen)));
            last = Some(last.map_or(version.last_seen, |last: jiff::Timestamp| last.max(version.last_seen)));
        }
        let (Some(first), Some(last)) = (first, last.map(|last| last.min(context.as_of))) else { continue };
        let old = context.reference.begins().is_some_and(|begins| days_between(begins, first) < 1.0);
        let goes_on = || {
            things.iter().filter(|thing| thing.iter().any(|ad| shows(ad))).flatten().any(|other| {
                other.versions.iter().any(|version| {
                    version.first_seen >= first
                        && version.last_seen > last
                        && !version.contacts.contains(phone)
                        && version.contacts.iter().any(|contact| contact.kind == ContactKind::Phone)
                })
            })
        };
        let ended = days_between(last, context.as_of) >= 2.0;
        if !old && ended && days_between(first, last) < most_days && goes_on() {
            numbers += 1;
            short.extend(ads);
        }
    }
    if numbers >= least {
        return Outcome::Fires(vec![ads_evidence(
            refs(&short),
            format!(
                "{numbers} numre set i under {most_days} dage, mens navn, tekst eller billede går igen under andre"
            ),
            format!(
                "{numbers} numbers seen for less than {most_days} days while name, text or picture goes on under others"
            ),
        )]);
    }
    let start = context.ads.iter().map(|ad| ad.first).min().unwrap_or(context.as_of);
    let seen = days_between(start, context.as_of);
    if seen < most_days * 2.0 {
        return Outcome::Abstains(domain::Bilingual {
            da: format!("Set i {seen:.0} dage; der skal mindst {} til", most_days * 2.0),
            en: format!("Seen for {seen:.0} days; at least {} are needed", most_days * 2.0),
        });
    }
    Outcome::Silent
}

/// Different ages of one persona at one owner.
pub(super) fn age_conflict(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let least = indicator.parameters.number("years");
    let mut evidence = Vec::new();
    for ads in context.personas().values() {
        // A version that gives two ages speaks of two persons.
        let versions = ads.iter().flat_map(|ad| &ad.versions).filter(|version| version.ages.len() == 1);
        let ages: BTreeSet<u32> = versions.flat_map(|version| version.ages.iter().copied()).collect();
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
