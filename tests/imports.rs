//! Ads, decisions and attempts from JSON Lines, on both databases: the same exports from both, and the same again
//! changes nothing.

use crate::support::{stores, with};
use demo::{Population, PopulationSettings};

#[test]
fn both_databases_give_the_same_exports_and_a_second_import_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let population = Population::generate(&PopulationSettings { days: 10, advertisers: 80, ..Default::default() });
    let ads = folder.path().join("ads.jsonl");
    std::fs::write(&ads, population.ads_jsonl()).expect("written");
    let ads = ads.to_str().expect("UTF-8");
    let mut exports = Vec::new();
    for store in stores(folder.path()) {
        with(&store, &["import", "ads", ads]);
        let again = with(&store, &["import", "ads", ads]).err;
        assert!(again.contains("0 new ads, 0 new versions, 0 with new sightings"), "{again}");
        with(&store, &["analyse"]);
        let forms = ["mentions", "indicators", "links", "entities", "assessments"];
        exports.push(forms.map(|form| with(&store, &["export", form]).out));
    }
    for (sqlite, postgres) in exports[0].iter().zip(&exports[1]) {
        assert!(!sqlite.is_empty() && sqlite == postgres, "the two databases answer differently");
    }
}

#[test]
fn an_existing_register_decides_and_its_attempts_keep_people_off_the_list() {
    let folder = tempfile::tempdir().expect("a folder");
    for store in stores(folder.path()) {
        let write = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, text).expect("written");
            file.display().to_string()
        };
        let ad = |id: &str, phone: &str| {
            format!(
                r#"{{"site":"s1","ad_id":"{id}","seen_at":["2026-10-01T15:00:00+02:00","2026-10-02T15:00:00+02:00"],"title":"Annonce {id}","body":"Ring til mig i København, jeg glæder mig til at høre fra dig","fields":{{"phone":"{phone}","place":"2100 København Ø"}}}}"#
            )
        };
        let ads = write("ads.jsonl", &[ad("1", "34000051"), ad("2", "37000052"), ad("3", "67000053")].join("\n"));
        with(&store, &["import", "ads", &ads]);
        with(&store, &["analyse"]);
        let decision = |id: &str| {
            format!(
                r#"{{"site":"s1","ad_id":"{id}","decision":"offer_outreach","reason":"register","by":"Kim","at":"2026-10-02T16:00:00+02:00"}}"#
            )
        };
        let decisions = write("decisions.jsonl", &[decision("1"), decision("2"), decision("99")].join("\n"));
        let told = with(&store, &["import", "decisions", &decisions]).err;
        assert!(told.contains("2 new decisions") && told.contains("decisions.jsonl:3"), "{told}");
        let again = with(&store, &["import", "decisions", &decisions]).err;
        assert!(again.contains("0 new decisions, 2 known already"), "{again}");
        let attempts = write(
            "attempts.jsonl",
            r#"{"site":"s1","ad_id":"2","method":"call","channel":"call","outcome":"declined","by":"Kim","at":"2026-10-02T17:00:00+02:00"}"#,
        );
        with(&store, &["import", "attempts", &attempts]);
        let made = with(&store, &["list", "--date", "2026-10-03", "--team", "oest"]).out;
        assert!(made.contains("1 lines"), "{made}");
        let list = with(&store, &["export", "contact-list", "--as-of", "2026-10-03T12:00:00+02:00"]).out;
        assert_eq!(list.lines().count(), 1, "decided 1 and 2, of whom 2 declined; 3 was never decided: {list}");
        assert!(list.contains("+4534000051"), "{list}");
    }
}

#[test]
fn what_was_known_then_counts_and_nothing_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = &stores(folder.path())[0];
    let file = folder.path().join("ads.jsonl");
    let ad = |id: &str, day: u32| {
        format!(
            r#"{{"site":"s1","ad_id":"{id}","seen_at":["2026-10-0{day}T15:00:00+02:00"],"title":"Annonce {id}","fields":{{"phone":"3400005{id}"}}}}"#
        )
    };
    std::fs::write(&file, format!("{}\n{}\n", ad("1", 1), ad("2", 3))).expect("written");
    with(store, &["import", "ads", file.to_str().expect("UTF-8")]);
    with(store, &["analyse"]);
    assert_eq!(with(store, &["export", "entities"]).out.lines().count(), 2);
    assert_eq!(with(store, &["export", "entities", "--as-of", "2026-10-02"]).out.lines().count(), 1);
    assert_eq!(with(store, &["export", "mentions", "--as-of", "2026-10-02"]).out.lines().count(), 1);
}

#[test]
fn a_line_that_the_rules_refuse_is_said_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = &stores(folder.path())[0];
    let write = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("written");
        file.display().to_string()
    };
    let ads =
        write("ads.jsonl", r#"{"site":"s1","ad_id":"1","seen_at":["2026-10-01T15:00:00+02:00"],"title":"Annonce"}"#);
    with(store, &["import", "ads", &ads]);
    with(store, &["analyse"]);
    let line = |decision: &str, hour: u32| {
        format!(
            r#"{{"site":"s1","ad_id":"1","decision":"{decision}","reason":"r","by":"Kim","at":"2026-10-02T{hour}:00:00+02:00"}}"#
        )
    };
    let all = [line("watch", 10), line("nonsense", 11), line("no_concern", 12)].join("\n");
    let told = with(store, &["import", "decisions", &write("decisions.jsonl", &all)]).err;
    assert!(told.contains("2 new decisions") && told.contains("1 wrong lines"), "{told}");
}

#[test]
fn a_look_back_does_not_take_the_place_of_the_analysis() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = &stores(folder.path())[0];
    let file = folder.path().join("ads.jsonl");
    let ad = |id: &str, day: u32| {
        format!(r#"{{"site":"s1","ad_id":"{id}","seen_at":["2026-10-0{day}T15:00:00+02:00"],"title":"Annonce {id}"}}"#)
    };
    std::fs::write(&file, format!("{}\n{}\n", ad("1", 1), ad("2", 3))).expect("written");
    with(store, &["import", "ads", file.to_str().expect("UTF-8")]);
    with(store, &["analyse"]);
    let told = with(store, &["analyse", "--as-of", "2026-10-02"]).err;
    assert!(told.contains("keeps its newer analysis"), "{told}");
    let assessments = with(store, &["export", "assessments"]).out;
    assert_eq!(assessments.lines().count(), 2);
    assert!(!assessments.contains("-0.0"), "{assessments}");
}
