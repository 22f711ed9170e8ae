//! `bavn archive import`: pages from a web archive file, as if each had been fetched when it says. The file may be in any
//! order and of any tool; what is broken in it is reported with its offset and passed over.

use super::reread;
use super::revisits::{Payloads, Refers};
use crate::cli::{ArchiveImportArgs, Cli};
use crate::config::Config;
use crate::key::{Need, open_store};
use anyhow::Context;
use crawler::fetch::{Body, BodyFault};
use crawler::plan::FetchLimits;
use domain::{Capture, CaptureKind, Exchange, Page, ProgrammeId, SiteId, Truncated};
use extract::Adapter;
use jiff::Timestamp;
use std::io::Read;
use store::{SiteRegistration, Store};
use url::Url;
use warc::http::Response;
use warc::{Item, Limits, Reader, Record};

/// Captures written at a time.
const BATCH: usize = 50;
/// A block may be so much longer than a page: heads, chunks, compression that does not help.
const ROOM: usize = 1024 * 1024;
/// So many faults are told one by one.
const TOLD: u64 = 100;

/// Reads the file into the archive, then the archive through the adapter.
pub async fn run(cli: &Cli, args: &ArchiveImportArgs) -> anyhow::Result<()> {
    let now = crate::time::now();
    let config = Config::of(cli, false)?;
    let Some(adapter) = config.sites.get(&args.site) else {
        anyhow::bail!(
            "there is no adapter for site '{0}': write sites/{0}/site.toml first; it needs no approval where the site is \
             not to be crawled",
            args.site
        );
    };
    let site = SiteId(args.site.clone());
    // Opened before the store, so that a wrong name makes none.
    let input: Box<dyn Read + Send> = match args.file.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => {
            Box::new(std::fs::File::open(&args.file).with_context(|| format!("cannot open {}", args.file.display()))?)
        }
    };
    let store = open_store(cli, Need::Make, now).await?;
    register(&store, &config, adapter, &site, now).await?;
    let mut look = super::super::system_look("archive_import", "import of a web archive", now);
    look.subject = args.site.clone();
    store.audit(&look).await?;
    let counts = bring_in(&store, adapter, &site, &args.file.display().to_string(), input, now).await?;
    let summary = reread::reread(&store, adapter, &site, now).await?;
    store.close().await;
    eprintln!(
        "{} answers: {} new in the archive, {} known already; {} of other hosts or without a page, {} faults passed over.\n\
         {site}: {}",
        counts.new + counts.known,
        counts.new,
        counts.known,
        counts.others,
        counts.faults,
        reread::describe(&summary)
    );
    Ok(())
}

async fn register(
    store: &Store,
    config: &Config,
    adapter: &Adapter,
    site: &SiteId,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Some(programme) = config.programmes.values().find(|programme| programme.watches(site.as_str())) else {
        anyhow::bail!("no programme watches site '{site}': name it under 'sites' in a file of programmes/");
    };
    let registration = SiteRegistration {
        site: site.clone(),
        programme: ProgrammeId(programme.id.clone()),
        name: adapter.settings().name.clone(),
        import_only: adapter.settings().approval.is_none(),
    };
    store.register_site(&registration, now).await?;
    Ok(())
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    new: u64,
    known: u64,
    others: u64,
    faults: u64,
}

/// What a record gives.
enum Given {
    Answer { capture: Box<Capture>, id: Option<String>, digest: Option<String> },
    Revisit { capture: Box<Capture>, refers: Refers, id: Option<String> },
    Request { of: Option<String>, head: String },
    Other,
}

async fn bring_in(
    store: &Store,
    adapter: &Adapter,
    site: &SiteId,
    name: &str,
    input: Box<dyn Read + Send>,
    now: Timestamp,
) -> anyhow::Result<Counts> {
    let limits = FetchLimits::default();
    let mut reader = Reader::new(input, Limits { block: limits.page_bytes + ROOM, head: 256 * 1024 })
        .with_context(|| format!("cannot read {name}"))?;
    let mut import = Import {
        store,
        site,
        now,
        counts: Counts::default(),
        batch: Vec::new(),
        last: None,
        payloads: Payloads::default(),
        waiting: Vec::new(),
    };
    let bar = crate::progress::spinner("reading records");
    while let Some(item) = reader.next_item() {
        bar.inc(1);
        let record = match item {
            Item::Record(record) => record,
            Item::Fault(fault) => {
                import.fault(name, fault.offset, &fault.what);
                continue;
            }
        };
        match given(&record, adapter, limits.page_bytes) {
            Ok(Given::Answer { capture, id, digest }) => {
                import.payloads.note(digest.as_deref(), &capture.page);
                import.add(*capture, id).await?;
            }
            Ok(Given::Revisit { capture, refers, id }) => {
                import.revisit(record.offset, *capture, refers, id, false).await?;
            }
            Ok(Given::Request { of, head }) => import.request(of.as_deref(), head),
            Ok(Given::Other) => import.counts.others += 1,
            Err(what) => import.fault(name, record.offset, &what),
        }
    }
    import.flush().await?;
    // A revisit may stand before what it repeats.
    for (offset, capture, refers) in std::mem::take(&mut import.waiting) {
        if !import.revisit(offset, capture, refers, None, true).await? {
            import.fault(name, offset, "a revisit repeats a payload that is neither in the file nor in the store");
        }
    }
    import.flush().await?;
    bar.finish_and_clear();
    if import.counts.faults > TOLD {
        eprintln!("{name}: {} faults in all; the first {TOLD} stand above", import.counts.faults);
    }
    Ok(import.counts)
}

struct Import<'a> {
    store: &'a Store,
    site: &'a SiteId,
    now: Timestamp,
    counts: Counts,
    batch: Vec<Capture>,
    /// The record id of the newest capture of the batch: its request may follow.
    last: Option<String>,
    payloads: Payloads,
    waiting: Vec<(u64, Capture, Refers)>,
}

impl Import<'_> {
    fn fault(&mut self, name: &str, offset: u64, what: &str) {
        self.counts.faults += 1;
        if self.counts.faults <= TOLD {
            eprintln!("{name}: offset {offset}: {what}; passed over");
        }
    }

    async fn add(&mut self, capture: Capture, id: Option<String>) -> anyhow::Result<()> {
        if self.batch.len() >= BATCH {
            self.flush().await?;
        }
        self.batch.push(capture);
        self.last = id;
        Ok(())
    }

    async fn flush(&mut self) -> anyhow::Result<()> {
        let batch = std::mem::take(&mut self.batch);
        self.last = None;
        let new = self.store.bring_in(self.site, &batch, self.now).await?;
        self.counts.new += new;
        self.counts.known += batch.len() as u64 - new;
        Ok(())
    }

    fn request(&mut self, of: Option<&str>, head: String) {
        let is_its = of.is_some() && of == self.last.as_deref();
        if let Some(capture) = self.batch.last_mut().filter(|_| is_its) {
            capture.exchange.request = head;
        }
    }

    /// True where what it repeats was found.
    async fn revisit(
        &mut self,
        offset: u64,
        mut capture: Capture,
        refers: Refers,
        id: Option<String>,
        last_try: bool,
    ) -> anyhow::Result<bool> {
        // 'Not modified' needs no payload: the ad is as it was.
        if capture.page.status == 304 {
            self.add(capture, id).await?;
            return Ok(true);
        }
        self.flush().await?;
        match self.payloads.find(self.store, self.site, &capture.page.url, &refers).await? {
            Some(page) => {
                capture.page.body = page.body;
                if capture.page.content_type.is_empty() {
                    capture.page.content_type = page.content_type;
                }
                if capture.page.status == 0 {
                    capture.page.status = page.status;
                }
                self.add(capture, id).await?;
                Ok(true)
            }
            None => {
                if !last_try {
                    self.waiting.push((offset, capture, refers));
                }
                Ok(false)
            }
        }
    }
}

/// What a record gives for this site.
fn given(record: &Record, adapter: &Adapter, most_bytes: usize) -> Result<Given, String> {
    let kind = record.kind();
    if !matches!(kind.as_str(), "response" | "revisit" | "resource" | "request") {
        return Ok(Given::Other);
    }
    let Some(url) = record.target().and_then(|target| Url::parse(target).ok()).map(without_fragment) else {
        return Ok(Given::Other);
    };
    if !matches!(url.scheme(), "http" | "https") || !adapter.settings().is_own(&url) {
        return Ok(Given::Other);
    }
    let owned = |name: &str| record.field(name).map(str::to_owned);
    if kind == "request" {
        let end =
            record.block.windows(4).position(|window| window == b"\r\n\r\n").map_or(record.block.len(), |at| at + 4);
        let head = record.block[..end].iter().map(|byte| char::from(*byte)).collect();
        return Ok(Given::Request { of: owned("WARC-Concurrent-To"), head });
    }
    let date = record.field("WARC-Date").and_then(|text| text.parse::<Timestamp>().ok());
    let fetched_at = date.ok_or("a record does not say when it was fetched")?;
    // As the store keeps time.
    let fetched_at = Timestamp::from_millisecond(fetched_at.as_millisecond()).map_err(|_| "a date out of range")?;
    let mut truncated = record.field("WARC-Truncated").map(Truncated::parse);
    if record.is_cut() {
        truncated = Some(Truncated::Length);
    }
    let id = owned("WARC-Record-ID");
    let page = |status, content_type: &str, body| Page {
        url: url.as_str().to_owned(),
        status,
        content_type: content_type.to_owned(),
        body,
        fetched_at,
    };
    let exchange = |head: &[u8]| Exchange {
        request: String::new(),
        response: head.iter().map(|byte| char::from(*byte)).collect(),
        remote: record.field("WARC-IP-Address").and_then(|text| text.parse().ok()),
        protocol: owned("WARC-Protocol").filter(|protocol| protocol.starts_with("h2")),
    };
    let capture = |page, head: &[u8], truncated| {
        let kind = if url.path() == "/robots.txt" { CaptureKind::Robots } else { CaptureKind::Imported };
        Box::new(Capture { kind, page, exchange: exchange(head), truncated })
    };
    if kind == "resource" {
        let content_type = record.field("Content-Type").unwrap_or_default();
        let capture = capture(page(200, content_type, record.block.clone()), b"", truncated);
        return Ok(keep_texts(Given::Answer { capture, id, digest: owned("WARC-Payload-Digest") }));
    }
    let response = Response::parse(&record.block);
    if kind == "revisit" {
        let (status, content_type, head) = match &response {
            Some(response) => {
                (response.status, response.header("Content-Type").unwrap_or_default(), &response.head[..])
            }
            None => (0, "", &b""[..]),
        };
        let refers = Refers {
            url: record.field("WARC-Refers-To-Target-URI").map(|url| url.trim_matches(['<', '>']).to_owned()),
            date: record.field("WARC-Refers-To-Date").and_then(|text| text.parse().ok()),
            digest: owned("WARC-Payload-Digest"),
        };
        let status =
            if owned("WARC-Profile").is_some_and(|profile| profile.contains("not-modified")) { 304 } else { status };
        return Ok(Given::Revisit {
            capture: capture(page(status, content_type, Vec::new()), head, truncated),
            refers,
            id,
        });
    }
    let response = response.ok_or("a response holds no HTTP answer")?;
    let content_type = response.header("Content-Type").unwrap_or_default();
    let (body, broken) = decoded(&response, most_bytes);
    let truncated = truncated.or(broken).or(response.torn.then_some(Truncated::Disconnect));
    let capture = capture(page(response.status, content_type, body), &response.head, truncated);
    Ok(keep_texts(Given::Answer { capture, id, digest: owned("WARC-Payload-Digest") }))
}

/// Pictures, films and the like are none of the archive's business: not a byte of them is kept.
fn keep_texts(given: Given) -> Given {
    let Given::Answer { capture, .. } = &given else { return given };
    let kind = capture.page.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = kind.is_empty()
        || kind.starts_with("text/")
        || kind.ends_with("xml")
        || kind.ends_with("json")
        || kind == "application/html";
    let looks_like_picture = extract::image_hash::is_picture(&capture.page.body);
    if text && !looks_like_picture { given } else { Given::Other }
}

/// The body with its compression undone, held to the crawler's limit. Some tools undo it and leave the header: a body
/// that does not begin like its coding is taken as it is.
fn decoded(response: &Response, most_bytes: usize) -> (Vec<u8>, Option<Truncated>) {
    let coding = response.header("Content-Encoding").unwrap_or_default();
    let attempt = |coding: &str| {
        let mut body = Body::new(coding, most_bytes);
        match body.push(&response.body) {
            Ok(()) => match body.finish() {
                Ok(bytes) => (bytes, None),
                Err(bytes) => (bytes, Some(Truncated::Disconnect)),
            },
            Err(BodyFault::Full) => (body.rest(), Some(Truncated::Length)),
            Err(BodyFault::Broken) => (body.rest(), Some(Truncated::Disconnect)),
        }
    };
    match attempt(coding) {
        (bytes, Some(Truncated::Disconnect)) if bytes.is_empty() => attempt(""),
        other => other,
    }
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}
