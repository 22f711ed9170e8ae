//! A small HTTP/1.1 server on loopback that answers by a function and writes down who asked when. Raw sockets, so that
//! it can answer as badly as the tests need.

use crawler::clock::TimeReader;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub at: Timestamp,
    pub head: String,
    /// How often this path was asked before.
    pub before: usize,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<String> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    }
}

/// What to answer.
pub enum Reply {
    /// Status, further header lines, body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Exactly these bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// These bytes one by one, with this wait between them.
    Drip(Vec<u8>, Duration),
    /// The connection stays open and silent.
    Silence,
}

impl Reply {
    pub fn page(body: impl Into<String>) -> Self {
        Reply::Whole(200, vec![("Content-Type", "text/html; charset=utf-8".to_owned())], body.into().into_bytes())
    }
    pub fn text(body: impl Into<String>) -> Self {
        Reply::Whole(200, vec![("Content-Type", "text/plain".to_owned())], body.into().into_bytes())
    }
    pub fn status(status: u16) -> Self {
        Reply::Whole(status, Vec::new(), Vec::new())
    }
    pub fn redirect(to: impl Into<String>) -> Self {
        Reply::Whole(302, vec![("Location", to.into())], Vec::new())
    }
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Reply::Whole(status, mut headers, body) => {
                headers.push((name, value.into()));
                Reply::Whole(status, headers, body)
            }
            other => other,
        }
    }
}

type Answer = dyn Fn(&Asked) -> Reply + Send + Sync;

pub struct Server {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Asked>>>,
    count: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves until it is dropped. `/robots.txt` is 404 where the function answers nothing else for it.
    pub async fn start(now: TimeReader, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (answer, kept): (Arc<Answer>, _) = (Arc::new(answer), log.clone());
        let (counter, count) = watch::channel(0);
        let counter = Arc::new(counter);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answer.clone(), kept.clone(), counter.clone(), now.clone()));
            }
        });
        Self { address, log, count, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns when so many requests have come.
    pub async fn asked(&self, times: usize) {
        let _ = self.count.clone().wait_for(|count| *count >= times).await;
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn log(&self) -> Vec<Asked> {
        self.log.lock().expect("unpoisoned").clone()
    }

    /// The paths asked for, in order.
    pub fn paths(&self) -> Vec<String> {
        self.log().into_iter().map(|asked| asked.path).collect()
    }

    pub fn count(&self, path: &str) -> usize {
        self.log().iter().filter(|asked| asked.path == path).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    answer: Arc<Answer>,
    log: Arc<Mutex<Vec<Asked>>>,
    counter: Arc<watch::Sender<usize>>,
    now: TimeReader,
) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            let mut piece = [0; 4096];
            match stream.read(&mut piece).await {
                Ok(count) if count > 0 => buffer.extend_from_slice(&piece[..count]),
                _ => return,
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let asked = {
            let mut log = log.lock().expect("unpoisoned");
            let before = log.iter().filter(|asked| asked.path == path).count();
            log.push(Asked { path, at: now(), head, before });
            log.last().expect("just pushed").clone()
        };
        counter.send_modify(|count| *count += 1);
        match answer(&asked) {
            Reply::Whole(status, headers, body) => {
                let mut bytes = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    bytes.push_str(&format!("{name}: {value}\r\n"));
                }
                bytes.push_str("\r\n");
                let mut bytes = bytes.into_bytes();
                bytes.extend_from_slice(&body);
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Reply::Drip(bytes, wait) => {
                for byte in bytes {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(wait).await;
                }
                return;
            }
            Reply::Silence => {
                let mut piece = [0; 16];
                let _ = stream.read(&mut piece).await;
                return;
            }
        }
    }
}
