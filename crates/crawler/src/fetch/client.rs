//! One request, with every limit on its answer. No redirect is followed here.

use super::body::{ACCEPT_ENCODING, Body, BodyFault};
use super::cookies::Jar;
use super::error::FetchError;
use super::heads;
use super::retry_after::retry_after;
use crate::address::{AddressPolicy, Lookup, SafeResolver, SystemLookup};
use crate::clock::TimeReader;
use crate::error::{CrawlError, ErrorKind};
use crate::plan::{FetchLimits, SitePlan};
use crate::ports::Validators;
use domain::{Exchange, Truncated};
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// The product token by which robots.txt names us.
pub const PRODUCT: &str = "bavn";

/// What all requests share: who we are, and the trusted certificates.
#[derive(Clone)]
pub struct Http {
    agent: String,
    tls: rustls::ClientConfig,
    lookup: Arc<dyn Lookup>,
}

impl Http {
    /// Names the crawler: `bavn/<version> (+<contact page>)`. It is the only name it ever gives.
    pub fn new(contact_url: &str) -> Result<Self, CrawlError> {
        let contact = Url::parse(contact_url).map_err(|error| {
            CrawlError::Client(format!("the contact page is not a URL ({error}); set it under [controller]"))
        })?;
        Ok(Self {
            agent: format!("{PRODUCT}/{} (+{contact})", env!("CARGO_PKG_VERSION")),
            tls: trusted()?,
            lookup: Arc::new(SystemLookup),
        })
    }

    /// With another way to look names up, for tests.
    pub fn with_lookup(mut self, lookup: Arc<dyn Lookup>) -> Self {
        self.lookup = lookup;
        self
    }

    /// The user agent as sent.
    pub fn agent(&self) -> &str {
        &self.agent
    }
}

/// The system's trusted certificates. A machine without any can still crawl sites without encryption, the demo's for
/// instance; https then fails as `tls`.
pub fn trusted() -> Result<rustls::ClientConfig, CrawlError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| CrawlError::Client(error.to_string()))?;
    Ok(match rustls_platform_verifier::Verifier::new(provider) {
        Ok(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth(),
        Err(_) => builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth(),
    })
}

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where to.
    pub url: &'a Url,
    /// `Accept`.
    pub accept: &'static str,
    /// What the last answer was recognised by.
    pub validators: Option<&'a Validators>,
    /// Most bytes of the body after decompression.
    pub most_bytes: usize,
    /// Whether a longer body is cut there (robots.txt) or refused.
    pub cut: bool,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// `Content-Type` as sent, empty if there was none.
    pub content_type: String,
    /// `Location`.
    pub location: Option<String>,
    /// `Retry-After`, understood.
    pub retry_after: Option<Duration>,
    /// `ETag` and `Last-Modified`.
    pub validators: Validators,
    /// The decompressed body of an answer that has one for us (2xx, 404, 410); else empty.
    pub body: Vec<u8>,
    /// Why the body is not whole, if so.
    pub truncated: Option<Truncated>,
    /// The heads of request and answer, for the archive.
    pub exchange: Exchange,
}

/// A request that gave no answer that can be used.
#[derive(Debug)]
pub struct NoAnswer {
    /// Why.
    pub error: FetchError,
    /// What came all the same: the head, and the body as far as it went, for the archive.
    pub partial: Option<Box<Answer>>,
}

impl From<FetchError> for NoAnswer {
    fn from(error: FetchError) -> Self {
        Self { error, partial: None }
    }
}

/// So much is kept of a body that is not whole.
const KEPT_OF_PARTIAL: usize = 256 * 1024;

/// The connections of one run to one site, and its cookies.
pub struct SiteClient {
    client: reqwest::Client,
    agent: String,
    limits: FetchLimits,
    now: TimeReader,
    cookies: Mutex<Jar>,
}

impl SiteClient {
    /// A client for one run: no cookie yet, no proxy from the environment, no redirect, only permitted addresses.
    pub fn new(http: &Http, plan: &SitePlan, now: TimeReader) -> Result<Self, CrawlError> {
        let policy = AddressPolicy::allowing(plan.allow_private.iter().copied());
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(http.tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(plan.limits.connect)
            .pool_max_idle_per_host(plan.connections.max(1) as usize)
            .dns_resolver(Arc::new(SafeResolver::new(policy, http.lookup.clone())))
            .build()
            .map_err(|error| CrawlError::Client(error.to_string()))?;
        let (agent, limits) = (http.agent.clone(), plan.limits);
        Ok(Self { client, agent, limits, now, cookies: Mutex::default() })
    }

    /// With no request lasting longer than this.
    pub fn lasting_at_most(mut self, longest: Duration) -> Self {
        self.limits.total = self.limits.total.min(longest);
        self
    }

    /// The longest time that a request takes.
    pub fn longest(&self) -> Duration {
        self.limits.total
    }

    /// Asks for a page. `answered` is called when the server has given the head of its answer: from then on the next
    /// request can't reach it too early.
    pub async fn get(&self, request: &Request<'_>, answered: &(dyn Fn() + Send + Sync)) -> Result<Answer, NoAnswer> {
        let started = Instant::now();
        let deadline = tokio::time::Instant::now() + self.limits.total;
        let mut given = self.headers(request);
        // Cookies live for a run: they are not in what the archive keeps of a request.
        let head = heads::of_request(request.url, &given);
        if let Some(Ok(cookies)) = self.jar().header(request.url).map(HeaderValue::try_from) {
            given.insert(header::COOKIE, cookies);
        }
        let sent = self.client.get(request.url.clone()).headers(given).send();
        let response = match tokio::time::timeout_at(deadline, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(FetchError::of_client(&error).into()),
            Err(_) => return Err(FetchError::of(ErrorKind::Timeout).into()),
        };
        answered();
        for cookie in response.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            self.jar().set(request.url, cookie, (self.now)());
        }
        let mut answer = self.head(head, &response);
        if !matches!(answer.status, 200..=299 | 404 | 410) {
            return Ok(answer);
        }
        let encoding = text_of(response.headers(), header::CONTENT_ENCODING).unwrap_or_default();
        let mut body = Body::new(&encoding, request.most_bytes);
        // Nobody could read it: one that we did not ask for, or several on top of each other.
        if !body.is_coded() && !matches!(encoding.trim().to_ascii_lowercase().as_str(), "" | "identity") {
            return Err(FetchError { status: Some(answer.status), ..FetchError::of(ErrorKind::WrongType) }.into());
        }
        let read = self.read_body(request, response, &mut body, Drip::new(&self.limits, started));
        let read = match tokio::time::timeout_at(deadline, read).await {
            Ok(read) => read,
            Err(_) => Err(ErrorKind::Timeout),
        };
        let failed = match read {
            Ok(BodyEnd::Cut) => {
                answer.body = body.rest();
                answer.truncated = Some(Truncated::Length);
                return Ok(answer);
            }
            Ok(BodyEnd::Whole) => match body.finish() {
                Ok(bytes) => {
                    answer.body = bytes;
                    return Ok(answer);
                }
                Err(bytes) => (ErrorKind::BrokenBody, bytes),
            },
            Err(kind) => (kind, body.rest()),
        };
        let (kind, mut bytes) = failed;
        bytes.truncate(KEPT_OF_PARTIAL);
        answer.body = bytes;
        answer.truncated = Some(match kind {
            ErrorKind::TooLarge => Truncated::Length,
            ErrorKind::Timeout | ErrorKind::TooSlow => Truncated::Time,
            _ => Truncated::Disconnect,
        });
        let error = FetchError { kind, status: Some(answer.status), retry_after: None };
        Err(NoAnswer { error, partial: Some(Box::new(answer)) })
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        // No code panics while it holds the lock.
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All headers but `host` and `cookie`, in the order in which they go.
    fn headers(&self, wanted: &Request<'_>) -> HeaderMap {
        let mut given = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            // What a server gave to recognise its answer by is sent back only where it can be.
            if let Ok(value) = HeaderValue::from_str(value) {
                given.insert(name, value);
            }
        };
        set(header::ACCEPT, wanted.accept);
        set(header::ACCEPT_ENCODING, ACCEPT_ENCODING);
        if let Some(etag) = wanted.validators.and_then(|known| known.etag.as_deref()) {
            set(header::IF_NONE_MATCH, etag);
        }
        if let Some(modified) = wanted.validators.and_then(|known| known.last_modified.as_deref()) {
            set(header::IF_MODIFIED_SINCE, modified);
        }
        set(header::USER_AGENT, &self.agent);
        given
    }

    fn head(&self, request: String, response: &reqwest::Response) -> Answer {
        let headers = response.headers();
        let text = |name| text_of(headers, name);
        Answer {
            status: response.status().as_u16(),
            content_type: text(header::CONTENT_TYPE).unwrap_or_default(),
            location: text(header::LOCATION),
            retry_after: text(header::RETRY_AFTER)
                .and_then(|value| retry_after(&value, text(header::DATE).as_deref(), (self.now)())),
            // Only what can be sent back.
            validators: Validators {
                etag: text(header::ETAG).filter(|value| value.is_ascii()),
                last_modified: text(header::LAST_MODIFIED).filter(|value| value.is_ascii()),
            },
            body: Vec::new(),
            truncated: None,
            exchange: heads::of(request, response),
        }
    }

    async fn read_body(
        &self,
        wanted: &Request<'_>,
        mut response: reqwest::Response,
        body: &mut Body,
        mut drip: Drip,
    ) -> Result<BodyEnd, ErrorKind> {
        // A length says something only where the body is not compressed.
        let promised = response.content_length().filter(|_| !body.is_coded());
        if !wanted.cut && promised.is_some_and(|length| length > wanted.most_bytes as u64) {
            return Err(ErrorKind::TooLarge);
        }
        body.make_room(promised.and_then(|length| usize::try_from(length).ok()).unwrap_or(0));
        loop {
            let chunk = match tokio::time::timeout(drip.patience(), response.chunk()).await {
                Err(_) => return Err(ErrorKind::TooSlow),
                Ok(Err(error)) if error.is_timeout() => return Err(ErrorKind::Timeout),
                Ok(Err(_)) => return Err(ErrorKind::BrokenBody),
                Ok(Ok(None)) => return Ok(BodyEnd::Whole),
                Ok(Ok(Some(chunk))) => chunk,
            };
            // Held against the decompressed bytes, piece by piece: a bomb is dropped where it passes the limit.
            let before = body.received();
            match body.push(&chunk) {
                Ok(()) => drip.received(body.received() - before),
                Err(BodyFault::Full) if wanted.cut => return Ok(BodyEnd::Cut),
                Err(BodyFault::Full) => return Err(ErrorKind::TooLarge),
                Err(BodyFault::Broken) => return Err(ErrorKind::BrokenBody),
            }
        }
    }
}

/// How a body that can be used ended.
enum BodyEnd {
    Whole,
    /// At the limit, as was asked for.
    Cut,
}

/// Watches that an answer does not drip.
struct Drip {
    started: Instant,
    min_rate: u64,
    grace: Duration,
    received: u64,
}

impl Drip {
    fn new(limits: &FetchLimits, started: Instant) -> Self {
        Self { started, min_rate: limits.min_rate.max(1), grace: limits.grace, received: 0 }
    }

    fn received(&mut self, bytes: usize) {
        self.received += bytes as u64;
    }

    /// How long the next piece may take: each byte so far has paid for some time.
    fn patience(&self) -> Duration {
        let paid = Duration::from_secs_f64(self.received as f64 / self.min_rate as f64);
        (self.grace + paid).saturating_sub(self.started.elapsed())
    }
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
