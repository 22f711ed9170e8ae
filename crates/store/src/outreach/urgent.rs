//! Who was told of a case in the urgent route, and who answered. A notice lasts from the opening of the route to its end;
//! it holds nothing of the case but its id.

use super::claims::anchor;
use crate::analysis::cases::open_for_import;
use crate::analysis::current;
use crate::db::{Arg, Row, Tx, args};
use crate::people::account_name;
use crate::research::CaseId;
use crate::retention::Retention;
use crate::{AccountId, Actor, Store, StoreError, chain};
use domain::{AdvertiserId, ProgrammeId};
use jiff::Timestamp;
use std::collections::HashMap;

/// A case in the urgent route, as those who send notices see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrgentNotice {
    /// Its row.
    pub id: i64,
    /// The case.
    pub case: CaseId,
    /// Of which programme.
    pub programme: ProgrammeId,
    /// Since when the route is open.
    pub opened_at: Timestamp,
    /// When the people appointed were told.
    pub told_at: Option<Timestamp>,
    /// Sendings that failed, and why the last one did.
    pub failed: (u32, Option<String>),
    /// When it was escalated.
    pub escalated_at: Option<Timestamp>,
    /// Who answered, and when.
    pub acknowledged: Option<(Timestamp, String)>,
    /// The worker who said that somebody may be under 18, where one did.
    pub reported: Option<String>,
}

/// What became of a sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Sent to so many people.
    Sent(u32),
    /// Escalated to so many people.
    Escalated(u32),
    /// It could not be sent: why, without an address.
    Failed(String),
}

const NOTICE: &str = "SELECT n.id, n.case_id, c.programme, n.opened_at, n.told_at, n.tries, n.last_failure, \
     n.escalated_at, n.acknowledged_at, n.acknowledged_by, n.reported_by FROM urgent_notice n JOIN case_file c ON c.id = n.case_id";

impl Store {
    /// Opens a notice for each case that is in the urgent route without one, and closes those whose route was closed by a
    /// named person. Gives those that last, the oldest first.
    pub async fn follow_urgent(&self, at: Timestamp) -> Result<Vec<UrgentNotice>, StoreError> {
        let mut tx = self.write("following the urgent route").await?;
        tx.run(
            "UPDATE urgent_notice SET closed_at = $1 WHERE closed_at IS NULL AND case_id IN \
             (SELECT id FROM case_file WHERE urgent = 0 OR merged_into IS NOT NULL)",
            args![at],
        )
        .await?;
        tx.run(
            "INSERT INTO urgent_notice (case_id, opened_at, tries, retention, delete_after) \
             SELECT c.id, $1, 0, $2, $3 FROM case_file c WHERE c.urgent = 1 AND c.merged_into IS NULL AND NOT EXISTS \
             (SELECT 1 FROM urgent_notice n WHERE n.case_id = c.id AND n.closed_at IS NULL) ON CONFLICT DO NOTHING",
            args![at, Retention::Case.as_str(), Retention::Case.until(at)],
        )
        .await?;
        let rows = tx.all_of(format!("{NOTICE} WHERE n.closed_at IS NULL ORDER BY n.opened_at, n.id"), args![]).await?;
        let found = rows.iter().map(notice).collect::<Result<_, _>>()?;
        tx.commit().await?;
        Ok(found)
    }

    /// Records what became of a sending about these notices.
    pub async fn urgent_told(&self, notices: &[i64], told: &Told, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("recording a notice of the urgent route").await?;
        for notice in notices {
            match told {
                Told::Sent(people) => {
                    tx.run(
                        "UPDATE urgent_notice SET told_at = $2, told_to = $3, last_failure = NULL WHERE id = $1 \
                         AND told_at IS NULL",
                        args![*notice, at, *people],
                    )
                    .await?
                }
                Told::Escalated(_) => {
                    tx.run(
                        "UPDATE urgent_notice SET escalated_at = $2 WHERE id = $1 AND escalated_at IS NULL",
                        args![*notice, at],
                    )
                    .await?
                }
                Told::Failed(why) => {
                    tx.run(
                        "UPDATE urgent_notice SET tries = tries + 1, last_failure = $2 WHERE id = $1",
                        args![*notice, why],
                    )
                    .await?
                }
            };
        }
        // A failure is tried again soon and stands in the rows; the chain keeps what was done.
        let done = match told {
            Told::Sent(people) => Some(("urgent_told", *people)),
            Told::Escalated(people) => Some(("urgent_escalated", *people)),
            Told::Failed(_) => None,
        };
        if let Some((kind, people)) = done {
            let body = serde_json::json!({ "notices": notices, "people": people });
            let actor = Actor::System("job:notices".to_owned());
            chain::event(&mut tx, self.keys(), kind, &actor, body, at).await?;
        }
        tx.commit().await
    }

    /// The notice of a case in the urgent route, if it has one that lasts.
    pub async fn urgent_notice(&self, case: &CaseId) -> Result<Option<UrgentNotice>, StoreError> {
        let mut tx = self.read("reading a notice of the urgent route").await?;
        let sql = format!("{NOTICE} WHERE n.closed_at IS NULL AND n.case_id = $1 ORDER BY n.id DESC LIMIT 1");
        tx.all_of(sql, args![&case.0]).await?.first().map(notice).transpose()
    }

    /// The same of several cases, at one question.
    pub async fn urgent_notices(&self, cases: &[CaseId]) -> Result<HashMap<CaseId, UrgentNotice>, StoreError> {
        let mut tx = self.read("reading notices of the urgent route").await?;
        let sql = format!("{NOTICE} WHERE n.closed_at IS NULL AND n.case_id IN");
        let rows = tx.all_in(&sql, &[], cases.iter().map(|case| Arg::from(&case.0))).await?;
        rows.iter().map(|row| notice(row).map(|notice| (notice.case.clone(), notice))).collect()
    }

    /// A worker learned that somebody may be under 18: opens the urgent route at once, on the case that there is or on a new
    /// one, and a notice that tells the people appointed. Nobody approaches from then on, until one of those closes it.
    /// True where it was not open before.
    pub async fn report_minor(
        &self,
        advertiser: &AdvertiserId,
        by: AccountId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write("opening the urgent route").await?;
        let name = account_name(&mut tx, by).await?;
        let (anchor, _) = anchor(&mut tx, advertiser).await?;
        let analysis = current(&mut tx).await?;
        let row = tx
            .one(
                "SELECT c.id FROM entity_member m JOIN case_file c ON c.subject IN (m.network, m.advertiser) \
                 WHERE m.analysis_id = $1 AND m.ad_id = $2 AND c.merged_into IS NULL \
                 ORDER BY CASE WHEN c.subject = m.network THEN 0 ELSE 1 END, c.opened_at, c.id LIMIT 1",
                args![analysis, anchor],
            )
            .await?;
        let case = match row {
            Some(row) => Some(row.text(0)?),
            None => open_for_import(&mut tx, anchor, at).await?,
        };
        let case = case.ok_or(StoreError::NotFound { what: "advertiser in the current analysis" })?;
        let opened = tx
            .run(
                "UPDATE case_file SET urgent = 1, version = version + 1, changed_at = $2, delete_after = $3 \
                 WHERE id = $1 AND urgent = 0",
                args![&case, at, Retention::Case.until(at)],
            )
            .await?
            == 1;
        tx.run(
            "INSERT INTO urgent_notice (case_id, opened_at, tries, retention, delete_after) SELECT $1, $2, 0, $3, $4 \
             WHERE NOT EXISTS (SELECT 1 FROM urgent_notice n WHERE n.case_id = $1 AND n.closed_at IS NULL) \
             ON CONFLICT DO NOTHING",
            args![&case, at, Retention::Case.as_str(), Retention::Case.until(at)],
        )
        .await?;
        tx.run(
            "UPDATE urgent_notice SET reported_by = $2 WHERE case_id = $1 AND closed_at IS NULL AND reported_by IS NULL",
            args![&case, name],
        )
        .await?;
        // Also where the route was open: that a worker said so is an act of its own.
        let body = serde_json::json!({ "case": case, "advertiser": advertiser.as_str(), "reported": true });
        chain::event(&mut tx, self.keys(), "urgent_opened", &Actor::Account(by), body, at).await?;
        tx.commit().await?;
        Ok(opened)
    }

    /// A person appointed for the urgent route answers that they look after the case: nobody is told again. The first
    /// answer stands.
    pub async fn acknowledge_urgent(&self, case: &CaseId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("answering a notice of the urgent route").await?;
        let name = account_name(&mut tx, by).await?;
        appointed(&mut tx, by).await?;
        let first = tx
            .run(
                "UPDATE urgent_notice SET acknowledged_at = $2, acknowledged_by = $3 WHERE case_id = $1 \
                 AND closed_at IS NULL AND acknowledged_at IS NULL",
                args![&case.0, at, name],
            )
            .await?;
        if first == 0 {
            return Err(StoreError::Refused { why: "somebody has answered already, or the urgent route is closed" });
        }
        let body = serde_json::json!({ "case": case.0 });
        chain::event(&mut tx, self.keys(), "urgent_acknowledged", &Actor::Account(by), body, at).await?;
        tx.commit().await
    }

    /// Appoints exactly these log-ins for the urgent route, as the configuration names them. Gives log-ins that no open
    /// account has.
    pub async fn appoint_urgent(
        &self,
        logins: &[String],
        actor: &Actor,
        at: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let mut tx = self.write("appointing people for the urgent route").await?;
        let mut unknown: Vec<String> = logins.to_vec();
        for row in tx
            .all("SELECT id, login, urgent_contact FROM account WHERE disabled_at IS NULL ORDER BY id", args![])
            .await?
        {
            let (id, login, was) = (row.int(0)?, row.text(1)?, row.flag(2)?);
            unknown.retain(|of| *of != login);
            let is = logins.contains(&login);
            if is != was {
                tx.run("UPDATE account SET urgent_contact = $2 WHERE id = $1", args![id, is]).await?;
                let body = serde_json::json!({ "account": id, "urgent_contact": is });
                chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
            }
        }
        tx.commit().await?;
        Ok(unknown)
    }
}

async fn appointed(tx: &mut Tx, by: AccountId) -> Result<(), StoreError> {
    let row = tx.one("SELECT urgent_contact FROM account WHERE id = $1 AND disabled_at IS NULL", args![by.0]).await?;
    if row.ok_or(StoreError::NotFound { what: "account" })?.flag(0)? {
        return Ok(());
    }
    Err(StoreError::Refused { why: "only a person appointed for the urgent route answers for it" })
}

fn notice(row: &Row) -> Result<UrgentNotice, StoreError> {
    let acknowledged = match row.opt_time(8)? {
        Some(at) => Some((at, row.opt_text(9)?.unwrap_or_default())),
        None => None,
    };
    Ok(UrgentNotice {
        id: row.int(0)?,
        case: CaseId(row.text(1)?),
        programme: ProgrammeId(row.text(2)?),
        opened_at: row.time(3)?,
        told_at: row.opt_time(4)?,
        failed: (row.count(5)?, row.opt_text(6)?),
        escalated_at: row.opt_time(7)?,
        acknowledged,
        reported: row.opt_text(10)?,
    })
}
