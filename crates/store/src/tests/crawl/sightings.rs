//! What the pages of a run say of ads: up, changed, held back, gone.

use super::{begin, detail, done, good, listing, page, seed, site, site_is, take};
use crate::crawl::{
    Completed, EntryKind, ErrorKind, GoneReason, Held, NewEntry, Next, PageOutcome, PastLook, RunEnd, RunVerdict,
    SitePhase, Trail, Validators,
};
use crate::db::args;
use crate::testing::at;
use crate::tests::fixture::{ad, register};
use crate::tests::on_both;
use domain::{Mark, PdqHash};

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
        store.complete(run.id, &entry, &detail(2, "other"), at(4)).await.unwrap();
        let (entry, held) = store.next_held(run.id).await.unwrap().unwrap();
        assert_eq!((entry.id, held.gone, held.page.is_none()), (two.id, Some(GoneReason::NotFound), true));
        let outcome = PageOutcome::Gone { why: GoneReason::NotFound, fetched_at: at(2), page: None };
        store.complete(run.id, &entry, &outcome, at(4)).await.unwrap();
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
        assert_eq!((entry.ad.clone(), entry.url.as_str(), &entry.promise), (Some(ad("2")), "https://example.dk/ad/2", &None));
        let looks = store.past_looks(&site(), 5).await.unwrap();
        let first = [PastLook { at: at(1), changed: true }];
        assert_eq!(looks, first, "the run that goes on is none yet");
        store.put_back(run.id, entry.id).await.unwrap();
        store.give_up_rest(run.id, ErrorKind::StoppedByPerson, at(61)).await.unwrap();
        store.finish_run(run.id, &good(true), at(61), &site_is(SitePhase::Idle, 61)).await.unwrap();
        assert_eq!(store.past_looks(&site(), 5).await.unwrap(), first, "a run that a person ended is none");
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
