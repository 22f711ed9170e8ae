//! Why a page could not be had.

use crate::address::{LookupFailed, Refusal};
use crate::error::ErrorKind;
use std::error::Error;
use std::time::Duration;

/// A request that gave no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}", .status.map(|status| format!(" (status {status})")).unwrap_or_default())]
pub struct FetchError {
    /// Kind.
    pub kind: ErrorKind,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// The server asked for quiet.
    pub retry_after: Option<Duration>,
}

impl FetchError {
    /// A failure without an answer.
    pub fn of(kind: ErrorKind) -> Self {
        Self { kind, status: None, retry_after: None }
    }

    /// Whether the same request may work in a while.
    pub fn passes(&self) -> bool {
        use ErrorKind::*;
        matches!(self.kind, Dns | Connect | Tls | Timeout | TooSlow | BrokenBody | Busy | ServerError)
    }

    /// Whether it ends the visit: the owner, or a guard, has shut the door.
    pub fn ends_visit(&self) -> bool {
        use ErrorKind::*;
        matches!(
            self.kind,
            Denied | Challenge | RobotsDenied | RobotsBusy | RobotsUnreachable | RobotsNotText | RobotsRedirects
        )
    }

    /// What a status that holds no page means.
    pub fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        let kind = match status {
            401 | 403 | 407 | 451 => ErrorKind::Denied,
            429 => ErrorKind::Busy,
            500..=599 => ErrorKind::ServerError,
            _ => ErrorKind::Status,
        };
        Self { kind, status: Some(status), retry_after }
    }

    /// What the client's error means.
    pub fn of_client(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::of(ErrorKind::Timeout);
        }
        let mut cause: Option<&(dyn Error + 'static)> = error.source();
        while let Some(inner) = cause {
            match inner.downcast_ref::<LookupFailed>() {
                Some(LookupFailed::NotFound(_)) => return Self::of(ErrorKind::Dns),
                Some(LookupFailed::Refused) => return Self::of(ErrorKind::AddressRefused),
                None => {}
            }
            // The client wraps the encryption's error in one of I/O, which gives it out here and not as its source.
            let io = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            if inner.is::<rustls::Error>() || io.is_some_and(|inner| inner.is::<rustls::Error>()) {
                return Self::of(ErrorKind::Tls);
            }
            cause = inner.source();
        }
        Self::of(if error.is_connect() { ErrorKind::Connect } else { ErrorKind::BrokenBody })
    }
}

impl From<Refusal> for FetchError {
    fn from(_: Refusal) -> Self {
        Self::of(ErrorKind::AddressRefused)
    }
}
