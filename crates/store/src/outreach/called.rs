//! Somebody rings or writes back: what the ledger knows of the number.

use super::ledger::attempts_at;
use super::{AttemptRow, ContactRef};
use crate::analysis::current;
use crate::db::args;
use crate::{Look, Store, StoreError};
use domain::{AdvertiserId, Contact};
use std::collections::BTreeMap;

/// What is known of a contact that was approached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledBack {
    /// Advertisers of the current analysis that show it.
    pub advertisers: Vec<AdvertiserId>,
    /// Attempts at them or by it that were not undone, oldest first.
    pub attempts: Vec<AttemptRow>,
    /// The contact's row.
    pub contact: ContactRef,
    /// An objection covers it.
    pub objected: bool,
}

impl Store {
    /// What the ledger knows of a contact; `None` where nobody approached it, whether or not it stands in an ad: then
    /// nothing of it is kept either. Audited in the same transaction; a contact that is known as its pseudonym.
    pub async fn called_back(&self, look: &Look, contact: &Contact) -> Result<Option<CalledBack>, StoreError> {
        let mut tx = self.write("asking who is calling").await?;
        let hash = self.keys().contact(contact);
        let analysis = current(&mut tx).await?;
        let advertisers: Vec<AdvertiserId> = tx
            .all(
                "SELECT DISTINCT m.advertiser FROM contact k JOIN contact_mention n ON n.contact_id = k.id \
                 JOIN entity_member m ON m.analysis_id = $1 AND m.ad_id = n.ad_id WHERE k.contact_hash = $2 \
                 AND NOT EXISTS (SELECT 1 FROM damped_contact d WHERE d.analysis_id = $1 AND d.contact_id = k.id) \
                 ORDER BY 1",
                args![analysis, hash],
            )
            .await?
            .iter()
            .map(|row| row.text(0).map(AdvertiserId))
            .collect::<Result<_, _>>()?;
        let mut attempts: BTreeMap<_, AttemptRow> = BTreeMap::new();
        for advertiser in &advertisers {
            for attempt in attempts_at(&mut tx, analysis, advertiser.as_str()).await? {
                attempts.insert((attempt.at, attempt.id), attempt);
            }
        }
        let sql =
            format!("{} WHERE t.contact_id = (SELECT id FROM contact WHERE contact_hash = $1)", super::ledger::ATTEMPT);
        for row in tx.all_of(sql, args![hash]).await? {
            let attempt = super::ledger::attempt_row(&row)?;
            attempts.insert((attempt.at, attempt.id), attempt);
        }
        let attempts: Vec<AttemptRow> = attempts.into_values().filter(|attempt| !attempt.undone).collect();
        let objected = tx.one("SELECT at FROM objection WHERE contact_hash = $1", args![hash]).await?.is_some()
            || !self.objected_elsewhere([contact]).await?.is_empty();
        let known = !attempts.is_empty();
        let subject = if known { self.keys().pseudonym(&hash) } else { "unknown".to_owned() };
        Look { subject, ..look.clone() }.write(&mut tx, self.keys()).await?;
        let row = tx.one("SELECT id FROM contact WHERE contact_hash = $1", args![hash]).await?;
        tx.commit().await?;
        let contact = row.map(|row| row.int(0)).transpose()?.map(ContactRef);
        Ok(contact.filter(|_| known).map(|contact| CalledBack { advertisers, attempts, contact, objected }))
    }
}
