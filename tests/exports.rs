//! `bavn demo --once`, then each export: well formed by docs/data-forms.md, true to the population, the same bytes twice.

use crate::support::{bavn, data, done};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const FORMS: [&str; 6] = ["mentions", "indicators", "links", "entities", "assessments", "contact-list"];

/// A small demo: enough for every kind of operator, quick enough for every test run.
fn demo(folder: &Path) {
    let [flag, path] = data(folder);
    done(&mut bavn(&[&flag, &path, "demo", "--once", "--seed", "7", "--days", "6", "--advertisers", "150"]));
}

fn export(folder: &Path, form: &str, more: &[&str]) -> String {
    let [flag, path] = data(folder);
    let mut arguments = vec![flag.as_str(), path.as_str(), "export", form];
    arguments.extend(more);
    done(&mut bavn(&arguments)).out
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is no text in {value}"))
}

fn ad(value: &Value) -> (String, String) {
    (text(value, "site").to_owned(), text(value, "ad_id").to_owned())
}

fn only_keys(value: &Value, allowed: &[&str]) {
    for key in value.as_object().expect("an object").keys() {
        assert!(allowed.contains(&key.as_str()), "unexpected key {key} in {value}");
    }
}

/// The second programme lies beside the first, with places, visits and two of concern; commands find it by its folder.
fn the_clinics_are_there(folder: &Path) {
    let path = folder.join("data/clinics").display().to_string();
    let places = lines(&done(&mut bavn(&["--data", &path, "places", "list"])).out);
    let count = |key: &str| places.iter().filter(|place| !place[key].is_null() && place[key] != 0).count();
    assert!(places.len() > 50, "{} places", places.len());
    assert!(count("concern") >= 1 && places.iter().any(|place| place.to_string().contains("Øvestræde")), "{places:?}");
}

#[test]
fn a_demo_is_exported_whole_true_and_twice_the_same() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    demo(one.path());
    demo(two.path());
    the_clinics_are_there(one.path());
    let mut out: BTreeMap<&str, String> = BTreeMap::new();
    for form in FORMS {
        let first = export(one.path(), form, &[]);
        assert!(!first.is_empty(), "{form} is empty");
        assert!(first == export(two.path(), form, &[]), "{form}: another run of the same seed gave other bytes");
        out.insert(form, first);
    }
    let truth = lines(&std::fs::read_to_string(one.path().join("data/truth.jsonl")).expect("truth.jsonl"));
    well_formed(&out);
    every_lasting_ad_is_there(&truth, &lines(&out["mentions"]));
    operators_are_found(&truth, &lines(&out["entities"]));
    a_network_beyond_belief_stops_the_analysis(one.path());
    assert!(out["assessments"] == export(one.path(), "assessments", &[]), "the analysis before stays");
}

/// The same store under a configuration that allows a network one ad.
fn a_network_beyond_belief_stops_the_analysis(folder: &Path) {
    let ([flag, path], config) = (data(folder), folder.join("config").display().to_string());
    done(&mut bavn(&["--config", &config, "init"]));
    let file = folder.join("config/linkage.toml");
    let text = std::fs::read_to_string(&file).expect("linkage.toml");
    let narrow = text
        .replace("largest_network_share = 0.05", "largest_network_share = 0.0")
        .replace("largest_network_floor = 200", "largest_network_floor = 1");
    assert_ne!(text, narrow);
    std::fs::write(&file, narrow).expect("linkage.toml");
    let ran = crate::support::run(&mut bavn(&["--config", &config, &flag, &path, "analyse", "--all"]));
    assert_eq!(ran.code, 1, "{}", ran.err);
    for words in ["would hold", "its weakest tie is", "The analysis before stays", "bavn explain pair"] {
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
    }
}

/// Keys, types and references between the forms.
fn well_formed(out: &BTreeMap<&str, String>) {
    for row in lines(&out["mentions"]) {
        only_keys(
            &row,
            &[
                "site",
                "ad_id",
                "version",
                "languages",
                "phones",
                "prices",
                "ages",
                "names",
                "places",
                "emails",
                "urls",
                "addresses",
                "handles",
            ],
        );
        for phone in row["phones"].as_array().expect("a list") {
            assert!(text(phone, "e164").starts_with('+') && phone["start"].as_u64() < phone["end"].as_u64());
        }
    }
    let entities: BTreeSet<_> = lines(&out["entities"]).iter().map(ad).collect();
    assert_eq!(entities.len(), lines(&out["entities"]).len(), "one line for each ad");
    for row in lines(&out["links"]) {
        assert!(entities.contains(&ad(&row["a"])) && entities.contains(&ad(&row["b"])), "{row}");
        assert!(row["bits"].is_number() && row["joins"].is_boolean() && row["note"].is_string(), "{row}");
    }
    let mut subjects = BTreeMap::new();
    for row in lines(&out["assessments"]) {
        only_keys(
            &row,
            &[
                "scope",
                "id",
                "band",
                "points",
                "groups",
                "evidence",
                "counter_evidence",
                "urgent",
                "catalogue",
                "parameters",
                "reference",
                "code",
                "ads",
            ],
        );
        let sum: f64 = row["groups"].as_object().expect("groups").values().filter_map(Value::as_f64).sum();
        assert!((row["points"].as_f64().expect("points") - sum).abs() < 1e-9, "points are the sum over groups: {row}");
        assert!(text(&row, "catalogue").starts_with("sha256:"));
        assert!(text(&row, "parameters").starts_with("sha256:"));
        assert!(text(&row, "reference").contains("-") && !text(&row, "code").is_empty(), "{row}");
        assert!(["high", "medium", "low", "none"].contains(&text(&row, "band")));
        subjects.insert(text(&row, "id").to_owned(), row.clone());
    }
    for row in lines(&out["indicators"]) {
        match text(&row, "scope") {
            "ad" => assert!(entities.contains(&ad(&row)), "{row}"),
            _ => assert!(subjects.contains_key(text(&row, "id")), "{row}"),
        }
        assert!(!row["evidence"].as_array().expect("evidence").is_empty(), "{row}");
    }
    let mut ranks: BTreeMap<String, u64> = BTreeMap::new();
    for row in lines(&out["contact-list"]) {
        let rank = ranks.entry(text(&row, "team").to_owned()).or_default();
        *rank += 1;
        assert_eq!(row["rank"].as_u64(), Some(*rank));
        assert!(subjects.contains_key(text(&row, "advertiser")), "{row}");
        assert!(!row["contacts"].as_array().expect("contacts").is_empty(), "{row}");
        assert!(!row["reasons"].to_string().to_lowercase().contains("handel"), "no word on trafficking: {row}");
    }
}

/// Ads that were up for longer than the demo's interval of 3 hours, twice over, were all seen.
fn every_lasting_ad_is_there(truth: &[Value], mentions: &[Value]) {
    let seen: BTreeSet<_> = mentions.iter().map(ad).collect();
    let hours = |row: &Value| -> f64 {
        let time = |key: &str| text(row, key).parse::<jiff::Timestamp>().expect("a time").as_second() as f64;
        (time("up_until") - time("up_from")) / 3600.0
    };
    let end = truth.iter().map(|row| text(row, "up_from").to_owned()).max().expect("ads");
    let lasting: Vec<_> = truth.iter().filter(|row| hours(row) > 6.0 && text(row, "up_from") < end.as_str()).collect();
    let found = lasting.iter().filter(|row| seen.contains(&ad(row))).count();
    assert!(lasting.len() > 50, "{} lasting ads are too few to say anything", lasting.len());
    assert!(found * 1000 >= lasting.len() * 995, "{found} of {} lasting ads were seen", lasting.len());
    let known: BTreeSet<_> = truth.iter().map(ad).collect();
    assert!(seen.is_subset(&known), "an ad was stored that no site showed");
}

/// Pairs of ads of one operator, by advertiser: few wrong, most found.
fn operators_are_found(truth: &[Value], entities: &[Value]) {
    let operator: BTreeMap<_, _> = truth.iter().map(|row| (ad(row), text(row, "operator").to_owned())).collect();
    let group: BTreeMap<_, _> = entities.iter().map(|row| (ad(row), text(row, "network").to_owned())).collect();
    let ads: Vec<_> = group.keys().collect();
    let (mut both, mut told, mut real) = (0u64, 0u64, 0u64);
    for (index, a) in ads.iter().enumerate() {
        for b in &ads[index + 1..] {
            let (same_told, same_real) = (group[*a] == group[*b], operator[*a] == operator[*b]);
            both += u64::from(same_told && same_real);
            told += u64::from(same_told);
            real += u64::from(same_real);
        }
    }
    let (precision, recall) = (both as f64 / told.max(1) as f64, both as f64 / real.max(1) as f64);
    assert!(precision >= 0.9, "precision of owner pairs is {precision:.3}");
    assert!(recall >= 0.7, "recall of owner pairs is {recall:.3}");
}

#[test]
fn a_demo_of_another_data_folder_is_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    std::fs::write(folder.path().join("data/something"), "of mine").expect("written");
    let [flag, path] = data(folder.path());
    let ran = crate::support::run(&mut bavn(&[&flag, &path, "demo", "--once"]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("holds something that the demo did not make"), "{}", ran.err);
}
