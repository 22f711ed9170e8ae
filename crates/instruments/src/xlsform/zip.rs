//! The container of a workbook: a ZIP archive (APPNOTE 6.3) of a few XML files, read with limits and written in one way.
//!
//! Own code, since it is the part of ZIP that workbooks use: stored and deflated entries, no encryption, no ZIP64. The
//! crates that read and write workbooks bring a whole ZIP library, with features that rebuild the program's TLS.

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// Largest entry and largest sum that are unpacked, in bytes: a form of 10,000 rows has two million.
const MOST_BYTES: u64 = 40_000_000;
/// Most entries.
const MOST_ENTRIES: usize = 2_000;

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let part = bytes.get(at..at.checked_add(length)?)?;
    Some(part.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// Unpacks every entry, by name.
pub fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let torn = || "the archive is torn".to_owned();
    // The directory's end is the last 22 bytes, and a comment.
    let lowest = bytes.len().saturating_sub(22 + 0xFFFF);
    let end = (lowest..=bytes.len().saturating_sub(22))
        .rev()
        .find(|at| bytes.get(*at..at + 4) == Some(b"PK\x05\x06"))
        .ok_or("it is no ZIP archive")?;
    let count = number(bytes, end + 10, 2).ok_or_else(torn)?;
    let mut at = number(bytes, end + 16, 4).ok_or_else(torn)?;
    if count > MOST_ENTRIES {
        return Err(format!("it holds {count} parts"));
    }
    let mut entries = BTreeMap::new();
    let mut left = MOST_BYTES;
    for _ in 0..count {
        if bytes.get(at..at.saturating_add(4)) != Some(b"PK\x01\x02") {
            return Err(torn());
        }
        let field = |offset: usize, length: usize| number(bytes, at + offset, length).ok_or_else(torn);
        let (flags, method, packed) = (field(8, 2)?, field(10, 2)?, field(20, 4)?);
        let (name_length, extra, comment, local) = (field(28, 2)?, field(30, 2)?, field(32, 2)?, field(42, 4)?);
        let name = bytes.get(at + 46..at + 46 + name_length).ok_or_else(torn)?;
        let name = String::from_utf8_lossy(name).replace('\\', "/");
        at += 46 + name_length + extra + comment;
        if flags & 1 != 0 {
            return Err("it is protected by a password".to_owned());
        }
        let begin = local
            .checked_add(30)
            .and_then(|begin| begin.checked_add(number(bytes, local + 26, 2)?))
            .and_then(|begin| begin.checked_add(number(bytes, local + 28, 2)?))
            .ok_or_else(torn)?;
        let data = bytes.get(begin..begin.checked_add(packed).ok_or_else(torn)?).ok_or_else(torn)?;
        let mut content = Vec::new();
        match method {
            0 => content.extend_from_slice(data),
            8 => {
                let mut limited = DeflateDecoder::new(data).take(left + 1);
                limited.read_to_end(&mut content).map_err(|_| torn())?;
            }
            other => return Err(format!("it is packed in a way that is not read ({other})")),
        }
        left = left.checked_sub(content.len() as u64).ok_or("it unpacks to more than 40 MB")?;
        entries.insert(name, content);
    }
    Ok(entries)
}

/// Packs entries in their order; the same entries give the same bytes.
pub fn pack(entries: &[(String, String)]) -> std::io::Result<Vec<u8>> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content.as_bytes())?;
        let packed = encoder.finish()?;
        let mut crc = Crc::new();
        crc.update(content.as_bytes());
        let size = |bytes: usize| u32::try_from(bytes).map_err(std::io::Error::other);
        // Version 2.0, names in UTF-8, deflated, the first moment that the form knows: 1 January 1980.
        let mut head = Vec::new();
        for short in [20u16, 0x0800, 8, 0, 0x21] {
            head.extend(short.to_le_bytes());
        }
        for long in [crc.sum(), size(packed.len())?, size(content.len())?] {
            head.extend(long.to_le_bytes());
        }
        head.extend(u16::try_from(name.len()).map_err(std::io::Error::other)?.to_le_bytes());
        head.extend([0, 0]);
        let offset = size(out.len())?;
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(packed);
        directory.extend(b"PK\x01\x02");
        directory.extend(20u16.to_le_bytes());
        directory.extend(&head);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(entries.len()).map_err(std::io::Error::other)?;
    let (length, begin) = (u32::try_from(directory.len()), u32::try_from(out.len()));
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(length.map_err(std::io::Error::other)?.to_le_bytes());
    out.extend(begin.map_err(std::io::Error::other)?.to_le_bytes());
    out.extend([0, 0]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(entries in prop::collection::btree_map("[a-zæ/.]{1,12}", ".{0,200}", 0..6)) {
            let packed = super::pack(&entries.clone().into_iter().collect::<Vec<_>>()).expect("packed");
            let unpacked = super::unpack(&packed).expect("unpacked");
            let texts: std::collections::BTreeMap<String, String> =
                unpacked.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).expect("UTF-8"))).collect();
            prop_assert_eq!(texts, entries);
        }

        /// Whatever a file holds, it is an archive or a message.
        #[test]
        fn no_bytes_make_it_panic(text in ".{0,120}", at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut packed = super::pack(&[("a".to_owned(), text)]).expect("packed");
            let index = at.index(packed.len());
            packed[index] = byte;
            let _ = super::unpack(&packed);
            packed.truncate(cut.index(packed.len()));
            let _ = super::unpack(&packed);
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let zeros = "\0".repeat(super::MOST_BYTES as usize + 10);
        let packed = super::pack(&[("a".to_owned(), zeros)]).expect("packed");
        assert!(packed.len() < 100_000);
        assert_eq!(super::unpack(&packed), Err("it unpacks to more than 40 MB".to_owned()));
    }
}
