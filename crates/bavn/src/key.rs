//! Where the master key and the store come from: command line, environment, then the folder beside the data.

use crate::cli::Cli;
use anyhow::{Context, bail};
use jiff::Timestamp;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::{MasterKey, Options, Store, StoreError};

/// The store's address: `--database`, `BAVN_DATABASE`, or the file in the data folder.
pub fn database_url(cli: &Cli) -> String {
    match cli.database.as_deref().filter(|url| !url.is_empty()) {
        Some(url) => url.to_owned(),
        None => format!("sqlite:{}", cli.data.join("bavn.sqlite").display()),
    }
}

/// `<data>.key` beside the data folder.
pub fn default_key_file(data: &Path) -> PathBuf {
    // `data/`, `data/.` and `.` would put the key inside the folder that it must stay out of.
    let mut folder: PathBuf = data.components().collect();
    if folder.file_name().is_none() {
        folder = data.canonicalize().unwrap_or(folder);
    }
    let mut name = folder.into_os_string();
    name.push(".key");
    PathBuf::from(name)
}

/// A file of this store that lies beside the data folder, never in it: `<data>.<suffix>`; for a database that was named
/// `<file>.<suffix>`, on PostgreSQL `<data>.<database>.<suffix>`.
pub fn beside(cli: &Cli, suffix: &str) -> PathBuf {
    let url = database_url(cli);
    let key = match cli.database.as_deref().filter(|url| !url.is_empty()) {
        Some(_) if url.starts_with("sqlite:") => default_key_file(Path::new(sqlite_path(&url))),
        Some(_) => {
            let name = url.split('?').next().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
            let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect();
            default_key_file(&cli.data).with_extension(if name.is_empty() {
                "key".to_owned()
            } else {
                format!("{name}.key")
            })
        }
        None => default_key_file(&cli.data),
    };
    let mut file = key.into_os_string().into_string().unwrap_or_else(|name| name.to_string_lossy().into_owned());
    file.truncate(file.len() - "key".len());
    file.push_str(suffix);
    PathBuf::from(file)
}

fn sqlite_path(url: &str) -> &str {
    url.trim_start_matches("sqlite:").trim_start_matches("//")
}

/// Name of the systemd credential that holds the key (`LoadCredential=bavn.key:…`).
const CREDENTIAL: &str = "bavn.key";

/// The key file that was named on the command line or in the environment, or that systemd hands over as a credential.
pub fn named_key_file(cli: &Cli) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let named = cli.key.clone().or_else(|| set("BAVN_MASTER_KEY_FILE"));
    if named.is_some() || key_in_environment().is_some() {
        return named;
    }
    set("CREDENTIALS_DIRECTORY").map(|folder| folder.join(CREDENTIAL)).filter(|file| file.is_file())
}

/// The key itself, where the environment holds it and no file was named.
fn key_in_environment() -> Option<String> {
    std::env::var("BAVN_MASTER_KEY").ok().filter(|text| !text.trim().is_empty())
}

/// The key that was named: on the command line, in the environment, as a credential.
fn named_key(cli: &Cli) -> Option<anyhow::Result<MasterKey>> {
    if let Some(file) = named_key_file(cli) {
        return Some(read_key(&file));
    }
    key_in_environment().map(|text| MasterKey::parse(&text).context("the key in BAVN_MASTER_KEY"))
}

/// The key of a store that is there, and the file that it came from, if it did.
pub fn present_key(cli: &Cli) -> anyhow::Result<(MasterKey, Option<PathBuf>)> {
    if let Some(key) = named_key(cli) {
        return Ok((key?, named_key_file(cli)));
    }
    let url = database_url(cli);
    let embedded = cli.database.as_deref().is_none_or(str::is_empty);
    let file = match url.strip_prefix("sqlite:") {
        Some(_) if embedded => default_key_file(&cli.data),
        Some(_) => default_key_file(Path::new(sqlite_path(&url))),
        None => bail!("{NO_KEY}"),
    };
    Ok((read_key(&file)?, Some(file)))
}

const NO_KEY: &str = "a master key is needed: name its file with --key or BAVN_MASTER_KEY_FILE, hand it over as the systemd credential 'bavn.key', or put it in BAVN_MASTER_KEY";

/// The key of a store that may not be there yet (restore, copy): named, or beside the data folder. None is made.
pub fn key_for(cli: &Cli) -> anyhow::Result<MasterKey> {
    Ok(present_key(cli)?.0)
}

/// Reads a key file.
pub fn read_key(file: &Path) -> anyhow::Result<MasterKey> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the key file {}", file.display()))?;
    MasterKey::parse(&text).with_context(|| format!("the key file {}", file.display()))
}

/// Writes a new key with mode 0600; never over a file that is there.
pub fn write_key(file: &Path, key: &MasterKey) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut target = options.open(file).with_context(|| format!("cannot write the key file {}", file.display()))?;
    target.write_all(key.to_file_text().as_bytes())?;
    target.sync_all()?;
    Ok(())
}

/// How a command needs its store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Made where there is none (import, crawl, run, user).
    Make,
    /// It must be there (analyse, list, export, doctor).
    Existing,
}

/// Opens the store of the command line.
pub async fn open_store(cli: &Cli, need: Need, at: Timestamp) -> anyhow::Result<Store> {
    let url = database_url(cli);
    let key = if url.starts_with("postgres") { postgres_key(cli)? } else { sqlite_key(cli, &url, need)? };
    let options = Options { create: need == Need::Make, ..Options::default() };
    let new = url.starts_with("sqlite:") && !Path::new(sqlite_path(&url)).exists();
    let store = match Store::open_with(&url, key, at, options).await {
        // A change of the key was ended after its last row, before the files changed places.
        Err(StoreError::WrongKey) if next_key_waits(cli) => return Err(StoreError::KeyChanging.into()),
        opened => opened?,
    };
    if new {
        crate::anchors::move_aside(&beside(cli, "anchors.jsonl"), at)?;
    }
    hold_programme(cli, &store).await?;
    crate::register::join(cli, &store, at).await?;
    Ok(store)
}

/// The file in which `bavn key rotate` puts the next key, beside the one in use.
pub fn next_key_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn next_key_waits(cli: &Cli) -> bool {
    matches!(present_key(cli), Ok((_, Some(file))) if next_key_file(&file).is_file())
}

/// Name of the kept fact.
pub const PROGRAMME: &str = "programme";

/// A store belongs to one programme, so that none can see or change what is another's: the first that is named keeps it.
async fn hold_programme(cli: &Cli, store: &Store) -> anyhow::Result<()> {
    let kept = store.setting(PROGRAMME).await?;
    let Some(named) = cli.programme.as_deref().filter(|name| !name.is_empty()) else {
        // None need be named where one is configured; it must be the store's own all the same.
        return match (kept, crate::config::CrawlConfig::load(&cli.config)) {
            (Some(own), Ok(config)) if !config.programmes.contains_key(&own) => {
                bail!(
                    "this store belongs to the programme '{own}', which is not in {}/programmes",
                    cli.config.display()
                )
            }
            _ => Ok(()),
        };
    };
    // A store of before several programmes were configured: its sites say whose it is.
    let of_sites = match kept {
        Some(_) => None,
        None => store.sites(0).await?.into_iter().map(|site| site.registration.programme.0).find(|own| own != named),
    };
    match kept.as_deref().or(of_sites.as_deref()) {
        Some(own) if own != named => bail!(
            "this store belongs to the programme '{own}', not to '{named}': name the store of '{named}' with --data or --database"
        ),
        Some(_) => Ok(()),
        None => Ok(store.put_setting(PROGRAMME, named).await?),
    }
}

fn postgres_key(cli: &Cli) -> anyhow::Result<MasterKey> {
    named_key(cli).unwrap_or_else(|| bail!("PostgreSQL needs a master key: {NO_KEY}"))
}

fn sqlite_key(cli: &Cli, url: &str, need: Need) -> anyhow::Result<MasterKey> {
    if !url.starts_with("sqlite:") {
        // No database that bavn knows: the store refuses the address and says how to write one; no key is needed for that.
        return Ok(MasterKey::from_bytes([0; 32]));
    }
    let path = PathBuf::from(sqlite_path(url));
    let embedded = cli.database.as_deref().is_none_or(str::is_empty);
    if !path.exists() {
        if need == Need::Existing {
            let folder = path.parent().unwrap_or(Path::new("."));
            bail!(
                "there is no store in '{}': 'bavn import ads', 'bavn crawl' or 'bavn demo' makes one; name another folder with --data",
                folder.display()
            );
        }
        if embedded {
            std::fs::create_dir_all(&cli.data)
                .with_context(|| format!("cannot make the data folder {}", cli.data.display()))?;
        }
    }
    if let Some(key) = named_key(cli) {
        return key;
    }
    let file = default_key_file(if embedded { &cli.data } else { &path });
    if file.exists() {
        return read_key(&file);
    }
    if path.exists() {
        bail!(
            "the store {} is there but its key is not: {} is missing; put it back, or name it with --key",
            path.display(),
            file.display()
        );
    }
    let key = MasterKey::random()?;
    write_key(&file, &key)?;
    eprintln!(
        "A new master key is in {}: keep a copy apart from the data; without it the store cannot be read.",
        file.display()
    );
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_lies_beside_the_data_folder_never_in_it() {
        assert_eq!(default_key_file(Path::new("data")), Path::new("data.key"));
        assert_eq!(default_key_file(Path::new("/srv/bavn/data/")), Path::new("/srv/bavn/data.key"));
        assert_eq!(default_key_file(Path::new("data/.")), Path::new("data.key"));
        let here = default_key_file(Path::new("."));
        assert_eq!(here.parent(), std::env::current_dir().expect("a folder").parent(), "{}", here.display());
    }
}
