//! Two ads beside each other.

use super::*;

/// One picture and one template speak for it, another price list against, no moves to compare.
pub fn waterfall(a: &AdRef, b: &AdRef) -> Waterfall {
    let note = |da: &str, en: &str| Bilingual { da: da.into(), en: en.into() };
    let steps = [
        (WaterfallSection::Prior, "prior", -12.0, note("Udgangspunkt", "Prior")),
        (WaterfallSection::For, "image", 9.0, note("Samme billede (findes hos 2 annoncører)", "The same picture")),
        (
            WaterfallSection::For,
            "template",
            5.0,
            note("Samme skabelon: 62 % af ordene ligger fast", "The same template"),
        ),
        (WaterfallSection::Against, "prices_other", -0.5, note("En anden prisliste", "Another price list")),
        (WaterfallSection::Missing, "move", 0.0, note("Skift mellem byer mangler hos den ene", "Moves are missing")),
    ];
    let mut sum = 0.0;
    let steps = steps.into_iter().map(|(section, key, bits, note)| {
        sum += bits;
        WaterfallStep { section, key: key.into(), bits, sum, note, ads: None }
    });
    let fixed = |words: &str| TemplatePart::Fixed(words.into());
    let parts = vec![fixed("ny i"), TemplatePart::Slot(vec!["ugen".into(), "byen".into()]), fixed("ring <phone>")];
    Waterfall {
        sides: [a, b].map(|ad| PairSide { ad: ad.clone(), ads: 2 }),
        steps: steps.collect(),
        bits: 1.5,
        threshold: 2.0,
        kinds: 2,
        outcome: PairOutcome::TooFewBits,
        template: Some(Template { parts, texts: 2 }),
    }
}
