//! `bavn backup`: create, verify, restore.

use crate::anchors;
use crate::backup::{self, Lock, Secret, suffixed};
use crate::cli::{BackupCommand, Cli};
use crate::config::{BackupSettings, Config, Settings};
use crate::forgotten;
use crate::jobs::alarms::BACKUP_FAILED;
use crate::key::{Need, database_url, key_for, open_store};
use anyhow::{Context, bail};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use store::{Actor, AnchorKind, MasterKey, Options, Store};

/// Under which names the store keeps when a backup was made and when one was last restored on trial.
pub const MADE: &str = "backup_made";
/// See [`MADE`].
pub const VERIFIED: &str = "backup_verified";

/// Carries out a command.
pub async fn run(cli: &Cli, command: &BackupCommand) -> anyhow::Result<()> {
    let now = crate::time::now();
    let config = Config::of(cli, true)?;
    match command {
        BackupCommand::Create { file, recipient, secret } => {
            let store = open_store(cli, Need::Existing, now).await?;
            let lock = lock(&config.settings.backup, recipient, secret.as_deref())?;
            let file = match file {
                Some(file) => file.clone(),
                None => folder(&config.settings.backup)?.join(backup::name_at(now)),
            };
            let made = async {
                let rows = create(cli, &store, &file, &lock, &super::system_actor(), now).await?;
                // Whoever makes one by hand has mended what kept the schedule from it.
                store.put_setting(BACKUP_FAILED, "").await?;
                anyhow::Ok(rows)
            };
            let made = made.await;
            store.close().await;
            let rows = made?;
            eprintln!("{rows} rows are in {}. The key file is not in it: keep a copy of that apart.", file.display());
            Ok(())
        }
        BackupCommand::Verify { file, secret } => {
            let secret = secret_of(&config.settings.backup, secret.as_deref())?;
            let file = match file {
                Some(file) => file.clone(),
                None => newest(&config.settings.backup)?,
            };
            // Where the store itself is there, it keeps when this was done; a backup can also be tried elsewhere.
            let trial = match open_store(cli, Need::Existing, now).await {
                Ok(store) => {
                    let tried = try_restore(cli, &store, &file, &secret, now).await;
                    store.close().await;
                    tried?
                }
                Err(_) => backup::verify(&file, &secret, &scratch(cli), key_for(cli)?, now).await?,
            };
            println!(
                "{}: made {} from {}, {} rows in {} tables, chains of {} events and {} audit rows hold",
                file.display(),
                trial.dump.header.made_at,
                trial.dump.header.engine,
                trial.dump.rows(),
                trial.dump.tables.len(),
                trial.events,
                trial.audits
            );
            Ok(())
        }
        BackupCommand::Restore { file, secret, then_key } => {
            let secret = secret_of(&config.settings.backup, secret.as_deref())?;
            restore(cli, &config, file, &secret, then_key.as_deref(), now).await
        }
    }
}

fn folder(settings: &BackupSettings) -> anyhow::Result<PathBuf> {
    match settings.folder.as_str() {
        "" => bail!("name the file, or a folder for backups as backup.folder in bavn.toml"),
        folder => Ok(PathBuf::from(folder)),
    }
}

fn newest(settings: &BackupSettings) -> anyhow::Result<PathBuf> {
    let folder = folder(settings)?;
    backup::in_folder(&folder)?.pop().with_context(|| format!("there is no backup in {}", folder.display()))
}

/// A folder for the scratch file of a trial: the data folder, where the store itself has room.
fn scratch(cli: &Cli) -> PathBuf {
    if cli.data.is_dir() { cli.data.clone() } else { std::env::temp_dir() }
}

/// How to lock: by what was named, else by the configuration.
pub fn lock(settings: &BackupSettings, recipients: &[String], secret: Option<&Path>) -> anyhow::Result<Lock> {
    if !recipients.is_empty() {
        return Ok(Lock::Recipients(recipients.to_vec()));
    }
    if let Some(file) = secret {
        return Ok(Secret::from_file(file)?.as_lock());
    }
    if !settings.recipients.is_empty() {
        return Ok(Lock::Recipients(settings.recipients.clone()));
    }
    if !settings.secret_file.is_empty() {
        return Ok(Secret::from_file(Path::new(&settings.secret_file))?.as_lock());
    }
    bail!("say for whom it is encrypted: --recipient age1…, --secret FILE, or [backup] in bavn.toml")
}

/// How to open: by what was named, else by the configuration.
pub fn secret_of(settings: &BackupSettings, named: Option<&Path>) -> anyhow::Result<Secret> {
    match named {
        Some(file) => Secret::from_file(file),
        None if !settings.secret_file.is_empty() => Secret::from_file(Path::new(&settings.secret_file)),
        None => bail!(
            "name a file with the age identity or the passphrase: --secret FILE, or backup.secret_file in bavn.toml"
        ),
    }
}

/// Restores a backup on trial and notes when.
pub async fn try_restore(
    cli: &Cli,
    store: &Store,
    file: &Path,
    secret: &Secret,
    at: Timestamp,
) -> anyhow::Result<backup::Trial> {
    let trial = backup::verify(file, secret, &scratch(cli), key_for(cli)?, at).await?;
    store.put_setting(VERIFIED, &format!("{at} {}", trial.dump.header.made_at)).await?;
    store.put_setting(BACKUP_FAILED, "").await?;
    Ok(trial)
}

/// Makes a backup and notes it. The list of what must stay forgotten is brought up to date first.
pub async fn create(
    cli: &Cli,
    store: &Store,
    file: &Path,
    lock: &Lock,
    actor: &Actor,
    at: Timestamp,
) -> anyhow::Result<u64> {
    forgotten::keep(&forgotten::file_of(cli), store).await?;
    let dump = backup::create(store, file, lock, at).await?;
    let body = serde_json::json!({ "rows": dump.rows(), "schema": dump.header.schema_version });
    store.record_event("backup", actor, &body, at).await?;
    store.put_setting(MADE, &at.to_string()).await?;
    Ok(dump.rows())
}

/// Makes the store anew from a backup, forgets again what must stay forgotten, and deletes what became due since. The
/// store that was there is moved aside, never written over.
async fn restore(
    cli: &Cli,
    config: &Config,
    file: &Path,
    secret: &Secret,
    then_key: Option<&Path>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let url = database_url(cli);
    let key = key_for(cli)?;
    let list_file = forgotten::file_of(cli);
    if !url.starts_with("sqlite:") {
        let (store, dump) = backup::load(file, secret, &url, key.clone(), now).await?;
        let store = follow(store, &url, &key, then_key, now).await?;
        let done = finish(cli, config, &store, &list_file, now).await;
        store.close().await;
        done?;
        eprintln!("{} rows are restored, as they were at {}.", dump.rows(), dump.header.made_at);
        return Ok(());
    }
    let path = PathBuf::from(url.trim_start_matches("sqlite:").trim_start_matches("//"));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // What the store that is there knows of objections and erasures belongs on the list before it is moved aside.
    if path.exists() {
        match open_store(cli, Need::Existing, now).await {
            Ok(store) => {
                let kept = forgotten::keep(&list_file, &store).await;
                store.close().await;
                if let Err(error) = kept {
                    eprintln!(
                        "The store that is there cannot be read whole ({error:#}); the list {} counts.",
                        list_file.display()
                    );
                }
            }
            Err(error) => eprintln!(
                "The store that is there cannot be opened ({error}); the list {} counts.",
                list_file.display()
            ),
        }
    }
    let beside = suffixed(&path, ".restoring");
    backup::remove_database(&beside);
    let scratch = format!("sqlite:{}", beside.display());
    let (store, dump) = backup::load(file, secret, &scratch, key.clone(), now).await?;
    let store = follow(store, &scratch, &key, then_key, now).await?;
    let done = finish(cli, config, &store, &list_file, now).await;
    store.close().await;
    if let Err(error) = done {
        backup::remove_database(&beside);
        return Err(error);
    }
    if path.exists() {
        let aside = suffixed(&path, &format!(".before-restore-{}", now.strftime("%Y%m%dT%H%M%SZ")));
        for companion in ["", "-wal", "-shm"] {
            let from = suffixed(&path, companion);
            if from.exists() {
                std::fs::rename(&from, suffixed(&aside, companion))?;
            }
        }
        eprintln!("The store that was there is now {}: delete it when it is no longer needed.", aside.display());
    }
    for companion in ["-wal", "-shm", ""] {
        let from = suffixed(&beside, companion);
        if from.exists() {
            std::fs::rename(&from, suffixed(&path, companion))?;
        }
    }
    eprintln!("{} rows are restored, as they were at {}.", dump.rows(), dump.header.made_at);
    Ok(())
}

/// Brings a restored store under the present key, where the backup is from before it was changed.
async fn follow(
    store: Store,
    url: &str,
    old: &MasterKey,
    then_key: Option<&Path>,
    now: Timestamp,
) -> anyhow::Result<Store> {
    let Some(file) = then_key else { return Ok(store) };
    let new = crate::key::read_key(file)?;
    store.close().await;
    super::key::rotate(url, old, &new, now).await?;
    Ok(Store::open_with(url, new, now, Options { create: false, ..Options::default() }).await?)
}

/// After a restore: nobody comes back, and the log says what happened.
async fn finish(cli: &Cli, config: &Config, store: &Store, list_file: &Path, now: Timestamp) -> anyhow::Result<()> {
    let actor = super::system_actor();
    let list = forgotten::read(list_file)?;
    let applied = forgotten::apply(&list, store, now).await?;
    let body = serde_json::json!({ "objections": applied.objections, "erasures": applied.erasures });
    store.record_event("restore", &actor, &body, now).await?;
    let clocks = super::retention::clocks(config);
    let due: u64 = match store.retention_run(&clocks, &actor, now).await {
        Ok(done) => done.iter().map(|due| due.rows).sum(),
        // A hold on everything that the backup holds too.
        Err(store::StoreError::Refused { .. }) => 0,
        Err(error) => return Err(error.into()),
    };
    // From here on the chains go on from the backup's heads; anchors of rows that are no more say so.
    anchors::add(&anchors_file(cli, &config.settings), store, AnchorKind::Restored, now).await?;
    eprintln!(
        "Applied from {}: {} objections and {} erasures made since the backup; {due} rows were due and are deleted.",
        list_file.display(),
        applied.objections,
        applied.erasures
    );
    Ok(())
}

fn anchors_file(cli: &Cli, settings: &Settings) -> PathBuf {
    anchors::file_of(cli, settings)
}
