//! What a form sends. A form is read only with the token of the session that it was made for, and only from a page of
//! our own; otherwise nothing of it reaches a handler.

use crate::AppState;
use crate::access::cookie;
use crate::errors::WebError;
use crate::sessions::{SIGNED_IN, SignedIn};
use axum::extract::{Form, FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use tower_sessions::Session;

/// Name of the token's field.
pub const TOKEN_FIELD: &str = "form_token";
/// Name of the cookie that holds the token of a form without a session, such as the sign-in form.
pub fn token_cookie_name(settings: &crate::WebSettings) -> String {
    settings.cookie_name("bavn-form")
}

/// The fields of a checked form.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    fields: HashMap<String, String>,
}

/// The fields of a form without a session (sign-in): checked against a cookie.
#[derive(Debug, Clone, Default)]
pub struct PostedBeforeSignIn(pub Posted);

/// The fields of a form that changes nothing but a cookie: only its origin is checked.
#[derive(Debug, Clone, Default)]
pub struct PostedFromOurPage(pub Posted);

impl Posted {
    /// A field without outer spaces, empty where it is missing. Line ends are `\n`.
    pub fn text(&self, name: &str) -> String {
        self.fields.get(name).map_or("", |value| value.trim()).replace("\r\n", "\n")
    }
    /// A field exactly as sent.
    pub fn raw(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
    /// Every field, exactly as sent.
    pub fn all(&self) -> impl Iterator<Item = (&String, &String)> {
        self.fields.iter()
    }
    /// A field, or else this.
    pub fn or(&self, name: &str, other: &str) -> String {
        Some(self.text(name)).filter(|text| !text.is_empty()).unwrap_or_else(|| other.to_owned())
    }
    /// A box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }
    /// A whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    /// The form with one more field.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.insert(name.to_owned(), value.to_owned());
        self
    }
    /// What is sent again with a form that asks first: every field but the token and these, in the same order each time.
    pub fn again(&self, without: &[&str]) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = (self.fields.iter())
            .filter(|(name, value)| {
                !value.is_empty() && name.as_str() != TOKEN_FIELD && !without.contains(&name.as_str())
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        fields.sort();
        fields
    }

    async fn read(request: Request, state: &AppState) -> Result<Self, WebError> {
        let Form(fields) =
            Form::<HashMap<String, String>>::from_request(request, state).await.map_err(|rejection| match rejection
                .status()
            {
                StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge,
                _ => WebError::UnreadableForm,
            })?;
        Ok(Self { fields })
    }

    fn carries(&self, token: &str) -> bool {
        // Digests are compared, so that the time taken tells nothing of the token.
        !token.is_empty() && Sha256::digest(token) == Sha256::digest(self.raw(TOKEN_FIELD))
    }
}

impl FromRequest<AppState> for Posted {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, WebError> {
        let (parts, body) = request.into_parts();
        from_our_page(&parts)?;
        let session = parts.extensions.get::<Session>().cloned().ok_or(WebError::SignedOut { next: None })?;
        let signed_in: Option<SignedIn> = session.get(SIGNED_IN).await?;
        let token = signed_in.ok_or(WebError::SignedOut { next: None })?.form_token;
        let posted = Self::read(Request::from_parts(parts, body), state).await?;
        if posted.carries(&token) { Ok(posted) } else { Err(WebError::OldForm) }
    }
}

impl FromRequest<AppState> for PostedBeforeSignIn {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, WebError> {
        let (parts, body) = request.into_parts();
        from_our_page(&parts)?;
        let token = cookie(&parts, &token_cookie_name(&state.settings)).unwrap_or_default();
        let posted = Posted::read(Request::from_parts(parts, body), state).await?;
        if posted.carries(&token) { Ok(Self(posted)) } else { Err(WebError::OldForm) }
    }
}

impl FromRequest<AppState> for PostedFromOurPage {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, WebError> {
        let (parts, body) = request.into_parts();
        from_our_page(&parts)?;
        Ok(Self(Posted::read(Request::from_parts(parts, body), state).await?))
    }
}

/// Refuses a request that a page of somebody else made. Browsers say so in these headers; where both are missing
/// the token decides alone.
fn from_our_page(parts: &Parts) -> Result<(), WebError> {
    let text = |name: &header::HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = parts.headers.get("sec-fetch-site").and_then(|value| value.to_str().ok())
        && !matches!(site, "same-origin" | "none")
    {
        return Err(WebError::OldForm);
    }
    if let (Some(origin), Some(host)) = (text(&header::ORIGIN), text(&header::HOST)) {
        let ours = origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host));
        if !ours {
            return Err(WebError::OldForm);
        }
    }
    Ok(())
}

/// A fresh token: 128 random bits as hex.
pub fn new_token() -> Result<String, WebError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| WebError::Internal { what: error.to_string() })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
