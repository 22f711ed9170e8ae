//! Reading an ad's page.

use super::Adapter;
use super::dates;
use super::document::Document;
use super::issues::Issues;
use super::plan::Rows;
use super::rule::Rules;
use super::text::text_of;
use super::value::{Row, Scope, label_of};
use domain::{AdContent, DetailRead, Image, Mark, Page};
use jiff::{SignedDuration, Timestamp};
use scraper::ElementRef;
use std::collections::BTreeMap;

impl Adapter {
    /// What an ad's page holds.
    pub fn read_detail(&self, page: &Page) -> DetailRead {
        let mut issues = Issues::default();
        let document = Document::read_for(page, &self.detail.ignored, &self.wanted, &mut issues);
        let mark = self.marks.of(&document);
        if mark == Some(Mark::Challenge) {
            return DetailRead { mark, issues: issues.0, ..DetailRead::default() };
        }
        let before = issues.0.len();
        let rows = self.detail.rows.as_ref().map_or(Vec::new(), |rows| rows.read(&document, &mut issues));
        let scope = Scope { document: &document, entry: None, url: &page.url, rows: &rows };
        let content = self.content(page, scope, &mut issues);
        let ad_id = self.detail.ad_id.as_ref().and_then(|rules| rules.value(scope, &mut issues));
        if content.is_none() {
            // A page that says 'expired' need not hold an ad; what it lacks is then no issue.
            issues.0.truncate(before);
            if mark.is_none() {
                issues.add("detail", "holds neither title nor body, and no mark says why");
            }
        } else if let Some(rows) = &self.detail.rows {
            self.unknown_labels(rows, scope.rows, &mut issues);
        }
        DetailRead { content, ad_id, mark, issues: issues.0 }
    }

    fn content(&self, page: &Page, scope: Scope<'_>, issues: &mut Issues) -> Option<AdContent> {
        let detail = &self.detail;
        let one_line = |rules: &Option<Rules>, issues: &mut Issues| {
            rules.as_ref().and_then(|rules| rules.value(scope, issues)).map(|text| text.replace('\n', " "))
        };
        let title = one_line(&detail.title, issues).unwrap_or_default();
        let body = detail.body.as_ref().and_then(|rules| rules.value(scope, issues)).unwrap_or_default();
        if title.is_empty() && body.is_empty() {
            return None;
        }
        let mut fields = BTreeMap::new();
        for (name, rules) in &detail.fields {
            if let Some(value) = rules.value(scope, issues) {
                fields.insert(name.clone(), value.replace('\n', " "));
            }
        }
        let posted_at = detail.posted_at.as_ref().and_then(|rules| posted_at(rules, scope, page.fetched_at, issues));
        let images = detail.images.as_ref().map_or(Vec::new(), |rules| images(rules, scope, issues));
        Some(AdContent { title, body, fields, url: Some(page.url.clone()), posted_at, images })
    }

    /// Every label is read, ignored, or an issue: that is how a new field of the site is noticed.
    fn unknown_labels(&self, rows: &Rows, found: &[Row<'_>], issues: &mut Issues) {
        let known: Vec<String> = self.detail.all_rules().flat_map(Rules::labels).map(label_of).collect();
        let unknown = |row: &&Row<'_>| !known.contains(&row.label) && !rows.ignored.contains(&row.label);
        let number = found.iter().filter(unknown).count();
        if number > 0 {
            issues.add("rows", format!("{number} of {} labels are neither read nor ignored", found.len()));
        }
    }
}

impl Rows {
    pub(super) fn read<'d>(&'d self, document: &'d Document, issues: &mut Issues) -> Vec<Row<'d>> {
        let row = |label: ElementRef<'d>, value| {
            let label = label_of(&text_of(label, &document.ignored, false));
            (!label.is_empty()).then_some(Row { label, value, without: None })
        };
        let mut rows = Vec::new();
        match &self.item {
            Some(item) => {
                for item in document.select(None, item) {
                    let label = document.select(Some(item), &self.label).next();
                    let value = match &self.value {
                        Some(value) => document.select(Some(item), value).next(),
                        None => label.and_then(next_element),
                    };
                    match (label, value) {
                        (Some(label), Some(value)) => rows.extend(row(label, value)),
                        // `<li><b>Alder:</b> 24</li>`: the value is what else stands in the row.
                        (Some(label), None) if self.value.is_none() => {
                            rows.extend(row(label, item).map(|row| Row { without: Some(label), ..row }));
                        }
                        _ => issues.add("rows", "a row has no label or no value"),
                    }
                }
            }
            None => {
                for label in document.select(None, &self.label) {
                    match next_element(label) {
                        Some(value) => rows.extend(row(label, value)),
                        None => issues.add("rows", "a label has no value beside it"),
                    }
                }
            }
        }
        rows
    }
}

fn next_element(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    element.next_siblings().find_map(ElementRef::wrap)
}

fn posted_at(rules: &Rules, scope: Scope<'_>, fetched_at: Timestamp, issues: &mut Issues) -> Option<Timestamp> {
    let text = rules.value(scope, issues)?;
    // Which rule gave the value is not known here; a list of rules shares the widest of their formats.
    let formats = rules.rules.iter().map(|rule| rule.formats).reduce(|a, b| a.or(b))?;
    let Some(time) = dates::parse(&text, fetched_at, formats) else {
        issues.add(&rules.at, "is no date that can be read");
        return None;
    };
    // A day's grace: the site's clock and a date without a time are no reason to drop it.
    if time > fetched_at.checked_add(SignedDuration::from_hours(24)).unwrap_or(fetched_at) {
        issues.add(&rules.at, "lies after the time of fetching and was dropped");
        return None;
    }
    Some(time)
}

fn images(rules: &Rules, scope: Scope<'_>, issues: &mut Issues) -> Vec<Image> {
    let mut images: Vec<Image> = Vec::new();
    for source in rules.values(scope, issues) {
        if source.starts_with("data:") {
            // Placeholders of pages that load pictures late; the address then stands in another attribute.
            issues.add(&rules.at, "a picture stands in the page itself; is its address in another attribute?");
            continue;
        }
        match scope.document.absolute(&source) {
            Some(url) if images.iter().any(|image| image.source == url.as_str()) => {}
            Some(url) => images.push(Image { source: url.into(), pdq: None, quality: 0 }),
            None => issues.add(&rules.at, "a value is no address of a picture"),
        }
    }
    images
}
