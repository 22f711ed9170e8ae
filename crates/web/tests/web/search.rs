//! Search, the look-up of a contact, and lists as files.

use crate::browser::Browser;
use crate::support::world;
use axum::http::StatusCode;
use web::app;

#[tokio::test]
async fn search_shows_masked_words_their_case_and_networks() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get("/search").await;
    let asked = browser.post("/search", &[("q", "selvstændige massør"), ("region", ""), ("language", "da")]).await;
    assert_eq!(asked.location(), "/search?q=selvst%C3%A6ndige%20mass%C3%B8r&language=da");
    let page = browser.get(asked.location()).await.body;
    assert!(page.contains("1 udgave fundet") && page.contains(&world.ordinary_case.0), "{page}");
    assert!(page.contains("<mark class=\"mention\">selvstændig") && !page.contains("34000070"));
    let phrase = browser.get("/search?q=%22min+egen+hjemmeside%22").await.body;
    assert!(phrase.contains("1 udgave fundet"), "{phrase}");
    assert!(browser.get("/search?q=%22hjemmeside+egen%22").await.body.contains("Intet fundet"));
    // Words of risk services are covered here too.
    let covered = browser.get("/search?q=protection").await.body;
    assert!(covered.contains("[Tilbyder uden beskyttelse]") && !covered.contains("Without protection"), "{covered}");
    let networks = browser.get("/search?q=sweet&show=networks").await.body;
    assert!(networks.contains("1 netværk fundet") && networks.contains(&world.team_case.0), "{networks}");
    let cases = browser.get("/search?q=sweet&show=cases").await.body;
    assert!(
        cases.contains("1 sag fundet") && cases.contains(&world.team_case.0) && cases.contains("Ny, Høj"),
        "{cases}"
    );
    let file = browser.get("/search.csv?q=sweet&show=cases").await.body;
    assert!(file.contains(&format!(";{};open;high", world.team_case.0)), "{file}");
    assert!(browser.get("/search?indicator=third_person_voice").await.body.contains("udgaver fundet"));
    // The urgent case's ad is found by those appointed alone.
    assert!(browser.get("/search?q=skriv").await.body.contains("Intet fundet"));
    let mut appointed = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert!(appointed.get("/search?q=skriv").await.body.contains("1 udgave fundet"));
}

#[tokio::test]
async fn an_ad_that_was_found_is_read_in_full_on_a_page_of_its_own() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let found = browser.get("/search?q=sweet").await.body;
    let href = found.split("href=\"/ad/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = browser.get(&format!("/ad/{href}")).await.body;
    for words in [
        "Teksterne, udgave for udgave",
        "Tegn i annoncen",
        "<mark class=\"for\">",
        "Forbindelser mellem annoncer",
        "Det, der taler imod",
        "K-",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains(&format!("/case/{}?look=yes", world.team_case.0)), "its case is a click away");
    assert!(page.len() < 100_000, "{} bytes", page.len());
    // Words of risk services are covered here too, and the ad of an urgent case is for those appointed.
    let second = browser.get("/ad/2").await.body;
    assert!(!second.contains("Without protection") && second.contains("[Tilbyder uden beskyttelse]"), "{second}");
    assert!(browser.get("/ad/2?words=shown").await.body.contains("Without protection"));
    let look = store::Look {
        actor: store::Actor::System("test".into()),
        purpose: "test".into(),
        what: "case",
        subject: String::new(),
        at: crate::support::now(),
    };
    let urgent = world.state.store.case(&look, &world.urgent_case).await.unwrap().ads[0].label.number;
    assert_eq!(browser.get(&format!("/ad/{urgent}")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/ad/999").await.status, StatusCode::NOT_FOUND);
    let seen = world.state.store.audit_entries(None, 20).await.unwrap();
    assert!(
        seen.iter().any(|entry| entry.kind == "ad" && entry.subject.as_deref() == Some("2")),
        "each look is logged"
    );
}

#[tokio::test]
async fn a_contact_never_stands_in_an_address_and_is_looked_up_with_a_purpose() {
    let world = world().await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get("/search").await;
    for typed in ["34000050", "ring 34 00 00 50", "nogen@example.dk", "3 4 0 0 0 0 5 0"] {
        let sent = browser.post("/search", &[("q", typed)]).await;
        assert_eq!((sent.status, sent.location()), (StatusCode::UNPROCESSABLE_ENTITY, ""), "{typed}");
        let address: String = typed.bytes().map(|b| format!("%{b:02X}")).collect();
        for path in ["/search", "/search.csv"] {
            let refused = browser.get(&format!("{path}?q={address}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {typed}");
            assert!(
                refused.body.contains("må ikke stå i adressen") && !refused.body.contains(typed),
                "{}",
                refused.body
            );
            assert!(!refused.body.contains(&address), "not even as the way back");
        }
    }
    let without = browser.post("/search/contact", &[("contact", "34000050"), ("purpose", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unread = browser.post("/search/contact", &[("contact", "ingenting"), ("purpose", "indsigt")]).await;
    assert!(unread.body.contains("kunne ikke læses"));
    let found = browser.post("/search/contact", &[("contact", "34000050"), ("purpose", "Anmodning om indsigt")]).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(found.body.contains("2 annoncer") && found.body.contains(&world.team_case.0), "{}", found.body);
    assert!(!found.body.contains("34000050"), "the number is not repeated");
    let entry = world.state.store.audit_entries(None, 1).await.unwrap().remove(0);
    assert_eq!((entry.kind.as_str(), entry.purpose.as_deref()), ("contact_lookup", Some("Anmodning om indsigt")));
    assert!(entry.subject.as_deref().is_some_and(|subject| subject.starts_with("K-")));
}

#[tokio::test]
async fn lists_are_files_that_a_spreadsheet_does_not_run_and_each_is_logged() {
    let world = world().await;
    let path = format!("/case/{}", world.ordinary_case.0);
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let queue = browser.get("/queue.csv?language=en").await;
    assert_eq!(queue.headers["content-type"].to_str().unwrap(), "text/csv; charset=utf-8");
    assert!(queue.headers["content-disposition"].to_str().unwrap().contains("bavn-queue.csv"));
    assert_eq!(queue.body.lines().count(), 2, "{}", queue.body);
    assert!(queue.body.starts_with("\u{feff}case;") && queue.body.contains(&world.team_case.0));
    let page = browser.get(&path).await.body;
    let version = crate::browser::value_of(&page, "version").unwrap();
    let fields =
        [("version", version.as_str()), ("kind", "spam"), ("reason", "other"), ("text", "=HYPERLINK(1);\"x\"")];
    browser.post(&format!("{path}/decide"), &fields).await;
    let history = browser.get("/history.csv").await.body;
    assert!(history.contains("=HYPERLINK(1);\"\"x\"\"") && !history.contains(";=HYPERLINK"), "{history}");
    let ads = browser.get("/search.csv?q=sweet").await.body;
    assert!(ads.lines().count() >= 3 && !ads.contains("34000"), "{ads}");
    let network = crate::network::team_network(&world).await;
    for (list, head) in [("ads", "ad;advertiser;"), ("links", "ad;other_ad;kind;"), ("advertisers", "advertiser;band;")]
    {
        let file = browser.get(&format!("/network/{network}/file?list={list}")).await.body;
        assert!(file.starts_with(&format!("\u{feff}{head}")) && file.lines().count() >= 3, "{list}: {file}");
        assert!(!file.contains("34000"), "{list}: {file}");
    }
    crate::network::name_first_contact(&world).await;
    let numbers = browser.get("/shared-numbers.csv?show=named").await.body;
    assert!(numbers.lines().count() == 2 && numbers.contains("K-") && !numbers.contains("34000"), "{numbers}");
    assert!(browser.get("/second.csv").await.body.starts_with("\u{feff}case;first;second;third;"));
    let kinds: Vec<String> =
        world.state.store.audit_entries(None, 20).await.unwrap().into_iter().map(|e| e.kind).collect();
    for kind in [
        "export:queue",
        "export:history",
        "export:search",
        "export:network",
        "export:shared_numbers",
        "export:second_readings",
    ] {
        assert!(kinds.iter().any(|logged| logged == kind), "{kind}: {kinds:?}");
    }
}
