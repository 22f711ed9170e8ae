//! Many ads at once: the union of their closures.

use crate::parameters::LinkParameters;
use crate::population::Population;
use crate::reference::LinkReference;
use crate::{PairEvidence, damped_links, link_closure, sorted_by_pair};
use domain::{AdFacts, AdRef, DampedContact, Judgement, Linkage};
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
    let (mut linkage, mut evidence) = (Linkage::default(), Vec::new());
    for closure in population.closures(judgements, reference, parameters) {
        let members = closure.iter().map(|at| &ads[*at as usize]);
        let (one, pairs) = link_closure(members, &judgements_on(&closure, ads, judgements), reference, parameters);
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

fn judgements_on(closure: &[u32], ads: &[AdFacts], judgements: &[Judgement]) -> Vec<Judgement> {
    if judgements.is_empty() || closure.len() < 2 {
        return Vec::new();
    }
    let members: BTreeSet<&AdRef> = closure.iter().map(|at| &ads[*at as usize].ad).collect();
    let inside = |one: &&Judgement| match one {
        Judgement::Ads { a, b, .. } => members.contains(a) && members.contains(b),
        Judgement::Contact { .. } => true,
    };
    judgements.iter().filter(inside).cloned().collect()
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
