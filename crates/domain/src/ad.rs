//! Ads, their versions and the days on which they were seen.

use crate::ids::AdRef;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A PDQ hash: 256 bits (Meta, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PdqHash(pub [u8; 32]);

impl PdqHash {
    /// Number of differing bits, 0 to 256.
    pub fn distance(&self, other: &PdqHash) -> u32 {
        let pairs = self.0.as_chunks().0.iter().zip(other.0.as_chunks().0);
        pairs.map(|(a, b)| (u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b)).count_ones()).sum()
    }
}

/// A picture of an ad. Its pixels are hashed and dropped; nobody is shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its URL, or its path beside an import file.
    pub source: String,
    /// The perceptual hash, once the picture was fetched and could be decoded.
    pub pdq: Option<PdqHash>,
    /// PDQ quality, 0 to 100; pictures of 49 or less are not compared.
    pub quality: u8,
}

/// What an ad says at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdContent {
    /// Title, empty if the site has none.
    pub title: String,
    /// Text, with line breaks as `\n`.
    pub body: String,
    /// The site's own fields by contract name: `phone`, `place`, `price`, `name`, `age`, `category`, or others.
    pub fields: BTreeMap<String, String>,
    /// Where the ad stands.
    pub url: Option<String>,
    /// When the site says it was posted.
    pub posted_at: Option<Timestamp>,
    /// Its pictures, in the order of the page.
    pub images: Vec<Image>,
}

impl AdContent {
    /// The bytes that make two contents the same version: title, body, fields and picture sources. The URL and the
    /// posting time are left out, since sites renew them without an edit.
    pub fn identity(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut push = |text: &str| {
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        };
        push(&self.title);
        push(&self.body);
        for (name, value) in &self.fields {
            push(name);
            push(value);
        }
        for image in &self.images {
            push(&image.source);
        }
        bytes
    }

    /// The names of what is filled: `title`, `body`, `posted_at`, `images` and the fields. How many pages fill each is what
    /// shows that a site has changed its pages.
    pub fn filled(&self) -> Vec<&str> {
        let texts = [("title", &self.title), ("body", &self.body)];
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value));
        let texts = texts.into_iter().chain(fields).filter(|(_, value)| !value.trim().is_empty());
        let others = [("posted_at", self.posted_at.is_some()), ("images", !self.images.is_empty())];
        texts.map(|(name, _)| name).chain(others.into_iter().filter(|(_, is)| *is).map(|(name, _)| name)).collect()
    }
}

/// The content of an ad between two edits; never overwritten.
#[derive(Debug, Clone, PartialEq)]
pub struct AdVersion {
    /// Which ad.
    pub ad: AdRef,
    /// 1 for the first content seen, then counted up.
    pub version: u32,
    /// What it says.
    pub content: AdContent,
    /// First sighting of this version.
    pub first_seen: Timestamp,
    /// Last sighting of this version so far.
    pub last_seen: Timestamp,
}

/// One ad version on one local day (Europe/Copenhagen): the row that a *sighting* is kept as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySighting {
    /// The local day.
    pub day: Date,
    /// First time seen that day.
    pub first: Timestamp,
    /// Last time seen that day.
    pub last: Timestamp,
    /// How often it was seen.
    pub count: u32,
    /// Bit *h* is set when it was seen in local hour *h* (0 to 23).
    pub hours: u32,
}
