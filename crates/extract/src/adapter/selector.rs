//! A CSS selector of a `site.toml`, and what an element must have at least to match it. A page is walked once for all
//! selectors; each then looks only at the elements that may match.

use ego_tree::NodeId;
use scraper::{ElementRef, Html};
use std::collections::HashMap;
use std::sync::Arc;

/// A compiled selector.
#[derive(Debug, Clone)]
pub(super) struct Selector {
    pub css: scraper::Selector,
    /// `None` where the text is not plain enough to tell: every element may then match.
    pub key: Option<Key>,
}

/// What an element must have.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Id(String),
    Class(String),
    Attribute(String),
    Tag(String),
}

impl Selector {
    /// Compiles it; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Selector, String> {
        let css = scraper::Selector::parse(text).map_err(|error| error.to_string())?;
        Ok(Selector { css, key: key_of(text) })
    }
}

/// The rarest thing that the last part of a selector names. Lists, pseudo-classes, escapes, quotes and upper case (which
/// HTML reads as lower case) are left to the walk.
fn key_of(text: &str) -> Option<Key> {
    if text.contains([',', ':', '(', ')', '"', '\'', '\\', '*', '|', '&']) {
        return None;
    }
    let last = text.trim().rsplit([' ', '\t', '\n', '\r', '\u{c}', '>', '+', '~']).next()?;
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_');
    let is_lower = |name: &str| !name.chars().any(|letter| letter.is_ascii_uppercase());
    let (mut best, mut rest): (Option<Key>, &str) = (None, last);
    while !rest.is_empty() {
        let sign = rest.chars().next().filter(|sign| matches!(sign, '.' | '#' | '['));
        rest = &rest[sign.map_or(0, char::len_utf8)..];
        let name = &rest[..rest.find(|letter| !is_name(letter)).unwrap_or(rest.len())];
        if name.is_empty() {
            return None;
        }
        rest = &rest[name.len()..];
        let key = match sign {
            Some('#') => Key::Id(name.to_owned()),
            Some('.') => Key::Class(name.to_owned()),
            Some(_) => {
                // `[name]`, `[name=value]` and the like, without white space.
                rest = &rest[rest.find(']')? + 1..];
                Key::Attribute(name.to_owned())
            }
            None => Key::Tag(name.to_owned()),
        };
        if let Key::Attribute(name) | Key::Tag(name) = &key
            && !is_lower(name)
        {
            return None;
        }
        if best.as_ref().is_none_or(|best| rank(&key) < rank(best)) {
            best = Some(key);
        }
    }
    best
}

fn rank(key: &Key) -> u8 {
    match key {
        Key::Id(_) => 0,
        Key::Class(_) => 1,
        Key::Attribute(name)
            if matches!(name.as_str(), "href" | "src" | "class" | "id" | "content" | "alt" | "type") =>
        {
            4
        }
        Key::Attribute(_) => 2,
        Key::Tag(_) => 3,
    }
}

/// The keys of an adapter's selectors.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    ids: Names,
    classes: Names,
    attributes: Names,
    tags: Names,
    slots: HashMap<Key, usize>,
}

impl Wanted {
    pub fn of<'s>(selectors: impl Iterator<Item = &'s Selector>) -> Wanted {
        let mut wanted = Wanted::default();
        for key in selectors.filter_map(|selector| selector.key.as_ref()) {
            if !wanted.slots.contains_key(key) {
                let slot = wanted.slots.len();
                match key {
                    Key::Id(name) => wanted.ids.add(name, slot),
                    Key::Class(name) => wanted.classes.add(name, slot),
                    Key::Attribute(name) => wanted.attributes.add(name, slot),
                    Key::Tag(name) => wanted.tags.add(name, slot),
                }
                wanted.slots.insert(key.clone(), slot);
            }
        }
        wanted
    }
}

/// A few names, most others told apart from them by their first letter.
#[derive(Debug, Clone, Default)]
struct Names {
    starts: u128,
    names: Vec<(String, usize)>,
}

impl Names {
    fn add(&mut self, name: &str, slot: usize) {
        self.starts |= Self::start(name);
        self.names.push((name.to_owned(), slot));
    }

    fn start(name: &str) -> u128 {
        1 << (name.bytes().next().unwrap_or(0) & 127)
    }

    fn slot(&self, name: &str) -> Option<usize> {
        if self.starts & Self::start(name) == 0 {
            return None;
        }
        self.names.iter().find(|(own, _)| own == name).map(|(_, slot)| *slot)
    }
}

/// A page's elements by wanted key, each list in the order of the page.
pub(super) struct Index {
    wanted: Arc<Wanted>,
    found: Vec<Vec<NodeId>>,
}

impl Index {
    pub fn of(html: &Html, wanted: Arc<Wanted>) -> Index {
        let mut found = vec![Vec::new(); wanted.slots.len()];
        if found.is_empty() {
            return Index { wanted, found };
        }
        // Below the root, as a walk has it.
        for element in html.root_element().descendent_elements().skip(1) {
            let mut note = |slot: Option<usize>| {
                if let Some(list) = slot.and_then(|slot| found.get_mut(slot))
                    && list.last() != Some(&element.id())
                {
                    list.push(element.id());
                }
            };
            note(wanted.tags.slot(element.value().name()));
            for (name, value) in element.value().attrs() {
                match name {
                    "class" => value.split_ascii_whitespace().for_each(|class| note(wanted.classes.slot(class))),
                    "id" => note(wanted.ids.slot(value)),
                    _ => {}
                }
                note(wanted.attributes.slot(name));
            }
        }
        Index { wanted, found }
    }

    /// The elements that may match, in the order of the page; `None` where that may be any.
    fn candidates(&self, selector: &Selector) -> Option<&[NodeId]> {
        let slot = self.wanted.slots.get(selector.key.as_ref()?)?;
        self.found.get(*slot).map(Vec::as_slice)
    }

    /// What matches below the root, in the order of the page.
    pub fn select<'d>(&'d self, html: &'d Html, selector: &'d Selector) -> impl Iterator<Item = ElementRef<'d>> {
        let root = html.root_element();
        let candidates = self.candidates(selector);
        let few = candidates.into_iter().flatten().filter_map(|id| html.tree.get(*id).and_then(ElementRef::wrap));
        let few = few.filter(move |element| selector.css.matches_with_scope(element, Some(root)));
        let all = candidates.is_none().then(|| root.select(&selector.css));
        few.chain(all.into_iter().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_is_the_rarest_thing_that_the_last_part_names() {
        let key = |text| key_of(text);
        assert_eq!(key("h1"), Some(Key::Tag("h1".into())));
        assert_eq!(key("article.ad > h2.title"), Some(Key::Class("title".into())));
        assert_eq!(key(".facts\n #price"), Some(Key::Id("price".into())));
        assert_eq!(key("a[rel=next]"), Some(Key::Attribute("rel".into())));
        assert_eq!(key("base[href]"), Some(Key::Tag("base".into())), "many have an address");
        assert_eq!(key("[data-ad]"), Some(Key::Attribute("data-ad".into())));
        assert_eq!(key("div a[rel~=next].x"), None, "a sign that also stands between parts");
        for text in ["a, b", "li:first-child", "a[href='/x']", "a[b = c]", "LI", "*", ".a\\:b", "[data-Ad]", "svg|a"] {
            assert_eq!(key(text), None, "{text}");
        }
    }

    const PAGE: &str = "<!DOCTYPE html><html class='b'><head><meta id=m></head><body class='a b' id=top><div class='a c' data-x=1>\
        <p class=b>1<b>2</b></p><a rel=next class='b b'>3</a></div><svg><a class='b'/><linearGradient id=g /></svg>\
        <table><div class=a>foster</div><tr><td class='b a'>4</td></tr></table><form id=top data-x></form></body></html>";

    proptest! {
        #[test]
        fn the_index_finds_what_a_walk_finds(parts in proptest::collection::vec(
            prop_oneof![Just("a"), Just(".a"), Just(".b"), Just("div"), Just("#top"), Just("[data-x]"), Just("p.b"), Just("td"),
                Just("a[rel=next]"), Just("*"), Just("b:first-child"), Just("A"), Just("lineargradient"), Just("html"), Just(".c")], 1..4),
            signs in proptest::collection::vec(prop_oneof![Just(" "), Just(" > "), Just(" + "), Just("~"), Just(", ")], 3))
        {
            let mut text = parts[0].to_owned();
            for (sign, part) in signs.iter().zip(&parts[1..]) {
                text.push_str(sign);
                text.push_str(part);
            }
            let selector = Selector::parse(&text).unwrap();
            let html = Html::parse_document(PAGE);
            let index = Index::of(&html, Arc::new(Wanted::of(std::iter::once(&selector))));
            let found: Vec<NodeId> = index.select(&html, &selector).map(|element| element.id()).collect();
            let walked: Vec<NodeId> = html.root_element().select(&selector.css).map(|element| element.id()).collect();
            prop_assert_eq!(found, walked, "{}", text);
        }
    }
}
