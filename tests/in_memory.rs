//! A made population read and assessed in memory: no crawl, no store. For figures over many seeds and days.

use bavn::closures::{Analysed, assess_all};
use bavn::config::Config;
use bavn::references::References;
use demo::{Population, PopulationSettings};
use domain::{AdContent, AdFacts, AdRef, AdVersion, Band, DaySighting, Image, PdqHash, Subject, VersionFacts};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Looks every two hours, as an attentive crawler would.
const LOOK_S: i64 = 2 * 3600;

/// The configuration of this repository, with the demo's sites.
pub fn config() -> anyhow::Result<Config> {
    let mut config = Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"), false)?;
    bavn::jobs::demo::use_demo(&mut config, |_| None)?;
    Ok(config)
}

/// A population whose ads are read once.
pub struct World {
    /// Who is behind what.
    pub population: Population,
    read: Vec<Vec<VersionFacts>>,
}

impl World {
    /// Makes and reads it.
    pub fn new(config: &Config, settings: &PopulationSettings) -> Self {
        let population = Population::generate(settings);
        let used: BTreeSet<u32> =
            population.ads.iter().flat_map(|ad| ad.versions.iter().flat_map(|v| v.images.clone())).collect();
        let hashes: BTreeMap<u32, (PdqHash, u8)> = used
            .into_iter()
            .filter_map(|id| Some((id, extract::image_hash::pdq(&population.image_png(id)).ok()?)))
            .collect();
        let read = population.ads.iter().map(|ad| {
            let hints = config.read_hints(ad.site);
            let versions = ad.versions.iter().zip(1..).map(|(version, number)| {
                let image = |id: &u32| {
                    let (pdq, quality) = hashes.get(id).copied().unzip();
                    Image { source: format!("{id}.png"), pdq, quality: quality.unwrap_or(0) }
                };
                let content = AdContent {
                    title: version.title.clone(),
                    body: version.body.clone(),
                    fields: version.fields.clone(),
                    images: version.images.iter().map(image).collect(),
                    ..AdContent::default()
                };
                let ad_ref = AdRef::new(ad.site, ad.ad_id.clone());
                let read = config.reader.read_content(&content, &hints);
                let on = Some(bavn::time::local_day(version.from));
                let firings = classifier::fire_ad(
                    &config.catalogue,
                    &read,
                    &classifier::AdAt { ad: Some((&ad_ref, number)), on },
                );
                let (first_seen, last_seen) = (version.from, version.from);
                let version = AdVersion { ad: ad_ref, version: number, content, first_seen, last_seen };
                extract::version_facts(&version, &read, firings)
            });
            versions.collect()
        });
        let read = read.collect();
        Self { population, read }
    }

    /// What looks every two hours have shown by `as_of`.
    pub fn facts(&self, as_of: Timestamp) -> Vec<AdFacts> {
        let ads = self.population.ads.iter().zip(&self.read);
        ads.filter_map(|(ad, read)| {
            let ends = ad.versions.iter().skip(1).map(|version| version.from).chain([ad.up_until]);
            let (mut versions, mut sightings) = (Vec::new(), BTreeMap::<jiff::civil::Date, DaySighting>::new());
            for ((version, facts), until) in ad.versions.iter().zip(read).zip(ends) {
                let looks: Vec<Timestamp> = self.looks(version.from, until.min(as_of)).collect();
                let (Some(first), Some(last)) = (looks.first(), looks.last()) else { continue };
                let number = versions.len() as u32 + 1;
                versions.push(VersionFacts { version: number, first_seen: *first, last_seen: *last, ..facts.clone() });
                for at in looks {
                    let day = bavn::time::local_day(at);
                    let hour = 1_u32 << (at.as_second().rem_euclid(86_400) / 3600);
                    let row =
                        sightings.entry(day).or_insert(DaySighting { day, first: at, last: at, count: 0, hours: 0 });
                    (row.last, row.count, row.hours) = (at, row.count + 1, row.hours | hour);
                }
            }
            let (first_seen, last_seen) = (versions.first()?.first_seen, versions.last()?.last_seen);
            let gone_at = (ad.up_until < as_of).then_some(ad.up_until);
            let ad = AdRef::new(ad.site, ad.ad_id.clone());
            Some(AdFacts { ad, first_seen, last_seen, gone_at, versions, sightings: sightings.into_values().collect() })
        })
        .collect()
    }

    fn looks(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> + use<> {
        let start = self.population.settings.start;
        let first = (from.max(start).as_second() - start.as_second()).div_euclid(LOOK_S);
        (first..)
            .map(move |look| start + SignedDuration::from_secs(look * LOOK_S))
            .skip_while(move |at| *at < from)
            .take_while(move |at| *at < until)
    }

    /// The day's analysis, with a reference of its own.
    pub fn analysed(&self, config: &Config, as_of: Timestamp) -> (Vec<AdFacts>, Analysed) {
        let facts = self.facts(as_of);
        let references = References::of(&facts, config, as_of).expect("a reference");
        let analysed = assess_all(&bavn::pipeline::rules(config, &references, &[], as_of), &facts);
        (facts, analysed)
    }

    /// The operator of each ad, as a position in the population's list.
    pub fn operators(&self) -> BTreeMap<AdRef, usize> {
        self.population.ads.iter().map(|ad| (AdRef::new(ad.site, ad.ad_id.clone()), ad.operator)).collect()
    }
}

/// The operator of most of these ads.
pub fn operator_of(operators: &BTreeMap<AdRef, usize>, ads: &[AdRef]) -> Option<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for ad in ads {
        *counts.entry(*operators.get(ad)?).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(operator, _)| operator)
}

/// What would be read: each network of two advertisers or more, each other advertiser.
pub fn lines(analysed: &Analysed) -> Vec<&domain::Assessment> {
    let in_networks: BTreeSet<&domain::AdvertiserId> = (analysed.linkage.networks.iter())
        .filter(|network| network.advertisers.len() > 1)
        .flat_map(|network| &network.advertisers)
        .collect();
    let mut lines: Vec<&domain::Assessment> = (analysed.assessments.iter())
        .filter(|assessment| match &assessment.subject {
            Subject::Advertiser(id) => !in_networks.contains(id),
            Subject::Network(_) => true,
        })
        .collect();
    lines.sort_by(|a, b| (b.band, b.points).partial_cmp(&(a.band, a.points)).unwrap_or(std::cmp::Ordering::Equal));
    lines
}

/// Shares of advertisers that are high, and medium.
pub fn shares(analysed: &Analysed) -> (f64, f64) {
    let advertisers = || analysed.assessments.iter().filter(|a| matches!(a.subject, Subject::Advertiser(_)));
    let share = |band| advertisers().filter(|a| a.band == band).count() as f64 / advertisers().count().max(1) as f64;
    (share(Band::High), share(Band::Medium))
}
