//! What linking and the rules over several ads know of an ad: its mentions and times, without its original text.

use crate::ad::{DaySighting, Image};
use crate::firing::Firing;
use crate::ids::AdRef;
use crate::mention::{Contact, LanguageGuess};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A place that an ad version names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlaceFact {
    /// Four digits, `0751`.
    pub municipality_code: String,
    /// Usual name.
    pub place: String,
}

/// One version of an ad.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionFacts {
    /// 1 and up.
    pub version: u32,
    /// First sighting of this version.
    pub first_seen: Timestamp,
    /// Last sighting of this version.
    pub last_seen: Timestamp,
    /// Its contacts, in order of mention.
    pub contacts: Vec<Contact>,
    /// Link targets in normal form.
    pub urls: Vec<String>,
    /// Street addresses in normal form.
    pub addresses: Vec<String>,
    /// Persona names, base form, each once, in order of mention.
    pub names: Vec<String>,
    /// Stated ages, each once.
    pub ages: Vec<u32>,
    /// Places that are not ambiguous, each once; the listing's own place field comes first.
    pub places: Vec<PlaceFact>,
    /// Prices: amount, currency, minutes.
    pub prices: Vec<(u32, String, Option<u32>)>,
    /// Languages, dominant first.
    pub languages: Vec<LanguageGuess>,
    /// Pictures.
    pub images: Vec<Image>,
    /// Title and body in normal form with contacts, prices, places, names, ages and times replaced by one token
    /// each (`<phone>`, `<price>`, `<place>`, `<name>`, `<age>`, `<mail>`, `<url>`, `<addr>`, `<num>`): what text
    /// comparison shingles.
    pub skeleton: String,
    /// Habits of writing as short tokens, sorted: marks, casing, symbols, spellings.
    #[serde(default)]
    pub habits: Vec<String>,
    /// Unusual strings of symbols, each once, sorted.
    #[serde(default)]
    pub symbols: Vec<String>,
    /// What fired in this version alone. Evidence is in masked offsets.
    pub firings: Vec<Firing>,
}

/// One ad with its versions and sightings, as of a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AdFacts {
    /// Which ad.
    pub ad: AdRef,
    /// First sighting of any version.
    pub first_seen: Timestamp,
    /// Last sighting of any version.
    pub last_seen: Timestamp,
    /// Known to be gone since; `None` while it is up as far as one knows.
    pub gone_at: Option<Timestamp>,
    /// Versions in order.
    pub versions: Vec<VersionFacts>,
    /// Days on which it was seen, in order.
    pub sightings: Vec<DaySighting>,
}
