//! Forms that were filled in with somebody who agreed to it.

use crate::db::{Row, args};
use crate::keys::{Keys, Purpose};
use crate::people::by_name;
use crate::retention::Retention;
use crate::times::day_from_text;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::{ProgrammeId, TeamId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Row of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FormId(pub i64);

/// How far a form has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormState {
    /// It is being filled in.
    Open,
    /// No question is left.
    Complete,
    /// The person stopped, and let what was answered be kept.
    Stopped,
}

impl FormState {
    /// As stored: `open`, `complete`, `stopped`.
    pub fn as_str(self) -> &'static str {
        match self {
            FormState::Open => "open",
            FormState::Complete => "complete",
            FormState::Stopped => "stopped",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [FormState::Open, FormState::Complete, FormState::Stopped].into_iter().find(|state| state.as_str() == text)
    }
}

/// A form to begin. Only with consent: before it there is nothing to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewForm {
    /// In which programme.
    pub programme: ProgrammeId,
    /// Where.
    pub place: String,
    /// By which team.
    pub team: TeamId,
    /// Which instrument and version.
    pub instrument: (String, u32),
    /// `sha256:…` of the version's content.
    pub digest: String,
    /// In which language it is asked.
    pub language: String,
    /// Answers so far, sealed.
    pub answers: BTreeMap<String, String>,
    /// The local day.
    pub on: Date,
    /// What the page sent along: the same is kept once.
    pub form_key: String,
}

/// A form as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    /// Its row.
    pub id: FormId,
    /// Where.
    pub place: String,
    /// By which team.
    pub team: TeamId,
    /// Which instrument and version.
    pub instrument: (String, u32),
    /// `sha256:…` of the version's content.
    pub digest: String,
    /// In which language it was asked.
    pub language: String,
    /// How far it has come.
    pub state: FormState,
    /// The answers.
    pub answers: BTreeMap<String, String>,
    /// Raised by each save.
    pub revision: i64,
    /// The local day.
    pub on: Date,
    /// Who filled it in.
    pub by: String,
    /// When it was saved last.
    pub at: Timestamp,
}

const FORM: &str = "SELECT f.id, f.place, f.team, f.instrument, f.version, f.digest, f.language, f.state, \
     f.answers_sealed, f.revision, f.on_day, f.by_name, f.at, f.event_seq FROM form_record f";

fn form_row(keys: &Keys, row: &Row) -> Result<FormRow, StoreError> {
    let answers = keys.open_text("form_record", &row.int(13)?.to_le_bytes(), "answers", &row.blob(8)?)?;
    Ok(FormRow {
        id: FormId(row.int(0)?),
        place: row.text(1)?,
        team: TeamId(row.text(2)?),
        instrument: (row.text(3)?, row.count(4)?),
        digest: row.text(5)?,
        language: row.text(6)?,
        state: FormState::parse(&row.text(7)?).ok_or(StoreError::Corrupt { what: "a form's state" })?,
        answers: serde_json::from_str(&answers).map_err(|_| StoreError::Corrupt { what: "a form's answers" })?,
        revision: row.int(9)?,
        on: day_from_text(&row.text(10)?)?,
        by: row.text(11)?,
        at: row.time(12)?,
    })
}

fn text_of(answers: &BTreeMap<String, String>) -> Result<String, StoreError> {
    serde_json::to_string(answers).map_err(|_| StoreError::Corrupt { what: "a form's answers" })
}

impl Store {
    /// Begins a form; its row, the one before where the page was sent twice. A version whose content is not what it was
    /// when it was filled in first is refused: its answers would not mean the same.
    pub async fn begin_form(&self, new: &NewForm, by: AccountId, at: Timestamp) -> Result<FormId, StoreError> {
        let mut tx = self.write("beginning a form").await?;
        let actor = Actor::Account(by);
        let (account, name) = by_name(&mut tx, &actor).await?;
        let hash = self.keys().hash(Purpose::Import, &[b"form", &by.0.to_le_bytes(), new.form_key.as_bytes()]);
        let body = serde_json::json!({
            "place": new.place, "instrument": new.instrument.0, "version": new.instrument.1,
        });
        let seq = chain::event(&mut tx, self.keys(), "form", &actor, body, at).await?;
        if let Some(row) = tx.one("SELECT id FROM form_record WHERE form_hash = $1", args![hash]).await? {
            return Ok(FormId(row.int(0)?));
        }
        let other = tx
            .one(
                "SELECT 1 FROM form_record WHERE programme = $1 AND instrument = $2 AND version = $3 AND digest <> $4 LIMIT 1",
                args![new.programme.as_str(), &new.instrument.0, new.instrument.1, &new.digest],
            )
            .await?;
        if other.is_some() {
            return Err(StoreError::Refused {
                why: "this version of the form was filled in before and is not what it was: a change is a new version",
            });
        }
        let sealed = self.keys().seal_text("form_record", &seq.to_le_bytes(), "answers", &text_of(&new.answers)?)?;
        let id = tx
            .id(
                "INSERT INTO form_record (programme, place, team, instrument, version, digest, language, state, \
                 answers_sealed, revision, on_day, by_account, by_name, at, form_hash, event_seq, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id",
                args![
                    new.programme.as_str(),
                    &new.place,
                    new.team.as_str(),
                    &new.instrument.0,
                    new.instrument.1,
                    &new.digest,
                    &new.language,
                    FormState::Open.as_str(),
                    sealed,
                    new.on.to_string(),
                    account.map(|of| of.0),
                    name,
                    at,
                    hash,
                    seq,
                    Retention::Ledger.as_str(),
                    Retention::Ledger.until(at)
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(FormId(id))
    }

    /// Saves answers over those of the revision that the page showed. A form that was ended is not changed any more,
    /// nor one of another programme.
    #[expect(clippy::too_many_arguments, reason = "each is one plain fact of the save")]
    pub async fn save_form(
        &self,
        programme: &ProgrammeId,
        id: FormId,
        answers: &BTreeMap<String, String>,
        state: FormState,
        revision: i64,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("saving a form").await?;
        let actor = Actor::Account(by);
        let (_, name) = by_name(&mut tx, &actor).await?;
        if state != FormState::Open {
            let body = serde_json::json!({ "form": id.0, "state": state.as_str() });
            chain::event(&mut tx, self.keys(), "form_ended", &actor, body, at).await?;
        }
        let row = tx
            .one(
                "SELECT revision, state, event_seq FROM form_record WHERE programme = $1 AND id = $2",
                args![programme.as_str(), id.0],
            )
            .await?;
        let row = row.ok_or(StoreError::NotFound { what: "form" })?;
        let (found, seq) = (row.int(0)?, row.int(2)?);
        if found != revision || row.text(1)? != FormState::Open.as_str() {
            return Err(StoreError::Conflict { what: "form", expected: revision, found });
        }
        let sealed = self.keys().seal_text("form_record", &seq.to_le_bytes(), "answers", &text_of(answers)?)?;
        let changed = tx
            .run(
                "UPDATE form_record SET answers_sealed = $2, state = $3, revision = revision + 1, by_account = $4, \
                 by_name = $5, at = $6, delete_after = $7 WHERE id = $1 AND revision = $8 AND state = 'open'",
                args![id.0, sealed, state.as_str(), by.0, name, at, Retention::Ledger.until(at), revision],
            )
            .await?;
        if changed == 0 {
            return Err(StoreError::Conflict { what: "form", expected: revision, found: revision + 1 });
        }
        tx.commit().await
    }

    /// Takes a form away for good, since the person withdrew what was agreed. That it happened stays as an event; what
    /// the database still holds of freed pages goes with the next deletion run.
    pub async fn withdraw_form(
        &self,
        programme: &ProgrammeId,
        id: FormId,
        by: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("withdrawing a form").await?;
        let body = serde_json::json!({ "form": id.0 });
        chain::event(&mut tx, self.keys(), "form_withdrawn", &Actor::Account(by), body, at).await?;
        let gone = "DELETE FROM form_record WHERE programme = $1 AND id = $2";
        if tx.run(gone, args![programme.as_str(), id.0]).await? == 0 {
            return Err(StoreError::NotFound { what: "form" });
        }
        tx.commit().await
    }

    /// A form of a programme. Audited.
    pub async fn form(&self, look: &Look, programme: &ProgrammeId, id: FormId) -> Result<FormRow, StoreError> {
        let mut tx = self.write("reading a form").await?;
        look.write(&mut tx, self.keys()).await?;
        let sql = format!("{FORM} WHERE f.programme = $1 AND f.id = $2");
        let rows = tx.all_of(sql, args![programme.as_str(), id.0]).await?;
        let form = rows.first().map(|row| form_row(self.keys(), row)).transpose()?;
        tx.commit().await?;
        form.ok_or(StoreError::NotFound { what: "form" })
    }

    /// Forms filled in at places, newest first. Audited.
    pub async fn forms_at(
        &self,
        look: &Look,
        programme: &ProgrammeId,
        places: &[String],
    ) -> Result<Vec<FormRow>, StoreError> {
        let mut tx = self.write("reading forms").await?;
        look.write(&mut tx, self.keys()).await?;
        let sql = format!("{FORM} WHERE f.programme = $1 AND f.place IN");
        let first = [crate::db::Arg::from(programme.as_str())];
        let rows = tx.all_in(&sql, &first, places.iter().map(crate::db::Arg::from)).await?;
        tx.commit().await?;
        let mut forms: Vec<FormRow> =
            rows.iter().map(|row| form_row(self.keys(), row)).collect::<Result<_, StoreError>>()?;
        forms.sort_by_key(|form| std::cmp::Reverse(form.id));
        Ok(forms)
    }
}
