//! The contact register that programmes share: where it lies, and who joins it.

use crate::cli::Cli;
use crate::config::{self, RegisterSettings};
use crate::key::{default_key_file, read_key, write_key};
use anyhow::{Context, bail};
use domain::ProgrammeId;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use store::{MasterKey, Options, Store};

/// Lets the store of a command join the register where its programme agreed to that. From then on every gate, claim,
/// attempt and objection of it goes through the register too. Where the programme shares one and it cannot be opened, the
/// command fails: it must not answer for other programmes what it did not ask.
pub async fn join(cli: &Cli, store: &Store, at: Timestamp) -> anyhow::Result<()> {
    if store.is_register().await? {
        bail!(
            "this is the register that programmes share and no programme's store: name another with --data or --database"
        );
    }
    let (settings, programmes) = match config::programmes(&cli.config) {
        Ok(read) => read,
        Err(error) if store.has_shared_register().await? => {
            return Err(error.context(
                "this store shares the contact register with other programmes, and the configuration that says where it is \
                 cannot be read",
            ));
        }
        // A command that needs no configuration, or that says itself what is wrong with it.
        Err(_) => return Ok(()),
    };
    let named = cli.programme.clone().filter(|name| !name.is_empty());
    let named = match named {
        Some(named) => Some(named),
        None => store.setting(crate::key::PROGRAMME).await?,
    };
    let own = match named {
        Some(named) => programmes.get(&named),
        None if programmes.len() == 1 => programmes.values().next(),
        None => None,
    };
    let Some(programme) = own.filter(|programme| programme.register.common) else {
        return Ok(store.leave_register().await?);
    };
    let register = open(cli, &settings.register, at).await?;
    store.join_register(&register, &ProgrammeId(programme.id.clone())).await?;
    Ok(())
}

/// The register's address and the file of its key.
pub fn place(cli: &Cli, settings: &RegisterSettings) -> anyhow::Result<(String, PathBuf)> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let written = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let beside = cli.data.components().collect::<PathBuf>();
    let folder = beside.parent().unwrap_or(Path::new("")).join("register");
    let url = set("BAVN_REGISTER_DATABASE").or_else(|| written(&settings.database));
    let on_server = cli.database.as_deref().is_some_and(|url| url.starts_with("postgres"));
    let url = match url {
        Some(url) => url,
        None if on_server => bail!(
            "the programme shares the contact register: say where it is with [register] database in bavn.toml, or with \
             BAVN_REGISTER_DATABASE"
        ),
        None => format!("sqlite:{}", folder.join("bavn.sqlite").display()),
    };
    let key = set("BAVN_REGISTER_KEY_FILE").or_else(|| written(&settings.key_file)).map(PathBuf::from);
    Ok((url, key.unwrap_or_else(|| default_key_file(&folder))))
}

async fn open(cli: &Cli, settings: &RegisterSettings, at: Timestamp) -> anyhow::Result<Store> {
    let (url, key_file) = place(cli, settings)?;
    let key = key_of(&url, &key_file)?;
    let options = Options { connections: 4, ..Options::default() };
    Store::open_with(&url, key, at, options)
        .await
        .context("the contact register that programmes share cannot be opened")
}

fn key_of(url: &str, file: &Path) -> anyhow::Result<MasterKey> {
    if file.exists() {
        return read_key(file);
    }
    let path = url.strip_prefix("sqlite:").map(|path| PathBuf::from(path.trim_start_matches("//")));
    let Some(path) = path else {
        bail!(
            "the contact register on PostgreSQL needs a key that every programme has: write one with 'openssl rand -hex 32 > {}', \
             and name it with [register] key_file or BAVN_REGISTER_KEY_FILE",
            file.display()
        );
    };
    if path.exists() {
        bail!("the contact register {} is there but its key is not: put {} back", path.display(), file.display());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    match write_key(file, &MasterKey::random()?) {
        Ok(()) => eprintln!("A new key for the contact register that programmes share is in {}.", file.display()),
        // Another programme that starts at the same moment made it.
        Err(_) if file.exists() => {}
        Err(error) => return Err(error),
    }
    read_key(file)
}
