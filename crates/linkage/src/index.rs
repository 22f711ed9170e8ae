//! The ads in a fixed order, with everything that is compared as small numbers.

use domain::{AdFacts, Contact};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Words as numbers in their sorted order, and how many owners have each.
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
    /// Who probably owns each ad, for counting rarity only: its rarest contact, or itself.
    pub owner: Vec<u32>,
    /// How many owners there are.
    pub owners: usize,
    /// How many different personas there are.
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
    pub fn new(given: &'a [AdFacts], contacts_in_an_ad: usize) -> Self {
        let mut ads: Vec<&AdFacts> = given.iter().collect();
        ads.sort_by(|a, b| (&a.ad, a.first_seen, a.versions.len()).cmp(&(&b.ad, b.first_seen, b.versions.len())));
        ads.dedup_by(|b, a| a.ad == b.ad);
        let versions = || ads.iter().flat_map(|ad| &ad.versions);
        let names = intern(versions().flat_map(|v| &v.names).map(String::as_str));
        let towns = intern(versions().flat_map(|v| &v.places).map(|p| p.municipality_code.as_str()));
        let languages = intern(versions().flat_map(|v| &v.languages).map(|l| l.code.as_str()));
        let addresses = intern(versions().flat_map(|v| &v.addresses).map(String::as_str));
        let urls = intern(versions().flat_map(|v| &v.urls).map(String::as_str));
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
                    if let Some(place) = version.places.first() {
                        d.stations.push((version.first_seen.as_second(), towns[place.municipality_code.as_str()]));
                    }
                    for contact in &version.contacts {
                        let of_kind = version.contacts.iter().filter(|c| c.kind == contact.kind).count();
                        let set = if of_kind > contacts_in_an_ad { &mut d.listed } else { &mut d.contacts };
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
        let mut proxy: HashMap<(bool, u32), u32> = HashMap::new();
        let mut owner = Vec::with_capacity(ads.len());
        for (ad, d) in (0u32..).zip(&details) {
            let rarest = d.contacts.iter().min_by_key(|c| (ads_of_contact[**c as usize].len(), **c));
            let key = rarest.map_or((false, ad), |contact| (true, *contact));
            let next = proxy.len() as u32;
            owner.push(*proxy.entry(key).or_insert(next));
        }
        let owners = proxy.len();
        let count = |size: usize, words: &dyn Fn(&AdDetails) -> Vec<u32>| {
            let pairs: BTreeSet<(u32, u32)> =
                details.iter().zip(&owner).flat_map(|(d, o)| words(d).into_iter().map(move |w| (w, *o))).collect();
            let mut owners_with = vec![0; size];
            for (word, _) in pairs {
                owners_with[word as usize] += 1;
            }
            Vocabulary { owners_with }
        };
        let personas = details.iter().flat_map(|d| &d.personas).collect::<BTreeSet<_>>().len();
        let names = count(names.len(), &|d| d.names.iter().copied().collect());
        let towns = count(towns.len(), &|d| d.towns.iter().copied().collect());
        Self { ads, details, contacts, ads_of_contact, owner, owners, personas, names, towns }
    }

    /// log2(owners / those who have it): how surprising it is that two unrelated owners both do.
    pub fn rarity(&self, owners_with: u32) -> f64 {
        (self.owners.max(1) as f64 / f64::from(owners_with.max(1))).log2().max(0.0)
    }
}
