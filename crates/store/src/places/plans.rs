//! Plans of visits as they were drawn.

use super::acts::value;
use crate::db::args;
use crate::people::by_name;
use crate::retention::Retention;
use crate::times::day_from_text;
use crate::{Actor, Look, Store, StoreError, chain};
use domain::{ProgrammeId, TeamId};
use jiff::Timestamp;
use jiff::civil::Date;

/// A plan to keep.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVisitPlan {
    /// Whose.
    pub programme: ProgrammeId,
    /// The team's.
    pub team: TeamId,
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// Stops, those that are late, the frame and the seed.
    pub body: serde_json::Value,
}

/// A plan as it was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitPlanRow {
    /// Its row.
    pub id: i64,
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// Stops, those that are late, the frame and the seed.
    pub body: serde_json::Value,
    /// Who had it drawn.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// Keeps a plan beside those before it. Recorded as an event.
    pub async fn put_visit_plan(&self, new: &NewVisitPlan, actor: &Actor, at: Timestamp) -> Result<i64, StoreError> {
        let mut tx = self.write("keeping a plan of visits").await?;
        let (account, name) = by_name(&mut tx, actor).await?;
        let body = serde_json::json!({
            "team": new.team.as_str(), "first": new.first.to_string(), "last": new.last.to_string(),
        });
        let seq = chain::event(&mut tx, self.keys(), "visit_plan", actor, body, at).await?;
        let sealed = self.keys().seal_text("visit_plan", &seq.to_le_bytes(), "body", &new.body.to_string())?;
        let id = tx
            .id(
                "INSERT INTO visit_plan (programme, team, first_day, last_day, body_sealed, by_account, by_name, at, \
                 event_seq, retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                args![
                    new.programme.as_str(),
                    new.team.as_str(),
                    new.first.to_string(),
                    new.last.to_string(),
                    sealed,
                    account.map(|of| of.0),
                    name,
                    at,
                    seq,
                    Retention::Ledger.as_str(),
                    Retention::Ledger.until(at)
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// A team's newest plan that holds a day. Audited.
    pub async fn visit_plan(
        &self,
        look: &Look,
        programme: &ProgrammeId,
        team: &TeamId,
        day: Date,
    ) -> Result<Option<VisitPlanRow>, StoreError> {
        let mut tx = self.write("reading a plan of visits").await?;
        look.write(&mut tx, self.keys()).await?;
        let row = tx
            .one(
                "SELECT id, first_day, last_day, body_sealed, by_name, at, event_seq FROM visit_plan \
                 WHERE programme = $1 AND team = $2 AND first_day <= $3 AND last_day >= $3 ORDER BY id DESC LIMIT 1",
                args![programme.as_str(), team.as_str(), day.to_string()],
            )
            .await?;
        let plan = match row {
            None => None,
            Some(row) => {
                let place = row.int(6)?.to_le_bytes();
                let body = self.keys().open_text("visit_plan", &place, "body", &row.blob(3)?)?;
                Some(VisitPlanRow {
                    id: row.int(0)?,
                    first: day_from_text(&row.text(1)?)?,
                    last: day_from_text(&row.text(2)?)?,
                    body: value(&body)?,
                    by: row.text(4)?,
                    at: row.time(5)?,
                })
            }
        };
        tx.commit().await?;
        Ok(plan)
    }
}
