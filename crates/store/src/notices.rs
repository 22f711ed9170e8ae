//! What an administrator is told of sites: one notice when a state that calls for a look begins, ended when it is over.
//!
//! A state is set many times while it lasts: each retry moves its `until`, each run passes through `running`. A notice
//! follows the phase alone, so that a night of retries is one notice and not fifty.

use crate::crawl::SiteState;
use crate::db::{Row, Tx, args};
use crate::{Store, StoreError};
use domain::{Bilingual, SiteId};
use jiff::Timestamp;

/// Something that an administrator should know of a site. Holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of which site.
    pub site: SiteId,
    /// `waiting`, `failed`, `closed` or `paused`.
    pub phase: String,
    /// Why, as it was when it began.
    pub reason: Bilingual,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was over; `None` while it lasts.
    pub ended_at: Option<Timestamp>,
}

/// What a new state did to the site's notices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeChange {
    /// The phase whose notice ended.
    pub ended: Option<String>,
    /// The phase whose notice began.
    pub began: Option<String>,
}

/// Whether a notice of `open` is over once the site is in `now`. A run under way is no sign that a failed run's cause
/// is gone; only a run that ended well is.
fn is_over(open: &str, now: &str) -> bool {
    open != now && !(open == "failed" && matches!(now, "running" | "resting"))
}

fn calls_for_a_look(phase: &str) -> bool {
    matches!(phase, "waiting" | "failed" | "closed" | "paused")
}

/// Ends and begins notices as the state asks for, in the transaction that sets it.
pub(crate) async fn follow(tx: &mut Tx, site_id: i64, state: &SiteState) -> Result<NoticeChange, StoreError> {
    let (mut change, phase_now) = (NoticeChange::default(), state.phase.as_str());
    let open =
        tx.one("SELECT id, phase FROM site_notice WHERE site_id = $1 AND ended_at IS NULL", args![site_id]).await?;
    if let Some(row) = open {
        let phase = row.text(1)?;
        if !is_over(&phase, phase_now) {
            return Ok(change);
        }
        tx.run("UPDATE site_notice SET ended_at = $2 WHERE id = $1", args![row.int(0)?, state.since]).await?;
        change.ended = Some(phase);
    }
    if calls_for_a_look(phase_now) {
        let reason = serde_json::to_string(&state.reason).map_err(|_| StoreError::Corrupt { what: "a reason" })?;
        tx.run(
            "INSERT INTO site_notice (site_id, phase, reason, began_at) VALUES ($1, $2, $3, $4)",
            args![site_id, phase_now, reason, state.since],
        )
        .await?;
        change.began = Some(phase_now.to_owned());
    }
    Ok(change)
}

impl Store {
    /// The last notices, newest first; of one site where it is named.
    pub async fn notices(&self, site: Option<&SiteId>, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let mut tx = self.read("reading the notices").await?;
        let name = site.map(SiteId::as_str).unwrap_or_default();
        let rows = tx
            .all(
                "SELECT s.site, n.phase, n.reason, n.began_at, n.ended_at FROM site_notice n \
                 JOIN site s ON s.id = n.site_id WHERE ($1 = '' OR s.site = $1) \
                 ORDER BY n.began_at DESC, n.id DESC LIMIT $2",
                args![name, limit],
            )
            .await?;
        rows.iter().map(notice).collect()
    }

    /// The notices that last, the longest first.
    pub async fn open_notices(&self) -> Result<Vec<Notice>, StoreError> {
        let mut tx = self.read("reading the notices").await?;
        let rows = tx
            .all(
                "SELECT s.site, n.phase, n.reason, n.began_at, n.ended_at FROM site_notice n \
                 JOIN site s ON s.id = n.site_id WHERE n.ended_at IS NULL ORDER BY n.began_at, n.id",
                args![],
            )
            .await?;
        rows.iter().map(notice).collect()
    }
}

fn notice(row: &Row) -> Result<Notice, StoreError> {
    Ok(Notice {
        site: SiteId(row.text(0)?),
        phase: row.text(1)?,
        reason: serde_json::from_str(&row.text(2)?).map_err(|_| StoreError::Corrupt { what: "a notice's reason" })?,
        began_at: row.time(3)?,
        ended_at: row.opt_time(4)?,
    })
}
