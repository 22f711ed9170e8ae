//! What goes on while contacts change: ads of one persona, one text or one picture.

use super::{AdSummary, GroupContext, days_between};
use domain::{Contact, LinkKind, PdqHash};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Ads (indices) that these pairs hold together; each set has two or more.
fn components(count: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..count).collect();
    fn find(root: &mut [usize], at: usize) -> usize {
        let mut at = at;
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    for (a, b) in pairs.into_iter().filter(|(a, b)| *a < count && *b < count) {
        let (a, b) = (find(&mut root, a), find(&mut root, b));
        root[a.max(b)] = a.min(b);
    }
    let mut sets: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..count {
        let of = find(&mut root, at);
        sets.entry(of).or_default().push(at);
    }
    sets.into_values().filter(|set| set.len() > 1).collect()
}

/// Ads of which no two show a common contact, in order of first sighting: each after the first is another contact's,
/// not one ad that shows two.
pub(crate) fn apart<'b, 'a>(ads: &[&'b AdSummary<'a>]) -> Vec<&'b AdSummary<'a>> {
    let mut ordered = ads.to_vec();
    ordered.sort_by(|a, b| (a.first, &a.facts.ad).cmp(&(b.first, &b.facts.ad)));
    let mut kept: Vec<&AdSummary<'_>> = Vec::new();
    for ad in ordered {
        if !ad.contacts.is_empty() && kept.iter().all(|other| !ad.shares_contact(other)) {
            kept.push(ad);
        }
    }
    kept
}

/// Of ads as [`apart`] gives them, `least` begin within `days`: more than one change of contact explains.
pub(crate) fn several_within(apart: &[&AdSummary<'_>], least: usize, days: f64) -> bool {
    let Some(ahead) = least.checked_sub(1) else { return true };
    apart.iter().zip(apart.iter().skip(ahead)).any(|(first, last)| days_between(first.first, last.first) <= days)
}

/// For how long some ads use each of their contacts, from the first ad with it to the last.
pub(crate) struct Uses<'a> {
    spans: BTreeMap<&'a Contact, (Timestamp, Timestamp)>,
    /// Contacts that one ad shows together.
    together: BTreeSet<(&'a Contact, &'a Contact)>,
}

impl<'a> Uses<'a> {
    pub fn of(ads: &[&AdSummary<'a>]) -> Self {
        let (mut spans, mut together) = (BTreeMap::<&Contact, (Timestamp, Timestamp)>::new(), BTreeSet::new());
        for ad in ads {
            for contact in &ad.contacts {
                let span = spans.entry(*contact).or_insert((ad.first, ad.last));
                *span = (span.0.min(ad.first), span.1.max(ad.last));
                together.extend(ad.contacts.iter().map(|other| (*contact, *other)));
            }
        }
        Self { spans, together }
    }

    /// Two contacts that no ad shows together are in use at once for `days`. Ads live for a day or two: what overlaps
    /// are the times over which a contact comes back.
    pub fn side_by_side(&self, days: f64) -> bool {
        self.spans.iter().enumerate().any(|(at, (a, (from, to)))| {
            self.spans.iter().skip(at + 1).any(|(b, (other_from, other_to))| {
                a.kind == b.kind
                    && !self.together.contains(&(*a, *b))
                    && days_between(*from.max(other_from), *to.min(other_to)) >= days
            })
        })
    }
}

impl<'a> GroupContext<'a> {
    /// Ads with the same text of `least_words` words or more, or a near-identical one.
    pub fn same_texts(&self, least_words: usize) -> Vec<Vec<&AdSummary<'a>>> {
        let mut first: BTreeMap<&str, usize> = BTreeMap::new();
        let mut pairs: Vec<(usize, usize)> = self.linked(LinkKind::Text).collect();
        for (index, ad) in self.ads.iter().enumerate() {
            for version in &ad.versions {
                if version.skeleton.split(' ').count() >= least_words {
                    pairs.push((*first.entry(&version.skeleton).or_insert(index), index));
                }
            }
        }
        self.sets(pairs)
    }

    /// Ads with the same picture: one hash, or tied by a link.
    pub fn same_pictures(&self) -> Vec<Vec<&AdSummary<'a>>> {
        let mut first: BTreeMap<PdqHash, usize> = BTreeMap::new();
        let mut pairs: Vec<(usize, usize)> = self.linked(LinkKind::Image).collect();
        for (index, ad) in self.ads.iter().enumerate() {
            let images = ad.versions.iter().flat_map(|version| &version.images);
            // 49 and less: too plain to tell apart (the PDQ paper, as in `domain::Image`).
            for hash in images.filter(|image| image.quality > 49).filter_map(|image| image.pdq) {
                pairs.push((*first.entry(hash).or_insert(index), index));
            }
        }
        self.sets(pairs)
    }

    /// What may go on while contacts change: each persona, each text, each picture, with its ads.
    pub fn things(&self, least_words: usize) -> Vec<Vec<&AdSummary<'a>>> {
        let mut things: Vec<Vec<&AdSummary<'a>>> = self.personas().into_values().filter(|ads| ads.len() > 1).collect();
        things.extend(self.same_texts(least_words));
        things.extend(self.same_pictures());
        things
    }

    fn linked(&self, kind: LinkKind) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.links.iter().filter(move |link| link.2 == kind).map(|(a, b, _)| (*a, *b))
    }

    /// Ads that pairs hold together, in order of first sighting.
    pub fn sets(&self, pairs: impl IntoIterator<Item = (usize, usize)>) -> Vec<Vec<&AdSummary<'a>>> {
        let sets = components(self.ads.len(), pairs);
        let mut sets: Vec<Vec<&AdSummary<'a>>> =
            sets.iter().map(|set| set.iter().filter_map(|index| self.ads.get(*index)).collect()).collect();
        for set in &mut sets {
            set.sort_by(|a, b| (a.first, &a.facts.ad).cmp(&(b.first, &b.facts.ad)));
        }
        sets
    }
}
