//! What the pages ask of reader and rules.

use async_trait::async_trait;
use classifier::Catalogue;
use domain::Field;
use jiff::civil::Date;
use std::sync::Arc;
use web::{TextRead, Workbench, WorkbenchError};

/// Longest text that is read on request, in bytes: some fifty ads.
const LONGEST: usize = 32 * 1024;

/// Reads texts with the installation's reader and catalogue.
pub struct TextBench {
    catalogue: Arc<Catalogue>,
    reader: Arc<extract::Reader>,
}

impl TextBench {
    /// With these.
    pub fn new(catalogue: Arc<Catalogue>, reader: Arc<extract::Reader>) -> Self {
        Self { catalogue, reader }
    }
}

#[async_trait]
impl Workbench for TextBench {
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
}
