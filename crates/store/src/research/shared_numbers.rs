//! Contacts that many else unrelated ads show: each is one item for a person to name. What is said is kept with who,
//! when and why, and is undone by marking.

use super::CaseAd;
use super::case::Of;
use crate::analysis::{bilingual, current};
use crate::db::{Row, Tx, args};
use crate::keys::parse_contact_kind;
use crate::people::account_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::{Bilingual, ContactKind, ContactRole};
use jiff::Timestamp;

/// Which contacts a page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Waiting {
    /// Those that nobody has named.
    #[default]
    Unnamed,
    /// Those that somebody has named, also as not known yet.
    Named,
}

/// A contact to judge, without its value.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedNumber {
    /// The store's own number of it.
    pub number: i64,
    /// Pseudonym.
    pub name: String,
    /// Phone, e-mail or handle.
    pub kind: ContactKind,
    /// Ads that show it.
    pub ads: u32,
    /// Advertisers that these ads belong to now.
    pub advertisers: u32,
    /// Different texts of these ads.
    pub texts: u32,
    /// Municipalities that these ads name.
    pub municipalities: u32,
    /// First sighting of them.
    pub first_seen: Option<Timestamp>,
    /// Last sighting of them.
    pub last_seen: Option<Timestamp>,
    /// The rule that damps it, with its numbers; `None` where it is not damped now.
    pub damped: Option<Bilingual>,
    /// What a person said last, and that it holds.
    pub role: Option<ContactRole>,
}

/// A page of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SharedNumbersPage {
    /// Most ads first.
    pub rows: Vec<SharedNumber>,
    /// How many there are in all.
    pub total: u64,
    /// How many nobody has named.
    pub unnamed: u64,
}

/// What somebody said of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactJudgementRow {
    /// Its row.
    pub id: i64,
    /// What it is.
    pub role: ContactRole,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The current analysis does as it says.
    pub in_effect: bool,
    /// Who undid it, and when.
    pub undone: Option<(String, Timestamp)>,
}

/// A contact with a sample of what its ads say.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedNumberView {
    /// As in the list.
    pub number: SharedNumber,
    /// Ads of different advertisers; none of an urgent case.
    pub sample: Vec<CaseAd>,
    /// What people said, newest first.
    pub history: Vec<ContactJudgementRow>,
}

/// Ads of a sample.
const SAMPLE: i64 = 6;
/// The role that holds on contact `c`.
pub(super) const ROLE: &str = "(SELECT j.role FROM contact_judgement j WHERE j.contact_id = c.id AND j.undone_at IS NULL \
     ORDER BY j.at DESC, j.id DESC LIMIT 1)";
/// Contacts that are damped now, or that somebody has named.
const ITEM: &str = "c.id IN (SELECT d.contact_id FROM damped_contact d WHERE d.analysis_id = $1 \
     UNION SELECT j.contact_id FROM contact_judgement j WHERE j.undone_at IS NULL)";
const NAMED: &str = "EXISTS (SELECT 1 FROM contact_judgement j WHERE j.contact_id = c.id AND j.undone_at IS NULL)";

impl Store {
    /// A page of the contacts to judge. Audited in the same transaction.
    pub async fn shared_numbers(
        &self,
        look: &Look,
        which: Waiting,
        offset: u32,
        limit: u32,
    ) -> Result<SharedNumbersPage, StoreError> {
        let mut tx = self.write("reading the shared numbers").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = current(&mut tx).await?;
        let named = count(&mut tx, analysis, NAMED).await?;
        let unnamed = count(&mut tx, analysis, &format!("NOT {NAMED}")).await?;
        let on = if which == Waiting::Named { NAMED.to_owned() } else { format!("NOT {NAMED}") };
        let sql = format!(
            "SELECT c.id, (SELECT count(DISTINCT n.ad_id) FROM contact_mention n WHERE n.contact_id = c.id) FROM contact c \
             WHERE {ITEM} AND {on} ORDER BY 2 DESC, 1 LIMIT $2 OFFSET $3"
        );
        let found = tx.all_of(sql, args![analysis, limit, offset]).await?;
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            rows.push(self.shared(&mut tx, analysis, row.int(0)?).await?);
        }
        tx.commit().await?;
        Ok(SharedNumbersPage { rows, total: if which == Waiting::Named { named } else { unnamed }, unnamed })
    }

    /// One of them with a sample. Audited in the same transaction.
    pub async fn shared_number(&self, look: &Look, contact: i64) -> Result<SharedNumberView, StoreError> {
        let mut tx = self.write("reading a shared number").await?;
        look.write(&mut tx, self.keys()).await?;
        let analysis = current(&mut tx).await?;
        let sql = format!("SELECT c.id FROM contact c WHERE c.id = $2 AND {ITEM} AND $1 = $1");
        if tx.all_of(sql, args![analysis, contact]).await?.is_empty()
            && self.said(&mut tx, contact, false).await?.is_empty()
        {
            return Err(StoreError::NotFound { what: "shared number" });
        }
        let number = self.shared(&mut tx, analysis, contact).await?;
        let history = self.said(&mut tx, contact, number.damped.is_some()).await?;
        let mut ads = Vec::new();
        for ad in sample(&mut tx, analysis, contact).await? {
            ads.extend(self.case_ads(&mut tx, analysis, &Of::Pair(ad, ad), i64::MAX).await?);
        }
        tx.commit().await?;
        Ok(SharedNumberView { number, sample: ads, history })
    }

    /// Says what a contact is. Said again while it holds, it is kept once.
    pub async fn name_contact(
        &self,
        contact: i64,
        role: ContactRole,
        reason: &str,
        by: AccountId,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        if reason.trim().is_empty() {
            return Err(StoreError::Refused { why: "what a number is, is said with a reason" });
        }
        let mut tx = self.write("naming a contact").await?;
        let name = account_name(&mut tx, by).await?;
        let known = tx.one("SELECT id FROM contact WHERE id = $1", args![contact]).await?;
        known.ok_or(StoreError::NotFound { what: "contact" })?;
        // The word before gives way: it is marked, and stays in the history.
        let held = tx
            .all("SELECT id, role FROM contact_judgement WHERE contact_id = $1 AND undone_at IS NULL", args![contact])
            .await?;
        for row in &held {
            if row.text(1)? == role.as_str() {
                return row.int(0);
            }
            let sql = "UPDATE contact_judgement SET undone_at = $2, undone_by = $3 WHERE id = $1";
            tx.run(sql, args![row.int(0)?, at, &name]).await?;
        }
        let body = serde_json::json!({ "contact": contact, "role": role.as_str(), "reason": reason });
        let seq = chain::event(&mut tx, self.keys(), "contact_judgement", &Actor::Account(by), body, at).await?;
        let sealed = self.keys().seal_text("contact_judgement", &seq.to_le_bytes(), "reason", reason)?;
        let id = tx
            .id(
                "INSERT INTO contact_judgement (contact_id, role, reason_sealed, event_seq, by_account, by_name, at, \
                 retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                args![
                    contact,
                    role.as_str(),
                    sealed,
                    seq,
                    by.0,
                    name,
                    at,
                    Retention::Case.as_str(),
                    Retention::Case.until(at)
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Marks what was said of a contact as undone.
    pub async fn undo_contact_name(&self, id: i64, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("undoing what a contact was called").await?;
        let name = account_name(&mut tx, by).await?;
        let sql = "UPDATE contact_judgement SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL";
        if tx.run(sql, args![id, at, name]).await? == 0 {
            return Err(StoreError::NotFound { what: "judgement in force" });
        }
        let body = serde_json::json!({ "contact_judgement": id });
        chain::event(&mut tx, self.keys(), "undo_contact_judgement", &Actor::Account(by), body, at).await?;
        tx.commit().await
    }

    async fn shared(&self, tx: &mut Tx, analysis: i64, contact: i64) -> Result<SharedNumber, StoreError> {
        let sql = format!(
            "SELECT c.contact_hash, c.kind, {ROLE}, (SELECT max(d.reason) FROM damped_contact d WHERE d.analysis_id = $1 \
             AND d.contact_id = c.id) FROM contact c WHERE c.id = $2"
        );
        let rows = tx.all_of(sql, args![analysis, contact]).await?;
        let row = rows.first().ok_or(StoreError::NotFound { what: "contact" })?;
        let counts = tx
            .one(
                "SELECT count(*), count(DISTINCT m.advertiser), min(a.first_seen), max(a.last_seen), \
                 (SELECT count(DISTINCT v.content_hash) FROM contact_mention n JOIN ad_version v ON v.id = n.version_id \
                 WHERE n.contact_id = $2), \
                 (SELECT count(DISTINCT p.municipality_code) FROM contact_mention n JOIN place_mention p \
                 ON p.ad_id = n.ad_id WHERE n.contact_id = $2) FROM ad a \
                 LEFT JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = a.id \
                 WHERE a.id IN (SELECT n.ad_id FROM contact_mention n WHERE n.contact_id = $2)",
                args![analysis, contact],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "contact" })?;
        Ok(SharedNumber {
            number: contact,
            name: self.keys().pseudonym(&row.blob(0)?),
            kind: parse_contact_kind(&row.text(1)?)?,
            ads: counts.count(0)?,
            advertisers: counts.count(1)?,
            texts: counts.count(4)?,
            municipalities: counts.count(5)?,
            first_seen: counts.opt_time(2)?,
            last_seen: counts.opt_time(3)?,
            damped: row.opt_text(3)?.as_deref().map(bilingual).transpose()?,
            role: row.opt_text(2)?.as_deref().and_then(ContactRole::parse),
        })
    }

    async fn said(&self, tx: &mut Tx, contact: i64, damped: bool) -> Result<Vec<ContactJudgementRow>, StoreError> {
        let rows = tx
            .all(
                "SELECT id, role, reason_sealed, event_seq, by_name, at, undone_at, undone_by FROM contact_judgement \
                 WHERE contact_id = $1 ORDER BY at DESC, id DESC",
                args![contact],
            )
            .await?;
        let said = |row: &Row| {
            let role = ContactRole::parse(&row.text(1)?).ok_or(StoreError::Corrupt { what: "a judgement" })?;
            let sealed = row.blob(2)?;
            Ok(ContactJudgementRow {
                id: row.int(0)?,
                role,
                reason: self.keys().open_text("contact_judgement", &row.int(3)?.to_le_bytes(), "reason", &sealed)?,
                by: row.text(4)?,
                at: row.time(5)?,
                in_effect: match role {
                    ContactRole::Operator => !damped,
                    ContactRole::Directory | ContactRole::Agency => damped,
                    ContactRole::Unknown => true,
                },
                undone: row.opt_text(7)?.zip(row.opt_time(6)?),
            })
        };
        rows.iter().map(said).collect()
    }
}

async fn count(tx: &mut Tx, analysis: i64, on: &str) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM contact c WHERE {ITEM} AND {on}");
    let rows = tx.all_of(sql, args![analysis]).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
}

/// Numbers of ads of different advertisers, none of an urgent case.
async fn sample(tx: &mut Tx, analysis: i64, contact: i64) -> Result<Vec<i64>, StoreError> {
    let firsts = tx
        .all(
            "SELECT min(m.ad_id), m.advertiser FROM entity_member m WHERE m.analysis_id = $1 \
             AND m.ad_id IN (SELECT n.ad_id FROM contact_mention n WHERE n.contact_id = $2) \
             AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.urgent = 1 AND c.subject IN (m.advertiser, m.network)) \
             GROUP BY m.advertiser ORDER BY 1 LIMIT $3",
            args![analysis, contact, SAMPLE],
        )
        .await?;
    firsts.iter().map(|row| row.int(0)).collect()
}
