//! A small site on loopback whose pages the tests set, and which remembers what it gave.

use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a path answers.
#[derive(Clone)]
pub struct Answer {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    gzip: bool,
    chunked: bool,
}

impl Answer {
    fn new(status: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type", "text/html; charset=utf-8".to_owned())];
        Answer { status, headers, body: body.into(), gzip: false, chunked: false }
    }
    /// An ad's page.
    pub fn ad(title: &str, body: &str, phone: &str) -> Self {
        let footer = "<p class=footer>Alle rettigheder forbeholdes</p>";
        let page = format!(
            "<h1>{title}</h1><p class=text>{body}</p><b class=phone>{phone}</b><i class=place>Odense C</i>{footer}"
        );
        Self::new("200 OK", page)
    }
    /// An ad's page that shows a picture.
    pub fn with_picture(mut self, path: &str) -> Self {
        self.body.extend_from_slice(format!("<img src=\"{path}\">").as_bytes());
        self
    }
    pub fn picture(png: &[u8]) -> Self {
        let mut answer = Self::new("200 OK", png);
        answer.headers[0].1 = "image/png".to_owned();
        answer
    }
    pub fn gone(page: &str) -> Self {
        Self::new("410 Gone", page)
    }
    pub fn redirect(to: &str) -> Self {
        let mut answer = Self::new("302 Found", "");
        answer.headers.push(("Location", to.to_owned()));
        answer
    }
    pub fn gzip(self) -> Self {
        Answer { gzip: true, ..self }
    }
    pub fn chunked(self) -> Self {
        Answer { chunked: true, ..self }
    }
    pub fn etag(mut self, tag: &str) -> Self {
        self.headers.push(("ETag", format!("\"{tag}\"")));
        self
    }
    /// In ISO 8859-1, as its header says.
    pub fn latin1(mut self) -> Self {
        let text = String::from_utf8(self.body).expect("UTF-8");
        self.body = text.chars().map(|letter| letter as u8).collect();
        self.headers[0].1 = "text/html; charset=iso-8859-1".to_owned();
        self
    }
}

#[derive(Default)]
struct Pages {
    answers: BTreeMap<String, Answer>,
    /// Path and decoded body of each answer with a page, in order.
    given: Vec<(String, Vec<u8>)>,
}

pub struct Site {
    port: u16,
    pages: Arc<Mutex<Pages>>,
}

impl Site {
    /// Serves until the test ends.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let pages = Arc::new(Mutex::new(Pages::default()));
        let served = pages.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is none of the site's business.
                drop(serve(stream, &served));
            }
        });
        let site = Site { port, pages };
        let mut robots = Answer::new("200 OK", "User-agent: *\nDisallow: /private\n");
        robots.headers[0].1 = "text/plain".to_owned();
        site.put("/robots.txt", robots);
        site
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn put(&self, path: &str, answer: Answer) {
        self.pages.lock().expect("unpoisoned").answers.insert(path.to_owned(), answer);
    }

    /// A listing of ads 1, 2, … with these excerpts.
    pub fn list(&self, excerpts: &[&str]) {
        let items = excerpts.iter().zip(1..).map(|(text, id)| format!("<li><a href=\"/ad/{id}\">{text}</a></li>"));
        self.put("/list", Answer::new("200 OK", format!("<ul>{}</ul>", items.collect::<String>())));
    }

    /// Address and bodies of all that was fetched, as `replay.py` wants it.
    pub fn fetched(&self) -> Value {
        let mut fetched: Map<String, Value> = Map::new();
        for (path, body) in &self.pages.lock().expect("unpoisoned").given {
            let bodies = fetched.entry(format!("{}{path}", self.base())).or_insert_with(|| json!([]));
            bodies.as_array_mut().expect("a list").push(json!(encode(body)));
        }
        Value::Object(fetched)
    }
}

fn serve(mut stream: TcpStream, pages: &Mutex<Pages>) -> std::io::Result<()> {
    let (mut path, mut unchanged_since) = (String::new(), None);
    for line in BufReader::new(stream.try_clone()?).lines() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("GET ") {
            path = rest.split(' ').next().unwrap_or_default().to_owned();
        }
        if let Some((name, value)) = line.split_once(": ") {
            unchanged_since =
                if name.eq_ignore_ascii_case("if-none-match") { Some(value.to_owned()) } else { unchanged_since };
        }
    }
    let mut pages = pages.lock().expect("unpoisoned");
    let answer = pages.answers.get(&path).cloned().unwrap_or_else(|| Answer::new("404 Not Found", "<p>no</p>"));
    let own_tag = answer.headers.iter().find(|(name, _)| *name == "ETag").map(|(_, value)| value.clone());
    let unchanged = own_tag.is_some() && own_tag == unchanged_since;
    // What is to be in the archive: redirects have no page, and pictures are not kept.
    if !answer.status.starts_with("302") && !path.ends_with(".png") {
        pages.given.push((path, if unchanged { Vec::new() } else { answer.body.clone() }));
    }
    drop(pages);
    if unchanged {
        return stream.write_all(
            format!("HTTP/1.1 304 Not Modified\r\nETag: {}\r\nConnection: close\r\n\r\n", own_tag.unwrap_or_default())
                .as_bytes(),
        );
    }
    let mut head = format!("HTTP/1.1 {}\r\nConnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut body = answer.body;
    if answer.gzip {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&body)?;
        body = encoder.finish()?;
        head.push_str("Content-Encoding: gzip\r\n");
    }
    if answer.chunked {
        head.push_str("Transfer-Encoding: chunked\r\n\r\n");
        let (a, b) = body.split_at(body.len() / 2);
        stream.write_all(head.as_bytes())?;
        for chunk in [a, b, &[]] {
            stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes())?;
            stream.write_all(chunk)?;
            stream.write_all(b"\r\n")?;
        }
        return Ok(());
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)
}

/// Base64 (RFC 4648).
fn encode(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let index = (number >> (18 - 6 * at) & 63) as usize;
            text.push(if at <= chunk.len() { char::from(LETTERS[index]) } else { '=' });
        }
    }
    text
}
