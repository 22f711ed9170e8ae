//! The configuration that is built into the program: what `bavn init` writes, and what stateless commands use where
//! there is no folder.

use rust_embed::Embed;
use std::path::Path;

/// The files of `config/`.
#[derive(Embed)]
#[folder = "config/"]
pub struct Builtin;

impl Builtin {
    /// One file's text.
    pub fn text(path: &str) -> Option<String> {
        <Builtin as Embed>::get(path).and_then(|file| String::from_utf8(file.data.into_owned()).ok())
    }

    /// All paths, relative to the folder.
    pub fn paths() -> Vec<String> {
        <Builtin as Embed>::iter().map(|path| path.into_owned()).collect()
    }
}

/// Writes every built-in file below `folder` and says how many. Refuses a folder that already holds a configuration.
pub fn write_builtin(folder: &Path) -> anyhow::Result<usize> {
    if folder.join("bavn.toml").exists() {
        anyhow::bail!("'{}' already holds a configuration: name another folder with --config", folder.display());
    }
    let paths = Builtin::paths();
    for path in &paths {
        let Some(file) = <Builtin as Embed>::get(path) else { continue };
        let target = folder.join(path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|error| anyhow::anyhow!("cannot make {}: {error}", parent.display()))?;
        }
        std::fs::write(&target, &file.data)
            .map_err(|error| anyhow::anyhow!("cannot write {}: {error}", target.display()))?;
    }
    Ok(paths.len())
}
