//! Signs that rest on reused text.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::Indicator;
use crate::group::{AdSummary, GroupContext, ads_evidence, overlap_days};
use domain::{AdRef, LinkKind};
use std::collections::{BTreeMap, BTreeSet};

/// Text that two ads share says something where their contacts differ and so do their names, or where both were up
/// together for a while (a changed number leaves the old one); on one contact, where the town differs as well: a
/// clinic's ads for its own people are one writer's house style.
fn elsewhere(a: &AdSummary<'_>, b: &AdSummary<'_>, days: f64) -> bool {
    if a.shares_contact(b) || a.contacts.is_empty() || b.contacts.is_empty() {
        return a.other_persona(b) && matches!((a.town(), b.town()), (Some(a), Some(b)) if a != b);
    }
    a.other_persona(b) || overlap_days(a, b) >= days
}

fn said(ads: BTreeSet<&AdRef>, da: &str, en: &str) -> Outcome {
    if ads.is_empty() {
        return Outcome::Silent;
    }
    let n = ads.len();
    fires_or_silent(vec![ads_evidence(ads, format!("{da} ({n} annoncer)"), format!("{en} ({n} ads)"))])
}

pub(super) fn near_duplicate(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let days = indicator.parameters.number("overlap_days");
    let mut ads: BTreeSet<&AdRef> = BTreeSet::new();
    for (a, b) in context.pairs(LinkKind::Text).filter(|(a, b)| elsewhere(a, b, days)) {
        ads.extend([&a.facts.ad, &b.facts.ad]);
    }
    // Equal texts are compared here too: links tie them in a chain, which may skip the pair that says something.
    let mut by_text: BTreeMap<&str, Vec<&AdSummary<'_>>> = BTreeMap::new();
    for ad in &context.ads {
        let skeletons: BTreeSet<&str> = ad.versions.iter().map(|version| version.skeleton.as_str()).collect();
        for skeleton in skeletons {
            if skeleton.split(' ').count() >= indicator.parameters.count("least_words") {
                by_text.entry(skeleton).or_default().push(ad);
            }
        }
    }
    for same in by_text.values() {
        // Against the first is enough: whoever differs from nobody there differs from the first's kind.
        for (index, a) in same.iter().enumerate().take(50) {
            for b in same.iter().skip(index + 1).filter(|b| elsewhere(a, b, days)) {
                ads.extend([&a.facts.ad, &b.facts.ad]);
            }
        }
    }
    said(
        ads,
        "Næsten samme tekst under andet navn eller kontaktpunkt",
        "Near-identical text under another name or contact",
    )
}

pub(super) fn template_slots(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let days = indicator.parameters.number("overlap_days");
    let pairs = context.pairs(LinkKind::Template).filter(|(a, b)| elsewhere(a, b, days));
    let ads = pairs.flat_map(|(a, b)| [&a.facts.ad, &b.facts.ad]).collect();
    said(ads, "Samme skabelon, hvor kun enkelte ord skifter", "The same template in which only single words change")
}

fn linked(context: &GroupContext<'_>, kind: LinkKind, da: &str, en: &str) -> Outcome {
    let pairs = context.pairs(kind).filter(|(a, b)| !a.shares_contact(b));
    said(pairs.flat_map(|(a, b)| [&a.facts.ad, &b.facts.ad]).collect(), da, en)
}

pub(super) fn style_match(context: &GroupContext<'_>, _: &Indicator) -> Outcome {
    linked(
        context,
        LinkKind::Style,
        "Samme skrivestil uden fælles kontaktpunkt",
        "The same style without a shared contact",
    )
}

pub(super) fn symbol_code(context: &GroupContext<'_>, _: &Indicator) -> Outcome {
    linked(context, LinkKind::Symbol, "Samme usædvanlige række af tegn", "The same unusual string of symbols")
}
