//! What each rule and selector finds in a page: for people who tune an adapter.

use super::Adapter;
use super::document::Document;
use super::issues::Issues;
use super::listing::entry_links;
use super::plan::{ListingKind, Rows};
use super::rule::Rules;
use super::value::Scope;
use domain::Page;
use scraper::{ElementRef, Selector};

/// What one rule, or one selector that is no rule, finds in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFound {
    /// Its key in `site.toml`: `detail.fields.price`.
    pub at: String,
    /// What it looks for: `select .price`, `json_ld Product.offers.price`.
    pub rule: String,
    /// How often it matches.
    pub matches: usize,
    /// What it gives, where it gives values: the ads' own text.
    pub values: Vec<String>,
    /// A page on which it finds nothing is not as it should be.
    pub required: bool,
}

impl Adapter {
    /// What each rule of `[listing]` and each test of `[marks]` finds in a listing page, in the order of the file. The
    /// order is the same for every page.
    pub fn explain_listing(&self, page: &Page) -> Vec<RuleFound> {
        let ListingKind::Html { item, link, ignored, .. } = &self.listing.kind else {
            let read = self.read_listing(page);
            let values = read.items.into_iter().map(|item| item.ad_id).collect::<Vec<_>>();
            let found = RuleFound {
                at: "listing.ad_id".into(),
                rule: "url".into(),
                matches: values.len(),
                values,
                required: true,
            };
            return vec![found];
        };
        let document = Document::read(page, ignored, &mut Issues::default());
        let entries: Vec<ElementRef<'_>> = document.select(None, item).collect();
        let mut found = self.selectors_of(&document, |at| {
            at == "listing.item"
                || at.starts_with("listing.ignored")
                || at.starts_with("listing.next")
                || at.starts_with("marks.")
        });
        for within in found.iter_mut().filter(|rule| rule.at == "listing.item") {
            within.required = true;
        }
        for (at, text) in self.selectors.iter().filter(|(at, _)| at.starts_with("listing.excerpt")) {
            let matches = Selector::parse(text)
                .map_or(0, |selector| entries.iter().map(|entry| entry.select(&selector).count()).sum());
            found.push(RuleFound {
                at: at.clone(),
                rule: format!("select {text}"),
                matches,
                values: Vec::new(),
                required: false,
            });
        }
        let links = entry_links(self, &document, &entries, link.as_ref());
        for (rules, name) in [(link.as_ref(), "listing.link"), (Some(&self.listing.ad_id), "listing.ad_id")] {
            let Some(rules) = rules else { continue };
            for rule in &rules.rules {
                let mut values = Vec::new();
                for (entry, url) in &links {
                    let scope = Scope { document: &document, entry: Some(*entry), url: url.as_str(), rows: &[] };
                    values.extend(rule.values(name, scope, &mut Issues::default()));
                }
                let required = name == "listing.ad_id";
                found.push(RuleFound {
                    at: name.into(),
                    rule: rule.shown.clone(),
                    matches: values.len(),
                    values,
                    required,
                });
            }
        }
        found
    }

    /// The same of `[detail]` for an ad's page.
    pub fn explain_detail(&self, page: &Page) -> Vec<RuleFound> {
        let detail = &self.detail;
        let document = Document::read(page, &detail.ignored, &mut Issues::default());
        let rows = detail.rows.as_ref().map_or(Vec::new(), |rows: &Rows| rows.read(&document, &mut Issues::default()));
        let scope = Scope { document: &document, entry: None, url: &page.url, rows: &rows };
        let own = [&detail.title, &detail.body, &detail.ad_id, &detail.posted_at, &detail.images];
        let mut found = Vec::new();
        let mut add = |rules: &Rules| {
            for rule in &rules.rules {
                let values = rule.values(&rules.at, scope, &mut Issues::default());
                let (at, rule, required) = (format!("detail.{}", rules.at), rule.shown.clone(), rule.required);
                found.push(RuleFound { at, rule, matches: values.len(), values, required });
            }
        };
        own.into_iter().flatten().for_each(&mut add);
        detail.fields.values().for_each(&mut add);
        found.extend(self.selectors_of(&document, |at| {
            at.starts_with("detail.ignored") || at.starts_with("detail.rows") || at.starts_with("marks.")
        }));
        found
    }

    fn selectors_of(&self, document: &Document, wanted: impl Fn(&str) -> bool) -> Vec<RuleFound> {
        let chosen = self.selectors.iter().filter(|(at, _)| wanted(at));
        chosen
            .map(|(at, text)| {
                let root = document.html.root_element();
                let matches = Selector::parse(text).map_or(0, |selector| root.select(&selector).count());
                RuleFound {
                    at: at.clone(),
                    rule: format!("select {text}"),
                    matches,
                    values: Vec::new(),
                    required: false,
                }
            })
            .collect()
    }
}
