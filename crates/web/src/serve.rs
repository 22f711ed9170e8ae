//! The web server.

use crate::{AppState, app, public_app};
use axum::Router;
use std::future::Future;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Why the server ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The connection to the network failed.
    #[error("the web server stopped: {0}; check the address that it listens on and start it again")]
    Io(#[from] std::io::Error),
}

/// Serves the pages on `listener` until `shutdown` is done; requests under way are finished first.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_router(listener, app(state), shutdown).await
}

/// Serves the public pages alone: what is collected, objections, the crawler's contact page.
pub async fn serve_public(
    listener: TcpListener,
    state: AppState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_router(listener, public_app(state), shutdown).await
}

async fn serve_router(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    // The client's address is asked for by the brake of the public form alone; nothing writes it down.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await?;
    Ok(())
}
