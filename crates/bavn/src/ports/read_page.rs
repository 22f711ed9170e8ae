//! Pages as their sites' adapters read them.

use crawler::ports::ReadPage;
use domain::{DetailRead, Issue, ListingRead, Page, PdqHash, SiteId};
use extract::adapter::Adapter;
use std::collections::BTreeMap;

/// The adapters by site.
pub struct AdapterPages {
    adapters: BTreeMap<String, Adapter>,
}

impl AdapterPages {
    /// With these adapters.
    pub fn new(adapters: BTreeMap<String, Adapter>) -> Self {
        Self { adapters }
    }
}

/// Only a site without an adapter gives this, and such a site has no plan to be crawled by.
fn no_adapter() -> Vec<Issue> {
    vec![Issue { at: "site".to_owned(), what: "there is no adapter for this site".to_owned() }]
}

impl ReadPage for AdapterPages {
    fn listing(&self, site: &SiteId, page: &Page) -> ListingRead {
        match self.adapters.get(site.as_str()) {
            Some(adapter) => adapter.read_listing(page),
            None => ListingRead { issues: no_adapter(), ..Default::default() },
        }
    }

    fn detail(&self, site: &SiteId, page: &Page) -> DetailRead {
        match self.adapters.get(site.as_str()) {
            Some(adapter) => adapter.read_detail(page),
            None => DetailRead { issues: no_adapter(), ..Default::default() },
        }
    }

    fn image(&self, bytes: &[u8]) -> Result<(PdqHash, u8), String> {
        extract::image_hash::pdq(bytes).map_err(|error| error.to_string())
    }
}
