//! From firings to an assessment that explains every point.

use crate::catalogue::{BandRule, Catalogue, Rules};
use domain::{
    Abstention, AdRef, Assessment, Band, Firing, Group, IndicatorId, MarginalEffect, Queue, Role, Scope, Subject,
};
use std::collections::{BTreeMap, BTreeSet};

/// Assesses one advertiser or network from everything that fired in its ads and across them.
///
/// A group counts once, with the most points among its firings; the band follows from the groups by the rules of
/// `rules.toml`. Firings of the same indicator are shown as one, with the evidence of all.
pub fn assess(
    catalogue: &Catalogue,
    subject: Subject,
    ads: &[AdRef],
    firings: Vec<Firing>,
    mut abstentions: Vec<Abstention>,
) -> Assessment {
    let firings = merged(stamped(catalogue, firings));
    let result = Score::of(catalogue.rules(), &firings, None);
    let mut marginal = Vec::new();
    for firing in firings.iter().filter(|firing| firing.points > 0.0) {
        let without = Score::of(catalogue.rules(), &firings, Some(&firing.indicator));
        let same = without.groups == result.groups && without.band == result.band;
        let carriers = firings.iter().filter(|other| {
            other.indicator != firing.indicator && other.group == firing.group && other.points >= firing.points
        });
        let also_carried_by = if same { carriers.map(|other| other.indicator.clone()).collect() } else { Vec::new() };
        marginal.push(MarginalEffect {
            indicator: firing.indicator.clone(),
            points: without.points,
            band: without.band,
            also_carried_by,
        });
    }
    let mut ads = ads.to_vec();
    ads.sort();
    ads.dedup();
    abstentions.sort_by(|a, b| (&a.indicator, &a.reason).cmp(&(&b.indicator, &b.reason)));
    abstentions.dedup();
    let urgent = firings.iter().any(|firing| firing.role == Role::Urgent);
    let (mut evidence, mut counter_evidence, mut context) = (Vec::new(), Vec::new(), Vec::new());
    for firing in firings {
        match firing.role {
            Role::Counter => counter_evidence.push(firing),
            _ if firing.points > 0.0 => evidence.push(firing),
            _ => context.push(firing),
        }
    }
    Assessment {
        subject,
        band: result.band,
        points: result.points,
        groups: result.groups,
        evidence,
        counter_evidence,
        context,
        abstentions,
        marginal,
        urgent,
        queue: result.queue,
        catalogue: catalogue.hash().to_owned(),
        ads,
    }
}

/// With grade, role and points as the catalogue has them now: what an ad's text showed was read once, what it counts for
/// may have changed since. What the catalogue no longer runs is left out.
fn stamped(catalogue: &Catalogue, firings: Vec<Firing>) -> Vec<Firing> {
    let stamp = |firing: Firing| {
        let indicator = catalogue.get(firing.indicator.as_str()).filter(|indicator| indicator.status.runs())?;
        let (scope, version) = (firing.scope, firing.version);
        Some(Firing { scope, version, ..indicator.firing(firing.evidence) })
    };
    firings.into_iter().filter_map(stamp).collect()
}

/// One firing an indicator, sorted by indicator; evidence in order, each once.
fn merged(firings: Vec<Firing>) -> Vec<Firing> {
    let mut by_indicator: BTreeMap<IndicatorId, Firing> = BTreeMap::new();
    for firing in firings {
        match by_indicator.get_mut(&firing.indicator) {
            Some(kept) => {
                kept.version = kept.version.max(firing.version);
                kept.points = kept.points.max(firing.points);
                kept.evidence.extend(firing.evidence);
            }
            None => {
                by_indicator.insert(firing.indicator.clone(), firing);
            }
        }
    }
    let mut firings: Vec<Firing> = by_indicator.into_values().collect();
    for firing in &mut firings {
        firing.evidence.sort_by_key(order);
        firing.evidence.dedup();
    }
    firings
}

fn order(evidence: &domain::Evidence) -> (Vec<AdRef>, u32, Option<domain::Span>, Option<domain::Bilingual>) {
    match evidence {
        domain::Evidence::Span { ad, version, span, .. } => {
            (ad.iter().cloned().collect(), *version, Some(span.clone()), None)
        }
        domain::Evidence::Ads { ads, note } => (ads.clone(), u32::MAX, None, Some(note.clone())),
    }
}

struct Score {
    groups: BTreeMap<Group, f64>,
    points: f64,
    band: Band,
    queue: Queue,
}

impl Score {
    fn of(rules: &Rules, firings: &[Firing], without: Option<&IndicatorId>) -> Self {
        let firings = || firings.iter().filter(|firing| Some(&firing.indicator) != without);
        let mut groups: BTreeMap<Group, f64> = BTreeMap::new();
        let (mut cross_ad, mut single_ad, mut persons) = (BTreeSet::new(), BTreeSet::new(), false);
        for firing in firings().filter(|firing| firing.points > 0.0) {
            let points = groups.entry(firing.group).or_insert(0.0);
            *points = points.max(firing.points);
            let crosses = rules.cross_ad.contains(&firing.group) && firing.scope != Scope::Ad
                || rules.cross_ad_indicators.contains(&firing.indicator);
            if crosses && firing.points >= rules.cross_ad_least_points {
                cross_ad.insert(firing.group);
            }
            let own_sign = firing.scope == Scope::Ad && firing.grade.is_strong();
            if own_sign {
                single_ad.insert(firing.group);
            }
            persons |= own_sign && rules.spam_needs_signs_of.contains(&firing.group)
                || rules.cross_ad_indicators.contains(&firing.indicator);
        }
        // Rounded to a millionth, so that the order of addition can't show; the sum of nothing is -0.0, which is no figure.
        let points = (groups.values().sum::<f64>() * 1e6).round() / 1e6 + 0.0;
        let holds = |rule: &BandRule| {
            points >= rule.points
                && groups.len() >= rule.groups
                && groups.values().filter(|points| **points >= 2.0).count() >= rule.strong_groups
                && cross_ad.len() >= rule.cross_ad
                && single_ad.iter().filter(|group| rule.counts_single(**group)).count() >= rule.single_ad
                && (rule.one_of.is_empty() || rule.one_of.iter().any(|group| groups.contains_key(&Group(*group))))
        };
        let spam = firings().any(|firing| firing.indicator == rules.spam_indicator && firing.scope != Scope::Ad);
        let band = if groups.is_empty() {
            Band::None
        } else if spam && !persons {
            // Somebody must be there: a scam's reused texts, pictures and numbers alone are no reason to go and look.
            Band::Low
        } else if rules.high.iter().any(holds) {
            Band::High
        } else if rules.medium.iter().any(holds) {
            Band::Medium
        } else {
            Band::Low
        };
        // A scam's ads may share text or offer anything; a sign of any other group keeps a researcher's eyes on it.
        let spam = spam && groups.keys().all(|group| rules.spam_groups.contains(group));
        Self { groups, points, band, queue: if spam { Queue::Spam } else { Queue::Ordinary } }
    }
}
