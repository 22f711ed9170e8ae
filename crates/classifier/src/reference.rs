//! What depends on everybody: percentiles by area and site, and how rare a price list is. Computed by its own step,
//! dated and versioned, so that one ad more moves nobody else's assessment.

use crate::geography::Geography;
use crate::group::AdSummary;
use domain::{AdFacts, Contact};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Fewest values of which a percentile is taken.
pub(crate) const LEAST_VALUES: usize = 30;

/// The dated reference.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    version: String,
    /// Configuration, not content: given again when a kept reference is read.
    #[serde(skip)]
    geography: Geography,
    /// Price for an hour in DKK, sorted, by region.
    hourly: BTreeMap<String, Vec<f64>>,
    /// Kilometres a day of contacts seen in two towns or more, sorted, by region of the first.
    travel: BTreeMap<String, Vec<f64>>,
    /// New ads a day of contacts, sorted.
    posting: Vec<f64>,
    /// Items of the longest list, sorted, by site.
    lists: BTreeMap<String, Vec<f64>>,
    /// Contacts that show a price list.
    price_lists: BTreeMap<String, usize>,
    owners: usize,
    /// The first sighting of all: what was there then may be older.
    #[serde(default)]
    begins: Option<Timestamp>,
}

impl Reference {
    /// Computes the reference from all ads seen by `as_of`.
    pub fn build(ads: &[AdFacts], geography: &Geography, as_of: Timestamp) -> Self {
        let mut builder = ReferenceBuilder::new(geography, as_of);
        ads.iter().for_each(|facts| builder.add(facts));
        builder.finish()
    }

    /// As it is kept by the store: once for each version, never changed.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain maps with text keys and finite numbers: JSON can hold each of them.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// A kept reference; `None` where another program wrote it in another form, so that a new one must be made.
    pub fn from_bytes(bytes: &[u8], geography: &Geography) -> Option<Self> {
        let kept: Self = serde_json::from_slice(bytes).ok()?;
        Some(Self { geography: geography.clone(), ..kept })
    }

    /// `as_of` day and a digest of the content: two references of the same version say the same.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The municipalities.
    pub(crate) fn geography(&self) -> &Geography {
        &self.geography
    }

    /// Percentile (0 to 100) of the hourly price in a region, and of how many prices; `None` below the least number.
    pub(crate) fn hourly(&self, region: &str, percentile: f64) -> Option<(f64, usize)> {
        percentile_of(self.hourly.get(region)?, percentile)
    }

    /// Percentile of kilometres a day in a region.
    pub(crate) fn travel(&self, region: &str, percentile: f64) -> Option<(f64, usize)> {
        percentile_of(self.travel.get(region)?, percentile)
    }

    /// Percentile of new ads a day.
    pub(crate) fn posting(&self, percentile: f64) -> Option<(f64, usize)> {
        percentile_of(&self.posting, percentile)
    }

    /// Percentile of the longest list's items on a site.
    pub(crate) fn list(&self, site: &str, percentile: f64) -> Option<(f64, usize)> {
        percentile_of(self.lists.get(site)?, percentile)
    }

    /// Share of owners (0 to 1) but these `own` that show this price list; `None` below the least number of owners.
    pub(crate) fn price_list_share(&self, list: &str, own: usize) -> Option<f64> {
        let others = self.price_lists.get(list).copied().unwrap_or(0).saturating_sub(own);
        (self.owners >= LEAST_VALUES + own).then(|| others as f64 / (self.owners - own) as f64)
    }

    /// When looking began.
    pub(crate) fn begins(&self) -> Option<Timestamp> {
        self.begins
    }

    fn digest(&self, as_of: Timestamp) -> String {
        let content = format!(
            "{:?}{:?}{:?}{:?}{:?}{}{:?}",
            self.hourly, self.travel, self.posting, self.lists, self.price_lists, self.owners, self.begins
        );
        let hash: String = Sha256::digest(content.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect();
        format!("{}-{hash}", as_of.strftime("%Y-%m-%d"))
    }
}

/// Counts ads one by one, in any order, so that they need not all be in memory.
#[derive(Debug)]
pub struct ReferenceBuilder {
    geography: Geography,
    as_of: Timestamp,
    hourly: BTreeMap<String, Vec<f64>>,
    lists: BTreeMap<String, Vec<f64>>,
    owners: HashMap<Contact, Vec<Counted>>,
    begins: Option<Timestamp>,
}

/// What is needed of an owner's ad.
#[derive(Debug)]
struct Counted {
    first: Timestamp,
    last: Timestamp,
    stays: Box<[(Timestamp, Box<str>)]>,
    price_list: Option<Box<str>>,
}

impl ReferenceBuilder {
    /// Of nothing yet.
    pub fn new(geography: &Geography, as_of: Timestamp) -> Self {
        Self {
            geography: geography.clone(),
            as_of,
            hourly: BTreeMap::new(),
            lists: BTreeMap::new(),
            owners: HashMap::new(),
            begins: None,
        }
    }

    /// Counts an ad, each once.
    pub fn add(&mut self, facts: &AdFacts) {
        let Some(ad) = AdSummary::of(facts, &BTreeSet::new(), self.as_of) else { return };
        self.begins = Some(self.begins.map_or(ad.first, |begins| begins.min(ad.first)));
        let region = ad.town().and_then(|town| self.geography.region(town));
        if let (Some(region), Some(price)) = (region, hourly_price(&ad)) {
            self.hourly.entry(region.to_owned()).or_default().push(price);
        }
        self.lists.entry(facts.ad.site.0.clone()).or_default().push(list_length(&ad) as f64);
        // The first contact stands for the owner: linking is not known here.
        if let Some(contact) = ad.latest().and_then(|version| version.contacts.first()) {
            let counted = Counted {
                first: ad.first,
                last: ad.last,
                stays: ad.stays.iter().map(|stay| (stay.from, stay.town.into())).collect(),
                price_list: price_list(&ad).map(String::into_boxed_str),
            };
            match self.owners.get_mut(contact) {
                Some(known) => known.push(counted),
                None => _ = self.owners.insert(contact.clone(), vec![counted]),
            }
        }
    }

    /// The reference of all that was counted.
    pub fn finish(self) -> Reference {
        let (mut travel, mut posting) = (BTreeMap::<String, Vec<f64>>::new(), Vec::new());
        let mut price_lists: BTreeMap<String, usize> = BTreeMap::new();
        for ads in self.owners.values() {
            posting.push(rate(ads.len(), ads.iter().map(|ad| (ad.first, ad.last))));
            let stays: Vec<(Timestamp, &str)> =
                ads.iter().flat_map(|ad| &ad.stays).map(|(from, town)| (*from, &**town)).collect();
            if let Some((region, km)) = region_and_travel(stays, &self.geography) {
                travel.entry(region).or_default().push(km);
            }
            for list in ads.iter().filter_map(|ad| ad.price_list.as_deref()).collect::<BTreeSet<_>>() {
                *price_lists.entry(list.to_owned()).or_default() += 1;
            }
        }
        let (mut hourly, mut lists) = (self.hourly, self.lists);
        hourly
            .values_mut()
            .chain(travel.values_mut())
            .chain(lists.values_mut())
            .for_each(|v| v.sort_by(f64::total_cmp));
        posting.sort_by(f64::total_cmp);
        let mut reference = Reference {
            version: String::new(),
            geography: self.geography,
            hourly,
            travel,
            posting,
            lists,
            price_lists,
            owners: self.owners.len(),
            begins: self.begins,
        };
        reference.version = reference.digest(self.as_of);
        reference
    }
}

fn percentile_of(sorted: &[f64], percentile: f64) -> Option<(f64, usize)> {
    if sorted.len() < LEAST_VALUES {
        return None;
    }
    let at = (percentile / 100.0 * (sorted.len() - 1) as f64).round() as usize;
    sorted.get(at).map(|value| (*value, sorted.len()))
}

/// The price for an hour in DKK: the one stated for 60 minutes.
pub(crate) fn hourly_price(ad: &AdSummary<'_>) -> Option<f64> {
    let hour = |p: &&(u32, String, Option<u32>)| p.1 == "DKK" && p.2 == Some(60);
    ad.latest()?.prices.iter().find(hour).map(|price| f64::from(price.0))
}

/// The ad's whole price list in normal form; `None` where fewer than two prices say for how long.
pub(crate) fn price_list(ad: &AdSummary<'_>) -> Option<String> {
    let prices: BTreeSet<String> = ad
        .latest()?
        .prices
        .iter()
        .filter_map(|(amount, currency, minutes)| minutes.map(|minutes| format!("{minutes} min {amount} {currency}")))
        .collect();
    (prices.len() >= 2).then(|| prices.into_iter().collect::<Vec<_>>().join(", "))
}

/// Items of the longest comma-separated run of short pieces in the text.
pub(crate) fn list_length(ad: &AdSummary<'_>) -> usize {
    let skeleton = ad.latest().map_or("", |version| version.skeleton.as_str());
    let (mut longest, mut run) = (0, 0);
    for piece in skeleton.split([',', '•', '|', ';', '*']) {
        let short = piece.split_whitespace().count() <= 4 && !piece.contains(['.', '!', '?']);
        run = if short { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// New ads a day between an owner's first and last ad (a day at least).
pub(crate) fn posting_rate(ads: &[&AdSummary<'_>]) -> f64 {
    rate(ads.len(), ads.iter().map(|ad| (ad.first, ad.last)))
}

fn rate(ads: usize, times: impl Iterator<Item = (Timestamp, Timestamp)> + Clone) -> f64 {
    let first = times.clone().map(|(first, _)| first).min();
    let last = times.map(|(_, last)| last).max();
    let days = match (first, last) {
        (Some(first), Some(last)) => ((last.as_millisecond() - first.as_millisecond()) as f64 / 86_400_000.0).max(1.0),
        _ => 1.0,
    };
    ads as f64 / days
}

/// Kilometres a day from town to town, in order of time; 0 for one town, `None` for none.
pub(crate) fn travel_per_day(ads: &[&AdSummary<'_>], geography: &Geography) -> Option<f64> {
    km_per_day(ads.iter().flat_map(|ad| &ad.stays).map(|stay| (stay.from, stay.town)).collect(), geography)
}

fn km_per_day(mut stays: Vec<(Timestamp, &str)>, geography: &Geography) -> Option<f64> {
    stays.sort_unstable();
    let (first, last) = (stays.first()?, stays.last()?);
    let km: f64 = stays.windows(2).filter_map(|pair| geography.km(pair[0].1, pair[1].1)).sum();
    let days = (last.0.as_millisecond() - first.0.as_millisecond()) as f64 / 86_400_000.0;
    Some(km / days.max(1.0))
}

fn region_and_travel(stays: Vec<(Timestamp, &str)>, geography: &Geography) -> Option<(String, f64)> {
    let towns: BTreeSet<&str> = stays.iter().map(|(_, town)| *town).collect();
    if towns.len() < 2 {
        return None;
    }
    let first = stays.iter().min()?.1;
    Some((geography.region(first)?.to_owned(), km_per_day(stays, geography)?))
}
