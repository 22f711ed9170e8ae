//! Counts of people by several properties at once, all tables of them as one, so that suppression is decided once.
//!
//! A cell names a value for some dimensions; the others are added up. A *table* is a set of dimensions; every table that it
//! contains is in the cube too. What is withheld: each count from 1 to `least - 1`, and as many others as it takes so that
//! no withheld count follows from what is shown, by adding and subtracting or from the bounds that counts have.

use super::attack;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The smallest count that is shown unless a higher one is asked for. It may only be raised.
pub const LEAST: u64 = 5;

/// A dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name, for columns and keys.
    pub name: String,
    /// Its values in order.
    pub values: Vec<String>,
    /// Each person has exactly one value, so that the values add up to the total. Where people can have several (months,
    /// indicators), nothing follows from adding.
    pub adds_up: bool,
}

/// So many covering cells are tried again: each trial is an attack on the whole cube.
const MOST_GIVEN_BACK: usize = 200;

/// Value of a dimension that is added up.
pub const ALL: u16 = u16::MAX;

/// A cell: a value for each dimension, or [`ALL`].
pub type Key = Vec<u16>;

/// A person as counted: for each dimension the values that she has. Empty: she is in no table that has the dimension.
pub type Person = Vec<Vec<u16>>;

/// A cell's count, with a second measure beside it that is shown where the count is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// People.
    pub people: u64,
    /// Withheld.
    pub withheld: bool,
}

/// The cube.
#[derive(Debug, Clone, PartialEq)]
pub struct Cube {
    dimensions: Vec<Dimension>,
    tables: Vec<BTreeSet<usize>>,
    cells: BTreeMap<Key, Cell>,
    least: u64,
    /// Cells that are small themselves, or that earlier releases demand.
    demanded: BTreeSet<Key>,
}

impl Cube {
    /// Counts people. `tables` name dimensions by their place.
    pub fn count(dimensions: Vec<Dimension>, tables: &[&[usize]], people: impl Iterator<Item = Person>) -> Cube {
        let tables: Vec<BTreeSet<usize>> = tables.iter().map(|table| table.iter().copied().collect()).collect();
        let mut cube = Cube { cells: BTreeMap::new(), least: LEAST, demanded: BTreeSet::new(), dimensions, tables };
        let subsets = cube.subsets();
        for subset in &subsets {
            let mut keys = vec![vec![ALL; cube.dimensions.len()]];
            for dimension in subset {
                let values = cube.dimensions.get(*dimension).map_or(0, |dimension| dimension.values.len());
                keys = keys
                    .into_iter()
                    .flat_map(|key| {
                        (0..values as u16).map(move |value| {
                            let mut key = key.clone();
                            key[*dimension] = value;
                            key
                        })
                    })
                    .collect();
            }
            cube.cells.extend(keys.into_iter().map(|key| (key, Cell::default())));
        }
        for person in people {
            for subset in &subsets {
                let mut keys = vec![vec![ALL; cube.dimensions.len()]];
                for dimension in subset {
                    let values: BTreeSet<u16> = person.get(*dimension).into_iter().flatten().copied().collect();
                    keys = keys
                        .into_iter()
                        .flat_map(|key| {
                            values.iter().map(move |value| {
                                let mut key = key.clone();
                                key[*dimension] = *value;
                                key
                            })
                        })
                        .collect();
                }
                for key in keys {
                    if let Some(cell) = cube.cells.get_mut(&key) {
                        cell.people += 1;
                    }
                }
            }
        }
        cube
    }

    /// All sets of dimensions that are in a table, the total first.
    fn subsets(&self) -> BTreeSet<BTreeSet<usize>> {
        let mut all = BTreeSet::from([BTreeSet::new()]);
        for table in &self.tables {
            let of: Vec<usize> = table.iter().copied().collect();
            for set in 1_u32..1 << of.len() {
                all.insert(of.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, of)| *of).collect());
            }
        }
        all
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Below which count cells are withheld.
    pub fn least(&self) -> u64 {
        self.least
    }

    /// Every cell.
    pub fn cells(&self) -> &BTreeMap<Key, Cell> {
        &self.cells
    }

    /// The cells of one table: those that name a value for exactly these dimensions.
    pub fn table<'a>(&'a self, dimensions: &'a [usize]) -> impl Iterator<Item = (&'a Key, &'a Cell)> {
        self.cells.iter().filter(move |(key, _)| {
            key.iter().enumerate().all(|(at, value)| (*value != ALL) == dimensions.contains(&at))
        })
    }

    /// A shown count: `None` where it is withheld, or where there is no such cell.
    pub fn shown(&self, key: &[u16]) -> Option<u64> {
        self.cells.get(key).filter(|cell| !cell.withheld).map(|cell| cell.people)
    }

    /// How a cell is written down: `form=escort|month=2026-10`, in the order of names; the total is `all`.
    pub fn name(&self, key: &[u16]) -> String {
        let mut parts: Vec<String> = key
            .iter()
            .zip(&self.dimensions)
            .filter(|(value, _)| **value != ALL)
            .filter_map(|(value, dimension)| {
                Some(format!("{}={}", dimension.name, dimension.values.get(usize::from(*value))?))
            })
            .collect();
        parts.sort();
        if parts.is_empty() { "all".to_owned() } else { parts.join("|") }
    }

    /// Number of cells that hold somebody, and of those the number withheld.
    pub fn withheld(&self) -> (usize, usize) {
        let held = self.cells.values().filter(|cell| cell.people > 0);
        (held.clone().count(), held.filter(|cell| cell.withheld).count())
    }

    /// Number of cells that hold somebody and are withheld only to cover others.
    pub fn covering(&self) -> usize {
        let withheld = self.cells.iter().filter(|(_, cell)| cell.withheld && cell.people > 0);
        withheld.filter(|(key, _)| !self.demanded.contains(*key)).count()
    }

    /// Decides what is withheld: small cells, those of `also` (what earlier releases demand), and complementary ones.
    /// `least` below [`LEAST`] counts as [`LEAST`].
    pub fn suppress(&mut self, least: u64, also: &dyn Fn(&str, u64) -> bool) {
        self.least = least.max(LEAST);
        let names: Vec<(Key, bool)> = self
            .cells
            .iter()
            .map(|(key, cell)| {
                let small = cell.people > 0 && cell.people < self.least;
                (key.clone(), small || (cell.people > 0 && also(&self.name(key), cell.people)))
            })
            .collect();
        self.demanded.clear();
        for (key, withheld) in names {
            if let Some(cell) = self.cells.get_mut(&key) {
                cell.withheld = withheld;
            }
            if withheld {
                self.demanded.insert(key);
            }
        }
        let relations = self.relations();
        loop {
            let more = self.lines_to_fill(&relations);
            if !more.is_empty() {
                self.withhold(more);
                continue;
            }
            let exposed = attack::exposed(&self.cells, &relations, self.least);
            if exposed.is_empty() {
                break;
            }
            let more: BTreeSet<Key> = exposed.iter().filter_map(|key| self.partner(key, &relations)).collect();
            if more.is_empty() {
                // Nothing that holds somebody is left to hide behind.
                break;
            }
            self.withhold(more.into_iter().collect());
        }
        self.give_back(&relations);
    }

    /// The rounds withhold what covers best at the time; later cells may cover as well. Each covering cell, the fullest first, is
    /// shown again where nothing follows from it.
    fn give_back(&mut self, relations: &[(Key, Vec<Key>)]) {
        if !attack::exposed(&self.cells, relations, self.least).is_empty() {
            // Nobody is left to hide behind: what is withheld stays so.
            return;
        }
        let covering = self.cells.iter().filter(|(key, cell)| cell.withheld && !self.demanded.contains(*key));
        let mut covering: Vec<(u64, Key)> = covering.map(|(key, cell)| (cell.people, key.clone())).collect();
        covering.sort_by(|a, b| b.cmp(a));
        for (_, key) in covering.into_iter().take(MOST_GIVEN_BACK) {
            self.set(&key, false);
            let safe = self.lines_to_fill(relations).is_empty()
                && attack::exposed(&self.cells, relations, self.least).is_empty();
            if !safe {
                self.set(&key, true);
            }
        }
    }

    /// Whether a withheld cell could be shown alone without anything following from it.
    #[cfg(test)]
    pub(super) fn could_be_shown(&self, key: &Key) -> bool {
        let mut other = self.clone();
        let relations = other.relations();
        other.set(key, false);
        other.lines_to_fill(&relations).is_empty() && attack::exposed(&other.cells, &relations, other.least).is_empty()
    }

    fn set(&mut self, key: &Key, withheld: bool) {
        if let Some(cell) = self.cells.get_mut(key) {
            cell.withheld = withheld;
        }
    }

    fn withhold(&mut self, keys: Vec<Key>) {
        for key in keys {
            if let Some(cell) = self.cells.get_mut(&key) {
                cell.withheld = true;
            }
        }
    }

    /// Sums that hold between cells: a cell and those that it is the sum of.
    pub(super) fn relations(&self) -> Vec<(Key, Vec<Key>)> {
        let mut relations = Vec::new();
        for key in self.cells.keys() {
            for (at, dimension) in self.dimensions.iter().enumerate() {
                if key[at] != ALL || !dimension.adds_up {
                    continue;
                }
                let parts: Vec<Key> = (0..dimension.values.len() as u16)
                    .map(|value| {
                        let mut part = key.clone();
                        part[at] = value;
                        part
                    })
                    .collect();
                if parts.iter().all(|part| self.cells.contains_key(part)) {
                    relations.push((key.clone(), parts));
                }
            }
        }
        relations
    }

    /// For each sum with one part withheld, or with withheld parts that are few together, the next to withhold.
    fn lines_to_fill(&self, relations: &[(Key, Vec<Key>)]) -> Vec<Key> {
        let mut more = Vec::new();
        for (sum, parts) in relations {
            let withheld: Vec<&Key> = parts.iter().filter(|part| self.cells[*part].withheld).collect();
            let people: u64 = withheld.iter().map(|part| self.cells[*part].people).sum();
            if withheld.is_empty() || self.cells[sum].withheld {
                continue;
            }
            if withheld.len() >= 2 && people >= self.least {
                continue;
            }
            match self.next_part(parts) {
                Some(part) => more.push(part),
                None => more.push(sum.clone()),
            }
        }
        more
    }

    /// The smallest part that is still shown and holds somebody; else one that holds nobody.
    fn next_part(&self, parts: &[Key]) -> Option<Key> {
        let shown = parts.iter().filter(|part| !self.cells[*part].withheld);
        shown.min_by_key(|part| (self.cells[*part].people == 0, self.cells[*part].people, (*part).clone())).cloned()
    }

    /// What else to withhold so that `key` cannot be told: the smallest cell that is still shown in a sum that it stands in;
    /// where all of those are withheld, in a sum that those stand in, and so on.
    fn partner(&self, key: &Key, relations: &[(Key, Vec<Key>)]) -> Option<Key> {
        let mut near: BTreeSet<&Key> = BTreeSet::from([key]);
        loop {
            let mut reached = near.clone();
            for (sum, parts) in relations {
                if near.contains(sum) || parts.iter().any(|part| near.contains(part)) {
                    reached.insert(sum);
                    reached.extend(parts);
                }
            }
            let shown = reached.iter().filter(|key| !self.cells[**key].withheld && self.cells[**key].people > 0);
            // Parts before totals: a key with more values named is the finer one.
            let finer = |key: &Key| key.iter().filter(|value| **value == ALL).count();
            if let Some(found) = shown.min_by_key(|key| (finer(key), self.cells[**key].people, (**key).clone())) {
                return Some((*found).clone());
            }
            if reached.len() == near.len() {
                return None;
            }
            near = reached;
        }
    }
}
