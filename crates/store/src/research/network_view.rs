//! What the page of a network or advertiser shows. No contact value stands in any of these.

use super::{AdLabel, CaseAd, CaseId, CaseLink, CaseState, JudgementRow};
use domain::{AdvertiserId, Band, ContactRole, JudgementKind, NetworkId};
use jiff::Timestamp;

/// A network or an advertiser.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkView {
    /// Its id, `net_…` or `adv_…`.
    pub id: String,
    /// The network that it is or belongs to; `None` where the current analysis has no such subject.
    pub network: Option<NetworkId>,
    /// True for a network, false for one advertiser.
    pub is_network: bool,
    /// Its advertisers, by first sighting.
    pub advertisers: Vec<NetworkAdvertiser>,
    /// Its ads, by first sighting.
    pub ads: Vec<NetworkAd>,
    /// Links that touch its ads.
    pub links: Vec<CaseLink>,
    /// Its contacts, most ads first.
    pub contacts: Vec<ContactPoint>,
    /// Municipality codes with the number of its ads that name them, most first.
    pub municipalities: Vec<(String, u32)>,
    /// Judgements on its ads, newest first.
    pub judgements: Vec<JudgementRow>,
    /// How it came about, newest first.
    pub lineage: Vec<LineageRow>,
    /// Cases about it.
    pub cases: Vec<SubjectCase>,
    /// A case about it is in the urgent route.
    pub urgent: bool,
    /// What the analysis knew.
    pub as_of: Option<Timestamp>,
    /// When the analysis was made.
    pub made_at: Option<Timestamp>,
}

/// An advertiser of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkAdvertiser {
    /// Its id.
    pub id: AdvertiserId,
    /// Its band.
    pub band: Band,
    /// Its points.
    pub points: f64,
    /// Number of its ads.
    pub ads: u32,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Last sighting.
    pub last_seen: Timestamp,
}

/// An ad, without its texts.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkAd {
    /// Its name on the page.
    pub label: AdLabel,
    /// Its advertiser.
    pub advertiser: AdvertiserId,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// Known to be gone since.
    pub gone_at: Option<Timestamp>,
    /// Versions.
    pub versions: u32,
    /// Its contacts as pseudonyms.
    pub contacts: Vec<String>,
    /// Municipality codes that it names.
    pub municipalities: Vec<String>,
}

/// A contact as a pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPoint {
    /// The store's own number of it.
    pub number: i64,
    /// Pseudonym.
    pub name: String,
    /// Ads of the subject that show it.
    pub ads: u32,
    /// It is damped.
    pub damped: bool,
    /// What a person said that it is.
    pub role: Option<ContactRole>,
}

/// A step of how a subject came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineageStep {
    /// The other became part of this one.
    TookIn,
    /// This one became part of the other.
    BecamePartOf,
    /// This one was split off the other.
    SplitFrom,
    /// The other was split off this one.
    SplitOff,
}

/// A step with its other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineageRow {
    /// What happened.
    pub step: LineageStep,
    /// With which advertiser or network.
    pub other: String,
    /// The other is in the current analysis.
    pub other_lives: bool,
    /// When.
    pub at: Timestamp,
}

/// A case about a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectCase {
    /// Which.
    pub case: CaseId,
    /// Where it stands.
    pub state: CaseState,
    /// Since when.
    pub opened_at: Timestamp,
    /// The case that it was split from.
    pub split_from: Option<CaseId>,
    /// Cases that were split from it.
    pub split_off: Vec<CaseId>,
    /// Cases that were merged into it.
    pub merged: Vec<CaseId>,
}

/// One ad with all that it ever said.
#[derive(Debug, Clone, PartialEq)]
pub struct AdPage {
    /// The ad, with its masked texts.
    pub ad: CaseAd,
    /// Its network (an advertiser alone in it has one too).
    pub network: NetworkId,
    /// Links that touch it.
    pub links: Vec<CaseLink>,
    /// Cases about its network or advertiser.
    pub cases: Vec<SubjectCase>,
    /// One of them is in the urgent route.
    pub urgent: bool,
}

/// Two ads with what ties them.
#[derive(Debug, Clone, PartialEq)]
pub struct PairView {
    /// The two ads, with their texts.
    pub ads: [CaseAd; 2],
    /// Contacts that both show, as pseudonyms.
    pub shared: Vec<String>,
    /// Links between them, or between their advertisers where they have two.
    pub links: Vec<CaseLink>,
    /// Judgements on just these two, newest first.
    pub judgements: Vec<JudgementRow>,
    /// One advertiser has both.
    pub same_advertiser: bool,
    /// One network has both.
    pub same_network: bool,
    /// A case about one of them is in the urgent route.
    pub urgent: bool,
    /// What the analysis knew.
    pub as_of: Option<Timestamp>,
}

impl PairView {
    /// The judgement that holds on them.
    pub fn judged(&self) -> Option<JudgementKind> {
        self.judgements.iter().find(|row| row.undone.is_none()).map(|row| row.kind)
    }
}
