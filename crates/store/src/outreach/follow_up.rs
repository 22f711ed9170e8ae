//! What is to be followed up, referrals with their consent, and what the authority said of them.

use super::hand_over::{member, one_attempt};
use super::ledger::{ATTEMPT, attempt_row};
use super::record::newest_at;
use super::{AttemptId, AttemptRow, WorkerCaution};
use crate::db::{Tx, args};
use crate::keys::Keys;
use crate::people::account_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::{Contact, TeamId};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeSet;

words!(
    /// How the person was told about the data that we hold (GDPR art. 14).
    Told14 {
        /// A link to the public page.
        Link = "link",
        /// In words.
        Words = "words",
        /// Not yet, for a reason that is written down (art. 14, 5).
        Postponed = "postponed",
    }
);

words!(
    /// How somebody gave consent to a referral.
    ConsentHow {
        /// Spoken.
        Spoken = "spoken",
        /// In writing.
        Written = "written",
        /// By message.
        Message = "message",
    }
);

words!(
    /// What became of a referral, as the authority says.
    ReferralStatus {
        /// Nobody has decided.
        Pending = "pending",
        /// Identified as a victim.
        Identified = "identified",
        /// Not identified.
        NotIdentified = "not_identified",
        /// The person withdrew.
        Withdrawn = "withdrawn",
    }
);

/// Consent to a referral: without it there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// On which day.
    pub on: Date,
    /// How.
    pub how: ConsentHow,
    /// In which language.
    pub language: String,
    /// An interpreter took part.
    pub interpreter: bool,
    /// To whom, in words.
    pub referred_to: String,
}

/// What else is recorded of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttemptDetails {
    /// Workers on it.
    pub people: Option<u32>,
    /// How the person was told about the data.
    pub told: Option<Told14>,
    /// Why that was postponed; sealed.
    pub told_why: String,
    /// Which offer was accepted.
    pub offer: Option<String>,
    /// The person asked for contact: what came before no longer keeps us away, an objection excepted.
    pub person_asked: bool,
    /// Consent to a referral.
    pub consent: Option<Consent>,
    /// What colleagues must know for their own safety.
    pub cautions: BTreeSet<WorkerCaution>,
}

/// What a worker writes on a follow-up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUpEdit {
    /// On which day; `None`: it is done.
    pub day: Option<Date>,
    /// What was agreed; sealed.
    pub plan: String,
    /// Who of the team looks after it; `None` for whoever of them.
    pub care: Option<AccountId>,
}

/// An attempt as it stands now, with who changed it last: what a save that meets a newer one shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptNow {
    /// The attempt.
    pub attempt: AttemptRow,
    /// What was agreed.
    pub plan: String,
    /// Name of who looks after it.
    pub care: Option<String>,
    /// Who changed it last, and when; `None` where nobody did since its recording.
    pub changed: Option<(String, Timestamp)>,
    /// Language used.
    pub language: String,
    /// The newest attempt at the same person or group, of any team.
    pub newest: AttemptId,
}

/// Who looks after an attempt.
pub(super) struct Care {
    pub team: TeamId,
    pub account: Option<AccountId>,
}

/// A referral with what was last said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralRow {
    /// The consent.
    pub consent: Consent,
    /// Status, who said so, and on which day; `None` where nothing was heard.
    pub last: Option<(ReferralStatus, String, Date)>,
}

/// An attempt that is to be followed up.
#[derive(Debug, Clone, PartialEq)]
pub struct DueRow {
    /// The attempt.
    pub attempt: AttemptRow,
    /// The contact used; `None` where none was recorded or an objection covers it.
    pub contact: Option<Contact>,
    /// Language used.
    pub language: String,
    /// Its referral, if it is one.
    pub referral: Option<ReferralRow>,
    /// What was agreed.
    pub plan: String,
    /// What was noted of the attempt.
    pub note: String,
    /// Name of who looks after it.
    pub care: Option<String>,
    /// The person's case is in the urgent route.
    pub urgent: bool,
}

impl Store {
    /// What the authority said of a referral: kept beside what was said before.
    pub async fn set_referral_status(
        &self,
        attempt: AttemptId,
        status: ReferralStatus,
        said_by: &str,
        said_on: Date,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if said_by.trim().is_empty() {
            return Err(StoreError::Refused { why: "write who said so: the authority, or the person" });
        }
        let mut tx = self.write("recording what became of a referral").await?;
        let name = account_name(&mut tx, by).await?;
        if tx.one("SELECT attempt_id FROM referral WHERE attempt_id = $1", args![attempt.0]).await?.is_none() {
            return Err(StoreError::NotFound { what: "referral" });
        }
        let body = serde_json::json!({
            "attempt": attempt.0, "status": status.as_str(), "said_by": said_by, "said_on": said_on.to_string(),
        });
        let seq = chain::event(&mut tx, self.keys(), "referral_status", &Actor::Account(by), body, at).await?;
        let sealed =
            self.keys().seal_text("referral_status", &place(attempt, at.as_millisecond()), "said_by", said_by)?;
        tx.run(
            "INSERT INTO referral_status (attempt_id, status, said_by_sealed, said_on, by_account, by_name, at, \
             event_seq, retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![
                attempt.0,
                status.as_str(),
                sealed,
                said_on.to_string(),
                by.0,
                name,
                at,
                seq,
                Retention::Ledger.as_str(),
                Retention::Ledger.until(at)
            ],
        )
        .await?;
        tx.commit().await
    }

    /// Writes on a follow-up: its day, what was agreed, who looks after it. Another's newer save is never written over.
    pub async fn set_follow_up(
        &self,
        attempt: AttemptId,
        edit: &FollowUpEdit,
        expected_version: i64,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("moving a follow-up").await?;
        let name = account_name(&mut tx, by).await?;
        let day = edit.day;
        if let Some(care) = edit.care {
            let team = one_attempt(&mut tx, attempt).await?.cared_by().clone();
            member(&mut tx, care, &team).await?;
        }
        let moved = tx
            .run(
                "UPDATE attempt SET follow_up = $2, care_account = $3, version = version + 1 WHERE id = $1 \
                 AND version = $4 AND undone_at IS NULL",
                args![attempt.0, day.map(|day| day.to_string()), edit.care.map(|of| of.0), expected_version],
            )
            .await?;
        if moved == 0 {
            let found = tx.one("SELECT version FROM attempt WHERE id = $1", args![attempt.0]).await?;
            return Err(match found {
                Some(row) => StoreError::Conflict { what: "attempt", expected: expected_version, found: row.int(0)? },
                None => StoreError::NotFound { what: "attempt" },
            });
        }
        let body = serde_json::json!({
            "attempt": attempt.0, "day": day.map(|day| day.to_string()), "plan": edit.plan,
            "care": edit.care.map(|of| of.0),
        });
        let seq = chain::event(&mut tx, self.keys(), "follow_up", &Actor::Account(by), body, at).await?;
        write_change(&mut tx, self.keys(), attempt, Some(&edit.plan), by, &name, seq, at).await?;
        tx.commit().await
    }

    /// An attempt as it stands now. Audited, since what was agreed is opened.
    pub async fn attempt_now(&self, look: &Look, attempt: AttemptId) -> Result<AttemptNow, StoreError> {
        let mut tx = self.write("reading an attempt").await?;
        look.write(&mut tx, self.keys()).await?;
        let sql = format!("{ATTEMPT} WHERE t.id = $1 AND t.undone_at IS NULL");
        let rows = tx.all_of(sql, args![attempt.0]).await?;
        let row = rows.first().ok_or(StoreError::NotFound { what: "attempt" })?;
        let attempt = attempt_row(row)?;
        let care = match attempt.care_account {
            Some(account) => Some(account_name(&mut tx, account).await?),
            None => None,
        };
        let (plan, changed) = match last_change(&mut tx, self.keys(), attempt.id).await? {
            Some((plan, by, at)) => (plan, Some((by, at))),
            None => (String::new(), None),
        };
        let newest = newest_at(&mut tx, row.int(12)?).await?;
        let language = row.opt_text(18)?.unwrap_or_default();
        tx.commit().await?;
        Ok(AttemptNow { plan, care, changed, newest, language, attempt })
    }
}

/// What was agreed, as it was written last, with who changed the attempt last, and when.
async fn last_change(
    tx: &mut Tx,
    keys: &Keys,
    attempt: AttemptId,
) -> Result<Option<(String, String, Timestamp)>, StoreError> {
    let row = tx
        .one(
            "SELECT plan_sealed, by_name, at FROM attempt_change WHERE attempt_id = $1 ORDER BY id DESC LIMIT 1",
            args![attempt.0],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let plan = keys.open_text("attempt_change", &attempt.0.to_le_bytes(), "plan", &row.blob(0)?)?;
    Ok(Some((plan, row.text(1)?, row.time(2)?)))
}

/// Keeps how an attempt stands after a change. `plan`: what was agreed, where the change is about that.
#[expect(clippy::too_many_arguments, reason = "each is one plain fact of the change")]
pub(super) async fn write_change(
    tx: &mut Tx,
    keys: &Keys,
    attempt: AttemptId,
    plan: Option<&str>,
    by: AccountId,
    name: &str,
    seq: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let plan = match plan {
        Some(plan) => plan.to_owned(),
        None => last_change(tx, keys, attempt).await?.map(|(plan, ..)| plan).unwrap_or_default(),
    };
    let sealed = keys.seal_text("attempt_change", &attempt.0.to_le_bytes(), "plan", &plan)?;
    tx.run(
        "INSERT INTO attempt_change (attempt_id, outcome, follow_up, plan_sealed, care_team, care_account, by_account, \
         by_name, at, event_seq, retention, delete_after) SELECT id, outcome, follow_up, $2, care_team, care_account, \
         $3, $4, $5, $6, $7, $8 FROM attempt WHERE id = $1",
        args![attempt.0, sealed, by.0, name, at, seq, Retention::Ledger.as_str(), Retention::Ledger.until(at)],
    )
    .await?;
    Ok(())
}

pub(super) fn place(attempt: AttemptId, at_ms: i64) -> [u8; 16] {
    crate::ads::version_place(attempt.0, at_ms)
}

/// Writes a referral's consent with its attempt. One that is given anew replaces the one before, which stays in the
/// chain of events; where somebody has said by now what became of the referral, that was said of the first, and what is
/// new is refused with words.
pub(super) async fn put_consent(
    tx: &mut Tx,
    attempt: AttemptId,
    consent: &Consent,
    at: Timestamp,
) -> Result<(), StoreError> {
    if consent.language.trim().is_empty() || consent.referred_to.trim().is_empty() {
        return Err(StoreError::Refused { why: "a consent names its language and to whom the person is referred" });
    }
    let kept = tx
        .run(
            "INSERT INTO referral (attempt_id, consent_on, consent_how, language, interpreter, referred_to, retention, \
             delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (attempt_id) DO UPDATE SET \
             consent_on = excluded.consent_on, consent_how = excluded.consent_how, language = excluded.language, \
             interpreter = excluded.interpreter, referred_to = excluded.referred_to, \
             delete_after = excluded.delete_after WHERE NOT EXISTS \
             (SELECT 1 FROM referral_status s WHERE s.attempt_id = excluded.attempt_id)",
            args![
                attempt.0,
                consent.on.to_string(),
                consent.how.as_str(),
                &consent.language,
                consent.interpreter,
                &consent.referred_to,
                Retention::Ledger.as_str(),
                Retention::Ledger.until(at)
            ],
        )
        .await?;
    if kept == 0 {
        return Err(StoreError::Refused {
            why: "it is on record already what became of this referral; record the new consent as a further attempt",
        });
    }
    Ok(())
}
