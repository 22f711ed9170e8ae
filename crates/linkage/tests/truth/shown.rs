//! What is shown of a pair: the waterfall, the template, style and symbols.

use crate::world::{World, start};
use crate::{linked, network};
use domain::{AdRef, Judgement, JudgementKind, LinkKind, PairOutcome, TemplatePart, WaterfallSection};
use linkage::{LinkParameters, LinkReference, link_with_evidence, waterfall};

/// The ad of an operator that was seen first, and the one that was seen last.
fn ends(world: &World, operator: u32) -> (AdRef, AdRef) {
    let mine = world.ads.iter().filter(|ad| world.truth[&ad.ad] == operator);
    let mut ads: Vec<_> = mine.map(|ad| (ad.first_seen, ad.ad.clone())).collect();
    ads.sort();
    (ads[0].1.clone(), ads[ads.len() - 1].1.clone())
}

#[test]
fn a_waterfall_adds_up_to_what_was_decided() {
    let mut world = World::new(51, 200, 60);
    let (desk, others) = (world.passed_pictures(3), world.clinic());
    for _ in 0..80 {
        world.independent();
    }
    let parameters = LinkParameters::default();
    let linkage = linked(&world);
    let ((first, last), (stranger, colleague)) = (ends(&world, desk), ends(&world, others));
    let reference = LinkReference::of(&world.ads, &parameters);
    let of =
        |judgements: &[Judgement], a, b| waterfall(&world.ads, judgements, &reference, &parameters, (a, b)).unwrap();
    let one = of(&[], &first, &last);
    assert_eq!(network(&linkage, &first), network(&linkage, &last));
    assert!(matches!(one.outcome, PairOutcome::OneNetwork | PairOutcome::OneNetworkThroughOthers), "{one:#?}");
    for pair in [&one, &of(&[], &first, &stranger), &of(&[], &stranger, &colleague)] {
        let mut sum = 0.0;
        for step in &pair.steps {
            sum += step.bits;
            assert!((step.sum - sum).abs() < 1e-9 && !step.note.da.is_empty() && !step.note.en.is_empty());
            assert!(match step.section {
                WaterfallSection::Prior => step.bits == parameters.prior_bits,
                WaterfallSection::For => step.bits >= 0.0,
                WaterfallSection::Against => step.bits < 0.0,
                WaterfallSection::Missing => step.bits == 0.0,
            });
        }
        assert!((pair.bits - sum).abs() < 1e-9);
        assert!(pair.steps.is_sorted_by_key(|step| step.section), "prior, for, against, missing");
    }
    let pair = of(&[], &first, &stranger);
    assert_eq!(pair.outcome, PairOutcome::TooFewBits);
    assert!(
        pair.bits < pair.threshold && pair.steps.iter().any(|step| step.section == WaterfallSection::Against),
        "{pair:#?}"
    );
    let same = of(&[], &stranger, &colleague);
    assert_eq!(same.outcome, PairOutcome::OneAdvertiser);
    assert!(same.steps.iter().any(|step| step.key == "phone" && step.bits == 12.0));
    let apart = Judgement::Ads { a: first.clone(), b: last.clone(), kind: JudgementKind::NotSame, at: start() };
    let pair = of(&[apart], &first, &last);
    assert_eq!(pair.outcome, PairOutcome::JudgedApart);
    assert!(pair.steps.iter().any(|step| step.key == "manual" && step.bits < 0.0));
    assert!(waterfall(&world.ads, &[], &reference, &parameters, (&first, &AdRef::new("s1", "unknown"))).is_none());
}

#[test]
fn the_template_of_a_pair_shows_what_stays_and_what_changes() {
    let mut world = World::new(52, 200, 60);
    let desk = world.rotation(3, 0.1);
    for _ in 0..40 {
        world.independent();
    }
    let (first, last) = ends(&world, desk);
    let parameters = LinkParameters::default();
    let reference = LinkReference::of(&world.ads, &parameters);
    let pair = waterfall(&world.ads, &[], &reference, &parameters, (&first, &last)).unwrap();
    let template = pair.template.unwrap();
    assert!(template.fixed_words() > 20, "{template:?}");
    assert!(template.parts.iter().any(|part| matches!(part, TemplatePart::Slot(held) if !held.is_empty())));
}

#[test]
fn style_and_symbols_are_shown_and_join_nobody() {
    let mut world = World::new(53, 200, 60);
    let habits: Vec<String> =
        ["mark !!", "mark ..", "sign ❤", "word paa", "case no capitals"].map(String::from).to_vec();
    let mut writer = Vec::new();
    for at in 0..60 {
        let operator = world.independent();
        if at % 20 == 0 {
            writer.push(operator);
        }
    }
    for ad in &mut world.ads {
        if writer.contains(&world.truth[&ad.ad]) {
            for version in &mut ad.versions {
                (version.habits, version.symbols) = (habits.clone(), vec!["★✿★❀".into()]);
            }
        }
    }
    let (linkage, evidence) = link_with_evidence(&world.ads, &[], &LinkParameters::default());
    for kind in [LinkKind::Symbol, LinkKind::Style] {
        let links: Vec<_> = linkage.links.iter().filter(|link| link.kind == kind).collect();
        assert!(!links.is_empty(), "{kind:?} is shown");
        assert!(links.iter().all(|link| !link.joins && link.bits > 0.0 && link.bits <= 1.0), "{links:?}");
        let by_writer = |ad: &AdRef| writer.contains(&world.truth[ad]);
        assert!(links.iter().all(|link| by_writer(&link.a) && by_writer(&link.b)));
    }
    let strangers = evidence.iter().filter(|pair| world.truth[&pair.a] != world.truth[&pair.b]);
    let theirs: Vec<_> = strangers.filter(|pair| writer.contains(&world.truth[&pair.a])).collect();
    assert!(!theirs.is_empty() && theirs.iter().all(|pair| !pair.joins), "{theirs:?}");
}
