//! A reader made of the distribution's own data files.
#![allow(dead_code, missing_docs)]

pub mod frames;
pub mod written;

use domain::{Field, ReadAd};
use extract::{ReadHints, Reader, ReaderSources};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub static READER: LazyLock<Reader> = LazyLock::new(|| {
    let config = root().join("config");
    let lexicon: Vec<(String, String)> = fs::read_dir(config.join("lexicon"))
        .expect("config/lexicon")
        .map(|entry| entry.expect("entry"))
        .map(|entry| (entry.file_name().into_string().expect("name"), fs::read_to_string(entry.path()).expect("text")))
        .collect();
    let places_csv = fs::read_to_string(config.join("places/dk_places.csv")).expect("places");
    Reader::new(&ReaderSources { places_csv: &places_csv, lexicon: &lexicon }).expect("a reader")
});

pub fn read(text: &str) -> ReadAd {
    READER.read(vec![(Field::Text, text.to_owned())], &ReadHints::default())
}

/// Where every mention stands.
#[allow(dead_code)]
pub fn spans(ad: &domain::ReadAd) -> Vec<&domain::Span> {
    let reading = &ad.reading;
    let mut spans: Vec<&domain::Span> = reading.phones.iter().map(|m| &m.span).collect();
    spans.extend(reading.prices.iter().map(|m| &m.span));
    spans.extend(reading.ages.iter().map(|m| &m.span));
    spans.extend(reading.names.iter().map(|m| &m.span));
    spans.extend(reading.places.iter().map(|m| &m.span));
    spans.extend(reading.emails.iter().map(|m| &m.span));
    spans.extend(reading.urls.iter().map(|m| &m.span));
    spans.extend(reading.addresses.iter().map(|m| &m.span));
    spans.extend(reading.handles.iter().map(|m| &m.span));
    spans
}
