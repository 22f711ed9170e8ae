//! Rows about single people of which at least k are alike in whatever could be known of them elsewhere (k-anonymity: Sweeney
//! 2002). Rows that are too rare are coarsened step by step; those that stay too rare are left out and counted.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a row says of someone, on each level of coarseness: `levels[0]` is the finest, each of the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Quasi-identifiers by level.
    pub levels: Vec<Vec<String>>,
    /// Sensitive values, not coarsened.
    pub sensitive: Vec<String>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Coarsened {
    /// Shown on this level.
    At(usize),
    /// Left out.
    LeftOut,
}

/// The re-identification check of what is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// Rows shown.
    pub rows: usize,
    /// Rows left out.
    pub left_out: usize,
    /// Rows shown on each level of coarseness, the finest first.
    pub by_level: Vec<usize>,
    /// Groups of rows that are alike.
    pub groups: usize,
    /// Rows in the smallest group: the k of k-anonymity. `None` where no row is shown.
    pub smallest_group: Option<usize>,
    /// For each sensitive column the fewest different values in a group (its l of l-diversity).
    pub fewest_values: Vec<usize>,
    /// The greatest risk of finding somebody again by what is known of her: one in the smallest group.
    pub greatest_risk: f64,
}

/// Decides for each row on which level it is shown, so that each shown row is one of at least `k` alike.
pub fn coarsen(rows: &[Row], k: usize) -> Vec<Coarsened> {
    let k = k.max(super::cube::LEAST as usize);
    let most = rows.iter().map(|row| row.levels.len()).max().unwrap_or(0);
    let mut done: Vec<Coarsened> = vec![Coarsened::LeftOut; rows.len()];
    let mut waiting: Vec<usize> = (0..rows.len()).collect();
    for level in 0..most {
        let mut groups: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
        for at in waiting.drain(..) {
            match rows[at].levels.get(level) {
                Some(values) => groups.entry(values).or_default().push(at),
                None => done[at] = Coarsened::LeftOut,
            }
        }
        for group in groups.into_values() {
            if group.len() >= k {
                group.into_iter().for_each(|at| done[at] = Coarsened::At(level));
            } else {
                waiting.extend(group);
            }
        }
        waiting.sort_unstable();
    }
    done
}

/// Checks what is shown, from the shown values alone.
pub fn check(rows: &[Row], done: &[Coarsened]) -> Check {
    let mut groups: BTreeMap<&[String], Vec<&Row>> = BTreeMap::new();
    let mut by_level = vec![0; rows.iter().map(|row| row.levels.len()).max().unwrap_or(0)];
    let mut shown = 0;
    for (row, what) in rows.iter().zip(done) {
        if let Coarsened::At(level) = what {
            groups.entry(&row.levels[*level]).or_default().push(row);
            by_level[*level] += 1;
            shown += 1;
        }
    }
    let smallest = groups.values().map(Vec::len).min();
    let columns = rows.first().map_or(0, |row| row.sensitive.len());
    let fewest = |column: usize| {
        let values = |group: &Vec<&Row>| group.iter().map(|row| &row.sensitive[column]).collect::<BTreeSet<_>>().len();
        groups.values().map(values).min().unwrap_or(0)
    };
    Check {
        rows: shown,
        left_out: rows.len() - shown,
        by_level,
        groups: groups.len(),
        smallest_group: smallest,
        fewest_values: (0..columns).map(fewest).collect(),
        greatest_risk: smallest.map_or(0.0, |smallest| 1.0 / smallest as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(region: &str, language: &str, band: &str) -> Row {
        let of = |values: [&str; 2]| values.map(str::to_owned).to_vec();
        Row {
            levels: vec![of([region, language]), of([region, "*"]), of(["*", "*"])],
            sensitive: vec![band.to_owned()],
        }
    }

    #[test]
    fn rare_rows_are_coarsened_and_lone_ones_left_out() {
        let mut rows: Vec<Row> = (0..6).map(|_| row("North", "da", "none")).collect();
        rows.extend((0..4).map(|n| row("South", "da", if n == 0 { "high" } else { "none" })));
        rows.push(row("South", "th", "none"));
        rows.push(row("East", "da", "none"));
        let done = coarsen(&rows, 5);
        assert_eq!(done[..6], vec![Coarsened::At(0); 6]);
        assert_eq!(done[6..11], vec![Coarsened::At(1); 5]);
        assert_eq!(done[11], Coarsened::LeftOut);
        let check = check(&rows, &done);
        assert_eq!((check.rows, check.left_out, check.groups, check.smallest_group), (11, 1, 2, Some(5)));
        assert_eq!((check.by_level.clone(), check.fewest_values.clone()), (vec![6, 5, 0], vec![1]));
        assert_eq!(coarsen(&rows, 1), done, "k is never less than five");
    }

    proptest! {
        #[test]
        fn every_shown_row_is_one_of_k(rows in prop::collection::vec((0..4_u8, 0..4_u8), 0..120), k in 5_usize..9) {
            let rows: Vec<Row> = rows.iter().map(|(a, b)| row(&a.to_string(), &b.to_string(), "x")).collect();
            let done = coarsen(&rows, k);
            let checked = check(&rows, &done);
            prop_assert!(checked.smallest_group.is_none_or(|smallest| smallest >= k));
            prop_assert_eq!(checked.rows + checked.left_out, rows.len());
            prop_assert!(checked.left_out < k, "the coarsest level says nothing, so that k rows or more are shown on it");
        }
    }
}
