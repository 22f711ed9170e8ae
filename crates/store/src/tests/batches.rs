//! The list of changes, and batches that take the place of closures.

use super::fixture::{World, account, ad, figures, look, phone, put, register};
use super::on_both;
use crate::analysis::{ClosureAd, NewBatch, NewClosure, RunHead};
use crate::db::args;
use crate::testing::at;
use crate::{AdRow, PersonRole, SpamShare, Store, StoreError, Waiting};
use domain::{Bilingual, ContactRole, DampedContact, JudgementKind, NetworkId, PdqHash};
use std::collections::BTreeSet;

async fn changed(store: &Store) -> Vec<i64> {
    store.changes().await.unwrap().iter().map(|change| change.ad.0).collect()
}

async fn forget(store: &Store, minute: i64) {
    store.forget_changes(&store.changes().await.unwrap(), at(minute)).await.unwrap();
}

async fn row(store: &Store, id: &str) -> AdRow {
    *store.ad_rows(&[ad(id)].into()).await.unwrap().first().unwrap()
}

/// One closure for each group of advertisers by their places in the world.
pub async fn closures(store: &Store, world: &World, groups: &[&[usize]]) -> Vec<NewClosure> {
    let (linkage, mut all) = (world.linkage(), Vec::new());
    let assessments = world.assessments(&linkage);
    for group in groups {
        let ids: BTreeSet<&str> = group.iter().flat_map(|at| world.advertisers[*at].0.iter().copied()).collect();
        let mut closure = NewClosure::default();
        for id in &ids {
            closure.ads.push(ClosureAd { ad: ad(id), row: row(store, id).await, keys: 7 });
        }
        let own = |ad: &domain::AdRef| ids.contains(ad.ad_id.as_str());
        closure.linkage.links = linkage.links.iter().filter(|link| own(&link.a)).cloned().collect();
        closure.linkage.advertisers = linkage.advertisers.iter().filter(|one| own(&one.founder)).cloned().collect();
        closure.linkage.networks = linkage.networks.iter().filter(|one| own(&one.founder)).cloned().collect();
        let of = assessments.iter().filter(|one| one.ads.iter().all(own)).cloned();
        closure.assessments = of.map(|one| (one, "da".to_owned())).collect();
        all.push(closure);
    }
    all
}

pub fn head(minute: i64) -> RunHead {
    RunHead {
        as_of: at(minute),
        catalogue: "sha256:test".to_owned(),
        parameters: "sha256:parameters".to_owned(),
        code_version: "0.1.0".to_owned(),
        reference_version: "ref-1".to_owned(),
        reference: b"reference".to_vec(),
        spam: SpamShare::default(),
        at: at(minute),
    }
}

on_both! {
    whatever_changes_an_ad_puts_it_on_the_list_until_it_is_analysed(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0001", 10), ("3", "0003", 20)]).await;
        let [one, two, three] = [row(store, "1").await.0, row(store, "2").await.0, row(store, "3").await.0];
        assert_eq!(changed(store).await, [0, one, two, three], "what was there before the list is one whole");
        forget(store, 15).await;
        assert_eq!(changed(store).await, [three], "seen later than this analysis knows");
        forget(store, 20).await;
        assert_eq!(changed(store).await, [0; 0]);
        store.mark_gone(&ad("1"), "missing", at(30)).await.unwrap();
        assert_eq!(changed(store).await, [one]);
        let before = store.changes().await.unwrap();
        put(store, &[("1", "0001", 40)]).await;
        store.forget_changes(&before, at(50)).await.unwrap();
        assert_eq!(changed(store).await, [one], "it changed again meanwhile");
        forget(store, 50).await;
        store.set_image_hash(&ad("2"), "a.jpg", PdqHash([1; 32]), 90, at(50)).await.unwrap();
        assert_eq!(changed(store).await, [two]);
        forget(store, 50).await;
        let by = account(store, "mette", PersonRole::Researcher).await;
        let judged = store.judge(&ad("1"), &ad("3"), JudgementKind::Same, "why", by, at(60)).await.unwrap();
        assert_eq!(changed(store).await, [one, three]);
        forget(store, 60).await;
        store.undo_judgement(judged, by, at(70)).await.unwrap();
        assert_eq!(changed(store).await, [one, three]);
        forget(store, 70).await;
        store.forget_readings().await.unwrap();
        assert_eq!(changed(store).await, [0; 0], "nothing is known of it but what was read");
        let mut tx = store.write("test").await.unwrap();
        let contact = tx.id("SELECT id FROM contact ORDER BY id LIMIT 1", args![]).await.unwrap();
        tx.commit().await.unwrap();
        store.name_contact(contact, ContactRole::Directory, "why", by, at(80)).await.unwrap();
        assert_eq!(changed(store).await, [one, two], "all that show it");
        forget(store, 80).await;
        let mut tx = store.write("test").await.unwrap();
        tx.run("DELETE FROM ad WHERE id = $1", args![three]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(changed(store).await[0], 0, "what was deleted calls for everything");
    }

    a_batch_takes_the_place_of_the_closures_of_its_ads_and_of_nothing_else(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0001", 10), ("3", "0003", 20), ("4", "0004", 30)]).await;
        let first = World {
            advertisers: vec![(vec!["1", "2"], vec!["a", "b"]), (vec!["3"], vec!["c"]), (vec!["4"], vec!["spam"])],
            networks: vec![],
        };
        let mut run = store.begin_analysis(head(100)).await.unwrap();
        let mut all = closures(store, &first, &[&[0], &[1], &[2]]).await;
        all[1].linkage.damped.push(DampedContact {
            contact: phone("0003"),
            reason: Bilingual { da: "dæmpet".to_owned(), en: "damped".to_owned() },
            ads: vec![ad("3")],
        });
        run.add(&all).await.unwrap();
        run.add_keys(b"keys").await.unwrap();
        let made = run.finish().await.unwrap();
        assert_eq!(made.opened, 3);
        let standing = store.standing().await.unwrap().unwrap();
        assert_eq!((standing.ads, standing.links, standing.damped, standing.batch), (4, 1, 1, 0));
        assert!(standing.parted);
        assert_eq!(standing.figures, figures(&first.assessments(&first.linkage())));
        assert_eq!(store.key_chunk(made.id, store.key_chunks(made.id).await.unwrap()[0]).await.unwrap(), b"keys");
        let subjects = store.case_subjects().await.unwrap();
        assert_eq!(subjects.iter().filter(|one| one.spam).count(), 1);
        assert_eq!(subjects.len(), 3);

        // Three of the ads turn out to be one network.
        let tied = World { networks: vec![vec![0, 1]], ..first };
        let touched = store.with_closures([row(store, "2").await, row(store, "3").await].into(), at(200)).await.unwrap();
        assert_eq!(touched.len(), 3, "with the other ad of one closure");
        let batch = NewBatch {
            analysis: made.id,
            batch: 0,
            as_of: at(200),
            touched,
            closures: closures(store, &tied, &[&[0, 1]]).await,
            spam: SpamShare::default(),
            at: at(200),
        };
        let done = store.put_batch(&batch, b"more").await.unwrap();
        assert_eq!((done.id, done.opened), (made.id, 0), "the cases follow into the network");
        assert!(matches!(store.put_batch(&batch, b"").await, Err(StoreError::Refused { .. })), "made for another state");
        let standing = store.standing().await.unwrap().unwrap();
        assert_eq!((standing.ads, standing.links, standing.damped, standing.batch), (4, 1, 0, 1));
        assert_eq!(standing.figures, figures(&tied.assessments(&tied.linkage())));
        let entities = store.analysis_entities(&look("entities")).await.unwrap();
        let network = NetworkId::of(&ad("1"));
        assert_eq!(entities.iter().filter(|row| row.network == network).count(), 3);
        assert_eq!(store.latest_analysis().await.unwrap().unwrap().as_of, at(200));
        assert_eq!(store.key_chunks(made.id).await.unwrap().len(), 2);
        let mut tx = store.read("test").await.unwrap();
        let lineage = tx.all("SELECT old_id, new_id FROM entity_lineage", args![]).await.unwrap();
        assert_eq!(lineage.len(), 1, "the network of one that ended lives on in the other");
        let open = "SELECT count(*) FROM case_file WHERE merged_into IS NULL AND subject IS NOT NULL";
        assert_eq!(tx.id(open, args![]).await.unwrap(), 2);
        drop(tx);
        assert_eq!(store.shared_numbers(&look("shared"), Waiting::Unnamed, 0, 9).await.unwrap().total, 0);
        // An ad that has its keys in the index already is not written into it again.
        let known = [(row(store, "1").await, 7), (row(store, "4").await, 8)].into();
        assert_eq!(store.without_keys(made.id, &known).await.unwrap(), [row(store, "4").await].into());
    }
}
