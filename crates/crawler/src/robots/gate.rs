//! What a robots.txt means that was found, was not found, or could not be had (RFC 9309, sections 2.3 and 2.4). Where
//! the RFC leaves a choice, the door stays shut.

use super::{LIMIT_BYTES, Rules, within_limit};
use crate::address::AddressPolicy;
use crate::clock::{TimeReader, after};
use crate::error::ErrorKind;
use crate::fetch::{Answer, Ask, FetchError, PRODUCT, Request, Trouble, patiently, redirect_target};
use crate::ports::{CachedRobots, Frontier, RobotsAnswer};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// A copy is used for so long (RFC 9309, 2.4: at most 24 hours).
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);
/// A door found shut is tried again after so long.
const FRESH_CLOSED: Duration = Duration::from_secs(60 * 60);
/// Nobody answered: tried again after so long.
const FRESH_UNREACHABLE: Duration = Duration::from_secs(10 * 60);
/// RFC 9309, 2.3.1.2.
const REDIRECTS: usize = 5;
/// Tries for a robots.txt that does not answer, with growing waits.
const TRIES: u32 = 3;

/// The rules of the origins met in one run.
pub struct RobotsGate {
    frontier: Arc<dyn Frontier>,
    now: TimeReader,
    origins: Mutex<HashMap<String, Known>>,
}

#[derive(Clone)]
struct Known {
    until: Timestamp,
    verdict: Verdict,
}

#[derive(Clone)]
enum Verdict {
    Rules(Arc<Rules>),
    Open,
    Closed(ErrorKind),
}

impl RobotsGate {
    /// A gate for one run.
    pub fn new(frontier: Arc<dyn Frontier>, now: TimeReader) -> Self {
        Self { frontier, now, origins: Mutex::default() }
    }

    /// Whether a URL may be fetched; asks for its origin's robots.txt where no fresh copy is kept.
    pub async fn may_fetch(&self, ask: &dyn Ask, policy: &AddressPolicy, url: &Url) -> Result<(), Trouble> {
        match self.verdict(ask, policy, url).await? {
            Verdict::Open => Ok(()),
            Verdict::Closed(why) => Err(FetchError::of(why).into()),
            Verdict::Rules(rules) => {
                let path = match url.query() {
                    Some(query) => format!("{}?{query}", url.path()),
                    None => url.path().to_owned(),
                };
                if rules.allows(&path) { Ok(()) } else { Err(FetchError::of(ErrorKind::RobotsDisallow).into()) }
            }
        }
    }

    async fn verdict(&self, ask: &dyn Ask, policy: &AddressPolicy, url: &Url) -> Result<Verdict, Trouble> {
        let origin = url.origin().ascii_serialization();
        // No lock is held over a request: two connections may both ask for a new origin's rules, which is harmless,
        // while one that waits for the other would stop a virtual clock.
        let known = self.origins.lock().unwrap_or_else(PoisonError::into_inner).get(&origin).cloned();
        if let Some(known) = known.filter(|known| known.until > (self.now)()) {
            return Ok(known.verdict);
        }
        let kept = patiently(ask, || self.frontier.cached_robots(&origin)).await?;
        let robots = match kept.filter(|kept| fresh_until(kept) > (self.now)()) {
            Some(kept) => kept,
            None => {
                let answer = fetch_robots(ask, policy, url).await?;
                let robots = CachedRobots { fetched_at: (self.now)(), answer };
                patiently(ask, || self.frontier.save_robots(&origin, &robots)).await?;
                robots
            }
        };
        let (verdict, delay) = match &robots.answer {
            RobotsAnswer::Rules { body } => {
                let rules = Rules::parse(body, PRODUCT);
                let delay = rules.crawl_delay().unwrap_or_default();
                (Verdict::Rules(Arc::new(rules)), Some(delay))
            }
            RobotsAnswer::None => (Verdict::Open, Some(Duration::ZERO)),
            // What it asked for before still holds.
            RobotsAnswer::Closed { why } => (Verdict::Closed(*why), None),
        };
        if let Some(delay) = delay {
            ask.set_robots_delay(url, delay).await?;
        }
        let known = Known { until: fresh_until(&robots), verdict: verdict.clone() };
        self.origins.lock().unwrap_or_else(PoisonError::into_inner).insert(origin, known);
        Ok(verdict)
    }
}

fn fresh_until(robots: &CachedRobots) -> Timestamp {
    let fresh = match robots.answer {
        RobotsAnswer::Rules { .. } | RobotsAnswer::None => FRESH,
        RobotsAnswer::Closed { why: ErrorKind::RobotsUnreachable | ErrorKind::RobotsBusy } => FRESH_UNREACHABLE,
        RobotsAnswer::Closed { .. } => FRESH_CLOSED,
    };
    after(robots.fetched_at, fresh)
}

/// Asks for the robots.txt of a URL's origin, and again a few times where nobody answers.
async fn fetch_robots(ask: &dyn Ask, policy: &AddressPolicy, url: &Url) -> Result<RobotsAnswer, Trouble> {
    for attempt in 1.. {
        let answer = match robots_once(ask, policy, url).await {
            Ok(answer) => answer,
            Err(Trouble::Page(error)) => RobotsAnswer::Closed { why: closed_by(&error) },
            Err(halt) => return Err(halt),
        };
        let unanswered = RobotsAnswer::Closed { why: ErrorKind::RobotsUnreachable };
        if answer != unanswered || attempt == TRIES {
            return Ok(answer);
        }
        ask.pause(Duration::from_secs(5u64.pow(attempt))).await?;
    }
    Ok(RobotsAnswer::Closed { why: ErrorKind::RobotsUnreachable })
}

fn closed_by(error: &FetchError) -> ErrorKind {
    match error.kind {
        ErrorKind::AddressRefused => ErrorKind::AddressRefused,
        ErrorKind::RedirectLoop | ErrorKind::RedirectBroken => ErrorKind::RobotsRedirects,
        _ => ErrorKind::RobotsUnreachable,
    }
}

async fn robots_once(ask: &dyn Ask, policy: &AddressPolicy, url: &Url) -> Result<RobotsAnswer, Trouble> {
    let mut at = url.join("/robots.txt").map_err(|_| FetchError::of(ErrorKind::AddressRefused))?;
    for _ in 0..=REDIRECTS {
        let request = Request {
            url: &at,
            accept: "text/plain,*/*;q=0.1",
            validators: None,
            most_bytes: LIMIT_BYTES + 1,
            cut: true,
        };
        let answer = ask.ask(&request).await?;
        if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(meaning(&answer));
        }
        // Also to another host; its rules apply to the host first asked.
        at = redirect_target(policy, &at, answer.location.as_deref())?;
    }
    Ok(RobotsAnswer::Closed { why: ErrorKind::RobotsRedirects })
}

/// What an answer that is no redirect means.
fn meaning(answer: &Answer) -> RobotsAnswer {
    let closed = |why| RobotsAnswer::Closed { why };
    match answer.status {
        200..=299 if is_text(answer) => RobotsAnswer::Rules { body: within_limit(&answer.body).to_vec() },
        200..=299 => closed(ErrorKind::RobotsNotText),
        // Unavailable by the RFC; ours: the owner has shut the door.
        401 | 403 => closed(ErrorKind::RobotsDenied),
        429 => closed(ErrorKind::RobotsBusy),
        400..=499 => RobotsAnswer::None,
        _ => closed(ErrorKind::RobotsUnreachable),
    }
}

/// Text by its type and by its looks: many sites answer every address with their front page.
fn is_text(answer: &Answer) -> bool {
    let kind = answer.content_type.split(';').next().unwrap_or_default().trim();
    let start = answer.body.iter().position(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xEF | 0xBB | 0xBF));
    let markup = start.is_some_and(|start| answer.body[start] == b'<');
    (kind.is_empty() || kind.eq_ignore_ascii_case("text/plain")) && !markup
}
