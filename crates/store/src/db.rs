//! The two engines behind one way of asking: one SQL text, one kind of argument, one kind of row. The two arms of
//! every call stand here and nowhere else.

use crate::StoreError;
use crate::times;
use jiff::Timestamp;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Either, Executor as _, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite, Transaction};
use std::fmt::Write as _;

/// The pools. SQLite has a writer pool of one: two writers that read before they write would fail in spite of any
/// busy timeout.
pub(crate) enum Db {
    Sqlite { writer: SqlitePool, reader: SqlitePool, durable: bool },
    Postgres(PgPool),
}

/// An argument of a statement. Absent values keep their type, which PostgreSQL asks for.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
    Real(f64),
}

macro_rules! arg_from {
    ($($from:ty => $variant:ident, $value:ident => $make:expr);* $(;)?) => {
        $(impl From<$from> for Arg { fn from($value: $from) -> Self { Arg::$variant($make) } })*
    };
}
arg_from! {
    i64 => Int, v => Some(v);
    u32 => Int, v => Some(i64::from(v));
    u16 => Int, v => Some(i64::from(v));
    u8 => Int, v => Some(i64::from(v));
    bool => Int, v => Some(i64::from(v));
    Timestamp => Int, v => Some(v.as_millisecond());
    Option<i64> => Int, v => v;
    Option<u32> => Int, v => v.map(i64::from);
    Option<Timestamp> => Int, v => v.map(|t| t.as_millisecond());
    &str => Text, v => Some(v.to_owned());
    &String => Text, v => Some(v.clone());
    String => Text, v => Some(v);
    Option<String> => Text, v => v;
    Option<&str> => Text, v => v.map(str::to_owned);
    Vec<u8> => Blob, v => Some(v);
    &[u8] => Blob, v => Some(v.to_vec());
    [u8; 32] => Blob, v => Some(v.to_vec());
    &[u8; 32] => Blob, v => Some(v.to_vec());
    Option<Vec<u8>> => Blob, v => v;
    f64 => Real, v => v;
}

/// Arguments of a statement, each by its own type.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Arg::from($value)),*] };
}
pub(crate) use args;

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! column {
    ($(#[$doc:meta])* $name:ident, $optional:ident, $kind:ty) => {
        pub(crate) fn $optional(&self, index: usize) -> Result<Option<$kind>, StoreError> {
            match self {
                Row::Sqlite(row) => row.try_get(index),
                Row::Postgres(row) => row.try_get(index),
            }
            .map_err(|error| fail("reading a column", error))
        }
        pub(crate) fn $name(&self, index: usize) -> Result<$kind, StoreError> {
            self.$optional(index)?.ok_or(StoreError::Corrupt { what: "a column that is never empty" })
        }
    };
}

impl Row {
    column!(int, opt_int, i64);
    column!(text, opt_text, String);
    column!(blob, opt_blob, Vec<u8>);
    column!(real, opt_real, f64);

    pub(crate) fn time(&self, index: usize) -> Result<Timestamp, StoreError> {
        times::from_ms(self.int(index)?)
    }
    pub(crate) fn opt_time(&self, index: usize) -> Result<Option<Timestamp>, StoreError> {
        self.opt_int(index)?.map(times::from_ms).transpose()
    }
    pub(crate) fn flag(&self, index: usize) -> Result<bool, StoreError> {
        Ok(self.int(index)? != 0)
    }
    pub(crate) fn count(&self, index: usize) -> Result<u32, StoreError> {
        Ok(u32::try_from(self.int(index)?).unwrap_or(0))
    }
}

/// A transaction on either engine. Dropped without [`Tx::commit`] it is rolled back.
pub(crate) struct Tx {
    inner: Inner,
    doing: &'static str,
    /// Statements of [`Tx::later`] that were not sent yet, in their order.
    pending: Vec<(SqlStr, Vec<Arg>)>,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Most statements that wait to be sent together, and most arguments of theirs: SQLite takes 32,766 in one text.
const MOST_PENDING: usize = 64;
const MOST_ARGUMENTS: usize = 16_000;
/// A statement of so many arguments alone goes to SQLite as it stands.
const FEW_ARGUMENTS: usize = 8;
/// Most rows that one statement names: few enough that it stays short, many enough that a listing page is one.
pub(crate) const MOST_ROWS: usize = 128;
/// Most rows of [`Tx::insert_later`]: their columns are many.
const MOST_AT_ONCE: usize = 16;

macro_rules! bind {
    ($query:expr, $arguments:expr) => {{
        let mut query = $query;
        for argument in $arguments {
            query = match argument {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Blob(value) => query.bind(value),
                Arg::Real(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Tx {
    fn new(inner: Inner, doing: &'static str) -> Self {
        Self { inner, doing, pending: Vec::new() }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// Runs a statement whose outcome nobody asks for: it is sent with the next one that is waited for, at the latest
    /// by [`Tx::commit`], which then also reports its failure. It must give no rows. SQLite's statements run on a
    /// thread of their own, and going there and back costs more than most of them.
    pub(crate) async fn later(&mut self, sql: &'static str, arguments: Vec<Arg>) -> Result<(), StoreError> {
        self.wait(sql.into_sql_str(), arguments).await
    }

    /// As [`Tx::later`], of a text put together here (see [`Tx::all_of`]).
    pub(crate) async fn later_of(&mut self, sql: String, arguments: Vec<Arg>) -> Result<(), StoreError> {
        self.wait(AssertSqlSafe(sql).into_sql_str(), arguments).await
    }

    async fn wait(&mut self, sql: SqlStr, arguments: Vec<Arg>) -> Result<(), StoreError> {
        self.pending.push((sql, arguments));
        let waiting: usize = self.pending.iter().map(|(_, arguments)| arguments.len()).sum();
        if self.pending.len() < MOST_PENDING && waiting < MOST_ARGUMENTS { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> Result<(), StoreError> {
        match self.pending.pop() {
            Some((sql, arguments)) => self.execute(sql, arguments).await.map(drop),
            None => Ok(()),
        }
    }

    /// The statement with those that wait before it. On SQLite they are one text of several statements, which sqlx's
    /// driver runs one after the other (a test holds it to that); on PostgreSQL each is sent.
    async fn with_pending(&mut self, sql: SqlStr, arguments: Vec<Arg>) -> Result<(SqlStr, Vec<Arg>), StoreError> {
        let pending = std::mem::take(&mut self.pending);
        let doing = self.doing;
        match &mut self.inner {
            Inner::Sqlite(_) if pending.is_empty() && arguments.len() <= FEW_ARGUMENTS => {}
            Inner::Sqlite(_) => {
                let (mut text, mut all) = (String::with_capacity(pending.len() * 200 + sql.as_str().len()), Vec::new());
                for (sql, arguments) in pending {
                    add_in_order(sql.as_str(), arguments, &mut text, &mut all);
                    text.push(';');
                }
                add_in_order(sql.as_str(), arguments, &mut text, &mut all);
                return Ok((AssertSqlSafe(text).into_sql_str(), all));
            }
            Inner::Postgres(tx) => {
                for (sql, arguments) in pending {
                    bind!(sqlx::query(sql), arguments).execute(&mut **tx).await.map_err(|error| fail(doing, error))?;
                }
            }
        }
        Ok((sql, arguments))
    }

    async fn fetch(&mut self, sql: SqlStr, arguments: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        let (sql, arguments) = self.with_pending(sql, arguments).await?;
        let doing = self.doing;
        match &mut self.inner {
            Inner::Sqlite(tx) => bind!(sqlx::query(sql), arguments)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Inner::Postgres(tx) => bind!(sqlx::query(sql), arguments)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        }
        .map_err(|error| fail(doing, error))
    }

    /// The number of rows that the statement changed, those before it not counted.
    async fn execute(&mut self, sql: SqlStr, arguments: Vec<Arg>) -> Result<u64, StoreError> {
        let (sql, arguments) = self.with_pending(sql, arguments).await?;
        let doing = self.doing;
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                // One answer for each statement of the text: the last is ours.
                let mut answers = (&mut **tx).fetch_many(bind!(sqlx::query(sql), arguments));
                let mut changed = Ok(0);
                while let Some(answer) = std::future::poll_fn(|context| answers.as_mut().poll_next(context)).await {
                    match answer {
                        Ok(Either::Left(done)) => changed = Ok(done.rows_affected()),
                        Ok(Either::Right(_)) => {}
                        Err(error) => changed = Err(error),
                    }
                }
                changed
            }
            Inner::Postgres(tx) => {
                bind!(sqlx::query(sql), arguments).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
        .map_err(|error| fail(doing, error))
    }

    /// All rows.
    pub(crate) async fn all(&mut self, sql: &'static str, arguments: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        self.fetch(sql.into_sql_str(), arguments).await
    }

    /// All rows of a text put together here. Only fixed pieces and `$n` go into it, never a value.
    pub(crate) async fn all_of(&mut self, sql: String, arguments: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        self.fetch(AssertSqlSafe(sql).into_sql_str(), arguments).await
    }

    /// The first row, if any.
    pub(crate) async fn one(&mut self, sql: &'static str, arguments: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(self.all(sql, arguments).await?.into_iter().next())
    }

    /// The first row's first column, an integer.
    pub(crate) async fn id(&mut self, sql: &'static str, arguments: Vec<Arg>) -> Result<i64, StoreError> {
        self.one(sql, arguments).await?.ok_or(StoreError::Corrupt { what: "a row that was just written" })?.int(0)
    }

    /// The number of rows changed.
    pub(crate) async fn run(&mut self, sql: &'static str, arguments: Vec<Arg>) -> Result<u64, StoreError> {
        self.execute(sql.into_sql_str(), arguments).await
    }

    /// All rows of a text that ends before a list in brackets, for many values of that list; `$1…` are `first`. Asked in
    /// pieces of one length, so that the engine knows the statement.
    pub(crate) async fn all_in(
        &mut self,
        sql: &str,
        first: &[Arg],
        values: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        for (list, arguments) in pieces(first, values) {
            rows.extend(self.all_of(format!("{sql} {list}"), arguments).await?);
        }
        Ok(rows)
    }

    /// Runs a text that ends before a list in brackets, for many values of that list; the number of rows changed.
    pub(crate) async fn run_in(
        &mut self,
        sql: &str,
        first: &[Arg],
        values: impl IntoIterator<Item = Arg>,
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        for (list, arguments) in pieces(first, values) {
            changed += self.execute(AssertSqlSafe(format!("{sql} {list}")).into_sql_str(), arguments).await?;
        }
        Ok(changed)
    }

    /// Inserts rows of one width, at most [`MOST_ROWS`] of them at once: `sql` ends with `VALUES`, `tail` follows the rows.
    pub(crate) async fn insert(&mut self, sql: &str, tail: &str, rows: &[Vec<Arg>]) -> Result<(), StoreError> {
        let mut rest = rows;
        while let Some(first) = rest.first() {
            let most = MOST_ROWS.min(rest.len());
            // Few lengths, so that the engine knows each statement.
            let (here, later) = rest.split_at(1 << most.ilog2());
            let text = format!("{sql} {} {tail}", rows_of_places(here.len(), first.len()));
            self.execute(AssertSqlSafe(text).into_sql_str(), here.concat()).await?;
            rest = later;
        }
        Ok(())
    }

    /// Inserts rows as [`Tx::later`] does, `row` being one row's columns between `sql` and `tail`. In pieces of few
    /// lengths, so that the engine knows each statement.
    pub(crate) async fn insert_later(
        &mut self,
        sql: &str,
        tail: &str,
        mut rows: Vec<Vec<Arg>>,
    ) -> Result<(), StoreError> {
        while let Some(first) = rows.first() {
            let columns = first.len();
            let here = 1 << MOST_AT_ONCE.min(rows.len()).ilog2();
            let later = rows.split_off(here);
            let text = format!("{sql} {}{tail}", rows_of_places(here, columns));
            self.later_of(text, rows.into_iter().flatten().collect()).await?;
            rows = later;
        }
        Ok(())
    }

    /// As [`Tx::run`], of a text put together here (see [`Tx::all_of`]).
    pub(crate) async fn run_of(&mut self, sql: String, arguments: Vec<Arg>) -> Result<u64, StoreError> {
        self.execute(AssertSqlSafe(sql).into_sql_str(), arguments).await
    }

    /// A script of several statements without arguments.
    pub(crate) async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        self.flush().await?;
        let doing = self.doing;
        match &mut self.inner {
            Inner::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
            Inner::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
        }
        .map_err(|error| fail(doing, error))
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.flush().await?;
        let doing = self.doing;
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await,
            Inner::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| fail(doing, error))
    }
}

/// Lists of values with their arguments, behind `first`. The last value fills a list up.
fn pieces(first: &[Arg], values: impl IntoIterator<Item = Arg>) -> Vec<(String, Vec<Arg>)> {
    const LONG: usize = 256;
    const SHORT: usize = 16;
    let values: Vec<Arg> = values.into_iter().collect();
    let piece = |own: &[Arg]| {
        let length = if own.len() > SHORT { LONG } else { SHORT };
        let list = format!("({})", places(first.len(), length));
        let fill = own.last().into_iter().cycle().take(length - own.len());
        (list, first.iter().chain(own).chain(fill).cloned().collect())
    };
    values.chunks(LONG).map(piece).collect()
}

/// `$3,$4,$5`: places for so many values after `before` others.
pub(crate) fn places(before: usize, values: usize) -> String {
    let mut text = String::with_capacity(values * 5);
    for number in before + 1..=before + values {
        let _ = write!(text, "{}${number}", if number == before + 1 { "" } else { "," });
    }
    text
}

/// `($1,$2),($3,$4)`: places for so many rows of so many values.
pub(crate) fn rows_of_places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * (columns * 5 + 3));
    for row in 0..rows {
        let _ = write!(text, "{}({})", if row == 0 { "" } else { "," }, places(row * columns, columns));
    }
    text
}

/// Adds a statement to a text of several for SQLite, with `?` for each `$n`, and its arguments in the order in which it
/// asks for them. A number would be looked up among all numbers of its statement for each argument, each time: a
/// statement of a thousand arguments would take a million steps.
fn add_in_order(sql: &str, arguments: Vec<Arg>, text: &mut String, all: &mut Vec<Arg>) {
    let (mut order, mut rest) = (Vec::with_capacity(arguments.len()), sql);
    while let Some(at) = rest.find('$') {
        let (head, tail) = rest.split_at(at);
        let digits = tail[1..].bytes().take_while(u8::is_ascii_digit).count();
        text.push_str(head);
        match tail[1..=digits].parse::<usize>() {
            Ok(number) => {
                text.push('?');
                order.push(number.wrapping_sub(1));
            }
            // A JSON path or the like: no argument.
            Err(_) => text.push('$'),
        }
        rest = &tail[1 + digits..];
    }
    text.push_str(rest);
    match order.iter().copied().eq(0..arguments.len()) {
        true => all.extend(arguments),
        // One that is not given is NULL, as the driver has it.
        false => all.extend(order.into_iter().map(|at| arguments.get(at).cloned().unwrap_or(Arg::Int(None)))),
    }
}

impl Db {
    /// A transaction that writes: on SQLite the one writer, locked at once.
    pub(crate) async fn write(&self, doing: &'static str) -> Result<Tx, StoreError> {
        match self {
            Db::Sqlite { writer, durable, .. } => {
                let begin = if *durable {
                    "PRAGMA synchronous = FULL; BEGIN IMMEDIATE"
                } else {
                    "PRAGMA synchronous = OFF; BEGIN IMMEDIATE"
                };
                writer.begin_with(begin).await.map(|tx| Tx::new(Inner::Sqlite(tx), doing))
            }
            Db::Postgres(pool) => pool.begin().await.map(|tx| Tx::new(Inner::Postgres(tx), doing)),
        }
        .map_err(|error| fail(doing, error))
    }

    /// As [`Db::write`], for what a killed process must leave behind but a power cut may take: leases, pacing. SQLite
    /// then spares the wait for the disk; the next durable commit carries it along.
    pub(crate) async fn write_soon(&self, doing: &'static str) -> Result<Tx, StoreError> {
        match self {
            Db::Sqlite { writer, durable: true, .. } => writer
                .begin_with("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE")
                .await
                .map(|tx| Tx::new(Inner::Sqlite(tx), doing))
                .map_err(|error| fail(doing, error)),
            Db::Postgres(_) => {
                let mut tx = self.write(doing).await?;
                tx.run("SET LOCAL synchronous_commit = off", vec![]).await?;
                Ok(tx)
            }
            Db::Sqlite { .. } => self.write(doing).await,
        }
    }

    /// A transaction that only reads, with one view of the data from its first statement to its last.
    pub(crate) async fn read(&self, doing: &'static str) -> Result<Tx, StoreError> {
        match self {
            Db::Sqlite { reader, .. } => reader.begin().await.map(|tx| Tx::new(Inner::Sqlite(tx), doing)),
            Db::Postgres(pool) => pool
                .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .await
                .map(|tx| Tx::new(Inner::Postgres(tx), doing)),
        }
        .map_err(|error| fail(doing, error))
    }

    /// SQLite: moves the write-ahead log into the file and empties it. A reader who still looks at an older state keeps it
    /// from that; it is tried for a while, and the next call goes on. PostgreSQL: nothing.
    pub(crate) async fn empty_wal(&self) -> Result<(), StoreError> {
        let Db::Sqlite { writer, .. } = self else { return Ok(()) };
        let doing = "emptying the write-ahead log";
        for _ in 0..20 {
            let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(writer).await;
            let busy: i64 = row.and_then(|row| row.try_get(0)).map_err(|error| fail(doing, error))?;
            if busy == 0 {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Err(StoreError::Unavailable { doing, what: "a long read keeps it".to_owned() })
    }

    /// PostgreSQL: frees the space of deleted rows, so that it is written over. SQLite: nothing.
    pub(crate) async fn vacuum(&self) -> Result<(), StoreError> {
        let Db::Postgres(pool) = self else { return Ok(()) };
        sqlx::query("VACUUM").execute(pool).await.map(drop).map_err(|error| fail("vacuuming", error))
    }

    pub(crate) async fn close(&self) {
        match self {
            Db::Sqlite { writer, reader, .. } => {
                reader.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// Our error for the engine's. The engine's messages name tables and constraints, never values: PostgreSQL's detail,
/// which does, is left out.
pub(crate) fn fail(doing: &'static str, error: sqlx::Error) -> StoreError {
    let transient = match &error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => database.code().is_some_and(|code| {
            // SQLite: 5 busy, 6 locked, 10 I/O, 13 full (primary code in the low byte). PostgreSQL: 08 connection,
            // 40 serialization or deadlock, 53 resources, 57 operator.
            match code.parse::<i64>() {
                Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 10 | 13),
                _ => ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class)),
            }
        }),
        _ => false,
    };
    let what = match &error {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    match sqlite_code(&error) {
        // 8 read-only, 14 no companion file can be made beside it.
        Some(8 | 14) => return StoreError::ReadOnly { what },
        // 11 a page that is none, 26 a file that is no database.
        Some(11 | 26) => return StoreError::Damaged { doing, what },
        _ => {}
    }
    if transient { StoreError::Unavailable { doing, what } } else { StoreError::Engine { doing, what } }
}

/// SQLite's primary code, in the low byte of what it gives; PostgreSQL's have five characters.
pub(crate) fn sqlite_code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error()?.code()?;
    if code.len() < 5 { code.parse::<i64>().ok().map(|number| number & 0xff) } else { None }
}

#[cfg(test)]
mod tests {
    use super::{add_in_order, places, rows_of_places};

    #[test]
    fn places_are_counted_through() {
        assert_eq!((places(0, 1).as_str(), places(2, 3).as_str()), ("$1", "$3,$4,$5"));
        assert_eq!(rows_of_places(2, 2), "($1,$2),($3,$4)");
    }

    #[test]
    fn arguments_follow_the_order_in_which_a_text_of_several_statements_asks_for_them() {
        let (mut text, mut all) = (String::new(), Vec::new());
        add_in_order("UPDATE a SET b = $2 WHERE id = $1 AND c > $2", args![1_i64, "two"], &mut text, &mut all);
        text.push(';');
        add_in_order("SELECT $1, '$.x', $2 FROM a", args![3_i64, 4_i64], &mut text, &mut all);
        assert_eq!(text, "UPDATE a SET b = ? WHERE id = ? AND c > ?;SELECT ?, '$.x', ? FROM a");
        let asked = args!["two", 1_i64, "two", 3_i64, 4_i64];
        assert_eq!(format!("{all:?}"), format!("{asked:?}"));
    }
}
