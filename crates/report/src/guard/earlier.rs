//! What was released before: a figure that is harmless alone can tell of a few people beside an earlier one.

use super::cube::{Cube, Key};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a release showed and withheld, as the register keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Shown counts by the cell's name.
    pub shown: BTreeMap<String, u64>,
    /// Names of withheld cells.
    pub withheld: BTreeSet<String>,
}

impl Released {
    /// What a cube shows and withholds. Cells that hold nobody are left out of what is shown.
    pub fn of(cube: &Cube, from: Date, to: Date) -> Released {
        let named = |withheld: bool| {
            cube.cells()
                .iter()
                .filter(move |(_, cell)| cell.withheld == withheld)
                .map(|(key, cell): (&Key, _)| (cube.name(key), cell.people))
        };
        Released {
            from,
            to,
            shown: named(false).filter(|(_, people)| *people > 0).collect(),
            withheld: named(true).map(|(name, _)| name).collect(),
        }
    }

    /// Whether one period lies within the other, so that two counts can be subtracted.
    fn nested(&self, from: Date, to: Date) -> bool {
        (self.from <= from && to <= self.to) || (from <= self.from && self.to <= to)
    }

    /// Whether `people` must be withheld in a release of `from` to `to`: an earlier release of the same period withheld the
    /// cell, or of a nested one showed so nearly the same that the difference is a handful of people.
    pub fn demands(&self, (from, to): (Date, Date), name: &str, people: u64, least: u64) -> bool {
        if (self.from, self.to) == (from, to) && self.withheld.contains(name) {
            return true;
        }
        let near = |shown: &u64| (1..least).contains(&shown.abs_diff(people));
        self.nested(from, to) && self.shown.get(name).is_some_and(near)
    }
}

/// Suppresses a cube against all earlier releases.
pub fn suppress(cube: &mut Cube, least: u64, period: (Date, Date), earlier: &[Released]) {
    let least = least.max(super::cube::LEAST);
    cube.suppress(least, &|name, people| earlier.iter().any(|release| release.demands(period, name, people, least)));
}
