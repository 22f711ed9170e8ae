//! `site.toml` itself: the documented example loads, and what is wrong is told so that one can mend it.

use super::*;

fn example() -> &'static str {
    let readme = include_str!("../../../../../config/sites/README.md");
    let start = readme.find("```toml\n").unwrap() + 8;
    &readme[start..start + readme[start..].find("```").unwrap()]
}

#[test]
fn the_example_of_the_readme_loads_with_every_key() {
    let adapter = Adapter::parse("example", "README.md", example()).unwrap_or_else(|error| panic!("{error}"));
    let settings = adapter.settings();
    assert_eq!(settings.start, ["https://www.example.dk/annoncer/"]);
    assert_eq!(settings.hosts, ["www.example.dk", "m.example.dk"]);
    assert_eq!((settings.pacing.delay_s, settings.pacing.connections), (5.0, 1));
    assert_eq!((settings.expect.ads_min, settings.expect.ads_max, settings.expect.phone_min), (50, 5000, 0.6));
    assert!(settings.fetch_images && !settings.obscures_phone);
    let on = |day: &str| settings.refusal(day.parse().unwrap());
    assert_eq!((on("2026-11-01"), on("2027-11-01")), (None, None));
    assert!(on("2026-10-31").is_some() && on("2027-11-02").unwrap().contains("ended on 2027-11-01"));
    let open = |time: &str| settings.pacing.is_open(time.parse().unwrap());
    assert!(open("06:00") && open("23:29") && !open("23:30") && !open("03:00"));
}

/// A key that the program knows and the page does not would be known to nobody.
#[test]
fn the_readme_explains_every_key_of_a_rule() {
    let readme = include_str!("../../../../../config/sites/README.md");
    for key in crate::adapter::rule::PLACES.iter().chain(&crate::adapter::rule::OTHER_KEYS) {
        assert!(readme.contains(&format!("| `{key}`")) || readme.contains(&format!(", `{key}` |")), "{key}");
    }
}

#[test]
fn a_window_of_hours_may_pass_midnight() {
    let text = toml(LISTING, "title = \"h1\"", "").replace("delay_s = 5", "delay_s = 5\nhours = [\"22:00-02:00\"]");
    let adapter = Adapter::parse("s1", "site.toml", &text).unwrap();
    let open = |time: &str| adapter.settings().pacing.is_open(time.parse().unwrap());
    assert!(open("23:00") && open("01:59") && !open("02:00") && !open("12:00"));
    assert!(adapter.settings().refusal("2026-11-03".parse().unwrap()).unwrap().contains("[approval]"));
}

/// `mark` in the file is the text at which the error must point.
fn check(text: &str, mark: &str, key: &str, message: &str) {
    let error = Adapter::parse("s1", "config/sites/s1/site.toml", text).expect_err(mark);
    let at = text.find(mark).unwrap_or_else(|| panic!("{mark} is not in the file"));
    let line = text[..at].matches('\n').count() + 1;
    let column = at - text[..at].rfind('\n').map_or(0, |end| end + 1) + 1;
    assert_eq!((error.line, error.column, &*error.key), (line, column, key), "{error}");
    assert!(error.to_string().contains(message), "{error}");
    assert!(!error.help.is_empty());
}

#[test]
fn errors_name_file_line_column_and_key_and_say_what_to_do() {
    let fine = toml(LISTING, "title = \"h1\"", "");
    assert!(Adapter::parse("s1", "site.toml", &fine).is_ok());
    let with = |from: &str, to: &str| {
        assert!(fine.contains(from));
        fine.replace(from, to)
    };
    check(&with("delay_s = 5", "delya_s = 5"), "delya_s", "pacing.delya_s", "did you mean `delay_s`?");
    check(
        &with("delay_s = 5", "delay_s = 5\nspeed = 1"),
        "speed",
        "pacing.speed",
        "the keys here are connections, delay_s, hours",
    );
    check(&with("delay_s = 5", "delay_s = -1"), "-1", "pacing.delay_s", "is out of range");
    check(&with("delay_s = 5", "delay_s = \"5\""), "\"5\"", "pacing.delay_s", "give a number");
    check(&with("ads_max = 100", "ads_max = 0"), "[expect]", "expect", "ads_max is less than ads_min");
    check(&with("ads_max = 100", ""), "[expect]", "expect.ads_max", "this key is missing");
    check(&with("item = \"article\"", "item = \"article[\""), "\"article[\"", "listing.item", "is no CSS selector");
    check(&with("(\\d+)", "(\\d+"), "'/annonce/(\\d+'", "listing.ad_id.url", "is no pattern");
    check(
        &with("title = \"h1\"", "title = { selct = \"h1\" }"),
        "selct",
        "detail.title.selct",
        "did you mean `select`?",
    );
    check(
        &with("title = \"h1\"", "title = { select = \"h1\", row = \"By\" }"),
        "\"By\"",
        "detail.title.row",
        "second place",
    );
    check(
        &with("title = \"h1\"", "title = { required = true }"),
        "{ required",
        "detail.title",
        "where the value stands",
    );
    check(&with("title = \"h1\"", "title = { row = \"By\" }"), "[detail]", "detail", "no [detail.rows]");
    check(&with("title = \"h1\"", "images = \"img\""), "[detail]", "detail", "neither title nor body");
    check(
        &with("title = \"h1\"", "title = { select = \"h1\", decode = \"caesar\" }"),
        "\"caesar\"",
        "detail.title.decode",
        "rot13",
    );
    check(
        &with("title = \"h1\"", "title = { select = \"h1\", count = \"many\" }"),
        "\"many\"",
        "detail.title.count",
        "\"0-1\"",
    );
    check(
        &with("title = \"h1\"", "title = \"h1\"\nposted_at = { select = \"i\", formats = [\"roman\"] }"),
        "\"roman\"",
        "detail.posted_at.formats",
        "iso",
    );
    check(
        &with("title = \"h1\"", "title = { select = \"h1\", formats = [\"iso\"] }"),
        "formats",
        "detail.title.formats",
        "no such key",
    );
    check(
        &with("title = \"h1\"", "title = \"h1\"\n[marks]\nexpired = {}"),
        "{}",
        "marks.expired",
        "would hold on every page",
    );
    check(&with("id = \"s1\"", "id = \"s2\""), "\"s2\"", "id", "the folder is called `s1`");
    check(
        &with("https://www.example.dk/annoncer", "www.example.dk"),
        "\"www.example.dk\"",
        "start",
        "begin with https://",
    );
}

/// TOML's own errors carry the place that its parser names.
#[test]
fn a_file_that_is_no_toml_is_told_by_line() {
    let text = toml(LISTING, "title = \"h1\"", "").replace("name = \"Small ads\"", "name = Small ads");
    let error = Adapter::parse("s1", "site.toml", &text).unwrap_err();
    assert_eq!((error.line, &*error.key), (3, ""));
    assert!(error.to_string().starts_with("site.toml:3:"), "{error}");
}

proptest::proptest! {
    #[test]
    fn no_file_makes_it_panic(text in "\\PC{0,80}", cut in 0usize..2000) {
        let _ = Adapter::parse("example", "f", &text);
        let example = example();
        let cut = (cut..).find(|at| example.is_char_boundary(*at)).unwrap_or(0).min(example.len());
        let _ = Adapter::parse("example", "f", &format!("{}{text}{}", &example[..cut], &example[cut..]));
    }
}
