//! Reading claims, decisions, undo, the end of the urgent route.

use super::{CaseId, Decided, Decision, DecisionId, DecisionKind, DecisionRow, ReviewClaim};
use crate::analysis::cases::band_mark;
use crate::analysis::current;
use crate::db::{Row, Tx, args};
use crate::keys::{Keys, Purpose};
use crate::people::account_name;
use crate::retention::Retention;
use crate::times::day_from_text;
use crate::{AccountId, Actor, Store, StoreError, chain};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest reason for closing the urgent route, in characters.
const MOST_URGENT_REASON: usize = 2000;

/// What lies sealed in a decision's row.
#[derive(Serialize, Deserialize)]
pub(super) struct Body {
    pub text: String,
    pub change_mind: String,
    pub refer_to: Option<String>,
    /// The case was in the urgent route before: undoing an urgent decision leaves it there.
    pub was_urgent: bool,
}

/// Who decides, and on what authority.
pub(super) struct Decider<'a> {
    pub account: Option<AccountId>,
    pub name: String,
    pub actor: &'a Actor,
    pub import_hash: Option<[u8; 32]>,
    pub form_hash: Option<[u8; 32]>,
}

/// What a decision by hand comes with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DecideWith {
    /// Key of the form: sent twice, it is one decision.
    pub form: String,
    /// Which share is read once more, blind.
    pub second: super::SecondShare,
    /// Where it sends the case to another programme: what goes along.
    pub referral: Option<crate::register::NewReferral>,
}

pub(super) const DECISION: &str = "SELECT id, case_id, event_seq, kind, reason_code, body_sealed, watch_until, by_name, at, undone_at, \
     undone_by FROM decision";

impl Store {
    /// Takes a case for reading until a time, or renews. [`StoreError::Held`] where a colleague reads it.
    pub async fn claim_case(
        &self,
        case: &CaseId,
        by: AccountId,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<ReviewClaim, StoreError> {
        let mut tx = self.write("claiming a case").await?;
        let claim = self.put_claim(&mut tx, case, by, at, until).await?;
        tx.commit().await?;
        Ok(claim)
    }

    /// Takes a case in a transaction that is under way, and gives back what the reader held before.
    pub(super) async fn put_claim(
        &self,
        tx: &mut Tx,
        case: &CaseId,
        by: AccountId,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<ReviewClaim, StoreError> {
        let name = account_name(tx, by).await?;
        let taken = tx
            .run(
                "UPDATE case_file SET claim_by = $2, claim_until = $3 WHERE id = $1 \
                 AND (claim_by IS NULL OR claim_by = $2 OR claim_until <= $4)",
                args![&case.0, by.0, until, at],
            )
            .await?;
        if taken == 0 {
            return Err(refusal(tx, case, None, by, at).await?);
        }
        tx.run(
            "UPDATE case_file SET claim_by = NULL, claim_until = NULL WHERE claim_by = $2 AND id <> $1",
            args![&case.0, by.0],
        )
        .await?;
        let body = serde_json::json!({ "case": case.0, "until": until.as_millisecond() });
        chain::event(tx, self.keys(), "review_claim", &Actor::Account(by), body, at).await?;
        Ok(ReviewClaim { by, name, until })
    }

    /// Gives a case back.
    pub async fn release_case(&self, case: &CaseId, by: AccountId) -> Result<(), StoreError> {
        let mut tx = self.write("giving a case back").await?;
        tx.run(
            "UPDATE case_file SET claim_by = NULL, claim_until = NULL WHERE id = $1 AND claim_by = $2",
            args![&case.0, by.0],
        )
        .await?;
        tx.commit().await
    }

    /// Decides. [`StoreError::Conflict`] where the case has another version than the page showed; `Held` where a
    /// colleague reads it. Releases the reader's claim. An urgent decision opens the urgent route.
    pub async fn decide(
        &self,
        case: &CaseId,
        decision: &Decision,
        expected_version: i64,
        by: AccountId,
        at: Timestamp,
    ) -> Result<DecisionId, StoreError> {
        self.decide_with(case, decision, expected_version, by, at, &DecideWith::default()).await
    }

    /// As [`Store::decide`]. A form that was kept already changes nothing and gives the decision that it made.
    pub async fn decide_with(
        &self,
        case: &CaseId,
        decision: &Decision,
        expected_version: i64,
        by: AccountId,
        at: Timestamp,
        with: &DecideWith,
    ) -> Result<DecisionId, StoreError> {
        let mut tx = self.write("deciding a case").await?;
        let name = account_name(&mut tx, by).await?;
        let form_hash = self.form_hash(by, &with.form);
        if let Some(hash) = form_hash
            && let Some(row) = tx.one("SELECT id FROM decision WHERE form_hash = $1", args![hash]).await?
        {
            return Ok(DecisionId(row.int(0)?));
        }
        let free = tx
            .run(
                "UPDATE case_file SET version = version + 1, claim_by = NULL, claim_until = NULL WHERE id = $1 \
                 AND version = $2 AND (claim_by IS NULL OR claim_by = $3 OR claim_until <= $4)",
                args![&case.0, expected_version, by.0, at],
            )
            .await?;
        if free == 0 {
            // On PostgreSQL the same form may have been kept while this one waited for the case.
            if let Some(hash) = form_hash
                && let Some(row) = tx.one("SELECT id FROM decision WHERE form_hash = $1", args![hash]).await?
            {
                return Ok(DecisionId(row.int(0)?));
            }
            return Err(refusal(&mut tx, case, Some(expected_version), by, at).await?);
        }
        let actor = Actor::Account(by);
        let decider = Decider { account: Some(by), name, actor: &actor, import_hash: None, form_hash };
        let id = self.put_decision(&mut tx, case, decision, &decider, at, at).await?;
        super::second::draw(&mut tx, case, id, &with.second, at).await?;
        if let Some(referral) = &with.referral {
            let row = tx.one("SELECT subject FROM case_file WHERE id = $1", args![&case.0]).await?;
            let subject = row.map(|row| row.opt_text(0)).transpose()?.flatten().unwrap_or_default();
            self.send_referral(&mut tx, &subject, id.0, referral, at).await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    /// What a form's key is kept as; `None` for a form without one.
    pub(super) fn form_hash(&self, by: AccountId, form: &str) -> Option<[u8; 32]> {
        let parts = [b"decision".as_slice(), &by.0.to_le_bytes(), form.as_bytes()];
        (!form.is_empty()).then(|| self.keys().hash(Purpose::Import, &parts))
    }

    /// Writes a decision on a case that this transaction has locked.
    pub(super) async fn put_decision(
        &self,
        tx: &mut Tx,
        case: &CaseId,
        decision: &Decision,
        decider: &Decider<'_>,
        decided_at: Timestamp,
        at: Timestamp,
    ) -> Result<DecisionId, StoreError> {
        if (decision.kind == DecisionKind::Watch) != decision.until.is_some() {
            return Err(StoreError::Refused { why: "'watch' needs a day until when, other decisions have none" });
        }
        let row = tx
            .one("SELECT evidence, band, urgent, subject FROM case_file WHERE id = $1", args![&case.0])
            .await?
            .ok_or(StoreError::NotFound { what: "case" })?;
        let mut evidence = set(&row.text(0)?)?;
        evidence.insert(band_mark(row.int(1)?));
        let evidence =
            serde_json::to_string(&evidence).map_err(|_| StoreError::Corrupt { what: "a case's evidence" })?;
        let (was_urgent, subject) = (row.flag(2)?, row.opt_text(3)?.unwrap_or_default());
        let event = serde_json::json!({
            "case": case.0, "kind": decision.kind.as_str(), "reason": decision.reason_code,
            "text": decision.text, "change_mind": decision.change_mind, "refer_to": decision.refer_to,
            "until": decision.until.map(|day| day.to_string()), "by": decider.name,
            "decided_at": decided_at.as_millisecond(),
        });
        let seq = chain::event(tx, self.keys(), "decision", decider.actor, event, at).await?;
        let body = Body {
            text: decision.text.clone(),
            change_mind: decision.change_mind.clone(),
            refer_to: decision.refer_to.clone(),
            was_urgent,
        };
        let sealed = self.keys().seal_json("decision", &seq.to_le_bytes(), "body", &body)?;
        let id = tx
            .id(
                "INSERT INTO decision (case_id, event_seq, kind, reason_code, body_sealed, watch_until, by_account, \
                 by_name, at, evidence, import_hash, retention, delete_after, form_hash) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id",
                args![
                    &case.0,
                    seq,
                    decision.kind.as_str(),
                    &decision.reason_code,
                    sealed,
                    decision.until.map(|day| day.to_string()),
                    decider.account.map(|id| id.0),
                    &decider.name,
                    decided_at,
                    &evidence,
                    decider.import_hash.map(|hash| hash.to_vec()),
                    Retention::Case.as_str(),
                    Retention::Case.until(at),
                    decider.form_hash.map(|hash| hash.to_vec())
                ],
            )
            .await?;
        let analysis = current(tx).await?;
        tx.run(
            "INSERT INTO decision_ad (decision_id, ad_id) SELECT $1, m.ad_id FROM entity_member m \
             WHERE m.analysis_id = $2 AND (m.advertiser = $3 OR m.network = $3)",
            args![id, analysis, subject],
        )
        .await?;
        let urgent = was_urgent || decision.kind == DecisionKind::Urgent;
        tx.run(
            "UPDATE case_file SET state = 'decided', decision_id = $2, evidence_decided = $3, new_evidence = '[]', \
             urgent = $4, changed_at = $5, delete_after = $6 WHERE id = $1",
            args![&case.0, id, evidence, urgent, at, Retention::Case.until(at)],
        )
        .await?;
        Ok(DecisionId(id))
    }

    /// Undoes a decision; the one before is in force again.
    pub async fn undo_decision(&self, id: DecisionId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("undoing a decision").await?;
        let name = account_name(&mut tx, by).await?;
        let row = tx
            .one(
                "UPDATE decision SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL \
                 RETURNING case_id, kind, event_seq, body_sealed",
                args![id.0, at, name],
            )
            .await?;
        let Some(row) = row else {
            return Err(match tx.one("SELECT id FROM decision WHERE id = $1", args![id.0]).await? {
                Some(_) => StoreError::Refused { why: "the decision was undone already" },
                None => StoreError::NotFound { what: "decision" },
            });
        };
        let case = row.text(0)?;
        let body: Body = self.keys().open_json("decision", &row.int(2)?.to_le_bytes(), "body", &row.blob(3)?)?;
        let leaves_urgent = row.text(1)? == DecisionKind::Urgent.as_str() && !body.was_urgent;
        let locked = tx
            .one("UPDATE case_file SET version = version + 1 WHERE id = $1 RETURNING evidence, urgent", args![&case])
            .await?
            .ok_or(StoreError::NotFound { what: "case" })?;
        let evidence = set(&locked.text(0)?)?;
        // What a worker reported meanwhile stays: that is closed by somebody appointed alone.
        const REPORTED: &str = "SELECT 1 FROM urgent_notice WHERE case_id = $1 AND closed_at IS NULL \
             AND reported_by IS NOT NULL LIMIT 1";
        let reported = tx.one(REPORTED, args![&case]).await?.is_some();
        let urgent = locked.flag(1)? && (!leaves_urgent || reported);
        let before = tx
            .one(
                "SELECT id, evidence FROM decision WHERE case_id = $1 AND undone_at IS NULL \
                 ORDER BY at DESC, id DESC LIMIT 1",
                args![&case],
            )
            .await?;
        let (decision, decided_on, state, new) = match before {
            Some(row) => {
                let on = set(&row.text(1)?)?;
                let new: BTreeSet<String> = evidence.difference(&on).cloned().collect();
                let state = if new.is_empty() { "decided" } else { "reopened" };
                (Some(row.int(0)?), on, state, new)
            }
            None => (None, BTreeSet::new(), "open", BTreeSet::new()),
        };
        let json = |set| serde_json::to_string(set).map_err(|_| StoreError::Corrupt { what: "a case's evidence" });
        tx.run(
            "UPDATE case_file SET state = $2, decision_id = $3, evidence_decided = $4, new_evidence = $5, urgent = $6, \
             changed_at = $7 WHERE id = $1",
            args![&case, state, decision, json(&decided_on)?, json(&new)?, urgent, at],
        )
        .await?;
        if locked.flag(1)? && !urgent {
            end_notice(&mut tx, &case, at).await?;
        }
        let body = serde_json::json!({ "case": case, "decision": id.0 });
        chain::event(&mut tx, self.keys(), "undo_decision", &Actor::Account(by), body, at).await?;
        tx.commit().await?;
        self.withdraw_referral(id.0, at).await
    }

    /// Closes the urgent route of a case: a named person, appointed for it (`urgent_contact`), with a reason. New
    /// urgent evidence opens it again.
    pub async fn close_urgent(
        &self,
        case: &CaseId,
        reason: &str,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if reason.trim().is_empty() {
            return Err(StoreError::Refused { why: "the urgent route is closed with a reason" });
        }
        if reason.chars().count() > MOST_URGENT_REASON {
            return Err(StoreError::Refused { why: "the reason is too long: 2,000 characters at most" });
        }
        let mut tx = self.write("closing the urgent route").await?;
        let account = tx
            .one("SELECT urgent_contact FROM account WHERE id = $1 AND disabled_at IS NULL", args![by.0])
            .await?
            .ok_or(StoreError::NotFound { what: "account" })?;
        if !account.flag(0)? {
            return Err(StoreError::Refused {
                why: "only a person appointed for the urgent route closes it; an administrator appoints",
            });
        }
        let closed = tx
            .run(
                "UPDATE case_file SET urgent = 0, urgent_seen = urgent_keys, version = version + 1, changed_at = $2 \
                 WHERE id = $1 AND urgent = 1",
                args![&case.0, at],
            )
            .await?;
        if closed == 0 {
            return Err(StoreError::NotFound { what: "urgent case" });
        }
        end_notice(&mut tx, &case.0, at).await?;
        let body = serde_json::json!({ "case": case.0, "reason": reason });
        chain::event(&mut tx, self.keys(), "urgent_closed", &Actor::Account(by), body, at).await?;
        tx.commit().await
    }

    /// An account's decisions, newest first: what it may undo.
    pub async fn decisions_by(&self, by: AccountId, limit: u32) -> Result<Vec<DecisionRow>, StoreError> {
        let mut tx = self.read("reading decisions").await?;
        let sql = format!("{DECISION} WHERE by_account = $1 ORDER BY id DESC LIMIT $2");
        let rows = tx.all_of(sql, args![by.0, limit]).await?;
        rows.iter().map(|row| decision_row(self.keys(), row)).collect()
    }

    /// A case's decisions, newest first.
    pub(crate) async fn decisions_of(&self, tx: &mut Tx, case: &CaseId) -> Result<Vec<DecisionRow>, StoreError> {
        let sql = format!("{DECISION} WHERE case_id = $1 ORDER BY at DESC, id DESC");
        let rows = tx.all_of(sql, args![&case.0]).await?;
        rows.iter().map(|row| decision_row(self.keys(), row)).collect()
    }
}

pub(super) fn set(json: &str) -> Result<BTreeSet<String>, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt { what: "a case's evidence" })
}

/// With the route its notice ends: were it left to the next job, whoever opens the route again until then would find it told
/// and answered, and nobody would be told.
async fn end_notice(tx: &mut Tx, case: &str, at: Timestamp) -> Result<(), StoreError> {
    const END: &str = "UPDATE urgent_notice SET closed_at = $2 WHERE case_id = $1 AND closed_at IS NULL";
    tx.run(END, args![case, at]).await?;
    Ok(())
}

/// Why a case could not be taken or decided.
async fn refusal(
    tx: &mut Tx,
    case: &CaseId,
    expected: Option<i64>,
    by: AccountId,
    at: Timestamp,
) -> Result<StoreError, StoreError> {
    let row = tx
        .one(
            "SELECT c.version, c.claim_by, c.claim_until, a.name FROM case_file c \
             LEFT JOIN account a ON a.id = c.claim_by WHERE c.id = $1",
            args![&case.0],
        )
        .await?;
    let Some(row) = row else { return Ok(StoreError::NotFound { what: "case" }) };
    let found = row.int(0)?;
    if let (Some(holder), Some(until), Some(name)) = (row.opt_int(1)?, row.opt_time(2)?, row.opt_text(3)?)
        && holder != by.0
        && until > at
    {
        return Ok(StoreError::Held { what: "case", by: name, until });
    }
    Ok(StoreError::Conflict { what: "case", expected: expected.unwrap_or(found), found })
}

pub(super) fn decision_row(keys: &Keys, row: &Row) -> Result<DecisionRow, StoreError> {
    let body: Body = keys.open_json("decision", &row.int(2)?.to_le_bytes(), "body", &row.blob(5)?)?;
    let kind = DecisionKind::parse(&row.text(3)?).ok_or(StoreError::Corrupt { what: "a decision" })?;
    let undone = match (row.opt_text(10)?, row.opt_time(9)?) {
        (Some(by), Some(at)) => Some((by, at)),
        _ => None,
    };
    Ok(DecisionRow {
        id: DecisionId(row.int(0)?),
        case: CaseId(row.text(1)?),
        decision: Decision {
            kind,
            reason_code: row.text(4)?,
            text: body.text,
            change_mind: body.change_mind,
            until: row.opt_text(6)?.as_deref().map(day_from_text).transpose()?,
            refer_to: body.refer_to,
        },
        by: row.text(7)?,
        at: row.time(8)?,
        undone,
    })
}

/// A decision in force from its columns.
pub(crate) fn decided_of(
    kind: Option<String>,
    at: Option<Timestamp>,
    until: Option<String>,
) -> Result<Option<Decided>, StoreError> {
    match (kind, at) {
        (Some(kind), Some(at)) => Ok(Some(Decided {
            kind: DecisionKind::parse(&kind).ok_or(StoreError::Corrupt { what: "a decision" })?,
            at,
            until: until.as_deref().map(day_from_text).transpose()?,
        })),
        _ => Ok(None),
    }
}
