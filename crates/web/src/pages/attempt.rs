//! What was done: record an attempt with what came of it, set an outcome that was awaited, take an attempt back.

use super::attempt_form::{consent, details};
use super::both::{Both, Merge};
use super::line::{Found, Shown, find, page};
use super::line_view::used_contact;
use crate::access::{OutreachWorker, Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::{AppState, format, gate};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use store::{AttemptId, Channel, NewAttempt, Outcome, StoreError};

/// Longest note, in characters, and most minutes (a day).
const MOST_NOTE: usize = 4000;
const MOST_MINUTES: i64 = 24 * 60;

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
    let mut errors = Vec::new();
    let channel = match posted.text("channel").as_str() {
        "" => {
            errors.push(("how", t.t("wrong-channel")));
            None
        }
        word => Channel::parse(word).filter(|channel| *channel != Channel::None),
    };
    let outcome = match posted.text("outcome").as_str() {
        "" => None,
        word => Some(Outcome::parse(word).ok_or(WebError::UnreadableForm)?),
    };
    let minutes = posted.text("minutes");
    let minutes_read = minutes.parse::<i64>().ok().filter(|given| (0..=MOST_MINUTES).contains(given));
    if !minutes.is_empty() && minutes_read.is_none() {
        errors.push(("minutes", t.t("wrong-minutes")));
    }
    let follow_up = posted.text("follow_up");
    let follow_up_read: Option<Date> = follow_up.parse().ok().filter(|day| *day >= format::day_of(now));
    if !follow_up.is_empty() && follow_up_read.is_none() {
        errors.push(("follow", t.t("wrong-follow-up")));
    }
    if posted.text("note").chars().count() > MOST_NOTE {
        errors.push(("note", t.n("wrong-too-long", MOST_NOTE as i64)));
    }
    let details = details(&state, t, &posted, outcome == Some(Outcome::Referred), &mut errors);
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
    let written = matches!(channel, Channel::Sms | Channel::Mail | Channel::App);
    let text_version = posted.text("text_version");
    let used = used_contact(&found.line.contacts, posted.number("contact"), channel);
    let new = NewAttempt {
        idempotency_key: format!("{}:{key}", who.id().0),
        advertiser: found.line.line.advertiser.clone(),
        line: Some(id),
        contact: used.map(|(row, _)| *row),
        // What was drawn is what is analysed, whatever the form says.
        method: match state.store.assigned_method(&found.line.line.advertiser).await? {
            Some(drawn) => drawn,
            None => method.map_or("outreach", |method| method.code.as_str()).to_owned(),
        },
        channel,
        outcome,
        language: Some(found.line.line.language.clone()).filter(|language| !language.is_empty()),
        text_version: Some(text_version).filter(|text| written && !text.is_empty() && text.len() < 100),
        minutes: minutes_read.and_then(|minutes| u32::try_from(minutes).ok()),
        note: posted.text("note"),
        follow_up: follow_up_read,
        team: found.team.id.clone(),
        made_at: now,
        details,
    };
    let put = state.store.put_attempt(&new, who.id()).await?;
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
    let outcome = Outcome::parse(&posted.text("outcome")).ok_or(WebError::UnreadableForm)?;
    let version = posted.number("version").ok_or(WebError::UnreadableForm)?;
    let saved = if outcome == Outcome::Referred {
        match consent(visit.language, &posted, now) {
            Ok(consent) => state.store.set_referred(attempt, &consent, version, who.id(), now).await,
            Err(error) => {
                let shown = Shown { errors: vec![error], posted, ..Shown::default() };
                let page = page(&state, &visit, &who, &found, shown).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        }
    } else {
        state.store.set_outcome(attempt, outcome, version, who.id(), now).await
    };
    match saved {
        Err(StoreError::Conflict { found: newer, .. }) => {
            return both(&state, &visit, &who, id, attempt, outcome, newer, &posted).await;
        }
        saved => saved?,
    }
    if outcome == Outcome::Objection {
        reach_soon(&state);
    }
    Ok(Redirect::to(&format!("/line/{id}?done=outcome")).into_response())
}

/// A colleague set another outcome meanwhile: both are shown, and nothing is saved until the worker has chosen.
#[expect(clippy::too_many_arguments, reason = "each is one plain fact of the two saves")]
async fn both(
    state: &AppState,
    visit: &Visit,
    who: &Who,
    line: i64,
    attempt: AttemptId,
    mine: Outcome,
    newer: i64,
    posted: &Posted,
) -> Result<Response, WebError> {
    const CONSENT: [&str; 5] = ["consent_to", "consent_how", "consent_on", "consent_language", "interpreter"];
    let t = visit.language;
    let look = who.look("attempt", "outreach", attempt.0.to_string(), state.now());
    let now = state.store.attempt_now(&look, attempt).await?;
    let words = |outcome: Option<Outcome>| match outcome {
        Some(outcome) => t.of(&gate::outcome(outcome).label()).to_owned(),
        None => t.t("outcome-awaited"),
    };
    let mut again =
        vec![("attempt", attempt.0.to_string()), ("version", newer.to_string()), ("outcome", mine.as_str().to_owned())];
    again.extend(CONSENT.map(|field| (field, posted.text(field))).into_iter().filter(|(_, value)| !value.is_empty()));
    let back = format!("/line/{line}");
    Both {
        theirs: vec![words(now.attempt.outcome)],
        changed: now.changed,
        mine: vec![words(Some(mine))],
        again,
        action: format!("{back}/outcome"),
        back,
        merge: None::<Merge>,
    }
    .answer(state, visit, who)
}

/// How far an objection reaches is worked out once the worker is answered; the gate asks the same rule meanwhile.
fn reach_soon(state: &AppState) {
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

/// The attempt that the form names, if it is one of the team's at this advertiser.
fn own_attempt(found: &Found<'_>, posted: &Posted) -> Result<AttemptId, WebError> {
    let named = posted.number("attempt").ok_or(WebError::UnreadableForm)?;
    let attempt = found.line.attempts.iter().find(|attempt| attempt.id.0 == named && attempt.team == found.team.id);
    attempt.map(|attempt| attempt.id).ok_or(WebError::NotFound)
}
