//! Legal holds: what must not be deleted for now, by whom and why. A hold is never overwritten; it is released.

use super::classes::Retention;
use crate::analysis::current;
use crate::db::{Tx, args};
use crate::{Actor, Store, StoreError, chain};
use domain::AdRef;
use jiff::Timestamp;

/// What a hold covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldOn {
    /// A case with its decisions, its ads and their pages, its attempts.
    Case(String),
    /// An ad and the other ads of its advertiser.
    Ad(AdRef),
    /// Everything: nothing is deleted until it is released.
    Everything,
}

/// A hold to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    /// What it covers.
    pub on: HoldOn,
    /// Why: a legal claim, a restriction that the person asked for, …
    pub reason: String,
    /// Who says so.
    pub by: String,
    /// It ends by itself then.
    pub until: Option<Timestamp>,
}

/// A hold as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// Its number.
    pub id: i64,
    /// `case case_…`, `ad` with the store's own number, or `everything`.
    pub on: String,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// Since when it is released.
    pub released_at: Option<Timestamp>,
    /// Ads that it covers now.
    pub ads: u32,
}

impl Store {
    /// Places a hold. Recorded as an event.
    pub async fn put_hold(&self, hold: &NewHold, actor: &Actor, at: Timestamp) -> Result<i64, StoreError> {
        let mut tx = self.write("placing a hold").await?;
        let (target, case, ad) = match &hold.on {
            HoldOn::Case(case) => {
                tx.one("SELECT id FROM case_file WHERE id = $1", args![case])
                    .await?
                    .ok_or(StoreError::NotFound { what: "case" })?;
                ("case", Some(case.clone()), None)
            }
            HoldOn::Ad(ad) => {
                let row = crate::ads::find_ad(&mut tx, self.keys(), ad).await?;
                ("ad", None, Some(row.ok_or(StoreError::NotFound { what: "ad" })?.id))
            }
            HoldOn::Everything => ("everything", None, None),
        };
        let reason = self.keys().seal_text("legal_hold", &at.as_millisecond().to_le_bytes(), "reason", &hold.reason)?;
        let body = serde_json::json!({ "target": target, "case": case, "ad": ad, "by": hold.by });
        let seq = chain::event(&mut tx, self.keys(), "hold", actor, body, at).await?;
        let id = tx
            .id(
                "INSERT INTO legal_hold (target, case_id, ad_id, reason_sealed, event_seq, by_name, at, until, retention, \
                 delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                args![
                    target,
                    case,
                    ad,
                    reason,
                    seq,
                    &hold.by,
                    at,
                    hold.until,
                    Retention::Case.as_str(),
                    Retention::Case.until(at)
                ],
            )
            .await?;
        refresh(&mut tx, at).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Releases a hold. Recorded as an event; the hold stays on record.
    pub async fn release_hold(&self, id: i64, by: &str, actor: &Actor, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("releasing a hold").await?;
        let done = tx
            .run(
                "UPDATE legal_hold SET released_at = $2, released_by = $3, delete_after = $4 \
                 WHERE id = $1 AND released_at IS NULL",
                args![id, at, by, Retention::Case.until(at)],
            )
            .await?;
        if done == 0 {
            return Err(StoreError::NotFound { what: "hold that is in force" });
        }
        let body = serde_json::json!({ "hold": id, "released_by": by });
        chain::event(&mut tx, self.keys(), "release_hold", actor, body, at).await?;
        refresh(&mut tx, at).await?;
        tx.commit().await
    }

    /// All holds, newest first.
    pub async fn holds(&self) -> Result<Vec<HoldRow>, StoreError> {
        let mut tx = self.read("reading the holds").await?;
        let rows = tx
            .all(
                "SELECT g.id, g.target, g.case_id, g.ad_id, g.reason_sealed, g.by_name, g.at, g.until, g.released_at, \
                 (SELECT count(*) FROM held_ad h WHERE h.hold_id = g.id) FROM legal_hold g ORDER BY g.id DESC",
                args![],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let on = match (row.text(1)?.as_str(), row.opt_text(2)?, row.opt_int(3)?) {
                    ("case", Some(case), _) => format!("case {case}"),
                    ("ad", _, Some(ad)) => format!("ad {ad}"),
                    _ => "everything".to_owned(),
                };
                let place = row.int(6)?.to_le_bytes();
                Ok(HoldRow {
                    id: row.int(0)?,
                    on,
                    reason: self.keys().open_text("legal_hold", &place, "reason", &row.blob(4)?)?,
                    by: row.text(5)?,
                    at: row.time(6)?,
                    until: row.opt_time(7)?,
                    released_at: row.opt_time(8)?,
                    ads: row.count(9)?,
                })
            })
            .collect()
    }
}

/// Ends holds whose time is over and finds again which ads the others cover: links may have changed since.
pub(super) async fn refresh(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    tx.run(
        "UPDATE legal_hold SET released_at = until, released_by = 'its end' WHERE released_at IS NULL AND until <= $1",
        args![now],
    )
    .await?;
    tx.run("DELETE FROM held_ad", args![]).await?;
    let analysis = current(tx).await?;
    // The ads that a hold begins with, then every other ad of the same advertiser or the case's network.
    for insert in [
        "INSERT INTO held_ad (hold_id, ad_id) SELECT id, ad_id FROM legal_hold WHERE ad_id IS NOT NULL \
         AND released_at IS NULL",
        "INSERT INTO held_ad (hold_id, ad_id) SELECT g.id, c.anchor_ad FROM legal_hold g JOIN case_file c \
         ON c.id = g.case_id WHERE g.released_at IS NULL ON CONFLICT DO NOTHING",
        "INSERT INTO held_ad (hold_id, ad_id) SELECT DISTINCT g.id, a.ad_id FROM legal_hold g JOIN decision d \
         ON d.case_id = g.case_id JOIN decision_ad a ON a.decision_id = d.id WHERE g.released_at IS NULL \
         ON CONFLICT DO NOTHING",
    ] {
        tx.run(insert, args![]).await?;
    }
    for insert in [
        "INSERT INTO held_ad (hold_id, ad_id) SELECT DISTINCT g.id, m.ad_id FROM legal_hold g JOIN case_file c \
         ON c.id = g.case_id JOIN entity_member m ON m.analysis_id = $1 AND (m.network = c.subject \
         OR m.advertiser = c.subject) WHERE g.released_at IS NULL ON CONFLICT DO NOTHING",
        "INSERT INTO held_ad (hold_id, ad_id) SELECT DISTINCT h.hold_id, o.ad_id FROM held_ad h JOIN entity_member m \
         ON m.analysis_id = $1 AND m.ad_id = h.ad_id JOIN entity_member o ON o.analysis_id = $1 \
         AND o.advertiser = m.advertiser WHERE NOT EXISTS (SELECT 1 FROM held_ad x WHERE x.hold_id = h.hold_id \
         AND x.ad_id = o.ad_id) ON CONFLICT DO NOTHING",
    ] {
        tx.run(insert, args![analysis]).await?;
    }
    Ok(())
}

/// Whether a hold covers everything.
pub(super) async fn on_everything(tx: &mut Tx) -> Result<bool, StoreError> {
    let found = tx
        .one("SELECT id FROM legal_hold WHERE target = 'everything' AND released_at IS NULL LIMIT 1", args![])
        .await?;
    Ok(found.is_some())
}
