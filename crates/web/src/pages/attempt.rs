//! What was done: record an attempt with what came of it, set an outcome that was awaited, take an attempt back.

use super::attempt_form::written;
use super::line::{Found, Shown, find, page};
use super::line_view::{history, outcome_words, used_contact};
use super::show;
use super::what_came::{From, record};
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::settings::Team;
use crate::{AppState, gate};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use store::{AttemptId, AttemptRow, Channel, NewAttempt, Outcome, StoreError};

/// Records an attempt and what came of it. The same form sent twice counts once.
pub async fn attempt(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (t, now) = (visit.language, state.now());
    let found = find(&state, &who, id, now).await?;
    let (written, mut errors) = written(&state, t, &posted)?;
    let channel = match posted.text("channel").as_str() {
        "" => {
            errors.push(("how", t.t("wrong-channel")));
            None
        }
        word => Channel::parse(word).filter(|channel| *channel != Channel::None),
    };
    let (Some(channel), true) = (channel, errors.is_empty()) else {
        if errors.is_empty() {
            return Err(WebError::UnreadableForm);
        }
        // The words that were sent stay the words that are named: the language that the worker chose for them is kept.
        let text = Some(posted.text("text")).filter(|text| !text.is_empty());
        let shown = Shown { errors, posted, text: text.as_ref(), ..Shown::default() };
        let page = page(&state, &visit, &who, &found, shown).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let key = posted.text("key");
    if key.len() != 32 {
        return Err(WebError::UnreadableForm);
    }
    // Where the worker names no method it is that of the way used.
    let methods = &state.settings.methods;
    let named = methods.iter().find(|method| method.code == posted.text("method"));
    let method = named.or_else(|| methods.iter().find(|method| method.goes_by(gate::channel(channel))));
    let in_writing = matches!(channel, Channel::Sms | Channel::Mail | Channel::App);
    let text_version = posted.text("text_version");
    let used = used_contact(&found.line.contacts, posted.number("contact"), channel);
    let new = NewAttempt {
        idempotency_key: format!("{}:{key}", who.id().0),
        advertiser: found.line.line.advertiser.clone(),
        line: Some(id),
        contact: used.map(|(row, _)| *row),
        // What was drawn is what is analysed, whatever the form says, while the trial's approval holds.
        method: match super::line::drawn(&state, &found.line.line.advertiser, None, now).await? {
            Some((drawn, _)) => drawn,
            None => method.map_or("outreach", |method| method.code.as_str()).to_owned(),
        },
        channel,
        outcome: written.outcome,
        language: Some(found.line.line.language.clone()).filter(|language| !language.is_empty()),
        text_version: Some(text_version).filter(|text| in_writing && !text.is_empty() && text.len() < 100),
        minutes: written.minutes,
        note: written.note,
        follow_up: written.follow_up,
        team: found.team.id.clone(),
        made_at: now,
        details: written.details,
    };
    let outcome = new.outcome;
    // Another tab, or a colleague: what the page did not tell is asked about before there are two.
    let seen = posted.number("seen").map(AttemptId);
    let put = match state.store.put_attempt_after(&new, seen, who.id()).await {
        Err(StoreError::Conflict { found: newest, expected, .. }) => {
            let unseen: Vec<AttemptRow> =
                found.line.attempts.iter().filter(|attempt| attempt.id.0 > expected).cloned().collect();
            let to = (format!("/line/{id}/attempt"), format!("/line/{id}"));
            return again(&state, &visit, &who, found.team, &unseen, newest, to, &posted);
        }
        put => put?,
    };
    if outcome == Some(Outcome::Objection) {
        reach_soon(&state);
    }
    let done = if put.new { "attempt" } else { "attempt-again" };
    Ok(Redirect::to(&format!("/line/{id}?done={done}")).into_response())
}

/// Sets what came of an attempt that had no outcome yet.
pub async fn outcome(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    visit: Visit,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Response, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    let attempt = own_attempt(&found, &posted)?;
    let look = who.look("attempt", "outreach", attempt.0.to_string(), now);
    let attempt = state.store.attempt_now(&look, attempt).await?;
    record(&state, &visit, &who, found.team, attempt, From::Line(id), posted).await
}

#[derive(Template)]
#[template(path = "again.html")]
struct AgainView {
    page: Page,
    before: Vec<String>,
    mine: Vec<String>,
    again: Vec<(String, String)>,
    action: String,
    back: String,
}

/// Something was recorded that the page did not tell of: the worker says whether this is one attempt more.
#[expect(clippy::too_many_arguments, reason = "each is one plain fact of the question")]
pub fn again(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    team: &Team,
    before: &[AttemptRow],
    newest: i64,
    (action, back): (String, String),
    posted: &Posted,
) -> Result<Response, WebError> {
    let t = visit.language;
    let page = Page { here: back.clone(), ..Page::of(state, visit, who, t.t("again-title")) };
    let outcome = outcome_words(t, Outcome::parse(&posted.text("outcome")));
    let channel = Channel::parse(&posted.text("channel")).map(|of| t.of(&gate::channel(of).label()).to_owned());
    let mut fields = posted.again(&["seen"]);
    fields.push(("seen".to_owned(), newest.to_string()));
    let view = AgainView {
        before: before.iter().map(|attempt| history(state, &page, team, attempt)).collect(),
        mine: channel.into_iter().chain([outcome, posted.text("note")]).filter(|words| !words.is_empty()).collect(),
        again: fields,
        action,
        back,
        page,
    };
    Ok((StatusCode::CONFLICT, show(&view)?).into_response())
}

/// How far an objection reaches is worked out once the worker is answered; the gate asks the same rule meanwhile.
pub fn reach_soon(state: &AppState) {
    let state = state.clone();
    tokio::spawn(async move { super::objection::reach(&state, None).await });
}

/// Takes an attempt back.
pub async fn undo(
    State(state): State<AppState>,
    OutreachWorker(who): OutreachWorker,
    Path(id): Path<i64>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let now = state.now();
    let found = find(&state, &who, id, now).await?;
    let attempt = own_attempt(&found, &posted)?;
    state.store.undo_attempt(attempt, who.id(), now).await?;
    Ok(Redirect::to(&format!("/line/{id}?done=attempt-undone")))
}

/// The attempt that the form names, if the team looks after it and it is one at this advertiser.
fn own_attempt(found: &Found<'_>, posted: &Posted) -> Result<AttemptId, WebError> {
    let named = posted.number("attempt").ok_or(WebError::UnreadableForm)?;
    let attempt =
        found.line.attempts.iter().find(|attempt| attempt.id.0 == named && attempt.cared_by() == &found.team.id);
    attempt.map(|attempt| attempt.id).ok_or(WebError::NotFound)
}
