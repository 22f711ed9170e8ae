//! The worker's day beside the list: what is drawn, hand-overs, both sides of a save, copies, who is left out, cautions.

use crate::browser::{Browser, value_of};
use crate::support::{World, make_list, now, put_list, world};
use axum::http::StatusCode;
use domain::TeamId;
use std::sync::Arc;
use store::{Actor, Look};
use web::{WebSettings, app};

/// The world with other settings.
async fn world_with(change: impl FnOnce(&mut WebSettings)) -> World {
    let mut world = world().await;
    let mut settings = (*world.state.settings).clone();
    change(&mut settings);
    world.state.settings = Arc::new(settings);
    world
}

fn look() -> Look {
    Look {
        actor: Actor::System("test".into()),
        purpose: "test".into(),
        what: "list",
        subject: String::new(),
        at: now(),
    }
}

pub async fn claimed(world: &World, login: &str, path: &str) -> Browser {
    let mut browser = Browser::signed_in(app(world.state.clone()), login).await;
    browser.get(path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    browser.get(path).await;
    browser
}

/// Records an attempt on a line that the browser shows.
pub async fn attempt(browser: &mut Browser, path: &str, more: &[(&str, &str)]) {
    let key = value_of(&browser.body, "key").unwrap();
    let mut fields = vec![("key", key.as_str()), ("channel", "call")];
    fields.extend_from_slice(more);
    let done = browser.post(&format!("{path}/attempt"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

/// An attempt at a line, without a page.
pub async fn put_attempt(world: &World, line: i64) {
    let (store, at) = (&world.state.store, now());
    let (header, line) = store.list_line(&look(), line).await.unwrap().unwrap();
    let by = store.account_by_login("vest").await.unwrap().unwrap().id;
    let attempt = store::NewAttempt {
        idempotency_key: "one".into(),
        advertiser: line.line.advertiser,
        line: Some(line.id),
        contact: None,
        method: "call".into(),
        channel: store::Channel::Call,
        outcome: Some(store::Outcome::Informed),
        language: None,
        text_version: None,
        minutes: None,
        note: String::new(),
        follow_up: None,
        team: header.team,
        made_at: at,
        details: store::AttemptDetails::default(),
    };
    store.put_attempt(&attempt, by).await.unwrap();
}

fn approval(until: &str) -> outreach::RandomApproval {
    outreach::RandomApproval {
        by: "A. Leder".into(),
        at: "2026-11-01T00:00:00Z".parse().unwrap(),
        until: until.parse().unwrap(),
        dpia: "2026-17".into(),
        share: 0.1,
        seed: 7,
    }
}

#[tokio::test]
async fn a_share_is_drawn_where_it_is_approved_the_record_keeps_it_and_no_page_tells() {
    let world = world_with(|s| s.outreach.policy.random = Some(approval("2026-12-01T00:00:00Z"))).await;
    let lines = make_list(&world).await;
    assert_eq!(lines.len(), 2, "one decided, and one of 1.2 places drawn");
    let date = "2026-11-24".parse().unwrap();
    let (_, kept) = world.state.store.list(&look(), date, &TeamId::from("vest")).await.unwrap().unwrap();
    let drawn: Vec<_> = kept.iter().filter(|line| line.line.random).collect();
    assert_eq!((drawn.len(), drawn[0].line.inclusion_probability), (1, 1.0), "one in the frame");
    let event =
        world.state.store.events(None, 5).await.unwrap().into_iter().find(|event| event.kind == "list").unwrap();
    let payload = event.payload.unwrap();
    assert_eq!(payload["frame"]["random"]["frame"].as_array().unwrap().len(), 1, "{payload}");
    assert_eq!(payload["frame"]["random"]["dpia"], "2026-17");
    assert_ne!(payload["seed"], 0);
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    let path = format!("/line/{}", drawn[0].id);
    let pages = browser.get("/today").await.body + &browser.get(&path).await.body;
    for word in ["random", "tilfældig", "udtræk", "trukket", "stratum"] {
        assert!(!pages.to_lowercase().contains(word), "{word}: {pages}");
    }
    assert!(pages.contains("Oplysning om sundhed og rettigheder"), "{pages}");
    assert_eq!(browser.post(&format!("{path}/claim"), &[]).await.status, StatusCode::SEE_OTHER);
    let text = browser.get(&path).await.body.to_lowercase();
    assert!(text.contains("sundhed og rettigheder") && !text.contains("menneskehandel"));

    // The approval is over: nobody is drawn, and whoever was stays shut.
    let mut settings = (*world.state.settings).clone();
    settings.outreach.policy.random = Some(approval("2026-11-24T07:00:00Z"));
    let mut later = world;
    later.state.settings = Arc::new(settings);
    let mut browser = Browser::signed_in(app(later.state.clone()), "vest").await;
    assert!(browser.get(&path).await.body.contains("Skal ikke kontaktes nu"));
    assert_eq!(put_list(&later).await.len(), 1);
}

#[tokio::test]
async fn the_method_on_trial_is_concealed_until_the_claim_and_stays_in_the_record() {
    let method = |code: &str, channel| outreach::TrialMethod { code: code.into(), channel };
    let trial = |until: &str| outreach::Trial {
        by: "A. Leder".into(),
        at: "2026-11-01T00:00:00Z".parse().unwrap(),
        until: until.parse().unwrap(),
        dpia: "2026-17".into(),
        seed: 7,
        methods: vec![method("lot-message", outreach::Channel::Sms), method("lot-call", outreach::Channel::Call)],
    };
    let both = |text: &str| domain::Bilingual { da: text.into(), en: text.into() };
    let methods = || {
        vec![
            web::Method { code: "lot-message".into(), name: both("Lodbesked"), channel: None },
            web::Method { code: "lot-call".into(), name: both("Lodopkald"), channel: None },
        ]
    };
    let one = |until: &'static str| {
        world_with(move |s| {
            s.outreach.trial = Some(trial(until));
            s.methods = methods();
            // The ordinary advertiser, at whom message and call are both safe.
            s.outreach.policy.admit_unread = outreach::AdmitUnread::None;
        })
    };
    let world = one("2026-12-01T00:00:00Z").await;
    let line = crate::support::make_ordinary_list(&world).await;
    let path = format!("/line/{line}");
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    let before = browser.get("/today").await.body + &browser.get(&path).await.body;
    assert!(!before.contains("Lodbesked") && !before.contains("Lodopkald"), "concealed: {before}");
    browser.get(&path).await;
    browser.post(&format!("{path}/claim"), &[]).await;
    let taken = browser.get(&path).await.body;
    let drawn = if taken.contains("Brug metoden: Lodbesked") { "lot-message" } else { "lot-call" };
    assert!(taken.contains("Den er trukket ved lod"), "{taken}");
    let way = if drawn == "lot-call" { "call" } else { "sms" };
    let chosen: Vec<&str> = (taken.split("name=\"channel\" value=\"").skip(1))
        .filter(|rest| rest.split('>').next().is_some_and(|input| input.ends_with(" checked")))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(chosen, [way], "what was drawn is what the form begins with: {taken}");
    let other = if drawn == "lot-call" { "lot-message" } else { "lot-call" };
    attempt(&mut browser, &path, &[("method", other), ("outcome", "no_answer")]).await;
    let store = &world.state.store;
    let (_, kept) = store.list_line(&look(), line).await.unwrap().unwrap();
    assert_eq!(kept.attempts[0].method, drawn, "as assigned, whatever the form says");
    let event = store.events(None, 50).await.unwrap().into_iter().find(|event| event.kind == "method_drawn").unwrap();
    let payload = event.payload.unwrap();
    assert!(payload["approval"].as_str().unwrap().contains("2026-17"));
    assert_eq!(payload["arms"].as_array().unwrap().len(), 2);

    // Without an approval that holds nothing is drawn, and the worker chooses.
    let world = one("2026-11-10T00:00:00Z").await;
    let line = crate::support::make_ordinary_list(&world).await;
    let taken = claimed(&world, "vest", &format!("/line/{line}")).await.body;
    assert!(!taken.contains("trukket ved lod") && taken.contains("Lodopkald"), "{taken}");
}

#[tokio::test]
async fn what_a_colleague_met_with_comes_first_on_later_lines_and_for_other_teams() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = claimed(&world, "vest", &path).await;
    attempt(&mut browser, &path, &[("outcome", "third_party"), ("caution_threat", "1"), ("caution_camera", "1")]).await;
    let page = browser.get(&path).await.body;
    let care = page.split("id=\"h-care\"").nth(1).unwrap();
    let first = care.split("<li>").nth(1).unwrap();
    assert!(first.starts_with("En kollega er truet her før"), "{care}");
    assert!(care.contains("En kollega har set kamera her"));
    assert!(!page.contains("Foreslået vej"), "no way is suggested while the line is shut: {page}");
    let mut other = Browser::signed_in(app(world.state.clone()), "oest").await;
    other.get("/called").await;
    let answer = other.post("/called", &[("contact", "34000050")]).await.body;
    assert!(answer.contains("En kollega er truet her før") && !answer.contains("En anden svarede."), "{answer}");
    assert!(answer.contains("href=\"/called\" aria-current=\"page\""), "the menu shows where one is: {answer}");
    // Taken back, it is gone.
    browser.get(&path).await;
    let id = value_of(&browser.body, "attempt").unwrap();
    browser.post(&format!("{path}/undo"), &[("attempt", &id)]).await;
    assert!(!browser.get(&path).await.body.contains("truet her"));
}

#[tokio::test]
async fn a_number_that_somebody_else_may_hold_stands_behind_a_step_of_its_own() {
    let reach =
        |page: &str| page.split("id=\"h-reach\"").nth(1).unwrap().split("id=\"h-outcome\"").next().unwrap().to_owned();
    let shared = world().await;
    let path = format!("/line/{}", make_list(&shared).await[0]);
    let shared = reach(&claimed(&shared, "vest", &path).await.body);
    let (before, behind) = shared.split_once("<summary>Nummeret, når holdet er enigt</summary>").unwrap();
    assert!(before.contains("Skriv eller ring kun, når holdet er enigt") && !before.contains("tel:"), "{before}");
    assert!(behind.split("</details>").next().unwrap().contains("href=\"tel:+4534000050\""), "{behind}");

    let alone = world().await;
    let path = format!("/line/{}", crate::support::make_ordinary_list(&alone).await);
    let alone = reach(&claimed(&alone, "vest", &path).await.body);
    assert!(alone.contains("href=\"tel:") && !alone.contains("når holdet er enigt"), "{alone}");
}

#[tokio::test]
async fn a_worker_s_languages_match_lines_and_an_interpreter_is_named() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    assert!(browser.get("/today").await.body.contains("Dit sprog"), "the team speaks English");
    let id = world.state.store.account_by_login("vest").await.unwrap().unwrap().id;
    let actor = Actor::System("test".into());
    world.state.store.set_account_languages(id, &["da".into(), "ro".into()], &actor, now()).await.unwrap();
    let list = browser.get("/today").await.body;
    assert!(list.contains("Brug tolk: 67 00 00 55") && !list.contains("Dit sprog"), "{list}");
    assert!(browser.get(&path).await.body.contains("<li>Brug tolk: 67 00 00 55</li>"));
}

#[tokio::test]
async fn texts_in_other_languages_are_drafts_until_somebody_confirms_them() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = claimed(&world, "vest", &path).await;
    let english = browser.body.clone();
    assert!(!english.contains("Udkast:") && english.contains(&format!("{path}?text=ro")), "{english}");
    let romanian = browser.get(&format!("{path}?text=ro")).await.body;
    assert!(romanian.contains("lang=\"ro\"") && romanian.contains("Udkast: Ingen med sproget"), "{romanian}");
    let mut settings = (*world.state.settings).clone();
    settings.outreach.confirmed = vec!["neutral-ro-1".into(), "offer-ro-1".into()];
    let mut confirmed = world;
    confirmed.state.settings = Arc::new(settings);
    let mut browser = Browser::signed_in(app(confirmed.state.clone()), "vest").await;
    let romanian = browser.get(&format!("{path}?text=ro")).await.body;
    assert!(romanian.contains("lang=\"ro\"") && !romanian.contains("Udkast:"), "{romanian}");
}

#[tokio::test]
async fn a_mistake_in_the_form_loses_nothing_that_was_typed() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut browser = claimed(&world, "vest", &path).await;
    let key = value_of(&browser.body, "key").unwrap();
    let fields = [
        ("key", key.as_str()),
        ("channel", "visit"),
        ("outcome", "referred"),
        ("minutes", "mange"),
        ("note", "Taler <helst> om aftenen"),
        ("offer", "health"),
        ("told", "words"),
        ("person_asked", "1"),
        ("caution_not_alone", "1"),
        ("consent_to", "CMM"),
        ("interpreter", "1"),
    ];
    let wrong = browser.post(&format!("{path}/attempt"), &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in [
        "Taler &#60;helst&#62; om aftenen",
        "value=\"mange\"",
        "value=\"health\" selected",
        "value=\"words\" selected",
        "name=\"person_asked\" value=\"1\" checked",
        "name=\"caution_not_alone\" value=\"1\" checked",
        "value=\"CMM\"",
        "name=\"interpreter\" value=\"1\" checked",
        "value=\"visit\" required checked",
        key.as_str(),
    ] {
        assert!(wrong.body.contains(kept), "{kept}: {}", wrong.body);
    }
}

#[tokio::test]
async fn a_follow_up_is_assigned_and_handed_over_and_two_saves_are_both_shown() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "wants_to_talk"), ("follow_up", "2026-11-26")]).await;
    let due = vera.get("/follow-ups").await.body;
    let (id, version) = (due.split("/follow-ups/").nth(1).unwrap().split('/').next().unwrap().to_owned(), "1");
    assert!(due.contains("tel:+4534000050") && due.contains("Viggo Vest"), "{due}");
    let account =
        async |login: &str| world.state.store.account_by_login(login).await.unwrap().unwrap().id.0.to_string();
    let (viggo_id, oda_id) = (account("viggo").await, account("oest").await);
    let save = format!("/follow-ups/{id}/save");
    let mut viggo = Browser::signed_in(app(world.state.clone()), "viggo").await;
    viggo.get("/follow-ups").await;
    let first = [("version", version), ("day", "2026-11-27"), ("plan", "Ring efter kl. 16"), ("care", &viggo_id)];
    assert_eq!(vera.post(&save, &first).await.location(), "/follow-ups?done=follow-up");
    let second = [("version", version), ("day", "2026-11-30"), ("plan", "Tag tolk med"), ("care", "")];
    let both = viggo.post(&save, &second).await;
    assert_eq!(both.status, StatusCode::CONFLICT);
    for side in ["Ring efter kl. 16", "27. november 2026", "Tag tolk med", "30. november 2026", "Vera Vest"] {
        assert!(both.body.contains(side), "{side}: {}", both.body);
    }
    assert!(both.body.contains("Ring efter kl. 16\nTag tolk med"), "brought together: {}", both.body);
    let still = vera.get("/follow-ups").await.body;
    assert!(still.contains("Ring efter kl. 16") && !still.contains("Tag tolk med"), "nothing was written over");
    let merged =
        [("version", "2"), ("day", "2026-11-30"), ("plan", "Ring efter kl. 16, tag tolk med"), ("care", &viggo_id)];
    assert_eq!(viggo.post(&save, &merged).await.location(), "/follow-ups?done=follow-up");
    let wrong = viggo.post(&save, &[("version", "3"), ("day", "2020-01-01"), ("plan", "bliver stående")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("bliver stående"), "what was typed stays");

    // To another team: they see that somebody is offered to them, and the number once they accept.
    viggo.get("/follow-ups").await;
    let to = format!("account:{oda_id}");
    let offered = viggo.post(&format!("/follow-ups/{id}/hand-over"), &[("to", &to), ("note", "Flyttet til jer")]).await;
    assert_eq!(offered.location(), "/follow-ups?done=handed-over", "{}", offered.body);
    let mut oda = Browser::signed_in(app(world.state.clone()), "oest").await;
    let seen = oda.get("/follow-ups").await.body;
    assert!(seen.contains("Flyttet til jer") && seen.contains("Fra Team Vest til Team Øst – Oda Øst"), "{seen}");
    assert!(!seen.contains("tel:") && !seen.contains("Vil gerne tale"), "not before they accept: {seen}");
    let hand_over = seen.split("/hand-overs/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let answer = format!("/hand-overs/{hand_over}/answer");
    assert_eq!(vera.get("/follow-ups").await.status, StatusCode::OK);
    assert_eq!(vera.post(&answer, &[("act", "accept")]).await.status, StatusCode::NOT_FOUND, "not theirs to answer");
    assert_eq!(oda.post(&answer, &[("act", "accept")]).await.location(), "/follow-ups?done=handover-accepted");
    let hers = oda.get("/follow-ups").await.body;
    assert!(
        hers.contains("tel:+4534000050") && hers.contains("Vil gerne tale") && hers.contains("tag tolk med"),
        "{hers}"
    );
    assert!(!vera.get("/follow-ups").await.body.contains("tel:"), "no more theirs");
    let undo = format!("/hand-overs/{hand_over}/undo");
    assert_eq!(oda.post(&undo, &[]).await.location(), "/follow-ups?done=handover-undone");
    assert_eq!(
        oda.post(&answer, &[("act", "decline"), ("answer", "Ingen taler sproget")]).await.location(),
        "/follow-ups?done=handover-declined"
    );
    let back = vera.get("/follow-ups").await.body;
    assert!(back.contains("tel:+4534000050") && back.contains("Ingen taler sproget"), "{back}");
    assert!(back.len() < 60_000);
}

#[tokio::test]
async fn an_outcome_that_meets_another_shows_both() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "")]).await;
    vera.get(&path).await;
    let (id, version) = (value_of(&vera.body, "attempt").unwrap(), value_of(&vera.body, "version").unwrap());
    let to = format!("{path}/outcome");
    let mut viggo = Browser::signed_in(app(world.state.clone()), "viggo").await;
    viggo.get(&path).await;
    let set = |outcome: &'static str, version: String| {
        [("attempt", id.clone()), ("version", version), ("outcome", outcome.to_owned())]
    };
    let fields = |of: &[(&'static str, String); 3]| of.iter().map(|(k, v)| (*k, v.clone())).collect::<Vec<_>>();
    let post = async |browser: &mut Browser, of: [(&'static str, String); 3]| {
        let of = fields(&of);
        let of: Vec<(&str, &str)> = of.iter().map(|(k, v)| (*k, v.as_str())).collect();
        browser.post(&to, &of).await
    };
    assert_eq!(post(&mut vera, set("informed", version.clone())).await.status, StatusCode::SEE_OTHER);
    let both = post(&mut viggo, set("declined", version)).await;
    assert_eq!(both.status, StatusCode::CONFLICT);
    assert!(both.body.contains("Har fået oplysning") && both.body.contains("Sagde nej tak"), "{}", both.body);
    let newer = value_of(&both.body, "version").unwrap();
    assert_eq!(post(&mut viggo, set("declined", newer)).await.status, StatusCode::SEE_OTHER);
    assert!(viggo.get(&path).await.body.contains("Sagde nej tak"));
}

#[tokio::test]
async fn a_copy_is_off_until_allowed_and_then_numbered_named_logged_and_without_a_reason() {
    let world = world_with(|s| s.copies = web::Copies::default()).await;
    make_list(&world).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    assert!(!browser.get("/today").await.body.contains("href=\"/copies\""));
    assert!(browser.get("/copies").await.body.contains("Programmet tillader ikke kopier"));
    let refused = browser.post("/copies", &[("kind", "paper"), ("holder", "Vera")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let world = crate::support::world().await;
    // A number that somebody else may hold, and a line without a safe way, stay on the screen.
    make_list(&world).await;
    let mut unsafe_only = Browser::signed_in(app(world.state.clone()), "vest").await;
    unsafe_only.get("/copies").await;
    let nothing = unsafe_only.post("/copies", &[("kind", "paper"), ("holder", "Vera Vest")]).await;
    assert!(nothing.body.contains("Der er ingen ledig linje"), "{}", nothing.body);
    let world = crate::support::world().await;
    let line = crate::support::make_ordinary_list(&world).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "vest").await;
    browser.get("/copies").await;
    let nameless = browser.post("/copies", &[("kind", "paper"), ("holder", " ")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = browser.post("/copies", &[("kind", "paper"), ("holder", "Vera Vest")]).await;
    assert_eq!(made.location(), "/copies/1?done=copied", "{}", made.body);
    let paper = browser.get("/copies/1").await.body;
    for there in ["Kopi nr. 1", "24. november 2026", "Indehaver: Vera Vest", "+45 34 00 00 70", "Odense", "dansk"] {
        assert!(paper.contains(there), "{there}: {paper}");
    }
    let main = paper.split("<main").nth(1).unwrap().split("</main>").next().unwrap().to_lowercase();
    let (_, kept) = world.state.store.list_line(&look(), line).await.unwrap().unwrap();
    for reason in kept.line.reasons.iter().chain(&kept.line.cautions) {
        assert!(!main.contains(&reason.da.to_lowercase()), "{}", reason.da);
    }
    assert!(!main.contains("handel") && !main.contains("trafficking"));
    // What stands on it is the holder's for the day: no colleague approaches or copies it too.
    let mut viggo = Browser::signed_in(app(world.state.clone()), "viggo").await;
    viggo.get("/copies").await;
    let late = viggo.post("/copies", &[("kind", "csv"), ("holder", "Viggo")]).await;
    assert!(late.body.contains("Der er ingen ledig linje"), "{}", late.body);
    assert_eq!(viggo.get("/copies/1").await.status, StatusCode::NOT_FOUND, "the holder's alone");
    browser.get("/copies").await;
    let made = browser.post("/copies", &[("kind", "csv"), ("holder", "=Vera")]).await;
    assert_eq!(made.location(), "/copies/2?done=copied");
    let file = browser.get("/copies/2/file").await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(file.body.contains("2;2026-11-24;'=Vera;1;Odense;dansk;'+45 34 00 00 70;"), "{}", file.body);
    assert_eq!(browser.get("/copies/1/file").await.status, StatusCode::NOT_FOUND, "a paper copy is no file");
    let events = world.state.store.events(None, 50).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.kind == "list_copy").count(), 2);
    let looks = world.state.store.audit_entries(None, 50).await.unwrap();
    assert!(looks.iter().any(|entry| entry.kind == "copy"), "looked at, logged");
    // An objection since takes the line off the copy.
    let contact = domain::Contact { kind: domain::ContactKind::Phone, value: "+4534000070".into() };
    world.state.store.put_objection(&contact, &Actor::System("test".into()), now()).await.unwrap();
    let paper = browser.get("/copies/1").await.body;
    assert!(!paper.contains("34 00 00 70") && paper.contains("1 linje er lukket"), "{paper}");
}

#[tokio::test]
async fn who_is_left_out_is_told_with_the_reason_and_without_a_contact() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "declined")]).await;
    let page = vera.get("/left-out").await.body;
    assert!(page.contains("Lades i fred, medmindre personen selv spørger (sagde nej tak)"), "{page}");
    assert!(!page.contains("tel:") && !page.contains("3400") && !page.contains("34 00"), "{page}");
    assert!(page.contains("href=\"/left-out?why=cool_down\"") && page.len() < 60_000);
    let of_one = vera.get("/left-out?why=cool_down").await.body;
    assert!(of_one.contains("sagde nej tak") && of_one.contains("aria-current"), "{of_one}");
    // The urgent route is for those appointed alone: to others it does not exist here.
    let mut oda = Browser::signed_in(app(world.state.clone()), "oest").await;
    let theirs = oda.get("/left-out").await.body;
    assert!(!theirs.contains("Hasteforløb") && !theirs.contains("hasteforløb"), "{theirs}");
    // Another organisation's outcome stays with it.
    let mut settings = (*world.state.settings).clone();
    settings.teams[1].municipalities.push("0751".into());
    let mut wider = world;
    wider.state.settings = Arc::new(settings);
    let mut oda = Browser::signed_in(app(wider.state.clone()), "oest").await;
    let theirs = oda.get("/left-out").await.body;
    assert!(
        theirs.contains("Lades i fred, medmindre personen selv spørger") && !theirs.contains("nej tak"),
        "{theirs}"
    );
    let file = wider.test.folder.as_ref().unwrap().path().join("bavn.db");
    crate::support::break_table(&file, "objection").await;
    let silent = oda.get("/left-out").await;
    assert_eq!(silent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(silent.body.contains("Systemet kan ikke svare") && !silent.body.contains("Lades i fred"));
}

#[tokio::test]
async fn an_attempt_is_counted_under_the_method_of_its_way_and_nothing_unsafe_is_chosen_beforehand() {
    let world = world().await;
    let line = make_list(&world).await[0];
    let path = format!("/line/{line}");
    let mut browser = claimed(&world, "vest", &path).await;
    let page = browser.body.clone();
    let how = page.split("id=\"a-how\"").nth(1).unwrap().split("</fieldset>").next().unwrap().to_owned();
    assert!(how.contains("value=\"call\" required") && !how.contains("checked"), "no safe way, none chosen: {how}");
    assert!(!how.contains("value=\"mail\"") && !how.contains("value=\"app\""), "only ways that its contacts allow");
    assert!(page.contains("Ingen sikker vej er kendt.") && !page.contains("Foreslået vej"), "{page}");
    let key = value_of(&page, "key").unwrap();
    let none = browser.post(&format!("{path}/attempt"), &[("key", &key), ("outcome", "no_answer")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.body.contains("href=\"#a-how\">Vælg, hvordan du tog kontakt"), "{}", none.body);
    // A reload of that address, and a change of language there, come back to the line.
    assert_eq!(browser.get(&format!("{path}/attempt")).await.status, StatusCode::OK);
    assert!(none.body.contains(&format!("name=\"back\" value=\"{path}\"")), "{}", none.body);
    browser.get(&path).await;
    attempt(&mut browser, &path, &[("method", ""), ("outcome", "no_answer")]).await;
    let (_, kept) = world.state.store.list_line(&look(), line).await.unwrap().unwrap();
    assert_eq!((kept.attempts[0].method.as_str(), kept.attempts[0].channel), ("call", store::Channel::Call));
}

#[tokio::test]
async fn what_is_done_is_told_calmly_stands_last_and_leads_on() {
    let world = world().await;
    make_list(&world).await;
    crate::support::make_ordinary_list(&world).await;
    let lines = put_list(&world).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    let (first, second) = (format!("/line/{}", lines[0]), format!("/line/{}", lines[1]));
    let mut browser = claimed(&world, "vest", &first).await;
    attempt(&mut browser, &first, &[("outcome", "no_answer")]).await;
    let page = browser.get(&first).await.body;
    assert!(page.contains("Gjort: intet svar") && !page.contains("Skal ikke kontaktes nu"), "{page}");
    assert!(page.contains(&format!("href=\"{second}\">Næste linje")), "{page}");
    let list = browser.get("/today").await.body;
    assert!(list.contains("Gjort: intet svar") && !list.contains("Skal ikke kontaktes nu"), "{list}");
    let place = |path: &str| list.find(&format!("href=\"{path}\"")).unwrap();
    assert!(place(&second) < place(&first), "what is done stands last: {list}");
    // Taken back, it stands where it stood.
    browser.get(&first).await;
    let id = value_of(&browser.body, "attempt").unwrap();
    browser.post(&format!("{first}/undo"), &[("attempt", &id)]).await;
    assert!(!browser.get("/today").await.body.contains("Gjort:"));
}

#[tokio::test]
async fn the_page_on_data_can_be_sent_where_the_phone_is_safe_and_the_chosen_language_outlives_a_mistake() {
    let world = world().await;
    let path = format!("/line/{}", crate::support::make_ordinary_list(&world).await);
    let mut browser = claimed(&world, "vest", &path).await;
    let link = "https://bavn.example.dk/objection?lang=da";
    assert!(browser.body.contains(&format!("<code>{link}</code>")) && browser.body.contains("body=https%3A%2F%2Fbavn"));
    let romanian = browser.get(&format!("{path}?text=ro")).await.body;
    let (version, key) = (value_of(&romanian, "text_version").unwrap(), value_of(&romanian, "key").unwrap());
    assert!(version.contains("-ro-"), "{version}");
    let wrong =
        [("key", key.as_str()), ("channel", "sms"), ("text", "ro"), ("minutes", "mange"), ("outcome", "informed")];
    let again = browser.post(&format!("{path}/attempt"), &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(value_of(&again.body, "text_version"), Some(version), "the words that were sent");
    let frequent = again.body.find("value=\"declined\"").unwrap();
    assert!(frequent < again.body.find("value=\"referred\"").unwrap(), "the frequent ones come first");

    let shared = crate::support::world().await;
    let path = format!("/line/{}", make_list(&shared).await[0]);
    assert!(!claimed(&shared, "vest", &path).await.body.contains("bavn.example.dk/objection"), "not where others read");
}

#[tokio::test]
async fn a_number_that_cannot_be_read_is_kept_in_its_field_and_counts_for_nothing() {
    let mut world = world().await;
    world.state.limits = Arc::new(web::PublicLimits::new(3, 60));
    let mut browser = Browser::new(web::public_app(world.state.clone()));
    for _ in 0..5 {
        let wrong = browser.post_raw("/objection", &[("lang", "da"), ("contact", "hvad <nu>")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("value=\"hvad &#60;nu&#62;\""), "{}", wrong.body);
    }
    let kept = browser.post_raw("/objection", &[("lang", "da"), ("contact", "94123456")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "nobody is told to wait for having mistyped");
}
