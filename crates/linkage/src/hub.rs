//! Contacts that join many else unrelated ads: directories, agencies, and numbers planted on a stranger.
//!
//! The rule: take the contact away and ask what still ties its ads (another contact, a picture, a template, one name
//! in one town). If `hub_groups` groups in `hub_towns` towns remain that nothing ties, or `hub_groups_anywhere`
//! groups at all, the contact is damped: its links stay, and join only where a text or a picture says so too. What a
//! person says that the contact is goes before the rule: one desk's joins, a directory's or an agency's never does.

use crate::forest::Forest;
use crate::image::Pictures;
use crate::index::Index;
use crate::parameters::LinkParameters;
use crate::text::Texts;
use domain::ContactRole;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Bits that a common text must have before it ties two ads of one contact: boilerplate does not.
const RELATED_BITS: f64 = 4.0;

/// A damped contact with what the rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    pub contact: u32,
    /// Ads that showed it when the rule was applied.
    pub ads: usize,
    pub groups: usize,
    pub towns: usize,
    /// A person's word, where it is what damps.
    pub named: Option<ContactRole>,
    /// Pairs of its ads that a text or picture ties as well, so that they stay joined.
    pub kept: Vec<(u32, u32)>,
}

/// What relates texts and pictures to each other, prepared once for all contacts.
pub struct Related<'i> {
    index: &'i Index<'i>,
    texts: &'i Texts,
    pictures: &'i Pictures,
    like: HashMap<u32, Vec<(u32, f64)>>,
    owners_of_picture: HashMap<u32, usize>,
}

impl<'i> Related<'i> {
    /// Prepares.
    pub fn new(index: &'i Index<'i>, texts: &'i Texts, pictures: &'i Pictures) -> Self {
        let mut like: HashMap<u32, Vec<(u32, f64)>> = HashMap::new();
        for (a, b, agreement) in texts.pairs.iter().filter(|(_, _, agreement)| agreement.bits >= RELATED_BITS) {
            like.entry(*a).or_default().push((*b, agreement.similarity));
            like.entry(*b).or_default().push((*a, agreement.similarity));
        }
        let mut owners: HashMap<u32, BTreeSet<u32>> = HashMap::new();
        for (ad, shown) in pictures.of_ad.iter().enumerate() {
            for picture in shown {
                owners.entry(*picture).or_default().insert(index.owner[ad]);
            }
        }
        let owners_of_picture = (owners.into_iter())
            .map(|(picture, own)| {
                (picture, own.len().max(pictures.common.get(&picture).map_or(0, |all| *all as usize)))
            })
            .collect();
        Self { index, texts, pictures, like, owners_of_picture }
    }

    /// Applies a person's word on the contact, or else the rule. What the reference knows stays damped until the next one.
    pub fn judge(&self, contact: u32, role: Option<ContactRole>, parameters: &LinkParameters) -> Option<Hub> {
        if role == Some(ContactRole::Operator) {
            return None;
        }
        let named = role.filter(|role| matches!(role, ContactRole::Directory | ContactRole::Agency));
        let ads = &self.index.ads_of_contact[contact as usize];
        let kept = |firm: &[(u32, u32)]| firm.iter().map(|(x, y)| (ads[*x as usize], ads[*y as usize])).collect();
        if let Some(known) = self.index.known_hubs.get(&contact) {
            let kept = kept(&self.firm_pairs(ads, parameters));
            return Some(Hub { contact, ads: known.ads, groups: known.groups, towns: known.towns, named, kept });
        }
        if named.is_none() && ads.len() < parameters.hub_groups.min(parameters.hub_groups_anywhere) {
            return None;
        }
        let firm = self.firm_pairs(ads, parameters);
        let mut groups = Forest::new(ads.len());
        for (x, y) in &firm {
            groups.join(*x, *y);
        }
        let mut first_with: BTreeMap<(u8, u32, u32), u32> = BTreeMap::new();
        let mut tie = |groups: &mut Forest, key: (u8, u32, u32), at: u32| {
            let other = *first_with.entry(key).or_insert(at);
            groups.join(at, other);
        };
        let mut text_at: HashMap<u32, u32> = HashMap::new();
        for (at, ad) in (0u32..).zip(ads) {
            let details = &self.index.details[*ad as usize];
            for other in details.contacts.iter().filter(|other| **other != contact) {
                // A second contact on most of the same ads is the same question, not an answer to it.
                if 2 * self.index.ads_of_contact[*other as usize].len() <= ads.len() {
                    tie(&mut groups, (0, *other, 0), at);
                }
            }
            for name in &details.names {
                for town in &details.towns {
                    tie(&mut groups, (1, *name, *town), at);
                }
            }
            for text in &self.texts.of_ad[*ad as usize] {
                text_at.entry(*text).or_insert(at);
            }
        }
        for (at, ad) in (0u32..).zip(ads) {
            for text in &self.texts.of_ad[*ad as usize] {
                for (like, _) in self.like.get(text).into_iter().flatten() {
                    if let Some(other) = text_at.get(like) {
                        groups.join(at, *other);
                    }
                }
            }
        }
        let sets = groups.sets();
        let towns: BTreeSet<u32> = sets
            .iter()
            .filter_map(|set| self.index.details[ads[set[0] as usize] as usize].stations.first())
            .map(|(_, town)| *town)
            .collect();
        let spread = sets.len() >= parameters.hub_groups && towns.len() >= parameters.hub_towns;
        (named.is_some() || spread || sets.len() >= parameters.hub_groups_anywhere).then(|| Hub {
            contact,
            ads: ads.len(),
            groups: sets.len(),
            towns: towns.len(),
            named,
            kept: kept(&firm),
        })
    }

    /// Pairs of places in `ads` that a near-identical text or one picture ties.
    pub fn firm_pairs(&self, ads: &[u32], parameters: &LinkParameters) -> Vec<(u32, u32)> {
        // With the same contact on both, a text that was edited more is enough.
        let edited = f64::midpoint(parameters.text_similarity, parameters.template_similarity);
        let mut pairs = Vec::new();
        let mut text_at: BTreeMap<u32, u32> = BTreeMap::new();
        let mut picture_at: HashMap<u32, u32> = HashMap::new();
        for (at, ad) in (0u32..).zip(ads) {
            for text in &self.texts.of_ad[*ad as usize] {
                match text_at.get(text) {
                    Some(other) if self.texts.agreement(*text, *text).bits >= RELATED_BITS => pairs.push((*other, at)),
                    _ => _ = text_at.insert(*text, at),
                }
            }
            for picture in &self.pictures.of_ad[*ad as usize] {
                if self.owners_of_picture.get(picture).is_none_or(|owners| *owners <= parameters.shared_by_free) {
                    pairs.push((*picture_at.entry(*picture).or_insert(at), at));
                }
            }
        }
        for (text, at) in &text_at {
            for (like, similarity) in self.like.get(text).into_iter().flatten() {
                if *similarity >= edited {
                    pairs.extend(text_at.get(like).map(|other| (*at, *other)));
                }
            }
        }
        pairs.retain(|(x, y)| x != y);
        pairs
    }
}
