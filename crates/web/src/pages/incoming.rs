//! A case that another programme sent here: a municipality, a reason, the contacts as pseudonyms of the register that both
//! share, and the own cases with such a contact. Nothing else of the other programme's is known here.

use super::case::short_id;
use super::show;
use crate::AppState;
use crate::access::{Researcher, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Redirect};
use domain::ProgrammeId;
use jiff::Timestamp;
use std::collections::HashMap;
use store::{Incoming, IncomingState};

/// One in the queue.
pub struct IncomingRow {
    /// Its page.
    pub href: String,
    /// From whom.
    pub title: String,
    /// Where, why, since when.
    pub facts: String,
    /// Where it stands.
    pub state: String,
}

/// What other programmes sent here and nobody has closed, for the queue; `from` one of them, or empty.
pub async fn rows(state: &AppState, page: &Page, who: &Who, from: &str) -> Result<Vec<IncomingRow>, WebError> {
    if !state.store.shares_register() {
        return Ok(Vec::new());
    }
    let from = Some(from).filter(|from| !from.is_empty()).map(ProgrammeId::from);
    let look = who.look("incoming", "review", state.settings.programme.0.clone(), state.now());
    let found = state.store.incoming(&look, from.as_ref()).await?;
    Ok(found.iter().map(|item| row(state, page, item)).collect())
}

fn row(state: &AppState, page: &Page, item: &Incoming) -> IncomingRow {
    IncomingRow {
        href: format!("/incoming/{}", item.id),
        title: title(state, page, item),
        facts: page.t.vs(
            "incoming-facts",
            &[
                ("where", place(state, page, item)),
                ("reason", page.t.of(&item.reason).to_owned()),
                ("when", page.near(&item.sent_at)),
            ],
        ),
        state: page.t(&format!("incoming-{}", item.state.as_str())),
    }
}

fn title(state: &AppState, page: &Page, item: &Incoming) -> String {
    page.v("incoming-from", "programme", programme_name(state, page, &item.from))
}

fn programme_name(state: &AppState, page: &Page, id: &ProgrammeId) -> String {
    let known = state.settings.other_programmes.iter().find(|(other, _)| other == id);
    known.map_or_else(|| id.as_str().to_owned(), |(_, name)| page.t.of(name).to_owned())
}

fn place(state: &AppState, page: &Page, item: &Incoming) -> String {
    match item.municipality_code.as_str() {
        "" => page.t("incoming-no-place"),
        code => state.settings.municipality(code).to_owned(),
    }
}

#[derive(Template)]
#[template(path = "incoming.html")]
struct IncomingView {
    page: Page,
    id: i64,
    state: String,
    facts: Vec<(String, String)>,
    contacts: Vec<String>,
    cases: Vec<(String, String)>,
    acts: Vec<(&'static str, String)>,
}

/// The page of one.
pub async fn incoming(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    visit: Visit,
    Path(id): Path<i64>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Html<String>, WebError> {
    let t = visit.language;
    let item = read(&state, &who, id, state.now()).await?;
    let page = Page::of(&state, &visit, &who, t.t("incoming-title"))
        .under("/queue", t.t("menu-queue"))
        .with_done(query.get("done"));
    let state_words = t.t(&format!("incoming-{}", item.state.as_str()));
    let acts = match item.state {
        IncomingState::Sent => vec![IncomingState::Taken, IncomingState::Closed],
        IncomingState::Taken => vec![IncomingState::Closed, IncomingState::Sent],
        IncomingState::Closed => vec![IncomingState::Taken],
        IncomingState::Withdrawn => Vec::new(),
    };
    let view = IncomingView {
        id,
        state: t.vs("incoming-state", &[("state", state_words), ("when", page.near(&item.state_at))]),
        facts: vec![
            (t.t("incoming-label-from"), programme_name(&state, &page, &item.from)),
            (t.t("incoming-label-where"), place(&state, &page, &item)),
            (t.t("incoming-label-reason"), t.of(&item.reason).to_owned()),
            (t.t("incoming-label-when"), page.short_time(&item.sent_at)),
        ],
        contacts: item.contacts.clone(),
        cases: item.cases.iter().map(|case| (format!("/case/{}", case.0), short_id(case).to_owned())).collect(),
        acts: acts.into_iter().map(|to| (to.as_str(), t.t(&format!("incoming-do-{}", to.as_str())))).collect(),
        page,
    };
    show(&view)
}

/// Says how far it is.
pub async fn set(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    read(&state, &who, id, now).await?;
    let to = [IncomingState::Sent, IncomingState::Taken, IncomingState::Closed]
        .into_iter()
        .find(|to| to.as_str() == posted.text("to"))
        .ok_or(WebError::UnreadableForm)?;
    state.store.set_incoming(id, to, who.id(), now).await?;
    Ok(Redirect::to(&format!("/incoming/{id}?done=incoming-set")))
}

async fn read(state: &AppState, who: &Who, id: i64, now: Timestamp) -> Result<Incoming, WebError> {
    let look = who.look("incoming", "review", id.to_string(), now);
    Ok(state.store.incoming_one(&look, id).await?)
}
