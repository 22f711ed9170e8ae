//! Runs, frontier, sightings, leases: what the tests share.

mod runs;
mod sightings;

use super::fixture::{ad, content};
use crate::Store;
use crate::crawl::{
    Completed, Entry, EntryKind, NewEntry, Next, PageOutcome, Run, RunEnd, RunVerdict, SitePhase, SiteState, Validators,
};
use crate::testing::at;
use domain::{Bilingual, ListingItem, Page, SiteId};

fn site() -> SiteId {
    SiteId::from("s1")
}

fn seed() -> NewEntry {
    NewEntry { kind: EntryKind::Listing, url: "https://example.dk/list".to_owned(), ad: None, depth: 0 }
}

fn page(minute: i64, body: &str) -> Page {
    Page {
        url: "https://example.dk/some-page".to_owned(),
        status: 200,
        content_type: "text/html".to_owned(),
        body: body.as_bytes().to_vec(),
        fetched_at: at(minute),
    }
}

fn item(id: &str, excerpt: &str) -> ListingItem {
    ListingItem { ad_id: id.to_owned(), url: format!("https://example.dk/ad/{id}"), excerpt: excerpt.to_owned() }
}

fn listing(minute: i64, items: &[(&str, &str)]) -> PageOutcome {
    PageOutcome::Listing {
        page: page(minute, &format!("listing {minute}")),
        validators: Validators::default(),
        items: items.iter().map(|(id, excerpt)| item(id, excerpt)).collect(),
        recheck_before: at(minute - 1_000),
        next: Vec::new(),
        mark: None,
        incomplete: None,
        issues: Vec::new(),
    }
}

fn detail(minute: i64, text: &str) -> PageOutcome {
    PageOutcome::Detail {
        page: page(minute, &format!("detail {text}")),
        validators: Validators { etag: Some(format!("\"{text}\"")), last_modified: None },
        content: Box::new(content(text)),
        kept_promise: false,
        images: vec![NewEntry {
            kind: EntryKind::Image,
            url: "https://example.dk/1.png".to_owned(),
            ad: Some(ad("1")),
            depth: 0,
        }],
        issues: Vec::new(),
    }
}

async fn begin(store: &Store, minute: i64) -> Run {
    store.begin_run(&site(), at(minute), &[seed()], &site_is(SitePhase::Running, minute)).await.unwrap().0
}

async fn take(store: &Store, run: &Run, minute: i64) -> Entry {
    match store.next_entry(run.id, at(minute)).await.unwrap() {
        Next::Entry(entry) => *entry,
        other => panic!("an entry was due, not {other:?}"),
    }
}

async fn done(store: &Store, run: &Run, entry: &Entry, outcome: PageOutcome, minute: i64) -> Completed {
    store.complete(run.id, entry, &outcome, at(minute)).await.unwrap()
}

fn site_is(phase: SitePhase, minute: i64) -> SiteState {
    let reason = Bilingual { da: format!("{phase} da"), en: format!("{phase} en") };
    SiteState { phase, reason, since: at(minute), until: None }
}

fn good(missing_are_gone: bool) -> RunVerdict {
    RunVerdict {
        end: RunEnd::Good,
        missing_are_gone,
        set_aside: false,
        reasons: Vec::new(),
        alarms: Vec::new(),
        politeness: Default::default(),
    }
}
