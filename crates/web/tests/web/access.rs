//! Who may: every address as every role, forms without their token, sessions, headers.

use crate::browser::{Browser, value_of};
use crate::support::{PASSWORD, World, make_list, world};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use store::PersonRole;
use web::{Audience, ROUTES, app};

fn path_of(pattern: &str, world: &World, line: i64, second: i64, network: &str) -> String {
    let id = match pattern {
        p if p.starts_with("/tag") || p.starts_with("/notes") => "1".to_owned(),
        p if p.starts_with("/second") => second.to_string(),
        p if p.starts_with("/network") => network.to_owned(),
        p if p.starts_with("/shared-numbers") || p.starts_with("/ad/") => "1".to_owned(),
        p if p.starts_with("/objections") || p.starts_with("/follow-ups") => "1".to_owned(),
        p if p.starts_with("/queue/views") || p.starts_with("/hand-overs") || p.starts_with("/copies") => {
            "1".to_owned()
        }
        p if p.starts_with("/incoming") => "1".to_owned(),
        p if p.starts_with("/case") => world.team_case.0.clone(),
        p if p.starts_with("/urgent") => world.urgent_case.0.clone(),
        p if p.starts_with("/line") => line.to_string(),
        p if p.starts_with("/places") => crate::places::PLACE.to_owned(),
        p if p.starts_with("/forms") => "1".to_owned(),
        p if p.starts_with("/people") => "1".to_owned(),
        p if p.starts_with("/sites") => "s1".to_owned(),
        p if p.starts_with("/what-if") => "7".to_owned(),
        p if p.starts_with("/indicators") || p.starts_with("/shadow") => "third_person_voice".to_owned(),
        p if p.starts_with("/settings") => "bavn.toml".to_owned(),
        p if p.starts_with("/retention") => "1".to_owned(),
        _ => "nothing".to_owned(),
    };
    // The first two ads of the network.
    pattern.replace("{id}", &id).replace("{name}", &id).replace("{a}", "1").replace("{b}", "2")
}

#[tokio::test]
async fn every_address_is_asked_for_as_every_role() {
    // The second of two programmes, to which the first has sent a case.
    let pair = crate::support::pair_on(store::Engine::Sqlite).await;
    crate::incoming::send(&pair).await;
    let mut world = pair.clinics;
    crate::places::open(&mut world).await;
    let line = make_list(&world).await[0];
    let network = crate::network::team_network(&world).await;
    crate::network::name_first_contact(&world).await;
    let second = crate::support::hold_second(&world).await;
    let case = store::Item::Case(world.team_case.clone());
    let by = world.state.store.account_by_login("forsker").await.unwrap().unwrap().id;
    let now = crate::support::now();
    world.state.store.add_note(&case, store::NoteKind::Tag, "uge 48", by, now).await.unwrap();
    // A file's copy, so that each of its addresses answers.
    // An attempt, so that what came of it can be written.
    crate::worker::put_attempt(&world, line).await;
    let vera = world.state.store.account_by_login("vest").await.unwrap().unwrap().id;
    let look = store::Look {
        actor: store::Actor::Account(vera),
        purpose: "test".into(),
        what: "list",
        subject: String::new(),
        at: now,
    };
    let (list, _) = world
        .state
        .store
        .list(&look, "2026-11-24".parse().unwrap(), &domain::TeamId::from("vest"))
        .await
        .unwrap()
        .unwrap();
    let copy = store::NewCopy { list: list.id, kind: store::CopyKind::Csv, holder: "Vera".into(), lines: vec![line] };
    assert_eq!(world.state.store.put_copy(&copy, vera, now).await.unwrap(), 1);
    crate::support::appointed(&world.state.store, "leder", "Lis Leder", PersonRole::Administrator).await;
    let people = [
        (None, None),
        (Some("forsker"), Some(PersonRole::Researcher)),
        (Some("vest"), Some(PersonRole::OutreachWorker)),
        (Some("admin"), Some(PersonRole::Administrator)),
        (Some("leder"), Some(PersonRole::Administrator)),
        (Some("revisor"), Some(PersonRole::Auditor)),
    ];
    for (login, role) in people {
        for route in
            // Those of a sign-in under way have their own tests (`accounts`).
            ROUTES.iter().filter(|route| {
                let own = route.path.starts_with("/sign-in") || route.path.starts_with("/invitation");
                !own && !["/sign-out", "/language", "/objection"].contains(&route.path)
            })
        {
            let router = app(world.state.clone());
            let mut browser = match login {
                Some(login) => Browser::signed_in(router, login).await,
                None => Browser::new(router),
            };
            let path = path_of(route.path, &world, line, second, &network);
            let answer = match route.method {
                "GET" => browser.get(&path).await,
                // Without a token: whoever may not is told so before, whoever may is told that the form is too old.
                _ => browser.post_raw(&path, &[("version", "1")]).await,
            };
            let may = match route.audience {
                Audience::Public => true,
                Audience::SignedIn => role.is_some(),
                Audience::Only(only) => role == Some(only),
                Audience::Appointed => login == Some("leder"),
                Audience::Either(one, other) => role == Some(one) || role == Some(other),
            };
            let told = format!("{} {} as {role:?}: {}", route.method, route.path, answer.status);
            match (may, role, route.method) {
                (false, None, "GET") => {
                    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{told}");
                    assert!(answer.location().starts_with("/sign-in"), "{told}");
                }
                (false, None, _) => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{told}"),
                (false, Some(_), _) => {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{told}");
                    assert!(answer.body.contains("Din rolle har ikke adgang"), "{told}");
                }
                (true, _, "GET") if route.path == "/" => assert_eq!(answer.status, StatusCode::SEE_OTHER, "{told}"),
                (true, _, "GET") if route.path == "/assets/{name}" => {
                    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{told}")
                }
                (true, _, "GET") => assert_eq!(answer.status, StatusCode::OK, "{told}\n{}", answer.body),
                (true, _, _) => {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{told}");
                    assert!(answer.body.contains("Siden er for gammel"), "{told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn each_role_lands_on_its_own_page_and_signs_out() {
    let world = world().await;
    for (login, start) in [("forsker", "/queue"), ("vest", "/today"), ("admin", "/sites"), ("revisor", "/audit")] {
        let mut browser = Browser::signed_in(app(world.state.clone()), login).await;
        assert_eq!(browser.get("/").await.location(), start);
        browser.get(start).await;
        let answer = browser.post("/sign-out", &[]).await;
        assert_eq!(answer.location(), "/sign-in");
        assert_eq!(browser.get(start).await.status, StatusCode::SEE_OTHER, "the session has ended");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_told_alike_and_the_login_rests_after_five() {
    let world = world().await;
    let mut browser = Browser::new(app(world.state.clone()));
    browser.get("/sign-in").await;
    let unknown = browser.post("/sign-in", &[("login", "nobody"), ("password", "x")]).await;
    for _ in 0..5 {
        let wrong = browser.post("/sign-in", &[("login", "forsker"), ("password", "x")]).await;
        assert_eq!(
            (wrong.status, unknown.status),
            (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY)
        );
        assert!(
            wrong.body.contains("Brugernavn eller adgangskode er forkert")
                && unknown.body.contains("Brugernavn eller adgangskode er forkert")
        );
    }
    let rested = browser.post("/sign-in", &[("login", "forsker"), ("password", PASSWORD)]).await;
    assert_eq!(rested.status, StatusCode::TOO_MANY_REQUESTS);
    let other = browser.post("/sign-in", &[("login", "admin"), ("password", PASSWORD)]).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "nobody else is locked out");
}

#[tokio::test]
async fn an_account_that_is_closed_is_out_at_once() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let account = world.state.store.account_by_login("forsker").await.unwrap().unwrap();
    let actor = store::Actor::System("test".into());
    world.state.store.set_account_disabled(account.id, true, &actor, crate::support::now()).await.unwrap();
    assert_eq!(browser.get("/queue").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_needs_its_token_and_our_own_page() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let take = format!("/case/{}/take", world.ordinary_case.0);
    browser.get("/queue").await;
    let token = value_of(&browser.body, "form_token").unwrap();
    let wrong = browser.post_raw(&take, &[("form_token", &"0".repeat(32))]).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    for (name, value) in [
        ("origin", "https://example.org"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = Request::post(&take)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value)
            .body(Body::from(format!("form_token={token}")))
            .unwrap();
        assert_eq!(browser.send(request).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let own = Request::post(&take)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("origin", "http://127.0.0.1")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(format!("form_token={token}")))
        .unwrap();
    assert_eq!(browser.send(own).await.status, StatusCode::SEE_OTHER);
    // Another session's token is no token.
    let mut other = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    other.get("/queue").await;
    assert_eq!(other.post_raw(&take, &[("form_token", &token)]).await.status, StatusCode::FORBIDDEN);
    // Nor can anybody be signed in from elsewhere.
    let mut visitor = Browser::new(app(world.state.clone()));
    let forged = visitor.post_raw("/sign-in", &[("login", "forsker"), ("password", PASSWORD)]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_answer_carries_the_headers_and_personal_pages_are_kept_nowhere() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    for path in ["/queue", "/contact", "/nothing-here", "/today"] {
        let answer = browser.get(path).await;
        let get = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        assert_eq!(get("cache-control"), "no-store", "{path}");
        assert!(get("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!get("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!(get("x-content-type-options"), "nosniff", "{path}");
        assert!(
            !answer.body.contains(" style=")
                && !answer.body.replace("<script src=\"/assets/keys.", "").contains("<script")
                && !answer.body.contains("<img"),
            "{path}"
        );
        assert!(answer.body.contains("<html lang=\"da\">"), "{path}");
    }
    let style = browser.body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = browser.get(&style).await;
    assert_eq!(
        (answer.status, answer.headers["content-type"].to_str().unwrap()),
        (StatusCode::OK, "text/css; charset=utf-8")
    );
    assert!(answer.headers["cache-control"].to_str().unwrap().contains("immutable"));
}

#[tokio::test]
async fn the_language_is_chosen_by_anybody_and_kept_with_the_account() {
    let world = world().await;
    let mut browser = Browser::new(app(world.state.clone()));
    let answer = browser.post_raw("/language", &[("to", "en"), ("back", "/contact")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/contact"));
    assert!(browser.get("/contact").await.body.contains("Who runs this?"));
    let answer = browser.post_raw("/language", &[("to", "en"), ("back", "//example.org")]).await;
    assert_eq!(answer.location(), "/", "no way to elsewhere");
    let mut browser = Browser::signed_in(app(world.state.clone()), "admin").await;
    browser.get("/sites").await;
    browser.post("/language", &[("to", "en"), ("back", "/sites")]).await;
    let mut again = Browser::signed_in(app(world.state.clone()), "admin").await;
    assert!(again.get("/sites").await.body.contains("<html lang=\"en\">"));
}
