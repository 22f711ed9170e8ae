//! See ARCHITECTURE.md.

pub mod adapter;

pub use adapter::{Adapter, AdapterError, SampleResult, SiteSettings, check_site};
