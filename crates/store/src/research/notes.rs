//! Notes, tags and links that people put on a case, a network or advertiser, an ad or a shared contact. Each is an
//! event; taken back, it stays marked. They are kept as long as cases are.

use super::CaseId;
use crate::db::{Row, Tx, args};
use crate::keys::Purpose;
use crate::people::account_name;
use crate::retention::Retention;
use crate::{AccountId, Actor, Store, StoreError, chain};
use jiff::Timestamp;

/// What a note is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Item {
    /// A case.
    Case(CaseId),
    /// A network or advertiser, by its id.
    Subject(String),
    /// An ad, by the store's own number.
    Ad(i64),
    /// A contact, by the store's own number.
    Contact(i64),
}

impl Item {
    fn columns(&self) -> (&'static str, String) {
        match self {
            Item::Case(id) => ("case", id.0.clone()),
            Item::Subject(id) => ("subject", id.clone()),
            Item::Ad(number) => ("ad", number.to_string()),
            Item::Contact(number) => ("contact", number.to_string()),
        }
    }
    /// As a form sends it: `case:case_1`, `ad:381`.
    pub fn to_text(&self) -> String {
        let (kind, id) = self.columns();
        format!("{kind}:{id}")
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        let is_id =
            !id.is_empty() && id.len() <= 100 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        match kind {
            "case" if is_id => Some(Item::Case(CaseId(id.to_owned()))),
            "subject" if is_id => Some(Item::Subject(id.to_owned())),
            "ad" => id.parse().ok().map(Item::Ad),
            "contact" => id.parse().ok().map(Item::Contact),
            _ => None,
        }
    }
}

/// Which kind of note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoteKind {
    /// Words.
    Note,
    /// A word that several items share.
    Tag,
    /// Another item.
    Link,
}

impl NoteKind {
    /// All, in the order of the page.
    pub const ALL: [NoteKind; 3] = [NoteKind::Note, NoteKind::Tag, NoteKind::Link];
    /// As stored: `note`, `tag`, `link`.
    pub fn as_str(self) -> &'static str {
        match self {
            NoteKind::Note => "note",
            NoteKind::Tag => "tag",
            NoteKind::Link => "link",
        }
    }
    /// From its written form.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// Its row.
    pub id: i64,
    /// What it is on.
    pub item: Item,
    /// Which kind.
    pub kind: NoteKind,
    /// Its words; for a link the other item in its written form.
    pub body: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Who took it back, and when.
    pub undone: Option<(String, Timestamp)>,
}

const NOTE: &str =
    "SELECT id, item_kind, item, kind, body_sealed, event_seq, by_name, at, undone_at, undone_by FROM item_note";

impl Store {
    /// Puts a note on an item. A tag or link that is there already is kept once.
    pub async fn add_note(
        &self,
        item: &Item,
        kind: NoteKind,
        body: &str,
        by: AccountId,
        at: Timestamp,
    ) -> Result<i64, StoreError> {
        let body = body.trim();
        if body.is_empty() {
            return Err(StoreError::Refused { why: "a note has words" });
        }
        let mut tx = self.write("keeping a note").await?;
        let name = account_name(&mut tx, by).await?;
        if !is_there(&mut tx, item).await? {
            return Err(StoreError::NotFound { what: "item to put a note on" });
        }
        let (item_kind, item_id) = item.columns();
        let label = (kind != NoteKind::Note).then(|| self.label(kind, body));
        if let Some(label) = label {
            let held = tx
                .one(
                    "SELECT id FROM item_note WHERE item_kind = $1 AND item = $2 AND label_hash = $3 AND undone_at IS NULL",
                    args![item_kind, &item_id, label],
                )
                .await?;
            if let Some(row) = held {
                return row.int(0);
            }
        }
        let event = serde_json::json!({ "item": item.to_text(), "kind": kind.as_str(), "body": body });
        let seq = chain::event(&mut tx, self.keys(), "note", &Actor::Account(by), event, at).await?;
        let sealed = self.keys().seal_text("item_note", &seq.to_le_bytes(), "body", body)?;
        let id = tx
            .id(
                "INSERT INTO item_note (item_kind, item, kind, label_hash, body_sealed, event_seq, by_account, by_name, \
                 at, retention, delete_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
                args![
                    item_kind,
                    item_id,
                    kind.as_str(),
                    label.map(|hash| hash.to_vec()),
                    sealed,
                    seq,
                    by.0,
                    name,
                    at,
                    Retention::Case.as_str(),
                    Retention::Case.until(at)
                ],
            )
            .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Takes a note back: it is marked, and stays.
    pub async fn undo_note(&self, id: i64, by: AccountId, at: Timestamp) -> Result<Item, StoreError> {
        let mut tx = self.write("taking a note back").await?;
        let name = account_name(&mut tx, by).await?;
        let row = tx
            .one(
                "UPDATE item_note SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL \
                 RETURNING item_kind, item",
                args![id, at, name],
            )
            .await?
            .ok_or(StoreError::NotFound { what: "note in force" })?;
        let item = item_of(&row.text(0)?, &row.text(1)?)?;
        let body = serde_json::json!({ "note": id });
        chain::event(&mut tx, self.keys(), "undo_note", &Actor::Account(by), body, at).await?;
        tx.commit().await?;
        Ok(item)
    }

    /// Notes on these items, newest first.
    pub async fn notes(&self, items: &[Item]) -> Result<Vec<NoteRow>, StoreError> {
        let mut tx = self.read("reading notes").await?;
        self.notes_on(&mut tx, items).await
    }

    /// As [`Store::notes`], in a transaction that is under way.
    pub(crate) async fn notes_on(&self, tx: &mut Tx, items: &[Item]) -> Result<Vec<NoteRow>, StoreError> {
        let mut found = Vec::new();
        for item in items {
            let (kind, id) = item.columns();
            let rows = tx.all_of(format!("{NOTE} WHERE item_kind = $1 AND item = $2"), args![kind, id]).await?;
            for row in &rows {
                found.push(self.note(row)?);
            }
        }
        found.sort_by_key(|note| std::cmp::Reverse((note.at, note.id)));
        Ok(found)
    }

    /// Everything with the tag of a note: its words, and the notes, newest first.
    pub async fn tagged(&self, note: i64, limit: u32) -> Result<(String, Vec<NoteRow>), StoreError> {
        let mut tx = self.read("reading a tag").await?;
        let rows = tx.all_of(format!("{NOTE} WHERE id = $1 AND kind = 'tag'"), args![note]).await?;
        let tag = self.note(rows.first().ok_or(StoreError::NotFound { what: "tag" })?)?.body;
        let sql = format!("{NOTE} WHERE label_hash = $1 AND undone_at IS NULL ORDER BY at DESC, id DESC LIMIT $2");
        let rows = tx.all_of(sql, args![self.label(NoteKind::Tag, &tag), limit]).await?;
        Ok((tag, rows.iter().map(|row| self.note(row)).collect::<Result<_, _>>()?))
    }

    fn label(&self, kind: NoteKind, body: &str) -> [u8; 32] {
        let folded = domain::NormalText::fold(body);
        self.keys().hash(Purpose::Import, &[b"note", kind.as_str().as_bytes(), folded.as_str().as_bytes()])
    }

    fn note(&self, row: &Row) -> Result<NoteRow, StoreError> {
        Ok(NoteRow {
            id: row.int(0)?,
            item: item_of(&row.text(1)?, &row.text(2)?)?,
            kind: NoteKind::parse(&row.text(3)?).ok_or(StoreError::Corrupt { what: "a note" })?,
            body: self.keys().open_text("item_note", &row.int(5)?.to_le_bytes(), "body", &row.blob(4)?)?,
            by: row.text(6)?,
            at: row.time(7)?,
            undone: row.opt_text(9)?.zip(row.opt_time(8)?),
        })
    }
}

fn item_of(kind: &str, id: &str) -> Result<Item, StoreError> {
    Item::parse(&format!("{kind}:{id}")).ok_or(StoreError::Corrupt { what: "what a note is on" })
}

async fn is_there(tx: &mut Tx, item: &Item) -> Result<bool, StoreError> {
    let found = match item {
        Item::Case(id) => tx.one("SELECT 1 FROM case_file WHERE id = $1", args![&id.0]).await?,
        Item::Subject(id) => tx.one("SELECT 1 FROM entity WHERE id = $1 LIMIT 1", args![id]).await?,
        Item::Ad(number) => tx.one("SELECT 1 FROM ad WHERE id = $1", args![*number]).await?,
        Item::Contact(number) => tx.one("SELECT 1 FROM contact WHERE id = $1", args![*number]).await?,
    };
    Ok(found.is_some())
}
