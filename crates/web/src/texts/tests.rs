use super::*;
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};

/// Every key of a language with the variables that its text names.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for (name, text) in files(language) {
        FluentResource::try_new(text.to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{language:?} {name}: {errors:?}"));
        let mut key = String::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((head, _)) = line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                key = head.trim().to_owned();
                assert!(keys.insert(key.clone(), BTreeSet::new()).is_none(), "{language:?} {name}: {key} stands twice");
            }
            for part in line.split('$').skip(1) {
                let variable: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                keys.get_mut(&key).unwrap().insert(variable);
            }
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (da, en) = (keys(Language::Da), keys(Language::En));
    let only = |a: &BTreeMap<String, BTreeSet<String>>, b: &BTreeMap<String, BTreeSet<String>>| {
        a.iter().filter(|(key, vars)| b.get(*key) != Some(vars)).map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    assert_eq!((only(&da, &en), only(&en, &da)), (Vec::new(), Vec::new()));
}

#[test]
fn every_key_that_a_page_asks_for_exists_and_every_key_is_asked_for() {
    let known = keys(Language::Da);
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let mut folders = vec![root.join("src"), root.join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("texts/tests.rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut asked = BTreeSet::new();
    for call in [".t(\"", ".n(\"", ".v(\"", ".vs(\"", "key: \"", "field(\""] {
        for part in sources.split(call).skip(1) {
            asked.insert(part.split('"').next().unwrap().to_owned());
        }
    }
    let missing: Vec<_> = asked.iter().filter(|key| !key.is_empty() && !known.contains_key(*key)).collect();
    assert!(missing.is_empty(), "asked for, but not in texts/: {missing:?}");
    // Keys made of a prefix and a stored word.
    let prefixes: BTreeSet<&str> = sources
        .split("format!(\"")
        .skip(1)
        .filter_map(|part| part.split('{').next())
        .filter(|prefix| prefix.ends_with('-') && prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .collect();
    let unused: Vec<_> = known
        .keys()
        .filter(|key| !sources.contains(&format!("\"{key}\"")) && !prefixes.iter().any(|p| key.starts_with(p)))
        .collect();
    assert!(unused.is_empty(), "in texts/, but never asked for: {unused:?}");
}

#[test]
fn plurals_and_numbers_follow_the_language() {
    assert_eq!(Language::Da.n("count-ads", 1), "1 annonce");
    assert_eq!(Language::Da.n("count-ads", 1234), "1.234 annoncer");
    assert_eq!(Language::En.n("count-ads", 1234), "1,234 ads");
}
