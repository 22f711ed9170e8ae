//! The links as they are shown and exported: one row a pair of ads and kind.

use crate::desk::Desk;
use crate::forest::Forest;
use crate::hub::Hub;
use crate::index::Index;
use crate::levels::LevelName;
use crate::note;
use crate::parameters::LinkParameters;
use crate::tie::Weighed;
use crate::waterfall::MANUAL_BITS;
use crate::{Judged, text::Texts};
use domain::{AdRef, Bilingual, ContactKind, DampedContact, Link, LinkKind};
use std::collections::BTreeMap;

/// What links are made of.
pub struct Sources<'s> {
    pub index: &'s Index<'s>,
    pub texts: &'s Texts,
    pub hubs: &'s BTreeMap<u32, Hub>,
    pub judged: &'s [Judged],
    pub desks: &'s [Desk],
    pub pairs: &'s [(u32, u32)],
    pub weighed: &'s [Weighed],
    pub parameters: &'s LinkParameters,
}

#[derive(Default)]
struct Rows(BTreeMap<(u32, u32, LinkKind), (f64, bool, Bilingual)>);

impl Rows {
    /// Of two rows of one kind between two ads the one that joins stays, else the stronger.
    fn add(&mut self, a: u32, b: u32, kind: LinkKind, bits: f64, joins: bool, note: Bilingual) {
        if a == b {
            return;
        }
        let key = (a.min(b), a.max(b), kind);
        match self.0.get(&key) {
            Some((known, known_joins, _)) if (*known_joins, *known) >= (joins, bits) => {}
            _ => _ = self.0.insert(key, (bits, joins, note)),
        }
    }
}

/// All links, sorted by (a, b, kind). `advertisers` and `networks` say what was accepted in the end.
pub fn all(sources: &Sources, advertisers: &mut Forest, networks: &mut Forest) -> Vec<Link> {
    let mut rows = Rows::default();
    by_contact(sources, advertisers, &mut rows);
    by_evidence(sources, networks, &mut rows);
    within_desks(sources, &mut rows);
    for one in sources.judged {
        let bits = if one.same { MANUAL_BITS } else { -MANUAL_BITS };
        let note = note::judged(one.same);
        rows.add(one.a, one.b, LinkKind::Manual, bits, one.same, note);
    }
    let name = |ad: u32| sources.index.ads[ad as usize].ad.clone();
    rows.0
        .into_iter()
        .map(|((a, b, kind), (bits, joins, note))| Link { a: name(a), b: name(b), kind, bits, joins, note })
        .collect()
}

/// The ads of damped contacts as chains in time order, which hold nothing; sorted by (a, b, kind). `order` sorts the ads of
/// one (ties: by ad). They are made from the whole result, since such a contact stands in many closures.
pub fn damped_links<T: Ord>(damped: &[DampedContact], order: impl Fn(&DampedContact, &AdRef) -> T) -> Vec<Link> {
    let mut rows: BTreeMap<(AdRef, AdRef, LinkKind), Link> = BTreeMap::new();
    for one in damped {
        let kind = link_kind(one.contact.kind);
        let mut ads: Vec<&AdRef> = one.ads.iter().collect();
        ads.sort_by_cached_key(|ad| (order(one, ad), *ad));
        for two in ads.windows(2).filter(|two| two[0] != two[1]) {
            let (a, b) = (two[0].min(two[1]).clone(), two[0].max(two[1]).clone());
            let note = note::contact(one.contact.kind, true, false);
            rows.insert((a.clone(), b.clone(), kind), Link { a, b, kind, bits: 0.0, joins: false, note });
        }
    }
    rows.into_values().collect()
}

fn link_kind(kind: ContactKind) -> LinkKind {
    match kind {
        ContactKind::Phone => LinkKind::Phone,
        ContactKind::Email => LinkKind::Email,
        ContactKind::Handle => LinkKind::Handle,
    }
}

fn by_contact(sources: &Sources, advertisers: &mut Forest, rows: &mut Rows) {
    for (contact, list) in (0u32..).zip(&sources.index.ads_of_contact) {
        if sources.hubs.contains_key(&contact) {
            continue; // Its ads may stand in many closures: `damped_links` shows them.
        }
        let kind = sources.index.contacts[contact as usize].kind;
        let link = link_kind(kind);
        let full = sources.parameters.bits(LevelName::of_contact(kind));
        let lists = |ad: u32| sources.index.details[ad as usize].listed.contains(&contact);
        let mut chain = |two: [u32; 2]| {
            let listed = lists(two[0]) || lists(two[1]);
            let joins = !listed && advertisers.find(two[0]) == advertisers.find(two[1]);
            let bits = if listed { 0.0 } else { full };
            rows.add(two[0], two[1], link, bits, joins, note::contact(kind, false, listed));
        };
        // Ads that join by it are one chain; a directory page hangs beside it.
        let (listing, joining): (Vec<u32>, Vec<u32>) = list.iter().partition(|ad| lists(**ad));
        joining.windows(2).for_each(|two| chain([two[0], two[1]]));
        if let Some(first) = joining.first().or(listing.first()) {
            listing.iter().for_each(|page| chain([*first, *page]));
        }
    }
    let mut kept: Vec<(u32, u32)> = sources.hubs.values().flat_map(|hub| hub.kept.iter().copied()).collect();
    kept.sort_unstable();
    kept.dedup();
    for (x, y) in kept {
        let same_text = sources.texts.of_ad[x as usize].iter().any(|a| {
            let near = |b: &u32| sources.texts.agreement(*a, *b).similarity >= sources.parameters.text_similarity;
            sources.texts.of_ad[y as usize].iter().any(near)
        });
        let kind = if same_text { LinkKind::Text } else { LinkKind::Image };
        let bits = if same_text {
            sources.parameters.bits(LevelName::Text)
        } else {
            sources.parameters.bits(LevelName::Image)
        };
        let joins = advertisers.find(x) == advertisers.find(y);
        let note = note::say(
            "Samme dæmpede kontaktpunkt, og tekst eller billede siger det samme",
            "The same damped contact, and a text or picture says so too",
        );
        rows.add(x, y, kind, bits, joins, note);
    }
}

fn by_evidence(sources: &Sources, networks: &mut Forest, rows: &mut Rows) {
    for ((x, y), weighed) in sources.pairs.iter().zip(sources.weighed) {
        let (x, y) = (&sources.desks[*x as usize], &sources.desks[*y as usize]);
        let accepted = weighed.joins_network(sources.parameters) && networks.find(x.ads[0]) == networks.find(y.ads[0]);
        for tie in &weighed.ties {
            if let (Some(kind), Some((a, b))) = (tie.kind.link(), tie.ads) {
                // An address or a habit never holds anybody together; it is shown beside what does.
                let joins = accepted && tie.kind.may_join() && tie.bits > 0.0;
                rows.add(a, b, kind, tie.bits, joins, tie.note.clone());
            }
        }
    }
}

/// Texts and pictures that recur among ads of one contact: chains in time order that hold nothing, since the contact
/// does.
fn within_desks(sources: &Sources, rows: &mut Rows) {
    for desk in sources.desks {
        for list in desk.pictures.values() {
            let note = || note::say("Samme billede, samme kontaktpunkt", "The same picture, the same contact");
            let bits = sources.parameters.bits(LevelName::Image);
            list.windows(2).for_each(|two| rows.add(two[0], two[1], LinkKind::Image, bits, false, note()));
        }
        for (text, list) in &desk.texts {
            let bits = sources.texts.agreement(*text, *text).bits.min(sources.parameters.bits(LevelName::Text));
            let note = || note::say("Samme tekst, samme kontaktpunkt", "The same text, the same contact");
            list.windows(2).for_each(|two| rows.add(two[0], two[1], LinkKind::Text, bits, false, note()));
        }
    }
}
