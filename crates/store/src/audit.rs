//! Reads of personal data by a person. Each writes a row in the transaction of the read.

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

impl Store {
    /// Writes an audit row for something that reads nothing here (sign-in, an export made elsewhere).
    pub async fn audit(&self, look: &Look) -> Result<i64, StoreError> {
        todo!()
    }

    /// The newest audit rows, newest first.
    pub async fn audit_entries(&self, before_seq: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        todo!()
    }
}
