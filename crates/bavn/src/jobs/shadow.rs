//! `bavn indicators shadow`: indicators that run without any effect.

use crate::cli::{Cli, IndicatorCommand};
use crate::config::{Config, Shadow};
use crate::key::Need;
use crate::ports::shadow_end;
use crate::what_if;
use std::collections::BTreeSet;
use std::io::Write;
use store::{CaseChange, ShadowOverview, Store};
use web::{Adopted, ConfigurationAct};

/// Shows, adopts or drops.
pub async fn run(cli: &Cli, command: &IndicatorCommand) -> anyhow::Result<()> {
    let IndicatorCommand::Shadow { adopt, drop, reason } = command else { return Ok(()) };
    let now = crate::time::now();
    let (config, store) = super::open(cli, Need::Existing, now).await?;
    let done = match (adopt, drop) {
        (None, None) => show(&config, &store).await,
        (adopt, drop) => {
            let id = adopt.as_ref().or(drop.as_ref()).map_or("", String::as_str);
            let act =
                ConfigurationAct { by: super::system_actor(), at: now, reason: reason.clone().unwrap_or_default() };
            end(&config, &store, id, adopt.is_some(), &act).await
        }
    };
    store.close().await;
    done
}

async fn show(config: &Config, store: &Store) -> anyhow::Result<()> {
    if config.shadows.is_empty() {
        eprintln!("No indicator is in the shadow. Put its file at shadow/GROUP/ID.toml in the configuration folder.");
    }
    let mut out = std::io::stdout().lock();
    for shadow in &config.shadows {
        let overview = store.shadow(&shadow.version).await?;
        writeln!(out, "{}", line(shadow, overview.as_ref()))?;
    }
    Ok(())
}

/// `third_person_voice  another version  would have added 41 cases, removed 12; …`
fn line(shadow: &Shadow, overview: Option<&ShadowOverview>) -> String {
    let kind = if shadow.replaces { "another version" } else { "new" };
    let would = match overview.filter(|overview| overview.state.batch >= 0) {
        None => "not run yet: 'bavn analyse' goes through everything".to_owned(),
        Some(overview) => {
            let of = |change| overview.counts.of(change);
            let behind = if overview.current { "" } else { " (the next analysis brings it up to date)" };
            format!(
                "would have added {} cases, removed {}; {} rise, {} fall; fires on {} advertisers and networks{behind}",
                of(CaseChange::Comes),
                of(CaseChange::Goes),
                of(CaseChange::Rises),
                of(CaseChange::Falls),
                overview.counts.fires
            )
        }
    };
    format!("{:<26} {kind:<16} {would}", shadow.id.as_str())
}

async fn end(config: &Config, store: &Store, id: &str, adopt: bool, act: &ConfigurationAct) -> anyhow::Result<()> {
    let shadow = config.shadows.iter().find(|shadow| shadow.id.as_str() == id).ok_or_else(|| {
        let known: Vec<&str> = config.shadows.iter().map(|shadow| shadow.id.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        anyhow::anyhow!("no indicator '{id}' is in the shadow: there is {known}")
    })?;
    let adoption = shadow_end(store, config, shadow, adopt).await?;
    match what_if::adopt(store, config, &adoption, act).await? {
        Adopted::Written(files) => {
            let others = config.shadows.iter().filter(|one| one.id != shadow.id);
            let kept: BTreeSet<String> = others.map(|one| one.version.clone()).collect();
            store.keep_shadows(&kept).await?;
            let what = if adopt { "Adopted" } else { "Dropped" };
            let next =
                if adopt { " 'bavn analyse' goes by it; a running 'bavn run' from its next analysis on." } else { "" };
            eprintln!("{what} and recorded: {} changed.{next}", files.join(", "));
            Ok(())
        }
        Adopted::Refused(why) => anyhow::bail!("{why}"),
    }
}
