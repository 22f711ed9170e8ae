//! Chained rows: each commits to what was done and to the row before it. Payloads lie beside them, sealed, and may be
//! deleted without breaking the chain.

use crate::db::{Tx, args};
use crate::keys::{Keys, Purpose, to_hex};
use crate::retention::Retention;
use crate::{AccountId, Actor, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Which chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chain {
    Event,
    Audit,
}

struct Texts {
    name: &'static str,
    payload: &'static str,
    insert: &'static str,
    insert_payload: &'static str,
    walk: &'static str,
    newest: &'static str,
    delete_payloads: &'static str,
    hash_at: &'static str,
}

const EVENT: Texts = Texts {
    name: "event",
    payload: "event_payload",
    insert: "INSERT INTO event (seq, at, kind, commitment, hash) VALUES ($1, $2, $3, $4, $5)",
    insert_payload: "INSERT INTO event_payload (seq, body_sealed, retention, delete_after) VALUES ($1, $2, $3, $4)",
    walk: "SELECT e.seq, e.at, e.kind, e.commitment, e.hash, p.body_sealed FROM event e \
           LEFT JOIN event_payload p ON p.seq = e.seq WHERE e.seq > $1 ORDER BY e.seq LIMIT 1000",
    newest: "SELECT e.seq, e.at, e.kind, p.body_sealed FROM event e LEFT JOIN event_payload p ON p.seq = e.seq \
             WHERE e.seq < $1 ORDER BY e.seq DESC LIMIT $2",
    delete_payloads: "DELETE FROM event_payload WHERE seq BETWEEN $1 AND $2",
    hash_at: "SELECT hash FROM event WHERE seq = $1",
};

const AUDIT: Texts = Texts {
    name: "audit",
    payload: "audit_payload",
    insert: "INSERT INTO audit (seq, at, kind, commitment, hash) VALUES ($1, $2, $3, $4, $5)",
    insert_payload: "INSERT INTO audit_payload (seq, body_sealed, retention, delete_after) VALUES ($1, $2, $3, $4)",
    walk: "SELECT e.seq, e.at, e.kind, e.commitment, e.hash, p.body_sealed FROM audit e \
           LEFT JOIN audit_payload p ON p.seq = e.seq WHERE e.seq > $1 ORDER BY e.seq LIMIT 1000",
    newest: "SELECT e.seq, e.at, e.kind, p.body_sealed FROM audit e LEFT JOIN audit_payload p ON p.seq = e.seq \
             WHERE e.seq < $1 ORDER BY e.seq DESC LIMIT $2",
    delete_payloads: "DELETE FROM audit_payload WHERE seq BETWEEN $1 AND $2",
    hash_at: "SELECT hash FROM audit WHERE seq = $1",
};

impl Chain {
    fn texts(self) -> &'static Texts {
        match self {
            Chain::Event => &EVENT,
            Chain::Audit => &AUDIT,
        }
    }
}

/// What lies in a payload row.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    /// Account, if somebody was signed in.
    pub account: Option<i64>,
    /// User of the machine or job, otherwise.
    pub system: Option<String>,
    /// Why (audit rows).
    pub purpose: Option<String>,
    /// Of whom or which (audit rows).
    pub subject: Option<String>,
    /// What (events). Ads are named by the store's own numbers.
    pub body: Option<serde_json::Value>,
}

impl Payload {
    pub(crate) fn of(actor: &Actor) -> Self {
        let (account, system) = match actor {
            Actor::Account(id) => (Some(id.0), None),
            Actor::System(name) => (None, Some(name.clone())),
        };
        Self { account, system, purpose: None, subject: None, body: None }
    }
    pub(crate) fn actor(&self) -> Actor {
        match (self.account, &self.system) {
            (Some(id), _) => Actor::Account(AccountId(id)),
            (None, name) => Actor::System(name.clone().unwrap_or_default()),
        }
    }
}

/// Why payloads were deleted on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Their time was over.
    Retention,
    /// A person's right.
    Erasure,
}

impl Gone {
    fn as_str(self) -> &'static str {
        match self {
            Gone::Retention => "retention",
            Gone::Erasure => "erasure",
        }
    }
}

fn gone_mac(keys: &Keys, chain: Chain, first: i64, last: i64, at: i64, why: &str) -> [u8; 32] {
    let name = chain.texts().name.as_bytes();
    let (first, last, at) = (first.to_le_bytes(), last.to_le_bytes(), at.to_le_bytes());
    keys.hash(Purpose::Chain, &[b"payload_gone", name, &first, &last, &at, why.as_bytes()])
}

/// Deletes payloads (sequences sorted) and vouches for each run of them, so that the chain still verifies. Payloads that
/// are missing without this were taken away.
pub(crate) async fn delete_payloads(
    tx: &mut Tx,
    keys: &Keys,
    chain: Chain,
    sorted: &[i64],
    at: Timestamp,
    why: Gone,
) -> Result<(), StoreError> {
    let texts = chain.texts();
    let mut from = 0;
    while from < sorted.len() {
        let mut to = from;
        while to + 1 < sorted.len() && sorted[to + 1] == sorted[to] + 1 {
            to += 1;
        }
        let (first, last) = (sorted[from], sorted[to]);
        tx.run(texts.delete_payloads, args![first, last]).await?;
        let mac = gone_mac(keys, chain, first, last, at.as_millisecond(), why.as_str());
        tx.run(
            "INSERT INTO payload_gone (chain, first_seq, last_seq, at, why, mac) VALUES ($1, $2, $3, $4, $5, $6)",
            args![texts.name, first, last, at, why.as_str(), mac],
        )
        .await?;
        from = to + 1;
    }
    Ok(())
}

/// The ranges of payloads that went on purpose, sorted; one that nobody vouches for is a fault.
async fn gone_ranges(
    tx: &mut Tx,
    keys: &Keys,
    chain: Chain,
    faults: &mut Vec<(String, i64, String)>,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let name = chain.texts().name;
    let rows = tx
        .all(
            "SELECT first_seq, last_seq, at, why, mac FROM payload_gone WHERE chain = $1 ORDER BY first_seq",
            args![name],
        )
        .await?;
    let mut ranges = Vec::with_capacity(rows.len());
    for row in &rows {
        let (first, last) = (row.int(0)?, row.int(1)?);
        if gone_mac(keys, chain, first, last, row.int(2)?, &row.text(3)?)[..] == row.blob(4)?[..] {
            ranges.push((first, last));
        } else {
            faults.push((name.to_owned(), first, "a deletion is recorded that bavn did not make".to_owned()));
        }
    }
    Ok(ranges)
}

/// The hash of a row, to compare with an anchor; and the head's sequence.
pub(crate) async fn hash_at(tx: &mut Tx, chain: Chain, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    if seq == 0 {
        return Ok(Some(vec![0; 32]));
    }
    tx.one(chain.texts().hash_at, args![seq]).await?.map(|row| row.blob(0)).transpose()
}

/// The head of a chain: sequence and hash.
pub(crate) async fn head(tx: &mut Tx, chain: Chain) -> Result<(i64, Vec<u8>), StoreError> {
    match tx.one("SELECT seq, hash FROM chain_head WHERE chain = $1", args![chain.texts().name]).await? {
        Some(row) => Ok((row.int(0)?, row.blob(1)?)),
        None => Ok((0, vec![0; 32])),
    }
}

fn commitment(keys: &Keys, chain: Chain, seq: i64, body: &[u8]) -> [u8; 32] {
    keys.hash(Purpose::Chain, &[chain.texts().payload.as_bytes(), &seq.to_le_bytes(), body])
}

fn link(keys: &Keys, chain: Chain, before: &[u8], seq: i64, at: i64, kind: &str, commitment: &[u8]) -> [u8; 32] {
    let name = chain.texts().name.as_bytes();
    keys.hash(Purpose::Chain, &[name, before, &seq.to_le_bytes(), &at.to_le_bytes(), kind.as_bytes(), commitment])
}

/// Appends a row. Locks the chain until the transaction ends, so that it has one order.
pub(crate) async fn append(
    tx: &mut Tx,
    keys: &Keys,
    chain: Chain,
    at: Timestamp,
    kind: &str,
    payload: &Payload,
) -> Result<i64, StoreError> {
    let texts = chain.texts();
    tx.run(
        "INSERT INTO chain_head (chain, seq, hash) VALUES ($1, 0, $2) ON CONFLICT (chain) DO NOTHING",
        args![texts.name, [0_u8; 32]],
    )
    .await?;
    let head = tx
        .one("UPDATE chain_head SET seq = seq + 1 WHERE chain = $1 RETURNING seq, hash", args![texts.name])
        .await?
        .ok_or(StoreError::Corrupt { what: "the head of a chain" })?;
    let (seq, before) = (head.int(0)?, head.blob(1)?);
    let body = serde_json::to_vec(payload).map_err(|_| StoreError::Corrupt { what: "a payload" })?;
    let commitment = commitment(keys, chain, seq, &body);
    let hash = link(keys, chain, &before, seq, at.as_millisecond(), kind, &commitment);
    tx.run(texts.insert, args![seq, at, kind, commitment, hash]).await?;
    let sealed = keys.seal(texts.payload, &seq.to_le_bytes(), "body", &body)?;
    let retention = Retention::Audit;
    tx.run(texts.insert_payload, args![seq, sealed, retention.as_str(), retention.until(at)]).await?;
    tx.run("UPDATE chain_head SET hash = $2 WHERE chain = $1", args![texts.name, hash]).await?;
    Ok(seq)
}

/// Holds the chain of events until the transaction ends: what is read from here on is what the last writer left.
pub(crate) async fn hold(tx: &mut Tx) -> Result<(), StoreError> {
    tx.run("UPDATE chain_head SET seq = seq WHERE chain = $1", args![Chain::Event.texts().name]).await?;
    Ok(())
}

/// Appends an event.
pub(crate) async fn event(
    tx: &mut Tx,
    keys: &Keys,
    kind: &str,
    actor: &Actor,
    body: serde_json::Value,
    at: Timestamp,
) -> Result<i64, StoreError> {
    let mut payload = Payload::of(actor);
    payload.body = Some(body);
    append(tx, keys, Chain::Event, at, kind, &payload).await
}

/// The newest rows before a sequence: sequence, time, kind, payload.
pub(crate) async fn newest(
    tx: &mut Tx,
    keys: &Keys,
    chain: Chain,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<(i64, Timestamp, String, Option<Payload>)>, StoreError> {
    let texts = chain.texts();
    let rows = tx.all(texts.newest, args![before.unwrap_or(i64::MAX), limit]).await?;
    rows.iter()
        .map(|row| {
            let seq = row.int(0)?;
            let payload = match row.opt_blob(3)? {
                Some(blob) => {
                    let body = keys.open(texts.payload, &seq.to_le_bytes(), "body", &blob)?;
                    Some(serde_json::from_slice(&body).map_err(|_| StoreError::Corrupt { what: "a payload" })?)
                }
                None => None,
            };
            Ok((seq, row.time(1)?, row.text(2)?, payload))
        })
        .collect()
}

/// Walks a chain: number of rows, head as hex, and what does not hold.
pub(crate) async fn verify(
    tx: &mut Tx,
    keys: &Keys,
    chain: Chain,
    faults: &mut Vec<(String, i64, String)>,
) -> Result<(i64, String), StoreError> {
    let texts = chain.texts();
    let gone = gone_ranges(tx, keys, chain, faults).await?;
    let mut gone = gone.iter().peekable();
    let (mut before, mut last, mut rows) = (vec![0_u8; 32], 0, 0);
    let mut fault = |seq: i64, what: &str| faults.push((texts.name.to_owned(), seq, what.to_owned()));
    loop {
        let batch = tx.all(texts.walk, args![last]).await?;
        if batch.is_empty() {
            break;
        }
        for row in &batch {
            let (seq, at, kind) = (row.int(0)?, row.int(1)?, row.text(2)?);
            let (kept, hash) = (row.blob(3)?, row.blob(4)?);
            if seq != last + 1 {
                fault(last + 1, "rows are missing");
            }
            if link(keys, chain, &before, seq, at, &kind, &kept)[..] != hash[..] {
                fault(seq, "the row or the one before it was changed");
            }
            while gone.next_if(|(_, end)| *end < seq).is_some() {}
            match row.opt_blob(5)? {
                Some(blob) => match keys.open(texts.payload, &seq.to_le_bytes(), "body", &blob) {
                    Ok(body) if commitment(keys, chain, seq, &body)[..] == kept[..] => {}
                    _ => fault(seq, "the payload is not the one committed to"),
                },
                None if gone.peek().is_some_and(|(first, end)| (*first..=*end).contains(&seq)) => {}
                None => fault(seq, "the payload was removed, and neither a clock nor an erasure did it"),
            }
            (before, last) = (hash, seq);
            rows += 1;
        }
    }
    let (head_seq, head_hash) = head(tx, chain).await?;
    if head_seq != last || head_hash != before {
        fault(last, "the chain's end was cut off");
    }
    Ok((rows, to_hex(&before)))
}
