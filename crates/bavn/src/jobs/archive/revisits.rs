//! Revisit records: the payload stands in an earlier record, which is looked for in the store by address and date, and
//! in the file by digest.

use domain::{Page, SiteId};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use store::{ArchiveQuery, Store};

/// So many digests are remembered; a revisit of an older payload is found by address and date alone.
const MOST: usize = 1_000_000;

/// Where payloads stand: by the digest that the file gives them, without the digest itself.
#[derive(Default)]
pub struct Payloads(HashMap<u64, (u64, Timestamp)>);

/// What a revisit refers to.
#[derive(Debug, Clone, Default)]
pub struct Refers {
    /// Address.
    pub url: Option<String>,
    /// When that was fetched.
    pub date: Option<Timestamp>,
    /// `WARC-Payload-Digest`.
    pub digest: Option<String>,
}

fn short(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Payloads {
    /// Notes a page with its digest.
    pub fn note(&mut self, digest: Option<&str>, page: &Page) {
        if let Some(digest) = digest.filter(|_| self.0.len() < MOST) {
            self.0.entry(short(digest)).or_insert((short(&page.url), page.fetched_at));
        }
    }

    /// The page that a revisit of `url` repeats.
    pub async fn find(&self, store: &Store, site: &SiteId, url: &str, refers: &Refers) -> anyhow::Result<Option<Page>> {
        if let Some(date) = refers.date {
            let wanted = refers.url.as_deref().unwrap_or(url);
            if let Some(page) = at(store, site, date, |page| page.url == wanted).await? {
                return Ok(Some(page));
            }
        }
        let noted = refers.digest.as_deref().and_then(|digest| self.0.get(&short(digest)));
        match noted {
            Some((url, date)) => at(store, site, *date, |page| short(&page.url) == *url).await,
            None => Ok(None),
        }
    }
}

/// A whole page fetched in this second.
async fn at(
    store: &Store,
    site: &SiteId,
    date: Timestamp,
    is_it: impl Fn(&Page) -> bool,
) -> anyhow::Result<Option<Page>> {
    let second = Timestamp::from_second(date.as_second())?;
    let query = ArchiveQuery {
        from: Some(second),
        until: Some(second + SignedDuration::from_secs(1)),
        ..ArchiveQuery::pages_of(site.clone())
    };
    let mut reader = store.archive_reader(query).await?;
    while let Some(capture) = reader.next().await? {
        if is_it(&capture.page) {
            return Ok(Some(capture.page));
        }
    }
    Ok(None)
}
