//! Second readings and the history: blind, decided once, a third one's word, and undo from the list.

use crate::browser::{Browser, value_of};
use crate::support::{hold_second, now, world};
use axum::http::StatusCode;
use store::{Actor, NewAccount, PersonRole};
use web::app;

#[tokio::test]
async fn a_second_reader_sees_the_evidence_and_nothing_of_the_first_decision() {
    let world = world().await;
    let second = hold_second(&world).await;
    let path = format!("/second/{second}");
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for told in
        ["Den første læsers ord", "Ingen bekymring, ", "Ulla Udpeget", "Afgjort", "Historik</h2>", "Kontaktforsøg"]
    {
        assert!(!page.body.contains(told), "{told}");
    }
    assert!(page.body.contains("Du er ekstra læser") && page.body.contains(&format!("{path}/read")));
    assert!(page.body.contains("Jeg er selvstændig"), "the evidence is there");
    // A mistake keeps it blind.
    let wrong = browser.post(&format!("{path}/read"), &[("kind", "watch"), ("reason", "other")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!wrong.body.contains("Ulla Udpeget") && wrong.body.contains("Vælg en dag efter i dag"));
    let fields = [("kind", "offer_outreach"), ("reason", "several_signs")];
    let saved = browser.post(&format!("{path}/read"), &fields).await;
    assert_eq!(saved.location(), "/second?done=second-third");
    let again = browser.post(&format!("{path}/read"), &fields).await;
    assert_eq!(again.location(), "/second?done=second-before");
    // Until a third one has read, the list tells nobody which case it is.
    let list = browser.get("/second").await.body;
    assert!(list.contains("1 venter på den tredje læser") && !list.contains(&world.ordinary_case.0), "{list}");
    assert!(list.contains("For få: der skal 10 til"), "one case is no figure");
    // Nobody else may look in, and the reading is over for this reader.
    let mut other = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_second_reading_stands_in_its_reader_s_history_and_is_taken_back_from_there() {
    let world = world().await;
    let second = hold_second(&world).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get(&format!("/second/{second}")).await;
    let fields = [("kind", "spam"), ("reason", "several_signs"), ("text", "Samme skabelon")];
    browser.post(&format!("/second/{second}/read"), &fields).await;
    let mine = browser.get("/history").await.body;
    assert!(mine.contains("Læst igen: Spam eller svindel") && mine.contains("Samme skabelon"), "{mine}");
    let mut colleague = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert!(!colleague.get("/history?whose=all").await.body.contains("Læst igen"), "it would tell of a disagreement");
    let act = format!("second-{second}");
    assert_eq!(value_of(&mine, "act").as_deref(), Some(act.as_str()));
    colleague.get("/history").await;
    assert_eq!(colleague.post("/history/undo", &[("act", &act)]).await.status, StatusCode::NOT_FOUND);
    let undone = browser.post("/history/undo", &[("act", &act), ("whose", "mine")]).await;
    assert_eq!(undone.location(), "/history?whose=mine&done=undone");
    assert!(browser.get("/second").await.body.contains("1 sag venter på dig"));
}

#[tokio::test]
async fn the_third_reader_s_word_holds_and_the_disagreement_is_listed_by_sign() {
    let world = world().await;
    let second = hold_second(&world).await;
    let third = NewAccount {
        login: "tredje".into(),
        name: "Tine Tredje".into(),
        ..world.state.store.account_by_login("forsker").await.unwrap().unwrap().details
    };
    assert_eq!(third.role, PersonRole::Researcher);
    world.state.store.put_account(&third, &Actor::System("test".into()), now()).await.unwrap();
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get(&format!("/second/{second}")).await;
    let fields = [("kind", "offer_outreach"), ("reason", "several_signs")];
    browser.post(&format!("/second/{second}/read"), &fields).await;
    let mut third = Browser::signed_in(app(world.state.clone()), "tredje").await;
    assert!(third.get("/queue").await.body.contains("venter på en ekstra læser"));
    third.get("/second").await;
    let taken = third.post("/second/next", &[]).await.location().to_owned();
    assert!(third.get(&taken).await.body.contains("Du er tredje læser"));
    let done = third.post(&format!("{taken}/read"), &fields).await;
    assert_eq!(done.location(), "/second?done=second-changed");
    let list = third.get("/second").await.body;
    assert!(list.contains("først Ingen bekymring, så Tilbyd kontakt, til sidst Tilbyd kontakt"), "{list}");
    let page = third.get(&format!("/case/{}?look=yes", world.ordinary_case.0)).await.body;
    assert!(page.contains("Tine Tredje") && page.contains("Den første læsers ord"), "both stand in the history");
    assert!(third.get("/second").await.body.contains("Ingen sag venter på dig"));
    assert_eq!(third.post("/second/next", &[]).await.location(), "/second?done=none-second");
}

#[tokio::test]
async fn notes_tags_and_links_stand_on_their_item_and_hold_no_contact() {
    let world = world().await;
    let path = format!("/case/{}", world.team_case.0);
    let item = format!("case:{}", world.team_case.0);
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get(&path).await;
    let add = async |browser: &mut Browser, item: &str, kind: &str, text: &str| {
        browser.post("/notes", &[("back", &path), ("item", item), ("kind", kind), ("text", text)]).await
    };
    let saved = add(&mut browser, &item, "note", "Spørg team vest <i>").await;
    assert_eq!(saved.location(), format!("{path}?look=yes&done=noted#notes"));
    add(&mut browser, &item, "tag", "Uge 48").await;
    add(&mut browser, "ad:1", "tag", "uge 48").await;
    add(&mut browser, &item, "link", &format!("http://127.0.0.1/case/{}?x", world.ordinary_case.0)).await;
    for (kind, text) in
        [("note", "ring 34000050"), ("link", "https://example.org/x"), ("tag", " "), ("tag", &"x".repeat(41))]
    {
        let refused = add(&mut browser, &item, kind, text).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind} {text}");
        assert!(refused.body.contains("Intet er gemt"));
    }
    let page = browser.get(&path).await.body;
    assert!(page.contains("Spørg team vest &#60;i&#62;") && page.contains(">Uge 48</a>"), "{page}");
    assert!(
        page.contains(&format!("href=\"/case/{}?look=yes\"", world.ordinary_case.0)) && page.contains("Annonce 1 ·")
    );
    let tag = page.split("href=\"/tag/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let list = browser.get(&format!("/tag/{tag}")).await.body;
    assert!(list.contains("<li data-row>") && list.matches("<li data-row>").count() == 2, "case and ad: {list}");
    let file = browser.get(&format!("/tag/{tag}/file")).await.body;
    assert!(file.contains("uge 48;ad:1;Annonce 1;") || file.contains("Uge 48;ad:1;Annonce 1;"), "{file}");
    // An ad has a page of its own, and a link may lead to it.
    add(&mut browser, &item, "link", "/ad/2").await;
    assert!(browser.get(&path).await.body.contains("href=\"/ad/2\""));
    browser.get("/ad/2").await;
    let on_ad = [("back", "/ad/2"), ("item", "ad:2"), ("kind", "note"), ("text", "Samme stue")];
    assert_eq!(browser.post("/notes", &on_ad).await.location(), "/ad/2?done=noted#notes");
    assert!(browser.get("/ad/2").await.body.contains("Samme stue"));
    // A second reader sees no note, since it may tell the decision.
    let second = hold_second(&world).await;
    let on = format!("case:{}", world.ordinary_case.0);
    add(&mut browser, &on, "note", "Den er afgjort").await;
    assert!(!browser.get(&format!("/second/{second}")).await.body.contains("Den er afgjort"));
    // Taken back, it stays marked.
    browser.get(&path).await;
    let id = browser.body.split("/notes/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    browser.post(&format!("/notes/{id}/undo"), &[("back", &path)]).await;
    assert!(browser.get(&path).await.body.contains("Fortrudt af Rikke Forsker"));
    let network = crate::network::team_network(&world).await;
    browser.get(&format!("/network/{network}")).await;
    let back = format!("/network/{network}");
    let fields =
        [("back", back.as_str()), ("item", &format!("subject:{network}")), ("kind", "note"), ("text", "Følg den")];
    assert_eq!(browser.post("/notes", &fields).await.location(), format!("{back}?done=noted#notes"));
    assert!(browser.get(&back).await.body.contains("Følg den"));
}

#[tokio::test]
async fn an_indicator_s_card_shows_what_people_decided_where_it_fired() {
    let world = world().await;
    let path = format!("/case/{}", world.team_case.0);
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    let before = browser.get("/indicators/third_person_voice").await.body;
    assert!(before.contains("Ingen sag er afgjort endnu") && before.contains("Hvor tit det udløses"), "{before}");
    let page = browser.get(&path).await.body;
    let version = value_of(&page, "version").unwrap();
    let fields = [("version", version.as_str()), ("kind", "offer_outreach"), ("reason", "several_signs")];
    browser.post(&format!("{path}/decide"), &fields).await;
    let card = browser.get("/indicators/third_person_voice").await.body;
    assert!(
        card.contains("<th scope=\"row\">Tilbyd kontakt</th><td class=\"num\">1</td><td class=\"num\">1</td>"),
        "{card}"
    );
    assert!(card.contains("Med tegnet: 1 sager. Der skal 10 til"), "one case is no share: {card}");
    let other = browser.get("/indicators/possible_minor").await.body;
    assert!(!other.contains("<td class=\"num\">1</td><td class=\"num\">1</td>"));
    // Other roles read the definition alone.
    let mut admin = Browser::signed_in(app(world.state.clone()), "admin").await;
    assert!(!admin.get("/indicators/third_person_voice").await.body.contains("Hvad mennesker har afgjort"));
}

#[tokio::test]
async fn whatever_was_done_is_undone_from_the_history_by_whom_it_concerns() {
    let world = world().await;
    hold_second(&world).await;
    crate::network::name_first_contact(&world).await;
    let mut browser = Browser::signed_in(app(world.state.clone()), "forsker").await;
    browser.get("/pair/1/3").await;
    browser.post("/pair/1/3/judge", &[("kind", "not_same"), ("reason", "To stemmer")]).await;
    let mine = browser.get("/history").await.body;
    assert!(mine.contains("To stemmer") && !mine.contains("Ulla Udpeget"), "{mine}");
    let act = value_of(&mine, "act").unwrap();
    let undone = browser.post("/history/undo", &[("act", &act), ("whose", "mine")]).await;
    assert_eq!(undone.location(), "/history?whose=mine&done=judgement-undone-soon");
    let mine = browser.get("/history").await.body;
    assert!(mine.contains("Fortrudt af Rikke Forsker") && !mine.contains(&format!("value=\"{act}\"")));
    // Sent twice it stays undone once, and no other act is touched.
    let again = browser.post("/history/undo", &[("act", &act), ("whose", "mine")]).await;
    assert_eq!(again.location(), "/history?whose=mine&done=undone");
    // What waits for a second reader is not told: who and when is, and it can be undone.
    let all = browser.get("/history?whose=all").await.body;
    assert!(all.contains("Ulla Udpeget") && all.contains("Afgørelsen vises, når en kollega har læst sagen igen"));
    for (path, what) in [
        ("/history?whose=all", "Den første læsers ord"),
        ("/history.csv?whose=all", "Den første læsers ord"),
        ("/history?whose=all", "Ingen bekymring"),
        ("/queue?state=decided", "<span class=\"badge\">Ingen bekymring"),
        ("/queue?day=all", "<span class=\"badge\">Ingen bekymring"),
    ] {
        assert!(!browser.get(path).await.body.contains(what), "{path} tells {what}");
    }
    assert!(browser.get("/queue?state=decided").await.body.contains("Læses igen af en kollega"));
    let mut first = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert!(first.get("/history").await.body.contains("Den første læsers ord"), "one's own is told");
    assert!(first.get("/queue?state=decided").await.body.contains("<span class=\"badge\">Ingen bekymring"));
    browser.get("/history?whose=all").await;
    let decision = all.split("value=\"decision-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser.post("/history/undo", &[("act", &format!("decision-{decision}")), ("whose", "all")]).await;
    assert!(browser.get("/history?whose=all").await.body.matches("Fortrudt af Rikke Forsker").count() >= 2);
    assert!(browser.get("/queue").await.body.contains(&world.ordinary_case.0), "it waits again");
    for act in ["decision-999", "x-1"] {
        let answer = browser.post("/history/undo", &[("act", act)]).await;
        assert!([StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&answer.status), "{act}: {}", answer.status);
    }
    // The urgent route is not in anybody's list but that of those appointed.
    let path = format!("/case/{}", world.team_case.0);
    let page = browser.get(&path).await.body;
    let fields = [
        ("version", value_of(&page, "version").unwrap()),
        ("kind", "urgent".into()),
        ("reason", "several_signs".into()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(&format!("{path}/decide"), &fields).await;
    assert!(!browser.get("/history?whose=all").await.body.contains("Hasteforløb"));
    let mut appointed = Browser::signed_in(app(world.state.clone()), "udpeget").await;
    assert!(appointed.get("/history?whose=all").await.body.contains("Hasteforløb"));
}
