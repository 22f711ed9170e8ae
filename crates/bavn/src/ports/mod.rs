//! The ports that `crawler` and `web` declare, filled with the store, the adapters and the rules.

mod dry_frontier;
mod frontier;
mod oidc;
mod read_page;
mod what_if;
mod workbench;

pub use dry_frontier::{DryFrontier, DryLimits};
pub use frontier::StoreFrontier;
pub use oidc::identity_provider;
pub use read_page::AdapterPages;
pub use what_if::Trials;
pub(crate) use what_if::shadow_end;
pub use workbench::Bench;
