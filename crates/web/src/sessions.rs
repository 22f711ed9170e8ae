//! Sessions of tower-sessions, kept in the store. The browser holds only a random id; the store keeps a keyed hash of
//! it and the content sealed. Sessions live by the machine's clock, also in the demo, since browsers do.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{AccountId, SessionRow, Store, StoreError};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Expiry, SessionManagerLayer};

/// Name of the session's content.
pub const SIGNED_IN: &str = "signed_in";

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
pub fn layer(store: Store, idle_minutes: i64, behind_tls: bool) -> SessionManagerLayer<StoredSessions> {
    SessionManagerLayer::new(StoredSessions { store })
        .with_name(if behind_tls { "__Host-bavn" } else { "bavn" })
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
        let (row, account) = row_of(record)?;
        self.store.put_session(&key(record.id), &row, account).await.map_err(backend)
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

fn row_of(record: &Record) -> session_store::Result<(SessionRow, Option<AccountId>)> {
    let encode = |error: &dyn std::fmt::Display| session_store::Error::Encode(error.to_string());
    let data = serde_json::to_vec(record).map_err(|error| encode(&error))?;
    let expires_at = Timestamp::from_second(record.expiry_date.unix_timestamp()).map_err(|error| encode(&error))?;
    let account = record
        .data
        .get(SIGNED_IN)
        .and_then(|value| serde_json::from_value::<SignedIn>(value.clone()).ok())
        .map(|signed_in| signed_in.account);
    Ok((SessionRow { data, expires_at }, account))
}

fn backend(error: StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}
