//! What people did to cases, ties and contacts, newest first: who, when, why, and whether it was undone.

use super::decisions::{DECISION, decision_row};
use super::{AdLabel, CaseId, Decision, JudgementId};
use crate::analysis::current;
use crate::db::{Tx, args};
use crate::{AccountId, Actor, Look, Store, StoreError};
use domain::{ContactRole, JudgementKind};
use jiff::Timestamp;

/// Which act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActId {
    /// A decision's row.
    Decision(i64),
    /// Row of a judgement on two ads.
    Judgement(i64),
    /// Row of what a contact was called.
    ContactName(i64),
    /// Row of a second reading.
    Second(i64),
}

impl ActId {
    /// As a form sends it: `decision-17`.
    pub fn to_text(self) -> String {
        match self {
            ActId::Decision(row) => format!("decision-{row}"),
            ActId::Judgement(row) => format!("judgement-{row}"),
            ActId::ContactName(row) => format!("contact-{row}"),
            ActId::Second(row) => format!("second-{row}"),
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, row) = text.rsplit_once('-')?;
        let row = row.parse().ok()?;
        match kind {
            "decision" => Some(ActId::Decision(row)),
            "judgement" => Some(ActId::Judgement(row)),
            "contact" => Some(ActId::ContactName(row)),
            "second" => Some(ActId::Second(row)),
            _ => None,
        }
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum ActWhat {
    /// A case was decided.
    Decided(CaseId, Decision),
    /// A decision was read once more. Told to its reader alone: it tells of a disagreement.
    ReadAgain(CaseId, Decision),
    /// A case was decided, and whoever reads this may become its second reader: what and why is not told yet.
    Covered(CaseId),
    /// Two ads were judged.
    Judged((AdLabel, AdLabel), JudgementKind, String),
    /// A contact was named: its number, its pseudonym, what it is, why.
    Named(i64, String, ContactRole, String),
}

/// An act.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Which.
    pub id: ActId,
    /// When.
    pub at: Timestamp,
    /// Who: name of the account, or the register that it was imported from.
    pub by: String,
    /// What and why.
    pub what: ActWhat,
    /// Who undid it, and when.
    pub undone: Option<(String, Timestamp)>,
}

/// Whose acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ActFilter {
    /// One account's.
    pub by: Option<AccountId>,
    /// Also those on cases of the urgent route.
    pub may_urgent: bool,
    /// This one alone.
    pub only: Option<ActId>,
}

/// `$1` account or 0, `$2` urgent too, `$3` the kind that is asked for or '', `$4` its row, `$8` who asks.
const ACTS: &str = "SELECT k, id, at FROM (\
     SELECT 'decision' AS k, d.id AS id, d.at AS at FROM decision d JOIN case_file c ON c.id = d.case_id \
     WHERE ($1 = 0 OR d.by_account = $1) AND ($2 = 1 OR c.urgent = 0) AND ($3 = '' OR ($3 = 'decision' AND d.id = $4)) \
     UNION ALL SELECT 'judgement', j.id, j.at FROM judgement j WHERE ($1 = 0 OR j.by_account = $1) \
     AND ($3 = '' OR ($3 = 'judgement' AND j.id = $4)) AND ($2 = 1 OR NOT EXISTS (SELECT 1 FROM entity_member m \
     JOIN case_file c ON c.urgent = 1 AND c.subject IN (m.advertiser, m.network) \
     WHERE m.analysis_id = $5 AND m.ad_id IN (j.a_ad, j.b_ad))) \
     UNION ALL SELECT 'contact', n.id, n.at FROM contact_judgement n WHERE ($1 = 0 OR n.by_account = $1) \
     AND ($3 = '' OR ($3 = 'contact' AND n.id = $4)) \
     UNION ALL SELECT 'second', s.id, s.read_at FROM second_reading s WHERE s.kind IS NOT NULL AND s.by_account = $8 \
     AND ($3 = '' OR ($3 = 'second' AND s.id = $4))) AS acts ORDER BY at DESC, k, id DESC LIMIT $6 OFFSET $7";

impl Store {
    /// Acts, newest first. Audited in the same transaction. A decision that waits for its second reader is told to nobody
    /// but who made it.
    pub async fn acts(&self, look: &Look, filter: &ActFilter, offset: u32, limit: u32) -> Result<Vec<Act>, StoreError> {
        let mut tx = self.write("reading what was done").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = current(&mut tx).await?;
        let (kind, row) = match filter.only {
            None => ("", 0),
            Some(ActId::Decision(row)) => ("decision", row),
            Some(ActId::Judgement(row)) => ("judgement", row),
            Some(ActId::ContactName(row)) => ("contact", row),
            Some(ActId::Second(row)) => ("second", row),
        };
        let reader = match &look.actor {
            Actor::Account(id) => id.0,
            Actor::System(_) => 0,
        };
        let by = filter.by.map_or(0, |by| by.0);
        let rows = tx.all(ACTS, args![by, filter.may_urgent, kind, row, analysis, limit, offset, reader]).await?;
        let mut acts = Vec::with_capacity(rows.len());
        for found in &rows {
            let row = found.int(1)?;
            acts.push(match found.text(0)?.as_str() {
                "decision" => self.decided(&mut tx, row, &look.actor).await?,
                "judgement" => self.judged(&mut tx, analysis, row).await?,
                "second" => {
                    let said = self.second_said(&mut tx, row).await?;
                    let what = ActWhat::ReadAgain(said.case, said.decision);
                    Act { id: ActId::Second(row), at: said.at, by: said.by, what, undone: None }
                }
                _ => self.named(&mut tx, row).await?,
            });
        }
        tx.commit().await?;
        Ok(acts)
    }

    async fn decided(&self, tx: &mut Tx, id: i64, reader: &Actor) -> Result<Act, StoreError> {
        let rows = tx.all_of(format!("{DECISION} WHERE id = $1"), args![id]).await?;
        let row = decision_row(self.keys(), rows.first().ok_or(StoreError::NotFound { what: "decision" })?)?;
        const WAITS: &str = "SELECT d.by_account FROM decision d JOIN second_reading s ON s.decision_id = d.id \
             AND s.kind IS NULL JOIN case_file c ON c.id = d.case_id AND c.decision_id = d.id AND c.state = 'decided' \
             WHERE d.id = $1";
        if let Some(of) = tx.one(WAITS, args![id]).await?
            && reader.is_another(of.opt_int(0)?.map(AccountId))
        {
            let what = ActWhat::Covered(row.case);
            return Ok(Act { id: ActId::Decision(id), at: row.at, by: row.by, what, undone: row.undone });
        }
        Ok(Act {
            id: ActId::Decision(id),
            at: row.at,
            by: row.by,
            what: ActWhat::Decided(row.case, row.decision),
            undone: row.undone,
        })
    }

    async fn judged(&self, tx: &mut Tx, analysis: i64, id: i64) -> Result<Act, StoreError> {
        let rows = self.judgement_rows(tx, "j.id = $2", args![analysis, id]).await?;
        let row = rows.into_iter().next().ok_or(StoreError::NotFound { what: "judgement" })?;
        let JudgementId(id) = row.id;
        Ok(Act {
            id: ActId::Judgement(id),
            at: row.at,
            by: row.by,
            what: ActWhat::Judged(row.ads, row.kind, row.reason),
            undone: row.undone,
        })
    }

    async fn named(&self, tx: &mut Tx, id: i64) -> Result<Act, StoreError> {
        let row = tx
            .one(
                "SELECT n.contact_id, c.contact_hash, n.role, n.event_seq, n.reason_sealed, n.by_name, n.at, n.undone_at, \
                 n.undone_by FROM contact_judgement n JOIN contact c ON c.id = n.contact_id WHERE n.id = $1",
                args![id],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "judgement on a contact" })?;
        let role = ContactRole::parse(&row.text(2)?).ok_or(StoreError::Corrupt { what: "a judgement" })?;
        let place = row.int(3)?.to_le_bytes();
        let reason = self.keys().open_text("contact_judgement", &place, "reason", &row.blob(4)?)?;
        Ok(Act {
            id: ActId::ContactName(id),
            at: row.time(6)?,
            by: row.text(5)?,
            what: ActWhat::Named(row.int(0)?, self.keys().pseudonym(&row.blob(1)?), role, reason),
            undone: row.opt_text(8)?.zip(row.opt_time(7)?),
        })
    }
}
