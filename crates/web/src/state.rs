//! What every handler is given.

use crate::{Configuration, IdentityProvider, PublicLimits, Workbench, settings::WebSettings};
use classifier::Catalogue;
use jiff::Timestamp;
use std::sync::Arc;
use store::Store;

/// What every handler is given. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Where everything is kept.
    pub store: Store,
    /// The indicators, for their titles, reasons and help pages.
    pub catalogue: Arc<Catalogue>,
    /// What the organisation has configured.
    pub settings: Arc<WebSettings>,
    /// Reads a text on request.
    pub workbench: Arc<dyn Workbench>,
    /// The configuration, for administrators.
    pub configuration: Arc<dyn Configuration>,
    /// The brakes of the public form.
    pub limits: Arc<PublicLimits>,
    /// Who else can say who somebody is, where one is configured.
    pub identity: Option<Arc<dyn IdentityProvider>>,
}

impl AppState {
    /// The time of the installation: the machine's, or the demo's.
    pub fn now(&self) -> Timestamp {
        (self.settings.clock)()
    }
}
