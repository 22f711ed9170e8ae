//! The published vectors (`tests/data/conformance/pdq`), and what no vector says.

use super::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/conformance/pdq").join(name)
}

fn lines(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(data(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn hash(hex: &str) -> PdqHash {
    assert_eq!(hex.len(), 64);
    PdqHash(std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()))
}

#[test]
fn the_made_pictures_have_the_reference_hashes() {
    let cases = lines("synthetic_vectors.jsonl");
    let (mut exact, mut turned) = (0, 0);
    for case in &cases {
        let name = case["image"].as_str().unwrap();
        let bytes = std::fs::read(data(name)).unwrap();
        let (found, quality) = pdq(&bytes).unwrap();
        assert_eq!(Some(u64::from(quality)), case["quality"].as_u64(), "quality of {name}");
        if case["compare_hash"] == true {
            exact += 1;
            assert_eq!(found, hash(case["hash"].as_str().unwrap()), "{name}");
            if let Some(expected) = case["dihedral"].as_array() {
                turned += 1;
                let expected: Vec<PdqHash> = expected.iter().map(|hex| hash(hex.as_str().unwrap())).collect();
                assert_eq!(dihedral(&bytes).unwrap(), (expected.try_into().unwrap(), quality), "{name}");
            }
        }
    }
    assert_eq!((cases.len(), exact > 10, turned > 1), (21, true, true));
}

#[test]
fn search_finds_what_was_planted_up_to_31_bits_away() {
    let haystack = std::fs::read_to_string(data("hamming_haystack.txt")).unwrap();
    let haystack: Vec<PdqHash> = haystack.lines().map(hash).collect();
    let queries = lines("hamming_queries.jsonl");
    for query in &queries {
        let expected: Vec<(usize, u32)> = query["matches_at_31"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| (found["index"].as_u64().unwrap() as usize, found["distance"].as_u64().unwrap() as u32))
            .collect();
        assert_eq!(within(&haystack, &hash(query["query"].as_str().unwrap()), SAME_WITHIN), expected);
    }
    assert_eq!((haystack.len(), queries.len()), (1000, 60));
}

/// The pictures are not at hand, so what can be held against the published hashes is their own order: a turned or
/// mirrored picture of theirs is far from the original, the same picture in another set is near.
#[test]
fn the_published_hashes_lie_as_near_to_each_other_as_published() {
    let published = lines("published_hashes.jsonl");
    assert_eq!(published.len(), 37);
    let of = |set: &str, name: &str| {
        let found = published.iter().find(|case| case["set"] == set && case["image"].as_str().unwrap().ends_with(name));
        hash(found.unwrap()["hash"].as_str().unwrap())
    };
    let original = of("python", "bridge-1-original.jpg");
    assert_eq!(original, of("python", "misc-images/b.jpg"));
    for turned in ["bridge-2-rotate-90.jpg", "bridge-3-rotate-180.jpg", "bridge-4-rotate-270.jpg"] {
        assert!(original.distance(&of("python", turned)) > 3 * SAME_WITHIN);
    }
}

#[test]
fn an_altered_picture_stays_near_and_a_turned_one_is_found_by_its_dihedral_hash() {
    let bytes = |name: &str| std::fs::read(data("synthetic").join(name)).unwrap();
    let (original, _) = pdq(&bytes("field4.png")).unwrap();
    for altered in ["field4_half.png", "field4_blur.png", "field4_bright.png", "field4_grey.png"] {
        let (hash, _) = pdq(&bytes(altered)).unwrap();
        assert!(original.distance(&hash) <= SAME_WITHIN, "{altered}: {}", original.distance(&hash));
    }
    let (mirrored, _) = pdq(&bytes("field4_fliph.png")).unwrap();
    assert!(original.distance(&mirrored) > 3 * SAME_WITHIN);
    // These pictures are finer than photos, and sampling is not the same from both sides: the reference's own hash
    // of the mirrored picture lies 46 bits off too. The nearest is the right one all the same.
    let (turned, _) = dihedral(&bytes("field4.png")).unwrap();
    let nearest = turned.iter().enumerate().min_by_key(|(_, hash)| hash.distance(&mirrored)).unwrap();
    assert_eq!((nearest.0, nearest.1.distance(&mirrored)), (5, 46));
}

#[test]
fn what_is_no_picture_says_why() {
    assert_eq!(pdq(b""), Err(ImageError::Unknown));
    assert_eq!(pdq(b"<html>"), Err(ImageError::Unknown));
    let png = std::fs::read(data("synthetic/field1.png")).unwrap();
    assert_eq!(pdq(&png[..png.len() / 2]), Err(ImageError::Broken));
    // The header of a PNG of 60,000 x 60,000 pixels, with a checksum that is right.
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    let checksum = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(pdq(&bomb), Err(ImageError::TooLarge));
    assert_eq!(pdq_luma(vec![0.0; 10], 5, 5), (PdqHash([0; 32]), 0), "a buffer of the wrong length");
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn no_size_makes_it_panic(width in 0usize..300, height in 0usize..300, seed in 0u32..1000) {
        let luma = (0..width * height).map(|at| ((at as u32).wrapping_mul(seed) % 256) as f32).collect();
        let (_, quality) = pdq_luma(luma, width, height);
        proptest::prop_assert!(quality <= 100);
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let _ = pdq(&bytes);
        bytes.splice(0..0, *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        let _ = pdq(&bytes);
    }
}
