//! Drafting an adapter: from a listing's address to a `site.toml` that a person goes on with.
//!
//! The [`Drafter`] says which page it wants next and takes it; who fetches it, and how politely, is not its business. What
//! it looks at, in this order: entries that are written alike, each with a link of the same kind ([`cards`]); the way to the
//! next page ([`paging`]); the part of the ads' addresses that is their id ([`address`]); then, from some ads' pages, the
//! elements that differ from ad to ad and say what the listing says ([`texts`]), tables of labels ([`rows`]), and what pages
//! say for machines ([`machine`]).
//!
//! **Invariant**: pure; what it writes loads as an adapter, holds no approval, and gives a reason for every rule.

mod address;
mod cards;
mod fields;
mod machine;
mod paging;
mod result;
mod rows;
mod select;
mod site;
mod texts;
mod write;

pub use result::{Draft, DraftError, DraftSettings, Found};

use super::document::Document;
use super::feed;
use super::issues::Issues;
use cards::{Card, Cards};
use domain::Page;
use paging::Paging;
use select::Compiled;
use std::collections::{BTreeSet, VecDeque};
use url::Url;

/// A rule with its reason.
#[derive(Debug, Clone)]
struct Rule {
    key: &'static str,
    toml: String,
    why: String,
}

/// One ad's page.
struct Sample {
    page: Page,
    document: Document,
    card: Option<Card>,
    /// The kind of address that ads of the site have.
    ad_kind: Option<String>,
}

/// A page that the draft needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Absolute address.
    pub url: String,
    /// As what it is wanted.
    pub kind: WantedKind,
}

/// As what a page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedKind {
    /// A listing page.
    Listing,
    /// An ad's page.
    Ad,
}

/// How many ads' pages are looked at.
const ADS: usize = 8;
/// How many further listing pages at most: the second and, once it is known how, the third.
const MORE_LISTINGS: usize = 3;

/// Collects pages until there is enough for a draft.
pub struct Drafter {
    start: Vec<String>,
    hosts: Vec<String>,
    wanted: VecDeque<Wanted>,
    asked: BTreeSet<String>,
    listings: Vec<Page>,
    ads: Vec<(Page, Option<Card>)>,
    /// What the first page showed.
    first: Option<First>,
    paging: Option<Paging>,
    /// Ways to the second page that were not tried yet.
    ways: VecDeque<Paging>,
    more_listings: usize,
}

enum First {
    Html(Cards),
    Feed { kind: &'static str, links: Vec<Url>, id: address::IdPattern },
}

impl Drafter {
    /// A draft for the site whose listing begins at these addresses.
    pub fn new(start: &[String]) -> Drafter {
        let mut hosts: Vec<String> =
            start.iter().filter_map(|url| Url::parse(url).ok()?.host_str().map(str::to_owned)).collect();
        hosts.dedup();
        let wanted: VecDeque<Wanted> =
            start.iter().map(|url| Wanted { url: url.clone(), kind: WantedKind::Listing }).collect();
        Drafter {
            start: start.to_vec(),
            hosts,
            asked: start.iter().cloned().collect(),
            wanted,
            listings: Vec::new(),
            ads: Vec::new(),
            first: None,
            paging: None,
            ways: VecDeque::new(),
            more_listings: 0,
        }
    }

    /// The next page that is wanted; `None` when there is enough, or nothing more to be had.
    pub fn wants(&mut self) -> Option<Wanted> {
        self.wanted.pop_front()
    }

    /// Takes a page that was wanted. One that could not be had is simply not given.
    pub fn take(&mut self, wanted: &Wanted, page: Page) {
        match wanted.kind {
            WantedKind::Listing => self.take_listing(page),
            WantedKind::Ad => {
                let card = match &self.first {
                    Some(First::Html(cards)) => {
                        cards.cards.iter().find(|card| card.url.as_str() == wanted.url).cloned()
                    }
                    _ => None,
                };
                self.ads.push((page, card));
            }
        }
    }

    fn take_listing(&mut self, page: Page) {
        if self.first.is_none() {
            self.first = self.first_page(&page);
            self.want_ads(ADS * 5 / 8);
        } else if matches!(self.first, Some(First::Html(_))) {
            self.further_page(&page);
        }
        self.listings.push(page);
    }

    fn first_page(&mut self, page: &Page) -> Option<First> {
        let text = super::document::text_of_page(page, super::guard::MAX_FEED_BYTES, &mut Issues::default()).text;
        let start: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(600).collect();
        let lower = start.to_ascii_lowercase();
        let is = |name: &str| lower.contains(&format!("<{name}"));
        let feed = if is("urlset") || is("sitemapindex") {
            Some(("sitemap", feed::sitemap(&text, &mut Issues::default())))
        } else if is("rss") || is("feed") || is("rdf:rdf") {
            Some(("rss", feed::feed(&text, &mut Issues::default())))
        } else {
            None
        };
        if let Some((kind, feed)) = feed {
            let base = Url::parse(&page.url).ok()?;
            let all: Vec<Url> = feed.entries.iter().filter_map(|entry| base.join(entry.link.trim()).ok()).collect();
            let links = of_commonest_kind(all);
            let id = address::id_pattern(&links)?;
            return Some(First::Feed { kind, links, id });
        }
        let document = Document::read(page, &[], &mut Issues::default());
        let mut compiled = Compiled::default();
        let cards = cards::find(&document, &mut compiled, &self.hosts, page.fetched_at)?;
        self.ways = paging::ways(&document, &mut compiled).into();
        self.try_next_way();
        Some(First::Html(cards))
    }

    /// Wants the page to which the next untried way leads.
    fn try_next_way(&mut self) {
        while self.more_listings < MORE_LISTINGS {
            let Some(way) = self.ways.pop_front() else { return };
            if self.want(way.next.clone(), WantedKind::Listing) {
                self.more_listings += 1;
                self.paging = Some(way);
                return;
            }
        }
    }

    /// A second page is one with other ads of the same kind; else the way to it was none.
    fn further_page(&mut self, page: &Page) {
        let Some(First::Html(known)) = &mut self.first else { return };
        let document = Document::read(page, &[], &mut Issues::default());
        let mut compiled = Compiled::default();
        let other_start = self.start.contains(&page.url);
        let mut new = Vec::new();
        if let Some(found) = cards::find(&document, &mut compiled, &self.hosts, page.fetched_at)
            && found.kind == known.kind
        {
            new = found.cards.into_iter().filter(|card| !known.cards.iter().any(|old| old.url == card.url)).collect();
        }
        let right = !new.is_empty();
        known.cards.extend(new);
        if other_start {
            // Another of the listing's beginnings; it may be the first that shows the way on.
            if self.paging.is_none() {
                self.ways = paging::ways(&document, &mut compiled).into();
                self.try_next_way();
            }
        } else if !right {
            self.paging = None;
            self.try_next_way();
        }
        if right {
            self.want_ads(ADS);
        }
    }

    fn want(&mut self, url: String, kind: WantedKind) -> bool {
        let new = self.asked.insert(url.clone());
        if new {
            self.wanted.push_back(Wanted { url, kind });
        }
        new
    }

    /// Wants ads' pages until `most` are asked for: some from the beginning, some from the end, since those say the most
    /// different things.
    fn want_ads(&mut self, most: usize) {
        let urls: Vec<Url> = match &self.first {
            Some(First::Html(cards)) => cards.cards.iter().map(|card| card.url.clone()).collect(),
            Some(First::Feed { links, .. }) => links.clone(),
            None => return,
        };
        let mut asked = urls.iter().filter(|url| self.asked.contains(url.as_str())).count();
        let order = (0..urls.len()).map(|at| if at % 2 == 0 { at / 2 } else { urls.len() - 1 - at / 2 });
        for at in order {
            if asked >= most {
                break;
            }
            asked += usize::from(self.want(urls[at].to_string(), WantedKind::Ad));
        }
    }
}

/// The addresses of the kind that most have: a sitemap lists all of a site's pages.
fn of_commonest_kind(urls: Vec<Url>) -> Vec<Url> {
    let mut counts = std::collections::BTreeMap::new();
    for url in &urls {
        *counts.entry(address::shape(url, true)).or_insert(0usize) += 1;
    }
    let Some((kind, _)) = counts.into_iter().max_by_key(|(_, count)| *count) else { return urls };
    urls.into_iter().filter(|url| address::shape(url, true) == kind).collect()
}
