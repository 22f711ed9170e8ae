//! Small worlds for tests.

use super::tests::CATALOGUE;
use super::{GroupView, fire_group};
use crate::geography::Geography;
use crate::reference::Reference;
use domain::{
    AdFacts, AdRef, AdvertiserId, Contact, ContactKind, DaySighting, Image, Link, LinkKind, NetworkId, PdqHash,
    PlaceFact, Subject, VersionFacts,
};
use jiff::{Timestamp, ToSpan};

pub(crate) fn day(number: i64) -> Timestamp {
    "2026-10-01T10:00:00Z".parse::<Timestamp>().unwrap() + (24 * number).hours()
}

/// An ad of one version: id, persona, age, phone, town code, first and last day.
pub(crate) fn ad(id: &str, persona: &str, age: u32, phone: &str, town: &str, from: i64, to: i64) -> AdFacts {
    let version = VersionFacts {
        version: 1,
        first_seen: day(from),
        last_seen: day(to),
        contacts: vec![Contact { kind: ContactKind::Phone, value: format!("+45{phone}") }],
        urls: Vec::new(),
        addresses: Vec::new(),
        names: vec![persona.to_owned()],
        ages: vec![age],
        places: vec![PlaceFact { municipality_code: town.to_owned(), place: town.to_owned() }],
        prices: Vec::new(),
        languages: Vec::new(),
        images: Vec::new(),
        skeleton: format!("text of {id}"),
        habits: vec![],
        symbols: vec![],
        firings: Vec::new(),
    };
    let sightings = (from..=to)
        .map(|n| DaySighting {
            day: day(n).to_zoned_datetime(super::summary::copenhagen()).date(),
            first: day(n),
            last: day(n),
            count: 1,
            hours: 1 << 12,
        })
        .collect();
    AdFacts {
        ad: AdRef::new("s1", id),
        first_seen: day(from),
        last_seen: day(to),
        gone_at: None,
        versions: vec![version],
        sightings,
    }
}

pub(crate) fn with_image(mut ad: AdFacts, byte: u8) -> AdFacts {
    ad.versions[0].images.push(Image { source: "a.png".into(), pdq: Some(PdqHash([byte; 32])), quality: 100 });
    ad
}

pub(crate) fn link(a: &AdFacts, b: &AdFacts, kind: LinkKind) -> Link {
    Link { a: a.ad.clone(), b: b.ad.clone(), kind, bits: 8.0, joins: true, note: Default::default() }
}

pub(crate) fn geography() -> Geography {
    Geography::parse(include_str!("../../../../config/places/municipalities.csv")).unwrap()
}

pub(crate) fn advertiser() -> Subject {
    Subject::Advertiser(AdvertiserId::of(&AdRef::new("s1", "1")))
}

pub(crate) fn network() -> Subject {
    Subject::Network(NetworkId::of(&AdRef::new("s1", "1")))
}

pub(crate) fn view<'a>(subject: &'a Subject, ads: &'a [AdFacts], links: &'a [Link]) -> GroupView<'a> {
    GroupView {
        subject,
        ads: ads.iter().collect(),
        advertisers: Vec::new(),
        links: links.iter().collect(),
        damped: Vec::new(),
    }
}

pub(crate) const AARHUS: &str = "0751";
pub(crate) const ODENSE: &str = "0461";
pub(crate) const AALBORG: &str = "0851";
pub(crate) const ESBJERG: &str = "0561";
pub(crate) const COPENHAGEN: &str = "0101";
/// Next to Copenhagen.
pub(crate) const FREDERIKSBERG: &str = "0147";

/// What one indicator says of a group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// Fires on these ads, sorted.
    Fires(Vec<String>),
    /// There is nothing.
    Silent,
    /// With the English reason.
    Abstains(String),
}

impl Said {
    pub fn fires(&self) -> bool {
        matches!(self, Said::Fires(_))
    }
    pub fn abstains(&self) -> bool {
        matches!(self, Said::Abstains(reason) if !reason.is_empty())
    }
}

/// One indicator of the catalogue, asked as of a day.
pub(crate) fn ask(id: &str, view: &GroupView<'_>, reference: &Reference, as_of: Timestamp) -> Said {
    let (firings, abstentions) = fire_group(&CATALOGUE, view, reference, as_of);
    if let Some(firing) = firings.iter().find(|firing| firing.indicator.as_str() == id) {
        let mut ads: Vec<String> = Vec::new();
        for evidence in &firing.evidence {
            let domain::Evidence::Ads { ads: found, note } = evidence else { panic!("{id}: a span of several ads") };
            assert!(!note.da.is_empty() && !note.en.is_empty(), "{id}: evidence says what it is");
            ads.extend(found.iter().map(|ad| ad.ad_id.clone()));
        }
        ads.sort();
        ads.dedup();
        return Said::Fires(ads);
    }
    match abstentions.into_iter().find(|abstention| abstention.indicator.as_str() == id) {
        Some(abstention) => Said::Abstains(abstention.reason.en),
        None => Said::Silent,
    }
}

/// Of one advertiser, against a reference of its own ads, as of day 60.
pub(crate) fn said(id: &str, ads: &[AdFacts]) -> Said {
    said_of(id, &advertiser(), ads, &[], ads)
}

/// Of one network.
pub(crate) fn said_of_network(id: &str, ads: &[AdFacts], links: &[Link]) -> Said {
    said_of(id, &network(), ads, links, ads)
}

/// Of a subject, against a reference of other ads, as of day 60.
pub(crate) fn said_of(id: &str, subject: &Subject, ads: &[AdFacts], links: &[Link], everybody: &[AdFacts]) -> Said {
    let reference = Reference::build(everybody, &geography(), day(60));
    ask(id, &view(subject, ads, links), &reference, day(60))
}

/// The ad with its first version changed.
pub(crate) fn with(mut ad: AdFacts, change: impl Fn(&mut VersionFacts)) -> AdFacts {
    change(&mut ad.versions[0]);
    ad
}

/// The ad with another version from a day on.
pub(crate) fn then(mut ad: AdFacts, from: i64, to: i64, change: impl Fn(&mut VersionFacts)) -> AdFacts {
    let mut version = ad.versions.last().unwrap().clone();
    version.version += 1;
    (version.first_seen, version.last_seen) = (day(from), day(to));
    change(&mut version);
    if let Some(before) = ad.versions.last_mut() {
        before.last_seen = before.last_seen.min(day(from));
    }
    ad.versions.push(version);
    ad.last_seen = ad.last_seen.max(day(to));
    ad
}

pub(crate) fn nameless(ad: AdFacts) -> AdFacts {
    with(ad, |version| version.names.clear())
}

pub(crate) fn ageless(ad: AdFacts) -> AdFacts {
    with(ad, |version| version.ages.clear())
}

pub(crate) fn placeless(ad: AdFacts) -> AdFacts {
    with(ad, |version| version.places.clear())
}

pub(crate) fn speechless(ad: AdFacts) -> AdFacts {
    with(ad, |version| version.contacts.clear())
}

pub(crate) fn text(ad: AdFacts, words: &str) -> AdFacts {
    with(ad, |version| version.skeleton = words.to_owned())
}

/// Prices in DKK by minutes.
pub(crate) fn priced(ad: AdFacts, prices: &[(u32, u32)]) -> AdFacts {
    with(ad, |version| {
        version.prices = prices.iter().map(|(amount, minutes)| (*amount, "DKK".to_owned(), Some(*minutes))).collect();
    })
}

/// `count` strangers in a town, each on a number of their own.
pub(crate) fn crowd(count: usize, town: &str, change: impl Fn(usize, AdFacts) -> AdFacts) -> Vec<AdFacts> {
    (0..count).map(|n| change(n, ad(&format!("c{n}"), "Vera", 33, &format!("6700{n:04}"), town, 0, 20))).collect()
}
