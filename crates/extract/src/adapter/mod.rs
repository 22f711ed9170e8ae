//! From a site's page to what it holds, as the site's `site.toml` says (`config/sites/README.md`).
//!
//! **Invariant**: a page is parsed once, whatever it is; a broken page gives issues and what could be read, never an
//! error; an issue repeats no text of the page. Selectors and patterns are compiled once, when the file is read.

mod charset;
mod check;
mod dates;
mod decode;
mod detail;
mod document;
mod draft;
mod error;
mod explain;
mod feed;
mod guard;
mod issues;
mod keys;
mod listing;
mod marks;
mod parse;
mod plan;
mod rule;
mod selector;
mod settings;
mod structured;
mod text;
mod value;

pub use check::{Difference, Outcome, SampleResult, check_site};
pub use draft::{Draft, DraftError, DraftSettings, Drafter, Found, Wanted, WantedKind};
pub use error::AdapterError;
pub use explain::RuleFound;
pub use guard::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_FEED_BYTES, MAX_PAGE_BYTES};
pub use settings::{Approval, Expect, Limits, Pacing, Schedule, SiteSettings};

use error::Source;
use keys::Keys;
use toml::de::DeTable;

/// One site's `site.toml`, checked and compiled. It can be shared between threads.
///
/// ```
/// let toml = r#"
/// id = "small"
/// name = "Small ads"
/// owner = "Small ApS"
/// purpose = "An example"
/// start = ["https://www.example.dk/"]
/// [pacing]
/// delay_s = 5
/// [listing]
/// item = "article"
/// ad_id = { url = '/ad/(\d+)' }
/// [detail]
/// title = "h1"
/// [expect]
/// ads_min = 1
/// ads_max = 100
/// "#;
/// let adapter = extract::Adapter::parse("small", "config/sites/small/site.toml", toml)?;
/// let page = domain::Page {
///     url: "https://www.example.dk/".into(),
///     status: 200,
///     content_type: "text/html".into(),
///     body: b"<article><a href='/ad/7'>Anna</a></article>".to_vec(),
///     fetched_at: "2026-11-03T14:00:00Z".parse()?,
/// };
/// let listing = adapter.read_listing(&page);
/// assert_eq!((listing.items[0].ad_id.as_str(), listing.items[0].url.as_str()), ("7", "https://www.example.dk/ad/7"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Adapter {
    settings: SiteSettings,
    listing: plan::Listing,
    detail: plan::Detail,
    marks: plan::Marks,
    /// Every selector with its key, as the file has it.
    selectors: Vec<(String, String)>,
    /// What the selectors look for.
    wanted: std::sync::Arc<selector::Wanted>,
}

impl Adapter {
    /// Reads a `site.toml`. `site_folder_name` is what its `id` must be, `file` is for messages. Fails with line,
    /// column and key on whatever is unknown, missing or cannot be compiled.
    pub fn parse(site_folder_name: &str, file: &str, toml: &str) -> Result<Adapter, AdapterError> {
        let selectors = std::cell::RefCell::default();
        let source = Source { file, text: toml, selectors: &selectors };
        let table = DeTable::parse(toml).map_err(|error| source.syntax(&error))?;
        let top = Keys::new(source, String::new(), 0..0, table.get_ref());
        let mut settings = settings::read(site_folder_name, &top)?;
        let (listing, detail, marks) = plan::read(&top)?;
        top.finish()?;
        settings.counts_pages = listing.counts_pages();
        settings.lists_newest_only = listing.newest_only;
        let selectors = selectors.take();
        let wanted = std::sync::Arc::new(plan::wanted(&listing, &detail, &marks));
        Ok(Adapter { settings, listing, detail, marks, selectors, wanted })
    }

    /// The id of the ad whose page an address is, where the adapter reads it from addresses.
    pub fn ad_id_of_url(&self, url: &str) -> Option<String> {
        self.listing.ad_id.rules.iter().find_map(|rule| match &rule.place {
            rule::Place::Url(pattern) => value::first_group(pattern, url),
            _ => None,
        })
    }

    /// What the file says to the crawler and to the people who answer for the site.
    pub fn settings(&self) -> &SiteSettings {
        &self.settings
    }
}

#[cfg(test)]
mod tests;
