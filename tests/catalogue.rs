//! The catalogue with the real reader: its examples are its tests.

use crate::support::{bavn, done, root};

#[test]
fn every_example_fires_and_no_counter_example_does() {
    let ran = done(&mut bavn(&["indicators", "check"]));
    assert!(ran.out.contains(", 0 failed"), "{}", ran.out);
}

#[test]
fn the_page_of_the_catalogue_is_up_to_date() {
    let made = done(&mut bavn(&["indicators", "docs"])).out;
    let kept = std::fs::read_to_string(root().join("docs/indicators.md")).expect("docs/indicators.md");
    assert!(made == kept, "docs/indicators.md is old: cargo run -- indicators docs > docs/indicators.md");
}

#[test]
fn an_indicator_is_shown_whole_and_an_unknown_one_is_refused() {
    let ran = done(&mut bavn(&["indicators", "show", "third_person_voice"]));
    assert!(ran.out.contains("third_person_voice") && ran.out.contains("Hun er ny hos os"), "{}", ran.out);
    let wrong = crate::support::run(&mut bavn(&["indicators", "show", "no_such_thing"]));
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.err.contains("there is no indicator 'no_such_thing'; 'bavn indicators list' names all"),
        "{}",
        wrong.err
    );
}
