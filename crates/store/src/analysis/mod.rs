//! The result of an analysis: entities, links, assessments, cases.

mod batches;
pub(crate) mod cases;
mod figures;
mod lineage;
pub(crate) mod members;
mod rows;
mod scores;
mod shadows;
mod write;

pub use batches::{CaseSubject, Change, NewBatch, Standard};
pub(crate) use figures::recount;
pub use figures::{RunFiguresRow, SpamShare};
pub use rows::{ClosureAd, NewClosure};
pub use scores::{CaseChange, SubjectScore};
pub use shadows::{Cause, ShadowCounts, ShadowOverview, ShadowRow, ShadowState};
pub use write::{AnalysisRun, RunHead};

use crate::db::{Row, Tx, args};
use crate::keys::Keys;
use crate::readings::ad_ref;
use crate::{Look, Store, StoreError};
use domain::{
    AdRef, AdvertiserId, Assessment, Band, Contact, DampedContact, Link, LinkKind, Linkage, NetworkId, Queue,
    RunFigures,
};
use jiff::Timestamp;
use std::collections::HashMap;

/// An analysis to keep.
#[derive(Debug, Clone)]
pub struct NewAnalysis<'a> {
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// `sha256:…` of the catalogue.
    pub catalogue: String,
    /// `sha256:…` of the parameters.
    pub parameters: String,
    /// Version of the code.
    pub code_version: String,
    /// Version of the reference.
    pub reference_version: String,
    /// The reference itself; kept once for each version, never changed.
    pub reference: Vec<u8>,
    /// Links, advertisers, networks, damped contacts.
    pub linkage: &'a Linkage,
    /// Assessments of advertisers and networks.
    pub assessments: &'a [Assessment],
    /// Counts over all of them.
    pub figures: RunFigures,
    /// What part of the spam queue is drawn to be read.
    pub spam: SpamShare,
    /// When it is kept.
    pub at: Timestamp,
}

/// What an analysis was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisHeader {
    /// Its number.
    pub id: i64,
    /// What was known by then counted.
    pub as_of: Timestamp,
    /// `sha256:…` of the catalogue.
    pub catalogue: String,
    /// `sha256:…` of the parameters.
    pub parameters: String,
    /// Version of the code.
    pub code_version: String,
    /// Version of the reference.
    pub reference_version: String,
    /// When it was kept.
    pub at: Timestamp,
}

/// Where an ad belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityRow {
    /// Which ad.
    pub ad: AdRef,
    /// Its advertiser.
    pub advertiser: AdvertiserId,
    /// Its network.
    pub network: NetworkId,
}

/// What keeping an analysis did to the cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PutAnalysis {
    /// The analysis.
    pub id: i64,
    /// Cases opened.
    pub opened: u64,
    /// Decided cases reopened by new evidence.
    pub reopened: u64,
    /// Cases that became urgent.
    pub urgent: u64,
}

impl Store {
    /// The current analysis.
    pub async fn latest_analysis(&self) -> Result<Option<AnalysisHeader>, StoreError> {
        let mut tx = self.read("looking for the current analysis").await?;
        header(&mut tx).await
    }

    /// A kept reference.
    pub async fn reference(&self, version: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut tx = self.read("reading a reference").await?;
        let row = tx.one("SELECT body_sealed FROM reference WHERE version = $1", args![version]).await?;
        row.map(|row| self.keys().open("reference", version.as_bytes(), "body", &row.blob(0)?)).transpose()
    }

    /// The newest reference with its version.
    pub async fn latest_reference(&self) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let mut tx = self.read("reading the newest reference").await?;
        let row = tx
            .one("SELECT version, body_sealed FROM reference ORDER BY made_at DESC, version DESC LIMIT 1", args![])
            .await?;
        row.map(|row| {
            let version = row.text(0)?;
            let body = self.keys().open("reference", version.as_bytes(), "body", &row.blob(1)?)?;
            Ok((version, body))
        })
        .transpose()
    }

    /// Each ad's advertiser and network in the current analysis, sorted by ad.
    pub async fn analysis_entities(&self, look: &Look) -> Result<Vec<EntityRow>, StoreError> {
        let mut tx = self.write("reading the entities").await?;
        look.write(&mut tx, self.keys()).await?;
        let rows = tx
            .all(
                "SELECT s.site, a.key_hash, a.site_ad_id_sealed, m.advertiser, m.network FROM entity_member m \
                 JOIN current_analysis c ON c.analysis_id = m.analysis_id JOIN ad a ON a.id = m.ad_id \
                 JOIN site s ON s.id = a.site_id",
                args![],
            )
            .await?;
        tx.commit().await?;
        let entity = |row: &Row| {
            Ok(EntityRow {
                ad: ad_ref(self.keys(), row.text(0)?, &row.blob(1)?, &row.blob(2)?)?,
                advertiser: AdvertiserId(row.text(3)?),
                network: NetworkId(row.text(4)?),
            })
        };
        let mut entities = rows.iter().map(entity).collect::<Result<Vec<_>, StoreError>>()?;
        entities.sort_by(|a, b| a.ad.cmp(&b.ad));
        Ok(entities)
    }

    /// The links of the current analysis, sorted by (a, b, kind).
    pub async fn analysis_links(&self, look: &Look) -> Result<Vec<Link>, StoreError> {
        let mut tx = self.write("reading the links").await?;
        look.write(&mut tx, self.keys()).await?;
        let ads = ad_names(&mut tx, self.keys()).await?;
        let rows = tx
            .all(
                "SELECT l.a_ad, l.b_ad, l.kind, l.bits, l.joins, l.note FROM link l \
                 JOIN current_analysis c ON c.analysis_id = l.analysis_id ORDER BY l.position",
                args![],
            )
            .await?;
        tx.commit().await?;
        let mut links = Vec::with_capacity(rows.len());
        for row in &rows {
            let name = |at: usize| ads.get(&row.int(at)?).cloned().ok_or(StoreError::Corrupt { what: "a link's ad" });
            links.push(Link {
                a: name(0)?,
                b: name(1)?,
                kind: link_kind(&row.text(2)?)?,
                bits: row.real(3)?,
                joins: row.flag(4)?,
                note: bilingual(&row.text(5)?)?,
            });
        }
        links.sort_by(|x, y| (&x.a, &x.b, x.kind).cmp(&(&y.a, &y.b, y.kind)));
        Ok(links)
    }

    /// The damped contacts of the current analysis by contact, each with its ads in the order in which they were first
    /// seen: what its chain in an export is made of.
    pub async fn analysis_damped(&self, look: &Look) -> Result<Vec<DampedContact>, StoreError> {
        let mut tx = self.write("reading the damped contacts").await?;
        look.write(&mut tx, self.keys()).await?;
        let ads = tx
            .all(
                "SELECT d.contact_id, s.site, a.key_hash, a.site_ad_id_sealed, a.first_seen FROM damped_ad d \
                 JOIN current_analysis c ON c.analysis_id = d.analysis_id JOIN ad a ON a.id = d.ad_id \
                 JOIN site s ON s.id = a.site_id",
                args![],
            )
            .await?;
        let contacts = tx
            .all(
                "SELECT d.contact_id, k.kind, k.contact_hash, k.value_sealed, d.reason FROM damped_contact d \
                 JOIN current_analysis c ON c.analysis_id = d.analysis_id JOIN contact k ON k.id = d.contact_id",
                args![],
            )
            .await?;
        tx.commit().await?;
        let keys = self.keys();
        let mut shown: HashMap<i64, Vec<(i64, AdRef)>> = HashMap::new();
        for row in &ads {
            let ad = ad_ref(keys, row.text(1)?, &row.blob(2)?, &row.blob(3)?)?;
            shown.entry(row.int(0)?).or_default().push((row.int(4)?, ad));
        }
        let damped = |row: &Row| {
            let mut ads = shown.get(&row.int(0)?).cloned().unwrap_or_default();
            ads.sort();
            Ok(DampedContact {
                contact: Contact {
                    kind: crate::keys::parse_contact_kind(&row.text(1)?)?,
                    value: keys.open_text("contact", &row.blob(2)?, "value", &row.blob(3)?)?,
                },
                reason: bilingual(&row.text(4)?)?,
                ads: ads.into_iter().map(|(_, ad)| ad).collect(),
            })
        };
        let mut all = contacts.iter().map(damped).collect::<Result<Vec<_>, StoreError>>()?;
        all.sort_by(|a, b| a.contact.cmp(&b.contact));
        Ok(all)
    }

    /// The assessments of the current analysis: advertisers by id, then networks by id.
    pub async fn analysis_assessments(&self, look: &Look) -> Result<Vec<Assessment>, StoreError> {
        let mut tx = self.write("reading the assessments").await?;
        look.write(&mut tx, self.keys()).await?;
        let rows = tx
            .all(
                "SELECT a.subject, a.body_sealed FROM assessment a \
                 JOIN current_analysis c ON c.analysis_id = a.analysis_id ORDER BY a.kind, a.subject",
                args![],
            )
            .await?;
        tx.commit().await?;
        rows.iter().map(|row| open_assessment(self.keys(), &row.text(0)?, &row.blob(1)?)).collect()
    }
}

/// The current analysis in this transaction.
pub(crate) async fn header(tx: &mut Tx) -> Result<Option<AnalysisHeader>, StoreError> {
    let row = tx
        .one(
            "SELECT a.id, a.as_of, a.catalogue, a.parameters, a.code_version, a.reference_version, a.made_at \
             FROM analysis a JOIN current_analysis c ON c.analysis_id = a.id",
            args![],
        )
        .await?;
    row.as_ref().map(header_of).transpose()
}

/// The first seven columns of a row.
fn header_of(row: &Row) -> Result<AnalysisHeader, StoreError> {
    Ok(AnalysisHeader {
        id: row.int(0)?,
        as_of: row.time(1)?,
        catalogue: row.text(2)?,
        parameters: row.text(3)?,
        code_version: row.text(4)?,
        reference_version: row.text(5)?,
        at: row.time(6)?,
    })
}

/// The current analysis' number, 0 where there is none.
pub(crate) async fn current(tx: &mut Tx) -> Result<i64, StoreError> {
    let row = tx.one("SELECT analysis_id FROM current_analysis", args![]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

pub(crate) fn open_assessment(keys: &Keys, subject: &str, blob: &[u8]) -> Result<Assessment, StoreError> {
    keys.open_json("assessment", subject.as_bytes(), "body", blob)
}

/// The names of all ads by row.
pub(crate) async fn ad_names(tx: &mut Tx, keys: &Keys) -> Result<HashMap<i64, AdRef>, StoreError> {
    let rows = tx
        .all("SELECT a.id, s.site, a.key_hash, a.site_ad_id_sealed FROM ad a JOIN site s ON s.id = a.site_id", args![])
        .await?;
    rows.iter().map(|row| Ok((row.int(0)?, ad_ref(keys, row.text(1)?, &row.blob(2)?, &row.blob(3)?)?))).collect()
}

pub(crate) fn bilingual(json: &str) -> Result<domain::Bilingual, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Corrupt { what: "a sentence" })
}

pub(crate) fn link_kind(text: &str) -> Result<LinkKind, StoreError> {
    const ALL: [LinkKind; 11] = [
        LinkKind::Phone,
        LinkKind::Email,
        LinkKind::Handle,
        LinkKind::Url,
        LinkKind::Image,
        LinkKind::Text,
        LinkKind::Template,
        LinkKind::Premises,
        LinkKind::Style,
        LinkKind::Symbol,
        LinkKind::Manual,
    ];
    ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(StoreError::Corrupt { what: "a link's kind" })
}

pub(crate) fn band_number(band: Band) -> i64 {
    match band {
        Band::None => 0,
        Band::Low => 1,
        Band::Medium => 2,
        Band::High => 3,
    }
}

pub(crate) fn band_from(number: i64) -> Band {
    match number {
        1 => Band::Low,
        2 => Band::Medium,
        3 => Band::High,
        _ => Band::None,
    }
}

pub(crate) fn queue_text(queue: Queue) -> &'static str {
    match queue {
        Queue::Ordinary => "ordinary",
        Queue::Spam => "spam",
    }
}

pub(crate) fn queue_from(text: &str) -> Queue {
    if text == "spam" { Queue::Spam } else { Queue::Ordinary }
}
