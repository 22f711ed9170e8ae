//! Which crate may know which (ARCHITECTURE.md). A new arrow needs an ADR in docs/adr/ and a line here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Crate and the crates of ours that it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("extract", &["domain"]),
    ("linkage", &["domain"]),
    ("classifier", &["domain"]),
    ("outreach", &["domain"]),
    ("report", &["domain"]),
    ("crawler", &["domain"]),
    ("store", &["domain"]),
    ("demo", &["domain"]),
    ("warc", &[]),
    ("web", &["classifier", "domain", "outreach", "report", "store"]),
];

fn ours(manifest: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(manifest).expect("a manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    let names: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).expect("dependencies");
    dependencies.keys().filter(|name| names.contains(name.as_str())).cloned().collect()
}

#[test]
fn every_arrow_between_crates_is_allowed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.iter().map(|(name, to)| (*name, to.iter().copied().collect())).collect();
    let mut seen = 0;
    for entry in std::fs::read_dir(root.join("crates")).expect("crates") {
        let path = entry.expect("a folder").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name == "bavn" {
            continue; // The wiring knows all; its manifest is the root's.
        }
        let allowed = allowed.get(name.as_str()).unwrap_or_else(|| panic!("crate {name} has no line in ARROWS"));
        for other in ours(&path.join("Cargo.toml")) {
            assert!(allowed.contains(other.as_str()), "crate {name} must not depend on {other}: see ARCHITECTURE.md");
        }
        seen += 1;
    }
    assert_eq!(seen, ARROWS.len(), "a crate of ARROWS is missing");
}

#[test]
fn pure_crates_use_no_runtime_network_or_database() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["domain", "extract", "linkage", "classifier", "outreach", "report"] {
        let text = std::fs::read_to_string(root.join("crates").join(name).join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).expect("dependencies");
        for banned in ["tokio", "reqwest", "sqlx", "axum", "governor", "rand", "getrandom"] {
            assert!(!dependencies.contains_key(banned), "the pure crate {name} must not depend on {banned}");
        }
        assert!(root.join("crates").join(name).join("clippy.toml").is_file(), "{name} lacks its clippy.toml");
    }
}
