//! Why two ads are held to be one desk's, or not: every line that was added up.

use crate::firing::Bilingual;
use crate::ids::AdRef;
use serde::{Deserialize, Serialize};

/// The evidence of a pair, added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The two sides. Where contacts hold an ad together with others, all of them are weighed as one.
    pub sides: [PairSide; 2],
    /// Prior, then what speaks for (strongest first), then what speaks against, then what was missing.
    pub steps: Vec<WaterfallStep>,
    /// Bits after the last step.
    pub bits: f64,
    /// Bits from which the two are one network, if at least two kinds of evidence speak for it.
    pub threshold: f64,
    /// Kinds of evidence that speak for it and count.
    pub kinds: usize,
    /// What came of it.
    pub outcome: PairOutcome,
    /// The form of the two texts that agree best, from their comparison texts (contacts, prices, places as tokens).
    pub template: Option<Template>,
}

/// One side of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSide {
    /// The ad that was asked about.
    pub ad: AdRef,
    /// Ads weighed together with it, itself included.
    pub ads: usize,
}

/// Part of a waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaterfallSection {
    /// Before anything is known of the two.
    Prior,
    /// Speaks for one desk.
    For,
    /// Speaks against it.
    Against,
    /// Could not be compared: neither for nor against.
    Missing,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaterfallStep {
    /// Which part it belongs to.
    pub section: WaterfallSection,
    /// Key of the level in the configuration; `prior`, `ceiling`, `manual`, or what is missing.
    pub key: String,
    /// Bits, negative against.
    pub bits: f64,
    /// Sum as far as this line.
    pub sum: f64,
    /// In words, without contact or name.
    pub note: Bilingual,
    /// The two ads that show it best, where it is about ads.
    pub ads: Option<(AdRef, AdRef)>,
}

/// What the sum and the rules beside it decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairOutcome {
    /// Contacts (directly or through other ads), a change of contact, or a person's word hold both in one advertiser.
    OneAdvertiser,
    /// One network, by this evidence.
    OneNetwork,
    /// One network, though not by this pair's evidence: through others.
    OneNetworkThroughOthers,
    /// A person has said: not the same.
    JudgedApart,
    /// Too few bits.
    TooFewBits,
    /// Enough bits, but of one kind: what one copied ad explains.
    OneKind,
    /// Enough evidence, but a judgement elsewhere or a rule (weak bridge, giant network) keeps them apart.
    CutElsewhere,
}

/// A text as a form: fixed words with slots between them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// From the first word to the last.
    pub parts: Vec<TemplatePart>,
    /// Texts that it was made of.
    pub texts: usize,
}

/// A run of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplatePart {
    /// Words that stay, with one space between them.
    Fixed(String),
    /// Words that change: what stands there, each once, the most frequent first; an empty string where a text has
    /// nothing.
    Slot(Vec<String>),
}

impl Template {
    /// Words that stay fixed.
    pub fn fixed_words(&self) -> usize {
        let of = |part: &TemplatePart| match part {
            // `<phone>` and the like stand for something stripped.
            TemplatePart::Fixed(words) => words.split(' ').filter(|word| !word.starts_with('<')).count(),
            TemplatePart::Slot(_) => 0,
        };
        self.parts.iter().map(of).sum()
    }
}
