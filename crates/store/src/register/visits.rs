//! Places in the register: where a team of one programme met somebody, the others leave those alone whose ads name the
//! address. A keyed hash of the address stands beside those of contacts; visits are told apart by a source below zero.

use super::{Hash, Register};
use crate::db::{Arg, Tx, args};
use crate::keys::Purpose;
use crate::outreach::AttemptId;
use crate::readings::open_reading;
use crate::{Store, StoreError};
use domain::NormalText;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

impl Register {
    /// An address as ads and teams write it, in a municipality.
    fn address(&self, municipality: &str, address: &str) -> Hash {
        let folded = NormalText::fold(address);
        self.store.keys().hash(Purpose::Contact, &[b"address", municipality.as_bytes(), folded.as_str().as_bytes()])
    }
}

impl Store {
    /// Tells the register that somebody was met at a place: its addresses, and the contacts of this programme's own ads that
    /// name one of them.
    pub(crate) async fn note_visit(
        &self,
        tx: &mut Tx,
        addresses: &[(String, String)],
        visit: i64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let mut hashes: BTreeSet<Hash> =
            addresses.iter().map(|(municipality, address)| register.address(municipality, address)).collect();
        let mut contacts: BTreeSet<i64> = BTreeSet::new();
        let municipalities: BTreeSet<&String> = addresses.iter().map(|(municipality, _)| municipality).collect();
        for municipality in municipalities {
            let rows = tx
                .all(
                    "SELECT v.id, v.ad_id, r.body_sealed FROM address_mention x JOIN ad_version v ON v.id = x.version_id \
                     JOIN reading r ON r.version_id = v.id WHERE EXISTS (SELECT 1 FROM place_mention p \
                     WHERE p.ad_id = v.ad_id AND p.municipality_code = $1)",
                    args![municipality],
                )
                .await?;
            for row in &rows {
                let (_, facts) = open_reading(self.keys(), row.int(0)?, &row.blob(2)?)?;
                if facts.addresses.iter().any(|address| hashes.contains(&register.address(municipality, address))) {
                    let found = tx
                        .all("SELECT DISTINCT contact_id FROM contact_mention WHERE ad_id = $1", args![row.int(1)?])
                        .await?;
                    for contact in &found {
                        contacts.insert(contact.int(0)?);
                    }
                }
            }
        }
        let analysis = crate::analysis::current(tx).await?;
        const DAMPED: &str = "SELECT contact_id FROM damped_contact WHERE analysis_id = $1";
        for row in tx.all(DAMPED, args![analysis]).await? {
            contacts.remove(&row.int(0)?);
        }
        hashes.extend(self.common_hashes(tx, register, contacts).await?.into_values());
        let hashes: Vec<Hash> = hashes.into_iter().collect();
        register.note((&hashes, &[]), source_of(visit), at).await
    }

    /// Takes back what the register was told of a visit.
    pub(crate) async fn forget_visit(&self, visit: i64) -> Result<(), StoreError> {
        self.forget_in_register(AttemptId(source_of(visit))).await
    }

    /// When a team of another programme last met somebody at an address that an advertiser's ads name, by advertiser.
    /// `members_on` and `value` say whose ads, as the gate has it. Readings are opened only where anybody was met at all.
    pub(super) async fn met_at_addresses(
        &self,
        tx: &mut Tx,
        register: &Register,
        of: (i64, &str, &Arg),
        as_of: Timestamp,
    ) -> Result<HashMap<String, Timestamp>, StoreError> {
        let mut met: HashMap<Vec<u8>, Timestamp> = HashMap::new();
        let mut there = register.store.read("asking the common register for visits").await?;
        let rows = there
            .all(
                "SELECT contact_hash, max(at) FROM common_approach WHERE programme <> $1 AND source < 0 AND at <= $2 \
                 GROUP BY contact_hash",
                args![register.programme.as_str(), as_of],
            )
            .await?;
        drop(there);
        for row in &rows {
            met.insert(row.blob(0)?, row.time(1)?);
        }
        let mut found: HashMap<String, Timestamp> = HashMap::new();
        if met.is_empty() {
            return Ok(found);
        }
        let (analysis, members_on, value) = of;
        let rows = tx
            .all_of(
                format!(
                    "SELECT m.advertiser, v.id, r.body_sealed FROM entity_member m \
                     JOIN address_mention x ON x.ad_id = m.ad_id JOIN ad_version v ON v.id = x.version_id \
                     JOIN reading r ON r.version_id = v.id WHERE m.analysis_id = $1 AND {members_on}"
                ),
                vec![Arg::from(analysis), value.clone()],
            )
            .await?;
        let mut without: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut towns: HashMap<String, BTreeSet<String>> = HashMap::new();
        let mut see = |advertiser: &str, municipality: &str, address: &str| {
            if let Some(at) = met.get(&register.address(municipality, address)[..]) {
                let slot = found.entry(advertiser.to_owned()).or_insert(*at);
                *slot = (*slot).max(*at);
            }
        };
        for row in &rows {
            let advertiser = row.text(0)?;
            let (_, facts) = open_reading(self.keys(), row.int(1)?, &row.blob(2)?)?;
            for address in &facts.addresses {
                for place in &facts.places {
                    see(&advertiser, &place.municipality_code, address);
                }
                if facts.places.is_empty() {
                    without.entry(advertiser.clone()).or_default().insert(address.clone());
                }
            }
        }
        // An ad that names no town is where the advertiser's others are.
        let asked = without.keys().map(|advertiser| Arg::from(advertiser.as_str()));
        const TOWNS: &str = "SELECT DISTINCT m.advertiser, p.municipality_code FROM entity_member m \
             JOIN place_mention p ON p.ad_id = m.ad_id WHERE m.analysis_id = $1 AND m.advertiser IN";
        for row in tx.all_in(TOWNS, &[analysis.into()], asked).await? {
            towns.entry(row.text(0)?).or_default().insert(row.text(1)?);
        }
        for (advertiser, addresses) in &without {
            for municipality in towns.get(advertiser).into_iter().flatten() {
                for address in addresses {
                    see(advertiser, municipality, address);
                }
            }
        }
        Ok(found)
    }
}

/// Visits are numbered apart from attempts.
fn source_of(visit: i64) -> i64 {
    -visit
}
