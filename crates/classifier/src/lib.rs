//! Indicators as data: what fires in one ad and across many, and the assessment that explains every point.
//!
//! `config/indicators` holds one file an indicator, `sources.toml` and `rules.toml`. [`Catalogue::load`] turns their
//! text into checked values once; [`fire_ad`] reads one ad, [`fire_group`] the ads of one advertiser or network, and
//! [`assess`] makes the band.
//!
//! **Invariant**: no clock, file, network or randomness; the same arguments give the same bytes. Nothing here knows
//! a contact but to compare it: notes never hold one.

mod ad;
mod assess;
#[cfg(test)]
mod assess_tests;
mod catalogue;
mod detectors;
mod error;
mod explain;
mod geography;
mod group;
mod reference;
mod watch;
mod wording;

pub use ad::{AdAt, fire_ad};
pub use assess::assess;
pub use catalogue::{
    BandRule, Catalogue, CatalogueFiles, CheckKind, CheckResult, CounterExample, Indicator, NotWithin, Parameters,
    Rules, Shape, Source, Status, Wording,
};
pub use detectors::DETECTORS;
pub use error::{CatalogueError, GeographyError};
pub use explain::{WhyNot, explain_ad};
pub use geography::Geography;
pub use group::{GroupView, fire_group};
pub use reference::{Reference, ReferenceBuilder};
pub use watch::{Share, Warning, WatchRules, dominant_language, warnings, wilson};
