//! What came of an attempt, later: on the attempt itself while it waits, and as a further attempt where the person rings,
//! answers again, or a promise is kept. Neither asks for a claim: nobody is approached.

use super::follow_up::{put_consent, write_change};
use super::hand_over::one_attempt;
use super::ledger::{Attempt, NO_CONSENT, attempts_at, cautions_text, consent_json};
use super::{AttemptDetails, AttemptId, NewAttempt, Outcome, PutAttempt, Told14};
use crate::analysis::current;
use crate::db::{Arg, Tx, args};
use crate::people::account_name;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::{AdvertiserId, TeamId};
use jiff::{Timestamp, civil::Date};
use std::collections::{BTreeSet, HashMap};

/// What came of an attempt that was recorded before. What is empty here stays as it was; minutes and notes are added.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeEdit {
    /// What came of it.
    pub outcome: Outcome,
    /// Minutes spent on it since.
    pub minutes: Option<u32>,
    /// A note; sealed, beneath what was written before.
    pub note: String,
    /// When to follow up.
    pub follow_up: Option<Date>,
    /// What else is recorded.
    pub details: AttemptDetails,
}

impl Store {
    /// Sets what came of an attempt, with all that can be recorded of it. Another's newer save is never written over.
    /// `Objection` also keeps the objection of the contact used; `Referred` needs the consent.
    pub async fn record_outcome(
        &self,
        attempt: AttemptId,
        edit: &OutcomeEdit,
        expected_version: i64,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let details = &edit.details;
        if edit.outcome == Outcome::Referred && details.consent.is_none() {
            return Err(StoreError::Refused { why: NO_CONSENT });
        }
        let keys = self.keys();
        let mut tx = self.write("recording an outcome").await?;
        let name = account_name(&mut tx, by).await?;
        let known = tx
            .one(
                "SELECT version, undone_at, idempotency_hash, note_sealed, minutes, people, told, told_why_sealed, offer, \
                 person_asked, cautions, follow_up, contact_id FROM attempt WHERE id = $1",
                args![attempt.0],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "attempt" })?;
        if known.opt_int(1)?.is_some() {
            return Err(StoreError::Refused { why: "the attempt was undone" });
        }
        let stale = |found| StoreError::Conflict { what: "attempt", expected: expected_version, found };
        if known.int(0)? != expected_version {
            return Err(stale(known.int(0)?));
        }
        let hash = known.blob(2)?;
        let note = match (keys.open_text("attempt", &hash, "note", &known.blob(3)?)?, edit.note.trim()) {
            (before, "") => before,
            (before, added) if before.is_empty() => added.to_owned(),
            (before, added) => format!("{before}\n{added}"),
        };
        let minutes = match (known.opt_int(4)?, edit.minutes) {
            (before, None) => before,
            (before, Some(more)) => Some(before.unwrap_or(0) + i64::from(more)),
        };
        let told_why = match details.told {
            Some(Told14::Postponed) => Some(keys.seal_text("attempt", &hash, "told_why", &details.told_why)?),
            Some(_) => None,
            None => known.opt_blob(7)?,
        };
        let mut cautions: BTreeSet<&str> = details.cautions.iter().map(|caution| caution.as_str()).collect();
        let before = known.text(10)?;
        cautions.extend(before.split_whitespace());
        let follow_up = edit.follow_up.map(|day| day.to_string());
        let set = tx
            .run(
                "UPDATE attempt SET outcome = $2, version = version + 1, note_sealed = $4, minutes = $5, people = $6, \
                 told = $7, told_why_sealed = $8, offer = $9, person_asked = $10, cautions = $11, follow_up = $12 \
                 WHERE id = $1 AND version = $3 AND undone_at IS NULL",
                args![
                    attempt.0,
                    edit.outcome.as_str(),
                    expected_version,
                    keys.seal_text("attempt", &hash, "note", &note)?,
                    minutes,
                    details.people.map(i64::from).or(known.opt_int(5)?),
                    details.told.map(|told| told.as_str().to_owned()).or(known.opt_text(6)?),
                    told_why,
                    details.offer.clone().or(known.opt_text(8)?),
                    details.person_asked || known.flag(9)?,
                    cautions.into_iter().collect::<Vec<_>>().join(" "),
                    follow_up.clone().or(known.opt_text(11)?)
                ],
            )
            .await?;
        if set == 0 {
            // Another was quicker since it was read.
            return Err(stale(expected_version + 1));
        }
        let actor = Actor::Account(by);
        if let (Outcome::Objection, Some(contact)) = (edit.outcome, known.opt_int(12)?) {
            self.object_by_attempt(&mut tx, attempt, contact, &actor, at).await?;
        }
        if let Some(consent) = details.consent.as_ref().filter(|_| edit.outcome == Outcome::Referred) {
            put_consent(&mut tx, attempt, consent, at).await?;
        }
        let body = serde_json::json!({
            "attempt": attempt.0, "outcome": edit.outcome.as_str(),
            "consent": details.consent.as_ref().filter(|_| edit.outcome == Outcome::Referred).map(consent_json),
            "minutes": edit.minutes, "note": edit.note, "follow_up": follow_up, "people": details.people,
            "told": details.told.map(Told14::as_str), "offer": details.offer, "person_asked": details.person_asked,
            "cautions": cautions_text(&details.cautions),
        });
        let seq = chain::event(&mut tx, keys, "outcome", &actor, body, at).await?;
        write_change(&mut tx, keys, attempt, None, by, &name, seq, at).await?;
        tx.commit().await
    }

    /// Records what happened after an earlier attempt: the person rang or answered, or what was promised was done. It is
    /// kept with the same ad and needs no claim. `seen`: the newest attempt that the worker knew of; where a newer one
    /// is there, nothing is recorded and the worker is asked (a [`StoreError::Conflict`] that names it).
    pub async fn put_further(
        &self,
        new: &NewAttempt,
        of: AttemptId,
        seen: Option<AttemptId>,
        by: AccountId,
    ) -> Result<PutAttempt, StoreError> {
        if new.outcome == Some(Outcome::Referred) && new.details.consent.is_none() {
            return Err(StoreError::Refused { why: NO_CONSENT });
        }
        let mut tx = self.write("recording what came after an attempt").await?;
        let name = account_name(&mut tx, by).await?;
        if let Some(id) = self.known_attempt(&mut tx, &new.idempotency_key).await? {
            return Ok(PutAttempt { id, new: false });
        }
        let before = one_attempt(&mut tx, of).await?;
        let row = tx
            .one("SELECT anchor_ad, programme FROM attempt WHERE id = $1", args![of.0])
            .await?
            .ok_or(StoreError::NotFound { what: "attempt" })?;
        let (anchor, programme) = (row.int(0)?, row.text(1)?);
        nothing_newer(&mut tx, anchor, seen).await?;
        let advertiser = advertiser_of(&mut tx, anchor).await?.unwrap_or(before.advertiser);
        let new = NewAttempt { advertiser, contact: new.contact.or(before.contact), ..new.clone() };
        let attempt = Attempt {
            new: &new,
            anchor,
            programme,
            account: Some(by),
            name,
            actor: &Actor::Account(by),
            recorded_at: new.made_at,
        };
        let done = self.write_attempt(&mut tx, &attempt).await?;
        if done.new {
            tx.commit().await?;
        }
        Ok(done)
    }

    /// What was noted of attempts: of those that the team looks after, which is the one that made them until another
    /// accepts. Audited, since notes are opened.
    pub async fn attempt_notes(
        &self,
        look: &Look,
        team: &TeamId,
        of: &[AttemptId],
    ) -> Result<HashMap<AttemptId, String>, StoreError> {
        let mut tx = self.write("reading notes").await?;
        look.write(&mut tx, self.keys()).await?;
        let notes = self.notes_of(&mut tx, team, of).await?;
        tx.commit().await?;
        Ok(notes)
    }

    pub(super) async fn notes_of(
        &self,
        tx: &mut Tx,
        team: &TeamId,
        of: &[AttemptId],
    ) -> Result<HashMap<AttemptId, String>, StoreError> {
        const NOTE: &str = "SELECT id, idempotency_hash, note_sealed FROM attempt \
             WHERE coalesce(care_team, team) = $1 AND undone_at IS NULL AND id IN";
        let ids = of.iter().map(|id| Arg::from(id.0));
        let mut notes = HashMap::new();
        for row in tx.all_in(NOTE, &[Arg::from(team.as_str())], ids).await? {
            let note = self.keys().open_text("attempt", &row.blob(1)?, "note", &row.blob(2)?)?;
            if !note.is_empty() {
                notes.insert(AttemptId(row.int(0)?), note);
            }
        }
        Ok(notes)
    }

    /// Attempts that an account recorded since a time and that can still be taken back, newest first.
    pub async fn recorded_since(&self, by: AccountId, since: Timestamp) -> Result<Vec<super::AttemptRow>, StoreError> {
        let mut tx = self.read("reading what was recorded lately").await?;
        let sql = format!(
            "{} WHERE t.by_account = $1 AND t.recorded_at >= $2 AND t.undone_at IS NULL \
             AND (t.care_team IS NULL OR t.care_team = t.team) ORDER BY t.id DESC LIMIT 20",
            super::ledger::ATTEMPT
        );
        tx.all_of(sql, args![by.0, since]).await?.iter().map(super::ledger::attempt_row).collect()
    }
}

/// The newest attempt at whom an ad belongs to now, 0 where there is none.
pub(super) async fn newest_at(tx: &mut Tx, anchor: i64) -> Result<AttemptId, StoreError> {
    let analysis = current(tx).await?;
    let of_ad = tx
        .one("SELECT max(id) FROM attempt WHERE anchor_ad = $1 AND undone_at IS NULL", args![anchor])
        .await?
        .map(|row| row.opt_int(0))
        .transpose()?
        .flatten();
    let of_all = match advertiser_of(tx, anchor).await? {
        Some(advertiser) => {
            let all = attempts_at(tx, analysis, advertiser.as_str()).await?;
            all.iter().filter(|attempt| !attempt.undone).map(|attempt| attempt.id.0).max()
        }
        None => None,
    };
    Ok(AttemptId(of_ad.max(of_all).unwrap_or(0)))
}

/// Refuses where something was recorded that the worker has not seen. The chain is held from here on, so that of two who
/// record at once the second sees what the first wrote.
pub(super) async fn nothing_newer(tx: &mut Tx, anchor: i64, seen: Option<AttemptId>) -> Result<(), StoreError> {
    let Some(seen) = seen else { return Ok(()) };
    chain::hold(tx).await?;
    let newest = newest_at(tx, anchor).await?;
    if newest > seen {
        return Err(StoreError::Conflict { what: "attempts", expected: seen.0, found: newest.0 });
    }
    Ok(())
}

async fn advertiser_of(tx: &mut Tx, ad: i64) -> Result<Option<AdvertiserId>, StoreError> {
    let analysis = current(tx).await?;
    let row = tx
        .one("SELECT advertiser FROM entity_member WHERE analysis_id = $1 AND ad_id = $2", args![analysis, ad])
        .await?;
    row.map(|row| row.text(0).map(AdvertiserId)).transpose()
}
