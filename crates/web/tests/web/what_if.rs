//! What if, and indicators in the shadow: shown to researchers and administrators, adopted with a reason.

use crate::browser::Browser;
use crate::support::{World, now, world};
use axum::http::StatusCode;
use domain::{Band, IndicatorId};
use std::collections::BTreeSet;
use store::{CaseChange, CaseSubject, Cause, ShadowRow};
use web::app;

async fn browser(world: &World, login: &str) -> Browser {
    Browser::signed_in(app(world.state.clone()), login).await
}

#[tokio::test]
async fn values_are_tried_and_adopted_with_a_reason() {
    let world = world().await;
    let mut admin = browser(&world, "admin").await;
    let form = admin.get("/what-if").await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.body.contains("indicators/B/third_person_voice.toml|points"), "{}", form.body);
    assert!(form.body.contains("A picture. Alone it joins nobody."));
    let field = "indicators/B/third_person_voice.toml|points";
    let wrong = admin.post("/what-if", &[(field, "many")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("is no number") && wrong.body.contains("value=\"many\""), "what was typed stays");
    let tried = admin.post("/what-if", &[(field, "2.0")]).await;
    assert_eq!((tried.status, tried.location()), (StatusCode::SEE_OTHER, "/what-if/7"));
    assert!(admin.get("/what-if/8").await.body.contains("1.200 annoncer"), "one that is under way says how far");
    assert_eq!(admin.get("/what-if/9").await.status, StatusCode::NOT_FOUND);
    let shown = admin.get("/what-if/7").await;
    for words in ["Ville komme: 1", "Ville stige: 1", "Ville gå: 1", "12 sager bliver", "ingen sag"] {
        assert!(shown.body.contains(words), "{words}");
    }
    assert!(!shown.body.contains("href=\"/case/"), "an administrator opens no case");
    let mut researcher = browser(&world, "forsker").await;
    let page = researcher.get("/what-if/7").await;
    assert!(page.body.contains("href=\"/case/c1\""), "a researcher does");
    let without = researcher.post("/what-if/7/adopt", &[("reason", "")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.body.contains("Skriv hvorfor"));
    let refused = researcher.post("/what-if/7/adopt", &[("reason", "short")]).await;
    assert!(refused.body.contains("change points by hand") && refused.body.contains(">short</textarea>"));
    let adopted = researcher.post("/what-if/7/adopt", &[("reason", "more to read")]).await;
    assert_eq!(adopted.status, StatusCode::OK);
    assert!(adopted.body.contains("Det er taget i brug og skrevet ned"));
    assert!(!adopted.body.contains("/what-if/7/adopt"), "once is enough");
}

#[tokio::test]
async fn an_indicator_in_the_shadow_has_its_card_and_its_cases() {
    let world = world().await;
    let store = &world.state.store;
    let mut researcher = browser(&world, "forsker").await;
    let card = researcher.get("/indicators/third_person_voice").await;
    assert!(card.body.contains("Den næste analyse gennemgår alt"), "no analysis has met it");
    let header = store.latest_analysis().await.unwrap().unwrap();
    let batch = store.standing().await.unwrap().unwrap().batch;
    let subject = store.case_subjects().await.unwrap()[0].clone();
    let row = |subject: &CaseSubject, change| ShadowRow {
        now: CaseSubject { band: Band::None, urgent: false, spam: false, ..subject.clone() },
        then: CaseSubject { band: Band::Medium, urgent: false, spam: false, ..subject.clone() },
        change,
        fires: true,
        causes: vec![Cause { indicator: IndicatorId::from("third_person_voice"), now: None, then: Some(3.0) }],
    };
    store.begin_shadow("sha256:shadow", "third_person_voice", now()).await.unwrap();
    let card = researcher.get("/shadow/third_person_voice").await;
    assert!(card.body.contains("Se igen om lidt"), "while it is written nothing is counted");
    store.add_shadow("sha256:shadow", &[row(&subject, Some(CaseChange::Comes))], now()).await.unwrap();
    store.end_shadow("sha256:shadow", (header.id, batch), now()).await.unwrap();
    let card = researcher.get("/indicators/third_person_voice").await;
    assert!(card.body.contains("Nye sager: 1. Fjernede: 0."), "{}", card.body);
    assert!(card.body.contains("href=\"/shadow/third_person_voice\""));
    assert!(researcher.get("/indicators").await.body.contains("href=\"/shadow/third_person_voice\""));
    let page = researcher.get("/shadow/third_person_voice").await;
    let case = store.cases_about(&BTreeSet::from([subject.subject.clone()])).await.unwrap()[&subject.subject].clone();
    assert!(page.body.contains(&format!("href=\"/case/{}\"", case.0)), "each opens its case");
    assert!(page.body.contains("Ville komme: 1") && page.body.contains("Giver tegn: 1"));
    let refused = researcher.post("/shadow/third_person_voice/drop", &[("reason", "too wide")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("the folder cannot be written"));
    let adopted = researcher.post("/shadow/third_person_voice/adopt", &[("reason", "read 20")]).await;
    assert_eq!(adopted.location(), "/indicators?done=adopted");
    assert!(researcher.get("/indicators?done=adopted").await.body.contains("Indikatoren er taget i brug"));
    let mut worker = browser(&world, "vest").await;
    assert!(!worker.get("/indicators/third_person_voice").await.body.contains("/shadow/"), "not for workers");
}
