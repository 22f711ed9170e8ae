//! `bavn run`: the whole system for one organisation, in one process: crawls, analysis, lists, pages.

use crate::cli::{Cli, ServeArgs};
use crate::config::{Config, Unit};
use crate::jobs::crawl::KeepCrawling;
use crate::jobs::{alarms, analyse, crawl, list, notices, serve, upkeep};
use crate::key::{Need, open_store};
use crate::live::Live;
use crate::live_pages;
use crate::monitor::{self, Counted};
use crate::pipeline::{self, NewReference};
use crate::plans::plans;
use crawler::Stop;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use store::{Actor, Store};

/// How often the schedule looks at the clock.
const TICK: Duration = Duration::from_secs(20);

/// Runs until SIGTERM or SIGINT.
pub async fn run(cli: &Cli, args: &ServeArgs) -> anyhow::Result<()> {
    let cli_of = cli.clone();
    let live = Live::open(&cli.config, move |_| Config::of(&cli_of, false))?;
    let config = live.now();
    let store = open_store(cli, Need::Make, crate::time::now()).await?;
    if super::virtual_today(&store).await?.is_some() {
        anyhow::bail!("this store was made by 'bavn demo' and stands still in time: name another folder with --data");
    }
    let _only_one = crawl::only_crawler(cli, &store)?;
    let stop = Stop::default();
    crawl::stop_on_signal(stop.clone());
    let listener = serve::listen(args.listen.unwrap_or(config.settings.serve.listen)).await?;
    let states = live_pages::states(&live, &store, None, stop.clone())?;
    let tls = serve::tls(&config)?;
    serve::say_where(cli, &config, listener.local_addr()?)?;
    let _public = serve::start_public(config.settings.public.address(), &tls, &states).await?;
    let _monitor = monitor::start(args.monitor.or(config.settings.monitor.address()), &store).await?;
    let mut tasks = tokio::task::JoinSet::new();
    if config.sites.is_empty() {
        eprintln!("No site is configured yet: nothing is crawled.");
    } else {
        // What stands in the way of the crawl is said at the start, and stops it.
        plans(&config.for_crawl(), &store, &[], crate::time::now()).await?;
    }
    let (now, later) = (config.for_crawl(), live.changes());
    let progress = Arc::new(Counted(Arc::new(())));
    let crawl = KeepCrawling { sites: Vec::new(), until: None, progress };
    tasks.spawn(crawl.run(now, later, Config::for_crawl, store.clone(), stop.clone()));
    tasks.spawn(keep_analysing(live.clone(), store.clone(), stop.clone()));
    notices::appoint(&store, &config, crate::time::now()).await?;
    tasks.spawn(keep_listing(live.clone(), store.clone(), stop.clone()));
    tasks.spawn(keep_telling(live.clone(), store.clone(), stop.clone()));
    tasks.spawn(upkeep::keep(upkeep::Upkeep::whole(cli, &config), live.clone(), store.clone(), stop.clone()));
    tasks.spawn(live_pages::keep_noting(live.clone(), store.clone(), stop.clone()));
    let serving = stop.clone();
    let served = web::serve(listener, tls, states, async move { serving.stopped().await }).await;
    stop.stop();
    while tasks.join_next().await.is_some() {}
    store.close().await;
    Ok(served?)
}

/// Analyses at the configured interval; once a day with a new reference. A failed analysis is logged and tried again:
/// the one before stays current.
async fn keep_analysing(live: Arc<Live<Config>>, store: Store, stop: Stop) {
    let mut reference_day = None;
    loop {
        let config = live.now();
        let interval = Duration::from_secs(u64::from(config.settings.analyse.interval_min) * 60);
        let now = crate::time::now();
        let today = crate::time::local_day(now);
        let renew = if reference_day == Some(today) { NewReference::IfNone } else { NewReference::Always };
        match pipeline::analyse(&store, &config, now, now, renew, &|_, _| {}).await {
            Ok(summary) => {
                reference_day = Some(today);
                tracing::info!("{}", analyse::describe(&summary));
            }
            Err(error) => tracing::error!("the analysis failed and is tried again: {error:#}"),
        }
        tokio::select! {
            () = stop.stopped() => return,
            () = tokio::time::sleep(interval) => {}
        }
    }
}

/// Makes each team's list once its hour has come, also after a night in which the machine was off.
async fn keep_listing(live: Arc<Live<Config>>, store: Store, stop: Stop) {
    loop {
        if let Err(error) = due_lists(&live.now(), &store, crate::time::now()).await {
            tracing::error!("a list could not be made and is tried again: {error:#}");
        }
        tokio::select! {
            () = stop.stopped() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Tells the people appointed of each case in the urgent route, within a moment of the analysis that found it; then of
/// alarms.
async fn keep_telling(live: Arc<Live<Config>>, store: Store, stop: Stop) {
    loop {
        let config = live.now();
        // People first: a webhook that hangs must not hold up the urgent route.
        if let Err(error) = notices::send_due(&store, &config, crate::time::now()).await {
            tracing::error!("the urgent route could not be followed and is tried again: {error:#}");
        }
        if let Err(error) = alarms::follow(&config, &store, live.fault().is_some(), crate::time::now()).await {
            tracing::error!("the alarms could not be followed and are tried again: {error:#}");
        }
        tokio::select! {
            () = stop.stopped() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// The lists of today whose hour has come and that are not yet kept.
async fn due_lists(config: &Config, store: &Store, now: Timestamp) -> anyhow::Result<()> {
    let today = crate::time::local_day(now);
    for programme in config.programmes.values().filter(|programme| programme.unit == Unit::Advertiser) {
        for team in &programme.teams {
            let hour = list::hour_of(team, today)?;
            let id = domain::TeamId(team.id.clone());
            if now < hour || store.lists(Some(&id), 1).await?.iter().any(|kept| kept.date >= today) {
                continue;
            }
            let actor = Actor::System("job:list".to_owned());
            // What one team's list fails on keeps no other team from theirs; it is tried again at the next look.
            match list::make(store, config, programme, team, today, hour, now, &actor).await {
                Ok(made) => tracing::info!(team = %team.id, lines = made.lines.len(), "the day's list is ready"),
                Err(error) => tracing::error!(team = %team.id, "the day's list could not be made: {error:#}"),
            }
        }
    }
    Ok(())
}
