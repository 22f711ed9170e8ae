//! One visit of a site: the loop, from its start pages to the last page they led to.

mod blame;
mod door;
mod entry;
mod hand;
mod held;
mod listing;
mod sentences;
mod trail;
mod visit;

pub use door::crawl_site;
pub(crate) use door::{Looked, crawl_when_due};
pub(crate) use sentences::ended_early;
pub use visit::Visited;

use crate::clock::Clock;
use crate::error::ErrorKind;
use crate::fetch::{Http, Outage};
use crate::pacing::Pacer;
use crate::ports::{Completed, EntryKind, Frontier, ReadPage, SiteState};
use crate::run::RunSummary;
use crate::stop::Stop;
use domain::SiteId;
use std::sync::Arc;
use std::time::Duration;

/// What a crawl works with. Clones share everything.
#[derive(Clone)]
pub struct CrawlDeps {
    /// The memory.
    pub frontier: Arc<dyn Frontier>,
    /// The understanding of pages.
    pub reader: Arc<dyn ReadPage>,
    /// The time; on a virtual clock the caller's own participant.
    pub clock: Arc<dyn Clock>,
    /// Who we are towards servers.
    pub http: Http,
    /// The paces of all hosts: one for the whole process.
    pub pacer: Arc<Pacer>,
    /// Who is told what happens.
    pub progress: Arc<dyn Progress>,
    /// The word to stop.
    pub stop: Stop,
    /// This process's name for leases, different from that of any other.
    pub worker: String,
    /// A site's lease is taken for so long and renewed when a third of it has passed: after a worker was killed, its
    /// sites are free after it. No request lasts longer than half of it.
    pub lease: Duration,
    /// Whether the store is away.
    pub outage: Arc<Outage>,
}

/// Something that happened. Holds no address and no text of a page.
#[derive(Debug, Clone)]
pub enum ProgressEvent {
    /// A run began or was resumed.
    RunBegan {
        /// Of which site.
        site: SiteId,
        /// It was cut off before.
        resumed: bool,
    },
    /// A request was answered, or failed.
    Asked {
        /// For which site.
        site: SiteId,
        /// The answer's status; `None` where there was no whole answer.
        status: Option<u16>,
        /// From the request to the end of its answer.
        took: Duration,
    },
    /// An entry was completed.
    PageDone {
        /// Of which site.
        site: SiteId,
        /// What it led to.
        kind: EntryKind,
        /// Bytes after decompression.
        bytes: usize,
        /// What it gave.
        done: Completed,
    },
    /// An entry failed.
    PageFailed {
        /// Of which site.
        site: SiteId,
        /// What it led to.
        kind: EntryKind,
        /// Why.
        why: ErrorKind,
        /// It is not tried again in this run.
        given_up: bool,
    },
    /// The site's state changed.
    State {
        /// Of which site.
        site: SiteId,
        /// The new state.
        state: SiteState,
    },
    /// A run ended.
    RunEnded(Box<RunSummary>),
}

/// Who is told what happens.
pub trait Progress: Send + Sync {
    /// Something happened. Called in the crawl's own task: it must not take long.
    fn event(&self, event: ProgressEvent);
}

/// Tells nobody.
impl Progress for () {
    fn event(&self, _event: ProgressEvent) {}
}
