//! What the main pages look like: snapshots of their words, and habits that hold on every page.

use crate::browser::Browser;
use crate::support::{World, make_list, world};
use axum::http::StatusCode;
use web::app;

async fn pages(world: &World) -> Vec<(&'static str, &'static str, String)> {
    let line = make_list(world).await[0];
    let second = crate::support::hold_second(world).await;
    crate::network::name_first_contact(world).await;
    crate::objections::ask_one(world).await;
    vec![
        ("sign-in", "", "/sign-in".to_owned()),
        ("contact", "", "/contact".to_owned()),
        ("objection", "", "/objection".to_owned()),
        ("objections", "admin", "/objections".to_owned()),
        ("queue", "forsker", "/queue".to_owned()),
        ("case", "forsker", format!("/case/{}", world.team_case.0)),
        ("network", "forsker", format!("/network/{}", crate::network::team_network(world).await)),
        ("pair", "forsker", "/pair/1/3?weigh=yes".to_owned()),
        ("shared-numbers", "forsker", "/shared-numbers?show=named".to_owned()),
        ("shared-number", "forsker", "/shared-numbers/1".to_owned()),
        ("search", "forsker", "/search?q=sweet".to_owned()),
        ("ad", "forsker", "/ad/1".to_owned()),
        ("search-cases", "forsker", "/search?q=sweet&show=cases".to_owned()),
        ("history", "forsker", "/history?whose=all".to_owned()),
        ("second", "forsker", "/second".to_owned()),
        ("second-reading", "forsker", format!("/second/{second}")),
        ("try", "forsker", "/try".to_owned()),
        ("today", "vest", "/today".to_owned()),
        ("called", "vest", "/called".to_owned()),
        ("follow-ups", "vest", "/follow-ups".to_owned()),
        ("line", "vest", format!("/line/{line}")),
        ("sites", "admin", "/sites".to_owned()),
        ("site", "admin", "/sites/s1".to_owned()),
        ("people", "admin", "/people".to_owned()),
        ("audit", "revisor", "/audit".to_owned()),
        ("drift", "forsker", "/drift".to_owned()),
        ("what-if", "admin", "/what-if".to_owned()),
        ("what-if-result", "forsker", "/what-if/7".to_owned()),
        ("shadow", "admin", "/shadow/third_person_voice".to_owned()),
        ("indicator", "admin", "/indicators/third_person_voice".to_owned()),
    ]
}

/// The words of the main part, one piece of text a line.
fn words(html: &str) -> String {
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap();
    let mut words = String::new();
    for piece in main.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim()) {
        if !piece.is_empty() {
            words.push_str(piece);
            words.push('\n');
        }
    }
    words
}

/// Two analyses: a language that is flagged more often than all others, a sign that began to fire, one that stopped.
#[tokio::test]
async fn the_page_on_fairness_shows_what_changed_and_warns() {
    let world = world().await;
    let language = |advertisers, flagged, high| domain::LanguageFigures { advertisers, flagged, high };
    let change = |figures: &mut domain::RunFigures| {
        figures.languages.insert("da".to_owned(), language(400, 12, 2));
        figures.languages.insert("ro".to_owned(), language(60, 30, 11));
        figures.advertisers += 460;
        figures.bands = [300, 118, 30, 16];
        figures.fired.insert(domain::IndicatorId::from("near_duplicate_text"), 55);
        figures.fired.remove(&domain::IndicatorId::from("third_person_voice"));
        figures.abstained.insert(domain::IndicatorId::from("price_conflict"), 7);
    };
    crate::support::analysed_again(&world, change).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let answer = browser.get("/drift").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("class=\"alert warn\""), "something stands out");
    let catalogue = world.state.catalogue.hash();
    let said = words(&answer.body).replace(&catalogue[..catalogue.len().min("sha256:".len() + 12)], "[CATALOGUE]");
    assert!(said.contains("udpeges oftere end alle andre"), "{said}");
    insta::assert_snapshot!("drift-filled", said);
}

#[tokio::test]
async fn the_main_pages_say_this() {
    let world = world().await;
    for (name, login, path) in pages(&world).await {
        let mut browser = match login {
            "" => Browser::new(app(world.state.clone())),
            login => Browser::signed_in(app(world.state.clone()), login).await,
        };
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        // Ids of cases are given by the store and differ from run to run.
        let mut said = words(&answer.body);
        for case in [&world.team_case, &world.ordinary_case, &world.urgent_case] {
            said = said.replace(&case.0[case.0.len() - 6..].to_uppercase(), "[CASE]");
        }
        // A snapshot is of the page: another wording in the catalogue is no other page.
        let catalogue = world.state.catalogue.hash();
        said = said.replace(&catalogue[..catalogue.len().min("sha256:".len() + 12)], "[CATALOGUE]");
        insta::assert_snapshot!(name, said);
    }
}

#[tokio::test]
async fn every_page_has_one_first_heading_headings_in_order_labels_and_no_text_left_untranslated() {
    let world = world().await;
    for (name, login, path) in pages(&world).await {
        for language in ["da", "en"] {
            let mut browser = match login {
                "" => Browser::new(app(world.state.clone())),
                login => Browser::signed_in(app(world.state.clone()), login).await,
            };
            browser.post_raw("/language", &[("to", language), ("back", "/")]).await;
            let html = browser.get(&path).await.body;
            let at = format!("{name} ({language})");
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{at}");
            let levels: Vec<u8> = html
                .match_indices("<h")
                .filter_map(|(at, _)| html.as_bytes().get(at + 2).copied().filter(u8::is_ascii_digit))
                .map(|digit| digit - b'0')
                .collect();
            assert_eq!(
                (levels.first(), levels.iter().filter(|level| **level == 1).count()),
                (Some(&1), 1),
                "{at}: {levels:?}"
            );
            assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{at}: a level is left out: {levels:?}");
            let ids: Vec<&str> = html.split(" id=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
            let mut unique = ids.clone();
            unique.sort_unstable();
            unique.dedup();
            assert_eq!(unique.len(), ids.len(), "{at}: an id stands twice");
            for control in ["<input ", "<select ", "<textarea "] {
                for part in html.split(control).skip(1).map(|part| part.split('>').next().unwrap()) {
                    if part.contains("type=\"hidden\"") {
                        continue;
                    }
                    let id =
                        part.split("id=\"").nth(1).unwrap_or_else(|| panic!("{at}: {part}")).split('"').next().unwrap();
                    assert!(html.contains(&format!("for=\"{id}\"")), "{at}: {id} has no label");
                }
            }
            for part in html.split("aria-labelledby=\"").skip(1).map(|part| part.split('"').next().unwrap()) {
                assert!(part.split(' ').all(|id| ids.contains(&id)), "{at}: {part} names nothing");
            }
            assert!(html.contains("<main id=\"main\"") && html.contains("class=\"skip\""), "{at}");
            assert_eq!(
                html.matches("<table").count(),
                html.matches("<caption").count(),
                "{at}: a table without caption"
            );
        }
    }
}

#[tokio::test]
async fn a_page_that_does_not_exist_says_what_to_do_and_monitors_get_plain_words() {
    let world = world().await;
    let mut browser = Browser::new(app(world.state.clone()));
    let answer = browser.get("/does/not/exist").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("Siden findes ikke") && answer.body.contains("Til startsiden"));
    assert_eq!(browser.get("/healthz").await.body, "ok\n");
    assert_eq!(browser.get("/readyz").await.body, "ok\n");
}
