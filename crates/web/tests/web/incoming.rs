//! What one programme sends to another, and whom one met the other leaves alone: two programmes that share a register.

use crate::browser::{Browser, value_of};
use crate::support::{Pair, make_list, pair_on};
use axum::http::StatusCode;
use store::Engine;
use web::app;

/// Sends the team's case of the first programme to the second; the page of the case afterwards.
pub async fn send(pair: &Pair) -> String {
    let mut browser = Browser::signed_in(app(pair.ads.state.clone()), "forsker").await;
    let case = format!("/case/{}", pair.ads.team_case.0);
    let page = browser.get(&case).await.body;
    assert!(page.contains("value=\"programme:initiative-3\""), "{page}");
    let (version, key) = (value_of(&page, "version").unwrap(), value_of(&page, "key").unwrap());
    let posted = [
        ("version", version.as_str()),
        ("key", key.as_str()),
        ("kind", "refer"),
        ("reason", "several_signs"),
        ("text", "Words for my own colleagues"),
        ("refer", "programme:initiative-3"),
    ];
    let answer = browser.post(&format!("{case}/decide"), &posted).await;
    assert!(answer.status.is_redirection(), "{}", answer.body);
    browser.get(&case).await.body
}

async fn a_case_arrives(engine: Engine) {
    let pair = pair_on(engine).await;
    let mut there = Browser::signed_in(app(pair.clinics.state.clone()), "forsker").await;
    assert!(!there.get("/queue").await.body.contains("/incoming/"), "nothing was sent yet");
    let case = send(&pair).await;
    assert!(case.contains("Program: Klinikker") && case.contains("Sendt, venter på modtageren"), "{case}");

    let queue = there.get("/queue").await.body;
    assert!(queue.contains("1 sag er sendt hertil") && queue.contains("Sendt hertil af Opsøgende indsats"), "{queue}");
    assert!(queue.contains("Flere tegn peger samme vej") && !queue.contains("Words for my own colleagues"));
    let from = there.get("/queue?programme=initiative-1").await.body;
    assert!(from.contains("value=\"initiative-1\" selected") && from.contains("/incoming/"));
    let (own, other) = (&pair.clinics.team_case.0, &pair.clinics.ordinary_case.0);
    assert!(from.contains(&format!("/case/{own}")), "its own case with such a contact: {from}");
    assert!(!from.contains(&format!("/case/{other}")) && queue.contains(&format!("/case/{other}")));
    let href = queue.split("href=\"/incoming/").nth(1).unwrap().split('"').next().unwrap();
    let href = format!("/incoming/{href}");
    let item = there.get(&href).await;
    assert_eq!(item.status, StatusCode::OK);
    assert!(item.body.contains("K-") && item.body.contains(&format!("/case/{own}")), "{}", item.body);
    assert!(!item.body.contains("+45") && !item.body.contains("Words for my own colleagues"));
    assert_eq!(there.post(&href, &[("to", "elsewhere")]).await.status, StatusCode::BAD_REQUEST);
    there.get(&href).await;
    assert_eq!(there.post(&href, &[("to", "taken")]).await.location(), format!("{href}?done=incoming-set"));
    assert!(there.get("/queue").await.body.contains("I er i gang"));

    let mut here = Browser::signed_in(app(pair.ads.state.clone()), "forsker").await;
    let page = here.get(&format!("/case/{}", pair.ads.team_case.0)).await.body;
    assert!(page.contains("Modtageren er i gang"), "{page}");
    assert_eq!(here.get(&href).await.status, StatusCode::NOT_FOUND, "what was sent elsewhere is not read here");
    assert!(!here.get("/queue").await.body.contains("/incoming/"));
    there.get(&href).await;
    there.post(&href, &[("to", "closed")]).await;
    assert!(!there.get("/queue").await.body.contains("/incoming/"), "done with");
}

#[tokio::test]
async fn a_case_that_is_sent_stands_in_the_receivers_queue_on_sqlite() {
    a_case_arrives(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_case_that_is_sent_stands_in_the_receivers_queue_on_postgres() {
    a_case_arrives(Engine::Postgres).await;
}

/// The same people stand on both programmes' lists.
async fn one_programme_approaches(engine: Engine) {
    let pair = pair_on(engine).await;
    let (mine, theirs) = (make_list(&pair.ads).await[0], make_list(&pair.clinics).await[0]);
    let mut here = Browser::signed_in(app(pair.ads.state.clone()), "vest").await;
    let mut there = Browser::signed_in(app(pair.clinics.state.clone()), "vest").await;
    here.get(&format!("/line/{mine}")).await;
    there.get(&format!("/line/{theirs}")).await;
    let (mine, theirs) = (format!("/line/{mine}/claim"), format!("/line/{theirs}/claim"));
    let (a, b) = tokio::join!(here.post(&mine, &[]), there.post(&theirs, &[]));
    let taken = [&a, &b].iter().filter(|answer| answer.status.is_redirection()).count();
    assert_eq!(taken, 1, "{} {}", a.status, b.status);
    let refused = if a.status.is_redirection() { b } else { a };
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("Et andet program er ved at tage kontakt"), "{}", refused.body);
}

#[tokio::test]
async fn of_two_workers_of_two_programmes_one_takes_the_line_on_sqlite() {
    one_programme_approaches(Engine::Sqlite).await;
}

#[tokio::test]
async fn of_two_workers_of_two_programmes_one_takes_the_line_on_postgres() {
    one_programme_approaches(Engine::Postgres).await;
}

/// A clinic's team meets somebody at an address that the other programme's ads name.
async fn a_visit_is_heard_of(engine: Engine) {
    let mut pair = pair_on(engine).await;
    crate::support::read(&pair.ads.state, "test-2", &["havnegade 1"]).await;
    crate::places::open(&mut pair.clinics).await;
    let line = format!("/line/{}/claim", make_list(&pair.ads).await[0]);
    let place = format!("/places/{}", crate::places::PLACE);
    let mut visits = Browser::signed_in(app(pair.clinics.state.clone()), "vest").await;
    for result in ["empty", "not_met", "met"] {
        let page = visits.get(&place).await.body;
        let key = value_of(&page, "form_key").unwrap();
        let made = visits.post(&format!("{place}/visit"), &[("result", result), ("form_key", &key)]).await;
        assert!(made.status.is_redirection(), "{}", made.body);
        let mut here = Browser::signed_in(app(pair.ads.state.clone()), "vest").await;
        let page = here.get("/left-out").await.body;
        assert_eq!(page.contains("Et andet program har haft kontakt"), result == "met", "{result}: {page}");
        assert!(!page.contains("Havnegade") && !page.contains("linik"), "not who, nor where: {page}");
        if result == "met" {
            let refused = here.post(&line, &[]).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
        }
    }
    // Taken back, the other programme may go on.
    let page = visits.get(&place).await.body;
    let last = page.split("name=\"number\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(visits.post(&format!("{place}/undo"), &[("number", &last)]).await.status.is_redirection());
    let mut here = Browser::signed_in(app(pair.ads.state.clone()), "vest").await;
    assert!(!here.get("/left-out").await.body.contains("Et andet program har haft kontakt"));
    assert!(here.post(&line, &[]).await.status.is_redirection());
}

#[tokio::test]
async fn whom_a_clinics_team_met_the_other_programme_leaves_alone_on_sqlite() {
    a_visit_is_heard_of(Engine::Sqlite).await;
}

#[tokio::test]
async fn whom_a_clinics_team_met_the_other_programme_leaves_alone_on_postgres() {
    a_visit_is_heard_of(Engine::Postgres).await;
}
