//! The heads of a request and its answer, written out for the archive.

use domain::Exchange;
use reqwest::header::{self, HeaderMap};
use reqwest::{Response, Version};
use std::fmt::Write;
use url::Url;

/// Bytes as Latin-1: each is there again when the archive is written.
fn latin1(bytes: &[u8]) -> impl Iterator<Item = char> + '_ {
    bytes.iter().map(|byte| char::from(*byte))
}

fn headers(head: &mut String, headers: &HeaderMap) {
    for (name, value) in headers {
        head.push_str(name.as_str());
        head.push_str(": ");
        head.extend(latin1(value.as_bytes()));
        head.push_str("\r\n");
    }
}

/// The head of a request, as it goes over the wire: the client adds `host` after what it is given.
pub(super) fn of_request(url: &Url, given: &HeaderMap) -> String {
    let mut head = format!("GET {}", url.path());
    if let Some(query) = url.query() {
        head.push('?');
        head.push_str(query);
    }
    head.push_str(" HTTP/1.1\r\n");
    headers(&mut head, given);
    if !given.contains_key(header::HOST) {
        let host = url.host_str().unwrap_or_default();
        // Writing into a text cannot fail.
        let _ = match url.port() {
            Some(port) => write!(head, "host: {host}:{port}\r\n"),
            None => write!(head, "host: {host}\r\n"),
        };
    }
    head.push_str("\r\n");
    head
}

/// Both heads. Names of headers are in lower case, as the client gives them.
pub(super) fn of(request: String, response: &Response) -> Exchange {
    let (version, protocol) = match response.version() {
        Version::HTTP_10 => ("HTTP/1.0", None),
        Version::HTTP_2 => ("HTTP/1.1", Some("h2".to_owned())),
        _ => ("HTTP/1.1", None),
    };
    let status = response.status();
    let mut head = format!("{version} {} ", status.as_str());
    match response.extensions().get::<hyper::ext::ReasonPhrase>() {
        Some(reason) => head.extend(latin1(reason.as_bytes())),
        None => head.push_str(status.canonical_reason().unwrap_or_default()),
    }
    head.push_str("\r\n");
    headers(&mut head, response.headers());
    head.push_str("\r\n");
    Exchange { request, response: head, remote: response.remote_addr().map(|address| address.ip()), protocol }
}
