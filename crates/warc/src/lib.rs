//! Web archive files (WARC/1.0 and 1.1, ISO 28500:2017), read and written as streams: one record in memory at a time.
//!
//! **Invariant**: knows neither ads nor stores, no clock, no randomness. Whatever a file holds, the reader gives records
//! and faults, each with its offset, and never more than a set part of a record's block.

pub mod digest;
pub mod http;
mod lines;
mod reader;
mod source;
mod writer;

pub use reader::{Fault, Item, Limits, Reader, Record};
pub use writer::{NewRecord, Writer};

/// `WARC-Profile` of a revisit whose payload is that of an earlier record.
pub const IDENTICAL: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// `WARC-Profile` of a revisit that the server answered with 'not modified'.
pub const NOT_MODIFIED: &str = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";
