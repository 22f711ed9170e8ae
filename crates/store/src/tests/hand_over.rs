//! Assign, hand over, accept, decline, take back; both sides of a save; numbered copies.

use super::fixture::{World, account, ad, analyse, look, outcome, phone, programme, put, register, system};
use super::on_both;
use crate::testing::{TestStore, at};
use crate::{
    AccountId, AttemptDetails, AttemptId, Channel, CopyKind, FollowUpEdit, HandoverState, NewAccount, NewAttempt,
    NewCopy, NewHandover, NewLine, NewList, Outcome, PersonRole, Store, StoreError,
};
use domain::{AdvertiserId, Band, NetworkId, TeamId};
use jiff::civil::Date;

fn east() -> TeamId {
    TeamId::from("east")
}
fn west() -> TeamId {
    TeamId::from("west")
}
fn day(text: &str) -> Date {
    text.parse().unwrap()
}
fn one() -> AdvertiserId {
    AdvertiserId::of(&ad("1"))
}

/// Two workers of team east, one of team west, and an attempt of east's that is to be followed up.
async fn world(test: &TestStore) -> (AccountId, AccountId, AccountId, AttemptId) {
    let store = &test.store;
    register(store).await;
    put(store, &[("1", "0001", 0)]).await;
    analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a"])], networks: vec![] }, 100).await;
    let (ida, bo) = (
        account(store, "ida", PersonRole::OutreachWorker).await,
        account(store, "bo", PersonRole::OutreachWorker).await,
    );
    let details = store.account(ida).await.unwrap().unwrap().details;
    let vera = NewAccount { login: "vera".to_owned(), name: "Vera".to_owned(), team: Some(west()), ..details };
    let vera = store.put_account(&vera, &system(), at(0)).await.unwrap();
    let contact = store.gate_row(&one(), at(150), at(150)).await.unwrap().unwrap().contacts[0].contact;
    let attempt = NewAttempt {
        idempotency_key: "k".to_owned(),
        advertiser: one(),
        line: None,
        contact: Some(contact),
        method: "call".to_owned(),
        channel: Channel::Call,
        outcome: Some(Outcome::WantsToTalk),
        language: Some("ro".to_owned()),
        text_version: None,
        minutes: None,
        note: String::new(),
        follow_up: Some(day("2026-10-02")),
        team: east(),
        made_at: at(200),
        details: AttemptDetails::default(),
    };
    let id = store.put_attempt(&attempt, ida).await.unwrap().id;
    (ida, bo, vera, id)
}

async fn due(store: &Store, team: &TeamId) -> Vec<(Option<AccountId>, i64)> {
    let rows = store.due(&look("due"), team, day("2026-10-09")).await.unwrap();
    rows.into_iter().map(|row| (row.attempt.care_account, row.attempt.version)).collect()
}

async fn state(store: &Store, team: &TeamId) -> Vec<HandoverState> {
    store.handovers(&look("handovers"), team, at(0)).await.unwrap().into_iter().map(|row| row.state).collect()
}

on_both! {
    what_is_handed_over_moves_when_it_is_accepted_and_comes_back_when_that_is_undone(test) {
        let store = &test.store;
        let (ida, bo, vera, attempt) = world(test).await;
        let offer = |to: TeamId, to_account| NewHandover {
            attempt, from_team: east(), to_team: to, to_account, note: "taler rumænsk".to_owned(),
        };
        assert!(store.offer_handover(&offer(east(), None), ida, at(210)).await.is_err(), "it is theirs already");
        assert!(store.offer_handover(&offer(west(), Some(bo)), ida, at(210)).await.is_err(), "no worker of west");
        let id = store.offer_handover(&offer(west(), None), ida, at(211)).await.unwrap();
        assert!(store.offer_handover(&offer(west(), None), bo, at(212)).await.is_err(), "offered once");
        assert_eq!((due(store, &east()).await.len(), due(store, &west()).await.len()), (1, 0), "until it is accepted");
        let seen = store.handovers(&look("handovers"), &west(), at(0)).await.unwrap();
        assert_eq!((seen[0].note.as_str(), seen[0].by.as_str(), seen[0].language.as_str()), ("taler rumænsk", "Name of ida", "ro"));
        assert!(store.answer_handover(id, true, "", &east(), bo, at(213)).await.is_err(), "not theirs to answer");
        store.answer_handover(id, false, "ingen tid", &west(), vera, at(214)).await.unwrap();
        assert_eq!((state(store, &east()).await, due(store, &east()).await.len()), (vec![HandoverState::Declined], 1));
        store.undo_handover(id, &west(), vera, at(215)).await.unwrap();
        store.answer_handover(id, true, "", &west(), vera, at(216)).await.unwrap();
        assert_eq!(due(store, &west()).await, [(Some(vera), 2)]);
        assert!(due(store, &east()).await.is_empty());
        assert!(store.answer_handover(id, false, "", &west(), vera, at(217)).await.is_err(), "answered");
        assert!(store.undo_handover(id, &east(), ida, at(217)).await.is_err(), "west gave the answer");
        store.undo_handover(id, &west(), vera, at(218)).await.unwrap();
        assert_eq!((due(store, &east()).await, state(store, &east()).await), (vec![(None, 3)], vec![HandoverState::Offered]));
        store.undo_handover(id, &east(), bo, at(219)).await.unwrap();
        assert!(state(store, &east()).await.is_empty(), "withdrawn");
        // To one by name: she alone answers.
        let named = store.offer_handover(&offer(west(), Some(vera)), ida, at(220)).await.unwrap();
        let other = store.account(vera).await.unwrap().unwrap().details;
        let other = NewAccount { login: "otto".to_owned(), ..other };
        let otto = store.put_account(&other, &system(), at(0)).await.unwrap();
        assert!(store.answer_handover(named, true, "", &west(), otto, at(221)).await.is_err());
        store.answer_handover(named, true, "", &west(), vera, at(222)).await.unwrap();
        let kinds: Vec<String> = store.events(None, 50).await.unwrap().into_iter().map(|event| event.kind).collect();
        for kind in ["handover_offered", "handover_accepted", "handover_declined", "handover_reopened", "handover_withdrawn"] {
            assert!(kinds.iter().any(|of| of == kind), "{kind}");
        }
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
    }

    an_attempt_that_is_undone_takes_its_hand_over_along_and_the_page_still_opens(test) {
        let store = &test.store;
        let (ida, _, _, attempt) = world(test).await;
        let offer = NewHandover { attempt, from_team: east(), to_team: west(), to_account: None, note: String::new() };
        store.offer_handover(&offer, ida, at(201)).await.unwrap();
        assert_eq!(state(store, &west()).await, [HandoverState::Offered]);
        store.undo_attempt(attempt, ida, at(202)).await.unwrap();
        assert!(state(store, &west()).await.is_empty() && state(store, &east()).await.is_empty());
    }

    what_another_team_has_accepted_is_not_undone_under_its_hands_and_the_giver_sees_when_it_is_done(test) {
        let store = &test.store;
        let (ida, _, vera, attempt) = world(test).await;
        let offer = NewHandover { attempt, from_team: east(), to_team: west(), to_account: None, note: String::new() };
        let id = store.offer_handover(&offer, ida, at(201)).await.unwrap();
        store.answer_handover(id, true, "", &west(), vera, at(202)).await.unwrap();
        let refused = store.undo_attempt(attempt, ida, at(203)).await.unwrap_err();
        assert!(refused.to_string().contains("another team has accepted it"), "{refused}");
        let done = async || store.handovers(&look("handovers"), &east(), at(0)).await.unwrap()[0].done;
        assert_eq!(done().await, None);
        store.set_follow_up(attempt, &FollowUpEdit::default(), 2, vera, at(204)).await.unwrap();
        assert_eq!(done().await, Some(at(204)));
        let again = FollowUpEdit { day: Some(day("2026-10-05")), ..FollowUpEdit::default() };
        store.set_follow_up(attempt, &again, 3, vera, at(205)).await.unwrap();
        assert_eq!(done().await, None, "there is a day again");
        let further = NewAttempt {
            idempotency_key: "f".to_owned(), advertiser: one(), line: None, contact: None, method: "call".to_owned(),
            channel: Channel::Call, outcome: Some(Outcome::AcceptedOffer), language: None, text_version: None, minutes: None,
            note: String::new(), follow_up: None, team: west(), made_at: at(206), details: AttemptDetails::default(),
        };
        let further = store.put_further(&further, attempt, None, vera).await.unwrap();
        assert_eq!(done().await, Some(at(206)), "what came of it is written");
        assert!(due(store, &west()).await.is_empty(), "the newest of theirs counts");
        store.undo_attempt(further.id, vera, at(207)).await.unwrap();
        assert_eq!((done().await, due(store, &west()).await.len()), (None, 1));
    }

    a_save_that_meets_a_newer_one_changes_nothing_and_can_show_both(test) {
        let store = &test.store;
        let (ida, bo, vera, attempt) = world(test).await;
        let edit = |day_: &str, plan: &str, care| FollowUpEdit { day: Some(day(day_)), plan: plan.to_owned(), care };
        let foreign = store.set_follow_up(attempt, &edit("2026-10-03", "", Some(vera)), 1, ida, at(210)).await;
        assert!(matches!(foreign, Err(StoreError::Refused { .. })), "another team's worker is asked by a hand-over");
        store.set_follow_up(attempt, &edit("2026-10-03", "ring efter fire", Some(bo)), 1, ida, at(211)).await.unwrap();
        let late = store.set_follow_up(attempt, &edit("2026-10-05", "tag tolk med", None), 1, bo, at(212)).await;
        assert!(matches!(late, Err(StoreError::Conflict { expected: 1, found: 2, .. })));
        let now = store.attempt_now(&look("attempt"), attempt).await.unwrap();
        assert_eq!((now.plan.as_str(), now.attempt.follow_up, now.care.as_deref()), ("ring efter fire", Some(day("2026-10-03")), Some("Name of bo")));
        assert_eq!(now.changed, Some(("Name of ida".to_owned(), at(211))));
        let both = edit("2026-10-05", "ring efter fire; tag tolk med", Some(bo));
        store.set_follow_up(attempt, &both, now.attempt.version, bo, at(213)).await.unwrap();
        store.record_outcome(attempt, &outcome(Outcome::Informed), 3, ida, at(214)).await.unwrap();
        let now = store.attempt_now(&look("attempt"), attempt).await.unwrap();
        assert_eq!((now.plan, now.changed.unwrap().0), (both.plan, "Name of ida".to_owned()), "a plan outlives other changes");
    }

    copies_are_numbered_and_say_who_holds_them(test) {
        let store = &test.store;
        let (ida, ..) = world(test).await;
        let row = store.gate_row(&one(), at(150), at(150)).await.unwrap().unwrap();
        let list = NewList {
            date: day("2026-10-02"), team: east(), programme: programme(), as_of: at(200), seed: 0,
            frame: serde_json::json!({}), at: at(200),
            lines: vec![NewLine {
                advertiser: one(), network: NetworkId::of(&ad("1")), case: None, random: false, inclusion_probability: 1.0,
                contacts: row.contacts.iter().map(|contact| contact.contact).collect(), language: "da".to_owned(),
                municipality_code: "0751".to_owned(), last_seen: at(0), reasons: Vec::new(), cautions: Vec::new(),
                channel: Channel::Call, band: Band::High,
            }],
        };
        let list = store.put_list(&list, &system()).await.unwrap();
        let lines: Vec<i64> = store.list(&look("list"), day("2026-10-02"), &east()).await.unwrap().unwrap().1.iter().map(|l| l.id).collect();
        let copy = |kind| NewCopy { list, kind, holder: "Ida".to_owned(), lines: lines.clone() };
        let first = store.put_copy(&copy(CopyKind::Paper), ida, at(201)).await.unwrap();
        let second = store.put_copy(&copy(CopyKind::Csv), ida, at(202)).await.unwrap();
        assert_eq!(second, first + 1);
        let made = store.copies(&east(), 10).await.unwrap();
        assert_eq!((made.len(), made[0].number, made[0].kind, made[0].holder.as_str()), (2, second, CopyKind::Csv, "Ida"));
        assert!(store.copies(&west(), 10).await.unwrap().is_empty());
        let (row, header, opened) = store.copy(&look("copy"), first).await.unwrap().unwrap();
        assert_eq!((row.by, header.date, opened[0].contacts[0].1.clone()), (ida, day("2026-10-02"), phone("0001")));
        assert!(store.copy(&look("copy"), 99).await.unwrap().is_none());
        store.set_account_languages(ida, &["ro".to_owned(), "da".to_owned()], &system(), at(203)).await.unwrap();
        assert_eq!(store.account(ida).await.unwrap().unwrap().languages, ["ro", "da"]);
    }
}
