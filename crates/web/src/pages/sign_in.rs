//! Sign-in, sign-out, and the choice of language.

use super::show;
use crate::access::{LANGUAGE_COOKIE, Visit, Who, start_page};
use crate::errors::WebError;
use crate::forms::{Posted, PostedBeforeSignIn, PostedFromOurPage, new_token, token_cookie_name};
use crate::page::Page;
use crate::sessions::{PENDING, PENDING_MS, Pending, SIGNED_IN, SignedIn, device_of};
use crate::{AppState, Language, brake, format, password};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::LazyLock;
use store::{Account, Actor, Look};
use tokio::sync::Semaphore;
use tower_sessions::Session;

/// Passwords that are hashed at once: each takes 19 MiB and a core for a moment.
const HASHED_AT_ONCE: usize = 4;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInView {
    page: Page,
    form_token: String,
    next: String,
    login: String,
    provider: Option<String>,
    error: Option<String>,
    others: Vec<(String, String)>,
}

/// To the start page of whoever is signed in.
pub async fn start(State(state): State<AppState>, who: Result<Who, WebError>) -> Response {
    match who {
        Ok(who) => Redirect::to(start_page(&state, who.role())).into_response(),
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

/// The sign-in form with what went wrong.
pub(super) fn sign_in_page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    next: String,
    login: String,
    error: Option<String>,
) -> Result<Response, WebError> {
    let form_token = new_token()?;
    let page = Page::public(state, visit, visit.language.t("sign-in"));
    let provider = state.identity.as_ref().map(|provider| provider.name().to_owned());
    let named = |(title, url): &(domain::Bilingual, String)| (page.t.of(title).to_owned(), url.clone());
    let others = state.settings.neighbours.iter().map(named).collect();
    let view = SignInView { page, form_token: form_token.clone(), next, login, provider, error, others };
    let mut response = (status, show(&view)?).into_response();
    set_cookie(&mut response, &token_cookie(state, &form_token))?;
    Ok(response)
}

/// Holds the token of a form that has no session yet.
pub(super) fn token_cookie(state: &AppState, token: &str) -> String {
    let name = token_cookie_name(&state.settings);
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{}", secure(state))
}

/// Checks login and password.
pub async fn sign_in(
    State(state): State<AppState>,
    visit: Visit,
    session: Session,
    parts: Parts,
    PostedBeforeSignIn(posted): PostedBeforeSignIn,
) -> Result<Response, WebError> {
    let login = posted.text("login").to_lowercase();
    let next = local_path(posted.raw("next")).to_owned();
    // Sign-in and its brake go by the machine's clock, as sessions do.
    let now = Timestamp::now();
    let attempt = match brake::attempt(&state, &parts, &login, now).await? {
        Ok(attempt) => attempt,
        Err(until) => {
            let words = visit.language.v("sign-in-locked", "time", format::clock(visit.language, until));
            return sign_in_page(&state, &visit, StatusCode::TOO_MANY_REQUESTS, next, login, Some(words));
        }
    };
    let account = state.store.account_by_login(&login).await?.filter(|account| account.disabled_at.is_none());
    let kept = account.as_ref().map(|account| account.details.password_hash.clone());
    let right = password_is(posted.raw("password"), kept).await?;
    let Some(account) = account.filter(|_| right) else {
        state.store.audit(&sign_in_look(Actor::System("web".to_owned()), "sign_in_failed", state.now())).await?;
        let words = visit.language.t("sign-in-wrong");
        return sign_in_page(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, next, login, Some(words));
    };
    attempt.was_right(&state).await?;
    after_password(&state, &session, &parts, account, next, false).await
}

/// Whether a password fits a hash; as slow where there is no account, or none with a password.
pub(super) async fn password_is(given: &str, kept: Option<String>) -> Result<bool, WebError> {
    let given = given.chars().take(password::MOST + 1).collect::<String>();
    hashing(move || match kept.filter(|kept| password::is_hash(kept)) {
        Some(kept) => password::matches(&given, &kept),
        None => {
            password::waste_as_long(&given);
            false
        }
    })
    .await
}

/// Runs what is slow beside the requests, a few at a time.
pub(super) async fn hashing<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, WebError> {
    static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(HASHED_AT_ONCE));
    let internal = |error: &dyn std::fmt::Display| WebError::Internal { what: error.to_string() };
    let _turn = AT_ONCE.acquire().await.map_err(|error| internal(&error))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))
}

/// What comes after the password, or after another's word for who it is: the second factor, its set-up, or the pages.
/// `factor_shown`: a second factor was asked for already.
pub(super) async fn after_password(
    state: &AppState,
    session: &Session,
    parts: &Parts,
    account: Account,
    next: String,
    factor_shown: bool,
) -> Result<Response, WebError> {
    let asks = |path: &'static str| (path, Timestamp::now().as_millisecond());
    let (path, since_ms) = if factor_shown {
        return signed_in(state, session, parts, &account, &next).await;
    } else if state.store.second_factor(account.id).await?.is_some() {
        asks("/sign-in/code")
    } else if state.settings.second_factor.contains(&account.details.role) {
        asks("/sign-in/factor")
    } else {
        return signed_in(state, session, parts, &account, &next).await;
    };
    session.flush().await?;
    session.insert(PENDING, Pending { account: account.id, since_ms, next, secret: None }).await?;
    Ok(Redirect::to(path).into_response())
}

/// Who is signing in, while that has not taken too long.
pub(super) async fn pending(state: &AppState, session: &Session) -> Result<Option<(Pending, Account)>, WebError> {
    let now_ms = Timestamp::now().as_millisecond();
    let pending: Option<Pending> = session.get(PENDING).await?;
    let Some(pending) = pending.filter(|pending| now_ms < pending.since_ms + PENDING_MS) else { return Ok(None) };
    let account = state.store.account(pending.account).await?.filter(|account| account.disabled_at.is_none());
    Ok(account.map(|account| (pending, account)))
}

/// Signs somebody in and goes on.
pub(super) async fn signed_in(
    state: &AppState,
    session: &Session,
    parts: &Parts,
    account: &Account,
    next: &str,
) -> Result<Response, WebError> {
    let to = if next.is_empty() { start_page(state, account.details.role) } else { next };
    let mut response = Redirect::to(to).into_response();
    begin_session(state, session, parts, account, &mut response).await?;
    Ok(response)
}

/// Begins a session. The answer gets the cookies that go with it.
pub(super) async fn begin_session(
    state: &AppState,
    session: &Session,
    parts: &Parts,
    account: &Account,
    response: &mut Response,
) -> Result<String, WebError> {
    state.store.audit(&sign_in_look(Actor::Account(account.id), "sign_in", state.now())).await?;
    let now_ms = Timestamp::now().as_millisecond();
    let agent = parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let form_token = new_token()?;
    let signed_in = SignedIn {
        account: account.id,
        form_token: form_token.clone(),
        since_ms: now_ms,
        seen_ms: now_ms,
        device: device_of(agent),
    };
    // A fresh id, so that nobody can be signed in to a session that somebody else prepared.
    session.cycle_id().await?;
    session.remove::<Pending>(PENDING).await?;
    session.insert(SIGNED_IN, signed_in).await?;
    set_cookie(response, &brake::known_cookie(state, &account.details.login)?)?;
    if let Some(language) = Language::parse(&account.details.language) {
        set_cookie(response, &language_cookie(state, language))?;
    }
    Ok(form_token)
}

fn sign_in_look(actor: Actor, what: &'static str, at: Timestamp) -> Look {
    Look { actor, purpose: "sign_in".to_owned(), what, subject: String::new(), at }
}

/// Counts a second factor that was wrong in the log.
pub(super) async fn failed(state: &AppState, account: &Account) -> Result<(), WebError> {
    let look = sign_in_look(Actor::Account(account.id), "sign_in_failed", state.now());
    state.store.audit(&look).await?;
    Ok(())
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

/// Adds a cookie to an answer.
pub(super) fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), WebError> {
    let value = HeaderValue::from_str(cookie).map_err(|error| WebError::Internal { what: error.to_string() })?;
    response.headers_mut().append(SET_COOKIE, value);
    Ok(())
}

/// A path of ours, or nothing: a link to somewhere else must not hide behind our sign-in.
pub(super) fn local_path(path: &str) -> &str {
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
