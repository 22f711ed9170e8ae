//! The made-up population: who advertises, which ads they put up, and what is true about them.

use crate::picture::Picture;
use crate::places::Town;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The three sites, in the order of their folders.
pub const SITES: [&str; 3] = ["demo-cards", "demo-table", "demo-veiled"];

/// What a population is made from. The same settings give the same population on every machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopulationSettings {
    /// Everything random comes from it.
    pub seed: u64,
    /// Length of the period in days.
    pub days: u32,
    /// When it begins.
    pub start: Timestamp,
    /// How many desks advertise, all kinds together.
    pub advertisers: u32,
}

impl Default for PopulationSettings {
    /// 520 advertisers in September 2026.
    fn default() -> Self {
        // 2026-08-31T22:00:00Z is midnight in Denmark; the constant is in range by construction.
        let start = Timestamp::from_second(1_788_213_600).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { seed: 1, days: 30, start, advertisers: 520 }
    }
}

/// What an operator is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One person who decides for herself or himself; some share a flat, tour or change number.
    Independent,
    /// A lawful clinic: several persons, one number.
    Clinic,
    /// A network whose persons are controlled by others.
    Network,
    /// Fraud: nobody is there.
    Scam,
}

impl Kind {
    /// The word that the truth file uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Independent => "independent",
            Kind::Clinic => "clinic",
            Kind::Network => "network",
            Kind::Scam => "scam",
        }
    }
}

/// Who is behind ads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Such as `op-0017`.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// How it works, such as `tours`, `changes_number` or `circuit`.
    pub pattern: String,
    /// Its numbers in E.164.
    pub phones: Vec<String>,
    /// The persons it advertises, by the names it gives them.
    pub personas: Vec<String>,
}

/// A number in an ad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneTruth {
    /// In E.164.
    pub e164: String,
    /// Whether the writer hid it everywhere in this ad.
    pub obscured: bool,
}

/// A price in an ad's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceTruth {
    /// Danish kroner.
    pub amount: u32,
    /// For how long.
    pub minutes: u32,
}

/// What an ad says from one moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoVersion {
    /// When it begins to say so.
    pub from: Timestamp,
    /// Its title.
    pub title: String,
    /// Its text, lines parted by `\n`, no empty ones.
    pub body: String,
    /// The site's fields: `phone`, `place`, `price`, `name`, `age`, `category`; as the adapter must read them.
    pub fields: BTreeMap<String, String>,
    /// Its pictures by their ids, in order.
    pub images: Vec<u32>,
    /// Numbers in fields or text.
    pub phones: Vec<PhoneTruth>,
    /// Prices in the text.
    pub prices: Vec<PriceTruth>,
    /// The town where it stands.
    pub town: Town,
    /// `da`, `en` or both.
    pub languages: Vec<&'static str>,
    /// Signs that its writer put in on purpose, by indicator id.
    pub signs: Vec<&'static str>,
}

/// An ad on a synthetic site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAd {
    /// One of [`SITES`].
    pub site: &'static str,
    /// The site's own id.
    pub ad_id: String,
    /// Position of its operator in [`Population::operators`].
    pub operator: usize,
    /// The name under which the ad presents somebody.
    pub persona: String,
    /// When it comes up.
    pub up_from: Timestamp,
    /// When it is taken down; it is not up at this moment.
    pub up_until: Timestamp,
    /// What it says, in order of time; never empty, the first begins at `up_from`.
    pub versions: Vec<DemoVersion>,
}

impl DemoAd {
    /// Whether it is up.
    pub fn is_up(&self, at: Timestamp) -> bool {
        self.up_from <= at && at < self.up_until
    }

    /// What it says at a moment; before its time what it will say first, after its time what it said last.
    pub fn version_at(&self, at: Timestamp) -> &DemoVersion {
        let later = self.versions.iter().skip(1).filter(|version| version.from <= at).count();
        // `versions` is never empty (made in `world.rs`, asserted by the tests of the population).
        &self.versions[later]
    }

    /// The path of its page on its site.
    pub fn path(&self) -> String {
        match self.site {
            "demo-table" => format!("/annonce.php?id={}", self.ad_id),
            "demo-cards" => format!("/annonce/{}", self.ad_id),
            _ => format!("/vis/{}", self.ad_id),
        }
    }
}

/// All operators, ads and pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// What it was made from.
    pub settings: PopulationSettings,
    /// Who advertises.
    pub operators: Vec<Operator>,
    /// All ads by site, then by when they come up.
    pub ads: Vec<DemoAd>,
    /// Pictures; an image id is a position here.
    pub pictures: Vec<Picture>,
}

impl Population {
    /// Makes the population of these settings.
    ///
    /// ```
    /// let settings = demo::PopulationSettings { advertisers: 40, ..Default::default() };
    /// let population = demo::Population::generate(&settings);
    /// assert!(population.ads.len() > 60);
    /// assert_eq!(population.truth_jsonl().lines().count(), population.ads.len());
    /// ```
    pub fn generate(settings: &PopulationSettings) -> Self {
        let mut world = crate::world::World::new(settings);
        let share = |of_thousand: u32, least: u32| (settings.advertisers * of_thousand / 1000).max(least);
        let (networks, clinics, scams) = (share(10, 2), share(20, 2), share(22, 2));
        let independents = settings.advertisers.saturating_sub(networks + clinics + scams);
        crate::independents::add(&mut world, independents);
        crate::clinics::add(&mut world, clinics);
        crate::networks::add(&mut world, networks);
        crate::scams::add(&mut world, scams);
        world.finish()
    }

    /// When the period ends.
    pub fn end(&self) -> Timestamp {
        self.settings.start + jiff::SignedDuration::from_hours(24 * i64::from(self.settings.days))
    }

    /// The ads of `site` that are up, the newest first, as its listing shows them.
    pub fn up_at(&self, site: &str, at: Timestamp) -> Vec<&DemoAd> {
        let mut ads: Vec<&DemoAd> = self.ads.iter().filter(|ad| ad.site == site && ad.is_up(at)).collect();
        ads.reverse();
        ads
    }

    /// An ad by its site's id.
    pub fn ad(&self, site: &str, ad_id: &str) -> Option<&DemoAd> {
        self.ads.iter().find(|ad| ad.site == site && ad.ad_id == ad_id)
    }

    /// A picture as PNG; empty for an id that no ad has.
    pub fn image_png(&self, image_id: u32) -> Vec<u8> {
        self.pictures.get(image_id as usize).map_or_else(Vec::new, Picture::png)
    }
}
