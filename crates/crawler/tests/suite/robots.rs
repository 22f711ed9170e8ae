//! The fetch rules of RFC 9309 (`tests/data/conformance/robots/rfc9309_fetch_rules.jsonl`), each line by a server that
//! behaves so. Lines on matching are in `crates/crawler/src/robots/`.

use crate::support::*;
use crawler::ErrorKind;
use crawler::ports::SitePhase;
use crawler::run::RunSummary;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn site(asked: &server::Asked) -> Reply {
    match asked.path.as_str() {
        "/list" => Reply::page("ad a /ad/a x\nad b /private/b x\n"),
        path if path.starts_with("/ad/") || path.starts_with("/private/") => Reply::page(format!("title {path}\n")),
        _ => Reply::status(404),
    }
}

/// Crawls a site whose robots.txt is answered so.
async fn crawl(robots: impl Fn(&server::Asked) -> Reply + Send + Sync + 'static) -> (RunSummary, Server, World) {
    let world = World::new();
    let server = Server::start(world.clock.reader(), move |asked| {
        if asked.path.starts_with("/robots") { robots(asked) } else { site(asked) }
    })
    .await;
    let mut plan = plan(&server);
    plan.limits.total = secs(1);
    let summary = world.crawl(&plan).await;
    (summary, server, world)
}

async fn closed(robots: impl Fn(&server::Asked) -> Reply + Send + Sync + 'static, why: ErrorKind) -> (Server, World) {
    let (summary, server, world) = crawl(robots).await;
    assert_eq!(summary.tally.errors.keys().collect::<Vec<_>>(), [&why], "{summary:?}");
    assert!(!summary.verdict.missing_are_gone && !summary.verdict.reasons.is_empty());
    let beyond: Vec<_> = server.paths().into_iter().filter(|path| !path.starts_with("/robots")).collect();
    assert_eq!(beyond, [""; 0], "not one page was asked for");
    (server, world)
}

async fn open(robots: impl Fn(&server::Asked) -> Reply + Send + Sync + 'static) {
    let (summary, server, _) = crawl(robots).await;
    assert_eq!(summary.tally.details, 2, "{summary:?}");
    assert_eq!(server.count("/robots.txt"), 1);
}

#[tokio::test]
async fn rules_are_obeyed_2_3_1_1() {
    let (summary, server, _) = crawl(|_| Reply::text("user-agent: *\ndisallow: /private/\n")).await;
    assert_eq!((summary.tally.details, server.count("/private/b")), (1, 0));
    assert_eq!(summary.tally.errors, [(ErrorKind::RobotsDisallow, 1)].into());
}

#[tokio::test]
async fn lines_that_cannot_be_read_do_not_hide_those_that_can_2_3_1_5() {
    let body = "\u{feff}\x01\x02 garbage\nuser-agent: *\n<<<<\ndisallow /private/\n: :\n\u{fffd}";
    let (summary, server, _) = crawl(move |_| Reply::text(body)).await;
    assert_eq!((summary.tally.details, server.count("/private/b")), (1, 0));
}

#[tokio::test]
async fn five_redirects_are_followed_and_the_rules_apply_to_the_host_first_asked_2_3_1_2() {
    let hop = |asked: &server::Asked| match asked.path.trim_start_matches("/robots") {
        ".txt" => Reply::redirect("/robots1"),
        "5" => Reply::text("user-agent: *\ndisallow: /private/\n"),
        number => Reply::redirect(format!("/robots{}", number.parse::<u32>().unwrap_or(0) + 1)),
    };
    let (summary, server, _) = crawl(hop).await;
    assert_eq!((summary.tally.details, server.count("/private/b")), (1, 0));

    let world = World::new();
    let other = Server::start(world.clock.reader(), |_| Reply::text("user-agent: *\ndisallow: /private/\n")).await;
    let target = other.url("/elsewhere");
    let (summary, server, _) = crawl(move |_| Reply::redirect(target.clone())).await;
    assert_eq!((summary.tally.details, server.count("/private/b")), (1, 0), "also to another host");
}

#[tokio::test]
async fn more_than_five_redirects_stay_closed_2_3_1_2() {
    let hop = |asked: &server::Asked| {
        let number: u32 = asked.path.trim_start_matches("/robots").parse().unwrap_or(0);
        Reply::redirect(format!("/robots{}", number + 1))
    };
    let (server, _) = closed(hop, ErrorKind::RobotsRedirects).await;
    assert_eq!(server.log().len(), 6);
    closed(|_| Reply::redirect("/robots.txt"), ErrorKind::RobotsRedirects).await;
}

#[tokio::test]
async fn no_robots_txt_means_open_2_3_1_3() {
    for status in [404, 410, 400, 405, 418] {
        open(move |_| Reply::status(status)).await;
    }
}

#[tokio::test]
async fn a_shut_door_stays_shut_2_3_1_3() {
    for status in [401, 403] {
        let (_, world) = closed(move |_| Reply::status(status), ErrorKind::RobotsDenied).await;
        assert_eq!(world.memory.state().states[&"s1".into()].phase, SitePhase::Closed);
    }
}

#[tokio::test]
async fn too_many_requests_is_no_open_door_and_its_wait_holds_2_3_1_3() {
    let (server, world) = closed(|_| Reply::status(429).with("Retry-After", "1800"), ErrorKind::RobotsBusy).await;
    let plan = plan(&server);
    world.pass(secs(900)).await;
    world.crawl(&plan).await;
    let times: Vec<_> = server.log().iter().map(|asked| asked.at).collect();
    assert_eq!(times.len(), 2);
    assert!(times[1].duration_since(times[0]).as_secs() >= 1800);
}

#[tokio::test]
async fn a_server_error_or_no_answer_means_closed_2_3_1_4() {
    for status in [500, 502, 503] {
        let (server, _) = closed(move |_| Reply::status(status), ErrorKind::RobotsUnreachable).await;
        assert_eq!(server.log().len(), 3, "it is tried a few times");
    }
    closed(|_| Reply::Silence, ErrorKind::RobotsUnreachable).await;
    closed(|_| Reply::Raw(Vec::new()), ErrorKind::RobotsUnreachable).await;
    closed(|_| Reply::Raw(b"SSH-2.0-server\r\n".to_vec()), ErrorKind::RobotsUnreachable).await;
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nuser-agent: *\nallow: /\n".to_vec();
    closed(move |_| Reply::Raw(cut.clone()), ErrorKind::RobotsUnreachable).await;
}

#[tokio::test]
async fn unreachable_for_a_month_stays_closed_2_3_1_4() {
    let (server, world) = closed(|_| Reply::status(503), ErrorKind::RobotsUnreachable).await;
    for _ in 0..2 {
        world.pass(secs(20 * 86_400)).await;
        assert_eq!(world.crawl(&plan(&server)).await.tally.listing_pages, 0);
    }
    assert!(server.paths().iter().all(|path| path == "/robots.txt"));
}

#[tokio::test]
async fn a_page_in_place_of_robots_txt_stays_closed_2_3_1_5() {
    closed(|_| Reply::page("user-agent: *\nallow: /\n"), ErrorKind::RobotsNotText).await;
    closed(|_| Reply::text("\n <!doctype html><title>Front page</title>"), ErrorKind::RobotsNotText).await;
    closed(|_| Reply::Whole(200, Vec::new(), b"<html>".to_vec()), ErrorKind::RobotsNotText).await;
    open(|_| Reply::Whole(200, Vec::new(), b"user-agent: *\nallow: /\n".to_vec())).await;
}

#[tokio::test]
async fn a_copy_is_used_for_a_day_and_not_for_longer_2_4() {
    let (_, server, world) = crawl(|_| Reply::text("user-agent: *\n")).await;
    let plan = plan(&server);
    world.pass(Duration::from_secs(86_000)).await;
    world.crawl(&plan).await;
    assert_eq!(server.count("/robots.txt"), 1);
    world.pass(Duration::from_secs(500)).await;
    world.crawl(&plan).await;
    assert_eq!(server.count("/robots.txt"), 2);
}

#[tokio::test]
async fn an_old_copy_does_not_open_a_host_that_cannot_be_asked_2_4() {
    let down = Arc::new(AtomicBool::new(false));
    let is_down = down.clone();
    let (_, server, world) =
        crawl(
            move |_| {
                if is_down.load(Ordering::Relaxed) { Reply::status(500) } else { Reply::text("user-agent: *\n") }
            },
        )
        .await;
    down.store(true, Ordering::Relaxed);
    world.pass(secs(90_000)).await;
    let asked = server.log().len();
    assert_eq!(world.crawl(&plan(&server)).await.tally.listing_pages, 0);
    assert!(server.paths()[asked..].iter().all(|path| path == "/robots.txt"));
}

#[tokio::test]
async fn five_hundred_kibibytes_are_read_and_no_more_2_5() {
    let rule = "user-agent: *\ndisallow: /private/\n";
    let early = format!("{}{rule}", "#".repeat(499 * 1024) + "\n");
    let (summary, ..) = crawl(move |_| Reply::text(early.clone())).await;
    assert_eq!(summary.tally.details, 1);
    let late = format!("{}{rule}", "#\n".repeat(400 * 1024));
    let (summary, ..) = crawl(move |_| Reply::text(late.clone())).await;
    assert_eq!(summary.tally.details, 2, "what stands after the limit is ignored, and a long answer is no error");
}
