//! Pages that are not what their listing promised: kept and archived, but without effect until the run is judged.

use super::runs::{keep_tally, lock_run};
use super::{Entry, GoneReason, Held, RunId, Trail, Validators};
use crate::ads::ensure_ad;
use crate::archive::CaptureOf;
use crate::db::{Row, args};
use crate::keys::decompress;
use crate::{Store, StoreError};
use domain::Page;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is kept of a held page besides the page itself.
#[derive(Serialize, Deserialize)]
struct Kept {
    gone: Option<GoneReason>,
    fetched_at: Timestamp,
    validators: Validators,
}

impl Store {
    /// Holds an entry back: its page is archived and counted as a promise that was not kept, its ad stays as it is.
    pub async fn hold(
        &self,
        run: RunId,
        entry: &Entry,
        held: &Held,
        trail: &Trail,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let own = trail.own.as_ref();
        let page = held.page.as_ref();
        let archived = page.map(|page| self.prepare_page(entry.kind.capture(), page, own, &[])).transpose()?;
        let before = trail.before.iter().map(|capture| self.prepare(capture)).collect::<Result<Vec<_>, _>>()?;
        let kept = Kept { gone: held.gone, fetched_at: held.fetched_at, validators: held.validators.clone() };
        let sealed = self.keys().seal_json("frontier", &entry.id.0.to_le_bytes(), "held", &kept)?;
        let mut tx = self.write("holding a page back").await?;
        let (site_id, mut tally) = lock_run(&mut tx, run).await?;
        let open = tx
            .run(
                "UPDATE frontier SET state = 4, held_sealed = $3 WHERE id = $1 AND run_id = $2 AND state IN (0, 1)",
                args![entry.id.0, run.0, sealed],
            )
            .await?;
        if open == 0 {
            return Ok(());
        }
        if let Some(ad) = &entry.ad {
            let ad = ensure_ad(&mut tx, self.keys(), ad, at).await?;
            let captured = CaptureOf { site_id, run: Some(run), ad_id: Some(ad.id) };
            for capture in &before {
                capture.keep(&mut tx, captured, None).await?;
            }
            if let Some(archived) = archived {
                archived.keep(&mut tx, captured, None).await?;
                tx.run(
                    "UPDATE frontier SET capture_id = (SELECT max(c.id) FROM page_capture c JOIN page p ON p.id = c.page_id \
                     WHERE c.run_id = $2 AND c.ad_id = $3 AND p.address = $4) WHERE id = $1",
                    args![entry.id.0, run.0, ad.id, archived.address],
                )
                .await?;
            }
        }
        tally.promised += 1;
        tally.broken_promises += 1;
        keep_tally(&mut tx, run, &tally).await?;
        tx.commit().await
    }

    /// The next entry of the run that is held back.
    pub async fn next_held(&self, run: RunId) -> Result<Option<(Entry, Held)>, StoreError> {
        let mut tx = self.read("reading a page that is held back").await?;
        let row = tx
            .one(
                "SELECT f.id, f.kind, f.entry_hash, f.url_sealed, f.ad_id, f.depth, f.attempts, f.promise_sealed, \
                 f.held_sealed, c.url_sealed, c.status, c.content_type, p.address, p.body_sealed FROM frontier f \
                 LEFT JOIN page_capture c ON c.id = f.capture_id LEFT JOIN page p ON p.id = c.page_id \
                 WHERE f.run_id = $1 AND f.state = 4 ORDER BY f.id LIMIT 1",
                args![run.0],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let entries = self.entries(&mut tx, run, std::slice::from_ref(&row)).await?;
        let entry = entries.into_iter().next().ok_or(StoreError::Corrupt { what: "a frontier entry" })?;
        let missing = || StoreError::Corrupt { what: "a page that is held back" };
        let kept: Kept = self.keys().open_json(
            "frontier",
            &entry.id.0.to_le_bytes(),
            "held",
            &row.opt_blob(8)?.ok_or_else(missing)?,
        )?;
        let page = self.held_page(&row, kept.fetched_at)?;
        let Kept { gone, fetched_at, validators } = kept;
        Ok(Some((entry, Held { gone, fetched_at, validators, page })))
    }

    fn held_page(&self, row: &Row, fetched_at: Timestamp) -> Result<Option<Page>, StoreError> {
        let keys = self.keys();
        let (Some(address), Some(body)) = (row.opt_blob(12)?, row.opt_blob(13)?) else { return Ok(None) };
        Ok(Some(Page {
            url: keys.open_text("page_capture", &address, "url", &row.blob(9)?)?,
            status: u16::try_from(row.int(10)?).unwrap_or_default(),
            content_type: row.text(11)?,
            body: decompress(&keys.open("page", &address, "body", &body)?, "an archived page")?,
            fetched_at,
        }))
    }
}
