use super::*;
use crate::gate::tests::{at, contact, facts, now, open, team};
use crate::outcome::{AttemptFact, cool_down};
use crate::policy::{AdmitUnread, RandomApproval};
use proptest::prelude::*;

pub(crate) fn candidate(facts: GateFacts<u32>) -> Candidate<u32> {
    Candidate {
        facts,
        case: Some("17".into()),
        inclusion_probability: 1.0,
        points: 3.0,
        languages: vec!["ro".into(), "en".into()],
        indicators: BTreeSet::new(),
        groups: [Group('B'), Group('J')].into(),
        network_size: 1,
    }
}

fn date() -> Date {
    "2026-11-20".parse().unwrap()
}

pub(crate) fn policy() -> GatePolicy {
    let random = RandomApproval {
        by: "A. Leder".into(),
        at: at("2026-11-01T00:00:00Z"),
        until: at("2026-12-01T00:00:00Z"),
        dpia: "2026-17".into(),
        seed: 0,
        share: 0.1,
    };
    GatePolicy { admit_unread: AdmitUnread::Medium, random: Some(random), ..GatePolicy::default() }
}

#[test]
fn a_line_says_how_where_and_why() {
    let mut facts = open("adv_1");
    facts.municipalities = vec!["0101".into(), "0461".into()];
    facts.contacts = vec![contact(3), contact(1), contact(2)];
    facts.contacts[0].kind = ContactKind::Handle;
    facts.contacts[1].objected = true;
    facts.personas = 2;
    let list = days_list(date(), &team(), vec![candidate(facts)], &GatePolicy::default(), now());
    let line = &list.lines[0];
    assert_eq!((line.rank, &line.contacts[..], line.language.as_str()), (1, &[2, 3][..], "ro"), "hers, not ours");
    assert_eq!((line.municipality_code.as_str(), line.channel), ("0461", Channel::Call), "with an interpreter");
    assert_eq!(line.reasons.len(), 2);
    assert!(list.excluded.is_empty());
}

#[test]
fn the_strongest_come_first_and_a_network_has_one_line() {
    let with = |id: &str, network: &str, points: f64, change: &dyn Fn(&mut GateFacts<u32>)| {
        let mut candidate = candidate(open(id));
        candidate.facts.network = NetworkId::from(network);
        candidate.points = points;
        change(&mut candidate.facts);
        candidate
    };
    let given = vec![
        with("adv_a", "n1", 9.0, &|f| f.review = Review::Undecided),
        with("adv_b", "n2", 2.0, &|_| {}),
        with("adv_c", "n2", 4.0, &|_| {}),
        with("adv_d", "n3", 4.0, &|f| f.last_seen = at("2026-11-18T00:00:00Z")),
        with("adv_e", "n4", f64::NAN, &|_| {}),
    ];
    let list = days_list(date(), &team(), given, &policy(), now());
    let ids: Vec<&str> = list.lines.iter().map(|line| line.advertiser.as_str()).collect();
    assert_eq!(ids, ["adv_c", "adv_d", "adv_e", "adv_a"]);
    assert_eq!(list.excluded, [(AdvertiserId::from("adv_b"), vec![Refusal::NetworkOnList])]);
}

#[test]
fn a_third_party_on_the_phone_changes_the_advice() {
    let mut facts = open("adv_1");
    let spoken = AttemptFact {
        at: at("2026-01-01T00:00:00Z"),
        channel: Channel::Call,
        outcome: Some(Outcome::ThirdParty),
        contact_known: true,
        person_asked: false,
        cautions: BTreeSet::new(),
    };
    facts.attempts.push(spoken);
    let list = days_list(date(), &team(), vec![candidate(facts)], &GatePolicy::default(), now());
    assert_eq!(list.lines[0].channel, Channel::None);
    assert!(list.lines[0].cautions[0].en.contains("do not mention"));
}

#[test]
fn two_answers_about_one_advertiser_are_none() {
    let list = days_list(date(), &team(), vec![candidate(open("a")), candidate(open("a"))], &policy(), now());
    assert_eq!((list.lines.len(), list.excluded.len()), (0, 1));
}

#[test]
fn at_most_a_tenth_is_drawn_and_takes_the_place_of_nobody_when_there_is_none() {
    let flagged: Vec<Candidate<u32>> = (0..40).map(|n| candidate(open(&format!("f{n:02}")))).collect();
    let random = (0..5).map(|n| {
        let mut one = candidate(open(&format!("r{n}")));
        (one.facts.stratum, one.facts.review, one.facts.band) = (Stratum::Random, Review::Undecided, Band::None);
        one
    });
    let team = TeamView { lines: 20, ..team() };
    let both: Vec<_> = flagged.iter().cloned().chain(random).collect();
    let count = |given: Vec<Candidate<u32>>| {
        let list = days_list(date(), &team, given, &policy(), now());
        (list.lines.len(), list.lines.iter().filter(|line| line.stratum == Stratum::Random).count())
    };
    assert_eq!(count(both), (20, 2));
    assert_eq!(count(flagged), (20, 0));
}

proptest! {
    #[test]
    fn nobody_who_is_to_be_left_alone_is_on_it(given in proptest::collection::vec(facts(), 0..60), lines in 0usize..15) {
        let team = TeamView { lines, ..team() };
        let candidates: Vec<Candidate<u32>> = given.iter().cloned().map(candidate).collect();
        let list = days_list(date(), &team, candidates.clone(), &policy(), now());
        prop_assert!(list.lines.len() <= lines);
        let mut networks = BTreeSet::new();
        for (rank, line) in (1..).zip(&list.lines) {
            prop_assert_eq!(line.rank, rank);
            prop_assert!(networks.insert(line.network.clone()));
            let about: Vec<_> = given.iter().filter(|facts| facts.advertiser == line.advertiser).collect();
            prop_assert_eq!(about.len(), 1);
            let facts = about[0];
            prop_assert!(!facts.objection && !facts.urgent_open && facts.claim.is_none());
            prop_assert_eq!(facts.queue, domain::Queue::Ordinary);
            prop_assert!(cool_down(&facts.attempts, &policy(), now()).is_none());
            prop_assert!(!line.contacts.is_empty() && !line.reasons.is_empty() && !line.cautions.is_empty());
        }
        let on: BTreeSet<_> = list.lines.iter().map(|line| &line.advertiser).collect();
        let off: BTreeSet<_> = list.excluded.iter().map(|(id, reasons)| { assert!(!reasons.is_empty()); id }).collect();
        let all: BTreeSet<_> = given.iter().map(|facts| &facts.advertiser).collect();
        prop_assert!(on.is_disjoint(&off));
        prop_assert_eq!(on.len() + off.len(), all.len(), "everybody is on it or knows why not");

        let mut other_way = candidates;
        other_way.reverse();
        let (half, rest) = other_way.split_at(other_way.len() / 2);
        let shuffled = [rest, half].concat();
        prop_assert_eq!(days_list(date(), &team, shuffled, &policy(), now()), list);
    }
}
