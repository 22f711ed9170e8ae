//! Group L: what argues the other way.

use super::super::testing::*;
use domain::AdFacts;
use rstest::rstest;

#[rstest]
#[case::long_enough(0, 45, true)]
#[case::a_day_short(0, 44, false)]
fn a_stable_contact(#[case] from: i64, #[case] to: i64, #[case] fires: bool) {
    let one = ad("1", "Anna", 31, "34000050", COPENHAGEN, from, to);
    assert_eq!(said("stable_contact", &[one.clone()]).fires(), fires);
    let near = ad("2", "Anna", 31, "34000050", FREDERIKSBERG, from, to);
    assert_eq!(said("stable_contact", &[one.clone(), near]).fires(), fires, "a neighbouring municipality");
    let far = ad("2", "Anna", 31, "34000050", AARHUS, from, to);
    assert_eq!(said("stable_contact", &[one.clone(), far]), Said::Silent);
    assert!(said("stable_contact", &[placeless(one)]).abstains());
}

#[rstest]
#[case::three_weeks(21, true)]
#[case::a_day_short(20, false)]
fn one_consistent_persona(#[case] days: i64, #[case] fires: bool) {
    let one = ad("1", "Anna", 31, "34000050", AARHUS, 0, days);
    assert_eq!(said("single_consistent_persona", &[one.clone()]).fires(), fires);
    let birthday = ad("2", "Anna", 32, "34000050", AARHUS, 0, days);
    assert_eq!(said("single_consistent_persona", &[one.clone(), birthday]).fires(), fires);
    for other in [ad("2", "Eva", 31, "34000050", AARHUS, 0, days), ad("2", "Anna", 33, "34000050", AARHUS, 0, days)] {
        assert_eq!(said("single_consistent_persona", &[one.clone(), other]), Said::Silent);
    }
    assert!(said("single_consistent_persona", &[nameless(one)]).abstains());
}

#[rstest]
#[case::eight_weeks(56, true)]
#[case::a_day_short(55, false)]
fn a_long_history(#[case] days: i64, #[case] fires: bool) {
    let ads: [AdFacts; 2] =
        [ad("1", "Anna", 31, "34000050", AARHUS, 0, 3), ad("2", "Anna", 31, "34000050", AARHUS, days - 2, days)];
    assert_eq!(said("long_history", &ads).fires(), fires);
    assert_eq!(said("long_history", &ads[..1]), Said::Silent);
}
