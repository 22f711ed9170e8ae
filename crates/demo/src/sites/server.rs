//! Three HTTP servers on 127.0.0.1, each on a port of its own, that answer by the caller's clock.

use super::reply;
use crate::population::{Population, SITES};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as a site saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLogRow {
    /// Which site.
    pub site: &'static str,
    /// Path and query.
    pub path: String,
    /// When, by the caller's clock.
    pub at: Timestamp,
    /// Who said to be asking; empty if nobody did.
    pub user_agent: String,
    /// What was answered.
    pub status: u16,
}

/// The clock that the sites answer by.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Clone)]
struct Site {
    name: &'static str,
    population: Arc<Population>,
    now: Now,
    log: Arc<Mutex<Vec<RequestLogRow>>>,
}

/// The running sites. They stop when this is dropped.
pub struct DemoSites {
    addresses: Vec<(&'static str, SocketAddr)>,
    servers: Vec<JoinHandle<()>>,
    log: Arc<Mutex<Vec<RequestLogRow>>>,
}

impl DemoSites {
    /// Starts the three sites on free ports of 127.0.0.1.
    ///
    /// Fails where the machine gives no port.
    pub async fn start(population: Arc<Population>, now: Now) -> std::io::Result<DemoSites> {
        Self::start_on(population, now, [0; 3]).await
    }

    /// Starts them on these ports, in the order of [`SITES`]; 0 takes a free one.
    ///
    /// Fails where a port is taken.
    pub async fn start_on(population: Arc<Population>, now: Now, ports: [u16; 3]) -> std::io::Result<DemoSites> {
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut sites = DemoSites { addresses: Vec::new(), servers: Vec::new(), log: log.clone() };
        for (name, port) in SITES.into_iter().zip(ports) {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
            sites.addresses.push((name, listener.local_addr()?));
            let site = Site { name, population: population.clone(), now: now.clone(), log: log.clone() };
            let router = Router::new().fallback(answer).with_state(site);
            sites.servers.push(tokio::spawn(async move {
                // Ends only with the task; a connection that breaks is the reader's to notice.
                let _ = axum::serve(listener, router).await;
            }));
        }
        Ok(sites)
    }

    /// Where a site is, without a slash at the end: `http://127.0.0.1:40123`. Empty for a name that is no site.
    pub fn base_url(&self, site: &str) -> String {
        let address = self.addresses.iter().find(|(name, _)| *name == site);
        address.map_or_else(String::new, |(_, address)| format!("http://{address}"))
    }

    /// All requests so far, in the order in which they came.
    pub fn request_log(&self) -> Vec<RequestLogRow> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for DemoSites {
    fn drop(&mut self) {
        for server in &self.servers {
            server.abort();
        }
    }
}

async fn answer(State(site): State<Site>, request: Request) -> Response {
    let header =
        |name| request.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok()).unwrap_or("");
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let now = (site.now)();
    let known = matches!(*request.method(), Method::GET | Method::HEAD);
    let reply = if known {
        reply(&site.population, site.name, &path, header(header::IF_NONE_MATCH), now)
    } else {
        super::Reply::text(405, "text/plain; charset=utf-8", "GET only\n")
    };
    let row = RequestLogRow {
        site: site.name,
        path,
        at: now,
        user_agent: header(header::USER_AGENT).to_owned(),
        status: reply.status,
    };
    site.log.lock().unwrap_or_else(PoisonError::into_inner).push(row);
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let Ok(value) = header::HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
