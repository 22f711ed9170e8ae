//! What leaves the house in figures: the rows that they are counted from, and the register of what was released.
//!
//! **Invariant**: nothing of a contact, an ad's text or a picture is read here. Ads are the store's own numbers; who receives
//! a package sees them through a key of that recipient alone.

mod counted;
mod events;

pub use counted::{CountedAd, CountedQuery};
pub use events::{CountedAssignment, CountedAttempt, CountedDecision, CountedLine, CountedRun, SourceCounts};

use crate::chain;
use crate::db::{Row, args};
use crate::keys::Purpose;
use crate::{Actor, Store, StoreError};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::Sha256;

/// Pseudonyms for one recipient: another recipient's cannot be joined with them.
#[derive(Clone)]
pub struct Pseudonyms {
    mac: Hmac<Sha256>,
}

impl Pseudonyms {
    /// The pseudonym of something of a kind (`advertiser`, `network`, `ad`): a letter and sixteen characters.
    pub fn of(&self, kind: &str, id: &str) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut mac = self.mac.clone();
        for part in [kind, id] {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        let hash = mac.finalize().into_bytes();
        let name: String = hash.iter().take(16).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect();
        format!("{}-{name}", kind.get(..1).unwrap_or("x"))
    }
}

/// A release to note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelease {
    /// `package` or `report`.
    pub kind: &'static str,
    /// What makes two releases the same one: recipient, period, time, versions.
    pub identity: String,
    /// To whom.
    pub recipient: String,
    /// Of which programme.
    pub programme: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// What it showed and withheld, as given.
    pub cells: String,
    /// `sha256:…` of it.
    pub checksum: String,
    /// When.
    pub at: Timestamp,
}

/// A release in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    /// Its number.
    pub id: i64,
    /// `package` or `report`.
    pub kind: String,
    /// What makes two releases the same one.
    pub identity: String,
    /// To whom.
    pub recipient: String,
    /// What it showed and withheld.
    pub cells: String,
    /// `sha256:…` of it.
    pub checksum: String,
    /// When it was first made.
    pub at: Timestamp,
}

impl Store {
    /// The pseudonyms of a recipient, from the master key and the recipient's name.
    pub fn recipient_pseudonyms(&self, recipient: &str) -> Result<Pseudonyms, StoreError> {
        let key = self.keys().hash(Purpose::Recipient, &[recipient.as_bytes()]);
        let mac =
            Hmac::<Sha256>::new_from_slice(&key).map_err(|_| StoreError::Corrupt { what: "a recipient's key" })?;
        Ok(Pseudonyms { mac })
    }

    /// The releases of a programme that came before the one of this kind and identity was first made (all, if it never was), the
    /// oldest first. What a release withholds depends on these alone, so that it can be made again.
    pub async fn releases_before(
        &self,
        programme: &str,
        kind: &str,
        identity: &str,
    ) -> Result<Vec<ReleaseRow>, StoreError> {
        let mut tx = self.read("reading the register of releases").await?;
        let rows = tx
            .all(
                "SELECT r.id, r.kind, r.identity, r.recipient, r.cells, r.checksum, r.at FROM release r \
                 WHERE r.programme = $1 AND r.id < coalesce((SELECT min(o.id) FROM release o WHERE o.programme = $1 \
                 AND o.kind = $2 AND o.identity = $3), CAST(9223372036854775807 AS BIGINT)) ORDER BY r.id",
                args![programme, kind, identity],
            )
            .await?;
        let release = |row: &Row| {
            Ok(ReleaseRow {
                id: row.int(0)?,
                kind: row.text(1)?,
                identity: row.text(2)?,
                recipient: row.text(3)?,
                cells: row.text(4)?,
                checksum: row.text(5)?,
                at: row.time(6)?,
            })
        };
        rows.iter().map(release).collect()
    }

    /// Notes a release as an event and in the register. One that is there already is left as it is; false then.
    pub async fn note_release(&self, release: &NewRelease, actor: &Actor) -> Result<bool, StoreError> {
        let mut tx = self.write("noting a release").await?;
        let known = tx
            .one(
                "SELECT id FROM release WHERE programme = $1 AND kind = $2 AND identity = $3",
                args![&release.programme, release.kind, &release.identity],
            )
            .await?;
        if known.is_some() {
            return Ok(false);
        }
        let body = serde_json::json!({
            "kind": release.kind, "recipient": release.recipient, "programme": release.programme,
            "from": release.from.to_string(), "to": release.to.to_string(),
            "as_of": release.as_of.as_millisecond(), "checksum": release.checksum,
        });
        let seq = chain::event(&mut tx, self.keys(), "release", actor, body, release.at).await?;
        tx.run(
            "INSERT INTO release (kind, identity, recipient, programme, from_day, to_day, as_of, cells, checksum, event_seq, \
             at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                release.kind,
                &release.identity,
                &release.recipient,
                &release.programme,
                release.from.to_string(),
                release.to.to_string(),
                release.as_of,
                &release.cells,
                &release.checksum,
                seq,
                release.at
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}
