//! Files in place of others: a configuration that is tried and not (yet) adopted.

use super::Config;
use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use web::SettingChange;

/// Configuration files by path, each whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlay {
    files: BTreeMap<String, String>,
    /// The texts in whose place they stand, as these were when the files were looked at.
    stood: BTreeMap<String, Option<String>>,
}

/// Whether an assessment depends on a file of that path.
fn is_weighed(path: &str) -> bool {
    path == "linkage.toml" || (path.starts_with("indicators/") && path.ends_with(".toml")) || changes_reader(path)
}

/// Whether the reader of texts is made of it.
pub(super) fn changes_reader(path: &str) -> bool {
    path.starts_with("lexicon/") || path.starts_with("places/")
}

impl Overlay {
    /// Of these files.
    pub fn of(files: BTreeMap<String, String>) -> Self {
        Self { files, stood: BTreeMap::new() }
    }

    /// With what stood in their place at this moment: an adoption later is refused where that has changed.
    pub fn in_place_of(mut self, present: &Config) -> Self {
        self.stood = self.files.keys().map(|path| (path.clone(), present.file_text(path))).collect();
        self
    }

    /// What stood in the place of a file when it was looked at; now, where nobody looked.
    pub fn stood(&self, path: &str, present: &Config) -> Option<String> {
        self.stood.get(path).cloned().unwrap_or_else(|| present.file_text(path))
    }

    /// What differs in a folder: a whole configuration or a part of one, in the same places. Files that it lacks stay as
    /// they are. The second part names what differs and has no say in assessments.
    pub fn of_folder(folder: &Path, present: &Config) -> anyhow::Result<(Self, Vec<String>)> {
        if !folder.is_dir() {
            anyhow::bail!(
                "'{}' is no folder: name one with the files to try, as in the configuration",
                folder.display()
            );
        }
        let mut paths = Vec::new();
        super::walk(folder, folder, &mut paths)?;
        paths.retain(|path| path.ends_with(".toml") || path.ends_with(".csv"));
        paths.sort();
        let (mut files, mut besides, mut known) = (BTreeMap::new(), Vec::new(), 0_usize);
        for path in paths {
            let file = folder.join(&path);
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let now = present.file_text(&path);
            known += usize::from(now.is_some() || is_weighed(&path));
            if now.as_ref() == Some(&text) {
                continue;
            }
            if is_weighed(&path) {
                files.insert(path, text);
            } else if now.is_some() {
                besides.push(path);
            }
        }
        if known == 0 {
            anyhow::bail!(
                "'{}' holds no configuration file: put what to try there in its place, for example indicators/rules.toml, \
                 linkage.toml or indicators/B/third_person_voice.toml",
                folder.display()
            );
        }
        Ok((Self::of(files).in_place_of(present), besides))
    }

    /// Both, the other one's files in place of these.
    pub(super) fn with(&self, other: &Overlay) -> Self {
        let both = self.files.iter().chain(&other.files);
        Self::of(both.map(|(path, text)| (path.clone(), text.clone())).collect())
    }

    /// The text of a file of it.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Its files by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What differs from the present configuration, value by value.
    pub fn changes(&self, present: &Config) -> Vec<SettingChange> {
        let each = self
            .files()
            .flat_map(|(path, text)| differences(path, present.file_text(path).as_deref().unwrap_or_default(), text));
        each.collect()
    }
}

/// The values in which two texts of a file differ, by key: `points`, `medium.0.points`, `levels.phone.most`.
pub fn differences(path: &str, before: &str, after: &str) -> Vec<SettingChange> {
    let change = |key: &str, before: Option<&String>, after: Option<&String>| SettingChange {
        file: path.to_owned(),
        key: key.to_owned(),
        before: before.cloned(),
        after: after.cloned(),
    };
    let (Some(old), Some(new)) = (flat(before), flat(after)) else {
        // No TOML (the list of places), or not yet: the file as a whole.
        return vec![change("", None, None)];
    };
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differing = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    differing.map(|key| change(key, old.get(key), new.get(key))).collect()
}

fn flat(text: &str) -> Option<BTreeMap<String, String>> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let mut values = BTreeMap::new();
    flatten("", &toml::Value::Table(table), &mut values);
    Some(values)
}

fn flatten(key: &str, value: &toml::Value, into: &mut BTreeMap<String, String>) {
    let under = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        toml::Value::Table(table) => table.iter().for_each(|(name, value)| flatten(&under(name), value, into)),
        toml::Value::Array(list) if list.iter().any(toml::Value::is_table) => {
            list.iter().enumerate().for_each(|(at, value)| flatten(&under(&at.to_string()), value, into));
        }
        value => _ = into.insert(key.to_owned(), value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_value_by_value() {
        let before =
            "points = 1 # why\n[[medium]]\nname = \"a\"\npoints = 4.0\n[levels]\nphone = { m = 0.9, u = 0.1 }\n";
        let after = "points = 2\n[[medium]]\nname = \"a\"\npoints = 5.5\n[levels]\nphone = { m = 0.9, most = 3.0 }\n";
        let found: Vec<String> = differences("f.toml", before, after)
            .iter()
            .map(|one| format!("{} {:?} {:?}", one.key, one.before.as_deref(), one.after.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                "levels.phone.most None Some(\"3.0\")",
                "levels.phone.u Some(\"0.1\") None",
                "medium.0.points Some(\"4.0\") Some(\"5.5\")",
                "points Some(\"1\") Some(\"2\")",
            ]
        );
        assert!(
            differences("f.toml", before, &before.replace("# why", "# because")).is_empty(),
            "a comment is no value"
        );
    }
}
