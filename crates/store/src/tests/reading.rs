//! Several readers at one queue: the next case, forms sent twice, skips, views, a reader's day, second readings, and
//! the history of what was done.

use super::fixture::{World, account, ad, analyse, look, programme, put, register};
use super::on_both;
use crate::testing::{TestStore, at};
use crate::{
    AccountId, Act, ActFilter, ActId, ActWhat, Actor, CaseId, CaseState, DecideWith, Decision, DecisionKind, Item,
    Look, NoteKind, Opening, PersonRole, QueueFilter, SecondDone, SecondShare, Skipped, Store, StoreError,
};
use domain::JudgementKind;
use jiff::Timestamp;

async fn world(test: &TestStore) -> [AccountId; 3] {
    let store = &test.store;
    register(store).await;
    put(store, &[("1", "0001", 0), ("2", "0002", 10), ("3", "0003", 20)]).await;
    let world = World {
        advertisers: vec![(vec!["1"], vec!["a", "b", "c"]), (vec!["2"], vec!["a", "b"]), (vec!["3"], vec!["b"])],
        networks: vec![],
    };
    analyse(store, &world, 100).await;
    let mut people = Vec::new();
    for login in ["mette", "anders", "yrsa"] {
        people.push(account(store, login, PersonRole::Researcher).await);
    }
    people.try_into().unwrap()
}

fn says(kind: DecisionKind) -> Decision {
    Decision {
        kind,
        reason_code: "pattern".to_owned(),
        text: String::new(),
        change_mind: String::new(),
        until: None,
        refer_to: None,
    }
}

fn seen(what: &'static str, minute: i64) -> Look {
    Look { at: at(minute), ..look(what) }
}

async fn next(store: &Store, by: AccountId, minute: i64) -> Option<CaseId> {
    store.claim_next(&QueueFilter::default(), by, at(minute), at(minute + 30)).await.unwrap()
}

/// The next case but one.
async fn next_after(store: &Store, by: AccountId, case: &CaseId) -> CaseId {
    let filter = QueueFilter { skip: vec![case.clone()], ..QueueFilter::default() };
    store.claim_next(&filter, by, at(310), at(340)).await.unwrap().unwrap()
}

async fn version(store: &Store, case: &CaseId) -> i64 {
    store.case(&look("case"), case).await.unwrap().row.version
}

async fn decide(
    store: &Store,
    case: &CaseId,
    kind: DecisionKind,
    by: AccountId,
    minute: i64,
    share: f64,
) -> crate::DecisionId {
    let with = DecideWith {
        form: String::new(),
        second: SecondShare { share, seed: "s".to_owned() },
        ..DecideWith::default()
    };
    let version = version(store, case).await;
    store.decide_with(case, &says(kind), version, by, at(minute), &with).await.unwrap()
}

fn opening(until: Option<Timestamp>) -> Opening {
    Opening { until, rest_ms: 600_000, may_urgent: false }
}

on_both! {
    readers_at_once_take_different_cases_and_each_has_one(test) {
        let store = &test.store;
        let [mette, anders, yrsa] = world(test).await;
        let (a, b, c) = tokio::join!(next(store, mette, 200), next(store, anders, 200), next(store, yrsa, 200));
        let mut taken = [a.unwrap(), b.unwrap(), c.unwrap()];
        taken.sort();
        assert!(taken.windows(2).all(|pair| pair[0] != pair[1]), "{taken:?}");
        let own = next(store, mette, 201).await.unwrap();
        let held = store.case(&seen("case", 202), &own).await.unwrap().row.claimed.unwrap();
        assert_eq!((held.by, held.until), (mette, at(231)), "one's own is taken again");
        // Once the time of the others is over their cases are free, and one's own is given back.
        let all = store.queue(&look("queue"), &QueueFilter::default(), 0, 9).await.unwrap().rows;
        for row in &all {
            store.begin_reading(&row.case, mette, at(240), &opening(Some(at(270)))).await.unwrap();
        }
        let free = QueueFilter { free_for: Some((anders, at(241))), ..QueueFilter::default() };
        assert_eq!(store.queue_totals(&[free]).await.unwrap(), [2], "mette holds the last one that she opened");
    }

    a_look_takes_a_free_case_renews_late_and_leaves_what_is_decided_free(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let case = next(store, mette, 200).await.unwrap();
        let claims = async |store: &Store| {
            store.events(None, 50).await.unwrap().iter().filter(|event| event.kind == "review_claim").count()
        };
        store.begin_reading(&case, mette, at(205), &opening(Some(at(235)))).await.unwrap();
        assert_eq!(claims(store).await, 1, "just taken");
        store.begin_reading(&case, mette, at(220), &opening(Some(at(250)))).await.unwrap();
        assert_eq!(claims(store).await, 2, "renewed at half time");
        store.begin_reading(&case, anders, at(221), &opening(Some(at(251)))).await.unwrap();
        let held = store.case(&seen("case", 222), &case).await.unwrap().row.claimed.unwrap();
        assert_eq!((held.by, held.until), (mette, at(250)), "a colleague's look takes nothing");
        decide(store, &case, DecisionKind::NoConcern, mette, 222, 0.0).await;
        store.begin_reading(&case, anders, at(223), &opening(Some(at(253)))).await.unwrap();
        assert!(store.case(&seen("case", 224), &case).await.unwrap().row.claimed.is_none(), "decided cases are nobody's");
    }

    a_form_sent_twice_is_one_decision_and_another_form_is_a_conflict(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let case = next(store, mette, 200).await.unwrap();
        let (version, spam) = (version(store, &case).await, says(DecisionKind::Spam));
        let with = |form: &str| DecideWith { form: form.to_owned(), ..DecideWith::default() };
        let first = with("f1");
        let send = || store.decide_with(&case, &spam, version, mette, at(201), &first);
        let (a, b) = tokio::join!(send(), send());
        assert_eq!(a.unwrap(), b.unwrap());
        assert_eq!(store.case(&look("case"), &case).await.unwrap().decisions.len(), 1);
        let other = store.decide_with(&case, &spam, version, mette, at(202), &with("f2")).await;
        assert!(matches!(other, Err(StoreError::Conflict { .. })), "{other:?}");
        // The key is the reader's own: a colleague's form of the same key is another form.
        let colleague = store.decide_with(&case, &spam, version, anders, at(203), &first).await;
        assert!(matches!(colleague, Err(StoreError::Conflict { .. })), "{colleague:?}");
    }

    what_is_skipped_is_skipped_by_one_reader_and_comes_back(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let case = next(store, mette, 200).await.unwrap();
        store.skip_case(&case, mette, at(201)).await.unwrap();
        let filter = |which, by| QueueFilter { skipped: Some((which, by, at(0))), ..QueueFilter::default() };
        let totals = |by| {
            let filters = [filter(Skipped::Only, by), filter(Skipped::Without, by)];
            async move { store.queue_totals(&filters).await.unwrap() }
        };
        assert_eq!((totals(mette).await, totals(anders).await), (vec![1, 2], vec![0, 3]));
        assert!(store.case(&seen("case", 224), &case).await.unwrap().row.claimed.is_none());
        let later = QueueFilter { skipped: Some((Skipped::Without, mette, at(202))), ..QueueFilter::default() };
        assert_eq!(store.queue_totals(&[later]).await.unwrap(), [3], "another day it waits again");
        store.unskip_case(&case, mette, at(203)).await.unwrap();
        assert_eq!(totals(mette).await, [0, 3]);
        assert!(store.unskip_case(&case, mette, at(204)).await.is_err());
        assert!(store.skip_case(&CaseId("case_none".to_owned()), mette, at(204)).await.is_err());
    }

    filters_of_time_and_of_new_evidence(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let case = next(store, mette, 200).await.unwrap();
        decide(store, &case, DecisionKind::Spam, mette, 200, 0.0).await;
        let all = |filter: QueueFilter| async move { store.queue_totals(&[filter]).await.unwrap()[0] };
        let decided = |since, by| QueueFilter {
            state: Some(CaseState::Decided), decided: Some((at(since), by)), ..QueueFilter::default()
        };
        assert_eq!(all(decided(200, None)).await, 1);
        assert_eq!(all(decided(200, Some(mette))).await, 1);
        assert_eq!(all(decided(200, Some(anders))).await, 0);
        assert_eq!(all(decided(201, None)).await, 0);
        assert_eq!(all(QueueFilter { opened_from: Some(at(100)), ..QueueFilter::default() }).await, 2);
        assert_eq!(all(QueueFilter { opened_before: Some(at(100)), ..QueueFilter::default() }).await, 0);
        assert_eq!(all(QueueFilter { changed_after: Some(at(150)), ..QueueFilter::default() }).await, 0);
        assert_eq!(all(QueueFilter { new_evidence: true, ..QueueFilter::default() }).await, 0);
        let world = World {
            advertisers: vec![
                (vec!["1"], vec!["a", "b", "c", "d"]), (vec!["2"], vec!["a", "b"]), (vec!["3"], vec!["b"]),
            ],
            networks: vec![],
        };
        analyse(store, &world, 300).await;
        assert_eq!(all(QueueFilter { new_evidence: true, ..QueueFilter::default() }).await, 1, "reopened, and says why");
        assert_eq!(all(QueueFilter { changed_after: Some(at(250)), ..QueueFilter::default() }).await, 1);
    }

    a_reader_s_day_counts_time_without_breaks(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let cases = store.queue(&look("queue"), &QueueFilter::default(), 0, 9).await.unwrap().rows;
        for (minute, case) in [(0, 0), (4, 0), (9, 1), (40, 1), (45, 2)] {
            store.begin_reading(&cases[case].case, mette, at(minute), &opening(None)).await.unwrap();
        }
        let day = store.reading_day(mette, at(46), at(0)).await.unwrap();
        assert_eq!((day.spent_ms / 60_000, day.cases), (14, 3), "the half hour away is no reading");
        assert_eq!((day.reading_since, day.cases_since), (Some(at(40)), 2));
        assert_eq!(store.reading_day(anders, at(46), at(0)).await.unwrap().cases, 0);
        let read = QueueFilter { looked: Some((mette, at(0))), ..QueueFilter::default() };
        let since = QueueFilter { looked: Some((mette, at(45))), ..QueueFilter::default() };
        let other = QueueFilter { looked: Some((anders, at(0))), ..QueueFilter::default() };
        assert_eq!(store.queue_totals(&[read, since, other]).await.unwrap(), [3, 1, 0], "the number opens its rows");
        // Reading blind is reading, and leaves no look.
        decide(store, &cases[0].case, DecisionKind::NoConcern, mette, 47, 1.0).await;
        let programme = programme();
        let second = store.claim_second(&programme, anders, at(48), at(78)).await.unwrap().unwrap();
        for minute in [48, 55] {
            store.read_second(anders, at(minute), 600_000).await.unwrap();
        }
        store.answer_second(second, &says(DecisionKind::NoConcern), anders, at(56)).await.unwrap();
        let day = store.reading_day(anders, at(57), at(0)).await.unwrap();
        assert_eq!((day.spent_ms / 60_000, day.cases, day.cases_since), (7, 1, 1));
        let tomorrow = at(46) + jiff::SignedDuration::from_hours(24);
        assert_eq!(store.reading_day(mette, tomorrow, tomorrow).await.unwrap().spent_ms, 0);
    }

    views_are_an_account_s_own(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        store.save_view(mette, "høj", "band=high", at(1)).await.unwrap();
        store.save_view(mette, "høj", "band=high&new=1", at(2)).await.unwrap();
        store.save_view(anders, "høj", "band=low", at(3)).await.unwrap();
        let views = store.saved_views(mette).await.unwrap();
        assert_eq!((views.len(), views[0].query.as_str(), views[0].opened_at), (1, "band=high&new=1", at(2)));
        assert_eq!(store.open_view(mette, views[0].id, at(9)).await.unwrap(), "band=high&new=1");
        assert_eq!(store.saved_views(mette).await.unwrap()[0].opened_at, at(9));
        assert!(store.open_view(anders, views[0].id, at(9)).await.is_err());
        assert!(store.delete_view(anders, views[0].id).await.is_err());
        store.delete_view(mette, views[0].id).await.unwrap();
        assert!(store.saved_views(mette).await.unwrap().is_empty());
    }

    a_drawn_decision_is_read_blind_by_another_and_a_third_one_s_word_holds(test) {
        let store = &test.store;
        let [mette, anders, yrsa] = world(test).await;
        let programme = programme();
        let waiting = |by, minute| { let programme = programme.clone(); async move { store.second_waiting(&programme, by, at(minute)).await.unwrap() } };
        let case = next(store, mette, 200).await.unwrap();
        decide(store, &case, DecisionKind::NoConcern, mette, 201, 1.0).await;
        assert_eq!((waiting(mette, 202).await, waiting(anders, 202).await), (0, 1), "never one's own");
        // Whoever has seen the decision reads it no more blind.
        store.begin_reading(&case, yrsa, at(203), &opening(None)).await.unwrap();
        assert_eq!(waiting(yrsa, 204).await, 0);
        let second = store.claim_second(&programme, anders, at(205), at(235)).await.unwrap().unwrap();
        let view = store.second_view(&seen("second_reading", 206), second, anders).await.unwrap();
        assert!(view.view.decisions.is_empty() && view.view.row.decided.is_none() && !format!("{view:?}").contains("mette"));
        assert_eq!((view.second.turn, view.view.row.state), (2, CaseState::Open));
        assert!(store.second_view(&seen("second_reading", 206), second, mette).await.is_err());
        assert!(store.answer_second(second, &says(DecisionKind::Spam), yrsa, at(206)).await.is_err(), "not hers");
        let done = store.answer_second(second, &says(DecisionKind::OfferOutreach), anders, at(207)).await.unwrap();
        assert_eq!(done, SecondDone::ThirdReads);
        let again = store.answer_second(second, &says(DecisionKind::Spam), anders, at(208)).await.unwrap();
        assert_eq!(again, SecondDone::Before);
        let kept = store.twice_read(&look("second_readings"), &programme).await.unwrap();
        assert_eq!((kept.len(), kept[0].first, kept[0].second.0, kept[0].third), (1, DecisionKind::NoConcern, DecisionKind::OfferOutreach, None));
        assert_eq!(kept[0].indicators.iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        // The third is neither of the two; the case stands as it was until then.
        assert_eq!((waiting(mette, 209).await, waiting(anders, 209).await, waiting(yrsa, 209).await), (0, 0, 0));
        let oda = account(store, "oda", PersonRole::Researcher).await;
        let third = store.claim_second(&programme, oda, at(210), at(240)).await.unwrap().unwrap();
        assert_eq!(store.second_view(&seen("second_reading", 206), third, oda).await.unwrap().second.turn, 3);
        let done = store.answer_second(third, &says(DecisionKind::OfferOutreach), oda, at(211)).await.unwrap();
        assert_eq!(done, SecondDone::Changed);
        let view = store.case(&look("case"), &case).await.unwrap();
        assert_eq!(view.row.decided.unwrap().kind, DecisionKind::OfferOutreach);
        assert_eq!((view.decisions.len(), view.decisions[0].by.as_str()), (2, "Name of oda"), "and nothing was overwritten");
        // It is a decision like any other, and can be taken back.
        store.undo_decision(view.decisions[0].id, mette, at(212)).await.unwrap();
        assert_eq!(store.case(&look("case"), &case).await.unwrap().row.decided.unwrap().kind, DecisionKind::NoConcern);
    }

    a_decision_that_waits_for_its_second_reader_is_told_in_no_list_but_to_who_made_it(test) {
        let store = &test.store;
        let [mette, anders, yrsa] = world(test).await;
        let case = next(store, mette, 200).await.unwrap();
        decide(store, &case, DecisionKind::NoConcern, mette, 201, 1.0).await;
        let other = next(store, mette, 202).await.unwrap();
        decide(store, &other, DecisionKind::Spam, mette, 203, 0.0).await;
        let by = |who: AccountId, what| Look { actor: Actor::Account(who), ..seen(what, 204) };
        let listed = async |who| {
            let filter = QueueFilter { state: Some(CaseState::Decided), ..QueueFilter::default() };
            let rows = store.queue(&by(who, "queue"), &filter, 0, 9).await.unwrap().rows;
            let row = rows.into_iter().find(|row| row.case == case).unwrap();
            (row.decided.map(|decided| decided.kind), row.read_again, row.state)
        };
        let told = async |who| {
            let acts = store.acts(&by(who, "history"), &ActFilter::default(), 0, 20).await.unwrap();
            acts.iter().filter(|act| matches!(&act.what, ActWhat::Decided(..))).count()
        };
        assert_eq!(listed(mette).await, (Some(DecisionKind::NoConcern), true, CaseState::Decided));
        assert_eq!(listed(anders).await, (None, true, CaseState::Decided), "that it is decided, and not what");
        assert_eq!((told(mette).await, told(anders).await, told(yrsa).await), (2, 1, 1));
        let acts = store.acts(&by(anders, "history"), &ActFilter::default(), 0, 20).await.unwrap();
        assert!(acts.iter().any(|act| matches!(&act.what, ActWhat::Covered(of) if *of == case)), "who and when is told");
        // Read again and agreed: everybody may know.
        let programme = programme();
        let second = store.claim_second(&programme, anders, at(205), at(235)).await.unwrap().unwrap();
        store.answer_second(second, &says(DecisionKind::NoConcern), anders, at(206)).await.unwrap();
        assert_eq!(listed(yrsa).await, (Some(DecisionKind::NoConcern), false, CaseState::Decided));
        assert_eq!((told(anders).await, told(yrsa).await), (2, 2));
    }

    a_second_reading_is_taken_back_by_its_reader_until_something_came_of_it(test) {
        let store = &test.store;
        let [mette, anders, yrsa] = world(test).await;
        let programme = programme();
        let case = next(store, mette, 200).await.unwrap();
        decide(store, &case, DecisionKind::NoConcern, mette, 201, 1.0).await;
        let claim = async |by, minute| store.claim_second(&programme, by, at(minute), at(minute + 30)).await.unwrap();
        let second = claim(anders, 202).await.unwrap();
        store.answer_second(second, &says(DecisionKind::Spam), anders, at(203)).await.unwrap();
        let own = async |by| {
            let look = Look { actor: Actor::Account(by), ..seen("history", 204) };
            let filter = ActFilter { by: Some(by), ..ActFilter::default() };
            store.acts(&look, &filter, 0, 20).await.unwrap()
        };
        let acts = own(anders).await;
        assert!(matches!(&acts[0].what, ActWhat::ReadAgain(of, said) if *of == case && said.kind == DecisionKind::Spam));
        assert_eq!(acts[0].id, ActId::Second(second.0));
        assert!(own(yrsa).await.is_empty() && own(mette).await.len() == 1, "nobody else learns of it");
        assert_eq!(store.second_waiting(&programme, yrsa, at(204)).await.unwrap(), 1, "a third one reads");
        assert!(store.undo_second(second, mette, at(205)).await.is_err(), "not hers");
        store.undo_second(second, anders, at(205)).await.unwrap();
        assert!(store.undo_second(second, anders, at(206)).await.is_err(), "once");
        assert!(own(anders).await.is_empty());
        assert!(store.twice_read(&look("second_readings"), &programme).await.unwrap().is_empty());
        let again = claim(anders, 207).await.unwrap();
        assert_eq!(again, second, "it waits to be read again");
        store.answer_second(again, &says(DecisionKind::OfferOutreach), anders, at(208)).await.unwrap();
        let third = claim(yrsa, 209).await.unwrap();
        store.answer_second(third, &says(DecisionKind::OfferOutreach), yrsa, at(210)).await.unwrap();
        for (row, reader) in [(again, anders), (third, yrsa)] {
            let refused = store.undo_second(row, reader, at(211)).await;
            assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
        }
        assert_eq!(store.audit_verify().await.unwrap().faults, []);
    }

    a_second_reading_that_agrees_ends_there_and_one_whose_decision_is_gone_waits_for_nobody(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let programme = programme();
        let first = next(store, mette, 200).await.unwrap();
        decide(store, &first, DecisionKind::Spam, mette, 201, 1.0).await;
        let second = store.claim_second(&programme, anders, at(202), at(232)).await.unwrap().unwrap();
        assert_eq!(store.answer_second(second, &says(DecisionKind::Spam), anders, at(203)).await.unwrap(), SecondDone::Agrees);
        let other = next(store, mette, 204).await.unwrap();
        let decision = decide(store, &other, DecisionKind::Spam, mette, 205, 1.0).await;
        let second = store.claim_second(&programme, anders, at(206), at(236)).await.unwrap().unwrap();
        store.release_second(second, anders).await.unwrap();
        let second = store.claim_second(&programme, anders, at(207), at(237)).await.unwrap().unwrap();
        store.undo_decision(decision, mette, at(208)).await.unwrap();
        assert!(store.answer_second(second, &says(DecisionKind::Spam), anders, at(209)).await.is_err());
        assert_eq!(store.second_waiting(&programme, anders, at(300)).await.unwrap(), 0);
        // An urgent word waits for nobody.
        let last = next(store, mette, 310).await.unwrap();
        let last = if last == other { next_after(store, mette, &other).await } else { last };
        decide(store, &last, DecisionKind::NoConcern, mette, 311, 1.0).await;
        let second = store.claim_second(&programme, anders, at(312), at(342)).await.unwrap().unwrap();
        let done = store.answer_second(second, &says(DecisionKind::Urgent), anders, at(313)).await.unwrap();
        assert_eq!(done, SecondDone::Changed);
        assert!(store.case(&look("case"), &last).await.unwrap().row.urgent);
        // Nothing is drawn where the share is nothing.
        decide(store, &other, DecisionKind::NoConcern, mette, 321, 0.0).await;
        assert_eq!(store.second_waiting(&programme, anders, at(322)).await.unwrap(), 0);
    }

    the_history_has_who_when_and_why_and_hides_the_urgent_route(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let case = next(store, mette, 200).await.unwrap();
        decide(store, &case, DecisionKind::NoConcern, mette, 201, 0.0).await;
        store.judge(&ad("1"), &ad("2"), JudgementKind::Same, "one voice", anders, at(202)).await.unwrap();
        let read = async |filter: ActFilter| -> Vec<Act> { store.acts(&look("history"), &filter, 0, 20).await.unwrap() };
        let all = read(ActFilter::default()).await;
        assert_eq!(all.iter().map(|act| act.at).collect::<Vec<_>>(), [at(202), at(201)], "newest first");
        assert!(matches!(&all[0].what, ActWhat::Judged(_, JudgementKind::Same, why) if why == "one voice"));
        assert!(matches!(&all[1].what, ActWhat::Decided(of, _) if *of == case));
        assert_eq!((all[1].by.as_str(), all[1].undone.clone()), ("Name of mette", None));
        let mine = read(ActFilter { by: Some(mette), ..ActFilter::default() }).await;
        assert_eq!(mine, [all[1].clone()]);
        let one = read(ActFilter { only: Some(all[0].id), ..ActFilter::default() }).await;
        assert_eq!(one, [all[0].clone()]);
        assert_eq!(ActId::parse(&all[0].id.to_text()), Some(all[0].id));
        assert_eq!(ActId::parse("decision-x"), None);
        // Once the case is urgent, its decisions and the ties of its ads are for those appointed.
        decide(store, &case, DecisionKind::Urgent, mette, 203, 0.0).await;
        assert!(read(ActFilter::default()).await.is_empty());
        assert_eq!(read(ActFilter { may_urgent: true, ..ActFilter::default() }).await.len(), 3);
        assert!(store.audit_entries(None, 50).await.unwrap().iter().any(|entry| entry.kind == "history"));
    }
}

on_both! {
    notes_are_kept_once_undone_by_marking_and_found_by_their_tag(test) {
        let store = &test.store;
        let [mette, anders, _] = world(test).await;
        let case = Item::Case(next(store, mette, 200).await.unwrap());
        let ad = Item::Ad(1);
        let note = store.add_note(&case, NoteKind::Note, " to linjer\nher ", mette, at(201)).await.unwrap();
        let tag = store.add_note(&case, NoteKind::Tag, "Uge 48", mette, at(202)).await.unwrap();
        assert_eq!(store.add_note(&case, NoteKind::Tag, "uge 48", anders, at(203)).await.unwrap(), tag, "kept once");
        store.add_note(&ad, NoteKind::Tag, "UGE 48", anders, at(204)).await.unwrap();
        let notes = store.notes(&[case.clone(), ad.clone()]).await.unwrap();
        assert_eq!(notes.iter().map(|note| note.body.as_str()).collect::<Vec<_>>(), ["UGE 48", "Uge 48", "to linjer\nher"]);
        let (words, tagged) = store.tagged(tag, 10).await.unwrap();
        assert_eq!((words.as_str(), tagged.len()), ("Uge 48", 2));
        assert_eq!(store.undo_note(tag, anders, at(205)).await.unwrap(), case);
        assert!(store.undo_note(tag, anders, at(206)).await.is_err());
        assert_eq!(store.tagged(tag, 10).await.unwrap().1.len(), 1);
        assert_eq!(store.notes(&[case.clone()]).await.unwrap()[0].undone, Some(("Name of anders".to_owned(), at(205))));
        assert!(store.tagged(note, 10).await.is_err(), "a note is no tag");
        for (item, text) in [(Item::Ad(999), "x"), (Item::Subject("adv_none".to_owned()), "x"), (case.clone(), "  ")] {
            assert!(store.add_note(&item, NoteKind::Note, text, mette, at(207)).await.is_err(), "{item:?}");
        }
        assert_eq!(Item::parse(&case.to_text()), Some(case));
        assert_eq!(Item::parse("case:../x"), None);
    }

    decisions_are_counted_by_what_had_fired(test) {
        let store = &test.store;
        let [mette, ..] = world(test).await;
        for kind in [DecisionKind::OfferOutreach, DecisionKind::NoConcern] {
            let case = next(store, mette, 200).await.unwrap();
            decide(store, &case, kind, mette, 201, 0.0).await;
        }
        let counts = async |id: &str| {
            let rows = store.decided_with(&id.into()).await.unwrap();
            rows.into_iter().map(|row| (row.kind, row.fired, row.all)).collect::<Vec<_>>()
        };
        assert_eq!(counts("c").await, [(DecisionKind::OfferOutreach, 1, 1), (DecisionKind::NoConcern, 0, 1)]);
        assert_eq!(counts("_").await, [(DecisionKind::OfferOutreach, 0, 1), (DecisionKind::NoConcern, 0, 1)]);
    }
}
