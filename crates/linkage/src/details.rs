//! What name, age, town, prices and language say, for and against.

use crate::desk::{Desk, days_between};
use crate::evidence::Scales;
use crate::levels::LevelName;
use crate::note::say;
use crate::tie::{Tie, TieKind};
use domain::Bilingual;

/// Years by which two ages of one name may differ and still be one person's: ages are rounded and age.
const YEARS_APART: u32 = 3;
/// Ads of one name that are compared hour by hour.
const ADS_COMPARED: usize = 8;

impl Scales<'_> {
    /// Name, age, town and prices, together within their ceiling.
    pub fn details(&self, x: &Desk, y: &Desk, same_premises: bool, ties: &mut Vec<Tie>) {
        let before = ties.len();
        let mut add = |level, bits: f64, note: Bilingual| {
            if bits != 0.0 {
                ties.push(Tie { kind: TieKind::Level(level), bits, ads: None, note });
            }
        };
        let bits = |level| self.parameters.bits(level);
        let rare = |with: u32, level| self.index.rarity(with).min(bits(level));
        let name = x.names.keys().filter(|name| y.names.contains_key(name)).map(|n| self.index.names.owners_with(*n));
        if let Some(rarest) = name.min() {
            add(LevelName::NameSame, rare(rarest, LevelName::NameSame), say("Samme navn", "The same name"));
            if x.ages.intersection(&y.ages).next().is_some() {
                add(LevelName::AgeSame, bits(LevelName::AgeSame), say("Samme alder", "The same age"));
            } else if years_apart(x, y).is_some_and(|years| years > YEARS_APART) {
                let note = say("Samme navn, men aldre i modstrid", "The same name, but ages in conflict");
                add(LevelName::AgeOther, bits(LevelName::AgeOther), note);
            }
        } else if !x.names.is_empty() && !y.names.is_empty() {
            add(LevelName::NameOther, bits(LevelName::NameOther), say("Intet fælles navn", "No name in common"));
        }
        let town = x.towns.intersection(&y.towns).map(|town| self.index.towns.owners_with(*town)).min();
        if let Some(with) = town.filter(|_| !same_premises) {
            let note = say("Samme kommune", "The same municipality");
            add(LevelName::TownSame, rare(with, LevelName::TownSame), note);
        }
        let prices = x.prices.intersection(&y.prices).count();
        if prices >= 2 && 2 * prices >= x.prices.len().min(y.prices.len()) {
            add(LevelName::PricesSame, bits(LevelName::PricesSame), say("Samme prisliste", "The same price list"));
        } else if prices == 0 && !x.prices.is_empty() && !y.prices.is_empty() {
            add(LevelName::PricesOther, bits(LevelName::PricesOther), say("En anden prisliste", "Another price list"));
        }
        let together: f64 = ties[before..].iter().map(|tie| tie.bits).sum();
        let most = self.parameters.details_bits;
        let taken_off = together.clamp(-most, most) - together;
        if taken_off != 0.0 {
            ties.push(Tie {
                kind: TieKind::Ceiling,
                bits: taken_off,
                ads: None,
                note: say(
                    "Loft: den, der kopierer en tekst, kopierer også navn, alder, by og priser",
                    "Ceiling: whoever copies a text copies name, age, town and prices too",
                ),
            });
        }
    }

    /// No common language; one name in two towns at once.
    pub fn against(&self, x: &Desk, y: &Desk, ties: &mut Vec<Tie>) {
        let mut add = |level, note| {
            ties.push(Tie { kind: TieKind::Level(level), bits: self.parameters.bits(level), ads: None, note });
        };
        if !x.languages.is_empty() && !y.languages.is_empty() && x.languages.is_disjoint(&y.languages) {
            add(LevelName::LanguageOther, say("Intet fælles sprog", "No common language"));
        }
        let details = |ad: &u32| &self.index.details[*ad as usize];
        let elsewhere =
            x.names.iter().filter_map(|(name, ads)| Some((ads, y.names.get(name)?))).any(|(own, theirs)| {
                own.iter().take(ADS_COMPARED).map(details).any(|a| {
                    theirs.iter().take(ADS_COMPARED).map(details).any(|b| {
                        !a.towns.is_empty()
                            && !b.towns.is_empty()
                            && a.towns.is_disjoint(&b.towns)
                            && days_between(a.first.max(b.first), a.last.min(b.last)) >= 1
                    })
                })
            });
        if elsewhere {
            let note =
                say("Samme navn i forskellige byer i de samme timer", "One name in different towns in the same hours");
            add(LevelName::Elsewhere, note);
        }
    }
}

/// The least difference between two ages, if both state any.
fn years_apart(x: &Desk, y: &Desk) -> Option<u32> {
    x.ages.iter().flat_map(|a| y.ages.iter().map(|b| a.abs_diff(*b))).min()
}
