//! The audit log: searched, counted, anchored; whatever is changed, taken out or cut is found.

use super::fixture::{account, ad, look, put, register, system};
use super::on_both;
use crate::chain::{Chain, Gone};
use crate::db::args;
use crate::testing::at;
use crate::{Actor, AnchorKind, AuditFilter, Look, LookClass, LookLimits, PersonRole, Store};

fn look_of(actor: Actor, what: &'static str, purpose: &str, minute: i64) -> Look {
    Look { actor, purpose: purpose.to_owned(), what, subject: format!("case_{minute}"), at: at(minute) }
}

async fn anchors(store: &Store, minutes: &[i64]) -> Vec<crate::Anchor> {
    let mut all = Vec::new();
    for (number, minute) in (1..).zip(minutes) {
        store.audit(&look_of(system(), "case", "review", *minute)).await.unwrap();
        store.record_event("configuration", &system(), &serde_json::json!({ "n": number }), at(*minute)).await.unwrap();
        let anchor = store.anchor(AnchorKind::Regular, number, at(*minute)).await.unwrap();
        store.anchored(&anchor).await.unwrap();
        all.push(anchor);
    }
    all
}

on_both! {
    the_log_is_searched_by_time_person_kind_and_words(test) {
        let store = &test.store;
        let (mette, ida) = (account(store, "mette", PersonRole::Researcher).await, account(store, "ida", PersonRole::OutreachWorker).await);
        for minute in 0..30 {
            store.audit(&look_of(Actor::Account(mette), "case", "review", minute)).await.unwrap();
        }
        store.audit(&look_of(Actor::Account(ida), "line", "outreach", 31)).await.unwrap();
        store.audit(&look_of(Actor::System("root".into()), "export:mentions", "Yearly report", 32)).await.unwrap();
        let search = |filter: AuditFilter, before, limit| {
            let look = look_of(Actor::Account(mette), "audit", "supervision", 40);
            async move { store.search_audit(&look, &filter, before, limit).await.unwrap() }
        };
        let of = |filter: AuditFilter| search(filter, None, 100);
        let by_ida = of(AuditFilter { account: Some(ida), ..Default::default() }).await;
        assert_eq!((by_ida.entries.len(), by_ida.entries[0].kind.as_str()), (1, "line"));
        let exports = of(AuditFilter { kind: Some("export".into()), ..Default::default() }).await;
        assert_eq!(exports.entries[0].actor, Some(Actor::System("root".into())));
        assert_eq!(of(AuditFilter { system: Some("ROO".into()), ..Default::default() }).await.entries.len(), 1);
        assert_eq!(of(AuditFilter { words: Some("yearly".into()), ..Default::default() }).await.entries.len(), 1);
        assert_eq!(of(AuditFilter { words: Some("case_31".into()), ..Default::default() }).await.entries[0].kind, "line");
        let some = of(AuditFilter { from: Some(at(10)), to: Some(at(20)), ..Default::default() }).await;
        assert_eq!(some.entries.len(), 10);
        let cases = AuditFilter { kind: Some("case".into()), ..Default::default() };
        let first = search(cases.clone(), None, 20).await;
        let rest = search(cases, first.next, 20).await;
        assert_eq!((first.entries.len(), rest.entries.len(), rest.next), (20, 10, None), "no row twice, none lost");
        assert!(first.entries.last().unwrap().seq > rest.entries[0].seq);
        assert_eq!(of(AuditFilter { kind: Some("audit".into()), ..Default::default() }).await.entries.len(), 8, "a search is a look too");
    }

    the_alarm_is_raised_once_a_day_over_whoever_passes_a_limit(test) {
        let store = &test.store;
        let mette = account(store, "mette", PersonRole::Researcher).await;
        let limits = LookLimits { views: Some(3), exports: Some(1), lookups: None };
        for minute in 0..3 {
            store.audit(&look_of(Actor::Account(mette), "case", "review", minute)).await.unwrap();
            store.audit(&look_of(Actor::Account(mette), "list", "outreach", minute)).await.unwrap();
            store.audit(&look_of(Actor::System("job:list".into()), "export:mentions", "x", minute)).await.unwrap();
        }
        assert_eq!(store.raise_look_alarms(&limits, at(3)).await.unwrap(), [], "at the limit; own list and jobs do not count");
        store.audit(&look_of(Actor::Account(mette), "network", "review", 4)).await.unwrap();
        for _ in 0..2 {
            store.audit(&look_of(Actor::System("root".into()), "export:mentions", "x", 4)).await.unwrap();
        }
        let raised = store.raise_look_alarms(&limits, at(5)).await.unwrap();
        assert_eq!(raised.iter().map(|of| (of.actor.clone(), of.class, of.count)).collect::<Vec<_>>(), [
            (Actor::Account(mette), LookClass::View, 4), (Actor::System("root".into()), LookClass::Export, 2),
        ]);
        assert_eq!(store.raise_look_alarms(&limits, at(6)).await.unwrap(), [], "once");
        assert_eq!(store.look_alarms(at(0)).await.unwrap().len(), 2);
        assert!(store.look_alarms(at(6)).await.unwrap().is_empty());
        assert_eq!(store.events(None, 10).await.unwrap().iter().filter(|event| event.kind == "look_alarm").count(), 2);
    }

    a_cut_that_the_chain_itself_cannot_show_is_shown_by_the_anchor(test) {
        let store = &test.store;
        let kept = anchors(store, &[1, 2, 3]).await;
        assert_eq!(store.check_anchors(&kept).await.unwrap(), []);
        assert_eq!(store.audit_verify().await.unwrap().faults, []);
        // Whoever may write the database but has no key takes the last row away and sets the head back.
        for (chain, payload, head) in [("audit", "audit_payload", 2), ("event", "event_payload", 2)] {
            let mut tx = store.write("test").await.unwrap();
            tx.all_of(format!("DELETE FROM {payload} WHERE seq > {head}"), args![]).await.unwrap();
            tx.all_of(format!("DELETE FROM {chain} WHERE seq > {head}"), args![]).await.unwrap();
            tx.all_of(format!("UPDATE chain_head SET seq = {head}, hash = (SELECT hash FROM {chain} WHERE seq = {head}) WHERE chain = '{chain}'"), args![]).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(store.audit_verify().await.unwrap().faults, [], "the chain alone does not show it");
        let faults = store.check_anchors(&kept).await.unwrap();
        assert_eq!(faults.iter().map(|of| (of.0.as_str(), of.1)).collect::<Vec<_>>(), [("event", 3), ("audit", 3)]);
        // New rows in their place do not help.
        store.audit(&look_of(system(), "case", "review", 9)).await.unwrap();
        store.record_event("configuration", &system(), &serde_json::json!({}), at(9)).await.unwrap();
        assert!(store.check_anchors(&kept).await.unwrap()[0].2.contains("not the one anchored"));
        // A restore says so itself, under the key; a line that somebody wrote without the key does not.
        let mut all = kept.clone();
        let mut forged = kept[1].clone();
        forged.kind = AnchorKind::Restored;
        forged.number = 4;
        all.push(forged);
        assert!(store.check_anchors(&all).await.unwrap().iter().any(|of| of.0 == "anchors"));
        assert!(store.check_anchors(&kept[..2]).await.unwrap()[0].2.contains("3 anchors were written"), "a shortened file shows");
        let mut changed = kept.clone();
        changed[2].events.seq = 2;
        assert!(store.check_anchors(&changed).await.unwrap().iter().any(|of| of.2.contains("changed")));
    }

    a_restore_that_went_back_behind_an_anchor_is_no_fault(test) {
        let store = &test.store;
        let mut kept = anchors(store, &[1]).await;
        let ahead = crate::Anchor { number: 2, ..kept[0].clone() };
        let mut later = store.anchor(AnchorKind::Regular, 2, at(2)).await.unwrap();
        later.events.seq += 5;
        later.mac = crate::keys::to_hex(&[0; 32]);
        assert_ne!(ahead, later);
        // An anchor of rows that the restored store does not have, made by the same key on the store that was lost.
        let other = crate::testing::on(store.engine()).await;
        anchors(&other.store, &[1, 2, 3]).await;
        let lost = other.store.anchor(AnchorKind::Regular, 2, at(3)).await.unwrap();
        kept.push(lost);
        assert!(!store.check_anchors(&kept).await.unwrap().is_empty());
        kept.push(store.anchor(AnchorKind::Restored, 3, at(4)).await.unwrap());
        assert_eq!(store.check_anchors(&kept).await.unwrap(), []);
        other.store.close().await;
    }

    a_payload_may_go_by_the_clock_and_by_nobody_s_hand(test) {
        let store = &test.store;
        register(store).await;
        put(store, &[("1", "0001", 0)]).await;
        assert!(store.case_of_ad(&ad("1")).await.unwrap().is_none());
        for _ in 0..6 {
            store.audit(&look("case")).await.unwrap();
        }
        let before = store.audit_verify().await.unwrap();
        let mut tx = store.write("test").await.unwrap();
        crate::chain::delete_payloads(&mut tx, store.keys(), Chain::Audit, &[1, 2, 4], at(9), Gone::Retention).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.audit_verify().await.unwrap(), before, "the same heads, no fault");
        let mut tx = store.write("test").await.unwrap();
        tx.run("DELETE FROM audit_payload WHERE seq = 5", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let faults = store.audit_verify().await.unwrap().faults;
        assert_eq!((faults.len(), faults[0].1), (1, 5));
        // Saying that it went by the clock takes the key.
        let mut tx = store.write("test").await.unwrap();
        tx.run("UPDATE payload_gone SET last_seq = 5 WHERE first_seq = 4", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let faults = store.audit_verify().await.unwrap().faults;
        assert!(faults.iter().any(|of| of.2.contains("did not make")) && faults.iter().any(|of| of.1 == 5), "{faults:?}");
    }
}
