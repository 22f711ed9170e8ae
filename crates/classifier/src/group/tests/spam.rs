//! Spam and scam: two kinds of sign, and what they may do.

use super::super::testing::*;
use super::{ad_firing, assessed, ids};
use crate::assess::assess;
use domain::{AdFacts, Band, Firing, Queue};
use rstest::rstest;

/// An ad of a stock text that asks for money first and links elsewhere.
fn scam(n: usize, sign: &str) -> AdFacts {
    let towns = [AARHUS, ODENSE, AALBORG];
    let ad = ad(&n.to_string(), "Lea", 25, &format!("3400005{n}"), towns[n % 3], 0, 3);
    with(ad, |version| match sign {
        "money" => {
            let firing = ad_firing("scam_wording", &super::ad("x", "Lea", 25, "34000050", AARHUS, 0, 1));
            version.firings.push(firing);
        }
        "link" => version.urls.push("https://example.test/".to_owned()),
        "text" => version.skeleton = "klik og betal depositum på <url> så kommer jeg til dig".to_owned(),
        _ => {}
    })
}

#[rstest]
#[case::money_and_link(&["money", "money", "link", "link", "link", "link"], true)]
#[case::money_and_stock_text(&["money", "money", "text", "text", "text", "text"], true)]
#[case::link_and_stock_text(&["link", "link", "link", "link", "text", "text", "text", "text"], true)]
#[case::money_in_one_ad(&["money", "link", "link", "link", "link"], false)]
#[case::three_links(&["money", "money", "link", "link", "link"], false)]
#[case::money_alone(&["money", "money", "money", "money", "money"], false)]
#[case::one_ad(&["money"], false)]
fn two_kinds_of_sign(#[case] signs: &[&str], #[case] fires: bool) {
    let ads: Vec<AdFacts> = signs.iter().enumerate().map(|(n, sign)| scam(n, sign)).collect();
    assert_eq!(said("spam_or_scam", &ads).fires(), fires);
}

#[test]
fn an_independent_on_tour_who_takes_deposits_is_no_scam() {
    let one = |n: i64, name: &str, town: &str| {
        let mut ad = scam(0, "text");
        ad.ad.ad_id = n.to_string();
        with(ad, |version| {
            version.names = vec![name.to_owned()];
            version.places[0].municipality_code = town.to_owned();
            version.firings.extend(scam(0, "money").versions[0].firings.clone());
        })
    };
    assert_eq!(said("spam_or_scam", &[one(1, "Lea", AARHUS), one(2, "Lea", ODENSE)]), Said::Silent);
    assert!(said("spam_or_scam", &[one(1, "Lea", AARHUS), one(2, "Eva", ODENSE)]).fires());
    assert_eq!(said("spam_or_scam", &[one(1, "Lea", AARHUS), one(2, "Eva", AARHUS)]), Said::Silent, "a house's rule");
}

/// Firings of these indicators, as the catalogue has them.
fn firings(names: &[&str]) -> Vec<Firing> {
    let ad = ad("1", "Lea", 25, "34000050", AARHUS, 0, 3);
    names.iter().map(|id| ad_firing(id, &ad)).collect()
}

#[test]
fn a_case_waits_apart_only_while_no_group_but_h_and_j_scores() {
    let judged = |names: &[&str]| assess(&super::CATALOGUE, network(), &[], firings(names), Vec::new());
    let spam =
        |more: &[&str]| judged(&[&["spam_or_scam", "near_duplicate_text", "unprotected_offered"], more].concat());
    assert_eq!(spam(&[]).queue, Queue::Spam);
    // What gives no points keeps nothing out: context, counter-evidence, sensitive facts.
    assert_eq!(spam(&["own_site", "origin_marketing", "movement_language"]).queue, Queue::Spam);
    // Any group that scores does, whichever.
    for indicator in super::CATALOGUE.indicators().iter().filter(|i| i.status.runs() && i.points > 0.0) {
        let apart = matches!(indicator.group.0, 'H' | 'J');
        let queue = spam(&[indicator.id.as_str()]).queue;
        assert_eq!(queue == Queue::Spam, apart, "{}", indicator.id);
    }
    // Wording of one ad, whatever it says, never does.
    let wordings = super::CATALOGUE.indicators().iter().filter(|i| i.scope == domain::Scope::Ad && i.status.runs());
    for indicator in wordings {
        assert_eq!(judged(&[indicator.id.as_str()]).queue, Queue::Ordinary, "{}", indicator.id);
    }
}

#[test]
fn a_scam_without_a_persons_sign_stays_low_and_a_network_with_one_does_not_fall() {
    let judged = |names: &[&str]| assess(&super::CATALOGUE, network(), &[], firings(names), Vec::new());
    let reused = ["shared_contact", "near_duplicate_text", "image_reuse_personas", "trust_claims"];
    assert_eq!(judged(&reused).band, Band::High);
    assert_eq!(judged(&[&reused[..], &["spam_or_scam"]].concat()).band, Band::Low);
    for sign in ["third_person_voice", "round_the_clock", "youth_language", "synchronised_circuit"] {
        let with_sign = [&reused[..], &[sign]].concat();
        let (before, after) = (judged(&with_sign), judged(&[&with_sign[..], &["spam_or_scam"]].concat()));
        assert_eq!((before.band, before.points), (after.band, after.points), "{sign}");
    }
}

#[test]
fn a_scam_of_one_number_is_named() {
    let ads: Vec<AdFacts> = (0..6).map(|n| scam(n, ["money", "link"][usize::from(n > 1)])).collect();
    let assessment = assessed(&network(), &ads, &[], &[]);
    assert!(ids(&assessment.context).contains(&"spam_or_scam"));
}
