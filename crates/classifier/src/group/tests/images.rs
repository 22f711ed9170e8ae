//! Group K: reused pictures, by hash alone.

use super::super::testing::*;
use domain::{AdFacts, LinkKind};
use rstest::rstest;

fn shown(id: &str, name: &str, phone: &str, town: &str, from: i64, to: i64) -> AdFacts {
    with_image(ad(id, name, 25, phone, town, from, to), 7)
}

#[rstest]
#[case::two_names_on_two_numbers("Eva", "34000051", AARHUS, true)]
#[case::two_names_on_one_number_in_two_towns("Eva", "34000050", ODENSE, true)]
#[case::a_clinics_room("Eva", "34000050", AARHUS, false)]
#[case::one_name("Anna", "34000051", ODENSE, false)]
fn one_picture_several_personas(#[case] name: &str, #[case] phone: &str, #[case] town: &str, #[case] fires: bool) {
    let ads = [shown("1", "Anna", "34000050", AARHUS, 0, 9), shown("2", name, phone, town, 0, 9)];
    assert_eq!(said("image_reuse_personas", &ads).fires(), fires);
}

#[test]
fn without_names_ages_tell() {
    let of_age = |id: &str, phone: &str, age: u32| nameless(with_image(ad(id, "", age, phone, AARHUS, 0, 9), 7));
    let ads = [of_age("1", "34000050", 20), of_age("2", "34000051", 23)];
    assert!(said("image_reuse_personas", &ads).fires());
    let ads = [of_age("1", "34000050", 20), of_age("2", "34000051", 22)];
    assert_eq!(said("image_reuse_personas", &ads), Said::Silent);
    assert!(said("image_reuse_personas", &ads.map(ageless)).abstains());
}

#[rstest]
#[case::afterwards("Anna", 10, 15, false)]
#[case::at_once_for_five_days("Anna", 5, 15, true)]
#[case::at_once_for_four_days("Anna", 6, 15, false)]
#[case::under_another_name("Eva", 10, 15, true)]
fn one_picture_several_contacts(#[case] name: &str, #[case] from: i64, #[case] to: i64, #[case] fires: bool) {
    let ads = [shown("1", "Anna", "34000050", AARHUS, 0, 10), shown("2", name, "34000051", AARHUS, from, to)];
    assert_eq!(said("image_reuse_contacts", &ads).fires(), fires);
    // A link by a near hash, where the hashes are not equal.
    let near =
        [ads[0].clone(), with(ads[1].clone(), |version| version.images[0].pdq = Some(domain::PdqHash([255; 32])))];
    assert_eq!(said_of_network("image_reuse_contacts", &near, &[]), Said::Silent);
    let links = [link(&near[0], &near[1], LinkKind::Image)];
    assert_eq!(said_of_network("image_reuse_contacts", &near, &links).fires(), fires);
}

#[test]
fn three_contacts_are_more_than_one_change() {
    let ads = [("34000050", 0), ("34000051", 10), ("34000052", 20)]
        .map(|(phone, from)| shown(phone, "Anna", phone, AARHUS, from, from + 8));
    assert!(said("image_reuse_contacts", &ads).fires());
    assert_eq!(said("image_reuse_contacts", &ads[..2]), Said::Silent);
}

#[rstest]
#[case::at_the_distance(31, true)]
#[case::beyond_it(32, false)]
fn hashes_within_the_distance_are_one_picture(#[case] bits: usize, #[case] fires: bool) {
    let mut hash = [7_u8; 32];
    for bit in 0..bits {
        hash[bit / 8] ^= 1 << (bit % 8);
    }
    let other = with(shown("2", "Eva", "34000051", AARHUS, 0, 9), |v| v.images[0].pdq = Some(domain::PdqHash(hash)));
    let ads = [shown("1", "Anna", "34000050", AARHUS, 0, 9), other];
    assert_eq!(said("image_reuse_personas", &ads).fires(), fires);
}

#[rstest]
#[case::good_enough(50, true)]
#[case::too_plain(49, false)]
fn plain_pictures_are_not_compared(#[case] quality: u8, #[case] fires: bool) {
    let ads = [shown("1", "Anna", "34000050", AARHUS, 0, 9), shown("2", "Eva", "34000051", AARHUS, 0, 9)]
        .map(|ad| with(ad, |version| version.images[0].quality = quality));
    assert_eq!(said("image_reuse_personas", &ads).fires(), fires);
}

#[test]
fn no_picture_or_one_that_could_not_be_read_abstains() {
    let none = [ad("1", "Anna", 25, "34000050", AARHUS, 0, 9), ad("2", "Eva", 25, "34000051", AARHUS, 0, 9)];
    let torn = none.clone().map(|ad| with(with_image(ad, 7), |version| version.images[0].pdq = None));
    for id in ["image_reuse_personas", "image_reuse_contacts"] {
        assert!(said(id, &none).abstains() && said(id, &torn).abstains(), "{id}");
    }
}
