//! Human acts as a chain of commitments. What was done lies in a row that retention may delete; the chain still holds.

use crate::{Actor, Store, StoreError};
use jiff::Timestamp;

/// A recorded act.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRow {
    /// Its place in the chain, from 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// `decision`, `undo_decision`, `claim`, `release`, `attempt`, `undo_attempt`, `outcome`, `objection`,
    /// `judgement`, `undo_judgement`, `list`, `urgent_closed`, `account`, `configuration`, `site_wish`, …
    pub kind: String,
    /// Who; `None` once retention has deleted the payload.
    pub actor: Option<Actor>,
    /// The payload; `None` once retention has deleted it.
    pub payload: Option<serde_json::Value>,
}

/// Whether the chains of events and audit rows hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    /// Rows in the chain of events.
    pub events: i64,
    /// Head of the chain of events, hex.
    pub events_head: String,
    /// Rows in the chain of audit rows.
    pub audits: i64,
    /// Head of the chain of audit rows, hex.
    pub audits_head: String,
    /// What does not hold: chain, sequence, what about it. Empty when all is well.
    pub faults: Vec<(String, i64, String)>,
}

impl Store {
    /// Records an act that has no method of its own (configuration change, notice sent). Returns its sequence.
    pub async fn record_event(
        &self,
        kind: &'static str,
        actor: &Actor,
        payload: &serde_json::Value,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        todo!()
    }

    /// The newest events, newest first.
    pub async fn events(&self, before_seq: Option<i64>, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        todo!()
    }

    /// Recomputes both chains and every commitment whose payload is still there.
    pub async fn audit_verify(&self) -> Result<ChainCheck, StoreError> {
        todo!()
    }
}
