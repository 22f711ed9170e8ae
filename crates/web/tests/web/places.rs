//! Places: the register and who sees which, the plan and visits, a status of concern, forms with consent first, coverage.

use crate::browser::{Browser, value_of};
use crate::support::{World, now, world};
use axum::http::StatusCode;
use jiff::civil::date;
use std::sync::Arc;
use store::{Actor, FormId, Look, NewForm, NewPlaceAct};
use web::places::KnownPlaces;
use web::{PlacesSettings, app};

/// A place in Aarhus that stands in the register from the beginning.
pub const PLACE: &str = "pl_0000000000000001";

fn instrument() -> Arc<instruments::Instrument> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/instruments/clinic-visit/1.toml");
    let text = std::fs::read_to_string(path).unwrap();
    Arc::new(instruments::Instrument::from_toml("1.toml", &text).unwrap().instrument)
}

fn look(world: &World) -> Look {
    let actor = Actor::System("test".into());
    Look { actor, purpose: "test".into(), what: "places", subject: String::new(), at: (world.state.settings.clock)() }
}

/// The programme's teams visit places: one stands in the register, and a form was begun there.
pub async fn open(world: &mut World) {
    let form = instrument();
    let settings = Arc::make_mut(&mut world.state.settings);
    settings.places = Some(Arc::new(PlacesSettings {
        interval_days: 180,
        concern_days: 14,
        pause_days: 30,
        visits: [2; 7],
        points: [("0751".to_owned(), (56.15, 10.2)), ("0461".to_owned(), (55.4, 10.4))].into(),
        bases: Default::default(),
        asked: vec![(form.id.clone(), form.version)],
        forms: vec![form.clone()],
    }));
    let (store, programme) = (&world.state.store, world.state.settings.programme.clone());
    let act = serde_json::json!({ "act": { "found": {
        "place": PLACE, "origin": "ads",
        "details": { "name": "Havnegade 1", "municipality_code": "0751", "point": [56.15, 10.2] },
    } } });
    let act = NewPlaceAct {
        place: PLACE.into(),
        other: None,
        kind: "found",
        on: date(2026, 10, 1),
        body: act,
        source: Some("ads|0751|havnegade 1".into()),
        told: store::VisitTold::Nothing,
    };
    store.put_place_acts(&programme, &[act], 0, &Actor::System("test".into()), now()).await.unwrap();
    let by = store.account_by_login("vest").await.unwrap().unwrap().id;
    let begun = NewForm {
        programme,
        place: PLACE.into(),
        team: "vest".into(),
        instrument: (form.id.clone(), form.version),
        digest: form.hash(),
        language: "da".into(),
        answers: [("consent".to_owned(), "yes".to_owned())].into(),
        on: date(2026, 11, 24),
        form_key: "test".into(),
    };
    assert_eq!(store.begin_form(&begun, by, now()).await.unwrap(), FormId(1));
}

async fn opened() -> World {
    let mut world = world().await;
    open(&mut world).await;
    world
}

async fn known(world: &World) -> KnownPlaces {
    KnownPlaces::read(&world.state.store, &look(world), &world.state.settings.programme).await.unwrap()
}

#[tokio::test]
async fn there_are_no_such_pages_where_teams_get_lists() {
    let world = world().await;
    let mut worker = Browser::signed_in(app(world.state.clone()), "vest").await;
    for path in ["/places", "/visits", "/forms/1"] {
        assert_eq!(worker.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(worker.get("/").await.location(), "/today");
    assert!(!worker.get("/today").await.body.contains("href=\"/visits\""));
}

#[tokio::test]
async fn a_worker_plans_visits_and_records_what_was_offered_and_accepted() {
    let world = opened().await;
    let mut worker = Browser::signed_in(app(world.state.clone()), "vest").await;
    assert_eq!(worker.get("/").await.location(), "/visits");
    assert!(worker.get("/visits").await.body.contains("Der er ingen plan"));
    assert_eq!(worker.post("/visits/plan", &[]).await.location(), "/visits?done=plan-drawn");
    let day = worker.get("/visits").await.body;
    assert!(day.contains("Havnegade 1, Aarhus") && day.contains("Trukket ved lod"), "{day}");
    assert!(day.contains("Begynd med sundhedstilbuddet"), "help first");
    let path = format!("/places/{PLACE}");
    let page = worker.get(&path).await.body;
    let key = value_of(&page, "form_key").unwrap();
    let visit = format!("{path}/visit");
    let too_many = worker.post(&visit, &[("result", "met"), ("o:health", "1"), ("a:health", "2")]).await;
    assert_eq!(too_many.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(too_many.body.contains("taget imod mere"), "{}", too_many.body);
    let fields = [
        ("result", "met"),
        ("o:health", "3"),
        ("a:health", "2"),
        ("suspicion", "1"),
        ("note", "Kom efter klokken 14"),
        ("form_key", key.as_str()),
    ];
    for _ in 0..2 {
        // Sent twice over a bad line, kept once.
        assert_eq!(worker.post(&visit, &fields).await.location(), format!("{path}?done=place-visited"));
    }
    let place = known(&world).await.register.places().next().cloned().unwrap();
    let visits: Vec<_> = place.visits.iter().map(|(on, _, visit)| (*on, visit.offered, visit.accepted)).collect();
    assert_eq!(visits, [(date(2026, 11, 24), 3, 2)]);
    let page = worker.get(&path).await.body;
    assert!(page.contains("Kom efter klokken 14") && page.contains("Kom igen: tillid"), "{page}");
    assert!(worker.get("/visits").await.body.contains("Besøgt i dag"));
    // Another team's area is not this worker's to see.
    let mut other = Browser::signed_in(app(world.state.clone()), "oest").await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(!other.get("/places").await.body.contains("Havnegade"));
    // Taken back, it stands in the history as taken back.
    let number = known(&world).await.acts.last().unwrap().0.id.to_string();
    worker.get(&path).await;
    assert_eq!(
        worker.post(&format!("{path}/undo"), &[("number", &number)]).await.location(),
        format!("{path}?done=place-undone")
    );
    assert!(known(&world).await.register.places().next().unwrap().visits.is_empty());
    assert!(worker.get(&path).await.body.contains("taget tilbage"));
}

#[tokio::test]
async fn a_researcher_sets_a_concern_with_reasons_merges_and_reads_a_list_in() {
    let world = opened().await;
    let mut reader = Browser::signed_in(app(world.state.clone()), "forsker").await;
    reader.get("/places/import").await;
    let list = "navn;kommune\nHavnegade 1;Aarhus\nNørregade 2;Odense\nGade 3;Ingensteds\n";
    let answer = reader.post("/places/import", &[("list", list)]).await;
    assert!(answer.body.contains("Ét nyt sted.") && answer.body.contains("Ét var kendt"), "{}", answer.body);
    assert!(answer.body.contains("Linje 4: Vælg en kommune"), "{}", answer.body);
    let again = reader.post("/places/import", &[("list", list)]).await;
    assert!(again.body.contains("2 var læst ind før."), "{}", again.body);
    assert_eq!(known(&world).await.register.places().count(), 2);
    let path = format!("/places/{PLACE}");
    let page = reader.get(&path).await.body;
    assert!(page.contains("fra annoncer, en liste"), "{page}");
    let act = format!("{path}/act");
    let bare =
        reader.post(&act, &[("act", "concern"), ("evidence", " "), ("reason", "x"), ("review", "2027-02-01")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [
        ("act", "concern"),
        ("evidence", "besøg 2. november: en anden svarede"),
        ("reason", "ingen var alene"),
        ("review", "2027-02-01"),
    ];
    assert_eq!(reader.post(&act, &fields).await.location(), format!("{path}?done=place-acted"));
    let page = reader.get(&path).await.body;
    assert!(page.contains("ingen var alene") && page.contains("Rikke Forsker"), "{page}");
    assert!(reader.get("/places?show=concern").await.body.contains("Havnegade 1"));
    let end = reader.post(&act, &[("act", "concern_ended"), ("reason", "")]).await;
    assert_eq!(end.status, StatusCode::UNPROCESSABLE_ENTITY, "an end needs a reason too");
    // A worker sets and ends none.
    let mut worker = Browser::signed_in(app(world.state.clone()), "vest").await;
    worker.get(&path).await;
    assert_eq!(worker.post(&act, &fields).await.status, StatusCode::FORBIDDEN);
    let coverage = reader.get("/coverage").await;
    assert!(coverage.body.contains("Region Midtjylland") && coverage.body.contains("Hele landet"), "{}", coverage.body);
    let number = "Kælderen, tlf. 34 00 00 10";
    reader.get("/places").await;
    let wrong = reader.post("/places", &[("name", number), ("municipality", "0751")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("ligner et telefonnummer"));
}

/// The fields of an open form as the page shows them, with `answers` in place of some.
fn fields<'a>(body: &'a str, answers: &[(&'a str, &'a str)], act: &'a str) -> Vec<(&'a str, String)> {
    let value = |name| value_of(body, name).unwrap();
    let mut fields = vec![("act", act.to_owned()), ("revision", value("revision")), ("seen", value("seen"))];
    fields.extend(answers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    fields
}

async fn send(browser: &mut Browser, path: &str, fields: &[(&str, String)]) -> crate::browser::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await
}

#[tokio::test]
async fn a_form_asks_for_consent_first_follows_the_answers_and_explains_its_band() {
    let world = opened().await;
    let mut worker = Browser::signed_in(app(world.state.clone()), "vest").await;
    let path = format!("/places/{PLACE}");
    let begin = worker.get(&format!("{path}/form?form=clinic-visit&in=en")).await;
    assert!(begin.body.contains("May I ask you some questions"), "{}", begin.body);
    assert!(begin.body.contains("lang=\"en\"") && !begin.body.contains("Hvor er dit pas"));
    let key = value_of(&begin.body, "form_key").unwrap();
    let consent = |answer: &'static str, key: String| {
        vec![
            ("form", "clinic-visit".to_owned()),
            ("in", "en".to_owned()),
            ("consent", answer.to_owned()),
            ("form_key", key),
        ]
    };
    let form = format!("{path}/form");
    let no = send(&mut worker, &form, &consent("no:no", key.clone())).await;
    assert_eq!(no.location(), format!("{path}?done=form-declined"));
    let ids = [PLACE.to_owned()];
    let forms =
        async || world.state.store.forms_at(&look(&world), &world.state.settings.programme, &ids).await.unwrap();
    assert_eq!(forms().await.len(), 1, "a refusal leaves nothing");
    let yes = send(&mut worker, &form, &consent("given", key)).await;
    assert_eq!(yes.location(), "/forms/2");
    let page = worker.get("/forms/2").await.body;
    assert!(page.contains("without anybody else hearing") && !page.contains("Where are your passport"), "{page}");
    // Finishing shows first what the answers lead to.
    let answers = [("q:alone", "yes"), ("q:offered:health", "1")];
    let more = send(&mut worker, "/forms/2", &fields(&page, &answers, "finish")).await;
    assert!(more.status == StatusCode::OK && more.body.contains("Where are your passport"), "{}", more.body);
    assert!(more.body.contains("Svarene fører til"));
    let answers = [
        ("q:alone", "yes"),
        ("q:offered:health", "1"),
        ("q:papers", "other"),
        ("q:can_leave", "no"),
        ("q:debt", "growing"),
        ("q:hours", "40"),
    ];
    let wrong = send(&mut worker, "/forms/2", &fields(&more.body, &answers, "finish")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Between 0 and 24 hours"), "{}", wrong.body);
    let mut right = answers.to_vec();
    right.retain(|(name, _)| *name != "q:hours");
    right.push(("q:could_stop", "yes"));
    let mut body = wrong.body;
    let mut last = String::new();
    for _ in 0..3 {
        let answer = send(&mut worker, "/forms/2", &fields(&body, &right, "finish")).await;
        last = answer.location().to_owned();
        if !last.is_empty() {
            break;
        }
        body = answer.body;
    }
    assert_eq!(last, "/forms/2?done=form-ended", "{body}");
    let done = worker.get("/forms/2").await.body;
    assert!(done.contains("band-medium") || done.contains("band-high"), "{done}");
    assert!(done.contains("Hvor er dit pas") && done.contains("En anden har dem") && done.contains("Uden dette svar"));
    assert!(done.contains("ikke valideret i Danmark"), "{done}");
    // Withdrawn, nothing is left.
    assert_eq!(worker.post("/forms/2", &[("act", "withdraw")]).await.location(), format!("{path}?done=form-withdrawn"));
    assert_eq!(worker.get("/forms/2").await.status, StatusCode::NOT_FOUND);
    // Researchers do not read answers, and other teams not these.
    let mut other = Browser::signed_in(app(world.state.clone()), "oest").await;
    assert_eq!(other.get("/forms/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_devices_that_save_the_same_form_are_both_shown_and_one_can_stop_anywhere() {
    let world = opened().await;
    let mut one = Browser::signed_in(app(world.state.clone()), "vest").await;
    let mut two = Browser::signed_in(app(world.state.clone()), "viggo").await;
    let (a, b) = (one.get("/forms/1").await.body, two.get("/forms/1").await.body);
    let first = send(&mut one, "/forms/1", &fields(&a, &[("q:alone", "no")], "save")).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
    let second = send(&mut two, "/forms/1", &fields(&b, &[("q:alone", "yes")], "save")).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(
        second.body.contains("Vera Vest gemte") && second.body.contains("Gemt af den anden: Nej"),
        "{}",
        second.body
    );
    // Who has seen both decides.
    let decided = send(&mut two, "/forms/1", &fields(&second.body, &[("q:alone", "yes")], "save")).await;
    assert_ne!(decided.status, StatusCode::CONFLICT, "{}", decided.body);
    let page = two.get("/forms/1").await.body;
    let stopped = send(&mut two, "/forms/1", &fields(&page, &[("q:alone", "yes")], "stop-drop")).await;
    assert_eq!(stopped.location(), format!("/places/{PLACE}?done=form-dropped"));
    let left =
        world.state.store.forms_at(&look(&world), &world.state.settings.programme, &[PLACE.into()]).await.unwrap();
    assert!(left.is_empty(), "stopped without keeping leaves nothing");
}

#[tokio::test]
async fn a_save_that_meets_an_ended_form_shows_both_and_writes_over_nothing() {
    let world = opened().await;
    let mut one = Browser::signed_in(app(world.state.clone()), "vest").await;
    let mut two = Browser::signed_in(app(world.state.clone()), "viggo").await;
    let (a, b) = (one.get("/forms/1").await.body, two.get("/forms/1").await.body);
    let ended = send(&mut one, "/forms/1", &fields(&a, &[("q:alone", "no")], "stop-keep")).await;
    assert_eq!(ended.location(), "/forms/1?done=form-ended", "{}", ended.body);
    let late = send(&mut two, "/forms/1", &fields(&b, &[("q:alone", "yes")], "save")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    for words in ["Vera Vest afsluttede samtalen", "Dit er ikke gemt", "Gemt af den anden: Nej", "Se det, der er gemt"]
    {
        assert!(late.body.contains(words), "{words}: {}", late.body);
    }
    assert!(late.body.contains("value=\"yes\" checked") && !late.body.contains("value=\"finish\""), "{}", late.body);
    // The same sent twice is nothing to choose.
    let twice = send(&mut one, "/forms/1", &fields(&a, &[("q:alone", "no")], "stop-keep")).await;
    assert_eq!(twice.location(), "/forms/1");
    let ids = [PLACE.to_owned()];
    let kept = world.state.store.forms_at(&look(&world), &world.state.settings.programme, &ids).await.unwrap();
    assert_eq!((kept[0].state, kept[0].answers["alone"].as_str()), (store::FormState::Stopped, "no"));
}

#[tokio::test]
async fn a_consent_is_taken_back_where_the_form_s_version_is_gone() {
    let mut world = opened().await;
    let mut settings = (*world.state.settings).clone();
    let mut places = (**settings.places.as_ref().unwrap()).clone();
    places.forms.clear();
    settings.places = Some(std::sync::Arc::new(places));
    world.state.settings = std::sync::Arc::new(settings);
    let mut worker = Browser::signed_in(app(world.state.clone()), "vest").await;
    let page = worker.get("/forms/1").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    for words in ["Samtalen kan ikke vises", "ikke i opsætningen længere", "Slet samtalen"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let gone = worker.post("/forms/1", &[("act", "withdraw")]).await;
    assert_eq!(gone.location(), format!("/places/{PLACE}?done=form-withdrawn"));
    assert_eq!(worker.get("/forms/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_stays_small_and_says_no_word_that_a_third_party_should_not_read() {
    let world = opened().await;
    let mut worker = Browser::signed_in(app(world.state.clone()), "vest").await;
    for path in ["/visits".to_owned(), "/places".to_owned(), format!("/places/{PLACE}"), "/forms/1".to_owned()] {
        let body = worker.get(&path).await.body;
        assert!(body.len() < 60_000, "{path}: {}", body.len());
        let lower = body.to_lowercase();
        assert!(!lower.contains("menneskehandel") && !lower.contains("trafficking"), "{path}");
        assert!(!body.contains("<script src=\"/assets/keep"), "answers are not kept in the browser: {path}");
    }
}
