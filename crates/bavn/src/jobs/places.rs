//! `bavn places`: the register listed, taken in from a list, built from ads.

use crate::cli::{Cli, PlacesCommand};
use crate::config::Config;
use crate::key::Need;
use crate::web_settings::centres;
use anyhow::Context as _;
use domain::{AdFacts, Contact, ProgrammeId};
use jiff::{SignedDuration, Timestamp};
use places::{Details, Origin};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::path::Path;
use web::places::{Incoming, KnownPlaces, TakenIn, day_of, read_list, take_in};

/// Carries out the command.
pub async fn run(cli: &Cli, command: &PlacesCommand) -> anyhow::Result<()> {
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let programme = config.programme(None)?;
    if !programme.unit.visits_places() {
        anyhow::bail!(
            "the programme '{}' approaches advertisers and has no register of places: name one whose unit is clinic or workplace with --programme",
            programme.id
        );
    }
    let at = super::virtual_today(&store).await?.unwrap_or(now);
    let id = ProgrammeId(programme.id.clone());
    match command {
        PlacesCommand::List => list(&store, &config, &id, at).await?,
        PlacesCommand::Import { file, strict } => {
            let text = read(file)?;
            let named = config.geography.municipalities();
            let names: BTreeMap<String, String> =
                named.map(|(code, name, _)| (code.to_owned(), name.to_owned())).collect();
            let found = read_list(&text, &names, &centres(&config));
            for (line, fault) in &found.faults {
                eprintln!("{}, line {line}: {fault}", file.display());
            }
            if found.places.is_empty() || *strict && !found.faults.is_empty() {
                anyhow::bail!("nothing was taken in: mend the lines named above and try again");
            }
            let look = super::system_look("places", "import of a list", at);
            let taken = take_in(&store, &look, &id, &found.places, day_of(at), &look.actor).await?;
            tell(taken, found.faults.len());
        }
        PlacesCommand::Build { days } => {
            let since = at - SignedDuration::from_hours(24 * i64::from(*days));
            let facts = store.facts(Some(at)).await?;
            let watched = facts.iter().filter(|ad| ad.last_seen >= since).collect::<Vec<_>>();
            let (incoming, without) = from_ads(&watched, &centres(&config));
            let look = super::system_look("places", "places built from ads", at);
            let taken = take_in(&store, &look, &id, &incoming, day_of(at), &look.actor).await?;
            tell(taken, 0);
            eprintln!("{} ads looked at, {without} of them without a street address in a known town.", watched.len());
        }
    }
    store.close().await;
    Ok(())
}

fn tell(taken: TakenIn, faults: usize) {
    eprintln!(
        "{} new places, {} merged with one that was known, {} taken in before; {faults} lines left out.",
        taken.new, taken.same, taken.before
    );
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    String::from_utf8(bytes)
        .with_context(|| format!("{} is not UTF-8: save the table as 'CSV UTF-8' and try again", file.display()))
}

/// The street addresses of ads with their towns, and how many ads gave none. A contact joins ads: one that names no town is
/// where all others with its contacts are.
pub fn from_ads(ads: &[&AdFacts], points: &BTreeMap<String, (f64, f64)>) -> (Vec<Incoming>, usize) {
    let mut towns: BTreeMap<&Contact, BTreeSet<&str>> = BTreeMap::new();
    for version in ads.iter().filter_map(|ad| ad.versions.last()) {
        if let Some(place) = version.places.first() {
            for contact in &version.contacts {
                towns.entry(contact).or_default().insert(&place.municipality_code);
            }
        }
    }
    let (mut found, mut without): (BTreeSet<(String, String)>, usize) = Default::default();
    for version in ads.iter().filter_map(|ad| ad.versions.last()) {
        let own = version.places.first().map(|place| place.municipality_code.as_str());
        let by_contact = || {
            let known: BTreeSet<&str> =
                version.contacts.iter().filter_map(|of| towns.get(of)).flatten().copied().collect();
            known.first().copied().filter(|_| known.len() == 1)
        };
        match own.or_else(by_contact) {
            Some(code) if !version.addresses.is_empty() => {
                for address in &version.addresses {
                    found.insert((code.to_owned(), address.clone()));
                }
            }
            _ => without += 1,
        }
    }
    let incoming = found.into_iter().map(|(code, address)| Incoming {
        source: format!("ads|{code}|{address}"),
        origin: Origin::Ads,
        details: Details { name: capital(&address), point: points.get(&code).copied(), municipality_code: code },
    });
    (incoming.collect(), without)
}

/// `havnegade 1` as people write it.
fn capital(address: &str) -> String {
    let mut letters = address.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

async fn list(store: &store::Store, config: &Config, id: &ProgrammeId, at: Timestamp) -> anyhow::Result<()> {
    let look = super::system_look("export:places", "list of places", at);
    let known = KnownPlaces::read(store, &look, id).await?;
    let mut out = std::io::stdout().lock();
    for place in known.register.places() {
        let Some(details) = place.details() else { continue };
        let line = serde_json::json!({
            "id": place.id.0,
            "name": details.name,
            "municipality_code": details.municipality_code,
            "municipality": config.geography.name(&details.municipality_code),
            "known_since": place.known_since.to_string(),
            "origins": place.origins,
            "closed": place.closed.map(|day| day.to_string()),
            "concern": place.concern.as_ref().map(|concern| serde_json::json!({
                "since": concern.since.to_string(), "review": concern.review.to_string(),
            })),
            "visits": place.visits.len(),
            "last_visit": place.last_visit().map(|day| day.to_string()),
        });
        writeln!(out, "{line}")?;
    }
    for problem in &known.problems {
        eprintln!("act {} could not be followed and does not count: {}", problem.act.0, problem.refused);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{AdRef, ContactKind, PlaceFact, VersionFacts};

    fn ad(id: &str, phone: &str, town: Option<&str>, addresses: &[&str]) -> AdFacts {
        let at: Timestamp = "2026-11-01T12:00:00Z".parse().expect("a time");
        let version = VersionFacts {
            version: 1,
            first_seen: at,
            last_seen: at,
            contacts: vec![Contact { kind: ContactKind::Phone, value: phone.to_owned() }],
            urls: Vec::new(),
            addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
            names: Vec::new(),
            ages: Vec::new(),
            places: town
                .map(|code| PlaceFact { municipality_code: code.to_owned(), place: String::new() })
                .into_iter()
                .collect(),
            prices: Vec::new(),
            languages: Vec::new(),
            images: Vec::new(),
            skeleton: String::new(),
            habits: Vec::new(),
            symbols: Vec::new(),
            firings: Vec::new(),
        };
        AdFacts {
            ad: AdRef::new("s1", id),
            first_seen: at,
            last_seen: at,
            gone_at: None,
            versions: vec![version],
            sightings: Vec::new(),
        }
    }

    #[test]
    fn addresses_with_their_towns_become_places_and_a_contact_lends_its_town() {
        let ads = [
            ad("1", "+4534000001", Some("0751"), &["havnegade 1"]),
            ad("2", "+4534000001", None, &["åboulevarden 2b"]),
            ad("3", "+4534000001", Some("0751"), &["havnegade 1"]),
            ad("4", "+4534000002", None, &["nørregade 3"]),
            ad("5", "+4534000003", Some("0461"), &[]),
            // A contact in two towns lends neither.
            ad("6", "+4534000004", Some("0461"), &["vestergade 4"]),
            ad("7", "+4534000004", Some("0751"), &["vestergade 4"]),
            ad("8", "+4534000004", None, &["østergade 5"]),
        ];
        let points = [("0751".to_owned(), (56.1, 10.2))].into();
        let (found, without) = from_ads(&ads.iter().collect::<Vec<_>>(), &points);
        let names: Vec<_> =
            found.iter().map(|one| (one.details.municipality_code.as_str(), one.details.name.as_str())).collect();
        let expected =
            [("0461", "Vestergade 4"), ("0751", "Havnegade 1"), ("0751", "Vestergade 4"), ("0751", "Åboulevarden 2b")];
        assert_eq!((names.as_slice(), without), (&expected[..], 3));
        assert!(found.iter().all(|one| one.origin == Origin::Ads));
        assert_eq!(found.first().and_then(|one| one.details.point), None, "no centre is known for it");
    }
}
