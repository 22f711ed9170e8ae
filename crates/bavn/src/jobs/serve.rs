//! `bavn serve`: the web pages.

use crate::cli::{Cli, ServeArgs};
use crate::jobs::crawl::signal;
use crate::jobs::upkeep::{self, Upkeep};
use crate::key::Need;
use crate::monitor;
use crate::web_settings::app_state;
use crawler::Stop;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until SIGTERM or SIGINT; requests under way are finished.
pub async fn run(cli: &Cli, args: &ServeArgs) -> anyhow::Result<()> {
    let (mut config, store) = super::open(cli, Need::Existing, crate::time::now()).await?;
    let stopping = signal();
    let listener = listen(args.listen.unwrap_or(config.settings.serve.listen)).await?;
    config.settings.serve.listen = listener.local_addr()?;
    let _monitor = monitor::start(args.monitor.or(config.settings.monitor.address()), &store).await?;
    let today = super::virtual_today(&store).await?;
    let config = Arc::new(config);
    let state = app_state(&config, config.programme(None)?, store.clone(), today, None)?;
    eprintln!("The pages are at http://{}/", listener.local_addr()?);
    let stop = Stop::default();
    // A demo stands still in time: nothing of it is due, and no day ends.
    let watching = today.is_none().then(|| {
        tokio::spawn(upkeep::keep(Upkeep::watch_only(cli, &config), config.clone(), store.clone(), stop.clone()))
    });
    let served = web::serve(listener, state, stopping).await;
    stop.stop();
    if let Some(watching) = watching {
        drop(watching.await);
    }
    served?;
    store.close().await;
    Ok(())
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
