//! Repeated structure in a listing: entries that are written alike, each with a link of the same kind to a page of its own.

use super::super::dates::{self, Formats};
use super::super::document::Document;
use super::super::text::{NONE, text_of};
use super::address::{IdPattern, id_pattern, shape};
use super::select::{Compiled, group_selector, named, simple, stable_classes};
use jiff::Timestamp;
use scraper::{ElementRef, Selector};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;
use url::Url;

// Compiled from a constant, so that `unwrap` cannot fail once a test ran it.
#[allow(clippy::unwrap_used)]
pub(super) static LINKS: LazyLock<Selector> = LazyLock::new(|| Selector::parse("a[href]").unwrap());

/// The entries of a listing.
#[derive(Debug, Clone)]
pub(super) struct Cards {
    /// Selector of an entry.
    pub item: String,
    /// Selector of the link in it; `None` for the entry itself or its first link.
    pub link: Option<String>,
    pub id: IdPattern,
    pub kind: String,
    pub cards: Vec<Card>,
    /// Parts of an entry that change without the ad's doing.
    pub ignored: Vec<String>,
}

/// One entry.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub url: Url,
    /// Texts in it, one for each block or link: the ad's title is likely to be one.
    pub texts: Vec<String>,
}

/// Least entries that count as repeated.
const LEAST: usize = 3;

/// The entries of a page, if it has any. `hosts` are the site's own.
pub(super) fn find(document: &Document, compiled: &mut Compiled, hosts: &[String], now: Timestamp) -> Option<Cards> {
    find_at_least(document, compiled, hosts, now, LEAST).or_else(|| find_at_least(document, compiled, hosts, now, 2))
}

fn find_at_least(
    document: &Document,
    compiled: &mut Compiled,
    hosts: &[String],
    now: Timestamp,
    least: usize,
) -> Option<Cards> {
    let mut groups: BTreeMap<String, ()> = BTreeMap::new();
    for link in document.html.root_element().select(&LINKS) {
        let around = link.ancestors().filter_map(ElementRef::wrap);
        for element in std::iter::once(link).chain(around).take(7) {
            if matches!(element.value().name(), "body" | "html" | "main") {
                break;
            }
            groups.insert(group_selector(element), ());
            groups.extend(
                stable_classes(element).iter().skip(1).map(|class| (format!("{}.{class}", element.value().name()), ())),
            );
        }
    }
    let mut best: Option<(f64, Cards)> = None;
    for item in groups.into_keys() {
        let Some((score, cards)) = judge(document, compiled, &item, hosts, now, least) else { continue };
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            best = Some((score, cards));
        }
    }
    best.map(|(_, cards)| cards)
}

fn own_links<'d>(document: &'d Document, element: ElementRef<'d>, hosts: &[String]) -> Vec<(ElementRef<'d>, Url)> {
    let inner = element.select(&LINKS);
    let own = (element.value().name() == "a").then_some(element).into_iter();
    own.chain(inner)
        .filter(|link| !link.attr("rel").is_some_and(|rel| rel.contains("nofollow") || rel.contains("next")))
        .filter_map(|link| document.absolute(link.attr("href")?).map(|url| (link, url)))
        .filter(|(_, url)| url.host_str().is_some_and(|host| hosts.iter().any(|own| own == host)))
        .collect()
}

/// How much a group of elements looks like the entries of a listing.
fn judge(
    document: &Document,
    compiled: &mut Compiled,
    item: &str,
    hosts: &[String],
    now: Timestamp,
    least: usize,
) -> Option<(f64, Cards)> {
    let elements = compiled.all(document, item);
    if elements.len() < least || elements.len() > 2000 {
        return None;
    }
    let links: Vec<Vec<(ElementRef<'_>, Url)>> =
        elements.iter().map(|element| own_links(document, *element, hosts)).collect();
    // An entry in an entry is no entry.
    if elements
        .iter()
        .any(|element| elements.iter().any(|other| other.ancestors().any(|node| node.id() == element.id())))
    {
        return None;
    }
    let (kind, with_first) = main_kind(&links)?;
    let mut chosen: Vec<(ElementRef<'_>, ElementRef<'_>, Url)> = Vec::new();
    let mut inner_total = 0usize;
    for (element, links) in elements.iter().zip(&links) {
        let of_kind: Vec<_> = links.iter().filter(|(_, url)| shape(url, with_first) == kind).collect();
        let different: HashSet<&Url> = of_kind.iter().map(|(_, url)| url).collect();
        inner_total += different.len();
        // Of several links to the same page, the one with the most text.
        let best = of_kind.iter().max_by_key(|(link, _)| text_of(*link, &NONE, false).chars().count());
        if let Some((link, url)) = best {
            chosen.push((*element, *link, url.clone()));
        }
    }
    let different: HashSet<&str> = chosen.iter().map(|(_, _, url)| url.as_str()).collect();
    // Groups around several entries, such as the rows of a grid, hold several pages each.
    if different.len() < least
        || (different.len() as f64) < 0.9 * chosen.len() as f64
        || inner_total > chosen.len() * 5 / 4
    {
        return None;
    }
    let mut urls: Vec<Url> = chosen.iter().map(|(_, _, url)| url.clone()).collect();
    urls.sort();
    urls.dedup();
    let id = id_pattern(&urls)?;
    let texts: Vec<Vec<String>> = chosen.iter().map(|(element, link, _)| texts_of(*element, *link)).collect();
    let length: usize =
        chosen.iter().map(|(element, ..)| text_of(*element, &NONE, false).chars().count().min(400)).sum();
    let average = length as f64 / chosen.len() as f64;
    let page = Url::parse(&document.url).ok()?;
    let here = chosen.iter().filter(|(_, _, url)| url.path() == page.path()).count() * 2 > chosen.len();
    // Short links to this page with other parameters are pages of the listing, sortings or filters.
    if average < 3.0 || (here && average < 15.0) {
        return None;
    }
    let numbered = if id.pattern.contains(r"\d+") { 1.3 } else { 1.0 };
    let in_furniture = chosen.iter().any(|(element, ..)| {
        element
            .ancestors()
            .filter_map(ElementRef::wrap)
            .any(|above| matches!(above.value().name(), "nav" | "header" | "footer" | "aside"))
    });
    let covered = chosen.len() as f64 / elements.len() as f64;
    let name = if stable_classes(chosen[0].0).is_empty() { 1.0 } else { 1.05 };
    let score = (chosen.len() as f64).sqrt()
        * (1.0 + average).ln()
        * numbered
        * covered.powi(2)
        * name
        * if in_furniture { 0.2 } else { 1.0 };
    let link = link_selector(compiled, &chosen);
    let ignored = changing(&chosen.iter().map(|(element, ..)| *element).collect::<Vec<_>>(), now);
    let cards = chosen.iter().zip(texts).map(|((_, _, url), texts)| Card { url: url.clone(), texts }).collect();
    Some((score, Cards { item: item.to_owned(), link, id, kind, cards, ignored }))
}

/// The kind of address that most entries lead to, each to another page of it.
fn main_kind(links: &[Vec<(ElementRef<'_>, Url)>]) -> Option<(String, bool)> {
    let filled = links.iter().filter(|links| !links.is_empty()).count();
    for with_first in [true, false] {
        let mut kinds: HashMap<String, (usize, HashSet<&str>, usize)> = HashMap::new();
        for links in links {
            let mut here = HashSet::new();
            for (link, url) in links {
                let kind = shape(url, with_first);
                let entry = kinds.entry(kind.clone()).or_default();
                entry.2 += text_of(*link, &NONE, false).chars().count();
                if here.insert(kind) {
                    entry.0 += 1;
                    entry.1.insert(url.as_str());
                }
            }
        }
        let mut kinds: Vec<_> = kinds
            .into_iter()
            .filter(|(_, (count, different, _))| *count * 5 >= filled * 4 && different.len() * 10 >= *count * 9)
            .collect();
        kinds.sort_by(|a, b| b.1.2.cmp(&a.1.2).then_with(|| a.0.cmp(&b.0)));
        if let Some((kind, _)) = kinds.into_iter().next() {
            return Some((kind, with_first));
        }
    }
    None
}

/// Texts of an entry that could be its title or teaser.
fn texts_of(element: ElementRef<'_>, link: ElementRef<'_>) -> Vec<String> {
    let mut texts = vec![text_of(link, &NONE, false).replace('\n', " ")];
    texts.extend(link.attr("title").map(str::to_owned));
    for inner in element.descendants().filter_map(ElementRef::wrap) {
        if matches!(
            inner.value().name(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "strong" | "b" | "p" | "small" | "blockquote" | "td" | "span" | "div"
        ) {
            texts.push(text_of(inner, &NONE, false).replace('\n', " "));
        }
    }
    texts.extend(text_of(element, &NONE, false).split('\n').map(str::to_owned));
    texts.retain(|text| !text.trim().is_empty());
    let mut seen = HashSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

/// A selector for the link, where it is not the first one.
fn link_selector(compiled: &mut Compiled, chosen: &[(ElementRef<'_>, ElementRef<'_>, Url)]) -> Option<String> {
    let is_first = |(element, _, url): &(ElementRef<'_>, ElementRef<'_>, Url)| {
        let first = if element.value().name() == "a" { Some(*element) } else { element.select(&LINKS).next() };
        // Another link to the same page does as well.
        first
            .and_then(|first| first.attr("href"))
            .is_some_and(|href| url.as_str().ends_with(href.trim_start_matches("./")) || href == url.as_str())
    };
    if chosen.iter().all(is_first) {
        return None;
    }
    let (_, link, _) = chosen.first()?;
    let mut ways: Vec<String> = Vec::new();
    let above =
        link.ancestors().filter_map(ElementRef::wrap).take(2).flat_map(|element| {
            simple(element).into_iter().take(2).map(|name| format!("{name} > a")).collect::<Vec<_>>()
        });
    ways.extend(simple(*link).into_iter().filter(|way| way != "a"));
    ways.extend(above);
    ways.push("a:last-of-type".to_owned());
    let right = |selector: &Selector| {
        chosen.iter().all(|(element, link, _)| {
            element.select(selector).next().is_some_and(|found| found.attr("href") == link.attr("href"))
        })
    };
    ways.into_iter().find(|way| compiled.get(way).is_some_and(right))
}

/// Parts of the entries that are dates counted from now or bare counters: they change while the ad stays as it is.
fn changing(cards: &[ElementRef<'_>], now: Timestamp) -> Vec<String> {
    let mut parts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for card in cards {
        let mut here: BTreeMap<String, (bool, bool)> = BTreeMap::new();
        for inner in card.descendants().filter_map(ElementRef::wrap).skip(1) {
            if inner.child_elements().next().is_some() {
                continue;
            }
            let name = if inner.value().name() == "time" { Some("time".to_owned()) } else { named(inner) };
            let Some(name) = name else { continue };
            let text = text_of(inner, &NONE, false);
            let counter = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit()) || is_counter(&text);
            let date = text.chars().count() <= 40 && dates::parse(&text, now, Formats::default()).is_some();
            here.insert(name, (true, counter || date));
        }
        for (name, (_, changes)) in here {
            let entry = parts.entry(name).or_default();
            entry.0 += 1;
            entry.1 += usize::from(changes);
        }
    }
    let often = |(seen, changes): &(usize, usize)| *changes * 10 >= *seen * 8 && *seen * 2 >= cards.len();
    parts.into_iter().filter(|(_, counts)| often(counts)).map(|(name, _)| name).collect()
}

fn is_counter(text: &str) -> bool {
    let lower = text.to_lowercase();
    text.chars().any(|letter| letter.is_ascii_digit())
        && text.chars().count() <= 30
        && ["visning", "vist", "set ", "views", "viewed", "besøg", "klik", "gange", "hits", "aufrufe"]
            .iter()
            .any(|word| lower.contains(word))
}
