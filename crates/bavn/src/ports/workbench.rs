//! What the pages ask of reader, rules and linking.

use crate::config::Config;
use crate::pipeline;
use async_trait::async_trait;
use classifier::Catalogue;
use domain::{AdRef, Field, Waterfall};
use jiff::civil::Date;
use linkage::LinkParameters;
use std::sync::Arc;
use store::Store;
use web::{TextRead, Workbench, WorkbenchError};

/// Longest text that is read on request, in bytes: some fifty ads.
const LONGEST: usize = 32 * 1024;

/// Reads texts with the installation's reader and catalogue, and weighs pairs of ads with its parameters.
pub struct Bench {
    catalogue: Arc<Catalogue>,
    reader: Arc<extract::Reader>,
    linkage: LinkParameters,
    store: Store,
}

impl Bench {
    /// With these.
    pub fn new(config: &Config, store: Store) -> Self {
        let (catalogue, reader, linkage) = (config.catalogue.clone(), config.reader.clone(), config.linkage.clone());
        Self { catalogue, reader, linkage, store }
    }
}

#[async_trait]
impl Workbench for Bench {
    async fn read_text(&self, text: &str, on: Date) -> Result<TextRead, WorkbenchError> {
        if text.len() > LONGEST {
            return Err(WorkbenchError::TooLong { length: text.len(), limit: LONGEST });
        }
        let (catalogue, reader, text) = (self.catalogue.clone(), self.reader.clone(), text.to_owned());
        let read = tokio::task::spawn_blocking(move || {
            let ad = reader.read(vec![(Field::Text, text)], &Default::default());
            let at = classifier::AdAt { ad: None, on: Some(on) };
            let firings = classifier::fire_ad(&catalogue, &ad, &at);
            let not_fired = classifier::explain_ad(&catalogue, &ad, &at);
            TextRead { reading: ad.reading, firings, not_fired }
        });
        read.await.map_err(|error| WorkbenchError::Unavailable { what: error.to_string() })
    }

    async fn compare_ads(&self, a: &AdRef, b: &AdRef) -> Result<Option<Waterfall>, WorkbenchError> {
        pipeline::compare_ads(&self.store, &self.linkage, a, b)
            .await
            .map_err(|error| WorkbenchError::Unavailable { what: error.to_string() })
    }
}
