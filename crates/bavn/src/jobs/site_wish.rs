//! `bavn site status`, `pause`, `resume`, `stop`: what each site is doing and why, and what an administrator wants of it.

use super::{open, system_actor};
use crate::cli::{Cli, SiteCommand};
use crate::key::Need;
use domain::SiteId;
use std::io::Write;
use store::crawl::SiteWish;
use store::{SiteOverview, Store, StoreError};

/// Shows or changes.
pub async fn run(cli: &Cli, command: &SiteCommand) -> anyhow::Result<()> {
    let (_, store) = open(cli, Need::Existing, crate::time::now()).await?;
    let done = match command {
        SiteCommand::Pause { site } => wish(&store, site, SiteWish::Pause).await,
        SiteCommand::Resume { site } => wish(&store, site, SiteWish::Go).await,
        SiteCommand::Stop { site } => wish(&store, site, SiteWish::Stop).await,
        _ => status(&store).await,
    };
    store.close().await;
    done
}

async fn wish(store: &Store, site: &str, wish: SiteWish) -> anyhow::Result<()> {
    match store.set_site_wish(&SiteId(site.to_owned()), wish, &system_actor(), crate::time::now()).await {
        Err(StoreError::NotFound { .. }) => {
            let known: Vec<String> = store.sites(0).await?.into_iter().map(|s| s.registration.site.0).collect();
            anyhow::bail!("the store knows no site '{site}': there is {}", known.join(", "))
        }
        done => done?,
    }
    eprintln!(
        "{site}: {}",
        match wish {
            SiteWish::Go => "crawled again by its schedule",
            SiteWish::Pause => "paused; a crawl under way halts within seconds and its run is kept for later",
            SiteWish::Stop => "stopped; a crawl under way ends its run within seconds, what was read is kept",
        }
    );
    Ok(())
}

async fn status(store: &Store) -> anyhow::Result<()> {
    let sites = store.sites(1).await?;
    let mut out = std::io::stdout().lock();
    if sites.is_empty() {
        eprintln!("The store knows no sites yet: they are registered by the first crawl or import.");
    }
    for site in &sites {
        writeln!(out, "{}", line(site))?;
    }
    Ok(())
}

/// `id  waiting: The site asked for quiet … (since 2026-11-25 14:05)  312 ads up, last good run 2026-11-25 13:02`
fn line(site: &SiteOverview) -> String {
    let at = |time: jiff::Timestamp| time.to_zoned_datetime(crate::time::zone()).strftime("%Y-%m-%d %H:%M").to_string();
    let state = match &site.state {
        Some(state) => format!("{}: {} (since {})", state.phase, state.reason.en, at(state.since)),
        None if site.registration.import_only => "import-only: never crawled".to_owned(),
        None => "new: not crawled yet".to_owned(),
    };
    let good = site.last_good.map_or_else(|| "none".to_owned(), at);
    format!("{:<20} {state}; {} ads up, last good run {good}", site.registration.site.as_str(), site.ads_up)
}
