//! Codes of an authenticator app: TOTP (RFC 6238) with SHA-1, 6 digits and steps of 30 s, which every such app knows.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Seconds of a step.
pub const STEP_S: i64 = 30;
/// Steps to either side whose code is taken too: clocks differ, and people type slowly (RFC 6238, 5.2).
const SKEW: i64 = 1;
/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, 4: R6).
pub const SECRET_BYTES: usize = 20;
const DIGITS: u32 = 6;
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The number that a step's code is cut from (RFC 4226, 5.3).
fn truncated(secret: &[u8], step: i64) -> u32 {
    let Ok(mut mac) = <Hmac<Sha1> as KeyInit>::new_from_slice(secret) else {
        // HMAC takes keys of any length.
        return 0;
    };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 0x0f);
    u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]])
}

/// The code of a step.
pub fn code(secret: &[u8], step: i64) -> String {
    format!("{:06}", truncated(secret, step) % 10_u32.pow(DIGITS))
}

/// The step whose code this is, at a time in seconds since 1970. Whether it was used before is for the store to say.
pub fn step_of(secret: &[u8], given: &str, now_s: i64) -> Option<i64> {
    let digits: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != DIGITS as usize || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let now = now_s.div_euclid(STEP_S);
    // Every step is computed, so that the time taken does not tell which one it was.
    let fits = |step: &i64| {
        let own = code(secret, *step);
        own.bytes().zip(digits.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    };
    let matching: Vec<i64> = (now - SKEW..=now + SKEW).filter(fits).collect();
    matching.last().copied()
}

/// The secret as it is typed: base32 in groups of four.
pub fn typed(secret: &[u8]) -> String {
    let letters = base32(secret);
    let groups: Vec<&str> = (0..letters.len()).step_by(4).map(|at| &letters[at..(at + 4).min(letters.len())]).collect();
    groups.join(" ")
}

fn base32(bytes: &[u8]) -> String {
    let (mut text, mut bits, mut have) = (String::new(), 0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        have += 8;
        while have >= 5 {
            have -= 5;
            text.push(char::from(LETTERS[(bits >> have & 31) as usize]));
        }
        bits &= (1 << have) - 1;
    }
    if have > 0 {
        text.push(char::from(LETTERS[(bits << (5 - have) & 31) as usize]));
    }
    text
}

/// What the app reads from the picture. `issuer` and `login` are what it shows beside the code.
pub fn address(secret: &[u8], issuer: &str, login: &str) -> String {
    let plain = |text: &str| {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect::<String>()
    };
    let issuer = plain(issuer);
    format!("otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}", plain(login), base32(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RFC: &[u8] = b"12345678901234567890";

    /// RFC 6238, appendix B (SHA-1): eight digits there, of which ours are the last six.
    #[test]
    fn the_vectors_of_rfc_6238() {
        for (seconds, eight) in [
            (59, 94_287_082_u32),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let step = seconds / STEP_S;
            assert_eq!(truncated(RFC, step) % 100_000_000, eight, "{seconds}");
            assert_eq!(code(RFC, step), format!("{:06}", eight % 1_000_000));
            assert_eq!(step_of(RFC, &code(RFC, step), seconds), Some(step));
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn the_vectors_of_rfc_4226() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (counter, expected) in (0..).zip(codes) {
            assert_eq!(code(RFC, counter), expected);
        }
    }

    #[test]
    fn a_clock_may_differ_by_one_step_and_no_more() {
        let now = 1_790_841_615;
        let step = now / STEP_S;
        for off in -3..=3 {
            let found = step_of(RFC, &code(RFC, step + off), now);
            assert_eq!(found.is_some(), off.abs() <= SKEW, "{off}");
        }
        assert_eq!(step_of(RFC, " 287 082 ", 59), Some(1), "as apps show it");
        for wrong in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢"] {
            assert_eq!(step_of(RFC, wrong, 59), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn base32_as_in_rfc_4648() {
        for (plain, coded) in [
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), coded);
        }
        assert_eq!(typed(RFC), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            address(RFC, "bavn Øst", "mette"),
            "otpauth://totp/bavn%20%C3%98st:mette?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=bavn%20%C3%98st"
        );
    }

    proptest! {
        #[test]
        fn each_code_is_six_digits_and_fits_its_own_step(secret in proptest::collection::vec(any::<u8>(), 20), step in 1_i64..4_000_000_000) {
            let own = code(&secret, step);
            prop_assert!(own.len() == 6 && own.bytes().all(|b| b.is_ascii_digit()));
            let found = step_of(&secret, &own, step * STEP_S);
            prop_assert!(found.is_some_and(|found| (found - step).abs() <= 1));
        }
    }
}
