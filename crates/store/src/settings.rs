//! Small facts about this installation that are not configuration, such as the demo's 'today'. Nothing personal.

use crate::db::{Tx, args};
use crate::{Store, StoreError};

impl Store {
    /// A kept fact by its name.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut tx = self.read("reading a kept fact").await?;
        let row = tx.one("SELECT value FROM meta WHERE name = $1", args![key(name)]).await?;
        row.map(|row| String::from_utf8(row.blob(0)?).map_err(|_| StoreError::Corrupt { what: "a kept fact" }))
            .transpose()
    }

    /// Keeps a fact by its name, in place of the one before.
    pub async fn put_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut tx = self.write("keeping a fact").await?;
        put_setting(&mut tx, name, value).await?;
        tx.commit().await
    }
}

/// Keeps a fact within a transaction.
pub(crate) async fn put_setting(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![key(name), value.as_bytes()],
    )
    .await?;
    Ok(())
}

/// Apart from the store's own rows, such as the key's check value.
fn key(name: &str) -> String {
    format!("setting:{name}")
}
