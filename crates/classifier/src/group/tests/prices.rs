//! Group G and the breadth of group H: prices and lists, against the area's and the site's.

use super::super::testing::*;
use domain::AdFacts;
use rstest::rstest;

fn hourly(id: &str, price: u32, town: &str) -> AdFacts {
    priced(ad(id, "Anna", 25, "34000050", town, 0, 20), &[(price, 60)])
}

/// Strangers of Aarhus who take 1,000 kroner and more.
fn market(count: usize) -> Vec<AdFacts> {
    crowd(count, AARHUS, |n, ad| priced(ad, &[(1000 + n as u32 * 10, 60)]))
}

#[test]
fn a_low_price_is_below_the_fifth_percentile_of_the_region() {
    let ask = |price: u32, town: &str, others: usize| {
        let own = [hourly("1", price, town)];
        said_of("price_low_for_area", &advertiser(), &own, &[], &[own.to_vec(), market(others)].concat())
    };
    assert!(ask(700, AARHUS, 60).fires());
    assert_eq!(ask(1300, AARHUS, 60), Said::Silent);
    // 29 others and oneself are 30; with one fewer nothing is known.
    assert!(matches!(ask(700, AARHUS, 29), Said::Fires(_)));
    assert!(matches!(ask(700, AARHUS, 28), Said::Abstains(reason) if reason.contains("30")));
    // Another region has prices of its own.
    assert!(ask(700, COPENHAGEN, 60).abstains());
}

#[test]
fn a_low_price_needs_an_hour_and_a_place() {
    let all = market(60);
    let ask = |ad: AdFacts| said_of("price_low_for_area", &advertiser(), &[ad], &[], &all);
    assert!(ask(priced(ad("1", "Anna", 25, "34000050", AARHUS, 0, 5), &[(400, 30)])).abstains(), "half an hour");
    assert!(ask(placeless(hourly("1", 700, AARHUS))).abstains());
    assert!(ask(ad("1", "Anna", 25, "34000050", AARHUS, 0, 5)).abstains(), "no price");
}

const LIST: [(u32, u32); 3] = [(650, 30), (1150, 60), (2050, 120)];

fn with_list(id: &str, phone: &str, list: &[(u32, u32)]) -> AdFacts {
    priced(ad(id, "Anna", 25, phone, AARHUS, 0, 20), list)
}

#[test]
fn one_price_list_under_contacts_that_share_nothing() {
    let own = [with_list("1", "34000050", &LIST), with_list("2", "34000051", &LIST)];
    let ask = |ads: &[AdFacts], others: Vec<AdFacts>| {
        said_of("price_identical_network", &network(), ads, &[], &[ads.to_vec(), others].concat())
    };
    assert!(ask(&own, market(60)).fires());
    let everybody = crowd(60, AARHUS, |_, ad| priced(ad, &LIST));
    assert_eq!(ask(&own, everybody), Said::Silent, "everybody has it");
    // 3 % of the others may have it; its own contacts do not make it common.
    let some = |n: usize| crowd(100, AARHUS, move |at, ad| if at < n { priced(ad, &LIST) } else { ad });
    assert!(ask(&own, some(3)).fires());
    assert_eq!(ask(&own, some(4)), Said::Silent);
    assert!(ask(&own, market(20)).abstains(), "too few to say how rare it is");
    let same = [with_list("1", "34000050", &LIST), with_list("2", "34000050", &LIST)];
    assert_eq!(ask(&same, market(60)), Said::Silent, "one contact");
    let short = [with_list("1", "34000050", &LIST[..2]), with_list("2", "34000051", &LIST[..2])];
    assert_eq!(ask(&short, market(60)), Said::Silent, "two prices are no list");
    assert!(ask(&own.map(|ad| priced(ad, &[])), market(60)).abstains());
}

#[rstest]
#[case::a_quarter_more(1000, 1250, 0, true)]
#[case::a_little_less_than_a_quarter(1000, 1240, 0, false)]
#[case::a_week_after_the_other_was_gone(1000, 1250, 17, true)]
#[case::eight_days_after(1000, 1250, 18, false)]
fn price_conflict(#[case] a: u32, #[case] b: u32, #[case] from: i64, #[case] fires: bool) {
    let one = priced(ad("1", "Anna", 25, "34000050", AARHUS, 0, 10), &[(a, 60)]);
    let other = priced(ad("2", "Anna", 25, "34000050", AARHUS, from, from + 5), &[(b, 60)]);
    assert_eq!(said("price_conflict", &[one.clone(), other.clone()]).fires(), fires);
    let half = priced(other.clone(), &[(b, 30)]);
    assert_eq!(said("price_conflict", &[one.clone(), half]), Said::Silent, "another time");
    let eva = with(other, |version| version.names = vec!["Eva".to_owned()]);
    assert_eq!(said("price_conflict", &[one.clone(), eva]), Said::Silent, "another persona");
    assert!(said("price_conflict", &[nameless(one)]).abstains());
}

/// One ad whose hourly price changes on these days.
fn falling(steps: &[(i64, u32)]) -> AdFacts {
    let mut one = priced(ad("1", "Anna", 25, "34000050", AARHUS, steps[0].0, steps[0].0), &[(steps[0].1, 60)]);
    for (from, price) in &steps[1..] {
        one = then(one, *from, *from, |version| version.prices[0].0 = *price);
    }
    one
}

#[rstest]
#[case::thirty_percent_in_fourteen_days(&[(0, 1000), (7, 850), (14, 700)], true)]
#[case::a_day_later(&[(0, 1000), (7, 850), (15, 700)], false)]
#[case::twenty_nine_percent(&[(0, 1000), (7, 710)], false)]
#[case::after_a_long_steady_time(&[(0, 1000), (30, 1000), (35, 700)], true)]
#[case::up_in_between(&[(0, 1000), (3, 1100), (6, 850), (9, 900), (12, 790)], false)]
#[case::rising(&[(0, 700), (7, 1000)], false)]
#[case::one_price(&[(0, 1000)], false)]
fn price_drop(#[case] steps: &[(i64, u32)], #[case] fires: bool) {
    assert_eq!(said("price_drop", &[falling(steps)]).fires(), fires);
    assert!(said("price_drop", &[priced(falling(steps), &[])]).fires() <= fires);
}

#[test]
fn an_unusually_long_list_is_above_the_percentile_of_its_site() {
    let list = |n: usize| (0..n).map(|at| format!("ord{at}")).collect::<Vec<_>>().join(", ");
    let ask = |items: usize, others: usize| {
        let own = [text(ad("1", "Anna", 25, "34000050", AARHUS, 0, 20), &list(items))];
        let crowd = crowd(others, AARHUS, |n, ad| text(ad, &list(3 + n % 5)));
        said_of("unusual_breadth", &advertiser(), &own, &[], &[own.to_vec(), crowd].concat())
    };
    assert!(ask(12, 60).fires());
    assert_eq!(ask(9, 60), Said::Silent, "fewer than ten items");
    assert!(matches!(ask(12, 28), Said::Abstains(reason) if reason.contains("30")));
    assert!(ask(12, 29).fires());
}
