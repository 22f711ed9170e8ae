//! `instruments/<id>/<version>.toml` and `instruments/released.toml`: the screening instruments, every version of them.

use super::{Source, parse_toml};
use instruments::{Checked, Fault, Instrument, Place, Released, Releases, Status};
use std::collections::BTreeMap;
use std::path::Path;

/// The folder of the institution's own licensed or validated tool: empty until somebody imports it.
pub const OWN_TOOL: &str = "own-tool";

/// Every version of every instrument.
#[derive(Debug, Clone, Default)]
pub struct Instruments {
    forms: BTreeMap<String, BTreeMap<u32, Checked>>,
    releases: Releases,
}

impl Instruments {
    /// Reads the folder of a configuration alone, for `bavn instrument`.
    pub fn load(folder: &Path) -> anyhow::Result<Instruments> {
        Source::open(folder, true)?.instruments()
    }

    /// Every version, by id and version.
    pub fn all(&self) -> impl Iterator<Item = &Checked> {
        self.forms.values().flat_map(BTreeMap::values)
    }

    /// A version; left out: the newest.
    pub fn get(&self, id: &str, version: Option<u32>) -> anyhow::Result<&Checked> {
        let Some(versions) = self.forms.get(id) else {
            let known: Vec<&str> = self.forms.keys().map(String::as_str).collect();
            anyhow::bail!("there is no instrument '{id}': there is {}", known.join(", "));
        };
        let found = match version {
            Some(version) => versions.get(&version),
            None => versions.values().next_back(),
        };
        found.ok_or_else(|| {
            let known: Vec<String> = versions.keys().map(u32::to_string).collect();
            anyhow::anyhow!("'{id}' has no version {}: there is {}", version.unwrap_or_default(), known.join(", "))
        })
    }

    /// The newest version of an instrument that may be asked: on trial or active.
    pub fn in_use(&self, id: &str) -> Option<&Instrument> {
        let asked = |form: &&Instrument| matches!(form.status, Status::Trial | Status::Active);
        self.forms.get(id)?.values().rev().map(|checked| &checked.instrument).find(asked)
    }

    /// Every version that may be or may have been asked, the newest first: answers to an earlier one are still read.
    pub fn ever_asked(&self, id: &str) -> impl Iterator<Item = &Instrument> {
        let versions = self.forms.get(id).into_iter().flat_map(|versions| versions.values().rev());
        versions.map(|checked| &checked.instrument).filter(|form| form.status != Status::Draft)
    }

    /// Whether there is one of this id.
    pub fn has(&self, id: &str) -> bool {
        self.forms.contains_key(id)
    }

    /// The release of a version.
    pub fn release(&self, instrument: &Instrument) -> Option<&Released> {
        self.releases.get(&instrument.id, instrument.version)
    }
}

impl Source {
    /// Where a configuration is older than instruments, those built into the program are used.
    pub(super) fn instruments(&self) -> anyhow::Result<Instruments> {
        let mut files = self.texts("instruments/", ".toml")?;
        if files.is_empty() && self.folder.is_some() {
            return Source::built_in().instruments();
        }
        let mut shelf = Instruments::default();
        let mut faults: Vec<Fault> = Vec::new();
        if let Some(at) = files.iter().position(|(path, _)| path == "instruments/released.toml") {
            let (path, text) = files.remove(at);
            shelf.releases = parse_toml(&self.show(&path), &text)?;
        }
        for (path, text) in files {
            let file = self.show(&path);
            match Instrument::from_toml(&file, &text) {
                Ok(checked) => {
                    let form = &checked.instrument;
                    let named = format!("instruments/{}/{}.toml", form.id, form.version);
                    if path != named {
                        faults.push(whole(
                            &file,
                            format!("version {} of '{}' belongs in {named}", form.version, form.id),
                        ));
                    } else if let Err(error) = shelf.releases.hold(form) {
                        faults.push(whole(&file, error.to_string()));
                    }
                    shelf.forms.entry(form.id.clone()).or_default().insert(form.version, checked);
                }
                Err(more) => faults.extend(more),
            }
        }
        for gone in &shelf.releases.released {
            if !shelf.forms.get(&gone.id).is_some_and(|versions| versions.contains_key(&gone.version))
                && faults.is_empty()
            {
                let file = self.show("instruments/released.toml");
                let message = format!(
                    "version {} of '{}' was released on {} and its file is gone: put it back",
                    gone.version, gone.id, gone.on
                );
                faults.push(whole(&file, message));
            }
        }
        if faults.is_empty() {
            return Ok(shelf);
        }
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::bail!("{}", lines.join("\n"))
    }
}

fn whole(file: &str, message: String) -> Fault {
    Fault { file: file.to_owned(), place: Place::File, message }
}
