//! `rules.toml`: how points become a band, and the words that all patterns share.

use super::file::RawRules;
use domain::{Group, IndicatorId};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// One way to reach a band: every condition must hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandRule {
    /// What the rule says, for the page that explains a band.
    pub name: String,
    /// Least sum of points over groups.
    pub points: f64,
    /// Least number of groups that score.
    pub groups: usize,
    /// Least number of groups with 2 points or more.
    #[serde(default)]
    pub strong_groups: usize,
    /// Least number of cross-ad groups.
    #[serde(default)]
    pub cross_ad: usize,
    /// Least number of groups in which a single ad shows a sign of grade A, B+ or B.
    #[serde(default)]
    pub single_ad: usize,
    /// Where given, only these groups count for `single_ad`.
    #[serde(default)]
    pub single_ad_in: Vec<char>,
    /// Where given, at least one of these groups scores.
    #[serde(default)]
    pub one_of: Vec<char>,
}

impl BandRule {
    /// Whether a single ad's sign in this group counts for `single_ad`.
    pub(crate) fn counts_single(&self, group: Group) -> bool {
        self.single_ad_in.is_empty() || self.single_ad_in.contains(&group.0)
    }
}

/// The combination rules, from the file of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// Groups that need several ads.
    pub cross_ad: BTreeSet<Group>,
    /// Indicators that make their group a cross-ad one (synchronised movement in group A).
    pub cross_ad_indicators: BTreeSet<IndicatorId>,
    /// Fewest points with which a cross-ad group counts as such.
    pub cross_ad_least_points: f64,
    /// Groups that may score without keeping a case out of the spam queue.
    pub spam_groups: BTreeSet<Group>,
    /// The indicator that sends a case to the spam queue.
    pub spam_indicator: IndicatorId,
    /// With that indicator, a band above low needs a single ad's sign of grade A, B+ or B in one of these groups, or
    /// one of `cross_ad_indicators`: signs of persons, whom a scam does not have.
    pub spam_needs_signs_of: BTreeSet<Group>,
    /// Ways to medium; one is enough.
    pub medium: Vec<BandRule>,
    /// Ways to high; one is enough.
    pub high: Vec<BandRule>,
    /// The words that patterns share, by name.
    pub words: BTreeMap<String, String>,
}

impl Rules {
    pub(crate) fn of(raw: RawRules) -> Self {
        Self {
            cross_ad: raw.cross_ad.into_iter().map(Group).collect(),
            cross_ad_indicators: raw.cross_ad_indicators.into_iter().map(IndicatorId).collect(),
            cross_ad_least_points: raw.cross_ad_least_points,
            spam_groups: raw.spam_groups.into_iter().map(Group).collect(),
            spam_indicator: IndicatorId(raw.spam_indicator),
            spam_needs_signs_of: raw.spam_needs_signs_of.into_iter().map(Group).collect(),
            medium: raw.medium,
            high: raw.high,
            words: raw.words,
        }
    }
}
