//! Registered sites and what an administrator sees of them.

use crate::crawl::{RunTally, SiteState, SiteWish};
use crate::{Actor, Store, StoreError};
use domain::{Bilingual, ProgrammeId, SiteId};
use jiff::Timestamp;

/// A site as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRegistration {
    /// Its folder's name.
    pub site: SiteId,
    /// The programme that it is watched for.
    pub programme: ProgrammeId,
    /// Name for people.
    pub name: String,
    /// Never crawled: its ads come from imports.
    pub import_only: bool,
}

/// A run in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    /// Which run.
    pub run: crate::crawl::RunId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it is under way or cut off.
    pub ended_at: Option<Timestamp>,
    /// What it did so far.
    pub tally: RunTally,
    /// Ads that count as gone because the listing no longer has them.
    pub missing_gone: u64,
    /// `good`, `partial` or `failed`, once ended.
    pub end: Option<String>,
    /// Why, once ended.
    pub reasons: Vec<Bilingual>,
}

/// What an administrator sees of a site. Holds nothing personal.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteOverview {
    /// The site.
    pub registration: SiteRegistration,
    /// What it is doing, why, and since when.
    pub state: Option<(SiteState, Timestamp)>,
    /// What an administrator wants of it.
    pub wish: SiteWish,
    /// Its last runs, newest first.
    pub runs: Vec<RunRow>,
    /// When its last good run ended.
    pub last_good: Option<Timestamp>,
    /// Ads ever seen.
    pub ads: u64,
    /// Ads that are up as far as one knows.
    pub ads_up: u64,
}

impl Store {
    /// Registers a site or renews its name, programme and kind. True where it is new.
    pub async fn register_site(&self, site: &SiteRegistration, at: Timestamp) -> Result<bool, StoreError> {
        todo!()
    }
    /// All sites by name, each with at most `runs` of its last runs.
    pub async fn sites(&self, runs: u32) -> Result<Vec<SiteOverview>, StoreError> {
        todo!()
    }
    /// Pause or resume; recorded as an event.
    pub async fn set_site_wish(
        &self,
        site: &SiteId,
        wish: SiteWish,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
}
