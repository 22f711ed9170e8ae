//! Objections in the register: whoever says no to one programme is left alone by all that share it.

use super::{Hash, Register};
use crate::db::{Arg, Tx, args};
use crate::keys::parse_contact_kind;
use crate::outreach::ObjectionId;
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::Contact;
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};

impl Store {
    /// Brings what an objection covers into the register, as far as the contacts are known: `contact` in clear where
    /// somebody just named it. In the transaction that keeps it, before its end.
    pub(crate) async fn share_objection(
        &self,
        tx: &mut Tx,
        id: ObjectionId,
        contact: Option<&Contact>,
    ) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let named = contact.map(|contact| (self.keys().contact(contact), register.hash(contact)));
        let rows = tx
            .all(
                "SELECT c.contact_hash, c.question_id, c.at, k.kind, k.value_sealed FROM objection_reach c \
                 LEFT JOIN contact k ON k.contact_hash = c.contact_hash WHERE c.request_id = $1",
                args![id.0],
            )
            .await?;
        let mut covered: Vec<Vec<Arg>> = Vec::new();
        for row in &rows {
            let (own, question, at) = (row.blob(0)?, row.opt_int(1)?.unwrap_or(0), row.time(2)?);
            let hash: Option<Hash> = match (&named, row.opt_text(3)?, row.opt_blob(4)?) {
                (Some((mine, common)), ..) if own == mine[..] => Some(*common),
                (_, Some(kind), Some(sealed)) => {
                    let value = self.keys().open_text("contact", &own, "value", &sealed)?;
                    let kind = parse_contact_kind(&kind)?;
                    (!value.is_empty()).then(|| register.hash(&Contact { kind, value }))
                }
                _ => None,
            };
            if let Some(hash) = hash {
                covered.push(args![
                    id.0,
                    register.programme.as_str(),
                    hash,
                    question,
                    at,
                    Retention::Objection.as_str(),
                    Retention::Objection.until(at)
                ]);
            }
        }
        register.cover(&covered).await
    }

    /// Takes an objection out of the register, or what one decision about it covered.
    pub(crate) async fn unshare_objection(&self, id: ObjectionId, question: Option<i64>) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let mut tx = register.store.write("taking an objection out of the common register").await?;
        let which = if question.is_some() { "AND question = $3" } else { "AND $3 = 0" };
        tx.run_of(
            format!("DELETE FROM common_objection WHERE source = $1 AND programme = $2 {which}"),
            args![id.0, register.programme.as_str(), question.unwrap_or(0)],
        )
        .await?;
        tx.commit().await
    }

    /// Brings every objection in force into the register.
    pub(crate) async fn share_objections(&self) -> Result<(), StoreError> {
        let mut tx = self.read("bringing objections into the common register").await?;
        let rows = tx.all("SELECT id FROM objection_request WHERE withdrawn_at IS NULL ORDER BY id", args![]).await?;
        for row in &rows {
            self.share_objection(&mut tx, ObjectionId(row.int(0)?), None).await?;
        }
        Ok(())
    }

    /// Every objection in the register that covers a contact: programme and time.
    pub(crate) async fn common_objections(&self, contact: &Contact) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let Some(register) = self.register() else { return Ok(Vec::new()) };
        let mut tx = register.store.read("answering a person from the common register").await?;
        let rows = tx
            .all(
                "SELECT programme, at FROM common_objection WHERE contact_hash = $1 ORDER BY at, programme",
                args![register.hash(contact)],
            )
            .await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.time(1)?))).collect()
    }

    /// Those of the contacts that an objection of another programme of the register covers, with one question for all.
    pub(crate) async fn objected_elsewhere<'a>(
        &self,
        contacts: impl IntoIterator<Item = &'a Contact>,
    ) -> Result<BTreeSet<Contact>, StoreError> {
        let Some(register) = self.register() else { return Ok(BTreeSet::new()) };
        let of: HashMap<Hash, &Contact> =
            contacts.into_iter().map(|contact| (register.hash(contact), contact)).collect();
        if of.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut tx = register.store.read("asking the common register for objections").await?;
        const OBJECTED: &str = "SELECT contact_hash FROM common_objection WHERE programme <> $1 AND contact_hash IN";
        let hashes = of.keys().map(|hash| Arg::from(*hash));
        let rows = tx.all_in(OBJECTED, &[register.programme.as_str().into()], hashes).await?;
        let mut objected = BTreeSet::new();
        for row in &rows {
            let hash: Option<Hash> = row.blob(0)?.try_into().ok();
            objected.extend(hash.and_then(|hash| of.get(&hash)).map(|contact| (*contact).clone()));
        }
        Ok(objected)
    }
}

impl Register {
    async fn cover(&self, rows: &[Vec<Arg>]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.write("keeping an objection in the common register").await?;
        tx.insert(
            "INSERT INTO common_objection (source, programme, contact_hash, question, at, retention, delete_after) VALUES",
            "ON CONFLICT (source, programme, contact_hash) DO NOTHING",
            rows,
        )
        .await?;
        tx.commit().await
    }
}
