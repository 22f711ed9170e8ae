//! The brake on guessing, after OWASP's device cookies: a browser in which somebody has signed in to the account before has
//! a budget of its own, so that nobody else's attempts can lock that person out. Everybody else is counted by account and
//! client, by client, and all strangers of an account together. All counts lie in the store (several processes are as
//! one), under keyed hashes: no address and no log-in is written down.

use crate::AppState;
use crate::access::cookie;
use crate::errors::WebError;
use crate::forms::new_token;
use axum::http::request::Parts;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Window of the budgets in milliseconds: 15 minutes, and an hour for all strangers of an account.
const WINDOW_MS: i64 = 15 * 60_000;
const STRANGERS_WINDOW_MS: i64 = 60 * 60_000;
/// Attempts in a window: in a known browser; of a client at an account; of a client at all accounts; of all strangers at an
/// account.
const KNOWN: u32 = 10;
const PAIR: u32 = 5;
const CLIENT: u32 = 60;
const STRANGERS: u32 = 100;
/// How long a browser stays known, in seconds: a year.
const KNOWN_FOR_S: u32 = 31_536_000;

/// An attempt that was let through.
#[derive(Debug)]
pub struct Attempt {
    taken: Vec<String>,
}

impl Attempt {
    /// It was all right: what it took of the budgets is given back.
    pub async fn was_right(&self, state: &AppState) -> Result<(), WebError> {
        Ok(state.store.give_back_to_budgets(&self.taken).await?)
    }
}

/// The name of the cookie that makes a browser known.
fn cookie_name(state: &AppState) -> String {
    state.settings.cookie_name("bavn-known")
}

/// Lets one attempt at an account through, or says until when there is none.
pub async fn attempt(
    state: &AppState,
    parts: &Parts,
    login: &str,
    now: Timestamp,
) -> Result<Result<Attempt, Timestamp>, WebError> {
    let mut taken = Vec::new();
    if let Some(nonce) = known_nonce(state, parts, login) {
        let key = format!("known:{nonce}");
        let (count, _) = state.store.take_of_budget(&key, now, WINDOW_MS).await?;
        if count <= KNOWN {
            taken.push(key);
            return Ok(Ok(Attempt { taken }));
        }
        // The cookie may have been stolen: from here on it is a stranger's.
    }
    let client = state.settings.proxies.client(parts);
    // In this order: what a client is refused takes nothing from what all strangers have.
    for (key, most, window) in [
        (format!("client:{client}"), CLIENT, WINDOW_MS),
        (format!("pair:{login}|{client}"), PAIR, WINDOW_MS),
        (format!("strangers:{login}"), STRANGERS, STRANGERS_WINDOW_MS),
    ] {
        let (count, until) = state.store.take_of_budget(&key, now, window).await?;
        if count > most {
            return Ok(Err(until));
        }
        taken.push(key);
    }
    Ok(Ok(Attempt { taken }))
}

/// The cookie by which this browser is known for an account from now on.
pub fn known_cookie(state: &AppState, login: &str) -> Result<String, WebError> {
    let nonce = new_token()?;
    let mark = state.store.device_mark(login, &nonce);
    let (name, secure) = (cookie_name(state), if state.settings.behind_tls { "; Secure" } else { "" });
    Ok(format!("{name}={nonce}.{mark}; Path=/; Max-Age={KNOWN_FOR_S}; HttpOnly; SameSite=Lax{secure}"))
}

fn known_nonce(state: &AppState, parts: &Parts, login: &str) -> Option<String> {
    let value = cookie(parts, &cookie_name(state))?;
    let (nonce, mark) = value.split_once('.')?;
    let own = state.store.device_mark(login, nonce);
    // Digests are compared, so that the time taken tells nothing of the mark.
    (nonce.len() == 32 && Sha256::digest(mark) == Sha256::digest(&own)).then(|| nonce.to_owned())
}
