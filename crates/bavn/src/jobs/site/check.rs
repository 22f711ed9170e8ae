//! `bavn site list` and `bavn site check`: the adapters with their approvals, and saved pages against what is expected.

use crate::config::Config;
use extract::adapter::{Adapter, check_site};
use std::io::Write;
use std::path::Path;

/// Every site in a line.
pub fn list(config: &Config) -> anyhow::Result<()> {
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

/// Reads the samples of the sites and compares.
pub fn check(config: &Config, folder: &Path, site: Option<&str>) -> anyhow::Result<()> {
    let chosen: Vec<(&String, &Adapter)> =
        config.sites.iter().filter(|(id, _)| site.is_none_or(|s| s == *id)).collect();
    if let (Some(site), true) = (site, chosen.is_empty()) {
        anyhow::bail!("there is no site '{site}' in {}", folder.join("sites").display());
    }
    let mut out = std::io::stdout().lock();
    let (mut checked, mut failed) = (0, 0);
    for (id, adapter) in chosen {
        let samples = samples(&folder.join("sites").join(id))?;
        for result in check_site(adapter, &samples) {
            checked += 1;
            failed += u32::from(!result.passed());
            writeln!(out, "{id}: {result}")?;
        }
        for hint in hints(id, &samples) {
            writeln!(out, "{id}: {hint}")?;
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

/// Kinds of pages that each site shows one day and that no sample of this one has: an adapter that never met them is not
/// known to hold.
fn hints(id: &str, samples: &[(String, Vec<u8>, Option<String>)]) -> Vec<String> {
    if samples.is_empty() {
        return vec![format!(
            "there are no samples; save pages under sites/{id}/samples, what they give under expected"
        )];
    }
    let mut missing = Vec::new();
    let holds =
        |mark: &str| samples.iter().filter_map(|(_, _, expected)| expected.as_deref()).any(|text| text.contains(mark));
    for (mark, what) in
        [("\"no_ads\"", "an empty listing"), ("\"suspended\"", "a closed account"), ("\"expired\"", "an expired ad")]
    {
        if !holds(mark) {
            missing.push(what);
        }
    }
    match missing.is_empty() {
        true => Vec::new(),
        false => vec![format!("no sample shows {}; save one when you meet it", missing.join(", "))],
    }
}
