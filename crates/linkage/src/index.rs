//! The ads in a fixed order, with everything that is compared as small numbers.

use crate::reference::{KnownHub, LinkReference};
use crate::sketch::{self, contact_key, url_key};
use domain::{AdFacts, Contact};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Words as numbers in their sorted order, and how many owners have each by the reference.
#[derive(Debug, Default)]
pub struct Vocabulary {
    owners_with: Vec<u32>,
}

impl Vocabulary {
    /// How many owners have it, 1 and up.
    pub fn owners_with(&self, word: u32) -> u32 {
        self.owners_with[word as usize].max(1)
    }
}

/// One ad's facts, over all its versions.
#[derive(Debug, Default, Clone)]
pub struct AdDetails {
    /// First and last sighting, in seconds.
    pub first: i64,
    pub last: i64,
    pub names: BTreeSet<u32>,
    pub ages: BTreeSet<u32>,
    /// Name and age of versions that have one of each.
    pub personas: BTreeSet<(u32, u32)>,
    pub towns: BTreeSet<u32>,
    pub prices: BTreeSet<u32>,
    pub languages: BTreeSet<u32>,
    pub addresses: BTreeSet<u32>,
    pub urls: BTreeSet<u32>,
    pub symbols: BTreeSet<u32>,
    /// Habits of writing in any version.
    pub habits: BTreeSet<u32>,
    /// Where it stood: the listing's place of each version, with the version's first sighting in seconds.
    pub stations: Vec<(i64, u32)>,
    /// Joining contacts.
    pub contacts: BTreeSet<u32>,
    /// Contacts that it only lists, as a directory does.
    pub listed: BTreeSet<u32>,
}

/// The ads, sorted by site and id.
pub struct Index<'a> {
    pub ads: Vec<&'a AdFacts>,
    pub details: Vec<AdDetails>,
    /// Contacts, sorted.
    pub contacts: Vec<&'a Contact>,
    /// The ads that show each contact, in time order (ties: site, ad id).
    pub ads_of_contact: Vec<Vec<u32>>,
    /// Contacts that the reference knows as damped.
    pub known_hubs: BTreeMap<u32, KnownHub>,
    /// Who probably owns each ad, for counting only: its rarest contact, or itself.
    pub owner: Vec<u32>,
    /// Link targets that are common property by the reference, with their owners.
    pub common_urls: Vec<(u32, u32)>,
    /// Owners by the reference.
    owners: usize,
    /// How many different personas there are by the reference.
    pub personas: usize,
    pub names: Vocabulary,
    pub towns: Vocabulary,
}

fn intern<'t>(all: impl Iterator<Item = &'t str>) -> HashMap<&'t str, u32> {
    let sorted: BTreeSet<&str> = all.collect();
    sorted.into_iter().zip(0..).collect()
}

impl<'a> Index<'a> {
    /// Sorts and counts. Where an ad is given twice the first by (first sighting, versions) counts.
    pub fn new(
        given: impl IntoIterator<Item = &'a AdFacts>,
        reference: &LinkReference,
        contacts_in_an_ad: usize,
    ) -> Self {
        let mut ads: Vec<&AdFacts> = given.into_iter().collect();
        ads.sort_by(|a, b| (&a.ad, a.first_seen, a.versions.len()).cmp(&(&b.ad, b.first_seen, b.versions.len())));
        ads.dedup_by(|b, a| a.ad == b.ad);
        let versions = || ads.iter().flat_map(|ad| &ad.versions);
        let names = intern(versions().flat_map(|v| &v.names).map(String::as_str));
        let towns = intern(versions().flat_map(|v| &v.places).map(|p| p.municipality_code.as_str()));
        let languages = intern(versions().flat_map(|v| &v.languages).map(|l| l.code.as_str()));
        let addresses = intern(versions().flat_map(|v| &v.addresses).map(String::as_str));
        let urls = intern(versions().flat_map(|v| &v.urls).map(String::as_str));
        let symbols = intern(versions().flat_map(|v| &v.symbols).map(String::as_str));
        let habits = intern(versions().flat_map(|v| &v.habits).map(String::as_str));
        let prices: BTreeMap<&(u32, String, Option<u32>), u32> =
            versions().flat_map(|v| &v.prices).collect::<BTreeSet<_>>().into_iter().zip(0..).collect();
        let contacts: Vec<&Contact> =
            versions().flat_map(|v| &v.contacts).collect::<BTreeSet<_>>().into_iter().collect();
        let contact_at: HashMap<&Contact, u32> = contacts.iter().copied().zip(0..).collect();

        let details: Vec<AdDetails> = ads
            .iter()
            .map(|ad| {
                let mut d = AdDetails {
                    first: ad.first_seen.as_second(),
                    last: ad.last_seen.as_second(),
                    ..AdDetails::default()
                };
                for version in &ad.versions {
                    d.names.extend(version.names.iter().map(|n| names[n.as_str()]));
                    d.ages.extend(&version.ages);
                    if let ([name], [age]) = (&version.names[..], &version.ages[..]) {
                        d.personas.insert((names[name.as_str()], *age));
                    }
                    d.towns.extend(version.places.iter().map(|p| towns[p.municipality_code.as_str()]));
                    d.prices.extend(version.prices.iter().map(|p| prices[p]));
                    d.languages.extend(version.languages.iter().take(1).map(|l| languages[l.code.as_str()]));
                    d.addresses.extend(version.addresses.iter().map(|t| addresses[t.as_str()]));
                    d.urls.extend(version.urls.iter().map(|t| urls[t.as_str()]));
                    d.symbols.extend(version.symbols.iter().map(|t| symbols[t.as_str()]));
                    d.habits.extend(version.habits.iter().map(|t| habits[t.as_str()]));
                    if let Some(place) = version.places.first() {
                        d.stations.push((version.first_seen.as_second(), towns[place.municipality_code.as_str()]));
                    }
                    for (contact, listed) in sketch::contacts(version, contacts_in_an_ad) {
                        let set = if listed { &mut d.listed } else { &mut d.contacts };
                        set.insert(contact_at[contact]);
                    }
                }
                d.listed = d.listed.difference(&d.contacts).copied().collect();
                d
            })
            .collect();

        let mut ads_of_contact: Vec<Vec<u32>> = vec![Vec::new(); contacts.len()];
        for (ad, d) in (0u32..).zip(&details) {
            for contact in d.contacts.iter().chain(&d.listed) {
                ads_of_contact[*contact as usize].push(ad);
            }
        }
        for list in &mut ads_of_contact {
            list.sort_by_key(|ad| (details[*ad as usize].first, *ad));
        }
        let known_hubs: BTreeMap<u32, KnownHub> =
            (0u32..).zip(&contacts).filter_map(|(at, c)| Some((at, *reference.hub(contact_key(c))?))).collect();
        let mut proxy: HashMap<(bool, u32), u32> = HashMap::new();
        let mut owner = Vec::with_capacity(ads.len());
        for (ad, d) in (0u32..).zip(&details) {
            let own = d.contacts.iter().filter(|contact| !known_hubs.contains_key(contact));
            let rarest = own.min_by_key(|c| (ads_of_contact[**c as usize].len(), **c));
            let key = rarest.map_or((false, ad), |contact| (true, *contact));
            let next = proxy.len() as u32;
            owner.push(*proxy.entry(key).or_insert(next));
        }
        let count = |words: &HashMap<&str, u32>, known: &dyn Fn(&str) -> u32| {
            let mut owners_with = vec![0; words.len()];
            words.iter().for_each(|(word, at)| owners_with[*at as usize] = known(word));
            Vocabulary { owners_with }
        };
        let names = count(&names, &|name| reference.owners_with_name(name));
        let towns = count(&towns, &|code| reference.owners_with_town(code));
        let mut common_urls: Vec<(u32, u32)> =
            urls.iter().filter_map(|(url, at)| Some((*at, reference.common(url_key(url))?))).collect();
        common_urls.sort_unstable();
        let (owners, personas) = (reference.owners, reference.personas);
        Self { ads, details, contacts, ads_of_contact, known_hubs, owner, common_urls, owners, personas, names, towns }
    }

    /// log2(owners / those who have it): how surprising it is that two unrelated owners both do.
    pub fn rarity(&self, owners_with: u32) -> f64 {
        (self.owners.max(1) as f64 / f64::from(owners_with.max(1))).log2().max(0.0)
    }
}
