//! The file of anchors: the heads of the store's chains, signed, outside the data folder. One line of JSON each; lines
//! are only ever added. Keep a copy elsewhere (print it, mail it): whoever can change both the store and this file can
//! take both back to an earlier day.

use crate::cli::Cli;
use crate::config::Settings;
use crate::key::beside;
use anyhow::Context;
use jiff::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use store::{Anchor, AnchorKind, Store};

/// Where the anchors are: `audit.anchor_file` of bavn.toml, or beside the data folder.
pub fn file_of(cli: &Cli, settings: &Settings) -> PathBuf {
    match settings.audit.anchor_file.as_str() {
        "" => beside(cli, "anchors.jsonl"),
        file => PathBuf::from(file),
    }
}

/// The anchors of the file, in its order; none where there is no file.
pub fn read(file: &Path) -> anyhow::Result<Vec<Anchor>> {
    match std::fs::read_to_string(file) {
        Ok(text) => parse(file, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read the anchors {}", file.display())),
    }
}

fn parse(file: &Path, text: &str) -> anyhow::Result<Vec<Anchor>> {
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|_| {
            anyhow::anyhow!(
                "line {} of {} is no anchor: the file was changed; compare it with the copy kept elsewhere",
                number + 1,
                file.display()
            )
        })
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(line).collect()
}

/// Adds an anchor of the store's present heads.
pub async fn add(file: &Path, store: &Store, kind: AnchorKind, at: Timestamp) -> anyhow::Result<Anchor> {
    let (mut target, anchors) = open_locked(file)?;
    write(&mut target, file, store, anchors.len(), kind, at).await
}

/// Adds the day's anchor unless there is one. `None` where there is.
pub async fn add_daily(file: &Path, store: &Store, at: Timestamp) -> anyhow::Result<Option<Anchor>> {
    let today = crate::time::local_day(at);
    let (mut target, anchors) = open_locked(file)?;
    if anchors.last().is_some_and(|last| crate::time::local_day(last.at) >= today) {
        return Ok(None);
    }
    write(&mut target, file, store, anchors.len(), AnchorKind::Regular, at).await.map(Some)
}

/// Two processes that anchor at once write one after the other: the lock ends with the file.
fn open_locked(file: &Path) -> anyhow::Result<(File, Vec<Anchor>)> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut target = options.open(file).with_context(|| {
        format!("cannot write the anchors {}: name another file as audit.anchor_file in bavn.toml", file.display())
    })?;
    target.lock().with_context(|| format!("locking {}", file.display()))?;
    let mut text = String::new();
    target.read_to_string(&mut text)?;
    let anchors = parse(file, &text)?;
    Ok((target, anchors))
}

async fn write(
    target: &mut File,
    file: &Path,
    store: &Store,
    before: usize,
    kind: AnchorKind,
    at: Timestamp,
) -> anyhow::Result<Anchor> {
    let anchor = store.anchor(kind, i64::try_from(before + 1)?, at).await?;
    let mut line = serde_json::to_string(&anchor)?;
    line.push('\n');
    let wrote = target.seek(std::io::SeekFrom::End(0)).and_then(|_| target.write_all(line.as_bytes()));
    wrote.and_then(|()| target.sync_all()).with_context(|| format!("cannot write the anchors {}", file.display()))?;
    // First the file, then the count: a kill between them leaves a file that holds more, which is no fault.
    store.anchored(&anchor).await?;
    Ok(anchor)
}

/// A new store begins with new anchors: those of the store that was there before are moved aside, never deleted.
pub fn move_aside(file: &Path, at: Timestamp) -> anyhow::Result<()> {
    if file.exists() {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".before-{}", at.strftime("%Y%m%dT%H%M%SZ")));
        std::fs::rename(file, &name)?;
        eprintln!("The anchors of an earlier store are now in {}.", Path::new(&name).display());
    }
    Ok(())
}
