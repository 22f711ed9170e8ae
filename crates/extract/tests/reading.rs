//! Exact F1 of each kind of mention on `tests/data/reading`. The texts were written apart from the patterns, but what
//! they showed was then put right and word lists were widened by them: a guard against going back, no measure of what
//! unseen texts would give.
#![allow(missing_docs)]

mod common;

use domain::{Field, ReadAd, Span};
use extract::{ReadHints, mask};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

#[derive(Default, Clone, Copy)]
struct Count {
    right: usize,
    extra: usize,
    missing: usize,
}

impl Count {
    fn f1(self) -> f64 {
        let all = 2 * self.right + self.extra + self.missing;
        if all == 0 { 1.0 } else { 2.0 * self.right as f64 / all as f64 }
    }
}

fn text_of<'a>(ad: &'a ReadAd, span: &Span) -> &'a str {
    let text = ad.texts.iter().find(|text| text.field == span.field).expect("the span's field");
    text.original.get(span.start..span.end).expect("a span on character boundaries")
}

/// Value and words of each mention, by kind.
fn found(ad: &ReadAd) -> BTreeMap<&'static str, Vec<(String, String)>> {
    let reading = &ad.reading;
    let at = |span: &Span| text_of(ad, span).to_owned();
    BTreeMap::from([
        ("phones", reading.phones.iter().map(|m| (format!("{} {}", m.e164, m.obscured), at(&m.span))).collect()),
        (
            "prices",
            reading
                .prices
                .iter()
                .map(|m| (format!("{} {} {:?}", m.amount, m.currency, m.minutes), at(&m.span)))
                .collect(),
        ),
        ("ages", reading.ages.iter().map(|m| (m.years.to_string(), at(&m.span))).collect()),
        ("names", reading.names.iter().map(|m| (m.name.clone(), at(&m.span))).collect()),
        (
            "places",
            reading
                .places
                .iter()
                .map(|m| (format!("{:?} {:?}", m.municipality_code, m.candidates), at(&m.span)))
                .collect(),
        ),
        ("emails", reading.emails.iter().map(|m| (m.address.clone(), at(&m.span))).collect()),
        ("urls", reading.urls.iter().map(|m| (m.url.clone(), at(&m.span))).collect()),
        ("addresses", reading.addresses.iter().map(|m| (m.text.clone(), at(&m.span))).collect()),
        ("handles", reading.handles.iter().map(|m| (format!("{}:{}", m.service, m.handle), at(&m.span))).collect()),
    ])
}

fn expected(kind: &str, mention: &Value) -> (String, String) {
    let text = |key: &str| mention[key].as_str().unwrap_or_default().to_owned();
    let optional = |key: &str| mention[key].as_u64();
    let value = match kind {
        "phones" => format!("{} {}", text("e164"), mention["obscured"].as_bool().unwrap_or_default()),
        "prices" => format!("{} {} {:?}", optional("amount").unwrap_or(0), text("currency"), optional("minutes")),
        "ages" => optional("years").unwrap_or(0).to_string(),
        "names" => text("name"),
        "places" => {
            let candidates: Vec<&str> =
                mention["candidates"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            format!("{:?} {:?}", mention["municipality_code"].as_str(), candidates)
        }
        "emails" => text("address"),
        "urls" => text("url"),
        "addresses" => text("text"),
        _ => format!("{}:{}", text("service"), text("handle")),
    };
    (value, text("at"))
}

struct Case {
    file: String,
    id: String,
    ad: ReadAd,
    expect: Value,
}

fn cases() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(common::root().join("tests/data/reading"))
        .expect("tests/data/reading")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        let file = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        for line in fs::read_to_string(&path).expect("a file of cases").lines() {
            let case: Value = serde_json::from_str(line).expect("a case");
            let mut texts = vec![(Field::Text, case["text"].as_str().unwrap_or_default().to_owned())];
            for (name, value) in case["fields"].as_object().into_iter().flatten() {
                texts.push((Field::Named(name.clone()), value.as_str().unwrap_or_default().to_owned()));
            }
            let ad = common::READER.read(texts, &ReadHints::default());
            let id = case["id"].as_str().unwrap_or_default().to_owned();
            cases.push(Case { file: file.clone(), id, ad, expect: case["expect"].clone() });
        }
    }
    cases
}

/// Prints every difference with `--nocapture`, and holds the floors of part 3.
#[test]
fn exact_f1_of_each_kind_holds_its_floor() {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for case in cases() {
        for (kind, mut got) in found(&case.ad) {
            let key = match kind {
                "phones" => format!("phones {}", if case.file == "phones_hidden" { "hidden" } else { "plain" }),
                "emails" | "handles" => "emails and handles".to_owned(),
                _ => kind.to_owned(),
            };
            let count = counts.entry(key).or_default();
            for wanted in case.expect[kind].as_array().into_iter().flatten() {
                let wanted = expected(kind, wanted);
                match got.iter().position(|mention| *mention == wanted) {
                    Some(at) => {
                        got.remove(at);
                        count.right += 1;
                    }
                    None => {
                        count.missing += 1;
                        println!("{} {kind}: missing {wanted:?}", case.id);
                    }
                }
            }
            count.extra += got.len();
            for mention in got {
                println!("{} {kind}: extra {mention:?}", case.id);
            }
        }
        if let Some(language) = case.expect["language"].as_str() {
            let guess = case.ad.reading.languages.first().map(|guess| guess.code.as_str()).unwrap_or_default();
            let count = counts.entry("language".to_owned()).or_default();
            if guess == language {
                count.right += 1;
            } else {
                count.missing += 1;
                count.extra += 1;
                println!("{} language: {guess} instead of {language}", case.id);
            }
        }
    }
    for (kind, count) in &counts {
        println!(
            "{kind}: F1 {:.3} ({} right, {} extra, {} missing)",
            count.f1(),
            count.right,
            count.extra,
            count.missing
        );
    }
    let floors = [
        ("phones plain", 0.995),
        ("phones hidden", 0.97),
        ("prices", 0.95),
        ("ages", 0.97),
        ("names", 0.92),
        ("places", 0.95),
        ("emails and handles", 0.97),
        ("urls", 0.9),
        ("addresses", 0.9),
        ("language", 0.97),
    ];
    for (kind, floor) in floors {
        let f1 = counts.get(kind).copied().unwrap_or_default().f1();
        assert!(f1 >= floor, "{kind}: F1 {f1:.3} is under {floor}");
    }
}

/// No true number stays readable in the masked text: none written plainly, none of the hidden ones that are read.
#[test]
fn masked_text_holds_no_number_that_the_text_has() {
    for case in cases() {
        let masked = mask(&case.ad);
        for wanted in case.expect["phones"].as_array().into_iter().flatten() {
            let at = wanted["at"].as_str().unwrap_or_default();
            assert!(masked.iter().all(|text| !text.text.contains(at)), "{}: a number is left", case.id);
        }
        for text in &masked {
            let mut digits = 0;
            for c in text.text.chars() {
                digits = if c.is_ascii_digit() { digits + 1 } else { 0 };
                assert!(digits < 8, "{}: eight digits are left", case.id);
            }
        }
    }
}
