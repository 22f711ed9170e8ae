//! Coverage in time: what a look at the listing says, when a page is read again, and when an ad counts as gone.

use crate::support::*;
use crawler::clock::after;
use crawler::plan::Expect;
use crawler::run::{Alarm, RunEnd};
use crawler::{ErrorKind, SitePlan, crawl_forever};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A page with an ETag of its content, answered with 304 where it is asked for by that.
fn tagged(asked: &server::Asked, body: String) -> Reply {
    let tag = format!("\"{:x}\"", body.bytes().fold(7u64, |sum, byte| sum.wrapping_mul(31) ^ u64::from(byte)));
    match asked.header("if-none-match") {
        Some(known) if known == tag => Reply::status(304),
        _ => Reply::page(body).with("ETag", tag),
    }
}

/// Three ads with three words each; `/ad/N` answers with `page(N)`.
fn listing(ads: usize) -> String {
    (0..ads).map(|ad| format!("ad {ad} /ad/{ad} Anna nummer{ad} hilser venligst\n")).collect()
}

fn ad_page(path: &str) -> Reply {
    match path.strip_prefix("/ad/") {
        Some(ad) => Reply::page(format!("title Anna nummer{ad} hilser venligst\nphone 34000050\n")),
        None => Reply::status(404),
    }
}

#[tokio::test]
async fn an_unchanged_listing_is_a_whole_look_at_the_same_ads() {
    let world = World::new();
    let ads = Arc::new(AtomicUsize::new(25));
    let shown = ads.clone();
    let server = Server::start(world.clock.reader(), move |asked| {
        let ads = shown.load(Ordering::Relaxed);
        match asked.path.as_str() {
            "/list" => tagged(asked, listing(ads.min(20)) + "next /list?page=2\n"),
            "/list?page=2" => {
                let later = (20..ads).map(|ad| format!("ad {ad} /ad/{ad} Anna nummer{ad} hilser venligst\n"));
                tagged(asked, later.collect())
            }
            path => ad_page(path),
        }
    })
    .await;
    let first = world.crawl(&plan(&server)).await;
    world.pass(secs(3600)).await;
    let second = world.crawl(&plan(&server)).await;
    let statuses = |summary: &crawler::run::RunSummary| {
        let tally = &summary.tally;
        (tally.listing_pages, tally.ads_listed, tally.details, summary.missing_gone, summary.verdict.end)
    };
    assert_eq!(statuses(&first), (2, 25, 25, 0, RunEnd::Good));
    assert_eq!(statuses(&second), (2, 25, 0, 0, RunEnd::Good), "all are sighted, none is fetched");
    let asked: Vec<_> = server.log().into_iter().filter(|asked| asked.path.starts_with("/list")).collect();
    assert_eq!(asked.iter().filter(|asked| asked.header("if-none-match").is_some()).count(), 2);
    assert_eq!(world.memory.ad("24").sightings.len(), 3, "listing, page, listing");
    // One page changes, the other does not: what both show counts, and what neither shows is gone.
    ads.store(23, Ordering::Relaxed);
    world.pass(secs(3600)).await;
    assert_eq!(statuses(&world.crawl(&plan(&server)).await), (2, 23, 0, 2, RunEnd::Good));
}

#[tokio::test]
async fn pages_that_are_not_what_the_listing_promised_change_nothing_and_raise_an_alarm() {
    for gone in [false, true] {
        let world = World::new();
        let cloaked = Arc::new(AtomicUsize::new(0));
        let now = cloaked.clone();
        let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
            "/list" => Reply::page(listing(12)),
            _ if asked.path == "/robots.txt" => Reply::status(404),
            path => match now.load(Ordering::Relaxed) {
                0 => ad_page(path),
                _ if gone => Reply::status(404),
                _ => Reply::page("title Velkommen\nphone 67000000\n"),
            },
        })
        .await;
        let expect = Expect { as_listed_min: 0.5, ..Expect::default() };
        let plan = SitePlan { recheck_after: secs(1800), expect, ..plan(&server) };
        assert_eq!(world.crawl(&plan).await.verdict.end, RunEnd::Good);
        let before = world.memory.ad("3");
        cloaked.store(1, Ordering::Relaxed);
        world.pass(secs(3600)).await;
        let summary = world.crawl(&plan).await;
        assert_eq!((summary.verdict.end, summary.verdict.alarms.clone()), (RunEnd::Failed, vec![Alarm::NotAsListed]));
        assert!(summary.verdict.reasons[0].en.contains("12 of 12"), "{:?}", summary.verdict.reasons);
        assert_eq!(summary.tally.errors, [(ErrorKind::NotAsListed, 12)].into());
        assert_eq!((summary.missing_gone, summary.tally.ads_gone, summary.tally.ads_changed), (0, 0, 0));
        let after = world.memory.ad("3");
        assert_eq!((after.versions, after.gone, after.read_at), (before.versions, None, before.read_at));
        // The site shows the ads again: they are read in the next run, and all is well.
        cloaked.store(0, Ordering::Relaxed);
        world.pass(secs(3600)).await;
        let summary = world.crawl(&plan).await;
        assert_eq!((summary.verdict.end, summary.tally.details), (RunEnd::Good, 12), "{summary:?}");
    }
}

#[tokio::test]
async fn a_few_broken_promises_are_everyday_life_and_have_their_effect_at_the_end() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/list" => Reply::page(listing(12)),
        "/ad/3" => Reply::status(410),
        "/ad/4" => Reply::page("title Sofie fra Odense\nimage /img/4\n"),
        "/img/4" => Reply::Whole(200, vec![("Content-Type", "image/png".to_owned())], b"PIXELS\x04".to_vec()),
        path => ad_page(path),
    })
    .await;
    let expect = Expect { as_listed_min: 0.5, ..Expect::default() };
    let summary = world.crawl(&SitePlan { expect, ..plan(&server) }).await;
    assert_eq!((summary.verdict.end, summary.tally.promised, summary.tally.broken_promises), (RunEnd::Good, 12, 2));
    assert!(world.memory.ad("3").gone.is_some(), "ended between the looks at the listing and at the page");
    assert_eq!(world.memory.ad("4").versions[0].title, "Sofie fra Odense", "edited in between");
    assert_eq!(world.memory.ad("4").images.values().copied().collect::<Vec<_>>(), [4], "and its picture is fetched");
}

#[tokio::test]
async fn an_ad_that_left_a_feed_of_the_newest_is_gone_when_its_own_page_says_so() {
    let world = World::new();
    let day = Arc::new(AtomicUsize::new(0));
    let today = day.clone();
    let server = Server::start(world.clock.reader(), move |asked| {
        let day = today.load(Ordering::Relaxed);
        match asked.path.as_str() {
            "/list" => {
                Reply::page(listing(4).lines().skip(day.min(2)).fold(String::new(), |all, line| all + line + "\n"))
            }
            "/ad/0" if day == 2 => Reply::status(404),
            path => ad_page(path),
        }
    })
    .await;
    let plan = SitePlan { lists_newest_only: true, recheck_after: secs(43_200), ..plan(&server) };
    let mut gone = Vec::new();
    for today in 0..3 {
        day.store(today, Ordering::Relaxed);
        let summary = world.crawl(&plan).await;
        gone.push((summary.missing_gone, summary.tally.ads_gone));
        world.pass(secs(86_400)).await;
    }
    assert_eq!(gone, [(0, 0), (0, 0), (0, 1)]);
    assert_eq!(world.memory.up(), ["1", "2", "3"], "1 has left the feed too, and its page still stands");
    assert_eq!(world.memory.ad("1").sightings.len(), 5, "its page is a sighting");
}

#[tokio::test]
async fn cookies_are_sent_back_within_a_run_and_forgotten_with_it() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/list" => Reply::page(listing(2)).with("Set-Cookie", "session=7; Path=/; HttpOnly"),
        path => ad_page(path),
    })
    .await;
    let plan = SitePlan { recheck_after: secs(60), ..plan(&server) };
    world.crawl(&plan).await;
    world.pass(secs(3600)).await;
    world.crawl(&plan).await;
    let cookies = |path: &str| -> Vec<_> {
        server.log().iter().filter(|asked| asked.path == path).map(|asked| asked.header("cookie")).collect()
    };
    assert_eq!(cookies("/list"), [None, None], "each run begins without");
    assert_eq!(cookies("/ad/1"), [Some("session=7".to_owned()), Some("session=7".to_owned())]);
}

#[tokio::test]
async fn a_listing_that_leads_in_circles_is_left_and_is_not_whole() {
    let world = World::new();
    // A page for every day, each with other ones of the same twelve ads.
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        path if path.starts_with("/list") => {
            let day: usize = path.rsplit('=').next().and_then(|day| day.parse().ok()).unwrap_or(0);
            let ads = [day % 12, (5 * day + day / 12) % 12].into_iter();
            let mut body: String = ads.map(|ad| format!("ad {ad} /ad/{ad} x\n")).collect();
            body.push_str(&format!("next /list?day={}\n", day + 1));
            Reply::page(body)
        }
        path => ad_page(path),
    })
    .await;
    let summary = world.crawl(&SitePlan { max_listing_pages: 1000, ..plan(&server) }).await;
    assert!(summary.tally.listing_pages < 30, "{:?}", summary.tally);
    assert_eq!(summary.tally.errors, [(ErrorKind::Repeats, 1)].into());
    assert_eq!((summary.verdict.end, summary.verdict.missing_are_gone), (RunEnd::Partial, false));
}

/// Crawls two days of a site that gets a new ad every so many minutes; gives when its listing was asked for.
async fn looks_at(every_min: i64, plan_of: impl FnOnce(SitePlan) -> SitePlan) -> Vec<i64> {
    let world = World::new();
    let began = start();
    let now = world.clock.reader();
    let looks = Arc::new(Mutex::new(Vec::new()));
    let seen = looks.clone();
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/list" => {
            let passed_min = now().duration_since(began).as_secs() / 60;
            seen.lock().expect("unpoisoned").push(passed_min);
            Reply::page(listing(1 + (passed_min / every_min) as usize))
        }
        path => ad_page(path),
    })
    .await;
    let plan = SitePlan { interval: secs(4 * 3600), least_interval: secs(1800), ..plan(&server) };
    crawl_forever(vec![plan_of(plan)], &world.deps(), Some(after(start(), secs(2 * 86_400)))).await;
    let looks = looks.lock().expect("unpoisoned");
    looks.clone()
}

#[tokio::test]
async fn a_site_is_looked_at_as_often_as_it_changes_within_its_bounds() {
    let gaps = |looks: &[i64]| looks.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>();
    let still = gaps(&looks_at(100_000, |plan| plan).await);
    assert!(still.iter().all(|gap| *gap == 240), "nothing changes: the longest interval. {still:?}");
    let busy = gaps(&looks_at(5, |plan| plan).await);
    assert_eq!(busy[..2], [240, 240], "too little is known yet");
    assert!(busy[busy.len() - 20..].iter().all(|gap| *gap == 30), "down to the shortest. {busy:?}");
    let between = gaps(&looks_at(180, |plan| plan).await);
    let steady = &between[between.len() / 2..];
    let mean = steady.iter().sum::<i64>() / steady.len() as i64;
    assert!((80..=180).contains(&mean), "about every second look sees the new ad of three hours: {between:?}");
    let fixed = gaps(&looks_at(5, |plan| SitePlan { least_interval: plan.interval, ..plan }).await);
    assert!(fixed.iter().all(|gap| *gap == 240), "switched off. {fixed:?}");
}

#[tokio::test]
async fn the_approved_rate_bounds_the_schedule() {
    // The listing's one page every 20 minutes is half of what one request in 20 minutes allows.
    let looks = looks_at(5, |plan| SitePlan { delay: Duration::from_secs(1200), ..plan }).await;
    let gaps: Vec<i64> = looks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| *gap >= 40), "{gaps:?}");
}
