//! A one-time link: whoever holds it sets the password of the account that it was made for. Looking at it does not use it,
//! since mail programs look at links too.

use super::account::refused;
use super::show;
use super::sign_in::{after_password, hashing, set_cookie, token_cookie};
use crate::access::Visit;
use crate::errors::WebError;
use crate::forms::{PostedBeforeSignIn, new_token};
use crate::page::Page;
use crate::{AppState, password};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use store::Account;
use tower_sessions::Session;

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationView {
    page: Page,
    form_token: String,
    token: String,
    /// Whom it is for; `None` where it is good no more.
    account: Option<(String, String)>,
    error: Option<String>,
}

/// Asks for a password.
pub async fn form(
    State(state): State<AppState>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    let account = state.store.invited(&token, Timestamp::now()).await?;
    let status = if account.is_some() { StatusCode::OK } else { StatusCode::GONE };
    invitation_page(&state, &visit, status, &token, account.as_ref(), None)
}

fn invitation_page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    token: &str,
    account: Option<&Account>,
    error: Option<String>,
) -> Result<Response, WebError> {
    let form_token = new_token()?;
    // The page does not name its own address, which is a secret.
    let visit = Visit { path: "/sign-in".to_owned(), ..visit.clone() };
    let page = Page::public(state, &visit, visit.language.t("invitation-title"));
    let view = InvitationView {
        form_token: form_token.clone(),
        token: if account.is_some() { token.to_owned() } else { String::new() },
        account: account.map(|account| (account.details.name.clone(), account.details.login.clone())),
        error,
        page,
    };
    let mut response = (status, show(&view)?).into_response();
    set_cookie(&mut response, &token_cookie(state, &form_token))?;
    Ok(response)
}

/// Sets the password and goes on to the second factor, or to the pages.
pub async fn accept(
    State(state): State<AppState>,
    visit: Visit,
    session: Session,
    parts: Parts,
    Path(token): Path<String>,
    PostedBeforeSignIn(posted): PostedBeforeSignIn,
) -> Result<Response, WebError> {
    let now = Timestamp::now();
    let gone = || invitation_page(&state, &visit, StatusCode::GONE, &token, None, None);
    let Some(account) = state.store.invited(&token, now).await? else { return gone() };
    let new = posted.raw("password").to_owned();
    if let Some(words) = refused(&visit, &new, posted.raw("again"), &account.details) {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return invitation_page(&state, &visit, status, &token, Some(&account), Some(words));
    }
    let hash =
        hashing(move || password::hash(&new)).await?.map_err(|error| WebError::Internal { what: error.to_string() })?;
    if state.store.accept_invitation(&token, &hash, now).await?.is_none() {
        return gone();
    }
    after_password(&state, &session, &parts, account, String::new(), false).await
}
