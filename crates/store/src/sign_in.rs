//! How people sign in: second factors, recovery codes, one-time links, identities from outside, sessions as their owner
//! sees them, and budgets of attempts. All of it lies in the store, so that several web processes are as one.

use crate::chain;
use crate::db::{Row, args};
use crate::keys::{Purpose, fill_random, to_hex};
use crate::people::{ACCOUNT, account};
use crate::retention::Retention;
use crate::{Account, AccountId, Actor, Store, StoreError};
use jiff::Timestamp;

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionShown {
    /// Names it on pages; of no use to sign in.
    pub handle: String,
    /// When the person signed in.
    pub begun_at: Option<Timestamp>,
    /// Last use, to a few minutes.
    pub seen_at: Option<Timestamp>,
    /// Browser and system.
    pub device: Option<String>,
}

/// The secret part of a one-time link. Shown once; the store keeps a keyed hash.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationToken(String);

impl std::fmt::Debug for InvitationToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InvitationToken(…)")
    }
}

impl InvitationToken {
    /// As it stands in the link: 32 hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Bytes of a session's hash that name it on pages.
const HANDLE_BYTES: usize = 8;

impl Store {
    /// The secret of an account's authenticator app and the last step used; `None` where it has no second factor.
    pub async fn second_factor(&self, id: AccountId) -> Result<Option<(Vec<u8>, i64)>, StoreError> {
        let mut tx = self.read("reading a second factor").await?;
        let row =
            tx.one("SELECT secret_sealed, last_step FROM second_factor WHERE account_id = $1", args![id.0]).await?;
        row.map(|row| {
            let place = id.0.to_le_bytes();
            Ok((self.keys().open("second_factor", &place, "secret", &row.blob(0)?)?, row.int(1)?))
        })
        .transpose()
    }

    /// Gives an account a second factor whose code of `step` was just shown, and recovery codes, in place of those before.
    /// Recorded as an event.
    pub async fn set_second_factor(
        &self,
        id: AccountId,
        secret: &[u8],
        step: i64,
        codes: &[String],
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sealed = self.keys().seal("second_factor", &id.0.to_le_bytes(), "secret", secret)?;
        let mut tx = self.write("keeping a second factor").await?;
        tx.run(
            "INSERT INTO second_factor (account_id, secret_sealed, last_step, confirmed_at, retention, delete_after) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET \
             secret_sealed = excluded.secret_sealed, last_step = excluded.last_step, confirmed_at = excluded.confirmed_at",
            args![id.0, sealed, step, at, Retention::Account.as_str(), Retention::Account.until(at)],
        )
        .await?;
        self.put_codes(&mut tx, id, codes, at).await?;
        let body = serde_json::json!({ "account": id.0, "second_factor": "set" });
        chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        tx.commit().await
    }

    /// Gives an account new recovery codes; those before are worth nothing. Recorded as an event.
    pub async fn set_recovery_codes(
        &self,
        id: AccountId,
        codes: &[String],
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("keeping recovery codes").await?;
        self.put_codes(&mut tx, id, codes, at).await?;
        let body = serde_json::json!({ "account": id.0, "recovery_codes": "renewed" });
        chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        tx.commit().await
    }

    async fn put_codes(
        &self,
        tx: &mut crate::db::Tx,
        id: AccountId,
        codes: &[String],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        tx.run("DELETE FROM recovery_code WHERE account_id = $1", args![id.0]).await?;
        for (number, code) in (1_i64..).zip(codes) {
            tx.run(
                "INSERT INTO recovery_code (account_id, number, code_hash, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5)",
                args![
                    id.0,
                    number,
                    self.code_hash(id, code),
                    Retention::Account.as_str(),
                    Retention::Account.until(at)
                ],
            )
            .await?;
        }
        Ok(())
    }

    fn code_hash(&self, id: AccountId, code: &str) -> [u8; 32] {
        self.keys().hash(Purpose::SignIn, &[b"recovery", &id.0.to_le_bytes(), code.as_bytes()])
    }

    /// Uses the code of a step: false where it, or a later one, was used before.
    pub async fn use_step(&self, id: AccountId, step: i64) -> Result<bool, StoreError> {
        let mut tx = self.write("using a code").await?;
        let used = tx
            .run("UPDATE second_factor SET last_step = $2 WHERE account_id = $1 AND last_step < $2", args![id.0, step])
            .await?;
        tx.commit().await?;
        Ok(used == 1)
    }

    /// Uses a recovery code: how many are left, or `None` where it is none or was used before. Recorded as an event.
    pub async fn use_recovery_code(&self, id: AccountId, code: &str, at: Timestamp) -> Result<Option<u32>, StoreError> {
        let mut tx = self.write("using a recovery code").await?;
        let used = tx
            .run(
                "UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL",
                args![id.0, self.code_hash(id, code), at],
            )
            .await?;
        if used == 0 {
            return Ok(None);
        }
        let left = codes_left(&mut tx, id).await?;
        let body = serde_json::json!({ "account": id.0, "recovery_codes": "one used" });
        chain::event(&mut tx, self.keys(), "account", &Actor::Account(id), body, at).await?;
        tx.commit().await?;
        Ok(Some(left))
    }

    /// Recovery codes that were not used yet.
    pub async fn recovery_codes_left(&self, id: AccountId) -> Result<u32, StoreError> {
        codes_left(&mut self.read("counting recovery codes").await?, id).await
    }

    /// Makes a one-time link for an account; links made before are worth nothing. Recorded as an event.
    pub async fn invite(
        &self,
        id: AccountId,
        expires_at: Timestamp,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<InvitationToken, StoreError> {
        let mut bytes = [0; 16];
        fill_random(&mut bytes)?;
        let token = InvitationToken(to_hex(&bytes));
        let mut tx = self.write("making a one-time link").await?;
        tx.run("DELETE FROM invitation WHERE account_id = $1", args![id.0]).await?;
        tx.run(
            "INSERT INTO invitation (token_hash, account_id, made_at, expires_at, retention, delete_after) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            args![
                self.token_hash(&token.0),
                id.0,
                at,
                expires_at,
                Retention::Session.as_str(),
                Retention::Session.until(expires_at)
            ],
        )
        .await?;
        let body = serde_json::json!({ "account": id.0, "one_time_link": "made" });
        chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        tx.commit().await?;
        Ok(token)
    }

    fn token_hash(&self, token: &str) -> [u8; 32] {
        self.keys().hash(Purpose::SignIn, &[b"invitation", token.as_bytes()])
    }

    /// The account that a one-time link is for, while it is good.
    pub async fn invited(&self, token: &str, at: Timestamp) -> Result<Option<Account>, StoreError> {
        let mut tx = self.read("looking for a one-time link").await?;
        let sql = format!(
            "SELECT {ACCOUNT} FROM account WHERE disabled_at IS NULL AND id = (SELECT account_id FROM invitation \
             WHERE token_hash = $1 AND expires_at > $2)"
        );
        tx.all_of(sql, args![self.token_hash(token), at]).await?.first().map(account).transpose()
    }

    /// Uses a one-time link: the account has this password from now on, no second factor, no session, no other link.
    /// `None` where the link is good no more. Recorded as an event.
    pub async fn accept_invitation(
        &self,
        token: &str,
        password_hash: &str,
        at: Timestamp,
    ) -> Result<Option<AccountId>, StoreError> {
        let mut tx = self.write("using a one-time link").await?;
        let row = tx
            .one(
                "DELETE FROM invitation WHERE token_hash = $1 AND expires_at > $2 RETURNING account_id",
                args![self.token_hash(token), at],
            )
            .await?;
        let Some(id) = row.map(|row| row.int(0)).transpose()? else { return Ok(None) };
        let known = tx
            .run(
                "UPDATE account SET password_hash = $2 WHERE id = $1 AND disabled_at IS NULL",
                args![id, password_hash],
            )
            .await?;
        if known == 0 {
            return Ok(None);
        }
        forget_sign_in(&mut tx, id).await?;
        let body = serde_json::json!({ "account": id, "one_time_link": "used" });
        chain::event(&mut tx, self.keys(), "account", &Actor::Account(AccountId(id)), body, at).await?;
        tx.commit().await?;
        Ok(Some(AccountId(id)))
    }

    /// Sets an account's password and ends its sessions. Recorded as an event.
    pub async fn set_password(
        &self,
        id: AccountId,
        password_hash: &str,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write("changing a password").await?;
        if tx.run("UPDATE account SET password_hash = $2 WHERE id = $1", args![id.0, password_hash]).await? == 0 {
            return Err(StoreError::NotFound { what: "account" });
        }
        tx.run("DELETE FROM session WHERE account_id = $1", args![id.0]).await?;
        tx.run("DELETE FROM invitation WHERE account_id = $1", args![id.0]).await?;
        let body = serde_json::json!({ "account": id.0, "password": "changed" });
        chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        tx.commit().await
    }

    /// An account's sessions, last used first.
    pub async fn sessions_of(&self, id: AccountId, at: Timestamp) -> Result<Vec<SessionShown>, StoreError> {
        let mut tx = self.read("reading an account's sessions").await?;
        let rows = tx
            .all(
                "SELECT id_hash, begun_at, seen_at, device FROM session WHERE account_id = $1 AND expires_at > $2 \
                 AND begun_at IS NOT NULL ORDER BY seen_at DESC, id_hash",
                args![id.0, at],
            )
            .await?;
        let shown = |row: &Row| {
            Ok(SessionShown {
                handle: to_hex(row.blob(0)?.get(..HANDLE_BYTES).unwrap_or_default()),
                begun_at: row.opt_time(1)?,
                seen_at: row.opt_time(2)?,
                device: row.opt_text(3)?,
            })
        };
        rows.iter().map(shown).collect()
    }

    /// How a session is named on pages.
    pub fn session_handle(&self, id: &[u8]) -> String {
        to_hex(&self.keys().hash(Purpose::Session, &[id])[..HANDLE_BYTES])
    }

    /// Ends sessions of an account: those that `ends` names by their handle. How many. Recorded as an event.
    pub async fn end_sessions(
        &self,
        id: AccountId,
        ends: impl Fn(&str) -> bool,
        actor: &Actor,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.write("ending sessions").await?;
        let mut ended = 0;
        for row in tx.all("SELECT id_hash FROM session WHERE account_id = $1", args![id.0]).await? {
            let hash = row.blob(0)?;
            if ends(&to_hex(hash.get(..HANDLE_BYTES).unwrap_or_default())) {
                ended += tx.run("DELETE FROM session WHERE id_hash = $1", args![hash]).await?;
            }
        }
        if ended > 0 {
            let body = serde_json::json!({ "account": id.0, "sessions_ended": ended });
            chain::event(&mut tx, self.keys(), "account", actor, body, at).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// The account that an identity provider's subject was linked to.
    pub async fn account_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<Account>, StoreError> {
        let mut tx = self.read("looking for an identity").await?;
        let sql = format!(
            "SELECT {ACCOUNT} FROM account WHERE id = (SELECT account_id FROM outer_identity WHERE identity_hash = $1)"
        );
        tx.all_of(sql, args![self.identity_hash(issuer, subject)]).await?.first().map(account).transpose()
    }

    /// Links an identity to an account that has none of this installation's provider yet: false where it has one, or where
    /// the identity is another account's. Recorded as an event.
    pub async fn link_identity(
        &self,
        id: AccountId,
        issuer: &str,
        subject: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write("linking an identity").await?;
        // Two who come at once for one account wait for each other here.
        tx.run("UPDATE account SET login = login WHERE id = $1", args![id.0]).await?;
        if tx.one("SELECT 1 FROM outer_identity WHERE account_id = $1", args![id.0]).await?.is_some() {
            return Ok(false);
        }
        let linked = tx
            .run(
                "INSERT INTO outer_identity (identity_hash, account_id, linked_at, retention, delete_after) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (identity_hash) DO NOTHING",
                args![
                    self.identity_hash(issuer, subject),
                    id.0,
                    at,
                    Retention::Account.as_str(),
                    Retention::Account.until(at)
                ],
            )
            .await?;
        if linked == 0 {
            return Ok(false);
        }
        let body = serde_json::json!({ "account": id.0, "identity": "linked" });
        chain::event(&mut tx, self.keys(), "account", &Actor::Account(id), body, at).await?;
        tx.commit().await?;
        Ok(true)
    }

    fn identity_hash(&self, issuer: &str, subject: &str) -> [u8; 32] {
        self.keys().hash(Purpose::SignIn, &[b"identity", issuer.as_bytes(), subject.as_bytes()])
    }

    /// What a browser that has signed in to an account before carries to show it: nobody can make it without the key.
    pub fn device_mark(&self, login: &str, nonce: &str) -> String {
        to_hex(&self.keys().hash(Purpose::SignIn, &[b"device", login.as_bytes(), nonce.as_bytes()]))
    }

    /// Takes one of a budget: how many were taken in the present window, this one included, and when the window ends.
    /// It is taken before what it is for is tried, so that many tries at once are counted one by one.
    pub async fn take_of_budget(
        &self,
        key: &str,
        at: Timestamp,
        window_ms: i64,
    ) -> Result<(u32, Timestamp), StoreError> {
        let hash = self.keys().hash(Purpose::Throttle, &[key.as_bytes()]);
        let now = at.as_millisecond();
        let mut tx = self.write("counting an attempt").await?;
        let row = tx
            .one(
                "INSERT INTO sign_in_throttle (key_hash, failures, window_start, retention, delete_after) \
                 VALUES ($1, 1, $2, $3, $4) ON CONFLICT (key_hash) DO UPDATE SET \
                 failures = CASE WHEN sign_in_throttle.window_start < $5 THEN 1 ELSE sign_in_throttle.failures + 1 END, \
                 window_start = CASE WHEN sign_in_throttle.window_start < $5 THEN $2 ELSE sign_in_throttle.window_start END, \
                 delete_after = excluded.delete_after RETURNING failures, window_start",
                args![
                    hash,
                    now,
                    Retention::Session.as_str(),
                    Retention::Session.until(at),
                    now.saturating_sub(window_ms)
                ],
            )
            .await?
            .ok_or(StoreError::Corrupt { what: "a budget of attempts" })?;
        tx.commit().await?;
        Ok((row.count(0)?, crate::times::from_ms(row.int(1)?.saturating_add(window_ms))?))
    }

    /// Gives back what was taken of budgets for something that was all right.
    pub async fn give_back_to_budgets(&self, keys: &[String]) -> Result<(), StoreError> {
        let mut tx = self.write("giving an attempt back").await?;
        for key in keys {
            let hash = self.keys().hash(Purpose::Throttle, &[key.as_bytes()]);
            tx.run(
                "UPDATE sign_in_throttle SET failures = failures - 1 WHERE key_hash = $1 AND failures > 0",
                args![hash],
            )
            .await?;
        }
        tx.commit().await
    }
}

/// Whoever comes by a one-time link begins anew.
async fn forget_sign_in(tx: &mut crate::db::Tx, id: i64) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM session WHERE account_id = $1",
        "DELETE FROM invitation WHERE account_id = $1",
        "DELETE FROM second_factor WHERE account_id = $1",
        "DELETE FROM recovery_code WHERE account_id = $1",
    ] {
        tx.run(sql, args![id]).await?;
    }
    Ok(())
}

async fn codes_left(tx: &mut crate::db::Tx, id: AccountId) -> Result<u32, StoreError> {
    let left =
        tx.id("SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL", args![id.0]).await?;
    Ok(u32::try_from(left).unwrap_or(0))
}
