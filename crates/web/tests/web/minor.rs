//! A worker learns that somebody may be under 18: whom to ring, the route that opens at once, and who may read it.

use crate::browser::Browser;
use crate::support::{World, appointed, make_list, make_ordinary_list, now, world};
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
    assert_eq!(
        vita.post(&format!("{urgent}/close"), &[("reason", "Hun er 24")]).await.location(),
        "/urgent?done=urgent-closed"
    );
    assert_eq!(vita.get(&urgent).await.status, StatusCode::NOT_FOUND);
}
