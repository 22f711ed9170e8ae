//! Cookies of one run (RFC 6265, as little of it as a reader needs): some sites list their pages only to a session. The
//! jar is empty when a run begins and is dropped when it ends; nothing of it is kept or logged.
//!
//! Deliberately less than a browser: a cookie goes back only to the very host that set it, whatever `Domain` says.

use super::retry_after::http_date;
use jiff::Timestamp;
use url::Url;

/// Most cookies in a jar; a browser allows 50 for a host (RFC 6265, 6.1).
const MOST: usize = 50;
/// Longest cookie, name and value (RFC 6265, 6.1).
const LONGEST: usize = 4096;

struct Cookie {
    host: String,
    path: String,
    secure: bool,
    name: String,
    value: String,
}

/// The cookies of one run.
#[derive(Default)]
pub(super) struct Jar(Vec<Cookie>);

impl Jar {
    /// Takes a `Set-Cookie` over. What is broken, too long or too much is left out.
    pub(super) fn set(&mut self, url: &Url, header: &str, now: Timestamp) {
        let mut parts = header.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (name, value) = (name.trim(), value.trim());
        let (mut path, mut secure, mut ends) = (default_path(url).to_owned(), false, false);
        let mut max_age: Option<i64> = None;
        for part in parts {
            let (key, given) = part.split_once('=').unwrap_or((part, ""));
            let given = given.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "path" if given.starts_with('/') => path = given.to_owned(),
                "secure" => secure = true,
                "max-age" => max_age = given.parse().ok(),
                "expires" => {
                    ends = http_date(&given.replace('-', " ")).or_else(|| http_date(given)).is_some_and(|at| at <= now)
                }
                _ => {}
            }
        }
        let ends = max_age.map_or(ends, |seconds| seconds <= 0);
        let host = host_of(url);
        self.0.retain(|known| !(known.host == host && known.path == path && known.name == name));
        let sendable = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if ends || name.is_empty() || name.len() + value.len() > LONGEST || !sendable(name) || !sendable(value) {
            return;
        }
        if self.0.len() == MOST {
            self.0.remove(0);
        }
        self.0.push(Cookie { host, path, secure, name: name.to_owned(), value: value.to_owned() });
    }

    /// The `Cookie` header for a request, if there is anything to send.
    pub(super) fn header(&self, url: &Url) -> Option<String> {
        let host = host_of(url);
        let fits = |cookie: &&Cookie| {
            cookie.host == host
                && (!cookie.secure || url.scheme() == "https")
                && url
                    .path()
                    .strip_prefix(cookie.path.as_str())
                    .is_some_and(|rest| rest.is_empty() || cookie.path.ends_with('/') || rest.starts_with('/'))
        };
        let pairs: Vec<String> =
            self.0.iter().filter(fits).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

fn host_of(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// RFC 6265, 5.1.4.
fn default_path(url: &Url) -> &str {
    match url.path().rfind('/') {
        Some(0) | None => "/",
        Some(end) => &url.path()[..end],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    fn now() -> Timestamp {
        "2026-10-01T06:00:00Z".parse().expect("a time")
    }

    #[test]
    fn a_cookie_goes_back_to_its_host_and_path_alone() {
        let mut jar = Jar::default();
        jar.set(&url("http://a.example/list/1"), "s=1; Path=/; HttpOnly; SameSite=Lax", now());
        jar.set(&url("http://a.example/list/1"), "deep=2", now());
        jar.set(&url("http://a.example/"), "safe=3; Secure; Domain=example", now());
        assert_eq!(jar.header(&url("http://a.example/list/2")).as_deref(), Some("s=1; deep=2"));
        assert_eq!(jar.header(&url("http://a.example/listing")).as_deref(), Some("s=1"));
        assert_eq!(jar.header(&url("https://a.example/")).as_deref(), Some("s=1; safe=3"));
        assert_eq!(jar.header(&url("http://b.example/")), None);
    }

    #[test]
    fn a_cookie_is_replaced_and_taken_back() {
        let mut jar = Jar::default();
        let at = url("http://a.example/");
        jar.set(&at, "s=1", now());
        jar.set(&at, "s=2", now());
        assert_eq!(jar.header(&at).as_deref(), Some("s=2"));
        jar.set(&at, "s=; Max-Age=0", now());
        assert_eq!(jar.header(&at), None);
        jar.set(&at, "s=3; Expires=Thu, 01 Jan 1970 00:00:00 GMT", now());
        assert_eq!(jar.header(&at), None);
    }

    #[test]
    fn a_flood_of_cookies_and_broken_ones_stay_small() {
        let mut jar = Jar::default();
        let at = url("http://a.example/");
        for number in 0..10_000 {
            jar.set(&at, &format!("c{number}=x"), now());
        }
        for broken in ["", "no sign", "=x", "a=1\r\nX: y", "a=æ", &format!("a={}", "x".repeat(5000))] {
            jar.set(&at, broken, now());
        }
        assert_eq!(jar.0.len(), MOST);
        assert!(jar.header(&at).expect("cookies").len() < MOST * 10);
    }
}
