//! The result of an analysis: entities, links, assessments, cases.

use crate::{Look, Store, StoreError};
use domain::{AdRef, AdvertiserId, Assessment, Link, Linkage, NetworkId};
use jiff::Timestamp;

/// An analysis to keep.
#[derive(Debug, Clone)]
pub struct NewAnalysis<'a> {
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// `sha256:…` of the catalogue.
    pub catalogue: String,
    /// `sha256:…` of the parameters.
    pub parameters: String,
    /// Version of the code.
    pub code_version: String,
    /// Version of the reference.
    pub reference_version: String,
    /// The reference itself; kept once for each version, never changed.
    pub reference: Vec<u8>,
    /// Links, advertisers, networks, damped contacts.
    pub linkage: &'a Linkage,
    /// Assessments of advertisers and networks.
    pub assessments: &'a [Assessment],
    /// When it is kept.
    pub at: Timestamp,
}

/// What an analysis was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisHeader {
    /// Its number.
    pub id: i64,
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// `sha256:…` of the catalogue.
    pub catalogue: String,
    /// `sha256:…` of the parameters.
    pub parameters: String,
    /// Version of the code.
    pub code_version: String,
    /// Version of the reference.
    pub reference_version: String,
    /// When it was kept.
    pub at: Timestamp,
}

/// Where an ad belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRow {
    /// Which ad.
    pub ad: AdRef,
    /// Its advertiser.
    pub advertiser: AdvertiserId,
    /// Its network.
    pub network: NetworkId,
}

/// What keeping an analysis did to the cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutAnalysis {
    /// The analysis.
    pub id: i64,
    /// Cases opened.
    pub opened: u64,
    /// Decided cases reopened by new evidence.
    pub reopened: u64,
    /// Cases that became urgent.
    pub urgent: u64,
}

impl Store {
    /// Keeps an analysis and makes it the current one. Until it is whole the one before stays current, whatever
    /// happens; then cases are opened, followed or reopened in the same transaction.
    pub async fn put_analysis(&self, analysis: &NewAnalysis<'_>) -> Result<PutAnalysis, StoreError> {
        todo!()
    }
    /// The current analysis.
    pub async fn latest_analysis(&self) -> Result<Option<AnalysisHeader>, StoreError> {
        todo!()
    }
    /// A kept reference.
    pub async fn reference(&self, version: &str) -> Result<Option<Vec<u8>>, StoreError> {
        todo!()
    }
    /// The newest reference with its version.
    pub async fn latest_reference(&self) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        todo!()
    }
    /// Each ad's advertiser and network in the current analysis, sorted by ad.
    pub async fn analysis_entities(&self, look: &Look) -> Result<Vec<EntityRow>, StoreError> {
        todo!()
    }
    /// The links of the current analysis, sorted by (a, b, kind).
    pub async fn analysis_links(&self, look: &Look) -> Result<Vec<Link>, StoreError> {
        todo!()
    }
    /// The assessments of the current analysis: advertisers by id, then networks by id.
    pub async fn analysis_assessments(&self, look: &Look) -> Result<Vec<Assessment>, StoreError> {
        todo!()
    }
}
