//! The configuration on the pages: mistakes at their line, difference, reason, a way back; clocks and holds.

use crate::browser::Browser;
use crate::support::{now, world};
use axum::http::StatusCode;
use store::{Actor, ConfigHow, NewConfigVersion};
use web::app;

#[tokio::test]
async fn a_change_is_looked_at_given_a_reason_and_taken_back() {
    let world = world().await;
    let store = &world.state.store;
    let first = "[crawl]\ninterval_min = 120 # minutes between two runs\n";
    let as_met = NewConfigVersion { file: "bavn.toml", text: first, how: ConfigHow::Hand, reason: "" };
    store.note_config(&as_met, &Actor::System("job:configuration".into()), now()).await.unwrap();
    let mut browser = Browser::signed_in(app(world.state.clone()), "admin").await;
    let list = browser.get("/settings").await;
    assert!(list.body.contains("href=\"/settings/bavn.toml\""), "{}", list.body);
    let page = browser.get("/settings/bavn.toml").await;
    assert!(page.body.contains("minutes between two runs") && page.body.contains("value=\"120\""));
    let base = first.len().to_string();
    let wrong = [("how", "text"), ("base", base.as_str()), ("text", "[crawl]\r\nintervall = 1")];
    let told = browser.post("/settings/bavn.toml/check", &wrong).await;
    assert!(told.body.contains("Linje 2:") && told.body.contains("unknown field"), "{}", told.body);
    assert!(!told.body.contains("Gem; det gælder straks"), "what is wrong cannot be saved");
    browser.get("/settings/bavn.toml").await;
    let values = [("how", "values"), ("base", base.as_str()), ("v:crawl/interval_min", "60")];
    let draft = browser.post("/settings/bavn.toml/check", &values).await;
    assert!(
        draft.body.contains("interval_min = 60 # minutes") && draft.body.contains("12 sider læst"),
        "{}",
        draft.body
    );
    let second = "[crawl]\r\ninterval_min = 60 # minutes between two runs\r\n";
    let without = browser.post("/settings/bavn.toml/save", &[("base", &base), ("text", second), ("reason", " ")]).await;
    assert!(without.body.contains("Skriv en begrundelse"));
    let change = [("base", base.as_str()), ("text", second), ("reason", "siden er langsom")];
    let saved = browser.post("/settings/bavn.toml/save", &change).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, "/settings/bavn.toml?done=settings-saved"));
    let events = store.events(None, 1).await.unwrap();
    assert_eq!(events[0].kind, "configuration");
    assert_eq!(events[0].payload.as_ref().unwrap()["reason"], "siden er langsom");
    browser.get("/settings/bavn.toml").await;
    let again = browser.post("/settings/bavn.toml/save", &change).await;
    assert!(again.body.contains("En anden har ændret filen imens"), "{}", again.body);
    browser.get("/settings/bavn.toml").await;
    let older = [("how", "text"), ("base", base.as_str()), ("text", "[crawl]\r\ninterval_min = 240\r\n")];
    let looked = browser.post("/settings/bavn.toml/check", &older).await;
    assert!(looked.body.contains("En anden har ændret filen imens"), "a whole text too: {}", looked.body);
    let page = browser.get("/settings/bavn.toml?done=settings-saved").await;
    assert!(page.body.contains("value=\"60\"") && page.body.contains("siden er langsom"), "{}", page.body);
    let version = store.config_versions("bavn.toml", 9).await.unwrap().last().unwrap().id.to_string();
    let base = second.replace('\r', "").len().to_string();
    let back = browser.post("/settings/bavn.toml/return", &[("base", &base), ("version", &version)]).await;
    assert_eq!(back.location(), "/settings/bavn.toml?done=settings-returned");
    assert!(browser.get("/settings/bavn.toml").await.body.contains("value=\"120\""));
    let versions = store.config_versions("bavn.toml", 9).await.unwrap();
    let how: Vec<ConfigHow> = versions.iter().map(|version| version.how).collect();
    assert_eq!(how, [ConfigHow::Return, ConfigHow::Page, ConfigHow::First]);
    assert!(versions[0].by == "Anders Admin" && versions[0].reason.contains("Tilbage til teksten"));
    assert_eq!(browser.get("/settings/..~secret.toml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_file_is_begun_looked_at_saved_removed_and_taken_back() {
    let world = world().await;
    let store = &world.state.store;
    let mut browser = Browser::signed_in(app(world.state.clone()), "admin").await;
    assert!(browser.get("/settings").await.body.contains("href=\"/settings/new\""));
    assert_eq!(browser.get("/settings/indicators~B~mine.toml").await.status, StatusCode::NOT_FOUND, "it never was");
    let form = browser.get("/settings/new").await;
    assert!(form.body.contains("En indikator") && form.body.contains("name=\"group\""), "{}", form.body);
    let named = |name| [("kind", "indicator"), ("group", "B"), ("name", name)];
    let wrong = browser.post("/settings/new", &named("../../etc")).await;
    assert!(
        wrong.body.contains("Navnet kan ikke bruges") && wrong.body.contains("value=\"../../etc\""),
        "{}",
        wrong.body
    );
    browser.get("/settings/new").await;
    let draft = browser.post("/settings/new", &named("mine")).await;
    assert!(
        draft.body.contains("Filen findes ikke endnu") && draft.body.contains("# as the nearest"),
        "{}",
        draft.body
    );
    assert!(draft.body.contains("href=\"/what-if/7\""), "what it would do to today's cases is one click away");
    let text = "id = \"mine\"\r\ninterval_min = 1\r\n";
    let save = [("base", "0"), ("text", text), ("reason", "fra feltet")];
    let saved = browser.post("/settings/indicators~B~mine.toml/save", &save).await;
    assert_eq!(saved.location(), "/settings/indicators~B~mine.toml?done=settings-saved");
    let page = browser.get("/settings/indicators~B~mine.toml").await;
    assert!(page.body.contains("Lav en ny ligesom denne") && page.body.contains("Fjern denne fil"), "{}", page.body);
    let exists = browser.post("/settings/new", &named("mine")).await;
    assert!(exists.body.contains("Filen findes allerede"), "{}", exists.body);
    browser.get("/settings/indicators~B~mine.toml").await;
    let like = [("like", "indicators~B~mine.toml"), ("name", "mine")];
    let beside = browser.post("/settings/new", &like).await;
    assert!(beside.body.contains("Filen findes allerede"), "beside the other one");
    assert_eq!(beside.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(beside.body.contains("name=\"like\" value=\"indicators~B~mine.toml\""), "what it is like is not lost");
    browser.get("/settings/indicators~B~mine.toml").await;
    let look = browser.post("/settings/indicators~B~mine.toml/remove", &[]).await;
    assert!(
        look.body.contains("Filen skal væk") && look.body.contains("Fjern den; det gælder straks"),
        "{}",
        look.body
    );
    let base = text.replace('\r', "").len().to_string();
    let gone = [("base", base.as_str()), ("gone", "1"), ("reason", "dækkes af en anden")];
    let removed = browser.post("/settings/indicators~B~mine.toml/save", &gone).await;
    assert_eq!(removed.location(), "/settings/indicators~B~mine.toml?done=settings-gone");
    let page = browser.get("/settings/indicators~B~mine.toml?done=settings-gone").await;
    assert!(page.body.contains("findes ikke mere") && page.body.contains("dækkes af en anden"), "{}", page.body);
    let first = store.config_versions("indicators/B/mine.toml", 9).await.unwrap().last().unwrap().id.to_string();
    let back = [("base", "0"), ("version", first.as_str())];
    let back = browser.post("/settings/indicators~B~mine.toml/return", &back).await;
    assert_eq!(back.location(), "/settings/indicators~B~mine.toml?done=settings-returned");
    let how: Vec<ConfigHow> =
        store.config_versions("indicators/B/mine.toml", 9).await.unwrap().iter().map(|of| of.how).collect();
    assert_eq!(how.first(), Some(&ConfigHow::Return));
    assert!(
        how.contains(&ConfigHow::Gone) && how.contains(&ConfigHow::Page) | how.contains(&ConfigHow::First),
        "{how:?}"
    );
}

#[tokio::test]
async fn what_goes_soon_is_shown_and_a_hold_is_placed_and_released() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "admin").await;
    let page = browser.get("/retention").await;
    assert!(page.body.contains("1.826 dage") && page.body.contains("Intet holdes tilbage"), "{}", page.body);
    let unknown = browser.post("/retention/hold", &[("on", "case_none"), ("because", "krav"), ("until", "")]).await;
    assert!(unknown.body.contains("Der er ingen sag eller annonce med det navn"), "{}", unknown.body);
    browser.get("/retention").await;
    let case = world.team_case.0.clone();
    let hold = [("on", case.as_str()), ("because", "retskrav"), ("until", "2027-01-31")];
    assert_eq!(browser.post("/retention/hold", &hold).await.location(), "/retention?done=hold-placed");
    let page = browser.get("/retention?done=hold-placed").await;
    assert!(page.body.contains("retskrav") && page.body.contains("Anders Admin"), "{}", page.body);
    assert_eq!(browser.post("/retention/1/release", &[]).await.location(), "/retention?done=hold-released");
    let holds = world.state.store.holds().await.unwrap();
    assert!(holds[0].released_at.is_some() && holds[0].until.is_some());
    let kinds: Vec<String> = world.state.store.events(None, 2).await.unwrap().into_iter().map(|of| of.kind).collect();
    assert_eq!(kinds, ["release_hold", "hold"]);
}
