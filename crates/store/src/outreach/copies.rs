//! Copies of a list that leave the screen: each has a number, a day and a holder, and is logged.

use super::lists::{HEADER, LINE, header};
use super::{ListHeader, ListLine};
use crate::db::{Arg, Row, args};
use crate::people::account_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Look, Store, StoreError, chain};
use domain::TeamId;
use jiff::Timestamp;

words!(
    /// What a copy is made of.
    CopyKind {
        /// Printed.
        Paper = "paper",
        /// A file for a spreadsheet.
        Csv = "csv",
    }
);

/// A copy to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCopy {
    /// Of which list.
    pub list: i64,
    /// Paper or file.
    pub kind: CopyKind,
    /// Who holds it, by name.
    pub holder: String,
    /// The lines on it, by their rows.
    pub lines: Vec<i64>,
}

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    /// Its number.
    pub number: i64,
    /// Of which list.
    pub list: i64,
    /// Of which team.
    pub team: TeamId,
    /// Paper or file.
    pub kind: CopyKind,
    /// Who holds it.
    pub holder: String,
    /// The lines on it, by their rows.
    pub lines: Vec<i64>,
    /// Whose account made it.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

const COPY: &str = "SELECT c.id, c.list_id, l.team, c.kind, c.holder, c.lines, c.by_account, c.at FROM list_copy c \
     JOIN outreach_list l ON l.id = c.list_id";

impl Store {
    /// Gives a copy its number and keeps who holds it, as an event.
    pub async fn put_copy(&self, new: &NewCopy, by: AccountId, at: Timestamp) -> Result<i64, StoreError> {
        let mut tx = self.write("numbering a copy").await?;
        let name = account_name(&mut tx, by).await?;
        let lines = serde_json::to_string(&new.lines).map_err(|_| StoreError::Corrupt { what: "a copy" })?;
        let body = serde_json::json!({
            "list": new.list, "kind": new.kind.as_str(), "holder": new.holder, "lines": new.lines,
        });
        let seq = chain::event(&mut tx, self.keys(), "list_copy", &Actor::Account(by), body, at).await?;
        let number = tx
            .id(
                "INSERT INTO list_copy (list_id, kind, holder, lines, by_account, by_name, at, event_seq, retention, \
                 delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id",
                args![
                    new.list,
                    new.kind.as_str(),
                    &new.holder,
                    lines,
                    by.0,
                    name,
                    at,
                    seq,
                    Retention::Ledger.as_str(),
                    Retention::Ledger.until(at)
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Copies of a team's lists, newest first.
    pub async fn copies(&self, team: &TeamId, limit: u32) -> Result<Vec<CopyRow>, StoreError> {
        let mut tx = self.read("reading the copies").await?;
        let sql = format!("{COPY} WHERE l.team = $1 ORDER BY c.id DESC LIMIT $2");
        tx.all_of(sql, args![team.as_str(), limit]).await?.iter().map(copy).collect()
    }

    /// A copy by its number, with its lines opened, in the order in which they stand on it. Audited in the same transaction.
    pub async fn copy(
        &self,
        look: &Look,
        number: i64,
    ) -> Result<Option<(CopyRow, ListHeader, Vec<ListLine>)>, StoreError> {
        let mut tx = self.write("reading a copy").await?;
        look.write(&mut tx, self.keys()).await?;
        let rows = tx.all_of(format!("{COPY} WHERE c.id = $1"), args![number]).await?;
        let Some(found) = rows.first().map(copy).transpose()? else { return Ok(None) };
        let lists = tx.all_of(format!("{HEADER} WHERE l.id = $1"), args![found.list]).await?;
        let list = header(lists.first().ok_or(StoreError::Corrupt { what: "a copy's list" })?)?;
        let ids = found.lines.iter().map(|line| Arg::from(*line));
        let rows = tx.all_in(&format!("{LINE} WHERE list_id = $1 AND id IN"), &[Arg::from(found.list)], ids).await?;
        let mut lines = self.lines(&mut tx, &rows, look.at).await?;
        lines.sort_by_key(|line| found.lines.iter().position(|id| *id == line.id));
        tx.commit().await?;
        Ok((!lines.is_empty()).then_some((found, list, lines)))
    }
}

fn copy(row: &Row) -> Result<CopyRow, StoreError> {
    Ok(CopyRow {
        number: row.int(0)?,
        list: row.int(1)?,
        team: TeamId(row.text(2)?),
        kind: CopyKind::parse(&row.text(3)?).ok_or(StoreError::Corrupt { what: "a copy" })?,
        holder: row.text(4)?,
        lines: serde_json::from_str(&row.text(5)?).map_err(|_| StoreError::Corrupt { what: "a copy" })?,
        by: AccountId(row.int(6)?),
        at: row.time(7)?,
    })
}
