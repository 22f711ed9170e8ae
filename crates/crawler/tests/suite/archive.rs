//! What the crawl hands over for the archive: heads as they went over the wire, and everything asked on the way.

use crate::support::{Reply, Server, World, plan};
use domain::{CaptureKind, Truncated};
use std::io::Write;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("in memory");
    encoder.finish().expect("in memory")
}

#[tokio::test]
async fn the_heads_are_those_that_went_over_the_wire_and_the_body_is_decoded() {
    let world = World::new();
    let server = Server::start(world.deps().clock.reader(), |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::text("User-agent: *\nDisallow: /secret"),
        "/list" => Reply::page("ad 1 /ad/1 one"),
        "/ad/1" => Reply::Whole(
            200,
            vec![
                ("Content-Type", "text/html".to_owned()),
                ("Content-Encoding", "gzip".to_owned()),
                ("X-Odd", "\u{e6}".to_owned()),
            ],
            gzip("title Anna"),
        ),
        _ => Reply::status(404),
    })
    .await;
    world.crawl(&plan(&server)).await;
    let state = world.memory.state();
    let sent = server.log().into_iter().find(|asked| asked.path == "/ad/1").expect("asked").head;
    let own = state.own_heads.iter().find(|own| own.request.starts_with("GET /ad/1 ")).expect("archived");
    assert_eq!(own.request.trim_end(), sent.trim_end(), "the request as the server saw it");
    assert!(own.response.starts_with("HTTP/1.1 200 "), "{}", own.response);
    for line in ["content-encoding: gzip\r\n", "content-length: "] {
        assert!(own.response.contains(line), "{line} is kept as it came: {}", own.response);
    }
    assert_eq!(own.remote, Some(server.address().ip()));
    let robots: Vec<_> = state.captures.iter().filter(|capture| capture.kind == CaptureKind::Robots).collect();
    assert_eq!(robots.len(), 1);
    assert_eq!(robots[0].page.body, b"User-agent: *\nDisallow: /secret");
}

#[tokio::test]
async fn redirects_refusals_cut_bodies_and_pages_that_say_nothing_are_archived_and_pictures_are_not() {
    let world = World::new();
    let server = Server::start(world.deps().clock.reader(), |asked| match (asked.path.as_str(), asked.before) {
        ("/list", _) => Reply::page("ad 1 /ad/1 one\nad 2 /ad/2 two\nad 3 /ad/3 three\nad 4 /ad/4 four"),
        ("/ad/1", _) => Reply::redirect("/new/1"),
        ("/new/1", _) => Reply::page("title Anna\nimage /1.png"),
        ("/ad/2", _) => Reply::page("this page is no ad"),
        ("/ad/3", _) => Reply::page("x".repeat(40_000)),
        ("/ad/4", 0) => Reply::status(503),
        ("/ad/4", _) => Reply::status(410),
        ("/1.png", _) => Reply::Whole(200, vec![("Content-Type", "image/png".to_owned())], b"PIXELS".to_vec()),
        _ => Reply::status(404),
    })
    .await;
    let mut plan = plan(&server);
    plan.limits.page_bytes = 10_000;
    world.crawl(&plan).await;
    let state = world.memory.state();
    let of = |path: &str| {
        let found: Vec<_> = state.captures.iter().filter(|capture| capture.page.url == server.url(path)).collect();
        found.iter().map(|one| (one.page.status, one.page.body.len(), one.truncated)).collect::<Vec<_>>()
    };
    assert_eq!(of("/ad/1"), [(302, 0, Some(Truncated::Unspecified))]);
    assert_eq!(of("/new/1"), [], "its own page stands in the outcome");
    assert_eq!(of("/ad/2"), [(200, b"this page is no ad".len(), None)], "a mended adapter may understand it");
    assert_eq!(of("/ad/3").first().map(|(status, _, why)| (*status, *why)), Some((200, Some(Truncated::Length))));
    assert_eq!(of("/ad/4"), [(503, 0, Some(Truncated::Unspecified)), (410, 0, None)]);
    assert_eq!(server.count("/1.png"), 1, "the picture was fetched");
    assert!(state.captures.iter().all(|one| !one.page.url.ends_with(".png")), "and left no trail");
}
