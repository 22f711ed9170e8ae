//! What a programme has otherwise than the installation: addresses, clocks, folders that two cannot have in common.

use super::{Programme, Settings};
use std::net::SocketAddr;
use std::path::Path;

/// A programme's place among those that one command works for.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProgrammePlace {
    /// From 0, in the order of the ids.
    pub number: u16,
    /// `--listen`, for the first of them.
    pub listen: Option<SocketAddr>,
    /// `--monitor`, likewise.
    pub monitor: Option<SocketAddr>,
}

/// Ports between the pages of two programmes that one process serves.
const PORTS_APART: u16 = 10;

impl ProgrammePlace {
    /// The place beside the first.
    pub fn second() -> Self {
        Self { number: 1, ..Self::default() }
    }

    /// Where this one's pages are where those of the first are at `first`.
    pub fn of(&self, first: SocketAddr) -> SocketAddr {
        let mut own = first;
        if first.port() != 0 {
            own.set_port(first.port().saturating_add(PORTS_APART.saturating_mul(self.number)));
        }
        own
    }
}

impl Settings {
    /// What a programme has otherwise than the installation, and what two programmes cannot have in common. `place`: where a
    /// command works for all of them.
    pub(super) fn take_on(&mut self, programme: &Programme, several: bool, place: Option<&ProgrammePlace>) {
        let pages = &programme.serve;
        let moved = |own: Option<SocketAddr>, first: Option<SocketAddr>| {
            own.or_else(|| first.map(|first| place.map_or(first, |place| place.of(first))))
        };
        let first = place.and_then(|place| place.listen).unwrap_or(self.serve.listen);
        self.serve.listen = moved(pages.listen, Some(first)).unwrap_or(first);
        let text = |address: Option<SocketAddr>| address.map_or_else(String::new, |address| address.to_string());
        self.public.listen = text(moved(pages.public_listen, self.public.address()));
        let first = place.and_then(|place| place.monitor).or(self.monitor.address());
        self.monitor.listen = text(moved(pages.monitor_listen, first));
        if !pages.pages_url.is_empty() {
            self.smtp.pages_url = pages.pages_url.clone();
        }
        if let Some(retention) = &programme.retention {
            self.retention = retention.clone();
        }
        self.several = several;
        if several && !self.backup.folder.is_empty() {
            self.backup.folder = Path::new(&self.backup.folder).join(&programme.id).to_string_lossy().into_owned();
        }
        if several && !self.audit.anchor_file.is_empty() {
            self.audit.anchor_file = format!("{}.{}", self.audit.anchor_file, programme.id);
        }
    }
}
