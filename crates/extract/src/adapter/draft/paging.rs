//! How a listing goes on: links to the next page, numbered pages, numbers in the path or the query.

use super::super::document::Document;
use super::super::text::{NONE, text_of};
use super::cards::LINKS;
use super::select::{Compiled, candidates};
use scraper::ElementRef;
use std::collections::BTreeMap;
use url::Url;

/// One way to the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paging {
    /// `[listing.next]` in TOML, one line each.
    pub lines: Vec<String>,
    /// Where the second page is.
    pub next: String,
    /// How one knows, for people.
    pub why: String,
}

/// What the link to the next page says, in lower case.
const NEXT_WORDS: [&str; 27] = [
    "næste",
    "næste side",
    "next",
    "next page",
    "nästa",
    "nästa sida",
    "weiter",
    "nächste",
    "nächste seite",
    "flere annoncer",
    "vis flere",
    "vis flere annoncer",
    "se flere",
    "hent flere",
    "indlæs flere",
    "load more",
    "show more",
    "more",
    "more ads",
    "flere",
    "ældre",
    "ældre annoncer",
    "older",
    "older posts",
    "older ads",
    "fler annonser",
    "visa fler",
];
const NEXT_SIGNS: [&str; 6] = ["»", "›", "→", ">", ">>", "&raquo;"];
const NEXT_NAMES: [&str; 7] = ["next", "naeste", "nextpage", "load-more", "loadmore", "pagination-next", "older"];

/// Every way to the second page that a listing's first page shows, the best first.
pub(super) fn ways(document: &Document, compiled: &mut Compiled) -> Vec<Paging> {
    let mut ways = Vec::new();
    let Ok(here) = Url::parse(&document.url) else { return ways };
    for selector in ["a[rel~=next]", "link[rel~=next]"] {
        let found = compiled.all(document, selector);
        if let Some(url) =
            found.first().and_then(|link| document.absolute(link.attr("href")?)).filter(|url| *url != here)
        {
            let why = format!("the page names its next one ({selector})");
            ways.push(Paging { lines: vec![line("selector", selector)], next: url.into(), why });
        }
    }
    let links: Vec<(ElementRef<'_>, Url, String)> = document
        .html
        .root_element()
        .select(&LINKS)
        .filter_map(|link| {
            let url = document.absolute(link.attr("href")?)?;
            Some((link, url, text_of(link, &NONE, false).trim().to_lowercase()))
        })
        .filter(|(_, url, _)| *url != here && url.host_str() == here.host_str())
        .collect();
    for (link, url, text) in &links {
        if !is_next(*link, text) {
            continue;
        }
        // By number where the address has one: it survives a page without the link.
        if let Some(way) = counted(&here, url, 2).or_else(|| counted_by_offset(&here, url)) {
            ways.push(Paging { why: format!("a link says {}", quoted(text)), ..way });
        }
        if let Some(selector) = only_one(document, compiled, *link) {
            let why = format!("a link says {}", quoted(text));
            ways.push(Paging { lines: vec![line("selector", &selector)], next: url.to_string(), why });
        }
    }
    // A form's buttons: <button name="page" value="2">.
    for button in compiled.all(document, "button[name][value], input[type=submit][name][value]") {
        let (Some(name), Some("2")) = (button.attr("name"), button.attr("value")) else { continue };
        let mut url = here.clone();
        set_parameter(&mut url, name, "2");
        let lines = vec![line("parameter", name), "first = 1".to_owned()];
        ways.push(Paging { lines, next: url.into(), why: "a button of a form leads to page 2".to_owned() });
    }
    let second = links.iter().find(|(_, url, text)| text == "2" && url.host_str() == here.host_str());
    if let Some((_, url, _)) = second
        && let Some(way) = counted(&here, url, 2).or_else(|| counted_by_offset(&here, url))
    {
        ways.push(Paging { why: "a link says 2".to_owned(), ..way });
    }
    let mut seen: Vec<Vec<String>> = Vec::new();
    ways.retain(|way| {
        !seen.contains(&way.lines) && {
            seen.push(way.lines.clone());
            true
        }
    });
    ways
}

/// What the address of the first page itself shows, where no page leads on: `/liste/1`, `?page=1`.
pub(super) fn by_address(here: &Url) -> Option<Paging> {
    let mut segments: Vec<String> = here.path().split('/').map(str::to_owned).collect();
    if let Some(at) = segments.iter().rposition(|segment| segment == "1") {
        segments[at] = "{page}".to_owned();
        let template = segments.join("/");
        let why = "the address ends with the page's number; no page showed a link to the next".to_owned();
        return Some(Paging {
            lines: vec![line("template", &template), "first = 1".to_owned()],
            next: String::new(),
            why,
        });
    }
    let (name, _) = here.query_pairs().find(|(name, value)| value == "1" && is_page_name(name))?;
    let why = "the address has the page's number; no page showed a link to the next".to_owned();
    Some(Paging { lines: vec![line("parameter", &name), "first = 1".to_owned()], next: String::new(), why })
}

fn is_page_name(name: &str) -> bool {
    ["side", "page", "p", "s", "pg", "sida", "seite", "paged", "pagenr", "nr"]
        .contains(&name.to_ascii_lowercase().as_str())
}

fn is_next(link: ElementRef<'_>, text: &str) -> bool {
    let bare = text.trim_end_matches(|letter: char| !letter.is_alphanumeric()).trim();
    let bare = bare.trim_start_matches(|letter: char| !letter.is_alphanumeric()).trim();
    let label = link.attr("aria-label").or(link.attr("title")).unwrap_or_default().to_lowercase();
    let names = [link.attr("class"), link.attr("id")].into_iter().flatten().flat_map(str::split_whitespace);
    NEXT_WORDS.contains(&bare)
        || NEXT_SIGNS.contains(&text)
        || NEXT_WORDS.contains(&label.trim())
        || names.map(str::to_lowercase).any(|name| NEXT_NAMES.contains(&name.as_str()))
}

/// A selector that finds this link alone.
fn only_one(document: &Document, compiled: &mut Compiled, link: ElementRef<'_>) -> Option<String> {
    candidates(link, false).into_iter().find(|selector| {
        let named = selector.contains('.') || selector.contains('#');
        named && {
            let found = compiled.all(document, selector);
            found.len() == 1 && found[0].id() == link.id()
        }
    })
}

/// The next address has a number that this one lacks or has one less of: in the query or the path.
fn counted(here: &Url, next: &Url, number: u32) -> Option<Paging> {
    let (before, after) = (query(here), query(next));
    for (name, value) in &after {
        if value.parse() != Ok(number) || !(before.get(name).is_none_or(|known| known.parse() == Ok(number - 1))) {
            continue;
        }
        let lines = vec![line("parameter", name), format!("first = {}", number - 1)];
        return Some(Paging { lines, next: next.to_string(), why: String::new() });
    }
    // Also from 0: ?page=1 is the second page.
    let zero = after.iter().find(|(name, value)| *value == "1" && !before.contains_key(*name) && is_page_name(name));
    if let Some((name, _)) = zero {
        let lines = vec![line("parameter", name), "first = 0".to_owned()];
        return Some(Paging { lines, next: next.to_string(), why: String::new() });
    }
    in_path(here, next, number)
}

/// `/liste/1` and `/liste/2`; `/annoncer/` and `/annoncer/page/2/`.
fn in_path(here: &Url, next: &Url, number: u32) -> Option<Paging> {
    if query(here) != query(next) && !query(next).is_empty() {
        return None;
    }
    let segments: Vec<&str> = next.path().split('/').collect();
    let template = segments.iter().enumerate().rev().find_map(|(at, segment)| {
        let text = number.to_string();
        // 2, side-2, page2.html
        let start = segment.rfind(&text)?;
        let (before, after) = (&segment[..start], &segment[start + text.len()..]);
        let alone = !before.ends_with(|letter: char| letter.is_ascii_digit())
            && !after.starts_with(|letter: char| letter.is_ascii_digit());
        let mut segments: Vec<String> = segments.iter().map(|segment| (*segment).to_owned()).collect();
        segments[at] = format!("{before}{{page}}{after}");
        alone.then(|| segments.join("/"))
    })?;
    // The rest must be this page's, so that a number in an ad's address is none.
    let first = template.replace("{page}", &(number - 1).to_string());
    let same = first == here.path();
    let prefix = template.split("{page}").next().unwrap_or_default();
    let word = prefix.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let words = ["page", "side", "sida", "seite", "p", "s"];
    let appended = words.contains(&word)
        && here.path().trim_end_matches('/')
            == prefix.trim_end_matches('/').trim_end_matches(word).trim_end_matches('/');
    (same || appended).then(|| Paging {
        lines: vec![line("template", &template), format!("first = {}", number - 1)],
        next: next.to_string(),
        why: String::new(),
    })
}

/// `?offset=20`: the page's size is added each time.
fn counted_by_offset(here: &Url, next: &Url) -> Option<Paging> {
    let (before, after) = (query(here), query(next));
    after.iter().find_map(|(name, value)| {
        let step: u32 = value.parse().ok().filter(|step| (2..=500).contains(step))?;
        let from_zero = before.get(name).is_none_or(|known| known == "0");
        let by_name = ["offset", "start", "from", "skip", "fra", "first", "o", "st"]
            .contains(&name.to_ascii_lowercase().as_str());
        (from_zero && by_name).then(|| Paging {
            lines: vec![line("parameter", name), "first = 0".to_owned(), format!("step = {step}")],
            next: next.to_string(),
            why: String::new(),
        })
    })
}

fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

fn set_parameter(url: &mut Url, name: &str, value: &str) {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(own, _)| own != name)
        .map(|(own, value)| (own.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
}

fn line(key: &str, value: &str) -> String {
    format!("{key} = {}", super::write::text(value))
}

fn quoted(text: &str) -> String {
    let short: String = text.chars().take(20).collect();
    if short.is_empty() { "'next' by its name".to_owned() } else { format!("'{short}'") }
}
