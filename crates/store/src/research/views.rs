//! A reader's own filters of the queue, kept by name.

use crate::db::args;
use crate::retention::Retention;
use crate::{AccountId, Store, StoreError};
use jiff::Timestamp;

/// Most views of an account.
const MOST: i64 = 30;

/// A saved filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its row.
    pub id: i64,
    /// What the reader calls it.
    pub name: String,
    /// The query of the queue's address.
    pub query: String,
    /// When it was last opened.
    pub opened_at: Timestamp,
}

impl Store {
    /// An account's views, by name.
    pub async fn saved_views(&self, by: AccountId) -> Result<Vec<SavedView>, StoreError> {
        let mut tx = self.read("reading saved views").await?;
        let rows = tx
            .all(
                "SELECT id, name, query, opened_at FROM saved_view WHERE account_id = $1 ORDER BY name, id",
                args![by.0],
            )
            .await?;
        let view = |row: &crate::db::Row| {
            Ok(SavedView { id: row.int(0)?, name: row.text(1)?, query: row.text(2)?, opened_at: row.time(3)? })
        };
        rows.iter().map(view).collect()
    }

    /// Keeps a view; one of the same name is replaced.
    pub async fn save_view(&self, by: AccountId, name: &str, query: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write("saving a view").await?;
        let others = "SELECT count(*) FROM saved_view WHERE account_id = $1 AND name <> $2";
        if tx.id(others, args![by.0, name]).await? >= MOST {
            return Err(StoreError::Refused { why: "there are 30 saved views; delete one first" });
        }
        tx.run(
            "INSERT INTO saved_view (account_id, name, query, made_at, opened_at, retention, delete_after) \
             VALUES ($1, $2, $3, $4, $4, $5, $6) ON CONFLICT (account_id, name) DO UPDATE SET query = excluded.query, \
             opened_at = excluded.opened_at",
            args![by.0, name, query, at, Retention::Account.as_str(), Retention::Account.until(at)],
        )
        .await?;
        tx.commit().await
    }

    /// Marks a view as opened: what comes later counts as new. Gives its query.
    pub async fn open_view(&self, by: AccountId, id: i64, at: Timestamp) -> Result<String, StoreError> {
        let mut tx = self.write("opening a saved view").await?;
        let row = tx
            .one(
                "UPDATE saved_view SET opened_at = $3 WHERE id = $1 AND account_id = $2 RETURNING query",
                args![id, by.0, at],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "saved view" })?;
        tx.commit().await?;
        row.text(0)
    }

    /// Deletes a view.
    pub async fn delete_view(&self, by: AccountId, id: i64) -> Result<(), StoreError> {
        let mut tx = self.write("deleting a saved view").await?;
        if tx.run("DELETE FROM saved_view WHERE id = $1 AND account_id = $2", args![id, by.0]).await? == 0 {
            return Err(StoreError::NotFound { what: "saved view" });
        }
        tx.commit().await
    }
}
