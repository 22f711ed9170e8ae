//! New numbers, and what people say of ads and numbers.

use crate::world::{Draft, World, start};
use crate::{advertiser, linked, network};
use domain::{AdFacts, AdRef, Contact, ContactKind, ContactRole, Judgement, JudgementKind, LinkKind};
use linkage::{LinkParameters, link};

#[test]
fn a_new_number_is_one_advertiser_and_a_list_of_numbers_is_none() {
    let mut world = World::new(31, 200, 60);
    for _ in 0..60 {
        world.independent();
    }
    let person = world.operator("independent");
    let first = Draft { images: vec![world.picture()], from: 10, until: 400, ..world.draft() };
    let second = Draft { phone: Some(world.phone()), from: 430, until: 800, ..first.clone() };
    let (old, new) = (world.post(person, &first), world.post(person, &second));
    // An edit that shows the next number joins by itself.
    let third = Draft { phone: Some(world.phone()), from: 700, until: 900, ..world.draft() };
    let edited = world.post(person, &third);
    let at = world.ads.iter().position(|ad| ad.ad == new).unwrap();
    let mut version = world.ads[at].versions[0].clone();
    (version.version, version.contacts) = (2, vec![phone(third.phone)]);
    world.ads[at].versions.push(version);
    // A page that lists eight numbers ties none of them.
    let page = world.operator("directory");
    let mut list = world.draft();
    list.phone = first.phone;
    list.other_contacts = (0..7).map(|at| world.ads[at * 9].versions[0].contacts[0].clone()).collect();
    let listing = world.post(page, &list);
    let linkage = linked(&world);
    let mut three = vec![old, new, edited];
    three.sort();
    assert_eq!(advertiser(&linkage, &three[0]), three);
    assert_eq!(network(&linkage, &listing), std::slice::from_ref(&listing));
    assert_eq!(linkage.links.iter().filter(|l| l.a == listing || l.b == listing).filter(|l| l.joins).count(), 0);
}

fn phone(number: Option<u32>) -> Contact {
    Contact { kind: ContactKind::Phone, value: format!("+45{}", number.unwrap()) }
}

#[test]
fn judgements_join_and_keep_apart() {
    let mut world = World::new(41, 200, 60);
    let clinic = world.clinic();
    let desk = world.rotation(3, 0.05);
    for _ in 0..40 {
        world.independent();
    }
    let of = |operator| -> Vec<AdRef> {
        let mine = world.ads.iter().filter(|ad| world.truth[&ad.ad] == operator);
        let mut ads: Vec<_> = mine.map(|ad| (ad.first_seen, ad.ad.clone())).collect();
        ads.sort();
        ads.into_iter().map(|(_, ad)| ad).collect()
    };
    let (clinic, desk) = (of(clinic), of(desk));
    let judge = |a: &AdRef, b: &AdRef, kind, hours| Judgement::Ads {
        a: a.clone(),
        b: b.clone(),
        kind,
        at: start() + jiff::SignedDuration::from_hours(hours),
    };
    let last = desk.len() - 1;
    let mut judgements = vec![
        judge(&clinic[0], &desk[0], JudgementKind::Same, 1),
        judge(&desk[0], &desk[last], JudgementKind::NotSame, 1),
        judge(&AdRef::new("s1", "unknown"), &desk[0], JudgementKind::Same, 1),
    ];
    let parameters = LinkParameters::default();
    let linkage = link(&world.ads, &judgements, &parameters);
    assert!(network(&linkage, &desk[0]).contains(&clinic[0]) && advertiser(&linkage, &desk[0]).contains(&clinic[0]));
    assert!(!network(&linkage, &desk[0]).contains(&desk[last]), "apart through every chain of ties");
    assert_eq!(linkage.links.iter().filter(|link| link.kind == LinkKind::Manual).count(), 2);
    // The latest word on a pair counts.
    judgements.push(judge(&desk[last], &desk[0], JudgementKind::Same, 2));
    let linkage = link(&world.ads, &judgements, &parameters);
    assert!(network(&linkage, &desk[0]).contains(&desk[last]));
}

#[test]
fn ads_of_one_number_follow_the_one_that_they_resemble_when_it_is_split() {
    let mut world = World::new(43, 200, 60);
    let (one, other) = (world.operator("independent"), world.operator("independent"));
    let first = Draft { images: vec![world.picture()], ..world.draft() };
    let second = Draft { phone: first.phone, images: vec![world.picture()], ..world.draft() };
    let mut ads = [vec![], vec![]];
    for at in 0..6 {
        let (operator, draft) = [(one, &first), (other, &second)][at % 2];
        let draft = Draft { from: at as i64 * 30, until: at as i64 * 30 + 90, ..draft.clone() };
        ads[at % 2].push(world.post(operator, &draft));
    }
    let parameters = LinkParameters::default();
    assert_eq!(linked(&world).advertisers.len(), 1);
    let apart = |kind| Judgement::Ads { a: ads[0][0].clone(), b: ads[1][2].clone(), kind, at: start() };
    let linkage = link(&world.ads, &[apart(JudgementKind::NotSame)], &parameters);
    ads.iter_mut().for_each(|side| side.sort());
    assert_eq!(network(&linkage, &ads[0][0]), ads[0]);
    assert_eq!(network(&linkage, &ads[1][0]), ads[1]);
}

#[test]
fn what_a_person_says_that_a_number_is_goes_before_the_rule() {
    let mut world = World::new(5, 200, 60);
    let directory = world.directory(30);
    let desk = world.operator("network");
    let base = world.draft();
    for at in 0..6 {
        let mut one = Draft { phone: base.phone, from: at * 24, until: at * 24 + 50, ..world.draft() };
        one.images = vec![world.picture()];
        world.post(desk, &one);
    }
    let contact = |number: u32| Contact { kind: ContactKind::Phone, value: format!("+45{number}") };
    let shown = |number: u32| {
        let has = |ad: &&AdFacts| ad.versions.iter().any(|version| version.contacts.contains(&contact(number)));
        world.ads.iter().filter(has).map(|ad| ad.ad.clone()).collect::<Vec<_>>()
    };
    let own = base.phone.unwrap();
    let say = |number: u32, role, hours| Judgement::Contact {
        contact: contact(number),
        role,
        at: start() + jiff::SignedDuration::from_hours(hours),
    };
    let parameters = LinkParameters::default();
    let before = linked(&world);
    assert_eq!(before.damped.iter().map(|damped| &damped.contact).collect::<Vec<_>>(), [&contact(directory)]);
    let judgements = [say(directory, ContactRole::Operator, 1), say(own, ContactRole::Agency, 1)];
    let after = link(&world.ads, &judgements, &parameters);
    let mut ads = shown(directory);
    ads.sort();
    assert_eq!(advertiser(&after, &ads[0]), ads, "one desk: its ads are one advertiser");
    assert_eq!(after.damped.iter().map(|damped| &damped.contact).collect::<Vec<_>>(), [&contact(own)]);
    assert!(after.damped[0].reason.en.starts_with("A person said: an agency."));
    assert!(advertiser(&after, &shown(own)[0]).len() < shown(own).len(), "an agency joins nobody");
    let undecided = [judgements.to_vec(), [directory, own].map(|n| say(n, ContactRole::Unknown, 2)).to_vec()].concat();
    assert_eq!(link(&world.ads, &undecided, &parameters), before, "the latest word counts; 'unknown' leaves the rule");
}

#[test]
fn a_number_that_changed_hands_is_split_in_time() {
    let mut world = World::new(44, 200, 60);
    let operator = world.operator("independent");
    let draft = Draft { images: vec![world.picture()], ..world.draft() };
    let ads: Vec<AdRef> = (0..6)
        .map(|at| world.post(operator, &Draft { from: at * 100, until: at * 100 + 50, ..draft.clone() }))
        .collect();
    let split = Judgement::Ads { a: ads[2].clone(), b: ads[3].clone(), kind: JudgementKind::SplitHere, at: start() };
    let linkage = link(&world.ads, &[split], &LinkParameters::default());
    let sorted = |part: &[AdRef]| part.iter().cloned().collect::<std::collections::BTreeSet<_>>();
    for (part, of) in [(&ads[..3], &ads[0]), (&ads[3..], &ads[5])] {
        assert_eq!(network(&linkage, of).iter().cloned().collect::<std::collections::BTreeSet<_>>(), sorted(part));
    }
}
