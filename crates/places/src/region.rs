//! Regions as data: they change by law, and what was reported for one stays with it.

use jiff::civil::Date;
use serde::Deserialize;

/// Changes of regions, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regions {
    /// The changes.
    #[serde(default, rename = "change")]
    pub changes: Vec<RegionChange>,
}

/// Regions that become one on a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionChange {
    /// The first day.
    pub on: Date,
    /// Their names until then.
    pub from: Vec<String>,
    /// Its name from then on.
    pub to: String,
}

impl Regions {
    /// What the region of this name is called on `day`.
    pub fn on<'a>(&'a self, name: &'a str, day: Date) -> &'a str {
        let mut changes: Vec<&RegionChange> = self.changes.iter().filter(|change| change.on <= day).collect();
        changes.sort_by_key(|change| change.on);
        changes
            .iter()
            .fold(name, |name, change| if change.from.iter().any(|from| from == name) { &change.to } else { name })
    }
}
