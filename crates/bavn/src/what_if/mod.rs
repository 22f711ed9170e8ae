//! What the analysis would be: with a new reference, with other grades, thresholds, weights or indicators, with an
//! indicator that runs in the shadow. Nothing changes until a person adopts it and says why.

mod adopt;
mod compare;
mod edit;
pub mod shadow;
mod words;

pub use adopt::{Adoption, adopt, drop_shadow, shadow_adoption};
pub use compare::{compare, subjects_of};
pub use edit::{settings, tried, with_comments};
pub use words::{describe_preview, describe_what_if};

use crate::config::{Config, Overlay};
use jiff::Timestamp;
use store::Store;
use web::Comparison;

/// What a new reference of all that is read would move.
pub async fn preview(
    store: &Store,
    config: &Config,
    as_of: Timestamp,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<Comparison> {
    compare(store, config, config, as_of, progress).await
}

/// What `bavn analyse --all` would give with these files in place of those in force.
pub async fn what_if(
    store: &Store,
    present: &Config,
    overlay: &Overlay,
    as_of: Timestamp,
    progress: &(dyn Fn(&str, u64) + Send + Sync),
) -> anyhow::Result<Comparison> {
    let then = present.over(overlay)?;
    let compared = compare(store, present, &then, as_of, progress).await?;
    Ok(Comparison { changes: overlay.changes(present), ..compared })
}
