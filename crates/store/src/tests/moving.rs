//! A whole store as a stream: dumped, loaded on either engine, copied; nobody comes back.

use super::fixture::{World, account, analyse, look, phone, put, register, system};
use crate::db::args;
use crate::testing::{at, empty_postgres_url, key, on};
use crate::{Engine, MasterKey, Options, PersonRole, Store, StoreError};

async fn filled(store: &Store) {
    register(store).await;
    let many: Vec<(String, String, i64)> = (0..450).map(|n| (n.to_string(), format!("{:04}", n % 90), n)).collect();
    let ads: Vec<(&str, &str, i64)> = many.iter().map(|(id, phone, at)| (id.as_str(), phone.as_str(), *at)).collect();
    put(store, &ads).await;
    analyse(
        store,
        &World {
            advertisers: vec![(vec!["1", "2"], vec!["a", "b"]), (vec!["3"], vec!["!minor"])],
            networks: vec![vec![0, 1]],
        },
        500,
    )
    .await;
    account(store, "mette", PersonRole::Researcher).await;
    store.put_objection(&phone("0001"), &system(), at(501)).await.unwrap();
    for _ in 0..20 {
        store.audit(&look("case")).await.unwrap();
    }
    // A number that was given and deleted is not given again.
    let mut tx = store.write("test").await.unwrap();
    tx.run(
        "INSERT INTO run (site_id, started_at, touched, tally, missing_gone) SELECT id, 0, 0, '{}', 0 FROM site",
        args![],
    )
    .await
    .unwrap();
    tx.run("DELETE FROM run", args![]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn empty_url(engine: Engine, folder: &tempfile::TempDir) -> String {
    match engine {
        Engine::Sqlite => format!("sqlite:{}", folder.path().join("restored.db").display()),
        Engine::Postgres => empty_postgres_url().await,
    }
}

async fn next_run(store: &Store) -> i64 {
    let mut tx = store.write("test").await.unwrap();
    tx.id("INSERT INTO run (site_id, started_at, touched, tally, missing_gone) SELECT id, 0, 0, '{}', 0 FROM site RETURNING id", args![]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_of_either_engine_is_loaded_on_either() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [(Engine::Sqlite, Engine::Postgres), (Engine::Postgres, Engine::Sqlite)] {
        let test = on(from).await;
        filled(&test.store).await;
        let mut bytes = Vec::new();
        let dump = test.store.dump(&mut bytes, at(600)).await.unwrap();
        // What is written afterwards is not in it.
        test.store.audit(&look("case")).await.unwrap();
        let before = test.store.facts(None).await.unwrap();
        let url = empty_url(to, &folder).await;
        let (loaded, read) =
            Store::load(&url, key(), Options::default(), &mut bytes.as_slice(), at(700)).await.unwrap();
        assert_eq!(read, dump);
        assert!(dump.rows() > 2_000 && dump.tables.len() > 40);
        assert_eq!(loaded.verify_rows(&dump.tables).await.unwrap().rows, dump.rows());
        assert_eq!(loaded.facts(None).await.unwrap(), before);
        assert_eq!(loaded.audit_verify().await.unwrap().faults, []);
        assert_eq!(loaded.doctor().await.unwrap().faults, Vec::<String>::new());
        assert!(loaded.has_objection(&phone("0001")).await.unwrap());
        assert!(next_run(&loaded).await > 1, "a number is not given twice");
        put(&loaded, &[("new", "0005", 900)]).await;
        // A store that holds something is not written over.
        let error = Store::load(&url, key(), Options::default(), &mut bytes.as_slice(), at(700)).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error}");
        loaded.close().await;
        test.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dump_that_is_cut_changed_or_of_another_key_is_refused_and_leaves_nothing() {
    let test = on(Engine::Sqlite).await;
    register(&test.store).await;
    put(&test.store, &[("1", "0001", 0)]).await;
    let mut bytes = Vec::new();
    test.store.dump(&mut bytes, at(600)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let load = |name: &'static str, bytes: Vec<u8>, with: MasterKey| {
        let url = format!("sqlite:{}", folder.path().join(name).display());
        async move {
            Store::load(&url, with, Options::default(), &mut bytes.as_slice(), at(700)).await.map(drop).unwrap_err()
        }
    };
    for (name, length) in [("a", 5), ("b", 200), ("c", bytes.len() / 2), ("d", bytes.len() - 1)] {
        let error = load(name, bytes[..length].to_vec(), key()).await;
        assert!(error.to_string().contains("cut off") || error.to_string().contains("no backup"), "{error}");
    }
    let place = bytes.windows(5).position(|window| window == b"Title").unwrap();
    let mut changed = bytes.clone();
    changed[place] = b'X';
    let error = load("e", changed, key()).await;
    assert!(error.to_string().contains("rows where"), "{error}");
    let error = load("f", bytes.clone(), MasterKey::from_bytes([9; 32])).await;
    assert!(matches!(error, StoreError::WrongKey), "{error}");
    let url = format!("sqlite:{}", folder.path().join("c").display());
    let (again, _) = Store::load(&url, key(), Options::default(), &mut bytes.as_slice(), at(700)).await.unwrap();
    assert_eq!(again.facts(None).await.unwrap().len(), 1, "what was cut off before left nothing behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_copied_to_the_other_engine_and_back() {
    let (sqlite, postgres, back) = (on(Engine::Sqlite).await, on(Engine::Postgres).await, on(Engine::Sqlite).await);
    filled(&sqlite.store).await;
    let there = sqlite.store.copy_to(&postgres.store).await.unwrap();
    assert!(postgres.store.verify_rows(&there).await.is_ok());
    assert_eq!(postgres.store.copy_to(&back.store).await.unwrap(), there, "the same counts and digests");
    assert_eq!(back.store.facts(None).await.unwrap(), sqlite.store.facts(None).await.unwrap());
    assert_eq!(back.store.audit_verify().await.unwrap(), sqlite.store.audit_verify().await.unwrap());
    assert!(matches!(sqlite.store.copy_to(&back.store).await.unwrap_err(), StoreError::Refused { .. }));
    // A row that is changed afterwards shows.
    let mut tx = back.store.write("test").await.unwrap();
    tx.run("UPDATE ad SET first_seen = first_seen + 1 WHERE id = 1", args![]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(back.store.verify_rows(&there).await.unwrap_err().to_string().contains("table ad "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_must_stay_forgotten_is_applied_by_its_hash_alone() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = on(engine).await;
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0002", 0)]).await;
        let (one, two) = (
            crate::keys::to_hex(&store.keys().contact(&phone("0001"))),
            crate::keys::to_hex(&store.keys().contact(&phone("0002"))),
        );
        assert!(store.object_again(&two, &system(), at(10)).await.unwrap());
        assert!(!store.object_again(&two, &system(), at(11)).await.unwrap());
        let erased = store.erase_again(&one, &system(), at(12)).await.unwrap();
        assert_eq!(erased.ads, 1);
        assert_eq!(store.facts(None).await.unwrap().len(), 1);
        assert!(store.has_objection(&phone("0002")).await.unwrap());
        let list = store.forgotten().await.unwrap();
        assert_eq!(list.iter().map(|of| of.contact.as_str()).collect::<Vec<_>>(), [two.as_str(), one.as_str()]);
        assert!(store.erase_again("xyz", &system(), at(13)).await.is_err());
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_objection_reaches_is_restored_as_reached_and_is_free_with_it() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = on(engine).await;
        let store = &test.store;
        register(store).await;
        let hex = |value: &str| crate::keys::to_hex(&store.keys().contact(&phone(value)));
        let (own, reached, alone) = (hex("0001"), hex("0002"), hex("0003"));
        store.object_again(&own, &system(), at(1)).await.unwrap();
        assert!(store.cover_again(&reached, &own, &system(), at(2)).await.unwrap());
        assert!(!store.cover_again(&reached, &own, &system(), at(3)).await.unwrap(), "once is enough");
        assert!(store.cover_again(&alone, &hex("0009"), &system(), at(4)).await.unwrap());
        let list = store.forgotten().await.unwrap();
        let lines: Vec<_> = list.iter().map(|of| (of.kind, of.contact.as_str(), of.through.as_deref())).collect();
        use crate::ForgottenKind::{Covered, Objection};
        let told = [
            (Objection, own.as_str(), None),
            (Covered, reached.as_str(), Some(own.as_str())),
            (Objection, alone.as_str(), None),
        ];
        // The reached contact has no objection of its own; the one whose objector is unknown has.
        assert_eq!(lines, told);
        let look = crate::Look {
            actor: system(),
            purpose: "test".into(),
            what: "objections",
            subject: String::new(),
            at: at(5),
        };
        let rows = store.objections(&look, false, 9).await.unwrap();
        let first = rows.iter().find(|row| row.at == at(1)).unwrap();
        assert_eq!(first.covers, 2);
        store.withdraw_objection(first.id, "she asked for it", &system(), at(6)).await.unwrap();
        assert!(!store.has_objection(&phone("0002")).await.unwrap(), "what was reached through it is free again");
        assert!(store.has_objection(&phone("0003")).await.unwrap());
        store.close().await;
    }
}
