//! To be seen by monitors: `/metrics`, `/healthz` and `/readyz` on an address of their own, for `run`, `serve` and
//! `crawl`. Nothing personal stands in any of them; site ids do, so the address belongs on loopback or a private net.

mod counted;
mod server;
mod sites;

pub use counted::Counted;
pub use server::{Monitor, start};
