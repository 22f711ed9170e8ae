//! The three sites: what each answers, and the servers that answer it.

mod cards;
mod dates;
mod html;
mod server;
mod table;
mod veiled;

pub use server::{DemoSites, RequestLogRow};

use crate::draw::fnv;
use crate::population::{DemoAd, DemoVersion, Kind, Population};
use jiff::Timestamp;

/// A site's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers by name, without the length.
    pub headers: Vec<(&'static str, String)>,
    /// The body in the site's charset.
    pub body: Vec<u8>,
}

impl Reply {
    fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| *header == name).map(|(_, value)| value.as_str())
    }
}

/// What a request asks for.
struct Asked<'a> {
    path: &'a str,
    query: &'a str,
}

impl Asked<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// A page number in the query or given; anything else than a positive number is the first page.
    fn page(text: Option<&str>) -> usize {
        text.and_then(|page| page.parse().ok()).filter(|page| *page >= 1).unwrap_or(1)
    }
}

/// An ad's page: whether it is up, was once, or never was.
enum Found<'a> {
    Up(&'a DemoAd, &'a DemoVersion),
    Ended(&'a DemoAd),
    /// The site closed the account: it throws out frauds.
    Closed,
    Unknown,
}

fn find<'a>(population: &'a Population, site: &str, ad_id: &str, now: Timestamp) -> Found<'a> {
    match population.ad(site, ad_id) {
        Some(ad) if ad.is_up(now) => Found::Up(ad, ad.version_at(now)),
        Some(ad) if ad.up_until <= now && population.operators[ad.operator].kind == Kind::Scam => Found::Closed,
        Some(ad) if ad.up_until <= now => Found::Ended(ad),
        _ => Found::Unknown,
    }
}

/// Page `page` (from 1) of `ads`, and whether more follow.
fn slice<'a, 'b>(ads: &'b [&'a DemoAd], page: usize, size: usize) -> (&'b [&'a DemoAd], bool) {
    let start = (page - 1).saturating_mul(size).min(ads.len());
    let end = (start + size).min(ads.len());
    (&ads[start..end], end < ads.len())
}

/// What `site` answers at `now` to a GET of `path_and_query`: the same on every call, so that a page can be kept as a
/// sample without a server. `if_none_match` is the request's header, empty if there was none.
pub fn reply(population: &Population, site: &str, path_and_query: &str, if_none_match: &str, now: Timestamp) -> Reply {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let asked = Asked { path, query };
    let mut reply = match site {
        "demo-table" => table::reply(population, &asked, now),
        "demo-cards" => cards::reply(population, &asked, now),
        "demo-veiled" => veiled::reply(population, &asked, now),
        _ => Reply::text(404, "text/plain; charset=utf-8", "no such site\n"),
    };
    if reply.status == 200 {
        let tag = format!("\"{:016x}\"", fnv(&reply.body));
        if if_none_match == tag {
            reply = Reply { status: 304, headers: Vec::new(), body: Vec::new() };
        }
        reply.headers.push(("etag", tag));
    }
    reply
}

fn image(population: &Population, id: Option<&str>) -> Reply {
    let png = id.and_then(|id| id.parse().ok()).map(|id| population.image_png(id)).unwrap_or_default();
    if png.is_empty() {
        return Reply::text(404, "text/plain; charset=utf-8", "no such picture\n");
    }
    let mut reply = Reply::text(200, "image/png", png);
    reply.headers.push(("cache-control", "max-age=86400".to_owned()));
    reply
}

/// How often a page was seen: grows with time and says nothing. Adapters leave it out.
fn views(ad: &DemoAd, now: Timestamp) -> i64 {
    let minutes = (now.as_second() - ad.up_from.as_second()) / 60;
    minutes / 3 + (fnv(ad.ad_id.as_bytes()) % 17) as i64
}
