//! Input that nobody would write, to each reader of what strangers send: adapters, their pages, dates, imports, web archives.
//! A small fixed sample here; `./measure fuzz TARGET SECONDS` goes on with other seeds and keeps what breaks something in
//! `tests/fuzz/corpus/TARGET`, from where it is read in each run thereafter. Forms: `web`, `tests/web/strange_forms.rs`.
//!
//! Nothing may panic, and nothing may take longer than [`LONGEST`].

use crate::support::root;
use bavn::input::{ad_line, each_line};
use demo::site_folders;
use domain::Page;
use extract::adapter::Adapter;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Longest time that one input may take, in a build without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);
/// Inputs of the fixed sample.
const SAMPLE: u64 = 150;

/// Numbers that look random, the same for the same seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }
}

/// Pieces that break readers.
const STREWN: [&[u8]; 34] = [
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xf0\x9f",
    b"<",
    b">",
    b"</",
    b"<![CDATA[",
    b"<!--",
    b"&#x110000;",
    b"&#0;",
    b"&amp;amp;",
    b"\"",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b"=",
    b"\r\n",
    b"\n\n",
    b"\\u0000",
    b"\\ud800",
    b"1e999",
    b"-0",
    b"18446744073709551616",
    b"2026-02-30",
    b"24:00",
    b"T",
    b"Z",
    b"+25:99",
    "\u{202e}".as_bytes(),
    "\u{1d7d9}".as_bytes(),
    b"Content-Length: -1\r\n",
];

/// A seed cut, joined, repeated, flipped and strewn with what breaks readers.
fn changed(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seeds[numbers.next(seeds.len())].clone();
    for _ in 0..numbers.next(6) {
        let at = numbers.next(bytes.len() + 1);
        match numbers.next(7) {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + numbers.next(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => {
                let times = if numbers.next(15) == 0 { 300 } else { 1 };
                let piece = STREWN[numbers.next(STREWN.len())].repeat(times);
                bytes.splice(at..at, piece);
            }
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << numbers.next(8);
                }
            }
            4 => {
                let end = (at + numbers.next(120)).min(bytes.len());
                let piece = bytes[at..end].repeat(1 + numbers.next(4));
                bytes.splice(at..at, piece);
            }
            5 => {
                let other = &seeds[numbers.next(seeds.len())];
                let from = numbers.next(other.len() + 1);
                let end = (from + numbers.next(200)).min(other.len());
                bytes.splice(at..at, other[from..end].to_vec());
            }
            _ => {
                let piece = format!("{}", numbers.0 >> numbers.next(60));
                bytes.splice(at..at, piece.into_bytes());
            }
        }
    }
    bytes
}

/// Feeds a reader: what is kept in the corpus first, then changed seeds.
fn fuzz(target: &str, seeds: &[Vec<u8>], read: impl Fn(&[u8])) {
    let wanted = std::env::var("BAVN_FUZZ_TARGET").ok();
    let seconds = std::env::var("BAVN_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let until = match (&wanted, seconds) {
        (Some(wanted), _) if wanted != target => return,
        (_, Some(seconds)) => Some(Instant::now() + Duration::from_secs(seconds)),
        _ => None,
    };
    let corpus = root().join("tests/fuzz/corpus").join(target);
    let mut kept: Vec<_> = std::fs::read_dir(&corpus).expect("a corpus").flatten().map(|entry| entry.path()).collect();
    kept.sort();
    let try_one = |bytes: &[u8], name: &str| {
        let began = Instant::now();
        let broke = catch_unwind(AssertUnwindSafe(|| read(bytes))).is_err();
        let took = began.elapsed();
        if broke || took > LONGEST {
            let file = corpus.join(format!("{name}.bin"));
            std::fs::write(&file, bytes).expect("kept");
            panic!("{target}: {} {}", if broke { "broke on" } else { "took too long over" }, file.display());
        }
    };
    for path in &kept {
        try_one(&std::fs::read(path).expect("kept"), path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("kept"));
    }
    for seed in seeds {
        try_one(seed, "seed");
    }
    // Another seed each time it is asked to go on; the same in the tests.
    let start = until.map_or(1, |_| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |since| since.as_secs() << 20)
    });
    let mut count = 0;
    while until.map_or(count < SAMPLE, |until| Instant::now() < until) {
        let number = start + count;
        try_one(&changed(seeds, &mut Numbers(number)), &format!("found-{number}"));
        count += 1;
    }
    println!("{target}: {count} inputs, {} kept ones", kept.len());
}

fn files(ends: &str) -> Vec<Vec<u8>> {
    let folders = site_folders();
    let all = folders.iter().flat_map(|folder| folder.files.iter().map(move |file| (folder.id, file)));
    let ours = all.filter(|(_, (path, _))| path.ends_with(ends));
    // One name for all: an adapter's folder is called as it is.
    ours.map(|(id, (_, bytes))| match std::str::from_utf8(bytes) {
        Ok(text) if ends == "site.toml" => text.replace(&format!("\"{id}\""), "\"s1\"").into_bytes(),
        _ => bytes.clone(),
    })
    .collect()
}

fn page(body: &[u8]) -> Page {
    Page {
        url: "http://127.0.0.1/ad/1?a=b".to_owned(),
        status: 200,
        content_type: String::new(),
        body: body.to_vec(),
        fetched_at: "2026-11-24T08:00:00Z".parse().expect("a time"),
    }
}

fn adapters() -> Vec<Adapter> {
    let parse = |toml: Vec<u8>| Adapter::parse("s1", "site.toml", &String::from_utf8(toml).expect("UTF-8"));
    files("site.toml").into_iter().map(|toml| parse(toml).expect("the demo's adapters are valid")).collect()
}

#[test]
fn no_adapter_breaks_the_loading_nor_the_reading() {
    let pages: Vec<Page> = files(".html").iter().take(3).map(|bytes| page(bytes)).collect();
    fuzz("adapter", &files("site.toml"), |bytes| {
        if let Ok(adapter) = Adapter::parse("s1", "site.toml", &String::from_utf8_lossy(bytes)) {
            for page in &pages {
                adapter.read_listing(page);
                adapter.read_detail(page);
            }
        }
    });
}

#[test]
fn no_page_breaks_an_adapter() {
    let adapters = adapters();
    fuzz("html", &files(".html"), |bytes| {
        let page = page(bytes);
        for adapter in &adapters {
            adapter.read_listing(&page);
            adapter.read_detail(&page);
        }
    });
}

#[test]
fn no_date_breaks_the_reading_of_times() {
    let seeds =
        ["2026-10-01T14:05:00+02:00", "2026-03-29T02:30", "2026-10-25 02:30:00", "01.10.2026", "2026-10-01T00:00Z"];
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    fuzz("dates", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Ok(at) = ad_line::time(&text) {
            assert_eq!(ad_line::time(&at.to_string()), Ok(at), "what was read reads alike");
        }
        _ = bavn::time::argument("--as-of", &text);
        _ = crawler::fetch::http_date(&text);
    });
}

#[test]
fn no_line_breaks_an_import() {
    let line = r#"{"site":"s1","ad_id":"48213","url":"https://x.example/1","posted_at":"2026-10-01T14:05:00+02:00","seen_at":["2026-10-01T15:00:00+02:00"],"title":"Titel","body":"Ring 34 00 00 50","fields":{"phone":"34000050","age":24},"images":["a/b.jpg"]}"#;
    let other =
        "\u{feff}{\"site\":\"s1\",\"ad_id\":7,\"seen_at\":\"2026-10-01\",\"title\":null,\"body\":\"x\"}\r\n\r\n[1]\n{";
    fuzz("import", &[line.as_bytes().to_vec(), other.as_bytes().to_vec()], |bytes| {
        let mut input = BufReader::new(bytes);
        let counted = each_line(&mut input, "fuzz", false, |_, object| ad_line::read(object).map(|_| ()));
        assert!(counted.is_ok(), "a wrong line ends nothing");
    });
}

#[test]
fn no_archive_breaks_its_reader() {
    let http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello";
    let record = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: <http://127.0.0.1/a>\r\nWARC-Date: 2026-10-01T12:00:00Z\r\n\
         WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
        http.len()
    );
    let gzip = {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(record.as_bytes()).expect("written");
        encoder.finish().expect("packed")
    };
    fuzz("warc", &[record.repeat(2).into_bytes(), [gzip.clone(), gzip].concat()], |bytes| {
        let limits = warc::Limits { block: 1 << 20, head: 1 << 16 };
        let Ok(mut reader) = warc::Reader::new(bytes, limits) else { return };
        let mut items = 0;
        while reader.next_item().is_some() {
            items += 1;
            assert!(items <= bytes.len() + 1, "it goes on without an end");
        }
    });
}
