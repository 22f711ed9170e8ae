//! No canary in any file, table or error; chains that show tampering.

use super::fixture::{World, account, ad, analyse, look, phone, programme, register, system};
use super::on_both;
use crate::crawl::{EntryKind, NewEntry, Next, PageOutcome, Validators};
use crate::db::args;
use crate::testing::{TestStore, at};
use crate::{
    Channel, Decision, DecisionKind, NewAttempt, NewList, Outcome, PersonRole, QueueFilter, ReadingRow, SessionRow,
};
use domain::{
    AdContent, AdvertiserId, Contact, ContactKind, Field, Image, JudgementKind, ListingItem, MaskedText, Page, Reading,
    SiteId, TeamId,
};

/// Each stands in one place that must be sealed or hashed.
const CANARIES: [&str; 22] = [
    "canary-ad-id",
    "canary-title",
    "canary-body",
    "canary-field",
    "canary-url",
    "canary-image",
    "canary-etag",
    "canary-page",
    "canary-link",
    "canarygade 12",
    "+4534009999",
    "canary@example.dk",
    "canary-note",
    "canary-session",
    "canary-recovery",
    "canary-app-secret",
    "canary-issuer",
    "canary-subject",
    "canary-client",
    "canary-place",
    "canary-plan",
    "canary-answer",
];

/// Every path on which something personal comes in.
pub(super) async fn fill(test: &TestStore) {
    let store = &test.store;
    register(store).await;
    let site = SiteId::from("s1");
    let seed = NewEntry { kind: EntryKind::Listing, url: "https://x.dk/canary-url".to_owned(), ad: None, depth: 0 };
    let state = crate::crawl::SiteState {
        phase: crate::crawl::SitePhase::Running,
        reason: domain::Bilingual { da: "læses".to_owned(), en: "being read".to_owned() },
        since: at(0),
        until: None,
    };
    let run = store.begin_run(&site, at(0), &[seed], &state).await.unwrap().0;
    let page = |text: &str| Page {
        url: "https://x.dk/canary-url".to_owned(),
        status: 200,
        content_type: "text/html".to_owned(),
        body: format!("<p>canary-page {text}</p>").into_bytes(),
        fetched_at: at(1),
    };
    let item = ListingItem {
        ad_id: "canary-ad-id".to_owned(),
        url: "https://x.dk/canary-url/1".to_owned(),
        excerpt: "canary-title".to_owned(),
    };
    let content = AdContent {
        title: "canary-title".to_owned(),
        body: "canary-body +4534009999 canary@example.dk".to_owned(),
        fields: [("phone".to_owned(), "canary-field +4534009999".to_owned())].into(),
        url: Some("https://x.dk/canary-url/1".to_owned()),
        posted_at: None,
        images: vec![Image { source: "https://x.dk/canary-image.png".to_owned(), pdq: None, quality: 0 }],
    };
    loop {
        let entry = match store.next_entry(run.id, at(1)).await.unwrap() {
            Next::Entry(entry) => *entry,
            _ => break,
        };
        let outcome = match entry.kind {
            EntryKind::Listing => PageOutcome::Listing {
                page: page("listing"),
                validators: Validators { etag: Some("canary-list-etag".to_owned()), last_modified: None },
                items: vec![item.clone()],
                recheck_before: at(0),
                next: Vec::new(),
                mark: None,
                incomplete: None,
                issues: Vec::new(),
            },
            EntryKind::Detail => PageOutcome::Detail {
                page: page("detail"),
                validators: Validators { etag: Some("canary-etag".to_owned()), last_modified: None },
                content: Box::new(content.clone()),
                kept_promise: true,
                images: vec![NewEntry {
                    kind: EntryKind::Image,
                    url: "https://x.dk/canary-image.png".to_owned(),
                    ad: Some(ad("canary-ad-id")),
                    depth: 0,
                }],
                issues: Vec::new(),
            },
            // Left in the frontier: a killed run's addresses lie there too.
            EntryKind::Image => break,
        };
        store.complete(run.id, &entry, &outcome, at(1)).await.unwrap();
    }
    let mut facts = crate::tests::fixture::facts(1, at(1), at(1), "9999");
    facts.contacts.push(Contact { kind: ContactKind::Email, value: "canary@example.dk".to_owned() });
    let unread = store.unread_versions("r1", 10).await.unwrap();
    let row = ReadingRow {
        row: unread[0].row,
        reader_version: "r1".to_owned(),
        reading: Reading::default(),
        facts,
        masked: vec![MaskedText { field: Field::Body, text: "[telefon] [mail]".to_owned(), runs: Vec::new() }],
    };
    store.put_readings(&[row], at(2)).await.unwrap();
    let world = World { advertisers: vec![(vec!["canary-ad-id"], vec!["a"])], networks: vec![] };
    analyse(store, &world, 10).await;
    let by = account(store, "ida", PersonRole::OutreachWorker).await;
    let session = SessionRow { data: b"canary-session".to_vec(), expires_at: at(99) };
    let of = crate::SessionOf { account: by, begun_at: Some(at(0)), seen_at: None, device: None };
    store.put_session(b"canary-session", &session, Some(&of)).await.unwrap();
    let codes = ["canary-recovery".to_owned()];
    store.set_second_factor(by, b"canary-app-secret", 1, &codes, &crate::Actor::Account(by), at(1)).await.unwrap();
    store.link_identity(by, "canary-issuer", "canary-subject", at(1)).await.unwrap();
    store.take_of_budget("canary-client", at(1), 1).await.unwrap();
    store.take_of_budget("canary@example.dk", at(1), 1).await.unwrap();
    let case = store.case_of_ad(&ad("canary-ad-id")).await.unwrap().unwrap();
    let decision = Decision {
        kind: DecisionKind::OfferOutreach,
        reason_code: "pattern".to_owned(),
        text: "canary-note +4534009999".to_owned(),
        change_mind: "canary-note".to_owned(),
        until: None,
        refer_to: None,
    };
    store.decide(&case, &decision, 1, by, at(20)).await.unwrap();
    let advertiser = AdvertiserId::of(&ad("canary-ad-id"));
    let gate = store.gate_row(&advertiser, at(21), at(21)).await.unwrap().unwrap();
    let attempt = NewAttempt {
        idempotency_key: "canary-note".to_owned(),
        advertiser: advertiser.clone(),
        line: None,
        contact: gate.contacts.first().map(|contact| contact.contact),
        method: "sms".to_owned(),
        channel: Channel::Sms,
        outcome: Some(Outcome::Objection),
        language: None,
        text_version: None,
        minutes: None,
        note: "canary-note".to_owned(),
        follow_up: None,
        details: crate::AttemptDetails::default(),
        team: TeamId::from("east"),
        made_at: at(22),
    };
    let attempt = store.put_attempt(&attempt, by).await.unwrap().id;
    let edit = crate::FollowUpEdit { day: None, plan: "canary-note".to_owned(), care: None };
    store.set_follow_up(attempt, &edit, 1, by, at(22)).await.unwrap();
    let offer = crate::NewHandover {
        attempt,
        from_team: TeamId::from("east"),
        to_team: TeamId::from("west"),
        to_account: None,
        note: "canary-note".to_owned(),
    };
    let offer = store.offer_handover(&offer, by, at(22)).await.unwrap();
    store.answer_handover(offer, false, "canary-note", &TeamId::from("west"), by, at(22)).await.unwrap();
    store.put_objection(&phone("9999"), &system(), at(23)).await.unwrap();
    let list = NewList {
        date: "2026-10-02".parse().unwrap(),
        team: TeamId::from("east"),
        programme: programme(),
        as_of: at(24),
        seed: 1,
        frame: serde_json::json!({ "note": "canary-note" }),
        lines: Vec::new(),
        at: at(24),
    };
    store.put_list(&list, &system()).await.unwrap();
    crate::tests::fixture::put(store, &[("other", "0001", 1)]).await;
    store.judge(&ad("canary-ad-id"), &ad("other"), JudgementKind::Same, "canary-note", by, at(25)).await.unwrap();
    store.queue(&look("queue"), &QueueFilter::default(), 0, 10).await.unwrap();
    super::places::fill(store, by).await;
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle))
}

#[tokio::test]
async fn no_canary_in_the_files_of_sqlite() {
    let test = crate::testing::on(crate::Engine::Sqlite).await;
    fill(&test).await;
    let folder = test.folder.as_ref().unwrap().path();
    let mut seen = 0;
    for name in ["bavn.db", "bavn.db-wal"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        seen += bytes.len();
        for canary in CANARIES {
            assert!(!holds(&bytes, canary.as_bytes()), "{canary} lies in clear in {name}");
        }
    }
    assert!(seen > 300_000, "the search looked at something");
    test.store.close().await;
    let bytes = std::fs::read(folder.join("bavn.db")).unwrap();
    assert!(holds(&bytes, b"[telefon] [mail]"), "masked text is in clear, so the search can find what is there");
    for canary in CANARIES {
        assert!(!holds(&bytes, canary.as_bytes()), "{canary} lies in clear after closing");
    }
}

#[tokio::test]
async fn no_canary_in_the_rows_of_postgres() {
    let test = crate::testing::on(crate::Engine::Postgres).await;
    fill(&test).await;
    let tables = test.store.doctor().await.unwrap().tables;
    let mut tx = test.store.read("test").await.unwrap();
    let mut everything = Vec::new();
    for table in &tables {
        for row in tx.all_of(format!("SELECT CAST(t AS TEXT) FROM {} t", table.table), args![]).await.unwrap() {
            everything.extend_from_slice(row.text(0).unwrap().as_bytes());
            everything.push(b'\n');
        }
    }
    assert!(holds(&everything, b"[telefon] [mail]"), "the search can find what is there");
    for canary in CANARIES {
        assert!(!holds(&everything, canary.as_bytes()), "{canary} lies in clear");
        let hex = crate::keys::to_hex(canary.as_bytes());
        assert!(!holds(&everything, hex.as_bytes()), "{canary} lies in clear among bytes");
    }
}

on_both! {
    errors_hold_nothing_personal(test) {
        fill(test).await;
        let store = &test.store;
        let mut tx = store.write("test").await.unwrap();
        // A clash on a unique column: PostgreSQL's detail would name the value.
        let error = tx
            .run(
                "INSERT INTO account (login, name, role, language, urgent_contact, password_hash, created_at, retention) \
                 VALUES ('ida', 'canary-note', 'x', 'da', 0, '', 0, 'account')",
                args![],
            )
            .await
            .unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        assert!(!format!("{error} {error:?}").contains("=(ida)"), "{error}");
    }

    the_chains_verify_and_survive_the_deletion_of_payloads(test) {
        let store = &test.store;
        fill(test).await;
        let check = store.audit_verify().await.unwrap();
        assert_eq!(check.faults, Vec::new());
        assert!(check.events >= 6 && check.audits >= 1);
        let mut tx = store.write("test").await.unwrap();
        for (chain, rows) in [(crate::chain::Chain::Event, check.events), (crate::chain::Chain::Audit, check.audits)] {
            let all: Vec<i64> = (1..=rows).collect();
            crate::chain::delete_payloads(&mut tx, store.keys(), chain, &all, at(99), crate::chain::Gone::Retention).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.audit_verify().await.unwrap(), check, "the same heads, no fault");
        let event = &store.events(None, 1).await.unwrap()[0];
        assert_eq!((event.actor.clone(), event.payload.clone()), (None, None));
    }

    any_change_removal_or_cut_is_found(test) {
        let store = &test.store;
        fill(test).await;
        for tamper in [
            "UPDATE event SET at = at + 1 WHERE seq = 2",
            "UPDATE event SET kind = 'claim' WHERE seq = 2",
            "UPDATE event_payload SET body_sealed = (SELECT body_sealed FROM event_payload WHERE seq = 3) WHERE seq = 2",
            "DELETE FROM event_payload WHERE seq = 2",
            "DELETE FROM event WHERE seq = 2",
            "DELETE FROM event_payload WHERE seq = (SELECT max(seq) FROM event)",
            "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
            "UPDATE chain_head SET hash = (SELECT hash FROM event WHERE seq = 1) WHERE chain = 'event'",
            "UPDATE audit SET at = at + 1 WHERE seq = 1",
        ] {
            let mut tx = store.write("test").await.unwrap();
            // A row goes with its payload.
            if let Some(rest) = tamper.strip_prefix("DELETE FROM event WHERE") {
                tx.all_of(format!("DELETE FROM event_payload WHERE{rest}"), args![]).await.unwrap();
                tx.run("UPDATE decision SET event_seq = 1", args![]).await.unwrap();
                tx.run("UPDATE attempt SET event_seq = 1", args![]).await.unwrap();
                tx.run("UPDATE judgement SET event_seq = 1", args![]).await.unwrap();
                tx.run("UPDATE objection SET event_seq = 1", args![]).await.unwrap();
                tx.run("UPDATE outreach_list SET event_seq = 1", args![]).await.unwrap();
                tx.run("UPDATE place_act SET event_seq = 1", args![]).await.unwrap();
                tx.run("UPDATE visit_plan SET event_seq = 1", args![]).await.unwrap();
                tx.run("UPDATE form_record SET event_seq = 1", args![]).await.unwrap();
            }
            tx.run(tamper, args![]).await.unwrap();
            let mut faults = Vec::new();
            for chain in [crate::chain::Chain::Event, crate::chain::Chain::Audit] {
                crate::chain::verify(&mut tx, store.keys(), chain, &mut faults).await.unwrap();
            }
            assert!(!faults.is_empty(), "{tamper}");
            drop(tx);
        }
        assert!(store.audit_verify().await.unwrap().faults.is_empty(), "nothing of it was committed");
    }

    a_sealed_value_cannot_be_moved_to_another_row(test) {
        let store = &test.store;
        fill(test).await;
        let mut tx = store.write("test").await.unwrap();
        tx.run(
            "UPDATE ad SET site_ad_id_sealed = (SELECT a.site_ad_id_sealed FROM ad a WHERE a.id <> ad.id LIMIT 1)",
            args![],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let error = store.facts(None).await.unwrap_err();
        assert!(error.to_string().contains("ad.site_ad_id"), "{error}");
    }
}
