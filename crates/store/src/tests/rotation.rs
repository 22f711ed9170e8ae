//! The change of the master key: everything opens under the new one alone, whoever objected stays covered, and a change
//! that was ended in its midst goes on.

use super::fixture::{account, ad, known, system};
use super::on_both;
use super::secrets::fill;
use crate::testing::{TestStore, at, key};
use crate::{Engine, MasterKey, ObjectionChannel, PersonRole, Rotated, Store, StoreError};
use domain::{Contact, ContactKind};
use std::collections::BTreeSet;

fn new_key() -> MasterKey {
    MasterKey::from_bytes([9; 32])
}

fn phone(value: &str) -> Contact {
    Contact { kind: ContactKind::Phone, value: value.to_owned() }
}

async fn rotate(test: &TestStore, old: &MasterKey, new: &MasterKey) -> Result<Rotated, StoreError> {
    Store::rotate_key(&test.url, old, new, &system(), at(100), &|_, _| {}).await
}

on_both! {
    under_the_new_key_everything_opens_and_whoever_objected_stays_covered(test) {
        let store = &test.store;
        fill(test).await;
        let by = account(store, "mette", PersonRole::OutreachWorker).await;
        let objector = phone("+4534000077");
        store.object(&objector, ObjectionChannel::Office, &system(), at(50)).await.unwrap();
        let codes = ["one".to_owned()];
        store.set_second_factor(by, b"secret", 1, &codes, &system(), at(51)).await.unwrap();
        let token = store.invite(by, at(9_000), &system(), at(52)).await.unwrap();
        let found = store.case_of_ad(&ad("canary-ad-id")).await.unwrap().unwrap();
        let before = store.audit_verify().await.unwrap();
        assert!(before.faults.is_empty(), "{:?}", before.faults);
        store.close().await;
        let done = rotate(test, &key(), &new_key()).await.unwrap();
        assert!(done.rows > 20 && done.unopened == 0 && !done.before, "{done:?}");
        // The old key opens nothing, the new one everything.
        assert!(matches!(Store::open(&test.url, key(), at(101)).await.unwrap_err(), StoreError::WrongKey));
        let store = Store::open(&test.url, new_key(), at(101)).await.unwrap();
        let after = store.audit_verify().await.unwrap();
        assert!(after.faults.is_empty() && after.events == before.events + 2, "{:?}", after.faults);
        assert_eq!(store.case_of_ad(&ad("canary-ad-id")).await.unwrap(), Some(found), "found by its keyed hash");
        assert!(!store.object(&objector, ObjectionChannel::Office, &system(), at(102)).await.unwrap().new, "covered already");
        assert!(store.object(&phone("+4534000078"), ObjectionChannel::Office, &system(), at(102)).await.unwrap().new);
        assert_eq!(store.second_factor(by).await.unwrap().unwrap().0, b"secret");
        assert_eq!(store.use_recovery_code(by, "one", at(103)).await.unwrap(), Some(0));
        assert_eq!(store.invited(token.as_str(), at(103)).await.unwrap().unwrap().id, by);
        every_sealed_value_is_under(&store).await;
        // Once more, and nothing twice.
        store.close().await;
        let third = MasterKey::from_bytes([10; 32]);
        rotate(test, &new_key(), &third).await.unwrap();
        assert!(rotate(test, &third, &third).await.unwrap().before);
        let store = Store::open(&test.url, third, at(104)).await.unwrap();
        assert!(!store.object(&objector, ObjectionChannel::Office, &system(), at(105)).await.unwrap().new);
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
        assert_eq!(known(&store, by).await.details.login, "mette");
        store.close().await;
    }

    a_change_that_was_ended_goes_on_and_nobody_uses_the_store_meanwhile(test) {
        let store = &test.store;
        fill(test).await;
        let objector = phone("+4534000077");
        store.object(&objector, ObjectionChannel::Office, &system(), at(50)).await.unwrap();
        store.close().await;
        // Ended after each batch in turn, as a kill would.
        let mut ended = 0;
        loop {
            let rotating = Store::open_to_rotate(&test.url, &key(), at(100)).await.unwrap();
            let done = rotating.one_batch(&new_key(), &system(), at(100)).await.unwrap();
            rotating.close().await;
            if done {
                break;
            }
            ended += 1;
            for either in [key(), new_key()] {
                let error = Store::open(&test.url, either, at(101)).await.unwrap_err();
                assert!(matches!(error, StoreError::KeyChanging), "{error}");
                assert!(error.to_string().contains("bavn key rotate"), "{error}");
            }
            let other = rotate(test, &key(), &MasterKey::from_bytes([11; 32])).await.unwrap_err();
            assert!(matches!(other, StoreError::Refused { .. }), "{other}");
        }
        assert!(ended > 30, "one for each table at least: {ended}");
        let store = Store::open(&test.url, new_key(), at(102)).await.unwrap();
        assert!(store.audit_verify().await.unwrap().faults.is_empty());
        assert!(!store.object(&objector, ObjectionChannel::Office, &system(), at(103)).await.unwrap().new);
        every_sealed_value_is_under(&store).await;
        store.close().await;
    }

    what_must_stay_forgotten_follows_the_key(test) {
        let store = &test.store;
        store.object(&phone("+4534000077"), ObjectionChannel::Office, &system(), at(1)).await.unwrap();
        let list = store.forgotten().await.unwrap();
        assert_eq!(list[0].key, None);
        store.close().await;
        rotate(test, &key(), &new_key()).await.unwrap();
        let store = Store::open(&test.url, new_key(), at(2)).await.unwrap();
        let own = store.forgotten().await.unwrap();
        assert_eq!(store.forgotten_after_change(list[0].clone()).unwrap(), own[0]);
        assert_eq!(store.forgotten_after_change(own[0].clone()).unwrap(), own[0], "once");
        assert!(own[0].key.is_some() && own[0].contact != list[0].contact);
        store.close().await;
    }
}

/// Another program that still holds the old key writes nothing more.
#[tokio::test]
async fn a_program_with_the_old_key_stops_writing() {
    let test = crate::testing::on(Engine::Sqlite).await;
    rotate(&test, &key(), &new_key()).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    for _ in 0..2 {
        let error =
            test.store.object(&phone("+4534000077"), ObjectionChannel::Public, &system(), at(3)).await.unwrap_err();
        assert!(matches!(error, StoreError::KeyChanging), "{error}");
    }
}

async fn every_sealed_value_is_under(store: &Store) {
    use crate::db::args;
    let mut tx = store.read("test").await.unwrap();
    let mut seen = 0;
    for column in crate::rotation::columns().iter().filter(|column| column.ends_with("_sealed")) {
        let (table, column) = column.split_once('.').unwrap();
        if !crate::rotation::is_there(&mut tx, table).await.unwrap() {
            continue;
        }
        for row in tx.all_of(format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL"), args![]).await.unwrap()
        {
            let blob = row.blob(0).unwrap();
            assert_eq!(crate::keys::to_hex(&blob[1..5]), store.key_name(), "{table}.{column}");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

/// A column that the change of the key forgets would be lost with the old key.
#[tokio::test]
async fn every_sealed_value_and_keyed_hash_of_the_schema_is_rewritten() {
    // Ended or emptied by the change; or no keyed hash; or what the chains and anchors go by.
    const LEFT: [&str; 12] = [
        "audit.commitment",
        "audit.hash",
        "chain_head.hash",
        "config_version.digest",
        "event.commitment",
        "event.hash",
        "image_hash.pdq",
        "meta.value",
        "payload_gone.mac",
        "robots_cache.answer",
        "sighting.times",
        "sign_in_throttle.key_hash",
    ];
    const ENDED: [&str; 2] = ["session.data_sealed", "session.id_hash"];
    let test = crate::testing::on(Engine::Sqlite).await;
    let mut tx = test.store.read("test").await.unwrap();
    let rows = tx
        .all(
            "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND c.type = 'BLOB' AND m.name NOT LIKE 'search_text%'",
            vec![],
        )
        .await
        .unwrap();
    let schema: BTreeSet<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
    let mut known = crate::rotation::columns();
    known.extend(LEFT.iter().chain(&ENDED).map(|name| (*name).to_owned()));
    let missing: Vec<&String> = schema.difference(&known).collect();
    assert!(missing.is_empty(), "not rewritten: add them to SPECS of rotation.rs, or say here why not: {missing:?}");
    let tables: BTreeSet<&str> = schema.iter().filter_map(|name| name.split('.').next()).collect();
    let wrong: Vec<&String> =
        known.difference(&schema).filter(|name| tables.contains(name.split('.').next().unwrap_or_default())).collect();
    assert!(wrong.is_empty(), "no such column: {wrong:?}");
}
