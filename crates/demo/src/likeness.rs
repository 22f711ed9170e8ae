//! Keeps texts of different independent writers apart. Two people who never met do not write the same four
//! sentences; a grammar that let them would make every rule about shared texts fire on the innocent.

use crate::draw::fnv;
use std::collections::{BTreeMap, BTreeSet};

/// Runs of four words of all texts so far, each with the texts that hold it.
#[derive(Debug, Default)]
pub(crate) struct Likeness {
    runs: BTreeMap<u64, Vec<u32>>,
    texts: u32,
}

impl Likeness {
    /// The largest share of `text`'s runs that one earlier text also holds, 0 to 1.
    pub fn highest(&self, text: &str) -> f64 {
        let runs = runs(text);
        let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
        for run in &runs {
            for other in self.runs.get(run).into_iter().flatten() {
                *shared.entry(*other).or_default() += 1;
            }
        }
        shared.values().max().map_or(0.0, |most| *most as f64 / runs.len().max(1) as f64)
    }

    pub fn remember(&mut self, text: &str) {
        for run in runs(text) {
            self.runs.entry(run).or_default().push(self.texts);
        }
        self.texts += 1;
    }
}

fn runs(text: &str) -> BTreeSet<u64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.windows(4).map(|run| fnv(run.join(" ").as_bytes())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_alike_and_another_is_not() {
        let mut likeness = Likeness::default();
        likeness.remember("Jeg bor i byen og elsker te og kaffe om aftenen");
        assert_eq!(likeness.highest("Jeg bor i byen, og elsker te og kaffe om aftenen!"), 1.0);
        assert_eq!(likeness.highest("Noget helt andet står der i denne annonce"), 0.0);
    }
}
