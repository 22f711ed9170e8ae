//! One crawl of everything that a server can do to a reader, over real sockets into the real store: every good ad is
//! kept, nothing hangs over the set limits, and the process stays small. `BAVN_HOSTILE_ROUNDS` sets how many of each
//! kind stand between the good ads (1 if unset); `./measure hostile` uses more.

use crate::site::{Installation, Reply, ad_page, listing, serve};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

/// Every kind of bad page, by name.
const KINDS: [&str; 29] = [
    "gzip-bomb",
    "brotli-bomb",
    "zstd-bomb",
    "zstd-window",
    "nested-gzip",
    "large",
    "endless",
    "endless-head",
    "nested",
    "drip",
    "busy",
    "silence",
    "errors",
    "cut",
    "charset",
    "cut-gzip",
    "reset",
    "no-http",
    "cookies",
    "circle",
    "deeper",
    "file-scheme",
    "private",
    "metadata",
    "elsewhere",
    "zip",
    "status-402",
    "attributes",
    "broken",
];
/// Those of them that hold a good ad all the same, at once or when asked again.
const GOOD_ALL_THE_SAME: [&str; 7] = ["busy", "errors", "reset", "nested", "charset", "cookies", "broken"];

/// 128 KiB of zeros in four bytes, again and again, in a frame that asks for a window of 128 MiB (RFC 8878, 3.1.1).
fn zstd_zeros(blocks: usize) -> Vec<u8> {
    let mut bytes = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 17 << 3];
    for block in 0..blocks {
        let header = (131_072u32 << 3) | (1 << 1) | u32::from(block + 1 == blocks);
        bytes.extend_from_slice(&header.to_le_bytes()[..3]);
        bytes.push(0);
    }
    bytes
}

fn bad(kind: &str, path: &str, before: usize) -> Reply {
    let gzip = include_bytes!("../crates/crawler/tests/suite/support/zeros_1mib.gz");
    let good = |more: &str| match ad_page(path.rsplit('/').next().unwrap_or_default()) {
        Reply::Whole(status, headers, body) => Reply::Whole(status, headers + more, body),
        other => other,
    };
    let inside = |page: Reply, at: &str, more: Vec<u8>| match page {
        Reply::Whole(status, headers, body) => {
            let text = String::from_utf8_lossy(&body).replace(at, &(String::from_utf8_lossy(&more) + at));
            Reply::Whole(status, headers, text.into_bytes())
        }
        other => other,
    };
    match kind {
        "gzip-bomb" => Reply::encoded("gzip", gzip.repeat(1000)),
        "brotli-bomb" => {
            Reply::encoded("br", include_bytes!("../crates/crawler/tests/suite/support/zeros_1mib.br").repeat(1000))
        }
        "zstd-bomb" => {
            Reply::encoded("zstd", include_bytes!("../crates/crawler/tests/suite/support/zeros_1mib.zst").repeat(1000))
        }
        "zstd-window" => Reply::encoded("zstd", zstd_zeros(8000)),
        "nested-gzip" => Reply::encoded("gzip, gzip", gzip.to_vec()),
        "large" => Reply::html(vec![b'x'; 30 << 20]),
        "endless" => {
            let piece = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
            Reply::Endless(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
                piece,
            )
        }
        "endless-head" => Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-More: of the same\r\n".to_vec()),
        "drip" => Reply::Drip(
            [
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n".as_slice(),
                &[b'x'; 90_000],
            ]
            .concat(),
            5,
        ),
        "silence" => Reply::Silence,
        "cut" => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<html><h1>Anna".to_vec()),
        "cut-gzip" => Reply::encoded("gzip", gzip[..20].to_vec()),
        "no-http" => Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
        "circle" => Reply::to(path),
        "deeper" => Reply::to(&format!("{path}x")),
        "file-scheme" => Reply::to("file:///etc/passwd"),
        "private" => Reply::to("http://10.0.0.1/"),
        "metadata" => Reply::to("http://169.254.169.254/latest/meta-data/"),
        "elsewhere" => Reply::to("http://example.org/"),
        "zip" => Reply::Whole(200, "Content-Type: application/zip\r\n".to_owned(), b"PK".to_vec()),
        "status-402" => Reply::status(402),
        "busy" if before == 0 => Reply::Whole(429, "Retry-After: 1\r\n".to_owned(), Vec::new()),
        "errors" if before == 0 => Reply::Whole(503, "Retry-After: 1\r\n".to_owned(), Vec::new()),
        "reset" if before == 0 => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<html>".to_vec()),
        // What stands before the limit is read.
        "nested" => inside(good(""), "</body>", b"<div><b>".repeat(50_000)),
        "attributes" => {
            Reply::html(format!("<h1 {}>Anna</h1>", (0..200_000).map(|n| format!("a{n} ")).collect::<String>()))
        }
        "charset" => match good("") {
            Reply::Whole(status, _, body) => {
                Reply::Whole(status, "Content-Type: text/html; charset=utf-16\r\n".to_owned(), body)
            }
            other => other,
        },
        "cookies" => {
            good(&(0..50).map(|n| format!("Set-Cookie: c{n}{before}={}\r\n", "x".repeat(200))).collect::<String>())
        }
        "broken" => inside(good(""), "<h1>", b"<table></p></div><form><form><p><p <a href=><b><i></b>'>".to_vec()),
        _ => good(""),
    }
}

fn rounds() -> usize {
    std::env::var("BAVN_HOSTILE_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

#[test]
fn every_good_ad_is_kept_among_everything_that_a_server_can_do() {
    let rounds = rounds();
    let asked: Mutex<HashMap<String, usize>> = Mutex::default();
    let port = serve(move |path| {
        let before = {
            let mut asked = asked.lock().expect("unpoisoned");
            let times = asked.entry(path.to_owned()).or_default();
            *times += 1;
            *times - 1
        };
        // A burst of errors before the first rules.
        if path == "/robots.txt" {
            return Reply::status(if before == 0 { 500 } else { 404 });
        }
        if path.starts_with("/list") {
            let number: usize = path.rsplit('=').next().and_then(|page| page.parse().ok()).unwrap_or(0);
            if number >= rounds {
                // A calendar without an end: the same ads for each day.
                let ads = (0..3).map(|ad| (format!("good-0-{ad}"), format!("/good/good-0-{ad}")));
                return listing(ads, Some(&format!("/list?page={}", number + 1)));
            }
            let ads = KINDS.iter().enumerate().flat_map(|(at, kind)| {
                let (bad, good) = (format!("{kind}-{number}"), format!("good-{number}-{at}"));
                [(bad.clone(), format!("/bad/{kind}/{bad}")), (good.clone(), format!("/good/{good}"))]
            });
            return listing(ads, Some(&format!("/list?page={}", number + 1)));
        }
        let parts: Vec<&str> = path.split('/').collect();
        match parts[..] {
            ["", "good", ad] => ad_page(ad),
            ["", "bad", kind, _] => bad(kind, path, before),
            _ => Reply::status(404),
        }
    });
    let installation = Installation::new(&[("hostile", port)], "answer_s = 2\nretries = 1");
    let took = installation.crawl("hostile");
    println!(
        "hostile: {} bad pages of {} kinds, {:.1} s, {} MiB at most",
        KINDS.len() * rounds,
        KINDS.len(),
        took.time.as_secs_f64(),
        took.peak_mib
    );
    let kept: Vec<String> = installation
        .ads("hostile")
        .into_iter()
        .filter(|(_, versions, up)| *versions == 1 && *up)
        .map(|(ad, ..)| ad)
        .collect();
    for round in 0..rounds {
        let all_the_same = GOOD_ALL_THE_SAME.iter().map(|kind| format!("{kind}-{round}"));
        for good in (0..KINDS.len()).map(|at| format!("good-{round}-{at}")).chain(all_the_same) {
            assert!(kept.contains(&good), "{good} was lost\n{}", took.told);
        }
    }
    assert_eq!(kept.len(), (KINDS.len() + GOOD_ALL_THE_SAME.len()) * rounds, "{kept:?}");
    assert_eq!(installation.ads("hostile").len(), 2 * KINDS.len() * rounds, "what the listing shows is seen");
    // Drip, silence and an endless head take their whole time twice; each failure is followed by a wait of its own.
    assert!(took.time < Duration::from_secs(60 + 40 * rounds as u64), "it hung: {:?}", took.time);
    assert!(took.peak_mib < 200, "{} MiB", took.peak_mib);
}

#[test]
fn a_layout_that_changed_a_listing_that_fell_silent_and_a_broken_robots_txt_lose_no_ad() {
    let state: &'static Mutex<&str> = Box::leak(Box::new(Mutex::new("good")));
    let port = serve(|path| {
        let state = *state.lock().expect("unpoisoned");
        let ads = || (0..12).map(|ad| (format!("a{ad}"), format!("/ad/a{ad}")));
        match (path, state) {
            ("/robots.txt", "robots down") => Reply::status(500),
            ("/robots.txt", _) => Reply::status(404),
            ("/list", "new layout") => Reply::html("<html><ul><li><a href='/ad/a1'>Anna</a></li></ul></html>"),
            ("/list", "silent") => Reply::Silence,
            ("/list", "reset") => Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<html><article".to_vec()),
            ("/list", _) => listing(ads(), None),
            (path, _) => ad_page(path.rsplit('/').next().unwrap_or_default()),
        }
    });
    let installation = Installation::new(&[("s1", port)], "answer_s = 1\nretries = 0");
    installation.crawl("s1");
    let before = installation.ads("s1");
    assert_eq!(before.iter().filter(|(_, versions, up)| *versions == 1 && *up).count(), 12);
    for bad in ["new layout", "silent", "reset", "robots down"] {
        *state.lock().expect("unpoisoned") = bad;
        if bad == "robots down" {
            installation.age_robots(port);
        }
        let took = installation.crawl("s1");
        assert!(took.told.contains("failed: the last good data stay"), "{bad}: {}", took.told);
        assert_eq!(installation.ads("s1"), before, "{bad}");
        assert!(took.time < Duration::from_secs(60), "{bad} hung: {:?}", took.time);
    }
    *state.lock().expect("unpoisoned") = "good";
    installation.age_robots(port);
    let told = installation.crawl("s1").told;
    assert!(told.contains("12 ads on 1 listing pages") && !told.contains("[failed"), "{told}");
}
