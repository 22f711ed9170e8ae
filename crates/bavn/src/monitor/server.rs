//! The address that monitors ask.

use super::{counted, sites};
use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::gauge;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;
use store::Store;
use tokio::task::AbortHandle;

/// Upper bounds of the request histogram in seconds, from loopback to the longest wait for an answer.
const BUCKETS: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];
/// A monitor is told that the store is away rather than left without an answer.
const STORE_PATIENCE: Duration = Duration::from_secs(5);
/// The Prometheus text exposition format (https://prometheus.io/docs/instrumenting/exposition_formats/).
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A running listener; it ends with this.
pub struct Monitor(AbortHandle);

impl Drop for Monitor {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[derive(Clone)]
struct Served {
    store: Store,
    handle: PrometheusHandle,
}

/// Listens at `address` and says so on standard error. `None` for the address: nothing is counted, nobody listens.
pub async fn start(address: Option<SocketAddr>, store: &Store) -> anyhow::Result<Option<Monitor>> {
    let Some(address) = address else { return Ok(None) };
    let served = Served { store: store.clone(), handle: recorder()?.clone() };
    let listener = tokio::net::TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address} for monitors; name another address with --monitor, for example 127.0.0.1:0")
    })?;
    eprintln!("Monitors find /metrics, /healthz and /readyz at http://{}/", listener.local_addr()?);
    let app = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .with_state(served);
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the address for monitors is closed");
        }
    });
    Ok(Some(Monitor(task.abort_handle())))
}

/// The process's one recorder of metrics.
fn recorder() -> anyhow::Result<&'static PrometheusHandle> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle);
    }
    let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
    counted::describe();
    sites::describe();
    Ok(HANDLE.get_or_init(|| handle))
}

async fn metrics(State(served): State<Served>) -> impl IntoResponse {
    let up = match tokio::time::timeout(STORE_PATIENCE, sites::renew(&served.store)).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the gauges of sites could not be renewed");
            false
        }
        Err(_) => false,
    };
    gauge!("bavn_store_up").set(if up { 1.0 } else { 0.0 });
    served.handle.run_upkeep();
    ([(header::CONTENT_TYPE, TEXT_FORMAT)], served.handle.render())
}

async fn readyz(State(served): State<Served>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(STORE_PATIENCE, served.store.open_notices()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ok\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}
