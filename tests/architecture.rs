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
    ("instruments", &["domain"]),
    ("places", &[]),
    ("crawler", &["domain"]),
    ("store", &["domain"]),
    ("demo", &["domain"]),
    ("warc", &[]),
    ("web", &["classifier", "domain", "instruments", "outreach", "places", "report", "store"]),
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
    for name in ["domain", "extract", "linkage", "classifier", "outreach", "report", "instruments", "places"] {
        let text = std::fs::read_to_string(root.join("crates").join(name).join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table).expect("dependencies");
        for banned in ["tokio", "reqwest", "sqlx", "axum", "governor", "rand", "getrandom"] {
            assert!(!dependencies.contains_key(banned), "the pure crate {name} must not depend on {banned}");
        }
        assert!(root.join("crates").join(name).join("clippy.toml").is_file(), "{name} lacks its clippy.toml");
    }
}

/// Programmes are data: no crate of the core names one, in code, pages or texts. `demo` and the wiring may, since one plays
/// it and the other reads its file.
#[test]
fn no_crate_of_the_core_names_a_programme() {
    fn walk(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for (name, _) in ARROWS.iter().filter(|(name, _)| *name != "demo") {
        for part in ["src", "templates"] {
            let folder = root.join("crates").join(name).join(part);
            if folder.is_dir() {
                walk(&folder, &mut files);
            }
        }
    }
    assert!(files.len() > 300, "{} files", files.len());
    for file in files {
        let bytes = std::fs::read(&file).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        // What a test or an example says is no rule of the core.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_test = file.components().any(|part| part.as_os_str().to_string_lossy().contains("test"));
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines.filter(|_| !is_test) {
            let lower = line.to_lowercase();
            for name in ["initiative-1", "initiative 1", "initiative_1", "initiativ 1"] {
                assert!(!lower.contains(name), "{}: {line}", file.display());
            }
        }
    }
}
