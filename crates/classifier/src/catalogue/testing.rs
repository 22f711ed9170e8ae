//! The catalogue of `config/indicators`, and a reader of few words, for tests.

use super::{Catalogue, CatalogueFiles};
use domain::{Field, FieldText, NormalText, ReadAd, Reading};
use std::path::Path;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/indicators")
}

pub(crate) fn files() -> CatalogueFiles {
    let read = |path: &Path| {
        let name = path.strip_prefix(folder()).unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    let mut files = CatalogueFiles {
        sources: read(&folder().join("sources.toml")),
        rules: read(&folder().join("rules.toml")),
        ..Default::default()
    };
    for group in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(group).unwrap().map(|entry| entry.unwrap().path()) {
            files.indicators.push(read(&file));
        }
    }
    files.indicators.sort();
    files
}

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::load(&files()).unwrap_or_else(|errors| {
        panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

/// Folded, with nothing read in it.
pub(crate) fn plain(text: &str) -> ReadAd {
    ReadAd {
        texts: vec![FieldText { field: Field::Text, original: text.to_owned(), normal: NormalText::fold(text) }],
        reading: Reading::default(),
    }
}
