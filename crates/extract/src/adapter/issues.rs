//! What was unexpected in a page, each thing once.

use domain::Issue;

/// Collects issues; the same one from many entries of a listing is kept once.
#[derive(Debug, Default)]
pub(super) struct Issues(pub Vec<Issue>);

impl Issues {
    pub fn add(&mut self, at: &str, what: impl Into<String>) {
        let issue = Issue { at: at.to_owned(), what: what.into() };
        if !self.0.contains(&issue) {
            self.0.push(issue);
        }
    }
}
