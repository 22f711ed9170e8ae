//! Accounts, sessions and the brake on sign-in.

use crate::chain;
use crate::db::{Row, args};
use crate::keys::Purpose;
use crate::retention::Retention;
use crate::{Actor, Store, StoreError};
use domain::{ProgrammeId, TeamId};
use jiff::Timestamp;
use std::collections::HashMap;

/// Row of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct AccountId(pub i64);

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonRole {
    /// Sites, users, settings.
    Administrator,
    /// Queue, cases, decisions; never a contact in clear.
    Researcher,
    /// Lists, attempts, outcomes of the own team.
    OutreachWorker,
    /// The audit log and its alarms, nothing else.
    Auditor,
}

impl PersonRole {
    /// As stored and written: `administrator`, `researcher`, `outreach_worker`, `auditor`.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonRole::Administrator => "administrator",
            PersonRole::Researcher => "researcher",
            PersonRole::OutreachWorker => "outreach_worker",
            PersonRole::Auditor => "auditor",
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        [PersonRole::Administrator, PersonRole::Researcher, PersonRole::OutreachWorker, PersonRole::Auditor]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// An account to make or renew; known by its login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// What is typed at sign-in, in lower case.
    pub login: String,
    /// Name shown to colleagues.
    pub name: String,
    /// What the account may do.
    pub role: PersonRole,
    /// Team, for outreach workers.
    pub team: Option<TeamId>,
    /// Programme; `None` for all.
    pub programme: Option<ProgrammeId>,
    /// The organisation for which the person acts.
    pub organisation: Option<String>,
    /// `da` or `en`.
    pub language: String,
    /// Appointed for the urgent route.
    pub urgent_contact: bool,
    /// The argon2id hash, as given.
    pub password_hash: String,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its row.
    pub id: AccountId,
    /// All but the row.
    pub details: NewAccount,
    /// Since when it may no longer sign in.
    pub disabled_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Languages that the person speaks, ISO 639-1; empty: those of the team.
    pub languages: Vec<String>,
}

/// A session: what the browser's cookie stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Opaque data, sealed at rest.
    pub data: Vec<u8>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Whose a session is, and what its owner is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOf {
    /// Whose.
    pub account: AccountId,
    /// When the person signed in; `None` while that is under way.
    pub begun_at: Option<Timestamp>,
    /// Last use, to a few minutes.
    pub seen_at: Option<Timestamp>,
    /// Browser and system: `Firefox, Windows`.
    pub device: Option<String>,
}

pub(crate) const ACCOUNT: &str = "id, login, name, role, team, programme, organisation, language, urgent_contact, password_hash, \
     disabled_at, created_at, languages";

impl Store {
    /// Makes an account, or renews the one with this login. A change of role, team or password ends its sessions.
    /// Recorded as an event.
    pub async fn put_account(
        &self,
        account: &NewAccount,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<AccountId, StoreError> {
        self.keep_account(account, false, actor, at).await
    }

    /// As [`Store::put_account`], of somebody who has no account yet: of two people who make one of the same name at the
    /// same moment, the second one is refused, and nothing of the first one's changes.
    pub async fn add_account(
        &self,
        account: &NewAccount,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<AccountId, StoreError> {
        self.keep_account(account, true, actor, at).await
    }

    async fn keep_account(
        &self,
        account: &NewAccount,
        is_new: bool,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<AccountId, StoreError> {
        let mut tx = self.write("keeping an account").await?;
        let before = tx
            .one("SELECT role, team, password_hash FROM account WHERE login = $1", args![&account.login])
            .await?
            .map(|row| Ok::<_, StoreError>((row.text(0)?, row.opt_text(1)?, row.text(2)?)))
            .transpose()?;
        const INSERT: &str = "INSERT INTO account (login, name, role, team, programme, organisation, language, urgent_contact, \
                 password_hash, created_at, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (login) DO";
        const CHANGE: &str = "UPDATE SET name = excluded.name, role = excluded.role, team = excluded.team, \
                 programme = excluded.programme, organisation = excluded.organisation, language = excluded.language, \
                 urgent_contact = excluded.urgent_contact, password_hash = excluded.password_hash";
        let kept = tx
            .all_of(
                format!("{INSERT} {} RETURNING id", if is_new { "NOTHING" } else { CHANGE }),
                args![
                    &account.login,
                    &account.name,
                    account.role.as_str(),
                    account.team.as_ref().map(TeamId::as_str),
                    account.programme.as_ref().map(ProgrammeId::as_str),
                    account.organisation.clone(),
                    &account.language,
                    account.urgent_contact,
                    &account.password_hash,
                    at,
                    Retention::Account.as_str(),
                    Retention::Account.until(at)
                ],
            )
            .await?;
        let Some(row) = kept.first() else {
            return Err(StoreError::Refused { why: "there is an account of that name already" });
        };
        let id = row.int(0)?;
        let team = account.team.as_ref().map(|team| team.0.clone());
        if before
            .is_some_and(|before| before != (account.role.as_str().to_owned(), team, account.password_hash.clone()))
        {
            // Whoever is signed in is so under what held before.
            tx.run("DELETE FROM session WHERE account_id = $1", args![id]).await?;
        }
        let id = AccountId(id);
        let body = account_event(id, account.role.as_str(), account.team.as_ref().map(TeamId::as_str));
        chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// By login.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let mut tx = self.read("looking for an account").await?;
        let sql = format!("SELECT {ACCOUNT} FROM account WHERE login = $1");
        tx.all_of(sql, args![login]).await?.first().map(account).transpose()
    }

    /// Names of the open accounts with these log-ins, by log-in.
    pub async fn names_of_logins(&self, logins: &[String]) -> Result<HashMap<String, String>, StoreError> {
        let mut tx = self.read("looking for names").await?;
        const NAMES: &str = "SELECT login, name FROM account WHERE disabled_at IS NULL AND login IN";
        let rows = tx.all_in(NAMES, &[], logins.iter().map(crate::db::Arg::from)).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// By row.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let mut tx = self.read("looking for an account").await?;
        let sql = format!("SELECT {ACCOUNT} FROM account WHERE id = $1");
        tx.all_of(sql, args![id.0]).await?.first().map(account).transpose()
    }

    /// All by login.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut tx = self.read("reading the accounts").await?;
        let sql = format!("SELECT {ACCOUNT} FROM account ORDER BY login");
        tx.all_of(sql, args![]).await?.iter().map(account).collect()
    }

    /// Gives an account another role and team, and touches nothing else of it: its password may be changed at the same
    /// moment. Ends its sessions where something changed. Recorded as an event.
    pub async fn set_account_role(
        &self,
        id: AccountId,
        role: PersonRole,
        team: Option<&TeamId>,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("changing an account's role").await?;
        let (role, team) = (role.as_str(), team.map(TeamId::as_str));
        let row = tx.one("SELECT role, team FROM account WHERE id = $1", args![id.0]).await?;
        let before = row.ok_or(StoreError::NotFound { what: "account" })?;
        if (before.text(0)?.as_str(), before.opt_text(1)?.as_deref()) != (role, team) {
            tx.run("UPDATE account SET role = $2, team = $3 WHERE id = $1", args![id.0, role, team]).await?;
            // Whoever is signed in is so under what held before.
            tx.run("DELETE FROM session WHERE account_id = $1", args![id.0]).await?;
        }
        chain::event(&mut tx, self.keys(), "account", actor, account_event(id, role, team), at).await?;
        tx.commit().await
    }

    /// Lets an account sign in or no more; ends its sessions in the latter case. Recorded as an event.
    pub async fn set_account_disabled(
        &self,
        id: AccountId,
        disabled: bool,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("changing an account").await?;
        let since = disabled.then_some(at);
        if tx.run("UPDATE account SET disabled_at = $2 WHERE id = $1", args![id.0, since]).await? == 0 {
            return Err(StoreError::NotFound { what: "account" });
        }
        if disabled {
            tx.run("DELETE FROM session WHERE account_id = $1", args![id.0]).await?;
            tx.run("DELETE FROM invitation WHERE account_id = $1", args![id.0]).await?;
        }
        let body = serde_json::json!({ "account": id.0, "disabled": disabled });
        chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        tx.commit().await
    }

    /// The languages that a person speaks, so that lines match; empty: those of the team. Recorded as an event.
    pub async fn set_account_languages(
        &self,
        id: AccountId,
        languages: &[String],
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("changing an account's languages").await?;
        let kept = languages.join(" ");
        if tx.run("UPDATE account SET languages = $2 WHERE id = $1", args![id.0, kept]).await? == 0 {
            return Err(StoreError::NotFound { what: "account" });
        }
        let body = serde_json::json!({ "account": id.0, "languages": languages });
        chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        tx.commit().await
    }

    /// The language of the account's pages.
    pub async fn set_account_language(&self, id: AccountId, language: &str) -> Result<(), StoreError> {
        let mut tx = self.write("changing an account's language").await?;
        tx.run("UPDATE account SET language = $2 WHERE id = $1", args![id.0, language]).await?;
        tx.commit().await
    }

    /// Keeps a session; only a keyed hash of its id is stored. `of` says whose it is, so that it ends with the account and
    /// can be shown to its owner.
    pub async fn put_session(&self, id: &[u8], session: &SessionRow, of: Option<&SessionOf>) -> Result<(), StoreError> {
        let key = self.keys().hash(Purpose::Session, &[id]);
        let sealed = self.keys().seal("session", &key, "data", &session.data)?;
        let mut tx = self.write("keeping a session").await?;
        tx.run(
            "INSERT INTO session (id_hash, account_id, data_sealed, expires_at, retention, delete_after, begun_at, \
             seen_at, device) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id_hash) DO UPDATE SET \
             account_id = coalesce(excluded.account_id, session.account_id), data_sealed = excluded.data_sealed, \
             expires_at = excluded.expires_at, delete_after = excluded.delete_after, \
             begun_at = coalesce(excluded.begun_at, session.begun_at), \
             seen_at = coalesce(excluded.seen_at, session.seen_at), device = coalesce(excluded.device, session.device)",
            args![
                key,
                of.map(|of| of.account.0),
                sealed,
                session.expires_at,
                Retention::Session.as_str(),
                Retention::Session.until(session.expires_at),
                of.and_then(|of| of.begun_at),
                of.and_then(|of| of.seen_at),
                of.and_then(|of| of.device.clone())
            ],
        )
        .await?;
        tx.commit().await
    }

    /// Makes a session unless there is one by this id. False where there is.
    pub async fn create_session(&self, id: &[u8], session: &SessionRow) -> Result<bool, StoreError> {
        let key = self.keys().hash(Purpose::Session, &[id]);
        let sealed = self.keys().seal("session", &key, "data", &session.data)?;
        let mut tx = self.write("making a session").await?;
        let made = tx
            .run(
                "INSERT INTO session (id_hash, data_sealed, expires_at, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id_hash) DO NOTHING",
                args![
                    key,
                    sealed,
                    session.expires_at,
                    Retention::Session.as_str(),
                    Retention::Session.until(session.expires_at)
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(made == 1)
    }

    /// A session that has not ended at `at`.
    pub async fn session(&self, id: &[u8], at: Timestamp) -> Result<Option<SessionRow>, StoreError> {
        let key = self.keys().hash(Purpose::Session, &[id]);
        let mut tx = self.read("looking for a session").await?;
        let row = tx
            .one("SELECT data_sealed, expires_at FROM session WHERE id_hash = $1 AND expires_at > $2", args![key, at])
            .await?;
        row.map(|row| {
            let data = self.keys().open("session", &key, "data", &row.blob(0)?)?;
            Ok(SessionRow { data, expires_at: row.time(1)? })
        })
        .transpose()
    }

    /// Ends a session.
    pub async fn delete_session(&self, id: &[u8]) -> Result<(), StoreError> {
        let key = self.keys().hash(Purpose::Session, &[id]);
        let mut tx = self.write("ending a session").await?;
        tx.run("DELETE FROM session WHERE id_hash = $1", args![key]).await?;
        tx.commit().await
    }

    /// Deletes sessions that have ended. How many.
    pub async fn delete_ended_sessions(&self, at: Timestamp) -> Result<u64, StoreError> {
        let mut tx = self.write("deleting ended sessions").await?;
        let gone = tx.run("DELETE FROM session WHERE expires_at <= $1", args![at]).await?;
        tx.run("DELETE FROM sign_in_throttle WHERE delete_after <= $1", args![at]).await?;
        tx.run("DELETE FROM invitation WHERE expires_at <= $1", args![at]).await?;
        tx.commit().await?;
        Ok(gone)
    }
}

/// What an event says of an account's role and team.
fn account_event(id: AccountId, role: &str, team: Option<&str>) -> serde_json::Value {
    serde_json::json!({ "account": id.0, "role": role, "team": team })
}

pub(crate) fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.int(0)?),
        details: NewAccount {
            login: row.text(1)?,
            name: row.text(2)?,
            role: PersonRole::parse(&row.text(3)?).ok_or(StoreError::Corrupt { what: "an account's role" })?,
            team: row.opt_text(4)?.map(TeamId),
            programme: row.opt_text(5)?.map(ProgrammeId),
            organisation: row.opt_text(6)?,
            language: row.text(7)?,
            urgent_contact: row.flag(8)?,
            password_hash: row.text(9)?,
        },
        disabled_at: row.opt_time(10)?,
        created_at: row.time(11)?,
        languages: row.text(12)?.split_whitespace().map(str::to_owned).collect(),
    })
}

/// The name by which an account's acts are shown.
pub(crate) async fn account_name(tx: &mut crate::db::Tx, id: AccountId) -> Result<String, StoreError> {
    let row = tx.one("SELECT name FROM account WHERE id = $1", args![id.0]).await?;
    row.ok_or(StoreError::NotFound { what: "account" })?.text(0)
}

/// The account of an actor and the name that is kept with an act.
pub(crate) async fn by_name(tx: &mut crate::db::Tx, actor: &Actor) -> Result<(Option<AccountId>, String), StoreError> {
    match actor {
        Actor::Account(id) => Ok((Some(*id), account_name(tx, *id).await?)),
        Actor::System(name) => Ok((None, name.clone())),
    }
}
