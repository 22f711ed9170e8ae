//! Anchors: the heads of both chains, signed, to be kept outside the data folder. Whoever cuts the newest rows off a
//! database, or puts an older copy in its place, leaves a chain that holds in itself; the anchor tells.

use crate::chain::{self, Chain};
use crate::keys::{Purpose, from_hex, to_hex};
use crate::{Store, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why an anchor was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnchorKind {
    /// By the day or by hand.
    Regular,
    /// A backup was restored: from here on the chains go on from an earlier head.
    Restored,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Rows so far.
    pub seq: i64,
    /// Hash of the last one, hex.
    pub hash: String,
}

/// Both heads at a time, signed with the master key. One line of JSON in the anchor file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub kind: AnchorKind,
    /// Place in the file, from 1.
    pub number: i64,
    /// Head of the chain of events.
    pub events: Head,
    /// Head of the chain of audit rows.
    pub audits: Head,
    /// Keyed hash over the rest, hex.
    pub mac: String,
}

/// Kept beside the chains: how many anchors the file holds, so that a shortened file shows.
const COUNT: &str = "anchors";

impl Store {
    /// The anchor that comes after `number` others. Nothing is kept until [`Store::anchored`].
    pub async fn anchor(&self, kind: AnchorKind, number: i64, at: Timestamp) -> Result<Anchor, StoreError> {
        let mut tx = self.read("reading the heads of the chains").await?;
        let events = chain::head(&mut tx, Chain::Event).await?;
        let audits = chain::head(&mut tx, Chain::Audit).await?;
        let head = |(seq, hash): (i64, Vec<u8>)| Head { seq, hash: to_hex(&hash) };
        let (events, audits) = (head(events), head(audits));
        let mut anchor = Anchor { at, kind, number, events, audits, mac: String::new() };
        anchor.mac = to_hex(&self.anchor_mac(&anchor));
        Ok(anchor)
    }

    fn anchor_mac(&self, anchor: &Anchor) -> [u8; 32] {
        let kind: &[u8] = match anchor.kind {
            AnchorKind::Regular => b"regular",
            AnchorKind::Restored => b"restored",
        };
        self.keys().hash(
            Purpose::Chain,
            &[
                b"anchor",
                kind,
                &anchor.number.to_le_bytes(),
                &anchor.at.as_millisecond().to_le_bytes(),
                &anchor.events.seq.to_le_bytes(),
                anchor.events.hash.as_bytes(),
                &anchor.audits.seq.to_le_bytes(),
                anchor.audits.hash.as_bytes(),
            ],
        )
    }

    /// Notes that the file now holds this anchor.
    pub async fn anchored(&self, anchor: &Anchor) -> Result<(), StoreError> {
        self.put_setting(COUNT, &anchor.number.to_string()).await
    }

    /// How many anchors the file is to hold at least.
    pub async fn anchors_kept(&self) -> Result<i64, StoreError> {
        let kept = self.setting(COUNT).await?;
        kept.map_or(Ok(0), |text| text.parse().map_err(|_| StoreError::Corrupt { what: "the count of anchors" }))
    }

    /// Compares the chains with the anchors of the file, in its order: chain, sequence, what does not hold.
    pub async fn check_anchors(&self, anchors: &[Anchor]) -> Result<Vec<(String, i64, String)>, StoreError> {
        let mut faults = Vec::new();
        let mut fault = |chain: &str, seq: i64, what: String| faults.push((chain.to_owned(), seq, what));
        let kept = self.anchors_kept().await?;
        let found = i64::try_from(anchors.len()).unwrap_or(i64::MAX);
        if found < kept {
            fault("anchors", found, format!("{kept} anchors were written, the file holds {found}"));
        }
        let mut tx = self.read("comparing the chains with their anchors").await?;
        for (place, anchor) in anchors.iter().enumerate() {
            let number = i64::try_from(place + 1).unwrap_or(i64::MAX);
            if anchor.number != number || self.anchor_mac(anchor)[..] != from_hex(&anchor.mac).unwrap_or_default()[..] {
                fault("anchors", number, "the anchor was changed, or another key made it".to_owned());
                continue;
            }
            for (chain, name, head) in
                [(Chain::Event, "event", &anchor.events), (Chain::Audit, "audit", &anchor.audits)]
            {
                // A restore went back behind this anchor: what it says was true of rows that are no more.
                let taken_back = anchors[place + 1..].iter().any(|later| {
                    let to = if chain == Chain::Event { later.events.seq } else { later.audits.seq };
                    later.kind == AnchorKind::Restored && to < head.seq
                });
                if taken_back {
                    continue;
                }
                match chain::hash_at(&mut tx, chain, head.seq).await? {
                    Some(hash) if to_hex(&hash) == head.hash => {}
                    Some(_) => fault(name, head.seq, format!("the row is not the one anchored at {}", anchor.at)),
                    None => fault(
                        name,
                        head.seq,
                        format!("the chain was cut: at {} it had this row, anchored outside the store", anchor.at),
                    ),
                }
            }
        }
        Ok(faults)
    }
}
