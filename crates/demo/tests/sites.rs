//! The sites answer over HTTP what the population says is up.

use demo::{DemoSites, Population, PopulationSettings, SITES, reply};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn population() -> Population {
    Population::generate(&PopulationSettings { seed: 5, advertisers: 200, ..PopulationSettings::default() })
}

/// The least of a client: one request a connection.
async fn get(base: &str, path: &str) -> (u16, String, Vec<u8>) {
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bavn-test\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
    (head[9..12].parse().unwrap(), head, answer[end + 4..].to_vec())
}

/// Every ad path that a site's listings lead to.
async fn listed(base: &str, site: &str) -> BTreeSet<String> {
    let (starts, mark): (Vec<String>, &str) = match site {
        "demo-table" => (vec!["/annoncer.php".into()], "annonce.php?id="),
        "demo-cards" => (
            ["hovedstaden", "sjaelland", "syddanmark", "midtjylland", "nordjylland"]
                .map(|region| format!("/region/{region}"))
                .into(),
            "/annonce/",
        ),
        _ => (vec!["/liste/1".into()], "/vis/"),
    };
    let mut found = BTreeSet::new();
    let mut waiting = starts;
    let mut page = 1;
    while let Some(path) = waiting.pop() {
        let (status, _, body) = get(base, &path).await;
        assert_eq!(status, 200, "{path}");
        let html = String::from_utf8_lossy(&body).into_owned();
        let before = found.len();
        for part in html.split("href=\"").skip(1) {
            let href = part.split('"').next().unwrap();
            if let Some(rest) = href.trim_start_matches('/').strip_prefix(mark.trim_start_matches('/')) {
                let id = rest.split(['&', '/']).next().unwrap();
                found.insert(format!("/{}{id}", mark.trim_start_matches('/')));
            }
            if html.contains("rel=\"next\"") && href.contains("side=") {
                waiting.push(href.to_owned());
            }
        }
        if site != "demo-cards" && found.len() > before {
            page += 1;
            waiting.push(if site == "demo-table" {
                format!("/annoncer.php?side={page}")
            } else {
                format!("/liste/{page}")
            });
        }
    }
    found
}

#[tokio::test]
async fn a_walk_over_the_listings_finds_every_ad_that_is_up_and_no_other() {
    let population = Arc::new(population());
    let clock = Arc::new(Mutex::new(population.settings.start));
    let sites = {
        let clock = clock.clone();
        DemoSites::start(population.clone(), Arc::new(move || *clock.lock().unwrap())).await.unwrap()
    };
    for hours in [0, 31, 200, 500, 719] {
        let now = population.settings.start + SignedDuration::from_hours(hours);
        *clock.lock().unwrap() = now;
        for site in SITES {
            let expected: BTreeSet<String> = population.up_at(site, now).iter().map(|ad| ad.path()).collect();
            assert_eq!(listed(&sites.base_url(site), site).await, expected, "{site} after {hours} h");
        }
    }
    let log = sites.request_log();
    assert!(log.iter().all(|row| row.user_agent == "bavn-test" && row.status == 200));
    assert_eq!(log.last().map(|row| row.at), Some(population.settings.start + SignedDuration::from_hours(719)));
}

#[tokio::test]
async fn an_ad_comes_changes_and_vanishes() {
    let population = Arc::new(population());
    let clock = Arc::new(Mutex::new(Timestamp::UNIX_EPOCH));
    let sites = {
        let clock = clock.clone();
        DemoSites::start(population.clone(), Arc::new(move || *clock.lock().unwrap())).await.unwrap()
    };
    for (site, gone) in [("demo-table", 410), ("demo-cards", 200), ("demo-veiled", 404)] {
        let ad = population.ads.iter().find(|ad| ad.site == site && ad.versions.len() > 1).unwrap();
        let base = sites.base_url(site);
        let minute = SignedDuration::from_mins(1);
        *clock.lock().unwrap() = ad.up_from - minute;
        assert_eq!(get(&base, &ad.path()).await.0, 404, "{site}: not up yet");
        *clock.lock().unwrap() = ad.up_from;
        let (status, head, first) = get(&base, &ad.path()).await;
        assert_eq!(status, 200);
        assert!(head.contains(if site == "demo-table" { "charset=iso-8859-1" } else { "charset=utf-8" }), "{head}");
        *clock.lock().unwrap() = ad.versions[1].from;
        let (_, _, second) = get(&base, &ad.path()).await;
        assert_ne!(first, second, "{site}: the edit shows");
        *clock.lock().unwrap() = ad.up_until;
        let (status, _, ended) = get(&base, &ad.path()).await;
        assert_eq!(status, gone);
        assert!(!String::from_utf8_lossy(&ended).contains("class=\"tekst\""), "{site}: no text is left");
    }
}

#[test]
fn pages_are_in_their_charset_and_hold_what_is_true() {
    let population = population();
    let now = population.settings.start + SignedDuration::from_hours(300);
    let mut danish = 0;
    for ad in population.up_at("demo-table", now) {
        let page = reply(&population, "demo-table", &ad.path(), "", now);
        let html: String = page.body.iter().map(|byte| char::from(*byte)).collect();
        let version = ad.version_at(now);
        assert!(html.contains(&version.fields["place"]), "{} in ISO-8859-1", version.fields["place"]);
        danish += usize::from(version.body.contains(['æ', 'ø', 'å']));
        assert!(page.body.iter().all(|byte| !(128..160).contains(byte)), "no windows-1252 byte");
    }
    assert!(danish > 5);
    for ad in population.up_at("demo-veiled", now) {
        let page = reply(&population, "demo-veiled", &ad.path(), "", now);
        let version = ad.version_at(now);
        if let Some(phone) = version.fields.get("phone").filter(|phone| !version.body.contains(*phone)) {
            assert!(!String::from_utf8(page.body).unwrap().contains(phone), "the site hides the number");
        }
    }
}

#[test]
fn what_robots_txt_forbids_is_linked_to_but_answers_403() {
    let population = population();
    let now = population.settings.start;
    for (site, path) in [("demo-table", "/svar.php?id=1"), ("demo-cards", "/min-side/"), ("demo-veiled", "/intern/")] {
        assert_eq!(reply(&population, site, path, "", now).status, 403);
        let robots = String::from_utf8(reply(&population, site, "/robots.txt", "", now).body).unwrap();
        assert!(robots.contains("Disallow: /"), "{robots}");
    }
    let robots = reply(&population, "demo-veiled", "/robots.txt", "", now).body;
    assert!(String::from_utf8(robots).unwrap().contains("Crawl-delay: 5"));
}

#[test]
fn an_unchanged_page_answers_304() {
    let population = population();
    let now = population.settings.start + SignedDuration::from_hours(50);
    let path = population.up_at("demo-table", now)[0].path();
    let first = reply(&population, "demo-table", &path, "", now);
    let tag = first.header("etag").unwrap();
    let second = reply(&population, "demo-table", &path, tag, now);
    assert_eq!((second.status, second.body.len()), (304, 0));
    assert_eq!(second.header("etag"), Some(tag));
}

#[test]
fn pictures_are_served_and_unknown_ones_are_not() {
    let population = population();
    let now = population.settings.start;
    for (site, path) in
        [("demo-table", "/billede.php?nr=0"), ("demo-cards", "/foto/0.png"), ("demo-veiled", "/medie/0")]
    {
        let page = reply(&population, site, path, "", now);
        assert_eq!((page.status, page.header("content-type")), (200, Some("image/png")));
        assert_eq!(page.body, population.image_png(0));
    }
    assert_eq!(reply(&population, "demo-cards", "/foto/999999.png", "", now).status, 404);
    assert_eq!(reply(&population, "demo-cards", "/foto/x", "", now).status, 404);
}

#[test]
fn odd_requests_are_answered() {
    let population = population();
    let now = population.settings.start;
    for site in SITES {
        for path in [
            "",
            "/",
            "//",
            "/?",
            "/annoncer.php?side=-1",
            "/annoncer.php?side=99999999999999999999",
            "/liste/0",
            "/liste/x",
            "/liste/18446744073709551615",
            "/region/nowhere",
            "/vis/",
            "/annonce/../..",
            "/%00",
            "/annonce.php",
        ] {
            let page = reply(&population, site, path, "", now);
            assert!([200, 404].contains(&page.status), "{site} {path}: {}", page.status);
        }
    }
    assert_eq!(reply(&population, "another", "/", "", now).status, 404);
}
