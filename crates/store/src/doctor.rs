//! What the doctor asks of the store.

use crate::{Engine, Store, StoreError};

/// Rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCount {
    /// Its name.
    pub table: String,
    /// How many.
    pub rows: i64,
}

/// Facts about the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doctor {
    /// Which engine.
    pub engine: Engine,
    /// The engine's version.
    pub engine_version: String,
    /// Version of the schema.
    pub schema_version: i64,
    /// Tables by name.
    pub tables: Vec<TableCount>,
    /// Size in bytes.
    pub bytes: i64,
    /// What the engine's own check found; empty when all is well.
    pub faults: Vec<String>,
}

impl Store {
    /// Looks at versions, sizes, counts and integrity.
    pub async fn doctor(&self) -> Result<Doctor, StoreError> {
        todo!()
    }
}
