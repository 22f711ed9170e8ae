//! `bavn programmes`: what is configured. No store is needed.

use crate::config::Config;
use std::io::Write;
use std::path::Path;

/// One block for each programme.
pub fn run(config: &Path) -> anyhow::Result<()> {
    let config = Config::load(config, true)?;
    let mut out = std::io::stdout().lock();
    let listed = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    for programme in config.programmes.values() {
        writeln!(out, "{} ({}): {}", programme.id, programme.unit.as_str(), programme.title.en)?;
        let sites: Vec<&str> = config.sites.keys().map(String::as_str).filter(|site| programme.watches(site)).collect();
        writeln!(out, "  sites        {}", listed(sites))?;
        for team in &programme.teams {
            let area: Vec<&str> = team.regions.iter().chain(&team.municipalities).map(String::as_str).collect();
            writeln!(out, "  team         {} ({}): {}", team.id, team.name, listed(area))?;
        }
        writeln!(out, "  instruments  {}", listed(programme.instruments.iter().map(String::as_str).collect()))?;
        let offers: Vec<&str> = programme.offers.iter().map(|offer| offer.title.en.as_str()).collect();
        writeln!(out, "  offers       {}", listed(offers))?;
    }
    Ok(())
}
