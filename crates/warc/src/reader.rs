//! Reading records one by one, whatever tool wrote them.

use crate::lines;
use crate::source::Source;
use std::fmt;
use std::io::{self, Read};

/// Limits for one record.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of a block that are given; the rest is passed over.
    pub block: usize,
    /// Most bytes of a record's own head.
    pub head: usize,
}

/// A record.
#[derive(Debug, Clone)]
pub struct Record {
    /// Where it begins in the file; for a gzip file its member.
    pub offset: u64,
    fields: Vec<(String, String)>,
    /// Its block, at most as long as the limit.
    pub block: Vec<u8>,
    /// Bytes of the block as the record says.
    pub length: u64,
}

/// Something in the file that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, as in [`Record::offset`].
    pub offset: u64,
    /// What, without any text of the file.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "offset {}: {}", self.offset, self.what)
    }
}

/// What comes next in a file.
#[derive(Debug, Clone)]
pub enum Item {
    /// A record.
    Record(Box<Record>),
    /// Something that was passed over; the next call goes on behind it.
    Fault(Fault),
}

impl Record {
    /// A named field.
    pub fn field(&self, name: &str) -> Option<&str> {
        lines::get(&self.fields, name)
    }

    /// `WARC-Type`, in lower case.
    pub fn kind(&self) -> String {
        self.field("WARC-Type").unwrap_or_default().to_ascii_lowercase()
    }

    /// `WARC-Target-URI` without the angle brackets that some tools put around it.
    pub fn target(&self) -> Option<&str> {
        self.field("WARC-Target-URI").map(bare)
    }

    /// Whether the block was longer than the limit.
    pub fn is_cut(&self) -> bool {
        (self.block.len() as u64) < self.length
    }
}

/// Without angle brackets.
fn bare(uri: &str) -> &str {
    uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>')).unwrap_or(uri)
}

/// Reads a file from its begin to its end.
pub struct Reader<R: Read> {
    source: Source<R>,
    limits: Limits,
    /// Read already, after a fault that is told first.
    next: Option<Item>,
    ended: bool,
}

enum Stop {
    /// The file ends here.
    End,
    /// A gzip member is broken here.
    Broken(io::Error),
}

impl<R: Read> Reader<R> {
    /// On top of any input; gzip is noticed.
    pub fn new(input: R, limits: Limits) -> io::Result<Self> {
        Ok(Self { source: Source::new(input)?, limits, next: None, ended: false })
    }

    /// The next record or fault; `None` at the end.
    pub fn next_item(&mut self) -> Option<Item> {
        if let Some(item) = self.next.take() {
            return Some(item);
        }
        if self.ended {
            return None;
        }
        let mut junk: Option<u64> = None;
        loop {
            // Only where there is a byte is it known in which member it stands.
            let first = self.source.fill().map(|_| ());
            let offset = if first.is_ok() { self.source.offset() } else { self.source.broken_at() };
            let mut line = Vec::new();
            match first.map_err(Stop::Broken).and_then(|()| self.line(&mut line, self.limits.head)) {
                Ok(()) => {}
                Err(stop) => {
                    if matches!(stop, Stop::End) {
                        self.ended = true;
                        if line.iter().all(u8::is_ascii_whitespace) && junk.is_none() {
                            return None;
                        }
                    }
                    return Some(self.fault(junk.unwrap_or(offset), stop, "something that is no record"));
                }
            }
            if line.starts_with(b"WARC/") {
                let item = self.record(offset).map_or_else(|fault| fault, |record| Item::Record(Box::new(record)));
                let Some(at) = junk else { return Some(item) };
                self.next = Some(item);
                return Some(Item::Fault(Fault { offset: at, what: "passed over what is no record".to_owned() }));
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                junk.get_or_insert(offset);
            }
        }
    }

    fn fault(&mut self, offset: u64, stop: Stop, doing: &str) -> Item {
        let what = match stop {
            Stop::End => {
                self.ended = true;
                format!("the file ends within {doing}")
            }
            Stop::Broken(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                format!("the file ends within {doing} (its compression is torn)")
            }
            Stop::Broken(error) => format!("{doing} cannot be decompressed: {error}"),
        };
        Item::Fault(Fault { offset, what })
    }

    /// The rest of a record whose first line was read.
    fn record(&mut self, offset: u64) -> Result<Record, Item> {
        let mut head = Vec::new();
        loop {
            let before = head.len();
            if let Err(stop) = self.line(&mut head, self.limits.head) {
                return Err(self.fault(offset, stop, "a record's head"));
            }
            if head[before..].iter().all(u8::is_ascii_whitespace) {
                break;
            }
            if head.len() > self.limits.head {
                return Err(Item::Fault(Fault { offset, what: "a record's head is longer than the limit".to_owned() }));
            }
        }
        let fields = lines::fields(&String::from_utf8_lossy(&head));
        let Some(length) = lines::get(&fields, "Content-Length").and_then(|text| text.parse::<u64>().ok()) else {
            return Err(Item::Fault(Fault { offset, what: "a record does not say how long it is".to_owned() }));
        };
        let mut block = Vec::new();
        let mut left = length;
        while left > 0 {
            let piece = match self.source.fill() {
                Ok([]) => return Err(self.fault(offset, Stop::End, "a record's block")),
                Ok(piece) => piece,
                Err(error) => return Err(self.fault(offset, Stop::Broken(error), "a record's block")),
            };
            let amount = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let room = self.limits.block - block.len();
            block.extend_from_slice(&piece[..amount.min(room)]);
            self.source.consume(amount);
            left -= amount as u64;
        }
        Ok(Record { offset, fields, block, length })
    }

    /// Appends one line with its end; what is past `most` is passed over.
    fn line(&mut self, into: &mut Vec<u8>, most: usize) -> Result<(), Stop> {
        loop {
            let piece = self.source.fill().map_err(Stop::Broken)?;
            if piece.is_empty() {
                return Err(Stop::End);
            }
            let end = piece.iter().position(|byte| *byte == b'\n');
            let amount = end.map_or(piece.len(), |end| end + 1);
            let room = (most + 1).saturating_sub(into.len());
            into.extend_from_slice(&piece[..amount.min(room)]);
            self.source.consume(amount);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}
