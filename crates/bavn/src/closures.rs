//! Steps 3 to 6 closure by closure: `links -> advertiser, network -> indicators (many ads) -> assessment`. What a closure
//! gives depends on its own ads, what people said of them, the reference and the configuration, and on nothing else: so
//! it does not matter when, in which order and with how many others it is made.

use crate::config::Config;
use crate::pipeline::read_version;
use crate::references::References;
use classifier::{Catalogue, GroupView, Reference, ReferenceBuilder, dominant_language};
use domain::{AdFacts, AdRef, AdvertiserId, Assessment, Judgement, Linkage, Subject, VersionFacts};
use jiff::Timestamp;
use linkage::{Giant, LinkParameters, LinkReference, Population, Said};
use std::collections::{BTreeMap, HashMap};
use store::{AdRow, ClosureAd, InPassing, KnownAd, NewClosure, Store, UnreadVersion};

/// Ads that are read and assessed at a time.
const PIECE: usize = 4_000;

/// What closures are judged by: another catalogue or other parameters may stand here than those in force.
pub struct Rules<'a> {
    /// The indicators.
    pub catalogue: &'a Catalogue,
    /// The weights of linking.
    pub parameters: &'a LinkParameters,
    /// What depends on everybody.
    pub references: &'a References,
    /// What people said.
    pub judgements: &'a [Judgement],
    /// Nothing later counts.
    pub as_of: Timestamp,
}

/// What a closure, or several, give.
#[derive(Debug, Clone, Default)]
pub struct Analysed {
    /// Links, advertisers, networks, damped contacts.
    pub linkage: Linkage,
    /// Assessments of advertisers, then of networks of two advertisers or more, each by id.
    pub assessments: Vec<Assessment>,
    /// Version of the reference.
    pub reference: String,
}

impl Rules<'_> {
    /// Links and assesses closures, on two threads where there are many.
    pub fn assess(&self, closures: &[Vec<&AdFacts>]) -> Vec<Analysed> {
        let said = Said::of(self.judgements);
        let each = |closures: &[Vec<&AdFacts>]| -> Vec<Analysed> {
            closures.iter().map(|closure| self.assess_one(closure, &said)).collect()
        };
        let total: usize = closures.iter().map(Vec::len).sum();
        if total < 200 {
            return each(closures);
        }
        let mut half = 0;
        let middle = closures.iter().take_while(|closure| {
            half += closure.len();
            2 * half <= total
        });
        let (left, right) = closures.split_at(middle.count());
        std::thread::scope(|scope| {
            let first = scope.spawn(|| each(left));
            let second = each(right);
            // A panic there is a panic here.
            let mut all = first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            all.extend(second);
            all
        })
    }

    fn assess_one(&self, ads: &[&AdFacts], said: &Said<'_>) -> Analysed {
        let members = ads.iter().copied();
        let said = said.on(members.clone());
        let (linkage, _) = linkage::link_closure(members, &said, &self.references.links, self.parameters);
        let assessments = self.assess_linked(ads, &linkage);
        Analysed { linkage, assessments, reference: self.references.version().to_owned() }
    }

    /// Assesses the advertisers and networks of a closure that was linked already.
    pub fn assess_linked(&self, ads: &[&AdFacts], linkage: &Linkage) -> Vec<Assessment> {
        let by_ad: HashMap<&AdRef, &AdFacts> = ads.iter().map(|facts| (&facts.ad, *facts)).collect();
        let mut links_of: HashMap<&AdRef, Vec<usize>> = HashMap::new();
        for (index, link) in linkage.links.iter().enumerate() {
            links_of.entry(&link.a).or_default().push(index);
            links_of.entry(&link.b).or_default().push(index);
        }
        let mut damped_of: HashMap<&AdRef, Vec<usize>> = HashMap::new();
        for (index, damped) in linkage.damped.iter().enumerate() {
            damped.ads.iter().for_each(|ad| damped_of.entry(ad).or_default().push(index));
        }
        let ads_of: BTreeMap<&AdvertiserId, &Vec<AdRef>> =
            linkage.advertisers.iter().map(|a| (&a.id, &a.ads)).collect();
        let around = |index: &HashMap<&AdRef, Vec<usize>>, ads: &[AdRef]| {
            let mut found: Vec<usize> = ads.iter().filter_map(|ad| index.get(ad)).flatten().copied().collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let assess = |subject: Subject, advertisers: Vec<(AdvertiserId, Vec<AdRef>)>, ads: &[AdRef]| {
            let members: Vec<&AdFacts> = ads.iter().filter_map(|ad| by_ad.get(ad).copied()).collect();
            let clock = clock(&members, self.as_of);
            let view = GroupView {
                subject: &subject,
                ads: members,
                advertisers,
                links: around(&links_of, ads).into_iter().filter_map(|index| linkage.links.get(index)).collect(),
                damped: around(&damped_of, ads).into_iter().filter_map(|index| linkage.damped.get(index)).collect(),
            };
            let (mut firings, abstentions) =
                classifier::fire_group(self.catalogue, &view, &self.references.rules, clock);
            let versions = view.ads.iter().flat_map(|fact| &fact.versions);
            firings.extend(versions.flat_map(|version| version.firings.clone()));
            classifier::assess(self.catalogue, subject, ads, firings, abstentions)
        };
        let mut assessments = Vec::with_capacity(linkage.advertisers.len());
        for advertiser in &linkage.advertisers {
            let members = vec![(advertiser.id.clone(), advertiser.ads.clone())];
            assessments.push(assess(Subject::Advertiser(advertiser.id.clone()), members, &advertiser.ads));
        }
        for network in linkage.networks.iter().filter(|network| network.advertisers.len() > 1) {
            let members = (network.advertisers.iter())
                .filter_map(|id| ads_of.get(id).map(|ads| (id.clone(), (*ads).clone())))
                .collect();
            assessments.push(assess(Subject::Network(network.id.clone()), members, &network.ads));
        }
        assessments
    }
}

/// A subject's own clock: the last moment at which anything was seen of its ads, or found gone. Assessed at it, ads that
/// nobody touched give the same whatever the day of the analysis is.
fn clock(ads: &[&AdFacts], as_of: Timestamp) -> Timestamp {
    let last = ads.iter().map(|ad| ad.gone_at.map_or(ad.last_seen, |gone| gone.max(ad.last_seen))).max();
    last.map_or(as_of, |last| last.min(as_of))
}

/// Everything about these ads, in memory: the union of their closures.
pub fn assess_all(rules: &Rules<'_>, facts: &[AdFacts]) -> Analysed {
    let population = Population::of(facts, rules.parameters);
    let closures = population.closures(rules.judgements, &rules.references.links, rules.parameters);
    let closures: Vec<Vec<&AdFacts>> =
        closures.iter().map(|closure| closure.iter().map(|at| &facts[*at as usize]).collect()).collect();
    let mut all = Analysed { reference: rules.references.version().to_owned(), ..Analysed::default() };
    for one in rules.assess(&closures) {
        all.linkage.links.extend(one.linkage.links);
        all.linkage.advertisers.extend(one.linkage.advertisers);
        all.linkage.networks.extend(one.linkage.networks);
        all.linkage.damped.extend(one.linkage.damped);
        all.assessments.extend(one.assessments);
    }
    all.linkage.advertisers.sort_by(|a, b| a.id.cmp(&b.id));
    all.linkage.networks.sort_by(|a, b| a.id.cmp(&b.id));
    all.linkage.damped = linkage::damped_once(all.linkage.damped);
    let first_seen: HashMap<&AdRef, Timestamp> = facts.iter().map(|facts| (&facts.ad, facts.first_seen)).collect();
    let chains = linkage::damped_links(&all.linkage.damped, |_, ad| first_seen.get(ad).copied());
    all.linkage.links.extend(chains);
    all.linkage.links.sort_by(|x, y| (&x.a, &x.b, x.kind).cmp(&(&y.a, &y.b, y.kind)));
    all.assessments.sort_by(|a, b| subject_key(&a.subject).cmp(&subject_key(&b.subject)));
    all
}

fn subject_key(subject: &Subject) -> (bool, &str) {
    match subject {
        Subject::Advertiser(id) => (false, id.as_str()),
        Subject::Network(id) => (true, id.as_str()),
    }
}

/// Closures as they are kept, from their ads and what they give.
fn kept(closures: Vec<Vec<&KnownAd>>, given: Vec<Analysed>, keys: &HashMap<AdRow, i64>) -> Vec<NewClosure> {
    let both = closures.into_iter().zip(given);
    both.map(|(ads, given)| {
        let facts: HashMap<&AdRef, &AdFacts> = ads.iter().map(|known| (&known.facts.ad, &known.facts)).collect();
        let language = |assessment: &Assessment| {
            let own = assessment.ads.iter().filter_map(|ad| facts.get(ad).copied());
            dominant_language(own).to_owned()
        };
        let assessments =
            given.assessments.into_iter().map(|one| (language(&one), one)).map(|(code, one)| (one, code)).collect();
        let ad = |known: &KnownAd| ClosureAd {
            ad: known.facts.ad.clone(),
            row: known.row,
            keys: keys.get(&known.row).copied().unwrap_or(0),
        };
        NewClosure { ads: ads.iter().map(|known| ad(known)).collect(), linkage: given.linkage, assessments }
    })
    .collect()
}

/// The first network beyond belief among these.
fn giant_of(closures: &[NewClosure], total: usize, parameters: &LinkParameters) -> Option<Giant> {
    closures.iter().find_map(|closure| linkage::giant(&closure.linkage, total, parameters))
}

/// Why such a run stops, and what to do about it.
fn refuse(giant: &Giant) -> anyhow::Error {
    anyhow::anyhow!(
        "{giant}. Such a network says that something ties the unrelated. The analysis before stays. Look at the two with \
         'bavn explain pair', name the contact or judge the pair on its page, or raise largest_network_share in \
         linkage.toml if it is one network"
    )
}

/// All ads of the store as small numbers, parted into closures against a reference. Facts are read again piece by piece,
/// so that a million ads fit.
pub struct Everybody {
    population: Population,
    rows: Vec<AdRow>,
    closures: std::vec::IntoIter<Vec<u32>>,
    /// The reference that they are parted against.
    pub references: References,
}

impl Everybody {
    /// Goes through all ads once. Without a reference to part them against, a new one is made of them.
    pub async fn gather(
        facts: &Facts<'_>,
        config: &Config,
        judgements: &[Judgement],
        kept: Option<References>,
        as_of: Timestamp,
        progress: &(dyn Fn(&str, u64) + Send + Sync),
    ) -> anyhow::Result<Self> {
        let parameters = &config.linkage;
        let (mut population, mut rows) = (Population::default(), Vec::new());
        let mut builder = kept.is_none().then(|| ReferenceBuilder::new(&config.geography, as_of));
        for piece in facts.store.ad_rows_by(as_of).await?.chunks(PIECE) {
            let known = facts.of(piece, as_of).await?;
            tokio::task::block_in_place(|| {
                for one in &known {
                    population.add(&one.facts, parameters);
                    if let Some(builder) = &mut builder {
                        builder.add(&one.facts);
                    }
                    rows.push(one.row);
                }
            });
            progress("facts", rows.len() as u64);
        }
        let references = match (kept, builder) {
            (Some(kept), _) => kept,
            (None, builder) => {
                let rules = builder.map_or_else(
                    || Reference::build(&[], &config.geography, as_of),
                    |builder| tokio::task::block_in_place(|| builder.finish()),
                );
                let links = link_reference(facts, &population, &rows, parameters, as_of).await?;
                References::new(rules, links, config, as_of)?
            }
        };
        let closures = tokio::task::block_in_place(|| population.closures(judgements, &references.links, parameters));
        Ok(Self { population, rows, closures: closures.into_iter(), references })
    }

    /// How many ads there are.
    pub fn ads(&self) -> usize {
        self.rows.len()
    }

    /// The next closures with what they give by these rules, and their keys for the index; `None` at the end. A network
    /// beyond belief is an error.
    pub async fn next(
        &mut self,
        facts: &Facts<'_>,
        rules: &Rules<'_>,
    ) -> anyhow::Result<Option<(Vec<NewClosure>, Vec<u8>)>> {
        let (mut numbers, mut ads) = (Vec::new(), 0);
        while ads < PIECE {
            let Some(closure) = self.closures.next() else { break };
            ads += closure.len();
            numbers.push(closure);
        }
        if numbers.is_empty() {
            return Ok(None);
        }
        let mut rows: Vec<AdRow> = numbers.iter().flatten().map(|number| self.rows[*number as usize]).collect();
        rows.sort_unstable();
        let known = facts.of(&rows, rules.as_of).await?;
        tokio::task::block_in_place(|| {
            let by_row: HashMap<AdRow, &KnownAd> = known.iter().map(|known| (known.row, known)).collect();
            let (mut keys, mut index) = (HashMap::new(), Vec::new());
            for number in numbers.iter().flatten() {
                let own = self.population.keys_of(*number, &rules.references.links, rules.parameters);
                keys.insert(self.rows[*number as usize], own.digest());
                index.push((self.rows[*number as usize].0, own));
            }
            let closures: Vec<Vec<&KnownAd>> = (numbers.iter())
                .map(|closure| {
                    // What was deleted meanwhile is missed by the next analysis, which its deletion calls for.
                    closure.iter().filter_map(|at| by_row.get(&self.rows[*at as usize]).copied()).collect()
                })
                .filter(|closure: &Vec<&KnownAd>| !closure.is_empty())
                .collect();
            let facts: Vec<Vec<&AdFacts>> =
                closures.iter().map(|closure| closure.iter().map(|known| &known.facts).collect()).collect();
            let given = rules.assess(&facts);
            let kept = kept(closures, given, &keys);
            if let Some(giant) = giant_of(&kept, self.rows.len(), rules.parameters) {
                return Err(refuse(&giant));
            }
            let chunk = linkage::chunk(index.iter().map(|(row, keys)| (*row, keys)));
            Ok(Some((kept, chunk)))
        })
    }
}

/// What linking takes from everybody, counted anew.
async fn link_reference(
    facts: &Facts<'_>,
    population: &Population,
    rows: &[AdRow],
    parameters: &LinkParameters,
    as_of: Timestamp,
) -> anyhow::Result<LinkReference> {
    let mut reference = tokio::task::block_in_place(|| population.reference(parameters));
    let mut hubs = Vec::new();
    for candidate in population.hub_candidates(parameters) {
        let own: Vec<AdRow> = candidate.ads.iter().map(|number| rows[*number as usize]).collect();
        let known = facts.of(&own, as_of).await?;
        let known = known.iter().map(|known| &known.facts);
        hubs.extend(tokio::task::block_in_place(|| linkage::judge_hub(&candidate, known, &reference, parameters)));
    }
    reference.damp(hubs);
    Ok(reference)
}

/// What is known of ads: as it was read and kept, or as another configuration would read it.
pub struct Facts<'a> {
    store: &'a Store,
    reader: Option<(&'a Config, &'a Catalogue, &'a str)>,
}

impl<'a> Facts<'a> {
    /// As it is kept.
    pub fn kept(store: &'a Store) -> Self {
        Self { store, reader: None }
    }

    /// As this configuration reads: what it has read is taken as it is kept, all else is read in passing.
    pub fn read_by(store: &'a Store, config: &'a Config) -> Self {
        Self { store, reader: Some((config, &config.catalogue, &config.reader_version)) }
    }

    /// As this configuration would read with another catalogue.
    pub fn with_catalogue(
        store: &'a Store,
        config: &'a Config,
        catalogue: &'a Catalogue,
        reader_version: &'a str,
    ) -> Self {
        Self { store, reader: Some((config, catalogue, reader_version)) }
    }

    /// Of some ads.
    pub async fn of(&self, rows: &[AdRow], as_of: Timestamp) -> anyhow::Result<Vec<KnownAd>> {
        let Some((config, catalogue, reader_version)) = self.reader else {
            return Ok(self.store.facts_of(rows, as_of).await?);
        };
        let each = |versions: &[UnreadVersion]| -> Vec<VersionFacts> {
            versions.iter().map(|version| read_version(config, catalogue, version).facts).collect()
        };
        let read = |versions: &[UnreadVersion]| {
            tokio::task::block_in_place(|| {
                let (left, right) = versions.split_at(versions.len() / 2);
                std::thread::scope(|scope| {
                    let first = scope.spawn(|| each(left));
                    let second = each(right);
                    // A panic there is a panic here.
                    let mut all = first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                    all.extend(second);
                    all
                })
            })
        };
        Ok(self.store.facts_read_by(rows, as_of, &InPassing { reader_version, read: &read }).await?)
    }
}

/// Some ads with all that something may tie to them, parted and assessed.
pub struct Parted {
    /// The closures that come.
    pub closures: Vec<NewClosure>,
    /// Keys of ads that the index does not know by them.
    pub chunk: Vec<u8>,
}

/// Parts these ads anew. `total`: how many ads the analysis holds besides.
pub async fn part(
    store: &Store,
    rules: &Rules<'_>,
    analysis: i64,
    touched: &[AdRow],
    others: usize,
) -> anyhow::Result<Parted> {
    let known = store.facts_of(touched, rules.as_of).await?;
    let (closures, index) = tokio::task::block_in_place(|| {
        let mut population = Population::default();
        known.iter().for_each(|known| _ = population.add(&known.facts, rules.parameters));
        let links = &rules.references.links;
        let index: Vec<_> = (0u32..)
            .zip(&known)
            .map(|(number, known)| (known.row, population.keys_of(number, links, rules.parameters)))
            .collect();
        let parted = population.closures(rules.judgements, links, rules.parameters);
        let closures: Vec<Vec<&KnownAd>> =
            parted.iter().map(|closure| closure.iter().map(|at| &known[*at as usize]).collect()).collect();
        let facts: Vec<Vec<&AdFacts>> =
            closures.iter().map(|closure| closure.iter().map(|known| &known.facts).collect()).collect();
        let given = rules.assess(&facts);
        let keys: HashMap<AdRow, i64> = index.iter().map(|(row, keys)| (*row, keys.digest())).collect();
        (kept(closures, given, &keys), index)
    });
    if let Some(giant) = giant_of(&closures, others + known.len(), rules.parameters) {
        return Err(refuse(&giant));
    }
    let digests = index.iter().map(|(row, keys)| (*row, keys.digest())).collect();
    let unknown = store.without_keys(analysis, &digests).await?;
    let new = index.iter().filter(|(row, _)| unknown.contains(row)).map(|(row, keys)| (row.0, keys));
    Ok(Parted { closures, chunk: linkage::chunk(new) })
}
