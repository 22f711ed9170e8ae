//! What linking and the rules over several ads know of an ad version.

use crate::habits::{habits, symbols};
use crate::skeleton::skeleton;
use domain::{AdVersion, Field, Firing, Place, PlaceFact, ReadAd, VersionFacts};

/// The facts of a version: its mentions in normal form, each once. Ambiguous places are left out; the place of the
/// site's own field comes first. `firings` have their evidence in masked offsets.
pub fn version_facts(version: &AdVersion, ad: &ReadAd, firings: Vec<Firing>) -> VersionFacts {
    let reading = &ad.reading;
    VersionFacts {
        version: version.version,
        first_seen: version.first_seen,
        last_seen: version.last_seen,
        contacts: reading.contacts(),
        urls: once(reading.urls.iter().map(|m| m.url.clone())),
        addresses: once(reading.addresses.iter().map(|m| m.text.clone())),
        names: once(reading.names.iter().map(|m| m.name.clone())),
        ages: once(reading.ages.iter().map(|m| m.years)),
        places: places(&reading.places),
        prices: once(reading.prices.iter().map(|m| (m.amount, m.currency.clone(), m.minutes))),
        languages: reading.languages.clone(),
        images: version.content.images.clone(),
        skeleton: skeleton(ad),
        habits: habits(ad),
        symbols: symbols(ad),
        firings,
    }
}

/// In order of mention, each once.
fn once<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

fn places(places: &[Place]) -> Vec<PlaceFact> {
    let own = |place: &&Place| place.span.field == Field::Named("place".to_owned());
    let ordered = places.iter().filter(own).chain(places.iter().filter(|place| !own(place)));
    once(ordered.filter_map(|place| {
        let municipality_code = place.municipality_code.clone()?;
        Some(PlaceFact { municipality_code, place: place.place.clone() })
    }))
}
