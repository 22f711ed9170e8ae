//! Decisions from an existing register.

use super::decisions::Decider;
use super::{CaseId, Decision};
use crate::ads::find_ad;
use crate::analysis::cases::open_for_import;
use crate::analysis::current;
use crate::db::{Tx, args};
use crate::keys::Purpose;
use crate::{Actor, ImportResult, Store, StoreError};
use domain::AdRef;
use jiff::Timestamp;

impl Store {
    /// The case that an ad belongs to now.
    pub async fn case_of_ad(&self, ad: &AdRef) -> Result<Option<CaseId>, StoreError> {
        let mut tx = self.read("looking for an ad's case").await?;
        let Some(ad) = find_ad(&mut tx, self.keys(), ad).await? else { return Ok(None) };
        case_of(&mut tx, ad.id).await
    }

    /// A decision from an existing register, under the same rules as by hand. `register` names where it comes from and
    /// who decided there. The same again changes nothing.
    pub async fn import_decision(
        &self,
        ad: &AdRef,
        decision: &Decision,
        register: &str,
        actor: &Actor,
        decided_at: Timestamp,
        at: Timestamp,
    ) -> Result<ImportResult, StoreError> {
        let mut tx = self.write("importing a decision").await?;
        let Some(ad) = find_ad(&mut tx, self.keys(), ad).await? else { return Ok(ImportResult::UnknownAd) };
        let import_hash = self.keys().hash(
            Purpose::Import,
            &[
                &ad.id.to_le_bytes(),
                decision.kind.as_str().as_bytes(),
                decision.reason_code.as_bytes(),
                register.as_bytes(),
                &decided_at.as_millisecond().to_le_bytes(),
            ],
        );
        if tx.one("SELECT id FROM decision WHERE import_hash = $1", args![import_hash]).await?.is_some() {
            return Ok(ImportResult::Known);
        }
        let case = match case_of(&mut tx, ad.id).await? {
            Some(case) => case,
            // Decided elsewhere although nothing scored here: the decision needs a case to stand on.
            None => match open_for_import(&mut tx, ad.id, at).await? {
                Some(id) => CaseId(id),
                None => return Ok(ImportResult::NotAnalysed),
            },
        };
        tx.run("UPDATE case_file SET version = version + 1 WHERE id = $1", args![&case.0]).await?;
        let later = tx
            .one(
                "SELECT id FROM decision WHERE case_id = $1 AND undone_at IS NULL AND at > $2 LIMIT 1",
                args![&case.0, decided_at],
            )
            .await?;
        if later.is_some() {
            return Ok(ImportResult::Refused);
        }
        let decider = Decider {
            account: None,
            name: register.to_owned(),
            actor,
            import_hash: Some(import_hash),
            form_hash: None,
        };
        self.put_decision(&mut tx, &case, decision, &decider, decided_at, at).await?;
        tx.commit().await?;
        Ok(ImportResult::New)
    }
}

/// The case about an ad's network or advertiser.
async fn case_of(tx: &mut Tx, ad_id: i64) -> Result<Option<CaseId>, StoreError> {
    let analysis = current(tx).await?;
    let row = tx
        .one(
            "SELECT c.id FROM entity_member m JOIN case_file c ON c.subject = m.network OR c.subject = m.advertiser \
             WHERE m.analysis_id = $1 AND m.ad_id = $2 AND c.merged_into IS NULL ORDER BY c.opened_at, c.id LIMIT 1",
            args![analysis, ad_id],
        )
        .await?;
    row.map(|row| Ok(CaseId(row.text(0)?))).transpose()
}
