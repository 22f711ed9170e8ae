//! The store itself: opening it, and which engine it is on.

use crate::crawl::Gathers;
use crate::db::{Db, Tx};
use crate::keys::{Keys, fill_random, to_hex};
use crate::{MasterKey, StoreError, migrate};
use jiff::Timestamp;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

/// Settings of the connection.
#[derive(Debug, Clone)]
pub struct Options {
    /// Create the SQLite file where there is none.
    pub create: bool,
    /// SQLite: every commit reaches the disk before it is acknowledged (`synchronous = FULL`). Only a store that can be
    /// made again from its seed may go without.
    pub durable: bool,
    /// Most connections for reading (SQLite) or at all (PostgreSQL).
    pub connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { create: true, durable: true, connections: 8 }
    }
}

/// The store. Cheap to clone; all clones share their connections.
///
/// ```no_run
/// # async fn open() -> Result<(), store::StoreError> {
/// let key = store::MasterKey::from_bytes([7; 32]);
/// let at = "2026-10-01T06:00:00Z".parse().unwrap_or_default();
/// let store = store::Store::open("sqlite:data/bavn.db", key, at).await?;
/// assert!(store.latest_analysis().await?.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    db: Db,
    /// Made whole once the store was migrated: the earlier keys for hashes lie in it.
    keys: OnceLock<Keys>,
    derived: Keys,
    /// When it was last seen that the key is still the store's; `None` while the key is being changed.
    key_seen: Option<Mutex<Instant>>,
    gathers: Gathers,
    /// The register that programmes share, once joined.
    pub(crate) register: OnceLock<crate::register::Register>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Store({:?})", self.engine())
    }
}

impl Store {
    /// Opens (or makes) the store at `url` (`sqlite:PATH` or `postgres://…`) and migrates it forward.
    pub async fn open(url: &str, key: MasterKey, at: Timestamp) -> Result<Store, StoreError> {
        Self::open_with(url, key, at, Options::default()).await
    }

    /// As [`Store::open`], with other settings.
    pub async fn open_with(url: &str, key: MasterKey, at: Timestamp, options: Options) -> Result<Store, StoreError> {
        Self::open_at(url, key, at, options, None).await
    }

    /// As [`Store::open_with`]; with `version` no further than that version, for rows of an earlier schema.
    pub(crate) async fn open_at(
        url: &str,
        key: MasterKey,
        at: Timestamp,
        options: Options,
        version: Option<i64>,
    ) -> Result<Store, StoreError> {
        let db = if url.starts_with("sqlite:") {
            open_sqlite(url, &options).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url, &options, "bavn").await?
        } else {
            return Err(StoreError::Url { url: without_password(url), what: "it names no known engine".to_owned() });
        };
        // Rows that are brought in from elsewhere come with their own key, which is looked at when they are all there.
        let seen = version.is_none().then(|| Mutex::new(Instant::now()));
        let whole = match version {
            Some(version) => migrate::migrate_to(&db, at, version).await.map(|()| None),
            None => migrate::migrate(&db, Keys::derive(&key), at).await.map(Some),
        };
        Self::of(db, &key, whole, seen).await
    }

    async fn of(
        db: Db,
        key: &MasterKey,
        whole: Result<Option<Keys>, StoreError>,
        key_seen: Option<Mutex<Instant>>,
    ) -> Result<Store, StoreError> {
        let keys = OnceLock::new();
        match whole {
            Ok(Some(whole)) => drop(keys.set(whole)),
            Ok(None) => {}
            Err(error) => {
                db.close().await;
                return Err(error);
            }
        }
        let derived = Keys::derive(key);
        Ok(Store {
            inner: Arc::new(Inner {
                db,
                keys,
                derived,
                key_seen,
                gathers: Gathers::default(),
                register: OnceLock::new(),
            }),
        })
    }

    /// Opens a store to change its key, or to go on with a change.
    pub(crate) async fn open_to_rotate(url: &str, key: &MasterKey, at: Timestamp) -> Result<Store, StoreError> {
        let options = Options { create: false, connections: 2, ..Options::default() };
        let db = if url.starts_with("sqlite:") {
            open_sqlite(url, &options).await?
        } else {
            // A name that nobody else has: the pool's own connections are told from others' by it.
            let mut bytes = [0; 8];
            fill_random(&mut bytes)?;
            open_postgres(url, &options, &format!("bavn key {}", to_hex(&bytes))).await?
        };
        let whole = migrate::migrate_to_rotate(&db, Keys::derive(key), at).await.map(Some);
        Self::of(db, key, whole, None).await
    }

    /// Names the master key where it must be told from another; says nothing of it.
    pub fn key_name(&self) -> String {
        self.keys().name()
    }

    /// Brings the schema to the newest version and checks the key.
    pub(crate) async fn migrate(&self, at: Timestamp) -> Result<(), StoreError> {
        let derived = self.inner.derived.clone();
        let whole = migrate::migrate(&self.inner.db, derived, at).await?;
        drop(self.inner.keys.set(whole));
        Ok(())
    }

    /// Which engine it is on.
    pub fn engine(&self) -> Engine {
        match self.inner.db {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Closes its connections; what was acknowledged is on disk already.
    pub async fn close(&self) {
        if let Some(register) = self.register() {
            register.store.inner.db.close().await;
        }
        self.inner.db.close().await;
    }

    /// A keyed pseudonym, the same for the same contact: `K-7F3A2M`.
    pub fn pseudonym(&self, contact: &domain::Contact) -> String {
        let keys = self.keys();
        keys.pseudonym(&keys.contact(contact))
    }

    pub(crate) fn keys(&self) -> &Keys {
        self.inner.keys.get().unwrap_or(&self.inner.derived)
    }
    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
    pub(crate) fn gathers(&self) -> &Gathers {
        &self.inner.gathers
    }
    pub(crate) async fn write(&self, doing: &'static str) -> Result<Tx, StoreError> {
        let mut tx = self.inner.db.write(doing).await?;
        self.still_ours(&mut tx).await?;
        Ok(tx)
    }

    /// Whoever still works under a key that was changed meanwhile would look for objections by hashes that are no more:
    /// nothing more is written then. Asked once a second, since a key changes once in years.
    async fn still_ours(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let Some(seen) = &self.inner.key_seen else { return Ok(()) };
        let due = |seen: &Mutex<Instant>| {
            let mut seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let due = seen.elapsed() >= Duration::from_secs(1);
            if due {
                *seen = Instant::now();
            }
            due
        };
        if due(seen) && !crate::rotation::is_key_of(tx, self.keys()).await? {
            // The next one asks again at once.
            *seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now() - Duration::from_secs(2);
            return Err(StoreError::KeyChanging);
        }
        Ok(())
    }
    pub(crate) async fn write_soon(&self, doing: &'static str) -> Result<Tx, StoreError> {
        let mut tx = self.inner.db.write_soon(doing).await?;
        self.still_ours(&mut tx).await?;
        Ok(tx)
    }
    pub(crate) async fn empty_wal(&self) -> Result<(), StoreError> {
        self.inner.db.empty_wal().await
    }
    pub(crate) async fn vacuum(&self) -> Result<(), StoreError> {
        self.inner.db.vacuum().await
    }
    pub(crate) async fn read(&self, doing: &'static str) -> Result<Tx, StoreError> {
        self.inner.db.read(doing).await
    }
}

async fn open_sqlite(url: &str, options: &Options) -> Result<Db, StoreError> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or(path);
    if path.is_empty() {
        return Err(StoreError::Url { url: url.to_owned(), what: "it names no file".to_owned() });
    }
    let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(StoreError::MissingFolder { folder: folder.display().to_string() });
    }
    let is_there = Path::new(path).is_file();
    let unreachable = |error: sqlx::Error| match crate::db::sqlite_code(&error) {
        Some(8 | 14) if is_there => StoreError::ReadOnly { what: reason(error) },
        Some(11) => StoreError::Damaged { doing: "opening it", what: reason(error) },
        _ => StoreError::Unreachable { url: url.to_owned(), what: reason(error) },
    };
    if is_there && let Err(error) = std::fs::OpenOptions::new().write(true).open(path) {
        return Err(StoreError::ReadOnly { what: format!("{path}: {error}") });
    }
    if options.create {
        make_private(Path::new(path))
            .map_err(|error| StoreError::Unreachable { url: url.to_owned(), what: error.to_string() })?;
    }
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(options.create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if options.durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off })
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "ON")
        .statement_cache_capacity(256);
    let writer = SqlitePoolOptions::new()
        // A full disk ends SQLite's transaction by itself; the driver's rollback then fails and it would refuse to begin
        // another on this connection for ever. The rollback is in the queue before the ping.
        .after_release(|writer, _| {
            Box::pin(async move {
                if writer.is_in_transaction() {
                    writer.ping().await?;
                }
                Ok(!writer.is_in_transaction())
            })
        })
        // It was looked at when it came back, and a file does not go away as a server does.
        .test_before_acquire(false)
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(60))
        .connect_with(connect.clone())
        .await
        .map_err(unreachable)?;
    let reader = SqlitePoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(Duration::from_secs(60))
        .connect_with(connect.create_if_missing(false).pragma("query_only", "ON"))
        .await
        .map_err(unreachable)?;
    Ok(Db::Sqlite { writer, reader, durable: options.durable })
}

async fn open_postgres(url: &str, options: &Options, name: &str) -> Result<Db, StoreError> {
    let shown = without_password(url);
    let connect: PgConnectOptions =
        url.parse().map_err(|error: sqlx::Error| StoreError::Url { url: shown.clone(), what: error.to_string() })?;
    let connect = connect.application_name(name);
    // A pool tries a refused connection again until its time is over; whoever starts the program is told at once.
    let unreachable = |error| StoreError::Unreachable { url: shown.clone(), what: reason(error) };
    let first = tokio::time::timeout(Duration::from_secs(10), PgConnection::connect_with(&connect)).await;
    let first = first.map_err(|_| unreachable(sqlx::Error::PoolTimedOut))?.map_err(unreachable)?;
    first.close().await.map_err(unreachable)?;
    let pool = PgPoolOptions::new()
        .max_connections(options.connections.max(2))
        // A server that is away is told as such soon: the crawl waits for it and says so, and a stop is in time.
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(connect)
        .await
        .map_err(unreachable)?;
    Ok(Db::Postgres(pool))
}

/// Makes the file for its owner alone; SQLite gives its companions the same rights. One that is there is left alone.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn reason(error: sqlx::Error) -> String {
    match error {
        sqlx::Error::PoolTimedOut => "nobody answered in time".to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}

/// The address as it may be shown.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme + 3 => {
            let user = url[scheme + 3..at].split(':').next().unwrap_or_default();
            format!("{}{user}{}", &url[..scheme + 3], &url[at..])
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(without_password("postgres://bavn:geheim@db.example/bavn"), "postgres://bavn@db.example/bavn");
        assert_eq!(without_password("sqlite:data/bavn.db"), "sqlite:data/bavn.db");
    }
}
