//! Attempts from an existing register.

use super::ledger::Attempt;
use super::{AttemptDetails, Channel, ImportResult, NewAttempt, Outcome};
use crate::ads::find_ad;
use crate::analysis::current;
use crate::db::args;
use crate::keys::to_hex;
use crate::{Actor, Store, StoreError};
use domain::{AdRef, AdvertiserId, TeamId};
use jiff::Timestamp;

impl Store {
    /// An attempt from an existing register, under the same rules as by hand. The same again changes nothing. Where the
    /// advertiser has one contact that is not damped, an outcome `Objection` covers it.
    #[allow(clippy::too_many_arguments)]
    pub async fn import_attempt(
        &self,
        ad: &AdRef,
        method: &str,
        channel: Channel,
        outcome: Outcome,
        register: &str,
        actor: &Actor,
        made_at: Timestamp,
        at: Timestamp,
    ) -> Result<ImportResult, StoreError> {
        let mut tx = self.write("importing an attempt").await?;
        let Some(found) = find_ad(&mut tx, self.keys(), ad).await? else { return Ok(ImportResult::UnknownAd) };
        // A file that is brought in again after a change of the master key is still known.
        let first = self.keys().ad_at_first(ad);
        let ad = found;
        let idempotency_key = [
            "import",
            &to_hex(&first),
            method,
            channel.as_str(),
            outcome.as_str(),
            register,
            &made_at.as_millisecond().to_string(),
        ]
        .join("|");
        if self.known_attempt(&mut tx, &idempotency_key).await?.is_some() {
            return Ok(ImportResult::Known);
        }
        let analysis = current(&mut tx).await?;
        let member = tx
            .one(
                "SELECT m.advertiser, s.programme FROM entity_member m JOIN ad a ON a.id = m.ad_id \
                 JOIN site s ON s.id = a.site_id WHERE m.analysis_id = $1 AND m.ad_id = $2",
                args![analysis, ad.id],
            )
            .await?;
        let Some(member) = member else { return Ok(ImportResult::NotAnalysed) };
        let (advertiser, programme) = (member.text(0)?, member.text(1)?);
        let contacts = tx
            .all(
                "SELECT DISTINCT n.contact_id FROM contact_mention n WHERE n.ad_id = $2 AND NOT EXISTS \
                 (SELECT 1 FROM damped_contact d WHERE d.analysis_id = $1 AND d.contact_id = n.contact_id) LIMIT 2",
                args![analysis, ad.id],
            )
            .await?;
        let contact = match contacts.as_slice() {
            [only] => Some(super::ContactRef(only.int(0)?)),
            _ => None,
        };
        let new = NewAttempt {
            idempotency_key,
            advertiser: AdvertiserId(advertiser),
            line: None,
            contact,
            method: method.to_owned(),
            channel,
            outcome: Some(outcome),
            language: None,
            text_version: None,
            minutes: None,
            note: String::new(),
            follow_up: None,
            team: TeamId(String::new()),
            made_at,
            details: AttemptDetails::default(),
        };
        let attempt = Attempt {
            new: &new,
            anchor: ad.id,
            programme,
            account: None,
            name: register.to_owned(),
            actor,
            recorded_at: at,
        };
        let done = self.write_attempt(&mut tx, &attempt).await?;
        if !done.new {
            return Ok(ImportResult::Known);
        }
        tx.commit().await?;
        Ok(ImportResult::New)
    }
}
