//! The adapter as a whole: from `site.toml` and a page to what it holds.

mod file;
mod pages;
mod places;
mod samples;

use super::*;
use domain::{DetailRead, ListingRead, Page};

/// The smallest site with something more at the end of its `[listing]`, its `[detail]` and the file.
fn toml(listing: &str, detail: &str, more: &str) -> String {
    format!(
        r#"
id = "s1"
name = "Small ads"
owner = "Small ApS"
purpose = "An example"
start = ["https://www.example.dk/annoncer"]
[pacing]
delay_s = 5
[expect]
ads_min = 1
ads_max = 100
[listing]
{listing}
[detail]
{detail}
{more}
"#
    )
}

fn adapter(listing: &str, detail: &str, more: &str) -> Adapter {
    Adapter::parse("s1", "site.toml", &toml(listing, detail, more)).unwrap_or_else(|error| panic!("{error}"))
}

const LISTING: &str = "item = \"article\"\nad_id = { url = '/annonce/(\\d+)' }";

fn page(url: &str, html: &[u8]) -> Page {
    Page {
        url: url.to_owned(),
        status: 200,
        content_type: "text/html; charset=utf-8".to_owned(),
        body: html.to_vec(),
        fetched_at: "2026-11-03T14:30:00Z".parse().unwrap(),
    }
}

fn detail(detail: &str, more: &str, html: &str) -> DetailRead {
    adapter(LISTING, detail, more).read_detail(&page("https://www.example.dk/annonce/7", html.as_bytes()))
}

fn listing(rules: &str, more: &str, url: &str, html: &str) -> ListingRead {
    adapter(rules, "title = \"h1\"", more).read_listing(&page(url, html.as_bytes()))
}

fn places(issues: &[domain::Issue]) -> Vec<&str> {
    issues.iter().map(|issue| issue.at.as_str()).collect()
}

#[test]
fn an_adapter_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Adapter>();
}
