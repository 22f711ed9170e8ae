//! Second readings: a share of the decisions goes to another reader, who sees neither the decision nor who made it.
//! Where the two disagree a third reads, and the third one's word holds.

use super::decisions::{Body, Decider, set};
use super::{CaseId, CaseView, Decision, DecisionId, DecisionKind};
use crate::db::{Row, Tx, args};
use crate::draw::is_drawn;
use crate::people::account_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::{IndicatorId, ProgrammeId};
use jiff::Timestamp;

/// Row of a second reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecondId(pub i64);

/// Which decisions are read once more.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SecondShare {
    /// 0 to 1.
    pub share: f64,
    /// The same seed draws the same decisions.
    pub seed: String,
}

/// A second reading that somebody has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondRow {
    /// Its row.
    pub id: SecondId,
    /// Of which case.
    pub case: CaseId,
    /// 2, or 3 where the first two disagree.
    pub turn: u8,
    /// Until when it is kept for its reader.
    pub until: Timestamp,
}

/// What a second reader sees: the case without decisions, attempts and state.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondView {
    /// Which reading.
    pub second: SecondRow,
    /// The case.
    pub view: CaseView,
}

/// What came of a second reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondDone {
    /// The same as the first decision.
    Agrees,
    /// Another: a third person reads.
    ThirdReads,
    /// The third one's word, or the urgent route: the decision changed.
    Changed,
    /// It was kept before.
    Before,
}

/// What a reader said in a second reading.
pub(super) struct SecondSaid {
    pub case: CaseId,
    pub decision: Decision,
    pub by: String,
    pub at: Timestamp,
}

/// A decision that was read more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwiceRead {
    /// Which case.
    pub case: CaseId,
    /// What the first reader decided.
    pub first: DecisionKind,
    /// What the second one said, and when.
    pub second: (DecisionKind, Timestamp),
    /// What the third one said.
    pub third: Option<DecisionKind>,
    /// What had fired when the case was decided.
    pub indicators: Vec<IndicatorId>,
}

/// Draws a decision for a second reading. Part of the transaction that decides. The urgent route is not drawn: it is
/// for those appointed alone.
pub(super) async fn draw(
    tx: &mut Tx,
    case: &CaseId,
    decision: DecisionId,
    share: &SecondShare,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = tx
        .one(
            "SELECT d.event_seq, c.urgent FROM decision d JOIN case_file c ON c.id = d.case_id WHERE d.id = $1",
            args![decision.0],
        )
        .await?
        .ok_or(StoreError::NotFound { what: "decision" })?;
    if row.flag(1)? || !is_drawn(&share.seed, share.share, &format!("{}/{}", case.0, row.int(0)?)) {
        return Ok(());
    }
    add_turn(tx, case, decision.0, 2, share.share, at).await
}

async fn add_turn(
    tx: &mut Tx,
    case: &CaseId,
    decision: i64,
    turn: i64,
    share: f64,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO second_reading (case_id, decision_id, turn, share, drawn_at, retention, delete_after) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (decision_id, turn) DO NOTHING",
        args![&case.0, decision, turn, share, at, Retention::Case.as_str(), Retention::Case.until(at)],
    )
    .await?;
    Ok(())
}

/// Readings that wait and that account `$1` may take at `$2`, of programme `$3`: the decision still holds and nothing
/// new has come to the case, and the account has neither read it before nor seen it since it was decided.
const WAITING: &str = "FROM second_reading s JOIN decision d ON d.id = s.decision_id AND d.undone_at IS NULL \
     JOIN case_file c ON c.id = s.case_id AND c.decision_id = d.id AND c.state = 'decided' AND c.urgent = 0 \
     AND c.merged_into IS NULL AND c.subject IS NOT NULL AND c.programme = $3 \
     WHERE s.kind IS NULL AND (s.claim_by IS NULL OR s.claim_by = $1 OR s.claim_until <= $2) \
     AND (d.by_account IS NULL OR d.by_account <> $1) \
     AND NOT EXISTS (SELECT 1 FROM second_reading o WHERE o.decision_id = d.id AND o.by_account = $1) \
     AND NOT EXISTS (SELECT 1 FROM case_look k WHERE k.account_id = $1 AND k.case_id = c.id AND k.at >= d.at)";

impl Store {
    /// How many readings wait for an account.
    pub async fn second_waiting(
        &self,
        programme: &ProgrammeId,
        by: AccountId,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.read("counting second readings").await?;
        let rows = tx.all_of(format!("SELECT count(*) {WAITING}"), args![by.0, at, programme.as_str()]).await?;
        rows.first().map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
    }

    /// Takes the next reading for an account: third turns first, then what waits longest.
    pub async fn claim_second(
        &self,
        programme: &ProgrammeId,
        by: AccountId,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Option<SecondId>, StoreError> {
        let mut tx = self.write("taking a second reading").await?;
        let lock = if tx.is_postgres() { " FOR UPDATE OF s SKIP LOCKED" } else { "" };
        // What one holds already comes before what one does not.
        let sql = format!(
            "SELECT s.id, s.case_id {WAITING} ORDER BY CASE WHEN s.claim_by = $1 AND s.claim_until > $2 THEN 0 ELSE 1 END, \
             s.turn DESC, s.drawn_at, s.id LIMIT 1{lock}"
        );
        let rows = tx.all_of(sql, args![by.0, at, programme.as_str()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let id = row.int(0)?;
        tx.run(
            "UPDATE second_reading SET claim_by = NULL, claim_until = NULL WHERE claim_by = $1 AND kind IS NULL",
            args![by.0],
        )
        .await?;
        tx.run("UPDATE second_reading SET claim_by = $2, claim_until = $3 WHERE id = $1", args![id, by.0, until])
            .await?;
        let body = serde_json::json!({ "second_reading": id, "case": row.text(1)?, "until": until.as_millisecond() });
        chain::event(&mut tx, self.keys(), "second_claim", &Actor::Account(by), body, at).await?;
        tx.commit().await?;
        Ok(Some(SecondId(id)))
    }

    /// Gives a reading back.
    pub async fn release_second(&self, id: SecondId, by: AccountId) -> Result<(), StoreError> {
        let mut tx = self.write("giving a second reading back").await?;
        tx.run(
            "UPDATE second_reading SET claim_by = NULL, claim_until = NULL WHERE id = $1 AND claim_by = $2 AND kind IS NULL",
            args![id.0, by.0],
        )
        .await?;
        tx.commit().await
    }

    /// The case of a reading that the account holds, without anything that tells the first decision. Audited in the
    /// same transaction as the case.
    pub async fn second_view(&self, look: &Look, id: SecondId, by: AccountId) -> Result<SecondView, StoreError> {
        let mut tx = self.read("looking for a second reading").await?;
        let row = tx
            .one(
                "SELECT case_id, turn, claim_until, kind FROM second_reading WHERE id = $1 AND claim_by = $2",
                args![id.0, by.0],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "second reading of this reader" })?;
        drop(tx);
        if row.opt_text(3)?.is_some() {
            return Err(StoreError::NotFound { what: "second reading that waits" });
        }
        let until = row.opt_time(2)?.filter(|until| *until > look.at);
        let until = until.ok_or(StoreError::Refused { why: "the time for this reading is over; take it again" })?;
        let turn = u8::try_from(row.int(1)?).unwrap_or(2);
        let second = SecondRow { id, case: CaseId(row.text(0)?), turn, until };
        let mut view = self.case(look, &second.case).await?;
        if view.row.urgent {
            return Err(StoreError::Refused { why: "the case is in the urgent route by now" });
        }
        view.decisions.clear();
        view.attempts.clear();
        view.row.new_evidence.clear();
        (view.row.decided, view.row.claimed, view.row.state) = (None, None, super::CaseState::Open);
        Ok(SecondView { second, view })
    }

    /// What the second (or third) reader says. Kept once; the reading must be held by the account.
    pub async fn answer_second(
        &self,
        id: SecondId,
        decision: &Decision,
        by: AccountId,
        at: Timestamp,
    ) -> Result<SecondDone, StoreError> {
        let mut tx = self.write("keeping a second reading").await?;
        let name = account_name(&mut tx, by).await?;
        let row = tx
            .one(
                "SELECT s.case_id, s.turn, s.kind, s.claim_by, s.by_account, s.decision_id, s.share, d.kind, d.undone_at, \
                 c.decision_id, c.urgent FROM second_reading s JOIN decision d ON d.id = s.decision_id \
                 JOIN case_file c ON c.id = s.case_id WHERE s.id = $1",
                args![id.0],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "second reading" })?;
        if row.opt_text(2)?.is_some() {
            return if row.opt_int(4)? == Some(by.0) {
                Ok(SecondDone::Before)
            } else {
                Err(StoreError::Refused { why: "a colleague has made this reading by now" })
            };
        }
        if row.opt_int(3)? != Some(by.0) {
            return Err(StoreError::Refused { why: "a colleague has this reading now; take another one" });
        }
        let (case, turn, first) = (CaseId(row.text(0)?), row.int(1)?, row.int(5)?);
        if row.opt_int(8)?.is_some() || row.opt_int(9)? != Some(first) || row.flag(10)? {
            return Err(StoreError::Refused { why: "the case was decided anew or taken back meanwhile" });
        }
        let agrees = row.text(7)? == decision.kind.as_str();
        let event = serde_json::json!({
            "second_reading": id.0, "case": case.0, "turn": turn, "kind": decision.kind.as_str(),
            "reason": decision.reason_code, "text": decision.text, "change_mind": decision.change_mind, "by": name,
        });
        let seq = chain::event(&mut tx, self.keys(), "second_reading", &Actor::Account(by), event, at).await?;
        let body = Body {
            text: decision.text.clone(),
            change_mind: decision.change_mind.clone(),
            refer_to: decision.refer_to.clone(),
            was_urgent: false,
        };
        let sealed = self.keys().seal_json("second_reading", &seq.to_le_bytes(), "body", &body)?;
        let kept = tx
            .run(
                "UPDATE second_reading SET kind = $2, reason_code = $3, body_sealed = $4, by_account = $5, by_name = $6, \
                 read_at = $7, event_seq = $8, claim_by = NULL, claim_until = NULL WHERE id = $1 AND kind IS NULL",
                args![id.0, decision.kind.as_str(), &decision.reason_code, sealed, by.0, &name, at, seq],
            )
            .await?;
        if kept == 0 {
            return Err(StoreError::Refused { why: "a colleague has made this reading by now" });
        }
        let done = match (agrees, turn) {
            (true, _) => SecondDone::Agrees,
            // A possible minor waits for nobody.
            (false, 2) if decision.kind != DecisionKind::Urgent => {
                add_turn(&mut tx, &case, first, 3, row.real(6)?, at).await?;
                SecondDone::ThirdReads
            }
            (false, _) => {
                tx.run(
                    "UPDATE case_file SET version = version + 1, claim_by = NULL, claim_until = NULL WHERE id = $1",
                    args![&case.0],
                )
                .await?;
                let actor = Actor::Account(by);
                let decider = Decider { account: Some(by), name, actor: &actor, import_hash: None, form_hash: None };
                self.put_decision(&mut tx, &case, decision, &decider, at, at).await?;
                SecondDone::Changed
            }
        };
        tx.commit().await?;
        Ok(done)
    }

    /// Takes one's own reading back, as long as nothing came of it: it waits to be read again, by the same reader too. One
    /// that became the decision is undone as that.
    pub async fn undo_second(&self, id: SecondId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("taking a second reading back").await?;
        let row = tx
            .one(
                "SELECT s.case_id, s.decision_id, s.turn, CAST(CASE WHEN c.decision_id = s.decision_id \
                 AND d.undone_at IS NULL THEN 1 ELSE 0 END AS BIGINT) FROM second_reading s JOIN decision d ON d.id = s.decision_id \
                 JOIN case_file c ON c.id = s.case_id WHERE s.id = $1 AND s.by_account = $2 AND s.kind IS NOT NULL",
                args![id.0, by.0],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "second reading of this reader" })?;
        let (decision, turn) = (row.int(1)?, row.int(2)?);
        const THIRD: &str = "SELECT 1 FROM second_reading WHERE decision_id = $1 AND turn > $2 AND kind IS NOT NULL";
        if !row.flag(3)? || tx.one(THIRD, args![decision, turn]).await?.is_some() {
            return Err(StoreError::Refused {
                why: "something came of this reading already; undo the decision that it led to instead",
            });
        }
        tx.run("DELETE FROM second_reading WHERE decision_id = $1 AND turn > $2", args![decision, turn]).await?;
        tx.run(
            "UPDATE second_reading SET kind = NULL, reason_code = NULL, body_sealed = NULL, by_account = NULL, \
             by_name = NULL, read_at = NULL, event_seq = NULL WHERE id = $1",
            args![id.0],
        )
        .await?;
        let body = serde_json::json!({ "second_reading": id.0, "case": row.text(0)? });
        chain::event(&mut tx, self.keys(), "undo_second_reading", &Actor::Account(by), body, at).await?;
        tx.commit().await
    }

    /// A reading that somebody made, for the history.
    pub(super) async fn second_said(&self, tx: &mut Tx, id: i64) -> Result<SecondSaid, StoreError> {
        let row = tx
            .one(
                "SELECT case_id, kind, reason_code, body_sealed, event_seq, by_name, read_at FROM second_reading \
                 WHERE id = $1",
                args![id],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "second reading" })?;
        let body: Body = self.keys().open_json("second_reading", &row.int(4)?.to_le_bytes(), "body", &row.blob(3)?)?;
        let kind = DecisionKind::parse(&row.text(1)?).ok_or(StoreError::Corrupt { what: "a decision" })?;
        let decision = Decision {
            kind,
            reason_code: row.text(2)?,
            text: body.text,
            change_mind: body.change_mind,
            until: None,
            refer_to: body.refer_to,
        };
        Ok(SecondSaid { case: CaseId(row.text(0)?), decision, by: row.text(5)?, at: row.time(6)? })
    }

    /// Every decision that two have read, by the time of the second reading. A third one's word is there once it is
    /// given; until then nobody who may become the third learns of the disagreement.
    pub async fn twice_read(&self, look: &Look, programme: &ProgrammeId) -> Result<Vec<TwiceRead>, StoreError> {
        let mut tx = self.write("reading the second readings").await?;
        look.write(&mut tx, self.keys()).await?;
        let rows = tx
            .all(
                "SELECT s.case_id, d.kind, s.kind, s.read_at, t.kind, d.evidence FROM second_reading s \
                 JOIN decision d ON d.id = s.decision_id AND d.undone_at IS NULL \
                 JOIN case_file c ON c.id = s.case_id AND c.programme = $1 \
                 LEFT JOIN second_reading t ON t.decision_id = s.decision_id AND t.turn = 3 \
                 WHERE s.turn = 2 AND s.kind IS NOT NULL ORDER BY s.read_at, s.id",
                args![programme.as_str()],
            )
            .await?;
        tx.commit().await?;
        rows.iter().map(twice).collect()
    }
}

fn twice(row: &Row) -> Result<TwiceRead, StoreError> {
    let kind = |text: String| DecisionKind::parse(&text).ok_or(StoreError::Corrupt { what: "a decision" });
    let marks = set(&row.text(5)?)?;
    Ok(TwiceRead {
        case: CaseId(row.text(0)?),
        first: kind(row.text(1)?)?,
        second: (kind(row.text(2)?)?, row.time(3)?),
        third: row.opt_text(4)?.map(kind).transpose()?,
        // A band's mark among the evidence is no indicator.
        indicators: marks.into_iter().filter(|mark| !mark.contains(':')).map(IndicatorId).collect(),
    })
}
