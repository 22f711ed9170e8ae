//! Mentions become links, links become advertisers and networks.
//!
//! `ads -> contacts, texts, pictures -> damped contacts -> desks (shared contact) -> weighed pairs of desks ->
//! advertisers (change of contact) -> networks (combined ties)`
//!
//! **Invariants**: pure; the same result whatever the order of ads and judgements; everything is rebuilt from accepted
//! ties, nothing is merged in place; a judgement 'not the same' is never overridden.
//!
//! An advertiser is one desk: ads that share a contact which is not damped, or a change of contact that the evidence
//! carries. A network needs two kinds of evidence that one copied ad does not explain: whoever copies a text or a
//! picture ties nobody to anybody.

mod align;
mod desk;
mod evidence;
mod forest;
mod graph;
mod hub;
mod image;
mod index;
mod links;
mod note;
mod pairs;
mod parameters;
mod shared;
mod text;
mod tie;

pub use parameters::LinkParameters;
pub use tie::{Tie, TieKind};

use desk::Desk;
use domain::{
    AdFacts, AdRef, Advertiser, AdvertiserId, DampedContact, Judgement, JudgementKind, Linkage, Network, NetworkId,
};
use evidence::Scales;
use forest::Forest;
use graph::Edge;
use hub::Hub;
use index::Index;
use shared::SharedBy;
use std::collections::{BTreeMap, BTreeSet};
use text::Texts;
use tie::Weighed;

/// The evidence between two sets of ads that contacts hold together: the waterfall of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct PairEvidence {
    /// First seen ad of one set.
    pub a: AdRef,
    /// First seen ad of the other.
    pub b: AdRef,
    /// For and against.
    pub ties: Vec<Tie>,
    /// Sum of their bits.
    pub bits: f64,
    /// Accepted: both are in one network.
    pub joins: bool,
}

/// Links, advertisers, networks and damped contacts of all these ads.
///
/// ```
/// use domain::{AdFacts, AdRef, Contact, ContactKind, VersionFacts};
/// # use jiff::Timestamp;
/// # fn ad(id: &str, phone: &str) -> AdFacts {
/// #     let (first_seen, last_seen) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
/// #     let contacts = vec![Contact { kind: ContactKind::Phone, value: phone.into() }];
/// #     let version = VersionFacts {
/// #         version: 1, first_seen, last_seen, contacts, urls: vec![], addresses: vec![], names: vec![], ages: vec![],
/// #         places: vec![], prices: vec![], languages: vec![], images: vec![], skeleton: String::new(), firings: vec![],
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
    let index = Index::new(ads, parameters.contacts_in_an_ad);
    let texts = Texts::new(&index, parameters);
    let pictures = image::find(&index, parameters);
    let judged = judged(&index, judgements);

    let related = hub::Related::new(&index, &texts, &pictures);
    let hubs = damped(&index, &related, parameters);
    let mut by_contact = joined_by_contact(&index, &related, &hubs, &judged, parameters);
    let sets = by_contact.sets();
    let desks: Vec<Desk> = sets.iter().map(|set| Desk::new(set, &index, &texts, &pictures)).collect();
    let pairs = pairs::candidates(&desks, &texts, parameters);
    let text_cluster = clusters(&texts, parameters.text_similarity);
    let template_cluster = clusters(&texts, parameters.template_similarity);
    let weigh_all = |forest: &mut Forest| -> Vec<Weighed> {
        let shared_by = SharedBy::count(&index, &desks, forest, &text_cluster, &template_cluster);
        let scales = Scales {
            index: &index,
            texts: &texts,
            text_cluster: &text_cluster,
            template_cluster: &template_cluster,
            shared_by: &shared_by,
            parameters,
        };
        let weigh = |(x, y): &(u32, u32)| {
            let (x, y) = (&desks[*x as usize], &desks[*y as usize]);
            scales.weigh(x, y, [forest.find(x.ads[0]), forest.find(y.ads[0])])
        };
        pairs.iter().map(weigh).collect()
    };
    let edges_of = |weighed: &[Weighed], accept: &dyn Fn(&Weighed) -> bool| -> Vec<Edge> {
        let all = pairs.iter().zip(weighed).filter(|(_, weighed)| accept(weighed));
        let at = |desk: &u32| sets[*desk as usize][0];
        let mut edges: Vec<Edge> =
            all.map(|((x, y), weighed)| Edge { x: at(x), y: at(y), bits: weighed.bits }).collect();
        // The strongest first: where a judgement keeps two apart, the weakest tie between them gives way.
        edges.sort_by(|a, b| b.bits.total_cmp(&a.bits).then((a.x, a.y).cmp(&(b.x, b.y))));
        edges
    };

    let mut advertisers = by_contact.clone();
    let weighed = weigh_all(&mut by_contact);
    for edge in edges_of(&weighed, &|weighed| weighed.changes_contact(parameters)) {
        advertisers.join(edge.x, edge.y);
    }
    // Twice: what the first round ties counts once as a holder in the second, so that a large desk's own template is
    // not taken for common property.
    let ads_at = vec![1; index.ads.len()];
    let mut networks = advertisers.clone();
    let mut weighed = weighed;
    for _ in 0..2 {
        weighed = weigh_all(&mut networks);
        let edges = edges_of(&weighed, &|weighed| weighed.joins_network(parameters));
        networks = advertisers.clone();
        for edge in graph::prune(edges, &advertisers, &ads_at, parameters) {
            networks.join(edge.x, edge.y);
        }
    }

    let sources = links::Sources {
        index: &index,
        texts: &texts,
        hubs: &hubs,
        judged: &judged,
        desks: &desks,
        pairs: &pairs,
        weighed: &weighed,
        parameters,
    };
    let linkage = Linkage {
        links: links::all(&sources, &mut advertisers, &mut networks),
        advertisers: advertisers_of(&index, &mut advertisers),
        networks: networks_of(&index, &mut advertisers, &mut networks),
        damped: damped_contacts(&index, &hubs, parameters),
    };
    let evidence = pairs
        .iter()
        .zip(weighed)
        .map(|((x, y), weighed)| {
            let (a, b) = (desks[*x as usize].ads[0], desks[*y as usize].ads[0]);
            let joins = weighed.joins_network(parameters) && networks.find(a) == networks.find(b);
            let (a, b) = (a.min(b), a.max(b));
            let name = |ad: u32| index.ads[ad as usize].ad.clone();
            PairEvidence { a: name(a), b: name(b), ties: weighed.ties, bits: weighed.bits, joins }
        })
        .collect::<Vec<_>>();
    (linkage, sorted_by_pair(evidence))
}

fn sorted_by_pair(mut evidence: Vec<PairEvidence>) -> Vec<PairEvidence> {
    evidence.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    evidence
}

fn damped(index: &Index, related: &hub::Related, parameters: &LinkParameters) -> BTreeMap<u32, Hub> {
    (0..index.contacts.len() as u32)
        .filter_map(|contact| related.judge(contact, parameters))
        .map(|hub| (hub.contact, hub))
        .collect()
}

/// Judgements on known ads: the latest of each pair, `same` as its kind. Pairs of unknown ads wait for them.
struct Judged {
    a: u32,
    b: u32,
    same: bool,
}

fn judged(index: &Index, judgements: &[Judgement]) -> Vec<Judged> {
    let at = |ad: &AdRef| index.ads.binary_search_by(|known| known.ad.cmp(ad)).ok().map(|at| at as u32);
    let mut latest = BTreeMap::new();
    for judgement in judgements {
        let (Some(a), Some(b)) = (at(&judgement.a), at(&judgement.b)) else { continue };
        // At the same moment 'not the same' wins, since it is the one that cannot do harm.
        let value = (judgement.at, judgement.kind == JudgementKind::NotSame);
        let kept = latest.entry((a.min(b), a.max(b))).or_insert(value);
        *kept = (*kept).max(value);
    }
    latest.into_iter().filter(|((a, b), _)| a != b).map(|((a, b), (_, apart))| Judged { a, b, same: !apart }).collect()
}

/// Contacts in time order; inside a damped one only what a text or picture ties as well.
fn joined_by_contact(
    index: &Index,
    related: &hub::Related,
    hubs: &BTreeMap<u32, Hub>,
    judged: &[Judged],
    parameters: &LinkParameters,
) -> Forest {
    let mut forest = Forest::new(index.ads.len());
    for one in judged.iter().filter(|one| !one.same) {
        forest.keep_apart(one.a, one.b);
    }
    for one in judged.iter().filter(|one| one.same) {
        forest.join(one.a, one.b);
    }
    // Where two ads of one contact are judged apart, what text and picture tie goes first, so that the contact's other
    // ads follow the one that they resemble, and not the one that they stand next to in time.
    let parted = judged.iter().filter(|one| !one.same).flat_map(|one| [one.a, one.b]);
    let contacts: BTreeSet<u32> = parted.flat_map(|ad| index.details[ad as usize].contacts.iter().copied()).collect();
    for contact in contacts.iter().filter(|contact| !hubs.contains_key(contact)) {
        let ads = &index.ads_of_contact[*contact as usize];
        for (x, y) in related.firm_pairs(ads, parameters) {
            let (x, y) = (ads[x as usize], ads[y as usize]);
            if [x, y].iter().all(|ad| index.details[*ad as usize].contacts.contains(contact)) {
                forest.join(x, y);
            }
        }
    }
    for (contact, list) in (0u32..).zip(&index.ads_of_contact) {
        match hubs.get(&contact) {
            Some(hub) => hub.kept.iter().for_each(|(x, y)| _ = forest.join(*x, *y)),
            None => {
                let joining: Vec<&u32> =
                    list.iter().filter(|ad| index.details[**ad as usize].contacts.contains(&contact)).collect();
                joining.windows(2).for_each(|two| _ = forest.join(*two[0], *two[1]));
            }
        }
    }
    forest
}

fn clusters(texts: &Texts, similarity: f64) -> Vec<u32> {
    let mut forest = Forest::new(texts.texts.len());
    for (a, b, _) in texts.pairs.iter().filter(|(_, _, agreement)| agreement.similarity >= similarity) {
        forest.join(*a, *b);
    }
    (0..texts.texts.len() as u32).map(|text| forest.find(text)).collect()
}

fn founder(index: &Index, set: &[u32]) -> AdRef {
    let first = set.iter().min_by_key(|ad| (index.ads[**ad as usize].first_seen, **ad));
    // A set of the forest is never empty.
    first.map_or_else(|| AdRef::new("", ""), |ad| index.ads[*ad as usize].ad.clone())
}

fn names(index: &Index, set: &[u32]) -> Vec<AdRef> {
    set.iter().map(|ad| index.ads[*ad as usize].ad.clone()).collect()
}

fn advertisers_of(index: &Index, forest: &mut Forest) -> Vec<Advertiser> {
    let sets = forest.sets();
    let mut all: Vec<Advertiser> = sets
        .iter()
        .map(|set| {
            let founder = founder(index, set);
            Advertiser { id: AdvertiserId::of(&founder), founder, ads: names(index, set) }
        })
        .collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn networks_of(index: &Index, advertisers: &mut Forest, networks: &mut Forest) -> Vec<Network> {
    let mut members: BTreeMap<u32, BTreeSet<AdvertiserId>> = BTreeMap::new();
    for set in advertisers.sets() {
        members.entry(networks.find(set[0])).or_default().insert(AdvertiserId::of(&founder(index, &set)));
    }
    let mut all: Vec<Network> = networks
        .sets()
        .iter()
        .map(|set| {
            let founder = founder(index, set);
            Network {
                id: NetworkId::of(&founder),
                founder,
                advertisers: members.remove(&set[0]).unwrap_or_default().into_iter().collect(),
                ads: names(index, set),
            }
        })
        .collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn damped_contacts(index: &Index, hubs: &BTreeMap<u32, Hub>, parameters: &LinkParameters) -> Vec<DampedContact> {
    let rule = (parameters.hub_groups, parameters.hub_towns, parameters.hub_groups_anywhere);
    hubs.values()
        .map(|hub| {
            let mut ads = index.ads_of_contact[hub.contact as usize].clone();
            ads.sort_unstable();
            DampedContact {
                contact: index.contacts[hub.contact as usize].clone(),
                reason: note::damped(ads.len(), hub.groups, hub.towns, rule),
                ads: names(index, &ads),
            }
        })
        .collect()
}
