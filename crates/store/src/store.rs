//! The store itself: opening it, and which engine it is on.

use crate::{MasterKey, StoreError};
use jiff::Timestamp;

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
#[derive(Clone)]
pub struct Store {}

impl Store {
    /// Opens (or makes) the store at `url` (`sqlite:PATH` or `postgres://…`) and migrates it forward.
    pub async fn open(url: &str, key: MasterKey, at: Timestamp) -> Result<Store, StoreError> {
        Self::open_with(url, key, at, Options::default()).await
    }
    /// As [`Store::open`], with other settings.
    pub async fn open_with(url: &str, key: MasterKey, at: Timestamp, options: Options) -> Result<Store, StoreError> {
        todo!()
    }
    /// Which engine it is on.
    pub fn engine(&self) -> Engine {
        todo!()
    }
    /// Closes its connections; what was acknowledged is on disk already.
    pub async fn close(&self) {}

    /// A keyed pseudonym, the same for the same contact: `K-7F3A`. Longer where `digits` says so.
    pub fn pseudonym(&self, contact: &domain::Contact) -> String {
        todo!()
    }
}
