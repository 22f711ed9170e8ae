//! Groups C, E and I: contacts, personas, numbers.

use super::super::testing::*;
use crate::reference::Reference;
use domain::{AdFacts, AdRef, Contact, ContactKind, LinkKind};
use rstest::rstest;

fn one(id: &str, name: &str, age: u32, from: i64, to: i64) -> AdFacts {
    ad(id, name, age, "34000050", AARHUS, from, to)
}

#[test]
fn a_shared_contact_has_two_personas() {
    let (anna, maria) = (one("1", "Anna", 25, 0, 5), one("2", "Maria", 25, 0, 5));
    assert_eq!(said("shared_contact", &[anna.clone(), maria.clone()]), Said::Fires(vec!["1".into(), "2".into()]));
    assert_eq!(
        said("shared_contact", &[anna.clone(), one("2", "ANNA", 25, 0, 5)]),
        Said::Silent,
        "one name, two spellings"
    );
    let elsewhere = with(maria, |version| version.contacts[0].value = "+4534000051".to_owned());
    assert_eq!(said("shared_contact", &[anna.clone(), elsewhere]), Said::Silent, "two numbers");
    assert_eq!(said("shared_contact", &[anna]), Said::Silent, "one ad");
}

#[rstest]
#[case::three_years_apart(22, 25, true)]
#[case::two_years_apart(22, 24, false)]
fn without_names_ages_tell_personas_apart(#[case] a: u32, #[case] b: u32, #[case] fires: bool) {
    let ads = [nameless(one("1", "", a, 0, 5)), nameless(one("2", "", b, 0, 5))];
    assert_eq!(said("shared_contact", &ads).fires(), fires);
    assert!(said("shared_contact", &ads.map(ageless)).abstains());
}

#[test]
fn the_same_names_in_another_order_are_the_same_persons() {
    let naming = |id: &str, names: [&str; 2]| {
        with(one(id, "", 25, 0, 5), move |version| version.names = names.map(str::to_owned).to_vec())
    };
    assert_eq!(said("shared_contact", &[naming("1", ["Anna", "Eva"]), naming("2", ["Eva", "Anna"])]), Said::Silent);
    assert!(said("shared_contact", &[naming("1", ["Anna", "Eva"]), naming("2", ["Eva", "Lea"])]).fires());
}

#[test]
fn no_contact_no_shared_contact() {
    let ads = [speechless(one("1", "Anna", 25, 0, 5)), speechless(one("2", "Maria", 25, 0, 5))];
    for id in ["shared_contact", "contact_rotation", "persona_churn", "short_lived_number"] {
        assert!(said(id, &ads).abstains(), "{id}");
    }
}

/// Anna under these numbers, from and to these days.
fn anna(numbers: &[(&str, i64, i64)]) -> Vec<AdFacts> {
    let ads = numbers.iter().enumerate();
    ads.map(|(n, (phone, from, to))| ad(&n.to_string(), "Anna", 25, phone, AARHUS, *from, *to)).collect()
}

#[rstest]
#[case::one_change(&[("34000050", 0, 10), ("34000051", 10, 20)], false)]
#[case::two_side_by_side_for_five_days(&[("34000050", 0, 10), ("34000051", 5, 20)], true)]
#[case::two_side_by_side_for_four_days(&[("34000050", 0, 10), ("34000051", 6, 20)], false)]
#[case::two_in_turns(&[("34000050", 0, 1), ("34000051", 2, 3), ("34000050", 4, 5), ("34000051", 8, 9), ("34000050", 10, 11)], true)]
#[case::three_one_after_another(&[("34000050", 0, 5), ("34000051", 6, 9), ("34000052", 10, 12)], true)]
#[case::the_third_begins_on_day_45(&[("34000050", 0, 9), ("34000051", 20, 30), ("34000052", 45, 50)], true)]
#[case::the_third_begins_on_day_46(&[("34000050", 0, 9), ("34000051", 20, 30), ("34000052", 46, 50)], false)]
#[case::one_number(&[("34000050", 0, 5), ("34000050", 6, 9), ("34000050", 10, 12)], false)]
fn rotating_numbers(#[case] numbers: &[(&str, i64, i64)], #[case] fires: bool) {
    assert_eq!(said("contact_rotation", &anna(numbers)).fires(), fires);
}

#[test]
fn a_text_or_picture_rotates_as_well_as_a_name() {
    let numbers = [("34000050", 0, 5), ("34000051", 6, 9), ("34000052", 10, 12)];
    let other = |n: usize, ad: AdFacts| with(ad, |v| v.names = vec![["Anna", "Eva", "Lea"][n].to_owned()]);
    let ads: Vec<AdFacts> = anna(&numbers).into_iter().enumerate().map(|(n, ad)| other(n, ad)).collect();
    assert_eq!(said("contact_rotation", &ads), Said::Silent);
    let words = "en lang nok tekst der er den samme hver gang";
    let written: Vec<AdFacts> = ads.iter().cloned().map(|ad| text(ad, words)).collect();
    assert!(said("contact_rotation", &written).fires());
    let short: Vec<AdFacts> = ads.iter().cloned().map(|ad| text(ad, "ring til mig")).collect();
    assert_eq!(said("contact_rotation", &short), Said::Silent, "a few words are nobody's");
    let pictured: Vec<AdFacts> = ads.into_iter().map(|ad| with_image(ad, 7)).collect();
    assert!(said("contact_rotation", &pictured).fires());
    let plain: Vec<AdFacts> = pictured.into_iter().map(|ad| with(ad, |v| v.images[0].quality = 49)).collect();
    assert_eq!(said("contact_rotation", &plain), Said::Silent, "a picture too plain to tell apart");
}

#[test]
fn two_numbers_in_one_ad_are_no_rotation() {
    let second = |ad| with(ad, |v| v.contacts.push(Contact { kind: ContactKind::Phone, value: "+4534000051".into() }));
    let ads: Vec<AdFacts> = anna(&[("34000050", 0, 20), ("34000050", 0, 20)]).into_iter().map(second).collect();
    assert_eq!(said("contact_rotation", &ads), Said::Silent);
}

#[rstest]
#[case::three_new_names_on_the_fourteenth_day(&[0, 3, 10, 17], true)]
#[case::a_day_later(&[0, 3, 10, 18], false)]
#[case::two_new_names(&[0, 3, 10], false)]
#[case::all_there_from_the_beginning(&[0, 0, 1, 1], false)]
fn persona_churn(#[case] first_days: &[i64], #[case] fires: bool) {
    let names = ["Anna", "Eva", "Lea", "Mia"];
    let ads: Vec<AdFacts> =
        first_days.iter().enumerate().map(|(n, from)| one(&n.to_string(), names[n], 25, *from, *from + 2)).collect();
    assert_eq!(said("persona_churn", &ads).fires(), fires);
    assert!(said("persona_churn", &ads.into_iter().map(nameless).collect::<Vec<_>>()).abstains());
}

#[test]
fn shared_premises_needs_three_personas_at_one_address() {
    let housed = |ad| with(ad, |v: &mut domain::VersionFacts| v.addresses = vec!["nygade 1".to_owned()]);
    let ads = [one("1", "Anna", 25, 0, 5), one("2", "Eva", 25, 0, 5), one("3", "Lea", 25, 0, 5)];
    let there = ads.clone().map(housed);
    assert!(said("shared_premises", &there).fires());
    assert_eq!(said("shared_premises", &there[..2]), Said::Silent);
    assert!(said("shared_premises", &ads).abstains());
}

#[test]
fn network_size_counts_contacts_of_one_kind() {
    let mut ads = vec![
        ad("1", "Anna", 25, "34000050", AARHUS, 0, 5),
        ad("2", "Eva", 25, "34000051", ODENSE, 0, 5),
        ad("3", "Lea", 25, "34000052", AALBORG, 0, 5),
    ];
    assert!(said_of_network("network_size", &ads, &[]).fires());
    assert_eq!(said("network_size", &ads), Said::Silent, "an advertiser is no network");
    assert_eq!(said_of_network("network_size", &ads[..2], &[]), Said::Silent);
    // A phone, an e-mail and a handle of one person are not three contacts.
    for (ad, kind) in ads.iter_mut().zip([ContactKind::Phone, ContactKind::Email, ContactKind::Handle]) {
        ad.versions[0].contacts[0].kind = kind;
        ad.versions[0].names = vec!["Anna".to_owned()];
    }
    assert_eq!(said_of_network("network_size", &ads, &[]), Said::Silent);
}

#[test]
fn cross_site_presence() {
    let mut ads = [one("1", "Anna", 25, 0, 5), one("2", "Anna", 25, 0, 5)];
    assert_eq!(said("cross_site_presence", &ads), Said::Silent);
    ads[1].ad = AdRef::new("s2", "2");
    assert!(said("cross_site_presence", &ads).fires());
}

#[test]
fn posting_rate_is_above_the_percentile_of_everybody() {
    let busy: Vec<AdFacts> = (0..12).map(|n| one(&n.to_string(), "Anna", 25, n / 4, 3)).collect();
    let ask = |ads: &[AdFacts], others: usize| {
        let all = [ads.to_vec(), crowd(others, AARHUS, |_, ad| ad)].concat();
        said_of("high_posting_rate", &advertiser(), ads, &[], &all)
    };
    // Of 200 others the 99th percentile is one of the others.
    assert!(ask(&busy, 200).fires());
    assert_eq!(ask(&busy[..5], 200), Said::Silent, "five ads are too few");
    assert!(matches!(ask(&busy, 28), Said::Abstains(reason) if reason.contains("30")));
    assert_eq!(ask(&busy, 29), Said::Silent, "of 30 it is itself the highest, and nothing lies above");
}

/// Numbers of a persona, each for some days, and one that goes on.
fn thrown_away(days: &[(i64, i64)]) -> Vec<AdFacts> {
    let numbers = ["34000050", "34000051", "34000052"];
    let short = days.iter().zip(numbers).map(|((from, to), phone)| (phone, *from, *to));
    let last = days.last().map_or(0, |(_, to)| *to);
    anna(&short.chain([("34000059", last + 1, 40)]).collect::<Vec<_>>())
}

/// Against a reference that looked from day `begins` on.
fn short_lived(ads: &[AdFacts], begins: i64, as_of: i64) -> Said {
    let old = ad("old", "Vera", 40, "67000001", ODENSE, begins, 40);
    let all = [ads.to_vec(), vec![old]].concat();
    let reference = Reference::build(&all, &geography(), day(as_of));
    ask("short_lived_number", &view(&advertiser(), ads, &[]), &reference, day(as_of))
}

#[rstest]
#[case::two_numbers(&[(5, 9), (10, 14)], true)]
#[case::one_number(&[(5, 9)], false)]
#[case::just_under_eight_days(&[(5, 12), (13, 20)], true)]
#[case::eight_days(&[(5, 13), (14, 22)], false)]
fn short_lived_numbers(#[case] days: &[(i64, i64)], #[case] fires: bool) {
    assert_eq!(short_lived(&thrown_away(days), 0, 60).fires(), fires);
}

#[test]
fn short_lived_numbers_need_time_and_something_that_goes_on() {
    let ads = thrown_away(&[(5, 9), (10, 14)]);
    assert!(short_lived(&ads, 0, 17).fires(), "two are gone for two days, and the name goes on");
    assert!(short_lived(&ads, 0, 15).abstains(), "the second may come back: seen for ten days, too short to say no");
    // There when looking began: they may be old.
    assert!(!short_lived(&thrown_away(&[(0, 4), (0, 5)]), 0, 60).fires());
    // Nothing goes on.
    let strangers: Vec<AdFacts> = ads
        .into_iter()
        .zip(["Anna", "Eva", "Lea"])
        .map(|(ad, name)| with(ad, |version| version.names = vec![name.to_owned()]))
        .collect();
    assert_eq!(short_lived(&strangers, 0, 60), Said::Silent);
}

#[rstest]
#[case::three_years(24, 27, true)]
#[case::two_years(24, 26, false)]
fn age_conflict(#[case] a: u32, #[case] b: u32, #[case] fires: bool) {
    assert_eq!(said("age_conflict", &[one("1", "Anna", a, 0, 5), one("2", "Anna", b, 0, 5)]).fires(), fires);
    // In two versions of one ad.
    let edited = then(one("1", "Anna", a, 0, 5), 6, 9, |version| version.ages = vec![b]);
    assert_eq!(said("age_conflict", &[edited]).fires(), fires);
    // Two names, or two ages in one text, are two persons.
    assert_eq!(said("age_conflict", &[one("1", "Anna", a, 0, 5), one("2", "Eva", b, 0, 5)]), Said::Silent);
    let both = with(one("1", "Anna", a, 0, 5), |version| version.ages = vec![a, b]);
    assert_eq!(said("age_conflict", &[both]), Said::Silent);
    assert!(said("age_conflict", &[ageless(one("1", "Anna", a, 0, 5))]).abstains());
}

#[test]
fn linked_texts_are_one_thing_too() {
    let ads = anna(&[("34000050", 0, 5), ("34000051", 6, 9), ("34000052", 10, 12)]).into_iter().map(nameless);
    let ads: Vec<AdFacts> = ads.collect();
    let links = [link(&ads[0], &ads[1], LinkKind::Text), link(&ads[1], &ads[2], LinkKind::Text)];
    assert!(said_of_network("contact_rotation", &ads, &links).fires());
    assert_eq!(said_of_network("contact_rotation", &ads, &links[..1]), Said::Silent);
}
