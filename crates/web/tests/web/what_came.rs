//! What comes later: she rings back, answers on another day, a promise is kept, two tabs, notes, an objection taken back.

use crate::browser::{Browser, value_of};
use crate::objections::{desk, refusals};
use crate::support::{World, make_list, now, world, world_at};
use crate::worker::{attempt, claimed};
use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use outreach::Refusal;
use std::sync::{Arc, Mutex};
use store::{Outcome, OutcomeEdit};
use web::app;

type Clock = Arc<Mutex<Timestamp>>;

async fn clocked() -> (World, Clock) {
    let clock = Arc::new(Mutex::new(now()));
    let ticking = clock.clone();
    (world_at(Arc::new(move || -> Timestamp { *ticking.lock().unwrap() })).await, clock)
}

/// Looks the line's number up, as when it rings.
async fn rings(browser: &mut Browser) -> String {
    browser.get("/called").await;
    browser.post("/called", &[("contact", "34000050")]).await.body
}

/// Sends the form of a page: its hidden fields with these.
async fn answer(browser: &mut Browser, to: &str, page: &str, more: &[(&str, &str)]) -> crate::browser::Answer {
    let hidden: Vec<(&str, String)> = ["attempt", "seen", "key", "version"]
        .into_iter()
        .filter_map(|name| value_of(page, name).map(|value| (name, value)))
        .collect();
    let mut fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend_from_slice(more);
    browser.post(to, &fields).await
}

async fn kept(world: &World) -> Vec<store::AttemptRow> {
    let all = world.state.store.attempts(&desk("s1", "a1")).await.unwrap();
    all.into_iter().filter(|attempt| !attempt.undone).collect()
}

#[tokio::test]
async fn whoever_rings_back_after_a_no_can_be_written_down_without_line_or_gate() {
    let (world, _) = clocked().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "declined")]).await;
    let shut = vera.get(&path).await.body;
    assert!(shut.contains("Sagde nej tak") && shut.contains("Svarede eller ringede personen?"), "{shut}");
    // Only of a number that was looked up in this session.
    let blind = vera.post("/called/outcome", &[("attempt", "1"), ("outcome", "informed"), ("version", "1")]).await;
    assert_eq!(blind.status, StatusCode::NOT_FOUND);
    let page = rings(&mut vera).await;
    assert!(page.contains("name=\"person_asked\" value=\"1\" checked") && !page.contains("34000050"), "{page}");
    let wrong = [("channel", "call"), ("person_asked", "1"), ("outcome", "wants_to_talk"), ("minutes", "mange")];
    let again = answer(&mut vera, "/called/outcome", &page, &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("value=\"mange\"") && again.body.contains("Skriv minutter som et tal"));
    let fields =
        [("channel", "call"), ("person_asked", "1"), ("outcome", "wants_to_talk"), ("note", "Helst om aftenen")];
    let done = answer(&mut vera, "/called/outcome", &again.body, &fields).await;
    assert_eq!(done.location(), "/follow-ups?done=outcome", "{}", done.body);
    assert_eq!(answer(&mut vera, "/called/outcome", &again.body, &fields).await.status, StatusCode::SEE_OTHER);
    let all = kept(&world).await;
    assert_eq!(all.len(), 2, "sent twice, counted once");
    assert!(all[1].person_asked && all[1].contact == all[0].contact);
    // Whoever wants to talk is never lost, and the no is lifted.
    let due = vera.get("/follow-ups").await.body;
    for words in ["25. november 2026", "Helst om aftenen", "tel:+4534000050", "Du kan tage dit forsøg tilbage"] {
        assert!(due.contains(words), "{words}: {due}");
    }
    assert!(!refusals(&world, &desk("s1", "a1")).await.iter().any(|why| matches!(why, Refusal::CoolDown(_))));
    let undo = format!("/follow-ups/{}/undo", all[1].id.0);
    assert_eq!(vera.post(&undo, &[]).await.location(), "/follow-ups?done=attempt-undone");
    assert_eq!(kept(&world).await.len(), 1);

    // Another organisation whose phone she rings: it writes, and sees neither note nor outcome.
    let mut oda = Browser::signed_in(app(world.state.clone()), "oest").await;
    let page = rings(&mut oda).await;
    assert!(page.contains("kontaktet af Team Vest") && !page.contains("Sagde nej tak, "), "{page}");
    let done = answer(&mut oda, "/called/outcome", &page, &[("channel", "call"), ("outcome", "informed")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(kept(&world).await[1].team.as_str(), "oest");
}

#[tokio::test]
async fn an_answer_that_comes_on_another_day_is_written_from_the_page_of_follow_ups() {
    let (world, clock) = clocked().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", ""), ("minutes", "3"), ("note", "Sendte teksten")]).await;
    let line = vera.get(&path).await.body;
    assert!(line.contains("Sendte teksten") && line.contains("id=\"a-follow\""), "{line}");
    *clock.lock().unwrap() = now() + SignedDuration::from_hours(30);
    assert_eq!(vera.get(&path).await.status, StatusCode::NOT_FOUND, "yesterday's line");
    let due = vera.get("/follow-ups").await.body;
    assert!(due.contains("Venter på svar") && due.contains("Sendte teksten") && !due.contains("tel:"), "{due}");
    let to = format!("/follow-ups/{}/outcome", kept(&world).await[0].id.0);
    assert!(due.contains(&format!("href=\"{to}\"")), "{due}");
    let mut oda = Browser::signed_in(app(world.state.clone()), "oest").await;
    assert_eq!(oda.get(&to).await.status, StatusCode::NOT_FOUND, "another team's");
    let page = vera.get(&to).await.body;
    assert!(page.len() < 60_000 && page.contains("Sendte teksten"), "{page}");
    // A consent that was typed is not dropped without a word.
    let typed = [("outcome", "wants_to_talk"), ("consent_to", "CMM"), ("note", "Ring fredag"), ("minutes", "4")];
    let wrong = answer(&mut vera, &to, &page, &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Du har skrevet et samtykke") && wrong.body.contains("value=\"CMM\""));
    let fields = [
        ("outcome", "accepted_offer"),
        ("offer", "health"),
        ("note", "Ring fredag"),
        ("minutes", "4"),
        ("follow_up", "2026-11-27"),
        ("told", "words"),
        ("caution_camera", "1"),
    ];
    let done = answer(&mut vera, &to, &wrong.body, &fields).await;
    assert_eq!(done.location(), "/follow-ups?done=outcome", "{}", done.body);
    let all = kept(&world).await;
    assert_eq!((all.len(), all[0].outcome), (1, Some(Outcome::AcceptedOffer)), "the attempt's own outcome");
    assert_eq!(all[0].cautions.len(), 1);
    let due = vera.get("/follow-ups").await.body;
    for words in ["27. november 2026", "Sendte teksten\nRing fredag", "Tog imod et tilbud", "tel:+4534000050"] {
        assert!(due.contains(words), "{words}: {due}");
    }
    let event = world.state.store.events(None, 5).await.unwrap().into_iter().find(|event| event.kind == "outcome");
    let payload = event.unwrap().payload.unwrap();
    assert_eq!((&payload["offer"], &payload["minutes"]), (&"health".into(), &4.into()), "{payload}");
}

#[tokio::test]
async fn a_follow_up_ends_with_an_outcome_also_for_the_team_that_took_it_over() {
    let (world, _) = clocked().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "wants_to_talk"), ("note", "Bor hos en veninde")]).await;
    let first = kept(&world).await[0].id.0;
    vera.get("/follow-ups").await;
    let offered =
        vera.post(&format!("/follow-ups/{first}/hand-over"), &[("to", "team:oest"), ("note", "Flyttet")]).await;
    assert_eq!(offered.status, StatusCode::SEE_OTHER, "{}", offered.body);
    let mut oda = Browser::signed_in(app(world.state.clone()), "oest").await;
    let before = oda.get("/follow-ups").await.body;
    assert!(!before.contains("Bor hos en veninde"), "not before they accept: {before}");
    let answered = oda.post("/hand-overs/1/answer", &[("act", "accept")]).await;
    assert_eq!(answered.location(), "/follow-ups?done=handover-accepted");
    assert!(oda.get("/follow-ups").await.body.contains("Bor hos en veninde"), "the note goes with the care");
    // Nothing vanishes under their hands.
    let mine = vera.get(&path).await.body;
    assert!(!mine.contains("/undo\""), "{mine}");
    let undo = vera.post(&format!("{path}/undo"), &[("attempt", &first.to_string())]).await;
    assert_eq!(undo.status, StatusCode::NOT_FOUND);
    let by = world.state.store.account_by_login("vest").await.unwrap().unwrap().id;
    assert!(world.state.store.undo_attempt(store::AttemptId(first), by, now()).await.is_err());

    let to = format!("/follow-ups/{first}/outcome");
    assert_eq!(vera.get(&to).await.status, StatusCode::NOT_FOUND, "no more theirs");
    let page = oda.get(&to).await.body;
    let fields = [
        ("channel", "visit"),
        ("outcome", "referred"),
        ("consent_to", "CMM"),
        ("consent_how", "spoken"),
        ("consent_language", "engelsk"),
    ];
    let done = answer(&mut oda, &to, &page, &fields).await;
    assert_eq!(done.location(), "/follow-ups?done=outcome", "{}", done.body);
    let all = kept(&world).await;
    assert_eq!((all.len(), all[1].outcome), (2, Some(Outcome::Referred)));
    let hers = oda.get("/follow-ups").await.body;
    assert!(hers.contains("CMM") && !hers.contains("Vil gerne tale"), "the newest stands there: {hers}");
    let giver = vera.get("/follow-ups").await.body;
    assert!(giver.contains("Følg op: fulgt op") && !giver.contains("ingen dag"), "{giver}");
}

#[tokio::test]
async fn a_second_tab_is_asked_before_there_are_two_attempts() {
    let (world, clock) = clocked().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    let mut tab = claimed(&world, "vest", &path).await;
    let to = format!("{path}/attempt");
    let first = vera.body.clone();
    let sent = [("channel", "call"), ("outcome", "no_answer")];
    assert_eq!(answer(&mut vera, &to, &first, &sent).await.status, StatusCode::SEE_OTHER);
    *clock.lock().unwrap() = now() + SignedDuration::from_hours(3);
    let second = tab.body.clone();
    let asked = answer(&mut tab, &to, &second, &[("channel", "sms"), ("outcome", ""), ("note", "Skrev også")]).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    for words in ["Er det et forsøg mere?", "Opkald, Vera Vest. Intet svar.", "Skrev også", "Sendt, venter på svar"]
    {
        assert!(asked.body.contains(words), "{words}: {}", asked.body);
    }
    assert_eq!(kept(&world).await.len(), 1, "nothing was saved");
    let more = [("channel", "sms"), ("note", "Skrev også")];
    assert_eq!(answer(&mut tab, &to, &asked.body, &more).await.status, StatusCode::SEE_OTHER);
    assert_eq!(kept(&world).await.len(), 2, "she said that it is one more");
}

#[tokio::test]
async fn an_objection_told_to_a_worker_leaves_the_advertiser_to_rule_and_decision() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "objection")]).await;
    let told = vera.get(&path).await.body;
    assert!(!told.contains("tel:") && !told.contains("medmindre personen selv"), "{told}");
    let (store, here) = (&world.state.store, desk("s1", "a1"));
    let shut = refusals(&world, &here).await;
    assert!(shut.contains(&Refusal::NoContact), "by that number never: {shut:?}");
    assert!(!shut.iter().any(|why| matches!(why, Refusal::CoolDown(_) | Refusal::Objection)), "{shut:?}");
    // Taken back: the line is open to those who hold it, as before.
    let kim = store::Actor::System("Kim".into());
    let look = store::Look {
        actor: kim.clone(),
        purpose: "test".into(),
        what: "objections",
        subject: String::new(),
        at: now(),
    };
    let all = store.objections(&look, false, 10).await.unwrap();
    store.withdraw_objection(all[0].id, "forkert nummer", &kim, now()).await.unwrap();
    let open = refusals(&world, &here).await;
    assert!(
        !open.contains(&Refusal::NoContact) && !open.iter().any(|why| matches!(why, Refusal::CoolDown(_))),
        "{open:?}"
    );
}

#[tokio::test]
async fn a_late_save_of_an_outcome_changes_nothing() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "")]).await;
    let (store, first) = (&world.state.store, kept(&world).await[0].clone());
    let by = store.account_by_login("vest").await.unwrap().unwrap().id;
    let edit = |outcome| OutcomeEdit {
        outcome,
        minutes: None,
        note: String::new(),
        follow_up: None,
        details: store::AttemptDetails::default(),
    };
    store.record_outcome(first.id, &edit(Outcome::Informed), 1, by, now()).await.unwrap();
    let late = store.record_outcome(first.id, &edit(Outcome::Declined), 1, by, now()).await;
    assert!(matches!(late, Err(store::StoreError::Conflict { found: 2, .. })), "{late:?}");
    assert_eq!(kept(&world).await[0].outcome, Some(Outcome::Informed));
}

#[tokio::test]
async fn a_second_consent_after_the_authority_s_word_is_refused_with_words_and_nothing_typed_is_lost() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    let mut tab = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "")]).await;
    let to = format!("/follow-ups/{}/outcome", kept(&world).await[0].id.0);
    let (first, second) = (vera.get(&to).await.body, tab.get(&to).await.body);
    let consent = |whom: &'static str| {
        [("outcome", "referred"), ("consent_to", whom), ("consent_how", "spoken"), ("consent_language", "engelsk")]
    };
    assert_eq!(answer(&mut vera, &to, &first, &consent("CMM")).await.status, StatusCode::SEE_OTHER);
    let id = kept(&world).await[0].id.0;
    vera.get("/follow-ups").await;
    let said = [("status", "pending"), ("said_by", "CMM"), ("said_on", "2026-11-24")];
    assert_eq!(vera.post(&format!("/follow-ups/{id}/referral"), &said).await.status, StatusCode::SEE_OTHER);
    // The other tab saves late, sees both, and saves after all: what was said is of the first referral.
    let both = answer(&mut tab, &to, &second, &consent("Klinikken")).await;
    assert_eq!(both.status, StatusCode::CONFLICT, "{}", both.body);
    let refused = answer(&mut tab, &to, &both.body, &consent("Klinikken")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("allerede skrevet, hvad der er sket") && refused.body.contains("value=\"Klinikken\"")
    );
    let due = vera.get("/follow-ups").await.body;
    assert!(due.contains("Henvist til: CMM") && !due.contains("Klinikken"), "{due}");
}
