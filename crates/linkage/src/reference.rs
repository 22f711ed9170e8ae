//! What linking takes from everybody: rarity, common things, damped contacts. Made by its own step, dated by who keeps
//! it, and never changed, so that one ad more moves nobody else's ties.

use crate::parameters::LinkParameters;
use crate::sketch::{ByNumber, contact_key, hash_word};
use domain::{Contact, PdqHash};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Owners of one thing (text, picture, link target, address) above which it is common property: it ties nobody by
/// itself. At 64 all bits of a text are gone by `shared_by_slope_bits`, and nearly all of a picture.
pub(crate) const COMMON: u32 = 64;

/// How many owners have each of many things.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Listed", into = "Listed")]
pub(crate) struct Counts(Arc<ByNumber<u64, u32>>);

/// Counts as they are kept: in order, so that the same counts are the same bytes.
#[derive(Serialize, Deserialize)]
struct Listed {
    keys: Vec<u64>,
    counts: Vec<u32>,
}

impl From<Listed> for Counts {
    fn from(listed: Listed) -> Self {
        listed.keys.into_iter().zip(listed.counts).collect()
    }
}

impl From<Counts> for Listed {
    fn from(counts: Counts) -> Self {
        let mut all: Vec<(u64, u32)> = counts.0.iter().map(|(key, count)| (*key, *count)).collect();
        all.sort_unstable();
        let (keys, counts) = all.into_iter().unzip();
        Self { keys, counts }
    }
}

impl FromIterator<(u64, u32)> for Counts {
    fn from_iter<I: IntoIterator<Item = (u64, u32)>>(all: I) -> Self {
        Self(Arc::new(all.into_iter().collect()))
    }
}

impl Counts {
    /// Whether it is the very same list, or a copy of it.
    pub(crate) fn is_the_same_as(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn get(&self, key: u64) -> u32 {
        self.0.get(&key).copied().unwrap_or(0)
    }
}

/// A contact that the reference knows as one that joins the unrelated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownHub {
    pub(crate) contact: u64,
    pub(crate) ads: usize,
    pub(crate) groups: usize,
    pub(crate) towns: usize,
}

/// The dated reference of linking.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkReference {
    /// Ads that there were.
    pub(crate) ads: usize,
    /// Owners among whom words, phrases, names and towns were counted.
    pub(crate) owners: usize,
    /// Different personas among all.
    pub(crate) personas: usize,
    pub(crate) words: Counts,
    /// Only phrases that three owners or more have.
    pub(crate) shingles: Counts,
    pub(crate) names: Counts,
    pub(crate) towns: Counts,
    /// Owners of the things that more than [`COMMON`] have.
    pub(crate) common: Counts,
    /// Pictures that more than [`COMMON`] have, by hash, sorted.
    pub(crate) common_pictures: Vec<(PdqHash, u32)>,
    /// Damped contacts, sorted.
    pub(crate) damped: Vec<KnownHub>,
    /// Owners with a phrase above which it is boilerplate.
    pub(crate) boilerplate: u32,
}

impl LinkReference {
    /// How many ads there were.
    pub fn ads(&self) -> usize {
        self.ads
    }

    /// Whether it knows a contact as damped.
    pub fn is_damped(&self, contact: &Contact) -> bool {
        self.hub(contact_key(contact)).is_some()
    }

    pub(crate) fn hub(&self, contact: u64) -> Option<&KnownHub> {
        self.damped.binary_search_by_key(&contact, |hub| hub.contact).ok().map(|at| &self.damped[at])
    }

    /// Owners of a thing that more than [`COMMON`] have.
    pub(crate) fn common(&self, key: u64) -> Option<u32> {
        self.common.0.get(&key).copied()
    }

    /// Owners of a picture that more than [`COMMON`] have, or one near it.
    pub(crate) fn common_picture(&self, hash: &PdqHash, parameters: &LinkParameters) -> Option<u32> {
        let near = self.common_pictures.iter().filter(|(known, _)| hash.distance(known) <= parameters.image_distance);
        near.map(|(_, owners)| *owners).max()
    }

    pub(crate) fn is_boilerplate(&self, shingle: u64) -> bool {
        self.shingles.get(shingle) > self.boilerplate
    }

    /// Owners that have a name, 1 and up.
    pub(crate) fn owners_with_name(&self, name: &str) -> u32 {
        self.names.get(hash_word(name)).max(1)
    }

    /// Owners that have been in a town, 1 and up.
    pub(crate) fn owners_with_town(&self, code: &str) -> u32 {
        self.towns.get(hash_word(code)).max(1)
    }

    /// Notes which contacts are damped.
    pub fn damp(&mut self, mut hubs: Vec<KnownHub>) {
        hubs.sort_by_key(|hub| hub.contact);
        hubs.dedup_by_key(|hub| hub.contact);
        self.damped = hubs;
    }
}
