//! Versions that never change: what was released is written down with its hash, and held to it.

use crate::{Instrument, Status};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// `released.toml`: a version is released before it is used, and never changes afterwards.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Releases {
    /// In the order in which they were released.
    #[serde(default)]
    pub released: Vec<Released>,
}

/// One released version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
    /// The instrument.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// `sha256:…` of its content.
    pub hash: String,
    /// The day, `2026-11-30`.
    pub on: String,
    /// Who released it.
    pub by: String,
}

/// A released version that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "version {version} of '{id}' was released on {on} and has been changed since: answers given to it would mean something else. Put it back as it was, and make the change in version {next}"
)]
pub struct ChangedAfterRelease {
    /// The instrument.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// When it was released.
    pub on: String,
    /// The version in which the change belongs.
    pub next: u32,
}

impl Instrument {
    /// `sha256:…` of everything that decides what is asked and what answers mean. Comments, layout and status do not
    /// matter.
    pub fn hash(&self) -> String {
        let text = Instrument { status: Status::Draft, ..self.clone() }.to_toml();
        let hash = Sha256::digest(text.as_bytes());
        hash.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
    }
}

impl Releases {
    /// The release of a version.
    pub fn get(&self, id: &str, version: u32) -> Option<&Released> {
        self.released.iter().find(|released| released.id == id && released.version == version)
    }

    /// Refuses a released version that is not what it was.
    pub fn hold(&self, instrument: &Instrument) -> Result<(), ChangedAfterRelease> {
        match self.get(&instrument.id, instrument.version) {
            Some(released) if released.hash != instrument.hash() => {
                let last =
                    self.released.iter().filter(|other| other.id == instrument.id).map(|other| other.version).max();
                Err(ChangedAfterRelease {
                    id: instrument.id.clone(),
                    version: instrument.version,
                    on: released.on.clone(),
                    next: last.unwrap_or(instrument.version) + 1,
                })
            }
            _ => Ok(()),
        }
    }
}

impl Released {
    /// The lines that a release adds to `released.toml`.
    pub fn lines(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        format!(
            "\n[[released]]\nid = {}\nversion = {}\nhash = {}\non = {}\nby = {}\n",
            quoted(&self.id),
            self.version,
            quoted(&self.hash),
            quoted(&self.on),
            quoted(&self.by)
        )
    }
}
