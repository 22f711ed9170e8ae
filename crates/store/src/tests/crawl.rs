//! Runs, frontier, sightings, leases.

use super::fixture::{ad, content, register, system};
use super::on_both;
use crate::crawl::{
    CachedRobots, Completed, Entry, EntryKind, ErrorKind, GoneReason, Held, HostState, Lease, NewEntry, Next,
    PageOutcome, PastLook, RobotsAnswer, Run, RunEnd, RunVerdict, SitePhase, SiteState, SiteWish, Trail, Validators,
};
use crate::db::args;
use crate::testing::at;
use crate::{Store, StoreError};
use domain::{Bilingual, ListingItem, Mark, Page, PdqHash, SiteId};

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
    store.complete(run.id, entry, outcome, at(minute)).await.unwrap()
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

on_both! {
    a_run_from_listing_to_picture(test) {
        let store = &test.store;
        register(store).await;
        let run = begin(store, 1).await;
        assert!(!run.resumed);
        let entry = take(store, &run, 1).await;
        assert_eq!((entry.kind, entry.url.as_str(), entry.ad.clone()), (EntryKind::Listing, "https://example.dk/list", None));
        assert_eq!(store.next_entry(run.id, at(1)).await.unwrap(), Next::InFlight);
        let listed = done(store, &run, &entry, listing(1, &[("1", "one"), ("2", "two")]), 1).await;
        assert_eq!((listed.ads_new, listed.ads_seen, listed.details_entered), (2, 2, 2));
        let again = done(store, &run, &entry, listing(1, &[("1", "one"), ("3", "three")]), 1).await;
        assert_eq!(again, Completed::default(), "a second time changes nothing");

        let first = take(store, &run, 2).await;
        assert_eq!((first.kind, first.ad.clone(), first.validators.clone()), (EntryKind::Detail, Some(ad("1")), None));
        let read = done(store, &run, &first, detail(2, "one"), 2).await;
        assert_eq!((read.ads_seen, read.changed, read.images_entered), (1, false, 1));
        let second = take(store, &run, 3).await;
        assert_eq!(second.ad, Some(ad("2")), "details come before pictures");
        store.retry_later(run.id, second.id, at(10), ErrorKind::Timeout).await.unwrap();
        let image = take(store, &run, 3).await;
        assert_eq!((image.kind, image.ad.clone()), (EntryKind::Image, Some(ad("1"))));
        done(store, &run, &image, PageOutcome::Image { pdq: PdqHash([3; 32]), quality: 90, fetched_at: at(3) }, 3).await;
        assert_eq!(store.next_entry(run.id, at(3)).await.unwrap(), Next::Wait(at(10)));
        let retried = take(store, &run, 10).await;
        assert_eq!((retried.id, retried.attempts), (second.id, 1));
        store.give_up(run.id, retried.id, ErrorKind::ServerError, at(10)).await.unwrap();
        assert_eq!(store.next_entry(run.id, at(10)).await.unwrap(), Next::Drained);

        let tally = store.tally(run.id).await.unwrap();
        assert_eq!((tally.listing_pages, tally.ads_listed, tally.ads_new, tally.details, tally.images), (1, 2, 2, 1, 1));
        assert_eq!((tally.errors[&ErrorKind::Timeout], tally.errors[&ErrorKind::ServerError], tally.filled["place"]), (1, 1, 1));
        let summary = store.finish_run(run.id, &good(true), at(11), &site_is(SitePhase::Idle, 11)).await.unwrap().0;
        assert_eq!((summary.missing_gone, summary.site.as_str(), summary.tally), (0, "s1", tally.clone()));
        assert_eq!(store.finish_run(run.id, &good(true), at(99), &site_is(SitePhase::Idle, 99)).await.unwrap().0.ended_at, at(11), "ended once");
        assert_eq!(store.past_tallies(&site(), 5).await.unwrap(), vec![tally]);
        assert_eq!(store.last_run_started(&site()).await.unwrap(), Some(at(1)));
        let unread = store.unread_versions("r1", 10).await.unwrap();
        assert_eq!(unread.len(), 1, "ad 2 was listed and not read");
        assert_eq!((unread[0].first_seen, unread[0].last_seen), (at(1), at(2)), "the listing's sighting is version 1's");
    }

    a_killed_run_goes_on_where_it_was(test) {
        let store = &test.store;
        register(store).await;
        let run = begin(store, 1).await;
        let entry = take(store, &run, 1).await;
        done(store, &run, &entry, listing(1, &[("1", "one"), ("2", "two")]), 1).await;
        let leased = take(store, &run, 2).await;
        let other = Store::open(&test.url, crate::testing::key(), at(3)).await.unwrap();
        let resumed = other.begin_run(&site(), at(3), &[], &site_is(SitePhase::Running, 3)).await.unwrap().0;
        assert_eq!((resumed.id, resumed.resumed, resumed.started_at), (run.id, true, at(1)));
        assert_eq!(take(&other, &resumed, 3).await.id, leased.id, "what was leased is free again");
        other.put_back(run.id, leased.id).await.unwrap();
        assert_eq!(take(&other, &resumed, 3).await.attempts, 0);
        other.give_up_rest(run.id, ErrorKind::Denied, at(4)).await.unwrap();
        assert_eq!(store.next_entry(run.id, at(4)).await.unwrap(), Next::Drained);
        assert_eq!(store.tally(run.id).await.unwrap().errors[&ErrorKind::Denied], 2);
        other.close().await;
    }

    ads_missing_from_a_whole_listing_are_gone_and_may_come_back(test) {
        let store = &test.store;
        register(store).await;
        for (start, ads, missing_are_gone, gone) in [
            (1, vec![("1", "one"), ("2", "two")], true, 0),
            (60, vec![("1", "one")], false, 0),
            (120, vec![("1", "one")], true, 1),
            (180, vec![("1", "one"), ("2", "two")], true, 0),
        ] {
            let run = begin(store, start).await;
            let entry = take(store, &run, start).await;
            done(store, &run, &entry, listing(start, &ads), start).await;
            while let Next::Entry(entry) = store.next_entry(run.id, at(start)).await.unwrap() {
                let text = entry.ad.as_ref().unwrap().ad_id.clone();
                done(store, &run, &entry, detail(start, &text), start).await;
                if let Next::Entry(image) = store.next_entry(run.id, at(start)).await.unwrap() {
                    store.give_up(run.id, image.id, ErrorKind::BadImage, at(start)).await.unwrap();
                }
            }
            let summary = store.finish_run(run.id, &good(missing_are_gone), at(start + 5), &site_is(SitePhase::Idle, start + 5)).await.unwrap().0;
            assert_eq!(summary.missing_gone, gone, "run at {start}");
        }
        let unread = store.unread_versions("r1", 10).await.unwrap();
        assert_eq!(unread.len(), 2, "unchanged content makes no new version");
        crate::tests::fixture::put(store, &[("1", "0001", 1), ("2", "0002", 1)]).await;
        let gone = |minute| async move {
            let facts = store.facts(Some(at(minute))).await.unwrap();
            facts.iter().find(|facts| facts.ad == ad("2")).unwrap().gone_at
        };
        assert_eq!(gone(121).await, None);
        assert_eq!(gone(150).await, Some(at(125)));
        assert_eq!(gone(200).await, None, "seen again");
        let overview = &store.sites(2).await.unwrap()[0];
        assert_eq!((overview.ads, overview.ads_up, overview.runs.len()), (2, 2, 2));
        assert_eq!(overview.last_good, Some(at(185)));
    }

    a_listing_page_is_read_again_from_the_archive_while_it_is_kept(test) {
        let store = &test.store;
        register(store).await;
        let url = seed().url;
        let list = |minute: i64, etag: Option<&str>| match listing(minute, &[("1", "one")]) {
            PageOutcome::Listing { page, items, recheck_before, .. } => PageOutcome::Listing {
                page,
                items,
                recheck_before,
                validators: Validators { etag: etag.map(str::to_owned), last_modified: None },
                next: Vec::new(),
                mark: None,
                incomplete: None,
                issues: Vec::new(),
            },
            other => other,
        };
        for (minute, etag, known_before) in [(1, Some("\"a\""), None), (20, Some("\"b\""), Some("\"a\"")), (40, None, Some("\"b\""))] {
            let run = begin(store, minute).await;
            let entry = take(store, &run, minute).await;
            let known = entry.validators.clone().and_then(|known| known.etag);
            assert_eq!(known.as_deref(), known_before, "at {minute}");
            done(store, &run, &entry, list(minute, etag), minute).await;
            store.finish_run(run.id, &good(true), at(minute + 1), &site_is(SitePhase::Idle, minute + 1)).await.unwrap();
            let kept = store.unchanged_listing(&site(), &url, at(minute + 5)).await.unwrap();
            let kept = kept.map(|page| (page.status, page.body, page.fetched_at));
            let body = format!("listing {minute}").into_bytes();
            assert_eq!(kept, etag.map(|_| (304, body, at(minute + 5))), "at {minute}");
        }
    }

    a_page_that_is_held_back_changes_nothing_until_it_is_completed_or_given_up(test) {
        let store = &test.store;
        register(store).await;
        let run = begin(store, 1).await;
        let entry = take(store, &run, 1).await;
        done(store, &run, &entry, listing(1, &[("1", "Anna fra Aarhus"), ("2", "two"), ("3", "three")]), 1).await;
        let (one, two, three) = (take(store, &run, 2).await, take(store, &run, 2).await, take(store, &run, 2).await);
        assert_eq!(one.promise.as_deref(), Some("Anna fra Aarhus"));
        let validators = Validators { etag: Some("\"x\"".to_owned()), last_modified: None };
        let other = Held { gone: None, fetched_at: at(2), validators: validators.clone(), page: Some(page(2, "other")) };
        let gone = Held { gone: Some(GoneReason::NotFound), page: None, ..other.clone() };
        store.hold(run.id, &one, &other, &Trail::default(), at(2)).await.unwrap();
        store.hold(run.id, &two, &gone, &Trail::default(), at(2)).await.unwrap();
        store.hold(run.id, &three, &other, &Trail::default(), at(2)).await.unwrap();
        assert_eq!(store.next_entry(run.id, at(3)).await.unwrap(), Next::Drained);
        let tally = store.tally(run.id).await.unwrap();
        assert_eq!((tally.promised, tally.broken_promises, tally.details, tally.ads_gone), (3, 3, 0, 0));

        let (entry, held) = store.next_held(run.id).await.unwrap().unwrap();
        let body = held.page.as_ref().map(|page| page.body.clone());
        assert_eq!((entry.id, held.validators, body), (one.id, validators, Some(b"other".to_vec())));
        store.complete(run.id, &entry, detail(2, "other"), at(4)).await.unwrap();
        let (entry, held) = store.next_held(run.id).await.unwrap().unwrap();
        assert_eq!((entry.id, held.gone, held.page.is_none()), (two.id, Some(GoneReason::NotFound), true));
        let outcome = PageOutcome::Gone { why: GoneReason::NotFound, fetched_at: at(2), page: None };
        store.complete(run.id, &entry, outcome, at(4)).await.unwrap();
        let (entry, _) = store.next_held(run.id).await.unwrap().unwrap();
        store.give_up(run.id, entry.id, ErrorKind::NotAsListed, at(4)).await.unwrap();
        assert!(store.next_held(run.id).await.unwrap().is_none());
        let tally = store.tally(run.id).await.unwrap();
        assert_eq!((tally.details, tally.ads_gone, tally.errors[&ErrorKind::NotAsListed]), (1, 1, 1));
        let mut tx = store.read("test").await.unwrap();
        let captures = tx.id("SELECT count(*) FROM page_capture WHERE kind = 1", args![]).await.unwrap();
        assert_eq!(captures, 2, "each held page is in the archive once, whatever came of it");
    }

    ads_that_no_listing_showed_are_asked_for_by_their_own_page_once_they_are_due(test) {
        let store = &test.store;
        register(store).await;
        let run = begin(store, 1).await;
        let entry = take(store, &run, 1).await;
        done(store, &run, &entry, listing(1, &[("1", "one"), ("2", "two")]), 1).await;
        for _ in 0..2 {
            let entry = take(store, &run, 2).await;
            let outcome = match detail(2, &entry.ad.as_ref().unwrap().ad_id) {
                PageOutcome::Detail { page, validators, mut content, .. } => {
                    content.url = Some(entry.url.clone());
                    let (images, issues) = (Vec::new(), Vec::new());
                    PageOutcome::Detail { page, validators, content, kept_promise: true, images, issues }
                }
                other => other,
            };
            done(store, &run, &entry, outcome, 2).await;
        }
        store.finish_run(run.id, &good(true), at(3), &site_is(SitePhase::Idle, 3)).await.unwrap();
        let run = begin(store, 60).await;
        let entry = take(store, &run, 60).await;
        done(store, &run, &entry, listing(60, &[("1", "one")]), 60).await;
        assert_eq!(store.enter_unlisted(run.id, at(2), at(60)).await.unwrap(), 0, "not due");
        assert_eq!(store.enter_unlisted(run.id, at(30), at(60)).await.unwrap(), 1);
        let entry = take(store, &run, 60).await;
        assert_eq!((entry.ad, entry.url.as_str(), entry.promise), (Some(ad("2")), "https://example.dk/ad/2", None));
        let looks = store.past_looks(&site(), 5).await.unwrap();
        assert_eq!(looks, [PastLook { at: at(1), changed: true }], "the run that goes on is none yet");
    }

    a_changed_excerpt_asks_for_the_page_again_until_it_is_read(test) {
        let store = &test.store;
        register(store).await;
        let visit = |minute: i64, excerpt: &'static str| async move {
            let run = begin(store, minute).await;
            let entry = take(store, &run, minute).await;
            let seen = done(store, &run, &entry, listing(minute, &[("1", excerpt)]), minute).await;
            (run, seen.details_entered)
        };
        let (run, entered) = visit(1, "a").await;
        assert_eq!(entered, 1);
        let entry = take(store, &run, 1).await;
        done(store, &run, &entry, detail(1, "one"), 1).await;
        store.give_up_rest(run.id, ErrorKind::Denied, at(1)).await.unwrap();
        store.finish_run(run.id, &good(true), at(2), &site_is(SitePhase::Idle, 2)).await.unwrap().0;
        let (run, entered) = visit(10, "a").await;
        assert_eq!(entered, 0, "nothing changed");
        store.finish_run(run.id, &good(true), at(11), &site_is(SitePhase::Idle, 11)).await.unwrap().0;
        let (run, entered) = visit(20, "b").await;
        assert_eq!(entered, 1, "the excerpt changed");
        store.give_up_rest(run.id, ErrorKind::Timeout, at(20)).await.unwrap();
        store.finish_run(run.id, &good(true), at(21), &site_is(SitePhase::Idle, 21)).await.unwrap().0;
        let (run, entered) = visit(30, "b").await;
        assert_eq!(entered, 1, "its page was not read yet");
        let entry = take(store, &run, 30).await;
        assert_eq!(entry.validators.as_ref().unwrap().etag.as_deref(), Some("\"one\""));
        let read = done(store, &run, &entry, detail(30, "other"), 30).await;
        assert!(read.changed);
        store.give_up_rest(run.id, ErrorKind::Denied, at(30)).await.unwrap();
        store.finish_run(run.id, &good(true), at(31), &site_is(SitePhase::Idle, 31)).await.unwrap().0;
        let (run, entered) = visit(2_000, "b").await;
        assert_eq!(entered, 1, "its page was read long ago");
        let entry = take(store, &run, 2_000).await;
        let same = done(store, &run, &entry, PageOutcome::Unchanged { fetched_at: at(2_000) }, 2_000).await;
        assert_eq!((same.ads_seen, same.changed), (1, false));
        assert_eq!(store.tally(run.id).await.unwrap().unchanged, 1);
        store.finish_run(run.id, &good(true), at(2_001), &site_is(SitePhase::Idle, 2_001)).await.unwrap().0;
        let (run, _) = visit(4_000, "b").await;
        let entry = take(store, &run, 4_000).await;
        let gone = PageOutcome::Gone { why: GoneReason::NotFound, fetched_at: at(4_001), page: Some(page(4_001, "gone")) };
        done(store, &run, &entry, gone, 4_001).await;
        assert_eq!(store.tally(run.id).await.unwrap().ads_gone, 1);
    }

    a_listing_page_with_the_mark_no_ads(test) {
        let store = &test.store;
        register(store).await;
        let run = begin(store, 1).await;
        let entry = take(store, &run, 1).await;
        let next = NewEntry { url: "https://example.dk/list?2".to_owned(), depth: 1, ..seed() };
        let empty = PageOutcome::Listing {
            page: page(1, "none"),
            validators: Validators::default(),
            items: Vec::new(),
            recheck_before: at(0),
            next: vec![next.clone(), next],
            mark: Some(Mark::NoAds),
            incomplete: None,
            issues: vec![domain::Issue { at: "list.item".to_owned(), what: "no match".to_owned() }],
        };
        assert_eq!(done(store, &run, &entry, empty, 1).await.listings_entered, 1, "entered once");
        assert!(store.tally(run.id).await.unwrap().marked_empty);
        let second = take(store, &run, 1).await;
        assert_eq!(second.depth, 1);
        store.give_up(run.id, second.id, ErrorKind::Timeout, at(2)).await.unwrap();
        assert_eq!(store.tally(run.id).await.unwrap().listing_failures, 1);
    }

    a_failed_run_changes_neither_who_is_up_nor_what_the_ads_say(test) {
        let store = &test.store;
        register(store).await;
        let visit = |minute: i64, ids: &'static [(&'static str, &'static str)]| async move {
            let run = begin(store, minute).await;
            let entry = take(store, &run, minute).await;
            done(store, &run, &entry, listing(minute, ids), minute).await;
            run
        };
        let run = visit(1, &[("1", "a"), ("2", "a")]).await;
        for text in ["one", "two"] {
            let entry = take(store, &run, 2).await;
            done(store, &run, &entry, detail(2, text), 2).await;
        }
        store.give_up_rest(run.id, ErrorKind::Denied, at(2)).await.unwrap();
        store.finish_run(run.id, &good(true), at(3), &site_is(SitePhase::Idle, 3)).await.unwrap();

        // The layout has changed: ad 1 reads otherwise, ad 2 is 'gone', ad 3 is new.
        let run = visit(10, &[("1", "b"), ("2", "b"), ("3", "b")]).await;
        let entry = take(store, &run, 11).await;
        assert!(done(store, &run, &entry, detail(11, "without its phone"), 11).await.changed);
        let entry = take(store, &run, 12).await;
        let gone = PageOutcome::Gone { why: GoneReason::MarkedExpired, fetched_at: at(12), page: None };
        done(store, &run, &entry, gone, 12).await;
        let entry = take(store, &run, 13).await;
        done(store, &run, &entry, detail(13, "three"), 13).await;
        store.give_up_rest(run.id, ErrorKind::Denied, at(13)).await.unwrap();
        let failed = RunVerdict { end: RunEnd::Failed, set_aside: true, ..good(false) };
        store.finish_run(run.id, &failed, at(14), &site_is(SitePhase::Failed, 14)).await.unwrap();

        let sites = store.sites(1).await.unwrap();
        assert_eq!(sites.iter().find(|known| known.registration.site == site()).unwrap().ads_up, 3, "nobody is gone");
        let mut tx = store.read("test").await.unwrap();
        let rows = tx.all("SELECT id, current_version, versions, last_seen FROM ad ORDER BY id", args![]).await.unwrap();
        let found: Vec<_> = rows.iter().map(|row| (row.int(1).unwrap(), row.int(2).unwrap())).collect();
        assert_eq!(found, [(1, 2), (1, 1), (1, 1)], "the last good content of ad 1 is current; the other is kept");
        assert_eq!(rows[0].time(3).unwrap(), at(11), "ad 1 was seen all the same");
        let id = rows[0].int(0).unwrap();
        let seen = tx.all("SELECT version, count FROM sighting WHERE ad_id = $1", args![id]).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|row| (row.int(0).unwrap(), row.int(1).unwrap())).collect();
        assert_eq!(seen, [(1, 4)], "two listings and two pages, all of version 1");
        drop(tx);

        // The next look reads the page in full, and finds the old layout again or, after a repair, the same content.
        let run = visit(2_000, &[("1", "b")]).await;
        let entry = take(store, &run, 2_000).await;
        assert_eq!(entry.validators, None);
        done(store, &run, &entry, detail(2_000, "without its phone"), 2_000).await;
        let mut tx = store.read("test").await.unwrap();
        let row = tx.one("SELECT current_version, versions FROM ad WHERE id = $1", args![id]).await.unwrap().unwrap();
        assert_eq!((row.int(0).unwrap(), row.int(1).unwrap()), (2, 2), "known content becomes current again");
    }

    an_accepted_run_is_where_the_past_begins(test) {
        let store = &test.store;
        register(store).await;
        for (minute, end) in [(1, RunEnd::Good), (2, RunEnd::Partial), (3, RunEnd::Failed)] {
            let run = begin(store, minute).await;
            store.give_up_rest(run.id, ErrorKind::Denied, at(minute)).await.unwrap();
            store.finish_run(run.id, &RunVerdict { end, ..good(false) }, at(minute), &site_is(SitePhase::Idle, minute)).await.unwrap();
        }
        assert_eq!(store.past_tallies(&site(), 9).await.unwrap().len(), 2, "the failed one is no past");
        store.accept_run(&site(), "the site no longer shows ages", &system(), at(4)).await.unwrap();
        assert_eq!(store.past_tallies(&site(), 9).await.unwrap().len(), 1, "it is where the past begins");
    }

    a_site_belongs_to_one_worker_at_a_time(test) {
        let store = &test.store;
        register(store).await;
        let lease = |worker: &'static str, minute: i64| async move {
            store.lease_site(&site(), worker, at(minute + 10), at(minute)).await.unwrap() == Lease::Taken
        };
        assert!(lease("a", 0).await);
        let held = store.lease_site(&site(), "b", at(15), at(5)).await.unwrap();
        assert_eq!(held, Lease::Held { by: "a".to_owned(), until: at(10) });
        assert!(lease("a", 5).await, "renewed");
        assert!(lease("b", 15).await, "run out");
        store.release_site(&site(), "a").await.unwrap();
        assert!(!lease("a", 16).await, "not a's to give back");
        store.release_site(&site(), "b").await.unwrap();
        assert!(lease("a", 16).await);
        let unknown = store.lease_site(&SiteId::from("none"), "a", at(1), at(0)).await;
        assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
        store.release_site(&site(), "a").await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for worker in 0..12 {
            let store = store.clone();
            tasks.spawn(async move { store.lease_site(&site(), &format!("w{worker}"), at(99), at(50)).await.unwrap() == Lease::Taken });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|got| *got).count(), 1);
    }

    connections_of_a_run_never_share_an_entry(test) {
        let store = &test.store;
        register(store).await;
        let seeds: Vec<NewEntry> =
            (0..40).map(|page| NewEntry { url: format!("https://example.dk/list?{page}"), ..seed() }).collect();
        let run = store.begin_run(&site(), at(0), &seeds, &site_is(SitePhase::Running, 0)).await.unwrap().0;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let store = store.clone();
            tasks.spawn(async move {
                let mut taken = Vec::new();
                loop {
                    match store.next_entry(run.id, at(1)).await.unwrap() {
                        Next::Entry(entry) if entry.kind == EntryKind::Listing => {
                            store.complete(run.id, &entry, listing(1, &[("1", "one")]), at(1)).await.unwrap();
                            taken.push(entry.id);
                        }
                        Next::Entry(detail) => store.give_up(run.id, detail.id, ErrorKind::Denied, at(1)).await.unwrap(),
                        Next::InFlight => tokio::task::yield_now().await,
                        _ => return taken,
                    }
                }
            });
        }
        let mut all: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
        let taken = all.len();
        all.sort();
        all.dedup();
        assert_eq!((taken, all.len()), (40, 40));
        let tally = store.tally(run.id).await.unwrap();
        assert_eq!((tally.listing_pages, tally.ads_listed, tally.ads_new), (40, 1, 1), "counted one after the other");
    }

    pacing_robots_state_and_wish_are_remembered(test) {
        let store = &test.store;
        register(store).await;
        assert_eq!(store.host_state("example.dk").await.unwrap(), None);
        let mut host = HostState { last_at: Some(at(5)), failures: 2, open_until: Some(at(9)), ..HostState::default() };
        let swap = async |known, host: &HostState| {
            store.swap_host_state("example.dk", known, host, None).await.unwrap().map(|(revision, _)| revision)
        };
        assert_eq!(swap(0, &host).await, Some(1));
        assert_eq!(swap(0, &host).await, None, "somebody else was faster");
        host.failures = 3;
        let waiting = site_is(SitePhase::Waiting, 2);
        let kept = store.swap_host_state("example.dk", 1, &host, Some((&site(), &waiting))).await.unwrap();
        assert_eq!(kept.map(|(revision, change)| (revision, change.began)), Some((2, Some("waiting".to_owned()))));
        assert_eq!(store.site_state(&site()).await.unwrap(), Some(waiting.clone()), "with its cause");
        let idle = site_is(SitePhase::Idle, 3);
        let late = store.swap_host_state("example.dk", 1, &HostState::default(), Some((&site(), &idle))).await.unwrap();
        assert_eq!((late, store.site_state(&site()).await.unwrap()), (None, Some(waiting)), "all or nothing");
        assert_eq!(store.host_state("example.dk").await.unwrap(), Some((host, 2)));
        let robots = CachedRobots { fetched_at: at(2), answer: RobotsAnswer::Rules { body: b"User-agent: *\nDisallow: /x".to_vec() } };
        store.save_robots("https://example.dk", &robots).await.unwrap();
        assert_eq!(store.cached_robots("https://example.dk").await.unwrap(), Some(robots));
        let waiting = SiteState { until: Some(at(30)), ..site_is(SitePhase::Waiting, 3) };
        store.set_site_state(&site(), &waiting).await.unwrap();
        store.set_site_state(&site(), &SiteState { since: at(7), ..waiting.clone() }).await.unwrap();
        assert_eq!(store.site_state(&site()).await.unwrap(), Some(waiting), "the same state keeps its since");
        let run = begin(store, 8).await;
        assert_eq!(store.sites(1).await.unwrap()[0].state, Some(site_is(SitePhase::Running, 8)), "with its cause");
        store.finish_run(run.id, &good(true), at(9), &site_is(SitePhase::Idle, 9)).await.unwrap();
        assert_eq!(store.sites(1).await.unwrap()[0].state, Some(site_is(SitePhase::Idle, 9)));
        assert_eq!(store.site_wish(&site()).await.unwrap(), SiteWish::Go);
        store.set_site_wish(&site(), SiteWish::Pause, &system(), at(9)).await.unwrap();
        assert_eq!(store.site_wish(&site()).await.unwrap(), SiteWish::Pause);
        assert_eq!(store.events(None, 1).await.unwrap()[0].kind, "site_wish");
    }

    a_full_disk_is_waited_for_and_costs_nothing(test) {
        // What fills up here is SQLite's own limit; PostgreSQL tells of a full disk by the same kind of error.
        let store = &test.store;
        register(store).await;
        let run = begin(store, 1).await;
        let entry = take(store, &run, 1).await;
        let many: Vec<(String, String)> = (0..400).map(|ad| (format!("{ad}"), format!("excerpt {ad}"))).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(ad, excerpt)| (ad.as_str(), excerpt.as_str())).collect();
        if store.engine() == crate::Engine::Sqlite {
            let mut tx = store.write("test").await.unwrap();
            tx.script("PRAGMA max_page_count = 1").await.unwrap();
            tx.commit().await.unwrap();
            let full = store.complete(run.id, &entry, listing(1, &many), at(1)).await.unwrap_err();
            assert!(full.is_transient() && full.to_string().contains("full"), "{full}");
            assert_eq!(store.tally(run.id).await.unwrap().listing_pages, 0, "all or nothing");
            let mut tx = store.write("test").await.unwrap();
            tx.script("PRAGMA max_page_count = 1000000").await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(done(store, &run, &entry, listing(1, &many), 1).await.ads_new, 400);
        let leased = take(store, &run, 1).await;
        store.free_leased(run.id).await.unwrap();
        assert_eq!(take(store, &run, 1).await.id, leased.id, "a lease that reached nobody");
    }

    a_crawl_of_an_unregistered_site_is_refused(test) {
        let error = test.store.begin_run(&site(), at(0), &[seed()], &site_is(SitePhase::Running, 0)).await.unwrap_err();
        assert!(error.to_string().contains("register"), "{error}");
    }

    sightings_are_one_row_for_a_version_and_day(test) {
        let store = &test.store;
        register(store).await;
        // 08:00 UTC is 10:00 in Copenhagen; midnight is 22:00 UTC.
        for minute in [0, 60, 200, 60 * 13 + 59, 60 * 14] {
            let run = begin(store, minute).await;
            let entry = take(store, &run, minute).await;
            done(store, &run, &entry, listing(minute, &[("1", "one")]), minute).await;
            store.give_up_rest(run.id, ErrorKind::Denied, at(minute)).await.unwrap();
            store.finish_run(run.id, &good(true), at(minute), &site_is(SitePhase::Idle, minute)).await.unwrap().0;
        }
        let mut tx = store.read("test").await.unwrap();
        let rows = tx
            .all("SELECT day, count, hours, longest_gap_ms, version FROM sighting ORDER BY day", args![])
            .await
            .unwrap();
        let row = |at: usize| {
            let of = |column| rows[at].int(column).unwrap();
            (of(0), of(1), of(2), of(3), of(4))
        };
        assert_eq!(rows.len(), 2);
        assert_eq!(row(0), (20_261_001, 4, 1 << 10 | 1 << 11 | 1 << 13 | 1 << 23, (60 * 13 + 59 - 200) * 60_000, 0));
        assert_eq!(row(1), (20_261_002, 1, 1, 0, 0));
    }
}

on_both! {
    a_stop_ends_a_run_that_no_worker_holds_and_a_pause_keeps_it(test) {
        let store = &test.store;
        register(store).await;
        let run = begin(store, 1).await;
        store.set_site_wish(&site(), SiteWish::Pause, &system(), at(2)).await.unwrap();
        assert_eq!(store.site_state(&site()).await.unwrap().unwrap().phase, SitePhase::Paused);
        assert!(begin(store, 3).await.resumed, "a paused run goes on");
        store.set_site_wish(&site(), SiteWish::Stop, &system(), at(4)).await.unwrap();
        let ended = &store.sites(1).await.unwrap()[0].runs[0];
        assert_eq!((ended.run, ended.end.as_deref(), ended.ended_at), (run.id, Some("partial"), Some(at(4))));
        store.set_site_wish(&site(), SiteWish::Go, &system(), at(5)).await.unwrap();
        assert!(!begin(store, 6).await.resumed, "a stopped run is over");
    }

    a_worker_that_holds_the_site_ends_the_run_itself(test) {
        let store = &test.store;
        register(store).await;
        begin(store, 1).await;
        store.lease_site(&site(), "w", at(10), at(1)).await.unwrap();
        store.set_site_wish(&site(), SiteWish::Stop, &system(), at(2)).await.unwrap();
        assert_eq!(store.site_wish(&site()).await.unwrap(), SiteWish::Stop);
        assert!(begin(store, 3).await.resumed, "the run is the worker's");
    }
}
