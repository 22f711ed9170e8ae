//! Who was approached, and who is about to be.

use super::{Hash, Register};
use crate::db::{Arg, Tx, args};
use crate::outreach::{AttemptId, GateContact};
use crate::retention::Retention;
use crate::{Store, StoreError};
use domain::Contact;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// An approach of another programme so shortly before a claim stops it, whatever the page before had asked.
const JUST_NOW: SignedDuration = SignedDuration::from_hours(24);

/// What the register knows of an advertiser's contacts from other programmes: when, and nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommonFacts {
    /// Last approach through one of its contacts.
    pub approached: Option<Timestamp>,
    /// Last approach in its network.
    pub network_approached: Option<Timestamp>,
    /// Until when somebody is about to approach it or its network.
    pub held_until: Option<Timestamp>,
}

/// What the register holds of one contact.
#[derive(Default)]
struct Known {
    objected: bool,
    approached: Option<Timestamp>,
    near: Option<Timestamp>,
    held_until: Option<Timestamp>,
}

fn later(slot: &mut Option<Timestamp>, at: Option<Timestamp>) {
    *slot = (*slot).max(at);
}

fn bytes(hashes: &[Hash]) -> impl Iterator<Item = Arg> + '_ {
    hashes.iter().map(|hash| Arg::from(*hash))
}

impl Register {
    async fn known(
        &self,
        hashes: &[Hash],
        as_of: Timestamp,
        now: Timestamp,
    ) -> Result<HashMap<Vec<u8>, Known>, StoreError> {
        let mut found: HashMap<Vec<u8>, Known> = HashMap::new();
        let mut tx = self.store.read("asking the common register").await?;
        let own = self.programme.as_str();
        const OBJECTION: &str = "SELECT contact_hash FROM common_objection WHERE programme <> $1 AND contact_hash IN";
        for row in tx.all_in(OBJECTION, &[own.into()], bytes(hashes)).await? {
            found.entry(row.blob(0)?).or_default().objected = true;
        }
        const APPROACH: &str = "SELECT contact_hash, near, at FROM common_approach WHERE programme <> $1 AND at <= $2 \
             AND contact_hash IN";
        for row in tx.all_in(APPROACH, &[own.into(), as_of.into()], bytes(hashes)).await? {
            let (near, at) = (row.flag(1)?, row.time(2)?);
            let known = found.entry(row.blob(0)?).or_default();
            later(if near { &mut known.near } else { &mut known.approached }, Some(at));
        }
        const HOLD: &str =
            "SELECT contact_hash, until FROM common_hold WHERE programme <> $1 AND until > $2 AND contact_hash IN";
        for row in tx.all_in(HOLD, &[own.into(), now.into()], bytes(hashes)).await? {
            later(&mut found.entry(row.blob(0)?).or_default().held_until, Some(row.time(1)?));
        }
        Ok(found)
    }

    /// Takes contacts for an approach; gives until when another programme has one of them where it has. Of any number who
    /// ask at once in any number of programmes, one programme gets them.
    pub(crate) async fn hold(
        &self,
        contacts: (&[Hash], &[Hash]),
        source: i64,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let all = [contacts.0, contacts.1].concat();
        let mut tx = self.store.write("asking the common register for a claim").await?;
        if tx.is_postgres() {
            // Readers go on; whoever claims waits here until this one is done.
            tx.run("LOCK TABLE common_hold IN SHARE ROW EXCLUSIVE MODE", args![]).await?;
        }
        tx.run("DELETE FROM common_hold WHERE until <= $1", args![at]).await?;
        let own = self.programme.as_str();
        const HELD: &str = "SELECT until FROM common_hold WHERE programme <> $1 AND contact_hash IN";
        let mut theirs = None;
        for row in tx.all_in(HELD, &[own.into()], bytes(&all)).await? {
            later(&mut theirs, Some(row.time(0)?));
        }
        const JUST: &str = "SELECT at FROM common_approach WHERE programme <> $1 AND near = 0 AND at > $2 \
             AND contact_hash IN";
        for row in tx.all_in(JUST, &[own.into(), (at - JUST_NOW).into()], bytes(contacts.0)).await? {
            later(&mut theirs, Some(row.time(0)? + JUST_NOW));
        }
        if theirs.is_some() {
            return Ok(theirs);
        }
        // A claim that is renewed may have other contacts by now.
        tx.run("DELETE FROM common_hold WHERE source = $1 AND programme = $2", args![source, own]).await?;
        let rows: Vec<Vec<Arg>> = all
            .iter()
            .map(|hash| {
                args![source, own, *hash, until, Retention::Common.as_str(), until + SignedDuration::from_hours(24)]
            })
            .collect();
        tx.insert(
            "INSERT INTO common_hold (source, programme, contact_hash, until, retention, delete_after) VALUES",
            "ON CONFLICT (source, programme, contact_hash) DO NOTHING",
            &rows,
        )
        .await?;
        tx.commit().await?;
        Ok(None)
    }

    pub(super) async fn note(
        &self,
        contacts: (&[Hash], &[Hash]),
        source: i64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.write("telling the common register of an approach").await?;
        let row = |hash: &Hash, near: bool| {
            let own = self.programme.as_str();
            args![source, own, *hash, near, at, Retention::Common.as_str(), Retention::Common.until(at)]
        };
        let rows: Vec<Vec<Arg>> = contacts
            .0
            .iter()
            .map(|hash| row(hash, false))
            .chain(contacts.1.iter().map(|hash| row(hash, true)))
            .collect();
        tx.insert(
            "INSERT INTO common_approach (source, programme, contact_hash, near, at, retention, delete_after) VALUES",
            "ON CONFLICT (source, programme, contact_hash) DO NOTHING",
            &rows,
        )
        .await?;
        tx.commit().await
    }
}

impl Store {
    /// What other programmes did at each advertiser's contacts, by advertiser; their objections are put on the contacts.
    /// Nothing where no register was joined. `of`: whose ads, as the gate has it: analysis, condition, its value.
    pub(crate) async fn common_facts(
        &self,
        tx: &mut Tx,
        contacts: &mut HashMap<String, Vec<(GateContact, i64)>>,
        network_of: &HashMap<String, String>,
        of: (i64, &str, &Arg),
        (as_of, now): (Timestamp, Timestamp),
    ) -> Result<HashMap<String, CommonFacts>, StoreError> {
        let Some(register) = self.register() else { return Ok(HashMap::new()) };
        let ids: std::collections::BTreeSet<i64> = contacts.values().flatten().map(|(_, id)| *id).collect();
        let hashes = self.common_hashes(tx, register, ids).await?;
        let asked: Vec<Hash> = hashes.values().copied().collect();
        let known = register.known(&asked, as_of, now).await?;
        let mut met = self.met_at_addresses(tx, register, of, as_of).await?;
        let of = |id: &i64| hashes.get(id).and_then(|hash| known.get(&hash[..]));
        let mut facts: HashMap<String, CommonFacts> = HashMap::new();
        // By network: what was done at one of its advertisers' contacts concerns the others.
        let mut networks: BTreeMap<&str, Vec<(&str, CommonFacts)>> = BTreeMap::new();
        for (advertiser, own) in contacts.iter_mut() {
            let mut fact = CommonFacts { approached: met.remove(advertiser), ..CommonFacts::default() };
            for (contact, id) in own.iter_mut() {
                let Some(known) = of(id) else { continue };
                contact.objected |= known.objected;
                if contact.damped {
                    continue;
                }
                later(&mut fact.approached, known.approached);
                later(&mut fact.network_approached, known.near);
                later(&mut fact.held_until, known.held_until);
            }
            if fact == CommonFacts::default() {
                continue;
            }
            if let Some((name, network)) = network_of.get_key_value(advertiser) {
                networks.entry(network).or_default().push((name, fact));
            }
            facts.insert(advertiser.clone(), fact);
        }
        // Of whom no contact is known, and who is met all the same.
        for (advertiser, at) in met {
            let fact = CommonFacts { approached: Some(at), ..CommonFacts::default() };
            if let Some((name, network)) = network_of.get_key_value(&advertiser) {
                networks.entry(network).or_default().push((name, fact));
            }
            facts.insert(advertiser, fact);
        }
        for (advertiser, network) in network_of {
            for (other, fact) in networks.get(network.as_str()).into_iter().flatten() {
                if other == advertiser {
                    continue;
                }
                let mine = facts.entry(advertiser.clone()).or_default();
                later(&mut mine.network_approached, fact.approached.max(fact.network_approached));
                later(&mut mine.held_until, fact.held_until);
            }
        }
        Ok(facts)
    }

    /// Takes an advertiser's and its network's contacts in the register too; gives until when another programme has them
    /// where it has.
    pub(crate) async fn hold_in_register(
        &self,
        tx: &mut Tx,
        advertiser: &str,
        anchor: i64,
        at: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(register) = self.register() else { return Ok(None) };
        let (own, others) = self.common_contacts(tx, register, advertiser).await?;
        register.hold((&own, &others), anchor, at, until).await
    }

    /// Gives them back.
    pub(crate) async fn release_in_register(&self, anchor: i64) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let mut tx = register.store.write("giving a claim back in the common register").await?;
        tx.run(
            "DELETE FROM common_hold WHERE source = $1 AND programme = $2",
            args![anchor, register.programme.as_str()],
        )
        .await?;
        tx.commit().await
    }

    /// Tells the register of an attempt: that the advertiser's contacts were approached, and the network's that somebody
    /// near them was.
    pub(crate) async fn note_in_register(
        &self,
        tx: &mut Tx,
        advertiser: &str,
        contact: Option<i64>,
        attempt: AttemptId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let (mut own, others) = self.common_contacts(tx, register, advertiser).await?;
        own.extend(self.common_hashes(tx, register, contact).await?.into_values());
        own.sort_unstable();
        own.dedup();
        let others: Vec<Hash> = others.into_iter().filter(|hash| !own.contains(hash)).collect();
        register.note((&own, &others), attempt.0, at).await
    }

    /// Takes back what the register was told of an attempt.
    pub(crate) async fn forget_in_register(&self, attempt: AttemptId) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let mut tx = register.store.write("taking an approach back in the common register").await?;
        tx.run(
            "DELETE FROM common_approach WHERE source = $1 AND programme = $2",
            args![attempt.0, register.programme.as_str()],
        )
        .await?;
        tx.commit().await
    }

    /// Everything that the register holds of a contact: programme and time of each approach.
    pub(crate) async fn common_approaches(&self, contact: &Contact) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let Some(register) = self.register() else { return Ok(Vec::new()) };
        let mut tx = register.store.read("answering a person from the common register").await?;
        let rows = tx
            .all(
                "SELECT programme, at FROM common_approach WHERE contact_hash = $1 AND near = 0 ORDER BY at, programme",
                args![register.hash(contact)],
            )
            .await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.time(1)?))).collect()
    }

    /// Erases a contact in the register: approaches, holds and referrals of every programme. Its objection stays and stops
    /// them all.
    pub(crate) async fn erase_in_register(&self, contact: &Contact) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let hash = register.hash(contact);
        let mut tx = register.store.write("erasing a person in the common register").await?;
        for sql in [
            "DELETE FROM common_approach WHERE contact_hash = $1",
            "DELETE FROM common_hold WHERE contact_hash = $1",
            "DELETE FROM common_referral_contact WHERE contact_hash = $1",
        ] {
            tx.run(sql, args![hash]).await?;
        }
        tx.run(
            "DELETE FROM common_referral WHERE NOT EXISTS (SELECT 1 FROM common_referral_contact c \
             WHERE c.referral_id = common_referral.id)",
            args![],
        )
        .await?;
        tx.commit().await?;
        register.store.wipe().await
    }
}
