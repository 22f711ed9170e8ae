//! Values of the configuration that a person may try, and files with some of them changed: comments and order stay.

use crate::config::{Config, Overlay, differences};
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use toml_edit::{DocumentMut, Item, TableLike, Value};
use web::Setting;

const RULES: &str = "indicators/rules.toml";
const LINKAGE: &str = "linkage.toml";
/// What may be tried of an indicator.
const OF_INDICATOR: [&str; 3] = ["grade", "points", "status"];

/// Grade, points and state of each indicator, the numbers of the ways to a band, the weights of linking.
pub fn settings(config: &Config) -> anyhow::Result<Vec<Setting>> {
    let mut all = Vec::new();
    for (file, text) in config.indicator_files()? {
        let document: DocumentMut = text.parse().with_context(|| format!("{file} cannot be edited"))?;
        for key in OF_INDICATOR {
            let Some(value) = document.get(key).and_then(Item::as_value) else { continue };
            all.push(Setting { file: file.clone(), key: key.to_owned(), value: shown(value), about: String::new() });
        }
    }
    for (file, wanted) in [(RULES, &["medium", "high", "cross_ad_least_points"][..]), (LINKAGE, &[])] {
        let text = config.file_text(file).with_context(|| format!("there is no {file}"))?;
        let document: DocumentMut = text.parse().with_context(|| format!("{file} cannot be edited"))?;
        for (key, item) in document.as_table().iter() {
            if wanted.is_empty() || wanted.contains(&key) {
                let above = document.as_table().key(key).and_then(|key| key.leaf_decor().prefix()?.as_str());
                numbers(file, key, item, &comment(above.unwrap_or_default()), &mut all);
            }
        }
    }
    Ok(all)
}

/// Every number below an item.
fn numbers(file: &str, key: &str, item: &Item, about: &str, into: &mut Vec<Setting>) {
    if let Some(tables) = item.as_array_of_tables() {
        for (at, table) in tables.iter().enumerate() {
            let name = table.get("name").and_then(Item::as_str).unwrap_or_default();
            for (leaf, value) in table.iter() {
                numbers(file, &format!("{key}.{at}.{leaf}"), value, name, into);
            }
        }
    } else if let Some(table) = item.as_table_like() {
        for (leaf, value) in table.iter() {
            let above = table.key(leaf).and_then(|key| key.leaf_decor().prefix()?.as_str()).unwrap_or_default();
            let above = comment(above);
            let about = if above.is_empty() { about } else { &above };
            numbers(file, &format!("{key}.{leaf}"), value, about, into);
        }
    } else if let Some(value) = item.as_value().filter(|value| value.is_float() || value.is_integer()) {
        let about = about.to_owned();
        into.push(Setting { file: file.to_owned(), key: key.to_owned(), value: shown(value), about });
    }
}

/// The comment right above a key, in one line.
fn comment(above: &str) -> String {
    let last = above.rsplit("\n\n").next().unwrap_or_default();
    let lines = last.lines().filter_map(|line| line.trim().strip_prefix('#'));
    lines.map(str::trim).filter(|line| !line.starts_with("---")).collect::<Vec<_>>().join(" ")
}

/// A value as a person writes it: without quotes and spaces.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.clone().decorated("", "").to_string(), str::to_owned)
}

/// The files with these values (file, key, new value) in place of those in force. Only what [`settings`] names can be
/// tried; a value that is in force already changes nothing.
pub fn tried(config: &Config, values: &[(String, String, String)]) -> anyhow::Result<Overlay> {
    let known: BTreeMap<(String, String), String> =
        settings(config)?.into_iter().map(|one| ((one.file, one.key), one.value)).collect();
    let mut files: BTreeMap<String, DocumentMut> = BTreeMap::new();
    for (file, key, value) in values {
        let Some(now) = known.get(&(file.clone(), key.clone())) else {
            bail!(
                "'{key}' of {file} cannot be tried here; change its file, and try that with 'bavn analyse --what-if'"
            );
        };
        let value = value.trim();
        if now == value {
            continue;
        }
        if !files.contains_key(file) {
            let text = config.file_text(file).with_context(|| format!("there is no {file}"))?;
            files.insert(file.clone(), text.parse().with_context(|| format!("{file} cannot be edited"))?);
        }
        let Some(document) = files.get_mut(file) else { continue };
        let place = place(document, key).with_context(|| format!("{file} has no '{key}'"))?;
        let new = like(place, value).with_context(|| format!("{key} of {file}: '{value}' is no number"))?;
        put(place, new);
    }
    let files = files.into_iter().map(|(file, document)| (file, document.to_string())).collect();
    Ok(Overlay::of(files).in_place_of(config))
}

/// The value at a key as `medium.0.points`.
fn place<'a>(document: &'a mut DocumentMut, key: &str) -> Option<&'a mut Value> {
    let mut parts = key.split('.').peekable();
    let mut at: &mut dyn TableLike = document.as_table_mut();
    loop {
        let item = at.get_mut(parts.next()?)?;
        if parts.peek().is_none() {
            return item.as_value_mut();
        }
        at = match item {
            Item::ArrayOfTables(tables) => tables.get_mut(parts.next()?.parse().ok()?)?,
            item => item.as_table_like_mut()?,
        };
    }
}

/// A value of the same kind; a Danish comma is a point.
fn like(now: &Value, text: &str) -> Option<Value> {
    match now {
        Value::String(_) => Some(text.into()),
        _ => {
            let text = text.replace(',', ".");
            match (now, text.parse::<i64>()) {
                (Value::Integer(_), Ok(whole)) => Some(whole.into()),
                _ => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from),
            }
        }
    }
}

/// Puts a value in place of another; what stands around it stays.
fn put(place: &mut Value, new: Value) {
    let decor = place.decor().clone();
    *place = new;
    *place.decor_mut() = decor;
}

fn has_comment(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with('#'))
}

/// A new text of a file: as it was written; one without any comment (a machine's) is put value by value into the present
/// file, whose comments stay.
pub fn with_comments(path: &str, present: &str, new: &str) -> String {
    if has_comment(new) || !has_comment(present) {
        return new.to_owned();
    }
    merged(path, present, new).unwrap_or_else(|| new.to_owned())
}

/// `None` where the new text has other keys than the present one.
fn merged(path: &str, present: &str, new: &str) -> Option<String> {
    let mut document: DocumentMut = present.parse().ok()?;
    let mut from: DocumentMut = new.parse().ok()?;
    for change in differences(path, present, new) {
        let value = place(&mut from, &change.key)?.clone();
        put(place(&mut document, &change.key)?, value);
    }
    let text = document.to_string();
    differences(path, &text, new).is_empty().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn config() -> Config {
        Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config"), false).unwrap()
    }

    #[test]
    fn what_may_be_tried_is_every_indicator_s_grade_every_way_s_number_and_every_weight() {
        let config = config();
        let all = settings(&config).unwrap();
        let of = |file: &str, key: &str| all.iter().find(|one| one.file == file && one.key == key);
        let grades = all.iter().filter(|one| one.key == "grade").count();
        assert_eq!(grades, config.catalogue.indicators().len());
        let points = of(RULES, "medium.0.points").unwrap();
        assert_eq!(points.value.parse::<f64>().unwrap(), config.catalogue.rules().medium[0].points);
        assert_eq!(points.about, config.catalogue.rules().medium[0].name);
        let most = of(LINKAGE, "levels.image.most").unwrap();
        assert!(most.about.contains("pictures are copied"), "{most:?}");
        assert!(of(LINKAGE, "hub_groups").is_some_and(|one| one.about.contains("municipalities")));
        assert!(of(RULES, "spam_seed").is_none());
    }

    #[test]
    fn a_value_is_changed_where_it_stands_and_every_comment_stays() {
        let config = config();
        let value = |file: &str, key: &str, value: &str| (file.to_owned(), key.to_owned(), value.to_owned());
        let over = tried(
            &config,
            &[
                value(RULES, "medium.0.points", "7,5"),
                value(LINKAGE, "levels.image.most", "8"),
                value(LINKAGE, "hub_groups", "11"),
                value(LINKAGE, "hub_towns", &config.linkage.hub_towns.to_string()),
            ],
        )
        .unwrap();
        let changes: Vec<String> = over.changes(&config).iter().map(super::super::words::change_line).collect();
        let image = config.linkage.levels.iter().find(|(name, _)| name.key() == "image").unwrap().1.most;
        assert_eq!(
            changes,
            [
                format!("{RULES}  medium.0.points: {:.1} -> 7.5", config.catalogue.rules().medium[0].points),
                format!("{LINKAGE}  hub_groups: {} -> 11", config.linkage.hub_groups),
                format!("{LINKAGE}  levels.image.most: {image:.1} -> 8.0"),
            ]
        );
        for (file, text) in over.files() {
            let comments = |text: &str| text.lines().filter(|line| line.contains('#')).count();
            assert_eq!(comments(text), comments(&config.file_text(file).unwrap()), "{file}");
        }
        let then = config.over(&over).unwrap();
        assert_eq!((then.catalogue.rules().medium[0].points, then.linkage.hub_groups), (7.5, 11));
        assert_eq!(then.reader_version, config.reader_version, "no text is read otherwise");
        assert_ne!(then.parameters_hash(), config.parameters_hash());
        let word = tried(&config, &[value(LINKAGE, "hub_groups", "many")]).unwrap_err();
        assert!(word.to_string().contains("'many' is no number"), "{word}");
        let hidden = tried(&config, &[value(RULES, "spam_seed", "x")]).unwrap_err();
        assert!(hidden.to_string().contains("cannot be tried here"), "{hidden}");
        let bad = config.over(&tried(&config, &[value("indicators/rules.toml", "medium.0.points", "-1")]).unwrap());
        assert!(bad.is_err_and(|error| error.to_string().contains("rules.toml")), "the loader's own rules hold");
    }

    #[test]
    fn a_text_without_comments_is_put_into_the_present_one() {
        let present = "# why\na = 1 # one\n[b]\n# text\nc = \"x\"\n";
        assert_eq!(
            with_comments("f.toml", present, "a = 2\n[b]\nc = \"x\"\n"),
            "# why\na = 2 # one\n[b]\n# text\nc = \"x\"\n"
        );
        let other = "# because\na = 2\n[b]\nc = \"x\"\n";
        assert_eq!(with_comments("f.toml", present, other), other, "its own comments are its author's");
        let more = "a = 2\nd = 4\n[b]\nc = \"x\"\n";
        assert_eq!(with_comments("f.toml", present, more), more, "a new key has no place in the present text");
    }
}
