//! Signs that rest on reused text.

use super::Outcome;
use super::contacts::fires_or_silent;
use crate::catalogue::{Indicator, Parameters};
use crate::group::{AdSummary, GroupContext, Uses, ads_evidence, apart, several_within};
use domain::{AdRef, LinkKind};
use std::collections::BTreeSet;

/// Most ads of one text or picture that are compared with all others: whoever differs from none of them differs from
/// nobody's kind.
const MOST_PAIRWISE: usize = 50;

/// Ads of pairs that `says` takes.
fn both_of<'b>(
    same: &[&'b AdSummary<'_>],
    says: impl Fn(&AdSummary<'_>, &AdSummary<'_>) -> bool,
) -> BTreeSet<&'b AdRef> {
    let pairs = same.iter().enumerate().take(MOST_PAIRWISE);
    let pairs = pairs.flat_map(|(index, a)| same.iter().skip(index + 1).map(move |b| (*a, *b)));
    pairs.filter(|(a, b)| says(a, b)).flat_map(|(a, b)| [&a.facts.ad, &b.facts.ad]).collect()
}

/// One contact shows both, or one of them shows none.
fn one_desk(a: &AdSummary<'_>, b: &AdSummary<'_>) -> bool {
    a.shares_contact(b) || a.contacts.is_empty() || b.contacts.is_empty()
}

/// Of ads with one text or picture, those that say something: ads under contacts that differ, with other names too,
/// side by side for a while (a changed number leaves the old one), or under more contacts than one change explains.
pub(super) fn elsewhere<'b>(same: &[&'b AdSummary<'_>], parameters: &Parameters) -> BTreeSet<&'b AdRef> {
    let mut ads = both_of(same, |a, b| !one_desk(a, b) && a.other_persona(b));
    let with_contact: Vec<&AdSummary<'_>> = same.iter().copied().filter(|ad| !ad.contacts.is_empty()).collect();
    let several = apart(&with_contact);
    if several_within(&several, parameters.count("contacts"), parameters.number("within_days"))
        || (several.len() >= 2 && Uses::of(&with_contact).side_by_side(parameters.number("overlap_days")))
    {
        ads.extend(with_contact.iter().map(|ad| &ad.facts.ad));
    }
    ads
}

/// The same for texts, which also say something on one contact where name and town differ: a clinic's ads for its own
/// people are one writer's house style.
fn written_elsewhere<'b>(same: &[&'b AdSummary<'_>], parameters: &Parameters) -> BTreeSet<&'b AdRef> {
    let mut ads = elsewhere(same, parameters);
    ads.extend(both_of(same, |a, b| {
        let away = matches!((a.town(), b.town()), (Some(a), Some(b)) if a != b);
        one_desk(a, b) && away && a.other_persona(b)
    }));
    ads
}

fn said(ads: BTreeSet<&AdRef>, da: &str, en: &str) -> Outcome {
    if ads.is_empty() {
        return Outcome::Silent;
    }
    let n = ads.len();
    fires_or_silent(vec![ads_evidence(ads, format!("{da} ({n} annoncer)"), format!("{en} ({n} ads)"))])
}

pub(super) fn near_duplicate(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let same = context.same_texts(parameters.count("least_words"));
    said(
        same.iter().flat_map(|same| written_elsewhere(same, parameters)).collect(),
        "Næsten samme tekst under andet navn eller kontaktpunkt",
        "Near-identical text under another name or contact",
    )
}

pub(super) fn template_slots(context: &GroupContext<'_>, indicator: &Indicator) -> Outcome {
    let parameters = &indicator.parameters;
    let links = context.links.iter().filter(|link| link.2 == LinkKind::Template);
    let same = context.sets(links.map(|(a, b, _)| (*a, *b)));
    let ads = same.iter().flat_map(|same| written_elsewhere(same, parameters)).collect();
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
