//! Sign-in by an identity provider (OpenID Connect). The provider says who somebody is; the account, its role and its team
//! are bavn's own, and only somebody who has an account can come in.

use super::sign_in::{after_password, sign_in_page};
use crate::access::Visit;
use crate::errors::WebError;
use crate::{AppState, IdentityAsked};
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{Account, Actor, Look};
use tower_sessions::Session;

/// Holds what was asked of the provider.
const ASKED: &str = "identity_asked";
/// How long a sign-in at the provider may take, in milliseconds: 10 minutes.
const ASKED_MS: i64 = 10 * 60_000;

#[derive(Serialize, Deserialize)]
struct Asked {
    state: String,
    nonce: String,
    verifier: String,
    since_ms: i64,
}

/// Our address that the provider sends the browser back to.
fn back_address(state: &AppState, parts: &Parts) -> String {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if state.settings.behind_tls { "https" } else { "http" };
    format!("{scheme}://{host}/sign-in/provider/back")
}

/// Sends the browser to the provider.
pub async fn begin(
    State(state): State<AppState>,
    visit: Visit,
    session: Session,
    parts: Parts,
) -> Result<Response, WebError> {
    let provider = state.identity.as_ref().ok_or(WebError::NotFound)?;
    match provider.begin(&back_address(&state, &parts)).await {
        Ok(asked) => {
            let kept = Asked {
                state: asked.state,
                nonce: asked.nonce,
                verifier: asked.verifier,
                since_ms: Timestamp::now().as_millisecond(),
            };
            session.flush().await?;
            session.insert(ASKED, kept).await?;
            Ok(Redirect::to(&asked.url).into_response())
        }
        Err(error) => unusable(&state, &visit, &error),
    }
}

fn unusable(state: &AppState, visit: &Visit, error: &crate::IdentityError) -> Result<Response, WebError> {
    tracing::warn!(%error, "sign-in by the identity provider failed");
    refuse(state, visit, StatusCode::BAD_GATEWAY, "provider-fault")
}

fn refuse(state: &AppState, visit: &Visit, status: StatusCode, words: &str) -> Result<Response, WebError> {
    sign_in_page(state, visit, status, String::new(), String::new(), Some(visit.language.t(words)))
}

/// Takes the provider's answer.
pub async fn back(
    State(state): State<AppState>,
    visit: Visit,
    session: Session,
    parts: Parts,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let provider = state.identity.clone().ok_or(WebError::NotFound)?;
    let now = Timestamp::now();
    let asked: Option<Asked> = session.remove(ASKED).await?;
    // The answer must be to what this browser asked, and come in time; each is good once.
    let asked = asked.filter(|asked| {
        now.as_millisecond() < asked.since_ms + ASKED_MS
            && query.get("state").is_some_and(|given| !given.is_empty() && *given == asked.state)
    });
    let Some(asked) = asked else { return refuse(&state, &visit, StatusCode::BAD_REQUEST, "provider-old") };
    let Some(code) = query.get("code") else {
        return refuse(&state, &visit, StatusCode::FORBIDDEN, "provider-refused");
    };
    let asked = IdentityAsked { url: String::new(), state: asked.state, nonce: asked.nonce, verifier: asked.verifier };
    let identity = match provider.finish(code, &back_address(&state, &parts), &asked).await {
        Ok(identity) => identity,
        Err(error) => return unusable(&state, &visit, &error),
    };
    match account_of(&state, &identity, now).await? {
        Some(account) => after_password(&state, &session, &parts, account, String::new(), identity.second_factor).await,
        None => {
            let look = Look {
                actor: Actor::System("web".to_owned()),
                purpose: "sign_in".to_owned(),
                what: "sign_in_failed",
                subject: String::new(),
                at: state.now(),
            };
            state.store.audit(&look).await?;
            refuse(&state, &visit, StatusCode::FORBIDDEN, "provider-unknown")
        }
    }
}

/// The account that the provider's subject is linked to; at the first time the one whose log-in the provider names, if
/// nobody else was linked to it.
async fn account_of(state: &AppState, identity: &crate::Identity, now: Timestamp) -> Result<Option<Account>, WebError> {
    let linked = state.store.account_of_identity(&identity.issuer, &identity.subject).await?;
    let account = match (linked, &identity.login) {
        (Some(account), _) => Some(account),
        (None, Some(login)) => match state.store.account_by_login(login).await? {
            Some(account)
                if account.disabled_at.is_none()
                    && state.store.link_identity(account.id, &identity.issuer, &identity.subject, now).await? =>
            {
                Some(account)
            }
            _ => None,
        },
        (None, None) => None,
    };
    Ok(account.filter(|account| account.disabled_at.is_none()))
}
