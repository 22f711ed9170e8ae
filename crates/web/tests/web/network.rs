//! Networks, two ads side by side, judgements and their undo, shared numbers.

use crate::browser::{Browser, value_of};
use crate::support::{World, now, population, world};
use axum::http::StatusCode;
use domain::ContactRole;
use store::{Actor, Look};
use web::app;

fn look(what: &'static str) -> Look {
    Look { actor: Actor::System("test".into()), purpose: "test".into(), what, subject: String::new(), at: now() }
}

/// The network of the team's case.
pub async fn team_network(world: &World) -> String {
    world.state.store.case(&look("case"), &world.team_case).await.unwrap().row.network.unwrap().0
}

/// Somebody has named the first contact.
pub async fn name_first_contact(world: &World) {
    let store = &world.state.store;
    let by = store.account_by_login("forsker").await.unwrap().unwrap().id;
    store.name_contact(1, ContactRole::Unknown, "set på den", by, now()).await.unwrap();
}

fn holds_no_number(html: &str) {
    let digits: String = html.chars().filter(|c| !c.is_whitespace()).collect();
    for made in population() {
        assert!(!digits.contains(made.phone), "a number on a researcher's page");
    }
}

#[tokio::test]
async fn a_network_is_shown_as_tables_picture_time_line_and_map_and_holds_no_number() {
    let world = world().await;
    let network = team_network(&world).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let answer = browser.get(&format!("/network/{network}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let html = answer.body;
    holds_no_number(&html);
    for words in [
        "2 annoncører med 3 annoncer",
        "Annoncør 1",
        "class=\"graph\"",
        "class=\"tie k-text\"",
        "class=\"map\"",
        "id=\"contacts-t\"",
        "Odense",
        "Ingen har vurderet annoncerne",
        "Gruppen har været den samme",
        "Analysen er lavet",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let (table, picture) = (html.find("id=\"h-advertisers\"").unwrap(), html.find("id=\"h-graph\"").unwrap());
    assert!(table < picture, "the table first, the picture second");
    assert!(html.contains(&format!("/case/{}", world.team_case.0)), "its case is a click away");
    assert!(html.len() < 100_000, "{} bytes", html.len());
    // Each tie opens its evidence.
    let href = html.split("href=\"/pair/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let pair = browser.get(&format!("/pair/{href}")).await;
    assert_eq!(pair.status, StatusCode::OK, "{}", pair.body);
    // One advertiser has the same page; its boxes are ads.
    let advertiser = html.split("href=\"/network/adv_").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let one = browser.get(&format!("/network/adv_{advertiser}")).await;
    assert_eq!(one.status, StatusCode::OK);
    assert!(one.body.contains("En del af") && one.body.contains(&network));
    assert_eq!(browser.get("/network/net_unknown").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&format!("/network/{network}?a=x&t=999&p=-1")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn two_ads_are_weighed_judged_with_a_reason_and_the_judgement_is_undone() {
    let world = world().await;
    let network = team_network(&world).await;
    let view = world.state.store.network(&look("network"), &network).await.unwrap();
    let link = view.links.iter().find(|link| link.advertisers.0 != link.advertisers.1).unwrap();
    let path = format!("/pair/{}/{}", link.a.number, link.b.number);
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let html = browser.get(&path).await.body;
    holds_no_number(&html);
    assert!(html.contains("To annoncører i ét netværk") && html.contains("96 % af teksten er ens"), "{html}");
    assert!(!html.contains("class=\"waterfall\""), "weighing is done when asked for");
    let weighed = browser.get(&format!("{path}?weigh=yes")).await.body;
    for part in ["class=\"waterfall\"", "Samme billede", "class=\"missing\"", "class=\"slot\"", "krav: "] {
        assert!(weighed.contains(part), "{part}: {weighed}");
    }
    assert!(!weighed.contains("Without protection"), "covered here too");

    let wrong = browser.post(&format!("{path}/judge"), &[("kind", "not_same"), ("reason", " ")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Skriv hvorfor") && wrong.body.contains("value=\"not_same\" required"));
    let fields = [("kind", "not_same"), ("reason", "Anden stemme <b>")];
    let saved = browser.post(&format!("{path}/judge"), &fields).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, format!("{path}?done=judged-soon").as_str()));
    assert_eq!(browser.post(&format!("{path}/judge"), &fields).await.status, StatusCode::SEE_OTHER, "sent twice");
    let held = world.state.store.judgements(None).await.unwrap();
    assert_eq!(held.len(), 1, "kept once");
    let other = browser.post(&format!("{path}/judge"), &[("kind", "same"), ("reason", "alligevel")]).await;
    assert_eq!(other.location(), format!("{path}?done=judged-before"), "one word on a pair at a time");

    let page = browser.get(&path).await.body;
    assert!(page.contains("Anden stemme &#60;b&#62;") && page.contains("Rikke Forsker"));
    assert!(page.contains("Analysen har ikke fulgt den endnu") && page.contains("Fortryd den først"));
    let on_network = browser.get(&format!("/network/{network}")).await.body;
    assert!(on_network.contains("Anden stemme"), "the network's page has the history too");
    let judgement = value_of(&page, "judgement").unwrap();
    let elsewhere = browser.post("/pair/1/4/undo", &[("judgement", &judgement)]).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "a judgement on other ads is not undone from here");
    let undone = browser.post(&format!("{path}/undo"), &[("judgement", &judgement)]).await;
    assert_eq!(undone.location(), format!("{path}?done=judgement-undone-soon"));
    let page = browser.get(&path).await.body;
    assert!(page.contains("Fortrudt af Rikke Forsker") && page.contains("Anden stemme"), "marked, not deleted");
    assert!(world.state.store.judgements(None).await.unwrap().is_empty());
    assert_eq!(browser.get("/pair/1/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_shared_number_is_named_with_a_reason_shown_with_its_history_and_undone() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    assert!(browser.get("/shared-numbers").await.body.contains("Her er ingen"));
    assert_eq!(browser.get("/shared-numbers/1").await.status, StatusCode::NOT_FOUND, "no item, no page");
    name_first_contact(&world).await;
    let list = browser.get("/shared-numbers?show=named").await.body;
    assert!(list.contains("/shared-numbers/1") && list.contains("vides ikke endnu") && list.contains("K-"));
    holds_no_number(&list);
    let page = browser.get("/shared-numbers/1").await.body;
    assert!(page.contains("2 annoncer · 3 tekster · 1 kommune · 1 annoncør"), "{page}");
    assert!(page.contains("[telefon]") && !page.contains("Without protection"), "covered here too");
    holds_no_number(&page);
    let wrong = browser.post("/shared-numbers/1/name", &[("role", ""), ("reason", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Vælg, hvad nummeret er") && wrong.body.contains("Skriv hvorfor"));
    let saved = browser.post("/shared-numbers/1/name", &[("role", "operator"), ("reason", "Ringede og spurgte")]).await;
    assert_eq!(saved.location(), "/shared-numbers/1?done=named-soon");
    let page = browser.get("/shared-numbers/1").await.body;
    assert!(page.contains("Ringede og spurgte") && page.contains("set på den"), "both words stand in the history");
    let judgement = value_of(&page, "judgement").unwrap();
    browser.post("/shared-numbers/1/undo", &[("judgement", &judgement)]).await;
    let page = browser.get("/shared-numbers/1").await.body;
    assert_eq!(page.matches("class=\"undone\"").count(), 2);
}

#[tokio::test]
async fn a_network_of_an_urgent_case_is_for_those_appointed() {
    let world = world().await;
    let case = world.state.store.case(&look("case"), &world.urgent_case).await.unwrap();
    let subject = case.row.advertiser.unwrap().0;
    let urgent = case.ads[0].label.number;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    assert_eq!(browser.get(&format!("/network/{subject}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get(&format!("/pair/1/{urgent}")).await.status, StatusCode::FORBIDDEN);
    let judge = browser.post(&format!("/pair/1/{urgent}/judge"), &[("kind", "same"), ("reason", "x")]).await;
    assert_eq!(judge.status, StatusCode::FORBIDDEN);
    let mut appointed = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert_eq!(appointed.get(&format!("/network/{subject}")).await.status, StatusCode::OK);
}
