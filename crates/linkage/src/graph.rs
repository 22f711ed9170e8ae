//! Cutting a network where it hangs on one weak tie, or where it grew beyond belief.

use crate::forest::Forest;
use crate::parameters::LinkParameters;
use std::collections::BTreeMap;

/// An accepted tie between two sets, given by any of their members.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    pub x: u32,
    pub y: u32,
    pub bits: f64,
}

/// Ads that a network may hold, of `total`.
pub fn most_ads(total: usize, parameters: &LinkParameters) -> usize {
    parameters.largest_network_floor.max((total as f64 * parameters.largest_network_share) as usize)
}

/// Ties that stay. `base` holds the advertisers joined already; no network shall hold more than `most` nodes.
///
/// What is still too large without its ties below `bridge_bits` stays as it is: strong ties are not cut in silence,
/// they fail the run.
pub fn prune(edges: Vec<Edge>, base: &Forest, most: usize, parameters: &LinkParameters) -> Vec<Edge> {
    let mut edges = without_weak_bridges(edges, base, parameters);
    let mut threshold = parameters.network_bits;
    loop {
        let mut forest = base.clone();
        for edge in &edges {
            forest.join(edge.x, edge.y);
        }
        let mut size: BTreeMap<u32, usize> = BTreeMap::new();
        for node in 0..base.len() as u32 {
            *size.entry(forest.find(node)).or_default() += 1;
        }
        let too_large = |forest: &mut Forest, edge: &Edge| size.get(&forest.find(edge.x)).is_some_and(|s| *s > most);
        if threshold >= parameters.bridge_bits || !edges.iter().any(|edge| too_large(&mut forest, edge)) {
            return edges;
        }
        threshold += 1.0;
        edges.retain(|edge| edge.bits >= threshold || !too_large(&mut forest, edge));
    }
}

fn without_weak_bridges(edges: Vec<Edge>, base: &Forest, parameters: &LinkParameters) -> Vec<Edge> {
    let mut base = base.clone();
    let mut bits: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for edge in &edges {
        let (x, y) = (base.find(edge.x), base.find(edge.y));
        if x != y {
            let most = bits.entry((x.min(y), x.max(y))).or_insert(edge.bits);
            *most = most.max(edge.bits);
        }
    }
    let mut neighbours: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (x, y) in bits.keys() {
        neighbours.entry(*x).or_default().push(*y);
        neighbours.entry(*y).or_default().push(*x);
    }
    let weak: Vec<(u32, u32)> = bridges(&neighbours)
        .into_iter()
        .filter(|(pair, smaller)| *smaller >= parameters.bridge_part && bits[pair] < parameters.bridge_bits)
        .map(|(pair, _)| pair)
        .collect();
    edges
        .into_iter()
        .filter(|edge| {
            let (x, y) = (base.find(edge.x), base.find(edge.y));
            !weak.contains(&(x.min(y), x.max(y)))
        })
        .collect()
}

/// Each tie whose loss would part a network, with the nodes on its smaller side. Tarjan's low points, without
/// recursion, so that a long chain does not exhaust the stack.
fn bridges(neighbours: &BTreeMap<u32, Vec<u32>>) -> Vec<((u32, u32), usize)> {
    let mut seen: BTreeMap<u32, usize> = BTreeMap::new();
    let mut low: BTreeMap<u32, usize> = BTreeMap::new();
    let mut below: BTreeMap<u32, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for start in neighbours.keys() {
        if seen.contains_key(start) {
            continue;
        }
        let first_found = found.len();
        let mut stack: Vec<(u32, Option<u32>, usize)> = vec![(*start, None, 0)];
        while let Some((node, parent, at)) = stack.pop() {
            if at == 0 {
                let order = seen.len();
                seen.insert(node, order);
                low.insert(node, order);
                below.insert(node, 1);
            }
            if let Some(next) = neighbours[&node].get(at) {
                stack.push((node, parent, at + 1));
                if !seen.contains_key(next) {
                    stack.push((*next, Some(node), 0));
                } else if Some(*next) != parent {
                    low.insert(node, low[&node].min(seen[next]));
                }
            } else if let Some(parent) = parent {
                low.insert(parent, low[&parent].min(low[&node]));
                below.insert(parent, below[&parent] + below[&node]);
                if low[&node] > seen[&parent] {
                    found.push(((node.min(parent), node.max(parent)), below[&node]));
                }
            }
        }
        let whole = below[start];
        for (_, side) in &mut found[first_found..] {
            *side = (*side).min(whole - *side);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(start: u32, size: u32, bits: f64) -> Vec<Edge> {
        (0..size).map(|at| Edge { x: start + at, y: start + (at + 1) % size, bits }).collect()
    }

    #[test]
    fn two_rings_on_one_weak_tie_are_two_networks() {
        let parameters = LinkParameters::default();
        let base = Forest::new(10);
        let weak = Edge { x: 0, y: 5, bits: parameters.network_bits };
        let mut edges = [ring(0, 5, 20.0), ring(5, 5, 20.0), vec![weak]].concat();
        assert!(!prune(edges.clone(), &base, 200, &parameters).contains(&weak));
        edges.push(Edge { x: 1, y: 6, bits: parameters.network_bits });
        assert!(prune(edges, &base, 200, &parameters).contains(&weak), "two ties are no bridge");
        let pair = vec![weak, Edge { x: 5, y: 6, bits: 14.0 }];
        assert_eq!(prune(pair.clone(), &base, 200, &parameters), pair, "small parts need no more");
    }

    #[test]
    fn a_giant_falls_apart_at_its_weakest_ties() {
        let parameters =
            LinkParameters { network_bits: 14.0, bridge_bits: 16.0, bridge_part: 99, ..LinkParameters::default() };
        let base = Forest::new(20);
        let edges = [ring(0, 10, 20.0), ring(10, 10, 20.0), ring(5, 10, 14.5)].concat();
        let kept = prune(edges, &base, 12, &parameters);
        assert_eq!(kept, [ring(0, 10, 20.0), ring(10, 10, 20.0)].concat());
    }
}
