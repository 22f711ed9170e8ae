//! Reading a listing page.

use super::Adapter;
use super::document::{self, Document};
use super::feed;
use super::guard::MAX_FEED_BYTES;
use super::issues::Issues;
use super::plan::{ListingKind, Next, PageCount};
use super::rule::Rules;
use super::selector::Selector;
use super::settings::SiteSettings;
use super::text::text_of;
use super::value::Scope;
use domain::{ListingItem, ListingRead, Mark, Page};
use scraper::ElementRef;
use std::collections::HashSet;
use std::sync::LazyLock;
use url::Url;

// Compiled from a constant, so that `unwrap` cannot fail once a test ran it.
#[allow(clippy::unwrap_used)]
static LINK: LazyLock<Selector> = LazyLock::new(|| Selector::parse("a[href]").unwrap());

impl Adapter {
    /// What a listing page holds.
    pub fn read_listing(&self, page: &Page) -> ListingRead {
        match &self.listing.kind {
            ListingKind::Html { item, link, excerpt, ignored } => {
                let mut issues = Issues::default();
                let document = Document::read_for(page, ignored, &self.wanted, &mut issues);
                let mark = self.marks.of(&document);
                if mark == Some(Mark::Challenge) {
                    return ListingRead { mark, issues: issues.0, ..ListingRead::default() };
                }
                let mut items = Items::new(&self.settings);
                for entry in document.select(None, item) {
                    let Some(url) = self.link(&document, entry, link.as_ref(), &mut issues) else { continue };
                    let scope = Scope { document: &document, entry: Some(entry), url: url.as_str(), rows: &[] };
                    let ad_id = self.listing.ad_id.value(scope, &mut issues);
                    items.add(ad_id, &url, || excerpt_of(&document, entry, excerpt), &mut issues);
                }
                if items.entries == 0 && mark.is_none() {
                    issues.add("listing.item", "matches no entry, and no mark says that the listing is empty");
                }
                let next = self.next(&document, page, items.entries > 0, &mut issues);
                ListingRead { items: items.kept, next, mark, incomplete: document.cut, issues: issues.0 }
            }
            ListingKind::Sitemap => self.read_feed(page, feed::sitemap),
            ListingKind::Feed => self.read_feed(page, feed::feed),
        }
    }

    fn read_feed(&self, page: &Page, read: fn(&str, &mut Issues) -> feed::Feed) -> ListingRead {
        let mut issues = Issues::default();
        let text = document::text_of_page(page, MAX_FEED_BYTES, &mut issues);
        let feed = read(&text.text, &mut issues);
        let base = Url::parse(&page.url).ok();
        let absolute = |href: &str| match &base {
            Some(base) => base.join(href.trim()).ok(),
            None => Url::parse(href.trim()).ok(),
        };
        let mut items = Items::new(&self.settings);
        for entry in &feed.entries {
            let Some(url) = absolute(&entry.link).map(|url| self.tidy(url)) else {
                issues.add("listing.link", "an entry's address cannot be read");
                continue;
            };
            // A sitemap lists all pages of a site; those without an ad's id are no ads and no issue.
            let ad_id = self.ad_id_of_url(url.as_str());
            if ad_id.is_some() {
                items.add(ad_id, &url, || entry.excerpt.clone(), &mut issues);
            }
        }
        if items.entries == 0 && feed.next.is_empty() {
            issues.add("listing.ad_id", "matches no address of the feed or sitemap");
        }
        let next = feed.next.iter().filter_map(|href| absolute(href)).filter(|url| self.settings.is_own(url));
        let next = next.map(String::from).filter(|url| *url != page.url).collect();
        let incomplete = text.cut || feed.broken;
        ListingRead { items: items.kept, next, mark: None, incomplete, issues: issues.0 }
    }

    fn link(
        &self,
        document: &Document,
        entry: ElementRef<'_>,
        rules: Option<&Rules>,
        issues: &mut Issues,
    ) -> Option<Url> {
        let href = match rules {
            Some(rules) => rules.value(Scope { document, entry: Some(entry), url: &document.url, rows: &[] }, issues),
            None => match entry.attr("href") {
                Some(href) => Some(href.to_owned()),
                None => {
                    document.select(Some(entry), &LINK).next().and_then(|link| link.attr("href")).map(str::to_owned)
                }
            },
        };
        let url = href.and_then(|href| document.absolute(&href)).map(|url| self.tidy(url));
        if url.is_none() {
            issues.add("listing.link", "an entry has no link that can be followed");
        }
        url
    }

    /// One address for one ad.
    fn tidy(&self, mut url: Url) -> Url {
        url.set_fragment(None);
        let drop = &self.listing.drop_parameters;
        if !drop.is_empty() && url.query().is_some() {
            let kept: Vec<(String, String)> =
                url.query_pairs().filter(|(name, _)| !drop.iter().any(|other| other == name)).map(owned).collect();
            url.set_query(None);
            if !kept.is_empty() {
                url.query_pairs_mut().extend_pairs(kept);
            }
        }
        url
    }

    fn next(&self, document: &Document, page: &Page, has_entries: bool, issues: &mut Issues) -> Vec<String> {
        match &self.listing.next {
            Next::None => Vec::new(),
            Next::Selector(selector) => {
                let mut next = Vec::new();
                for link in document.select(None, selector) {
                    match link.attr("href").and_then(|href| document.absolute(href)) {
                        Some(url) if !self.settings.is_own(&url) => {
                            issues.add("listing.next", "leads to a host that is not the site's");
                        }
                        Some(url) => {
                            let url = String::from(url);
                            if url != page.url && !next.contains(&url) {
                                next.push(url);
                            }
                        }
                        None => issues.add("listing.next", "a link cannot be followed"),
                    }
                }
                next
            }
            _ if !has_entries => Vec::new(),
            Next::Parameter { name, count } => next_by_parameter(&page.url, name, *count).into_iter().collect(),
            Next::Template { before, after, count } => {
                let url = next_by_template(document, before, after, *count);
                url.filter(|url| self.settings.is_own(url)).map(String::from).into_iter().collect()
            }
        }
    }
}

fn owned((name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}

fn next_by_parameter(url: &str, name: &str, count: PageCount) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let here = match url.query_pairs().find(|(own, _)| own == name) {
        Some((_, value)) => value.parse().ok()?,
        None => count.first,
    };
    let next = count.after(here)?.to_string();
    let mut pairs: Vec<(String, String)> = url.query_pairs().map(owned).filter(|(own, _)| own != name).collect();
    pairs.push((name.to_owned(), next));
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.set_fragment(None);
    Some(url.into())
}

fn next_by_template(document: &Document, before: &str, after: &str, count: PageCount) -> Option<Url> {
    // The page's own address says which page it is; one that does not fit the template is the first.
    let (before_url, here) = (document.absolute(before)?, document.url.as_str());
    let here = here
        .strip_prefix(before_url.as_str())
        .and_then(|rest| rest.strip_suffix(after))
        .and_then(|number| number.parse().ok())
        .unwrap_or(count.first);
    document.absolute(&format!("{before}{}{after}", count.after(here)?))
}

/// The link of each entry that has one.
pub(super) fn entry_links<'d>(
    adapter: &Adapter,
    document: &'d Document,
    entries: &[ElementRef<'d>],
    link: Option<&Rules>,
) -> Vec<(ElementRef<'d>, Url)> {
    let mut issues = Issues::default();
    let linked = entries.iter().filter_map(|entry| Some((*entry, adapter.link(document, *entry, link, &mut issues)?)));
    linked.collect()
}

impl PageCount {
    fn after(self, here: u32) -> Option<u32> {
        here.checked_add(self.step).filter(|next| *next <= self.last && *next > self.first)
    }
}

fn excerpt_of(document: &Document, entry: ElementRef<'_>, excerpt: &[Selector]) -> String {
    if excerpt.is_empty() {
        return text_of(entry, &document.ignored, false);
    }
    let parts = excerpt.iter().flat_map(|selector| document.select(Some(entry), selector));
    parts.map(|part| text_of(part, &document.ignored, false)).collect::<Vec<_>>().join("\n")
}

/// The entries so far, each ad once.
struct Items<'s> {
    settings: &'s SiteSettings,
    kept: Vec<ListingItem>,
    seen: HashSet<String>,
    entries: usize,
}

impl<'s> Items<'s> {
    fn new(settings: &'s SiteSettings) -> Self {
        Items { settings, kept: Vec::new(), seen: HashSet::new(), entries: 0 }
    }

    fn add(&mut self, ad_id: Option<String>, url: &Url, excerpt: impl FnOnce() -> String, issues: &mut Issues) {
        self.entries += 1;
        let Some(ad_id) = ad_id else {
            issues.add("listing.ad_id", "an entry has no id");
            return;
        };
        if !self.settings.is_own(url) {
            issues.add("listing.link", "an entry leads to a host that is not the site's");
            return;
        }
        if self.seen.insert(ad_id.clone()) {
            self.kept.push(ListingItem { ad_id, url: url.as_str().to_owned(), excerpt: excerpt() });
        }
    }
}
