//! The web server.

use crate::{AppState, app};
use std::future::Future;
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
    axum::serve(listener, app(state)).with_graceful_shutdown(shutdown).await?;
    Ok(())
}
