//! Applying rules to a page: from a place to checked values, with an issue for everything unexpected.

use super::document::Document;
use super::issues::Issues;
use super::rule::{Kind, Place, Rule, Rules};
use super::structured;
use super::text::text_of;
use scraper::ElementRef;

/// Where rules look: a page, or one entry of a listing.
#[derive(Clone, Copy)]
pub(super) struct Scope<'d> {
    pub document: &'d Document,
    /// The entry.
    pub entry: Option<ElementRef<'d>>,
    /// The address that `url` patterns read.
    pub url: &'d str,
    /// The page's labels and values.
    pub rows: &'d [Row<'d>],
}

/// One label and its value.
pub(super) struct Row<'d> {
    /// As in the page, without its colon, lower case.
    pub label: String,
    pub value: ElementRef<'d>,
    /// The label's own element, where the value is what else stands in the row.
    pub without: Option<ElementRef<'d>>,
}

impl Row<'_> {
    fn text(&self, document: &Document, keep_line_breaks: bool) -> String {
        let Some(label) = self.without else { return text_of(self.value, &document.ignored, keep_line_breaks) };
        let mut ignored = document.ignored.clone();
        ignored.insert(label.id());
        text_of(self.value, &ignored, keep_line_breaks).trim_start_matches([':', ' ']).to_owned()
    }
}

/// A label for comparing.
pub(super) fn label_of(text: &str) -> String {
    text.trim().trim_end_matches([':', '：']).trim_end().to_lowercase()
}

impl Rules {
    /// The values of the first rule that gives any. Issues of rules before it are no issues.
    pub fn values(&self, scope: Scope<'_>, issues: &mut Issues) -> Vec<String> {
        let mut failed = Issues::default();
        for rule in &self.rules {
            let mut own = Issues::default();
            let values = rule.values(&self.at, scope, &mut own);
            if !values.is_empty() {
                own.0.into_iter().for_each(|issue| issues.add(&issue.at, issue.what));
                return values;
            }
            failed.0.extend(own.0);
        }
        failed.0.into_iter().for_each(|issue| issues.add(&issue.at, issue.what));
        Vec::new()
    }

    /// The one value.
    pub fn value(&self, scope: Scope<'_>, issues: &mut Issues) -> Option<String> {
        self.values(scope, issues).into_iter().next()
    }

    /// The labels that the rules read.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().filter_map(|rule| match &rule.place {
            Place::Row(label) => Some(label.as_str()),
            _ => None,
        })
    }
}

impl Rule {
    pub fn values(&self, at: &str, scope: Scope<'_>, issues: &mut Issues) -> Vec<String> {
        let mut found = self.find(scope, issues);
        found.iter_mut().for_each(|value| {
            if value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace) {
                *value = value.trim().to_owned();
            }
        });
        found.retain(|value| !value.is_empty());
        let number = u32::try_from(found.len()).unwrap_or(u32::MAX);
        if number < self.count.least || number > self.count.most {
            match (self.required, number) {
                (true, 0) => issues.add(at, "is required but was not found"),
                _ => issues.add(at, format!("{number} matches, expected {}", self.count)),
            }
        }
        let values: Vec<String> = found.into_iter().filter_map(|value| self.finish(at, value, issues)).collect();
        match &self.join {
            Some(between) if values.len() > 1 => vec![values.join(between)],
            _ => values,
        }
    }

    /// The raw matches.
    fn find(&self, scope: Scope<'_>, issues: &mut Issues) -> Vec<String> {
        let document = scope.document;
        let text = |element| text_of(element, &document.ignored, self.keep_line_breaks);
        match &self.place {
            Place::Select { selector, attribute: Some(name) } => {
                document.select(scope.entry, selector).filter_map(|element| attribute(element, name)).collect()
            }
            Place::Select { selector, attribute: None } => document.select(scope.entry, selector).map(text).collect(),
            Place::Attribute(name) => {
                attribute(scope.entry.unwrap_or(document.html.root_element()), name).into_iter().collect()
            }
            Place::Url(pattern) => first_group(pattern, scope.url).into_iter().collect(),
            Place::JsonLd(path) => structured::json_ld(structured::json_blocks(document, issues), path),
            Place::Microdata(path) => structured::microdata(document, path),
            Place::OpenGraph(name) => structured::open_graph(document, name),
            Place::Row(label) => {
                let label = label_of(label);
                let rows = scope.rows.iter().filter(|row| row.label == label);
                rows.map(|row| row.text(document, self.keep_line_breaks)).collect()
            }
        }
    }

    /// What is done with a match, in the order that the README gives.
    fn finish(&self, at: &str, mut value: String, issues: &mut Issues) -> Option<String> {
        if let Some(pattern) = &self.regex {
            let Some(part) = first_group(pattern, &value) else {
                issues.add(at, "a value does not match `regex` and was dropped");
                return None;
            };
            value = part;
        }
        for way in &self.decode {
            let Some(decoded) = way.apply(&value) else {
                issues.add(at, format!("a value cannot be decoded as {} and was dropped", way.name()));
                return None;
            };
            value = decoded;
        }
        if !self.decode.is_empty() || self.regex.is_some() {
            value = value.trim().to_owned();
        }
        if value.is_empty() || self.ignored_values.contains(&value) {
            return None;
        }
        if !self.lookup.is_empty() {
            match self.lookup.get(&value) {
                Some(to) => value = to.clone(),
                None => issues.add(at, "a value is not in `lookup`"),
            }
        }
        if !self.kind.fits(&value) {
            issues.add(at, format!("a value is no {}", self.kind.name()));
        }
        Some(match self.prefix.is_empty() && self.suffix.is_empty() {
            true => value,
            false => format!("{}{value}{}", self.prefix, self.suffix),
        })
    }
}

/// An attribute; of several pictures in a `srcset`, the largest.
fn attribute(element: ElementRef<'_>, name: &str) -> Option<String> {
    let value = element.attr(name)?;
    if !name.ends_with("srcset") {
        return Some(value.to_owned());
    }
    let size = |candidate: &str| {
        let size = candidate.split_whitespace().nth(1).unwrap_or("1x");
        size.trim_end_matches(char::is_alphabetic).parse::<f64>().unwrap_or(1.0)
    };
    let candidates = value.split(", ").map(|candidate| candidate.trim().trim_end_matches(','));
    let largest = candidates.reduce(|best, next| if size(next) > size(best) { next } else { best })?;
    largest.split_whitespace().next().map(str::to_owned)
}

/// The first group that took part, else the whole match.
pub(super) fn first_group(pattern: &regex::Regex, text: &str) -> Option<String> {
    let found = pattern.captures(text)?;
    let part = found.iter().skip(1).flatten().next().or(found.get(0))?;
    Some(part.as_str().to_owned())
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Price => "price",
            Kind::Age => "age",
            Kind::Phone => "phone number",
        }
    }

    /// Whether a value can be one. Wide on purpose: it is to notice that a page was rebuilt, not to judge the ad.
    fn fits(self, value: &str) -> bool {
        let digits = value.chars().filter(|letter| letter.is_numeric()).count();
        match self {
            Kind::Text => true,
            Kind::Price => (1..=9).contains(&digits) && value.chars().count() <= 60,
            // An age under 18 is a value like any other here: what it means is for the urgent route to say.
            Kind::Age => {
                let mut numbers = value.split(|letter: char| !letter.is_ascii_digit()).filter(|part| !part.is_empty());
                numbers.next().and_then(|number| number.parse::<u32>().ok()).is_some_and(|age| (10..=99).contains(&age))
            }
            Kind::Phone => (6..=17).contains(&digits) && value.chars().count() <= 60,
        }
    }
}
