//! One file a command. A job is safe to run twice: what is done stays done, the rest goes on.

pub mod alarms;
pub mod all;
pub mod analyse;
pub mod archive;
pub mod audit;
pub mod backup;
pub mod crawl;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod export;
pub mod finding;
pub mod import;
pub mod indicators;
pub mod init;
pub mod instrument;
pub mod key;
pub mod linkage;
pub mod list;
pub mod notices;
pub mod objection;
pub mod places;
pub mod programmes;
pub mod read;
pub mod report;
pub mod research;
pub mod retention;
pub mod run;
pub mod serve;
pub mod shadow;
pub mod site;
pub mod site_wish;
pub mod store_copy;
pub mod subject;
pub mod upkeep;
pub mod user;

use crate::cli::Cli;
use crate::config::Config;
use crate::key::{Need, open_store};
use jiff::Timestamp;
use store::{Actor, Look, Store};

/// Configuration and store of a command. A store made by `bavn demo` goes with the demo's sites and rules.
pub async fn open(cli: &Cli, need: Need, now: Timestamp) -> anyhow::Result<(Config, Store)> {
    if cli.database.as_deref().is_none_or(str::is_empty) && cli.data.join(demo::MARKER).exists() {
        let config = demo::configured(cli)?;
        return Ok((config, open_store(cli, need, now).await?));
    }
    let config = Config::of(cli, false)?;
    let store = open_store(cli, need, now).await?;
    let config = if virtual_today(&store).await?.is_some() { demo::configured(cli)? } else { config };
    Ok((config, store))
}

/// The user of the machine who gave the command: what the audit log names. The name comes from the process's own user
/// id, which nobody can set as they can an environment variable; who became that user by sudo is told beside it.
pub fn system_actor() -> Actor {
    let by_sudo = std::env::var("SUDO_USER").ok().filter(|name| !name.is_empty());
    Actor::System(match (machine_user(), by_sudo) {
        (Some(user), Some(by)) if by != user => format!("{user} (sudo by {by})"),
        (Some(user), _) => user,
        (None, Some(by)) => by,
        (None, None) => "command line".to_owned(),
    })
}

#[cfg(unix)]
fn machine_user() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let uid = std::fs::metadata("/proc/self").ok()?.uid();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    Some(name.unwrap_or_else(|| format!("uid {uid}")))
}

#[cfg(not(unix))]
fn machine_user() -> Option<String> {
    std::env::var("USERNAME").ok()
}

/// A look by the command line.
pub fn system_look(what: &'static str, purpose: &str, at: Timestamp) -> Look {
    Look { actor: system_actor(), purpose: purpose.to_owned(), what, subject: String::new(), at }
}

/// The time as of which a command looks at the store: what was asked for, else the store's own 'today' (the demo's last
/// day), else for a store that holds imported ads alone its last sighting, else now.
pub async fn as_of(store: &Store, asked: Option<&str>) -> anyhow::Result<Timestamp> {
    if let Some(text) = asked {
        return crate::time::argument("--as-of", text);
    }
    if let Some(today) = virtual_today(store).await? {
        return Ok(today);
    }
    let sites = store.sites(0).await?;
    if !sites.is_empty()
        && sites.iter().all(|site| site.registration.import_only)
        && let Some(last) = store.last_sighting().await?
    {
        return Ok(last);
    }
    Ok(crate::time::now())
}

/// The time at which a store made by `bavn demo` stands still.
pub async fn virtual_today(store: &Store) -> anyhow::Result<Option<Timestamp>> {
    let kept = store.setting(demo::VIRTUAL_TODAY).await?;
    Ok(kept.and_then(|text| text.parse().ok()))
}
