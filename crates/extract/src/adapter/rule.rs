//! A rule: where a value stands and what to do with it, read from `site.toml` and compiled once.

use super::dates::Formats;
use super::decode::Decode;
use super::error::AdapterError;
use super::keys::{Keys, Node};
use super::selector::Selector;
use super::structured::Path;
use regex::Regex;
use std::collections::BTreeMap;

/// Rules tried in order; the first that gives something wins.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Where they stand in `site.toml`, for issues: `fields.price`.
    pub at: String,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// Where the value stands, for people.
    pub shown: String,
    pub place: Place,
    pub keep_line_breaks: bool,
    pub regex: Option<Regex>,
    pub decode: Vec<Decode>,
    pub ignored_values: Vec<String>,
    pub lookup: BTreeMap<String, String>,
    pub prefix: String,
    pub suffix: String,
    pub kind: Kind,
    pub count: Count,
    pub required: bool,
    pub join: Option<String>,
    pub formats: Formats,
}

/// Where a value stands.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Select { selector: Selector, attribute: Option<String> },
    Attribute(String),
    Url(Regex),
    JsonLd(Path),
    Microdata(Path),
    OpenGraph(String),
    Row(String),
}

/// What a value must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Price,
    Age,
    Phone,
}

/// How many matches are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub least: u32,
    pub most: u32,
}

impl Count {
    pub const AT_MOST_ONE: Count = Count { least: 0, most: 1 };
    pub const ANY: Count = Count { least: 0, most: u32::MAX };
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.least, self.most) {
            (least, u32::MAX) => write!(f, "{least} or more"),
            (least, most) if least == most => write!(f, "{least}"),
            (least, most) => write!(f, "{least} to {most}"),
        }
    }
}

/// What a rule takes for granted at its place in the file.
#[derive(Clone, Copy)]
pub(super) struct Defaults {
    /// The attribute that `select` reads when the rule names none.
    pub attribute: Option<&'static str>,
    pub count: Count,
    /// Whether `formats` may stand in it.
    pub is_date: bool,
}

impl Defaults {
    pub const VALUE: Defaults = Defaults { attribute: None, count: Count::AT_MOST_ONE, is_date: false };
    pub const LINK: Defaults = Defaults { attribute: Some("href"), count: Count::ANY, is_date: false };
    pub const DATE: Defaults = Defaults { attribute: None, count: Count::AT_MOST_ONE, is_date: true };
    pub const IMAGES: Defaults = Defaults { attribute: Some("src"), count: Count::ANY, is_date: false };
}

/// Reads a selector, a rule or a list of them.
pub(super) fn rules(node: &Node<'_>, defaults: Defaults) -> Result<Rules, AdapterError> {
    let rules = node.list().iter().map(|node| rule(node, defaults)).collect::<Result<Vec<_>, _>>()?;
    if rules.is_empty() {
        return Err(node.error("is empty", "give a selector or a rule"));
    }
    let at = node.path.strip_prefix("detail.").unwrap_or(&node.path).to_owned();
    Ok(Rules { at, rules })
}

pub(super) fn selector(node: &Node<'_>) -> Result<Selector, AdapterError> {
    let word = node.word()?;
    let selector = Selector::parse(word.text).map_err(|error| {
        node.error(
            format!("is no CSS selector: {error}"),
            "write it as in a style sheet, for example \"article.ad > h2\"",
        )
    })?;
    node.source.selectors.borrow_mut().push((node.path.clone(), word.text.to_owned()));
    Ok(selector)
}

pub(super) fn selectors(node: &Node<'_>) -> Result<Vec<Selector>, AdapterError> {
    node.list().iter().map(selector).collect()
}

pub(super) fn pattern(node: &Node<'_>) -> Result<Regex, AdapterError> {
    let word = node.word()?;
    // The limits keep a pattern from costing more than the page it reads.
    regex::RegexBuilder::new(word.text).size_limit(1 << 20).dfa_size_limit(1 << 20).build().map_err(|error| {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        node.error(
            format!("is no pattern: {reason}"),
            "see docs.rs/regex; write patterns in single quotes: 'id=(\\d+)'",
        )
    })
}

fn rule(node: &Node<'_>, defaults: Defaults) -> Result<Rule, AdapterError> {
    let plain = |place, shown| Rule {
        shown,
        place,
        keep_line_breaks: false,
        regex: None,
        decode: Vec::new(),
        ignored_values: Vec::new(),
        lookup: BTreeMap::new(),
        prefix: String::new(),
        suffix: String::new(),
        kind: Kind::Text,
        count: defaults.count,
        required: false,
        join: None,
        formats: Formats::default(),
    };
    if let Ok(word) = node.word() {
        let attribute = defaults.attribute.map(str::to_owned);
        return Ok(plain(Place::Select { selector: selector(node)?, attribute }, format!("select {}", word.text)));
    }
    let keys = node.keys()?;
    let mut rule = plain(place(&keys, defaults)?, shown(&keys));
    let text = |key: &str| keys.get(key).map(|node| node.word().map(|word| word.text.to_owned())).transpose();
    rule.keep_line_breaks = keys.get("keep_line_breaks").map_or(Ok(false), |node| node.flag())?;
    rule.regex = keys.get("regex").map(|node| pattern(&node)).transpose()?;
    if let Some(node) = keys.get("decode") {
        for word in node.words()? {
            rule.decode.push(Decode::named(word.text).ok_or_else(|| {
                word.node.error("names no way to decode", "use reverse, base64, rot13, entities, percent or hex")
            })?);
        }
    }
    if let Some(node) = keys.get("ignored_values") {
        rule.ignored_values = node.words()?.iter().map(|word| word.text.to_owned()).collect();
    }
    if let Some(node) = keys.get("lookup") {
        for (from, to) in node.keys()?.all() {
            rule.lookup.insert(from.to_owned(), to.word()?.text.to_owned());
        }
    }
    rule.prefix = text("prefix")?.unwrap_or_default();
    rule.suffix = text("suffix")?.unwrap_or_default();
    if let Some(node) = keys.get("kind") {
        rule.kind = match node.word()?.text {
            "text" => Kind::Text,
            "price" => Kind::Price,
            "age" => Kind::Age,
            "phone" => Kind::Phone,
            _ => return Err(node.error("names no kind", "use text, price, age or phone")),
        };
    }
    rule.join = text("join")?;
    if rule.join.is_some() {
        rule.count = Count::ANY;
    }
    rule.required = keys.get("required").map_or(Ok(false), |node| node.flag())?;
    if rule.required {
        rule.count.least = 1;
    }
    if let Some(node) = keys.get("count") {
        rule.count = count(&node)?;
    }
    if defaults.is_date
        && let Some(node) = keys.get("formats")
    {
        rule.formats = Formats::none();
        for word in node.words()? {
            if !rule.formats.allow(word.text) {
                return Err(word.node.error("names no format", "use iso, absolute, relative or month_first"));
            }
        }
    }
    keys.finish()?;
    Ok(rule)
}

pub(super) const PLACES: [&str; 6] = ["select", "url", "json_ld", "microdata", "opengraph", "row"];

/// `select a.phone, attribute href`.
fn shown(keys: &Keys<'_>) -> String {
    let parts = PLACES.iter().chain(&["attribute"]);
    let given = parts
        .filter_map(|key| keys.get(key).and_then(|node| node.word().ok().map(|word| format!("{key} {}", word.text))));
    given.collect::<Vec<_>>().join(", ")
}

fn place(keys: &Keys<'_>, defaults: Defaults) -> Result<Place, AdapterError> {
    let attribute = keys.get("attribute").map(|node| node.word().map(|word| word.text.to_lowercase())).transpose()?;
    let given: Vec<(&str, Node<'_>)> = PLACES.iter().filter_map(|key| keys.get(key).map(|node| (*key, node))).collect();
    let (key, node) = match given.as_slice() {
        [one] => one,
        [] => {
            let Some(attribute) = attribute else {
                // An unknown key is the likelier reason, and the better message.
                keys.finish_among(&OTHER_KEYS)?;
                return Err(keys.error(
                    "does not say where the value stands",
                    "give one of select, attribute, url, json_ld, microdata, opengraph, row",
                ));
            };
            return Ok(Place::Attribute(attribute));
        }
        [_, (key, second), ..] => {
            return Err(second.error(
                format!("`{key}` is a second place"),
                "give one place a rule; use a list of rules to try several",
            ));
        }
    };
    if attribute.is_some() && *key != "select" {
        return Err(node.error("goes only without `attribute`", "use `attribute` with `select` or alone"));
    }
    let path = |node: &Node<'_>| {
        Path::parse(node.word()?.text).ok_or_else(|| node.error("is no path", "write it as \"Product.offers.price\""))
    };
    Ok(match *key {
        "select" => {
            Place::Select { selector: selector(node)?, attribute: attribute.or(defaults.attribute.map(str::to_owned)) }
        }
        "url" => Place::Url(pattern(node)?),
        "json_ld" => Place::JsonLd(path(node)?),
        "microdata" => Place::Microdata(path(node)?),
        "opengraph" => Place::OpenGraph(node.word()?.text.to_owned()),
        _ => Place::Row(node.word()?.text.to_owned()),
    })
}

pub(super) const OTHER_KEYS: [&str; 13] = [
    "keep_line_breaks",
    "regex",
    "decode",
    "ignored_values",
    "lookup",
    "prefix",
    "suffix",
    "kind",
    "count",
    "required",
    "join",
    "formats",
    "attribute",
];

/// `1`, `"0-1"`, `"1+"`.
fn count(node: &Node<'_>) -> Result<Count, AdapterError> {
    let help = "write 1, \"0-1\", \"1+\", \"0+\" or \"2-5\"";
    if !node.value.is_str() {
        let number = node.whole(0..=10_000)?;
        return Ok(Count { least: number, most: number });
    }
    let text = node.word()?.text;
    let number = |text: &str| text.trim().parse::<u32>().ok();
    let count = match (text.strip_suffix('+'), text.split_once('-')) {
        (Some(least), _) => number(least).map(|least| Count { least, most: u32::MAX }),
        (None, Some((least, most))) => number(least).zip(number(most)).map(|(least, most)| Count { least, most }),
        (None, None) => number(text).map(|number| Count { least: number, most: number }),
    };
    count.filter(|count| count.least <= count.most).ok_or_else(|| node.error("is no count", help))
}
