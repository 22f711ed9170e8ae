//! One request, with every limit on its answer. No redirect is followed here.

use super::error::FetchError;
use super::retry_after::retry_after;
use crate::address::{AddressPolicy, Lookup, SafeResolver, SystemLookup};
use crate::clock::TimeReader;
use crate::error::{CrawlError, ErrorKind};
use crate::plan::{FetchLimits, SitePlan};
use crate::ports::Validators;
use reqwest::header::{self, HeaderMap};
use std::sync::Arc;
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
fn trusted() -> Result<rustls::ClientConfig, CrawlError> {
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
}

/// The connections of one run to one site.
pub struct SiteClient {
    client: reqwest::Client,
    limits: FetchLimits,
    now: TimeReader,
}

impl SiteClient {
    /// A client for one run: no cookie, no proxy from the environment, no redirect, only permitted addresses.
    pub fn new(http: &Http, plan: &SitePlan, now: TimeReader) -> Result<Self, CrawlError> {
        let policy = AddressPolicy::allowing(plan.allow_private.iter().copied());
        let client = reqwest::Client::builder()
            .user_agent(&http.agent)
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
        Ok(Self { client, limits: plan.limits, now })
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
    pub async fn get(&self, request: &Request<'_>, answered: &(dyn Fn() + Send + Sync)) -> Result<Answer, FetchError> {
        let started = Instant::now();
        let whole = self.get_within(request, answered, started);
        match tokio::time::timeout(self.limits.total, whole).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::of(ErrorKind::Timeout)),
        }
    }

    async fn get_within(
        &self,
        wanted: &Request<'_>,
        answered: &(dyn Fn() + Send + Sync),
        started: Instant,
    ) -> Result<Answer, FetchError> {
        let (validators, most_bytes) = (wanted.validators, wanted.most_bytes);
        let mut request = self.client.get(wanted.url.clone()).header(header::ACCEPT, wanted.accept);
        if let Some(etag) = validators.and_then(|known| known.etag.as_deref()) {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(modified) = validators.and_then(|known| known.last_modified.as_deref()) {
            request = request.header(header::IF_MODIFIED_SINCE, modified);
        }
        let mut response = request.send().await.map_err(|error| FetchError::of_client(&error))?;
        answered();
        let headers = response.headers();
        let text = |name| text_of(headers, name);
        let mut answer = Answer {
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
        };
        if !matches!(answer.status, 200..=299 | 404 | 410) {
            return Ok(answer);
        }
        let broken = |kind| FetchError { kind, status: Some(answer.status), retry_after: None };
        // Known only where the body is not compressed.
        if !wanted.cut && response.content_length().is_some_and(|length| length > most_bytes as u64) {
            return Err(broken(ErrorKind::TooLarge));
        }
        let mut drip = Drip::new(&self.limits, started);
        loop {
            let chunk = match tokio::time::timeout(drip.patience(), response.chunk()).await {
                Err(_) => return Err(broken(ErrorKind::TooSlow)),
                Ok(Err(error)) if error.is_timeout() => return Err(broken(ErrorKind::Timeout)),
                Ok(Err(_)) => return Err(broken(ErrorKind::BrokenBody)),
                Ok(Ok(None)) => return Ok(answer),
                Ok(Ok(Some(chunk))) => chunk,
            };
            // Held against the decompressed bytes, chunk by chunk: a bomb is dropped where it passes the limit.
            let room = most_bytes - answer.body.len();
            if chunk.len() > room {
                if wanted.cut {
                    answer.body.extend_from_slice(&chunk[..room]);
                    return Ok(answer);
                }
                return Err(broken(ErrorKind::TooLarge));
            }
            answer.body.extend_from_slice(&chunk);
            drip.received(chunk.len());
        }
    }
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

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
