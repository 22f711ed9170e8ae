//! The parts of a `site.toml` that read pages, compiled once: listing, ad page and marks.

use super::document::BASE;
use super::error::AdapterError;
use super::keys::{Keys, Node};
use super::rule::{self, Count, Defaults, Rules};
use super::selector::{Selector, Wanted};
use regex::Regex;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub(super) struct Listing {
    pub kind: ListingKind,
    pub ad_id: Rules,
    pub drop_parameters: Vec<String>,
    pub next: Next,
    /// It shows the newest ads only, as feeds do.
    pub newest_only: bool,
}

impl Listing {
    /// Whether the next page is counted rather than linked.
    pub fn counts_pages(&self) -> bool {
        matches!(self.next, Next::Parameter { .. } | Next::Template { .. })
    }
}

#[derive(Debug, Clone)]
pub(super) enum ListingKind {
    Html { item: Selector, link: Option<Rules>, excerpt: Vec<Selector>, ignored: Vec<Selector> },
    Sitemap,
    Feed,
}

/// Where further listing pages stand.
#[derive(Debug, Clone)]
pub(super) enum Next {
    None,
    Selector(Selector),
    Parameter { name: String, count: PageCount },
    Template { before: String, after: String, count: PageCount },
}

/// How pages are numbered.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageCount {
    pub first: u32,
    pub step: u32,
    pub last: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Detail {
    pub title: Option<Rules>,
    pub body: Option<Rules>,
    pub ad_id: Option<Rules>,
    pub posted_at: Option<Rules>,
    pub images: Option<Rules>,
    pub fields: BTreeMap<String, Rules>,
    pub ignored: Vec<Selector>,
    pub rows: Option<Rows>,
}

/// A table of labels and values in an ad's page.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub item: Option<Selector>,
    pub label: Selector,
    pub value: Option<Selector>,
    pub ignored: Vec<String>,
}

/// What pages say about themselves.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    pub challenge: Vec<Test>,
    pub suspended: Vec<Test>,
    pub expired: Vec<Test>,
    pub no_ads: Vec<Test>,
}

/// One sign; all its parts must hold.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub selector: Option<Selector>,
    /// In lower case.
    pub text: Option<String>,
    pub url: Option<Regex>,
}

pub(super) fn listing(node: &Node<'_>) -> Result<Listing, AdapterError> {
    let keys = node.keys()?;
    let kind_node = keys.get("kind");
    let kind = match kind_node.as_ref().map(|node| node.word().map(|word| word.text)).transpose()? {
        None | Some("html") => ListingKind::Html {
            item: rule::selector(&keys.need("item", "give the selector of one entry, for example \"article.ad\"")?)?,
            link: keys.get("link").map(|node| rule::rules(&node, Defaults::LINK)).transpose()?,
            excerpt: keys.get("excerpt").map_or(Ok(Vec::new()), |node| rule::selectors(&node))?,
            ignored: keys.get("ignored").map_or(Ok(Vec::new()), |node| rule::selectors(&node))?,
        },
        Some("sitemap") => ListingKind::Sitemap,
        Some("rss") => ListingKind::Feed,
        Some(_) => {
            let node = kind_node.unwrap_or(node.clone());
            return Err(node.error("names no kind of listing", "use html, sitemap or rss"));
        }
    };
    let ad_id_node = keys.need("ad_id", "say where an ad's id stands, for example { url = '/ad/(\\d+)' }")?;
    let ad_id = rule::rules(&ad_id_node, Defaults::VALUE)?;
    if !matches!(kind, ListingKind::Html { .. })
        && ad_id.rules.iter().any(|rule| !matches!(rule.place, rule::Place::Url(_)))
    {
        return Err(ad_id_node.error("must be read from the address here", "write { url = '…' }: there is no page"));
    }
    let listing = Listing {
        ad_id,
        drop_parameters: keys
            .get("drop_parameters")
            .map_or(Ok(Vec::new()), |node| node.words())?
            .iter()
            .map(|word| word.text.to_owned())
            .collect(),
        next: match (keys.get("next"), &kind) {
            (None, _) => Next::None,
            (Some(node), ListingKind::Html { .. }) => next(&node)?,
            (Some(node), _) => return Err(node.error("is only for html listings", "leave it out")),
        },
        newest_only: keys.get("newest_only").map_or(Ok(matches!(kind, ListingKind::Feed)), |node| node.flag())?,
        kind,
    };
    keys.finish()?;
    Ok(listing)
}

fn next(node: &Node<'_>) -> Result<Next, AdapterError> {
    let keys = node.keys()?;
    let given = [keys.get("selector"), keys.get("parameter"), keys.get("template")];
    if given.iter().flatten().count() > 1 {
        return Err(keys.error("has several ways to the next page", "give one of selector, parameter, template"));
    }
    let whole = |key: &str, default, range| keys.get(key).map_or(Ok(default), |node| node.whole(range));
    let count = |keys_given: bool| -> Result<PageCount, AdapterError> {
        if !keys_given {
            return Ok(PageCount { first: 1, step: 1, last: u32::MAX });
        }
        Ok(PageCount {
            first: whole("first", 1, 0..=1_000_000)?,
            step: whole("step", 1, 1..=10_000)?,
            last: whole("last", u32::MAX, 0..=u32::MAX)?,
        })
    };
    let next = match given {
        [Some(selector), _, _] => Next::Selector(rule::selector(&selector)?),
        [_, Some(name), _] => Next::Parameter { name: name.word()?.text.to_owned(), count: count(true)? },
        [_, _, Some(template)] => {
            let Some((before, after)) = template.word()?.text.split_once("{page}") else {
                return Err(template.error("has no {page}", "write it as \"/annoncer/side/{page}\""));
            };
            Next::Template { before: before.to_owned(), after: after.to_owned(), count: count(true)? }
        }
        [None, None, None] => {
            keys.finish_among(&["first", "step", "last"])?;
            return Err(keys.error("does not say how to find the next page", "give selector, parameter or template"));
        }
    };
    keys.finish()?;
    Ok(next)
}

pub(super) fn detail(node: &Node<'_>) -> Result<Detail, AdapterError> {
    let keys = node.keys()?;
    let rules = |key: &str, defaults| keys.get(key).map(|node| rule::rules(&node, defaults)).transpose();
    let mut fields = BTreeMap::new();
    if let Some(node) = keys.get("fields") {
        for (name, node) in node.keys()?.all() {
            let is_name = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(node.error("is no name of a field", "use lower-case letters, digits and _"));
            }
            if matches!(name, "title" | "body" | "text" | "posted_at" | "images") {
                return Err(node.error("is no field of its own", "write it under [detail]"));
            }
            fields.insert(name.to_owned(), rule::rules(&node, Defaults::VALUE)?);
        }
    }
    let detail = Detail {
        title: rules("title", Defaults::VALUE)?,
        body: rules("body", Defaults { count: Count::AT_MOST_ONE, ..Defaults::VALUE })?,
        ad_id: rules("ad_id", Defaults::VALUE)?,
        posted_at: rules("posted_at", Defaults::DATE)?,
        images: rules("images", Defaults::IMAGES)?,
        fields,
        ignored: keys.get("ignored").map_or(Ok(Vec::new()), |node| rule::selectors(&node))?,
        rows: keys.get("rows").map(|node| rows(&node)).transpose()?,
    };
    keys.finish()?;
    if detail.title.is_none() && detail.body.is_none() {
        return Err(keys.error("has neither title nor body", "say where at least one of them stands"));
    }
    if detail.rows.is_none() && detail.all_rules().any(|rules| rules.labels().next().is_some()) {
        return Err(keys.error("a rule says `row`, but there is no [detail.rows]", "say where labels and values stand"));
    }
    Ok(detail)
}

impl Detail {
    pub fn all_rules(&self) -> impl Iterator<Item = &Rules> {
        let own = [&self.title, &self.body, &self.ad_id, &self.posted_at, &self.images];
        own.into_iter().flatten().chain(self.fields.values())
    }
}

fn rows(node: &Node<'_>) -> Result<Rows, AdapterError> {
    let keys = node.keys()?;
    let selector = |key: &str| keys.get(key).map(|node| rule::selector(&node)).transpose();
    let rows = Rows {
        item: selector("item")?,
        label: rule::selector(&keys.need("label", "give the selector of a label")?)?,
        value: selector("value")?,
        ignored: keys
            .get("ignored")
            .map_or(Ok(Vec::new()), |node| node.words())?
            .iter()
            .map(|word| super::value::label_of(word.text))
            .collect(),
    };
    keys.finish()?;
    if rows.item.is_none() && rows.value.is_some() {
        return Err(keys.error("`value` needs `item`", "give `item`, or leave `value` out to take the next element"));
    }
    Ok(rows)
}

pub(super) fn marks(node: &Node<'_>) -> Result<Marks, AdapterError> {
    let keys = node.keys()?;
    let tests = |key: &str| {
        keys.get(key).map_or(Ok(Vec::new()), |node| node.list().iter().map(test).collect::<Result<Vec<_>, _>>())
    };
    let marks = Marks {
        challenge: tests("challenge")?,
        suspended: tests("suspended")?,
        expired: tests("expired")?,
        no_ads: tests("no_ads")?,
    };
    keys.finish()?;
    Ok(marks)
}

fn test(node: &Node<'_>) -> Result<Test, AdapterError> {
    let keys = node.keys()?;
    let test = Test {
        selector: keys.get("select").map(|node| rule::selector(&node)).transpose()?,
        text: keys.get("text").map(|node| node.word().map(|word| word.text.trim().to_lowercase())).transpose()?,
        url: keys.get("url").map(|node| rule::pattern(&node)).transpose()?,
    };
    keys.finish()?;
    if test.text.as_deref() == Some("") || (test.selector.is_none() && test.text.is_none() && test.url.is_none()) {
        return Err(keys.error("would hold on every page", "give select, text or url"));
    }
    Ok(test)
}

/// The whole of `listing`, `detail` and `marks`.
pub(super) fn read(top: &Keys<'_>) -> Result<(Listing, Detail, Marks), AdapterError> {
    let listing = listing(&top.need("listing", "add a table [listing]: where the ads are listed")?)?;
    let detail = detail(&top.need("detail", "add a table [detail]: what an ad's page holds")?)?;
    let marks = top.get("marks").map_or(Ok(Marks::default()), |node| marks(&node))?;
    Ok((listing, detail, marks))
}

/// What the selectors that are looked for in a whole page have in common to look for. One that is not named here works
/// all the same, by a walk of its own.
pub(super) fn wanted(listing: &Listing, detail: &Detail, marks: &Marks) -> Wanted {
    let mut selectors: Vec<&Selector> = vec![&BASE];
    if let ListingKind::Html { item, ignored, .. } = &listing.kind {
        selectors.push(item);
        selectors.extend(ignored);
    }
    if let Next::Selector(next) = &listing.next {
        selectors.push(next);
    }
    selectors.extend(detail.all_rules().flat_map(|rules| &rules.rules).filter_map(|rule| match &rule.place {
        rule::Place::Select { selector, .. } => Some(selector),
        _ => None,
    }));
    selectors.extend(&detail.ignored);
    selectors.extend(detail.rows.iter().flat_map(|rows| rows.item.iter().chain([&rows.label])));
    let tests = [&marks.challenge, &marks.suspended, &marks.expired, &marks.no_ads];
    selectors.extend(tests.into_iter().flatten().filter_map(|test| test.selector.as_ref()));
    Wanted::of(selectors.into_iter())
}
