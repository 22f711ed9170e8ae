//! Objections: what they cover, who decides how far, what is taken back; and the urgent route's notices.

use super::fixture::{World, account, ad, analyse, look, phone, programme, put, register, system};
use super::on_both;
use crate::testing::{TestStore, at};
use crate::{
    Actor, ContactRef, Decision, DecisionKind, Extent, GateRow, ObjectionAt, ObjectionChannel, ObjectionId, PersonRole,
    Spread, Store, StoreError, Told,
};
use domain::AdvertiserId;

fn one() -> AdvertiserId {
    AdvertiserId::of(&ad("1"))
}

/// An advertiser with two numbers (ads 1 and 2), and one alone (ad 3).
fn desks() -> World {
    World { advertisers: vec![(vec!["1", "2"], vec!["a", "b"]), (vec!["3"], vec!["a"])], networks: vec![vec![0, 1]] }
}

async fn world(test: &TestStore) {
    register(&test.store).await;
    put(&test.store, &[("1", "0001", 0), ("2", "0002", 10), ("3", "0003", 20)]).await;
    analyse(&test.store, &desks(), 100).await;
}

async fn gate(store: &Store, advertiser: &AdvertiserId) -> GateRow {
    store.gate_row(advertiser, at(500), at(500)).await.unwrap().unwrap()
}

async fn objected(store: &Store) -> Vec<bool> {
    let mut found = Vec::new();
    for number in ["0001", "0002", "0003"] {
        found.push(store.has_objection(&phone(number)).await.unwrap());
    }
    found
}

async fn object(store: &Store, number: &str, minute: i64) -> ObjectionId {
    store
        .object(&phone(number), ObjectionChannel::Public, &Actor::System("public page".to_owned()), at(minute))
        .await
        .unwrap()
        .id
}

async fn contact_of(store: &Store, advertiser: &AdvertiserId, objected: bool) -> ContactRef {
    gate(store, advertiser).await.contacts.iter().find(|contact| contact.objected == objected).unwrap().contact
}

fn at_one(id: ObjectionId, decided: Option<Extent>) -> ObjectionAt {
    ObjectionAt { id, advertiser: one(), decided }
}

on_both! {
    an_objection_leads_to_the_advertisers_that_show_the_contact_and_gives_their_desk(test) {
        let store = &test.store;
        world(test).await;
        assert_eq!(gate(store, &one()).await.desk, None, "asked only where an objection is");
        let id = object(store, "0001", 200).await;
        assert_eq!(store.objections_at(None).await.unwrap(), [at_one(id, None)]);
        let desk = gate(store, &one()).await.desk.unwrap();
        assert_eq!(desk.ads.len(), 2);
        assert!(desk.ads.iter().all(|(contacts, personas)| contacts.len() == 1 && personas.len() == 1));
        assert_eq!(desk.ads[0].1, desk.ads[1].1, "the same name in both");
        assert!(desk.ties.iter().all(|(a, b, bits, judged)| a != b && *bits > 0.0 && !judged) && !desk.ties.is_empty());
        // A number that nobody has seen is kept alike.
        let unknown = object(store, "7777", 201).await;
        assert!(store.has_objection(&phone("7777")).await.unwrap());
        assert!(store.objections_at(Some(unknown)).await.unwrap().is_empty());
        assert!(!store.object(&phone("7777"), ObjectionChannel::Office, &system(), at(202)).await.unwrap().new);
    }

    what_the_rule_covers_outlives_the_ads_and_ends_with_the_objection(test) {
        let store = &test.store;
        world(test).await;
        let id = object(store, "0001", 200).await;
        let other = contact_of(store, &one(), false).await;
        let spread = Spread { at: at_one(id, None), covers: vec![other], ask: vec![] };
        assert!(store.spread_objection(&spread, at(201)).await.unwrap());
        assert!(!store.spread_objection(&spread, at(202)).await.unwrap(), "again changes nothing");
        assert_eq!(objected(store).await, [true, true, false], "nobody else in the network");
        // The old ads are gone; the second number turns up in a new one.
        put(store, &[("9", "0002", 300)]).await;
        analyse(store, &World { advertisers: vec![(vec!["9"], vec!["a"])], networks: vec![] }, 310).await;
        let new = AdvertiserId::of(&ad("9"));
        assert!(gate(store, &new).await.contacts[0].objected);
        assert_eq!(store.objections_at(Some(id)).await.unwrap()[0].advertiser, new, "and it goes on from there");
        // A second objection covers it too: the first one's end leaves it.
        let second = object(store, "0002", 320).await;
        store.withdraw_objection(id, "she asked by mail", &system(), at(330)).await.unwrap();
        assert_eq!(objected(store).await, [false, true, false]);
        assert!(store.withdraw_objection(id, "again", &system(), at(331)).await.is_err());
        assert!(matches!(store.withdraw_objection(second, " ", &system(), at(331)).await, Err(StoreError::Refused { .. })));
        assert!(!store.spread_objection(&spread, at(332)).await.unwrap(), "one that is withdrawn reaches nobody");
        let rows = store.objections(&look("objections"), false, 10).await.unwrap();
        assert_eq!((rows.len(), rows[0].id, rows[0].covers), (2, second, 1));
        assert_eq!(rows[1].withdrawn.as_ref().unwrap().0, at(330));
        assert!(rows.iter().all(|row| row.contact.starts_with("K-") && row.by.is_empty()));
    }

    a_named_person_decides_how_far_and_can_take_it_back(test) {
        let store = &test.store;
        world(test).await;
        let researcher = account(store, "rikke", PersonRole::Researcher).await;
        let actor = Actor::Account(researcher);
        let id = object(store, "0001", 200).await;
        let ask = Spread { at: at_one(id, None), covers: vec![], ask: vec!["several_personas".to_owned()] };
        assert!(store.spread_objection(&ask, at(201)).await.unwrap());
        assert!(!store.spread_objection(&ask, at(202)).await.unwrap(), "asked once");
        let questions = store.objection_questions(&look("objections"), 10).await.unwrap();
        assert_eq!((questions.len(), questions[0].objection, questions[0].size), (1, id, (2, 1, 2)));
        assert_eq!((questions[0].advertiser.clone(), questions[0].why.clone()), (Some(one()), ask.ask.clone()));
        assert_eq!(store.objections(&look("objections"), true, 10).await.unwrap().len(), 1);
        assert_eq!(objected(store).await, [true, false, false], "until then only the contact");
        assert_eq!(gate(store, &one()).await.objection, None);

        let question = questions[0].id;
        assert!(store.decide_objection(question, Extent::Advertiser, "", 1, &actor, at(210)).await.is_err(), "with a reason");
        store.decide_objection(question, Extent::Advertiser, "one desk, she said", 1, &actor, at(210)).await.unwrap();
        assert_eq!(objected(store).await, [true, true, false]);
        assert_eq!(gate(store, &one()).await.objection, Some(Extent::Advertiser));
        let stale = store.decide_objection(question, Extent::Contact, "late", 1, &actor, at(211)).await.unwrap_err();
        assert!(matches!(stale, StoreError::Conflict { expected: 1, found: 2, .. }));
        let decided = store.objection_questions(&look("objections"), 10).await.unwrap().remove(0).decided.unwrap();
        assert_eq!((decided.0, decided.1.as_str(), decided.3.as_str()), (Extent::Advertiser, "Name of rikke", "one desk, she said"));
        // A later contact of the same advertiser is covered by the decision.
        put(store, &[("8", "0008", 220)]).await;
        let grown = World { advertisers: vec![(vec!["1", "2", "8"], vec!["a"]), (vec!["3"], vec![])], networks: vec![] };
        analyse(store, &grown, 230).await;
        let later = contact_of(store, &one(), false).await;
        let spread = Spread { at: at_one(id, Some(Extent::Advertiser)), covers: vec![later], ask: vec![] };
        assert!(store.spread_objection(&spread, at(231)).await.unwrap());
        assert!(store.has_objection(&phone("0008")).await.unwrap());

        store.undo_objection_decision(question, 2, &actor, at(240)).await.unwrap();
        assert_eq!(objected(store).await, [true, false, false], "what it covered is free, the contact is not");
        assert!(!store.has_objection(&phone("0008")).await.unwrap());
        store.decide_objection(question, Extent::Contact, "several women", 3, &actor, at(250)).await.unwrap();
        assert_eq!((gate(store, &one()).await.objection, objected(store).await), (Some(Extent::Contact), vec![true, false, false]));
        let kinds: Vec<String> = store.events(None, 50).await.unwrap().into_iter().map(|event| event.kind).collect();
        for kind in ["objection", "objection_reach", "objection_decided", "objection_undecided"] {
            assert!(kinds.iter().any(|of| of == kind), "{kind}");
        }
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
    }

    an_objection_closes_no_urgent_route_and_lowers_no_assessment(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0)]).await;
        analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a", "!minor"])], networks: vec![] }, 100).await;
        let before = gate(store, &one()).await;
        let id = object(store, "0001", 200).await;
        let after = gate(store, &one()).await;
        assert!(before.urgent && after.urgent, "the route stays open");
        assert_eq!((before.band, before.points, before.indicators), (after.band, after.points, after.indicators));
        analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a", "!minor"])], networks: vec![] }, 300).await;
        let again = gate(store, &one()).await;
        assert!(again.urgent && again.band == before.band && again.contacts[0].objected);
        assert_eq!(store.objections_at(Some(id)).await.unwrap().len(), 1);
    }

    a_notice_lasts_from_the_opening_of_the_urgent_route_to_its_end(test) {
        let store = &test.store;
        register(store).await;
        let (ulla, bo) = (account(store, "urgent", PersonRole::Researcher).await, account(store, "bo", PersonRole::Researcher).await);
        put(store, &[("1", "0001", 0), ("2", "0002", 0)]).await;
        assert!(store.follow_urgent(at(90)).await.unwrap().is_empty());
        let world = || World { advertisers: vec![(vec!["1"], vec!["!minor"]), (vec!["2"], vec!["a", "b"])], networks: vec![] };
        analyse(store, &world(), 100).await;
        let open = store.follow_urgent(at(101)).await.unwrap();
        assert_eq!((open.len(), open[0].opened_at, open[0].told_at), (1, at(101), None));
        let case = open[0].case.clone();
        store.urgent_told(&[open[0].id], &Told::Failed("no answer".to_owned()), at(102)).await.unwrap();
        let tried = store.follow_urgent(at(103)).await.unwrap();
        assert_eq!((tried.len(), tried[0].failed.clone()), (1, (1, Some("no answer".to_owned()))), "one notice, still due");
        store.urgent_told(&[open[0].id], &Told::Sent(2), at(104)).await.unwrap();
        store.urgent_told(&[open[0].id], &Told::Escalated(1), at(170)).await.unwrap();
        let told = store.urgent_notice(&case).await.unwrap().unwrap();
        assert_eq!((told.told_at, told.escalated_at, told.acknowledged), (Some(at(104)), Some(at(170)), None));
        assert!(store.acknowledge_urgent(&case, bo, at(171)).await.unwrap_err().to_string().contains("appointed"));
        store.acknowledge_urgent(&case, ulla, at(172)).await.unwrap();
        assert!(store.acknowledge_urgent(&case, ulla, at(173)).await.is_err(), "the first answer stands");
        let answered = store.urgent_notice(&case).await.unwrap().unwrap().acknowledged.unwrap();
        assert_eq!((answered.0, answered.1.as_str()), (at(172), "Name of urgent"));
        store.close_urgent(&case, "the municipality was told", ulla, at(180)).await.unwrap();
        assert!(store.follow_urgent(at(181)).await.unwrap().is_empty());
        assert_eq!(store.urgent_notice(&case).await.unwrap(), None);
        let kinds: Vec<String> = store.events(None, 50).await.unwrap().into_iter().map(|event| event.kind).collect();
        for kind in ["urgent_opened", "urgent_told", "urgent_escalated", "urgent_acknowledged", "urgent_closed"] {
            assert!(kinds.iter().any(|of| of == kind), "{kind}");
        }
    }

    a_worker_opens_the_urgent_route_where_there_is_a_case_and_where_there_is_none(test) {
        let store = &test.store;
        register(store).await;
        let (ulla, bo) = (account(store, "urgent", PersonRole::Researcher).await, account(store, "bo", PersonRole::OutreachWorker).await);
        put(store, &[("1", "0001", 0), ("2", "0002", 0)]).await;
        let world = || World { advertisers: vec![(vec!["1"], vec!["a", "b"]), (vec!["2"], vec![])], networks: vec![] };
        analyse(store, &world(), 100).await;
        let ids: Vec<_> = store.gate_rows(&programme(), at(100), at(100)).await.unwrap().into_iter().map(|row| row.advertiser).collect();
        assert_eq!(ids.len(), 2);
        for (advertiser, minute) in ids.iter().zip([110, 111]) {
            assert!(!store.gate_row(advertiser, at(minute), at(minute)).await.unwrap().unwrap().urgent);
            assert!(store.report_minor(advertiser, bo, at(minute)).await.unwrap(), "opened now");
            assert!(!store.report_minor(advertiser, bo, at(minute)).await.unwrap(), "open already");
            assert!(store.gate_row(advertiser, at(minute), at(minute)).await.unwrap().unwrap().urgent);
        }
        let open = store.follow_urgent(at(112)).await.unwrap();
        assert_eq!(open.iter().map(|of| (of.opened_at, of.reported.as_deref())).collect::<Vec<_>>(),
            [(at(110), Some("Name of bo")), (at(111), Some("Name of bo"))]);
        // The next analysis knows of no sign, and closes nothing.
        analyse(store, &world(), 120).await;
        assert!(store.gate_row(&ids[1], at(121), at(121)).await.unwrap().unwrap().urgent);
        store.urgent_told(&[open[1].id], &Told::Sent(1), at(122)).await.unwrap();
        store.close_urgent(&open[1].case, "she is 24", ulla, at(130)).await.unwrap();
        assert!(!store.gate_row(&ids[1], at(131), at(131)).await.unwrap().unwrap().urgent);
        assert!(store.report_minor(&ids[1], bo, at(140)).await.unwrap(), "said again, it opens again");
        let again = store.urgent_notice(&open[1].case).await.unwrap().unwrap();
        assert_eq!((again.opened_at, again.told_at), (at(140), None), "and somebody is told again");
    }

    two_who_open_the_urgent_route_at_once_open_one_notice(test) {
        let store = &test.store;
        register(store).await;
        let (ulla, bo) = (account(store, "urgent", PersonRole::Researcher).await, account(store, "bo", PersonRole::OutreachWorker).await);
        put(store, &[("1", "0001", 0)]).await;
        analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a", "b"])], networks: vec![] }, 100).await;
        let one = one();
        for round in 0..10 {
            let minute = 110 + 10 * round;
            let (first, second, job) = tokio::join!(
                store.report_minor(&one, bo, at(minute)), store.report_minor(&one, ulla, at(minute)), store.follow_urgent(at(minute))
            );
            assert_ne!(first.unwrap(), second.unwrap(), "one of them opened it");
            job.unwrap();
            let open = store.follow_urgent(at(minute + 1)).await.unwrap();
            assert_eq!(open.len(), 1, "round {round}: {open:?}");
            let both = store.urgent_notices(&[open[0].case.clone(), crate::CaseId("none".to_owned())]).await.unwrap();
            assert_eq!(both.into_values().collect::<Vec<_>>(), open);
            store.close_urgent(&open[0].case, "she is 24", ulla, at(minute + 2)).await.unwrap();
        }
    }

    a_decision_for_the_urgent_route_that_is_undone_takes_its_notice_along(test) {
        let store = &test.store;
        register(store).await;
        let ulla = account(store, "urgent", PersonRole::Researcher).await;
        put(store, &[("1", "0001", 0)]).await;
        analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a", "b"])], networks: vec![] }, 100).await;
        let case = gate(store, &one()).await.case.unwrap();
        let urgent = Decision {
            kind: DecisionKind::Urgent, reason_code: "pattern".to_owned(), text: "said so".to_owned(), change_mind: String::new(),
            until: None, refer_to: None,
        };
        let version = async || store.case(&look("case"), &case).await.unwrap().row.version;
        let decision = store.decide(&case, &urgent, version().await, ulla, at(510)).await.unwrap();
        store.follow_urgent(at(511)).await.unwrap();
        store.acknowledge_urgent(&case, ulla, at(512)).await.unwrap();
        store.undo_decision(decision, ulla, at(513)).await.unwrap();
        assert_eq!(store.urgent_notice(&case).await.unwrap(), None);
        store.decide(&case, &urgent, version().await, ulla, at(514)).await.unwrap();
        let again = store.follow_urgent(at(515)).await.unwrap();
        assert_eq!((again.len(), again[0].opened_at, again[0].acknowledged.clone()), (1, at(515), None), "told anew");
        let long = "x".repeat(2001);
        assert!(store.close_urgent(&case, &long, ulla, at(516)).await.unwrap_err().to_string().contains("too long"));
    }

    the_configuration_appoints_exactly_whom_it_names(test) {
        let store = &test.store;
        account(store, "urgent", PersonRole::Researcher).await;
        account(store, "bo", PersonRole::Researcher).await;
        let names = ["bo".to_owned(), "nobody".to_owned()];
        assert_eq!(store.appoint_urgent(&names, &system(), at(5)).await.unwrap(), ["nobody"]);
        let may = |account: crate::Account| account.details.urgent_contact;
        assert!(!may(store.account_by_login("urgent").await.unwrap().unwrap()));
        assert!(may(store.account_by_login("bo").await.unwrap().unwrap()));
        let events = store.events(None, 50).await.unwrap().len();
        store.appoint_urgent(&names, &system(), at(6)).await.unwrap();
        assert_eq!(store.events(None, 50).await.unwrap().len(), events, "nothing changed, nothing is said");
    }

    a_flood_of_objections_changes_nothing_for_others(test) {
        let store = &test.store;
        world(test).await;
        let before = store.gate_rows(&programme(), at(500), at(500)).await.unwrap();
        let mut flood = tokio::task::JoinSet::new();
        for number in 0..200 {
            let store = store.clone();
            flood.spawn(async move { object(&store, &format!("5{number:03}"), 200).await });
        }
        let ids = flood.join_all().await;
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 200);
        assert_eq!(store.gate_rows(&programme(), at(500), at(500)).await.unwrap(), before);
        assert!(store.objections_at(None).await.unwrap().is_empty());
    }
}
