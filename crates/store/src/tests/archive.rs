//! The archive: what is kept of an answer, and how it is read again.

use super::fixture::{ad, content, register};
use super::on_both;
use crate::ArchiveQuery;
use crate::Store;
use crate::crawl::{Entry, EntryKind, NewEntry, Next, PageOutcome, RunId, SitePhase, SiteState, Trail, Validators};
use crate::testing::at;
use domain::{Bilingual, Capture, CaptureKind, Exchange, Page, SiteId, Truncated};

pub fn exchange(status: &str) -> Exchange {
    Exchange {
        request: "GET /ad/1 HTTP/1.1\r\nuser-agent: bavn/0.1.0 (+https://canary-agent.example/contact)\r\nhost: s1.example\r\n\r\n".to_owned(),
        response: format!("HTTP/1.1 {status}\r\ncontent-type: text/html\r\nx-by: \u{e6}\r\n\r\n"),
        remote: "192.0.2.7".parse().ok(),
        protocol: None,
    }
}

fn page(minute: i64, status: u16, url: &str, body: &str) -> Page {
    Page {
        url: url.to_owned(),
        status,
        content_type: "text/html".to_owned(),
        body: body.as_bytes().to_vec(),
        fetched_at: at(minute),
    }
}

fn capture(kind: CaptureKind, minute: i64, status: u16, url: &str, body: &str) -> Capture {
    Capture { kind, page: page(minute, status, url, body), exchange: exchange("301 Moved"), truncated: None }
}

async fn next(store: &Store, run: RunId, minute: i64) -> Entry {
    match store.next_entry(run, at(minute)).await.unwrap() {
        Next::Entry(entry) => *entry,
        other => panic!("{other:?}"),
    }
}

async fn enter_detail(store: &Store, run: RunId, minute: i64, url: &str) -> Entry {
    let seed = next(store, run, minute).await;
    let next_page = NewEntry { kind: EntryKind::Detail, url: url.to_owned(), ad: Some(ad("1")), depth: 0 };
    let listing = PageOutcome::Listing {
        page: page(minute, 200, "https://s1.example/list", "the list"),
        items: Vec::new(),
        recheck_before: at(0),
        next: vec![next_page],
        mark: None,
        validators: Default::default(),
        incomplete: None,
        issues: Vec::new(),
    };
    store.complete(run, &seed, &listing, at(minute)).await.unwrap();
    next(store, run, minute).await
}

fn seed() -> NewEntry {
    NewEntry { kind: EntryKind::Listing, url: "https://s1.example/list".to_owned(), ad: None, depth: 0 }
}

fn running() -> SiteState {
    SiteState {
        phase: SitePhase::Running,
        reason: Bilingual { da: String::new(), en: String::new() },
        until: None,
        since: at(10),
    }
}

on_both! {
    a_page_is_archived_with_its_heads_and_all_that_was_asked_on_the_way(test) {
        let store = &test.store;
        register(store).await;
        let site = SiteId::from("s1");
        let url = "https://s1.example/ad/1";
        let run = store.begin_run(&site, at(10), &[seed()], &running()).await.unwrap().0;
        let entry = enter_detail(store, run.id, 10, url).await;
        let trail = Trail {
            before: vec![
                capture(CaptureKind::Robots, 11, 200, "https://s1.example/robots.txt", "User-agent: *"),
                capture(CaptureKind::Detail, 11, 301, "https://s1.example/old/1", ""),
            ],
            own: Some(exchange("200 OK")),
        };
        let detail = |minute: i64| PageOutcome::Detail {
            page: page(minute, 200, url, "canary body"),
            validators: Validators::default(),
            content: Box::new(content("a")),
            kept_promise: false,
            images: Vec::new(),
            issues: Vec::new(),
        };
        store.complete_with(run.id, &entry, &detail(12), &trail, at(12)).await.unwrap();
        // Later: not modified, the same page once more, and one that broke off.
        let again = store.begin_run(&site, at(20), &[seed()], &running()).await.unwrap().0;
        assert_eq!(again.id, run.id, "the run goes on");
        let cut = Capture {
            truncated: Some(Truncated::Length),
            ..capture(CaptureKind::Detail, 23, 200, url, "canary bo")
        };
        let unchanged = capture(CaptureKind::Detail, 21, 304, url, "");
        store.archive(run.id, entry.id, &[unchanged, cut]).await.unwrap();
        let same = capture(CaptureKind::Detail, 22, 200, url, "canary body");
        store.archive(run.id, entry.id, &[same]).await.unwrap();

        let mut reader = store.archive_reader(ArchiveQuery::of(site.clone())).await.unwrap();
        let mut all = Vec::new();
        while let Some(one) = reader.next().await.unwrap() {
            all.push(one);
        }
        let seen: Vec<_> = all.iter().map(|one| (one.kind, one.page.status, one.page.fetched_at)).collect();
        use CaptureKind::{Detail, Listing, Robots};
        assert_eq!(seen, [
            (Listing, 200, at(10)), (Robots, 200, at(11)), (Detail, 301, at(11)), (Detail, 200, at(12)),
            (Detail, 304, at(21)), (Detail, 200, at(22)), (Detail, 200, at(23)),
        ]);
        let own = &all[3];
        assert_eq!(own.exchange, Some(exchange("200 OK")));
        assert_eq!((own.version, own.ad.as_ref(), own.run), (Some(1), Some(&ad("1")), Some(run.id)));
        assert_eq!((own.page.body.as_slice(), own.page.url.as_str()), (&b"canary body"[..], url));
        assert_eq!((all[4].unchanged_since, all[4].same_as), (Some(own.row), None));
        assert_eq!(all[5].same_as, Some((own.row, at(12))));
        assert_eq!((all[6].truncated, all[6].same_as), (Some(Truncated::Length), None));
        assert_eq!(all[0].exchange, None, "kept without a trail");

        let later = ArchiveQuery { from: Some(at(20)), until: Some(at(23)), ..ArchiveQuery::pages_of(site) };
        let mut reader = store.archive_reader(later).await.unwrap();
        let only = reader.next().await.unwrap().unwrap();
        assert_eq!((only.page.fetched_at, only.same_as), (at(22), None), "the first of those asked for is no copy");
        assert!(reader.next().await.unwrap().is_none());
    }
}
