//! Answers that must not hurt: each bad page is given up, each good one is kept, in the set time.

use crate::support::*;
use crawler::plan::FetchLimits;
use crawler::run::RunSummary;
use crawler::{ErrorKind, SitePlan};
use std::time::{Duration, Instant};

/// Crawls a site of a good ad, a bad one that is answered so, and another good one.
async fn crawl(bad: impl Fn(&Server, &server::Asked) -> Reply + Send + Sync + 'static) -> (RunSummary, World) {
    let world = World::new();
    let other = Server::start(world.clock.reader(), |_| Reply::page("title Another server\n")).await;
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/list" => Reply::page("ad a /ad/a x\nad b /bad x\nad c /ad/c x\n"),
        path if path.starts_with("/bad") => bad(&other, asked),
        path if path.starts_with("/ad/") => Reply::page(format!("title {path}\n")),
        _ => Reply::status(404),
    })
    .await;
    let limits = FetchLimits {
        page_bytes: 100_000,
        total: secs(2),
        grace: Duration::from_millis(500),
        min_rate: 10_000,
        ..FetchLimits::default()
    };
    let began = Instant::now();
    let summary = world.crawl(&SitePlan { limits, retries: 1, ..plan(&server) }).await;
    assert!(began.elapsed() < secs(8), "no hang over the set limits: {:?}", began.elapsed());
    assert_eq!(world.memory.ad("a").versions.len(), 1);
    assert_eq!(world.memory.ad("c").versions.len(), 1);
    (summary, world)
}

async fn fails_as(why: ErrorKind, bad: impl Fn(&Server, &server::Asked) -> Reply + Send + Sync + 'static) {
    let (summary, world) = crawl(bad).await;
    assert_eq!(summary.tally.errors.keys().collect::<Vec<_>>(), [&why], "{summary:?}");
    assert_eq!(world.memory.ad("b").versions.len(), 0);
    assert_eq!(world.memory.ad("b").gone, None, "a broken page does not make an ad gone");
}

fn gzip_of_zeros(megabytes: usize) -> Vec<u8> {
    // A gzip file may have many members (RFC 1952, 2.2).
    include_bytes!("support/zeros_1mib.gz").repeat(megabytes)
}

#[tokio::test]
async fn redirects_in_a_circle_or_without_an_end() {
    fails_as(ErrorKind::RedirectLoop, |_, _| Reply::redirect("/bad")).await;
    fails_as(ErrorKind::RedirectLoop, |_, asked| Reply::redirect(format!("{}x", asked.path))).await;
}

#[tokio::test]
async fn redirects_to_nowhere_and_to_other_schemes() {
    fails_as(ErrorKind::RedirectBroken, |_, _| Reply::status(302)).await;
    fails_as(ErrorKind::RedirectBroken, |_, _| Reply::redirect("http://[")).await;
    fails_as(ErrorKind::AddressRefused, |_, _| Reply::redirect("file:///etc/passwd")).await;
    fails_as(ErrorKind::AddressRefused, |_, _| Reply::redirect("javascript:alert(1)")).await;
}

#[tokio::test]
async fn redirects_to_other_sites_and_private_addresses() {
    fails_as(ErrorKind::OffSite, |other, _| Reply::redirect(other.url("/"))).await;
    fails_as(ErrorKind::OffSite, |_, _| Reply::redirect("http://example.org/")).await;
    fails_as(ErrorKind::AddressRefused, |_, _| Reply::redirect("http://127.0.0.2/")).await;
    fails_as(ErrorKind::AddressRefused, |_, _| Reply::redirect("http://169.254.169.254/latest/meta-data/")).await;
    fails_as(ErrorKind::AddressRefused, |_, _| Reply::redirect("//10.0.0.1/")).await;
    fails_as(ErrorKind::AddressRefused, |other, _| {
        Reply::redirect(format!("http://2130706433:{}/", other.address().port()))
    })
    .await;
    fails_as(ErrorKind::AddressRefused, |other, _| Reply::redirect(other.url("/").replace("//", "//user:word@"))).await;
}

#[tokio::test]
async fn bombs_of_every_encoding() {
    for megabytes in [1, 400] {
        fails_as(ErrorKind::TooLarge, move |_, _| {
            let body = gzip_of_zeros(megabytes);
            Reply::Whole(
                200,
                vec![("Content-Type", "text/html".to_owned()), ("Content-Encoding", "gzip".to_owned())],
                body,
            )
        })
        .await;
    }
    for (encoding, body) in [
        ("br", include_bytes!("support/zeros_1mib.br").as_slice()),
        ("zstd", include_bytes!("support/zeros_1mib.zst").as_slice()),
    ] {
        fails_as(ErrorKind::TooLarge, move |_, _| {
            Reply::Whole(200, vec![("Content-Encoding", encoding.to_owned())], body.to_vec())
        })
        .await;
    }
}

#[tokio::test]
async fn answers_that_are_too_large_or_never_end() {
    fails_as(ErrorKind::TooLarge, |_, _| Reply::page("x".repeat(100_001))).await;
    let endless = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "4000\r\n".to_owned() + &"x".repeat(0x4000) + "\r\n"
    );
    fails_as(ErrorKind::TooLarge, move |_, _| {
        let chunk = endless.as_bytes()[endless.len() - 0x4000 - 8..].to_vec();
        Reply::Raw([endless.as_bytes(), &chunk.repeat(20)].concat())
    })
    .await;
}

#[tokio::test]
async fn answers_that_drip_or_stay_silent() {
    let drip = || b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\ntitle B".to_vec();
    fails_as(ErrorKind::TooSlow, move |_, _| {
        Reply::Drip([drip(), b"x".repeat(4000)].concat(), Duration::from_millis(5))
    })
    .await;
    fails_as(ErrorKind::Timeout, |_, _| Reply::Silence).await;
    fails_as(ErrorKind::Timeout, |_, _| Reply::Drip(b"HTTP/1.1 200 OK\r\n".repeat(100), Duration::from_millis(100)))
        .await;
}

#[tokio::test]
async fn answers_that_break_off_or_are_no_http() {
    let cut = |head: &'static str| move |_: &Server, _: &server::Asked| Reply::Raw(head.as_bytes().to_vec());
    fails_as(ErrorKind::BrokenBody, cut("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\ntitle B\n")).await;
    fails_as(ErrorKind::BrokenBody, cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ntitle B\n\r\n"))
        .await;
    fails_as(ErrorKind::BrokenBody, cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")).await;
    fails_as(ErrorKind::BrokenBody, cut("\0\0\0\0")).await;
    fails_as(ErrorKind::BrokenBody, cut("")).await;
    fails_as(ErrorKind::BrokenBody, |_, _| {
        let half = include_bytes!("support/zeros_1mib.gz");
        let encoded = ("Content-Encoding", "gzip".to_owned());
        Reply::Whole(200, vec![encoded], half[..20].to_vec())
    })
    .await;
    fails_as(ErrorKind::BrokenBody, |_, _| {
        Reply::Raw(b"HTTP/1.1 200 OK\r\n".iter().copied().chain(b"X: y\r\n".repeat(5000)).collect())
    })
    .await;
}

#[tokio::test]
async fn a_reset_in_the_middle_is_tried_again() {
    let (summary, world) = crawl(|_, asked| match asked.before {
        0 => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\ntitle".to_vec()),
        _ => Reply::page("title B\n"),
    })
    .await;
    assert_eq!(summary.tally.errors, [(ErrorKind::BrokenBody, 1)].into());
    assert_eq!(world.memory.ad("b").versions.len(), 1);
}

#[tokio::test]
async fn types_and_statuses_that_are_no_page() {
    fails_as(ErrorKind::WrongType, |_, _| {
        Reply::Whole(200, vec![("Content-Type", "application/zip".to_owned())], b"PK".to_vec())
    })
    .await;
    for status in [304, 402, 418, 300] {
        fails_as(ErrorKind::Status, move |_, _| Reply::status(status)).await;
    }
}

#[tokio::test]
async fn links_of_a_listing_that_lead_elsewhere_are_not_followed() {
    let world = World::new();
    let other = Server::start(world.clock.reader(), |_| Reply::page("title Another server\n")).await;
    let elsewhere = other.url("/ad");
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/list" => Reply::page(format!(
            "ad a {elsewhere} x\nad b file:///etc/passwd x\nad c http://127.0.0.2/ x\nad d /ad/d x\nnext {elsewhere}\nnext mailto:a@example.org\n"
        )),
        "/ad/d" => Reply::page("title D\nimage http://169.254.169.254/x.png\n"),
        _ => Reply::status(404),
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!((other.log().len(), summary.tally.details), (0, 1));
    assert_eq!(summary.tally.errors, [(ErrorKind::AddressRefused, 3), (ErrorKind::OffSite, 1)].into());
    assert_eq!(world.memory.up(), ["a", "b", "c", "d"], "what the listing shows is kept");
}

#[tokio::test]
async fn a_picture_that_is_none_is_given_up_alone() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| match asked.path.as_str() {
        "/list" => Reply::page("ad a /ad/a x\n"),
        "/ad/a" => {
            Reply::page("title A\nimage /img/broken\nimage /img/page\nimage /img/good\nimage http://10.0.0.1/x.png\n")
        }
        "/img/page" => Reply::page("no picture"),
        path if path.starts_with("/img/") => {
            let body = if path.ends_with("good") { b"PIXELS\x07".to_vec() } else { b"GIF89a".to_vec() };
            Reply::Whole(200, vec![("Content-Type", "image/png".to_owned())], body)
        }
        _ => Reply::status(404),
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!(world.memory.ad("a").images.values().copied().collect::<Vec<_>>(), [7]);
    let kinds: Vec<_> = summary.tally.errors.keys().copied().collect();
    assert_eq!(kinds, [ErrorKind::AddressRefused, ErrorKind::WrongType, ErrorKind::BadImage]);
    assert!(summary.verdict.missing_are_gone, "pictures say nothing about the listing");
}
