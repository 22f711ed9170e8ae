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
    /// Why nothing could ever meet the rule, or anything would.
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.name.trim().is_empty() {
            faults.push("has no name".to_owned());
        }
        if !(self.points > 0.0 && self.points <= 100.0) {
            faults.push("`points` must be above 0 and at most 100".to_owned());
        }
        if !(1..=12).contains(&self.groups) {
            faults.push("`groups` must be 1 to 12".to_owned());
        }
        for (key, least) in
            [("strong_groups", self.strong_groups), ("cross_ad", self.cross_ad), ("single_ad", self.single_ad)]
        {
            if least > 12 {
                faults.push(format!("`{key}` must be 12 at most"));
            }
        }
        if !self.single_ad_in.is_empty() && self.single_ad > self.single_ad_in.len() {
            faults.push("`single_ad` asks for more groups than `single_ad_in` names".to_owned());
        }
        for group in self.one_of.iter().chain(&self.single_ad_in).filter(|group| !('A'..='L').contains(*group)) {
            faults.push(format!("no group `{group}`"));
        }
        faults
    }

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
    /// Share (0 to 1) of the cases in the spam queue that is drawn to be read.
    pub spam_read_share: f64,
    /// What the draw is made with: the same seed draws the same cases.
    pub spam_seed: String,
    /// Ways to medium; one is enough.
    pub medium: Vec<BandRule>,
    /// Ways to high; one is enough.
    pub high: Vec<BandRule>,
    /// The words that patterns share, by name.
    pub words: BTreeMap<String, String>,
}

impl RawRules {
    /// What the numbers and groups cannot be: key, fault, help.
    pub(crate) fn faults(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut faults = Vec::new();
        let named: [(&'static str, &[char]); 3] = [
            ("cross_ad", &self.cross_ad),
            ("spam_groups", &self.spam_groups),
            ("spam_needs_signs_of", &self.spam_needs_signs_of),
        ];
        for (key, groups) in named {
            for group in groups.iter().filter(|group| !('A'..='L').contains(group)) {
                faults.push((key, format!("no group `{group}`"), "groups are A to L"));
            }
        }
        if !(0.0..=1.0).contains(&self.spam_read_share) {
            faults.push(("spam_read_share", "must lie between 0 and 1".to_owned(), "0.1 draws every tenth case"));
        }
        if self.spam_seed.trim().is_empty() {
            faults.push(("spam_seed", "must say something".to_owned(), "the draw can be repeated with it"));
        }
        if !(0.0..=100.0).contains(&self.cross_ad_least_points) {
            faults.push(("cross_ad_least_points", "must lie between 0 and 100".to_owned(), ""));
        }
        for (key, rules) in [("medium", &self.medium), ("high", &self.high)] {
            if rules.is_empty() {
                faults.push((key, format!("names no way to {key}"), "add one [[…]] at least"));
            }
            for rule in rules {
                faults.extend(rule.faults().into_iter().map(|fault| {
                    (
                        key,
                        format!("rule \"{}\": {fault}", rule.name),
                        "a rule that nothing or everything meets decides nothing",
                    )
                }));
            }
        }
        faults
    }
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
            spam_read_share: raw.spam_read_share,
            spam_seed: raw.spam_seed,
            medium: raw.medium,
            high: raw.high,
            words: raw.words,
        }
    }
}
