//! What the crawl does, counted while it happens.

use crawler::ports::EntryKind;
use crawler::{Progress, ProgressEvent};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use std::sync::Arc;

/// Counts every event and hands it on.
pub struct Counted(pub Arc<dyn Progress>);

impl Progress for Counted {
    fn event(&self, event: ProgressEvent) {
        count(&event);
        self.0.event(event);
    }
}

/// Says what each counter means, for `# HELP`.
pub(super) fn describe() {
    let counters = [
        ("bavn_crawl_requests_total", "Requests sent, by the class of the answer's status; 'none' got no answer"),
        ("bavn_crawl_pages_total", "Pages read and kept, by what they are"),
        ("bavn_crawl_failures_total", "Pages that could not be read, by kind of failure"),
        ("bavn_crawl_ads_seen_total", "Sightings of ads"),
        ("bavn_crawl_ads_new_total", "Ads never seen before"),
        ("bavn_crawl_ads_changed_total", "New versions of known ads"),
        ("bavn_crawl_runs_total", "Runs over a site, by how they ended"),
    ];
    for (name, help) in counters {
        describe_counter!(name, help);
    }
    describe_counter!("bavn_crawl_read_bytes_total", Unit::Bytes, "Bytes of pages after decompression");
    describe_histogram!(
        "bavn_crawl_request_duration_seconds",
        Unit::Seconds,
        "From a request to the end of its answer, without the wait for the site's pace"
    );
}

fn count(event: &ProgressEvent) {
    match event {
        ProgressEvent::Asked { site, status, took } => {
            let class = status.map_or_else(|| "none".to_owned(), |status| format!("{}xx", status / 100));
            counter!("bavn_crawl_requests_total", "site" => site.0.clone(), "status" => class).increment(1);
            histogram!("bavn_crawl_request_duration_seconds", "site" => site.0.clone()).record(took.as_secs_f64());
        }
        ProgressEvent::PageDone { site, kind, bytes, done } => {
            counter!("bavn_crawl_pages_total", "site" => site.0.clone(), "page" => page(*kind)).increment(1);
            counter!("bavn_crawl_read_bytes_total", "site" => site.0.clone()).increment(*bytes as u64);
            let ads = [
                ("bavn_crawl_ads_seen_total", u64::from(done.ads_seen)),
                ("bavn_crawl_ads_new_total", u64::from(done.ads_new)),
                ("bavn_crawl_ads_changed_total", u64::from(done.changed)),
            ];
            for (name, count) in ads {
                counter!(name, "site" => site.0.clone()).increment(count);
            }
        }
        ProgressEvent::PageFailed { site, kind, why, .. } => {
            let labels = [("site", site.0.clone()), ("page", page(*kind).to_owned()), ("why", why.to_string())];
            counter!("bavn_crawl_failures_total", &labels).increment(1);
        }
        ProgressEvent::RunEnded(summary) => {
            let end = summary.verdict.end.as_str();
            counter!("bavn_crawl_runs_total", "site" => summary.site.0.clone(), "end" => end).increment(1);
        }
        ProgressEvent::RunBegan { .. } | ProgressEvent::State { .. } => {}
    }
}

fn page(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Listing => "listing",
        EntryKind::Detail => "ad",
        EntryKind::Image => "picture",
    }
}
