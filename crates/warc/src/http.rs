//! The HTTP messages that stand in blocks.

use crate::lines;

/// An HTTP answer as it stands in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status.
    pub status: u16,
    /// The head as it stands, with its empty line.
    pub head: Vec<u8>,
    headers: Vec<(String, String)>,
    /// The body with chunks joined; its compression is not undone.
    pub body: Vec<u8>,
    /// The chunks end too early.
    pub torn: bool,
}

impl Response {
    /// Reads a block. `None` where it holds no HTTP answer.
    pub fn parse(block: &[u8]) -> Option<Response> {
        let (head, body) = split(block);
        let text: String = head.iter().map(|byte| char::from(*byte)).collect();
        let first = text.lines().next()?;
        let rest = first.strip_prefix("HTTP/")?;
        let status = rest.split_ascii_whitespace().nth(1)?.parse().ok()?;
        let headers = lines::fields(&text[first.len()..]);
        let chunked = lines::get(&headers, "Transfer-Encoding")
            .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
        // Many tools join the chunks and leave the header: what does not begin with a chunk is taken as it is.
        let (body, torn) = match chunked.then(|| join(body)).flatten() {
            Some((joined, torn)) => (joined, torn),
            None => (body.to_vec(), false),
        };
        Some(Response { status, head: head.to_vec(), headers, body, torn })
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        lines::get(&self.headers, name)
    }
}

/// Head with its empty line, and body.
fn split(block: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(end) = block[at..].iter().position(|byte| *byte == b'\n') {
        let line = &block[at..at + end];
        at += end + 1;
        if line.is_empty() || line == b"\r" {
            return block.split_at(at);
        }
    }
    (block, &[])
}

/// Joins chunks (RFC 9112, 7.1). `None` where there is no chunk at the begin; true where they end too early.
fn join(mut rest: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut joined = Vec::new();
    let mut first = true;
    loop {
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            return if first { None } else { Some((joined, true)) };
        };
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|line| line.split(';').next()).map(str::trim);
        let Some(size) = size.filter(|size| !size.is_empty()).and_then(|size| usize::from_str_radix(size, 16).ok())
        else {
            return if first { None } else { Some((joined, true)) };
        };
        rest = &rest[end + 1..];
        if size == 0 {
            return Some((joined, false));
        }
        if size > rest.len() {
            // A number alone at the begin of a body that is no chunk promises anything.
            return if first && rest.len() < size / 2 {
                None
            } else {
                joined.extend_from_slice(rest);
                Some((joined, true))
            };
        }
        joined.extend_from_slice(&rest[..size]);
        rest = rest[size..].strip_prefix(b"\r\n").or_else(|| rest[size..].strip_prefix(b"\n")).unwrap_or(&rest[size..]);
        first = false;
    }
}

/// A head for a body that is kept decoded: the headers that describe its coding on the way are kept under names of
/// their own, as the tools of the field do (warcio, pywb), and the length is that of the body. `head` is Latin-1.
pub fn mended_head(head: &str, length: usize) -> Vec<u8> {
    const CODED: [&str; 3] = ["content-encoding", "content-length", "transfer-encoding"];
    let mut mended = String::with_capacity(head.len() + 64);
    for line in head.split("\r\n").take_while(|line| !line.is_empty()) {
        let name = line.split(':').next().unwrap_or_default();
        if CODED.iter().any(|coded| name.eq_ignore_ascii_case(coded)) {
            mended.push_str("X-Archive-Orig-");
        }
        mended.push_str(line);
        mended.push_str("\r\n");
    }
    mended.push_str(&format!("Content-Length: {length}\r\n\r\n"));
    latin1(&mended)
}

/// The bytes of a text that holds Latin-1.
pub fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_what_is_joined_already_is_left() {
        let of = |body: &str| {
            let block = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n{body}");
            let response = Response::parse(block.as_bytes()).unwrap();
            (String::from_utf8(response.body).unwrap(), response.torn)
        };
        assert_eq!(of("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), ("abcde".to_owned(), false));
        assert_eq!(of("<html>"), ("<html>".to_owned(), false), "joined by the tool that wrote it");
        assert_eq!(of("3\r\nabc\r\n5\r\nde"), ("abcde".to_owned(), true));
        assert!(Response::parse(b"GET / HTTP/1.1\r\n\r\n").is_none());
        let bare = Response::parse(b"HTTP/1.0 404 Not Found\nA: b\n c\n\nbody").unwrap();
        assert_eq!((bare.status, bare.header("a"), bare.body.as_slice()), (404, Some("b c"), &b"body"[..]));
    }

    #[test]
    fn the_head_of_a_decoded_body_says_its_length_and_keeps_what_came() {
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nTransfer-Encoding: chunked\r\nx: \u{e6}\r\n\r\n";
        let expected = "HTTP/1.1 200 OK\r\nX-Archive-Orig-content-encoding: gzip\r\n\
                        X-Archive-Orig-Transfer-Encoding: chunked\r\nx: \u{e6}\r\nContent-Length: 7\r\n\r\n";
        assert_eq!(mended_head(head, 7), latin1(expected));
    }
}
