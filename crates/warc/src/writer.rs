//! Writing records, each in a gzip member of its own, so that a reader can begin at any of them.

use crate::digest::sha256;
use flate2::{Compression, GzBuilder};
use std::io::{self, Write};

/// A record to be written.
#[derive(Debug)]
pub struct NewRecord<'a> {
    /// `warcinfo`, `response`, `request`, `revisit`, `metadata`.
    pub kind: &'a str,
    /// `<urn:uuid:…>`.
    pub id: &'a str,
    /// RFC 3339 in UTC.
    pub date: &'a str,
    /// Further named fields, in order.
    pub fields: Vec<(&'static str, String)>,
    /// `Content-Type` of the block.
    pub content_type: &'a str,
    /// The block's head: HTTP head or nothing.
    pub head: &'a [u8],
    /// The block's payload.
    pub payload: &'a [u8],
    /// Write `WARC-Payload-Digest` of the payload.
    pub payload_digest: bool,
}

/// Writes WARC/1.1. The same records give the same bytes.
pub struct Writer<W: Write> {
    out: W,
}

impl<W: Write> Writer<W> {
    /// On top of any output.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes one record.
    pub fn write(&mut self, record: &NewRecord<'_>) -> io::Result<()> {
        // Time of 0: the same records give the same bytes.
        let mut member = GzBuilder::new().mtime(0).write(&mut self.out, Compression::default());
        let mut head = format!(
            "WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: {}\r\nWARC-Date: {}\r\n",
            record.kind, record.id, record.date
        );
        let mut field = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            // A line end in a value would begin a field of its own.
            head.extend(value.chars().filter(|letter| !matches!(letter, '\r' | '\n')));
            head.push_str("\r\n");
        };
        for (name, value) in &record.fields {
            field(name, value);
        }
        field("WARC-Block-Digest", &sha256(&[record.head, record.payload]));
        if record.payload_digest {
            field("WARC-Payload-Digest", &sha256(&[record.payload]));
        }
        field("Content-Type", record.content_type);
        field("Content-Length", &(record.head.len() + record.payload.len()).to_string());
        head.push_str("\r\n");
        for part in [head.as_bytes(), record.head, record.payload, b"\r\n\r\n"] {
            member.write_all(part)?;
        }
        member.finish()?;
        Ok(())
    }

    /// The output, flushed.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
