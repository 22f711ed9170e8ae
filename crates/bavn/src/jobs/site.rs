//! `bavn site`: adapters of listing sites.

use crate::cli::SiteCommand;
use crate::config::Config;
use extract::adapter::{Adapter, check_site};
use std::io::Write;
use std::path::Path;

/// Lists or checks.
pub fn run(folder: &Path, command: &SiteCommand) -> anyhow::Result<()> {
    let config = Config::load(folder, false)?;
    match command {
        SiteCommand::List => list(&config),
        SiteCommand::Check { site } => check(&config, folder, site.as_deref()),
        // The others need the store: `site_wish`.
        _ => Ok(()),
    }
}

fn list(config: &Config) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if config.sites.is_empty() {
        eprintln!("No sites yet: add one as sites/README.md shows. No adapter for a real site ships with bavn.");
    }
    for (id, adapter) in &config.sites {
        let settings = adapter.settings();
        let approval = match &settings.approval {
            Some(approval) => format!("approved by {} until {}", approval.by, approval.until),
            None => "no approval: not crawled".to_owned(),
        };
        writeln!(out, "{id:<20} {:<24} {approval}", settings.name)?;
    }
    Ok(())
}

fn check(config: &Config, folder: &Path, site: Option<&str>) -> anyhow::Result<()> {
    let chosen: Vec<(&String, &Adapter)> =
        config.sites.iter().filter(|(id, _)| site.is_none_or(|s| s == *id)).collect();
    if let (Some(site), true) = (site, chosen.is_empty()) {
        anyhow::bail!("there is no site '{site}' in {}", folder.join("sites").display());
    }
    let mut out = std::io::stdout().lock();
    let (mut checked, mut failed) = (0, 0);
    for (id, adapter) in chosen {
        for result in check_site(adapter, &samples(&folder.join("sites").join(id))?) {
            checked += 1;
            failed += u32::from(!result.passed());
            writeln!(out, "{id}: {result}")?;
        }
    }
    writeln!(out, "{checked} samples, {failed} differ")?;
    if failed > 0 {
        anyhow::bail!("{failed} samples differ from what is expected; each difference is listed above");
    }
    Ok(())
}

/// The saved pages of a site with what is expected of each.
fn samples(folder: &Path) -> anyhow::Result<Vec<(String, Vec<u8>, Option<String>)>> {
    let mut samples = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder.join("samples")) else { return Ok(samples) };
    for entry in entries {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else { continue };
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let expected = std::fs::read_to_string(folder.join("expected").join(format!("{stem}.json"))).ok();
        samples.push((name, std::fs::read(&path)?, expected));
    }
    samples.sort();
    Ok(samples)
}
