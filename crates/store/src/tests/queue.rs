//! The researcher's queue, decisions, undo, judgements, imports.

use super::fixture::{World, account, ad, analyse, look, phone, programme, put, register, system};
use super::on_both;
use crate::db::args;
use crate::testing::{TestStore, at};
use crate::{
    AccountId, CaseId, CaseState, Decision, DecisionKind, ImportResult, LineageStep, NetworkView, PersonRole,
    QueueFilter, QueueRow, Store, StoreError, Waiting,
};
use domain::{Band, Contact, ContactRole, IndicatorId, Judgement, JudgementKind};

async fn world(test: &TestStore) -> (AccountId, AccountId) {
    let store = &test.store;
    register(store).await;
    put(store, &[("1", "0001", 0), ("2", "0001", 10), ("3", "0003", 20), ("4", "0004", 30), ("5", "0005", 40)]).await;
    let world = World {
        advertisers: vec![
            (vec!["1", "2"], vec!["a", "b", "c"]),
            (vec!["3"], vec!["a"]),
            (vec!["4"], vec!["b"]),
            (vec!["5"], vec![]),
        ],
        networks: vec![vec![0, 1]],
    };
    analyse(store, &world, 100).await;
    (account(store, "mette", PersonRole::Researcher).await, account(store, "anders", PersonRole::Researcher).await)
}

/// The current analysis damps a contact.
async fn damp(store: &Store, contact: &Contact) {
    let mut tx = store.write("damping for a test").await.unwrap();
    let reason = serde_json::json!({ "da": "54 annoncer", "en": "54 ads" }).to_string();
    tx.run(
        "INSERT INTO damped_contact (analysis_id, contact_id, reason) SELECT a.analysis_id, c.id, $2 \
         FROM contact c JOIN current_analysis a ON a.one = 1 WHERE c.contact_hash = $1",
        args![store.keys().contact(contact), reason],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

async fn waiting(store: &Store, filter: QueueFilter) -> Vec<QueueRow> {
    store.queue(&look("queue"), &filter, 0, 50).await.unwrap().rows
}

fn decision(kind: DecisionKind) -> Decision {
    Decision {
        kind,
        reason_code: "pattern".to_owned(),
        text: "because of what I read".to_owned(),
        change_mind: "a second ad".to_owned(),
        until: None,
        refer_to: None,
    }
}

on_both! {
    the_queue_shows_what_waits_worst_first_and_filters(test) {
        let store = &test.store;
        world(test).await;
        let all = waiting(store, QueueFilter::default()).await;
        assert_eq!(all.iter().map(|row| row.band).collect::<Vec<_>>(), [Band::High, Band::Low], "and nobody without a sign");
        assert_eq!((all[0].ads, all[0].advertisers), (3, 2));
        assert_eq!((all[0].municipalities.clone(), all[0].languages.clone()), (vec!["0751".to_owned()], vec!["da".to_owned()]));
        assert_eq!(all[0].contacts.len(), 2);
        assert!(all[0].contacts.iter().all(|name| name.starts_with("K-") && !name.contains("3400")));
        let count = |filter: QueueFilter| async move { waiting(store, filter).await.len() };
        assert_eq!(count(QueueFilter { band: Some(Band::Low), ..QueueFilter::default() }).await, 1);
        assert_eq!(count(QueueFilter { indicator: Some(IndicatorId::from("c")), ..QueueFilter::default() }).await, 1);
        assert_eq!(count(QueueFilter { indicator: Some(IndicatorId::from("b")), ..QueueFilter::default() }).await, 2);
        let places = |codes: &[&str]| QueueFilter {
            municipalities: codes.iter().map(|code| (*code).to_owned()).collect(),
            ..QueueFilter::default()
        };
        assert_eq!(count(places(&["0101", "0751"])).await, 2);
        assert_eq!(count(places(&["0101"])).await, 0);
        assert_eq!(count(QueueFilter { language: Some("en".to_owned()), ..QueueFilter::default() }).await, 0);
        assert_eq!(count(QueueFilter { language: Some("da".to_owned()), ..QueueFilter::default() }).await, 2);
        assert_eq!(count(QueueFilter { programme: Some(programme()), ..QueueFilter::default() }).await, 2);
        assert_eq!(count(QueueFilter { skip: vec![all[0].case.clone()], ..QueueFilter::default() }).await, 1);
        let page = store.queue(&look("queue"), &QueueFilter::default(), 1, 1).await.unwrap();
        assert_eq!((page.total, page.rows.len(), page.rows[0].band), (2, 1, Band::Low));
        let looks = store.audit_entries(None, 50).await.unwrap();
        assert!(looks.iter().all(|entry| entry.kind == "queue") && looks.len() >= 10, "each look has its row");
    }

    the_case_page_has_everything_but_a_contact(test) {
        let store = &test.store;
        let (by, _) = world(test).await;
        let row = waiting(store, QueueFilter::default()).await.remove(0);
        store.judge(&ad("3"), &ad("1"), JudgementKind::NotSame, "other style", by, at(105)).await.unwrap();
        let view = store.case(&look("case"), &row.case).await.unwrap();
        assert_eq!(view.row, row);
        assert_eq!((view.ads.len(), view.advertisers.len(), view.links.len()), (3, 2, 1));
        assert_eq!(view.assessment.as_ref().unwrap().evidence.len(), 4);
        let (facts, masked) = &view.ads[0].versions[0];
        assert!(facts.contacts.is_empty() && facts.urls.is_empty() && facts.addresses.is_empty());
        assert_eq!(masked[1].text, "Body [telefon]");
        assert!(view.ads[0].label.words.starts_with("s1 · "));
        assert_eq!((view.ads[0].sightings.len(), view.places.len(), view.contacts.len()), (1, 1, 2));
        assert_eq!((view.contacts[0].1, view.contacts[0].2), (2, false), "two ads share it");
        assert_eq!((view.judgements.len(), view.judgements[0].reason.as_str()), (1, "other style"));
        assert!(!view.links[0].outside);
        assert!(!format!("{view:?}").contains("+453400"), "no number in all of it");
        let none = store.case(&look("case"), &CaseId("case_none".to_owned())).await;
        assert!(matches!(none, Err(StoreError::NotFound { .. })));
        let looks = store.audit_entries(None, 10).await.unwrap();
        assert_eq!(looks.iter().filter(|entry| entry.kind == "case").count(), 1, "what was not read has no row");
    }

    a_colleague_s_claim_and_an_old_page_stop_a_decision(test) {
        let store = &test.store;
        let (mette, anders) = world(test).await;
        let row = waiting(store, QueueFilter::default()).await.remove(0);
        store.claim_case(&row.case, mette, at(200), at(230)).await.unwrap();
        let held = store.claim_case(&row.case, anders, at(210), at(240)).await.unwrap_err();
        assert!(matches!(&held, StoreError::Held { by, until, .. } if by == "Name of mette" && *until == at(230)), "{held}");
        let held = store.decide(&row.case, &decision(DecisionKind::NoConcern), row.version, anders, at(211)).await;
        assert!(matches!(held, Err(StoreError::Held { .. })));
        store.release_case(&row.case, anders).await.unwrap();
        assert!(store.claim_case(&row.case, anders, at(212), at(240)).await.is_err(), "not his to give back");
        store.claim_case(&row.case, mette, at(215), at(245)).await.unwrap();
        store.claim_case(&row.case, anders, at(246), at(260)).await.unwrap();
        store.decide(&row.case, &decision(DecisionKind::NoConcern), row.version, anders, at(247)).await.unwrap();
        let late = store.decide(&row.case, &decision(DecisionKind::Spam), row.version, mette, at(248)).await.unwrap_err();
        assert!(matches!(late, StoreError::Conflict { expected, found, .. } if found > expected), "{late}");
        assert!(late.to_string().contains("nothing was saved"));
    }

    of_many_who_decide_at_once_one_does(test) {
        let store = &test.store;
        let (mette, _) = world(test).await;
        let row = waiting(store, QueueFilter::default()).await.remove(0);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (store, row) = (store.clone(), row.clone());
            tasks.spawn(async move {
                store.decide(&row.case, &decision(DecisionKind::NoConcern), row.version, mette, at(200)).await.is_ok()
            });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|done| *done).count(), 1);
    }

    a_decision_is_kept_undone_and_never_overwritten(test) {
        let store = &test.store;
        let (mette, anders) = world(test).await;
        let row = waiting(store, QueueFilter::default()).await.remove(0);
        let first = store.decide(&row.case, &decision(DecisionKind::NoConcern), row.version, mette, at(200)).await.unwrap();
        let after = store.case(&look("case"), &row.case).await.unwrap();
        assert_eq!((after.row.state, after.decisions[0].decision.text.as_str()), (CaseState::Decided, "because of what I read"));
        let second = store
            .decide(&row.case, &decision(DecisionKind::Urgent), after.row.version, anders, at(210))
            .await
            .unwrap();
        let urgent = store.case(&look("case"), &row.case).await.unwrap();
        assert!(urgent.row.urgent);
        store.undo_decision(second, anders, at(211)).await.unwrap();
        assert!(matches!(store.undo_decision(second, anders, at(212)).await, Err(StoreError::Refused { .. })));
        let undone = store.case(&look("case"), &row.case).await.unwrap();
        assert!(!undone.row.urgent, "only the undone decision had made it urgent");
        assert_eq!(undone.row.decided.as_ref().unwrap().kind, DecisionKind::NoConcern, "the one before is in force again");
        assert_eq!(undone.decisions.len(), 2);
        assert_eq!(undone.decisions[0].undone, Some(("Name of anders".to_owned(), at(211))));
        store.undo_decision(first, mette, at(213)).await.unwrap();
        let open = store.case(&look("case"), &row.case).await.unwrap();
        assert_eq!((open.row.state, open.row.decided), (CaseState::Open, None));
        assert_eq!(store.decisions_by(mette, 20).await.unwrap().len(), 1);
        let watch = Decision { until: None, ..decision(DecisionKind::Watch) };
        let refused = store.decide(&row.case, &watch, open.row.version, mette, at(214)).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "watch until when?");
        let kinds: Vec<String> = store.events(None, 50).await.unwrap().into_iter().map(|of| of.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "undo_decision").count(), 2);
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
    }

    judgements_hold_until_undone_and_as_of_a_time(test) {
        let store = &test.store;
        let (mette, _) = world(test).await;
        let id = store.judge(&ad("3"), &ad("1"), JudgementKind::Same, "same words", mette, at(200)).await.unwrap();
        let held = store.judgements(None).await.unwrap();
        let judged = Judgement::Ads { a: ad("1"), b: ad("3"), kind: JudgementKind::Same, at: at(200) };
        assert_eq!(held, [judged]);
        let again = store.judge(&ad("1"), &ad("3"), JudgementKind::Same, "twice", mette, at(201)).await.unwrap();
        assert_eq!(again, id, "sent twice, kept once");
        assert!(store.judgements(Some(at(199))).await.unwrap().is_empty());
        store.undo_judgement(id, mette, at(210)).await.unwrap();
        assert!(store.judgements(None).await.unwrap().is_empty());
        assert_eq!(store.judgements(Some(at(205))).await.unwrap().len(), 1, "as it was then");
        assert!(store.undo_judgement(id, mette, at(211)).await.is_err());
        assert!(store.judge(&ad("1"), &ad("1"), JudgementKind::Same, "", mette, at(1)).await.is_err());
    }

    a_network_and_two_of_its_ads_are_shown_without_a_contact(test) {
        let store = &test.store;
        let (by, _) = world(test).await;
        let case = waiting(store, QueueFilter::default()).await.remove(0);
        let subject = case.network.unwrap().0;
        let view = store.network(&look("network"), &subject).await.unwrap();
        assert!(view.is_network && !view.urgent);
        assert_eq!((view.advertisers.len(), view.ads.len(), view.links.len()), (2, 3, 1));
        assert_eq!((view.advertisers[0].ads, view.advertisers[0].band), (2, Band::High));
        assert_eq!(view.contacts.iter().map(|contact| contact.ads).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(view.municipalities, [("0751".to_owned(), 3)]);
        assert_eq!(view.cases.iter().map(|of| of.case.clone()).collect::<Vec<_>>(), [case.case]);
        assert!(view.ads.iter().all(|ad| ad.contacts[0].starts_with("K-")) && view.ads[0].municipalities == ["0751"]);
        let one = store.network(&look("network"), view.advertisers[0].id.as_str()).await.unwrap();
        assert_eq!((one.is_network, one.ads.len(), one.network.unwrap().0 == subject), (false, 2, true));
        assert!(store.network(&look("network"), "net_unknown").await.is_err());

        let link = &view.links[0];
        let one = store.ad_page(&look("ad"), link.a.number).await.unwrap();
        assert_eq!((one.ad.label.clone(), one.network.0.clone(), one.links.len()), (link.a.clone(), subject.clone(), 1));
        assert_eq!((one.cases.len(), one.urgent, one.ad.versions.len()), (1, false, 1));
        assert!(!format!("{one:?}").contains("+453400"), "no number in all of it");
        assert!(matches!(store.ad_page(&look("ad"), 999).await, Err(StoreError::NotFound { .. })));
        let pair = store.pair(&look("pair"), link.a.number, link.b.number).await.unwrap();
        assert_eq!((pair.links.len(), pair.judged(), pair.same_network, pair.same_advertiser), (1, None, true, true));
        assert!(pair.ads.iter().all(|ad| ad.versions[0].0.contacts.is_empty()) && pair.shared.len() == 1);
        let (a, b) = (view.ads[1].label.number, view.ads[2].label.number);
        let pair = store.pair(&look("pair"), a, b).await.unwrap();
        assert_eq!((pair.links.len(), pair.same_advertiser, pair.shared.len()), (0, false, 0), "two advertisers");
        let (first, second) = (a, b);
        let (a, b) = (&pair.ads[0].ad, &pair.ads[1].ad);
        store.judge(a, b, JudgementKind::SplitHere, "another voice", by, at(105)).await.unwrap();
        let judged = store.pair(&look("pair"), second, first).await.unwrap();
        assert_eq!(judged.judged(), Some(JudgementKind::SplitHere));
        assert!(!judged.judgements[0].in_effect, "the analysis has not followed yet");
        let apart = World {
            advertisers: vec![(vec!["1", "2"], vec!["a", "b"]), (vec!["3"], vec!["a"]), (vec!["4"], vec!["b"])],
            networks: vec![],
        };
        analyse(store, &apart, 110).await;
        let followed = store.pair(&look("pair"), first, second).await.unwrap();
        assert!(followed.judgements[0].in_effect && !followed.same_network);
        let parted = store.network(&look("network"), view.advertisers[1].id.as_str()).await.unwrap();
        let parted = store.network(&look("network"), &parted.network.unwrap().0).await.unwrap();
        let steps = |view: &NetworkView| {
            view.lineage.iter().map(|row| (row.step, row.other.clone(), row.other_lives)).collect::<Vec<_>>()
        };
        assert_eq!(steps(&parted), [(LineageStep::SplitFrom, subject.clone(), true)]);
        let whole = store.network(&look("network"), &subject).await.unwrap();
        assert_eq!(steps(&whole), [(LineageStep::SplitOff, parted.id.clone(), true)]);
        let together = World {
            advertisers: vec![(vec!["1", "2"], vec!["a", "b"]), (vec!["3"], vec!["a"]), (vec!["4"], vec!["b"])],
            networks: vec![vec![0, 1]],
        };
        analyse(store, &together, 120).await;
        let gone = store.network(&look("network"), &parted.id).await.unwrap();
        assert_eq!((gone.network.is_none(), gone.ads.len()), (true, 0), "its page says where it went");
        assert_eq!(steps(&gone)[0], (LineageStep::BecamePartOf, subject.clone(), true));
        assert!(store.pair(&look("pair"), link.a.number, link.a.number).await.is_err(), "two different ads");
        let looks = store.audit_entries(None, 50).await.unwrap();
        assert_eq!(looks.iter().filter(|entry| entry.kind == "pair").count(), 4, "each answered look has its row");
    }

    a_shared_number_is_one_item_to_name_and_what_was_said_stays(test) {
        let store = &test.store;
        let (mette, anders) = world(test).await;
        let empty = store.shared_numbers(&look("shared"), Waiting::Unnamed, 0, 20).await.unwrap();
        assert_eq!((empty.rows.len(), empty.total, empty.unnamed), (0, 0, 0));
        assert!(store.shared_number(&look("shared"), 1).await.is_err(), "no item, no page");
        damp(store, &phone("0001")).await;
        let page = store.shared_numbers(&look("shared"), Waiting::Unnamed, 0, 20).await.unwrap();
        let item = page.rows[0].clone();
        assert_eq!((page.total, item.ads, item.advertisers, item.texts, item.municipalities), (1, 2, 1, 2, 1));
        assert!(item.name.starts_with("K-") && item.damped.as_ref().unwrap().en == "54 ads" && item.role.is_none());
        let view = store.shared_number(&look("shared"), item.number).await.unwrap();
        assert_eq!((view.sample.len(), view.sample[0].versions[0].1[1].text.as_str()), (1, "Body [telefon]"));
        assert!(store.name_contact(item.number, ContactRole::Operator, " ", mette, at(200)).await.is_err());

        let name = async |role, by, minute| store.name_contact(item.number, role, "asked", by, at(minute)).await.unwrap();
        let first = name(ContactRole::Directory, mette, 200).await;
        assert_eq!(name(ContactRole::Directory, anders, 201).await, first, "sent twice, kept once");
        name(ContactRole::Operator, anders, 210).await;
        let view = store.shared_number(&look("shared"), item.number).await.unwrap();
        assert_eq!(view.history.iter().map(|said| said.role).collect::<Vec<_>>(), [ContactRole::Operator, ContactRole::Directory]);
        assert_eq!(view.history[1].undone, Some(("Name of anders".to_owned(), at(210))), "marked, not deleted");
        assert!(!view.history[0].in_effect, "still damped: the next analysis follows");
        let said = Judgement::Contact { contact: phone("0001"), role: ContactRole::Operator, at: at(210) };
        assert_eq!(store.judgements(None).await.unwrap(), [said]);
        let named = store.shared_numbers(&look("shared"), Waiting::Named, 0, 20).await.unwrap();
        assert_eq!((named.rows.len(), named.unnamed, named.rows[0].role), (1, 0, Some(ContactRole::Operator)));
        store.undo_contact_name(view.history[0].id, mette, at(220)).await.unwrap();
        assert!(store.undo_contact_name(view.history[0].id, mette, at(221)).await.is_err());
        assert!(store.judgements(None).await.unwrap().is_empty());
        assert_eq!(store.judgements(Some(at(215))).await.unwrap().len(), 1, "as it was then");
        let after = store.shared_number(&look("shared"), item.number).await.unwrap();
        assert_eq!((after.history.len(), after.number.role), (2, None));
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
    }

    a_register_s_decisions_come_in_under_the_same_rules(test) {
        let store = &test.store;
        let (mette, _) = world(test).await;
        let offer = decision(DecisionKind::OfferOutreach);
        let import = |id: &'static str, minute: i64| {
            let (store, offer) = (store.clone(), offer.clone());
            async move { store.import_decision(&ad(id), &offer, "register 2025", &system(), at(minute), at(300)).await.unwrap() }
        };
        assert_eq!(import("9", 50).await, ImportResult::UnknownAd);
        assert_eq!(import("5", 50).await, ImportResult::New, "decided elsewhere without a sign here");
        assert_eq!(import("5", 50).await, ImportResult::Known);
        assert_eq!(import("2", 50).await, ImportResult::New);
        let case = store.case_of_ad(&ad("1")).await.unwrap().unwrap();
        assert_eq!(store.case_of_ad(&ad("3")).await.unwrap(), Some(case.clone()), "one case for the network");
        let view = store.case(&look("case"), &case).await.unwrap();
        assert_eq!((view.decisions[0].by.as_str(), view.decisions[0].at), ("register 2025", at(50)));
        store.decide(&case, &decision(DecisionKind::NoConcern), view.row.version, mette, at(310)).await.unwrap();
        assert_eq!(import("1", 60).await, ImportResult::Refused, "a later decision is in force");
        put(store, &[("6", "0006", 0)]).await;
        assert_eq!(import("6", 60).await, ImportResult::NotAnalysed);
    }
}
