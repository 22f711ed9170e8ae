//! Files that are not there yet: which may be made on the page, and what they begin with.

use super::{group_of, list};
use std::path::Path;
use toml_edit::DocumentMut;
use web::{ConfigFile, ConfigGroup};

/// Longest part of a name.
const LONGEST: usize = 60;

/// What a new site begins with: every key that must be there, to be filled.
const SITE: &str = r#"# What each key means: config/sites/README.md; from a draft to the first crawl: docs/adapters.md.
id      = "new"
name    = ""                       # what people call the site
owner   = ""                       # who runs it
purpose = ""                       # what it is and why it is read
start   = ["https://example.invalid/ads"]   # where a run begins

# Without an approval the site is checked and never crawled.
# [approval]
# by          = ""                 # who gave it
# at          = "2026-01-01"       # the day it was given
# legal_basis = ""
# until       = "2026-12-31"       # the last day it holds

[pacing]
delay_s = 5.0                      # least seconds between two requests

[listing]
item  = "article"                  # one entry
ad_id = { url = '/(\d+)' }         # the site's own id, in the entry's link

[detail]
title = "h1"
body  = "main"

[expect]                           # ads in one complete run: outside these bounds it fails
ads_min = 1
ads_max = 1000
"#;

/// Whether there may be several files of its kind, so that one may be made and one may go.
pub fn one_of_many(path: &str) -> bool {
    match group_of(path) {
        Some(ConfigGroup::Sites | ConfigGroup::Programmes) => true,
        Some(ConfigGroup::Indicators) => path.matches('/').count() == 2,
        Some(ConfigGroup::Words) => path.starts_with("public/"),
        _ => false,
    }
}

/// The file that may be made at a path; its name says where it is, and nothing leads out of the folder.
pub fn may_be_made(folder: &Path, path: &str) -> Option<ConfigFile> {
    let group = group_of(path).filter(|_| one_of_many(path))?;
    let plain = |part: &str| {
        (1..=LONGEST).contains(&part.len())
            && part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
    };
    let letter = |part: &str| part.len() == 1 && part.chars().all(|c| c.is_ascii_uppercase());
    let parts: Vec<&str> = path.strip_suffix(".toml")?.split('/').collect();
    let named = match (group, parts.as_slice()) {
        (ConfigGroup::Sites, ["sites", site, "site"]) => plain(site),
        (ConfigGroup::Programmes, ["programmes", id]) => plain(id),
        (ConfigGroup::Indicators, ["indicators", group, id]) => letter(group) && plain(id),
        (ConfigGroup::Words, ["public", language]) => plain(language),
        _ => false,
    };
    // A link that leads nowhere is something too.
    let free = std::fs::symlink_metadata(folder.join(path)).is_err();
    let title = domain::Bilingual { da: path.to_owned(), en: path.to_owned() };
    (named && free).then(|| ConfigFile { path: path.to_owned(), group, title })
}

/// What a new file is called in itself.
fn id_of(path: &str) -> &str {
    let stem = path.trim_end_matches(".toml");
    stem.strip_suffix("/site").unwrap_or(stem).rsplit('/').next().unwrap_or(stem)
}

/// The text of `like`, or of the nearest file of the kind, under the new name. A site without one to copy begins with what
/// it must have.
pub fn outline(folder: &Path, path: &str, like: Option<&str>) -> String {
    let known = list(folder);
    let wanted = group_of(path);
    let same_kind = |other: &&ConfigFile| Some(other.group) == wanted && one_of_many(&other.path);
    let near = |other: &ConfigFile| other.path.rsplit_once('/').map(|at| at.0) == path.rsplit_once('/').map(|at| at.0);
    let from = match like {
        Some(like) => known.iter().filter(same_kind).find(|other| other.path == like),
        None if wanted == Some(ConfigGroup::Sites) => None,
        None => known.iter().filter(same_kind).max_by_key(|other| near(other)),
    };
    let text = from.and_then(|from| std::fs::read_to_string(folder.join(&from.path)).ok());
    let text = text.unwrap_or_else(|| if wanted == Some(ConfigGroup::Sites) { SITE.to_owned() } else { String::new() });
    named(&text, id_of(path))
}

/// The text with another `id`; all else stays as it is, comments too.
fn named(text: &str, id: &str) -> String {
    let Ok(mut document) = text.parse::<DocumentMut>() else { return text.to_owned() };
    let Some(value) = document.get_mut("id").and_then(toml_edit::Item::as_value_mut) else { return text.to_owned() };
    let around = value.decor().clone();
    *value = toml_edit::Value::from(id);
    *value.decor_mut() = around;
    document.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        crate::config::write_builtin(folder.path()).expect("written");
        folder
    }

    #[test]
    fn only_plain_names_in_their_own_place_may_be_made() {
        let folder = folder();
        let may = |path: &str| may_be_made(folder.path(), path).is_some();
        for path in ["sites/new-site/site.toml", "indicators/B/my_sign.toml", "programmes/p2.toml", "public/pl.toml"] {
            assert!(may(path), "{path}");
        }
        for path in [
            "bavn.toml",
            "linkage.toml",
            "sites/../site.toml",
            "sites/A/site.toml",
            "indicators/B/third_person_voice.toml",
            "indicators/rules.toml",
            "indicators/../x.toml",
            "indicators/b/x.toml",
            "indicators/B/.x.toml",
            "public/../../etc/x.toml",
            "public/.toml",
            "programmes/ordentlig æ.toml",
            "lexicon/own.toml",
            "elsewhere/x.toml",
        ] {
            assert!(!may(path), "{path}");
        }
    }

    #[test]
    fn a_new_file_begins_as_the_nearest_one_under_its_own_name() {
        let folder = folder();
        let of = |path: &str, like: Option<&str>| outline(folder.path(), path, like);
        let voice = std::fs::read_to_string(folder.path().join("indicators/B/third_person_voice.toml")).expect("read");
        let mine = of("indicators/B/my_sign.toml", Some("indicators/B/third_person_voice.toml"));
        assert_eq!(mine, voice.replacen("\"third_person_voice\"", "\"my_sign\"", 1));
        assert!(of("indicators/C/other.toml", None).contains("group"));
        let site = of("sites/new-site/site.toml", None);
        let read = |text: &str| extract::adapter::Adapter::parse("new-site", "sites/new-site/site.toml", text);
        assert!(read(&site).is_err_and(|error| error.to_string().contains("name")), "what is to be filled in is told");
        let adapter = read(&site.replace("\"\"", "\"x\"")).expect("a whole adapter");
        assert_eq!(adapter.settings().id, "new-site");
        assert!(of("public/pl.toml", None).len() > 100);
    }
}
