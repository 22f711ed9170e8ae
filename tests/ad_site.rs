//! A small listing site over real sockets that watches how it is asked: when each request came, and how many were under
//! way at a time. One host may hold several sites, each below a path of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its path.
    pub path: String,
    /// `User-Agent`.
    pub agent: String,
    /// When its head was there.
    pub at: Instant,
}

/// How an ad's page is answered.
#[derive(Debug, Clone, Copy)]
pub enum Pages {
    /// After this long.
    After(Duration),
    /// The second ad's page in small pieces without an end.
    SecondDrips,
}

/// The site; it serves as long as the test runs.
pub struct AdSite {
    /// Where it listens.
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    log: Mutex<Vec<Asked>>,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl AdSite {
    /// Serves `ads` ads below each path, listed on one page.
    pub fn start(ads: usize, pages: Pages) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Seen::default());
        let kept = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = kept.clone();
                std::thread::spawn(move || serve(stream, &seen, ads, pages));
            }
        });
        Self { address, seen }
    }

    /// All requests in the order in which they came.
    pub fn log(&self) -> Vec<Asked> {
        self.seen.log.lock().expect("unpoisoned").clone()
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.log().iter().filter(|asked| asked.path == path).count()
    }

    /// Returns when so many requests have come.
    pub fn asked(&self, times: usize) {
        let began = Instant::now();
        while self.log().len() < times {
            assert!(began.elapsed() < Duration::from_secs(60), "only {} of {times} requests came", self.log().len());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// No window of any length holds more requests than the delay allows, and no two were under way at a time.
    pub fn assert_polite(&self, delay: Duration) {
        let log = self.log();
        for (first, one) in log.iter().enumerate() {
            for (more, other) in log[first..].iter().enumerate().skip(1) {
                let (gap, least) = (other.at - one.at, delay * u32::try_from(more).expect("few"));
                assert!(gap >= least, "{} to {}: {more} requests in {gap:?}", one.path, other.path);
            }
        }
        assert_eq!(self.seen.most.load(Ordering::SeqCst), 1, "one connection a host");
        assert!(log.len() > 3, "too few requests to say anything");
    }

    /// Writes the adapter of the site below `/NAME` into a configuration.
    pub fn write_adapter(&self, config: &Path, name: &str, delay: Duration) {
        let toml = format!(
            r#"
id = "{name}"
name = "Small ads {name}"
owner = "the tests"
purpose = "A site that watches how it is asked"
start = ["http://{address}/{name}/"]
allow_private_addresses = ["127.0.0.1"]
[approval]
by = "the tests"
at = "2026-01-01"
legal_basis = "synthetic data"
until = "2099-12-31"
[pacing]
delay_s = {delay}
[expect]
ads_min = 1
ads_max = 1000
[listing]
item = "li"
link = "a"
ad_id = {{ url = '/ad/(\d+)' }}
[detail]
title = "h1"
body = "p"
"#,
            address = self.address,
            delay = delay.as_secs_f64(),
        );
        let folder = config.join("sites").join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("site.toml"), toml).expect("written");
    }
}

fn serve(stream: TcpStream, seen: &Seen, ads: usize, pages: Pages) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut stream = stream;
    loop {
        let (mut path, mut agent, mut line) = (String::new(), String::new(), String::new());
        while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
            if path.is_empty() {
                path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            }
            let named = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
            agent = named.map_or(agent, |(_, value)| value.trim().to_owned());
            line.clear();
        }
        if path.is_empty() {
            return;
        }
        {
            let mut log = seen.log.lock().expect("unpoisoned");
            log.push(Asked { path: path.clone(), agent, at: Instant::now() });
        }
        let now = seen.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most.fetch_max(now, Ordering::SeqCst);
        let sent = answer(&mut stream, &path, ads, pages);
        seen.under_way.fetch_sub(1, Ordering::SeqCst);
        if sent.is_err() {
            return;
        }
    }
}

fn answer(stream: &mut TcpStream, path: &str, ads: usize, pages: Pages) -> std::io::Result<()> {
    let site = path.split('/').nth(1).unwrap_or_default();
    let (status, body) = match path.rsplit_once("/ad/") {
        Some((_, number)) => ("200 OK", format!("<h1>Ad {number} of {site}</h1><p>Text of ad {number}</p>")),
        None if path == "/robots.txt" => ("404 Not Found", String::new()),
        None => {
            let items: Vec<String> =
                (1..=ads).map(|ad| format!("<li><a href=\"/{site}/ad/{ad}\">Ad {ad}</a></li>")).collect();
            ("200 OK", format!("<ul>{}</ul>", items.join("\n")))
        }
    };
    let head = |length: usize| {
        format!("HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\r\n")
    };
    match pages {
        Pages::SecondDrips if path.ends_with("/ad/2") => {
            stream.write_all(head(100_000).as_bytes())?;
            for _ in 0..1000 {
                stream.write_all(&[b' '; 100])?;
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(())
        }
        Pages::After(wait) => {
            std::thread::sleep(wait);
            stream.write_all((head(body.len()) + &body).as_bytes())
        }
        Pages::SecondDrips => stream.write_all((head(body.len()) + &body).as_bytes()),
    }
}
