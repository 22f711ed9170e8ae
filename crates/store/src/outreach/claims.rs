//! Claims: one advertiser, one worker at a time. One statement decides, so that of any number who ask at once one gets
//! it: the writer (SQLite) or the row's lock (PostgreSQL) lets them in one after the other.

use super::{Claim, ClaimResult};
use crate::analysis::current;
use crate::db::{Row, Tx, args};
use crate::people::account_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Store, StoreError, chain};
use domain::{AdvertiserId, TeamId};
use jiff::Timestamp;

impl Store {
    /// Takes an advertiser for an approach. Of any number who ask at once, one gets it, on both engines.
    pub async fn claim(
        &self,
        advertiser: &AdvertiserId,
        by: AccountId,
        team: &TeamId,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<ClaimResult, StoreError> {
        let mut tx = self.write("claiming an advertiser").await?;
        let name = account_name(&mut tx, by).await?;
        let (anchor, programme) = anchor(&mut tx, advertiser).await?;
        // Of two who ask for two advertisers of one network, the second reads what the first has taken.
        chain::hold(&mut tx).await?;
        if let Some(other) = claim_in_network(&mut tx, advertiser, at).await? {
            return Ok(ClaimResult::Taken(other));
        }
        // Two advertisers that were claimed apart may be one by now.
        if let Some(other) = live_claim(&mut tx, anchor, at).await?
            && other.by != by
        {
            return Ok(ClaimResult::Taken(other));
        }
        let taken = tx
            .one(
                "INSERT INTO outreach_claim (anchor_ad, advertiser, programme, account_id, team, at, until, retention, \
                 delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (anchor_ad) DO UPDATE SET \
                 advertiser = excluded.advertiser, account_id = excluded.account_id, team = excluded.team, \
                 at = CASE WHEN outreach_claim.account_id = excluded.account_id AND outreach_claim.until > excluded.at \
                 THEN outreach_claim.at ELSE excluded.at END, until = excluded.until, \
                 delete_after = excluded.delete_after \
                 WHERE outreach_claim.account_id = excluded.account_id OR outreach_claim.until <= excluded.at \
                 RETURNING at",
                args![
                    anchor,
                    advertiser.as_str(),
                    programme,
                    by.0,
                    team.as_str(),
                    at,
                    until,
                    Retention::Ledger.as_str(),
                    Retention::Ledger.until(at)
                ],
            )
            .await?;
        let Some(row) = taken else {
            let other = live_claim(&mut tx, anchor, at).await?;
            return other.map(ClaimResult::Taken).ok_or(StoreError::Corrupt { what: "a claim" });
        };
        let since = row.time(0)?;
        if since == at {
            let body = serde_json::json!({
                "advertiser": advertiser.as_str(), "ad": anchor, "team": team.as_str(),
                "until": until.as_millisecond(),
            });
            chain::event(&mut tx, self.keys(), "claim", &Actor::Account(by), body, at).await?;
        }
        if let Some(theirs) = self.hold_in_register(&mut tx, advertiser.as_str(), anchor, at, until).await? {
            return Ok(ClaimResult::Elsewhere(theirs));
        }
        tx.commit().await?;
        Ok(ClaimResult::Yours(Claim { by, name, team: team.clone(), at: since, until }))
    }

    /// Gives a claim back; nothing happens where it is another's.
    pub async fn release_claim(
        &self,
        advertiser: &AdvertiserId,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("giving a claim back").await?;
        // First the chain, then the claim, as whoever takes one does: else the two could wait for each other.
        chain::hold(&mut tx).await?;
        let (anchor, _) = anchor(&mut tx, advertiser).await?;
        let given =
            tx.run("DELETE FROM outreach_claim WHERE anchor_ad = $1 AND account_id = $2", args![anchor, by.0]).await?;
        if given == 1 {
            let body = serde_json::json!({ "advertiser": advertiser.as_str(), "ad": anchor });
            chain::event(&mut tx, self.keys(), "release", &Actor::Account(by), body, at).await?;
        }
        tx.commit().await?;
        if given == 1 { self.release_in_register(anchor).await } else { Ok(()) }
    }
}

/// The ad that an advertiser's acts are kept with, and the programme: the founding ad in the current analysis.
pub(super) async fn anchor(tx: &mut Tx, advertiser: &AdvertiserId) -> Result<(i64, String), StoreError> {
    let analysis = current(tx).await?;
    let row = tx
        .one(
            "SELECT e.founder_ad, s.programme FROM entity e JOIN ad a ON a.id = e.founder_ad \
             JOIN site s ON s.id = a.site_id WHERE e.analysis_id = $1 AND e.id = $2 AND e.kind = 'advertiser'",
            args![analysis, advertiser.as_str()],
        )
        .await?
        .ok_or(StoreError::NotFound { what: "advertiser in the current analysis" })?;
    Ok((row.int(0)?, row.text(1)?))
}

/// A live claim on the advertiser that an ad belongs to now, or on the ad itself.
pub(super) async fn live_claim(tx: &mut Tx, anchor: i64, now: Timestamp) -> Result<Option<Claim>, StoreError> {
    let analysis = current(tx).await?;
    let row = tx
        .one(
            "SELECT c.account_id, a.name, c.team, c.at, c.until FROM outreach_claim c \
             JOIN account a ON a.id = c.account_id WHERE c.until > $3 AND (c.anchor_ad = $2 OR c.anchor_ad IN \
             (SELECT m.ad_id FROM entity_member o JOIN entity_member m ON m.analysis_id = o.analysis_id \
             AND m.advertiser = o.advertiser WHERE o.analysis_id = $1 AND o.ad_id = $2)) ORDER BY c.at LIMIT 1",
            args![analysis, anchor, now],
        )
        .await?;
    row.map(|row| claim(&row)).transpose()
}

/// A live claim on another advertiser of the same network: a network gets one approach at a time, whoever makes it.
async fn claim_in_network(tx: &mut Tx, advertiser: &AdvertiserId, now: Timestamp) -> Result<Option<Claim>, StoreError> {
    let analysis = current(tx).await?;
    let row = tx
        .one(
            "SELECT c.account_id, a.name, c.team, c.at, c.until FROM outreach_claim c \
             JOIN account a ON a.id = c.account_id JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = c.anchor_ad \
             WHERE c.until > $3 AND m.advertiser <> $2 AND m.network IN \
             (SELECT o.network FROM entity_member o WHERE o.analysis_id = $1 AND o.advertiser = $2) \
             ORDER BY c.at LIMIT 1",
            args![analysis, advertiser.as_str(), now],
        )
        .await?;
    row.map(|row| claim(&row)).transpose()
}

fn claim(row: &Row) -> Result<Claim, StoreError> {
    Ok(Claim {
        by: AccountId(row.int(0)?),
        name: row.text(1)?,
        team: TeamId(row.text(2)?),
        at: row.time(3)?,
        until: row.time(4)?,
    })
}
