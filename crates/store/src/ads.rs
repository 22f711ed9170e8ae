//! Ads, their versions and sightings.

use crate::{Store, StoreError};
use domain::{AdContent, AdRef, MaskedText, PdqHash};
use jiff::Timestamp;

/// Row of an ad: what other tables call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AdRow(pub i64);

/// Row of an ad version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionRow(pub i64);

/// An ad as it comes from an import.
#[derive(Debug, Clone)]
pub struct NewAd {
    /// Which ad.
    pub ad: AdRef,
    /// What it says.
    pub content: AdContent,
    /// When it was seen with this content: one or more times, in any order.
    pub seen: Vec<Timestamp>,
    /// Its masked texts, if they were made already; else they come with the reading.
    pub masked: Vec<MaskedText>,
}

/// What a batch of ads changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutAds {
    /// Ads never seen before.
    pub ads_new: u64,
    /// New contents of known ads.
    pub versions_new: u64,
    /// Known contents with sightings that were not known.
    pub sighted: u64,
    /// Nothing new in them.
    pub unchanged: u64,
}

impl Store {
    /// Puts ads, their versions and sightings in. Sites must be registered. The same again changes nothing. Written in
    /// short transactions; each ad is whole.
    pub async fn put_ads(&self, ads: &[NewAd]) -> Result<PutAds, StoreError> {
        todo!()
    }
    /// Keeps the hash of a picture of an ad, in every version that shows the picture.
    pub async fn set_image_hash(
        &self,
        ad: &AdRef,
        source: &str,
        pdq: PdqHash,
        quality: u8,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// The ad is gone from then on; a later sighting takes that back.
    pub async fn mark_gone(&self, ad: &AdRef, why: &str, at: Timestamp) -> Result<(), StoreError> {
        todo!()
    }
    /// Last sighting of all: the time as of which an import-only store is looked at.
    pub async fn last_sighting(&self) -> Result<Option<Timestamp>, StoreError> {
        todo!()
    }
}
