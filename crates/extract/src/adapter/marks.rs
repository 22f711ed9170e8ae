//! What a page says about itself.

use super::document::Document;
use super::plan::{Marks, Test};
use super::text::{NONE, text_of};
use domain::Mark;

impl Marks {
    /// The page's mark. A challenge comes first, since such a page says nothing about the ad; then the account, the
    /// ad, the listing.
    pub fn of(&self, document: &Document) -> Option<Mark> {
        let mut page_text = None;
        let mut holds = |tests: &[Test]| tests.iter().any(|test| test.holds(document, &mut page_text));
        if holds(&self.challenge) {
            Some(Mark::Challenge)
        } else if holds(&self.suspended) {
            Some(Mark::Suspended)
        } else if holds(&self.expired) {
            Some(Mark::Expired)
        } else if holds(&self.no_ads) {
            Some(Mark::NoAds)
        } else {
            None
        }
    }
}

impl Test {
    fn holds(&self, document: &Document, page_text: &mut Option<String>) -> bool {
        if self.url.as_ref().is_some_and(|pattern| !pattern.is_match(&document.url)) {
            return false;
        }
        let root = document.html.root_element();
        match (&self.selector, &self.text) {
            (None, None) => true,
            (Some(selector), None) => document.anywhere(selector).next().is_some(),
            (Some(selector), Some(text)) => {
                document.anywhere(selector).any(|element| text_of(element, &NONE, false).to_lowercase().contains(text))
            }
            (None, Some(text)) => {
                page_text.get_or_insert_with(|| text_of(root, &NONE, false).to_lowercase()).contains(text)
            }
        }
    }
}
