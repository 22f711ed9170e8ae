//! Approvals, closed doors and private addresses.

use crate::support::*;
use async_trait::async_trait;
use crawler::address::Lookup;
use crawler::plan::SitePlan;
use crawler::ports::SitePhase;
use crawler::run::RunEnd;
use crawler::{CrawlError, ErrorKind, Visited, crawl_site};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn site(asked: &server::Asked) -> Reply {
    match asked.path.as_str() {
        "/list" => Reply::page("ad a /ad/a x\nad b /ad/b x\n"),
        path if path.starts_with("/ad/") => Reply::page(format!("title {path}\n")),
        _ => Reply::status(404),
    }
}

#[tokio::test]
async fn without_a_valid_approval_not_one_request_is_made() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let mut ended = approval();
    ended.until = start();
    let mut early = approval();
    early.from = crawler::clock::after(start(), secs(1));
    for (approval, words) in
        [(None, "recorded approval"), (Some(ended), "renew it"), (Some(early), "recorded approval")]
    {
        let error = crawl_site(&SitePlan { approval, ..plan(&server) }, &world.deps()).await.expect_err("refused");
        assert!(error.to_string().contains(words), "{error}");
        let state = world.memory.state().states[&"s1".into()].clone();
        assert!(state.phase == SitePhase::Closed && state.reason.da.contains("site.toml"), "{state:?}");
    }
    assert_eq!(server.log().len(), 0);
}

#[tokio::test]
async fn an_approval_that_ends_in_the_middle_of_a_run_ends_the_run() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let mut approval = approval();
    approval.until = crawler::clock::after(start(), secs(15));
    let plan = SitePlan { approval: Some(approval), delay: secs(10), ..plan(&server) };
    assert!(matches!(crawl_site(&plan, &world.deps()).await, Err(CrawlError::ApprovalExpired { .. })));
    assert_eq!(server.log().len(), 2);
}

#[tokio::test]
async fn a_refusal_or_a_challenge_ends_the_visit() {
    for (reply, why) in [
        ((|| Reply::status(403)) as fn() -> Reply, ErrorKind::Denied),
        (|| Reply::status(401), ErrorKind::Denied),
        (|| Reply::page("mark challenge\n"), ErrorKind::Challenge),
    ] {
        let world = World::new();
        let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
            "/ad/a" => reply(),
            _ => site(asked),
        })
        .await;
        let summary = world.crawl(&plan(&server)).await;
        assert_eq!(server.paths(), ["/robots.txt", "/list", "/ad/a"], "b is not asked for");
        assert_eq!((summary.verdict.end, summary.verdict.missing_are_gone), (RunEnd::Failed, false));
        assert!(summary.tally.errors.contains_key(&why));
        assert_eq!(world.memory.up(), ["a", "b"]);
        assert_eq!(world.memory.state().states[&"s1".into()].phase, SitePhase::Closed);
    }
}

#[tokio::test]
async fn a_host_that_refuses_pictures_is_asked_for_no_more_of_them() {
    for (reply, why) in [
        ((|| Reply::status(403)) as fn() -> Reply, ErrorKind::Denied),
        (|| Reply::status(429).with("Retry-After", "90000"), ErrorKind::Busy),
        (|| Reply::status(500), ErrorKind::ServerError),
    ] {
        let world = World::new();
        let pictures = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
            "/robots.txt" => Reply::status(404),
            _ => reply(),
        })
        .await;
        let (one, two) = (pictures.url("/1.png"), pictures.url("/2.png"));
        let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
            path if path.starts_with("/ad/") => Reply::page(format!("title {path}\nimage {one}\nimage {two}\n")),
            _ => site(asked),
        })
        .await;
        let plan = SitePlan { also_hosts: vec![pictures.address().to_string()], retries: 20, ..plan(&server) };
        let summary = world.crawl(&plan).await;
        assert_eq!((summary.verdict.end, summary.tally.details), (RunEnd::Good, 2), "{summary:?}");
        assert!(summary.verdict.missing_are_gone && summary.tally.errors[&why] >= 4);
        assert!(pictures.log().len() <= 9, "{why}: {:?}", pictures.paths());
    }
}

#[tokio::test]
async fn a_private_address_is_refused_unless_the_adapter_names_it() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let error = crawl_site(&SitePlan { allow_private: Vec::new(), ..plan(&server) }, &world.deps()).await;
    assert!(error.expect_err("refused").to_string().contains("allow_private"));
    assert_eq!(server.log().len(), 0);
}

/// Answers with one address after the other, and the last one for good.
struct Changing {
    addresses: Vec<IpAddr>,
    asked: AtomicUsize,
}

#[async_trait]
impl Lookup for Changing {
    async fn lookup(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        if name == "missing.example.org" {
            return Err(std::io::ErrorKind::NotFound.into());
        }
        let at = self.asked.fetch_add(1, Ordering::Relaxed).min(self.addresses.len() - 1);
        Ok(vec![self.addresses[at]])
    }
}

async fn crawl_name(name: &str, allow_private: Vec<IpAddr>, addresses: &[&str]) -> (Vec<ErrorKind>, Server, usize) {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| match asked.path.as_str() {
        // Each answer closes its connection, so that the next request looks the name up again.
        "/list" => Reply::page("ad a /ad/a x\n").with("Connection", "close"),
        "/robots.txt" => Reply::status(404).with("Connection", "close"),
        _ => Reply::page("title A\n"),
    })
    .await;
    let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().expect("an address")).collect();
    let lookup = Arc::new(Changing { addresses, asked: AtomicUsize::new(0) });
    let mut deps = world.deps();
    deps.http = deps.http.with_lookup(lookup.clone());
    let start = format!("http://{name}:{}/list", server.address().port());
    let plan = SitePlan { start_urls: vec![start], allow_private, retries: 0, ..plan(&server) };
    let Ok(Visited::Finished(summary)) = crawl_site(&plan, &deps).await else { panic!("not finished") };
    (summary.tally.errors.into_keys().collect(), server, lookup.asked.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_when_connecting() {
    let (errors, server, asked) = crawl_name("ads.example.org", Vec::new(), &["127.0.0.1"]).await;
    assert_eq!((errors, server.log().len(), asked), (vec![ErrorKind::AddressRefused], 0, 1));
    let (errors, server, _) = crawl_name("ads.example.org", Vec::new(), &["::ffff:127.0.0.1"]).await;
    assert_eq!((errors, server.log().len()), (vec![ErrorKind::AddressRefused], 0));
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_refused_when_connecting() {
    // Rebinding: the first answers are what the adapter names, the next one is another machine inside.
    let (errors, server, asked) =
        crawl_name("ads.example.org", vec![LOOPBACK], &["127.0.0.1", "127.0.0.1", "127.0.0.2"]).await;
    assert_eq!(server.paths(), ["/robots.txt", "/list"]);
    assert_eq!((errors, asked), (vec![ErrorKind::AddressRefused], 3));
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_said_to_be_unknown() {
    let (errors, server, _) = crawl_name("missing.example.org", Vec::new(), &["127.0.0.1"]).await;
    assert_eq!((errors, server.log().len()), (vec![ErrorKind::RobotsUnreachable], 0));
}
