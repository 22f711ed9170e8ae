//! What all tests of the suite share.

pub mod memory;
pub mod reader;
pub mod server;

pub use memory::Memory;
pub use reader::PlainReader;
pub use server::{Reply, Server};

use crawler::clock::after;
use crawler::plan::{Approval, Expect, FetchLimits};
use crawler::{Clock, CrawlDeps, Http, Pacer, SitePlan, Stop, VirtualClock, Visited, crawl_site};
use jiff::Timestamp;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

pub const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub fn start() -> Timestamp {
    "2026-10-01T06:00:00Z".parse().expect("a time")
}

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn approval() -> Approval {
    Approval {
        by: "Test".to_owned(),
        from: "2026-01-01T00:00:00Z".parse().expect("a time"),
        until: "2027-01-01T00:00:00Z".parse().expect("a time"),
        legal_basis: "test".to_owned(),
    }
}

/// A plan for a server on loopback that starts at `/list`.
pub fn plan(server: &Server) -> SitePlan {
    SitePlan {
        site: "s1".into(),
        start_urls: vec![server.url("/list")],
        also_hosts: Vec::new(),
        delay: secs(1),
        connections: 1,
        hours: Vec::new(),
        counts_pages: false,
        approval: Some(approval()),
        allow_private: vec![LOOPBACK],
        fetch_images: true,
        max_listing_pages: 50,
        recheck_after: secs(86_400),
        interval: secs(3600),
        least_interval: secs(3600),
        lists_newest_only: false,
        expect: Expect::default(),
        limits: FetchLimits { total: secs(10), ..FetchLimits::default() },
        retries: 2,
    }
}

/// A crawl in virtual time over an in-memory frontier.
pub struct World {
    pub clock: VirtualClock,
    pub memory: Arc<Memory>,
    pub stop: Stop,
}

impl World {
    pub fn new() -> Self {
        Self { clock: VirtualClock::new(start()), memory: Arc::new(Memory::default()), stop: Stop::default() }
    }

    /// What a process has, with a participant of its own: call it anew for each 'process'.
    pub fn deps(&self) -> CrawlDeps {
        let clock = self.clock.participant("test");
        CrawlDeps {
            frontier: self.memory.clone(),
            reader: Arc::new(PlainReader),
            http: Http::new("https://bavn.example.org/contact").expect("a client"),
            pacer: Arc::new(Pacer::new(self.memory.clone(), clock.reader())),
            clock: Arc::new(clock),
            progress: Arc::new(()),
            stop: self.stop.clone(),
            worker: "worker-1".to_owned(),
            lease: secs(60),
            outage: Arc::default(),
        }
    }

    pub async fn crawl(&self, plan: &SitePlan) -> crawler::run::RunSummary {
        match crawl_site(plan, &self.deps()).await.expect("a visit") {
            Visited::Finished(summary) => *summary,
            other => panic!("not finished: {other:?}"),
        }
    }

    pub async fn pass(&self, wait: Duration) {
        let me = self.clock.participant("pass");
        me.sleep_until(after(me.now(), wait)).await;
    }
}
