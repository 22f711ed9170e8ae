//! What monitors see of a crawl: health, readiness, and metrics that promtool finds nothing wrong with.

use crate::support::{Child, bavn, done, from_test_command};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

/// The answer's status line and body.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
    (head.lines().next().unwrap_or_default().to_owned(), body.to_owned())
}

/// A site of four ads, one request at a time.
fn site(folder: &Path) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let site = folder.join("sites/small");
    std::fs::create_dir_all(&site).expect("a folder");
    let toml = format!(
        "id = \"small\"\nname = \"Small\"\nowner = \"tests\"\npurpose = \"tests\"\nstart = [\"{base}/\"]\n\
         allow_private_addresses = [\"127.0.0.1\"]\n\
         [approval]\nby = \"test\"\nat = \"2026-01-01\"\nlegal_basis = \"synthetic\"\nuntil = \"2099-12-31\"\n\
         [pacing]\ndelay_s = 0.0\n[listing]\nitem = \"li\"\nad_id = {{ url = '/ad/(\\d+)' }}\n\
         [detail]\ntitle = \"h1\"\nbody = \"p\"\n[expect]\nads_min = 1\nads_max = 100\n"
    );
    std::fs::write(site.join("site.toml"), toml).expect("written");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or("/").to_owned();
            let (status, kind, body) = match path.as_str() {
                "/robots.txt" => ("200 OK", "text/plain", String::new()),
                "/" => {
                    let ads: String =
                        (1..=4).map(|n| format!("<li><a href=\"/ad/{n}\">Annonce {n}</a></li>")).collect();
                    ("200 OK", "text/html", format!("<ul>{ads}</ul>"))
                }
                "/ad/4" => ("500 Server Error", "text/html", String::new()),
                ad => ("200 OK", "text/html", format!("<h1>Annonce {ad}</h1><p>Hej, velkommen.</p>")),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())));
        }
    });
    base
}

#[test]
fn a_crawl_is_seen_by_monitors_and_promtool_is_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("config");
    let (config, data) = (config.to_str().expect("UTF-8"), folder.path().join("data"));
    done(&mut bavn(&["init", "--config", config]));
    site(Path::new(config));
    let arguments =
        ["--config", config, "--data", data.to_str().expect("UTF-8"), "--log-level", "info", "--log-format", "json"];
    let mut command = bavn(&[&arguments[..], &["crawl", "--monitor", "127.0.0.1:0"]].concat());
    let mut crawl = Child(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts"));
    let mut lines = BufReader::new(crawl.0.stderr.take().expect("piped")).lines().map(|line| line.expect("UTF-8"));
    let said = lines.find(|line| line.contains("/metrics")).expect("says where monitors look");
    let address = said.split("http://").nth(1).expect("an address").trim_end_matches('/').to_owned();
    std::thread::spawn(move || lines.count());

    assert_eq!(get(&address, "/healthz").1, "ok\n");
    assert_eq!(get(&address, "/readyz").1, "ok\n");
    let metrics = (0..400)
        .map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            get(&address, "/metrics").1
        })
        .find(|text| text.contains("bavn_crawl_failures_total"))
        .expect("the failure of one page is counted within 20 s");
    for line in [
        "bavn_crawl_pages_total{site=\"small\",page=\"listing\"} 1",
        "bavn_crawl_pages_total{site=\"small\",page=\"ad\"} 3",
        "bavn_crawl_failures_total{site=\"small\",page=\"ad\",why=\"server_error\"} 1",
        "bavn_crawl_ads_new_total{site=\"small\"} 4",
        "bavn_crawl_requests_total{site=\"small\",status=\"5xx\"} 1",
        "bavn_store_up 1",
        "bavn_site_ads_up{site=\"small\"} 4",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
    assert!(!metrics.contains("/ad/") && !metrics.contains("Annonce"), "addresses or texts in metrics");

    let mut promtool = Command::new(from_test_command("BAVN_TEST_PROMTOOL"))
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool starts");
    promtool.stdin.take().expect("piped").write_all(metrics.as_bytes()).expect("written");
    let verdict = promtool.wait_with_output().expect("promtool ends");
    let remarks = format!("{}{}", String::from_utf8_lossy(&verdict.stdout), String::from_utf8_lossy(&verdict.stderr));
    assert!(verdict.status.success() && remarks.is_empty(), "{remarks}\n{metrics}");
}
