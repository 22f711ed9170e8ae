//! Selectors for elements, as a person would write them: by a name that means something, else by where it stands.

use super::super::document::Document;
use scraper::{ElementRef, Selector};
use std::collections::HashMap;

/// Compiled selectors, each compiled once.
#[derive(Default)]
pub(super) struct Compiled(HashMap<String, Option<Selector>>);

impl Compiled {
    pub fn get(&mut self, text: &str) -> Option<&Selector> {
        self.0.entry(text.to_owned()).or_insert_with(|| Selector::parse(text).ok()).as_ref()
    }

    /// The elements that match.
    pub fn all<'d>(&mut self, document: &'d Document, text: &str) -> Vec<ElementRef<'d>> {
        match self.get(text) {
            Some(selector) => document.html.root_element().select(selector).collect(),
            None => Vec::new(),
        }
    }
}

/// Words that say how something looks or stands at the moment, not what it is.
const STATES: [&str; 26] = [
    "active",
    "selected",
    "first",
    "last",
    "odd",
    "even",
    "open",
    "show",
    "fade",
    "hover",
    "visible",
    "hidden",
    "current",
    "row",
    "col",
    "container",
    "clearfix",
    "left",
    "right",
    "even-row",
    "odd-row",
    "d-block",
    "d-flex",
    "rounded",
    "w-100",
    "lazy",
];

/// The classes of an element that can be relied on: no numbers of single ads, no states, nothing that a machine made up.
pub(super) fn stable_classes<'e>(element: ElementRef<'e>) -> Vec<&'e str> {
    let classes = element.value().attr("class").unwrap_or_default();
    classes.split_whitespace().filter(|class| is_name(class) && !STATES.contains(class)).collect()
}

/// Whether a class or id is a name that somebody gave, and can be written in a selector as it stands.
fn is_name(text: &str) -> bool {
    let fine = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let digits = text.chars().filter(char::is_ascii_digit).count();
    !text.is_empty()
        && text.len() <= 40
        && text.chars().all(fine)
        && text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && digits < 2
        && !["css-", "sc-", "jss", "post-", "item-", "ad-"].iter().any(|made| text.starts_with(made) && digits > 0)
}

/// Ways to write one element without looking at where it stands, the best first.
pub(super) fn simple(element: ElementRef<'_>) -> Vec<String> {
    let tag = element.value().name();
    let mut found = Vec::new();
    if let Some(id) = element.value().attr("id").filter(|id| is_name(id) && !id.contains(|c: char| c.is_ascii_digit()))
    {
        found.push(format!("{tag}#{id}"));
    }
    let classes = stable_classes(element);
    found.extend(classes.iter().map(|class| format!("{tag}.{class}")));
    if classes.len() > 1 {
        found.push(format!("{tag}.{}", classes.join(".")));
    }
    if let Some(name) = element.value().attr("itemprop").filter(|name| is_name(name)) {
        found.push(format!("{tag}[itemprop={name}]"));
    }
    found.push(tag.to_owned());
    found
}

/// Ways to write an element that may be unique in its page, the best first. With `places`, also by its number among its
/// siblings.
pub(super) fn candidates(element: ElementRef<'_>, places: bool) -> Vec<String> {
    let own = simple(element);
    let mut found = own.clone();
    let tag = element.value().name();
    let mut chain = own.last().cloned().unwrap_or_else(|| tag.to_owned());
    let mut numbered = format!("{tag}:nth-of-type({})", number_of(element));
    for ancestor in element.ancestors().filter_map(ElementRef::wrap).take(4) {
        let above = simple(ancestor);
        let (named, bare) = above.split_at(above.len() - 1);
        for name in named.iter().take(2) {
            found.extend(own.iter().take(2).map(|own| format!("{name} {own}")));
            found.push(format!("{name} > {chain}"));
            if places {
                found.push(format!("{name} > {numbered}"));
            }
        }
        let name = bare.first().map_or("*", String::as_str);
        if matches!(name, "main" | "article" | "section") {
            found.extend(own.iter().take(2).map(|own| format!("{name} {own}")));
            found.push(format!("{name} > {chain}"));
        }
        if name == "html" || name == "body" {
            break;
        }
        chain = format!("{name} > {chain}");
        numbered = format!("{name} > {numbered}");
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|selector| seen.insert(selector.clone()));
    found
}

fn number_of(element: ElementRef<'_>) -> usize {
    let name = element.value().name();
    1 + element.prev_siblings().filter_map(ElementRef::wrap).filter(|other| other.value().name() == name).count()
}

/// A selector for all elements that are written alike: by the nearest name above them, if they have none themselves.
pub(super) fn group_selector(element: ElementRef<'_>) -> String {
    let tag = element.value().name();
    let classes = stable_classes(element);
    if let Some(class) = classes.first() {
        let own = format!("{tag}.{class}");
        // A table's rows and a list's points read better with their list.
        return match parent(element).filter(|_| matches!(tag, "li" | "tr")).and_then(named) {
            Some(list) => format!("{list} {own}"),
            None => own,
        };
    }
    let mut path = tag.to_owned();
    let mut above = parent(element);
    while let Some(element) = above {
        if let Some(name) = named(element) {
            return format!("{name} > {path}");
        }
        let tag = element.value().name();
        if matches!(tag, "body" | "html") {
            break;
        }
        path = format!("{tag} > {path}");
        above = parent(element);
    }
    path
}

pub(super) fn parent(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    element.parent().and_then(ElementRef::wrap)
}

/// A selector by an id or class that is a name.
pub(super) fn named(element: ElementRef<'_>) -> Option<String> {
    let names = simple(element);
    (names.len() > 1).then(|| names[0].clone())
}
