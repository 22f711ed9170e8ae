//! Read a text as if it were an ad. It travels in the form's body, is read, shown and forgotten.

use super::firings::{GroupView, Shown};
use super::show;
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::highlight::{Mark, Segment, segments};
use crate::page::Page;
use crate::port::TextRead;
use crate::{AppState, WorkbenchError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use domain::Field;
use std::collections::BTreeMap;

/// Longest text, in characters.
const MOST_TEXT: usize = 20_000;

struct ResultView {
    segments: Vec<Segment>,
    mentions: Vec<(String, i64)>,
    groups: Vec<GroupView>,
    abstentions: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "try.html")]
struct TryView {
    page: Page,
    text: String,
    error: Option<String>,
    result: Option<ResultView>,
}

/// The empty form.
pub async fn form(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    let page = new_page(&state, &visit, &who);
    show(&TryView { page, text: String::new(), error: None, result: None })
}

/// Reads the text.
pub async fn read(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    posted: Posted,
) -> Result<Response, WebError> {
    let t = visit.language;
    let page = new_page(&state, &visit, &who);
    let text = posted.text("text");
    let wrong = if text.is_empty() {
        Some(t.t("try-empty"))
    } else if text.chars().count() > MOST_TEXT {
        Some(t.n("wrong-too-long", MOST_TEXT as i64))
    } else {
        None
    };
    let read = match &wrong {
        None => state.workbench.read_text(&text).await,
        Some(_) => Err(WorkbenchError::TooLong { length: text.len(), limit: MOST_TEXT }),
    };
    match (wrong, read) {
        (None, Ok(read)) => {
            let result = Some(result(&state, &page, &text, &read));
            Ok(show(&TryView { page, text, error: None, result })?.into_response())
        }
        (Some(words), _) => {
            let view = TryView { page, text, error: Some(words), result: None };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&view)?).into_response())
        }
        (None, Err(error)) => Err(error.into()),
    }
}

fn new_page(state: &AppState, visit: &Visit, who: &Who) -> Page {
    Page::of(state, visit, who, visit.language.t("try-title"))
}

fn result(state: &AppState, page: &Page, text: &str, read: &TextRead) -> ResultView {
    let shown = Shown { page, catalogue: &state.catalogue, ads: BTreeMap::new(), text: Some(text), words_shown: true };
    let found = read.found();
    let mut marks = shown.marks(&read.firings, &Field::Text);
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for mention in &found {
        *counts.entry(mention.kind).or_default() += 1;
        marks.push(Mark {
            start: mention.start,
            end: mention.end,
            words: page.t(&format!("mention-{}", mention.kind)),
            class: "mention",
            covered: false,
        });
    }
    ResultView {
        segments: segments(text, (0, text.len()), &marks),
        mentions: counts.into_iter().map(|(kind, count)| (page.t(&format!("mention-{kind}")), count)).collect(),
        groups: shown.groups(&read.firings, None, "try"),
        abstentions: read
            .abstentions
            .iter()
            .map(|a| (shown.title(a.indicator.as_str()), page.of_both(&a.reason).to_owned()))
            .collect(),
    }
}
