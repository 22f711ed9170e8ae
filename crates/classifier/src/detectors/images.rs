//! Signs that rest on reused pictures: hashes only, and only of sufficient quality.

use super::Outcome;
use super::contacts::{fires_or_silent, personas};
use super::texts::elsewhere;
use crate::catalogue::Indicator;
use crate::group::{GroupContext, ads_evidence};
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

fn said(ads: BTreeSet<&AdRef>, da: &str, en: &str) -> Outcome {
    if ads.is_empty() {
        return Outcome::Silent;
    }
    let n = ads.len();
    fires_or_silent(vec![ads_evidence(ads, format!("{da} ({n} annoncer)"), format!("{en} ({n} ads)"))])
}

/// Other names; where neither gives one, ages that one person cannot have.
pub(super) fn image_personas(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let mut ads: BTreeSet<&AdRef> = BTreeSet::new();
    for (a, b) in pairs(context, indicator) {
        if let (Some(a), Some(b)) = (context.ads.get(a), context.ads.get(b))
            && (a.other_persona(b) || (a.persona.is_none() && b.persona.is_none() && personas(&[a, b]) > 1))
            // A house shows its rooms with everyone who works there: on one contact, in one town, that says nothing.
            && (!a.shares_contact(b) || matches!((a.town(), b.town()), (Some(a), Some(b)) if a != b))
        {
            ads.extend([&a.facts.ad, &b.facts.ad]);
        }
    }
    said(ads, "Samme billede under forskellige navne eller aldre", "The same picture under different names or ages")
}

/// Other contacts: with other names too, side by side for a while (a changed number leaves the old one), or more of
/// them than one change explains.
pub(super) fn image_contacts(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let mut ads: BTreeSet<&AdRef> = BTreeSet::new();
    for same in context.sets(pairs(context, indicator)) {
        ads.extend(elsewhere(&same, &indicator.parameters));
    }
    said(ads, "Samme billede under forskellige kontaktpunkter", "The same picture under different contacts")
}
