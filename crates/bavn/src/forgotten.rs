//! The list of what must stay forgotten: objections and erasures as keyed hashes, outside the store and its backups. A
//! restore applies it, so that an older backup brings nobody back. Lines are only ever added: an objection that was taken
//! back is applied again by a restore, which leaves a person alone rather than not.

use crate::cli::Cli;
use crate::key::beside;
use anyhow::Context;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use store::{Actor, Forgotten, ForgottenKind, Store};

/// Where the list is: beside the data folder.
pub fn file_of(cli: &Cli) -> PathBuf {
    beside(cli, "forgotten.jsonl")
}

/// The list; empty where there is none.
pub fn read(file: &Path) -> anyhow::Result<Vec<Forgotten>> {
    match std::fs::read_to_string(file) {
        Ok(text) => parse(file, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

fn parse(file: &Path, text: &str) -> anyhow::Result<Vec<Forgotten>> {
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|_| {
            anyhow::anyhow!("line {} of {} cannot be read: restore the file from its copy", number + 1, file.display())
        })
    };
    // The last line may be torn where a kill or a full disk met it; what it says is still in the store.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(line).collect()
}

/// What makes a line another one than the others: its time does not.
type Line = (ForgottenKind, String, Option<String>);

fn line_of(of: Forgotten) -> Line {
    (of.kind, of.contact, of.through)
}

/// Adds what the store knows and the list does not. How many lines.
pub async fn keep(file: &Path, store: &Store) -> anyhow::Result<usize> {
    let all = store.forgotten().await?;
    if all.is_empty() {
        return Ok(0);
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(file).with_context(|| format!("cannot write {}", file.display()))?;
    target.lock()?;
    let mut text = String::new();
    target.read_to_string(&mut text)?;
    let known: BTreeSet<Line> = parse(file, &text)?.into_iter().map(line_of).collect();
    let mut lines = String::new();
    if !text.is_empty() && !text.ends_with('\n') {
        // A line that a kill or a full disk tore: what it said is written anew below.
        target.set_len(text.rfind('\n').map_or(0, |end| end as u64 + 1))?;
    }
    let mut new = 0;
    for of in all.iter().filter(|of| !known.contains(&line_of((*of).clone()))) {
        lines.push_str(&serde_json::to_string(of)?);
        lines.push('\n');
        new += 1;
    }
    target
        .write_all(lines.as_bytes())
        .and_then(|()| target.sync_all())
        .with_context(|| format!("writing {}", file.display()))?;
    Ok(new)
}

/// Writes the list anew after a change of the master key. Safe to run twice: a line that was written anew is known.
pub fn follow_key(file: &Path, store: &Store) -> anyhow::Result<usize> {
    let list = read(file)?;
    if list.is_empty() {
        return Ok(0);
    }
    let mut text = String::new();
    for line in &list {
        text.push_str(&serde_json::to_string(&store.forgotten_after_change(line.clone())?)?);
        text.push('\n');
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    drop(std::fs::remove_file(&beside));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(&beside).with_context(|| format!("cannot write {}", beside.display()))?;
    target.write_all(text.as_bytes()).and_then(|()| target.sync_all())?;
    crate::live::as_owner_of(file, &beside).with_context(|| format!("giving {} its owner", beside.display()))?;
    std::fs::rename(&beside, file).with_context(|| format!("cannot replace {}", file.display()))?;
    Ok(list.len())
}

/// What was applied to a restored store.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Objections that the backup did not have.
    pub objections: usize,
    /// Contacts that were erased again.
    pub erasures: usize,
}

/// Applies the list to a store that was restored.
pub async fn apply(list: &[Forgotten], store: &Store, at: Timestamp) -> anyhow::Result<Applied> {
    let key = store.forgotten_key();
    if list.iter().any(|line| line.key != key) {
        anyhow::bail!(
            "the backup is from before a change of the master key, the list of what must stay forgotten from after it: give the old key with --key and the present one with --then-key, so that nobody comes back"
        );
    }
    let actor = Actor::System("job:restore".to_owned());
    let there: BTreeSet<Line> = store.forgotten().await?.into_iter().map(line_of).collect();
    let mut applied = Applied::default();
    // Objections first: what they reach is covered through them.
    let mut missing: Vec<&Forgotten> = list.iter().filter(|of| !there.contains(&line_of((*of).clone()))).collect();
    missing.sort_by_key(|of| of.kind);
    for of in missing {
        match of.kind {
            ForgottenKind::Objection => {
                applied.objections += usize::from(store.object_again(&of.contact, &actor, at).await?);
            }
            ForgottenKind::Covered => {
                let through = of.through.as_deref().unwrap_or(&of.contact);
                applied.objections += usize::from(store.cover_again(&of.contact, through, &actor, at).await?);
            }
            ForgottenKind::Erasure => {
                store.erase_again(&of.contact, &actor, at).await?;
                applied.erasures += 1;
            }
        }
    }
    Ok(applied)
}
