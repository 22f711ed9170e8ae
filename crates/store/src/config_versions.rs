//! The configuration's history: each file's text when it was first met and after each change, sealed, with who and why.
//! The files themselves stay the single truth; what stands here is how they came to be what they are, and a way back.

use crate::db::{Row, args};
use crate::retention::Retention;
use crate::{AccountId, Actor, Store, StoreError, chain};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// By which way a text came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigHow {
    /// It was so when bavn first met it.
    First,
    /// Changed on the pages.
    Page,
    /// Changed in the file, by hand or by git.
    Hand,
    /// An earlier text was taken back.
    Return,
    /// The file is gone.
    Gone,
}

impl ConfigHow {
    /// All of them.
    pub const ALL: [ConfigHow; 5] =
        [ConfigHow::First, ConfigHow::Page, ConfigHow::Hand, ConfigHow::Return, ConfigHow::Gone];

    /// As stored: `first`, `page`, `hand`, `return`, `gone`.
    pub fn as_str(self) -> &'static str {
        match self {
            ConfigHow::First => "first",
            ConfigHow::Page => "page",
            ConfigHow::Hand => "hand",
            ConfigHow::Return => "return",
            ConfigHow::Gone => "gone",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.as_str() == text)
    }
}

/// A text of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigVersion {
    /// Its row.
    pub id: i64,
    /// Of which file, relative to the configuration folder.
    pub file: String,
    /// By which way it came.
    pub how: ConfigHow,
    /// Who changed it; for a change by hand the program that noticed.
    pub by: String,
    /// Why; empty for a change by hand.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A text to note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConfigVersion<'a> {
    /// Relative to the configuration folder.
    pub file: &'a str,
    /// The whole text; empty where the file is gone.
    pub text: &'a str,
    /// By which way it came.
    pub how: ConfigHow,
    /// Why.
    pub reason: &'a str,
}

const COLUMNS: &str = "SELECT v.id, v.file, v.how, v.by_name, v.reason_sealed, v.at FROM config_version v";

impl Store {
    /// Notes a file's text, unless it is the newest one noted: several programs that see one change note it once. A change
    /// is an event. True where it was noted.
    pub async fn note_config(
        &self,
        new: &NewConfigVersion<'_>,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let digest: [u8; 32] = Sha256::digest(new.text).into();
        const NEWEST: &str = "SELECT digest FROM config_version WHERE file = $1 ORDER BY id DESC LIMIT 1";
        let mut tx = self.read("looking at the configuration's history").await?;
        let newest = tx.one(NEWEST, args![new.file]).await?;
        drop(tx);
        if newest.is_some_and(|row| row.blob(0).is_ok_and(|known| known == digest)) {
            return Ok(false);
        }
        let mut tx = self.write("noting a change of the configuration").await?;
        if tx.is_postgres() {
            // Two programs that notice the same change: the second one waits and finds it noted.
            tx.run("SELECT pg_advisory_xact_lock(7203118)", vec![]).await?;
        }
        let known = tx.one(NEWEST, args![new.file]).await?;
        let first = known.is_none();
        if known.is_some_and(|row| row.blob(0).is_ok_and(|known| known == digest)) {
            return Ok(false);
        }
        let how = if first && new.how == ConfigHow::Hand { ConfigHow::First } else { new.how };
        let seq = match how {
            ConfigHow::First => None,
            _ => {
                let body = serde_json::json!({
                    "file": new.file, "how": how.as_str(), "reason": new.reason,
                    "digest": crate::keys::to_hex(&digest),
                });
                Some(chain::event(&mut tx, self.keys(), "configuration", actor, body, at).await?)
            }
        };
        let (account, name): (Option<AccountId>, String) = match actor {
            Actor::Account(id) => (Some(*id), crate::people::account_name(&mut tx, *id).await?),
            Actor::System(name) => (None, name.clone()),
        };
        let keys = self.keys();
        tx.run(
            "INSERT INTO config_version (file, digest, text_sealed, how, by_account, by_name, reason_sealed, event_seq, at, \
             retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            args![
                new.file,
                &digest[..],
                keys.seal_text("config_version", &at.as_millisecond().to_le_bytes(), "text", new.text)?,
                how.as_str(),
                account.map(|id| id.0),
                name,
                keys.seal_text("config_version", &at.as_millisecond().to_le_bytes(), "reason", new.reason)?,
                seq,
                at,
                Retention::Case.as_str(),
                Retention::Case.until(at)
            ],
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A file's texts, newest first.
    pub async fn config_versions(&self, file: &str, limit: u32) -> Result<Vec<ConfigVersion>, StoreError> {
        let mut tx = self.read("reading the configuration's history").await?;
        let rows = tx.all_of(format!("{COLUMNS} WHERE v.file = $1 ORDER BY v.id DESC LIMIT $2"), args![file, limit]);
        rows.await?.iter().map(|row| self.config_version(row)).collect()
    }

    /// The files that are there as far as the history knows.
    pub async fn config_files(&self) -> Result<Vec<String>, StoreError> {
        let mut tx = self.read("reading the configuration's history").await?;
        let rows = tx
            .all(
                "SELECT v.file FROM config_version v WHERE v.how <> 'gone' AND NOT EXISTS (SELECT 1 FROM config_version n \
                 WHERE n.file = v.file AND n.id > v.id) ORDER BY v.file",
                args![],
            )
            .await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// The newest changes of all files, newest first; texts as they were first met are no changes.
    pub async fn config_changes(&self, limit: u32) -> Result<Vec<ConfigVersion>, StoreError> {
        let mut tx = self.read("reading the configuration's history").await?;
        let rows = tx.all_of(format!("{COLUMNS} WHERE v.how <> 'first' ORDER BY v.id DESC LIMIT $1"), args![limit]);
        rows.await?.iter().map(|row| self.config_version(row)).collect()
    }

    /// A text of the history with its file.
    pub async fn config_text(&self, id: i64) -> Result<(ConfigVersion, String), StoreError> {
        let mut tx = self.read("reading a text of the configuration's history").await?;
        let sql = "SELECT v.id, v.file, v.how, v.by_name, v.reason_sealed, v.at, v.text_sealed \
                   FROM config_version v WHERE v.id = $1";
        let row = tx.one(sql, args![id]).await?.ok_or(StoreError::NotFound { what: "text of the history" })?;
        let text = self.keys().open_text("config_version", &row.int(5)?.to_le_bytes(), "text", &row.blob(6)?)?;
        Ok((self.config_version(&row)?, text))
    }

    fn config_version(&self, row: &Row) -> Result<ConfigVersion, StoreError> {
        Ok(ConfigVersion {
            id: row.int(0)?,
            file: row.text(1)?,
            how: ConfigHow::parse(&row.text(2)?).ok_or(StoreError::Corrupt { what: "a way of a change" })?,
            by: row.text(3)?,
            reason: self.keys().open_text("config_version", &row.int(5)?.to_le_bytes(), "reason", &row.blob(4)?)?,
            at: row.time(5)?,
        })
    }
}
