//! Archived pages of a site, in the order in which they were kept, some at a time: memory does not grow with the archive.

use super::EntryKind;
use crate::ads::version_place;
use crate::db::args;
use crate::keys::decompress;
use crate::{Look, Store, StoreError};
use domain::{AdContent, Page, SiteId};

/// An archived page.
#[derive(Debug, Clone)]
pub struct KeptPage {
    /// Its place in the archive.
    pub row: i64,
    /// As what it was fetched.
    pub kind: EntryKind,
    /// The page as it came.
    pub page: Page,
    /// The site's own id of the ad that it belongs to.
    pub ad_id: Option<String>,
    /// What the store holds of that ad for the time of the fetch.
    pub content: Option<AdContent>,
}

impl Store {
    /// Notes a look at the archived pages of a site.
    pub async fn look_at_pages(&self, look: &Look) -> Result<(), StoreError> {
        self.audit(look).await.map(|_| ())
    }

    /// At most `limit` whole pages (status 2xx) of a site after the place `after` (0 for the first).
    pub async fn kept_pages(&self, site: &SiteId, after: i64, limit: u32) -> Result<Vec<KeptPage>, StoreError> {
        let keys = self.keys();
        let mut tx = self.read("reading archived pages").await?;
        let rows = tx
            .all(
                "SELECT c.id, c.kind, p.address, p.body_sealed, c.url_sealed, c.status, c.content_type, c.fetched_at, \
                 a.id, a.key_hash, a.site_ad_id_sealed FROM page_capture c JOIN page p ON p.id = c.page_id \
                 JOIN site s ON s.id = c.site_id LEFT JOIN ad a ON a.id = c.ad_id \
                 WHERE s.site = $1 AND c.id > $2 AND c.status >= 200 AND c.status < 300 AND c.kind IN (0, 1) \
                 AND c.truncated IS NULL \
                 ORDER BY c.id LIMIT $3",
                args![site.as_str(), after, limit],
            )
            .await?;
        let mut pages = Vec::with_capacity(rows.len());
        for row in rows {
            let address = row.blob(2)?;
            let body = decompress(&keys.open("page", &address, "body", &row.blob(3)?)?, "an archived page")?;
            let fetched_at = row.time(7)?;
            let (mut ad_id, mut content) = (None, None);
            if let (Some(id), Some(key), Some(sealed)) = (row.opt_int(8)?, row.opt_blob(9)?, row.opt_blob(10)?) {
                ad_id = Some(keys.open_text("ad", &key, "site_ad_id", &sealed)?);
                let version = tx
                    .one(
                        "SELECT v.version, v.content_sealed FROM sighting g JOIN ad_version v \
                         ON v.ad_id = g.ad_id AND v.version = g.version \
                         WHERE g.ad_id = $1 AND g.first_at <= $2 AND g.last_at >= $2 ORDER BY v.version DESC LIMIT 1",
                        args![id, fetched_at],
                    )
                    .await?;
                if let Some(version) = version {
                    let place = version_place(id, version.int(0)?);
                    content = Some(keys.open_json("ad_version", &place, "content", &version.blob(1)?)?);
                }
            }
            pages.push(KeptPage {
                row: row.int(0)?,
                kind: super::entry_kind(row.int(1)?)?,
                page: Page {
                    url: keys.open_text("page_capture", &address, "url", &row.blob(4)?)?,
                    status: u16::try_from(row.int(5)?).unwrap_or(0),
                    content_type: row.text(6)?,
                    body,
                    fetched_at,
                },
                ad_id,
                content,
            });
        }
        Ok(pages)
    }
}
