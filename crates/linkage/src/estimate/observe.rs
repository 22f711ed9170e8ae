//! A pair of desks as the levels that it shows.

use crate::desk::Desk;
use crate::levels::LevelName;
use crate::tie::{TieKind, Weighed};

/// Levels of which a pair shows one at most.
pub struct Comparison {
    pub levels: &'static [LevelName],
    /// Whether pairs drawn at random can tell how often chance shows them. Where it can be seen only beside another
    /// agreement they cannot.
    pub by_chance: bool,
}

const fn by_chance(levels: &'static [LevelName]) -> Comparison {
    Comparison { levels, by_chance: true }
}
const fn beside_another(levels: &'static [LevelName]) -> Comparison {
    Comparison { levels, by_chance: false }
}

/// Every comparison whose m and u pairs of desks can show. Contacts cannot be among them: they made the desks.
pub const COMPARISONS: [Comparison; 14] = {
    use LevelName::*;
    [
        by_chance(&[Text, Template]),
        by_chance(&[Image]),
        by_chance(&[Url]),
        by_chance(&[Premises]),
        beside_another(&[SecondText]),
        beside_another(&[SecondImage]),
        beside_another(&[SecondPersona]),
        beside_another(&[Succession]),
        by_chance(&[NameSame, NameOther]),
        by_chance(&[AgeSame, AgeOther]),
        by_chance(&[TownSame]),
        by_chance(&[PricesSame, PricesOther]),
        by_chance(&[LanguageOther]),
        by_chance(&[Elsewhere]),
    ]
};
const TEXT: usize = 0;
const IMAGE: usize = 1;
const URL: usize = 2;
const NAME: usize = 8;

/// Comparisons by which candidates are found. An address is none of them: those who share one and nothing else are
/// flatmates more often than not, and would teach that.
pub const FINDING: [usize; 3] = [TEXT, IMAGE, URL];

/// Where a level stands: its comparison and its place in it.
pub fn place(name: LevelName) -> Option<(usize, usize)> {
    COMPARISONS
        .iter()
        .enumerate()
        .find_map(|(at, comparison)| comparison.levels.iter().position(|level| *level == name).map(|place| (at, place)))
}

/// What a comparison showed in a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// A side has nothing to compare.
    Missing,
    /// None of its levels.
    Neither,
    /// The level at this place.
    Level(u8),
}

/// What a pair shows, by comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation(pub [Seen; COMPARISONS.len()]);

impl Observation {
    /// Reads it from what was weighed.
    pub fn of(x: &Desk, y: &Desk, weighed: &Weighed) -> Self {
        let mut seen = [Seen::Neither; COMPARISONS.len()];
        for tie in &weighed.ties {
            if let TieKind::Level(level) = tie.kind
                && let Some((at, place)) = place(level)
            {
                seen[at] = Seen::Level(place as u8);
            }
        }
        let both = |has: &dyn Fn(&Desk) -> bool| has(x) && has(y);
        let agrees = |at: usize| matches!(seen[at], Seen::Level(_));
        let (shares, same_name) = ([TEXT, IMAGE, URL].into_iter().any(agrees), seen[NAME] == Seen::Level(0));
        let comparable = [
            both(&|desk| !desk.texts.is_empty()),
            both(&|desk| !desk.pictures.is_empty()),
            both(&|desk| !desk.urls.is_empty()),
            both(&|desk| !desk.addresses.is_empty()),
            agrees(TEXT) && both(&|desk| desk.texts.len() > 1),
            agrees(IMAGE) && both(&|desk| desk.pictures.len() > 1),
            shares && both(&|desk| desk.personas.len() > 1),
            shares && both(&|desk| desk.has_contact),
            both(&|desk| !desk.names.is_empty()),
            same_name && both(&|desk| !desk.ages.is_empty()),
            both(&|desk| !desk.towns.is_empty()),
            both(&|desk| !desk.prices.is_empty()),
            both(&|desk| !desk.languages.is_empty()),
            same_name && both(&|desk| !desk.towns.is_empty()),
        ];
        for (one, comparable) in seen.iter_mut().zip(comparable) {
            if !comparable {
                *one = Seen::Missing;
            }
        }
        Self(seen)
    }

    /// Whether it shows the first level of a comparison or another that speaks for one desk. Comparisons that find
    /// candidates have no other levels.
    pub fn agrees(&self, at: usize) -> bool {
        matches!(self.0[at], Seen::Level(_))
    }
}
