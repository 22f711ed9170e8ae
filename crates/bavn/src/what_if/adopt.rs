//! Making what was tried the configuration in force: the files are the single truth, so they are what changes. The act is
//! an event that says who, when, why, and what differed.

use super::edit::with_comments;
use super::words::change_line;
use crate::config::{Config, Overlay, Shadow, differences};
use crate::configuring::is_kept;
use crate::live::{WRITING, takes_files, write_beside};
use anyhow::Context;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::{Actor, CaseChange, ConfigHow, NewConfigVersion, ShadowCounts, Store, StoreError};
use web::{Adopted, Comparison, ConfigurationAct, SettingChange};

/// What is to become the configuration.
pub struct Adoption {
    what: &'static str,
    /// New texts by path; `None`: the file goes.
    files: BTreeMap<String, Option<String>>,
    /// The texts that were in force when it was tried.
    before: BTreeMap<String, Option<String>>,
    changes: Vec<SettingChange>,
    would: serde_json::Value,
}

impl Adoption {
    /// Of files that were tried.
    pub fn of(present: &Config, overlay: &Overlay, found: &Comparison) -> Self {
        let counts: BTreeMap<&str, usize> =
            CaseChange::ALL.into_iter().map(|change| (change.as_str(), found.count(change))).collect();
        let mut files = BTreeMap::new();
        let mut before = BTreeMap::new();
        for (path, text) in overlay.files() {
            let stood = overlay.stood(path, present);
            files.insert(path.to_owned(), Some(with_comments(path, stood.as_deref().unwrap_or_default(), text)));
            before.insert(path.to_owned(), stood);
        }
        let would = json!({"cases": counts, "unchanged": found.unchanged, "as_of": found.as_of.to_string()});
        Self { what: "what_if", files, before, changes: found.changes.clone(), would }
    }

    fn new(
        present: &Config,
        what: &'static str,
        files: BTreeMap<String, Option<String>>,
        changes: Vec<SettingChange>,
        would: serde_json::Value,
    ) -> Self {
        let before = files.keys().map(|path| (path.clone(), present.file_text(path))).collect();
        Self { what, files, before, changes, would }
    }
}

/// An indicator that leaves the shadow for the catalogue.
pub fn shadow_adoption(present: &Config, shadow: &Shadow, counts: Option<&ShadowCounts>) -> Adoption {
    let now = present.file_text(&shadow.becomes).unwrap_or_default();
    let changes = differences(&shadow.becomes, &now, &shadow.text);
    let files = BTreeMap::from([(shadow.becomes.clone(), Some(shadow.text.clone())), (shadow.path.clone(), None)]);
    Adoption::new(present, "shadow_adopted", files, changes, counted(shadow, counts))
}

/// An indicator that leaves the shadow for good.
pub fn drop_shadow(present: &Config, shadow: &Shadow, counts: Option<&ShadowCounts>) -> Adoption {
    let now = present.file_text(&shadow.becomes).unwrap_or_default();
    // What was tried stays on record, since its file goes.
    let changes = differences(&shadow.becomes, &now, &shadow.text);
    let files = BTreeMap::from([(shadow.path.clone(), None)]);
    Adoption::new(present, "shadow_dropped", files, changes, counted(shadow, counts))
}

fn counted(shadow: &Shadow, counts: Option<&ShadowCounts>) -> serde_json::Value {
    let cases: Option<BTreeMap<&str, u64>> =
        counts.map(|counts| CaseChange::ALL.into_iter().map(|one| (one.as_str(), counts.of(one))).collect());
    json!({"indicator": shadow.id.as_str(), "version": shadow.version, "cases": cases,
        "fires": counts.map(|counts| counts.fires)})
}

/// Writes the files and records the act. Nothing is written, and nothing recorded, where the files cannot be written or were
/// changed since; the answer then says what to do.
pub async fn adopt(
    store: &Store,
    present: &Config,
    adoption: &Adoption,
    act: &ConfigurationAct,
) -> anyhow::Result<Adopted> {
    if act.reason.trim().is_empty() {
        return Ok(Adopted::Refused("A change of the configuration needs a reason.".to_owned()));
    }
    if adoption.files.is_empty() {
        return Ok(Adopted::Refused(
            "No value differs from the configuration in force: there is nothing to adopt.".to_owned(),
        ));
    }
    let Some(folder) = &present.folder else {
        let how = "The configuration in force is the one built into the program. Write it to a folder with 'bavn init', \
                   change it there, and name the folder with --config. To change: ";
        return Ok(Adopted::Refused(format!("{how}{}", by_hand(adoption))));
    };
    let _writing = WRITING.lock().await;
    if let Some((path, _)) = adoption.before.iter().find(|(path, text)| present.file_text(path) != **text) {
        return Ok(Adopted::Refused(format!(
            "{} was changed since this was tried: try again, so that what is adopted is what was seen.",
            folder.join(path).display()
        )));
    }
    let mut written = Vec::new();
    for (path, text) in &adoption.files {
        let beside = match text {
            Some(text) => prepare(&folder.join(path), text).map(Some),
            None => takes_files(folder.join(path).parent().unwrap_or(folder)).map(|()| None),
        };
        match beside {
            Ok(beside) => written.push((folder.join(path), beside)),
            Err(error) => {
                take_back(&written);
                return Ok(Adopted::Refused(format!(
                    "{} cannot be written ({error}): nothing was changed. Whoever may write there changes it by hand: {}",
                    folder.join(path).display(),
                    by_hand(adoption)
                )));
            }
        }
    }
    let payload = json!({
        "what": adoption.what,
        "reason": act.reason.trim(),
        "files": adoption.files.keys().collect::<Vec<_>>(),
        "changes": adoption.changes,
        "would": adoption.would,
    });
    if let Err(error) = record(store, adoption, act, &payload).await {
        take_back(&written);
        return Err(error.into());
    }
    for (file, beside) in &written {
        match beside {
            Some(beside) => std::fs::rename(beside, file).with_context(|| {
                format!("putting the new {} in place; it lies in {}", file.display(), beside.display())
            })?,
            None => std::fs::remove_file(file).with_context(|| format!("deleting {}", file.display()))?,
        }
    }
    Ok(Adopted::Written(adoption.files.keys().cloned().collect()))
}

/// Each change in words, for whoever makes it by hand.
fn by_hand(adoption: &Adoption) -> String {
    let lines: Vec<String> = match adoption.what {
        "shadow_dropped" => Vec::new(),
        _ => adoption.changes.iter().map(change_line).collect(),
    };
    let gone = adoption.files.iter().filter(|(_, text)| text.is_none()).map(|(path, _)| format!("delete {path}"));
    lines.into_iter().chain(gone).collect::<Vec<_>>().join("; ")
}

fn prepare(file: &Path, text: &str) -> std::io::Result<PathBuf> {
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)?;
    }
    write_beside(file, text)
}

/// Deletes what lies beside the files and is not to take their place.
fn take_back(written: &[(PathBuf, Option<PathBuf>)]) {
    written.iter().filter_map(|(_, beside)| beside.as_ref()).for_each(|file| drop(std::fs::remove_file(file)));
}

/// The new texts in the configuration's history, by whom they came and why, then the act itself.
async fn record(
    store: &Store,
    adoption: &Adoption,
    act: &ConfigurationAct,
    payload: &serde_json::Value,
) -> Result<(), StoreError> {
    let how = match act.by {
        Actor::Account(_) => ConfigHow::Page,
        Actor::System(_) => ConfigHow::Hand,
    };
    for (path, text) in &adoption.files {
        let Some(text) = text.as_deref().filter(|_| is_kept(path)) else { continue };
        if let Some(before) = adoption.before.get(path).and_then(Option::as_deref) {
            // How it was before, should nobody have met the file yet.
            let before = NewConfigVersion { file: path, text: before, how: ConfigHow::Hand, reason: "" };
            store.note_config(&before, &Actor::System("job:configuration".to_owned()), act.at).await?;
        }
        let after = NewConfigVersion { file: path, text, how, reason: act.reason.trim() };
        store.note_config(&after, &act.by, act.at).await?;
    }
    store.record_event("configuration", &act.by, payload, act.at).await?;
    Ok(())
}
