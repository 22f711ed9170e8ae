//! `bavn analyse --from-archive`: the archived pages read again by the present adapters, and what was kept of their ads
//! put right. Also the second half of `archive import`, whose pages are read for the first time here.

use crate::config::Config;
use anyhow::Context;
use domain::crawl::GoneReason;
use domain::{AdRef, CaptureKind, Mark, Page, SiteId};
use extract::Adapter;
use indicatif::ProgressBar;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use store::{ArchiveQuery, ArchivedPage, Reread, RereadAs, RereadCounts, Store, WholeRun};
use url::Url;

/// What became of a site's archive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Summary {
    /// Listing pages read.
    pub listings: u64,
    /// Ads' pages read, 'unchanged' and 'gone' included.
    pub details: u64,
    /// Pages that the adapter does not understand.
    pub unread: u64,
    /// What changed.
    pub counts: RereadCounts,
}

/// Reads the archive of one site, or of all that have an adapter and are in the store, and says what changed.
pub async fn run(store: &Store, config: &Config, asked: Option<&str>, at: Timestamp) -> anyhow::Result<()> {
    let known: Vec<SiteId> = store.sites(0).await?.into_iter().map(|site| site.registration.site).collect();
    if let Some(site) = asked.filter(|site| !known.iter().any(|known| known.as_str() == *site)) {
        anyhow::bail!("the store holds no site '{site}': nothing of it was crawled or imported yet");
    }
    for site in known.iter().filter(|site| asked.is_none_or(|asked| site.as_str() == asked)) {
        let Some(adapter) = config.sites.get(site.as_str()) else {
            if asked.is_some() {
                anyhow::bail!("there is no adapter for site '{site}': add sites/{site}/site.toml, then read again");
            }
            continue;
        };
        let summary = reread(store, adapter, site, at).await.with_context(|| format!("site {site}"))?;
        eprintln!("{site}: {}", describe(&summary));
    }
    Ok(())
}

/// The summary in a line.
pub fn describe(summary: &Summary) -> String {
    let RereadCounts { ads_changed, ads_new, versions_written, versions_dropped, sightings_new } = summary.counts;
    format!(
        "read {} listing pages and {} ad pages again ({} not understood); {ads_changed} ads changed, {ads_new} ads found, \
         {versions_written} versions put right or added, {versions_dropped} dropped as repeats, {sightings_new} sightings added",
        summary.listings, summary.details, summary.unread
    )
}

/// Reads the archive of one site.
pub async fn reread(store: &Store, adapter: &Adapter, site: &SiteId, at: Timestamp) -> anyhow::Result<Summary> {
    let bar = crate::progress::spinner("reading archived pages");
    let mut pass = Pass {
        store,
        adapter,
        site,
        summary: Summary::default(),
        ads: HashMap::new(),
        news: BTreeMap::new(),
        begin: None,
    };
    pass.listings(&bar).await?;
    pass.attribute(&bar).await?;
    let runs = match pass.begin {
        Some(begin) => store.whole_runs(site, begin).await?,
        None => Vec::new(),
    };
    pass.details(&runs, &bar).await?;
    bar.finish_and_clear();
    let summary = pass.summary;
    if summary.counts != RereadCounts::default() {
        store.record_reread(site, &summary.counts, &super::super::system_actor(), at).await?;
    }
    Ok(summary)
}

struct Pass<'a> {
    store: &'a Store,
    adapter: &'a Adapter,
    site: &'a SiteId,
    summary: Summary,
    /// The ad of each address that a listing shows. Grows with the site's ads, not with their pages.
    ads: HashMap<String, String>,
    /// Ads of which a listing gave news.
    news: BTreeMap<AdRef, ()>,
    /// First listing page.
    begin: Option<Timestamp>,
}

impl Pass<'_> {
    /// First pass: what listing pages show.
    async fn listings(&mut self, bar: &ProgressBar) -> anyhow::Result<()> {
        let query = ArchiveQuery {
            kinds: vec![CaptureKind::Listing, CaptureKind::Imported],
            ..ArchiveQuery::pages_of(self.site.clone())
        };
        let mut reader = self.store.archive_reader(query).await?;
        while let Some(capture) = reader.next().await? {
            let page = &capture.page;
            bar.inc(1);
            let imported = capture.kind == CaptureKind::Imported;
            let start = is_listing(self.adapter, &page.url);
            if imported && !start && self.adapter.ad_id_of_url(&page.url).is_some() {
                continue;
            }
            let read = self.adapter.read_listing(page);
            if imported {
                // An ad's page may show a few others; a page that is an ad is no listing.
                let listing = start || (!read.items.is_empty() && self.adapter.read_detail(page).ad_id.is_none());
                if !listing {
                    continue;
                }
                self.store.settle_capture(capture.row, CaptureKind::Listing, None, page.fetched_at).await?;
            }
            self.summary.listings += 1;
            if read.mark == Some(Mark::Challenge) || (read.items.is_empty() && read.mark.is_none()) {
                self.summary.unread += u64::from(read.items.is_empty());
                continue;
            }
            self.begin.get_or_insert(page.fetched_at);
            for item in &read.items {
                if self.ads.get(&item.url) != Some(&item.ad_id) {
                    self.ads.insert(item.url.clone(), item.ad_id.clone());
                }
            }
            let ids: Vec<&str> = read.items.iter().map(|item| item.ad_id.as_str()).collect();
            let (news, counts) = self.store.note_listed(self.site, &ids, page.fetched_at).await?;
            self.summary.counts += counts;
            self.news.extend(news.into_iter().map(|ad| (ad, ())));
        }
        Ok(())
    }

    /// Second pass: whose page each other one is.
    async fn attribute(&mut self, bar: &ProgressBar) -> anyhow::Result<()> {
        let query = ArchiveQuery {
            kinds: vec![CaptureKind::Detail, CaptureKind::Imported],
            ..ArchiveQuery::of(self.site.clone())
        };
        let mut reader = self.store.archive_reader(query).await?;
        while let Some(capture) = reader.next().await? {
            bar.inc(1);
            let page = &capture.page;
            let told = self.ads.get(&page.url).cloned().or_else(|| self.adapter.ad_id_of_url(&page.url));
            let told = match (told, &capture.ad) {
                (Some(id), Some(ad)) if ad.ad_id == id => continue,
                (None, Some(_)) => continue,
                (Some(id), _) => Some(id),
                (None, None) if matches!(page.status, 200..=299) => self.adapter.read_detail(page).ad_id,
                (None, None) => None,
            };
            match told {
                Some(ad_id) => {
                    let ad = AdRef { site: self.site.clone(), ad_id };
                    let is_new = self.store.ad_row(&ad).await?.is_none();
                    // An answer without an ad in it makes none.
                    if is_new && !(matches!(page.status, 200..=299) && self.adapter.read_detail(page).content.is_some())
                    {
                        continue;
                    }
                    self.summary.counts.ads_new += u64::from(is_new);
                    self.store.settle_capture(capture.row, CaptureKind::Detail, Some(&ad), page.fetched_at).await?;
                }
                None => self.summary.unread += 1,
            }
        }
        Ok(())
    }

    /// Third pass, ad by ad: what its pages say.
    async fn details(&mut self, runs: &[WholeRun], bar: &ProgressBar) -> anyhow::Result<()> {
        let reader = self.store.archive_reader(ArchiveQuery::of(self.site.clone())).await?;
        let mut after = None;
        loop {
            let ads = self.store.captured_ads(self.site, after, 200).await?;
            let Some((last, _)) = ads.last() else { break };
            after = Some(*last);
            for (row, ad) in ads {
                let (mut pages, mut redirected_in) = (Vec::new(), None);
                for capture in self.store.captures_of(row).await? {
                    let Some(capture) = reader.capture(capture).await? else { continue };
                    bar.inc(1);
                    let redirected = redirected_in.take().is_some_and(|run| run == capture.run);
                    if matches!(capture.page.status, 301 | 302 | 303 | 307 | 308) {
                        redirected_in = Some(capture.run);
                    }
                    match self.read(&capture, &ad, redirected) {
                        Some(what) => {
                            let version = capture.version;
                            pages.push(Reread { row: capture.row, at: capture.page.fetched_at, version, what });
                            self.summary.details += 1;
                        }
                        None => self.summary.unread += u64::from(matches!(capture.page.status, 200..=299)),
                    }
                }
                self.news.remove(&ad);
                self.summary.counts += self.store.reread_ad(&ad, &pages, runs).await?;
            }
        }
        for ad in std::mem::take(&mut self.news).into_keys() {
            self.summary.counts += self.store.reread_ad(&ad, &[], runs).await?;
        }
        Ok(())
    }

    /// What an archived answer for an ad's page says, as the crawl would take it.
    fn read(&self, capture: &ArchivedPage, ad: &AdRef, redirected: bool) -> Option<RereadAs> {
        let page = &capture.page;
        match page.status {
            304 => return Some(RereadAs::Unchanged),
            404 => return Some(RereadAs::Gone(GoneReason::NotFound)),
            410 => return Some(RereadAs::Gone(GoneReason::Gone)),
            301 | 302 | 303 | 307 | 308 => {
                let to = location(page, capture)?;
                // The page that it led to is archived as the next; where it is not, the address says enough.
                return (capture.run.is_none() && is_listing(self.adapter, &to))
                    .then_some(RereadAs::Gone(GoneReason::RedirectToListing));
            }
            200..=299 => {}
            _ => return None,
        }
        if redirected && is_listing(self.adapter, &page.url) {
            return Some(RereadAs::Gone(GoneReason::RedirectToListing));
        }
        let read = self.adapter.read_detail(page);
        match read.mark {
            Some(Mark::Challenge) => return None,
            Some(Mark::Expired) => return Some(RereadAs::Gone(GoneReason::MarkedExpired)),
            Some(Mark::Suspended) => return Some(RereadAs::Gone(GoneReason::MarkedSuspended)),
            Some(Mark::NoAds) | None => {}
        }
        let mut content = read.content?;
        if read.ad_id.is_some_and(|told| told != ad.ad_id) {
            return None;
        }
        content.url.get_or_insert_with(|| page.url.clone());
        Some(RereadAs::Content(Box::new(content)))
    }
}

/// Where a redirect leads.
fn location(page: &Page, capture: &ArchivedPage) -> Option<String> {
    let head = &capture.exchange.as_ref()?.response;
    let line = head.lines().find(|line| line.len() > 9 && line.as_bytes()[..9].eq_ignore_ascii_case(b"location:"))?;
    Url::parse(&page.url).ok()?.join(line[9..].trim()).ok().map(Into::into)
}

/// Whether an address is a start page of the site, or its front page.
fn is_listing(adapter: &Adapter, url: &str) -> bool {
    let path = |url: &str| Url::parse(url).ok().map(|url| url.path().to_owned());
    let Some(own) = path(url) else { return false };
    adapter.ad_id_of_url(url).is_none()
        && (own == "/" || adapter.settings().start.iter().any(|start| path(start).as_deref() == Some(own.as_str())))
}
