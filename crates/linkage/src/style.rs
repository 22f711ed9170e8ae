//! How two sides write, as far as it can be seen without knowing them: weak, shown, and never a reason to join.

use crate::desk::Desk;
use crate::evidence::Scales;
use crate::levels::LevelName;
use crate::note::say;
use crate::tie::{Tie, TieKind};
use std::collections::BTreeSet;

/// Habits that both must have, and the share of all habits of both, from which their style is alike.
const HABITS: usize = 5;
const ALIKE: f64 = 0.6;
/// Ads of each side whose style is compared.
const ADS_COMPARED: usize = 4;

impl Scales<'_> {
    /// An unusual string of symbols, or habits of writing, in common. Whoever copies a text copies its style, so where
    /// a text is shared already style says nothing more.
    pub fn style(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) {
        let shared = x.symbols.keys().find(|symbols| y.symbols.contains_key(symbols));
        if let Some(symbols) = shared {
            ties.push(Tie {
                kind: TieKind::Level(LevelName::Symbol),
                bits: self.parameters.bits(LevelName::Symbol),
                ads: Some((x.symbols[symbols][0], y.symbols[symbols][0])),
                note: say("Samme usædvanlige række af tegn", "The same unusual string of symbols"),
            });
        }
        let of_text = |tie: &Tie| matches!(tie.kind, TieKind::Level(LevelName::Text | LevelName::Template));
        if ties.iter().any(of_text) {
            return;
        }
        let habits = |ad: &u32| &self.index.details[*ad as usize].habits;
        let alike = |a: &BTreeSet<u32>, b: &BTreeSet<u32>| {
            let both = a.intersection(b).count();
            both >= HABITS && both as f64 >= ALIKE * a.union(b).count() as f64
        };
        let mut pairs =
            x.ads.iter().take(ADS_COMPARED).flat_map(|a| y.ads.iter().take(ADS_COMPARED).map(move |b| (*a, *b)));
        if let Some(ads) = pairs.find(|(a, b)| alike(habits(a), habits(b))) {
            ties.push(Tie {
                kind: TieKind::Level(LevelName::Style),
                bits: self.parameters.bits(LevelName::Style),
                ads: Some(ads),
                note: say("Samme skrivestil; mange skriver ens", "The same style; many write alike"),
            });
        }
    }
}
