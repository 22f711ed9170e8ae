//! From every earlier schema to the newest, on both engines, killed in the middle of a step and between two: the step before
//! stands whole, no row is lost, and the next start goes on.

use crate::migrate::versions;
use crate::testing::{at, empty_postgres_url, key};
use crate::transfer::schema_of;
use crate::{Engine, Options, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use std::collections::BTreeMap;
use std::process::Command;

/// Which store the child brings forward.
const URL: &str = "BAVN_TEST_UPGRADE";

/// Rows of each table.
type Counts = BTreeMap<String, i64>;

/// A store of that version with two rows in each table that holds any number.
async fn store_of(engine: Engine, version: i64, folder: &std::path::Path) -> (String, Counts) {
    let url = match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.join(format!("{version}.db")).display()),
        Engine::Postgres => empty_postgres_url().await,
    };
    let store = Store::open_at(&url, key(), at(0), Options::default(), Some(version)).await.unwrap();
    let mut tx = store.read("test").await.unwrap();
    let tables = schema_of(&mut tx).await.unwrap();
    drop(tx);
    store.close().await;
    let mut script = String::new();
    for (table, columns) in &tables {
        // `one` is the key of what there is one of.
        let rows = if columns.iter().any(|(name, _)| name == "one") { 1 } else { 2 };
        for row in 1..=rows {
            let names: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let values: Vec<String> = columns
                .iter()
                .map(|(_, kind)| match *kind {
                    "int" => row.to_string(),
                    "text" => format!("'x{row}'"),
                    "real" => format!("{row}.5"),
                    _ if engine == Engine::Postgres => format!("'\\x0{row}'"),
                    _ => format!("x'0{row}'"),
                })
                .collect();
            let (names, values) = (names.join(", "), values.join(", "));
            script += &format!("INSERT INTO \"{table}\" ({names}) VALUES ({values}) ON CONFLICT DO NOTHING;\n");
        }
    }
    // The rows are made up and refer to nobody: what they refer to is not asked.
    match engine {
        Engine::Sqlite => {
            let options: SqliteConnectOptions = url.parse().unwrap();
            let mut connection = SqliteConnection::connect_with(&options.foreign_keys(false)).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            let script = format!("SET session_replication_role = replica;\n{script}");
            sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
    }
    let counts = counts(&url, version).await;
    assert!(counts.values().all(|rows| *rows >= 1), "{counts:?}");
    (url, counts)
}

/// Opens the store as it is (no further than `version`) and counts.
async fn counts(url: &str, version: i64) -> Counts {
    let store = Store::open_at(url, key(), at(1), Options::default(), Some(version)).await.unwrap();
    let mut tx = store.read("test").await.unwrap();
    assert_eq!(crate::migrate::version(&mut tx).await.unwrap(), version, "{url}");
    let mut counts = Counts::new();
    for (table, _) in schema_of(&mut tx).await.unwrap() {
        let rows = tx.all_of(format!("SELECT count(*) FROM \"{table}\""), vec![]).await.unwrap();
        counts.insert(table, rows[0].int(0).unwrap());
    }
    drop(tx);
    store.close().await;
    counts
}

/// Brings a store forward in a process of its own that dies (SIGABRT) at a place.
fn die_at(url: &str, place: &str) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::upgrading::the_child_that_brings_a_store_forward", "--nocapture"])
        .env(URL, url)
        .env(crate::migrate::DIE_AT, place)
        .output()
        .unwrap();
    assert!(child.status.code().is_none(), "it was to die at {place}: {}", String::from_utf8_lossy(&child.stdout));
}

/// Does nothing among the other tests; see [`die_at`].
#[tokio::test]
async fn the_child_that_brings_a_store_forward() {
    if let Ok(url) = std::env::var(URL) {
        Store::open(&url, key(), at(1)).await.unwrap();
    }
}

async fn upgrades(engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let versions = versions();
    for pair in versions.windows(2) {
        let (from, next) = (pair[0], pair[1]);
        let (url, before) = store_of(engine, from, folder.path()).await;
        die_at(&url, &format!("in {next}"));
        assert_eq!(counts(&url, from).await, before, "{engine:?}: step {next} was cut and left something behind");
        die_at(&url, &format!("after {next}"));
        let between = counts(&url, next).await;
        let store = Store::open(&url, key(), at(2)).await.unwrap();
        store.put_setting("upgraded", "yes").await.unwrap();
        store.close().await;
        let after = counts(&url, crate::migrate::newest()).await;
        for (table, rows) in &before {
            for later in [&between, &after] {
                assert!(
                    later[table] >= *rows,
                    "{engine:?}, from {from}: {table} had {rows} rows and has {}",
                    later[table]
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_every_earlier_schema_on_sqlite_whatever_step_is_cut() {
    upgrades(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_every_earlier_schema_on_postgresql_whatever_step_is_cut() {
    upgrades(Engine::Postgres).await;
}
