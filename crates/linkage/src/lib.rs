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
mod chunk;
mod corpus;
mod desk;
mod details;
mod estimate;
mod evidence;
mod forest;
mod giant;
mod graph;
mod halves;
mod hub;
mod image;
mod index;
mod levels;
mod links;
mod near;
mod note;
mod pairs;
mod parameters;
mod population;
mod reference;
mod shared;
mod sketch;
mod style;
mod template;
mod text;
mod tie;
mod waterfall;
mod whole;

pub use chunk::{AdKeys, Probe, chunk};
pub use estimate::{Estimate, Kept, LevelEstimate, Session, estimate};
pub use giant::{Giant, giant};
pub use levels::{Level, LevelName};
pub use links::damped_links;
pub use near::near_texts;
pub use parameters::LinkParameters;
pub use population::{HubCandidate, Population, judge_hub, tying_contacts};
pub use reference::{KnownHub, LinkReference};
pub use template::template;
pub use tie::{Tie, TieKind};
pub use whole::{Said, damped_once, link, link_with, link_with_evidence};

use desk::Desk;
use domain::{
    AdFacts, AdRef, Advertiser, AdvertiserId, Contact, ContactRole, DampedContact, Judgement, JudgementKind, Linkage,
    Network, NetworkId, PairSide, Waterfall,
};
use evidence::Scales;
use forest::Forest;
use graph::Edge;
use hub::Hub;
use index::Index;
use shared::{Common, SharedBy};
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

/// Links, advertisers, networks and damped contacts of one closure (see [`Population::closures`]), with the weighed
/// pairs behind them, sorted by (a, b). Nothing but these ads, their judgements and the reference has a say.
pub fn link_closure<'a>(
    ads: impl IntoIterator<Item = &'a AdFacts>,
    judgements: &[Judgement],
    reference: &LinkReference,
    parameters: &LinkParameters,
) -> (Linkage, Vec<PairEvidence>) {
    let mut run = Run::new(ads, judgements, reference, parameters);
    let linkage = run.linkage(parameters);
    (linkage, run.evidence(parameters))
}

/// Why two ads are one desk's, one network's, or neither; `None` if one of them is not among `ads`, which hold the
/// closures of both.
pub fn waterfall<'a>(
    ads: impl IntoIterator<Item = &'a AdFacts>,
    judgements: &[Judgement],
    reference: &LinkReference,
    parameters: &LinkParameters,
    (a, b): (&AdRef, &AdRef),
) -> Option<Waterfall> {
    Run::new(ads, judgements, reference, parameters).waterfall(parameters, a, b)
}

/// Everything that linking found out.
struct Run<'a> {
    index: Index<'a>,
    texts: Texts,
    pictures: image::Pictures,
    hubs: BTreeMap<u32, Hub>,
    judged: Vec<Judged>,
    desks: Vec<Desk>,
    pairs: Vec<(u32, u32)>,
    text_cluster: Vec<u32>,
    template_cluster: Vec<u32>,
    common: Common,
    shared_by: SharedBy,
    weighed: Vec<Weighed>,
    advertisers: Forest,
    networks: Forest,
}

impl<'a> Run<'a> {
    fn new(
        ads: impl IntoIterator<Item = &'a AdFacts>,
        judgements: &[Judgement],
        reference: &LinkReference,
        parameters: &LinkParameters,
    ) -> Self {
        let index = Index::new(ads, reference, parameters.contacts_in_an_ad);
        let texts = Texts::new(&index, reference, parameters);
        let pictures = image::find(&index, reference, parameters);
        let judged = judged(&index, judgements);

        let related = hub::Related::new(&index, &texts, &pictures);
        let hubs = damped(&index, &related, &named(judgements), parameters);
        let mut by_contact = joined_by_contact(&index, &related, &hubs, &judged, parameters);
        let sets = by_contact.sets();
        let desks: Vec<Desk> = sets.iter().map(|set| Desk::new(set, &index, &texts, &pictures)).collect();
        let pairs = pairs::candidates(&desks, &texts, parameters);
        let text_cluster = clusters(&texts, parameters.text_similarity);
        let template_cluster = clusters(&texts, parameters.template_similarity);
        let common = Common::of(&index, &texts, &pictures);
        let mut run = Self {
            networks: by_contact.clone(),
            advertisers: by_contact.clone(),
            index,
            texts,
            pictures,
            hubs,
            judged,
            desks,
            pairs,
            text_cluster,
            template_cluster,
            common,
            shared_by: SharedBy::default(),
            weighed: Vec::new(),
        };
        run.weigh_all(&mut by_contact, parameters);
        for edge in run.edges(|weighed| weighed.changes_contact(parameters)) {
            run.advertisers.join(edge.x, edge.y);
        }
        // Twice: what the first round ties counts once as a holder in the second, so that a large desk's own template
        // is not taken for common property.
        let most = graph::most_ads(reference.ads(), parameters);
        run.networks = run.advertisers.clone();
        for _ in 0..2 {
            let mut networks = run.networks.clone();
            run.weigh_all(&mut networks, parameters);
            let edges = run.edges(|weighed| weighed.joins_network(parameters));
            run.networks = run.advertisers.clone();
            for edge in graph::prune(edges, &run.advertisers, most, parameters) {
                run.networks.join(edge.x, edge.y);
            }
        }
        run
    }

    fn scales<'s>(&'s self, parameters: &'s LinkParameters) -> Scales<'s> {
        Scales {
            index: &self.index,
            texts: &self.texts,
            text_cluster: &self.text_cluster,
            template_cluster: &self.template_cluster,
            shared_by: &self.shared_by,
            parameters,
        }
    }

    /// Weighs every pair; what the sets of `holders` share counts once for each of them.
    fn weigh_all(&mut self, holders: &mut Forest, parameters: &LinkParameters) {
        let (text, template) = (&self.text_cluster, &self.template_cluster);
        self.shared_by = SharedBy::count(&self.index, &self.common, &self.desks, holders, text, template);
        let scales = self.scales(parameters);
        let weighed = self.pairs.iter().map(|(x, y)| {
            let (x, y) = (&self.desks[*x as usize], &self.desks[*y as usize]);
            scales.weigh(x, y, [holders.find(x.ads[0]), holders.find(y.ads[0])])
        });
        self.weighed = weighed.collect();
    }

    /// Ties between desks that `accept` takes, the strongest first: where a judgement keeps two apart, the weakest tie
    /// between them gives way.
    fn edges(&self, accept: impl Fn(&Weighed) -> bool) -> Vec<Edge> {
        let least = |desk: u32| self.desks[desk as usize].ads.iter().copied().min().unwrap_or_default();
        let all = self.pairs.iter().zip(&self.weighed).filter(|(_, weighed)| accept(weighed));
        let mut edges: Vec<Edge> =
            all.map(|((x, y), weighed)| Edge { x: least(*x), y: least(*y), bits: weighed.bits }).collect();
        edges.sort_by(|a, b| b.bits.total_cmp(&a.bits).then((a.x, a.y).cmp(&(b.x, b.y))));
        edges
    }

    fn linkage(&mut self, parameters: &LinkParameters) -> Linkage {
        let sources = links::Sources {
            index: &self.index,
            texts: &self.texts,
            hubs: &self.hubs,
            judged: &self.judged,
            desks: &self.desks,
            pairs: &self.pairs,
            weighed: &self.weighed,
            parameters,
        };
        Linkage {
            links: links::all(&sources, &mut self.advertisers, &mut self.networks),
            advertisers: advertisers_of(&self.index, &mut self.advertisers),
            networks: networks_of(&self.index, &mut self.advertisers, &mut self.networks),
            damped: damped_contacts(&self.index, &self.hubs, parameters),
        }
    }

    fn evidence(self, parameters: &LinkParameters) -> Vec<PairEvidence> {
        let mut networks = self.networks;
        let evidence = self.pairs.iter().zip(self.weighed).map(|((x, y), weighed)| {
            let (a, b) = (self.desks[*x as usize].ads[0], self.desks[*y as usize].ads[0]);
            let joins = weighed.joins_network(parameters) && networks.find(a) == networks.find(b);
            let (a, b) = (a.min(b), a.max(b));
            let name = |ad: u32| self.index.ads[ad as usize].ad.clone();
            PairEvidence { a: name(a), b: name(b), ties: weighed.ties, bits: weighed.bits, joins }
        });
        sorted_by_pair(evidence.collect())
    }

    fn waterfall(&mut self, parameters: &LinkParameters, a: &AdRef, b: &AdRef) -> Option<Waterfall> {
        let at = |ad: &AdRef| self.index.ads.binary_search_by(|known| known.ad.cmp(ad)).ok().map(|at| at as u32);
        let (a, b) = (at(a)?, at(b)?);
        let desk_of = |ad: u32| self.desks.iter().find(|desk| desk.ads.contains(&ad));
        let (mut x, mut y) = (desk_of(a)?, desk_of(b)?);
        // What contacts hold together is weighed ad against ad, beside the contacts.
        let alone: Vec<Desk>;
        if std::ptr::eq(x, y) {
            let one = |ad| Desk::new(&[ad], &self.index, &self.texts, &self.pictures);
            alone = vec![one(a), one(b)];
            (x, y) = (&alone[0], &alone[1]);
        }
        let sets = [self.networks.find(a), self.networks.find(b)];
        let weighed = self.scales(parameters).weigh(x, y, sets);
        let name = |ad: u32| self.index.ads[ad as usize].ad.clone();
        let sources = waterfall::Sources {
            sides: [(a, x), (b, y)].map(|(ad, desk)| PairSide { ad: name(ad), ads: desk.ads.len() }),
            x,
            y,
            weighed: &weighed,
            shared: self.shared_contacts(x, y),
            judged: (self.judged.iter()).find(|one| (one.a, one.b) == (a.min(b), a.max(b))).map(|one| one.same),
            same_advertiser: self.advertisers.find(a) == self.advertisers.find(b),
            same_network: sets[0] == sets[1],
            texts: self.best_texts(x, y),
            parameters,
            name: &name,
        };
        Some(waterfall::of(sources))
    }

    /// Contacts that both sides show.
    fn shared_contacts(&self, x: &Desk, y: &Desk) -> Vec<waterfall::SharedContact> {
        let shows = |ad: &u32, contact: u32| {
            let details = &self.index.details[*ad as usize];
            details.contacts.contains(&contact) || details.listed.contains(&contact)
        };
        let all: BTreeSet<u32> = (x.ads.iter().map(|ad| &self.index.details[*ad as usize]))
            .flat_map(|details| details.contacts.iter().chain(&details.listed).copied())
            .collect();
        let shared = all.into_iter().filter_map(|contact| {
            let first = |desk: &Desk| desk.ads.iter().copied().find(|ad| shows(ad, contact));
            let (a, b) = (first(x)?, first(y)?);
            let name = |ad: u32| self.index.ads[ad as usize].ad.clone();
            Some(waterfall::SharedContact {
                kind: self.index.contacts[contact as usize].kind,
                damped: self.hubs.contains_key(&contact),
                listed: [a, b].iter().any(|ad| self.index.details[*ad as usize].listed.contains(&contact)),
                ads: (name(a), name(b)),
            })
        });
        shared.collect()
    }

    /// The two texts of the sides that agree best.
    fn best_texts(&self, x: &Desk, y: &Desk) -> Option<[&str; 2]> {
        let pairs = x.texts.keys().flat_map(|a| y.texts.keys().map(|b| (*a, *b)));
        let best = pairs
            .map(|(a, b)| (self.texts.agreement(a, b).similarity, a, b))
            .max_by(|one, other| one.0.total_cmp(&other.0).then((other.1, other.2).cmp(&(one.1, one.2))))?;
        (best.0 > 0.0).then(|| [best.1, best.2].map(|text| self.texts.skeleton(&self.index, text)))
    }
}

fn sorted_by_pair(mut evidence: Vec<PairEvidence>) -> Vec<PairEvidence> {
    evidence.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
    evidence
}

fn damped(
    index: &Index,
    related: &hub::Related,
    named: &BTreeMap<&Contact, ContactRole>,
    parameters: &LinkParameters,
) -> BTreeMap<u32, Hub> {
    (0..index.contacts.len() as u32)
        .filter_map(|contact| related.judge(contact, named.get(index.contacts[contact as usize]).copied(), parameters))
        .map(|hub| (hub.contact, hub))
        .collect()
}

/// What people say that contacts are: the latest word on each. At the same moment the most careful one counts.
fn named(judgements: &[Judgement]) -> BTreeMap<&Contact, ContactRole> {
    let mut latest = BTreeMap::new();
    for judgement in judgements {
        let Judgement::Contact { contact, role, at } = judgement else { continue };
        let value = (*at, std::cmp::Reverse(*role));
        let kept = latest.entry(contact).or_insert(value);
        *kept = (*kept).max(value);
    }
    latest.into_iter().map(|(contact, (_, role))| (contact, role.0)).collect()
}

/// Judgements on known ads: the latest of each pair. Pairs of unknown ads wait for them.
struct Judged {
    a: u32,
    b: u32,
    same: bool,
    /// Apart in time: what else shows the contact follows the ad next to it, whatever it resembles.
    split: bool,
}

fn judged(index: &Index, judgements: &[Judgement]) -> Vec<Judged> {
    let at = |ad: &AdRef| index.ads.binary_search_by(|known| known.ad.cmp(ad)).ok().map(|at| at as u32);
    let mut latest = BTreeMap::new();
    for judgement in judgements {
        let Judgement::Ads { a, b, kind, at: when } = judgement else { continue };
        let (Some(a), Some(b)) = (at(a), at(b)) else { continue };
        // At the same moment what parts wins, since it is what cannot do harm.
        let value = (*when, *kind);
        let kept = latest.entry((a.min(b), a.max(b))).or_insert(value);
        *kept = (*kept).max(value);
    }
    let judged = |((a, b), (_, kind)): ((u32, u32), (_, JudgementKind))| Judged {
        a,
        b,
        same: !kind.parts(),
        split: kind == JudgementKind::SplitHere,
    };
    latest.into_iter().filter(|((a, b), _)| a != b).map(judged).collect()
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
    let parted = judged.iter().filter(|one| !one.same && !one.split).flat_map(|one| [one.a, one.b]);
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
    let mut forest = Forest::new(texts.len());
    for (a, b, _) in texts.pairs.iter().filter(|(_, _, agreement)| agreement.similarity >= similarity) {
        forest.join(*a, *b);
    }
    (0..texts.len() as u32).map(|text| forest.find(text)).collect()
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
                reason: note::damped(hub, rule),
                ads: names(index, &ads),
            }
        })
        .collect()
}
