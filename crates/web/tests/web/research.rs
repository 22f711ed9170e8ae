//! The researcher: queue, case, decision, undo, conflict, and what must never be seen.

use crate::browser::{Browser, value_of};
use crate::support::{analysed_at, now, population, world, world_at};
use axum::http::StatusCode;
use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use web::app;

/// Digits of every number in the population.
fn numbers() -> Vec<String> {
    population().iter().map(|made| made.phone.to_owned()).collect()
}

#[tokio::test]
async fn the_case_page_shows_evidence_and_counter_evidence_and_no_number() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let answer = browser.get(&format!("/case/{}", world.team_case.0)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.body.contains("<mark class=\"for\">") && answer.body.contains("She is new"), "{}", answer.body);
    for words in [
        "Skrevet af en anden",
        "Andre forklaringer",
        "Uden dette tegn",
        "Det, der taler imod",
        "Kunne ikke beregnes",
        "Forbindelser",
        "samme telefon",
        "K-",
    ] {
        assert!(answer.body.contains(words), "{words}");
    }
    let digits: String = answer.body.chars().filter(|c| !c.is_whitespace()).collect();
    for number in numbers() {
        assert!(!digits.contains(&number), "a number on a researcher's page");
    }
    assert!(!answer.body.contains("example.dk/a1"), "no address of an ad");
    assert!(answer.body.len() < 100_000, "{} bytes", answer.body.len());
}

#[tokio::test]
async fn a_case_of_long_ads_stays_light_and_leads_to_what_it_leaves_out() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let path = format!("/case/{}", world.team_case.0);
    crate::support::long_versions(&world, 6, 20_000).await;
    let page = browser.get(&path).await.body;
    assert!(page.len() < 100_000, "{} bytes", page.len());
    assert!(page.contains("tidligere udgaver er ikke vist") && page.contains("href=\"/ad/1\""), "{page}");
    let all = browser.get(&format!("{path}?ads=all")).await.body;
    assert!(all.len() > 100_000 && !all.contains("er ikke vist. <a href=\"/ad/"), "all of it where asked for");
}

#[tokio::test]
async fn words_of_risk_services_are_covered_until_asked_for() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let path = format!("/case/{}", world.team_case.0);
    let covered = browser.get(&path).await.body;
    assert!(!covered.contains("Without protection") && covered.contains("[Tilbyder uden beskyttelse]"));
    let shown = browser.get(&format!("{path}?words=shown")).await.body;
    assert!(shown.contains("Without protection"));
}

#[tokio::test]
async fn a_decision_is_checked_saved_shown_and_undone() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let path = format!("/case/{}", world.ordinary_case.0);
    browser.get(&path).await;
    let version = value_of(&browser.body, "version").unwrap();
    let wrong =
        browser.post(&format!("{path}/decide"), &[("version", &version), ("kind", "watch"), ("reason", "other")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Vælg en dag efter i dag") && wrong.body.contains("Skriv grunden med dine ord"));
    let fields = [
        ("version", version.as_str()),
        ("kind", "watch"),
        ("reason", "other"),
        ("text", "Virker selvstændig <b>"),
        ("until", "2026-12-24"),
        ("change_mind", "Nye numre"),
    ];
    let saved = browser.post(&format!("{path}/decide"), &fields).await;
    // The next case by itself, and a way back to this one.
    let next = format!("/case/{}?last={}&done=decided", world.team_case.0, world.ordinary_case.0);
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, next.as_str()));
    let after = browser.get(&next).await.body;
    assert!(after.contains(&format!("href=\"{path}\" data-key=\"b\"")) && after.contains("Du læser sagen"), "{after}");
    let page = browser.get(&path).await.body;
    // What the machine suggests and what people decided stand apart, each under its own words.
    let (machine, people) = (page.find("Maskinens forslag:").unwrap(), page.find("Menneskers afgørelse:").unwrap());
    assert!(machine < people && page[people..people + 400].contains("Hold øje til 24. december 2026 (Rikke Forsker"));
    assert!(!page[machine..people].contains("Hold øje"), "{page}");
    assert!(
        page.contains("Hold øje til 24. december 2026")
            && page.contains("Virker selvstændig &#60;b&#62;")
            && page.contains("Rikke Forsker")
    );
    let decision = value_of(&page, "decision").unwrap();
    let undone = browser.post(&format!("{path}/undo"), &[("decision", &decision)]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&path).await.body.contains("Fortrudt af Rikke Forsker"));
    // From another case's page it is no decision of that case.
    let other = browser.post(&format!("/case/{}/undo", world.team_case.0), &[("decision", &decision)]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_case_that_waits_again_says_why_on_its_page_and_in_the_queue() {
    let days = Arc::new(AtomicI64::new(0));
    let clock = days.clone();
    let world = world_at(Arc::new(move || now() + SignedDuration::from_hours(24 * clock.load(Ordering::SeqCst)))).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let path = format!("/case/{}", world.team_case.0);
    let version = value_of(&browser.get(&path).await.body, "version").unwrap();
    let watch =
        [("version", version.as_str()), ("kind", "watch"), ("reason", "several_signs"), ("until", "2026-12-01")];
    assert_eq!(browser.post(&format!("{path}/decide"), &watch).await.status, StatusCode::SEE_OTHER);
    let over = "Åbnet igen: I holdt øje til 1. december 2026, og den dag er gået.";
    assert!(!browser.get(&path).await.body.contains("Åbnet igen"));
    days.store(9, Ordering::SeqCst);
    analysed_at(&world, now() + SignedDuration::from_hours(24 * 9)).await;
    assert!(browser.get(&path).await.body.contains(over), "{}", browser.body);
    assert!(browser.get("/queue").await.body.contains(over), "{}", browser.body);
    assert!(browser.get("/queue?state=reopened").await.body.contains(&world.team_case.0));
}

#[tokio::test]
async fn two_readers_meet_a_conflict_that_shows_both() {
    let world = world().await;
    let path = format!("/case/{}", world.ordinary_case.0);
    let mut first = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let mut second = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    // The first one's time runs out while the page is open, so the second opens it too.
    first.get(&path).await;
    let version = value_of(&first.body, "version").unwrap();
    first.post(&format!("{path}/give-back"), &[]).await;
    assert!(second.get(&path).await.body.contains("/decide\""));
    let fields = |text: &'static str| {
        [
            ("version", version.clone()),
            ("kind", "no_concern".to_owned()),
            ("reason", "other".to_owned()),
            ("text", text.to_owned()),
        ]
    };
    let send = async |browser: &mut Browser, text| {
        let fields = fields(text);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&format!("{path}/decide"), &fields).await
    };
    assert_eq!(send(&mut second, "Den første").await.status, StatusCode::SEE_OTHER);
    let conflict = send(&mut first, "Den anden").await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    assert!(conflict.body.contains("Den første") && conflict.body.contains("Den anden"), "{}", conflict.body);
    let again = ["version", "kind", "reason", "text", "change_mind", "until", "refer", "from", "key"]
        .map(|name| (name, value_of(&conflict.body, name).unwrap()));
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(first.post(&format!("{path}/decide"), &again).await.status, StatusCode::SEE_OTHER);
    let page = first.get(&path).await.body;
    assert!(page.contains("Den første") && page.contains("Den anden"), "nothing was overwritten");
}

#[tokio::test]
async fn a_case_that_a_colleague_reads_shows_it_and_cannot_be_decided() {
    let world = world().await;
    let path = format!("/case/{}", world.ordinary_case.0);
    let mut first = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let mut second = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    first.get(&path).await;
    assert_eq!(first.post(&format!("{path}/take"), &[]).await.status, StatusCode::SEE_OTHER);
    let page = second.get(&path).await.body;
    assert!(page.contains("Rikke Forsker læser sagen til kl. 09.30") && !page.contains("/decide\""));
    assert_eq!(second.post(&format!("{path}/take"), &[]).await.status, StatusCode::CONFLICT);
    assert!(second.get("/queue").await.body.contains("Rikke Forsker læser sagen"));
    first.get(&path).await;
    assert_eq!(first.post(&format!("{path}/give-back"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(second.get(&path).await.body.contains("/decide\""));
}

#[tokio::test]
async fn an_urgent_case_is_seen_by_those_appointed_only_and_closed_with_a_reason() {
    let world = world().await;
    let path = format!("/case/{}", world.urgent_case.0);
    let mut other = Browser::signed_in(app(world.state.clone()), "forsker").await;
    assert_eq!(other.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(other.get("/queue?urgent=1").await.status, StatusCode::FORBIDDEN);
    assert!(!other.get("/queue").await.body.contains(&world.urgent_case.0), "on no ordinary list");
    let mut appointed = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert!(appointed.get("/queue").await.body.contains("1 sag haster."));
    assert!(appointed.get("/queue?urgent=1").await.body.contains(&world.urgent_case.0));
    let page = appointed.get(&path).await.body;
    assert!(
        page.contains("Underret kommunen straks.")
            && page.contains("Barnets lov § 133. Kontrolleret 1. november 2026.")
    );
    assert_eq!(
        appointed.post(&format!("{path}/close-urgent"), &[("reason", " ")]).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        appointed.post(&format!("{path}/close-urgent"), &[("reason", "Kommunen er underrettet")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(other.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_queue_filters_by_its_address_and_its_numbers_open_their_rows() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let (team, ordinary) = (&world.team_case.0, &world.ordinary_case.0);
    let all = browser.get("/queue").await.body;
    assert!(all.contains(team) && all.contains(ordinary));
    let english = browser.get("/queue?language=en").await.body;
    assert!(english.contains(team) && !english.contains(ordinary));
    let aarhus = browser.get("/queue?region=midt").await.body;
    assert!(aarhus.contains(team) && !aarhus.contains(ordinary));
    let sign = browser.get("/queue?indicator=third_person_voice").await.body;
    assert!(sign.contains(team) && !sign.contains(ordinary));
    let decided = browser.get("/queue?state=decided").await.body;
    assert!(!decided.contains(team) && decided.contains("Ingen sager passer"));
    assert_eq!(
        browser.get("/queue?band=x&state=y&page=99999999999").await.status,
        StatusCode::OK,
        "odd filters break nothing"
    );
    // Every number of the table leads to as many rows.
    for part in all.split("<a href=\"/queue?state=").skip(1) {
        let (href, rest) = part.split_once('"').unwrap();
        let count = rest.trim_start_matches('>').split('<').next().unwrap().to_owned();
        let page = browser
            .get(&format!("/queue?state={}", href.replace("&amp;", "&").replace("&#38;", "&").replace("#rows", "")))
            .await
            .body;
        let words = if count == "1" { "1 sag<".to_owned() } else { format!("{count} sager<") };
        assert!(page.contains(&words), "{href}: {count}");
    }
}

#[tokio::test]
async fn a_text_is_read_on_request_and_kept_nowhere() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get("/try").await;
    let answer = browser.post("/try", &[("text", "Hun er ny hos os. Ring 34000099 <script>")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.body.contains("<mark class=\"for\">") && answer.body.contains("<mark class=\"mention\">34000099"),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("<script>"));
    let answer = browser.post("/try", &[("text", "Jeg er ikke ung. Er der nye piger hver uge?")]).await;
    for why in ["det afkræftes her", "det er et spørgsmål", "class=\"against\">ikke"] {
        assert!(answer.body.contains(why), "{why}: {}", answer.body);
    }
    let audit = world.state.store.audit_entries(None, 10).await.unwrap();
    let tries: Vec<_> = audit.iter().filter(|entry| entry.kind == "try").collect();
    assert_eq!(tries.len(), 2, "that a text was tried is on record");
    assert!(!format!("{tries:?}").contains("ung"), "the text is not");
    assert_eq!(browser.post("/try", &[("text", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.post("/try", &[("text", &"a".repeat(20_001))]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.post("/try", &[("text", &"a".repeat(300_000))]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
