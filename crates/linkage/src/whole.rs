//! Many ads at once: the union of their closures.

use crate::halves::in_halves;
use crate::parameters::LinkParameters;
use crate::population::Population;
use crate::reference::LinkReference;
use crate::{PairEvidence, damped_links, link_closure, sorted_by_pair};
use domain::{AdFacts, AdRef, Contact, DampedContact, Judgement, Linkage};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Links, advertisers, networks and damped contacts of all these ads, against a reference made of themselves.
///
/// ```
/// use domain::{AdFacts, AdRef, Contact, ContactKind, VersionFacts};
/// # use jiff::Timestamp;
/// # fn ad(id: &str, phone: &str) -> AdFacts {
/// #     let (first_seen, last_seen) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
/// #     let contacts = vec![Contact { kind: ContactKind::Phone, value: phone.into() }];
/// #     let version = VersionFacts {
/// #         version: 1, first_seen, last_seen, contacts, urls: vec![], addresses: vec![], names: vec![], ages: vec![],
/// #         places: vec![], prices: vec![], languages: vec![], images: vec![], skeleton: String::new(), habits: vec![],
/// #         symbols: vec![], firings: vec![],
/// #     };
/// #     let versions = vec![version];
/// #     AdFacts { ad: AdRef::new("s1", id), first_seen, last_seen, gone_at: None, versions, sightings: vec![] }
/// # }
/// let ads = [ad("1", "+4534000050"), ad("2", "+4534000050"), ad("3", "+4534000051")];
/// let linkage = linkage::link(&ads, &[], &linkage::LinkParameters::default());
/// assert_eq!(linkage.advertisers.len(), 2);
/// assert!(linkage.links[0].joins);
/// ```
pub fn link(ads: &[AdFacts], judgements: &[Judgement], parameters: &LinkParameters) -> Linkage {
    link_with_evidence(ads, judgements, parameters).0
}

/// As [`link`], with the weighed pairs behind it, sorted by (a, b).
pub fn link_with_evidence(
    ads: &[AdFacts],
    judgements: &[Judgement],
    parameters: &LinkParameters,
) -> (Linkage, Vec<PairEvidence>) {
    let reference = LinkReference::of(ads, parameters);
    link_with(ads, judgements, &reference, parameters)
}

/// Everything about these ads against a kept reference: each closure by itself.
pub fn link_with(
    ads: &[AdFacts],
    judgements: &[Judgement],
    reference: &LinkReference,
    parameters: &LinkParameters,
) -> (Linkage, Vec<PairEvidence>) {
    let population = Population::of(ads, parameters);
    let said = Said::of(judgements);
    let closures = population.closures(judgements, reference, parameters);
    let linked = in_halves(&closures, Vec::len, |closures| {
        let each = closures.iter().map(|closure| {
            let members = closure.iter().map(|at| &ads[*at as usize]);
            link_closure(members.clone(), &said.on(members), reference, parameters)
        });
        each.collect()
    });
    let (mut linkage, mut evidence) = (Linkage::default(), Vec::new());
    for (one, pairs) in linked {
        linkage.links.extend(one.links);
        linkage.advertisers.extend(one.advertisers);
        linkage.networks.extend(one.networks);
        linkage.damped.extend(one.damped);
        evidence.extend(pairs);
    }
    linkage.advertisers.sort_by(|a, b| a.id.cmp(&b.id));
    linkage.networks.sort_by(|a, b| a.id.cmp(&b.id));
    linkage.damped = damped_once(linkage.damped);
    let first_seen: HashMap<&AdRef, Timestamp> = ads.iter().map(|ad| (&ad.ad, ad.first_seen)).collect();
    linkage.links.extend(damped_links(&linkage.damped, |_, ad| first_seen.get(ad).copied().unwrap_or_default()));
    linkage.links.sort_by(|x, y| (&x.a, &x.b, x.kind).cmp(&(&y.a, &y.b, y.kind)));
    (linkage, sorted_by_pair(evidence))
}

/// Judgements by what they are about, so that a closure costs its own size.
#[derive(Debug, Default)]
pub struct Said<'a> {
    on_contacts: HashMap<&'a Contact, Vec<&'a Judgement>>,
    by_ad: HashMap<&'a AdRef, Vec<&'a Judgement>>,
}

impl<'a> Said<'a> {
    /// All that is said.
    pub fn of(judgements: &'a [Judgement]) -> Self {
        let mut said = Self::default();
        for one in judgements {
            match one {
                // Two known ads that were judged are in one closure: the first of them stands for both.
                Judgement::Ads { a, .. } => said.by_ad.entry(a).or_default().push(one),
                Judgement::Contact { contact, .. } => said.on_contacts.entry(contact).or_default().push(one),
            }
        }
        said
    }

    /// What is said of the ads of a closure and of the contacts that they show.
    pub fn on<'f>(&self, closure: impl IntoIterator<Item = &'f AdFacts>) -> Vec<Judgement> {
        if self.on_contacts.is_empty() && self.by_ad.is_empty() {
            return Vec::new();
        }
        let (mut found, mut contacts) = (Vec::new(), BTreeSet::new());
        for facts in closure {
            found.extend(self.by_ad.get(&facts.ad).into_iter().flatten().map(|one| (*one).clone()));
            if !self.on_contacts.is_empty() {
                contacts.extend(facts.versions.iter().flat_map(|version| &version.contacts));
            }
        }
        let on_contacts = contacts.into_iter().filter_map(|contact| self.on_contacts.get(contact)).flatten();
        found.extend(on_contacts.map(|one| (*one).clone()));
        found
    }
}

/// A contact that the reference knows as damped stands in several closures.
pub fn damped_once(all: Vec<DampedContact>) -> Vec<DampedContact> {
    let mut by_contact = BTreeMap::new();
    for one in all {
        match by_contact.entry(one.contact.clone()) {
            std::collections::btree_map::Entry::Vacant(entry) => _ = entry.insert(one),
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                let kept: &mut DampedContact = entry.get_mut();
                kept.ads.extend(one.ads);
                kept.ads.sort();
                kept.ads.dedup();
            }
        }
    }
    by_contact.into_values().collect()
}
