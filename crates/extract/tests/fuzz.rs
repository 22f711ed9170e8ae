//! Texts that nobody would write: frames cut, joined, repeated and strewn with whatever breaks readers. A small fixed
//! sample here; `./measure fuzz SECONDS` goes on with other seeds.
#![allow(missing_docs)]

mod common;

use common::{frames, spans, written::Row};
use domain::Field;
use extract::{ReadHints, mask, normalise, skeleton};
use std::time::{Duration, Instant};

/// What stands in ads by accident or on purpose.
const STREWN: [&str; 44] = [
    "\u{200b}",
    "\u{200d}",
    "\u{301}",
    "\u{20e3}",
    "\u{fe0f}",
    "\u{202e}",
    "\u{feff}",
    "\u{0}",
    "\u{ad}",
    "\u{e0041}",
    "3\u{fe0f}\u{20e3}",
    "⓪",
    "４",
    "𝟗",
    "🇩🇰",
    "👩‍❤️‍👩",
    "½",
    "¼",
    "ﬁ",
    "ﷺ",
    "กำ",
    "م",
    "א",
    "Ω",
    "п",
    "&nbsp;",
    "&#x1F600;",
    "&#9999999999;",
    "<br>",
    "<a href=",
    "</",
    "\r\n",
    "\t",
    "\u{2028}",
    "@",
    "..",
    ":-",
    ",-",
    "+45",
    "00",
    "(",
    "[at]",
    "https://",
    "ÅÅÅÅÅÅÅÅ",
];

fn check(text: &str, other: &str) {
    let texts = vec![
        (Field::Title, other.to_owned()),
        (Field::Body, text.to_owned()),
        (Field::Named("phone".to_owned()), other.to_owned()),
        (Field::Named("place".to_owned()), text.to_owned()),
        (Field::Named("price".to_owned()), other.to_owned()),
        (Field::Named("age".to_owned()), text.to_owned()),
        (Field::Named("name".to_owned()), other.to_owned()),
    ];
    let ad = common::READER.read(texts, &ReadHints::default());
    for span in spans(&ad) {
        let field = ad.texts.iter().find(|text| text.field == span.field).expect("the span's field");
        assert!(span.start < span.end, "an empty span in {text:?}");
        assert!(field.original.get(span.start..span.end).is_some(), "a span inside a character of {text:?}");
    }
    for (masked, field) in mask(&ad).iter().zip(&ad.texts) {
        for run in &masked.runs {
            assert!(
                field.original.get(run.original.clone()).is_some() && masked.text.get(run.masked.clone()).is_some()
            );
        }
    }
    let normal = normalise(text);
    for (at, c) in normal.as_str().char_indices() {
        assert!(text.get(normal.original(at..at + c.len_utf8())).is_some(), "a way back that ends inside a character");
    }
    let _ = skeleton(&ad);
}

fn strange(texts: &[String], row: &mut Row) -> String {
    let mut strange = String::new();
    for _ in 0..row.next(4) + 1 {
        let text = &texts[row.next(texts.len())];
        let mut chars: Vec<char> = text.chars().collect();
        let from = row.next(chars.len().max(1));
        chars.truncate(from + row.next(60));
        let mut piece: String = chars.get(from..).unwrap_or_default().iter().collect();
        for _ in 0..row.next(5) {
            let at =
                (0..=piece.len()).filter(|at| piece.is_char_boundary(*at)).nth(row.next(piece.chars().count() + 1));
            let times = if row.next(20) == 0 { 50 } else { 1 };
            piece.insert_str(at.unwrap_or(0), &STREWN[row.next(STREWN.len())].repeat(times));
        }
        strange.push_str(&piece);
    }
    strange
}

#[test]
fn no_text_breaks_the_reader() {
    let seconds = std::env::var("BAVN_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse::<u64>().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let texts: Vec<String> = frames::all(2).into_iter().map(|made| made.text).collect();
    let mut count = 0;
    while until.map_or(count < 1500, |until| Instant::now() < until) {
        let mut row = Row::of(count);
        let (text, other) = (strange(&texts, &mut row), strange(&texts, &mut row));
        check(&text, &other);
        count += 1;
    }
    println!("{count} strange ads read");
}
