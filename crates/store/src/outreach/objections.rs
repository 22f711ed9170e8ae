//! Objections: who made one, when and how, and which contacts it covers. Of a contact only a keyed hash is kept, so
//! that an objection outlives the ads and cannot be read back. `objection` holds what is covered now, for the gate;
//! `objection_reach` says by which objection, so that one that is withdrawn leaves the others in force.

use super::AttemptId;
use crate::db::{Row, Tx, args};
use crate::keys::Keys;
use crate::people::by_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::Contact;
use jiff::Timestamp;

/// Row of an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectionId(pub i64);

words!(
    /// By which way an objection came.
    ObjectionChannel {
        /// The public page.
        Public = "public",
        /// Said to an outreach worker.
        Worker = "worker",
        /// Written or told to the controller.
        Office = "office",
    }
);

/// What came of keeping an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutObjection {
    /// Its row.
    pub id: ObjectionId,
    /// False where the same was known: nothing was written.
    pub new: bool,
}

/// An objection as the office sees it: no contact in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionRow {
    /// Its row.
    pub id: ObjectionId,
    /// When it was made.
    pub at: Timestamp,
    /// How.
    pub channel: ObjectionChannel,
    /// Who recorded it; empty for the public page.
    pub by: String,
    /// The contact as a pseudonym.
    pub contact: String,
    /// Contacts that it covers, itself included.
    pub covers: u32,
    /// Places at which a named person has still to decide.
    pub open: u32,
    /// When it was withdrawn, and by whom.
    pub withdrawn: Option<(Timestamp, String)>,
}

const REQUEST: &str = "SELECT r.id, r.at, r.channel, r.by_name, r.contact_hash, \
     (SELECT count(*) FROM objection_reach c WHERE c.request_id = r.id), \
     (SELECT count(*) FROM objection_question q WHERE q.request_id = r.id AND q.extent IS NULL), \
     r.withdrawn_at, r.withdrawn_by FROM objection_request r";

impl Store {
    /// Keeps an objection that was told to the office. True where it is new.
    pub async fn put_objection(&self, contact: &Contact, actor: &Actor, at: Timestamp) -> Result<bool, StoreError> {
        Ok(self.object(contact, ObjectionChannel::Office, actor, at).await?.new)
    }

    /// Keeps an objection: of the contact only a keyed hash. That contact is covered from now on, known or not.
    pub async fn object(
        &self,
        contact: &Contact,
        channel: ObjectionChannel,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<PutObjection, StoreError> {
        let mut tx = self.write("keeping an objection").await?;
        let hash = self.keys().contact(contact);
        let put = keep(&mut tx, self.keys(), &hash, None, channel, actor, at).await?;
        self.share_objection(&mut tx, put.id, Some(contact)).await?;
        tx.commit().await?;
        Ok(put)
    }

    /// Keeps an objection by the contact's keyed hash alone, as a restore does. True where it is new.
    pub(crate) async fn put_objection_by_hash(
        &self,
        contact_hash: &[u8],
        actor: &Actor,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write("keeping an objection again").await?;
        let put = keep(&mut tx, self.keys(), contact_hash, None, ObjectionChannel::Office, actor, at).await?;
        self.share_objection(&mut tx, put.id, None).await?;
        tx.commit().await?;
        Ok(put.new)
    }

    /// Covers a contact by the objection that another contact made, as a restore does.
    pub(crate) async fn cover_by_hash(
        &self,
        contact_hash: &[u8],
        through: &[u8],
        actor: &Actor,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write("covering a contact again").await?;
        let request = tx
            .one(
                "SELECT id, event_seq FROM objection_request WHERE contact_hash = $1 AND withdrawn_at IS NULL \
                 ORDER BY id LIMIT 1",
                args![through],
            )
            .await?;
        let (id, new) = match request {
            Some(row) => {
                let id = ObjectionId(row.int(0)?);
                (id, cover(&mut tx, id, contact_hash, "restore", None, row.int(1)?, at).await?)
            }
            None => {
                let put = keep(&mut tx, self.keys(), contact_hash, None, ObjectionChannel::Office, actor, at).await?;
                (put.id, put.new)
            }
        };
        self.share_objection(&mut tx, id, None).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Whether an objection covers a contact.
    pub async fn has_objection(&self, contact: &Contact) -> Result<bool, StoreError> {
        let mut tx = self.read("asking for an objection").await?;
        let hash = self.keys().contact(contact);
        Ok(tx.one("SELECT at FROM objection WHERE contact_hash = $1", args![hash]).await?.is_some()
            || !self.objected_elsewhere([contact]).await?.is_empty())
    }

    /// Objections, newest first; `open` = only those on which a named person has to decide. Audited.
    pub async fn objections(&self, look: &Look, open: bool, limit: u32) -> Result<Vec<ObjectionRow>, StoreError> {
        let mut tx = self.write("reading the objections").await?;
        look.write(&mut tx, self.keys()).await?;
        let only = if open {
            "WHERE r.withdrawn_at IS NULL AND EXISTS (SELECT 1 FROM objection_question q WHERE q.request_id = r.id \
             AND q.extent IS NULL)"
        } else {
            ""
        };
        let rows = tx.all_of(format!("{REQUEST} {only} ORDER BY r.at DESC, r.id DESC LIMIT $1"), args![limit]).await?;
        let found = rows.iter().map(|row| request(self.keys(), row)).collect::<Result<_, _>>()?;
        tx.commit().await?;
        Ok(found)
    }

    /// Takes an objection back, for the person who made it: what it alone covers is free again. The act is an event; the
    /// objection stays on record as withdrawn.
    pub async fn withdraw_objection(
        &self,
        id: ObjectionId,
        reason: &str,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if reason.trim().is_empty() {
            return Err(StoreError::Refused {
                why: "an objection is withdrawn with a reason: who asked for it, and how",
            });
        }
        let mut tx = self.write("withdrawing an objection").await?;
        let row = tx.one("SELECT withdrawn_at FROM objection_request WHERE id = $1", args![id.0]).await?;
        let row = row.ok_or(StoreError::NotFound { what: "objection" })?;
        if row.opt_int(0)?.is_some() {
            return Err(StoreError::Refused { why: "the objection was withdrawn already" });
        }
        let body = serde_json::json!({ "objection": id.0, "reason": reason });
        chain::event(&mut tx, self.keys(), "objection_withdrawn", actor, body, at).await?;
        let name = by_name(&mut tx, actor).await?.1;
        end(&mut tx, id, &name, at).await?;
        tx.commit().await?;
        self.unshare_objection(id, None).await
    }
}

/// Keeps an objection unless the same is in force. One that a worker records in an attempt is undone with it; the
/// person's own stays, so that it is kept beside the worker's.
pub(super) async fn keep(
    tx: &mut Tx,
    keys: &Keys,
    contact_hash: &[u8],
    attempt: Option<AttemptId>,
    channel: ObjectionChannel,
    actor: &Actor,
    at: Timestamp,
) -> Result<PutObjection, StoreError> {
    let known = tx
        .one(
            "SELECT id FROM objection_request WHERE contact_hash = $1 AND withdrawn_at IS NULL \
             AND (attempt_id IS NULL OR $2 = 1) ORDER BY id LIMIT 1",
            args![contact_hash, attempt.is_some()],
        )
        .await?;
    if let Some(row) = known {
        return Ok(PutObjection { id: ObjectionId(row.int(0)?), new: false });
    }
    let body = serde_json::json!({
        "contact": keys.pseudonym(contact_hash), "attempt": attempt.map(|of| of.0), "channel": channel.as_str(),
    });
    let seq = chain::event(tx, keys, "objection", actor, body, at).await?;
    let (account, name) = by_name(tx, actor).await?;
    let name = if channel == ObjectionChannel::Public { String::new() } else { name };
    let (kept, until) = (Retention::Objection.as_str(), Retention::Objection.until(at));
    let id = tx
        .id(
            "INSERT INTO objection_request (contact_hash, at, channel, by_account, by_name, attempt_id, event_seq, \
             retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            args![
                contact_hash,
                at,
                channel.as_str(),
                account.map(|id| id.0),
                name,
                attempt.map(|of| of.0),
                seq,
                kept,
                until
            ],
        )
        .await?;
    cover(tx, ObjectionId(id), contact_hash, "itself", None, seq, at).await?;
    Ok(PutObjection { id: ObjectionId(id), new: true })
}

/// Covers a contact by an objection. True where it was not covered by this one.
pub(super) async fn cover(
    tx: &mut Tx,
    id: ObjectionId,
    contact_hash: &[u8],
    how: &str,
    question: Option<i64>,
    event: i64,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let (kept, until) = (Retention::Objection.as_str(), Retention::Objection.until(at));
    let new = tx
        .run(
            "INSERT INTO objection_reach (request_id, contact_hash, how, question_id, at, retention, delete_after) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (request_id, contact_hash) DO NOTHING",
            args![id.0, contact_hash, how, question, at, kept, until],
        )
        .await?;
    tx.run(
        "INSERT INTO objection (contact_hash, at, event_seq, retention, delete_after) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (contact_hash) DO NOTHING",
        args![contact_hash, at, event, kept, until],
    )
    .await?;
    Ok(new == 1)
}

/// Takes an objection out of force: its own covers go, those of others stay.
async fn end(tx: &mut Tx, id: ObjectionId, by: &str, at: Timestamp) -> Result<(), StoreError> {
    tx.run(
        "UPDATE objection_request SET withdrawn_at = $2, withdrawn_by = $3 WHERE id = $1 AND withdrawn_at IS NULL",
        args![id.0, at, by],
    )
    .await?;
    uncover(tx, id, None).await
}

/// Takes back what an objection covers, or what one decision about it covers.
pub(super) async fn uncover(tx: &mut Tx, id: ObjectionId, question: Option<i64>) -> Result<(), StoreError> {
    let which = if question.is_some() { "AND question_id = $2" } else { "AND $2 = 0" };
    let arguments = || args![id.0, question.unwrap_or(0)];
    let covered = tx
        .all_of(format!("SELECT contact_hash FROM objection_reach WHERE request_id = $1 {which}"), arguments())
        .await?;
    match question {
        Some(question) => {
            tx.run("DELETE FROM objection_reach WHERE request_id = $1 AND question_id = $2", args![id.0, question])
                .await?
        }
        None => tx.run("DELETE FROM objection_reach WHERE request_id = $1", args![id.0]).await?,
    };
    for row in covered {
        tx.run(
            "DELETE FROM objection WHERE contact_hash = $1 AND NOT EXISTS \
             (SELECT 1 FROM objection_reach c WHERE c.contact_hash = $1)",
            args![row.blob(0)?],
        )
        .await?;
    }
    Ok(())
}

/// Takes back the objection that an attempt recorded, with the attempt. Which ones.
pub(super) async fn undo_of_attempt(
    tx: &mut Tx,
    attempt: AttemptId,
    by: AccountId,
    at: Timestamp,
) -> Result<Vec<ObjectionId>, StoreError> {
    let name = crate::people::account_name(tx, by).await?;
    let rows = tx
        .all("SELECT id FROM objection_request WHERE attempt_id = $1 AND withdrawn_at IS NULL", args![attempt.0])
        .await?;
    let mut ended = Vec::with_capacity(rows.len());
    for row in rows {
        let id = ObjectionId(row.int(0)?);
        end(tx, id, &name, at).await?;
        ended.push(id);
    }
    Ok(ended)
}

fn request(keys: &Keys, row: &Row) -> Result<ObjectionRow, StoreError> {
    let withdrawn = match row.opt_time(7)? {
        Some(at) => Some((at, row.opt_text(8)?.unwrap_or_default())),
        None => None,
    };
    Ok(ObjectionRow {
        id: ObjectionId(row.int(0)?),
        at: row.time(1)?,
        channel: ObjectionChannel::parse(&row.text(2)?).ok_or(StoreError::Corrupt { what: "an objection's way" })?,
        by: row.text(3)?,
        contact: keys.pseudonym(&row.blob(4)?),
        covers: row.count(5)?,
        open: row.count(6)?,
        withdrawn,
    })
}
