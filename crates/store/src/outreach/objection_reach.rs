//! How far an objection goes beyond its own contact. What the rule says is worked out outside (`outreach::reach`); here
//! it is kept, asked of a named person where the rule does not decide, and taken back.

use super::objections::{ObjectionId, cover, uncover};
use super::{ContactRef, ObjectionChannel};
use crate::analysis::current;
use crate::db::{Tx, args};
use crate::people::by_name;
use crate::retention::Retention;
use crate::{Actor, Look, Store, StoreError, chain};
use domain::{AdvertiserId, Bilingual};
use jiff::Timestamp;
use std::collections::HashMap;

words!(
    /// How far a named person lets an objection go.
    Extent {
        /// No further than its own contact.
        Contact = "contact",
        /// To the whole advertiser, by whatever way.
        Advertiser = "advertiser",
    }
);

/// An objection at an advertiser of the current analysis that shows a contact which it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionAt {
    /// Which objection.
    pub id: ObjectionId,
    /// At whom.
    pub advertiser: AdvertiserId,
    /// What a named person decided there.
    pub decided: Option<Extent>,
}

/// What is to be kept of an objection's reach at an advertiser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// Where.
    pub at: ObjectionAt,
    /// Contacts that it covers from now on.
    pub covers: Vec<ContactRef>,
    /// Why a named person must decide, as the rule names it; empty where nothing is asked.
    pub ask: Vec<String>,
}

/// What a named person is to decide, or has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionQuestion {
    /// Its row; stands in forms.
    pub id: i64,
    /// The objection.
    pub objection: ObjectionId,
    /// When and how it was made.
    pub made: (Timestamp, ObjectionChannel),
    /// The contact as a pseudonym.
    pub contact: String,
    /// The advertiser as it is now; `None` where the ad is in no analysis any more.
    pub advertiser: Option<AdvertiserId>,
    /// Its network, to look at.
    pub network: Option<String>,
    /// Ads, persona names and contacts of the advertiser.
    pub size: (u32, u32, u32),
    /// Why it is asked.
    pub why: Vec<String>,
    /// What was decided, by whom, when and why.
    pub decided: Option<(Extent, String, Timestamp, String)>,
    /// Version that a decision must name.
    pub version: i64,
}

impl Store {
    /// Where objections in force meet advertisers of the current analysis: all, or those of one objection. A damped
    /// contact leads to nobody.
    pub async fn objections_at(&self, only: Option<ObjectionId>) -> Result<Vec<ObjectionAt>, StoreError> {
        let mut tx = self.read("asking whom objections concern").await?;
        let analysis = current(&mut tx).await?;
        let rows = tx
            .all(
                "SELECT DISTINCT r.id, m.advertiser FROM objection_request r \
                 JOIN objection_reach c ON c.request_id = r.id JOIN contact k ON k.contact_hash = c.contact_hash \
                 JOIN contact_mention n ON n.contact_id = k.id \
                 JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = n.ad_id \
                 WHERE r.withdrawn_at IS NULL AND ($2 = 0 OR r.id = $2) AND NOT EXISTS (SELECT 1 FROM damped_contact d \
                 WHERE d.analysis_id = $1 AND d.contact_id = k.id) ORDER BY 1, 2",
                args![analysis, only.map_or(0, |id| id.0)],
            )
            .await?;
        let decided = decided(&mut tx, analysis).await?;
        rows.iter()
            .map(|row| {
                let (id, advertiser) = (ObjectionId(row.int(0)?), row.text(1)?);
                let key = (id.0, advertiser);
                let extent = decided.get(&key).copied();
                Ok(ObjectionAt { id, advertiser: AdvertiserId(key.1), decided: extent })
            })
            .collect()
    }

    /// Keeps how far an objection goes at an advertiser: what it covers from now on, and what a named person is asked.
    /// True where anything is new.
    pub async fn spread_objection(&self, spread: &Spread, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write("keeping how far an objection goes").await?;
        let in_force = tx
            .one("SELECT id FROM objection_request WHERE id = $1 AND withdrawn_at IS NULL", args![spread.at.id.0])
            .await?;
        if in_force.is_none() {
            return Ok(false);
        }
        let analysis = current(&mut tx).await?;
        let asked = question_at(&mut tx, analysis, spread.at.id, &spread.at.advertiser).await?;
        let mut fresh = Vec::new();
        for contact in &spread.covers {
            let row = tx
                .one(
                    "SELECT k.contact_hash FROM contact k WHERE k.id = $1 AND NOT EXISTS \
                     (SELECT 1 FROM objection_reach c WHERE c.request_id = $2 AND c.contact_hash = k.contact_hash)",
                    args![contact.0, spread.at.id.0],
                )
                .await?;
            if let Some(row) = row {
                fresh.push(row.blob(0)?);
            }
        }
        let asks = !spread.ask.is_empty() && asked.is_none();
        if fresh.is_empty() && !asks {
            return Ok(false);
        }
        let how = if spread.at.decided == Some(Extent::Advertiser) { "decision" } else { "rule" };
        let body = serde_json::json!({
            "objection": spread.at.id.0, "advertiser": spread.at.advertiser.as_str(), "how": how, "ask": spread.ask,
            "contacts": fresh.iter().map(|hash| self.keys().pseudonym(hash)).collect::<Vec<_>>(),
        });
        let actor = Actor::System("rule:objection".to_owned());
        let event = chain::event(&mut tx, self.keys(), "objection_reach", &actor, body, at).await?;
        let question = asked.filter(|_| how == "decision");
        for hash in &fresh {
            cover(&mut tx, spread.at.id, hash, how, question, event, at).await?;
        }
        if asks {
            let (anchor, _) = super::claims::anchor(&mut tx, &spread.at.advertiser).await?;
            let why = serde_json::to_string(&spread.ask).map_err(|_| StoreError::Corrupt { what: "a question" })?;
            tx.run(
                "INSERT INTO objection_question (request_id, anchor_ad, why, opened_at, version, retention, \
                 delete_after) VALUES ($1, $2, $3, $4, 1, $5, $6) ON CONFLICT (request_id, anchor_ad) DO NOTHING",
                args![spread.at.id.0, anchor, why, at, Retention::Objection.as_str(), Retention::Objection.until(at)],
            )
            .await?;
        }
        self.share_objection(&mut tx, spread.at.id, None).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What a named person is to decide, oldest first, then what was decided, newest first. Audited.
    pub async fn objection_questions(&self, look: &Look, limit: u32) -> Result<Vec<ObjectionQuestion>, StoreError> {
        let mut tx = self.write("reading what objections ask").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = current(&mut tx).await?;
        let rows = tx
            .all(
                "SELECT q.id, q.request_id, r.at, r.channel, r.contact_hash, m.advertiser, m.network, \
                 (SELECT count(*) FROM entity_member x WHERE x.analysis_id = $1 AND x.advertiser = m.advertiser), \
                 (SELECT count(DISTINCT p.persona_hash) FROM entity_member x JOIN persona_mention p ON p.ad_id = x.ad_id \
                 WHERE x.analysis_id = $1 AND x.advertiser = m.advertiser), \
                 (SELECT count(DISTINCT n.contact_id) FROM entity_member x JOIN contact_mention n ON n.ad_id = x.ad_id \
                 WHERE x.analysis_id = $1 AND x.advertiser = m.advertiser), \
                 q.why, q.extent, q.decided_by, q.decided_at, q.reason_sealed, q.version \
                 FROM objection_question q JOIN objection_request r ON r.id = q.request_id \
                 LEFT JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = q.anchor_ad \
                 WHERE r.withdrawn_at IS NULL ORDER BY CASE WHEN q.extent IS NULL THEN 0 ELSE 1 END, \
                 CASE WHEN q.extent IS NULL THEN q.opened_at ELSE -q.decided_at END, q.id LIMIT $2",
                args![analysis, limit],
            )
            .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = row.int(0)?;
            let channel = ObjectionChannel::parse(&row.text(3)?);
            let decided = match row.opt_text(11)?.as_deref().and_then(Extent::parse) {
                Some(extent) => {
                    let reason = row.opt_blob(14)?.unwrap_or_default();
                    let reason = self.keys().open_text("objection_question", &id.to_le_bytes(), "reason", &reason)?;
                    Some((extent, row.opt_text(12)?.unwrap_or_default(), row.time(13)?, reason))
                }
                None => None,
            };
            found.push(ObjectionQuestion {
                id,
                objection: ObjectionId(row.int(1)?),
                made: (row.time(2)?, channel.ok_or(StoreError::Corrupt { what: "an objection's way" })?),
                contact: self.keys().pseudonym(&row.blob(4)?),
                advertiser: row.opt_text(5)?.map(AdvertiserId),
                network: row.opt_text(6)?,
                size: (row.count(7)?, row.count(8)?, row.count(9)?),
                why: serde_json::from_str(&row.text(10)?).map_err(|_| StoreError::Corrupt { what: "a question" })?,
                decided,
                version: row.int(15)?,
            });
        }
        tx.commit().await?;
        Ok(found)
    }

    /// A named person says how far an objection goes at an advertiser. Saying it again replaces what was said; all of it
    /// stays on record. `Advertiser` covers every contact of it that is not damped, now and in later ads.
    pub async fn decide_objection(
        &self,
        question: i64,
        extent: Extent,
        reason: &str,
        expected_version: i64,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if reason.trim().is_empty() {
            return Err(StoreError::Refused { why: "how far an objection goes is decided with a reason" });
        }
        let mut tx = self.write("deciding how far an objection goes").await?;
        let (_, name) = by_name(&mut tx, actor).await?;
        let sealed = self.keys().seal_text("objection_question", &question.to_le_bytes(), "reason", reason)?;
        let row = tx
            .one(
                "UPDATE objection_question SET extent = $2, decided_by = $3, decided_at = $4, reason_sealed = $5, \
                 version = version + 1 WHERE id = $1 AND version = $6 RETURNING request_id, anchor_ad",
                args![question, extent.as_str(), name, at, sealed, expected_version],
            )
            .await?;
        let Some(row) = row else { return Err(stale(&mut tx, question, expected_version).await?) };
        let (id, anchor) = (ObjectionId(row.int(0)?), row.int(1)?);
        let body = serde_json::json!({
            "objection": id.0, "question": question, "ad": anchor, "extent": extent.as_str(), "reason": reason,
        });
        let event = chain::event(&mut tx, self.keys(), "objection_decided", actor, body, at).await?;
        uncover(&mut tx, id, Some(question)).await?;
        if extent == Extent::Advertiser {
            let analysis = current(&mut tx).await?;
            let contacts = tx
                .all(
                    "SELECT DISTINCT k.contact_hash FROM entity_member o \
                     JOIN entity_member m ON m.analysis_id = o.analysis_id AND m.advertiser = o.advertiser \
                     JOIN contact_mention n ON n.ad_id = m.ad_id JOIN contact k ON k.id = n.contact_id \
                     WHERE o.analysis_id = $1 AND o.ad_id = $2 AND NOT EXISTS (SELECT 1 FROM damped_contact d \
                     WHERE d.analysis_id = $1 AND d.contact_id = k.id)",
                    args![analysis, anchor],
                )
                .await?;
            for contact in contacts {
                cover(&mut tx, id, &contact.blob(0)?, "decision", Some(question), event, at).await?;
            }
            self.share_objection(&mut tx, id, None).await?;
        }
        tx.commit().await?;
        if extent == Extent::Advertiser { Ok(()) } else { self.unshare_objection(id, Some(question)).await }
    }

    /// Takes a named person's decision back: the question is open again, and what it covered is free.
    pub async fn undo_objection_decision(
        &self,
        question: i64,
        expected_version: i64,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("taking back how far an objection goes").await?;
        let row = tx
            .one(
                "UPDATE objection_question SET extent = NULL, decided_by = NULL, decided_at = NULL, \
                 reason_sealed = NULL, version = version + 1 WHERE id = $1 AND version = $2 AND extent IS NOT NULL \
                 RETURNING request_id",
                args![question, expected_version],
            )
            .await?;
        let Some(row) = row else { return Err(stale(&mut tx, question, expected_version).await?) };
        let id = ObjectionId(row.int(0)?);
        let body = serde_json::json!({ "objection": id.0, "question": question });
        chain::event(&mut tx, self.keys(), "objection_undecided", actor, body, at).await?;
        uncover(&mut tx, id, Some(question)).await?;
        tx.commit().await?;
        self.unshare_objection(id, Some(question)).await
    }
}

async fn stale(tx: &mut Tx, question: i64, expected: i64) -> Result<StoreError, StoreError> {
    let row = tx.one("SELECT version FROM objection_question WHERE id = $1", args![question]).await?;
    Ok(match row {
        Some(row) if row.int(0)? == expected => StoreError::Refused { why: "nothing was decided yet" },
        Some(row) => StoreError::Conflict { what: "objection", expected, found: row.int(0)? },
        None => StoreError::NotFound { what: "question of an objection" },
    })
}

/// The question that an objection asks at an advertiser, by whichever ad of it.
async fn question_at(
    tx: &mut Tx,
    analysis: i64,
    id: ObjectionId,
    advertiser: &AdvertiserId,
) -> Result<Option<i64>, StoreError> {
    let row = tx
        .one(
            "SELECT q.id FROM objection_question q JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = q.anchor_ad \
             WHERE q.request_id = $2 AND m.advertiser = $3 ORDER BY q.id LIMIT 1",
            args![analysis, id.0, advertiser.as_str()],
        )
        .await?;
    row.map(|row| row.int(0)).transpose()
}

/// What named persons decided, by objection and the advertiser as it is now: the wider of two.
async fn decided(tx: &mut Tx, analysis: i64) -> Result<HashMap<(i64, String), Extent>, StoreError> {
    let rows = tx
        .all(
            "SELECT q.request_id, m.advertiser, q.extent FROM objection_question q \
             JOIN objection_request r ON r.id = q.request_id \
             JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = q.anchor_ad \
             WHERE q.extent IS NOT NULL AND r.withdrawn_at IS NULL",
            args![analysis],
        )
        .await?;
    let mut found: HashMap<(i64, String), Extent> = HashMap::new();
    for row in &rows {
        let extent = Extent::parse(&row.text(2)?).ok_or(StoreError::Corrupt { what: "an objection's extent" })?;
        let known = found.entry((row.int(0)?, row.text(1)?)).or_insert(extent);
        *known = (*known).max(extent);
    }
    Ok(found)
}

/// What named persons decided, by advertiser: the widest.
pub(super) async fn extents(tx: &mut Tx, analysis: i64) -> Result<HashMap<String, Extent>, StoreError> {
    let mut found: HashMap<String, Extent> = HashMap::new();
    for ((_, advertiser), extent) in decided(tx, analysis).await? {
        let known = found.entry(advertiser).or_insert(extent);
        *known = (*known).max(extent);
    }
    Ok(found)
}

/// An advertiser of whose contacts an objection covers one: its ads and their ties.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeskRows {
    /// Contacts and persona names (as numbers) of each ad.
    pub ads: Vec<(Vec<ContactRef>, Vec<u32>)>,
    /// Ties by the places of two ads, with bits, and whether a person judged them one.
    pub ties: Vec<(usize, usize, f64, bool)>,
    /// Damped contacts.
    pub damped: Vec<ContactRef>,
}

/// The desks of these advertisers.
pub(super) async fn desks(
    tx: &mut Tx,
    analysis: i64,
    advertisers: &[String],
) -> Result<HashMap<String, DeskRows>, StoreError> {
    let mut found = HashMap::new();
    for advertiser in advertisers {
        let mut desk = DeskRows::default();
        let mut place: HashMap<i64, usize> = HashMap::new();
        const MEMBERS: &str = "entity_member m ON m.analysis_id = $1 AND m.advertiser = $2";
        let rows = tx
            .all(
                "SELECT ad_id FROM entity_member WHERE analysis_id = $1 AND advertiser = $2 ORDER BY ad_id",
                args![analysis, advertiser],
            )
            .await?;
        for row in rows {
            place.insert(row.int(0)?, desk.ads.len());
            desk.ads.push(Default::default());
        }
        let sql = format!(
            "SELECT DISTINCT n.ad_id, n.contact_id, (SELECT count(*) FROM damped_contact d WHERE d.analysis_id = $1 \
             AND d.contact_id = n.contact_id) FROM contact_mention n JOIN {MEMBERS} AND m.ad_id = n.ad_id ORDER BY 1, 2"
        );
        for row in tx.all_of(sql, args![analysis, advertiser]).await? {
            let contact = ContactRef(row.int(1)?);
            if let Some(ad) = place.get(&row.int(0)?).and_then(|at| desk.ads.get_mut(*at)) {
                ad.0.push(contact);
            }
            if row.flag(2)? {
                desk.damped.push(contact);
            }
        }
        let mut personas: HashMap<Vec<u8>, u32> = HashMap::new();
        let sql = format!(
            "SELECT DISTINCT p.ad_id, p.persona_hash FROM persona_mention p JOIN {MEMBERS} AND m.ad_id = p.ad_id"
        );
        for row in tx.all_of(sql, args![analysis, advertiser]).await? {
            let next = u32::try_from(personas.len()).unwrap_or(u32::MAX);
            let number = *personas.entry(row.blob(1)?).or_insert(next);
            if let Some(ad) = place.get(&row.int(0)?).and_then(|at| desk.ads.get_mut(*at)) {
                ad.1.push(number);
            }
        }
        let sql = format!(
            "SELECT l.a_ad, l.b_ad, l.bits, l.kind FROM link l JOIN {MEMBERS} AND m.ad_id = l.a_ad \
             WHERE l.analysis_id = $1"
        );
        for row in tx.all_of(sql, args![analysis, advertiser]).await? {
            if let (Some(a), Some(b)) = (place.get(&row.int(0)?), place.get(&row.int(1)?)) {
                desk.ties.push((*a, *b, row.real(2)?, row.text(3)? == "manual"));
            }
        }
        found.insert(advertiser.clone(), desk);
    }
    Ok(found)
}

/// Words for what was kept of a reach, where a page shows them.
impl Extent {
    /// As people read it.
    pub fn label(self) -> Bilingual {
        let (da, en) = match self {
            Extent::Contact => ("Kun kontaktpunktet", "The contact alone"),
            Extent::Advertiser => ("Hele annoncøren", "The whole advertiser"),
        };
        Bilingual { da: da.to_owned(), en: en.to_owned() }
    }
}
