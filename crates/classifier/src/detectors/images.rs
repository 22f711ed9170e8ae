//! Signs that rest on reused pictures: hashes only, and only of sufficient quality.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, ads_evidence, overlap_days};
use domain::{AdRef, LinkKind, PdqHash};
use std::collections::{BTreeMap, BTreeSet};

/// With more different pictures than this, only equal hashes and the links are compared: all pairs would be too many.
const MOST_PAIRWISE: usize = 400;

/// Pairs of ads (indices) that show the same picture.
fn pairs(context: &GroupContext<'_>, indicator: &Indicator) -> BTreeSet<(usize, usize)> {
    let (distance, quality) = (indicator.parameters.number("distance"), indicator.parameters.number("least_quality"));
    let mut by_hash: BTreeMap<PdqHash, BTreeSet<usize>> = BTreeMap::new();
    for (index, ad) in context.ads.iter().enumerate() {
        let images = ad.versions.iter().flat_map(|version| &version.images);
        for hash in images.filter(|image| f64::from(image.quality) >= quality).filter_map(|image| image.pdq) {
            by_hash.entry(hash).or_default().insert(index);
        }
    }
    let mut pairs: BTreeSet<(usize, usize)> =
        context.links.iter().filter(|link| link.2 == LinkKind::Image).map(|link| (link.0, link.1)).collect();
    let mut join = |a: &BTreeSet<usize>, b: &BTreeSet<usize>| {
        for &a in a {
            pairs.extend(b.iter().filter(|b| **b != a).map(|b| (a.min(*b), a.max(*b))));
        }
    };
    let hashes: Vec<(&PdqHash, &BTreeSet<usize>)> = by_hash.iter().collect();
    for (index, (hash, ads)) in hashes.iter().enumerate() {
        join(ads, ads);
        if hashes.len() <= MOST_PAIRWISE {
            for (other, other_ads) in hashes.iter().skip(index + 1) {
                if f64::from(hash.distance(other)) <= distance {
                    join(ads, other_ads);
                }
            }
        }
    }
    pairs
}

fn found(
    context: &GroupContext<'_>,
    indicator: &Indicator,
    counts: impl Fn(&AdSummary<'_>, &AdSummary<'_>) -> bool,
    da: &str,
    en: &str,
) -> Outcome {
    let mut ads: BTreeSet<&AdRef> = BTreeSet::new();
    for (a, b) in pairs(context, indicator) {
        if let (Some(a), Some(b)) = (context.ads.get(a), context.ads.get(b))
            && counts(a, b)
        {
            ads.extend([&a.facts.ad, &b.facts.ad]);
        }
    }
    if ads.is_empty() {
        return Outcome::Silent;
    }
    let n = ads.len();
    fires_or_silent(vec![ads_evidence(ads, format!("{da} ({n} annoncer)"), format!("{en} ({n} ads)"))])
}

pub(super) fn image_personas(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let counts = |a: &AdSummary<'_>, b: &AdSummary<'_>| a.other_persona(b);
    found(context, indicator, counts, "Samme billede under forskellige navne", "The same picture under different names")
}

/// Other contacts, both ads up together for a while (a changed number leaves the old one) or other names too.
pub(super) fn image_contacts(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let days = indicator.parameters.number("overlap_days");
    let counts = |a: &AdSummary<'_>, b: &AdSummary<'_>| {
        let other = !a.contacts.is_empty() && !b.contacts.is_empty() && !a.shares_contact(b);
        other && (a.other_persona(b) || overlap_days(a, b) >= days)
    };
    let (da, en) = ("Samme billede under forskellige kontaktpunkter", "The same picture under different contacts");
    found(context, indicator, counts, da, en)
}
