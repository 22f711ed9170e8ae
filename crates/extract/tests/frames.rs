//! Exact F1 on the frames of `tests/data/reading_frames`, and what masking leaves of their numbers.
#![allow(missing_docs)]

mod common;

use common::frames::{self, Made};
use domain::{Field, ReadAd, Span};
use extract::mask;
use std::collections::BTreeMap;

#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
}

fn found(ad: &ReadAd) -> Vec<(&'static str, String, String)> {
    let reading = &ad.reading;
    let text = &ad.texts[0];
    let at = |span: &Span| {
        assert_eq!(span.field, Field::Text);
        text.original[span.start..span.end].to_owned()
    };
    let mut found = Vec::new();
    let hidden = |hidden| if hidden { "phones hidden" } else { "phones plain" };
    found.extend(reading.phones.iter().map(|m| (hidden(m.obscured), m.e164.clone(), at(&m.span))));
    found.extend(
        reading.prices.iter().map(|m| ("prices", format!("{} {} {:?}", m.amount, m.currency, m.minutes), at(&m.span))),
    );
    found.extend(reading.ages.iter().map(|m| ("ages", m.years.to_string(), at(&m.span))));
    found.extend(reading.names.iter().map(|m| ("names", m.name.clone(), at(&m.span))));
    found.extend(
        reading
            .places
            .iter()
            .map(|m| ("places", m.municipality_code.clone().unwrap_or_else(|| m.candidates.join(",")), at(&m.span))),
    );
    found.extend(reading.emails.iter().map(|m| ("emails", m.address.clone(), at(&m.span))));
    found.extend(reading.urls.iter().map(|m| ("urls", m.url.clone(), at(&m.span))));
    found.extend(reading.addresses.iter().map(|m| ("addresses", m.text.clone(), at(&m.span))));
    found.extend(reading.handles.iter().map(|m| ("handles", format!("{}:{}", m.service, m.handle), at(&m.span))));
    found
}

fn compare(made: &Made, counts: &mut BTreeMap<&'static str, Count>) {
    let ad = common::read(&made.text);
    let mut got = found(&ad);
    let mut differences = Vec::new();
    for wanted in &made.wanted {
        let count = counts.entry(wanted.kind).or_default();
        count.right += 2;
        let words = |at: &str| at.trim_matches(['.', '(', ' ', '"', '[', ']']).to_owned();
        match got.iter().position(|(kind, value, at)| {
            (*kind, value) == (wanted.kind, &wanted.value) && words(at) == words(&wanted.at)
        }) {
            Some(index) => drop(got.remove(index)),
            None => {
                count.right -= 2;
                count.wrong += 1;
                differences.push(format!("  missing {}: {} in {:?}", wanted.kind, wanted.value, wanted.at));
            }
        }
    }
    for (kind, value, at) in got {
        counts.entry(kind).or_default().wrong += 1;
        differences.push(format!("  extra {kind}: {value} in {at:?}"));
    }
    if let Some(language) = &made.language {
        let guess = ad.reading.languages.first().map(|guess| guess.code.clone()).unwrap_or_default();
        let count = counts.entry("language").or_default();
        if guess == *language {
            count.right += 2;
        } else {
            count.wrong += 2;
            differences.push(format!("  language {:?} instead of {language}", ad.reading.languages));
        }
    }
    if !differences.is_empty() {
        println!("{} {:?}\n{}", made.origin, made.text, differences.join("\n"));
    }
}

/// Prints every difference with `--nocapture`.
#[test]
fn frames_are_read_as_they_were_made() {
    let mut counts = BTreeMap::new();
    for made in frames::all(12) {
        compare(&made, &mut counts);
    }
    for (kind, count) in &counts {
        println!("{kind}: F1 {:.3} ({} right, {} wrong)", f1(count), count.right / 2, count.wrong);
    }
    for (kind, count) in &counts {
        assert!(f1(count) >= 0.97, "{kind}: F1 {:.3}", f1(count));
    }
}

fn f1(count: &Count) -> f64 {
    count.right as f64 / ((count.right + count.wrong) as f64).max(1.0)
}

/// No true number stays readable: none written plainly, at most one in two hundred written to hide.
#[test]
fn masked_frames_hold_no_true_number() {
    let (mut plain, mut hidden, mut left) = (0, 0, [0, 0]);
    for made in frames::all(12) {
        let masked = mask(&common::read(&made.text));
        for wanted in made.wanted.iter().filter(|wanted| wanted.kind.starts_with("phones")) {
            let is_hidden = wanted.kind == "phones hidden";
            *(if is_hidden { &mut hidden } else { &mut plain }) += 1;
            if masked[0].text.contains(&wanted.at) {
                left[usize::from(is_hidden)] += 1;
                println!("{} left: {:?}", made.origin, wanted.at);
            }
        }
    }
    println!("left readable: {} of {plain} plain, {} of {hidden} hidden", left[0], left[1]);
    assert_eq!(left[0], 0);
    assert!(left[1] * 200 <= hidden);
}
