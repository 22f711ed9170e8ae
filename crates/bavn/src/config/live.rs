//! The configuration as a running program goes by it: an adoption puts another in its place.

use super::{Config, Overlay};
use std::sync::{Arc, PoisonError, RwLock};

/// The configuration in force; clones share it.
#[derive(Clone)]
pub struct Live(Arc<RwLock<Arc<Config>>>);

impl Live {
    /// Begins with this one.
    pub fn new(config: Arc<Config>) -> Self {
        Self(Arc::new(RwLock::new(config)))
    }

    /// As it is now. Whoever works by it keeps it until the work is done.
    pub fn get(&self) -> Arc<Config> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads catalogue, weights and shadows again from the files, after they were changed here.
    pub fn read_again(&self) -> anyhow::Result<Arc<Config>> {
        let again = Arc::new(self.get().again()?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = again.clone();
        Ok(again)
    }
}

impl Config {
    /// What assessments depend on, read again from the files, and what runs in the shadow. All else stays.
    pub fn again(&self) -> anyhow::Result<Config> {
        let mut config = self.over(&Overlay::default())?;
        let source = self.source();
        config.shadows = source.shadows(&config.catalogue)?;
        Ok(config)
    }
}
