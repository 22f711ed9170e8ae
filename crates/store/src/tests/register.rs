//! The register that programmes share.

use super::fixture::{World, account, ad, analyse, look, phone, programme, put, register as site, system};
use super::on_both;
use crate::testing::{TestStore, at, key, on};
use crate::{
    AccountId, AttemptDetails, Channel, ClaimResult, Clocks, ContactRef, DecideWith, Decision, DecisionKind,
    IncomingState, MasterKey, NewAttempt, NewPlaceAct, NewReferral, ObjectionChannel, Outcome, PersonRole, QueueFilter,
    Store, StoreError, SubjectCheck, VisitTold,
};
use domain::{AdvertiserId, Bilingual, ProgrammeId, TeamId};

/// A second programme with ads of its own that share the phone 0001, and the register.
struct Two {
    clinics: TestStore,
    register: TestStore,
    ida: AccountId,
    bo: AccountId,
}

fn clinics() -> ProgrammeId {
    ProgrammeId::from("clinics")
}
fn of(id: &str) -> AdvertiserId {
    AdvertiserId::of(&ad(id))
}
fn team() -> TeamId {
    TeamId::from("east")
}

/// In both: ads 1 and 3 in a network, 4 alone. Phones 0001 of ad 1 are the same person's; the others differ.
async fn two(test: &TestStore) -> Two {
    let engine = test.store.engine();
    let (other, register) = (on(engine).await, on(engine).await);
    let world = World {
        advertisers: vec![(vec!["1"], vec!["a"]), (vec!["3"], vec!["a"]), (vec!["4"], vec!["a"])],
        networks: vec![vec![0, 1]],
    };
    for (store, third, fourth) in [(&test.store, "0003", "0004"), (&other.store, "0013", "0014")] {
        site(store).await;
        put(store, &[("1", "0001", 0), ("3", third, 20), ("4", fourth, 30)]).await;
        analyse(store, &world, 100).await;
    }
    let ida = account(&test.store, "ida", PersonRole::OutreachWorker).await;
    let bo = account(&other.store, "bo", PersonRole::OutreachWorker).await;
    test.store.join_register(&register.store, &programme()).await.unwrap();
    other.store.join_register(&register.store, &clinics()).await.unwrap();
    Two { clinics: other, register, ida, bo }
}

fn attempt(key: &str, advertiser: AdvertiserId, contact: Option<ContactRef>, minute: i64) -> NewAttempt {
    NewAttempt {
        idempotency_key: key.to_owned(),
        advertiser,
        line: None,
        contact,
        method: "visit".to_owned(),
        channel: Channel::Visit,
        outcome: Some(Outcome::Informed),
        language: None,
        text_version: None,
        minutes: None,
        note: "a note that stays here".to_owned(),
        follow_up: None,
        team: team(),
        made_at: at(minute),
        details: AttemptDetails::default(),
    }
}

async fn common(store: &Store, id: &str, minute: i64) -> crate::CommonFacts {
    store.gate_row(&of(id), at(minute), at(minute)).await.unwrap().unwrap().common
}

async fn objected(store: &Store, id: &str) -> bool {
    store.gate_row(&of(id), at(900), at(900)).await.unwrap().unwrap().contacts[0].objected
}

on_both! {
    whom_one_programme_met_the_other_knows_to_rest(test) {
        let two = two(test).await;
        let (ads, clinics) = (&test.store, &two.clinics.store);
        let met = clinics.put_attempt(&attempt("visit-1", of("1"), None, 200), two.bo).await.unwrap().id;
        assert_eq!(common(ads, "1", 201).await.approached, Some(at(200)));
        let near = common(ads, "3", 201).await;
        assert_eq!((near.approached, near.network_approached), (None, Some(at(200))), "its network here");
        assert_eq!(common(ads, "4", 201).await, crate::CommonFacts::default());
        assert_eq!(common(ads, "1", 199).await, crate::CommonFacts::default(), "not known then");
        assert_eq!(common(clinics, "1", 201).await, crate::CommonFacts::default(), "its own ledger says it");
        // All rows of a programme say the same as one row.
        let rows = ads.gate_rows(&programme(), at(201), at(201)).await.unwrap();
        assert_eq!(rows.len(), 3);
        for row in &rows {
            let one = ads.gate_row(&row.advertiser, at(201), at(201)).await.unwrap().unwrap();
            assert_eq!(row.common, one.common, "{}", row.advertiser);
        }
        clinics.undo_attempt(met, two.bo, at(205)).await.unwrap();
        assert_eq!(common(ads, "1", 206).await, crate::CommonFacts::default());
    }

    whom_a_team_met_at_a_place_the_other_programme_leaves_alone(test) {
        let two = two(test).await;
        let (ads, clinics) = (&test.store, &two.clinics.store);
        let visit = |place: &str, town: &str, minute: i64| NewPlaceAct {
            place: "pl_a".to_owned(),
            other: None,
            kind: "visited",
            on: jiff::civil::date(2026, 11, 2),
            body: serde_json::json!({ "place": place }),
            source: None,
            told: VisitTold::Met { addresses: vec![(town.to_owned(), place.to_owned())], at: at(minute), visit: None },
        };
        let put = async |act: NewPlaceAct, last: i64, minute: i64| {
            let ids = clinics.put_place_acts(&clinics_id(), &[act], last, &system(), at(minute)).await.unwrap();
            ids[0].unwrap()
        };
        // The same street in another town is another place.
        let first = put(visit("Canarygade 12", "0461", 200), 0, 200).await;
        assert_eq!(common(ads, "4", 201).await, crate::CommonFacts::default());
        let second = put(visit("Canarygade 12", "0751", 210), first, 210).await;
        for id in ["1", "3", "4"] {
            assert_eq!(common(ads, id, 211).await.approached, Some(at(210)), "{id}: whose ads name the address");
        }
        assert_eq!(common(ads, "4", 209).await, crate::CommonFacts::default(), "not known then");
        assert_eq!(common(clinics, "1", 211).await, crate::CommonFacts::default(), "its own register of places says it");
        let all = ads.gate_rows(&programme(), at(211), at(211)).await.unwrap();
        assert!(all.iter().all(|row| row.common.approached == Some(at(210))), "all rows say what one row says");
        // The phone of the clinic's own ads with that address is known to have been met, at whatever address it is shown.
        assert_eq!(ads.subject_find(&look("subject_find"), &phone("0001")).await.unwrap().common_approaches, 1);
        let undo = NewPlaceAct { kind: "undone", told: VisitTold::TakenBack(second), ..visit("", "", 220) };
        let third = put(undo, second, 220).await;
        assert_eq!(common(ads, "4", 221).await, crate::CommonFacts::default(), "taken back");
        let again = VisitTold::Met { addresses: vec![("0751".into(), "CANARYGADE 12".into())], at: at(210), visit: Some(second) };
        put(NewPlaceAct { kind: "undone", told: again, ..visit("", "", 230) }, third, 230).await;
        assert_eq!(common(ads, "4", 231).await.approached, Some(at(210)));
    }

    of_two_workers_of_two_programmes_one_gets_it(test) {
        let two = two(test).await;
        for round in 0..6_i64 {
            // The same person, or somebody of her network here and herself there.
            let mine = if round % 2 == 0 { of("1") } else { of("3") };
            let minute = 1_000 * (round + 1);
            let claim = |store: &Store, advertiser: AdvertiserId, by: AccountId| {
                let store = store.clone();
                tokio::spawn(async move { store.claim(&advertiser, by, &team(), at(minute), at(minute + 60)).await.unwrap() })
            };
            let (a, b) = (claim(&test.store, mine.clone(), two.ida), claim(&two.clinics.store, of("1"), two.bo));
            let (a, b) = (a.await.unwrap(), b.await.unwrap());
            let yours = [&a, &b].iter().filter(|of| matches!(of, ClaimResult::Yours(_))).count();
            let elsewhere = [&a, &b].iter().filter(|of| matches!(of, ClaimResult::Elsewhere(until) if *until == at(minute + 60))).count();
            assert_eq!((yours, elsewhere), (1, 1), "round {round}: {a:?} {b:?}");
            let (loser, subject) = if matches!(a, ClaimResult::Yours(_)) { (&two.clinics.store, of("1")) } else { (&test.store, mine) };
            let row = loser.gate_row(&subject, at(minute), at(minute)).await.unwrap().unwrap();
            assert_eq!((row.common.held_until, row.claim), (Some(at(minute + 60)), None), "nothing is kept of a claim that was refused");
        }
    }

    a_claim_that_is_given_back_lets_the_other_programme_in(test) {
        let two = two(test).await;
        let (ads, clinics) = (&test.store, &two.clinics.store);
        assert!(matches!(ads.claim(&of("1"), two.ida, &team(), at(200), at(260)).await.unwrap(), ClaimResult::Yours(_)));
        assert!(matches!(ads.claim(&of("1"), two.ida, &team(), at(210), at(270)).await.unwrap(), ClaimResult::Yours(_)), "renewed");
        assert_eq!(clinics.claim(&of("1"), two.bo, &team(), at(220), at(280)).await.unwrap(), ClaimResult::Elsewhere(at(270)));
        ads.release_claim(&of("1"), two.ida, at(230)).await.unwrap();
        assert!(matches!(clinics.claim(&of("1"), two.bo, &team(), at(240), at(300)).await.unwrap(), ClaimResult::Yours(_)));
        assert_eq!(ads.claim(&of("1"), two.ida, &team(), at(250), at(310)).await.unwrap(), ClaimResult::Elsewhere(at(300)));
        // An approach stops a claim also where the page before had not heard of it.
        clinics.put_attempt(&attempt("call", of("1"), None, 260), two.bo).await.unwrap();
        clinics.release_claim(&of("1"), two.bo, at(261)).await.unwrap();
        assert!(matches!(ads.claim(&of("1"), two.ida, &team(), at(262), at(300)).await.unwrap(), ClaimResult::Elsewhere(_)));
    }

    an_objection_in_one_stops_both_and_its_withdrawal_frees_both(test) {
        let two = two(test).await;
        let (ads, clinics) = (&test.store, &two.clinics.store);
        let put = clinics.object(&phone("0001"), ObjectionChannel::Public, &system(), at(200)).await.unwrap();
        assert!(objected(ads, "1").await && objected(clinics, "1").await && !objected(ads, "4").await);
        assert!(ads.has_objection(&phone("0001")).await.unwrap());
        clinics.withdraw_objection(put.id, "the person asked", &system(), at(210)).await.unwrap();
        assert!(!objected(ads, "1").await && !ads.has_objection(&phone("0001")).await.unwrap());
        // One that no ad shows here, and one that an attempt records and takes along when it is undone.
        ads.object(&phone("0014"), ObjectionChannel::Office, &system(), at(220)).await.unwrap();
        assert!(objected(clinics, "4").await);
        let contact = ads.gate_row(&of("1"), at(230), at(230)).await.unwrap().unwrap().contacts[0].contact;
        let said = NewAttempt { outcome: Some(Outcome::Objection), ..attempt("said", of("1"), Some(contact), 230) };
        let id = ads.put_attempt(&said, two.ida).await.unwrap().id;
        assert!(objected(clinics, "1").await);
        ads.undo_attempt(id, two.ida, at(232)).await.unwrap();
        assert!(!objected(clinics, "1").await);
    }

    objections_of_before_come_along(test) {
        let engine = test.store.engine();
        let (register, other) = (on(engine).await, on(engine).await);
        for store in [&test.store, &other.store] {
            site(store).await;
            put(store, &[("1", "0001", 0)]).await;
            analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a"])], networks: vec![] }, 100).await;
        }
        test.store.object(&phone("0001"), ObjectionChannel::Office, &system(), at(150)).await.unwrap();
        other.store.join_register(&register.store, &clinics()).await.unwrap();
        assert!(!objected(&other.store, "1").await);
        test.store.join_register(&register.store, &programme()).await.unwrap();
        assert!(objected(&other.store, "1").await);
        assert!(register.store.is_register().await.unwrap() && !test.store.is_register().await.unwrap());
        // A programme's store is no register.
        let third = on(engine).await;
        assert!(matches!(third.store.join_register(&other.store, &clinics()).await, Err(StoreError::Refused { .. })));
    }

    a_person_is_answered_and_erased_in_the_register_too(test) {
        let two = two(test).await;
        let (ads, clinics) = (&test.store, &two.clinics.store);
        clinics.put_attempt(&attempt("visit", of("1"), None, 200), two.bo).await.unwrap();
        let mine = phone("0001");
        assert_eq!(ads.subject_find(&look("subject_find"), &mine).await.unwrap().common_approaches, 1);
        let check = SubjectCheck { identity: "seen".into(), danger: "none".into(), exception: String::new(), reason: String::new() };
        ads.put_subject_check(&mine, &check, two.ida, &system(), at(4_990)).await.unwrap();
        let answer = ads.subject_export(&look("subject_export"), &mine, false).await.unwrap();
        assert_eq!(answer["shared_register"]["approaches"][0]["programme"], "clinics");
        assert!(!answer["shared_register"].to_string().contains("a note that stays here"));
        ads.subject_erase(&look("subject_erase"), &mine).await.unwrap();
        assert_eq!(ads.subject_find(&look("subject_find"), &mine).await.unwrap().common_approaches, 0);
        assert!(objected(clinics, "1").await, "the objection stays, and stops both");
    }

    the_clock_of_the_register_takes_approaches(test) {
        let two = two(test).await;
        two.clinics.store.put_attempt(&attempt("visit", of("1"), None, 200), two.bo).await.unwrap();
        test.store.object(&phone("0004"), ObjectionChannel::Office, &system(), at(200)).await.unwrap();
        let clocks = Clocks { pages_days: 30, ads_days: 730, contacts_days: 730, images_days: 730, cases_days: 1826, ledger_days: 1826, audit_days: 1826 };
        let day = |days: i64| at(200) + jiff::SignedDuration::from_hours(24 * days);
        assert!(two.register.store.retention_run(&clocks, &system(), day(179)).await.unwrap().is_empty());
        let gone = two.register.store.retention_run(&clocks, &system(), day(181)).await.unwrap();
        assert_eq!((gone.len(), gone[0].table), (1, "common_approach"));
        assert!(test.store.has_objection(&phone("0004")).await.unwrap(), "objections have no end");
    }

    the_register_holds_no_number_and_follows_a_change_of_its_key(test) {
        let two = two(test).await;
        let (ads, clinics) = (&test.store, &two.clinics.store);
        clinics.put_attempt(&attempt("visit", of("1"), None, 200), two.bo).await.unwrap();
        clinics.object(&phone("0004"), ObjectionChannel::Public, &system(), at(210)).await.unwrap();
        ads.close().await;
        clinics.close().await;
        two.register.store.close().await;
        let new = MasterKey::from_bytes([9; 32]);
        Store::rotate_key(&two.register.url, &key(), &new, &system(), at(300), &|_, _| {}).await.unwrap();
        let register = Store::open(&two.register.url, new, at(301)).await.unwrap();
        let ads = Store::open(&test.url, key(), at(301)).await.unwrap();
        ads.join_register(&register, &programme()).await.unwrap();
        assert_eq!(common(&ads, "1", 302).await.approached, Some(at(200)));
        assert!(objected(&ads, "4").await);
        // All test stores begin with one key; from here on the register has its own.
        let own: Vec<Vec<u8>> = hashes(&ads, "SELECT contact_hash FROM contact").await;
        let shared = hashes(&register, "SELECT contact_hash FROM common_approach").await;
        assert!(!shared.is_empty() && shared.iter().all(|hash| !own.contains(hash)), "neither key tells the other's");
        ads.close().await;
    }

    a_case_that_is_sent_arrives_with_what_the_receiver_may_know(test) {
        let two = two(test).await;
        let (ads, clinics) = (&test.store, &two.clinics.store);
        let (rita, rolf) = (account(ads, "rita", PersonRole::Researcher).await, account(clinics, "rolf", PersonRole::Researcher).await);
        let case = ads.case_of_ad(&ad("1")).await.unwrap().unwrap();
        let decision = Decision {
            kind: DecisionKind::Refer,
            reason_code: "third_party".to_owned(),
            text: "words for my own colleagues".to_owned(),
            change_mind: String::new(),
            until: None,
            refer_to: Some("programme:clinics".to_owned()),
        };
        let words = Bilingual { da: "En anden ser ud til at bestemme".to_owned(), en: "Someone else seems to decide".to_owned() };
        let referral = NewReferral { to: clinics_id(), reason: "third_party".to_owned(), words: words.clone() };
        let with = DecideWith { referral: Some(referral), ..DecideWith::default() };
        let version = ads.case(&look("case"), &case).await.unwrap().row.version;
        let sent = ads.decide_with(&case, &decision, version, rita, at(200), &with).await.unwrap();
        let found = clinics.incoming(&look("incoming"), None).await.unwrap();
        assert_eq!(found.len(), 1);
        let item = &found[0];
        assert_eq!((item.from.clone(), item.municipality_code.as_str(), item.reason.clone(), item.state), (programme(), "0751", words, IncomingState::Sent));
        assert!(!item.contacts.is_empty() && item.contacts.iter().all(|name| name.starts_with("K-")));
        let own = clinics.case_of_ad(&ad("1")).await.unwrap().unwrap();
        assert!(item.cases.contains(&own), "its own case with that contact");
        assert_eq!(clinics.referred_cases(&programme()).await.unwrap(), item.cases);
        let only = QueueFilter { only: Some(item.cases.clone()), ..QueueFilter::default() };
        assert_eq!(clinics.queue_totals(&[only, QueueFilter { only: Some(Vec::new()), ..QueueFilter::default() }]).await.unwrap(), [item.cases.len() as u64, 0]);
        assert!(ads.incoming(&look("incoming"), None).await.unwrap().is_empty(), "nothing was sent here");
        assert!(ads.incoming_one(&look("incoming"), item.id).await.is_err(), "nor can it be read here");
        assert!(clinics.incoming(&look("incoming"), Some(&ProgrammeId::from("other"))).await.unwrap().is_empty());
        clinics.set_incoming(item.id, IncomingState::Taken, rolf, at(210)).await.unwrap();
        assert_eq!(ads.sent_state(sent.0).await.unwrap(), Some((IncomingState::Taken, at(210))));
        clinics.set_incoming(item.id, IncomingState::Sent, rolf, at(211)).await.unwrap();
        ads.undo_decision(sent, rita, at(220)).await.unwrap();
        assert!(clinics.incoming(&look("incoming"), None).await.unwrap().is_empty(), "taken back");
        let late = clinics.set_incoming(item.id, IncomingState::Taken, rolf, at(230)).await.unwrap_err();
        assert!(matches!(late, StoreError::Refused { .. }), "{late}");
        assert!(clinics.events(None, 50).await.unwrap().iter().any(|event| event.kind == "incoming"));
        // Without a register there is no way there.
        let alone = on(test.store.engine()).await;
        site(&alone.store).await;
        put(&alone.store, &[("1", "0001", 0)]).await;
        analyse(&alone.store, &World { advertisers: vec![(vec!["1"], vec!["a"])], networks: vec![] }, 100).await;
        let rita = account(&alone.store, "rita", PersonRole::Researcher).await;
        let case = alone.store.case_of_ad(&ad("1")).await.unwrap().unwrap();
        let version = alone.store.case(&look("case"), &case).await.unwrap().row.version;
        let error = alone.store.decide_with(&case, &decision, version, rita, at(200), &with).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error}");
        assert!(alone.store.case(&look("case"), &case).await.unwrap().decisions.is_empty(), "and nothing was decided");
    }
}

fn clinics_id() -> ProgrammeId {
    clinics()
}

async fn hashes(store: &Store, sql: &'static str) -> Vec<Vec<u8>> {
    let mut tx = store.read("test").await.unwrap();
    tx.all(sql, crate::db::args![]).await.unwrap().iter().map(|row| row.blob(0).unwrap()).collect()
}
