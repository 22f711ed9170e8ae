//! What bavn needs goes away for a while and comes back: nothing is lost, nothing is doubled, and one is told once when it
//! begins and once when it is over. `BAVN_OUTAGE_S` sets how long (8 s if unset); `./measure outages` uses a minute.

use crate::ad_site::{AdSite, Pages};
use crate::politeness::{Installation, ads_of, end_of, signal};
use crate::support::Child;
use std::process::Stdio;
use std::time::Duration;
use store::testing::OwnCluster;

const DELAY: Duration = Duration::from_millis(100);

fn outage() -> Duration {
    let seconds = std::env::var("BAVN_OUTAGE_S").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(8))
}

#[test]
fn a_database_that_is_gone_for_a_while_costs_nothing() {
    let site = AdSite::start(20, Pages::After(Duration::from_millis(20)));
    let mut cluster = OwnCluster::start();
    let installation = Installation::new(Some(cluster.url()));
    site.write_adapter(&installation.config, "s1", DELAY);
    let log = installation.folder.path().join("log");
    let mut command = installation.command(&["crawl", "--once"]);
    let errors = std::fs::File::create(&log).expect("a file");
    let process = Child(command.stdout(Stdio::null()).stderr(errors).spawn().expect("the program starts"));
    site.asked(8);
    cluster.stop();
    std::thread::sleep(outage());
    let asked_without_it = site.log().len();
    assert!(asked_without_it <= 10, "what was under way was finished, nothing more was asked: {asked_without_it}");
    cluster.start_again();
    assert_eq!(end_of(process, outage() + Duration::from_secs(90)).1, Some(0), "{}", read(&log));
    for told in ["the store does not answer", "the store answers again"] {
        assert_eq!(read(&log).matches(told).count(), 1, "{told}: {}", read(&log));
    }
    site.assert_polite(DELAY);
    assert_eq!(installation.ads(), ads_of("s1", 20));
    assert!((1..=20).all(|ad| site.count(&format!("/s1/ad/{ad}")) == 1), "no page was asked twice");
}

#[test]
fn a_stop_is_in_time_while_the_database_is_gone() {
    let site = AdSite::start(20, Pages::After(Duration::from_millis(20)));
    let mut cluster = OwnCluster::start();
    let installation = Installation::new(Some(cluster.url()));
    site.write_adapter(&installation.config, "s1", DELAY);
    let process = installation.start(&["crawl", "--once"]);
    site.asked(6);
    cluster.stop();
    std::thread::sleep(Duration::from_secs(1));
    signal(&process, "-TERM");
    assert_eq!(end_of(process, Duration::from_secs(10)).1, Some(0));
    cluster.start_again();
    crate::support::done(&mut installation.command(&["crawl", "--once"]));
    assert_eq!(installation.ads(), ads_of("s1", 20));
}

fn read(log: &std::path::Path) -> String {
    std::fs::read_to_string(log).expect("the log")
}
