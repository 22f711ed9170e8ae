//! `mentions`: what was read in an ad version. Spans are half-open byte offsets into the original UTF-8 text.

use domain::{Reading, Span};
use serde::Serialize;

/// A span as it stands in a row.
#[derive(Serialize)]
pub struct At {
    field: String,
    start: usize,
    end: usize,
}

impl From<&Span> for At {
    fn from(span: &Span) -> Self {
        At { field: span.field.to_string(), start: span.start, end: span.end }
    }
}

/// The mentions of one ad version or text.
#[derive(Serialize)]
pub struct MentionsRow<'a> {
    languages: Vec<&'a str>,
    phones: Vec<PhoneRow<'a>>,
    prices: Vec<PriceRow<'a>>,
    ages: Vec<AgeRow>,
    names: Vec<NameRow<'a>>,
    places: Vec<PlaceRow<'a>>,
    emails: Vec<EmailRow<'a>>,
    urls: Vec<UrlRow<'a>>,
    addresses: Vec<AddressRow<'a>>,
    handles: Vec<HandleRow<'a>>,
}

#[derive(Serialize)]
struct PhoneRow<'a> {
    e164: &'a str,
    #[serde(flatten)]
    at: At,
    obscured: bool,
}

#[derive(Serialize)]
struct PriceRow<'a> {
    amount: u32,
    currency: &'a str,
    minutes: Option<u32>,
    #[serde(flatten)]
    at: At,
}

#[derive(Serialize)]
struct AgeRow {
    years: u32,
    #[serde(flatten)]
    at: At,
}

#[derive(Serialize)]
struct NameRow<'a> {
    name: &'a str,
    #[serde(flatten)]
    at: At,
}

#[derive(Serialize)]
struct PlaceRow<'a> {
    municipality_code: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    candidates: &'a [String],
    place: &'a str,
    postal_code: Option<&'a str>,
    #[serde(flatten)]
    at: At,
}

#[derive(Serialize)]
struct EmailRow<'a> {
    address: &'a str,
    #[serde(flatten)]
    at: At,
}

#[derive(Serialize)]
struct UrlRow<'a> {
    url: &'a str,
    #[serde(flatten)]
    at: At,
}

#[derive(Serialize)]
struct AddressRow<'a> {
    text: &'a str,
    #[serde(flatten)]
    at: At,
}

#[derive(Serialize)]
struct HandleRow<'a> {
    service: &'a str,
    handle: &'a str,
    #[serde(flatten)]
    at: At,
}

impl<'a> From<&'a Reading> for MentionsRow<'a> {
    fn from(reading: &'a Reading) -> Self {
        MentionsRow {
            languages: reading.languages.iter().map(|guess| guess.code.as_str()).collect(),
            phones: (reading.phones.iter())
                .map(|m| PhoneRow { e164: &m.e164, at: (&m.span).into(), obscured: m.obscured })
                .collect(),
            prices: (reading.prices.iter())
                .map(|m| PriceRow { amount: m.amount, currency: &m.currency, minutes: m.minutes, at: (&m.span).into() })
                .collect(),
            ages: reading.ages.iter().map(|m| AgeRow { years: m.years, at: (&m.span).into() }).collect(),
            names: reading.names.iter().map(|m| NameRow { name: &m.name, at: (&m.span).into() }).collect(),
            places: (reading.places.iter())
                .map(|m| PlaceRow {
                    municipality_code: m.municipality_code.as_deref(),
                    candidates: &m.candidates,
                    place: &m.place,
                    postal_code: m.postal_code.as_deref(),
                    at: (&m.span).into(),
                })
                .collect(),
            emails: reading.emails.iter().map(|m| EmailRow { address: &m.address, at: (&m.span).into() }).collect(),
            urls: reading.urls.iter().map(|m| UrlRow { url: &m.url, at: (&m.span).into() }).collect(),
            addresses: reading.addresses.iter().map(|m| AddressRow { text: &m.text, at: (&m.span).into() }).collect(),
            handles: (reading.handles.iter())
                .map(|m| HandleRow { service: &m.service, handle: &m.handle, at: (&m.span).into() })
                .collect(),
        }
    }
}

/// A line of `bavn export mentions`.
#[derive(Serialize)]
pub struct MentionsLine<'a> {
    /// Site.
    pub site: &'a str,
    /// The site's own id.
    pub ad_id: &'a str,
    /// Version, from 1.
    pub version: u32,
    /// The mentions.
    #[serde(flatten)]
    pub mentions: MentionsRow<'a>,
}
