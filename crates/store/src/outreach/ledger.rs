//! The ledger: attempts and what came of them. Written once for one idempotency key; undone by marking.

use super::claims::{anchor, live_claim};
use super::follow_up::put_consent;
use super::objections::{keep, undo_of_attempt};
use super::record::nothing_newer;
use super::{
    AttemptId, AttemptRow, Channel, Consent, ContactRef, NewAttempt, ObjectionChannel, Outcome, PutAttempt, Told14,
    WorkerCaution,
};
use crate::analysis::current;
use crate::analysis::members::members_of;
use crate::db::{Arg, Row, Tx, args};
use crate::keys::Purpose;
use crate::people::account_name;
use crate::retention::Retention;
use crate::times::day_from_text;
use crate::{AccountId, Actor, Store, StoreError, chain};
use domain::{AdvertiserId, TeamId};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Nothing leaves for an authority without the person.
pub(super) const NO_CONSENT: &str =
    "a referral needs the person's own consent: when, how, in which language, with interpreter or not, to whom";

/// How long an attempt can be undone.
const UNDO_MS: i64 = 10 * 60_000;

/// Columns as [`attempt_row`] reads them; the ad and the contact that it is kept with at 12 and 13, the language at 18.
pub(super) const ATTEMPT: &str = "SELECT t.id, t.advertiser, t.made_at, t.by_name, t.by_account, t.team, t.method, t.channel, \
     t.outcome, t.follow_up, t.undone_at, t.version, t.anchor_ad, t.contact_id, t.person_asked, t.cautions, \
     t.care_team, t.care_account, t.language FROM attempt t";

/// An attempt on its way in, from a page or an import.
pub(super) struct Attempt<'a> {
    pub new: &'a NewAttempt,
    pub anchor: i64,
    pub programme: String,
    pub account: Option<AccountId>,
    pub name: String,
    pub actor: &'a Actor,
    pub recorded_at: Timestamp,
}

impl Store {
    /// Records an attempt. Refused where another holds the claim. An outcome `Objection` also keeps the objection of
    /// the contact used.
    pub async fn put_attempt(&self, attempt: &NewAttempt, by: AccountId) -> Result<PutAttempt, StoreError> {
        self.put_attempt_after(attempt, None, by).await
    }

    /// The same, by a worker who knew of the attempts up to `seen` (0: of none). Where a newer one is there by now, in
    /// another tab or by a colleague, nothing is recorded and the worker is asked: a [`StoreError::Conflict`] names it.
    pub async fn put_attempt_after(
        &self,
        attempt: &NewAttempt,
        seen: Option<AttemptId>,
        by: AccountId,
    ) -> Result<PutAttempt, StoreError> {
        if attempt.outcome == Some(Outcome::Referred) && attempt.details.consent.is_none() {
            return Err(StoreError::Refused { why: NO_CONSENT });
        }
        let mut tx = self.write("recording an attempt").await?;
        let name = account_name(&mut tx, by).await?;
        if let Some(id) = self.known_attempt(&mut tx, &attempt.idempotency_key).await? {
            return Ok(PutAttempt { id, new: false });
        }
        let (anchor, programme) = anchor(&mut tx, &attempt.advertiser).await?;
        if let Some(claim) = live_claim(&mut tx, anchor, attempt.made_at).await?
            && claim.by != by
        {
            return Err(StoreError::Held { what: "advertiser", by: claim.name, until: claim.until });
        }
        nothing_newer(&mut tx, anchor, seen).await?;
        let actor = Actor::Account(by);
        let attempt = Attempt {
            new: attempt,
            anchor,
            programme,
            account: Some(by),
            name,
            actor: &actor,
            recorded_at: attempt.made_at,
        };
        let done = self.write_attempt(&mut tx, &attempt).await?;
        if done.new {
            tx.commit().await?;
        }
        Ok(done)
    }

    pub(super) async fn known_attempt(&self, tx: &mut Tx, key: &str) -> Result<Option<AttemptId>, StoreError> {
        let hash = self.keys().hash(Purpose::Import, &[b"attempt", key.as_bytes()]);
        let row = tx.one("SELECT id FROM attempt WHERE idempotency_hash = $1", args![hash]).await?;
        row.map(|row| Ok(AttemptId(row.int(0)?))).transpose()
    }

    /// Writes an attempt; where its key came in meanwhile, nothing is written and the caller rolls back.
    pub(super) async fn write_attempt(&self, tx: &mut Tx, attempt: &Attempt<'_>) -> Result<PutAttempt, StoreError> {
        let (keys, new, details) = (self.keys(), attempt.new, &attempt.new.details);
        let hash = keys.hash(Purpose::Import, &[b"attempt", new.idempotency_key.as_bytes()]);
        let event = serde_json::json!({
            "advertiser": new.advertiser.as_str(), "ad": attempt.anchor, "contact": new.contact.map(|of| of.0),
            "method": new.method, "channel": new.channel.as_str(), "outcome": new.outcome.map(Outcome::as_str),
            "language": new.language, "text": new.text_version, "minutes": new.minutes, "note": new.note,
            "follow_up": new.follow_up.map(|day| day.to_string()), "team": new.team.as_str(), "line": new.line,
            "made_at": new.made_at.as_millisecond(), "by": attempt.name, "people": details.people,
            "told": details.told.map(Told14::as_str), "offer": details.offer, "person_asked": details.person_asked,
            "consent": details.consent.as_ref().map(consent_json), "cautions": cautions_text(&details.cautions),
        });
        let seq = chain::event(tx, keys, "attempt", attempt.actor, event, attempt.recorded_at).await?;
        let note = keys.seal_text("attempt", &hash, "note", &new.note)?;
        let told_why = match details.told {
            Some(Told14::Postponed) => Some(keys.seal_text("attempt", &hash, "told_why", &details.told_why)?),
            _ => None,
        };
        let row = tx
            .one(
                "INSERT INTO attempt (idempotency_hash, programme, advertiser, anchor_ad, line_id, contact_id, team, \
                 method, channel, outcome, language, text_version, minutes, note_sealed, follow_up, made_at, \
                 recorded_at, by_account, by_name, event_seq, version, retention, delete_after, people, told, \
                 told_why_sealed, offer, person_asked, cautions) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 1, \
                 $21, $22, $23, $24, $25, $26, $27, $28) ON CONFLICT (idempotency_hash) DO NOTHING RETURNING id",
                args![
                    hash,
                    &attempt.programme,
                    new.advertiser.as_str(),
                    attempt.anchor,
                    new.line,
                    new.contact.map(|contact| contact.0),
                    new.team.as_str(),
                    &new.method,
                    new.channel.as_str(),
                    new.outcome.map(Outcome::as_str),
                    new.language.clone(),
                    new.text_version.clone(),
                    new.minutes,
                    note,
                    new.follow_up.map(|day| day.to_string()),
                    new.made_at,
                    attempt.recorded_at,
                    attempt.account.map(|id| id.0),
                    &attempt.name,
                    seq,
                    Retention::Ledger.as_str(),
                    Retention::Ledger.until(attempt.recorded_at),
                    details.people,
                    details.told.map(Told14::as_str),
                    told_why,
                    details.offer.clone(),
                    details.person_asked,
                    cautions_text(&details.cautions)
                ],
            )
            .await?;
        let Some(row) = row else {
            let id = self.known_attempt(tx, &new.idempotency_key).await?;
            return Ok(PutAttempt { id: id.ok_or(StoreError::Corrupt { what: "an attempt" })?, new: false });
        };
        let id = AttemptId(row.int(0)?);
        if let Some(consent) = &details.consent {
            put_consent(tx, id, consent, attempt.recorded_at).await?;
        }
        let contact = new.contact.map(|contact| contact.0);
        self.note_in_register(tx, new.advertiser.as_str(), contact, id, new.made_at).await?;
        if new.outcome == Some(Outcome::Objection)
            && let Some(contact) = new.contact
        {
            self.object_by_attempt(tx, id, contact.0, attempt.actor, attempt.recorded_at).await?;
        }
        Ok(PutAttempt { id, new: true })
    }

    pub(super) async fn object_by_attempt(
        &self,
        tx: &mut Tx,
        attempt: AttemptId,
        contact: i64,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = tx.one("SELECT contact_hash FROM contact WHERE id = $1", args![contact]).await?;
        let hash = row.ok_or(StoreError::NotFound { what: "contact" })?.blob(0)?;
        let put = keep(tx, self.keys(), &hash, Some(attempt), ObjectionChannel::Worker, actor, at).await?;
        self.share_objection(tx, put.id, None).await
    }

    /// Undoes an attempt within 10 minutes of its recording; later it is refused, as where another team has accepted it
    /// meanwhile: nothing vanishes under their hands. An objection that only this attempt recorded goes with it.
    pub async fn undo_attempt(&self, attempt: AttemptId, by: AccountId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("undoing an attempt").await?;
        account_name(&mut tx, by).await?;
        let undone = tx
            .run(
                "UPDATE attempt SET undone_at = $2, version = version + 1 WHERE id = $1 AND undone_at IS NULL \
                 AND recorded_at >= $3 AND (care_team IS NULL OR care_team = team)",
                args![attempt.0, at, at.as_millisecond() - UNDO_MS],
            )
            .await?;
        if undone == 0 {
            let sql = "SELECT undone_at, care_team, team FROM attempt WHERE id = $1";
            let found = tx.one(sql, args![attempt.0]).await?;
            return Err(match found {
                Some(row) if row.opt_int(0)?.is_some() => StoreError::Refused { why: "the attempt was undone already" },
                Some(row) if row.opt_text(1)?.is_some_and(|care| row.text(2).is_ok_and(|team| team != care)) => {
                    StoreError::Refused { why: "another team has accepted it; ask them to take that back first" }
                }
                Some(_) => StoreError::Refused {
                    why: "an attempt can be undone within 10 minutes; record another outcome instead",
                },
                None => StoreError::NotFound { what: "attempt" },
            });
        }
        let body = serde_json::json!({ "attempt": attempt.0 });
        // The chain is locked before any objection, here as where one is kept, so that two cannot wait for each other.
        chain::event(&mut tx, self.keys(), "undo_attempt", &Actor::Account(by), body, at).await?;
        let ended = undo_of_attempt(&mut tx, attempt, by, at).await?;
        tx.commit().await?;
        for objection in ended {
            self.unshare_objection(objection, None).await?;
        }
        self.forget_in_register(attempt).await
    }

    /// Attempts at an advertiser, undone ones too, oldest first.
    pub async fn attempts(&self, advertiser: &AdvertiserId) -> Result<Vec<AttemptRow>, StoreError> {
        let mut tx = self.read("reading attempts").await?;
        let analysis = current(&mut tx).await?;
        attempts_at(&mut tx, analysis, advertiser.as_str()).await
    }
}

/// Attempts at a subject, undone ones too, oldest first: at its ads, or through a contact of theirs that is not damped.
pub(crate) async fn attempts_at(tx: &mut Tx, analysis: i64, subject: &str) -> Result<Vec<AttemptRow>, StoreError> {
    const MEMBERS: &str = members_of!();
    let text = format!(
        "{ATTEMPT} WHERE t.advertiser = $2 OR t.anchor_ad IN {MEMBERS} OR t.contact_id IN \
         (SELECT n.contact_id FROM contact_mention n WHERE n.ad_id IN {MEMBERS} AND NOT EXISTS \
         (SELECT 1 FROM damped_contact d WHERE d.analysis_id = $1 AND d.contact_id = n.contact_id)) \
         ORDER BY t.made_at, t.id"
    );
    tx.all_of(text, args![analysis, subject]).await?.iter().map(attempt_row).collect()
}

/// The ads of these advertisers, each with whose it is.
pub(super) async fn ads_of(
    tx: &mut Tx,
    analysis: i64,
    advertisers: &BTreeSet<String>,
) -> Result<HashMap<i64, String>, StoreError> {
    const ADS: &str = "SELECT m.ad_id, m.advertiser FROM entity_member m WHERE m.analysis_id = $1 AND m.advertiser IN";
    let rows = tx.all_in(ADS, &[analysis.into()], advertisers.iter().map(Arg::from)).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// What [`attempts_at`] gives, of several advertisers, whose ads are `ads`: a few questions, however many there are.
pub(super) async fn attempts_at_each(
    tx: &mut Tx,
    analysis: i64,
    advertisers: &BTreeSet<String>,
    ads: &HashMap<i64, String>,
) -> Result<HashMap<String, Vec<AttemptRow>>, StoreError> {
    const CONTACTS: &str = "SELECT DISTINCT n.contact_id, m.advertiser FROM entity_member m \
         JOIN contact_mention n ON n.ad_id = m.ad_id WHERE m.analysis_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM damped_contact d WHERE d.analysis_id = $1 AND d.contact_id = n.contact_id) AND m.advertiser IN";
    let mut through: HashMap<i64, Vec<String>> = HashMap::new();
    for row in tx.all_in(CONTACTS, &[analysis.into()], advertisers.iter().map(Arg::from)).await? {
        through.entry(row.int(0)?).or_default().push(row.text(1)?);
    }
    let asked: [(&str, Vec<Arg>); 3] = [
        ("t.advertiser", advertisers.iter().map(Arg::from).collect()),
        ("t.anchor_ad", ads.keys().map(|ad| Arg::from(*ad)).collect()),
        ("t.contact_id", through.keys().map(|contact| Arg::from(*contact)).collect()),
    ];
    // By time and row, so that what is found twice is one, and the oldest comes first.
    let mut known: BTreeMap<(Timestamp, AttemptId), (AttemptRow, i64)> = BTreeMap::new();
    for (column, values) in asked {
        for row in tx.all_in(&format!("{ATTEMPT} WHERE {column} IN"), &[], values).await? {
            let attempt = attempt_row(&row)?;
            known.insert((attempt.at, attempt.id), (attempt, row.int(12)?));
        }
    }
    let mut found: HashMap<String, Vec<AttemptRow>> = HashMap::new();
    for (attempt, anchor) in known.into_values() {
        let by_contact = attempt.contact.and_then(|contact| through.get(&contact.0)).into_iter().flatten();
        let named = advertisers.get(attempt.advertiser.as_str());
        let whose: BTreeSet<&String> = named.into_iter().chain(ads.get(&anchor)).chain(by_contact).collect();
        for advertiser in whose {
            found.entry(advertiser.clone()).or_default().push(attempt.clone());
        }
    }
    Ok(found)
}

pub(super) fn consent_json(consent: &Consent) -> serde_json::Value {
    serde_json::json!({
        "on": consent.on.to_string(), "how": consent.how.as_str(), "language": consent.language,
        "interpreter": consent.interpreter, "to": consent.referred_to,
    })
}

pub(super) fn attempt_row(row: &Row) -> Result<AttemptRow, StoreError> {
    let outcome = row
        .opt_text(8)?
        .map(|text| Outcome::parse(&text).ok_or(StoreError::Corrupt { what: "an outcome" }))
        .transpose()?;
    Ok(AttemptRow {
        id: AttemptId(row.int(0)?),
        advertiser: AdvertiserId(row.text(1)?),
        at: row.time(2)?,
        by: row.text(3)?,
        by_account: row.opt_int(4)?.map(AccountId),
        team: TeamId(row.text(5)?),
        method: row.text(6)?,
        channel: Channel::parse(&row.text(7)?).ok_or(StoreError::Corrupt { what: "a channel" })?,
        outcome,
        follow_up: row.opt_text(9)?.as_deref().map(day_from_text).transpose()?,
        undone: row.opt_int(10)?.is_some(),
        version: row.int(11)?,
        person_asked: row.flag(14)?,
        cautions: row
            .text(15)?
            .split_whitespace()
            .map(|word| WorkerCaution::parse(word).ok_or(StoreError::Corrupt { what: "a caution" }))
            .collect::<Result<_, _>>()?,
        care_team: row.opt_text(16)?.map(TeamId),
        care_account: row.opt_int(17)?.map(AccountId),
        contact: row.opt_int(13)?.map(ContactRef),
    })
}

/// As kept: words with spaces between.
pub(super) fn cautions_text(cautions: &BTreeSet<WorkerCaution>) -> String {
    cautions.iter().map(|caution| caution.as_str()).collect::<Vec<_>>().join(" ")
}
