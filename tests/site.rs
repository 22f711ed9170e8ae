//! A listing site in the test's own process, as good or as bad as a test asks for, and a configuration that crawls it.

use crate::support::{bavn, done};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{MasterKey, Store};

/// What to answer.
pub enum Reply {
    /// A whole answer: status, further header lines (each with its line end), body.
    Whole(u16, String, Vec<u8>),
    /// Exactly these bytes, then the connection ends.
    Raw(Vec<u8>),
    /// These bytes one by one, so many milliseconds apart.
    Drip(Vec<u8>, u64),
    /// This again and again, until nobody listens.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing, while the connection stays open.
    Silence,
}

impl Reply {
    /// A page of HTML.
    pub fn html(body: impl Into<Vec<u8>>) -> Self {
        Reply::Whole(200, "Content-Type: text/html; charset=utf-8\r\n".to_owned(), body.into())
    }
    /// A status and nothing else.
    pub fn status(status: u16) -> Self {
        Reply::Whole(status, String::new(), Vec::new())
    }
    /// A redirect.
    pub fn to(location: &str) -> Self {
        Reply::Whole(302, format!("Location: {location}\r\n"), Vec::new())
    }
    /// A body that is said to be compressed.
    pub fn encoded(encoding: &str, body: Vec<u8>) -> Self {
        Reply::Whole(200, format!("Content-Type: text/html\r\nContent-Encoding: {encoding}\r\n"), body)
    }
}

/// Serves for as long as the process lives: path (with query) to answer. Gives the port.
pub fn serve(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let answer: Arc<dyn Fn(&str) -> Reply + Send + Sync> = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || drop(converse(stream, answer.as_ref())));
        }
    });
    port
}

fn converse(mut stream: TcpStream, answer: &dyn Fn(&str) -> Reply) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            let mut piece = [0; 4096];
            match stream.read(&mut piece)? {
                0 => return Ok(()),
                count => buffer.extend_from_slice(&piece[..count]),
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        match answer(head.split(' ').nth(1).unwrap_or_default()) {
            Reply::Whole(status, headers, body) => {
                let mut bytes =
                    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n", body.len()).into_bytes();
                bytes.extend_from_slice(&body);
                stream.write_all(&bytes)?;
            }
            Reply::Raw(bytes) => return stream.write_all(&bytes),
            Reply::Drip(bytes, wait_ms) => {
                for byte in bytes {
                    stream.write_all(&[byte])?;
                    std::thread::sleep(Duration::from_millis(wait_ms));
                }
                return Ok(());
            }
            Reply::Endless(head, piece) => {
                stream.write_all(&head)?;
                loop {
                    stream.write_all(&piece)?;
                }
            }
            Reply::Silence => {
                let mut piece = [0; 16];
                return stream.read(&mut piece).map(|_| ());
            }
        }
    }
}

/// An ad's page.
pub fn ad_page(ad: &str) -> Reply {
    Reply::html(format!(
        "<html><head><title>x</title></head><body><h1>Anna {ad} hilser venligst</h1>\
         <div class='text'>Ny i Aarhus og glad for gæster</div><a class='phone'>34 00 00 50</a></body></html>"
    ))
}

/// A listing page.
pub fn listing(ads: impl Iterator<Item = (String, String)>, next: Option<&str>) -> Reply {
    let mut body = "<html><body>".to_owned();
    for (ad, path) in ads {
        body.push_str(&format!("<article data-id='{ad}'><a href='{path}'>Anna {ad} hilser venligst</a></article>"));
    }
    if let Some(next) = next {
        body.push_str(&format!("<a rel='next' href='{next}'>mere</a>"));
    }
    Reply::html(body + "</body></html>")
}

/// A folder with a configuration that knows these sites (id and port) and nothing else.
pub struct Installation {
    folder: tempfile::TempDir,
}

/// What a crawl took.
pub struct Took {
    /// The greatest resident memory of the process (VmHWM), in MiB.
    pub peak_mib: u64,
    /// How long it ran.
    pub time: Duration,
    /// What it said.
    pub told: String,
}

impl Installation {
    pub fn new(sites: &[(&str, u16)], limits: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let installation = Installation { folder };
        let config = installation.path("config");
        done(&mut bavn(&["init", "--config", &config]));
        for (site, port) in sites {
            let folder = PathBuf::from(&config).join("sites").join(site);
            std::fs::create_dir_all(&folder).expect("a folder");
            let toml = format!(
                r##"
id = "{site}"
name = "{site}"
owner = "the tests"
purpose = "a site in the test's own process"
start = ["http://127.0.0.1:{port}/list"]
allow_private_addresses = ["127.0.0.1"]
max_listing_pages = 5000
[approval]
by = "the tests"
at = "2020-01-01"
legal_basis = "no personal data"
until = "2099-01-01"
[pacing]
delay_s = 0.0
[limits]
{limits}
[listing]
item = "article"
ad_id = {{ attribute = "data-id" }}
[listing.next]
selector = "a[rel=next]"
[detail]
title = "h1"
body = "div.text"
[detail.fields]
phone = "a.phone"
[expect]
ads_min = 1
ads_max = 1000000
"##
            );
            std::fs::write(folder.join("site.toml"), toml).expect("written");
        }
        installation
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// `bavn crawl --once` of a site, in a process of its own, which may fail.
    pub fn crawl(&self, site: &str) -> Took {
        let (config, data) = (self.path("config"), self.path("data"));
        let told = self.path("told");
        let mut command = bavn(&["--config", &config, "--data", &data, "crawl", "--once", site]);
        let file = std::fs::File::create(&told).expect("a file");
        let began = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn().expect("starts");
        let peak = AtomicU64::new(0);
        while child.try_wait().expect("a child").is_none() {
            // The mark only rises, so the last one read before the end is at most a few milliseconds old.
            peak.fetch_max(high_water_mib(child.id()).unwrap_or(0), Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(10));
        }
        let told = std::fs::read_to_string(&told).expect("what it said");
        Took { peak_mib: peak.into_inner(), time: began.elapsed(), told }
    }

    /// The ads of a site: (id, versions, up).
    pub fn ads(&self, site: &str) -> Vec<(String, i64, bool)> {
        self.with_store(async |store| {
            let spans = store.ad_spans(&site.into()).await.expect("the ads");
            spans.into_iter().map(|span| (span.ad_id, span.versions, span.gone_at.is_none())).collect()
        })
    }

    /// The kept robots.txt of a port is older than it may be used for.
    pub fn age_robots(&self, port: u16) {
        let origin = format!("http://127.0.0.1:{port}");
        self.with_store(async |store| {
            let mut robots = store.cached_robots(&origin).await.expect("reads").expect("a robots.txt");
            robots.fetched_at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(25);
            store.save_robots(&origin, &robots).await.expect("kept");
        });
    }

    fn with_store<T>(&self, work: impl AsyncFnOnce(&Store) -> T) -> T {
        let data = self.path("data");
        let key = std::fs::read_to_string(format!("{data}.key")).expect("the key");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let url = format!("sqlite:{}", Path::new(&data).join("bavn.sqlite").display());
            let key = MasterKey::parse(&key).expect("a key");
            let store = Store::open(&url, key, jiff::Timestamp::now()).await.expect("the store");
            let result = work(&store).await;
            store.close().await;
            result
        })
    }
}

fn high_water_mib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}
