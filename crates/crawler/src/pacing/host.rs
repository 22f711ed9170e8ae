//! One host: when it may be asked next. Plain steps from one state to the next; where the state is kept and who else
//! changes it is not known here.

use crate::clock::after;
use crate::error::ErrorKind;
use domain::SiteId;
use domain::crawl::{HostState, InFlight, SitePace};
use jiff::Timestamp;
use std::time::Duration;

/// Failures in a row after which the breaker opens.
pub const BREAKER_AFTER: u32 = 5;
/// First wait behind the breaker where the host answers with errors, doubled with each failed trial.
const BREAKER_FIRST: Duration = Duration::from_secs(5 * 60);
/// The same where nobody answers: a trial costs the host nothing then, and it may be our own network that is gone.
const BREAKER_FIRST_SILENT: Duration = Duration::from_secs(60);
const BREAKER_LONGEST: Duration = Duration::from_secs(60 * 60);
/// Quiet after a 429 or 503 that does not say how long, doubled with each in a row.
const QUIET_FIRST: Duration = Duration::from_secs(30);
const QUIET_LONGEST: Duration = Duration::from_secs(30 * 60);
/// What a site asked for is forgotten after so long.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// Why a request waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitFor {
    /// The delay between requests.
    Delay,
    /// The host asked for quiet.
    Quiet,
    /// The breaker is open.
    Breaker,
}

/// Why there is no turn now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Not before this time.
    Wait(Timestamp, WaitFor),
    /// All of the host's connections are in use.
    Full,
}

/// Who wants to ask, and what it promised.
pub(super) struct Asking<'a> {
    pub(super) site: &'a SiteId,
    pub(super) delay: Duration,
    pub(super) connections: u32,
    pub(super) token: String,
    /// The request is over by then.
    pub(super) until: Timestamp,
    /// Added to the delay, for what clocks do not tell.
    pub(super) margin: Duration,
}

/// The delay in force: the longest that robots.txt or a site on the host asks for.
pub(super) fn delay(state: &HostState) -> Duration {
    let sites = state.sites.values().map(|site| site.delay_ms).max().unwrap_or_default();
    Duration::from_millis(sites.max(state.crawl_delay_ms))
}

/// Takes the next request's place, or says why not.
pub(super) fn take(state: &mut HostState, asking: &Asking<'_>, now: Timestamp) -> Result<(), Refused> {
    settle(state, now);
    let delay_ms = u64::try_from(asking.delay.as_millis()).unwrap_or(u64::MAX);
    let pace = SitePace { delay_ms, connections: asking.connections.max(1), asked_at: now };
    state.sites.insert(asking.site.clone(), pace);
    let paced = state.last_at.map(|last| after(last, spacing(delay(state), asking.margin)));
    let waits = [(state.open_until, WaitFor::Breaker), (state.quiet_until, WaitFor::Quiet), (paced, WaitFor::Delay)];
    if let Some((Some(until), why)) =
        waits.into_iter().filter(|(until, _)| *until > Some(now)).max_by_key(|(until, _)| *until)
    {
        return Err(Refused::Wait(until, why));
    }
    let connections = state.sites.values().map(|site| site.connections).min().unwrap_or(1);
    if state.in_flight.len() >= connections as usize {
        return Err(Refused::Full);
    }
    state.in_flight.push(InFlight { token: asking.token.clone(), until: asking.until });
    state.last_at = Some(now);
    Ok(())
}

/// Lets go of what time has overtaken.
fn settle(state: &mut HostState, now: Timestamp) {
    state.sites.retain(|_, site| after(site.asked_at, FORGOTTEN) > now);
    // No request was made in the future: a clock was set back, or another worker's is ahead.
    state.last_at = state.last_at.map(|last| last.min(now));
    // A request that nobody ended was a killed worker's; it may have reached the host as late as its end.
    let over = state.in_flight.iter().filter(|request| request.until <= now).map(|request| request.until).max();
    state.last_at = state.last_at.max(over);
    state.in_flight.retain(|request| request.until > now);
}

/// A new process has read the state, and no other is at work: it waits one delay where the host was ever asked, since
/// the one before may have asked a moment before it was killed.
pub(super) fn inherit(state: &mut HostState, now: Timestamp) {
    state.in_flight.clear();
    state.last_at = state.last_at.map(|_| now);
}

/// A request is over, or its head has come: the delay counts from here, since from the host's side two requests may be
/// closer together than they were sent.
pub(super) fn answered(state: &mut HostState, now: Timestamp) {
    state.last_at = state.last_at.max(Some(now));
}

/// The request with this token is over.
pub(super) fn done(state: &mut HostState, token: &str, now: Timestamp) {
    state.in_flight.retain(|request| request.token != token);
    answered(state, now);
}

/// A whole answer came.
pub(super) fn succeeded(state: &mut HostState) {
    state.failures = 0;
    state.open_until = None;
    state.quiet_until = None;
}

/// The host failed or asked for quiet. `spread` in 0 to 1 moves the wait by up to a quarter, so that many crawlers do
/// not come back at one moment.
pub(super) fn failed(
    state: &mut HostState,
    kind: ErrorKind,
    status: Option<u16>,
    asked: Option<Duration>,
    spread: f64,
    now: Timestamp,
) {
    state.failures = state.failures.saturating_add(1);
    let failures = state.failures;
    let spread = |wait: Duration| wait.mul_f64(1.0 + 0.25 * spread.clamp(0.0, 1.0));
    let busy = matches!(kind, ErrorKind::Busy | ErrorKind::RobotsBusy) || status == Some(503);
    let quiet = match asked {
        Some(asked) => Some(asked),
        None if busy => Some(spread(doubled(QUIET_FIRST, failures - 1, QUIET_LONGEST))),
        None => None,
    };
    if let Some(quiet) = quiet {
        state.quiet_until = state.quiet_until.max(Some(after(now, quiet)));
    }
    if failures >= BREAKER_AFTER {
        let first = if status.is_some() { BREAKER_FIRST } else { BREAKER_FIRST_SILENT };
        state.open_until = Some(after(now, spread(doubled(first, failures - BREAKER_AFTER, BREAKER_LONGEST))));
    }
}

/// From one request to the next.
fn spacing(delay: Duration, margin: Duration) -> Duration {
    if delay.is_zero() { delay } else { delay + margin }
}

/// `first` doubled `times` times, at most `longest`.
pub(crate) fn doubled(first: Duration, times: u32, longest: Duration) -> Duration {
    first.saturating_mul(1u32.checked_shl(times).unwrap_or(u32::MAX)).min(longest)
}

/// A number in 0 to 1 that looks random and is the same each time for the same parts.
pub(crate) fn spread_of(parts: &[&[u8]]) -> f64 {
    // FNV-1a: enough to spread waits, and no dice, so that a virtual run is the same each time.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.iter()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (hash >> 40) as f64 / (1u64 << 24) as f64
}
