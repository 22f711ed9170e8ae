//! `bavn crawl`: the approved sites, once or by schedule.

use crate::cli::{Cli, CrawlArgs};
use crate::config::{CrawlConfig, Settings};
use crate::key::{Need, database_url, open_store};
use crate::live::Live;
use crate::monitor::{self, Counted};
use crate::plans::plans;
use crate::ports::{AdapterPages, StoreFrontier};
use anyhow::Context;
use crawler::clock::Clock;
use crawler::run::{RunEnd, RunSummary};
use crawler::{CrawlDeps, Http, Pacer, Progress, ProgressEvent, SitePlan, Stop, Visited, WallClock, crawl_site};
use indicatif::ProgressBar;
use jiff::Timestamp;
use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use store::{Engine, Store};
use tokio::sync::watch;

/// Crawls.
pub async fn run(cli: &Cli, args: &CrawlArgs) -> anyhow::Result<()> {
    let cli_of = cli.clone();
    let live = Live::open(&cli.config, move |_| CrawlConfig::of(&cli_of))?;
    let config = live.now();
    let store = open_store(cli, Need::Make, crate::time::now()).await?;
    let _only_one = only_crawler(cli, &store)?;
    let plans = plans(&config, &store, &args.sites, crate::time::now()).await?;
    let until = args.until.as_deref().map(|text| crate::time::argument("--until", text)).transpose()?;
    let stop = Stop::default();
    stop_on_signal(stop.clone());
    let bar = crate::progress::spinner("pages");
    let _monitor = monitor::start(args.monitor.or(config.settings.monitor.address()), &store).await?;
    let progress = Arc::new(Counted(Arc::new(Line::new(bar.clone()))));
    let failed = if args.once {
        let deps = deps(&config, &store, Arc::new(WallClock), stop.clone(), progress)?;
        once(&plans, &deps, &bar).await
    } else {
        let crawl = KeepCrawling { sites: args.sites.clone(), until, progress };
        let watching = tokio::spawn(live.clone().watch(stop.clone(), |_| std::future::ready(())));
        crawl.run((*config).clone(), live.changes(), CrawlConfig::clone, store.clone(), stop.clone()).await;
        watching.abort();
        0
    };
    bar.finish_and_clear();
    store.close().await;
    if failed > 0 {
        anyhow::bail!("{failed} of the sites were not crawled well; the lines above say why, what was read is kept");
    }
    Ok(())
}

/// A crawl by schedule that follows its configuration: at a change what is in flight is finished, and the crawl goes on by
/// the new plans where it was, since the frontier remembers.
pub struct KeepCrawling {
    /// Sites to crawl; empty for all.
    pub sites: Vec<String>,
    /// When to stop.
    pub until: Option<Timestamp>,
    /// Whom to tell of progress.
    pub progress: Arc<dyn Progress>,
}

impl KeepCrawling {
    /// Crawls until `stop`. `part` is what a crawl needs of a configuration.
    pub async fn run<T>(
        self,
        mut config: CrawlConfig,
        mut later: watch::Receiver<Arc<T>>,
        part: fn(&T) -> CrawlConfig,
        store: Store,
        stop: Stop,
    ) {
        loop {
            let (pause, mut over) = (Stop::default(), true);
            match self.prepared(&config, &store, pause.clone()).await {
                Ok(Some((plans, deps))) => {
                    let crawl = crawler::crawl_forever(plans, &deps, self.until);
                    tokio::pin!(crawl);
                    loop {
                        tokio::select! {
                            () = &mut crawl => break,
                            () = stop.stopped() => {}
                            new = changed(&mut later, part, &config) => {
                                // What the crawl cannot work by is said, and the plans before stay in force.
                                if let Err(error) = self.prepared(&new, &store, pause.clone()).await {
                                    tracing::error!("the crawl goes on by the configuration before: {error:#}");
                                    continue;
                                }
                                (config, over) = (new, false);
                                tracing::info!("the crawl follows the changed configuration");
                            }
                        }
                        pause.stop();
                        (&mut crawl).await;
                        break;
                    }
                }
                other => {
                    if let Err(error) = other {
                        tracing::error!("nothing is crawled: {error:#}");
                    }
                    tokio::select! {
                        () = stop.stopped() => {}
                        new = changed(&mut later, part, &config) => (config, over) = (new, false),
                    }
                }
            }
            if over || stop.is_stopped() {
                return;
            }
        }
    }

    /// Plans and what the crawl works with; none where there is no site.
    async fn prepared(
        &self,
        config: &CrawlConfig,
        store: &Store,
        pause: Stop,
    ) -> anyhow::Result<Option<(Vec<SitePlan>, CrawlDeps)>> {
        if config.sites.is_empty() {
            return Ok(None);
        }
        let plans = plans(config, store, &self.sites, crate::time::now()).await?;
        let deps = deps(config, store, Arc::new(WallClock), pause, self.progress.clone())?;
        Ok(Some((plans, deps)))
    }
}

/// The next configuration in which something that a crawl goes by differs.
async fn changed<T>(
    later: &mut watch::Receiver<Arc<T>>,
    part: fn(&T) -> CrawlConfig,
    known: &CrawlConfig,
) -> CrawlConfig {
    loop {
        if later.changed().await.is_err() {
            // Nobody changes it any more.
            std::future::pending::<()>().await;
        }
        let new = part(&later.borrow_and_update());
        if new.version != known.version {
            return new;
        }
    }
}

/// SQLite takes one crawler at a time: this holds a lock beside the store for as long as it lives, and the lock ends
/// with the process, however it ends. PostgreSQL takes any number.
pub fn only_crawler(cli: &Cli, store: &Store) -> anyhow::Result<Option<File>> {
    if store.engine() == Engine::Postgres {
        return Ok(None);
    }
    let url = database_url(cli);
    let path = format!("{}.crawl-lock", url.trim_start_matches("sqlite:").trim_start_matches("//"));
    let file = File::options().create(true).append(true).open(&path).with_context(|| format!("cannot open {path}"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another bavn crawls into this store already; SQLite takes one crawler at a time, several need PostgreSQL"
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {path}")),
    }
}

/// What the crawl works with, over the store and the adapters.
pub fn deps(
    config: &CrawlConfig,
    store: &Store,
    clock: Arc<dyn Clock>,
    stop: Stop,
    progress: Arc<dyn Progress>,
) -> anyhow::Result<CrawlDeps> {
    let frontier = Arc::new(StoreFrontier::new(store.clone()));
    // On SQLite the lock says who crawls: one name for all, so that after a kill the next process goes on at once
    // instead of waiting until the dead one's lease runs out.
    let (worker, pacer) = match store.engine() {
        Engine::Sqlite => ("the only crawler".to_owned(), Pacer::new(frontier.clone(), clock.reader())),
        Engine::Postgres => {
            let worker = format!("{}-{}", host_name(), std::process::id());
            let pacer = Pacer::beside_others(frontier.clone(), clock.reader(), &worker);
            (worker, pacer)
        }
    };
    Ok(CrawlDeps {
        pacer: Arc::new(pacer),
        frontier,
        reader: Arc::new(AdapterPages::new(config.sites.clone())),
        clock,
        http: Http::new(&contact_url(&config.settings))?,
        progress,
        stop,
        worker,
        lease: Duration::from_secs(u64::from(config.settings.crawl.lease_s)),
        outage: Arc::default(),
    })
}

/// The page that the user agent names.
pub fn contact_url(settings: &Settings) -> String {
    match settings.crawl.contact_url.as_str() {
        "" => format!("http://{}/contact", settings.serve.listen),
        url => url.to_owned(),
    }
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "host".to_owned() } else { name.trim().to_owned() }
}

/// Says `stop` at the first SIGTERM or SIGINT: what is in flight is finished.
pub fn stop_on_signal(stop: Stop) {
    let signal = signal();
    tokio::spawn(async move {
        signal.await;
        stop.stop();
    });
}

/// Is done at the first SIGTERM or SIGINT. The process listens for them from the call on, not from the first poll, so
/// that one which comes while it starts is not lost.
pub fn signal() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let (term, int) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async move {
        // Where the system gives no handler, the signal's own effect (the process ends) is what happens.
        let (Ok(mut term), Ok(mut int)) = (term, int) else { return std::future::pending().await };
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        std::thread::spawn(end_in_time);
    }
}

/// What is in flight has so long to finish after a signal.
const LONGEST_GOODBYE: Duration = Duration::from_millis(9_500);

/// Ends the process where something does not let go in time, for instance a database that does not answer. Every step
/// is a transaction, so that this costs no more than a kill does: nothing.
fn end_in_time() {
    std::thread::sleep(LONGEST_GOODBYE);
    eprintln!("Not everything could be finished in time; the next start goes on where this one ends.");
    std::process::exit(0);
}

/// One run over each site, all at the same time: each host has its own pace. Gives the number that failed.
async fn once(plans: &[SitePlan], deps: &CrawlDeps, bar: &ProgressBar) -> usize {
    let mut tasks = tokio::task::JoinSet::new();
    for plan in plans {
        let (plan, deps) = (plan.clone(), deps.clone());
        tasks.spawn(async move {
            let visited = crawl_site(&plan, &deps).await.with_context(|| format!("site {}", plan.site));
            (plan.site, visited)
        });
    }
    let mut failed = 0;
    while let Some(joined) = tasks.join_next().await {
        let line = match joined {
            Ok((_, Ok(Visited::Finished(summary)))) => {
                failed += usize::from(summary.verdict.end == RunEnd::Failed);
                describe(&summary)
            }
            Ok((site, Ok(Visited::Stopped))) => format!("{site}: stopped; the run goes on with the next crawl"),
            Ok((site, Ok(Visited::Paused))) => format!("{site}: paused by an administrator"),
            Ok((site, Ok(Visited::Quiet(until)))) => {
                failed += 1;
                format!("{site}: asks for quiet until {until}; the run goes on with a crawl after that")
            }
            Ok((_, Err(error))) => {
                // Another worker reads it: all is well.
                let held = matches!(error.downcast_ref(), Some(crawler::CrawlError::HeldByAnother { .. }));
                failed += usize::from(!held);
                format!("{error:#}")
            }
            Err(error) => {
                failed += 1;
                format!("a crawl ended unexpectedly: {error}; what was read is kept, crawl again")
            }
        };
        bar.suspend(|| eprintln!("{line}"));
    }
    failed
}

/// A run in one line, with why where it was not good.
pub fn describe(summary: &RunSummary) -> String {
    let tally = &summary.tally;
    let mut line = format!(
        "{}: {} ads on {} listing pages; {} new, {} changed, {} gone; {} ad pages, {} unchanged, {} pictures",
        summary.site,
        tally.ads_listed,
        tally.listing_pages,
        tally.ads_new,
        tally.ads_changed,
        tally.ads_gone + summary.missing_gone,
        tally.details,
        tally.unchanged,
        tally.images
    );
    let manners = &summary.verdict.politeness;
    let seconds = (summary.ended_at.as_millisecond() - summary.started_at.as_millisecond()) / 1000;
    line.push_str(&format!("; {} requests in {seconds} s", manners.requests));
    if let Some(gap) = manners.shortest_gap_ms {
        let (gap, agreed) = (gap as f64 / 1000.0, manners.delay_ms as f64 / 1000.0);
        line.push_str(&format!(", never less than {gap:.1} s apart (agreed {agreed:.1} s)"));
    }
    for reason in &summary.verdict.reasons {
        line.push_str("; ");
        line.push_str(&reason.en);
    }
    if summary.verdict.end == RunEnd::Failed {
        line.push_str(" [failed: the last good data stay]");
    }
    line
}

/// Shows pages, their rate, and ads found on the progress line.
struct Line {
    bar: ProgressBar,
    new: AtomicU64,
    seen: AtomicU64,
}

impl Line {
    fn new(bar: ProgressBar) -> Self {
        Self { bar, new: AtomicU64::new(0), seen: AtomicU64::new(0) }
    }
}

impl Progress for Line {
    fn event(&self, event: ProgressEvent) {
        if let ProgressEvent::PageDone { done, .. } = event {
            let new = self.new.fetch_add(done.ads_new.into(), Relaxed) + u64::from(done.ads_new);
            let seen = self.seen.fetch_add(done.ads_seen.into(), Relaxed) + u64::from(done.ads_seen);
            self.bar.inc(1);
            self.bar.set_message(format!("{seen} sightings, {new} new ads; pages"));
        }
    }
}
