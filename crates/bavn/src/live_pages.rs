//! The state of the pages, made anew of each configuration that comes in force.

use crate::config::Config;
use crate::configuring::Desk;
use crate::live::Live;
use crate::ports::Bench;
use crate::web_settings::app_state;
use crawler::Stop;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::sync::watch;
use web::AppState;

/// How long to wait before the history is tried again, each time.
const NOTE_AGAIN: [Duration; 6] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
];

/// The pages' state, now and after each change. `listen`: where the pages are, whatever the file says by now. `today`: the
/// time at which a demo stands still.
pub fn states(
    live: &Arc<Live<Config>>,
    store: &Store,
    today: Option<Timestamp>,
    stop: Stop,
) -> anyhow::Result<watch::Receiver<AppState>> {
    // Trials and the analysis' turn outlive a change of the configuration.
    let bench = Arc::new(Bench::new(live.now(), store.clone()));
    let desk = Arc::new(Desk::new(live.clone(), store.clone(), bench.trials()));
    let make = {
        let (store, desk) = (store.clone(), desk.clone());
        move |config: &Arc<Config>| -> anyhow::Result<AppState> {
            let mut state = app_state(config, config.programme(None)?, store.clone(), today, None)?;
            state.configuration = desk.clone();
            state.workbench = Arc::new(bench.with(config.clone()));
            Ok(state)
        }
    };
    let mut changes = live.changes();
    let config = changes.borrow_and_update().clone();
    let (states, receiver) = watch::channel(make(&config)?);
    let mut public = config.settings.public.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stop.stopped() => return,
                changed = changes.changed() => if changed.is_err() { return },
            }
            let config = changes.borrow_and_update().clone();
            match make(&config) {
                Ok(mut state) => {
                    // Whoever has used up a brake has still used it up, unless the brakes themselves changed.
                    if public == config.settings.public {
                        state.limits = states.borrow().limits.clone();
                    }
                    public = config.settings.public.clone();
                    states.send_replace(state);
                }
                Err(error) => tracing::error!("the pages stay with the configuration before: {error:#}"),
            }
        }
    });
    Ok(receiver)
}

/// A configuration whose pages are where they are: the contact page that the crawler names follows from it.
pub fn at_address(mut config: Config, address: SocketAddr) -> Config {
    config.settings.serve.listen = address;
    config
}

/// Follows the files, and notes each change in the history, until it is told to stop.
pub async fn keep_noting(live: Arc<Live<Config>>, store: Store, stop: Stop) {
    // Beside the watch, not in it: while the history waits for its database, changes are followed all the same.
    let changed = tokio::sync::Notify::new();
    let noting = async {
        loop {
            note(&live, &store, &stop).await;
            tokio::select! {
                () = stop.stopped() => return,
                () = changed.notified() => {}
            }
        }
    };
    let watching = live.clone().watch(stop.clone(), |_| {
        changed.notify_one();
        std::future::ready(())
    });
    tokio::join!(noting, watching);
}

/// Notes what stands in the files; tries again where the database is away for a while, and gives up until the next change.
async fn note(live: &Live<Config>, store: &Store, stop: &Stop) {
    let Some(folder) = live.folder() else { return };
    for wait in NOTE_AGAIN {
        let Err(error) = crate::configuring::note_all(folder, store, crate::time::now()).await else { return };
        tracing::error!("the configuration's history could not be kept and is tried again soon: {error:#}");
        tokio::select! {
            () = stop.stopped() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
    tracing::error!("the configuration's history could not be kept; it is tried again at the next change");
}
