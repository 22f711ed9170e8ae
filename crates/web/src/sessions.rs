//! Sessions of tower-sessions, kept in the store. The browser holds only a random id; the store keeps a keyed hash of
//! it and the content sealed. Sessions live by the machine's clock, also in the demo, since browsers do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{AccountId, SessionOf, SessionRow, Store, StoreError};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Expiry, SessionManagerLayer};

/// Name of the session's content.
pub const SIGNED_IN: &str = "signed_in";

/// Name of the callers that a session has looked up: rows of the attempt and the contact.
pub const CALLED: &str = "called";

/// Name of what a session holds while somebody is signing in.
pub const PENDING: &str = "pending";
/// How long signing in may take after the password, in milliseconds: 10 minutes.
pub const PENDING_MS: i64 = 10 * 60_000;

/// Somebody whose password was right and who is not signed in yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Who.
    pub account: AccountId,
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
    /// Where to go on.
    pub next: String,
    /// The secret that an app is being given, if one is.
    pub secret: Option<Vec<u8>>,
}

/// What a session holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Whose it is.
    pub account: AccountId,
    /// What every form of this session carries.
    pub form_token: String,
    /// When it began, in milliseconds since 1970.
    pub since_ms: i64,
    /// When it was last used, to a few minutes.
    pub seen_ms: i64,
    /// Browser and system, for the page of one's own sessions.
    #[serde(default)]
    pub device: String,
}

/// The sessions in the store.
#[derive(Clone)]
pub struct StoredSessions {
    store: Store,
}

impl std::fmt::Debug for StoredSessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredSessions")
    }
}

/// The layer that finds and keeps a request's session.
pub fn layer(store: Store, settings: &crate::WebSettings) -> SessionManagerLayer<StoredSessions> {
    let (idle_minutes, behind_tls) = (settings.idle_minutes, settings.behind_tls);
    SessionManagerLayer::new(StoredSessions { store })
        .with_name(settings.cookie_name("bavn"))
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(behind_tls)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::minutes(idle_minutes)))
}

#[async_trait::async_trait]
impl SessionStore for StoredSessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let (row, _) = row_of(record)?;
            if self.store.create_session(&key(record.id), &row).await.map_err(backend)? {
                return self.save(record).await;
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let (row, of) = row_of(record)?;
        self.store.put_session(&key(record.id), &row, of.as_ref()).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let Some(row) = self.store.session(&key(*id), Timestamp::now()).await.map_err(backend)? else {
            return Ok(None);
        };
        let record: Record =
            serde_json::from_slice(&row.data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        // A row moved from one id to another is no session.
        Ok((record.id == *id && record.expiry_date > OffsetDateTime::now_utc()).then_some(record))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.store.delete_session(&key(*id)).await.map_err(backend)
    }
}

fn key(id: Id) -> [u8; 16] {
    id.0.to_be_bytes()
}

fn row_of(record: &Record) -> session_store::Result<(SessionRow, Option<SessionOf>)> {
    let encode = |error: &dyn std::fmt::Display| session_store::Error::Encode(error.to_string());
    let data = serde_json::to_vec(record).map_err(|error| encode(&error))?;
    let expires_at = Timestamp::from_second(record.expiry_date.unix_timestamp()).map_err(|error| encode(&error))?;
    Ok((SessionRow { data, expires_at }, whose(record)))
}

fn whose(record: &Record) -> Option<SessionOf> {
    let held = |name: &str| record.data.get(name).cloned();
    let time = |ms: i64| Timestamp::from_millisecond(ms).ok();
    if let Some(signed_in) = held(SIGNED_IN).and_then(|value| serde_json::from_value::<SignedIn>(value).ok()) {
        return Some(SessionOf {
            account: signed_in.account,
            begun_at: time(signed_in.since_ms),
            seen_at: time(signed_in.seen_ms),
            device: Some(signed_in.device),
        });
    }
    let pending = held(PENDING).and_then(|value| serde_json::from_value::<Pending>(value).ok())?;
    Some(SessionOf { account: pending.account, begun_at: None, seen_at: None, device: None })
}

/// The session's id as the store knows it.
pub fn key_of(session: &tower_sessions::Session) -> Option<[u8; 16]> {
    session.id().map(key)
}

/// Browser and system by their plain names, nothing finer.
pub fn device_of(agent: &str) -> String {
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    // In this order: most browsers also say that they are the others.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    [browser, system].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn backend(error: StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_device_is_named_plainly() {
        let of = super::device_of;
        let phone = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
        assert_eq!(of(phone), "Chrome, Android");
        assert_eq!(
            of("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"),
            "Firefox, Windows"
        );
        assert_eq!(of("curl/8.5.0"), "");
    }
}
