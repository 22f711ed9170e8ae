//! What was read in ad versions, and what linking and rules get of it.

use crate::{Look, Store, StoreError, VersionRow};
use domain::{AdContent, AdFacts, AdRef, MaskedText, Reading, VersionFacts};
use jiff::Timestamp;

/// A version that the present reader has not read.
#[derive(Debug, Clone)]
pub struct UnreadVersion {
    /// Its row.
    pub row: VersionRow,
    /// Which ad.
    pub ad: AdRef,
    /// Which version, from 1.
    pub version: u32,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// What it says, with the image hashes known by now.
    pub content: AdContent,
}

/// What was read in a version.
#[derive(Debug, Clone)]
pub struct ReadingRow {
    /// Its row.
    pub row: VersionRow,
    /// Reader, lexicon and catalogue that read it.
    pub reader_version: String,
    /// The mentions, spans in the original.
    pub reading: Reading,
    /// What linking and rules need; firings in masked offsets.
    pub facts: VersionFacts,
    /// The masked texts: title, body, then fields by name.
    pub masked: Vec<MaskedText>,
}

/// A version with its reading, for exports.
#[derive(Debug, Clone)]
pub struct ReadAdRow {
    /// Which ad.
    pub ad: AdRef,
    /// Which version.
    pub version: u32,
    /// What it says.
    pub content: AdContent,
    /// What was read in it.
    pub reading: Reading,
    /// Facts, with the firings of this version.
    pub facts: VersionFacts,
    /// Masked texts, which turn firings' offsets back into the original's.
    pub masked: Vec<MaskedText>,
}

impl Store {
    /// Versions that `reader_version` has not read, in row order, at most `limit`.
    pub async fn unread_versions(&self, reader_version: &str, limit: u32) -> Result<Vec<UnreadVersion>, StoreError> {
        todo!()
    }
    /// How many versions `reader_version` has not read.
    pub async fn unread_count(&self, reader_version: &str) -> Result<u64, StoreError> {
        todo!()
    }
    /// Keeps readings, contacts and places. Each version is whole; the same again changes nothing.
    pub async fn put_readings(&self, rows: &[ReadingRow], at: Timestamp) -> Result<(), StoreError> {
        todo!()
    }
    /// Every ad with read versions as it was known at `as_of` (`None`: all that is known), sorted by ad. Sightings,
    /// versions and absences after `as_of` are left out.
    pub async fn facts(&self, as_of: Option<Timestamp>) -> Result<Vec<AdFacts>, StoreError> {
        todo!()
    }
    /// Every read version first seen by `as_of`, sorted by ad and version, with its original text.
    pub async fn readings(&self, look: &Look, as_of: Option<Timestamp>) -> Result<Vec<ReadAdRow>, StoreError> {
        todo!()
    }
}
