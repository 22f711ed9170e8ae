//! Ties between ads and what they hold together.

use crate::firing::Bilingual;
use crate::ids::{AdRef, AdvertiserId, NetworkId};
use crate::mention::Contact;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Kind of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// The same phone.
    Phone,
    /// The same e-mail address.
    Email,
    /// The same handle.
    Handle,
    /// The same link target.
    Url,
    /// The same picture (PDQ).
    Image,
    /// Near-identical text.
    Text,
    /// The same template with other slots.
    Template,
    /// The same street address.
    Premises,
    /// Similar style.
    Style,
    /// The same unusual string of symbols.
    Symbol,
    /// A person's judgement.
    Manual,
}

impl LinkKind {
    /// As written in exports.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkKind::Phone => "phone",
            LinkKind::Email => "email",
            LinkKind::Handle => "handle",
            LinkKind::Url => "url",
            LinkKind::Image => "image",
            LinkKind::Text => "text",
            LinkKind::Template => "template",
            LinkKind::Premises => "premises",
            LinkKind::Style => "style",
            LinkKind::Symbol => "symbol",
            LinkKind::Manual => "manual",
        }
    }
}

/// A typed, weighted, reversible tie between two ads, `a < b`. Ads that share a contact are a chain in time order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The lesser ad.
    pub a: AdRef,
    /// The greater ad.
    pub b: AdRef,
    /// Why they are tied.
    pub kind: LinkKind,
    /// Weight of evidence in bits (log2 of the likelihood ratio); negative speaks against.
    pub bits: f64,
    /// Holds the two in one advertiser (`Phone`, `Email`, `Handle`, `Manual`) or network (the rest).
    pub joins: bool,
    /// What ties them, without any contact in it.
    pub note: Bilingual,
}

/// Ads that one desk operates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advertiser {
    /// Made from the member ad first seen.
    pub id: AdvertiserId,
    /// The member ad first seen (ties: site, ad id).
    pub founder: AdRef,
    /// Members, sorted.
    pub ads: Vec<AdRef>,
}

/// Advertisers tied by accepted links. An advertiser without such a tie is a network of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Made from the member ad first seen.
    pub id: NetworkId,
    /// The member ad first seen.
    pub founder: AdRef,
    /// Member advertisers, sorted.
    pub advertisers: Vec<AdvertiserId>,
    /// All their ads, sorted.
    pub ads: Vec<AdRef>,
}

/// A contact that joins many else unrelated ads, and so joins nothing until a person has named it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DampedContact {
    /// Which contact.
    pub contact: Contact,
    /// The ads that show it, sorted.
    pub ads: Vec<AdRef>,
    /// The rule that damped it, with its values.
    pub reason: Bilingual,
}

/// What a person says about two ads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgementKind {
    /// One desk operates both.
    Same,
    /// They are not operated by one desk; other ads go with the one that they resemble.
    NotSame,
    /// What held the two together ends between them, for example a number that changed hands: other ads go with the
    /// one that they stand next to in time.
    SplitHere,
}

impl JudgementKind {
    /// All, in the order of the page.
    pub const ALL: [JudgementKind; 3] = [JudgementKind::Same, JudgementKind::NotSame, JudgementKind::SplitHere];
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            JudgementKind::Same => "same",
            JudgementKind::NotSame => "not_same",
            JudgementKind::SplitHere => "split_here",
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
    /// Keeps the two apart.
    pub fn parts(self) -> bool {
        self != JudgementKind::Same
    }
}

/// What a person says that a contact is which many else unrelated ads show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactRole {
    /// A site or service that lists others: it joins nobody.
    Directory,
    /// An agency or switchboard for many desks: it joins nobody.
    Agency,
    /// One desk that operates all these ads: it joins them.
    Operator,
    /// Nobody can say yet: the rule alone decides.
    Unknown,
}

impl ContactRole {
    /// All, in the order of the page.
    pub const ALL: [ContactRole; 4] =
        [ContactRole::Directory, ContactRole::Agency, ContactRole::Operator, ContactRole::Unknown];
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            ContactRole::Directory => "directory",
            ContactRole::Agency => "agency",
            ContactRole::Operator => "operator",
            ContactRole::Unknown => "unknown",
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// What a person said; it outlives every analysis until it is marked as undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Judgement {
    /// About two ads.
    Ads {
        /// One ad.
        a: AdRef,
        /// The other.
        b: AdRef,
        /// What was judged.
        kind: JudgementKind,
        /// When.
        at: Timestamp,
    },
    /// About a contact.
    Contact {
        /// Which contact.
        contact: Contact,
        /// What it is.
        role: ContactRole,
        /// When.
        at: Timestamp,
    },
}

/// The result of linking.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Linkage {
    /// All links, sorted by (a, b, kind).
    pub links: Vec<Link>,
    /// All advertisers, sorted by id; every ad is in just one.
    pub advertisers: Vec<Advertiser>,
    /// All networks, sorted by id; every advertiser is in just one.
    pub networks: Vec<Network>,
    /// Contacts that were damped, sorted.
    pub damped: Vec<DampedContact>,
}
