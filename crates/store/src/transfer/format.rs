//! The form of a dump: a first line, then frames of a kind, a length and a content. Rows are values with their type, so
//! that any reader can skip what it does not know, and a cut shows.

use super::schema::{Column, Kind, Table};
use super::{Columns, Moved, Sequences, broken};
use crate::StoreError;
use crate::db::Arg;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// Version of the form.
pub(super) const VERSION: u32 = 1;
const FIRST_LINE: &[u8] = b"bavn store dump\n";
/// No frame is longer: a page's body is 16 MiB at the most.
const LONGEST: usize = 256 << 20;

const HEADER: u8 = b'H';
const TABLE: u8 = b'T';
pub(super) const ROW: u8 = b'R';
pub(super) const TABLE_END: u8 = b'E';
pub(super) const SEQUENCES: u8 = b'S';
const END: u8 = b'Z';

/// What a dump says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DumpHeader {
    /// Version of the form.
    pub format: u32,
    /// Version of the program that made it.
    pub program: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// Version of the schema.
    pub schema_version: i64,
    /// When it was made: it holds what was committed by then.
    pub made_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct TableHead {
    table: String,
    columns: Columns,
}

/// A part of a dump.
pub(super) enum Frame {
    Table(String, Columns),
    Row(Vec<u8>),
    TableEnd(Moved),
    Sequences(Sequences),
    End(usize),
}

pub(super) struct Writer<'a> {
    out: &'a mut (dyn Write + Send),
}

impl<'a> Writer<'a> {
    pub(super) fn begin(out: &'a mut (dyn Write + Send), header: &DumpHeader) -> Result<Self, StoreError> {
        let mut writer = Self { out };
        writer.out.write_all(FIRST_LINE).map_err(unwritable)?;
        writer.json(HEADER, header)?;
        Ok(writer)
    }

    pub(super) fn frame(&mut self, kind: u8, content: &[u8]) -> Result<(), StoreError> {
        let length = u32::try_from(content.len()).map_err(|_| broken("a row is too long"))?;
        self.out.write_all(&[kind]).map_err(unwritable)?;
        self.out.write_all(&length.to_le_bytes()).map_err(unwritable)?;
        self.out.write_all(content).map_err(unwritable)
    }

    pub(super) fn json<T: Serialize>(&mut self, kind: u8, value: &T) -> Result<(), StoreError> {
        let json = serde_json::to_vec(value).map_err(|_| broken("a part cannot be written"))?;
        self.frame(kind, &json)
    }

    pub(super) fn table(&mut self, table: &Table) -> Result<(), StoreError> {
        self.json(TABLE, &TableHead { table: table.name.clone(), columns: table.columns.clone() })
    }

    pub(super) fn end(mut self, tables: usize) -> Result<(), StoreError> {
        self.json(END, &tables)
    }
}

fn unwritable(error: std::io::Error) -> StoreError {
    StoreError::Backup { what: format!("it cannot be written: {error}") }
}

pub(super) struct Reader<'a> {
    input: &'a mut (dyn Read + Send),
}

impl<'a> Reader<'a> {
    pub(super) fn begin(input: &'a mut (dyn Read + Send)) -> Result<(Self, DumpHeader), StoreError> {
        let mut first = vec![0; FIRST_LINE.len()];
        let mut reader = Self { input };
        reader.fill(&mut first)?;
        if first != FIRST_LINE {
            return Err(broken("it is no backup of bavn"));
        }
        let (kind, content) = reader.part()?;
        let header: DumpHeader = json(&content)?;
        if kind != HEADER || header.format != VERSION {
            return Err(broken("its form is not one that this program knows; a newer bavn may"));
        }
        Ok((reader, header))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), StoreError> {
        self.input.read_exact(bytes).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => broken("it is cut off"),
            _ => StoreError::Backup { what: format!("it cannot be read: {error}") },
        })
    }

    fn part(&mut self) -> Result<(u8, Vec<u8>), StoreError> {
        let mut head = [0; 5];
        self.fill(&mut head)?;
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if length > LONGEST {
            return Err(broken("a part is longer than any can be"));
        }
        let mut content = vec![0; length];
        self.fill(&mut content)?;
        Ok((head[0], content))
    }

    pub(super) fn next(&mut self) -> Result<Frame, StoreError> {
        let (kind, content) = self.part()?;
        Ok(match kind {
            TABLE => {
                let head: TableHead = json(&content)?;
                Frame::Table(head.table, head.columns)
            }
            ROW => Frame::Row(content),
            TABLE_END => Frame::TableEnd(json(&content)?),
            SEQUENCES => Frame::Sequences(json(&content)?),
            END => Frame::End(json(&content)?),
            _ => return Err(broken("it has a part of an unknown kind")),
        })
    }

    /// The last part must come now, and say how many tables there were.
    pub(super) fn end(&mut self, tables: usize) -> Result<(), StoreError> {
        match self.next()? {
            Frame::End(told) if told == tables => Ok(()),
            _ => Err(broken("it is not whole")),
        }
    }
}

fn json<T: serde::de::DeserializeOwned>(content: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(content).map_err(|_| broken("a part of it cannot be read"))
}

/// A row as bytes: for each value its type and content.
pub(super) fn write_row(row: &[Arg]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut long = |tag: u8, content: &[u8]| {
        bytes.push(tag);
        bytes.extend_from_slice(&(content.len() as u64).to_le_bytes());
        bytes.extend_from_slice(content);
    };
    for value in row {
        match value {
            Arg::Int(Some(value)) => long(1, &value.to_le_bytes()),
            Arg::Text(Some(value)) => long(2, value.as_bytes()),
            Arg::Blob(Some(value)) => long(3, value),
            Arg::Real(value) => long(4, &value.to_le_bytes()),
            Arg::Int(None) | Arg::Text(None) | Arg::Blob(None) => long(0, &[]),
        }
    }
    bytes
}

/// The way back from [`write_row`].
pub(super) fn read_row(bytes: &[u8], columns: &[Column]) -> Result<Vec<Arg>, StoreError> {
    let wrong = || broken("a row of it cannot be read");
    let mut rest = bytes;
    let mut take = |length: usize| -> Result<&[u8], StoreError> {
        let (head, tail) = rest.split_at_checked(length).ok_or_else(wrong)?;
        rest = tail;
        Ok(head)
    };
    let mut row = Vec::with_capacity(columns.len());
    for column in columns {
        let tag = take(1)?[0];
        let length = u64::from_le_bytes(take(8)?.try_into().map_err(|_| wrong())?);
        let content = take(usize::try_from(length).map_err(|_| wrong())?)?;
        let eight = || <[u8; 8]>::try_from(content).map_err(|_| wrong());
        row.push(match (column.kind, tag) {
            (Kind::Int, 0) => Arg::Int(None),
            (Kind::Text, 0) => Arg::Text(None),
            (Kind::Blob, 0) => Arg::Blob(None),
            (Kind::Int, 1) => Arg::Int(Some(i64::from_le_bytes(eight()?))),
            (Kind::Text, 2) => Arg::Text(Some(String::from_utf8(content.to_vec()).map_err(|_| wrong())?)),
            (Kind::Blob, 3) => Arg::Blob(Some(content.to_vec())),
            (Kind::Real, 4) => Arg::Real(f64::from_le_bytes(eight()?)),
            _ => return Err(wrong()),
        });
    }
    if take(1).is_ok() { Err(wrong()) } else { Ok(row) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn columns(kinds: &[Kind]) -> Vec<Column> {
        kinds.iter().map(|kind| Column { name: "c".to_owned(), kind: *kind }).collect()
    }

    proptest! {
        #[test]
        fn a_row_survives(int in any::<Option<i64>>(), text in any::<Option<String>>(), blob in any::<Option<Vec<u8>>>(), real in -1e9_f64..1e9) {
            let columns = columns(&[Kind::Int, Kind::Text, Kind::Blob, Kind::Real]);
            let row = [Arg::Int(int), Arg::Text(text), Arg::Blob(blob), Arg::Real(real)];
            let bytes = write_row(&row);
            let back = read_row(&bytes, &columns).unwrap();
            prop_assert_eq!(write_row(&back), bytes);
        }

        #[test]
        fn broken_bytes_are_an_error_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = read_row(&bytes, &columns(&[Kind::Int, Kind::Text, Kind::Blob, Kind::Real]));
            let mut input = bytes.as_slice();
            prop_assert!(Reader::begin(&mut input).is_err());
        }
    }
}
