//! `bavn init`: a commented configuration to start from.

use crate::config::write_builtin;
use std::path::Path;

/// Writes it.
pub fn run(folder: &Path) -> anyhow::Result<()> {
    let files = write_builtin(folder)?;
    eprintln!("Wrote {files} files to {}.", folder.display());
    eprintln!(
        "Next: fill in [controller] in bavn.toml, name your teams in programmes/initiative-1.toml, add a site as"
    );
    eprintln!("sites/README.md shows, then 'bavn user add', 'bavn crawl --once', 'bavn analyse', 'bavn serve'.");
    Ok(())
}
