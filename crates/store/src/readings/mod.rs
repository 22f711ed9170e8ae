//! What was read in ad versions, and what linking and rules get of it.

pub(crate) mod facts;

pub use facts::{InPassing, KnownAd};

use crate::ads::{BATCH, image_key, version_place};
use crate::db::{Row, Tx, args};
use crate::keys::{Keys, Purpose, contact_kind};
use crate::retention::Retention;
use crate::{Look, Store, StoreError, VersionRow};
use domain::{AdContent, AdRef, Contact, MaskedText, PdqHash, Reading, SiteId, VersionFacts};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

/// A version that the present reader has not read.
#[derive(Debug, Clone)]
pub struct UnreadVersion {
    /// Its row.
    pub row: VersionRow,
    /// Which ad.
    pub ad: AdRef,
    /// Which version, from 1.
    pub version: u32,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// What it says, with the image hashes known by now.
    pub content: AdContent,
}

/// The versions that reader `$1` has not read, as ranges of the index over readers: a batch looks at what is new, not at
/// all that was ever read.
pub(crate) const UNREAD: [&str; 3] = ["v.reader_version IS NULL", "v.reader_version < $1", "v.reader_version > $1"];

/// A version without a sighting was set aside by a run that failed. One whose contacts are gone stays as it was read: its
/// text would be read without them.
const SEEN: &str = "v.contacts_gone_at IS NULL AND EXISTS (SELECT 1 FROM sighting g WHERE g.ad_id = v.ad_id AND g.version = v.version)";

/// Up to `$2` unread versions of a range.
pub(crate) fn unread_sql(range: &str) -> String {
    // An argument that a range does not name would be without a type.
    let all = if range.contains("$1") { "" } else { " AND CAST($1 AS TEXT) IS NOT NULL" };
    format!(
        "SELECT v.id, v.ad_id, v.version, v.content_sealed, s.site, a.key_hash, a.site_ad_id_sealed, \
         (SELECT min(g.first_at) FROM sighting g WHERE g.ad_id = v.ad_id AND g.version = v.version), \
         (SELECT max(g.last_at) FROM sighting g WHERE g.ad_id = v.ad_id AND g.version = v.version) \
         FROM ad_version v JOIN ad a ON a.id = v.ad_id JOIN site s ON s.id = a.site_id \
         WHERE {range} AND {SEEN}{all} ORDER BY v.reader_version, v.id LIMIT $2"
    )
}

/// What was read in a version.
#[derive(Debug, Clone)]
pub struct ReadingRow {
    /// Its row.
    pub row: VersionRow,
    /// Reader, lexicon and catalogue that read it.
    pub reader_version: String,
    /// The mentions, spans in the original.
    pub reading: Reading,
    /// What linking and rules need; firings in masked offsets.
    pub facts: VersionFacts,
    /// The masked texts: title, body, then fields by name.
    pub masked: Vec<MaskedText>,
}

/// A version with its reading, for exports.
#[derive(Debug, Clone)]
pub struct ReadAdRow {
    /// Which ad.
    pub ad: AdRef,
    /// Which version.
    pub version: u32,
    /// What it says.
    pub content: AdContent,
    /// What was read in it.
    pub reading: Reading,
    /// Facts, with the firings of this version.
    pub facts: VersionFacts,
    /// Masked texts, which turn firings' offsets back into the original's.
    pub masked: Vec<MaskedText>,
}

/// What lies sealed in a reading's row.
#[derive(Serialize, Deserialize)]
struct Body {
    reading: Reading,
    facts: VersionFacts,
}

/// The part of it that an analysis needs.
#[derive(Deserialize)]
struct FactsBody {
    facts: VersionFacts,
}

impl Store {
    /// Versions that `reader_version` has not read, at most `limit`: first those that nobody has read, in row order.
    pub async fn unread_versions(&self, reader_version: &str, limit: u32) -> Result<Vec<UnreadVersion>, StoreError> {
        let mut tx = self.read("looking for unread ads").await?;
        let mut rows = Vec::new();
        for range in UNREAD {
            let missing = i64::from(limit) - i64::try_from(rows.len()).unwrap_or(i64::MAX);
            if missing > 0 {
                rows.extend(tx.all_of(unread_sql(range), args![reader_version, missing]).await?);
            }
        }
        let mut unread = Vec::with_capacity(rows.len());
        for row in &rows {
            let (ad_id, version) = (row.int(1)?, row.int(2)?);
            let mut content: AdContent =
                self.keys().open_json("ad_version", &version_place(ad_id, version), "content", &row.blob(3)?)?;
            fill_hashes(&mut tx, self.keys(), ad_id, &mut content).await?;
            unread.push(UnreadVersion {
                row: VersionRow(row.int(0)?),
                ad: ad_ref(self.keys(), row.text(4)?, &row.blob(5)?, &row.blob(6)?)?,
                version: row.count(2)?,
                first_seen: row.time(7)?,
                last_seen: row.time(8)?,
                content,
            });
        }
        Ok(unread)
    }

    /// Every version counts as unread again, so that the next analysis reads all of them.
    pub async fn forget_readings(&self) -> Result<(), StoreError> {
        let mut tx = self.write("forgetting readings").await?;
        tx.run(
            "UPDATE ad_version SET reader_version = NULL WHERE reader_version IS NOT NULL \
             AND contacts_gone_at IS NULL",
            args![],
        )
        .await?;
        tx.commit().await
    }

    /// How many versions `reader_version` has not read.
    pub async fn unread_count(&self, reader_version: &str) -> Result<u64, StoreError> {
        let mut tx = self.read("counting unread ads").await?;
        let mut count = 0;
        for range in UNREAD {
            let sql =
                format!("SELECT count(*) FROM ad_version v WHERE {range} AND {SEEN} AND CAST($1 AS TEXT) IS NOT NULL");
            for row in tx.all_of(sql, args![reader_version]).await? {
                count += row.int(0)?.unsigned_abs();
            }
        }
        Ok(count)
    }

    /// Keeps readings, contacts and places. Each version is whole; the same again changes nothing.
    pub async fn put_readings(&self, rows: &[ReadingRow], at: Timestamp) -> Result<(), StoreError> {
        let mut rest = rows.iter().peekable();
        let mut known = HashMap::new();
        while rest.peek().is_some() {
            let mut tx = self.write("keeping what was read in ads").await?;
            let started = Instant::now();
            // Contacts made in a transaction that fails are not known afterwards.
            let mut fresh = known.clone();
            for row in rest.by_ref() {
                self.put_reading(&mut tx, row, at, &mut fresh).await?;
                if started.elapsed() > BATCH {
                    break;
                }
            }
            tx.commit().await?;
            known = fresh;
        }
        Ok(())
    }

    async fn put_reading(
        &self,
        tx: &mut Tx,
        row: &ReadingRow,
        at: Timestamp,
        known: &mut HashMap<[u8; 32], i64>,
    ) -> Result<(), StoreError> {
        let keys = self.keys();
        let (id, ad) = (row.row.0, Retention::Ad.as_str());
        let until = Retention::Ad.until(row.facts.last_seen);
        let masked = serde_json::to_string(&row.masked).map_err(|_| StoreError::Corrupt { what: "masked texts" })?;
        let ad_id = tx
            .one(
                "UPDATE ad_version SET masked = $2, reader_version = $3 WHERE id = $1 RETURNING ad_id",
                args![id, masked, &row.reader_version],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "ad version" })?
            .int(0)?;
        let sealed = seal_reading(keys, id, &row.reading, &row.facts)?;
        tx.run(
            "INSERT INTO reading (version_id, reader_version, body_sealed, read_at, retention, delete_after) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (version_id) DO UPDATE SET \
             reader_version = excluded.reader_version, body_sealed = excluded.body_sealed, read_at = excluded.read_at",
            args![id, &row.reader_version, sealed, at, ad, until],
        )
        .await?;
        for delete in [
            "DELETE FROM contact_mention WHERE version_id = $1",
            "DELETE FROM place_mention WHERE version_id = $1",
            "DELETE FROM language_mention WHERE version_id = $1",
            "DELETE FROM persona_mention WHERE version_id = $1",
            "DELETE FROM address_mention WHERE version_id = $1",
        ] {
            tx.run(delete, args![id]).await?;
        }
        crate::search::index(tx, row).await?;
        for (position, contact) in (0_i64..).zip(&row.facts.contacts) {
            let contact_id = ensure_contact(tx, keys, contact, at, known).await?;
            tx.run(
                "INSERT INTO contact_mention (version_id, contact_id, ad_id, position) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT DO NOTHING",
                args![id, contact_id, ad_id, position],
            )
            .await?;
        }
        for (position, place) in (0_i64..).zip(&row.facts.places) {
            tx.run(
                "INSERT INTO place_mention (version_id, position, ad_id, municipality_code, place) \
                 VALUES ($1, $2, $3, $4, $5)",
                args![id, position, ad_id, &place.municipality_code, &place.place],
            )
            .await?;
        }
        for (position, language) in (0_i64..).zip(&row.facts.languages) {
            tx.run(
                "INSERT INTO language_mention (version_id, position, ad_id, code) VALUES ($1, $2, $3, $4)",
                args![id, position, ad_id, &language.code],
            )
            .await?;
        }
        for (position, name) in (0_i64..).zip(&row.facts.names) {
            tx.run(
                "INSERT INTO persona_mention (version_id, position, ad_id, persona_hash) VALUES ($1, $2, $3, $4)",
                args![id, position, ad_id, keys.hash(Purpose::Persona, &[name.as_bytes()])],
            )
            .await?;
        }
        if let count @ 1.. = row.facts.addresses.len() {
            tx.run(
                "INSERT INTO address_mention (version_id, ad_id, addresses) VALUES ($1, $2, $3)",
                args![id, ad_id, i64::try_from(count).unwrap_or(i64::MAX)],
            )
            .await?;
        }
        Ok(())
    }

    /// Every read version first seen by `as_of`, sorted by ad and version, with its original text. Audited in the
    /// same transaction.
    pub async fn readings(&self, look: &Look, as_of: Option<Timestamp>) -> Result<Vec<ReadAdRow>, StoreError> {
        let mut tx = self.write("reading ads for an export").await?;
        look.write(&mut tx, self.keys()).await?;
        let hashes = all_hashes(&mut tx).await?;
        let rows = tx
            .all(
                "SELECT v.ad_id, v.version, v.content_sealed, v.masked, s.site, a.key_hash, a.site_ad_id_sealed, \
                 v.id, r.body_sealed FROM ad_version v JOIN reading r ON r.version_id = v.id \
                 JOIN ad a ON a.id = v.ad_id JOIN site s ON s.id = a.site_id \
                 WHERE EXISTS (SELECT 1 FROM sighting g WHERE g.ad_id = v.ad_id AND g.version = v.version \
                 AND g.first_at <= $1)",
                args![as_of.map_or(i64::MAX, |at| at.as_millisecond())],
            )
            .await?;
        tx.commit().await?;
        let keys = self.keys();
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let (ad_id, version) = (row.int(0)?, row.int(1)?);
            let mut content: AdContent =
                keys.open_json("ad_version", &version_place(ad_id, version), "content", &row.blob(2)?)?;
            put_hashes(keys, ad_id, &mut content.images, &hashes);
            let body: Body = keys.open_json("reading", &row.int(7)?.to_le_bytes(), "body", &row.blob(8)?)?;
            found.push(ReadAdRow {
                ad: ad_ref(keys, row.text(4)?, &row.blob(5)?, &row.blob(6)?)?,
                version: row.count(1)?,
                content,
                reading: body.reading,
                facts: body.facts,
                masked: masked_texts(row.opt_text(3)?)?,
            });
        }
        found.sort_by(|a, b| (&a.ad, a.version).cmp(&(&b.ad, b.version)));
        Ok(found)
    }
}

/// An ad's name from its row.
pub(crate) fn ad_ref(keys: &Keys, site: String, key: &[u8], sealed: &[u8]) -> Result<AdRef, StoreError> {
    Ok(AdRef { site: SiteId(site), ad_id: keys.open_text("ad", key, "site_ad_id", sealed)? })
}

/// Masked texts from their column.
pub(crate) fn masked_texts(json: Option<String>) -> Result<Vec<MaskedText>, StoreError> {
    match json {
        Some(json) => serde_json::from_str(&json).map_err(|_| StoreError::Corrupt { what: "masked texts" }),
        None => Ok(Vec::new()),
    }
}

/// A version's facts and reading from its sealed row.
pub(crate) fn open_reading(keys: &Keys, version_id: i64, blob: &[u8]) -> Result<(Reading, VersionFacts), StoreError> {
    let body: Body = keys.open_json("reading", &version_id.to_le_bytes(), "body", blob)?;
    Ok((body.reading, body.facts))
}

/// As it lies in a version's row.
pub(crate) fn seal_reading(
    keys: &Keys,
    version_id: i64,
    reading: &Reading,
    facts: &VersionFacts,
) -> Result<Vec<u8>, StoreError> {
    let body = Body { reading: reading.clone(), facts: facts.clone() };
    keys.seal_json("reading", &version_id.to_le_bytes(), "body", &body)
}

/// A version's facts alone.
fn open_facts(keys: &Keys, version_id: i64, blob: &[u8]) -> Result<VersionFacts, StoreError> {
    let body: FactsBody = keys.open_json("reading", &version_id.to_le_bytes(), "body", blob)?;
    Ok(body.facts)
}

/// The row of a contact; made where there is none.
async fn ensure_contact(
    tx: &mut Tx,
    keys: &Keys,
    contact: &Contact,
    at: Timestamp,
    known: &mut HashMap<[u8; 32], i64>,
) -> Result<i64, StoreError> {
    let hash = keys.contact(contact);
    if let Some(id) = known.get(&hash) {
        return Ok(*id);
    }
    const FIND: &str = "SELECT id, delete_after FROM contact WHERE contact_hash = $1";
    let id = match tx.one(FIND, args![hash]).await? {
        Some(row) => {
            let id = row.int(0)?;
            if row.opt_int(1)?.is_none() {
                // Its value was deleted when no ad showed it any more: one shows it again.
                let sealed = keys.seal_text("contact", &hash, "value", &contact.value)?;
                tx.run(
                    "UPDATE contact SET value_sealed = $2, delete_after = $3 WHERE id = $1",
                    args![id, sealed, Retention::Ad.until(at)],
                )
                .await?;
            }
            id
        }
        None => {
            let sealed = keys.seal_text("contact", &hash, "value", &contact.value)?;
            tx.run(
                "INSERT INTO contact (contact_hash, kind, value_sealed, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (contact_hash) DO NOTHING",
                args![hash, contact_kind(contact.kind), sealed, Retention::Ad.as_str(), Retention::Ad.until(at)],
            )
            .await?;
            tx.id(FIND, args![hash]).await?
        }
    };
    known.insert(hash, id);
    Ok(id)
}

/// Every picture's hash by (ad, hash of the source).
pub(super) type Hashes = BTreeMap<(i64, Vec<u8>), (PdqHash, u8)>;

async fn all_hashes(tx: &mut Tx) -> Result<Hashes, StoreError> {
    hashes(&tx.all("SELECT ad_id, source_hash, pdq, quality FROM image_hash", args![]).await?)
}

/// From rows of ad, source, hash and quality.
fn hashes(rows: &[Row]) -> Result<Hashes, StoreError> {
    rows.iter().map(|row| Ok(((row.int(0)?, row.blob(1)?), (pdq(&row.blob(2)?)?, quality(row.int(3)?))))).collect()
}

fn put_hashes(keys: &Keys, ad_id: i64, images: &mut [domain::Image], hashes: &Hashes) {
    for image in images {
        let key = (ad_id, image_key(keys, ad_id, &image.source).to_vec());
        if let Some((pdq, quality)) = hashes.get(&key) {
            (image.pdq, image.quality) = (Some(*pdq), *quality);
        }
    }
}

async fn fill_hashes(tx: &mut Tx, keys: &Keys, ad_id: i64, content: &mut AdContent) -> Result<(), StoreError> {
    for image in &mut content.images {
        let row = tx
            .one(
                "SELECT pdq, quality FROM image_hash WHERE ad_id = $1 AND source_hash = $2",
                args![ad_id, image_key(keys, ad_id, &image.source)],
            )
            .await?;
        if let Some(row) = row {
            (image.pdq, image.quality) = (Some(pdq(&row.blob(0)?)?), quality(row.int(1)?));
        }
    }
    Ok(())
}

fn pdq(blob: &[u8]) -> Result<PdqHash, StoreError> {
    blob.try_into().map(PdqHash).map_err(|_| StoreError::Corrupt { what: "a picture's hash" })
}

fn quality(number: i64) -> u8 {
    u8::try_from(number).unwrap_or(0)
}
