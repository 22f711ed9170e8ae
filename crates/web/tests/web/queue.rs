//! The queue with several readers: the next case, the lock, skipping, views, the day's numbers, shortcuts.

use crate::browser::{Browser, value_of};
use crate::support::{now, settings, world, world_at};
use axum::http::StatusCode;
use jiff::SignedDuration;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use web::app;

/// The numbers of the day: words and address by count.
fn day(html: &str) -> Vec<(String, String)> {
    let list = html.split("<ul class=\"day\"").nth(1).unwrap().split("</ul>").next().unwrap();
    list.split("<a href=\"")
        .skip(1)
        .map(|part| {
            let href = part.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
            (part.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned(), href)
        })
        .collect()
}

#[tokio::test]
async fn two_readers_take_the_next_case_and_never_the_same() {
    let world = world().await;
    let mut first = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let mut second = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    first.get("/queue").await;
    second.get("/queue").await;
    let one = first.post("/queue/next", &[("from", "")]).await.location().to_owned();
    let two = second.post("/queue/next", &[("from", "")]).await.location().to_owned();
    assert_eq!(one, format!("/case/{}", world.team_case.0), "the clearest first");
    assert_eq!(two, format!("/case/{}", world.ordinary_case.0));
    // By its address, the case of a colleague shows who has it until when, and nothing of the ads.
    let held = second.get(&one).await.body;
    assert!(held.contains("Rikke Forsker læser sagen til kl. 09.30") && !held.contains("/decide\""), "{held}");
    assert!(!held.contains("She is new") && held.contains("look=yes"));
    let look = second.get(&format!("{one}?look=yes")).await.body;
    assert!(look.contains("She is new"), "to look is allowed, and it is logged");
    assert!(second.get("/queue").await.body.contains("Rikke Forsker læser sagen til kl. 09.30"));
    let none = second.post("/queue/next", &[("from", "")]).await.location().to_owned();
    assert_eq!(none, two, "one's own case is still one's own");
    second.get("/queue").await;
    let left = second.post("/queue/next", &[("from", "language=en")]).await.location().to_owned();
    assert_eq!(left, "/queue?language=en&done=none-left", "the only English one is read");
    assert!(second.get(&left).await.body.contains("Der er ingen fri sag"));
}

#[tokio::test]
async fn the_lock_ends_with_its_time_and_a_reader_has_one_case_at_a_time() {
    let minutes = Arc::new(AtomicI64::new(0));
    let clock = minutes.clone();
    let world = world_at(Arc::new(move || now() + SignedDuration::from_mins(clock.load(Ordering::SeqCst)))).await;
    let path = format!("/case/{}", world.team_case.0);
    let mut first = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let mut second = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    first.get(&path).await;
    assert!(!second.get(&path).await.body.contains("/decide\""));
    let waits = settings(Arc::new(now)).review.reading_minutes;
    minutes.store(waits - 1, Ordering::SeqCst);
    assert!(!second.get(&path).await.body.contains("/decide\""));
    minutes.store(waits, Ordering::SeqCst);
    assert!(second.get(&path).await.body.contains("/decide\""), "free again");
    // Opening another case gives the first one back.
    second.get(&format!("/case/{}", world.ordinary_case.0)).await;
    assert!(first.get(&path).await.body.contains("/decide\""));
}

#[tokio::test]
async fn a_form_that_is_sent_twice_decides_once_and_never_the_next_case() {
    let world = world().await;
    let path = format!("/case/{}", world.team_case.0);
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let page = browser.get(&path).await.body;
    let (version, key) = (value_of(&page, "version").unwrap(), value_of(&page, "key").unwrap());
    let fields = [
        ("version", version.as_str()),
        ("key", &key),
        ("kind", "no_concern"),
        ("reason", "several_signs"),
        ("from", "band=high"),
    ];
    let once = browser.post(&format!("{path}/decide"), &fields).await;
    let twice = browser.post(&format!("{path}/decide"), &fields).await;
    assert_eq!((once.status, twice.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    let page = browser.get(&path).await.body;
    assert_eq!(
        page.split("<ol class=\"history\">").nth(1).unwrap().split("</ol>").next().unwrap().matches("<li").count(),
        1
    );
    // The same form on another case is another case's old page.
    let other = format!("/case/{}", world.ordinary_case.0);
    browser.get(&other).await;
    let stale = [("version", "999"), ("key", "another"), ("kind", "no_concern"), ("reason", "several_signs")];
    assert_eq!(browser.post(&format!("{other}/decide"), &stale).await.status, StatusCode::CONFLICT);
    assert!(browser.get(&other).await.body.contains("Ingen har afgjort sagen"));
}

#[tokio::test]
async fn skipping_the_day_s_numbers_and_their_rows() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get("/queue").await;
    let skipped = browser.post(&format!("/case/{}/skip", world.team_case.0), &[("from", "")]).await;
    let next = format!("/case/{}?last={}&done=skipped", world.ordinary_case.0, world.team_case.0);
    assert_eq!(skipped.location(), next);
    let page = browser.get(&format!("/case/{}", world.ordinary_case.0)).await.body;
    let fields =
        [("version", value_of(&page, "version").unwrap()), ("kind", "spam".into()), ("reason", "several_signs".into())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(&format!("/case/{}/decide", world.ordinary_case.0), &fields).await;
    let queue = browser.get("/queue").await.body;
    let counts = day(&queue);
    assert_eq!(counts.iter().map(|(count, _)| count.as_str()).collect::<Vec<_>>(), ["1", "1", "1", "0", "1"]);
    for (count, href) in &counts {
        let page = browser.get(&href.replace("#rows", "")).await.body;
        assert_eq!(page.matches("<li class=\"card").count().to_string(), *count, "{href}");
    }
    // A colleague still has the skipped case, and not this reader's numbers.
    let mut colleague = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    let counts = day(&colleague.get("/queue").await.body);
    assert_eq!(counts.iter().map(|(count, _)| count.as_str()).collect::<Vec<_>>(), ["0", "1", "0", "1", "0"]);
    browser.get("/queue?skipped=1").await;
    let back = browser.post(&format!("/case/{}/unskip", world.team_case.0), &[]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/queue").await.body.contains(&world.team_case.0));
}

#[tokio::test]
async fn a_view_is_saved_by_name_counts_what_is_new_and_holds_known_words_alone() {
    let minutes = Arc::new(AtomicI64::new(0));
    let clock = minutes.clone();
    let world = world_at(Arc::new(move || now() + SignedDuration::from_mins(clock.load(Ordering::SeqCst)))).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get("/queue?language=en&band=34000050").await;
    let from = value_of(&browser.body, "from").unwrap();
    assert_eq!(from, "language=en", "no unknown word is carried on");
    let saved = browser.post("/queue/views", &[("from", "language=en&region=34000050"), ("name", "Engelske")]).await;
    assert_eq!(saved.location(), "/queue?language=en&done=view-saved");
    let page = browser.get("/queue").await.body;
    assert!(page.contains(">Engelske</button>") && page.contains("1 sag · intet nyt"), "{page}");
    // Somebody decides the case and takes it back: it waits again, and that is new.
    minutes.store(5, Ordering::SeqCst);
    let path = format!("/case/{}", world.team_case.0);
    let case = browser.get(&path).await.body;
    let fields =
        [("version", value_of(&case, "version").unwrap()), ("kind", "spam".into()), ("reason", "several_signs".into())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(&format!("{path}/decide"), &fields).await;
    let decision = value_of(&browser.get(&path).await.body, "decision").unwrap();
    browser.post(&format!("{path}/undo"), &[("decision", &decision)]).await;
    assert!(browser.get("/queue").await.body.contains("1 sag · 1 ny"));
    let id = browser.body.split("/queue/views/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let opened = browser.post(&format!("/queue/views/{id}/open"), &[]).await;
    assert_eq!(opened.location(), "/queue?language=en");
    assert!(browser.get("/queue").await.body.contains("1 sag · intet nyt"));
    // Nobody else's.
    let mut colleague = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert!(!colleague.get("/queue").await.body.contains("Engelske"));
    assert_eq!(colleague.post(&format!("/queue/views/{id}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
    browser.post(&format!("/queue/views/{id}/delete"), &[]).await;
    assert!(!browser.get("/queue").await.body.contains("Engelske"));
}

#[tokio::test]
async fn the_queue_filters_by_age_and_new_evidence() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let cards = async |browser: &mut Browser, query: &str| {
        browser.get(&format!("/queue?{query}")).await.body.matches("<li class=\"card").count()
    };
    assert_eq!(cards(&mut browser, "age=today").await, 2);
    assert_eq!(cards(&mut browser, "age=older-week").await, 0);
    assert_eq!(cards(&mut browser, "new=1").await, 0);
    // A case keeps the queue that it was opened from.
    let page = browser.get("/queue?language=en").await.body;
    assert!(page.contains(&format!("/case/{}?language=en", world.team_case.0)));
}

#[tokio::test]
async fn a_pause_is_proposed_after_the_configured_time_and_only_to_the_reader() {
    let minutes = Arc::new(AtomicI64::new(0));
    let clock = minutes.clone();
    let world = world_at(Arc::new(move || now() + SignedDuration::from_mins(clock.load(Ordering::SeqCst)))).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let path = format!("/case/{}", world.team_case.0);
    for minute in (0..=50).step_by(5) {
        minutes.store(minute, Ordering::SeqCst);
        browser.get(&path).await;
        let queue = browser.get("/queue").await.body;
        assert_eq!(queue.contains("Tid til en pause?"), minute >= 50, "minute {minute}");
        // Whoever reads case after case never comes by the queue: each case proposes it too.
        let case = browser.get(&path).await.body;
        assert_eq!(case.contains("Tid til en pause?"), minute >= 50, "minute {minute}");
        assert!(queue.contains(&format!("Du har læst 1 sag i {minute} minut")), "minute {minute}");
    }
    let mut colleague = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert!(!colleague.get("/queue").await.body.contains("Du har læst"));
    // A rest, and the count of minutes without one starts again; the hours of rest are not counted as reading.
    minutes.store(180, Ordering::SeqCst);
    browser.get(&path).await;
    let queue = browser.get("/queue").await.body;
    assert!(!queue.contains("Tid til en pause?") && queue.contains("Du har læst 1 sag i 50 minutter"), "{queue}");
}

#[tokio::test]
async fn shortcuts_are_listed_and_come_from_one_file_of_our_own() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let page = browser.get(&format!("/case/{}", world.team_case.0)).await.body;
    for key in ["j ↓", "k ↑", "1–6", "Esc", "s", "u", "h", "?"] {
        assert!(page.contains(&format!("<kbd>{key}</kbd>")), "{key}");
    }
    let script = page.split("<script src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(page.matches("<script").count() == 1 && script.starts_with("/assets/keys."));
    let answer = browser.get(&script).await;
    assert_eq!(answer.headers["content-type"].to_str().unwrap(), "text/javascript; charset=utf-8");
    assert!(!answer.body.contains("http") && !answer.body.contains("fetch("), "it asks nobody for anything");
    // Other roles have no script.
    let mut worker = Browser::signed_in(app(world.state.clone()), "vest").await;
    assert!(!worker.get("/today").await.body.contains("<script"));
}
