//! What is true, written beside what is shown; and the same ads as an import file, for tests without HTTP.

use crate::population::{DemoAd, DemoVersion, Population};
use domain::AdRef;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct TruthRow<'a> {
    site: &'a str,
    ad_id: &'a str,
    operator: &'a str,
    kind: &'a str,
    pattern: &'a str,
    persona: &'a str,
    up_from: Timestamp,
    up_until: Timestamp,
    versions: Vec<TruthVersion<'a>>,
}

#[derive(Serialize)]
struct TruthVersion<'a> {
    from: Timestamp,
    title: &'a str,
    body: &'a str,
    fields: &'a BTreeMap<String, String>,
    images: &'a [u32],
    phones: Vec<TruthPhone<'a>>,
    prices: Vec<TruthPrice>,
    municipality_code: &'a str,
    postal_code: &'a str,
    languages: &'a [&'static str],
    signs: &'a [&'static str],
}

#[derive(Serialize)]
struct TruthPhone<'a> {
    e164: &'a str,
    obscured: bool,
}

#[derive(Serialize)]
struct TruthPrice {
    amount: u32,
    minutes: u32,
}

/// A line of `bavn import ads`.
#[derive(Serialize)]
struct ImportRow<'a> {
    site: &'a str,
    ad_id: &'a str,
    url: String,
    posted_at: String,
    seen_at: Vec<String>,
    title: &'a str,
    body: &'a str,
    fields: &'a BTreeMap<String, String>,
    images: Vec<String>,
}

/// An ad version as plain values, to fill another listing engine with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassifiedAd {
    /// Which ad.
    pub ad: AdRef,
    /// From when to when it says this.
    pub shown: (Timestamp, Timestamp),
    /// Its title.
    pub title: String,
    /// Its text; with its number in it, since a plain engine has no field for one.
    pub body: String,
    /// Whole Danish kroner.
    pub price: Option<u32>,
    /// Town.
    pub place: String,
    /// Its category.
    pub category: String,
    /// Pictures as PNG.
    pub images: Vec<Vec<u8>>,
}

/// Looks every two hours, as an attentive crawler would.
const LOOK_EVERY_S: i64 = 2 * 3600;

impl Population {
    /// One line for each ad, in the order of [`Population::ads`]: who is behind it and what each version says.
    pub fn truth_jsonl(&self) -> String {
        lines(self.ads.iter().map(|ad| {
            let operator = &self.operators[ad.operator];
            TruthRow {
                site: ad.site,
                ad_id: &ad.ad_id,
                operator: &operator.id,
                kind: operator.kind.as_str(),
                pattern: &operator.pattern,
                persona: &ad.persona,
                up_from: ad.up_from,
                up_until: ad.up_until,
                versions: ad.versions.iter().map(truth_version).collect(),
            }
        }))
    }

    /// The ads as `bavn import ads` takes them, seen every two hours from the period's beginning to its end: one line
    /// for each version that was seen. Pictures are named `images/<id>.png` (see [`Population::image_png`]).
    pub fn ads_jsonl(&self) -> String {
        let denmark = TimeZone::get("Europe/Copenhagen").unwrap_or(TimeZone::UTC);
        let local = |at: Timestamp| at.to_zoned_datetime(denmark.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        lines(self.ads.iter().flat_map(|ad| self.shown(ad)).filter_map(|(ad, version, until)| {
            let seen_at: Vec<String> = self.looks(version.from, until).map(local).collect();
            (!seen_at.is_empty()).then(|| ImportRow {
                site: ad.site,
                ad_id: &ad.ad_id,
                url: format!("http://{}.invalid{}", ad.site, ad.path()),
                posted_at: local(ad.up_from),
                seen_at,
                title: &version.title,
                body: &version.body,
                fields: &version.fields,
                images: version.images.iter().map(|image| format!("images/{image}.png")).collect(),
            })
        }))
    }

    /// Every version of every ad as plain values, by site and time.
    pub fn classified_ads(&self) -> Vec<ClassifiedAd> {
        let ads = self.ads.iter().flat_map(|ad| self.shown(ad));
        ads.map(|(ad, version, until)| {
            let field = |name: &str| version.fields.get(name).cloned();
            let body = match version.fields.get("phone") {
                Some(phone) => format!("{}\n{phone}", version.body),
                None => version.body.clone(),
            };
            let price = field("price").map(|price| price.chars().filter(char::is_ascii_digit).collect::<String>());
            ClassifiedAd {
                ad: AdRef::new(ad.site, ad.ad_id.clone()),
                shown: (version.from, until),
                title: version.title.clone(),
                body,
                price: price.and_then(|price| price.parse().ok()),
                place: version.town.name.clone(),
                category: field("category").unwrap_or_default(),
                images: version.images.iter().map(|image| self.image_png(*image)).collect(),
            }
        })
        .collect()
    }

    /// An ad's versions, each with its end.
    fn shown<'a>(&self, ad: &'a DemoAd) -> Vec<(&'a DemoAd, &'a DemoVersion, Timestamp)> {
        let ends = ad.versions.iter().skip(1).map(|version| version.from).chain([ad.up_until]);
        ad.versions.iter().zip(ends).map(|(version, until)| (ad, version, until)).collect()
    }

    fn looks(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Timestamp> + use<> {
        let start = self.settings.start;
        let (from, until) = (from.max(start), until.min(self.end() + SignedDuration::from_secs(1)));
        let first = (from.as_second() - start.as_second()).div_euclid(LOOK_EVERY_S);
        (first..)
            .map(move |look| start + SignedDuration::from_secs(look * LOOK_EVERY_S))
            .skip_while(move |at| *at < from)
            .take_while(move |at| *at < until)
    }
}

fn truth_version(version: &DemoVersion) -> TruthVersion<'_> {
    TruthVersion {
        from: version.from,
        title: &version.title,
        body: &version.body,
        fields: &version.fields,
        images: &version.images,
        phones: version.phones.iter().map(|phone| TruthPhone { e164: &phone.e164, obscured: phone.obscured }).collect(),
        prices: version
            .prices
            .iter()
            .map(|price| TruthPrice { amount: price.amount, minutes: price.minutes })
            .collect(),
        municipality_code: &version.town.municipality_code,
        postal_code: &version.town.postal_code,
        languages: &version.languages,
        signs: &version.signs,
    }
}

fn lines<T: Serialize>(rows: impl Iterator<Item = T>) -> String {
    let mut text = String::new();
    for row in rows {
        // Rows of strings, numbers and lists always serialise; a missing line would show in the counts of the tests.
        if let Ok(line) = serde_json::to_string(&row) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}
