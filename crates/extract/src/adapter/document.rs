//! One page, decoded, cut to its limits and parsed once.

use super::charset;
use super::guard::{self, MAX_PAGE_BYTES};
use super::issues::Issues;
use super::parse;
use super::selector::{Index, Selector, Wanted};
use domain::Page;
use ego_tree::NodeId;
use scraper::{ElementRef, Html};
use std::cell::OnceCell;
use std::collections::HashSet;
use std::io::Read;
use std::sync::{Arc, LazyLock};
use url::Url;

/// A parsed page.
pub(super) struct Document {
    pub html: Html,
    /// The page's address.
    pub url: String,
    /// What relative addresses in it start from.
    base: Option<Url>,
    /// Elements that are not read.
    pub ignored: HashSet<NodeId>,
    /// Where the adapter's selectors look.
    index: Index,
    /// It was cut at a limit.
    pub cut: bool,
    /// The page's JSON-LD, read when the first rule asks for it.
    pub(super) json: OnceCell<Vec<serde_json::Value>>,
}

/// A page's text.
pub(super) struct PageText {
    pub text: String,
    /// Something is missing at its end.
    pub cut: bool,
}

/// A page's text within the limits; of a file compressed by gzip (`sitemap.xml.gz`), what is in it.
pub(super) fn text_of_page(page: &Page, most_bytes: usize, issues: &mut Issues) -> PageText {
    let mut unpacked = Vec::new();
    let (mut bytes, mut cut) = (page.body.as_slice(), false);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let reader = flate2::read::MultiGzDecoder::new(bytes);
        // One byte more than is read, so that a file of just the limit is not called cut.
        if reader.take(most_bytes as u64 + 1).read_to_end(&mut unpacked).is_err() {
            issues.add("page", "is a broken gzip file and was read to there");
            cut = true;
        }
        bytes = &unpacked;
    }
    if bytes.len() > most_bytes {
        bytes = &bytes[..most_bytes];
        issues.add("page", format!("is larger than {most_bytes} bytes and was cut there"));
        cut = true;
    }
    let decoded = charset::decode(bytes, &page.content_type);
    if decoded.is_lossy {
        issues.add("page", "has bytes that are no text in any charset it could have");
    }
    PageText { text: decoded.text.into_owned(), cut }
}

impl Document {
    /// Decodes and parses a page; elements that match `ignored` are not read.
    pub fn read(page: &Page, ignored: &[Selector], issues: &mut Issues) -> Document {
        Self::read_for(page, ignored, &Arc::default(), issues)
    }

    /// The same, made ready for the selectors that are `wanted`.
    pub fn read_for(page: &Page, ignored: &[Selector], wanted: &Arc<Wanted>, issues: &mut Issues) -> Document {
        let PageText { mut text, mut cut } = text_of_page(page, MAX_PAGE_BYTES, issues);
        if let Some(found) = guard::cut(&text) {
            issues.add("page", format!("{}; what comes after was not read", found.why));
            text.truncate(found.at);
            cut = true;
        }
        Document { cut, ..Self::parse(&text, &page.url, ignored, wanted.clone()) }
    }

    fn parse(text: &str, url: &str, ignored: &[Selector], wanted: Arc<Wanted>) -> Document {
        let html = parse::document(text);
        let url_read = Url::parse(url).ok();
        let index = Index::of(&html, wanted);
        let base = index
            .select(&html, &BASE)
            .next()
            .and_then(|element| element.attr("href"))
            .and_then(|href| match &url_read {
                Some(url) => url.join(href).ok(),
                None => Url::parse(href).ok(),
            })
            .or(url_read);
        let ignored =
            ignored.iter().flat_map(|selector| index.select(&html, selector)).map(|element| element.id()).collect();
        Document { html, url: url.to_owned(), base, ignored, index, cut: false, json: OnceCell::new() }
    }

    /// An address of the page, absolute and without its fragment; `None` where it is none or not of the web.
    pub fn absolute(&self, href: &str) -> Option<Url> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') {
            return None;
        }
        let mut url = match &self.base {
            Some(base) => base.join(href).ok()?,
            None => Url::parse(href).ok()?,
        };
        url.set_fragment(None);
        matches!(url.scheme(), "http" | "https").then_some(url)
    }

    /// The elements that match, in the order of the page, without ignored ones.
    pub fn select<'d>(
        &'d self,
        within: Option<ElementRef<'d>>,
        selector: &'d Selector,
    ) -> impl Iterator<Item = ElementRef<'d>> {
        let below = within.map(|element| element.select(&selector.css));
        let anywhere = below.is_none().then(|| self.anywhere(selector));
        let found = below.into_iter().flatten().chain(anywhere.into_iter().flatten());
        found.filter(|element| !self.is_ignored(*element))
    }

    /// The elements of the whole page that match, ignored ones too.
    pub fn anywhere<'d>(&'d self, selector: &'d Selector) -> impl Iterator<Item = ElementRef<'d>> {
        self.index.select(&self.html, selector)
    }

    /// Whether an element lies in an ignored one.
    pub fn is_ignored(&self, element: ElementRef<'_>) -> bool {
        !self.ignored.is_empty()
            && (self.ignored.contains(&element.id())
                || element.ancestors().any(|node| self.ignored.contains(&node.id())))
    }
}

// Compiled from a constant, so that `unwrap` cannot fail once a test ran it.
#[allow(clippy::unwrap_used)]
pub(super) static BASE: LazyLock<Selector> = LazyLock::new(|| Selector::parse("base[href]").unwrap());
