//! A body as it comes in: its compression undone piece by piece, held to a limit. Done here and not by the client, which
//! would take the headers that describe the compression away: an archive keeps them as they came.

use brotli_decompressor::DecompressorWriter;
use flate2::write::MultiGzDecoder;
use std::io::{self, Write};
use zstd::stream::raw::{DParameter, Decoder as Zstd, Operation};

/// What we ask for and can undo.
pub const ACCEPT_ENCODING: &str = "gzip, br, zstd";
const PIECE: usize = 32 * 1024;
/// RFC 9659: a body in zstd needs a window of 8 MiB at most.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Why no more is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    /// It passed the limit; what fits is kept.
    Full,
    /// It cannot be undone.
    Broken,
}

/// A body that grows.
pub struct Body {
    coding: Coding,
    /// Something came. A body of no bytes at all is whole, whatever its header says.
    fed: bool,
}

enum Coding {
    Plain(Sink),
    Gzip(Box<MultiGzDecoder<Sink>>),
    Brotli(Box<DecompressorWriter<Sink>>),
    Zstd { decoder: Zstd<'static>, sink: Sink, frame_ended: bool },
}

struct Sink {
    bytes: Vec<u8>,
    most: usize,
    full: bool,
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let room = self.most - self.bytes.len();
        if piece.len() > room {
            self.bytes.extend_from_slice(&piece[..room]);
            self.full = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Body {
    /// For a `Content-Encoding` as sent. One that we did not ask for is left as it is.
    pub fn new(encoding: &str, most: usize) -> Self {
        let sink = Sink { bytes: Vec::new(), most, full: false };
        let coding = match encoding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Coding::Gzip(Box::new(MultiGzDecoder::new(sink))),
            "br" => Coding::Brotli(Box::new(DecompressorWriter::new(sink, PIECE))),
            "zstd" => match zstd() {
                Ok(decoder) => Coding::Zstd { decoder, sink, frame_ended: true },
                Err(_) => Coding::Plain(sink),
            },
            _ => Coding::Plain(sink),
        };
        Self { coding, fed: false }
    }

    /// Makes room for a body of this length at once, where that is a usual one.
    pub fn make_room(&mut self, length: usize) {
        const USUAL: usize = 1 << 20;
        if let Coding::Plain(sink) = &mut self.coding {
            sink.bytes.reserve_exact(length.min(sink.most).min(USUAL));
        }
    }

    /// Whether the body is compressed on its way, so that its length says nothing about what it will be.
    pub fn is_coded(&self) -> bool {
        !matches!(self.coding, Coding::Plain(_))
    }

    /// Takes a piece as it came.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), BodyFault> {
        self.fed |= !piece.is_empty();
        let written = match &mut self.coding {
            Coding::Plain(sink) => sink.write_all(piece),
            Coding::Gzip(decoder) => decoder.write_all(piece),
            Coding::Brotli(decoder) => decoder.write_all(piece),
            Coding::Zstd { decoder, sink, frame_ended } => undo(decoder, sink, frame_ended, piece),
        };
        match written {
            Ok(()) => Ok(()),
            Err(_) if self.sink().full => Err(BodyFault::Full),
            Err(_) => Err(BodyFault::Broken),
        }
    }

    /// Bytes so far.
    pub fn received(&self) -> usize {
        self.sink().bytes.len()
    }

    fn sink(&self) -> &Sink {
        match &self.coding {
            Coding::Plain(sink) | Coding::Zstd { sink, .. } => sink,
            Coding::Gzip(decoder) => decoder.get_ref(),
            Coding::Brotli(decoder) => decoder.get_ref(),
        }
    }

    /// The whole body; `Err` with what there is where the compression ends too early.
    pub fn finish(self) -> Result<Vec<u8>, Vec<u8>> {
        match self.coding {
            Coding::Plain(sink) => Ok(sink.bytes),
            Coding::Gzip(mut decoder) => {
                let ended = !self.fed || decoder.try_finish().is_ok();
                let bytes = std::mem::take(&mut decoder.get_mut().bytes);
                if ended { Ok(bytes) } else { Err(bytes) }
            }
            Coding::Brotli(mut decoder) => {
                let ended = !self.fed || decoder.close().is_ok();
                let bytes = std::mem::take(&mut decoder.get_mut().bytes);
                if ended { Ok(bytes) } else { Err(bytes) }
            }
            Coding::Zstd { sink, frame_ended, .. } => {
                if frame_ended {
                    Ok(sink.bytes)
                } else {
                    Err(sink.bytes)
                }
            }
        }
    }

    /// What there is of a body that will not be whole.
    pub fn rest(self) -> Vec<u8> {
        match self.coding {
            Coding::Plain(sink) | Coding::Zstd { sink, .. } => sink.bytes,
            Coding::Gzip(mut decoder) => std::mem::take(&mut decoder.get_mut().bytes),
            Coding::Brotli(mut decoder) => std::mem::take(&mut decoder.get_mut().bytes),
        }
    }
}

fn zstd() -> io::Result<Zstd<'static>> {
    let mut decoder = Zstd::new()?;
    decoder.set_parameter(DParameter::WindowLogMax(ZSTD_WINDOW_LOG))?;
    Ok(decoder)
}

fn undo(decoder: &mut Zstd<'_>, sink: &mut Sink, ended: &mut bool, mut piece: &[u8]) -> io::Result<()> {
    let mut buffer = [0; PIECE];
    loop {
        let status = decoder.run_on_buffers(piece, &mut buffer)?;
        piece = &piece[status.bytes_read..];
        *ended = status.remaining == 0;
        sink.write_all(&buffer[..status.bytes_written])?;
        // Nothing is left inside once the frame has ended, or where there was room for more.
        if piece.is_empty() && (*ended || status.bytes_written < PIECE) {
            return Ok(());
        }
        if status.bytes_read == 0 && status.bytes_written == 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(encoding: &str, bytes: &[u8], most: usize, piece: usize) -> Result<Vec<u8>, Option<BodyFault>> {
        let mut body = Body::new(encoding, most);
        for piece in bytes.chunks(piece) {
            body.push(piece).map_err(Some)?;
        }
        body.finish().map_err(|_| None)
    }

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn every_coding_comes_back_whole_in_pieces_of_any_size_and_is_held_to_the_limit() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/support/zeros_1mib.");
        for (coding, ending) in [("gzip", "gz"), ("br", "br"), ("zstd", "zst")] {
            let bytes = std::fs::read(format!("{folder}{ending}")).unwrap();
            for piece in [1, 7, 4096, usize::MAX] {
                assert_eq!(
                    whole(coding, &bytes, 1 << 20, piece).map(|body| body.len()),
                    Ok(1 << 20),
                    "{coding} {piece}"
                );
                assert_eq!(whole(coding, &bytes, 9999, piece), Err(Some(BodyFault::Full)), "{coding} {piece}");
            }
            let torn = &bytes[..bytes.len() - 2];
            assert!(whole(coding, torn, 1 << 20, 64).is_err(), "{coding} without its end is not whole");
        }
        assert_eq!(whole("zstd", b"not zstd at all", 100, 4), Err(Some(BodyFault::Broken)));
        assert_eq!(whole("gzip", b"not gzip at all", 100, 4), Err(Some(BodyFault::Broken)));
        assert_eq!(whole("", b"plain", 100, 2), Ok(b"plain".to_vec()));
        assert_eq!(whole("gzip", b"", 100, 2), Ok(Vec::new()));
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(whole("gzip", &two, 100, 3), Ok(b"one two".to_vec()), "two members are one body");
    }
}
