//! Who looks after somebody: a follow-up is assigned within a team, or handed over to another that accepts or declines.
//! Each step is an event; taking it back is another.

use super::follow_up::{Care, write_change};
use super::ledger::{ATTEMPT, attempt_row};
use super::{AttemptId, AttemptRow};
use crate::db::{Arg, Row, Tx, args};
use crate::people::account_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::TeamId;
use jiff::Timestamp;
use std::collections::HashMap;

words!(
    /// Where a hand-over stands.
    HandoverState {
        /// Waits for an answer.
        Offered = "offered",
        /// The other team looks after it now.
        Accepted = "accepted",
        /// It stays where it was.
        Declined = "declined",
        /// Taken back before an answer.
        Withdrawn = "withdrawn",
    }
);

/// Row of a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HandoverId(pub i64);

/// A hand-over to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHandover {
    /// What is to be followed up.
    pub attempt: AttemptId,
    /// The team that looks after it now: the one that offers.
    pub from_team: TeamId,
    /// The team that is asked.
    pub to_team: TeamId,
    /// Which of its workers; `None` for whoever of them.
    pub to_account: Option<AccountId>,
    /// What they need to know; sealed.
    pub note: String,
}

/// A hand-over as both teams see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverRow {
    /// Its row.
    pub id: HandoverId,
    /// What is to be followed up.
    pub attempt: AttemptRow,
    /// Language used.
    pub language: String,
    /// Who offers.
    pub from_team: TeamId,
    /// Who is asked.
    pub to_team: TeamId,
    /// Which of its workers, with the name.
    pub to_account: Option<(AccountId, String)>,
    /// Where it stands.
    pub state: HandoverState,
    /// What they need to know.
    pub note: String,
    /// Who offered it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Who answered, and when.
    pub answered: Option<(String, Timestamp)>,
    /// What they answered, in words.
    pub answer: String,
    /// When it was done after they accepted: marked so, or followed by a further attempt of theirs.
    pub done: Option<Timestamp>,
}

const HANDOVER: &str = "SELECT h.id, h.from_team, h.to_team, h.to_account, h.state, h.note_sealed, h.by_name, h.at, \
     h.answered_name, h.answered_at, h.answer_sealed, h.attempt_id, h.from_account, a.name FROM handover h \
     LEFT JOIN account a ON a.id = h.to_account";

/// Another was quicker.
const MEANWHILE: &str = "it was answered or taken back meanwhile; open the page again";

/// What a step needs of a hand-over's row.
struct Known {
    attempt: AttemptId,
    from_team: TeamId,
    from_account: Option<AccountId>,
    to_team: TeamId,
    to_account: Option<AccountId>,
    state: HandoverState,
}

impl Store {
    /// Offers a follow-up to another team. It stays with the one that offers until the other accepts.
    pub async fn offer_handover(
        &self,
        new: &NewHandover,
        by: AccountId,
        at: Timestamp,
    ) -> Result<HandoverId, StoreError> {
        let mut tx = self.write("offering a hand-over").await?;
        let name = account_name(&mut tx, by).await?;
        let attempt = one_attempt(&mut tx, new.attempt).await?;
        if attempt.cared_by() != &new.from_team {
            return Err(StoreError::Refused { why: "another team looks after it now; open the page again" });
        }
        if new.to_team == new.from_team {
            return Err(StoreError::Refused { why: "it is with this team already; choose who of you looks after it" });
        }
        if let Some(to) = new.to_account {
            member(&mut tx, to, &new.to_team).await?;
        }
        let open = args![new.attempt.0];
        if tx.one("SELECT id FROM handover WHERE attempt_id = $1 AND state = 'offered'", open).await?.is_some() {
            return Err(StoreError::Refused { why: "it is offered to a team already; take that back first" });
        }
        let body = serde_json::json!({
            "attempt": new.attempt.0, "from": new.from_team.as_str(), "to": new.to_team.as_str(),
            "to_account": new.to_account.map(|to| to.0), "note": new.note,
        });
        let seq = chain::event(&mut tx, self.keys(), "handover_offered", &Actor::Account(by), body, at).await?;
        let note = self.keys().seal_text("handover", &new.attempt.0.to_le_bytes(), "note", &new.note)?;
        let id = tx
            .id(
                "INSERT INTO handover (attempt_id, from_team, from_account, to_team, to_account, state, note_sealed, \
                 by_account, by_name, at, event_seq, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5, 'offered', $6, $7, $8, $9, $10, $11, $12) RETURNING id",
                args![
                    new.attempt.0,
                    new.from_team.as_str(),
                    attempt.care_account.map(|of| of.0),
                    new.to_team.as_str(),
                    new.to_account.map(|of| of.0),
                    note,
                    by.0,
                    name,
                    at,
                    seq,
                    Retention::Ledger.as_str(),
                    Retention::Ledger.until(at)
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(HandoverId(id))
    }

    /// Accepts or declines, for the team that is asked. Who accepts looks after it from then on.
    pub async fn answer_handover(
        &self,
        id: HandoverId,
        accept: bool,
        answer: &str,
        team: &TeamId,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("answering a hand-over").await?;
        let name = account_name(&mut tx, by).await?;
        let known = known(&mut tx, id).await?;
        if known.to_team != *team {
            return Err(StoreError::NotFound { what: "hand-over" });
        }
        if known.to_account.is_some_and(|to| to != by) {
            return Err(StoreError::Refused { why: "it is offered to a colleague by name; she or he answers" });
        }
        let state = if accept { HandoverState::Accepted } else { HandoverState::Declined };
        let sealed = self.keys().seal_text("handover", &known.attempt.0.to_le_bytes(), "answer", answer)?;
        let answered = tx
            .run(
                "UPDATE handover SET state = $2, answered_name = $3, answered_at = $4, answer_sealed = $5 \
                 WHERE id = $1 AND state = 'offered' AND EXISTS \
                 (SELECT 1 FROM attempt t WHERE t.id = handover.attempt_id AND t.undone_at IS NULL)",
                args![id.0, state.as_str(), &name, at, sealed],
            )
            .await?;
        if answered == 0 {
            return Err(StoreError::Refused { why: MEANWHILE });
        }
        let body = serde_json::json!({ "handover": id.0, "attempt": known.attempt.0, "answer": answer });
        let kind = if accept { "handover_accepted" } else { "handover_declined" };
        let seq = chain::event(&mut tx, self.keys(), kind, &Actor::Account(by), body, at).await?;
        if accept {
            let care = Care { team: team.clone(), account: Some(by) };
            self.move_care(&mut tx, known.attempt, care, by, &name, seq, at).await?;
        } else {
            write_change(&mut tx, self.keys(), known.attempt, None, by, &name, seq, at).await?;
        }
        tx.commit().await
    }

    /// Takes a step back: the offer by the team that made it, the answer by the team that gave it, as long as nothing
    /// came after.
    pub async fn undo_handover(
        &self,
        id: HandoverId,
        team: &TeamId,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("taking a hand-over back").await?;
        let name = account_name(&mut tx, by).await?;
        let known = known(&mut tx, id).await?;
        let body = serde_json::json!({ "handover": id.0, "attempt": known.attempt.0, "was": known.state.as_str() });
        let newer = tx
            .one("SELECT id FROM handover WHERE attempt_id = $1 AND id > $2", args![known.attempt.0, id.0])
            .await?
            .is_some();
        match known.state {
            HandoverState::Offered if known.from_team == *team => {
                let taken = tx
                    .run("UPDATE handover SET state = 'withdrawn' WHERE id = $1 AND state = 'offered'", args![id.0])
                    .await?;
                if taken == 0 {
                    return Err(StoreError::Refused { why: MEANWHILE });
                }
                chain::event(&mut tx, self.keys(), "handover_withdrawn", &Actor::Account(by), body, at).await?;
            }
            HandoverState::Accepted | HandoverState::Declined if known.to_team == *team && !newer => {
                let taken = tx
                    .run(
                        "UPDATE handover SET state = 'offered', answered_name = NULL, answered_at = NULL, \
                         answer_sealed = NULL WHERE id = $1 AND state = $2",
                        args![id.0, known.state.as_str()],
                    )
                    .await?;
                if taken == 0 {
                    return Err(StoreError::Refused { why: MEANWHILE });
                }
                let seq =
                    chain::event(&mut tx, self.keys(), "handover_reopened", &Actor::Account(by), body, at).await?;
                if known.state == HandoverState::Accepted {
                    let care = Care { team: known.from_team, account: known.from_account };
                    self.move_care(&mut tx, known.attempt, care, by, &name, seq, at).await?;
                }
            }
            _ => return Err(StoreError::Refused { why: "something came after; open the page again" }),
        }
        tx.commit().await
    }

    /// Hand-overs of a team: those that wait, and those answered since, without those of an attempt that was undone.
    /// Audited, since their notes are opened.
    pub async fn handovers(
        &self,
        look: &Look,
        team: &TeamId,
        since: Timestamp,
    ) -> Result<Vec<HandoverRow>, StoreError> {
        let mut tx = self.write("reading hand-overs").await?;
        look.write(&mut tx, self.keys()).await?;
        let sql = format!(
            "{HANDOVER} JOIN attempt t ON t.id = h.attempt_id WHERE t.undone_at IS NULL \
             AND (h.to_team = $1 OR h.from_team = $1) AND (h.state = 'offered' OR \
             (h.state <> 'withdrawn' AND h.answered_at >= $2)) ORDER BY h.at DESC, h.id DESC LIMIT 100"
        );
        let rows = tx.all_of(sql, args![team.as_str(), since]).await?;
        let of = rows.iter().map(|row| Ok(Arg::from(row.int(11)?))).collect::<Result<Vec<Arg>, StoreError>>()?;
        let mut attempts = HashMap::with_capacity(of.len());
        for row in tx.all_in(&format!("{ATTEMPT} WHERE t.id IN"), &[], of).await? {
            attempts.insert(row.int(0)?, (attempt_row(&row)?, row.opt_text(18)?.unwrap_or_default()));
        }
        let done = done_since(&mut tx, &rows).await?;
        tx.commit().await?;
        rows.iter()
            .map(|row| {
                let done = done.get(&row.int(0)?).copied();
                self.handover(row, &attempts, done)
            })
            .collect()
    }

    fn handover(
        &self,
        row: &Row,
        attempts: &HashMap<i64, (AttemptRow, String)>,
        done: Option<Timestamp>,
    ) -> Result<HandoverRow, StoreError> {
        let id = row.int(11)?;
        let (attempt, language) = attempts.get(&id).ok_or(StoreError::NotFound { what: "attempt" })?.clone();
        let place = id.to_le_bytes();
        let answer = match row.opt_blob(10)? {
            Some(sealed) => self.keys().open_text("handover", &place, "answer", &sealed)?,
            None => String::new(),
        };
        Ok(HandoverRow {
            id: HandoverId(row.int(0)?),
            attempt,
            language,
            from_team: TeamId(row.text(1)?),
            to_team: TeamId(row.text(2)?),
            to_account: row.opt_int(3)?.map(AccountId).zip(row.opt_text(13)?),
            state: state(row, 4)?,
            note: self.keys().open_text("handover", &place, "note", &row.blob(5)?)?,
            by: row.text(6)?,
            at: row.time(7)?,
            answered: row.opt_text(8)?.zip(row.opt_time(9)?),
            answer,
            done,
        })
    }

    /// Moves the care for an attempt; what it stood on before is kept in its changes.
    #[expect(clippy::too_many_arguments, reason = "each is one plain fact of the change")]
    async fn move_care(
        &self,
        tx: &mut Tx,
        attempt: AttemptId,
        care: Care,
        by: AccountId,
        name: &str,
        seq: i64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // The row itself is asked, not only read before: an undo may have come between on PostgreSQL.
        let moved = tx
            .run(
                "UPDATE attempt SET care_team = $2, care_account = $3, version = version + 1 \
                 WHERE id = $1 AND undone_at IS NULL",
                args![attempt.0, care.team.as_str(), care.account.map(|of| of.0)],
            )
            .await?;
        if moved == 0 {
            return Err(StoreError::Refused { why: MEANWHILE });
        }
        write_change(tx, self.keys(), attempt, None, by, name, seq, at).await
    }
}

/// When the team that accepted was done with each of these. The change that moved the care kept the day that stood there
/// then.
async fn done_since(tx: &mut Tx, rows: &[Row]) -> Result<HashMap<i64, Timestamp>, StoreError> {
    // A further attempt; or marked as done, or its outcome written: what stood open when they accepted is closed in a
    // later change.
    const DONE: &str = "SELECT h.id, (SELECT min(n.made_at) FROM attempt n WHERE n.anchor_ad = t.anchor_ad AND n.id > t.id \
         AND n.team = h.to_team AND n.made_at >= h.answered_at AND n.undone_at IS NULL), \
         (SELECT min(c.at) FROM attempt_change c WHERE c.attempt_id = t.id \
         AND t.follow_up IS NULL AND c.follow_up IS NULL AND c.id > (SELECT max(d.id) FROM attempt_change d \
         WHERE d.attempt_id = t.id AND d.follow_up IS NOT NULL AND d.at >= h.answered_at)), \
         (SELECT min(c.at) FROM attempt_change c WHERE c.attempt_id = t.id \
         AND t.follow_up IS NULL AND c.outcome IS NOT NULL AND c.id > (SELECT max(d.id) FROM attempt_change d \
         WHERE d.attempt_id = t.id AND d.outcome IS NULL AND d.at >= h.answered_at)) \
         FROM handover h JOIN attempt t ON t.id = h.attempt_id WHERE h.state = 'accepted' AND h.id IN";
    let of = rows.iter().map(|row| Ok(Arg::from(row.int(0)?))).collect::<Result<Vec<Arg>, StoreError>>()?;
    let mut done = HashMap::with_capacity(of.len());
    for row in tx.all_in(DONE, &[], of).await? {
        let first = [row.opt_time(1)?, row.opt_time(2)?, row.opt_time(3)?].into_iter().flatten().min();
        if let Some(first) = first {
            done.insert(row.int(0)?, first);
        }
    }
    Ok(done)
}

fn state(row: &Row, column: usize) -> Result<HandoverState, StoreError> {
    HandoverState::parse(&row.text(column)?).ok_or(StoreError::Corrupt { what: "a hand-over" })
}

async fn known(tx: &mut Tx, id: HandoverId) -> Result<Known, StoreError> {
    let row = tx.all_of(format!("{HANDOVER} WHERE h.id = $1"), args![id.0]).await?;
    let row = row.first().ok_or(StoreError::NotFound { what: "hand-over" })?;
    Ok(Known {
        attempt: AttemptId(row.int(11)?),
        from_team: TeamId(row.text(1)?),
        from_account: row.opt_int(12)?.map(AccountId),
        to_team: TeamId(row.text(2)?),
        to_account: row.opt_int(3)?.map(AccountId),
        state: state(row, 4)?,
    })
}

pub(super) async fn one_attempt(tx: &mut Tx, id: AttemptId) -> Result<AttemptRow, StoreError> {
    let rows = tx.all_of(format!("{ATTEMPT} WHERE t.id = $1 AND t.undone_at IS NULL"), args![id.0]).await?;
    attempt_row(rows.first().ok_or(StoreError::NotFound { what: "attempt" })?)
}

/// Refuses an account that is closed or in another team.
pub(super) async fn member(tx: &mut Tx, account: AccountId, team: &TeamId) -> Result<(), StoreError> {
    let row = tx.one("SELECT team FROM account WHERE id = $1 AND disabled_at IS NULL", args![account.0]).await?;
    let of = row.map(|row| row.opt_text(0)).transpose()?.flatten();
    if of.as_deref() == Some(team.as_str()) {
        return Ok(());
    }
    Err(StoreError::Refused { why: "whoever is to look after it is not of that team" })
}
