//! Situations: what an ordinary independent, a clinic, a controlled network and a scam set off.

mod contacts;
mod counter;
mod hours;
mod images;
mod movement;
mod prices;
mod spam;
mod texts;

use super::testing::{ad, advertiser, day, geography, link, network, view, with_image};
use super::{GroupView, fire_group};
use crate::assess::assess;
use crate::catalogue::Catalogue;
use crate::catalogue::testing::catalogue;
use crate::reference::Reference;
use domain::{
    AdFacts, AdRef, Assessment, Band, Bilingual, Contact, ContactKind, DampedContact, Evidence, Firing, Link, LinkKind,
    Queue, Scope, Subject,
};
use std::sync::LazyLock;

pub(super) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);

const AARHUS: &str = "0751";
const ODENSE: &str = "0461";
const AALBORG: &str = "0851";
const ESBJERG: &str = "0561";
const COPENHAGEN: &str = "0101";

fn fired(view: &GroupView<'_>, ads: &[AdFacts]) -> Vec<Firing> {
    let reference = Reference::build(ads, &geography(), day(60));
    fire_group(&CATALOGUE, view, &reference, day(60)).0
}

fn ids(firings: &[Firing]) -> Vec<&str> {
    firings.iter().map(|firing| firing.indicator.as_str()).collect()
}

fn ad_firing(id: &str, ad: &AdFacts) -> Firing {
    let span = domain::Span::new(domain::Field::Body, 0, 4);
    let evidence = Evidence::Span { ad: Some(ad.ad.clone()), version: 1, span, text: "ord".to_owned() };
    CATALOGUE.get(id).unwrap().firing(vec![evidence])
}

fn assessed(subject: &Subject, ads: &[AdFacts], links: &[Link], wording: &[&str]) -> Assessment {
    let view = view(subject, ads, links);
    let mut firings = fired(&view, ads);
    firings.extend(wording.iter().map(|id| ad_firing(id, &ads[0])));
    let refs: Vec<AdRef> = ads.iter().map(|ad| ad.ad.clone()).collect();
    assess(&CATALOGUE, subject.clone(), &refs, firings, Vec::new())
}

#[test]
fn a_touring_independent_stays_low() {
    let mut one = ad("1", "Anna", 31, "34000050", AARHUS, 0, 6);
    for (number, (town, from)) in [(ODENSE, 8), (ESBJERG, 16)].into_iter().enumerate() {
        let mut version = one.versions[0].clone();
        version.version = number as u32 + 2;
        (version.first_seen, version.last_seen) = (day(from), day(from + 6));
        version.places[0].municipality_code = town.to_owned();
        one.versions.push(version);
    }
    one.last_seen = day(22);
    let assessment = assessed(&advertiser(), &[one], &[], &["movement_language", "tour_schedule"]);
    assert_eq!(assessment.band, Band::None, "{:?}", assessment.groups);
    assert_eq!(ids(&assessment.counter_evidence), ["single_consistent_persona"]);
}

#[test]
fn a_changed_number_and_a_second_site_are_no_strong_sign() {
    let mut ads = [
        ad("1", "Anna", 31, "34000050", AARHUS, 0, 20),
        ad("2", "Anna", 31, "34000051", AARHUS, 19, 50),
        ad("3", "Anna", 31, "34000051", AARHUS, 20, 50),
    ];
    ads[2].ad = AdRef::new("s2", "3");
    for ad in &mut ads {
        ad.versions[0].skeleton = "en rolig og venlig dame tager imod hver dag <phone>".to_owned();
    }
    let links = [link(&ads[0], &ads[1], LinkKind::Text)];
    let assessment = assessed(&advertiser(), &ads, &links, &["youth_language"]);
    assert_eq!(assessment.band, Band::Low);
    assert_eq!(assessment.points, 2.5, "{:?}", assessment.groups);
}

#[test]
fn a_clinic_on_one_number_stays_below_medium() {
    let ads: Vec<AdFacts> = ["Anna", "Maria", "Eva", "Lea"]
        .iter()
        .zip(1..)
        .map(|(name, id)| ad(&id.to_string(), name, 30, "37000052", ODENSE, 0, 50))
        .collect();
    let links = [link(&ads[0], &ads[1], LinkKind::Text), link(&ads[1], &ads[2], LinkKind::Template)];
    let assessment = assessed(&advertiser(), &ads, &links, &["plural_voice", "several_persons_one_ad"]);
    assert_eq!(assessment.band, Band::Low, "{:?}", assessment.groups);
    assert!(ids(&assessment.evidence).contains(&"shared_contact"));
    assert!(ids(&assessment.counter_evidence).contains(&"stable_contact"));
}

#[test]
fn a_controlled_network_of_four_ads_is_at_least_medium_within_a_week() {
    let mut ads = [
        ad("1", "Anna", 22, "34000050", AARHUS, 0, 6),
        ad("2", "Maria", 24, "34000050", ODENSE, 1, 6),
        ad("3", "Eva", 23, "34000051", AARHUS, 2, 6),
        ad("4", "Lea", 21, "34000051", ODENSE, 3, 6),
    ];
    for ad in &mut ads {
        ad.versions[0].skeleton = "hun er <age> og ny hos os ring til <phone> hele ugen".to_owned();
    }
    let links = [link(&ads[0], &ads[2], LinkKind::Text)];
    let subject = network();
    let assessment = assessed(&subject, &ads, &links, &["third_person_voice"]);
    assert!(assessment.band >= Band::Medium, "{:?}", assessment.groups);
    let assessment = assessed(&subject, &ads, &links, &["third_person_voice", "round_the_clock", "youth_language"]);
    assert_eq!(assessment.band, Band::High, "{:?}", assessment.groups);
}

#[test]
fn contacts_that_follow_each_other_are_seen_and_others_not() {
    let route = |phone: &str, shift: i64, towns: [&str; 3]| -> Vec<AdFacts> {
        let stops = towns.into_iter().zip([0, 5, 10]);
        stops
            .map(|(town, from)| ad(&format!("{phone}{from}"), phone, 25, phone, town, from + shift, from + shift + 4))
            .collect()
    };
    let subject = network();
    let together =
        [route("34000050", 0, [AARHUS, ODENSE, AALBORG]), route("34000051", 1, [AARHUS, ODENSE, AALBORG])].concat();
    let firings = fired(&view(&subject, &together, &[]), &together);
    assert!(ids(&firings).contains(&"synchronised_circuit"));
    assert!(firings.iter().all(|firing| firing.scope == Scope::Network));
    let apart =
        [route("34000050", 0, [AARHUS, ODENSE, AALBORG]), route("34000051", 1, [AALBORG, ODENSE, AARHUS])].concat();
    assert!(!ids(&fired(&view(&subject, &apart, &[]), &apart)).contains(&"synchronised_circuit"));
}

#[test]
fn one_number_in_many_towns_and_one_persona_in_two() {
    let towns = [AARHUS, ODENSE, AALBORG, ESBJERG, COPENHAGEN];
    let ads: Vec<AdFacts> = towns
        .iter()
        .zip(0..)
        .map(|(town, n)| ad(&n.to_string(), "Anna", 25, "34000050", town, n * 2, n * 2 + 1))
        .collect();
    let subject = advertiser();
    assert!(ids(&fired(&view(&subject, &ads, &[]), &ads)).contains(&"multi_city_contact"));
    assert!(!ids(&fired(&view(&subject, &ads[..3], &[]), &ads)).contains(&"multi_city_contact"));
    let both = [ad("1", "Anna", 25, "34000050", AARHUS, 0, 9), ad("2", "Anna", 25, "34000050", COPENHAGEN, 2, 9)];
    assert!(ids(&fired(&view(&subject, &both, &[]), &both)).contains(&"simultaneous_locations"));
    let after = [ad("1", "Anna", 25, "34000050", AARHUS, 0, 3), ad("2", "Anna", 25, "34000050", COPENHAGEN, 2, 9)];
    assert!(!ids(&fired(&view(&subject, &after, &[]), &after)).contains(&"simultaneous_locations"));
}

#[test]
fn pictures_and_ages_that_do_not_fit() {
    let ads = [
        with_image(ad("1", "Anna", 21, "34000050", AARHUS, 0, 9), 7),
        with_image(ad("2", "Maria", 22, "34000051", AARHUS, 0, 9), 7),
        ad("3", "Anna", 27, "34000050", AARHUS, 0, 9),
    ];
    let firings = fired(&view(&network(), &ads, &[]), &ads);
    for id in ["image_reuse_personas", "image_reuse_contacts", "age_conflict", "shared_contact"] {
        assert_eq!(ids(&firings).contains(&id), id != "shared_contact", "{id}");
    }
}

#[test]
fn a_damped_number_is_named_and_joins_nothing() {
    let ads = [ad("1", "Anna", 21, "34000050", AARHUS, 0, 9), ad("2", "Maria", 22, "34000050", ODENSE, 0, 9)];
    let contact = Contact { kind: ContactKind::Phone, value: "+4534000050".to_owned() };
    let reason = Bilingual { da: "80 annoncer".to_owned(), en: "80 ads".to_owned() };
    let damped = DampedContact { contact, ads: ads.iter().map(|ad| ad.ad.clone()).collect(), reason };
    let subject = advertiser();
    let view = GroupView { damped: vec![&damped], ..view(&subject, &ads, &[]) };
    let firings = fired(&view, &ads);
    assert!(ids(&firings).contains(&"hub_number") && !ids(&firings).contains(&"shared_contact"));
    assert!(firings.iter().all(|firing| firing.points == 0.0), "{:?}", ids(&firings));
}

#[test]
fn a_scam_waits_apart_only_while_no_other_group_scores() {
    let mut ads: Vec<AdFacts> = (0..8)
        .map(|n| ad(&n.to_string(), "Lea", 25, &format!("3400005{n}"), [AARHUS, ODENSE, AALBORG][n % 3], 0, 3))
        .collect();
    for ad in &mut ads {
        ad.versions[0].names.clear();
        ad.versions[0].contacts.clear();
        ad.versions[0].skeleton = "klik og betal depositum på <url> så kommer jeg til dig i aften".to_owned();
        ad.versions[0].urls.push("https://example.test/".to_owned());
        let firing = ad_firing("scam_wording", ad);
        ad.versions[0].firings.push(firing);
    }
    let subject = network();
    let scam = assessed(&subject, &ads, &[], &["unprotected_offered"]);
    assert_eq!(scam.queue, Queue::Spam, "{:?}", scam.groups);
    assert_eq!(assessed(&subject, &ads, &[], &["debt_or_pressure"]).queue, Queue::Ordinary);
    // The words of one ad never do it.
    let one = &ads[..1];
    assert_eq!(assessed(&subject, one, &[], &["scam_wording"]).queue, Queue::Ordinary);
}

#[test]
fn nothing_known_later_counts_and_missing_data_abstain() {
    let ads = [ad("1", "Anna", 21, "34000050", AARHUS, 0, 9), ad("2", "Maria", 22, "34000050", ODENSE, 5, 9)];
    let subject = advertiser();
    let reference = Reference::build(&ads, &geography(), day(2));
    let (firings, abstentions) = fire_group(&CATALOGUE, &view(&subject, &ads, &[]), &reference, day(2));
    assert!(!ids(&firings).contains(&"shared_contact"), "Maria was not seen by then");
    let silent: Vec<&str> = abstentions.iter().map(|abstention| abstention.indicator.as_str()).collect();
    for id in ["price_low_for_area", "no_days_off", "long_hours_pattern", "high_posting_rate"] {
        assert!(silent.contains(&id), "{id} in {silent:?}");
    }
    assert!(abstentions.iter().all(|abstention| !abstention.reason.da.is_empty()));
}

#[test]
fn no_note_holds_a_contact() {
    let ads: Vec<AdFacts> = (0..6)
        .map(|n| {
            ad(
                &n.to_string(),
                ["Anna", "Eva", "Lea"][n % 3],
                20 + n as u32 * 3,
                "34000050",
                [AARHUS, ODENSE][n % 2],
                n as i64,
                30,
            )
        })
        .collect();
    for firing in fired(&view(&network(), &ads, &[]), &ads) {
        for evidence in &firing.evidence {
            if let Evidence::Ads { note, ads } = evidence {
                assert!(!note.da.contains("34000050") && !note.en.contains("34000050") && !ads.is_empty());
                assert!(!note.da.is_empty() && !note.en.is_empty());
            }
        }
    }
}
