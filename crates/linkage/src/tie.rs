//! One line of evidence, and what a sum of lines decides.

use crate::levels::LevelName;
use crate::parameters::LinkParameters;
use domain::{Bilingual, LinkKind};
use std::collections::BTreeSet;

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TieKind {
    /// A level of one comparison.
    Level(LevelName),
    /// What is taken off, so that lines that one copied ad explains together stay within their ceiling.
    Ceiling,
}

impl TieKind {
    /// Kinds of which two are needed: what one copied ad explains is one kind.
    fn counts(self) -> bool {
        use LevelName::*;
        let TieKind::Level(level) = self else { return false };
        matches!(
            level,
            Text | Template | Image | Url | SecondText | SecondImage | SecondPersona | Move | Succession | NoContact
        )
    }
    /// The kind of link that shows it, if it ties two certain ads.
    pub fn link(self) -> Option<LinkKind> {
        let TieKind::Level(level) = self else { return None };
        Some(match level {
            LevelName::Text => LinkKind::Text,
            LevelName::Template => LinkKind::Template,
            LevelName::Image => LinkKind::Image,
            LevelName::Url => LinkKind::Url,
            LevelName::Premises => LinkKind::Premises,
            LevelName::Style => LinkKind::Style,
            LevelName::Symbol => LinkKind::Symbol,
            _ => return None,
        })
    }
    /// Whether its links may hold anybody together. An address or a habit of writing never does.
    pub fn may_join(self) -> bool {
        !matches!(self, TieKind::Level(LevelName::Premises | LevelName::Style | LevelName::Symbol))
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
    /// The prior and their sum.
    pub bits: f64,
}

impl Weighed {
    fn has(&self, levels: &[LevelName]) -> bool {
        let named = |tie: &Tie| matches!(tie.kind, TieKind::Level(level) if levels.contains(&level));
        self.ties.iter().any(|tie| tie.bits > 0.0 && named(tie))
    }
    /// Kinds of evidence that speak for one network and count as one each.
    pub fn kinds(&self) -> usize {
        let all = self.ties.iter().filter(|tie| tie.bits > 0.0 && tie.kind.counts());
        all.map(|tie| tie.kind).collect::<BTreeSet<_>>().len()
    }
    /// Whether two kinds speak for it, one of them something that both show.
    pub fn has_two_kinds(&self) -> bool {
        use LevelName::*;
        self.kinds() >= 2 && self.has(&[Text, Template, Image, Url])
    }
    /// One network: enough bits, from at least two kinds of evidence.
    pub fn joins_network(&self, parameters: &LinkParameters) -> bool {
        self.bits >= parameters.network_bits && self.has_two_kinds()
    }
    /// One advertiser that changed its contact.
    pub fn changes_contact(&self, parameters: &LinkParameters) -> bool {
        self.bits >= parameters.change_of_contact_bits
            && self.has(&[LevelName::Succession])
            && self.has(&[LevelName::Text, LevelName::Image])
    }
}
