//! One line of evidence, and what a sum of lines decides.

use crate::parameters::LinkParameters;
use domain::{Bilingual, LinkKind};
use std::collections::BTreeSet;

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TieKind {
    /// Near-identical text.
    Text,
    /// Common template.
    Template,
    /// One picture.
    Image,
    /// One link target.
    Url,
    /// One street address.
    Premises,
    /// A second text that other ads share.
    SecondText,
    /// A second picture that other ads share.
    SecondImage,
    /// A second persona, name and age, that both advertise.
    SecondPersona,
    /// The same moves at the same time.
    Circuit,
    /// One contact ends where the other begins.
    Succession,
    /// Name, age, town, prices.
    Details,
    /// One side has no contact that could contradict.
    NoContact,
    /// No common language.
    Language,
    /// One name in different towns on the same days.
    Elsewhere,
}

impl TieKind {
    /// Kinds of which two are needed: what one copied ad explains is one kind.
    fn counts(self) -> bool {
        use TieKind::*;
        !matches!(self, Premises | Details | Language | Elsewhere)
    }
    /// The kind of link that shows it, if it ties two certain ads.
    pub fn link(self) -> Option<LinkKind> {
        Some(match self {
            TieKind::Text => LinkKind::Text,
            TieKind::Template => LinkKind::Template,
            TieKind::Image => LinkKind::Image,
            TieKind::Url => LinkKind::Url,
            TieKind::Premises => LinkKind::Premises,
            _ => return None,
        })
    }
}

/// One line of the evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// What it is about.
    pub kind: TieKind,
    /// Bits; negative speaks against.
    pub bits: f64,
    /// The two ads that show it best, where it is about ads.
    pub ads: Option<(u32, u32)>,
    /// In words.
    pub note: Bilingual,
}

/// Weighed evidence of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    /// For and against.
    pub ties: Vec<Tie>,
    /// Their sum.
    pub bits: f64,
}

impl Weighed {
    fn has(&self, kinds: &[TieKind]) -> bool {
        self.ties.iter().any(|tie| tie.bits > 0.0 && kinds.contains(&tie.kind))
    }
    /// One network: enough bits, from at least two kinds of evidence.
    pub fn joins_network(&self, parameters: &LinkParameters) -> bool {
        let kinds: BTreeSet<TieKind> =
            self.ties.iter().filter(|tie| tie.bits > 0.0 && tie.kind.counts()).map(|tie| tie.kind).collect();
        self.bits >= parameters.network_bits
            && kinds.len() >= 2
            && self.has(&[TieKind::Text, TieKind::Template, TieKind::Image, TieKind::Url])
    }
    /// One advertiser that changed its contact.
    pub fn changes_contact(&self, parameters: &LinkParameters) -> bool {
        self.bits >= parameters.change_of_contact_bits
            && self.has(&[TieKind::Succession])
            && self.has(&[TieKind::Text, TieKind::Image])
    }
}
