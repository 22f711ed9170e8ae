//! One's own account: password, second factor, recovery codes, sessions.

use super::second_factor::{CodesView, factor_view, new_codes, new_secret, plain_codes};
use super::show;
use super::sign_in::{begin_session, failed, hashing, password_is};
use crate::access::{Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::sessions::key_of;
use crate::{AppState, brake, format, password, totp};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use std::collections::HashMap;
use store::{Actor, SessionShown};
use tower_sessions::Session;

/// Holds the secret that an app is being given.
const NEW_SECRET: &str = "new_secret";

/// A session as it is shown.
pub(super) struct SessionView {
    pub handle: String,
    pub device: String,
    pub begun: String,
    pub seen: String,
    pub here: bool,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountView {
    page: Page,
    login: String,
    role: String,
    factor: bool,
    asked: bool,
    codes: String,
    sessions: Vec<SessionView>,
    others: bool,
    /// The form that something is wrong with, and what.
    wrong: Option<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "factor_begin.html")]
struct BeginView {
    page: Page,
    error: Option<String>,
}

/// Shows the account.
pub async fn account(
    State(state): State<AppState>,
    who: Who,
    visit: Visit,
    session: Session,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    account_page(&state, &who, &visit, &session, query.get("done"), StatusCode::OK, None).await
}

async fn account_page(
    state: &AppState,
    who: &Who,
    visit: &Visit,
    session: &Session,
    done: Option<&String>,
    status: StatusCode,
    wrong: Option<(&'static str, String)>,
) -> Result<Response, WebError> {
    let t = visit.language;
    let page = Page::of(state, visit, who, t.t("account-title")).with_done(done);
    let here = key_of(session).map(|key| state.store.session_handle(&key)).unwrap_or_default();
    let sessions = state.store.sessions_of(who.id(), Timestamp::now()).await?;
    let sessions: Vec<SessionView> = sessions.iter().map(|shown| session_view(&page, shown, &here)).collect();
    let factor = state.store.second_factor(who.id()).await?.is_some();
    let view = AccountView {
        login: who.account.details.login.clone(),
        role: t.t(&format!("role-{}", who.role().as_str())),
        factor,
        asked: state.settings.second_factor.contains(&who.role()),
        codes: page.n("codes-left", state.store.recovery_codes_left(who.id()).await?),
        others: sessions.len() > 1,
        sessions,
        wrong,
        page,
    };
    Ok((status, show(&view)?).into_response())
}

/// A session as it is shown; `here`: the one that asks.
pub(super) fn session_view(page: &Page, shown: &SessionShown, here: &str) -> SessionView {
    let time = |at: Option<Timestamp>| at.map_or_else(|| page.t("session-unknown"), |at| page.short_time(&at));
    let device = shown.device.clone().filter(|device| !device.is_empty());
    SessionView {
        device: device.unwrap_or_else(|| page.t("session-unknown")),
        begun: time(shown.begun_at),
        seen: time(shown.seen_at),
        here: shown.handle == here,
        handle: shown.handle.clone(),
    }
}

/// Whether the person at the browser knows the account's password: asked for again before anything that would let a
/// stranger at an open browser keep the account. The words are what is wrong.
async fn knows_password(
    state: &AppState,
    who: &Who,
    visit: &Visit,
    parts: &Parts,
    given: &str,
) -> Result<Option<String>, WebError> {
    let attempt = match brake::attempt(state, parts, &who.account.details.login, Timestamp::now()).await? {
        Ok(attempt) => attempt,
        Err(until) => {
            return Ok(Some(visit.language.v("sign-in-locked", "time", format::clock(visit.language, until))));
        }
    };
    if password_is(given, Some(who.account.details.password_hash.clone())).await? {
        attempt.was_right(state).await?;
        return Ok(None);
    }
    failed(state, &who.account).await?;
    Ok(Some(visit.language.t("account-wrong")))
}

/// Changes the password. All other sessions end.
pub async fn password(
    State(state): State<AppState>,
    who: Who,
    visit: Visit,
    session: Session,
    parts: Parts,
    posted: Posted,
) -> Result<Response, WebError> {
    let wrong = async |words: String| {
        let wrong = Some(("password", words));
        account_page(&state, &who, &visit, &session, None, StatusCode::UNPROCESSABLE_ENTITY, wrong).await
    };
    if let Some(words) = knows_password(&state, &who, &visit, &parts, posted.raw("current")).await? {
        return wrong(words).await;
    }
    let new = posted.raw("password").to_owned();
    if let Some(words) = refused(&visit, &new, posted.raw("again"), &who.account.details) {
        return wrong(words).await;
    }
    let hash =
        hashing(move || password::hash(&new)).await?.map_err(|error| WebError::Internal { what: error.to_string() })?;
    state.store.set_password(who.id(), &hash, &Actor::Account(who.id()), state.now()).await?;
    // This session ended with the others; the person goes on in a new one.
    let mut response = Redirect::to("/account?done=password-changed").into_response();
    begin_session(&state, &session, &parts, &who.account, &mut response).await?;
    Ok(response)
}

/// Why a password that was typed twice is not taken.
pub(super) fn refused(visit: &Visit, new: &str, again: &str, details: &store::NewAccount) -> Option<String> {
    if new != again {
        return Some(visit.language.t("password-differ"));
    }
    let weak = password::check(new, &details.login, &details.name).err()?;
    Some(visit.language.t(match weak {
        password::Weak::Short => "password-short",
        password::Weak::Long => "password-long",
        password::Weak::Common => "password-common",
        password::Weak::Own => "password-own",
    }))
}

/// Ends one of one's own sessions.
pub async fn end_session(
    State(state): State<AppState>,
    who: Who,
    session: Session,
    Path(handle): Path<String>,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let here = key_of(&session).map(|key| state.store.session_handle(&key)).unwrap_or_default();
    state.store.end_sessions(who.id(), |own| own == handle, &Actor::Account(who.id()), state.now()).await?;
    if handle == here {
        session.flush().await?;
        return Ok(Redirect::to("/sign-in"));
    }
    Ok(Redirect::to("/account?done=session-ended"))
}

/// Ends all of one's own sessions but this one.
pub async fn end_others(
    State(state): State<AppState>,
    who: Who,
    session: Session,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    let here = key_of(&session).map(|key| state.store.session_handle(&key)).unwrap_or_default();
    state.store.end_sessions(who.id(), |own| own != here, &Actor::Account(who.id()), state.now()).await?;
    Ok(Redirect::to("/account?done=sessions-ended"))
}

fn begin_page(
    state: &AppState,
    who: &Who,
    visit: &Visit,
    status: StatusCode,
    error: Option<String>,
) -> Result<Response, WebError> {
    let page = Page::of(state, visit, who, visit.language.t("factor-title"))
        .under("/account", visit.language.t("account-title"));
    Ok((status, show(&BeginView { page, error })?).into_response())
}

/// Asks for the password before an app is set up.
pub async fn factor_form(State(state): State<AppState>, who: Who, visit: Visit) -> Result<Response, WebError> {
    begin_page(&state, &who, &visit, StatusCode::OK, None)
}

/// Shows the secret for an app.
pub async fn factor(
    State(state): State<AppState>,
    who: Who,
    visit: Visit,
    session: Session,
    parts: Parts,
    posted: Posted,
) -> Result<Response, WebError> {
    if let Some(words) = knows_password(&state, &who, &visit, &parts, posted.raw("password")).await? {
        return begin_page(&state, &who, &visit, StatusCode::UNPROCESSABLE_ENTITY, Some(words));
    }
    let secret = new_secret()?;
    session.insert(NEW_SECRET, secret.clone()).await?;
    factor_page(&state, &who, &visit, StatusCode::OK, &secret, None)
}

fn factor_page(
    state: &AppState,
    who: &Who,
    visit: &Visit,
    status: StatusCode,
    secret: &[u8],
    error: Option<String>,
) -> Result<Response, WebError> {
    let page = Page::of(state, visit, who, visit.language.t("factor-title"))
        .under("/account", visit.language.t("account-title"));
    let lead = visit.language.t("factor-own");
    let token = who.form_token.clone();
    let view = factor_view(page, token, "/account/factor/confirm", lead, &who.account, secret, error);
    Ok((status, show(&view)?).into_response())
}

/// Takes the first code of the app. Whoever is signed in elsewhere is so under what held before: those sessions end.
pub async fn confirm(
    State(state): State<AppState>,
    who: Who,
    visit: Visit,
    session: Session,
    posted: Posted,
) -> Result<Response, WebError> {
    let Some(secret) = session.get::<Vec<u8>>(NEW_SECRET).await? else {
        return Ok(Redirect::to("/account/factor").into_response());
    };
    let Some(step) = totp::step_of(&secret, &posted.text("code"), Timestamp::now().as_second()) else {
        let words = Some(visit.language.t("factor-wrong"));
        return factor_page(&state, &who, &visit, StatusCode::UNPROCESSABLE_ENTITY, &secret, words);
    };
    let (codes, actor) = (new_codes()?, Actor::Account(who.id()));
    state.store.set_second_factor(who.id(), &secret, step, &plain_codes(&codes), &actor, state.now()).await?;
    session.remove::<Vec<u8>>(NEW_SECRET).await?;
    let here = key_of(&session).map(|key| state.store.session_handle(&key)).unwrap_or_default();
    state.store.end_sessions(who.id(), |own| own != here, &actor, state.now()).await?;
    codes_page(&state, &who, &visit, codes)
}

fn codes_page(state: &AppState, who: &Who, visit: &Visit, codes: Vec<String>) -> Result<Response, WebError> {
    let page = Page::of(state, visit, who, visit.language.t("codes-title"));
    Ok(show(&CodesView { page, codes, on: "/account" })?.into_response())
}

/// Gives new recovery codes.
pub async fn codes(
    State(state): State<AppState>,
    who: Who,
    visit: Visit,
    session: Session,
    parts: Parts,
    posted: Posted,
) -> Result<Response, WebError> {
    if let Some(words) = knows_password(&state, &who, &visit, &parts, posted.raw("password")).await? {
        let wrong = Some(("codes", words));
        return account_page(&state, &who, &visit, &session, None, StatusCode::UNPROCESSABLE_ENTITY, wrong).await;
    }
    if state.store.second_factor(who.id()).await?.is_none() {
        return Ok(Redirect::to("/account/factor").into_response());
    }
    let codes = new_codes()?;
    state.store.set_recovery_codes(who.id(), &plain_codes(&codes), &Actor::Account(who.id()), state.now()).await?;
    codes_page(&state, &who, &visit, codes)
}
