//! Runs: who holds a site, how a run begins, goes on and ends, and what is remembered between requests.

use super::{begin, done, good, listing, seed, site, site_is, take};
use crate::crawl::{
    CachedRobots, EntryKind, ErrorKind, HostState, Lease, NewEntry, Next, RobotsAnswer, RunEnd, RunVerdict, SitePhase,
    SiteState, SiteWish,
};
use crate::testing::at;
use crate::tests::fixture::{register, system};
use crate::tests::on_both;
use crate::{Store, StoreError};
use domain::SiteId;

on_both! {
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
                            store.complete(run.id, &entry, &listing(1, &[("1", "one")]), at(1)).await.unwrap();
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
            let full = store.complete(run.id, &entry, &listing(1, &many), at(1)).await.unwrap_err();
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
