//! The tables as they are: columns, primary keys, and an order in which whoever is referred to comes first.

use super::{Sequences, engine};
use crate::db::{Arg, Row, Tx, args};
use crate::{Engine, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Int,
    Text,
    Blob,
    Real,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

/// A table. Columns are sorted by name, so that both engines tell the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Places of the primary key's columns.
    pub key: Vec<usize>,
}

impl Column {
    pub(super) fn read(&self, row: &Row, at: usize) -> Result<Arg, StoreError> {
        Ok(match self.kind {
            Kind::Int => Arg::Int(row.opt_int(at)?),
            Kind::Text => Arg::Text(row.opt_text(at)?),
            Kind::Blob => Arg::Blob(row.opt_blob(at)?),
            // No table has a real column that may be empty (`tests::schema` holds them to that).
            Kind::Real => Arg::Real(row.real(at)?),
        })
    }
}

/// Made again from the ads: the index of words, with the tables that SQLite keeps it in; and what an analysis has still to
/// take in (`changed_ad`, filled by triggers: a new store begins with the whole).
fn is_derived(table: &str) -> bool {
    matches!(table, "schema_version" | "search_text" | "changed_ad") || table.starts_with("search_text_")
}

/// Every table but the derived ones; whoever is referred to before who refers.
pub(super) async fn tables(tx: &mut Tx) -> Result<Vec<Table>, StoreError> {
    let (columns, keys, references) = match engine(tx) {
        Engine::Sqlite => (
            "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite_%' AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY m.name, c.name",
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite_%' AND c.pk > 0 ORDER BY m.name, c.pk",
            "SELECT m.name, f.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
        ),
        Engine::Postgres => (
            "SELECT CAST(c.table_name AS TEXT), CAST(c.column_name AS TEXT), CAST(c.data_type AS TEXT) \
             FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema \
             AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE' WHERE c.table_schema = current_schema() \
             ORDER BY 1, 2",
            "SELECT CAST(r.relname AS TEXT), CAST(a.attname AS TEXT) FROM pg_index i JOIN pg_class r \
             ON r.oid = i.indrelid JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = current_schema() \
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indisprimary \
             ORDER BY 1, array_position(CAST(i.indkey AS int2[]), a.attnum)",
            "SELECT CAST(r.relname AS TEXT), CAST(f.relname AS TEXT) FROM pg_constraint c JOIN pg_class r \
             ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid JOIN pg_namespace n \
             ON n.oid = r.relnamespace AND n.nspname = current_schema() WHERE c.contype = 'f'",
        ),
    };
    let mut found: BTreeMap<String, Table> = BTreeMap::new();
    for row in tx.all(columns, args![]).await? {
        let (name, column, kind) = (row.text(0)?, row.text(1)?, row.text(2)?);
        if is_derived(&name) {
            continue;
        }
        let kind = match kind.to_lowercase().as_str() {
            "integer" | "bigint" => Kind::Int,
            "text" => Kind::Text,
            "blob" | "bytea" => Kind::Blob,
            "real" | "double precision" => Kind::Real,
            _ => return Err(StoreError::Corrupt { what: "the type of a column" }),
        };
        let table = found.entry(name.clone()).or_insert(Table { name, columns: Vec::new(), key: Vec::new() });
        table.columns.push(Column { name: column, kind });
    }
    for table in found.values_mut() {
        // PostgreSQL sorts names by its own collation.
        table.columns.sort_by(|a, b| a.name.cmp(&b.name));
    }
    for row in tx.all(keys, args![]).await? {
        if let Some(table) = found.get_mut(&row.text(0)?) {
            let column = row.text(1)?;
            table.key.extend(table.columns.iter().position(|of| of.name == column));
        }
    }
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in tx.all(references, args![]).await? {
        let (table, to) = (row.text(0)?, row.text(1)?);
        if table != to && found.contains_key(&table) && found.contains_key(&to) {
            needs.entry(table).or_default().insert(to);
        }
    }
    let mut sorted: Vec<Table> = Vec::with_capacity(found.len());
    while !found.is_empty() {
        let ready: Vec<String> = found
            .keys()
            .filter(|name| needs.get(*name).is_none_or(|to| to.iter().all(|to| !found.contains_key(to))))
            .cloned()
            .collect();
        if ready.is_empty() {
            return Err(StoreError::Corrupt { what: "the order of the tables: some refer to each other" });
        }
        for name in ready {
            sorted.extend(found.remove(&name));
        }
    }
    Ok(sorted)
}

/// The last number that each table has given: one that was deleted is not given again after a move.
pub(super) async fn sequences(tx: &mut Tx) -> Result<Sequences, StoreError> {
    let sql = match engine(tx) {
        Engine::Sqlite => "SELECT name, seq FROM sqlite_sequence",
        Engine::Postgres => {
            "SELECT CAST(c.table_name AS TEXT), coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence(\
             CAST(c.table_name AS TEXT), 'id') AS regclass)), 0) FROM information_schema.columns c \
             WHERE c.table_schema = current_schema() AND c.is_identity = 'YES'"
        }
    };
    let mut all = Sequences::new();
    for row in tx.all(sql, args![]).await? {
        let (table, last) = (row.text(0)?, row.int(1)?);
        if last > 0 && !is_derived(&table) {
            all.insert(table, last);
        }
    }
    Ok(all)
}

/// Lets each table go on after its last number.
pub(super) async fn set_sequences(tx: &mut Tx, sequences: &Sequences) -> Result<(), StoreError> {
    for (table, last) in sequences {
        match engine(tx) {
            Engine::Sqlite => {
                let known = tx.run("UPDATE sqlite_sequence SET seq = $2 WHERE name = $1", args![table, *last]).await?;
                if known == 0 {
                    tx.run("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", args![table, *last]).await?;
                }
            }
            Engine::Postgres => {
                tx.all("SELECT setval(CAST(pg_get_serial_sequence($1, 'id') AS regclass), $2)", args![table, *last])
                    .await?;
            }
        }
    }
    Ok(())
}

/// Tables with their columns and types (`int`, `text`, `blob`, `real`), whoever is referred to first.
#[cfg(test)]
pub(crate) async fn schema_of(tx: &mut Tx) -> Result<Vec<(String, Vec<(String, &'static str)>)>, StoreError> {
    let column = |column: Column| {
        let kind = match column.kind {
            Kind::Int => "int",
            Kind::Text => "text",
            Kind::Blob => "blob",
            Kind::Real => "real",
        };
        (column.name, kind)
    };
    let tables = tables(tx).await?;
    Ok(tables.into_iter().map(|table| (table.name, table.columns.into_iter().map(column).collect())).collect())
}
