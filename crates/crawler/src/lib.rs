//! Fetches pages politely and safely, and owns the crawl's loop. The only maker of requests.
//!
//! **Invariant**: no page is read here (see [`ports::ReadPage`]) and nothing is kept here (see [`ports::Frontier`]).

pub mod address;
pub mod clock;
pub mod crawl;
pub mod error;
pub mod fetch;
pub mod interval;
pub mod judge;
pub mod pacing;
pub mod plan;
mod politeness;
pub mod ports;
pub mod promise;
pub mod robots;
pub mod schedule;
pub mod stop;

pub use clock::{Clock, VirtualClock, WallClock};
pub use crawl::{CrawlDeps, Progress, ProgressEvent, Visited, crawl_site};
pub use domain::crawl::run;
pub use error::{CrawlError, ErrorKind, FrontierError};
pub use fetch::{Http, post_json};
pub use pacing::Pacer;
pub use plan::SitePlan;
pub use schedule::crawl_forever;
pub use stop::Stop;
