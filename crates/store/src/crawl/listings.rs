//! Listing pages as they were last answered, so that an unchanged one need not be sent again.

use super::{RunId, Validators};
use crate::db::{Tx, args};
use crate::keys::{Purpose, decompress};
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::{Page, SiteId};
use jiff::Timestamp;

impl Store {
    /// Keeps what a listing page is recognised by and where its body (a page of the archive) is; forgets the page where it gives nothing.
    pub(super) async fn remember_listing(
        &self,
        tx: &mut Tx,
        site_id: i64,
        url: &str,
        page: &Page,
        address: [u8; 32],
        validators: &Validators,
    ) -> Result<(), StoreError> {
        let keys = self.keys();
        let hash = listing_key(self, site_id, url);
        if *validators == Validators::default() {
            tx.later("DELETE FROM listing_page WHERE site_id = $1 AND url_hash = $2", args![site_id, hash]).await?;
            return Ok(());
        }
        tx.later(
            "INSERT INTO listing_page (site_id, url_hash, page_id, url_sealed, content_type, validators_sealed, retention, \
             delete_after) SELECT $1, $2, id, $4, $5, $6, $7, $8 FROM page WHERE address = $3 ON CONFLICT (site_id, url_hash) DO UPDATE SET \
             page_id = excluded.page_id, url_sealed = excluded.url_sealed, content_type = excluded.content_type, \
             validators_sealed = excluded.validators_sealed, delete_after = excluded.delete_after",
            args![
                site_id,
                hash,
                address,
                keys.seal_text("listing_page", &hash, "url", &page.url)?,
                page.content_type.as_str(),
                keys.seal_json("listing_page", &hash, "validators", validators)?,
                Retention::Page.as_str(),
                Retention::Page.until(page.fetched_at)
            ],
        )
        .await
    }

    /// What a listing page was recognised by when it was last read.
    pub(super) async fn listing_validators(
        &self,
        tx: &mut Tx,
        run: RunId,
        url: &str,
    ) -> Result<Option<Validators>, StoreError> {
        let Some(site) = tx.one("SELECT site_id FROM run WHERE id = $1", args![run.0]).await? else { return Ok(None) };
        let site_id = site.int(0)?;
        let hash = listing_key(self, site_id, url);
        let found = tx
            .one(
                "SELECT validators_sealed FROM listing_page WHERE site_id = $1 AND url_hash = $2",
                args![site_id, hash],
            )
            .await?;
        found.map(|row| self.keys().open_json("listing_page", &hash, "validators", &row.blob(0)?)).transpose()
    }

    /// A listing page as it was when its validators were given, now seen unchanged at `at`. `None` where the archive
    /// has let go of it.
    pub async fn unchanged_listing(&self, site: &SiteId, url: &str, at: Timestamp) -> Result<Option<Page>, StoreError> {
        let keys = self.keys();
        let mut tx = self.read("reading an archived listing page").await?;
        let site_id = super::site_row(&mut tx, site).await?;
        let hash = listing_key(self, site_id, url);
        let found = tx
            .one(
                "SELECT l.url_sealed, l.content_type, p.address, p.body_sealed FROM listing_page l \
                 JOIN page p ON p.id = l.page_id WHERE l.site_id = $1 AND l.url_hash = $2",
                args![site_id, hash],
            )
            .await?;
        let Some(row) = found else { return Ok(None) };
        let address = row.blob(2)?;
        Ok(Some(Page {
            url: keys.open_text("listing_page", &hash, "url", &row.blob(0)?)?,
            status: 304,
            content_type: row.text(1)?,
            body: decompress(&keys.open("page", &address, "body", &row.blob(3)?)?, "an archived page")?,
            fetched_at: at,
        }))
    }
}

fn listing_key(store: &Store, site_id: i64, url: &str) -> [u8; 32] {
    store.keys().hash(Purpose::Url, &[b"listing", &site_id.to_le_bytes(), url.as_bytes()])
}
