//! Shadow runs beside an analysis; what the figures count after a lone ad was forgotten; how unread versions are found.

use super::batches::{closures, head};
use super::fixture::{World, ad, figures, look, put, register};
use super::on_both;
use crate::db::args;
use crate::retention::{Forget, forget_ads};
use crate::testing::at;
use crate::{CaseChange, CaseSubject, Cause, ShadowRow, Store, StoreError};
use domain::{Band, IndicatorId};
use std::collections::BTreeSet;

fn row(subject: &str, now: Band, then: Band, fires: bool) -> ShadowRow {
    let of = |band| CaseSubject { subject: subject.to_owned(), band, urgent: false, spam: false };
    let cause = Cause { indicator: IndicatorId::from("tried"), now: None, then: Some(3.0) };
    let change = CaseChange::between(Some(&of(now)), Some(&of(then)));
    ShadowRow { now: of(now), then: of(then), change, fires, causes: vec![cause] }
}

async fn rows(store: &Store, change: Option<CaseChange>) -> Vec<ShadowRow> {
    store.shadow_rows(&look("shadow"), "v1", change, (0, 100)).await.unwrap()
}

/// Two who stand alone, and a network of two.
fn world() -> World {
    let one = |id: &'static str, signs: &[&'static str]| (vec![id], signs.to_vec());
    World {
        advertisers: vec![one("1", &["a", "b"]), one("2", &["a"]), one("3", &["a"]), one("4", &[])],
        networks: vec![vec![2, 3]],
    }
}

async fn analysed(store: &Store) -> i64 {
    register(store).await;
    put(store, &[("1", "0001", 0), ("2", "0002", 0), ("3", "0003", 0), ("4", "0004", 0)]).await;
    let mut run = store.begin_analysis(head(100)).await.unwrap();
    let groups = closures(store, &world(), &[&[0], &[1], &[2, 3]]).await;
    run.add(&groups).await.unwrap();
    run.finish().await.unwrap().id
}

on_both! {
    a_shadow_counts_whom_it_would_move_and_follows_batch_by_batch(test) {
        let store = &test.store;
        let analysis = analysed(store).await;
        assert_eq!(store.shadow("v1").await.unwrap(), None);
        store.begin_shadow("v1", "tried", at(100)).await.unwrap();
        let kept = [
            row("adv_a", Band::None, Band::Low, true),
            row("adv_b", Band::Low, Band::None, false),
            row("adv_c", Band::Medium, Band::Medium, true),
        ];
        store.add_shadow("v1", &kept, at(100)).await.unwrap();
        assert!(!store.shadow("v1").await.unwrap().unwrap().current, "not before its end");
        store.end_shadow("v1", (analysis, 0), at(100)).await.unwrap();
        let overview = store.shadow("v1").await.unwrap().unwrap();
        assert!(overview.current);
        assert_eq!((overview.counts.changes, overview.counts.fires), ([1, 1, 0, 0, 0], 2));
        assert_eq!(rows(store, Some(CaseChange::Comes)).await, kept[..1]);
        assert_eq!(rows(store, Some(CaseChange::Goes)).await, kept[1..2]);
        assert_eq!(rows(store, None).await, [kept[0].clone(), kept[2].clone()]);
        // A batch: one goes, one comes in its place.
        let gone = BTreeSet::from(["adv_a".to_owned(), "adv_x".to_owned()]);
        let come = [row("adv_d", Band::Low, Band::High, true)];
        store.put_shadow_batch("v1", (analysis, 1), &gone, &come, (at(200), at(200))).await.unwrap();
        let overview = store.shadow("v1").await.unwrap().unwrap();
        assert_eq!((overview.counts.changes, overview.counts.fires), ([0, 1, 1, 0, 0], 2));
        assert!(!overview.current, "the analysis had no such batch");
        let late = store.put_shadow_batch("v1", (analysis, 3), &gone, &come, (at(300), at(300))).await;
        assert!(matches!(late, Err(StoreError::Refused { .. })), "a batch was left out");
        store.keep_shadows(&BTreeSet::new()).await.unwrap();
        assert!(store.shadows().await.unwrap().is_empty() && rows(store, None).await.is_empty());
    }

    figures_count_at_once_without_a_lone_ad_that_was_forgotten(test) {
        let store = &test.store;
        let analysis = analysed(store).await;
        let whole = store.standing().await.unwrap().unwrap();
        assert_eq!((whole.ads, whole.figures.advertisers, whole.figures.networks), (4, 4, 1));
        let first = store.ad_rows(&[ad("1")].into()).await.unwrap();
        let ids: Vec<i64> = first.iter().map(|row| row.0).collect();
        let mut tx = store.write("test").await.unwrap();
        forget_ads(&mut tx, store.keys(), &ids, Forget::Due, at(150)).await.unwrap();
        tx.commit().await.unwrap();
        let now = store.standing().await.unwrap().unwrap();
        let mut without = world();
        without.advertisers.remove(0);
        without.networks = vec![vec![1, 2]];
        assert_eq!(now.figures, figures(&without.assessments(&without.linkage())), "as if it had never been");
        assert_eq!((now.ads, now.id), (3, analysis));
        assert_eq!(store.run_figures(1).await.unwrap()[0].figures, now.figures, "the page counts the same");
    }

    a_batch_finds_unread_versions_without_going_through_all_of_them(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0), ("2", "0002", 0)]).await;
        let mut tx = store.write("test").await.unwrap();
        if tx.is_postgres() {
            // A table of two rows is read whole where nothing forbids it.
            tx.run("SET LOCAL enable_seqscan = off", args![]).await.unwrap();
            tx.run("SET LOCAL enable_bitmapscan = off", args![]).await.unwrap();
        }
        for range in crate::readings::UNREAD {
            let sql = crate::readings::unread_sql(range).replace("$1", "'r1'").replace("$2", "10");
            let explain = if tx.is_postgres() { "EXPLAIN" } else { "EXPLAIN QUERY PLAN" };
            let plan = tx.all_of(format!("{explain} {sql}"), args![]).await.unwrap();
            let column = if tx.is_postgres() { 0 } else { 3 };
            let plan: Vec<String> = plan.iter().map(|row| row.text(column).unwrap()).collect();
            assert!(plan.iter().any(|line| line.contains("ad_version_reader")), "{range}: {plan:?}");
            let whole = |line: &String| line.contains("SCAN v") || line.contains("Seq Scan on ad_version");
            assert!(!plan.iter().any(whole), "{range}: {plan:?}");
        }
        tx.commit().await.unwrap();
        // Read by one, by another, by nobody: each is found.
        assert_eq!(store.unread_count("r1").await.unwrap(), 0);
        assert_eq!((store.unread_count("r0").await.unwrap(), store.unread_count("r2").await.unwrap()), (2, 2));
        for reader in ["r0", "r2"] {
            assert_eq!(store.unread_versions(reader, 10).await.unwrap().len(), 2);
            assert_eq!(store.unread_versions(reader, 1).await.unwrap().len(), 1);
        }
        store.forget_readings().await.unwrap();
        assert_eq!((store.unread_count("r1").await.unwrap(), store.unread_versions("r1", 10).await.unwrap().len()), (2, 2));
    }
}
