//! Reading the archive: one site's captures in time order, one body at a time, so that an archive of any size takes
//! constant memory.

use super::{CaptureRow, heads, kind_number, kind_of};
use crate::ads::version_place;
use crate::crawl::RunId;
use crate::db::{Tx, args};
use crate::keys::decompress;
use crate::{Look, Store, StoreError};
use domain::{AdContent, AdRef, CaptureKind, Exchange, Page, SiteId, Truncated};
use jiff::Timestamp;
use std::collections::VecDeque;

/// Which captures.
#[derive(Debug, Clone)]
pub struct ArchiveQuery {
    /// Of which site.
    pub site: SiteId,
    /// Fetched at this time or later.
    pub from: Option<Timestamp>,
    /// Fetched before this time.
    pub until: Option<Timestamp>,
    /// What they were asked for; empty for all.
    pub kinds: Vec<CaptureKind>,
    /// Whole pages alone (status 2xx, not cut): what an adapter can read.
    pub pages_only: bool,
}

/// A capture as it was.
#[derive(Debug, Clone)]
pub struct ArchivedPage {
    /// Its row.
    pub row: CaptureRow,
    /// What it was asked for.
    pub kind: CaptureKind,
    /// The run in which it was fetched; `None` where it was brought in.
    pub run: Option<RunId>,
    /// The ad that it belongs to, as far as was known then.
    pub ad: Option<AdRef>,
    /// The version of that ad that was read from it.
    pub version: Option<u32>,
    /// Address, status, type, body and time.
    pub page: Page,
    /// The heads; `None` for pages archived before they were kept.
    pub exchange: Option<Exchange>,
    /// Why the body is not whole, if so.
    pub truncated: Option<Truncated>,
    /// The first capture of the same address, status and body among those asked for, where this is not it.
    pub same_as: Option<(CaptureRow, Timestamp)>,
    /// For an answer 'not modified': the newest whole page of the same ad before it, among those asked for.
    pub unchanged_since: Option<CaptureRow>,
}

/// Gives the captures one after the other. Writes nothing.
pub struct ArchiveReader {
    store: Store,
    query: ArchiveQuery,
    site_id: i64,
    after: (i64, i64),
    rows: VecDeque<(i64, i64)>,
    drained: bool,
}

/// Rows looked up at a time; bodies are opened one by one.
const ROWS: i64 = 500;

impl ArchiveQuery {
    /// All captures of a site.
    pub fn of(site: SiteId) -> Self {
        Self { site, from: None, until: None, kinds: Vec::new(), pages_only: false }
    }

    /// What an adapter can read of a site: its whole pages.
    pub fn pages_of(site: SiteId) -> Self {
        use CaptureKind::{Detail, Imported, Listing};
        Self { kinds: vec![Listing, Detail, Imported], pages_only: true, ..Self::of(site) }
    }
}

impl Store {
    /// Notes a look at the archived pages of a site.
    pub async fn look_at_pages(&self, look: &Look) -> Result<(), StoreError> {
        self.audit(look).await.map(|_| ())
    }

    /// Opens the archive of a site. The site must be registered.
    pub async fn archive_reader(&self, query: ArchiveQuery) -> Result<ArchiveReader, StoreError> {
        let mut tx = self.read("opening the archive").await?;
        let site_id = crate::crawl::site_row(&mut tx, &query.site).await?;
        let from = query.from.map_or(i64::MIN, |from| from.as_millisecond());
        Ok(ArchiveReader {
            store: self.clone(),
            query,
            site_id,
            after: (from, i64::MIN),
            rows: VecDeque::new(),
            drained: false,
        })
    }
}

impl ArchiveReader {
    /// The next capture, by time, then by row.
    pub async fn next(&mut self) -> Result<Option<ArchivedPage>, StoreError> {
        loop {
            let Some((at, row)) = self.rows.pop_front() else {
                if self.drained {
                    return Ok(None);
                }
                self.look_up().await?;
                continue;
            };
            self.after = (at, row);
            // One that retention has taken in the meantime is passed over.
            if let Some(capture) = self.open(row).await? {
                return Ok(Some(capture));
            }
        }
    }

    async fn look_up(&mut self) -> Result<(), StoreError> {
        let mut tx = self.store.read("looking up archived pages").await?;
        let until = self.query.until.map_or(i64::MAX, |until| until.as_millisecond());
        let found = tx
            .all(
                "SELECT fetched_at, id, kind, status, truncated FROM page_capture WHERE site_id = $1 \
                 AND (fetched_at > $2 OR (fetched_at = $2 AND id > $3)) AND fetched_at < $4 \
                 ORDER BY fetched_at, id LIMIT $5",
                args![self.site_id, self.after.0, self.after.1, until, ROWS],
            )
            .await?;
        self.drained = (found.len() as i64) < ROWS;
        let kinds: Vec<i64> = self.query.kinds.iter().copied().map(kind_number).collect();
        for row in &found {
            let (at, id, kind, status) = (row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?);
            self.after = (at, id);
            let whole = matches!(status, 200..=299) && row.opt_text(4)?.is_none();
            if (kinds.is_empty() || kinds.contains(&kind)) && (whole || !self.query.pages_only) {
                self.rows.push_back((at, id));
            }
        }
        Ok(())
    }

    /// One capture by its row, as this reader sees it.
    pub async fn capture(&self, row: CaptureRow) -> Result<Option<ArchivedPage>, StoreError> {
        self.open(row.0).await
    }

    /// What was read from a capture, where that is still kept.
    pub async fn content(&self, capture: &ArchivedPage) -> Result<Option<AdContent>, StoreError> {
        let mut tx = self.store.read("opening what was read from an archived page").await?;
        let found = tx
            .one(
                "SELECT v.ad_id, v.version, v.content_sealed FROM page_capture c \
                 JOIN ad_version v ON v.ad_id = c.ad_id AND v.version = c.version WHERE c.id = $1",
                args![capture.row.0],
            )
            .await?;
        let Some(row) = found else { return Ok(None) };
        let place = version_place(row.int(0)?, row.int(1)?);
        self.store.keys().open_json("ad_version", &place, "content", &row.blob(2)?).map(Some)
    }

    async fn open(&self, row: i64) -> Result<Option<ArchivedPage>, StoreError> {
        let keys = self.store.keys();
        let mut tx = self.store.read("opening an archived page").await?;
        let found = tx
            .one(
                "SELECT p.address, p.body_sealed, c.kind, c.run_id, c.version, c.url_sealed, c.status, c.content_type, \
                 c.fetched_at, c.exchange_sealed, c.truncated, a.key_hash, a.site_ad_id_sealed, c.page_id, p.bytes, c.ad_id \
                 FROM page_capture c JOIN page p ON p.id = c.page_id LEFT JOIN ad a ON a.id = c.ad_id WHERE c.id = $1",
                args![row],
            )
            .await?;
        let Some(found) = found else { return Ok(None) };
        let address = found.blob(0)?;
        let url = keys.open_text("page_capture", &address, "url", &found.blob(5)?)?;
        let ad = match (found.opt_blob(11)?, found.opt_blob(12)?) {
            (Some(key), Some(sealed)) => {
                Some(AdRef { site: self.query.site.clone(), ad_id: keys.open_text("ad", &key, "site_ad_id", &sealed)? })
            }
            _ => None,
        };
        let exchange = match found.opt_blob(9)? {
            Some(sealed) => Some(heads::unpack(&keys.open("page_capture", &address, "exchange", &sealed)?)?),
            None => None,
        };
        let fetched_at = found.time(8)?;
        let place =
            Place { page_id: found.int(13)?, status: found.int(6)?, at: fetched_at, row, ad_id: found.opt_int(15)? };
        // An empty body is the same everywhere, which says nothing.
        let same_as = if found.int(14)? == 0 { None } else { self.same_as(&mut tx, &place, &url).await? };
        let unchanged_since = if place.status == 304 { self.unchanged_since(&mut tx, &place).await? } else { None };
        Ok(Some(ArchivedPage {
            row: CaptureRow(row),
            kind: kind_of(found.int(2)?)?,
            run: found.opt_int(3)?.map(RunId),
            ad,
            version: found.opt_int(4)?.and_then(|version| u32::try_from(version).ok()),
            page: Page {
                url,
                status: u16::try_from(found.int(6)?).unwrap_or(0),
                content_type: found.text(7)?,
                body: decompress(&keys.open("page", &address, "body", &found.blob(1)?)?, "an archived page")?,
                fetched_at,
            },
            exchange,
            truncated: found.opt_text(10)?.map(|word| Truncated::parse(&word)),
            same_as,
            unchanged_since,
        }))
    }

    async fn same_as(
        &self,
        tx: &mut Tx,
        place: &Place,
        url: &str,
    ) -> Result<Option<(CaptureRow, Timestamp)>, StoreError> {
        let earlier = tx
            .all(
                "SELECT c.id, c.url_sealed, c.fetched_at, p.address FROM page_capture c JOIN page p ON p.id = c.page_id \
                 WHERE c.page_id = $1 AND c.site_id = $2 \
                 AND (c.fetched_at < $3 OR (c.fetched_at = $3 AND c.id < $4)) AND c.fetched_at >= $5 \
                 AND c.status = $6 AND c.truncated IS NULL ORDER BY c.fetched_at, c.id",
                args![place.page_id, self.site_id, place.at, place.row, self.from(), place.status],
            )
            .await?;
        for row in &earlier {
            if self.store.keys().open_text("page_capture", &row.blob(3)?, "url", &row.blob(1)?)? == url {
                return Ok(Some((CaptureRow(row.int(0)?), row.time(2)?)));
            }
        }
        Ok(None)
    }

    async fn unchanged_since(&self, tx: &mut Tx, place: &Place) -> Result<Option<CaptureRow>, StoreError> {
        let Some(ad_id) = place.ad_id else { return Ok(None) };
        let earlier = tx
            .one(
                "SELECT id FROM page_capture WHERE ad_id = $1 AND site_id = $2 \
                 AND (fetched_at < $3 OR (fetched_at = $3 AND id < $4)) AND fetched_at >= $5 \
                 AND status BETWEEN 200 AND 299 AND truncated IS NULL ORDER BY fetched_at DESC, id DESC LIMIT 1",
                args![ad_id, self.site_id, place.at, place.row, self.from()],
            )
            .await?;
        earlier.map(|row| row.int(0).map(CaptureRow)).transpose()
    }

    fn from(&self) -> i64 {
        self.query.from.map_or(i64::MIN, |from| from.as_millisecond())
    }
}

/// Where a capture stands among the others.
struct Place {
    page_id: i64,
    status: i64,
    at: Timestamp,
    row: i64,
    ad_id: Option<i64>,
}
