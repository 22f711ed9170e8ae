//! Many ads at once: the union of their closures.

use crate::parameters::LinkParameters;
use crate::population::Population;
use crate::reference::LinkReference;
use crate::{PairEvidence, damped_links, link_closure, sorted_by_pair};
use domain::{AdFacts, AdRef, DampedContact, Judgement, Linkage};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};

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
    let said = Said::of(ads, judgements);
    let (mut linkage, mut evidence) = (Linkage::default(), Vec::new());
    for closure in population.closures(judgements, reference, parameters) {
        let members = closure.iter().map(|at| &ads[*at as usize]);
        let (one, pairs) = link_closure(members, &said.on(&closure), reference, parameters);
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
    linkage.links.extend(damped_links(&linkage.damped, |ad| first_seen.get(ad).copied().unwrap_or_default()));
    linkage.links.sort_by(|x, y| (&x.a, &x.b, x.kind).cmp(&(&y.a, &y.b, y.kind)));
    (linkage, sorted_by_pair(evidence))
}

/// Judgements by the ads that they are about, so that a closure costs its own size.
struct Said<'a> {
    on_contacts: Vec<&'a Judgement>,
    by_ad: HashMap<u32, Vec<&'a Judgement>>,
}

impl<'a> Said<'a> {
    fn of(ads: &[AdFacts], judgements: &'a [Judgement]) -> Self {
        let mut said = Self { on_contacts: Vec::new(), by_ad: HashMap::new() };
        if judgements.is_empty() {
            return said;
        }
        // Where an ad stands twice, both numbers are of one closure.
        let number: HashMap<&AdRef, u32> = ads.iter().map(|facts| &facts.ad).zip(0..).collect();
        for one in judgements {
            match one {
                // Two known ads that were judged are in one closure: the first of them stands for both.
                Judgement::Ads { a, b, .. } => {
                    if let (Some(a), true) = (number.get(a), number.contains_key(b)) {
                        said.by_ad.entry(*a).or_default().push(one);
                    }
                }
                Judgement::Contact { .. } => said.on_contacts.push(one),
            }
        }
        said
    }

    fn on(&self, closure: &[u32]) -> Vec<Judgement> {
        if closure.len() < 2 {
            return Vec::new();
        }
        let on_ads = closure.iter().filter_map(|at| self.by_ad.get(at)).flatten();
        self.on_contacts.iter().chain(on_ads).map(|one| (*one).clone()).collect()
    }
}

/// A contact that the reference knows as damped stands in several closures.
fn damped_once(all: Vec<DampedContact>) -> Vec<DampedContact> {
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
