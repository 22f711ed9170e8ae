//! Objections: the public page, which answers alike; how far one reaches; what a named person decides.

use crate::browser::{Browser, value_of};
use crate::support::{World, make_list, now, world};
use axum::http::StatusCode;
use domain::{AdRef, AdvertiserId, Contact, ContactKind};
use outreach::Refusal;
use store::{Actor, ObjectionAt, ObjectionChannel, Spread};
use web::{app, public_app};

fn phone(number: &str) -> Contact {
    Contact { kind: ContactKind::Phone, value: format!("+45{number}") }
}

pub fn desk(site: &str, id: &str) -> AdvertiserId {
    AdvertiserId::of(&AdRef::new(site, id))
}

/// An objection whose reach a named person is to decide.
pub async fn ask_one(world: &World) {
    let store = &world.state.store;
    let put =
        store.object(&phone("34000060"), ObjectionChannel::Worker, &Actor::System("Kim".into()), now()).await.unwrap();
    let at = ObjectionAt { id: put.id, advertiser: desk("s2", "a3"), decided: None };
    let ask = vec!["several_personas".to_owned(), "third_party".to_owned()];
    assert!(store.spread_objection(&Spread { at, covers: vec![], ask }, now()).await.unwrap());
}

pub async fn refusals(world: &World, advertiser: &AdvertiserId) -> Vec<Refusal> {
    let (state, team) = (&world.state, web::gate::team_view(&world.state.settings.teams[0], None));
    let policy = outreach::GatePolicy { admit_unread: outreach::AdmitUnread::Medium, ..Default::default() };
    web::gate::ask(&state.store, &state.catalogue, advertiser, false, &team, &policy, now()).await.unwrap().refusals
}

#[tokio::test]
async fn the_public_page_takes_an_objection_and_answers_alike_whether_or_not_it_knows_the_number() {
    let world = world().await;
    let mut browser = Browser::new(public_app(world.state.clone()));
    let page = browser.get("/objection").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.len() < 60_000 && page.body.contains("Eksempelhuset") && page.body.contains("730 dage"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<script") && outreach::text::names_trafficking(&page.body).is_none());
    let object = [("lang", "da"), ("contact", "34000070")];
    let known = browser.post_raw("/objection", &object).await;
    let unknown = browser.post_raw("/objection", &[("lang", "da"), ("contact", "94123456")]).await;
    assert_eq!((known.status, known.location()), (StatusCode::SEE_OTHER, "/objection?lang=da&received=1"));
    assert_eq!((known.status, &known.headers, &known.body), (unknown.status, &unknown.headers, &unknown.body));
    for number in ["34000070", "94123456"] {
        assert!(world.state.store.has_objection(&phone(number)).await.unwrap(), "{number}");
    }
    let received = browser.get(known.location()).await.body;
    assert!(received.contains("Tak. Det er modtaget") && !received.contains("34000070"), "{received}");
    let romanian = browser.get("/objection?lang=ro").await.body;
    assert!(romanian.contains("<html lang=\"ro\">") && romanian.contains("Lăsați-mă în pace"));
    let unreadable = browser.post_raw("/objection", &[("lang", "en"), ("contact", "hello")]).await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unreadable.body.contains("role=\"alert\"") && unreadable.body.contains("<html lang=\"en\">"));
    // A page of somebody else cannot object for its visitors.
    let request = axum::http::Request::post("/objection").header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let forged = browser.send(request.body(axum::body::Body::from("contact=34000050")).unwrap()).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert!(!world.state.store.has_objection(&phone("34000050")).await.unwrap());
}

#[tokio::test]
async fn the_rule_closes_one_persona_and_leaves_a_shared_number_s_others_and_the_network_open() {
    let world = world().await;
    make_list(&world).await;
    let programmes = [(world.state.settings.programme.clone(), 8.0)];
    let object = async |number: &str| {
        let actor = Actor::System("public page".into());
        let id = world.state.store.object(&phone(number), ObjectionChannel::Public, &actor, now()).await.unwrap().id;
        let (store, catalogue) = (&world.state.store, &world.state.catalogue);
        web::gate::spread_objections(store, catalogue, Some(id), &programmes, now()).await.unwrap();
    };
    object("34000070").await;
    assert!(refusals(&world, &desk("s2", "b1")).await.contains(&Refusal::Objection), "one persona, one number");
    object("34000050").await;
    let shared = refusals(&world, &desk("s1", "a1")).await;
    assert!(!shared.contains(&Refusal::Objection), "two names: not closed as a whole: {shared:?}");
    assert!(shared.contains(&Refusal::NoContact), "but never by that number: {shared:?}");
    let other = refusals(&world, &desk("s2", "a3")).await;
    assert_eq!(other, [], "another advertiser of the same network is still offered help");
}

#[tokio::test]
async fn a_named_person_decides_with_a_reason_and_takes_it_back() {
    let world = world().await;
    ask_one(&world).await;
    assert_eq!(refusals(&world, &desk("s2", "a3")).await, [Refusal::NoContact], "until then only the contact");
    for login in ["admin", "forsker"] {
        let mut browser = Browser::signed_in(app(world.state.clone()), login).await;
        let page = browser.get("/objections").await.body;
        assert!(page.contains("Flere navne bruger kontaktpunktet") && page.contains("K-"), "{page}");
        assert!(!page.contains("34000060") && !page.contains("34 00 00 60"), "no number in clear");
        assert_eq!(page.contains("/network/"), login == "forsker", "whoever may look can look");
    }
    let mut browser = Browser::signed_in(app(world.state.clone()), "admin").await;
    let page = browser.get("/objections").await.body;
    let version = value_of(&page, "version").unwrap();
    let decide = "/objections/1/decide";
    let wrong = browser.post(decide, &[("version", &version), ("extent", "advertiser"), ("reason", " ")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("skriv hvorfor") && wrong.body.contains("value=\"advertiser\" checked"),
        "{}",
        wrong.body
    );
    let done = browser.post(decide, &[("version", &version), ("extent", "advertiser"), ("reason", "ringede")]).await;
    assert_eq!(done.location(), "/objections?done=objection-decided");
    let after = browser.get(done.location()).await.body;
    assert!(
        after.contains("Hele annoncøren") && after.contains("Anders Admin") && after.contains("ringede"),
        "{after}"
    );
    assert!(refusals(&world, &desk("s2", "a3")).await.contains(&Refusal::Objection));
    let stale = browser.post(decide, &[("version", &version), ("extent", "contact"), ("reason", "sent")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "a save that meets a newer version changes nothing");
    let page = browser.get("/objections").await.body;
    let undo = browser.post("/objections/1/undo", &[("version", &value_of(&page, "version").unwrap())]).await;
    assert_eq!(undo.location(), "/objections?done=objection-undone");
    assert!(!refusals(&world, &desk("s2", "a3")).await.contains(&Refusal::Objection));
    browser.get("/objections").await;
    let silent = browser.post("/objections/1/withdraw", &[("reason", "")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.get("/objections").await;
    browser.post("/objections/1/withdraw", &[("reason", "hun ringede selv")]).await;
    assert!(!world.state.store.has_objection(&phone("34000060")).await.unwrap());
    assert_eq!(refusals(&world, &desk("s2", "a3")).await, []);
}
