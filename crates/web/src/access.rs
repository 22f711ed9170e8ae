//! Who may. A handler names what it needs as an argument; without it the handler does not run.

use crate::errors::WebError;
use crate::sessions::{SIGNED_IN, SignedIn};
use crate::{AppState, Language};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use jiff::Timestamp;
use store::{Account, AccountId, Actor, Look, PersonRole};
use tower_sessions::Session;

/// A session is written again when its last use lies so far back (2 minutes).
const SEEN_EVERY_MS: i64 = 120_000;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Who {
    /// Whose request it is.
    pub account: Account,
    /// What every form of this session carries.
    pub form_token: String,
}

impl Who {
    /// Row of the account.
    pub fn id(&self) -> AccountId {
        self.account.id
    }
    /// What the account may do.
    pub fn role(&self) -> PersonRole {
        self.account.details.role
    }
    /// A look at personal data by this person.
    pub fn look(&self, what: &'static str, purpose: &str, subject: impl Into<String>, at: Timestamp) -> Look {
        Look { actor: Actor::Account(self.id()), purpose: purpose.to_owned(), what, subject: subject.into(), at }
    }
}

/// Where a role begins its day.
pub fn start_page(state: &AppState, role: PersonRole) -> &'static str {
    match role {
        PersonRole::Researcher if !state.settings.watches && state.settings.places.is_some() => "/places",
        PersonRole::Researcher => "/queue",
        PersonRole::OutreachWorker if state.settings.places.is_some() => "/visits",
        PersonRole::OutreachWorker => "/today",
        PersonRole::Administrator => "/sites",
        PersonRole::Auditor => "/audit",
    }
}

impl FromRequestParts<AppState> for Who {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let signed_out =
            || WebError::SignedOut { next: (parts.method == Method::GET).then(|| parts.uri.path().to_owned()) };
        let session = parts.extensions.get::<Session>().cloned().ok_or_else(signed_out)?;
        let Some(mut signed_in) = session.get::<SignedIn>(SIGNED_IN).await? else {
            return Err(signed_out());
        };
        let now_ms = Timestamp::now().as_millisecond();
        let account = state.store.account(signed_in.account).await?.filter(|account| account.disabled_at.is_none());
        let (Some(account), true) = (account, now_ms < signed_in.since_ms + state.settings.session_minutes * 60_000)
        else {
            session.flush().await?;
            return Err(signed_out());
        };
        let form_token = signed_in.form_token.clone();
        if now_ms - signed_in.seen_ms > SEEN_EVERY_MS {
            signed_in.seen_ms = now_ms;
            session.insert(SIGNED_IN, signed_in).await?;
        }
        Ok(Self { account, form_token })
    }
}

macro_rules! role {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Who);

        impl FromRequestParts<AppState> for $name {
            type Rejection = WebError;

            async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
                let who = Who::from_request_parts(parts, state).await?;
                if who.role() == PersonRole::$name { Ok(Self(who)) } else { Err(WebError::Forbidden) }
            }
        }
    };
}

role!(
    /// A researcher: queue, cases, decisions.
    Researcher
);
role!(
    /// An outreach worker: the own team's list.
    OutreachWorker
);
role!(
    /// An administrator: sites and people.
    Administrator
);

/// Whoever may read the log of looks: administrators and auditors.
#[derive(Debug, Clone)]
pub struct Overseer(pub Who);

impl FromRequestParts<AppState> for Overseer {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let who = Who::from_request_parts(parts, state).await?;
        match who.role() {
            PersonRole::Administrator | PersonRole::Auditor => Ok(Self(who)),
            PersonRole::Researcher | PersonRole::OutreachWorker => Err(WebError::Forbidden),
        }
    }
}

/// Whoever answers for cases or for the installation: a researcher or an administrator.
#[derive(Debug, Clone)]
pub struct Office(pub Who);

impl FromRequestParts<AppState> for Office {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let who = Who::from_request_parts(parts, state).await?;
        match who.role() {
            PersonRole::Researcher | PersonRole::Administrator => Ok(Self(who)),
            PersonRole::OutreachWorker | PersonRole::Auditor => Err(WebError::Forbidden),
        }
    }
}

/// Whoever knows the register of places: a researcher or an outreach worker.
#[derive(Debug, Clone)]
pub struct OfPlaces(pub Who);

impl FromRequestParts<AppState> for OfPlaces {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let who = Who::from_request_parts(parts, state).await?;
        match who.role() {
            PersonRole::Researcher | PersonRole::OutreachWorker => Ok(Self(who)),
            PersonRole::Administrator | PersonRole::Auditor => Err(WebError::Forbidden),
        }
    }
}

/// Somebody appointed for the urgent route, whatever their role.
#[derive(Debug, Clone)]
pub struct UrgentContact(pub Who);

impl FromRequestParts<AppState> for UrgentContact {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let who = Who::from_request_parts(parts, state).await?;
        if who.account.details.urgent_contact { Ok(Self(who)) } else { Err(WebError::Forbidden) }
    }
}

/// Whoever it is: the language that the visitor chose, and the page's own address.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Language of the page.
    pub language: Language,
    /// Path of the page, to come back to.
    pub path: String,
}

impl Visit {
    /// Reads it off a request.
    pub fn of(parts: &Parts, default: Language) -> Self {
        let language = cookie(parts, LANGUAGE_COOKIE).and_then(|code| Language::parse(&code)).unwrap_or(default);
        let path = if parts.method == Method::GET {
            parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
        } else {
            "/".to_owned()
        };
        Self { language, path }
    }
}

/// Holds the chosen language.
pub const LANGUAGE_COOKIE: &str = "bavn-language";

/// A cookie's value.
pub fn cookie(parts: &Parts, name: &str) -> Option<String> {
    parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts, state.settings.default_language))
    }
}
