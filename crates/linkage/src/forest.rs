//! Joining with the right to say no: a union-find that keeps apart what a person has judged not to be the same.

use std::collections::BTreeSet;

/// Sets of numbers `0..n`. The least member stands for its set, so that the result does not depend on order.
#[derive(Debug, Clone)]
pub struct Forest {
    parent: Vec<u32>,
    apart: Vec<BTreeSet<u32>>,
}

impl Forest {
    /// Everyone alone.
    pub fn new(size: usize) -> Self {
        Self { parent: (0..size as u32).collect(), apart: vec![BTreeSet::new(); size] }
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// The least member of the set.
    pub fn find(&mut self, mut node: u32) -> u32 {
        while self.parent[node as usize] != node {
            let above = self.parent[self.parent[node as usize] as usize];
            self.parent[node as usize] = above;
            node = above;
        }
        node
    }

    /// Two numbers that must never meet. `false` if they already have.
    pub fn keep_apart(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return false;
        }
        self.apart[a as usize].insert(b);
        self.apart[b as usize].insert(a);
        true
    }

    /// Joins the sets of two numbers; `false` if a judgement keeps them apart.
    pub fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return true;
        }
        if self.apart[a as usize].contains(&b) {
            return false;
        }
        let (root, child) = (a.min(b), a.max(b));
        self.parent[child as usize] = root;
        for other in std::mem::take(&mut self.apart[child as usize]) {
            self.apart[other as usize].remove(&child);
            self.apart[other as usize].insert(root);
            self.apart[root as usize].insert(other);
        }
        true
    }

    /// The sets, each sorted, in the order of their least members.
    pub fn sets(&mut self) -> Vec<Vec<u32>> {
        let mut at = vec![usize::MAX; self.parent.len()];
        let mut sets: Vec<Vec<u32>> = Vec::new();
        for node in 0..self.parent.len() as u32 {
            let root = self.find(node) as usize;
            if at[root] == usize::MAX {
                at[root] = sets.len();
                sets.push(Vec::new());
            }
            sets[at[root]].push(node);
        }
        sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judgement_outlives_the_joins_around_it() {
        let mut forest = Forest::new(6);
        assert!(forest.keep_apart(0, 3));
        assert!(forest.join(0, 1) && forest.join(3, 2));
        assert!(!forest.join(1, 2), "0 and 3 would meet");
        assert!(forest.join(4, 5) && forest.join(5, 1));
        assert!(!forest.join(4, 3));
        assert_eq!(forest.sets(), vec![vec![0, 1, 4, 5], vec![2, 3]]);
        assert!(!forest.keep_apart(0, 5));
    }
}
