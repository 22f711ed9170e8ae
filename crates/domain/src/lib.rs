//! The words of bavn as types. Every arrow of the ad's path has its input and output here, so that a step can be
//! read, tested and replayed by itself:
//!
//! `Page -> AdVersion -> Reading -> Firing (one ad) -> Link -> Advertiser, Network -> Firing (many ads) -> Assessment`
//!
//! **Invariant**: no I/O, no clock, no randomness, no settings read from anywhere. Times are [`jiff::Timestamp`]s in
//! UTC; spans are half-open byte ranges in the UTF-8 text of the field that they name.

pub mod ad;
pub mod crawl;
pub mod facts;
pub mod figures;
pub mod firing;
pub mod ids;
pub mod link;
pub mod mask;
pub mod mention;
pub mod normal;
pub mod page;
pub mod span;
pub mod waterfall;

pub use ad::{AdContent, AdVersion, DaySighting, Image, PdqHash};
pub use facts::{AdFacts, PlaceFact, VersionFacts};
pub use figures::{LanguageFigures, RunFigures};
pub use firing::{
    Abstention, Assessment, Band, Bilingual, Evidence, Firing, Grade, MarginalEffect, Queue, Role, Scope, Subject,
};
pub use ids::{AdRef, AdvertiserId, Group, IndicatorId, NetworkId, ProgrammeId, SiteId, TeamId};
pub use link::{Advertiser, ContactRole, DampedContact, Judgement, JudgementKind, Link, LinkKind, Linkage, Network};
pub use mask::{MaskedRun, MaskedText};
pub use mention::{
    Address, Age, Contact, ContactKind, Email, Handle, LanguageGuess, Name, Phone, Place, Price, Reading, UrlMention,
};
pub use normal::{NormalText, NormalTextBuilder};
pub use page::{Capture, CaptureKind, DetailRead, Exchange, Issue, ListingItem, ListingRead, Mark, Page, Truncated};
pub use span::{Field, FieldText, ReadAd, Span};
pub use waterfall::{PairOutcome, PairSide, Template, TemplatePart, Waterfall, WaterfallSection, WaterfallStep};
