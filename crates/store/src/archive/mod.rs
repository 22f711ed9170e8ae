//! The archive of fetched pages: bodies known by a keyed hash, compressed and sealed, each time they were got with the
//! heads of request and answer. Pictures never come here.

mod bring_in;
mod heads;
mod read;
mod reread;
mod write;

pub use read::{ArchiveQuery, ArchiveReader, ArchivedPage};
pub use reread::{Reread, RereadAs, RereadCounts, WholeRun};
pub(crate) use write::{CaptureOf, Keeping, Prepared};

use crate::StoreError;
use domain::CaptureKind;

/// Row of a capture: one time a page was got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaptureRow(pub i64);

fn kind_number(kind: CaptureKind) -> i64 {
    // 2 is the frontier's number for pictures, which have no capture.
    match kind {
        CaptureKind::Listing => 0,
        CaptureKind::Detail => 1,
        CaptureKind::Robots => 3,
        CaptureKind::Imported => 4,
    }
}

fn kind_of(number: i64) -> Result<CaptureKind, StoreError> {
    [CaptureKind::Listing, CaptureKind::Detail, CaptureKind::Robots, CaptureKind::Imported]
        .into_iter()
        .find(|kind| kind_number(*kind) == number)
        .ok_or(StoreError::Corrupt { what: "a capture's kind" })
}
