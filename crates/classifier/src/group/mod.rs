//! Indicators on the ads of one advertiser or network.

mod lacking;
mod same;
mod summary;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub(crate) use same::{Uses, apart, several_within};
pub(crate) use summary::{AdSummary, Stay, days_between, overlap_days};

use crate::catalogue::Catalogue;
use crate::detectors::{self, Kind, Outcome};
use crate::reference::Reference;
use domain::{
    Abstention, AdFacts, AdRef, AdvertiserId, Bilingual, Contact, ContactKind, DampedContact, Evidence, Firing, Link,
    LinkKind, Scope, Subject,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The ads of one advertiser or network, with what ties them.
#[derive(Debug, Clone)]
pub struct GroupView<'a> {
    /// Who.
    pub subject: &'a Subject,
    /// All its ads.
    pub ads: Vec<&'a AdFacts>,
    /// Its advertisers with their ads; one for an advertiser.
    pub advertisers: Vec<(AdvertiserId, Vec<AdRef>)>,
    /// Links that touch its ads; those that leave the group are ignored.
    pub links: Vec<&'a Link>,
    /// Damped contacts that its ads show.
    pub damped: Vec<&'a DampedContact>,
}

/// A view prepared once for all detectors.
pub(crate) struct GroupContext<'a> {
    pub reference: &'a Reference,
    pub as_of: Timestamp,
    pub damped: &'a [&'a DampedContact],
    /// Sorted by ad.
    pub ads: Vec<AdSummary<'a>>,
    /// Ads (indices) by undamped contact.
    pub by_contact: BTreeMap<&'a Contact, Vec<usize>>,
    /// Links with both ends inside, as indices, `a < b`.
    pub links: Vec<(usize, usize, LinkKind)>,
}

impl<'a> GroupContext<'a> {
    pub fn of(view: &'a GroupView<'a>, reference: &'a Reference, as_of: Timestamp) -> Self {
        let damped: BTreeSet<&Contact> = view.damped.iter().map(|damped| &damped.contact).collect();
        let mut ads: Vec<AdSummary<'a>> =
            view.ads.iter().filter_map(|facts| AdSummary::of(facts, &damped, as_of)).collect();
        ads.sort_by(|a, b| a.facts.ad.cmp(&b.facts.ad));
        ads.dedup_by(|a, b| a.facts.ad == b.facts.ad);
        let mut by_contact: BTreeMap<&Contact, Vec<usize>> = BTreeMap::new();
        for (index, ad) in ads.iter().enumerate() {
            for contact in &ad.contacts {
                by_contact.entry(contact).or_default().push(index);
            }
        }
        let at = |ad: &AdRef| ads.binary_search_by(|summary| summary.facts.ad.cmp(ad)).ok();
        let mut links: Vec<(usize, usize, LinkKind)> = view
            .links
            .iter()
            .filter(|link| link.bits > 0.0)
            .filter_map(|link| {
                let (a, b) = (at(&link.a)?, at(&link.b)?);
                (a != b).then_some((a.min(b), a.max(b), link.kind))
            })
            .collect();
        links.sort();
        links.dedup();
        Self { reference, as_of, damped: &view.damped, ads, by_contact, links }
    }

    /// Phone numbers with the ads (indices) that show them.
    pub fn phones(&self) -> impl Iterator<Item = (&'a Contact, &Vec<usize>)> + '_ {
        self.by_contact.iter().filter(|(contact, _)| contact.kind == ContactKind::Phone).map(|(c, ads)| (*c, ads))
    }

    /// Pairs tied by a link of `kind`.
    pub fn pairs(&self, kind: LinkKind) -> impl Iterator<Item = (&AdSummary<'a>, &AdSummary<'a>)> + '_ {
        self.links.iter().filter(move |link| link.2 == kind).filter_map(|(a, b, _)| {
            let (a, b) = (self.ads.get(*a)?, self.ads.get(*b)?);
            Some((a, b))
        })
    }

    /// Ads by persona: those that name it first, in order of first sighting.
    pub fn personas(&self) -> BTreeMap<&'a str, Vec<&AdSummary<'a>>> {
        let mut personas: BTreeMap<&str, Vec<&AdSummary<'a>>> = BTreeMap::new();
        for ad in &self.ads {
            if let Some(name) = ad.persona {
                personas.entry(name).or_default().push(ad);
            }
        }
        for ads in personas.values_mut() {
            ads.sort_by(|a, b| (a.first, &a.facts.ad).cmp(&(b.first, &b.facts.ad)));
        }
        personas
    }

    /// The municipality's name, or its code where it has none.
    pub fn town<'b>(&'b self, code: &'b str) -> &'b str {
        self.reference.geography().name(code).unwrap_or(code)
    }
}

/// Evidence: these ads, sorted and each once, with a note.
pub(crate) fn ads_evidence<'b>(
    ads: impl IntoIterator<Item = &'b AdRef>,
    da: impl Into<String>,
    en: impl Into<String>,
) -> Evidence {
    let ads: BTreeSet<&AdRef> = ads.into_iter().collect();
    Evidence::Ads { ads: ads.into_iter().cloned().collect(), note: Bilingual { da: da.into(), en: en.into() } }
}

/// Everything that fires across the ads of a subject, and what could not be computed; sorted by indicator.
///
/// Indicators of scope `advertiser` look at networks too (all their ads together), where their detector can; those of
/// scope `network` only at networks. A firing carries the subject's scope.
pub fn fire_group(
    catalogue: &Catalogue,
    group: &GroupView<'_>,
    reference: &Reference,
    as_of: Timestamp,
) -> (Vec<Firing>, Vec<Abstention>) {
    let context = GroupContext::of(group, reference, as_of);
    let subject = match group.subject {
        Subject::Advertiser(_) => Scope::Advertiser,
        Subject::Network(_) => Scope::Network,
    };
    let (mut firings, mut abstentions) = (Vec::new(), Vec::new());
    for indicator in catalogue.indicators().iter().filter(|indicator| indicator.status.runs()) {
        let fits = indicator.scope == subject || (indicator.scope == Scope::Advertiser && subject == Scope::Network);
        let Some(detector) = detectors::find(&indicator.detector) else { continue };
        let Kind::Group(detect) = &detector.kind else { continue };
        if !fits || !detector.scopes.contains(&subject) || context.ads.is_empty() {
            continue;
        }
        let lacks = detector.needs.iter().find_map(|needs| lacking::lacking(&context, *needs));
        match lacks.map_or_else(|| detect(&context, indicator), Outcome::Abstains) {
            Outcome::Fires(evidence) if !evidence.is_empty() => {
                firings.push(Firing { scope: subject, ..indicator.firing(evidence) });
            }
            Outcome::Fires(_) | Outcome::Silent => {}
            Outcome::Abstains(reason) => abstentions.push(Abstention { indicator: indicator.id.clone(), reason }),
        }
    }
    (firings, abstentions)
}
