//! The web server: plain behind a proxy or on loopback, or with TLS of its own (rustls).

use crate::{Peer, Source, app, public_app};
use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Connections at once; whoever comes then waits.
const CONNECTIONS: usize = 1_000;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a connection keeps its place without a byte in either direction: longer than a request may take, so that no
/// answer under way is cut off.
const SILENT: Duration = Duration::from_secs(180);

/// Why the server ended.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The connection to the network failed.
    #[error("the web server stopped: {0}; check the address that it listens on and start it again")]
    Io(#[from] std::io::Error),
}

/// Why TLS cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds something else.
    #[error("{file} cannot be used for TLS: {what}; it must hold {must} in PEM form")]
    File {
        /// Which file.
        file: String,
        /// What is wrong.
        what: String,
        /// What it must hold.
        must: &'static str,
    },
    /// Certificate and key do not go together.
    #[error("certificate and key cannot be used for TLS: {0}; check that the key belongs to the certificate")]
    Pair(#[from] rustls::Error),
}

/// Certificate and key of the server.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls(…)")
    }
}

impl Tls {
    /// Reads them from PEM files: the certificate with those that vouch for it, and its key. TLS 1.2 and 1.3.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        use rustls::pki_types::pem::PemObject;
        use rustls::pki_types::{CertificateDer, PrivateKeyDer};
        let fault = |file: &Path, what: String, must| TlsError::File { file: file.display().to_string(), what, must };
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(|all| all.collect::<Result<Vec<_>, _>>())
            .map_err(|error| fault(certificate, error.to_string(), "a certificate"))?;
        if chain.is_empty() {
            return Err(fault(certificate, "it holds none".to_owned(), "a certificate"));
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| fault(key, error.to_string(), "a private key"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// Serves the pages of a state, or of the newest of several that follow each other, on `listener` until `shutdown` is done;
/// requests under way are finished first.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    state: impl Into<Source>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_router(listener, tls, state.into().router(app), shutdown).await
}

/// Serves the public pages alone: what is collected, objections, the crawler's contact page.
pub async fn serve_public(
    listener: TcpListener,
    tls: Option<Tls>,
    state: impl Into<Source>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    serve_router(listener, tls, state.into().router(public_app), shutdown).await
}

async fn serve_router(
    listener: TcpListener,
    tls: Option<Tls>,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    // The client's address is asked for by the brakes alone; nothing writes it down.
    let service = router.into_make_service_with_connect_info::<Peer>();
    axum::serve(Gate::open(listener, tls), service).with_graceful_shutdown(shutdown).await?;
    Ok(())
}

/// Hands out connections that are ready to be read: at most so many at once, those with TLS after their handshake, which
/// each does for itself, so that a slow one keeps nobody waiting.
struct Gate {
    address: io::Result<SocketAddr>,
    ready: mpsc::Receiver<(Connection, SocketAddr)>,
    taking: tokio::task::JoinHandle<()>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

impl Gate {
    fn open(listener: TcpListener, tls: Option<Tls>) -> Self {
        let address = listener.local_addr();
        let (sender, ready) = mpsc::channel(64);
        Self { address, ready, taking: tokio::spawn(take(listener, tls, sender)) }
    }
}

async fn take(mut listener: TcpListener, tls: Option<Tls>, ready: mpsc::Sender<(Connection, SocketAddr)>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    // The semaphore is never closed.
    while let Ok(permit) = room.clone().acquire_owned().await {
        // Axum's own accept waits a moment where the system has no more file handles.
        let (stream, peer) = Listener::accept(&mut listener).await;
        let (tls, ready) = (tls.clone(), ready.clone());
        tokio::spawn(async move {
            let stream = match tls {
                None => Stream::Plain(stream),
                Some(Tls(acceptor)) => match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => Stream::Tls(Box::new(stream)),
                    // A scanner, or somebody who speaks plain HTTP: nothing to say to, nothing to write down.
                    Ok(Err(_)) | Err(_) => return,
                },
            };
            let silent = Box::pin(tokio::time::sleep(SILENT));
            drop(ready.send((Connection { stream, silent, _permit: permit }, peer)).await);
        });
    }
}

impl Listener for Gate {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(taken) => taken,
            // The task that takes connections ends with this value alone.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.address {
            Ok(address) => Ok(*address),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        }
    }
}

impl Connected<IncomingStream<'_, Gate>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Self {
        Peer(stream.remote_addr().ip())
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection with its place among those that are taken.
struct Connection {
    stream: Stream,
    silent: Pin<Box<Sleep>>,
    _permit: OwnedSemaphorePermit,
}

impl Connection {
    /// The answer of the stream, or an end where nothing has come or gone for too long: whoever opens connections and says
    /// nothing does not keep everybody else out.
    fn or_silent<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.silent.as_mut().reset(Instant::now() + SILENT);
            return done;
        }
        self.silent.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let done = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        };
        self.or_silent(cx, done)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        };
        self.or_silent(cx, done)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
