//! Indicators that run beside the catalogue: `shadow/<group>/<id>.toml`, each a new one or another version of one in force.

use super::{Overlay, Source, sha256};
use classifier::Catalogue;
use domain::IndicatorId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// An indicator in the shadow.
#[derive(Debug, Clone)]
pub struct Shadow {
    /// Its id.
    pub id: IndicatorId,
    /// Its file, below the configuration folder.
    pub path: String,
    /// The file that it would become.
    pub becomes: String,
    /// Its text.
    pub text: String,
    /// `sha256:…` of its text and of the catalogue that it stands beside: another one is another run.
    pub version: String,
    /// The catalogue with it.
    pub catalogue: Arc<Catalogue>,
    /// What reading depends on with it.
    pub reader_version: String,
    /// The catalogue in force has one of that id.
    pub replaces: bool,
}

impl Source {
    /// What the shadow folder holds, by id. A fault in it stops the start as one in the catalogue does.
    pub(super) fn shadows(&self, catalogue: &Catalogue) -> anyhow::Result<Vec<Shadow>> {
        let mut shadows = Vec::new();
        for (path, text) in self.texts("shadow/", ".toml")? {
            let becomes = path.replacen("shadow/", "indicators/", 1);
            let id = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".toml").to_owned();
            let over = Overlay::of(BTreeMap::from([(becomes.clone(), text.clone())]));
            let with = Source { folder: self.folder.clone(), over };
            // The fault is in the shadow's file, whatever name it is read under.
            let other = with.catalogue().map_err(|error| {
                anyhow::anyhow!("{}", error.to_string().replace(&with.show(&becomes), &self.show(&path)))
            })?;
            if other.get(&id).is_none() {
                anyhow::bail!(
                    "{} is not read as an indicator: put it below the letter of its group, as in shadow/B/{id}.toml",
                    self.show(&path)
                );
            }
            shadows.push(Shadow {
                version: sha256(&[text.as_bytes(), catalogue.hash().as_bytes()]),
                reader_version: with.reader_version(&other)?,
                replaces: catalogue.get(&id).is_some(),
                catalogue: Arc::new(other),
                id: IndicatorId(id),
                path,
                becomes,
                text,
            });
        }
        shadows.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(shadows)
    }
}
