//! Retention, holds, the rights of a person: what is deleted is gone from every table, the file and its write-ahead log;
//! what is still needed stays usable; the chains still verify.

use super::fixture::{World, account, ad, analyse, known, look, phone, programme, put, register, system};
use super::on_both;
use crate::crawl::{EntryKind, NewEntry, Next, PageOutcome, Validators};
use crate::db::args;
use crate::testing::{TestStore, at};
use crate::{
    Channel, CheckAnswer, Clocks, Decision, DecisionKind, HoldOn, NewAttempt, NewHold, NewLine, NewList, Outcome,
    PersonRole, RetentionKind, Store, StoreError, SubjectCheck,
};
use domain::{AdContent, AdvertiserId, Band, Bilingual, ListingItem, NetworkId, Page, SiteId, TeamId};
use jiff::Timestamp;

const CLOCKS: Clocks = Clocks {
    pages_days: 90,
    ads_days: 730,
    contacts_days: 730,
    images_days: 365,
    cases_days: 1826,
    ledger_days: 1826,
    audit_days: 1826,
};

fn day(days: i64) -> Timestamp {
    at(days * 24 * 60)
}

fn one() -> AdvertiserId {
    AdvertiserId::of(&ad("1"))
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    let mut tx = store.read("test").await.unwrap();
    tx.id(sql, args![]).await.unwrap()
}

/// Every value of every table that could hold something of a person, as bytes.
async fn sealed_of_ads(store: &Store) -> Vec<Vec<u8>> {
    let mut tx = store.read("test").await.unwrap();
    let mut all = Vec::new();
    for sql in [
        "SELECT content_sealed FROM ad_version",
        "SELECT body_sealed FROM reading",
        "SELECT value_sealed FROM contact",
        "SELECT body_sealed FROM page",
        "SELECT url_sealed FROM page_capture",
        "SELECT url_sealed FROM frontier",
    ] {
        for row in tx.all(sql, args![]).await.unwrap() {
            all.push(row.blob(0).unwrap());
        }
    }
    all
}

/// What holds a contact in an ad.
async fn sealed_texts(store: &Store) -> Vec<Vec<u8>> {
    let mut tx = store.read("test").await.unwrap();
    let mut all = Vec::new();
    for sql in [
        "SELECT content_sealed FROM ad_version",
        "SELECT body_sealed FROM reading",
        "SELECT value_sealed FROM contact",
        "SELECT p.body_sealed FROM page p JOIN page_capture c ON c.page_id = p.id WHERE c.ad_id IS NOT NULL",
    ] {
        for row in tx.all(sql, args![]).await.unwrap() {
            all.push(row.blob(0).unwrap());
        }
    }
    assert!(all.len() >= 11);
    all
}

/// The whole database as it lies on the disk, or (PostgreSQL) as a dump of every table shows it.
async fn raw(test: &TestStore) -> Vec<u8> {
    match &test.folder {
        Some(folder) => {
            let mut all = Vec::new();
            for name in ["bavn.db", "bavn.db-wal"] {
                all.extend(std::fs::read(folder.path().join(name)).unwrap_or_default());
            }
            all
        }
        None => {
            let tables = test.store.doctor().await.unwrap().tables;
            let mut tx = test.store.read("test").await.unwrap();
            let mut all = Vec::new();
            for table in &tables {
                for row in tx.all_of(format!("SELECT CAST(t AS TEXT) FROM {} t", table.table), args![]).await.unwrap() {
                    all.extend(row.text(0).unwrap().into_bytes());
                }
            }
            all
        }
    }
}

fn holds(test: &TestStore, raw: &[u8], bytes: &[u8]) -> bool {
    // The middle of a value: it lies on one page of the file, and as hex in a dump.
    let middle = &bytes[bytes.len() / 2..bytes.len() / 2 + 20.min(bytes.len() / 2)];
    let needle = if test.folder.is_some() { middle.to_vec() } else { crate::keys::to_hex(middle).into_bytes() };
    raw.windows(needle.len()).any(|window| window == needle)
}

/// A crawl of one ad, with listing page, detail page and picture address.
async fn crawled(store: &Store) {
    register(store).await;
    let site = SiteId::from("s1");
    let seed = NewEntry { kind: EntryKind::Listing, url: "https://x.dk/list".to_owned(), ad: None, depth: 0 };
    let state = crate::crawl::SiteState {
        phase: crate::crawl::SitePhase::Running,
        reason: Bilingual { da: "læses".to_owned(), en: "being read".to_owned() },
        since: at(0),
        until: None,
    };
    let run = store.begin_run(&site, at(0), &[seed], &state).await.unwrap().0;
    let page = |text: &str| Page {
        url: "https://x.dk/page".to_owned(),
        status: 200,
        content_type: "text/html".to_owned(),
        body: format!("<p>{text} 34 00 00 01 {}</p>", "x".repeat(200)).into_bytes(),
        fetched_at: at(1),
    };
    let item = ListingItem { ad_id: "crawled-1".to_owned(), url: "https://x.dk/1".to_owned(), excerpt: "x".to_owned() };
    loop {
        let entry = match store.next_entry(run.id, at(1)).await.unwrap() {
            Next::Entry(entry) => *entry,
            _ => break,
        };
        let outcome = match entry.kind {
            EntryKind::Listing => PageOutcome::Listing {
                page: page("listing"),
                validators: Validators { etag: Some("etag".to_owned()), last_modified: None },
                items: vec![item.clone()],
                recheck_before: at(0),
                next: Vec::new(),
                mark: None,
                incomplete: None,
                issues: Vec::new(),
            },
            EntryKind::Detail => PageOutcome::Detail {
                page: page("detail"),
                validators: Validators::default(),
                content: Box::new(AdContent { title: "t".repeat(100), body: "b".repeat(100), ..AdContent::default() }),
                kept_promise: true,
                images: Vec::new(),
                issues: Vec::new(),
            },
            EntryKind::Image => break,
        };
        store.complete(run.id, &entry, &outcome, at(1)).await.unwrap();
    }
    let mut tx = store.write("test").await.unwrap();
    tx.run("UPDATE run SET ended_at = started_at", args![]).await.unwrap();
    tx.commit().await.unwrap();
    let unread = store.unread_versions("r1", 10).await.unwrap();
    let rows: Vec<crate::ReadingRow> = unread
        .iter()
        .map(|unread| crate::ReadingRow {
            row: unread.row,
            reader_version: "r1".to_owned(),
            reading: domain::Reading::default(),
            facts: super::fixture::facts(1, at(1), at(1), "0001"),
            masked: vec![domain::MaskedText {
                field: domain::Field::Body,
                text: "kanariefugl i den maskerede tekst".to_owned(),
                runs: Vec::new(),
            }],
        })
        .collect();
    store.put_readings(&rows, at(2)).await.unwrap();
}

/// Three ads: 1 and 2 of one advertiser, 3 of another; a decided case, a list with lines, an attempt with a note.
async fn worked(store: &Store) -> String {
    crawled(store).await;
    put(store, &[("1", "0001", 0), ("2", "0001", 60), ("3", "0003", 0)]).await;
    let world = World {
        advertisers: vec![(vec!["crawled-1", "1", "2"], vec!["a", "b", "c"]), (vec!["3"], vec!["a", "b"])],
        networks: vec![],
    };
    analyse(store, &world, 100).await;
    let ida = account(store, "ida", PersonRole::OutreachWorker).await;
    let case = store.case_of_ad(&ad("1")).await.unwrap().unwrap();
    let at_the_case = crate::Look { subject: case.0.clone(), ..look("case") };
    let version = store.case(&at_the_case, &case).await.unwrap().row.version;
    let decision = Decision {
        kind: DecisionKind::OfferOutreach,
        reason_code: "pattern".to_owned(),
        text: "a note of the decision".to_owned(),
        change_mind: String::new(),
        until: None,
        refer_to: None,
    };
    store.decide(&case, &decision, version, ida, at(120)).await.unwrap();
    let advertiser = AdvertiserId::of(&ad("crawled-1"));
    let gate = store.gate_row(&advertiser, at(130), at(130)).await.unwrap().unwrap();
    let line = NewLine {
        advertiser: advertiser.clone(),
        network: NetworkId::of(&ad("crawled-1")),
        case: Some(case.clone()),
        random: false,
        inclusion_probability: 1.0,
        contacts: gate.contacts.iter().map(|contact| contact.contact).collect(),
        language: "da".to_owned(),
        municipality_code: "0751".to_owned(),
        last_seen: at(60),
        reasons: vec![Bilingual { da: "grund".to_owned(), en: "reason".to_owned() }],
        cautions: Vec::new(),
        channel: Channel::Sms,
        band: Band::High,
    };
    let list = NewList {
        date: "2026-10-02".parse().unwrap(),
        team: TeamId::from("east"),
        programme: programme(),
        as_of: at(131),
        seed: 1,
        frame: serde_json::json!({}),
        lines: vec![line],
        at: at(131),
    };
    store.put_list(&list, &system()).await.unwrap();
    let (_, lines) = store.list(&look("list"), list.date, &list.team).await.unwrap().unwrap();
    let attempt = NewAttempt {
        idempotency_key: "k".to_owned(),
        advertiser,
        line: Some(lines[0].id),
        contact: gate.contacts.first().map(|contact| contact.contact),
        method: "sms".to_owned(),
        channel: Channel::Sms,
        outcome: Some(Outcome::NoAnswer),
        language: None,
        text_version: None,
        minutes: None,
        note: "a note of the attempt".to_owned(),
        follow_up: None,
        details: crate::AttemptDetails::default(),
        team: TeamId::from("east"),
        made_at: at(140),
    };
    let attempt = store.put_attempt(&attempt, ida).await.unwrap().id;
    let edit = crate::FollowUpEdit { day: None, plan: "what was agreed with her".to_owned(), care: None };
    store.set_follow_up(attempt, &edit, 1, ida, at(141)).await.unwrap();
    let offer = crate::NewHandover {
        attempt,
        from_team: TeamId::from("east"),
        to_team: TeamId::from("west"),
        to_account: None,
        note: "what west must know".to_owned(),
    };
    store.offer_handover(&offer, ida, at(142)).await.unwrap();
    let number = number_of(store, &ad("1")).await;
    for (item, words) in [
        (crate::Item::Case(case.clone()), "a note on the case"),
        (crate::Item::Ad(number), "a note on the ad"),
        (crate::Item::Ad(number_of(store, &ad("3")).await), "a word on somebody else"),
    ] {
        store.add_note(&item, crate::NoteKind::Note, words, ida, at(143)).await.unwrap();
    }
    case.0
}

/// The store's own number of an ad.
async fn number_of(store: &Store, ad: &domain::AdRef) -> i64 {
    let mut tx = store.read("test").await.unwrap();
    crate::ads::find_ad(&mut tx, store.keys(), ad).await.unwrap().unwrap().id
}

fn check() -> SubjectCheck {
    SubjectCheck {
        identity: "met at the clinic, the phone rang".to_owned(),
        danger: "spoken to alone; nobody else has access".to_owned(),
        exception: String::new(),
        reason: String::new(),
    }
}

on_both! {
    what_is_due_is_counted_then_deleted_and_its_bytes_are_gone(test) {
        let store = &test.store;
        worked(store).await;
        let before = sealed_of_ads(store).await;
        assert!(before.len() > 10);
        let there = raw(test).await;
        assert!(before.iter().all(|bytes| holds(test, &there, bytes)), "the search can find what is there");
        assert_eq!(store.retention_due(&CLOCKS, day(20)).await.unwrap(), [], "nothing yet");

        // Pages first.
        let due = store.retention_due(&CLOCKS, day(91)).await.unwrap();
        assert!(due.iter().all(|of| of.kind == RetentionKind::Pages) && due.iter().any(|of| of.table == "page" && of.rows == 2), "{due:?}");
        let done = store.retention_run(&CLOCKS, &system(), day(91)).await.unwrap();
        assert_eq!(done.iter().find(|of| of.table == "page").unwrap().rows, 2, "as the dry run said: {done:?} {due:?}");
        assert_eq!(count(store, "SELECT count(*) FROM page").await + count(store, "SELECT count(*) FROM page_capture").await, 0);
        assert_eq!(count(store, "SELECT count(*) FROM ad_version").await, 4, "ads stay");

        // Then ads with everything of them; cases and attempts stay.
        let due = store.retention_due(&CLOCKS, day(740)).await.unwrap();
        assert_eq!(due.iter().find(|of| of.table == "ad").map(|of| of.rows), Some(4), "{due:?}");
        assert_eq!(due.iter().find(|of| of.table == "contact").map(|of| of.rows), Some(2), "{due:?}");
        store.retention_run(&CLOCKS, &system(), day(740)).await.unwrap();
        for (sql, left) in [
            ("SELECT count(*) FROM ad_version", 0),
            ("SELECT count(*) FROM reading", 0),
            ("SELECT count(*) FROM sighting", 0),
            ("SELECT count(*) FROM contact_mention", 0),
            ("SELECT count(*) FROM link", 0),
            ("SELECT count(*) FROM assessment", 0),
            ("SELECT count(*) FROM case_file", 2),
            ("SELECT count(*) FROM decision", 1),
            ("SELECT count(*) FROM item_note", 3),
            ("SELECT count(*) FROM attempt", 1),
        ] {
            assert_eq!(count(store, sql).await, left, "{sql}");
        }
        let there = raw(test).await;
        for bytes in &before {
            assert!(!holds(test, &there, bytes), "bytes of something deleted are still there");
        }
        if test.folder.is_some() {
            assert!(!there.windows(11).any(|window| window == b"kanariefugl"), "masked text lay in clear");
        }
        let check = store.audit_verify().await.unwrap();
        assert_eq!(check.faults, []);
        assert!(store.events(None, 3).await.unwrap().iter().any(|event| event.kind == "retention"));
        assert!(store.retention_due(&CLOCKS, day(740)).await.unwrap().is_empty(), "once is enough");

        // At last cases, ledger and what was done and looked at, in words. The chain of hashes stays and holds.
        store.retention_run(&CLOCKS, &system(), day(3_000)).await.unwrap();
        for sql in ["SELECT count(*) FROM case_file", "SELECT count(*) FROM item_note", "SELECT count(*) FROM attempt", "SELECT count(*) FROM list_line",
                    "SELECT count(*) FROM ad", "SELECT count(*) FROM contact"] {
            assert_eq!(count(store, sql).await, 0, "{sql}");
        }
        let after = store.audit_verify().await.unwrap();
        assert_eq!((after.faults.len(), after.events), (0, check.events + 1));
        assert_eq!(count(store, "SELECT count(*) FROM audit_payload").await, 0);
        assert_eq!(store.doctor().await.unwrap().faults, Vec::<String>::new());
    }

    contacts_go_by_their_own_clock_and_the_masked_ad_stays(test) {
        let store = &test.store;
        worked(store).await;
        let before = sealed_texts(store).await;
        let clocks = Clocks { contacts_days: 60, ..CLOCKS };
        assert_eq!(store.retention_due(&clocks, day(59)).await.unwrap(), []);
        let kept = store.facts(None).await.unwrap();
        let due = store.retention_due(&clocks, day(61)).await.unwrap();
        let rows = |of: &[crate::Due]| of.iter().map(|due| (due.kind, due.table, due.rows)).collect::<Vec<_>>();
        let contacts = RetentionKind::Contacts;
        assert_eq!(rows(&due).into_iter().filter(|due| due.0 == contacts).collect::<Vec<_>>(),
            [(contacts, "ad_version", 4), (contacts, "contact", 2)]);
        let done = store.retention_run(&clocks, &system(), day(61)).await.unwrap();
        assert_eq!(rows(&done).into_iter().filter(|due| due.0 == contacts).collect::<Vec<_>>(),
            [(contacts, "ad_version", 4), (contacts, "contact", 2)], "as the dry run said");
        let there = raw(test).await;
        assert!(before.iter().filter(|bytes| holds(test, &there, bytes)).count() == 0, "bytes of something deleted are still there");
        assert_eq!(store.retention_due(&clocks, day(61)).await.unwrap(), [], "once is enough");
        for (sql, left) in [
            ("SELECT count(*) FROM ad_version WHERE contacts_gone_at IS NOT NULL", 4),
            ("SELECT count(*) FROM contact_mention", 0),
            ("SELECT count(*) FROM page", 1), // the listing's own page
            ("SELECT count(*) FROM case_file", 2),
            ("SELECT count(*) FROM attempt", 1),
        ] {
            assert_eq!(count(store, sql).await, left, "{sql}");
        }

        // What is left says nothing of whom, and ties the same ads together as before.
        let exported = store.readings(&look("export"), None).await.unwrap();
        let text = format!("{:?}", exported.iter().map(|row| (&row.content, &row.reading, &row.facts)).collect::<Vec<_>>());
        for canary in ["3400", "canary", "example.dk", "x.dk"] {
            assert!(!text.contains(canary), "{canary}: {text}");
        }
        assert!(exported.iter().all(|row| row.content.body == row.masked.iter().find(|text| text.field == domain::Field::Body).unwrap().text));
        let left = store.facts(None).await.unwrap();
        let same = |facts: &[domain::AdFacts]| -> Vec<Vec<bool>> {
            let of = |ad: &domain::AdFacts| ad.versions[0].contacts.clone();
            facts.iter().map(|a| facts.iter().map(|b| of(a) == of(b)).collect()).collect()
        };
        assert_eq!(same(&left), same(&kept));
        assert!(left.iter().flat_map(|ad| &ad.versions[0].contacts).all(|contact| contact.value.starts_with("+45~")));
        assert_eq!(store.unread_versions("r2", 10).await.unwrap().len(), 0, "a new reader does not read what is left");
        assert_eq!(store.audit_verify().await.unwrap().faults, []);
        assert_eq!(store.doctor().await.unwrap().faults, Vec::<String>::new());

        // One that comes back is read anew, with its contact, and goes again after its time.
        put(store, &[("1", "0001", 70 * 24 * 60)]).await;
        let back = store.facts(None).await.unwrap().into_iter().find(|facts| facts.ad == ad("1")).unwrap();
        assert_eq!((back.versions.len(), &back.versions[1].contacts), (2, &vec![phone("0001")]));
        let due = store.retention_due(&clocks, day(120)).await.unwrap();
        assert!(due.iter().all(|due| matches!(due.kind, RetentionKind::Pages | RetentionKind::Derived)), "not before its time: {due:?}");
        store.retention_run(&clocks, &system(), day(131)).await.unwrap();
        assert_eq!(count(store, "SELECT count(*) FROM ad_version WHERE contacts_gone_at IS NULL").await, 0);
        // Last of all the ads themselves.
        store.retention_run(&clocks, &system(), day(900)).await.unwrap();
        assert_eq!(count(store, "SELECT count(*) FROM ad_version").await, 0);
    }

    a_note_on_a_case_goes_with_the_case_and_others_by_the_clock_of_cases(test) {
        let store = &test.store;
        let case = worked(store).await;
        let notes = async || count(store, "SELECT count(*) FROM item_note").await;
        let clocks = Clocks { cases_days: 10, ads_days: 4_000, ..CLOCKS };
        let late = day(11);
        store.retention_run(&clocks, &system(), late).await.unwrap();
        assert_eq!(notes().await, 1, "the case is still analysed and so is its note kept; those on ads are over");
        // The case changed an hour ago: its old note stays.
        let mut tx = store.write("test").await.unwrap();
        tx.run("DELETE FROM entity", args![]).await.unwrap();
        let until = crate::retention::Retention::Case.until(late);
        tx.run("UPDATE case_file SET delete_after = $1", args![until]).await.unwrap();
        tx.commit().await.unwrap();
        store.retention_run(&clocks, &system(), late).await.unwrap();
        assert_eq!(notes().await, 1);
        let after = day(22);
        let due = store.retention_due(&clocks, after).await.unwrap();
        assert!(due.iter().any(|of| of.table == "item_note" && of.rows == 1), "{due:?}");
        store.retention_run(&clocks, &system(), after).await.unwrap();
        assert_eq!(notes().await, 0);
        assert!(store.case(&look("case"), &crate::CaseId(case)).await.is_err());
    }

    an_advertiser_that_still_shows_ads_keeps_its_old_ones_and_so_its_id(test) {
        let store = &test.store;
        worked(store).await;
        put(store, &[("2", "0001", 700 * 24 * 60)]).await;
        let due = store.retention_due(&CLOCKS, day(740)).await.unwrap();
        assert_eq!(due.iter().find(|of| of.table == "ad").map(|of| of.rows), Some(1), "only the other advertiser: {due:?}");
        store.retention_run(&CLOCKS, &system(), day(740)).await.unwrap();
        assert_eq!(store.facts(None).await.unwrap().len(), 3);
        // A shorter clock moves what is kept already.
        let shorter = Clocks { ads_days: 30, ..CLOCKS };
        assert_eq!(store.retention_due(&shorter, day(735)).await.unwrap().iter().find(|of| of.table == "ad").unwrap().rows, 3);
    }

    an_ad_that_comes_back_is_known_and_its_contact_too(test) {
        let store = &test.store;
        worked(store).await;
        store.retention_run(&CLOCKS, &system(), day(740)).await.unwrap();
        assert!(store.facts(None).await.unwrap().is_empty());
        put(store, &[("1", "0001", 750 * 24 * 60)]).await;
        analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a"])], networks: vec![] }, 751 * 24 * 60).await;
        let facts = store.facts(None).await.unwrap();
        assert_eq!((facts.len(), facts[0].ad.clone()), (1, ad("1")));
        let row = store.gate_row(&one(), day(752), day(752)).await.unwrap().unwrap();
        let opened = store.open_contacts(&look("contacts"), &[row.contacts[0].contact]).await.unwrap();
        assert_eq!(opened, [phone("0001")], "the value is there again");
        assert_eq!(row.attempts.len(), 1, "and the attempt at that number is not forgotten");
    }

    a_hold_keeps_what_it_covers_until_it_is_released(test) {
        let store = &test.store;
        let case = worked(store).await;
        let hold = NewHold { on: HoldOn::Case(case.clone()), reason: "a trial".to_owned(), by: "Data protection officer".to_owned(), until: None };
        let id = store.put_hold(&hold, &system(), day(1)).await.unwrap();
        let held = &store.holds().await.unwrap()[0];
        assert_eq!((held.ads, held.reason.as_str(), held.on.clone()), (3, "a trial", format!("case {case}")));
        store.retention_run(&CLOCKS, &system(), day(3_000)).await.unwrap();
        assert_eq!(store.facts(None).await.unwrap().len(), 3, "the case's ads, and their pages:");
        assert!(count(store, "SELECT count(*) FROM page_capture WHERE ad_id IS NOT NULL").await > 0);
        assert_eq!(count(store, "SELECT count(*) FROM case_file").await, 1);
        assert_eq!(count(store, "SELECT count(*) FROM attempt").await, 1);
        store.release_hold(id, "Data protection officer", &system(), day(3_001)).await.unwrap();
        assert!(store.release_hold(id, "again", &system(), day(3_001)).await.is_err());
        store.retention_run(&CLOCKS, &system(), day(3_001)).await.unwrap();
        assert!(store.facts(None).await.unwrap().is_empty());
        // Everything, until a day.
        let hold = NewHold { on: HoldOn::Everything, reason: "an inspection".to_owned(), by: "DPO".to_owned(), until: Some(day(3_010)) };
        store.put_hold(&hold, &system(), day(3_002)).await.unwrap();
        assert!(matches!(store.retention_run(&CLOCKS, &system(), day(3_005)).await, Err(StoreError::Refused { .. })));
        assert!(store.retention_due(&CLOCKS, day(3_005)).await.unwrap().is_empty());
        store.retention_run(&CLOCKS, &system(), day(3_011)).await.unwrap();
        let unknown = NewHold { on: HoldOn::Case("case_none".to_owned()), ..hold };
        assert!(matches!(store.put_hold(&unknown, &system(), day(1)).await, Err(StoreError::NotFound { .. })));
    }

    the_next_fortnight_is_listed_by_day_with_its_cases(test) {
        let store = &test.store;
        let case = worked(store).await;
        let upcoming = store.retention_upcoming(&CLOCKS, day(725), 14).await.unwrap();
        let ads: Vec<(usize, u64)> = upcoming.days.iter().enumerate().flat_map(|(n, due)| due.iter().filter(|of| of.table == "ad").map(move |of| (n, of.rows))).collect();
        assert_eq!(ads.iter().map(|(_, rows)| rows).sum::<u64>(), 4, "{upcoming:?}");
        assert!(ads.iter().all(|(n, _)| (4..=6).contains(n)), "{ads:?}");
        assert!(upcoming.cases.is_empty());
        store.retention_run(&CLOCKS, &system(), day(740)).await.unwrap();
        let upcoming = store.retention_upcoming(&CLOCKS, day(1_820), 14).await.unwrap();
        assert!(upcoming.cases.iter().any(|(id, _)| *id == case), "{upcoming:?}");
    }

    nothing_goes_out_or_away_before_a_named_person_has_checked(test) {
        let store = &test.store;
        worked(store).await;
        let mette = account(store, "mette", PersonRole::Administrator).await;
        let request = |what| crate::Look { at: at(200), ..look(what) };
        for refused in [
            store.subject_export(&request("subject_export"), &phone("0001"), false).await.err(),
            store.subject_erase(&request("subject_erase"), &phone("0001")).await.err(),
        ] {
            assert!(refused.unwrap().to_string().contains("bavn subject check"));
        }
        let hasty = SubjectCheck { danger: " ".to_owned(), ..check() };
        assert!(store.put_subject_check(&phone("0001"), &hasty, mette, &system(), at(201)).await.is_err());
        let withheld = SubjectCheck { exception: "databeskyttelsesloven § 22, stk. 2".to_owned(), reason: "the asker may be the one who holds her".to_owned(), ..check() };
        assert_eq!(store.put_subject_check(&phone("0001"), &withheld, mette, &system(), at(201)).await.unwrap(), CheckAnswer::Withheld);
        assert!(store.subject_export(&request("subject_export"), &phone("0001"), false).await.is_err());
        assert_eq!(store.put_subject_check(&phone("0001"), &check(), mette, &system(), at(202)).await.unwrap(), CheckAnswer::MayGoOut);
        assert!(store.subject_export(&request("subject_export"), &phone("0001"), false).await.is_ok());
        assert!(store.subject_export(&request("subject_export"), &phone("0003"), false).await.is_err(), "of nobody else");
        let late = crate::Look { at: day(40), ..look("subject_export") };
        assert!(store.subject_export(&late, &phone("0001"), false).await.is_err(), "a check grows old");
        store.set_account_disabled(mette, true, &system(), at(203)).await.unwrap();
        assert!(store.put_subject_check(&phone("0001"), &check(), mette, &system(), at(204)).await.is_err());
        assert!(known(store, mette).await.disabled_at.is_some());
    }

    the_answer_is_whole_and_names_no_colleague(test) {
        let store = &test.store;
        let case = worked(store).await;
        let mette = account(store, "mette", PersonRole::Administrator).await;
        store.put_subject_check(&phone("0001"), &check(), mette, &system(), at(200)).await.unwrap();
        let found = store.subject_find(&look("subject_find"), &phone("0001")).await.unwrap();
        assert_eq!((found.ads, found.linked_ads, found.lines, found.attempts, found.pages), (3, 0, 1, 1, 1));
        assert_eq!(found.cases, [case.clone()]);
        let answer = store.subject_export(&crate::Look { at: at(210), ..look("subject_export") }, &phone("0001"), true).await.unwrap();
        let text = answer.to_string();
        for part in ["Body 1", "Title 2", "https://example.dk/1", "+4534000001", "a note of the decision", "a note of the attempt", "what was agreed with her", "what west must know", "a note on the case", "a note on the ad", &case, "2026-10-02", "offer_outreach"] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        for not in ["a word on somebody else", "Name of ida", "ida", "Name of mette", "+4534000003", "Body 3", "tester"] {
            assert!(!text.contains(&format!("\"{not}\"")) && !(not.len() > 5 && text.contains(not)), "{not} is in {text}");
        }
        let looks = answer["looks"].as_array().unwrap();
        assert!(looks.iter().any(|of| of["what"] == "case" || of["what"] == "list"), "{looks:?}");
        assert!(looks.iter().any(|of| of["what"] == "subject_find" && of["purpose"] == "test"), "{looks:?}");
        assert_eq!(store.subject_find(&look("subject_find"), &phone("9998")).await.unwrap().ads, 0, "unknown is no error");
    }

    an_erasure_is_complete_and_nobody_else_is_touched(test) {
        let store = &test.store;
        let case = worked(store).await;
        let mette = account(store, "mette", PersonRole::Administrator).await;
        store.put_subject_check(&phone("0001"), &check(), mette, &system(), at(200)).await.unwrap();
        let before = sealed_of_ads(store).await;
        let mut tx = store.read("test").await.unwrap();
        let others: Vec<Vec<u8>> = tx
            .all("SELECT v.content_sealed FROM ad_version v JOIN contact_mention m ON m.version_id = v.id JOIN contact c ON c.id = m.contact_id WHERE c.contact_hash = $1", args![store.keys().contact(&phone("0003"))])
            .await.unwrap().iter().map(|row| row.blob(0).unwrap()).collect();
        drop(tx);
        let erased = store.subject_erase(&crate::Look { at: at(210), ..look("subject_erase") }, &phone("0001")).await.unwrap();
        assert_eq!((erased.ads, erased.cases, erased.pages, erased.notes), (3, 1, 1, 3), "{erased:?}");
        assert!(erased.payloads >= 2, "{erased:?}");
        let there = raw(test).await;
        let kept: Vec<&Vec<u8>> = before.iter().filter(|bytes| holds(test, &there, bytes)).collect();
        assert!(others.iter().all(|bytes| kept.contains(&bytes)), "ad 3 is untouched");
        let facts = store.facts(None).await.unwrap();
        assert_eq!(facts.iter().map(|of| of.ad.clone()).collect::<Vec<_>>(), [ad("3")]);
        // Of what is kept nothing opens to her: neither text nor pages nor notes.
        for (sql, left) in [
            ("SELECT count(*) FROM ad_version", 1), ("SELECT count(*) FROM contact", 1), ("SELECT count(*) FROM case_file", 1),
            ("SELECT count(*) FROM page", 0), ("SELECT count(*) FROM page_capture", 0), ("SELECT count(*) FROM listing_page", 0),
            ("SELECT count(*) FROM item_note", 1), ("SELECT count(*) FROM attempt", 1), ("SELECT count(*) FROM list_line WHERE contacts <> '[]'", 0),
        ] {
            assert_eq!(count(store, sql).await, left, "{sql}");
        }
        let found = store.subject_find(&look("subject_find"), &phone("0001")).await.unwrap();
        assert_eq!((found.ads, found.cases.len(), found.erased.is_some(), found.objection.is_some()), (0, 0, true, true));
        for event in store.events(None, 1000).await.unwrap() {
            let text = event.payload.map(|payload| payload.to_string()).unwrap_or_default();
            assert!(!text.contains("a note o") && !text.contains(one().as_str()), "{}: {text}", event.kind);
        }
        assert_eq!(store.audit_verify().await.unwrap().faults, []);
        assert_eq!(store.doctor().await.unwrap().faults, Vec::<String>::new());
        assert!(store.case(&look("case"), &crate::CaseId(case)).await.is_err());
        // The next analysis goes on without her.
        analyse(store, &World { advertisers: vec![(vec!["3"], vec!["a", "b"])], networks: vec![] }, 300).await;
        // Should the site show her ad again, it is another ad, and the objection holds.
        put(store, &[("1", "0001", 400)]).await;
        analyse(store, &World { advertisers: vec![(vec!["1"], vec!["a"])], networks: vec![] }, 410).await;
        assert!(store.gate_row(&one(), at(420), at(420)).await.unwrap().unwrap().contacts[0].objected);
    }
}
