//! Fetches pages politely and safely, and owns the crawl's loop. The only maker of requests.
//!
//! **Invariant**: no page is read here (see [`ports::ReadPage`]) and nothing is kept here (see [`ports::Frontier`]).

pub mod error;
pub mod plan;
pub mod ports;
pub mod run;

pub use error::{CrawlError, ErrorKind, FrontierError};
pub use plan::SitePlan;
