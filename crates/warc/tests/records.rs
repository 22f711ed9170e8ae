//! Files as tools write them, and files as disks leave them.

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use std::io::Write;
use warc::{Item, Limits, NewRecord, Reader, Writer};

const LIMITS: Limits = Limits { block: 1000, head: 4000 };

fn record<'a>(id: &'a str, payload: &'a [u8]) -> NewRecord<'a> {
    NewRecord {
        kind: "response",
        id,
        date: "2026-10-01T14:05:00.250Z",
        fields: vec![("WARC-Target-URI", "https://s1.example/ad/1".to_owned())],
        content_type: "application/http;msgtype=response",
        head: b"HTTP/1.1 200 OK\r\n\r\n",
        payload,
        payload_digest: true,
    }
}

fn file(payloads: &[&[u8]]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for payload in payloads {
        writer.write(&record("<urn:uuid:1>", payload)).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Payloads read, and what was passed over: offset and words.
fn read(bytes: &[u8]) -> (Vec<Vec<u8>>, Vec<(u64, String)>) {
    let mut reader = Reader::new(bytes, LIMITS).unwrap();
    let (mut payloads, mut faults) = (Vec::new(), Vec::new());
    while let Some(item) = reader.next_item() {
        match item {
            Item::Record(record) => payloads.push(record.block[b"HTTP/1.1 200 OK\r\n\r\n".len()..].to_vec()),
            Item::Fault(fault) => faults.push((fault.offset, fault.what)),
        }
    }
    (payloads, faults)
}

fn plain(gzip: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(gzip), &mut plain).unwrap();
    plain
}

#[test]
fn what_is_written_is_read_as_members_as_one_gzip_and_plain() {
    let members = file(&[b"one", b"two", b""]);
    assert_eq!(file(&[b"one", b"two", b""]), members, "the same records give the same bytes");
    let mut whole = GzEncoder::new(Vec::new(), Compression::fast());
    whole.write_all(&plain(&members)).unwrap();
    let expected: Vec<Vec<u8>> = vec![b"one".to_vec(), b"two".to_vec(), Vec::new()];
    for bytes in [members.clone(), whole.finish().unwrap(), plain(&members)] {
        assert_eq!(read(&bytes), (expected.clone(), Vec::new()));
    }
    let text = String::from_utf8(plain(&members)).unwrap();
    assert!(text.starts_with("WARC/1.1\r\nWARC-Type: response\r\n"), "{text}");
}

#[test]
fn a_torn_tail_is_reported_with_its_offset_and_the_rest_kept() {
    let first = file(&[b"one"]).len() as u64;
    let bytes = file(&[b"one", b"two"]);
    for cut in [1, 9, 40] {
        let (payloads, faults) = read(&bytes[..bytes.len() - cut]);
        assert_eq!(payloads[0], b"one");
        assert_eq!(faults.len(), 1, "{cut}: {faults:?}");
        assert_eq!(faults[0].0, first);
    }
    let text = plain(&bytes);
    let (payloads, faults) = read(&text[..text.len() - 6]);
    assert_eq!((payloads.len(), faults.len()), (1, 1));
    assert!(faults[0].1.contains("ends within"), "{faults:?}");
}

#[test]
fn a_broken_member_is_passed_over_and_the_next_one_read() {
    let (a, b, c) = (file(&[b"one"]), file(&[&b"two ".repeat(50)[..]]), file(&[b"three"]));
    let mut bytes = [a.clone(), b, c].concat();
    bytes[a.len() + 30] ^= 0xff;
    bytes[a.len() + 31] ^= 0xff;
    let (payloads, faults) = read(&bytes);
    assert!(payloads.contains(&b"one".to_vec()) && payloads.contains(&b"three".to_vec()), "{faults:?}");
    assert!(faults.iter().any(|(offset, _)| *offset == a.len() as u64), "{faults:?}");
}

#[test]
fn what_is_no_record_is_passed_over() {
    let text = plain(&file(&[b"one"]));
    let no_length = b"WARC/1.0\r\nWARC-Type: response\r\n\r\nstray\r\n\r\n";
    let bytes = [&b"junk\r\nmore\r\n"[..], &text, no_length, &text].concat();
    let (payloads, faults) = read(&bytes);
    assert_eq!(payloads, [b"one".to_vec(), b"one".to_vec()]);
    assert_eq!(faults.iter().map(|(offset, _)| *offset).collect::<Vec<_>>()[..2], [0, 12 + text.len() as u64]);
}

#[test]
fn a_block_over_the_limit_is_cut_and_says_so() {
    let bytes = file(&[&[7; 5000], b"next"]);
    let mut reader = Reader::new(&bytes[..], LIMITS).unwrap();
    let Some(Item::Record(long)) = reader.next_item() else { panic!("no record") };
    assert_eq!((long.is_cut(), long.block.len(), long.length), (true, 1000, 5019));
    let Some(Item::Record(next)) = reader.next_item() else { panic!("no record") };
    assert!(!next.is_cut() && next.block.ends_with(b"next"));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_hang_or_fail(bytes in proptest::collection::vec(any::<u8>(), 0..2000), gzip in any::<bool>(), at in any::<usize>()) {
        let mut damaged = file(&[b"one", b"two", b"three"]);
        if !gzip {
            damaged = plain(&damaged);
        }
        let at = at % damaged.len();
        damaged.splice(at..at, bytes);
        let mut reader = Reader::new(&damaged[..], LIMITS).unwrap();
        let mut items = 0;
        while reader.next_item().is_some() {
            items += 1;
            prop_assert!(items < 5000);
        }
    }
}
