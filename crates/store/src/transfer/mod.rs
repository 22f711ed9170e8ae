//! A whole store as a stream of rows: for backups, restores and the move between the engines.
//!
//! One form for both engines, read in one transaction (SQLite's snapshot, PostgreSQL's REPEATABLE READ), so that it is
//! consistent while everything runs, and a backup of one engine can be restored on the other. Rows hold what the tables
//! hold: sealed values stay sealed, under the same key. What can be made again (the search index) is left out.

mod format;
mod schema;

pub use format::DumpHeader;
#[cfg(test)]
pub(crate) use schema::schema_of;

use crate::db::{Arg, Tx, args};
use crate::keys::to_hex;
use crate::{Engine, MasterKey, Options, Store, StoreError};
use format::{Frame, Reader, Writer, read_row, write_row};
use jiff::Timestamp;
use schema::{Column, Table};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// Rows that are read and written at a time.
const BATCH: i64 = 200;

/// What was moved of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Its name.
    pub table: String,
    /// How many rows.
    pub rows: u64,
    /// A sum over the rows' hashes, in no order, hex: the same rows give the same on both engines.
    pub digest: String,
}

/// What a dump held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump {
    /// When and from what it was made.
    pub header: DumpHeader,
    /// Table by table.
    pub tables: Vec<Moved>,
}

impl Dump {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// What a comparison of two stores came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Tables compared.
    pub tables: usize,
    /// Rows compared.
    pub rows: u64,
}

/// Counts rows and sums their hashes.
#[derive(Default)]
struct Sum {
    rows: u64,
    lanes: [u64; 4],
}

impl Sum {
    fn add(&mut self, row: &[u8]) {
        self.rows += 1;
        let hash = Sha256::digest(row);
        for (lane, bytes) in self.lanes.iter_mut().zip(hash.as_chunks::<8>().0) {
            *lane = lane.wrapping_add(u64::from_le_bytes(*bytes));
        }
    }

    fn of(self, table: &str) -> Moved {
        let bytes: Vec<u8> = self.lanes.iter().flat_map(|lane| lane.to_le_bytes()).collect();
        Moved { table: table.to_owned(), rows: self.rows, digest: to_hex(&bytes) }
    }
}

impl Store {
    /// Writes the whole store to a stream, as it is at this moment.
    pub async fn dump(&self, out: &mut (dyn Write + Send), at: Timestamp) -> Result<Dump, StoreError> {
        let mut tx = self.read("reading the store for a backup").await?;
        let header = DumpHeader {
            format: format::VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: if tx.is_postgres() { "postgres" } else { "sqlite" }.to_owned(),
            schema_version: crate::migrate::version(&mut tx).await?,
            made_at: at,
        };
        let mut writer = Writer::begin(out, &header)?;
        let mut tables = Vec::new();
        for table in schema::tables(&mut tx).await? {
            writer.table(&table)?;
            let mut sum = Sum::default();
            let mut after = None;
            while let Some(rows) = read_batch(&mut tx, &table, &mut after).await? {
                for row in &rows {
                    let bytes = write_row(row);
                    sum.add(&bytes);
                    writer.frame(format::ROW, &bytes)?;
                }
            }
            let moved = sum.of(&table.name);
            writer.json(format::TABLE_END, &moved)?;
            tables.push(moved);
        }
        writer.json(format::SEQUENCES, &schema::sequences(&mut tx).await?)?;
        writer.end(tables.len())?;
        Ok(Dump { header, tables })
    }

    /// Makes a store at `url` from a stream. There must be nothing there yet. An older form is brought forward afterwards.
    /// All of it is one transaction: killed in the middle it leaves an empty store.
    pub async fn load(
        url: &str,
        key: MasterKey,
        options: Options,
        input: &mut (dyn Read + Send),
        at: Timestamp,
    ) -> Result<(Store, Dump), StoreError> {
        let (mut reader, header) = Reader::begin(input)?;
        if header.schema_version > crate::migrate::newest() {
            return Err(StoreError::Newer { found: header.schema_version, known: crate::migrate::newest() });
        }
        let store = Store::open_at(url, key, at, options, Some(header.schema_version)).await?;
        let loaded = store.load_rows(&mut reader, header).await;
        let migrated = match loaded {
            Ok(dump) => store.migrate(at).await.map(|()| dump),
            Err(error) => Err(error),
        };
        match migrated {
            Ok(dump) => {
                store.index_words_again().await?;
                Ok((store, dump))
            }
            Err(error) => {
                store.close().await;
                Err(error)
            }
        }
    }

    async fn load_rows(&self, reader: &mut Reader<'_>, header: DumpHeader) -> Result<Dump, StoreError> {
        let mut tx = self.write("writing a store from a backup").await?;
        let known = clear_new(&mut tx).await?;
        let mut tables = Vec::new();
        loop {
            let (name, columns) = match reader.next()? {
                Frame::Table(name, columns) => (name, columns),
                Frame::Sequences(sequences) => {
                    schema::set_sequences(&mut tx, &sequences).await?;
                    break;
                }
                _ => return Err(broken("its parts are not in order")),
            };
            let table = known.iter().find(|table| table.name == name);
            let table = table.filter(|table| table.columns == columns).ok_or_else(|| {
                broken(&format!("its table {name} is not one that schema version {} has", header.schema_version))
            })?;
            let (mut sum, mut batch) = (Sum::default(), Vec::new());
            let told = loop {
                match reader.next()? {
                    Frame::Row(bytes) => {
                        batch.push(read_row(&bytes, &table.columns)?);
                        sum.add(&bytes);
                        if batch.len() as i64 == BATCH {
                            write_batch(&mut tx, table, &mut batch).await?;
                        }
                    }
                    Frame::TableEnd(told) => break told,
                    _ => return Err(broken("its parts are not in order")),
                }
            };
            write_batch(&mut tx, table, &mut batch).await?;
            let found = sum.of(&table.name);
            if found != told {
                return Err(broken(&format!(
                    "its table {} has {} rows where {} are told",
                    found.table, found.rows, told.rows
                )));
            }
            tables.push(found);
        }
        reader.end(tables.len())?;
        tx.commit().await?;
        Ok(Dump { header, tables })
    }

    /// Copies everything into an empty store under the same key, in one transaction there.
    pub async fn copy_to(&self, to: &Store) -> Result<Vec<Moved>, StoreError> {
        if self.keys().check() != to.keys().check() {
            return Err(StoreError::WrongKey);
        }
        let mut from = self.read("reading the store to copy it").await?;
        let mut into = to.write("writing the copy of a store").await?;
        let known = clear_new(&mut into).await?;
        let mut tables = Vec::new();
        for table in schema::tables(&mut from).await? {
            if !known.contains(&table) {
                return Err(broken(&format!(
                    "the two stores differ in table {}: bring both to the same version",
                    table.name
                )));
            }
            let (mut sum, mut after) = (Sum::default(), None);
            while let Some(mut rows) = read_batch(&mut from, &table, &mut after).await? {
                rows.iter().for_each(|row| sum.add(&write_row(row)));
                write_batch(&mut into, &table, &mut rows).await?;
            }
            tables.push(sum.of(&table.name));
        }
        let sequences = schema::sequences(&mut from).await?;
        schema::set_sequences(&mut into, &sequences).await?;
        into.commit().await?;
        to.index_words_again().await?;
        Ok(tables)
    }

    /// Fills the search index from the readings, where it was left out of what was moved.
    async fn index_words_again(&self) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let mut tx = self.write("indexing words again").await?;
            let rows = tx
                .all(
                    "SELECT v.id, v.masked, r.reader_version, r.body_sealed FROM ad_version v JOIN reading r \
                     ON r.version_id = v.id WHERE v.id > $1 ORDER BY v.id LIMIT $2",
                    args![after, BATCH],
                )
                .await?;
            let Some(last) = rows.last() else { return tx.commit().await };
            after = last.int(0)?;
            for row in &rows {
                let id = row.int(0)?;
                let (reading, facts) = crate::readings::open_reading(self.keys(), id, &row.blob(3)?)?;
                let read = crate::ReadingRow {
                    row: crate::VersionRow(id),
                    reader_version: row.text(2)?,
                    reading,
                    facts,
                    masked: crate::readings::masked_texts(row.opt_text(1)?)?,
                };
                crate::search::index(&mut tx, &read).await?;
            }
            tx.commit().await?;
        }
    }

    /// Reads every row again and compares counts and digests with what was moved.
    pub async fn verify_rows(&self, moved: &[Moved]) -> Result<Verified, StoreError> {
        let mut tx = self.read("comparing a store with what was moved").await?;
        let mut rows = 0;
        let tables = schema::tables(&mut tx).await?;
        for told in moved {
            let table = tables.iter().find(|table| table.name == told.table);
            let table = table.ok_or_else(|| broken(&format!("table {} is missing", told.table)))?;
            let (mut sum, mut after) = (Sum::default(), None);
            while let Some(batch) = read_batch(&mut tx, table, &mut after).await? {
                batch.iter().for_each(|row| sum.add(&write_row(row)));
            }
            let found = sum.of(&told.table);
            if found != *told {
                return Err(broken(&format!(
                    "table {} has {} rows with another digest than the {} that were moved",
                    told.table, found.rows, told.rows
                )));
            }
            rows += told.rows;
        }
        Ok(Verified { tables: moved.len(), rows })
    }
}

pub(crate) fn broken(what: &str) -> StoreError {
    StoreError::Backup { what: what.to_owned() }
}

/// The tables of a new store, emptied of the rows that making it wrote. One that holds anything else is refused.
async fn clear_new(tx: &mut Tx) -> Result<Vec<Table>, StoreError> {
    let tables = schema::tables(tx).await?;
    for table in ["account", "site", "ad", "event", "audit"] {
        if !tx.all_of(format!("SELECT 1 FROM {table} LIMIT 1"), args![]).await?.is_empty() {
            return Err(StoreError::Refused {
                why: "the store to be written holds something already: name an empty database or another folder",
            });
        }
    }
    for table in tables.iter().rev() {
        tx.run_of(format!("DELETE FROM \"{}\"", table.name), args![]).await?;
    }
    Ok(tables)
}

/// The next rows in the order of the primary key; `None` after the last.
async fn read_batch(
    tx: &mut Tx,
    table: &Table,
    after: &mut Option<Vec<Arg>>,
) -> Result<Option<Vec<Vec<Arg>>>, StoreError> {
    let columns: Vec<String> = table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let key: Vec<&str> = table.key.iter().map(|at| columns[*at].as_str()).collect();
    let (condition, arguments) = match after {
        Some(values) => {
            let places: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
            (format!("WHERE ({}) > ({})", key.join(", "), places.join(", ")), values.clone())
        }
        None => (String::new(), Vec::new()),
    };
    let sql = format!(
        "SELECT {} FROM \"{}\" {condition} ORDER BY {} LIMIT {BATCH}",
        columns.join(", "),
        table.name,
        key.join(", ")
    );
    let rows = tx.all_of(sql, arguments).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut batch = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut values = Vec::with_capacity(table.columns.len());
        for (at, column) in table.columns.iter().enumerate() {
            values.push(column.read(row, at)?);
        }
        batch.push(values);
    }
    *after = batch.last().map(|last| table.key.iter().map(|at| last[*at].clone()).collect());
    Ok(Some(batch))
}

/// Writes rows and empties the batch.
async fn write_batch(tx: &mut Tx, table: &Table, rows: &mut Vec<Vec<Arg>>) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns: Vec<String> = table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let width = columns.len();
    let places: Vec<String> = (0..rows.len())
        .map(|row| {
            let row: Vec<String> = (0..width).map(|at| format!("${}", row * width + at + 1)).collect();
            format!("({})", row.join(", "))
        })
        .collect();
    let sql = format!("INSERT INTO \"{}\" ({}) VALUES {}", table.name, columns.join(", "), places.join(", "));
    let arguments: Vec<Arg> = rows.drain(..).flatten().collect();
    tx.run_of(sql, arguments).await?;
    Ok(())
}

/// Sequences by table.
type Sequences = BTreeMap<String, i64>;

/// Which engine a transaction is on.
fn engine(tx: &Tx) -> Engine {
    if tx.is_postgres() { Engine::Postgres } else { Engine::Sqlite }
}

/// Columns of a table in their order, as a dump tells them.
type Columns = Vec<Column>;
