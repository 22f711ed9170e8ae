//! The log of looks: who may search it, what it shows, and that a search is itself a look.

use crate::browser::Browser;
use crate::support::{now, world};
use axum::http::StatusCode;
use store::{Actor, LookLimits};
use web::app;

#[tokio::test]
async fn an_auditor_finds_who_looked_at_a_case_and_the_search_is_logged() {
    let world = world().await;
    let case = world.team_case.0.clone();
    let mut researcher = Browser::signed_in(app(world.state.clone()), "forsker").await;
    researcher.get(&format!("/case/{case}")).await;
    let mut auditor = Browser::signed_in(app(world.state.clone()), "revisor").await;
    auditor.get("/audit").await;
    let without = auditor.post("/audit", &[("kind", "case")]).await;
    assert!(without.body.contains("Skriv, hvad søgningen skal bruges til"), "no purpose, no search");
    auditor.get("/audit").await;
    let found = auditor.post("/audit", &[("purpose", "tilsyn"), ("kind", "case"), ("words", &case)]).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.body.contains("Rikke Forsker") && found.body.contains(&format!("<td>{case}</td>")), "{}", found.body);
    let wrong = auditor.post("/audit", &[("purpose", "tilsyn"), ("from", "i går")]).await;
    assert!(wrong.body.contains("En dato skal være en dag"));
    let day = auditor.post("/audit", &[("purpose", "tilsyn"), ("from", "2026-11-25")]).await;
    assert!(!day.body.contains(&format!("<td>{case}</td>")), "nothing of a later day");
    let log = world.state.store.audit_entries(None, 10).await.unwrap();
    assert!(log.iter().any(|entry| entry.kind == "audit" && entry.purpose.as_deref() == Some("tilsyn")));
    // Who may do everything else may not read anything else as an auditor.
    assert_eq!(auditor.get("/queue").await.status, StatusCode::FORBIDDEN);
    assert_eq!(auditor.get(&format!("/case/{case}")).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_alarm_stands_on_the_auditors_page_and_names_nobody_elsewhere() {
    let world = world().await;
    let store = &world.state.store;
    let mut researcher = Browser::signed_in(app(world.state.clone()), "forsker").await;
    for _ in 0..3 {
        researcher.get(&format!("/case/{}", world.team_case.0)).await;
    }
    let limits = LookLimits { views: Some(2), ..LookLimits::default() };
    let raised = store.raise_look_alarms(&limits, now()).await.unwrap();
    assert!(matches!(raised[0].actor, Actor::Account(_)) && raised[0].count == 3);
    let mut auditor = Browser::signed_in(app(world.state.clone()), "revisor").await;
    let page = auditor.get("/audit").await;
    assert!(page.body.contains("havde 3 visninger af personoplysninger"), "{}", page.body);
}
