//! The published cases (`tests/data/conformance/robots/`), section by section of RFC 9309.

use super::{Rules, directives, escape, is_product_token, path_and_query};
use serde_json::Value;

/// The google_only cases on which bavn differs, each with the reason. All others hold.
const DIFFERS: &[(&str, &str)] = &[(
    "GoogleOnly_IndexHTMLisDirectory/1",
    "a rule for /dir/index.html does not open /dir/: the RFC knows no directory index, and an allow is not widened",
)];

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a case a line")).collect()
}

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().expect("a text")
}

#[test]
fn all_rfc_cases_hold_and_google_only_cases_differ_where_said() {
    let cases = lines(include_str!("../../../../tests/data/conformance/robots/google_robotstxt_cases.jsonl"));
    let mut rfc = 0;
    let mut differing = Vec::new();
    for case in &cases {
        let agent = text(case, "user_agent");
        let rules = Rules::parse(text(case, "robots").as_bytes(), agent);
        let holds = rules.allows(&path_and_query(text(case, "url"))) == (case["allowed"] == true);
        let id = text(case, "id");
        if text(case, "scope") == "rfc9309" {
            rfc += 1;
            assert!(holds, "{id}: {case}");
        } else if !holds {
            differing.push(id);
        }
    }
    assert_eq!((rfc, cases.len()), (72, 140));
    assert_eq!(differing, DIFFERS.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    assert!(DIFFERS.iter().all(|(_, why)| !why.is_empty()));
}

#[test]
fn line_ends_and_byte_order_marks() {
    let cases = lines(include_str!("../../../../tests/data/conformance/robots/google_robotstxt_parse_cases.jsonl"));
    assert_eq!(cases.len(), 10);
    for case in &cases {
        let seen = directives(&base64(text(case, "robots_base64")));
        assert_eq!(Some(seen as u64), case["directives_seen"].as_u64(), "{case}");
    }
}

#[test]
fn paths_escapes_and_product_tokens() {
    let cases = lines(include_str!("../../../../tests/data/conformance/robots/google_robotstxt_helper_cases.jsonl"));
    assert_eq!(cases.len(), 32);
    for case in &cases {
        let input = text(case, "input");
        match text(case, "kind") {
            "path_params_query" => assert_eq!(path_and_query(input), text(case, "expected"), "{case}"),
            "escape_pattern" => assert_eq!(escape(input), text(case, "expected"), "{case}"),
            "valid_product_token" => assert_eq!(Value::from(is_product_token(input)), case["expected"], "{case}"),
            other => panic!("unknown kind {other}"),
        }
    }
}

/// Enough of base64 for the cases; a crate for ten lines of test data is not worth its place.
fn base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut buffer, mut bits) = (0u32, 0);
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let value = digits.iter().position(|digit| *digit == byte).expect("a base64 digit");
        buffer = buffer << 6 | value as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    bytes
}
