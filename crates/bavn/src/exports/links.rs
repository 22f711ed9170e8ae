//! `links`: typed, weighted ties. Ads that share a contact are a chain in time order, not all pairs.

use domain::{AdRef, Link};
use serde::Serialize;

#[derive(Serialize)]
struct AdCell<'a> {
    site: &'a str,
    ad_id: &'a str,
}

impl<'a> From<&'a AdRef> for AdCell<'a> {
    fn from(ad: &'a AdRef) -> Self {
        AdCell { site: ad.site.as_str(), ad_id: &ad.ad_id }
    }
}

/// A line.
#[derive(Serialize)]
pub struct LinkLine<'a> {
    a: AdCell<'a>,
    b: AdCell<'a>,
    kind: &'static str,
    bits: f64,
    joins: bool,
    note: &'a str,
}

impl<'a> From<&'a Link> for LinkLine<'a> {
    fn from(link: &'a Link) -> Self {
        LinkLine {
            a: (&link.a).into(),
            b: (&link.b).into(),
            kind: link.kind.as_str(),
            bits: (link.bits * 10.0).round() / 10.0,
            joins: link.joins,
            note: &link.note.en,
        }
    }
}
