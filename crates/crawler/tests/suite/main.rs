//! The crawl as a whole, against a small server that may be as hostile as it likes.
//!
//! - `support`: the server, an in-memory frontier, a reader of very plain pages.
//! - `loop_`: what a crawl keeps, over runs, stops and restarts.
//! - `archive`: what the crawl hands over for the archive.
//! - `coverage`: what a look at the listing says, when pages are read again, when ads are gone, and how often one looks.
//! - `hostile`: answers that must not hurt.
//! - `polite`: delays, Retry-After, breaker and hours, proven from the server's side in virtual time.
//! - `robots`: the fetch rules of RFC 9309.
//! - `refused`: approvals, closed doors and private addresses.

mod archive;
mod coverage;
mod hostile;
mod loop_;
mod polite;
mod refused;
mod robots;
mod support;
