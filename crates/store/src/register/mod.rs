//! The contact register that programmes share who agreed to it: a small store of its own, under a key of its own that all
//! of them hold. It knows a contact as a keyed hash, which programme approached it and when, that it is about to, that an
//! objection covers it, and what one programme sent to another; nothing of an ad, a case or an outcome.
//!
//! A store that has joined asks and tells it by itself: the gate, the claim, the attempt, the objection and the decision
//! go through here, so that no page and no command can forget it. Whatever it is told is written before the programme's
//! own transaction ends: where the register cannot answer, nothing happens in the programme either. A row too many is the
//! worst that a kill can leave, and means that somebody is left alone. Locks are taken in one order, the programme's own
//! store first, so that two cannot wait for each other.

mod approaches;
mod objections;
mod referrals;
mod visits;

pub use approaches::CommonFacts;
pub use referrals::{Incoming, IncomingState, NewReferral};

use crate::db::{Arg, Tx, args};
use crate::keys::parse_contact_kind;
use crate::{Store, StoreError};
use domain::{Contact, ProgrammeId};
use std::collections::HashMap;

/// Name of the fact by which a store is known to be a register.
const MARK: &str = "common_register";
/// Name of the fact that says which register a programme's objections were brought into.
const SHARED: &str = "common_register_shared";

/// The register that a store has joined, and as whom.
pub(crate) struct Register {
    pub(crate) store: Store,
    pub(crate) programme: ProgrammeId,
}

/// A contact's keyed hash in the register.
pub(crate) type Hash = [u8; 32];

impl Register {
    pub(crate) fn hash(&self, contact: &Contact) -> Hash {
        self.store.keys().contact(contact)
    }
}

impl Store {
    /// Joins the register that programmes share. From now on this store and all its clones ask and tell it. Objections
    /// that were kept before are brought into it, as far as their contacts are still known.
    pub async fn join_register(&self, register: &Store, programme: &ProgrammeId) -> Result<(), StoreError> {
        if register.setting("programme").await?.is_some() || register.latest_analysis().await?.is_some() {
            return Err(StoreError::Refused {
                why: "the register that programmes share needs a store of its own; this one belongs to a programme",
            });
        }
        if register.setting(MARK).await?.is_none() {
            register.put_setting(MARK, "1").await?;
        }
        drop(self.inner().register.set(Register { store: register.clone(), programme: programme.clone() }));
        let name = register.key_name();
        if self.setting(SHARED).await?.as_deref() != Some(name.as_str()) {
            self.share_objections().await?;
            self.put_setting(SHARED, &name).await?;
        }
        Ok(())
    }

    /// Whether it shared a register when it was last opened with a configuration at hand.
    pub async fn has_shared_register(&self) -> Result<bool, StoreError> {
        Ok(self.setting(SHARED).await?.is_some_and(|name| !name.is_empty()))
    }

    /// Notes that the programme shares no register any more. What it brought into one stays there by the register's clock,
    /// and its objections go on stopping the others.
    pub async fn leave_register(&self) -> Result<(), StoreError> {
        if self.has_shared_register().await? { self.put_setting(SHARED, "").await } else { Ok(()) }
    }

    /// Whether it has joined a register that programmes share.
    pub fn shares_register(&self) -> bool {
        self.register().is_some()
    }

    /// Whether it is such a register and no programme's store.
    pub async fn is_register(&self) -> Result<bool, StoreError> {
        Ok(self.setting(MARK).await?.is_some())
    }

    /// The register's own store, for what is done to it as a whole (deletion, closing).
    pub fn register_store(&self) -> Option<&Store> {
        self.register().map(|register| &register.store)
    }

    pub(crate) fn register(&self) -> Option<&Register> {
        self.inner().register.get()
    }

    /// Contacts by their row as the register knows them; those whose value is gone are left out.
    async fn common_hashes(
        &self,
        tx: &mut Tx,
        register: &Register,
        contacts: impl IntoIterator<Item = i64>,
    ) -> Result<HashMap<i64, Hash>, StoreError> {
        const CONTACT: &str = "SELECT id, kind, contact_hash, value_sealed FROM contact WHERE id IN";
        let rows = tx.all_in(CONTACT, &[], contacts.into_iter().map(Arg::from)).await?;
        let mut hashes = HashMap::with_capacity(rows.len());
        for row in &rows {
            let value = self.keys().open_text("contact", &row.blob(2)?, "value", &row.blob(3)?)?;
            if !value.is_empty() {
                let contact = Contact { kind: parse_contact_kind(&row.text(1)?)?, value };
                hashes.insert(row.int(0)?, register.hash(&contact));
            }
        }
        Ok(hashes)
    }

    /// The contacts of an advertiser or a network that are not damped, and those of the others in its network.
    async fn common_contacts(
        &self,
        tx: &mut Tx,
        register: &Register,
        subject: &str,
    ) -> Result<(Vec<Hash>, Vec<Hash>), StoreError> {
        let analysis = crate::analysis::current(tx).await?;
        let rows = tx
            .all(
                "SELECT n.contact_id, CAST(max(CASE WHEN m.advertiser = $2 OR m.network = $2 THEN 1 ELSE 0 END) AS BIGINT) \
                 FROM entity_member m JOIN contact_mention n ON n.ad_id = m.ad_id \
                 WHERE m.analysis_id = $1 AND (m.network = $2 OR m.network IN (SELECT o.network FROM entity_member o \
                 WHERE o.analysis_id = $1 AND o.advertiser = $2)) AND NOT EXISTS (SELECT 1 FROM damped_contact d \
                 WHERE d.analysis_id = $1 AND d.contact_id = n.contact_id) GROUP BY n.contact_id ORDER BY 1",
                args![analysis, subject],
            )
            .await?;
        let own: HashMap<i64, bool> =
            rows.iter().map(|row| Ok((row.int(0)?, row.flag(1)?))).collect::<Result<_, StoreError>>()?;
        let hashes = self.common_hashes(tx, register, own.keys().copied()).await?;
        let (mut mine, mut others) = (Vec::new(), Vec::new());
        for (id, hash) in hashes {
            if own.get(&id).copied().unwrap_or(true) { mine.push(hash) } else { others.push(hash) }
        }
        mine.sort_unstable();
        others.sort_unstable();
        Ok((mine, others))
    }
}
