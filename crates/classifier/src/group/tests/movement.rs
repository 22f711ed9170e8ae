//! Group A, the indicators over several ads: windows, distances, percentiles by area, circuits.

use super::super::testing::*;
use crate::geography::Geography;
use crate::reference::Reference;
use domain::{AdFacts, AdRef, PlaceFact};
use rstest::rstest;

/// One number in these towns, a stay of a day each, at these days.
fn tour(towns: &[(&str, i64)]) -> Vec<AdFacts> {
    let stays = towns.iter().enumerate();
    stays.map(|(n, (town, from))| ad(&n.to_string(), "Anna", 25, "34000050", town, *from, *from + 1)).collect()
}

#[rstest]
#[case::five_towns_on_the_last_day_of_the_window(&[(AARHUS, 0), (ODENSE, 4), (AALBORG, 8), (ESBJERG, 11), (COPENHAGEN, 14)], true)]
#[case::a_day_later_is_outside(&[(AARHUS, 0), (ODENSE, 4), (AALBORG, 8), (ESBJERG, 11), (COPENHAGEN, 15)], false)]
#[case::the_window_may_begin_later(&[(AARHUS, 0), (AARHUS, 20), (ODENSE, 22), (AALBORG, 24), (ESBJERG, 26), (COPENHAGEN, 28)], true)]
#[case::four_towns(&[(AARHUS, 0), (ODENSE, 3), (AALBORG, 6), (ESBJERG, 9)], false)]
#[case::coming_back_counts_once(&[(AARHUS, 0), (ODENSE, 2), (AARHUS, 4), (ODENSE, 6), (AALBORG, 8)], false)]
#[case::a_suburb_is_the_same_town(&[(AARHUS, 0), (ODENSE, 2), (AALBORG, 4), (COPENHAGEN, 6), (FREDERIKSBERG, 8)], false)]
#[case::three_distant_towns_at_once(&[(AARHUS, 0), (ODENSE, 0), (AALBORG, 1)], true)]
#[case::two_towns_at_once(&[(AARHUS, 0), (ODENSE, 0)], false)]
fn one_contact_in_many_towns(#[case] towns: &[(&str, i64)], #[case] fires: bool) {
    assert_eq!(said("multi_city_contact", &tour(towns)).fires(), fires);
}

#[test]
fn many_towns_need_one_contact_and_places() {
    let mut ads = tour(&[(AARHUS, 0), (ODENSE, 2), (AALBORG, 4), (ESBJERG, 6), (COPENHAGEN, 8)]);
    // Codes that no map knows are nowhere, and do not hide the towns that are known.
    let nowhere = [ad("x", "Anna", 25, "34000050", "0000", 0, 1)];
    assert!(!said("multi_city_contact", &[&nowhere[..], &ads[1..]].concat()).fires());
    assert!(said("multi_city_contact", &[&nowhere[..], &ads].concat()).fires());
    // An ambiguous place is none (`PlaceFact` holds only those that can be one).
    assert!(said("multi_city_contact", &ads.iter().cloned().map(placeless).collect::<Vec<_>>()).abstains());
    assert!(said("multi_city_contact", &ads.iter().cloned().map(speechless).collect::<Vec<_>>()).abstains());
    // Other towns named in an ad's text are plans, not stays.
    ads.truncate(1);
    let named = [ODENSE, AALBORG, ESBJERG, COPENHAGEN]
        .map(|code| PlaceFact { municipality_code: code.into(), place: code.into() });
    ads[0].versions[0].places.extend(named);
    assert_eq!(said("multi_city_contact", &ads), Said::Silent);
}

#[test]
fn an_ad_that_is_edited_from_town_to_town_is_in_each() {
    let mut one = ad("1", "Anna", 25, "34000050", AARHUS, 0, 1);
    for (town, from) in [(ODENSE, 3), (AALBORG, 6), (ESBJERG, 9), (COPENHAGEN, 12)] {
        one = then(one, from, from + 1, |version| version.places[0].municipality_code = town.to_owned());
    }
    assert_eq!(said("multi_city_contact", &[one]), Said::Fires(vec!["1".to_owned()]));
}

/// Travellers from Aarhus: to Odense and back once in `days` days.
fn travellers(count: usize, days: i64) -> Vec<AdFacts> {
    (0..count)
        .flat_map(|n| {
            let phone = format!("6800{n:04}");
            [
                ad(&format!("{n}a"), "Vera", 33, &phone, AARHUS, 0, 1),
                ad(&format!("{n}b"), "Vera", 33, &phone, ODENSE, days, days + 1),
            ]
        })
        .collect()
}

#[test]
fn rapid_relocation_is_above_the_percentile_of_the_region() {
    // Aarhus to Aalborg and back three times in six days: some 100 km a day.
    let towns = [AARHUS, AALBORG, AARHUS, AALBORG, AARHUS, AALBORG, AARHUS];
    let fast = tour(&towns.iter().zip(0..).map(|(town, n)| (*town, n)).collect::<Vec<_>>());
    let ask = |others: Vec<AdFacts>| {
        let all = [fast.clone(), others].concat();
        said_of("rapid_relocation", &advertiser(), &fast, &[], &all)
    };
    assert!(ask(travellers(40, 20)).fires());
    // Where everybody travels as fast it is nothing.
    let others: Vec<AdFacts> = (0..40)
        .flat_map(|n| {
            fast.iter().cloned().map(move |mut ad| {
                ad.ad = AdRef::new("s1", format!("{n}-{}", ad.ad.ad_id));
                with(ad, |version| version.contacts[0].value = format!("+456900{n:04}"))
            })
        })
        .collect();
    assert_eq!(ask(others), Said::Silent);
    // 29 of the region: one too few. With the 30th it is known.
    assert!(matches!(ask(travellers(28, 20)), Said::Abstains(reason) if reason.contains("30")));
    assert!(ask(travellers(29, 20)).fires());
}

#[test]
fn rapid_relocation_needs_two_towns_and_a_least_distance() {
    let slow = travellers(1, 20);
    let all = [slow.clone(), travellers(60, 40).split_off(2)].concat();
    // Above all others, and still below 60 km a day.
    assert_eq!(said_of("rapid_relocation", &advertiser(), &slow, &[], &all), Said::Silent);
    assert_eq!(said("rapid_relocation", &tour(&[(AARHUS, 0)])), Said::Silent);
    assert!(said("rapid_relocation", &[placeless(tour(&[(AARHUS, 0)]).remove(0))]).abstains());
}

/// A number's route: a town and the day of arrival.
fn route(phone: &str, stops: &[(&str, i64)]) -> Vec<AdFacts> {
    let stops = stops.iter().enumerate();
    stops.map(|(n, (town, from))| ad(&format!("{phone}-{n}"), phone, 25, phone, town, *from, *from + 2)).collect()
}

#[rstest]
#[case::the_same_day(&[(AARHUS, 0), (ODENSE, 5), (AALBORG, 10)], true)]
#[case::three_days_later(&[(AARHUS, 3), (ODENSE, 8), (AALBORG, 13)], true)]
#[case::four_days_later(&[(AARHUS, 4), (ODENSE, 9), (AALBORG, 14)], false)]
#[case::another_order(&[(AALBORG, 0), (ODENSE, 5), (AARHUS, 10)], false)]
#[case::two_towns_in_common(&[(AARHUS, 0), (ODENSE, 5), (ESBJERG, 10)], false)]
#[case::a_stop_more(&[(AARHUS, 0), (ESBJERG, 3), (ODENSE, 5), (AALBORG, 10)], true)]
fn contacts_that_follow_each_other(#[case] other: &[(&str, i64)], #[case] fires: bool) {
    let own = route("34000050", &[(AARHUS, 0), (ODENSE, 5), (AALBORG, 10)]);
    let both = [own.clone(), route("34000051", other)].concat();
    assert_eq!(said_of_network("synchronised_circuit", &both, &[]).fires(), fires);
    // Within one advertiser that has two numbers as well: a desk need not be a network.
    assert_eq!(said("synchronised_circuit", &both).fires(), fires);
    assert_eq!(said("synchronised_circuit", &own), Said::Silent, "one number is a tour");
}

#[test]
fn two_numbers_in_the_same_ads_are_one_route() {
    let mut ads = route("34000050", &[(AARHUS, 0), (ODENSE, 5), (AALBORG, 10)]);
    for ad in &mut ads {
        let mut second = ad.versions[0].contacts[0].clone();
        second.value = "+4534000051".to_owned();
        ad.versions[0].contacts.push(second);
    }
    assert_eq!(said("synchronised_circuit", &ads), Said::Silent);
    assert!(said("synchronised_circuit", &ads.into_iter().map(placeless).collect::<Vec<_>>()).abstains());
}

fn anna(id: &str, phone: &str, town: &str, from: i64, to: i64) -> AdFacts {
    ad(id, "Anna", 25, phone, town, from, to)
}

#[rstest]
#[case::five_days(5, true)]
#[case::four_days(4, false)]
fn one_persona_in_two_distant_places(#[case] days: i64, #[case] fires: bool) {
    let ads = [anna("1", "34000050", AARHUS, 0, 10), anna("2", "34000051", COPENHAGEN, 5, 5 + days)];
    assert_eq!(said("simultaneous_locations", &ads).fires(), fires);
    let near = [anna("1", "34000050", COPENHAGEN, 0, 10), anna("2", "34000051", FREDERIKSBERG, 0, 10)];
    assert_eq!(said("simultaneous_locations", &near), Said::Silent);
}

#[test]
fn short_ads_in_two_places_add_up() {
    let ads: Vec<AdFacts> = (0..3)
        .flat_map(|n| {
            let from = n * 4;
            [
                anna(&format!("{n}a"), "34000050", AARHUS, from, from + 2),
                anna(&format!("{n}b"), "34000050", COPENHAGEN, from, from + 2),
            ]
        })
        .collect();
    assert!(said("simultaneous_locations", &ads).fires());
    assert_eq!(said("simultaneous_locations", &ads[..4]), Said::Silent, "four days in all");
}

#[test]
fn an_edited_ad_is_where_it_is_now() {
    // Left Aarhus on day 8; what stands in Copenhagen from then on is no second place.
    let moved = then(anna("1", "34000050", AARHUS, 0, 8), 8, 20, |v| v.places[0].municipality_code = COPENHAGEN.into());
    let other = anna("2", "34000050", COPENHAGEN, 8, 20);
    assert_eq!(said("simultaneous_locations", &[moved, other]), Said::Silent);
    let nobody = [nameless(anna("1", "34000050", AARHUS, 0, 10)), nameless(anna("2", "34000050", COPENHAGEN, 0, 10))];
    assert!(said("simultaneous_locations", &nobody).abstains());
}

#[test]
fn distances_are_great_circles_between_centres() {
    let geography = geography();
    let km = |a: &str, b: &str| geography.km(a, b).unwrap();
    assert!((140.0..170.0).contains(&km(COPENHAGEN, AARHUS)));
    assert!(km(COPENHAGEN, FREDERIKSBERG) < 20.0);
    assert_eq!(km(AARHUS, ODENSE), km(ODENSE, AARHUS));
    let empty = Reference::build(&[], &Geography::default(), day(0));
    let ads = tour(&[(AARHUS, 0), (ODENSE, 2)]);
    // Without a map nothing is far, and nothing breaks.
    assert_eq!(ask("multi_city_contact", &view(&advertiser(), &ads, &[]), &empty, day(60)), Said::Silent);
}
