//! What people say about two ads: kept as edges with who, when and why; undone by marking.

use super::{JudgementId, JudgementRow};
use crate::ads::find_ad;
use crate::db::{Row, Tx, args};
use crate::people::account_name;
use crate::readings::ad_ref;
use crate::retention::Retention;
use crate::{AccountId, Actor, Store, StoreError, chain};
use domain::{AdRef, Judgement, JudgementKind};
use jiff::Timestamp;

const JUDGEMENT: &str = "SELECT j.id, j.kind, j.reason_sealed, j.event_seq, j.by_name, j.at, j.undone_at, j.undone_by, \
     s.site, a.key_hash, a.site_ad_id_sealed, t.site, b.key_hash, b.site_ad_id_sealed FROM judgement j \
     JOIN ad a ON a.id = j.a_ad JOIN site s ON s.id = a.site_id \
     JOIN ad b ON b.id = j.b_ad JOIN site t ON t.id = b.site_id";

impl Store {
    /// Judges that one desk operates two ads, or not.
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
        let body = serde_json::json!({ "a": a.id, "b": b.id, "kind": kind_text(kind), "reason": reason });
        let seq = chain::event(&mut tx, self.keys(), "judgement", &Actor::Account(by), body, at).await?;
        let sealed = self.keys().seal_text("judgement", &seq.to_le_bytes(), "reason", reason)?;
        let id = tx
            .id(
                "INSERT INTO judgement (a_ad, b_ad, kind, reason_sealed, event_seq, by_account, by_name, at, retention, \
                 delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                args![
                    a.id,
                    b.id,
                    kind_text(kind),
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

    /// The judgements in force at `as_of`, by time.
    pub async fn judgements(&self, as_of: Option<Timestamp>) -> Result<Vec<Judgement>, StoreError> {
        let until = as_of.map_or(i64::MAX, |at| at.as_millisecond());
        let mut tx = self.read("reading the judgements").await?;
        let sql =
            format!("{JUDGEMENT} WHERE j.at <= $1 AND (j.undone_at IS NULL OR j.undone_at > $1) ORDER BY j.at, j.id");
        let rows = tx.all_of(sql, args![until]).await?;
        rows.iter().map(|row| Ok(self.judgement(row)?.judgement)).collect()
    }

    /// Judgements on a subject's ads, newest first.
    pub(super) async fn judgements_on(
        &self,
        tx: &mut Tx,
        analysis: i64,
        subject: &str,
    ) -> Result<Vec<JudgementRow>, StoreError> {
        const MEMBERS: &str = "(SELECT m.ad_id FROM entity_member m WHERE m.analysis_id = $1 \
             AND (m.advertiser = $2 OR m.network = $2))";
        let sql = format!("{JUDGEMENT} WHERE j.a_ad IN {MEMBERS} OR j.b_ad IN {MEMBERS} ORDER BY j.at DESC, j.id DESC");
        let rows = tx.all_of(sql, args![analysis, subject]).await?;
        rows.iter().map(|row| self.judgement(row)).collect()
    }

    fn judgement(&self, row: &Row) -> Result<JudgementRow, StoreError> {
        let keys = self.keys();
        let kind = match row.text(1)?.as_str() {
            "same" => JudgementKind::Same,
            "not_same" => JudgementKind::NotSame,
            _ => return Err(StoreError::Corrupt { what: "a judgement" }),
        };
        let undone = match (row.opt_text(7)?, row.opt_time(6)?) {
            (Some(by), Some(at)) => Some((by, at)),
            _ => None,
        };
        Ok(JudgementRow {
            id: JudgementId(row.int(0)?),
            judgement: Judgement {
                a: ad_ref(keys, row.text(8)?, &row.blob(9)?, &row.blob(10)?)?,
                b: ad_ref(keys, row.text(11)?, &row.blob(12)?, &row.blob(13)?)?,
                kind,
                at: row.time(5)?,
            },
            by: row.text(4)?,
            reason: keys.open_text("judgement", &row.int(3)?.to_le_bytes(), "reason", &row.blob(2)?)?,
            undone,
        })
    }
}

fn kind_text(kind: JudgementKind) -> &'static str {
    match kind {
        JudgementKind::Same => "same",
        JudgementKind::NotSame => "not_same",
    }
}
