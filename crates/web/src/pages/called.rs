//! Who is calling? A number typed on the phone shows what the ledger knows of it, and nothing where nobody approached it.

use super::objection::contacts;
use super::show;
use super::today::own_team;
use super::urgent::UrgentHelp;
use super::what_came::{Told, WhatCame, caller, told};
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::{AppState, gate};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use std::collections::BTreeSet;
use tower_sessions::Session;

struct KnownView {
    language: String,
    cautions: Vec<String>,
    objected: bool,
    urgent: Option<UrgentHelp>,
    history: Vec<Told>,
    form: Option<WhatCame>,
}

#[derive(Template)]
#[template(path = "called.html")]
struct CalledView {
    page: Page,
    asked: bool,
    known: Option<KnownView>,
    error: Option<String>,
    typed: String,
}

/// The form.
pub async fn form(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
) -> Result<Html<String>, WebError> {
    own_team(&state, &who)?;
    let page = Page::of(&state, &visit, &who, visit.language.t("called-title"));
    show(&CalledView { page, asked: false, known: None, error: None, typed: String::new() })
}

/// Looks a number up. It stands in no address and in no answer; a look is logged, a number that is unknown is not.
pub async fn look_up(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    session: Session,
    posted: Posted,
) -> Result<Response, WebError> {
    let t = visit.language;
    let page = Page::of(&state, &visit, &who, t.t("called-title")).at("/called");
    let found = contacts(&state, &posted.text("contact")).await?;
    let Some(contact) = found.first() else {
        let (error, typed) = (Some(t.t("called-unreadable")), posted.text("contact"));
        let view = CalledView { page, asked: false, known: None, error, typed };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&view)?).into_response());
    };
    let look = who.look("called_back", "called back", String::new(), state.now());
    let known = match state.store.called_back(&look, contact).await? {
        Some(known) => Some(view(&state, &page, &who, &session, &known).await?),
        None => None,
    };
    Ok(show(&CalledView { page, asked: true, known, error: None, typed: String::new() })?.into_response())
}

async fn view(
    state: &AppState,
    page: &Page,
    who: &Who,
    session: &Session,
    known: &store::CalledBack,
) -> Result<KnownView, WebError> {
    let (team, now) = (own_team(state, who)?, state.now());
    let seen = gate::worker_view(team, who);
    let (mut languages, mut cautions, mut urgent) = (BTreeSet::new(), Vec::new(), false);
    for advertiser in &known.advertisers {
        let Some(row) = state.store.gate_row(advertiser, now, now).await? else { continue };
        let candidate = gate::candidate(row, &state.catalogue);
        urgent |= candidate.facts.urgent_open;
        let line = outreach::describe(&candidate, &seen);
        if !line.language.is_empty() {
            languages.insert(page.language(&line.language));
        }
        for caution in &line.cautions {
            let words = page.of_both(caution).to_owned();
            if !cautions.contains(&words) {
                cautions.push(words);
            }
        }
    }
    let help = super::urgent::help(state, page).await?;
    let (urgent, ask) = if urgent { (Some(help), None) } else { (None, Some(help)) };
    let language = languages.into_iter().collect::<Vec<_>>().join(", ");
    Ok(KnownView {
        language: if language.is_empty() { page.t("language-unknown") } else { language },
        cautions,
        objected: known.objected,
        urgent,
        history: told(state, page, who, team, &known.attempts).await?,
        form: caller(state, page.t, team, session, known, ask).await?,
    })
}
