//! Coverage in time: the demo's virtual days crawled by `bavn`'s own schedule, store and adapters on a virtual clock, held
//! against the demo's truth. `BAVN_COVERAGE_DAYS` and `BAVN_COVERAGE_ADVERTISERS` set the size; `./measure coverage` takes
//! the demo's 30 days.

use bavn::config::Config;
use bavn::jobs::{crawl, demo as demo_job};
use bavn::plans::plans;
use crawler::{Clock, SitePlan, Stop, VirtualClock, crawl_forever};
use demo::{DemoSites, Population, PopulationSettings};
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use store::Store;

fn size(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What was seen of what was there.
#[derive(Debug, Default)]
struct Coverage {
    /// Ads that were up for longer than one interval, and how many of them were seen.
    lasting: (usize, usize),
    /// Ads that were up for less than six hours, and how many of them were seen.
    short: (usize, usize),
    /// Minutes from an ad's appearance to its first sighting, of those that appeared during the crawl and were seen.
    first_min: Vec<f64>,
    /// Minutes from an ad's last sighting to its end, of those that ended during the crawl and were seen.
    last_min: Vec<f64>,
    /// Ads seen that never were.
    unknown: usize,
    /// Listing pages, ads' pages and pictures asked for.
    requests: usize,
    /// Runs.
    runs: usize,
}

fn minutes(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64() / 60.0
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() as f64 - 1.0) * share).round().max(0.0) as usize).copied().unwrap_or(f64::NAN)
}

fn percent((all, some): (usize, usize)) -> f64 {
    100.0 * some as f64 / all.max(1) as f64
}

async fn measure(days: u32, advertisers: u32, change: fn(&mut SitePlan)) -> Coverage {
    let settings = PopulationSettings { days, advertisers, ..PopulationSettings::default() };
    let population = Arc::new(Population::generate(&settings));
    let clock = VirtualClock::new(population.settings.start);
    let sites = DemoSites::start(population.clone(), clock.reader()).await.expect("sites");
    let mut config = Config::load(Path::new("no such folder"), true).expect("the built-in configuration");
    demo_job::use_demo(&mut config, |site| Some(sites.base_url(site))).expect("the demo's sites");
    config.settings.crawl.interval_min = 180;
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("bavn.sqlite").display());
    let options = store::Options { durable: false, ..store::Options::default() };
    let store = Store::open_with(&url, store::testing::key(), clock.now(), options).await.expect("a store");
    let config = config.for_crawl();
    let mut plans = plans(&config, &store, &[], clock.now()).await.expect("plans");
    plans.iter_mut().for_each(change);
    let interval_min = plans[0].interval.as_secs_f64() / 60.0;
    let participant: Arc<dyn Clock> = Arc::new(clock.participant("schedule"));
    let deps = crawl::deps(&config, &store, participant, Stop::default(), Arc::new(())).expect("a crawler");
    let (start, end) = (population.settings.start, population.end());
    crawl_forever(plans.clone(), &deps, Some(end)).await;

    let mut seen = HashMap::new();
    let mut coverage = Coverage { requests: sites.request_log().len(), ..Coverage::default() };
    for plan in &plans {
        coverage.runs += store.past_looks(&plan.site, 100_000).await.expect("runs").len();
        for span in store.ad_spans(&plan.site).await.expect("ads") {
            seen.insert((plan.site.0.clone(), span.ad_id.clone()), span);
        }
    }
    coverage.unknown = seen.keys().filter(|(site, ad)| population.ad(site, ad).is_none()).count();
    for ad in &population.ads {
        let (from, until) = (ad.up_from.max(start), ad.up_until.min(end));
        let span = seen.get(&(ad.site.to_owned(), ad.ad_id.clone()));
        let was_seen = usize::from(span.is_some());
        let count = |tally: &mut (usize, usize)| *tally = (tally.0 + 1, tally.1 + was_seen);
        if minutes(from, until) > interval_min {
            count(&mut coverage.lasting);
        }
        // Whole lives within the crawl only: what was cut off by its ends says nothing.
        let is_whole = ad.up_from >= start && ad.up_until <= end;
        if is_whole && minutes(ad.up_from, ad.up_until) < 360.0 {
            count(&mut coverage.short);
        }
        let Some(span) = span else { continue };
        if ad.up_from >= start {
            coverage.first_min.push(minutes(ad.up_from, span.first_seen));
        }
        if ad.up_until <= end {
            coverage.last_min.push(minutes(span.last_seen, ad.up_until));
        }
    }
    store.close().await;
    coverage
}

fn print(what: &str, coverage: &mut Coverage) {
    println!(
        "coverage, {what}: {} runs, {} requests\n  up for longer than one interval: {} of {} seen ({:.2} %)\n  \
         up for less than 6 h: {} of {} seen ({:.1} %)\n  from appearance to first sighting: median {:.0} min, 95 % within {:.0} min\n  \
         from last sighting to end: median {:.0} min, 95 % within {:.0} min",
        coverage.runs,
        coverage.requests,
        coverage.lasting.1,
        coverage.lasting.0,
        percent(coverage.lasting),
        coverage.short.1,
        coverage.short.0,
        percent(coverage.short),
        quantile(&mut coverage.first_min, 0.5),
        quantile(&mut coverage.first_min, 0.95),
        quantile(&mut coverage.last_min, 0.5),
        quantile(&mut coverage.last_min, 0.95),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ads_that_are_up_for_longer_than_one_interval_are_seen() {
    let (days, advertisers) = (size("BAVN_COVERAGE_DAYS", 2), size("BAVN_COVERAGE_ADVERTISERS", 60));
    let mut adapting = measure(days, advertisers, |_| {}).await;
    print("interval adapts from 180 down to 45 min", &mut adapting);
    let mut fixed = measure(days, advertisers, |plan| plan.least_interval = plan.interval).await;
    print("interval fixed at 180 min", &mut fixed);
    for coverage in [&adapting, &fixed] {
        assert!(percent(coverage.lasting) >= 99.5, "{:?} of those up for longer than one interval", coverage.lasting);
        assert_eq!(coverage.unknown, 0);
        // An ad's times are those of looks: never before it came nor after it had gone.
        let all = coverage.first_min.iter().chain(&coverage.last_min);
        assert!(all.clone().all(|minutes| *minutes >= 0.0), "seen outside its life");
    }
    assert!(adapting.lasting.0 > 30, "too few ads to say anything");
    let median = |coverage: &mut Coverage| quantile(&mut coverage.first_min, 0.5);
    assert!(median(&mut adapting) < median(&mut fixed), "a site that changes is looked at more often");
}
