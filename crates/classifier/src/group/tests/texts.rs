//! Group J: reused texts and templates.

use super::super::testing::*;
use domain::{AdFacts, LinkKind};
use rstest::rstest;

const WORDS: &str = "en rolig og venlig dame tager imod hver dag";

fn written(id: &str, name: &str, phone: &str, town: &str, from: i64, to: i64) -> AdFacts {
    text(ad(id, name, 25, phone, town, from, to), WORDS)
}

#[rstest]
#[case::another_name_and_number("Eva", "34000051", AARHUS, 0, 5, true)]
#[case::another_number_afterwards("Anna", "34000051", AARHUS, 10, 15, false)]
#[case::another_number_for_five_days_at_once("Anna", "34000051", AARHUS, 5, 15, true)]
#[case::another_number_for_four_days_at_once("Anna", "34000051", AARHUS, 6, 15, false)]
#[case::a_clinics_own_style("Eva", "34000050", AARHUS, 0, 5, false)]
#[case::one_number_in_two_towns_under_two_names("Eva", "34000050", ODENSE, 0, 5, true)]
#[case::a_tour("Anna", "34000050", ODENSE, 12, 15, false)]
fn the_same_text(
    #[case] name: &str,
    #[case] phone: &str,
    #[case] town: &str,
    #[case] from: i64,
    #[case] to: i64,
    #[case] fires: bool,
) {
    let own = written("1", "Anna", "34000050", AARHUS, 0, 10);
    let ads = [own.clone(), written("2", name, phone, town, from, to)];
    assert_eq!(said("near_duplicate_text", &ads).fires(), fires);
    // Near-identical texts are tied by a link; a shared template by another one.
    let apart = [own, ad("2", name, 25, phone, town, from, to)];
    assert_eq!(
        said_of_network("near_duplicate_text", &apart, &[link(&apart[0], &apart[1], LinkKind::Text)]).fires(),
        fires
    );
    let template = [link(&apart[0], &apart[1], LinkKind::Template)];
    assert_eq!(said_of_network("template_slots", &apart, &template).fires(), fires);
    assert_eq!(said_of_network("near_duplicate_text", &apart, &[]), Said::Silent);
}

#[test]
fn three_numbers_are_more_than_one_change() {
    let ads = [("34000050", 0), ("34000051", 10), ("34000052", 20)]
        .map(|(phone, from)| written(phone, "Anna", phone, AARHUS, from, from + 8));
    assert!(said("near_duplicate_text", &ads).fires());
    assert_eq!(said("near_duplicate_text", &ads[..2]), Said::Silent);
}

#[test]
fn a_few_words_are_nobodys() {
    let ads = ["34000050", "34000051"].map(|phone| text(ad(phone, phone, 25, phone, AARHUS, 0, 9), "ring til mig nu"));
    assert_eq!(said("near_duplicate_text", &ads), Said::Silent);
    assert_eq!(said("near_duplicate_text", &ads[..1]), Said::Silent, "one ad");
}

#[test]
fn weak_ties_are_shown_between_contacts_only() {
    let ads = [ad("1", "Anna", 25, "34000050", AARHUS, 0, 9), ad("2", "Eva", 25, "34000051", AARHUS, 0, 9)];
    for (id, kind) in [("style_match", LinkKind::Style), ("symbol_code", LinkKind::Symbol)] {
        let links = [link(&ads[0], &ads[1], kind)];
        assert!(said_of_network(id, &ads, &links).fires(), "{id}");
        assert_eq!(said_of_network(id, &ads, &[]), Said::Silent, "{id}");
        let one_desk = [ads[0].clone(), ad("2", "Eva", 25, "34000050", AARHUS, 0, 9)];
        assert_eq!(said_of_network(id, &one_desk, &links), Said::Silent, "{id}: one contact");
        let against = [domain::Link { bits: -2.0, ..links[0].clone() }];
        assert_eq!(said_of_network(id, &ads, &against), Said::Silent, "{id}: a tie that speaks against");
    }
}
