//! What a page says of itself for machines: JSON-LD, microdata and OpenGraph.

use super::document::Document;
use super::issues::Issues;
use scraper::{ElementRef, Selector};
use serde_json::Value;
use std::sync::LazyLock;

/// `Product.offers.price`: a type, if the first word is in upper case, and the names that lead to the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    kind: Option<String>,
    names: Vec<String>,
}

impl Path {
    pub fn parse(text: &str) -> Option<Path> {
        let mut words: Vec<String> = text.split('.').map(|word| word.trim().to_owned()).collect();
        if words.iter().any(String::is_empty) {
            return None;
        }
        let is_kind = words[0].starts_with(|letter: char| letter.is_ascii_uppercase());
        let kind = is_kind.then(|| words.remove(0));
        (!words.is_empty()).then_some(Path { kind, names: words })
    }
}

// Compiled from constants, so that `unwrap` cannot fail once a test ran it.
#[allow(clippy::unwrap_used)]
static JSON_LD: LazyLock<Selector> = LazyLock::new(|| Selector::parse("script[type='application/ld+json' i]").unwrap());
#[allow(clippy::unwrap_used)]
static ITEMS: LazyLock<super::selector::Selector> =
    LazyLock::new(|| super::selector::Selector::parse("[itemscope]").unwrap());
#[allow(clippy::unwrap_used)]
static META: LazyLock<Selector> = LazyLock::new(|| Selector::parse("meta[content]").unwrap());

/// The page's JSON-LD blocks.
pub(super) fn json_blocks<'d>(document: &'d Document, issues: &mut Issues) -> &'d [Value] {
    document.json.get_or_init(|| {
        let mut blocks = Vec::new();
        for element in document.html.root_element().select(&JSON_LD) {
            let text: String = element.text().collect();
            match block(&text) {
                Some(value) => blocks.push(value),
                None => issues.add("json_ld", "a block is not JSON"),
            }
        }
        blocks
    })
}

/// Reads a block as sites write it: also in comment marks and with bare line breaks in strings.
fn block(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    let text =
        text.trim_start_matches("//").trim_start_matches("<![CDATA[").trim_end_matches("]]>").trim_end_matches("//");
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&text.replace(|letter: char| letter.is_control(), " ")))
        .ok()
}

/// The values at a path in the page's JSON-LD.
pub(super) fn json_ld(blocks: &[Value], path: &Path) -> Vec<String> {
    let mut starts = Vec::new();
    for block in blocks {
        match &path.kind {
            Some(kind) => of_kind(block, kind, &mut starts),
            None => roots(block, &mut starts),
        }
    }
    let mut values = Vec::new();
    for start in starts {
        walk(start, &path.names, &mut values);
    }
    values
}

fn of_kind<'v>(value: &'v Value, kind: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| of_kind(item, kind, found)),
        Value::Object(object) => {
            let is_kind =
                |value: &Value| value.as_str().and_then(|name| name.rsplit(['/', '#', ':']).next()) == Some(kind);
            let here = match object.get("@type") {
                Some(Value::Array(kinds)) => kinds.iter().any(is_kind),
                Some(name) => is_kind(name),
                None => false,
            };
            if here {
                found.push(value);
            }
            object.values().for_each(|inner| of_kind(inner, kind, found));
        }
        _ => {}
    }
}

fn roots<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| roots(item, found)),
        Value::Object(object) => match object.get("@graph") {
            Some(graph) => roots(graph, found),
            None => found.push(value),
        },
        _ => {}
    }
}

fn walk(value: &Value, names: &[String], found: &mut Vec<String>) {
    match (value, names) {
        (Value::Array(items), _) => items.iter().for_each(|item| walk(item, names, found)),
        (Value::Object(object), [name, rest @ ..]) => {
            if let Some(inner) = object.get(name) {
                walk(inner, rest, found);
            }
        }
        // A thing where a text was expected: its own value, name or address stands for it.
        (Value::Object(object), []) => {
            let text = ["@value", "name", "url", "contentUrl", "@id"].iter().find_map(|key| object.get(*key));
            found.extend(text.and_then(Value::as_str).map(str::to_owned));
        }
        (Value::String(text), []) => found.push(text.clone()),
        (Value::Number(number), []) => found.push(number.to_string()),
        (Value::Bool(flag), []) => found.push(flag.to_string()),
        _ => {}
    }
}

/// The values at a path in the page's microdata.
pub(super) fn microdata(document: &Document, path: &Path) -> Vec<String> {
    let Some((last, names)) = path.names.split_last() else { return Vec::new() };
    let mut scopes: Vec<ElementRef<'_>> = document
        .select(None, &ITEMS)
        .filter(|element| match &path.kind {
            Some(kind) => element
                .attr("itemtype")
                .is_some_and(|types| types.split_whitespace().any(|name| name.rsplit(['/', '#']).next() == Some(kind))),
            None => element.attr("itemprop").is_none(),
        })
        .collect();
    for name in names {
        scopes = scopes.iter().flat_map(|scope| properties(document, *scope, name)).collect();
    }
    scopes
        .iter()
        .flat_map(|scope| properties(document, *scope, last))
        .map(|element| property_value(document, element))
        .collect()
}

/// The elements that are a property of an item, without those of items within it.
fn properties<'d>(document: &Document, scope: ElementRef<'d>, name: &str) -> Vec<ElementRef<'d>> {
    let mut found = Vec::new();
    let mut open: Vec<ElementRef<'d>> = scope.child_elements().collect();
    open.reverse();
    while let Some(element) = open.pop() {
        if document.ignored.contains(&element.id()) {
            continue;
        }
        if element.attr("itemprop").is_some_and(|names| names.split_whitespace().any(|own| own == name)) {
            found.push(element);
        }
        if element.attr("itemscope").is_none() {
            let at = open.len();
            open.extend(element.child_elements());
            open[at..].reverse();
        }
    }
    found
}

/// WHATWG HTML, 'values': an attribute by the element's name, else its text.
fn property_value(document: &Document, element: ElementRef<'_>) -> String {
    let attribute = match element.value().name() {
        "meta" => Some("content"),
        "a" | "area" | "link" => Some("href"),
        "img" | "audio" | "embed" | "iframe" | "source" | "track" | "video" => Some("src"),
        "object" => Some("data"),
        "data" | "meter" => Some("value"),
        "time" => Some("datetime"),
        _ => None,
    };
    // Sites put `content` on other elements too, meaning it.
    match attribute.and_then(|name| element.attr(name)).or(element.attr("content")) {
        Some(value) => value.to_owned(),
        None => super::text::text_of(element, &document.ignored, false),
    }
}

/// The contents of `<meta property="name">` and `<meta name="name">`.
pub(super) fn open_graph(document: &Document, name: &str) -> Vec<String> {
    document
        .html
        .root_element()
        .select(&META)
        .filter(|meta| {
            [meta.attr("property"), meta.attr("name")].into_iter().flatten().any(|own| own.eq_ignore_ascii_case(name))
        })
        .filter_map(|meta| meta.attr("content").map(str::to_owned))
        .collect()
}
