//! What somebody who reads every shown figure can work out of the withheld ones.

use super::cube::{Cell, Key};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Sums are solved modulo this prime: their coefficients are 0, 1 and -1, so that nothing is lost but for one chance in 10^18.
const PRIME: u128 = (1 << 61) - 1;

/// Withheld small cells whose count follows from what is shown: by adding and subtracting, or since the bounds meet.
pub(super) fn exposed(cells: &BTreeMap<Key, Cell>, relations: &[(Key, Vec<Key>)], least: u64) -> Vec<Key> {
    let unknown: BTreeMap<&Key, usize> = cells
        .iter()
        .filter(|(_, cell)| cell.withheld)
        .map(|(key, _)| key)
        .enumerate()
        .map(|(at, key)| (key, at))
        .collect();
    let equations = equations(cells, relations, &unknown);
    let mut told = solved(&equations, unknown.len());
    told.extend(bounded(&equations, unknown.len()));
    let keys: Vec<&Key> = unknown.keys().copied().collect();
    told.into_iter()
        .filter_map(|at| keys.get(at))
        .filter(|key| (1..least).contains(&cells[**key].people))
        .map(|key| (*key).clone())
        .collect()
}

/// A sum with its shown parts taken out: unknowns with sign, and what they add up to.
struct Equation {
    terms: Vec<(usize, i64)>,
    sum: i64,
}

fn equations(
    cells: &BTreeMap<Key, Cell>,
    relations: &[(Key, Vec<Key>)],
    unknown: &BTreeMap<&Key, usize>,
) -> Vec<Equation> {
    let mut equations = Vec::new();
    for (sum, parts) in relations {
        let (mut terms, mut rest) = (Vec::new(), 0_i64);
        for (key, sign) in parts.iter().map(|part| (part, 1)).chain([(sum, -1)]) {
            match unknown.get(key) {
                Some(at) => terms.push((*at, sign)),
                None => rest -= sign * cells[key].people as i64,
            }
        }
        if !terms.is_empty() {
            equations.push(Equation { terms, sum: rest });
        }
    }
    equations
}

/// Unknowns that the equations determine: those that stand alone in a row once the equations are reduced.
fn solved(equations: &[Equation], unknowns: usize) -> BTreeSet<usize> {
    // Rows by their leading unknown; kept fully reduced, sparse.
    let mut rows: HashMap<usize, BTreeMap<usize, u128>> = HashMap::new();
    let mut holders: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); unknowns];
    for equation in equations {
        let mut row: BTreeMap<usize, u128> = BTreeMap::new();
        for (at, sign) in &equation.terms {
            add(&mut row, *at, if *sign > 0 { 1 } else { PRIME - 1 });
        }
        let leads: Vec<usize> = row.keys().copied().filter(|at| rows.contains_key(at)).collect();
        for lead in leads {
            if let (Some(times), Some(other)) = (row.get(&lead).copied(), rows.get(&lead)) {
                subtract(&mut row, other, times);
            }
        }
        let Some((&lead, &factor)) = row.iter().next() else { continue };
        let inverse = power(factor, PRIME - 2);
        row.values_mut().for_each(|value| *value = *value * inverse % PRIME);
        for holder in std::mem::take(&mut holders[lead]) {
            let Some(other) = rows.get_mut(&holder) else { continue };
            let Some(times) = other.get(&lead).copied() else { continue };
            let before: BTreeSet<usize> = other.keys().copied().collect();
            subtract(other, &row, times);
            for at in other.keys().filter(|at| !before.contains(at)) {
                holders[*at].insert(holder);
            }
        }
        for at in row.keys().filter(|at| **at != lead) {
            holders[*at].insert(lead);
        }
        rows.insert(lead, row);
    }
    rows.into_iter().filter(|(_, row)| row.len() == 1).map(|(lead, _)| lead).collect()
}

fn add(row: &mut BTreeMap<usize, u128>, at: usize, value: u128) {
    let sum = (row.get(&at).copied().unwrap_or(0) + value) % PRIME;
    if sum == 0 {
        row.remove(&at);
    } else {
        row.insert(at, sum);
    }
}

fn subtract(row: &mut BTreeMap<usize, u128>, other: &BTreeMap<usize, u128>, times: u128) {
    for (at, value) in other {
        add(row, *at, (PRIME - value * times % PRIME) % PRIME);
    }
}

fn power(mut base: u128, mut exponent: u128) -> u128 {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

/// Unknowns whose bounds meet: none is below 0, and each sum bounds its parts. Rounds until nothing narrows.
fn bounded(equations: &[Equation], unknowns: usize) -> BTreeSet<usize> {
    const FAR: i64 = i64::MAX / 4;
    let mut bounds = vec![(0_i64, FAR); unknowns];
    for _ in 0..64 {
        let mut moved = false;
        for equation in equations {
            for (at, sign) in &equation.terms {
                // sign * x = sum - the others.
                let (mut low, mut high) = (equation.sum, equation.sum);
                for (other, other_sign) in equation.terms.iter().filter(|(other, _)| other != at) {
                    let (least, most) = bounds[*other];
                    let (least, most) = if *other_sign > 0 { (least, most) } else { (-most, -least) };
                    low = low.saturating_sub(most).max(-FAR);
                    high = high.saturating_sub(least).min(FAR);
                }
                let (low, high) = if *sign > 0 { (low, high) } else { (-high, -low) };
                let now = (bounds[*at].0.max(low), bounds[*at].1.min(high));
                moved |= now != bounds[*at];
                bounds[*at] = now;
            }
        }
        if !moved {
            break;
        }
    }
    bounds.iter().enumerate().filter(|(_, (low, high))| low >= high).map(|(at, _)| at).collect()
}
