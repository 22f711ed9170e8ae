//! Read a text as if it were an ad. It travels in the form's body, is read, shown and forgotten.

use super::firings::{GroupView, Shown, group_name};
use super::show;
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::highlight::{Mark, Segment, excerpt, segments};
use crate::page::{Count, Page};
use crate::port::TextRead;
use crate::{AppState, WorkbenchError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use classifier::WhyNot;
use domain::{Field, Group, Span};
use std::collections::BTreeMap;

/// Longest text, in characters.
const MOST_TEXT: usize = 20_000;

struct ResultView {
    segments: Vec<Segment>,
    mentions: Vec<(String, i64)>,
    groups: Vec<GroupView>,
    not_fired: Vec<NotFiredGroup>,
}

/// The indicators of a group that did not fire, those that came near first.
struct NotFiredGroup {
    letter: char,
    name: String,
    near: i64,
    indicators: Vec<NotFired>,
}

/// One of them: what it would have been, which condition was not met, and the words around what came near.
struct NotFired {
    id: String,
    title: String,
    near: bool,
    reason: String,
    segments: Vec<Segment>,
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
        None => {
            // That somebody tried a text is on record, the text is not.
            state.store.audit(&who.look("try", "research", String::new(), state.now())).await?;
            state.workbench.read_text(&text, page.today).await
        }
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
    let shown = Shown {
        page,
        catalogue: &state.catalogue,
        ads: BTreeMap::new(),
        text: Some(text),
        words_shown: true,
        new: Vec::new(),
    };
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
        not_fired: not_fired(&shown, text, read),
    }
}

fn not_fired(shown: &Shown<'_>, text: &str, read: &TextRead) -> Vec<NotFiredGroup> {
    let page = shown.page;
    let mut groups: BTreeMap<Group, Vec<NotFired>> = BTreeMap::new();
    for not in &read.not_fired {
        groups.entry(not.group).or_default().push(NotFired {
            id: not.indicator.0.clone(),
            title: shown.title(not.indicator.as_str()),
            near: not.near,
            reason: page.of_both(&not.reason).to_owned(),
            segments: around(page, text, not),
        });
    }
    let view = |(group, mut indicators): (Group, Vec<NotFired>)| {
        indicators.sort_by_key(|indicator| !indicator.near);
        let near = indicators.iter().filter(|indicator| indicator.near).count();
        NotFiredGroup { letter: group.0, name: group_name(page, group), near: near.count(), indicators }
    };
    groups.into_iter().map(view).collect()
}

/// The words that came near, with what stopped them.
fn around(page: &Page, text: &str, not: &WhyNot) -> Vec<Segment> {
    let mark = |span: &Span, key: &str, class| Mark {
        start: span.start,
        end: span.end,
        words: page.t(key),
        class,
        covered: false,
    };
    let by = not.by.iter().map(|span| mark(span, "try-stopped-by", "against"));
    let near = not.span.iter().map(|span| mark(span, "try-came-near", "context"));
    let marks: Vec<Mark> = by.chain(near).collect();
    let (start, end) = (marks.iter().map(|m| m.start).min(), marks.iter().map(|m| m.end).max());
    start.zip(end).map_or_else(Vec::new, |(start, end)| excerpt(text, start, end, &marks))
}
