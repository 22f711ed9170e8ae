//! What can be tuned. The caller reads it from `config/linkage.toml`; the values there are these.

use crate::levels::{Level, LevelName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Weights are bits, log2 of how much likelier a tie is between ads of one desk than between ads of two; rarity and hubs
/// lower them. Their m and u are set by hand or estimated (`bavn linkage estimate`); all else is set by hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkParameters {
    /// Weight of each way to compare. Levels that the file leaves out have their value by hand.
    pub levels: BTreeMap<LevelName, Level>,
    /// Prior, in bits: log2 of the odds that two sides that share something are one desk, before it is weighed.
    pub prior_bits: f64,
    /// Ceiling of all such moves together.
    pub circuit_bits: f64,
    /// Ceiling (and, negative, floor) of what name, age, town, prices and language say together: whoever copies a
    /// text copies them too.
    pub details_bits: f64,

    /// Bits, prior included, from which two advertisers belong to one network.
    pub network_bits: f64,
    /// Bits, prior included, from which a change of contact makes one advertiser.
    pub change_of_contact_bits: f64,
    /// Bits, prior included, that a single tie needs when it alone holds two parts of a network together.
    pub bridge_bits: f64,
    /// Advertisers on both sides of such a tie from which that holds.
    pub bridge_part: usize,

    /// Unrelated groups on one contact from which it is damped, when they stand in `hub_towns` towns or more.
    pub hub_groups: usize,
    /// Towns of those groups.
    pub hub_towns: usize,
    /// Unrelated groups on one contact from which it is damped wherever they stand. A clinic with a dozen personas
    /// stays below.
    pub hub_groups_anywhere: usize,
    /// Contacts of one kind in one ad version above which the ad is a directory page and joins nothing by them.
    pub contacts_in_an_ad: usize,
    /// Advertisers that may share a text, picture or link target at full weight.
    pub shared_by_free: usize,
    /// Bits lost for each doubling beyond it.
    pub shared_by_slope_bits: f64,

    /// Greatest PDQ distance of one picture, of 256. Source: 31, the PDQ authors' recommended match threshold.
    pub image_distance: u32,
    /// PDQ quality, 0 to 100, that a picture must exceed. Source: 49, the same authors.
    pub image_quality: u8,
    /// Aligned share, 0 to 1, from which two texts are near-identical.
    pub text_similarity: f64,
    /// Aligned share, 0 to 1, from which two texts share a template.
    pub template_similarity: f64,
    /// Share of owners, 0 to 1, that have a phrase from which it is boilerplate and no reason to compare texts.
    pub boilerplate_share: f64,
    /// Words, without numbers and places, below which a text is too short to carry a tie of more than 2 bits.
    pub text_words: usize,

    /// Longest gap between two contacts, in days, that counts as a change.
    pub change_gap_days: i64,
    /// Longest overlap between them, in days.
    pub change_overlap_days: i64,
    /// How far apart, in days, two moves may be that count as one.
    pub move_days: i64,
    /// How far, in days, one circuit may follow another in the same step.
    pub move_lag_days: i64,

    /// Share of all ads, 0 to 1, that one network may hold before its weakest ties are cut.
    pub largest_network_share: f64,
    /// Ads that a network may hold whatever the share.
    pub largest_network_floor: usize,
}

impl Default for LinkParameters {
    fn default() -> Self {
        Self {
            levels: LevelName::ALL.into_iter().collect(),
            prior_bits: -12.0,
            circuit_bits: 9.0,
            details_bits: 4.0,
            network_bits: 2.0,
            change_of_contact_bits: 4.0,
            bridge_bits: 4.0,
            bridge_part: 4,
            hub_groups: 10,
            hub_towns: 5,
            hub_groups_anywhere: 16,
            contacts_in_an_ad: 6,
            shared_by_free: 6,
            shared_by_slope_bits: 2.0,
            image_distance: 31,
            image_quality: 49,
            text_similarity: 0.8,
            template_similarity: 0.45,
            boilerplate_share: 0.1,
            text_words: 10,
            change_gap_days: 21,
            change_overlap_days: 3,
            move_days: 2,
            move_lag_days: 7,
            largest_network_share: 0.05,
            largest_network_floor: 200,
        }
    }
}

impl LinkParameters {
    /// Weight of a level.
    pub fn bits(&self, name: LevelName) -> f64 {
        self.levels.get(&name).copied().unwrap_or(name.by_hand()).bits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_says_what_the_code_does() {
        let file = include_str!("../../../config/linkage.toml");
        let read: LinkParameters = toml::from_str(file).unwrap();
        assert_eq!(read, LinkParameters::default());
        let keys: toml::Table = toml::from_str(file).unwrap();
        let known = toml::Table::try_from(&read).unwrap();
        assert_eq!(keys.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>(), "the file names every value");
        assert!(toml::from_str::<LinkParameters>("network_bit = 3").is_err(), "unknown keys stop the start");
        let unknown = "[levels]\nfone = { m = 0.5, u = 0.1, most = 3.0 }";
        assert!(toml::from_str::<LinkParameters>(unknown).is_err());
    }
}
