//! Figures of one analysis over everybody in it: which languages are flagged how often, what points rest on, what fires.

use crate::firing::{Assessment, Band, Queue, Subject};
use crate::ids::{Group, IndicatorId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Advertisers of one language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageFigures {
    /// How many.
    pub advertisers: u64,
    /// Of band medium or high.
    pub flagged: u64,
    /// Of band high.
    pub high: u64,
}

/// Counts over all assessments of an analysis. Each can be taken out again, so that a batch costs its own size.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFigures {
    /// Advertisers.
    pub advertisers: u64,
    /// Networks of two advertisers or more.
    pub networks: u64,
    /// Advertisers by band: none, low, medium, high.
    pub bands: [u64; 4],
    /// Advertisers in the queue of spam and scam.
    pub spam: u64,
    /// Advertisers by the language of most of their ads (`und` where none was told).
    pub languages: BTreeMap<String, LanguageFigures>,
    /// Millionths of points by group, over advertisers and networks. Whole numbers: taking out undoes adding, exactly.
    pub points: BTreeMap<Group, i64>,
    /// Advertisers and networks in which an indicator fired, with points or without.
    pub fired: BTreeMap<IndicatorId, u64>,
    /// Advertisers and networks for which it could not be computed.
    pub abstained: BTreeMap<IndicatorId, u64>,
}

impl RunFigures {
    /// Counts an assessment. `language`: that of most of its ads.
    pub fn add(&mut self, assessment: &Assessment, language: &str) {
        self.count(assessment, language, 1);
    }

    /// Takes out one that was counted.
    pub fn remove(&mut self, assessment: &Assessment, language: &str) {
        self.count(assessment, language, -1);
    }

    /// Advertisers and networks.
    pub fn subjects(&self) -> u64 {
        self.advertisers + self.networks
    }

    fn count(&mut self, assessment: &Assessment, language: &str, by: i64) {
        let step = |number: &mut u64| *number = number.saturating_add_signed(by);
        match assessment.subject {
            Subject::Network(_) => step(&mut self.networks),
            Subject::Advertiser(_) => {
                step(&mut self.advertisers);
                step(&mut self.bands[assessment.band as usize]);
                if assessment.queue == Queue::Spam {
                    step(&mut self.spam);
                }
                let own = self.languages.entry(language.to_owned()).or_default();
                step(&mut own.advertisers);
                if assessment.band >= Band::Medium {
                    step(&mut own.flagged);
                }
                if assessment.band == Band::High {
                    step(&mut own.high);
                }
                if own.advertisers == 0 {
                    self.languages.remove(language);
                }
            }
        }
        for (group, points) in &assessment.groups {
            let sum = self.points.entry(*group).or_default();
            *sum += by * (points * 1e6).round() as i64;
            if *sum == 0 {
                self.points.remove(group);
            }
        }
        let firings = assessment.evidence.iter().chain(&assessment.counter_evidence).chain(&assessment.context);
        step_each(&mut self.fired, firings.map(|firing| &firing.indicator), by);
        step_each(&mut self.abstained, assessment.abstentions.iter().map(|abstention| &abstention.indicator), by);
    }
}

/// Counts each indicator once.
fn step_each<'a>(counts: &mut BTreeMap<IndicatorId, u64>, ids: impl Iterator<Item = &'a IndicatorId>, by: i64) {
    for id in ids.collect::<std::collections::BTreeSet<_>>() {
        let number = counts.entry(id.clone()).or_default();
        *number = number.saturating_add_signed(by);
        if *number == 0 {
            counts.remove(id);
        }
    }
}
