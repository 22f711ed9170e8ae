//! One's own account: password, second factor, recovery codes, sessions.

use super::second_factor::{CodesView, factor_view, new_codes, new_secret, plain_codes};
use super::show;
use super::sign_in::{begin_session, failed, hashing, password_is};
use crate::access::{Visit, Who};
use crate::errors::WebError;
use crate::forms::Posted;
use crate::page::Page;
use crate::sessions::{PENDING_MS, key_of};
use crate::{AppState, brake, format, password, totp};
use askama::Template;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use std::collections::HashMap;
use store::{Actor, SessionShown};
use tower_sessions::Session;

/// Holds the secret that an app is being given, and since when in milliseconds since 1970.
const NEW_FACTOR: &str = "new_factor";
type NewFactor = (Vec<u8>, i64);

/// Whoever asks for something of the own account, with what the answers need.
pub struct Own {
    state: AppState,
    who: Who,
    visit: Visit,
    session: Session,
    parts: Parts,
}

impl FromRequestParts<AppState> for Own {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let who = Who::from_request_parts(parts, state).await?;
        let visit = Visit::of(parts, state.settings.default_language);
        let session = parts.extensions.get::<Session>().cloned().ok_or(WebError::SignedOut { next: None })?;
        Ok(Self { state: state.clone(), who, visit, session, parts: parts.clone() })
    }
}

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

impl Own {
    fn actor(&self) -> Actor {
        Actor::Account(self.who.id())
    }

    /// The handle of the session that asks.
    fn here(&self) -> String {
        key_of(&self.session).map(|key| self.state.store.session_handle(&key)).unwrap_or_default()
    }

    async fn account_page(
        &self,
        done: Option<&String>,
        status: StatusCode,
        wrong: Option<(&'static str, String)>,
    ) -> Result<Response, WebError> {
        let (state, who, t) = (&self.state, &self.who, self.visit.language);
        let page = Page::of(state, &self.visit, who, t.t("account-title")).with_done(done);
        let here = self.here();
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

    async fn wrong(&self, form: &'static str, words: String) -> Result<Response, WebError> {
        self.account_page(None, StatusCode::UNPROCESSABLE_ENTITY, Some((form, words))).await
    }

    /// Whether the person at the browser knows the account's password: asked for again before anything that would let a
    /// stranger at an open browser keep the account. The words are what is wrong.
    async fn knows_password(&self, given: &str) -> Result<Option<String>, WebError> {
        let (state, details) = (&self.state, &self.who.account.details);
        let attempt = match brake::attempt(state, &self.parts, &details.login, Timestamp::now()).await? {
            Ok(attempt) => attempt,
            Err(until) => {
                let t = self.visit.language;
                return Ok(Some(t.v("sign-in-locked", "time", format::clock(t, until))));
            }
        };
        if password_is(given, Some(details.password_hash.clone())).await? {
            attempt.was_right(state).await?;
            return Ok(None);
        }
        failed(state, &self.who.account).await?;
        Ok(Some(self.visit.language.t("account-wrong")))
    }

    /// A page of the app's set-up.
    fn factor_title(&self) -> Page {
        let t = self.visit.language;
        Page::of(&self.state, &self.visit, &self.who, t.t("factor-title")).under("/account", t.t("account-title"))
    }

    fn begin_page(&self, status: StatusCode, error: Option<String>) -> Result<Response, WebError> {
        Ok((status, show(&BeginView { page: self.factor_title(), error })?).into_response())
    }

    fn factor_page(&self, status: StatusCode, secret: &[u8], error: Option<String>) -> Result<Response, WebError> {
        let (lead, token) = (self.visit.language.t("factor-own"), self.who.form_token.clone());
        let action = "/account/factor/confirm";
        let view = factor_view(self.factor_title(), token, action, lead, &self.who.account, secret, error);
        Ok((status, show(&view)?).into_response())
    }

    fn codes_page(&self, codes: Vec<String>) -> Result<Response, WebError> {
        let page = Page::of(&self.state, &self.visit, &self.who, self.visit.language.t("codes-title"));
        Ok(show(&CodesView { page, codes, on: "/account" })?.into_response())
    }
}

/// Shows the account.
pub async fn account(own: Own, Query(query): Query<HashMap<String, String>>) -> Result<Response, WebError> {
    own.account_page(query.get("done"), StatusCode::OK, None).await
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

/// Changes the password. All other sessions end.
pub async fn password(own: Own, posted: Posted) -> Result<Response, WebError> {
    if let Some(words) = own.knows_password(posted.raw("current")).await? {
        return own.wrong("password", words).await;
    }
    let (state, account) = (&own.state, &own.who.account);
    let new = posted.raw("password").to_owned();
    if let Some(words) = refused(&own.visit, &new, posted.raw("again"), &account.details) {
        return own.wrong("password", words).await;
    }
    let hash =
        hashing(move || password::hash(&new)).await?.map_err(|error| WebError::Internal { what: error.to_string() })?;
    state.store.set_password(account.id, &hash, &own.actor(), state.now()).await?;
    // This session ended with the others; the person goes on in a new one.
    let mut response = Redirect::to("/account?done=password-changed").into_response();
    begin_session(state, &own.session, &own.parts, account, &mut response).await?;
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
pub async fn end_session(own: Own, Path(handle): Path<String>, _posted: Posted) -> Result<Redirect, WebError> {
    own.state.store.end_sessions(own.who.id(), |of| of == handle, &own.actor(), own.state.now()).await?;
    if handle == own.here() {
        own.session.flush().await?;
        return Ok(Redirect::to("/sign-in"));
    }
    Ok(Redirect::to("/account?done=session-ended"))
}

/// Ends all of one's own sessions but this one.
pub async fn end_others(own: Own, _posted: Posted) -> Result<Redirect, WebError> {
    let here = own.here();
    own.state.store.end_sessions(own.who.id(), |of| of != here, &own.actor(), own.state.now()).await?;
    Ok(Redirect::to("/account?done=sessions-ended"))
}

/// Asks for the password before an app is set up.
pub async fn factor_form(own: Own) -> Result<Response, WebError> {
    own.begin_page(StatusCode::OK, None)
}

/// Shows the secret for an app.
pub async fn factor(own: Own, posted: Posted) -> Result<Response, WebError> {
    if let Some(words) = own.knows_password(posted.raw("password")).await? {
        return own.begin_page(StatusCode::UNPROCESSABLE_ENTITY, Some(words));
    }
    let new: NewFactor = (new_secret()?, Timestamp::now().as_millisecond());
    own.session.insert(NEW_FACTOR, &new).await?;
    own.factor_page(StatusCode::OK, &new.0, None)
}

/// Takes the first code of the app. Whoever is signed in elsewhere is so under what held before: those sessions end.
pub async fn confirm(own: Own, posted: Posted) -> Result<Response, WebError> {
    let now = Timestamp::now();
    let new = own.session.get::<NewFactor>(NEW_FACTOR).await?;
    // The password was asked for then: a browser that was left open since gives no secret to whoever comes by.
    let Some((secret, _)) = new.filter(|(_, since_ms)| now.as_millisecond() < since_ms + PENDING_MS) else {
        return Ok(Redirect::to("/account/factor").into_response());
    };
    let Some(step) = totp::step_of(&secret, &posted.text("code"), now.as_second()) else {
        let words = Some(own.visit.language.t("factor-wrong"));
        return own.factor_page(StatusCode::UNPROCESSABLE_ENTITY, &secret, words);
    };
    let (store, id, codes) = (&own.state.store, own.who.id(), new_codes()?);
    store.set_second_factor(id, &secret, step, &plain_codes(&codes), &own.actor(), own.state.now()).await?;
    own.session.remove::<NewFactor>(NEW_FACTOR).await?;
    let here = own.here();
    store.end_sessions(id, |of| of != here, &own.actor(), own.state.now()).await?;
    own.codes_page(codes)
}

/// Gives new recovery codes.
pub async fn codes(own: Own, posted: Posted) -> Result<Response, WebError> {
    if let Some(words) = own.knows_password(posted.raw("password")).await? {
        return own.wrong("codes", words).await;
    }
    let (store, id) = (&own.state.store, own.who.id());
    if store.second_factor(id).await?.is_none() {
        return Ok(Redirect::to("/account/factor").into_response());
    }
    let codes = new_codes()?;
    store.set_recovery_codes(id, &plain_codes(&codes), &own.actor(), own.state.now()).await?;
    own.codes_page(codes)
}
