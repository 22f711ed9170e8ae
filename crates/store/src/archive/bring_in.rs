//! Captures from other tools' web archives, and what the adapter says they are.

use super::write::Prepared;
use super::{CaptureOf, CaptureRow, kind_number};
use crate::ads::ensure_ad;
use crate::db::{Tx, args};
use crate::{AdRow, Store, StoreError};
use domain::{AdRef, Capture, CaptureKind, SiteId};
use jiff::Timestamp;

impl Store {
    /// Keeps captures of a site, all or none. Those that are there already (same address, time, status and body) change
    /// nothing. Gives how many were new. Their retention begins `at`, not when they were fetched.
    pub async fn bring_in(&self, site: &SiteId, captures: &[Capture], at: Timestamp) -> Result<u64, StoreError> {
        let mut ready = Vec::with_capacity(captures.len());
        for capture in captures {
            let mut prepared = self.prepare(capture)?;
            prepared.kept_from = at;
            ready.push((prepared, capture.page.url.as_str()));
        }
        let mut tx = self.write("keeping captures of a web archive").await?;
        let site_id = crate::crawl::site_row(&mut tx, site).await?;
        let mut new = 0;
        for (prepared, url) in &ready {
            if !self.is_known(&mut tx, site_id, prepared, url).await? {
                prepared.keep(&mut tx, CaptureOf { site_id, run: None, ad_id: None }, None).await?;
                new += 1;
            }
        }
        tx.commit().await?;
        Ok(new)
    }

    async fn is_known(&self, tx: &mut Tx, site_id: i64, new: &Prepared, url: &str) -> Result<bool, StoreError> {
        let same_time = tx
            .all(
                "SELECT c.url_sealed FROM page_capture c JOIN page p ON p.id = c.page_id \
                 WHERE c.site_id = $1 AND c.fetched_at = $2 AND c.status = $3 AND p.address = $4",
                args![site_id, new.fetched_at, new.status, new.address],
            )
            .await?;
        for row in &same_time {
            if self.keys().open_text("page_capture", &new.address, "url", &row.blob(0)?)? == url {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Notes what a capture is, and of which ad.
    pub async fn settle_capture(
        &self,
        row: CaptureRow,
        kind: CaptureKind,
        ad: Option<&AdRef>,
        seen: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write_soon("noting what an archived page is").await?;
        let ad_id = match ad {
            Some(ad) => Some(ensure_ad(&mut tx, self.keys(), ad, seen).await?.id),
            None => None,
        };
        tx.run("UPDATE page_capture SET kind = $2, ad_id = $3 WHERE id = $1", args![row.0, kind_number(kind), ad_id])
            .await?;
        tx.commit().await
    }

    /// Ads of a site with archived pages of their own, by row, after a row.
    pub async fn captured_ads(
        &self,
        site: &SiteId,
        after: Option<AdRow>,
        limit: u32,
    ) -> Result<Vec<(AdRow, AdRef)>, StoreError> {
        let mut tx = self.read("looking up ads with archived pages").await?;
        let site_id = crate::crawl::site_row(&mut tx, site).await?;
        let rows = tx
            .all(
                "SELECT id, key_hash, site_ad_id_sealed FROM ad WHERE site_id = $1 AND id > $2 \
                 AND EXISTS (SELECT 1 FROM page_capture c WHERE c.ad_id = ad.id) ORDER BY id LIMIT $3",
                args![site_id, after.map_or(0, |row| row.0), limit],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let ad_id = self.keys().open_text("ad", &row.blob(1)?, "site_ad_id", &row.blob(2)?)?;
                Ok((AdRow(row.int(0)?), AdRef { site: site.clone(), ad_id }))
            })
            .collect()
    }

    /// The captures of an ad's own page, by time.
    pub async fn captures_of(&self, ad: AdRow) -> Result<Vec<CaptureRow>, StoreError> {
        let mut tx = self.read("looking up an ad's archived pages").await?;
        let rows = tx
            .all(
                "SELECT id FROM page_capture WHERE ad_id = $1 AND kind = $2 AND truncated IS NULL ORDER BY fetched_at, id",
                args![ad.0, kind_number(CaptureKind::Detail)],
            )
            .await?;
        rows.iter().map(|row| row.int(0).map(CaptureRow)).collect()
    }
}
