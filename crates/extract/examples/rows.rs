//! The mentions of texts as JSON Lines, without the indicators: what `tests/measure/reading.py` needs, built in a tenth
//! of the program's time. `rows FILE` takes the input of `bavn read`; `--config DIR` is taken and must be `config`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use domain::{Field, Span};
use extract::ReadHints;
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, Write};

fn row(span: &Span, mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.remove("span");
        let field = match &span.field {
            Field::Named(name) => format!("fields.{name}"),
            _ => "text".to_owned(),
        };
        object.extend(Map::from_iter([
            ("field".to_owned(), json!(field)),
            ("start".to_owned(), json!(span.start)),
            ("end".to_owned(), json!(span.end)),
        ]));
    }
    value
}

fn main() {
    let input: Box<dyn BufRead> = match std::env::args().skip(1).find(|arg| arg.contains('/') || arg.ends_with("jsonl"))
    {
        Some(file) => Box::new(BufReader::new(std::fs::File::open(file).expect("the file"))),
        None => Box::new(std::io::stdin().lock()),
    };
    let mut out = std::io::stdout().lock();
    for line in input.lines() {
        let case: Value = serde_json::from_str(&line.expect("a line")).expect("an object");
        let mut texts = vec![(Field::Text, case["text"].as_str().unwrap_or_default().to_owned())];
        for (name, value) in case["fields"].as_object().into_iter().flatten() {
            texts.push((Field::Named(name.clone()), value.as_str().unwrap_or_default().to_owned()));
        }
        let reading = common::READER.read(texts, &ReadHints::default()).reading;
        macro_rules! rows {
            ($kind:ident) => {
                reading.$kind.iter().map(|m| row(&m.span, serde_json::to_value(m).expect("json"))).collect::<Vec<_>>()
            };
        }
        let languages: Vec<&str> = reading.languages.iter().map(|guess| guess.code.as_str()).collect();
        let row = json!({
            "id": case["id"], "languages": languages, "phones": rows!(phones), "prices": rows!(prices), "ages": rows!(ages),
            "names": rows!(names), "places": rows!(places), "emails": rows!(emails), "urls": rows!(urls),
            "addresses": rows!(addresses), "handles": rows!(handles), "indicators": [],
        });
        writeln!(out, "{row}").expect("standard output");
    }
}
