//! Small worlds for tests.

use super::GroupView;
use crate::geography::Geography;
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
