//! What a crawl keeps, over runs, stops and restarts.

use crate::support::*;
use crawler::ports::{SitePhase, SiteWish};
use crawler::run::RunEnd;
use crawler::{ErrorKind, SitePlan, Visited, crawl_forever, crawl_site};
use jiff::Timestamp;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// A site with pages of ten ads, numbered from 0, each with a picture.
fn site(ads: usize) -> impl Fn(&server::Asked) -> Reply + Send + Sync {
    move |asked| {
        let path = asked.path.as_str();
        if let Some(page) = path.strip_prefix("/list").map(|rest| rest.trim_start_matches("?page=")) {
            let page: usize = page.parse().unwrap_or(0);
            let mut body: String =
                (page * 10..ads.min(page * 10 + 10)).map(|ad| format!("ad {ad} /ad/{ad} excerpt {ad}\n")).collect();
            if (page + 1) * 10 < ads {
                body.push_str(&format!("next /list?page={}\n", page + 1));
            }
            return Reply::page(body);
        }
        if let Some(ad) = path.strip_prefix("/ad/") {
            return Reply::page(format!("id {ad}\ntitle Ad {ad}\nphone 34000050\nimage /img/{ad}\n"));
        }
        if let Some(ad) = path.strip_prefix("/img/") {
            let pixels = [b"PIXELS".as_slice(), &[ad.parse().unwrap_or(0)]].concat();
            return Reply::Whole(200, vec![("Content-Type", "image/png".to_owned())], pixels);
        }
        Reply::status(404)
    }
}

fn ad_or_none(asked: &server::Asked) -> Reply {
    if asked.path == "/robots.txt" { Reply::status(404) } else { Reply::page("title A\n") }
}

#[tokio::test]
async fn every_ad_is_kept_with_its_pictures_and_nothing_is_asked_twice() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site(25)).await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!(summary.verdict.end, RunEnd::Good, "{summary:?}");
    let tally = &summary.tally;
    assert_eq!(
        (tally.listing_pages, tally.ads_listed, tally.ads_new, tally.details, tally.images),
        (3, 25, 25, 25, 25)
    );
    assert_eq!(tally.filled["phone"], 25);
    for ad in 0..25u8 {
        let kept = world.memory.ad(&ad.to_string());
        assert_eq!(kept.versions.len(), 1);
        assert_eq!(kept.images.values().copied().collect::<Vec<_>>(), [ad]);
    }
    let paths = server.paths();
    assert_eq!(paths[..4], ["/robots.txt", "/list", "/list?page=1", "/list?page=2"], "listing pages come first");
    assert!(paths[29..].iter().all(|path| path.starts_with("/img/")), "pictures come last: {paths:?}");
    assert_eq!(paths.len(), 1 + 3 + 25 + 25);
    let agents: Vec<_> = server.log().iter().filter_map(|asked| asked.header("user-agent")).collect();
    let agent = format!("bavn/{} (+https://bavn.example.org/contact)", env!("CARGO_PKG_VERSION"));
    assert!(agents.len() == paths.len() && agents.iter().all(|sent| *sent == agent), "{agents:?}");
    assert!(server.log().iter().all(|asked| asked.header("cookie").is_none() && asked.header("referer").is_none()));
}

#[tokio::test]
async fn a_second_run_sees_edits_and_removals_and_reads_nothing_else() {
    let world = World::new();
    let day = Arc::new(AtomicU32::new(1));
    let today = day.clone();
    let server = Server::start(world.clock.reader(), move |asked| {
        let second = today.load(Ordering::Relaxed) == 2;
        match asked.path.as_str() {
            "/list" if second => Reply::page("ad a /ad/a same\nad b /ad/b other\n"),
            "/list" => Reply::page("ad a /ad/a same\nad b /ad/b one\nad c /ad/c same\n"),
            "/ad/b" if second => Reply::page("title Edited\n"),
            path if path.starts_with("/ad/") => Reply::page(format!("title {path}\n")),
            _ => Reply::status(404),
        }
    })
    .await;
    world.crawl(&plan(&server)).await;
    world.pass(secs(3600)).await;
    day.store(2, Ordering::Relaxed);
    let before = server.paths().len();
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!(server.paths()[before..], ["/list", "/ad/b"], "robots.txt is fresh, a is unchanged, c is not listed");
    assert_eq!((summary.tally.ads_changed, summary.missing_gone), (1, 1));
    assert_eq!(world.memory.ad("a").sightings.len(), 3, "two listings and one page");
    assert_eq!(world.memory.ad("b").versions.len(), 2);
    assert_eq!(world.memory.up(), ["a", "b"]);
}

#[tokio::test]
async fn an_old_page_is_asked_with_its_validators_and_304_is_a_sighting() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| match asked.path.as_str() {
        "/list" => Reply::page("ad a /ad/a same\n").with("ETag", "\"list\""),
        "/ad/a" if asked.header("if-none-match").as_deref() == Some("\"v1\"") => Reply::status(304),
        "/ad/a" => {
            Reply::page("title A\n").with("ETag", "\"v1\"").with("Last-Modified", "Thu, 01 Oct 2026 06:00:00 GMT")
        }
        _ => Reply::status(404),
    })
    .await;
    let plan = plan(&server);
    world.crawl(&plan).await;
    world.pass(secs(90_000)).await;
    let summary = world.crawl(&plan).await;
    assert_eq!((summary.tally.unchanged, summary.tally.details), (1, 0));
    let last = server.log().into_iter().rfind(|asked| asked.path == "/ad/a").expect("asked");
    assert_eq!(last.header("if-modified-since").as_deref(), Some("Thu, 01 Oct 2026 06:00:00 GMT"));
    let lists = server.log().into_iter().filter(|asked| asked.path == "/list");
    let asked_by: Vec<_> = lists.map(|asked| asked.header("if-none-match")).collect();
    assert_eq!(asked_by, [None, Some("\"list\"".to_owned())], "a server that sends it all the same is read");
    let kept = world.memory.ad("a");
    assert_eq!((kept.versions.len(), kept.sightings.len()), (1, 4));
}

#[tokio::test]
async fn gone_is_what_the_page_says() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| match asked.path.as_str() {
        "/list" => Reply::page("ad a /ad/a x\nad b /ad/b x\nad c /ad/c x\nad d /ad/d x\nad e /ad/e x\nad f /ad/f x\n"),
        "/ad/a" => Reply::status(404),
        "/ad/b" => Reply::status(410),
        "/ad/c" => Reply::page("mark expired\n"),
        "/ad/d" => Reply::redirect("/list"),
        "/ad/e" => Reply::page("nothing that looks like an ad\n"),
        "/ad/f" => Reply::page("id other\ntitle Another ad than the listing promised\n"),
        _ => Reply::status(404),
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!(summary.tally.ads_gone, 4);
    assert_eq!(world.memory.up(), ["e", "f"], "neither sighted nor gone by a page that cannot be understood");
    assert_eq!(summary.verdict.end, RunEnd::Partial);
    assert_eq!(summary.tally.errors, [(ErrorKind::NoAd, 1), (ErrorKind::WrongAd, 1)].into());
}

#[tokio::test]
async fn a_crawl_killed_at_any_moment_loses_and_doubles_nothing() {
    let undisturbed = World::new();
    let server = Server::start(undisturbed.clock.reader(), site(23)).await;
    undisturbed.crawl(&plan(&server)).await;
    let whole = server.paths().len();
    for calls in [1, 2, 3, 4, 5, 6, 7, 9, 12, 17, 24, 33, 47, 66, 93, 105] {
        let world = World::new();
        let server = Server::start(world.clock.reader(), site(23)).await;
        let (plan, deps) = (plan(&server), world.deps());
        tokio::select! {
            biased;
            () = world.memory.called(calls) => {}
            visited = crawl_site(&plan, &deps) => panic!("not killed: {visited:?}"),
        }
        let next = world.deps();
        drop(deps);
        let Ok(Visited::Finished(_)) = crawl_site(&plan, &next).await else { panic!("not finished") };
        for ad in 0..23 {
            let (kept, expected) = (world.memory.ad(&ad.to_string()), undisturbed.memory.ad(&ad.to_string()));
            assert_eq!(kept.versions.len(), 1, "ad {ad}, killed after {calls} calls");
            assert_eq!(kept.images.values().collect::<Vec<_>>(), expected.images.values().collect::<Vec<_>>());
            assert_eq!(kept.sightings.len(), expected.sightings.len(), "ad {ad}, killed after {calls} calls");
        }
        assert!(server.paths().len() <= whole + 2, "at most what was in flight is asked again");
    }
}

#[tokio::test]
async fn a_stopped_run_goes_on_where_it_was() {
    let world = World::new();
    let stop = world.stop.clone();
    let inner = site(12);
    let server = Server::start(world.clock.reader(), move |asked| {
        if asked.path == "/ad/4" {
            stop.stop();
        }
        inner(asked)
    })
    .await;
    let visited = crawl_site(&plan(&server), &world.deps()).await.expect("a visit");
    assert_eq!(visited, Visited::Stopped);
    assert_eq!(world.memory.ad("4").versions.len(), 1, "what was in flight is finished");
    let asked = server.paths().len();
    let world = World { stop: Default::default(), ..world };
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!((summary.tally.details, summary.tally.listing_pages), (12, 2), "the tally is that of the whole run");
    assert_eq!(server.paths()[asked], "/ad/5");
}

#[tokio::test]
async fn a_page_that_does_not_come_does_not_hold_up_a_stop() {
    let world = World::new();
    let stop = world.stop.clone();
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/ad/4" if asked.before == 0 => {
            stop.stop();
            Reply::Silence
        }
        _ => site(12)(asked),
    })
    .await;
    let mut plan = plan(&server);
    plan.limits.total = secs(60);
    let began = std::time::Instant::now();
    assert_eq!(crawl_site(&plan, &world.deps()).await.expect("a visit"), Visited::Stopped);
    assert!(began.elapsed() < secs(10), "{:?}", began.elapsed());
    let world = World { stop: Default::default(), ..world };
    assert_eq!(world.crawl(&plan).await.tally.details, 12);
}

#[tokio::test]
async fn a_cut_off_run_is_taken_up_at_once_by_the_schedule() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site(12)).await;
    let plan = SitePlan { interval: secs(86_400), ..plan(&server) };
    let deps = world.deps();
    tokio::select! {
        biased;
        () = server.asked(6) => {}
        visited = crawl_site(&plan, &deps) => panic!("not killed: {visited:?}"),
    }
    let next = world.deps();
    drop(deps);
    crawl_forever(vec![plan], &next, Some(crawler::clock::after(start(), secs(3600)))).await;
    assert_eq!((world.memory.up().len(), server.count("/list")), (12, 1));
    assert!((0..12).all(|ad| world.memory.ad(&ad.to_string()).versions.len() == 1));
}

#[tokio::test]
async fn a_paused_site_keeps_its_run_for_later() {
    let world = World::new();
    let memory = world.memory.clone();
    let inner = site(12);
    let server = Server::start(world.clock.reader(), move |asked| {
        if asked.path == "/ad/4" {
            memory.state().wishes.insert("s1".into(), SiteWish::Pause);
        }
        inner(asked)
    })
    .await;
    assert_eq!(crawl_site(&plan(&server), &world.deps()).await.expect("a visit"), Visited::Paused);
    assert_eq!(world.memory.state().states[&"s1".into()].phase, SitePhase::Paused);
    world.memory.state().wishes.clear();
    assert_eq!(world.crawl(&plan(&server)).await.tally.details, 12);
}

#[tokio::test]
async fn a_stopped_site_ends_its_run_with_what_was_read() {
    let world = World::new();
    let memory = world.memory.clone();
    let inner = site(12);
    let server = Server::start(world.clock.reader(), move |asked| {
        if asked.path == "/ad/4" {
            memory.state().wishes.insert("s1".into(), SiteWish::Stop);
        }
        inner(asked)
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!((summary.verdict.end, summary.missing_gone), (RunEnd::Partial, 0));
    assert!((1..12).contains(&summary.tally.details), "{}", summary.tally.details);
    assert_eq!(world.memory.up().len(), 12, "no ad is gone for it");
    let state = world.memory.state().states[&"s1".into()].clone();
    assert_eq!((state.phase, state.reason.en.as_str()), (SitePhase::Paused, "Stopped by an administrator"));
    let asked = server.paths().len();
    assert_eq!(crawl_site(&plan(&server), &world.deps()).await.expect("a visit"), Visited::Paused);
    assert_eq!(server.paths().len(), asked, "nothing is asked until the site is let run again");
    world.memory.state().wishes.clear();
    assert_eq!(world.crawl(&plan(&server)).await.tally.details, 12 - summary.tally.details);
}

#[tokio::test]
async fn a_run_tells_how_it_treated_the_site() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site(3)).await;
    let politeness = world.crawl(&plan(&server)).await.verdict.politeness;
    assert_eq!(politeness.requests, server.paths().len() as u64);
    assert!(politeness.shortest_gap_ms.is_some_and(|gap| gap >= politeness.delay_ms), "{politeness:?}");
}

#[tokio::test]
async fn a_database_that_is_away_for_a_while_costs_nothing() {
    let world = World::new();
    let (memory, inner) = (world.memory.clone(), site(12));
    let server = Server::start(world.clock.reader(), move |asked| {
        if matches!(asked.path.as_str(), "/list?page=1" | "/ad/3" | "/img/7") {
            memory.away.store(20, Ordering::Relaxed);
        }
        inner(asked)
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!((summary.verdict.end, summary.tally.details, summary.tally.images), (RunEnd::Good, 12, 12));
    assert_eq!(server.paths().len(), 1 + 2 + 12 + 12, "no page was asked again");
}

#[tokio::test]
async fn pagination_without_an_end_ends() {
    let world = World::new();
    let calendar = Server::start(world.clock.reader(), |asked| match asked.path.strip_prefix("/list") {
        Some("") => Reply::page("ad a /ad/a x\nnext /list?month=1\n"),
        Some(rest) => {
            let month: u32 = rest.trim_start_matches("?month=").parse().unwrap_or(0);
            Reply::page(format!("next /list?month={}\n", month + 1))
        }
        None => ad_or_none(asked),
    })
    .await;
    let summary = world.crawl(&plan(&calendar)).await;
    assert_eq!(
        (summary.tally.listing_pages, summary.verdict.end),
        (2, RunEnd::Good),
        "a page without ads leads nowhere"
    );

    let world = World::new();
    let clamped = Server::start(world.clock.reader(), |asked| match asked.path.strip_prefix("/list") {
        Some(rest) => {
            let page: u32 = rest.trim_start_matches("?page=").parse().unwrap_or(0);
            Reply::page(format!("ad {0} /ad/{0} x\nnext /list?page={1}\n", page.min(2), page + 1))
        }
        None => ad_or_none(asked),
    })
    .await;
    let summary = world.crawl(&plan(&clamped)).await;
    assert_eq!((summary.tally.listing_pages, summary.verdict.end), (4, RunEnd::Good), "the last page over and over");

    let world = World::new();
    let endless = Server::start(world.clock.reader(), |asked| match asked.path.strip_prefix("/list") {
        Some(rest) => {
            let page: u32 = rest.trim_start_matches("?page=").parse().unwrap_or(0);
            Reply::page(format!("ad {page} /ad/{page} x\nnext /list?page={}\n", page + 1))
        }
        None => ad_or_none(asked),
    })
    .await;
    let summary = world.crawl(&plan(&endless)).await;
    assert_eq!(summary.tally.listing_pages, 50, "the plan's limit");
    assert_eq!((summary.verdict.end, summary.verdict.missing_are_gone), (RunEnd::Partial, false));
}

#[tokio::test]
async fn an_empty_listing_is_an_alarm_unless_it_says_so() {
    let world = World::new();
    let body = Arc::new(Mutex::new("ad a /ad/a x\n"));
    let shown = body.clone();
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/list" => Reply::page(*shown.lock().expect("unpoisoned")),
        _ => ad_or_none(asked),
    })
    .await;
    world.crawl(&plan(&server)).await;
    *body.lock().expect("unpoisoned") = "the layout changed\n";
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!(summary.verdict.end, RunEnd::Failed);
    assert!(summary.verdict.reasons[0].en.contains("bavn site check"), "{:?}", summary.verdict.reasons);
    assert_eq!(world.memory.up(), ["a"], "the last good data stay");
    assert_eq!(world.memory.state().states[&"s1".into()].phase, SitePhase::Failed);
    *body.lock().expect("unpoisoned") = "mark noads\n";
    assert_eq!(world.crawl(&plan(&server)).await.verdict.end, RunEnd::Good);
    assert_eq!(world.memory.up(), [""; 0]);
}

/// Two sites on one clock for three days; the log of all requests.
async fn three_days() -> Vec<(Timestamp, usize, String)> {
    let world = World::new();
    let servers =
        [Server::start(world.clock.reader(), site(13)).await, Server::start(world.clock.reader(), site(21)).await];
    let mut plans: Vec<_> = servers.iter().map(plan).collect();
    plans[1].site = "s2".into();
    plans[1].connections = 3;
    plans[0].interval = secs(5400);
    let until = crawler::clock::after(start(), secs(3 * 86_400));
    crawl_forever(plans, &world.deps(), Some(until)).await;
    let mut log = Vec::new();
    for (number, server) in servers.iter().enumerate() {
        log.extend(server.log().into_iter().map(|asked| (asked.at, number, asked.path)));
    }
    log
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_schedule_in_virtual_time_is_the_same_each_time() {
    let wall = std::time::Instant::now();
    let (one, two) = (three_days().await, three_days().await);
    assert_eq!(one, two);
    let lists = |number: usize| one.iter().filter(|(_, site, path)| *site == number && path == "/list").count();
    assert_eq!((lists(0), lists(1)), (3 * 16, 3 * 24), "every 90 and every 60 minutes");
    assert!(wall.elapsed() < secs(60), "{:?}", wall.elapsed());
}

#[tokio::test]
async fn a_schedule_goes_on_after_a_restart_instead_of_beginning_anew() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site(3)).await;
    world.crawl(&plan(&server)).await;
    let until = crawler::clock::after(start(), secs(3600 + 1800));
    crawl_forever(vec![plan(&server)], &world.deps(), Some(until)).await;
    let lists: Vec<_> = server.log().into_iter().filter(|asked| asked.path == "/list").map(|asked| asked.at).collect();
    assert_eq!(lists.len(), 2);
    assert!(lists[1] >= crawler::clock::after(start(), secs(3600)), "{lists:?}");
}
