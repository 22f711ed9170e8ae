//! Backups: a dump of the store, encrypted with age (https://age-encryption.org/v1) to recipients or under a passphrase.
//! Nothing lies on the disk in between: the rows go through the cipher as they are read.

use age::secrecy::SecretString;
use anyhow::{Context, bail};
use jiff::Timestamp;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use store::{Dump, MasterKey, Options, Store};

/// How a backup is locked.
pub enum Lock {
    /// To these recipients (`age1…`): whoever has one of their identities opens it, the server itself need not be able to.
    Recipients(Vec<String>),
    /// Under a passphrase.
    Passphrase(SecretString),
}

/// How a backup is opened.
pub enum Secret {
    /// Identities (`AGE-SECRET-KEY-1…`).
    Identities(Vec<age::x25519::Identity>),
    /// A passphrase.
    Passphrase(SecretString),
}

impl Secret {
    /// From a file: identities, one a line, with comments; anything else is a passphrase in its first line.
    pub fn from_file(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        if lines().any(|line| line.starts_with("AGE-SECRET-KEY-1")) {
            let identities = lines()
                .map(|line| {
                    age::x25519::Identity::from_str(line)
                        .map_err(|what| anyhow::anyhow!("an identity in {} cannot be used: {what}", file.display()))
                })
                .collect::<anyhow::Result<_>>()?;
            return Ok(Secret::Identities(identities));
        }
        match lines().next() {
            Some(line) => Ok(Secret::Passphrase(SecretString::from(line.to_owned()))),
            None => bail!("{} holds neither an age identity nor a passphrase", file.display()),
        }
    }

    /// As a lock: a passphrase locks what it opens; identities lock to their own recipients.
    pub fn as_lock(&self) -> Lock {
        match self {
            Secret::Passphrase(passphrase) => Lock::Passphrase(passphrase.clone()),
            Secret::Identities(identities) => {
                Lock::Recipients(identities.iter().map(|identity| identity.to_public().to_string()).collect())
            }
        }
    }
}

fn encryptor(lock: &Lock) -> anyhow::Result<age::Encryptor> {
    match lock {
        Lock::Passphrase(passphrase) => Ok(age::Encryptor::with_user_passphrase(passphrase.clone())),
        Lock::Recipients(texts) => {
            let recipients: Vec<age::x25519::Recipient> = texts
                .iter()
                .map(|text| {
                    age::x25519::Recipient::from_str(text.trim())
                        .map_err(|what| anyhow::anyhow!("'{text}' is no age recipient (age1…): {what}"))
                })
                .collect::<anyhow::Result<_>>()?;
            age::Encryptor::with_recipients(recipients.iter().map(|recipient| recipient as &dyn age::Recipient))
                .context("a backup needs a recipient (--recipient age1…) or a passphrase (--secret FILE)")
        }
    }
}

/// Writes a backup. The file has its name only once it is whole and on the disk.
pub async fn create(store: &Store, file: &Path, lock: &Lock, at: Timestamp) -> anyhow::Result<Dump> {
    if file.exists() {
        bail!("{} is there already: a backup is never written over another", file.display());
    }
    let unfinished = suffixed(file, ".unfinished");
    let made = write(store, &unfinished, lock, at).await;
    match made {
        Ok(dump) => {
            std::fs::rename(&unfinished, file).with_context(|| format!("naming the backup {}", file.display()))?;
            Ok(dump)
        }
        Err(error) => {
            drop(std::fs::remove_file(&unfinished));
            Err(error)
        }
    }
}

async fn write(store: &Store, file: &Path, lock: &Lock, at: Timestamp) -> anyhow::Result<Dump> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let target = options.open(file).with_context(|| format!("cannot write the backup {}", file.display()))?;
    let mut sealed = encryptor(lock)?.wrap_output(BufWriter::new(target))?;
    let dump = store.dump(&mut sealed, at).await?;
    let mut target = sealed.finish()?;
    target.flush()?;
    let target = target.into_inner().map_err(|error| anyhow::anyhow!("writing the backup: {}", error.error()))?;
    target.sync_all()?;
    Ok(dump)
}

fn opened(file: &Path, secret: &Secret) -> anyhow::Result<Box<dyn Read + Send>> {
    let source = File::open(file).with_context(|| format!("cannot read the backup {}", file.display()))?;
    let decryptor = age::Decryptor::new_buffered(BufReader::new(source))
        .with_context(|| format!("{} is no backup that age encrypted", file.display()))?;
    let wrong = || format!("{} cannot be opened with this identity or passphrase", file.display());
    let reader: Box<dyn Read + Send> = match secret {
        Secret::Passphrase(passphrase) => {
            let identity = age::scrypt::Identity::new(passphrase.clone());
            Box::new(decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).with_context(wrong)?)
        }
        Secret::Identities(identities) => Box::new(
            decryptor.decrypt(identities.iter().map(|identity| identity as &dyn age::Identity)).with_context(wrong)?,
        ),
    };
    Ok(reader)
}

/// Makes a store at `url` of a backup; there must be nothing there.
pub async fn load(
    file: &Path,
    secret: &Secret,
    url: &str,
    key: MasterKey,
    at: Timestamp,
) -> anyhow::Result<(Store, Dump)> {
    let mut reader = opened(file, secret)?;
    Ok(Store::load(url, key, Options::default(), &mut *reader, at).await?)
}

/// What a trial restore found.
pub struct Trial {
    /// What the backup held.
    pub dump: Dump,
    /// Rows of the chains.
    pub events: i64,
    /// Rows of the audit log.
    pub audits: i64,
}

/// Restores a backup into a scratch file and looks through it: every row's digest, both chains, the database's own
/// checks. The scratch file is gone afterwards.
pub async fn verify(
    file: &Path,
    secret: &Secret,
    scratch: &Path,
    key: MasterKey,
    at: Timestamp,
) -> anyhow::Result<Trial> {
    let path = scratch.join(format!("bavn-trial-restore-{}.sqlite", std::process::id()));
    remove_database(&path);
    let looked = look_through(file, secret, &path, key, at).await;
    remove_database(&path);
    looked
}

async fn look_through(
    file: &Path,
    secret: &Secret,
    path: &Path,
    key: MasterKey,
    at: Timestamp,
) -> anyhow::Result<Trial> {
    let (store, dump) = load(file, secret, &format!("sqlite:{}", path.display()), key, at).await?;
    let looked = async {
        if dump.header.schema_version == newest_of(&store).await? {
            store.verify_rows(&dump.tables).await?;
        }
        let chains = store.audit_verify().await?;
        if let Some((chain, sequence, what)) = chains.faults.first() {
            bail!("the chain of the backup does not hold: {chain} {sequence}: {what}");
        }
        let faults = store.doctor().await?.faults;
        if let Some(fault) = faults.first() {
            bail!("the restored database is not in order: {fault}");
        }
        Ok((chains.events, chains.audits))
    }
    .await;
    store.close().await;
    let (events, audits) = looked?;
    Ok(Trial { dump, events, audits })
}

async fn newest_of(store: &Store) -> anyhow::Result<i64> {
    Ok(store.doctor().await?.schema_version)
}

/// A SQLite file with its companions.
pub fn remove_database(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(suffixed(path, suffix)));
    }
}

/// A path with something added to its name.
pub fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The backups of a folder, oldest first.
pub fn in_folder(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with("bavn-") && name.ends_with(".age"))
        })
        .collect();
    found.sort();
    Ok(found)
}

/// The name of a backup made at a time.
pub fn name_at(at: Timestamp) -> String {
    format!("bavn-{}.age", at.strftime("%Y%m%dT%H%M%SZ"))
}
