//! All ads as small numbers: what a reference is counted from, and what parts them into closures. It holds some 1.5 KB
//! an ad, so that a million fit beside everything else; the facts themselves need not stay.

use crate::chunk::AdKeys;
use crate::corpus::{COULD_ALIGN, Corpus, Places, Text};
use crate::forest::Forest;
use crate::halves::in_halves;
use crate::image::{near, usable};
use crate::index::Index;
use crate::parameters::LinkParameters;
use crate::reference::{COMMON, Counts, KnownHub, LinkReference};
use crate::sketch::{
    ByNumber, Mixed, ad_key, address_key, band_keys, contact_key, contacts, hash_word, mix, of_band, persona_key,
    symbols_key, url_key,
};
use crate::{hub, image, named, text::Texts};
use domain::{AdFacts, Contact, ContactRole, Judgement, PdqHash};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

/// Ads among which rarity is counted.
const SAMPLE: usize = 100_000;
/// Ads of one contact that are asked whether it joins the unrelated.
const HUB_SAMPLE: usize = 2_000;
/// Bits of common phrases from which two alike texts put their ads in one closure.
pub(crate) const EDGE_BITS: f64 = 4.0;

/// One ad.
#[derive(Debug)]
struct Item {
    key: u64,
    contacts: Box<[u64]>,
    listed: Box<[u64]>,
    names: Box<[u64]>,
    towns: Box<[u64]>,
    personas: Box<[u64]>,
    /// Link targets, addresses and strings of symbols.
    things: Box<[u64]>,
    pictures: Box<[u32]>,
    texts: Box<[u32]>,
}

/// Ads in the order in which they came.
#[derive(Debug, Default)]
pub struct Population {
    ads: Vec<Item>,
    of_key: ByNumber<u64, u32>,
    corpus: Corpus,
    pictures: Vec<PdqHash>,
    picture_numbers: HashMap<PdqHash, u32>,
    /// Keys of all texts, and what they were made with.
    keys: OnceLock<(Counts, u32, Vec<Box<[u32]>>)>,
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Box<[T]> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// Things with how many owners each has, from pairs.
fn owners_of<T: Ord + Copy>(mut pairs: Vec<(T, u32)>) -> impl Iterator<Item = (T, u32)> {
    pairs.sort_unstable();
    pairs.dedup();
    let counted: Vec<(T, u32)> = pairs.chunk_by(|a, b| a.0 == b.0).map(|all| (all[0].0, all.len() as u32)).collect();
    counted.into_iter()
}

impl Population {
    /// All of these ads.
    pub fn of(ads: &[AdFacts], parameters: &LinkParameters) -> Self {
        let mut population = Self::default();
        ads.iter().for_each(|facts| _ = population.add(facts, parameters));
        population
    }

    /// Adds an ad; its number is the count of those before it.
    pub fn add(&mut self, facts: &AdFacts, parameters: &LinkParameters) -> u32 {
        let versions = || facts.versions.iter();
        let shown = || versions().flat_map(|version| contacts(version, parameters.contacts_in_an_ad));
        let joining = distinct(shown().filter(|(_, listed)| !listed).map(|(contact, _)| contact_key(contact)));
        let listed = shown().filter(|(_, listed)| *listed).map(|(contact, _)| contact_key(contact));
        let listed = distinct(listed.filter(|key| joining.binary_search(key).is_err()));
        let personas = versions().filter_map(|version| match (&version.names[..], &version.ages[..]) {
            ([name], [age]) => Some(persona_key(name, *age)),
            _ => None,
        });
        let urls = versions().flat_map(|version| &version.urls).map(|url| url_key(url));
        let addresses = versions().flat_map(|version| &version.addresses).map(|address| address_key(address));
        let symbols = versions().flat_map(|version| &version.symbols).map(|symbols| symbols_key(symbols));
        let mut picture = |hash: PdqHash| {
            *self.picture_numbers.entry(hash).or_insert_with(|| {
                self.pictures.push(hash);
                self.pictures.len() as u32 - 1
            })
        };
        let images = versions().flat_map(|version| &version.images);
        let pictures = distinct(images.filter_map(|one| usable(one, parameters)).map(&mut picture));
        let skeletons = versions().map(|version| version.skeleton.as_str()).filter(|text| !text.trim().is_empty());
        let texts = distinct(skeletons.map(|skeleton| self.corpus.add(skeleton)));
        self.keys.take();
        let number = self.ads.len() as u32;
        let key = ad_key(&facts.ad);
        self.of_key.entry(key).or_insert(number);
        self.ads.push(Item {
            key,
            contacts: joining,
            listed,
            names: distinct(versions().flat_map(|version| &version.names).map(|name| hash_word(name))),
            towns: distinct(versions().flat_map(|version| &version.places).map(|p| hash_word(&p.municipality_code))),
            personas: distinct(personas),
            things: distinct(urls.chain(addresses).chain(symbols)),
            pictures,
            texts,
        });
        number
    }

    /// How many ads there are.
    pub fn len(&self) -> usize {
        self.ads.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ads.is_empty()
    }

    /// Ads by contact.
    fn of_contact(&self) -> ByNumber<u64, Vec<u32>> {
        let mut ads: ByNumber<u64, Vec<u32>> = ByNumber::default();
        for (number, ad) in (0u32..).zip(&self.ads) {
            for contact in ad.contacts.iter().chain(&ad.listed) {
                ads.entry(*contact).or_default().push(number);
            }
        }
        ads
    }

    /// Counts everything that depends on everybody, but for the damped contacts ([`Population::hub_candidates`]).
    pub fn reference(&self, parameters: &LinkParameters) -> LinkReference {
        // The owner of an ad is its rarest contact, or itself.
        let of_contact = self.of_contact();
        let owner_key = |ad: &Item| {
            let size = |contact: &u64| of_contact.get(contact).map_or(0, Vec::len);
            ad.contacts.iter().map(|contact| (size(contact), *contact)).min().map_or(ad.key, |(_, contact)| contact)
        };
        let keys: Vec<u64> = self.ads.iter().map(owner_key).collect();
        drop(of_contact);
        let mut numbers: ByNumber<u64, u32> = ByNumber::default();
        let owner: Vec<u32> = keys
            .iter()
            .map(|key| {
                let next = numbers.len() as u32;
                *numbers.entry(*key).or_insert(next)
            })
            .collect();
        let share = SAMPLE as f64 / self.ads.len().max(1) as f64;
        let drawn = |at: usize| share >= 1.0 || (mix(keys[at]) as f64) < share * u64::MAX as f64;
        let sample: Vec<usize> = (0..self.ads.len()).filter(|at| drawn(*at)).collect();
        let owners = sample.iter().map(|at| owner[*at]).collect::<BTreeSet<u32>>().len();

        let by_owner = |of: &dyn Fn(&Item) -> Vec<u64>| -> Counts {
            owners_of(
                sample.iter().flat_map(|at| of(&self.ads[*at]).into_iter().map(|key| (key, owner[*at]))).collect(),
            )
            .collect()
        };
        let texts = distinct(sample.iter().flat_map(|at| self.ads[*at].texts.iter().map(|text| (*text, owner[*at]))));
        let words = texts.iter().flat_map(|(text, owner)| {
            let hash = |word: &u32| self.corpus.word_hashes[*word as usize];
            let distinct = distinct(self.corpus.texts[*text as usize].words.iter().map(hash));
            distinct.into_iter().map(|word| (word, *owner)).collect::<Vec<_>>()
        });
        let words = owners_of(words.collect()).filter(|(_, owners)| *owners > 1).collect();
        let shingles = texts
            .iter()
            .flat_map(|(text, owner)| self.corpus.texts[*text as usize].shingles.iter().map(|all| (*all, *owner)));
        let shingles = owners_of(shingles.collect()).filter(|(_, owners)| *owners > 2).collect();
        let mut reference = LinkReference {
            ads: self.ads.len(),
            owners,
            personas: self.ads.iter().flat_map(|ad| ad.personas.iter()).collect::<BTreeSet<_>>().len(),
            words,
            shingles,
            names: by_owner(&|ad| ad.names.to_vec()),
            towns: by_owner(&|ad| ad.towns.to_vec()),
            boilerplate: (owners as f64 * parameters.boilerplate_share).max(12.0) as u32,
            ..LinkReference::default()
        };
        if numbers.len() > COMMON as usize {
            reference.common = self.common(&owner, &reference);
            reference.common_pictures = self.common_pictures(&owner, parameters);
        }
        reference
    }

    /// Keys that more than [`COMMON`] owners have.
    fn common(&self, owner: &[u32], reference: &LinkReference) -> Counts {
        let with_owner = || self.ads.iter().zip(owner);
        let many = |(_, owners): &(u64, u32)| *owners > COMMON;
        let things = with_owner().flat_map(|(ad, owner)| ad.things.iter().map(|thing| (*thing, *owner)));
        let mut common: Vec<(u64, u32)> = owners_of(things.collect()).filter(many).collect();
        let of_text = distinct(with_owner().flat_map(|(ad, owner)| ad.texts.iter().map(|text| (*text, *owner))));
        let whole = of_text.iter().map(|(text, owner)| (self.corpus.texts[*text as usize].key, *owner));
        common.extend(owners_of(whole.collect()).filter(many));
        let keys = self.band_keys(reference);
        for band in 0..keys.iter().map(|keys| keys.len()).max().unwrap_or(0) {
            let pairs = of_text.iter().filter_map(|(text, owner)| Some((*keys[*text as usize].get(band)?, *owner)));
            let counted = owners_of(pairs.collect()).filter(|(_, owners)| *owners > COMMON);
            common.extend(counted.map(|(key, owners)| (of_band(key), owners)));
        }
        common.into_iter().collect()
    }

    /// Keys of all texts, made once for one reference.
    fn band_keys(&self, reference: &LinkReference) -> Cow<'_, [Box<[u32]>]> {
        let all = |texts: &[Text]| texts.iter().map(|text| band_keys(&text.shingles, reference).into()).collect();
        let make = || in_halves(&self.corpus.texts, |_| 1, all);
        let (phrases, most) = (&reference.shingles, reference.boilerplate);
        let (kept_phrases, kept_most, kept) = self.keys.get_or_init(|| (phrases.clone(), most, make()));
        if kept_phrases.is_the_same_as(phrases) && *kept_most == most { Cow::from(kept) } else { Cow::from(make()) }
    }

    fn common_pictures(&self, owner: &[u32], parameters: &LinkParameters) -> Vec<(PdqHash, u32)> {
        let mut same = near(self.pictures.iter(), parameters);
        let pairs = self.ads.iter().zip(owner).flat_map(|(ad, owner)| ad.pictures.iter().map(|one| (*one, *owner)));
        let pairs: Vec<(u32, u32)> = pairs.map(|(picture, owner)| (same.find(picture), owner)).collect();
        let common: BTreeMap<u32, u32> = owners_of(pairs).filter(|(_, owners)| *owners > COMMON).collect();
        let hashes = (0u32..).zip(&self.pictures);
        let mut all: Vec<(PdqHash, u32)> =
            hashes.filter_map(|(at, hash)| Some((*hash, *common.get(&same.find(at))?))).collect();
        all.sort_unstable();
        all
    }

    /// Contacts that have ads enough to be damped: each with its ads' numbers. Ask [`judge_hub`] with their facts, and
    /// give what it says to [`LinkReference::damp`].
    pub fn hub_candidates(&self, parameters: &LinkParameters) -> Vec<HubCandidate> {
        let least = parameters.hub_groups.min(parameters.hub_groups_anywhere);
        let many = self.of_contact().into_iter().filter(|(_, ads)| ads.len() >= least);
        let mut all: Vec<HubCandidate> = many
            .map(|(contact, mut ads)| {
                let total = ads.len();
                ads.sort_by_key(|ad| self.ads[*ad as usize].key);
                ads.truncate(HUB_SAMPLE);
                ads.sort_unstable();
                HubCandidate { contact, total, ads }
            })
            .collect();
        all.sort_by_key(|candidate| candidate.contact);
        all
    }

    /// The ads in sets that share nothing that could tie them: each sorted, in the order of their least members.
    pub fn closures(
        &self,
        judgements: &[Judgement],
        reference: &LinkReference,
        parameters: &LinkParameters,
    ) -> Vec<Vec<u32>> {
        let mut forest = Forest::new(self.ads.len());
        let mut first: ByNumber<u64, u32> = ByNumber::default();
        let mut of_picture = vec![u32::MAX; self.pictures.len()];
        let mut of_text = vec![u32::MAX; self.corpus.texts.len()];
        let one_desk = operators(judgements);
        let common_text = |text: u32| reference.common(self.corpus.texts[text as usize].key).is_some();
        let common_picture: Vec<bool> =
            self.pictures.iter().map(|hash| reference.common_picture(hash, parameters).is_some()).collect();
        for (number, ad) in (0u32..).zip(&self.ads) {
            forest.join(number, self.of_key[&ad.key]);
            let ties = |contact: &&u64| reference.hub(**contact).is_none() || one_desk.contains(contact);
            let shown = ad.contacts.iter().chain(&ad.listed).filter(ties);
            let things = ad.things.iter().filter(|thing| reference.common(**thing).is_none());
            for key in shown.chain(things) {
                forest.join(number, *first.entry(*key).or_insert(number));
            }
            let mut meet = |at: &mut u32| match *at {
                u32::MAX => *at = number,
                other => _ = forest.join(number, other),
            };
            for picture in ad.pictures.iter().filter(|picture| !common_picture[**picture as usize]) {
                meet(&mut of_picture[*picture as usize]);
            }
            for text in ad.texts.iter().filter(|text| !common_text(**text)) {
                meet(&mut of_text[*text as usize]);
            }
        }
        // 'Not the same' too: it is shown beside what it parts.
        for one in judgements {
            let Judgement::Ads { a, b, .. } = one else { continue };
            if let (Some(a), Some(b)) = (self.of_key.get(&ad_key(a)), self.of_key.get(&ad_key(b))) {
                forest.join(*a, *b);
            }
        }
        let own: Vec<u32> = (0u32..).zip(&common_picture).filter(|(_, common)| !**common).map(|(at, _)| at).collect();
        let hashes: Vec<PdqHash> = own.iter().map(|at| self.pictures[*at as usize]).collect();
        let mut same = near(hashes.iter(), parameters);
        for (at, picture) in (0u32..).zip(&own) {
            let other = own[same.find(at) as usize];
            forest.join(of_picture[*picture as usize], of_picture[other as usize]);
        }
        self.join_alike(&mut forest, &of_text, reference, parameters);
        forest.sets()
    }

    /// Joins the ads of texts that share a key and agree. Whether two texts do is asked only while their ads are apart.
    fn join_alike(&self, forest: &mut Forest, of_text: &[u32], reference: &LinkReference, parameters: &LinkParameters) {
        let scale = self.corpus.scale(reference, parameters);
        let keys = self.band_keys(reference);
        let mut refused: HashSet<u64, BuildHasherDefault<Mixed>> = HashSet::default();
        let mut places = Places::default();
        // Mixing takes no two pairs for one.
        let pair = |a: u32, b: u32| mix(u64::from(a) << 32 | u64::from(b));
        for band in 0..keys.iter().map(|keys| keys.len()).max().unwrap_or(0) {
            let texts = (0u32..).zip(&*keys).filter(|(text, _)| of_text[*text as usize] != u32::MAX);
            let mut here: Vec<(u32, u32)> = texts.filter_map(|(text, keys)| Some((*keys.get(band)?, text))).collect();
            here.sort_unstable();
            for bucket in here.chunk_by(|a, b| a.0 == b.0) {
                if bucket.len() < 2 || reference.common(of_band(bucket[0].0)).is_some() {
                    continue;
                }
                for (at, (_, a)) in bucket.iter().enumerate() {
                    for (_, b) in &bucket[at + 1..] {
                        let (x, y) = (of_text[*a as usize], of_text[*b as usize]);
                        // Most of those that meet have a sentence in common and nothing else: the cheapest look first.
                        if forest.find(x) == forest.find(y)
                            || !self.corpus.could_align(*a, *b, COULD_ALIGN, &mut places)
                            || !self.corpus.could_agree(*a, *b)
                            || refused.contains(&pair(*a, *b))
                        {
                            continue;
                        }
                        // The same way round whatever the order in which the ads came.
                        let key = |text: &u32| self.corpus.texts[*text as usize].key;
                        let (first, second) = if key(a) <= key(b) { (*a, *b) } else { (*b, *a) };
                        let agreement = self.corpus.compare(first, second, &scale);
                        if agreement.similarity >= parameters.template_similarity && agreement.bits >= EDGE_BITS {
                            forest.join(x, y);
                        } else {
                            refused.insert(pair(*a, *b));
                        }
                    }
                }
            }
        }
    }

    /// The keys by which a later ad finds this one; what is common proposes nothing. Contacts are not among them: who
    /// keeps ads finds those by contact anyway.
    pub fn keys_of(&self, number: u32, reference: &LinkReference, parameters: &LinkParameters) -> AdKeys {
        let ad = &self.ads[number as usize];
        let wide = |key: &u64| (key >> 32) as u32;
        let mut keys: Vec<u32> = ad.things.iter().filter(|key| reference.common(**key).is_none()).map(wide).collect();
        let bands = self.band_keys(reference);
        for (text, bands) in ad.texts.iter().map(|text| (&self.corpus.texts[*text as usize], &bands[*text as usize])) {
            if reference.common(text.key).is_none() {
                keys.push(wide(&text.key));
                keys.extend(bands.iter().filter(|key| reference.common(of_band(**key)).is_none()));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let pictures = ad.pictures.iter().map(|picture| self.pictures[*picture as usize]);
        AdKeys {
            keys,
            pictures: pictures.filter(|hash| reference.common_picture(hash, parameters).is_none()).collect(),
        }
    }
}

/// The contacts of these ads that tie whoever shows them: what another ad is found by besides its keys.
pub fn tying_contacts<'a>(
    ads: impl IntoIterator<Item = &'a AdFacts>,
    judgements: &[Judgement],
    reference: &LinkReference,
) -> BTreeSet<Contact> {
    let one_desk = operators(judgements);
    let shown = ads.into_iter().flat_map(|ad| &ad.versions).flat_map(|version| &version.contacts);
    let ties = |contact: &&Contact| {
        let key = contact_key(contact);
        reference.hub(key).is_none() || one_desk.contains(&key)
    };
    shown.filter(ties).cloned().collect()
}

/// Contacts that people hold to be one desk's: they tie whatever the reference says.
fn operators(judgements: &[Judgement]) -> BTreeSet<u64> {
    let latest = named(judgements).into_iter();
    latest.filter(|(_, role)| *role == ContactRole::Operator).map(|(contact, _)| contact_key(contact)).collect()
}

/// A contact that may join the unrelated.
#[derive(Debug, Clone)]
pub struct HubCandidate {
    contact: u64,
    total: usize,
    /// Numbers of the ads to ask; of very many a fixed share.
    pub ads: Vec<u32>,
}

/// Applies the rule of damping to a candidate, by its own ads alone.
pub fn judge_hub<'a>(
    candidate: &HubCandidate,
    ads: impl IntoIterator<Item = &'a AdFacts>,
    reference: &LinkReference,
    parameters: &LinkParameters,
) -> Option<KnownHub> {
    let index = Index::new(ads, reference, parameters.contacts_in_an_ad);
    let contact = index.contacts.iter().position(|contact| contact_key(contact) == candidate.contact)?;
    let texts = Texts::new(&index, reference, parameters);
    let pictures = image::find(&index, reference, parameters);
    let hub = hub::Related::new(&index, &texts, &pictures).judge(contact as u32, None, parameters)?;
    Some(KnownHub { contact: candidate.contact, ads: candidate.total, groups: hub.groups, towns: hub.towns })
}

impl LinkReference {
    /// Made of these ads, which are all there are.
    pub fn of(ads: &[AdFacts], parameters: &LinkParameters) -> Self {
        let population = Population::of(ads, parameters);
        let mut reference = population.reference(parameters);
        let judge = |candidate: &HubCandidate| {
            let own = candidate.ads.iter().map(|at| &ads[*at as usize]);
            judge_hub(candidate, own, &reference, parameters)
        };
        let hubs = population.hub_candidates(parameters).iter().filter_map(judge).collect();
        reference.damp(hubs);
        reference
    }
}
