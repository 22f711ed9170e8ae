//! A case's ads with their versions, texts and the picture of them over time.

use super::changes::{self, Change};
use super::firings::{Shown, join};
use crate::highlight::{Segment, segments};
use crate::page::Page;
use crate::picture::timeline;
use domain::{Field, MaskedText, VersionFacts};
use store::CaseAd;

/// Most ads shown at first.
pub const MOST_ADS: usize = 12;
/// Most ads that the picture can hold and still be read.
const MOST_ROWS: usize = 40;
/// Newest versions of an ad whose texts a case shows at first: its page has all of them.
pub const MOST_VERSIONS: usize = 2;
/// Most changes shown of a version.
const MOST_CHANGES: usize = 12;

/// An ad.
pub struct AdView {
    /// Name within the page.
    pub anchor: String,
    /// The page of the ad alone.
    pub href: String,
    /// The site and the store's own number.
    pub label: String,
    /// First sighting.
    pub first_seen: String,
    /// Last sighting, and whether it is gone.
    pub last_seen: String,
    /// Days on which it was seen.
    pub days: String,
    /// Pseudonyms of its contacts.
    pub contacts: String,
    /// Places and times, for the heading.
    pub where_and_when: String,
    /// How many versions there are.
    pub count: String,
    /// What it said: the newest versions.
    pub versions: Vec<VersionView>,
    /// Earlier versions that are left out.
    pub earlier: i64,
}

/// A version.
pub struct VersionView {
    /// Number and times.
    pub title: String,
    /// What is other than in the version before.
    pub changed: Option<String>,
    /// Word by word, with the field's name.
    pub changes: Vec<(String, Change)>,
    /// Its texts.
    pub fields: Vec<FieldView>,
}

/// A text of a version.
pub struct FieldView {
    /// Which.
    pub name: String,
    /// The masked words.
    pub segments: Vec<Segment>,
}

impl FieldView {
    fn words(&self) -> String {
        self.segments.iter().map(|segment| segment.text.as_str()).collect()
    }
}

/// An ad's name within the page.
pub fn anchor(number: usize) -> String {
    format!("ad-{}", number + 1)
}

/// The address of the page of an ad alone.
pub fn href(ad: &CaseAd) -> String {
    format!("/ad/{}", ad.label.number)
}

/// The ads, at most `most`, each with its newest `versions`.
pub fn ads(shown: &Shown<'_>, ads: &[CaseAd], most: usize, versions: usize) -> Vec<AdView> {
    ads.iter().take(most).enumerate().map(|(number, ad)| view(shown, number, ad, versions)).collect()
}

fn view(shown: &Shown<'_>, number: usize, ad: &CaseAd, most: usize) -> AdView {
    let earlier = ad.versions.len().saturating_sub(most);
    let page = shown.page;
    let last = page.short_time(&ad.last_seen);
    let mut places: Vec<String> = Vec::new();
    for place in ad.versions.iter().flat_map(|(facts, _)| &facts.places) {
        if !places.contains(&place.place) {
            places.push(place.place.clone());
        }
    }
    let from_to =
        page.t.vs("from-to", &[("from", page.short_date(&ad.first_seen)), ("to", page.short_date(&ad.last_seen))]);
    AdView {
        anchor: anchor(number),
        href: href(ad),
        count: shown.page.whole(ad.versions.len()),
        earlier: earlier as i64,
        label: ad.label.words.clone(),
        first_seen: page.short_time(&ad.first_seen),
        last_seen: match &ad.gone_at {
            Some(gone) => page.t.vs("last-seen-gone", &[("last", last), ("gone", page.short_date(gone))]),
            None => last,
        },
        days: page.whole(ad.sightings.len() as i64),
        contacts: ad.contacts.join(", "),
        where_and_when: if places.is_empty() { from_to } else { format!("{} · {from_to}", join(page, &places)) },
        versions: ad
            .versions
            .iter()
            .enumerate()
            .skip(earlier)
            .map(|(at, version)| version_view(shown, version, at.checked_sub(1).map(|before| &ad.versions[before])))
            .collect(),
    }
}

fn version_view(
    shown: &Shown<'_>,
    (facts, texts): &(VersionFacts, Vec<MaskedText>),
    before: Option<&(VersionFacts, Vec<MaskedText>)>,
) -> VersionView {
    let page = shown.page;
    let title = page.t.vs(
        "version-title",
        &[
            ("number", page.whole(i64::from(facts.version))),
            ("from", page.short_time(&facts.first_seen)),
            ("to", page.short_time(&facts.last_seen)),
        ],
    );
    let fields = fields(shown, facts, texts);
    let mut words = Vec::new();
    if let Some((facts, texts)) = before {
        // What is compared is what is shown: covered words stay covered.
        let old = self::fields(shown, facts, texts);
        for field in &fields {
            let was = old.iter().find(|was| was.name == field.name).map(FieldView::words).unwrap_or_default();
            words.extend(changes::between(&was, &field.words()).into_iter().map(|c| (field.name.clone(), c)));
        }
        words.truncate(MOST_CHANGES);
    }
    VersionView { title, changed: before.map(|before| changed(page, &before.1, texts)), changes: words, fields }
}

fn fields(shown: &Shown<'_>, facts: &VersionFacts, texts: &[MaskedText]) -> Vec<FieldView> {
    texts
        .iter()
        .filter(|text| !text.text.is_empty())
        .map(|text| FieldView {
            name: field_name(shown.page, &text.field),
            segments: segments(&text.text, (0, text.text.len()), &shown.marks(&facts.firings, &text.field)),
        })
        .collect()
}

/// Which texts differ. The masked texts are compared: a new number alone shows as a change of the contact.
fn changed(page: &Page, before: &[MaskedText], now: &[MaskedText]) -> String {
    let text_of = |texts: &[MaskedText], field: &Field| {
        texts.iter().find(|text| &text.field == field).map(|text| text.text.clone()).unwrap_or_default()
    };
    let mut fields: Vec<&Field> = before.iter().chain(now).map(|text| &text.field).collect();
    fields.dedup();
    let mut names: Vec<String> = Vec::new();
    for field in fields {
        let name = field_name(page, field);
        if text_of(before, field) != text_of(now, field) && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        page.t("version-changed-masked")
    } else {
        page.v("version-changed", "fields", join(page, &names))
    }
}

fn field_name(page: &Page, field: &Field) -> String {
    match field {
        Field::Title => page.t("field-title"),
        Field::Body => page.t("field-body"),
        Field::Text => page.t("field-text"),
        Field::Named(name) if matches!(name.as_str(), "phone" | "place" | "price" | "name" | "age" | "category") => {
            page.t(&format!("field-{name}"))
        }
        Field::Named(name) => name.clone(),
    }
}

/// The ads over time.
pub fn picture(page: &Page, ads: &[CaseAd]) -> String {
    let rows: Vec<timeline::Row> = ads
        .iter()
        .take(MOST_ROWS)
        .map(|ad| timeline::Row {
            label: ad.label.words.clone(),
            versions: ad.versions.iter().map(|(facts, _)| (facts.first_seen, facts.last_seen)).collect(),
            days: ad.sightings.iter().map(|sighting| sighting.day).collect(),
            gone_at: ad.gone_at,
        })
        .collect();
    timeline::timeline(page.t, &rows)
}
