//! Cases that one programme sends to another. The receiver learns a municipality, a reason and the contacts as pseudonyms
//! of the register, and whether one of its own cases has such a contact; nothing of an ad, a sign or an attempt.

use super::Hash;
use crate::db::{Arg, Row, Tx, args};
use crate::research::CaseId;
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::{Bilingual, Contact, ProgrammeId};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashSet};

/// What goes with a case that is sent to another programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReferral {
    /// To whom.
    pub to: ProgrammeId,
    /// The reason's code.
    pub reason: String,
    /// The reason as people read it.
    pub words: Bilingual,
}

/// How far the receiver is with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IncomingState {
    /// Nobody has looked after it yet.
    Sent,
    /// Somebody does.
    Taken,
    /// Done with.
    Closed,
    /// The sender took it back.
    Withdrawn,
}

impl IncomingState {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            IncomingState::Sent => "sent",
            IncomingState::Taken => "taken",
            IncomingState::Closed => "closed",
            IncomingState::Withdrawn => "withdrawn",
        }
    }
    fn parse(text: &str) -> Result<Self, StoreError> {
        [Self::Sent, Self::Taken, Self::Closed, Self::Withdrawn]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(StoreError::Corrupt { what: "a referral's state" })
    }
}

/// A case that another programme sent here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Its row.
    pub id: i64,
    /// From whom.
    pub from: ProgrammeId,
    /// Where; empty where the sender did not know.
    pub municipality_code: String,
    /// Why.
    pub reason: Bilingual,
    /// When.
    pub sent_at: Timestamp,
    /// How far it is.
    pub state: IncomingState,
    /// Since when.
    pub state_at: Timestamp,
    /// The contacts as the register's pseudonyms, the same in every programme that shares it.
    pub contacts: Vec<String>,
    /// Cases here that have one of those contacts.
    pub cases: Vec<CaseId>,
}

const INCOMING: &str = "SELECT id, from_programme, municipality_code, reason_da, reason_en, sent_at, state, state_at \
     FROM common_referral";

impl Store {
    /// Sends a case with the decision that says so, in its transaction and before its end.
    pub(crate) async fn send_referral(
        &self,
        tx: &mut Tx,
        subject: &str,
        decision: i64,
        referral: &NewReferral,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(register) = self.register() else {
            return Err(StoreError::Refused {
                why: "a case is sent to another programme through the register that both share; this one shares none",
            });
        };
        let (own, _) = self.common_contacts(tx, register, subject).await?;
        let analysis = crate::analysis::current(tx).await?;
        let municipality = tx
            .one(
                "SELECT p.municipality_code FROM entity_member m JOIN ad a ON a.id = m.ad_id \
                 JOIN place_mention p ON p.ad_id = m.ad_id WHERE m.analysis_id = $1 \
                 AND (m.advertiser = $2 OR m.network = $2) ORDER BY a.last_seen DESC, p.position, p.municipality_code LIMIT 1",
                args![analysis, subject],
            )
            .await?;
        let municipality = municipality.map(|row| row.text(0)).transpose()?.unwrap_or_default();
        let mut there = register.store.write("sending a case to another programme").await?;
        let (kept, until) = (Retention::Case.as_str(), Retention::Case.until(at));
        let id = there
            .id(
                "INSERT INTO common_referral (from_programme, source, to_programme, municipality_code, reason_code, \
                 reason_da, reason_en, sent_at, state, state_at, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $10, $11) \
                 ON CONFLICT (from_programme, source) DO UPDATE SET to_programme = excluded.to_programme, \
                 sent_at = excluded.sent_at, state = excluded.state, state_at = excluded.state_at RETURNING id",
                args![
                    register.programme.as_str(),
                    decision,
                    referral.to.as_str(),
                    municipality,
                    &referral.reason,
                    &referral.words.da,
                    &referral.words.en,
                    at,
                    IncomingState::Sent.as_str(),
                    kept,
                    until
                ],
            )
            .await?;
        let rows: Vec<Vec<Arg>> = own.iter().map(|hash| args![id, *hash, kept, until]).collect();
        there
            .insert(
                "INSERT INTO common_referral_contact (referral_id, contact_hash, retention, delete_after) VALUES",
                "ON CONFLICT (referral_id, contact_hash) DO NOTHING",
                &rows,
            )
            .await?;
        there.commit().await
    }

    /// Takes a case back that was sent with a decision, where the receiver has not closed it.
    pub(crate) async fn withdraw_referral(&self, decision: i64, at: Timestamp) -> Result<(), StoreError> {
        let Some(register) = self.register() else { return Ok(()) };
        let mut tx = register.store.write("taking back a case that was sent").await?;
        tx.run(
            "UPDATE common_referral SET state = 'withdrawn', state_at = $3 WHERE from_programme = $1 AND source = $2 \
             AND state <> 'closed'",
            args![register.programme.as_str(), decision, at],
        )
        .await?;
        tx.commit().await
    }

    /// How far the receiver is with a case that was sent with a decision; `None` where none was.
    pub async fn sent_state(&self, decision: i64) -> Result<Option<(IncomingState, Timestamp)>, StoreError> {
        let Some(register) = self.register() else { return Ok(None) };
        let mut tx = register.store.read("asking how far a case is that was sent").await?;
        let row = tx
            .one(
                "SELECT state, state_at FROM common_referral WHERE from_programme = $1 AND source = $2",
                args![register.programme.as_str(), decision],
            )
            .await?;
        row.map(|row| Ok((IncomingState::parse(&row.text(0)?)?, row.time(1)?))).transpose()
    }

    /// Cases that other programmes (or one) sent here and that are not done with, oldest first. Audited in this store.
    pub async fn incoming(&self, look: &Look, from: Option<&ProgrammeId>) -> Result<Vec<Incoming>, StoreError> {
        let Some(register) = self.register() else { return Ok(Vec::new()) };
        let mut there = register.store.read("reading what other programmes sent").await?;
        let rows = there
            .all_of(
                format!(
                    "{INCOMING} WHERE to_programme = $1 AND state IN ('sent', 'taken') AND ($2 = '' OR from_programme = $2) \
                     ORDER BY sent_at, id LIMIT 500"
                ),
                args![register.programme.as_str(), from.map_or("", ProgrammeId::as_str)],
            )
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.with_own_cases(look, &mut there, &rows).await
    }

    /// One that was sent here, whatever became of it. Audited in this store.
    pub async fn incoming_one(&self, look: &Look, id: i64) -> Result<Incoming, StoreError> {
        let missing = StoreError::NotFound { what: "case from another programme" };
        let Some(register) = self.register() else { return Err(missing) };
        let mut there = register.store.read("reading what another programme sent").await?;
        let rows = there
            .all_of(format!("{INCOMING} WHERE to_programme = $1 AND id = $2"), args![register.programme.as_str(), id])
            .await?;
        self.with_own_cases(look, &mut there, &rows).await?.pop().ok_or(missing)
    }

    /// Says how far one is that was sent here. The act is an event of this store.
    pub async fn set_incoming(
        &self,
        id: i64,
        state: IncomingState,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let missing = StoreError::NotFound { what: "case from another programme" };
        let Some(register) = self.register() else { return Err(missing) };
        let mut tx = self.write("answering a case from another programme").await?;
        let body = serde_json::json!({ "referral": id, "state": state.as_str() });
        chain::event(&mut tx, self.keys(), "incoming", &Actor::Account(by), body, at).await?;
        let mut there = register.store.write("answering a case from another programme").await?;
        let done = there
            .run(
                "UPDATE common_referral SET state = $3, state_at = $4 WHERE to_programme = $1 AND id = $2 \
                 AND state <> 'withdrawn'",
                args![register.programme.as_str(), id, state.as_str(), at],
            )
            .await?;
        if done == 0 {
            let row = there
                .one(
                    "SELECT state FROM common_referral WHERE to_programme = $1 AND id = $2",
                    args![register.programme.as_str(), id],
                )
                .await?;
            return Err(match row {
                Some(_) => StoreError::Refused { why: "the other programme took the case back" },
                None => missing,
            });
        }
        there.commit().await?;
        tx.commit().await
    }

    /// Cases here that have a contact of what is open from another programme.
    pub async fn referred_cases(&self, from: &ProgrammeId) -> Result<Vec<CaseId>, StoreError> {
        let Some(register) = self.register() else { return Ok(Vec::new()) };
        let mut there = register.store.read("reading what another programme sent").await?;
        let rows = there
            .all(
                "SELECT DISTINCT c.contact_hash FROM common_referral r JOIN common_referral_contact c \
                 ON c.referral_id = r.id WHERE r.to_programme = $1 AND r.from_programme = $2 AND r.state IN ('sent', 'taken')",
                args![register.programme.as_str(), from.as_str()],
            )
            .await?;
        let wanted: HashSet<Vec<u8>> = rows.iter().map(|row| row.blob(0)).collect::<Result<_, _>>()?;
        let mut tx = self.read("finding cases that other programmes sent").await?;
        let cases: BTreeSet<String> =
            self.own_cases_of(&mut tx, &wanted).await?.into_iter().map(|(_, case)| case).collect();
        Ok(cases.into_iter().map(CaseId).collect())
    }

    /// Every case with a contact that was sent from one programme to another: from, to, when.
    pub(crate) async fn common_referrals(
        &self,
        contact: &Contact,
    ) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
        let Some(register) = self.register() else { return Ok(Vec::new()) };
        let mut tx = register.store.read("answering a person from the common register").await?;
        let rows = tx
            .all(
                "SELECT r.from_programme, r.to_programme, r.sent_at FROM common_referral r \
                 JOIN common_referral_contact c ON c.referral_id = r.id WHERE c.contact_hash = $1 ORDER BY r.sent_at, r.id",
                args![register.hash(contact)],
            )
            .await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.time(2)?))).collect()
    }

    async fn with_own_cases(&self, look: &Look, there: &mut Tx, rows: &[Row]) -> Result<Vec<Incoming>, StoreError> {
        let Some(register) = self.register() else { return Ok(Vec::new()) };
        let mut tx = self.write("reading what other programmes sent").await?;
        look.write(&mut tx, self.keys()).await?;
        let mut found = Vec::with_capacity(rows.len());
        let mut hashes: Vec<Vec<Vec<u8>>> = Vec::with_capacity(rows.len());
        for row in rows {
            let id = row.int(0)?;
            let contacts = there
                .all(
                    "SELECT contact_hash FROM common_referral_contact WHERE referral_id = $1 ORDER BY contact_hash",
                    args![id],
                )
                .await?;
            let contacts: Vec<Vec<u8>> = contacts.iter().map(|row| row.blob(0)).collect::<Result<_, _>>()?;
            found.push(Incoming {
                id,
                from: ProgrammeId(row.text(1)?),
                municipality_code: row.text(2)?,
                reason: Bilingual { da: row.text(3)?, en: row.text(4)? },
                sent_at: row.time(5)?,
                state: IncomingState::parse(&row.text(6)?)?,
                state_at: row.time(7)?,
                contacts: contacts.iter().map(|hash| register.store.keys().pseudonym(hash)).collect(),
                cases: Vec::new(),
            });
            hashes.push(contacts);
        }
        let wanted: HashSet<Vec<u8>> = hashes.iter().flatten().cloned().collect();
        let own = self.own_cases_of(&mut tx, &wanted).await?;
        for (item, contacts) in found.iter_mut().zip(&hashes) {
            let cases: BTreeSet<&String> = own
                .iter()
                .filter(|(hash, _)| contacts.iter().any(|of| of[..] == hash[..]))
                .map(|(_, case)| case)
                .collect();
            item.cases = cases.into_iter().cloned().map(CaseId).collect();
        }
        tx.commit().await?;
        Ok(found)
    }

    /// Cases that are not in the urgent route, by the contacts of the register that they have. The register's hash of an
    /// own contact is not kept: whoever took this store could else tell which of its contacts others know.
    async fn own_cases_of(&self, tx: &mut Tx, wanted: &HashSet<Vec<u8>>) -> Result<Vec<(Hash, String)>, StoreError> {
        let Some(register) = self.register().filter(|_| !wanted.is_empty()) else { return Ok(Vec::new()) };
        let rows = tx.all("SELECT id FROM contact ORDER BY id", args![]).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
        let hashes = self.common_hashes(tx, register, ids).await?;
        let analysis = crate::analysis::current(tx).await?;
        let mut found = Vec::new();
        for (id, hash) in hashes {
            if !wanted.contains(&hash[..]) {
                continue;
            }
            let cases = tx
                .all(
                    "SELECT DISTINCT c.id FROM contact_mention n JOIN entity_member m ON m.analysis_id = $1 \
                     AND m.ad_id = n.ad_id JOIN case_file c ON c.subject IN (m.advertiser, m.network) \
                     WHERE n.contact_id = $2 AND c.merged_into IS NULL AND c.urgent = 0",
                    args![analysis, id],
                )
                .await?;
            for row in cases {
                found.push((hash, row.text(0)?));
            }
        }
        Ok(found)
    }
}
