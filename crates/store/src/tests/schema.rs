//! Opening, versions, keys, and what the schema promises.

use crate::db::args;
use crate::testing::{TestStore, at, empty_postgres_url, key, on};
use crate::{Engine, MasterKey, Options, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// Tables without any personal data, or whose rows go with the ad that they belong to.
const IMPERSONAL: [&str; 27] = [
    "ad_absence",
    "alarm",
    "alarm_notice",
    "analysis",
    "audit",
    "chain_head",
    "changed_ad",
    "contact_mention",
    "current_analysis",
    "damped_ad",
    "damped_contact",
    "decision_ad",
    "entity_lineage",
    "entity_split",
    "event",
    "held_ad",
    "host_pacing",
    "meta",
    "payload_gone",
    "release",
    "robots_cache",
    "run",
    "run_figures",
    "shadow",
    "site",
    "site_notice",
    "spam_draw",
];
const WITH_THE_AD: [&str; 4] = ["address_mention", "language_mention", "persona_mention", "place_mention"];

async fn columns(test: &TestStore) -> BTreeMap<String, BTreeSet<(String, &'static str)>> {
    let mut tx = test.store.read("test").await.unwrap();
    let rows = if tx.is_postgres() {
        tx.all(
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT) || ' ' || CAST(is_nullable AS TEXT) \
             FROM information_schema.columns WHERE table_schema = current_schema()",
            args![],
        )
        .await
    } else {
        tx.all(
            "SELECT m.name, c.name, c.type || CASE WHEN c.\"notnull\" = 1 THEN ' NO' ELSE ' YES' END \
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
            args![],
        )
        .await
    }
    .unwrap();
    let mut tables: BTreeMap<String, BTreeSet<(String, &'static str)>> = BTreeMap::new();
    for row in rows {
        // The index of words is each engine's own, and its rows go with the ad versions.
        if row.text(0).unwrap().starts_with("search_text") {
            continue;
        }
        let kind = match row.text(2).unwrap().as_str() {
            "INTEGER NO" | "BIGINT NO" | "bigint NO" => "integer",
            "INTEGER YES" | "bigint YES" => "integer or nothing",
            "TEXT NO" | "text NO" => "text",
            "TEXT YES" | "text YES" => "text or nothing",
            "BLOB NO" | "bytea NO" => "bytes",
            "BLOB YES" | "bytea YES" => "bytes or nothing",
            "REAL NO" | "double precision NO" => "real",
            other => panic!("a column type that the other engine may not have: {other}"),
        };
        tables.entry(row.text(0).unwrap()).or_default().insert((row.text(1).unwrap(), kind));
    }
    tables
}

#[tokio::test]
async fn both_engines_have_the_same_versions_tables_and_columns() {
    let (sqlite, postgres) = (on(Engine::Sqlite).await, on(Engine::Postgres).await);
    let (a, b) = (columns(&sqlite).await, columns(&postgres).await);
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (table, columns) in &a {
        assert_eq!(columns, &b[table], "columns of {table}");
    }
    assert!(a.len() > 40);
    let (a, b) = (sqlite.store.doctor().await.unwrap(), postgres.store.doctor().await.unwrap());
    assert_eq!(a.schema_version, b.schema_version);
    assert_eq!((a.faults.len(), b.faults.len()), (0, 0));
    assert!(a.bytes > 0 && b.bytes > 0);
}

#[tokio::test]
async fn each_table_with_personal_data_has_its_retention_class_and_delete_after() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = on(engine).await;
        for (table, columns) in columns(&test).await {
            if IMPERSONAL.contains(&table.as_str())
                || WITH_THE_AD.contains(&table.as_str())
                || table == "schema_version"
            {
                assert!(
                    !columns.iter().any(|(name, _)| name.ends_with("_sealed")),
                    "{table} holds something sealed and has no clock"
                );
                continue;
            }
            assert!(columns.contains(&("retention".to_owned(), "text")), "{table} names no retention class");
            assert!(
                columns.contains(&("delete_after".to_owned(), "integer or nothing")),
                "{table} does not say when its rows are to go"
            );
        }
    }
}

#[tokio::test]
async fn tables_of_a_programme_name_it() {
    let test = on(Engine::Sqlite).await;
    let tables = columns(&test).await;
    for table in ["site", "case_file", "outreach_list", "outreach_claim", "attempt", "account"] {
        assert!(tables[table].iter().any(|(name, _)| name == "programme"), "{table}");
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_stops_an_older_program() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = on(engine).await;
        let mut tx = test.store.write("test").await.unwrap();
        tx.run("INSERT INTO schema_version (version, name, applied_at) VALUES (9000, 'later', 0)", args![])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        test.store.close().await;
        let error = Store::open(&test.url, key(), at(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 9000, .. }), "{error}");
        assert!(error.to_string().contains("newer bavn"), "{error}");
    }
}

#[tokio::test]
async fn another_key_is_refused_and_the_right_one_still_opens() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = on(engine).await;
        let error = Store::open(&test.url, MasterKey::from_bytes([8; 32]), at(1)).await.unwrap_err();
        assert!(matches!(error, StoreError::WrongKey), "{error}");
        assert!(error.to_string().contains("--key"), "{error}");
        Store::open(&test.url, key(), at(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_wrong_address_says_what_is_wrong() {
    let error = |url: &'static str| async move { Store::open(url, key(), at(0)).await.unwrap_err() };
    let unknown = error("mysql://root:hemmelig@localhost/bavn").await;
    assert!(matches!(unknown, StoreError::Url { .. }));
    assert!(unknown.to_string().contains("sqlite:PATH") && !unknown.to_string().contains("hemmelig"), "{unknown}");
    assert!(matches!(error("sqlite:").await, StoreError::Url { .. }));
    let folder = error("sqlite:/no/such/folder/bavn.db").await;
    assert!(matches!(&folder, StoreError::MissingFolder { folder } if folder == "/no/such/folder"), "{folder}");
    let started = std::time::Instant::now();
    let down = error("postgres://bavn:hemmelig@127.0.0.1:1/bavn").await;
    assert!(started.elapsed().as_secs() < 10, "said at once");
    assert!(matches!(down, StoreError::Unreachable { .. }), "{down}");
    assert!(down.is_transient() && !down.to_string().contains("hemmelig"), "{down}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bavn.db");
    std::fs::write(&path, "this is a letter, not a database, and it is longer than a header would be".repeat(20))
        .unwrap();
    let error = Store::open(&format!("sqlite:{}", path.display()), key(), at(0)).await.unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
    let missing = format!("sqlite:{}", folder.path().join("none.db").display());
    let options = Options { create: false, ..Options::default() };
    assert!(matches!(
        Store::open_with(&missing, key(), at(0), options).await.unwrap_err(),
        StoreError::Unreachable { .. }
    ));
}

#[tokio::test]
async fn two_programs_that_start_at_once_migrate_once() {
    let url = empty_postgres_url().await;
    let (a, b) = tokio::join!(Store::open(&url, key(), at(0)), Store::open(&url, key(), at(0)));
    assert_eq!(a.unwrap().doctor().await.unwrap().schema_version, b.unwrap().doctor().await.unwrap().schema_version);
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bavn.db").display());
    let (a, b) = tokio::join!(Store::open(&url, key(), at(0)), Store::open(&url, key(), at(0)));
    a.unwrap();
    b.unwrap();
}

#[tokio::test]
async fn a_kept_fact_is_renewed_and_cannot_touch_the_store_s_own() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = on(engine).await;
        let store = &test.store;
        assert_eq!(store.setting("today").await.unwrap(), None);
        store.put_setting("today", "2026-10-01").await.unwrap();
        store.put_setting("today", "2026-10-02").await.unwrap();
        assert_eq!(store.setting("today").await.unwrap().as_deref(), Some("2026-10-02"));
        assert_eq!(store.setting("key_check").await.unwrap(), None);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let test = on(Engine::Sqlite).await;
    for name in ["bavn.db", "bavn.db-wal"] {
        let file = std::fs::metadata(test.folder.as_ref().unwrap().path().join(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o077, 0, "{name}");
    }
}
