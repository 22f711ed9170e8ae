//! Making requests.

mod ask;
mod body;
mod client;
mod cookies;
mod error;
mod follow;
mod heads;
mod post;
mod retry_after;

pub use ask::{Ask, Halt, Outage, Patience, Trouble, patiently};
pub use body::{ACCEPT_ENCODING, Body, BodyFault};
pub use client::{Answer, Http, NoAnswer, PRODUCT, Request, SiteClient, trusted};
pub use error::FetchError;
pub(crate) use follow::redirect_target;
pub use follow::{Fetched, Wanted, follow, same_site};
pub use post::post_json;
pub use retry_after::{http_date, retry_after};
