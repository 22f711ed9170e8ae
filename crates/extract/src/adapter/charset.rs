//! From bytes to text. What a page says of its own charset is often wrong, so the bytes have the last word:
//! byte order mark, then UTF-8 if the bytes are UTF-8, then header, `<meta>` and at last a guess.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use regex::bytes::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// A page's text and how it was got.
pub(super) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// The charset's usual name. Tests ask for it.
    #[cfg_attr(not(test), allow(dead_code))]
    pub charset: &'static str,
    /// Some bytes have no meaning in that charset and became U+FFFD.
    pub is_lossy: bool,
}

// Compiled from constants, so that `unwrap` cannot fail once a test ran it. The HTML standard looks at the first
// 1,024 bytes; real pages put scripts before it, so four times as much is searched.
#[allow(clippy::unwrap_used)]
static META: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i-u)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:.\-]{2,40})"#).unwrap());
#[allow(clippy::unwrap_used)]
static XML: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i-u)^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([a-z0-9_:.\-]{2,40})"#).unwrap());

/// Decodes a page. `content_type` is the header as sent.
pub(super) fn decode<'b>(bytes: &'b [u8], content_type: &str) -> Decoded<'b> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[length..]);
    }
    let header = header_charset(content_type);
    // UTF-16 without a mark is only believed where zero bytes bear it out.
    if let Some(encoding) = header.filter(|found| *found == UTF_16LE || *found == UTF_16BE) {
        return if bytes.contains(&0) { with(encoding, bytes) } else { with(UTF_8, bytes) };
    }
    // Most pages: what is UTF-8 from its first byte to its last is that, whatever it says.
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: Cow::Borrowed(text), charset: UTF_8.name(), is_lossy: false };
    }
    let (good, bad) = utf8_sequences(bytes);
    let meta = meta_charset(bytes);
    let declares_utf8 = header == Some(UTF_8) || meta == Some(UTF_8);
    // A multi-byte charset such as Shift_JIS is pure ASCII only where it says nothing; text that is UTF-8 by
    // accident is rarer than a wrong header by far. A single broken byte does not make a UTF-8 page another one.
    if bad == 0 || (declares_utf8 && good > 4 * bad) {
        return with(UTF_8, bytes);
    }
    for encoding in [header, meta].into_iter().flatten().filter(|encoding| *encoding != UTF_8) {
        let decoded = with(encoding, bytes);
        if !decoded.is_lossy {
            return decoded;
        }
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"dk"), chardetng::Utf8Detection::Deny);
    let decoded = with(guess, bytes);
    if decoded.is_lossy { with(WINDOWS_1252, bytes) } else { decoded }
}

fn with<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Decoded<'b> {
    let (text, is_lossy) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, charset: encoding.name(), is_lossy }
}

fn header_charset(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        name.trim().eq_ignore_ascii_case("charset").then(|| Encoding::for_label(value.as_bytes())).flatten()
    })
}

fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let found = META.captures(head).or_else(|| XML.captures(head))?;
    let encoding = Encoding::for_label(found.get(1)?.as_bytes())?;
    // As the HTML standard says: a page whose ASCII says 'UTF-16' is not UTF-16.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// How many multi-byte sequences of UTF-8 are right and how many bytes are wrong. A sequence that the end of the
/// bytes cuts off counts as neither, if there were right ones before it.
fn utf8_sequences(bytes: &[u8]) -> (usize, usize) {
    let (mut good, mut bad, mut rest) = (0, 0, bytes);
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => return (good + multi_byte(text), bad),
            Err(error) => {
                // `valid_up_to` is where the valid prefix ends, so this cannot fail.
                good += std::str::from_utf8(&rest[..error.valid_up_to()]).map_or(0, multi_byte);
                let Some(length) = error.error_len() else { return (good, bad + usize::from(good == 0)) };
                bad += 1;
                rest = &rest[error.valid_up_to() + length..];
            }
        }
    }
}

fn multi_byte(text: &str) -> usize {
    text.bytes().filter(|byte| *byte >= 0xC0).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], content_type: &str, text: &str, charset: &str) {
        let decoded = decode(bytes, content_type);
        assert_eq!((decoded.text.as_ref(), decoded.charset), (text, charset), "{content_type:?}");
    }

    #[test]
    fn the_bytes_have_the_last_word() {
        check("Åben i går".as_bytes(), "text/html; charset=utf-8", "Åben i går", "UTF-8");
        check("Åben i går".as_bytes(), "text/html; charset=ISO-8859-1", "Åben i går", "UTF-8");
        check("Åben".as_bytes(), "", "Åben", "UTF-8");
        check(b"\xC5ben i g\xE5r", "text/html; charset=ISO-8859-1", "Åben i går", "windows-1252");
        check(b"\xC5ben i g\xE5r p\xE5 \xD8en", "text/html; charset=utf-8", "Åben i går på Øen", "windows-1252");
        check(b"\x80 500 \x96 \xC5ben", "text/html; charset=windows-1252", "€ 500 – Åben", "windows-1252");
        check(b"\xEF\xBB\xBF\xC3\x85ben", "text/html; charset=ISO-8859-1", "Åben", "UTF-8");
        check(b"\xFF\xFEA\0", "", "A", "UTF-16LE");
        check(b"\xFE\xFF\0A", "text/html; charset=utf-8", "A", "UTF-16BE");
        check(b"A\0\xE5\0", "text/html; charset=utf-16le", "Aå", "UTF-16LE");
        check(b"abc", "text/html; charset=utf-16", "abc", "UTF-8");
        check(b"abc", "text/html; charset=no-such", "abc", "UTF-8");
        let meta = b"<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>\xB1";
        check(meta, "text/html", &(String::from_utf8_lossy(&meta[..meta.len() - 1]).into_owned() + "ą"), "ISO-8859-2");
        let cyrillic = b"<meta charset=\"windows-1251\">\xCF\xF0\xE8\xE2\xE5\xF2";
        check(cyrillic, "text/html; charset=utf-8", "<meta charset=\"windows-1251\">Привет", "windows-1251");
        check(
            b"<?xml version='1.0' encoding='iso-8859-1'?>\xE6",
            "",
            "<?xml version='1.0' encoding='iso-8859-1'?>æ",
            "windows-1252",
        );
    }

    #[test]
    fn one_broken_byte_does_not_make_a_utf8_page_another_one() {
        let mut bytes = "Åben på Østerbro, i går og i forgårs, æøå æøå".as_bytes().to_vec();
        bytes.push(0xE5);
        bytes.push(b'.');
        let decoded = decode(&bytes, "text/html; charset=utf-8");
        assert_eq!((decoded.charset, decoded.is_lossy), ("UTF-8", true));
        assert!(decoded.text.starts_with("Åben på Østerbro"));
    }

    #[test]
    fn a_page_cut_within_a_letter_stays_utf8() {
        let bytes = "Åben på Ø".as_bytes();
        assert_eq!(decode(&bytes[..bytes.len() - 1], "").charset, "UTF-8");
    }
}
