//! Making requests.

mod ask;
mod client;
mod error;
mod follow;
mod retry_after;

pub use ask::{Ask, Halt, Outage, Patience, Trouble, patiently};
pub use client::{Answer, Http, PRODUCT, Request, SiteClient};
pub use error::FetchError;
pub(crate) use follow::redirect_target;
pub use follow::{Fetched, Wanted, follow, same_site};
pub use retry_after::{http_date, retry_after};
