//! What a failed run must not change: who is up, and what the ads say.

use crate::StoreError;
use crate::ads::note_days;
use crate::db::{Tx, args};
use crate::times::{from_ms, unpack_times};
use jiff::Timestamp;

/// Ads that the failed run took for gone are up again, as far as one knows: the pages that said so may be the site's new
/// layout. The next good run sees which are.
pub(super) async fn bring_back(tx: &mut Tx, site_id: i64, started_at: Timestamp) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM ad_absence WHERE gone_at >= $2 AND back_at IS NULL \
         AND ad_id IN (SELECT id FROM ad WHERE site_id = $1 AND gone_at >= $2)",
        args![site_id, started_at],
    )
    .await?;
    tx.run("UPDATE ad SET gone_at = NULL WHERE site_id = $1 AND gone_at >= $2", args![site_id, started_at]).await?;
    Ok(())
}

/// Versions that the run made of ads which had one before are no longer current and were never seen: their sightings go
/// to the version before. The rows stay (nothing that was read is overwritten), and the pages lie in the archive. What the
/// servers' answers were recognised by is forgotten, so that the next look reads the pages in full.
pub(super) async fn set_aside(tx: &mut Tx, site_id: i64, started_at: Timestamp) -> Result<(), StoreError> {
    let rows = tx
        .all(
            "SELECT a.id, a.current_version FROM ad a WHERE a.site_id = $1 AND a.page_read_at >= $2 AND a.versions > 1 \
             AND NOT EXISTS (SELECT 1 FROM sighting g WHERE g.ad_id = a.id AND g.version = a.current_version \
             AND g.first_at < $2)",
            args![site_id, started_at],
        )
        .await?;
    for row in rows {
        let (ad_id, bad) = (row.int(0)?, row.int(1)?);
        let before = tx
            .one(
                "SELECT version FROM sighting WHERE ad_id = $1 AND version <> $2 AND first_at < $3 \
                 ORDER BY last_at DESC, version DESC LIMIT 1",
                args![ad_id, bad, started_at],
            )
            .await?;
        let Some(before) = before else { continue };
        let before = before.int(0)?;
        let mut times = Vec::new();
        for seen in tx.all("SELECT times FROM sighting WHERE ad_id = $1 AND version = $2", args![ad_id, bad]).await? {
            for ms in unpack_times(&seen.blob(0)?)? {
                times.push(from_ms(ms)?);
            }
        }
        times.sort_unstable();
        tx.run("DELETE FROM sighting WHERE ad_id = $1 AND version = $2", args![ad_id, bad]).await?;
        note_days(tx, ad_id, before, &times).await?;
        tx.run("UPDATE ad SET current_version = $2 WHERE id = $1", args![ad_id, before]).await?;
    }
    tx.run(
        "UPDATE ad SET validators_sealed = NULL WHERE site_id = $1 AND page_read_at >= $2",
        args![site_id, started_at],
    )
    .await?;
    Ok(())
}
