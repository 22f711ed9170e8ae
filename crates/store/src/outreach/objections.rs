//! Objections: a keyed hash of the contact and nothing else, so that they outlive the ads.

use super::AttemptId;
use crate::db::{Tx, args};
use crate::keys::Keys;
use crate::retention::Retention;
use crate::{Actor, Store, StoreError, chain};
use domain::Contact;
use jiff::Timestamp;

impl Store {
    /// Keeps an objection: only a keyed hash of the contact. True where it is new.
    pub async fn put_objection(&self, contact: &Contact, actor: &Actor, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write("keeping an objection").await?;
        let hash = self.keys().contact(contact);
        let new = put_objection_row(&mut tx, self.keys(), &hash, None, actor, at).await?;
        if !new {
            // One that a worker recorded can be undone with the attempt; the person's own stays.
            tx.run("UPDATE objection SET attempt_id = NULL WHERE contact_hash = $1", args![hash]).await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Keeps an objection by the contact's keyed hash alone, as a restore does. True where it is new.
    pub(crate) async fn put_objection_by_hash(
        &self,
        contact_hash: &[u8],
        actor: &Actor,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write("keeping an objection again").await?;
        let new = put_objection_row(&mut tx, self.keys(), contact_hash, None, actor, at).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// Whether an objection covers a contact.
    pub async fn has_objection(&self, contact: &Contact) -> Result<bool, StoreError> {
        let mut tx = self.read("asking for an objection").await?;
        let hash = self.keys().contact(contact);
        Ok(tx.one("SELECT at FROM objection WHERE contact_hash = $1", args![hash]).await?.is_some())
    }
}

/// Keeps an objection unless it is known. True where it is new.
pub(super) async fn put_objection_row(
    tx: &mut Tx,
    keys: &Keys,
    contact_hash: &[u8],
    attempt: Option<AttemptId>,
    actor: &Actor,
    at: Timestamp,
) -> Result<bool, StoreError> {
    if tx.one("SELECT at FROM objection WHERE contact_hash = $1", args![contact_hash]).await?.is_some() {
        return Ok(false);
    }
    let body = serde_json::json!({ "contact": keys.pseudonym(contact_hash), "attempt": attempt.map(|of| of.0) });
    let seq = chain::event(tx, keys, "objection", actor, body, at).await?;
    let new = tx
        .run(
            "INSERT INTO objection (contact_hash, at, event_seq, attempt_id, retention, delete_after) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (contact_hash) DO NOTHING",
            args![
                contact_hash,
                at,
                seq,
                attempt.map(|of| of.0),
                Retention::Objection.as_str(),
                Retention::Objection.until(at)
            ],
        )
        .await?;
    Ok(new == 1)
}
