//! Where to cut a page so that parsing it stays cheap.
//!
//! An HTML parser is quadratic in the number of open elements and of attributes in one tag (97 KiB of unclosed
//! `<div>` took 2.4 s). So the tags are counted first, in one linear pass that follows the parser's stack of open
//! elements closely enough: it may count too many open elements, never far too few.

mod stack;
#[cfg(test)]
mod tests;

use stack::{Tag, close, push};

/// Most bytes of a page that are read.
pub const MAX_PAGE_BYTES: usize = 4 << 20;
/// Most bytes of a sitemap or feed that are read, after decompression. (sitemaps.org allows 50 MB and 50,000 addresses;
/// those come to 5 to 10 MB.)
pub const MAX_FEED_BYTES: usize = 16 << 20;
/// Most elements open in each other.
pub const MAX_DEPTH: usize = 256;
/// Most attributes in one tag.
pub const MAX_ATTRIBUTES: usize = 256;

/// Where a text must be cut and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub at: usize,
    pub why: String,
}

/// The place where the text passes a limit, if it does.
pub(super) fn cut(html: &str) -> Option<Cut> {
    let bytes = html.as_bytes();
    let mut open: Vec<Tag> = Vec::with_capacity(64);
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        let next = bytes.get(found + 1).copied().unwrap_or(0);
        if bytes[found..].starts_with(b"<!--") {
            at = find_text(bytes, found + 4, b"-->").unwrap_or(bytes.len());
        } else if next == b'/' && bytes.get(found + 2).is_some_and(u8::is_ascii_alphabetic) {
            let scan = scan_tag(bytes, found + 2);
            close(&mut open, &scan.tag);
            at = scan.end;
        } else if next.is_ascii_alphabetic() {
            let scan = scan_tag(bytes, found + 1);
            if scan.attributes > MAX_ATTRIBUTES {
                return Some(Cut { at: found, why: format!("a tag has more than {MAX_ATTRIBUTES} attributes") });
            }
            let foreign = || open.iter().any(Tag::is_foreign);
            at = match is_raw_text(scan.tag.name()) && !foreign() {
                true => find_end_tag(bytes, scan.end, scan.tag.name()).unwrap_or(bytes.len()),
                false => scan.end,
            };
            let mut tag = scan.tag;
            if tag.is_formatting() {
                tag.hash = hash(&bytes[found..scan.end]);
            }
            push(&mut open, tag, scan.self_closing);
            if open.len() > MAX_DEPTH {
                return Some(Cut { at: found, why: format!("more than {MAX_DEPTH} elements are open in each other") });
            }
        } else {
            at = found + 1;
        }
    }
    None
}

struct Scan {
    tag: Tag,
    end: usize,
    attributes: usize,
    self_closing: bool,
}

/// Reads a tag from its name on, quotes minded.
fn scan_tag(bytes: &[u8], start: usize) -> Scan {
    let is_end = |byte: u8| byte.is_ascii_whitespace() || byte == b'/' || byte == b'>';
    let mut at = start;
    while at < bytes.len() && !is_end(bytes[at]) {
        at += 1;
    }
    let tag = Tag::of(&bytes[start..at]);
    let (mut attributes, mut in_name, mut slash) = (0, false, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return Scan { tag, end: at + 1, attributes, self_closing: slash },
            b'=' if in_name => {
                in_name = false;
                at += 1;
                while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                    at += 1;
                }
                match bytes.get(at) {
                    Some(&quote @ (b'"' | b'\'')) => at = find(bytes, at + 1, quote).map_or(bytes.len(), |end| end + 1),
                    _ => {
                        while bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'>') {
                            at += 1;
                        }
                    }
                }
                slash = false;
                continue;
            }
            b'/' => (slash, in_name) = (true, false),
            _ if byte.is_ascii_whitespace() => in_name = in_name && next_is_equals(bytes, at),
            _ => {
                attributes += usize::from(!in_name);
                (slash, in_name) = (false, true);
            }
        }
        at += 1;
    }
    Scan { tag, end: bytes.len(), attributes, self_closing: slash }
}

/// `name = value`: white space before the sign still belongs to the same attribute.
fn next_is_equals(bytes: &[u8], at: usize) -> bool {
    // Bounded, so that a long run of white space is not walked once for each of its bytes.
    bytes[at..].iter().take(64).find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=')
}

/// FNV-1a; two different tags that collide would only be counted as one.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Elements whose content is no markup. (`noscript` is one since the parser is told that scripts run.)
fn is_raw_text(name: &[u8]) -> bool {
    matches!(
        name,
        b"script"
            | b"style"
            | b"textarea"
            | b"title"
            | b"xmp"
            | b"iframe"
            | b"noembed"
            | b"noframes"
            | b"noscript"
            | b"plaintext"
    )
}

fn find(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    memchr::memchr(byte, rest).map(|at| from + at)
}

fn find_text(bytes: &[u8], from: usize, text: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(found) = find(bytes, at, text[0]) {
        if bytes[found..].starts_with(text) {
            return Some(found + text.len());
        }
        at = found + 1;
    }
    None
}

/// Where `</name` stands.
fn find_end_tag(bytes: &[u8], from: usize, name: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(found) = find(bytes, at, b'<') {
        let rest = &bytes[found + 1..];
        if rest.first() == Some(&b'/') && rest.get(1..=name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name))
        {
            return Some(found);
        }
        at = found + 1;
    }
    None
}
