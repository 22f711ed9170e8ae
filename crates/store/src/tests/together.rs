//! Connections of one run that ask at the same moment: they share transactions and get each their own answer.

use super::fixture::{content, register};
use super::on_both;
use crate::Store;
use crate::crawl::{EntryKind, NewEntry, Next, PageOutcome, RunId, SitePhase, SiteState, Validators};
use crate::db::args;
use crate::testing::at;
use domain::{Bilingual, ListingItem, Page, SiteId};
use std::sync::atomic::{AtomicUsize, Ordering};

fn page(url: &str) -> Page {
    Page {
        url: url.to_owned(),
        status: 200,
        content_type: "text/html".to_owned(),
        body: url.as_bytes().to_vec(),
        fetched_at: at(1),
    }
}

/// Works on a run as one connection does.
async fn hand(store: &Store, run: RunId, pages: &AtomicUsize) {
    loop {
        let entry = match store.next_entry(run, at(2)).await.unwrap() {
            Next::Entry(entry) => entry,
            Next::Drained => return,
            Next::InFlight | Next::Wait(_) => {
                tokio::task::yield_now().await;
                continue;
            }
        };
        let outcome = match entry.kind {
            EntryKind::Listing => PageOutcome::Listing {
                page: page(&entry.url),
                items: (0..40)
                    .map(|n| ListingItem {
                        ad_id: n.to_string(),
                        url: format!("https://example.dk/{n}"),
                        excerpt: String::new(),
                    })
                    .collect(),
                recheck_before: at(0),
                next: Vec::new(),
                mark: None,
                validators: Default::default(),
                incomplete: None,
                issues: Vec::new(),
            },
            _ => PageOutcome::Detail {
                page: page(&entry.url),
                validators: Validators::default(),
                content: Box::new(content(&entry.url)),
                kept_promise: false,
                images: Vec::new(),
                issues: Vec::new(),
            },
        };
        let done = store.complete(run, &entry, &outcome, at(3)).await.unwrap();
        assert_eq!(done.ads_seen, if entry.kind == EntryKind::Listing { 40 } else { 1 });
        pages.fetch_add(1, Ordering::Relaxed);
    }
}

on_both! {
    each_page_is_leased_once_and_kept_once(test) {
        let store = &test.store;
        register(store).await;
        let seed = NewEntry { kind: EntryKind::Listing, url: "https://example.dk/list".to_owned(), ad: None, depth: 0 };
        let running = SiteState { phase: SitePhase::Running, reason: Bilingual::default(), since: at(1), until: None };
        let run = store.begin_run(&SiteId::from("s1"), at(1), &[seed], &running).await.unwrap().0.id;
        let pages = AtomicUsize::new(0);
        let hand = || hand(store, run, &pages);
        tokio::join!(hand(), hand(), hand(), hand(), hand(), hand(), hand(), hand());
        assert_eq!(pages.load(Ordering::Relaxed), 41);
        let tally = store.tally(run).await.unwrap();
        assert_eq!((tally.listing_pages, tally.details, tally.ads_new), (1, 40, 40));
        let mut tx = store.read("counting").await.unwrap();
        for table in ["SELECT count(*) FROM ad_version", "SELECT count(DISTINCT ad_id) FROM page_capture"] {
            assert_eq!(tx.id(table, args![]).await.unwrap(), 40, "{table}");
        }
    }
}
