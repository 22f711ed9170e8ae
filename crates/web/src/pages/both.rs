//! A save that meets a newer one: both stand side by side, and whoever wanted to save chooses or brings them together.

use super::{Choice, show};
use crate::AppState;
use crate::access::{Visit, Who};
use crate::errors::WebError;
use crate::page::Page;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

/// Both sides of a save.
pub struct Both {
    /// What is saved, a line each.
    pub theirs: Vec<String>,
    /// Who saved it, and when.
    pub changed: Option<(String, Timestamp)>,
    /// What was to be saved, a line each.
    pub mine: Vec<String>,
    /// The fields that save mine after all.
    pub again: Vec<(String, String)>,
    /// Where the form goes.
    pub action: String,
    /// Where theirs is seen.
    pub back: String,
    /// A form that brings both together, where words can.
    pub merge: Option<Merge>,
}

/// Both sides brought together, to be looked over.
pub struct Merge {
    /// The version that it replaces.
    pub version: i64,
    /// On which day.
    pub day: String,
    /// Both plans.
    pub plan: String,
    /// Who looks after it.
    pub cares: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "both.html")]
struct BothView {
    page: Page,
    both: Both,
    who_and_when: String,
}

impl Both {
    /// The page. Nothing was saved.
    pub fn answer(self, state: &AppState, visit: &Visit, who: &Who) -> Result<Response, WebError> {
        let t = visit.language;
        let page = Page::of(state, visit, who, t.t("both-title"));
        let who_and_when = match &self.changed {
            Some((name, at)) => super::decision::by_words(&page, "by-name-at", name, at),
            None => String::new(),
        };
        Ok((StatusCode::CONFLICT, show(&BothView { page, both: self, who_and_when })?).into_response())
    }
}
