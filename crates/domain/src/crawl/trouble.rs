//! Kinds of failure.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Kind of a failure, for tallies, states and the run history. Holds no address and no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Name not found.
    Dns,
    /// Nobody answers at the address, or the connection broke.
    Connect,
    /// The encrypted connection could not be made.
    Tls,
    /// The answer took longer than the limit.
    Timeout,
    /// The answer dripped in more slowly than the limit.
    TooSlow,
    /// The answer broke off before its end, or was not HTTP.
    BrokenBody,
    /// The answer was larger than the limit, after decompression.
    TooLarge,
    /// More redirects than the limit, or a loop.
    RedirectLoop,
    /// The address, or a redirect, leads to another site.
    OffSite,
    /// A redirect without a usable target.
    RedirectBroken,
    /// The address is private, special, or oddly spelled.
    AddressRefused,
    /// robots.txt disallows it.
    RobotsDisallow,
    /// robots.txt is behind a closed door (401, 403): the owner has shut it.
    RobotsDenied,
    /// robots.txt was answered with 429.
    RobotsBusy,
    /// robots.txt was answered with 5xx, or not at all.
    RobotsUnreachable,
    /// robots.txt is an HTML page or another type that holds no rules.
    RobotsNotText,
    /// robots.txt was behind more than five redirects.
    RobotsRedirects,
    /// Status 401 or 403.
    Denied,
    /// Status 429.
    Busy,
    /// Status 5xx.
    ServerError,
    /// Another status that is no answer.
    Status,
    /// A challenge or log-in page.
    Challenge,
    /// The answer is of a type that is not wanted here.
    WrongType,
    /// The page holds no ad that the adapter can read.
    NoAd,
    /// The picture could not be decoded.
    BadImage,
    /// The page's id is another than the listing's.
    WrongAd,
    /// The listing has more pages than the plan allows.
    TooManyPages,
    /// An administrator stopped the run before its turn came.
    StoppedByPerson,
    /// The listing page broke off or was cut: ads may be missing from it.
    Incomplete,
    /// The listing leads on and on without an ad that it has not shown before.
    Repeats,
    /// The ad's page is not what its listing promised, as too many of the run were not.
    NotAsListed,
}

impl ErrorKind {
    /// As written in tallies and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Dns => "dns",
            ErrorKind::Connect => "connect",
            ErrorKind::Tls => "tls",
            ErrorKind::Timeout => "timeout",
            ErrorKind::TooSlow => "too_slow",
            ErrorKind::BrokenBody => "broken_body",
            ErrorKind::TooLarge => "too_large",
            ErrorKind::RedirectLoop => "redirect_loop",
            ErrorKind::OffSite => "off_site",
            ErrorKind::RedirectBroken => "redirect_broken",
            ErrorKind::AddressRefused => "address_refused",
            ErrorKind::RobotsDisallow => "robots_disallow",
            ErrorKind::RobotsDenied => "robots_denied",
            ErrorKind::RobotsBusy => "robots_busy",
            ErrorKind::RobotsUnreachable => "robots_unreachable",
            ErrorKind::RobotsNotText => "robots_not_text",
            ErrorKind::RobotsRedirects => "robots_redirects",
            ErrorKind::Denied => "denied",
            ErrorKind::Busy => "busy",
            ErrorKind::ServerError => "server_error",
            ErrorKind::Status => "status",
            ErrorKind::Challenge => "challenge",
            ErrorKind::WrongType => "wrong_type",
            ErrorKind::NoAd => "no_ad",
            ErrorKind::BadImage => "bad_image",
            ErrorKind::WrongAd => "wrong_ad",
            ErrorKind::TooManyPages => "too_many_pages",
            ErrorKind::StoppedByPerson => "stopped_by_person",
            ErrorKind::Incomplete => "incomplete",
            ErrorKind::Repeats => "repeats",
            ErrorKind::NotAsListed => "not_as_listed",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
