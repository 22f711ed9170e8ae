//! The second factor at sign-in: its code, a recovery code in its place, and the set-up that a role asks for.

use super::show;
use super::sign_in::{begin_session, failed, pending, set_cookie, signed_in, token_cookie};
use crate::access::{Visit, start_page};
use crate::errors::WebError;
use crate::forms::{PostedBeforeSignIn, new_token};
use crate::page::Page;
use crate::picture::qr::qr;
use crate::sessions::{PENDING, Pending};
use crate::{AppState, Language, brake, format, totp};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use store::{Account, Actor};
use tower_sessions::Session;

/// How many recovery codes a person is given.
const CODES: usize = 10;

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodeView {
    page: Page,
    form_token: String,
    error: Option<String>,
}

/// The set-up of an app, at sign-in and on one's own page.
#[derive(Template)]
#[template(path = "factor.html")]
pub(super) struct FactorView {
    pub page: Page,
    pub form_token: String,
    pub action: &'static str,
    pub lead: String,
    pub picture: String,
    pub secret: String,
    pub address: String,
    pub error: Option<String>,
}

/// Recovery codes, shown once.
#[derive(Template)]
#[template(path = "codes.html")]
pub(super) struct CodesView {
    pub page: Page,
    pub codes: Vec<String>,
    pub on: &'static str,
}

/// Where a sign-in that took too long, or was never begun, goes.
fn anew() -> Response {
    Redirect::to("/sign-in").into_response()
}

/// Asks for the code.
pub async fn code_form(State(state): State<AppState>, visit: Visit, session: Session) -> Result<Response, WebError> {
    match pending(&state, &session).await? {
        Some(_) => code_page(&state, &visit, StatusCode::OK, None),
        None => Ok(anew()),
    }
}

fn code_page(state: &AppState, visit: &Visit, status: StatusCode, error: Option<String>) -> Result<Response, WebError> {
    let form_token = new_token()?;
    let page = Page::public(state, visit, visit.language.t("code-title"));
    let mut response = (status, show(&CodeView { page, form_token: form_token.clone(), error })?).into_response();
    set_cookie(&mut response, &token_cookie(state, &form_token))?;
    Ok(response)
}

/// Checks the code, or a recovery code.
pub async fn code(
    State(state): State<AppState>,
    visit: Visit,
    session: Session,
    parts: Parts,
    PostedBeforeSignIn(posted): PostedBeforeSignIn,
) -> Result<Response, WebError> {
    let Some((pending, account)) = pending(&state, &session).await? else { return Ok(anew()) };
    let now = Timestamp::now();
    let attempt = match brake::attempt(&state, &parts, &account.details.login, now).await? {
        Ok(attempt) => attempt,
        Err(until) => {
            let words = visit.language.v("sign-in-locked", "time", format::clock(visit.language, until));
            return code_page(&state, &visit, StatusCode::TOO_MANY_REQUESTS, Some(words));
        }
    };
    let given = posted.text("code");
    let mut left = None;
    let step = match state.store.second_factor(account.id).await? {
        Some((secret, _)) => totp::step_of(&secret, &given, now.as_second()),
        None => return Ok(anew()),
    };
    let right = match step {
        Some(step) => state.store.use_step(account.id, step).await?,
        None => {
            left = state.store.use_recovery_code(account.id, &plain_code(&given), now).await?;
            left.is_some()
        }
    };
    if !right {
        failed(&state, &account).await?;
        return code_page(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, Some(visit.language.t("code-wrong")));
    }
    attempt.was_right(&state).await?;
    // Who has come by a recovery code is shown how many are left.
    let next = if left.is_some() { "/account" } else { pending.next.as_str() };
    signed_in(&state, &session, &parts, &account, next).await
}

/// Shows the secret that the role asks to set up.
pub async fn enrol_form(State(state): State<AppState>, visit: Visit, session: Session) -> Result<Response, WebError> {
    let Some((mut pending, account)) = pending(&state, &session).await? else { return Ok(anew()) };
    if state.store.second_factor(account.id).await?.is_some() {
        return Ok(Redirect::to("/sign-in/code").into_response());
    }
    let secret = match &pending.secret {
        Some(secret) => secret.clone(),
        None => {
            let secret = new_secret()?;
            pending.secret = Some(secret.clone());
            session.insert(PENDING, &pending).await?;
            secret
        }
    };
    enrol_page(&state, &visit, StatusCode::OK, &account, &secret, None)
}

fn enrol_page(
    state: &AppState,
    visit: &Visit,
    status: StatusCode,
    account: &Account,
    secret: &[u8],
    error: Option<String>,
) -> Result<Response, WebError> {
    let form_token = new_token()?;
    let page = Page::public(state, visit, visit.language.t("factor-title"));
    let lead = visit.language.t("factor-asked");
    let view = factor_view(page, form_token.clone(), "/sign-in/factor", lead, account, secret, error);
    let mut response = (status, show(&view)?).into_response();
    set_cookie(&mut response, &token_cookie(state, &form_token))?;
    Ok(response)
}

/// The page on which an app is given its secret.
pub(super) fn factor_view(
    page: Page,
    form_token: String,
    action: &'static str,
    lead: String,
    account: &Account,
    secret: &[u8],
    error: Option<String>,
) -> FactorView {
    let address = totp::address(secret, "bavn", &account.details.login);
    let picture = qr(&address, &page.t("factor-picture")).unwrap_or_default();
    FactorView { form_token, action, lead, picture, secret: totp::typed(secret), address, error, page }
}

/// Takes the first code of the app, and signs in.
pub async fn enrol(
    State(state): State<AppState>,
    visit: Visit,
    session: Session,
    parts: Parts,
    PostedBeforeSignIn(posted): PostedBeforeSignIn,
) -> Result<Response, WebError> {
    let Some((Pending { secret: Some(secret), .. }, account)) = pending(&state, &session).await? else {
        return Ok(anew());
    };
    if state.store.second_factor(account.id).await?.is_some() {
        return Ok(anew());
    }
    let Some(step) = totp::step_of(&secret, &posted.text("code"), Timestamp::now().as_second()) else {
        let words = Some(visit.language.t("factor-wrong"));
        return enrol_page(&state, &visit, StatusCode::UNPROCESSABLE_ENTITY, &account, &secret, words);
    };
    let codes = new_codes()?;
    let actor = Actor::Account(account.id);
    state.store.set_second_factor(account.id, &secret, step, &plain_codes(&codes), &actor, state.now()).await?;
    let language = Language::parse(&account.details.language).unwrap_or(visit.language);
    let page = Page::public(&state, &Visit { language, path: "/".to_owned() }, language.t("codes-title"));
    let mut response = show(&CodesView { page, codes, on: start_page(&state, account.details.role) })?.into_response();
    begin_session(&state, &session, &parts, &account, &mut response).await?;
    Ok(response)
}

/// A fresh secret for an app.
pub(super) fn new_secret() -> Result<Vec<u8>, WebError> {
    let mut secret = vec![0; totp::SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|error| WebError::Internal { what: error.to_string() })?;
    Ok(secret)
}

/// Fresh recovery codes as they are shown: 80 bits each, in letters and digits that are not mistaken for each other.
pub(super) fn new_codes() -> Result<Vec<String>, WebError> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bytes = [0_u8; CODES * 16];
    getrandom::fill(&mut bytes).map_err(|error| WebError::Internal { what: error.to_string() })?;
    let code = |part: &[u8]| {
        let letters: Vec<char> = part.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect();
        letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    };
    Ok(bytes.chunks(16).map(code).collect())
}

/// A recovery code without what people leave out or add.
fn plain_code(code: &str) -> String {
    let letter = |c: char| match c {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    };
    code.to_lowercase().chars().filter(char::is_ascii_alphanumeric).map(letter).collect()
}

/// Recovery codes as the store is given them.
pub(super) fn plain_codes(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| plain_code(code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recovery_codes_differ_and_are_read_as_people_write_them() {
        let codes = new_codes().unwrap();
        let plain = plain_codes(&codes);
        assert_eq!(plain.iter().collect::<std::collections::BTreeSet<_>>().len(), CODES);
        assert!(codes.iter().all(|code| code.len() == 19) && plain.iter().all(|code| code.len() == 16));
        assert_eq!(plain_code(&codes[0].to_uppercase().replace('-', " ")), plain[0]);
        assert_eq!(plain_code("O1lI-0"), "01110");
    }
}
