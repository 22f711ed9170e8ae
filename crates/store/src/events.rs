//! Human acts as a chain of commitments. What was done lies in a row that retention may delete; the chain still holds.

use crate::chain::{self, Chain, Payload};
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
        let mut tx = self.write("recording an act").await?;
        let seq = chain::event(&mut tx, self.keys(), kind, actor, payload.clone(), at).await?;
        tx.commit().await?;
        Ok(seq)
    }

    /// The newest events, newest first.
    pub async fn events(&self, before_seq: Option<i64>, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        let mut tx = self.read("reading the events").await?;
        let rows = chain::newest(&mut tx, self.keys(), Chain::Event, before_seq, limit).await?;
        let event = |(seq, at, kind, payload): (i64, Timestamp, String, Option<Payload>)| EventRow {
            seq,
            at,
            kind,
            actor: payload.as_ref().map(Payload::actor),
            payload: payload.and_then(|payload| payload.body),
        };
        Ok(rows.into_iter().map(event).collect())
    }

    /// Recomputes both chains and every commitment whose payload is still there.
    pub async fn audit_verify(&self) -> Result<ChainCheck, StoreError> {
        let mut tx = self.read("verifying the chains").await?;
        let mut faults = Vec::new();
        let (events, events_head) = chain::verify(&mut tx, self.keys(), Chain::Event, &mut faults).await?;
        let (audits, audits_head) = chain::verify(&mut tx, self.keys(), Chain::Audit, &mut faults).await?;
        Ok(ChainCheck { events, events_head, audits, audits_head, faults })
    }
}
