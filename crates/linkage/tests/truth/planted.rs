//! Attacks that must not work, and what only looks like one.

use crate::world::{Draft, World};
use crate::{advertiser, line, linked, network};
use domain::{AdRef, Contact, ContactKind, LinkKind};
use linkage::{LinkParameters, link_with_evidence};

/// A person whose ad is copied, among others. Gives the ads and what they are made of.
pub fn person(world: &mut World) -> (Vec<AdRef>, Draft) {
    for _ in 0..120 {
        world.independent();
    }
    let operator = world.operator("independent");
    let picture = world.picture();
    let draft = Draft { images: vec![picture], from: 100, until: 1200, ..world.draft() };
    let ads = (0..4).map(|at| {
        let mut one = Draft { from: 100 + at * 300, until: 350 + at * 300, ..draft.clone() };
        one.text = world.edit(&one.text, 0.04);
        world.post(operator, &one)
    });
    (ads.collect(), draft)
}

#[test]
fn fifty_copies_of_a_text_or_picture_join_nobody() {
    type Copying = fn(&mut World, &Draft, &mut Draft);
    let ways: [(&str, Copying); 5] = [
        ("text", |world, person, copy| copy.text = world.edit(&person.text, 0.03)),
        ("text to the letter", |_, person, copy| copy.text = person.text.clone()),
        ("picture", |world, person, copy| copy.images = vec![world.again(person.images[0])]),
        ("text, name, age, town and price", |_, person, copy| {
            let phone = copy.phone;
            *copy = Draft { phone, images: vec![], from: copy.from, until: copy.until, ..person.clone() };
        }),
        ("all but the number", |_, person, copy| {
            let phone = copy.phone;
            *copy = Draft { phone, from: copy.from, until: copy.until, ..person.clone() };
        }),
    ];
    for (name, way) in ways {
        for copies in [50, 12, 3, 1] {
            if name == "all but the number" && copies < 50 {
                continue; // One whole copy under another number is what a desk with two numbers looks like.
            }
            let mut world = World::new(copies as u64, 200, 60);
            let (own, draft) = person(&mut world);
            let planted: Vec<AdRef> = (0..copies)
                .map(|_| {
                    let stranger = world.operator("stranger");
                    let from = 100 + world.draw.below(900) as i64;
                    let mut copy = Draft { from, until: from + 60, ..world.draft() };
                    way(&mut world, &draft, &mut copy);
                    world.post(stranger, &copy)
                })
                .collect();
            let (linkage, evidence) = link_with_evidence(&world.ads, &[], &LinkParameters::default());
            let mut sorted = own.clone();
            sorted.sort();
            let joined =
                || evidence.iter().filter(|pair| pair.joins && planted.contains(&pair.a)).map(line).collect::<Vec<_>>();
            assert_eq!(network(&linkage, &own[0]), sorted, "{copies} copies of {name}: {:?}", joined());
            for ad in &planted {
                assert_eq!(
                    network(&linkage, ad),
                    std::slice::from_ref(ad),
                    "{copies} copies of {name}: {:?}",
                    joined()
                );
            }
            let joining = linkage
                .links
                .iter()
                .filter(|link| link.joins && (planted.contains(&link.a) || planted.contains(&link.b)));
            assert_eq!(joining.count(), 0, "{copies} copies of {name}");
        }
    }
}

#[test]
fn a_number_planted_in_fifty_unrelated_texts_is_one_item_and_joins_nothing() {
    for towns in [14, 1] {
        for with_second_contact in [false, true] {
            let mut world = World::new(towns as u64, 200, 60);
            let (own, draft) = person(&mut world);
            let email = Contact { kind: ContactKind::Email, value: "anna@example.dk".into() };
            let planted: Vec<AdRef> = (0..50)
                .map(|_| {
                    let stranger = world.operator("stranger");
                    let from = 100 + world.draw.below(900) as i64;
                    let mut ad = Draft { phone: draft.phone, from, until: from + 60, ..world.draft() };
                    ad.images = vec![world.picture()];
                    ad.town %= towns;
                    if with_second_contact {
                        ad.other_contacts.push(email.clone());
                    }
                    world.post(stranger, &ad)
                })
                .collect();
            let linkage = linked(&world);
            let phones: Vec<_> = linkage.damped.iter().filter(|d| d.contact.kind == ContactKind::Phone).collect();
            assert_eq!(phones.len(), 1);
            assert_eq!(phones[0].ads.len(), 54);
            assert!(!phones[0].reason.da.contains("34") && phones[0].reason.en.contains("54 ads"));
            assert_eq!(linkage.damped.len(), 1 + usize::from(with_second_contact));
            let mut sorted = own.clone();
            sorted.sort();
            assert_eq!(advertiser(&linkage, &own[0]), sorted, "her own ads stay together by text and picture");
            assert_eq!(network(&linkage, &own[0]), sorted);
            for ad in &planted {
                assert_eq!(network(&linkage, ad), std::slice::from_ref(ad));
            }
            let of_number =
                linkage.links.iter().filter(|link| link.kind == LinkKind::Phone && planted.contains(&link.b));
            assert!(of_number.clone().count() > 40, "damped is not dropped");
            assert!(of_number.clone().all(|link| !link.joins && link.bits == 0.0));
        }
    }
}

#[test]
fn noise_on_its_number_does_not_break_up_a_network() {
    for seed in 0..4 {
        let mut world = World::new(seed, 200, 60);
        let desk = world.passed_pictures(2);
        let ads: Vec<AdRef> = world.truth.keys().cloned().collect();
        let number = world.ads[0].versions[0].contacts[0].value[3..].parse().unwrap();
        for _ in 0..100 {
            world.independent();
        }
        for _ in 0..50 {
            let stranger = world.operator("stranger");
            let from = world.draw.below(1000) as i64;
            let noise = Draft { phone: Some(number), from, until: from + 60, ..world.draft() };
            world.post(stranger, &noise);
        }
        let linkage = linked(&world);
        assert_eq!(linkage.damped.len(), 1);
        assert_eq!(world.networks_of(&linkage, desk).len(), 1);
        assert_eq!(network(&linkage, &ads[0]).len(), ads.len());
    }
}

#[test]
fn clinics_and_desks_with_many_personas_are_not_damped() {
    let mut world = World::new(21, 200, 60);
    for _ in 0..40 {
        world.clinic();
    }
    // One desk, one number, twenty personas in every town, one template.
    let operator = world.operator("network");
    let base = world.draft();
    for at in 0..40 {
        let mut one = Draft { phone: base.phone, from: at * 24, until: at * 24 + 50, ..world.draft() };
        one.text = world.edit(&base.text, 0.1);
        world.post(operator, &one);
    }
    let number = world.directory(30);
    let linkage = linked(&world);
    let damped: Vec<_> = linkage.damped.iter().map(|damped| damped.contact.value.clone()).collect();
    assert_eq!(damped, [format!("+45{number}")]);
    assert_eq!(world.networks_of(&linkage, operator).len(), 1);
}
