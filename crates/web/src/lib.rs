//! The pages: server-rendered, in Danish and English, for researchers, outreach workers and administrators, and the
//! few that are public. They work without script, from 360 px, and show no photo.
//!
//! **Invariant**: a handler is who may, read, decide, show. A researcher's view types have no contact field. Nobody is
//! contacted but through [`gate`]. Nothing personal stands in a URL or a log.

mod access;
mod assets;
mod brake;
mod clients;
pub mod configuration;
mod covered;
mod errors;
mod format;
mod forms;
pub mod gate;
mod headers;
mod highlight;
mod limits;
mod live;
mod page;
mod pages;
pub mod password;
mod picture;
pub mod places;
mod port;
mod public_text;
mod routes;
mod serve;
mod sessions;
pub mod settings;
mod state;
mod texts;
mod totp;
pub mod visit_plan;
mod what_if;

pub use clients::{Peer, Proxies};
pub use configuration::{
    ConfigChange, ConfigDraft, ConfigField, ConfigFile, ConfigGroup, ConfigMistake, ConfigOpen, Configuration,
    ConfigurationError, DiffLine, NoConfiguration,
};
pub use limits::PublicLimits;
pub use live::Source;
pub use port::{
    ConfigurationAct, FindingsAsked, FindingsMade, Followed, Found, TextRead, TrialId, Workbench, WorkbenchError,
};
pub use port::{Identity, IdentityAsked, IdentityError, IdentityProvider};
pub use public_text::{PUBLIC_VARIABLES, PublicSection, PublicText};
pub use routes::{Audience, ROUTES, RouteInfo, app, public_app};
pub use serve::{ServeError, Tls, TlsError, serve, serve_public};
pub use settings::{
    Clock, Controller, Copies, CrawlerFacts, Duty, Method, Offer, PlacesSettings, Region, ReviewReason, ReviewSettings,
    Team, UrgentPerson, WebSettings,
};
pub use state::AppState;
pub use texts::Language;
pub use what_if::{Adopted, Comparison, MovedCase, Setting, SettingChange, ShadowInfo, Trial};
