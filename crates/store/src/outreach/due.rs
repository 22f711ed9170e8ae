//! What a team is to follow up, read with one question for each kind of thing, however many lines there are.

use super::follow_up::{Consent, ConsentHow, DueRow, ReferralRow, ReferralStatus, place};
use super::gate::urgent_among;
use super::ledger::{ATTEMPT, attempt_row};
use super::{AttemptId, AttemptRow};
use crate::analysis::current;
use crate::db::{Arg, Row, Tx, args};
use crate::keys::parse_contact_kind;
use crate::times::day_from_text;
use crate::{Look, Store, StoreError};
use domain::{Contact, TeamId};
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};

impl Store {
    /// A team's attempts that are to be followed up by a day and referrals of which the last word is not said, and then the
    /// attempts that wait for an answer, by day. Of each person only the newest attempt counts. Audited, since contacts are opened.
    pub async fn due(&self, look: &Look, team: &TeamId, until: Date) -> Result<Vec<DueRow>, StoreError> {
        let mut tx = self.write("reading what is to be followed up").await?;
        look.write(&mut tx, self.keys()).await?;
        let sql = format!(
            "{ATTEMPT} WHERE coalesce(t.care_team, t.team) = $1 AND t.undone_at IS NULL AND NOT EXISTS \
             (SELECT 1 FROM attempt n WHERE n.anchor_ad = t.anchor_ad AND coalesce(n.care_team, n.team) = $1 \
             AND n.undone_at IS NULL AND \
             (n.made_at > t.made_at OR (n.made_at = t.made_at AND n.id > t.id))) \
             AND (t.outcome IS NULL OR (t.follow_up IS NOT NULL AND t.follow_up <= $2) OR EXISTS (SELECT 1 FROM referral r \
             WHERE r.attempt_id = t.id AND NOT EXISTS (SELECT 1 FROM referral_status s WHERE s.attempt_id = r.attempt_id \
             AND s.status <> 'pending'))) ORDER BY CASE WHEN t.follow_up IS NOT NULL THEN 0 WHEN t.outcome IS NOT NULL THEN 1 ELSE 2 END, \
             t.follow_up, t.id LIMIT 200"
        );
        let rows = tx.all_of(sql, args![team.as_str(), until.to_string()]).await?;
        let attempts: Vec<AttemptRow> = rows.iter().map(attempt_row).collect::<Result<_, _>>()?;
        let contacts = self.contacts_not_objected(&mut tx, &rows).await?;
        let mut referrals = self.referrals(&mut tx, &attempts).await?;
        let mut plans = self.plans(&mut tx, &attempts).await?;
        let of: Vec<AttemptId> = attempts.iter().map(|attempt| attempt.id).collect();
        let mut notes = self.notes_of(&mut tx, team, &of).await?;
        let names = names(&mut tx, &attempts).await?;
        let analysis = current(&mut tx).await?;
        let advertisers = attempts.iter().map(|attempt| attempt.advertiser.as_str());
        let urgent = urgent_among(&mut tx, analysis, advertisers, look.at).await?;
        tx.commit().await?;
        let mut due = Vec::with_capacity(rows.len());
        for (row, attempt) in rows.iter().zip(attempts) {
            due.push(DueRow {
                contact: row.opt_int(13)?.and_then(|contact| contacts.get(&contact).cloned()),
                language: row.opt_text(18)?.unwrap_or_default(),
                referral: referrals.remove(&attempt.id.0),
                plan: plans.remove(&attempt.id.0).unwrap_or_default(),
                note: notes.remove(&attempt.id).unwrap_or_default(),
                care: attempt.care_account.and_then(|account| names.get(&account.0).cloned()),
                urgent: urgent.contains(attempt.advertiser.as_str()),
                attempt,
            });
        }
        Ok(due)
    }

    /// The contacts that these attempts used, in clear, without those that an objection covers, here or in a
    /// programme of the register.
    async fn contacts_not_objected(&self, tx: &mut Tx, rows: &[Row]) -> Result<HashMap<i64, Contact>, StoreError> {
        let mut ids = Vec::with_capacity(rows.len());
        for row in rows {
            ids.extend(row.opt_int(13)?.map(Arg::from));
        }
        const OPEN: &str = "SELECT c.id, c.kind, c.contact_hash, c.value_sealed FROM contact c WHERE NOT EXISTS \
             (SELECT 1 FROM objection o WHERE o.contact_hash = c.contact_hash) AND c.id IN";
        let mut found = HashMap::with_capacity(ids.len());
        for row in tx.all_in(OPEN, &[], ids).await? {
            let value = self.keys().open_text("contact", &row.blob(2)?, "value", &row.blob(3)?)?;
            found.insert(row.int(0)?, Contact { kind: parse_contact_kind(&row.text(1)?)?, value });
        }
        let elsewhere = self.objected_elsewhere(found.values()).await?;
        found.retain(|_, contact| !elsewhere.contains(contact));
        Ok(found)
    }

    async fn referrals(&self, tx: &mut Tx, attempts: &[AttemptRow]) -> Result<HashMap<i64, ReferralRow>, StoreError> {
        const CONSENTS: &str = "SELECT attempt_id, consent_on, consent_how, language, interpreter, referred_to \
             FROM referral WHERE attempt_id IN";
        const STATUSES: &str = "SELECT attempt_id, id, status, said_by_sealed, said_on, at FROM referral_status \
             WHERE attempt_id IN";
        let mut said: BTreeMap<i64, (i64, Row)> = BTreeMap::new();
        for row in tx.all_in(STATUSES, &[], ids(attempts)).await? {
            let (attempt, id) = (row.int(0)?, row.int(1)?);
            if said.get(&attempt).is_none_or(|(newest, _)| *newest < id) {
                said.insert(attempt, (id, row));
            }
        }
        let mut found = HashMap::new();
        for row in tx.all_in(CONSENTS, &[], ids(attempts)).await? {
            let attempt = row.int(0)?;
            let consent = Consent {
                on: day_from_text(&row.text(1)?)?,
                how: ConsentHow::parse(&row.text(2)?).ok_or(StoreError::Corrupt { what: "a consent" })?,
                language: row.text(3)?,
                interpreter: row.flag(4)?,
                referred_to: row.text(5)?,
            };
            let last = match said.get(&attempt) {
                Some((_, row)) => {
                    let status =
                        ReferralStatus::parse(&row.text(2)?).ok_or(StoreError::Corrupt { what: "a status" })?;
                    let place = place(AttemptId(attempt), row.int(5)?);
                    let by = self.keys().open_text("referral_status", &place, "said_by", &row.blob(3)?)?;
                    Some((status, by, day_from_text(&row.text(4)?)?))
                }
                None => None,
            };
            found.insert(attempt, ReferralRow { consent, last });
        }
        Ok(found)
    }

    /// What was agreed, as it was written last.
    async fn plans(&self, tx: &mut Tx, attempts: &[AttemptRow]) -> Result<HashMap<i64, String>, StoreError> {
        const CHANGES: &str = "SELECT c.attempt_id, c.plan_sealed FROM attempt_change c WHERE NOT EXISTS \
             (SELECT 1 FROM attempt_change n WHERE n.attempt_id = c.attempt_id AND n.id > c.id) AND c.attempt_id IN";
        let mut found = HashMap::new();
        for row in tx.all_in(CHANGES, &[], ids(attempts)).await? {
            let attempt = row.int(0)?;
            let plan = self.keys().open_text("attempt_change", &attempt.to_le_bytes(), "plan", &row.blob(1)?)?;
            found.insert(attempt, plan);
        }
        Ok(found)
    }
}

fn ids(attempts: &[AttemptRow]) -> Vec<Arg> {
    attempts.iter().map(|attempt| Arg::from(attempt.id.0)).collect()
}

/// Names of those who look after them.
async fn names(tx: &mut Tx, attempts: &[AttemptRow]) -> Result<HashMap<i64, String>, StoreError> {
    let accounts: std::collections::BTreeSet<i64> =
        attempts.iter().filter_map(|attempt| attempt.care_account.map(|account| account.0)).collect();
    let rows = tx.all_in("SELECT id, name FROM account WHERE id IN", &[], accounts.into_iter().map(Arg::from)).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}
