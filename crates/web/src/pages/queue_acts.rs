//! What a reader does with the queue as a whole: take the next case, skip one, keep a view.

use super::queue_filter::{Asked, with_query};
use crate::AppState;
use crate::access::{Researcher, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use axum::extract::{Path, State};
use axum::response::Redirect;
use jiff::{SignedDuration, Timestamp};
use store::CaseId;

/// Longest name of a view, in characters.
const MOST_NAME: usize = 60;

/// Until when a case that is opened now is kept for its reader.
pub fn reading_until(state: &AppState, now: Timestamp) -> Timestamp {
    now + SignedDuration::from_mins(state.settings.review.reading_minutes)
}

/// Goes on: to the next case of the queue, or to the queue where none is left. `done` says what was done to `last`.
pub async fn go_on(
    state: &AppState,
    who: &Who,
    asked: &Asked,
    last: Option<&CaseId>,
    done: Option<&str>,
    now: Timestamp,
) -> Result<Redirect, WebError> {
    let mut query = asked.query();
    let mut add = |name: &str, value: &str| {
        let and = if query.is_empty() { "" } else { "&" };
        query.push_str(&format!("{and}{name}={value}"));
    };
    // Lists of what is done already lead back to themselves.
    let waits = asked.day.is_empty() && asked.state != "decided";
    let next = if waits {
        state.store.claim_next(&asked.filter(state, who, now).await?, who.id(), now, reading_until(state, now)).await?
    } else {
        None
    };
    if let Some(last) = last {
        add("last", &last.0);
    }
    match (&next, done) {
        (Some(_), Some(done)) => add("done", done),
        (None, Some(done)) if last.is_some() => add("done", &format!("{done}-last")),
        (None, _) => add("done", "none-left"),
        (Some(_), None) => {}
    }
    let path = next.map_or_else(|| "/queue".to_owned(), |case| format!("/case/{}", case.0));
    Ok(Redirect::to(&with_query(&path, &query)))
}

fn from(state: &AppState, who: &Who, posted: &Posted) -> Result<Asked, WebError> {
    let asked = Asked::of_text(state, posted.raw("from"));
    if asked.urgent && !who.account.details.urgent_contact { Err(WebError::UrgentOnly) } else { Ok(asked) }
}

/// Takes the next case that nobody else reads.
pub async fn next(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let asked = from(&state, &who, &posted)?;
    go_on(&state, &who, &asked, None, None, state.now()).await
}

/// Leaves a case for another day and takes the next.
pub async fn skip(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let (asked, now, id) = (from(&state, &who, &posted)?, state.now(), CaseId(id));
    state.store.skip_case(&id, who.id(), now).await?;
    go_on(&state, &who, &asked, Some(&id), Some("skipped"), now).await
}

/// Takes a skip back.
pub async fn unskip(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    state.store.unskip_case(&CaseId(id), who.id(), state.now()).await?;
    Ok(Redirect::to("/queue?done=unskipped"))
}

/// Keeps the filters of the page under a name.
pub async fn save_view(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    posted: Posted,
) -> Result<Redirect, WebError> {
    let asked = Asked { page: 1, ..from(&state, &who, &posted)? };
    let name: String = posted.text("name").chars().filter(|c| !c.is_control()).take(MOST_NAME).collect();
    if name.is_empty() {
        return Err(WebError::UnreadableForm);
    }
    state.store.save_view(who.id(), &name, &asked.query(), state.now()).await?;
    Ok(Redirect::to(&with_done(&asked, "view-saved")))
}

/// Opens a view: from now on only what comes later is new.
pub async fn open_view(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let query = state.store.open_view(who.id(), id, state.now()).await?;
    Ok(Redirect::to(&Asked::of_text(&state, &query).queue_href()))
}

/// Deletes a view.
pub async fn delete_view(
    State(state): State<AppState>,
    Researcher(who): Researcher,
    Path(id): Path<i64>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    state.store.delete_view(who.id(), id).await?;
    Ok(Redirect::to("/queue?done=view-deleted"))
}

fn with_done(asked: &Asked, done: &str) -> String {
    let query = asked.query();
    let and = if query.is_empty() { "" } else { "&" };
    format!("/queue?{query}{and}done={done}")
}
