//! A made-up population of advertisers with known truth, and three listing sites on loopback that show its ads.
//!
//! `PopulationSettings -> Population -> DemoSites (HTTP)`, and beside it `truth_jsonl`: who is behind each ad.
//!
//! **Invariant**: knows only `domain`, never `extract`: truth that shares code with what it tests proves nothing.
//! Everything comes from the seed and from the moment that the caller's clock names; wall time plays no part. Wording
//! is neutral, numbers begin with 34, 67, 68 or 94, and nobody in it exists.

mod clinics;
mod draw;
mod folders;
mod grammar;
mod independents;
mod likeness;
mod networks;
mod numbers;
mod people;
mod picture;
mod places;
mod population;
mod scams;
mod script;
mod sites;
mod timing;
mod truth;
mod voice;
mod world;

pub use folders::{DemoSiteFolder, site_folders};
pub use picture::Picture;
pub use places::Town;
pub use population::{
    DemoAd, DemoVersion, Kind, Operator, PhoneTruth, Population, PopulationSettings, PriceTruth, SITES,
};
pub use sites::{DemoSites, Reply, RequestLogRow, reply};
pub use truth::ClassifiedAd;
