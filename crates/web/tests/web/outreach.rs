//! The worker: list, claim, attempt in two taps, second send, undo; and the gate, which shuts.

use crate::browser::{Browser, value_of};
use crate::support::{World, make_list, now, put_list, world, world_at};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex};
use store::{Actor, Look};
use web::app;

async fn attempts(world: &World, line: i64) -> usize {
    let look = Look {
        actor: Actor::System("test".into()),
        purpose: "test".into(),
        what: "line",
        subject: String::new(),
        at: now(),
    };
    let (_, line) = world.state.store.list_line(&look, line).await.unwrap().unwrap();
    line.attempts.iter().filter(|attempt| !attempt.undone).count()
}

#[tokio::test]
async fn a_line_is_taken_reached_recorded_twice_and_counted_once_then_undone() {
    let world = world().await;
    let lines = make_list(&world).await;
    assert_eq!(lines.len(), 1, "one line for the network, not one an ad");
    let line = lines[0];
    let path = format!("/line/{line}");
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    let list = browser.get("/today").await.body;
    assert!(list.contains("24. november 2026") && list.contains("Team Vest") && list.contains("Aarhus"), "{list}");
    assert!(list.len() < 60_000);
    let before = browser.get(&path).await.body;
    assert!(!before.contains("tel:") && !before.contains("3400"), "no number before the line is taken");
    assert!(before.contains("Annoncen er der stadig"));
    assert_eq!(browser.post(&format!("{path}/claim"), &[]).await.location(), format!("{path}?done=claimed"));
    let taken = browser.get(&path).await.body;
    assert!(taken.contains("href=\"tel:+4534000050\"") && taken.contains("href=\"sms:+4534000050?body="), "{taken}");
    assert!(taken.len() < 60_000);
    let lower = taken.to_lowercase();
    assert!(
        !lower.contains("menneskehandel") && !lower.contains("trafficking") && !lower.contains("beskyttelse"),
        "no explicit word, no word on trafficking"
    );
    let key = value_of(&taken, "key").unwrap();
    let fields = [("key", key.as_str()), ("channel", "call"), ("outcome", "no_answer"), ("method", "call")];
    let first = browser.post(&format!("{path}/attempt"), &fields).await;
    assert_eq!((first.status, first.location()), (StatusCode::SEE_OTHER, format!("{path}?done=attempt").as_str()));
    let second = browser.post(&format!("{path}/attempt"), &fields).await;
    assert_eq!(second.location(), format!("{path}?done=attempt-again"));
    assert_eq!(attempts(&world, line).await, 1, "sent twice, counted once");
    let after = browser.get(&path).await.body;
    assert!(after.contains("Vera Vest. Intet svar.") && after.contains("Gjort: intet svar"), "{after}");
    assert!(!after.contains("tel:"), "left alone after the attempt");
    let attempt = value_of(&after, "attempt").unwrap();
    assert_eq!(browser.post(&format!("{path}/undo"), &[("attempt", &attempt)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(attempts(&world, line).await, 0);
    assert!(browser.get(&path).await.body.contains("tel:"), "as before the attempt");
}

#[tokio::test]
async fn of_two_workers_one_gets_the_line_and_another_team_sees_nothing_of_it() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut first = Browser::signed_in(app(world.state.clone()), "vest").await;
    let mut second = Browser::signed_in(app(world.state.clone()), "viggo").await;
    first.get(&path).await;
    second.get(&path).await;
    assert_eq!(first.post(&format!("{path}/claim"), &[]).await.status, StatusCode::SEE_OTHER);
    let late = second.post(&format!("{path}/claim"), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.body.contains("Taget af Vera Vest til kl. 11.00") && !late.body.contains("tel:"), "{}", late.body);
    let fields = [("key", "0123456789abcdef0123456789abcdef"), ("channel", "call"), ("outcome", "informed")];
    assert_eq!(
        second.post(&format!("{path}/attempt"), &fields).await.status,
        StatusCode::CONFLICT,
        "no attempt without the line"
    );
    let mut other = Browser::signed_in(app(world.state.clone()), "oest").await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    first.get(&path).await;
    assert_eq!(first.post(&format!("{path}/release"), &[]).await.location(), "/today?done=released");
    second.get(&path).await;
    assert_eq!(second.post(&format!("{path}/claim"), &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_objection_shuts_the_line_at_once() {
    let world = world().await;
    let line = make_list(&world).await[0];
    let path = format!("/line/{line}");
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get(&path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    let page = browser.get(&path).await.body;
    let key = value_of(&page, "key").unwrap();
    browser.post(&format!("{path}/attempt"), &[("key", &key), ("channel", "call"), ("outcome", "objection")]).await;
    let contact = domain::Contact { kind: domain::ContactKind::Phone, value: "+4534000050".into() };
    assert!(world.state.store.has_objection(&contact).await.unwrap(), "kept for that contact");
    let page = browser.get(&path).await.body;
    assert!(!page.contains("tel:") && page.contains("Gjort: indsigelse"), "{page}");
}

#[tokio::test]
async fn without_a_list_or_with_nobody_to_approach_the_page_says_so() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    assert!(browser.get("/today").await.body.contains("Dagens liste er ikke lavet endnu. Den er klar kl. 06:00."));
    assert!(put_list(&world).await.is_empty(), "nobody was decided, and nobody unread is admitted");
    assert!(browser.get("/today").await.body.contains("Der er ingen på listen i dag."));
}

#[tokio::test]
async fn an_attempt_waits_for_its_outcome_and_can_be_taken_back_for_ten_minutes() {
    let clock = Arc::new(Mutex::new(now()));
    let ticking = clock.clone();
    let world = world_at(Arc::new(move || -> Timestamp { *ticking.lock().unwrap() })).await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get(&path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    let page = browser.get(&path).await.body;
    let key = value_of(&page, "key").unwrap();
    let wrong = browser
        .post(
            &format!("{path}/attempt"),
            &[("key", &key), ("channel", "sms"), ("outcome", ""), ("minutes", "-3"), ("follow_up", "2020-01-01")],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Skriv minutter som et tal") && wrong.body.contains("Vælg en dag fra i dag"));
    browser.get(&path).await;
    browser
        .post(&format!("{path}/attempt"), &[("key", &key), ("channel", "sms"), ("outcome", ""), ("minutes", "3")])
        .await;
    let waiting = browser.get(&path).await.body;
    assert!(waiting.contains("Venter på svar"), "{waiting}");
    let (attempt, version) = (value_of(&waiting, "attempt").unwrap(), value_of(&waiting, "version").unwrap());
    let set = browser
        .post(&format!("{path}/outcome"), &[("attempt", &attempt), ("version", &version), ("outcome", "wants_to_talk")])
        .await;
    assert_eq!(set.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&path).await.body.contains("Vil gerne tale"));
    let stale = browser
        .post(&format!("{path}/outcome"), &[("attempt", &attempt), ("version", &version), ("outcome", "declined")])
        .await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "a save that meets a newer version changes nothing");
    *clock.lock().unwrap() = now() + SignedDuration::from_mins(11);
    let late = browser.post(&format!("{path}/undo"), &[("attempt", &attempt)]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "too late");
}

#[tokio::test]
async fn who_works_past_midnight_writes_what_came_of_a_line_that_is_held_and_opens_no_other() {
    let clock = Arc::new(Mutex::new(now()));
    let ticking = clock.clone();
    let world = world_at(Arc::new(move || -> Timestamp { *ticking.lock().unwrap() })).await;
    let lines = make_list(&world).await;
    let path = format!("/line/{}", lines[0]);
    // The last minute of the day, and then the first of the next.
    let midnight: Timestamp = "2026-11-24T23:00:00Z".parse().unwrap();
    *clock.lock().unwrap() = midnight - SignedDuration::from_mins(1);
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get(&path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    *clock.lock().unwrap() = midnight + SignedDuration::from_mins(1);
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let key = value_of(&page.body, "key").unwrap();
    let fields = [("key", key.as_str()), ("channel", "call"), ("outcome", "informed")];
    assert_eq!(browser.post(&format!("{path}/attempt"), &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(attempts(&world, lines[0]).await, 1);
    for other in &lines[1..] {
        assert_eq!(browser.get(&format!("/line/{other}")).await.status, StatusCode::NOT_FOUND, "an old list");
    }
}

#[tokio::test]
async fn who_said_no_at_the_door_is_not_visited_again() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get(&path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    let page = browser.get(&path).await.body;
    assert!(page.contains("value=\"visit\""), "a visit is possible: {page}");
    let key = value_of(&page, "key").unwrap();
    browser.post(&format!("{path}/attempt"), &[("key", &key), ("channel", "visit"), ("outcome", "objection")]).await;
    let after = browser.get(&path).await.body;
    assert!(!after.contains("Foreslået vej") && !after.contains("tel:"), "{after}");
}

#[tokio::test]
async fn where_the_gate_cannot_answer_the_list_is_empty_and_nothing_can_be_taken() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get(&path).await;
    // An injected fault: the register of objections cannot be read any more.
    let file = world.test.folder.as_ref().unwrap().path().join("bavn.db");
    crate::support::break_table(&file, "objection").await;
    let list = browser.get("/today").await;
    assert!(list.status.is_server_error() || list.body.contains("Derfor er listen tom"), "{}", list.body);
    assert!(!list.body.contains("/line/"), "never a full list");
    let claim = browser.post(&format!("{path}/claim"), &[]).await;
    assert!(claim.status.is_server_error(), "{}", claim.status);
}

#[tokio::test]
async fn a_number_that_calls_back_shows_the_ledger_and_an_unknown_one_nothing() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get("/called").await;
    let before = browser.post("/called", &[("contact", "34000050")]).await.body;
    assert!(before.contains("står ikke i jeres register"), "in an ad, but never approached: {before}");
    browser.get(&path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    let page = browser.get(&path).await.body;
    let key = value_of(&page, "key").unwrap();
    browser.post(&format!("{path}/attempt"), &[("key", &key), ("channel", "call"), ("outcome", "no_answer")]).await;
    browser.get("/called").await;
    let known = browser.post("/called", &[("contact", "34000050")]).await.body;
    assert!(known.contains("Opkald, Vera Vest. Intet svar.") && known.contains("engelsk"), "{known}");
    assert!(known.contains("nævn intet, der røber tilbuddet"), "cautions: {known}");
    assert!(!known.contains("34000050") && known.len() < 60_000, "the number itself is not repeated");
    let mut other = Browser::signed_in(app(world.state.clone()), "oest").await;
    other.get("/called").await;
    let theirs = other.post("/called", &[("contact", "34000050")]).await.body;
    assert!(
        theirs.contains("kontaktet af Team Vest") && !theirs.contains("Intet svar."),
        "by whom and when alone: {theirs}"
    );
    other.get("/called").await;
    let unknown = other.post("/called", &[("contact", "94123456")]).await.body;
    assert!(unknown.contains("står ikke i jeres register"));
    other.get("/called").await;
    assert_eq!(other.post("/called", &[("contact", "hello")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let looks = world.state.store.audit_entries(None, 50).await.unwrap();
    let looks: Vec<_> = looks.iter().filter(|entry| entry.kind == "called_back").collect();
    assert_eq!(looks.len(), 4);
    for look in looks {
        assert_eq!(look.purpose.as_deref(), Some("called back"));
        let subject = look.subject.as_deref().unwrap();
        assert!(subject.starts_with("K-") || subject == "unknown", "{subject}");
    }
}

#[tokio::test]
async fn a_referral_is_recorded_with_its_consent_or_not_at_all() {
    let world = world().await;
    let line = make_list(&world).await[0];
    let path = format!("/line/{line}");
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get(&path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    let page = browser.get(&path).await.body;
    assert!(
        page.contains("Sundhedsrådgivning: 67 00 00 10") && !page.contains("<li>Klinik i Odense"),
        "offers of the place: {page}"
    );
    assert!(
        page.contains("67 00 00 99") && !page.contains("Er set kl."),
        "the hotline, and no timetable of the crawl: {page}"
    );
    let key = value_of(&page, "key").unwrap();
    let bare =
        [("key", key.as_str()), ("channel", "call"), ("outcome", "referred"), ("people", "0"), ("told", "postponed")];
    let wrong = browser.post(&format!("{path}/attempt"), &bare).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Skriv, hvem personen er henvist til", "tal fra 1 til 20", "hvorfor oplysningen om data er udskudt"] {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    assert_eq!(attempts(&world, line).await, 0);
    browser.get(&path).await;
    let whole = [
        ("key", key.as_str()),
        ("channel", "call"),
        ("outcome", "referred"),
        ("people", "2"),
        ("told", "words"),
        ("offer", "health"),
        ("consent_to", "CMM"),
        ("consent_how", "spoken"),
        ("consent_language", "engelsk"),
        ("interpreter", "1"),
        ("consent_on", "2026-11-24"),
    ];
    let done = browser.post(&format!("{path}/attempt"), &whole).await;
    assert_eq!(done.location(), format!("{path}?done=attempt"), "{}", done.body);
    assert_eq!(attempts(&world, line).await, 1);
    // It waits on the page of follow-ups until the authority has said the last word.
    let due = browser.get("/follow-ups").await.body;
    assert!(
        due.contains("CMM") && due.contains("Mundtligt, engelsk, med tolk") && due.contains("Intet svar endnu"),
        "{due}"
    );
    assert!(due.contains("tel:+4534000050"), "a promise is kept by the number used");
    let id = due.split("/follow-ups/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let to = format!("/follow-ups/{id}/referral");
    let silent = browser.post(&to, &[("status", "identified"), ("said_by", ""), ("said_on", "2026-11-24")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut other = Browser::signed_in(app(world.state.clone()), "oest").await;
    other.get("/follow-ups").await;
    let theirs = other.post(&to, &[("status", "identified"), ("said_by", "x"), ("said_on", "2026-11-24")]).await;
    assert_eq!(theirs.status, StatusCode::NOT_FOUND, "another team's");
    browser.get("/follow-ups").await;
    let said = browser.post(&to, &[("status", "identified"), ("said_by", "CMM"), ("said_on", "2026-11-24")]).await;
    assert_eq!(said.location(), "/follow-ups?done=referral");
    assert!(browser.get("/follow-ups").await.body.contains("intet at følge op på"));
}
