//! `bavn site check`: saved pages against expected files.

use super::*;
use serde_json::json;

fn run(html: &str, expected: Option<&str>) -> SampleResult {
    let adapter = adapter(LISTING, "title = \"h1\"\n[detail.fields]\nprice = { select = \".p\", required = true }", "");
    let sample = ("a.html".to_owned(), html.as_bytes().to_vec(), expected.map(str::to_owned));
    check_site(&adapter, &[sample]).remove(0)
}

const DETAIL: &str =
    r#"{"kind":"detail","url":"https://www.example.dk/annonce/7","fetched_at":"2026-11-03T15:00:00+01:00","#;

#[test]
fn a_sample_holds_when_every_given_key_is_found() {
    let html = "<h1>Anna</h1><b class=p>800 kr.</b>";
    let expected = format!("{DETAIL} \"title\":\"Anna\",\"fields\":{{\"price\":\"800 kr.\"}},\"mark\":null}}");
    assert_eq!(run(html, Some(&expected)).outcome, Outcome::Holds);
    let listing = r#"{"kind":"listing","url":"https://www.example.dk/annoncer","fetched_at":"2026-11-03T15:00:00+01:00",
        "items":[{"ad_id":"7","url":"https://www.example.dk/annonce/7","excerpt":"Anna"}],"next":[]}"#;
    assert_eq!(run("<article><a href=/annonce/7>Anna</a></article>", Some(listing)).outcome, Outcome::Holds);
}

#[test]
fn a_difference_is_shown_at_its_own_key_and_an_issue_is_one() {
    let expected = format!("{DETAIL} \"title\":\"Anna\",\"fields\":{{\"price\":\"800 kr.\",\"age\":\"24\"}}}}");
    let Outcome::Differs(differences) = run("<h1>Anna</h1><b class=q>", Some(&expected)).outcome else { panic!() };
    let at: Vec<_> = differences.iter().map(|difference| difference.at.as_str()).collect();
    assert_eq!(at, ["fields.age", "fields.price", "issues"]);
    assert_eq!((&differences[1].expected, &differences[1].found), (&json!("800 kr."), &json!(null)));
    assert_eq!(differences[2].found, json!(["fields.price"]));
}

#[test]
fn an_expected_file_that_cannot_be_used_says_why() {
    let why = |expected: &str| match run("<h1>Anna</h1>", Some(expected)).outcome {
        Outcome::Unusable(why) => why,
        other => panic!("{other:?}"),
    };
    assert!(why("{").starts_with("line 1"));
    assert!(why("{}").contains("`url` is missing"));
    assert!(why(&format!("{DETAIL} \"titel\":\"Anna\"}}")).contains("`titel`"));
    assert!(why(&DETAIL.replace("detail", "page").replace("+01:00\",", "+01:00\"}")).contains("`kind`"));
    let without = run("<h1>Anna</h1>", None);
    assert_eq!((without.outcome, &without.found["title"]), (Outcome::NotExpected, &json!("Anna")));
}
