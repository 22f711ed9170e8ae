//! Accounts, sessions and the brake on sign-in.

use crate::{Actor, Store, StoreError};
use domain::{ProgrammeId, TeamId};
use jiff::Timestamp;

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
}

impl PersonRole {
    /// As stored and written: `administrator`, `researcher`, `outreach_worker`.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonRole::Administrator => "administrator",
            PersonRole::Researcher => "researcher",
            PersonRole::OutreachWorker => "outreach_worker",
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        [PersonRole::Administrator, PersonRole::Researcher, PersonRole::OutreachWorker]
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
}

/// A session: what the browser's cookie stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Opaque data, sealed at rest.
    pub data: Vec<u8>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// State of a sign-in counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Throttle {
    /// Failures in the present window.
    pub failures: u32,
    /// No further attempt before this time.
    pub locked_until: Option<Timestamp>,
}

impl Store {
    /// Makes an account, or renews the one with this login. Recorded as an event.
    pub async fn put_account(
        &self,
        account: &NewAccount,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<AccountId, StoreError> {
        todo!()
    }
    /// By login.
    pub async fn account_by_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        todo!()
    }
    /// By row.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        todo!()
    }
    /// All by login.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        todo!()
    }
    /// Lets an account sign in or no more; ends its sessions in the latter case. Recorded as an event.
    pub async fn set_account_disabled(
        &self,
        id: AccountId,
        disabled: bool,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// The language of the account's pages.
    pub async fn set_account_language(&self, id: AccountId, language: &str) -> Result<(), StoreError> {
        todo!()
    }
    /// Keeps a session; only a keyed hash of its id is stored. `account` lets it be ended with the account.
    pub async fn put_session(
        &self,
        id: &[u8],
        session: &SessionRow,
        account: Option<AccountId>,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// Makes a session unless there is one by this id. False where there is.
    pub async fn create_session(&self, id: &[u8], session: &SessionRow) -> Result<bool, StoreError> {
        todo!()
    }
    /// A session that has not ended at `at`.
    pub async fn session(&self, id: &[u8], at: Timestamp) -> Result<Option<SessionRow>, StoreError> {
        todo!()
    }
    /// Ends a session.
    pub async fn delete_session(&self, id: &[u8]) -> Result<(), StoreError> {
        todo!()
    }
    /// Deletes sessions that have ended. How many.
    pub async fn delete_ended_sessions(&self, at: Timestamp) -> Result<u64, StoreError> {
        todo!()
    }
    /// Counts a failed sign-in for a key (login or address; stored as a keyed hash). Failures older than `window_ms`
    /// start a new count; from `limit` on the key is locked for `lock_ms`.
    pub async fn sign_in_failed(
        &self,
        key: &str,
        at: Timestamp,
        window_ms: i64,
        limit: u32,
        lock_ms: i64,
    ) -> Result<Throttle, StoreError> {
        todo!()
    }
    /// The counter of a key.
    pub async fn throttle(&self, key: &str, at: Timestamp) -> Result<Throttle, StoreError> {
        todo!()
    }
    /// Clears the counter after a good sign-in.
    pub async fn sign_in_succeeded(&self, key: &str) -> Result<(), StoreError> {
        todo!()
    }
}
