//! Sign-in, sign-out, and the choice of language.

use super::show;
use crate::access::{LANGUAGE_COOKIE, Visit, Who, start_page};
use crate::errors::WebError;
use crate::forms::{Posted, PostedBeforeSignIn, PostedFromOurPage, TOKEN_COOKIE, new_token};
use crate::page::Page;
use crate::sessions::{SIGNED_IN, SignedIn};
use crate::{AppState, Language, format, password};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use std::collections::HashMap;
use store::{Actor, Look};
use tower_sessions::Session;

/// Failures within the window after which a login rests (OWASP ASVS 5, 6.3: throttling that locks nobody out for long).
const FAILURES: u32 = 5;
const WINDOW_MS: i64 = 15 * 60_000;
const REST_MS: i64 = 5 * 60_000;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInView {
    page: Page,
    form_token: String,
    next: String,
    login: String,
    error: Option<String>,
}

/// To the start page of whoever is signed in.
pub async fn start(who: Result<Who, WebError>) -> Response {
    match who {
        Ok(who) => Redirect::to(start_page(who.role())).into_response(),
        Err(WebError::SignedOut { .. }) => Redirect::to("/sign-in").into_response(),
        Err(error) => error.into_response(),
    }
}

/// The sign-in form.
pub async fn form(
    State(state): State<AppState>,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let next = query.get("next").map_or("", |next| local_path(next)).to_owned();
    sign_in_page(&state, &visit, StatusCode::OK, next, String::new(), None)
}

fn sign_in_page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    next: String,
    login: String,
    error: Option<String>,
) -> Result<Response, WebError> {
    let form_token = new_token()?;
    let cookie = format!("{TOKEN_COOKIE}={form_token}; Path=/; HttpOnly; SameSite=Strict{}", secure(state));
    let page = Page::public(state, visit, visit.language.t("sign-in"));
    let mut response = (status, show(&SignInView { page, form_token, next, login, error })?).into_response();
    set_cookie(&mut response, &cookie)?;
    Ok(response)
}

/// Checks login and password.
pub async fn sign_in(
    State(state): State<AppState>,
    visit: Visit,
    session: Session,
    PostedBeforeSignIn(posted): PostedBeforeSignIn,
) -> Result<Response, WebError> {
    let login = posted.text("login").to_lowercase();
    let next = local_path(posted.raw("next")).to_owned();
    // Sign-in and its brake go by the machine's clock, as sessions do.
    let now = Timestamp::now();
    let brake = format!("login:{login}");
    let locked = state.store.throttle(&brake, now).await?.locked_until.filter(|until| *until > now);
    if let Some(until) = locked {
        let words = visit.language.v("sign-in-locked", "time", format::clock(visit.language, until));
        return sign_in_page(&state, &visit, StatusCode::TOO_MANY_REQUESTS, next, login, Some(words));
    }
    let account = state.store.account_by_login(&login).await?.filter(|account| account.disabled_at.is_none());
    let (given, kept) = (posted.raw("password").to_owned(), account.as_ref().map(|a| a.details.password_hash.clone()));
    let right = tokio::task::spawn_blocking(move || match kept {
        Some(kept) => password::matches(&given, &kept),
        None => {
            password::waste_as_long(&given);
            false
        }
    })
    .await
    .map_err(|error| WebError::Internal { what: error.to_string() })?;
    let Some(account) = account.filter(|_| right) else {
        state.store.sign_in_failed(&brake, now, WINDOW_MS, FAILURES, REST_MS).await?;
        state.store.audit(&sign_in_look(Actor::System("web".to_owned()), "sign_in_failed", state.now())).await?;
        let words = visit.language.t("sign-in-wrong");
        return sign_in_page(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, next, login, Some(words));
    };
    state.store.sign_in_succeeded(&brake).await?;
    state.store.audit(&sign_in_look(Actor::Account(account.id), "sign_in", state.now())).await?;
    let now_ms = now.as_millisecond();
    let signed_in = SignedIn { account: account.id, form_token: new_token()?, since_ms: now_ms, seen_ms: now_ms };
    // A fresh id, so that nobody can be signed in to a session that somebody else prepared.
    session.cycle_id().await?;
    session.insert(SIGNED_IN, signed_in).await?;
    let to = if next.is_empty() { start_page(account.details.role) } else { &next };
    let mut response = Redirect::to(to).into_response();
    if let Some(language) = Language::parse(&account.details.language) {
        set_cookie(&mut response, &language_cookie(&state, language))?;
    }
    Ok(response)
}

fn sign_in_look(actor: Actor, what: &'static str, at: Timestamp) -> Look {
    Look { actor, purpose: "sign_in".to_owned(), what, subject: String::new(), at }
}

/// Ends the session.
pub async fn sign_out(
    State(state): State<AppState>,
    who: Who,
    session: Session,
    _posted: Posted,
) -> Result<Redirect, WebError> {
    state.store.audit(&sign_in_look(Actor::Account(who.id()), "sign_out", state.now())).await?;
    session.flush().await?;
    Ok(Redirect::to("/sign-in"))
}

/// Sets the language of the pages.
pub async fn language(
    State(state): State<AppState>,
    who: Result<Who, WebError>,
    PostedFromOurPage(posted): PostedFromOurPage,
) -> Result<Response, WebError> {
    let language = Language::parse(&posted.text("to")).ok_or(WebError::Unknown)?;
    if let Ok(who) = who {
        state.store.set_account_language(who.id(), language.code()).await?;
    }
    let back = local_path(posted.raw("back"));
    let mut response = Redirect::to(if back.is_empty() { "/" } else { back }).into_response();
    set_cookie(&mut response, &language_cookie(&state, language))?;
    Ok(response)
}

fn language_cookie(state: &AppState, language: Language) -> String {
    let (code, secure) = (language.code(), secure(state));
    format!("{LANGUAGE_COOKIE}={code}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}")
}

fn secure(state: &AppState) -> &'static str {
    if state.settings.behind_tls { "; Secure" } else { "" }
}

fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), WebError> {
    let value = HeaderValue::from_str(cookie).map_err(|error| WebError::Internal { what: error.to_string() })?;
    response.headers_mut().append(SET_COOKIE, value);
    Ok(())
}

/// A path of ours, or nothing: a link to somewhere else must not hide behind our sign-in.
fn local_path(path: &str) -> &str {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    if ours { path } else { "" }
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_our_own_paths_are_gone_back_to() {
        let kept = ["/queue?band=high", "/case/case_1", "/"];
        assert!(kept.iter().all(|path| super::local_path(path) == *path));
        let refused =
            ["https://example.org", "//example.org", "/\\example.org", "/a\r\nSet-Cookie: x", "", "javascript:1"];
        assert!(refused.iter().all(|path| super::local_path(path).is_empty()));
    }
}
