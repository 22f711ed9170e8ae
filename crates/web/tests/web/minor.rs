//! A worker learns that somebody may be under 18: whom to ring, the route that opens at once, and who may read it.

use crate::browser::{Browser, value_of};
use crate::objections::desk;
use crate::support::{World, appointed, make_list, make_ordinary_list, now, world};
use crate::worker::{attempt, claimed};
use axum::http::StatusCode;
use store::PersonRole;
use web::app;

async fn browser(world: &World, login: &str) -> Browser {
    Browser::signed_in(app(world.state.clone()), login).await
}

#[tokio::test]
async fn a_worker_opens_the_urgent_route_from_a_line_and_reads_whom_to_ring() {
    let world = world().await;
    let path = format!("/line/{}", make_ordinary_list(&world).await);
    let mut vera = browser(&world, "vest").await;
    let page = vera.get(&path).await.body;
    for there in ["Kan personen være under 18?", "Ulla Udpeget", "67 00 00 61", "Barnets lov § 133"] {
        assert!(page.contains(there), "{there}: {page}");
    }
    let done = vera.post(&format!("{path}/urgent"), &[]).await;
    assert_eq!(done.location(), format!("{path}?done=urgent-reported"));
    let page = vera.get(&path).await.body;
    assert!(page.contains("Hasteforløbet er åbent") && page.contains("href=\"tel:67000061\""), "{page}");
    assert!(!page.contains("Åbn hasteforløbet nu") && !page.contains("Tag linjen"), "{page}");
    // Nobody else gets to the person either, and it is on no list any more.
    let mut viggo = browser(&world, "viggo").await;
    viggo.get(&path).await;
    assert_eq!(viggo.post(&format!("{path}/claim"), &[]).await.status, StatusCode::CONFLICT);
    assert!(crate::support::put_list(&world).await.is_empty());
    // The notice waits to be sent, and says who reported it.
    let notices = world.state.store.follow_urgent(now()).await.unwrap();
    let own = notices.iter().find(|notice| notice.case == world.ordinary_case).unwrap();
    assert_eq!(own.reported.as_deref(), Some("Vera Vest"));
    let event = world.state.store.events(None, 5).await.unwrap().into_iter().find(|e| e.kind == "urgent_opened");
    assert_eq!(event.unwrap().payload.unwrap()["case"], world.ordinary_case.0.as_str());
    // Who calls back is met with the same help.
    vera.get("/called").await;
    assert!(!vera.post("/called", &[("contact", "34999999")]).await.body.contains("tel:67000061"));
}

#[tokio::test]
async fn the_button_is_one_of_the_form_and_what_was_typed_and_ticked_stays_to_be_recorded() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    let page = vera.body.clone();
    assert_eq!(page.matches("Åbn hasteforløbet nu").count(), 1, "one way to it: {page}");
    assert!(page.contains(&format!("formaction=\"{path}/urgent\"")), "{page}");
    let key = value_of(&page, "key").unwrap();
    let typed = [
        ("key", key.as_str()),
        ("channel", "visit"),
        ("note", "Siger selv 16"),
        ("caution_camera", "1"),
        ("seen", "0"),
    ];
    let told = vera.post(&format!("{path}/urgent"), &typed).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    for words in ["Hasteforløbet er åbent", "tel:67000061", "Siger selv 16", "Linjen er lukket", &key] {
        assert!(told.body.contains(words), "{words}: {}", told.body);
    }
    let shown = told.body.clone();
    assert!(shown.contains("id=\"a-c-visit\" name=\"channel\" value=\"visit\" required checked"), "{shown}");
    assert!(shown.contains("name=\"caution_camera\" value=\"1\" checked") && !shown.contains("tel:+45"), "{shown}");
    assert!(!shown.contains("Åbn hasteforløbet nu"), "it is open");
    // Also without the typed page: whoever holds the line can write what happened.
    let again = vera.get(&path).await.body;
    assert!(again.contains("Linjen er lukket") && again.contains("Giv linjen tilbage"), "{again}");
    attempt(&mut vera, &path, &[("outcome", "informed"), ("note", "Siger selv 16"), ("caution_camera", "1")]).await;
    let row = world.state.store.attempts(&desk("s1", "a1")).await.unwrap().pop().unwrap();
    assert_eq!((row.outcome, row.cautions.len()), (Some(store::Outcome::Informed), 1));
    let done = vera.get(&path).await.body;
    assert!(!done.contains("Linjen er lukket"), "done is done: {done}");
}

#[tokio::test]
async fn whoever_rings_and_may_be_under_18_opens_the_route_from_the_call() {
    let world = world().await;
    let path = format!("/line/{}", make_list(&world).await[0]);
    let mut vera = claimed(&world, "vest", &path).await;
    attempt(&mut vera, &path, &[("outcome", "no_answer")]).await;
    let blind = vera.post("/called/urgent", &[("attempt", "1")]).await;
    assert_eq!(blind.status, StatusCode::NOT_FOUND, "only of a number that was looked up");
    vera.get("/called").await;
    let page = vera.post("/called", &[("contact", "34000050")]).await.body;
    assert!(page.contains("formaction=\"/called/urgent\""), "{page}");
    let hidden = |name: &str| value_of(&page, name).unwrap();
    let (id, seen, key) = (hidden("attempt"), hidden("seen"), hidden("key"));
    let fields =
        [("attempt", id.as_str()), ("seen", &seen), ("key", &key), ("channel", "call"), ("note", "Går i skole")];
    let told = vera.post("/called/urgent", &fields).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    for words in ["Hasteforløbet er åbent", "tel:67000061", "Går i skole", "action=\"/called/outcome\""] {
        assert!(told.body.contains(words), "{words}: {}", told.body);
    }
    assert!(!told.body.contains("34000050") && !told.body.contains("34 00 00 50"), "the page repeats no number");
    let saved = [fields.as_slice(), &[("outcome", "informed")]].concat();
    assert_eq!(vera.post("/called/outcome", &saved).await.location(), "/follow-ups?done=outcome");
    assert!(vera.post("/called", &[("contact", "34000050")]).await.body.contains("Ligger i hasteforløbet"));
    let notices = world.state.store.follow_urgent(now()).await.unwrap();
    let own = notices.iter().find(|notice| notice.case == world.team_case).unwrap();
    assert_eq!(own.reported.as_deref(), Some("Vera Vest"));
}

#[tokio::test]
async fn an_appointed_person_of_any_role_reads_exactly_the_urgent_pages() {
    let world = world().await;
    make_list(&world).await;
    appointed(&world.state.store, "vagt", "Vita Vagt", PersonRole::OutreachWorker).await;
    appointed(&world.state.store, "leder", "Lis Leder", PersonRole::Administrator).await;
    appointed(&world.state.store, "revi", "Rita Revisor", PersonRole::Auditor).await;
    let urgent = format!("/urgent/{}", world.urgent_case.0);
    for login in ["vagt", "leder", "revi", "udpeget"] {
        let mut one = browser(&world, login).await;
        let list = one.get("/urgent").await;
        assert_eq!(list.status, StatusCode::OK, "{login}");
        assert!(list.body.contains(&urgent) && !list.body.contains(&world.team_case.0), "{login}: {}", list.body);
        let page = one.get(&urgent).await;
        assert_eq!(page.status, StatusCode::OK, "{login}: {}", page.body);
        assert!(page.body.contains("Luk hasteforløbet") && page.body.contains("Barnets lov § 133"), "{}", page.body);
        for hidden in ["+4534", "34 00", "tel:"] {
            assert!(!page.body.contains(hidden), "{login}: {hidden}");
        }
        let other = one.get(&format!("/urgent/{}", world.team_case.0)).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{login}: no ordinary case");
        if login != "udpeget" {
            let case = one.get(&format!("/case/{}", world.urgent_case.0)).await;
            assert_eq!(case.status, StatusCode::FORBIDDEN, "{login}: the researcher's page stays the researcher's");
        }
    }
    let mut none = browser(&world, "forsker").await;
    assert_eq!(none.get("/urgent").await.status, StatusCode::FORBIDDEN);
    assert!(!none.get("/queue").await.body.contains("href=\"/urgent\""));

    let mut vita = browser(&world, "vagt").await;
    world.state.store.follow_urgent(now()).await.unwrap();
    assert!(vita.get(&urgent).await.body.contains("Jeg tager mig af det"));
    assert_eq!(vita.post(&format!("{urgent}/answer"), &[]).await.location(), format!("{urgent}?done=urgent-answered"));
    assert!(vita.get(&urgent).await.body.contains("Vita Vagt tager sig af det"));
    let empty = vita.post(&format!("{urgent}/close"), &[("reason", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = vita.post(&format!("{urgent}/close"), &[("reason", &"x".repeat(2001))]).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(long.body.contains("Teksten er for lang"), "{}", long.body);
    assert_eq!(
        vita.post(&format!("{urgent}/close"), &[("reason", "Hun er 24")]).await.location(),
        "/urgent?done=urgent-closed"
    );
    assert_eq!(vita.get(&urgent).await.status, StatusCode::NOT_FOUND);
}
