//! The bytes of a file, decompressed where it is gzip: one member a record, or one for all. A member that is broken is
//! an error with its place; after it the next member is looked for.

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Read};

const BUFFER: usize = 64 * 1024;
const MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];

/// Where the bytes come from.
pub(crate) struct Source<R: Read> {
    state: State<R>,
    /// Offset in the file at which the present member began (gzip).
    member_at: u64,
    /// The same for the member that was broken last.
    broken_at: u64,
    /// Decompressed bytes given since the file began (plain).
    given: u64,
    buffer: Vec<u8>,
    at: usize,
}

enum State<R: Read> {
    Plain(Counted<R>),
    Member(Box<GzDecoder<Counted<R>>>),
    Done,
}

/// A buffered input that knows how much was taken from it, and takes a gzip magic back.
struct Counted<R: Read> {
    inner: BufReader<R>,
    taken: u64,
    /// So many last bytes of [`MAGIC`] come before what `inner` gives.
    pushed: usize,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let buffer = self.fill_buf()?;
        let amount = buffer.len().min(into.len());
        into[..amount].copy_from_slice(&buffer[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

impl<R: Read> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.pushed > 0 { Ok(&MAGIC[MAGIC.len() - self.pushed..]) } else { self.inner.fill_buf() }
    }
    fn consume(&mut self, amount: usize) {
        self.taken += amount as u64;
        let back = amount.min(self.pushed);
        self.pushed -= back;
        self.inner.consume(amount - back);
    }
}

impl<R: Read> Counted<R> {
    /// Goes on to the next gzip magic, or to the end.
    fn seek_magic(&mut self) -> io::Result<()> {
        let mut last = [0; 3];
        loop {
            let Some(&byte) = self.fill_buf()?.first() else { return Ok(()) };
            self.consume(1);
            last = [last[1], last[2], byte];
            if last == MAGIC {
                self.pushed = MAGIC.len();
                self.taken -= MAGIC.len() as u64;
                return Ok(());
            }
        }
    }
}

impl<R: Read> Source<R> {
    pub(crate) fn new(input: R) -> io::Result<Self> {
        let mut input = Counted { inner: BufReader::with_capacity(BUFFER, input), taken: 0, pushed: 0 };
        let gzip = input.fill_buf()?.starts_with(&MAGIC[..2]);
        let state = if gzip { State::Member(Box::new(GzDecoder::new(input))) } else { State::Plain(input) };
        Ok(Self { state, member_at: 0, broken_at: 0, given: 0, buffer: Vec::new(), at: 0 })
    }

    /// Where in the file the next byte stands: for gzip the begin of its member.
    pub(crate) fn offset(&self) -> u64 {
        match self.state {
            State::Plain(_) => self.given,
            _ => self.member_at,
        }
    }

    /// Where the member began that gave the last error.
    pub(crate) fn broken_at(&self) -> u64 {
        self.broken_at
    }

    /// The next bytes; none at the end. An error is a broken member: the call after it goes on with the next one.
    pub(crate) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            self.buffer.resize(BUFFER, 0);
            self.at = 0;
            let read = self.read();
            self.buffer.truncate(*read.as_ref().unwrap_or(&0));
            read?;
        }
        Ok(&self.buffer[self.at..])
    }

    pub(crate) fn consume(&mut self, amount: usize) {
        self.at += amount;
        self.given += amount as u64;
    }

    fn read(&mut self) -> io::Result<usize> {
        loop {
            match &mut self.state {
                State::Done => return Ok(0),
                State::Plain(input) => return input.read(&mut self.buffer),
                State::Member(decoder) => match decoder.read(&mut self.buffer) {
                    Ok(0) => self.next_member(false)?,
                    Ok(read) => return Ok(read),
                    Err(error) => {
                        self.broken_at = self.member_at;
                        self.next_member(true)?;
                        return Err(error);
                    }
                },
            }
        }
    }

    /// Begins with the member that follows; after a broken one it is looked for by its first bytes.
    fn next_member(&mut self, broken: bool) -> io::Result<()> {
        let State::Member(decoder) = std::mem::replace(&mut self.state, State::Done) else { return Ok(()) };
        let mut input = decoder.into_inner();
        if broken {
            input.seek_magic()?;
        } else {
            // Some tools fill up with zeros.
            while input.fill_buf()?.first() == Some(&0) {
                input.consume(1);
            }
        }
        if !input.fill_buf()?.is_empty() {
            self.member_at = input.taken;
            self.state = State::Member(Box::new(GzDecoder::new(input)));
        }
        Ok(())
    }
}
