//! Delays, Retry-After, breaker and hours, proven from the server's side in virtual time.

use crate::support::*;
use crawler::clock::after;
use crawler::plan::{Hours, SitePlan};
use crawler::ports::SitePhase;
use crawler::run::RunEnd;
use crawler::{ErrorKind, Visited, crawl_site};
use jiff::Timestamp;
use jiff::civil::time;
use std::time::Duration;

fn site(asked: &server::Asked) -> Reply {
    match asked.path.as_str() {
        "/list" => Reply::page("ad a /ad/a x\nad b /ad/b x\nad c /ad/c x\nad d /ad/d x\n"),
        path if path.starts_with("/ad/") => Reply::page(format!("title {path}\n")),
        _ => Reply::status(404),
    }
}

/// Times are whole milliseconds rounded down, so that every wait is one longer.
const MILLI: Duration = Duration::from_millis(1);

/// The closest that two requests came.
fn closest(server: &Server) -> Duration {
    let log = server.log();
    let gaps = log.windows(2).map(|pair| Duration::try_from(pair[1].at.duration_since(pair[0].at)));
    gaps.map(|gap| gap.expect("in order")).min().expect("two requests")
}

#[tokio::test]
async fn the_plans_delay_holds_for_every_request() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    world.crawl(&SitePlan { delay: secs(7), ..plan(&server) }).await;
    assert_eq!((server.log().len(), closest(&server)), (6, secs(7) + MILLI), "robots.txt counts too");
}

#[tokio::test]
async fn the_delay_holds_on_the_wall_clock_too() {
    let world = World::new();
    let server = Server::start(std::sync::Arc::new(Timestamp::now), site).await;
    let delay = Duration::from_millis(40);
    let plan = SitePlan { delay, approval: Some(approval_on_the_wall()), ..plan(&server) };
    for _ in 0..2 {
        let mut deps = world.deps();
        deps.clock = std::sync::Arc::new(crawler::WallClock);
        deps.pacer = std::sync::Arc::new(crawler::Pacer::new(world.memory.clone(), deps.clock.reader()));
        let Ok(Visited::Finished(_)) = crawl_site(&plan, &deps).await else { panic!("not finished") };
    }
    assert!(server.log().len() >= 7 && closest(&server) >= delay, "{:?}", closest(&server));
}

fn approval_on_the_wall() -> crawler::plan::Approval {
    let now = Timestamp::now();
    crawler::plan::Approval { from: now, until: after(now, secs(3600)), ..approval() }
}

#[tokio::test]
async fn more_connections_do_not_mean_a_shorter_delay() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    world.crawl(&SitePlan { delay: secs(7), connections: 4, ..plan(&server) }).await;
    assert_eq!(server.log().len(), 6);
    assert!(closest(&server) >= secs(7));
}

#[tokio::test]
async fn a_longer_crawl_delay_holds_and_a_shorter_one_does_not() {
    for (robots, expected) in [
        ("user-agent: *\ncrawl-delay: 11.5\n", Duration::from_millis(11_500)),
        ("user-agent: bavn\ncrawl-delay: 0.1\n", secs(7)),
    ] {
        let world = World::new();
        let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
            "/robots.txt" => Reply::text(robots),
            _ => site(asked),
        })
        .await;
        world.crawl(&SitePlan { delay: secs(7), ..plan(&server) }).await;
        assert_eq!(closest(&server), expected + MILLI, "{robots}");
    }
}

#[tokio::test]
async fn delays_hold_across_redirects_retries_and_runs() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| match asked.path.as_str() {
        "/ad/a" => Reply::redirect("/ad/a/"),
        "/ad/b" if asked.before < 2 => Reply::status(500),
        _ => site(asked),
    })
    .await;
    let plan = SitePlan { delay: secs(7), ..plan(&server) };
    world.crawl(&plan).await;
    world.crawl(&plan).await;
    assert_eq!(server.count("/ad/b"), 3);
    assert!(closest(&server) >= secs(7));
}

#[tokio::test]
async fn delays_hold_across_a_kill_and_another_process() {
    for kill_after in 0..5 {
        let world = World::new();
        let server = Server::start(world.clock.reader(), site).await;
        let plan = SitePlan { delay: secs(7), ..plan(&server) };
        let deps = world.deps();
        tokio::select! {
            biased;
            () = server.asked(kill_after + 1) => {}
            visited = crawl_site(&plan, &deps) => panic!("not killed: {visited:?}"),
        }
        // A new process knows only what the store knows.
        let next = world.deps();
        drop(deps);
        let Ok(Visited::Finished(_)) = crawl_site(&plan, &next).await else { panic!("not finished") };
        assert!(closest(&server) >= secs(7), "killed after {kill_after}: {:?}", closest(&server));
    }
}

#[tokio::test]
async fn another_worker_gets_a_dead_ones_site_when_its_lease_has_run_out() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let plan = plan(&server);
    let deps = world.deps();
    tokio::select! {
        biased;
        () = server.asked(3) => {}
        visited = crawl_site(&plan, &deps) => panic!("not killed: {visited:?}"),
    }
    let mut other = world.deps();
    drop(deps);
    other.worker = "worker-2".to_owned();
    let Ok(Visited::Finished(summary)) = crawl_site(&plan, &other).await else { panic!("not finished") };
    assert_eq!(summary.tally.details, 4);
    let gap = server.log()[3].at.duration_since(server.log()[2].at).as_secs();
    assert!((55..=65).contains(&gap), "the lease lasts a minute: {gap}");
}

#[tokio::test]
async fn a_site_belongs_to_one_living_worker_at_a_time() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let plan = SitePlan { delay: secs(50), ..plan(&server) };
    let one = world.deps();
    let mut two = world.deps();
    two.worker = "worker-2".to_owned();
    let late = async {
        two.clock.sleep_until(after(start(), secs(1))).await;
        let refused = crawl_site(&plan, &two).await.expect_err("it is held");
        drop(two);
        refused
    };
    let first = async {
        let visited = crawl_site(&plan, &one).await;
        drop(one);
        visited
    };
    let (visited, refused) = tokio::join!(first, late);
    assert!(refused.to_string().contains("another worker"), "{refused}");
    assert!(matches!(visited, Ok(Visited::Finished(_))));
    assert_eq!((server.log().len(), closest(&server)), (6, secs(50) + MILLI));
}

/// The wait after `/ad/b` was answered by `refusal` for the first time.
async fn wait_after(refusal: impl Fn() -> Reply + Send + Sync + 'static) -> (i64, World) {
    let world = World::new();
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/ad/b" if asked.before == 0 => refusal(),
        _ => site(asked),
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!((summary.verdict.end, summary.tally.details), (RunEnd::Good, 4), "it was tried again");
    let log = server.log();
    let at = log.iter().position(|asked| asked.path == "/ad/b").expect("asked");
    (log[at + 1].at.duration_since(log[at].at).as_secs(), world)
}

#[tokio::test]
async fn retry_after_is_obeyed_by_the_whole_site() {
    let (wait, world) = wait_after(|| Reply::status(429).with("Retry-After", "1234")).await;
    assert_eq!(wait, 1234);
    let waiting = world.memory.state().history.iter().find(|state| state.phase == SitePhase::Waiting).cloned();
    let waiting = waiting.expect("the wait is shown");
    assert!(waiting.until.is_some() && waiting.reason.da.contains("Retry-After"), "{waiting:?}");
    let (wait, _) = wait_after(|| Reply::status(503).with("Retry-After", "77")).await;
    assert_eq!(wait, 77);
    let (wait, _) = wait_after(|| Reply::status(429)).await;
    assert!((30..=38).contains(&wait), "half a minute and up to a quarter more: {wait}");
}

#[tokio::test]
async fn retry_after_as_a_date_is_obeyed() {
    let date = || {
        Reply::status(503)
            .with("Date", "Thu, 01 Oct 2026 07:00:00 GMT")
            .with("Retry-After", "Thu, 01 Oct 2026 07:10:00 GMT")
    };
    assert_eq!(wait_after(date).await.0, 600, "the server's clock is ahead by an hour");
}

#[tokio::test]
async fn a_long_retry_after_ends_the_visit_and_holds_in_the_next_process() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| match asked.path.as_str() {
        "/ad/b" if asked.before == 0 => Reply::status(429).with("Retry-After", "86400"),
        _ => site(asked),
    })
    .await;
    let plan = plan(&server);
    let asked_at = |server: &Server| server.log().last().expect("asked").at;
    let Visited::Quiet(until) = crawl_site(&plan, &world.deps()).await.expect("a visit") else { panic!("not quiet") };
    assert_eq!(until, after(asked_at(&server), secs(86_400)));
    let asked = server.log().len();
    assert_eq!(crawl_site(&plan, &world.deps()).await.expect("a visit"), Visited::Quiet(until));
    assert_eq!(server.log().len(), asked, "not one request in between");
    world.pass(secs(86_400)).await;
    assert_eq!(world.crawl(&plan).await.tally.details, 4);
}

#[tokio::test]
async fn a_burst_of_failures_opens_the_breaker_and_ends_well() {
    let world = World::new();
    let failing = |at: Timestamp| at < after(start(), secs(900)) && at > after(start(), secs(1));
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        "/robots.txt" => Reply::status(404),
        _ if failing(asked.at) => Reply::status(502),
        _ => site(asked),
    })
    .await;
    let summary = world.crawl(&SitePlan { retries: 10, ..plan(&server) }).await;
    assert_eq!((summary.verdict.end, summary.tally.details), (RunEnd::Good, 4), "{summary:?}");
    let during = server.log().iter().filter(|asked| failing(asked.at)).count();
    assert!(during <= 8, "a failing host is asked less and less: {during} times in a quarter of an hour");
}

#[tokio::test]
async fn pages_that_are_bad_by_themselves_do_not_shut_a_host_that_is_well() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| {
        let number = asked.path.strip_prefix("/ad/").and_then(|ad| ad.parse::<usize>().ok());
        match (asked.path.as_str(), number) {
            ("/list", _) => Reply::page((0..40).map(|ad| format!("ad {ad} /ad/{ad} x\n")).collect::<String>()),
            // Tried again they come one after the other.
            (_, Some(ad)) if ad % 2 == 0 => Reply::status(500),
            (_, Some(ad)) => Reply::page(format!("title {ad}\n")),
            _ => Reply::status(404),
        }
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!((summary.verdict.end, summary.tally.details), (RunEnd::Good, 20), "{summary:?}");
    let (last, retries) = (server.log().last().expect("asked").at, 60);
    assert!(last < after(start(), secs(60 + retries)), "nobody waited behind a breaker: {last}");
    assert!(world.memory.state().history.iter().all(|state| state.phase != SitePhase::Waiting));
    assert_eq!(world.memory.up().len(), 40, "an ad whose page is bad is not gone");
}

#[tokio::test]
async fn a_network_that_is_gone_for_a_while_costs_nothing_and_is_told_once() {
    let world = World::new();
    let gone = |at: Timestamp| at > after(start(), secs(3)) && at < after(start(), secs(200));
    let server = Server::start(world.clock.reader(), move |asked| match asked.path.as_str() {
        _ if gone(asked.at) => Reply::Raw(Vec::new()),
        _ => site(asked),
    })
    .await;
    let summary = world.crawl(&plan(&server)).await;
    assert_eq!((summary.verdict.end, summary.tally.details), (RunEnd::Good, 4), "{summary:?}");
    assert_eq!(world.memory.ad("a").versions.len(), 1);
    assert!(server.log().iter().filter(|asked| gone(asked.at)).count() <= 8, "asked less and less");
    let mut phases: Vec<_> = world.memory.state().history.iter().map(|state| state.phase).collect();
    phases.dedup();
    use SitePhase::*;
    let told = phases.iter().filter(|phase| **phase == Waiting).count();
    assert!(told == 1 && phases.ends_with(&[Running, Idle]), "{phases:?}");
}

#[tokio::test]
async fn workers_beside_each_other_keep_one_pace_and_one_connection() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let one = SitePlan { delay: secs(7), ..plan(&server) };
    let two = SitePlan { site: "s2".into(), delay: secs(3), ..one.clone() };
    let process = |worker: &str| {
        let mut deps = world.deps();
        deps.worker = worker.to_owned();
        deps.pacer =
            std::sync::Arc::new(crawler::Pacer::beside_others(world.memory.clone(), deps.clock.reader(), worker));
        deps
    };
    let (first, second) = (process("w1"), process("w2"));
    let crawl = async |plan: SitePlan, deps: crawler::CrawlDeps| {
        let visited = crawl_site(&plan, &deps).await;
        drop(deps);
        visited
    };
    let (a, b) = tokio::join!(crawl(one, first), crawl(two, second));
    assert!(matches!((a, b), (Ok(Visited::Finished(_)), Ok(Visited::Finished(_)))));
    assert!(server.log().len() >= 11);
    assert!(closest(&server) >= secs(3), "{:?}", closest(&server));
    let later: Vec<_> = server.log().into_iter().skip(3).collect();
    let gaps = later.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at).as_secs());
    assert!(gaps.min() >= Some(7), "the longest delay of both, once both have asked");
}

#[tokio::test]
async fn of_two_workers_one_reads_a_site_at_each_interval() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let plans = vec![SitePlan { interval: secs(3600), ..plan(&server) }];
    let until = Some(after(start(), secs(3 * 3600 - 60)));
    let process = |worker: &str| {
        let mut deps = world.deps();
        deps.worker = worker.to_owned();
        deps
    };
    let (first, second) = (process("w1"), process("w2"));
    let crawl = async |deps: crawler::CrawlDeps| {
        crawler::crawl_forever(plans.clone(), &deps, until).await;
        drop(deps);
    };
    tokio::join!(crawl(first), crawl(second));
    assert_eq!(server.count("/list"), 3, "three intervals");
}

#[tokio::test]
async fn a_host_that_stays_down_ends_the_run_and_nothing_counts_as_gone() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), |asked| match asked.path.as_str() {
        "/robots.txt" | "/list" => site(asked),
        _ => Reply::status(500),
    })
    .await;
    let summary = world.crawl(&SitePlan { retries: 50, ..plan(&server) }).await;
    assert_eq!((summary.verdict.end, summary.verdict.missing_are_gone), (RunEnd::Failed, false));
    assert!(server.log().len() < 15);
    assert_eq!(world.memory.up().len(), 4, "what the listing showed is kept");
    assert!(summary.tally.errors[&ErrorKind::ServerError] > 0);
}

#[tokio::test]
async fn nothing_is_asked_outside_the_agreed_hours() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    // The clock stands at 08:00 local time.
    let hours = vec![Hours { from: time(22, 0, 0, 0), to: time(22, 0, 10, 0) }];
    world.crawl(&SitePlan { hours, delay: secs(4), ..plan(&server) }).await;
    let zone = jiff::tz::TimeZone::get("Europe/Copenhagen").expect("a zone");
    let times: Vec<_> = server.log().iter().map(|asked| asked.at.to_zoned_datetime(zone.clone()).time()).collect();
    assert_eq!(times.len(), 7, "three a day, and robots.txt again after a day");
    assert!(times.iter().all(|at| (time(22, 0, 0, 0)..time(22, 0, 10, 0)).contains(at)), "{times:?}");
}

#[tokio::test]
async fn two_sites_on_one_host_share_its_pace() {
    let world = World::new();
    let server = Server::start(world.clock.reader(), site).await;
    let one = SitePlan { delay: secs(7), interval: secs(100_000), ..plan(&server) };
    let two = SitePlan { site: "s2".into(), delay: secs(3), ..one.clone() };
    crawler::crawl_forever(vec![one, two], &world.deps(), Some(after(start(), secs(50_000)))).await;
    assert!(server.log().len() >= 11);
    assert!(closest(&server) >= secs(7), "{:?}", closest(&server));
}
