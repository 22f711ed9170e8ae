//! `bavn serve`: the web pages.

use crate::cli::{Cli, ServeArgs};
use crate::config::Config;
use crate::jobs::crawl::signal;
use crate::jobs::upkeep::{self, Upkeep};
use crate::key::Need;
use crate::live::Live;
use crate::live_pages;
use crate::monitor;
use anyhow::Context;
use crawler::Stop;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;
use web::{AppState, Tls};

/// Serves until SIGTERM or SIGINT; requests under way are finished.
pub async fn run(cli: &Cli, args: &ServeArgs) -> anyhow::Result<()> {
    let (config, store) = super::open(cli, Need::Existing, crate::time::now()).await?;
    let stopping = signal();
    let listener = listen(args.listen.unwrap_or(config.settings.serve.listen)).await?;
    let _monitor = monitor::start(args.monitor.or(config.settings.monitor.address()), &store).await?;
    let today = super::virtual_today(&store).await?;
    super::notices::appoint(&store, &config, today.unwrap_or_else(crate::time::now)).await?;
    say_where(cli, &config, listener.local_addr()?)?;
    pages(cli, config, store, listener, today, stopping).await
}

/// The pages of a store at `listener`, until `stopping`. `today`: the time at which a demo stands still.
pub async fn pages(
    cli: &Cli,
    config: Config,
    store: Store,
    listener: TcpListener,
    today: Option<Timestamp>,
    stopping: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    let stop = Stop::default();
    let live = follow(cli, config, today, address)?;
    let config = live.now();
    let states = live_pages::states(&live, &store, today, stop.clone())?;
    let tls = tls(&config)?;
    let public = start_public(config.settings.public.address(), &tls, &states).await?;
    let noting = live_pages::keep_noting(live.clone(), store.clone(), stop.clone());
    // A demo stands still in time: nothing of it is due, and no day ends.
    let upkeep = today
        .is_none()
        .then(|| upkeep::keep(Upkeep::watch_only(cli, &config), live.clone(), store.clone(), stop.clone()));
    let watching = tokio::spawn(async move {
        match upkeep {
            Some(upkeep) => _ = tokio::join!(noting, upkeep),
            None => noting.await,
        }
    });
    let served = web::serve(listener, tls, states, stopping).await;
    drop(public);
    stop.stop();
    drop(watching.await);
    served?;
    store.close().await;
    Ok(())
}

/// The configuration that follows its files: the installation's, or the demo's own.
fn follow(
    cli: &Cli,
    config: Config,
    today: Option<Timestamp>,
    address: SocketAddr,
) -> anyhow::Result<Arc<Live<Config>>> {
    let cli = cli.clone();
    let folder = super::demo::folder(&cli);
    match today {
        None => Live::open(&cli.config.clone(), move |_| Ok(live_pages::at_address(Config::of(&cli, false)?, address))),
        Some(_) if folder.is_dir() => {
            Live::open(&folder, move |_| Ok(live_pages::at_address(super::demo::own(&cli)?, address)))
        }
        Some(_) => Ok(Live::fixed(Arc::new(live_pages::at_address(config, address)))),
    }
}

/// Says where the pages are, and whose they are where one process serves those of several programmes.
pub fn say_where(cli: &Cli, config: &Config, address: SocketAddr) -> anyhow::Result<()> {
    let of = super::all::told(cli).map(|programme| format!(" of '{programme}'")).unwrap_or_default();
    eprintln!("The pages{of} are at {}://{address}/", scheme(&tls(config)?));
    Ok(())
}

/// The server's own TLS, where a certificate is configured.
pub fn tls(config: &Config) -> anyhow::Result<Option<Tls>> {
    let serve = &config.settings.serve;
    if serve.certificate.is_empty() {
        return Ok(None);
    }
    let tls = Tls::read(Path::new(&serve.certificate), Path::new(&serve.certificate_key));
    Ok(Some(tls.context("TLS of the pages ([serve] certificate, certificate_key)")?))
}

/// How the pages' address begins.
fn scheme(tls: &Option<Tls>) -> &'static str {
    if tls.is_some() { "https" } else { "http" }
}

/// Serves the public pages on a listener of their own until the guard is dropped.
pub async fn start_public(
    address: Option<SocketAddr>,
    tls: &Option<Tls>,
    states: &watch::Receiver<AppState>,
) -> anyhow::Result<Option<PublicPages>> {
    let Some(address) = address else { return Ok(None) };
    let listener = listen(address).await.context("the public pages ([public] listen)")?;
    eprintln!("The public pages are at {}://{}/", scheme(tls), listener.local_addr()?);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (states, tls) = (states.clone(), tls.clone());
    let task = tokio::spawn(async move {
        let done = web::serve_public(listener, tls, states, async move { drop(stopped.await) }).await;
        if let Err(error) = done {
            tracing::error!(%error, "the public pages stopped");
        }
    });
    Ok(Some(PublicPages { _stop: stop, _task: task }))
}

/// The public pages while they are served.
pub struct PublicPages {
    _stop: tokio::sync::oneshot::Sender<()>,
    _task: tokio::task::JoinHandle<()>,
}

/// Takes the address, or says who has it and what to do.
pub async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!("{address} is taken by another program: name another address with --listen, for example --listen 127.0.0.1:0")
        }
        _ => anyhow::anyhow!("cannot listen on {address}: {error}; name another address with --listen"),
    })
}
