//! `bavn site`: the administrator's tools for adapters of listing sites.

mod check;
mod diff;
mod dry_run;
mod look;
mod masked;
mod new;
mod samples;

pub use diff::compare_adapters;

use crate::cli::{Cli, SiteCommand};
use crate::config::Config;
use crate::key::{Need, open_store};
use domain::SiteId;
use extract::adapter::Adapter;
use std::path::Path;

/// Carries out one of them.
pub async fn run(cli: &Cli, command: &SiteCommand) -> anyhow::Result<()> {
    use SiteCommand::{Pause, Resume, Status, Stop};
    if let Status | Pause { .. } | Resume { .. } | Stop { .. } = command {
        return super::site_wish::run(cli, command).await;
    }
    let config = Config::of(cli, false)?;
    match command {
        SiteCommand::List => check::list(&config),
        SiteCommand::Check { site } => check::check(&config, &cli.config, site.as_deref()),
        SiteCommand::DryRun(args) => dry_run::run(cli, &config, args).await,
        SiteCommand::New(args) => new::run(cli, &config, args).await,
        SiteCommand::Diff(args) => diff::run(cli, &config, args).await,
        SiteCommand::Accept { site, because } => accept(cli, site, because).await,
        Status | Pause { .. } | Resume { .. } | Stop { .. } => Ok(()),
    }
}

/// The adapter of a site: from this folder, or the configured one.
fn adapter(config: &Config, site: &str, folder: Option<&Path>) -> anyhow::Result<Adapter> {
    if let Some(folder) = folder {
        let file = folder.join("site.toml");
        let text = std::fs::read_to_string(&file).map_err(|error| {
            anyhow::anyhow!("cannot read {}: {error}; name the folder that holds the changed site.toml", file.display())
        })?;
        return Ok(Adapter::parse(site, &file.display().to_string(), &text)?);
    }
    config.sites.get(site).cloned().ok_or_else(|| {
        let known: Vec<&str> = config.sites.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none yet".to_owned() } else { known.join(", ") };
        anyhow::anyhow!("there is no site '{site}'; there is {known}")
    })
}

async fn accept(cli: &Cli, site: &str, because: &str) -> anyhow::Result<()> {
    if because.trim().is_empty() {
        anyhow::bail!("say why with --because: it is kept beside the site's history");
    }
    let store = open_store(cli, Need::Existing, crate::time::now()).await?;
    let run = store.accept_run(&SiteId::from(site), because, &super::system_actor(), crate::time::now()).await?;
    println!("{site}: run {} is how the site is from now on; later runs are compared with it", run.0);
    store.close().await;
    Ok(())
}
