//! Methods on trial: what was drawn for an advertiser stays, also when a later lot would fall otherwise.

use super::claims::anchor;
use crate::analysis::current;
use crate::db::{Tx, args};
use crate::retention::Retention;
use crate::{AccountId, Actor, Store, StoreError, chain};
use domain::AdvertiserId;
use jiff::Timestamp;

/// A method that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssignment {
    /// For whom.
    pub advertiser: AdvertiserId,
    /// What was drawn.
    pub method: String,
    /// From which methods.
    pub arms: Vec<String>,
    /// Who approved the trial, when, until when, under which DPIA, with which seed.
    pub approval: String,
}

impl Store {
    /// Keeps the method drawn for an advertiser, unless one was drawn before: that one holds. Gives the one that holds.
    pub async fn assign_method(&self, new: &NewAssignment, by: AccountId, at: Timestamp) -> Result<String, StoreError> {
        let mut tx = self.write("keeping a method drawn").await?;
        let (anchor, programme) = anchor(&mut tx, &new.advertiser).await?;
        if let Some(kept) = kept(&mut tx, &new.advertiser).await? {
            return Ok(kept);
        }
        let body = serde_json::json!({
            "advertiser": new.advertiser.as_str(), "ad": anchor, "method": new.method, "arms": new.arms,
            "approval": new.approval,
        });
        let seq = chain::event(&mut tx, self.keys(), "method_drawn", &Actor::Account(by), body, at).await?;
        let arms = serde_json::to_string(&new.arms).map_err(|_| StoreError::Corrupt { what: "a trial" })?;
        tx.run(
            "INSERT INTO method_assignment (anchor_ad, programme, advertiser, method, arms, approval, at, event_seq, \
             retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![
                anchor,
                programme,
                new.advertiser.as_str(),
                &new.method,
                arms,
                &new.approval,
                at,
                seq,
                Retention::Ledger.as_str(),
                Retention::Ledger.until(at)
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(new.method.clone())
    }

    /// The method drawn for an advertiser, if one was.
    pub async fn assigned_method(&self, advertiser: &AdvertiserId) -> Result<Option<String>, StoreError> {
        let mut tx = self.read("asking for the method drawn").await?;
        kept(&mut tx, advertiser).await
    }
}

/// By whichever ad of the advertiser as it is now: the one drawn first.
async fn kept(tx: &mut Tx, advertiser: &AdvertiserId) -> Result<Option<String>, StoreError> {
    let analysis = current(tx).await?;
    let row = tx
        .one(
            "SELECT a.method FROM method_assignment a JOIN entity_member m ON m.analysis_id = $1 \
             AND m.ad_id = a.anchor_ad WHERE m.advertiser = $2 ORDER BY a.at, a.anchor_ad LIMIT 1",
            args![analysis, advertiser.as_str()],
        )
        .await?;
    row.map(|row| row.text(0)).transpose()
}
