//! Ads a second on one core, part by part: `cargo bench -p extract`. Without a harness: the figures stand beside each other
//! and are compared with those of `docs/measurements.md`.
#![allow(missing_docs)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::frames;
use domain::Field;
use extract::{ReadHints, mask, normalise, skeleton};
use std::hint::black_box;
use std::time::Instant;

/// The best of five rounds over all texts, as texts a second.
fn rate(texts: &[String], mut work: impl FnMut(&str)) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        texts.iter().for_each(|text| work(text));
        best = best.min(start.elapsed().as_secs_f64());
    }
    texts.len() as f64 / best
}

fn main() {
    let start = Instant::now();
    common::read("");
    println!("start: {:.0} ms", start.elapsed().as_secs_f64() * 1000.0);
    // Frames in a row until a text has the 90 words of the median ad.
    let mut texts = vec![String::new()];
    for made in frames::all(1).into_iter().filter(|made| made.language.as_deref() == Some("da")) {
        if texts.last().is_some_and(|text| text.split_whitespace().count() >= 90) {
            texts.push(String::new());
        }
        if let Some(text) = texts.last_mut() {
            text.push_str(&made.text);
            text.push('\n');
        }
    }
    let mut words: Vec<usize> = texts.iter().map(|text| text.split_whitespace().count()).collect();
    words.sort_unstable();
    println!("{} texts of {} words (median)", texts.len(), words[words.len() / 2]);
    println!("normal form: {:.0} a second", rate(&texts, |text| drop(black_box(normalise(text)))));
    println!("reading, language included: {:.0} a second", rate(&texts, |text| drop(black_box(common::read(text)))));
    let read: Vec<_> = texts.iter().map(|text| common::read(text)).collect();
    let mut next = read.iter().cycle();
    println!("masking: {:.0} a second", rate(&texts, |_| drop(black_box(next.next().map(mask)))));
    println!("skeleton: {:.0} a second", rate(&texts, |_| drop(black_box(next.next().map(skeleton)))));
    let fields =
        |text: &str| vec![(Field::Title, text.get(..20).unwrap_or("").to_owned()), (Field::Body, text.to_owned())];
    println!(
        "title and body: {:.0} a second",
        rate(&texts, |text| drop(black_box(common::READER.read(fields(text), &ReadHints::default()))))
    );
}
