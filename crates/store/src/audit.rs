//! Reads of personal data by a person. Each writes a row in the transaction of the read.

use crate::chain::{self, Chain, Payload};
use crate::db::Tx;
use crate::keys::Keys;
use crate::{AccountId, Store, StoreError};
use jiff::Timestamp;

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who is signed in.
    Account(AccountId),
    /// A user of the machine, at the command line, or a job (`job:list`).
    System(String),
}

/// A look at personal data: who, why, what. Its audit row is written in the transaction that reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Who.
    pub actor: Actor,
    /// Why, in words or from the configured list.
    pub purpose: String,
    /// What is looked at: `case`, `queue`, `list`, `contacts`, `export:mentions`, …
    pub what: &'static str,
    /// Of whom or which: a case id, an advertiser, a date and team; never a contact in clear.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}

/// A row of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What was looked at or done: the look's `what`, or `sign_in`, `sign_out`, `sign_in_failed`, `export`, …
    pub kind: String,
    /// Who; `None` once retention has deleted the payload.
    pub actor: Option<Actor>,
    /// Why.
    pub purpose: Option<String>,
    /// Of whom or which.
    pub subject: Option<String>,
}

impl Look {
    /// Writes the audit row in the transaction that reads.
    pub(crate) async fn write(&self, tx: &mut Tx, keys: &Keys) -> Result<i64, StoreError> {
        let mut payload = Payload::of(&self.actor);
        payload.purpose = Some(self.purpose.clone());
        payload.subject = Some(self.subject.clone());
        chain::append(tx, keys, Chain::Audit, self.at, self.what, &payload).await
    }
}

impl Store {
    /// Writes an audit row for something that reads nothing here (sign-in, an export made elsewhere).
    pub async fn audit(&self, look: &Look) -> Result<i64, StoreError> {
        let mut tx = self.write("writing an audit row").await?;
        let seq = look.write(&mut tx, self.keys()).await?;
        tx.commit().await?;
        Ok(seq)
    }

    /// The newest audit rows, newest first.
    pub async fn audit_entries(&self, before_seq: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let mut tx = self.read("reading the audit log").await?;
        let rows = chain::newest(&mut tx, self.keys(), Chain::Audit, before_seq, limit).await?;
        let entry = |(seq, at, kind, payload): (i64, Timestamp, String, Option<Payload>)| {
            let (actor, purpose, subject) = match payload {
                Some(payload) => (Some(payload.actor()), payload.purpose, payload.subject),
                None => (None, None, None),
            };
            AuditEntry { seq, at, kind, actor, purpose, subject }
        };
        Ok(rows.into_iter().map(entry).collect())
    }
}
