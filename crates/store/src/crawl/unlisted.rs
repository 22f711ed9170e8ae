//! Ads that are up, as far as one knows, but that no listing of the run showed: only their own page can tell.

use super::frontier::ForAd;
use super::{EntryKind, RunId};
use crate::ads::version_place;
use crate::db::args;
use crate::{Store, StoreError};
use domain::AdContent;
use jiff::Timestamp;

/// Ads in one transaction.
const BATCH: u32 = 50;

impl Store {
    /// Enters the pages of the site's ads that are up, were not listed in this run, and whose page was last read before
    /// `recheck_before`. For listings that do not show all ads (a feed's newest ones, a page that failed). Gives how
    /// many were entered.
    pub async fn enter_unlisted(
        &self,
        run: RunId,
        recheck_before: Timestamp,
        at: Timestamp,
    ) -> Result<u32, StoreError> {
        let (mut entered, mut after) = (0, 0);
        loop {
            let mut tx = self.write("entering ads that were not listed").await?;
            let rows = tx
                .all(
                    "SELECT a.id, v.version, v.content_sealed FROM ad a JOIN run r ON r.id = $1 AND a.site_id = r.site_id \
                     JOIN ad_version v ON v.ad_id = a.id AND v.version = a.current_version \
                     WHERE a.id > $2 AND a.gone_at IS NULL AND (a.last_listed_run IS NULL OR a.last_listed_run <> $1) \
                     AND a.page_read_at < $3 ORDER BY a.id LIMIT $4",
                    args![run.0, after, recheck_before, BATCH],
                )
                .await?;
            for row in &rows {
                after = row.int(0)?;
                let place = version_place(after, row.int(1)?);
                let content: AdContent = self.keys().open_json("ad_version", &place, "content", &row.blob(2)?)?;
                // An imported ad may have no address: it is never asked for.
                if let Some(url) = &content.url {
                    let new = ForAd { kind: EntryKind::Detail, url, ad_id: Some(after), promise: None };
                    entered += u32::from(self.enter_for(&mut tx, run, new, 0, at).await?);
                }
            }
            tx.commit().await?;
            if rows.is_empty() {
                return Ok(entered);
            }
        }
    }
}
