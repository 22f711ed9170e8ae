//! Which ads show a contact: found by its keyed hash, never by its digits. Each look-up is logged with its purpose.

use crate::analysis::current;
use crate::db::{Row, args};
use crate::research::{AdLabel, CaseId};
use crate::{Look, Store, StoreError};
use domain::{Contact, ContactKind};
use jiff::Timestamp;

/// Most ads named.
const MOST_ADS: i64 = 200;

/// A contact that was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFound {
    /// Its pseudonym.
    pub name: String,
    /// Phone, e-mail or handle.
    pub kind: ContactKind,
    /// Ads that show it, newest first; none where the store does not know it.
    pub ads: Vec<ContactAd>,
}

/// An ad that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactAd {
    /// The ad's name on the page.
    pub label: AdLabel,
    /// First sighting.
    pub first_seen: Timestamp,
    /// Last sighting.
    pub last_seen: Timestamp,
    /// The advertiser or network that it belongs to now.
    pub network: Option<String>,
    /// The case about it.
    pub case: Option<CaseId>,
}

impl Store {
    /// Which ads show these contacts; those of urgent cases only where `may_urgent`. The audit row, written in the same
    /// transaction, has the purpose, and pseudonyms in place of the contacts.
    pub async fn look_up_contacts(
        &self,
        look: &Look,
        contacts: &[Contact],
        may_urgent: bool,
    ) -> Result<Vec<ContactFound>, StoreError> {
        if look.purpose.trim().is_empty() {
            return Err(StoreError::Refused { why: "a contact is looked up with a purpose" });
        }
        let mut tx = self.write("looking up a contact").await?;
        let names: Vec<String> = contacts.iter().map(|contact| self.pseudonym(contact)).collect();
        let look = Look { subject: names.join(" "), ..look.clone() };
        look.write(&mut tx, self.keys()).await?;
        let analysis = current(&mut tx).await?;
        let mut found = Vec::with_capacity(contacts.len());
        for (contact, name) in contacts.iter().zip(names) {
            let rows = tx
                .all(
                    "SELECT a.id, s.site, a.first_seen, a.last_seen, m.network, (SELECT min(c.id) FROM case_file c \
                     WHERE c.merged_into IS NULL AND c.subject IN (m.network, m.advertiser)) FROM ad a \
                     JOIN site s ON s.id = a.site_id \
                     LEFT JOIN entity_member m ON m.analysis_id = $2 AND m.ad_id = a.id \
                     WHERE a.id IN (SELECT n.ad_id FROM contact_mention n JOIN contact k ON k.id = n.contact_id \
                     WHERE k.contact_hash = $1) AND ($3 = 1 OR NOT EXISTS (SELECT 1 FROM case_file c WHERE c.urgent = 1 \
                     AND c.subject IN (m.network, m.advertiser))) ORDER BY a.last_seen DESC, a.id LIMIT $4",
                    args![self.keys().contact(contact), analysis, may_urgent, MOST_ADS],
                )
                .await?;
            let ad = |row: &Row| {
                Ok(ContactAd {
                    label: AdLabel::of(row.text(1)?, row.int(0)?),
                    first_seen: row.time(2)?,
                    last_seen: row.time(3)?,
                    network: row.opt_text(4)?,
                    case: row.opt_text(5)?.map(CaseId),
                })
            };
            let ads = rows.iter().map(ad).collect::<Result<_, StoreError>>()?;
            found.push(ContactFound { name, kind: contact.kind, ads });
        }
        tx.commit().await?;
        Ok(found)
    }
}
