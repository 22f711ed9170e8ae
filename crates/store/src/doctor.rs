//! What the doctor asks of the store.

use crate::db::args;
use crate::{Engine, Store, StoreError, migrate};

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
    /// The database server's own clock in milliseconds; `None` where the database is a file.
    pub async fn server_clock_ms(&self) -> Result<Option<i64>, StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let mut tx = self.read("asking the database for its time").await?;
        let sql = "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)";
        Ok(Some(tx.id(sql, args![]).await?))
    }

    /// Fails where the database does not answer.
    pub async fn answers(&self) -> Result<(), StoreError> {
        let mut tx = self.read("asking whether the database answers").await?;
        tx.one("SELECT 1", args![]).await.map(drop)
    }

    /// Looks at versions, sizes, counts and integrity.
    pub async fn doctor(&self) -> Result<Doctor, StoreError> {
        let mut tx = self.read("examining the database").await?;
        let schema_version = migrate::version(&mut tx).await?;
        let (version, names, size) = match self.engine() {
            Engine::Sqlite => (
                "SELECT sqlite_version()",
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            ),
            Engine::Postgres => (
                "SELECT current_setting('server_version')",
                "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() \
                 AND table_type = 'BASE TABLE' ORDER BY 1",
                "SELECT pg_database_size(current_database())",
            ),
        };
        let engine_version =
            tx.one(version, args![]).await?.ok_or(StoreError::Corrupt { what: "the engine's version" })?.text(0)?;
        let bytes = tx.id(size, args![]).await?;
        let mut tables = Vec::new();
        for row in tx.all(names, args![]).await? {
            let table = row.text(0)?;
            let counted = tx.all_of(format!("SELECT count(*) FROM \"{table}\""), args![]).await?;
            let rows = counted.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
            tables.push(TableCount { table, rows });
        }
        let mut faults = Vec::new();
        if self.engine() == Engine::Sqlite {
            for row in tx.all("PRAGMA quick_check(20)", args![]).await? {
                let found = row.text(0)?;
                if found != "ok" {
                    faults.push(found);
                }
            }
            if !tx.all("PRAGMA foreign_key_check", args![]).await?.is_empty() {
                faults.push("rows point to rows that do not exist".to_owned());
            }
        } else {
            for row in tx
                .all(
                    "SELECT CAST(c.relname AS TEXT) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
                     WHERE NOT i.indisvalid",
                    args![],
                )
                .await?
            {
                faults.push(format!("index {} is not valid", row.text(0)?));
            }
        }
        Ok(Doctor { engine: self.engine(), engine_version, schema_version, tables, bytes, faults })
    }
}
