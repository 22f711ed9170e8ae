//! The catalogue: indicators, sources and combination rules, loaded and checked once.

mod check;
mod file;
mod indicator;
mod load;
mod locate;
mod markdown;
mod rules;
#[cfg(test)]
pub(crate) mod testing;

pub use check::{CheckKind, CheckResult};
pub use indicator::{CounterExample, Indicator, NotWithin, Parameters, Shape, Status, Wording};
pub use rules::{BandRule, Rules};

pub(crate) use file::RawGuards;

use crate::error::CatalogueError;
use crate::wording::Matcher;
use domain::IndicatorId;

/// The text of every file of `config/indicators`, read by the caller. Paths are only names.
#[derive(Debug, Clone, Default)]
pub struct CatalogueFiles {
    /// One indicator a file: path and TOML.
    pub indicators: Vec<(String, String)>,
    /// `sources.toml`: path and TOML.
    pub sources: (String, String),
    /// `rules.toml`: path and TOML.
    pub rules: (String, String),
}

/// A publication or list that indicators are taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `JI`.
    pub key: String,
    /// Short name.
    pub title: String,
    /// What it is and what it tested.
    pub what: String,
    /// False where it was quoted from memory and must be verified before it is quoted again.
    pub verified: bool,
}

/// The checked catalogue.
#[derive(Debug, Clone)]
pub struct Catalogue {
    hash: String,
    reading_hash: String,
    indicators: Vec<Indicator>,
    sources: Vec<Source>,
    rules: Rules,
    matcher: Matcher,
}

impl Catalogue {
    /// Checks and compiles the files. Every fault is reported at once, in order of path.
    pub fn load(files: &CatalogueFiles) -> Result<Self, Vec<CatalogueError>> {
        let parts = load::load(files)?;
        Ok(Self {
            hash: load::hash(files),
            reading_hash: parts.reading_hash,
            indicators: parts.indicators,
            sources: parts.sources,
            rules: parts.rules,
            matcher: parts.matcher,
        })
    }

    /// `sha256:…` over the paths (from the catalogue's folder) and bytes of all files in order of path.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// `sha256:…` of what reading one ad depends on: words, detectors and guards, not grades, points and thresholds.
    pub fn reading_hash(&self) -> &str {
        &self.reading_hash
    }

    /// All indicators, sorted by id, drafts and retired ones too.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// One indicator.
    pub fn get(&self, id: &str) -> Option<&Indicator> {
        let at = self.indicators.binary_search_by(|indicator| indicator.id.as_str().cmp(id)).ok()?;
        self.indicators.get(at)
    }

    /// The combination rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The sources, in the order of their file.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Every pattern as the regular expression that runs on folded text: indicator, `wording` or `not`, expression.
    /// For measuring, and for tests with another engine.
    pub fn expressions(&self) -> impl Iterator<Item = (&IndicatorId, &'static str, String)> {
        let id = |index: usize| self.indicators.get(index).map(|indicator| &indicator.id);
        self.matcher.expressions().filter_map(move |(index, table, text)| Some((id(index)?, table, text)))
    }

    pub(crate) fn matcher(&self) -> &Matcher {
        &self.matcher
    }
}
