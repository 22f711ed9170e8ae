//! Indicators that fired, and the assessment made of them.

use crate::ids::{AdRef, AdvertiserId, Group, IndicatorId, NetworkId};
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an indicator looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// One ad version.
    Ad,
    /// All ads of one advertiser.
    Advertiser,
    /// All ads of one network.
    Network,
}

/// Strength of the published evidence: A outcome-tested, B+ from three or more kinds of source, B, C, D contradicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Grade {
    /// Outcome-tested.
    A,
    /// Convergence across three or more kinds of source.
    #[serde(rename = "B+")]
    BPlus,
    /// Convergence across several sources.
    B,
    /// Recurrent in lists, weak or common in ordinary ads.
    C,
    /// Contradicted by outcome data, or a protective practice.
    D,
}

impl Grade {
    /// As written in files and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::A => "A",
            Grade::BPlus => "B+",
            Grade::B => "B",
            Grade::C => "C",
            Grade::D => "D",
        }
    }
    /// 'A/B sign' in the combination rules: A, B+ or B.
    pub fn is_strong(self) -> bool {
        matches!(self, Grade::A | Grade::BPlus | Grade::B)
    }
    /// Points where the file and the configuration say nothing else: A 2, B+ 2, B 1, C 0.5, D 0.
    pub fn default_points(self) -> f64 {
        match self {
            Grade::A | Grade::BPlus => 2.0,
            Grade::B => 1.0,
            Grade::C => 0.5,
            Grade::D => 0.0,
        }
    }
}

/// What a firing is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Gives points.
    Score,
    /// Shown beside, without points.
    Context,
    /// Steers the machine (hubs, scams), without points.
    Control,
    /// Opens the urgent route, without points.
    Urgent,
    /// Argues the other way, without points.
    Counter,
}

/// A sentence in the two languages of the user interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Bilingual {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

/// What makes an indicator fire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Evidence {
    /// Words of one ad version.
    Span {
        /// Which ad; `None` while a single text is read.
        ad: Option<AdRef>,
        /// Which of its versions; 0 while a single text is read.
        version: u32,
        /// Where.
        span: Span,
        /// The words at the span.
        text: String,
    },
    /// A set of ads.
    Ads {
        /// Which ads, in order.
        ads: Vec<AdRef>,
        /// What about them, with the values used.
        note: Bilingual,
    },
}

/// An indicator that fired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Firing {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// The indicator's version.
    pub version: u32,
    /// Its scope.
    pub scope: Scope,
    /// Its group.
    pub group: Group,
    /// Its grade.
    pub grade: Grade,
    /// Its role.
    pub role: Role,
    /// A sensitive trait: a fact for context only.
    pub sensitive: bool,
    /// What it would give its group: 0 for grade D, sensitive, and every role but score.
    pub points: f64,
    /// Why; never empty.
    pub evidence: Vec<Evidence>,
}

/// Why an indicator could not be computed: missing data is never a silent zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abstention {
    /// Which indicator.
    pub indicator: IndicatorId,
    /// What was missing.
    pub reason: Bilingual,
}

/// The assessment's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Nothing that scores.
    None,
    /// Some sign.
    Low,
    /// Worth a researcher's reading.
    Medium,
    /// Read first.
    High,
}

impl Band {
    /// As written in files and exports.
    pub fn as_str(self) -> &'static str {
        match self {
            Band::None => "none",
            Band::Low => "low",
            Band::Medium => "medium",
            Band::High => "high",
        }
    }
}

/// Which queue a case waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Queue {
    /// The researchers' queue.
    Ordinary,
    /// Spam and scam, of which a share is read.
    Spam,
}

/// Who is assessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// One advertiser.
    Advertiser(AdvertiserId),
    /// One network of at least two advertisers.
    Network(NetworkId),
}

/// What an assessment would be without one indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MarginalEffect {
    /// Left out.
    pub indicator: IndicatorId,
    /// Points without it.
    pub points: f64,
    /// Band without it.
    pub band: Band,
    /// The indicators that carry the group as well, so that nothing would change.
    pub also_carried_by: Vec<IndicatorId>,
}

/// The explained result for one advertiser or network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Who.
    pub subject: Subject,
    /// Band.
    pub band: Band,
    /// Sum over groups of the most points among each group's firings.
    pub points: f64,
    /// Points by group; only groups that scored.
    pub groups: BTreeMap<Group, f64>,
    /// Firings that score.
    pub evidence: Vec<Firing>,
    /// Firings that argue the other way.
    pub counter_evidence: Vec<Firing>,
    /// Context and control, without points.
    pub context: Vec<Firing>,
    /// What could not be computed.
    pub abstentions: Vec<Abstention>,
    /// What each scoring firing does.
    pub marginal: Vec<MarginalEffect>,
    /// A possible minor: the urgent route, whatever the band.
    pub urgent: bool,
    /// Which queue.
    pub queue: Queue,
    /// `sha256:…` of the catalogue and the combination rules.
    pub catalogue: String,
    /// The ads it was made of, in order.
    pub ads: Vec<AdRef>,
}
