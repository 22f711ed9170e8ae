//! Places: acts in order, plans, forms; what goes when, and what a second sender meets.

use super::fixture::{account, look, programme, system};
use super::on_both;
use crate::testing::at;
use crate::{
    AccountId, Actor, Clocks, FormId, FormState, NewForm, NewPlaceAct, NewVisitPlan, PersonRole, Store, StoreError,
};
use domain::TeamId;
use jiff::civil::date;
use std::collections::BTreeMap;

fn act(place: &str, kind: &'static str, other: Option<&str>) -> NewPlaceAct {
    NewPlaceAct {
        place: place.to_owned(),
        other: other.map(str::to_owned),
        kind,
        on: date(2026, 11, 2),
        body: serde_json::json!({ kind: { "place": place, "name": "canary-place" } }),
        source: None,
        told: crate::VisitTold::Nothing,
    }
}

async fn last(store: &Store) -> i64 {
    store.place_acts(&look("places"), &programme()).await.unwrap().last().map_or(0, |act| act.id)
}

async fn put(store: &Store, acts: &[NewPlaceAct], minutes: i64) -> Vec<Option<i64>> {
    let last = last(store).await;
    store.put_place_acts(&programme(), acts, last, &system(), at(minutes)).await.unwrap()
}

fn form(key: &str, digest: &str) -> NewForm {
    NewForm {
        programme: programme(),
        place: "pl_a".to_owned(),
        team: TeamId::from("east"),
        instrument: ("talk".to_owned(), 1),
        digest: digest.to_owned(),
        language: "da".to_owned(),
        answers: answers("canary-answer"),
        on: date(2026, 11, 2),
        form_key: key.to_owned(),
    }
}

fn answers(of: &str) -> BTreeMap<String, String> {
    [("papers".to_owned(), of.to_owned())].into()
}

/// Something in each of the tables.
pub(super) async fn fill(store: &Store, by: AccountId) {
    let mut found = act("pl_a", "found", None);
    found.source = Some("canary-place 12".to_owned());
    put(store, &[found], 30).await;
    let plan = NewVisitPlan {
        programme: programme(),
        team: TeamId::from("east"),
        first: date(2026, 11, 2),
        last: date(2026, 11, 8),
        body: serde_json::json!({ "visits": ["canary-plan"] }),
    };
    store.put_visit_plan(&plan, &Actor::Account(by), at(31)).await.unwrap();
    store.begin_form(&form("canary-answer", "sha256:1"), by, at(32)).await.unwrap();
}

fn clocks() -> Clocks {
    Clocks {
        pages_days: 90,
        ads_days: 730,
        contacts_days: 730,
        images_days: 730,
        cases_days: 1826,
        ledger_days: 1826,
        audit_days: 1826,
    }
}

const DAY: i64 = 24 * 60;

on_both! {
    acts_stay_in_order_and_a_source_is_taken_in_once(test) {
        let store = &test.store;
        let mut found = act("pl_a", "found", None);
        found.source = Some("0751|havnegade 1".to_owned());
        let first = put(store, &[found.clone(), act("pl_b", "found", None)], 1).await;
        assert!(first.iter().all(Option::is_some));
        assert_eq!(put(store, &[found], 2).await, [None], "the same source adds nothing");
        let sources = ["0751|havnegade 1".to_owned(), "0751|havnegade 2".to_owned()];
        let known = store.known_place_sources(&programme(), &sources).await.unwrap();
        assert_eq!(known.into_iter().collect::<Vec<_>>(), ["0751|havnegade 1"]);
        let acts = store.place_acts(&look("places"), &programme()).await.unwrap();
        assert_eq!(acts.iter().map(|act| act.place.as_str()).collect::<Vec<_>>(), ["pl_a", "pl_b"]);
        assert_eq!(acts[0].body["found"]["name"], "canary-place");
        assert_eq!((acts[0].by.as_str(), acts[0].on), ("tester", date(2026, 11, 2)));
        // Who acts on what is not the newest is told so, and nothing is kept.
        let late = store.put_place_acts(&programme(), &[act("pl_a", "closed", None)], 1, &system(), at(3)).await;
        assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
        assert_eq!(store.place_acts(&look("places"), &programme()).await.unwrap().len(), 2);
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
        // Another programme sees nothing of it.
        let other = domain::ProgrammeId::from("other");
        assert!(store.place_acts(&look("places"), &other).await.unwrap().is_empty());
    }

    a_place_goes_with_all_its_acts_or_not_at_all(test) {
        let store = &test.store;
        put(store, &[act("pl_a", "found", None), act("pl_b", "found", None), act("pl_c", "found", None)], 1).await;
        put(store, &[act("pl_a", "merged", Some("pl_b"))], 2).await;
        let years = |years: i64| years * 366 * DAY;
        // A visit four years later to the place that the other was merged into.
        put(store, &[act("pl_a", "visited", None)], years(4)).await;
        let before = store.retention_due(&clocks(), at(years(6))).await.unwrap();
        assert_eq!(before.iter().find(|due| due.table == "place_act").map(|due| due.rows), Some(1), "{before:?}");
        store.retention_run(&clocks(), &system(), at(years(6))).await.unwrap();
        let acts = store.place_acts(&look("places"), &programme()).await.unwrap();
        let left: Vec<_> = acts.iter().map(|act| (act.place.as_str(), act.kind.as_str())).collect();
        assert_eq!(left, [("pl_a", "found"), ("pl_b", "found"), ("pl_a", "merged"), ("pl_a", "visited")]);
        store.retention_run(&clocks(), &system(), at(years(10))).await.unwrap();
        assert!(store.place_acts(&look("places"), &programme()).await.unwrap().is_empty());
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
    }

    a_plan_drawn_again_stands_beside_the_one_before(test) {
        let store = &test.store;
        let by = account(store, "ida", PersonRole::OutreachWorker).await;
        let plan = |n: i64| NewVisitPlan {
            programme: programme(),
            team: TeamId::from("east"),
            first: date(2026, 11, 2),
            last: date(2026, 11, 8),
            body: serde_json::json!({ "n": n }),
        };
        store.put_visit_plan(&plan(1), &Actor::Account(by), at(1)).await.unwrap();
        store.put_visit_plan(&plan(2), &Actor::Account(by), at(2)).await.unwrap();
        let of = async |team: &str, day| {
            store.visit_plan(&look("visits"), &programme(), &TeamId::from(team), day).await.unwrap()
        };
        let newest = of("east", date(2026, 11, 8)).await.unwrap();
        assert_eq!((newest.body["n"].as_i64(), newest.by.as_str()), (Some(2), "Name of ida"));
        assert!(of("east", date(2026, 11, 9)).await.is_none() && of("west", date(2026, 11, 3)).await.is_none());
    }

    a_form_is_saved_over_what_was_seen_and_leaves_nothing_when_withdrawn(test) {
        let store = &test.store;
        let by = account(store, "ida", PersonRole::OutreachWorker).await;
        let id = store.begin_form(&form("k1", "sha256:1"), by, at(1)).await.unwrap();
        assert_eq!(store.begin_form(&form("k1", "sha256:1"), by, at(2)).await.unwrap(), id, "sent twice, kept once");
        // The version's content changed after it was used.
        let changed = store.begin_form(&form("k2", "sha256:2"), by, at(3)).await;
        assert!(matches!(changed, Err(StoreError::Refused { .. })), "{changed:?}");
        store.save_form(&programme(), id, &answers("self"), FormState::Open, 1, by, at(4)).await.unwrap();
        let second = store.save_form(&programme(), id, &answers("other"), FormState::Open, 1, by, at(5)).await;
        assert!(matches!(second, Err(StoreError::Conflict { found: 2, .. })), "{second:?}");
        store.save_form(&programme(), id, &answers("self"), FormState::Complete, 2, by, at(6)).await.unwrap();
        let ended = store.save_form(&programme(), id, &answers("other"), FormState::Open, 3, by, at(7)).await;
        assert!(matches!(ended, Err(StoreError::Conflict { .. })), "{ended:?}");
        let row = store.form(&look("form"), &programme(), id).await.unwrap();
        assert_eq!((row.state, row.revision, row.answers), (FormState::Complete, 3, answers("self")));
        let at_place = store.forms_at(&look("form"), &programme(), &["pl_a".to_owned()]).await.unwrap();
        assert_eq!(at_place.len(), 1);
        let foreign = domain::ProgrammeId::from("other");
        assert!(store.withdraw_form(&foreign, id, by, at(8)).await.is_err(), "another programme's form stays");
        let saved = store.save_form(&foreign, id, &answers("self"), FormState::Open, 3, by, at(8)).await;
        assert!(matches!(saved, Err(StoreError::NotFound { .. })), "{saved:?}");
        store.withdraw_form(&programme(), id, by, at(8)).await.unwrap();
        let gone = store.form(&look("form"), &programme(), id).await;
        assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
        assert!(matches!(store.withdraw_form(&programme(), FormId(99), by, at(9)).await, Err(StoreError::NotFound { .. })));
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
    }

    a_form_goes_with_its_clock(test) {
        let store = &test.store;
        let by = account(store, "ida", PersonRole::OutreachWorker).await;
        fill(store, by).await;
        let later = at(6 * 366 * DAY);
        store.retention_run(&clocks(), &system(), later).await.unwrap();
        assert!(store.forms_at(&look("form"), &programme(), &["pl_a".to_owned()]).await.unwrap().is_empty());
        let plan = store.visit_plan(&look("visits"), &programme(), &TeamId::from("east"), date(2026, 11, 2)).await;
        assert!(plan.unwrap().is_none());
    }
}
