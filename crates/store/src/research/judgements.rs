//! What people say about two ads: kept as edges with who, when and why; undone by marking.

use super::{AdLabel, JudgementId, JudgementRow};
use crate::ads::find_ad;
use crate::analysis::members::members_of;
use crate::db::{Row, Tx, args};
use crate::keys::parse_contact_kind;
use crate::people::account_name;
use crate::readings::ad_ref;
use crate::retention::Retention;
use crate::{AccountId, Actor, Store, StoreError, chain};
use domain::{AdRef, Contact, ContactRole, Judgement, JudgementKind};
use jiff::Timestamp;

const JUDGEMENT: &str = "SELECT j.kind, j.at, s.site, a.key_hash, a.site_ad_id_sealed, t.site, b.key_hash, \
     b.site_ad_id_sealed FROM judgement j \
     JOIN ad a ON a.id = j.a_ad JOIN site s ON s.id = a.site_id \
     JOIN ad b ON b.id = j.b_ad JOIN site t ON t.id = b.site_id";

impl Store {
    /// Judges that one desk operates two ads, or not. Said again while it holds, it is kept once.
    pub async fn judge(
        &self,
        a: &AdRef,
        b: &AdRef,
        kind: JudgementKind,
        reason: &str,
        by: AccountId,
        at: Timestamp,
    ) -> Result<JudgementId, StoreError> {
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        if a == b {
            return Err(StoreError::Refused { why: "a judgement is about two different ads" });
        }
        let mut tx = self.write("recording a judgement").await?;
        let name = account_name(&mut tx, by).await?;
        let a = find_ad(&mut tx, self.keys(), a).await?.ok_or(StoreError::NotFound { what: "ad" })?;
        let b = find_ad(&mut tx, self.keys(), b).await?.ok_or(StoreError::NotFound { what: "ad" })?;
        let held = tx
            .one(
                "SELECT id FROM judgement WHERE a_ad = $1 AND b_ad = $2 AND kind = $3 AND undone_at IS NULL",
                args![a.id, b.id, kind.as_str()],
            )
            .await?;
        if let Some(row) = held {
            return Ok(JudgementId(row.int(0)?));
        }
        let body = serde_json::json!({ "a": a.id, "b": b.id, "kind": kind.as_str(), "reason": reason });
        let seq = chain::event(&mut tx, self.keys(), "judgement", &Actor::Account(by), body, at).await?;
        let sealed = self.keys().seal_text("judgement", &seq.to_le_bytes(), "reason", reason)?;
        let id = tx
            .id(
                "INSERT INTO judgement (a_ad, b_ad, kind, reason_sealed, event_seq, by_account, by_name, at, retention, \
                 delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                args![
                    a.id,
                    b.id,
                    kind.as_str(),
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
        Ok(JudgementId(id))
    }

    /// Marks a judgement as undone.
    pub async fn undo_judgement(&self, id: JudgementId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("undoing a judgement").await?;
        let name = account_name(&mut tx, by).await?;
        let undone = tx
            .run(
                "UPDATE judgement SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL",
                args![id.0, at, name],
            )
            .await?;
        if undone == 0 {
            return Err(StoreError::NotFound { what: "judgement in force" });
        }
        let body = serde_json::json!({ "judgement": id.0 });
        chain::event(&mut tx, self.keys(), "undo_judgement", &Actor::Account(by), body, at).await?;
        tx.commit().await
    }

    /// The judgements in force at `as_of`, on ads and on contacts, each by time.
    pub async fn judgements(&self, as_of: Option<Timestamp>) -> Result<Vec<Judgement>, StoreError> {
        let until = as_of.map_or(i64::MAX, |at| at.as_millisecond());
        let mut tx = self.read("reading the judgements").await?;
        let sql =
            format!("{JUDGEMENT} WHERE j.at <= $1 AND (j.undone_at IS NULL OR j.undone_at > $1) ORDER BY j.at, j.id");
        let on_ads = tx.all_of(sql, args![until]).await?;
        let on_contacts = tx
            .all(
                "SELECT j.role, j.at, c.kind, c.contact_hash, c.value_sealed FROM contact_judgement j \
                 JOIN contact c ON c.id = j.contact_id \
                 WHERE j.at <= $1 AND (j.undone_at IS NULL OR j.undone_at > $1) ORDER BY j.at, j.id",
                args![until],
            )
            .await?;
        let keys = self.keys();
        let ads = |row: &Row| {
            Ok(Judgement::Ads {
                kind: kind_of(&row.text(0)?)?,
                at: row.time(1)?,
                a: ad_ref(keys, row.text(2)?, &row.blob(3)?, &row.blob(4)?)?,
                b: ad_ref(keys, row.text(5)?, &row.blob(6)?, &row.blob(7)?)?,
            })
        };
        let contact = |row: &Row| {
            let kind = parse_contact_kind(&row.text(2)?)?;
            let value = keys.open_text("contact", &row.blob(3)?, "value", &row.blob(4)?)?;
            Ok(Judgement::Contact {
                role: ContactRole::parse(&row.text(0)?).ok_or(StoreError::Corrupt { what: "a judgement" })?,
                at: row.time(1)?,
                contact: Contact { kind, value },
            })
        };
        on_ads.iter().map(ads).chain(on_contacts.iter().map(contact)).collect()
    }

    /// Judgements on a subject's ads, newest first.
    pub(super) async fn judgements_on(
        &self,
        tx: &mut Tx,
        analysis: i64,
        subject: &str,
    ) -> Result<Vec<JudgementRow>, StoreError> {
        const MEMBERS: &str = members_of!();
        self.judgement_rows(tx, &format!("j.a_ad IN {MEMBERS} OR j.b_ad IN {MEMBERS}"), args![analysis, subject]).await
    }

    /// Judgements where a condition holds, newest first; `$1` is the current analysis.
    pub(super) async fn judgement_rows(
        &self,
        tx: &mut Tx,
        condition: &str,
        arguments: Vec<crate::db::Arg>,
    ) -> Result<Vec<JudgementRow>, StoreError> {
        let sql = format!(
            "SELECT j.id, j.kind, j.reason_sealed, j.event_seq, j.by_name, j.at, j.undone_at, j.undone_by, s.site, \
             j.a_ad, t.site, j.b_ad, m.advertiser, m.network, n.advertiser, n.network FROM judgement j \
             JOIN ad a ON a.id = j.a_ad JOIN site s ON s.id = a.site_id \
             JOIN ad b ON b.id = j.b_ad JOIN site t ON t.id = b.site_id \
             LEFT JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = j.a_ad \
             LEFT JOIN entity_member n ON n.analysis_id = $1 AND n.ad_id = j.b_ad \
             WHERE {condition} ORDER BY j.at DESC, j.id DESC"
        );
        let rows = tx.all_of(sql, arguments).await?;
        rows.iter().map(|row| self.judgement_row(row)).collect()
    }

    fn judgement_row(&self, row: &Row) -> Result<JudgementRow, StoreError> {
        let kind = kind_of(&row.text(1)?)?;
        let undone = match (row.opt_text(7)?, row.opt_time(6)?) {
            (Some(by), Some(at)) => Some((by, at)),
            _ => None,
        };
        let ((a, a_network), (b, b_network)) =
            ((row.opt_text(12)?, row.opt_text(13)?), (row.opt_text(14)?, row.opt_text(15)?));
        let in_effect = a.is_some() && b.is_some() && if kind.parts() { a_network != b_network } else { a == b };
        Ok(JudgementRow {
            id: JudgementId(row.int(0)?),
            kind,
            at: row.time(5)?,
            ads: (AdLabel::of(row.text(8)?, row.int(9)?), AdLabel::of(row.text(10)?, row.int(11)?)),
            by: row.text(4)?,
            reason: self.keys().open_text("judgement", &row.int(3)?.to_le_bytes(), "reason", &row.blob(2)?)?,
            in_effect,
            undone,
        })
    }
}

fn kind_of(text: &str) -> Result<JudgementKind, StoreError> {
    JudgementKind::parse(text).ok_or(StoreError::Corrupt { what: "a judgement" })
}
