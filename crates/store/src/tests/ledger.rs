//! The gate, claims under concurrency, attempts, objections, lists.

use super::fixture::{World, account, ad, analyse, look, outcome, phone, programme, put, register, system};
use super::on_both;
use crate::testing::{TestStore, at};
use crate::{
    AccountId, AttemptDetails, AttemptId, Channel, ClaimResult, Consent, ConsentHow, ContactRef, Decision,
    DecisionKind, FollowUpEdit, GateRow, ImportResult, NewAttempt, NewLine, NewList, Outcome, OutcomeEdit, PersonRole,
    ReferralStatus, Store, StoreError, Told14, WorkerCaution,
};
use domain::{AdvertiserId, Band, Bilingual, NetworkId, TeamId};
use jiff::civil::Date;

fn one() -> AdvertiserId {
    AdvertiserId::of(&ad("1"))
}
fn three() -> AdvertiserId {
    AdvertiserId::of(&ad("3"))
}
fn team() -> TeamId {
    TeamId::from("east")
}
fn today() -> Date {
    "2026-10-02".parse().unwrap()
}

/// Two advertisers in a network (ads 1 and 2; ad 3), one alone (ad 4).
fn tied() -> World {
    World {
        advertisers: vec![(vec!["1", "2"], vec!["a", "b"]), (vec!["3"], vec!["a"]), (vec!["4"], vec![])],
        networks: vec![vec![0, 1]],
    }
}

async fn world(test: &TestStore) -> (AccountId, AccountId) {
    let store = &test.store;
    register(store).await;
    put(store, &[("1", "0001", 0), ("2", "0001", 10), ("3", "0003", 20), ("4", "0004", 30)]).await;
    analyse(store, &tied(), 100).await;
    (account(store, "ida", PersonRole::OutreachWorker).await, account(store, "bo", PersonRole::OutreachWorker).await)
}

async fn gate(store: &Store, advertiser: &AdvertiserId, minute: i64) -> GateRow {
    store.gate_row(advertiser, at(minute), at(minute)).await.unwrap().unwrap()
}

fn attempt(key: &str, advertiser: AdvertiserId, contact: Option<ContactRef>, minute: i64) -> NewAttempt {
    NewAttempt {
        idempotency_key: key.to_owned(),
        advertiser,
        line: None,
        contact,
        method: "sms-first".to_owned(),
        channel: Channel::Sms,
        outcome: Some(Outcome::NoAnswer),
        language: Some("en".to_owned()),
        text_version: Some("rights-1".to_owned()),
        minutes: Some(5),
        note: "rang twice".to_owned(),
        follow_up: Some("2026-10-05".parse().unwrap()),
        team: team(),
        made_at: at(minute),
        details: AttemptDetails::default(),
    }
}

fn referred_with(consent: &Consent) -> OutcomeEdit {
    let details = AttemptDetails { consent: Some(consent.clone()), ..AttemptDetails::default() };
    OutcomeEdit { details, ..outcome(Outcome::Referred) }
}

fn line(row: &GateRow) -> NewLine {
    NewLine {
        advertiser: row.advertiser.clone(),
        network: row.network.clone(),
        case: row.case.clone(),
        random: false,
        inclusion_probability: 1.0,
        contacts: row.contacts.iter().map(|contact| contact.contact).collect(),
        language: "da".to_owned(),
        municipality_code: "0751".to_owned(),
        last_seen: row.last_seen,
        reasons: vec![Bilingual { da: "flere steder".to_owned(), en: "several places".to_owned() }],
        cautions: vec![Bilingual { da: "pas på".to_owned(), en: "take care".to_owned() }],
        channel: Channel::Sms,
        band: row.band,
    }
}

fn list(lines: Vec<NewLine>) -> NewList {
    NewList {
        date: today(),
        team: team(),
        programme: programme(),
        as_of: at(200),
        seed: u64::MAX,
        frame: serde_json::json!({ "eligible": 3 }),
        lines,
        at: at(200),
    }
}

on_both! {
    the_gate_knows_what_it_must(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let rows = store.gate_rows(&programme(), at(150), at(150)).await.unwrap();
        assert_eq!(rows.len(), 3);
        let row = rows.iter().find(|row| row.advertiser == one()).unwrap();
        assert_eq!(row.network, NetworkId::of(&ad("1")));
        assert_eq!((row.network_size, row.band, row.network_band, row.points), (2, Band::Medium, Band::High, 2.0));
        assert_eq!((row.municipalities.clone(), row.languages.clone()), (vec!["0751".to_owned()], vec!["da".to_owned()]));
        assert_eq!((row.first_seen, row.last_seen), (at(0), at(10)));
        assert_eq!((row.contacts.len(), row.contacts[0].personas, row.personas), (1, 1, 1));
        assert_eq!(row.indicators.iter().map(|of| of.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(row.hours, 1 << 10);
        let other = rows.iter().find(|row| row.advertiser == three()).unwrap();
        assert_eq!(other.case, row.case, "one case for the network");
        assert!(store.gate_rows(&domain::ProgrammeId::from("other"), at(150), at(150)).await.unwrap().is_empty());
        assert_eq!(store.gate_row(&AdvertiserId::from("adv_none"), at(1), at(1)).await.unwrap(), None);

        let case = row.case.clone().unwrap();
        let view = store.case(&look("case"), &case).await.unwrap();
        let offer = Decision {
            kind: DecisionKind::OfferOutreach,
            reason_code: "pattern".to_owned(),
            text: String::new(),
            change_mind: String::new(),
            until: None,
            refer_to: None,
        };
        let decision = store.decide(&case, &offer, view.row.version, ida, at(160)).await.unwrap();
        assert_eq!(gate(store, &three(), 161).await.decided.unwrap().kind, DecisionKind::OfferOutreach);
        assert_eq!(gate(store, &three(), 159).await.decided, None, "not decided then");
        store.undo_decision(decision, ida, at(170)).await.unwrap();
        assert_eq!(gate(store, &three(), 171).await.decided, None);
        assert!(gate(store, &three(), 165).await.decided.is_some(), "it was in force then");

        store.put_attempt(&attempt("k1", one(), None, 180), ida).await.unwrap();
        let (mine, theirs) = (gate(store, &one(), 181).await, gate(store, &three(), 181).await);
        assert_eq!((mine.attempts.len(), mine.network_attempts.len()), (1, 0));
        assert_eq!((theirs.attempts.len(), theirs.network_attempts.len()), (0, 1));
        assert!(gate(store, &one(), 179).await.attempts.is_empty());
    }

    an_address_is_known_where_an_ad_names_one_and_opened_with_a_look_alone(test) {
        let store = &test.store;
        world(test).await;
        assert!(gate(store, &one(), 200).await.address_known);
        let looks = store.audit_entries(None, 50).await.unwrap().len();
        let found = store.open_addresses(&look("address"), &one()).await.unwrap();
        assert_eq!(found.iter().map(|(address, _)| address.as_str()).collect::<Vec<_>>(), ["canarygade 12"]);
        assert!(found[0].1 >= at(10), "the later of two ads: {found:?}");
        assert_eq!(store.audit_entries(None, 50).await.unwrap().len(), looks + 1);
        assert!(store.open_addresses(&look("address"), &AdvertiserId::from("adv_nobody")).await.unwrap().is_empty());
        let row = gate(store, &one(), 200).await;
        assert_eq!(row.hours & row.hours_looked, row.hours, "nobody is seen where nobody looks");
    }

    of_any_number_who_claim_at_once_one_gets_it(test) {
        let store = &test.store;
        world(test).await;
        let mut workers = Vec::new();
        for number in 0..16 {
            workers.push(account(store, &format!("w{number}"), PersonRole::OutreachWorker).await);
        }
        for round in 0..5 {
            let advertiser = [one(), three(), AdvertiserId::of(&ad("4"))][round % 3].clone();
            let minute = 1_000 * (round as i64 + 1);
            let mut tasks = tokio::task::JoinSet::new();
            for worker in &workers {
                let (store, advertiser, worker) = (store.clone(), advertiser.clone(), *worker);
                tasks.spawn(async move {
                    store.claim(&advertiser, worker, &team(), at(minute), at(minute + 60)).await.unwrap()
                });
            }
            let results = tasks.join_all().await;
            let won = results.iter().filter(|result| matches!(result, ClaimResult::Yours(_))).count();
            assert_eq!(won, 1, "round {round}");
            let holder = gate(store, &advertiser, minute + 1).await.claim.unwrap();
            assert!(results.contains(&ClaimResult::Yours(holder)));
        }
        let claims = store.events(None, 500).await.unwrap().into_iter().filter(|event| event.kind == "claim").count();
        assert_eq!(claims, 5, "one event for each claim");
    }

    a_network_is_held_by_one_at_a_time(test) {
        let store = &test.store;
        world(test).await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..16 {
            let worker = account(store, &format!("n{number}"), PersonRole::OutreachWorker).await;
            let (store, advertiser) = (store.clone(), if number % 2 == 0 { one() } else { three() });
            tasks.spawn(async move { store.claim(&advertiser, worker, &team(), at(400), at(460)).await.unwrap() });
        }
        let results = tasks.join_all().await;
        let won = results.iter().filter(|result| matches!(result, ClaimResult::Yours(_))).count();
        assert_eq!(won, 1, "one of sixteen, whichever of the network's two they asked for");
        let late = account(store, "late", PersonRole::OutreachWorker).await;
        let alone = store.claim(&AdvertiserId::of(&ad("4")), late, &team(), at(401), at(461)).await.unwrap();
        assert!(matches!(alone, ClaimResult::Yours(_)), "who is in no network is free");
        assert!(matches!(store.claim(&three(), late, &team(), at(470), at(530)).await.unwrap(), ClaimResult::Yours(_)), "run out");
    }

    a_claim_is_renewed_given_back_and_runs_out(test) {
        let store = &test.store;
        let (ida, bo) = world(test).await;
        let claim = |by, minute: i64| async move { store.claim(&one(), by, &team(), at(minute), at(minute + 60)).await.unwrap() };
        assert!(matches!(claim(ida, 0).await, ClaimResult::Yours(_)));
        let renewed = claim(ida, 10).await;
        assert!(matches!(renewed, ClaimResult::Yours(of) if of.at == at(0) && of.until == at(70)));
        let taken = claim(bo, 20).await;
        assert!(matches!(taken, ClaimResult::Taken(of) if of.name == "Name of ida"));
        let held = store.put_attempt(&attempt("k", one(), None, 21), bo).await.unwrap_err();
        assert!(matches!(held, StoreError::Held { .. }), "{held}");
        store.release_claim(&one(), bo, at(22)).await.unwrap();
        assert!(matches!(claim(bo, 23).await, ClaimResult::Taken(_)), "not his to give back");
        store.release_claim(&one(), ida, at(24)).await.unwrap();
        assert!(matches!(claim(bo, 25).await, ClaimResult::Yours(_)));
        assert!(matches!(claim(ida, 85).await, ClaimResult::Yours(_)), "run out");
        // A claim is kept with the founding ad, and so with the advertiser that holds it after new links.
        analyse(store, &World { advertisers: vec![(vec!["1", "2", "3"], vec!["a"]), (vec!["4"], vec![])], networks: vec![] }, 110).await;
        assert_eq!(gate(store, &one(), 111).await.claim.unwrap().by, ida);
    }

    an_attempt_sent_twice_is_one(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = store.clone();
            tasks.spawn(async move { store.put_attempt(&attempt("form-7", one(), None, 200), ida).await.unwrap() });
        }
        let done = tasks.join_all().await;
        assert_eq!(done.iter().filter(|put| put.new).count(), 1);
        assert!(done.iter().all(|put| put.id == done[0].id));
        let rows = store.attempts(&one()).await.unwrap();
        assert_eq!((rows.len(), rows[0].outcome, rows[0].by.as_str()), (1, Some(Outcome::NoAnswer), "Name of ida"));
        let attempts = store.events(None, 100).await.unwrap().into_iter().filter(|event| event.kind == "attempt").count();
        assert_eq!(attempts, 1, "and one event");
    }

    an_outcome_is_set_once_a_version_and_undone_within_ten_minutes(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let id = store.put_attempt(&attempt("k", one(), None, 200), ida).await.unwrap().id;
        store.record_outcome(id, &outcome(Outcome::WantsToTalk), 1, ida, at(202)).await.unwrap();
        let stale = store.record_outcome(id, &outcome(Outcome::Declined), 1, ida, at(203)).await.unwrap_err();
        assert!(matches!(stale, StoreError::Conflict { expected: 1, found: 2, .. }));
        assert_eq!(store.attempts(&one()).await.unwrap()[0].outcome, Some(Outcome::WantsToTalk));
        let late = store.undo_attempt(id, ida, at(211)).await.unwrap_err();
        assert!(late.to_string().contains("10 minutes"), "{late}");
        store.undo_attempt(id, ida, at(210)).await.unwrap();
        assert!(store.undo_attempt(id, ida, at(210)).await.is_err());
        assert!(store.attempts(&one()).await.unwrap()[0].undone);
        assert!(gate(store, &one(), 215).await.attempts.is_empty());
        assert!(store.record_outcome(id, &outcome(Outcome::Declined), 3, ida, at(212)).await.is_err());
    }

    a_referral_needs_consent_and_hears_later_what_came_of_it(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let contact = gate(store, &one(), 150).await.contacts[0].contact;
        let mut referred = attempt("k", one(), Some(contact), 200);
        (referred.outcome, referred.follow_up) = (Some(Outcome::Referred), None);
        let without = store.put_attempt(&referred, ida).await.unwrap_err();
        assert!(without.to_string().contains("consent"), "{without}");
        let consent = Consent {
            on: today(), how: ConsentHow::Spoken, language: "ro".to_owned(), interpreter: true, referred_to: "CMM".to_owned(),
        };
        referred.details = AttemptDetails {
            people: Some(2), told: Some(Told14::Postponed), told_why: "somebody listened".to_owned(),
            offer: Some("health".to_owned()), person_asked: true, consent: Some(consent.clone()), cautions: [WorkerCaution::Threat].into(),
        };
        let id = store.put_attempt(&referred, ida).await.unwrap().id;
        let kept = store.attempts(&one()).await.unwrap();
        assert!(kept[0].person_asked && kept[0].cautions == [WorkerCaution::Threat].into());
        assert_eq!(gate(store, &three(), 201).await.network_attempts[0].cautions, kept[0].cautions, "others of the network too");
        let due = store.due(&look("due"), &team(), today()).await.unwrap();
        assert_eq!((due.len(), due[0].contact.clone(), due[0].language.as_str()), (1, Some(phone("0001")), "en"));
        let referral = due[0].referral.clone().unwrap();
        assert_eq!((referral.consent, referral.last), (consent.clone(), None));
        assert!(store.set_referral_status(id, ReferralStatus::Pending, " ", today(), ida, at(210)).await.is_err(), "who said so");
        store.set_referral_status(id, ReferralStatus::Pending, "CMM", today(), ida, at(210)).await.unwrap();
        assert_eq!(store.due(&look("due"), &team(), today()).await.unwrap().len(), 1, "not the last word");
        store.set_referral_status(id, ReferralStatus::Identified, "Styrelsen", today(), ida, at(220)).await.unwrap();
        assert!(store.due(&look("due"), &team(), today()).await.unwrap().is_empty());
        // An outcome that comes later needs the consent too.
        let waits = attempt("k2", three(), None, 230);
        let later = store.put_attempt(&NewAttempt { outcome: None, ..waits }, ida).await.unwrap().id;
        assert!(store.record_outcome(later, &outcome(Outcome::Referred), 1, ida, at(231)).await.is_err());
        store.record_outcome(later, &referred_with(&consent), 1, ida, at(232)).await.unwrap();
        let due = store.due(&look("due"), &team(), "2026-10-05".parse().unwrap()).await.unwrap();
        assert_eq!((due.len(), due[0].attempt.outcome, due[0].contact.clone()), (1, Some(Outcome::Referred), None));
        assert!(due[0].referral.is_some() && due[0].attempt.follow_up.is_some());
        assert!(store.due(&look("due"), &TeamId::from("west"), today()).await.unwrap().is_empty(), "another team's are its own");
    }

    a_new_consent_is_kept_or_refused_with_words(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let consent = |to: &str| Consent {
            on: today(), how: ConsentHow::Spoken, language: "ro".to_owned(), interpreter: false, referred_to: to.to_owned(),
        };
        let waits = NewAttempt { outcome: None, follow_up: None, ..attempt("k", one(), None, 200) };
        let id = store.put_attempt(&waits, ida).await.unwrap().id;
        store.record_outcome(id, &referred_with(&consent("CMM")), 1, ida, at(201)).await.unwrap();
        store.record_outcome(id, &referred_with(&consent("the clinic")), 2, ida, at(202)).await.unwrap();
        let kept = async || store.due(&look("due"), &team(), today()).await.unwrap()[0].referral.clone().unwrap();
        assert_eq!(kept().await.consent, consent("the clinic"));
        store.set_referral_status(id, ReferralStatus::Pending, "the clinic", today(), ida, at(203)).await.unwrap();
        let refused = store.record_outcome(id, &referred_with(&consent("somebody else")), 3, ida, at(204)).await.unwrap_err();
        assert!(refused.to_string().contains("further attempt"), "{refused}");
        assert_eq!(kept().await.consent, consent("the clinic"), "and nothing of it was kept");
        assert_eq!(store.attempts(&one()).await.unwrap()[0].version, 3);
    }

    the_lines_of_a_list_are_what_each_is_alone_and_the_gate_tells_the_same(test) {
        let store = &test.store;
        let (ida, bo) = world(test).await;
        let rows = store.gate_rows(&programme(), at(150), at(150)).await.unwrap();
        let id = store.put_list(&list(rows.iter().map(line).collect()), &system()).await.unwrap();
        let order = store.list_order(id).await.unwrap();
        assert_eq!(order.iter().map(|(_, of, _)| of.clone()).collect::<Vec<_>>(), rows.iter().map(|row| row.advertiser.clone()).collect::<Vec<_>>());
        store.claim(&three(), bo, &team(), at(300), at(400)).await.unwrap();
        let contact = gate(store, &one(), 300).await.contacts[0].contact;
        store.put_attempt(&attempt("a", one(), Some(contact), 310), ida).await.unwrap();
        store.put_attempt(&attempt("b", AdvertiserId::of(&ad("4")), None, 320), ida).await.unwrap();
        store.put_objection(&phone("0004"), &system(), at(330)).await.unwrap();
        store.report_minor(&one(), ida, at(340)).await.unwrap();
        // The ads are grouped otherwise by now: the first line's ad is with the third's.
        for other in [false, true] {
            if other {
                analyse(store, &World { advertisers: vec![(vec!["1", "3"], vec!["a"]), (vec!["2"], vec!["a"]), (vec!["4"], vec![])], networks: vec![] }, 345).await;
            }
            let at_once = crate::Look { at: at(350), ..look("list") };
            let (_, lines) = store.list(&at_once, today(), &team()).await.unwrap().unwrap();
            for line in &lines {
                let single = store.list_line(&at_once, line.id).await.unwrap().unwrap().1;
                assert_eq!(&single, line);
                let alone = store.gate_row(&line.line.advertiser, at(350), at(350)).await.unwrap();
                let together = store.gate_rows_of_list(id, at(350), at(350)).await.unwrap();
                let together = together.into_iter().find(|row| row.advertiser == line.line.advertiser);
                assert_eq!(alone, together);
                let Some(row) = alone else { continue };
                assert_eq!((line.urgent, &line.claim, &line.attempts), (row.urgent, &row.claim, &row.attempts));
                assert_eq!(store.attempts(&row.advertiser).await.unwrap(), row.attempts, "nothing was undone");
            }
            let of = |id: &str| lines.iter().find(|line| line.line.advertiser == AdvertiserId::of(&ad(id))).unwrap();
            assert!(of("4").objected && of("4").contacts.is_empty() && of("4").attempts.len() == 1);
            let claimed = of("3").claim.as_ref().map(|claim| claim.by);
            assert_eq!((claimed, of("1").claim.is_some()), (Some(bo), other), "whoever has one of its ads has it all");
            assert!(of("1").urgent && !of("4").urgent);
        }
    }

    of_two_tabs_that_record_at_once_the_second_is_asked(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        for round in 0..5 {
            let minute = 300 + 20 * round;
            let seen = store.attempts(&one()).await.unwrap().last().map_or(AttemptId(0), |last| last.id);
            let of = |tab: &str| NewAttempt { follow_up: None, ..attempt(&format!("{tab}{round}"), one(), None, minute) };
            let (left, right) = (of("left"), of("right"));
            let (a, b) = tokio::join!(
                store.put_attempt_after(&left, Some(seen), ida), store.put_attempt_after(&right, Some(seen), ida)
            );
            let asked = [&a, &b].into_iter().filter(|put| matches!(put, Err(StoreError::Conflict { what: "attempts", .. }))).count();
            assert_eq!(asked, 1, "{a:?} {b:?}");
            let first = a.or(b).unwrap().id;
            // Who has seen it may record one more; the same again counts once.
            let more = of("more");
            assert!(store.put_attempt_after(&more, Some(first), ida).await.unwrap().new);
            assert!(!store.put_attempt_after(&more, Some(first), ida).await.unwrap().new);
        }
        assert_eq!(store.attempts(&one()).await.unwrap().len(), 10);
    }

    what_waits_is_due_until_its_outcome_is_there_with_all_that_came_of_it(test) {
        let store = &test.store;
        let (ida, bo) = world(test).await;
        let contact = gate(store, &one(), 150).await.contacts[0].contact;
        let mut sent = attempt("k", one(), Some(contact), 200);
        (sent.outcome, sent.follow_up) = (None, None);
        let id = store.put_attempt(&sent, ida).await.unwrap().id;
        let due = async || store.due(&look("due"), &team(), today()).await.unwrap();
        assert_eq!((due().await[0].attempt.id, due().await[0].note.as_str()), (id, "rang twice"));
        let edit = OutcomeEdit {
            outcome: Outcome::AcceptedOffer, minutes: Some(4), note: "she wrote".to_owned(), follow_up: Some(today()),
            details: AttemptDetails { offer: Some("health".to_owned()), cautions: [WorkerCaution::Camera].into(), ..AttemptDetails::default() },
        };
        store.record_outcome(id, &edit, 1, bo, at(210)).await.unwrap();
        let row = due().await.remove(0);
        assert_eq!((row.note.as_str(), row.attempt.follow_up, row.attempt.version), ("rang twice\nshe wrote", Some(today()), 2));
        assert_eq!((row.attempt.outcome, row.attempt.cautions), (Some(Outcome::AcceptedOffer), [WorkerCaution::Camera].into()));
        let late = store.record_outcome(id, &edit, 1, ida, at(211)).await;
        assert!(matches!(late, Err(StoreError::Conflict { expected: 1, found: 2, .. })));
        let notes = async |of: &str| store.attempt_notes(&look("notes"), &TeamId::from(of), &[id]).await.unwrap();
        assert_eq!((notes("east").await.len(), notes("west").await.len()), (1, 0), "another team's stay its own");

        // She rings: one attempt more with the same ad and contact, whoever holds the line.
        store.claim(&one(), bo, &team(), at(215), at(400)).await.unwrap();
        let rings = NewAttempt { outcome: Some(Outcome::Declined), follow_up: None, ..attempt("r", three(), None, 220) };
        assert!(store.put_attempt(&NewAttempt { advertiser: one(), ..rings.clone() }, ida).await.is_err(), "held");
        let further = store.put_further(&rings, id, Some(id), ida).await.unwrap();
        assert!(further.new && !store.put_further(&rings, id, Some(id), ida).await.unwrap().new);
        let asked = store.put_further(&NewAttempt { idempotency_key: "s".to_owned(), ..rings }, id, Some(id), ida).await;
        assert!(matches!(asked, Err(StoreError::Conflict { found, .. }) if found == further.id.0), "{asked:?}");
        let kept = store.attempts(&one()).await.unwrap();
        assert_eq!((kept.len(), kept[1].advertiser.clone(), kept[1].contact), (2, one(), Some(contact)));
        assert!(due().await.is_empty(), "the newest counts");
        let recent = store.recorded_since(ida, at(211)).await.unwrap();
        assert_eq!(recent.iter().map(|of| of.id).collect::<Vec<_>>(), [further.id]);
        assert_eq!(store.attempt_now(&look("attempt"), id).await.unwrap().newest, further.id);
    }

    a_method_drawn_stays_whatever_is_drawn_later(test) {
        let store = &test.store;
        let (ida, bo) = world(test).await;
        let drawn = |method: &str| crate::NewAssignment {
            advertiser: one(), method: method.to_owned(), arms: vec!["call".to_owned(), "message".to_owned()],
            approval: "A. Leder, DPIA 2026-17".to_owned(),
        };
        assert_eq!(store.assigned_method(&one()).await.unwrap(), None);
        assert_eq!(store.assign_method(&drawn("call"), ida, at(200)).await.unwrap(), "call");
        assert_eq!(store.assign_method(&drawn("message"), bo, at(300)).await.unwrap(), "call");
        assert_eq!(store.assigned_method(&one()).await.unwrap().as_deref(), Some("call"));
        assert_eq!(store.assigned_method(&three()).await.unwrap(), None);
        let events = store.events(None, 50).await.unwrap();
        assert_eq!(events.iter().filter(|event| event.kind == "method_drawn").count(), 1);
    }

    a_follow_up_is_due_until_it_is_done_and_shows_no_number_that_objects(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let contact = gate(store, &one(), 150).await.contacts[0].contact;
        let id = store.put_attempt(&attempt("k", one(), Some(contact), 200), ida).await.unwrap().id;
        let due = |day: &'static str| async move { store.due(&look("due"), &team(), day.parse().unwrap()).await.unwrap() };
        let moved = FollowUpEdit { day: Some("2026-10-09".parse().unwrap()), plan: "ring efter fire".to_owned(), care: Some(ida) };
        assert!(due("2026-10-04").await.is_empty(), "not yet");
        assert_eq!(due("2026-10-05").await[0].contact, Some(phone("0001")));
        store.set_follow_up(id, &moved, 1, ida, at(210)).await.unwrap();
        let stale = store.set_follow_up(id, &FollowUpEdit::default(), 1, ida, at(211)).await.unwrap_err();
        assert!(matches!(stale, StoreError::Conflict { expected: 1, found: 2, .. }));
        assert!(due("2026-10-05").await.is_empty() && due("2026-10-09").await.len() == 1);
        store.put_objection(&phone("0001"), &system(), at(220)).await.unwrap();
        assert_eq!(due("2026-10-09").await[0].contact, None);
        store.set_follow_up(id, &FollowUpEdit::default(), 2, ida, at(230)).await.unwrap();
        assert!(due("2026-10-09").await.is_empty());
    }

    an_objection_covers_the_contact_and_outlives_the_ads(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        assert!(!store.has_objection(&phone("0001")).await.unwrap());
        assert!(store.put_objection(&phone("0001"), &system(), at(200)).await.unwrap());
        assert!(!store.put_objection(&phone("0001"), &system(), at(201)).await.unwrap());
        assert!(store.has_objection(&phone("0001")).await.unwrap());
        assert!(gate(store, &one(), 202).await.contacts[0].objected);
        assert!(!gate(store, &three(), 202).await.contacts[0].objected, "nobody else's");
        put(store, &[("8", "0001", 300)]).await;
        analyse(store, &World { advertisers: vec![(vec!["8"], vec!["a"])], networks: vec![] }, 310).await;
        assert!(gate(store, &AdvertiserId::of(&ad("8")), 311).await.contacts[0].objected, "also in a later ad");
        // One that a worker records comes and goes with the attempt; the person's own stays.
        analyse(store, &tied(), 320).await;
        let contact = gate(store, &three(), 321).await.contacts[0].contact;
        let mut objected = attempt("k", three(), Some(contact), 330);
        objected.outcome = Some(Outcome::Objection);
        let id = store.put_attempt(&objected, ida).await.unwrap().id;
        assert!(store.has_objection(&phone("0003")).await.unwrap());
        store.undo_attempt(id, ida, at(335)).await.unwrap();
        assert!(!store.has_objection(&phone("0003")).await.unwrap());
        let mut own = attempt("k2", one(), Some(gate(store, &one(), 336).await.contacts[0].contact), 340);
        own.outcome = Some(Outcome::Objection);
        let id = store.put_attempt(&own, ida).await.unwrap().id;
        store.undo_attempt(id, ida, at(341)).await.unwrap();
        assert!(store.has_objection(&phone("0001")).await.unwrap());
    }

    an_attempt_follows_its_ad_and_its_contact(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let contact = gate(store, &one(), 150).await.contacts[0].contact;
        store.put_attempt(&attempt("k", one(), Some(contact), 160), ida).await.unwrap();
        // The links change: ad 1 alone, ad 2 with the same number elsewhere.
        let split = World { advertisers: vec![(vec!["1"], vec!["a"]), (vec!["2"], vec!["a"]), (vec!["3"], vec![]), (vec!["4"], vec![])], networks: vec![] };
        analyse(store, &split, 170).await;
        assert_eq!(gate(store, &one(), 171).await.attempts.len(), 1);
        assert_eq!(gate(store, &AdvertiserId::of(&ad("2")), 171).await.attempts.len(), 1, "the same number was tried");
        assert!(gate(store, &three(), 171).await.attempts.is_empty());
    }

    a_list_is_kept_and_opens_contacts_with_an_audit_row(test) {
        let store = &test.store;
        let (ida, _) = world(test).await;
        let (first, second) = (gate(store, &one(), 150).await, gate(store, &three(), 150).await);
        store.put_list(&list(vec![line(&second)]), &system()).await.unwrap();
        store.put_list(&list(vec![line(&first), line(&second)]), &system()).await.unwrap();
        assert_eq!(store.list(&look("list"), today(), &TeamId::from("west")).await.unwrap(), None);
        let (header, lines) = store.list(&look("list"), today(), &team()).await.unwrap().unwrap();
        assert_eq!((header.lines, header.date, lines.len()), (2, today(), 2), "the one before was replaced");
        assert_eq!((lines[0].rank, lines[0].contacts[0].1.clone(), lines[0].contacts[0].0), (1, phone("0001"), lines[0].line.contacts[0]));
        assert_eq!(lines[0].line, line(&first));
        assert_eq!((lines[0].gone, lines[0].urgent, lines[0].objected), (false, false, false));
        let audit = store.audit_entries(None, 10).await.unwrap();
        assert_eq!(audit.iter().filter(|entry| entry.kind == "list").count(), 2);
        let lists = store.events(None, 100).await.unwrap().into_iter().filter(|event| event.kind == "list").count();
        assert_eq!(lists, 2, "both draws stay on record");
        assert_eq!(store.lists(Some(&team()), 10).await.unwrap(), vec![header.clone()]);
        assert_eq!(store.lists(None, 10).await.unwrap().len(), 1);

        store.claim(&one(), ida, &team(), at(4_990), at(5_050)).await.unwrap();
        let mut tried = attempt("k", one(), lines[0].line.contacts.first().copied(), 4_995);
        tried.line = Some(lines[0].id);
        store.put_attempt(&tried, ida).await.unwrap();
        store.put_objection(&phone("0003"), &system(), at(210)).await.unwrap();
        store.mark_gone(&ad("3"), "missing", at(220)).await.unwrap();
        let (_, now) = store.list(&look("list"), today(), &team()).await.unwrap().unwrap();
        assert_eq!((now[0].claim.as_ref().unwrap().by, now[0].attempts.len()), (ida, 1));
        assert!(now[1].objected && now[1].gone && now[1].contacts.is_empty(), "no number that an objection covers");
        let (of, single) = store.list_line(&look("line"), lines[0].id).await.unwrap().unwrap();
        assert_eq!((of.id, single.contacts), (header.id, lines[0].contacts.clone()));
        assert_eq!(store.list_line(&look("line"), 999_999).await.unwrap(), None);
        let opened = store.open_contacts(&look("contacts"), &lines[0].line.contacts).await.unwrap();
        assert_eq!(opened, vec![phone("0001")]);
    }

    a_list_line_tells_when_the_urgent_route_opened_since(test) {
        let store = &test.store;
        world(test).await;
        let row = gate(store, &AdvertiserId::of(&ad("4")), 150).await;
        store.put_list(&list(vec![line(&row)]), &system()).await.unwrap();
        let mut urgent = tied();
        urgent.advertisers[2].1 = vec!["!minor"];
        analyse(store, &urgent, 250).await;
        let (_, lines) = store.list(&look("list"), today(), &team()).await.unwrap().unwrap();
        assert!(lines[0].urgent);
    }

    a_register_s_attempts_come_in_once(test) {
        let store = &test.store;
        world(test).await;
        let import = |id: &'static str, outcome| async move {
            store
                .import_attempt(&ad(id), "visit", Channel::Visit, outcome, "register", &system(), at(50), at(300))
                .await
                .unwrap()
        };
        assert_eq!(import("9", Outcome::Informed).await, ImportResult::UnknownAd);
        assert_eq!(import("2", Outcome::Declined).await, ImportResult::New);
        assert_eq!(import("2", Outcome::Declined).await, ImportResult::Known);
        assert_eq!(import("3", Outcome::Objection).await, ImportResult::New);
        assert!(store.has_objection(&phone("0003")).await.unwrap());
        let row = gate(store, &one(), 60).await;
        assert_eq!((row.attempts.len(), row.attempts[0].by.as_str(), row.attempts[0].at), (1, "register", at(50)));
        put(store, &[("6", "0006", 0)]).await;
        assert_eq!(import("6", Outcome::Informed).await, ImportResult::NotAnalysed);
    }

    a_gate_that_cannot_answer_says_so(test) {
        let store = &test.store;
        world(test).await;
        let mut tx = store.write("test").await.unwrap();
        tx.run("ALTER TABLE objection RENAME TO objection_gone", vec![]).await.unwrap();
        tx.commit().await.unwrap();
        let error = store.gate_rows(&programme(), at(150), at(150)).await.unwrap_err();
        assert!(matches!(error, StoreError::Engine { .. }), "{error}");
        assert!(store.gate_row(&one(), at(150), at(150)).await.is_err());
    }
}
