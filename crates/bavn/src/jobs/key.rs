//! `bavn key`: the master key.

use crate::cli::{Cli, KeyCommand};
use crate::forgotten;
use crate::key::{database_url, next_key_file, present_key, read_key, write_key};
use crate::live::as_owner_of;
use anyhow::{Context, bail};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use store::{MasterKey, Options, Rotated, Store, StoreError};

/// Changes it.
pub async fn run(cli: &Cli, command: &KeyCommand) -> anyhow::Result<()> {
    let KeyCommand::Rotate { to } = command;
    let now = crate::time::now();
    let (old, file) = present_key(cli)?;
    let to_file = match (to, &file) {
        (Some(to), _) => to.clone(),
        (None, Some(file)) => next_key_file(file),
        (None, None) => bail!("the key came from the environment: name the file for the new one with --to"),
    };
    if to.is_some() && file.as_ref() == Some(&to_file) {
        bail!("--to names the key in use: name another file for the new one");
    }
    if !to_file.exists() {
        write_key(&to_file, &MasterKey::random()?)?;
        eprintln!("A new master key is in {}.", to_file.display());
    }
    let new = read_key(&to_file)?;
    let done = rotate(&database_url(cli), &old, &new, now).await?;
    let store = open_after(cli, &new, now).await?;
    let lines = forgotten::follow_key(&forgotten::file_of(cli), &store)?;
    store.close().await;
    if done.before {
        eprintln!("The store is under the new key already.");
    } else {
        eprintln!("{} rows were written anew; all sessions have ended.", done.rows);
    }
    if done.unopened > 0 {
        eprintln!(
            "{} values could not be opened under the old key either and stay as they were; run 'bavn doctor'.",
            done.unopened
        );
    }
    if lines > 0 {
        eprintln!("The list of what must stay forgotten ({lines} lines) goes with the new key.");
    }
    match (to, file) {
        (None, Some(file)) => {
            let kept = suffixed(&file, &format!(".old-{}", now.strftime("%Y%m%dT%H%M%SZ")));
            std::fs::copy(&file, &kept).with_context(|| format!("keeping the old key as {}", kept.display()))?;
            for new in [&kept, &to_file] {
                as_owner_of(&file, new).with_context(|| format!("giving {} its owner", new.display()))?;
            }
            std::fs::rename(&to_file, &file).with_context(|| format!("putting the new key in {}", file.display()))?;
            eprintln!(
                "{} holds the new key now; the old one is {}: keep it as long as backups made under it, and no longer. Make a backup now.",
                file.display(),
                kept.display()
            );
        }
        _ => eprintln!(
            "From now on the key is the one in {}: name it with --key, or put it where the old one came from, readable by the account that bavn runs as. Keep the old one as long as backups made under it, and no longer. Make a backup now.",
            to_file.display()
        ),
    }
    Ok(())
}

/// Changes the key of a store, or goes on where that was ended.
pub async fn rotate(url: &str, old: &MasterKey, new: &MasterKey, now: Timestamp) -> anyhow::Result<Rotated> {
    let bar = crate::progress::spinner("rows");
    let progress = |table: &str, rows: u64| {
        bar.set_message(table.to_owned());
        bar.inc(rows);
    };
    let actor = super::system_actor();
    let done = match Store::rotate_key(url, old, new, &actor, now, &progress).await {
        // Ended after the last row and before the key files were changed.
        Err(StoreError::WrongKey) => Store::rotate_key(url, new, new, &actor, now, &progress).await,
        done => done,
    };
    bar.finish_and_clear();
    Ok(done?)
}

async fn open_after(cli: &Cli, new: &MasterKey, now: Timestamp) -> anyhow::Result<Store> {
    let options = Options { create: false, ..Options::default() };
    Ok(Store::open_with(&database_url(cli), new.clone(), now, options).await?)
}

fn suffixed(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
