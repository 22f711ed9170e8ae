//! The population while it is being made: what is taken already, and how a draft becomes an ad.

use crate::draw::Draw;
use crate::grammar::Phrases;
use crate::likeness::Likeness;
use crate::numbers::Numbers;
use crate::picture::Picture;
use crate::places::{Town, Towns};
use crate::population::{
    DemoAd, DemoVersion, Kind, Operator, PhoneTruth, Population, PopulationSettings, PriceTruth, SITES,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// What a writer wants to say; the site decides how its fields look.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub title: String,
    pub body: String,
    /// The number in the site's own field.
    pub phone: Option<String>,
    pub name: Option<String>,
    pub age: Option<u32>,
    pub price: Option<u32>,
    pub category: &'static str,
    pub town: Town,
    pub images: Vec<u32>,
    pub phones: Vec<PhoneTruth>,
    pub prices: Vec<PriceTruth>,
    pub languages: Vec<&'static str>,
    pub signs: Vec<&'static str>,
}

impl Draft {
    /// Whether a site would show another ad, or the same one again.
    pub fn differs(&self, other: &Draft) -> bool {
        let shown = |draft: &Draft| {
            (draft.title.clone(), draft.body.clone(), draft.phone.clone(), draft.price, draft.age, draft.town.clone())
        };
        shown(self) != shown(other) || self.images != other.images
    }
}

/// An ad before it has its id.
#[derive(Debug)]
pub(crate) struct AdDraft {
    pub site: &'static str,
    pub operator: usize,
    pub persona: String,
    pub up_from: Timestamp,
    pub up_until: Timestamp,
    pub versions: Vec<(Timestamp, Draft)>,
}

/// Everything that is being made.
pub(crate) struct World {
    pub settings: PopulationSettings,
    pub towns: Towns,
    pub phrases: Phrases,
    pub numbers: Numbers,
    pub likeness: Likeness,
    pub operators: Vec<Operator>,
    pictures: Vec<Picture>,
    ads: Vec<AdDraft>,
}

impl World {
    pub fn new(settings: &PopulationSettings) -> Self {
        Self {
            settings: settings.clone(),
            towns: Towns::read(),
            phrases: Phrases::read(),
            numbers: Numbers::default(),
            likeness: Likeness::default(),
            operators: Vec::new(),
            pictures: Vec::new(),
            ads: Vec::new(),
        }
    }

    /// The stream of one operator.
    pub fn draw(&self, label: &str, index: u32) -> Draw {
        Draw::of(self.settings.seed, label, u64::from(index))
    }

    /// Enters an operator and gives its position.
    pub fn operator(&mut self, kind: Kind, pattern: &str, phones: Vec<String>, personas: Vec<String>) -> usize {
        let id = format!("op-{:04}", self.operators.len() + 1);
        self.operators.push(Operator { id, kind, pattern: pattern.to_owned(), phones, personas });
        self.operators.len() - 1
    }

    pub fn picture(&mut self, picture: Picture) -> u32 {
        self.pictures.push(picture);
        self.pictures.len() as u32 - 1
    }

    /// A moment `hours` after the period's beginning (before it, if negative), to the minute.
    pub fn after(&self, hours: f64) -> Timestamp {
        self.settings.start + SignedDuration::from_mins((hours * 60.0).round() as i64)
    }

    /// Length of the period.
    pub fn hours(&self) -> f64 {
        24.0 * f64::from(self.settings.days)
    }

    pub fn ad(&mut self, ad: AdDraft) {
        debug_assert!(!ad.versions.is_empty() && ad.up_from < ad.up_until);
        self.ads.push(ad);
    }

    /// Gives every ad its id, in the order in which they came up on their site.
    pub fn finish(self) -> Population {
        let mut drafts = self.ads;
        // The sort is stable, so ads of one minute stay in the order in which their operators were made.
        drafts.sort_by_key(|ad| (ad.site, ad.up_from));
        let mut draw = Draw::of(self.settings.seed, "ids", 0);
        let mut last = 41_200;
        let ads = drafts.into_iter().map(|draft| {
            last += draw.between(1, 9) as u32;
            let ad_id = if draft.site == "demo-cards" { card_id(last) } else { last.to_string() };
            let versions = draft.versions.into_iter().map(|(from, version)| shown(draft.site, from, version)).collect();
            DemoAd {
                site: draft.site,
                ad_id,
                operator: draft.operator,
                persona: draft.persona,
                up_from: draft.up_from,
                up_until: draft.up_until,
                versions,
            }
        });
        Population { settings: self.settings, operators: self.operators, ads: ads.collect(), pictures: self.pictures }
    }
}

/// Six letters and digits; different for different numbers, since both steps can be undone.
fn card_id(number: u32) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstvwxyz0123456789";
    let mixed = number.wrapping_mul(0x2f0b_4c47) & 0x3fff_ffff;
    (0..6).map(|at| char::from(LETTERS[(mixed >> (5 * at)) as usize & 31])).collect()
}

/// A draft as its site shows it.
fn shown(site: &'static str, from: Timestamp, draft: Draft) -> DemoVersion {
    let cards = site == SITES[0];
    let mut fields = BTreeMap::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    let digits = |e164: String| e164.trim_start_matches("+45").to_owned();
    set(
        "phone",
        match site {
            "demo-cards" => draft.phone,
            "demo-veiled" => draft.phone.map(digits),
            _ => draft.phone.map(digits).map(|n| format!("{} {} {} {}", &n[..2], &n[2..4], &n[4..6], &n[6..])),
        },
    );
    let place = format!("{} {}", draft.town.postal_code, draft.town.name);
    set("place", Some(if cards { draft.town.name.clone() } else { place }));
    set(
        "price",
        draft.price.map(|price| if cards { format!("{price} kr.") } else { format!("{} kr.", thousands(price)) }),
    );
    set("name", draft.name);
    set("age", draft.age.map(|age| age.to_string()));
    set("category", Some(draft.category.to_owned()));
    DemoVersion {
        from,
        title: draft.title,
        body: draft.body,
        fields,
        images: draft.images,
        phones: draft.phones,
        prices: draft.prices,
        town: draft.town,
        languages: draft.languages,
        signs: draft.signs,
    }
}

/// `1400` as Danes write it: `1.400`.
pub(crate) fn thousands(number: u32) -> String {
    if number >= 1000 { format!("{}.{:03}", number / 1000, number % 1000) } else { number.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_ids_are_different_and_plain() {
        let ids: std::collections::BTreeSet<String> = (41_200..61_200).map(card_id).collect();
        assert_eq!(ids.len(), 20_000);
        assert!(ids.iter().all(|id| id.len() == 6 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())));
        assert_eq!((thousands(800), thousands(1400), thousands(1005)), ("800".into(), "1.400".into(), "1.005".into()));
    }
}
