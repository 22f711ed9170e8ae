//! Writing HTML, also in ISO-8859-1.

use std::fmt::Write;

/// Text for element content and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// Lines of text with `<br>` between them.
pub(super) fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br>\n")
}

/// HTML in ISO-8859-1: its 256 characters as single bytes, every other one as a numeric reference. The bytes 128 to
/// 159 are left out as well, since browsers read that charset as windows-1252.
pub(super) fn latin1(html: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(html.len());
    for character in html.chars() {
        match u32::from(character) {
            code @ (0..=127 | 160..=255) => bytes.push(code as u8),
            code => {
                let mut reference = String::new();
                // Writing to a string cannot fail.
                let _ = write!(reference, "&#{code};");
                bytes.extend_from_slice(reference.as_bytes());
            }
        }
    }
    bytes
}

/// Base64 with padding (RFC 4648, section 4).
pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0u32, |word, at| word << 8 | u32::from(*chunk.get(at).unwrap_or(&0)));
        for at in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_letters_are_single_bytes_and_hearts_are_references() {
        assert_eq!(latin1("Åbyhøj & æ ½"), b"\xC5byh\xF8j & \xE6 \xBD");
        assert_eq!(latin1("♥ – 😊"), b"&#9829; &#8211; &#128522;");
    }

    #[test]
    fn base64_as_in_rfc_4648_section_10() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE=")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn escaped_text_closes_nothing() {
        assert_eq!(escape("<b> & \"x\""), "&lt;b&gt; &amp; &quot;x&quot;");
        assert_eq!(lines("a\nb"), "a<br>\nb");
    }
}
